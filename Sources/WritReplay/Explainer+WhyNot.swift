public import WritModel
import WritNetwork
public import WritRules
import WritText

// `why not …`: the rule, the person, the price or the verdict that was expected, and what stood in
// the way: a condition that failed, with its values, or a rule that goes first, and why it does.
extension Explainer {
  /// What stood in the way of what was expected: a rule by its title, an answer by its key or what
  /// it is called, a price, `10% off`, a verdict.
  public func whyNot(_ decision: DecisionID, _ arguments: [Value], _ wanted: String) -> Explanation
  {
    let plan = program[decision]
    var (explainer, explanation) = (self, why(decision, arguments, today: memory.today))
    if arguments.count == 1, case .assign = plan.kind {
      (explainer, explanation) = inRun(decision, arguments[0])
    }
    let wish = Wish(wanted)
    explanation.wanted = wish.text
    let name = wording.quoted(wish.text)
    explanation.headline += say("   (why not \(name))", zh: "   （为什么不是 \(name)）")
    if explanation.isHidden { return explanation }
    let frame = Frame(slots: arguments, today: memory.today)
    let facts = explainer.inTheWay(wish, plan, in: frame)
    if facts.isEmpty {
      explanation.isAnswered = false
      explanation.facts = [explainer.nothingCalled(wish, plan)]
      return explanation
    }
    let told = Set(facts.compactMap(\.span))
    // What decided instead, unless it has been told already.
    let decided = explanation.facts.filter { fact in
      fact.kind == .decided && !(fact.span.map(told.contains) ?? false)
    }
    explanation.facts = facts + decided
    return explanation
  }

  private func nothingCalled(_ wish: Wish, _ plan: Decision) -> Fact {
    let name = wording.quoted(wish.text)
    var titles: [String] = []
    for rule in plan.rules.prefix(40) {
      let title = wording.quoted(program[rule])
      if !titles.contains(title) { titles.append(title) }
    }
    let shown = titles.prefix(8).map { Fact(.note, $0) }
    return Fact(
      .reason, say("no rule and no answer is called \(name)", zh: "没有名为 \(name) 的规则或结果"),
      facts: shown.isEmpty ? [] : [Fact(.note, say("the rules are:", zh: "规则有："), facts: shown)])
  }

  private func inTheWay(_ wish: Wish, _ plan: Decision, in frame: Frame) -> [Fact] {
    switch plan.kind {
    case .price(let price): return priceInTheWay(wish, price, plan, in: frame)
    case .discount(let discount): return verdictInTheWay(wish, discount, plan, in: frame)
    case .sale(let sale): return permissionInTheWay(wish, sale, plan, in: frame)
    case .assign(let assign):
      let named = rulesInTheWay(wish, plan, in: frame)
      return named.isEmpty ? personInTheWay(wish, assign, plan, in: frame) : named
    case .match(let match):
      let named = rulesInTheWay(wish, plan, in: frame)
      return named.isEmpty ? matchInTheWay(wish, match, plan, in: frame) : named
    case .define:
      let answer = memory.value(of: plan.answer, frame.slots, today: frame.today)
      return valueInTheWay(wish, plan, answer, in: frame)
    case .require(let require):
      let isVerdict = ["held", "failed", "通过", "未通过"].contains { wish.isExactly($0) }
      return isVerdict || wish.isExactly(program[require.rule].title)
        ? requireFacts(require, in: frame) : []
    case .decide, .table, .territories, .split:
      let named = rulesInTheWay(wish, plan, in: frame)
      return named.isEmpty ? alternatives(giving: wish, plan, in: frame) : named
    }
  }

  // MARK: Rules

  /// The rules that go by a title: those it names to the letter, else those it resembles.
  func rules(_ wish: Wish, of plan: Decision) -> [RuleID] {
    let exact = plan.rules.filter {
      wish.isExactly(program[$0].title) || wish.isExactly(wording.title(program[$0]))
    }
    return exact.isEmpty ? plan.rules.filter { wish.resembles(program[$0].title) } : exact
  }

  func rulesInTheWay(_ wish: Wish, _ plan: Decision, in frame: Frame) -> [Fact] {
    limited(rules(wish, of: plan).map { ruleInTheWay($0, plan, in: frame) })
  }

  /// The first few, and how many are left.
  func limited(_ facts: [Fact], to limit: Int = 6) -> [Fact] {
    guard facts.count > limit else { return facts }
    let left = facts.count - limit
    return facts.prefix(limit) + [Fact(.note, say("and \(left) more", zh: "另有 \(left) 条"))]
  }

  func ruleInTheWay(_ id: RuleID, _ plan: Decision, in frame: Frame) -> Fact {
    let rule = program[id]
    let title = wording.quoted(rule)
    let failing = rule.conditions.filter { truth($0.term, in: frame) != .yes }
    let data: [(String, JSONText)] = [("rule", .text(rule.title))]
    if !failing.isEmpty {
      return Fact(
        .before, say("\(title) did not hold", zh: "\(title) 不成立"), at: rule.span,
        data: data + [("holds", .boolean(false))],
        facts: failing.map { conditionFact($0, in: frame, depth: 2) })
    }
    guard let choose = choose(of: plan.kind), let winner = winningRules(choose, in: frame).first
    else {
      return Fact(.condition, say("\(title) holds", zh: "\(title) 成立"), at: rule.span, data: data)
    }
    if winningRules(choose, in: frame).contains(id) { return decidedFact(id, in: frame) }
    return Fact(
      .beaten, say("\(title) holds, but another rule goes before it", zh: "\(title) 成立，但另有规则优先"),
      at: rule.span, data: data,
      facts: [Fact(.note, precedence(of: winner, over: id, choose), at: program[winner].span)])
  }

  /// The choose that a decision's answer comes from, where it is one.
  func choose(of kind: Decision.Kind) -> ChooseID? {
    switch kind {
    case .decide(let id), .table(let id): id
    case .territories(let plan): plan.choose
    case .assign(let plan): plan.choose
    case .sale(let plan): plan.choose
    case .match(let plan): plan.certain
    case .define, .price, .discount, .split, .require: nil
    }
  }

  func winningRules(_ choose: ChooseID, in frame: Frame) -> [RuleID] {
    guard let value = winner(of: choose, in: frame) else { return [] }
    if value.tag == .rule { return [RuleID(Int(value.bits))] }
    guard value.tag == .list else { return [] }
    return memory.facts.lists.items(of: value).filter { $0.tag == .rule }
      .map { RuleID(Int($0.bits)) }
  }

  /// Why one of two rules that hold goes before the other.
  func precedence(of winner: RuleID, over other: RuleID, _ id: ChooseID) -> String {
    let choose = program[id]
    let title = wording.quoted(program[winner])
    func place(_ rule: RuleID) -> Choose.Alternative? {
      choose.alternatives.first { $0.rule == rule }
    }
    switch choose.policy {
    case .first: return say("\(title) stands before it", zh: "\(title) 排在它前面")
    case .priority:
      let (high, low) = (place(winner)?.priority ?? 0, place(other)?.priority ?? 0)
      return say(
        "\(title) goes first: \(high) over \(low)", zh: "\(title) 优先：\(high) 高于 \(low)")
    case .outputPriority, .outputOrder:
      return say("\(title) gives more", zh: "\(title) 的结果更高")
    case .forbidOverPermit:
      return say("\(title) forbids it, and that goes first", zh: "\(title) 禁止，禁止优先")
    case .unique, .any, .all: return say("\(title) holds too", zh: "\(title) 也成立")
    }
  }

  // MARK: Answers

  /// Whether a value is the one that was meant: by its number, its words in either language, its
  /// name or its key.
  func isMeant(_ wish: Wish, _ value: Value, _ type: ValueType) -> Bool {
    guard value.isKnown else { return false }
    if wish.isNumber(value, isPercent: type.isPercent) { return true }
    for language in [Language.english, .chinese] {
      let wording = Wording(program: program, language: language)
      if wish.isExactly(wording.text(value, type, in: memory.facts)) { return true }
    }
    if value.tag == .record { return wish.isExactly(wording.key(of: value, in: memory.facts)) }
    return false
  }

  /// The rules of a choose that would have given an answer, with what failed; those that were
  /// nearest to holding first.
  func alternatives(giving wish: Wish, _ plan: Decision, in frame: Frame) -> [Fact] {
    guard let id = choose(of: plan.kind) else { return [] }
    return alternatives(giving: wish, id, plan, in: frame)
  }

  func alternatives(
    giving wish: Wish, _ id: ChooseID, _ plan: Decision, in frame: Frame
  ) -> [Fact] {
    let choose = program[id]
    var found: [(rule: RuleID, failing: Int)] = []
    for alternative in choose.alternatives {
      guard alternative.payload.contains(where: { gives($0, wish, in: frame) }) else { continue }
      let rule = program[alternative.rule]
      let failing = rule.conditions.count { truth($0.term, in: frame) != .yes }
      found.append((alternative.rule, failing))
    }
    found.sort { $0.failing < $1.failing }
    var facts = limited(found.map { ruleInTheWay($0.rule, plan, in: frame) })
    if let otherwise = choose.otherwise,
      otherwise.payload.contains(where: { gives($0, wish, in: frame) })
    {
      facts.append(beatenOtherwise(otherwise.rule, id, in: frame))
    }
    return facts
  }

  private func gives(_ term: TermID, _ wish: Wish, in frame: Frame) -> Bool {
    !redaction.hides(term, in: frame, memory)
      && isMeant(wish, memory.value(of: term, in: frame), program.type(of: term))
  }

  /// What is left where no rule holds was not needed, because one held.
  private func beatenOtherwise(_ id: RuleID, _ choose: ChooseID, in frame: Frame) -> Fact {
    let title = wording.quoted(program[id])
    if winningRules(choose, in: frame).contains(id) { return decidedFact(id, in: frame) }
    return Fact(
      .beaten, say("\(title) is for what no rule holds for", zh: "\(title) 只管没有规则成立的情形"),
      at: program[id].span, data: [("rule", .text(program[id].title))])
  }

  /// A derived value: the arm that would have given it, or what a scorecard did not count.
  private func valueInTheWay(
    _ wish: Wish, _ plan: Decision, _ answer: Value, in frame: Frame
  ) -> [Fact] {
    switch firstChoice(in: program[plan.answer].term) {
    case .winner(let choose): return alternatives(giving: wish, choose, plan, in: frame)
    case .card(let choose, let column):
      guard let wanted = wish.amount ?? wish.percent, answer.isKnown,
        let gap = Decimal(mantissa: wanted.mantissa, scale: wanted.scale).minus(answer.decimal)
      else { return [] }
      return cardInTheWay(choose, column: column, gap: gap, in: frame)
    case nil:
      guard wish.amount ?? wish.percent != nil else { return [] }
      return opened(program[plan.answer].term, in: frame, depth: 2)
    }
  }

  /// `20 more are wanting; not counted: 40 employees 120 ≥ 500`
  private func cardInTheWay(
    _ id: ChooseID, column: Int32, gap: Decimal, in frame: Frame
  ) -> [Fact] {
    let isShort = gap.mantissa > 0
    let size = (isShort ? gap : Decimal(0).minus(gap) ?? gap).shortest
    var parts: [Fact] = []
    for alternative in program[id].alternatives {
      let holds = truth(alternative.guardTerm, in: frame) == .yes
      let value = memory.value(of: alternative.payload[Int(column)], in: frame)
      // What would help: rows that add and were not counted, rows that take away and were.
      guard value.isKnown, value.bits != 0, (value.bits > 0) == (holds != isShort) else { continue }
      let rule = program[alternative.rule]
      let points = shown(alternative.payload[Int(column)], in: frame)
      let failing = rule.conditions.filter { truth($0.term, in: frame) != .yes }
      parts.append(
        Fact(
          holds ? .value : .before, "\(points) \(wording.title(rule))", at: rule.span,
          data: [("rule", .text(rule.title)), ("counted", .boolean(holds))],
          facts: failing.map { conditionFact($0, in: frame, depth: 1) }))
    }
    let text =
      isShort
      ? say("\(size) more are wanting; what would add:", zh: "还差 \(size)；还能加的：")
      : say("\(size) too many; what added:", zh: "多出 \(size)；加上来的：")
    return [Fact(.reason, text, facts: limited(parts, to: 8))]
  }

  // MARK: Persons

  /// For an assignment: whether the one who was expected was in any pool, and what kept him out; or
  /// the queue's rule.
  private func personInTheWay(
    _ wish: Wish, _ assign: AssignPlan, _ plan: Decision, in frame: Frame
  ) -> [Fact] {
    guard let candidate = wording.find(assign.candidate, [wish.text], in: memory.facts) else {
      return alternatives(giving: wish, plan, in: frame)
    }
    let winner = winningRules(assign.choose, in: frame).first
    return program[assign.choose].alternatives.compactMap { alternative in
      if let pool = assign.pools.first(where: { $0.rule == alternative.rule }) {
        return poolInTheWay(candidate, assign, pool, winner, in: frame)
      }
      let value = memory.value(of: alternative.payload[0], in: frame)
      guard value.tag == .record, value.bits == candidate.bits else { return nil }
      return ruleInTheWay(alternative.rule, plan, in: frame)
    }
  }

  private func poolInTheWay(
    _ candidate: Value, _ assign: AssignPlan,
    _ entry: (rule: RuleID, gather: GatherID, pool: TermID?), _ winner: RuleID?, in frame: Frame
  ) -> Fact {
    let gather = program[entry.gather]
    let rule = program[entry.rule]
    let title = wording.quoted(rule)
    let name = wording.record(candidate, in: memory.facts)
    let inner = frame.with(candidate, at: Int(gather.slot))
    let data: [(String, JSONText)] = [
      ("rule", .text(rule.title)), ("key", .text(wording.key(of: candidate, in: memory.facts))),
    ]
    let failing = rule.conditions.filter { $0.role != .pool && truth($0.term, in: frame) != .yes }
    if !failing.isEmpty {
      return Fact(
        .before, say("\(title) did not hold", zh: "\(title) 不成立"), at: rule.span, data: data,
        facts: failing.map { conditionFact($0, in: frame, depth: 1) })
    }
    if let pool = entry.pool, truth(pool, in: inner) != .yes {
      return Fact(
        .skipped, say("\(name) is not in the pool of \(title)", zh: "\(name) 不在 \(title) 的候选里"),
        at: rule.span, data: data, facts: outsideFacts(pool, in: inner))
    }
    if let skip = skip(assign, in: inner) {
      return Fact(
        .skipped, say("\(name) skipped: \(skip.text)", zh: "\(name) 跳过：\(skip.text)"),
        at: skip.span, data: data, facts: skip.values.map { Fact(.value, $0) })
    }
    let keys = gather.keys.map { Fact(.value, keyText($0.term, in: inner)) }
    let taken = memory.value(of: pickTerm(entry.gather), in: frame)
    guard taken.tag == .record, taken.bits != candidate.bits else {
      // He would be taken by this rule, were it not for another one before it.
      let before = winner.map { precedence(of: $0, over: entry.rule, assign.choose) }
      return Fact(
        .beaten, say("\(name) is first of \(title)", zh: "\(name) 是 \(title) 的第一位"),
        at: rule.span, data: data, facts: keys + (before.map { [Fact(.note, $0)] } ?? []))
    }
    let other = frame.with(taken, at: Int(gather.slot))
    let first = wording.record(taken, in: memory.facts)
    let reasons = gather.keys.map { key in
      let mine = keyText(key.term, in: inner)
      let his = keyText(key.term, in: other)
      return (mine, his)
    }
    let deciding = reasons.first { $0.0 != $0.1 }
    let why = deciding.map {
      Fact(
        .note,
        say("\(first) comes first: \($0.1), not \($0.0)", zh: "\(first) 在先：\($0.1)，而非 \($0.0)"))
    }
    return Fact(
      .beaten, say("\(name) was a candidate of \(title)", zh: "\(name) 是 \(title) 的候选"),
      at: rule.span, data: data, facts: why.map { [$0] } ?? keys)
  }

  // MARK: Permission, match

  private func permissionInTheWay(
    _ wish: Wish, _ sale: SalePlan, _ plan: Decision, in frame: Frame
  ) -> [Fact] {
    let named = rulesInTheWay(wish, plan, in: frame)
    if !named.isEmpty { return named }
    let alternatives = program[sale.choose].alternatives
    func facts(_ isForbidding: Bool) -> [Fact] {
      limited(
        alternatives.filter { $0.isForbidding == isForbidding }
          .map { ruleInTheWay($0.rule, plan, in: frame) })
    }
    if ["permitted", "准许", "可售"].contains(where: wish.isExactly) {
      let held = alternatives.filter { $0.isForbidding && truth($0.guardTerm, in: frame) != .no }
      return held.map { ruleInTheWay($0.rule, plan, in: frame) } + facts(false)
    }
    if ["refused", "不准"].contains(where: wish.isExactly) {
      let held = alternatives.filter { !$0.isForbidding && truth($0.guardTerm, in: frame) == .yes }
      return facts(true) + held.map { decidedFact($0.rule, in: frame) }
    }
    return []
  }

  /// Certain or suspected, or a record that was expected: each rule, asked of that pair.
  private func matchInTheWay(
    _ wish: Wish, _ match: MatchPlan, _ plan: Decision, in frame: Frame
  ) -> [Fact] {
    guard case .record(let type) = program[match.matched].type else { return [] }
    let words = ["certain", "suspected", "none", "确定重复", "疑似", "无"]
    if words.contains(where: wish.isExactly) {
      let matched = memory.value(of: match.matched, frame.slots, today: frame.today)
      if matched.isKnown { return alternatives(giving: wish, plan, in: frame) }
      let type = wording.text(program.schema[type].name)
      return matchFacts(match, in: frame) + [
        Fact(.note, say("ask about one: `not \(type):KEY`", zh: "可以问某一条：`not \(type):主键`"))
      ]
    }
    guard let subject = frame.slots.first,
      let record = wording.find(type, [wish.text], in: memory.facts), maySuppose(match.matched)
    else { return [] }
    let supposed = supposing(match.matched, of: subject, is: .value(record))
    let rules = program[match.certain].alternatives.map(\.rule)
    if let pair = match.pair, truth(pair.term, in: frame.with(record, at: 1)) != .yes {
      let fact = conditionFact(pair, in: frame.with(record, at: 1), depth: 1)
      return [Fact(.note, name(ofRecord: record), facts: [fact])]
    }
    let facts = rules.map { id -> Fact in
      let failing = program[id].conditions.filter { supposed.truth($0.term, in: frame) != .yes }
      let title = wording.quoted(program[id])
      if failing.isEmpty {
        return Fact(.condition, say("\(title) holds", zh: "\(title) 成立"), at: program[id].span)
      }
      return Fact(
        .before, say("\(title) did not hold", zh: "\(title) 不成立"), at: program[id].span,
        data: [("rule", .text(program[id].title))],
        facts: failing.map { supposed.conditionFact($0, in: frame, depth: 1) })
    }
    return [Fact(.note, name(ofRecord: record), facts: facts)]
  }
}
