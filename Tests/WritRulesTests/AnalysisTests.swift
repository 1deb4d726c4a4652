import Support
import Testing
import WritModel
import WritText

@testable import WritRules

/// What the analysis says about rules written in the language.
@Suite struct AnalysisTests {
  /// Checks a text and compares its findings: `line: severity code`.
  func check(
    _ source: String, _ expected: [String], sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let checked = Checked(source)
    #expect(checked.report == expected, "\(checked.story)", sourceLocation: sourceLocation)
  }

  /// The first example that a finding gives.
  func example(_ source: String) -> String? {
    Checked(source).diagnostics.first?.help.first?.phrase.english
  }

  @Test func `says nothing of rules that nobody wrote`() {
    // Who asks never has to approve: that is no contradiction of the author's.
    check(
      """
      enum Role ordered { rep, manager }
      record Quote { id : text key, discount : percent }
      authorize discount on Quote by Role, more is worse, asked by rep {
        limit rep 10%, manager any
      }
      """, [])
  }

  @Test func `finds gaps of tables`() {
    let grid = """
      enum Role ordered { rep, manager, director }
      table approver(size: money, discount: percent) -> Role {
                | ..10% | 10%<..20% | 20%<..
        ..<25k  | rep   | rep       | manager
        25k<..  | rep   | manager   | director
      }
      currency CNY
      """
    check(grid, ["2: error table-gap"])
    #expect(example(grid)?.contains("size = 25000") == true)
    check(
      """
      table band(age: integer) -> text, first {
        age   -> band
        ..10  -> "child"
        11..  -> "adult"
      }
      """, [])
    check(
      """
      table band(age: number) -> text, first {
        age   -> band
        ..10  -> "child"
        11..  -> "adult"
      }
      """, ["1: warning table-gap"])
    check(
      """
      table band(day: date) -> text, first {
        day           -> band
        ..2026-03-31  -> "spring"
        2026-04-01..  -> "summer"
      }
      """, [])
    check(
      """
      table named(name: text) -> number, first {
        name -> n
        "a"  -> 1
      }
      """, [])
  }

  @Test func `finds rows that contradict each other`() {
    check(
      """
      table t(a: integer, b: integer) -> number, unique {
        a    | b    -> n
        1..5 | any  -> 1
        5..9 | 3..  -> 2
        else        -> 0
      }
      """, ["4: error rules-overlap"])
    check(
      """
      table t(a: integer) -> number, any {
        a    -> n
        1..5 -> 1
        5..9 -> 1
        else -> 0
      }
      """, [])
    check(
      """
      table t(a: integer) -> number, any {
        a    -> n
        1..5 -> 1
        5..9 -> 2
        else -> 0
      }
      """, ["4: error rules-overlap"])
  }

  @Test func `finds rows that never apply`() {
    check(
      """
      table t(a: integer, b: yes/no) -> number, first {
        a     | b   -> n
        ..10  | any -> 1
        3..7  | yes -> 2
        5..20 | yes -> 3
        5..20 | no  -> 4
        1..20 | any -> 5
        else        -> 0
      }
      """, ["3: note rule-partly-covers", "4: warning rule-shadowed", "7: warning rule-shadowed"])
    check(
      """
      record A { id : text key  n : number }
      define A.size = case { n > 5 : 1  n < 3 and n > 4 : 2  n > 7 : 3  else : 4 }
      """, ["2: warning rule-never-true", "2: warning rule-shadowed"])
  }

  @Test func `proves territories exclusive or shows a record`() {
    func territories(_ rules: String) -> String {
      """
      tree Region { china { east { shanghai, jiangsu }  north { beijing } }  abroad }
      enum Industry { factory, retail }
      record Rep { id : text key }
      record Account { id : text key  region : Region  industry : Industry  staff : integer? }
      queue open_pool
      territories for Account to Rep, exclusive {
        \(rules)
        otherwise queue open_pool
      }
      """
    }
    check(
      territories(
        """
        "East": when region within east  owner Rep "1" {
          "Factories": when industry = factory  owner Rep "2"
        }
        "Rest": when not (region within east)  owner Rep "3"
        """), [])
    let overlapping = territories(
      """
      "East": when region within china  owner Rep "1"
      "Factories": when industry = factory  owner Rep "2"
      """)
    check(overlapping, ["8: error rules-overlap"])
    #expect(example(overlapping) == "for example `region = china, industry = factory`")
    check(
      territories(
        """
        "East": when region within east  owner Rep "1"
        "Beijing": when region = beijing  owner Rep "2"
        """), ["6: note branches-uncovered"])
    check(
      territories(
        """
        "Small": when staff < 50  owner Rep "1"
        "Unknown": when staff is missing  owner Rep "2"
        "Large": when staff >= 50  owner Rep "3"
        """), [])
  }

  @Test func `says may where other conditions take part`() {
    let source = """
      record Rep { id : text key }
      record Order { id : text key  account : Account }
      record Account { id : text key  size : number }
      queue open_pool
      territories for Account to Rep, exclusive {
        "Buyers": when (some Order o where o.account = this)  owner Rep "1"
        "Large": when size > 5  owner Rep "2"
        "Small": when size <= 5 and (no Order o where o.account = this)  owner Rep "3"
        otherwise queue open_pool
      }
      """
    #expect(Checked(source).codes.allSatisfy { $0 == "rules-may-overlap" })
    #expect(Checked(source).codes.count >= 1)
  }

  /// Conditions that hang together: a record is looked for and tried before anything is called sure.
  @Test func `tries a record where conditions hang together`() {
    func territories(_ first: String, _ second: String) -> String {
      """
      enum Kind { factory, shop }
      record Rep { id : text key  since : date }
      record Account {
        id : text key  size : number  staff : number  kind : Kind  keeper : Rep  day : date
      }
      queue nobody
      territories for Account to Rep, exclusive {
        "one": when \(first) owner Rep "1"
        "two": when \(second) owner Rep "2"
        otherwise queue nobody
      }
      """
    }
    let found = territories("size * 2 > 100", "size < staff and kind = shop")
    check(found, ["9: error rules-overlap"])
    #expect(example(found)?.contains("kind = shop") == true)
    check(
      territories("size + staff > 100", "staff <= 0 and size = 300"), ["9: error rules-overlap"])
    check(
      territories("day > keeper.since", "keeper.since < 2020-01-01"), ["9: error rules-overlap"])
    // No such record is found, and that none exists is not proved either.
    let open = territories("size * 2 > 100", "size * 3 < 150 and size < 40")
    check(open, ["9: warning rules-may-overlap"])
    #expect(example(open)?.hasPrefix("that is where") == true)
    // Which record a key names only the data know.
    check(
      territories("keeper = Rep \"A\" and size * 2 > 100", "keeper = Rep \"B\" and size * 2 > 50"),
      [])
  }

  @Test func `tells what is found at the ends of a param`() {
    let rules = """
      param low = 10 in 5..30
      param high = 20 in 20..25
      table t(n: integer) -> number, first {
        n        -> r
        ..<low   -> 1
        low..high -> 2
        20<..    -> 3
      }
      """
    check(rules, ["6: note at-param-end"])
    let help = Checked(rules).diagnostics.first?.message.english
    #expect(help?.hasPrefix("with `low` at `30`: the conditions of") == true)
  }

  @Test func `tells a great many findings by their number`() {
    var build = GuardProgram()
    let slot = build.slot(0, .number)
    let one = build.number("1")
    let guards = (0..<700).map { _ in build.operation(.greater, slot, one) }
    build.addTable(guards, parameters: [.number], names: ["n"], policy: .first, hasElse: true)
    let first = Analysis.diagnostics(of: build.program)
    #expect(first.count { $0.code == "rule-shadowed" } == 200)
    #expect(
      first.last { $0.code == "more-shadowed" }?.message.english.hasPrefix("499 more") == true)

    var unique = GuardProgram()
    let number = unique.slot(0, .number)
    let bounds = (0..<700).map { unique.number("\($0)") }
    let open = bounds.map { unique.operation(.greater, number, $0) }
    unique.addTable(open, parameters: [.number], names: ["n"], policy: .unique, hasElse: true)
    let pairs = Analysis.diagnostics(of: unique.program)
    #expect(pairs.count { $0.code == "rules-overlap" } == 20)
    #expect(pairs.contains { $0.code == "more-overlaps" })
  }

  @Test func `sees through defined values`() {
    check(
      """
      enum Grade { A, B, C }
      record Account { id : text key  spend : number }
      define Account.grade : Grade = case { spend >= 100 : A  spend >= 20 : B  else : C }
      define Account.is_large = spend > 50
      decide step for Account -> number, first {
        "top":    when grade = A : 1
        "small":  when grade = B and spend < 20 : 2
        "large":  when is_large and not (grade = C) : 3
        "second": when grade = B and spend > 60 : 4
      }
      """, ["7: warning rule-never-true", "9: warning rule-shadowed"])
  }

  @Test func `calls rules expired by a date`() throws {
    let source = """
      record A { id : text key  n : number }
      decide step for A -> number, first {
        "old": effective 2025-01-01..2025-12-31 : 1
        "new": effective 2026-01-01.. : 2
      }
      """
    let program = Checked(source).program
    let day = try #require(CivilDate("2026-01-01"))
    let before = Analysis.expiredRules(of: program, today: Int32(day.days - 1))
    let after = Analysis.expiredRules(of: program, today: Int32(day.days))
    #expect(before.isEmpty)
    #expect(after.map(\.code) == ["rule-expired"])
  }
}
