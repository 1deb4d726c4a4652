import Support
import Testing

@testable import WritReplay

/// From answer to answer: whole while there are few, one count when there are too many.
@Suite struct FlowTallyTests {
  @Test(arguments: Seeds.run(Seeds.count(40), from: 51_001))
  func `however changes are cut and added, the sum is the same`(seed: UInt64) {
    var dice = SeededGenerator(seed: seed)
    let changes = (0..<dice.number(1...60)).map { _ in
      Comparison.FlowKey(before: "a\(dice.number(0...4))", after: "b\(dice.number(0...4))")
    }
    var whole = FlowTally()
    for change in changes { whole.add(change, most: 12) }
    var parts = Array(repeating: FlowTally(), count: 3)
    for change in changes.shuffled(using: &dice) {
      parts[dice.number(0...2)].add(change, most: 12)
    }
    var sum = FlowTally()
    for part in parts.shuffled(using: &dice) { sum.add(part, most: 12) }
    #expect(sum == whole, "WRIT_SEED=\(seed)")
    #expect(whole.isFolded == (Set(changes).count > 12), "WRIT_SEED=\(seed)")
    #expect(sum.counts.values.reduce(0, +) == changes.count, "WRIT_SEED=\(seed)")
  }

  @Test func `one change more than are told apart folds all`() {
    var tally = FlowTally()
    for number in 0..<FlowTally.most {
      tally.add(Comparison.FlowKey(before: "\(number)", after: "x"), count: 2)
    }
    #expect(!tally.isFolded && tally.counts.count == FlowTally.most)
    tally.add(Comparison.FlowKey(before: "0", after: "x"))
    #expect(!tally.isFolded)
    tally.add(Comparison.FlowKey(before: "0", after: "y"))
    #expect(tally.isFolded && tally.counts == [FlowTally.all: 2 * FlowTally.most + 2])
  }
}
