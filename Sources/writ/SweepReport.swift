import WritModel
import WritReplay
import WritRules
import WritText

/// A sweep for people and for programs.
struct SweepReport {
  let sweep: Sweep
  let params: [SweptParam]
  let wording: Wording
  let facts: Facts

  private func say(_ english: String, _ chinese: String) -> String {
    wording.say(Phrase(english, zh: chinese))
  }

  // MARK: Table

  /// The curves, then the values at which answers change.
  func table() -> String {
    var header = params.map(\.name) + sweep.curves.map(\.title)
    let tells = params.count == 1
    if tells { header.append(say("answers changed", "改变的结果")) }
    var rows = [header]
    for point in sweep.points {
      var row = zip(params, point.at).map { param, value in
        param.text(value) + (param.now == value ? say(" (now)", "（当前）") : "")
      }
      row += zip(sweep.curves, point.values).map { told($1, $0.type) }
      if tells { row.append(point.turned.map { grouped($0) } ?? "") }
      rows.append(row)
    }
    var text = laidOut(rows, leftColumns: 0)
    if !sweep.flips.isEmpty {
      text += "\n" + say("Where answers change", "结果在何处改变") + "\n"
      text += laidOut(
        sweep.flips.map { flip in
          [
            "  " + place(flip), flip.decision, "\(flip.before) → \(flip.after)",
            "× \(grouped(flip.count))",
            flip.keys.joined(separator: ", ") + (flip.count > flip.keys.count ? " …" : ""),
          ]
        }, leftColumns: 5)
    } else if tells {
      text += "\n" + say("No answer changes.", "没有结果改变。") + "\n"
    }
    return text
  }

  private func told(_ value: Value, _ type: ValueType) -> String {
    value.isKnown ? wording.text(value, type, in: facts) : "—"
  }

  private func place(_ flip: Sweep.Flip) -> String {
    let value = params[0].text(flip.value)
    switch flip.kind {
    case .from: return say("from \(value)", "\(value) 起")
    case .above: return say("above \(value)", "高于 \(value)")
    case .between:
      let low = params[0].text(flip.low)
      return say("between \(low) and \(value)", "\(low) 与 \(value) 之间")
    }
  }

  /// Cells under each other: the first so many columns to the left, the others to the right.
  private func laidOut(_ rows: [[String]], leftColumns: Int) -> String {
    let rows = rows.map { $0.map(\.printable) }
    var widths: [Int] = []
    for row in rows {
      for (index, cell) in row.enumerated() {
        if index == widths.count { widths.append(0) }
        widths[index] = max(widths[index], cell.displayWidth)
      }
    }
    return rows.map { row in
      var line = ""
      for (index, cell) in row.enumerated() {
        let gap = String(repeating: " ", count: widths[index] - cell.displayWidth)
        if index > 0 { line += "  " }
        line += index < leftColumns ? cell + gap : gap + cell
      }
      while line.last == " " { line.removeLast() }
      return line + "\n"
    }.joined()
  }

  // MARK: For programs

  /// One object a line: a `point` for each value, a `flip` for each value at which answers change.
  func lines() -> String {
    var lines: [String] = []
    for point in sweep.points {
      let members: [(String, JSONText)] = [
        ("kind", .text("point")), ("params", values(point.at)),
        (
          "measures",
          .object(
            zip(sweep.curves, point.values).map { curve, value in
              (curve.title, wording.json(value, curve.type, in: facts))
            })
        ),
        ("changed", point.turned.map { .integer($0) } ?? .null),
      ]
      lines.append(JSONText.object(members).line)
    }
    for flip in sweep.flips {
      let members: [(String, JSONText)] = [
        ("kind", .text("flip")), ("param", .text(params[0].name)),
        ("at", .text(flip.kind.rawValue)),
        ("value", .text(params[0].text(flip.value))),
        ("low", flip.kind == .between ? .text(params[0].text(flip.low)) : .null),
        ("decision", .text(flip.decision)), ("before", .text(flip.before)),
        ("after", .text(flip.after)), ("count", .integer(flip.count)),
        ("records", .list(flip.keys.map { .text($0) })),
      ]
      lines.append(JSONText.object(members).line)
    }
    return lines.map { $0 + "\n" }.joined()
  }

  private func values(_ at: [Decimal]) -> JSONText {
    .object(zip(params, at).map { ($0.name, .text($0.text($1))) })
  }

  /// The points and the flips in one table; a row says which it is.
  func csv() -> String {
    var writer = CSVWriter()
    func row(_ cells: [String]) {
      for cell in cells { writer.add(cell) }
      writer.endRow()
    }
    row(
      ["kind"] + params.map(\.name)
        + ["name", "value", "changed", "at", "low", "before", "after", "records"])
    for point in sweep.points {
      let at = zip(params, point.at).map { $0.text($1) }
      let changed = point.turned.map(String.init) ?? ""
      for (curve, value) in zip(sweep.curves, point.values) {
        let text =
          value.isKnown && (value.tag == .money || value.tag == .number)
          ? value.decimal.plain : ""
        row(["point"] + at + [curve.title, text, changed, "", "", "", "", ""])
      }
      if sweep.curves.isEmpty { row(["point"] + at + ["", "", changed, "", "", "", "", ""]) }
    }
    for flip in sweep.flips {
      let low = flip.kind == .between ? params[0].text(flip.low) : ""
      row(
        [
          "flip", params[0].text(flip.value), flip.decision, "", String(flip.count),
          flip.kind.rawValue, low, flip.before, flip.after, flip.keys.joined(separator: " "),
        ])
    }
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}
