import WritText

/// The one shape of a rule: `"title": outcomes and guards`.
extension Parser {
  /// title = text ":"
  mutating func expectTitle() throws(Abandoned) -> TextLiteral {
    guard token.kind == .text else {
      throw fail(.expectedTitle(found, at: here))
    }
    let title = try expectText(Phrase("a title", zh: "标题"))
    try expect(.colon)
    return title
  }

  /// Reads `{ guard | [ ":" ] outcome }`. Guards stand before or after outcomes. `outcome` takes one where it can, and says so;
  /// `outcomes` are the words it can begin with, for the message.
  mutating func parseRule(
    _ outcomes: [Keyword] = [],
    _ outcome: (inout Parser) throws(Abandoned) -> Bool
  ) throws(Abandoned) -> Guards {
    var guards = Guards()
    var hasOutcome = false
    let outer = isBeforeOutcome
    defer { isBeforeOutcome = outer }
    while !atEnd, !at(.closeBrace), !atTitle {
      isBeforeOutcome = !hasOutcome
      if try parseGuard(&guards) { continue }
      isBeforeOutcome = false
      if at(.colon) {
        let colon = here
        advance()
        if at(.closeBrace) || atEnd { throw fail(.missingOperand(after: ":", at: colon)) }
        if try parseGuard(&guards) { continue }
        if try !outcome(&self) { throw fail(stranger(among: outcomes)) }
        hasOutcome = true
        continue
      }
      if at(.comma) {
        // A comma between two guards joins nothing.
        guard Parser.guardWords.contains(where: { at($0, ahead: 1) }), !peek(1).startsLine else {
          break
        }
        report(.commaBetweenConditions(at: here, isTight: peek(1).start == here.end))
        throw Abandoned()
      }
      // Told where the next rule may begin, with the word that is meant.
      if hasOutcome, token.startsLine, isMeantAsOtherwise { break }
      if try !outcome(&self) {
        // What stands on the line of the rule and is no part of it is a mistake in this rule.
        if token.startsLine || atAny(itemStarts) != nil { break }
        throw fail(stranger(among: hasOutcome ? [] : outcomes))
      }
      hasOutcome = true
    }
    return guards
  }

  /// Whether `else`, `default` or the like stands here, where a body of rules has `otherwise`.
  var isMeantAsOtherwise: Bool {
    if at(.else) { return true }
    guard token.kind == .word, !isReserved(token) else { return false }
    let meant = Keywords.nearMiss(text(of: token))
    return [Keyword.else, .otherwise].contains { meant == $0.english || meant == $0.chinese }
  }

  /// What stands where an outcome should, for a rule that begins its outcomes with a word.
  private func stranger(among outcomes: [Keyword]) -> Diagnostic {
    outcomes.isEmpty ? .unexpected(found, at: here) : expected(outcomes)
  }

  private static let guardWords: [Keyword] = [
    .when, .unless, .effective, .priority, .with, .because,
  ]

  /// guard = "when" expression | "unless" expression | "effective" range | "priority" orElse
  ///       | "with" selection | because
  mutating func parseGuard(_ guards: inout Guards) throws(Abandoned) -> Bool {
    let place = here
    guard let keyword = atAny(Parser.guardWords) else { return false }
    _ = take(keyword)
    var isRepeated = false
    switch keyword {
    case .when:
      try checkOperand()
      isRepeated = guards.when != nil
      let condition = try parseExpression()
      try checkConditionEnd()
      guards.when = condition
    case .unless:
      try checkOperand()
      isRepeated = guards.unless != nil
      let condition = try parseExpression()
      try checkConditionEnd()
      guards.unless = condition
    case .effective:
      isRepeated = guards.effective != nil
      guards.effective = try parseRangeTree()
    case .priority:
      isRepeated = guards.priority != nil
      guards.priority = try parseOrElse()
    case .with:
      isRepeated = guards.with != nil
      guards.with = try parseSelection()
    case .because:
      isRepeated = guards.because != nil
      guards.because = try parseTemplate()
    default: return false
    }
    if isRepeated {
      let english = keyword.english
      report(.repeated(Phrase("`\(english)`", zh: "`\(keyword.chinese)`"), at: place))
    }
    return true
  }

  /// `when a, b`: a comma does not join conditions.
  mutating func checkConditionEnd() throws(Abandoned) {
    guard at(.comma), continuesLine else { return }
    let next = peek(1)
    guard !next.startsLine, beginsOperand(next), next.kind != .text else { return }
    report(.commaBetweenConditions(at: here, isTight: peek(1).start == here.end))
    throw Abandoned()
  }

  /// because = "because" template
  mutating func parseBecause() throws(Abandoned) -> Template {
    try expect(.because)
    return try parseTemplate()
  }

  /// template = text
  ///
  /// In it `{expression}` stands for the value, and `{{` for the sign.
  mutating func parseTemplate() throws(Abandoned) -> Template {
    guard token.kind == .text else {
      throw fail(.expectedText(Phrase("a text", zh: "文字"), found: found, at: here))
    }
    let token = token
    advance()
    var pieces: [Template.Piece] = []
    var literal: [UInt8] = []
    func flush() {
      if !literal.isEmpty { pieces.append(.text(String(decoding: literal, as: UTF8.self))) }
      literal = []
    }
    let range = contentRange(of: token)
    var at = range.lowerBound
    while at < range.upperBound {
      let byte = bytes[at]
      let isDoubled = at + 1 < range.upperBound && bytes[at + 1] == byte
      if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "}"), isDoubled {
        literal.append(byte)
        at += 2
      } else if byte == UInt8(ascii: "{") {
        var close = at + 1
        while close < range.upperBound, bytes[close] != UInt8(ascii: "}") { close += 1 }
        guard close < range.upperBound else {
          report(.unclosedPlace(at: Span(source, at, range.upperBound)))
          break
        }
        flush()
        pieces.append(.expression(parsePlace(at + 1, close)))
        at = close + 1
      } else {
        literal.append(byte)
        at += 1
      }
    }
    flush()
    return Template(pieces: pieces, span: span(of: token))
  }

  /// The expression between the braces of a text.
  private mutating func parsePlace(_ start: Int, _ end: Int) -> Expression {
    let lexer = Lexer(bytes: bytes, id: source, from: start, to: end)
    var parser = Parser(lexer, id: source)
    parser.depth = depth + 1
    var expression = Expression(.broken, at: Span(source, start, end))
    do throws(Abandoned) {
      if parser.depth > Parser.depthLimit { throw parser.fail(.nestingTooDeep(at: parser.here)) }
      let read = try parser.parseExpression()
      if !parser.atEnd { throw parser.fail(.expectedEnd(parser.found, at: parser.here)) }
      expression = read
    } catch {
      // Reported; the text keeps a broken place.
    }
    for diagnostic in parser.diagnostics { report(diagnostic) }
    return expression
  }
}
