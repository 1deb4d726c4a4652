/// Cuts bytes into rows of cells as RFC 4180 has it, and as files in the wild have it: any
/// delimiter, LF, CRLF or CR, quotes inside an unquoted cell as they stand.
///
/// Bytes come in blocks of any size; a row that a block cuts waits for the rest. Rows are lent to
/// a closure and live only so long. A row whose quotes do not close is given as broken with its
/// first line alone, and reading goes on behind that line, so one stray quote costs one line.
struct CSVScanner {
  /// A cell: a stretch of the row's bytes, or of the unfolded texts where quotes were doubled.
  struct Cell {
    var start: Int32
    var end: Int32
    var isUnfolded: Bool
  }
  enum Flaw: Sendable {
    /// The offset of the quote, in the row.
    case unclosedQuote(Int)
    case textBehindQuote(Int)
    case tooLong
  }
  /// One row, lent.
  struct Row {
    /// As it stands in the file, without its line end.
    let raw: Bytes
    let unfolded: Bytes
    let cells: UnsafeBufferPointer<Cell>
    /// Where it begins, from 1.
    let line: Int
    let flaw: Flaw?

    func cell(_ index: Int) -> Bytes {
      let cell = cells[index]
      return (cell.isUnfolded ? unfolded : raw).slice(Int(cell.start), Int(cell.end))
    }
  }

  let delimiter: UInt8
  /// A row may not be longer: without a bound a quote that never closes would hold the whole file.
  let longestRow: Int
  private var buffer: [UInt8] = []
  /// Room that a chunk had once.
  var spare: [UInt8] = []
  private var enough = 0
  private var cells: [Cell] = []
  private var unfolded: [UInt8] = []
  /// The line that the next row begins on.
  var line = 1
  /// Whether scanning rests behind each row, so that what follows it can be read in another way.
  var restsAfterRow = false

  init(delimiter: UInt8, longestRow: Int = 1 << 24) {
    self.delimiter = delimiter
    self.longestRow = longestRow
  }

  /// Takes rows that are as usual from an offset on, counts their lines, and says where the first
  /// one stands that is not. The bytes may be read `Words.room` further than they reach.
  typealias Usual = (_ bytes: Bytes, _ start: Int, _ line: inout Int) -> Int

  /// Takes a block and gives every row that is complete; with `isLast` the rest is, too. Empty
  /// lines are passed over. Rows that `usual` takes are not given.
  mutating func feed(
    _ block: Bytes, isLast: Bool, usual: Usual = { _, start, _ in start }, _ body: (Row) -> Void
  ) {
    var waiting = buffer
    buffer = []
    waiting.append(contentsOf: block)
    guard waiting.count >= enough || isLast else {
      buffer = waiting
      return
    }
    let count = waiting.count
    waiting.append(contentsOf: repeatElement(0, count: Words.room))
    let used = waiting.withUnsafeBufferPointer {
      scan($0.slice(0, count), to: count, isLast: isLast, usual, body)
    }
    waiting.removeLast(Words.room)
    waiting.removeSubrange(..<used)
    // A long row that is still open is looked at again when it has doubled, not at every block.
    enough = waiting.count < 1 << 16 ? 0 : waiting.count * 2
    buffer = waiting
  }

  /// Keeps bytes for the next call.
  mutating func hold(_ block: Bytes) {
    // A little more, so that the room fits chunks that are a little longer.
    buffer.reserveCapacity(buffer.count + block.count + 4096)
    buffer.append(contentsOf: block)
  }

  /// Takes a block and gives the bytes of all rows that are complete, uncut; with `isLast` the
  /// rest, too. nil where there is no such row yet.
  mutating func cut(_ block: Bytes, isLast: Bool) -> RecordChunk? {
    hold(block)
    guard buffer.count >= enough || isLast else { return nil }
    var (waiting, room) = (buffer, spare)
    (buffer, spare) = ([], [])
    let chunk = RecordChunk(cutting: &waiting, spare: &room, isLast: isLast) { endOfRows($0) }
    (buffer, spare) = (waiting, room)
    enough = buffer.count < 1 << 16 ? 0 : buffer.count * 2
    return chunk
  }

  /// Behind the last row that is complete.
  private mutating func endOfRows(_ bytes: Bytes) -> Int {
    guard let base = bytes.baseAddress else { return 0 }
    // Without quotes every line feed ends a row.
    if !Words.contain(UInt8(ascii: "\""), base, bytes.count),
      let last = bytes.lastIndex(of: UInt8(ascii: "\n"))
    {
      return last + 1
    }
    let before = line
    defer { line = before }
    return scan(bytes, to: bytes.count, isLast: false, { _, start, _ in start }, { _ in })
  }

  /// Gives the rows that begin before `end`; how many bytes they took.
  mutating func scan(
    _ bytes: Bytes, to end: Int, isLast: Bool, _ usual: Usual, _ body: (Row) -> Void
  ) -> Int {
    guard let base = bytes.baseAddress else { return 0 }
    var start = 0
    while true {
      start = usual(bytes, start, &line)
      guard start < end else { break }
      let byte = base[start]
      if byte == UInt8(ascii: "\n") {
        start += 1
        line += 1
        continue
      }
      if byte == UInt8(ascii: "\r") {
        guard start + 1 < bytes.count || isLast else { break }
        start += start + 1 < bytes.count && base[start + 1] == UInt8(ascii: "\n") ? 2 : 1
        line += 1
        continue
      }
      var cut = Cut()
      guard cutRow(base, start, bytes.count, isLast: isLast, &cut) else { break }
      give(bytes.slice(start, cut.end), cut.flaw, body)
      line += cut.lines
      start = cut.next
      if restsAfterRow { break }
    }
    return start
  }

  private func give(_ raw: Bytes, _ flaw: Flaw?, _ body: (Row) -> Void) {
    unfolded.withUnsafeBufferPointer { unfolded in
      cells.withUnsafeBufferPointer { cells in
        body(Row(raw: raw, unfolded: unfolded, cells: cells, line: line, flaw: flaw))
      }
    }
  }

  /// Where a row ends and the next begins.
  private struct Cut {
    var end = 0
    var next = 0
    var lines = 1
    var flaw: Flaw?
  }

  /// Cuts one row into cells. False if the bytes end before the row does.
  private mutating func cutRow(
    _ base: UnsafePointer<UInt8>, _ start: Int, _ end: Int, isLast: Bool, _ cut: inout Cut
  ) -> Bool {
    cells.removeAll(keepingCapacity: true)
    unfolded.removeAll(keepingCapacity: true)
    let limit = min(end, start + longestRow)
    var index = start
    while true {
      if index < limit, base[index] == UInt8(ascii: "\"") {
        switch quotedCell(base, start, &index, limit, &cut.lines) {
        case .closed: break
        case .open where limit < end:
          return breakRow(base, start, end, isLast: isLast, .tooLong, &cut)
        case .open where isLast:
          return breakRow(base, start, end, isLast: isLast, .unclosedQuote(index - start), &cut)
        case .open: return false
        }
      } else {
        let cellStart = index
        index = endOfPlainCell(base, index, limit)
        cells.append(
          Cell(start: Int32(cellStart - start), end: Int32(index - start), isUnfolded: false))
      }
      guard index < limit else {
        if limit < end { return breakRow(base, start, end, isLast: isLast, .tooLong, &cut) }
        cut.end = index
        cut.next = index
        return isLast
      }
      switch base[index] {
      case delimiter: index += 1
      case UInt8(ascii: "\n"):
        cut.end = index
        cut.next = index + 1
        return true
      case UInt8(ascii: "\r"):
        guard index + 1 < end || isLast else { return false }
        cut.end = index
        cut.next = index + (index + 1 < end && base[index + 1] == UInt8(ascii: "\n") ? 2 : 1)
        return true
      default:
        return breakRow(base, start, end, isLast: isLast, .textBehindQuote(index - start), &cut)
      }
    }
  }

  private enum Quoted { case closed, open }

  /// Takes a quoted cell: `index` stands on its quote, and behind the closing one afterwards.
  private mutating func quotedCell(
    _ base: UnsafePointer<UInt8>, _ rowStart: Int, _ index: inout Int, _ limit: Int,
    _ lines: inout Int
  ) -> Quoted {
    let quote = UInt8(ascii: "\"")
    let first = index + 1
    var from = first
    var unfoldedStart = -1
    while true {
      let found = Words.first(quote, in: base, from: from, to: limit)
      guard found < limit else { return .open }
      let isDoubled = found + 1 < limit && base[found + 1] == quote
      if isDoubled || unfoldedStart >= 0 {
        if unfoldedStart < 0 { unfoldedStart = unfolded.count }
        unfolded.append(
          contentsOf: Bytes(start: base + from, count: found - from + (isDoubled ? 1 : 0)))
      }
      guard isDoubled else {
        countLines(base, first, found, &lines)
        cells.append(
          unfoldedStart >= 0
            ? Cell(start: Int32(unfoldedStart), end: Int32(unfolded.count), isUnfolded: true)
            : Cell(
              start: Int32(first - rowStart), end: Int32(found - rowStart), isUnfolded: false))
        index = found + 1
        return .closed
      }
      from = found + 2
    }
  }

  /// Adds the line ends between two offsets; CRLF is one.
  private func countLines(
    _ base: UnsafePointer<UInt8>, _ start: Int, _ end: Int, _ lines: inout Int
  ) {
    var index = start
    while index < end {
      if base[index] == UInt8(ascii: "\n") {
        lines += 1
      } else if base[index] == UInt8(ascii: "\r"),
        index + 1 >= end || base[index + 1] != UInt8(ascii: "\n")
      {
        lines += 1
      }
      index += 1
    }
  }

  /// The offset of the next delimiter or line end, or `limit`.
  @inline(__always)
  private func endOfPlainCell(
    _ base: UnsafePointer<UInt8>, _ start: Int, _ limit: Int
  ) -> Int {
    let (mark, feed, carriage) = (
      Words.splat(delimiter), Words.splat(UInt8(ascii: "\n")), Words.splat(UInt8(ascii: "\r"))
    )
    var index = start
    while index + 8 <= limit {
      let word = UInt64(
        littleEndian: UnsafeRawPointer(base + index).loadUnaligned(as: UInt64.self))
      let found =
        Words.matches(word, mark) | Words.matches(word, feed) | Words.matches(word, carriage)
      if found != 0 { return index + found.trailingZeroBitCount / 8 }
      index += 8
    }
    while index < limit, base[index] != delimiter, base[index] != UInt8(ascii: "\n"),
      base[index] != UInt8(ascii: "\r")
    {
      index += 1
    }
    return index
  }

  /// Gives up a row: its first line alone is broken. False if that line has not ended yet.
  private mutating func breakRow(
    _ base: UnsafePointer<UInt8>, _ start: Int, _ end: Int, isLast: Bool, _ flaw: Flaw,
    _ cut: inout Cut
  ) -> Bool {
    cells.removeAll(keepingCapacity: true)
    var index = start
    // A line without an end is cut at the bound: the rest of it is the next row.
    let limit = min(end, start + longestRow)
    while index < limit, base[index] != UInt8(ascii: "\n"), base[index] != UInt8(ascii: "\r") {
      index += 1
    }
    cut.flaw = flaw
    cut.end = index
    cut.next = index
    cut.lines = 0
    guard index < limit else { return isLast || limit < end }
    if base[index] == UInt8(ascii: "\r") {
      guard index + 1 < end || isLast else { return false }
      if index + 1 < end, base[index + 1] == UInt8(ascii: "\n") { cut.next += 1 }
    }
    cut.next += 1
    cut.lines = 1
    return true
  }
}

extension CSVScanner {
  /// The delimiter that the first line speaks for: of comma, semicolon, tab and bar the one that
  /// stands there most often outside of quotes; a comma where none does.
  static func delimiter(of bytes: Bytes) -> UInt8 {
    let candidates = [",", ";", "\t", "|"].map { UInt8(ascii: $0) }
    var counts = [0, 0, 0, 0]
    var isQuoted = false
    for byte in bytes {
      if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
      if isQuoted { continue }
      if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") { break }
      if let index = candidates.firstIndex(of: byte) { counts[index] += 1 }
    }
    let most = counts.max() ?? 0
    return counts.firstIndex(of: most).map { candidates[$0] } ?? candidates[0]
  }
}
