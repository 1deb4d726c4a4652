/// A file of rows as text, whole: a table of rules, or a spreadsheet that is being looked at.
///
/// The same scanner as for records reads it, so what is a cell here is a cell there.
public struct Sheet: Sendable {
  public private(set) var header: [String] = []
  public private(set) var rows: [[String]] = []
  /// The line that each row begins on, from 1.
  public private(set) var lines: [Int] = []
  public private(set) var delimiter: UInt8
  /// What is wrong with the file; rows that could not be cut are left out and counted here.
  public private(set) var problems: [DataProblem] = []

  /// Reads the bytes of a file. `delimiter` nil: the one that the first line speaks for; `encoding`
  /// nil: UTF-8.
  public init(_ bytes: [UInt8], delimiter: UInt8? = nil, encoding: String? = nil) {
    self.delimiter = delimiter ?? UInt8(ascii: ",")
    switch GBKDecoder.reads(encoding) {
    case false: bytes.withUnsafeBufferPointer { read($0, delimiter) }
    case true:
      var decoder = GBKDecoder()
      var text: [UInt8] = []
      decoder.decode(bytes, isLast: true, into: &text)
      text.withUnsafeBufferPointer { read($0, delimiter) }
    case nil: problems.append(.unknownEncoding(encoding ?? ""))
    }
  }

  private mutating func read(_ whole: Bytes, _ given: UInt8?) {
    let head = whole.slice(0, Swift.min(whole.count, 1 << 16))
    if let look = DataProblem.Look(head) {
      problems.append(.notText(look))
      return
    }
    if let offset = whole.firstInvalidUTF8() {
      let before = whole.slice(0, offset)
      let line = before.count { $0 == UInt8(ascii: "\n") } + 1
      let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
      problems.append(
        .notUTF8(
          line: line, byte: offset - lineStart + 1,
          looksLikeGBK: head.brokenUTF8?.looksLikeGBK ?? false))
      return
    }
    let start = whole.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    let body = whole.slice(start, whole.count)
    delimiter = given ?? CSVScanner.delimiter(of: body)
    var scanner = CSVScanner(delimiter: delimiter)
    var isHeader = true
    scanner.feed(body, isLast: true) { row in
      if let flaw = row.flaw {
        problems.append(.badQuotes(flaw))
        return
      }
      let cells = (0..<row.cells.count).map { String(decoding: row.cell($0), as: UTF8.self) }
      if isHeader {
        header = (0..<row.cells.count).map {
          String(decoding: row.cell($0).trimmed(), as: UTF8.self)
        }
        isHeader = false
      } else {
        rows.append(cells)
        lines.append(row.line)
      }
    }
    if isHeader { problems.append(.emptyFile()) }
  }
}
