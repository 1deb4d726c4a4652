import WritModel
import WritReplay
import WritRules
import WritText

/// What `writ bench` found out, for people: a few lines, then what costs most.
struct BenchTable {
  private let figures: BenchFigures
  private let wording: Wording
  private let console: Console
  /// Rows of each table that are shown.
  private let shown = 10

  init(_ figures: BenchFigures, _ wording: Wording, _ console: Console) {
    self.figures = figures
    self.wording = wording
    self.console = console
  }

  var text: String {
    var parts = [summary]
    if let changes = figures.changes { parts.append(table(of: changes)) }
    if !figures.decisions.isEmpty { parts.append(decisions) }
    if figures.blocks.count > 1 { parts.append(blocks) }
    if !figures.guards.isEmpty { parts.append(conditions) }
    return parts.joined(separator: "\n")
  }

  private func say(_ english: String, _ chinese: String) -> String {
    console.say(Phrase(english, zh: chinese))
  }

  // MARK: - Parts

  private var summary: String {
    let read = rate(figures.bytes, figures.reading) / 1e6
    let speed = figures.bytes == 0 ? "" : say(", \(decimal(read)) MB/s", "，每秒 \(decimal(read)) MB")
    var lines = [
      say(
        "rules    \(counted(figures.files, "file")), \(counted(figures.rules, "rule")): "
          + "checked in \(time(figures.checking)), compiled in \(time(figures.compiling))",
        "规则  \(grouped(figures.files)) 个文件、\(grouped(figures.rules)) 条规则："
          + "检查 \(time(figures.checking))，编译 \(time(figures.compiling))"),
      say(
        "data     \(counted(figures.records, "record")), \(megabytes(figures.bytes)): "
          + "read in \(time(figures.reading))\(speed)",
        "数据  \(grouped(figures.records)) 条记录、\(megabytes(figures.bytes))："
          + "读入 \(time(figures.reading))\(speed)"),
      say(
        "memory   at most \(megabytes(figures.memoryAfter)), "
          + "\(megabytes(figures.memoryBefore)) before deciding",
        "内存  最多 \(megabytes(figures.memoryAfter))，判定之前 \(megabytes(figures.memoryBefore))"),
    ]
    if let whole = figures.whole {
      let speed = grouped(Int(rate(whole.records, whole.nanoseconds)))
      lines.append(
        say(
          "deciding \(counted(whole.records, "record")) in \(time(whole.nanoseconds)): "
            + "\(speed) records/s on one core",
          "判定  \(grouped(whole.records)) 条记录用时 \(time(whole.nanoseconds))：单核每秒 \(speed) 条"))
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func table(of changes: BenchFigures.ChangeCost) -> String {
    let speed = grouped(Int(rate(changes.firings, changes.nanoseconds)))
    let title = say(
      "\(counted(changes.firings, "firing")) of changes in \(time(changes.nanoseconds)): "
        + "\(speed) a second",
      "联动执行 \(grouped(changes.firings)) 次，用时 \(time(changes.nanoseconds))：每秒 \(speed) 次")
    return table(
      title: title,
      header: [say("change", "联动"), say("firings", "执行次数")],
      rows: changes.fired.map { [wording.program[$0.rule].title, grouped($0.count)] })
  }

  private var decisions: String {
    table(
      title: nil,
      header: [
        say("decision", "判定"), say("records", "记录"), say("ns each", "每条纳秒"),
        say("records/s", "每秒条数"),
      ],
      rows: figures.decisions.sorted { $0.nanoseconds > $1.nanoseconds }.map { cost in
        [
          title(cost.decision), grouped(cost.records),
          grouped(Int(each(cost.nanoseconds, cost.records).rounded())),
          grouped(Int(rate(cost.records, cost.nanoseconds))),
        ]
      })
  }

  private var blocks: String {
    let sum = figures.blocks.reduce(0) { $0 + $1.nanoseconds }
    return table(
      title: say("parts, each after what it reads", "各个部分（其所依赖的值已算好）"),
      header: [
        say("part", "部分"), say("records", "记录"), say("ns each", "每条纳秒"), say("share", "占比"),
      ],
      rows: figures.blocks.map { cost in
        [
          title(cost.attribute), grouped(cost.records),
          grouped(Int(each(cost.nanoseconds, cost.records).rounded())),
          sum > 0 ? "\(Int((cost.nanoseconds / sum * 100).rounded()))%" : "",
        ]
      })
  }

  private var conditions: String {
    table(
      title: say(
        "conditions, each asked alone (the index answers many together)",
        "各条规则的条件，单独询问（索引会合并回答，实际更快）"),
      header: [
        say("rule", "规则"), say("of", "所属"), say("ns each", "每条纳秒"), say("holds", "成立"),
      ],
      rows: figures.guards.map { cost in
        [
          wording.program[cost.rule].title, title(cost.decision),
          grouped(Int(cost.nanoseconds.rounded())),
          cost.asked > 0 ? "\(cost.holds * 100 / cost.asked)%" : "",
        ]
      }, texts: 2)
  }

  // MARK: - Writing

  /// The first rows under a head; how many more there are. The first `texts` columns are texts.
  private func table(
    title: String?, header: [String], rows: [[String]], texts: Int = 1
  ) -> String {
    let first = Array(rows.prefix(shown))
    let layout = ScreenTable(
      header: header, isNumeric: header.indices.map { $0 >= texts }, sample: first,
      screen: console.width)
    var lines = title.map { [$0] } ?? []
    lines.append(console.painted(layout.head, .gray))
    lines += first.map(layout.line)
    let more = rows.count - first.count
    if more > 0 {
      lines.append(
        console.painted(
          say(
            "… and \(grouped(more)) more (`--format json`)",
            "……另有 \(grouped(more)) 项（`--format json`）"),
          .gray))
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// In Chinese by the labels, with the record before them: several have a price.
  private func title(_ id: DecisionID) -> String {
    let decision = wording.program[id]
    return named(decision.subject, decision.name) ?? decision.title
  }

  private func title(_ id: AttributeID) -> String {
    let attribute = wording.program[id]
    guard case .record(let record)? = attribute.parameters.first else { return attribute.name.name }
    return named(record, attribute.name) ?? attribute.name.name
  }

  private func named(_ record: RecordID?, _ name: Named) -> String? {
    guard console.language == .chinese, let label = name.label, let record else { return nil }
    return wording.text(wording.program.schema[record].name) + "." + label
  }

  private func time(_ nanoseconds: Double) -> String {
    switch nanoseconds {
    case ..<1e6: "\(decimal(nanoseconds / 1e3)) µs"
    case ..<1e9: "\(decimal(nanoseconds / 1e6)) ms"
    default: "\(decimal(nanoseconds / 1e9)) s"
    }
  }

  private func megabytes(_ bytes: Int) -> String { "\(decimal(Double(bytes) / 1e6)) MB" }

  /// Three digits that count.
  private func decimal(_ value: Double) -> String {
    if value >= 100 { return grouped(Int(value.rounded())) }
    let scale = value >= 10 ? 10 : 100
    let units = Int((value * Double(scale)).rounded())
    let rest = String(units % scale)
    let zeros = String(repeating: "0", count: (scale == 10 ? 1 : 2) - rest.count)
    return "\(units / scale).\(zeros)\(rest)"
  }
}
