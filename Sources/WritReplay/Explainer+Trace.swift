public import WritModel
import WritNetwork
public import WritRules
public import WritText

extension Explainer {
  /// What was looked at for an answer, a line each, in order: derived values with what they came
  /// to, below each the rules that were reached and what became of them, below these their
  /// conditions. What the viewer may not see is hidden, also where a rule's fate would tell it.
  public func trace(
    _ decision: DecisionID, _ arguments: [Value], today: Int32, in sources: Sources,
    atMost limit: Int = 200
  ) -> [String] {
    let answer = program[decision].answer
    if redaction.hides(answer, arguments, today: today, in: memory) {
      return [say("you may not see this", zh: "你无权查看这一项")]
    }
    var lines: [String] = []
    var count = 0
    memory.trace(answer, arguments, today: today) { event, depth in
      guard let line = self.line(event, sources) else { return }
      count += 1
      if lines.count < limit {
        lines.append(String(repeating: "  ", count: min(depth, 12)) + line.printable)
      }
    }
    if count > lines.count {
      let more = grouped(count - lines.count)
      lines.append(say("… and \(more) lines more", zh: "… 另有 \(more) 行"))
    }
    return lines
  }

  private func line(_ event: TraceEvent, _ sources: Sources) -> String? {
    switch event {
    case .attribute(let id, let arguments, let today): return line(id, arguments, today)
    case .alternative(let alternative, let truth, let isTaken, let frame):
      let isHidden = redaction.hides(alternative.guardTerm, in: frame, memory)
      let fate = isHidden && !isTaken ? Redaction.mark : self.fate(truth, isTaken: isTaken)
      return "\(title(of: alternative.rule, sources)): \(fate)"
    case .condition(let rule, let index, let truth, let frame):
      let condition = program[rule].conditions[index]
      // The only condition of a rule says what the rule said.
      guard program[rule].conditions.count > 1, condition.role != .pool else { return nil }
      let isHidden = redaction.hides(condition.term, in: frame, memory)
      return "  " + condition.text.onOneLine + ": " + (isHidden ? Redaction.mark : word(truth))
    case .otherwise(let rule):
      return "\(title(of: rule, sources)): " + say("taken, nothing else held", zh: "采用，其余都不成立")
    }
  }

  private func line(_ id: AttributeID, _ arguments: [Value], _ today: Int32) -> String? {
    let attribute = program[id]
    let value = memory.value(of: id, arguments, today: today)
    let isHidden = redaction.hides(id, arguments, today: today, in: memory)
    let owners = arguments.map { argument in
      argument.tag == .record
        ? name(ofRecord: argument) : wording.text(argument, .unknown, in: memory.facts)
    }.joined(separator: ", ")
    let called =
      wording.language == .chinese
      ? attribute.name.label ?? attribute.name.name : attribute.name.name
    return "\(called)\(owners.isEmpty ? "" : " (\(owners))") = "
      + (isHidden ? Redaction.mark : words(value, attribute.type))
  }

  private func title(of id: RuleID, _ sources: Sources) -> String {
    let rule = program[id]
    let place = "\(sources[rule.span.source].name):\(sources.position(of: rule.span).line)"
    let title =
      rule.title.isEmpty ? String(sources.text(of: rule.span).onOneLine.prefix(40)) : rule.title
    return "\(wording.quoted(title)) \(place)"
  }

  private func fate(_ truth: Truth, isTaken: Bool) -> String {
    switch truth {
    case .yes: isTaken ? say("taken", zh: "采用") : say("held, another was taken", zh: "成立，但未采用")
    case .no: say("did not hold", zh: "不成立")
    case .unknown: say("could not be checked", zh: "无法判断")
    case .fault: say("fault", zh: "出错")
    }
  }

  private func word(_ truth: Truth) -> String {
    switch truth {
    case .yes: say("yes", zh: "是")
    case .no: say("no", zh: "否")
    case .unknown: say("unknown", zh: "未知")
    case .fault: say("fault", zh: "出错")
    }
  }
}
