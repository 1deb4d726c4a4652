import Testing
import WritSyntax
import WritText

@Suite struct FixTests {
  /// The text after every offered edit has been made, one for each diagnostic, from the back.
  private func fixed(_ text: String) -> String {
    let (_, diagnostics) = Parser.parse(Source(name: "<test>", text: text), id: SourceID(0))
    var bytes = Array(text.utf8)
    for diagnostic in diagnostics.reversed() {
      guard let edit = diagnostic.help.compactMap(\.edit).first else { continue }
      bytes.replaceSubrange(
        Int(edit.span.start)..<Int(edit.span.end), with: Array(edit.replacement.utf8))
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test(arguments: [
    ("define A.x = b == c", "define A.x = b = c"),
    ("define A.x = b && c", "define A.x = b  and  c"),
    ("define A.x = b <> c", "define A.x = b != c"),
    ("define A.x = b is east", "define A.x = b = east"),
    ("define A.x = b is missing", "define A.x = b is missing"),
    ("define A.x = b = missing", "define A.x = b is missing"),
    ("define A.x = b != missing", "define A.x = b is not missing"),
    ("define A.x = 2026-1-9", "define A.x = 2026-01-09"),
    ("define A.x = 12abc", "define A.x = `12abc`"),
    ("define A.x = \"abc", "define A.x = \"abc\""),
    ("define A.x = (a + b", "define A.x = (a + b)"),
    (
      "price A { \"t\": tire by b { from 1: 5% off } }",
      "price A { \"t\": tier by b { from 1: 5% off } }"
    ),
    ("定价 甲 { \"乙\": 阶剃 按 丙 { 满 1 减 5% } }", "定价 甲 { \"乙\": 阶梯 按 丙 { 满 1 减 5% } }"),
    ("枚举 甲 { 乙, 丙 }", "选项 甲 { 乙, 丙 }"),
    (
      "判定 甲 针对 乙 -> 丙, 首条 { \"丁\": 戊 兜底 己 }",
      "判定 甲 针对 乙 -> 丙, 取首个 { \"丁\": 戊 兜底 己 }"
    ),
    (
      "判定 甲 针对 乙 -> 丙 { \"丁\": 当 戊 : 己\n否则 庚 }",
      "判定 甲 针对 乙 -> 丙 { \"丁\": 当 戊 : 己\n兜底 庚 }"
    ),
    (
      "判定 甲 针对 乙 -> 丙 { \"丁\": 当 戊 : 己\n其余 庚 }",
      "判定 甲 针对 乙 -> 丙 { \"丁\": 当 戊 : 己\n兜底 庚 }"
    ),
    (
      "decide a for B -> C { \"d\": when e : f\ndefault g }",
      "decide a for B -> C { \"d\": when e : f\notherwise g }"
    ),
    (
      "decide a for B -> C { \"d\": when e : f\nelse g }",
      "decide a for B -> C { \"d\": when e : f\notherwise g }"
    ),
    ("校验 \"甲\" 针对 乙, 叫停 丙: 丁 > 3", "校验 \"甲\" 针对 乙, 拦住 丙: 丁 > 3"),
    ("校验 \"甲\" 针对 乙: 丁 > 3 理由 \"戊\"", "校验 \"甲\" 针对 乙: 丁 > 3 提示 \"戊\""),
    ("entity A { id : text }", "record A { id : text }"),
    ("price A { \"t\": 85折 }", "price A { \"t\": 8.5折 }"),
    ("recrod A { id : text }", "record A { id : text }"),
    ("defin A.x = 3", "define A.x = 3"),
    ("对照标 甲(乙: 丙) -> 金额 来自 \"x\"", "对照表 甲(乙: 丙) -> 金额 来自 \"x\""),
    ("define A.x = sum of a ovr B b", "define A.x = sum of a over B b"),
    (
      "table t(a: A) -> percent, uniqe { a -> b 1 -> 2% }",
      "table t(a: A) -> percent, unique { a -> b 1 -> 2% }"
    ),
    ("record A { id text key }", "record A { id :text key }"),
    ("辖区划分 针对 客户 给 人 { \"东\": 当 区域 隶属 华东 归属 甲 }", "辖区划分 针对 客户 给 人 { \"东\": 当 区域 属于 华东 归属 甲 }"),
    (
      "辖区划分 针对 客户 给 人 { \"东\": 当 区域 属于华东 归属 甲 \"华东\": 归属 乙 }",
      "辖区划分 针对 客户 给 人 { \"东\": 当 区域 属于 华东 归属 甲 \"华东\": 归属 乙 }"
    ),
    (
      "authorize sale of A a to B b by C c { \"t\": permit when x, y }",
      "authorize sale of A a to B b by C c { \"t\": permit when x and y }"
    ),
    ("define A.x = b;", "define A.x = b"),
    ("define A.x = b in [1, 2]", "define A.x = b in {1, 2}"),
    ("define A.x = b = 'c d'", "define A.x = b = \"c d\""),
    ("define A.x = b > 50 %", "define A.x = b > 50%"),
    ("define A.x = $500", "define A.x = USD 500"),
    ("define A.x = b between c", "define A.x = b in c"),
    ("define A.x = exists B b where c", "define A.x = some B b where c"),
    ("price A { \"t\": 5%\n\"u\": 3% off }", "price A { \"t\": 5% off\n\"u\": 3% off }"),
    (
      "table t(a: A) -> percent first { a -> b 1 -> 2% }",
      "table t(a: A) -> percent, first { a -> b 1 -> 2% }"
    ),
    ("alert \"t\" high { when a }", "alert \"t\", high { when a }"),
    (
      "authorize sale of A a to B b by C c { \"t\": allow when x }",
      "authorize sale of A a to B b by C c { \"t\": permit when x }"
    ),
    ("require \"t\" for A: b > 1, c > 2", "require \"t\" for A: b > 1 and c > 2"),
    ("record in { id : text }", "record `in` { id : text }"),
  ])
  func `offers the edit`(source: String, expected: String) {
    #expect(fixed(source) == expected)
  }

  @Test(arguments: [
    ("record A { id : text }\nrecord B { id : text", "missing-brace"),
    ("", ""), ("\u{FEFF}# only a comment", ""), ("\r\n  \r\n", ""),
    ("zone 8", "malformed-zone"), ("zone +99:00", "malformed-zone"),
    ("record A { id : }", "expected-type"), ("record { id : text }", "expected-name"),
    ("data A from leads", "expected-text"), ("data A from \"x\" { a as b }", "unknown-format"),
    ("require \"x\" for A:", "missing-outcome"),
    ("decide d for A -> text { \"t\": when x }", "missing-outcome"),
    ("decide d for A -> text { \"t\": a \"u\": b c }", "several-outcomes"),
    ("authorize sale of A a to B b by C c { \"t\": permit forbid }", "several-outcomes"),
    ("assign A to B b { \"t\": to a to b }", "several-outcomes"),
    ("assign A to B b, sets x, sets y { }", "said-twice"),
    ("split c of amount { a 50% }", "expected-record-path"),
    ("price A { floor x }", "expected-keyword"),
    ("define A.x = b because", "expected-end"),
    ("alert \"t\" { when x because \"{a + }\" }", "missing-operand"),
    ("alert \"t\" { when x because \"{a\" }", "unclosed-place"),
    ("change \"t\" { when x then }", "expected-keyword"),
    ("test \"t\" { expect x }", "expected-keyword"),
    ("param p = 3 in 5", "expected-range"),
    ("define A.x = a in last 3", "expected-duration"),
    ("define A.x = 1,000", "expected-end"), ("test \"t\" { expect x = 5\n }", "expected-keyword"),
    ("price A { \"t\": 5%\n\"u\": 3% off }", "off-or-extra"), ("define A.x = 'a", "unclosed-text"),
    ("match A a with B b where a.x = b.x { \"t\": sure }", "expected-keyword"),
    ("`` = 3", "empty-name"), ("`abc", "unclosed-name"), ("¥", "money-sign-alone"),
  ])
  func `names the first cause and nothing else`(source: String, code: String) {
    let (_, diagnostics) = Parser.parse(Source(name: "<test>", text: source), id: SourceID(0))
    #expect(diagnostics.map(\.code).joined(separator: " ") == code, "\(source)")
  }

  @Test func `what is wrong in the rules of an expect check belongs to the test`() {
    let source = """
      test "t" {
        expect check { price A { "x": 85折 } define B.c = d == e } is error "zhe-out-of-range"
        expect A "1".x == 5
      }
      """
    let (tree, diagnostics) = Parser.parse(Source(name: "<test>", text: source), id: SourceID(0))
    #expect(tree.expectedFindings.map(\.code) == ["zhe-out-of-range", "double-equals"])
    #expect(diagnostics.map(\.code) == ["double-equals", "expected-keyword"])
  }
}
