/// Cuts a stream of JSON into the texts of its records: by line, or by brackets where one array
/// holds them all or objects stand one after the other.
///
/// Cutting looks at strings and brackets only; each piece is parsed strictly afterwards, so what
/// is wrong inside one piece stays there.
struct JSONSplitter {
  struct Piece {
    let bytes: Bytes
    /// Where it begins, from 1.
    let line: Int
    let isTooLong: Bool
  }
  typealias Mode = FastRows.Layout

  let mode: Mode
  private var buffer: [UInt8] = []
  /// Room that a chunk had once.
  var spare: [UInt8] = []
  private var enough = 0
  /// The line that the next piece begins on.
  var line = 1
  let longest: Int
  /// Whether the brackets of the one array have been opened.
  private(set) var isInArray = false

  init(byLine: Bool, begin: Bytes, longest: Int = 1 << 24) {
    let first = begin.first { $0 > 0x20 }
    mode = byLine && first != UInt8(ascii: "[") ? .lines : .values
    self.longest = longest
  }

  /// Gives every piece that is complete; with `isLast` the rest is, too. Objects that `usual` takes
  /// are not given.
  mutating func feed(
    _ block: Bytes, isLast: Bool, usual: CSVScanner.Usual = { _, start, _ in start },
    _ body: (Piece) -> Void
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
    // A long value that is still open is looked at again when it has doubled, not at every block.
    enough = waiting.count < 1 << 16 ? 0 : waiting.count * 2
    buffer = waiting
  }

  /// Takes a block and gives the bytes of all pieces that are complete, uncut; with `isLast` the
  /// rest, too. nil where there is no such piece yet.
  mutating func cut(_ block: Bytes, isLast: Bool) -> RecordChunk? {
    // A little more, so that the room fits chunks that are a little longer.
    buffer.reserveCapacity(buffer.count + block.count + 4096)
    buffer.append(contentsOf: block)
    guard buffer.count >= enough || isLast else { return nil }
    let wasInArray = isInArray
    var (waiting, room) = (buffer, spare)
    (buffer, spare) = ([], [])
    var chunk = RecordChunk(cutting: &waiting, spare: &room, isLast: isLast) { endOfPieces($0) }
    (buffer, spare) = (waiting, room)
    chunk?.isInArray = wasInArray
    enough = buffer.count < 1 << 16 ? 0 : buffer.count * 2
    return chunk
  }

  /// Behind the last piece that is complete.
  private mutating func endOfPieces(_ bytes: Bytes) -> Int {
    if mode == .lines, let last = bytes.lastIndex(of: UInt8(ascii: "\n")) { return last + 1 }
    let before = line
    defer { line = before }
    return scan(bytes, to: bytes.count, isLast: false, { _, start, _ in start }, { _ in })
  }

  /// Gives the pieces of a chunk.
  mutating func scan(
    _ bytes: Bytes, of chunk: RecordChunk, _ usual: CSVScanner.Usual, _ body: (Piece) -> Void
  ) {
    line = 1
    isInArray = chunk.isInArray
    _ = scan(bytes, to: chunk.end, isLast: chunk.isLast, usual, body)
  }

  private mutating func scan(
    _ bytes: Bytes, to end: Int, isLast: Bool, _ usual: CSVScanner.Usual, _ body: (Piece) -> Void
  ) -> Int {
    mode == .lines
      ? lines(bytes, to: end, isLast: isLast, usual, body)
      : values(bytes, to: end, isLast: isLast, usual, body)
  }

  private mutating func lines(
    _ bytes: Bytes, to stop: Int, isLast: Bool, _ usual: CSVScanner.Usual, _ body: (Piece) -> Void
  ) -> Int {
    guard let base = bytes.baseAddress else { return 0 }
    var start = 0
    while true {
      start = usual(bytes, start, &line)
      guard start < stop else { break }
      let end = Words.first(UInt8(ascii: "\n"), in: base, from: start, to: bytes.count)
      if end == bytes.count, !isLast, end - start <= longest { break }
      let piece = bytes.slice(start, end)
      if !piece.allSatisfy({ $0 <= 0x20 }) {
        let carriage = piece.last == UInt8(ascii: "\r") ? 1 : 0
        body(
          Piece(
            bytes: piece.slice(0, piece.count - carriage), line: line,
            isTooLong: piece.count > longest))
      }
      line += 1
      start = min(end + 1, bytes.count)
    }
    return start
  }

  /// Cuts at the end of each value: where the brackets close, or at a comma or blank line end
  /// outside of them.
  private mutating func values(
    _ bytes: Bytes, to stop: Int, isLast: Bool, _ usual: CSVScanner.Usual, _ body: (Piece) -> Void
  ) -> Int {
    var start = 0
    while start < stop {
      let byte = bytes[start]
      if byte == UInt8(ascii: "\n") { line += 1 }
      if byte <= 0x20 || (isInArray && byte == UInt8(ascii: ",")) {
        start += 1
        continue
      }
      if byte == UInt8(ascii: "["), !isInArray {
        isInArray = true
        start += 1
        continue
      }
      if byte == UInt8(ascii: "]"), isInArray {
        isInArray = false
        start += 1
        continue
      }
      let taken = usual(bytes, start, &line)
      if taken > start {
        start = taken
        continue
      }
      guard let end = endOfValue(bytes, start) ?? (isLast ? bytes.count : nil) else {
        guard bytes.count - start > longest else { break }
        body(Piece(bytes: bytes.slice(start, bytes.count), line: line, isTooLong: true))
        start = bytes.count
        break
      }
      let piece = bytes.slice(start, end)
      body(Piece(bytes: piece, line: line, isTooLong: piece.count > longest))
      line += piece.count { $0 == UInt8(ascii: "\n") }
      start = end
    }
    return start
  }

  /// Behind the value that begins here; nil if the bytes end first.
  private func endOfValue(_ bytes: Bytes, _ start: Int) -> Int? {
    var depth = 0
    var isText = false
    var index = start
    while index < bytes.count {
      let byte = bytes[index]
      if isText {
        if byte == UInt8(ascii: "\\") { index += 1 }
        if byte == UInt8(ascii: "\"") { isText = false }
        index += 1
        continue
      }
      switch byte {
      case UInt8(ascii: "\""): isText = true
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        if depth == 0 { return max(index, start + 1) }
        depth -= 1
        if depth == 0 { return index + 1 }
      case UInt8(ascii: ","), UInt8(ascii: "\n"):
        if depth == 0, index > start { return index }
      default: break
      }
      index += 1
    }
    return nil
  }
}
