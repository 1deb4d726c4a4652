import WritModel
import WritSyntax
import WritText

// `price Line, each step on the running price, as of quote.date { … }`: a chain of attributes, one
// a step, so that a later step, a `whole` and a mark can each read just what stands before them.
extension Checker {
  mutating func declare(_ declaration: PriceDeclaration, unit: UnitID) {
    guard let record = record(declaration.record) else { return }
    let span = units[Int(unit.index)].declaration.span
    guard
      declareOnly(BlockKey(kind: .price, record: record, name: declaration.alias?.text), by: unit)
    else { return }
    let marks = declaration.steps.compactMap { step -> LabeledName? in
      if case .mark(let name) = step.kind { name } else { nil }
    }
    if let alias = declaration.alias {
      let block = declare(Named(alias.text), of: record, by: unit, at: alias.span)
      declare(part: Named("price", label: "价格"), of: block, at: alias.span)
      for mark in marks { declare(part: named(mark), of: block, at: mark.name.span) }
      kinds.priceNames[unit] = block
    } else {
      let price = declareAnswer("price", label: "价格", of: record, by: unit, at: span)
      kinds.priceNames[unit] = price
      for mark in marks { declare(mark, of: record, by: unit) }
    }
    for field in program.schema[record].fields {
      guard program.schema[field].partAs != nil,
        case .record(let whole) = program.schema[field].type
      else { continue }
      let name = declaration.alias?.text ?? "price"
      let sum = declareAnswer(
        name, label: declaration.alias == nil ? "价格" : nil, of: whole, by: unit,
        at: declaration.alias?.span ?? span)
      kinds.wholeNames[unit, default: []].append((field, sum))
    }
  }

  mutating func lower(_ declaration: PriceDeclaration, unit: UnitID) {
    guard let record = record(quietly: declaration.record), let name = kinds.priceNames[unit]
    else { return }
    let span = units[Int(unit.index)].declaration.span
    var scope = scope(of: record)
    if let asOf = declaration.asOf { scope.asOf = check(asOf, expecting: .date, in: scope) }
    var chain = PriceChain(
      unit: unit, record: record, title: units[Int(unit.index)].title, scope: scope,
      base: declaration.base, asOfText: declaration.asOf, span: span,
      hasTimes: declaration.steps.contains { if case .times = $0.kind { true } else { false } })
    reportDoubleTitles(declaration.steps.flatMap(\.titles))
    for (index, step) in declaration.steps.enumerated() {
      let isStart =
        switch step.kind {
        case .start, .startFirst: true
        default: false
        }
      if isStart != (index == 0) {
        report(index == 0 ? .priceWithoutStart(at: step.span) : .secondStart(at: step.span))
        if index == 0 { return }
        continue
      }
      lower(step, in: &chain)
      if chain.isBroken { return }
    }
    guard chain.running != nil else {
      report(.priceWithoutStart(at: span))
      return
    }
    finish(chain, declaration, name: name)
  }

  /// The answer: stopped by floors that forbid and by requires, undetermined where an input is
  /// blank, none where no source has a price.
  private mutating func finish(
    _ chain: PriceChain, _ declaration: PriceDeclaration, name: DerivedID
  ) {
    guard let running = chain.running else { return }
    reportOddities(of: chain, declaration)
    let type = chain.type
    var price = running
    if let asOf = chain.scope.asOf, isOptional(asOf) {
      // A price of an unknown day is no price: the comparison is as unknown as the day.
      let dated = operation(.equal, [asOf, asOf], type: .boolean)
      price = operation(.ifElse, [dated, price, price], type: type)
    }
    price = answer(price)
    for stop in chain.stops {
      price = operation(.stoppedBy(stop.rule), [stop.condition, price], type: type)
    }
    price = stopped(price, for: name)
    let answer = attribute(
      Named("\(chain.title)/price"), parameters: [.record(chain.record)], term: price,
      at: chain.span)
    if declaration.alias == nil {
      bind(name, to: answer)
    } else {
      bind(name, to: answer)
      if let part = self[name].parts["price"] { bind(part, to: answer) }
    }
    let wholes = kinds.wholeNames[chain.unit] ?? []
    var wholePrice: AttributeID?
    for (field, derived) in wholes {
      let sum = wholeSum(of: answer, over: chain.record, by: field, derived: derived, chain)
      wholePrice = wholePrice ?? sum
    }
    var plan = PricePlan(steps: chain.steps, marks: chain.marksMade, wholePrice: wholePrice)
    plan.asOf = chain.scope.asOf
    plan.asks = chain.asks
    decision(
      Decision(
        kind: .price(plan), title: chain.title, name: self[name].name,
        parameters: [.record(chain.record)], answer: answer, details: chain.marksMade,
        rules: chain.rules, span: chain.span),
      by: chain.unit)
    for (_, derived) in wholes { decideSum(derived, chain) }
  }

  /// `quote.price`: the sum of its lines' prices.
  private mutating func wholeSum(
    of price: AttributeID, over record: RecordID, by field: FieldID, derived: DerivedID,
    _ chain: PriceChain
  ) -> AttributeID? {
    guard case .record(let whole) = program.schema[field].type else { return nil }
    let line = slot(1, type: .record(record))
    let guardTerm = operation(
      .equal, [self.field(field, of: line), slot(0, type: .record(whole))], type: .boolean)
    let sum = gather(
      Gather(
        fold: .sum, record: record, slot: 1, guardTerm: guardTerm, value: read(price, at: line)),
      type: chain.type)
    let made = attribute(
      Named("\(program.schema[whole].name.name).\(self[derived].name.name)"),
      parameters: [.record(whole)], term: answer(sum), at: chain.span)
    bind(derived, to: made)
    return made
  }

  private mutating func decideSum(_ derived: DerivedID, _ chain: PriceChain) {
    guard case .attribute(let made) = self[derived].value else { return }
    decision(
      Decision(
        kind: .define, title: program[made].name.name, name: self[derived].name,
        parameters: program[made].parameters, answer: made, details: [], rules: [],
        span: chain.span),
      by: chain.unit)
  }

  /// What runs but is seldom meant: a price that never rounds, a floor that something breaks again.
  private mutating func reportOddities(of chain: PriceChain, _ declaration: PriceDeclaration) {
    if chain.hasParts, !chain.rounds { report(.neverRounded(at: declaration.record.span)) }
    var floor: Span?
    for step in declaration.steps {
      switch step.kind {
      case .floor(_, .raise): floor = step.span
      case .offer, .group, .whole, .times:
        if let floor { report(.floorNotLast(at: floor, later: step.span)) }
        floor = nil
      default: break
      }
    }
  }
}

/// A price on its way through the steps of a block.
struct PriceChain {
  let unit: UnitID
  /// The record that is priced: the line, or inside `whole` the whole.
  var record: RecordID
  var title: String
  /// The subject's scope, with the words `start`, `running` and the marks as they now are.
  var scope: Scope
  let base: PriceDeclaration.Base?
  /// The `as of` of the block, to be read again from the whole.
  let asOfText: Expression?
  let span: Span
  /// Whether a `times` stands somewhere in the block.
  let hasTimes: Bool
  var isWhole = false
  /// What the block calls the whole.
  var wholeName = ""
  /// A line's price, no longer a piece's.
  var isBelowTimes = false
  var type = ValueType.unknown
  var running: TermID?
  /// The start price in the present unit.
  var start: TermID?
  /// The marks in the present unit.
  var marks: [(name: LabeledName, term: TermID)] = []
  /// Whether a `final` step has applied; never unknown. nil: none can have.
  var final: TermID?
  /// Whether the running price may differ from the start price.
  var hasChanged = false
  var rounds = false
  /// Whether a part of a price was taken, which can leave less than a cent.
  var hasParts = false
  /// Whether the last adjustment was a part of a base.
  var isPart = false
  var count = 0
  var steps: [PricePlan.Step] = []
  var marksMade: [Decision.Detail] = []
  var rules: [RuleID] = []
  var stops: [(rule: RuleID, condition: TermID)] = []
  var asks: [(rule: RuleID, term: TermID, who: Constant)] = []
  /// What the last change would have been had it not stopped at zero.
  var unclamped: TermID?
  var isBroken = false

  init(
    unit: UnitID, record: RecordID, title: String, scope: Scope, base: PriceDeclaration.Base?,
    asOfText: Expression?, span: Span, hasTimes: Bool
  ) {
    self.unit = unit
    self.record = record
    self.title = title
    self.scope = scope
    self.base = base
    self.asOfText = asOfText
    self.span = span
    self.hasTimes = hasTimes
  }
}

extension PriceStep {
  /// The titles that stand in the step, outermost first.
  var titles: [TextLiteral] {
    switch kind {
    case .startFirst(let sources): sources.map(\.title)
    case .offer(let offer): offer.title.map { [$0] } ?? []
    case .group(let title, _, _, let offers, _): [title] + offers.compactMap(\.title)
    case .whole(_, let steps): steps.flatMap(\.titles)
    case .start, .mark, .times, .floor, .round: []
    }
  }
}
