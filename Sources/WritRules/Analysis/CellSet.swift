/// A set of the cells of one dimension: sorted stretches that neither touch nor overlap.
///
/// The constants that guards compare a term with cut its values into cells; within a cell no guard
/// can tell two values apart. So sets of values are sets of small integers, and open and closed
/// ends, members, nodes and texts all look alike from here on.
struct CellSet: Hashable, Sendable {
  struct Stretch: Hashable, Sendable {
    var first: Int32
    var last: Int32
  }
  private(set) var stretches: [Stretch]

  static let empty = CellSet(stretches: [])

  private init(stretches: [Stretch]) { self.stretches = stretches }

  /// The cells `first...last`; none if they are crossed.
  init(_ first: Int, _ last: Int) {
    stretches = first > last ? [] : [Stretch(first: Int32(first), last: Int32(last))]
  }

  init(_ cell: Int) { self.init(cell, cell) }

  /// The union of stretches in any order.
  init(union parts: [CellSet]) {
    var result: [Stretch] = []
    for part in parts.flatMap(\.stretches).sorted(by: { $0.first < $1.first }) {
      if let previous = result.last, part.first <= previous.last + 1 {
        result[result.count - 1].last = max(previous.last, part.last)
      } else {
        result.append(part)
      }
    }
    stretches = result
  }

  var isEmpty: Bool { stretches.isEmpty }
  var isOneStretch: Bool { stretches.count == 1 }
  var first: Int? { stretches.first.map { Int($0.first) } }
  var last: Int? { stretches.last.map { Int($0.last) } }

  func contains(_ cell: Int) -> Bool {
    stretches.contains { $0.first <= cell && cell <= $0.last }
  }

  func intersection(_ other: CellSet) -> CellSet {
    if isOneStretch, other.isOneStretch {
      let first = max(stretches[0].first, other.stretches[0].first)
      let last = min(stretches[0].last, other.stretches[0].last)
      return CellSet(Int(first), Int(last))
    }
    var result: [Stretch] = []
    var i = 0
    var j = 0
    while i < stretches.count, j < other.stretches.count {
      let first = max(stretches[i].first, other.stretches[j].first)
      let last = min(stretches[i].last, other.stretches[j].last)
      if first <= last { result.append(Stretch(first: first, last: last)) }
      if stretches[i].last < other.stretches[j].last { i += 1 } else { j += 1 }
    }
    return CellSet(stretches: result)
  }

  func intersects(_ other: CellSet) -> Bool {
    var i = 0
    var j = 0
    while i < stretches.count, j < other.stretches.count {
      if stretches[i].last < other.stretches[j].first {
        i += 1
      } else if other.stretches[j].last < stretches[i].first {
        j += 1
      } else {
        return true
      }
    }
    return false
  }

  func union(_ other: CellSet) -> CellSet { CellSet(union: [self, other]) }

  func subtracting(_ other: CellSet) -> CellSet {
    var result: [Stretch] = []
    for stretch in stretches {
      var first = stretch.first
      for hole in other.stretches where hole.last >= first && hole.first <= stretch.last {
        if hole.first > first { result.append(Stretch(first: first, last: hole.first - 1)) }
        first = hole.last + 1
      }
      if first <= stretch.last { result.append(Stretch(first: first, last: stretch.last)) }
    }
    return CellSet(stretches: result)
  }

  func isSubset(of other: CellSet) -> Bool {
    var j = 0
    for stretch in stretches {
      while j < other.stretches.count, other.stretches[j].last < stretch.first { j += 1 }
      guard j < other.stretches.count, other.stretches[j].first <= stretch.first,
        stretch.last <= other.stretches[j].last
      else { return false }
    }
    return true
  }

  /// Every cell, in order.
  var cells: [Int] { stretches.flatMap { Int($0.first)...Int($0.last) } }
}
