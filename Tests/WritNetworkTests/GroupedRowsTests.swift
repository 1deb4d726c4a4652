import Reference
import Support
import Testing
import WritModel
import WritRules
import WritSyntax
import WritText

@testable import WritNetwork

/// Rows in groups name the same entries as rows in written order, and those that asking every rule
/// finds.
@Suite struct GroupedRowsTests {
  private static let rules = """
    currency CNY
    record Line {
      id : text key
      product : text?
      area : text?
      amount : number?
      share : number
    }
    table first(product: text, area: text, amount: number, share: number) -> rate: percent, first
      from "t.csv"
    table listed(product: text, area: text, amount: number, share: number) -> rate: percent,
      rule order from "t.csv"
    define Line.a = first(product, area, amount, share)
    define Line.b = listed(product, area, amount, share)
    """

  /// Narrow rows first, the way exceptions come before the general case.
  private static func table(
    _ dice: inout SeededGenerator, rows: Int, products: Int, areas: Int
  ) -> TableFile {
    let cells = (0..<rows).map { row in
      let breadth = 2 + row * 10 / rows
      func name(_ prefix: String, _ count: Int) -> String {
        dice.chance(breadth) ? "any" : "\(prefix)\(dice.number(0...count - 1))"
      }
      let from = dice.number(0...990)
      let to = from + 1 + dice.number(0...14 * breadth)
      let share = dice.number(0...40)
      return [
        name("P", products), name("A", areas), dice.chance(breadth) ? "any" : "\(from)..<\(to)",
        dice.chance(20) ? "any" : "\(share)..<\(share + 12)",
        "\(row % 90)%",
      ]
    }
    return TableFile(header: ["product", "area", "amount", "share", "rate"], rows: cells)
  }

  @Test(arguments: [(1_300, 20, 5, 1), (6_500, 7, 7, 2)])
  func `finds what asking every rule finds`(rows: Int, products: Int, areas: Int, keys: Int) throws
  {
    var dice = SeededGenerator(seed: UInt64(rows))
    let table = Self.table(&dice, rows: rows, products: products, areas: areas)
    var sources = Sources()
    let id = sources.add(Source(name: "t.writ", text: Self.rules))
    let parsed = Parser.parse(sources[id], id: id)
    let (program, found) = Program.checking(
      [parsed.tree], sources: sources, tables: { _, _ in table }, effort: .quick)
    let errors = (parsed.diagnostics + found).filter { $0.severity == .error }
    #expect(errors.count == 0, "\(errors.prefix(3).map(\.message.english))")

    var facts = Facts(schema: program.schema, texts: program.texts)
    let record = RecordID(
      try #require(program.schema.records.firstIndex { $0.name.name == "Line" }))
    func blank() -> Value { .missing(Cause(.blankField, site: 1)) }
    for number in 0..<120 {
      func text(_ prefix: String, _ count: Int) -> Value {
        dice.chance(4)
          ? blank() : .text(facts.texts.intern("\(prefix)\(dice.number(0...count))"))
      }
      let key = Value.text(facts.texts.intern("L\(number)"))
      let values = [
        key, text("P", products), text("A", areas),
        dice.chance(4) ? blank() : .number(Decimal(Int64(dice.number(-5...1_100)))),
        .number(Decimal(Int64(dice.number(0...50)))),
      ]
      _ = facts[record].append(values, key: [key])
    }
    let network = Network(compiling: program)
    let indexes = network.chooses.compactMap(\.index)
    #expect(indexes.map { $0.groups?.keyCount } == [keys, keys])
    let grouped = Memory(network, facts: facts, today: 20_000)
    let plain = Memory(Network(compiling: program, indexing: false), facts: facts, today: 20_000)
    var answers: Set<String> = []
    for (number, attribute) in program.attributes.enumerated()
    where attribute.parameters == [.record(record)] {
      let id = AttributeID(number)
      let lines = 0..<facts[record].count
      let expected = plain.values(of: id, rows: lines).map { "\(Plain($0, plain.facts))" }
      let batch = grouped.values(of: id, rows: lines).map { "\(Plain($0, grouped.facts))" }
      #expect(batch == expected, "\(attribute.name.name)")
      let single = Memory(network, facts: facts, today: 20_000)
      let one = lines.map { "\(Plain(single.value(of: id, row: $0), single.facts))" }
      #expect(one == expected, "\(attribute.name.name), one by one")
      answers.formUnion(expected)
    }
    #expect(answers.count > 30, "\(answers.sorted())")
  }
}
