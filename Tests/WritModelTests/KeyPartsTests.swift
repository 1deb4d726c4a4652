import Testing
import WritText

@testable import WritModel

/// Items have a key of two fields, and stocks one of an item and a place.
private enum Shelf {
  static let item = RecordID(0)
  static let line = RecordID(1)
  static let stock = RecordID(2)
  static let move = RecordID(3)

  static let schema: Schema = {
    var schema = Schema()
    func add(_ name: String, key: Int, _ all: [(String, String?, ValueType, Bool)]) {
      let record = RecordID(schema.records.count)
      let first = schema.fields.count
      for (column, (name, label, type, isOptional)) in all.enumerated() {
        schema.fields.append(
          Field(
            name: Named(name, label: label), record: record, type: type, isOptional: isOptional,
            column: column, initial: nil, partAs: nil))
      }
      let fields = all.indices.map { FieldID(first + $0) }
      schema.records.append(
        RecordType(
          name: Named(name), fields: fields, key: Array(fields.prefix(key)), called: nil))
    }
    add("Item", key: 2, [("sku", nil, .text, false), ("size", "尺码", .integer, false)])
    add(
      "Line", key: 1,
      [
        ("id", nil, .text, false), ("item", "货品", .record(item), false),
        ("spare", nil, .record(item), true),
      ])
    add(
      "Stock", key: 2, [("item", nil, .record(item), false), ("place", nil, .text, false)])
    add("Move", key: 1, [("id", nil, .text, false), ("stock", nil, .record(stock), true)])
    return schema
  }()

  static func field(_ name: String, of record: RecordID) -> FieldID {
    schema[record].fields.first { schema[$0].name.name == name } ?? FieldID(0)
  }

  /// Reads items, stocks and the text as records, links them, and gives each row's references.
  static func read(
    _ text: String, _ record: RecordID = line, format: ReadPlan.Format = .csv,
    named: [String: [String]] = [:], hasHeader: Bool = true
  ) -> (references: [[String]], reader: RecordReader, dangling: [String]) {
    var facts = Facts(schema: schema)
    func take(
      _ text: String, _ record: RecordID, _ format: ReadPlan.Format,
      _ columns: [ReadPlan.Column], _ hasHeader: Bool
    ) -> RecordReader {
      let plan = ReadPlan(
        reading: record, of: schema, format: format, columns: columns, hasHeader: hasHeader)
      var reader = RecordReader(plan, schema: schema)
      reader.read(Array(text.utf8), isLast: true, into: &facts)
      return reader
    }
    _ = take("sku,size\nA,1\nA,2\nB,1\n", item, .csv, [], true)
    _ = take("item.sku,item.尺码,place\nA,1,x\nB,1,y\n", stock, .csv, [], true)
    let columns = named.keys.sorted().map { name in
      var column = ReadPlan.Column(
        field: field(name, of: record), headers: [named[name]?.first ?? ""], isNamed: true)
      column.parts = (named[name] ?? []).map { [$0] }
      return column
    }
    let reader = take(text, record, format, columns, hasHeader)
    let dangling = facts.linkAll().map(\.key)
    let fields = schema[record].fields.filter { schema[$0].type.referred != nil }
    let references = (0..<facts[record].count).map { row in
      fields.map { facts.text(of: facts.value($0, row: row), schema[$0].type) }
    }
    return (references, reader, dangling)
  }
}

struct KeyPartsTests {
  @Test func `a reference is read from a column a field of the key`() {
    for header in ["id,item.sku,item.size", "id,货品.sku,货品.尺码", "id,item.sku,货品.尺码"] {
      let found = Shelf.read(header + "\n1,A,2\n2, B ,1\n")
      #expect(found.reader.problems.isEmpty, "\(header)")
      #expect(found.references == [["A, 2", ""], ["B, 1", ""]], "\(header)")
    }
  }

  @Test func `from names the columns in the order of the key`() {
    let named = ["item": ["Article", "Size"], "spare": ["Article 2", "Size 2"]]
    let text = "Size 2,id,Article,Size,Article 2\n1,L1,A,1,B\n,L2,A,2,\n"
    #expect(Shelf.read(text, named: named).references == [["A, 1", "B, 1"], ["A, 2", ""]])
    let lines = Shelf.read(
      #"{"id":"L1","Article":"A","Size":1,"Article 2":"B","Size 2":"1"}"# + "\n"
        + #"{"id":"L2","Article":"A","Size":2}"#, format: .jsonLines, named: named)
    #expect(lines.references == [["A, 1", "B, 1"], ["A, 2", ""]])
    let bare = Shelf.read(
      "1,L1,A,2,,\n", named: ["id": ["2"], "item": ["3", "4"], "spare": ["5", "6"]],
      hasHeader: false)
    #expect(bare.reader.problems.isEmpty)
    #expect(bare.references == [["A, 2", ""]])
  }

  @Test func `an object gives the key as before, and a flat member a part of it`() {
    let text =
      #"{"id":"1","item":{"sku":"A","size":2}}"# + "\n"
      + #"{"id":"2","item.sku":"B","item.size":1,"spare":null}"# + "\n"
      + #"{"id":"3","spare":{"sku":"A","size":1}}"#
    let found = Shelf.read(text, format: .jsonLines)
    #expect(found.references == [["A, 2", ""], ["B, 1", ""]])
    #expect(found.reader.rejected.map { $0.problems.map(\.code) } == [["blank-cell"]])
  }

  @Test func `a key that refers by a key of several fields has all of their columns`() {
    let found = Shelf.read(
      "id,stock.item.sku,stock.item.尺码,stock.place\n1,A,1,x\n2,,,\n3,B,1,x\n", Shelf.move)
    #expect(found.reader.problems.isEmpty)
    #expect(found.references == [["A, 1, x"], [""], [""]])
    #expect(found.dangling == ["B, 1, x"])
    let json = Shelf.read(
      #"{"id":"1","stock":{"item":{"sku":"B","size":1},"place":"y"}}"#, Shelf.move,
      format: .jsonLines)
    #expect(json.references == [["B, 1, y"]])
  }

  @Test func `a record whose key refers is found by what people write`() {
    var facts = Facts(schema: Shelf.schema)
    for (record, text) in [
      (Shelf.stock, "item.sku,item.size,place\nA,1,x\nA,1,y\nB,7,x\n"),
      (Shelf.item, "sku,size\nA,1\n"),
    ] {
      let plan = ReadPlan(reading: record, of: Shelf.schema, format: .csv)
      var reader = RecordReader(plan, schema: Shelf.schema)
      reader.read(Array(text.utf8), isLast: true, into: &facts)
    }
    #expect(facts.linkAll().map(\.key) == ["B, 7"])
    #expect(
      facts[Shelf.stock].row(key: [.record(0, of: Shelf.item), facts.value(FieldID(6), row: 1)])
        == 1)
  }

  @Test func `blank in all is blank, blank in some is a mistake`() {
    let found = Shelf.read(
      "id,item.sku,item.size,spare.sku,spare.size\n1,A,1,,\n2,A,1,B,\n3,,,,\n4,,1,,\n5,A,x,,\n6,A,9,,\n"
    )
    #expect(found.references == [["A, 1", ""], ["", ""]])
    #expect(found.dangling == ["A, 9"])
    let problems = found.reader.rejected.flatMap(\.problems)
    #expect(
      problems.map { "\($0.line ?? 0):\($0.column ?? 0) \($0.code)" }
        == ["3:5 part-of-key", "4:2 blank-cell", "5:2 part-of-key", "6:3 not-a-number"])
    #expect(
      problems.first?.message.english
        == "`spare.尺码` is blank, so `spare` has a part of its key only")
  }

  @Test func `columns of a key that are not there`() {
    let one = Shelf.read("id,item.sku,Item.Size\n1,A,1\n").reader
    #expect(one.problems.map(\.code) == ["missing-column"])
    #expect(
      one.problems.first?.message.english
        == "there is no column `货品.尺码` or `item.size` for `货品.尺码`")
    #expect(one.problems.first?.help.first?.english.hasPrefix("did you mean `Item.Size`") == true)
    #expect(Shelf.read("id\n1\n").reader.problems.map(\.code) == ["missing-column"])
    let named = Shelf.read("id,item.sku,item.size\n1,A,1\n", named: ["spare": ["a", "b"]]).reader
    #expect(named.problems.map(\.code) == ["missing-column", "missing-column"])
    // Two columns that may be absent, and are, are one field without a column.
    let noted = Shelf.read("id,item.sku,item.size\n1,A,1\n").reader
    #expect(noted.notes.first?.message.english == "no column for `spare`: missing in every record")
    let cell = Shelf.read("id,item\n1,A\n").reader
    #expect(cell.rejected.map { $0.problems.map(\.code) } == [["wrong-kind"]])
    #expect(cell.rejected.first?.problems.first?.help.isEmpty == false)
  }
}
