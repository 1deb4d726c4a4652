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
  /// The dimensions that have rows.
  private let parting: [Int]
  /// All rows, one behind the other.
  private var bits: [UInt64] = []
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
  }
  /// Where two rows begin: `bits[begins] & ~bits[ends]` is what is asked for.
  struct RowPair {
    var begins: Int
    var ends: Int
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
    words = (boxes.count + 63) / 64
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
  }

  private mutating func addRows(dimension: Int, cells: Int, limit: Int) {
    let coarse = (cells + limit - 1) / limit
    let count = (cells + coarse - 1) / coarse
    let begins = bits.count
    let ends = begins + count * words
    bits.append(contentsOf: repeatElement(0, count: 2 * count * words))
    for index in boxes.indices {
      let hull = self[index].first { $0.dimension == dimension }?.hull
      let bit = UInt64(1) << UInt64(index & 63)
      bits[begins + Int(hull?.first ?? 0) / coarse * words + index >> 6] |= bit
      let after = hull.map { Int($0.last) / coarse + 1 } ?? count
      if after < count { bits[ends + after * words + index >> 6] |= bit }
    }
    // Each row takes in the one before it.
    for start in [begins, ends] {
      for word in start + words..<max(start + count * words, start + words) {
        bits[word] |= bits[word - words]
      }
    }
    rows[dimension] = Rows(coarse: coarse, begins: begins, ends: ends)
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
    rows[dimension].map {
      RowPair(
        begins: $0.begins + Int(cells.last) / $0.coarse * words,
        ends: $0.ends + Int(cells.first) / $0.coarse * words)
    }
  }

  /// The rows that give the boxes that may contain the cells of a dimension.
  private func containing(_ cells: CellSet.Stretch, on dimension: Int) -> RowPair? {
    rows[dimension].map {
      RowPair(
        begins: $0.begins + Int(cells.first) / $0.coarse * words,
        ends: $0.ends + Int(cells.last) / $0.coarse * words)
    }
  }

  /// By dimension that parts boxes: the rows of those that may contain a side.
  func rowsContaining(_ sides: [CellSet.Stretch]) -> [RowPair] {
    parting.compactMap { containing(sides[$0], on: $0) }
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
    let rows = rowsContaining(hulls)
    return bits.withUnsafeBufferPointer { bits in
      for word in 0..<(limit + 63) >> 6 {
        var left = set[word].kept(by: rows, bits, word)
        while left != 0 {
          let other = word << 6 + left.trailingZeroBitCount
          left &= left - 1
          if other >= limit { return nil }
          if contains(other, box, hulls) { return other }
        }
      }
      return nil
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
