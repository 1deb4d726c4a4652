import Reference
import Support
import Testing
import WritModel
import WritRules

@testable import WritNetwork

/// The matches that are kept as facts change are those that the definition gives, whatever happened
/// before.
@Suite struct ArenaTests {
  static let seeds = Seeds.run(Seeds.count(25), from: 81_001)
  static let steps = 120

  @Test(arguments: ArenaTests.seeds)
  func `kept matches are those there are, after each of many changes`(seed: UInt64) {
    let world = RandomWorld(seed: seed, changing: true)
    let memory = Memory(
      Network(compiling: world.program), facts: world.facts(), today: world.today)
    var random = SeededGenerator(seed: seed)
    for step in 0..<Self.steps {
      let edit = world.edit(&random, of: memory.facts)
      world.apply(
        edit, making: { memory.edit([], $0) }, set: { memory.set($0, row: $1, to: $2) },
        append: { record, values in
          let key = world.program.schema[record].key.map {
            values[world.program.schema[$0].column]
          }
          memory.append(record, values, key: key)
        }, remove: { memory.remove($0, row: $1) })
      if let difference = difference(memory) {
        Issue.record("WRIT_SEED=\(seed) step \(step): \(difference) after \(edit)")
        return
      }
      if step % 7 == 3 { memory.settle(maxFirings: 5) }
      if memory.facts.tables.contains(where: { $0.count > 40 }) { return }
    }
  }

  /// The first production whose kept matches are not those of the definition.
  private func difference(_ memory: Memory) -> String? {
    for matcher in [memory.changes(), memory.watching()].compactMap({ $0 }) {
      matcher.propagate()
      if let difference = memory.matchDifference(matcher) { return difference }
    }
    return nil
  }

  // MARK: By hand

  /// `Account { id, region, size }`, `Rep { id, region }`, `Stage { id, now }`.
  private struct Sales {
    var bench = Bench()
    let account: RecordID
    let rep: RecordID
    let stage: RecordID

    init() {
      account = bench.record(
        "Account", key: 1, [("id", .number), ("region", .number), ("size", .number)])
      rep = bench.record("Rep", key: 1, [("id", .number), ("region", .number)])
      stage = bench.record("Stage", key: 1, [("id", .number), ("now", .number)])
    }

    /// `when Stage s, Account a, Rep r where s.now = 1 and r.region = a.region`
    mutating func pairs() -> ProductionID {
      let now = bench.field(stage, 1, of: 0)
      let mine = bench.field(account, 1, of: 1)
      let theirs = bench.field(rep, 1, of: 2)
      let isNow = bench.operation(.equal, now, bench.number(1))
      let isSame = bench.operation(.equal, theirs, mine)
      let both = bench.operation(.and, isNow, isSame)
      return bench.alert([stage, account, rep], when: both, reads: [now, mine, theirs])
    }
  }

  @Test func `a control fact opens and shuts what is kept`() {
    var sales = Sales()
    let alert = sales.pairs()
    let memory = sales.bench.memory([
      [[1, 7, 0], [2, 8, 0], [3, nil, 0]], [[1, 7], [2, 7], [3, 9]], [[1, 0]],
    ])
    #expect(memory.raisedCount(alert) == 0)
    #expect(memory.matchCost.tokens == 2)
    memory.set(FieldID(6), row: 0, to: .number(Decimal(1)))
    #expect(memory.raised(alert).map(\.rows) == [[0, 0, 0], [0, 0, 1]])
    memory.set(FieldID(1), row: 2, to: .number(Decimal(9)))
    #expect(memory.raised(alert).map(\.rows) == [[0, 0, 0], [0, 0, 1], [0, 2, 2]])
    memory.remove(sales.rep, row: 1)
    #expect(memory.raised(alert).map(\.rows) == [[0, 0, 0], [0, 2, 2]])
    memory.set(FieldID(6), row: 0, to: .number(Decimal(2)))
    #expect(memory.raised(alert).isEmpty)
  }

  @Test func `a field that nobody reads touches nothing`() {
    var sales = Sales()
    let alert = sales.pairs()
    let memory = sales.bench.memory([[[1, 7, 0]], [[1, 7]], [[1, 1]]])
    #expect(memory.raisedCount(alert) == 1)
    memory.set(FieldID(2), row: 0, to: .number(Decimal(5)))
    #expect(memory.alerts?.pending.isEmpty == true)
    memory.set(FieldID(1), row: 0, to: .number(Decimal(8)))
    memory.set(FieldID(1), row: 0, to: .number(Decimal(mantissa: 70, scale: 1)))
    #expect(memory.raisedCount(alert) == 1, "a change and its opposite are no change")
  }

  @Test func `what meets in too many ways is said and not kept`() {
    var bench = Bench()
    let item = bench.record("Item", key: 1, [("id", .number)])
    let a = bench.field(item, 0, of: 0)
    let b = bench.field(item, 0, of: 1)
    let c = bench.field(item, 0, of: 2)
    let d = bench.field(item, 0, of: 3)
    let apart = bench.operation(
      .and, bench.operation(.notEqual, a, b), bench.operation(.notEqual, b, c),
      bench.operation(.notEqual, c, d))
    bench.change([item, item, item, item], when: apart, reads: [a, b, c, d], [])
    let crowd = bench.memory([(0..<20).map { [Int64($0)] }])
    crowd.mostMatchBytes = 500_000
    let settlement = crowd.settle(maxFirings: 10)
    #expect(settlement.explosion?.production == ProductionID(0))
    #expect(settlement.firings == 0)
    let small = bench.memory([(0..<4).map { [Int64($0)] }])
    small.mostMatchBytes = 500_000
    #expect(small.settle().explosion == nil)
    crowd.mostMatchBytes = 1 << 30
    crowd.mostComparisons = 2_000
    crowd.forget()
    #expect(crowd.settle().explosion != nil)
  }
}
