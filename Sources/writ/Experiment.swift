import WritModel
import WritNetwork
import WritReplay
import WritRules
import WritText

extension Command {
  static let experiment = Command(
    name: "experiment", usage: "RULES… --data DIR|Type=FILE [--only TITLE] [--arms]",
    summary: Phrase("read an experiment from recorded data", zh: "从业务数据读出分流试验的结果"),
    example: "writ experiment rules/ --data data/",
    examples: [
      (
        "writ experiment rules/ --data data/ --as-of 2026-04-15",
        Phrase("at a declared look", zh: "在声明过的评估日")
      ),
      (
        "writ experiment rules/ --data data/ --arms > arms.jsonl",
        Phrase("which record gets which rules", zh: "哪条记录用哪套规则")
      ),
    ],
    options: Option.ofData.filter { !["state", "as"].contains($0.name) } + [
      Option(
        name: "only", value: "TITLE",
        help: Phrase("one of several experiments", zh: "几个试验中的一个"), isRepeatable: true),
      Option(
        name: "arms", value: nil,
        help: Phrase("the arm of every record, as JSON Lines", zh: "每条记录所在的方案（JSON Lines）")),
      Option(
        name: "format", value: "text|json",
        help: Phrase("how results are written", zh: "结果的格式"), allowed: ["text", "json"]),
    ],
    run: { (arguments, console) throws(Failure) in
      try readExperiments(arguments, console)
    })
}

private func readExperiments(
  _ arguments: Arguments, _ console: Console
) throws(Failure) -> ExitStatus {
  guard !arguments.operands.isEmpty else {
    throw .missingOperand(
      Phrase("rules with an experiment", zh: "含分流试验的规则"),
      example: Command.experiment.example)
  }
  let rules = try Rules(arguments.operands, dataFolders: arguments.all("data"))
  guard let program = try rules.reported(on: console) else { return .unusable }
  let experiments = try chosen(arguments.all("only"), of: program)
  let today = try businessDate(arguments, program)
  // Who asks for arms reads no outcome, so any day will do.
  var looks: [ExperimentLook] = []
  if !arguments.has("arms") {
    for experiment in experiments { looks.append(try look(at: experiment, on: today)) }
  }
  var data = try RecordedData(arguments, rules, console)
  try data.load()
  let memory = Memory(Network(compiling: program), facts: data.facts, today: today)
  let wording = Wording(program: program, language: console.language)
  if arguments.has("arms") {
    for experiment in experiments { try writeArms(experiment, memory, wording, console) }
  } else {
    var trials: [Comparison.Trial] = []
    for (experiment, look) in zip(experiments, looks) {
      trials.append(
        ExperimentReading.trial(experiment, look: look, memory: memory, wording: wording))
    }
    if arguments.value("format") == "json" {
      for trial in trials { try console.out.write(trial.json.line + "\n") }
    } else {
      let texts = trials.map { $0.text(in: console.language) }
      try console.out.write(texts.joined(separator: "\n"))
    }
    // A split that is not as declared is a no: nothing may be built on it.
    if trials.contains(where: { $0.ratioP < 0.001 }) {
      return try data.finish() > 0 ? .badRows : .no
    }
  }
  return try data.finish() > 0 ? .badRows : .done
}

private func chosen(_ titles: [String], of program: Program) throws(Failure) -> [Experiment] {
  if program.experiments.isEmpty { throw .noExperiment }
  let known = program.experiments.map(\.title)
  if let word = titles.first(where: { !known.contains($0) }) {
    throw .unknownExperiment(word, near: nearest(to: word, among: known))
  }
  return program.experiments.filter { titles.isEmpty || titles.contains($0.title) }
}

/// The look that a day is; days that were not declared are refused.
private func look(at experiment: Experiment, on today: Int32) throws(Failure) -> ExperimentLook {
  if let look = ExperimentLook(on: today, of: experiment) { return look }
  func said(_ day: Int32) -> String { CivilDate(days: Int(day)).map { "\($0)" } ?? "" }
  throw .undeclaredLook(
    experiment.title, said(today), looks: experiment.looks.map(said),
    last: experiment.looks.last { $0 <= today }.map(said) ?? said(experiment.looks[0]))
}

private func writeArms(
  _ experiment: Experiment, _ memory: Memory, _ wording: Wording, _ console: Console
) throws(Failure) {
  let split = ExperimentSplit(experiment)
  for (row, arm) in split.arms(in: memory).enumerated() {
    let record = Value.record(row, of: experiment.record)
    let line = JSONText.object([
      ("experiment", .text(experiment.title)),
      ("record", .text(wording.program.schema[experiment.record].name.name)),
      ("key", .text(wording.key(of: record, in: memory.facts))),
      ("arm", arm.map { .text(experiment.arms[$0].name) } ?? .null),
    ])
    try console.out.write(line.line + "\n")
  }
}

extension Failure {
  static let noExperiment = Failure(
    code: "no-experiment",
    message: Phrase("the rules declare no experiment", zh: "规则里没有声明分流试验"),
    help: [
      Phrase(
        "declare one: `experiment \"title\" for Lead { by id { \"base\" 50%, \"new\" 50% } }`",
        zh: "声明一个：`分流试验 \"标题\" 对 线索 { 按 编号 { \"基准\" 50%, \"新\" 50% } }`")
    ])

  static func unknownExperiment(_ word: String, near: String?) -> Failure {
    Failure(
      code: "unknown-experiment",
      message: Phrase("there is no experiment `\(word)`", zh: "没有 `\(word)` 这个分流试验"),
      help: near.map { [Phrase("did you mean `\($0)`?", zh: "是不是想用 `\($0)`？")] } ?? [])
  }

  static func undeclaredLook(
    _ title: String, _ day: String, looks: [String], last: String
  ) -> Failure {
    Failure(
      code: "undeclared-look",
      message: Phrase(
        "`\(title)` may not be read on \(day): its looks are \(looks.joined(separator: ", "))",
        zh: "`\(title)` 不能在 \(day) 读数：声明的评估日是 \(looks.joined(separator: "、"))"),
      help: [
        Phrase(
          "read it as of a declared look (`--as-of \(last)`), with the data of that day: who looks whenever he likes finds effects that are not there",
          zh: "用声明过的评估日（`--as-of \(last)`）和当天的数据：想看就看，会看出并不存在的效果")
      ])
  }
}
