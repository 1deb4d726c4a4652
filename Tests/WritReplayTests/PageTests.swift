import Foundation
import Testing
import WritModel
import WritText

@testable import WritReplay

private let samples: [(name: String, comparison: Comparison)] = [
  ("usual-en", PageSample.usual(.english)), ("usual-zh", PageSample.usual(.chinese)),
  ("several-en", PageSample.several(.english)), ("several-zh", PageSample.several(.chinese)),
  ("hostile", PageSample.hostile()), ("unchanged", PageSample.unchanged),
  ("empty", PageSample.empty),
]

private let options = ReportOptions(csv: "changes.csv")

/// The page as a browser and a reader meet it.
struct PageTests {
  /// Tags that are open, in a page of our own making: every one is closed, in order.
  private func problems(in html: String) -> [String] {
    var open: [String] = []
    var problems: [String] = []
    let void: Set<String> = ["meta", "br"]
    // Between the tags of scripts and styles nothing is markup.
    let body = html.replacing(/(?s)<(script|style)>.*?<\/\1>/, with: "")
    for tag in body.matches(of: /<(\/?)([a-zA-Z0-9]+)((?:[^<>"]|"[^"]*")*?)(\/?)>/) {
      let name = String(tag.2)
      if !tag.4.isEmpty || void.contains(name) { continue }
      if tag.1.isEmpty {
        open.append(name)
      } else if open.last == name {
        open.removeLast()
      } else {
        problems.append("</\(name)> closes <\(open.last ?? "")>")
      }
    }
    return problems + open.map { "<\($0)> is open" }
  }

  @Test func `every page is whole`() {
    for (name, comparison) in samples {
      let html = comparison.html(options)
      #expect(problems(in: html) == [], "\(name)")
      #expect(html.hasPrefix("<!DOCTYPE html>\n<html lang=\""))
      if let folder = ProcessInfo.processInfo.environment["WRIT_PAGES"] {
        let base = folder + "/" + name
        try? html.write(toFile: base + ".html", atomically: true, encoding: .utf8)
        for width in [40, 80, 120] {
          try? comparison.text(width: width, isColored: false).write(
            toFile: base + ".\(width).txt", atomically: true, encoding: .utf8)
        }
        try? comparison.markdown().write(toFile: base + ".md", atomically: true, encoding: .utf8)
        try? comparison.json().line.write(toFile: base + ".json", atomically: true, encoding: .utf8)
      }
    }
  }

  @Test func `the same comparison gives the same bytes`() {
    for (_, comparison) in samples {
      #expect(comparison.html(options) == comparison.html(options))
      #expect(comparison.json().line == comparison.json().line)
    }
  }

  @Test func `nothing is fetched and nothing runs but the own script`() {
    for (name, comparison) in samples {
      let html = comparison.html(options)
      #expect(html.matches(of: /<script/).count == 1, "\(name)")
      #expect(html.matches(of: /<style/).count == 1, "\(name)")
      #expect(!html.contains("http://") && !html.contains("https://"), "\(name)")
      #expect(html.firstMatch(of: /<[^<>]*\s(?:src|on[a-z]+|style)\s*=/) == nil, "\(name)")
      #expect(
        html.firstMatch(of: /<(?:img|link|iframe|object|embed|base|form)\b/) == nil, "\(name)")
      #expect(html.contains("default-src 'none'"))
      for link in html.matches(of: /href="([^"]*)"/) { #expect(link.1.hasPrefix("#"), "\(name)") }
    }
  }

  /// The policy names the script by its hash; a browser would not run it with another.
  @Test func `the fingerprint of a script is the one that browsers know`() {
    #expect(
      PageScript.fingerprint("alert('Hello, world.');")
        == "sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng=")
  }

  @Test func `what data say stays text`() {
    let html = PageSample.hostile().html(options)
    #expect(html.contains("&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;"))
    #expect(!html.contains("alert(\"x\")"))
    #expect(!html.contains("\u{202E}") && !html.contains("\u{1B}") && !html.contains("\u{0}"))
    let markdown = PageSample.hostile().markdown()
    #expect(!markdown.contains("<script") && !markdown.contains("<img"))
    let text = PageSample.hostile().text(width: 80, isColored: false)
    #expect(!text.contains("\u{1B}") && !text.contains("\u{202E}"))
  }

  @Test func `a long list is cut, says so and names the file that has it all`() {
    let html = PageSample.hostile().html(options)
    #expect(html.contains("The 200 largest changes; 9,800 more in changes.csv"))
    #expect(html.utf8.count < 2_000_000)
    #expect(html.matches(of: /<tr class="in">/).count == 200)
  }

  @Test func `every link leads somewhere and no name is there twice`() {
    for (name, comparison) in samples where name != "hostile" {
      let html = comparison.html(options)
      let names = html.matches(of: /\sid="([^"]*)"/).map { String($0.1) }
      #expect(Set(names).count == names.count, "\(name)")
      for link in html.matches(of: /href="#([^"]*)"/) {
        #expect(names.contains(String(link.1)), "\(name): \(link.1)")
      }
      for label in html.matches(of: /aria-labelledby="([^"]*)"/) {
        for part in label.1.split(separator: " ") { #expect(names.contains(String(part))) }
      }
    }
  }

  @Test func `headings come in order, tables have captions, drawings have words`() {
    for (name, comparison) in samples {
      let html = comparison.html(options)
      let levels = html.matches(of: /<h([1-6])[ >]/).compactMap { Int($0.1) }
      #expect(levels.first == 1 && levels.count { $0 == 1 } == 1, "\(name)")
      for (before, after) in zip(levels, levels.dropFirst()) {
        #expect(after <= before + 1, "\(name): h\(before) then h\(after)")
      }
      #expect(
        html.matches(of: /<table[ >]/).count == html.matches(of: /<caption>/).count, "\(name)")
      #expect(html.firstMatch(of: /<th(?![^>]*scope=)[ >]/) == nil, "\(name)")
      for drawing in html.matches(
        of: /<svg[^>]*>(?:<title[^>]*>([^<]*)<\/title><desc[^>]*>([^<]*))?/)
      {
        let isSilent = drawing.0.contains("aria-hidden=\"true\"")
        #expect(isSilent || drawing.0.contains("role=\"img\""), "\(name)")
        #expect(isSilent || drawing.1?.isEmpty == false && drawing.2?.isEmpty == false, "\(name)")
      }
    }
  }

  @Test func `the head says what changes and whether the limits hold`() {
    let english = PageSample.usual(.english).html(options)
    #expect(
      english.contains(
        "<h1><bdi>Under &quot;after&quot;, 72 of 507 Line records change in price (−105.75 CNY); "
          + "14 of 200 Quote records change in discount approval</bdi></h1>"))
    #expect(english.contains("✗ 1 of 2 limits fails"))
    #expect(english.contains("margin may fall by at most 0.5 points: fails"))
    let chinese = PageSample.usual(.chinese).html(options)
    #expect(
      chinese.contains(
        "<h1><bdi>改用“下半年方案”后，507 条报价行中有 72 条的价格改变（−105.75 元）；"
          + "200 条报价中有 14 条的折扣审批改变</bdi></h1>"))
    #expect(chinese.contains("✗ 2 条限度中有 1 条未守住"))
    #expect(
      PageSample.unchanged.html(options).contains(
        "&quot;after&quot; changes no decision on these data"))
  }

  @Test func `an experiment is told as its figures are`() {
    let html = PageSample.several(.english).html(options)
    for part in [
      "χ² = 4.08", "p = 0.043", "12.00%", "13.50%", "+0.18 to +2.82 points", "p = 0.026",
    ] {
      #expect(html.contains(part), "\(part)")
    }
  }

  @Test func `colours are told apart by weak eyes, by day and by night`() {
    let inks = Dictionary(uniqueKeysWithValues: Palette.inks.map { ($0.name, $0) })
    for pair in Palette.pairs {
      guard let front = inks[pair.front], let back = inks[pair.back] else {
        Issue.record("no colour \(pair.front) or \(pair.back)")
        continue
      }
      for (scheme, a, b) in [
        ("light", front.light, back.light), ("dark", front.dark, back.dark),
      ] {
        let found = contrast(a, b)
        #expect(found >= pair.least, "\(scheme): \(pair.front) on \(pair.back) \(found)")
      }
    }
  }

  /// As WCAG 2 has it.
  private func contrast(_ a: UInt32, _ b: UInt32) -> Double {
    let luminance = { (color: UInt32) -> Double in
      let parts = [16, 8, 0].map { shift -> Double in
        let part = Double(color >> UInt32(shift) & 255) / 255
        return part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4)
      }
      return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
    }
    let (high, low) = (max(luminance(a), luminance(b)), min(luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)
  }

  @Test func `black on white has the most contrast there is`() {
    #expect(abs(contrast(0, 0xFFFFFF) - 21) < 0.001)
    #expect(abs(contrast(0x777777, 0xFFFFFF) - 4.48) < 0.01)
  }
}

/// Numbers as they are told.
struct FigureTests {
  private let figures = Figures(language: .english)

  @Test func `amounts have groups, decimals and a sign`() {
    let cases: [(String, String, Bool, String)] = [
      ("1204", "CNY", true, "+1,204.00 CNY"), ("-1204.5", "CNY", true, "-1,204.50 CNY"),
      ("0", "CNY", true, "0.00 CNY"), ("1234567.125", "CNY", false, "1,234,567.125 CNY"),
      ("1204", "JPY", false, "1,204 JPY"), ("0.125", "%", false, "12.5%"), ("3", "", true, "+3"),
      ("0.1", "%", false, "10%"), ("1", "%", false, "100%"), ("999", "", false, "999"),
      ("1000", "", false, "1,000"), ("-0.05", "", false, "-0.05"),
    ]
    for (value, unit, isSigned, expected) in cases {
      #expect(figures.amount(PageSample.sum(value), unit, isSigned: isSigned) == expected)
    }
    #expect(
      Figures(language: .chinese).amount(PageSample.sum("8"), "CNY") == "8.00 元")
  }

  @Test func `shares never round to nothing or to all`() {
    let cases = [
      (0, 10, "0%"), (1, 3, "33.3%"), (1, 100_000, "< 0.1%"), (99_999, 100_000, "> 99.9%"),
      (5, 5, "100%"), (1, 0, "—"),
    ]
    for (part, whole, expected) in cases { #expect(figures.share(part, of: whole) == expected) }
  }

  @Test func `binary numbers have as many digits as are worth reading`() {
    let cases: [(Double, String, String)] = [
      (-1312.44, "CNY", "-1,312.44"), (0.0018, "%", "+0.18"), (12_345.6, "", "+12,346"),
      (0.1234567, "", "+0.1235"), (-0.00001, "", "0.0000"), (.nan, "", "—"), (.infinity, "%", "—"),
      (1e300, "", "—"),
    ]
    for (value, unit, expected) in cases {
      #expect(figures.estimate(value, unit, isSigned: true) == expected)
    }
  }

  @Test func `digits of sums are for programs`() {
    for text in ["0", "-0.05", "1234567.125", "-1", "0.000000000000000001"] {
      #expect(PageSample.sum(text).digits == text)
    }
  }
}
