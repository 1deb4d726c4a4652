/// Rows of cells to bytes, as RFC 4180 has it: quotes only where they are needed, doubled inside.
public struct CSVWriter: Sendable {
  public let delimiter: UInt8
  /// `\r\n` as in the standard, or `\n`.
  public let lineEnd: [UInt8]
  public private(set) var bytes: [UInt8] = []
  private var rowStart = 0
  private var cellCount = 0

  /// `hasMark` puts a mark of byte order in front, without which some spreadsheets do not see that
  /// a file is UTF-8.
  public init(delimiter: UInt8 = UInt8(ascii: ","), hasMark: Bool = false, lineEnd: String = "\n") {
    self.delimiter = delimiter
    self.lineEnd = Array(lineEnd.utf8)
    if hasMark { bytes = [0xEF, 0xBB, 0xBF] }
    rowStart = bytes.count
  }

  /// Adds a cell to the present row.
  public mutating func add(_ cell: Bytes) {
    if cellCount > 0 { bytes.append(delimiter) }
    cellCount += 1
    guard needsQuotes(cell) else {
      bytes.append(contentsOf: cell)
      return
    }
    let quote = UInt8(ascii: "\"")
    bytes.append(quote)
    for byte in cell {
      if byte == quote { bytes.append(quote) }
      bytes.append(byte)
    }
    bytes.append(quote)
  }

  /// Writes a cell, in quotes where its text needs them.
  public mutating func add(_ cell: String) {
    var cell = cell
    cell.withUTF8 { add($0) }
  }

  /// Writes a cell of UTF-8 bytes, in quotes where they need them.
  public mutating func add(_ cell: [UInt8]) { cell.withUnsafeBufferPointer { add($0) } }

  /// Ends the present row.
  public mutating func endRow() {
    // One empty cell would be an empty line, which readers pass over.
    if bytes.count == rowStart {
      bytes.append(contentsOf: [UInt8(ascii: "\""), UInt8(ascii: "\"")])
    }
    bytes.append(contentsOf: lineEnd)
    rowStart = bytes.count
    cellCount = 0
  }

  /// The bytes up to now, which are then forgotten here.
  public mutating func take() -> [UInt8] {
    defer {
      bytes.removeAll(keepingCapacity: true)
      rowStart = 0
    }
    return bytes
  }

  private func needsQuotes(_ cell: Bytes) -> Bool {
    // A mark of byte order at the front of a file would be taken for one.
    if cell.starts(with: [0xEF, 0xBB, 0xBF]) { return true }
    return cell.contains {
      $0 == delimiter || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\n")
        || $0 == UInt8(ascii: "\r")
    }
  }
}
