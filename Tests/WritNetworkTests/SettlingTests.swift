import Reference
import Support
import Testing
import WritModel
import WritNetwork
import WritRules

/// Changes and alerts of the network are compared with the reference engine on random programs:
/// every firing, what the facts are afterwards and what then follows from them, after settling and
/// after each of some edits from outside, and in any order of the facts.
@Suite struct SettlingTests {
  /// How many worlds a run visits; `WRIT_WORLDS` says otherwise.
  static let seeds = Seeds.run(Seeds.count(60), from: 70_001)
  static let maxFirings = 24

  @Test(arguments: SettlingTests.seeds.prefix(60))
  func `the order of facts does not show in the reference engine`(seed: UInt64) {
    let world = RandomWorld(seed: seed, changing: true)
    let written = Evaluator(world.program, world.facts())
    let shuffled = Evaluator(world.program, world.facts(shuffledWith: seed))
    let one = Course(world, written)
    let other = Course(world, shuffled)
    #expect(one.firstDifference(other) == nil, "WRIT_SEED=\(seed)")
  }

  @Test(arguments: SettlingTests.seeds)
  func `the network settles as the reference engine, in any order of facts`(seed: UInt64) {
    let world = RandomWorld(seed: seed, changing: true)
    let expected = Course(world, Evaluator(world.program, world.facts()))
    let network = Network(compiling: world.program)
    let written = Memory(network, facts: world.facts(), today: world.today)
    let shuffled = Memory(network, facts: world.facts(shuffledWith: seed), today: world.today)
    #expect(Course(world, written).firstDifference(expected) == nil, "WRIT_SEED=\(seed)")
    #expect(Course(world, shuffled).firstDifference(expected) == nil, "WRIT_SEED=\(seed)")
  }

  @Test(arguments: SettlingTests.seeds)
  func `the network settles as the reference engine after edits`(seed: UInt64) {
    let world = RandomWorld(seed: seed, changing: true)
    var random = SeededGenerator(seed: seed)
    let reference = Evaluator(world.program, world.facts())
    let memory = Memory(
      Network(compiling: world.program), facts: world.facts(), today: world.today)
    for step in 0..<5 {
      let expected = Course(world, reference)
      let found = Course(world, memory)
      let difference = found.firstDifference(expected)
      #expect(difference == nil, "WRIT_SEED=\(seed) step \(step)")
      // What did not settle may be left in the middle by both, at the same place.
      if difference != nil { return }
      let edit = world.edit(&random, of: reference.facts)
      world.apply(
        edit, making: reference.edit, set: { reference.set($0, row: $1, to: $2) },
        append: { reference.append($0, $1) }, remove: { reference.remove($0, row: $1) })
      world.apply(
        edit, making: { memory.edit([], $0) }, set: { memory.set($0, row: $1, to: $2) },
        append: { record, values in
          let key = world.program.schema[record].key.map {
            values[world.program.schema[$0].column]
          }
          memory.append(record, values, key: key)
        }, remove: { memory.remove($0, row: $1) })
    }
  }

  /// What has fired in one memory has fired in its copy, and neither knows what the other does.
  @Test(arguments: SettlingTests.seeds.prefix(40))
  func `a copy of a memory goes on by itself`(seed: UInt64) {
    let world = RandomWorld(seed: seed, changing: true)
    let memory = Memory(
      Network(compiling: world.program), facts: world.facts(), today: world.today)
    let first = Course(world, memory)
    guard first.isSettled else { return }
    let before = Settling.contents(memory.facts)
    let copy = memory.copy()
    #expect(copy.settle(maxFirings: Self.maxFirings).firings == 0, "WRIT_SEED=\(seed)")
    var random = SeededGenerator(seed: seed)
    for _ in 0..<4 {
      let edit = world.edit(&random, of: copy.facts)
      world.apply(
        edit, making: { copy.edit([], $0) }, set: { copy.set($0, row: $1, to: $2) },
        append: { _, _ in }, remove: { copy.remove($0, row: $1) })
      copy.settle(maxFirings: Self.maxFirings)
    }
    #expect(Settling.contents(memory.facts) == before, "WRIT_SEED=\(seed)")
    #expect(memory.settle(maxFirings: Self.maxFirings).firings == 0, "WRIT_SEED=\(seed)")
  }
}

/// A settling and all that can be asked afterwards, as comparable lines.
struct Course {
  var lines: [String]
  var isSettled: Bool

  init(_ world: RandomWorld, _ engine: Evaluator) {
    self.init(world.program, engine, today: world.today)
  }

  init(_ world: RandomWorld, _ memory: Memory) { self.init(world.program, memory) }

  init(_ program: Program, _ engine: Evaluator, today: Int32) {
    let settling = engine.settle(maxFirings: SettlingTests.maxFirings, today: today)
    isSettled = settling.isSettled
    lines = settling.firings + settling.clashes + ["settled: \(settling.isSettled)"]
    lines += Settling.contents(engine.facts)
    for index in program.productions.indices {
      guard case .alert = program.productions[index].kind else { continue }
      lines += engine.raised(ProductionID(index), today: today).map { "raised \($0)" }
    }
    lines += Self.values(program, engine.facts) {
      Plain(engine.value(of: $0, $1, today: today), engine.facts)
    }
  }

  init(_ program: Program, _ memory: Memory) {
    var firings: [String] = []
    let settlement = memory.settle(maxFirings: SettlingTests.maxFirings) { firing in
      firings.append(
        Settling.line(
          Int(firing.match.production.index), age: firing.age, rows: firing.match.rows,
          fault: firing.fault?.act, program, memory.facts))
    }
    isSettled = settlement.unsettled.isEmpty
    lines =
      firings
      + settlement.clashes.map {
        "field \($0.field.index): p\($0.first.index), then p\($0.second.index)"
      } + ["settled: \(isSettled)"]
    lines += Settling.contents(memory.facts)
    for index in program.productions.indices {
      guard case .alert = program.productions[index].kind else { continue }
      lines += memory.raised(ProductionID(index)).map {
        let line = Settling.line(
          index, age: 0, rows: $0.rows, fault: nil, program, memory.facts)
        return "raised \(line)"
      }
    }
    lines += Self.values(program, memory.facts) {
      Plain(memory.value(of: $0, $1), memory.facts)
    }
    #expect(settlement.firings == firings.count)
    #expect(settlement.firings == settlement.firingsOf.reduce(0, +))
    #expect(settlement.faultCount == firings.count { $0.contains(" but for act ") })
  }

  /// Every one-record value of every record that is there, by the record's name.
  private static func values(
    _ program: Program, _ facts: Facts, _ ask: (AttributeID, [Value]) -> Plain
  ) -> [String] {
    // A few, or computing all of them anew would take the time of ten more worlds.
    program.attributes.indices.prefix(4).flatMap { index -> [String] in
      let attribute = program.attributes[index]
      guard attribute.parameters.count == 1, case .record(let record) = attribute.parameters[0]
      else { return [] }
      return facts[record].liveRows.map { row in
        let name = Settling.name(of: row, record, facts)
        return "a\(index) of \(name): \(ask(AttributeID(index), [.record(row, of: record)]))"
      }.sorted()
    }
  }

  /// The first line in which this differs from another, beside that one.
  func firstDifference(_ expected: Course) -> String? {
    for (index, line) in lines.enumerated() {
      let other = index < expected.lines.count ? expected.lines[index] : "nothing"
      if line != other { return "\(line)\nexpected \(other)" }
    }
    return lines.count < expected.lines.count
      ? "nothing\nexpected \(expected.lines[lines.count])" : nil
  }
}
