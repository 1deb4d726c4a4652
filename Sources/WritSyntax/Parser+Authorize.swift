import WritText

/// Who may sell what, and who may give which discount.
extension Parser {
  /// authorize = "authorize" ( sale | chineseSale | discount )
  mutating func parseAuthorize() throws(Abandoned) -> Declaration.Kind {
    // 销售 is also what sellers are called: in Chinese the word comes later.
    if !atChinese(.sale), take(.sale) { return .authorizeSale(try parseSale()) }
    if isName(token) {
      if atChinese(.possessive, ahead: 1) { return .authorizeDiscount(try parseDiscount()) }
      let distance = isName(peek(1)) && !atChinese(.toward, ahead: 1) ? 2 : 1
      if atChinese(.toward, ahead: distance) {
        return .authorizeSale(try parseChineseSale())
      }
    }
    guard isName(token) else { throw fail(expected([.sale])) }
    return .authorizeDiscount(try parseDiscount())
  }

  private func atChinese(_ keyword: Keyword, ahead distance: Int) -> Bool {
    let word = peek(distance).word
    return word != 0 && word == words.chinese[keyword]
  }

  /// sale = "sale of" binder "to" binder "by" binder [ blockName ] saleBody
  private mutating func parseSale() throws(Abandoned) -> SaleDeclaration {
    let product = try parseBinder()
    try expect(.to)
    let account = try parseBinder()
    try expect(.by)
    let seller = try parseBinder()
    var block = SaleDeclaration(
      product: product, account: account, seller: seller, alias: try parseBlockName(), rules: [])
    try parseSaleBody(&block)
    return block
  }

  /// chineseSale = binder "向" binder "销售" binder [ blockName ] saleBody
  private mutating func parseChineseSale() throws(Abandoned) -> SaleDeclaration {
    let seller = try parseBinder()
    try expect(.toward)
    let account = try parseBinder()
    try expect(.sale)
    let product = try parseBinder()
    var block = SaleDeclaration(
      product: product, account: account, seller: seller, alias: try parseBlockName(), rules: [])
    try parseSaleBody(&block)
    return block
  }

  /// saleBody = "{" { title { guard | [ ":" ] ( "permit" | "forbid" ) } } "}"
  mutating func parseSaleBody(_ block: inout SaleDeclaration) throws(Abandoned) {
    try parseBody { (parser) throws(Abandoned) in
      let start = parser.here
      let title = try parser.expectTitle()
      var isPermit: Bool?
      let guards = try parser.parseRule([.permit, .forbid]) { (parser) throws(Abandoned) -> Bool in
        let place = parser.here
        guard parser.at(.permit) || parser.at(.forbid) else { return false }
        if isPermit != nil { parser.report(.severalOutcomes(title.text, at: place)) }
        isPermit = parser.at(.permit)
        _ = parser.take(.permit) || parser.take(.forbid)
        return true
      }
      guard let isPermit else {
        if !parser.atEnd, !parser.at(.closeBrace), !parser.atTitle {
          throw parser.fail(parser.expected([.permit, .forbid]))
        }
        throw parser.fail(.missingOutcome(title.text, at: title.span))
      }
      block.rules.append(
        SaleDeclaration.Rule(
          title: title, guards: guards, isPermit: isPermit, span: parser.span(from: start)))
    }
  }

  // MARK: - Discount

  /// discount = ( name "on" name | name "的" name ) "by" name [ blockName ]
  ///            { "," ( "more is worse" | "less is worse" | "asked by" postfix ) } discountBody
  private mutating func parseDiscount() throws(Abandoned) -> DiscountDeclaration {
    var attribute = try expectName(Phrase("an attribute", zh: "属性名"))
    var record = attribute
    if atChinese(.possessive) {
      _ = take(.possessive)
      attribute = try expectName(Phrase("an attribute", zh: "属性名"))
    } else {
      try expect(.discountOn)
      record = try expectName(Phrase("a record", zh: "对象名"))
    }
    try expect(.by)
    let ladder = try expectName(Phrase("an ordered enum", zh: "有高低的选项名"))
    var block = DiscountDeclaration(
      attribute: attribute, record: record, ladder: ladder, alias: try parseBlockName(),
      moreIsWorse: nil, askedBy: nil, rules: [], voidOn: [])
    while take(.comma) {
      if take(.moreIsWorse) {
        block.moreIsWorse = true
      } else if take(.lessIsWorse) {
        block.moreIsWorse = false
      } else if take(.askedBy) {
        block.askedBy = try parsePostfix()
      } else {
        throw fail(expected([.moreIsWorse, .lessIsWorse, .askedBy]))
      }
    }
    try parseDiscountBody(&block)
    return block
  }

  /// discountBody = "{" { "void on" postfix { "," postfix }
  ///              | [ title ] { guard | [ ":" ] discountEffect } } "}"
  mutating func parseDiscountBody(_ block: inout DiscountDeclaration) throws(Abandoned) {
    try parseBody(starts: [.limit, .voidOn]) { (parser) throws(Abandoned) in
      let start = parser.here
      if parser.take(.voidOn) {
        block.voidOn.append(try parser.parsePostfix())
        while parser.take(.comma) { block.voidOn.append(try parser.parsePostfix()) }
        return
      }
      let title: TextLiteral? = parser.token.kind == .text ? try parser.expectTitle() : nil
      var effect: DiscountDeclaration.Effect?
      let guards = try parser.parseRule(Parser.discountEffects) {
        (parser) throws(Abandoned) -> Bool in
        let place = parser.here
        // An untitled rule ends where another could begin.
        if title == nil, effect != nil { return false }
        guard let read = try parser.parseDiscountEffect() else { return false }
        if effect != nil { parser.report(.severalOutcomes(title?.text ?? "", at: place)) }
        effect = read
        return true
      }
      guard let effect else {
        if let title, parser.at(.closeBrace) || parser.atTitle {
          throw parser.fail(.missingOutcome(title.text, at: title.span))
        }
        throw parser.fail(parser.expected(Parser.discountEffects))
      }
      block.rules.append(
        DiscountDeclaration.Rule(
          title: title, guards: guards, effect: effect, span: parser.span(from: start)))
    }
  }

  private static let discountEffects: [Keyword] = [
    .limit, .insteadLimit, .atLeast, .also, .forbid, .voidOn,
  ]

  /// discountEffect = "limit" limits | "instead limit" limits | "at least" postfix
  ///                | "also" postfix { "," postfix } | "forbid"
  private mutating func parseDiscountEffect() throws(Abandoned) -> DiscountDeclaration.Effect? {
    if take(.limit) { return .limit(try parseLimits()) }
    if take(.insteadLimit) { return .insteadLimit(try parseLimits()) }
    if take(.atLeast) { return .atLeast(try parsePostfix()) }
    if take(.also) {
      var parties = [try parsePostfix()]
      while at(.comma), isName(peek(1)) {
        advance()
        parties.append(try parsePostfix())
      }
      return .also(parties)
    }
    if take(.forbid) { return .forbid }
    return nil
  }

  /// limits = name ( "any" | orElse ) { "," name ( "any" | orElse ) }
  private mutating func parseLimits() throws(Abandoned) -> [DiscountDeclaration.Limit] {
    var limits: [DiscountDeclaration.Limit] = []
    repeat {
      let start = here
      let rung = try expectName(Phrase("a rung of the ladder", zh: "级别名"))
      var value: Expression?
      if !take(.any) {
        try checkOperand()
        value = try parseOrElse()
      }
      limits.append(DiscountDeclaration.Limit(rung: rung, value: value, span: span(from: start)))
    } while takeListComma()
    return limits
  }

  /// A comma behind which a name follows on the same list.
  private mutating func takeListComma() -> Bool {
    guard at(.comma), isName(peek(1)) else { return false }
    advance()
    return true
  }
}
