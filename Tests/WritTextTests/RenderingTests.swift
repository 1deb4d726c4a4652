import Testing
import WritText

struct RenderingTests {
  /// Renders a diagnostic on the words between ⟦ and ⟧ and compares with the expected screen.
  private func check(
    _ marked: String, form: Rendering.Form = .human, language: Language = .english,
    width: Int = 100, help: [Diagnostic.Help] = [], _ expected: String,
    at location: SourceLocation = #_sourceLocation
  ) {
    let (sources, span) = source(marked)
    let diagnostic = Diagnostic(
      code: "some-code", Phrase("the `word` is wrong", zh: "`word` 写错了"), at: span, help: help)
    let rendering = Rendering(form: form, language: language, width: width, version: "9")
    #expect(rendering.text(of: [diagnostic], in: sources) == expected, sourceLocation: location)
  }

  private func source(_ marked: String) -> (Sources, Span) {
    var bytes: [UInt8] = []
    var ends: [Int] = []
    for character in marked {
      if character == "⟦" || character == "⟧" {
        ends.append(bytes.count)
      } else {
        bytes += Array(String(character).utf8)
      }
    }
    var sources = Sources()
    let id = sources.add(Source(name: "a.writ", bytes: bytes))
    return (sources, Span(id, ends[0], ends[1]))
  }

  @Test func `underlines the exact words`() {
    check(
      "first\nwhen ⟦1 < x < 5⟧ then",
      """
      error[some-code]: the `word` is wrong
        → a.writ:2:6
      2 │ when 1 < x < 5 then
        │      ^^^^^^^^^

      """)
  }

  @Test func `underlines wide, combining and control characters under their cells`() {
    check(
      "当 区域 ⟦属於⟧ e\u{301}东",
      language: .chinese,
      """
      错误[some-code]: `word` 写错了
        → a.writ:1:6
      1 │ 当 区域 属於 e\u{301}东
        │         ^^^^

      """)
    check(
      "e\u{301}\u{7}⟦👩‍👩‍👧⟧x",
      """
      error[some-code]: the `word` is wrong
        → a.writ:1:4
      1 │ e\u{301}\u{FFFD}👩‍👩‍👧x
        │   ^^

      """)
  }

  @Test func `marks an empty place and the end of the file`() {
    check(
      "abc⟦⟧",
      """
      error[some-code]: the `word` is wrong
        → a.writ:1:4
      1 │ abc
        │    ^

      """)
  }

  @Test func `keeps the words in view on a narrow screen`() {
    let far = String(repeating: "x", count: 60)
    check(
      far + " ⟦here⟧ " + far, width: 40,
      """
      error[some-code]: the `word` is wrong
        → a.writ:1:62
      1 │ …xxxxxxxxxxxxxxxxxxxxxxx here xxxxx…
        │                          ^^^^

      """)
  }

  @Test func `shows the help and the line as it would read`() {
    let (_, span) = source("when 1 ⟦==⟧ x")
    check(
      "when 1 ⟦==⟧ x",
      help: [
        .init(Phrase("write `=`", zh: "写作 `=`"), edit: .init(replacing: span, with: "="))
      ],
      """
      error[some-code]: the `word` is wrong
        → a.writ:1:8
      1 │ when 1 == x
        │        ^^
        help: write `=`
      1 + when 1 = x

      """)
  }

  @Test func `says it in one line for screen readers`() {
    check(
      "⟦a⟧", form: .plain, language: .chinese, help: [.init(Phrase("write b", zh: "写 b"))],
      "a.writ:1:1: 错误: `word` 写错了 [some-code]\n  解决办法: 写 b\n")
  }

  @Test func `says it in JSON with columns in scalars`() {
    check(
      "东⟦a⟧", form: .json,
      #"{"code":"some-code","severity":"error","message":"the `word` is wrong","file":"a.writ","#
        + #""line":1,"column":2,"endLine":1,"endColumn":3,"labels":[],"help":[]}"# + "\n")
  }

  @Test func `says it in SARIF`() {
    var (sources, span) = source("东⟦a⟧")
    span = Span(sources.add(Source(name: "规则 1.writ", text: "东a")), 3, 4)
    let diagnostic = Diagnostic(.warning, code: "c", Phrase("m", zh: "信"), at: span)
    let text = Rendering(form: .sarif, version: "9").text(of: [diagnostic], in: sources)
    #expect(text.contains(#""uri":"%E8%A7%84%E5%88%99%201.writ""#))
    #expect(text.contains(#""level":"warning""#))
    #expect(text.contains(#""startColumn":2"#))
    #expect(text.contains(#""rules":[{"id":"c"}]"#))
  }

  @Test func `shows a hundred of a great many, errors first, and says how many more`() {
    let (sources, span) = source("⟦x⟧")
    let all = (0..<300).map { number in
      Diagnostic(
        number < 150 ? .warning : .error, code: "code-\(number)", Phrase("x", zh: "x"), at: span)
    }
    let rendering = Rendering(form: .human, language: .english, width: 100, version: "9")
    let text = rendering.text(of: all, in: sources)
    #expect(text.hasPrefix("error[code-150]"))
    #expect(text.contains("error[code-249]") && !text.contains("code-250"))
    #expect(text.hasSuffix("\n… and 200 more; `writ check --format plain` lists them all\n"))
    let plain = Rendering(form: .plain, language: .english, width: 100, version: "9")
    #expect(plain.text(of: all, in: sources).contains("code-299"))
  }

  @Test func `names further places`() {
    let (sources, span) = source("⟦a⟧\nb")
    let other = Span(span.source, 2, 3)
    let diagnostic = Diagnostic(
      code: "c", Phrase("m", zh: "信"), at: span,
      labels: [.init(Phrase("first", zh: "先"), at: other)])
    let text = Rendering().text(of: [diagnostic], in: sources)
    #expect(
      text == """
        error[c]: m
          → a.writ:1:1
        1 │ a
          │ ^
        2 │ b
          │ - first

        """)
  }

  @Test func `paints only when asked`() {
    let (sources, span) = source("⟦a⟧")
    let diagnostic = Diagnostic(code: "c", Phrase("m", zh: "信"), at: span)
    #expect(!Rendering().text(of: [diagnostic], in: sources).contains("\u{1B}"))
    #expect(Rendering(isColored: true).text(of: [diagnostic], in: sources).contains("\u{1B}[1;31m"))
  }
}
