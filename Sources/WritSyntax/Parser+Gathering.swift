import WritText

/// Values over several records, and the choice of one.
extension Parser {
  /// binder = name [ name ]
  ///
  /// A type, and behind it on its line the name that its records go by.
  mutating func parseBinder() throws(Abandoned) -> Binder {
    let start = here
    let type = try expectName(Phrase("a record", zh: "对象名"))
    var name: Name?
    if continuesLine, atName, !atClause, !atBinderEnd { name = takeName() }
    return Binder(type: type, name: name, span: span(from: start))
  }

  /// Words that follow a type whose records were given no name.
  private var atBinderEnd: Bool {
    atAny([.blockName, .toward, .sale, .matchWith, .amid, .by, .to]) != nil
      && !peek(1).startsLine && (isName(peek(1)) || peek(1).kind == .text)
  }

  /// gathering = binder [ "in" path ] [ "where" expression ]
  mutating func parseGathering() throws(Abandoned) -> Gathering {
    let start = here
    let binder = try parseBinder()
    var source: Expression?
    if take(.isIn) { source = try parsePostfix() }
    var condition: Expression?
    if take(.where) {
      try checkOperand()
      condition = try parseExpression()
    }
    return Gathering(
      binder: binder, source: source, condition: condition, span: span(from: start))
  }

  /// quantifier = ( "some" | "no" | "every" ) gathering
  mutating func parseQuantifier() throws(Abandoned) -> Expression {
    let start = here
    let quantifier: Quantifier = at(.some) ? .some : at(.every) ? .every : .no
    _ = take(.some) || take(.every) || take(.no)
    let gathering = try parseGathering()
    return Expression(.quantifier(quantifier, gathering), at: span(from: start))
  }

  /// foldKind = "sum" | "average" | "min" | "max" | "median" | "count"
  var foldKind: FoldKind? {
    Parser.folds.first { at($0.keyword) }?.kind
  }

  static let folds: [(keyword: Keyword, kind: FoldKind)] = [
    (.sum, .sum), (.average, .average), (.min, .min), (.max, .max), (.median, .median),
    (.count, .count),
  ]

  private mutating func takeFold() -> FoldKind? {
    for (keyword, kind) in Parser.folds where take(keyword) { return kind }
    return nil
  }

  /// fold = foldKind "of" { "known" | "distinct" } expression "over" gathering
  mutating func parseFold() throws(Abandoned) -> Expression {
    let start = here
    guard let kind = takeFold() else { throw fail(.expectedValue(found, at: here)) }
    _ = take(.foldOf)
    let (isKnown, isDistinct) = takeFoldModifier()
    let value = try parseExpression()
    try expect(.foldOver)
    let over = try parseGathering()
    let fold = FoldTree(
      kind: kind, isKnown: isKnown, isDistinct: isDistinct, value: value, over: over)
    return Expression(.fold(fold), at: span(from: start))
  }

  /// `known` and `distinct` are modifiers only before an operand.
  private mutating func takeFoldModifier() -> (isKnown: Bool, isDistinct: Bool) {
    func isModifier(_ parser: Parser) -> Bool {
      let next = parser.peek(1)
      return !next.startsLine && parser.beginsOperand(next)
        && !parser.at(.foldOver, ahead: 1) && next.symbol != .minus
    }
    var isKnown = false
    var isDistinct = false
    while isModifier(self) {
      if !isKnown, take(.known) {
        isKnown = true
      } else if !isDistinct, take(.distinct) {
        isDistinct = true
      } else {
        break
      }
    }
    return (isKnown, isDistinct)
  }

  /// Whether `TYPE [name] [在 …] 中` stands here: a fold in Chinese order.
  var atChineseFold: Bool {
    guard isName(token) else { return false }
    var next = 1
    if isName(peek(1)), !peek(1).startsLine,
      peek(1).word != words.chinese[.amid] || peek(1).word == 0
    {
      next = 2
    }
    if isChinese(.amid, ahead: next) { return true }
    guard next == 2, at(.isIn, ahead: 2), isName(peek(3)) else { return false }
    next = 4
    while peek(next).symbol == .dot, isName(peek(next + 1)) { next += 2 }
    return isChinese(.amid, ahead: next)
  }

  private func isChinese(_ keyword: Keyword, ahead: Int) -> Bool {
    let word = peek(ahead).word
    return word != 0 && word == words.chinese[keyword]
  }

  /// chineseFold = binder [ "在" path ] "中" [ expression "的" ] { "已填" | "去重" } expression foldKind
  mutating func parseChineseFold() throws(Abandoned) -> Expression {
    let start = here
    let type = try expectName(Phrase("a record", zh: "对象名"))
    var name: Name?
    if !atChinese(.amid), atName { name = takeName() }
    let binder = Binder(type: type, name: name, span: span(from: start))
    var source: Expression?
    if take(.isIn) { source = try parseSourcePath() }
    try expect(.amid)
    var (isKnown, isDistinct) = takeFoldModifier()
    var value = try parseExpression()
    var condition: Expression?
    if take(.possessive) {
      condition = value
      (isKnown, isDistinct) = takeFoldModifier()
      value = try parseExpression()
    }
    guard let kind = takeFold() else {
      throw fail(expected(Parser.folds.map(\.keyword)))
    }
    let whole = span(from: start)
    let over = Gathering(binder: binder, source: source, condition: condition, span: whole)
    let fold = FoldTree(
      kind: kind, isKnown: isKnown, isDistinct: isDistinct, value: value, over: over)
    return Expression(.fold(fold), at: whole)
  }

  /// path = name { "." name }
  ///
  /// Not a postfix: `明细 中 …` would read as another fold.
  private mutating func parseSourcePath() throws(Abandoned) -> Expression {
    let what = Phrase("where to look", zh: "在哪里找")
    let first = try expectName(what)
    var path = Expression(.name(first), at: first.span)
    while take(.dot) {
      let name = try expectName(what)
      path = Expression(.member(path, name), at: path.span.through(name.span))
    }
    return path
  }

  /// pick = "pick" gathering "by" keys
  mutating func parsePick() throws(Abandoned) -> Expression {
    let start = here
    _ = take(.pick)
    let gathering = try parseGathering()
    try expect(.by)
    let keys = try parseSelectionKeys()
    return Expression(.pick(gathering, by: keys), at: span(from: start))
  }

  /// follow = "follow" name "while" expression
  mutating func parseFollow() throws(Abandoned) -> Expression {
    let start = here
    _ = take(.follow)
    let name = try expectName(Phrase("a field", zh: "字段名"))
    try expect(.whileHolds)
    try checkOperand()
    let condition = try parseExpression()
    return Expression(.follow(name, while: condition), at: span(from: start))
  }

  // MARK: - Choosing one

  /// selection = gathering [ "by" keys ]
  mutating func parseSelection() throws(Abandoned) -> Selection {
    let over = try parseGathering()
    var keys: [SelectionKey] = []
    if at(.by) || at(.byPriority) {
      try expect(.by)
      keys = try parseSelectionKeys()
    }
    return Selection(over: over, by: keys)
  }

  /// keys = key { "then" key }
  mutating func parseSelectionKeys() throws(Abandoned) -> [SelectionKey] {
    var keys = [try parseSelectionKey()]
    while take(.thenBy) { keys.append(try parseSelectionKey()) }
    return keys
  }

  /// key = [ direction ] orElse [ direction ] | rotation
  ///
  /// In Chinese the direction follows its key: `按 r.在手 从少到多`.
  private mutating func parseSelectionKey() throws(Abandoned) -> SelectionKey {
    let start = here
    if at(.rotation), !(peek(1).symbol == .dot && !peek(1).startsLine) {
      _ = take(.rotation)
      let rotation = try parseRotation()
      return SelectionKey(.rotation(rotation), at: span(from: start))
    }
    var direction: SelectionKey.Direction?
    if let (keyword, way) = atDirection, beginsOperand(peek(1)), !peek(1).startsLine,
      peek(1).symbol == .none || peek(1).symbol == .openParen
    {
      _ = take(keyword)
      direction = way
    }
    let value = try parseOrElse()
    if direction == nil, let (keyword, way) = atDirection, atChinese(keyword) {
      _ = take(keyword)
      direction = way
    }
    return SelectionKey(.value(direction, value), at: span(from: start))
  }

  /// direction = "least" | "most" | "earliest" | "latest"
  private var atDirection: (Keyword, SelectionKey.Direction)? {
    guard token.word != 0 else { return nil }
    return Parser.directions.first { at($0.0) }
  }

  static let directions: [(Keyword, SelectionKey.Direction)] = [
    (.least, .least), (.most, .most), (.earliest, .earliest), (.latest, .latest),
  ]

  /// rotation = "rotation" [ text ] [ "weighted by" expression ] [ "catchup" | "no catchup" ]
  private mutating func parseRotation() throws(Abandoned) -> Rotation {
    var pool: TextLiteral?
    if continuesLine, !atTitle { pool = takeText() }
    var weight: Expression?
    var catchesUp: Bool?
    if take(.weightedBy) { weight = try parseOrElse() }
    if take(.catchup) { catchesUp = true } else if take(.noCatchup) { catchesUp = false }
    return Rotation(pool: pool, weight: weight, catchesUp: catchesUp)
  }

  // MARK: - Case and points

  /// case = "case" "{" { ( expression | "else" ) ":" expression [ "," ] } "}"
  mutating func parseCase() throws(Abandoned) -> Expression {
    let start = here
    _ = take(.caseOf)
    var arms: [CaseArm] = []
    var otherwise: Expression?
    try parseBody(titles: false) { (parser) throws(Abandoned) in
      if parser.take(.else) {
        let place = parser.previous
        try parser.expect(.colon)
        let value = try parser.parseExpression()
        if otherwise != nil {
          parser.report(.repeated(Phrase("`else`", zh: "`其余`"), at: place))
        }
        otherwise = value
        return
      }
      let condition = try parser.parseExpression()
      try parser.expect(.colon)
      let value = try parser.parseExpression()
      arms.append(CaseArm(condition: condition, value: value))
    }
    return Expression(.caseOf(arms, otherwise: otherwise), at: span(from: start))
  }

  /// points = "points" "{" { pointRow [ "," ] } "}"
  mutating func parsePoints() throws(Abandoned) -> Expression {
    let start = here
    _ = take(.points)
    var rows: [PointRow] = []
    try parseBody(titles: false) { (parser) throws(Abandoned) in
      rows.append(try parser.parsePointRow())
    }
    return Expression(.points(rows), at: span(from: start))
  }

  /// pointRow = ( "always" | expression ) ":" [ "每个" ] sum [ "分" ] { pointModifier }
  private mutating func parsePointRow() throws(Abandoned) -> PointRow {
    let start = here
    var condition: Expression?
    if at(.always), peek(1).symbol == .colon {
      _ = take(.always)
    } else {
      condition = try parseExpression()
    }
    try expect(.colon)
    var modifiers: [PointRow.Modifier] = []
    if atChinese(.each), beginsOperand(peek(1)) {
      _ = take(.each)
      modifiers.append(.each)
    }
    let points = try parseSum()
    if atChinese(.pointUnit) { _ = take(.pointUnit) }
    while continuesLine, let modifier = try parsePointModifier() { modifiers.append(modifier) }
    return PointRow(
      condition: condition, points: points, modifiers: modifiers, span: span(from: start))
  }

  /// pointModifier = "each" | "at most" sum | "halving every" duration "since" postfix
  ///               | "自" postfix "每" duration "减半"
  private mutating func parsePointModifier() throws(Abandoned) -> PointRow.Modifier? {
    if take(.each) { return .each }
    if take(.atMost) { return .atMost(try parseSum()) }
    if take(.halvingEvery) {
      let every = try parseDuration()
      try expect(.since)
      return .halving(every: every, since: try parsePostfix())
    }
    if atChinese(.since) {
      _ = take(.since)
      let since = try parsePostfix()
      try expect(.halvingStart)
      let every = try parseDuration()
      try expect(.halvingEnd)
      return .halving(every: every, since: since)
    }
    return nil
  }
}
