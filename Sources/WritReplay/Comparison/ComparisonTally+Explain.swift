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
    explain(section, of: network, sources, memory: { memories[$0] })
  }

  /// The same of a section without state: records that went by are put back into their table, which
  /// is empty in these facts, and sets have a memory where they have something to explain.
  public mutating func explain(
    _ section: Int, of network: ComparisonNetwork, _ facts: Facts, today: Int32,
    _ sources: Sources
  ) {
    guard let union = network.union else { return }
    let record = network.plan.sections[section].record
    var facts = facts
    for place in Self.values(of: section, network) {
      for set in values[place].changes.indices {
        values[place].changes[set]?.updateListed { entry in
          guard let kept = entry.record else { return }
          // A record that another change put back already is found by its key.
          let row =
            kept.append(to: record, of: &facts)
            ?? facts[record].row(key: kept.key(of: record, in: &facts))
          if let row { entry.row = row }
        }
      }
    }
    let lender = Memory(union, facts: facts, today: today)
    var memories: [Int: Memory] = [:]
    explain(
      section, of: network, sources,
      memory: { set in
        if let known = memories[set] { return known }
        let own = Network(variant: set, of: union, compiling: network.plan.programs[set])
        let made = Memory(own, facts: facts, today: today)
        made.borrow(from: lender)
        memories[set] = made
        return made
      })
  }

  private mutating func explain(
    _ section: Int, of network: ComparisonNetwork, _ sources: Sources,
    memory: (Int) -> Memory
  ) {
    let plan = network.plan.sections[section]
    let language = header.language
    var explainers: [Int: Explainer] = [:]
    func explainer(_ set: Int) -> Explainer {
      if let known = explainers[set] { return known }
      let made = Explainer(memory: memory(set), language: language)
      explainers[set] = made
      return made
    }
    let assigned = network.assignedFields(of: section)
    for (index, column) in plan.columns.enumerated() {
      let place = Self.values(of: section, network).lowerBound + index
      guard let base = column.decisions[0] else { continue }
      // What the base says of a record is told once, however many sets say otherwise.
      var before: [Int: Explanation] = [:]
      for set in network.plan.programs.indices.dropFirst() {
        guard let other = column.decisions[set], var changes = values[place].changes[set] else {
          continue
        }
        var rows: Set<Int> = []
        changes.updateListed { rows.insert($0.row) }
        guard !rows.isEmpty else { continue }
        values[place].changes[set] = nil
        let missing = rows.filter { before[$0] == nil }
        before.merge(Self.why(base, missing, plan.record, explainer(0), sources, assigned)) {
          a, _ in a
        }
        let after = Self.why(other, rows, plan.record, explainer(set), sources, assigned)
        changes.updateListed { entry in
          entry.change.whyBefore = before[entry.row]
          entry.change.whyAfter = after[entry.row]
          entry.record = nil
        }
        values[place].changes[set] = changes
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
        let place =
          places[span] ?? "\(sources[span.source].name):\(sources.position(of: span).line)"
        places[span] = place
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
