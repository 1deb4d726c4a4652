/// Rules that never come to it, because others that beat them hold wherever they do.
struct Shadows: Sendable {
  /// By alternative: those that together hold wherever it does and go first, in order.
  private(set) var covers: [(alternative: Int, by: [Int])] = []
  /// Alternatives of which it could not be found out.
  private(set) var undecided: [Int] = []

  /// By alternative: what the first search came to, if it came to its end.
  private(set) var found: [Found?]

  /// What a search came to.
  struct Found: Sendable {
    fileprivate var answer: Answer
    /// Of the budget.
    fileprivate var cost: Int
  }

  /// Nearly every search is done within this.
  private static let firstEffort = 20_000

  /// All searches of a choose share one budget: each is first given a little, which nearly always
  /// suffices, and what is left in the end goes to those that want more, in equal parts.
  ///
  /// `known`, by alternative, are searches that would go the same way again (`Searched`): they cost
  /// what they cost then, so that the budget of those behind them is the same too.
  init(of layout: Analysis.Layout, _ overlaps: Overlaps, known: [Found?] = []) {
    var regions: [[Box]] = Array(repeating: [], count: layout.beating.count)
    for (owner, box) in zip(layout.owners, layout.boxes) { regions[owner].append(box) }
    // What holds wherever it is said to hold, and so may cover.
    var exact = Overlaps.bits(before: layout.boxes.count)
    for place in layout.boxes.indices where layout.isOverestimate[layout.owners[place]] {
      exact[place >> 6] &= ~(1 << UInt64(place & 63))
    }
    var left = layout.words
    var hard: [Int] = []
    var covers: [(alternative: Int, by: [Int])] = []
    func search(_ index: Int, effort: Int) -> Found {
      var budget = effort
      let answer = Self.covers(
        of: regions[index], index, layout, overlaps, exact, budget: &budget)
      return Found(answer: answer, cost: effort - budget)
    }
    func isDecided(_ index: Int, _ found: Found) -> Bool {
      left = max(0, left - found.cost)
      switch found.answer {
      case .none: break
      case .by(let others): covers.append((index, others))
      case .undecided: return false
      }
      return true
    }
    found = Array(repeating: nil, count: regions.count)
    for index in regions.indices where !regions[index].isEmpty {
      let effort = min(left, Self.firstEffort)
      let known = index < known.count ? known[index] : nil
      let fresh = known.flatMap { $0.cost < effort ? $0 : nil } ?? search(index, effort: effort)
      if !isDecided(index, fresh) {
        hard.append(index)
      } else if fresh.cost < effort {
        // It never came near the end of its budget, and would go the same way with another.
        found[index] = fresh
      }
    }
    for (position, index) in hard.enumerated() {
      let effort = left / (hard.count - position)
      if effort <= Self.firstEffort || !isDecided(index, search(index, effort: effort)) {
        undecided.append(index)
      }
    }
    self.covers = covers.sorted { $0.alternative < $1.alternative }
  }

  fileprivate enum Answer: Sendable {
    case none, undecided
    case by([Int])
  }

  private static func covers(
    of region: [Box], _ index: Int, _ layout: Analysis.Layout, _ overlaps: Overlaps,
    _ exact: [UInt64], budget: inout Int
  ) -> Answer {
    let limit = layout.beating[index]
    if limit == 0 { return .none }
    var covers: [UInt64]?
    var found: Set<Int> = []
    for box in region {
      if let other = overlaps.container(of: box, before: limit, among: exact) {
        found.insert(layout.owners[other])
        continue
      }
      let answer: Cover.Answer
      if overlaps.hasRows {
        if budget <= 0 { return .undecided }
        let all = covers ?? zip(Overlaps.bits(before: limit), exact).map(&)
        covers = all
        budget -= all.count
        answer = Cover.search(box, by: all, in: overlaps, budget: &budget)
      } else {
        answer = searchNear(box, before: limit, among: exact, overlaps, budget: &budget)
      }
      switch answer {
      case .left: return .none
      case .undecided: return .undecided
      case .covered(let others): found.formUnion(others.map { layout.owners[$0] })
      }
    }
    return .by(found.sorted())
  }

  /// At most so many boxes are searched that meet one.
  private static let mostNear = 4_096

  /// Searches only the boxes that meet one, where these are few of a great many. No single one
  /// contains it.
  private static func searchNear(
    _ box: Box, before limit: Int, among exact: [UInt64], _ overlaps: Overlaps, budget: inout Int
  ) -> Cover.Answer {
    var near: [Int] = []
    overlaps.forEachMeeting(box, before: limit) { other in
      if exact[other >> 6] >> UInt64(other & 63) & 1 != 0 { near.append(other) }
      return near.count <= mostNear
    }
    if near.count < 2 { return .left(box) }
    if near.count > mostNear || budget <= 0 { return .undecided }
    budget -= near.count
    let few = Overlaps(near.map { overlaps.boxes[$0] }, whole: overlaps.whole)
    let all = Overlaps.bits(before: near.count)
    let answer = Cover.search(box, by: all, in: few, budget: &budget)
    guard case .covered(let others) = answer else { return answer }
    return .covered(by: others.map { near[$0] })
  }
}
