import Testing
import WritModel
import WritNetwork
import WritReplay
import WritRules
import WritSyntax
import WritText

/// Rules, checked and compiled, with what was wrong with them.
private func network(_ text: String) throws -> (Network, Sources) {
  var sources = Sources()
  let id = sources.add(Source(name: "a.writ", text: text))
  let (tree, mistakes) = Parser.parse(sources[id], id: id)
  let (program, found) = Program.checking([tree], sources: sources)
  let errors = (mistakes + found).filter { $0.severity == .error }
  #expect(errors.isEmpty, "\(errors.map(\.message.english))")
  return (Network(compiling: program), sources)
}

/// Runs the tests of some rules and compares how each came out.
private func check(
  _ text: String, _ outcomes: [TestResult.Outcome],
  at location: SourceLocation = #_sourceLocation
) throws -> [TestResult] {
  let (network, sources) = try network(text)
  let results = network.program.tests.map {
    TestRun.run($0, on: network, sources: sources, language: .english, today: 20_000)
  }
  #expect(
    results.map(\.outcome) == outcomes, "\(results.flatMap(\.failures))", sourceLocation: location)
  return results
}

private let model = #"""
  currency CNY
  enum Role "角色" ordered { rep "销售", manager "经理" }
  record Rep { id : text key  name : text called  role : Role = rep  open : integer = 0 }
  record Deal "商机" {
    id "编号" : text key
    amount "金额" : money
    rate "折扣" : percent?
    rep : Rep?
    closed : date?
  }

  """#

struct TestRunTests {
  @Test func `passes, fails with the actual value, and gives the reason`() throws {
    let results = try check(
      model + #"""
        define Deal.size = case { amount >= 100 : manager  else : rep }
        test "holds" { given Deal { id "1", amount 99.99 }  expect Deal "1".size is rep }
        test "fails" { given Deal { id "1", amount 100 }  expect Deal "1".size is rep }
        """#, [.passed, .failed])
    let failure = try #require(results[1].failures.first)
    #expect(failure.expected == "rep")
    #expect(failure.actual == "manager")
    #expect(failure.explanation.contains { $0.contains("amount 100.00 ≥ 100.00") })
  }

  @Test func `faults a field that is not given, and takes a blank for a blank`() throws {
    let results = try check(
      model + #"""
        define Deal.twice : percent = rate * 2
        test "not given" { given Deal { id "1", amount 1 }  expect Deal "1".twice is missing }
        test "blank" { given Deal { id "1", amount 1, rate missing }  expect Deal "1".twice is missing }
        """#, [.failed, .passed])
    #expect(results[0].failures.first?.actual.contains("does not give Deal.rate") ?? false)
  }

  @Test func `finds records by key and by what they are called, in any order`() throws {
    _ = try check(
      model + #"""
        define Deal.by : Role = rep.role
        test "later" {
          given Deal { id "1", amount 1, rep Rep "李雷" }
          given Rep { id "R1", name "李雷", role manager }
          expect Deal "1".by is manager
          expect Deal "1".rep is Rep "R1"
        }
        """#, [.passed])
  }

  @Test func `says what is not there`() throws {
    let results = try check(
      model + #"""
        define Deal.twice = amount * 2
        test "t" { given Deal { id "1", amount 1 }  expect Deal "9".twice is 2 }
        """#, [.failed])
    #expect(results[0].failures.first?.actual.contains("\"9\"") ?? false)
  }
}

struct WordingTests {
  @Test(arguments: [
    (Value.number(Decimal(mantissa: 150, scale: 3)), ValueType.percent, "15%", "15%", "0.15"),
    (.number(Decimal(mantissa: 1500, scale: 3)), .number, "1.5", "1.5", "1.5"),
    (
      .money(Decimal(mantissa: 125, scale: 1), CurrencyID(0)), .money(nil), "12.50", "12.50",
      "12.50"
    ),
    (.boolean(true), .boolean, "yes", "是", "true"),
    (.date(days: 20_000), .date, "2024-10-04", "2024-10-04", "\"2024-10-04\""),
    (.member(1, of: EnumID(0)), .member(EnumID(0)), "manager", "经理", "\"manager\""),
    (.missing(Cause(.blankField, site: 0)), .number, "—", "—", "null"),
  ])
  func `tells values in both languages and in JSON`(
    value: Value, type: ValueType, english: String, chinese: String, json: String
  ) throws {
    var program = Program()
    program.schema.currencies = ["CNY"]
    program.schema.enums = [
      EnumType(
        name: Named("Role"), isOrdered: true,
        members: [Named("rep", label: "销售"), Named("manager", label: "经理")])
    ]
    let facts = Facts(schema: program.schema)
    #expect(Wording(program: program, language: .english).text(value, type, in: facts) == english)
    let wording = Wording(program: program, language: .chinese)
    #expect(wording.text(value, type, in: facts) == chinese)
    #expect(wording.json(value, type, in: facts).line == json)
  }
}

struct ScreenTableTests {
  @Test func `aligns by cells and cuts the widest`() {
    let table = ScreenTable(
      header: ["编号", "金额"], isNumeric: [false, true], sample: [["华东大区一号门店", "9.50"]], screen: 20)
    #expect(table.head == "编号            金额")
    #expect(table.line(["华东大区一号门店", "9.50"]) == "华东大区一号…    9.50".replacing("…    ", with: "…   "))
    #expect(table.line(["a", "10.00"]).displayWidth <= 22)
  }
}

struct RedactionTests {
  @Test func `hides what is computed from a hidden field, but no decision`() throws {
    let (network, _) = try network(
      #"""
      currency CNY
      enum Team { finance }
      record Product { id : text key  cost : money  list : money }
      show Product.cost only to finance
      define Product.margin = list - cost
      define Product.twice = margin * 2
      define Product.plain = list * 2
      decide verdict for Product -> yes/no, first { "below": when margin < 0 : no  otherwise yes }
      """#)
    let program = network.program
    var facts = Facts(schema: program.schema, texts: program.texts)
    let values: [Value] = [
      .text(facts.texts.intern("p")), .money(Decimal(5), CurrencyID(0)),
      .money(Decimal(9), CurrencyID(0)),
    ]
    _ = facts[RecordID(0)].append(values, key: [values[0]])
    let memory = Memory(network, facts: facts, today: 20_000)
    let stranger = Redaction(
      program: program, viewer: .record(.record(0, of: RecordID(0))))
    let finance = Redaction(program: program, viewer: .party(Constant(.member(0, of: EnumID(0)))))
    let everyone = Redaction(program: program, viewer: nil)
    let subject = Value.record(0, of: RecordID(0))
    for (name, isHidden) in [
      ("margin", true), ("twice", true), ("plain", false), ("verdict", false),
    ] {
      let decision = try #require(program.decisions.first { $0.name.name == name })
      func hides(_ redaction: Redaction) -> Bool {
        redaction.hides(decision.answer, [subject], today: 20_000, in: memory)
      }
      #expect(hides(stranger) == isHidden, "\(name)")
      #expect(!hides(finance))
      #expect(!hides(everyone))
    }
  }
}

struct ExplanationTests {
  @Test func `sets leaves beside their line where they fit`() {
    let explanation = Explanation(
      headline: "Lead 1 → A", decision: "d", date: "2026-01-01", rules: "abcdef0123",
      answer: .text("A"),
      facts: [
        .init(
          .condition, "评分 50 ≥ 50", facts: [.init(.value, "10 always"), .init(.value, "40 big")]),
        .init(.condition, "x", facts: [.init(.value, String(repeating: "y", count: 80))]),
      ])
    #expect(
      explanation.text(in: Sources(), width: 60) == """
        Lead 1 → A                              2026-01-01, abcdef01
          评分 50 ≥ 50  10 always · 40 big
          x
            \(String(repeating: "y", count: 80))

        """)
  }
}
