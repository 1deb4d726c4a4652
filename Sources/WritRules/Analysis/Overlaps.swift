/// Which boxes meet which, for all of them at once, as rows of bits: one bit a box.
///
/// A row for each cell of a dimension says which boxes begin at or before it, another which end
/// before it. The boxes that meet some cells are then `begins[last] & ~ends[first]`, those that
/// contain them `begins[first] & ~ends[last]`: two rows a side, whatever the number of boxes. Sides
/// of several stretches count by their hull and coarse rows stand for several cells, so both may say
/// too much, and hits are verified where that matters.
struct Overlaps {
  let boxes: [Box]
  /// All cells of each dimension.
  let whole: [CellSet]
  /// Words in a row of bits.
  private let words: Int
  private var rows: [Rows?]
  /// The dimensions that have rows: those that part boxes.
  let parting: [Int]
  /// All rows, one behind the other.
  private var bits: [UInt64] = []
  private var counts: [Int32] = []
  /// Instead of rows, where these say as much at once.
  private let buckets: Buckets?
  /// The sides of all boxes, one behind the other, and where those of each begin.
  private let sides: [Side]
  private let starts: [Int]

  /// A side of a box by its hull, and its box where it has holes.
  struct Side {
    var dimension: Int32
    var hull: CellSet.Stretch
    /// The box that knows the stretches; -1 if there is but one.
    var holed: Int32
  }
  private struct Rows {
    /// Cells a row stands for.
    var coarse: Int
    /// Where the rows begin of the boxes that begin at or before a row's last cell.
    var begins: Int
    /// And of those that end before its first cell.
    var ends: Int
    /// How many rows there are of each kind.
    var count: Int
    /// Where it is counted in `counts` how many boxes are in each row of the first kind, and behind
    /// that in each of the second.
    var counted: Int
  }
  /// Where two rows begin: `bits[begins] & ~bits[ends]` is what is asked for.
  struct RowPair {
    var begins: Int
    var ends: Int
    /// No more boxes than so many are left.
    var most: Int32
  }
  /// At most so many rows a dimension, and so many words in all: more rows sift better, but have to
  /// be made first.
  private static let rowLimit = 512
  private static let wordLimit = 32_000_000

  /// `whole` gives all cells of each dimension. Below `many` boxes, rows of bits are as good as
  /// buckets.
  init(_ boxes: [Box], whole: [CellSet], many: Int = 50_000) {
    self.boxes = boxes
    self.whole = whole
    let words = (boxes.count + 63) / 64
    // Where there are many, rows are gone through by lines of the cache.
    self.words = words < Self.line ? words : (words + Self.line - 1) / Self.line * Self.line
    var sides: [Side] = []
    var starts = [0]
    var uses = Array(repeating: 0, count: whole.count)
    for (index, box) in boxes.enumerated() {
      for side in box.sides {
        let isWhole = side.cells.isOneStretch
        sides.append(
          Side(
            dimension: side.dimension, hull: side.cells.hull, holed: isWhole ? -1 : Int32(index)))
        uses[Int(side.dimension)] += 1
      }
      starts.append(sides.count)
    }
    self.sides = sides
    self.starts = starts
    let buckets = Buckets(boxes, whole: whole, least: many)
    self.buckets = buckets
    // A dimension that only one box limits parts nothing.
    let parting = buckets == nil ? uses.indices.filter { uses[$0] > 1 } : []
    self.parting = parting
    rows = Array(repeating: nil, count: uses.count)
    let limit = max(8, min(Self.rowLimit, Self.wordLimit / max(1, 2 * words * parting.count)))
    for dimension in parting {
      addRows(dimension: dimension, cells: (whole[dimension].last ?? 0) + 1, limit: limit)
    }
    fillRows()
  }

  /// Makes room for the rows of a dimension.
  private mutating func addRows(dimension: Int, cells: Int, limit: Int) {
    let coarse = (cells + limit - 1) / limit
    let count = (cells + coarse - 1) / coarse
    let begins = bits.count
    bits.append(contentsOf: repeatElement(0, count: 2 * count * words))
    rows[dimension] = Rows(
      coarse: coarse, begins: begins, ends: begins + count * words, count: count,
      counted: counts.count)
    counts.append(contentsOf: repeatElement(0, count: 2 * count))
  }

  /// Sets the bits of all boxes.
  private mutating func fillRows() {
    let (words, rows) = (words, rows)
    let all = Self.bits(before: boxes.count)
    bits.withUnsafeMutableBufferPointer { bits in
      counts.withUnsafeMutableBufferPointer { counts in
        // A dimension that a box leaves free it limits to all cells.
        for case let found? in rows {
          for word in all.indices { bits[found.begins + word] = all[word] }
          counts[found.counted] = Int32(boxes.count)
        }
        for index in boxes.indices {
          let (word, bit) = (index >> 6, UInt64(1) << UInt64(index & 63))
          for at in starts[index]..<starts[index + 1] {
            guard let found = rows[Int(sides[at].dimension)] else { continue }
            let first = Int(sides[at].hull.first) / found.coarse
            if first > 0 {
              bits[found.begins + word] &= ~bit
              bits[found.begins + first * words + word] |= bit
              counts[found.counted] -= 1
              counts[found.counted + first] += 1
            }
            let after = Int(sides[at].hull.last) / found.coarse + 1
            if after < found.count {
              bits[found.ends + after * words + word] |= bit
              counts[found.counted + found.count + after] += 1
            }
          }
        }
        // Each row takes in the one before it.
        for case let found? in rows {
          for start in [found.begins, found.ends] {
            for word in start + words..<max(start + found.count * words, start + words) {
              bits[word] |= bits[word - words]
            }
          }
          for start in [found.counted, found.counted + found.count] {
            for row in start + 1..<max(start + found.count, start + 1) {
              counts[row] += counts[row - 1]
            }
          }
        }
      }
    }
  }

  /// The sides of a box.
  subscript(box: Int) -> ArraySlice<Side> { sides[starts[box]..<starts[box + 1]] }

  /// Whether boxes can be searched by rows of bits (`Cover`); else only those near a box are known.
  var hasRows: Bool { buckets == nil }

  // MARK: - Rows of bits

  /// The bits of the first so many boxes.
  static func bits(before limit: Int) -> [UInt64] {
    var result = [UInt64](repeating: ~0, count: (limit + 63) >> 6)
    if limit & 63 != 0 { result[result.count - 1] = (1 << UInt64(limit & 63)) - 1 }
    return result
  }

  func withBits(_ body: (UnsafeBufferPointer<UInt64>) -> Void) {
    bits.withUnsafeBufferPointer(body)
  }

  /// The rows that give the boxes that may meet the cells of a dimension.
  private func meeting(_ cells: CellSet.Stretch, on dimension: Int) -> RowPair? {
    rows[dimension].map { pair($0, begin: cells.last, end: cells.first) }
  }

  /// The rows that give the boxes that may contain the cells of a dimension.
  private func containing(_ cells: CellSet.Stretch, on dimension: Int) -> RowPair? {
    rows[dimension].map { pair($0, begin: cells.first, end: cells.last) }
  }

  /// The boxes that begin at or before the row of one cell, and do not end before that of another.
  private func pair(_ rows: Rows, begin: Int32, end: Int32) -> RowPair {
    let (begin, end) = (Int(begin) / rows.coarse, Int(end) / rows.coarse)
    return RowPair(
      begins: rows.begins + begin * words, ends: rows.ends + end * words,
      most: min(
        counts[rows.counted + begin],
        Int32(boxes.count) - counts[rows.counted + rows.count + end]))
  }

  /// By dimension that parts boxes: the rows of those that may contain a side.
  func rowsContaining(_ sides: [CellSet.Stretch]) -> [RowPair] {
    parting.compactMap { containing(sides[$0], on: $0) }
  }

  /// The same, one after the other.
  func forEachRows(containing sides: [CellSet.Stretch], _ body: (RowPair) -> Void) {
    for dimension in parting {
      if let rows = containing(sides[dimension], on: dimension) { body(rows) }
    }
  }

  /// Keeps of the boxes in `set` those that may meet the cells of a dimension.
  func keep(
    _ set: UnsafeMutableBufferPointer<UInt64>, meeting cells: CellSet.Stretch, on dimension: Int
  ) {
    if let rows = meeting(cells, on: dimension) { keep(set, rows) }
  }

  private func keep(_ set: UnsafeMutableBufferPointer<UInt64>, _ rows: RowPair) {
    withBits { bits in
      for word in set.indices { set[word] &= bits[rows.begins + word] & ~bits[rows.ends + word] }
    }
  }

  /// Of some boxes those that may share a point with a box.
  func meeting(_ box: Box, among set: [UInt64]) -> [UInt64] {
    let rows = box.sides.compactMap { meeting($0.cells.hull, on: Int($0.dimension)) }
    var result = set
    withBits { bits in
      for word in result.indices { result[word] = set[word].kept(by: rows, bits, word) }
    }
    return result
  }

  // MARK: - Boxes

  /// The stretch of a side that meets some cells, the first if there are several.
  func stretch(of side: Side, meeting cells: CellSet.Stretch) -> CellSet.Stretch? {
    guard side.hull.first <= cells.last, side.hull.last >= cells.first else { return nil }
    if side.holed < 0 { return side.hull }
    return boxes[Int(side.holed)][Int(side.dimension)]?.stretches.first {
      $0.first <= cells.last && $0.last >= cells.first
    }
  }

  /// On how many sides a box ends inside of another with sides of one stretch each, which are given
  /// by dimension; nil if it does not meet it.
  func ends(of box: Int, inside sides: [CellSet.Stretch]) -> Int? {
    var count = 0
    for side in self[box] {
      let cells = sides[Int(side.dimension)]
      guard let its = stretch(of: side, meeting: cells) else { return nil }
      if its.first > cells.first || its.last < cells.last { count += 1 }
    }
    return count
  }

  /// The first box before a limit in which all of a box lies, among those whose bits are set.
  func container(of box: Box, before limit: Int, among set: [UInt64]) -> Int? {
    // What a box leaves free only a box that leaves it free too contains.
    var hulls = whole.map(\.hull)
    for side in box.sides { hulls[Int(side.dimension)] = side.cells.hull }
    var found: Int?
    if let buckets {
      buckets.forEachNear(box, before: limit) { other in
        let isIn = set[other >> 6] >> UInt64(other & 63) & 1 != 0
        if isIn, contains(other, box, hulls) { found = other }
        return found == nil
      }
      return found
    }
    // What parts most goes first, and mostly leaves nothing of a line.
    let rows = rowsContaining(hulls).sorted { $0.most < $1.most }
    return forEachLine(of: set, before: (limit + 63) >> 6, kept: rows) { word, bits in
      var left = bits
      while left != 0 {
        let other = word << 6 + left.trailingZeroBitCount
        left &= left - 1
        if other < limit, contains(other, box, hulls) { return other }
      }
      return nil
    }
  }

  /// Words in a line of the cache.
  private static let line = 8

  /// The first that the body finds in the words that all pairs of rows leave of a set of boxes.
  private func forEachLine(
    of set: [UInt64], before end: Int, kept rows: [RowPair], _ body: (Int, UInt64) -> Int?
  ) -> Int? {
    bits.withUnsafeBufferPointer { bits in
      set.withUnsafeBufferPointer { set in
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: Self.line) { left -> Int? in
          for start in stride(from: 0, to: end, by: Self.line) {
            let count = min(Self.line, end - start)
            var some: UInt64 = 0
            var next = 0
            if count == Self.line, rows.count >= 3 {
              // Three at once, and first only whether they leave anything: of a known length and
              // without a store, so that it is done several words at a time.
              let (a, b, c) = (rows[0], rows[1], rows[2])
              @inline(__always)
              func kept(_ at: Int) -> UInt64 {
                set[at] & bits[a.begins + at] & bits[b.begins + at] & bits[c.begins + at]
                  & ~(bits[a.ends + at] | bits[b.ends + at] | bits[c.ends + at])
              }
              for word in 0..<Self.line { some |= kept(start + word) }
              if some == 0 { continue }
              for word in 0..<Self.line { left[word] = kept(start + word) }
              next = 3
            } else {
              for word in 0..<count {
                left[word] = set[start + word]
                some |= left[word]
              }
            }
            while next < rows.count, some != 0 {
              let (begins, ends) = (rows[next].begins + start, rows[next].ends + start)
              next += 1
              some = 0
              for word in 0..<count {
                left[word] &= bits[begins + word] & ~bits[ends + word]
                some |= left[word]
              }
            }
            if some == 0 { continue }
            for word in 0..<count where left[word] != 0 {
              if let found = body(start + word, left[word]) { return found }
            }
          }
          return nil
        }
      }
    }
  }

  /// Whether all of a box lies in another, which is given by its place; `hulls` are its sides by
  /// dimension.
  private func contains(_ place: Int, _ box: Box, _ hulls: [CellSet.Stretch]) -> Bool {
    for at in starts[place]..<starts[place + 1] {
      let side = sides[at]
      let cells = hulls[Int(side.dimension)]
      guard side.hull.first <= cells.first, cells.last <= side.hull.last else { return false }
      if side.holed >= 0 { return boxes[place].contains(box) }
    }
    return true
  }

  /// Calls the body with every box before one that meets it, in order, until it returns false.
  func forEachMeeting(_ index: Int, _ body: (Int) -> Bool) {
    forEachMeeting(boxes[index], before: index, body)
  }

  /// Calls the body with every box before a limit that meets a box, in order, until it returns false.
  func forEachMeeting(_ box: Box, before limit: Int, _ body: (Int) -> Bool) {
    if let buckets {
      buckets.forEachNear(box, before: limit) { !boxes[$0].intersects(box) || body($0) }
      return
    }
    let before = Self.bits(before: limit)
    for (word, var left) in meeting(box, among: before).enumerated() {
      while left != 0 {
        let other = word << 6 + left.trailingZeroBitCount
        left &= left - 1
        if box.intersects(boxes[other]), !body(other) { return }
      }
    }
  }
}

extension UInt64 {
  /// What all pairs of rows leave of a word of bits. Mostly that is nothing after the first few.
  fileprivate func kept(
    by rows: [Overlaps.RowPair], _ bits: UnsafeBufferPointer<UInt64>, _ word: Int
  ) -> UInt64 {
    var left = self
    for row in rows where left != 0 { left &= bits[row.begins + word] & ~bits[row.ends + word] }
    return left
  }
}
