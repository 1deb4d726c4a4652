/// A set of the cells of one dimension: sorted stretches that neither touch nor overlap.
///
/// The constants that guards compare a term with cut its values into cells; within a cell no guard
/// can tell two values apart. So sets of values are sets of small integers, and open and closed
/// ends, members, nodes and texts all look alike from here on.
///
/// Nearly all sets are one stretch, which is held in place: searches make millions of them.
struct CellSet: Hashable, Sendable {
  struct Stretch: Hashable, Sendable {
    var first: Int32
    var last: Int32
  }
  /// From the first cell to the last; crossed if there is none.
  private(set) var hull: Stretch
  /// The stretches, if there are several.
  private var parts: [Stretch] = []

  static let empty = CellSet(hull: Stretch(first: 0, last: -1))

  private init(hull: Stretch) { self.hull = hull }

  private init(_ first: Int32, _ last: Int32) { hull = Stretch(first: first, last: last) }

  private init(stretches: [Stretch]) {
    guard let first = stretches.first, let last = stretches.last else {
      self = .empty
      return
    }
    hull = Stretch(first: first.first, last: last.last)
    if stretches.count > 1 { parts = stretches }
  }

  /// The cells `first...last`; none if they are crossed.
  init(_ first: Int, _ last: Int) {
    self = first > last ? .empty : CellSet(Int32(first), Int32(last))
  }

  init(_ cell: Int) { self.init(cell, cell) }

  /// The union of sets in any order.
  init(union sets: [CellSet]) {
    if sets.count == 1 {
      self = sets[0]
      return
    }
    var result: [Stretch] = []
    for part in sets.flatMap(\.stretches).sorted(by: { $0.first < $1.first }) {
      if let previous = result.last, part.first <= previous.last + 1 {
        result[result.count - 1].last = max(previous.last, part.last)
      } else {
        result.append(part)
      }
    }
    self.init(stretches: result)
  }

  var stretches: [Stretch] { parts.isEmpty ? (isEmpty ? [] : [hull]) : parts }
  var isEmpty: Bool { hull.first > hull.last }
  var isOneStretch: Bool { parts.isEmpty && !isEmpty }
  var first: Int? { isEmpty ? nil : Int(hull.first) }
  var last: Int? { isEmpty ? nil : Int(hull.last) }

  func contains(_ cell: Int) -> Bool {
    guard hull.first <= cell, cell <= hull.last else { return false }
    return parts.isEmpty || parts.contains { $0.first <= cell && cell <= $0.last }
  }

  func intersection(_ other: CellSet) -> CellSet {
    let first = max(hull.first, other.hull.first)
    let last = min(hull.last, other.hull.last)
    if first > last { return .empty }
    if parts.isEmpty, other.parts.isEmpty { return CellSet(first, last) }
    let (mine, others) = (stretches, other.stretches)
    var result: [Stretch] = []
    var i = 0
    var j = 0
    while i < mine.count, j < others.count {
      let first = max(mine[i].first, others[j].first)
      let last = min(mine[i].last, others[j].last)
      if first <= last { result.append(Stretch(first: first, last: last)) }
      if mine[i].last < others[j].last { i += 1 } else { j += 1 }
    }
    return CellSet(stretches: result)
  }

  func intersects(_ other: CellSet) -> Bool {
    let first = max(hull.first, other.hull.first)
    let last = min(hull.last, other.hull.last)
    if first > last { return false }
    if parts.isEmpty, other.parts.isEmpty { return true }
    return !intersection(other).isEmpty
  }

  func union(_ other: CellSet) -> CellSet { CellSet(union: [self, other]) }

  func subtracting(_ other: CellSet) -> CellSet {
    if !intersects(other) { return self }
    if parts.isEmpty, other.parts.isEmpty {
      if other.hull.first <= hull.first {
        return other.hull.last >= hull.last ? .empty : CellSet(other.hull.last + 1, hull.last)
      }
      if other.hull.last >= hull.last { return CellSet(hull.first, other.hull.first - 1) }
    }
    var result: [Stretch] = []
    let holes = other.stretches
    for stretch in stretches {
      var first = stretch.first
      for hole in holes where hole.last >= first && hole.first <= stretch.last {
        if hole.first > first { result.append(Stretch(first: first, last: hole.first - 1)) }
        first = hole.last + 1
      }
      if first <= stretch.last { result.append(Stretch(first: first, last: stretch.last)) }
    }
    return CellSet(stretches: result)
  }

  func isSubset(of other: CellSet) -> Bool {
    if isEmpty { return true }
    if hull.first < other.hull.first || hull.last > other.hull.last { return false }
    if other.parts.isEmpty { return true }
    return subtracting(other).isEmpty
  }

  /// Every cell, in order.
  var cells: [Int] { stretches.flatMap { Int($0.first)...Int($0.last) } }
}
