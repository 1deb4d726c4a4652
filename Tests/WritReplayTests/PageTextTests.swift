import Foundation
import Testing
import WritModel
import WritText

@testable import WritReplay

/// The report as text, as Markdown and as JSON.
struct PageTextTests {
  private func text(_ language: Language, _ width: Int) -> String {
    PageSample.usual(language).text(width: width, isColored: false)
  }

  @Test func `no line is wider than the terminal`() {
    for comparison in [
      PageSample.usual(.english), PageSample.usual(.chinese), PageSample.several(.chinese),
      PageSample.hostile(), PageSample.unchanged, PageSample.empty,
    ] {
      for width in [24, 32, 40, 59, 60, 72, 80, 100, 132] {
        let lines = comparison.text(width: width, isColored: false).split(separator: "\n")
        for line in lines {
          #expect(line.displayWidth <= width, "\(width): \(line)")
          #expect(line.last != " ", "\(width): \(line)")
        }
      }
    }
  }

  @Test func `the head comes first, with the limits`() {
    let lines = text(.english, 200).split(separator: "\n", omittingEmptySubsequences: false)
    #expect(
      lines.prefix(4) == [
        "Under \"after\", 72 of 507 Line records change in price (-105.75 CNY); "
          + "14 of 200 Quote records change in discount approval",
        "  ✓ net revenue may fall by at most 0.5%: holds",
        "  ✗ margin may fall by at most 0.5 points: fails", "",
      ])
  }

  @Test func `columns are aligned, wide characters count two`() {
    let lines = text(.chinese, 100).split(separator: "\n").map(String.init)
    let rows = lines.filter { $0.contains("华东 上海") || $0.contains("华北  ") }
    #expect(rows.count == 2)
    #expect(Set(rows.map(\.displayWidth)).count == 1)
  }

  @Test func `charges add up in sight`() {
    let rows = text(.english, 100).split(separator: "\n").map { $0.split(separator: " ") }
    #expect(rows.contains(["together", "72", "-105.75", "CNY"]))
  }

  @Test func `only answers that change are told as flows`() {
    let sentences = Sentences(PageSample.usual(.english), minus: "-")
    let decisions = PageSample.usual(.english).differences[0].decisions
    #expect(sentences.moves(decisions[0]).map(\.after) == ["undetermined"])
    #expect(sentences.moves(decisions[1]).map(\.count) == [9, 3, 1, 1])
  }

  @Test func `answers that are numbers get groups and keep their decimals`() {
    let sentences = Sentences(PageSample.usual(.english), minus: "-")
    let cases = [
      ("79476.04", "79,476.04"), ("1000.50", "1,000.50"), ("1000.00", "1,000.00"), ("", "—"),
      ("12", "12"), ("manager", "manager"), ("12%", "12%"), ("CNY 5", "CNY 5"), ("1,5", "1,5"),
      ("-1200.5", "-1,200.5"), ("0.123456", "0.123456"),
    ]
    for (text, expected) in cases { #expect(sentences.answer(text) == expected) }
  }

  @Test func `percents are told as their average`() {
    let amounts = Comparison.Amounts(
      unit: "%", before: PageSample.sum("54"), after: PageSample.sum("54.5"),
      gains: PageSample.sum("0.7"), losses: PageSample.sum("-0.2"), rising: 3, falling: 1,
      distribution: [])
    let sentences = Sentences(PageSample.usual(.english), minus: "-")
    #expect(sentences.change(amounts, of: 200) == "+0.25 points on average")
  }

  @Test func `an edit without consequence says so`() {
    for (language, words) in [
      (Language.english, "changes no decision on these data"), (.chinese, "不改变这批数据的任何判定"),
    ] {
      #expect(text(language, 100).matches(of: try! Regex(words)).count == 1)
      #expect(
        PageSample.usual(language).html().contains(
          language == .english ? "Changes no decision on these data." : words))
    }
  }

  @Test func `colours are there when they are wanted only`() {
    let plain = PageSample.usual(.english).text(width: 80, isColored: false)
    let colored = PageSample.usual(.english).text(width: 80, isColored: true)
    #expect(!plain.contains("\u{1B}"))
    #expect(colored.replacing(/\u{1B}\[[0-9;]*m/, with: "") == plain)
  }

  @Test func `words wrap at blanks and between wide characters`() {
    let cases: [(String, Int, [String])] = [
      ("one two three", 8, ["one two", "three"]), ("一二三四五", 6, ["一二三", "四五"]),
      ("abcdefgh", 3, ["abc", "def", "gh"]), ("short", 9, ["short"]), ("", 4, [""]),
      ("ab 一二", 4, ["ab", "一二"]),
    ]
    for (text, width, expected) in cases {
      #expect(TextTable.wrapped(text, to: width) == expected, "\(text)")
    }
  }

  // MARK: Markdown

  @Test func `tables of Markdown have as many cells in each row`() {
    for comparison in [
      PageSample.usual(.english), PageSample.several(.chinese), PageSample.hostile(),
    ] {
      var cells: Int?
      for line in comparison.markdown().split(separator: "\n", omittingEmptySubsequences: false) {
        guard line.hasPrefix("|") else {
          cells = nil
          continue
        }
        let count = line.replacing("\\|", with: "").count { $0 == "|" }
        #expect(cells == nil || cells == count, "\(line)")
        cells = count
      }
    }
  }

  @Test func `text of data is no Markdown`() {
    #expect(
      MarkdownReport.escaped("a|b *c* _d_ `e` [f](g) <h> @i #1 &amp;\nj")
        == "a\\|b \\*c\\* \\_d\\_ \\`e\\` \\[f\\](g) &lt;h&gt; &#64;i \\#1 &amp;amp; j")
  }

  // MARK: JSON

  private func object(_ comparison: Comparison) throws -> [String: Any] {
    try #require(
      try JSONSerialization.jsonObject(with: Data(comparison.json().line.utf8)) as? [String: Any])
  }

  @Test func `the names of the JSON stand`() throws {
    let object = try object(PageSample.several(.english))
    #expect(
      Set(object.keys) == [
        "format", "language", "date", "ruleSets", "inputs", "exclusions", "differences",
        "coverage", "experiments", "notes",
      ])
    #expect(object["format"] as? String == "writ comparison 1")
    let differences = try #require(object["differences"] as? [[String: Any]])
    let decisions = try #require(differences.first?["decisions"] as? [[String: Any]])
    let amounts = try #require(decisions.first?["amounts"] as? [String: Any])
    #expect(amounts["unit"] as? String == "CNY")
    let charges = try #require(decisions.first?["charges"] as? [[String: Any]])
    #expect(charges.map { $0["kind"] as? String } == ["alone", "alone", "together", "interaction"])
    #expect(charges.compactMap { $0["count"] as? Int }.reduce(0, +) == 72)
  }

  @Test func `amounts of the JSON are exact`() {
    let line = PageSample.usual(.english).json().line
    #expect(line.contains("\"before\":48120334.17,\"after\":48120228.42"))
    #expect(line.contains("\"low\":-1312.4,\"high\":1071.9"))
  }

  @Test func `what is no number is null`() {
    var comparison = PageSample.usual(.english)
    comparison.differences[0].measures[0].estimate = .interval(
      .init(low: -.infinity, high: .nan, confidence: 0.95, method: "none"))
    #expect(comparison.json().line.contains("\"low\":null,\"high\":null"))
    #expect(throws: Never.self) { try object(comparison) }
    #expect(comparison.html().contains("— to —"))
  }

  @Test func `hostile texts come back as they were`() throws {
    let object = try object(PageSample.hostile())
    #expect((object["notes"] as? [String])?.first == "<script>alert(\"x\")</script>")
  }
}

/// Drawings say what the numbers say.
struct ChartTests {
  @Test func `flows with many answers keep every record`() {
    let flows = (0..<40).map {
      Comparison.Flow(before: "a\($0)", after: "b\($0 % 13)", count: 40 - $0)
    }
    let chart = FlowChart(flows, Figures(language: .english))
    #expect(chart.left.count == 8 && chart.right.count == 8)
    #expect(chart.left.reduce(0) { $0 + $1.count } == 820)
    #expect(chart.right.reduce(0) { $0 + $1.count } == 820)
    #expect(chart.left.last?.name == "others")
  }

  @Test func `nothing to draw draws nothing`() {
    var page = Markup()
    var chart = FlowChart([], Figures(language: .english))
    chart.draw(width: 340, title: "a", description: "b", into: &page)
    DistributionChart(bins: [], unit: "", figures: Figures(language: .english))
      .draw(width: 340, title: "a", description: "b", into: &page)
    #expect(page.html == "")
  }

  @Test func `ranges on both sides of nothing have their colour`() {
    let chart = DistributionChart(bins: [], unit: "", figures: Figures(language: .english))
    let cases: [(Int64, Int64, String)] = [
      (-2, -1, "f-fall"), (-1, 0, "f-fall"), (0, 1, "f-rise"), (-1, 1, "f-flow"),
    ]
    for (low, high, style) in cases {
      #expect(chart.style(.init(low: Decimal(low), high: Decimal(high), count: 1)) == style)
    }
  }

  /// Numbers that cannot be drawn leave the page as it is.
  @Test func `drawings hold what is not finite out`() {
    var comparison = PageSample.usual(.english)
    comparison.differences[0].measures[0].estimate = .interval(
      .init(low: -.infinity, high: .nan, confidence: 0.95, method: "none"))
    comparison.differences[0].measures[1].limit?.bound = .nan
    let html = comparison.html()
    for drawing in html.matches(of: /(?s)<svg.*?<\/svg>/) {
      #expect(!drawing.0.contains("=\"nan") && !drawing.0.contains("=\"inf"))
    }
    for length in [Double.nan, .infinity, 1e300, -0.04, 12.34, -12.36, 3] {
      #expect(["0", "12.3", "-12.4", "3", "-0"].contains(Markup.length(length)))
    }
  }

  @Test func `lines that stay stand once in an edit`() {
    let cases: [(String, String, [String])] = [
      ("a\nb\nc", "a\nx\nc", ["=a", "-b", "+x", "=c"]), ("", "a", ["+a"]), ("a", "", ["-a"]),
      ("a\na", "a", ["=a", "-a"]), ("a", "a", ["=a"]), ("a\nb", "b\na", ["-a", "-b", "+b", "+a"]),
    ]
    for (before, after, expected) in cases {
      let edit = Comparison.Edit(
        kind: "changed", block: "", title: "", before: before, after: after, place: "")
      let lines = Page.lines(edit).map { line, side in
        (side == .both ? "=" : side == .before ? "-" : "+") + line
      }
      #expect(lines == expected)
    }
  }
}
