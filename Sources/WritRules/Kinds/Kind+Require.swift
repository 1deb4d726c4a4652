import WritModel
import WritSyntax
import WritText

// `require "five facts" for Deal, stops advance: when stage = qualified : known budget, …`.
extension Checker {
  mutating func declare(_ declaration: RequireDeclaration, unit: UnitID) {
    _ = record(declaration.record)
    noteTitle(declaration.title, in: \.requires)
  }

  /// Finds the decision that a require stops, once every name stands.
  mutating func settleStop(of declaration: RequireDeclaration, unit: UnitID) {
    guard let name = declaration.stops, let record = record(quietly: declaration.record) else {
      return
    }
    guard case .derived(let derived)? = symbols.members[Int(record.index)][name.text]?.meaning
    else {
      report(
        .unknownName(
          name, near: near(name.text, in: symbols.members[Int(record.index)].keys.sorted())))
      return
    }
    if case .define = units[Int(self[derived].unit.index)].declaration.kind {
      report(.stopsNoDecision(name))
      return
    }
    stoppers[derived, default: []].append(unit)
    kinds.stopped[unit] = derived
  }

  /// Held or failed; what cannot be checked has not held.
  mutating func lower(_ declaration: RequireDeclaration, unit: UnitID) {
    guard let record = record(quietly: declaration.record), let answers = symbols.requirement
    else { return }
    let span = units[Int(unit.index)].declaration.span
    var scope = scope(of: record)
    if let by = declaration.togetherBy { scope = together(by, record, scope) }
    let guards = checkGuards(declaration.guards, in: scope)
    var known: [(name: Named, term: TermID)] = []
    var conditions: [Rule.Condition] = []
    switch declaration.body {
    case .condition(let expression):
      for part in conjuncts(of: expression) {
        let term = checkCondition(part, in: guards.scope)
        conditions.append(
          Rule.Condition(role: .when, term: term, text: written(part), span: part.span))
      }
    case .known(let paths):
      for path in paths {
        let term = check(path, in: guards.scope)
        known.append((nameOf(term, path), term))
        conditions.append(
          Rule.Condition(
            role: .when, term: isKnown(term), text: written(path), span: path.span))
      }
    }
    if let by = declaration.togetherBy {
      for index in conditions.indices {
        conditions[index].term = addingUp(conditions[index].term, by, record, scope)
      }
    }
    let body = all(conditions.map(\.term))
    let holds = any([not(guards.guardTerm), body])
    let id = rule(
      declaration.title.text, conditions: conditions, because: guards.because, at: span)
    stops[unit] = (id, not(holds))
    let answer = ifElse(certain(holds), member(0, of: answers), member(1, of: answers))
    let title = "require \"\(declaration.title.text)\""
    let made = attribute(
      Named(title), parameters: [.record(record)], term: answer, at: span)
    decision(
      Decision(
        kind: .require(RequirePlan(rule: id, known: known, stops: nil)), title: title,
        name: Named(declaration.title.text), parameters: [.record(record)], answer: made,
        details: [], rules: [id], span: span),
      by: unit)
  }

  private func nameOf(_ term: TermID, _ path: Expression) -> Named {
    if let (field, _) = field(of: term) { program.schema[field].name } else { Named(written(path)) }
  }

  // MARK: Together

  /// The scope is the record's own; what is added up is put in place afterwards.
  private mutating func together(
    _ by: Expression, _ record: RecordID, _ scope: Scope
  ) -> Scope {
    if wholeField(of: record) == nil { report(.togetherWithoutWhole(at: by.span)) }
    return scope
  }

  /// The field that makes the record a part.
  private func wholeField(of record: RecordID) -> FieldID? {
    program.schema[record].fields.first { program.schema[$0].partAs != nil }
  }

  /// A condition in which the record's own numbers and amounts are those of all records of the same
  /// whole that have the same value of `by`, added up. Each sum is an attribute of its own.
  private mutating func addingUp(
    _ condition: TermID, _ by: Expression, _ record: RecordID, _ scope: Scope
  ) -> TermID {
    guard let whole = wholeField(of: record) else { return condition }
    let this = slot(0, type: .record(record))
    let other = slot(1, type: .record(record))
    let mine = check(by, in: scope)
    let guardTerm = all([
      operation(
        .equal, [field(whole, of: other), field(whole, of: this)], type: .boolean),
      operation(.equal, [substitute(this, by: other, in: mine), mine], type: .boolean),
    ])
    var rewriting = Rewriting()
    return rewrite(condition, &rewriting) { checker, part in
      let isOwn: Bool
      switch checker.program[part] {
      case .field(_, let owner): isOwn = owner == this
      case .attribute(_, let arguments, _):
        // What a define of another record reads is that record's business.
        if arguments != [this] { return part }
        isOwn = true
      default: return nil
      }
      guard isOwn, part != mine, checker.isAdditive(part) else { return isOwn ? part : nil }
      let value = checker.substitute(this, by: other, in: part)
      let sum = checker.gather(
        Gather(fold: .sum, record: record, slot: 1, guardTerm: guardTerm, value: value),
        type: checker.type(of: part))
      return checker.attributeTerm(
        "\(checker.program.schema[record].name.name)/together", of: record, sum, at: by.span)
    }
  }

  /// A term of one record, asked of another: in the same frame, so attributes keep what they read.
  private mutating func substitute(
    _ this: TermID, by other: TermID, in term: TermID
  ) -> TermID {
    if term == this { return other }
    let type = type(of: term)
    switch program[term] {
    case .field(let field, let record):
      return self.term(.field(field, of: substitute(this, by: other, in: record)), type: type)
    case .attribute(let id, let arguments, let asOf):
      let read = arguments.map { substitute(this, by: other, in: $0) }
      return self.term(.attribute(id, read, asOf: asOf), type: type)
    case .operation(let operation, let arguments):
      let parts = arguments.map { substitute(this, by: other, in: $0) }
      return self.term(.operation(operation, parts), type: type)
    default: return term
    }
  }

  private func isAdditive(_ term: TermID) -> Bool {
    switch type(of: term) {
    case .number, .integer, .money: true
    default: false
    }
  }
}
