import WritModel
import WritNetwork
import WritRules
import WritText

// An authority answers with the value, the limit that decided, who has to agree and how to avoid it.
extension Explainer {
  func discountFacts(_ plan: DiscountPlan, answer: Value, in frame: Frame) -> [Fact] {
    let type = program.type(of: plan.tested)
    let isHidden = redaction.hides(plan.tested, in: frame, memory)
    var facts = [testedFact(plan, in: frame)]
    // One title may speak for several rungs; it is told once.
    var told: Set<Span> = []
    for (rule, term) in plan.reasons where truth(term, in: frame) == .yes {
      if told.insert(program[rule].span).inserted { facts.append(decidedFact(rule, in: frame)) }
    }
    var ownLimit: Value?
    let asker = plan.asker.map { memory.value(of: $0, in: frame) }
    for rung in plan.rungs {
      let limit = memory.value(of: rung.limit, frame.slots, today: frame.today)
      let name = wording.text(
        .member(rung.ordinal, of: plan.ladder), .member(plan.ladder), in: memory.facts)
      let isAny = rung.isUnlimited.map { truth($0, in: frame) == .yes } ?? false
      let words: String
      if isAny {
        words = say("any", zh: "不限")
      } else if limit.tag == .missing,
        limit.cause.kind == .empty || limit.cause.kind == .noAlternative
      {
        words = say("no authority", zh: "无权限")
      } else {
        words = self.words(limit, type)
      }
      var parts: [Fact] = []
      if let asker, asker.tag == .member, Int(asker.bits) == rung.ordinal {
        parts.append(Fact(.note, say("asks", zh: "申请人")))
        if limit.isKnown, !isAny { ownLimit = limit }
      }
      if let rule = tightest(rung, limit, in: frame) {
        parts.append(Fact(.decided, wording.quoted(program[rule].title)))
      }
      facts.append(
        Fact(
          .limit, say("\(name): limit \(words)", zh: "\(name)：额度 \(words)"),
          data: [("rung", .text(name)), ("limit", wording.json(limit, type, in: memory.facts))],
          facts: parts))
    }
    let approvers = memory.value(of: plan.approvers, frame.slots, today: frame.today)
    if approvers.tag == .list, !memory.facts.lists.items(of: approvers).isEmpty {
      let names = wording.text(approvers, program[plan.approvers].type, in: memory.facts)
      facts.append(
        Fact(.approver, say("asks \(names), in parallel", zh: "需 \(names) 同意（并行）")))
      // A value within the asker's own limit needs nobody; what `also` asks for stays.
      if let ownLimit, !isHidden, isWorse(memory.value(of: plan.tested, in: frame), ownLimit, plan)
      {
        let limit = self.words(ownLimit, type)
        facts.append(
          Fact(
            .avoid,
            say("at \(limit) the limit asks for no approval", zh: "\(limit) 以内不因额度报批")))
      }
    }
    return facts
  }

  private func testedFact(_ plan: DiscountPlan, in frame: Frame) -> Fact {
    if pathName(plan.tested) != nil { return valueFact(plan.tested, in: frame, depth: 1) }
    return Fact(.value, shown(plan.tested, in: frame))
  }

  private func isWorse(_ value: Value, _ limit: Value, _ plan: DiscountPlan) -> Bool {
    guard value.isKnown, limit.isKnown else { return false }
    return plan.moreIsWorse
      ? limit.decimal.isLess(than: value.decimal) : value.decimal.isLess(than: limit.decimal)
  }

  /// The rule whose limit this is, where it has a title.
  private func tightest(
    _ rung: DiscountPlan.Rung, _ limit: Value, in frame: Frame
  ) -> RuleID? {
    guard limit.isKnown else { return nil }
    for alternative in program[rung.choose].alternatives {
      guard truth(alternative.guardTerm, in: frame) == .yes, let term = alternative.payload.first
      else { continue }
      let value = memory.value(of: term, in: frame)
      if value.isKnown, value.decimal.minus(limit.decimal)?.mantissa == 0,
        !["", "limit", "额度"].contains(program[alternative.rule].title)
      {
        return alternative.rule
      }
    }
    return nil
  }
}
