/// The records of a run: one table a record type, references resolved to rows.
///
/// Rows stand in input order; nothing that is decided depends on it. Texts are symbols of `texts`,
/// sets and lists live in `lists`.
public struct Facts: Sendable {
  public let schema: Schema
  public var texts: Interner
  public var tables: [Table]
  public var lists = ListArena()

  /// Empty tables for every record type of the schema.
  public init(schema: Schema, texts: Interner = Interner()) {
    self.schema = schema
    self.texts = texts
    self.tables = schema.records.indices.map {
      Table(record: RecordID($0), width: schema.records[$0].fields.count)
    }
  }

  public subscript(record: RecordID) -> Table {
    get { tables[Int(record.index)] }
    _modify { yield &tables[Int(record.index)] }
  }

  /// The value of a field in a row of its record's table.
  public func value(_ field: FieldID, row: Int) -> Value {
    let declared = schema[field]
    return tables[Int(declared.record.index)].columns[declared.column][row]
  }
}

/// The records of one type, column by column.
public struct Table: Sendable {
  public let record: RecordID
  public internal(set) var count = 0
  /// One a field, in the order of `RecordType.fields`.
  public var columns: [ContiguousArray<Value>]
  /// Rows by key.
  private var rows: [RowKey: Int] = [:]

  init(record: RecordID, width: Int) {
    self.record = record
    self.columns = Array(repeating: [], count: width)
  }

  /// Adds a record and returns its row, or nil, adding nothing, if its key is taken.
  public mutating func append(_ values: [Value], key: [Value]) -> Int? {
    if !key.isEmpty {
      guard rows[RowKey(key)] == nil else { return nil }
      rows[RowKey(key)] = count
    }
    for (column, value) in values.enumerated() { columns[column].append(value) }
    count += 1
    return count - 1
  }

  public func row(key: [Value]) -> Int? { rows[RowKey(key)] }
}

/// A key of one or more values; equal by value (texts by symbol, numbers by value).
struct RowKey: Hashable, Sendable {
  let parts: [UInt64]

  init(_ values: [Value]) {
    parts = values.flatMap { value in
      var mantissa = value.bits
      var scale = value.scale
      while scale > 0, mantissa % 10 == 0 {
        mantissa /= 10
        scale -= 1
      }
      return [
        UInt64(bitPattern: mantissa),
        UInt64(value.tag.rawValue) << 32 | UInt64(scale) << 16 | UInt64(value.aux),
      ]
    }
  }
}

/// Where the items of sets and lists stand; a `list` value is a stretch of it.
public struct ListArena: Sendable {
  public private(set) var items: ContiguousArray<Value> = []

  public init() {}

  public mutating func add(_ values: some Collection<Value>) -> Value {
    let offset = items.count
    items.append(contentsOf: values)
    return Value(tag: .list, bits: Int64(offset) << 32 | Int64(values.count))
  }

  public func items(of list: Value) -> ContiguousArray<Value>.SubSequence {
    let offset = Int(list.bits >> 32)
    return items[offset..<offset + Int(list.bits & 0xFFFF_FFFF)]
  }
}
