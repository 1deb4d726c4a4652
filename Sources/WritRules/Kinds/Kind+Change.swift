import WritModel
import WritSyntax
import WritText

// `change "…" for Lead { when … then set owner = missing }`: checked, not run by this build.
extension Checker {
  mutating func declare(_ declaration: ChangeDeclaration, unit: UnitID) {}

  mutating func lower(_ declaration: ChangeDeclaration, unit: UnitID) {
    guard var scope = patterns(declaration.patterns, of: declaration.record) else { return }
    scope.seesAssignments = false
    if let condition = declaration.condition {
      let term = checkCondition(condition, in: scope)
      if readsAssignment(term) {
        report(
          .decidedLater(Name(declaration.title.text, at: declaration.title.span)))
      }
    }
    if let priority = declaration.priority { _ = checkPriority(priority, in: scope) }
    if declaration.outcomes.isEmpty { report(.ruleWithoutOutcome(declaration.title)) }
    for outcome in declaration.outcomes {
      switch outcome {
      case .set(let target, let value): checkSet(target, to: value, in: scope)
      case .insert(let name, let values): checkInsert(name, values, in: scope)
      case .remove(let target):
        let term = check(target, in: scope)
        switch type(of: term) {
        case .record, .unknown: break
        default: report(.removesNoRecord(at: target.span))
        }
      }
    }
    report(.notRunYet("change", declaration.title))
  }

  /// The scope of a condition over matched records; `for Lead` makes it the subject.
  mutating func patterns(_ patterns: [Binder], of subject: Name?) -> Scope? {
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

  private mutating func checkSet(_ target: Expression, to value: Expression, in scope: Scope) {
    let term = check(target, in: scope)
    guard let (field, _) = field(of: term) else {
      if type(of: term) != .unknown { report(.setsNoField(at: target.span)) }
      return
    }
    checkField(field, value, in: scope)
  }

  private mutating func checkField(_ field: FieldID, _ value: Expression, in scope: Scope) {
    if case .missing = value.kind {
      if !program.schema[field].isOptional {
        report(.neverMissing(program.schema[field].name.name, at: value.span))
      }
      return
    }
    _ = check(value, expecting: program.schema[field].type, in: scope)
  }

  private mutating func checkInsert(_ name: Name, _ values: [FieldValue], in scope: Scope) {
    guard let record = record(name) else { return }
    var seen: Set<FieldID> = []
    for value in values {
      guard let field = baseField(value.field, of: record) else { continue }
      if !seen.insert(field).inserted { report(.givenTwice(value.field)) }
      checkField(field, value.value, in: scope)
    }
  }
}
