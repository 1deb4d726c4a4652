import Testing

@testable import WritModel

/// The usual way and the long way take the same rows for the same reasons, whatever the bytes, the
/// blocks they come in and the way of forgetting.
struct UsualWayTests {
  /// Everything that a reader says of a file: each value as its bits, texts and lists spelled out.
  private func story(
    _ bytes: [UInt8], _ plan: ReadPlan, isUsual: Bool, block: Int, isStream: Bool
  ) -> [String] {
    let schema = World.schema
    var reader = RecordReader(plan, schema: schema, file: 3, watchesKeys: isStream)
    reader.takesUsualWay = isUsual
    var facts = Facts(schema: schema)
    let mark = facts.mark
    var story: [String] = []
    var start = 0
    repeat {
      let end = min(bytes.count, start + block)
      if isStream { facts.forget(plan.record, backTo: mark) }
      reader.read(Array(bytes[start..<end]), isLast: end == bytes.count, into: &facts)
      if isStream { story += rows(facts, plan.record) }
      start = end
    } while start < bytes.count
    if !isStream { story += rows(facts, plan.record) }
    story += reader.problems.map { "problem \($0)" }
    for row in reader.takeRejected() {
      story.append("rejected \(row.origin.file):\(row.origin.line) \(row.raw) \(row.problems)")
    }
    story.append("\(reader.acceptedCount) \(reader.rejectedCount)")
    return story
  }

  /// The same, cut into chunks that two readers read in turn.
  private func chunkedStory(_ bytes: [UInt8], _ plan: ReadPlan, block: Int) -> [String] {
    let schema = World.schema
    var lead = RecordReader(plan, schema: schema, file: 3)
    var hands: [(reader: RecordReader, facts: Facts)] = []
    var keys = KeySet()
    var lines = 0
    var (taken, set) = (0, 0)
    var story: [String] = []
    var rejected: [RejectedRow] = []
    var start = 0
    repeat {
      let end = min(bytes.count, start + block)
      if let chunk = lead.cut(Array(bytes[start..<end]), isLast: end == bytes.count) {
        if hands.isEmpty {
          lines = lead.lines
          hands = (0..<2).map { _ in (lead.chunkReader(), Facts(schema: schema)) }
        }
        var hand = hands.removeFirst()
        hand.facts.forget(plan.record, backTo: Facts(schema: schema).mark)
        hand.reader.read(chunk, into: &hand.facts)
        hand.reader.settle(chunk, keys: &keys, lines: &lines, in: &hand.facts)
        story += rows(hand.facts, plan.record)
        rejected += hand.reader.takeRejected()
        taken += hand.facts[plan.record].count
        hands.append(hand)
      }
      start = end
    } while start < bytes.count
    set = rejected.count
    story += lead.problems.map { "problem \($0)" }
    for row in rejected {
      story.append("rejected \(row.origin.file):\(row.origin.line) \(row.raw) \(row.problems)")
    }
    story.append("\(taken) \(set)")
    return story
  }

  private func rows(_ facts: Facts, _ record: RecordID) -> [String] {
    let table = facts[record]
    return (0..<table.count).map { row in
      let origin = table.origin(of: row).map { "\($0.file):\($0.line)" } ?? "?"
      return facts.schema[record].fields.reduce(into: origin) { text, field in
        text += " | " + spelled(facts.value(field, row: row), facts)
      }
    }
  }

  private func spelled(_ value: Value, _ facts: Facts) -> String {
    switch value.tag {
    case .text: "text \(facts.texts.withBytes(of: Symbol(Int(value.bits))) { Array($0) })"
    case .list: "list \(facts.lists.items(of: value).map { spelled($0, facts) })"
    default: "\(value.tag) \(value.bits) \(value.scale) \(value.aux)"
    }
  }

  private func check(
    _ bytes: [UInt8], _ plan: ReadPlan, _ note: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    for isStream in [false, true] {
      let long = story(bytes, plan, isUsual: false, block: 1 << 20, isStream: isStream)
      for block in isStream ? [1 << 20, 3_000, 67] : [] {
        let chunked = chunkedStory(bytes, plan, block: block)
        guard chunked != long else { continue }
        let pair = zip(chunked, long).first { $0 != $1 }
        Issue.record(
          "\(note), chunks of \(block): \(pair?.0 ?? "\(chunked.count)") is not \(pair?.1 ?? "\(long.count)")",
          sourceLocation: sourceLocation)
        return
      }
      for block in [1 << 20, 5_000, 61] {
        let usual = story(bytes, plan, isUsual: true, block: block, isStream: isStream)
        guard usual != long else { continue }
        let pair = zip(usual, long).first { $0 != $1 }
        Issue.record(
          "\(note), blocks of \(block): \(pair?.0 ?? "\(usual.count)") is not \(pair?.1 ?? "\(long.count)")",
          sourceLocation: sourceLocation)
        return
      }
    }
  }

  // MARK: - Drawing files

  private static let cells: [String: [String]] = [
    "id": ["L1", " L2", "L3 ", "Ｌ", "12", "a-much-longer-key-than-sixteen-bytes"],
    "company": ["Acme", " Acme ", "华东机械有限公司", "é", "e\u{301}", "a\tb", "a\"b", "N/A", "-"],
    "employees": ["12", "-7", "007", "1,200", "12.0", "1.5", "99999999999999999999", "1e3", "x"],
    "score": ["0.5", "123456789012345678", "1.", ".5", "-", "--1", "1..2", "1.2.3", "+4", "-0.00"],
    "rate": ["15%", "12.5%", "15", "0.15", "15 %", "％", "7％", "%", "-3.25%", "1,000%"],
    "budget": [
      "1234.56", "¥12", "CNY 5", "USD 5", "0.1234567", "1,234.50", "12元", "1234567890.12",
    ],
    "any_budget": ["CNY 5", "$7.50", "5", "€1"],
    "created": [
      "2026-02-28", "2026-02-29", "2024-02-29", "2026-13-01", "2026-1-1", "20260101", "2026-00-10",
      "0000-01-01", "9999-12-31", "2026-11-00", "2026-11-31",
    ],
    "seen": ["2026-11-11T09:30:00+08:00", "2026-11-11 09:30", "2026-11-11", "25:00"],
    "hot": ["yes", "no", "TRUE", "0", "1", "是", "否", "maybe"],
    "industry": ["retail", "制造", "manufacturing", "零售", "Retail", "farming"],
    "region": ["east", "华东", "china", "west"],
    "owner": ["R1", " R1", "R2", "7"],
    "skills": ["retail;制造", "retail", "x;retail", ";"],
    "reps": ["R1|R2", "R1"],
  ]

  private func cell(_ name: String, _ random: inout Random) -> String {
    let dice = Int.random(in: 0..<100, using: &random)
    if dice < 12 { return "" }
    if name == "id", dice < 90 { return "K\(Int.random(in: 0..<600, using: &random))" }
    if name == "employees", dice < 70 {
      return "\(Int.random(in: -9999...999_999, using: &random))"
    }
    if name == "budget", dice < 70 { return "\(Int.random(in: 0...99_999, using: &random)).5" }
    let some = Self.cells[name] ?? ["x"]
    // Mostly what is good, so that whole rows are.
    return dice < 85 ? some[0] : some.randomElement(using: &random) ?? ""
  }

  private func plan(_ format: ReadPlan.Format, _ random: inout Random) -> ReadPlan {
    var plan = ReadPlan(reading: World.lead, of: World.schema, format: format)
    for index in plan.columns.indices {
      let name = World.schema[plan.columns[index].field].name.name
      if name == "rate" {
        plan.columns[index].form = [nil, .fraction, .points].randomElement(using: &random) ?? nil
      }
      if Bool.random(using: &random), Bool.random(using: &random) {
        plan.columns[index].missing = ["-", "7"]
      }
    }
    if Bool.random(using: &random), Bool.random(using: &random) { plan.missing = ["N/A"] }
    return plan
  }

  private func csv(_ names: [String], _ random: inout Random) -> String {
    let mark = [",", ",", ";", "\t"].randomElement(using: &random) ?? ","
    let end = ["\n", "\n", "\r\n", "\r"].randomElement(using: &random) ?? "\n"
    var text = names.joined(separator: mark) + end
    for _ in 0..<Int.random(in: 1...250, using: &random) {
      let dice = Int.random(in: 0..<300, using: &random)
      if dice == 0 { text += end }
      var row: [String] = []
      for name in names {
        let cell = cell(name, &random)
        let needsQuotes =
          cell.contains(mark) || cell.contains("\"") || Int.random(in: 0..<40, using: &random) == 0
        var quoted = ""
        for character in cell.unicodeScalars {
          if character == "\"" { quoted += "\"" }
          quoted.unicodeScalars.append(character)
        }
        if Int.random(in: 0..<900, using: &random) == 0 { quoted += "\n" }
        row.append(needsQuotes ? "\"\(quoted)\"" : cell)
      }
      if dice == 1 { row.removeLast() }
      if dice == 2 { row.append("x") }
      text += row.joined(separator: mark) + end
    }
    return text
  }

  private func json(_ names: [String], asArray: Bool, _ random: inout Random) -> String {
    let (comma, colon) = [(",", ":"), (", ", ": ")].randomElement(using: &random) ?? (",", ":")
    let end = asArray ? ",\n  " : "\n"
    var text = asArray ? "[\n  " : ""
    let count = Int.random(in: 1...250, using: &random)
    for index in 0..<count {
      var members: [String] = []
      let dice = Int.random(in: 0..<200, using: &random)
      for name in names {
        let cell = cell(name, &random)
        if Int.random(in: 0..<12, using: &random) == 0 { continue }
        var value: [UInt8] = []
        switch Int.random(in: 0..<30, using: &random) {
        case 0: value = Array("null".utf8)
        case 1:
          value = Array(
            ["true", "[1,\"a\"]", "{\"id\":\"R1\"}", "-", "01", "1e2"].randomElement(
              using: &random)?.utf8 ?? "".utf8)
        case 2...12: value = Array(cell.utf8)
        default: value.appendJSON(cell)
        }
        if cell.utf8.isEmpty { value = Array("\"\"".utf8) }
        members.append("\"\(name)\"\(colon)\(String(decoding: value, as: UTF8.self))")
      }
      if dice == 0 { members.append(members.first ?? "") }
      if dice == 1 { members.shuffle(using: &random) }
      if dice == 2 { members.append("\"company\":\"a\\u0041\\n\"") }
      text += "{" + members.joined(separator: comma) + "}" + (index == count - 1 ? "" : end)
    }
    return text + (asArray ? "\n]\n" : "\n")
  }

  /// Some bytes changed, cut out or put in.
  private func mutated(_ bytes: [UInt8], _ random: inout Random) -> [UInt8] {
    var bytes = bytes
    let some: [UInt8] =
      Array("\"\\,;\t\r\n{}[]: 0.%-\u{FEFF}华".utf8) + [0, 0x80, 0xFF, 0xC2, 0xED, 0xE0]
    for _ in 0..<Int.random(in: 0...12, using: &random) where !bytes.isEmpty {
      let place = Int.random(in: 0..<bytes.count, using: &random)
      switch Int.random(in: 0..<3, using: &random) {
      case 0: bytes[place] = some.randomElement(using: &random) ?? 0
      case 1: bytes.insert(some.randomElement(using: &random) ?? 0, at: place)
      default: bytes.remove(at: place)
      }
    }
    return bytes
  }

  @Test(arguments: [ReadPlan.Format.csv, .jsonLines, .json])
  func `drawn and damaged files are read alike`(_ format: ReadPlan.Format) {
    var random = Random.seeded("the usual way of \(format)")
    for round in 0..<5 {
      var names = World.schema[World.lead].fields.map { World.schema[$0].name.name }
      if Bool.random(using: &random) { names.shuffle(using: &random) }
      if Bool.random(using: &random) { names.append("extra") }
      if Int.random(in: 0..<4, using: &random) == 0 { names.removeAll { $0 == "score" } }
      let plan = plan(format, &random)
      let text =
        format == .csv
        ? csv(names, &random) : json(names, asArray: format == .json, &random)
      check(Array(text.utf8), plan, "round \(round)")
      check(mutated(Array(text.utf8), &random), plan, "round \(round), damaged")
    }
  }

  @Test func `what the usual way must leave to the long way`() {
    var random = Random.seeded("odd rows")
    let header = "id,company,employees,score,rate,budget,created,hot\n"
    let rows = [
      "K1,a,1,1,1%,1,2026-01-01,yes", "K2,\"a\",1,1,1%,1,2026-01-01,yes",
      "K3,\"a\"\"b\",1,1,1%,1,2026-01-01,yes", "K4,a\"b,1,1,1%,1,2026-01-01,yes",
      "K5,\"a\nb\",1,1,1%,1,2026-01-01,yes", "K6,,,,,,,", "", "K7,a,1,1,1%,1,2026-01-01,yes,",
      "K1,twice,1,1,1%,1,2026-01-01,yes", "K8,\"a\"x,1,1,1%,1,2026-01-01,yes",
      "K9,a\rb,1,1,1%,1,2026-01-01,yes", ",a,1,1,1%,1,2026-01-01,yes",
      "K10,\u{0}a,1,1,1%,1,2026-01-01,yes", "K11,\"a,1,1,1%,1,2026-01-01,yes",
    ]
    let plan = plan(.csv, &random)
    for first in rows {
      for second in rows {
        for end in ["\n", ""] {
          check(
            Array((header + first + "\n" + second + "\n" + rows[0] + end).utf8), plan,
            "\(first) / \(second)")
        }
      }
    }
  }

  /// Every length around the ends of words, in a buffer that ends there.
  @Test func `numbers of all lengths`() {
    var random = Random.seeded("numbers of all lengths")
    let room = [UInt8](repeating: 0, count: Words.room)
    for _ in 0..<4_000 {
      let count = Int.random(in: 1...19, using: &random)
      let text = (0..<count).map { _ in
        Array("01234567899999..-".utf8).randomElement(using: &random) ?? 0x30
      }
      let (fast, slow) = (text + room).withUnsafeBufferPointer { bytes -> (Decimal?, Decimal?) in
        guard let base = bytes.baseAddress else { return (nil, nil) }
        return (
          FastColumn.number(base, count),
          Decimal.readShort(Bytes(rebasing: bytes[..<count]))
        )
      }
      let shown = String(decoding: text, as: UTF8.self)
      #expect(fast?.mantissa == slow?.mantissa && fast?.scale == slow?.scale, "\(shown)")
    }
  }

  @Test func `broken UTF-8 is found where it breaks`() {
    var random = Random.seeded("broken UTF-8")
    let pieces: [[UInt8]] =
      ["a", "華", "é", "😀", "plain text of some length", "中文文本"].map { Array($0.utf8) }
    let broken: [[UInt8]] = [
      [0x80], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xC0, 0x80], [0xF5, 0x80], [0xE4, 0xB8],
    ]
    for _ in 0..<5_000 {
      var bytes: [UInt8] = []
      var expected: Int?
      for _ in 0..<Int.random(in: 0...20, using: &random) {
        bytes += pieces.randomElement(using: &random) ?? []
        if expected == nil, Int.random(in: 0..<12, using: &random) == 0 {
          expected = bytes.count
          bytes += broken.randomElement(using: &random) ?? []
        }
      }
      #expect(bytes.withUnsafeBufferPointer { $0.firstInvalidUTF8() } == expected, "\(bytes)")
    }
  }
}
