/// The header line of a file of rows: which of its cells is the column that a name means.
///
/// A name is first looked for byte for byte, blanks at its ends apart. Where none is equal so,
/// full-width characters stand for their narrow twins, and blanks and marks that nobody sees do not
/// count: a header typed with another keyboard is the same header. Case does count.
struct HeaderLine {
  /// The cells, without the blanks at their ends.
  let cells: [String]
  private let folded: [[Unicode.Scalar]]

  init(_ row: CSVScanner.Row) {
    cells = row.cells.indices.map { String(decoding: row.cell($0).trimmed(), as: UTF8.self) }
    folded = cells.map(Self.folded)
  }

  enum Finding {
    /// The cell, and the name that found it.
    case cell(Int, name: String)
    case twice(first: Int, second: Int)
    case none
  }

  /// The cell of the first of these names that the line has.
  func find(_ names: [String]) -> Finding {
    for name in names {
      let wanted = Array(name.utf8).withUnsafeBufferPointer { Array($0.trimmed()) }
      let same = cells.indices.filter { cells[$0].utf8.elementsEqual(wanted) }
      if let finding = Self.finding(same, name) { return finding }
    }
    for name in names {
      let wanted = Self.folded(name)
      if wanted.isEmpty { continue }
      if let finding = Self.finding(folded.indices.filter { folded[$0] == wanted }, name) {
        return finding
      }
    }
    return .none
  }

  private static func finding(_ cells: [Int], _ name: String) -> Finding? {
    guard let first = cells.first else { return nil }
    return cells.count > 1 ? .twice(first: first, second: cells[1]) : .cell(first, name: name)
  }

  /// Headers that were perhaps meant by these names, nearest first.
  func near(_ names: [String]) -> [String] {
    names.flatMap { nearNames(to: $0, among: cells) }.uniqued()
  }

  private static func folded(_ name: String) -> [Unicode.Scalar] {
    var scalars: [Unicode.Scalar] = []
    for scalar in name.unicodeScalars {
      switch scalar.value {
      case 0xFF01...0xFF5E:
        if let narrow = Unicode.Scalar(scalar.value - 0xFEE0) { scalars.append(narrow) }
      // A mark of byte order, and marks without a width.
      case 0xFEFF, 0x200B...0x200F, 0x2060: continue
      case _ where scalar.properties.isWhitespace:
        if scalars.last != " " { scalars.append(" ") }
      default: scalars.append(scalar)
      }
    }
    if scalars.last == " " { scalars.removeLast() }
    if scalars.first == " " { scalars.removeFirst() }
    return scalars
  }
}
