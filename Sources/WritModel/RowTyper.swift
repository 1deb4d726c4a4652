/// Holds one row while its cells become values.
struct RowTyper {
  /// The values of the record's fields, in their order; behind them the parts of keys that its
  /// references are made of.
  private(set) var values: [Value]
  /// What is wrong with the row, in the order of its cells.
  var problems: [DataProblem] = []
  let keyColumns: [Int]
  /// What is wrong with a file without a header line, which shows at its first row.
  private(set) var fileProblem: DataProblem?

  private let record: RecordID
  private let plan: ReadPlan
  /// One a column of the plan, then one a part of a key.
  private var readers: [CellReader]
  /// The place in `values` that each reader fills.
  private let places: [Int]
  private let fieldCount: Int
  private var keys: [KeyParts] = []

  /// A reference by a key of several fields, and the readers of its parts.
  private struct KeyParts {
    let reader: Int
    let parts: Range<Int>
    let shape: KeyShape
    /// The headers of each part.
    let headers: [[String]]
    /// Whether this file has them.
    var isUsed = true
  }
  /// What each reader's column is called in this file.
  private var headers: [String]
  /// CSV: the cell of each reader; -1 where the column is absent, -2 where another has its say.
  private var cells: [Int] = []
  private(set) var width = 0
  /// CSV: the fields that may be missing and have no column, and headers like theirs.
  private var absent: [String] = []
  private var nearAbsent: [String] = []
  /// JSON: whether a record had the member of each reader. The usual way expects members that were
  /// seen here.
  private var everSeen: [Bool] = []
  /// JSON: readers by name, names with dots for nested objects.
  private var names = Interner()
  private var readerOfName: [Int] = []
  private var seen: [Bool] = []
  private var path: [UInt8] = []
  /// The names of the row before, in order, and how far this row has followed them.
  private var order: [Symbol] = []
  private var position = 0

  init(_ plan: ReadPlan, schema: Schema) {
    self.plan = plan
    record = plan.record
    let type = schema[plan.record]
    keyColumns = type.key.map { schema[$0].column }
    fieldCount = type.fields.count
    var readers = plan.columns.map { CellReader($0, missing: plan.missing, schema: schema) }
    var places = plan.columns.map { schema[$0.field].column }
    for (index, column) in plan.columns.enumerated() {
      guard let shape = schema.keyShape(of: column.field),
        shape.parts.count == column.parts.count
      else { continue }
      let start = readers.count
      for (path, headers) in zip(shape.parts, column.parts) {
        var part = column
        part.headers = headers
        places.append(fieldCount + readers.count - plan.columns.count)
        readers.append(CellReader(part, part: path, missing: plan.missing, schema: schema))
      }
      keys.append(
        KeyParts(
          reader: index, parts: start..<readers.count, shape: shape, headers: column.parts))
    }
    self.readers = readers
    self.places = places
    headers = readers.map(\.header)
    // A field that no column gives is missing, or its default.
    values = type.fields.map { field in
      if case .value(let value) = schema[field].initial { return value }
      return .missing(Cause(.blankField, site: Int(field.index)))
    }
    for _ in plan.columns.count..<readers.count { values.append(.missing(Cause(.blankField))) }
    seen = [Bool](repeating: false, count: readers.count)
    everSeen = seen
  }

  /// Reads with readers that no other thread has: counting who holds them, threads that share them
  /// would wait for each other at every look, and what they count depends on what they have read.
  mutating func useOwnReaders() { readers = readers.map { CellReader(like: $0) } }

  mutating func begin() { problems.removeAll(keepingCapacity: true) }

  /// Lends the values of the record's fields.
  func withValues<T>(_ body: (UnsafeBufferPointer<Value>) -> T) -> T {
    values.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[..<fieldCount])) }
  }

  /// The usual way for this file, once its columns are known; nil where there is none.
  func fastRows() -> FastRows? {
    guard keys.isEmpty else { return nil }
    guard plan.format == .csv else {
      return FastRows(readers: readers, places: places, cells: nil, width: values.count)
    }
    guard width > 0 else { return nil }
    var readerOfCell = [Int?](repeating: nil, count: width)
    for (index, cell) in cells.enumerated() where cell >= 0 && cell < width {
      // Two fields may be read from one column.
      guard readerOfCell[cell] == nil else { return nil }
      readerOfCell[cell] = index
    }
    return FastRows(readers: readers, places: places, cells: readerOfCell, width: values.count)
  }

  // MARK: - CSV

  /// Finds the columns in a header line; what is wrong with it.
  mutating func useHeader(_ row: CSVScanner.Row) -> [DataProblem] {
    width = row.cells.count
    if let offset = row.raw.firstInvalidUTF8() {
      return [.notUTF8(line: row.line, byte: offset + 1, looksLikeGBK: false)]
    }
    let line = HeaderLine(row)
    var problems: [DataProblem] = []
    cells = [Int](repeating: -2, count: readers.count)
    for index in keys.indices { problems += findParts(of: index, line) }
    for index in plan.columns.indices
    where !keys.contains(where: { $0.isUsed && $0.reader == index }) {
      cells[index] = cell(of: index, line, &problems)
    }
    return problems
  }

  /// The cell of a column; -1, with what is wrong about that, if there is none.
  private mutating func cell(
    of index: Int, _ line: HeaderLine, _ problems: inout [DataProblem]
  ) -> Int {
    let column = plan.columns[index]
    switch line.find(column.headers) {
    case .cell(let place, let name):
      headers[index] = name
      return place
    case .twice(let first, let second):
      problems.append(.duplicateColumn(line.cells[first], first + 1, second + 1))
    case .none where column.isNamed || readers[index].isRequired:
      // Advice is looked for among all headers, and nobody reads the advice of the tenth.
      let near = problems.count < 10 ? line.near(column.headers) : []
      problems.append(
        .missingColumn(
          column.headers, of: readers[index].label, near: near, isNamed: column.isNamed))
    case .none: noteAbsent(index, line)
    }
    return -1
  }

  /// Finds the columns of a key's parts. Where the file has none of them and they are not named, its
  /// reference is looked for as any other column.
  private mutating func findParts(of index: Int, _ line: HeaderLine) -> [DataProblem] {
    let key = keys[index]
    let isNamed = plan.columns[key.reader].isNamed
    var problems: [DataProblem] = []
    var isAny = isNamed
    for (part, names) in zip(key.parts, key.headers) {
      switch line.find(names) {
      case .cell(let place, let name):
        headers[part] = name
        cells[part] = place
        isAny = true
      case .twice(let first, let second):
        problems.append(.duplicateColumn(line.cells[first], first + 1, second + 1))
        isAny = true
      case .none:
        problems.append(
          .missingColumn(
            names, of: readers[part].label, near: line.near(names), isNamed: isNamed))
      }
    }
    keys[index].isUsed = isAny
    return isAny ? problems : []
  }

  private mutating func noteAbsent(_ index: Int, _ line: HeaderLine) {
    guard readers[index].leavesBlank else { return }
    absent.append(readers[index].label)
    if absent.count <= 10 { nearAbsent += line.near(plan.columns[index].headers) }
  }

  /// Fields without a column that are missing in every record: known from the header line on, in
  /// JSON when all is read.
  func absence(of rowCount: Int) -> DataProblem? {
    var fields = absent
    if cells.isEmpty, rowCount > 0 {
      fields = readers.indices.filter { readers[$0].leavesBlank && !isEverSeen($0) }
        .map { readers[$0].label }
    }
    return fields.isEmpty ? nil : .absentColumns(fields, near: nearAbsent.uniqued())
  }

  /// Whether any record had the member, or a part of it.
  private func isEverSeen(_ index: Int) -> Bool {
    everSeen[index]
      || keys.contains { $0.reader == index && everSeen[$0.parts].contains(true) }
  }

  /// What another reader of the same file has seen, too.
  mutating func join(_ other: RowTyper) {
    for index in everSeen.indices where other.everSeen[index] { everSeen[index] = true }
  }

  /// Without a header line: the columns in the plan's order, or at the position a number names.
  mutating func usePositions() {
    width = -1
    cells = [Int](repeating: -2, count: readers.count)
    var next = 0
    for (index, column) in plan.columns.enumerated() {
      let key = keys.first { $0.reader == index }
      let columns = key.map { Array(zip($0.parts, $0.headers)) } ?? [(index, column.headers)]
      for (reader, names) in columns {
        let position = names.first.flatMap { Int($0) } ?? 0
        cells[reader] = position > 0 ? position - 1 : next
        next += 1
      }
    }
  }

  /// Whether the first row has the cells that are wanted.
  private mutating func checkPositions() {
    for index in readers.indices where cells[index] >= width {
      let owner = keys.first { $0.parts.contains(index) }?.reader ?? index
      if plan.columns[owner].isNamed || readers[owner].isRequired {
        fileProblem = fileProblem ?? .noSuchCell(cells[index] + 1, of: readers[index].label, width)
      } else if readers[index].leavesBlank {
        absent.append(readers[index].label)
      }
    }
  }

  /// The header and the cell of the key, of its first field if it has several.
  var keyPlace: (header: String?, cell: Int?) {
    guard let index = places.firstIndex(where: { $0 == keyColumns.first }) else {
      return (nil, nil)
    }
    return (headers[index], cells.isEmpty || cells[index] < 0 ? nil : cells[index] + 1)
  }

  /// Without a header line the first row says how many cells all have.
  mutating func useWidth(of row: CSVScanner.Row) {
    guard width < 0 else { return }
    width = row.cells.count
    checkPositions()
  }

  mutating func read(_ row: CSVScanner.Row, into facts: inout Facts) {
    useWidth(of: row)
    if fileProblem != nil { return }
    guard row.cells.count == width else {
      problems.append(.ragged(row.cells.count, expected: width))
      return
    }
    for index in readers.indices {
      let place = cells[index]
      guard place >= 0, place < row.cells.count else {
        if place == -2 { continue }
        take(readers[index].absent(&facts), at: index, nil, column: place + 1)
        continue
      }
      let cell = row.cell(place)
      if let value = readers[index].readUsual(cell, into: &facts) {
        values[places[index]] = value
      } else {
        take(readers[index].read(cell, into: &facts), at: index, cell, column: place + 1)
      }
    }
    for key in keys where key.isUsed { assemble(key, &facts) }
  }

  /// Makes a reference of the parts of its key: all blank is a blank reference.
  private mutating func assemble(_ key: KeyParts, _ facts: inout Facts) {
    // A part with a mistake of its own says so.
    if problems.contains(where: { problem in key.parts.contains { headers[$0] == problem.header } })
    {
      return
    }
    let place = (cells.isEmpty ? 0 : cells[key.parts.lowerBound]) + 1
    let blank = key.parts.first { !values[places[$0]].isKnown }
    guard let blank else {
      var parts = key.parts.map { values[places[$0]] }[...]
      values[places[key.reader]] = key.shape.key(of: &parts, in: &facts)
      return
    }
    if key.parts.allSatisfy({ !values[places[$0]].isKnown }) {
      take(readers[key.reader].absent(&facts), at: key.reader, nil, column: place)
      return
    }
    var problem = DataProblem.partOfKey(readers[key.reader].label, blank: readers[blank].label)
    problem.column = (cells.isEmpty ? 0 : cells[blank]) + 1
    problem.header = headers[blank]
    problems.append(problem)
  }

  private mutating func take(
    _ outcome: CellReader.Outcome, at index: Int, _ cell: Bytes?, line: Int = 1, column: Int = 1
  ) {
    switch outcome {
    case .value(let value): values[places[index]] = value
    case .missing: values[places[index]] = .missing(Cause(.blankField))
    case .problem(var problem):
      problem.line = line
      problem.column = column
      problem.header = headers[index]
      problem.value = cell.map { $0.shown }
      problems.append(problem)
    }
  }

  // MARK: - JSON

  mutating func useNames() {
    for (index, column) in plan.columns.enumerated() {
      let key = keys.first { $0.reader == index }
      // Headers that are named for the parts of a key are none of the reference's own.
      if key == nil || !column.isNamed {
        for name in column.headers { addName(name, index) }
      }
      for (part, headers) in key.map({ Array(zip($0.parts, $0.headers)) }) ?? [] {
        for name in headers { addName(name, part) }
      }
    }
  }

  private mutating func addName(_ name: String, _ reader: Int) {
    // A name that two columns read goes to the first.
    if Int(names.intern(name).index) == readerOfName.count { readerOfName.append(reader) }
  }

  /// Reads one object.
  mutating func read(_ bytes: Bytes, into facts: inout Facts) {
    var scanner = JSONScanner(bytes)
    for index in seen.indices { seen[index] = false }
    path.removeAll(keepingCapacity: true)
    position = 0
    guard scanner.peek() == UInt8(ascii: "{") else {
      let isJSON = scanner.skipValue(depth: 0) && scanner.peek() == nil
      let problem: DataProblem =
        isJSON ? .notObject() : .badJSON(scanner.flaw ?? .trailing, in: bytes, at: scanner.index)
      add(problem, at: isJSON ? 0 : scanner.index, in: bytes)
      return
    }
    guard members(&scanner, depth: 1, &facts) else {
      let flaw = scanner.flaw ?? .unexpected
      add(.badJSON(flaw, in: bytes, at: scanner.index), at: scanner.index, in: bytes)
      return
    }
    guard scanner.peek() == nil else {
      add(.badJSON(.trailing, in: bytes, at: scanner.index), at: scanner.index, in: bytes)
      return
    }
    for index in readers.indices where !seen[index] {
      if keys.contains(where: { $0.reader == index }) { continue }
      take(readers[index].absent(&facts), at: index, nil)
    }
    for key in keys where !seen[key.reader] { assemble(key, &facts) }
  }

  /// Tells the usual way to expect rows with the members of this one, an object without a mistake.
  func expectMembers(of bytes: Bytes, in rows: FastRows) {
    var scanner = JSONScanner(bytes)
    var found: [(name: Bytes, reader: Int?)] = []
    guard scanner.take("{"), !scanner.take("}") else { return }
    repeat {
      guard let name = scanner.text(), !name.hasEscapes, scanner.take(":") else { return }
      let bytes = scanner.bytes.slice(name.start, name.end)
      let reader = names.symbol(of: bytes).map { readerOfName[Int($0.index)] }
      if let reader, found.contains(where: { $0.reader == reader }) { return }
      found.append((bytes, reader))
      guard scanner.skipValue(depth: 1) else { return }
    } while scanner.take(",")
    rows.expect(found)
  }

  /// Adds what is wrong with the JSON, at an offset of the record.
  private mutating func add(_ problem: DataProblem, at offset: Int, in bytes: Bytes) {
    var problem = problem
    (problem.line, problem.column) = bytes.place(of: offset)
    problems.append(problem)
  }

  /// Reads the members of an object; names inside it carry the path to it. False if it is no JSON.
  private mutating func members(
    _ scanner: inout JSONScanner, depth: Int, _ facts: inout Facts
  ) -> Bool {
    guard depth <= JSONScanner.deepest else { return scanner.fail(.tooDeep) }
    scanner.index += 1
    if scanner.take("}") { return true }
    let prefix = path.count
    var unknown = SmallSet()
    repeat {
      guard let name = scanner.text() else { return false }
      let index = reader(of: name, prefix, &scanner)
      if scanner.flaw != nil { return false }
      guard scanner.take(":") else { return scanner.fail(.unexpected) }
      if let index {
        guard known(&scanner, at: index, &facts) else { return false }
        continue
      }
      if !unknown.insert(path.withUnsafeBufferPointer { $0.hash64() }) {
        let name = String(decoding: path, as: UTF8.self)
        add(.duplicateMember(name), at: scanner.index, in: scanner.bytes)
      }
      let isObject = scanner.peek() == UInt8(ascii: "{")
      let isGood =
        isObject ? members(&scanner, depth: depth + 1, &facts) : scanner.skipValue(depth: depth)
      guard isGood else { return false }
    } while scanner.take(",")
    path.removeSubrange(prefix...)
    return scanner.take("}") || scanner.fail(.unexpected)
  }

  /// The reader of a member, if there is one; else `path` is its name with the path to it. Members
  /// mostly come in the order of the row before, so the next one of that row is tried first.
  @inline(__always)
  private mutating func reader(
    of name: JSONScanner.Text, _ prefix: Int, _ scanner: inout JSONScanner
  ) -> Int? {
    let bytes = scanner.bytes.slice(name.start, name.end)
    if prefix == 0, !name.hasEscapes, position < order.count {
      let symbol = order[position]
      if names.withBytes(of: symbol, { $0.equals(bytes) }) {
        position += 1
        return readerOfName[Int(symbol.index)]
      }
    }
    path.removeSubrange(prefix...)
    if prefix > 0 { path.append(UInt8(ascii: ".")) }
    if name.hasEscapes {
      guard scanner.unescape(name, into: &path) else { return nil }
    } else {
      path.append(contentsOf: bytes)
    }
    guard let symbol = path.withUnsafeBufferPointer({ names.symbol(of: $0) }) else { return nil }
    if prefix == 0 {
      if position < order.count { order[position] = symbol } else { order.append(symbol) }
      position += 1
    }
    return readerOfName[Int(symbol.index)]
  }

  /// Reads the value of a member that fills a field.
  private mutating func known(
    _ scanner: inout JSONScanner, at index: Int, _ facts: inout Facts
  ) -> Bool {
    _ = scanner.peek()
    let start = scanner.index
    guard let outcome = readers[index].read(&scanner, into: &facts) else { return false }
    // Twice by one name, by its label and its name, or by a name with a dot and by nesting.
    if seen[index] {
      add(.duplicateMember(readers[index].header), at: start, in: scanner.bytes)
    }
    seen[index] = true
    everSeen[index] = true
    if case .value(let value) = outcome {
      values[places[index]] = value
    } else {
      let place = scanner.bytes.place(of: start)
      take(
        outcome, at: index, scanner.bytes.slice(start, scanner.index), line: place.line,
        column: place.column)
    }
    return true
  }
}

/// A few numbers, each once; many go to a table.
private struct SmallSet {
  private var few: [UInt64] = []
  private var many: Set<UInt64> = []

  /// False if it was there.
  mutating func insert(_ number: UInt64) -> Bool {
    if !many.isEmpty { return many.insert(number).inserted }
    if few.contains(number) { return false }
    few.append(number)
    if few.count > 32 { many = Set(few) }
    return true
  }
}

extension Bytes {
  /// The line and the byte in it, both from 1, of an offset.
  fileprivate func place(of offset: Int) -> (line: Int, column: Int) {
    let before = slice(0, Swift.min(offset, count))
    let start = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    return (before.count { $0 == UInt8(ascii: "\n") } + 1, before.count - start + 1)
  }
}

extension [String] {
  /// Each once, in order.
  func uniqued() -> [String] {
    var seen: Set<String> = []
    return filter { seen.insert($0).inserted }
  }
}
