import WritModel
import WritNetwork
import WritRules
import WritText

// A price answers with its waterfall: step, rule, base, before, after; offers not used and why; the
// nearest threshold that was not reached.
extension Explainer {
  func priceFacts(_ plan: PricePlan, in frame: Frame) -> [Fact] {
    var facts: [Fact] = []
    if let asOf = plan.asOf {
      facts.append(
        Fact(.note, say("as of \(shown(asOf, in: frame))", zh: "业务日 \(shown(asOf, in: frame))")))
    }
    var unused: [Fact] = []
    // Pieces and amounts do not compare: the nearest of each is told.
    var nearest: [(type: ValueType, gap: Decimal, fact: Fact)] = []
    let frames = plan.steps.map { self.frame(of: $0, in: frame) }
    let width =
      zip(plan.steps, frames).map { step, stepFrame in
        guard let stepFrame else { return 0 }
        let value = memory.value(of: step.after, stepFrame.slots, today: stepFrame.today)
        return value.isKnown ? words(value, program[step.after].type).displayWidth : 0
      }.max() ?? 0
    for (index, step) in plan.steps.enumerated() {
      guard let stepFrame = frames[index] else { continue }
      facts.append(
        stepFact(step, number: index + 1, width: width, marks: plan.marks, in: stepFrame))
      for offer in step.tries { unused += unusedFact(offer, of: step, in: stepFrame) }
      for offer in step.tries {
        guard let next = threshold(offer, in: stepFrame) else { continue }
        if let place = nearest.firstIndex(where: { $0.type == next.type }) {
          if next.gap.isLess(than: nearest[place].gap) { nearest[place] = next }
        } else {
          nearest.append(next)
        }
      }
    }
    facts += unused
    facts += nearest.map(\.fact)
    return facts
  }

  /// The frame a step's terms are evaluated in: this record's, or its whole's inside `whole`.
  func frame(of step: PricePlan.Step, in frame: Frame) -> Frame? {
    guard step.isOfWhole, let subject = frame.slots.first, subject.tag == .record,
      case .record(let whole)? = program[step.after].parameters.first, whole.index != subject.aux
    else { return frame }
    let type = program.schema[RecordID(Int(subject.aux))]
    let field = type.fields.first { field in
      program.schema[field].partAs != nil && program.schema[field].type == .record(whole)
    }
    guard let field else { return nil }
    let value = memory.facts.value(field, row: Int(subject.bits))
    return value.tag == .record ? Frame(slots: [value], today: frame.today) : nil
  }

  private func stepFact(
    _ step: PricePlan.Step, number: Int, width: Int, marks: [Decision.Detail], in frame: Frame
  ) -> Fact {
    let after = memory.value(of: step.after, frame.slots, today: frame.today)
    let type = program[step.after].type
    let before = step.before.map { memory.value(of: $0, in: frame) }
    var text = "\(number) \(title(of: step, marks: marks))"
    if step.isOfWhole { text += say(" (whole)", zh: "（整单）") }
    let words = self.words(after, type)
    let pad = String(repeating: " ", count: max(0, width - words.displayWidth))
    var parts = [Fact(.value, pad + words)]
    if let before, let change = change(from: before, to: after) {
      parts.append(Fact(.value, change.mantissa == 0 ? "=" : signed(change, like: after)))
    }
    if let rule = deciding(step, in: frame), program[rule].title != step.title {
      let title = program[rule].title
      parts.append(Fact(.decided, wording.quoted(program[rule]), data: [("rule", .text(title))]))
    }
    if after.tag == .undetermined, before?.isKnown ?? true { parts += open(step, in: frame) }
    if let base = step.base {
      let shown = self.shown(base, in: frame)
      parts.append(Fact(.note, say("of \(shown)", zh: "按 \(shown)")))
    }
    if let bound = step.bound {
      let shown = self.shown(bound, in: frame)
      parts.append(Fact(.note, say("floor \(shown)", zh: "底价 \(shown)")))
    }
    if let unclamped = step.unclamped {
      let value = memory.value(of: unclamped, in: frame)
      if value.isKnown, value.bits < 0, after.bits == 0 {
        let words = self.words(value, type)
        parts.append(
          Fact(.note, say("stopped at zero, not \(words)", zh: "减到零为止，而非 \(words)")))
      }
    }
    return Fact(
      .step, text,
      data: [
        ("title", .text(step.title)), ("place", .integer(number)),
        ("before", before.map { wording.json($0, type, in: memory.facts) } ?? .null),
        ("after", wording.json(after, type, in: memory.facts)),
      ], facts: parts)
  }

  private func change(from before: Value, to after: Value) -> Decimal? {
    guard before.isKnown, after.isKnown else { return nil }
    return after.decimal.minus(before.decimal)
  }

  private func signed(_ change: Decimal, like value: Value) -> String {
    let digits = change.reduced.plain(atLeast: value.tag == .money ? 2 : 0)
    return change.mantissa > 0 ? "+" + digits : digits
  }

  /// Why a step could not be made: its source or offer that could not be decided.
  private func open(_ step: PricePlan.Step, in frame: Frame) -> [Fact] {
    switch step.kind {
    case .start(let choose?), .group(let choose):
      return told(choose, in: frame).filter { $0.kind == .before }
    default:
      return opened(program[step.after].term, in: frame, depth: 2)
    }
  }

  func title(of step: PricePlan.Step, marks: [Decision.Detail]) -> String {
    // A mark has a label; what has only a word of the language says it in the reader's.
    if case .mark = step.kind, let mark = marks.first(where: { $0.name.name == step.title }) {
      return wording.text(mark.name)
    }
    if case .times = step.kind, let base = step.base, let name = pathName(base), !name.isEmpty {
      return say("times \(name)", zh: "乘 \(name)")
    }
    if let words = step.words { return wording.say(words) }
    if !step.title.isEmpty { return step.title }
    switch step.kind {
    case .start: return say("start", zh: "起价")
    case .mark: return say("mark", zh: "价格点")
    case .times: return say("times quantity", zh: "乘数量")
    case .whole: return say("whole", zh: "整单")
    case .floor: return say("floor", zh: "底价")
    case .round: return say("round", zh: "取整")
    case .offer, .group: return say("offer", zh: "优惠")
    }
  }

  /// The rule that gave a step its value: the source of the start, the offer of a group.
  func deciding(_ step: PricePlan.Step, in frame: Frame) -> RuleID? {
    let choose: ChooseID
    switch step.kind {
    case .start(let source?): choose = source
    case .group(let group): choose = group
    case .start(nil), .mark, .times, .whole, .floor, .round, .offer: return nil
    }
    guard let winner = winner(of: choose, in: frame), winner.tag == .rule else { return nil }
    return RuleID(Int(winner.bits))
  }

  /// Why an offer has no part in the price: a condition failed, or another was better.
  func unusedFact(
    _ offer: PricePlan.Try, of step: PricePlan.Step, in frame: Frame
  ) -> [Fact] {
    let rule = program[offer.rule]
    let title = wording.quoted(rule)
    switch truth(offer.guardTerm, in: frame) {
    case .yes:
      let result = memory.value(of: offer.result, in: frame)
      if !result.isKnown {
        let why = words(result, program.type(of: offer.result), in: frame)
        return [
          Fact(
            .offer, say("not used: \(title)", zh: "未用：\(title)"), at: rule.span,
            data: [("rule", .text(rule.title)), ("holds", .boolean(false))],
            facts: [Fact(.note, why)])
        ]
      }
      guard case .group = step.kind, let winner = deciding(step, in: frame), winner != offer.rule
      else { return [] }
      let other = wording.quoted(program[winner])
      let given = shown(offer.result, in: frame)
      return [
        Fact(
          .offer, say("not used: \(title) gives \(given)", zh: "未用：\(title) 得 \(given)"),
          at: rule.span, data: [("rule", .text(rule.title))],
          facts: [Fact(.note, better(other, than: result, step, in: frame))])
      ]
    case .no, .unknown, .fault:
      let failing = rule.conditions.first { truth($0.term, in: frame) != .yes }
      // A tier that holds but has no step so low is told by the nearest threshold.
      if failing == nil, !offer.thresholds.isEmpty { return [] }
      if failing == nil, case .start = step.kind {
        return [
          Fact(
            .offer, say("not used: \(title)", zh: "未用：\(title)"), at: rule.span,
            data: [("rule", .text(rule.title)), ("holds", .boolean(false))],
            facts: [Fact(.note, say("has no price here", zh: "这里没有价格"))])
        ]
      }
      return [
        Fact(
          .offer, say("not used: \(title)", zh: "未用：\(title)"), at: rule.span,
          data: [("rule", .text(rule.title)), ("holds", .boolean(false))],
          facts: [
            failing.map { conditionFact($0, in: frame, depth: 0) }
              ?? Fact(.note, say("an earlier step was final", zh: "前面的步骤已到此为止"))
          ])
      ]
    }
  }

  /// How the offer of a group that was taken is better than another that holds.
  private func better(
    _ other: String, than result: Value, _ step: PricePlan.Step, in frame: Frame
  ) -> String {
    guard case .group(let choose) = step.kind, program[choose].policy == .outputPriority else {
      return say("\(other) comes before it", zh: "\(other) 在它前面")
    }
    let taken = memory.value(of: step.after, frame.slots, today: frame.today)
    let isSame = taken.isKnown && taken.decimal.minus(result.decimal)?.mantissa == 0
    return isSame
      ? say("\(other) gives the same and stands first", zh: "\(other) 同价且排在前面")
      : say("\(other) is cheaper", zh: "\(other) 更优惠")
  }

  /// How much is wanting to the next step of a tier, and what it would give.
  private func threshold(
    _ offer: PricePlan.Try, in frame: Frame
  ) -> (type: ValueType, gap: Decimal, fact: Fact)? {
    // An offer that does not apply here has no threshold to reach.
    guard program[offer.rule].conditions.allSatisfy({ truth($0.term, in: frame) == .yes }) else {
      return nil
    }
    var best: (type: ValueType, gap: Decimal, fact: Fact)?
    for entry in offer.thresholds {
      let measure = memory.value(of: entry.measure, in: frame)
      let bound = memory.value(of: entry.bound, in: frame)
      guard measure.isKnown, bound.isKnown, measure.tag == bound.tag,
        measure.tag == .number || measure.tag == .money,
        let gap = bound.decimal.minus(measure.decimal), gap.mantissa >= 0,
        entry.isOver || gap.mantissa > 0
      else { continue }
      if let best, !gap.isLess(than: best.gap) { continue }
      let type = program.type(of: entry.measure)
      var missing = bound
      missing.bits = gap.mantissa
      missing.scale = gap.scale
      let words = self.words(missing, type)
      let title = wording.quoted(program[offer.rule])
      let limit = self.words(bound, type)
      best = (
        type, gap,
        Fact(
          .threshold,
          say(
            "\(words) more reaches \(title) from \(limit)",
            zh: "再多 \(words) 即达 \(title) 的 \(limit) 一档"),
          data: [("gap", .number(gap.shortest))])
      )
    }
    return best
  }
}

extension Decimal {
  /// The difference, nil where it does not fit.
  func minus(_ other: Decimal) -> Decimal? {
    let scale = max(self.scale, other.scale)
    guard let a = widened(to: scale), let b = other.widened(to: scale) else { return nil }
    let (difference, overflows) = a.subtractingReportingOverflow(b)
    return overflows ? nil : Decimal(mantissa: difference, scale: scale).reduced
  }

  func isLess(than other: Decimal) -> Bool { minus(other).map { $0.mantissa < 0 } ?? false }

  private func widened(to wanted: UInt8) -> Int64? {
    var result = mantissa
    for _ in scale..<max(scale, wanted) {
      let (product, overflows) = result.multipliedReportingOverflow(by: 10)
      if overflows { return nil }
      result = product
    }
    return result
  }
}
