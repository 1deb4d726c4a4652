import WritModel
public import WritNetwork
import WritRules
import WritText

/// The runs of all rule sets where records or counters change on the way: each set assigns its
/// records in its own order, from the same start, and moves its own turns and loads.
///
/// A changed answer is *knock-on* where the set's rules, asked in the state that the base had at
/// that moment, give what the base gave: then not its own rule made it another, but what an earlier
/// record took.
public final class StateReplay {
  private let network: ComparisonNetwork
  private let section: ComparisonPlan.Section
  let memories: [Memory]
  /// One a set: its rules over the facts that the base settled to; nil for the base.
  private var inBaseFacts: [Memory?]
  /// By decision of the base, what each set assigned, by row.
  private var runs: [DecisionID: [[Int: Assignment]]] = [:]
  /// By decision of the base and set: what its rules give in the base's state, for changed rows.
  private var inBaseCounters: [DecisionID: [[Int: Value]]] = [:]
  /// Values over the base's facts of the rows that are being compared.
  private var lanes: [AttributeID: [[Value]]] = [:]
  private var first = 0
  private var count = 0
  /// Whether facts settled, so that they may differ from set to set.
  private let hasSettled: Bool
  private let sectionIndex: Int
  /// What changed answers of an `assign` are charged to, by decision of the base, set and row.
  private var verdicts: [DecisionID: [[Int: Attribution.Verdict]]] = [:]
  /// One a set: its charger, and a memory for each rule set in between, settled as the set is.
  private let between: [(charger: ComparisonCharger, memories: [Memory])?]

  /// `memories` is one a set, settled; `between` for each set a memory of each rule set between the
  /// base and it, settled too.
  public init(
    _ network: ComparisonNetwork, section index: Int, _ memories: [Memory],
    between: [(charger: ComparisonCharger, memories: [Memory])?] = []
  ) {
    self.network = network
    sectionIndex = index
    self.between = between
    self.memories = memories
    section = network.plan.sections[index]
    hasSettled = network.plan.programs.contains { !$0.productions.isEmpty }
    inBaseFacts = memories.enumerated().map { set, memory in
      guard set > 0 else { return nil }
      let other = Memory(memory.network, facts: memories[0].facts, today: memory.today)
      other.state = memory.state
      return other
    }
    let fields = network.assignedFields(of: index)
    let others = between.flatMap { $0?.memories ?? [] }
    Self.assigningAnew(memories + inBaseFacts.compactMap(\.self) + others, fields) {
      for column in section.columns where column.isAssigned { assign(column) }
    }
  }

  private static func assigningAnew(
    _ memories: [Memory], _ fields: [FieldID], _ body: () -> Void
  ) {
    guard let first = memories.first, !fields.isEmpty else { return body() }
    first.assigningAnew(fields) { assigningAnew(Array(memories.dropFirst()), fields, body) }
  }

  private func assign(_ column: ComparisonPlan.Column) {
    guard let base = column.decisions[0], runs[base] == nil else { return }
    let program = network.plan.programs[0]
    guard case .assign = program[base].kind else { return }
    var results: [[Int: Assignment]] = []
    for (set, memory) in memories.enumerated() {
      guard let decision = column.decisions[set] else {
        results.append([:])
        continue
      }
      let made = memory.assign(decision, commit: false)
      results.append(Dictionary(made.map { ($0.row, $0) }, uniquingKeysWith: { a, _ in a }))
    }
    var replayed: [[Int: Value]] = results.map { _ in [:] }
    var charged: [[Int: Attribution.Verdict]] = results.map { _ in [:] }
    let place = section.columns.firstIndex { $0.decisions[0] == base && $0.isAnswer } ?? 0
    let wordings = memories.map {
      Wording(program: $0.network.program, language: .english)
    }
    memories[0].assign(base, commit: false) { row in
      guard let own = results[0][row] else { return }
      for set in results.indices.dropFirst() {
        guard let decision = column.decisions[set], let memory = self.inBaseFacts[set],
          let other = results[set][row], !Value.same(own.value, other.value)
        else { continue }
        let value = memory.answer(of: decision, row: row, withCountersOf: self.memories[0])
        replayed[set][row] = value
        let before = ToldAnswer(own.value, in: self.memories[0], wordings[0])
        let after = ToldAnswer(value, in: memory, wordings[set])
        if before == after {
          charged[set][row] = Attribution.Verdict(.knockOn, [])
        } else if self.between.indices.contains(set), let between = self.between[set] {
          charged[set][row] = between.charger.attribution.charge(
            [before, after]
              + self.answers(between, place, row, assigned: true).dropFirst(2))
        }
      }
    }
    runs[base] = results
    verdicts[base] = charged
    inBaseCounters[base] = replayed
  }

  /// What the rule sets in between answer for a row, in the base's state of the moment.
  private func answers(
    _ between: (charger: ComparisonCharger, memories: [Memory]), _ column: Int, _ row: Int,
    assigned: Bool
  ) -> [ToldAnswer] {
    let names = between.charger.attributes(sectionIndex, column)
    let decisions = between.charger.decisions[sectionIndex][column]
    return between.memories.indices.map { index in
      guard let name = names[index], let decision = decisions[index] else { return .none }
      let memory = between.memories[index]
      let value =
        assigned
        ? memory.answer(of: decision, row: row, withCountersOf: memories[0])
        : memory.value(of: name, row: row)
      return ToldAnswer(
        value, in: memory, Wording(program: memory.network.program, language: .english))
    }
  }

  /// What a changed answer is charged to; nil where nobody can say.
  func verdict(
    _ column: ComparisonPlan.Column, _ set: Int, _ row: Int
  ) -> Attribution.Verdict? {
    if let base = column.decisions[0], column.isAnswer, runs[base] != nil {
      return verdicts[base]?[set][row]
    }
    let own = column.attributes[0].map { memories[0].value(of: $0, row: row) }
    let other = column.attributes[set].map { memories[set].value(of: $0, row: row) }
    guard let own, let other else { return nil }
    if isKnockOn(column, set, row, own) { return Attribution.Verdict(.knockOn, []) }
    guard between.indices.contains(set), let between = between[set],
      let place = section.columns.firstIndex(where: {
        $0.decisions[0] == column.decisions[0] && $0.name == column.name
      })
    else { return nil }
    let told = [
      ToldAnswer(
        own, in: memories[0], Wording(program: memories[0].network.program, language: .english)),
      ToldAnswer(
        other, in: memories[set],
        Wording(program: memories[set].network.program, language: .english)),
    ]
    return between.charger.attribution.charge(
      told + answers(between, place, row, assigned: false).dropFirst(2))
  }

  /// The records that an `assign` took, of those in view; nil where the column is none.
  func taken(_ column: ComparisonPlan.Column, _ rows: Range<Int>, _ live: [Bool]?) -> [Bool]? {
    guard column.isAnswer, let base = column.decisions[0], let results = runs[base] else {
      return nil
    }
    return rows.enumerated().map { results[0][$1] != nil && live?[$0] ?? true }
  }

  /// Gives what each set assigned: the row and the rule, in its own numbers.
  func eachAssigned(_ body: (_ set: Int, _ row: Int, _ rule: RuleID) -> Void) {
    for decision in runs.keys.sorted(by: { $0.index < $1.index }) {
      for (set, results) in (runs[decision] ?? []).enumerated() {
        for result in results.values { if let rule = result.rule { body(set, result.row, rule) } }
      }
    }
  }

  func prepare(_ rows: Range<Int>) {
    first = rows.lowerBound
    count = rows.count
    lanes = [:]
  }

  /// Whether a changed answer is as the base's where the set's rules see what the base saw.
  func isKnockOn(
    _ column: ComparisonPlan.Column, _ set: Int, _ row: Int, _ before: Value
  ) -> Bool {
    if let base = column.decisions[0], column.isAnswer, runs[base] != nil {
      guard let value = inBaseCounters[base]?[set][row] else { return false }
      return before.isKnown == value.isKnown
        && (before.isKnown ? Value.same(before, value) : before.tag == value.tag)
    }
    guard hasSettled, let attribute = column.attributes[set], let memory = inBaseFacts[set] else {
      return false
    }
    var known = lanes[attribute] ?? Array(repeating: [], count: memories.count)
    if known[set].isEmpty {
      known[set] = memory.values(of: attribute, rows: first..<first + count)
      lanes[attribute] = known
    }
    let value = known[set][row - first]
    guard before.isKnown, value.isKnown else { return before.tag == value.tag }
    switch value.tag {
    case .rule, .text, .list: return false
    default: return Value.same(before, value)
    }
  }
}
