import WritModel
import WritNetwork
import WritReplay
import WritRules
import WritText

extension Option {
  static let maxFirings = Option(
    name: "max-firings", value: "N",
    help: Phrase("where changes are stopped (1000000)", zh: "联动最多执行的次数（1000000）"))
  static let matchMemory = Option(
    name: "match-memory", value: "MB",
    help: Phrase("what matches of changes and alerts may take (512)", zh: "联动与预警的匹配最多占用的内存（512）"))
}

/// What a run does with changes: settles them, and says what came of it.
struct ChangeRun {
  private let program: Program
  private let console: Console
  private let wording: Wording
  private let maxFirings: Int
  private let matchBytes: Int?

  init(_ arguments: Arguments, _ console: Console, _ program: Program) throws(Failure) {
    self.program = program
    self.console = console
    wording = Wording(program: program, language: console.language)
    maxFirings = try Self.count("max-firings", arguments) ?? 1_000_000
    matchBytes = try Self.count("match-memory", arguments).map { min($0, 1 << 40) << 20 }
  }

  private static func count(_ option: String, _ arguments: Arguments) throws(Failure) -> Int? {
    guard let written = arguments.value(option) else { return nil }
    guard let number = Int(written), number > 0 else { throw .badCount(written, "--\(option)") }
    return number
  }

  /// The most firings.
  var limit: Int { maxFirings }

  /// Settles the facts; nil after saying which changes go round, where they do not settle.
  func settle(
    _ memory: Memory, observe: ((Firing) -> Void)? = nil
  ) throws(Failure) -> Settlement? {
    if let matchBytes { memory.mostMatchBytes = matchBytes }
    let settlement = memory.settle(maxFirings: maxFirings, observe: observe)
    if !settlement.unsettled.isEmpty {
      try say(
        .error, code: "changes-do-not-settle",
        wording.unsettled(settlement, maxFirings: maxFirings),
        help: [
          Phrase(
            "`writ check` tells which changes set each other off; more firings are allowed with "
              + "`--max-firings`",
            zh: "`writ check` 会指出哪些联动互相触发；确实需要更多次数时用 `--max-firings`")
        ])
      return nil
    }
    if let explosion = settlement.explosion {
      try tell(explosion)
      return nil
    }
    try tellFaults(of: settlement, memory)
    try tellClashes(of: settlement, memory)
    return settlement
  }

  /// Says whose records meet in more ways than are kept, and how to narrow it.
  func tell(_ explosion: Settlement.Explosion) throws(Failure) {
    try say(
      .error, code: "too-many-matches", wording.explosion(explosion),
      help: [
        Phrase(
          "give its records something in common: an equality between their fields, or a "
            + "condition that few of them meet; `--match-memory MB` allows more",
          zh: "让这些记录之间有共同之处：写上字段相等的条件，或只有少数记录满足的条件；"
            + "用 `--match-memory MB` 可放宽上限")
      ])
  }

  /// The first few in full, then the count.
  private func tellFaults(of settlement: Settlement, _ memory: Memory) throws(Failure) {
    for fault in settlement.faults.prefix(3) {
      try say(.error, code: "change-did-nothing", wording.fault(fault, in: memory))
    }
    let more = settlement.faultCount - 3
    if more > 0 {
      try console.note(
        Phrase(
          "\(counted(more, "more firing")) did nothing", zh: "另有 \(grouped(more)) 次没有执行"))
    }
  }

  private func tellClashes(of settlement: Settlement, _ memory: Memory) throws(Failure) {
    for clash in settlement.clashes {
      let field = program.schema[clash.field]
      let record = wording.text(program.schema[field.record].name)
      let key = wording.key(of: .record(clash.row, of: field.record), in: memory.facts)
      let titles = [clash.first, clash.second].map { program[program[$0].rule].title }
      let name = "`\(record) \(key)` \(wording.text(field.name))"
      try say(
        .warning, code: "changes-clash",
        Phrase(
          "`\(titles[0])` and `\(titles[1])` set \(name) to different values; "
            + "the later one stays",
          zh: "`\(titles[0])` 与 `\(titles[1])` 把 \(name) 改成了不同的值，以后一次为准"))
    }
  }

  private func say(
    _ severity: Severity, code: String, _ message: Phrase, help: [Phrase] = []
  ) throws(Failure) {
    let text = console.rendering().text(of: severity, code: code, message, help: help)
    try console.messages.write(text)
  }
}

/// The alerts that a run raises, for the screen and for programs.
struct AlertRows {
  /// One alert for its records.
  private struct Row {
    let alert: ProductionID
    let rows: [Int]
    let because: String?
  }
  private let program: Program
  private let wording: Wording
  private let memory: Memory
  private var rows: [Row] = []
  /// What was too much to find: there are no rows then.
  private(set) var explosion: Settlement.Explosion?

  var count: Int { rows.count }

  /// Raises the alerts that the words name, all without words: the most urgent first, then in
  /// written order, then by their records.
  init(
    _ memory: Memory, only words: [String], language: Language, viewer: Viewer?
  ) {
    program = memory.network.program
    self.memory = memory
    wording = Wording(program: program, language: language)
    let explainer = Explainer(memory: memory, language: language, viewer: viewer)
    let alerts = Self.named(words, in: program)
    if let first = alerts.first { _ = memory.raisedCount(first) }
    explosion = memory.explosion
    if explosion != nil { return }
    for alert in alerts {
      for match in memory.raised(alert) {
        let records = zip(program[alert].patterns, match.rows).map {
          Value.record($1, of: $0.record)
        }
        rows.append(
          Row(
            alert: alert, rows: match.rows, because: explainer.words(of: alert, records)))
      }
    }
  }

  /// The alerts that words name by their titles; all where there are no words.
  static func named(_ words: [String], in program: Program) -> [ProductionID] {
    let levels: [Production.AlertLevel?] = [.high, .medium, .low, nil]
    return levels.flatMap { level in
      program.productions.indices.map { ProductionID($0) }.filter { id in
        guard case .alert(level) = program[id].kind else { return false }
        return words.isEmpty || words.contains(program[program[id].rule].title)
      }
    }
  }

  // MARK: - Forms

  /// Everything as a table for the screen.
  func table(_ console: Console) -> String {
    let titles = [
      Phrase("level", zh: "级别"), Phrase("alert", zh: "预警"), Phrase("records", zh: "记录"),
      Phrase("because", zh: "原因"),
    ]
    let lines = rows.map { cells(of: $0) }
    let layout = ScreenTable(
      header: titles.map { console.say($0) }, isNumeric: titles.map { _ in false }, sample: lines,
      screen: console.width)
    let name = console.say(Phrase("alerts", zh: "预警"))
    var text = console.painted("\(name) (\(grouped(rows.count)))", .cyan) + "\n"
    text += console.painted(layout.head, .gray) + "\n"
    for (row, line) in zip(rows, lines) {
      let written = layout.line(line)
      let isHigh = if case .alert(.high) = program[row.alert].kind { true } else { false }
      text += (isHigh ? console.painted(written, .red) : written) + "\n"
    }
    return text
  }

  private func cells(of row: Row) -> [String] {
    [
      level(of: row.alert).map { wording.say($0) } ?? "", title(of: row.alert),
      records(of: row).joined(separator: ", "), row.because ?? "",
    ]
  }

  private func level(of alert: ProductionID) -> Phrase? {
    guard case .alert(let level?) = program[alert].kind else { return nil }
    switch level {
    case .high: return Phrase("high", zh: "高")
    case .medium: return Phrase("medium", zh: "中等")
    case .low: return Phrase("low", zh: "低")
    }
  }

  private func title(of alert: ProductionID) -> String { program[program[alert].rule].title }

  private func records(of row: Row) -> [String] {
    zip(program[row.alert].patterns, row.rows).map { pattern, place in
      wording.text(program.schema[pattern.record].name) + " "
        + wording.key(of: .record(place, of: pattern.record), in: memory.facts)
    }
  }

  /// A line of JSON an alert.
  var json: String {
    var text = ""
    for row in rows {
      var members: [(String, JSONText)] = [("alert", .text(title(of: row.alert)))]
      if case .alert(let level?) = program[row.alert].kind {
        members.append(("level", .text(level.rawValue)))
      }
      let records = zip(program[row.alert].patterns, row.rows).map { pattern, place in
        JSONText.object([
          ("record", .text(program.schema[pattern.record].name.name)),
          ("key", .text(wording.key(of: .record(place, of: pattern.record), in: memory.facts))),
        ])
      }
      members.append(("records", .list(records)))
      if let because = row.because { members.append(("because", .text(because))) }
      text += JSONText.object(members).line + "\n"
    }
    return text
  }

  /// Everything as CSV, for runs that report nothing else.
  var csv: String {
    var writer = CSVWriter(lineEnd: "\r\n")
    for title in [
      Phrase("level", zh: "级别"), Phrase("alert", zh: "预警"), Phrase("records", zh: "记录"),
      Phrase("because", zh: "原因"),
    ] { writer.add(wording.say(title)) }
    writer.endRow()
    for row in rows {
      for cell in cells(of: row) { writer.add(cell) }
      writer.endRow()
    }
    return String(decoding: writer.take(), as: UTF8.self)
  }
}

/// `--facts DIR`: the facts as they settled and were committed, as files of the form they came in.
struct FactsOutput {
  private let folder: String

  init?(_ arguments: Arguments) throws(Failure) {
    guard let folder = arguments.value("facts") else { return nil }
    self.folder = folder
  }

  /// Writes all files: each beside its place first, and all in their places only when every one is
  /// complete.
  func write(_ data: RecordedData, _ memory: Memory) throws(Failure) {
    try makeFolder(folder)
    var contents: [(path: String, bytes: [UInt8])] = []
    func add(_ name: String, _ bytes: [UInt8]) throws(Failure) {
      let path = join(folder, name)
      if contents.contains(where: { $0.path == path }) { throw .twoFilesOfOneName(name) }
      contents.append((path, bytes))
    }
    var last: [RecordID: Int] = [:]
    for (index, input) in data.inputs.enumerated() { last[input.plan.record] = index }
    for (index, input) in data.inputs.enumerated() {
      let rewriter = RecordRewriter(
        input.plan, file: index, from: data.facts, to: memory.facts,
        takesNew: last[input.plan.record] == index)
      let name = data.name(ofInput: index)
      guard let bytes = rewriter.rewritten(try data.bytes(ofInput: index)) else {
        throw .notInEncoding(name, input.plan.encoding ?? "")
      }
      try add(name, bytes)
    }
    for record in memory.facts.schema.records.indices.map({ RecordID($0) })
    where last[record] == nil && memory.facts[record].count > memory.facts[record].removedCount {
      let name = memory.facts.schema[record].name.name
      try add(name + ".csv", RecordRewriter.csv(record, of: memory.facts))
    }
    var files: [ReplacementFile] = []
    for content in contents {
      let file = try ReplacementFile(content.path)
      try file.output.write(content.bytes)
      files.append(file)
    }
    for file in files { try file.finish() }
  }
}

extension Failure {
  static func badCount(_ text: String, _ option: String) -> Failure {
    Failure(
      code: "bad-count",
      message: Phrase(
        "`\(option) \(text)` is no number of times", zh: "`\(option) \(text)` 不是有效的次数"),
      help: [Phrase("write a whole number above 0", zh: "写一个大于 0 的整数")])
  }

  static func twoFilesOfOneName(_ name: String) -> Failure {
    Failure(
      code: "two-files-of-one-name",
      message: Phrase(
        "two files of data are called `\(name)`, and one folder cannot hold both",
        zh: "有两个数据文件都叫 `\(name)`，无法写进同一个文件夹"),
      help: [Phrase("give one of them another name", zh: "给其中一个换个名字")])
  }

  static func notInEncoding(_ name: String, _ encoding: String) -> Failure {
    Failure(
      code: "not-in-encoding",
      message: Phrase(
        "`\(name)` is in \(encoding), which has no signs for some of what it is to hold now",
        zh: "`\(name)` 用的是 \(encoding) 编码，无法表示其中要写入的某些文字"),
      help: [
        Phrase(
          "save the file as UTF-8 and take `encoding` out of its `data`",
          zh: "把文件另存为 UTF-8，并去掉数据声明里的编码")
      ])
  }
}
