import Testing
import WritSyntax
import WritText

/// Parses an expression and compares it with all its brackets; diagnostics' codes stand behind `!`.
private func check(_ source: String, _ expected: String, _ location: SourceLocation) {
  let (expression, diagnostics) = Parser.parseExpression(
    Source(name: "<test>", text: source), id: SourceID(0))
  let codes = diagnostics.map { " !" + $0.code }.joined()
  #expect(bracketed(expression) + codes == expected, sourceLocation: location)
}

private func checkAll(
  _ table: [(String, String)], _ location: SourceLocation = #_sourceLocation
) {
  for (source, expected) in table { check(source, expected, location) }
}

@Suite struct ExpressionTests {
  @Test func `binds as schools teach it`() {
    checkAll([
      ("a + b * c", "(a add (b multiply c))"),
      ("a - b - c", "((a subtract b) subtract c)"),
      ("-a * b", "((-a) multiply b)"),
      ("(a + b) * c", "((a add b) multiply c)"),
      ("a + 1 > b and c", "(((a add 1) greater b) and c)"),
      ("not a = b", "(not (a equal b))"),
      ("not not a", "(not (not a))"),
      ("a.b.c + 1", "(a.b.c add 1)"),
      ("a or b or c", "((a or b) or c)"),
      ("total - paid or else 0 >= 5", "(((total subtract paid) orElse 0) greaterOrEqual 5)"),
      ("a or else b or c", "((a orElse b) or c)"),
      ("x is missing and y is not known", "((x is missing) and (y is not known))"),
      ("x not in {a, b}", "(x isNotIn {a, b})"),
      (
        "region within east or region not within north",
        "((region within east) or (region notWithin north))"
      ),
    ])
  }

  @Test func `reads ranges with either end open`() {
    checkAll([
      ("x in 1..9", "(x isIn [1..9])"), ("x in 100..<500", "(x isIn [100..<500])"),
      ("x in 10%<..20%", "(x isIn [10%<..20%])"), ("x in 10%<..<20%", "(x isIn [10%<..<20%])"),
      ("x in 50..", "(x isIn [50..])"), ("x in ..50", "(x isIn [..50])"),
      ("x in 50.. and y", "((x isIn [50..]) and y)"),
      ("x in a + 1..b", "(x isIn [(a add 1)..b])"),
      ("x in {1..3, 7}", "(x isIn {[1..3], 7})"), ("x in 1 至 9", "(x isIn [1..9])"),
      ("x in 1～9", "(x isIn [1..9])"), ("x in -5..-1", "(x isIn [(-5)..(-1)])"),
    ])
  }

  @Test func `folds and quantifiers run to the end`() {
    checkAll([
      (
        "sum of o.amount over Order o where o.account = this and o.date in last 12 months",
        "<sum o.amount over Order o where ((o.account equal this) and o.date in last 12 months)>"
      ),
      ("1 + (count of s over Sale s where s.won)", "(1 add <count s over Sale s where s.won>)"),
      ("sum of known o.x over Order o", "<sum known o.x over Order o>"),
      (
        "count of distinct o.x over Order o in orders",
        "<count distinct o.x over Order o in orders>"
      ),
      ("sum of known over Order o", "<sum known over Order o>"),
      ("known o.x", "(o.x is known) !presence-in-front"),
      ("not known owner", "(not (owner is known)) !presence-in-front"),
      ("no Deal d where d.lead = this", "<no Deal d where (d.lead equal this)>"),
      ("no Line l in lines where l.x", "<no Line l in lines where l.x>"),
      ("paid = no", "(paid equal no)"), ("paid = no and x", "((paid equal no) and x)"),
      ("some Line l in quote.lines where l.x", "<some Line l in quote.lines where l.x>"),
      ("every Line where x", "<every Line where x>"),
    ])
  }

  @Test func `Chinese order gives the same tree`() {
    checkAll([
      (
        "订单 o 中 o.客户 = 本条 且 o.日期 在 近12个月 内 的 o.金额 合计",
        "<sum o.金额 over 订单 o where ((o.客户 equal this) and o.日期 in last 12 months)>"
      ),
      ("订单 o 中 o.金额 合计", "<sum o.金额 over 订单 o>"),
      ("订单 o 中 已填 o.金额 平均 + 1", "(<average known o.金额 over 订单 o> add 1)"),
      ("行 l 在 报价.明细 中 l.x 的 去重 l.y 个数", "<count distinct l.y over 行 l in 报价.明细 where l.x>"),
      ("没有 商机 d 满足 d.线索 = 本条", "<no 商机 d where (d.线索 equal this)>"),
      ("已付 = 否", "(已付 equal no)"), ("a 且 非 b", "(a and (not b))"),
      ("x 为 空缺", "(x is missing)"), ("x 不为 空缺", "(x is not missing)"),
      ("x 缺则 0", "(x orElse 0)"), ("x 超过 5 且 y 不少于 3", "((x greater 5) and (y greaterOrEqual 3))"),
      ("x 在1至9", "(x isIn [1..9])"), ("较小值(a, b)", "smaller(a, b)"),
    ])
  }

  @Test func `numbers keep their digits`() {
    func digits(_ source: String) -> String {
      let (expression, diagnostics) = Parser.parseExpression(
        Source(name: "<test>", text: source), id: SourceID(0))
      let codes = diagnostics.map { " !" + $0.code }.joined()
      guard case .literal(let literal) = expression.kind else { return "none" + codes }
      switch literal {
      case .number(let digits, _), .percent(let digits, _), .zhe(let digits),
        .money(_, let digits, _):
        return digits + codes
      default: return "\(literal)" + codes
      }
    }
    let table: [(String, String)] = [
      ("1200", "1200"), ("1_200", "1200"), ("35k", "35000"), ("500万", "5000000"),
      ("2.5万", "25000"), ("1.23456万", "12345.6"), ("3亿", "300000000"), ("1万亿", "1000000000000"),
      ("007", "7"), ("0.50", "0.50"), ("１２．５", "12.5"),
      ("１２", "12"), ("15%", "15"), ("１５％", "15"), ("8.5折", "8.5"), ("85折", "8.5 !zhe-out-of-range"),
      ("100折", "10 !zhe-out-of-range"), ("0折", "10 !zhe-out-of-range"), ("¥5000", "5000"),
      ("5000元", "5000"), ("5万元", "50000"), ("USD 99.90", "99.90"), ("￥５０", "50"),
      ("123456789012345678", "123456789012345678"), ("1234567890123456789", "0 !number-too-long"),
      ("0.0000000000000000001", "0 !number-too-long"), ("99999999999亿", "0 !number-too-long"),
    ]
    for (source, expected) in table { #expect(digits(source) == expected, "\(source)") }
  }

  @Test func `dates and times are exact`() {
    func literal(_ source: String) -> Literal? {
      let (expression, _) = Parser.parseExpression(
        Source(name: "<test>", text: source), id: SourceID(0))
      if case .literal(let literal) = expression.kind { return literal }
      return nil
    }
    #expect(literal("1970-01-01") == .date(days: 0, spelling: "1970-01-01"))
    #expect(literal("2000-03-01") == .date(days: 11017, spelling: "2000-03-01"))
    #expect(literal("2026-11-11") == .date(days: 20768, spelling: "2026-11-11"))
    #expect(literal("1969-12-31") == .date(days: -1, spelling: "1969-12-31"))
    let zoned = "1970-01-01T08:00+08:00"
    #expect(literal(zoned) == .time(seconds: 0, offsetMinutes: 480, spelling: zoned))
    let utc = "1970-01-01T00:00:01Z"
    #expect(literal(utc) == .time(seconds: 1, offsetMinutes: 0, spelling: utc))
    let west = "1969-12-31T19:00:00-05:00"
    #expect(literal(west) == .time(seconds: 0, offsetMinutes: -300, spelling: west))
    #expect(literal("30 days") == .duration(Duration(count: 30, unit: .days)))
    #expect(literal("1 month") == .duration(Duration(count: 1, unit: .months)))
    #expect(literal("12个月") == .duration(Duration(count: 12, unit: .months)))
  }

  @Test func `mistakes are named and read on`() {
    checkAll([
      ("a == b", "(a equal b) !double-equals"),
      ("a && b", "(a and b) !foreign-operator"),
      ("a <> b", "(a notEqual b) !foreign-operator"),
      ("1 < x < 5", "((1 less x) less 5) !chained-comparison"),
      ("a and b or c", "((a and b) or c) !mixed-and-or"),
      ("x = missing", "(x is missing) !equals-missing"),
      ("x != missing", "(x is not missing) !equals-missing"),
      ("x is east", "(x equal east) !is-with-value"),
      ("a +", "… !missing-operand"), ("(a", "… !expected-symbol"), ("", "… !expected-value"),
      ("a b", "… !expected-end"), ("..", "… !expected-range"),
    ])
  }

  @Test func `what is nested or chained too long is said`() {
    let deep = String(repeating: "(", count: 100_000) + "a"
    check(deep, "… !nesting-too-deep", #_sourceLocation)
    check(String(repeating: "-", count: 100_000) + "a", "… !nesting-too-deep", #_sourceLocation)
    check(String(repeating: "not ", count: 9_000) + "a", "… !nesting-too-deep", #_sourceLocation)
    check(
      "a" + String(repeating: " + a", count: 100_000), "… !expression-too-long", #_sourceLocation)
    check(
      "a" + String(repeating: ".a", count: 100_000), "… !expression-too-long", #_sourceLocation)
    let fine = "a" + String(repeating: " and a", count: 190)
    let (_, diagnostics) = Parser.parseExpression(
      Source(name: "<test>", text: fine), id: SourceID(0))
    #expect(diagnostics.isEmpty)
  }

  @Test func `prints the brackets that the order of words needs`() {
    let table: [(String, String, String)] = [
      ("a * (b + c)", "a * (b + c)", "a * (b + c)"),
      ("订单 o 中 o.x 合计 + 1", "(sum of o.x over 订单 o) + 1", "订单 o 中 o.x 合计 + 1"),
      ("x in last 1 month", "x in last 1 month", "x 在 近1个月 内"),
      ("`and` = 1", "`and` = 1", "`and` = 1"), ("`12月额`", "`12月额`", "`12月额`"),
      ("Rep “say \"hi\"”", "Rep “say \"hi\"”", "Rep “say \"hi\"”"),
      (
        "missing because \"no {x} {{y}}\"", "missing because \"no {x} {{y}}\"",
        "空缺 提示 \"no {x} {{y}}\""
      ),
      ("case { a > 1 : b else : c }", "case { a > 1 : b, else : c }", "分情况 { a > 1 : b, 其余 : c }"),
      (
        "points { v : 2 each at most 30 }", "points { v : 2 each at most 30 }",
        "计分 { v : 每个 2 分 封顶 30 }"
      ),
    ]
    for (source, english, chinese) in table {
      let (expression, diagnostics) = Parser.parseExpression(
        Source(name: "<test>", text: source), id: SourceID(0))
      #expect(diagnostics.isEmpty, "\(source)")
      #expect(Printer.print(expression, in: .english) == english)
      #expect(Printer.print(expression, in: .chinese) == chinese)
    }
  }
}
