import WritModel
import WritSyntax
import WritText

// The steps of a price but for offers: start, marks, `times`, floors and rounding.
extension Checker {
  mutating func lower(_ step: PriceStep, in chain: inout PriceChain) {
    chain.unclamped = nil
    switch step.kind {
    case .start(let value): lowerStart(value, in: &chain, at: step.span)
    case .startFirst(let sources): lowerStart(sources, in: &chain, at: step.span)
    case .mark(let name): lowerMark(name, in: &chain, at: step.span)
    case .times(let quantity): lowerTimes(quantity, in: &chain, at: step.span)
    case .offer(let offer): lowerOfferStep(offer, in: &chain)
    case .group(let title, let guards, let policy, let offers, let isFinal):
      lowerGroup(
        title, guards, policy, offers, isFinal: isFinal, in: &chain, at: step.span)
    case .whole(let name, let steps): lowerWhole(name, steps, in: &chain, at: step.span)
    case .floor(let bound, let action): lowerFloor(bound, action, in: &chain, at: step.span)
    case .round(let mode, let quantum): lowerRound(mode, quantum, in: &chain, at: step.span)
    }
  }

  // MARK: The chain

  /// The next step's attribute: the running price is now what it gives. Words follow.
  @discardableResult
  mutating func advance(
    _ chain: inout PriceChain, to price: TermID, kind: PricePlan.StepKind, title: String,
    words: Phrase? = nil, base: TermID? = nil, tries: [PricePlan.Try] = [], at span: Span
  ) -> AttributeID {
    chain.count += 1
    let before = chain.running
    let made = attribute(
      Named("\(chain.title)/\(chain.count) \(title)"), parameters: [.record(chain.record)],
      term: price, at: span)
    chain.running = read(made, at: slot(0, type: .record(chain.record)))
    var step = PricePlan.Step(
      kind: kind, title: title, before: before, after: made, base: base, tries: tries, span: span)
    step.words = words
    step.isOfWhole = chain.isWhole
    step.unclamped = chain.unclamped
    chain.steps.append(step)
    setWords(of: &chain)
    return made
  }

  /// What a step without a title is called in each language: itself, as `fmt` writes it.
  func words(of step: PriceStep.Kind, at span: Span) -> Phrase {
    let step = PriceStep(kind: step, span: span)
    return Phrase(Printer.print(step, in: .english), zh: Printer.print(step, in: .chinese))
  }

  /// Brings `running`, `start` and the marks into view as they now are.
  mutating func setWords(of chain: inout PriceChain) {
    if let running = chain.running {
      for word in ["running", "当前价"] { setWord(word, to: running, in: &chain.scope) }
    }
    if let start = chain.start {
      for word in ["start", "起价"] { setWord(word, to: start, in: &chain.scope) }
    }
    for mark in chain.marks {
      for word in [mark.name.name.text, mark.name.label?.text].compactMap({ $0 }) {
        setWord(word, to: mark.term, in: &chain.scope)
      }
    }
  }

  /// The base of a change that names none.
  mutating func base(of chain: PriceChain) -> TermID {
    (chain.base == .start ? chain.start : chain.running) ?? unknown
  }

  /// Nothing, in the currency of a price.
  mutating func zero(like price: TermID) -> TermID {
    if case .money(let currency?) = type(of: price) { return money(Decimal(0), currency) }
    return operation(.subtract, [price, price], type: type(of: price))
  }

  /// A constant amount of the price's currency.
  mutating func amount(_ value: Decimal, like type: ValueType) -> TermID {
    if case .money(let currency?) = type { return money(value, currency) }
    return number(value)
  }

  // MARK: Start

  /// `start product.list`
  private mutating func lowerStart(
    _ value: Expression, in chain: inout PriceChain, at span: Span
  ) {
    guard let price = checkPrice(value, in: chain.scope) else {
      chain.isBroken = true
      return
    }
    begin(
      &chain, with: price, kind: .start(nil), title: word("start", zh: "起价", at: span), at: span)
  }

  private mutating func begin(
    _ chain: inout PriceChain, with price: TermID, kind: PricePlan.StepKind, title: String,
    at span: Span
  ) {
    chain.type = type(of: price)
    let made = advance(
      &chain, to: price, kind: kind, title: title, words: Phrase("start", zh: "起价"), at: span)
    chain.start = read(made, at: slot(0, type: .record(chain.record)))
    setWords(of: &chain)
  }

  /// An amount of money; a bare number is one of the default currency.
  private mutating func checkPrice(_ value: Expression, in scope: Scope) -> TermID? {
    let price = check(
      value, expecting: isBareNumber(value) ? defaultMoney : nil, in: scope)
    switch type(of: price) {
    case .money, .unknown: return price
    default:
      report(.notAPrice(at: value.span))
      return nil
    }
  }

  /// `start first of { … }`: the first source that has a price. A table without a row and a blank
  /// field pass on; an input that is not known makes the price undetermined.
  private mutating func lowerStart(
    _ sources: [PriceStep.Source], in chain: inout PriceChain, at span: Span
  ) {
    var alternatives: [Choose.Alternative] = []
    var finals: [RuleID] = []
    var tries: [PricePlan.Try] = []
    for source in sources {
      let guards = checkGuards(source.guards, in: chain.scope)
      guard var value = checkPrice(source.value, in: guards.scope) else {
        chain.isBroken = true
        continue
      }
      if let first = alternatives.first?.payload[0], type(of: first) != type(of: value),
        type(of: value) != .unknown, type(of: first) != .unknown
      {
        value = check(source.value, expecting: type(of: first), in: guards.scope)
      }
      let has = hasPrice(value, source.value)
      let rule = rule(source.title.text, guards, at: source.span)
      chain.rules.append(rule)
      let guardTerm = all([guards.guardTerm, has])
      alternatives.append(
        Choose.Alternative(rule: rule, guardTerm: guardTerm, payload: [value]))
      tries.append(PricePlan.Try(rule: rule, guardTerm: guardTerm, result: value, thresholds: []))
      if source.isFinal { finals.append(rule) }
    }
    guard !chain.isBroken, let first = alternatives.first?.payload[0] else {
      chain.isBroken = true
      return
    }
    let choose = choose(
      Choose(policy: .first, isStrict: true, alternatives: alternatives, otherwise: nil))
    let winner = attributeTerm(
      "\(chain.title)/source", of: chain.record, winner(of: choose), at: span)
    let price = payload(0, of: choose, winner: winner, type: type(of: first))
    begin(
      &chain, with: price, kind: .start(choose), title: word("start", zh: "起价", at: span), at: span)
    chain.steps[chain.steps.count - 1].tries = tries
    note(final: finals, of: winner, in: &chain, at: span)
  }

  /// Whether a source has a price, as strictly as its text says: a field is blank or not; of what
  /// is looked up or worked out an unknown input leaves the question open.
  private mutating func hasPrice(_ value: TermID, _ expression: Expression) -> TermID {
    guard isOptional(value) else { return boolean(true) }
    switch program[value] {
    case .field: return isKnown(value)
    default: return operation(.hasAnswer, [value], type: .boolean)
    }
  }

  /// Remembers that one of the rules marked `final` has won.
  mutating func note(
    final rules: [RuleID], of winner: TermID, in chain: inout PriceChain, at span: Span
  ) {
    guard !rules.isEmpty else { return }
    var conditions: [TermID] = []
    for rule in rules {
      conditions.append(
        surely(operation(.equal, [winner, ruleConstant(rule)], type: .boolean)))
    }
    note(final: any(conditions), in: &chain, at: span)
  }

  /// Remembers that a final step has applied where the condition holds.
  mutating func note(final condition: TermID, in chain: inout PriceChain, at span: Span) {
    let both = any((chain.final.map { [$0] } ?? []) + [condition])
    chain.final = attributeTerm(
      "\(chain.title)/\(chain.count) final", of: chain.record, both, at: span)
  }

  // MARK: Marks, times, floors, rounding

  private mutating func lowerMark(
    _ name: LabeledName, in chain: inout PriceChain, at span: Span
  ) {
    guard let running = chain.running else { return }
    if chain.isWhole {
      report(.notInWhole(at: span))
      return
    }
    let made = advance(&chain, to: running, kind: .mark, title: name.name.text, at: span)
    chain.marks.append((name, read(made, at: slot(0, type: .record(chain.record)))))
    chain.marksMade.append(Decision.Detail(name: named(name), attribute: made))
    setWords(of: &chain)
    // A mark can be read from here on, even by what a later step of this block reads.
    if let block = kinds.priceNames[chain.unit], let part = self[block].parts[name.name.text] {
      bind(part, to: made)
    } else if case .derived(let derived)? =
      symbols.members[Int(chain.record.index)][name.name.text]?.meaning,
      self[derived].unit == chain.unit
    {
      bind(derived, to: made)
    }
  }

  /// `times quantity`: above it the price of a piece, below it that of the line.
  private mutating func lowerTimes(
    _ quantity: Expression, in chain: inout PriceChain, at span: Span
  ) {
    guard let running = chain.running, let start = chain.start else { return }
    if chain.isWhole {
      report(.notInWhole(at: span))
      return
    }
    if chain.isBelowTimes {
      report(.secondTimes(at: span))
      return
    }
    let count = check(quantity, expecting: .number, in: chain.scope)
    func times(_ checker: inout Checker, _ price: TermID, _ type: ValueType) -> TermID {
      checker.operation(.multiply, [price, count], type: type)
    }
    chain.isBelowTimes = true
    let line = times(&self, running, chain.type)
    let wasStart = running == start
    chain.start = times(&self, start, chain.type)
    for index in chain.marks.indices {
      chain.marks[index].term = times(&self, chain.marks[index].term, chain.type)
    }
    let made = advance(
      &chain, to: line, kind: .times, title: written(span),
      words: words(of: .times(quantity), at: span),
      base: count, at: span)
    if wasStart { chain.start = read(made, at: slot(0, type: .record(chain.record))) }
    setWords(of: &chain)
  }

  private mutating func lowerFloor(
    _ bound: Expression, _ action: PriceStep.FloorAction, in chain: inout PriceChain, at span: Span
  ) {
    guard let running = chain.running else { return }
    let limit = check(bound, expecting: chain.type, in: chain.scope)
    let isBelow = operation(.less, [running, limit], type: .boolean)
    let name = word("floor", zh: "底价", at: span)
    let text = "\(name) \(written(bound))"
    let condition = Rule.Condition(role: .when, term: isBelow, text: text, span: span)
    let rule = rule(name, conditions: [condition], at: span)
    chain.rules.append(rule)
    var price = running
    switch action {
    case .raise: price = operation(.larger, [running, limit], type: chain.type)
    case .forbid: chain.stops.append((rule, isBelow))
    case .ask(let who):
      if let member = party(who) { lowerAsk(rule, isBelow, member, in: &chain, at: span) }
    }
    let words = Phrase(
      "floor \(Printer.print(bound, in: .english))", zh: "底价 \(Printer.print(bound, in: .chinese))")
    advance(&chain, to: price, kind: .floor, title: text, words: words, at: span)
    chain.steps[chain.steps.count - 1].bound = limit
    if case .raise = action { chain.hasChanged = true }
  }

  private mutating func lowerRound(
    _ mode: RoundingName, _ quantum: Expression, in chain: inout PriceChain, at span: Span
  ) {
    guard let running = chain.running else { return }
    chain.rounds = true
    guard let step = checkQuantum(quantum, of: chain.type, in: chain.scope) else { return }
    let price = operation(.round(mode.mode), [running, step], type: chain.type)
    advance(
      &chain, to: price, kind: .round, title: written(span),
      words: words(of: .round(mode, to: quantum), at: span), at: span)
    chain.hasChanged = true
  }

  /// What a price is rounded to: a positive amount.
  mutating func checkQuantum(
    _ quantum: Expression, of type: ValueType, in scope: Scope
  ) -> TermID? {
    let step = check(quantum, expecting: type, in: scope)
    if let value = constantDecimal(step), !(Decimal(0) < value) {
      report(.roundToNothing(at: quantum.span))
      return nil
    }
    return step
  }
}

extension RoundingName {
  /// The core's mode of the same name.
  var mode: RoundingMode {
    switch self {
    case .halfUp: .halfUp
    case .halfEven: .halfEven
    case .halfDown: .halfDown
    case .up: .up
    case .down: .down
    case .ceiling: .ceiling
    case .floor: .floor
    }
  }
}
