import WritModel
import WritText

extension Comparison {
  /// The report for a terminal: the head of it first, then what rests on it, aligned in columns.
  ///
  /// Below sixty columns rows of tables become short blocks, and sentences wrap.
  public func text(
    width: Int, isColored: Bool, _ options: ReportOptions = ReportOptions(records: 5)
  ) -> String {
    var report = TextReport(comparison: self, width: width, isColored: isColored, options: options)
    return report.made()
  }
}

/// The report as lines of a terminal.
struct TextReport {
  let comparison: Comparison
  let width: Int
  let isColored: Bool
  let options: ReportOptions
  let sentences: Sentences
  private var lines: [String] = []
  private var isAfterTable = false

  private var figures: Figures { sentences.figures }

  init(comparison: Comparison, width: Int, isColored: Bool, options: ReportOptions) {
    self.comparison = comparison
    self.width = max(24, width)
    self.isColored = isColored
    self.options = options
    sentences = Sentences(comparison, minus: "-")
  }

  private func say(_ english: String, _ chinese: String) -> String {
    sentences.say(english, chinese)
  }

  mutating func made() -> String {
    for difference in comparison.differences { head(difference) }
    for (index, difference) in comparison.differences.enumerated() {
      let name = comparison.differences.count > 1 ? sentences.name(difference) : nil
      if let name, index >= 0 { title(name) }
      measures(difference)
      edits(difference)
      let told = sentences.ordered(difference).map { difference.decisions[$0] }
        .filter(\.isWorthTelling)
      // Where blocks decide, what is worked out from them is told in a line each.
      let sentences = sentences
      let isShort = { (decision: Comparison.Changed) in
        sentences.isWorkedOut(decision) && decision.agreement == nil
          && !sentences.isWorkedOut(told[0])
      }
      for decision in told where !isShort(decision) { self.decision(decision) }
      follow(told.filter(isShort))
    }
    trials()
    coverage()
    method()
    return lines.joined(separator: "\n") + "\n"
  }

  // MARK: Parts

  private mutating func head(_ difference: Comparison.Difference) {
    wrap(sentences.headline(difference), style: (.plain, true))
    let limits = sentences.limits(difference)
    for (measure, limit) in limits {
      let color: Color =
        limit.verdict == .holds ? .green : limit.verdict == .fails ? .red : .yellow
      wrap(
        IntervalChart.mark(limit.verdict) + " " + sentences.sentence(measure, limit), indent: 2,
        style: (color, false))
    }
  }

  private mutating func edits(_ difference: Comparison.Difference) {
    guard !difference.edits.isEmpty else { return }
    title(say("What was edited", "改了什么"))
    for (index, edit) in difference.edits.map(sentences.shown).enumerated() {
      let number = "\(index + 1)"
      let head = "\(number)  \(sentences.kind(edit))  \(sentences.title(edit))"
      let room = width - head.displayWidth - edit.place.displayWidth - 4
      wrap(room >= 0 && !edit.place.isEmpty ? head + "  " + edit.place : head, indent: 2)
      if room < 0, !edit.place.isEmpty { wrap(edit.place, indent: 5, style: (.gray, false)) }
      for (line, side) in Page.lines(edit) {
        switch side {
        case .both: continue
        case .before: wrap("-" + Self.indented(line), indent: 5, style: (.yellow, false))
        case .after: wrap("+" + Self.indented(line), indent: 5, style: (.cyan, false))
        }
      }
      if !difference.decisions.contains(where: { decision in
        decision.charges.contains { $0.count > 0 && $0.edits.contains(index) }
      }) {
        wrap(
          say("changes no decision on these data", "不改变这批数据的任何判定"), indent: 5, style: (.gray, false)
        )
      }
    }
  }

  /// Behind its sign, without the indent it has in its file.
  private static func indented(_ line: String) -> String {
    let words = line.drop { $0 == " " }
    return words.isEmpty ? "" : " " + words
  }

  private mutating func decision(_ decision: Comparison.Changed) {
    title("\(decision.record) · \(decision.value)")
    wrap(
      sentences.changeClause(decision) + say(", ", "，")
        + figures.share(decision.changed, of: decision.compared), indent: 2)
    if decision.knockOn > 0 {
      wrap(
        say(
          "\(figures.count(decision.knockOn)) of them by a turn or load of an earlier record",
          "其中 \(figures.count(decision.knockOn)) 条是前面记录的连带影响"), indent: 2)
    }
    if let agreement = decision.agreement { self.agreement(agreement) }
    if let amounts = decision.amounts, decision.changed > 0, amounts.unit != "%" {
      let rows = [
        [say("before", "之前"), "", figures.amount(amounts.before, amounts.unit)],
        [
          say("rises", "上升"), figures.count(amounts.rising),
          figures.amount(amounts.gains, amounts.unit, isSigned: true),
        ],
        [
          say("falls", "下降"), figures.count(amounts.falling),
          figures.amount(amounts.losses, amounts.unit, isSigned: true),
        ],
        [say("after", "之后"), "", figures.amount(amounts.after, amounts.unit)],
      ]
      table(["", say("records", "记录"), say("sum", "合计")], rows, numbers: [1, 2])
    }
    let flows = sentences.moves(decision)
    if !flows.isEmpty {
      let shown = flows.prefix(6)
      table(
        [say("from", "之前"), say("to", "之后"), say("records", "记录")],
        shown.map {
          [sentences.answer($0.before), sentences.answer($0.after), figures.count($0.count)]
        }
          + rest(flows.count - shown.count, say("flows", "种变化"), columns: 3),
        numbers: [2])
    }
    charges(decision)
    segments(decision)
    largest(decision)
  }

  private mutating func follow(_ decisions: [Comparison.Changed]) {
    guard !decisions.isEmpty else { return }
    title(say("What follows from it", "随之变化的值"))
    for decision in decisions { wrap(sentences.changeClause(decision), indent: 2) }
  }

  private mutating func charges(_ decision: Comparison.Changed) {
    guard !decision.charges.isEmpty else { return }
    let unit = sentences.unit(ofSums: decision)
    var rows = decision.charges.map { charge in
      [
        (charge.edits.isEmpty
          ? "" : say("edit ", "第 ") + sentences.numbers(charge.edits) + say("", " 项")),
        sentences.sentence(charge.kind), figures.count(charge.count),
      ] + (unit.map { [figures.amount(charge.amount, $0, isSigned: true)] } ?? [])
    }
    var sum = ExactSum()
    for charge in decision.charges { sum.add(charge.amount) }
    if rows.count > 1 {
      rows.append(
        [
          say("together", "合计"), "",
          figures.count(decision.charges.reduce(0) { $0 + $1.count }),
        ] + (unit.map { [figures.amount(sum, $0, isSigned: true)] } ?? []))
    }
    table(
      [say("brought about by", "由谁造成"), "", say("changes", "变化")]
        + (unit == nil ? [] : [say("amount", "数额")]), rows, numbers: [2, 3])
  }

  private mutating func segments(_ decision: Comparison.Changed) {
    for by in decision.segmentPaths {
      let rows = decision.segments.filter { $0.by == by && $0.changed > 0 }
      let shown = rows.prefix(8)
      guard !shown.isEmpty else { continue }
      let unit = sentences.unit(ofSums: decision)
      let cells = shown.map { row in
        [row.value, figures.count(row.compared), figures.count(row.changed)]
          + (unit.map {
            [
              figures.amount(row.losses, $0, isSigned: true),
              figures.amount(row.gains, $0, isSigned: true),
            ]
          } ?? [])
      }
      table(
        [by, say("compared", "比较"), say("changed", "变化")]
          + (unit == nil ? [] : [say("falls", "下降"), say("rises", "上升")]),
        cells + rest(rows.count - shown.count, say("segments", "组"), columns: unit == nil ? 3 : 5),
        numbers: [1, 2, 3, 4])
    }
  }

  private mutating func largest(_ decision: Comparison.Changed) {
    let shown = decision.largest.prefix(options.records)
    guard !shown.isEmpty else { return }
    let unit = decision.amounts?.unit
    let hasCause = shown.contains { !sentences.cause($0).isEmpty }
    let columns = 3 + (unit == nil ? 0 : 1) + (hasCause ? 1 : 0)
    let cells = shown.flatMap { change -> [[String]] in
      let amount = unit.map { unit in
        [change.difference.map { figures.number(ExactSum($0), unit, isSigned: true) } ?? "—"]
      }
      let row =
        [change.key, sentences.answer(change.before), sentences.answer(change.after)]
        + (amount ?? []) + (hasCause ? [cause(change)] : [])
      let (before, after) = sentences.reasons(change)
      let reasons = [before.map { "  - " + $0 }, after.map { "  + " + $0 }].compactMap(\.self)
      return [row] + reasons.map { [$0] + Array(repeating: "", count: columns - 1) }
    }
    table(
      [
        decision.amounts == nil ? say("first changes", "前几条变化") : say("largest changes", "最大变化"),
        say("before", "之前"), say("after", "之后"),
      ] + (unit == nil ? [] : [say("difference", "差额")]) + (hasCause ? [say("by", "由")] : []),
      cells + rest(decision.changed - shown.count, say("records", "条记录"), columns: columns),
      numbers: unit == nil ? [] : [1, 2, 3])
  }

  /// `edit 3`
  private func cause(_ change: Comparison.Change) -> String {
    change.edits.isEmpty
      ? sentences.cause(change)
      : say("edit ", "第 ") + sentences.numbers(change.edits) + say("", " 项")
  }

  private mutating func agreement(_ agreement: Comparison.Agreement) {
    let recorded = agreement.recorded
    table(
      [agreement.field, say("agrees", "一致"), "", say("of", "共")],
      [
        [
          say("before", "之前"), figures.count(agreement.agreesBefore),
          figures.share(agreement.agreesBefore, of: recorded), figures.count(recorded),
        ],
        [
          say("after", "之后"), figures.count(agreement.agreesAfter),
          figures.share(agreement.agreesAfter, of: recorded), figures.count(recorded),
        ],
      ], numbers: [1, 2, 3])
  }

  private mutating func measures(_ difference: Comparison.Difference) {
    guard !difference.measures.isEmpty else { return }
    title(say("Measures", "指标"))
    table(
      ["", say("before", "之前"), say("after", "之后"), say("difference", "差额")],
      difference.measures.flatMap { measure in
        [
          [
            measure.title, figures.value(measure.before, measure.unit),
            figures.value(measure.after, measure.unit),
            sentences.difference(measure).map { figures.value($0, measure.unit, isSigned: true) }
              ?? "—",
          ],
          ["  " + sentences.sentence(measure.estimate, measure.unit), "", "", ""],
        ]
      }, numbers: [1, 2, 3])
  }

  private mutating func trials() {
    for trial in comparison.experiments {
      title(say("Experiment ", "试验 ") + sentences.quoted(trial.title))
      let passes = trial.ratioP >= 0.001
      wrap(
        (passes
          ? say("the split is as declared", "分流符合声明")
          : say("the split is not as declared: the outcomes say nothing", "分流与声明不符：结果没有意义"))
          + " (χ² \(figures.fixed(trial.chiSquare, decimals: 2)), \(figures.p(trial.ratioP)))",
        indent: 2, style: (passes ? .plain : .red, false))
      table(
        [""] + trial.arms.map(\.name) + [say("difference", "差别")],
        [
          [say("records", "记录")] + trial.arms.map { figures.count($0.records) } + [""]
        ]
          + trial.outcomes.map { outcome in
            [outcome.title]
              + outcome.values.map {
                $0.map { figures.estimate($0, outcome.unit) + (outcome.unit == "%" ? "%" : "") }
                  ?? "—"
              }
              + [
                outcome.estimates.map { sentences.sentence($0, outcome.unit) }
                  .joined(separator: " · ")
              ]
          }, numbers: Set(1...max(1, trial.arms.count)))
      for note in trial.notes { wrap(note, indent: 2) }
    }
  }

  private mutating func coverage() {
    let silent = sentences.neverFired
    guard !silent.isEmpty else { return }
    title(say("Never decided", "从未生效"))
    for rule in silent.prefix(8) {
      wrap("\(sentences.name(rule))  \(rule.place)", indent: 2)
    }
    if silent.count > 8 {
      wrap(
        say(
          "and \(figures.count(silent.count - 8)) more rules",
          "另有 \(figures.count(silent.count - 8)) 条规则"),
        indent: 2)
    }
  }

  private mutating func method() {
    title(say("How it was done", "方法"))
    if !sentences.basis.isEmpty { wrap(sentences.basis, indent: 2) }
    for exclusion in comparison.exclusions {
      wrap(
        say(
          "\(figures.count(exclusion.count)) not compared: \(exclusion.reason)",
          "\(figures.count(exclusion.count)) 条未比较：\(exclusion.reason)")
          + (exclusion.example.isEmpty
            ? "" : say(" (\(exclusion.example))", "（\(exclusion.example)）")),
        indent: 2)
    }
    for note in comparison.notes { wrap(note, indent: 2) }
  }

  // MARK: Lines

  private mutating func title(_ text: String) {
    isAfterTable = false
    lines.append("")
    wrap(text, style: (.plain, true))
  }

  private func rest(_ count: Int, _ what: String, columns: Int) -> [[String]] {
    guard count > 0 else { return [] }
    let noun = count == 1 && what.hasSuffix("s") ? String(what.dropLast()) : what
    let text = say("and \(figures.count(count)) more \(noun)", "另有 \(figures.count(count)) \(what)")
    return [[text] + Array(repeating: "", count: columns - 1)]
  }

  private func painted(_ text: String, _ style: (Color, Bool)) -> String {
    guard isColored, style.0 != .plain || style.1 else { return text }
    let codes = [style.1 ? "1" : nil, style.0 == .plain ? nil : style.0.rawValue]
    return "\u{1B}[\(codes.compactMap(\.self).joined(separator: ";"))m\(text)\u{1B}[0m"
  }

  private mutating func wrap(
    _ text: String, indent: Int = 0, style: (Color, Bool) = (.plain, false)
  ) {
    let blank = String(repeating: " ", count: indent)
    for (index, line) in TextTable.wrapped(text.printable, to: max(8, width - indent - 2))
      .enumerated()
    {
      lines.append(blank + (index > 0 ? "  " : "") + painted(line, style))
    }
  }

  private mutating func table(_ head: [String], _ rows: [[String]], numbers: Set<Int>) {
    guard !rows.isEmpty else { return }
    // A table stands apart from the one before it.
    if isAfterTable { lines.append("") }
    isAfterTable = true
    let table = TextTable(head: head, rows: rows, numbers: numbers, width: width - 2)
    for (line, isHead) in table.lines {
      lines.append("  " + painted(line, (isHead ? .gray : .plain, false)))
    }
  }
}
