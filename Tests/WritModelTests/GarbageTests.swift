import Testing
import WritText

@testable import WritModel

/// Files that nobody would write, and files that grew too large: what comes of them is a message or
/// records, soon, and every row is one of the two.
struct GarbageTests {
  /// A record of many fields of every type that a cell can have, all of which may be missing.
  private static func wide(_ count: Int) -> Schema {
    var schema = World.schema
    let types: [ValueType] = [
      .text, .number, .integer, .percent, .boolean, .date, .time, .duration,
      .money(CurrencyID(0)), .money(nil), .member(World.industry), .node(World.region),
      .record(World.rep), .set(.member(World.industry)), .list(.text), .set(.record(World.rep)),
    ]
    let record = RecordID(schema.records.count)
    let first = schema.fields.count
    for column in 0..<count {
      schema.fields.append(
        Field(
          name: Named("f\(column)", label: "字段\(column)"), record: record,
          type: types[column % types.count], isOptional: true, column: column, initial: nil,
          partAs: nil))
    }
    schema.records.append(
      RecordType(
        name: Named("Wide"), fields: (0..<count).map { FieldID(first + $0) }, key: [], called: nil))
    return schema
  }

  private static func take(
    _ bytes: [UInt8], _ schema: Schema, _ record: RecordID, _ format: ReadPlan.Format,
    encoding: String? = nil, block: Int = 4096, hasHeader: Bool = true
  ) -> (facts: Facts, reader: RecordReader) {
    let plan = ReadPlan(
      reading: record, of: schema, format: format, encoding: encoding, hasHeader: hasHeader)
    var reader = RecordReader(plan, schema: schema)
    var facts = Facts(schema: schema)
    var start = 0
    repeat {
      let end = min(bytes.count, start + block)
      reader.read(Array(bytes[start..<end]), isLast: end == bytes.count, into: &facts)
      start = end
    } while start < bytes.count
    _ = facts.linkAll()
    return (facts, reader)
  }

  private static func isWhole(_ result: (facts: Facts, reader: RecordReader), _ record: RecordID)
    -> Bool
  {
    let (facts, reader) = result
    for row in reader.rejected {
      guard !row.problems.isEmpty, row.origin.line > 0 else { return false }
      for problem in row.problems {
        guard (problem.line ?? 0) > 0, (problem.column ?? 0) > 0 else { return false }
      }
    }
    return facts[record].count == reader.acceptedCount
      && reader.rejected.count == reader.rejectedCount
  }

  @Test func `random bytes through every reader`() {
    var random = Random.seeded("garbage")
    let schema = Self.wide(20)
    let record = RecordID(2)
    let header = Array(((0..<20).map { "f\($0)" }.joined(separator: ",") + "\n").utf8)
    let alphabet =
      Array("\"{}[]:,;|\t\n\r 0123456789.-+%eETZPf字a\\u\u{FEFF}".utf8) + [0, 0xFF, 0x81, 0x30]
    for round in 0..<600 {
      let isText = round % 2 == 0
      var bytes = (0..<Int.random(in: 0...400, using: &random)).map { _ in
        isText
          ? alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
          : UInt8.random(in: 0...255, using: &random)
      }
      let format: ReadPlan.Format = [.csv, .json, .jsonLines][round % 3]
      if format == .csv, round % 4 < 2 { bytes = header + bytes }
      let result = Self.take(
        bytes, schema, record, format, encoding: round % 7 == 0 ? "GB18030" : nil,
        block: Int.random(in: 1...50, using: &random), hasHeader: round % 5 != 0)
      #expect(Self.isWhole(result, record), "\(bytes)")
      _ = Sheet(bytes, encoding: round % 7 == 0 ? "GBK" : nil)
    }
  }

  @Test func `files cut anywhere keep the rows before the cut`() {
    let csv =
      "id,employees,skills,company\nL1,5,retail,\"线索,\n\"\"x\"\"\"\nL2,6,,é\nL3,7,retail,z\n"
    let json = #"[{"id":"L1","skills":["retail"],"company":"线\u00e9"},{"id":"L2"},{"id":"L3"}]"#
    for (text, format) in [(csv, ReadPlan.Format.csv), (json, .json)] {
      let bytes = Array(text.utf8)
      var last = 0
      for end in 0...bytes.count {
        let result = Self.take(Array(bytes[..<end]), World.schema, World.lead, format)
        #expect(Self.isWhole(result, World.lead), "\(end) bytes")
        // A cut may make one row worse, never one before it.
        #expect(result.facts[World.lead].count >= last - 1)
        last = max(last, result.facts[World.lead].count)
      }
      #expect(last == 3)
    }
  }

  @Test func `a thousand fields`() {
    let schema = Self.wide(1000)
    let record = RecordID(2)
    let names = (0..<1000).map { "f\($0)" }
    let blanks = String(repeating: ",", count: 999)
    let bad = [String](repeating: "?", count: 1000).joined(separator: ",")
    let text = names.joined(separator: ",") + "\n" + blanks + "\n" + bad + "\n" + blanks + "\n"
    let result = Self.take(Array(text.utf8), schema, record, .csv)
    #expect(result.facts[record].count == 2)
    // All but texts, lists of texts and references say what is wrong.
    #expect((700...900).contains(result.reader.rejected.first?.problems.count ?? 0))
    // None of the headers is there: a note that does not look for a million near names.
    let other = names.map { "x\($0)" }.joined(separator: ",") + "\n" + blanks + "\n"
    let noted = Self.take(Array(other.utf8), schema, record, .csv)
    #expect(noted.facts[record].count == 1)
    #expect(noted.reader.notes.first?.message.english.utf8.count ?? .max < 2000)
    let object = "{" + names.map { "\"\($0)\":null" }.joined(separator: ",") + "}\n"
    let lines = String(repeating: object, count: 20)
    #expect(Self.take(Array(lines.utf8), schema, record, .jsonLines).facts[record].count == 20)
  }

  @Test func `all keys equal, and all cells blank`() {
    let same = "id,company\n" + String(repeating: "L1,x\n", count: 20_000)
    let result = Self.take(Array(same.utf8), World.schema, World.lead, .csv, block: 1 << 16)
    #expect(result.facts[World.lead].count == 1)
    #expect(result.reader.rejectedCount == 19_999)
    #expect(result.reader.rejected.last?.problems.map(\.code) == ["duplicate-key"])
    let blank = "id,company,employees\n" + (0..<20_000).map { "L\($0),,\n" }.joined()
    let empty = Self.take(Array(blank.utf8), World.schema, World.lead, .csv, block: 1 << 16)
    #expect(empty.facts[World.lead].count == 20_000)
  }

  @Test func `one quote, one bracket, one line without an end`() {
    for text in [
      "id,company\nL1,\"" + String(repeating: "a,b\n", count: 50_000),
      "id,company\nL1," + String(repeating: "\"", count: 200_001),
    ] {
      let result = Self.take(Array(text.utf8), World.schema, World.lead, .csv)
      #expect(Self.isWhole(result, World.lead))
      #expect(result.reader.rejectedCount > 0)
    }
    for text in [
      String(repeating: "[", count: 100_000), String(repeating: "{\"a\":", count: 50_000),
      "{\"id\":\"" + String(repeating: "x", count: 200_000),
      "{\"id\":" + String(repeating: "9", count: 100_000) + "}",
      String(repeating: "}", count: 1000), "[" + String(repeating: ",", count: 100_000),
    ] {
      for format in [ReadPlan.Format.json, .jsonLines] {
        let result = Self.take(Array(text.utf8), World.schema, World.lead, format)
        #expect(Self.isWhole(result, World.lead))
        #expect(result.facts[World.lead].count <= 1)
      }
    }
  }
}
