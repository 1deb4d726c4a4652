import Reference
import Support
import Testing
import WritModel
import WritNetwork
import WritRules

/// The network is compared with the reference engine on random programs and facts: every attribute
/// of every record, every assignment, and in any order of the facts.
@Suite struct AgreementTests {
  /// How many worlds a run visits; `WRIT_WORLDS` says otherwise.
  static let seeds = Seeds.run(Seeds.count(200), from: 10_001)

  @Test(arguments: Seeds.run(100))
  func `the order of facts does not show in the reference engine`(seed: UInt64) {
    let world = RandomWorld(seed: seed)
    let written = Answers(world, Evaluator(world.program, world.facts()))
    let shuffled = Answers(world, Evaluator(world.program, world.facts(shuffledWith: seed)))
    #expect(written.firstDifference(shuffled) == nil, "WRIT_SEED=\(seed)")
  }

  @Test(arguments: AgreementTests.seeds)
  func `the network answers as the reference engine, in any order of facts`(seed: UInt64) {
    let world = RandomWorld(seed: seed)
    let expected = Answers(world, Evaluator(world.program, world.facts()))
    let network = Network(compiling: world.program)
    let written = Memory(network, facts: world.facts(), today: world.today)
    let shuffled = Memory(network, facts: world.facts(shuffledWith: seed), today: world.today)
    // Once one by one, once in blocks of rows.
    #expect(Answers(world, written).firstDifference(expected) == nil, "WRIT_SEED=\(seed)")
    #expect(
      Answers(world, shuffled, inBlocks: true).firstDifference(expected) == nil,
      "WRIT_SEED=\(seed)")
  }

  /// Values that are kept must not survive what they were made from.
  @Test(arguments: AgreementTests.seeds.prefix(80))
  func `the network forgets what a change of facts touches`(seed: UInt64) {
    let world = RandomWorld(seed: seed)
    let edited = world.edited(with: seed)
    let expected = Answers(world, Evaluator(world.program, edited))
    let memory = Memory(
      Network(compiling: world.program), facts: world.facts(), today: world.today)
    _ = Answers(world, memory, assigning: false)
    for (index, field) in world.program.schema.fields.enumerated() {
      let id = FieldID(index)
      for row in 0..<edited[field.record].count {
        let old = Plain(memory.facts.value(id, row: row), memory.facts)
        let new = edited.value(id, row: row)
        if Plain(new, edited) != old { memory.set(id, row: row, to: new) }
      }
    }
    let found = Answers(world, memory)
    #expect(found.firstDifference(expected) == nil, "WRIT_SEED=\(seed)")
  }
}

/// What an engine answers to everything there is to ask of a world, as comparable lines.
struct Answers {
  var lines: [String] = []

  init(_ world: RandomWorld, _ engine: Evaluator) {
    for question in world.questions {
      let arguments = world.arguments(question, in: engine.facts)
      let value = engine.value(of: question.attribute, arguments, today: question.today)
      lines.append("\(question): \(Plain(value, engine.facts))")
    }
    for index in world.program.decisions.indices {
      lines += engine.assign(DecisionID(index), today: world.today).map {
        "\(Plain($0.record, engine.facts)): \(Plain($0.answer, engine.facts))"
      }
    }
  }

  init(
    _ world: RandomWorld, _ memory: Memory, assigning: Bool = true, inBlocks: Bool = false
  ) {
    var blocks: [AttributeID: [Value]] = [:]
    for question in world.questions {
      let arguments = world.arguments(question, in: memory.facts)
      var value = memory.value(of: question.attribute, arguments, today: question.today)
      if inBlocks, question.today == memory.today, arguments.count == 1,
        arguments[0].tag == .record
      {
        let type = RecordID(Int(arguments[0].aux))
        let block =
          blocks[question.attribute]
          ?? memory.values(of: question.attribute, rows: 0..<memory.facts[type].count)
        blocks[question.attribute] = block
        value = block[Int(arguments[0].bits)]
      }
      lines.append("\(question): \(Plain(value, memory.facts))")
    }
    guard assigning else { return }
    for index in world.program.decisions.indices {
      guard let subject = world.program.decisions[index].subject else { continue }
      lines += memory.assign(DecisionID(index), rows: nil, commit: true).map {
        "\(Plain(.record($0.row, of: subject), memory.facts)): \(Plain($0.value, memory.facts))"
      }
    }
  }

  /// The first line in which these answers differ from others, beside that one.
  func firstDifference(_ expected: Answers) -> String? {
    if lines.count != expected.lines.count {
      return "\(lines.count) answers, expected \(expected.lines.count)"
    }
    return zip(lines, expected.lines).first { $0 != $1 }.map { "\($0)\nexpected \($1)" }
  }
}
