/// Rows of one file on the usual way: from bytes to typed columns in one pass, with no detour.
///
/// It takes a row whole or not at all. Whatever is not as nearly all rows are (doubled quotes,
/// escapes, another number of cells, a value that does not fit) is left to `RowTyper`, which takes
/// the row from its beginning and knows what to say; so both agree by having one meaning.
final class FastRows {
  let stage: RowStage
  /// Bare, so that passing them on costs nothing.
  let readers: UnsafeMutablePointer<CellReader>
  private let readerCount: Int
  /// CSV: one a column of the file. JSON: one a field that is read.
  let columns: UnsafeMutablePointer<FastColumn>
  private let columnCount: Int
  /// Fields that no column of the file fills, with what then stands there.
  private let absent: [FastColumn]
  private(set) var isReady = false
  /// JSON: the members of the last row that went the long way, in their order.
  private(set) var members: UnsafeMutablePointer<Member>
  private(set) var memberCount = 0
  /// JSON: columns that are none of these members.
  private(set) var unfilled: [Int] = []
  private static let mostMembers = 256

  /// A member that is expected next.
  struct Member {
    /// Its name in quotes, eight bytes a word, zeros behind.
    var words: UnsafeMutablePointer<UInt64>
    var count: Int
    /// The last word's bytes that count.
    var mask: UInt64
    /// -1 where no field is read from it.
    var column: Int

    init(_ name: Bytes, column: Int) {
      count = name.count + 2
      self.column = column
      let wordCount = (count + 7) / 8
      words = .allocate(capacity: wordCount)
      words.initialize(repeating: 0, count: wordCount)
      let bytes = UnsafeMutableRawPointer(words).assumingMemoryBound(to: UInt8.self)
      bytes[0] = UInt8(ascii: "\"")
      for (index, byte) in name.enumerated() { bytes[index + 1] = byte }
      bytes[count - 1] = UInt8(ascii: "\"")
      for index in 0..<wordCount { words[index] = UInt64(littleEndian: words[index]) }
      mask = Words.mask(count - (wordCount - 1) * 8)
    }

    @inline(__always)
    func stands(at place: UnsafePointer<UInt8>) -> Bool {
      var index = 0
      var rest = count
      while rest > 8 {
        if Words.load(place + index * 8) != words[index] { return false }
        index += 1
        rest -= 8
      }
      return Words.load(place + index * 8) & mask == words[index]
    }
  }

  /// `cells` says for each column of a CSV file which reader takes it, if one does; nil for JSON.
  init(readers: [CellReader], places: [Int], cells: [Int?]?, width: Int) {
    self.readers = .allocate(capacity: max(readers.count, 1))
    self.readers.initialize(from: readers, count: readers.count)
    readerCount = readers.count
    stage = RowStage(width: width)
    let filled = cells ?? readers.indices.map { $0 }
    columnCount = filled.count
    columns = .allocate(capacity: max(columnCount, 1))
    for (index, reader) in filled.enumerated() {
      let place = reader.map { places[$0] } ?? 0
      (columns + index).initialize(
        to: FastColumn(
          reader.map { readers[$0] }, index: reader ?? 0, place: place,
          target: stage.columns[place]))
    }
    absent = readers.indices.filter { !filled.contains($0) }.map { [stage] in
      FastColumn(readers[$0], index: $0, place: places[$0], target: stage.columns[places[$0]])
    }
    members = .allocate(capacity: Self.mostMembers)
    stage.textColumns = filled.indices.filter { [.text, .code].contains(columns[$0].way) }
      .map { columns[$0].place }
  }

  deinit {
    for index in 0..<columnCount { columns[index].free() }
    for column in absent { column.free() }
    columns.deallocate()
    forgetMembers()
    members.deallocate()
    readers.deinitialize(count: readerCount)
    readers.deallocate()
  }

  /// Makes ready for a block: what was remembered of the one before may no longer be true.
  func begin(_ facts: inout Facts) {
    isReady = stage.width > 0
    for index in 0..<columnCount { columns[index].begin(readers, &facts) }
    for var column in absent {
      column.begin(readers, &facts)
      // A row that lacks what it must have is a row with a mistake.
      guard column.hasBlank else {
        isReady = false
        return
      }
      column.target.update(repeating: column.blank, count: RowStage.capacity)
    }
  }

  // MARK: - JSON

  /// Expects rows to have these members, in this order; each is there once. Nothing is expected
  /// where there are more than so many.
  func expect(_ names: [(name: Bytes, reader: Int?)]) {
    forgetMembers()
    guard names.count <= Self.mostMembers else { return }
    for (name, reader) in names {
      (members + memberCount).initialize(to: Member(name, column: reader ?? -1))
      memberCount += 1
    }
    let filled = Set(names.compactMap(\.reader))
    unfilled = (0..<columnCount).filter { !filled.contains($0) }
  }

  private func forgetMembers() {
    for index in 0..<memberCount { members[index].words.deallocate() }
    memberCount = 0
  }

  // MARK: - CSV

  /// Takes rows that lie before `limit` onto the stage until it is full or a row is not as usual;
  /// where that one begins. Bytes before `limit` are UTF-8.
  func takeRows(
    _ bytes: Bytes, from start: Int, to limit: Int, delimiter: UInt8, longest: Int,
    line: inout Int, into facts: inout Facts
  ) -> Int {
    guard isReady, let base = bytes.baseAddress else { return start }
    let mark = Words.splat(delimiter)
    let quote = UInt8(ascii: "\"")
    let (lineFeed, carriage) = (UInt8(ascii: "\n"), UInt8(ascii: "\r"))
    let (stage, columns, columnCount, readers) = (stage, columns, columnCount, readers)
    var at = start
    rows: while !stage.isFull, at < limit, base[at] != lineFeed, base[at] != carriage {
      let row = stage.count
      var next = at
      var index = 0
      var end = at
      while true {
        guard index < columnCount else { break rows }
        var cell = next
        if base[next] == quote {
          cell &+= 1
          end = Words.endOfQuoted(base, cell)
          guard end < limit, base[end] == quote else { break rows }
          next = end &+ 1
        } else {
          end = Words.endOfCell(base, next, mark)
          next = end
        }
        guard next < limit else { break rows }
        guard
          FastColumn.read(base + cell, end &- cell, columns + index, row: row, readers, &facts)
        else { break rows }
        index &+= 1
        guard base[next] == delimiter else { break }
        next &+= 1
      }
      guard index == columnCount else { break }
      end = next
      if base[next] == lineFeed {
        next += 1
      } else if base[next] == carriage, next + 1 < limit, base[next + 1] == lineFeed {
        next += 2
      } else {
        break
      }
      guard end - at < longest else { break }
      stage.commit(at, end, line: line)
      line += 1
      at = next
    }
    return at
  }
}
