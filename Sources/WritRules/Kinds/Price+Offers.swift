import WritModel
import WritSyntax
import WritText

// Titled changes of a price: alone, in groups, and what an adjustment does.
extension Checker {
  /// An offer, checked: what it would make of the price at the group's entry, and when.
  struct CheckedOffer {
    var rule: RuleID
    /// Whether it applies; never unknown, because a positive rule that is unknown does not hold.
    var applies: TermID
    var result: TermID
    var unclamped: TermID?
    var base: TermID?
    var attempt: PricePlan.Try
    var isFinal: Bool
  }

  /// `"distributor": 5% off of regular`
  mutating func lowerOfferStep(_ offer: Offer, in chain: inout PriceChain) {
    guard let before = chain.running else { return }
    let title = offer.title?.text ?? word("offer", zh: "优惠", at: offer.span) + " \(chain.count + 1)"
    let checked = checkOffer(offer, title: title, group: nil, in: &chain)
    let price = ifElse(checked.applies, checked.result, before)
    if let unclamped = checked.unclamped {
      chain.unclamped = ifElse(checked.applies, unclamped, before)
    }
    advance(
      &chain, to: price, kind: .offer, title: title,
      words: offer.title == nil ? words(of: offer) : nil,
      base: checked.base, tries: [checked.attempt], at: offer.span)
    chain.hasChanged = true
    if checked.isFinal { note(final: checked.applies, in: &chain, at: offer.span) }
  }

  /// What an offer without a title is called: what it does.
  private func words(of offer: Offer) -> Phrase? {
    guard case .adjustments(let adjustments) = offer.effect else { return nil }
    func text(_ language: Language) -> String {
      adjustments.map { Printer.print($0, in: language) }
        .joined(separator: language == .english ? ", " : "、")
    }
    return Phrase(text(.english), zh: text(.chinese))
  }

  /// What adjustments do, one by one, for explanations; mistakes in them are told elsewhere.
  mutating func changes(
    of adjustments: [Adjustment], threshold: Int? = nil, in chain: PriceChain, _ scope: Scope
  ) -> [PricePlan.Change] {
    let count = diagnostics.count
    defer { diagnostics.removeSubrange(count...) }
    var changes: [PricePlan.Change] = []
    for adjustment in adjustments {
      let kind: PricePlan.Change.Kind
      let value: TermID
      switch adjustment.kind {
      case .round: continue
      case .off(let written), .extra(let written):
        kind = if case .off = adjustment.kind { .off } else { .extra }
        value = check(written, expecting: isBareNumber(written) ? chain.type : nil, in: scope)
      case .pay(let written):
        kind = .off
        if case .literal(.zhe(let digits)) = written.kind {
          guard let off = takenOff(byZhe: digits) else { continue }
          value = percent(off)
        } else {
          let paid = check(written, expecting: .percent, in: scope)
          value = operation(.subtract, [percent(Decimal(1)), paid], type: .percent)
        }
      case .fixed(let written):
        kind = .fixed
        value = check(written, expecting: chain.type, in: scope)
      }
      changes.append(
        PricePlan.Change(
          kind: kind, value: value,
          words: Phrase(
            Printer.print(adjustment, in: .english), zh: Printer.print(adjustment, in: .chinese)),
          threshold: threshold))
    }
    return changes
  }

  /// Checks one offer against the price as it now runs.
  private mutating func checkOffer(
    _ offer: Offer, title: String, group: CheckedGuards?, in chain: inout PriceChain
  ) -> CheckedOffer {
    let before = chain.running ?? unknown
    if offer.guards.priority != nil { report(.priorityOfAnOffer(at: offer.span)) }
    let guards = checkGuards(offer.guards, in: group?.scope ?? chain.scope)
    let rule = rule(title, guards, before: group?.conditions ?? [], at: offer.span)
    chain.rules.append(rule)
    chain.unclamped = nil
    var conditions = (group.map { [$0.guardTerm] } ?? []) + [guards.guardTerm]
    var thresholds: [(measure: TermID, bound: TermID, isOver: Bool)] = []
    var result = before
    var shownBase: TermID?
    var changes: [PricePlan.Change] = []
    switch offer.effect {
    case .adjustments(let adjustments):
      changes = self.changes(of: adjustments, in: chain, guards.scope)
      (result, shownBase) = apply(adjustments, to: before, in: &chain, guards.scope)
    case .tier(let measure, let steps), .slab(let measure, let steps):
      let isSlab = if case .slab = offer.effect { true } else { false }
      if let ladder = checkTier(
        by: measure, steps, isSlab: isSlab, to: before, in: &chain, guards.scope)
      {
        result = ladder.result
        thresholds = ladder.thresholds
        changes = ladder.changes
        conditions.append(ladder.reaches)
      }
    }
    let guardTerm = all(conditions)
    let isOpen = chain.final.map { [not($0)] } ?? []
    var attempt = PricePlan.Try(
      rule: rule, guardTerm: all(isOpen + [guardTerm]), result: result, thresholds: thresholds)
    attempt.changes = changes
    return CheckedOffer(
      rule: rule, applies: certain(all(isOpen + [guardTerm])), result: result,
      unclamped: chain.unclamped, base: shownBase, attempt: attempt, isFinal: offer.isFinal)
  }

  // MARK: Groups

  /// `"one offer": cheapest of { … }`
  mutating func lowerGroup(
    _ title: TextLiteral, _ written: Guards, _ policy: PriceStep.GroupPolicy, _ offers: [Offer],
    isFinal: Bool, in chain: inout PriceChain, at span: Span
  ) {
    let guards = checkGuards(written, in: chain.scope)
    func titleOf(_ index: Int) -> String {
      offers[index].title?.text ?? "\(title.text)/\(index + 1)"
    }
    if policy == .allOf {
      var applied: [TermID] = []
      let around = chain.scope
      for (index, offer) in offers.enumerated() {
        guard let before = chain.running else { return }
        let group = CheckedGuards(
          guardTerm: guards.guardTerm, conditions: guards.conditions, because: nil, priority: 0,
          scope: withWords(of: chain, in: guards.scope))
        let checked = checkOffer(offer, title: titleOf(index), group: group, in: &chain)
        let price = ifElse(checked.applies, checked.result, before)
        if let unclamped = checked.unclamped {
          chain.unclamped = ifElse(checked.applies, unclamped, before)
        }
        advance(
          &chain, to: price, kind: .offer, title: titleOf(index), base: checked.base,
          tries: [checked.attempt], at: offer.span)
        chain.hasChanged = true
        applied.append(checked.applies)
        if checked.isFinal { note(final: checked.applies, in: &chain, at: offer.span) }
      }
      chain.scope.binders = around.binders
      if isFinal, !applied.isEmpty { note(final: any(applied), in: &chain, at: span) }
      return
    }
    let hadChanged = chain.hasChanged
    var checked: [CheckedOffer] = []
    for (index, offer) in offers.enumerated() {
      chain.hasChanged = hadChanged
      checked.append(checkOffer(offer, title: titleOf(index), group: guards, in: &chain))
    }
    chain.hasChanged = true
    chain.unclamped = nil
    lowerChoice(
      title, policy, checked, isFinal: isFinal, in: &chain, at: span)
  }

  /// One of several offers, each tried from the price at the group's entry.
  private mutating func lowerChoice(
    _ title: TextLiteral, _ policy: PriceStep.GroupPolicy, _ offers: [CheckedOffer],
    isFinal: Bool, in chain: inout PriceChain, at span: Span
  ) {
    guard let before = chain.running, !offers.isEmpty else { return }
    let none = impliedRule(title.text, at: span)
    // The cheapest ranks highest by what it takes away; equal ones stand in written order.
    func ranked(_ checker: inout Checker, _ price: TermID) -> TermID {
      policy == .cheapestOf
        ? checker.operation(.negate, [price], type: chain.type) : price
    }
    var alternatives: [Choose.Alternative] = []
    for offer in offers {
      alternatives.append(
        Choose.Alternative(
          rule: offer.rule, guardTerm: offer.applies, payload: [ranked(&self, offer.result)]))
    }
    let choose = choose(
      Choose(
        policy: policy == .cheapestOf ? .outputPriority : .first, isStrict: false,
        alternatives: alternatives,
        otherwise: .init(rule: none, payload: [ranked(&self, before)])))
    let winner = attributeTerm(
      "\(chain.title)/\(chain.count + 1) \(title.text) won", of: chain.record,
      winner(of: choose), at: span)
    let chosen = payload(0, of: choose, winner: winner, type: chain.type)
    var price = ranked(&self, chosen)
    if policy == .cheapestOf { price = known(offers, else: price, chain.type) }
    advance(
      &chain, to: price, kind: .group(choose), title: title.text, tries: offers.map(\.attempt),
      at: span)
    if isFinal {
      note(final: any(offers.map(\.applies)), in: &chain, at: span)
    } else {
      note(final: offers.filter(\.isFinal).map(\.rule), of: winner, in: &chain, at: span)
    }
  }

  /// Which offer is cheapest is open while the result of one that applies is not known.
  private mutating func known(
    _ offers: [CheckedOffer], else price: TermID, _ type: ValueType
  ) -> TermID {
    let open = offers.filter { isOptional($0.result) }
    guard !open.isEmpty else { return price }
    var conditions: [TermID] = []
    var sum = price
    for offer in open {
      conditions.append(any([not(offer.applies), isKnown(offer.result)]))
      sum = operation(.add, [sum, ifElse(offer.applies, offer.result, price)], type: type)
    }
    return ifElse(all(conditions), price, sum)
  }

  /// A group's scope as the price now runs: its binders, and the block's words.
  private func withWords(of chain: PriceChain, in scope: Scope) -> Scope {
    var scope = scope
    scope.words = chain.scope.words
    return scope
  }

  // MARK: Adjustments

  /// Several adjustments under one title, one after the other. Gives the base of the only one.
  mutating func apply(
    _ adjustments: [Adjustment], to price: TermID, in chain: inout PriceChain, _ scope: Scope
  ) -> (result: TermID, base: TermID?) {
    var result = price
    var base: TermID?
    let hadChanged = chain.hasChanged
    for (index, adjustment) in adjustments.enumerated() {
      if index > 0 { chain.hasChanged = true }
      var scope = scope
      if index > 0 {
        for word in ["running", "当前价"] { setWord(word, to: result, in: &scope) }
      }
      let running = chain.base == .start ? chain.start ?? result : result
      let used = checkBase(of: adjustment, default: running, in: chain, scope)
      chain.isPart = false
      result = apply(adjustment, to: result, base: used, pieces: nil, in: &chain, scope)
      base = chain.isPart ? used : nil
    }
    chain.hasChanged = hadChanged
    return (result, adjustments.count == 1 ? base : nil)
  }

  /// What an adjustment takes its part of: what it says, else the block's base, which must then be
  /// the only candidate.
  mutating func checkBase(
    of adjustment: Adjustment, default base: TermID, in chain: PriceChain, _ scope: Scope
  ) -> TermID {
    if let written = adjustment.base { return check(written, expecting: chain.type, in: scope) }
    if chain.base == nil, chain.hasChanged, isPart(adjustment, in: scope) {
      report(.ambiguousBase(at: adjustment.span))
    }
    return base
  }

  /// Whether an adjustment is a part of a base and not an amount.
  private mutating func isPart(_ adjustment: Adjustment, in scope: Scope) -> Bool {
    switch adjustment.kind {
    case .pay: return true
    case .fixed, .round: return false
    case .off(let value), .extra(let value):
      if isBareNumber(value) { return false }
      let count = diagnostics.count
      let type = type(of: check(value, in: scope))
      // It is checked again where it is applied; its mistakes are told there.
      diagnostics.removeSubrange(count...)
      return type == .percent
    }
  }

  /// The price after one adjustment; `pieces` of it where it stands in a slab.
  mutating func apply(
    _ adjustment: Adjustment, to price: TermID, base: TermID, pieces: TermID?,
    in chain: inout PriceChain, _ scope: Scope
  ) -> TermID {
    let times = adjustment.forEvery.flatMap { checkRepeat($0, in: scope) }
    switch adjustment.kind {
    case .off(let value):
      guard let change = change(value, of: base, pieces, times, in: &chain, scope) else {
        return price
      }
      return lessened(price, by: change.amount, rate: change.rate, of: base, in: &chain)
    case .extra(let value):
      guard let change = change(value, of: base, pieces, times, in: &chain, scope) else {
        return price
      }
      let result = operation(.add, [price, change.amount], type: chain.type)
      return isNotNegative(change.rate ?? change.amount) ? result : stopped(result, in: &chain)
    case .pay(let value):
      chain.hasParts = true
      chain.isPart = true
      let rate: TermID
      if case .literal(.zhe(let digits)) = value.kind {
        guard let off = takenOff(byZhe: digits) else { return price }
        rate = percent(off)
      } else {
        let paid = check(value, expecting: .percent, in: scope)
        rate = operation(.subtract, [percent(Decimal(1)), paid], type: .percent)
      }
      var amount = operation(.multiply, [base, rate], type: chain.type)
      if let times { amount = operation(.multiply, [amount, times], type: chain.type) }
      return lessened(price, by: amount, rate: times == nil ? rate : nil, of: base, in: &chain)
    case .fixed(let value):
      let fixed = check(value, expecting: chain.type, in: scope)
      guard let pieces else { return fixed }
      return operation(.multiply, [fixed, pieces], type: chain.type)
    case .round(let mode, let quantum):
      if pieces != nil {
        report(.roundInSlab(at: adjustment.span))
        return price
      }
      guard let step = checkQuantum(quantum, of: chain.type, in: scope) else { return price }
      chain.rounds = true
      return operation(.round(mode.mode), [price, step], type: chain.type)
    }
  }

  /// What a percent or an amount comes to.
  private mutating func change(
    _ value: Expression, of base: TermID, _ pieces: TermID?, _ times: TermID?,
    in chain: inout PriceChain, _ scope: Scope
  ) -> (amount: TermID, rate: TermID?)? {
    let count = diagnostics.count
    var checked = check(
      value, expecting: isBareNumber(value) ? chain.type : nil, in: scope)
    var amount: TermID
    var rate: TermID?
    switch type(of: checked) {
    case .percent:
      chain.hasParts = true
      chain.isPart = true
      rate = checked
      amount = operation(.multiply, [base, checked], type: chain.type)
    case .number, .integer:
      // A formula of bare numbers, as `case { … : 10 else : 20 }`, is of the price's own kind.
      diagnostics.removeSubrange(count...)
      checked = check(value, expecting: chain.type, in: scope)
      amount = checked
      if let pieces { amount = operation(.multiply, [amount, pieces], type: chain.type) }
    case .money, .unknown:
      amount = checked
      if let pieces { amount = operation(.multiply, [amount, pieces], type: chain.type) }
    default:
      report(.notAnAdjustment(at: value.span))
      return nil
    }
    if let times {
      amount = operation(.multiply, [amount, times], type: chain.type)
      rate = nil
    }
    return (amount, rate)
  }

  /// `for every 300 of running at most 10 times`: how often, never less than not at all.
  private mutating func checkRepeat(_ every: Adjustment.Repeat, in scope: Scope) -> TermID? {
    let measure = check(every.of, in: scope)
    let step = check(every.every, expecting: type(of: measure), in: scope)
    if let value = constantDecimal(step), !(Decimal(0) < value) {
      report(.everyNothing(at: every.every.span))
      return nil
    }
    // Rounded to whole steps first: the quotient is then exact, however long the amounts are.
    let whole = operation(.round(.floor), [measure, step], type: type(of: measure))
    var count = operation(.divide, [whole, step], type: .number)
    if let most = every.atMost {
      count = operation(
        .smaller, [count, check(most, expecting: .number, in: scope)], type: .number)
    }
    return operation(.larger, [count, number(Decimal(0))], type: .number)
  }

  private mutating func lessened(
    _ price: TermID, by amount: TermID, rate: TermID?, of base: TermID, in chain: inout PriceChain
  ) -> TermID {
    let result = operation(.subtract, [price, amount], type: chain.type)
    // A part of the price itself, at most all of it, leaves nothing to stop at.
    if base == price, let rate, let value = constantDecimal(rate), !(Decimal(1) < value) {
      return result
    }
    return stopped(result, in: &chain)
  }

  /// A price that stops at zero.
  private mutating func stopped(_ price: TermID, in chain: inout PriceChain) -> TermID {
    chain.unclamped = price
    return operation(.larger, [price, zero(like: price)], type: chain.type)
  }

  private func isNotNegative(_ term: TermID) -> Bool {
    constantDecimal(term).map { !($0 < Decimal(0)) } ?? false
  }
}
