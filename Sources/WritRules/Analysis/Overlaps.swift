/// Which boxes meet which, for all of them at once, as rows of bits: one bit a box.
///
/// A row for each cell of a dimension says which boxes begin at or before it, another which end
/// before it. The boxes that meet a given one are then an AND over its sides of
/// `begins[last] & ~ends[first]`: two rows a side, whatever the number of boxes. Sides of several
/// stretches count by their hull and coarse rows stand for several cells, so hits are verified
/// where that may matter.
struct Overlaps {
  private let boxes: [Box]
  private let words: Int
  private var rows: [Int32: Rows] = [:]
  /// Boxes whose sides are all one stretch, in dimensions without coarse rows.
  private var isPlain: [Bool]

  private struct Rows {
    /// Cells a row stands for.
    var coarse: Int
    /// Row by row: boxes that begin at or before the row's last cell.
    var begins: [UInt64]
    /// Boxes that end before the row's first cell.
    var ends: [UInt64]
  }
  private static let rowLimit = 512

  init(_ boxes: [Box], in space: Space) {
    self.boxes = boxes
    words = (boxes.count + 63) / 64
    isPlain = boxes.map { $0.sides.allSatisfy { $0.cells.isOneStretch } }
    var uses = Array(repeating: 0, count: space.dimensions.count)
    for box in boxes { for side in box.sides { uses[Int(side.dimension)] += 1 } }
    // A dimension that only one box limits parts nothing.
    for dimension in uses.indices where uses[dimension] > 1 {
      rows[Int32(dimension)] = Self.rows(
        boxes, dimension: Int32(dimension), cells: space.dimensions[dimension].count + 1,
        words: words)
    }
    for (index, box) in boxes.enumerated() {
      if box.sides.contains(where: { (rows[$0.dimension]?.coarse ?? 1) > 1 }) {
        isPlain[index] = false
      }
    }
  }

  private static func rows(
    _ boxes: [Box], dimension: Int32, cells: Int, words: Int
  ) -> Rows {
    let coarse = (cells + rowLimit - 1) / rowLimit
    let count = (cells + coarse - 1) / coarse
    var begins = [UInt64](repeating: 0, count: count * words)
    var ends = [UInt64](repeating: 0, count: count * words)
    for (index, box) in boxes.enumerated() {
      let cells = box[Int(dimension)]
      let bit = UInt64(1) << UInt64(index & 63)
      begins[(cells?.first ?? 0) / coarse * words + index >> 6] |= bit
      let after = (cells?.last).map { $0 / coarse + 1 } ?? count
      if after < count { ends[after * words + index >> 6] |= bit }
    }
    // Each row takes in the one before it.
    for word in words..<max(begins.count, words) {
      begins[word] |= begins[word - words]
      ends[word] |= ends[word - words]
    }
    return Rows(coarse: coarse, begins: begins, ends: ends)
  }

  /// The boxes that share a point with the given one, as bits; itself among them.
  func meeting(_ index: Int) -> [UInt64] {
    var result = [UInt64](repeating: ~0, count: words)
    if boxes.count & 63 != 0, words > 0 { result[words - 1] = (1 << UInt64(boxes.count & 63)) - 1 }
    for side in boxes[index].sides {
      guard let rows = rows[side.dimension], let first = side.cells.first,
        let last = side.cells.last
      else { continue }
      let begins = last / rows.coarse * words
      let ends = first / rows.coarse * words
      for word in 0..<words { result[word] &= rows.begins[begins + word] & ~rows.ends[ends + word] }
    }
    return result
  }

  /// The first of the boxes that the filter lets pass, of those before `limit` if there is one, in
  /// which all of this one lies.
  func container(
    of index: Int, before limit: Int? = nil, where passes: (Int) -> Bool
  ) -> Int? {
    let end = limit ?? boxes.count
    let used = min(words, end >> 6 + 1)
    var bits = [UInt64](repeating: ~0, count: used)
    if used > end >> 6 { bits[end >> 6] = (1 << UInt64(end & 63)) - 1 }
    for side in boxes[index].sides {
      guard let rows = rows[side.dimension], let first = side.cells.first,
        let last = side.cells.last
      else { continue }
      let begins = first / rows.coarse * words
      let ends = last / rows.coarse * words
      for word in 0..<used { bits[word] &= rows.begins[begins + word] & ~rows.ends[ends + word] }
    }
    for word in 0..<used {
      var left = bits[word]
      while left != 0 {
        let other = word << 6 + left.trailingZeroBitCount
        left &= left - 1
        if other != index, boxes[other].sides.count <= boxes[index].sides.count, passes(other),
          boxes[other].contains(boxes[index])
        {
          return other
        }
      }
    }
    return nil
  }

  /// Calls the body with every other box that meets this one (only those before `limit`, if there
  /// is one), in order, until it returns false.
  func forEachMeeting(_ index: Int, before limit: Int? = nil, _ body: (Int) -> Bool) {
    let bits = meeting(index)
    let end = limit ?? boxes.count
    for word in 0..<min(words, end >> 6 + 1) {
      var left = bits[word]
      if word == end >> 6 { left &= (UInt64(1) << UInt64(end & 63)) - 1 }
      while left != 0 {
        let other = word << 6 + left.trailingZeroBitCount
        left &= left - 1
        if other == index { continue }
        guard (isPlain[index] && isPlain[other]) || boxes[index].intersects(boxes[other]) else {
          continue
        }
        if !body(other) { return }
      }
    }
  }
}
