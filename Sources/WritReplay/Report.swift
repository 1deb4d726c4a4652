public import WritModel
public import WritNetwork
public import WritRules
import WritText

/// What a run reports: for each record type that something is decided for, a row a record.
///
/// Rows come in the order of the data. A report holds no values: it says which columns there are
/// and reads them from a memory in stretches of rows, so a stream can be reported chunk by chunk.
public struct Report: Sendable {
  /// The rows of one record type.
  public struct Section: Sendable {
    public let record: RecordID
    public let columns: [Column]
    public let decisions: [DecisionID]
  }
  /// One column of the results: a name and where its cells come from.
  public struct Column: Sendable {
    /// Where the cells of a column come from.
    public enum Kind: Sendable {
      /// Its key, or what it is called.
      case field(FieldID)
      /// The row's number from 1, for records without a key.
      case number
      /// The answer of a decision, or a value beside it.
      case answer(AttributeID, isDecision: Bool)
    }
    public let kind: Kind
    public let name: Named
    public let type: ValueType
  }
  public let sections: [Section]
  let program: Program

  /// The decisions to report: those that the words name, all that are for a record without words.
  ///
  /// A word is the decision's name (`price`), its title (`price Line`), or the two with a point
  /// (`Line.price`). Words that name nothing are given back.
  public init(program: Program, only words: [String]) {
    self.program = program
    var chosen: [DecisionID] = []
    for index in program.decisions.indices {
      let decision = program.decisions[index]
      guard decision.subject != nil else { continue }
      if words.isEmpty || words.contains(where: { Self.names($0, decision, program) }) {
        chosen.append(DecisionID(index))
      }
    }
    var order: [RecordID] = []
    for id in chosen {
      if let record = program[id].subject, !order.contains(record) { order.append(record) }
    }
    sections = order.map { record in
      let decisions = chosen.filter { program[$0].subject == record }
      return Section(
        record: record, columns: Self.columns(record, decisions, program), decisions: decisions)
    }
  }

  /// Words of `only` that name no decision for a record.
  public static func unknownWords(_ words: [String], in program: Program) -> [String] {
    words.filter { word in
      !program.decisions.contains { $0.subject != nil && names(word, $0, program) }
    }
  }

  /// What `only` may say, for a near miss.
  public static func words(in program: Program) -> [String] {
    program.decisions.filter { $0.subject != nil }.flatMap { [$0.name.name, $0.title] }
  }

  /// Whether a word is one that people may call a decision by.
  public static func names(_ word: String, _ decision: Decision, _ program: Program) -> Bool {
    if word == decision.title || word == decision.name.name || word == decision.name.label {
      return true
    }
    guard let record = decision.subject else { return false }
    let type = program.schema[record].name
    let owners = [type.name, type.label].compactMap(\.self)
    let names = [decision.name.name, decision.name.label].compactMap(\.self)
    return owners.contains { owner in names.contains { word == "\(owner).\($0)" } }
  }

  private static func columns(
    _ record: RecordID, _ decisions: [DecisionID], _ program: Program
  ) -> [Column] {
    let type = program.schema[record]
    var columns: [Column] = []
    if type.key.isEmpty {
      columns.append(Column(kind: .number, name: Named("row", label: "行"), type: .integer))
    }
    var shown = type.key
    if let called = type.called, !shown.contains(called) { shown.append(called) }
    for field in shown {
      let declared = program.schema[field]
      columns.append(Column(kind: .field(field), name: declared.name, type: declared.type))
    }
    for id in decisions {
      let decision = program[id]
      let attribute = program[decision.answer]
      columns.append(
        Column(
          kind: .answer(decision.answer, isDecision: true),
          name: free(decision.name, decision, columns), type: attribute.type))
      for detail in decision.details where detail.attribute != decision.answer {
        columns.append(
          Column(
            kind: .answer(detail.attribute, isDecision: false),
            name: free(detail.name, decision, columns), type: program[detail.attribute].type))
      }
    }
    return columns
  }

  /// A name that no column before it has: `owner`, else `territory.owner`.
  private static func free(_ name: Named, _ decision: Decision, _ taken: [Column]) -> Named {
    if !taken.contains(where: { $0.name.name == name.name }) { return name }
    var result = Named("\(decision.name.name).\(name.name)")
    if let label = name.label {
      result.label = "\(decision.name.label ?? decision.name.name).\(label)"
    }
    var number = 2
    while taken.contains(where: { $0.name.name == result.name }) {
      result = Named("\(decision.title).\(name.name)" + (number > 2 ? " \(number)" : ""))
      number += 1
    }
    return result
  }
}

/// How the decisions of a run ended.
public struct Tally: Sendable, Equatable {
  public var records = 0
  public var decisions = 0
  public var undetermined = 0
  public var tied = 0
  public var faults = 0

  public init() {}
}

/// The values of some rows of a section, and how to write them.
public struct ReportRows {
  public let section: Report.Section
  private let wording: Wording
  private let redaction: Redaction
  private let memory: Memory
  private let cells: ReportCells
  private let first: Int
  /// The rows told, where some between them were removed.
  private let live: [Int]?
  public let count: Int
  public let tally: Tally

  /// Decides the rows. `offset` is the number of records before these in the input, for records
  /// that are known by their row only.
  public init(
    _ section: Report.Section, rows: Range<Int>, offset: Int = 0, in memory: Memory,
    wording: Wording, redaction: Redaction
  ) {
    self.section = section
    self.wording = wording
    self.redaction = redaction
    self.memory = memory
    first = rows.lowerBound
    let table = memory.facts[section.record]
    let live = table.removedCount > 0 ? rows.filter { !table.isRemoved($0) } : nil
    self.live = live
    count = live?.count ?? rows.count
    var tally = Tally()
    tally.records = count
    cells = ReportCells(columns: section.columns.count, rows: count)
    for (index, column) in section.columns.enumerated() {
      let target = cells[index]
      switch column.kind {
      case .number:
        for row in 0..<count {
          target[row] = .number(Decimal(Int64(offset + (live?[row] ?? first + row) + 1)))
        }
      case .field(let field):
        if let live {
          for (row, place) in live.enumerated() { target[row] = memory.read(field, row: place) }
        } else {
          memory.read(field, rows: rows, into: target)
        }
      case .answer(let attribute, let isDecision):
        if let live {
          let whole = memory.values(of: attribute, rows: rows)
          for (row, place) in live.enumerated() { target[row] = whole[place - first] }
        } else {
          memory.values(of: attribute, rows: rows, into: target)
        }
        if isDecision { tally.count(target) }
      }
    }
    self.tally = tally
  }

  /// The records and texts that its values speak of.
  var facts: Facts { memory.facts }

  /// The rows of the memory's table that these are, the removed ones between them included.
  var range: Range<Int> { first..<(live?.last.map { $0 + 1 } ?? first + count) }

  /// The row of the memory's table that a row is.
  func place(_ row: Int) -> Int { live?[row] ?? first + row }

  /// A cell as it was decided, whoever looks.
  func decided(_ column: Int, _ row: Int) -> Value { cells[column][row] }

  /// All cells of a column, if nothing is hidden from the viewer.
  func openCells(_ column: Int) -> UnsafeMutableBufferPointer<Value>? {
    redaction.isOpen ? cells[column] : nil
  }

  /// A cell as the viewer may see it; nil where it is hidden.
  func cell(_ column: Int, _ row: Int) -> Value? {
    let value = cells[column][row]
    if redaction.isOpen { return value }
    let record = Value.record(live?[row] ?? first + row, of: section.record)
    let isHidden: Bool
    switch section.columns[column].kind {
    case .number: isHidden = false
    case .field(let field):
      isHidden = redaction.hides(field, of: record, today: memory.today, in: memory)
    case .answer(let attribute, _):
      isHidden = redaction.hides(attribute, [record], today: memory.today, in: memory)
    }
    return isHidden ? nil : value
  }

  /// The cells of a row as people read them.
  public func texts(_ row: Int) -> [String] {
    section.columns.indices.map { column in
      guard let value = cell(column, row) else { return Redaction.mark }
      return wording.text(value, section.columns[column].type, in: memory.facts)
    }
  }
}

/// The cells of some rows, column by column.
private final class ReportCells {
  private let base: UnsafeMutablePointer<Value>
  private let columns: Int
  private let rows: Int

  init(columns: Int, rows: Int) {
    (self.columns, self.rows) = (columns, rows)
    base = .allocate(capacity: max(columns * rows, 1))
    base.initialize(repeating: .missing(Cause(.blankField)), count: columns * rows)
  }

  deinit { base.deallocate() }

  subscript(column: Int) -> UnsafeMutableBufferPointer<Value> {
    precondition(column < columns)
    return UnsafeMutableBufferPointer(start: base + column * rows, count: rows)
  }
}

extension Report.Section {
  /// The header of the CSV form.
  public func writeCSVHeader(_ wording: Wording, into out: inout String) {
    for (index, column) in columns.enumerated() {
      if index > 0 { out += "," }
      CSVText.write(wording.text(column.name), into: &out)
    }
    out += "\r\n"
  }
}

extension Tally {
  fileprivate mutating func count(_ answers: UnsafeMutableBufferPointer<Value>) {
    decisions += answers.count
    for answer in answers {
      switch answer.tag {
      case .undetermined: undetermined += 1
      case .tied: tied += 1
      case .fault: faults += 1
      default: continue
      }
    }
  }

  /// Adds the counts up.
  public static func += (a: inout Tally, b: Tally) {
    a.records += b.records
    a.decisions += b.decisions
    a.undetermined += b.undetermined
    a.tied += b.tied
    a.faults += b.faults
  }
}

/// A cell of CSV: in quotes where it has to be.
enum CSVText {
  static func write(_ text: String, into out: inout String) {
    let needsQuotes = text.utf8.contains {
      $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\n")
        || $0 == UInt8(ascii: "\r")
    }
    guard needsQuotes || text.first == " " || text.last == " " else {
      out += text
      return
    }
    out += "\""
    for character in text.unicodeScalars {
      if character == "\"" { out += "\"" }
      out.unicodeScalars.append(character)
    }
    out += "\""
  }
}

/// Rows of cells as a table for the screen: columns as wide as they need to be, cut with `…` where
/// the screen ends.
public struct ScreenTable: Sendable {
  private var widths: [Int]
  private let isNumeric: [Bool]
  private let header: [String]

  /// Finds the widths from the header and a sample of rows.
  public init(header: [String], isNumeric: [Bool], sample: [[String]], screen: Int) {
    self.header = header
    self.isNumeric = isNumeric
    widths = header.map(\.displayWidth)
    for row in sample {
      for (index, cell) in row.enumerated() {
        widths[index] = max(widths[index], cell.printable.displayWidth)
      }
    }
    let gaps = 2 * max(0, widths.count - 1)
    // The widest give way first, but none below what its values need to be told apart.
    while widths.reduce(gaps, +) > screen {
      guard let widest = widths.indices.max(by: { widths[$0] < widths[$1] }), widths[widest] > 8
      else { break }
      widths[widest] -= 1
    }
  }

  public var head: String { line(header) }

  /// A row without its line end; cells that are too wide are cut.
  public func line(_ cells: [String]) -> String {
    var line = ""
    for (index, cell) in cells.enumerated() {
      if index > 0 { line += "  " }
      let text = cell.printable.truncated(toWidth: widths[index])
      let space = String(repeating: " ", count: max(0, widths[index] - text.displayWidth))
      if isNumeric[index] {
        line += space + text
      } else if index == cells.count - 1 {
        line += text
      } else {
        line += text + space
      }
    }
    return line
  }
}

extension Report.Column {
  /// Whether its cells are set to the right.
  public var isNumeric: Bool {
    switch type {
    case .number, .integer, .percent, .money: true
    default: false
    }
  }
}
