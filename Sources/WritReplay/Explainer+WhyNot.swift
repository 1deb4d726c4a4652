public import WritModel
import WritNetwork
public import WritRules
import WritText

// `why not …`: the rule or the person that was expected, and what stood in the way.
extension Explainer {
  /// What stood in the way of a rule, by its title, or of an answer, by its key or what it is called.
  public func whyNot(_ decision: DecisionID, _ record: Value, _ wanted: String) -> Explanation {
    var explanation = whyInRun(decision, record)
    let plan = program[decision]
    let frame = Frame(slots: [record], today: memory.today)
    let name = wording.quoted(wanted)
    explanation.headline += say("   (why not \(name))", zh: "   （为什么不是 \(name)）")
    var facts: [Fact] = []
    for rule in plan.rules where program[rule].title == wanted {
      facts += ruleInTheWay(rule, plan, in: frame)
    }
    if facts.isEmpty { facts = answerInTheWay(wanted, plan, in: frame) }
    if facts.isEmpty {
      facts = [
        Fact(.reason, say("no rule and no answer is called \(name)", zh: "没有名为 \(name) 的规则或结果"))
      ]
    }
    explanation.facts = facts + explanation.facts.filter { $0.kind == .decided }
    return explanation
  }

  private func ruleInTheWay(_ id: RuleID, _ plan: Decision, in frame: Frame) -> [Fact] {
    let rule = program[id]
    let title = wording.quoted(rule.title)
    let failing = rule.conditions.filter { truth($0.term, in: frame) != .yes }
    if failing.isEmpty {
      return [
        Fact(
          .beaten,
          say("\(title) holds, but another rule goes before it", zh: "\(title) 成立，但另有规则优先"),
          at: rule.span)
      ]
    }
    return [
      Fact(
        .before, say("\(title) did not hold", zh: "\(title) 不成立"), at: rule.span,
        facts: failing.map { conditionFact($0, in: frame, depth: 2) })
    ]
  }

  /// For an assignment: whether the one who was expected was in any pool, and what kept him out.
  private func answerInTheWay(_ wanted: String, _ plan: Decision, in frame: Frame) -> [Fact] {
    guard case .assign(let assign) = plan.kind else {
      return alternatives(giving: wanted, plan, in: frame)
    }
    guard let candidate = wording.find(assign.candidate, [wanted], in: memory.facts) else {
      return []
    }
    var facts: [Fact] = []
    let name = wording.record(candidate, in: memory.facts)
    for entry in assign.pools {
      let gather = program[entry.gather]
      let rule = program[entry.rule]
      let title = wording.quoted(rule.title)
      let inner = frame.with(candidate, at: Int(gather.slot))
      let failing = rule.conditions.filter {
        $0.role != .pool && truth($0.term, in: frame) != .yes
      }
      if let first = failing.first {
        facts.append(
          Fact(
            .before, say("\(title) did not hold", zh: "\(title) 不成立"), at: rule.span,
            facts: [conditionFact(first, in: frame, depth: 1)]))
        continue
      }
      if let pool = entry.pool, truth(pool, in: inner) != .yes {
        let parts = operands(of: pool).map { valueFact($0, in: inner, depth: 0) }
        facts.append(
          Fact(
            .skipped, say("not in the pool of \(title)", zh: "不在 \(title) 的候选里"), at: rule.span,
            facts: parts))
        continue
      }
      if let skip = assign.skips.first(where: { truth($0.term, in: inner) != .no }) {
        let parts = operands(of: skip.term).map { valueFact($0, in: inner, depth: 0) }
        facts.append(
          Fact(
            .skipped, say("\(name) skipped: \(skip.text)", zh: "\(name) 跳过：\(skip.text)"),
            at: skip.span, facts: parts))
        continue
      }
      facts.append(
        Fact(
          .beaten, say("\(name) was a candidate of \(title)", zh: "\(name) 是 \(title) 的候选"),
          at: rule.span,
          facts: gather.keys.map { key in
            Fact(.value, keyText(key.term, in: inner))
          }))
    }
    return facts
  }

  /// The rules of a choose that would have given an answer, with what failed.
  private func alternatives(
    giving wanted: String, _ plan: Decision, in frame: Frame
  ) -> [Fact] {
    let choose: ChooseID
    switch plan.kind {
    case .decide(let id), .table(let id): choose = id
    case .territories(let territories): choose = territories.choose
    case .sale(let sale): choose = sale.choose
    case .match(let match): choose = match.certain
    case .define, .assign, .price, .discount, .split, .require: return []
    }
    var facts: [Fact] = []
    for alternative in program[choose].alternatives {
      let gives = alternative.payload.contains { term in
        let value = memory.value(of: term, in: frame)
        guard value.isKnown else { return false }
        if value.tag == .record, wording.key(of: value, in: memory.facts) == wanted { return true }
        return wording.text(value, program.type(of: term), in: memory.facts) == wanted
      }
      if gives { facts += ruleInTheWay(alternative.rule, plan, in: frame) }
    }
    return facts
  }
}
