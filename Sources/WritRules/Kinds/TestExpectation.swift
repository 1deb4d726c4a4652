import WritModel
import WritSyntax
import WritText

// `expect QUESTION is ANSWER`.
extension Checker {
  mutating func lower(
    _ expectation: Expectation, text: String
  ) -> [TestCase.Step.Kind] {
    guard let asked = question(expectation.question) else { return [] }
    var (subject, type) = (asked.0, asked.1)
    let decision = asked.2
    if case .expression(let answer) = expectation.answer.value, type == .rule {
      (subject, type) = ownerQuestion(subject, type, decision, answered: answer)
    }
    if case .none = subject { return [.notRun(text)] }
    guard let subject else { return [] }
    let asOf = expectation.asOf.map { check($0, expecting: .date, in: Scope()) }
    let answer = expectation.answer
    if !mayAnswer(answer.value, subject) {
      report(.answerOfOtherKind(written(answer.span), at: answer.span))
      return []
    }
    var expected: TestCase.Expected.Answer
    switch answer.value {
    case .parts: expected = .parts
    case .word(let word):
      guard let found = self.answer(word, of: type, at: answer.span) else { return [] }
      expected = found
    case .expression(let expression):
      guard let found = self.answer(expression, of: type) else { return [] }
      expected = found
    }
    let viewer = expectation.viewer.flatMap { self.viewer($0) }
    let parts = type == .unknown ? [] : answer.parts.compactMap { part($0, of: decision) }
    let approvers = answer.approvers.compactMap { party($0) }
    return [
      .expect(
        TestCase.Expected(
          subject: subject, asOf: asOf, viewer: viewer, answer: expected, parts: parts,
          approvers: approvers, by: answer.by?.text, over: answer.over.map(\.text),
          because: answer.because?.text, text: text))
    ]
  }

  /// An alert is raised or there is none; nothing else is raised.
  private func mayAnswer(_ value: Answer.Value, _ subject: TestCase.Expected.Subject) -> Bool {
    if case .alert = subject {
      if case .word(let word) = value { return word == .raised || word == .none }
      return false
    }
    if case .word(.raised) = value { return false }
    return true
  }

  // MARK: Questions

  /// A territory is answered by its title; a queue or a record asks who owns it.
  private mutating func ownerQuestion(
    _ subject: TestCase.Expected.Subject?, _ type: ValueType, _ decision: DecisionID?,
    answered answer: Expression
  ) -> (TestCase.Expected.Subject?, ValueType) {
    switch answer.kind {
    case .queue, .reference: break
    default: return (subject, type)
    }
    guard let decision, case .decision(_, let records) = subject,
      case .territories(let plan) = program[decision].kind, let owner = plan.owner,
      case .record(let record)? = program[decision].parameters.first
    else { return (subject, type) }
    let term = read(owner, at: slot(0, type: .record(record)))
    return (.term(term, records: records), self.type(of: term))
  }

  /// What is asked, the type of its answer, and the decision it is, if it is one. The subject is
  /// nil for what this build checks but does not run.
  private mutating func question(
    _ question: Question
  ) -> (TestCase.Expected.Subject?, ValueType, DecisionID?)? {
    switch question {
    case .value(let expression): return valueQuestion(expression)
    case .block(let reference, let arguments):
      guard let unit = block(reference) else { return nil }
      guard let id = decisions[unit] else { return (nil, .unknown, nil) }
      return decisionQuestion(id, arguments, at: reference.span)
    case .require(let title, let record):
      guard let unit = titled(title, where: { $0.requireTitle }) else { return nil }
      guard let id = decisions[unit] else { return nil }
      return decisionQuestion(id, [record], at: title.span)
    case .alert(let title, let records):
      guard let unit = titled(title, where: { $0.alertTitle }) else { return nil }
      // What kept an alert from being lowered has been reported.
      guard let id = kinds.productions[unit] else { return nil }
      return alertQuestion(id, records, title: title)
    case .measure(let title):
      guard let unit = titled(title, where: { $0.measureTitle }) else { return nil }
      if kinds.measures[unit] == nil { lower(unit) }
      guard let term = kinds.measures[unit] else { return nil }
      return (.term(term, records: []), type(of: term), nil)
    }
  }

  private mutating func decisionQuestion(
    _ id: DecisionID, _ arguments: [Expression], at span: Span
  ) -> (TestCase.Expected.Subject?, ValueType, DecisionID?)? {
    let decision = program[id]
    guard arguments.count == decision.parameters.count else {
      report(.questionOfOtherWidth(decision.title, wanted: decision.parameters.count, at: span))
      return nil
    }
    var references: [RecordReference] = []
    for (argument, parameter) in zip(arguments, decision.parameters) {
      guard case .record(let record) = parameter else { return nil }
      guard let reference = reference(argument, to: record) else { return nil }
      references.append(reference)
    }
    return (.decision(id, references), program[decision.answer].type, id)
  }

  /// The records of an alert stand in the order of its patterns.
  private mutating func alertQuestion(
    _ id: ProductionID, _ records: [Expression], title: TextLiteral
  ) -> (TestCase.Expected.Subject?, ValueType, DecisionID?)? {
    let patterns = program[id].patterns
    guard records.count == patterns.count else {
      report(
        .questionOfOtherWidth("alert \"\(title.text)\"", wanted: patterns.count, at: title.span))
      return nil
    }
    var references: [RecordReference] = []
    for (written, pattern) in zip(records, patterns) {
      guard let reference = reference(written, to: pattern.record) else { return nil }
      references.append(reference)
    }
    return (.alert(id, references), .boolean, nil)
  }

  /// A value: where it is the answer of a decision, the decision is asked, so that `by` and
  /// `because` have somebody to answer them.
  private mutating func valueQuestion(
    _ expression: Expression
  ) -> (TestCase.Expected.Subject?, ValueType, DecisionID?)? {
    switch expression.kind {
    case .grouped(let inner): return valueQuestion(inner)
    case .member(let owner, let name):
      guard case .reference(let type, _) = owner.kind, let record = recordNamed(type),
        case .derived(let derived)? = symbols.members[Int(record.index)][name.text]?.meaning,
        let id = decision(answering: derived)
      else { break }
      return decisionQuestion(id, [owner], at: expression.span)
    case .call(let name, let arguments):
      guard case .derived(let derived)? = symbols.globals[name.text]?.meaning,
        let id = decision(answering: derived),
        program[id].parameters.allSatisfy({ if case .record = $0 { true } else { false } })
      else { break }
      return decisionQuestion(id, arguments, at: expression.span)
    default: break
    }
    let term = check(expression, in: Scope())
    return (.term(term, records: []), type(of: term), nil)
  }

  private func recordNamed(_ name: Name) -> RecordID? {
    if case .record(let id)? = symbols.types[name.text]?.meaning { id } else { nil }
  }

  private func decision(answering derived: DerivedID) -> DecisionID? {
    guard case .attribute(let attribute) = self[derived].value else { return nil }
    return program.decisions.firstIndex { $0.answer == attribute }.map { DecisionID($0) }
  }

  /// The unit of a kind that has the title.
  private mutating func titled(
    _ title: TextLiteral, where titleOf: (Declaration) -> TextLiteral?
  ) -> UnitID? {
    let all = units.indices.compactMap { index in
      titleOf(units[index].declaration).map { (index, $0.text) }
    }
    if let found = all.first(where: { $0.1 == title.text }) { return UnitID(found.0) }
    report(.unknownTitle(title, near: near(title.text, in: all.map(\.1))))
    return nil
  }

  private mutating func viewer(_ expression: Expression) -> TestCase.Expected.Viewer? {
    if case .reference = expression.kind {
      return reference(expression, to: nil).map { .record($0) }
    }
    return party(expression).map { .party($0) }
  }

  // MARK: Answers

  /// A word of an answer: a member of the answer's own enum, or how the decision ended.
  private mutating func answer(
    _ word: Answer.Word, of type: ValueType, at span: Span
  ) -> TestCase.Expected.Answer? {
    if case .member(let id) = type, let ordinal = ordinal(of: word, in: id) {
      return .value(member(ordinal, of: id))
    }
    switch word {
    case .none: return .outcome(.none)
    case .tied: return .outcome(.tied)
    case .undetermined: return .outcome(.undetermined)
    case .fault: return .outcome(.fault)
    case .hidden: return .hidden
    case .raised: return .outcome(.raised)
    case .permitted, .refused, .allowed, .approval, .forbidden, .certain, .suspected, .failed,
      .held:
      if type != .unknown { report(.answerOfOtherKind(word.member, at: span)) }
      return nil
    }
  }

  /// The member of an enum that is called as the word, in either language.
  private func ordinal(of word: Answer.Word, in id: EnumID) -> Int? {
    let names = symbols.enumMembers[Int(id.index)]
    return names[word.member] ?? word.chinese.lazy.compactMap { names[$0] }.first
  }

  /// A written answer, read as the type of what is asked.
  mutating func answer(
    _ expression: Expression, of type: ValueType
  ) -> TestCase.Expected.Answer? {
    switch expression.kind {
    case .grouped(let inner): return answer(inner, of: type)
    case .missing: return .outcome(.missing)
    case .queue(let name): return queue(name).map { .value(queue($0)) }
    default: break
    }
    switch type {
    case .record(let record), .recordOrQueue(let record):
      return reference(expression, to: record).map { .reference($0) }
    case .rule:
      guard case .literal(.text(let title)) = expression.kind else {
        report(.notATitle(at: expression.span))
        return nil
      }
      return .value(text(title))
    case .list(.rule):
      let items: [Expression]
      if case .set(let written) = expression.kind { items = written } else { items = [expression] }
      var titles: [Constant] = []
      for item in items {
        guard case .literal(.text(let title)) = item.kind else {
          report(.notATitle(at: item.span))
          return nil
        }
        titles.append(Constant(.text(program.texts.intern(title))))
      }
      let list = Constant(Value(tag: .list, bits: Int64(titles.count)), items: titles)
      return .value(term(.constant(list), type: .list(.text)))
    case .list(.record), .list(.recordOrQueue):
      guard case .set(let items) = expression.kind, case .list(let item) = type else { break }
      let records = items.map { check($0, expecting: item, in: Scope()) }
      return .value(operation(.listOfDistinct, records, type: type))
    default: break
    }
    return .value(check(expression, expecting: type == .unknown ? nil : type, in: Scope()))
  }

  /// `rep 500.00`, `regular 120`: a detail of the decision by its name, label or title.
  private mutating func part(
    _ part: Answer.Part, of decision: DecisionID?
  ) -> TestCase.Expected.Part? {
    let name: String
    switch part.name.kind {
    case .name(let written): name = written.text
    case .literal(.text(let written)): name = written
    case .reference(_, let keys): name = keys.map(\.text).joined(separator: ", ")
    default:
      report(.notAPart(written(part.name), near: [], at: part.name.span))
      return nil
    }
    guard let decision else {
      report(.notAPart(name, near: [], at: part.name.span))
      return nil
    }
    let details = program[decision].details
    guard let detail = details.first(where: { $0.name.name == name || $0.name.label == name })
    else {
      report(
        .notAPart(name, near: near(name, in: details.map(\.name.name)), at: part.name.span))
      return nil
    }
    let type = program[detail.attribute].type
    return TestCase.Expected.Part(
      name: name, attribute: detail.attribute,
      value: check(part.value, expecting: type, in: Scope()))
  }
}

extension Answer.Word {
  /// The member of a built-in enum that the word names.
  var member: String {
    switch self {
    case .none: "none"
    case .tied: "tied"
    case .undetermined: "undetermined"
    case .fault: "fault"
    case .hidden: "hidden"
    case .permitted: "permitted"
    case .refused: "refused"
    case .allowed: "allowed"
    case .approval: "approval"
    case .forbidden: "forbidden"
    case .certain: "certain"
    case .suspected: "suspected"
    case .failed: "failed"
    case .held: "held"
    case .raised: "raised"
    }
  }
}

extension Answer.Word {
  /// How Chinese rules spell the word.
  fileprivate var chinese: [String] {
    switch self {
    case .none: ["无"]
    case .tied: ["并列"]
    case .undetermined: ["待定"]
    case .fault: ["故障"]
    case .hidden: ["不可见"]
    case .permitted: ["准许"]
    case .refused: ["不准"]
    case .allowed: ["允许"]
    case .approval: ["需审批"]
    case .forbidden: ["已禁止"]
    case .certain: ["确定重复"]
    case .suspected: ["疑似"]
    case .failed: ["未通过"]
    case .held: ["通过"]
    case .raised: ["已触发"]
    }
  }
}

extension Declaration {
  var requireTitle: TextLiteral? {
    if case .require(let it) = kind { it.title } else { nil }
  }
  var alertTitle: TextLiteral? {
    if case .alert(let it) = kind { it.title } else { nil }
  }
  var measureTitle: TextLiteral? {
    if case .measure(let it) = kind { it.title } else { nil }
  }
}
