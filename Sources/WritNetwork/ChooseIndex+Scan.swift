// The loop of all decisions: the AND of one row a table, up to the first bit.
extension ChooseIndex {
  /// The first candidate of each lane; -1 where there is none.
  func firsts(_ located: Located, _ lanes: Lanes, _ found: UnsafeMutablePointer<Int32>) {
    firsts(located.rows, width: located.width, lanes, found)
  }

  /// The same of rows that stand side by side, `width` a table.
  func firsts(
    _ rows: UnsafeMutablePointer<UInt32>, width: Int, _ lanes: Lanes,
    _ found: UnsafeMutablePointer<Int32>
  ) {
    if let groups {
      if groups.firsts(rows, width: width, lanes, found) { return }
      lanes.each { lane in
        if found[lane] == GroupedRows.apart {
          found[lane] = Int32(truncatingIfNeeded: first(from: 0, rows + lane, width: width))
        }
      }
    } else if lanes.isDense {
      let count = lanes.count
      plainFirsts(rows, width, found) { body in for lane in 0..<count { body(lane) } }
    } else {
      let (list, count) = (lanes.list, lanes.count)
      plainFirsts(rows, width, found) { body in
        for place in 0..<count { body(Int(list[place])) }
      }
    }
  }

  @inline(__always)
  private func plainFirsts(
    _ rows: UnsafeMutablePointer<UInt32>, _ width: Int, _ found: UnsafeMutablePointer<Int32>,
    each: ((Int) -> Void) -> Void
  ) {
    let words = words
    let bases = candidateBases
    switch tables.count {
    case 1:
      let a = bases[0]
      each { lane in
        let a = a + Int(rows[lane])
        found[lane] = scan(words) { a[$0] }
      }
    case 2:
      let (a, b) = (bases[0], bases[1])
      each { lane in
        let a = a + Int(rows[lane])
        let b = b + Int(rows[lane &+ width])
        found[lane] = scan(words) { a[$0] & b[$0] }
      }
    case 3:
      let (a, b, c) = (bases[0], bases[1], bases[2])
      each { lane in
        let a = a + Int(rows[lane])
        let b = b + Int(rows[lane &+ width])
        let c = c + Int(rows[lane &+ 2 &* width])
        found[lane] = scan(words) { a[$0] & b[$0] & c[$0] }
      }
    case 4:
      let (a, b, c, d) = (bases[0], bases[1], bases[2], bases[3])
      each { lane in
        let a = a + Int(rows[lane])
        let b = b + Int(rows[lane &+ width])
        let c = c + Int(rows[lane &+ 2 &* width])
        let d = d + Int(rows[lane &+ 3 &* width])
        found[lane] = scan(words) { a[$0] & b[$0] & c[$0] & d[$0] }
      }
    case 5:
      let (a, b, c, d, e) = (bases[0], bases[1], bases[2], bases[3], bases[4])
      each { lane in
        let a = a + Int(rows[lane])
        let b = b + Int(rows[lane &+ width])
        let c = c + Int(rows[lane &+ 2 &* width])
        let d = d + Int(rows[lane &+ 3 &* width])
        let e = e + Int(rows[lane &+ 4 &* width])
        found[lane] = scan(words) { a[$0] & b[$0] & c[$0] & d[$0] & e[$0] }
      }
    case 6:
      let (a, b, c, d, e, f) = (bases[0], bases[1], bases[2], bases[3], bases[4], bases[5])
      each { lane in
        let a = a + Int(rows[lane])
        let b = b + Int(rows[lane &+ width])
        let c = c + Int(rows[lane &+ 2 &* width])
        let d = d + Int(rows[lane &+ 3 &* width])
        let e = e + Int(rows[lane &+ 4 &* width])
        let f = f + Int(rows[lane &+ 5 &* width])
        found[lane] = scan(words) { a[$0] & b[$0] & c[$0] & d[$0] & e[$0] & f[$0] }
      }
    default:
      let (a, b, c, d, e) = (bases[0], bases[1], bases[2], bases[3], bases[4])
      let count = tables.count
      each { lane in
        let a = a + Int(rows[lane])
        let b = b + Int(rows[lane &+ width])
        let c = c + Int(rows[lane &+ 2 &* width])
        let d = d + Int(rows[lane &+ 3 &* width])
        let e = e + Int(rows[lane &+ 4 &* width])
        found[lane] = scan(words) { word in
          var bits = a[word] & b[word] & c[word] & d[word] & e[word]
          var place = 5
          while bits != 0, place < count {
            bits &= bases[place][Int(rows[lane &+ place &* width]) &+ word]
            place &+= 1
          }
          return bits
        }
      }
    }
  }

  /// The first candidate of a lane from an entry on; -1 if there is none.
  func first(from start: Int, _ located: Located, _ lane: Int) -> Int {
    first(from: start, located.rows + lane, width: located.width)
  }

  /// The same of the rows that `rows` names, `width` apart.
  private func first(
    from start: Int, _ rows: UnsafeMutablePointer<UInt32>, width: Int
  ) -> Int {
    let bases = candidateBases
    let step = rowStep
    func row(_ table: Int) -> UnsafeMutablePointer<UInt64> {
      bases[table] + Int(rows[table &* width]) &* step
    }
    switch tables.count {
    case 1:
      let a = row(0)
      return scan(words, from: start) { a[$0] }
    case 2:
      let (a, b) = (row(0), row(1))
      return scan(words, from: start) { a[$0] & b[$0] }
    case 3:
      let (a, b, c) = (row(0), row(1), row(2))
      return scan(words, from: start) { a[$0] & b[$0] & c[$0] }
    case 4:
      let (a, b, c, d) = (row(0), row(1), row(2), row(3))
      return scan(words, from: start) { a[$0] & b[$0] & c[$0] & d[$0] }
    case 5:
      let (a, b, c, d, e) = (row(0), row(1), row(2), row(3), row(4))
      return scan(words, from: start) { a[$0] & b[$0] & c[$0] & d[$0] & e[$0] }
    default:
      let (a, b, c, d, e) = (row(0), row(1), row(2), row(3), row(4))
      let count = tables.count
      return scan(words, from: start) { word in
        var bits = a[word] & b[word] & c[word] & d[word] & e[word]
        var place = 5
        while bits != 0, place < count {
          bits &= row(place)[word]
          place &+= 1
        }
        return bits
      }
    }
  }

  /// Whether the tests of an entry are true in the rows that `rows` names, `width` apart.
  @inline(__always)
  func isSure(_ entry: Int, _ rows: UnsafeMutablePointer<UInt32>, width: Int) -> Bool {
    var bits = ~UInt64(0)
    for table in tables.indices {
      bits &= sureBases[table][Int(rows[table &* width]) &* rowStep &+ entry >> 6]
    }
    return bits >> UInt64(entry & 63) & 1 == 1
  }

  /// The rest of the word that the search starts in, words up to a multiple of four, then as below.
  @inline(__always)
  private func scan(_ words: Int, from start: Int, _ bits: (Int) -> UInt64) -> Int {
    var word = start >> 6
    guard word < words else { return -1 }
    var rest = bits(word) & (~0 << UInt64(start & 63))
    while true {
      if rest != 0 { return word &<< 6 &+ rest.trailingZeroBitCount }
      word &+= 1
      if word & 3 == 0 || word >= words { break }
      rest = bits(word)
    }
    return word < words ? Int(scan(words, behind: word, bits)) : -1
  }

  /// Four words at a time; which of them it is cannot be foreseen, so it is selected, not branched
  /// on.
  @inline(__always)
  private func scan(_ words: Int, _ bits: (Int) -> UInt64) -> Int32 {
    if words == 2 {
      let a = bits(0)
      let b = bits(1)
      if a | b == 0 { return -1 }
      let found = a != 0 ? a : b
      return Int32(truncatingIfNeeded: (a != 0 ? 0 : 64) &+ found.trailingZeroBitCount)
    }
    return scan(words, behind: 0, bits)
  }

  @inline(__always)
  private func scan(_ words: Int, behind start: Int, _ bits: (Int) -> UInt64) -> Int32 {
    var word = start
    while word < words {
      let a = bits(word)
      let b = bits(word &+ 1)
      let c = bits(word &+ 2)
      let d = bits(word &+ 3)
      if a | b | c | d != 0 {
        var found = d
        var place = word &+ 3
        if c != 0 { (found, place) = (c, word &+ 2) }
        if b != 0 { (found, place) = (b, word &+ 1) }
        if a != 0 { (found, place) = (a, word) }
        return Int32(truncatingIfNeeded: place &<< 6 &+ found.trailingZeroBitCount)
      }
      word &+= 4
    }
    return -1
  }
}
