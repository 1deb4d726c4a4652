import WritModel
public import WritNetwork
public import WritRules
public import WritText

/// What a `test` block came to.
public struct TestResult: Sendable {
  /// How a test ended; `notRun` is for tests that ask for what this version does not run.
  public enum Outcome: String, Sendable {
    case passed, failed
    case notRun = "not-run"
  }
  /// An expectation that was not met.
  public struct Failure: Sendable {
    public let span: Span
    /// The question and the answer as written.
    public let expectation: String
    public let expected: String
    public let actual: String
    /// The first lines of why.
    public let explanation: [String]
  }
  public let title: String
  public let span: Span
  public let outcome: Outcome
  public let expectations: Int
  public let failures: [Failure]
  /// What this version checks but does not run.
  public let notRun: [String]
}

/// Runs a `test` block in a memory of its own.
///
/// Its facts begin empty; neighbouring `given`s are added together, so they may refer to each other
/// in any order. A field that is not given and has no default is a fault to read.
public struct TestRun {
  private let network: Network
  private let program: Program
  private let sources: Sources
  private let wording: Wording
  private var memory: Memory
  private var failures: [TestResult.Failure] = []
  private var expectations = 0
  private var notRun: [String] = []
  /// Listens to what is asked, where somebody wants to know what tests exercise.
  private var coverage: Coverage?
  /// Whether facts settle before they are asked about.
  private let settles: Bool
  /// A test that has not settled after so many firings never will.
  private static let maxFirings = 100_000

  /// Runs a test and says what came of it. `today` is the date of tests that do not say theirs.
  public static func run(
    _ test: TestCase, on network: Network, sources: Sources, language: Language, today: Int32,
    coverage: Coverage? = nil
  ) -> TestResult {
    var run = TestRun(test, network, sources, language, today: today)
    run.coverage = coverage
    run.runSteps(test.steps[...])
    let outcome: TestResult.Outcome =
      !run.failures.isEmpty ? .failed : run.notRun.isEmpty ? .passed : .notRun
    return TestResult(
      title: test.title, span: test.span, outcome: outcome, expectations: run.expectations,
      failures: run.failures, notRun: run.notRun)
  }

  /// The facts that a test gives, in a memory where nothing was done yet.
  static func facts(
    of test: TestCase, on network: Network, sources: Sources, language: Language, today: Int32
  ) -> Memory {
    var run = TestRun(test, network, sources, language, today: today)
    let givens = test.steps.prefix { if case .given = $0.kind { true } else { false } }
    run.runSteps(givens)
    return run.memory
  }

  private init(
    _ test: TestCase, _ network: Network, _ sources: Sources, _ language: Language, today: Int32
  ) {
    self.network = network
    self.sources = sources
    program = network.program
    wording = Wording(program: network.program, language: language)
    settles = network.program.productions.contains { !$0.acts.isEmpty }
    let facts = Facts(schema: network.program.schema, texts: network.program.texts)
    memory = Memory(network, facts: facts, today: today)
    if let term = test.asOf {
      let date = memory.value(of: term, in: Frame(slots: [], today: today))
      if date.tag == .date {
        memory = Memory(network, facts: facts, today: Int32(truncatingIfNeeded: date.bits))
      }
    }
  }

  private var frame: Frame { Frame(slots: [], today: memory.today) }

  // MARK: - Steps

  private mutating func runSteps(_ steps: ArraySlice<TestCase.Step>) {
    var steps = steps
    while let step = steps.first {
      if case .given = step.kind {
        let batch = steps.prefix { if case .given = $0.kind { true } else { false } }
        add(
          batch.compactMap { if case .given(let given) = $0.kind { (given, $0.span) } else { nil } }
        )
        steps = steps.dropFirst(batch.count)
      } else {
        run(step)
        steps = steps.dropFirst()
      }
    }
  }

  private mutating func run(_ step: TestCase.Step) {
    switch step.kind {
    case .given: break
    case .example(let given, let expected): runExample(given, expected, at: step.span)
    case .commit(let decision, let records): commit(decision, records, at: step.span)
    case .set(let record, let field, let value):
      guard let target = find(record) else { return }
      memory.set(field, row: Int(target.bits), to: self.value(value, of: field))
    case .expect(let expected):
      expectations += 1
      check(expected, at: step.span, records: nil)
    case .expectCheck(let code, let severity, let because, let found):
      expectations += 1
      checkFound(found, code, severity, because, at: step.span)
    case .notRun(let what):
      if !notRun.contains(what) { notRun.append(what) }
    }
  }

  /// Whether the checker's message was given, and says what it should in one of the languages.
  private mutating func checkFound(
    _ found: [Diagnostic], _ code: String, _ severity: Severity, _ because: [String], at span: Span
  ) {
    let fitting = found.filter { $0.code == code && $0.severity == severity }
    let words = fitting.flatMap { diagnostic in
      ([diagnostic.message] + diagnostic.help.map(\.phrase)).flatMap { [$0.english, $0.chinese] }
    }
    let unsaid = because.filter { part in !words.contains { $0.contains(part) } }
    if !fitting.isEmpty, unsaid.isEmpty { return }
    let codes = found.map { "\($0.severity) \($0.code)" }.joined(separator: ", ")
    let wanted = ["\(severity) \(code)"] + unsaid.map { "\"\($0)\"" }
    let none = wording.say(Phrase("no message", zh: "没有消息"))
    let said = fitting.flatMap { [$0.message] + $0.help.map(\.phrase) }.map(wording.say)
    fail(
      at: span, "check { … }", expected: wanted.joined(separator: " "),
      actual: codes.isEmpty ? none : ([codes] + said.prefix(8)).joined(separator: "; "))
  }

  /// Adds records: first all of them with what they say themselves, then what refers to others.
  private mutating func add(_ givens: [(TestCase.Given, Span)]) {
    var waiting: [(row: Int, given: TestCase.Given)] = []
    for (given, span) in givens {
      guard let row = append(given, at: span) else { continue }
      waiting.append((row, given))
    }
    for (row, given) in waiting {
      for (field, value) in given.fields {
        switch value {
        case .term: continue
        case .reference, .references:
          memory.set(field, row: row, to: self.value(value, of: field))
        }
      }
    }
  }

  private mutating func append(_ given: TestCase.Given, at span: Span) -> Int? {
    let type = program.schema[given.record]
    var values: [Value] = type.fields.map { initial($0) }
    for (field, value) in given.fields {
      if case .term = value {
        values[program.schema[field].column] = self.value(value, of: field)
      }
    }
    // A key that refers to another record is known at once, or the record could not be found by it.
    for field in type.key {
      guard let written = given.fields.first(where: { $0.0 == field })?.1 else { continue }
      if case .reference = written {
        values[program.schema[field].column] = self.value(written, of: field)
      }
    }
    let key = type.key.map { values[program.schema[$0].column] }
    let isKeyed = key.allSatisfy(\.isKnown)
    if let row = memory.append(given.record, values, key: isKeyed ? key : []) { return row }
    let name = wording.text(type.name)
    fail(
      at: span, name, expected: wording.say(Phrase("a key of its own", zh: "主键不重复")),
      actual: wording.say(Phrase("the key is given twice", zh: "主键给了两次")))
    return nil
  }

  /// What a field holds that is not given: its default, else nothing that may be read.
  private mutating func initial(_ field: FieldID) -> Value {
    switch program.schema[field].initial {
    case .value(let value): return value
    case .text(let text):
      var symbol = Symbol(0)
      memory.edit([]) { symbol = $0.texts.intern(text) }
      return .text(symbol)
    case nil: return .fault(Cause(.notGiven, site: Int(field.index)))
    }
  }

  private func value(_ value: TestCase.Given.FieldValue, of field: FieldID) -> Value {
    switch value {
    case .term(let term):
      let given = memory.value(of: term, in: frame)
      // A blank that is given is a blank of its field, not a reasoned `missing`.
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

  private func find(_ reference: RecordReference) -> Value? {
    wording.find(reference.record, reference.keys, in: memory.facts)
  }

  private mutating func commit(
    _ decision: DecisionID?, _ records: [RecordReference], at span: Span
  ) {
    guard settled(memory, at: span, for: "commit") != nil else { return }
    let all = (decision.map { [$0] } ?? program.decisions.indices.map { DecisionID($0) }).filter {
      if case .assign = program[$0].kind { true } else { false }
    }
    var rows: [Int] = []
    for record in records {
      guard let found = find(record) else {
        fail(at: span, record.keys.joined(separator: "/"), expected: "—", actual: notThere(record))
        return
      }
      rows.append(Int(found.bits))
    }
    if let coverage {
      for id in all {
        guard let record = program[id].subject else { continue }
        let subjects = records.isEmpty ? Array(memory.facts[record].liveRows) : rows
        for row in subjects {
          coverage.asked(id, [.record(row, of: record)], today: memory.today, memory)
        }
      }
    }
    let taken =
      records.isEmpty
      ? memory.assign(all, commit: true).flatMap(\.self)
      : all.flatMap { memory.assign($0, rows: rows, commit: true) }
    if let coverage { taken.forEach(coverage.assigned) }
  }

  /// Settles changes before something is asked or committed; nil after failing where they do not.
  private mutating func settled(
    _ memory: Memory, at span: Span, for expectation: String
  ) -> Settlement? {
    coverage?.looked(memory)
    guard settles else { return Settlement() }
    let coverage = coverage
    let observe = coverage.map { coverage in
      { (firing: Firing) in coverage.fired(firing, memory) }
    }
    let settlement = memory.settle(maxFirings: Self.maxFirings, observe: observe)
    if settlement.firings > 0 { coverage?.looked(memory) }
    if settlement.unsettled.isEmpty { return settlement }
    fail(
      at: span, expectation, expected: wording.say(Phrase("settled", zh: "稳定下来")),
      actual: wording.say(wording.unsettled(settlement, maxFirings: Self.maxFirings)))
    return nil
  }

  private mutating func runExample(
    _ given: TestCase.Given, _ expected: [TestCase.Expected], at span: Span
  ) {
    let before = memory.facts[given.record]
    if let row = append(given, at: span) {
      for (field, value) in given.fields {
        if case .term = value { continue }
        memory.set(field, row: row, to: self.value(value, of: field))
      }
      for expectation in expected {
        expectations += 1
        check(expectation, at: span, records: [.record(row, of: given.record)])
      }
    }
    memory.replace(given.record, by: before)
  }

  // MARK: - Expectations

  /// `records` are those of an example; nil: the ones the expectation names.
  private mutating func check(
    _ expected: TestCase.Expected, at span: Span, records: [Value]?
  ) {
    guard let slots = records ?? resolved(expected, at: span) else { return }
    var today = memory.today
    if let term = expected.asOf {
      let date = memory.value(of: term, in: frame)
      if date.tag == .date { today = Int32(truncatingIfNeeded: date.bits) }
    }
    var isAlert = false
    if case .alert = expected.subject { isAlert = true }
    // What changes do for an expectation is kept by none but a commit.
    let asked = settles || isAlert && today != memory.today ? memory.copy(today: today) : memory
    guard let settlement = settled(asked, at: span, for: expected.text) else { return }
    let viewer = expected.viewer.flatMap { self.viewer($0) }
    let explainer = Explainer(memory: asked, language: wording.language, viewer: viewer)
    let question = Asked(expected, slots, today: today, program, explainer)
    switch expected.subject {
    case .term(let term, _):
      coverage?.asked(term, in: Frame(slots: slots, today: today), asked)
    case .decision(let id, _): coverage?.asked(id, slots, today: today, asked)
    case .alert: break
    }
    var misses: [(expected: String, actual: String)] = []
    if let miss = question.answerMiss(expected, self) { misses.append(miss) }
    misses += question.partMisses(expected)
    misses += question.reasonMisses(expected)
    guard !misses.isEmpty else { return }
    fail(
      at: span, expected.text, expected: misses.map(\.expected).joined(separator: "; "),
      actual: misses.map(\.actual).joined(separator: "; "),
      explanation: (question.explanation.map { firstLines($0) } ?? [])
        + settlement.faults.prefix(3).map { wording.say(wording.fault($0, in: asked)) })
  }

  private mutating func resolved(_ expected: TestCase.Expected, at span: Span) -> [Value]? {
    let references: [RecordReference]
    switch expected.subject {
    case .term(_, let records), .decision(_, let records), .alert(_, let records):
      references = records
    }
    var slots: [Value] = []
    for reference in references {
      guard let record = find(reference) else {
        fail(at: span, expected.text, expected: "—", actual: notThere(reference))
        return nil
      }
      slots.append(record)
    }
    return slots
  }

  private func notThere(_ reference: RecordReference) -> String {
    let name = wording.text(program.schema[reference.record].name)
    let key = reference.keys.joined(separator: "/")
    return wording.say(
      Phrase("there is no \(name) \(wording.quoted(key))", zh: "没有 \(name) \(wording.quoted(key))"))
  }

  func viewer(_ viewer: TestCase.Expected.Viewer) -> Viewer? {
    switch viewer {
    case .party(let party): .party(party)
    case .record(let reference): find(reference).map { .record($0) }
    }
  }

  func found(_ reference: RecordReference) -> Value? { find(reference) }

  private func firstLines(_ explanation: Explanation) -> [String] {
    explanation.text(in: sources, width: 96).split(separator: "\n").prefix(6).map(String.init)
  }

  private mutating func fail(
    at span: Span, _ expectation: String, expected: String, actual: String,
    explanation: [String] = []
  ) {
    failures.append(
      TestResult.Failure(
        span: span, expectation: expectation, expected: expected, actual: actual,
        explanation: explanation))
  }
}
