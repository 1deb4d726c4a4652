import WritModel
import WritNetwork
import WritRules
import WritText

// `why not 72.00`, `why not 10% off`, `why not the partner price`: which offer would have given it,
// what in it failed or which one was better, and what the price would be with it.
extension Explainer {
  /// An offer where it stands in the waterfall.
  private struct Place {
    var number: Int
    var step: PricePlan.Step
    var offer: PricePlan.Try
    var frame: Frame
  }

  func priceInTheWay(
    _ wish: Wish, _ plan: PricePlan, _ decision: Decision, in frame: Frame
  ) -> [Fact] {
    let places = offers(of: plan, in: frame)
    let answer = memory.value(of: decision.answer, frame.slots, today: frame.today)
    let exact = places.filter { wish.isExactly(program[$0.offer.rule].title) }
    if !exact.isEmpty { return exact.map { offerFact($0, plan, decision, answer, in: frame) } }
    let steps = stepsInTheWay(wish, plan, decision, places, answer, in: frame)
    if !steps.isEmpty { return steps }
    if wish.percent != nil || wish.direction != nil {
      return changesInTheWay(wish, plan, decision, places, answer, in: frame)
    }
    if let amount = wish.amount {
      return amountInTheWay(amount, plan, decision, places, answer, in: frame)
    }
    let near = places.filter { wish.resembles(program[$0.offer.rule].title) }
    if !near.isEmpty { return near.map { offerFact($0, plan, decision, answer, in: frame) } }
    return rulesInTheWay(wish, decision, in: frame)
  }

  private func offers(of plan: PricePlan, in frame: Frame) -> [Place] {
    plan.steps.enumerated().flatMap { index, step -> [Place] in
      guard let stepFrame = self.frame(of: step, in: frame) else { return [] }
      return step.tries.map { Place(number: index + 1, step: step, offer: $0, frame: stepFrame) }
    }
  }

  // MARK: Offers

  /// Why an offer has no part in the price, or that it has, and what the price would be with it.
  private func offerFact(
    _ place: Place, _ plan: PricePlan, _ decision: Decision, _ answer: Value, in frame: Frame
  ) -> Fact {
    let rule = program[place.offer.rule]
    let title = wording.quoted(rule)
    if isUsed(place) {
      let before = place.step.before.map { shown($0, in: place.frame) } ?? "—"
      let after = words(
        memory.value(of: place.step.after, place.frame.slots, today: place.frame.today),
        program[place.step.after].type)
      return Fact(
        .step,
        say(
          "\(title) is used in step \(place.number): \(before) → \(after)",
          zh: "\(title) 已用于第 \(place.number) 步：\(before) → \(after)"),
        at: rule.span, data: [("rule", .text(rule.title)), ("used", .boolean(true))],
        facts: rule.conditions.map { conditionFact($0, in: place.frame, depth: 1) })
    }
    return Fact(
      .offer, say("not used: \(title)", zh: "未用：\(title)"), at: rule.span,
      data: [("rule", .text(rule.title)), ("used", .boolean(false))],
      facts: reasons(place) + would(place, plan, decision, answer, in: frame))
  }

  private func isUsed(_ place: Place) -> Bool {
    guard truth(place.offer.guardTerm, in: place.frame) == .yes else { return false }
    switch place.step.kind {
    case .group, .start: return deciding(place.step, in: place.frame) == place.offer.rule
    case .mark, .times, .whole, .floor, .round, .offer: return true
    }
  }

  /// The conditions that failed with their values, or what is better, or the rung of a tier.
  private func reasons(_ place: Place) -> [Fact] {
    let rule = program[place.offer.rule]
    let failing = rule.conditions.filter { truth($0.term, in: place.frame) != .yes }
    if !failing.isEmpty {
      let conditions = failing.map { conditionFact($0, in: place.frame, depth: 1) }
      return conditions
        + (isBelowTier(place) ? [missed(place.offer.thresholds[0], in: place.frame)] : [])
    }
    let unused = unusedFact(place.offer, of: place.step, in: place.frame)
    if !unused.isEmpty { return unused.flatMap(\.facts) }
    return place.offer.thresholds.prefix(1).map { missed($0, in: place.frame) }
  }

  /// Whether the lowest step of a tier is not reached.
  private func isBelowTier(_ place: Place) -> Bool {
    place.offer.thresholds.first.map { !reaches($0, in: place.frame) } ?? false
  }

  /// `quantity 5, wanted 12`: a threshold that is not reached.
  private func missed(
    _ threshold: (measure: TermID, bound: TermID, isOver: Bool), in frame: Frame
  ) -> Fact {
    let name = pathName(threshold.measure) ?? say("reached", zh: "现有")
    let (value, bound) = (shown(threshold.measure, in: frame), shown(threshold.bound, in: frame))
    let english = threshold.isOver ? "over" : "from"
    let chinese = threshold.isOver ? "超过" : "满"
    return Fact(
      .failed,
      say(
        "\(name) \(value), wanted \(english) \(bound)", zh: "\(name) \(value)，须\(chinese) \(bound)")
    )
  }

  /// What the price would be with an offer that was not used, worked out and not guessed.
  private func would(
    _ place: Place, _ plan: PricePlan, _ decision: Decision, _ answer: Value, in frame: Frame
  ) -> [Fact] {
    // What a tier gives below its lowest step is nothing that anybody could have.
    guard !isBelowTier(place),
      let (price, explainer) = supposed(place, place.offer.result, decision, in: frame)
    else { return [] }
    let type = program[decision.answer].type
    let text = words(price, type)
    let data: [(String, JSONText)] = [("would", wording.json(price, type, in: memory.facts))]
    let floors = explainer.floorsRaising(plan, in: frame)
    if isSame(price, answer) {
      let same = say("even with it the price is \(text)", zh: "即使用上，价格仍是 \(text)")
      return [Fact(.note, same, data: data)] + floors
    }
    return [
      Fact(.note, say("with it the price would be \(text)", zh: "用上后价格为 \(text)"), data: data)
    ]
      + floors
  }

  /// The price if a step had given something else; nil where it cannot be told to this viewer.
  private func supposed(
    _ place: Place, _ result: TermID, _ decision: Decision, in frame: Frame
  ) -> (price: Value, explainer: Explainer)? {
    guard let subject = place.frame.slots.first, subject.tag == .record,
      maySuppose(decision.answer),
      memory.value(of: result, in: place.frame).isKnown
    else { return nil }
    let explainer = supposing(place.step.after, of: subject, is: .term(result))
    let price = explainer.memory.value(of: decision.answer, frame.slots, today: frame.today)
    return price.isKnown ? (price, explainer) : nil
  }

  /// Floors that lift the price.
  private func floorsRaising(_ plan: PricePlan, in frame: Frame) -> [Fact] {
    plan.steps.compactMap { step in
      guard case .floor = step.kind, let before = step.before,
        let stepFrame = self.frame(of: step, in: frame)
      else { return nil }
      let value = memory.value(of: before, in: stepFrame)
      let after = memory.value(of: step.after, stepFrame.slots, today: stepFrame.today)
      guard value.isKnown, after.isKnown, value.decimal.isLess(than: after.decimal) else {
        return nil
      }
      let (low, high) = (
        words(value, program[step.after].type), words(after, program[step.after].type)
      )
      return Fact(
        .beaten, say("the floor lifts \(low) to \(high)", zh: "底价把 \(low) 顶到 \(high)"),
        at: step.span)
    }
  }

  private func isSame(_ a: Value, _ b: Value) -> Bool {
    a.isKnown && b.isKnown && a.decimal.minus(b.decimal)?.mantissa == 0
  }

  // MARK: Steps, groups and marks

  /// A group by its title, a mark or another step: what it gave, and what came of it afterwards.
  private func stepsInTheWay(
    _ wish: Wish, _ plan: PricePlan, _ decision: Decision, _ places: [Place], _ answer: Value,
    in frame: Frame
  ) -> [Fact] {
    func isCalled(_ step: PricePlan.Step, _ test: (String) -> Bool) -> Bool {
      if step.title.isEmpty { return false }
      let mark = plan.marks.first { $0.name.name == step.title }
      return test(step.title) || mark?.name.label.map(test) ?? false
        || step.words.map { test($0.english) || test($0.chinese) } ?? false
    }
    var found = plan.steps.indices.filter { isCalled(plan.steps[$0], wish.isExactly) }
    if found.isEmpty, wish.amount == nil, wish.percent == nil,
      !places.contains(where: { wish.resembles(program[$0.offer.rule].title) })
    {
      found = plan.steps.indices.filter { isCalled(plan.steps[$0], wish.resembles) }
    }
    return found.flatMap { index -> [Fact] in
      let step = plan.steps[index]
      let tried = places.filter { $0.number == index + 1 }
      if case .group = step.kind {
        return tried.map { offerFact($0, plan, decision, answer, in: frame) }
      }
      if !tried.isEmpty { return tried.map { offerFact($0, plan, decision, answer, in: frame) } }
      return stepFacts(after: index, plan, in: frame)
    }
  }

  /// A step's price, and the steps behind it that made another one of it.
  private func stepFacts(after index: Int, _ plan: PricePlan, in frame: Frame) -> [Fact] {
    let step = plan.steps[index]
    guard let stepFrame = self.frame(of: step, in: frame) else { return [] }
    let value = memory.value(of: step.after, stepFrame.slots, today: stepFrame.today)
    let text = words(value, program[step.after].type)
    let title = self.title(of: step, marks: plan.marks)
    var later: [Fact] = []
    for next in plan.steps.indices where next > index {
      let step = plan.steps[next]
      guard let stepFrame = self.frame(of: step, in: frame), let before = step.before else {
        continue
      }
      let (old, new) = (
        memory.value(of: before, in: stepFrame),
        memory.value(of: step.after, stepFrame.slots, today: stepFrame.today)
      )
      guard !isSame(old, new), old.isKnown, new.isKnown else { continue }
      let type = program[step.after].type
      later.append(
        Fact(
          .beaten,
          "\(next + 1) \(self.title(of: step, marks: plan.marks)) \(words(old, type)) → \(words(new, type))",
          data: [("place", .integer(next + 1))]))
    }
    let rest = later.isEmpty ? "" : say("; then:", zh: "；此后：")
    return [
      Fact(
        .step,
        say("step \(index + 1) \(title) is \(text)", zh: "第 \(index + 1) 步 \(title) 为 \(text)")
          + rest,
        data: [("place", .integer(index + 1))], facts: later)
    ]
  }

  // MARK: Percents and amounts off

  /// The offers that do what was wished: `10% off`, `20 off`.
  private func changesInTheWay(
    _ wish: Wish, _ plan: PricePlan, _ decision: Decision, _ places: [Place], _ answer: Value,
    in frame: Frame
  ) -> [Fact] {
    var facts: [Fact] = []
    for place in places {
      guard let change = place.offer.changes.first(where: { isMeant(wish, $0, in: place.frame) })
      else { continue }
      facts.append(changeFact(change, place, plan, decision, answer, in: frame))
    }
    if !facts.isEmpty { return limited(facts) }
    var given: [Fact] = []
    for place in places {
      let title = wording.quoted(program[place.offer.rule])
      let texts = place.offer.changes.map { wording.say($0.words) }
      if texts.isEmpty { continue }
      let joined = texts.joined(separator: say(", ", zh: "、"))
      given.append(Fact(.offer, "\(title) \(joined)", at: program[place.offer.rule].span))
    }
    let name = wording.quoted(wish.text)
    return [
      Fact(
        .reason, say("no rule here gives \(name); they give:", zh: "这里没有规则给 \(name)；有的是："),
        facts: limited(given, to: 10))
    ]
  }

  private func isMeant(_ wish: Wish, _ change: PricePlan.Change, in frame: Frame) -> Bool {
    switch (change.kind, wish.direction) {
    case (.off, .extra), (.extra, .off), (.fixed, _): return false
    default: break
    }
    if redaction.hides(change.value, in: frame, memory) { return false }
    let value = memory.value(of: change.value, in: frame)
    let isPercent = program.type(of: change.value).isPercent
    return isPercent == (wish.percent != nil) && wish.isNumber(value, isPercent: isPercent)
  }

  private func changeFact(
    _ change: PricePlan.Change, _ place: Place, _ plan: PricePlan, _ decision: Decision,
    _ answer: Value, in frame: Frame
  ) -> Fact {
    guard let index = change.threshold, place.offer.thresholds.indices.contains(index) else {
      return offerFact(place, plan, decision, answer, in: frame)
    }
    // A rung of a tier: whether the offer applies at all, and whether this rung is reached.
    let rule = program[place.offer.rule]
    let failing = rule.conditions.filter { truth($0.term, in: place.frame) != .yes }
    if !failing.isEmpty { return offerFact(place, plan, decision, answer, in: frame) }
    let threshold = place.offer.thresholds[index]
    let title = wording.quoted(rule)
    let bound = shown(threshold.bound, in: place.frame)
    let text = wording.say(change.words)
    let isPassed =
      place.offer.thresholds.indices.contains(index + 1)
      && reaches(place.offer.thresholds[index + 1], in: place.frame)
    let parts: [Fact]
    if !reaches(threshold, in: place.frame) {
      parts = [missed(threshold, in: place.frame)]
    } else if isPassed {
      parts = [
        Fact(.note, say("a further step of it is reached", zh: "已经到了更高的一档"))
      ]
    } else {
      return offerFact(place, plan, decision, answer, in: frame)
    }
    return Fact(
      .offer, say("\(title) gives \(text) from \(bound)", zh: "\(title) 满 \(bound) \(text)"),
      at: rule.span,
      data: [("rule", .text(rule.title)), ("used", .boolean(false))], facts: parts)
  }

  private func reaches(
    _ threshold: (measure: TermID, bound: TermID, isOver: Bool), in frame: Frame
  ) -> Bool {
    let measure = memory.value(of: threshold.measure, in: frame)
    let bound = memory.value(of: threshold.bound, in: frame)
    guard measure.isKnown, bound.isKnown else { return false }
    if bound.decimal.isLess(than: measure.decimal) { return true }
    return !threshold.isOver && isSame(measure, bound)
  }

  // MARK: Prices

  /// A price that was expected: a step's, or what one offer more or less would make of it.
  private func amountInTheWay(
    _ amount: Decimal, _ plan: PricePlan, _ decision: Decision, _ places: [Place],
    _ answer: Value, in frame: Frame
  ) -> [Fact] {
    let type = program[decision.answer].type
    func isIt(_ value: Value) -> Bool {
      (value.tag == .money || value.tag == .number) && value.decimal.minus(amount)?.mantissa == 0
    }
    if isIt(answer) {
      return [Fact(.reason, say("that is the price", zh: "价格正是这个"))]
    }
    if !answer.isKnown { return stopped(answer, in: frame) }
    if let index = plan.steps.lastIndex(where: { step in
      guard let stepFrame = self.frame(of: step, in: frame), !step.isOfWhole else { return false }
      return isIt(memory.value(of: step.after, stepFrame.slots, today: stepFrame.today))
    }) {
      return stepFacts(after: index, plan, in: frame)
    }
    var tried: [(gap: Decimal, fact: Fact)] = []
    for place in places.prefix(24) {
      let isUsed = self.isUsed(place)
      guard isUsed || !isBelowTier(place),
        let result = isUsed ? place.step.before : place.offer.result,
        let (price, _) = supposed(place, result, decision, in: frame)
      else { continue }
      let fact =
        isUsed
        ? without(place, price, type) : offerFact(place, plan, decision, answer, in: frame)
      if isIt(price) { return [fact] }
      guard let gap = price.decimal.minus(amount), !isSame(price, answer) else { continue }
      tried.append((gap.mantissa < 0 ? Decimal(0).minus(gap) ?? gap : gap, fact))
    }
    tried.sort { $0.gap.isLess(than: $1.gap) }
    let wanted = words(.money(amount, CurrencyID(0)), type)
    let none = say("no single offer gives \(wanted)", zh: "没有哪一项优惠单独给出 \(wanted)")
    let rest = tried.isEmpty ? "" : say("; the nearest are:", zh: "；最接近的是：")
    return [Fact(.reason, none + rest, facts: tried.prefix(3).map(\.fact))]
  }

  private func without(_ place: Place, _ price: Value, _ type: ValueType) -> Fact {
    let title = wording.quoted(program[place.offer.rule])
    let text = words(price, type)
    return Fact(
      .step,
      say(
        "without \(title) the price would be \(text)", zh: "没有 \(title) 时价格为 \(text)"),
      at: program[place.offer.rule].span,
      data: [
        ("rule", .text(program[place.offer.rule].title)), ("used", .boolean(true)),
        ("would", wording.json(price, type, in: memory.facts)),
      ])
  }
}
