/// A region with a side for each dimension it limits; all other dimensions are free.
///
/// A guard is a union of boxes. Sides are sorted by dimension and never empty: what has an empty
/// side is no box.
struct Box: Hashable, Sendable {
  struct Side: Hashable, Sendable {
    var dimension: Int32
    var cells: CellSet
  }
  private(set) var sides: [Side]

  /// All there is.
  static let everything = Box(sides: [])

  private init(sides: [Side]) { self.sides = sides }

  /// nil if the set is empty.
  init?(_ dimension: Int, _ cells: CellSet) {
    if cells.isEmpty { return nil }
    sides = [Side(dimension: Int32(dimension), cells: cells)]
  }

  /// The cells of a dimension, nil where it is free.
  subscript(dimension: Int) -> CellSet? {
    sides.first { $0.dimension == dimension }?.cells
  }

  /// The same as boxes with sides of one stretch each; nil if these are a great many.
  var stretches: [Box]? {
    var result = [self]
    for side in sides where !side.cells.isOneStretch {
      let stretches = side.cells.stretches
      if result.count * stretches.count > 4_096 { return nil }
      result = result.flatMap { box in
        stretches.compactMap { box.with(side.dimension, CellSet(Int($0.first), Int($0.last))) }
      }
    }
    return result
  }

  /// The same box with another side; nil if that is empty.
  func with(_ dimension: Int32, _ cells: CellSet) -> Box? {
    if cells.isEmpty { return nil }
    var result = sides
    let place = sides.firstIndex { $0.dimension >= dimension } ?? sides.count
    if place < sides.count, sides[place].dimension == dimension {
      result[place].cells = cells
    } else {
      result.insert(Side(dimension: dimension, cells: cells), at: place)
    }
    return Box(sides: result)
  }

  /// Makes room for so many sides.
  mutating func reserve(_ count: Int) { sides.reserveCapacity(count) }

  /// Keeps what lies in the cells of a dimension; false if that is nothing.
  mutating func limit(_ dimension: Int32, to cells: CellSet) -> Bool {
    let place = sides.firstIndex { $0.dimension >= dimension } ?? sides.count
    if place < sides.count, sides[place].dimension == dimension {
      sides[place].cells = sides[place].cells.intersection(cells)
    } else {
      sides.insert(Side(dimension: dimension, cells: cells), at: place)
    }
    return !sides[place].cells.isEmpty
  }

  func intersection(_ other: Box) -> Box? {
    var result: [Side] = []
    result.reserveCapacity(sides.count + other.sides.count)
    var i = 0
    var j = 0
    while i < sides.count || j < other.sides.count {
      if j == other.sides.count
        || (i < sides.count && sides[i].dimension < other.sides[j].dimension)
      {
        result.append(sides[i])
        i += 1
      } else if i == sides.count || other.sides[j].dimension < sides[i].dimension {
        result.append(other.sides[j])
        j += 1
      } else {
        let cells = sides[i].cells.intersection(other.sides[j].cells)
        if cells.isEmpty { return nil }
        result.append(Side(dimension: sides[i].dimension, cells: cells))
        i += 1
        j += 1
      }
    }
    return Box(sides: result)
  }

  func intersects(_ other: Box) -> Bool {
    var i = 0
    var j = 0
    while i < sides.count, j < other.sides.count {
      if sides[i].dimension < other.sides[j].dimension {
        i += 1
      } else if other.sides[j].dimension < sides[i].dimension {
        j += 1
      } else {
        if !sides[i].cells.intersects(other.sides[j].cells) { return false }
        i += 1
        j += 1
      }
    }
    return true
  }

  /// Whether all of `other` lies in this box. `whole` gives the cells of a dimension, so that a side
  /// that limits nothing is not missed.
  func contains(_ other: Box) -> Bool {
    var j = 0
    for side in sides {
      while j < other.sides.count, other.sides[j].dimension < side.dimension { j += 1 }
      guard j < other.sides.count, other.sides[j].dimension == side.dimension,
        other.sides[j].cells.isSubset(of: side.cells)
      else { return false }
    }
    return true
  }

  /// This box without another that it intersects, as boxes that do not overlap. `whole` gives all
  /// cells of a dimension.
  func subtracting(_ other: Box, whole: (Int32) -> CellSet) -> [Box] {
    var pieces: [Box] = []
    var rest = self
    for side in other.sides {
      let mine = rest[Int(side.dimension)] ?? whole(side.dimension)
      if let piece = rest.with(side.dimension, mine.subtracting(side.cells)) {
        pieces.append(piece)
      }
      guard let inside = rest.with(side.dimension, mine.intersection(side.cells)) else { break }
      rest = inside
    }
    return pieces
  }
}

extension Box {
  /// This box without others, as boxes that do not overlap; nil if it takes more than the budget.
  func remainders(
    without covers: [Box], whole: (Int32) -> CellSet, budget: Int = 20_000
  ) -> [Box]? {
    var open: [(box: Box, next: Int)] = [(self, 0)]
    var left: [Box] = []
    var spent = 0
    while let (box, next) = open.popLast() {
      guard let hit = covers[next...].firstIndex(where: { $0.intersects(box) }) else {
        left.append(box)
        continue
      }
      spent += 1
      if spent > budget { return nil }
      for piece in box.subtracting(covers[hit], whole: whole).reversed() {
        open.append((piece, hit + 1))
      }
    }
    return left
  }
}
