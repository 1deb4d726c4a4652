import WritModel
public import WritRules

/// How a choose is decided: what the index answers at once, and what is asked rule by rule.
public struct Indexing: Sendable {
  /// What becomes of a condition.
  public enum Way: Sendable, Equatable {
    /// A row of bits: costs nothing beside the other rules.
    case indexed
    /// Asked of the records that reach the rule.
    case apart(Reason)

    /// Why it is asked apart; nil: it is not.
    public var reason: Reason? { if case .apart(let reason) = self { reason } else { nil } }
  }
  /// Why a condition is asked apart.
  public enum Reason: Sendable, Equatable {
    /// So few rules that asking them in order is as fast.
    case fewRules
    /// Most rules of the choose have nothing that could be a row.
    case noneWorth
    /// Both sides differ from record to record.
    case comparesTwo
    /// Looks at other records, for this rule alone.
    case looksElsewhere
    /// Worked out for this rule alone.
    case workedOut
    /// More combinations of `or` than entries are worth.
    case manyCases
  }
  /// A rule of the choose: each of its conditions, and what becomes of it.
  public struct Rule: Sendable {
    public let rule: RuleID
    public let conditions: [(condition: WritRules.Rule.Condition, way: Way)]
  }
  public let choose: ChooseID
  /// The terms that have rows, with the number of different answers each is divided into.
  public let dimensions: [(term: TermID, cells: Int)]
  /// How many entries the index has; a rule with `or` has several.
  public let entryCount: Int
  public let rules: [Rule]
}

extension Network {
  /// How each choose is decided, in the order of the program.
  public var indexing: [Indexing] {
    program.chooses.indices.map { indexing(of: ChooseID($0)) }
  }

  private func indexing(of id: ChooseID) -> Indexing {
    let choose = program[id]
    let index = chooses[Int(id.index)].index
    let keyed = chooses[Int(id.index)].keyed
    let subjects = Set(index?.dimensions.map(\.term) ?? keyed.map { [$0.table.term] } ?? [])
    var seen: Set<RuleID> = []
    let rules = choose.alternatives.compactMap { alternative -> Indexing.Rule? in
      guard seen.insert(alternative.rule).inserted else { return nil }
      let manyCases = isOverwhelmed(alternative.guardTerm)
      return Indexing.Rule(
        rule: alternative.rule,
        conditions: program[alternative.rule].conditions.map { condition in
          let way: Indexing.Way
          if index == nil, keyed == nil {
            way = .apart(
              choose.alternatives.count < ChooseIndex.fewestAlternatives
                ? .fewRules : .noneWorth)
          } else {
            way = self.way(of: condition.term, subjects, manyCases: manyCases)
          }
          return (condition, way)
        })
    }
    return Indexing(
      choose: id,
      dimensions: index?.dimensions.map { ($0.term, $0.cellCount - 1) }
        ?? keyed.map { [($0.table.term, $0.table.valueCount + 1)] } ?? [],
      entryCount: index?.entryCount ?? (keyed == nil ? 0 : choose.alternatives.count),
      rules: rules)
  }

  private func isOverwhelmed(_ guardTerm: TermID) -> Bool {
    Normalizer(program: program).boxes(of: guardTerm).contains { $0.isOpen }
  }

  private func way(
    of term: TermID, _ subjects: Set<TermID>, manyCases: Bool
  ) -> Indexing.Way {
    let boxes = Normalizer(program: program).boxes(of: term)
    if boxes.contains(where: \.isOpen) { return .apart(.manyCases) }
    for literal in boxes.flatMap(\.literals) {
      guard let test = Test(literal.test, program) else { continue }
      if !subjects.contains(test.subject) { return .apart(reason(for: literal.test)) }
    }
    // A condition that has rows may still be lost where the whole guard has too many cases.
    return manyCases && boxes.count > 1 ? .apart(.manyCases) : .indexed
  }

  private func reason(for test: TermID) -> Indexing.Reason {
    if looksElsewhere(test, depth: 0) { return .looksElsewhere }
    if case .operation(let operation, let arguments) = program[test],
      Relation(operation) != nil || operation == .isIn || operation == .within,
      arguments.allSatisfy({ Constant(folding: $0, program) == nil })
    {
      return .comparesTwo
    }
    return .workedOut
  }

  private func looksElsewhere(_ term: TermID, depth: Int) -> Bool {
    guard depth < 64, term.index >= 0 else { return false }
    switch program[term] {
    case .gather, .follow, .counter: return true
    case .constant, .slot, .today: return false
    case .field(_, let of): return looksElsewhere(of, depth: depth + 1)
    case .attribute(_, let arguments, _):
      return arguments.contains { looksElsewhere($0, depth: depth + 1) }
    case .operation(_, let arguments):
      return arguments.contains { looksElsewhere($0, depth: depth + 1) }
    case .winner, .payload, .collect: return false
    }
  }
}
