import WritText

/// Territories and assignment.
extension Parser {
  /// territories = "territories" "for" name "to" name [ blockName ] [ "," territoryPolicy ]
  ///               territoryBody
  mutating func parseTerritories() throws(Abandoned) -> TerritoriesDeclaration {
    try expect(.for)
    let record = try expectName(Phrase("a record", zh: "对象名"))
    try expect(.to)
    let owner = try expectName(Phrase("the record of the owner", zh: "归属方的对象名"))
    let alias = try parseBlockName()
    let policy = take(.comma) ? try parseTerritoryPolicy() : nil
    var block = TerritoriesDeclaration(
      record: record, owner: owner, alias: alias, policy: policy, rules: [], otherwise: nil)
    try parseTerritoryBody(&block)
    return block
  }

  /// blockName = "as" name
  mutating func parseBlockName() throws(Abandoned) -> Name? {
    guard at(.blockName), !at(.asOf) else { return nil }
    _ = take(.blockName)
    return try expectName(Phrase("a name for the block", zh: "区块的名称"))
  }

  /// territoryPolicy = "exclusive" | "overlapping" | "first" | "deepest" | "by priority"
  private mutating func parseTerritoryPolicy() throws(Abandoned) -> TerritoriesDeclaration.Policy {
    for (keyword, policy) in Parser.territoryPolicies where take(keyword) { return policy }
    throw fail(expected(Parser.territoryPolicies.map(\.keyword)))
  }

  static let territoryPolicies: [(keyword: Keyword, policy: TerritoriesDeclaration.Policy)] = [
    (.exclusive, .exclusive), (.overlapping, .overlapping), (.first, .first), (.deepest, .deepest),
    (.byPriority, .byPriority),
  ]

  /// territoryBody = "{" { territoryRule | "otherwise" [ ":" ] territoryOutcome { territoryOutcome } } "}"
  mutating func parseTerritoryBody(
    _ block: inout TerritoriesDeclaration
  ) throws(Abandoned) {
    try parseBody(starts: [.otherwise]) { (parser) throws(Abandoned) in
      guard parser.at(.otherwise) else {
        block.rules.append(try parser.parseTerritoryRule())
        return
      }
      let place = parser.here
      _ = parser.take(.otherwise)
      _ = parser.take(.colon)
      var outcomes: [TerritoriesDeclaration.Outcome] = []
      while let outcome = try parser.parseTerritoryOutcome() { outcomes.append(outcome) }
      if outcomes.isEmpty { throw parser.fail(parser.expected(Parser.territoryOutcomes)) }
      if block.otherwise != nil {
        parser.report(.repeated(Phrase("`otherwise`", zh: "`兜底`"), at: place))
      }
      block.otherwise = outcomes
    }
  }

  /// territoryRule = title { guard | [ ":" ] ( territoryOutcome | "{" { territoryRule } "}" ) }
  private mutating func parseTerritoryRule() throws(Abandoned) -> TerritoriesDeclaration.Rule {
    let start = here
    let title = try expectTitle()
    var outcomes: [TerritoriesDeclaration.Outcome] = []
    var children: [TerritoriesDeclaration.Rule] = []
    let guards = try parseRule(Parser.territoryOutcomes) { (parser) throws(Abandoned) -> Bool in
      if parser.at(.openBrace) {
        try parser.parseBody { (parser) throws(Abandoned) in
          children.append(try parser.parseTerritoryRule())
        }
        return true
      }
      guard let outcome = try parser.parseTerritoryOutcome() else { return false }
      outcomes.append(outcome)
      return true
    }
    return TerritoriesDeclaration.Rule(
      title: title, guards: guards, outcomes: outcomes, children: children, span: span(from: start))
  }

  private static let territoryOutcomes: [Keyword] = [.owner, .queue, .splitCredit, .access]

  /// territoryOutcome = [ "owner" ] postfix | "queue" name | "split credit" parts
  ///                  | "access" "{" { postfix name [ "," ] } "}"
  ///
  /// Without `owner` only a reference can stand.
  private mutating func parseTerritoryOutcome()
    throws(Abandoned) -> TerritoriesDeclaration.Outcome?
  {
    if take(.owner) { return .owner(try parsePostfix()) }
    if take(.queue) { return .queue(try expectName(Phrase("a queue", zh: "队列名"))) }
    if take(.splitCredit) { return .splitCredit(try parseParts()) }
    if at(.access), peek(1).symbol == .openBrace {
      _ = take(.access)
      var list: [TerritoriesDeclaration.Access] = []
      try parseBody(titles: false) { (parser) throws(Abandoned) in
        let party = try parser.parsePostfix()
        let right = try parser.expectName(Phrase("a right", zh: "权限名"))
        list.append(TerritoriesDeclaration.Access(party: party, right: right))
      }
      return .access(list)
    }
    if isName(token), peek(1).kind == .text, !peek(1).startsLine, !atTitle {
      return .owner(try parsePostfix())
    }
    return nil
  }

  /// parts = "{" { [ "extra" ] postfix orElse [ "," ] } "}"
  mutating func parseParts() throws(Abandoned) -> [SplitPart] {
    var parts: [SplitPart] = []
    try parseBody(titles: false) { (parser) throws(Abandoned) in
      let start = parser.here
      var isExtra = false
      if parser.at(.extraPart), parser.isName(parser.peek(1)) { isExtra = parser.take(.extraPart) }
      let target = try parser.parsePartName()
      let share = try parser.parseOrElse()
      parts.append(
        SplitPart(target: target, share: share, isExtra: isExtra, span: parser.span(from: start)))
    }
    return parts
  }

  /// A name before its value: `EUR 5` is no money here.
  mutating func parsePartName() throws(Abandoned) -> Expression {
    allowsMoney = false
    defer { allowsMoney = true }
    return try parsePostfix()
  }

  // MARK: - Assign

  /// assign = "assign" name "to" binder [ blockName ] { "," assignPolicy } assignBody
  mutating func parseAssign() throws(Abandoned) -> AssignDeclaration {
    let record = try expectName(Phrase("a record", zh: "对象名"))
    try expect(.to)
    let candidate = try parseBinder()
    var block = AssignDeclaration(
      record: record, candidate: candidate, alias: try parseBlockName(), sets: nil, counts: nil,
      order: [], skips: [], rules: [], otherwise: nil)
    while take(.comma) { try parseAssignPolicy(&block) }
    try parseAssignBody(&block)
    return block
  }

  /// assignPolicy = "sets" name | "counts" postfix | "in order of" keys
  private mutating func parseAssignPolicy(_ block: inout AssignDeclaration) throws(Abandoned) {
    let place = here
    let isRepeated: Bool
    if take(.sets) {
      isRepeated = block.sets != nil
      block.sets = try expectName(Phrase("a field", zh: "字段名"))
    } else if take(.counts) {
      isRepeated = block.counts != nil
      block.counts = try parsePostfix()
    } else if take(.inOrderOf) {
      isRepeated = !block.order.isEmpty
      block.order = try parseSelectionKeys()
    } else {
      throw fail(expected([.sets, .counts, .inOrderOf]))
    }
    if isRepeated { report(.repeated(Phrase("this", zh: "这一项"), at: place)) }
  }

  /// assignBody = "{" { skip | assignRule | "otherwise" [ ":" ] assignOutcome } "}"
  mutating func parseAssignBody(_ block: inout AssignDeclaration) throws(Abandoned) {
    try parseBody(starts: [.skip, .otherwise]) { (parser) throws(Abandoned) in
      let start = parser.here
      if parser.take(.skip) {
        block.skips.append(try parser.parseSkip(from: start))
      } else if parser.take(.otherwise) {
        _ = parser.take(.colon)
        guard let outcome = try parser.parseAssignOutcome() else {
          throw parser.fail(parser.expected([.queue, .to, .among]))
        }
        if block.otherwise != nil {
          parser.report(.repeated(Phrase("`otherwise`", zh: "`兜底`"), at: start))
        }
        block.otherwise = outcome
      } else {
        block.rules.append(try parser.parseAssignRule())
      }
    }
  }

  /// skip = "skip" name "where" expression [ because ]
  private mutating func parseSkip(from start: Span) throws(Abandoned) -> AssignDeclaration.Skip {
    let binder = try expectName(Phrase("the candidate's name", zh: "候选人的名称"))
    try expect(.where)
    try checkOperand()
    let condition = try parseExpression()
    let because = at(.because) ? try parseBecause() : nil
    return AssignDeclaration.Skip(
      binder: binder, condition: condition, because: because, span: span(from: start))
  }

  /// assignRule = title { guard | [ ":" ] assignOutcome }
  private mutating func parseAssignRule() throws(Abandoned) -> AssignDeclaration.Rule {
    let start = here
    let title = try expectTitle()
    var outcome: AssignDeclaration.Outcome?
    let guards = try parseRule([.to, .among, .queue]) { (parser) throws(Abandoned) -> Bool in
      let place = parser.here
      guard let read = try parser.parseAssignOutcome() else { return false }
      if outcome != nil { parser.report(.severalOutcomes(title.text, at: place)) }
      outcome = read
      return true
    }
    guard let outcome else { throw fail(.missingOutcome(title.text, at: title.span)) }
    return AssignDeclaration.Rule(
      title: title, guards: guards, outcome: outcome, span: span(from: start))
  }

  /// assignOutcome = "among" selection | [ "to" ] ( postfix | "queue" name )
  ///
  /// Without `to` only a reference or a queue can stand.
  private mutating func parseAssignOutcome() throws(Abandoned) -> AssignDeclaration.Outcome? {
    if take(.among) { return .among(try parseSelection()) }
    if take(.to) {
      if take(.queue) { return .queue(try expectName(Phrase("a queue", zh: "队列名"))) }
      return .to(try parsePostfix())
    }
    if take(.queue) { return .queue(try expectName(Phrase("a queue", zh: "队列名"))) }
    if isName(token), peek(1).kind == .text, !peek(1).startsLine { return .to(try parsePostfix()) }
    return nil
  }
}
