// References: found by key, told apart from what is only called so, and resolved when all records
// have been read.

extension Facts {
  /// What looking for a record gave.
  public enum Finding: Hashable, Sendable {
    case row(Int)
    case none
    /// More than one record is called so, or one has it as its key and another is called so.
    case ambiguous
  }

  /// The record that people name by one text or, for keys of several fields, by several: its key,
  /// or what it is called. O(rows) for what it is called.
  public func find(_ record: RecordID, named names: [String]) -> Finding {
    let type = schema[record]
    var found: Set<Int> = []
    if names.count == type.key.count, !names.isEmpty {
      let key = zip(type.key, names).map { value(of: $1, for: schema[$0].type) }
      let known = key.compactMap(\.self)
      if known.count == key.count, let row = self[record].row(key: known) { found.insert(row) }
    }
    if names.count == 1, let called = type.called,
      let wanted = value(of: names[0], for: schema[called].type)
    {
      for (row, value) in self[record].columns[schema[called].column].enumerated()
      where Value.same(value, wanted) && !self[record].isRemoved(row) {
        found.insert(row)
        if found.count > 1 { return .ambiguous }
      }
    }
    return found.count > 1 ? .ambiguous : found.first.map { .row($0) } ?? .none
  }

  /// A key part as people write it; nil if nothing can be equal to it.
  private func value(of text: String, for type: ValueType) -> Value? {
    switch type {
    case .text: return texts.symbol(of: text).map { .text($0) }
    case .number, .integer, .percent: return Decimal(text).map { .number($0) }
    case .date: return CivilDate(text).map { .date(days: Int32($0.days)) }
    case .time: return Moment(text).map { .time($0) }
    case .boolean: return text == "yes" ? .boolean(true) : text == "no" ? .boolean(false) : nil
    case .member(let id):
      return schema[id].members.firstIndex { $0.name == text || $0.label == text }
        .map { .member($0, of: id) }
    case .node(let id):
      return schema[id].nodes.firstIndex { $0.name.name == text || $0.name.label == text }
        .map { .node($0, of: id) }
    case .record(let id):
      guard case .row(let row) = find(id, named: [text]) else { return nil }
      return .record(row, of: id)
    default: return nil
    }
  }

  /// A reference that names a record that is not there.
  public struct Dangling: Hashable, Sendable {
    public let field: FieldID
    public let row: Int
    /// The key as written.
    public let key: String
  }

  /// Resolves the references of rows: what a reader left as keys becomes rows, and what names no
  /// record becomes missing and is returned, by field and row. Call it when every table is read.
  public mutating func link(_ record: RecordID, rows: Range<Int>) -> [Dangling] {
    var dangling: [Dangling] = []
    for id in schema[record].fields {
      let field = schema[id]
      guard let target = field.type.referred else { continue }
      // Keys come again and again, and each is looked for once as far as there is room.
      var found = [(key: Int64, linked: Value?)?](repeating: nil, count: 1024)
      for row in rows {
        let value = tables[Int(record.index)].columns[field.column][row]
        if value.tag == .list, case .set = field.type {
          linkItems(of: value, to: target, field: id, row: row, &dangling)
        } else if value.tag == .list, case .list = field.type {
          linkItems(of: value, to: target, field: id, row: row, &dangling)
        } else if value.isKnown, value.tag != .record, value.tag != .queue {
          let place = Int(truncatingIfNeeded: value.bits & 1023)
          let linked: Value?
          if value.tag == .text, let known = found[place], known.key == value.bits {
            linked = known.linked
          } else {
            linked = self.linked(value, to: target, depth: 0)
            if value.tag == .text { found[place] = (value.bits, linked) }
          }
          if linked == nil { dangling.append(Dangling(field: id, row: row, key: describe(value))) }
          self[record].columns[field.column][row] =
            linked ?? .missing(Cause(.danglingReference, site: Int(id.index)))
        }
      }
    }
    // A key that refers has other values now.
    if schema[record].key.contains(where: { schema[$0].type.referred != nil }) {
      self[record].findByKeyAgain()
    }
    return dangling
  }

  /// Resolves every reference of every table.
  public mutating func linkAll() -> [Dangling] {
    var dangling: [Dangling] = []
    for record in linkOrder() {
      dangling += link(record, rows: 0..<self[record].count)
    }
    return dangling
  }

  /// Records in an order in which those that stand in the keys of others come before them, so
  /// that a key that is itself a reference is linked, and found, before it is looked for.
  private func linkOrder() -> [RecordID] {
    var order: [RecordID] = []
    var state = [Bool](repeating: false, count: schema.records.count)
    func visit(_ id: RecordID) {
      guard !state[Int(id.index)] else { return }
      state[Int(id.index)] = true
      for field in schema[id].key {
        if let target = schema[field].type.referred { visit(target) }
      }
      order.append(id)
    }
    for index in schema.records.indices { visit(RecordID(index)) }
    return order
  }

  private mutating func linkItems(
    of list: Value, to target: RecordID, field: FieldID, row: Int, _ dangling: inout [Dangling]
  ) {
    for index in ListArena.range(of: list) {
      let item = lists.items[index]
      guard item.isKnown, item.tag != .record else { continue }
      let linked = linked(item, to: target, depth: 0)
      if linked == nil { dangling.append(Dangling(field: field, row: row, key: describe(item))) }
      lists.items[index] =
        linked ?? .missing(Cause(.danglingReference, site: Int(field.index)))
    }
  }

  /// The record that a key as read names. A key of several fields is a list.
  private func linked(_ key: Value, to target: RecordID, depth: Int) -> Value? {
    let type = schema[target]
    var parts = type.key.count > 1 && key.tag == .list ? Array(lists.items(of: key)) : [key]
    guard parts.count == type.key.count, depth < 16 else { return nil }
    for (index, field) in type.key.enumerated() {
      guard let inner = schema[field].type.referred, parts[index].tag != .record else { continue }
      guard let found = linked(parts[index], to: inner, depth: depth + 1) else { return nil }
      parts[index] = found
    }
    return self[target].row(key: parts).map { .record($0, of: target) }
  }

  /// A value of a key as people know it.
  func describe(_ value: Value) -> String {
    switch value.tag {
    case .text: return texts.text(of: Symbol(Int(value.bits)))
    case .number: return value.decimal.plain
    case .date: return CivilDate(days: Int(value.bits))?.description ?? "\(value.bits)"
    case .time: return value.moment.description
    case .member:
      return schema.enums[Int(value.aux)].members[Int(value.bits)].name
    case .node: return schema.trees[Int(value.aux)].nodes[Int(value.bits)].name.name
    case .list: return lists.items(of: value).map(describe).joined(separator: ", ")
    default: return "\(value.bits)"
    }
  }
}

extension ValueType {
  /// The record type that values of it, or their items, name.
  public var referred: RecordID? {
    switch self {
    case .record(let id), .recordOrQueue(let id): id
    case .set(let item), .list(let item): item.referred
    default: nil
    }
  }
}
