import Support
import Testing
import WritModel
import WritNetwork
import WritRules
import WritSyntax
import WritText

@testable import WritReplay

/// What is counted by choice, and charged without checking the forms between, is what asking every
/// record and checking every form comes to.
@Suite struct ComparisonPassTests {
  @Test(arguments: Seeds.run(Seeds.count(24), from: 81_001))
  func `by choice and row by row are one tally`(seed: UInt64) throws {
    var dice = SeededGenerator(seed: seed)
    let base = RuleText(&dice)
    let texts = [base, base.edited(&dice), base.edited(&dice)].map(\.text)
    let world = try #require(World(texts, &dice), "WRIT_SEED=\(seed)")
    let story = "WRIT_SEED=\(seed)\n\(texts.joined(separator: "\n---\n"))"
    // Edits of rules need no checking, whatever else is asked.
    let quick = world.chargers { difference, set in
      ComparisonCharger(difference, of: set, world.network)
    }
    let edited = world.differences.filter { !$0.edits.isEmpty }
    #expect(quick.count { $0 != nil } == edited.count, "\(story)")
    let checked = world.chargers { difference, _ in
      Attribution(difference) { world.checked($0) }.flatMap {
        ComparisonCharger($0, world.network.plan, texts: world.texts)
      }
    }
    let expected = world.compared(checked, byChoice: false)
    #expect(world.compared(checked, byChoice: true) == expected, "\(story)")
    #expect(world.compared(quick, byChoice: true) == expected, "\(story)")
    #expect(world.compared(quick, byChoice: false) == expected, "\(story)")
    #expect(world.compared(quick, byChoice: true, cutAt: [0, 7, 8, 200]) == expected, "\(story)")
  }

  @Test(arguments: Seeds.run(Seeds.count(12), from: 82_001))
  func `what nobody lists or cuts is the same tally, told with the same reasons`(
    seed: UInt64
  ) throws {
    var dice = SeededGenerator(seed: seed)
    let base = RuleText(&dice)
    let texts = [base, base.edited(&dice), base.edited(&dice)].map(\.text)
    let world = try #require(World(texts, &dice, by: []), "WRIT_SEED=\(seed)")
    let quick = world.chargers { difference, set in
      ComparisonCharger(difference, of: set, world.network)
    }
    var counted = world.tally(quick, byChoice: true, cutAt: [100], listsChanges: false).0
    var listed = world.tally(quick, byChoice: false, cutAt: []).0
    #expect(counted.json.line == listed.json.line, "WRIT_SEED=\(seed)")
    // One by the indexes of all sets together, one with a network for each.
    world.explain(&counted, alone: false)
    world.explain(&listed, alone: true)
    #expect(counted.json.line == listed.json.line, "WRIT_SEED=\(seed)\n\(texts)")
    #expect(
      !listed.hasChanges(0, of: world.network) || listed.json.line.contains("whyBefore"),
      "WRIT_SEED=\(seed)")
  }

  @Test func `most worlds change something`() throws {
    var changed = 0
    for seed in UInt64(81_001)...81_024 {
      var dice = SeededGenerator(seed: seed)
      let base = RuleText(&dice)
      let texts = [base, base.edited(&dice), base.edited(&dice)].map(\.text)
      let world = try #require(World(texts, &dice))
      let (tally, _) = world.tally([], byChoice: true, cutAt: [])
      if tally.hasChanges(0, of: world.network) { changed += 1 }
    }
    #expect(changed > 12, "\(changed)")
  }
}

/// The rules of two decisions, and what may be edited in them.
private struct RuleText {
  private struct Rule {
    var title: String
    var condition: String
    var value: Int
  }
  private var rules: [[Rule]] = [[], []]
  private var hasOtherwise: [Bool]
  private var made = 0

  init(_ dice: inout SeededGenerator) {
    hasOtherwise = [dice.chance(60), dice.chance(60)]
    for block in rules.indices {
      for _ in 0..<dice.number(5...14) { rules[block].append(rule(&dice)) }
    }
  }

  private mutating func rule(_ dice: inout SeededGenerator) -> Rule {
    made += 1
    return Rule(title: "r\(made)", condition: Self.condition(&dice), value: dice.number(0...3))
  }

  private static func condition(_ dice: inout SeededGenerator) -> String {
    let parts = (0..<dice.number(1...2)).map { _ in
      switch dice.number(0...5) {
      case 0: "grade = \(dice.pick(["A", "B", "C"]))"
      case 1: "spend >= \(dice.number(1...9) * 100)"
      case 2: "years < \(dice.number(1...9))"
      case 3: "spend < \(dice.number(3...9) * 100)"
      // Not a comparison with a constant: what the index leaves open.
      case 4: "years * \(dice.number(1...3)) > age"
      default: "age >= \(dice.number(1...9))"
      }
    }
    return parts.joined(separator: " and ")
  }

  /// The same with some rules changed, removed, added and moved.
  func edited(_ dice: inout SeededGenerator) -> RuleText {
    var text = self
    for _ in 0..<dice.number(0...5) {
      let block = dice.number(0...1)
      let last = text.rules[block].count - 1
      let place = dice.number(0...last)
      switch dice.number(0...5) {
      case 0, 1: text.rules[block][place].value = dice.number(0...3)
      case 2: text.rules[block][place].condition = Self.condition(&dice)
      case 3 where last > 4: text.rules[block].remove(at: place)
      case 4: text.rules[block].insert(text.rule(&dice), at: place)
      default: text.rules[block].swapAt(place, dice.number(0...last))
      }
    }
    return text
  }

  var text: String {
    func block(_ place: Int, _ value: (Int) -> String) -> String {
      let lines = rules[place].map {
        "  \"\($0.title)\": when \($0.condition) : \(value($0.value))"
      }
      let rest = hasOtherwise[place] ? ["  otherwise \(value(0))"] : []
      return (lines + rest).joined(separator: "\n")
    }
    return """
      currency CNY
      enum Grade { A, B, C }
      record Account {
        id : text key
        grade : Grade?
        spend : money?
        years : integer?
        age : integer?
      }
      decide class for Account -> Grade, first {
      \(block(0) { ["A", "B", "C", "A"][$0] })
      }
      decide bonus for Account -> money, first {
      \(block(1) { "\($0 * 50)" })
      }

      """
  }
}

/// Rule sets over one model, and records for them.
private struct World {
  private var sources = Sources()
  private var trees: [FileTree] = []
  private(set) var texts = Interner()
  private(set) var network: ComparisonNetwork
  private var facts: Facts
  private let wording: Wording
  private(set) var differences: [RuleDifference] = []

  init?(_ rules: [String], _ dice: inout SeededGenerator, by: [String] = ["grade"]) {
    var programs: [Program] = []
    for (index, text) in rules.enumerated() {
      let id = sources.add(Source(name: "\(index)/a.writ", text: text))
      let (tree, broken) = Parser.parse(sources[id], id: id)
      let (program, found) = Program.checking(
        [tree], sources: sources, texts: texts, effort: .quick, analyzing: false)
      #expect(!broken.hasErrors && !found.hasErrors, "\(broken) \(found)\n\(text)")
      trees.append(tree)
      texts = program.texts
      programs.append(program)
    }
    for index in programs.indices { programs[index].texts = texts }
    wording = Wording(program: programs[0], language: .english)
    let plan = ComparisonPlan(programs, ComparisonPlan.Options(by: by), wording)
    guard let network = ComparisonNetwork(plan) else { return nil }
    self.network = network
    facts = Facts(schema: programs[0].schema, texts: texts)
    for number in 0..<250 {
      func maybe(_ value: Value, _ dice: inout SeededGenerator) -> Value {
        dice.chance(8) ? .missing(Cause(.blankField)) : value
      }
      let key = Value.text(facts.texts.intern("A\(number)"))
      let values = [
        key, maybe(.member(dice.number(0...2), of: EnumID(0)), &dice),
        maybe(.money(Decimal(Int64(dice.number(0...10) * 100)), CurrencyID(0)), &dice),
        maybe(.number(Decimal(Int64(dice.number(0...9)))), &dice),
        maybe(.number(Decimal(Int64(dice.number(0...20)))), &dice),
      ]
      _ = facts[RecordID(0)].append(values, key: [key])
    }
    differences = trees.indices.map {
      RuleDifference(from: [trees[0]], to: [trees[$0]], sources: sources)
    }
  }

  func checked(_ trees: [FileTree]) -> (program: Program, diagnostics: [Diagnostic]) {
    Program.checking(trees, sources: sources, texts: texts, effort: .quick, analyzing: false)
  }

  func chargers(
    _ make: (RuleDifference, Int) -> ComparisonCharger?
  ) -> [ComparisonCharger?] {
    differences.indices.map { $0 == 0 ? nil : make(differences[$0], $0) }
  }

  /// What a pass over all records comes to, cut anyhow, as text with every change.
  func compared(
    _ chargers: [ComparisonCharger?], byChoice: Bool, cutAt cuts: [Int] = []
  ) -> String {
    let (tally, listed) = tally(chargers, byChoice: byChoice, cutAt: cuts)
    return tally.json.line + "\n" + listed
  }

  /// `alone`: each set over a network of its own.
  func explain(_ tally: inout ComparisonTally, alone: Bool) {
    if alone {
      let memories = network.plan.programs.map {
        Memory(Network(compiling: $0), facts: facts, today: 20_000)
      }
      tally.explain(0, of: network, memories, sources)
    } else {
      tally.explain(0, of: network, facts, today: 20_000, sources)
    }
  }

  func tally(
    _ chargers: [ComparisonCharger?], byChoice: Bool, cutAt cuts: [Int], listsChanges: Bool = true
  ) -> (ComparisonTally, String) {
    let memory = Memory(network.union!, facts: facts, today: 20_000)
    let header = ComparisonTally.Header(
      language: .english, date: "",
      ruleSets: network.plan.programs.indices.map {
        Comparison.RuleSet(name: "\($0)", hash: "", rules: 0)
      },
      edits: differences.map { $0.edits.map { Comparison.Edit($0, in: sources) } }, options: [],
      top: 7)
    let pass = ComparisonPass(
      network, section: 0, [memory], network.tally(header, wording) { _, _ in "" }, wording,
      listsChanges: listsChanges, chargers: chargers, byChoice: byChoice)
    var listed = ""
    let count = facts[RecordID(0)].count
    for (start, end) in zip([0] + cuts, cuts + [count]) {
      pass.add(rows: start..<end, offset: 0)
      listed += String(decoding: pass.takeListed(), as: UTF8.self)
    }
    return (pass.tally, listed)
  }
}
