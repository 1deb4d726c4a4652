import WritModel
import WritReplay
import WritRules
import WritText
import WritWorkbench

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

extension Command {
  static let watch = Command(
    name: "watch", usage: "RULES… [--data DIR|Type=FILE]",
    summary: Phrase("see on every save which decisions change", zh: "每次保存后看哪些判定改变"),
    example: "writ watch rules/ --data data/",
    examples: [
      (
        "writ watch rules/ --data data/ --pin Lead:L-1042",
        Phrase("keep a record in view", zh: "盯住一条记录")
      ),
      (
        "writ watch rules/ --format json",
        Phrase("one line an event, for scripts", zh: "每个事件一行，供脚本使用")
      ),
    ],
    options: Option.ofData + [
      Option(
        name: "pin", value: "Type:KEY|FILE",
        help: Phrase(
          "records to show every time; a file has one a line", zh: "每次都显示的记录；文件中每行一条"),
        isRepeatable: true),
      Option(
        name: "once", value: nil, help: Phrase("look once, then end", zh: "只看一次就结束")),
      Option(
        name: "format", value: "text|json", help: Phrase("how it is written", zh: "输出格式"),
        allowed: ["text", "json"]),
    ],
    run: { (arguments, console) throws(Failure) in
      var watching = try Watching(arguments, console)
      return try watching.run()
    })
}

/// One `writ watch`: waits for files, reads them, and has `Watch` say what they mean.
private struct Watching {
  private let arguments: Arguments
  private let console: Console
  private var watch: Watch
  private var dataStamps: [String: FileStamp] = [:]
  private var hasLooked = false
  private let isJSON: Bool

  init(_ arguments: Arguments, _ console: Console) throws(Failure) {
    guard !arguments.operands.isEmpty else {
      throw .missingOperand(
        Phrase("rules to watch", zh: "要监看的规则"), example: "writ watch rules/ --data data/")
    }
    self.arguments = arguments
    self.console = console
    isJSON = arguments.value("format") == "json"
    let rules = try Rules(arguments.operands, dataFolders: arguments.all("data"))
    watch = Watch(
      language: console.language, today: try businessDate(arguments, rules.program),
      pins: try Self.pins(arguments.all("pin")))
  }

  private static func pins(_ words: [String]) throws(Failure) -> [(type: String, key: String)] {
    var pins: [(type: String, key: String)] = []
    for word in words {
      var lines = [word]
      if fileExists(word) {
        lines = String(decoding: try readFile(word, atMostMegabytes: 16), as: UTF8.self)
          .split(whereSeparator: \.isNewline).map(String.init)
      }
      for line in lines {
        guard let colon = line.firstIndex(of: ":") else { throw .badPin(line) }
        pins.append((String(line[..<colon]), String(line[line.index(after: colon)...])))
      }
    }
    return pins
  }

  mutating func run() throws(Failure) -> ExitStatus {
    var status = ExitStatus.done
    try lookAfterEverySave(watchedPaths(), console) { () throws(Failure) in
      let isFirst = !hasLooked
      let event = try look()
      if isFirst || event.kind != .same { try tell(event) }
      guard arguments.has("once") else { return true }
      switch event.kind {
      case .broken, .unreadable: status = .unusable
      case .started, .decided, .same: status = event.failing.isEmpty ? .done : .no
      }
      return false
    }
    return status
  }

  /// Rule files and folders, and where the data lie.
  private func watchedPaths() -> [String] {
    arguments.operands
      + arguments.all("data").map { word in
        guard let sign = word.firstIndex(of: "="), !fileExists(word) else { return word }
        return String(word[word.index(after: sign)...])
      }
  }

  /// Reads what there is now. What cannot be read is an event, not the end.
  private mutating func look() throws(Failure) -> WatchEvent {
    let rules: Rules
    do throws(Failure) {
      rules = try Rules(
        arguments.operands, dataFolders: arguments.all("data"), texts: watch.texts)
    } catch {
      return watch.unreadable(arguments.operands, WatchProblem(Self.words(of: error, console)))
    }
    let stamps = dataStamps(rules)
    let changed = stamps.keys.filter { stamps[$0] != dataStamps[$0] }.sorted()
    let gone = dataStamps.keys.filter { stamps[$0] == nil }.sorted()
    let seen = Watch.Rules(
      sources: rules.sources, trees: rules.trees, program: rules.program,
      diagnostics: rules.diagnostics, tables: rules.tables)
    let (arguments, console) = (self.arguments, self.console)
    let event = watch.see(seen, dataFiles: hasLooked ? changed + gone : []) { program in
      do throws(Failure) {
        var data = try RecordedData(
          arguments, Rules(rules.sources, program: program), console)
        try data.load()
        _ = try data.finish()
        return .success(data.facts)
      } catch {
        return .failure(WatchProblem(Self.words(of: error, console)))
      }
    }
    hasLooked = true
    // Data that were not read, because the rules do not check, are still to be read.
    switch event.kind {
    case .started, .decided, .same: dataStamps = stamps
    case .broken, .unreadable: break
    }
    return event
  }

  private static func words(of failure: Failure, _ console: Console) -> String {
    console.rendering().text(
      of: .error, code: failure.code, failure.message, help: failure.help)
  }

  /// When each file of data and of tables was written last, and how long it is.
  private func dataStamps(_ rules: Rules) -> [String: FileStamp] {
    var stamps: [String: FileStamp] = [:]
    let inputs = (try? RecordedData(arguments, rules, console))?.inputs ?? []
    for input in inputs { stamps[input.path] = FileStamp(of: input.path) }
    for path in rules.tableFiles { stamps[path] = FileStamp(of: path) }
    return stamps
  }

  private func tell(_ event: WatchEvent) throws(Failure) {
    if isJSON {
      try console.out.write(event.json().line + "\n")
    } else {
      let text = event.text(
        language: console.language, rendering: console.rendering(), width: max(40, console.width))
      try console.out.write(console.outIsTerminal ? "\(clock())  \(text)" : text)
    }
    try console.out.flush()
  }

  private func clock() -> String {
    var now = time(nil)
    var parts = tm()
    localtime_r(&now, &parts)
    func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))"
  }
}

/// When a file was written and how long it is: enough to see that it is another one.
private struct FileStamp: Hashable {
  private var seconds = 0
  private var nanoseconds = 0
  private var size = 0
  private var number: UInt64 = 0

  init(of path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return }
    #if canImport(Darwin)
      seconds = status.st_mtimespec.tv_sec
      nanoseconds = status.st_mtimespec.tv_nsec
    #else
      seconds = status.st_mtim.tv_sec
      nanoseconds = status.st_mtim.tv_nsec
    #endif
    size = Int(status.st_size)
    number = UInt64(status.st_ino)
  }
}

extension Failure {
  static func badPin(_ line: String) -> Failure {
    Failure(
      code: "bad-pin",
      message: Phrase("`\(line)` names no record", zh: "`\(line)` 没有指明记录"),
      help: [Phrase("write it as `Lead:L-1042`", zh: "写作 `Lead:L-1042`")])
  }
}
