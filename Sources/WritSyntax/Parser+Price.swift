import WritText

/// Prices: a chain of steps.
extension Parser {
  /// price = "price" name [ blockName ] { "," priceBase | "," "as of" postfix } steps
  ///
  /// priceBase = "each step on the running price" | "each step on the start price"
  mutating func parsePrice() throws(Abandoned) -> PriceDeclaration {
    let record = try expectName(Phrase("a record", zh: "对象名"))
    var block = PriceDeclaration(
      record: record, alias: try parseBlockName(), base: nil, asOf: nil, steps: [])
    while take(.comma) {
      if take(.onRunning) {
        block.base = .running
      } else if take(.onStart) {
        block.base = .start
      } else if take(.asOf) {
        block.asOf = try parsePostfix()
      } else {
        throw fail(expected([.onRunning, .onStart, .asOf]))
      }
    }
    block.steps = try parseSteps()
    return block
  }

  /// steps = "{" { step } "}"
  mutating func parseSteps() throws(Abandoned) -> [PriceStep] {
    let outer = isPriceBody
    isPriceBody = true
    defer { isPriceBody = outer }
    var steps: [PriceStep] = []
    try parseBody(starts: Parser.stepWords) { (parser) throws(Abandoned) in
      let start = parser.here
      let kind = try parser.parseStep()
      steps.append(PriceStep(kind: kind, span: parser.span(from: start)))
    }
    return steps
  }

  private static let stepWords: [Keyword] = [
    .start, .mark, .timesStep, .whole, .floor, .roundHalfUp, .roundDown, .roundUp, .roundHalfEven,
    .roundHalfDown, .roundCeiling, .roundFloor,
  ]

  /// step = "start" ( expression | "first of" sources ) | "mark" labeled | "times" expression
  ///      | "whole" name steps | "floor" expression ( "raise" | "forbid" | "ask" postfix )
  ///      | rounding orElse | title offer
  private mutating func parseStep() throws(Abandoned) -> PriceStep.Kind {
    if token.kind == .text { return try parseTitledStep() }
    if take(.start) {
      if at(.firstOf), peek(length(of: .firstOf)).symbol == .openBrace {
        _ = take(.firstOf)
        return .startFirst(try parseSources())
      }
      try checkOperand()
      return .start(try parseExpression())
    }
    if take(.mark) {
      let name = try expectName(Phrase("a name for the price", zh: "价格点的名称"))
      let label = atTitle ? nil : takeLabel()
      return .mark(LabeledName(name: name, label: label))
    }
    if take(.timesStep) {
      try checkOperand()
      return .times(try parseExpression())
    }
    if take(.whole) {
      let name = try expectName(Phrase("the field of the whole", zh: "整单的字段名"))
      return .whole(name, try nested { (parser) throws(Abandoned) in try parser.parseSteps() })
    }
    if take(.floor) {
      try checkOperand()
      let value = try parseExpression()
      if take(.raise) { return .floor(value, .raise) }
      if take(.forbid) { return .floor(value, .forbid) }
      if take(.ask) { return .floor(value, .ask(try parsePostfix())) }
      throw fail(expected([.raise, .forbid, .ask]))
    }
    if let name = takeRounding() {
      try checkOperand()
      return .round(name, to: try parseOrElse())
    }
    throw fail(expected(Parser.stepWords))
  }

  static let roundings: [(keyword: Keyword, name: RoundingName)] = [
    (.roundHalfUp, .halfUp), (.roundHalfEven, .halfEven), (.roundHalfDown, .halfDown),
    (.roundUp, .up), (.roundDown, .down), (.roundCeiling, .ceiling), (.roundFloor, .floor),
  ]

  private var atRounding: Bool { Parser.roundings.contains { at($0.keyword) } }

  /// rounding = "round half up to" | "round half even to" | "round half down to" | "round up to"
  ///          | "round down to" | "round ceiling to" | "round floor to"
  private mutating func takeRounding() -> RoundingName? {
    guard token.word != 0 else { return nil }
    for (keyword, name) in Parser.roundings where take(keyword) { return name }
    return nil
  }

  /// sources = "{" { title { guard | [ ":" ] expression [ "final" ] } } "}"
  private mutating func parseSources() throws(Abandoned) -> [PriceStep.Source] {
    var sources: [PriceStep.Source] = []
    try parseBody { (parser) throws(Abandoned) in
      let start = parser.here
      let title = try parser.expectTitle()
      var value: Expression?
      var isFinal = false
      let guards = try parser.parseRule { (parser) throws(Abandoned) -> Bool in
        if value != nil, parser.take(.final) {
          isFinal = true
          return true
        }
        guard value == nil, parser.beginsOperand else { return false }
        value = try parser.parseExpression()
        return true
      }
      guard let value else { throw parser.fail(.missingOutcome(title.text, at: title.span)) }
      sources.append(
        PriceStep.Source(
          title: title, guards: guards, value: value, isFinal: isFinal,
          span: parser.span(from: start)))
    }
    return sources
  }

  // MARK: - Offers

  private mutating func parseTitledStep() throws(Abandoned) -> PriceStep.Kind {
    let start = here
    let title = try expectTitle()
    let parts = try parseOfferParts(title: title)
    if let (policy, offers) = parts.group {
      return .group(
        title: title, guards: parts.guards, policy, offers, isFinal: parts.isFinal)
    }
    guard let effect = parts.effect else {
      throw fail(.missingOutcome(title.text, at: title.span))
    }
    return .offer(
      Offer(
        title: title, guards: parts.guards, effect: effect, isFinal: parts.isFinal,
        span: span(from: start)))
  }

  private struct OfferParts {
    var guards = Guards()
    var effect: Offer.Effect?
    var group: (PriceStep.GroupPolicy, [Offer])?
    var isFinal = false
  }

  /// offer = { guard | [ ":" ] ( effect | group offers ) | "final" }
  ///
  /// group = "all of" | "first of" | "cheapest of"
  private mutating func parseOfferParts(title: TextLiteral?) throws(Abandoned) -> OfferParts {
    var parts = OfferParts()
    parts.guards = try parseRule { (parser) throws(Abandoned) -> Bool in
      let place = parser.here
      if parser.take(.final) {
        parts.isFinal = true
        return true
      }
      if let policy = parser.takeGroupPolicy() {
        if parts.effect != nil || parts.group != nil {
          parser.report(.severalOutcomes(title?.text ?? "", at: place))
        }
        parts.group = (policy, try parser.parseOffers())
        return true
      }
      // `round …` on the next line is a step of its own.
      if parts.effect != nil || parts.group != nil, parser.token.startsLine || parser.atStep {
        return false
      }
      guard let effect = try parser.parseEffect(inGroup: title == nil) else { return false }
      if parts.effect != nil || parts.group != nil {
        parser.report(.severalOutcomes(title?.text ?? "", at: place))
      }
      parts.effect = effect
      return true
    }
    return parts
  }

  private var atStep: Bool { Parser.stepWords.contains { at($0) } }

  private mutating func takeGroupPolicy() -> PriceStep.GroupPolicy? {
    for (keyword, policy) in Parser.groupPolicies {
      if at(keyword), peek(length(of: keyword)).symbol == .openBrace {
        _ = take(keyword)
        return policy
      }
    }
    return nil
  }

  static let groupPolicies: [(keyword: Keyword, policy: PriceStep.GroupPolicy)] = [
    (.allOf, .allOf), (.firstOf, .firstOf), (.cheapestOf, .cheapestOf),
  ]

  /// offers = "{" { [ title ] offer [ "," ] } "}"
  private mutating func parseOffers() throws(Abandoned) -> [Offer] {
    var offers: [Offer] = []
    try parseBody { (parser) throws(Abandoned) in
      let start = parser.here
      let title: TextLiteral? = parser.atTitle ? try parser.expectTitle() : nil
      let parts = try parser.parseOfferParts(title: title)
      guard let effect = parts.effect else {
        if let title { throw parser.fail(.missingOutcome(title.text, at: title.span)) }
        throw parser.fail(.expectedAdjustment(parser.found, at: parser.here))
      }
      offers.append(
        Offer(
          title: title, guards: parts.guards, effect: effect, isFinal: parts.isFinal,
          span: parser.span(from: start)))
    }
    return offers
  }

  /// effect = ( "tier" | "slab" ) "by" orElse "{" { tierStep [ "," ] } "}" | adjustments
  private mutating func parseEffect(inGroup: Bool) throws(Abandoned) -> Offer.Effect? {
    if at(.tier), at(.by, ahead: 1) {
      _ = take(.tier)
      _ = take(.by)
      return .tier(by: try parseOrElse(), try parseTierSteps())
    }
    if at(.slab), at(.by, ahead: 1) {
      _ = take(.slab)
      _ = take(.by)
      return .slab(by: try parseOrElse(), try parseTierSteps())
    }
    guard atAdjustment else { return nil }
    return .adjustments(try parseAdjustments(single: inGroup))
  }

  /// tierStep = ( "from" | "over" ) orElse [ ":" ] adjustments
  private mutating func parseTierSteps() throws(Abandoned) -> [TierStep] {
    var steps: [TierStep] = []
    try parseBody(titles: false) { (parser) throws(Abandoned) in
      let start = parser.here
      let isOver = parser.take(.tierOver)
      if !isOver { try parser.expect(.tierFrom) }
      let bound = try parser.parseOrElse()
      _ = parser.take(.colon)
      let adjustments = try parser.parseAdjustments(single: false)
      steps.append(
        TierStep(
          bound: bound, isOver: isOver, adjustments: adjustments, span: parser.span(from: start)))
    }
    return steps
  }

  // MARK: - Adjustments

  private var atAdjustment: Bool {
    if at(.fixed), beginsOperand(peek(1)) { return true }
    return beginsOperand && !(token.startsLine && atStep) || atRounding || atChinese(.off)
      || atChinese(.extra)
      || atChinese(.baseOf)
  }

  /// adjustments = adjustment { "," adjustment }
  private mutating func parseAdjustments(single: Bool) throws(Abandoned) -> [Adjustment] {
    var list = [try parseAdjustment()]
    while !single, at(.comma), !followsItem {
      advance()
      list.append(try parseAdjustment())
    }
    return list
  }

  /// Whether the comma here parts items of the body and not adjustments.
  private var followsItem: Bool {
    let next = peek(1)
    if next.kind == .text || next.symbol == .closeBrace { return true }
    return at(.tierFrom, ahead: 1) || at(.tierOver, ahead: 1)
      || Parser.stepWords.prefix(5).contains {
        at($0, ahead: 1) && !peek(2).startsLine
          && beginsOperand(peek(2))
      }
  }

  /// adjustment = rounding orElse | "fixed" orElse
  ///            | orElse [ "off" | "extra" ] { "of" postfix | "for every" orElse "of" orElse | repeats }
  ///            | [ "基于" postfix ] [ orElse "每满" orElse ] ( "减" | "加" ) orElse [ repeats ]
  ///
  /// repeats = "at most" orElse [ "times" ]
  private mutating func parseAdjustment() throws(Abandoned) -> Adjustment {
    let start = here
    if let name = takeRounding() {
      try checkOperand()
      return Adjustment(kind: .round(name, to: try parseOrElse()), span: span(from: start))
    }
    if at(.fixed), beginsOperand(peek(1)) {
      _ = take(.fixed)
      return Adjustment(kind: .fixed(try parseOrElse()), span: span(from: start))
    }
    var adjustment = Adjustment(
      kind: .off(Expression(.broken, at: start)), base: nil, forEvery: nil, span: start)
    if atChinese(.baseOf) {
      _ = take(.baseOf)
      adjustment.base = try parsePostfix()
    }
    if !atChinese(.off), !atChinese(.extra) {
      try parseAmountOrEvery(&adjustment)
    }
    if atChinese(.off) {
      _ = take(.off)
      adjustment.kind = .off(try parseOrElse())
    } else if atChinese(.extra) {
      _ = take(.extra)
      adjustment.kind = .extra(try parseOrElse())
    } else if case .off(let amount) = adjustment.kind, case .broken = amount.kind {
      throw fail(.expectedAdjustment(found, at: here))
    }
    try parseAdjustmentTail(&adjustment)
    adjustment.span = span(from: start)
    return adjustment
  }

  /// The amount of `15% off`, or the measure of `X 每满 300 减 40`.
  private mutating func parseAmountOrEvery(_ adjustment: inout Adjustment) throws(Abandoned) {
    let value = try parseOrElse()
    if atChinese(.forEvery) {
      _ = take(.forEvery)
      adjustment.forEvery = Adjustment.Repeat(
        every: try parseOrElse(), of: value, atMost: nil)
    } else if take(.off) {
      adjustment.kind = .off(value)
    } else if take(.extra) {
      adjustment.kind = .extra(value)
    } else if case .literal(.zhe) = value.kind {
      adjustment.kind = .pay(value)
    } else if token.startsLine || at(.closeBrace) {
      throw fail(.offOrExtra(Printer.print(value, in: language), at: value.span))
    } else if at(.by), case .name(let name) = value.kind {
      throw fail(.expectedAdjustment(found, at: here, meant: name))
    } else {
      throw fail(.expectedAdjustment(found, at: here))
    }
  }

  private mutating func parseAdjustmentTail(_ adjustment: inout Adjustment) throws(Abandoned) {
    while true {
      if adjustment.base == nil, at(.baseOf), !atChinese(.baseOf) {
        _ = take(.baseOf)
        adjustment.base = try parsePostfix()
      } else if adjustment.forEvery == nil, take(.forEvery) {
        let every = try parseOrElse()
        try expect(.baseOf)
        adjustment.forEvery = Adjustment.Repeat(every: every, of: try parseOrElse(), atMost: nil)
      } else if adjustment.forEvery != nil, adjustment.forEvery?.atMost == nil, take(.atMost) {
        adjustment.forEvery?.atMost = try parseOrElse()
        _ = take(.timesUnit)
      } else {
        return
      }
    }
  }
}
