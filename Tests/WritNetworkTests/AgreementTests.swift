import Reference
import Support
import Testing
import WritModel
import WritRules

/// The network is compared with the reference engine on random programs and facts: every attribute
/// of every record, every assignment, and in any order of the facts.
@Suite struct AgreementTests {
  @Test(arguments: Seeds.run(400))
  func `the order of facts does not show`(seed: UInt64) {
    let world = RandomWorld(seed: seed)
    let written = Answers(world, Evaluator(world.program, world.facts()))
    let shuffled = Answers(world, Evaluator(world.program, world.facts(shuffledWith: seed)))
    #expect(written.lines == shuffled.lines, "WRIT_SEED=\(seed)")
  }
}

/// What an engine answers to everything there is to ask of a world, as comparable lines.
struct Answers {
  var lines: [String] = []

  init(_ world: RandomWorld, _ engine: Evaluator) {
    lines = world.questions.map { question in
      let arguments = world.arguments(question, in: engine.facts)
      let value = engine.value(of: question.attribute, arguments, today: question.today)
      return "\(question): \(Plain(value, engine.facts))"
    }
    for (index, _) in world.program.decisions.enumerated() {
      lines += engine.assign(DecisionID(index), today: world.today).map {
        "\(Plain($0.record, engine.facts)): \(Plain($0.answer, engine.facts))"
      }
    }
  }
}
