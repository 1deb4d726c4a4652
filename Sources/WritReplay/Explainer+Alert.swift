public import WritModel
import WritNetwork
public import WritRules
import WritText

// Why an alert is raised, or is not, for given records.
extension Explainer {
  /// Whether an alert is raised for records, in the order of its patterns; missing or a fault where
  /// its condition cannot be checked.
  public func raises(_ alert: ProductionID, _ records: [Value]) -> Value {
    guard let guardTerm = program[alert].guardTerm else { return .boolean(true) }
    return memory.value(of: guardTerm, in: Frame(slots: records, today: memory.today))
  }

  /// The alert's own words for its records: its `because`, or nothing; the mark of what is hidden
  /// where the viewer may not see what they tell.
  public func words(of alert: ProductionID, _ records: [Value]) -> String? {
    guard let because = program[program[alert].rule].because else { return nil }
    let frame = Frame(slots: records, today: memory.today)
    if redaction.hides(because, in: frame, memory) { return Redaction.mark }
    return shown(because, in: frame)
  }

  /// Why an alert is raised for these records or is not: its conditions one by one.
  public func why(alert: ProductionID, _ records: [Value]) -> Explanation {
    let production = program[alert]
    let rule = program[production.rule]
    let frame = Frame(slots: records, today: memory.today)
    let raises = raises(alert, records)
    let isRaised = raises.tag == .boolean && raises.bits == 1
    var facts: [Fact] = []
    if production.guardTerm.map({ redaction.hides($0, in: frame, memory) }) ?? false {
      facts = [Fact(.note, say("you may not see this", zh: "你无权查看这一项"))]
    } else {
      facts = rule.conditions.map { conditionFact($0, in: frame, depth: 1) }
      if isRaised, let words = words(of: alert, records) { facts.append(Fact(.because, words)) }
    }
    let subject = records.map { name(ofRecord: $0) }.joined(separator: ", ")
    let title = say("alert ", zh: "预警 ") + wording.quoted(rule.title)
    let answer = isRaised ? say("raised", zh: "已触发") : say("none", zh: "无")
    return Explanation(
      headline: title + (subject.isEmpty ? "" : " · " + subject) + " → " + answer,
      decision: "alert \"\(rule.title)\"", date: wording.date(Int64(memory.today)),
      rules: program.hash, answer: .boolean(isRaised), facts: facts)
  }
}
