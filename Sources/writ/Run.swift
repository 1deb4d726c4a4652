import WritModel
import WritNetwork
import WritReplay
import WritRules
import WritText

extension Command {
  static let run = Command(
    name: "run", usage: "RULES… --data DIR|Type=FILE|- [--only NAME]",
    summary: Phrase("decide on recorded data", zh: "对业务数据作出判定"),
    example: "writ run rules/ --data data/",
    examples: [
      ("writ run rules/ --data data/ --only price", Phrase("one decision", zh: "只看一项判定")),
      (
        "writ run rules/ --data Lead=leads.csv --format csv --bom",
        Phrase("for Excel", zh: "给 Excel 用")
      ),
      (
        "writ run rules/ --data data/ --state turns.json --commit",
        Phrase("keep turns", zh: "记住轮次")
      ),
      ("writ run rules/ --data data/ --as Rep:R1", Phrase("as a rep sees it", zh: "按某人的权限查看")),
    ],
    options: Option.ofData + [
      Option(
        name: "only", value: "NAME",
        help: Phrase(
          "a decision: price, Lead.assignee, \"price Line\"",
          zh: "某项判定：price、Lead.assignee、\"price Line\""),
        isRepeatable: true),
      Option(
        name: "format", value: "table|jsonl|csv",
        help: Phrase("default: table on a terminal, else jsonl", zh: "终端默认 table，管道默认 jsonl"),
        allowed: ["table", "jsonl", "csv"]),
      Option(
        name: "bom", value: nil,
        help: Phrase("begin CSV as Excel wants it", zh: "CSV 以 Excel 需要的 BOM 开头")),
      Option(
        name: "output", value: "FILE", help: Phrase("write the results to a file", zh: "把结果写到文件")),
      Option(
        name: "strict", value: nil,
        help: Phrase("decide nothing when a row does not fit", zh: "有数据行未能读入时不作判定")),
      Option(
        name: "threads", value: "N",
        help: Phrase("threads to work with (default: all cores)", zh: "使用的线程数（默认：全部核心）")),
      Option(
        name: "commit", value: nil,
        help: Phrase("keep turns and loads in the state file", zh: "把轮次和负荷写回状态文件")),
      Option(
        name: "facts", value: "DIR",
        help: Phrase(
          "write the facts as they settled, with --commit as they were assigned, to files",
          zh: "把联动之后的业务数据写成文件，加 --commit 时连同分配结果")),
      .maxFirings, .matchMemory,
    ] + Option.ofAudit,
    run: { (arguments, console) throws(Failure) in
      try DecisionRun(arguments, console).run()
    })
}

/// One `writ run`: read, decide, write, sum up.
struct DecisionRun {
  let arguments: Arguments
  let console: Console
  /// A run that is done again as a log tells it, and compared with that.
  let replay: Replay?

  /// Where a run that is done again begins, and where its lines go.
  struct Replay {
    let sink: any AuditSink
    let rulesHash: String
    let state: State
  }

  init(_ arguments: Arguments, _ console: Console, replay: Replay? = nil) {
    self.arguments = arguments
    self.console = console
    self.replay = replay
  }

  func run() throws(Failure) -> ExitStatus {
    guard !arguments.operands.isEmpty else {
      throw .missingOperand(
        Phrase("rules to run", zh: "要运行的规则"), example: "writ run rules/ --data data/")
    }
    let rules = try Rules(arguments.operands, dataFolders: arguments.all("data"))
    guard let program = try rules.reported(on: console) else { return .unusable }
    if arguments.has("log"), arguments.has("as") { throw .logForAViewer }
    if arguments.has("commit"), arguments.value("state") == nil, !arguments.has("facts"),
      replay == nil
    {
      throw .missingOperand(
        Phrase("file keeps the state (`--state FILE`)", zh: "状态文件（`--state 文件`）"),
        example: "writ run rules/ --data data/ --state turns.json --commit")
    }
    let today = try businessDate(arguments, program)
    _ = try threadCount(arguments)
    var status = ExitStatus.done
    var data = try RecordedData(arguments, rules, console)
    let report = try self.report(program)
    let streamed = Streaming.subject(of: report, program, data)
    if !program.productions.isEmpty, data.inputs.contains(where: { $0.path == "-" }) {
      try console.note(
        Phrase(
          "changes and alerts look at all records together: standard input is read to its end first",
          zh: "联动和预警要看全部记录，先读完标准输入再判定"))
    }
    let changes = try ChangeRun(arguments, console, program)
    let output = try FactsOutput(arguments)
    try data.load(except: streamed)
    if report.sections.isEmpty, program.productions.isEmpty { throw .nothingToDecide }
    if arguments.has("strict"), data.rejectedCount > 0 {
      _ = try data.finish()
      return .badRows
    }
    let network = Network(compiling: program)
    let memory = Memory(network, facts: data.facts, today: today)
    let stateFile = arguments.value("state")
    if let stateFile { memory.state = try readState(stateFile) }
    if let replay { memory.state = replay.state }
    let audit = try audit(rules, today)
    try audit?.begin(arguments, rules, data, state: memory.state, today: today)
    let observe = audit.map { audit in { (firing: Firing) in audit.note(firing, in: memory) } }
    guard let settlement = try changes.settle(memory, observe: observe) else {
      try audit?.flush()
      try audit?.end(data, stopped: "unsettled")
      return try data.finish() > 0 ? .badRows : .no
    }
    try audit?.flush()
    let viewer = try viewer(arguments, program, memory.facts)
    var file: ReplacementFile?
    if let path = arguments.value("output") { file = try ReplacementFile(path) }
    let writer = try RowWriter(
      arguments, console, program, viewer, out: file?.output ?? console.out, audit: audit)
    let assigning = report.sections.flatMap(\.decisions).filter {
      if case .assign = program[$0].kind { true } else { false }
    }
    let assigned = memory.assign(assigning, commit: arguments.has("commit"))
    for (id, results) in zip(assigning, assigned) { audit?.assigned(id, results) }
    var tally = Tally()
    // A measure may read what the viewer may not.
    let isAskedForAll = viewer == nil && arguments.all("only").isEmpty
    let measures = RunMeasures(isAskedForAll ? program.measures : [], streamed: streamed)
    for section in report.sections {
      if streamed == section.record {
        tally += try stream(section, &data, memory, writer, measures)
      } else {
        tally += try writer.write(section, memory, isAlone: report.sections.count == 1)
      }
    }
    let alerts = AlertRows(
      memory, only: arguments.all("only"), language: console.language, viewer: viewer)
    if let explosion = alerts.explosion {
      try changes.tell(explosion)
      status.raise(to: .no)
    } else {
      try audit?.appendAlerts(memory)
      try writer.write(alerts, isAlone: report.sections.isEmpty)
    }
    // The log is safe before anything else is put in its place.
    let isUntold = alerts.explosion != nil
    try audit?.end(data, stopped: isUntold ? "alerts" : writer.isClosed ? "unread" : nil)
    try file?.finish()
    try output?.write(data, memory)
    if arguments.has("commit"), let stateFile { try writeState(memory.state, to: stateFile) }
    let rejected = try data.finish()
    if tally.faults + settlement.faultCount > 0 { status.raise(to: .no) }
    if rejected > 0 { status.raise(to: .badRows) }
    // Whoever has read enough needs no sum.
    if !writer.isClosed {
      try console.note(summary(tally, settlement, alerts.count, program, today))
      for line in measures.lines(memory, console.language) { try console.note(line) }
    }
    return status
  }

  /// Reads the subject chunk by chunk; each is decided, written and forgotten.
  private func stream(
    _ section: Report.Section, _ data: inout RecordedData, _ memory: Memory, _ writer: RowWriter,
    _ measures: RunMeasures
  ) throws(Failure) -> Tally {
    try writer.begin(section)
    return try data.stream(
      section, memory, writer, measures: measures, threads: try threadCount(arguments))
  }

  /// The log of this run, or what compares it with one.
  private func audit(_ rules: Rules, _ today: Int32) throws(Failure) -> Audit? {
    if let replay { return Audit(replay.sink, rules, rulesHash: replay.rulesHash, today: today) }
    let limit = try arguments.value("log-size").map { (text) throws(Failure) in
      try byteCount(text)
    }
    guard let path = arguments.value("log") else {
      if limit != nil {
        throw .missingOperand(
          Phrase("file is the log (`--log FILE`)", zh: "日志文件（`--log 文件`）"),
          example: "writ run rules/ --data data/ --log decisions.jsonl --log-size 100MB")
      }
      return nil
    }
    let log = try AuditLog(path, limit: limit, console)
    return Audit(log, rules, rulesHash: rules.program.hash, today: today)
  }

  private func report(_ program: Program) throws(Failure) -> Report {
    let words = arguments.all("only")
    let alerts = AlertRows.named([], in: program).map { program[program[$0].rule].title }
    if let word = Report.unknownWords(words, in: program).first(where: { !alerts.contains($0) }) {
      throw .unknownDecision(
        word, near: nearest(to: word, among: Report.words(in: program) + alerts))
    }
    let report = Report(program: program, only: words)
    if arguments.value("format") == "csv", report.sections.count > 1 {
      throw .severalRecordTypes(
        report.sections.map { program.schema[$0.record].name.name },
        example: program[report.sections[0].decisions[0]].title)
    }
    return report
  }

  private func summary(
    _ tally: Tally, _ settlement: Settlement, _ alerts: Int, _ program: Program, _ today: Int32
  ) -> Phrase {
    let date = CivilDate(days: Int(today)).map { "\($0)" } ?? ""
    let hash = program.hash.prefix(8)
    var english = [
      counted(tally.records, "record"), counted(tally.decisions, "decision"),
      "\(grouped(tally.undetermined)) undetermined", counted(tally.faults, "fault"),
    ]
    var chinese = [
      "\(grouped(tally.records)) 条记录", "\(grouped(tally.decisions)) 项判定",
      "\(grouped(tally.undetermined)) 项待定", "\(grouped(tally.faults)) 项出错",
    ]
    if tally.tied > 0 {
      english.append("\(grouped(tally.tied)) tied")
      chinese.append("\(grouped(tally.tied)) 项并列")
    }
    if program.productions.contains(where: { !$0.acts.isEmpty }) {
      english.append(counted(settlement.firings, "firing"))
      chinese.append("联动 \(grouped(settlement.firings)) 次")
    }
    if program.productions.contains(where: { $0.acts.isEmpty }) {
      english.append(counted(alerts, "alert"))
      chinese.append("预警 \(grouped(alerts)) 条")
    }
    return Phrase(
      english.joined(separator: ", ") + "; rules \(hash), business date \(date)",
      zh: chinese.joined(separator: "，") + "；规则 \(hash)，业务日 \(date)")
  }
}

/// `--threads N`, else as many as there are processors.
func threadCount(_ arguments: Arguments) throws(Failure) -> Int {
  guard let word = arguments.value("threads") else { return processorCount() }
  guard let count = Int(word), (1...64).contains(count) else { throw .badThreadCount(word) }
  return count
}

extension Failure {
  static func badThreadCount(_ word: String) -> Failure {
    Failure(
      code: "unknown-choice",
      message: Phrase("`--threads` cannot be `\(word)`", zh: "`--threads` 不能是 `\(word)`"),
      help: [Phrase("give a number from 1 to 64", zh: "请给出 1 到 64 之间的数")])
  }

  static func unknownDecision(_ word: String, near: String?) -> Failure {
    Failure(
      code: "unknown-decision",
      message: Phrase("there is no decision `\(word)`", zh: "没有 `\(word)` 这项判定"),
      help: near.map { [Phrase("did you mean `\($0)`?", zh: "是不是想用 `\($0)`？")] } ?? [])
  }

  static let nothingToDecide = Failure(
    code: "nothing-to-decide",
    message: Phrase("the rules decide nothing for a record", zh: "这些规则没有针对记录的判定"),
    help: [
      Phrase(
        "add a block that does, such as `decide`, `assign` or `price`",
        zh: "加一个有结果的块，例如 `判定`、`分配`、`定价`")
    ])

  static func severalRecordTypes(_ names: [String], example: String) -> Failure {
    let list = names.map { "`\($0)`" }
    return Failure(
      code: "several-record-types",
      message: Phrase(
        "CSV has one kind of row, and there are decisions for \(list.joined(separator: ", "))",
        zh: "CSV 只能有一种行，而判定涉及 \(list.joined(separator: "、"))"),
      help: [
        Phrase("choose with `--only \"\(example)\"`", zh: "用 `--only \"\(example)\"` 选出一种")
      ])
  }
}
