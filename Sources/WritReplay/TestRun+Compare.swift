import WritModel
import WritNetwork
import WritRules
import WritText

/// A question that was asked in a test, with what came out.
struct Asked {
  let program: Program
  let explainer: Explainer
  let slots: [Value]
  /// What the decision was asked about.
  let arguments: [Value]
  let today: Int32
  /// The decision that the question is about, where it is one.
  let decision: DecisionID?
  let actual: Value
  let type: ValueType
  let isHidden: Bool
  let explanation: Explanation?
  private var alert: ProductionID?

  private var memory: Memory { explainer.memory }
  private var frame: Frame { Frame(slots: slots, today: today) }
  private var facts: Facts { memory.facts }

  init(
    _ expected: TestCase.Expected, _ slots: [Value], today: Int32, _ program: Program,
    _ explainer: Explainer
  ) {
    self.program = program
    self.explainer = explainer
    self.slots = slots
    self.today = today
    let memory = explainer.memory
    let frame = Frame(slots: slots, today: today)
    switch expected.subject {
    case .term(let term, _):
      actual = memory.value(of: term, in: frame)
      type = program.type(of: term)
      isHidden = explainer.redaction.hides(term, in: frame, memory)
      decision = Self.decision(of: term, program)
      let found = Self.arguments(of: term, program).map { memory.value(of: $0, in: frame) }
      let arguments = found.isEmpty ? slots : found
      self.arguments = arguments
      explanation = decision.map { explainer.why($0, arguments, today: today) }
    case .decision(let id, _):
      let answer = program[id].answer
      arguments = slots
      actual = memory.value(of: answer, slots, today: today)
      type = program[answer].type
      isHidden = explainer.redaction.hides(answer, slots, today: today, in: memory)
      decision = id
      explanation = explainer.why(id, slots, today: today)
    case .alert(let id, _):
      arguments = slots
      actual = explainer.raises(id, slots)
      type = .boolean
      isHidden =
        program[id].guardTerm.map { explainer.redaction.hides($0, in: frame, memory) } ?? false
      decision = nil
      explanation = explainer.why(alert: id, slots)
      alert = id
    }
  }

  /// The decision whose answer a term reads.
  private static func decision(of term: TermID, _ program: Program) -> DecisionID? {
    guard case .attribute(let id, _, _) = program[term] else { return nil }
    return program.decisions.firstIndex { decision in
      decision.answer == id || decision.details.contains { $0.attribute == id }
    }.map { DecisionID($0) }
  }

  private static func arguments(of term: TermID, _ program: Program) -> [TermID] {
    guard case .attribute(_, let arguments, _) = program[term] else { return [] }
    return arguments
  }

  typealias Miss = (expected: String, actual: String)

  private var said: String {
    isHidden
      ? Redaction.mark
      : explainer.words(actual, type, in: Frame(slots: slots, today: today))
  }

  // MARK: - The answer

  func answerMiss(_ expected: TestCase.Expected, _ run: TestRun) -> Miss? {
    let wording = explainer.wording
    if case .hidden = expected.answer {
      return isHidden ? nil : (wording.say(Phrase("hidden", zh: "不可见")), said)
    }
    if isHidden {
      return (expected.text, wording.say(Phrase("hidden", zh: "不可见")))
    }
    switch expected.answer {
    case .hidden: return nil
    case .parts: return nil
    case .reference(let reference):
      if let found = run.found(reference),
        isEqual(actual, found) || owner.map({ isEqual($0, found) }) ?? false
      {
        return nil
      }
      return (reference.keys.joined(separator: "/"), said)
    case .outcome(let outcome) where alert != nil: return alertMiss(outcome)
    case .outcome(let outcome):
      return holds(outcome) ? nil : ("\(outcome)", said)
    case .value(let term):
      let wanted = memory.value(of: term, in: Frame(slots: slots, today: today))
      if isEqual(actual, wanted) || owner.map({ isEqual($0, wanted) }) ?? false { return nil }
      if wanted.tag == .missing, holds(.missing) { return nil }
      return (explainer.words(wanted, program.type(of: term)), said)
    }
  }

  /// An alert whose condition cannot be checked is not raised; one that reads what was not given
  /// fails, whatever is expected.
  private func alertMiss(_ outcome: TestCase.Expected.Outcome) -> Miss? {
    let wording = explainer.wording
    let raised = wording.say(Phrase("raised", zh: "已触发"))
    let none = wording.say(Phrase("none", zh: "无"))
    let isRaised = actual.tag == .boolean && actual.bits == 1
    let wanted = outcome == .raised ? raised : none
    if actual.isFault { return (wanted, wording.why(actual)) }
    return isRaised == (outcome == .raised) ? nil : (wanted, isRaised ? raised : none)
  }

  /// Of territories: whose it is, or the queue. `is Rep "李雷"` asks for that, `is "East"` for the rule.
  private var owner: Value? {
    guard let decision, case .territories(let plan) = program[decision].kind, let owner = plan.owner
    else { return nil }
    return memory.value(of: owner, slots, today: today)
  }

  private func holds(_ outcome: TestCase.Expected.Outcome) -> Bool {
    switch outcome {
    case .none: return actual.tag == .none || isMember("none")
    case .tied: return actual.tag == .tied
    case .undetermined: return actual.tag == .undetermined || isMember("undetermined")
    case .fault: return actual.tag == .fault
    // A value whose `case` or table could not be decided is missing to whoever reads it.
    case .missing: return actual.tag == .missing || actual.tag == .undetermined && !isDecided
    case .held: return actual.tag == .boolean && actual.bits == 1
    // What cannot be checked is a failure.
    case .failed: return !(actual.tag == .boolean && actual.bits == 1)
    case .permitted, .refused, .allowed, .approval, .forbidden, .certain, .suspected, .raised:
      return isMember("\(outcome)")
    }
  }

  /// Whether the question is about a decision rather than a mere value.
  private var isDecided: Bool {
    guard let decision else { return false }
    switch program[decision].kind {
    case .define, .table: return false
    default: return true
    }
  }

  private func isMember(_ name: String) -> Bool {
    actual.tag == .member && explainer.wording.memberName(actual)?.name == name
  }

  /// Equal as people mean it: numbers by value, a rule by its title, rules in any order.
  func isEqual(_ a: Value, _ b: Value) -> Bool {
    switch (a.tag, b.tag) {
    case (.number, .number): return a.decimal.minus(b.decimal)?.mantissa == 0
    case (.money, .money): return a.aux == b.aux && a.decimal.minus(b.decimal)?.mantissa == 0
    case (.money, .number), (.number, .money): return a.decimal.minus(b.decimal)?.mantissa == 0
    case (.rule, .text): return explainer.wording.ruleTitle(a) == text(b)
    case (.list, .list): return areEqual(a, b)
    case (.list, _):
      let items = facts.lists.items(of: a)
      return items.count == 1 && items.first.map { isEqual($0, b) } ?? false
    case (.missing, .missing): return true
    case (.time, .time): return a.bits == b.bits
    default: return a.tag == b.tag && a.bits == b.bits && (a.aux == b.aux || a.tag == .text)
    }
  }

  private func areEqual(_ a: Value, _ b: Value) -> Bool {
    let left = Array(facts.lists.items(of: a))
    var right = Array(facts.lists.items(of: b))
    guard left.count == right.count else { return false }
    for item in left {
      guard let index = right.firstIndex(where: { isEqual(item, $0) }) else { return false }
      right.remove(at: index)
    }
    return true
  }

  private func text(_ value: Value) -> String {
    explainer.wording.text(value, .text, in: facts)
  }

  // MARK: - Parts and approvers

  func partMisses(_ expected: TestCase.Expected) -> [Miss] {
    expected.parts.compactMap { part in
      guard let attribute = part.attribute ?? detail(named: part.name) else {
        return (
          "\(part.name) …", explainer.say("there is no `\(part.name)`", zh: "没有 `\(part.name)`")
        )
      }
      let value = memory.value(of: attribute, slots, today: today)
      let wanted = memory.value(of: part.value, in: Frame(slots: slots, today: today))
      if isEqual(value, wanted) { return nil }
      let type = program[attribute].type
      return (
        "\(part.name) \(explainer.words(wanted, type))",
        "\(part.name) \(explainer.words(value, type))"
      )
    } + approverMisses(expected)
  }

  private func detail(named name: String) -> AttributeID? {
    guard let decision else { return nil }
    let plan = program[decision]
    if let detail = plan.details.first(where: { $0.name.name == name || $0.name.label == name }) {
      return detail.attribute
    }
    guard case .split(let parts) = plan.kind else { return nil }
    return parts.first { $0.name == name }?.amount
  }

  private func approverMisses(_ expected: TestCase.Expected) -> [Miss] {
    guard !expected.approvers.isEmpty, let decision,
      case .discount(let plan) = program[decision].kind
    else { return [] }
    let value = memory.value(of: plan.approvers, slots, today: today)
    let type = program[plan.approvers].type
    let actual = value.tag == .list ? Array(facts.lists.items(of: value)) : []
    let isSame =
      actual.count == expected.approvers.count
      && expected.approvers.allSatisfy { wanted in
        actual.contains { isEqual($0, wanted.value) }
      }
    if isSame { return [] }
    let wanted = expected.approvers.map { explainer.wording.text($0.value, type, in: facts) }
    return [(wanted.joined(separator: ", "), explainer.words(value, type))]
  }

  // MARK: - Reasons

  func reasonMisses(_ expected: TestCase.Expected) -> [Miss] {
    var misses: [Miss] = []
    let facts = explanation?.facts ?? []
    if let by = expected.by {
      let deciding = Self.rules(of: facts, kinds: [.decided])
      if !deciding.contains(by) {
        misses.append((named("by", [by]), named("by", deciding)))
      }
    }
    let beaten = Self.rules(of: facts, kinds: [.beaten, .offer])
    for over in expected.over where !beaten.contains(over) {
      misses.append((named("over", [over]), named("over", beaten)))
    }
    if let because = expected.because {
      // Reasons are told in the language of the reader; a test may be written in either.
      let words = (explanation?.words ?? "") + "\n" + said + "\n" + wordsInOtherLanguage
      if !words.contains(because) {
        let reason = explainer.wording.why(actual)
        misses.append(
          (named("because", [because]), reason.isEmpty ? said : named("because", [reason])))
      }
    }
    return misses
  }

  private var wordsInOtherLanguage: String {
    let other: Language = explainer.wording.language == .english ? .chinese : .english
    let twin = Explainer(memory: memory, language: other, viewer: explainer.redaction.viewer)
    if let alert { return twin.why(alert: alert, slots).words }
    guard let decision else { return twin.words(actual, type, in: frame) }
    return twin.why(decision, arguments, today: today).words
  }

  private func named(_ word: String, _ titles: [String]) -> String {
    titles.isEmpty ? "\(word) —" : "\(word) " + titles.map { "\"\($0)\"" }.joined(separator: ", ")
  }

  private static func rules(
    of facts: [Explanation.Fact], kinds: Set<Explanation.Fact.Kind>
  ) -> [String] {
    facts.flatMap { fact -> [String] in
      var titles: [String] = []
      let isRefused = fact.data.contains { $0.0 == "holds" }
      if kinds.contains(fact.kind), !isRefused,
        case .text(let title)? = fact.data.first(where: { $0.0 == "rule" })?.1
      {
        titles.append(title)
      }
      // A rule that decided a value which this one reads is not the rule that decided this.
      let isStep = fact.kind == .step
      return titles + (isStep ? rules(of: fact.facts, kinds: kinds) : [])
    }
  }
}
