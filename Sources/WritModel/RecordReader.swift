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
  /// Rows that were not taken, since they were last taken out.
  public private(set) var rejected: [RejectedRow] = []
  public private(set) var acceptedCount = 0
  public private(set) var rejectedCount = 0

  private var state = State.start
  private var decoder: Decoder = .none
  private var head: [UInt8] = []
  private var csv: CSVScanner?
  private var json: JSONSplitter?
  private var typer: RowTyper
  private var keys: KeySet?

  private enum State { case start, header, rows, stopped }

  private enum Decoder {
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
    if case .gbk(var gbk) = decoder {
      var decoded: [UInt8] = []
      decoded.reserveCapacity(block.count * 3 / 2)
      gbk.decode(block, isLast: isLast, into: &decoded)
      decoder = .gbk(gbk)
      decoded.withUnsafeBufferPointer { take($0, isLast: isLast, &facts) }
    } else {
      block.withUnsafeBufferPointer { take($0, isLast: isLast, &facts) }
    }
    if isLast {
      if state == .header { stop(.emptyFile()) }
      state = .stopped
    }
  }

  private mutating func stop(_ problem: DataProblem) {
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
      feed(whole.slice(start, whole.count), isLast: isLast, &facts)
    }
  }

  /// Looks at the first block and makes ready; the offset of the first byte behind a mark of byte
  /// order, or nil if nothing here can be read.
  private mutating func open(_ block: Bytes) -> Int? {
    let isDecoded = if case .none = decoder { false } else { true }
    if let problem = DataProblem.unreadable(block, isDecoded: isDecoded) {
      stop(problem)
      return nil
    }
    let start = block.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    let body = block.slice(start, block.count)
    if plan.format == .csv {
      csv = CSVScanner(delimiter: plan.delimiter ?? CSVScanner.delimiter(of: body))
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
      scanner.feed(block, isLast: isLast) { row in takeRow(row, &facts) }
      csv = scanner
    } else if var splitter = json {
      json = nil
      splitter.feed(block, isLast: isLast) { piece in takePiece(piece, &facts) }
      json = splitter
    }
  }

  private mutating func takeRow(_ row: CSVScanner.Row, _ facts: inout Facts) {
    switch state {
    case .header:
      if let flaw = row.flaw { return stop(.badHeader(flaw)) }
      let found = typer.useHeader(row)
      state = .rows
      for problem in found { stop(problem) }
    case .rows:
      typer.begin()
      if let flaw = row.flaw {
        typer.problems.append(.badQuotes(flaw))
      } else if let offset = row.raw.firstInvalidUTF8() {
        typer.problems.append(.rowNotUTF8(byte: offset))
      } else {
        typer.read(row, into: &facts)
      }
      finish(row.raw, line: row.line, &facts)
    case .start, .stopped: break
    }
  }

  private mutating func takePiece(_ piece: JSONSplitter.Piece, _ facts: inout Facts) {
    typer.begin()
    if piece.isTooLong {
      typer.problems.append(.badQuotes(.tooLong))
    } else if let offset = piece.bytes.firstInvalidUTF8() {
      typer.problems.append(.rowNotUTF8(byte: offset))
    } else {
      typer.read(piece.bytes, into: &facts)
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
      return
    }
    rejectedCount += 1
    rejected.append(RejectedRow(origin: origin, problems: typer.problems, raw: Array(raw)))
  }

  private mutating func append(_ origin: RowOrigin, _ facts: inout Facts) -> DataProblem? {
    let isKeyed = !typer.keyColumns.isEmpty
    if isKeyed, keys != nil {
      let key = typer.keyColumns.map { typer.values[$0] }
      if keys?.insert(key, texts: facts.texts) == false {
        return .duplicateKey(describe(key, facts), firstLine: nil)
      }
    }
    let row = typer.values.withUnsafeBufferPointer {
      facts[plan.record].append($0, isKeyed: isKeyed, origin: origin)
    }
    if row != nil { return nil }
    let key = typer.keyColumns.map { typer.values[$0] }
    let table = facts[plan.record]
    let first = table.row(key: key).flatMap { table.origin(of: $0) }
    return .duplicateKey(
      describe(key, facts), firstLine: first?.file == origin.file ? first.map { Int($0.line) } : nil
    )
  }

  private func describe(_ key: [Value], _ facts: Facts) -> String {
    key.map { facts.describe($0) }.joined(separator: ", ")
  }
}
