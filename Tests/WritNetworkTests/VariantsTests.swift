import Reference
import Support
import Testing
import WritModel
import WritRules

@testable import WritNetwork

/// Programs compiled together answer as each of them alone.
@Suite struct VariantsTests {
  @Test(arguments: Seeds.run(Seeds.count(120), from: 70_001))
  func `variants in one network answer as each alone`(seed: UInt64) throws {
    let world = GuardWorld(seed: seed, rows: 30, plainness: 60, attributes: 6, faultPercent: 0)
    var dice = SeededGenerator(seed: seed)
    let programs = [world.program] + (0..<3).map { _ in edited(world.program, &dice) }
    let network = try #require(Network(compiling: programs))
    let together = Memory(network, facts: world.facts, today: world.today)
    let alone = programs.map {
      Memory(Network(compiling: $0), facts: world.facts, today: world.today)
    }
    for (index, attribute) in world.program.attributes.enumerated() {
      guard case .record(let record)? = attribute.parameters.first else { continue }
      let rows = 0..<world.facts[record].count
      let buffers = programs.map { _ in
        UnsafeMutableBufferPointer<Value>.allocate(capacity: rows.count)
      }
      defer { for buffer in buffers { buffer.deallocate() } }
      let id = AttributeID(index)
      together.values(of: network.variants.map { $0[id] }, rows: rows, into: buffers)
      for (variant, memory) in alone.enumerated() {
        let expected = memory.values(of: id, rows: rows)
        for row in rows {
          let found = shown(buffers[variant][row], together.facts) { $0 }
          let wanted = shown(expected[row], memory.facts) { network.variants[variant][$0] }
          #expect(
            found == wanted,
            "WRIT_SEED=\(seed): attribute \(index) of variant \(variant), row \(row)")
        }
      }
    }
  }

  @Test(arguments: Seeds.run(Seeds.count(60), from: 74_001))
  func `one variant asked by itself answers as it does alone, by an index made then`(
    seed: UInt64
  ) throws {
    let world = GuardWorld(seed: seed, rows: 30, plainness: 90, attributes: 6, faultPercent: 3)
    var dice = SeededGenerator(seed: seed)
    let programs = [world.program] + (0..<3).map { _ in edited(world.program, &dice) }
    let network = try #require(Network(compiling: programs))
    let late = network.chooses.compactMap(\.late)
    #expect(late.allSatisfy { $0.present == nil }, "WRIT_SEED=\(seed)")
    let together = Memory(network, facts: world.facts, today: world.today)
    for (variant, program) in programs.enumerated() {
      let alone = Memory(Network(compiling: program), facts: world.facts, today: world.today)
      for (index, attribute) in program.attributes.enumerated() {
        guard case .record(let record)? = attribute.parameters.first else { continue }
        let rows = 0..<world.facts[record].count
        let id = AttributeID(index)
        let own = network.variants[variant][id]
        let expected = alone.values(of: id, rows: rows).map { value in
          shown(value, alone.facts) { network.variants[variant][$0] }
        }
        let story = "WRIT_SEED=\(seed): attribute \(index) of variant \(variant)"
        let found = together.values(of: own, rows: rows).map { shown($0, together.facts) { $0 } }
        #expect(found == expected, "\(story)")
        let single = rows.map { shown(together.value(of: own, row: $0), together.facts) { $0 } }
        #expect(single == expected, "\(story), row by row")
      }
    }
  }

  @Test func `some variants have an index of their own that is made late`() throws {
    var made = 0
    for seed in 74_001...74_060 as ClosedRange<UInt64> {
      let world = GuardWorld(seed: seed, rows: 4, plainness: 90, attributes: 6, faultPercent: 3)
      var dice = SeededGenerator(seed: seed)
      let network = try #require(
        Network(compiling: [world.program, edited(world.program, &dice)]))
      made += network.chooses.count { $0.late?.made.index != nil }
    }
    #expect(made > 10, "\(made)")
  }

  @Test(arguments: Seeds.run(Seeds.count(60), from: 75_001))
  func `nothing stands twice in the union`(seed: UInt64) throws {
    let world = GuardWorld(seed: seed, plainness: 60)
    var dice = SeededGenerator(seed: seed)
    // What comes first has the fewest rules, so that later ones are shifted against it.
    let programs = (0..<3).map { _ in edited(world.program, &dice) } + [world.program]
    let union = try #require(Union(programs)).program
    struct Typed: Hashable {
      var term: Term
      var type: ValueType
    }
    let terms = zip(union.terms, union.types).map { Typed(term: $0, type: $1) }
    #expect(Set(terms).count == terms.count, "WRIT_SEED=\(seed)")
    #expect(Set(union.chooses).count == union.chooses.count, "WRIT_SEED=\(seed)")
    #expect(Set(union.gathers).count == union.gathers.count, "WRIT_SEED=\(seed)")
  }

  @Test func `records that differ do not go together`() {
    let world = GuardWorld(seed: 1)
    var other = world.program
    other.schema.fields[3].type = .text
    #expect(Network(compiling: [world.program, other]) == nil)
    #expect(Network(compiling: []) == nil)
    #expect(Network(compiling: [world.program, world.program]) != nil)
  }

  @Test func `equal programs share all they have`() throws {
    let world = GuardWorld(seed: 7)
    let network = try #require(Network(compiling: [world.program, world.program]))
    #expect(network.program.terms.count <= world.program.terms.count)
    #expect(network.program.attributes.count <= world.program.attributes.count)
    #expect(network.families.isEmpty)
  }

  @Test func `what was moved stands twice, all else once`() throws {
    var found = 0
    for seed in 1...200 as ClosedRange<UInt64> {
      var world = GuardWorld(seed: seed, plainness: 90)
      for index in world.program.rules.indices { world.program.rules[index].title = "r\(index)" }
      for (index, choose) in world.program.chooses.enumerated() {
        guard choose.policy == .first, choose.alternatives.count > 5,
          Set(choose.alternatives.map(\.rule)).count == choose.alternatives.count,
          world.program.attributes.contains(where: {
            world.program[$0.term] == .winner(ChooseID(index))
          })
        else { continue }
        var moved = world.program
        let last = moved.chooses[index].alternatives.removeLast()
        moved.chooses[index].alternatives.insert(last, at: 0)
        let network = try #require(Network(compiling: [world.program, moved]))
        for family in network.families {
          // A choose inside another's guards makes that one differ too.
          guard network.families.count == 1 else { continue }
          let plan = family.plan
          #expect(plan.count == choose.alternatives.count + 1, "seed \(seed)")
          found += 1
        }
      }
    }
    #expect(found > 3)
  }

  /// A program with a few alternatives taken out, moved, or given another's payload.
  private func edited(_ program: Program, _ dice: inout SeededGenerator) -> Program {
    var program = program
    for index in program.chooses.indices where dice.chance(60) {
      for _ in 0..<2 {
        let count = program.chooses[index].alternatives.count
        guard count > 1 else { break }
        let place = dice.number(0...count - 1)
        let other = dice.number(0...count - 1)
        switch dice.number(0...2) {
        case 0: program.chooses[index].alternatives.remove(at: place)
        case 1: program.chooses[index].alternatives.swapAt(place, other)
        default:
          program.chooses[index].alternatives[place].payload =
            program.chooses[index].alternatives[other].payload
        }
      }
    }
    return program
  }

  /// A value in a form that both networks share: rules by their number in the union, causes without
  /// the place where they arose.
  private func shown(_ value: Value, _ facts: Facts, _ rule: (RuleID) -> RuleID) -> String {
    switch value.tag {
    case .rule: "rule \(rule(RuleID(Int(value.bits))).index)"
    case .list: "\(facts.lists.items(of: value).map { shown($0, facts, rule) })"
    case .missing, .none, .tied, .undetermined, .fault:
      "\(value.tag) \(value.cause.kind.map { "\($0)" } ?? "?")"
    default: "\(Plain(value, facts))"
    }
  }
}
