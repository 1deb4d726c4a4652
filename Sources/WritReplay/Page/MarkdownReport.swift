import WritModel
import WritText

extension Comparison {
  /// The report for a pull request: the head of it, and tables that may be folded out.
  public func markdown(_ options: ReportOptions = ReportOptions(records: 10)) -> String {
    MarkdownReport(comparison: self, options: options, sentences: Sentences(self, minus: "-"))
      .made()
  }
}

/// The report as Markdown.
struct MarkdownReport {
  let comparison: Comparison
  let options: ReportOptions
  let sentences: Sentences

  private var figures: Figures { sentences.figures }

  private func say(_ english: String, _ chinese: String) -> String {
    sentences.say(english, chinese)
  }

  func made() -> String {
    var parts: [String] = []
    for difference in comparison.differences {
      parts.append("### " + Self.escaped(sentences.headline(difference)))
      let limits = sentences.limits(difference)
      if !limits.isEmpty {
        parts.append(
          limits.map { measure, limit in
            let mark = limit.verdict == .holds ? "✅" : limit.verdict == .fails ? "❌" : "❔"
            return "- \(mark) " + Self.escaped(sentences.sentence(measure, limit))
          }.joined(separator: "\n"))
      }
      if !difference.measures.isEmpty {
        parts.append(
          table(
            [
              say("measure", "指标"), say("before", "之前"), say("after", "之后"),
              say("difference", "差额"), say("how sure", "把握"),
            ],
            difference.measures.map { measure in
              [
                measure.title, figures.value(measure.before, measure.unit),
                figures.value(measure.after, measure.unit),
                sentences.difference(measure).map {
                  figures.value($0, measure.unit, isSigned: true)
                } ?? "—", sentences.sentence(measure.estimate, measure.unit),
              ]
            }, numbers: [1, 2, 3]))
      }
      if !difference.edits.isEmpty { parts.append(edits(difference)) }
      for place in sentences.ordered(difference) where difference.decisions[place].changed > 0 {
        parts.append(decision(difference.decisions[place]))
      }
    }
    let silent = sentences.neverFired
    if !silent.isEmpty {
      let names = silent.prefix(12).map { Self.escaped(sentences.name($0)) }
      parts.append(
        "**" + say("Never decided:", "从未生效：") + "** " + names.joined(separator: say(", ", "，"))
          + (silent.count > 12 ? " …" : ""))
    }
    parts += comparison.exclusions.map {
      say(
        "\(figures.count($0.count)) not compared: ", "\(figures.count($0.count)) 条未比较：")
        + Self.escaped($0.reason + ($0.example.isEmpty ? "" : " (\($0.example))"))
    }
    if !sentences.basis.isEmpty { parts.append(Self.escaped(sentences.basis)) }
    parts += comparison.notes.map(Self.escaped)
    return parts.joined(separator: "\n\n") + "\n"
  }

  private func edits(_ difference: Comparison.Difference) -> String {
    let rows = difference.edits.map(sentences.shown).enumerated().map { index, edit in
      [
        "\(index + 1)", sentences.kind(edit), sentences.title(edit), edit.before, edit.after,
        edit.place,
      ]
    }
    return folded(
      say(
        "What was edited (\(figures.count(difference.edits.count)))",
        "改了什么（\(figures.count(difference.edits.count)) 项）"),
      table(
        ["", "", say("rule", "规则"), say("before", "之前"), say("after", "之后"), say("place", "位置")],
        rows,
        numbers: [0]))
  }

  private func decision(_ decision: Comparison.Changed) -> String {
    var parts = ["#### " + Self.escaped("\(decision.record) · \(decision.value)")]
    parts.append(
      Self.escaped(
        sentences.changeClause(decision) + say(", ", "，")
          + figures.share(decision.changed, of: decision.compared)))
    let flows = sentences.moves(decision)
    if !flows.isEmpty {
      parts.append(
        table(
          [say("from", "之前"), say("to", "之后"), say("records", "记录")],
          flows.prefix(8).map {
            [sentences.answer($0.before), sentences.answer($0.after), figures.count($0.count)]
          },
          numbers: [2]))
    }
    if !decision.charges.isEmpty {
      let unit = sentences.unit(ofSums: decision)
      parts.append(
        table(
          [say("edit", "改动"), say("how", "方式"), say("changes", "变化")]
            + (unit == nil ? [] : [say("amount", "数额")]),
          decision.charges.map { charge in
            [
              charge.edits.isEmpty ? "—" : sentences.numbers(charge.edits),
              sentences.sentence(charge.kind), figures.count(charge.count),
            ] + (unit.map { [figures.amount(charge.amount, $0, isSigned: true)] } ?? [])
          }, numbers: [2, 3]))
    }
    let shown = decision.largest.prefix(options.records)
    if !shown.isEmpty {
      let more = decision.changed - shown.count
      let file = options.csv.map { say(", all in \($0)", "，全部见 \($0)") } ?? ""
      parts.append(
        folded(
          say(
            "Changed records: \(shown.count) of \(figures.count(decision.changed))",
            "变化的记录：\(figures.count(decision.changed)) 条中的 \(shown.count) 条")
            + (more > 0 ? file : ""),
          table(
            [decision.record, say("before", "之前"), say("after", "之后")]
              + (decision.amounts == nil ? [] : [say("difference", "差额")])
              + [say("edit", "改动"), say("told before", "原说明"), say("told after", "现说明")],
            shown.map { change in
              let (before, after) = sentences.reasons(change)
              return [change.key, sentences.answer(change.before), sentences.answer(change.after)]
                + (decision.amounts == nil
                  ? []
                  : [
                    change.difference.map {
                      figures.number(ExactSum($0), decision.amounts?.unit ?? "", isSigned: true)
                    } ?? "—"
                  ])
                + [sentences.cause(change), before ?? "", after ?? ""]
            }, numbers: decision.amounts == nil ? [] : [1, 2, 3])))
    }
    return parts.joined(separator: "\n\n")
  }

  private func folded(_ summary: String, _ body: String) -> String {
    "<details><summary>\(Self.escaped(summary))</summary>\n\n\(body)\n\n</details>"
  }

  private func table(_ head: [String], _ rows: [[String]], numbers: Set<Int>) -> String {
    let line = { (cells: [String]) in "| " + cells.joined(separator: " | ") + " |" }
    let rule = head.indices.map { numbers.contains($0) ? "---:" : "---" }
    return ([line(head.map(Self.escaped)), line(rule)] + rows.map { line($0.map(Self.escaped)) })
      .joined(separator: "\n")
  }

  /// Text that stays text: nothing in it is markup, a cell's end, a mention or a link.
  static func escaped(_ text: String) -> String {
    let lines = text.split(separator: "\n").map { String($0).printable }
    var result = ""
    for character in lines.joined(separator: " ").unicodeScalars {
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "@": result += "&#64;"
      case "\\", "|", "*", "_", "`", "[", "]", "#", "~", "$":
        result += "\\"
        result.unicodeScalars.append(character)
      default: result.unicodeScalars.append(character)
      }
    }
    return result
  }
}
