/// Which boxes meet which, for all of them at once, as rows of bits: one bit a box.
///
/// A row for each cell of a dimension says which boxes begin at or before it, another which end
/// before it. The boxes that meet some cells are then `begins[last] & ~ends[first]`, those that
/// contain them `begins[first] & ~ends[last]`: two rows a side, whatever the number of boxes. Sides
/// of several stretches count by their hull and coarse rows stand for several cells, so hits are
/// verified where that may matter.
struct Overlaps {
  let boxes: [Box]
  /// All cells of each dimension.
  let whole: [CellSet]
  /// Words in a row of bits.
  private let words: Int
  private var rows: [Rows?]
  /// All rows, one behind the other.
  private var bits: [UInt64] = []
  /// Boxes whose sides are all one stretch, in dimensions without coarse rows.
  private var isPlain: [Bool]

  private struct Rows {
    /// Cells a row stands for.
    var coarse: Int
    /// Where the rows begin of the boxes that begin at or before a row's last cell.
    var begins: Int
    /// And of those that end before its first cell.
    var ends: Int
  }
  /// At most so many rows a dimension, and so many words in all: more rows sift better, but have to
  /// be made first.
  private static let rowLimit = 512
  private static let wordLimit = 32_000_000

  /// `whole` gives all cells of each dimension.
  init(_ boxes: [Box], whole: [CellSet]) {
    self.boxes = boxes
    self.whole = whole
    words = (boxes.count + 63) / 64
    isPlain = boxes.map { $0.sides.allSatisfy { $0.cells.isOneStretch } }
    var uses = Array(repeating: 0, count: whole.count)
    for box in boxes { for side in box.sides { uses[Int(side.dimension)] += 1 } }
    rows = Array(repeating: nil, count: uses.count)
    // A dimension that only one box limits parts nothing.
    let parting = uses.indices.filter { uses[$0] > 1 }
    let limit = max(8, min(Self.rowLimit, Self.wordLimit / max(1, 2 * words * parting.count)))
    for dimension in parting {
      addRows(dimension: dimension, cells: (whole[dimension].last ?? 0) + 1, limit: limit)
    }
    for (index, box) in boxes.enumerated() {
      if box.sides.contains(where: { (rows[Int($0.dimension)]?.coarse ?? 1) > 1 }) {
        isPlain[index] = false
      }
    }
  }

  private mutating func addRows(dimension: Int, cells: Int, limit: Int) {
    let coarse = (cells + limit - 1) / limit
    let count = (cells + coarse - 1) / coarse
    let begins = bits.count
    let ends = begins + count * words
    bits.append(contentsOf: repeatElement(0, count: 2 * count * words))
    for (index, box) in boxes.enumerated() {
      let cells = box[dimension]
      let bit = UInt64(1) << UInt64(index & 63)
      bits[begins + (cells?.first ?? 0) / coarse * words + index >> 6] |= bit
      let after = (cells?.last).map { $0 / coarse + 1 } ?? count
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

  // MARK: - Rows of bits

  /// The bits of the first so many boxes.
  static func bits(before limit: Int) -> [UInt64] {
    var result = [UInt64](repeating: ~0, count: (limit + 63) >> 6)
    if limit & 63 != 0 { result[result.count - 1] = (1 << UInt64(limit & 63)) - 1 }
    return result
  }

  /// Keeps of the boxes in `set` those that may meet the cells of a dimension.
  func keep(
    _ set: UnsafeMutableBufferPointer<UInt64>, meeting cells: CellSet, on dimension: Int
  ) {
    guard let rows = rows[dimension], let first = cells.first, let last = cells.last else { return }
    keep(
      set, begins: rows.begins + last / rows.coarse * words,
      ends: rows.ends + first / rows.coarse * words)
  }

  /// Keeps of the boxes in `set` those that may contain the cells of a dimension.
  private func keep(
    _ set: UnsafeMutableBufferPointer<UInt64>, containing cells: CellSet, on dimension: Int
  ) {
    guard let rows = rows[dimension], let first = cells.first, let last = cells.last else { return }
    keep(
      set, begins: rows.begins + first / rows.coarse * words,
      ends: rows.ends + last / rows.coarse * words)
  }

  private func keep(_ set: UnsafeMutableBufferPointer<UInt64>, begins: Int, ends: Int) {
    bits.withUnsafeBufferPointer { bits in
      let begins = bits[begins..<begins + set.count]
      let ends = bits[ends..<ends + set.count]
      for (word, (begun, ended)) in zip(begins, ends).enumerated() {
        set[word] &= begun & ~ended
      }
    }
  }

  /// Of some boxes those that may share a point with a box.
  func meeting(_ box: Box, among set: [UInt64]) -> [UInt64] {
    var result = set
    result.withUnsafeMutableBufferPointer { set in
      for side in box.sides { keep(set, meeting: side.cells, on: Int(side.dimension)) }
    }
    return result
  }

  // MARK: - Boxes

  /// The first of some boxes in which all of a box lies.
  func container(of box: Box, among set: [UInt64]) -> Int? {
    var result = set
    result.withUnsafeMutableBufferPointer { set in
      for side in box.sides { keep(set, containing: side.cells, on: Int(side.dimension)) }
    }
    for (word, var left) in result.enumerated() {
      while left != 0 {
        let other = word << 6 + left.trailingZeroBitCount
        left &= left - 1
        if boxes[other].sides.count <= box.sides.count, boxes[other].contains(box) { return other }
      }
    }
    return nil
  }

  /// Calls the body with every box before one that meets it, in order, until it returns false.
  func forEachMeeting(_ index: Int, _ body: (Int) -> Bool) {
    let before = Self.bits(before: index)
    for (word, var left) in meeting(boxes[index], among: before).enumerated() {
      while left != 0 {
        let other = word << 6 + left.trailingZeroBitCount
        left &= left - 1
        guard (isPlain[index] && isPlain[other]) || boxes[index].intersects(boxes[other]) else {
          continue
        }
        if !body(other) { return }
      }
    }
  }
}
