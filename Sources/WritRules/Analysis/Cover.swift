/// Whether boxes together cover all of another box: what makes a rule useless and a table complete.
///
/// The search takes the covers away one after the other. A cover that sticks out of what is left on
/// every side has swallowed it; else what is left falls into pieces, one at each end of the cover
/// inside of it, and each is looked at alone. A cover with one end inside leaves one piece and costs
/// nothing, so covers that cut on few sides go first: this is unit propagation, and the whole is the
/// search of Davis, Putnam, Logemann and Loveland, over cells in place of truth values.
///
/// What is left is always one stretch a side, so that which covers meet it, and which of them cut it
/// on none or one of its sides, is found for 64 of them at a time (`Overlaps`). In the worst case the
/// pieces grow exponentially, so every search has a budget, and says that it does not know when it is
/// spent.
struct Cover {
  enum Answer {
    /// The covers that it took, a few of which may be needless.
    case covered(by: [Int])
    /// A part that no cover reaches.
    case left(Box)
    case undecided
  }

  /// One end of a cover inside of what is left: a piece outside, and the rest.
  private struct Step {
    var dimension: Int
    var outside: Range
    var inside: Range
  }
  /// The pieces of a cut that wait while the one before them is looked at.
  private struct Cut {
    /// The step outside of which the present piece lies; inside of those before it.
    var step: Int
    var end: Int
    /// How long the trail was before the present piece.
    var mark: Int
  }
  typealias Range = CellSet.Stretch

  private let overlaps: Overlaps
  private let words: Int
  /// What is left at present, by dimension.
  private var sides: [Range]
  /// The sides that were narrowed, as they were before.
  private var trail: [(dimension: Int, side: Range)] = []
  private var cuts: [Cut] = []
  private var steps: [Step] = []
  /// The covers that may meet what is left; a row for each cut on the way, and the present one.
  private var live: [UInt64]
  /// The covers that may end inside of what is left on at least one side, and on two; see
  /// `markEnding`.
  private var one: [UInt64]
  private var two: [UInt64]
  private var taken: Set<Int> = []
  /// Words that may still be looked at.
  private var budget: Int

  /// Asks whether the boxes whose bits are set in `covers` cover a box.
  ///
  /// What it costs is taken from `budget`; where that does not suffice the answer is `undecided`.
  static func search(
    _ box: Box, by covers: [UInt64], in overlaps: Overlaps, budget: inout Int
  ) -> Answer {
    if budget <= 0 { return .undecided }
    var taken: Set<Int> = []
    guard let pieces = box.stretches else { return .undecided }
    for piece in pieces {
      let live = overlaps.meeting(piece, among: covers)
      if live.allSatisfy({ $0 == 0 }) { return .left(piece) }
      var search = Cover(piece, live, overlaps, budget: budget)
      let answer = search.run(piece)
      budget = max(0, search.budget)
      guard case .covered(let others) = answer else { return answer }
      taken.formUnion(others)
    }
    return .covered(by: taken.sorted())
  }

  private init(_ box: Box, _ live: [UInt64], _ overlaps: Overlaps, budget: Int) {
    self.overlaps = overlaps
    self.live = live
    self.budget = budget
    words = live.count
    one = live
    two = live
    sides = overlaps.whole.map(\.hull)
    for side in box.sides { sides[Int(side.dimension)] = side.cells.hull }
  }

  private mutating func run(_ box: Box) -> Answer {
    while true {
      guard let cover = bestCover() else { return .left(rest(of: box)) }
      if budget < 0 { return .undecided }
      taken.insert(cover)
      let start = steps.count
      addSteps(of: cover)
      if steps.count > start {
        begin(Cut(step: start, end: steps.count, mark: trail.count))
      } else if !backtrack() {
        return .covered(by: taken.sorted())
      }
    }
  }

  /// What is left, as a box: all sides that were narrowed, and those limited from the start.
  private func rest(of box: Box) -> Box {
    trail.reduce(box) { box, narrowed in
      let side = sides[narrowed.dimension]
      return box.with(Int32(narrowed.dimension), CellSet(Int(side.first), Int(side.last))) ?? box
    }
  }

  // MARK: - Choosing

  /// The cover that cuts what is left on the fewest sides, or nearly so; nil if none meets it.
  private mutating func bestCover() -> Int? {
    markEnding()
    var best: Int?
    var fewest = Int.max
    let base = cuts.count * words
    for word in 0..<words where live[base + word] != 0 {
      var candidates = live[base + word] & ~(fewest > 1 ? two[word] : one[word])
      while true {
        if candidates == 0 {
          // Those looked at until now do not meet it, and are gone.
          guard best == nil, live[base + word] != 0 else { break }
          candidates = live[base + word]
        }
        let bit = candidates & (~candidates + 1)
        candidates ^= bit
        let other = word << 6 + bit.trailingZeroBitCount
        guard let count = overlaps.ends(of: other, inside: sides) else {
          live[base + word] &= ~bit
          continue
        }
        if count < fewest {
          fewest = count
          best = other
          if count == 0 { return best }
          if count == 1 { candidates &= ~one[word] }
        }
        if count > 1, fewest > 1 { break }
      }
    }
    return best
  }

  /// Finds the covers that may end inside of what is left on at least one side, and on two.
  private mutating func markEnding() {
    budget -= words * (overlaps.parting.count + 1)
    one.withUnsafeMutableBufferPointer { one in
      two.withUnsafeMutableBufferPointer { two in
        overlaps.withBits { bits in
          one.update(repeating: 0)
          two.update(repeating: 0)
          overlaps.forEachRows(containing: sides) { row in
            for word in one.indices {
              let ending = ~bits[row.begins + word] | bits[row.ends + word]
              two[word] |= one[word] & ending
              one[word] |= ending
            }
          }
        }
      }
    }
  }

  /// The ends of a cover inside of what is left.
  private mutating func addSteps(of cover: Int) {
    for side in overlaps[cover] {
      let dimension = Int(side.dimension)
      var mine = sides[dimension]
      guard let its = overlaps.stretch(of: side, meeting: mine) else { continue }
      if its.first > mine.first {
        let inside = Range(first: its.first, last: mine.last)
        let outside = Range(first: mine.first, last: its.first - 1)
        steps.append(Step(dimension: dimension, outside: outside, inside: inside))
        mine = inside
      }
      if its.last < mine.last {
        let inside = Range(first: mine.first, last: its.last)
        let outside = Range(first: its.last + 1, last: mine.last)
        steps.append(Step(dimension: dimension, outside: outside, inside: inside))
      }
    }
  }

  // MARK: - Cutting

  /// Goes to the piece of a cut that is next; the last one needs no way back.
  private mutating func begin(_ cut: Cut) {
    let step = steps[cut.step]
    if cut.step + 1 < cut.end {
      let base = cuts.count * words
      cuts.append(cut)
      let end = base + words
      if live.count < end + words {
        live.append(contentsOf: live[base..<end])
      } else {
        for word in 0..<words { live[end + word] = live[base + word] }
      }
    } else {
      steps.removeSubrange((cuts.last?.end ?? 0)...)
    }
    narrow(step.dimension, to: step.outside)
  }

  /// Goes on behind a piece that is covered; false if there is nothing left.
  private mutating func backtrack() -> Bool {
    guard var cut = cuts.popLast() else { return false }
    while trail.count > cut.mark, let (dimension, side) = trail.popLast() {
      sides[dimension] = side
    }
    steps.removeSubrange(cut.end...)
    let step = steps[cut.step]
    narrow(step.dimension, to: step.inside)
    cut.step += 1
    cut.mark = trail.count
    begin(cut)
    return true
  }

  private mutating func narrow(_ dimension: Int, to side: Range) {
    trail.append((dimension, sides[dimension]))
    sides[dimension] = side
    let base = cuts.count * words
    live.withUnsafeMutableBufferPointer { live in
      overlaps.keep(
        UnsafeMutableBufferPointer(rebasing: live[base..<base + words]), meeting: side,
        on: dimension)
    }
  }
}
