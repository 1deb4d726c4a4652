import WritModel
import WritText

// What became of a decision: where its answers went, how far amounts moved, for whom, and by which
// edit.
extension Page {
  func decision(
    _ decision: Comparison.Changed, of difference: Comparison.Difference, id: String,
    chapter: String, level: Int, into markup: inout Markup
  ) {
    heading(level, "\(decision.record) · \(decision.value)", id: id, into: &markup)
    markup.element("p") { page in
      let text =
        decision.changed == 0
        ? say(
          "All \(figures.records(decision.compared, decision.record)) get the same answer.",
          "\(figures.records(decision.compared, decision.record))的答案全部相同。")
        : sentences.changeClause(decision)
          + say(
            ", \(figures.share(decision.changed, of: decision.compared)).",
            "，占 \(figures.share(decision.changed, of: decision.compared))。")
      page.isolate(text)
      if decision.knockOn > 0 {
        page.say(
          say(
            " Of these, \(figures.count(decision.knockOn)) only because an earlier record took a "
              + "turn or a load.",
            "其中 \(figures.count(decision.knockOn)) 条是前面的记录占用了轮次或负载所致。"))
      }
    }
    markup.line()
    if let agreement = decision.agreement { self.agreement(agreement, decision, into: &markup) }
    guard decision.changed > 0 else { return }
    if let amounts = decision.amounts { self.amounts(amounts, decision, into: &markup) }
    flows(decision, into: &markup)
    charges(decision, difference, chapter, into: &markup)
    segments(decision, into: &markup)
    records(decision, difference, id: id, chapter: chapter, into: &markup)
  }

  // MARK: Flows

  private func flows(_ decision: Comparison.Changed, into markup: inout Markup) {
    let flows = sentences.moves(decision)
    guard !flows.isEmpty else { return }
    let title = say(
      "\(decision.record) \(decision.value): from which answer to which",
      "\(decision.record)的\(decision.value)：从哪个答案变到哪个答案")
    let description = flows.prefix(12).map {
      "\($0.before) → \($0.after): \(figures.count($0.count))"
    }.joined(separator: say(", ", "，"))
    let told = flows.map {
      Comparison.Flow(
        before: sentences.answer($0.before), after: sentences.answer($0.after), count: $0.count)
    }
    var chart = FlowChart(told, figures)
    markup.element("figure") { page in
      page.element("figcaption") { $0.isolate(title) }
      chart.draw(width: 760, title: title, description: description, into: &page)
      chart.draw(width: 340, title: title, description: description, into: &page)
    }
    numbers(into: &markup) { page in
      page.table(
        caption: title,
        columns: [
          Column(say("before", "之前")), Column(say("after", "之后")),
          Column(say("records", "记录"), .number), Column(say("share", "占比"), .number),
        ], isSortable: flows.count > 3
      ) { table in
        for flow in told {
          table.element("tr") { row in
            row.element("th", ["scope": "row"]) { $0.isolate(flow.before) }
            row.element("td") { $0.isolate(flow.after) }
            row.count(flow.count, figures)
            row.number(figures.share(flow.count, of: decision.changed))
          }
        }
      }
    }
  }

  // MARK: Amounts

  private func amounts(
    _ amounts: Comparison.Amounts, _ decision: Comparison.Changed, into markup: inout Markup
  ) {
    let unit = amounts.unit
    if unit == "%" {
      distribution(amounts, decision, into: &markup)
      return
    }
    markup.table(
      caption: say("Totals, exactly", "合计（精确）")
        + (unit.isEmpty ? "" : say(", in ", "，单位：") + figures.unitName(unit)),
      columns: [
        Column(""), Column(say("records", "记录"), .number), Column(say("sum", "合计"), .number),
      ]
    ) { page in
      let rows: [(String, Int?, ExactSum, Bool)] = [
        (say("before", "之前"), decision.compared, amounts.before, false),
        (say("rises", "上升"), amounts.rising, amounts.gains, true),
        (say("falls", "下降"), amounts.falling, amounts.losses, true),
        (say("after", "之后"), decision.compared, amounts.after, false),
      ]
      for (name, count, sum, isSigned) in rows {
        page.element("tr") { page in
          page.element("th", ["scope": "row"], name)
          page.number(count.map(figures.count) ?? "")
          if isSigned {
            page.signedCell(sum, unit, figures)
          } else {
            page.number(figures.number(sum, unit))
          }
        }
      }
    }
    distribution(amounts, decision, into: &markup)
  }

  private func distribution(
    _ amounts: Comparison.Amounts, _ decision: Comparison.Changed, into markup: inout Markup
  ) {
    guard amounts.distribution.contains(where: { $0.count > 0 }) else { return }
    let title = say(
      "How the differences in \(decision.value) are spread", "\(decision.value)差额的分布")
    let chart = DistributionChart(bins: amounts.distribution, unit: amounts.unit, figures: figures)
    let widths = Set(
      amounts.distribution.map { $0.high.subtracting($0.low)?.normalized.plain ?? "" })
    let description = say(
      "\(figures.count(amounts.falling)) fall by \(figures.amount(amounts.losses, amounts.unit)) together, "
        + "\(figures.count(amounts.rising)) rise by \(figures.amount(amounts.gains, amounts.unit)).",
      "\(figures.count(amounts.falling)) 条下降，合计 \(figures.amount(amounts.losses, amounts.unit))；"
        + "\(figures.count(amounts.rising)) 条上升，合计 \(figures.amount(amounts.gains, amounts.unit))。")
    markup.element("figure") { page in
      page.element("figcaption") { page in
        page.isolate(title)
        if widths.count > 1 {
          page.say(say(". The ranges are not equally wide.", "（各区间宽度不等）"))
        }
      }
      chart.draw(width: 760, title: title, description: description, into: &page)
      chart.draw(width: 340, title: title, description: description, into: &page)
    }
    numbers(into: &markup) { page in
      page.table(
        caption: title,
        columns: [
          Column(say("from", "从"), .number), Column(say("to below", "到（不含）"), .number),
          Column(say("records", "记录"), .number),
        ]
      ) { table in
        for bin in amounts.distribution {
          table.element("tr") { row in
            row.number(chart.edge(bin.low))
            row.number(chart.edge(bin.high))
            row.count(bin.count, figures)
          }
        }
      }
    }
  }

  // MARK: Charges

  private func charges(
    _ decision: Comparison.Changed, _ difference: Comparison.Difference, _ chapter: String,
    into markup: inout Markup
  ) {
    guard !decision.charges.isEmpty else { return }
    let unit = sentences.unit(ofSums: decision)
    let most = Double(decision.charges.map(\.count).max() ?? 0)
    var sum = ExactSum()
    for charge in decision.charges { sum.add(charge.amount) }
    let foot = { (page: inout Markup) in
      page.element("tr") { page in
        page.element("th", ["scope": "row", "colspan": "2"], say("together", "合计"))
        page.number(figures.count(decision.charges.reduce(0) { $0 + $1.count }))
        page.element("td", "")
        if let unit { page.signedCell(sum, unit, figures) }
      }
    }
    markup.table(
      caption: say(
        "Which edit brought the changes about: charges add up to the whole",
        "变化由哪项改动造成：各项之和等于全部变化"),
      columns: [
        Column(say("edit", "改动"), .wide), Column(say("how", "方式"), .wide),
        Column(say("changes", "变化"), .number), Column("", .bar),
      ]
        + (unit.map {
          [
            Column(
              figures.unitName($0).isEmpty ? say("amount", "数额") : figures.unitName($0), .number)
          ]
        } ?? []),
      isSortable: decision.charges.count > 3,
      foot: foot
    ) { page in
      for charge in decision.charges {
        page.element("tr") { page in
          page.element("th", ["scope": "row"]) { page in
            names(of: charge.edits, in: difference, chapter, into: &page)
            if charge.edits.isEmpty { page.say("—") }
          }
          page.element("td", sentences.sentence(charge.kind))
          page.count(charge.count, figures)
          page.bar(Double(charge.count), of: most)
          if let unit { page.signedCell(charge.amount, unit, figures) }
        }
        page.line()
      }
    }
  }

  /// The edits by number and title, each leading to what was written.
  func names(
    of edits: [Int], in difference: Comparison.Difference, _ chapter: String, isShort: Bool = false,
    into page: inout Markup
  ) {
    for (place, edit) in edits.enumerated() {
      if place > 0 { page.say(isShort ? " + " : "") }
      if place > 0, !isShort { page.void("br") }
      let title =
        difference.edits.indices.contains(edit) ? sentences.title(difference.edits[edit]) : ""
      page.element("a", ["href": "#\(chapter)-e\(edit + 1)"]) { page in
        page.isolate(isShort || title.isEmpty ? "\(edit + 1)" : "\(edit + 1) \(title)")
      }
    }
  }

  // MARK: Segments

  private func segments(_ decision: Comparison.Changed, into markup: inout Markup) {
    var order: [String] = []
    for segment in decision.segments where !order.contains(segment.by) { order.append(segment.by) }
    for by in order {
      let rows = decision.segments.filter { $0.by == by }
      segmentTable(rows, by: by, unit: sentences.unit(ofSums: decision), into: &markup)
    }
  }

  private func segmentTable(
    _ rows: [Comparison.Segment], by: String, unit: String?, into markup: inout Markup
  ) {
    let mostChanged = Double(rows.map(\.changed).max() ?? 0)
    let mostMoney =
      rows.flatMap { [abs($0.gains.approximate), abs($0.losses.approximate)] }.max() ?? 0
    markup.table(
      caption: say("By \(by)", "按 \(by)")
        + (unit.map { $0.isEmpty ? "" : say(", in ", "，单位：") + figures.unitName($0) } ?? ""),
      columns: [
        Column(say("segment", "分组")), Column(say("compared", "比较"), .number),
        Column(say("changed", "变化"), .number),
        Column(say("share", "占比"), .number),
      ]
        + (unit == nil
          ? [Column("", .bar)]
          : [
            Column(say("falls", "下降"), .number), Column("", .bar),
            Column(say("rises", "上升"), .number), Column(say("together", "合计"), .number),
          ]),
      isSortable: rows.count > 3
    ) { page in
      for row in rows {
        page.element("tr", ["class": row.changed == 0 ? "none" : "some"]) { page in
          page.element("th", ["scope": "row"]) { $0.isolate(row.value) }
          page.count(row.compared, figures)
          page.count(row.changed, figures)
          page.element(
            "td",
            [
              "class": "n",
              "data-v": "\(row.compared > 0 ? row.changed * 10_000 / row.compared : 0)",
            ],
            figures.share(row.changed, of: row.compared))
          if let unit {
            page.signedCell(row.losses, unit, figures)
            page.bars(
              falling: row.losses.approximate, rising: row.gains.approximate, of: mostMoney)
            page.signedCell(row.gains, unit, figures)
            page.signedCell(row.gains + row.losses, unit, figures)
          } else {
            page.bar(Double(row.changed), of: mostChanged)
          }
        }
        page.line()
      }
    }
  }

  // MARK: Agreement with the record

  private func agreement(
    _ agreement: Comparison.Agreement, _ decision: Comparison.Changed, into markup: inout Markup
  ) {
    let unit = decision.amounts?.unit ?? ""
    markup.table(
      caption: say(
        "Against what was recorded in \(agreement.field)", "与 \(agreement.field) 的记录对照"),
      columns: [
        Column(say("rule set", "规则")), Column(say("recorded", "有记录"), .number),
        Column(say("agrees", "一致"), .number), Column(say("share", "占比"), .number),
      ] + (agreement.offBefore == nil ? [] : [Column(say("apart in all", "相差合计"), .number)])
    ) { page in
      for (name, agrees, off) in [
        (say("before", "之前"), agreement.agreesBefore, agreement.offBefore),
        (say("after", "之后"), agreement.agreesAfter, agreement.offAfter),
      ] {
        page.element("tr") { page in
          page.element("th", ["scope": "row"], name)
          page.count(agreement.recorded, figures)
          page.count(agrees, figures)
          page.number(figures.share(agrees, of: agreement.recorded))
          if let off { page.number(figures.number(off, unit), sortedBy: off.digits) }
        }
      }
    }
    for (title, changes) in [
      (say("agrees now", "现在一致"), agreement.better),
      (say("agrees no longer", "不再一致"), agreement.worse),
    ] where !changes.isEmpty {
      markup.element("p", ["class": "small"]) { page in
        page.say(title + say(": ", "："))
        let names = changes.prefix(8).map { "\($0.key) (\($0.before) → \($0.after))" }
        page.isolate(names.joined(separator: say(", ", "，")) + (changes.count > 8 ? " …" : ""))
      }
    }
  }

  /// The numbers behind a drawing, folded away.
  private func numbers(into markup: inout Markup, _ body: (inout Markup) -> Void) {
    markup.element("details") { page in
      page.element("summary", say("The same in numbers", "具体数字"))
      body(&page)
    }
    markup.line()
  }
}

extension Comparison.Changed {
  /// Whether there is more to tell than that nothing changes.
  var isWorthTelling: Bool { changed > 0 || agreement != nil }
}
