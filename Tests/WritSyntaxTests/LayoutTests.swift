import Testing
import WritSyntax
import WritText

@Suite struct LayoutTests {
  /// The one layout of a source, and its diagnostics behind `!`.
  private func printed(_ source: String, in language: Language = .english) -> String {
    let (tree, diagnostics) = Parser.parse(Source(name: "<test>", text: source), id: SourceID(0))
    var text = Printer.print(tree, in: language)
    if text.hasSuffix("\n") { text.removeLast() }
    return text + diagnostics.map { " !" + $0.code }.joined()
  }

  @Test func `a line that begins with a sign goes on nowhere`() {
    // Without the rule these are a call, a comparison, a range with an end, a subtraction.
    let points = printed(
      """
      define A.x = points {
        a : bonus
        (a or b) : 5
        a in 50..
        : 6
        c : 7
        -1 < d : 8
      }
      """)
    #expect(
      points == """
        define A.x = points {
          a         : bonus
          (a or b)  : 5
          a in 50.. : 6
          c         : 7
          -1 < d    : 8
        }
        """)
    let table = printed("table t(a: A) -> number, first {\n  a -> x\n  1 -> 2\n  >= 5 -> 3\n}")
    #expect(
      table == "table t(a: A) -> number, first {\n  a    -> x\n  1    -> 2\n  >= 5 -> 3\n}")
  }

  @Test func `a line goes on behind an operator and before a word`() {
    #expect(
      printed("define A.x = a +\n  b *\n  c\n  and d\n  or else e")
        == "define A.x = a + b * c and d or else e")
    #expect(
      printed("define A.x = sum of o.x\n  over Order o\n  where o.a = b\n  and o.c")
        == "define A.x = sum of o.x over Order o where o.a = b and o.c")
    #expect(printed("define A.x = a\n+ b") == "define A.x = a !expected-declaration")
  }

  @Test func `units and labels stand on the line of what they follow`() {
    #expect(
      printed("record A {\n  open : number = 30\n  days : number\n}")
        == "record A {\n  open : number = 30\n  days : number\n}")
    #expect(
      printed("price A {\n  mark regular \"常规价\"\n  \"gold\": 5% off\n}")
        == "price A {\n  mark regular \"常规价\"\n  \"gold\": 5% off\n}")
    #expect(
      printed("price A {\n  mark regular\n  \"gold\": 5% off\n}")
        == "price A {\n  mark regular\n  \"gold\": 5% off\n}")
    #expect(
      printed("define A.x = case { a > 5 days : b else : c }")
        == "define A.x = case {\n  a > 5 days : b\n  else       : c\n}")
  }

  @Test func `commas part items, and are optional between items of a body`() {
    #expect(printed("enum E { a b, c }") == "enum E { a, b, c }")
    #expect(
      printed("record A { id : text key, name : text }")
        == "record A {\n  id   : text key\n  name : text\n}")
    #expect(
      printed("price A { \"t\": 5% off, 3 off \"u\": 1 off }")
        == "price A {\n  \"t\": 5% off, 3 off\n  \"u\": 1 off\n}")
  }

  @Test func `guards have one order, wherever they were written`() {
    let wanted = "price A {\n  \"t\": when x effective 2026-01-01.. : 5% off because \"y\"\n}"
    let ways = [
      "price A { \"t\": 5% off because \"y\" effective 2026-01-01.. when x }",
      "price A { \"t\": effective 2026-01-01.. because \"y\" when x : 5% off }",
      "price A { \"t\": when x effective 2026-01-01.. : 5% off because \"y\" }",
    ]
    for way in ways { #expect(printed(way) == wanted) }
  }

  @Test func `a clause word is a name where only a name can stand`() {
    #expect(
      printed("territories for A to B, first { \"t\": when x = owner owner Rep \"L\" }")
        == "territories for A to B, first {\n  \"t\": when x = owner\n    owner Rep \"L\"\n}")
    #expect(
      printed("territories for A to B, first {\n \"t\": when x =\n owner Rep \"L\"\n}").hasSuffix(
        "!missing-operand"))
  }

  @Test func `money needs three capitals, and parts have none`() {
    #expect(printed("define A.x = USD 5") == "define A.x = USD 5")
    #expect(printed("define A.x = Usd 5") == "define A.x = … !expected-end")
    #expect(
      printed("test \"t\" { expect A \"1\".c is { USD 5, EUR 6 } }")
        == "test \"t\" {\n  expect A \"1\".c is { USD 5, EUR 6 }\n}")
  }

  @Test func `a repeated split of words is one language or the other`() {
    let chinese = "计算 甲.乙 = 订单 o 中 o.客户 = 本条 的 o.额 合计"
    let english = "define 甲.乙 = sum of o.额 over 订单 o where o.客户 = this"
    #expect(printed(chinese) == english)
    #expect(printed(english, in: .chinese) == chinese)
    #expect(
      Parser.parse(Source(name: "", text: chinese), id: SourceID(0)).tree.language == .chinese)
    #expect(
      Parser.parse(Source(name: "", text: english), id: SourceID(0)).tree.language == .english)
  }

  @Test func `wide lines break before a word, and read back`() {
    let long = (1...14).map { "field_\($0) = value_\($0)" }.joined(separator: " and ")
    let once = printed("define A.x = \(long)")
    #expect(once.split(separator: "\n").allSatisfy { displayWidthOf($0) <= 100 })
    #expect(once.split(separator: "\n").count > 2)
    #expect(printed(once) == once)
    let quoted = "\"" + String(repeating: "x and y ", count: 20) + "\""
    #expect(printed("define A.x = a = \(quoted)") == "define A.x = a = \(quoted)")
  }

  private func displayWidthOf(_ text: Substring) -> Int { text.count }

  @Test func `asks questions as the console does`() {
    func kind(_ text: String) -> String {
      let (question, diagnostics) = Parser.parseQuestion(
        Source(name: "<test>", text: text), id: SourceID(0))
      let codes = diagnostics.map(\.code).joined()
      switch question {
      case .value(let value): return "value " + Printer.print(value, in: .english) + codes
      case .block(let block, let records): return "\(block.kind) \(records.count)" + codes
      case .require: return "require" + codes
      case .alert: return "alert" + codes
      case .measure: return "measure" + codes
      case nil: return codes
      }
    }
    #expect(kind("assign Lead \"1\", \"2\"") == "assign 2")
    #expect(kind("authorize discount on Quote \"q\"") == "authorizeDiscount 1")
    #expect(kind("授权 报价 的 折扣 \"q\"") == "authorizeDiscount 1")
    #expect(kind("Account \"A\".grade") == "value Account \"A\".grade")
    #expect(kind("require \"x\" Deal \"D\"") == "require")
    #expect(kind("measure \"m\"") == "measure")
    #expect(kind("price") == "value price")
    #expect(kind("1 +") == "missing-operand")
  }
}
