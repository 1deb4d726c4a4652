import WritModel
import WritNetwork
import WritReplay
import WritRules
import WritSyntax
import WritText

// Facts, questions, changes of a field and commits. Each is checked as the one step of a test, so
// the same words mean the same here, in a test and in a file.
extension Session {
  mutating func perform(_ entry: Entry, entry text: String) -> Reply {
    guard let step = Self.step(of: entry) else { return Reply("") }
    let tree = FileTree.ofStep(step, language: language)
    let (program, diagnostics) = checked(with: tree, analyzing: false)
    guard let program, let kinds = program.tests.last?.steps.map(\.kind) else {
      return failed(diagnostics.filter { $0.severity == .error })
    }
    if kinds.count == 1, case .set(let record, let field, let value) = kinds[0],
      let reply = set(record, field, to: value, of: program, entry: text)
    {
      return reply
    }
    guard adopt(program, isQuestion: true) else { return Reply("") }
    var reply = Reply("")
    for kind in kinds {
      let next = perform(kind, entry: text)
      reply.text += next.text
      reply.isError = reply.isError || next.isError
    }
    return reply
  }

  private static func step(of entry: Entry) -> TestDeclaration.Step? {
    switch entry {
    case .fact(let record, let values, let span):
      return TestDeclaration.Step(kind: .given(record, values), span: span)
    case .set(let target, let value, let span):
      return TestDeclaration.Step(kind: .set(target, to: value), span: span)
    case .commit(let block, let records, let span):
      return TestDeclaration.Step(kind: .commit(block, records), span: span)
    case .question(let question, let asOf, let viewer, let span):
      // The answer is not looked at; `fault` fits every type, and an alert is raised or not.
      let isAlert = if case .alert = question { true } else { false }
      let answer = Answer(
        value: .word(isAlert ? .raised : .fault), parts: [], approvers: [], over: [], span: span)
      return TestDeclaration.Step(
        kind: .expect(
          Expectation(question: question, asOf: asOf, viewer: viewer, answer: answer)),
        span: span)
    case .declarations: return nil
    }
  }

  private mutating func perform(_ kind: TestCase.Step.Kind, entry: String) -> Reply {
    switch kind {
    case .given(let given): return add(given, entry: entry)
    case .set(let record, let field, let value):
      return changing(entry, .step(entry)) { session in session.set(record, field, to: value) }
    case .commit(let decision, let records):
      return changing(entry, .step(entry)) { session in session.commit(decision, records) }
    case .expect(let expected): return answer(expected, entry: entry)
    case .notRun(let what):
      return Reply(
        say("this version does not run \(what) yet", zh: "这个版本还不能运行：\(what)"), isError: true)
    case .example, .expectCheck: return Reply("")
    }
  }

  // MARK: - Facts

  private mutating func add(_ given: TestCase.Given, entry: String) -> Reply {
    let type = program.schema[given.record]
    let name = wording.text(type.name)
    var said = ""
    let reply = changing(entry, .fact("")) { session in
      var values = type.fields.map { session.initial($0) }
      for (field, value) in given.fields {
        values[session.program.schema[field].column] = session.value(value, of: field)
      }
      let key = type.key.map { values[session.program.schema[$0].column] }
      let isKeyed = key.allSatisfy(\.isKnown)
      guard let row = session.memory.append(given.record, values, key: isKeyed ? key : []) else {
        let taken = key.map {
          session.wording.text($0, .text, in: session.memory.facts)
        }.joined(separator: "/")
        return session.say(
          "\(name) \"\(taken)\" is there already; `:set` changes it",
          zh: "\(name)“\(taken)”已经有了；用 `:令` 修改它")
      }
      session.addedRow = (given.record, row)
      said = session.wording.record(.record(row, of: given.record), in: session.memory.facts)
      return nil
    }
    if reply.isError { return reply }
    if let (record, row) = addedRow, let text = self.given(record, row, in: memory.facts) {
      tried[tried.count - 1] = .fact(text)
    }
    return Reply("\(name) \(said.printable)\n" + reply.text)
  }

  private mutating func initial(_ field: FieldID) -> Value {
    switch program.schema[field].initial {
    case .value(let value): return value
    case .text(let text):
      var symbol = Symbol(0)
      memory.edit([]) { symbol = $0.texts.intern(text) }
      return .text(symbol)
    // What nobody said may not be read, unless it may be blank.
    case nil:
      return program.schema[field].isOptional
        ? .missing(Cause(.blankField, site: Int(field.index)))
        : .fault(Cause(.notGiven, site: Int(field.index)))
    }
  }

  private mutating func value(
    _ value: TestCase.Given.FieldValue, of field: FieldID
  ) -> Value {
    switch value {
    case .term(let term):
      let given = memory.value(of: term, in: Frame(slots: [], today: today))
      return given.tag == .missing
        ? .missing(Cause(.blankField, site: Int(field.index))) : given
    case .reference(let reference):
      return find(reference) ?? .missing(Cause(.danglingReference, site: Int(field.index)))
    case .references(let references):
      let items = references.map {
        find($0) ?? .missing(Cause(.danglingReference, site: Int(field.index)))
      }
      var list = Value.missing(Cause(.empty))
      memory.edit([]) { list = $0.lists.add(items) }
      return list
    }
  }

  func find(_ reference: RecordReference) -> Value? {
    guard let found = wording.find(reference.record, reference.keys, in: memory.facts),
      !memory.facts[reference.record].isRemoved(Int(found.bits))
    else { return nil }
    return found
  }

  func notThere(_ reference: RecordReference) -> String {
    let name = wording.text(program.schema[reference.record].name)
    let key = reference.keys.joined(separator: "/")
    let known = memory.facts[reference.record]
    let some = (0..<min(known.count, 200)).filter { !known.isRemoved($0) }.map {
      wording.key(of: .record($0, of: reference.record), in: memory.facts)
    }
    let near = nearest(to: key, among: some).map {
      say("; did you mean \"\($0)\"?", zh: "；是不是想用“\($0)”？")
    }
    return say("there is no \(name) \"\(key)\"", zh: "没有 \(name)“\(key)”") + (near ?? "")
  }

  // MARK: - Changes

  /// Changes facts, tells which decisions that changed, and remembers the way back. The body says
  /// what was wrong, if anything; then nothing was changed.
  mutating func changing(
    _ did: String, _ trial: Trial, _ body: (inout Session) -> String?
  ) -> Reply {
    let before = decided()
    let (facts, state) = (memory.facts, memory.state)
    if let problem = body(&self) {
      restore(facts, state)
      return Reply(problem, isError: true)
    }
    past.append((facts, state, did))
    if past.count > 100 { past.removeFirst() }
    tried.append(trial)
    present = nil
    return Reply(told(decided(), since: before))
  }

  /// What is decided for all records now, kept until something changes.
  mutating func decided() -> ValueSnapshot {
    if let present { return present }
    let snapshot = ValueSnapshot(of: memory)
    present = snapshot
    return snapshot
  }

  func told(_ now: ValueSnapshot, since before: ValueSnapshot) -> String {
    now.changes(since: before, in: memory, wording).text(in: wording, width: width)
  }

  /// Sets a field in the memory that there is, so that only what the field reaches is decided again;
  /// nil where the value needs more of the entry than its own worth.
  private mutating func set(
    _ reference: RecordReference, _ field: FieldID, to written: TestCase.Given.FieldValue,
    of program: Program, entry: String
  ) -> Reply? {
    guard let record = find(reference) else { return nil }
    let value: Value
    switch written {
    case .term(let term):
      if case .constant(let constant) = program[term], constant.items == nil {
        value = constant.value
      } else {
        var facts = memory.facts
        facts.texts = program.texts
        let aside = Memory(Network(compiling: program), facts: facts, today: today)
        aside.state = memory.state
        value = aside.value(of: term, in: Frame(slots: [], today: today))
      }
    case .reference(let other):
      value = find(other) ?? .missing(Cause(.danglingReference, site: Int(field.index)))
    case .references: return nil
    }
    guard value.tag != .list, value.tag != .rule else { return nil }
    let before = decided()
    past.append((memory.facts, memory.state, entry))
    if past.count > 100 { past.removeFirst() }
    tried.append(.step(entry))
    if value.tag == .text { memory.edit([]) { $0.texts = program.texts } }
    let given =
      value.tag == .missing ? .missing(Cause(.blankField, site: Int(field.index))) : value
    memory.set(field, row: Int(record.bits), to: given)
    let after = before.renewed(after: field, row: Int(record.bits), in: memory)
    present = after
    return Reply(told(after, since: before))
  }

  mutating func restore(_ facts: Facts, _ state: State) {
    let records = program.schema.records.indices.map { RecordID($0) }
    memory.edit(records) { held in
      // Texts and lists only grow, so what was read with them stays valid.
      let (texts, lists) = (held.texts, held.lists)
      held = facts
      held.texts = texts
      held.lists = lists
    }
    memory.state = state
    present = nil
  }

  private mutating func set(
    _ reference: RecordReference, _ field: FieldID, to value: TestCase.Given.FieldValue
  ) -> String? {
    guard let record = find(reference) else { return notThere(reference) }
    memory.set(field, row: Int(record.bits), to: self.value(value, of: field))
    return nil
  }

  private mutating func commit(_ decision: DecisionID?, _ records: [RecordReference]) -> String? {
    let all = decision.map { [$0] } ?? program.decisions.indices.map { DecisionID($0) }
    var rows: [Int] = []
    for reference in records {
      guard let record = find(reference) else { return notThere(reference) }
      rows.append(Int(record.bits))
    }
    let assigning = all.filter { id in
      if case .assign = program[id].kind { true } else { false }
    }
    if records.isEmpty {
      memory.assign(assigning, commit: true)
    } else {
      for id in assigning { memory.assign(id, rows: rows, commit: true) }
    }
    return nil
  }

  // MARK: - Questions

  private mutating func answer(_ expected: TestCase.Expected, entry: String) -> Reply {
    var date = today
    if let term = expected.asOf {
      let value = memory.value(of: term, in: Frame(slots: [], today: today))
      if value.tag == .date { date = Int32(truncatingIfNeeded: value.bits) }
    }
    var asking = explainer
    switch expected.viewer {
    case .party(let party):
      asking = explainer(for: .party(party))
    case .record(let reference):
      guard let record = find(reference) else { return Reply(notThere(reference), isError: true) }
      asking = explainer(for: .record(record))
    case nil: break
    }
    let references: [RecordReference]
    switch expected.subject {
    case .term(_, let records), .decision(_, let records), .alert(_, let records):
      references = records
    }
    var slots: [Value] = []
    for reference in references {
      guard let record = find(reference) else { return Reply(notThere(reference), isError: true) }
      slots.append(record)
    }
    switch expected.subject {
    case .term(let term, _):
      let frame = Frame(slots: slots, today: date)
      let value = memory.value(of: term, in: frame)
      let text =
        asking.redaction.hides(term, in: frame, memory)
        ? Redaction.mark : wording.text(value, program.type(of: term), in: memory.facts)
      let reason = value.isKnown ? "" : wording.why(value)
      note(entry, value, program.type(of: term))
      return Reply(text.printable + (reason.isEmpty ? "" : "  # \(reason)"), isError: value.isFault)
    case .decision(let id, _):
      last = Asked(decision: id, arguments: slots, today: date)
      let answer = program[id].answer
      note(entry, memory.value(of: answer, slots, today: date), program[answer].type)
      let explanation = asking.why(id, slots, today: date)
      return Reply(shortAnswer(explanation))
    case .alert(let id, _):
      let isRaised = memory.raised(id).contains { $0.rows == slots.map { Int($0.bits) } }
      if isRaised { tried.append(.question(entry, answer: "raised")) }
      return Reply(isRaised ? say("raised", zh: "已触发") : say("not raised", zh: "未触发"))
    }
  }

  /// Remembers a question whose answer a test can hold.
  private mutating func note(_ question: String, _ value: Value, _ type: ValueType) {
    if let literal = literal(of: value, type) {
      tried.append(.question(question, answer: literal))
    }
  }

  /// The headline and what decided, without the story.
  private func shortAnswer(_ explanation: Explanation) -> String {
    var short = explanation
    short.facts = explanation.facts.filter {
      $0.kind == .decided || $0.kind == .approver || $0.kind == .reason || $0.kind == .because
    }
    short.facts = short.facts.prefix(4).map { fact in
      var fact = fact
      fact.facts = []
      return fact
    }
    return short.text(in: sources, width: width)
  }
}
