import Reference
import Support
import Testing
import WritModel
import WritRules
import WritSyntax
import WritText

@testable import WritNetwork

/// Large tables are looked up by one value; the answers are those of asking every row.
@Suite struct KeyedTests {
  private static let rules = """
    currency CNY
    record Line {
      id : text key
      product : text?
      code : integer?
      quantity : number?
      factor : number
    }
    table one(product: text, quantity: number) -> rate: percent, first from "t.csv"
    table only(product: text, quantity: number) -> rate: percent, unique from "t.csv"
    table listed(product: text, quantity: number) -> rate: percent, rule order from "t.csv"
    table added(product: text, quantity: number) -> rate: percent, collect sum from "t.csv"
    table agreed(product: text, quantity: number) -> rate: percent, any from "t.csv"
    table highest(product: text, quantity: number) -> rate: percent, priority from "t.csv"
    table ranked(product: text, quantity: number) -> rate: percent, output order from "t.csv"
    table coded(code: number, quantity: number) -> rate: percent, first from "c.csv"
    define Line.a = one(product, quantity * factor)
    define Line.b = only(product, quantity * factor)
    define Line.c = listed(product, quantity * factor)
    define Line.d = added(product, quantity * factor)
    define Line.e = coded(code, quantity * factor)
    define Line.f = agreed(product, quantity * factor)
    define Line.g = highest(product, quantity * factor)
    define Line.h = ranked(product, quantity * factor)
    define Line.i = coded(code, quantity * factor) + 1%
    """

  /// Four rows a product, some of which say the same or another thing of a part of another, some
  /// for any product.
  private static func table(_ name: String, rows: Int, prefix: String) -> TableFile {
    let cells = (0..<rows).map { row in
      let from = row % 4 * 10
      let quantity = row % 97 == 5 ? "any" : row % 31 == 7 ? "0..<40" : "\(from)..<\(from + 10)"
      let key = row % 2_000 == 1_999 ? "any" : "\(prefix)\(row / 4)"
      return [key, quantity, row % 5 == 0 ? "" : "\(row % 7)%"]
    }
    return TableFile(header: [name, "quantity", "rate"], rows: cells)
  }

  private static let world = Result { try World(rows: KeyedChoice.fewest + 40) }

  /// Rules over tables of so many rows, and lines that ask for what is there and what is not.
  private struct World {
    var program: Program
    var facts: Facts
    let record: RecordID

    init(rows: Int) throws {
      var sources = Sources()
      let id = sources.add(Source(name: "t.writ", text: rules))
      let parsed = Parser.parse(sources[id], id: id)
      let (program, found) = Program.checking(
        [parsed.tree], sources: sources,
        tables: { name, _ in
          name == "t.csv"
            ? table("product", rows: rows, prefix: "P") : table("code", rows: rows, prefix: "")
        }, effort: .quick)
      // That rows of the unique table overlap is what it is about.
      let errors = (parsed.diagnostics + found).filter {
        $0.severity == .error && !["rules-overlap", "more-overlaps"].contains($0.code)
          && !$0.code.hasPrefix("any-")
      }
      #expect(errors.isEmpty, "\(errors.map { ($0.code, $0.message.english) })")
      self.program = program
      record = RecordID(
        try #require(program.schema.records.firstIndex { $0.name.name == "Line" }))
      facts = Facts(schema: program.schema, texts: program.texts)
      addDecisions()
      for product in 0..<12 { _ = self.program.texts.intern("N\(product)") }
      facts = Facts(schema: program.schema, texts: self.program.texts)
    }

    /// Adds the first table as decisions of a line: a lenient one and a strict one, asked for their
    /// winner and for what goes with it.
    private mutating func addDecisions() {
      func add(_ term: Term, _ type: ValueType) -> TermID {
        program.terms.append(term)
        program.types.append(type)
        return TermID(program.terms.count - 1)
      }
      let line = ValueType.record(record)
      guard let call = program.attributes.first(where: { $0.name.name == "Line.a" })?.term,
        case .attribute(_, let arguments, nil) = program[call]
      else { return }
      var known: [TermID: TermID] = [:]
      for isStrict in [false, true] {
        var choose = program.chooses[0]
        choose.isStrict = isStrict
        for place in choose.alternatives.indices {
          let parts = KeyedChoice.parts(of: choose.alternatives[place].guardTerm, program).map {
            part in
            if let made = known[part] { return made }
            guard case .operation(let operation, let sides) = program[part] else { return part }
            let own = sides.map { side in
              if case .slot(let slot) = program[side] { arguments[Int(slot)] } else { side }
            }
            let made = add(.operation(operation, own), .boolean)
            known[part] = made
            return made
          }
          choose.alternatives[place].guardTerm = add(.operation(.and, parts), .boolean)
        }
        program.chooses.append(choose)
        let id = ChooseID(program.chooses.count - 1)
        let winner = add(.winner(id), .rule)
        for term in [winner, add(.payload(id, column: 0, winner: winner), .number)] {
          program.attributes.append(
            Attribute(
              name: Named("decision \(program.attributes.count)"), parameters: [line],
              type: program.type(of: term), term: term, readsToday: false, readsCounters: false,
              span: Span(SourceID(0), 0, 0)))
        }
      }
    }

    /// `product` is nil where it is not known; `code` as well.
    mutating func add(_ product: String?, _ code: Int?, _ quantity: Decimal?, _ factor: Decimal) {
      let key = Value.text(facts.texts.intern("L\(facts[record].count)"))
      let name: Value =
        product.map { .text(facts.texts.intern($0)) } ?? .missing(Cause(.blankField, site: 1))
      let code: Value =
        code.map { .number(Decimal(Int64($0))) } ?? .missing(Cause(.blankField, site: 2))
      let quantity: Value =
        quantity.map { .number($0) } ?? .missing(Cause(.blankField, site: 3))
      _ = facts[record].append([key, name, code, quantity, .number(factor)], key: [key])
    }

    var rows: Range<Int> { 0..<facts[record].count }

    /// The attributes of a line.
    var attributes: [AttributeID] {
      program.attributes.indices.map { AttributeID($0) }.filter {
        program[$0].parameters == [.record(record)]
      }
    }
  }

  @Test func `looks up what asking every row finds`() throws {
    var world = try Self.world.get()
    let great = Decimal(900_000_000_000_000_000)
    let quantities: [(Decimal?, Decimal)] = [
      (Decimal(0), Decimal(1)), (Decimal(10), Decimal(1)), (Decimal(39), Decimal(1)),
      (Decimal(400), Decimal(1)), (nil, Decimal(1)), (great, great),
    ]
    for product in [0, 1, 499, 500, 5_001, 9_999, nil] as [Int?] {
      for (quantity, factor) in quantities {
        world.add(product.map { "P\($0)" }, product, quantity, factor)
      }
    }
    let network = Network(compiling: world.program)
    #expect(network.chooses.filter { $0.keyed != nil }.count == 10)
    let keyed = Memory(network, facts: world.facts, today: 20_000)
    let plain = Memory(
      Network(compiling: world.program, indexing: false), facts: world.facts, today: 20_000)
    var answers: Set<String> = []
    for attribute in world.attributes {
      let found = keyed.values(of: attribute, rows: world.rows)
        .map { "\(Plain($0, keyed.facts))" }
      let expected = plain.values(of: attribute, rows: world.rows)
        .map { "\(Plain($0, plain.facts))" }
      #expect(found == expected, "\(world.program[attribute].name.name)")
      for row in world.rows {
        let alone = keyed.value(of: attribute, row: row)
        #expect("\(Plain(alone, keyed.facts))" == expected[row])
      }
      answers.formUnion(found)
    }
    // Found, not found, not known, conflicts and faults: all of them are among the answers.
    #expect(answers.count > 12, "\(answers.sorted())")
    // What is no candidate does not hold.
    var skipped = 0
    let decision = try #require(world.attributes.last)
    for row in world.rows {
      let frame = Frame(slots: [.record(row, of: world.record)], today: 20_000)
      let id = try #require(network.choose(behind: decision))
      guard let candidates = keyed.candidates(of: id, in: frame) else { continue }
      #expect(candidates == candidates.sorted())
      let others = Set(world.program[id].alternatives.indices).subtracting(candidates)
      for place in others.sorted().prefix(200) {
        let held = keyed.value(of: world.program[id].alternatives[place].guardTerm, in: frame)
        #expect(Truth(held) == .no, "row \(row) alternative \(place)")
        skipped += 1
      }
    }
    #expect(skipped > 1_000)
  }

  @Test(arguments: Seeds.run(Seeds.count(1), from: 41_400))
  func `variants go by one table and answer as each alone`(seed: UInt64) throws {
    var dice = SeededGenerator(seed: seed)
    var world = try Self.world.get()
    let asked = world.program.chooses.indices.filter {
      world.program[ChooseID($0)].alternatives.count >= KeyedChoice.fewest
    }
    // What is edited is asked for; so are others, values not known and amounts out of range.
    var edited: Set<Int> = []
    let programs =
      [world.program] + (0..<2).map { _ in edit(world.program, asked, &edited, &dice) }
    for product in edited.sorted().prefix(60) {
      world.add("P\(product)", product, Decimal(Int64(dice.number(0...45))), Decimal(1))
    }
    for _ in 0..<40 {
      let product = dice.number(0...2_100)
      world.add("P\(product)", product, Decimal(Int64(dice.number(0...60))), Decimal(1))
      world.add("N\(dice.number(0...13))", nil, Decimal(Int64(dice.number(0...45))), Decimal(1))
    }
    let certain = world.rows
    for product in [nil, "P0", "P1", "N1"] as [String?] {
      world.add(product, 3, nil, Decimal(1))
      world.add(product, nil, Decimal(15), Decimal(1))
    }
    let unknown = world.rows
    let great = Decimal(900_000_000_000_000_000)
    for product in [nil, "P0", "N2"] as [String?] { world.add(product, 1, great, great) }

    let network = try #require(Network(compiling: programs))
    #expect(network.families.filter { $0.table != nil }.count == asked.count)
    for family in network.families {
      #expect(family.plan.count < KeyedChoice.fewest + 40 + 4 * 60)
      check(family)
    }
    let together = Memory(network, facts: world.facts, today: 20_000)
    let alone = programs.map {
      Memory(Network(compiling: $0), facts: world.facts, today: 20_000)
    }
    /// Rules by their number in the union; `variant`: whose own numbers they have.
    func shown(_ value: Value, _ facts: Facts, _ variant: Int? = nil) -> String {
      func rule(_ value: Value) -> String {
        let own = RuleID(Int(value.bits))
        return "rule \((variant.map { network.variants[$0][own] } ?? own).index)"
      }
      switch value.tag {
      case .missing, .none, .tied, .undetermined, .fault:
        return "\(value.tag) \(value.cause.kind.map { "\($0)" } ?? "?")"
      case .rule: return rule(value)
      default: return "\(Plain(value, facts))"
      }
    }
    var differing = 0
    var joined = 0
    // A variant alone borrows the table.
    let borrowing = Memory(
      Network(variant: 2, of: network, compiling: programs[2]), facts: world.facts, today: 20_000)
    borrowing.borrow(from: together)
    for id in world.attributes {
      let names = network.variants.map { $0[id] }
      let wanted = alone.enumerated().map { variant, memory in
        memory.values(of: id, rows: world.rows).map { shown($0, memory.facts, variant) }
      }
      let buffers = programs.map { _ in
        UnsafeMutableBufferPointer<Value>.allocate(capacity: world.rows.count)
      }
      defer { for buffer in buffers { buffer.deallocate() } }
      together.values(of: names, rows: world.rows, into: buffers)
      for variant in programs.indices {
        let found = buffers[variant].map { shown($0, together.facts) }
        #expect(found == wanted[variant], "WRIT_SEED=\(seed): \(world.program[id].name.name)")
        if found != wanted[0] { differing += 1 }
      }
      for row in world.rows {
        #expect(
          shown(borrowing.value(of: id, row: row), borrowing.facts, 2) == wanted[2][row],
          "WRIT_SEED=\(seed): \(world.program[id].name.name), row \(row)")
      }
      // In one pass, by choice, where faults are not in view.
      guard let joint = JointChoice([names], in: together) else { continue }
      joined += 1
      #expect(joint.decide(certain, in: together))
      for rows in [certain, unknown] where joint.decide(rows, in: together) {
        for variant in programs.indices {
          for row in rows {
            let other = joint.others.first {
              Int($0.row) == row && $0.variants >> UInt64(variant) & 1 == 1
            }
            let choice = other?.choice ?? joint.firsts[row]
            #expect(
              shown(joint.value(0, choice), together.facts) == wanted[variant][row],
              "WRIT_SEED=\(seed): \(world.program[id].name.name) of \(variant), row \(row)")
          }
        }
      }
      // The same as forms of the base.
      let lists = names.compactMap { network.choose(behind: $0) }
        .map { network.program[$0].alternatives }
      let forms = try #require(ChoiceForms(lists, of: names[0], in: network))
      let formed = try #require(JointChoice(forms, in: together))
      #expect(formed.decide(Array(certain), in: together))
      for row in certain {
        for variant in programs.indices {
          let other = formed.others.first {
            Int($0.row) == row && $0.variants >> UInt64(variant) & 1 == 1
          }
          let value = formed.value(0, other?.choice ?? formed.firsts[row])
          #expect(shown(value, together.facts) == wanted[variant][row])
        }
      }
    }
    #expect(differing > 10 && joined == 4, "\(differing) \(joined)")
  }

  /// What the table of a family holds of each variant is that variant's choose.
  private func check(_ family: FamilyPlan) {
    guard let table = family.table, let members = table.members else { return }
    for (member, id) in family.chooses.enumerated() {
      let view = KeyedView(table, member: member, numbering: member % 2 == 0)
      let own = members.indices.filter { members[$0] & view.member != 0 }
      #expect(own.map { view.own($0) } == Array(own.indices), "\(id)")
    }
    #expect(table.wide.allSatisfy { !table.alternatives.contains($0) })
    #expect(table.alternatives.count + table.wide.count == table.guards.count)
  }

  /// The same with rows taken out, moved, said again elsewhere, given another's answer, and new ones.
  private func edit(
    _ given: Program, _ chooses: [Int], _ edited: inout Set<Int>, _ dice: inout SeededGenerator
  ) -> Program {
    var program = given
    for choose in chooses {
      for _ in 0..<12 {
        let last = program.chooses[choose].alternatives.count - 1
        // Some rows are for any product.
        let place = dice.chance(20) ? 1_999 + 2_000 * dice.number(0...2) : dice.number(0...last)
        let other = dice.number(0...last)
        edited.insert(min(place, last) / 4)
        switch dice.number(0...4) {
        case 0: program.chooses[choose].alternatives.remove(at: place)
        case 1:
          let row = program.chooses[choose].alternatives.remove(at: place)
          program.chooses[choose].alternatives.insert(row, at: min(other, last - 1))
        case 2:
          program.chooses[choose].alternatives.insert(
            program.chooses[choose].alternatives[place], at: other)
        case 3:
          program.chooses[choose].alternatives[place].payload =
            program.chooses[choose].alternatives[other].payload
        default:
          var row = program.chooses[choose].alternatives[place]
          row.guardTerm = asking(row.guardTerm, "N\(dice.number(0...11))", &program)
          program.chooses[choose].alternatives.insert(row, at: other)
        }
      }
    }
    return program
  }

  /// A guard that asks for another product.
  private func asking(_ guardTerm: TermID, _ product: String, _ program: inout Program) -> TermID {
    func add(_ term: Term, _ type: ValueType) -> TermID {
      program.terms.append(term)
      program.types.append(type)
      return TermID(program.terms.count - 1)
    }
    let parts = KeyedChoice.parts(of: guardTerm, program).map { part in
      guard let (term, value) = KeyedChoice.test(part, program), value.tag == .text else {
        return part
      }
      let name = add(.constant(Constant(.text(program.texts.intern(product)))), .text)
      return add(.operation(.equal, [term, name]), .boolean)
    }
    return add(.operation(.and, parts), .boolean)
  }
}
