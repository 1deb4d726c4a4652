import WritText

/// Match, split, require, and what changes facts.
extension Parser {
  /// match = "match" binder "with" binder [ blockName ] [ "where" expression ] matchBody
  mutating func parseMatch() throws(Abandoned) -> MatchDeclaration {
    let left = try parseBinder()
    if !take(.matchWith) { try expect(.matchWith) }
    let right = try parseBinder()
    var block = MatchDeclaration(
      left: left, right: right, alias: try parseBlockName(), condition: nil, rules: [])
    if take(.where) {
      try checkOperand()
      block.condition = try parseExpression()
    }
    try parseMatchBody(&block)
    return block
  }

  private static let matchOutcomes: [Keyword] = [.certain, .suspected]

  /// matchBody = "{" { title { guard | [ ":" ] ( "certain" | "suspected" ) } } "}"
  mutating func parseMatchBody(_ block: inout MatchDeclaration) throws(Abandoned) {
    try parseBody { (parser) throws(Abandoned) in
      let start = parser.here
      let title = try parser.expectTitle()
      var isCertain: Bool?
      let guards = try parser.parseRule(Parser.matchOutcomes) {
        (parser) throws(Abandoned) -> Bool in
        guard parser.at(.certain) || parser.at(.suspected) else { return false }
        if isCertain != nil { parser.report(.severalOutcomes(title.text, at: parser.here)) }
        isCertain = parser.at(.certain)
        _ = parser.take(.certain) || parser.take(.suspected)
        return true
      }
      guard let isCertain else {
        if !parser.atEnd, !parser.at(.closeBrace), !parser.atTitle {
          throw parser.fail(parser.expected([.certain, .suspected]))
        }
        throw parser.fail(.missingOutcome(title.text, at: title.span))
      }
      block.rules.append(
        MatchDeclaration.Rule(
          title: title, isCertain: isCertain, guards: guards, span: parser.span(from: start)))
    }
  }

  /// split = "split" labeled "of" orElse ( [ "to" orElse ] parts
  ///         | "over" binder "by" orElse [ "to" orElse ] )
  mutating func parseSplit() throws(Abandoned) -> SplitDeclaration {
    let name = try parseLabeled(Phrase("a name for the split", zh: "分摊的名称"))
    try expect(.splitOf)
    let amount = try parseOrElse()
    if take(.splitOver) {
      let binder = try parseBinder()
      try expect(.by)
      let weight = try parseOrElse()
      let quantum = take(.splitTo) ? try parseOrElse() : nil
      return SplitDeclaration(
        name: name, record: nil, amount: amount, quantum: quantum, body: .over(binder, by: weight))
    }
    let quantum = take(.splitTo) ? try parseOrElse() : nil
    guard let (record, path) = Parser.split(amount) else {
      throw fail(.expectedRecordPath(at: amount.span))
    }
    return SplitDeclaration(
      name: name, record: record, amount: path, quantum: quantum, body: .parts(try parseParts()))
  }

  /// `Deal.quote.amount` as its record and the path in it.
  private static func split(_ expression: Expression) -> (Name, Expression)? {
    guard case .member(let owner, let name) = expression.kind else { return nil }
    if case .name(let record) = owner.kind {
      return (record, Expression(.name(name), at: name.span))
    }
    guard let (record, path) = split(owner) else { return nil }
    return (record, Expression(.member(path, name), at: path.span.through(name.span)))
  }

  /// require = "require" text "for" name { "," ( "together by" postfix | "stops" name ) } ":"
  ///           { guard | [ ":" ] ( "known" postfix { "," postfix } | expression ) }
  mutating func parseRequire() throws(Abandoned) -> RequireDeclaration {
    let title = try expectText(Phrase("a title", zh: "标题"))
    try expect(.for)
    let record = try expectName(Phrase("a record", zh: "对象名"))
    var togetherBy: Expression?
    var stops: Name?
    while take(.comma) {
      if take(.togetherBy) {
        togetherBy = try parsePostfix()
      } else if take(.stops) {
        stops = try expectName(Phrase("a decision", zh: "判定名"))
      } else {
        throw fail(expected([.togetherBy, .stops]))
      }
    }
    try expect(.colon)
    var body: RequireDeclaration.Body?
    let guards = try parseRule { (parser) throws(Abandoned) -> Bool in
      guard body == nil else { return false }
      if parser.at(.known), parser.isName(parser.peek(1)), !parser.peek(1).startsLine {
        _ = parser.take(.known)
        var paths = [try parser.parsePostfix()]
        while parser.take(.comma) { paths.append(try parser.parsePostfix()) }
        body = .known(paths)
        return true
      }
      guard parser.beginsOperand else { return false }
      body = .condition(try parser.parseExpression())
      try parser.checkConditionEnd()
      return true
    }
    guard let body else { throw fail(.missingOutcome(title.text, at: title.span)) }
    return RequireDeclaration(
      title: title, record: record, togetherBy: togetherBy, stops: stops, guards: guards,
      body: body)
  }

  // MARK: - Change and alert

  /// change = "change" text [ "for" name ] [ "," "priority" orElse ]
  ///          "{" "when" patterns "then" changeOutcome { [ "," ] changeOutcome } "}"
  mutating func parseChange() throws(Abandoned) -> ChangeDeclaration {
    let title = try expectText(Phrase("a title", zh: "标题"))
    var change = ChangeDeclaration(title: title, patterns: [], outcomes: [])
    if take(.for) { change.record = try expectName(Phrase("a record", zh: "对象名")) }
    while take(.comma) {
      try expect(.priority)
      change.priority = try parseOrElse()
    }
    try parseBody(titles: false) { (parser) throws(Abandoned) in
      if parser.at(.when) {
        parser.reportSecondWhen(unless: change.patterns.isEmpty && change.condition == nil)
        _ = parser.take(.when)
        (change.patterns, change.condition) = try parser.parsePatterns()
        return
      }
      try parser.expect(.then)
      repeat {
        change.outcomes.append(try parser.parseChangeOutcome())
        _ = parser.take(.comma)
      } while parser.at(.set) || parser.at(.insert) || parser.at(.remove)
    }
    return change
  }

  /// Words between two values that are no reserved names: `当 送货地 不等于 大区` has no binder.
  private static let relationWords: [Keyword] = [
    .equalWord, .notEqualWord, .lessWord, .lessOrEqualWord, .greaterWord, .greaterOrEqualWord,
    .orElse,
  ]

  /// patterns = binder { "," binder } [ "where" expression ] | expression
  private mutating func parsePatterns() throws(Abandoned) -> ([Binder], Expression?) {
    try checkOperand()
    guard isName(token), isName(peek(1)), !peek(1).startsLine,
      !Parser.relationWords.contains(where: { at($0, ahead: 1) })
    else {
      return ([], try parseExpression())
    }
    var patterns = [try parseBinder()]
    while take(.comma) { patterns.append(try parseBinder()) }
    guard take(.where) else { return (patterns, nil) }
    try checkOperand()
    return (patterns, try parseExpression())
  }

  /// changeOutcome = "set" postfix "=" expression | "insert" name fields | "remove" postfix
  private mutating func parseChangeOutcome() throws(Abandoned) -> ChangeDeclaration.Outcome {
    if take(.set) {
      let target = try parsePostfix()
      try expect(.equal)
      return .set(target, to: try parseExpression())
    }
    if take(.insert) {
      let record = try expectName(Phrase("a record", zh: "对象名"))
      return .insert(record, try parseFieldValues())
    }
    if take(.remove) { return .remove(try parsePostfix()) }
    throw fail(expected([.set, .insert, .remove]))
  }

  /// fields = "{" { name expression [ "," ] } "}"
  mutating func parseFieldValues() throws(Abandoned) -> [FieldValue] {
    var fields: [FieldValue] = []
    try parseBody(titles: false) { (parser) throws(Abandoned) in
      let field = try parser.expectName(Phrase("a field", zh: "字段名"))
      fields.append(FieldValue(field: field, value: try parser.parseExpression()))
    }
    return fields
  }

  /// alert = "alert" text [ "for" name ] [ "," ( "high" | "medium" | "low" ) ]
  ///         "{" "when" patterns [ because ] "}"
  mutating func parseAlert() throws(Abandoned) -> AlertDeclaration {
    let title = try expectText(Phrase("a title", zh: "标题"))
    var alert = AlertDeclaration(title: title, patterns: [])
    if take(.for) { alert.record = try expectName(Phrase("a record", zh: "对象名")) }
    if take(.comma) {
      if take(.high) {
        alert.level = .high
      } else if take(.medium) {
        alert.level = .medium
      } else if take(.low) {
        alert.level = .low
      } else {
        throw fail(expected([.high, .medium, .low]))
      }
    }
    try parseBody(titles: false) { (parser) throws(Abandoned) in
      if parser.at(.because) {
        alert.because = try parser.parseBecause()
        return
      }
      if parser.at(.when) {
        parser.reportSecondWhen(unless: alert.patterns.isEmpty && alert.condition == nil)
      }
      try parser.expect(.when)
      (alert.patterns, alert.condition) = try parser.parsePatterns()
    }
    return alert
  }

  /// A change has one condition; a second would silently take the place of the first.
  private mutating func reportSecondWhen(unless isFirst: Bool) {
    if isFirst { return }
    let word = Keyword.when
    report(.repeated(Phrase("`\(word.english)`", zh: "`\(word.chinese)`"), at: here))
  }
}
