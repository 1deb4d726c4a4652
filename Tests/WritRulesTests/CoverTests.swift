import Support
import Testing

@testable import WritRules

/// The search for what boxes leave of a box, against looking at every point.
@Suite struct CoverTests {
  /// Random boxes in a small space, sides with holes among them.
  struct World {
    var whole: [CellSet]
    var boxes: [Box] = []

    init(_ random: inout SeededGenerator) {
      whole = (0..<random.number(1...4)).map { _ in CellSet(0, random.number(1...5)) }
      for _ in 0..<random.number(1...70) { boxes.append(box(&random, limited: 75)) }
    }

    func box(_ random: inout SeededGenerator, limited percent: Int) -> Box {
      var box = Box.everything
      for dimension in whole.indices where random.chance(percent) {
        let last = whole[dimension].last ?? 0
        var cells = (0...last).filter { _ in random.chance(60) }
        if random.chance(50) {
          let first = random.number(0...last)
          cells = Array(first...random.number(first...last))
        }
        let set = CellSet(union: cells.map { CellSet($0) })
        // A side that limits nothing is not written down.
        if !set.isEmpty, set != whole[dimension] {
          box = box.with(Int32(dimension), set) ?? box
        }
      }
      return box
    }

    /// Every point of a box.
    func points(of box: Box) -> [[Int]] {
      whole.indices.reduce([[]]) { points, dimension in
        let cells = (box[dimension] ?? whole[dimension]).cells
        return points.flatMap { point in cells.map { point + [$0] } }
      }
    }

    static func contains(_ box: Box, _ point: [Int]) -> Bool {
      box.sides.allSatisfy { $0.cells.contains(point[Int($0.dimension)]) }
    }
  }

  @Test func `finds what is left, and nothing where all is covered`() {
    var (covered, left) = (0, 0)
    for seed in Seeds.run(2_000) {
      var random = SeededGenerator(seed: seed)
      let world = World(&random)
      let overlaps = Overlaps(world.boxes, whole: world.whole)
      let limit = random.number(0...world.boxes.count)
      let covers = Overlaps.bits(before: limit)
      let asked = world.box(&random, limited: 50)
      let bare = world.points(of: asked).filter { point in
        !world.boxes[..<limit].contains { World.contains($0, point) }
      }
      var budget = 1_000_000
      switch Cover.search(asked, by: covers, in: overlaps, budget: &budget) {
      case .undecided: Issue.record("undecided: seed \(seed)")
      case .covered(let by):
        #expect(bare.isEmpty, "seed \(seed)")
        // Those it names cover everything alone.
        let reached = world.points(of: asked).allSatisfy { point in
          by.contains { World.contains(world.boxes[$0], point) }
        }
        #expect(reached, "seed \(seed)")
        covered += 1
      case .left(let rest):
        let points = world.points(of: rest)
        #expect(!points.isEmpty && points.allSatisfy { bare.contains($0) }, "seed \(seed)")
        left += 1
      }
      let container = overlaps.container(of: asked, before: limit, among: covers)
      #expect(container == world.boxes[..<limit].firstIndex { $0.contains(asked) }, "seed \(seed)")
    }
    if Seeds.only == nil { #expect(covered > 200 && left > 200) }
  }

  @Test func `finds again what it found where few boxes are others`() {
    var (kept, spent) = (0, 0)
    for seed in Seeds.run(400) {
      var random = SeededGenerator(seed: seed)
      var world = World(&random)
      // More than one word of bits.
      while world.boxes.count < 40 || random.chance(40) {
        world.boxes.append(world.box(&random, limited: 85))
      }
      let count = world.boxes.count
      var layout = Analysis.Layout(
        words: random.chance(50) ? 1_000_000 : random.number(20...800), whole: world.whole,
        owners: Array(world.boxes.indices), beating: Array(world.boxes.indices),
        isOverestimate: world.boxes.map { _ in random.chance(10) }, boxes: world.boxes)
      var last = Analysis.Searched(layout)
      for _ in 0..<6 {
        for _ in 0..<random.number(1...3) {
          layout.boxes[random.number(0...(count - 1))] = world.box(&random, limited: 90)
        }
        let alone = Analysis.Searched(layout)
        let after = Analysis.Searched(layout, after: last)
        kept += last.known(standingIn: layout, alone.overlaps).count { $0 != nil }
        spent += alone.shadows.undecided.isEmpty ? 0 : 1
        #expect(
          after.shadows.covers.map(\.alternative) == alone.shadows.covers.map(\.alternative)
            && after.shadows.covers.map(\.by) == alone.shadows.covers.map(\.by)
            && after.shadows.undecided == alone.shadows.undecided, "seed \(seed)")
        last = after
      }
    }
    #expect(Seeds.only != nil || (kept > 4_000 && spent > 50), "\(kept) \(spent)")
  }

  @Test func `answers alike from buckets`() {
    var used = 0
    for seed in Seeds.run(300) {
      var random = SeededGenerator(seed: seed)
      var world = World(&random)
      // Nearly all boxes have one cell on a dimension of many.
      world.whole[0] = CellSet(0, 9)
      for index in world.boxes.indices where index >= 6 {
        let cell = CellSet(random.number(0...9))
        world.boxes[index] = world.boxes[index].with(0, cell) ?? world.boxes[index]
      }
      let rows = Overlaps(world.boxes, whole: world.whole)
      let buckets = Overlaps(world.boxes, whole: world.whole, many: 1)
      used += buckets.hasRows ? 0 : 1
      let all = Overlaps.bits(before: world.boxes.count)
      for index in world.boxes.indices {
        let box = world.boxes[index]
        let limit = random.number(0...index)
        #expect(
          rows.container(of: box, before: limit, among: all)
            == buckets.container(of: box, before: limit, among: all), "seed \(seed)")
        #expect(met(rows, index) == met(buckets, index), "seed \(seed)")
      }
    }
    #expect(Seeds.only != nil || used > 200)
  }

  private func met(_ overlaps: Overlaps, _ index: Int) -> [Int] {
    var met: [Int] = []
    overlaps.forEachMeeting(index) { other in
      met.append(other)
      return true
    }
    return met
  }

  @Test func `finds the boxes that meet`() {
    for seed in Seeds.run(200) {
      var random = SeededGenerator(seed: seed)
      let world = World(&random)
      let overlaps = Overlaps(world.boxes, whole: world.whole)
      for index in world.boxes.indices {
        var met: [Int] = []
        overlaps.forEachMeeting(index) { other in
          met.append(other)
          return true
        }
        let all = (0..<index).filter { world.boxes[$0].intersects(world.boxes[index]) }
        #expect(met == all, "seed \(seed)")
      }
    }
  }

  @Test func `says that it does not know when its budget is spent`() {
    var random = SeededGenerator(seed: 1)
    var world = World(&random)
    while world.whole.count < 4 || world.boxes.count < 30 { world = World(&random) }
    let overlaps = Overlaps(world.boxes, whole: world.whole)
    var budget = 3
    let answer = Cover.search(
      .everything, by: Overlaps.bits(before: world.boxes.count), in: overlaps, budget: &budget)
    guard case .undecided = answer else {
      Issue.record("\(answer)")
      return
    }
    #expect(budget == 0)
  }
}
