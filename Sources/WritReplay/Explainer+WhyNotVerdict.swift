import WritModel
import WritNetwork
import WritRules
import WritText

// `why not allowed`, `why not approval by director`, `why not 10%`: what an authority would have had
// to find, and which limit or party stood in the way.
extension Explainer {
  func verdictInTheWay(
    _ wish: Wish, _ plan: DiscountPlan, _ decision: Decision, in frame: Frame
  ) -> [Fact] {
    let exact = decision.rules.filter { wish.isExactly(program[$0].title) }
    if !exact.isEmpty { return limited(exact.map { authorityRule($0, plan, in: frame) }) }
    let words = verdictWords(wish)
    if let verdict = words.verdict {
      if let party = words.party { return partyInTheWay(party, plan, in: frame) ?? [] }
      switch verdict {
      case "allowed": return allowedInTheWay(plan, decision, in: frame)
      case "forbidden": return forbiddenInTheWay(plan, in: frame)
      default: return approvalInTheWay(plan, decision, in: frame)
      }
    }
    if let facts = partyInTheWay(wish.text, plan, in: frame) { return facts }
    if wish.percent != nil || wish.amount != nil { return limitInTheWay(wish, plan, in: frame) }
    let near = decision.rules.filter { wish.resembles(program[$0].title) }
    return limited(near.map { authorityRule($0, plan, in: frame) })
  }

  /// `approval by director` is a verdict and a party.
  private func verdictWords(_ wish: Wish) -> (verdict: String?, party: String?) {
    let names: [(String, [String])] = [
      ("allowed", ["allowed", "允许"]), ("approval", ["approval", "需审批", "审批"]),
      ("forbidden", ["forbidden", "已禁止", "禁止"]),
    ]
    for (verdict, spellings) in names {
      for spelling in spellings where wish.text.hasPrefix(spelling) {
        var rest = String(wish.text.dropFirst(spelling.count)).onOneLine
        for word in ["by ", "由 ", "由"] where rest.hasPrefix(word) {
          rest = String(rest.dropFirst(word.count))
        }
        return (verdict, rest.isEmpty ? nil : rest)
      }
    }
    return (nil, nil)
  }

  // MARK: Verdicts

  /// Not allowed because something forbids it, because a rung below has too little, because a party
  /// has not agreed, and because nobody agreed before.
  private func allowedInTheWay(
    _ plan: DiscountPlan, _ decision: Decision, in frame: Frame
  ) -> [Fact] {
    let held = plan.forbids.filter { truth($0.guardTerm, in: frame) == .yes }
    if !held.isEmpty { return held.map { authorityRule($0.rule, plan, in: frame) } }
    var facts = [testedFact(plan, in: frame)]
    if let own = plan.rungs.first(where: { asks($0, plan, in: frame) }) {
      facts.append(ownLimitFact(own, plan, in: frame))
      facts += higherLimits(own, plan, in: frame)
    }
    let counted = Set(reasonFacts(plan, in: frame).compactMap(\.span))
    facts += (plan.atLeast.map(\.rule) + plan.also.map(\.rule))
      .filter { counted.contains(program[$0].span) }
      .map { authorityRule($0, plan, in: frame) }
    facts += earlierFacts(plan, in: frame)
    let names = askedNames(plan, in: frame)
    if !names.isEmpty {
      let joined = names.joined(separator: say(", ", zh: "、"))
      facts.append(Fact(.approver, say("asks \(joined)", zh: "需 \(joined) 同意")))
    }
    return facts + avoidFacts(plan, decision.answer, in: frame)
  }

  private func ownLimitFact(
    _ rung: DiscountPlan.Rung, _ plan: DiscountPlan, in frame: Frame
  ) -> Fact {
    let name = rungName(rung, plan)
    let limit = limitWords(rung, plan, in: frame)
    let value = shown(plan.tested, in: frame)
    let covers = covers(rung, plan, in: frame)
    return Fact(
      covers ? .limit : .failed,
      covers
        ? say(
          "\(name) asks; the limit of \(limit) covers \(value)",
          zh: "\(name) 申请；额度 \(limit) 够 \(value)")
        : say(
          "\(name) asks; the limit is \(limit), \(value) is beyond it",
          zh: "\(name) 申请；额度 \(limit)，\(value) 超出"))
  }

  private func covers(_ rung: DiscountPlan.Rung, _ plan: DiscountPlan, in frame: Frame) -> Bool {
    if isUnlimited(rung, in: frame) { return true }
    let limit = memory.value(of: rung.limit, frame.slots, today: frame.today)
    let value = memory.value(of: plan.tested, in: frame)
    return limit.isKnown && value.isKnown && !isWorse(value, limit, plan)
  }

  /// Limits of the rung that would have covered the value, did they hold.
  private func higherLimits(
    _ rung: DiscountPlan.Rung, _ plan: DiscountPlan, in frame: Frame
  ) -> [Fact] {
    let value = memory.value(of: plan.tested, in: frame)
    return program[rung.choose].alternatives.compactMap { alternative in
      guard truth(alternative.guardTerm, in: frame) != .yes, let term = alternative.payload.first
      else { return nil }
      let limit = memory.value(of: term, in: frame)
      guard limit.isKnown, !isWorse(value, limit, plan) else { return nil }
      return limitRule(alternative.rule, limit, plan, in: frame)
    }
  }

  private func forbiddenInTheWay(_ plan: DiscountPlan, in frame: Frame) -> [Fact] {
    var facts = plan.forbids.map { authorityRule($0.rule, plan, in: frame) }
    if let rung = plan.rungs.first(where: { covers($0, plan, in: frame) }) {
      let name = rungName(rung, plan)
      let limit = limitWords(rung, plan, in: frame)
      facts.append(
        Fact(.limit, say("\(name) may allow it: limit \(limit)", zh: "\(name) 有权同意：额度 \(limit)")))
    }
    return facts
  }

  private func approvalInTheWay(
    _ plan: DiscountPlan, _ decision: Decision, in frame: Frame
  ) -> [Fact] {
    let held = plan.forbids.filter { truth($0.guardTerm, in: frame) == .yes }
    if !held.isEmpty { return held.map { authorityRule($0.rule, plan, in: frame) } }
    var facts = [testedFact(plan, in: frame)]
    if let own = plan.rungs.first(where: { asks($0, plan, in: frame) }) {
      facts.append(ownLimitFact(own, plan, in: frame))
    }
    facts += (plan.atLeast.map(\.rule) + plan.also.map(\.rule))
      .map { authorityRule($0, plan, in: frame) }
    return limited(facts + earlierFacts(plan, in: frame), to: 8)
  }

  // MARK: Who is asked

  /// Why somebody is not asked: a rung below may allow it, no rule asks him, or he agreed before.
  /// nil: nobody goes by that name.
  private func partyInTheWay(
    _ name: String, _ plan: DiscountPlan, in frame: Frame
  ) -> [Fact]? {
    let wish = Wish(name)
    func isMeant(_ constant: Constant) -> Bool {
      guard let named = wording.memberName(constant.value) else { return false }
      return wish.isExactly(named.name) || named.label.map(wish.isExactly) ?? false
    }
    let also = plan.also.filter { isMeant($0.who) }
    let rung = plan.rungs.first { isMeant(Constant(.member($0.ordinal, of: plan.ladder))) }
    guard rung != nil || !also.isEmpty else { return nil }
    var facts = also.map { authorityRule($0.rule, plan, in: frame) }
    if let rung { facts += rungInTheWay(rung, plan, in: frame) }
    let earlier = earlierFacts(plan, in: frame).filter { fact in
      fact.data.contains { if case ("counts", .boolean(true)) = $0 { true } else { false } }
    }
    return facts + earlier
  }

  private func rungInTheWay(
    _ rung: DiscountPlan.Rung, _ plan: DiscountPlan, in frame: Frame
  ) -> [Fact] {
    let name = rungName(rung, plan)
    if askedNames(plan, in: frame).contains(name) {
      return [Fact(.approver, say("\(name) is asked", zh: "正要问 \(name)"))]
        + reasonFacts(plan, in: frame)
    }
    var facts: [Fact] = []
    if let lower = plan.rungs.first(where: { covers($0, plan, in: frame) }),
      lower.ordinal < rung.ordinal
    {
      let limit = limitWords(lower, plan, in: frame)
      let value = shown(plan.tested, in: frame)
      let other = rungName(lower, plan)
      facts.append(
        Fact(
          .limit,
          say(
            "\(other)'s limit of \(limit) covers \(value)", zh: "\(other) 的额度 \(limit) 已够 \(value)")
        ))
    } else if !covers(rung, plan, in: frame) {
      let limit = limitWords(rung, plan, in: frame)
      let value = shown(plan.tested, in: frame)
      facts.append(
        Fact(
          .failed,
          say(
            "\(name)'s limit is \(limit), \(value) is beyond it",
            zh: "\(name) 的额度 \(limit)，\(value) 超出")))
    }
    for rule in plan.atLeast { facts.append(authorityRule(rule.rule, plan, in: frame)) }
    return facts
  }

  // MARK: Limits and rules

  /// Rungs that would have a limit, and what holds instead.
  private func limitInTheWay(_ wish: Wish, _ plan: DiscountPlan, in frame: Frame) -> [Fact] {
    let type = program.type(of: plan.tested)
    var facts: [Fact] = []
    for rung in plan.rungs {
      for alternative in program[rung.choose].alternatives {
        guard let term = alternative.payload.first else { continue }
        let limit = memory.value(of: term, in: frame)
        guard wish.isNumber(limit, isPercent: type.isPercent) else { continue }
        var fact = limitRule(alternative.rule, limit, plan, in: frame)
        let name = rungName(rung, plan)
        fact.facts.insert(
          Fact(
            .limit,
            say(
              "\(name): limit \(limitWords(rung, plan, in: frame))",
              zh: "\(name)：额度 \(limitWords(rung, plan, in: frame))")), at: 0)
        facts.append(fact)
      }
    }
    return limited(facts)
  }

  private func limitRule(
    _ id: RuleID, _ limit: Value, _ plan: DiscountPlan, in frame: Frame
  ) -> Fact {
    let words = self.words(limit, program.type(of: plan.tested))
    var fact = authorityRule(id, plan, in: frame)
    fact.text += say(" (limit \(words))", zh: "（额度 \(words)）")
    return fact
  }

  /// A rule of the block: whether it holds, with its conditions; what it would ask for.
  private func authorityRule(_ id: RuleID, _ plan: DiscountPlan, in frame: Frame) -> Fact {
    let rule = program[id]
    let title = wording.quoted(rule)
    var parts = rule.conditions.map { conditionFact($0, in: frame, depth: 2) }
    let failing = rule.conditions.filter { truth($0.term, in: frame) != .yes }
    if let raised = plan.atLeast.first(where: { $0.rule == id }) {
      let isNamed = pathName(raised.rung).map { !$0.isEmpty } ?? false
      let value = shown(raised.rung, in: frame)
      parts.append(
        isNamed
          ? valueFact(raised.rung, in: frame, depth: 2)
          : Fact(.value, say("at least \(value)", zh: "至少到 \(value)")))
    }
    if let party = plan.also.first(where: { $0.rule == id }),
      let who = wording.memberName(party.who.value).map(wording.text)
    {
      parts.append(Fact(.value, say("asks \(who)", zh: "会签 \(who)")))
    }
    let holds = failing.isEmpty
    if !holds {
      parts.removeAll { fact in
        fact.data.contains { if case ("holds", .boolean(true)) = $0 { true } else { false } }
      }
    }
    return Fact(
      holds ? .condition : .before,
      holds
        ? say("\(title) holds", zh: "\(title) 成立")
        : say("\(title) did not hold", zh: "\(title) 不成立"),
      at: rule.span, data: [("rule", .text(rule.title)), ("holds", .boolean(holds))], facts: parts)
  }
}
