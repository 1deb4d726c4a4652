/// One text handed to writ: a rule file, a data file or a line typed into the REPL.
///
/// A source owns its bytes and knows where its lines begin, so a byte offset can be turned into the
/// line and column that people read. Columns count Unicode scalars from 1; what a column is on the
/// screen is the renderer's business.
public struct Source: Sendable {
  /// The path or the invented name (`<stdin>`, `<repl>`) shown in messages.
  public let name: String
  /// The text as UTF-8. Bytes that are not UTF-8 have been reported and replaced by the reader.
  public let bytes: [UInt8]
  /// The offset of the first byte of each line; never empty.
  public let lineStarts: [Int32]

  /// Makes a source of bytes already known to be UTF-8. O(count).
  public init(name: String, bytes: [UInt8]) {
    self.name = name
    self.bytes = bytes
    var starts: [Int32] = [0]
    for (offset, byte) in bytes.enumerated() where byte == UInt8(ascii: "\n") {
      starts.append(Int32(offset) + 1)
    }
    self.lineStarts = starts
  }

  public init(name: String, text: String) {
    self.init(name: name, bytes: Array(text.utf8))
  }

  /// The line and column, both from 1, of a byte offset. O(log lines + column).
  public func position(of offset: Int) -> Position {
    let line = lineIndex(of: offset)
    let start = Int(lineStarts[line])
    let column = bytes[start..<min(max(offset, start), bytes.count)]
      .count { $0 & 0xC0 != 0x80 }
    return Position(line: line + 1, column: column + 1)
  }

  /// The text of a line (from 1) without its line end.
  public func line(_ number: Int) -> String {
    let index = number - 1
    guard lineStarts.indices.contains(index) else { return "" }
    let start = Int(lineStarts[index])
    var end = index + 1 < lineStarts.count ? Int(lineStarts[index + 1]) : bytes.count
    while end > start, bytes[end - 1] == UInt8(ascii: "\n") || bytes[end - 1] == UInt8(ascii: "\r")
    {
      end -= 1
    }
    return String(decoding: bytes[start..<end], as: UTF8.self)
  }

  /// The text between two byte offsets.
  public func text(_ start: Int, _ end: Int) -> String {
    String(decoding: bytes[max(0, start)..<min(bytes.count, max(start, end))], as: UTF8.self)
  }

  private func lineIndex(of offset: Int) -> Int {
    var low = 0
    var high = lineStarts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if Int(lineStarts[middle]) <= offset { low = middle } else { high = middle }
    }
    return low
  }
}

/// A place people can find in an editor: line and column, both from 1.
public struct Position: Hashable, Sendable, Comparable {
  public let line: Int
  public let column: Int

  public init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }

  public static func < (a: Position, b: Position) -> Bool {
    (a.line, a.column) < (b.line, b.column)
  }
}

/// Names one source of a run: an index into its `Sources`.
public struct SourceID: Hashable, Sendable, Comparable {
  public let index: Int32

  public init(_ index: Int) { self.index = Int32(index) }

  public static func < (a: SourceID, b: SourceID) -> Bool { a.index < b.index }
}

/// A stretch of one source: the bytes `start..<end`.
public struct Span: Hashable, Sendable {
  public let source: SourceID
  public let start: Int32
  public let end: Int32

  public init(_ source: SourceID, _ start: Int, _ end: Int) {
    self.source = source
    self.start = Int32(start)
    self.end = Int32(end)
  }

  /// The stretch from the beginning of this span to the end of another in the same source.
  public func through(_ other: Span) -> Span {
    Span(source, Int(min(start, other.start)), Int(max(end, other.end)))
  }

  /// The empty stretch just behind this span.
  public var after: Span { Span(source, Int(end), Int(end)) }
}

/// The sources of a run, in the order of their names; written order between files is this order.
public struct Sources: Sendable {
  public private(set) var all: [Source] = []

  public init() {}

  /// Adds a source and names it.
  public mutating func add(_ source: Source) -> SourceID {
    all.append(source)
    return SourceID(all.count - 1)
  }

  public subscript(id: SourceID) -> Source { all[Int(id.index)] }

  /// Line and column of a span's start, from 1; columns count Unicode scalars.
  public func position(of span: Span) -> Position {
    self[span.source].position(of: Int(span.start))
  }

  /// The words that a span covers.
  public func text(of span: Span) -> String {
    self[span.source].text(Int(span.start), Int(span.end))
  }
}
