import WritModel
import WritNetwork
import WritReplay
import WritRules
import WritText

extension Command {
  static let why = Command(
    name: "why", usage: "RULES… --data DIR Type:KEY [DECISION] [not|need ANSWER]",
    summary: Phrase("why a decision came out so", zh: "为什么这样判定"),
    example: "writ why rules/ --data data/ Lead:L-1042",
    examples: [
      ("writ why rules/ --data data/ Line:7 price", Phrase("one decision", zh: "只看一项判定")),
      (
        "writ why rules/ --data data/ Lead:L-1042 not Rep:R2",
        Phrase("what stood in the way", zh: "为什么不是他")
      ),
      (
        "writ why rules/ --data data/ Lead:L-1042 band need hot",
        Phrase("the least that would have to change", zh: "最少改什么才能变成它")
      ),
      (
        "writ why rules/ --data data/ Line:7 price not 10% off",
        Phrase("a price, an offer, a verdict too", zh: "价格、优惠、审批结论也行")
      ),
    ],
    options: Option.ofData + [
      .maxFirings, .matchMemory,
      Option(
        name: "format", value: "text|json", help: Phrase("how it is written", zh: "输出格式"),
        allowed: ["text", "json"]),
    ],
    run: { (arguments, console) throws(Failure) in try explainDecision(arguments, console) })
}

/// The operands of `why`, sorted: rules, the records, the decision, what was expected instead.
private struct Question {
  var rules: [String] = []
  /// `Lead:L-1042`; several for a decision on several records.
  var records: [String] = []
  var decision: String?
  var wanted: String?
  /// What it would take to get `wanted`, instead of why it is not so.
  var asksNeed = false

  init(_ words: [String]) throws(Failure) {
    var rest = words[...]
    while let word = rest.first, word == "-" || fileExists(word) || !word.contains(":") {
      if !word.contains(":"), !fileExists(word), word != "-" { throw .missingFile(word) }
      rules.append(word)
      rest.removeFirst()
    }
    while let word = rest.first, word.contains(":") {
      records.append(word)
      rest.removeFirst()
    }
    let needs = ["need", "怎样才能"]
    let words = ["not", "不是"] + needs
    if let word = rest.first, !words.contains(word) {
      decision = word
      rest.removeFirst()
    }
    if let word = rest.first {
      guard words.contains(word), rest.count >= 2 else { throw .extraOperand(word) }
      asksNeed = needs.contains(word)
      // `not 10% off` need not stand in quotes.
      wanted = rest.dropFirst().joined(separator: " ")
    }
    let example = "writ why rules/ --data data/ Lead:L-1042"
    if rules.isEmpty { throw .missingOperand(Phrase("rules", zh: "规则"), example: example) }
    if records.isEmpty { throw .missingOperand(Phrase("record", zh: "记录"), example: example) }
  }
}

private func explainDecision(
  _ arguments: Arguments, _ console: Console
) throws(Failure) -> ExitStatus {
  let question = try Question(arguments.operands)
  let rules = try Rules(question.rules, dataFolders: arguments.all("data"))
  guard let program = try rules.reported(on: console) else { return .unusable }
  let today = try businessDate(arguments, program)
  var data = try RecordedData(arguments, rules, console)
  try data.load()
  let memory = Memory(Network(compiling: program), facts: data.facts, today: today)
  if let file = arguments.value("state") { memory.state = try readState(file) }
  let (subjects, log) = try settledSubjects(question, memory, arguments, console)
  let viewer = try viewer(arguments, program, memory.facts)
  let explainer = Explainer(memory: memory, language: console.language, viewer: viewer)
  let decisions = try chosen(question, subjects, program)
  var explanations = decisions.map { id -> Explanation in
    if let wanted = question.wanted, question.asksNeed {
      return explainer.need(id, subjects[0], key(of: wanted, program))
    }
    if let wanted = question.wanted {
      return explainer.whyNot(id, subjects, key(of: wanted, program))
    }
    if subjects.count == 1 { return explainer.whyInRun(id, subjects[0]) }
    return explainer.why(id, subjects, today: today)
  }
  // Of several decisions only those are told to which the wish says something.
  let answered = explanations.filter(\.isAnswered)
  explanations = answered.isEmpty ? Array(explanations.prefix(1)) : answered
  var isFirst = true
  for var explanation in explanations {
    explanation.facts += explainer.facts(of: log)
    if arguments.value("format") == "json" {
      try console.out.write(explanation.json(in: rules.sources).line + "\n")
    } else {
      if !isFirst { try console.out.write("\n") }
      try console.out.write(explanation.text(in: rules.sources, width: max(60, console.width)))
    }
    isFirst = false
  }
  return try data.finish() > 0 ? .badRows : .done
}

/// The records of a question, once the facts have settled, and what changes did to them.
private func settledSubjects(
  _ question: Question, _ memory: Memory, _ arguments: Arguments, _ console: Console
) throws(Failure) -> ([Value], ChangeLog) {
  let program = memory.network.program
  func subjects() throws(Failure) -> [Value] {
    var found: [Value] = []
    for word in question.records {
      let colon = word.firstIndex(of: ":") ?? word.startIndex
      found.append(try namedRecord(word, at: colon, program, memory.facts))
    }
    return found
  }
  // A record that a change inserts is there only afterwards; of it nothing is told.
  let before = try? subjects()
  var log = ChangeLog(of: before ?? [])
  let changes = try ChangeRun(arguments, console, program)
  guard try changes.settle(memory, observe: { log.note($0, in: memory) }) != nil else {
    throw .unsettledFacts
  }
  for record in before ?? [] {
    if let rule = log.remover(of: record) { throw .recordRemoved(program[rule].title) }
  }
  if let before { return (before, log) }
  return (try subjects(), log)
}

/// `Rep:R2` and `R2` both name him.
private func key(of wanted: String, _ program: Program) -> String {
  let parts = wanted.split(separator: ":", maxSplits: 1).map(String.init)
  let wording = Wording(program: program, language: .english)
  guard parts.count == 2, wording.recordType(named: parts[0]) != nil else { return wanted }
  return parts[1]
}

/// The decisions that are asked about: the one named, else all that are decided for the record but
/// those that are mere values of it.
private func chosen(
  _ question: Question, _ subjects: [Value], _ program: Program
) throws(Failure) -> [DecisionID] {
  let types = subjects.map { ValueType.record(RecordID(Int($0.aux))) }
  let fitting = program.decisions.indices.filter { program.decisions[$0].parameters == types }
  if let word = question.decision {
    let named = fitting.filter { index in
      let decision = program.decisions[index]
      return Report.names(word, decision, program)
        || decision.name.name == word || decision.name.label == word
    }
    guard !named.isEmpty else {
      let names = fitting.flatMap {
        [program.decisions[$0].name.name, program.decisions[$0].title]
      }
      throw .unknownDecision(word, near: nearest(to: word, among: names))
    }
    return named.map { DecisionID($0) }
  }
  let real = fitting.filter {
    if case .define = program.decisions[$0].kind { false } else { true }
  }
  let shown = real.isEmpty ? fitting : real
  if shown.isEmpty { throw .nothingToDecide }
  return shown.map { DecisionID($0) }
}

extension Failure {
  static let unsettledFacts = Failure(
    code: "facts-not-settled",
    message: Phrase("there is no answer while the facts do not settle", zh: "联动停不下来，无法解释"))

  static func recordRemoved(_ title: String) -> Failure {
    Failure(
      code: "record-removed",
      message: Phrase("the change `\(title)` removed this record", zh: "这条记录已被联动 `\(title)` 去掉"))
  }
}
