import WritText

/// Writes the records of one type back into the form of the file that they came from.
///
/// The file is its own pattern: header, order of columns, delimiter, columns that no field reads, rows
/// that were rejected and cells of values that did not change stay as they are, byte for byte. Rows of
/// removed records are left out, records that came in since are added at the end, and a field that
/// changed but had no column gets one.
public struct RecordRewriter {
  private let plan: ReadPlan
  private let file: Int
  private let before: Facts
  private let after: Facts
  /// By line of the file, the row that was read there.
  private var rows: [Int: Int] = [:]
  private var writers: [CellWriter] = []
  /// Whether this file takes the records that came in since.
  private let takesNew: Bool

  /// `before` as they were read and linked, `after` as they are to be written.
  public init(_ plan: ReadPlan, file: Int, from before: Facts, to after: Facts, takesNew: Bool) {
    self.plan = plan
    self.file = file
    self.before = before
    self.after = after
    self.takesNew = takesNew
    let table = before[plan.record]
    for row in 0..<table.count {
      guard let origin = table.origin(of: row), Int(origin.file) == file else { continue }
      rows[Int(origin.line)] = row
    }
    writers = plan.columns.map { CellWriter($0) }
  }

  private var newRows: [Int] {
    let start = before[plan.record].count
    return takesNew ? after[plan.record].liveRows.filter { $0 >= start } : []
  }

  /// The bytes of the file as it is to be; nil where it is in an encoding that has no signs for what
  /// stands in it now.
  public func rewritten(_ bytes: [UInt8]) -> [UInt8]? {
    let isGBK = GBKDecoder.reads(plan.encoding) ?? false
    var text = bytes
    if isGBK {
      text = []
      var decoder = GBKDecoder()
      decoder.decode(bytes, isLast: true, into: &text)
    }
    let made = plan.format == .csv ? rewrittenCSV(text) : rewrittenJSON(text)
    return isGBK ? GBKEncoder.shared.encode(made) : made
  }

  /// A file for a type that came from none: all its records, under the names of their fields.
  public static func csv(_ record: RecordID, of facts: Facts) -> [UInt8] {
    var writer = CSVWriter()
    let fields = facts.schema[record].fields
    let columns = fields.map {
      CellWriter(ReadPlan.Column(field: $0, headers: [facts.schema[$0].name.name]))
    }
    for field in fields { writer.add(facts.schema[field].name.name) }
    writer.endRow()
    for row in facts[record].liveRows {
      for column in columns { writer.add(column.text(ofRow: row, in: facts, labels: false)) }
      writer.endRow()
    }
    return writer.take()
  }

  // MARK: - What changed

  private func isRemoved(_ row: Int) -> Bool { after[plan.record].isRemoved(row) }

  /// Whether the field of a column is another than it was read.
  private func isChanged(_ column: Int, _ row: Int) -> Bool {
    let field = plan.columns[column].field
    let (old, new) = (before.value(field, row: row), after.value(field, row: row))
    return old.tag != new.tag || old.bits != new.bits || old.scale != new.scale
      || old.aux != new.aux
  }

  /// The columns that the file lacks and that something is to be said in.
  private func lacking(_ present: (Int) -> Bool) -> [Int] {
    plan.columns.indices.filter { column in
      guard !present(column) else { return false }
      let field = plan.columns[column].field
      return rows.values.contains { !isRemoved($0) && isChanged(column, $0) }
        || newRows.contains { !isAsAbsent(field, after.value(field, row: $0)) }
    }
  }

  /// Whether a value is what a field has where its column is absent.
  private func isAsAbsent(_ field: FieldID, _ value: Value) -> Bool {
    switch after.schema[field].initial {
    case .value(let initial): Value.same(initial, value) || !initial.isKnown && !value.isKnown
    case .text(let text): value.tag == .text && after.texts.text(of: symbol(value)) == text
    case nil: !value.isKnown
    }
  }

  private func symbol(_ value: Value) -> Symbol { Symbol(Int(value.bits)) }

  // MARK: - CSV

  private func rewrittenCSV(_ bytes: [UInt8]) -> [UInt8] {
    bytes.withUnsafeBufferPointer { whole in
      let hasMark = whole.starts(with: [0xEF, 0xBB, 0xBF])
      let body = whole.slice(hasMark ? 3 : 0, whole.count)
      let delimiter = plan.delimiter ?? CSVScanner.delimiter(of: body)
      var out = Sheet(delimiter: delimiter, hasMark: hasMark, lineEnd: Self.lineEnd(of: body))
      var scanner = CSVScanner(delimiter: delimiter)
      var layout: Layout?
      scanner.feed(body, isLast: true) { row in
        guard var known = layout else {
          var made = Layout(plan, header: plan.hasHeader ? row : nil)
          made.added = lacking { made.cells[$0] >= 0 }
          layout = made
          if plan.hasHeader {
            out.add(row, with: made.added.map { plan.columns[$0].header(labels: made.usesLabels) })
          } else {
            write(row, &made, &out)
          }
          return
        }
        write(row, &known, &out)
      }
      if let layout {
        for row in newRows { out.add(newCells(row, layout)) }
      }
      return out.bytes
    }
  }

  /// Where the cells of each column stand in a file.
  private struct Layout {
    /// By column of the plan; -1 where there is none.
    var cells: [Int]
    var width: Int
    /// Whether the file speaks in labels.
    var usesLabels: Bool
    /// Columns that are added behind the others.
    var added: [Int] = []

    init(_ plan: ReadPlan, header: CSVScanner.Row?) {
      width = header?.cells.count ?? plan.columns.count
      usesLabels = false
      guard let header else {
        cells = plan.columns.enumerated().map { index, column in
          column.headers.first.flatMap { Int($0) }.map { $0 - 1 } ?? index
        }
        return
      }
      let line = header.cells.indices.map {
        String(decoding: header.cell($0).trimmed(), as: UTF8.self)
      }
      var labels = 0
      cells = plan.columns.map { column in
        for (place, name) in column.headers.enumerated() {
          guard let found = line.firstIndex(where: { $0.utf8.elementsEqual(name.utf8) }) else {
            continue
          }
          if column.headers.count > 1 { labels += place == 0 ? 1 : -1 }
          return found
        }
        return -1
      }
      usesLabels = labels > 0
    }
  }

  private func write(_ row: CSVScanner.Row, _ layout: inout Layout, _ out: inout Sheet) {
    guard row.flaw == nil, let known = rows[row.line] else {
      // A row that was rejected stays as it is.
      out.add(row, with: layout.added.map { _ in "" })
      return
    }
    if isRemoved(known) { return }
    let changed = plan.columns.indices.filter { isChanged($0, known) && layout.cells[$0] >= 0 }
    let added = layout.added.map {
      writers[$0].text(ofRow: known, in: after, labels: layout.usesLabels)
    }
    if changed.isEmpty {
      out.add(row, with: added)
      return
    }
    var cells = row.cells.indices.map { Array(row.cell($0)) }
    for column in changed where layout.cells[column] < cells.count {
      cells[layout.cells[column]] = Array(
        writers[column].text(ofRow: known, in: after, labels: layout.usesLabels).utf8)
    }
    out.add(cells + added.map { Array($0.utf8) })
  }

  private func newCells(_ row: Int, _ layout: Layout) -> [[UInt8]] {
    var cells: [[UInt8]] = Array(repeating: [], count: layout.width)
    for column in plan.columns.indices where cells.indices.contains(layout.cells[column]) {
      cells[layout.cells[column]] = Array(
        writers[column].text(ofRow: row, in: after, labels: layout.usesLabels).utf8)
    }
    return cells
      + layout.added.map {
        Array(writers[$0].text(ofRow: row, in: after, labels: layout.usesLabels).utf8)
      }
  }

  private static func lineEnd(of bytes: Bytes) -> String {
    guard let end = bytes.firstIndex(where: { $0 == 10 || $0 == 13 }) else { return "\n" }
    if bytes[end] == 10 { return "\n" }
    return end + 1 < bytes.count && bytes[end + 1] == 10 ? "\r\n" : "\r"
  }

  /// The sheet being written.
  private struct Sheet {
    private var writer: CSVWriter
    private(set) var bytes: [UInt8] = []
    private let delimiter: UInt8
    private let lineEnd: String

    init(delimiter: UInt8, hasMark: Bool, lineEnd: String) {
      self.delimiter = delimiter
      self.lineEnd = lineEnd
      writer = CSVWriter(delimiter: delimiter, lineEnd: lineEnd)
      if hasMark { bytes = [0xEF, 0xBB, 0xBF] }
    }

    /// A row as it stands, with cells behind it.
    mutating func add(_ row: CSVScanner.Row, with cells: [String]) {
      bytes.append(contentsOf: row.raw)
      for cell in cells {
        bytes.append(delimiter)
        var one = CSVWriter(delimiter: delimiter, lineEnd: "")
        one.add(cell)
        bytes.append(contentsOf: one.take())
      }
      bytes.append(contentsOf: lineEnd.utf8)
    }

    mutating func add(_ cells: [[UInt8]]) {
      for cell in cells { writer.add(cell) }
      writer.endRow()
      bytes.append(contentsOf: writer.take())
    }
  }

  // MARK: - JSON

  private func rewrittenJSON(_ bytes: [UInt8]) -> [UInt8] {
    bytes.withUnsafeBufferPointer { whole in
      let start = whole.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
      let body = whole.slice(start, whole.count)
      var splitter = JSONSplitter(byLine: plan.format == .jsonLines, begin: body)
      let isArray = body.first { $0 > 0x20 } == UInt8(ascii: "[")
      var pieces: [[UInt8]] = []
      var usesLabels: Bool?
      splitter.feed(body, isLast: true) { piece in
        guard let row = rows[piece.line] else {
          if !piece.bytes.trimmed().isEmpty { pieces.append(Array(piece.bytes)) }
          return
        }
        if isRemoved(row) { return }
        let changed = plan.columns.indices.filter { isChanged($0, row) }
        let isLabelled = usesLabels ?? speaksInLabels(piece.bytes)
        usesLabels = isLabelled
        guard !changed.isEmpty, let object = try? JSON.parse(Array(piece.bytes)),
          case .object(var members) = object
        else {
          pieces.append(Array(piece.bytes))
          return
        }
        for column in changed {
          set(column, row, isLabelled, in: &members)
        }
        pieces.append(JSON.object(members).bytes)
      }
      for row in newRows {
        var members: [JSON.Member] = []
        for column in plan.columns.indices
        where !isAsAbsent(
          plan.columns[column].field, after.value(plan.columns[column].field, row: row))
        {
          set(column, row, usesLabels ?? false, in: &members)
        }
        pieces.append(JSON.object(members).bytes)
      }
      var out = Array(whole.slice(0, start))
      if isArray { out += Array("[\n".utf8) }
      for (index, piece) in pieces.enumerated() {
        out += piece
        out += Array((isArray && index + 1 < pieces.count ? ",\n" : "\n").utf8)
      }
      if isArray { out += Array("]\n".utf8) }
      return out
    }
  }

  private func speaksInLabels(_ bytes: Bytes) -> Bool {
    guard let object = try? JSON.parse(Array(bytes)), let members = object.members else {
      return false
    }
    return plan.columns.contains { column in
      column.headers.count > 1 && members.contains { $0.name == column.headers[0] }
    }
  }

  private func set(
    _ column: Int, _ row: Int, _ usesLabels: Bool, in members: inout [JSON.Member]
  ) {
    let written = writers[column].json(ofRow: row, in: after, labels: usesLabels)
    let headers = plan.columns[column].headers
    for name in headers {
      if let index = members.firstIndex(where: { $0.name == name }) {
        members[index].value = written
        return
      }
      // `outer.inner` may be a member of a member.
      let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
      guard parts.count == 2, let outer = members.firstIndex(where: { $0.name == parts[0] }),
        case .object(var inner) = members[outer].value
      else { continue }
      if let index = inner.firstIndex(where: { $0.name == parts[1] }) {
        inner[index].value = written
      } else {
        inner.append(JSON.Member(parts[1], written))
      }
      members[outer].value = .object(inner)
      return
    }
    members.append(JSON.Member(plan.columns[column].header(labels: usesLabels), written))
  }
}

extension ReadPlan.Column {
  /// What a new column of it is called.
  fileprivate func header(labels: Bool) -> String {
    (labels ? headers.first : headers.last) ?? ""
  }
}
