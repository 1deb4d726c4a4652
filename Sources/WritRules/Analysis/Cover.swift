/// Whether boxes together cover all of another box: what makes a rule useless and a table complete.
///
/// The search takes the covers away one after the other. A cover that sticks out of what is left on
/// every side has swallowed it; else what is left falls into pieces, one a side on which the cover
/// ends, and each is looked at alone. A cover that cuts on one side only leaves one piece and costs
/// nothing, so the cover that cuts on the fewest sides goes first: this is unit propagation, and the
/// whole is the search of Davis, Putnam, Logemann and Loveland, over cells in place of truth values.
///
/// Which covers still meet a piece is a row of bits, and a new piece is one AND away from the one it
/// was cut from (`Overlaps`). In the worst case the pieces grow exponentially, so every search has a
/// budget, and says that it does not know when it is spent.
struct Cover {
  enum Answer {
    /// The covers that it took, a few of which may be needless.
    case covered(by: [Int])
    /// A part that no cover reaches.
    case left(Box)
    case undecided
  }

  /// A piece of a cut that waits while those before it are looked at.
  private struct Cut {
    var cover: Int
    /// The dimensions on which the cover ends inside of what is left.
    var dimensions: [Int]
    /// The one outside of which the present piece lies; inside of those before it.
    var next = 0
    /// How long the trail was before the present piece.
    var mark: Int
  }

  private let overlaps: Overlaps
  private let words: Int
  /// What is left at present, by dimension.
  private var sides: [CellSet]
  /// The sides that were narrowed, as they were before.
  private var trail: [(dimension: Int, cells: CellSet)] = []
  private var cuts: [Cut] = []
  /// The covers that may meet what is left; a row for each cut on the way, and the present one.
  private var live: [UInt64]
  private var taken: Set<Int> = []
  private var nodes = 0
  /// Words and sides that may still be looked at.
  private var budget: Int

  /// Asks whether the boxes whose bits are set in `covers` cover a box.
  ///
  /// What it costs is taken from `budget`; where that does not suffice the answer is `undecided`.
  static func search(
    _ box: Box, by covers: [UInt64], in overlaps: Overlaps, budget: inout Int
  ) -> Answer {
    let live = overlaps.meeting(box, among: covers)
    if live.allSatisfy({ $0 == 0 }) { return .left(box) }
    var search = Cover(box, live, overlaps, budget: budget)
    let answer = search.run(box)
    budget = max(0, search.budget)
    return answer
  }

  private init(_ box: Box, _ live: [UInt64], _ overlaps: Overlaps, budget: Int) {
    self.overlaps = overlaps
    self.live = live
    self.budget = budget
    words = live.count
    sides = overlaps.whole
    for side in box.sides { sides[Int(side.dimension)] = side.cells }
  }

  private mutating func run(_ box: Box) -> Answer {
    while true {
      nodes += 1
      budget -= words
      if budget < 0 { return .undecided }
      switch bestCover() {
      case nil: return .left(rest(of: box))
      case (let cover, let dimensions)?:
        taken.insert(cover)
        if dimensions.isEmpty {
          if !backtrack() { return .covered(by: taken.sorted()) }
        } else {
          begin(Cut(cover: cover, dimensions: dimensions, mark: trail.count))
        }
      }
    }
  }

  /// What is left, as a box: the sides that were limited from the start, and those narrowed since.
  private func rest(of box: Box) -> Box {
    trail.reduce(box) { $0.with(Int32($1.dimension), sides[$1.dimension]) ?? $0 }
  }

  // MARK: - Choosing

  /// The cover that cuts what is left on the fewest sides, and which; nil if none meets it.
  private mutating func bestCover() -> (cover: Int, dimensions: [Int])? {
    // Most searches end soon; only in long ones it pays to look far for the best.
    var looks = nodes < 16 ? 16 : nodes < 256 ? 64 : 1_024
    var best: Int?
    var fewest = Int.max
    let base = cuts.count * words
    search: for word in 0..<words {
      var left = live[base + word]
      while left != 0 {
        let other = word << 6 + left.trailingZeroBitCount
        let bit = left & (~left + 1)
        left ^= bit
        guard let count = count(overlaps.boxes[other], upTo: fewest) else {
          live[base + word] &= ~bit
          continue
        }
        if count < fewest {
          fewest = count
          best = other
          if count < 2 { break search }
        }
        looks -= 1
        if looks == 0 { break search }
      }
    }
    return best.map { ($0, cutDimensions(of: overlaps.boxes[$0])) }
  }

  /// On how many sides a cover cuts what is left, no matter which if they are more than `most`; nil
  /// if it does not meet it.
  private mutating func count(_ cover: Box, upTo most: Int) -> Int? {
    var count = 0
    budget -= cover.sides.count
    for side in cover.sides {
      let mine = sides[Int(side.dimension)]
      if !mine.intersects(side.cells) { return nil }
      if count <= most, !mine.isSubset(of: side.cells) { count += 1 }
    }
    return count
  }

  private func cutDimensions(of cover: Box) -> [Int] {
    cover.sides.compactMap { side in
      sides[Int(side.dimension)].isSubset(of: side.cells) ? nil : Int(side.dimension)
    }
  }

  // MARK: - Cutting

  /// Goes to the piece of a cut that is next; the last one needs no way back.
  private mutating func begin(_ cut: Cut) {
    let dimension = cut.dimensions[cut.next]
    let base = cuts.count * words
    if cut.next + 1 < cut.dimensions.count {
      cuts.append(cut)
      let end = base + words
      if live.count < end + words {
        live.append(contentsOf: live[base..<end])
      } else {
        for word in 0..<words { live[end + word] = live[base + word] }
      }
    }
    narrow(dimension, to: sides[dimension].subtracting(overlaps.boxes[cut.cover].cells(dimension)))
  }

  /// Goes on behind a piece that is covered; false if there is nothing left.
  private mutating func backtrack() -> Bool {
    guard var cut = cuts.popLast() else { return false }
    while trail.count > cut.mark, let (dimension, cells) = trail.popLast() {
      sides[dimension] = cells
    }
    let dimension = cut.dimensions[cut.next]
    narrow(
      dimension, to: sides[dimension].intersection(overlaps.boxes[cut.cover].cells(dimension)))
    cut.next += 1
    cut.mark = trail.count
    begin(cut)
    return true
  }

  private mutating func narrow(_ dimension: Int, to cells: CellSet) {
    trail.append((dimension, sides[dimension]))
    sides[dimension] = cells
    budget -= words
    let base = cuts.count * words
    live.withUnsafeMutableBufferPointer { live in
      overlaps.keep(
        UnsafeMutableBufferPointer(rebasing: live[base..<base + words]), meeting: cells,
        on: dimension)
    }
  }
}
