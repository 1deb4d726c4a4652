import WritModel
import WritNetwork
public import WritRules
public import WritText

/// What of a rule set its tests have exercised: each rule and each row of a table decided at least
/// once, each condition seen both to hold and to fail.
///
/// Rows that a table takes from a file of data are counted apart: they are data, and tests have data
/// of their own.
///
/// It listens to the events of a trace, to changes that fire and to alerts that are asked about.
/// Rules that stand for one place in a file (a limit for several rungs) are one.
public final class Coverage {
  private let program: Program
  private var hasDecided: Set<RuleID> = []
  private var holding: Set<Place> = []
  private var failing: Set<Place> = []
  private let rows: Set<RuleID>
  /// Prices and authorities by the derived values that are asked for when they are.
  private var steps: [AttributeID: [PricePlan.Step]] = [:]
  private var discounts: [AttributeID: DiscountPlan] = [:]
  private var requirements: [AttributeID: RequirePlan] = [:]

  /// A condition of a rule.
  private struct Place: Hashable {
    let rule: RuleID
    let index: Int
  }

  public init(_ program: Program) {
    self.program = program
    var rows: Set<RuleID> = []
    for decision in program.decisions {
      switch decision.kind {
      case .table(let choose):
        rows.formUnion(program[choose].alternatives.map(\.rule))
      case .price(let plan):
        for step in plan.steps { steps[step.after, default: []].append(step) }
      case .discount(let plan): discounts[decision.answer] = plan
      case .require(let plan): requirements[decision.answer] = plan
      case .define, .decide, .territories, .assign, .sale, .match, .split: break
      }
    }
    self.rows = rows
  }

  // MARK: Listening

  /// A value was asked for.
  func asked(_ term: TermID, in frame: Frame, _ memory: Memory) {
    memory.trace(term, in: frame) { event, _ in self.note(event, memory) }
  }

  /// A decision was asked for.
  func asked(_ decision: DecisionID, _ arguments: [Value], today: Int32, _ memory: Memory) {
    let decision = program[decision]
    let attributes = [decision.answer] + decision.details.map(\.attribute)
    for attribute in attributes where program[attribute].parameters.count == arguments.count {
      memory.trace(attribute, arguments, today: today) { event, _ in
        self.note(event, memory)
      }
    }
  }

  /// A record was assigned to somebody.
  func assigned(_ assignment: Assignment) {
    if let rule = assignment.rule { hasDecided.insert(rule) }
  }

  /// A change is about to do what it does.
  func fired(_ firing: Firing, _ memory: Memory) {
    if firing.fault == nil { hasDecided.insert(program[firing.match.production].rule) }
    noteConditions(firing.match.production, firing.match.rows, memory)
  }

  /// Facts were looked at by changes and alerts: what holds of them and what does not. Of many
  /// records the first ways to put them together are looked at.
  func looked(_ memory: Memory) {
    for index in program.productions.indices {
      let id = ProductionID(index)
      if case .alert = program[id].kind, !memory.raised(id).isEmpty {
        hasDecided.insert(program[id].rule)
      }
      var ways: [[Int]] = [[]]
      for pattern in program[id].patterns {
        let rows = Array(memory.facts[pattern.record].liveRows.prefix(100))
        ways = Array(ways.flatMap { way in rows.map { way + [$0] } }.prefix(2_000))
      }
      for way in ways { noteConditions(id, way, memory) }
    }
  }

  private func noteConditions(_ id: ProductionID, _ rows: [Int], _ memory: Memory) {
    let slots = zip(program[id].patterns, rows).map { Value.record($1, of: $0.record) }
    guard slots.count == program[id].patterns.count else { return }
    noteConditions(of: program[id].rule, in: Frame(slots: slots, today: memory.today), memory)
  }

  private func noteConditions(of rule: RuleID, in frame: Frame, _ memory: Memory) {
    for (index, condition) in program[rule].conditions.enumerated() {
      note(rule, index, Truth(memory.value(of: condition.term, in: frame)))
    }
  }

  private func note(_ rule: RuleID, _ index: Int, _ truth: Truth) {
    switch truth {
    case .yes: holding.insert(Place(rule: rule, index: index))
    case .no: failing.insert(Place(rule: rule, index: index))
    case .unknown, .fault: break
    }
  }

  private func note(_ event: TraceEvent, _ memory: Memory) {
    switch event {
    case .alternative(let alternative, _, let isTaken, _):
      if isTaken { hasDecided.insert(alternative.rule) }
    case .otherwise(let rule): hasDecided.insert(rule)
    case .condition(let rule, let index, let truth, _): note(rule, index, truth)
    case .attribute(let id, let arguments, let today):
      let frame = Frame(slots: arguments, today: today)
      for step in steps[id] ?? [] { note(step, in: frame, memory) }
      if let plan = discounts[id] {
        for (rule, term) in plan.reasons {
          if Truth(memory.value(of: term, in: frame)) == .yes { hasDecided.insert(rule) }
          noteConditions(of: rule, in: frame, memory)
        }
      }
      if let plan = requirements[id] {
        hasDecided.insert(plan.rule)
        noteConditions(of: plan.rule, in: frame, memory)
      }
    }
  }

  /// The offers of a step: which hold, and which of them made the price. An offer of a group is
  /// taken by the group's own choice.
  private func note(_ step: PricePlan.Step, in frame: Frame, _ memory: Memory) {
    let isGroup = if case .group = step.kind { true } else { false }
    for offer in step.tries {
      noteConditions(of: offer.rule, in: frame, memory)
      let holds = Truth(memory.value(of: offer.guardTerm, in: frame)) == .yes
      if holds, !isGroup { hasDecided.insert(offer.rule) }
    }
  }
}

// MARK: - What came of it

extension Coverage {
  /// How much of one sort of thing was exercised.
  public struct Count: Sendable, Equatable {
    public var covered = 0
    public var total = 0

    public init() {}

    /// Adds the counts up.
    public static func += (a: inout Count, b: Count) {
      a.covered += b.covered
      a.total += b.total
    }
  }
  /// Something that no test exercised.
  public struct Gap: Sendable {
    /// What was not seen; the name stands in JSON.
    public enum Kind: String, Sendable {
      case rule = "rule-never-decided"
      case row = "row-never-won"
      case held = "condition-never-held"
      case failed = "condition-never-failed"
      case unseen = "condition-never-seen"
    }
    public var kind: Kind
    public var span: Span
    /// The rule's title, or the condition as it is written.
    public var text: String
  }
  /// What tests of a rule set exercised, and what they did not, by place.
  public struct Summary: Sendable {
    public var rules = Count()
    public var rows = Count()
    public var conditions = Count()
    /// Rows that tables take from files of data, which are no part of `all`.
    public var fileRows = Count()
    public var gaps: [Gap] = []

    public init() {}

    /// All that there is to exercise, taken together.
    public var all: Count {
      var all = rules
      all += rows
      all += conditions
      return all
    }
  }

  /// Sums up. `sources` are those of the program, for rules that have no title.
  public func summary(in sources: Sources) -> Summary {
    var summary = Summary()
    // Rows of a table that is kept in a file all have the place of the table.
    var sharing: [Span: Int] = [:]
    for row in rows { sharing[program[row].span, default: 0] += 1 }
    for group in groups() {
      let isCovered = group.contains(where: hasDecided.contains)
      let rule = program[group[0]]
      let isRow = rows.contains(group[0])
      if isRow, (sharing[rule.span] ?? 0) > 1 {
        summary.fileRows.total += 1
        summary.fileRows.covered += isCovered ? 1 : 0
        continue
      }
      if isRow {
        summary.rows.total += 1
        summary.rows.covered += isCovered ? 1 : 0
      } else {
        summary.rules.total += 1
        summary.rules.covered += isCovered ? 1 : 0
      }
      if !isCovered {
        summary.gaps.append(
          Gap(kind: isRow ? .row : .rule, span: rule.span, text: name(of: rule, sources)))
      }
      for (index, condition) in rule.conditions.enumerated() where Self.counts(condition) {
        let places = group.map { Place(rule: $0, index: index) }
        let held = places.contains(where: holding.contains)
        let failed = places.contains(where: failing.contains)
        summary.conditions.total += 1
        summary.conditions.covered += held && failed ? 1 : 0
        if held && failed { continue }
        summary.gaps.append(
          Gap(
            kind: held ? .failed : failed ? .held : .unseen, span: condition.span,
            text: condition.text.onOneLine))
      }
    }
    summary.gaps.sort { a, b in
      (a.span.source.index, a.span.start, a.span.end) < (
        b.span.source.index, b.span.start, b.span.end
      )
    }
    return summary
  }

  /// The rules that there are to exercise; those that stand for one place in a file together, in the
  /// order of the program.
  private func groups() -> [[RuleID]] {
    var wanted: Set<RuleID> = []
    // That no offer of a price's step applies is nobody's rule.
    let ofSteps = steps.values.flatMap(\.self).compactMap { step -> ChooseID? in
      if case .group(let choose) = step.kind { choose } else { nil }
    }
    for (index, choose) in program.chooses.enumerated() {
      wanted.formUnion(choose.alternatives.map(\.rule))
      if let otherwise = choose.otherwise, !ofSteps.contains(ChooseID(index)) {
        wanted.insert(otherwise.rule)
      }
    }
    for production in program.productions { wanted.insert(production.rule) }
    for decision in program.decisions {
      switch decision.kind {
      case .price(let plan): wanted.formUnion(plan.steps.flatMap { $0.tries.map(\.rule) })
      case .discount(let plan): wanted.formUnion(plan.reasons.map(\.rule))
      case .require(let plan): wanted.insert(plan.rule)
      case .define, .decide, .table, .territories, .assign, .sale, .match, .split: break
      }
    }
    var groups: [[RuleID]] = []
    var known: [Span: Int] = [:]
    for rule in wanted.sorted(by: { $0.index < $1.index }) {
      if !rows.contains(rule), let group = known[program[rule].span] {
        groups[group].append(rule)
        continue
      }
      known[program[rule].span] = groups.count
      groups.append([rule])
    }
    return groups
  }

  /// Whether a condition is asked to be seen both ways: cells are asked about as rows, what is
  /// inherited where it is written, and whether anybody is left is nobody's line.
  private static func counts(_ condition: Rule.Condition) -> Bool {
    switch condition.role {
    case .when, .unless, .effective, .with: true
    case .cell, .inherited, .pool: false
    }
  }

  private func name(of rule: Rule, _ sources: Sources) -> String {
    if !rule.title.isEmpty { return rule.title }
    return String(sources.text(of: rule.span).onOneLine.prefix(60))
  }
}
