import WritModel
import WritSyntax
import WritText

// `assign Lead to Rep r, sets owner, counts r.open, in order of created then id { … }`.
extension Checker {
  mutating func declare(_ declaration: AssignDeclaration, unit: UnitID) {
    guard let record = record(declaration.record) else { return }
    let span = units[Int(unit.index)].declaration.span
    guard
      declareOnly(BlockKey(kind: .assign, record: record, name: declaration.alias?.text), by: unit)
    else { return }
    let derived = declareAnswer(
      declaration.alias?.text ?? "assignee", label: declaration.alias == nil ? "分配对象" : nil,
      of: record, by: unit, at: declaration.alias?.span ?? span)
    self.derived[Int(derived.index)].isAssignment = true
    kinds.assignees[unit] = derived
  }

  mutating func lower(_ declaration: AssignDeclaration, unit: UnitID) {
    guard let record = record(quietly: declaration.record),
      let candidate = self.record(declaration.candidate.type),
      let derived = kinds.assignees[unit]
    else { return }
    let span = units[Int(unit.index)].declaration.span
    var scope = scope(of: record)
    scope.seesAssignments = false
    var block = AssignBlock(
      record: record, candidate: candidate, candidateName: declaration.candidate.name,
      title: units[Int(unit.index)].title, scope: scope, span: span)
    if let sets = declaration.sets { checkSets(sets, in: &block) }
    if let counts = declaration.counts { checkCounts(counts, in: &block) }
    checkOrder(declaration.order, in: &block)
    reportDoubleTitles(declaration.rules.map(\.title))
    for skip in declaration.skips { collect(skip, in: &block) }
    let hasPool = declaration.rules.contains {
      if case .among = $0.outcome { true } else { false }
    }
    if let skip = declaration.skips.first, !hasPool { report(.skipWithoutPool(at: skip.span)) }
    for rule in declaration.rules { collect(rule, in: &block) }
    var otherwise: Choose.Otherwise?
    if let outcome = declaration.otherwise {
      otherwise = collect(otherwise: outcome, in: &block)
    } else {
      report(.missingOtherwise(at: span))
    }
    finish(block, otherwise, derived, unit)
  }

  private mutating func finish(
    _ block: AssignBlock, _ otherwise: Choose.Otherwise?, _ derived: DerivedID, _ unit: UnitID
  ) {
    let parameters: [ValueType] = [.record(block.record)]
    let choose = choose(
      Choose(
        policy: .first, isStrict: false, alternatives: block.alternatives, otherwise: otherwise))
    let winner = attributeTerm(
      "\(block.title)/rule", of: block.record, winner(of: choose), at: block.span)
    let assignee = payload(
      0, of: choose, winner: winner, type: .recordOrQueue(block.candidate))
    let made = attribute(
      Named("\(block.title)/assignee"), parameters: parameters,
      term: stopped(assignee, for: derived), at: block.span)
    bind(derived, to: made)
    let plan = AssignPlan(
      choose: choose, candidate: block.candidate, sets: block.sets, load: block.load,
      turns: block.turns, order: block.order, pools: block.pools, skips: block.skips)
    decision(
      Decision(
        kind: .assign(plan), title: block.title, name: self[derived].name, parameters: parameters,
        answer: made, details: [],
        rules: block.alternatives.map(\.rule) + (otherwise.map { [$0.rule] } ?? []),
        span: block.span),
      by: unit)
  }

  // MARK: The header

  private mutating func checkSets(_ name: Name, in block: inout AssignBlock) {
    guard let field = baseField(name, of: block.record) else { return }
    let declared = program.schema[field]
    guard declared.type == .record(block.candidate) else {
      report(
        .setsOtherType(name, wanted: program.schema[block.candidate].name.name))
      return
    }
    if !declared.isOptional { report(.setsNeverMissing(name)) }
    if let first = kinds.setters[field] { report(.secondSetter(name, first: first)) }
    kinds.setters[field] = kinds.setters[field] ?? name.span
    block.sets = field
  }

  /// `counts r.open`: within this block the field is the counter, which a win moves.
  private mutating func checkCounts(_ path: Expression, in block: inout AssignBlock) {
    var scope = block.scope
    let slot = bindRecord(block.candidate, as: block.candidateName, in: &scope)
    let term = check(path, in: scope)
    guard let (field, record) = field(of: term), program[record] == .slot(slot) else {
      if type(of: term) != .unknown { report(.countsNoField(at: path.span)) }
      return
    }
    switch program.schema[field].type {
    case .number, .integer: break
    default:
      report(.countsNoField(at: path.span))
      return
    }
    block.load = counter(.load(field), record: block.candidate)
    block.loadField = field
  }

  private mutating func checkOrder(_ keys: [SelectionKey], in block: inout AssignBlock) {
    for key in keys {
      guard case .value(let direction, let expression) = key.kind else {
        report(.rotationOutsideAssign(at: key.span))
        continue
      }
      let term = check(expression, in: block.scope)
      block.order.append(Gather.Key(term, isDescending: direction?.isDescending ?? false))
    }
    let this = slot(0, type: .record(block.record))
    let key = keyFields(of: block.record, at: this)
    if keys.isEmpty {
      block.order = key
    } else if !decides(block.order, by: key), let last = keys.last {
      report(
        .selectionNotTotal(
          at: last.span, isEmpty: false,
          key: keyNames(of: block.record).joined(separator: " then ")))
    }
  }

  /// Whether the keys part any two records: all key fields are among them.
  func decides(_ keys: [Gather.Key], by key: [Gather.Key]) -> Bool {
    !key.isEmpty && key.allSatisfy { wanted in keys.contains { $0.term == wanted.term } }
  }

  func keyNames(of record: RecordID) -> [String] {
    program.schema[record].key.map { program.schema[$0].name.name }
  }

  // MARK: Rules

  private mutating func collect(_ skip: AssignDeclaration.Skip, in block: inout AssignBlock) {
    var scope = block.scope
    let name = block.candidateName ?? skip.binder
    if name.text != skip.binder.text {
      report(.unknownName(skip.binder, near: [name.text]))
      return
    }
    _ = bindRecord(block.candidate, as: name, in: &scope)
    let because = skip.because.map { counting(checkTemplate($0, in: scope), in: &block) }
    // Each condition by itself, so that people learn which one kept a candidate away.
    for part in alternatives(of: skip.condition) {
      let term = counting(checkCondition(part, in: scope), in: &block)
      block.skips.append((term, written(part), because, part.span))
    }
  }

  /// The parts that `or` joins.
  private func alternatives(of condition: Expression) -> [Expression] {
    switch condition.kind {
    case .binary(.or, let left, let right): alternatives(of: left) + alternatives(of: right)
    case .grouped(let inner):
      if case .binary(.or, _, _) = inner.kind { alternatives(of: inner) } else { [condition] }
    default: [condition]
    }
  }

  private mutating func collect(_ written: AssignDeclaration.Rule, in block: inout AssignBlock) {
    if written.guards.priority != nil { report(.uselessPriority(written.title)) }
    var guards = checkGuards(written.guards, in: block.scope)
    guards.guardTerm = counting(guards.guardTerm, in: &block)
    for index in guards.conditions.indices {
      guards.conditions[index].term = counting(guards.conditions[index].term, in: &block)
    }
    let rule = rule(written.title.text, guards, at: written.span)
    guard
      let outcome = outcome(
        written.outcome, rule: rule, title: written.title, in: &block, guards.scope)
    else { return }
    let found = isOptional(outcome) ? isKnown(outcome) : boolean(true)
    let guardTerm = all([guards.guardTerm, found])
    if readsAssignment(guardTerm) || readsAssignment(outcome) {
      report(.decidedLater(Name(written.title.text, at: written.title.span)))
    }
    block.alternatives.append(
      Choose.Alternative(rule: rule, guardTerm: guardTerm, payload: [outcome]))
    if let pool = block.pools.last, pool.rule == rule {
      program.rules[Int(rule.index)].conditions.append(
        Rule.Condition(
          role: .pool, term: found, text: self.written(written.span), span: written.span))
    }
  }

  private mutating func collect(
    otherwise outcome: AssignDeclaration.Outcome, in block: inout AssignBlock
  ) -> Choose.Otherwise? {
    let name = word("otherwise", zh: "兜底", at: block.span)
    let rule = rule(name, at: block.span)
    let title = TextLiteral(name, at: block.span)
    let term = self.outcome(outcome, rule: rule, title: title, in: &block, block.scope)
    return term.map { Choose.Otherwise(rule: rule, payload: [$0]) }
  }

  /// Who gets the record: a candidate, a record named by a path, or a queue.
  private mutating func outcome(
    _ outcome: AssignDeclaration.Outcome, rule: RuleID, title: TextLiteral,
    in block: inout AssignBlock, _ scope: Scope
  ) -> TermID? {
    switch outcome {
    case .queue(let name): return queue(name).map { queue($0) }
    case .to(let expression):
      let record = checkRecord(expression, of: block.candidate, in: scope)
      return counting(record, in: &block)
    case .among(let selection):
      return pool(selection, rule: rule, title: title, in: &block, scope)
    }
  }

  /// `among r where … by …`: those of the pool whom nothing keeps away, the first by the keys.
  private mutating func pool(
    _ selection: Selection, rule: RuleID, title: TextLiteral, in block: inout AssignBlock,
    _ scope: Scope
  ) -> TermID? {
    var scope = scope
    let binder = selection.over.binder
    if let name = block.candidateName, binder.type.text != name.text,
      binder.name?.text != name.text, record(quietly: binder.type) == nil
    {
      report(.unknownName(binder.type, near: [name.text]))
      return nil
    }
    let slot = bindRecord(block.candidate, as: block.candidateName ?? binder.name, in: &scope)
    let this = self.slot(slot, type: .record(block.candidate))
    var belongs: TermID?
    if let condition = selection.over.condition {
      belongs = counting(checkCondition(condition, in: scope), in: &block)
    }
    let keys = poolKeys(
      selection.by, rule: rule, title: title, this, in: &block, scope, at: selection.over.span)
    let away = block.skips.map { not(conceivable($0.term)) }
    let guardTerm = all((belongs.map { [$0] } ?? []) + away)
    let id = gatherID(
      Gather(
        fold: .pick, record: block.candidate, slot: slot, guardTerm: guardTerm, keys: keys))
    block.pools.append((rule, id, belongs))
    return term(.gather(id), type: .record(block.candidate))
  }

  private mutating func poolKeys(
    _ written: [SelectionKey], rule: RuleID, title: TextLiteral, _ this: TermID,
    in block: inout AssignBlock, _ scope: Scope, at around: Span
  ) -> [Gather.Key] {
    var keys: [Gather.Key] = []
    let key = keyFields(of: block.candidate, at: this)
    for (index, part) in written.enumerated() {
      switch part.kind {
      case .value(let direction, let expression):
        let term = counting(check(expression, in: scope), in: &block)
        keys.append(Gather.Key(term, isDescending: direction?.isDescending ?? false))
      case .rotation(let rotation):
        if index + 1 < written.count { report(.rotationNotLast(at: part.span)) }
        let counter = turns(rotation, rule: rule, title: title, in: &block, at: part.span)
        keys.append(
          Gather.Key(term(.counter(counter, of: this), type: .number), isDescending: false))
        // Whoever never had a turn stands in the order of the keys.
        return keys + key
      }
    }
    if !decides(keys, by: key) {
      let span = written.last?.span ?? around
      let names = keyNames(of: block.candidate).map {
        (block.candidateName.map { "\($0.text)." } ?? "") + $0
      }
      report(
        .selectionNotTotal(
          at: span, isEmpty: written.isEmpty, key: names.joined(separator: " then ")))
    }
    return keys
  }

  private mutating func turns(
    _ rotation: Rotation, rule: RuleID, title: TextLiteral, in block: inout AssignBlock,
    at span: Span
  ) -> CounterID {
    // A weight is the candidate's own, whatever is assigned: he is the only one in view.
    var own = Scope()
    _ = bindRecord(block.candidate, as: block.candidateName, in: &own)
    let weight = rotation.weight.map { check($0, expecting: .number, in: own) }
    if weight != nil, rotation.catchesUp == nil { report(.catchupNotSaid(at: span)) }
    if weight == nil, rotation.catchesUp != nil { report(.catchupWithoutWeight(at: span)) }
    let pool = rotation.pool?.text ?? "\(block.title)/\(title.text)"
    let id = counter(
      .turns(pool: pool, weight: weight, catchesUp: rotation.catchesUp ?? true),
      record: block.candidate)
    block.turns.append(AssignPlan.Turn(rule: rule, counter: id))
    return id
  }

  /// A term with the counted field read as it moves within the block.
  private mutating func counting(_ term: TermID, in block: inout AssignBlock) -> TermID {
    guard let load = block.load, let field = block.loadField else { return term }
    return rewrite(term, &block.rewriting) { checker, part in
      guard case .field(field, let record) = checker.program[part] else { return nil }
      return checker.term(.counter(load, of: record), type: checker.type(of: part))
    }
  }

  /// Whether a term reads an assignment, through however many defines.
  mutating func readsAssignment(_ term: TermID) -> Bool {
    let assignments = Set(
      derived.compactMap { name -> AttributeID? in
        guard name.isAssignment, case .attribute(let id) = name.value else { return nil }
        return id
      })
    if assignments.isEmpty { return false }
    var seen: Set<TermID> = []
    var pending = [term]
    while let next = pending.popLast() {
      guard seen.insert(next).inserted else { continue }
      if case .attribute(let id, _, _) = program[next] {
        if assignments.contains(id) { return true }
        pending.append(program[id].term)
      }
      pending += parts(of: next)
    }
    return false
  }
}

/// An assign block on its way to its choose.
struct AssignBlock {
  let record: RecordID
  let candidate: RecordID
  let candidateName: Name?
  let title: String
  let scope: Scope
  let span: Span
  var sets: FieldID?
  var load: CounterID?
  var loadField: FieldID?
  var order: [Gather.Key] = []
  var alternatives: [Choose.Alternative] = []
  var turns: [AssignPlan.Turn] = []
  var pools: [(rule: RuleID, gather: GatherID, pool: TermID?)] = []
  var skips: [(term: TermID, text: String, because: TermID?, span: Span)] = []
  var rewriting = Rewriting()

  init(
    record: RecordID, candidate: RecordID, candidateName: Name?, title: String, scope: Scope,
    span: Span
  ) {
    self.record = record
    self.candidate = candidate
    self.candidateName = candidateName
    self.title = title
    self.scope = scope
    self.span = span
  }
}

extension SelectionKey.Direction {
  /// Whether the greatest comes first.
  var isDescending: Bool { self == .most || self == .latest }
}
