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

  // MARK: For people

  /// The curves, then the values at which answers change.
  func table() -> String {
    var text = laidOut([head] + points, leftColumns: 0)
    guard !sweep.flips.isEmpty else { return text + "\n" + nothing + "\n" + remarks() }
    text += "\n" + say("Where answers change", "结果在何处改变") + "\n"
    let turns = self.turns()
    text += laidOut(
      turns.map { turn in
        var cells = [
          "  " + turn.place, turn.decision, turn.change, "× \(turn.count)", turn.records,
        ]
        if params.count > 1 { cells.insert(turn.others, at: 1) }
        return cells
      }, leftColumns: 6)
    return text + remarks()
  }

  /// The same in Markdown.
  func markdown() -> String {
    let numbers = "---:"
    func row(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |\n" }
    func table(_ head: [String], _ rules: [String], _ rows: [[String]]) -> String {
      row(head.map(MarkdownText.escaped)) + row(rules)
        + rows.map { row($0.map(MarkdownText.escaped)) }.joined()
    }
    var text = table(head, head.map { _ in numbers }, points)
    guard !sweep.flips.isEmpty else { return text + "\n" + nothing + "\n" + remarks() }
    var names = [
      say("where", "何处"), say("decision", "决策"), say("answer", "结果"), say("records", "条数"),
      say("such as", "例如"),
    ]
    var rules = ["---", "---", "---", numbers, "---"]
    if params.count > 1 {
      names.insert(say("others", "其他"), at: 1)
      rules.insert("---", at: 1)
    }
    text += "\n**" + say("Where answers change", "结果在何处改变") + "**\n\n"
    text += table(
      names, rules,
      turns().map { turn in
        let first = params.count > 1 ? [turn.place, turn.others] : [turn.place]
        return first + [turn.decision, turn.change, turn.count, turn.records]
      })
    let remarks = remarks()
    return text + (remarks.isEmpty ? "" : "\n" + remarks)
  }

  private var head: [String] {
    let changed = say("answers changed", "改变的结果")
    let last = params.count > 1 ? params.last.map { " (\($0.name))" } ?? "" : ""
    return params.map(\.name) + sweep.curves.map(\.title) + [changed + last]
  }

  private var points: [[String]] {
    sweep.points.map { point in
      zip(params, point.at).map { param, value in
        text(value, of: param) + (param.now == value ? say(" (now)", "（当前）") : "")
      } + zip(sweep.curves, point.values).map { told($1, $0.type) }
        + [point.turned.map { grouped($0) } ?? ""]
    }
  }

  private var nothing: String {
    sweep.moving.isEmpty
      ? say("No answer changes.", "没有结果改变。")
      : say("No answer turns at a single value.", "没有结果在某个值上突然改变。")
  }

  /// One line of where answers change.
  private struct Turn {
    var place: String
    var others: String
    var decision: String
    var change: String
    var count: String
    var records: String
  }

  /// No more lines than these are told to people.
  private static let mostTurns = 200

  private func turns() -> [Turn] {
    stretches().prefix(Self.mostTurns).map { flips in
      let keys = flips.flatMap(\.keys).prefix(3)
      let count = flips.reduce(0) { $0 + $1.count }
      let name = params.count > 1 ? params[flips[0].axis].name + " " : ""
      return Turn(
        place: name + place(flips), others: others(flips[0]), decision: flips[0].decision,
        change: "\(flips[0].before) → \(flips[0].after)", count: grouped(count),
        records: keys.joined(separator: ", ") + (count > keys.count ? " …" : ""))
    }
  }

  /// Where the other params stand.
  private func others(_ flip: Sweep.Flip) -> String {
    guard let others = flip.others else { return say("wherever others stand", "不论其他取值") }
    return params.indices.filter { $0 != flip.axis }
      .map { "\(params[$0].name) = \(text(others[$0], of: params[$0]))" }
      .joined(separator: ", ")
  }

  private func remarks() -> String {
    let stretches = self.stretches()
    var lines: [String] = []
    if stretches.count > Self.mostTurns {
      let more = grouped(stretches.count - Self.mostTurns)
      lines.append(say("\(more) more lines are left out.", "另有 \(more) 行没有列出。"))
    }
    if stretches.count > Self.mostTurns || stretches.contains(where: { $0.count > 1 }) {
      lines.append(say("`--format csv` lists each of the values.", "`--format csv` 列出每一个值。"))
    }
    if sweep.flips.isEmpty, !sweep.moving.isEmpty {
      let titles = sweep.moving.map { "`\($0)`" }.joined(separator: say(", ", "、"))
      lines.append(
        say(
          "Amounts that move all along are told by the curves: \(titles).",
          "一路随之变动的数额见曲线：\(titles)。"))
    }
    if sweep.unfollowed > 0 {
      let count = grouped(sweep.unfollowed)
      lines.append(
        say(
          "\(count) changed answers were too many to be followed to their exact values.",
          "另有 \(count) 个改变的结果过多，没有逐一找出确切的值。"))
    }
    return lines.map { $0 + "\n" }.joined()
  }

  /// A value of a param, in the language of the report.
  private func text(_ value: Decimal, of param: SweptParam) -> String {
    param.text(value, in: wording.language)
  }

  private func told(_ value: Value, _ type: ValueType) -> String {
    value.isKnown ? wording.text(value, type, in: facts) : "—"
  }

  /// More values at which the same answer turns, between two points of the curve, are told together.
  private static let mostApart = 3

  private func stretches() -> [[Sweep.Flip]] {
    let ends = params.indices.map { axis in
      Set(sweep.points.map { $0.at[axis] }).sorted { $0 < $1 }
    }
    var stretches: [[Sweep.Flip]] = []
    var places: [[String]: Int] = [:]
    for flip in sweep.flips {
      let step = ends[flip.axis].count { $0 < flip.value }
      let key = [
        String(flip.axis), others(flip), String(step), flip.decision, flip.before, flip.after,
      ]
      if let place = places[key] {
        stretches[place].append(flip)
      } else {
        places[key] = stretches.count
        stretches.append([flip])
      }
    }
    let told = stretches.flatMap { $0.count > Self.mostApart ? [$0] : $0.map { [$0] } }
    if params.count > 1 { return told }
    return told.enumerated().sorted {
      ($0.element[0].value, $0.offset) < ($1.element[0].value, $1.offset)
    }.map(\.element)
  }

  private func place(_ flips: [Sweep.Flip]) -> String {
    guard flips.count > 1, let first = flips.first, let last = flips.last else {
      return flips.first.map { place($0) } ?? ""
    }
    let param = params[first.axis]
    let low = text(first.kind == .between ? first.low : first.value, of: param)
    let high = text(last.value, of: param)
    return say(
      "\(grouped(flips.count)) values from \(low) to \(high)",
      "\(low) 至 \(high) 之间 \(grouped(flips.count)) 个值")
  }

  private func place(_ flip: Sweep.Flip) -> String {
    let value = text(flip.value, of: params[flip.axis])
    switch flip.kind {
    case .from: return say("from \(value)", "\(value) 起")
    case .above: return say("above \(value)", "高于 \(value)")
    case .between:
      let low = text(flip.low, of: params[flip.axis])
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
    (pointObjects + flipObjects).map { JSONText.object($0).line + "\n" }.joined()
  }

  /// One object: the params, their points, and the values at which answers change.
  func json() -> String {
    let told: [JSONText] = params.map { param in
      .object([
        ("name", .text(param.name)), ("now", param.now.map { .text(param.text($0)) } ?? .null),
      ])
    }
    return JSONText.object([
      ("params", .list(told)),
      ("points", .list(pointObjects.map { .object(Array($0.dropFirst())) })),
      ("flips", .list(flipObjects.map { .object(Array($0.dropFirst())) })),
      ("moving", .list(sweep.moving.map { .text($0) })),
      ("unfollowed", .integer(sweep.unfollowed)),
    ]).line + "\n"
  }

  private var pointObjects: [[(String, JSONText)]] {
    sweep.points.map { point in
      [
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
    }
  }

  private var flipObjects: [[(String, JSONText)]] {
    sweep.flips.map { flip in
      let param = params[flip.axis]
      var members: [(String, JSONText)] = [
        ("kind", .text("flip")), ("param", .text(param.name)), ("at", .text(flip.kind.rawValue)),
        ("value", .text(param.text(flip.value))),
        ("low", flip.kind == .between ? .text(param.text(flip.low)) : .null),
        ("decision", .text(flip.decision)), ("before", .text(flip.before)),
        ("after", .text(flip.after)), ("count", .integer(flip.count)),
        ("records", .list(flip.keys.map { .text($0) })),
      ]
      if params.count > 1 {
        let others: JSONText =
          flip.others.map { point in
            .object(
              params.indices.filter { $0 != flip.axis }.map {
                (params[$0].name, .text(params[$0].text(point[$0])))
              })
          } ?? .null
        members.insert(("others", others), at: 2)
      }
      return members
    }
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
      let param = params[flip.axis]
      let at = params.indices.map { index in
        index == flip.axis
          ? param.text(flip.value) : flip.others.map { params[index].text($0[index]) } ?? ""
      }
      row(
        ["flip"] + at + [
          flip.decision, "", String(flip.count), flip.kind.rawValue,
          flip.kind == .between ? param.text(flip.low) : "", flip.before, flip.after,
          flip.keys.joined(separator: " "),
        ])
    }
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}
