import Reference
import Support
import Testing
import WritModel
import WritRules
import WritText

@testable import WritNetwork

/// What variants choose, found in one pass, is what each of them answers alone.
@Suite struct JointChoiceTests {
  @Test func `winners and answers from one pass are those of separate networks`() throws {
    var worlds = 0
    var met: [String: Int] = [:]
    for seed in Seeds.run(Seeds.count(200), from: 90_001) {
      let world = GuardWorld(seed: seed, rows: 40, plainness: 70, attributes: 8, faultPercent: 0)
      var dice = SeededGenerator(seed: seed)
      guard let asked = asked(world.program, &dice) else { continue }
      let programs = [asked.program] + (0..<3).map { _ in edited(asked, &dice) }
      let network = try #require(Network(compiling: programs))
      let together = Memory(network, facts: world.facts, today: world.today)
      let alone = programs.map {
        Memory(Network(compiling: $0), facts: world.facts, today: world.today)
      }
      let questions = asked.attributes.map { id in network.variants.map { $0[id] } }
      guard let joint = JointChoice(questions, in: together) else { continue }
      worlds += 1
      let count = world.facts[asked.record].count
      let picked = (0..<30).map { _ in dice.number(0...count - 1) }
      for rows in [Array(0..<count), picked] {
        let isDone =
          rows == picked ? joint.decide(rows, in: together) : joint.decide(0..<count, in: together)
        // A guard that divides by zero or adds two currencies comes to a fault.
        guard isDone else {
          met["fault", default: 0] += 1
          continue
        }
        for (question, id) in asked.attributes.enumerated() {
          for (variant, memory) in alone.enumerated() {
            let values = memory.values(of: id, rows: 0..<count)
            for (place, row) in rows.enumerated() {
              let other = joint.others.first {
                Int($0.row) == place && $0.variants >> UInt64(variant) & 1 == 1
              }
              let choice = other?.choice ?? joint.firsts[place]
              let found = shown(joint.value(question, choice)) { $0 }
              let wanted = shown(values[row]) { network.variants[variant][$0] }
              #expect(
                found == wanted,
                "WRIT_SEED=\(seed): question \(question) of variant \(variant), row \(row)")
              met[found.prefix { $0 != " " } + (other == nil ? "" : " other"), default: 0] += 1
            }
          }
        }
      }
    }
    // All there is was met: rules and constants, nothing, what is not decided, and differences.
    #expect(worlds > 20, "\(worlds)")
    for kind in ["rule", "number", "missing", "undetermined", "rule other", "missing other"] {
      #expect(met[kind, default: 0] > 0, "\(kind): \(met)")
    }
  }

  @Test func `forms of a choose answer as chooses of their own`() throws {
    var worlds = 0
    var differing = 0
    for seed in Seeds.run(Seeds.count(150), from: 95_001) {
      let world = GuardWorld(seed: seed, rows: 40, plainness: 70, attributes: 8, faultPercent: 0)
      var dice = SeededGenerator(seed: seed)
      guard let asked = asked(world.program, &dice) else { continue }
      let programs = [asked.program] + (0..<5).map { _ in edited(asked, &dice) }
      let network = try #require(Network(compiling: programs))
      let memory = Memory(network, facts: world.facts, today: world.today)
      let id = asked.attributes[1]
      // All of a form but its alternatives is the base's.
      let otherwise = programs[0][asked.choose].otherwise
      let names = zip(programs, network.variants).compactMap { program, variant in
        program[asked.choose].otherwise == otherwise ? variant[id] : nil
      }
      let chooses = names.compactMap { network.choose(behind: $0) }
      guard chooses.count == names.count,
        let forms = ChoiceForms(
          chooses.map { network.program[$0].alternatives }, of: names[0], in: network)
      else { continue }
      worlds += 1
      let joint = JointChoice(forms, in: memory)
      let rows = Array(0..<world.facts[asked.record].count)
      let isDone = joint?.decide(rows, in: memory) ?? false
      for (variant, name) in names.enumerated() {
        let values = memory.values(of: name, rows: 0..<rows.count)
        for row in rows {
          let wanted = shown(values[row]) { $0 }
          let slow = forms.values(row: row, in: memory)[variant]
          #expect(shown(slow) { $0 } == wanted, "WRIT_SEED=\(seed): form \(variant), row \(row)")
          guard isDone, let joint else { continue }
          let other = joint.others.first {
            Int($0.row) == row && $0.variants >> UInt64(variant) & 1 == 1
          }
          if other != nil { differing += 1 }
          let found = joint.value(0, other?.choice ?? joint.firsts[row])
          #expect(shown(found) { $0 } == wanted, "WRIT_SEED=\(seed): form \(variant), row \(row)")
        }
      }
    }
    #expect(worlds > 20 && differing > 20, "\(worlds) \(differing)")
  }

  @Test func `what is no candidate does not hold`() throws {
    var told = 0
    var skipped = 0
    for seed in Seeds.run(Seeds.count(120), from: 97_001) {
      let world = GuardWorld(seed: seed, rows: 30, plainness: 70, attributes: 8)
      var dice = SeededGenerator(seed: seed)
      guard let asked = asked(world.program, &dice) else { continue }
      let memory = Memory(
        Network(compiling: asked.program), facts: world.facts, today: world.today)
      for row in 0..<world.facts[asked.record].count {
        let frame = Frame(slots: [.record(row, of: asked.record)], today: world.today)
        guard let candidates = memory.candidates(of: asked.choose, in: frame) else { continue }
        told += 1
        #expect(candidates == candidates.sorted(), "WRIT_SEED=\(seed) row \(row)")
        for (place, truth) in memory.truths(of: asked.choose, in: frame).enumerated()
        where !candidates.contains(place) {
          #expect(truth == .no, "WRIT_SEED=\(seed) row \(row) alternative \(place)")
          skipped += 1
        }
      }
    }
    #expect(told > 100 && skipped > 100, "\(told) \(skipped)")
  }

  /// A program with a choose of all alternatives that its attributes of one record choose from.
  private struct Asked {
    var program: Program
    var choose: ChooseID
    var record: RecordID
    /// Its winner, and a constant that goes with it.
    var attributes: [AttributeID]
  }

  /// nil: its attributes choose from too few.
  private func asked(_ given: Program, _ dice: inout SeededGenerator) -> Asked? {
    var program = given
    let record = RecordID(dice.number(0...1))
    var alternatives: [Choose.Alternative] = []
    for attribute in program.attributes where attribute.parameters == [.record(record)] {
      switch program[attribute.term] {
      case .winner(let id), .payload(let id, _, _), .collect(let id, _, _):
        alternatives += program[id].alternatives
      default: continue
      }
    }
    guard alternatives.count > 4 else { return nil }
    func add(_ term: Term, _ type: ValueType) -> TermID {
      program.terms.append(term)
      program.types.append(type)
      return TermID(program.terms.count - 1)
    }
    func constant(_ number: Int) -> TermID {
      add(.constant(Constant(.number(Decimal(Int64(number))))), .number)
    }
    func rule(_ title: String) -> RuleID {
      program.rules.append(
        Rule(title: title, conditions: [], because: nil, span: Span(SourceID(0), 0, 0)))
      return RuleID(program.rules.count - 1)
    }
    for index in alternatives.indices {
      alternatives[index].payload = [constant(index % 5)]
      alternatives[index].rule = rule("r\(index)")
    }
    let otherwise =
      dice.chance(40) ? Choose.Otherwise(rule: rule("otherwise"), payload: [constant(9)]) : nil
    program.chooses.append(
      Choose(
        policy: .first, isStrict: dice.chance(50), alternatives: alternatives, otherwise: otherwise
      ))
    let choose = ChooseID(program.chooses.count - 1)
    let winner = add(.winner(choose), .rule)
    let terms = [winner, add(.payload(choose, column: 0, winner: winner), .number)]
    var attributes: [AttributeID] = []
    for term in terms {
      attributes.append(AttributeID(program.attributes.count))
      program.attributes.append(
        Attribute(
          name: Named("asked \(attributes.count)"), parameters: [.record(record)],
          type: program.type(of: term), term: term, readsToday: true, readsCounters: false,
          span: Span(SourceID(0), 0, 0)))
    }
    return Asked(program: program, choose: choose, record: record, attributes: attributes)
  }

  /// The same with a few alternatives taken out, moved, or given another's payload.
  private func edited(_ asked: Asked, _ dice: inout SeededGenerator) -> Program {
    var program = asked.program
    let place = Int(asked.choose.index)
    for _ in 0..<dice.number(1...3) {
      let last = program.chooses[place].alternatives.count - 1
      let (one, other) = (dice.number(0...last), dice.number(0...last))
      switch dice.number(0...3) {
      case 0 where last > 3: program.chooses[place].alternatives.remove(at: one)
      case 1: program.chooses[place].alternatives.swapAt(one, other)
      case 2: program.chooses[place].otherwise = nil
      default:
        program.chooses[place].alternatives[one].payload =
          program.chooses[place].alternatives[other].payload
      }
    }
    return program
  }

  /// Rules by their number in the union, causes without the place where they arose.
  private func shown(_ value: Value, _ rule: (RuleID) -> RuleID) -> String {
    switch value.tag {
    case .rule: "rule \(rule(RuleID(Int(value.bits))).index)"
    case .number: "number \(value.decimal)"
    case .missing, .none, .tied, .undetermined, .fault:
      "\(value.tag) \(value.cause.kind.map { "\($0)" } ?? "?")"
    default: "\(value)"
    }
  }
}
