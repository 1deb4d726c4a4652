import WritModel
import WritSyntax
import WritText

// `test "…" { given … commit … set … examples … expect … }`: every step resolved, so that running
// a test is only adding records and asking.
extension Checker {
  mutating func declare(_ declaration: TestDeclaration, unit: UnitID) {}

  mutating func lower(_ declaration: TestDeclaration, unit: UnitID) {
    let asOf = declaration.asOf.map { check($0, expecting: .date, in: Scope()) }
    var steps: [TestCase.Step] = []
    for step in declaration.steps {
      for kind in lower(step) { steps.append(TestCase.Step(kind, at: step.span)) }
    }
    program.tests.append(
      TestCase(
        title: declaration.title.text, asOf: asOf, steps: steps,
        span: units[Int(unit.index)].declaration.span))
  }

  private mutating func lower(_ step: TestDeclaration.Step) -> [TestCase.Step.Kind] {
    switch step.kind {
    case .given(let name, let values):
      guard let record = record(name) else { return [] }
      return [.given(given(values, of: record))]
    case .examples(let examples): return lower(examples)
    case .commit(let reference, let records):
      return lower(commit: reference, records)
    case .set(let target, let value):
      guard let (reference, field) = fieldOfRecord(target),
        let value = fieldValue(value, of: field)
      else { return [] }
      return [.set(reference, field, value)]
    case .expect(let expectation):
      return lower(expectation, text: written(step.span))
    case .expectCheck(let declarations, let severity, let code, let because):
      return lower(
        check: declarations, severity: severity, code: code, because: because, at: step.span)
    }
  }

  // MARK: Records

  private mutating func given(_ values: [FieldValue], of record: RecordID) -> TestCase.Given {
    var fields: [(FieldID, TestCase.Given.FieldValue)] = []
    var seen: Set<FieldID> = []
    for written in values {
      guard let named = baseField(written.field, of: record) else { continue }
      let field = approvalField(named, in: values)
      guard seen.insert(field).inserted else {
        report(.givenTwice(written.field))
        continue
      }
      if let value = fieldValue(written.value, of: field) { fields.append((field, value)) }
    }
    for field in unusedApprovalFields(fields.map(\.0), of: record) {
      fields.append((field, .term(blank(field))))
    }
    return TestCase.Given(record: record, fields: fields)
  }

  /// A field left blank, as data leave it.
  mutating func blank(_ field: FieldID) -> TermID {
    constant(
      .missing(Cause(.blankField, site: Int(field.index))), type: program.schema[field].type)
  }

  /// The base field that a name means; reports what is none.
  mutating func baseField(_ name: Name, of record: RecordID) -> FieldID? {
    switch symbols.members[Int(record.index)][name.text]?.meaning {
    case .field(let field): return field
    case .parts, .derived:
      report(.notABaseField(name))
      return nil
    case nil:
      report(.unknownName(name, near: near(name.text, in: fieldNames(of: record))))
      return nil
    }
  }

  private mutating func fieldValue(
    _ value: Expression, of field: FieldID
  ) -> TestCase.Given.FieldValue? {
    let type = program.schema[field].type
    if case .missing = value.kind { return .term(blank(field)) }
    switch type {
    case .record(let record):
      return reference(value, to: record).map { .reference($0) }
    case .set(.record(let record)), .list(.record(let record)):
      guard case .set(let items) = value.kind else {
        report(.notAReference(at: value.span))
        return nil
      }
      return .references(items.compactMap { reference($0, to: record) })
    default:
      return .term(check(value, expecting: type, in: Scope()))
    }
  }

  /// `Rep "李雷"`, or the text alone where its type is known.
  mutating func reference(_ expression: Expression, to wanted: RecordID?) -> RecordReference? {
    switch expression.kind {
    case .reference(let type, let keys):
      guard let record = record(type) else { return nil }
      if let wanted, wanted != record {
        report(.referenceOfOtherType(type, wanted: program.schema[wanted].name.name))
        return nil
      }
      return RecordReference(record: record, keys: keys.map(\.text), span: expression.span)
    case .literal(.text(let text)):
      guard let wanted else { break }
      return RecordReference(record: wanted, keys: [text], span: expression.span)
    case .literal(.number(let digits, _)):
      // `commit assign Lead 1`: a key that is a number, written as one.
      guard let wanted else { break }
      return RecordReference(record: wanted, keys: [digits], span: expression.span)
    case .grouped(let inner): return reference(inner, to: wanted)
    default: break
    }
    report(.notAReference(at: expression.span))
    return nil
  }

  /// `Rep "R1".capacity`
  private mutating func fieldOfRecord(_ expression: Expression) -> (RecordReference, FieldID)? {
    guard case .member(let owner, let name) = expression.kind,
      let reference = reference(owner, to: nil)
    else {
      if case .member = expression.kind { return nil }
      report(.notAFieldOfARecord(at: expression.span))
      return nil
    }
    guard let field = baseField(name, of: reference.record) else { return nil }
    return (reference, field)
  }

  private mutating func lower(
    commit block: BlockReference?, _ records: [Expression]
  ) -> [TestCase.Step.Kind] {
    guard let block else { return [.commit(nil, [])] }
    guard let unit = self.block(block) else { return [] }
    // What kept a block from being lowered has been reported.
    guard let id = decisions[unit] else { return [] }
    guard let subject = program[id].subject else {
      report(.nothingToCommit(at: block.span))
      return []
    }
    return [.commit(id, records.compactMap { reference($0, to: subject) })]
  }

  // MARK: Examples

  private mutating func lower(_ examples: Examples) -> [TestCase.Step.Kind] {
    guard let record = record(examples.record) else { return [] }
    let inputs = examples.inputs.map { baseField($0, of: record) }
    let scope = scope(of: record)
    // `because` heads the column of reasons of the result before it.
    var questions: [(term: TermID, column: Int, reason: Int?)] = []
    for (column, result) in examples.results.enumerated() {
      if case .name(let name) = result.kind, Checker.becauseWords.contains(name.text) {
        if questions.isEmpty {
          report(.reasonWithoutResult(name))
        } else {
          questions[questions.count - 1].reason = column
        }
        continue
      }
      questions.append((check(result, in: scope), column, nil))
    }
    var steps: [TestCase.Step.Kind] = []
    for row in examples.rows {
      // A row of another width has been reported by the parser.
      guard row.inputs.count == inputs.count, row.results.count == examples.results.count else {
        continue
      }
      var fields: [(FieldID, TestCase.Given.FieldValue)] = []
      for (field, cell) in zip(inputs, row.inputs) {
        guard let field, let cell, let value = fieldValue(cell, of: field) else { continue }
        fields.append((field, value))
      }
      var expected: [TestCase.Expected] = []
      for question in questions {
        let reason = question.reason.flatMap { row.results[$0] }.flatMap(textLiteral)
        guard let cell = row.results[question.column] else {
          guard let reason else { continue }
          expected.append(
            TestCase.Expected(
              subject: .term(question.term, records: []), answer: .parts, because: reason,
              text: written(row.span)))
          continue
        }
        guard let answer = answer(cell, of: type(of: question.term)) else { continue }
        expected.append(
          TestCase.Expected(
            subject: .term(question.term, records: []), answer: answer, because: reason,
            text: written(row.span)))
      }
      steps.append(.example(TestCase.Given(record: record, fields: fields), expected))
    }
    return steps
  }

  /// What heads the column of reasons in `examples`.
  private static let becauseWords: Set<String> = ["because", "提示"]

  private func textLiteral(_ expression: Expression) -> String? {
    if case .literal(.text(let text)) = expression.kind { text } else { nil }
  }

  // MARK: Rules written into a test

  /// Checks the rules of `expect check { … }` together with all that is not a test, and keeps the
  /// codes that were found in them.
  private mutating func lower(
    check declarations: [Declaration], severity: Name, code: TextLiteral, because: [TextLiteral],
    at span: Span
  ) -> [TestCase.Step.Kind] {
    guard let wanted = Checker.severities[severity.text] else {
      report(.unknownName(severity, near: ["error", "warning", "note"]))
      return []
    }
    var inner = Checker(files: files, sources: sources, tables: tables)
    inner.effort = effort
    inner.kinds.extra = declarations
    inner.kinds.leavesOutTests = true
    inner.run()
    // What the parser said of these rules was kept for this test.
    let parsed = files.flatMap(\.expectedFindings)
    let found = (parsed + inner.findings).filter {
      $0.span.source == span.source && $0.span.start >= span.start && $0.span.end <= span.end
    }
    return [
      .expectCheck(
        code: code.text, severity: wanted, because: because.map(\.text), found: found)
    ]
  }

  private static let severities: [String: Severity] = [
    "error": .error, "错误": .error, "warning": .warning, "警告": .warning, "note": .note,
    "提示": .note, "说明": .note,
  ]
}
