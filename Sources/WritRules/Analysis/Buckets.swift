/// Boxes by the one cell that each has on some dimension: what a table of a million products looks
/// like. Which boxes may meet another is then read off, where rows of bits would be looked through
/// from end to end for each.
struct Buckets {
  private let dimension: Int
  /// Boxes of one cell there, by cell and then by place; and where those of each cell begin.
  private let places: [Int32]
  private let starts: [Int32]
  /// Boxes of several cells there, or of all.
  private let wide: [Int32]

  /// nil if there are fewer boxes than `least`, or no dimension on which nearly all of them have one
  /// cell, each another.
  init?(_ boxes: [Box], whole: [CellSet], least: Int) {
    guard boxes.count >= least, boxes.count < Int(Int32.max) else { return nil }
    var single = Array(repeating: 0, count: whole.count)
    for box in boxes {
      for side in box.sides where side.cells.hull.first == side.cells.hull.last {
        single[Int(side.dimension)] += 1
      }
    }
    let usable = single.indices.filter {
      boxes.count - single[$0] <= boxes.count / 1_000 + 8
        && (whole[$0].last ?? 0) >= least / 1_000 + 2
    }
    guard let dimension = usable.max(by: { (whole[$0].last ?? 0) < (whole[$1].last ?? 0) }) else {
      return nil
    }
    self.dimension = dimension
    let cells = (whole[dimension].last ?? 0) + 1
    var starts = [Int32](repeating: 0, count: cells + 1)
    var wide: [Int32] = []
    let cellOf = boxes.map { Self.cell(of: $0, on: dimension) }
    for (place, cell) in cellOf.enumerated() {
      if let cell { starts[cell + 1] += 1 } else { wide.append(Int32(place)) }
    }
    for cell in 0..<cells { starts[cell + 1] += starts[cell] }
    var next = starts
    var places = [Int32](repeating: 0, count: boxes.count - wide.count)
    for (place, cell) in cellOf.enumerated() {
      guard let cell else { continue }
      places[Int(next[cell])] = Int32(place)
      next[cell] += 1
    }
    self.starts = starts
    self.places = places
    self.wide = wide
  }

  private static func cell(of box: Box, on dimension: Int) -> Int? {
    guard let hull = box[dimension]?.hull, hull.first == hull.last else { return nil }
    return Int(hull.first)
  }

  /// Calls the body with the places of all boxes before a limit that may meet a box, in order, until
  /// it returns false.
  func forEachNear(_ box: Box, before limit: Int, _ body: (Int) -> Bool) {
    let hull = box[dimension]?.hull
    let first = hull.map { Int($0.first) } ?? 0
    let last = hull.map { Int($0.last) } ?? starts.count - 2
    let bucket = places[Int(starts[first])..<Int(starts[last + 1])]
    let near = first == last ? bucket : ArraySlice(bucket.sorted())
    var i = near.startIndex
    var j = 0
    while i < near.endIndex || j < wide.count {
      let place: Int32
      if j == wide.count || i < near.endIndex && near[i] < wide[j] {
        place = near[i]
        i += 1
      } else {
        place = wide[j]
        j += 1
      }
      guard place < limit, body(Int(place)) else { return }
    }
  }
}
