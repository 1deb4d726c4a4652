// Objects on the usual way: the members of the row before, in their order, some of them left out.

extension FastRows {
  /// How objects stand in a file.
  enum Layout { case lines, values }

  /// Takes objects that lie before `limit` onto the stage, as `takeRows` does. In lines each stands
  /// on a line of its own; else commas and blanks may stand between them, and line ends inside.
  func takeObjects(
    _ bytes: Bytes, from start: Int, to limit: Int, as layout: Layout, longest: Int,
    line: inout Int, into facts: inout Facts
  ) -> Int {
    guard isReady, memberCount > 0, let base = bytes.baseAddress else { return start }
    var at = start
    while !stage.isFull {
      var lines = 0
      if layout == .values {
        // Between values the scanner knows best what may stand; only the plain case is passed over.
        var next = at
        if at > start, next < limit, base[next] == UInt8(ascii: ",") { next += 1 }
        skipBlanks(base, &next, layout, &lines)
        if at > start, next < limit, base[next] == UInt8(ascii: "{") {
          line += lines
          at = next
          lines = 0
        }
      }
      guard at < limit, base[at] == UInt8(ascii: "{") else { break }
      let first = line + lines
      var end = at + 1
      guard takeObject(base, &end, limit, layout, &lines, &facts) else { break }
      guard end - at <= longest else { break }
      if layout == .values {
        stage.commit(at, end, line: first)
        line += lines
        at = end
        continue
      }
      skipBlanks(base, &end, layout, &lines)
      guard end < limit, base[end] == UInt8(ascii: "\n"), end - at <= longest else { break }
      let carriage = base[end - 1] == UInt8(ascii: "\r") ? 1 : 0
      stage.commit(at, end - carriage, line: line)
      line += 1
      at = end + 1
    }
    return at
  }

  /// Reads one object; `at` stands behind its bracket, and behind the closing one afterwards.
  @inline(__always)
  private func takeObject(
    _ base: UnsafePointer<UInt8>, _ at: inout Int, _ limit: Int, _ layout: Layout,
    _ lines: inout Int, _ facts: inout Facts
  ) -> Bool {
    let row = stage.count
    var expected = 0
    skipBlanks(base, &at, layout, &lines)
    while true {
      guard let member = nextMember(base, at, limit, from: expected) else { return false }
      while expected < member {
        guard leaveOut(expected, row) else { return false }
        expected += 1
      }
      expected += 1
      at += members[member].count
      skipBlanks(base, &at, layout, &lines)
      guard base[at] == UInt8(ascii: ":") else { return false }
      at += 1
      skipBlanks(base, &at, layout, &lines)
      let index = members[member].column
      let isGood =
        index < 0
        ? pass(base, &at, limit, layout, &lines)
        : take(base, &at, limit, layout, columns + index, row, &lines, &facts)
      guard isGood else { return false }
      skipBlanks(base, &at, layout, &lines)
      guard base[at] == UInt8(ascii: ",") else { break }
      at += 1
      skipBlanks(base, &at, layout, &lines)
    }
    guard base[at] == UInt8(ascii: "}"), at < limit else { return false }
    at += 1
    while expected < memberCount {
      guard leaveOut(expected, row) else { return false }
      expected += 1
    }
    if unfilled.isEmpty { return true }
    for column in unfilled {
      guard columns[column].hasBlank else { return false }
      columns[column].target[row] = columns[column].blank
    }
    return true
  }

  /// The member that stands here: mostly the one expected, else one behind it.
  @inline(__always)
  private func nextMember(
    _ base: UnsafePointer<UInt8>, _ at: Int, _ limit: Int, from expected: Int
  ) -> Int? {
    var member = expected
    while member < memberCount {
      let candidate = members + member
      if at + candidate.pointee.count < limit, candidate.pointee.stands(at: base + at) {
        return member
      }
      member += 1
    }
    return nil
  }

  /// Sets what an absent member gives.
  @inline(__always)
  private func leaveOut(_ member: Int, _ row: Int) -> Bool {
    let column = members[member].column
    guard column >= 0 else { return true }
    columns[column].target[row] = columns[column].blank
    return columns[column].hasBlank
  }

  @inline(__always)
  private func skipBlanks(
    _ base: UnsafePointer<UInt8>, _ at: inout Int, _ layout: Layout, _ lines: inout Int
  ) {
    while base[at] <= 0x20 {
      switch base[at] {
      case 0x20, 0x09, 0x0D: at += 1
      case 0x0A where layout == .values:
        at += 1
        lines += 1
      default: return
      }
    }
  }

  // MARK: - Values

  /// Reads the value of a field; `at` stands behind it afterwards.
  @inline(__always)
  private func take(
    _ base: UnsafePointer<UInt8>, _ at: inout Int, _ limit: Int, _ layout: Layout,
    _ column: UnsafeMutablePointer<FastColumn>, _ row: Int, _ lines: inout Int,
    _ facts: inout Facts
  ) -> Bool {
    let start = at
    if base[at] == UInt8(ascii: "\"") {
      let end = Words.endOfText(base, start + 1)
      if end < limit, base[end] == UInt8(ascii: "\"") {
        at = end + 1
        return FastColumn.read(
          base + start + 1, end - start - 1, column, row: row, readers, &facts)
      }
    } else if base[at] &- UInt8(ascii: "0") < 10 || base[at] == UInt8(ascii: "-") {
      let end = Words.endOfToken(base, start)
      if end < limit, let value = FastColumn.number(base + start, end - start),
        !startsWithZeros(base + start, end - start)
      {
        at = end
        return FastColumn.take(value, column, row: row)
          || FastColumn.read(base + start, end - start, column, row: row, readers, &facts)
      }
    }
    return takeLong(
      base, &at, limit, layout, column, column.pointee.target + row, &lines, &facts)
  }

  /// `01` is no number in JSON.
  @inline(__always)
  private func startsWithZeros(_ start: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    let first = start[0] == UInt8(ascii: "-") ? 1 : 0
    return start[first] == UInt8(ascii: "0") && first + 1 < count
      && start[first + 1] != UInt8(ascii: ".")
  }

  /// Any value, by way of the scanner.
  @inline(never)
  private func takeLong(
    _ base: UnsafePointer<UInt8>, _ at: inout Int, _ limit: Int, _ layout: Layout,
    _ column: UnsafeMutablePointer<FastColumn>, _ out: UnsafeMutablePointer<Value>,
    _ lines: inout Int, _ facts: inout Facts
  ) -> Bool {
    guard at < limit else { return false }
    var scanner = scanner(base, at, limit, layout)
    guard let outcome = readers[column.pointee.reader].read(&scanner, into: &facts),
      case .value(let value) = outcome
    else { return false }
    out.pointee = value
    advance(base, &at, by: scanner.index, layout, &lines)
    return true
  }

  /// Passes over the value of a member that no field is read from. An object may hold members that
  /// are read, so it is left to others.
  @inline(__always)
  private func pass(
    _ base: UnsafePointer<UInt8>, _ at: inout Int, _ limit: Int, _ layout: Layout,
    _ lines: inout Int
  ) -> Bool {
    if base[at] == UInt8(ascii: "\"") {
      let end = Words.endOfText(base, at + 1)
      if end < limit, base[end] == UInt8(ascii: "\"") {
        at = end + 1
        return true
      }
    }
    guard at < limit, base[at] != UInt8(ascii: "{") else { return false }
    var scanner = scanner(base, at, limit, layout)
    guard scanner.skipValue(depth: 1) else { return false }
    advance(base, &at, by: scanner.index, layout, &lines)
    return true
  }

  private func scanner(
    _ base: UnsafePointer<UInt8>, _ at: Int, _ limit: Int, _ layout: Layout
  ) -> JSONScanner {
    let end =
      layout == .lines ? Words.first(UInt8(ascii: "\n"), in: base, from: at, to: limit) : limit
    return JSONScanner(Bytes(start: base + at, count: end - at))
  }

  private func advance(
    _ base: UnsafePointer<UInt8>, _ at: inout Int, by count: Int, _ layout: Layout,
    _ lines: inout Int
  ) {
    if layout == .values {
      for index in at..<at + count where base[index] == UInt8(ascii: "\n") { lines += 1 }
    }
    at += count
  }
}
