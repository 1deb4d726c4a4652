import WritText

/// Columns of text: aligned where they fit into the width, short blocks where they do not.
struct TextTable {
  private let head: [String]
  private let rows: [[String]]
  private let numbers: Set<Int>
  private let width: Int

  init(head: [String], rows: [[String]], numbers: Set<Int>, width: Int) {
    self.head = head.map(\.printable)
    self.rows = rows.map { $0.map(\.printable) }
    self.numbers = numbers
    self.width = width
  }

  /// The lines, and which of them are the head.
  var lines: [(String, isHead: Bool)] {
    var widths = head.map(\.displayWidth)
    for row in rows {
      for (column, cell) in row.enumerated() where widths.indices.contains(column) {
        // What stands alone in its row runs over the columns behind it.
        if column == 0, row.dropFirst().allSatisfy(\.isEmpty) { continue }
        widths[column] = max(widths[column], cell.displayWidth)
      }
    }
    let gaps = 2 * (widths.count - 1)
    let total = widths.reduce(0, +) + gaps
    if total <= width { return aligned(widths) }
    // Columns of words give way, the widest first, down to a sixth of the width; numbers never do.
    guard width >= 60 else { return blocks }
    var excess = total - width
    let words = widths.indices.filter { !numbers.contains($0) }
    while excess > 0 {
      guard let widest = words.max(by: { widths[$0] < widths[$1] }),
        widths[widest] > max(14, width / 6)
      else { return blocks }
      widths[widest] -= 1
      excess -= 1
    }
    return aligned(widths)
  }

  private func aligned(_ widths: [Int]) -> [(String, isHead: Bool)] {
    var lines: [(String, Bool)] = []
    if head.contains(where: { !$0.isEmpty }) { lines += line(head, widths).map { ($0, true) } }
    for row in rows { lines += line(row, widths).map { ($0, false) } }
    return lines
  }

  /// A row; cells that are too long for their column go on below.
  private func line(_ row: [String], _ widths: [Int]) -> [String] {
    if row.dropFirst().allSatisfy(\.isEmpty) { return Self.wrapped(row[0], to: width) }
    let cells = row.enumerated().map { column, cell in
      cell.displayWidth <= widths[column] ? [cell] : Self.wrapped(cell, to: widths[column])
    }
    let height = cells.map(\.count).max() ?? 1
    return (0..<height).map { place in
      var text = ""
      for (column, parts) in cells.enumerated() {
        let part = place < parts.count ? parts[place] : ""
        let blank = String(repeating: " ", count: max(0, widths[column] - part.displayWidth))
        text += numbers.contains(column) ? blank + part : part + blank
        text += "  "
      }
      while text.hasSuffix(" ") { text.removeLast() }
      return text
    }
  }

  private var blocks: [(String, isHead: Bool)] {
    var lines: [(String, Bool)] = []
    for row in rows {
      for (column, cell) in row.enumerated() where !cell.isEmpty {
        let name =
          column > 0 && column < head.count && !head[column].isEmpty ? head[column] + " " : ""
        let indent = column > 0 ? "  " : ""
        for line in Self.wrapped(name + cell, to: max(8, width - indent.count)) {
          lines.append((indent + line, false))
        }
      }
    }
    return lines
  }

  /// Lines of at most so many cells, broken at blanks, or between wide characters, or where nothing
  /// else is left.
  static func wrapped(_ text: String, to width: Int) -> [String] {
    guard text.displayWidth > width else { return [text] }
    var lines: [String] = []
    var line = ""
    var used = 0
    // Where the line may end: after this many characters of it.
    var breakAt: String.Index?
    for character in text {
      let size = character.displayWidth
      if used + size > width, !line.isEmpty {
        if character == " " {
          lines.append(Self.trimmed(line[...]))
          (line, used, breakAt) = ("", 0, nil)
          continue
        }
        if let place = breakAt, place > line.startIndex {
          let rest = line[place...].drop { $0 == " " }
          lines.append(Self.trimmed(line[..<place]))
          line = String(rest)
        } else {
          lines.append(Self.trimmed(line[...]))
          line = ""
        }
        used = line.displayWidth
        breakAt = nil
      }
      line.append(character)
      used += size
      let mayBreak = character == " " || size > 1 && !"（“《".contains(character)
      if mayBreak { breakAt = line.endIndex }
    }
    if !line.isEmpty { lines.append(Self.trimmed(line[...])) }
    return lines
  }

  private static func trimmed(_ text: Substring) -> String {
    var text = text
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
