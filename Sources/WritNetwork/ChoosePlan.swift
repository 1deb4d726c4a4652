import Synchronization
import WritModel
import WritRules

/// An index that is made when somebody first goes by it.
final class LateIndex: @unchecked Sendable {
  /// nil: it is not worth one after all.
  final class Made: Sendable {
    let index: ChooseIndex?
    /// The rule of each entry.
    let ruleOfEntry: [RuleIndex]
    private let payloads = Mutex<[Int: [TermID]]>([:])

    init(_ index: ChooseIndex?, _ rules: [RuleIndex]) {
      self.index = index
      ruleOfEntry = index?.alternativeOfEntry.map { rules[Int($0)] } ?? []
    }

    /// What goes with the entries in a column, found once.
    func payloads(column: Int, _ find: () -> [TermID]) -> [TermID] {
      payloads.withLock { payloads in
        if let known = payloads[column] { return known }
        let found = find()
        payloads[column] = found
        return found
      }
    }
  }
  /// The number of its first dimension among all of the network; said by the network before anybody
  /// else sees it.
  var firstDimension = 0
  private let known = AtomicLazyReference<Made>()
  /// Held while it is made, so that it is made once.
  private let making = Mutex(())
  private let rules: [RuleIndex]
  private let make: @Sendable () -> ChooseIndex?

  /// `rules`: those of the alternatives.
  init(_ rules: [RuleIndex], _ make: @escaping @Sendable () -> ChooseIndex?) {
    self.rules = rules
    self.make = make
  }

  var made: Made { known.load() ?? makeNow() }

  var present: ChooseIndex? { known.load()?.index }

  @inline(never)
  private func makeNow() -> Made {
    making.withLock { _ in
      if let known = known.load() { return known }
      let index = make()
      index?.firstDimension = firstDimension
      return known.storeIfNil(Made(index, rules))
    }
  }
}

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
  private let ownIndex: ChooseIndex?
  /// The index of one that is decided together with others, mostly: made when somebody asks for it.
  let late: LateIndex?
  /// Instead of the index, where one value leads to few of a great many alternatives.
  let keyed: KeyedView?
  private let ownRuleOfEntry: [RuleIndex]
  private let firstRule: RuleIndex
  private let alternativeOfRule: [Int32]

  /// The number of alternatives; `otherwise` goes by this number too.
  var count: Int { guards.count }

  /// `members`: of each alternative the variants that hold it; nil: it is a choose of its own.
  /// `keyed`: the table it shares with other variants, if it does. `isLate`: it is decided by the index
  /// of a family, so its own is seldom asked for.
  init(
    _ choose: Choose, members: [UInt64]? = nil, keyed shared: KeyedView? = nil,
    _ program: Program, _ facts: TermFacts, indexing: Bool, isLate: Bool = false
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
    let keyed =
      shared
      ?? (indexing ? KeyedChoice(choose, members: members, program).map { KeyedView($0) } : nil)
    self.keyed = keyed
    let isIndexed = indexing && keyed == nil
    if isIndexed, isLate, guards.count >= ChooseIndex.fewestAlternatives {
      late = LateIndex(rules) { ChooseIndex(choose, members: members, program, facts) }
      (ownIndex, ownRuleOfEntry) = (nil, [])
      return
    }
    late = nil
    let index = isIndexed ? ChooseIndex(choose, members: members, program, facts) : nil
    ownIndex = index
    ownRuleOfEntry = index?.alternativeOfEntry.map { rules[Int($0)] } ?? []
  }

  /// The index, made now where it is late.
  @inline(__always)
  var index: ChooseIndex? {
    if let ownIndex { return ownIndex }
    return late?.made.index
  }

  /// The index as far as it is made.
  var presentIndex: ChooseIndex? { late?.present ?? ownIndex }

  /// Whether there is an index, as far as is known without making one.
  var mayHaveIndex: Bool { late != nil || ownIndex != nil }

  /// The rule of each entry of the index.
  var ruleOfEntry: [RuleIndex] {
    if let late { return late.made.ruleOfEntry }
    return ownRuleOfEntry
  }

  /// The constant that goes with each entry of the index. Two alternatives with one rule have one
  /// payload: that of the first.
  func payloads(column: Int) -> [TermID] {
    let terms = columns[column]
    func find() -> [TermID] {
      index?.alternativeOfEntry.map { terms[alternative(of: Int64(rules[Int($0)]))] } ?? []
    }
    return late?.made.payloads(column: column, find) ?? find()
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
