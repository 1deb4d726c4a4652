import WritModel
import WritNetwork
import WritReplay
import WritRules
import WritSyntax
import WritText

// `:save`: what was tried becomes a test that passes now and holds the answers from here on.
extension Session {
  mutating func save(_ words: String) -> Reply {
    let parts = words.arguments
    guard let path = parts.first else {
      return Reply(say("`:save tests.writ`", zh: "`:保存 用例.writ`"), isError: true)
    }
    let title =
      parts.count > 1 ? parts.dropFirst().joined(separator: " ") : say("tried", zh: "试过")
    guard tried.contains(where: { if case .question = $0 { true } else { false } }) else {
      return Reply(
        say("nothing was asked yet, so there is nothing to expect", zh: "还没有提过问题，没有可预期的结果"),
        isError: true)
    }
    let text = testText(titled: title)
    if let problem = problem(with: text) { return Reply(problem, isError: true) }
    return Reply("", request: .save(path: path, text: text))
  }

  /// The test as a file would hold it.
  private func testText(titled title: String) -> String {
    var lines = [
      "test \(Self.quoted(title)) as of \(CivilDate(days: Int(today)).map { "\($0)" } ?? "") {"
    ]
    lines += givens().map { "  " + $0 }
    for trial in tried {
      switch trial {
      case .fact(let text), .step(let text): lines.append("  " + text)
      case .firing: continue
      case .question(let question, let answer):
        lines.append("  expect \(question) is \(answer)")
      }
    }
    let text = lines.joined(separator: "\n") + "\n}\n"
    var sources = Sources()
    let id = sources.add(Source(name: "", text: text))
    let (tree, diagnostics) = Parser.parse(sources[id], id: id)
    return diagnostics.hasErrors ? text : Printer.print(tree, in: language)
  }

  /// Whether the test passes with the rules in force; what is wrong where it does not.
  private func problem(with text: String) -> String? {
    var sources = self.sources
    let id = sources.add(Source(name: say("<the test>", zh: "<用例>"), text: text))
    let (tree, broken) = Parser.parse(sources[id], id: id)
    var copy = self
    copy.useSources(sources)
    if broken.hasErrors { return copy.rendered(broken) }
    let (program, found) = copy.checked(with: tree, analyzing: false)
    guard let program, let test = program.tests.last else { return copy.rendered(found) }
    let result = TestRun.run(
      test, on: Network(compiling: program), sources: sources, language: language, today: today)
    if result.outcome == .passed { return nil }
    let failures = result.failures.prefix(3).map { failure in
      "  \(failure.expectation): \(say("expected ", zh: "预期 "))\(failure.expected)"
        + "\(say(", got ", zh: "，实际 "))\(failure.actual)"
    }
    return say(
      "the test would not pass by itself, so it was not written; it rests on data that it does not give:\n",
      zh: "这个用例单独运行不能通过，没有写出；它依赖没有写进用例的数据：\n") + failures.joined(separator: "\n")
  }

  // MARK: - Facts as text

  /// The records that stood there at the start, all where there are few, else those that the
  /// questions and changes name and what these refer to.
  private func givens() -> [String] {
    var rows: [(RecordID, Int)] = []
    let total = start.tables.reduce(0) { $0 + $1.count - $1.removedCount }
    if total <= 200 {
      for table in start.tables {
        rows += (0..<table.count).filter { !table.isRemoved($0) }.map { (table.record, $0) }
      }
    } else {
      rows = namedRows()
    }
    return rows.compactMap { given($0.0, $0.1, in: start) }
  }

  private func namedRows() -> [(RecordID, Int)] {
    var seen: Set<[Int]> = []
    var rows: [(RecordID, Int)] = []
    var waiting: [Value] = []
    let words = tried.map { trial in
      switch trial {
      case .fact(let text), .step(let text), .question(let text, _): text
      case .firing: ""
      }
    }.joined(separator: "\n")
    for (index, type) in program.schema.records.enumerated() {
      for name in [type.name.name, type.name.label].compactMap(\.self) {
        for key in Self.keys(behind: name, in: words) {
          if let found = wording.find(RecordID(index), [key], in: start) { waiting.append(found) }
        }
      }
    }
    while let record = waiting.popLast() {
      let type = RecordID(Int(record.aux))
      guard seen.insert([Int(type.index), Int(record.bits)]).inserted, rows.count < 500 else {
        continue
      }
      rows.append((type, Int(record.bits)))
      for field in program.schema[type].fields {
        let value = start.value(field, row: Int(record.bits))
        if value.tag == .record { waiting.append(value) }
      }
    }
    return rows
  }

  /// The texts that follow a name: `Lead "L1"`.
  private static func keys(behind name: String, in text: String) -> [String] {
    var keys: [String] = []
    var rest = Substring(text)
    while let place = rest.firstRange(of: name) {
      rest = rest[place.upperBound...].drop { $0 == " " }
      guard let open = rest.first, open == "\"" || open == "“" else { continue }
      let close: Character = open == "\"" ? "\"" : "”"
      let key = rest.dropFirst().prefix { $0 != close }
      keys.append(String(key))
      rest = rest.dropFirst(key.count + 1)
    }
    return keys
  }

  /// A record as a test gives it.
  func given(_ record: RecordID, _ row: Int, in facts: Facts) -> String? {
    let type = program.schema[record]
    var fields: [String] = []
    for field in type.fields {
      let declared = program.schema[field]
      let value = facts.value(field, row: row)
      let text: String
      switch value.tag {
      case .missing: text = "missing"
      case .fault: continue
      default:
        guard let literal = literal(of: value, declared.type) else { continue }
        text = literal
      }
      fields.append("\(name(declared.name)) \(text)")
    }
    return "given \(name(type.name)) { \(fields.joined(separator: ", ")) }"
  }

  /// A name as rules may write it: in back-ticks unless it is one word.
  private func name(_ named: Named) -> String {
    let text = named.name
    let isWord =
      text.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" } && text.first?.isNumber != true
    return isWord ? text : "`\(text)`"
  }

  /// A value as rules write it; nil where there is no such spelling.
  func literal(of value: Value, _ type: ValueType) -> String? {
    let schema = program.schema
    switch value.tag {
    case .missing: return "missing"
    case .none: return "none"
    case .tied: return "tied"
    case .undetermined: return "undetermined"
    case .fault: return "fault"
    case .boolean: return value.bits == 1 ? "yes" : "no"
    case .number:
      if case .percent = type { return value.decimal.percentText }
      return value.decimal.plain
    case .money:
      let currency = Int(value.aux)
      return currency == 0
        ? value.decimal.plain : "\(schema.currencies[currency]) \(value.decimal.plain)"
    case .date: return CivilDate(days: Int(value.bits)).map { "\($0)" }
    case .duration:
      return ["\(value.bits) days", "\(value.bits) months"].indices.contains(Int(value.aux))
        ? ["\(value.bits) days", "\(value.bits) months"][Int(value.aux)] : nil
    case .time: return nil
    case .text:
      return Self.quoted(memory.facts.texts.text(of: Symbol(Int(value.bits))))
    case .member:
      return name(schema.enums[Int(value.aux)].members[Int(value.bits)])
    case .node: return name(schema.trees[Int(value.aux)].nodes[Int(value.bits)].name)
    case .record:
      let record = RecordID(Int(value.aux))
      let key = Wording(program: program, language: .english).key(of: value, in: memory.facts)
      return "\(name(schema[record].name)) \(Self.quoted(key))"
    case .queue: return "queue \(name(schema.queues[Int(value.bits)]))"
    case .rule: return Self.quoted(program.rules[Int(value.bits)].title)
    case .list:
      let element: ValueType
      switch type {
      case .set(let item), .list(let item): element = item
      default: return nil
      }
      let items = memory.facts.lists.items(of: value).map { literal(of: $0, element) }
      if items.contains(where: { $0 == nil }) { return nil }
      return "{\(items.compactMap(\.self).joined(separator: ", "))}"
    }
  }

  private static func quoted(_ text: String) -> String {
    "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
  }
}

extension Decimal {
  /// As a percent with its sign: 0.15 is `15%`.
  fileprivate var percentText: String {
    guard let hundredfold = multiplied(by: Decimal(100)) else { return plain }
    return hundredfold.normalized.plain + "%"
  }
}
