import WritText

/// Changes, tests, variants and experiments.
extension Printer {
  mutating func change(_ block: ChangeDeclaration, at span: Span) {
    write(word(.change) + " " + quoted(block.title.text))
    if let record = block.record {
      write(" " + word(.for) + " ")
      name(record)
    }
    if let priority = block.priority {
      write(", " + word(.priority) + " ")
      expression(priority)
    }
    body(closing: span) { printer in
      printer.patterns(block.patterns, block.condition)
      printer.outcomes(block.outcomes)
    }
  }

  /// What a change does: on one line, else one under the other.
  private mutating func outcomes(_ outcomes: [ChangeDeclaration.Outcome]) {
    guard let first = outcomes.first else { return }
    let texts = outcomes.map { outcome in inline { $0.outcome(outcome) } }
    let head = word(.then) + " "
    let line = head + texts.joined(separator: ", ")
    if indent + displayWidth(line) <= Printer.width { return newLine(line, at: anchor(first)) }
    newLine(head, at: anchor(first))
    let step = displayWidth(head)
    indent += step
    for (index, outcome) in outcomes.enumerated() {
      let comma = index + 1 < outcomes.count ? "," : ""
      let isWide = indent + displayWidth(texts[index]) + 1 > Printer.width
      if case .insert(let record, let fields) = outcome, isWide {
        let lead = word(.insert) + " " + Printer.spelled(record.text) + " {"
        if index == 0 { write(lead) } else { newLine(lead, at: anchor(outcome)) }
        indent += 2
        filled(fields.map { (fieldValue($0), $0.field.span) })
        indent -= 2
        newLine("}" + comma)
      } else if index == 0 {
        write(texts[index] + comma)
      } else {
        newLine(texts[index] + comma, at: anchor(outcome))
      }
    }
    indent -= step
  }

  private func anchor(_ outcome: ChangeDeclaration.Outcome) -> Span {
    switch outcome {
    case .set(let target, _), .remove(let target): target.span
    case .insert(let record, _): record.span
    }
  }

  private mutating func patterns(_ patterns: [Binder], _ condition: Expression?) {
    guard let start = patterns.first?.span ?? condition?.span else { return }
    newLine(word(.when) + " ", at: start)
    list(patterns) { $0.binder($1) }
    guard let condition else { return }
    guard !patterns.isEmpty else { return expression(condition) }
    let line = word(.where) + " " + text(condition)
    if indent + displayWidth(lines[lines.count - 1].text) + 1 + displayWidth(line) <= Printer.width
    {
      return write(" " + line)
    }
    // Under the patterns, as far in as they are.
    let step = displayWidth(word(.when)) + 1
    indent += step
    newLine(line)
    indent -= step
  }

  private mutating func outcome(_ outcome: ChangeDeclaration.Outcome) {
    switch outcome {
    case .set(let target, let value):
      write(word(.set) + " ")
      expression(target)
      write(" = ")
      expression(value)
    case .insert(let record, let fields):
      write(word(.insert) + " ")
      name(record)
      write(" " + fieldValues(fields))
    case .remove(let target):
      write(word(.remove) + " ")
      expression(target)
    }
  }

  private func fieldValues(_ fields: [FieldValue]) -> String {
    guard !fields.isEmpty else { return "{}" }
    return "{ " + fields.map { fieldValue($0) }.joined(separator: ", ") + " }"
  }

  private func fieldValue(_ field: FieldValue) -> String {
    Printer.spelled(field.field.text) + " " + text(field.value)
  }

  mutating func alert(_ block: AlertDeclaration, at span: Span) {
    write(word(.alert) + " " + quoted(block.title.text))
    if let record = block.record {
      write(" " + word(.for) + " ")
      name(record)
    }
    switch block.level {
    case .high: write(", " + word(.high))
    case .medium: write(", " + word(.medium))
    case .low: write(", " + word(.low))
    case nil: break
    }
    body(closing: span) { printer in
      printer.patterns(block.patterns, block.condition)
      if let because = block.because {
        printer.newLine(printer.word(.because) + " ", at: because.span)
        printer.template(because)
      }
    }
  }

  // MARK: - Tests

  mutating func test(_ block: TestDeclaration, at span: Span) {
    write(word(.test) + " " + quoted(block.title.text))
    if let asOf = block.asOf {
      write(" " + word(.asOf) + " ")
      expression(asOf)
    }
    body(closing: span) { printer in
      for step in block.steps {
        printer.newLine("", at: step.span)
        printer.testStep(step)
      }
    }
  }

  private mutating func testStep(_ step: TestDeclaration.Step) {
    switch step.kind {
    case .given(let record, let fields): given(record, fields, at: step.span)
    case .examples(let examples): self.examples(examples, at: step.span)
    case .commit(let block, let records):
      write(.commit)
      guard let block else { return }
      write(" ")
      question(.block(block, records))
    case .set(let target, let value):
      write(word(.set) + " ")
      expression(target)
      write(" = ")
      expression(value)
    case .expect(let expectation):
      write(word(.expect) + " ")
      self.expectation(expectation)
    case .expectCheck(let declarations, let severity, let code, let because):
      write(word(.expect) + " " + word(.check))
      body(closing: step.span) { printer in
        for declaration in declarations { printer.declaration(declaration) }
      }
      // The closing brace is not the end of the step.
      lines[lines.count - 1].anchor = nil
      let keyword: Keyword =
        severity.text == Keyword.error.english
        ? .error : severity.text == Keyword.warning.english ? .warning : .note
      write(" " + word(.is) + " " + word(keyword) + " " + quoted(code.text))
      guard !because.isEmpty else { return }
      write(" " + word(.because))
      let line = inline { printer in printer.list(because) { $0.write($0.quoted($1.text)) } }
      if indent + displayWidth(lines[lines.count - 1].text) + 1 + displayWidth(line)
        <= Printer.width
      {
        return write(" " + line)
      }
      indent += 2
      filled(because.map { (quoted($0.text), $0.span) })
      indent -= 2
    }
  }

  private mutating func given(_ record: Name, _ fields: [FieldValue], at span: Span) {
    write(word(.given) + " ")
    name(record)
    let line = fieldValues(fields)
    let width = indent + displayWidth(lines.last?.text ?? "") + displayWidth(line) + 1
    if width <= Printer.width { return write(" " + line) }
    body(closing: span) { printer in
      printer.filled(fields.map { (printer.fieldValue($0), $0.field.span) })
    }
  }

  private mutating func examples(_ examples: Examples, at span: Span) {
    write(word(.examples) + " " + word(.for) + " ")
    name(examples.record)
    body(closing: span) { printer in
      var left = [examples.inputs.map { Printer.spelled($0.text) }]
      var right = [examples.results.map { printer.column($0) }]
      var anchors: [Span?] = [examples.inputs.first?.span ?? examples.results.first?.span]
      for row in examples.rows {
        left.append(row.inputs.map { printer.optional($0) })
        right.append(row.results.map { printer.optional($0) })
        anchors.append(row.span)
      }
      printer.columns(left, right, anchors)
    }
  }

  private func column(_ expression: Expression) -> String {
    if case .name(let name) = expression.kind, name.text == Keyword.because.english {
      return word(.because)
    }
    return text(expression)
  }

  private func optional(_ cell: Expression?) -> String { cell.map { text($0) } ?? word(.any) }

  mutating func expectation(_ expectation: Expectation) {
    question(expectation.question)
    if let asOf = expectation.asOf {
      write(" " + word(.asOf) + " ")
      expression(asOf)
    }
    if let viewer = expectation.viewer {
      write(" " + word(.viewer) + " ")
      expression(viewer)
    }
    write(" " + word(.is) + " ")
    answer(expectation.answer)
  }

  private mutating func question(_ question: Question) {
    switch question {
    case .value(let value):
      // `is` ends a question, so one inside it needs brackets.
      if case .presence = value.kind {
        write("(")
        expression(value)
        write(")")
      } else {
        expression(value)
      }
    case .block(let block, let records):
      reference(block)
      let isDecide = block.kind == .decide
      for (index, record) in records.enumerated() {
        write(index > 0 ? ", " : " ")
        guard case .reference(let type, let keys) = record.kind else { continue }
        if isDecide, index == 0 {
          name(type)
          write(" ")
        }
        write(keys.map { quoted($0.text) }.joined(separator: " "))
      }
    case .require(let title, let record):
      write(word(.require) + " " + quoted(title.text) + " ")
      expression(record)
    case .alert(let title, let records):
      write(word(.alert) + " " + quoted(title.text))
      if records.isEmpty { return }
      write(" ")
      list(records) { $0.expression($1) }
    case .measure(let title): write(word(.measure) + " " + quoted(title.text))
    }
  }

  private mutating func answer(_ answer: Answer) {
    switch answer.value {
    case .word(let word):
      if let keyword = Parser.answerWords.first(where: { $0.word == word })?.keyword {
        write(keyword)
      }
    case .expression(let value): expression(value)
    case .parts: break
    }
    if !answer.parts.isEmpty || answer.value == .parts {
      if answer.value != .parts { write(" ") }
      write("{ ")
      list(answer.parts) { printer, part in
        printer.expression(part.name)
        printer.write(" ")
        printer.expression(part.value)
      }
      write(" }")
    }
    if !answer.approvers.isEmpty {
      write(" " + word(.approvedBy) + " ")
      list(answer.approvers) { $0.expression($1) }
    }
    if let by = answer.by { write(" " + word(.answerBy) + " " + quoted(by.text)) }
    if !answer.over.isEmpty {
      write(" " + word(.over) + " ")
      list(answer.over) { $0.write($0.quoted($1.text)) }
    }
    if let because = answer.because {
      write(" " + word(.because) + " " + quoted(because.text))
    }
  }

  // MARK: - Variants and experiments

  mutating func reference(_ block: BlockReference) {
    switch block.kind {
    case .authorizeSale:
      write(word(.authorize) + " " + (language == .english ? "sale" : word(.sale)))
      return
    case .authorizeDiscount:
      write(word(.authorize) + " ")
      if let name = block.name { discountSubject(attribute: name, record: block.record) }
      return
    case .territories, .assign, .price, .match, .decide, .table: break
    }
    if let keyword = Parser.blockWords.first(where: { $0.kind == block.kind })?.keyword {
      write(word(keyword))
    }
    if block.kind == .decide {
      if let own = block.name {
        write(" ")
        name(own)
      }
      if let record = block.record {
        write(" " + word(.for) + " ")
        name(record)
      }
    } else if let record = block.record {
      write(" ")
      name(record)
      if let alias = block.name {
        write(" " + word(.blockName) + " ")
        name(alias)
      }
    } else if let name = block.name {
      write(" ")
      self.name(name)
    }
  }

  mutating func variant(_ block: VariantDeclaration, at span: Span) {
    write(word(.variant) + " " + quoted(block.title.text) + " " + word(.variantOf) + " ")
    write(quoted(block.base.text))
    body(closing: span) { printer in
      for patch in block.patches { printer.patch(patch) }
    }
  }

  private mutating func patch(_ patch: VariantDeclaration.Patch) {
    func place(_ place: VariantDeclaration.Place) -> String {
      switch place {
      case .before(let title): word(.before) + " " + quoted(title.text)
      case .after(let title): word(.after) + " " + quoted(title.text)
      }
    }
    func block(_ reference: BlockReference) -> String {
      word(.isIn) + " " + inline { $0.reference(reference) }
    }
    switch patch {
    case .replace(let title, let reference, let rules):
      newLine(
        word(.replace) + " " + quoted(title.text) + " " + block(reference), at: title.span)
      blockRules(rules)
    case .remove(let title, let reference):
      newLine(word(.remove) + " " + quoted(title.text) + " " + block(reference), at: title.span)
    case .add(let where_, let reference, let rules):
      let words = [word(.add)] + (where_.map { [place($0)] } ?? []) + [block(reference)]
      newLine(words.joined(separator: " "), at: reference.span)
      blockRules(rules)
    case .move(let title, let where_, let reference):
      newLine(
        word(.move) + " " + quoted(title.text) + " " + place(where_) + " " + block(reference),
        at: title.span)
    case .set(let name, let value):
      newLine(word(.set) + " ", at: name.span)
      self.name(name)
      write(" = ")
      expression(value)
    case .replaceDeclaration(let whole):
      newLine(word(.replace) + " ", at: whole.span)
      restOfLine(whole)
    case .addDeclaration(let whole):
      newLine(word(.add) + " ", at: whole.span)
      restOfLine(whole)
    case .removeDeclaration(let declared, let span):
      newLine(word(.remove) + " ", at: span)
      reference(declared)
    }
  }

  private mutating func reference(_ declared: DeclarationReference) {
    switch declared {
    case .block(let block): reference(block)
    case .require(let title): write(word(.require) + " " + quoted(title.text))
    case .change(let title): write(word(.change) + " " + quoted(title.text))
    case .alert(let title): write(word(.alert) + " " + quoted(title.text))
    case .split(let name):
      write(word(.split) + " ")
      self.name(name)
    case .define(let record, let name):
      write(word(.define) + " ")
      if let record {
        self.name(record)
        write(".")
      }
      self.name(name)
    }
  }

  private mutating func blockRules(_ rules: Declaration) {
    switch rules.kind {
    case .territories(let block): territoryBody(block, at: rules.span)
    case .assign(let block): assignBody(block, at: rules.span)
    case .price(let block): steps(block.steps, at: rules.span)
    case .authorizeSale(let block): saleBody(block, at: rules.span)
    case .authorizeDiscount(let block): discountBody(block, at: rules.span)
    case .match(let block): matchBody(block, at: rules.span)
    case .decide(let block): decideBody(block, at: rules.span)
    case .table(let block): tableBody(block.body, at: rules.span)
    default: break
    }
  }

  mutating func experiment(_ block: ExperimentDeclaration, at span: Span) {
    write(word(.experiment) + " " + quoted(block.title.text) + " " + word(.for) + " ")
    name(block.record)
    body(closing: span) { printer in
      printer.newLine(printer.word(.by) + " ", at: block.by.span)
      printer.expression(block.by)
      printer.write(" { ")
      printer.list(block.arms) { printer, arm in
        printer.write(printer.quoted(arm.variant.text) + " ")
        printer.expression(arm.share)
      }
      printer.write(" }")
      if let first = block.looks.first {
        printer.newLine(printer.word(.looks) + " ", at: first.span)
        printer.list(block.looks) { $0.expression($1) }
      }
    }
  }
}
