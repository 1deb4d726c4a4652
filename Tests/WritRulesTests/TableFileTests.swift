import Testing
import WritModel
import WritRules
import WritText

/// Tables and enums whose rows stand in a file.
@Suite struct TableFileTests {
  static let rules = """
    currency CNY, USD
    enum Channel { direct "直销", dealer "经销" }
    tree Region { china { east } }
    record Product { id : text key, name : text called }
    table book(product: Product, channel: Channel, region: Region, size: number) -> price: money,
      first from "book.csv" { effective valid_from..<valid_to }
    enum State from "states.csv"
    define known = {north, south}
    define Product.here = case { known_in(south) : book(this, direct, east, 3).price   else : 0 }
    define known_in(s: State) = s in known
    """

  static let header = "product,channel,region,size,price,valid_from,valid_to"
  static let states = table("name,label\nnorth,北\nsouth,南")

  /// The codes of what is wrong with one row of the book.
  func codes(_ row: String, header: String = header) -> [String] {
    Checked(
      Self.rules, tables: ["book.csv": table("\(header)\n\(row)"), "states.csv": Self.states]
    ).codes
  }

  @Test(arguments: [
    "P1,直销,east,1..<10,12.50,2026-01-01,2027-01-01",
    "P1,direct,china,..5,12.50,,",
    "P1,any,any,*,USD 9.90,2026-01-01,",
    ",,,7,12,,2026-01-01",
    "P1,经销,east,,,,",
  ])
  func `reads rows by the types of their columns`(_ row: String) {
    #expect(
      codes(row).filter { $0 != "mixed-currencies" } == (row.contains("USD") ? ["bad-cell"] : []))
  }

  @Test func `two ways to write an accent are two texts`() {
    let checked = Checked(
      "table price(name: text) -> integer, first from \"p.csv\"",
      tables: ["p.csv": table("name,price\nCaf\u{E9},1\nCafe\u{301},2\nCaf\u{E9},3")])
    let guards = checked.program.chooses.flatMap { $0.alternatives.map(\.guardTerm) }
    #expect(guards.count == 3 && Set(guards).count == 2, "\(checked.story)")
  }

  @Test(arguments: [
    "P1,retail,east,1,12,,", "P1,direct,west,1,12,,", "P1,direct,east,many,12,,",
    "P1,direct,east,1,12 yuan,,", "P1,direct,east,1,12,2026-02-30,", "P1,direct,east,1..x,12,,",
  ])
  func `says which cell is wrong`(_ row: String) {
    #expect(codes(row) == ["bad-cell"])
  }

  @Test func `wants every column`() {
    #expect(codes("P1", header: "product") == ["missing-column"])
    #expect(
      codes("P1,direct,east,1,12", header: "product,channel,region,size,price")
        == ["missing-column"])
  }

  @Test func `makes one alternative a row`() throws {
    let checked = Checked(
      Self.rules,
      tables: [
        "book.csv": table("\(Self.header)\nP1,直销,east,1,12.50,,\n,dealer,,,9,2026-01-01,"),
        "states.csv": Self.states,
      ])
    #expect(checked.codes == [])
    let choose = try #require(
      checked.program.chooses.first { $0.alternatives.count == 2 })
    let rules = choose.alternatives.map { checked.program[$0.rule] }
    #expect(rules.map(\.conditions.count) == [4, 2])
    #expect(rules[1].conditions.map(\.role) == [.cell, .effective])
  }
}
