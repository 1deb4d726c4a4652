import WritModel

/// Reading: the requests of workload S as a table with a name, a customer and a day besides, from
/// bytes in memory to typed columns, with everything checked that a reader checks.
struct Ingest {
  private let schema: Schema
  let csv: [UInt8]
  let jsonLines: [UInt8]
  let records: Int
  /// As the program reads.
  private let blockSize = 1 << 18

  init(records count: Int, isKeyed: Bool = false) {
    let workload = WorkloadS(rules: 0, requests: count, seed: 3)
    schema = Self.schema(isKeyed: isKeyed)
    var csv =
      "id,customer,region,family,channel,grade,amount,discount,quantity,created\n"
    var json = ""
    var dice = Dice(seed: 0x1D)
    for (index, request) in workload.requests.enumerated() {
      let id = "Q" + String(1_000_000 + index)
      let customer = "C-" + String(10_000 + dice.below(5_000))
      let region = RegionTree.nodes[RegionTree.node(ofLeaf: request.region)].name
      let cents = request.cents % 100
      let amount = "\(request.cents / 100).\(cents < 10 ? "0" : "")\(cents)"
      let (month, day) = (1 + dice.below(12), 1 + dice.below(28))
      let created =
        "\(2019 + dice.below(7))-\(month < 10 ? "0" : "")\(month)-\(day < 10 ? "0" : "")\(day)"
      let words =
        "\(region),F\(request.family),C\(request.channel),\(["A", "B", "C", "D"][request.grade])"
      csv += "\(id),\(customer),\(words),\(amount),"
      csv += "\(request.tenths / 10).\(request.tenths % 10)%,\(request.quantity),\(created)\n"
      let parts = words.split(separator: ",")
      let share = String(1_000 + request.tenths).dropFirst()
      json += "{\"id\":\"\(id)\",\"customer\":\"\(customer)\",\"region\":\"\(parts[0])\","
      json += "\"family\":\"\(parts[1])\",\"channel\":\"\(parts[2])\",\"grade\":\"\(parts[3])\","
      json += "\"amount\":\(amount),\"discount\":0.\(share),\"quantity\":\(request.quantity),"
      json += "\"created\":\"\(created)\"}\n"
    }
    self.csv = Array(csv.utf8)
    self.jsonLines = Array(json.utf8)
    records = count
  }

  /// Reads everything in blocks, as the program does; how many rows were taken. A stream
  /// forgets the rows of a block before the next.
  func read(_ bytes: [UInt8], as format: ReadPlan.Format, isStream: Bool) -> Int {
    var plan = ReadPlan(reading: RecordID(0), of: schema, format: format)
    for index in plan.columns.indices where schema[plan.columns[index].field].type == .percent {
      plan.columns[index].form = .fraction
    }
    var reader = RecordReader(plan, schema: schema, watchesKeys: isStream)
    var facts = Facts(schema: schema)
    let mark = facts.mark
    var start = 0
    while start < bytes.count {
      if isStream { facts.forget(RecordID(0), backTo: mark) }
      let end = min(start + blockSize, bytes.count)
      reader.read(Array(bytes[start..<end]), isLast: end == bytes.count, into: &facts)
      start = end
    }
    return reader.acceptedCount
  }

  private static func schema(isKeyed: Bool) -> Schema {
    var schema = Schema()
    schema.currencies = ["CNY"]
    func members(_ letter: String, _ count: Int) -> [Named] {
      (0..<count).map { Named("\(letter)\($0)") }
    }
    schema.enums = [
      EnumType(name: Named("Family"), isOrdered: false, members: members("F", 20)),
      EnumType(name: Named("Channel"), isOrdered: false, members: members("C", 4)),
      EnumType(
        name: Named("Grade"), isOrdered: false, members: ["A", "B", "C", "D"].map { Named($0) }),
    ]
    schema.trees = [
      TreeType(
        name: Named("Region"),
        nodes: RegionTree.nodes.map {
          TreeType.Node(
            name: Named($0.name), parent: $0.parent, depth: $0.depth, lastDescendant: $0.last)
        })
    ]
    let fields: [(String, ValueType)] = [
      ("id", .text), ("customer", .text), ("region", .node(TreeID(0))),
      ("family", .member(EnumID(0))), ("channel", .member(EnumID(1))),
      ("grade", .member(EnumID(2))), ("amount", .money(CurrencyID(0))), ("discount", .percent),
      ("quantity", .integer), ("created", .date),
    ]
    for (column, field) in fields.enumerated() {
      schema.fields.append(
        Field(
          name: Named(field.0), record: RecordID(0), type: field.1, isOptional: false,
          column: column, initial: nil, partAs: nil))
    }
    schema.records = [
      RecordType(
        name: Named("Request"), fields: fields.indices.map { FieldID($0) },
        key: isKeyed ? [FieldID(0)] : [], called: nil)
    ]
    return schema
  }
}

/// One line of results for bytes that were read: MB/s and records/s beside the median.
func report(
  _ name: String, _ figure: Figure, bytes: Int, records: Int, anchor: IngestAnchor.Figures?,
  target: Double? = nil
) {
  let rate = Double(bytes) / figure.median * 1e3
  var line = "{\"name\":\"\(name)\",\"MB/s\":\(rate.shown)"
  line += ",\"M records/s\":\((Double(records) / figure.median * 1e3).shown)"
  line += ",\"ms\":\((figure.median / 1e6).shown),\"spread\":\(figure.spread.shown)"
  if let anchor {
    line += ",\"anchor MB/s\":\((Double(bytes) / anchor.parse * 1e3).shown)"
    line += ",\"ratio\":\((figure.median / anchor.parse).shown)"
    line += ",\"walk MB/s\":\((Double(bytes) / anchor.walk * 1e3).shown)"
  }
  if let target { line += ",\"target MB/s\":\(target.shown)" }
  put(line + "}")
}
