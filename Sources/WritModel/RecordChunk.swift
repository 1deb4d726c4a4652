// Reading one file with several hands: one cuts it into chunks of whole records, in order; others
// read chunks, each into facts of its own; and what depends on the order (line numbers, which of two
// records with one key came first) is settled chunk by chunk. However many hands there are, the
// chunks are the same and so is everything that comes of them.

/// Whole records of a file, as they stand there.
public struct RecordChunk: Sendable {
  /// With the bytes behind the last record that had come when it was cut: a row with a mistake in
  /// its quotes is judged by what follows it. Then zeros, `Words.room` of them.
  fileprivate(set) var bytes: [UInt8]
  /// How many bytes are of the file.
  let count: Int
  /// Behind the last record.
  let end: Int
  let isLast: Bool
  /// JSON: whether the one array that holds all records is open where it begins.
  var isInArray = false

  /// How many bytes its records have.
  public var byteCount: Int { end }

  /// Takes the records that are complete from bytes that wait, all of them at the end of the file.
  /// Those that still wait stand in what was `spare`.
  init?(
    cutting waiting: inout [UInt8], spare: inout [UInt8], isLast: Bool, at end: (Bytes) -> Int
  ) {
    let count = waiting.count
    let found = isLast ? count : waiting.withUnsafeBufferPointer { end($0) }
    guard found > 0 else { return nil }
    var rest = spare
    spare = []
    rest.removeAll(keepingCapacity: true)
    rest.append(contentsOf: waiting[found..<count])
    waiting.append(contentsOf: repeatElement(0, count: Words.room))
    self.bytes = waiting
    waiting = rest
    self.count = count
    self.end = found
    self.isLast = isLast
  }
}

/// The keys of rows that were taken before it is known which others came first.
struct AwaitedKeys {
  private(set) var run = KeyRun()
  private(set) var places: [RowStage.Place] = []
  let base: UnsafePointer<UInt8>?

  /// Nothing yet, with room for about so many.
  init(base: UnsafePointer<UInt8>?, room: Int) {
    self.base = base
    run.reserve(room)
    places.reserveCapacity(room)
  }

  mutating func add(
    _ stage: RowStage, _ rows: Range<Int>, _ columns: [Int], _ texts: Interner
  ) {
    guard !columns.isEmpty else { return }
    run.add(stage, rows, columns, texts)
    places.append(
      contentsOf: UnsafeBufferPointer(
        start: stage.places + rows.lowerBound, count: rows.count))
  }

  mutating func add(_ key: [Value], _ raw: Bytes, line: Int, _ texts: Interner) {
    guard !key.isEmpty, let base, let start = raw.baseAddress else { return }
    run.add(key, texts)
    let offset = start - base
    places.append(RowStage.Place(start: offset, end: offset + raw.count, line: line))
  }
}

extension RecordReader {
  // MARK: - Cutting

  /// Takes a block and gives the records that are complete; with `isLast` the rest, too. Nothing is
  /// read but what says how to read: the look of the file and its header.
  public mutating func cut(_ block: [UInt8], isLast: Bool) -> RecordChunk? {
    guard state != .stopped else { return nil }
    let chunk = decoded(block, isLast: isLast).withUnsafeBufferPointer { bytes in
      state == .start ? begin(bytes, isLast: isLast) : cut(bytes, isLast: isLast)
    }
    if isLast {
      if state == .header { stop(.emptyFile()) }
      state = .stopped
    }
    return chunk
  }

  /// Takes back the room of a chunk that nobody reads any more: the next but one stands in it. New
  /// room for each would be asked of the system, and given back, again and again.
  public mutating func takeBack(_ chunk: inout RecordChunk?) {
    guard let room = chunk?.bytes else { return }
    chunk = nil
    if csv != nil { csv?.spare = room } else { json?.spare = room }
  }

  private mutating func begin(_ block: Bytes, isLast: Bool) -> RecordChunk? {
    head.append(contentsOf: block)
    guard head.count >= 4096 || isLast else { return nil }
    let whole = head
    head = []
    return whole.withUnsafeBufferPointer { whole in
      guard let start = open(whole) else { return nil }
      return cut(whole.slice(start, whole.count), isLast: isLast)
    }
  }

  private mutating func cut(_ block: Bytes, isLast: Bool) -> RecordChunk? {
    if var splitter = json {
      json = nil
      defer { json = splitter }
      return splitter.cut(block, isLast: isLast)
    }
    guard var scanner = csv else { return nil }
    csv = nil
    defer { csv = scanner }
    if state == .header {
      scanner.restsAfterRow = true
      scanner.feed(block, isLast: isLast) { takeHeader($0) }
      scanner.restsAfterRow = false
      guard state == .rows else { return nil }
      lines = scanner.line - 1
      return scanner.cut(Bytes(start: nil, count: 0), isLast: isLast)
    }
    if typer.width < 0 {
      // Somebody has to see the first row before several read.
      var glance = scanner
      glance.feed(block, isLast: isLast) { row in
        if row.flaw == nil, row.raw.firstInvalidUTF8() == nil { typer.useWidth(of: row) }
      }
      if let problem = typer.fileProblem {
        stop(problem)
        return nil
      }
      guard typer.width >= 0 || isLast else {
        scanner.hold(block)
        return nil
      }
    }
    return scanner.cut(block, isLast: isLast)
  }

  // MARK: - Reading chunks

  /// A reader for chunks that this one cuts. Ask for it when the first chunk has come.
  public func chunkReader() -> RecordReader {
    var reader = self
    reader.csv = csv.map { CSVScanner(delimiter: $0.delimiter, longestRow: $0.longestRow) }
    reader.lines = 0
    reader.state = .rows
    reader.typer.useOwnReaders()
    reader.useFastRows()
    return reader
  }

  /// Reads a chunk. Lines count from its own beginning and keys are not compared, until it is
  /// settled.
  public mutating func read(_ chunk: RecordChunk, into facts: inout Facts) {
    chunk.bytes.withUnsafeBufferPointer { all in
      let bytes = all.slice(0, chunk.count)
      // About as many as the chunk before had.
      awaited = AwaitedKeys(
        base: bytes.baseAddress, room: typer.keyColumns.isEmpty ? 0 : lastKeys * 9 / 8)
      if var scanner = csv {
        scanner.line = 1
        takeRows(scanner, to: chunk.end, &facts) { usual, body in
          _ = scanner.scan(bytes, to: chunk.end, isLast: chunk.isLast, usual, body)
        }
        lines = scanner.line - 1
      } else if var splitter = json {
        takePieces(splitter, to: chunk.end, &facts) { usual, body in
          splitter.scan(bytes, of: chunk, usual, body)
        }
        lines = splitter.line - 1
      }
    }
  }

  /// Says what only the chunks before can say of the chunk that was read last: its lines are counted
  /// from those before, and records whose keys came before are rejected. Call it in the order of the
  /// chunks, for each with the same keys; `lines` counts on from chunk to chunk.
  public mutating func settle(
    _ chunk: RecordChunk, keys: inout KeySet, lines before: inout Int, in facts: inout Facts
  ) {
    var taken: [Int] = []
    if let awaited {
      lastKeys = awaited.places.count
      taken = keys.insert(awaited.run, texts: facts.texts)
      for row in taken { reject(row, awaited.places[row], chunk, facts) }
    }
    awaited = nil
    if !taken.isEmpty {
      facts[plan.record].takeOut(taken)
      rejected.sort { $0.origin.line < $1.origin.line }
    }
    facts[plan.record].moveOrigins(by: before)
    for index in rejected.indices { rejected[index].move(by: before) }
    before += lines
  }

  /// What another reader of the same file has seen counts here, too.
  public mutating func join(_ other: RecordReader) {
    acceptedCount += other.acceptedCount
    rejectedCount += other.rejectedCount
    typer.join(other.typer)
  }

  private mutating func reject(
    _ row: Int, _ place: RowStage.Place, _ chunk: RecordChunk, _ facts: Facts
  ) {
    let table = facts[plan.record]
    let key = typer.keyColumns.map { table.columns[$0][row] }
    acceptedCount -= 1
    rejectedCount += 1
    var problem = duplicate(key, file: file, facts)
    problem.line = place.line
    problem.column = problem.column ?? 1
    rejected.append(
      RejectedRow(
        origin: RowOrigin(file: file, line: place.line), problems: [problem],
        raw: Array(chunk.bytes[place.start..<place.end])))
  }
}

extension RejectedRow {
  /// Its lines are counted from further up.
  fileprivate mutating func move(by lines: Int) {
    origin.line &+= Int32(clamping: lines)
    for index in problems.indices { problems[index].line = problems[index].line.map { $0 + lines } }
  }
}
