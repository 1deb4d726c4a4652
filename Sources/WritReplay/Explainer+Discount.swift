import WritModel
import WritNetwork
import WritRules
import WritText

// An authority answers with the value, the limit that decided, who has to agree and how to avoid it.
extension Explainer {
  func discountFacts(_ plan: DiscountPlan, answer: Value, _ id: AttributeID, in frame: Frame)
    -> [Fact]
  {
    var facts = [testedFact(plan, in: frame)]
    facts += reasonFacts(plan, in: frame)
    facts += plan.rungs.map { limitFact($0, plan, in: frame) }
    facts += earlierFacts(plan, in: frame)
    facts += chainFacts(plan, id, in: frame)
    return facts
  }

  /// The rules that have a part in the answer; one title may speak for several rungs and is told
  /// once.
  func reasonFacts(_ plan: DiscountPlan, in frame: Frame) -> [Fact] {
    var facts: [Fact] = []
    var told: Set<Span> = []
    for (rule, term) in plan.reasons where truth(term, in: frame) == .yes {
      guard told.insert(program[rule].span).inserted else { continue }
      var fact = decidedFact(rule, in: frame)
      // What a table asked for is shown by its row.
      if let raised = plan.atLeast.first(where: { $0.rule == rule }),
        pathName(raised.rung).map({ !$0.isEmpty }) ?? false
      {
        fact.facts.append(valueFact(raised.rung, in: frame, depth: 2))
      }
      facts.append(fact)
    }
    return facts
  }

  private func limitFact(
    _ rung: DiscountPlan.Rung, _ plan: DiscountPlan, in frame: Frame
  ) -> Fact {
    let type = program.type(of: plan.tested)
    let limit = memory.value(of: rung.limit, frame.slots, today: frame.today)
    let name = rungName(rung, plan)
    var parts: [Fact] = []
    if asks(rung, plan, in: frame) { parts.append(Fact(.note, say("asks", zh: "申请人"))) }
    if let rule = tightest(rung, limit, in: frame) {
      parts.append(
        Fact(
          .decided, wording.quoted(program[rule]), data: [("limit", .text(program[rule].title))]))
    }
    let words = limitWords(rung, plan, in: frame)
    return Fact(
      .limit, say("\(name): limit \(words)", zh: "\(name)：额度 \(words)"),
      data: [("rung", .text(name)), ("limit", wording.json(limit, type, in: memory.facts))],
      facts: parts)
  }

  func rungName(_ rung: DiscountPlan.Rung, _ plan: DiscountPlan) -> String {
    wording.text(.member(rung.ordinal, of: plan.ladder), .member(plan.ladder), in: memory.facts)
  }

  func limitWords(_ rung: DiscountPlan.Rung, _ plan: DiscountPlan, in frame: Frame) -> String {
    if isUnlimited(rung, in: frame) { return say("any", zh: "不限") }
    let limit = memory.value(of: rung.limit, frame.slots, today: frame.today)
    if limit.tag == .missing, limit.cause.kind == .empty || limit.cause.kind == .noAlternative {
      return say("no authority", zh: "无权限")
    }
    return words(limit, program.type(of: plan.tested))
  }

  func isUnlimited(_ rung: DiscountPlan.Rung, in frame: Frame) -> Bool {
    rung.isUnlimited.map { truth($0, in: frame) == .yes } ?? false
  }

  /// Whether the one who asks stands on the rung.
  func asks(_ rung: DiscountPlan.Rung, _ plan: DiscountPlan, in frame: Frame) -> Bool {
    guard let asker = plan.asker else { return false }
    let value = memory.value(of: asker, in: frame)
    return value.tag == .member && Int(value.bits) == rung.ordinal
  }

  func askedNames(_ plan: DiscountPlan, in frame: Frame) -> [String] {
    let approvers = memory.value(of: plan.approvers, frame.slots, today: frame.today)
    guard approvers.tag == .list else { return [] }
    return memory.facts.lists.items(of: approvers).map {
      wording.text($0, program[plan.approvers].type.element, in: memory.facts)
    }
  }

  /// Who has to agree, and the greatest value that would ask nobody.
  private func chainFacts(_ plan: DiscountPlan, _ id: AttributeID, in frame: Frame) -> [Fact] {
    let names = askedNames(plan, in: frame)
    guard !names.isEmpty else { return [] }
    let joined = names.joined(separator: say(", ", zh: "、"))
    let many = names.count > 1
    return [
      Fact(
        .approver,
        say(
          "asks \(joined)\(many ? ", in parallel" : "")", zh: "需 \(joined) 同意\(many ? "（并行）" : "")"),
        data: [("who", .list(names.map { .text($0) }))])
    ] + avoidFacts(plan, id, in: frame)
  }

  func testedFact(_ plan: DiscountPlan, in frame: Frame) -> Fact {
    if pathName(plan.tested) != nil { return valueFact(plan.tested, in: frame, depth: 2) }
    return Fact(.value, shown(plan.tested, in: frame))
  }

  func isWorse(_ value: Value, _ limit: Value, _ plan: DiscountPlan) -> Bool {
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

  // MARK: Avoiding

  /// `at 10% no approval is needed`: the worst value that would be allowed, found by asking again.
  func avoidFacts(_ plan: DiscountPlan, _ id: AttributeID, in frame: Frame) -> [Fact] {
    guard let subject = frame.slots.first, subject.tag == .record, maySuppose(id) else { return [] }
    let type = program.type(of: plan.tested)
    let present = memory.value(of: plan.tested, in: frame)
    guard present.isKnown else { return [] }
    let candidates = better(than: present, plan, in: frame)
    var allowed: Value?
    var (low, high) = (0, candidates.count)
    // From the worst to the best, allowing only grows.
    while low < high {
      let middle = (low + high) / 2
      if isAllowed(at: candidates[middle], plan, id, subject, in: frame) {
        allowed = candidates[middle]
        high = middle
      } else {
        low = middle + 1
      }
    }
    guard let allowed else { return [] }
    let words = self.words(allowed, type)
    return [
      Fact(
        .avoid, say("at \(words) no approval is needed", zh: "\(words) 时无需审批"),
        data: [("value", wording.json(allowed, type, in: memory.facts))])
    ]
  }

  private func isAllowed(
    at value: Value, _ plan: DiscountPlan, _ id: AttributeID, _ subject: Value, in frame: Frame
  ) -> Bool {
    guard let supposed = supposing(plan.tested, of: subject, is: value) else { return false }
    let verdict = supposed.memory.value(of: id, frame.slots, today: frame.today)
    return verdict.tag == .member && verdict.bits == 0
  }

  /// The limits of the ladder and the other constants of its kind that are better than a value,
  /// from the worst.
  private func better(
    than present: Value, _ plan: DiscountPlan, in frame: Frame
  ) -> [Value] {
    let type = program.type(of: plan.tested)
    var values: [Value] = plan.rungs.map {
      memory.value(of: $0.limit, frame.slots, today: frame.today)
    }
    for (index, term) in program.terms.enumerated() {
      guard case .constant(let constant) = term, constant.items == nil,
        program.types[index].isPercent == type.isPercent
      else { continue }
      values.append(constant.value)
    }
    let fitting = values.filter { value in
      value.isKnown && value.tag == present.tag && value.aux == present.aux
        && (isWorse(present, value, plan))
    }
    var result: [Value] = []
    for value in fitting.sorted(by: { isWorse($0, $1, plan) }) {
      if let last = result.last, last.decimal.minus(value.decimal)?.mantissa == 0 { continue }
      result.append(value)
    }
    return result
  }
}
