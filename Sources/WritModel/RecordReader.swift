import WritText

/// Reads the records of one file, block by block, into facts.
///
/// Good rows become records at once; a bad row is kept whole with everything that is wrong with
/// it, and never stops the others. What is wrong with the file as a whole stands in `problems`:
/// then nothing more is read. References are left as keys until `Facts.link`.
///
/// A stream calls `read` for a block, takes the rows out of the table, and makes the facts forget
/// them; `watchesKeys` then remembers the keys that went by.
public struct RecordReader {
  public let plan: ReadPlan
  /// The index of the file, for origins.
  public let file: Int
  /// What is wrong with the file; reading stopped there.
  public private(set) var problems: [DataProblem] = []
  /// What is worth saying about the file when it is read, though nothing is wrong with it.
  public var notes: [DataProblem] {
    problems.isEmpty ? [typer.absence(of: acceptedCount + rejectedCount)].compactMap(\.self) : []
  }
  /// Rows that were not taken, since they were last taken out.
  public internal(set) var rejected: [RejectedRow] = []
  public internal(set) var acceptedCount = 0
  public internal(set) var rejectedCount = 0

  var state = State.start
  var decoder: Decoder = .none
  var head: [UInt8] = []
  var csv: CSVScanner?
  private var delimiter = UInt8(ascii: ",")
  var json: JSONSplitter?
  var typer: RowTyper
  private var keys: KeySet?
  /// Where keys are looked at later: the bits of each row's key, and where the row stands.
  var awaited: AwaitedKeys?
  /// How many keys the last chunk had.
  var lastKeys = 0
  var rows: FastRows?
  /// Tests compare both ways.
  var takesUsualWay = true
  /// Lines that came before a chunk; 0 where it is not yet known.
  public internal(set) var lines = 0

  enum State { case start, header, rows, stopped }

  enum Decoder {
    case none
    case gbk(GBKDecoder)
  }

  public init(_ plan: ReadPlan, schema: Schema, file: Int = 0, watchesKeys: Bool = false) {
    self.plan = plan
    self.file = file
    typer = RowTyper(plan, schema: schema)
    keys = watchesKeys ? KeySet() : nil
    switch GBKDecoder.reads(plan.encoding) {
    case false: break
    case true: decoder = .gbk(GBKDecoder())
    case nil: stop(.unknownEncoding(plan.encoding ?? ""))
    }
  }

  /// The rejected rows up to now, which are then forgotten here.
  public mutating func takeRejected() -> [RejectedRow] {
    defer { rejected = [] }
    return rejected
  }

  /// Reads a block; with `isLast` what is left, too. Calls after that do nothing.
  public mutating func read(_ block: [UInt8], isLast: Bool, into facts: inout Facts) {
    guard state != .stopped else { return }
    decoded(block, isLast: isLast).withUnsafeBufferPointer { take($0, isLast: isLast, &facts) }
    if isLast {
      if state == .header { stop(.emptyFile()) }
      state = .stopped
    }
  }

  /// The block in UTF-8.
  mutating func decoded(_ block: [UInt8], isLast: Bool) -> [UInt8] {
    guard case .gbk(var gbk) = decoder else { return block }
    var decoded: [UInt8] = []
    decoded.reserveCapacity(block.count * 3 / 2)
    gbk.decode(block, isLast: isLast, into: &decoded)
    decoder = .gbk(gbk)
    return decoded
  }

  mutating func stop(_ problem: DataProblem) {
    problems.append(problem)
    state = .stopped
  }

  private mutating func take(_ block: Bytes, isLast: Bool, _ facts: inout Facts) {
    guard state == .start else {
      feed(block, isLast: isLast, &facts)
      return
    }
    // What the file is shows in its first bytes; small blocks wait for each other.
    head.append(contentsOf: block)
    guard head.count >= 4096 || isLast else { return }
    let whole = head
    head = []
    whole.withUnsafeBufferPointer { whole in
      guard let start = open(whole) else { return }
      if state == .rows { useFastRows() }
      feed(whole.slice(start, whole.count), isLast: isLast, &facts)
    }
  }

  /// Looks at the first block and makes ready; the offset of the first byte behind a mark of byte
  /// order, or nil if nothing here can be read.
  mutating func open(_ block: Bytes) -> Int? {
    let isDecoded = if case .none = decoder { false } else { true }
    if let problem = DataProblem.unreadable(block, isDecoded: isDecoded) {
      stop(problem)
      return nil
    }
    let start = block.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    let body = block.slice(start, block.count)
    if plan.format == .csv {
      delimiter = plan.delimiter ?? CSVScanner.delimiter(of: body)
      csv = CSVScanner(delimiter: delimiter)
      state = plan.hasHeader ? .header : .rows
      if !plan.hasHeader { typer.usePositions() }
    } else {
      json = JSONSplitter(byLine: plan.format == .jsonLines, begin: body)
      typer.useNames()
      state = .rows
    }
    return start
  }

  // MARK: - Rows

  private mutating func feed(_ block: Bytes, isLast: Bool, _ facts: inout Facts) {
    if var scanner = csv {
      csv = nil
      takeRows(scanner, &facts) { usual, body in
        scanner.feed(block, isLast: isLast, usual: usual, body)
      }
      csv = scanner
    } else if var splitter = json {
      json = nil
      takePieces(splitter, &facts) { usual, body in
        splitter.feed(block, isLast: isLast, usual: usual, body)
      }
      json = splitter
    }
  }

  /// Takes the rows that a scanner made like this one is made to give.
  mutating func takeRows(
    _ scanner: CSVScanner, to end: Int = .max, _ facts: inout Facts,
    _ give: (CSVScanner.Usual, (CSVScanner.Row) -> Void) -> Void
  ) {
    let (delimiter, longest) = (scanner.delimiter, scanner.longestRow)
    rows?.begin(&facts)
    // Behind this offset no byte has been seen to be no UTF-8.
    var valid = -1
    give(
      { bytes, start, line in
        if valid < start { valid = bytes.endOfUTF8(from: start, to: end) }
        return takeUsual(bytes, start, &facts) { rows, at, facts in
          rows.takeRows(
            bytes, from: at, to: valid, delimiter: delimiter, longest: longest, line: &line,
            into: &facts)
        }
      }, { row in takeRow(row, &facts) })
  }

  /// Takes the pieces that a splitter made like this one is made to give.
  mutating func takePieces(
    _ splitter: JSONSplitter, to end: Int = .max, _ facts: inout Facts,
    _ give: (CSVScanner.Usual, (JSONSplitter.Piece) -> Void) -> Void
  ) {
    let (mode, longest) = (splitter.mode, splitter.longest)
    rows?.begin(&facts)
    var valid = -1
    give(
      { bytes, start, line in
        if valid < start { valid = bytes.endOfUTF8(from: start, to: end) }
        return takeUsual(bytes, start, &facts) { rows, at, facts in
          rows.takeObjects(
            bytes, from: at, to: valid, as: mode, longest: longest, line: &line, into: &facts)
        }
      }, { piece in takePiece(piece, &facts) })
  }

  private mutating func takeRow(_ row: CSVScanner.Row, _ facts: inout Facts) {
    switch state {
    case .header:
      takeHeader(row)
      rows?.begin(&facts)
    case .rows:
      typer.begin()
      if let flaw = row.flaw {
        var problem = DataProblem.badQuotes(flaw)
        problem.column = row.raw.cellNumber(at: flaw.offset, delimiter)
        typer.problems.append(problem)
      } else if let offset = row.raw.firstInvalidUTF8() {
        var problem = DataProblem.rowNotUTF8(byte: offset)
        problem.column = row.raw.cellNumber(at: offset, delimiter)
        typer.problems.append(problem)
      } else {
        let isFirst = typer.width < 0
        typer.read(row, into: &facts)
        if let problem = typer.fileProblem { return stop(problem) }
        if isFirst { useFastRows() }
      }
      finish(row.raw, line: row.line, &facts)
    case .start, .stopped: break
    }
  }

  mutating func takeHeader(_ row: CSVScanner.Row) {
    if let flaw = row.flaw { return stop(.badHeader(flaw)) }
    let found = typer.useHeader(row)
    state = .rows
    for problem in found { stop(problem) }
    useFastRows()
  }

  mutating func useFastRows() {
    if takesUsualWay { rows = typer.fastRows() }
  }

  /// Takes rows as long as they are as usual; where the first one stands that is not.
  private mutating func takeUsual(
    _ bytes: Bytes, _ start: Int, _ facts: inout Facts,
    _ take: (FastRows, Int, inout Facts) -> Int
  ) -> Int {
    guard state == .rows, let rows else { return start }
    var at = start
    while true {
      at = take(rows, at, &facts)
      let wasFull = rows.stage.isFull
      empty(rows.stage, bytes, &facts)
      if !wasFull { return at }
    }
  }

  /// Appends the rows of the stage, or keeps those as rejected whose keys are taken.
  private mutating func empty(_ stage: RowStage, _ bytes: Bytes, _ facts: inout Facts) {
    guard stage.count > 0 else { return }
    for column in stage.textColumns {
      facts.texts.settle(stage.columns[column], count: stage.count)
    }
    let isKeyed = !typer.keyColumns.isEmpty
    var seen: ArraySlice<Int> = []
    if isKeyed, keys != nil {
      var run = KeyRun()
      run.add(stage, 0..<stage.count, typer.keyColumns, facts.texts)
      seen = keys?.insert(run, texts: facts.texts)[...] ?? []
    }
    var start = 0
    while start < stage.count {
      let end = seen.popFirst() ?? stage.count
      awaited?.add(stage, start..<end, typer.keyColumns, facts.texts)
      let taken = facts[plan.record].append(
        stage, rows: start..<end, file: file,
        isKeyed: isKeyed && keys == nil && awaited == nil)
      acceptedCount += taken
      start += taken
      guard start < stage.count else { break }
      let place = stage.places[start]
      reject(
        duplicate(typer.keyColumns.map { stage.columns[$0][start] }, file: file, facts),
        bytes.slice(place.start, place.end), RowOrigin(file: file, line: place.line))
      start += 1
    }
    stage.count = 0
  }

  private mutating func reject(_ problem: DataProblem, _ raw: Bytes, _ origin: RowOrigin) {
    var problem = problem
    problem.line = Int(origin.line)
    problem.column = problem.column ?? 1
    rejectedCount += 1
    rejected.append(RejectedRow(origin: origin, problems: [problem], raw: Array(raw)))
  }

  private mutating func takePiece(_ piece: JSONSplitter.Piece, _ facts: inout Facts) {
    typer.begin()
    if piece.isTooLong {
      typer.problems.append(.badQuotes(.tooLong))
    } else if let offset = piece.bytes.firstInvalidUTF8() {
      typer.problems.append(.rowNotUTF8(byte: offset))
    } else {
      typer.read(piece.bytes, into: &facts)
      if let rows, typer.problems.isEmpty { typer.expectMembers(of: piece.bytes, in: rows) }
    }
    finish(piece.bytes, line: piece.line, &facts)
  }

  /// Adds the row that the typer holds, or keeps it as rejected.
  private mutating func finish(_ raw: Bytes, line: Int, _ facts: inout Facts) {
    let origin = RowOrigin(file: file, line: line)
    if typer.problems.isEmpty, let problem = append(origin, &facts) {
      typer.problems.append(problem)
    }
    if typer.problems.isEmpty {
      acceptedCount += 1
      awaited?.add(typer.keyColumns.map { typer.values[$0] }, raw, line: line, facts.texts)
      return
    }
    rejectedCount += 1
    for index in typer.problems.indices {
      // Lines were counted from the first one of the row.
      typer.problems[index].line = line - 1 + (typer.problems[index].line ?? 1)
      typer.problems[index].column = typer.problems[index].column ?? 1
    }
    rejected.append(RejectedRow(origin: origin, problems: typer.problems, raw: Array(raw)))
  }

  private mutating func append(_ origin: RowOrigin, _ facts: inout Facts) -> DataProblem? {
    let isKeyed = !typer.keyColumns.isEmpty
    if isKeyed, keys != nil {
      let key = typer.keyColumns.map { typer.values[$0] }
      if keys?.insert(key, texts: facts.texts) == false {
        return duplicate(key, file: origin.file, facts)
      }
    }
    let row = typer.withValues {
      facts[plan.record].append(
        $0, isKeyed: isKeyed && keys == nil && awaited == nil, origin: origin)
    }
    if row != nil { return nil }
    return duplicate(typer.keyColumns.map { typer.values[$0] }, file: origin.file, facts)
  }

  /// A key that is taken, by a row of this file or another, as far as that is still known.
  func duplicate(_ key: [Value], file: some BinaryInteger, _ facts: Facts) -> DataProblem {
    let words = key.map { facts.describe($0) }.joined(separator: ", ")
    let table = facts[plan.record]
    let first =
      keys == nil && awaited == nil ? table.row(key: key).flatMap { table.origin(of: $0) } : nil
    var problem = DataProblem.duplicateKey(
      words, firstLine: first.flatMap { Int($0.file) == Int(file) ? Int($0.line) : nil })
    (problem.header, problem.column) = typer.keyPlace
    problem.value = words
    return problem
  }
}

extension CSVScanner.Flaw {
  /// Where it shows in the row.
  fileprivate var offset: Int {
    switch self {
    case .unclosedQuote(let offset), .textBehindQuote(let offset): offset
    case .tooLong: 0
    }
  }
}

extension Bytes {
  /// The number, from 1, of the cell of a row that an offset lies in.
  fileprivate func cellNumber(at offset: Int, _ delimiter: UInt8) -> Int {
    var number = 1
    var isQuoted = false
    for byte in slice(0, Swift.min(offset, count)) {
      if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
      if byte == delimiter, !isQuoted { number += 1 }
    }
    return number
  }
}
