/// The line drawings of Waltz and WaltzDB: cubes in two rows, drawn at a slant and tied to their
/// neighbours by short lines, so that corners, tees, forks and arrows all occur.
///
/// A drawing of size n has n + 1 columns of two by two cubes. The sizes that are passed around as
/// data (12, 25, 37, 50; 4, 8, 12, 16) come out line by line in their order.
struct Drawing {
  struct Line {
    let from: Int
    let to: Int
  }
  private(set) var lines: [Line] = []

  init(size: Int) {
    for column in 0...max(size, 0) {
      let left = column * 12
      join((left + 5, 3), (left + 6, 3))
      join((left + 3, 5), (left + 3, 6))
      join((left + 8, 5), (left + 8, 6))
      join((left + 5, 8), (left + 6, 8))
      for corner in [(0, 0), (6, 0), (0, 6), (6, 6)] { cube(left + corner.0, corner.1) }
      if column > 0 {
        join((left - 1, 3), (left, 3))
        join((left - 3, 5), (left - 3, 6))
        join((left + 2, 5), (left + 2, 6))
        join((left - 1, 8), (left, 8))
      }
    }
  }

  /// A front of four by four, its side to the right and its bottom below. Three of its lines are cut
  /// where a neighbour may touch them.
  private mutating func cube(_ x: Int, _ y: Int) {
    let strokes = [
      [(0, 0), (2, 0), (3, 0), (4, 0)],
      [(0, 0), (0, 2), (0, 3), (0, 4), (4, 4), (4, 0), (5, 1), (5, 2), (5, 3), (5, 5), (4, 4)],
      [(5, 5), (3, 5), (2, 5), (1, 5), (0, 4)],
    ]
    for stroke in strokes {
      for (from, to) in zip(stroke, stroke.dropFirst()) {
        join((x + from.0, y + from.1), (x + to.0, y + to.1))
      }
    }
  }

  /// A point is one number, x times ten thousand plus y.
  private mutating func join(_ from: (Int, Int), _ to: (Int, Int)) {
    lines.append(Line(from: from.0 * 10_000 + from.1, to: to.0 * 10_000 + to.1))
  }
}
