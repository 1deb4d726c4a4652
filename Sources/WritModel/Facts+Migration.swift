// Rules were edited while facts stood: the facts go over to the new schema by the names of things.

extension Facts {
  /// These facts under another schema, whose symbols go on from those of `texts`; rows keep their
  /// numbers. nil where a value has no place there: a member that is gone, a field of another type,
  /// a new field that must have a value. Then the data have to be read again.
  ///
  /// O(number of values).
  public func migrated(to new: Schema, texts: Interner) -> Facts? {
    guard let names = SchemaNames(from: schema, to: new) else { return nil }
    var result = Facts(schema: new, texts: texts)
    var items = lists.items
    for index in items.indices {
      guard let item = names.moved(items[index]) else { return nil }
      items[index] = item
    }
    result.lists.items = items
    for (index, type) in new.records.enumerated() {
      guard let old = names.oldRecord(index) else { continue }
      let table = self[old]
      var columns: [ContiguousArray<Value>] = []
      for field in type.fields {
        guard let column = column(for: field, of: new, names: names, in: table, &result.texts)
        else { return nil }
        columns.append(column)
      }
      let target = RecordID(index)
      for row in 0..<table.count {
        let values = columns.map { $0[row] }
        let isKeyed =
          !type.key.isEmpty && type.key.allSatisfy { values[new[$0].column].isKnown }
        let added = values.withUnsafeBufferPointer {
          // A removed record has given its key free already.
          result[target].append(
            $0, isKeyed: isKeyed && !table.isRemoved(row), origin: table.origin(of: row))
        }
        if added == nil { return nil }
        if table.isRemoved(row) { result[target].remove(row) }
      }
    }
    return result
  }

  private func column(
    for field: FieldID, of new: Schema, names: SchemaNames, in table: Table,
    _ texts: inout Interner
  ) -> ContiguousArray<Value>? {
    let declared = new[field]
    guard let old = names.oldField(field) else {
      let value: Value
      switch declared.initial {
      case .value(let initial): value = initial
      case .text(let text): value = .text(texts.intern(text))
      case nil:
        if !declared.isOptional, table.count > 0 { return nil }
        value = .missing(Cause(.blankField, site: Int(field.index)))
      }
      return ContiguousArray(repeating: value, count: table.count)
    }
    guard names.isSame(schema[old].type, declared.type) else { return nil }
    let cells = table.columns[schema[old].column]
    var column = ContiguousArray<Value>()
    column.reserveCapacity(cells.count)
    for cell in cells {
      guard let moved = names.moved(cell) else { return nil }
      if moved.tag == .missing, moved.cause.kind == .blankField, !declared.isOptional { return nil }
      column.append(moved)
    }
    return column
  }
}

/// Which thing of one schema is which of another, by name.
private struct SchemaNames {
  private let old: Schema
  private let new: Schema
  private var records: [Int?]
  private var fields: [Int?]
  private var enums: [Int?]
  private var members: [[Int?]]
  private var trees: [Int?]
  private var nodes: [[Int?]]
  private var currencies: [Int?]
  private var queues: [Int?]
  private var oldRecords: [Int?]
  private var oldFields: [Int?]

  /// nil where a time would mean another date than it did.
  init?(from old: Schema, to new: Schema) {
    guard old.zoneMinutes == new.zoneMinutes else { return nil }
    self.old = old
    self.new = new
    func places(_ from: [String], _ to: [String]) -> [Int?] {
      let index = Dictionary(
        to.enumerated().map { ($0.element, $0.offset) }, uniquingKeysWith: { first, _ in first })
      return from.map { index[$0] }
    }
    func fieldNames(_ schema: Schema) -> [String] {
      schema.fields.map { "\(schema[$0.record].name.name).\($0.name.name)" }
    }
    let oldNames = old.records.map(\.name.name)
    let newNames = new.records.map(\.name.name)
    records = places(oldNames, newNames)
    oldRecords = places(newNames, oldNames)
    fields = places(fieldNames(old), fieldNames(new))
    oldFields = places(fieldNames(new), fieldNames(old))
    let enums = places(old.enums.map(\.name.name), new.enums.map(\.name.name))
    self.enums = enums
    members = old.enums.enumerated().map { index, type in
      guard let target = enums[index] else { return type.members.map { _ in nil } }
      return places(type.members.map(\.name), new.enums[target].members.map(\.name))
    }
    let trees = places(old.trees.map(\.name.name), new.trees.map(\.name.name))
    self.trees = trees
    nodes = old.trees.enumerated().map { index, type in
      guard let target = trees[index] else { return type.nodes.map { _ in nil } }
      return places(type.nodes.map(\.name.name), new.trees[target].nodes.map(\.name.name))
    }
    currencies = places(old.currencies, new.currencies)
    queues = places(old.queues.map(\.name), new.queues.map(\.name))
  }

  func oldRecord(_ index: Int) -> RecordID? { oldRecords[index].map { RecordID($0) } }
  func oldField(_ field: FieldID) -> FieldID? { oldFields[Int(field.index)].map { FieldID($0) } }

  /// Whether a type of the old schema is one of the new.
  func isSame(_ a: ValueType, _ b: ValueType) -> Bool {
    switch (a, b) {
    case (.money(let a?), .money(let b?)): currencies[Int(a.index)] == Int(b.index)
    case (.money(nil), .money(nil)): true
    case (.member(let a), .member(let b)): enums[Int(a.index)] == Int(b.index)
    case (.node(let a), .node(let b)): trees[Int(a.index)] == Int(b.index)
    case (.record(let a), .record(let b)), (.recordOrQueue(let a), .recordOrQueue(let b)):
      records[Int(a.index)] == Int(b.index)
    case (.set(let a), .set(let b)), (.list(let a), .list(let b)): isSame(a, b)
    case (.text, .text), (.number, .number), (.integer, .integer), (.percent, .percent),
      (.boolean, .boolean), (.date, .date), (.time, .time), (.duration, .duration),
      (.queue, .queue), (.rule, .rule):
      true
    default: false
    }
  }

  /// A value of the old schema in the new one; nil where what it names is gone.
  func moved(_ value: Value) -> Value? {
    var value = value
    switch value.tag {
    case .member:
      guard let type = enums[Int(value.aux)], let ordinal = members[Int(value.aux)][Int(value.bits)]
      else { return nil }
      value.aux = UInt16(type)
      value.bits = Int64(ordinal)
    case .node:
      guard let tree = trees[Int(value.aux)], let node = nodes[Int(value.aux)][Int(value.bits)]
      else { return nil }
      value.aux = UInt16(tree)
      value.bits = Int64(node)
    case .record:
      guard let record = records[Int(value.aux)] else { return nil }
      value.aux = UInt16(record)
    case .queue:
      guard let queue = queues[Int(value.bits)] else { return nil }
      value.bits = Int64(queue)
    case .money:
      guard let currency = currencies[Int(value.aux)] else { return nil }
      value.aux = UInt16(currency)
    case .missing, .fault:
      guard let kind = value.cause.kind else { return value }
      switch kind {
      case .blankField, .danglingReference, .notGiven:
        guard let field = fields[value.cause.site] else { return value }
        value.bits = Cause(kind, site: field).rawValue
      default: break
      }
    case .none, .tied, .undetermined, .boolean, .number, .date, .time, .duration, .text, .rule,
      .list:
      break
    }
    return value
  }
}
