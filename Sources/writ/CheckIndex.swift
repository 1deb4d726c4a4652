import WritModel
import WritNetwork
import WritRules
import WritText

/// What `writ check --index` says: of each rule what the index answers at once, and what is asked of
/// the records that reach the rule, and why.
func indexText(of network: Network, language: Language) -> String {
  let program = network.program
  var blocks: [String] = []
  for indexing in network.indexing
  where indexing.rules.contains(where: { !program[$0.rule].isImplied }) {
    let names = indexing.rules.map { program[$0.rule].title }
    let width = min(names.map(\.displayWidth).max() ?? 0, 32)
    var lines = [heading(of: indexing, program).text(in: language)]
    // Where there is no index, one reason goes for all.
    for (rule, name) in zip(indexing.rules, names) where !indexing.dimensions.isEmpty {
      lines += ruleLines(rule, name, width: width, language)
    }
    blocks.append(lines.joined(separator: "\n") + "\n")
  }
  return blocks.joined(separator: "\n")
}

/// `territories for Account: 7 rules, indexed by 3 values`
private func heading(of indexing: Indexing, _ program: Program) -> Phrase {
  let rules = Set(indexing.rules.map(\.rule))
  let title =
    program.decisions.first { $0.rules.contains { rules.contains($0) } }?.title
    ?? program.attributes.first { reads($0.term, indexing.choose, program) }?.name.name ?? "—"
  let count = indexing.rules.count
  let dimensions = indexing.dimensions.count
  if dimensions == 0 {
    let why = indexing.rules.lazy.flatMap(\.conditions).compactMap { $0.way.reason }.first
    let reason = why.map { phrase(for: $0) } ?? Phrase("no conditions", zh: "没有条件")
    return Phrase(
      "\(title): \(counted(count, "rule")), asked in order: \(reason.text(in: .english))",
      zh: "\(title)：\(count) 条规则，逐条判断：\(reason.text(in: .chinese))")
  }
  return Phrase(
    "\(title): \(counted(count, "rule")), indexed by \(counted(dimensions, "value"))"
      + " in \(counted(indexing.entryCount, "entry", "entries"))",
    zh: "\(title)：\(count) 条规则，按 \(dimensions) 个值建索引，共 \(indexing.entryCount) 个条目")
}

private func counted(_ count: Int, _ one: String, _ many: String) -> String {
  count == 1 ? "1 \(one)" : "\(grouped(count)) \(many)"
}

private func reads(_ term: TermID, _ choose: ChooseID, _ program: Program) -> Bool {
  switch program[term] {
  case .winner(let id): id == choose
  case .payload(let id, _, _), .collect(let id, _, _): id == choose
  default: false
  }
}

private func ruleLines(
  _ rule: Indexing.Rule, _ name: String, width: Int, _ language: Language
) -> [String] {
  let indexed = Phrase("indexed", zh: "索引").text(in: language)
  let apart = Phrase("apart", zh: "单独判断").text(in: language)
  let wayWidth = max(indexed.displayWidth, apart.displayWidth)
  var lines: [String] = []
  func add(_ way: String, _ text: String) {
    let title = lines.isEmpty ? name : ""
    lines.append("  " + padded(title, to: width + 2) + padded(way, to: wayWidth + 2) + text)
  }
  let rows = rule.conditions.filter { $0.way == .indexed }.map(\.condition.text)
  if !rows.isEmpty { add(indexed, rows.map(oneLine).joined(separator: " · ")) }
  for (condition, way) in rule.conditions {
    if let reason = way.reason {
      add(apart, oneLine(condition.text) + " — " + phrase(for: reason).text(in: language))
    }
  }
  if lines.isEmpty { add(indexed, Phrase("always", zh: "总是成立").text(in: language)) }
  return lines
}

private func oneLine(_ text: String) -> String {
  text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
}

private func phrase(for reason: Indexing.Reason) -> Phrase {
  switch reason {
  case .fewRules:
    Phrase("so few rules are as fast in order", zh: "规则很少，逐条判断一样快")
  case .noneWorth:
    Phrase("most rules here compare nothing with a fixed value", zh: "这里多数规则不与固定值比较")
  case .comparesTwo:
    Phrase("both sides differ from record to record", zh: "比较的两边都随记录而变")
  case .looksElsewhere:
    Phrase("looks at other records", zh: "要查看其他记录")
  case .workedOut:
    Phrase("worked out for this rule alone", zh: "只为这条规则计算")
  case .manyCases:
    Phrase("`or` gives more than 16 cases; split the rule", zh: "“或”的组合超过 16 种，可拆成几条规则")
  }
}
