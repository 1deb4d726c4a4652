public import WritModel
public import WritNetwork
import WritRules
public import WritText

extension ComparisonTally {
  /// Whether anything changed in a section, so that there is something to explain.
  public func hasChanges(_ section: Int, of network: ComparisonNetwork) -> Bool {
    let range = Self.values(of: section, network)
    return values[range].contains { $0.changes.contains { ($0?.changed ?? 0) > 0 } }
  }

  private static func values(of section: Int, _ network: ComparisonNetwork) -> Range<Int> {
    let first = network.plan.sections[..<section].reduce(0) { $0 + $1.columns.count }
    return first..<first + network.plan.sections[section].columns.count
  }

  /// Explains the kept changes of a section under the base and under the set.
  ///
  /// `memories` is one a set, each over its own program, with the facts of the run; `sources` are the
  /// texts that the programs were checked from.
  public mutating func explain(
    _ section: Int, of network: ComparisonNetwork, _ memories: [Memory], _ sources: Sources
  ) {
    let language = header.language
    let told = questions(section, of: network, together: .max).map { question in
      (
        question,
        Self.told(question, section, network, memories[question.set], language, sources)
      )
    }
    take(told, section, of: network)
  }

  /// What makes explanations: gives what `body` makes of each number below the first, in order, on as
  /// many threads as there are.
  public typealias Crew = (_ count: Int, _ body: @escaping @Sendable (Int) -> Told) -> [Told]

  /// The explanations of some rows, by column.
  public struct Told: Sendable {
    fileprivate var columns: [[Int: Explanation]] = []
  }

  /// The same of a section without state: records that went by are put back into their table, which
  /// is empty in these facts, and sets have a memory where they have something to explain.
  public mutating func explain(
    _ section: Int, of network: ComparisonNetwork, _ facts: Facts, today: Int32,
    _ sources: Sources, by crew: Crew = { count, body in (0..<count).map(body) }
  ) {
    guard let union = network.union else { return }
    let record = network.plan.sections[section].record
    var kept = facts
    for place in Self.values(of: section, network) {
      for set in values[place].changes.indices {
        values[place].changes[set]?.updateListed { entry in
          guard let known = entry.record else { return }
          // A record that another change put back already is found by its key.
          let row =
            known.append(to: record, of: &kept)
            ?? kept[record].row(key: known.key(of: record, in: &kept))
          if let row { entry.row = row }
        }
      }
    }
    let questions = questions(section, of: network, together: Self.mostTogether)
    guard !questions.isEmpty else { return }
    let all = kept
    let language = header.language
    let base = Network(variant: 0, of: union, compiling: network.plan.programs[0])
    let told = crew(questions.count) { number in
      let question = questions[number]
      let lender = Memory(union, facts: all, today: today)
      let own =
        question.set == 0
        ? base
        : Network(
          variant: question.set, of: union, compiling: network.plan.programs[question.set])
      let memory = Memory(own, facts: all, today: today)
      memory.borrow(from: lender)
      return Self.told(question, section, network, memory, language, sources)
    }
    take(Array(zip(questions, told)), section, of: network)
  }

  /// What is asked of a set: rows, by column.
  private struct Question: Sendable {
    var set: Int
    var rows: [Set<Int>]
  }

  /// So many rows of the base are asked about in one go, which are about as many as a set has.
  private static let mostTogether = 64

  /// Which rows are to be explained. What the base says of a record is asked once, however many sets
  /// say otherwise.
  private func questions(
    _ section: Int, of network: ComparisonNetwork, together: Int
  ) -> [Question] {
    let columns = network.plan.sections[section].columns
    let first = Self.values(of: section, network).lowerBound
    var ofBase = columns.map { _ in Set<Int>() }
    var questions: [Question] = []
    for set in network.plan.programs.indices.dropFirst() {
      let rows = columns.indices.map { index -> Set<Int> in
        guard columns[index].decisions[0] != nil, columns[index].decisions[set] != nil else {
          return []
        }
        return values[first + index].changes[set]?.listedRows ?? []
      }
      for index in columns.indices { ofBase[index].formUnion(rows[index]) }
      if rows.contains(where: { !$0.isEmpty }) { questions.append(Question(set: set, rows: rows)) }
    }
    for index in columns.indices {
      var rest = ofBase[index].sorted()[...]
      while !rest.isEmpty {
        var rows = columns.map { _ in Set<Int>() }
        rows[index] = Set(rest.prefix(together))
        rest = rest.dropFirst(together)
        questions.append(Question(set: 0, rows: rows))
      }
    }
    return questions
  }

  private static func told(
    _ question: Question, _ section: Int, _ network: ComparisonNetwork, _ memory: Memory,
    _ language: Language, _ sources: Sources
  ) -> Told {
    let plan = network.plan.sections[section]
    let assigned = network.assignedFields(of: section)
    let explainer = Explainer(memory: memory, language: language)
    return Told(
      columns: plan.columns.enumerated().map { index, column in
        column.decisions[question.set].map {
          why($0, question.rows[index], plan.record, explainer, sources, assigned)
        } ?? [:]
      })
  }

  private mutating func take(
    _ told: [(question: Question, told: Told)], _ section: Int, of network: ComparisonNetwork
  ) {
    for (index, place) in Self.values(of: section, network).enumerated() {
      var before: [Int: Explanation] = [:]
      for (question, told) in told where question.set == 0 {
        before.merge(told.columns[index]) { first, _ in first }
      }
      for (question, told) in told where question.set > 0 && !question.rows[index].isEmpty {
        values[place].changes[question.set]?.updateListed { entry in
          entry.change.whyBefore = before[entry.row]
          entry.change.whyAfter = told.columns[index][entry.row]
          entry.record = nil
        }
      }
    }
  }

  /// The explanations of rows, which for an `assign` are told at the moment of each record, when all
  /// are assigned anew.
  private static func why(
    _ decision: DecisionID, _ wanted: Set<Int>, _ record: RecordID, _ explainer: Explainer,
    _ sources: Sources, _ assigned: [FieldID]
  ) -> [Int: Explanation] {
    var result: [Int: Explanation] = [:]
    guard !wanted.isEmpty else { return result }
    let memory = explainer.memory
    var places: [Span: String] = [:]
    func explain(_ row: Int) {
      var told = explainer.why(decision, [.record(row, of: record)], today: memory.today)
      told.writePlaces(sources, &places)
      result[row] = told
    }
    if case .assign = memory.network.program[decision].kind {
      memory.assigningAnew(assigned) {
        memory.assign(decision, commit: false) { if wanted.contains($0) { explain($0) } }
      }
    }
    for row in wanted.sorted() where result[row] == nil { explain(row) }
    return result
  }
}

extension ChangeTally {
  /// Changes all entries that are told one by one.
  fileprivate mutating func updateListed(_ body: (inout LargestChanges.Entry) -> Void) {
    largest.update(body)
    better.update(body)
    worse.update(body)
  }

  /// The rows of these.
  fileprivate var listedRows: Set<Int> {
    Set([largest, better, worse].flatMap { $0.entries.map(\.row) })
  }
}

extension KeptRecord {
  /// The values of its key.
  func key(of record: RecordID, in facts: inout Facts) -> [Value] {
    let type = facts.schema[record]
    return type.key.map { value(at: facts.schema[$0].column, &facts) }
  }
}

extension Explanation {
  /// Writes places out, so that it needs no sources any more. `places` are those known so far.
  fileprivate mutating func writePlaces(_ sources: Sources, _ places: inout [Span: String]) {
    Fact.writePlaces(&facts, sources, &places)
  }
}

extension Explanation.Fact {
  fileprivate static func writePlaces(
    _ facts: inout [Explanation.Fact], _ sources: Sources, _ places: inout [Span: String]
  ) {
    for index in facts.indices {
      if let span = facts[index].span {
        let place: String
        if let known = places[span] {
          place = known
        } else {
          place = "\(sources[span.source].name):\(sources.position(of: span).line)"
          places[span] = place
        }
        facts[index].data.append(("place", .text(place)))
        facts[index].span = nil
      }
      if !facts[index].facts.isEmpty { writePlaces(&facts[index].facts, sources, &places) }
    }
  }
}

extension Explanation.Fact {
  /// Where it is written, of one whose sources are gone.
  var writtenPlace: String? {
    for case ("place", .text(let place)) in data { return place }
    return nil
  }
}
