import WritModel
import WritNetwork
import WritReplay
import WritRules
import WritText

extension Command {
  static let verify = Command(
    name: "verify", usage: "LOG [--rules RULES --data DIR]",
    summary: Phrase("check an audit log, decide again", zh: "核对审计日志，重新判定"),
    example: "writ verify decisions.jsonl --rules rules/ --data data/",
    examples: [
      ("writ verify decisions.jsonl", Phrase("whether a line is missing", zh: "有没有缺行、改行")),
      (
        "writ verify decisions.jsonl --run last --rules rules/ --data data/",
        Phrase("only the last run", zh: "只核对最后一次运行")
      ),
    ],
    options: [
      Option(
        name: "rules", value: "RULES",
        help: Phrase("the rules to decide with again", zh: "重新判定所用的规则"), isRepeatable: true),
      Option(
        name: "data", value: "DIR|Type=FILE",
        help: Phrase("the recorded data of that time", zh: "当时的业务数据"), isRepeatable: true),
      Option(
        name: "run", value: "N|last",
        help: Phrase("decide only this run again (default: all)", zh: "只重新判定某一次运行（默认全部）")),
      Option(
        name: "threads", value: "N",
        help: Phrase("threads to work with (default: all cores)", zh: "使用的线程数（默认：全部核心）")),
      Option(
        name: "format", value: "text|json", help: Phrase("how it is written", zh: "输出格式"),
        allowed: ["text", "json"]),
    ],
    run: { (arguments, console) throws(Failure) in
      var verification = try Verification(arguments, console)
      return try verification.run()
    })
}

/// One `writ verify`: the chain of the log from its first line to its last and, with rules, every
/// run decided again and compared byte for byte.
private struct Verification {
  private let arguments: Arguments
  private let console: Console
  private let path: String
  private let reader: AuditReader
  private let replays: Bool
  /// The run to decide again; nil: all. 0 stands for the last.
  private let wanted: Int?
  private var runs: [RunReport] = []

  init(_ arguments: Arguments, _ console: Console) throws(Failure) {
    self.arguments = arguments
    self.console = console
    let example = "writ verify decisions.jsonl --rules rules/ --data data/"
    guard let path = arguments.operands.first else {
      throw .missingOperand(Phrase("log to verify", zh: "要核对的日志"), example: example)
    }
    if arguments.operands.count > 1 { throw .extraOperand(arguments.operands[1]) }
    replays = arguments.has("rules")
    if !replays, arguments.has("data") || arguments.has("run") {
      throw .missingOperand(
        Phrase("rules to decide with (`--rules`)", zh: "规则（`--rules`）"), example: example)
    }
    switch arguments.value("run") {
    case nil: wanted = nil
    case "last": wanted = 0
    case let word?:
      guard let number = Int(word), number > 0 else { throw .badRunNumber(word) }
      wanted = number
    }
    self.path = path
    reader = try AuditReader(path)
  }

  mutating func run() throws(Failure) -> ExitStatus {
    if replays {
      let rules = try Rules(arguments.all("rules"), dataFolders: arguments.all("data"))
      guard try rules.reported(on: console) != nil else { return .unusable }
    }
    // Which run is the last is known when all have been read.
    let last = wanted == 0 ? try Self.runCount(path) : wanted
    while let line = try reader.take() {
      guard line.line.kind == .run, let header = RunHeader(line) else {
        runs.append(RunReport(strayAt: line.place))
        break
      }
      let number = runs.count + 1
      if replays, last == nil || last == number {
        runs.append(try replay(header, number))
      } else {
        runs.append(try skip(header, number))
      }
      if runs.last?.difference != nil { break }
    }
    if let last, runs.count < last, reader.damage == nil, runs.last?.difference == nil {
      throw .noSuchRun(last, count: runs.count)
    }
    try report()
    return reader.damage == nil && runs.allSatisfy { !$0.differs } ? .done : .no
  }

  private static func runCount(_ path: String) throws(Failure) -> Int {
    let reader = try AuditReader(path)
    var count = 0
    while let line = try reader.take() { if line.line.kind == .run { count += 1 } }
    return count
  }

  /// Reads a run's lines to its end.
  private func skip(_ header: RunHeader, _ number: Int) throws(Failure) -> RunReport {
    var report = RunReport(header, number)
    while let next = try reader.peek(), next.line.kind != .run {
      _ = try reader.take()
      if next.line.kind == .end {
        report.isWhole = true
        break
      }
      report.lines += 1
    }
    return report
  }

  private func replay(_ header: RunHeader, _ number: Int) throws(Failure) -> RunReport {
    var words =
      arguments.all("rules") + ["--as-of", header.date, "--format", "jsonl", "--log", "-"]
    for place in arguments.all("data") { words += ["--data", place] }
    for name in header.only { words += ["--only", name] }
    if let count = arguments.value("threads") { words += ["--threads", count] }
    if let most = header.maxFirings { words += ["--max-firings", most] }
    if header.commits { words.append("--commit") }
    words += ["--rejects", "/dev/null"]
    let again = try Arguments(words, options: Command.run.options + Option.common, command: "run")
    let check = AuditCheck(header, number, reader, console)
    let state = header.state ?? State()
    let replay = DecisionRun.Replay(sink: check, rulesHash: header.rules, state: state)
    do throws(Failure) {
      _ = try DecisionRun(again, console.silenced(), replay: replay).run()
    } catch {
      // A difference ends the run where it is.
      if error.code != AuditCheck.stop.code { throw error }
    }
    return check.report
  }

  // MARK: - Telling

  private func report() throws(Failure) {
    if arguments.value("format") == "json" {
      try console.out.write(json.line + "\n")
      return
    }
    for (index, report) in runs.enumerated() {
      let isDamaged = reader.damage != nil && index == runs.count - 1
      try console.out.write(report.text(console, isDamaged: isDamaged))
    }
    for torn in reader.torn {
      try console.out.write(
        console.say(
          torn.isNoted
            ? Phrase(
              "\(torn.place.text): torn: \(grouped(torn.count)) bytes of a run that was killed; "
                + "the next run took note of them",
              zh: "\(torn.place.text)：残行：被打断的运行留下 \(grouped(torn.count)) 字节，下一次运行已记下")
            : Phrase(
              "\(torn.place.text): torn: the log ends within a line, after \(grouped(torn.count)) "
                + "bytes of it",
              zh: "\(torn.place.text)：残行：日志在一行中间结束，留有 \(grouped(torn.count)) 字节")) + "\n")
    }
    if let damage = reader.damage {
      try console.out.write(
        console.painted("\(damage.place.text): ", .red) + console.say(damage.message) + "\n")
      return
    }
    let files = reader.fileCount
    try console.out.write(
      console.say(
        Phrase(
          "\(counted(runs.count, "run")), \(counted(reader.lineCount, "line"))"
            + (files > 1 ? " in \(files) files" : "") + "; the chain holds and ends in "
            + reader.chain.text,
          zh: "\(runs.count) 次运行，\(grouped(reader.lineCount)) 行"
            + (files > 1 ? "（\(files) 个文件）" : "") + "；链条完整，末端为 " + reader.chain.text)) + "\n")
  }

  private var json: JSONText {
    var members: [(String, JSONText)] = [
      ("log", .text(path)), ("lines", .integer(reader.lineCount)),
      ("chain", .text(reader.chain.text)), ("runs", .list(runs.map { $0.json(console) })),
      (
        "torn",
        .list(
          reader.torn.map {
            .object([
              ("file", .text($0.place.file)), ("line", .integer($0.place.line)),
              ("bytes", .integer($0.count)), ("noted", .boolean($0.isNoted)),
            ])
          })
      ),
    ]
    if let damage = reader.damage {
      members.append(
        (
          "damage",
          .object([
            ("file", .text(damage.place.file)), ("line", .integer(damage.place.line)),
            ("message", .text(console.say(damage.message))),
          ])
        ))
    }
    return .object(members)
  }
}

extension Failure {
  static func badRunNumber(_ word: String) -> Failure {
    Failure(
      code: "bad-run-number",
      message: Phrase("`--run \(word)` names no run", zh: "`--run \(word)` 不是运行的编号"),
      help: [Phrase("give a number from 1, or `last`", zh: "请给出从 1 起的编号，或 `last`")])
  }

  static func noSuchRun(_ number: Int, count: Int) -> Failure {
    Failure(
      code: "no-such-run",
      message: Phrase(
        "the log has \(counted(count, "run")), and no run \(number)",
        zh: "日志里有 \(count) 次运行，没有第 \(number) 次"))
  }
}
