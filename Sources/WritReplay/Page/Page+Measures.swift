import WritModel
import WritText

// Measures, their limits and intervals; and experiments, which are measures of what was recorded.
extension Page {
  func measures(
    _ difference: Comparison.Difference, id: String, level: Int, into markup: inout Markup
  ) {
    let measures = difference.measures
    guard !measures.isEmpty else { return }
    heading(level, say("Measures and limits", "指标与限度"), id: id, into: &markup)
    let description = measures.map { measure in
      let value = sentences.difference(measure).map {
        figures.value($0, measure.unit, isSigned: true)
      }
      return
        "\(measure.title): \(value ?? "—"), \(sentences.sentence(measure.estimate, measure.unit))"
    }.joined(separator: say(". ", "。"))
    let title = say("Differences of measures with their intervals", "各项指标的差额及区间")
    let chart = IntervalChart(measures: measures, sentences: sentences)
    markup.element("figure") { page in
      page.element("figcaption") { page in
        page.say(
          say(
            "Difference from \(sentences.baseName): the dot is what these data give, the line the "
              + "interval. Each row has its own scale; the rule in the middle is no difference.",
            "与 \(sentences.baseName) 的差额：圆点是这批数据的结果，线段是区间。"
              + "每行比例尺不同，中线表示没有差别。"))
      }
      page.line()
      chart.draw(width: 760, title: title, description: description, into: &page)
      chart.draw(width: 340, title: title, description: description, into: &page)
    }
    measureTable(
      measures.map { ($0, nil) }, caption: say("The same in numbers", "具体数字"), into: &markup)
    let segments = measures.flatMap { measure in
      measure.segments.map { ($0.measured, "\($0.by) = \($0.value)" as String?) }
    }
    guard !segments.isEmpty else { return }
    measureTable(segments, caption: say("Measures by segment", "各分组的指标"), into: &markup)
  }

  private func measureTable(
    _ rows: [(Comparison.Measured, String?)], caption: String, into markup: inout Markup
  ) {
    let hasSegments = rows.contains { $0.1 != nil }
    let hasLimits = rows.contains { $0.0.limit != nil }
    let columns =
      [Column(say("measure, and how sure", "指标与把握"), .wide)]
      + (hasSegments ? [Column(say("segment", "分组"))] : [])
      + [
        Column(say("before", "之前"), .number), Column(say("after", "之后"), .number),
        Column(say("difference", "差额"), .number),
        Column(say("records differing", "有差别的记录"), .number),
      ] + (hasLimits ? [Column(say("limit", "限度"))] : [])
    markup.table(caption: caption, columns: columns, isSortable: rows.count > 3) { page in
      for (measure, segment) in rows {
        page.element("tr") { page in
          page.element("th", ["scope": "row"]) { page in
            page.isolate(measure.title)
            page.void("br")
            page.element("span", ["class": "soft"], sureness(measure))
          }
          if hasSegments { page.element("td") { $0.isolate(segment ?? "") } }
          page.number(figures.value(measure.before, measure.unit), sortedBy: measure.before?.plain)
          page.number(figures.value(measure.after, measure.unit), sortedBy: measure.after?.plain)
          let difference = sentences.difference(measure)
          page.element("td", ["class": "n", "data-v": difference?.plain ?? ""]) { page in
            page.difference(difference, measure.unit, figures)
          }
          // A measure that is no sum over records has none to count.
          page.number(
            measure.records == 0
              ? "—"
              : say(
                "\(figures.count(measure.differing)) of \(figures.count(measure.records))",
                "\(figures.count(measure.records)) 条中 \(figures.count(measure.differing)) 条"),
            sortedBy: String(measure.differing))
          if hasLimits {
            page.element("td") { page in
              guard let limit = measure.limit else { return }
              page.isolate(limit.text)
              page.void("br")
              page.element("span", ["class": "word \(limit.verdict.rawValue)"]) { page in
                page.say(IntervalChart.mark(limit.verdict) + " " + sentences.word(limit.verdict))
              }
            }
          }
        }
        page.line()
      }
    }
  }

  /// How sure the difference is, by which method, and what would have been seen.
  private func sureness(_ measure: Comparison.Measured) -> String {
    var text = sentences.sentence(measure.estimate, measure.unit)
    guard case .interval(let interval) = measure.estimate else { return text }
    text += say("; ", "；") + interval.method
    if let detectable = interval.detectable {
      text +=
        say("; a difference of ", "；可识别 ") + figures.estimate(detectable, measure.unit)
        + figures.differenceUnit(measure.unit) + say(" or more would show", " 及以上的差别")
    }
    return text
  }

  // MARK: Experiments

  func trials(into markup: inout Markup) {
    guard !comparison.experiments.isEmpty else { return }
    heading(2, say("Experiments", "试验"), id: "trials", into: &markup)
    for trial in comparison.experiments {
      heading(3, trial.title, into: &markup)
      let passes = trial.ratioP >= 0.001
      markup.element("p") { page in
        page.element("span", ["class": "word \(passes ? "holds" : "fails")"]) { page in
          page.say(passes ? "✓ " : "✗ ")
          page.say(
            passes
              ? say("The split is as declared", "分流符合声明")
              : say("The split is not as declared", "分流与声明不符"))
        }
        page.say(
          say(" (sample-ratio check: ", "（样本比例检验：")
            + "χ² = \(figures.fixed(trial.chiSquare, decimals: 2)), "
            + figures.p(trial.ratioP)
            + say("; it passes at p ≥ 0.001)", "；p ≥ 0.001 为通过）"))
        if !passes {
          page.say(
            say(
              " Until the cause is found, the outcomes below say nothing.",
              " 找到原因之前，下面的结果没有意义。"))
        }
      }
      markup.table(
        caption: say("Records in each arm", "各组记录数"),
        columns: [
          Column(say("arm", "组")), Column(say("declared", "声明比例"), .number),
          Column(say("records", "记录"), .number), Column(say("share", "实际比例"), .number),
        ]
      ) { page in
        let total = trial.arms.reduce(0) { $0 + $1.records }
        for arm in trial.arms {
          page.element("tr") { page in
            page.element("th", ["scope": "row"]) { $0.isolate(arm.name) }
            page.number(figures.confidence(arm.share))
            page.count(arm.records, figures)
            page.number(figures.share(arm.records, of: total))
          }
        }
      }
      outcomes(trial, into: &markup)
      for note in trial.notes { markup.element("p", ["class": "small"]) { $0.isolate(note) } }
    }
  }

  private func outcomes(_ trial: Comparison.Trial, into markup: inout Markup) {
    guard !trial.outcomes.isEmpty else { return }
    markup.table(
      caption: say("What came of it", "结果"),
      columns: [Column(say("outcome", "结果项"), .wide)]
        + trial.arms.map { Column($0.name, .number) }
        + trial.arms.dropFirst().map {
          Column(
            say("\($0.name) against \(trial.arms[0].name)", "\($0.name) 相对 \(trial.arms[0].name)"),
            .wide)
        }
    ) { page in
      for outcome in trial.outcomes {
        page.element("tr") { page in
          page.element("th", ["scope": "row"]) { $0.isolate(outcome.title) }
          for value in outcome.values {
            page.number(
              value.map { figures.estimate($0, outcome.unit) + (outcome.unit == "%" ? "%" : "") }
                ?? "—")
          }
          for estimate in outcome.estimates {
            page.element("td", sentences.sentence(estimate, outcome.unit))
          }
        }
      }
    }
  }
}

extension Markup {
  mutating func difference(_ value: Decimal?, _ unit: String, _ figures: Figures) {
    guard let value else { return say("—") }
    let side = value.mantissa > 0 ? "rise" : value.mantissa < 0 ? "fall" : "soft"
    element("span", ["class": side], figures.value(value, unit, isSigned: true))
  }
}
