import WritModel
import WritReplay
import WritRules
import WritSyntax
import WritText
import WritWorkbench

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

extension Command {
  static let repl = Command(
    name: "repl", usage: "[RULES…] [--data DIR|Type=FILE]",
    summary: Phrase("try rules: facts, questions, why", zh: "交互试用规则：事实、提问、追问理由"),
    example: "writ repl rules/ --data data/",
    examples: [
      ("writ repl", Phrase("begin with nothing", zh: "从零开始")),
      ("writ repl rules/ < questions.txt", Phrase("a list of entries", zh: "成批提问")),
    ],
    options: Option.ofData + [],
    run: { (arguments, console) throws(Failure) in
      let rules = try Rules(arguments.operands, dataFolders: arguments.all("data"))
      guard let program = try rules.reported(on: console) else { return .unusable }
      var conversation = try Conversation(rules, program, arguments, console)
      return try conversation.run()
    })
}

/// One `writ repl`: keys or lines in, answers out. The session answers; this owns what it may not:
/// the terminal, the files and the clock.
private struct Conversation {
  private let arguments: Arguments
  private let console: Console
  private var session: Session
  private var paths: [String]
  private var dataWords: [String]
  private var status = ExitStatus.done

  init(
    _ rules: Rules, _ program: Program, _ arguments: Arguments, _ console: Console
  ) throws(Failure) {
    self.arguments = arguments
    self.console = console
    paths = arguments.operands
    dataWords = arguments.all("data")
    let today = try businessDate(arguments, program)
    var facts = Facts(schema: program.schema, texts: program.texts)
    var isLoaded = false
    do throws(Failure) {
      var data = try RecordedData(arguments, rules, console)
      try data.load()
      facts = data.facts
      isLoaded = try data.finish() >= 0
    } catch {
      // Rules may be tried without the data that they name, unless these were asked for.
      if !dataWords.isEmpty || error.code != "missing-data" { throw error }
    }
    session = Session(
      sources: rules.sources, trees: rules.trees, program: program, facts: facts, today: today,
      language: console.language, width: console.width, tables: rules.tables)
    session.isColored = console.outIsColored
    session.viewer = try viewer(arguments, program, facts)
    if isLoaded, console.outIsTerminal { try console.out.write(session.greeting) }
    try console.out.flush()
  }

  mutating func run() throws(Failure) -> ExitStatus {
    if let terminal = Terminal() {
      try converse(terminal)
      return .done
    }
    try readLines()
    return status
  }

  // MARK: - On a terminal

  private mutating func converse(_ terminal: consuming Terminal) throws(Failure) {
    var terminal = terminal
    Resizes.listen()
    let file = HistoryFile()
    var editor = LineEditor(history: file.load()) { Session.isWhole($0) }
    var width = terminalColumns()
    while true {
      terminal.paint(editor.screen(width: width))
      switch terminal.next() {
      case .closed:
        terminal.leave(editor.screen(width: width))
        return
      case .resized:
        width = terminalColumns()
        session.width = width
      case .key(let key):
        let before = editor.screen(width: width)
        switch editor.handle(key) {
        case .edited: continue
        case .wantsCompletion:
          editor.complete(with: session.completion(of: editor.buffer.textBeforeCursor))
        case .clearScreen: terminal.clear()
        case .suspend:
          terminal.leave(before)
          terminal.released { _ = raise(SIGTSTP) }
        case .cancelled:
          terminal.write("^C")
          terminal.leave(before)
        case .ended:
          terminal.leave(before)
          return
        case .entered(let entry):
          terminal.leave(before)
          if editor.remember(entry) { file.append(entry) }
          let reply = answer(entry)
          terminal.write(reply.text)
          if reply.request == .quit { return }
        }
      }
    }
  }

  private func terminalColumns() -> Int { terminalWidth() ?? 80 }

  // MARK: - In a pipe

  private mutating func readLines() throws(Failure) {
    var entry = ""
    while let line = readLine(strippingNewline: true) {
      entry += entry.isEmpty ? line : "\n" + line
      guard Session.isWhole(entry) else { continue }
      if try !answerLines(entry) { return }
      entry = ""
    }
    if !entry.isEmpty { _ = try answerLines(entry) }
  }

  /// false: nothing more is wanted.
  private mutating func answerLines(_ entry: String) throws(Failure) -> Bool {
    let reply = answer(entry)
    if reply.isError { status.raise(to: .no) }
    try console.out.write(reply.text)
    try console.out.flush()
    return reply.request != .quit && !console.out.isClosed
  }

  // MARK: - Answering

  private mutating func answer(_ entry: String) -> Reply {
    let start = monotonicNanoseconds()
    var reply = session.enter(entry)
    do throws(Failure) {
      switch reply.request {
      case .load(let words): reply.text += try load(words).text
      case .data(let words): reply.text += try read(words).text
      case .save(let path, let text):
        try replaceFile(path, with: Array(text.utf8))
        reply.text += console.saying("written: \(path)\n", "已写入：\(path)\n", in: session.language)
      case .quit, nil: break
      }
    } catch {
      reply.isError = true
      reply.text += console.rendering().text(
        of: .error, code: error.code, error.message, help: error.help)
    }
    if session.showsTime {
      let spent = Double(monotonicNanoseconds() - start) / 1e6
      let hundredths = Int(spent * 100)
      reply.text +=
        "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100) ms\n"
    }
    return reply
  }

  private mutating func load(_ words: [String]) throws(Failure) -> Reply {
    if !words.isEmpty { paths = words }
    let rules = try Rules(paths, dataFolders: dataWords)
    return session.replaceRules(rules.sources, rules.trees, rules.program, rules.diagnostics)
  }

  private mutating func read(_ words: [String]) throws(Failure) -> Reply {
    if !words.isEmpty { dataWords = words }
    let options = arguments.keeping(dataWords, of: "data")
    let rules = Rules(session.sources, program: session.program)
    var data = try RecordedData(options, rules, console)
    try data.load()
    _ = try data.finish()
    return session.replaceFacts(data.facts)
  }
}

extension Console {
  fileprivate func saying(_ english: String, _ chinese: String, in language: Language) -> String {
    language == .english ? english : chinese
  }
}

/// Nanoseconds of a clock that only goes forward.
func monotonicNanoseconds() -> Int64 {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}

/// Where entries are kept between sessions: `WRIT_HISTORY`, else the user's state folder.
private struct HistoryFile {
  private let path: String?

  init() {
    func variable(_ name: String) -> String? {
      getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
    }
    if let path = variable("WRIT_HISTORY") {
      self.path = path
    } else if let base = variable("XDG_STATE_HOME")
      ?? variable("HOME").map({ $0 + "/.local/state" })
    {
      path = base + "/writ/history"
    } else {
      path = nil
    }
  }

  func load() -> History {
    guard let path, let bytes = try? readFile(path, atMostMegabytes: 16) else { return History() }
    return History(fileText: String(decoding: bytes, as: UTF8.self))
  }

  /// Appends an entry in one write, so that sessions side by side do not harm each other's lines.
  /// Where it cannot be kept, the session goes on without.
  func append(_ entry: String) {
    guard let path else { return }
    makeFolders(of: path)
    let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    let bytes = Array(History.line(of: entry).utf8)
    _ = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
  }

  private func makeFolders(of path: String) {
    var made = ""
    for part in path.split(separator: "/", omittingEmptySubsequences: false).dropLast() {
      made += made.isEmpty && part.isEmpty ? "/" : (made.isEmpty || made == "/" ? "" : "/") + part
      if !made.isEmpty, made != "/" { mkdir(made, 0o700) }
    }
  }
}
