import WritModel
import WritSyntax
import WritText

// `change "…" for Lead { when … then set owner = missing }`: a production that fires.
extension Checker {
  mutating func declare(_ declaration: ChangeDeclaration, unit: UnitID) {
    noteTitle(declaration.title, in: \.changes)
  }

  mutating func lower(_ declaration: ChangeDeclaration, unit: UnitID) {
    guard
      var made = production(
        declaration.title, of: declaration.record, declaration.patterns, declaration.condition,
        because: nil, seesAssignments: false, unit: unit)
    else { return }
    var priority: TermID?
    if let written = declaration.priority {
      let term = check(written, expecting: .integer, in: made.scope)
      if readsAssignment(term) { reportDecidedLater(written) }
      priority = term
    }
    if declaration.outcomes.isEmpty { report(.ruleWithoutOutcome(declaration.title)) }
    var acts: [Production.Act] = []
    for outcome in declaration.outcomes {
      if let act = act(outcome, of: made) { acts.append(act) }
    }
    let told = made.conditions + [made.guardTerm].compactMap(\.self)
    if !acts.isEmpty, acts.count == declaration.outcomes.count,
      acts.allSatisfy({ isVoid($0, where: told) })
    {
      report(.changesNothing(declaration.title))
    }
    made.production.kind = .change(priority: priority, acts: acts)
    made.production.reads = reads([made.guardTerm, priority].compactMap(\.self))
    keep(made.production, of: unit)
  }

  // MARK: Patterns

  /// What `change` and `alert` have in common, on its way into the program.
  struct MadeProduction {
    var production: Production
    var scope: Scope
    var guardTerm: TermID?
    /// The conjuncts of the guard.
    var conditions: [TermID]
  }

  /// Checks the patterns and the guard of a `change` or an `alert`; nil where a record type is none.
  mutating func production(
    _ title: TextLiteral, of subject: Name?, _ binders: [Binder], _ condition: Expression?,
    because: Template?, seesAssignments: Bool, unit: UnitID
  ) -> MadeProduction? {
    guard var scope = patterns(binders, of: subject) else { return nil }
    scope.seesAssignments = seesAssignments
    var patterns: [Production.Pattern] = []
    if let subject, let record = record(quietly: subject) {
      patterns.append(Production.Pattern(record, name: nil))
    }
    for binder in binders {
      guard let record = record(quietly: binder.type) else { return nil }
      patterns.append(Production.Pattern(record, name: binder.name?.text))
    }
    if patterns.isEmpty, condition == nil { report(.matchesNothingSaid(title)) }
    var conditions: [Rule.Condition] = []
    for part in condition.map({ conjuncts(of: $0) }) ?? [] {
      let term = checkCondition(part, in: scope)
      if !seesAssignments, readsAssignment(term) { reportDecidedLater(part) }
      conditions.append(
        Rule.Condition(role: .when, term: term, text: written(part), span: part.span))
    }
    let terms = conditions.map(\.term)
    if condition.map({ $0.kind != .yes }) ?? true {
      reportUnjoined(patterns, terms, title, binders)
    }
    let guardTerm = condition == nil ? nil : all(terms)
    let reason = because.map { checkTemplate($0, in: scope) }
    let span = units[Int(unit.index)].declaration.span
    let id = rule(title.text, conditions: conditions, because: reason, at: span)
    let made = Production(
      kind: .alert(nil), rule: id, patterns: patterns, guardTerm: guardTerm,
      reads: reads(guardTerm.map { [$0] } ?? []), span: span)
    return MadeProduction(
      production: made, scope: scope, guardTerm: guardTerm, conditions: terms)
  }

  /// The scope of a condition over matched records; `for Lead` makes it the subject.
  private mutating func patterns(_ patterns: [Binder], of subject: Name?) -> Scope? {
    var scope: Scope
    if let subject {
      guard let record = record(subject) else { return nil }
      scope = self.scope(of: record)
    } else {
      scope = Scope()
    }
    for pattern in patterns {
      guard let record = record(pattern.type) else { return nil }
      _ = bindRecord(record, as: pattern.name, in: &scope)
    }
    // `a.id < b.id` takes each pair once, whatever the order of the keys means.
    scope.ordersTexts = true
    return scope
  }

  /// Adds a production in written order, and remembers whose it is.
  mutating func keep(_ production: Production, of unit: UnitID) {
    program.productions.append(production)
    kinds.productions[unit] = ProductionID(program.productions.count - 1)
  }

  /// Reports a title that another of its kind has.
  mutating func noteTitle(
    _ title: TextLiteral, in titles: WritableKeyPath<KindNotes, [String: Span]>
  ) {
    if let first = kinds[keyPath: titles][title.text] {
      report(.duplicateTitle(title, first: first))
    } else {
      kinds[keyPath: titles][title.text] = title.span
    }
  }

  private mutating func reportDecidedLater(_ part: Expression) {
    let name = Name(written(part), at: part.span)
    // Where the name itself stands in the condition, it has been told there.
    if diagnostics.contains(where: {
      $0.code == "decided-later" && $0.span.source == part.span.source
        && $0.span.start >= part.span.start && $0.span.end <= part.span.end
    }) {
      return
    }
    report(.decidedLater(name))
  }

  /// The outermost terms that are neither operation, constant nor slot, in order of appearance.
  private func reads(_ terms: [TermID]) -> [TermID] {
    var found: [TermID] = []
    var seen: Set<TermID> = []
    var pending = Array(terms.reversed())
    while let next = pending.popLast() {
      guard seen.insert(next).inserted else { continue }
      switch program[next] {
      case .constant, .slot: continue
      case .operation(_, let arguments): pending += arguments.reversed()
      case .today, .field, .attribute, .winner, .payload, .collect, .gather, .follow, .counter:
        found.append(next)
      }
    }
    return found
  }

  // MARK: Joins

  /// Warns where records of two patterns meet without an equality between them: each with each.
  ///
  /// A pattern that a constant pins (`p.kind = start`) is left alone: there are few of those.
  private mutating func reportUnjoined(
    _ patterns: [Production.Pattern], _ conditions: [TermID], _ title: TextLiteral,
    _ binders: [Binder]
  ) {
    guard patterns.count > 1, !conditions.contains(where: isUnknown) else { return }
    var group = Array(patterns.indices)
    var isPinned = Array(repeating: false, count: patterns.count)
    func tie(_ slots: [Int]) {
      guard let first = slots.first else { return }
      if slots.count == 1 { isPinned[first] = true }
      for slot in slots.dropFirst() {
        let (from, to) = (group[slot], group[first])
        for index in group.indices where group[index] == from { group[index] = to }
      }
    }
    for condition in conditions {
      if let slots = tied(by: condition, among: patterns.count) { tie(slots) }
    }
    // A group that holds a pinned pattern is small.
    let open = Set(patterns.indices.map { group[$0] }).filter { root in
      !patterns.indices.contains { group[$0] == root && isPinned[$0] }
    }
    guard open.count > 1 else { return }
    let names = open.sorted().map { slot in
      patterns[slot].name ?? program.schema[patterns[slot].record].name.name
    }
    let span = binders.first.map { $0.span.through(binders[binders.count - 1].span) } ?? title.span
    report(.patternsNotJoined(names, at: span))
  }

  /// The patterns that a condition ties by an equality; nil where it ties none.
  private func tied(by condition: TermID, among count: Int) -> [Int]? {
    switch program[condition] {
    case .operation(.equal, _), .operation(.isIn, _), .operation(.within, _):
      let slots = slots(of: condition).map { Int($0) }.filter { $0 < count }.sorted()
      return slots.isEmpty ? nil : slots
    case .operation(.or, let parts):
      let each = parts.compactMap { tied(by: $0, among: count) }
      guard each.count == parts.count, let first = each.first else { return nil }
      let common = each.reduce(Set(first)) { $0.intersection($1) }
      return common.isEmpty ? nil : common.sorted()
    case .operation(.and, let parts):
      let each = parts.compactMap { tied(by: $0, among: count) }
      return each.max { $0.count < $1.count }
    default: return nil
    }
  }

  // MARK: Acts

  private mutating func act(
    _ outcome: ChangeDeclaration.Outcome, of made: MadeProduction
  ) -> Production.Act? {
    switch outcome {
    case .set(let target, let value): set(target, to: value, of: made)
    case .insert(let name, let values): insert(name, values, of: made)
    case .remove(let target): remove(target, of: made)
    }
  }

  private mutating func set(
    _ target: Expression, to value: Expression, of made: MadeProduction
  ) -> Production.Act? {
    let term = check(target, in: made.scope)
    guard let (field, record) = field(of: term) else {
      if case .attribute = program[term] {
        report(.setsDerived(written(target), at: target.span))
      } else if type(of: term) != .unknown {
        report(.setsNoField(at: target.span))
      }
      return nil
    }
    if program.schema[program.schema[field].record].key.contains(field) {
      report(.setsKey(program.schema[field].name.name, at: target.span))
      return nil
    }
    return self.value(value, for: field, of: made).map { .set(field, of: record, to: $0) }
  }

  /// The value for a field, of its type; nil where it did not check.
  private mutating func value(
    _ written: Expression, for field: FieldID, of made: MadeProduction
  ) -> TermID? {
    let declared = program.schema[field]
    if case .missing = written.kind {
      if !declared.isOptional {
        report(.neverMissing(declared.name.name, at: written.span))
        return nil
      }
      return blank(field)
    }
    let value = check(written, expecting: declared.type, in: made.scope)
    if isUnknown(value) { return nil }
    if readsAssignment(value) { reportDecidedLater(written) }
    if !declared.isOptional {
      let known = surelyKnown(where: made.conditions)
      if let open = blanks(in: value).first(where: { !known.contains($0) }),
        let path = path(of: open)
      {
        report(.setMayBeMissing(declared.name.name, path, at: written.span))
      }
    }
    return value
  }

  private mutating func insert(
    _ name: Name, _ values: [FieldValue], of made: MadeProduction
  ) -> Production.Act? {
    guard let record = record(name) else { return nil }
    var given: [FieldID: TermID] = [:]
    var seen: Set<FieldID> = []
    var isWhole = true
    for written in values {
      guard let field = baseField(written.field, of: record) else {
        isWhole = false
        continue
      }
      if !seen.insert(field).inserted {
        report(.givenTwice(written.field))
        isWhole = false
        continue
      }
      if let term = value(written.value, for: field, of: made) {
        given[field] = term
      } else {
        isWhole = false
      }
    }
    var terms: [TermID] = []
    var lacking: [String] = []
    for field in program.schema[record].fields {
      if let term = given[field] ?? initial(field) {
        terms.append(term)
      } else if program.schema[field].isOptional {
        terms.append(blank(field))
      } else if !seen.contains(field) {
        lacking.append(program.schema[field].name.name)
      }
    }
    if !lacking.isEmpty { report(.insertLacks(lacking, name)) }
    return isWhole && lacking.isEmpty ? .insert(record, terms) : nil
  }

  /// The default of a field as a term; nil without one.
  private mutating func initial(_ field: FieldID) -> TermID? {
    switch program.schema[field].initial {
    case .value(let value): constant(value, type: program.schema[field].type)
    case .text(let written): text(written)
    case nil: nil
    }
  }

  private mutating func remove(
    _ target: Expression, of made: MadeProduction
  ) -> Production.Act? {
    let term = check(target, in: made.scope)
    if isUnknown(term) { return nil }
    if case .slot(let slot) = program[term], slot < made.production.patterns.count {
      return .remove(term)
    }
    switch type(of: term) {
    case .record: report(.removesUnmatched(written(target), at: target.span))
    case .unknown: break
    default: report(.removesNoRecord(at: target.span))
    }
    return nil
  }

  // MARK: What the guard says

  /// The values that are known wherever all the conditions hold.
  private func surelyKnown(where conditions: [TermID]) -> Set<TermID> {
    var known: Set<TermID> = []
    var pending = conditions
    while let next = pending.popLast() {
      guard case .operation(let operation, let arguments) = program[next] else {
        known.insert(next)
        continue
      }
      switch operation {
      case .and, .isKnown: pending += arguments
      case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .inRange, .isIn,
        .within, .add, .subtract, .multiply, .divide, .negate, .addDuration, .subtractDuration,
        .subtractDates, .startsWith, .dateOfTime, .not:
        // `not (x is known)` holds where x is missing.
        if operation == .not, let inner = arguments.first,
          case .operation = program[inner]
        {
          continue
        }
        known.insert(next)
        pending += arguments
      default: known.insert(next)
      }
    }
    return known
  }

  /// Whether an act leaves everything as it is wherever the conditions hold.
  private func isVoid(_ act: Production.Act, where conditions: [TermID]) -> Bool {
    guard case .set(let field, let record, let value) = act else { return false }
    guard let target = known(.field(field, of: record), type: program.schema[field].type) else {
      return false
    }
    if target == value { return true }
    if let constant = constantValue(value), !constant.isKnown {
      return conditions.contains { isMissing(target, $0) }
    }
    return conditions.contains { condition in
      switch program[condition] {
      case .operation(.equal, let sides): sides == [target, value] || sides == [value, target]
      case .operation(.and, let parts): parts.contains { isVoid(act, where: [$0]) }
      default: condition == target && constantValue(value)?.bits == 1
      }
    }
  }

  private func isMissing(_ target: TermID, _ condition: TermID) -> Bool {
    guard case .operation(.not, let inner) = program[condition],
      case .operation(.isKnown, let value) = program[inner[0]]
    else { return false }
    return value == [target]
  }
}
