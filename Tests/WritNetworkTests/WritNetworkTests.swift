import Reference
import Support
import Testing
import WritModel
import WritRules

@testable import WritNetwork

/// Compares the network with the reference engine on random programs.
func check(_ world: GuardWorld, seed: UInt64, indexing: Bool = true) {
  let program = world.program
  let reference = Evaluator(program, world.facts)
  let memory = Memory(
    Network(compiling: program, indexing: indexing), facts: world.facts, today: world.today)
  for (index, attribute) in program.attributes.enumerated() {
    let id = AttributeID(index)
    guard case .record(let record)? = attribute.parameters.first else {
      let expected = Plain(
        reference.value(of: id, [], today: world.today), reference.facts)
      let found = Plain(memory.value(of: id, []), memory.facts)
      #expect(found == expected, "seed \(seed), attribute \(index)")
      continue
    }
    let count = world.facts[record].count
    let batch = memory.values(of: id, rows: 0..<count)
    for row in 0..<count {
      let expected = Plain(
        reference.value(of: id, [.record(row, of: record)], today: world.today),
        reference.facts)
      let found = Plain(batch[row], memory.facts)
      #expect(found == expected, "seed \(seed), attribute \(index), row \(row)")
      let single = Plain(memory.value(of: id, [.record(row, of: record)]), memory.facts)
      #expect(single == expected, "seed \(seed), attribute \(index), row \(row), asked alone")
      let later = Plain(
        memory.value(of: id, [.record(row, of: record)], today: world.today + 2), memory.facts)
      let expectedLater = Plain(
        reference.value(of: id, [.record(row, of: record)], today: world.today + 2),
        reference.facts)
      #expect(later == expectedLater, "seed \(seed), attribute \(index), row \(row), two days on")
    }
  }
}

@Test(arguments: Seeds.run(250))
func `gives what the reference engine gives`(seed: UInt64) {
  check(GuardWorld(seed: seed), seed: seed)
}

@Test(arguments: Seeds.run(250))
func `answers every question of a random world as the reference engine does`(seed: UInt64) {
  let world = RandomWorld(seed: seed)
  let reference = Evaluator(world.program, world.facts())
  let facts = world.facts()
  let memory = Memory(
    Network(compiling: world.program), facts: facts, today: world.today)
  for question in world.questions {
    let arguments = world.arguments(question, in: facts)
    let expected = Plain(
      reference.value(of: question.attribute, arguments, today: question.today), reference.facts)
    let found = Plain(
      memory.value(of: question.attribute, arguments, today: question.today),
      memory.facts)
    #expect(found == expected, "WRIT_SEED=\(seed): \(question)")
  }
  for index in world.program.decisions.indices {
    let expected = reference.assign(DecisionID(index), today: world.today).map {
      "\(Plain($0.record, reference.facts)): \(Plain($0.answer, reference.facts))"
    }
    guard let subject = world.program.decisions[index].subject else { continue }
    // The reference engine always keeps what its runs move.
    let found = memory.assign(DecisionID(index), rows: nil, commit: true).map {
      "\(Plain(.record($0.row, of: subject), memory.facts)): \(Plain($0.value, memory.facts))"
    }
    #expect(found == expected, "WRIT_SEED=\(seed): decision \(index)")
  }
}

/// Without faults blanks take short cuts of their own.
@Test(arguments: Seeds.run(100, from: 9000))
func `gives what the reference engine gives where no fact is a fault`(seed: UInt64) {
  check(GuardWorld(seed: seed, faultPercent: 0), seed: seed)
}

/// Without the index every guard runs in its own code; with it the answers stay the same.
@Test(arguments: Seeds.run(120, from: 5000))
func `decides with the index as without`(seed: UInt64) {
  // Some with more rows than a block has, some without faults, so that columns are read narrow.
  let world = GuardWorld(
    seed: seed, rows: seed % 6 == 0 ? 300 : 40, plainness: 60, attributes: 6,
    faultPercent: seed % 3 == 0 ? 0 : 1)
  let facts = world.facts
  let indexed = Memory(Network(compiling: world.program), facts: facts, today: world.today)
  let plain = Memory(
    Network(compiling: world.program, indexing: false), facts: facts, today: world.today)
  for (index, attribute) in world.program.attributes.enumerated() {
    guard case .record(let record)? = attribute.parameters.first else { continue }
    let rows = 0..<facts[record].count
    let found = indexed.values(of: AttributeID(index), rows: rows).map { Plain($0, indexed.facts) }
    let expected = plain.values(of: AttributeID(index), rows: rows).map { Plain($0, plain.facts) }
    #expect(found == expected, "WRIT_SEED=\(seed): attribute \(index)")
  }
}
