/// The rows of an index in another order of entries, in which a decision looks at few of them.
///
/// Most rules name a product family, a region or the like, so of a great many rules most cannot hold
/// for a record however the rest turns out. One or two dimensions are keys: their cells fall into
/// groups, and entries that can hold only in one group of each key stand together, in written order,
/// as a *stretch*; an entry that spans several groups of a key belongs to the group of all. A record
/// has candidates in four stretches at most: of its own group or of all, by either key. In each the
/// first bit of the AND is the first there, and the least of the four is the first of all.
///
/// Bits are ANDed over all tables as ever, so that whatever is found is a candidate: the groups
/// decide only where nothing can be. Nothing has to be read exactly, and the four first words of
/// each stretch are looked at without a branch. A record whose key is not known is looked for in
/// the plain rows.
final class GroupedRows: @unchecked Sendable {
  /// Entries that stand together: words `start ..< end`.
  private struct Stretch {
    var start: Int32
    var end: Int32
  }

  /// Words a row.
  private let words: Int
  private let tables: [BitTable]
  private let bases: UnsafeMutableBufferPointer<UnsafeMutablePointer<UInt64>>
  /// Which entry a bit is; `none` behind the end of a stretch.
  private let entryOfBit: UnsafeMutableBufferPointer<Int32>
  private let firstOfWord: UnsafeMutableBufferPointer<Int32>
  /// By group of the first key and of the second.
  private let stretches: UnsafeMutableBufferPointer<Stretch>
  /// The tables in which keys stand, and for each row the part of the place of its stretch; negative
  /// where the key is not known.
  private let firstTable: Int
  private let secondTable: Int
  private let placeOfFirst: UnsafeMutableBufferPointer<Int32>
  private let placeOfSecond: UnsafeMutableBufferPointer<Int32>
  /// The places of what spans the groups of a key.
  private let allOfFirst: Int32
  private let allOfSecond: Int32
  private let hasTwoKeys: Bool
  var keyCount: Int { hasTwoKeys ? 2 : 1 }

  /// In place of an entry: there is none; whatever has this bit.
  private static let none: Int32 = 1 << noneBit
  private static let noneBit: Int32 = 30
  /// In place of an entry: the plain rows have to be asked.
  static let apart: Int32 = -2
  /// Below so many entries the plain rows are short.
  private static let fewestEntries = 512
  private static let mostTables = 6

  deinit {
    bases.deallocate()
    entryOfBit.deallocate()
    firstOfWord.deallocate()
    stretches.deallocate()
    placeOfFirst.deallocate()
    placeOfSecond.deallocate()
  }

  /// nil: the plain rows are as good.
  init?(
    _ plain: [BitTable], _ dimensions: [Dimension], _ entries: ChooseIndex.Entries,
    _ plan: DimensionPlan, asksSureOnly: Bool
  ) {
    guard entries.count >= Self.fewestEntries, (2...Self.mostTables).contains(plain.count)
    else { return nil }
    let steps = Self.steps(plain, dimensions)
    guard steps >= 4 else { return nil }
    let keys = dimensions.indices.compactMap {
      GroupKey($0, cells: dimensions[$0].unknownCell, entries, plan)
    }.sorted { $0.share != $1.share ? $0.share < $1.share : $0.dimension < $1.dimension }
    guard var first = keys.first else { return nil }
    // Two keys leave less to look at, in four places instead of two.
    var second: GroupKey?
    if steps >= 8 {
      var least = first.share
      for (place, one) in keys.enumerated() {
        for other in keys[(place + 1)...]
        where (one.groupCount + 1) * (other.groupCount + 1) * 32 <= entries.count
          && one.share * other.share < least
        {
          (first, second, least) = (one, other, one.share * other.share)
        }
      }
    }
    hasTwoKeys = second != nil

    // Entries by stretch, in written order; each stretch begins with a word of its own.
    let width = (second?.groupCount ?? 0) + 1
    let stretchCount = (first.groupCount + 1) * width
    let stretchOfEntry = (0..<entries.count).map {
      Int(first.groupOfEntry[$0]) * width + Int(second?.groupOfEntry[$0] ?? 0)
    }
    var counts = Array(repeating: 0, count: stretchCount)
    for stretch in stretchOfEntry { counts[stretch] += 1 }
    var made: [Stretch] = []
    var next: [Int] = []
    var used = 0
    for count in counts {
      next.append(used * 64)
      made.append(Stretch(start: Int32(used), end: Int32(used + (count + 63) / 64)))
      used += (count + 63) / 64
    }
    stretches = .copy(of: made)
    // Four words are looked at wherever a stretch begins, and whether there is a fifth.
    let words = (used + 5 + 7) / 8 * 8
    self.words = words
    var entryOfBit = Array(repeating: Self.none, count: words * 64)
    var bits: [Int32] = []
    bits.reserveCapacity(entries.count)
    for (entry, stretch) in stretchOfEntry.enumerated() {
      bits.append(Int32(next[stretch]))
      entryOfBit[next[stretch]] = Int32(entry)
      next[stretch] += 1
    }
    self.entryOfBit = .copy(of: entryOfBit)
    firstOfWord = .copy(of: (0..<words).map { entryOfBit[$0 * 64] })

    // The same tables, with rows in the same places.
    let tables = plain.map { table -> BitTable in
      let single = table.dimensions.map {
        BitTable(
          dimension: $0, cells: dimensions[$0].cellCount, entries, plan, words: words,
          asksSureOnly: asksSureOnly, bits: bits)
      }
      return single.dropFirst().reduce(single[0]) { BitTable($0, $1) }
    }
    self.tables = tables
    bases = .copy(of: tables.map(\.candidates))

    func places(_ key: GroupKey, times factor: Int) -> (
      table: Int, UnsafeMutableBufferPointer<Int32>
    ) {
      for (place, table) in tables.enumerated() {
        guard let among = table.dimensions.firstIndex(of: key.dimension) else { continue }
        let stride = table.strides[among]
        let cells = dimensions[key.dimension].cellCount
        return (
          place,
          .copy(
            of: (0..<table.rowCount).map { row in
              let cell = row / stride % cells
              return cell == cells - 1 ? -1 : Int32(Int(key.groupOfCell[cell]) * factor)
            })
        )
      }
      preconditionFailure("every dimension has a table")
    }
    (firstTable, placeOfFirst) = places(first, times: width)
    allOfFirst = Int32(first.groupCount * width)
    allOfSecond = Int32(width - 1)
    if let second {
      (secondTable, placeOfSecond) = places(second, times: 1)
    } else {
      (secondTable, placeOfSecond) = (firstTable, .copy(of: [0]))
    }
  }

  /// How many times four words of the plain rows a decision takes, by the look of some.
  private static func steps(_ tables: [BitTable], _ dimensions: [Dimension]) -> Double {
    var dice: UInt64 = 0x9E37_79B9_7F4A_7C15
    func below(_ count: Int) -> Int {
      dice = dice &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((dice >> 33) % UInt64(max(count, 1)))
    }
    let samples = 128
    var steps = 0
    for _ in 0..<samples {
      let rows = tables.map { table -> UnsafeMutablePointer<UInt64> in
        var row = 0
        for (dimension, stride) in zip(table.dimensions, table.strides) {
          row += below(dimensions[dimension].unknownCell) * stride
        }
        return table.candidates + row * table.words
      }
      let words = tables[0].words
      let first = (0..<words).first { word in rows.reduce(~0) { $0 & $1[word] } != 0 }
      steps += (first ?? words) / 4 + 1
    }
    return Double(steps) / Double(samples)
  }

  /// The first candidate of each lane; -1 where there is none, `apart` where the plain rows are to be
  /// asked. False: some are. `rows` are as in `Located`.
  func firsts(
    _ rows: UnsafeMutablePointer<UInt32>, width: Int, _ lanes: Lanes,
    _ found: UnsafeMutablePointer<Int32>
  ) -> Bool {
    let words = words
    let keys = Keys(
      first: rows + firstTable &* width, second: rows + secondTable &* width)
    var isWhole = true
    @inline(__always)
    func each(_ first: (Int) -> Int32) {
      lanes.each { lane in
        let entry = first(lane)
        found[lane] = entry < Self.none ? entry : -1
        if entry == Self.apart { isWhole = false }
      }
    }
    switch tables.count {
    case 2:
      let (a, b) = (bases[0], bases[1])
      each { lane in
        let a = a + Int(rows[lane]) &* words
        let b = b + Int(rows[lane &+ width]) &* words
        return search(keys, lane) { a[$0] & b[$0] }
      }
    case 3:
      let (a, b, c) = (bases[0], bases[1], bases[2])
      each { lane in
        let a = a + Int(rows[lane]) &* words
        let b = b + Int(rows[lane &+ width]) &* words
        let c = c + Int(rows[lane &+ 2 &* width]) &* words
        return search(keys, lane) { a[$0] & b[$0] & c[$0] }
      }
    case 4:
      let (a, b, c, d) = (bases[0], bases[1], bases[2], bases[3])
      each { lane in
        let a = a + Int(rows[lane]) &* words
        let b = b + Int(rows[lane &+ width]) &* words
        let c = c + Int(rows[lane &+ 2 &* width]) &* words
        let d = d + Int(rows[lane &+ 3 &* width]) &* words
        return search(keys, lane) { a[$0] & b[$0] & c[$0] & d[$0] }
      }
    case 5:
      let (a, b, c, d, e) = (bases[0], bases[1], bases[2], bases[3], bases[4])
      each { lane in
        let a = a + Int(rows[lane]) &* words
        let b = b + Int(rows[lane &+ width]) &* words
        let c = c + Int(rows[lane &+ 2 &* width]) &* words
        let d = d + Int(rows[lane &+ 3 &* width]) &* words
        let e = e + Int(rows[lane &+ 4 &* width]) &* words
        return search(keys, lane) { a[$0] & b[$0] & c[$0] & d[$0] & e[$0] }
      }
    default:
      let (a, b, c, d, e, f) = (bases[0], bases[1], bases[2], bases[3], bases[4], bases[5])
      each { lane in
        let a = a + Int(rows[lane]) &* words
        let b = b + Int(rows[lane &+ width]) &* words
        let c = c + Int(rows[lane &+ 2 &* width]) &* words
        let d = d + Int(rows[lane &+ 3 &* width]) &* words
        let e = e + Int(rows[lane &+ 4 &* width]) &* words
        let f = f + Int(rows[lane &+ 5 &* width]) &* words
        return search(keys, lane) { a[$0] & b[$0] & c[$0] & d[$0] & e[$0] & f[$0] }
      }
    }
    return isWhole
  }

  /// Where lanes have their places in the tables of the keys.
  private struct Keys {
    let first: UnsafeMutablePointer<UInt32>
    let second: UnsafeMutablePointer<UInt32>
  }

  /// The first entry of a lane, of whose rows `bits` gives a word.
  @inline(__always)
  private func search(_ keys: Keys, _ lane: Int, _ bits: (Int) -> UInt64) -> Int32 {
    let first = placeOfFirst[Int(keys.first[lane])]
    let second = hasTwoKeys ? placeOfSecond[Int(keys.second[lane])] : 0
    if first | second < 0 { return Self.apart }
    let common = stretches[Int(allOfFirst &+ allOfSecond)]
    let own = stretches[Int(first &+ allOfSecond)]
    var best = least(lead(Int(own.start), bits), lead(Int(common.start), bits))
    if hasTwoKeys {
      let both = stretches[Int(first &+ second)]
      let other = stretches[Int(allOfFirst &+ second)]
      best = least(best, lead(Int(both.start), bits))
      best = least(best, lead(Int(other.start), bits))
      let more = (more(own, best) | more(common, best)) | (more(both, best) | more(other, best))
      if more < 0 {
        best = rest(both, best, bits)
        best = rest(other, best, bits)
        best = rest(own, best, bits)
        best = rest(common, best, bits)
      }
    } else if more(own, best) | more(common, best) < 0 {
      best = rest(own, best, bits)
      best = rest(common, best, bits)
    }
    return best
  }

  /// The first entry in four words. Which of them it is in cannot be foreseen: it is counted and
  /// looked up, because a selection would become a branch.
  @inline(__always)
  private func lead(_ start: Int, _ bits: (Int) -> UInt64) -> Int32 {
    let a = bits(start)
    let b = bits(start &+ 1)
    let c = bits(start &+ 2)
    let d = bits(start &+ 3)
    let filled = (a != 0 ? 1 : 0) | (b != 0 ? 2 : 0) | (c != 0 ? 4 : 0) | 8
    let place = filled.trailingZeroBitCount
    let word = withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 4) { words in
      words[0] = a
      words[1] = b
      words[2] = c
      words[3] = d
      return words[place]
    }
    let entry = entryOfBit[(start &+ place) &<< 6 &+ (word | 1 << 63).trailingZeroBitCount]
    return entry | (word == 0 ? 1 : 0) &<< Self.noneBit
  }

  /// As `min`, which is a call.
  @inline(__always)
  private func least(_ a: Int32, _ b: Int32) -> Int32 { a < b ? a : b }

  /// Negative: an entry before one that was found may stand behind the first words of a stretch.
  @inline(__always)
  private func more(_ stretch: Stretch, _ best: Int32) -> Int32 {
    let next = stretch.start &+ 4
    return (next &- stretch.end) & (firstOfWord[Int(next)] &- best)
  }

  /// The first entry behind the first words of a stretch, if it is before one that was found.
  @inline(__always)
  private func rest(_ stretch: Stretch, _ best: Int32, _ bits: (Int) -> UInt64) -> Int32 {
    var word = Int(stretch.start) &+ 4
    let end = Int(stretch.end)
    while word < end, firstOfWord[word] < best {
      let entry = lead(word, bits)
      if entry < Self.none { return least(entry, best) }
      word &+= 4
    }
    return best
  }
}

/// A dimension by which entries fall into groups.
private struct GroupKey {
  let dimension: Int
  /// Of each cell but that of unknown values.
  let groupOfCell: [UInt16]
  let groupCount: Int
  /// The only group in which an entry may hold; `groupCount`: it spans several.
  let groupOfEntry: [UInt16]
  /// The share of entries that a record has to look at.
  let share: Double

  private static let mostGroups = 64
  /// A key that leaves more to look at is none.
  private static let mostShare = 0.8
  private static let mostTries = 8

  /// nil: most entries span whatever groups there are. `cells`: those of known values.
  init?(_ dimension: Int, cells: Int, _ entries: ChooseIndex.Entries, _ plan: DimensionPlan) {
    guard cells > 1 else { return nil }
    let hulls = entries.asking[dimension].map { entry, extent in
      (entry: Int(entry), cells: plan.hull(extent, below: cells))
    }
    // How many entries lie on both sides of the boundary before a cell.
    var crossing = Array(repeating: 0, count: cells + 1)
    for hull in hulls {
      crossing[hull.cells.lowerBound + 1] += 1
      crossing[hull.cells.upperBound] -= 1
    }
    for cell in 1...cells { crossing[cell] += crossing[cell - 1] }
    // Boundaries that few cross part groups; how few is tried.
    let limits = Set(crossing[1..<cells]).sorted()
    let stride = max((limits.count + Self.mostTries - 1) / Self.mostTries, 1)
    var best: (share: Double, groups: [UInt16], count: Int)?
    for limit in Swift.stride(from: 0, to: limits.count, by: stride).map({ limits[$0] }) {
      var groups: [UInt16] = []
      var group = 0
      for cell in 0..<cells {
        if cell > 0, crossing[cell] <= limit { group += 1 }
        groups.append(UInt16(truncatingIfNeeded: group))
      }
      guard group < Self.mostGroups else { break }
      var sizes = Array(repeating: 0, count: group + 1)
      for group in groups { sizes[Int(group)] += 1 }
      var looked = Double(entries.count)
      for hull in hulls where groups[hull.cells.lowerBound] == groups[hull.cells.upperBound - 1] {
        looked -= 1 - Double(sizes[Int(groups[hull.cells.lowerBound])]) / Double(cells)
      }
      let share = looked / Double(entries.count)
      if share < best?.share ?? Self.mostShare { best = (share, groups, group + 1) }
    }
    guard let best else { return nil }
    var groupOfEntry = Array(repeating: UInt16(best.count), count: entries.count)
    for hull in hulls
    where best.groups[hull.cells.lowerBound] == best.groups[hull.cells.upperBound - 1] {
      groupOfEntry[hull.entry] = best.groups[hull.cells.lowerBound]
    }
    self.dimension = dimension
    groupOfCell = best.groups
    groupCount = best.count
    self.groupOfEntry = groupOfEntry
    share = best.share
  }
}

extension DimensionPlan {
  /// The least stretch of known cells outside of which an extent surely does not hold; one cell where
  /// it holds nowhere.
  fileprivate func hull(_ extent: Int32, below cells: Int) -> Range<Int> {
    var hull = 0..<0
    for stretch in stretches[extents[Int(extent)].possible] {
      let lower = Int(stretch.lowerBound)
      let upper = min(Int(stretch.upperBound), cells)
      guard lower < upper else { continue }
      hull =
        hull.isEmpty ? lower..<upper : min(lower, hull.lowerBound)..<max(upper, hull.upperBound)
    }
    return hull.isEmpty ? 0..<1 : hull
  }
}
