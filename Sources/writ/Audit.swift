import WritModel
import WritNetwork
import WritReplay
import WritRules
import WritText

extension Option {
  /// Options of a run that keeps a log.
  static let ofAudit: [Option] = [
    Option(
      name: "log", value: "FILE",
      help: Phrase(
        "append a line a decision to an audit log, for `writ verify`",
        zh: "每项判定向审计日志追加一行，供 `writ verify` 核对")),
    Option(
      name: "log-size", value: "SIZE",
      help: Phrase(
        "go on in a new file at this size: 100MB, FILE becomes FILE.1",
        zh: "日志达到这个大小就换新文件：100MB，原文件改名为 FILE.1")),
  ]
}

/// Where the lines of a run go: to a log, or to where they are compared with one.
protocol AuditSink: AnyObject {
  /// The members of the first line of a run.
  func begin(_ members: [(String, JSONText)]) throws(Failure)
  /// Lines without number and chain, each with its line end.
  func append(_ bodies: Bytes) throws(Failure)
  /// The members of the last line, behind which all is safe on the disk.
  func end(_ members: [(String, JSONText)]) throws(Failure)
}

/// What a run tells its log: what it began with, what it decided, how it ended.
///
/// Lines are made by whoever decides, on any thread, and are given over in the order of the records.
final class Audit: @unchecked Sendable {
  private let sink: any AuditSink
  private let program: Program
  private let sources: Sources
  /// What every line of the run begins with.
  private let stamp: String
  private var assignments: [DecisionID: [Int: Assignment]] = [:]
  /// Lines of changes that fired, until there are enough to be written.
  private var waiting = Outgoing()
  /// What went wrong while changes were told, which cannot throw.
  private var failure: Failure?

  init(_ sink: any AuditSink, _ rules: Rules, rulesHash: String, today: Int32) {
    self.sink = sink
    program = rules.program
    sources = rules.sources
    var text = "\"rules\":"
    JSONText.writeText(String(rulesHash.prefix(16)), into: &text)
    text += ",\"date\":"
    JSONText.writeText(CivilDate(days: Int(today)).map { "\($0)" } ?? "", into: &text)
    stamp = text
  }

  /// Writes the first line: everything that the run rests on.
  func begin(
    _ arguments: Arguments, _ rules: Rules, _ data: RecordedData, state: State, today: Int32
  ) throws(Failure) {
    func sum(_ bytes: [UInt8]) -> JSONText {
      var hash = SHA256()
      hash.update(bytes)
      return .text(hash.finish())
    }
    var tables: [JSONText] = []
    for path in rules.tableFiles {
      tables.append(.object([("file", .text(path)), ("sha256", sum(try readFile(path)))]))
    }
    var members: [(String, JSONText)] = [
      ("writ", .text(AuditLine.form)), ("version", .text(writVersion)),
      ("rules", .text(program.hash)),
      ("date", .text(CivilDate(days: Int(today)).map { "\($0)" } ?? "")),
      ("commit", .boolean(arguments.has("commit"))),
      ("only", .list(arguments.all("only").map { .text($0) })),
      ("state", state.json),
      (
        "ruleFiles",
        .list(
          sources.all.map { .object([("file", .text($0.name)), ("sha256", sum($0.bytes))]) })
      ), ("tableFiles", .list(tables)),
      (
        "dataFiles",
        .list(
          data.inputs.map { input in
            .object([
              ("record", .text(program.schema[input.plan.record].name.name)),
              ("file", .text(input.path)),
            ])
          })
      ),
    ]
    if let most = arguments.value("max-firings") { members.append(("maxFirings", .text(most))) }
    try sink.begin(members)
  }

  /// Tells a change that fires, before its acts are done.
  func note(_ firing: Firing, in memory: Memory) {
    guard failure == nil else { return }
    AuditActs(program, sources: sources, stamp: stamp).write(firing, in: memory, into: &waiting)
    guard waiting.count > 1 << 20 else { return }
    do throws(Failure) { try flush() } catch { failure = error }
  }

  /// Writes what waits; ask when the changes have settled.
  func flush() throws(Failure) {
    if let failure { throw failure }
    try waiting.withBytes { (bytes) throws(Failure) in try sink.append(bytes) }
    waiting.clear()
  }

  /// What a run assigned, which lines of its records tell.
  func assigned(_ decision: DecisionID, _ results: [Assignment]) {
    var known: [Int: Assignment] = [:]
    for result in results { known[result.row] = result }
    assignments[decision] = known
  }

  /// Makes lines of a section's rows from a memory.
  func form(_ section: Report.Section, _ memory: Memory) -> AuditForm {
    AuditForm(section, memory, sources: sources, stamp: stamp, assignments: assignments)
  }

  func append(_ lines: Bytes) throws(Failure) { try sink.append(lines) }

  func appendAlerts(_ memory: Memory) throws(Failure) {
    AuditActs(program, sources: sources, stamp: stamp).writeAlerts(in: memory, into: &waiting)
    try flush()
  }

  /// Writes the last line. `stopped` says why nothing more was decided, where that is so.
  func end(_ data: RecordedData, stopped: String? = nil) throws(Failure) {
    var members: [(String, JSONText)] = [
      (
        "dataSums", .list(data.sums.map { sum in sum.map { .text($0) } ?? .null })
      ), ("rejected", .integer(data.rejectedCount)),
    ]
    if let stopped { members.append(("stopped", .text(stopped))) }
    try sink.end(members)
  }
}
