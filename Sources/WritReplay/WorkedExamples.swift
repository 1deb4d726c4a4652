import WritModel
public import WritNetwork
import WritRules
public import WritText

/// Answers worked out on the records of the tests, so that an author sees what a text does: the
/// waterfall under each price block, and the answer just below, at and above each boundary.
///
/// These are the two places where rules that look alike say different things: 500 off of what, and
/// whether `50..100` holds at 100.
public struct WorkedExamples {
  private let network: Network
  private let sources: Sources
  private let wording: Wording
  private let today: Int32
  /// The facts of each test, before anything was done in it.
  private var worlds: [(title: String, memory: Memory)] = []

  /// What `check --show` prints, ending in a line end; empty where the rules have nothing to show.
  public static func text(
    of network: Network, sources: Sources, language: Language, today: Int32, width: Int
  ) -> String {
    var examples = WorkedExamples(network, sources, language, today: today)
    for test in network.program.tests {
      let memory = TestRun.facts(
        of: test, on: network, sources: sources, language: language, today: today)
      examples.worlds.append((test.title, memory))
    }
    return network.program.decisions.indices
      .compactMap { examples.block(DecisionID($0), width: width) }
      .joined(separator: "\n")
  }

  private init(_ network: Network, _ sources: Sources, _ language: Language, today: Int32) {
    self.network = network
    self.sources = sources
    self.today = today
    wording = Wording(program: network.program, language: language)
  }

  private var program: Program { network.program }

  private func block(_ id: DecisionID, width: Int) -> String? {
    let decision = program[id]
    guard let record = decision.subject else { return nil }
    if case .price = decision.kind { return waterfall(id, record, width: width) }
    let boundaries = boundaries(of: decision)
    return boundaries.isEmpty ? nil : around(boundaries, decision, record)
  }

  // MARK: - Prices

  private func waterfall(_ id: DecisionID, _ record: RecordID, width: Int) -> String {
    let decision = program[id]
    for world in worlds {
      for row in world.memory.facts[record].liveRows {
        let subject = Value.record(row, of: record)
        guard world.memory.value(of: decision.answer, [subject]).isKnown else { continue }
        let explainer = Explainer(memory: world.memory, language: wording.language)
        var told = explainer.why(id, [subject], today: world.memory.today)
        told.facts = told.facts.filter { $0.kind == .step || $0.kind == .threshold }
        return heading(decision, world.title) + told.text(in: sources, width: width)
      }
    }
    let name = wording.text(program.schema[record].name)
    let none = wording.say(
      Phrase(
        "no test gives a \(name) that it prices", zh: "没有用例给出可以定价的 \(name)"))
    return "\(wording.title(decision))\n  \(none)\n"
  }

  private func heading(_ decision: Decision, _ test: String) -> String {
    let title = wording.quoted(test)
    let block = wording.title(decision)
    return wording.say(
      Phrase("\(block), on the records of \(title)", zh: "\(block)，取自用例 \(title)"))
      + "\n"
  }

  // MARK: - Boundaries

  /// A field and a constant that it is compared with.
  private struct Boundary: Hashable {
    let field: FieldID
    let constant: TermID
  }

  /// The comparisons that a decision makes between a field of its record and a constant, in the
  /// order in which they are written.
  private func boundaries(of decision: Decision) -> [Boundary] {
    var found: [Boundary] = []
    var seen: Set<TermID> = []
    var waiting = [program[decision.answer].term]
    var visited = 0
    while let term = waiting.popLast(), visited < 20_000 {
      guard seen.insert(term).inserted else { continue }
      visited += 1
      if case .operation(let operation, let arguments) = program[term], Self.orders(operation),
        case .field(let field, let of)? = arguments.first.map({ program[$0] }),
        case .slot(0) = program[of]
      {
        for argument in arguments.dropFirst() {
          guard case .constant(let constant) = program[argument], constant.value.isKnown,
            step(of: field) != nil
          else { continue }
          let boundary = Boundary(field: field, constant: argument)
          if !found.contains(boundary) { found.append(boundary) }
        }
      }
      waiting += Array(parts(of: term).reversed())
    }
    return found
  }

  private static func orders(_ operation: Operation) -> Bool {
    switch operation {
    case .less, .lessOrEqual, .greater, .greaterOrEqual, .inRange: true
    default: false
    }
  }

  private func parts(of term: TermID) -> [TermID] {
    switch program[term] {
    case .operation(_, let arguments): arguments
    case .winner(let choose), .collect(let choose, _, _): program[choose].reads
    case .payload(let choose, _, let winner): program[choose].reads + [winner]
    case .constant, .slot, .today, .field, .attribute, .gather, .follow, .counter: []
    }
  }

  /// The smallest difference that matters in a field; nil where there is no such thing.
  private func step(of field: FieldID) -> Decimal? {
    switch program.schema[field].type {
    case .integer, .date: Decimal(1)
    case .money, .number: Decimal(mantissa: 1, scale: 2)
    case .percent: Decimal(mantissa: 1, scale: 3)
    default: nil
    }
  }

  private func around(
    _ boundaries: [Boundary], _ decision: Decision, _ record: RecordID
  ) -> String? {
    for world in worlds where world.memory.facts[record].count > 0 {
      let lines = boundaries.prefix(12).compactMap { line($0, decision, record, world.memory) }
      if !lines.isEmpty { return heading(decision, world.title) + lines.joined() }
    }
    return nil
  }

  /// `employees: 499 → 10 · 500 → 50 · 501 → 50`
  private func line(
    _ boundary: Boundary, _ decision: Decision, _ record: RecordID, _ memory: Memory
  ) -> String? {
    let bound = memory.value(of: boundary.constant, in: Frame(slots: [], today: today))
    guard bound.isKnown, let step = step(of: boundary.field) else { return nil }
    let before = memory.facts.value(boundary.field, row: 0)
    defer { memory.set(boundary.field, row: 0, to: before) }
    let type = program.schema[boundary.field].type
    let answers = ([-1, 0, 1] as [Int64]).compactMap { direction -> String? in
      guard let value = moved(bound, by: step, direction) else { return nil }
      memory.set(boundary.field, row: 0, to: value)
      let answer = memory.value(of: decision.answer, [.record(0, of: record)])
      let input = wording.text(value, type, in: memory.facts)
      let output = wording.text(answer, program[decision.answer].type, in: memory.facts)
      return "\(input) → \(output)"
    }
    let name = wording.text(program.schema[boundary.field].name)
    return "  \(name): \(answers.joined(separator: " · "))\n"
  }

  private func moved(_ value: Value, by step: Decimal, _ direction: Int64) -> Value? {
    var result = value
    if value.tag == .date {
      result.bits += direction
      return result
    }
    guard value.tag == .number || value.tag == .money else { return nil }
    let change = Decimal(mantissa: -direction * step.mantissa, scale: step.scale)
    guard let sum = value.decimal.minus(change) else { return nil }
    result.bits = sum.mantissa
    result.scale = sum.scale
    return result
  }
}
