import WritModel
import WritNetwork
import WritReplay
import WritRules
import WritText

extension Command {
  static let bench = Command(
    name: "bench", usage: "RULES… --data DIR|Type=FILE|- [--only NAME]",
    summary: Phrase("what your rules cost on your data", zh: "看规则在数据上的耗时"),
    example: "writ bench rules/ --data data/",
    examples: [
      (
        "writ bench rules/ --data data/ --only price",
        Phrase("one decision", zh: "只看一项判定")
      ),
      (
        "writ bench rules/ --data data/ --format json",
        Phrase("to keep and compare", zh: "留作比较")
      ),
    ],
    options: Option.ofData.filter { $0.name != "as" } + [
      Option(
        name: "only", value: "NAME",
        help: Phrase(
          "a decision: price, Lead.assignee, \"price Line\"",
          zh: "某项判定：price、Lead.assignee、\"price Line\""),
        isRepeatable: true),
      Option(
        name: "format", value: "table|json",
        help: Phrase("default: table on a terminal, else json", zh: "终端默认 table，管道默认 json"),
        allowed: ["table", "json"]),
      .maxFirings, .matchMemory,
    ],
    run: { (arguments, console) throws(Failure) in try benchRules(arguments, console) })
}

/// Reads, settles and decides as `run` does, several times, and says what took how long. Nothing is
/// written but the figures.
private func benchRules(_ arguments: Arguments, _ console: Console) throws(Failure) -> ExitStatus {
  guard !arguments.operands.isEmpty else {
    throw .missingOperand(
      Phrase("rules to measure", zh: "要测量的规则"), example: "writ bench rules/ --data data/")
  }
  var stopwatch = Stopwatch()
  let rules = try Rules(arguments.operands, dataFolders: arguments.all("data"))
  let checking = stopwatch.lap()
  guard let program = try rules.reported(on: console) else { return .unusable }
  let words = arguments.all("only")
  if let word = Report.unknownWords(words, in: program).first {
    throw .unknownDecision(word, near: nearest(to: word, among: Report.words(in: program)))
  }
  let report = Report(program: program, only: words)
  if report.sections.isEmpty, program.productions.isEmpty { throw .nothingToDecide }
  let today = try businessDate(arguments, program)
  stopwatch = Stopwatch()
  let network = Network(compiling: program)
  let compiling = stopwatch.lap()

  var data = try RecordedData(arguments, rules, console)
  stopwatch = Stopwatch()
  try data.load()
  let reading = stopwatch.lap()
  let rejected = try data.finish()

  var figures = BenchFigures(
    files: rules.trees.count, rules: program.writtenRules, checking: checking,
    compiling: compiling, reading: reading)
  for (index, type) in program.schema.records.enumerated() where !type.fields.isEmpty {
    figures.records += data.facts.tables[index].count
  }
  for input in data.inputs { figures.bytes += fileSize(input.path) ?? 0 }
  figures.memoryBefore = peakMemory()

  var state = State()
  if let file = arguments.value("state") { state = try readState(file) }
  var measuring = Measuring(network, data.facts, today: today, state: state)
  if let settlement = try ChangeRun(arguments, console, program).settle(measuring.fresh()) {
    figures.changes = measuring.settle(settlement)
  } else {
    return .no
  }
  for section in report.sections {
    for id in section.decisions { figures.decisions.append(measuring.decision(id)) }
  }
  figures.whole = measuring.whole(report)
  figures.blocks = measuring.blocks(report)
  figures.guards = measuring.guards(report)
  figures.memoryAfter = peakMemory()

  let isTable =
    arguments.value("format").map { $0 == "table" } ?? console.outIsTerminal
  let wording = Wording(program: program, language: console.language)
  let text =
    isTable
    ? BenchTable(figures, wording, console).text : figures.json(program, today: today).line + "\n"
  try console.out.write(text)
  return rejected > 0 ? .badRows : .done
}
