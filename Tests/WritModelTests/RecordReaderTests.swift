import Testing
import WritText

@testable import WritModel

/// A small world: what every kind of column looks like.
enum World {
  static let industry = EnumID(0)
  static let region = TreeID(0)
  static let rep = RecordID(0)
  static let lead = RecordID(1)

  static var schema: Schema {
    var schema = Schema()
    schema.currencies = ["CNY", "USD"]
    schema.zoneMinutes = 480
    schema.enums = [
      EnumType(
        name: Named("Industry", label: "行业"), isOrdered: false,
        members: [Named("manufacturing", label: "制造"), Named("retail", label: "零售")])
    ]
    schema.trees = [
      TreeType(
        name: Named("Region", label: "区域"),
        nodes: [
          .init(name: Named("china", label: "中国"), parent: -1, depth: 0, lastDescendant: 1),
          .init(name: Named("east", label: "华东"), parent: 0, depth: 1, lastDescendant: 1),
        ])
    ]
    schema.add(
      "Rep", key: ["id"], called: "name",
      [
        ("id", .text, "?no"), ("name", .text, "?no"), ("manager", .record(rep), "?"),
      ])
    schema.add(
      "Lead", key: ["id"], called: nil,
      [
        ("id", .text, "?no"), ("company", .text, "?"), ("employees", .integer, "?"),
        ("score", .number, "= 0"), ("rate", .percent, "?"), ("budget", .money(CurrencyID(0)), "?"),
        ("any_budget", .money(nil), "?"), ("created", .date, "?"), ("seen", .time, "?"),
        ("hot", .boolean, "?"), ("industry", .member(industry), "?"),
        ("region", .node(region), "?"),
        ("owner", .record(rep), "?"), ("skills", .set(.member(industry)), "?"),
        ("reps", .set(.record(rep)), "?"),
      ])
    return schema
  }

  static func field(_ name: String, of record: RecordID = lead) -> FieldID {
    let schema = schema
    return schema[record].fields.first { schema[$0].name.name == name } ?? FieldID(0)
  }
}

extension Schema {
  /// Adds a record type; `?` marks a field that may be missing, `= 0` a default.
  fileprivate mutating func add(
    _ name: String, key: [String], called: String?, _ all: [(String, ValueType, String)]
  ) {
    let id = RecordID(records.count)
    let first = fields.count
    for (column, (name, type, modifier)) in all.enumerated() {
      fields.append(
        Field(
          name: Named(name), record: id, type: type, isOptional: modifier == "?", column: column,
          initial: modifier == "= 0" ? .value(.number(Decimal(0))) : nil, partAs: nil))
    }
    let find = { (name: String) in FieldID(first + (all.firstIndex { $0.0 == name } ?? 0)) }
    records.append(
      RecordType(
        name: Named(name), fields: all.indices.map { FieldID(first + $0) }, key: key.map(find),
        called: called.map(find)))
  }
}

struct ReadResult {
  var facts: Facts
  var problems: [DataProblem]
  var rejected: [RejectedRow]
  var notes: [DataProblem] = []

  /// A column as text, one a row.
  func column(_ name: String, of record: RecordID = World.lead) -> [String] {
    let field = World.field(name, of: record)
    let type = World.schema[field].type
    return (0..<facts[record].count).map { facts.text(of: facts.value(field, row: $0), type) }
  }

  /// Each rejected row as `line code code`.
  var codes: [String] {
    rejected.map { row in
      (["\(row.origin.line)"] + row.problems.map(\.code)).joined(separator: " ")
    }
  }
}

func read(
  _ text: String, format: ReadPlan.Format = .csv, columns: [ReadPlan.Column] = [],
  missing: [String] = [], block: Int = .max, record: RecordID = World.lead,
  hasHeader: Bool = true
) -> ReadResult {
  read(
    Array(text.utf8), format: format, columns: columns, missing: missing, block: block,
    record: record, hasHeader: hasHeader)
}

func read(
  _ bytes: [UInt8], format: ReadPlan.Format = .csv, columns: [ReadPlan.Column] = [],
  missing: [String] = [], block: Int = .max, record: RecordID = World.lead,
  hasHeader: Bool = true, encoding: String? = nil
) -> ReadResult {
  let schema = World.schema
  let plan = ReadPlan(
    reading: record, of: schema, format: format, columns: columns, missing: missing,
    encoding: encoding, hasHeader: hasHeader)
  var reader = RecordReader(plan, schema: schema)
  var facts = Facts(schema: schema)
  var start = 0
  repeat {
    let end = min(bytes.count, start + min(block, bytes.count + 1))
    reader.read(Array(bytes[start..<end]), isLast: end == bytes.count, into: &facts)
    start = end
  } while start < bytes.count
  return ReadResult(
    facts: facts, problems: reader.problems, rejected: reader.takeRejected(),
    notes: reader.notes)
}

private func form(_ name: String, _ form: ReadPlan.Form) -> ReadPlan.Column {
  ReadPlan.Column(field: World.field(name), headers: [name], form: form)
}

struct RecordReaderTests {
  /// One cell of one column, by itself: the value as text, or the code of the problem.
  @Test(arguments: [
    ("employees", "500", "500"), ("employees", " 5.0 ", "5"),
    ("employees", "5.5", "not-an-integer"),
    ("employees", "1,200", "1200"), ("employees", "12,00", "bad-thousands"),
    ("employees", "99999999999999999999", "number-too-large"), ("employees", "abc", "not-a-number"),
    ("employees", "1e3", "1000"), ("score", "", "0"), ("score", "1.50", "1.50"),
    ("rate", "15%", "15%"), ("rate", "12.5 %", "12.5%"), ("rate", "15", "bare-percent"),
    ("rate", "0.15", "bare-percent"), ("rate", "x%", "not-a-number"), ("rate", "-5％", "-5%"),
    ("budget", "1,200.50", "1200.50"), ("budget", "¥1,200.00", "1200.00"), ("budget", "CNY 5", "5"),
    ("budget", "5 CNY", "5"), ("budget", "12元", "12"), ("budget", "-¥3", "-3"),
    ("budget", "$5", "wrong-currency"), ("budget", "EUR 5", "wrong-currency"),
    ("budget", "1,20", "bad-thousands"), ("budget", "free", "not-an-amount"),
    ("budget", "0.1234567", "too-many-decimals"), ("budget", "0.12345600", "0.123456"),
    ("any_budget", "$3399.99", "USD 3399.99"), ("any_budget", "CNY 1", "CNY 1"),
    ("any_budget", "5", "no-currency"), ("any_budget", "£5", "no-currency"),
    ("created", "2026-11-11", "2026-11-11"), ("created", "2026-02-30", "not-a-date"),
    ("created", "11/11/2026", "not-a-date"),
    ("seen", "2026-11-11T09:30:00Z", "2026-11-11T09:30:00Z"),
    ("seen", "2026-11-11 09:30", "2026-11-11T09:30:00+08:00"), ("seen", "yesterday", "not-a-time"),
    ("hot", "YES", "yes"), ("hot", "否", "no"), ("hot", "1", "yes"),
    ("hot", "maybe", "not-yes-or-no"),
    ("industry", "retail", "retail"), ("industry", "制造", "manufacturing"),
    ("industry", "retial", "not-a-member"), ("region", "华东", "east"),
    ("region", "west", "not-a-member"),
    ("skills", "retail、制造|retail；", "retail;manufacturing"),
    ("skills", "retail; 制造;retail", "retail;manufacturing"), ("skills", "retail;x", "not-a-member"),
    ("company", " 1e5 ", " 1e5 "), ("company", "007", "007"), ("owner", " R1 ", "R1"),
    ("owner", "R1", "R1"),
  ])
  func `reads a cell by its field's type`(_ row: (String, String, String)) {
    let (field, cell, expected) = row
    var writer = CSVWriter()
    for header in ["id", field] { writer.add(header) }
    writer.endRow()
    for cell in ["L1", cell] { writer.add(cell) }
    writer.endRow()
    let csv = read(writer.bytes)
    #expect(csv.problems.isEmpty)
    let outcome =
      csv.rejected.first?.problems.first?.code ?? csv.column(field).first ?? "nothing"
    #expect(outcome == expected)
    var json: [UInt8] = []
    json.appendJSON(.object([.init("id", .text("L1")), .init(field, .text(cell))]))
    let lines = read(json, format: .jsonLines)
    let same = lines.rejected.first?.problems.first?.code ?? lines.column(field).first ?? "nothing"
    #expect(same == expected)
  }

  @Test func `declared forms`() throws {
    let dates = try #require(DatePattern("dd/MM/yyyy"))
    let times = try #require(DatePattern("dd-MM-yyyy H:mm"))
    let result = read(
      "id,rate,created,seen\nL1,0.15,05/11/2026,16-03-2012 9:05\nL2,15%,5/11/2026,x\n",
      columns: [
        form("rate", .fraction), form("created", .pattern(dates)), form("seen", .pattern(times)),
      ])
    #expect(result.column("rate") == ["15%"])
    #expect(result.column("created") == ["2026-11-05"])
    #expect(result.column("seen") == ["2012-03-16T09:05:00+08:00"])
    #expect(result.codes == ["3 not-a-date not-a-time"])
    #expect(read("id,rate\nL1,15\n", columns: [form("rate", .points)]).column("rate") == ["15%"])
  }

  @Test func `missing markers, defaults and blanks`() {
    let column = ReadPlan.Column(
      field: World.field("employees"), headers: ["No. of Employees"], missing: ["999"])
    let result = read(
      "id,No. of Employees,score,company\nL1,999,Select,Select\nL2,5,,\n,5,1,x\n",
      columns: [column], missing: ["Select"])
    #expect(result.column("employees") == ["", "5"])
    #expect(result.column("score") == ["0", "0"])
    #expect(result.column("company") == ["", ""])
    #expect(result.codes == ["4 blank-cell"])
    let blank = result.facts.value(World.field("employees"), row: 0)
    #expect(blank.cause == Cause(.blankField, site: Int(World.field("employees").index)))
  }

  @Test func `bad rows are kept whole and stop no other`() throws {
    let result = read(
      "id,employees\nL1,5\nL2\nL3,x\nL1,6\nL4,1,2\n\"L5,7\nL6,8\n\nL7,\"9\n")
    #expect(result.column("id") == ["L1", "L6"])
    #expect(
      result.codes == [
        "3 too-few-cells", "4 not-a-number", "5 duplicate-key", "6 too-many-cells",
        "7 text-behind-quote", "10 unclosed-quote",
      ])
    #expect(result.rejected.map(\.text)[4] == "\"L5,7")
    let second = try #require(result.rejected.dropFirst().first?.problems.first)
    #expect(second.header == "employees")
    #expect(second.line == 4 && second.column == 2)
    #expect(second.value == "x")
    #expect(result.rejected[2].problems[0].message.english == "the key `L1` was on line 2 already")
    #expect(result.facts[World.lead].origin(of: 1) == RowOrigin(file: 0, line: 8))
  }

  @Test func `headers`() {
    let padded = read("\u{FEFF}id , employees\u{A0},\"company\u{3000}\"\nL1,5,x\n")
    #expect(padded.column("employees") == ["5"])
    #expect(padded.column("company") == ["x"])
    #expect(read("ID,company\nL1,x\n").problems.map(\.code) == ["missing-column"])
    #expect(read("ID,company\nL1,x\n").problems.first?.help.first?.english == "did you mean `ID`")
    #expect(read("id,id\nL1,x\n").problems.map(\.code) == ["duplicate-column"])
    #expect(read("id,x,x\nL1,a,b\n").column("id") == ["L1"])
    #expect(read("").problems.map(\.code) == ["empty-file"])
    #expect(read("\"id,x\n").problems.map(\.code) == ["bad-header"])
    #expect(read("id;employees\nL1;5\n").column("employees") == ["5"])
    #expect(read("id\temployees\nL1\t5\n").column("employees") == ["5"])
    let bare = read(
      "L1,5\nL2,6\n",
      columns: [
        ReadPlan.Column(field: World.field("id"), headers: ["1"]),
        ReadPlan.Column(field: World.field("employees"), headers: ["2"]),
      ], hasHeader: false)
    #expect(bare.column("employees") == ["5", "6"])
  }

  @Test func `JSON lines with nested objects, arrays and errors`() {
    let owner = ReadPlan.Column(field: World.field("owner"), headers: ["owner.id"])
    let text = """
      {"id":"L1","employees":5,"owner":{"id":"R1","x":[1,{}]},"skills":["retail","制造"],"hot":true}

      {"id":"L2","employees":1e400}
      [1,2]
      {"id":"L3","id":"L4"}
      {"id":"L5",}
      {"id":7,"company":12.50,"employees":null}
      {"id":"L1"}
      {"id":"L6","hot":[true]}
      {"id":"L7","reps":[{"id":"R1"},{"id":null},"R2"]}
      {"id":"L8","reps":[{"id":"R1","name":"x"},"R2"],"owner.id":"R1","owner":{"id":"R2"}}
      {"id":"L9","reps":[{"id":"R1","name":"x"},"R2"]}
      {"id":"L\\u00e9\\ud83d\\ude00","company":"a\\"b"}
      """
    for block in [Int.max, 1, 13] {
      let result = read(text, format: .jsonLines, columns: [owner], block: block)
      #expect(result.column("id") == ["L1", "7", "L9", "Lé😀"])
      #expect(result.column("reps") == ["", "", "R1;R2", ""])
      #expect(result.column("company") == ["", "12.50", "", "a\"b"])
      #expect(result.column("skills").first == "retail;manufacturing")
      #expect(result.column("owner").first == "R1")
      #expect(
        result.codes == [
          "3 number-too-large", "4 not-an-object", "5 duplicate-member", "6 bad-json",
          "8 duplicate-key", "9 wrong-kind", "10 blank-cell", "11 duplicate-member",
        ])
    }
  }

  @Test func `a row far longer than a block is read once it is there`() {
    let long = String(repeating: "线索 \"\"x\"\" ", count: 20_000)
    let csv = read("id,company\nL1,\"\(long)\"\nL2,y\n", block: 4096)
    #expect(csv.column("id") == ["L1", "L2"])
    #expect(csv.column("company")[0].utf8.count == long.utf8.count - 40_000 * 2 + 40_000)
    let json = read(
      "{\"id\":\"L1\",\"company\":\"\(String(repeating: "é", count: 100_000))\"}\n{\"id\":\"L2\"}",
      format: .json, block: 4096)
    #expect(json.column("id") == ["L1", "L2"])
  }

  @Test func `one array of objects over many lines`() {
    let text = "[\n {\"id\": \"L1\",\n  \"employees\": 5},\n 7, {\"id\":\"L2\"}, {\"id\":}\n]\n"
    for block in [Int.max, 1, 5] {
      let result = read(text, format: .json, block: block)
      #expect(result.column("id") == ["L1", "L2"])
      #expect(result.codes == ["4 not-an-object", "4 bad-json"])
      #expect(read(text, format: .jsonLines, block: block).column("id") == ["L1", "L2"])
    }
  }

  @Test func `references are found by key when all is read`() throws {
    let schema = World.schema
    var facts = Facts(schema: schema)
    var leads = RecordReader(
      ReadPlan(reading: World.lead, of: schema, format: .csv), schema: schema)
    leads.read(Array("id,owner,reps\nL1,R2,R1;R9\nL2,R7,\n".utf8), isLast: true, into: &facts)
    var reps = RecordReader(ReadPlan(reading: World.rep, of: schema, format: .csv), schema: schema)
    reps.read(Array("id,name,manager\nR1,李雷,R2\nR2,韩梅,\n".utf8), isLast: true, into: &facts)
    let dangling = facts.linkAll()
    #expect(dangling.map(\.key) == ["R7", "R9"])
    let owner = facts.value(World.field("owner"), row: 0)
    #expect(owner.tag == .record && owner.bits == 1)
    let gap = facts.value(World.field("owner"), row: 1)
    #expect(gap.cause.kind == .danglingReference)
    let manager = facts.value(World.field("manager", of: World.rep), row: 0)
    #expect(manager.tag == .record && manager.bits == 1)
    #expect(facts.find(World.rep, named: ["李雷"]) == .row(0))
    #expect(facts.find(World.rep, named: ["R2"]) == .row(1))
    #expect(facts.find(World.rep, named: ["R3"]) == .none)
  }

  @Test func `a stream forgets rows and texts, and remembers keys`() {
    let schema = World.schema
    var facts = Facts(schema: schema)
    _ = facts.texts.intern("kept")
    let mark = facts.mark
    var reader = RecordReader(
      ReadPlan(reading: World.lead, of: schema, format: .csv), schema: schema, watchesKeys: true)
    reader.read(Array("id,company,skills\n".utf8), isLast: false, into: &facts)
    for number in 0..<1000 {
      let id = number == 900 ? 17 : number
      reader.read(
        Array("L\(id),company \(number),retail\n".utf8), isLast: number == 999, into: &facts)
      facts.forget(World.lead, backTo: mark)
    }
    #expect(facts.texts.count == 1)
    #expect(facts.lists.items.isEmpty)
    #expect(reader.acceptedCount == 999)
    #expect(reader.takeRejected().map(\.problems[0].code) == ["duplicate-key"])
  }

  @Test(arguments: [
    (
      [0x50, 0x4B, 0x03, 0x04] + Array("....[Content_Types].xml".utf8), "an Excel workbook (.xlsx)"
    ),
    ([0x1F, 0x8B, 8, 0], "a gzip archive"), ([0xFF, 0xFE, 0x69, 0], "text in UTF-16"),
    (Array("i\0d\0,\0x\0\n\0".utf8), "text in UTF-16"),
    ([0xD0, 0xCF, 0x11, 0xE0], "an old Excel workbook (.xls)"),
  ])
  func `what is no text is told by its looks`(_ row: ([UInt8], String)) {
    let result = read(row.0)
    #expect(result.problems.map(\.code) == ["not-a-text-file"])
    #expect(result.problems.first?.message.english.contains(row.1) == true)
  }

  @Test func `a slip in one row is that row's, another encoding is the file's`() {
    let slip = Array("id,company\nL1,线索\nL2,".utf8) + [0xFF] + Array("\nL3,线\n".utf8)
    #expect(read(slip).column("id") == ["L1", "L3"])
    #expect(read(slip).codes == ["3 row-not-utf8"])
    let gbk = Array("id,company\nL1,".utf8) + [0xCF, 0xDF, 0xCB, 0xF7] + Array("\n".utf8)
    #expect(read(gbk).problems.map(\.code) == ["not-utf8"])
    #expect(
      read(gbk).problems.first?.message.english
        == "line 2 is not UTF-8 from byte 4 on; the file looks like GBK")
    let latin = Array("id,company\nL1,caf".utf8) + [0xE9] + Array("s\n".utf8)
    #expect(read(latin).problems.first?.message.english == "line 2 is not UTF-8 from byte 7 on")
    #expect(read(gbk, encoding: "GBK").column("company") == ["线索"])
    #expect(read(gbk, block: 1, encoding: "gb2312").column("company") == ["线索"])
    #expect(read(gbk, encoding: "latin1").problems.map(\.code) == ["unknown-encoding"])
  }

  @Test func `mutated files never trap and lose no row`() {
    var random = Random.seeded("record reader")
    let csv = Array(
      "id,employees,rate,budget,created,hot,skills\nL1,5,15%,\"1,200.50\",2026-11-11,yes,retail\n"
        .utf8)
    let json = Array(
      #"{"id":"L1","employees":5,"skills":["retail"],"owner":{"id":"R1"},"hot":true}"#.utf8)
    for round in 0..<3000 {
      let isCSV = round % 3 == 0
      var bytes = isCSV ? csv : json
      if round % 3 == 2 { bytes = Array("[".utf8) + json + [0x2C] + json + [0x5D] }
      for _ in 0..<Int.random(in: 1...5, using: &random) {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        bytes[place] = UInt8.random(in: 0...255, using: &random)
      }
      let format: ReadPlan.Format = isCSV ? .csv : round % 3 == 1 ? .jsonLines : .json
      let encoding = round % 5 == 0 ? "GBK" : nil
      let whole = read(bytes, format: format, encoding: encoding)
      let block = Int.random(in: 1...9, using: &random)
      let cut = read(bytes, format: format, block: block, encoding: encoding)
      #expect(whole.codes == cut.codes, "\(bytes)")
      #expect(whole.problems.map(\.code) == cut.problems.map(\.code), "\(bytes)")
      for row in whole.rejected { #expect(!row.problems.isEmpty) }
    }
  }
}
