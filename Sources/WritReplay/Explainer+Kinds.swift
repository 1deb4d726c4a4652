import WritModel
import WritNetwork
import WritRules
import WritText

// The kinds whose answer is a rule, a person, a yes or a no.
extension Explainer {
  // MARK: Territories and assignment

  func territoryFacts(_ plan: TerritoriesPlan, in frame: Frame) -> [Fact] {
    var facts = told(plan.choose, in: frame)
    if let owner = plan.owner {
      let value = memory.value(of: owner, frame.slots, today: frame.today)
      let words = words(value, program[owner].type)
      facts.append(Fact(.value, say("owner \(words)", zh: "归属 \(words)")))
    }
    facts += plan.splits.map { partFact($0, in: frame) }
    return facts
  }

  func partFact(_ part: SplitShare, in frame: Frame) -> Fact {
    let value = memory.value(of: part.amount, frame.slots, today: frame.today)
    let isHidden = redaction.hides(part.amount, frame.slots, today: frame.today, in: memory)
    let amount = isHidden ? Redaction.mark : words(value, program[part.amount].type)
    let extra = part.isExtra ? say(" (extra)", zh: "（另计）") : ""
    return Fact(.value, "\(part.name) \(amount)\(extra)", data: [("part", .text(part.name))])
  }

  func assignFacts(_ plan: AssignPlan, answer: Value, in frame: Frame) -> [Fact] {
    var facts: [Fact] = []
    if let field = plan.sets, let subject = frame.slots.first, subject.tag == .record {
      let present = memory.facts.value(field, row: Int(subject.bits))
      if present.isKnown {
        let name = words(present, program.schema[field].type)
        facts.append(
          Fact(.note, say("it has \(name) already and is not taken", zh: "已有 \(name)，不再分配")))
        return facts
      }
    }
    facts += told(plan.choose, in: frame).map { withSkipped($0, plan, in: frame) }
    let winner = self.winner(of: plan.choose, in: frame)
    if let winner, winner.tag == .rule,
      let pool = plan.pools.first(where: { Int64($0.rule.index) == winner.bits })
    {
      facts.insert(contentsOf: poolFacts(plan, pool.gather, pool.pool, answer, in: frame), at: 1)
    }
    return facts
  }

  /// A rule before the one that decided, whose pool had nobody left: who was passed over there.
  private func withSkipped(_ fact: Fact, _ plan: AssignPlan, in frame: Frame) -> Fact {
    guard fact.kind == .before,
      case .text(let title)? = fact.data.first(where: { $0.0 == "rule" })?.1,
      let entry = plan.pools.first(where: { program[$0.rule].title == title }),
      program[entry.rule].conditions.allSatisfy({
        $0.role == .pool || truth($0.term, in: frame) == .yes
      })
    else { return fact }
    var fact = fact
    fact.facts += pool(plan, entry.gather, entry.pool, in: frame).passedOver
    return fact
  }

  private typealias Pool = (candidates: [(row: Int, keys: String)], passedOver: [Fact])

  /// Who can be taken, with the keys; who cannot, with the reason.
  private func pool(
    _ plan: AssignPlan, _ gather: GatherID, _ pool: TermID?, in frame: Frame
  ) -> Pool {
    let among = program[gather]
    var candidates: [(row: Int, keys: String)] = []
    var skipped: [Fact] = []
    var outside: [Fact] = []
    var outsiders = 0
    let limit = 6
    for row in memory.facts[among.record].liveRows {
      let candidate = Value.record(row, of: among.record)
      let inner = frame.with(candidate, at: Int(among.slot))
      if among.guardTerm.map({ truth($0, in: inner) == .yes }) ?? true {
        let keys = among.keys.map { keyText($0.term, in: inner) }.joined(
          separator: say(", ", zh: "，"))
        candidates.append((row, keys))
        continue
      }
      let name = wording.record(candidate, in: memory.facts)
      let key = ("key", JSONText.text(wording.key(of: candidate, in: memory.facts)))
      if pool.map({ truth($0, in: inner) == .yes }) ?? true {
        guard let skip = skip(plan, in: inner) else { continue }
        let values = skip.values.isEmpty ? "" : bracketed(skip.values)
        skipped.append(
          Fact(
            .skipped, say("\(name) skipped: \(skip.text)", zh: "\(name) 跳过：\(skip.text)") + values,
            data: [key]))
        continue
      }
      outsiders += 1
      guard let pool, outsiders <= limit else { continue }
      outside.append(
        Fact(
          .skipped,
          say("\(name) is not in the pool", zh: "\(name) 不在候选里")
            + bracketed(outsideFacts(pool, in: inner).map(\.text)),
          data: [key]))
    }
    // A long list of people whom nobody expected says nothing.
    if outsiders > limit {
      outside = [
        Fact(.note, say("\(outsiders) are not in the pool", zh: "另有 \(outsiders) 人不在候选里"))
      ]
    }
    return (candidates, limited(skipped, to: 8) + outside)
  }

  private func bracketed(_ values: [String]) -> String {
    values.isEmpty
      ? "" : say(" (\(values.joined(separator: ", ")))", zh: "（\(values.joined(separator: "，"))）")
  }

  /// Who was in the pool: candidates with their keys, those passed over with the reason.
  private func poolFacts(
    _ plan: AssignPlan, _ gather: GatherID, _ pool: TermID?, _ answer: Value, in frame: Frame
  ) -> [Fact] {
    let among = program[gather]
    var (candidates, passedOver) = self.pool(plan, gather, pool, in: frame)
    // Whoever was taken is told first.
    if let taken = candidates.firstIndex(where: { Int64($0.row) == answer.bits }),
      answer.tag == .record
    {
      candidates.insert(candidates.remove(at: taken), at: 0)
    }
    let limit = 8
    var facts = candidates.prefix(limit).map { entry in
      let value = Value.record(entry.row, of: among.record)
      return Fact(
        .candidate, wording.record(value, in: memory.facts) + " " + entry.keys,
        data: [("key", .text(wording.key(of: value, in: memory.facts)))])
    }
    if candidates.count > limit {
      let left = candidates.count - limit
      facts.append(Fact(.note, say("and \(left) more", zh: "另有 \(left) 人")))
    }
    let all = candidates.count
    return [
      Fact(.note, say("among \(all):", zh: "候选 \(all) 人："), facts: facts + passedOver)
    ]
  }

  /// What keeps somebody out of a pool: the values of the first part of its condition that fails.
  func outsideFacts(_ pool: TermID, in frame: Frame) -> [Fact] {
    var part = pool
    if case .operation(.and, let parts) = program[pool] {
      part = parts.first { truth($0, in: frame) != .yes } ?? pool
    }
    return ownValues(of: part, in: frame).map { Fact(.value, $0) }
  }

  /// `open 3`, `turns 2`: a key of the selection with its value.
  func keyText(_ term: TermID, in frame: Frame) -> String {
    if case .counter(let id, _) = program[term] {
      let value = shown(term, in: frame)
      switch program.counters[Int(id.index)].kind {
      case .load(let field):
        return wording.text(program.schema[field].name) + " " + value
      case .turns: return say("last turn \(value)", zh: "上一轮 \(value)")
      }
    }
    let parts = ownValues(of: term, in: frame)
    return parts.isEmpty ? shown(term, in: frame) : parts.joined(separator: ", ")
  }

  /// `open 3`: values of the candidate, without saying each time whose they are.
  private func ownValues(of term: TermID, in frame: Frame) -> [String] {
    operands(of: term).map { operand in
      let text = valueFact(operand, in: frame, depth: 0).text
      guard let last = frame.slots.last, last.tag == .record else { return text }
      let type = wording.text(program.schema[RecordID(Int(last.aux))].name) + "."
      return text.hasPrefix(type) ? String(text.dropFirst(type.count)) : text
    }
  }

  /// What keeps a candidate away for now: the rule's own reason, else its condition with values.
  func skip(
    _ plan: AssignPlan, in frame: Frame
  ) -> (text: String, values: [String], span: Span)? {
    for skip in plan.skips where truth(skip.term, in: frame) != .no {
      let values = ownValues(of: skip.term, in: frame)
      if let because = skip.because {
        return (shown(because, in: frame), values, skip.span)
      }
      return (skip.text.onOneLine, values, skip.span)
    }
    return nil
  }

  // MARK: Sale

  /// The reason of a refusal: the forbid that held; else what failed of the permit that came
  /// nearest; `expired` or `not yet in force` if only its dates failed; `no authorization` if no
  /// permit is for this seller.
  func saleFacts(_ plan: SalePlan, answer: Value, in frame: Frame) -> [Fact] {
    let choose = program[plan.choose]
    let truths = choose.alternatives.map { truth($0.guardTerm, in: frame) }
    let forbids = choose.alternatives.indices.filter { choose.alternatives[$0].isForbidding }
    if let index = forbids.first(where: { truths[$0] == .yes }) {
      return [decidedFact(choose.alternatives[index].rule, in: frame)]
    }
    let open = forbids.filter { truths[$0] != .no }
    if let index = open.first {
      let rule = program[choose.alternatives[index].rule]
      let title = wording.quoted(rule)
      let facts = rule.conditions.map { conditionFact($0, in: frame, depth: 1) }
        .filter { $0.kind == .unknown }
      return [
        Fact(
          .reason, say("\(title) might forbid it", zh: "\(title) 可能禁止"), at: rule.span,
          facts: facts)
      ]
    }
    let permits = choose.alternatives.indices.filter { !choose.alternatives[$0].isForbidding }
    if let index = permits.first(where: { truths[$0] == .yes }) {
      return [decidedFact(choose.alternatives[index].rule, in: frame)]
    }
    return refusal(plan, permits.map { choose.alternatives[$0].rule }, in: frame)
  }

  private func refusal(_ plan: SalePlan, _ permits: [RuleID], in frame: Frame) -> [Fact] {
    let near = permits.map { id in
      (
        id: id,
        failing: program[id].conditions.indices.filter {
          truth(program[id].conditions[$0].term, in: frame) != .yes
        }
      )
    }
    // A permit whose conditions on the seller fail is not for this seller.
    let forSeller = near.filter { entry in
      let onSeller = plan.permits.first { $0.rule == entry.id }?.onSeller ?? []
      return !entry.failing.contains { onSeller.contains($0) }
    }
    guard let best = forSeller.min(by: { $0.failing.count < $1.failing.count }) else {
      let parts = near.prefix(4).map { failedPermit($0.id, $0.failing, in: frame) }
      return [Fact(.reason, say("no authorization", zh: "无授权"), facts: parts)]
    }
    let conditions = best.failing.map { program[best.id].conditions[$0] }
    let title = wording.quoted(program[best.id])
    let place = program[best.id].span
    if let date = conditions.first, conditions.allSatisfy({ $0.role == .effective }) {
      let isOver = isExpired(date.term, in: frame)
      let word = isOver ? say("expired", zh: "已过期") : say("not yet in force", zh: "尚未生效")
      return [Fact(.reason, "\(word): \(title) \(date.text)", at: place)]
    }
    guard let first = conditions.first else { return [] }
    let names = operands(of: first.term).compactMap { pathName($0) }
    let about = names.isEmpty ? "" : " (\(names.joined(separator: ", ")))"
    return [
      Fact(
        .reason,
        say(
          "\(title) does not apply: \(first.text)\(about)", zh: "\(title) 不适用：\(first.text)\(about)"
        ),
        at: place, facts: [conditionFact(first, in: frame, depth: 1)])
    ]
  }

  private func failedPermit(_ id: RuleID, _ failing: [Int], in frame: Frame) -> Fact {
    let title = wording.quoted(program[id])
    let conditions = failing.prefix(1).map { program[id].conditions[$0] }
    return Fact(
      .before, say("\(title) did not hold", zh: "\(title) 不成立"),
      facts: conditions.map { conditionFact($0, in: frame, depth: 0) })
  }

  /// Whether a range of dates that does not hold today held before: its upper end has passed.
  private func isExpired(_ term: TermID, in frame: Frame) -> Bool {
    if case .operation(.inRange(_, _, _, let hasUpper), let arguments) = program[term], hasUpper {
      let upper = memory.value(of: arguments[2], in: frame)
      return upper.tag == .date && upper.bits <= Int64(frame.today)
    }
    if case .operation(.and, let parts) = program[term] {
      return parts.contains { isExpired($0, in: frame) }
    }
    if case .operation(.less, _) = program[term] { return true }
    if case .operation(.lessOrEqual, _) = program[term] { return true }
    return false
  }

  // MARK: Match, require

  func matchFacts(_ plan: MatchPlan, in frame: Frame) -> [Fact] {
    let matched = memory.value(of: plan.matched, frame.slots, today: frame.today)
    guard matched.tag == .record else {
      return [Fact(.reason, say("no record matches", zh: "没有相符的记录"))]
    }
    var facts = [Fact(.value, name(ofRecord: matched))]
    let inner = frame.with(matched, at: frame.slots.count)
    let choose = program[plan.certain]
    for alternative in choose.alternatives where truth(alternative.guardTerm, in: inner) == .yes {
      facts.append(decidedFact(alternative.rule, in: inner))
    }
    return facts
  }

  func requireFacts(_ plan: RequirePlan, in frame: Frame) -> [Fact] {
    let rule = program[plan.rule]
    var facts = rule.conditions.map { conditionFact($0, in: frame, depth: 2) }
    let blank = plan.known.filter { !memory.value(of: $0.term, in: frame).isKnown }
    if !blank.isEmpty {
      let names = blank.map { wording.text($0.name) }.joined(separator: say(", ", zh: "、"))
      facts.insert(Fact(.reason, say("missing: \(names)", zh: "缺少：\(names)")), at: 0)
    }
    // Its words say what is wrong where it fails.
    let holds = rule.conditions.allSatisfy { truth($0.term, in: frame) == .yes }
    if let because = rule.because, !holds || !blank.isEmpty {
      facts.append(Fact(.because, shown(because, in: frame)))
    }
    return facts
  }
}

extension Frame {
  /// The frame with a record in a slot behind those it has.
  func with(_ value: Value, at slot: Int) -> Frame {
    var slots = slots
    while slots.count <= slot { slots.append(.missing(Cause(.empty))) }
    slots[slot] = value
    return Frame(slots: slots, today: today)
  }
}
