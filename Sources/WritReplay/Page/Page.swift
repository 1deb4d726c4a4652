import WritModel
public import WritText

/// What the forms of a report need to know beyond the comparison itself.
public struct ReportOptions: Sendable {
  /// The rule files of each rule set, where places of explanations are looked up; may be empty.
  public var sources: [Sources]
  /// The file beside the report that lists all changed records.
  public var csv: String?
  /// How many changed records of a decision are shown.
  public var records: Int

  public init(sources: [Sources] = [], csv: String? = nil, records: Int = 200) {
    self.sources = sources
    self.csv = csv
    self.records = max(0, records)
  }
}

extension Comparison {
  /// The report as one HTML file that needs nothing else: no network, and no script for reading.
  ///
  /// The same comparison gives the same bytes.
  public func html(_ options: ReportOptions = ReportOptions()) -> String {
    Page(comparison: self, options: options).made()
  }
}

/// The HTML page being put together, from the head of the page to its foot.
struct Page {
  let comparison: Comparison
  let options: ReportOptions
  let sentences: Sentences

  var figures: Figures { sentences.figures }

  init(comparison: Comparison, options: ReportOptions) {
    self.comparison = comparison
    self.options = options
    sentences = Sentences(comparison, minus: "−")
  }

  func say(_ english: String, _ chinese: String) -> String { sentences.say(english, chinese) }

  /// Several rule sets against the base: each gets a chapter.
  private var hasChapters: Bool { comparison.differences.count > 1 }

  func made() -> String {
    var markup = Markup()
    let script = PageScript.text(comparison.language)
    let title =
      say("Comparison of rule sets: ", "规则对比：")
      + comparison.ruleSets.map(\.name).joined(separator: " → ")
    markup.raw("<!DOCTYPE html>\n")
    markup.append("<html lang=\"\(comparison.language == .english ? "en" : "zh-CN")\">\n<head>\n")
    markup.raw("<meta charset=\"utf-8\">\n")
    markup.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
    // Nothing is loaded, and no script runs but the one below.
    markup.append(
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
        + "style-src 'unsafe-inline'; script-src '\(PageScript.fingerprint(script))'; "
        + "base-uri 'none'; form-action 'none'\">\n")
    markup.raw("<meta name=\"color-scheme\" content=\"light dark\">\n")
    markup.element("title", title)
    markup.append("\n<style>\n\(PageStyle.sheet)</style>\n</head>\n<body>\n")
    markup.element("a", ["class": "skip", "href": "#main"], say("To the figures", "跳到正文"))
    markup.line()
    head(into: &markup)
    markup.append("<main id=\"main\">\n")
    for index in comparison.differences.indices { chapter(index, into: &markup) }
    trials(into: &markup)
    coverage(into: &markup)
    method(into: &markup)
    markup.append("</main>\n")
    foot(into: &markup)
    markup.append("<script>\(script)</script>\n</body>\n</html>\n")
    return markup.html
  }

  // MARK: The first screen

  private func head(into markup: inout Markup) {
    markup.append("<header>\n")
    let date = comparison.date
    markup.element(
      "p", ["class": "over"],
      comparison.date.isEmpty
        ? say("Comparison of rule sets", "规则对比")
        : say("Comparison of rule sets · business date \(date)", "规则对比 · 业务日 \(date)"))
    markup.line()
    let only = comparison.differences.count == 1 ? comparison.differences.first : nil
    markup.element("h1") { page in
      if let only {
        page.isolate(sentences.headline(only))
      } else {
        let count = comparison.differences.count
        page.say(
          say(
            "\(count) rule sets compared with \(sentences.baseName)",
            "\(count) 套规则与 \(sentences.baseName) 对比"))
      }
    }
    markup.line()
    if let only {
      verdict(only, into: &markup)
      tiles(only, into: &markup)
    } else {
      overview(into: &markup)
    }
    contents(into: &markup)
    markup.append("</header>\n")
  }

  /// Whether the limits hold, each with its figures.
  func verdict(_ difference: Comparison.Difference, into markup: inout Markup) {
    let verdict = sentences.verdict(difference)
    let limits = sentences.limits(difference)
    markup.element("div", ["class": "verdict " + (verdict?.rawValue ?? "none")]) { page in
      page.element("p", ["class": "lead"]) { page in
        if let verdict { page.say(IntervalChart.mark(verdict) + " ") }
        page.say(Self.capitalized(sentences.limitSentence(difference)))
      }
      if verdict == nil { return }
      page.element("ul") { page in
        for (measure, limit) in limits {
          page.element("li", ["class": limit.verdict.rawValue]) { page in
            page.element(
              "span", ["class": "mark", "aria-hidden": "true"], IntervalChart.mark(limit.verdict))
            page.isolate(sentences.sentence(measure, limit))
            page.void("br")
            page.element("span", ["class": "soft small"], movement(measure))
          }
        }
      }
    }
    markup.line()
  }

  /// `120,000.00 → 119,400.00 CNY (−600.00 CNY), 95% interval −30.00 to …`
  private func movement(_ measure: Comparison.Measured) -> String {
    let difference = sentences.difference(measure).map {
      figures.value($0, measure.unit, isSigned: true)
    }
    return figures.value(measure.before, measure.unit) + " → "
      + figures.value(measure.after, measure.unit)
      + (difference.map { say(" (\($0))", "（\($0)）") } ?? "") + say("; ", "；")
      + sentences.sentence(measure.estimate, measure.unit)
  }

  /// A tile a decision: how many records, how much money, where they go.
  func tiles(_ difference: Comparison.Difference, into markup: inout Markup) {
    guard !difference.decisions.isEmpty else { return }
    let ordered = sentences.ordered(difference).map { difference.decisions[$0] }
    let decisions = ordered.filter { $0.changed > 0 } + ordered.filter { $0.changed == 0 }
    markup.element("ul", ["class": "tiles"]) { page in
      for decision in decisions.prefix(6) {
        page.element("li", ["class": decision.changed == 0 ? "same" : "other"]) { page in
          page.element("p", ["class": "what"]) { page in
            page.isolate("\(decision.record) · \(decision.value)")
          }
          page.element("p", ["class": "figure"]) { page in
            page.say(figures.count(decision.changed))
            page.element(
              "small",
              say(" of ", " / ") + figures.count(decision.compared) + say(" change", " 改变"))
          }
          page.element("p", ["class": "soft small"], detail(decision))
        }
      }
    }
    markup.line()
    if decisions.count > 6 {
      let rest = decisions.count - 6
      markup.element(
        "p", ["class": "soft small"],
        say("and \(rest) more below", "另有 \(rest) 项见下文"))
    }
  }

  private func detail(_ decision: Comparison.Changed) -> String {
    guard decision.changed > 0 else { return say("the same everywhere", "完全相同") }
    if let amounts = decision.amounts {
      return sentences.change(amounts, of: decision.compared)
        + say(
          " · \(figures.count(amounts.rising)) up, \(figures.count(amounts.falling)) down",
          " · 升 \(figures.count(amounts.rising))，降 \(figures.count(amounts.falling))")
    }
    guard let flow = sentences.moves(decision).first else { return "" }
    return say("most: ", "最多：")
      + "\(sentences.answer(flow.before)) → \(sentences.answer(flow.after)) (\(figures.count(flow.count)))"
  }

  /// One row a rule set, where there are several: limits, measures, and what changes anywhere.
  private func overview(into markup: inout Markup) {
    let differences = comparison.differences
    let measures = differences.first?.measures ?? []
    let places =
      differences.first.map(sentences.ordered)?.filter { place in
        differences.contains {
          $0.decisions.indices.contains(place) && $0.decisions[place].changed > 0
        }
      } ?? []
    let decisions = differences.first?.decisions ?? []
    markup.table(
      caption: say(
        "Each rule set against \(sentences.baseName)", "各套规则与 \(sentences.baseName) 的差别"),
      columns: [
        Column(say("rule set", "规则"), .wide), Column(say("limits", "限度"), .wide),
      ] + measures.map { Column($0.title, .number) }
        + places.map { Column("\(decisions[$0].record) · \(decisions[$0].value)", .number) }
    ) { page in
      for (index, difference) in differences.enumerated() {
        page.element("tr") { page in
          page.element("th", ["scope": "row"]) { page in
            page.element("a", ["href": "#d\(index + 1)"], sentences.name(difference))
          }
          page.element("td") { page in
            guard let verdict = sentences.verdict(difference) else {
              page.say("—")
              return
            }
            page.element("span", ["class": "word \(verdict.rawValue)"]) { page in
              page.say(IntervalChart.mark(verdict) + " " + sentences.limitSentence(difference))
            }
          }
          for measure in measures {
            let own = difference.measures.first { $0.title == measure.title }
            page.element("td", ["class": "n"]) { page in
              page.difference(own.flatMap(sentences.difference), measure.unit, figures)
            }
          }
          for place in places {
            let decision =
              difference.decisions.indices.contains(place) ? difference.decisions[place] : nil
            page.element("td", ["class": "n"]) { page in
              page.say(decision.map { figures.count($0.changed) } ?? "—")
              guard let decision, let unit = sentences.unit(ofSums: decision),
                let amounts = decision.amounts
              else { return }
              page.void("br")
              page.signed(amounts.after - amounts.before, unit, figures)
            }
          }
        }
        page.line()
      }
    }
  }

  private func contents(into markup: inout Markup) {
    var links: [(String, String)] = []
    if hasChapters {
      for (index, difference) in comparison.differences.enumerated() {
        links.append(("#d\(index + 1)", sentences.name(difference)))
      }
    } else if let difference = comparison.differences.first {
      if !difference.measures.isEmpty { links.append(("#d1-measures", say("Measures", "指标"))) }
      links.append(("#d1-edits", say("What was edited", "改了什么")))
      for index in sentences.ordered(difference) {
        let decision = difference.decisions[index]
        guard decision.isWorthTelling else { continue }
        links.append(("#d1-c\(index + 1)", "\(decision.record) · \(decision.value)"))
      }
    }
    if !comparison.experiments.isEmpty { links.append(("#trials", say("Experiments", "试验"))) }
    if !comparison.coverage.isEmpty { links.append(("#coverage", say("Rules used", "规则使用"))) }
    links.append(("#method", say("Method and limits", "方法与局限")))
    markup.element("nav", ["aria-label": say("Contents", "目录")]) { page in
      page.element("ol") { page in
        for (place, text) in links {
          page.element("li") { $0.element("a", ["href": place], text) }
        }
      }
    }
    markup.line()
  }

  // MARK: Chapters

  private func chapter(_ index: Int, into markup: inout Markup) {
    let difference = comparison.differences[index]
    let name = "d\(index + 1)"
    if hasChapters {
      heading(2, sentences.name(difference), id: name, into: &markup)
      markup.element("p") { $0.isolate(sentences.headline(difference)) }
      verdict(difference, into: &markup)
    }
    let level = hasChapters ? 3 : 2
    measures(difference, id: name + "-measures", level: level, into: &markup)
    edits(difference, id: name + "-edits", level: level, into: &markup)
    if hasChapters {
      heading(3, say("What changes", "结果的变化"), id: name + "-changes", into: &markup)
    }
    for place in sentences.ordered(difference) where difference.decisions[place].isWorthTelling {
      decision(
        difference.decisions[place], of: difference, id: "\(name)-c\(place + 1)",
        chapter: name, level: hasChapters ? 4 : 2, into: &markup)
    }
    let same = difference.decisions.filter { !$0.isWorthTelling }
    guard !same.isEmpty else { return }
    heading(hasChapters ? 4 : 2, say("What stays the same", "没有变化的判定"), into: &markup)
    markup.element("p") { page in
      let names = same.map {
        "\($0.record) · \($0.value)"
          + say(" (\(figures.count($0.compared)))", "（\(figures.count($0.compared))）")
      }
      page.isolate(names.joined(separator: say(", ", "、")))
    }
    markup.line()
  }

  private func foot(into markup: inout Markup) {
    markup.element("footer") { page in
      page.element("p") { page in
        page.say(say("Made by writ compare. Rule sets: ", "由 writ compare 生成。规则："))
        page.say(
          comparison.ruleSets.map { "\($0.name) \($0.hash.prefix(8))" }
            .joined(separator: say(", ", "，")))
      }
    }
    markup.line()
  }

  func heading(_ level: Int, _ text: String, id: String? = nil, into markup: inout Markup) {
    let names: [StaticString] = ["h1", "h2", "h3", "h4", "h5", "h6"]
    let name = names[min(max(level, 1), 6) - 1]
    if let id {
      markup.element(name, ["id": id]) { $0.isolate(text) }
    } else {
      markup.element(name) { $0.isolate(text) }
    }
    markup.line()
  }

  static func capitalized(_ text: String) -> String {
    text.prefix(1).uppercased() + text.dropFirst()
  }
}

// MARK: - Tables

/// The head of a column.
struct Column {
  enum Kind: String {
    case text = "t"
    case number = "n"
    case bar, wide
  }
  var title: String
  var kind: Kind

  init(_ title: String, _ kind: Kind = .text) {
    self.title = title
    self.kind = kind
  }
}

extension Markup {
  /// A table in a box of its own, which scrolls where the page is too narrow.
  mutating func table(
    caption: String, columns: [Column], isSortable: Bool = false, isGrouped: Bool = false,
    isTall: Bool = false,
    foot: ((inout Markup) -> Void)? = nil, _ body: (inout Markup) -> Void
  ) {
    element(
      "div",
      [
        "class": isTall ? "box tall" : "box", "tabindex": "0", "role": "region",
        "aria-label": caption,
      ]
    ) {
      page in
      page.element(
        "table",
        isSortable ? ["class": isGrouped ? "long" : "plain", "data-sort": ""] : ["class": "plain"]
      ) { page in
        page.element("caption") { $0.element("span", caption) }
        page.line()
        page.element("thead") { page in
          page.element("tr") { page in
            for column in columns {
              page.element("th", ["scope": "col", "class": column.kind.rawValue], column.title)
            }
          }
        }
        page.line()
        if isGrouped { body(&page) } else { page.element("tbody", [:], body) }
        if let foot { page.element("tfoot", [:], foot) }
      }
    }
    line()
  }

  /// A cell with a number and what it is sorted by.
  mutating func number(_ text: String, sortedBy value: String? = nil) {
    if let value {
      element("td", ["class": "n", "data-v": value], text)
    } else {
      element("td", ["class": "n"], text)
    }
  }

  mutating func count(_ number: Int, _ figures: Figures) {
    self.number(figures.count(number), sortedBy: "\(number)")
  }

  /// An amount with its sign, in the colour of its side.
  mutating func signed(_ sum: ExactSum, _ unit: String, _ figures: Figures) {
    let side = sum.mantissa > 0 ? "rise" : sum.mantissa < 0 ? "fall" : "soft"
    element("span", ["class": side], figures.number(sum, unit, isSigned: true))
  }

  mutating func signedCell(_ sum: ExactSum, _ unit: String, _ figures: Figures) {
    element("td", ["class": "n", "data-v": sum.digits ?? ""]) { $0.signed(sum, unit, figures) }
  }

  /// A bar in a cell; the number stands beside it, so nobody has to hear it.
  mutating func bar(_ value: Double, of most: Double, style: String = "f-flow") {
    element("td", ["class": "bar"]) { page in
      let share = most > 0 && value.isFinite ? min(1, abs(value) / most) * 100 : 0
      page.element(
        "svg", ["aria-hidden": "true", "viewBox": "0 0 100 10", "preserveAspectRatio": "none"]
      ) { page in
        page.shape(
          "rect",
          [
            "class": style, "width": Markup.length(value == 0 ? 0 : max(share, 0.8)),
            "height": "10",
          ])
      }
    }
  }

  /// A bar to the left for what falls and one to the right for what rises.
  mutating func bars(falling: Double, rising: Double, of most: Double) {
    element("td", ["class": "bar"]) { page in
      page.element(
        "svg", ["aria-hidden": "true", "viewBox": "0 0 100 10", "preserveAspectRatio": "none"]
      ) { page in
        let scale = most > 0 ? 49 / most : 0
        let down = abs(falling) * scale
        page.shape(
          "rect",
          [
            "class": "f-fall", "x": Markup.length(50 - down), "width": Markup.length(down),
            "height": "10",
          ])
        page.shape(
          "rect",
          [
            "class": "f-rise", "x": "50", "width": Markup.length(abs(rising) * scale),
            "height": "10",
          ])
        page.shape("rect", ["class": "f-ink", "x": "49.7", "width": "0.6", "height": "10"])
      }
    }
  }
}
