import WritModel
import WritSyntax
import WritText

// `territories for Account to Rep, exclusive { … }`.
extension Checker {
  mutating func declare(_ declaration: TerritoriesDeclaration, unit: UnitID) {
    guard let record = record(declaration.record) else { return }
    let span = units[Int(unit.index)].declaration.span
    guard
      declareOnly(
        BlockKey(kind: .territories, record: record, name: declaration.alias?.text), by: unit)
    else { return }
    let isList = declaration.policy == .overlapping
    let name = declaration.alias?.text ?? (isList ? "territories" : "territory")
    let derived = declareAnswer(
      name, label: declaration.alias == nil ? "辖区" : nil, of: record, by: unit,
      at: declaration.alias?.span ?? span)
    declarePart("owner", label: "归属", of: derived, at: span)
    declarePart("name", label: "名称", of: derived, at: span)
    kinds.territories[unit] = derived
  }

  /// A rule that holds answers with its owner; a nested one is tried only where the outer one
  /// holds, and stands before it. Positive rules all: what is unknown does not hold, and is listed.
  mutating func lower(_ declaration: TerritoriesDeclaration, unit: UnitID) {
    guard let record = record(quietly: declaration.record),
      let owner = self.record(declaration.owner), let derived = kinds.territories[unit]
    else { return }
    let span = units[Int(unit.index)].declaration.span
    guard let policy = declaration.policy else {
      report(.policyNotSaid(declaration.record))
      return
    }
    var block = TerritoryBlock(
      policy: policy, owner: owner, record: record, title: units[Int(unit.index)].title,
      span: span)
    reportDoubleTitles(declaration.rules.flatMap(\.titles))
    let scope = scope(of: record)
    for rule in declaration.rules {
      collect(rule, under: nil, depth: 0, in: &block, scope)
    }
    var otherwise: Choose.Otherwise?
    if let outcomes = declaration.otherwise {
      let name = word("otherwise", zh: "兜底", at: span)
      let rule = rule(name, at: span)
      let columns = columns(outcomes, rule: rule, title: name, in: &block, scope)
      otherwise = .init(rule: rule, payload: columns)
    } else {
      report(.missingOtherwise(at: span))
    }
    let choose = choose(
      Choose(
        policy: block.corePolicy, isStrict: false, alternatives: block.alternatives,
        otherwise: otherwise))
    finish(block, choose, otherwise, declaration, derived, unit)
  }

  private mutating func finish(
    _ block: TerritoryBlock, _ choose: ChooseID, _ otherwise: Choose.Otherwise?,
    _ declaration: TerritoriesDeclaration, _ derived: DerivedID, _ unit: UnitID
  ) {
    let isList = block.policy == .overlapping
    let span = block.span
    let parameters: [ValueType] = [.record(block.record)]
    let this = slot(0, type: .record(block.record))
    let winner = self.winner(of: choose)
    let territory = attribute(
      Named("\(block.title)/territory"), parameters: parameters,
      term: stopped(winner, for: derived),
      at: span)
    bind(derived, to: territory)
    func type(_ item: ValueType) -> ValueType { isList ? .list(item) : item }
    let won = read(territory, at: this)
    let owner = attribute(
      Named("\(block.title)/owner"), parameters: parameters,
      term: payload(0, of: choose, winner: won, type: type(.recordOrQueue(block.owner))), at: span)
    let name = attribute(
      Named("\(block.title)/name"), parameters: parameters,
      term: payload(1, of: choose, winner: won, type: type(.text)), at: span)
    if isList {
      kinds.columns[derived] = TerritoryColumns(
        choose: choose, record: block.record, owner: .recordOrQueue(block.owner))
    }
    if let part = self[derived].parts["owner"] { bind(part, to: owner) }
    if let part = self[derived].parts["name"] { bind(part, to: name) }
    var plan = TerritoriesPlan(
      choose: choose, territory: territory, owner: owner, splits: [], access: block.access,
      credits: block.credits, isList: isList)
    plan.isExclusive = block.policy == .exclusive
    decision(
      Decision(
        kind: .territories(plan), title: block.title, name: self[derived].name,
        parameters: parameters, answer: territory,
        details: [Decision.Detail(name: Named("owner", label: "归属"), attribute: owner)],
        rules: block.alternatives.map(\.rule) + (otherwise.map { [$0.rule] } ?? []), span: span),
      by: unit)
  }

  // MARK: Rules

  /// Adds a rule and those nested in it, the inner ones first. The parser bounds the nesting.
  @discardableResult
  private mutating func collect(
    _ written: TerritoriesDeclaration.Rule, under outer: CheckedGuards?, depth: Int,
    in block: inout TerritoryBlock, _ scope: Scope
  ) -> [TermID] {
    if written.guards.priority != nil, block.policy != .byPriority {
      report(.uselessPriority(written.title))
    }
    var guards = checkGuards(written.guards, in: scope)
    guards.guardTerm = all((outer.map { [$0.guardTerm] } ?? []) + [guards.guardTerm])
    if written.guards.priority == nil { guards.priority = outer?.priority ?? 0 }
    let before = outer?.conditions ?? []
    let rule = rule(written.title.text, guards, before: before, at: written.span)
    var inherited = guards
    inherited.conditions = before + guards.conditions

    var inner: [TermID] = []
    for child in written.children {
      inner += collect(child, under: inherited, depth: depth + 1, in: &block, guards.scope)
    }
    // A rule with no outcome of its own never answers.
    guard !written.outcomes.isEmpty else {
      if written.children.isEmpty { report(.ruleWithoutOutcome(written.title)) }
      return inner
    }
    let columns = columns(
      written.outcomes, rule: rule, title: written.title.text, in: &block, guards.scope)
    var guardTerm = guards.guardTerm
    // The inner rule is the narrower one: where it answers, the outer one does not.
    if block.policy != .overlapping, block.policy != .deepest, !inner.isEmpty {
      guardTerm = all([guardTerm, not(surely(any(inner)))])
    }
    block.alternatives.append(
      Choose.Alternative(
        rule: rule, guardTerm: guardTerm, payload: columns,
        priority: block.priority(of: guards.priority, depth: depth)))
    return inner + [guards.guardTerm]
  }

  /// The payload of a rule: its owner (a record or a queue) and its name.
  private mutating func columns(
    _ outcomes: [TerritoriesDeclaration.Outcome], rule: RuleID, title: String,
    in block: inout TerritoryBlock, _ scope: Scope
  ) -> [TermID] {
    var owner: TermID?
    for outcome in outcomes {
      switch outcome {
      case .owner(let expression):
        if owner != nil { report(.secondOwner(at: expression.span)) }
        owner = checkRecord(expression, of: block.owner, in: scope)
      case .queue(let name):
        if owner != nil { report(.secondOwner(at: name.span)) }
        if let id = queue(name) { owner = queue(id) }
      case .splitCredit(let parts): credit(parts, rule: rule, in: &block, scope)
      case .access(let lines):
        for line in lines {
          guard let party = party(line.party) else { continue }
          block.access.append((rule, constant(party), line.right.text))
        }
      }
    }
    return [owner ?? missing(type: .recordOrQueue(block.owner)), text(title)]
  }

  private mutating func credit(
    _ parts: [SplitPart], rule: RuleID, in block: inout TerritoryBlock, _ scope: Scope
  ) {
    var shares: [TermID] = []
    for part in parts {
      let target = check(part.target, expecting: .record(block.owner), in: scope)
      let share = check(part.share, expecting: .percent, in: scope)
      if !part.isExtra { shares.append(share) }
      block.credits.append(
        TerritoriesPlan.Credit(
          rule: rule, target: target, share: share, isExtra: part.isExtra))
    }
    _ = checkShares(shares, of: parts)
  }

  /// A record of the type, or what may be one or a queue.
  mutating func checkRecord(
    _ expression: Expression, of record: RecordID, in scope: Scope
  ) -> TermID {
    if case .queue(let name) = expression.kind, let id = queue(name) { return queue(id) }
    return check(expression, expecting: .record(record), in: scope)
  }
}

/// A territories block on its way to its choose.
struct TerritoryBlock {
  let policy: TerritoriesDeclaration.Policy
  let owner: RecordID
  let record: RecordID
  let title: String
  let span: Span
  var alternatives: [Choose.Alternative] = []
  var credits: [TerritoriesPlan.Credit] = []
  var access: [(rule: RuleID, party: TermID, right: String)] = []

  init(
    policy: TerritoriesDeclaration.Policy, owner: RecordID, record: RecordID, title: String,
    span: Span
  ) {
    self.policy = policy
    self.owner = owner
    self.record = record
    self.title = title
    self.span = span
  }

  /// Two that hold without one ranking higher are *tied*, never an error in the data.
  var corePolicy: Choose.Policy {
    switch policy {
    case .first: .first
    case .overlapping: .all
    case .exclusive, .deepest, .byPriority: .priority
    }
  }

  func priority(of written: Int32, depth: Int) -> Int32 {
    switch policy {
    case .byPriority: written
    case .deepest: Int32(depth)
    case .exclusive, .first, .overlapping: 0
    }
  }
}

extension TerritoriesDeclaration.Rule {
  /// The titles of the rule and of those in it.
  var titles: [TextLiteral] {
    var found: [TextLiteral] = []
    var pending = [self]
    while let next = pending.popLast() {
      found.append(next.title)
      pending += next.children.reversed()
    }
    return found
  }
}
