import WritModel
import WritRules

/// A choose, made ready: payload terms by column, the way from a rule back to its alternative, and
/// the index if it is worth one.
final class ChoosePlan: Sendable {
  let policy: Choose.Policy
  let isStrict: Bool
  let guards: [TermID]
  let rules: [RuleIndex]
  /// One a column: the payload term of each alternative, and of `otherwise` behind them.
  let columns: [[TermID]]
  /// Whether a column holds constants only, so a winner's payload is a look-up.
  let isConstant: [Bool]
  let hasOtherwise: Bool
  let index: ChooseIndex?
  /// Instead of the index, where one value leads to few of a great many alternatives.
  let keyed: KeyedChoice?
  /// The rule of each entry of the index.
  let ruleOfEntry: [RuleIndex]
  private let firstRule: RuleIndex
  private let alternativeOfRule: [Int32]

  /// The number of alternatives; `otherwise` goes by this number too.
  var count: Int { guards.count }

  /// `members`: of each alternative the variants that hold it; nil: it is a choose of its own.
  init(
    _ choose: Choose, members: [UInt64]? = nil, _ program: Program, _ facts: TermFacts,
    indexing: Bool
  ) {
    policy = choose.policy
    isStrict = choose.isStrict
    guards = choose.alternatives.map(\.guardTerm)
    hasOtherwise = choose.otherwise != nil
    var rules = choose.alternatives.map(\.rule.index)
    if let otherwise = choose.otherwise { rules.append(otherwise.rule.index) }
    self.rules = rules

    let width = choose.alternatives.first?.payload.count ?? choose.otherwise?.payload.count ?? 0
    var payloads = choose.alternatives.map(\.payload)
    if let otherwise = choose.otherwise { payloads.append(otherwise.payload) }
    let missing = TermID(-1)
    columns = (0..<width).map { column in
      payloads.map { $0.indices.contains(column) ? $0[column] : missing }
    }
    isConstant = columns.map { column in
      column.allSatisfy { term in
        if term.index >= 0, case .constant = program[term] { true } else { false }
      }
    }

    // Rules of one choose are mostly neighbours, so a table from the least to the greatest is small.
    // Two alternatives with one rule have one payload: the first stands for both.
    let least = rules.min() ?? 0
    let greatest = rules.max() ?? -1
    firstRule = least
    var table = Array(repeating: Int32(-1), count: Int(greatest) - Int(least) + 1)
    for (alternative, rule) in rules.enumerated().reversed() {
      table[Int(rule - least)] = Int32(alternative)
    }
    alternativeOfRule = table
    let keyed = indexing ? KeyedChoice(choose, program) : nil
    self.keyed = keyed
    let index =
      indexing && keyed == nil ? ChooseIndex(choose, members: members, program, facts) : nil
    self.index = index
    ruleOfEntry = index?.alternativeOfEntry.map { rules[Int($0)] } ?? []
  }

  /// The alternative that a winner is; the count for `otherwise`; -1 for a rule of another choose.
  @inline(__always)
  func alternative(of rule: Int64) -> Int {
    let place = Int(rule) - Int(firstRule)
    return alternativeOfRule.indices.contains(place) ? Int(alternativeOfRule[place]) : -1
  }

  /// Whether an unknown guard may not be passed over in silence.
  func isStrict(about alternative: Choose.Alternative) -> Bool {
    policy == .forbidOverPermit ? alternative.isForbidding : isStrict
  }
}
