import WritText

/// Expressions, loosest binding first.
extension Parser {
  /// expression = negation { "and" negation } | negation { "or" negation }
  ///
  /// `and` and `or` do not mix without brackets: which binds tighter is not to be guessed.
  mutating func parseExpression() throws(Abandoned) -> Expression {
    try nested { (parser) throws(Abandoned) in
      var left = try parser.parseNegation()
      var first: Keyword?
      var count = 0
      while parser.token.word != 0 {
        let keyword: Keyword
        if parser.at(.and) {
          keyword = .and
        } else if parser.at(.or) {
          keyword = .or
        } else {
          break
        }
        if parser.at(.orElse) { break }
        let place = parser.here
        _ = parser.take(keyword)
        if let first, first != keyword { parser.report(.mixedAndOr(at: place)) }
        first = first ?? keyword
        count += 1
        if count > Parser.chainLimit { throw parser.fail(.expressionTooLong(at: place)) }
        try parser.checkOperand()
        let right = try parser.parseNegation()
        left = Expression(
          .binary(keyword == .and ? .and : .or, left, right), at: left.span.through(right.span))
      }
      return left
    }
  }

  /// negation = "not" negation | comparison
  mutating func parseNegation() throws(Abandoned) -> Expression {
    let start = here
    guard at(.not), !at(.isIn, ahead: 1), !at(.within, ahead: 1) else {
      return try parseComparison()
    }
    _ = take(.not)
    try checkOperand()
    let inner = try nested { (parser) throws(Abandoned) in try parser.parseNegation() }
    return Expression(.not(inner), at: start.through(inner.span))
  }

  /// comparison = range [ relation range | presence | [ "not" ] "in" range | "in" "last" duration [ "内" ]
  ///            | [ "not" ] "within" range ]
  ///
  /// Comparisons do not chain. `1 < x < 5` asks two questions at once, so the author is told to join
  /// them with `and`.
  mutating func parseComparison() throws(Abandoned) -> Expression {
    if let asked = try parsePresenceInFront() { return asked }
    var left = try parseRange()
    var count = 0
    while let relation = try parseRelation(behind: left) {
      count += 1
      if count == 2 { report(.chainedComparison(at: relation.span)) }
      if count > Parser.chainLimit { throw fail(.expressionTooLong(at: relation.span)) }
      left = relation
    }
    return left
  }

  private mutating func parseRelation(
    behind left: Expression
  ) throws(Abandoned) -> Expression? {
    if let op = takeRelation() {
      let place = previous
      try checkOperand()
      if at(.missing), op == .equal || op == .notEqual {
        report(.equalsMissing(isNegated: op == .notEqual, at: place.through(here)))
        _ = take(.missing)
        return Expression(
          .presence(left, isKnown: false, isNegated: op == .notEqual),
          at: left.span.through(previous))
      }
      let right = try parseRange()
      return Expression(.binary(op, left, right), at: left.span.through(right.span))
    }
    if allowsIs, at(.is) || atChinese(.isNot) { return try parsePresence(of: left) }
    if at(.isIn) || (at(.not) && at(.isIn, ahead: 1)) {
      let isNegated = take(.not)
      _ = take(.isIn)
      if !isNegated, at(.inLast), peek(length(of: .inLast)).kind == .number {
        _ = take(.inLast)
        let duration = try parseDuration()
        _ = take(.lastEnd)
        return Expression(.inLast(left, duration), at: left.span.through(previous))
      }
      try checkOperand()
      let right = try parseRange()
      return Expression(
        .binary(isNegated ? .isNotIn : .isIn, left, right), at: left.span.through(right.span))
    }
    if at(.within) || (at(.not) && at(.within, ahead: 1)) {
      let isNegated = take(.not)
      _ = take(.within)
      try checkOperand()
      let right = try parseRange()
      return Expression(
        .binary(isNegated ? .notWithin : .within, left, right), at: left.span.through(right.span))
    }
    return nil
  }

  /// presence = ( "is" | "is not" ) ( "missing" | "known" )
  private mutating func parsePresence(of left: Expression) throws(Abandoned) -> Expression {
    let place = here
    let isNegated: Bool
    if take(.isNot) {
      isNegated = true
    } else {
      _ = take(.is)
      isNegated = take(.not)
    }
    let isKnown = at(.known)
    guard take(.known) || take(.missing) else {
      // Whoever writes `is east` means equality.
      report(.isWithValue(at: place))
      let right = try parseRange()
      return Expression(
        .binary(isNegated ? .notEqual : .equal, left, right), at: left.span.through(right.span))
    }
    return Expression(
      .presence(left, isKnown: isKnown, isNegated: isNegated), at: left.span.through(previous))
  }

  /// Words that go on behind a value, which may be a field called `known`.
  private static let wordsBehindValues: [Keyword] = [
    .foldOver, .by, .each, .atMost, .for, .with, .since, .priority, .effective, .because,
  ]

  /// `known owner`, as a `require` has it, where a condition is wanted: read as `owner is known`.
  private mutating func parsePresenceInFront() throws(Abandoned) -> Expression? {
    let isKnown = at(.known)
    guard isKnown || at(.missing) else { return nil }
    let next = peek(1)
    guard next.kind == .word || next.kind == .quotedName, !next.startsLine, !isReserved(next),
      !Parser.wordsBehindValues.contains(where: { spells($0, next) })
    else { return nil }
    let place = here
    _ = take(.known) || take(.missing)
    let operand = try parseRange()
    let whole = place.through(operand.span)
    let written = String(
      decoding: bytes[Int(operand.span.start)..<Int(operand.span.end)], as: UTF8.self)
    report(.presenceInFront(isKnown: isKnown, of: written, at: whole))
    return Expression(.presence(operand, isKnown: isKnown, isNegated: false), at: whole)
  }

  /// relation = "=" | "!=" | "<" | "<=" | ">" | ">=" | "等于" | "不等于" | "不满" | "不超过" | "超过" | "不少于"
  ///
  /// A sign stands on the line of what it compares.
  private mutating func takeRelation() -> BinaryOperator? {
    let op: BinaryOperator
    if token.kind == .symbol {
      guard continuesLine else { return nil }
      switch token.symbol {
      case .equal: op = .equal
      case .notEqual: op = .notEqual
      case .less: op = .less
      case .lessOrEqual: op = .lessOrEqual
      case .greater: op = .greater
      case .greaterOrEqual: op = .greaterOrEqual
      default: return nil
      }
      advance()
      return op
    }
    guard token.word != 0 else { return nil }
    if take(.equalWord) { return .equal }
    if take(.notEqualWord) { return .notEqual }
    if take(.lessWord) { return .less }
    if take(.lessOrEqualWord) { return .lessOrEqual }
    if take(.greaterWord) { return .greater }
    if take(.greaterOrEqualWord) { return .greaterOrEqual }
    return nil
  }

  // MARK: - Ranges and sums

  /// range = orElse | [ orElse ] ( ".." | "..<" | "<.." | "<..<" | "至" ) [ orElse ]
  ///
  /// An open range ends before anything that is not an operand on its line.
  mutating func parseRange() throws(Abandoned) -> Expression {
    let start = here
    var lower: Expression?
    if !atRange { lower = try parseOrElse() }
    guard atRange, lower == nil || continuesLine || token.kind == .word else {
      if let lower { return lower }
      throw fail(.expectedValue(found, at: here))
    }
    let symbol = takeRange()
    var upper: Expression?
    if beginsOperand, continuesLine, !atClause { upper = try parseOrElse() }
    if lower == nil, upper == nil { throw fail(.expectedRange(at: previous)) }
    // An open end is neither in nor out: it counts as in.
    let range = RangeTree(
      lower: lower, includesLower: lower == nil || symbol == .range || symbol == .rangeBelow,
      upper: upper, includesUpper: upper == nil || symbol == .range || symbol == .rangeAbove)
    return Expression(.range(range), at: span(from: lower?.span ?? start))
  }

  private var atRange: Bool {
    @inline(__always) get {
      switch token.symbol {
      case .range, .rangeBelow, .rangeAbove, .rangeBetween: true
      default: at(.rangeWord)
      }
    }
  }

  private mutating func takeRange() -> Symbol {
    if take(.rangeWord) { return .range }
    let symbol = token.symbol
    advance()
    return symbol
  }

  /// orElse = sum { "or else" sum }
  mutating func parseOrElse() throws(Abandoned) -> Expression {
    if let operand = try parseLoneOperand() { return operand }
    var left = try parseSum()
    var count = 0
    while at(.orElse) {
      _ = take(.orElse)
      count += 1
      if count > Parser.chainLimit { throw fail(.expressionTooLong(at: here)) }
      try checkOperand()
      let right = try parseSum()
      left = Expression(.binary(.orElse, left, right), at: left.span.through(right.span))
    }
    return left
  }

  /// A name or a literal behind which nothing can go on, as most operands are: the same as the long
  /// way through all that might.
  private mutating func parseLoneOperand() throws(Abandoned) -> Expression? {
    guard endsOperand(peek(1)) else { return nil }
    switch token.kind {
    case .word:
      guard token.word == 0 else { return nil }
      let name = name(of: token)
      advance()
      return Expression(.name(name), at: name.span)
    case .number, .percent, .zhe, .money, .date, .time: return try parseLiteral()
    case .end, .quotedName, .text, .symbol, .unknown: return nil
    }
  }

  /// Whether a token shows that the operand before it is whole.
  @inline(__always)
  private func endsOperand(_ token: Token) -> Bool {
    switch token.symbol {
    case .closeBrace, .closeParen, .pipe, .comma, .colon, .equal, .notEqual, .less, .lessOrEqual,
      .greater, .greaterOrEqual, .arrow, .range, .rangeBelow, .rangeAbove, .rangeBetween:
      return true
    case .none:
      return token.word != 0
        && (token.word == words.english[.and] || token.word == words.english[.isIn]
          || token.word == words.english[.within])
    case .openBrace, .openParen, .dot, .question, .plus, .minus, .times, .divide: return false
    }
  }

  /// sum = product { ( "+" | "-" ) product }
  mutating func parseSum() throws(Abandoned) -> Expression {
    var left = try parseProduct()
    var count = 0
    while continuesLine, at(.plus) || at(.minus) {
      let op: BinaryOperator = at(.plus) ? .add : .subtract
      advance()
      count += 1
      if count > Parser.chainLimit { throw fail(.expressionTooLong(at: here)) }
      try checkOperand()
      let right = try parseProduct()
      left = Expression(.binary(op, left, right), at: left.span.through(right.span))
    }
    return left
  }

  /// product = unary { ( "*" | "/" ) unary }
  mutating func parseProduct() throws(Abandoned) -> Expression {
    var left = try parseUnary()
    var count = 0
    while continuesLine, at(.times) || at(.divide) {
      let op: BinaryOperator = at(.times) ? .multiply : .divide
      advance()
      count += 1
      if count > Parser.chainLimit { throw fail(.expressionTooLong(at: here)) }
      try checkOperand()
      let right = try parseUnary()
      left = Expression(.binary(op, left, right), at: left.span.through(right.span))
    }
    return left
  }

  /// unary = "-" unary | postfix
  mutating func parseUnary() throws(Abandoned) -> Expression {
    guard at(.minus) else { return try parsePostfix() }
    let start = here
    advance()
    let inner = try nested { (parser) throws(Abandoned) in try parser.parseUnary() }
    return Expression(.negate(inner), at: start.through(inner.span))
  }

  /// postfix = primary { "." name }
  mutating func parsePostfix() throws(Abandoned) -> Expression {
    var expression = try parsePrimary()
    var count = 0
    while continuesLine, at(.dot) {
      advance()
      count += 1
      if count > Parser.chainLimit { throw fail(.expressionTooLong(at: here)) }
      if token.startsLine { throw fail(.missingOperand(after: ".", at: previous)) }
      let name = try expectName(Phrase("a field", zh: "字段名"))
      expression = Expression(.member(expression, name), at: expression.span.through(name.span))
    }
    return expression
  }

  // MARK: - Operands

  /// Whether a token can begin an operand.
  var beginsOperand: Bool { beginsOperand(token) }

  func beginsOperand(_ token: Token) -> Bool {
    switch token.kind {
    case .end, .unknown: false
    case .number, .percent, .zhe, .money, .date, .time, .text, .quotedName: true
    case .word:
      !isReserved(token) || Parser.operandWords.contains(where: { spells($0, token) })
    case .symbol:
      switch token.symbol {
      case .openParen, .openBrace, .minus, .range, .rangeBelow, .rangeAbove, .rangeBetween: true
      default: false
      }
    }
  }

  func spells(_ keyword: Keyword, _ token: Token) -> Bool {
    token.word != 0
      && (token.word == words.english[keyword] || token.word == words.chinese[keyword])
  }

  private static let operandWords: [Keyword] = [
    .some, .no, .noValue, .every, .yes, .missing, .this, .today, .not,
  ]

  /// Words that begin a clause of a rule. In operand position such a word is a name, unless what
  /// follows it could only follow the clause word: juxtaposition is no expression.
  private static let clauseWords: [Keyword] = [
    .owner, .to, .among, .by, .queue, .with, .because, .effective, .priority, .limit, .insteadLimit,
    .atLeast, .also, .permit, .forbid, .certain, .suspected, .access, .splitCredit, .skip,
    .otherwise, .final, .set, .insert, .remove, .tier, .slab, .mark, .floor, .whole, .start,
    .timesStep, .voidOn, .fixed, .expect, .commit, .given,
  ]
  private static let loneClauseWords: [Keyword] = [
    .permit, .forbid, .certain, .suspected, .final,
  ]

  /// Whether a clause stands here where an operand could.
  var atClause: Bool {
    guard token.kind == .word, token.word != 0 else { return false }
    guard Parser.clauseWords.contains(where: { at($0) }) else { return false }
    let next = peek(1)
    if Parser.loneClauseWords.contains(where: { at($0) }),
      next.startsLine || next.symbol == .closeBrace || isReserved(next)
    {
      return true
    }
    guard !next.startsLine else { return false }
    switch next.kind {
    case .word: return beginsOperand(next) && !spells(.not, next)
    case .text: return peek(2).symbol != .colon
    case .quotedName, .number, .percent, .zhe, .money, .date, .time: return true
    case .symbol: return next.symbol == .openBrace
    case .end, .unknown: return false
    }
  }

  /// After an operator: the operand, or the message that it is missing when the next line begins
  /// a clause.
  mutating func checkOperand() throws(Abandoned) {
    let op = tokens[max(0, position - 1)]
    let isClause = token.startsLine && atClause
    let isReservedWord =
      token.kind == .word && isReserved(token) && !beginsOperand(token)
    if isClause || isReservedWord || at(.closeBrace) || at(.closeParen) || atEnd || at(.colon)
      || (hasTitles && atTitle && token.startsLine)
      || (token.startsColumn && atDeclaration(position))
    {
      throw fail(.missingOperand(after: text(of: op), at: previous))
    }
  }

  /// primary = literal | text | "yes" | "no" | "this" | "today" | "missing" [ because ]
  ///         | "(" expression ")" | set | quantifier | fold | chineseFold | pick | follow | case | points
  ///         | "queue" name | named
  mutating func parsePrimary() throws(Abandoned) -> Expression {
    let start = here
    switch token.kind {
    case .number, .percent, .zhe, .money, .date, .time: return try parseLiteral()
    case .text:
      if hasTitles, atTitle, token.startsLine { break }
      let content = content(of: token)
      advance()
      return Expression(.literal(.text(content)), at: start)
    case .quotedName: return try parseNamed()
    case .word: return try parseWord()
    case .symbol:
      if at(.openParen) { return try parseGrouped() }
      if at(.openBrace) { return try parseSet() }
    case .end, .unknown: break
    }
    throw fail(.expectedValue(found, at: here))
  }

  private mutating func parseGrouped() throws(Abandoned) -> Expression {
    let start = here
    advance()
    try checkOperand()
    let outer = allowsIs
    allowsIs = true
    let inner = try parseExpression()
    allowsIs = outer
    if at(.comma) {
      report(.commaBetweenConditions(at: here, isTight: peek(1).start == here.end))
      throw Abandoned()
    }
    try expect(.closeParen)
    return Expression(.grouped(inner), at: span(from: start))
  }

  /// set = "{" [ range { "," range } ] "}"
  private mutating func parseSet() throws(Abandoned) -> Expression {
    let start = here
    var items: [Expression] = []
    _ = take(.openBrace)
    while !at(.closeBrace) {
      items.append(try nested { (parser) throws(Abandoned) in try parser.parseRange() })
      if !take(.comma) { break }
    }
    try expect(.closeBrace)
    return Expression(.set(items), at: span(from: start))
  }

  private mutating func parseWord() throws(Abandoned) -> Expression {
    let start = here
    if token.word == 0 { return try parseNamed() }
    if isReserved(token) {
      if take(.this) { return Expression(.this, at: start) }
      if take(.today) { return Expression(.today, at: start) }
      if take(.yes) { return Expression(.yes, at: start) }
      if take(.missing) {
        let because = at(.because) && peek(1).kind == .text ? try parseBecause() : nil
        return Expression(.missing(because: because), at: span(from: start))
      }
      if at(.some) || at(.every) || atNoQuantifier { return try parseQuantifier() }
      if take(.noValue) || take(.no) { return Expression(.no, at: start) }
      throw fail(.expectedValue(found, at: here))
    }
    if let construct = try parseConstruct() { return construct }
    return try parseNamed()
  }

  /// `no` before a record type is the quantifier, else the value.
  private var atNoQuantifier: Bool {
    guard at(.no) else { return false }
    if atChinese(.no) { return true }
    func ends(_ distance: Int) -> Bool {
      at(.where, ahead: distance) || at(.isIn, ahead: distance)
    }
    guard isName(peek(1)), !peek(1).startsLine else { return false }
    return at(.where, ahead: 2) || (isName(peek(2)) && ends(3))
      || (ends(2) && isName(peek(3)) && at(.where, ahead: 4))
  }

  /// A value that begins with a word which is a keyword only by what follows it.
  private mutating func parseConstruct() throws(Abandoned) -> Expression? {
    if at(.caseOf), peek(1).symbol == .openBrace { return try parseCase() }
    if at(.points), peek(1).symbol == .openBrace { return try parsePoints() }
    if at(.pick), isName(peek(1)), !peek(1).startsLine { return try parsePick() }
    if at(.follow), isName(peek(1)), at(.whileHolds, ahead: 2) { return try parseFollow() }
    if at(.queue), isName(peek(1)), !peek(1).startsLine {
      let start = here
      _ = take(.queue)
      let name = try expectName(Phrase("a queue", zh: "队列名"))
      return Expression(.queue(name), at: span(from: start))
    }
    if foldKind != nil, at(.foldOf, ahead: 1) { return try parseFold() }
    return nil
  }

  /// named = name "(" [ expression { "," expression } ] ")" | name text { text } | name
  ///
  /// A key or an argument list stands on the line of its name.
  private mutating func parseNamed() throws(Abandoned) -> Expression {
    let start = here
    if atChineseFold { return try parseChineseFold() }
    let isBuiltIn = token.word
    guard var name = takeName() else { throw fail(.expectedValue(found, at: here)) }
    if continuesLine {
      if at(.openParen) {
        if let function = Keywords.functions.first(where: { spells($0, isBuiltIn) }) {
          name.text = function.english
        }
        return try parseCall(name, from: start)
      }
      if token.kind == .text, !keyIsTitle { return try parseReference(name, from: start) }
      if allowsMoney, isCurrencyCode(name), token.kind == .number {
        return try parseMoney(name, from: start)
      }
    }
    if isPriceBody, isBuiltIn != 0 {
      if isBuiltIn == words.chinese[.running] { name.text = Keyword.running.english }
      if isBuiltIn == words.chinese[.start] { name.text = Keyword.start.english }
    }
    return Expression(.name(name), at: span(from: start))
  }

  private func spells(_ keyword: Keyword, _ word: WordID) -> Bool {
    word != 0 && (word == words.english[keyword] || word == words.chinese[keyword])
  }

  /// Whether the text here is the title of the next rule and not the key of a name before it.
  ///
  /// A title is followed by `:`, but so is the condition of an offer that ends in a key
  /// (`when owner = Rep "x" : 5% off`). A rule without an outcome cannot end, so there it is a key,
  /// unless a guard or a body follows the `:`.
  private var keyIsTitle: Bool {
    guard hasTitles, atTitle else { return false }
    guard isBeforeOutcome, peek(2).symbol != .openBrace else { return true }
    return [Keyword.when, .unless, .effective, .priority, .with].contains { at($0, ahead: 2) }
  }

  private mutating func parseCall(
    _ name: Name, from start: Span
  ) throws(Abandoned) -> Expression {
    advance()
    let outer = allowsIs
    allowsIs = true
    var arguments: [Expression] = []
    while !at(.closeParen) {
      arguments.append(try parseExpression())
      if !take(.comma) { break }
    }
    allowsIs = outer
    try expect(.closeParen)
    return Expression(.call(name, arguments), at: span(from: start))
  }

  private mutating func parseReference(
    _ type: Name, from start: Span
  ) throws(Abandoned) -> Expression {
    var keys: [TextLiteral] = []
    while let key = takeText() {
      keys.append(key)
      // A further text belongs to the key only in brackets-free lists of one reference.
      guard continuesLine, token.kind == .text, !keyIsTitle, !atTitle else { break }
    }
    return Expression(.reference(type: type, keys: keys), at: span(from: start))
  }

  private func isCurrencyCode(_ name: Name) -> Bool {
    name.text.utf8.count == 3 && name.text.utf8.allSatisfy { $0 >= 0x41 && $0 <= 0x5A }
  }
}
