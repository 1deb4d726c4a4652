public import WritText

/// Turns the text of a rule file into its tree.
///
/// Recursive descent over an array of tokens, one method a production, named as in
/// `grammar/writ.ebnf`. A method that meets what it cannot read reports it and throws `Abandoned`;
/// the nearest body catches, skips to where the next item begins, and goes on, so one mistake costs
/// one item and one message. Which language a keyword is written in makes no difference to the tree.
public struct Parser {
  /// The item being read was given up; the diagnostic has been reported.
  struct Abandoned: Error {}

  /// The deepest nesting of expressions and bodies. Reading one level takes some ten calls, and who
  /// checks and prints the tree calls himself as deep, on threads with a stack of 8 MB.
  static let depthLimit = 64
  /// The most operators in one chain (`a and b and …`).
  static let chainLimit = 200
  /// The largest file.
  static let sizeLimit = 64 << 20

  let source: SourceID
  let bytes: [UInt8]
  let words = Words.shared
  private(set) var tokens: [Token]
  private(set) var position = 0
  private(set) var diagnostics: [Diagnostic]
  var depth = 0
  /// Off while the question of an `expect` is read: there `is` ends it.
  var allowsIs = true
  /// Off while the name of a part is read: `EUR 5` is no money there.
  var allowsMoney = true
  /// In a body of titled rules a text followed by `:` is a title, not a key.
  var hasTitles = true
  /// The rules of each `expect check`.
  var checkedSpans: [Span] = []
  /// In the guards of a rule that has no outcome yet.
  var isBeforeOutcome = false
  /// What begins an item of the body being read, beside titles.
  var itemStarts: [Keyword] = []
  /// In a price, `当前价` and `起价` are the words `running` and `start` of the block.
  var isPriceBody = false
  private var englishWords = 0
  private var chineseWords = 0
  /// Open braces, for the message about a missing one.
  private var openBraces: [Span] = []
  /// Where a missing brace was reported last: the bodies around it end at the same place.
  private var blamedPosition = -1
  /// The names of the file, for telling apart words written without spaces.
  private var namesOfFile: Set<String>?

  init(_ lexer: Lexer, id: SourceID) {
    source = id
    bytes = lexer.bytes
    tokens = lexer.tokens
    diagnostics = lexer.diagnostics
  }

  /// Parses a rule file. Never fails: the tree holds what could be read, and the diagnostics say
  /// what could not, sorted by position.
  public static func parse(
    _ source: Source, id: SourceID
  ) -> (tree: FileTree, diagnostics: [Diagnostic]) {
    guard source.bytes.count <= sizeLimit else {
      let tree = FileTree(source: id, declarations: [], comments: [], language: .english)
      return (tree, [.fileTooLarge(at: Span(id, 0, 0))])
    }
    let lexer = Lexer(bytes: source.bytes, id: id)
    var parser = Parser(lexer, id: id)
    let declarations = parser.parseFile()
    var tree = FileTree(
      source: id, declarations: declarations, comments: lexer.comments,
      language: parser.language, blankLines: lexer.blankLines)
    let diagnostics = parser.diagnostics.sortedByPosition()
    tree.hasGaps = diagnostics.hasErrors
    guard !parser.checkedSpans.isEmpty else { return (tree, diagnostics) }
    func isExpected(_ diagnostic: Diagnostic) -> Bool {
      parser.checkedSpans.contains {
        $0.start <= diagnostic.span.start && diagnostic.span.end <= $0.end
      }
    }
    tree.expectedFindings = diagnostics.filter(isExpected)
    return (tree, diagnostics.filter { !isExpected($0) })
  }

  /// Parses one expression, as the REPL reads it.
  public static func parseExpression(
    _ source: Source, id: SourceID
  ) -> (expression: Expression, diagnostics: [Diagnostic]) {
    let lexer = Lexer(bytes: source.bytes, id: id)
    var parser = Parser(lexer, id: id)
    var expression: Expression
    do throws(Abandoned) {
      expression = try parser.parseExpression()
      if !parser.atEnd { throw parser.fail(.expectedEnd(parser.found, at: parser.here)) }
    } catch {
      expression = Expression(.broken, at: Span(id, 0, source.bytes.count))
    }
    return (expression, parser.diagnostics.sortedByPosition())
  }

  /// Parses a question as an `expect` asks it: a value, or a block and its records. nil when it
  /// cannot be read; the diagnostics say why.
  public static func parseQuestion(
    _ source: Source, id: SourceID
  ) -> (question: Question?, diagnostics: [Diagnostic]) {
    var parser = Parser(Lexer(bytes: source.bytes, id: id), id: id)
    var question: Question?
    do throws(Abandoned) {
      let read = try parser.parseQuestion()
      if !parser.atEnd { throw parser.fail(.expectedEnd(parser.found, at: parser.here)) }
      question = read
    } catch {
      // Reported.
    }
    return (question, parser.diagnostics.sortedByPosition())
  }

  /// The language most of the keywords read so far were written in.
  var language: Language { chineseWords > englishWords ? .chinese : .english }

  // MARK: - Looking

  // Asked at every token, so nothing here is called with the whole of the parser.

  var token: Token { @inline(__always) get { tokens[position] } }
  var atEnd: Bool { @inline(__always) get { tokens[position].kind == .end } }
  var here: Span { @inline(__always) get { span(of: tokens[position]) } }
  /// The last token taken.
  var previous: Span {
    @inline(__always) get { position > 0 ? span(of: tokens[position - 1]) : Span(source, 0, 0) }
  }

  @inline(__always)
  func peek(_ distance: Int) -> Token { tokens[min(position + distance, tokens.count - 1)] }

  @inline(__always)
  func span(of token: Token) -> Span { Span(source, Int(token.start), Int(token.end)) }

  /// From a span that was `here` to the last token taken.
  @inline(__always)
  func span(from start: Span) -> Span {
    Span(source, Int(start.start), max(Int(previous.end), Int(start.end)))
  }

  @inline(__always)
  func text(of token: Token) -> String {
    String(decoding: bytes[Int(token.start)..<Int(token.end)], as: UTF8.self)
  }

  @inline(__always)
  func at(_ symbol: Symbol) -> Bool { tokens[position].symbol == symbol }

  /// Whether the next token continues the line, as a symbol must to continue what stands before it.
  var continuesLine: Bool { @inline(__always) get { !tokens[position].startsLine } }

  @inline(__always)
  func at(_ keyword: Keyword) -> Bool {
    // Most tokens spell no keyword at all.
    tokens[position].word != 0 && length(of: keyword, ahead: 0) > 0
  }

  @inline(__always)
  func at(_ keyword: Keyword, ahead distance: Int) -> Bool {
    length(of: keyword, ahead: distance) > 0
  }

  /// How many tokens spell the keyword here; 0 if they do not.
  @inline(__always)
  func length(of keyword: Keyword, ahead distance: Int = 0) -> Int {
    let word = peek(distance).word
    guard word != 0 else { return 0 }
    if word == words.chinese[keyword] { return 1 }
    guard word == words.english[keyword] else { return 0 }
    return Parser.length(
      of: words.englishRest[Int(keyword.rawValue)], in: tokens, from: position + distance + 1)
  }

  /// One more than the words of a keyword behind its first; 0 if other words follow.
  private static func length(of rest: [WordID], in tokens: [Token], from place: Int) -> Int {
    for (index, next) in rest.enumerated()
    where tokens[min(place + index, tokens.count - 1)].word != next {
      return 0
    }
    return rest.count + 1
  }

  /// Whether the keyword stands here in Chinese.
  @inline(__always)
  func atChinese(_ keyword: Keyword) -> Bool {
    token.word != 0 && token.word == words.chinese[keyword]
  }

  func atAny(_ keywords: [Keyword]) -> Keyword? {
    guard token.word != 0 else { return nil }
    return keywords.first { at($0) }
  }

  @inline(__always)
  func isReserved(_ token: Token) -> Bool { words.isReserved[Int(token.word)] }

  /// A word that may be a name, or a name in back-ticks.
  @inline(__always)
  func isName(_ token: Token) -> Bool {
    token.kind == .quotedName || (token.kind == .word && !isReserved(token))
  }

  var atName: Bool { @inline(__always) get { isName(token) } }

  /// A text followed by `:`.
  var atTitle: Bool {
    @inline(__always) get { token.kind == .text && peek(1).symbol == .colon }
  }

  /// What stands here, for a message.
  var found: Phrase {
    if atEnd { return Phrase("the end of the file", zh: "文件结尾") }
    let text = text(of: token)
    return Phrase("`\(text)`", zh: "`\(text)`")
  }

  // MARK: - Taking

  @inline(__always)
  mutating func advance() {
    if tokens[position].kind != .end { position += 1 }
  }

  mutating func take(_ symbol: Symbol) -> Bool {
    guard at(symbol) else { return false }
    if symbol == .openBrace { openBraces.append(here) }
    if symbol == .closeBrace { _ = openBraces.popLast() }
    advance()
    return true
  }

  @inline(__always)
  mutating func take(_ keyword: Keyword) -> Bool {
    guard tokens[position].word != 0 else { return false }
    let length = length(of: keyword)
    guard length > 0 else { return false }
    take(keyword, length)
    return true
  }

  private mutating func take(_ keyword: Keyword, _ length: Int) {
    if token.word == words.chinese[keyword] { chineseWords += 1 } else { englishWords += 1 }
    position += length
  }

  mutating func expect(_ symbol: Symbol) throws(Abandoned) {
    if take(symbol) { return }
    // What is missing at the end of a line is missing there, not where the next line begins.
    if token.startsLine, position > 0 {
      throw fail(.missingSymbol(symbol, after: text(of: tokens[position - 1]), at: previous))
    }
    // Before a `{` stands a header, whose policies follow commas.
    if symbol == .openBrace, token.kind == .word, !isReserved(token) {
      throw fail(.policyWithoutComma(found, behind: previous.after, at: here))
    }
    throw fail(.expectedSymbol(symbol, found: found, at: here))
  }

  mutating func expect(_ keyword: Keyword) throws(Abandoned) {
    if take(keyword) { return }
    if token.startsLine, position > 0 {
      throw fail(.missingKeyword(keyword, after: text(of: tokens[position - 1]), at: previous))
    }
    throw fail(expected([keyword]))
  }

  mutating func takeName() -> Name? {
    guard atName else { return nil }
    let name = name(of: token)
    advance()
    return name
  }

  @inline(__always)
  func name(of token: Token) -> Name {
    let ticks = token.kind == .quotedName ? 1 : 0
    let range = Int(token.start) + ticks..<Int(token.end) - ticks
    return Name(String(decoding: bytes[range], as: UTF8.self), at: span(of: token))
  }

  mutating func expectName(_ what: Phrase) throws(Abandoned) -> Name {
    if let name = takeName() { return name }
    if token.kind == .word, isReserved(token) {
      throw fail(.reservedName(text(of: token), as: what, at: here))
    }
    throw fail(.expectedName(what, found: found, at: here))
  }

  mutating func takeText() -> TextLiteral? {
    guard token.kind == .text else { return nil }
    let literal = TextLiteral(content(of: token), at: here)
    advance()
    return literal
  }

  /// The text between the quotes.
  func content(of token: Token) -> String {
    let range = contentRange(of: token)
    return String(decoding: bytes[range], as: UTF8.self)
  }

  func contentRange(of token: Token) -> Range<Int> {
    let ticks = bytes[Int(token.start)] < 0x80 ? 1 : 3
    return Int(token.start) + ticks..<max(Int(token.start) + ticks, Int(token.end) - ticks)
  }

  mutating func expectText(_ what: Phrase) throws(Abandoned) -> TextLiteral {
    if let text = takeText() { return text }
    throw fail(.expectedText(what, found: found, at: here))
  }

  // MARK: - Reporting and recovering

  mutating func report(_ diagnostic: Diagnostic) {
    diagnostics.append(diagnostic)
  }

  /// Reports what ends the item, and gives the error to throw.
  mutating func fail(_ diagnostic: Diagnostic) -> Abandoned {
    // An unreadable token has been reported by the lexer: the first cause only.
    if token.kind == .unknown { return Abandoned() }
    report(helped(diagnostic))
    return Abandoned()
  }

  /// With the way out when the word in the way is a near miss, or several Chinese words written as
  /// one.
  private mutating func helped(_ diagnostic: Diagnostic) -> Diagnostic {
    guard diagnostic.help.isEmpty || diagnostic.code == "expected-symbol", token.kind == .word,
      diagnostic.span == here
    else { return diagnostic }
    // `if a …`: the word before was taken for a name.
    if position > 0, diagnostic.code == "expected-end" {
      let last = tokens[position - 1]
      if last.kind == .word, !isReserved(last), let right = Keywords.nearMiss(self.text(of: last)) {
        var diagnostic = diagnostic
        diagnostic.help = [.replace(by: right, at: span(of: last))]
        return diagnostic
      }
    }
    var diagnostic = diagnostic
    if diagnostic.code == "expected-title", isMeantAsOtherwise {
      let isHan = bytes[Int(token.start)] >= 0x80
      diagnostic.help = [
        .replace(by: isHan ? Keyword.otherwise.chinese : Keyword.otherwise.english, at: here)
      ]
      return diagnostic
    }
    guard !isReserved(token) else { return diagnostic }
    let text = text(of: token)
    if let right = Keywords.nearMiss(text) {
      diagnostic.help = [.replace(by: right, at: here)]
    } else if bytes[Int(token.start)] >= 0x80, token.word == 0 {
      let known = namesOfFile ?? collectNames()
      namesOfFile = known
      if let words = Segmentation.split(text, knownNames: known) {
        diagnostic.help = [.replace(by: words.joined(separator: " "), at: here)]
      }
    }
    return diagnostic
  }

  private func collectNames() -> Set<String> {
    var names: Set<String> = []
    for token in tokens where token.kind == .word && token.word == 0 {
      names.insert(text(of: token))
    }
    for token in tokens where token.kind == .text { names.insert(content(of: token)) }
    return names
  }

  /// What could stand here, with the nearest of them where the author misspelt it.
  func expected(_ keywords: [Keyword]) -> Diagnostic {
    .expectedKeyword(
      keywords, found: found, isWord: token.kind == .word ? text(of: token) : nil,
      in: language, at: here)
  }

  mutating func nested<T>(
    _ body: (inout Parser) throws(Abandoned) -> T
  ) throws(Abandoned) -> T {
    depth += 1
    defer { depth -= 1 }
    if depth > Parser.depthLimit { throw fail(.nestingTooDeep(at: here)) }
    return try body(&self)
  }

  /// Reads `"{" { item [ "," ] } "}"`, items until the closing brace. An item that is given up is skipped to where the next may
  /// begin. A top-level word in the first column that no item can begin with closes the body, and
  /// the brace is reported where it was opened. `starts`: what begins an item of a body of titled
  /// rules, beside titles.
  mutating func parseBody(
    titles: Bool = true, starts: [Keyword] = [],
    _ item: (inout Parser) throws(Abandoned) -> Void
  ) throws(Abandoned) {
    try expect(.openBrace)
    let open = previous
    let outerTitles = hasTitles
    let outerStarts = itemStarts
    hasTitles = titles
    itemStarts = starts
    depth += 1
    defer {
      hasTitles = outerTitles
      itemStarts = outerStarts
      depth -= 1
    }
    if depth > Parser.depthLimit { throw fail(.nestingTooDeep(at: here)) }
    let braces = openBraces.count
    while !at(.closeBrace) {
      if atEnd {
        blameBrace(open)
        openBraces.removeLast(openBraces.count - braces + 1)
        return
      }
      let start = position
      let reported = diagnostics.count
      let innerDepth = depth
      do throws(Abandoned) {
        try item(&self)
        if position == start { throw fail(.unexpected(found, at: here)) }
      } catch {
        depth = innerDepth
        hasTitles = titles
        itemStarts = starts
        allowsIs = true
        if let stray = strayDeclaration(from: start) {
          diagnostics.removeSubrange(reported...)
          position = stray
          openBraces.removeLast(openBraces.count - braces + 1)
          blameBrace(open)
          return
        }
        recover(from: start, braces: braces, starts: starts)
      }
      _ = take(.comma)
    }
    _ = take(.closeBrace)
  }

  private mutating func blameBrace(_ open: Span) {
    guard blamedPosition != position else { return }
    blamedPosition = position
    report(.missingBrace(opened: open, at: here))
  }

  /// Skips to the next title or word at the start of a line, or to the brace that closes the body.
  private mutating func recover(from start: Int, braces: Int, starts: [Keyword]) {
    // Braces taken by the item that failed and still open are skipped over too.
    var open = openBraces.count - braces
    openBraces.removeLast(max(0, open))
    if position == start, !at(.closeBrace) {
      if at(.openBrace) { open += 1 }
      advance()
    }
    while !atEnd {
      if at(.openBrace) {
        open += 1
      } else if at(.closeBrace) {
        if open == 0 { return }
        open -= 1
      } else if open == 0, atItem(starts) {
        return
      } else if token.startsColumn, atDeclaration(position) {
        return
      }
      advance()
    }
  }

  /// Whether an item may begin here: a title; in other bodies any word at the start of a line.
  private func atItem(_ starts: [Keyword]) -> Bool {
    guard hasTitles else { return token.startsLine && (atName || at(.else)) }
    if atTitle { return true }
    guard token.startsLine else { return false }
    return token.kind == .text || starts.contains { at($0) }
  }

  /// The first top-level declaration in the first column since a token.
  private func strayDeclaration(from start: Int) -> Int? {
    var index = start
    while index <= position {
      if tokens[index].startsColumn, atDeclaration(index) { return index }
      index += 1
    }
    return nil
  }

  /// Whether a declaration may begin at a token: a top-level word and what may follow it.
  func atDeclaration(_ index: Int) -> Bool {
    guard Parser.topLevel.contains(where: { spells($0, at: index) }) else { return false }
    let next = tokens[min(index + 1, tokens.count - 1)]
    return !next.startsLine
      && (next.kind == .word || next.kind == .quotedName || next.kind == .text)
  }

  private func spells(_ keyword: Keyword, at index: Int) -> Bool {
    let word = tokens[index].word
    return word != 0 && (word == words.english[keyword] || word == words.chinese[keyword])
  }

  /// After a declaration that was given up: the next top-level word at the start of a line with all
  /// braces closed, or in the first column.
  mutating func recoverDeclaration(from start: Int) {
    var open = openBraces.count
    openBraces.removeAll()
    if position == start { advance() }
    while !atEnd {
      if at(.openBrace) {
        open += 1
      } else if at(.closeBrace) {
        open = max(0, open - 1)
      } else if token.startsLine, open == 0 || token.startsColumn, atDeclaration(position) {
        return
      }
      advance()
    }
  }
}
