import WritModel
import WritText

// The changed records themselves, each with both explanations.
extension Page {
  func records(
    _ decision: Comparison.Changed, _ difference: Comparison.Difference, id: String,
    chapter: String, into markup: inout Markup
  ) {
    let shown = decision.largest.prefix(options.records)
    guard !shown.isEmpty else { return }
    let hasDifference = decision.amounts != nil
    let paths = decision.segmentPaths
    let hasCause = shown.contains { !sentences.cause($0).isEmpty }
    var columns = [
      Column(decision.record), Column(say("before", "之前"), hasDifference ? .number : .text),
      Column(say("after", "之后"), hasDifference ? .number : .text),
    ]
    if hasDifference { columns.append(Column(say("difference", "差额"), .number)) }
    columns += paths.map { Column($0) }
    if hasCause { columns.append(Column(say("edit", "改动"))) }
    markup.table(
      caption: caption(shown.count, decision), columns: columns, isSortable: true, isGrouped: true,
      isTall: true
    ) { page in
      for change in shown {
        page.element("tbody") { page in
          page.element("tr") { page in
            page.element("th", ["scope": "row"]) { $0.isolate(change.key) }
            answer(change.before, isNumber: hasDifference, into: &page)
            answer(change.after, isNumber: hasDifference, into: &page)
            if hasDifference {
              page.element("td", ["class": "n", "data-v": change.difference?.plain ?? ""]) { page in
                guard let value = change.difference else { return page.say("—") }
                page.signed(ExactSum(value), decision.amounts?.unit ?? "", figures)
              }
            }
            for place in paths.indices {
              page.element("td") { page in
                page.isolate(change.segments.indices.contains(place) ? change.segments[place] : "—")
              }
            }
            if hasCause {
              page.element("td") { page in
                if change.isKnockOn { page.say(sentences.cause(change)) }
                names(of: change.edits, in: difference, chapter, isShort: true, into: &page)
              }
            }
          }
          reasons(change, difference, columns: columns.count, into: &page)
        }
        page.line()
      }
    }
    if shown.count > 40 {
      markup.element(
        "p", ["class": "onpaper small"],
        say("On paper the first 40 are shown.", "打印时只列出前 40 条。"))
    }
  }

  private func answer(_ text: String, isNumber: Bool, into page: inout Markup) {
    // Amounts sort by their digits; a word such as `none` has none.
    let digits = text.filter { $0.isASCII && ($0.isNumber || $0 == "." || $0 == "-") }
    if isNumber {
      page.element("td", ["class": "n", "data-v": digits]) { $0.isolate(sentences.answer(text)) }
    } else {
      page.element("td", ["class": "t"]) { $0.isolate(sentences.answer(text)) }
    }
  }

  private func caption(_ shown: Int, _ decision: Comparison.Changed) -> String {
    guard shown < decision.changed else {
      return say("All changed records", "全部变化的记录")
    }
    let rest = decision.changed - shown
    let order =
      decision.amounts == nil
      ? say("The first \(figures.count(shown)) changed records", "前 \(figures.count(shown)) 条变化的记录")
      : say(
        "The \(figures.count(shown)) largest changes", "变化最大的 \(figures.count(shown)) 条")
    let more = say("; \(figures.count(rest)) more", "；另有 \(figures.count(rest)) 条")
    guard let file = options.csv else { return order + more }
    return order + more + say(" in \(file)", "见 \(file)")
  }

  private func reasons(
    _ change: Comparison.Change, _ difference: Comparison.Difference, columns: Int,
    into page: inout Markup
  ) {
    guard change.whyBefore != nil || change.whyAfter != nil else { return }
    page.element("tr", ["class": "in"]) { page in
      page.element("td", ["colspan": "\(columns)"]) { page in
        page.element("details") { page in
          page.element("summary") { page in
            page.say(say("why ", "为什么 "))
            page.isolate(change.key)
          }
          page.element("div", ["class": "why"]) { page in
            why(
              change.whyBefore, under: sentences.baseName, sources: options.sources.first,
              into: &page)
            let sources = options.sources
            why(
              change.whyAfter, under: sentences.name(difference),
              sources: sources.indices.contains(difference.ruleSet)
                ? sources[difference.ruleSet] : nil, into: &page)
          }
        }
      }
    }
  }

  private func why(
    _ explanation: Explanation?, under name: String, sources: Sources?, into page: inout Markup
  ) {
    guard let explanation else { return }
    page.element("div") { page in
      page.element("p", ["class": "small soft"], say("under ", "规则：") + name)
      page.element("p") { $0.isolate(explanation.headline) }
      Self.facts(explanation.facts, depth: 0, sources, into: &page)
    }
  }

  private static func facts(
    _ facts: [Explanation.Fact], depth: Int, _ sources: Sources?, into page: inout Markup
  ) {
    guard !facts.isEmpty, depth < 100 else { return }
    page.element("ul") { page in
      for fact in facts {
        page.element("li") { page in
          page.isolate(fact.text)
          if let place = fact.writtenPlace ?? fact.span.flatMap({ sources?.place(of: $0) }) {
            page.raw(" ")
            page.element("span", ["class": "place"], place)
          }
          // What has nothing below it stands beside the line it belongs to.
          if fact.facts.allSatisfy({ $0.facts.isEmpty && $0.span == nil }) {
            let beside = fact.facts.map(\.text).joined(separator: " · ")
            guard !beside.isEmpty else { return }
            page.element("span", ["class": "soft"]) { page in
              page.say(" · ")
              page.isolate(beside)
            }
            return
          }
          Self.facts(fact.facts, depth: depth + 1, sources, into: &page)
        }
      }
    }
  }
}

extension Comparison.Changed {
  /// The paths asked for with `--by`, in their order.
  var segmentPaths: [String] {
    var paths: [String] = []
    for segment in segments where !paths.contains(segment.by) { paths.append(segment.by) }
    return paths
  }
}

extension Sources {
  /// `rules/price.writ:14`; nil for a span of other sources.
  func place(of span: Span) -> String? {
    guard all.indices.contains(Int(span.source.index)) else { return nil }
    let source = all[Int(span.source.index)]
    guard (0...source.bytes.count).contains(Int(span.start)) else { return nil }
    return "\(source.name):\(source.position(of: Int(span.start)).line)"
  }
}
