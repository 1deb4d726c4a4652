import WritText

/// Tests: what is given, done and expected.
extension Parser {
  /// test = "test" text [ "as of" orElse ] "{" { testStep [ "," ] } "}"
  mutating func parseTest() throws(Abandoned) -> TestDeclaration {
    let title = try expectText(Phrase("a title", zh: "标题"))
    let asOf = take(.asOf) ? try parseOrElse() : nil
    var steps: [TestDeclaration.Step] = []
    try parseBody(titles: false) { (parser) throws(Abandoned) in
      let start = parser.here
      let kind = try parser.parseTestStep()
      steps.append(TestDeclaration.Step(kind: kind, span: parser.span(from: start)))
    }
    return TestDeclaration(title: title, asOf: asOf, steps: steps)
  }

  /// testStep = "given" name fields | "examples" "for" name examples | "commit" [ blockQuestion ]
  ///          | "set" postfix "=" expression | "expect" ( check | expectation )
  private mutating func parseTestStep() throws(Abandoned) -> TestDeclaration.Kind {
    if take(.given) {
      let record = try expectName(Phrase("a record", zh: "对象名"))
      return .given(record, try parseFieldValues())
    }
    if take(.examples) {
      try expect(.for)
      return .examples(try parseExamples())
    }
    if take(.commit) {
      guard continuesLine, atBlock else { return .commit(nil, []) }
      let (block, keys) = try parseBlockQuestion()
      return .commit(block, keys)
    }
    if take(.set) {
      let target = try parsePostfix()
      try expect(.equal)
      return .set(target, to: try parseExpression())
    }
    if take(.expect) {
      if at(.check), peek(1).symbol == .openBrace { return try parseExpectCheck() }
      return .expect(try parseExpectation())
    }
    throw fail(expected([.given, .examples, .commit, .set, .expect]))
  }

  /// examples = "{" [ name { "|" name } ] "->" postfix { "|" postfix } { exampleRow } "}"
  ///
  /// exampleRow = [ exampleCell { "|" exampleCell } ] "->" exampleCell { "|" exampleCell }
  ///
  /// exampleCell = "any" | range
  private mutating func parseExamples() throws(Abandoned) -> Examples {
    var examples = Examples(
      record: try expectName(Phrase("a record", zh: "对象名")), inputs: [], results: [], rows: [])
    var hasHeader = false
    try parseBody(titles: false) { (parser) throws(Abandoned) in
      if !hasHeader {
        hasHeader = true
        let column = Phrase("a field", zh: "字段名")
        if !parser.at(.arrow) {
          examples.inputs.append(try parser.expectName(column))
          while parser.take(.pipe) { examples.inputs.append(try parser.expectName(column)) }
        }
        try parser.expect(.arrow)
        repeat {
          examples.results.append(try parser.parseExampleColumn())
        } while parser.take(.pipe)
        return
      }
      let start = parser.here
      var row = Examples.Row(inputs: [], results: [], span: start)
      if !parser.at(.arrow) {
        repeat { row.inputs.append(try parser.parseExampleCell()) } while parser.take(.pipe)
      }
      try parser.expect(.arrow)
      repeat { row.results.append(try parser.parseExampleCell()) } while parser.take(.pipe)
      row.span = parser.span(from: start)
      if row.inputs.count != examples.inputs.count {
        parser.report(
          .wrongCellCount(row.inputs.count, wanted: examples.inputs.count, at: row.span))
      } else if row.results.count != examples.results.count {
        parser.report(
          .wrongCellCount(row.results.count, wanted: examples.results.count, at: row.span))
      }
      examples.rows.append(row)
    }
    return examples
  }

  /// The column `because` goes by its English name in the tree.
  private mutating func parseExampleColumn() throws(Abandoned) -> Expression {
    let place = here
    if take(.because) {
      return Expression(.name(Name(Keyword.because.english, at: place)), at: place)
    }
    return try parsePostfix()
  }

  private mutating func parseExampleCell() throws(Abandoned) -> Expression? {
    let follows: Set<Symbol> = [.none, .pipe, .arrow, .comma, .closeBrace]
    if at(.any), follows.contains(peek(1).symbol) || peek(1).startsLine {
      _ = take(.any)
      return nil
    }
    return try parseRange()
  }

  /// check = "check" "{" { declaration } "}" "is" ( "error" | "warning" | "note" ) text
  ///         [ "because" texts ]
  private mutating func parseExpectCheck() throws(Abandoned) -> TestDeclaration.Kind {
    _ = take(.check)
    let start = here
    var declarations: [Declaration] = []
    try parseBody(starts: Parser.topLevel) { (parser) throws(Abandoned) in
      let start = parser.here
      let kind = try parser.nested { (parser) throws(Abandoned) in
        try parser.parseDeclaration()
      }
      declarations.append(Declaration(kind, at: parser.span(from: start)))
    }
    let rules = span(from: start)
    try expect(.is)
    let place = here
    let severities: [Keyword] = [.error, .warning, .note]
    guard let severity = atAny(severities), take(severity) else {
      throw fail(expected(severities))
    }
    let code = try expectText(Phrase("a code", zh: "代码"))
    var because: [TextLiteral] = []
    if take(.because) {
      repeat { because.append(try expectText(Phrase("a text", zh: "文字"))) } while take(.comma)
    }
    checkedSpans.append(rules)
    return .expectCheck(
      declarations, severity: Name(severity.english, at: place), code: code, because: because)
  }

  // MARK: - Expectations

  /// expectation = question [ "as of" orElse ] [ "as" postfix ] "is" answer
  private mutating func parseExpectation() throws(Abandoned) -> Expectation {
    let question = try parseQuestion()
    var asOf: Expression?
    var viewer: Expression?
    while true {
      if asOf == nil, take(.asOf) {
        asOf = try parseOrElse()
      } else if viewer == nil, take(.viewer) {
        viewer = try parsePostfix()
      } else {
        break
      }
    }
    try expect(.is)
    return Expectation(question: question, asOf: asOf, viewer: viewer, answer: try parseAnswer())
  }

  /// question = "require" text postfix | "alert" text [ postfix { "," postfix } ] | "measure" text
  ///          | blockQuestion | expression
  mutating func parseQuestion() throws(Abandoned) -> Question {
    if peek(1).kind == .text, !peek(1).startsLine {
      let place = Phrase("a title", zh: "标题")
      if take(.require) {
        let title = try expectText(place)
        return .require(title, try parsePostfix())
      }
      if take(.alert) {
        let title = try expectText(place)
        var records: [Expression] = []
        // An alert for no record in particular is asked for by its title alone.
        if at(.is) { return .alert(title, records) }
        repeat { records.append(try parsePostfix()) } while take(.comma)
        return .alert(title, records)
      }
      if take(.measure) { return .measure(try expectText(place)) }
    }
    if atBlock {
      let (block, keys) = try parseBlockQuestion()
      return .block(block, keys)
    }
    let outer = allowsIs
    allowsIs = false
    defer { allowsIs = outer }
    return .value(try parseExpression())
  }

  static let blockWords: [(keyword: Keyword, kind: BlockReference.Kind)] = [
    (.territories, .territories), (.assign, .assign), (.price, .price), (.match, .match),
    (.decide, .decide), (.table, .table),
  ]

  /// Whether a block of the rules is named here.
  var atBlock: Bool {
    if at(.authorize) { return isName(peek(1)) }
    guard Parser.blockWords.contains(where: { at($0.keyword) }) else { return false }
    return isName(peek(1)) && !peek(1).startsLine
  }

  /// block = ( "territories" [ "for" ] | "assign" | "price" | "match" ) name [ blockName ]
  ///       | "decide" name [ "for" name ] | "table" name | "authorize" ( "sale of" | name [ ( "on" | "的" ) name ] )
  ///
  /// Of `sale of` only the first word.
  mutating func parseBlockReference() throws(Abandoned) -> BlockReference {
    let start = here
    if take(.authorize) { return try parseAuthorizeReference(from: start) }
    for (keyword, kind) in Parser.blockWords where take(keyword) {
      var block = BlockReference(kind: kind, span: start)
      // As the header has it, though the kind says enough.
      if kind == .territories, at(.for), isName(peek(1)) { _ = take(.for) }
      let name = try expectName(Phrase("a record", zh: "对象名"))
      if kind == .decide || kind == .table {
        block.name = name
        if kind == .decide, at(.for), isName(peek(1)) {
          _ = take(.for)
          block.record = try expectName(Phrase("a record", zh: "对象名"))
        }
      } else {
        block.record = name
        block.name = try parseBlockName()
      }
      block.span = span(from: start)
      return block
    }
    throw fail(expected(Parser.blockWords.map(\.keyword) + [.authorize]))
  }

  private mutating func parseAuthorizeReference(
    from start: Span
  ) throws(Abandoned) -> BlockReference {
    if spells(.sale, token), !at(.sale) || atChinese(.sale) {
      advance()
      return BlockReference(kind: .authorizeSale, span: span(from: start))
    }
    var name = try expectName(Phrase("an attribute", zh: "属性名"))
    var record: Name?
    if take(.possessive) {
      record = name
      name = try expectName(Phrase("an attribute", zh: "属性名"))
    } else if take(.discountOn) {
      record = try expectName(Phrase("a record", zh: "对象名"))
    }
    return BlockReference(
      kind: .authorizeDiscount, record: record, name: name, span: span(from: start))
  }

  /// blockQuestion = block [ name ] [ text { text } { "," text { text } } ]
  ///
  /// A block and records of its type: `assign Lead "1", "2"`; the name is the record of a `decide`.
  mutating func parseBlockQuestion() throws(Abandoned) -> (BlockReference, [Expression]) {
    let block = try parseBlockReference()
    var records: [Expression] = []
    if block.kind == .decide, atName, peek(1).kind == .text {
      let type = try expectName(Phrase("a record", zh: "对象名"))
      while let key = takeText() {
        records.append(
          Expression(.reference(type: type, keys: [key]), at: type.span.through(key.span)))
        if !takeKeyComma() { break }
      }
      return (block, records)
    }
    guard let type = block.record else { return (block, []) }
    while continuesLine, let key = takeText() {
      var keys = [key]
      while continuesLine, let next = takeText() { keys.append(next) }
      records.append(Expression(.reference(type: type, keys: keys), at: key.span))
      if !takeKeyComma() { break }
    }
    return (block, records)
  }

  private mutating func takeKeyComma() -> Bool {
    guard at(.comma), peek(1).kind == .text else { return false }
    advance()
    return true
  }

  /// answer = [ answerWord | range ] [ answerParts ]
  ///          { "by" ( text | postfix { "," postfix } ) | "over" texts | "because" text }
  mutating func parseAnswer() throws(Abandoned) -> Answer {
    let start = here
    var answer = Answer(
      value: .parts, parts: [], approvers: [], by: nil, over: [], because: nil, span: start)
    if !at(.openBrace) || atAnswerSet {
      if let word = takeAnswerWord() {
        answer.value = .word(word)
      } else {
        try checkOperand()
        answer.value = .expression(try parseRange())
      }
    }
    if at(.openBrace) { answer.parts = try parseAnswerParts() }
    while true {
      if at(.answerBy) || at(.approvedBy), continuesLine || peek(1).kind == .text {
        _ = take(.answerBy) || take(.approvedBy)
        if token.kind == .text {
          answer.by = takeText()
        } else {
          answer.approvers = try parseParties()
        }
      } else if take(.over) {
        answer.over += try parseTexts()
      } else if take(.because) {
        answer.because = try expectText(Phrase("a text", zh: "文字"))
      } else {
        break
      }
    }
    answer.span = span(from: start)
    return answer
  }

  /// Whether the brace here begins a list of values (`{"East", "North"}`): its first item is one value
  /// alone, where a part has a name and a value.
  private var atAnswerSet: Bool {
    guard at(.openBrace) else { return false }
    var next = 1
    if at(.queue, ahead: next), isName(peek(next + 1)) { next += 1 }
    if isName(peek(next)) {
      next += 1
      while peek(next).symbol == .dot, isName(peek(next + 1)) { next += 2 }
      while peek(next).kind == .text { next += 1 }
    } else if peek(next).kind == .text {
      next += 1
    } else {
      return beginsOperand(peek(next))
    }
    return peek(next).symbol == .comma || peek(next).symbol == .closeBrace
  }

  private mutating func parseParties() throws(Abandoned) -> [Expression] {
    var parties = [try parsePostfix()]
    while take(.comma) { parties.append(try parsePostfix()) }
    return parties
  }

  /// answerParts = "{" { postfix range [ "," ] } "}"
  private mutating func parseAnswerParts() throws(Abandoned) -> [Answer.Part] {
    var parts: [Answer.Part] = []
    try parseBody(titles: false) { (parser) throws(Abandoned) in
      let name = try parser.parsePartName()
      parts.append(Answer.Part(name: name, value: try parser.parseRange()))
    }
    return parts
  }

  static let answerWords: [(keyword: Keyword, word: Answer.Word)] = [
    (.none, .none), (.tied, .tied), (.undetermined, .undetermined), (.fault, .fault),
    (.hidden, .hidden), (.permitted, .permitted), (.refused, .refused), (.allowed, .allowed),
    (.approval, .approval), (.forbidden, .forbidden), (.certain, .certain),
    (.suspected, .suspected), (.failed, .failed), (.held, .held), (.raised, .raised),
  ]

  /// answerWord = "none" | "tied" | "undetermined" | "fault" | "hidden" | "permitted" | "refused"
  ///            | "allowed" | "approval" | "forbidden" | "certain" | "suspected" | "failed" | "held"
  ///            | "raised"
  private mutating func takeAnswerWord() -> Answer.Word? {
    guard token.word != 0 else { return nil }
    let next = peek(1)
    guard
      next.startsLine || next.symbol == .none || next.symbol == .closeBrace
        || next.symbol == .comma
    else { return nil }
    for (keyword, word) in Parser.answerWords where take(keyword) { return word }
    return nil
  }
}
