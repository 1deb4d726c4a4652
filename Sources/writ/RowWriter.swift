import WritModel
import WritNetwork
import WritReplay
import WritRules
import WritText

/// Writes the rows of sections in the form that was asked for.
struct RowWriter: @unchecked Sendable {
  private enum Form {
    case table, jsonl, csv
  }
  private let form: Form
  private let console: Console
  private let wording: Wording
  private let redaction: Redaction
  private let out: Output
  private let audit: Audit?
  /// Whether results go to the terminal.
  let isForScreen: Bool
  /// Rows decided and written at a time; the widths of a table come from the first of them.
  private let stretch = 4096
  /// The same where rows do not look to each other: their cells stay where the processor is quick.
  private let shortStretch = 1024

  init(
    _ arguments: Arguments, _ console: Console, _ program: Program, _ viewer: Viewer?, out: Output,
    audit: Audit?
  ) throws(Failure) {
    self.audit = audit
    self.console = console
    self.out = out
    wording = Wording(program: program, language: console.language)
    redaction = Redaction(program: program, viewer: viewer)
    isForScreen = !arguments.has("output") && console.outIsTerminal
    switch arguments.value("format") {
    case "table": form = .table
    case "jsonl": form = .jsonl
    case "csv": form = .csv
    default: form = isForScreen ? .table : .jsonl
    }
    if form == .csv, arguments.has("bom") { try out.write("\u{FEFF}") }
  }

  /// Whether each row is written by itself; the rows of a table on the screen look to each other.
  var isByRow: Bool { form != .table }

  /// How rows of a section are written; nil where that is as a table.
  func form(_ section: Report.Section) -> RowForm? {
    switch form {
    case .table: nil
    case .jsonl: RowForm(section, wording, as: .jsonLines)
    case .csv: RowForm(section, wording, as: .csv)
    }
  }

  /// What is kept between the stretches of a section.
  struct Carried {
    var table: ScreenTable?
    var audit: AuditForm?
  }

  /// Makes lines of the audit log of what a memory decides; nil where there is no log.
  func auditForm(_ section: Report.Section, _ memory: Memory) -> AuditForm? {
    audit?.form(section, memory)
  }

  func appendLog(_ lines: Bytes) throws(Failure) { try audit?.append(lines) }

  /// The reader of the results has gone.
  var isClosed: Bool { out.isClosed }

  func begin(_ section: Report.Section) throws(Failure) {
    guard form == .csv else { return }
    var text = ""
    section.writeCSVHeader(wording, into: &text)
    try out.write(text)
  }

  func write(
    _ section: Report.Section, _ memory: Memory, isAlone: Bool
  ) throws(Failure) -> Tally {
    let count = memory.facts[section.record].count
    try begin(section)
    if form == .table, !isAlone {
      let name = wording.text(wording.program.schema[section.record].name)
      let live = count - memory.facts[section.record].removedCount
      try out.write(console.painted("\(name) (\(grouped(live)))", .cyan) + "\n")
    }
    let progress = Progress(
      console, Phrase("deciding", zh: "判定中"), total: count, resultsToScreen: isForScreen)
    defer { progress.end() }
    var carried = Carried()
    let tally = try write(section, rows: 0..<count, offset: 0, memory, &carried, progress)
    if form == .table, !isAlone { try out.write("\n") }
    return tally
  }

  /// Alerts stand behind the decisions. CSV has one kind of row, so there they stand only alone.
  func write(_ alerts: AlertRows, isAlone: Bool) throws(Failure) {
    switch form {
    case .jsonl: try out.write(alerts.json)
    case .csv: if isAlone { try out.write(alerts.csv) }
    case .table:
      if alerts.count > 0 { try out.write((isAlone ? "" : "\n") + alerts.table(console)) }
    }
  }

  /// `offset` is the number of records that came before row 0; `progress` hears how far it is.
  func write(
    _ section: Report.Section, rows: Range<Int>, offset: Int, _ memory: Memory,
    _ carried: inout Carried, _ progress: Progress? = nil
  ) throws(Failure) -> Tally {
    var tally = Tally()
    var rowForm = form(section)
    var bytes = Outgoing()
    var lines = Outgoing()
    if carried.audit == nil { carried.audit = auditForm(section, memory) }
    var start = rows.lowerBound
    repeat {
      let decided = ReportRows(
        section, rows: start..<min(rows.upperBound, start + stretch), offset: offset, in: memory,
        wording: wording, redaction: redaction)
      tally += decided.tally
      // What was decided stands in the log before anybody reads it.
      if let form = carried.audit {
        lines.clear()
        form.write(decided, offset: offset, into: &lines)
        try lines.withBytes { (bytes) throws(Failure) in try appendLog(bytes) }
      }
      if rowForm == nil {
        var text = ""
        write(decided, section, &carried.table, into: &text)
        try out.write(text)
      } else {
        bytes.clear()
        rowForm?.write(decided, into: &bytes)
        try bytes.withBytes { (bytes) throws(Failure) in try out.write(bytes) }
      }
      if out.isClosed { return tally }
      start += stretch
      progress?.show(done: min(start, rows.upperBound), records: tally.records)
    } while start < rows.upperBound
    return tally
  }

  /// Decides rows and appends them, and their lines of the log, to bytes that somebody writes later.
  func decide(
    _ section: Report.Section, rows: Range<Int>, offset: Int, _ memory: Memory,
    _ form: inout RowForm?, into out: inout Outgoing, _ audit: AuditForm?,
    _ lines: inout Outgoing
  ) -> Tally {
    var tally = Tally()
    var start = rows.lowerBound
    while start < rows.upperBound {
      let decided = ReportRows(
        section, rows: start..<min(rows.upperBound, start + shortStretch), offset: offset,
        in: memory,
        wording: wording, redaction: redaction)
      tally += decided.tally
      form?.write(decided, into: &out)
      audit?.write(decided, offset: offset, into: &lines)
      start += shortStretch
    }
    return tally
  }

  func write(_ bytes: Bytes) throws(Failure) { try out.write(bytes) }

  /// The widths come from the first stretch, so that the first rows need not wait for the last.
  private func write(
    _ rows: ReportRows, _ section: Report.Section, _ table: inout ScreenTable?,
    into text: inout String
  ) {
    let cells = (0..<rows.count).map { rows.texts($0) }
    let isFirst = table == nil
    let layout =
      table
      ?? ScreenTable(
        header: section.columns.map { wording.text($0.name) },
        isNumeric: section.columns.map(\.isNumeric), sample: cells, screen: console.width)
    table = layout
    if isFirst { text += console.painted(layout.head, .gray) + "\n" }
    for row in cells { text += layout.line(row) + "\n" }
  }
}
