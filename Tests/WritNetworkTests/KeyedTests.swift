import Reference
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
    table coded(code: number, quantity: number) -> rate: percent, first from "c.csv"
    define Line.a = one(product, quantity * factor)
    define Line.b = only(product, quantity * factor)
    define Line.c = listed(product, quantity * factor)
    define Line.d = added(product, quantity * factor)
    define Line.e = coded(code, quantity * factor)
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

  @Test func `looks up what asking every row finds`() throws {
    let rows = KeyedChoice.fewest + 4
    var sources = Sources()
    let id = sources.add(Source(name: "t.writ", text: Self.rules))
    let parsed = Parser.parse(sources[id], id: id)
    let (program, found) = Program.checking(
      [parsed.tree], sources: sources,
      tables: { name, _ in
        name == "t.csv"
          ? Self.table("product", rows: rows, prefix: "P")
          : Self.table("code", rows: rows, prefix: "")
      }, effort: .quick)
    // That rows of the unique table overlap is what it is about.
    let errors = (parsed.diagnostics + found).filter {
      $0.severity == .error && $0.code != "rules-overlap" && $0.code != "more-overlaps"
    }
    #expect(errors.isEmpty, "\(errors.map(\.message.english))")

    var facts = Facts(schema: program.schema, texts: program.texts)
    let line = try #require(program.schema.records.firstIndex { $0.name.name == "Line" })
    let record = RecordID(line)
    func number(_ value: Decimal?) -> Value {
      value.map { .number($0) } ?? .missing(Cause(.blankField, site: 3))
    }
    let great = Decimal(900_000_000_000_000_000)
    let products: [Int?] = [0, 1, 499, 500, 5_001, 9_999, nil]
    let quantities: [(Decimal?, Decimal)] = [
      (Decimal(0), Decimal(1)), (Decimal(10), Decimal(1)), (Decimal(39), Decimal(1)),
      (Decimal(400), Decimal(1)), (nil, Decimal(1)), (great, great),
    ]
    for product in products {
      for (quantity, factor) in quantities {
        let key = Value.text(facts.texts.intern("L\(facts[record].count)"))
        let name: Value =
          product.map { .text(facts.texts.intern("P\($0)")) }
          ?? .missing(Cause(.blankField, site: 1))
        let code: Value =
          product.map { .number(Decimal(Int64($0))) } ?? .missing(Cause(.blankField, site: 2))
        _ = facts[record].append([key, name, code, number(quantity), number(factor)], key: [key])
      }
    }
    let network = Network(compiling: program)
    #expect(network.chooses.filter { $0.keyed != nil }.count == 5)
    let keyed = Memory(network, facts: facts, today: 20_000)
    let plain = Memory(Network(compiling: program, indexing: false), facts: facts, today: 20_000)
    var answers: Set<String> = []
    for (index, attribute) in program.attributes.enumerated()
    where attribute.parameters == [.record(record)] {
      let rows = 0..<facts[record].count
      let found = keyed.values(of: AttributeID(index), rows: rows)
        .map { "\(Plain($0, keyed.facts))" }
      let expected = plain.values(of: AttributeID(index), rows: rows)
        .map { "\(Plain($0, plain.facts))" }
      #expect(found == expected, "\(attribute.name.name)")
      answers.formUnion(found)
    }
    // Found, not found, not known, conflicts and faults: all of them are among the answers.
    #expect(answers.count > 12, "\(answers.sorted())")
  }
}
