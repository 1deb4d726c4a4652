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
      let stretches = self.stretches()
      text += laidOut(
        stretches.map { flips in
          let count = flips.reduce(0) { $0 + $1.count }
          let keys = flips.flatMap(\.keys).prefix(3)
          return [
            "  " + place(flips), flips[0].decision, "\(flips[0].before) → \(flips[0].after)",
            "× \(grouped(count))",
            keys.joined(separator: ", ") + (count > keys.count ? " …" : ""),
          ]
        }, leftColumns: 5)
      if stretches.contains(where: { $0.count > 1 }) {
        text +=
          say("`--format csv` lists each of the values.", "`--format csv` 列出每一个值。") + "\n"
      }
    } else if tells {
      text += "\n" + say("No answer changes.", "没有结果改变。") + "\n"
    }
    return text
  }

  private func told(_ value: Value, _ type: ValueType) -> String {
    value.isKnown ? wording.text(value, type, in: facts) : "—"
  }

  /// More values at which the same answer turns, between two points of the curve, are told together.
  private static let mostApart = 3

  private func stretches() -> [[Sweep.Flip]] {
    let ends = sweep.points.compactMap(\.at.first).sorted { $0 < $1 }
    var stretches: [[Sweep.Flip]] = []
    var places: [[String]: Int] = [:]
    for flip in sweep.flips {
      let step = ends.count { $0 < flip.value }
      let key = [String(step), flip.decision, flip.before, flip.after]
      if let place = places[key] {
        stretches[place].append(flip)
      } else {
        places[key] = stretches.count
        stretches.append([flip])
      }
    }
    return stretches.flatMap { $0.count > Self.mostApart ? [$0] : $0.map { [$0] } }
      .enumerated().sorted {
        ($0.element[0].value, $0.offset) < ($1.element[0].value, $1.offset)
      }.map(\.element)
  }

  private func place(_ flips: [Sweep.Flip]) -> String {
    guard flips.count > 1, let first = flips.first, let last = flips.last else {
      return flips.first.map { place($0) } ?? ""
    }
    let low = params[0].text(first.kind == .between ? first.low : first.value)
    let high = params[0].text(last.value)
    return say(
      "\(grouped(flips.count)) values from \(low) to \(high)",
      "\(low) 至 \(high) 之间 \(grouped(flips.count)) 个值")
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
