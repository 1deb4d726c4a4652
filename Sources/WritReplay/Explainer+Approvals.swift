import WritModel
import WritNetwork
import WritRules
import WritText

// Earlier approvals: which one still counts, so that nobody is asked again, and why another does not.
extension Explainer {
  /// One earlier approval of the record.
  private struct Earlier {
    var row: Int
    var value: Value
    var by: Value
    var on: Value
    var until: Value
    /// Why it does not count; empty: it does.
    var faults: [String]
  }

  /// Who agreed before, when, to what and until when; whether it counts.
  func earlierFacts(_ plan: DiscountPlan, in frame: Frame) -> [Fact] {
    guard let fields = plan.earlier, let approval = plan.approval, let subject = frame.slots.first,
      !redaction.hides(plan.tested, in: frame, memory)
    else { return [] }
    let found = (memory.facts[approval].liveRows).compactMap {
      earlier(row: $0, fields, of: subject, plan, in: frame)
    }
    let order = found.filter(\.faults.isEmpty) + found.filter { !$0.faults.isEmpty }
    return limited(order.map { fact(of: $0, fields, approval, plan) }, to: 5)
  }

  private func earlier(
    row: Int, _ fields: DiscountPlan.Earlier, of subject: Value, _ plan: DiscountPlan,
    in frame: Frame
  ) -> Earlier? {
    let facts = memory.facts
    let of = facts.value(fields.of, row: row)
    let tests = facts.value(fields.tests, row: row)
    guard of.tag == .record, of.bits == subject.bits, of.aux == subject.aux,
      tests.tag == .member, tests.bits == fields.test.value.bits
    else { return nil }
    var earlier = Earlier(
      row: row, value: facts.value(fields.value, row: row), by: facts.value(fields.by, row: row),
      on: facts.value(fields.on, row: row), until: facts.value(fields.until, row: row), faults: [])
    earlier.faults = faults(of: earlier, fields, subject, plan, in: frame)
    return earlier
  }

  private func faults(
    of earlier: Earlier, _ fields: DiscountPlan.Earlier, _ subject: Value, _ plan: DiscountPlan,
    in frame: Frame
  ) -> [String] {
    var faults: [String] = []
    let type = program.type(of: plan.tested)
    let present = memory.value(of: plan.tested, in: frame)
    if present.isKnown, earlier.value.isKnown, isWorse(present, earlier.value, plan) {
      let (now, then) = (words(present, type), words(earlier.value, type))
      faults.append(say("\(now) is worse than \(then)", zh: "\(now) 比 \(then) 更差"))
    }
    if earlier.on.tag == .date, earlier.on.bits > Int64(frame.today) {
      faults.append(say("it is later than this day", zh: "它晚于业务日"))
    }
    if earlier.until.tag == .date, earlier.until.bits < Int64(frame.today) {
      let end = wording.date(earlier.until.bits)
      faults.append(say("it ended on \(end)", zh: "已于 \(end) 到期"))
    }
    for (now, then) in fields.watched {
      let (new, old) = (
        memory.facts.value(now, row: Int(subject.bits)), memory.facts.value(then, row: earlier.row)
      )
      if isUnchanged(new, old) { continue }
      let field = program.schema[now]
      let isHidden = redaction.hides(now, of: subject, today: frame.today, in: memory)
      let change =
        isHidden ? "" : " \(words(old, field.type)) → \(words(new, field.type))"
      let name = wording.text(field.name)
      faults.append(say("\(name) has changed\(change)", zh: "\(name) 已变\(change)"))
    }
    return faults
  }

  private func isUnchanged(_ new: Value, _ old: Value) -> Bool {
    if !new.isKnown || !old.isKnown { return !new.isKnown && !old.isKnown }
    if new.tag == .number || new.tag == .money {
      return new.decimal.minus(old.decimal)?.mantissa == 0
    }
    return new.tag == old.tag && new.bits == old.bits && new.aux == old.aux
  }

  private func fact(
    of earlier: Earlier, _ fields: DiscountPlan.Earlier, _ approval: RecordID, _ plan: DiscountPlan
  ) -> Fact {
    let type = program.type(of: plan.tested)
    let who = words(earlier.by, program.schema[fields.by].type)
    let value = words(earlier.value, type)
    let day = words(earlier.on, .date)
    let end = earlier.until.tag == .date ? wording.date(earlier.until.bits) : nil
    let english = end.map { " until \($0)" } ?? ""
    let chinese = end.map { "，有效至 \($0)" } ?? ""
    let counts = earlier.faults.isEmpty
    let text =
      counts
      ? say(
        "approved before: \(value) by \(who) on \(day)\(english); nothing worse, so it still counts",
        zh: "沿用此前审批：\(who) 于 \(day) 同意 \(value)\(chinese)；没有更差，不必再问")
      : say(
        "approved before: \(value) by \(who) on \(day)\(english); it does not count",
        zh: "此前审批：\(who) 于 \(day) 同意 \(value)\(chinese)；不再算数")
    return Fact(
      .approval, text,
      data: [
        ("by", wording.json(earlier.by, program.schema[fields.by].type, in: memory.facts)),
        ("on", wording.json(earlier.on, .date, in: memory.facts)),
        ("value", wording.json(earlier.value, type, in: memory.facts)),
        ("until", wording.json(earlier.until, .date, in: memory.facts)),
        ("counts", .boolean(counts)),
      ],
      facts: earlier.faults.map { Fact(.failed, $0) })
  }
}
