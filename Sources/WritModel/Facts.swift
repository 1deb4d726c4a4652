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
      let type = schema.records[$0]
      return Table(
        record: RecordID($0), width: type.fields.count,
        keyColumns: type.key.map { schema[$0].column })
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

  /// A point to come back to after a chunk of a stream: the texts and lists there are now.
  public struct Mark: Sendable {
    fileprivate let texts: Interner.Mark
    fileprivate let lists: Int
  }

  public var mark: Mark { Mark(texts: texts.mark, lists: lists.items.count) }

  /// Empties the table of a streamed record and forgets the texts and lists that came after the
  /// mark, which only its rows may use.
  public mutating func forget(_ record: RecordID, backTo mark: Mark) {
    self[record].removeAll()
    texts.rewind(to: mark.texts)
    lists.rewind(to: mark.lists)
  }
}

/// Where a record was read: the file by its index in the order of reading, and its line from 1.
public struct RowOrigin: Hashable, Sendable {
  public var file: Int32
  public var line: Int32

  public init(file: Int, line: Int) {
    self.file = Int32(truncatingIfNeeded: file)
    self.line = Int32(clamping: line)
  }
}

/// The records of one type, column by column.
///
/// A record that is removed leaves its row behind, so rows keep their numbers: `isRemoved` says so,
/// no key finds it, and its values stay readable (a reference to it still knows its key).
public struct Table: Sendable {
  public let record: RecordID
  /// How many rows there are, those of removed records among them.
  public internal(set) var count = 0
  /// How many rows are those of removed records.
  public private(set) var removedCount = 0
  /// A bit a row, 1 where its record was removed; shorter than needed where none was.
  private var removed: ContiguousArray<UInt64> = []
  /// One a field, in the order of `RecordType.fields`.
  public var columns: [ContiguousArray<Value>]
  /// Where rows come from; shorter than `count` where that was not said.
  private var origins: ContiguousArray<RowOrigin> = []
  private let keyColumns: [Int]
  /// Rows by key: row + 1, or 0; open addressing with linear steps.
  private var slots: ContiguousArray<UInt32> = []
  private var keyed = 0

  init(record: RecordID, width: Int, keyColumns: [Int] = []) {
    self.record = record
    self.columns = Array(repeating: [], count: width)
    self.keyColumns = keyColumns
  }

  /// Adds a record and returns its row, or nil, adding nothing, if its key is taken. An empty key
  /// adds a record that no key finds; otherwise the key is the values of its key fields.
  public mutating func append(
    _ values: [Value], key: [Value], origin: RowOrigin? = nil
  ) -> Int? {
    assert(key.isEmpty || key.count == keyColumns.count)
    return values.withUnsafeBufferPointer {
      append($0, isKeyed: key.count == keyColumns.count && !key.isEmpty, origin: origin)
    }
  }

  /// Adds a record, found by its key fields if it is keyed; nil if its key is taken.
  public mutating func append(
    _ values: UnsafeBufferPointer<Value>, isKeyed: Bool, origin: RowOrigin? = nil
  ) -> Int? {
    assert(values.count == columns.count)
    if isKeyed {
      if (keyed + 1) * 2 > slots.count { grow() }
      let slot = slot(hash: keyHash { values[keyColumns[$0]] }) { row in
        keyColumns.allSatisfy { Value.same(columns[$0][row], values[$0]) }
      }
      guard slots[slot] == 0 else { return nil }
      slots[slot] = UInt32(count + 1)
      keyed += 1
    }
    for index in columns.indices { columns[index].append(values[index]) }
    if let origin {
      while origins.count < count { origins.append(RowOrigin(file: -1, line: 0)) }
      origins.append(origin)
    }
    count += 1
    return count - 1
  }

  /// Adds rows of a stage up to the first whose key is taken; how many were added.
  mutating func append(_ stage: RowStage, rows: Range<Int>, file: Int, isKeyed: Bool) -> Int {
    assert(stage.width == columns.count)
    var end = rows.upperBound
    if isKeyed {
      // While all keys are of rows in the table; the slots have no room for more than these.
      while (keyed + rows.count) * 2 > slots.count { grow() }
      end = rows.lowerBound
      while end < rows.upperBound, takeKey(stage, end, at: count + end - rows.lowerBound, rows) {
        end += 1
      }
    }
    let taken = end - rows.lowerBound
    guard taken > 0 else { return 0 }
    for index in columns.indices {
      columns[index].append(
        contentsOf: UnsafeBufferPointer(
          start: stage.columns[index] + rows.lowerBound, count: taken))
    }
    while origins.count < count { origins.append(RowOrigin(file: -1, line: 0)) }
    for row in rows.lowerBound..<end {
      origins.append(RowOrigin(file: file, line: stage.places[row].line))
    }
    count += taken
    return taken
  }

  /// Takes rows out as if they had never been added; no key finds any row of this table. Ascending.
  mutating func takeOut(_ rows: [Int]) {
    assert(keyed == 0)
    guard let first = rows.first else { return }
    var kept = first
    var next = 0
    for row in first..<count {
      if next < rows.count, rows[next] == row {
        next += 1
        continue
      }
      for index in columns.indices { columns[index][kept] = columns[index][row] }
      if row < origins.count { origins[kept] = origins[row] }
      kept += 1
    }
    for index in columns.indices { columns[index].removeSubrange(kept...) }
    if kept < origins.count { origins.removeSubrange(kept...) }
    count = kept
  }

  /// Adds to the lines of all origins.
  mutating func moveOrigins(by lines: Int) {
    guard lines != 0 else { return }
    let more = Int32(clamping: lines)
    origins.withUnsafeMutableBufferPointer { origins in
      for index in origins.indices { origins[index].line &+= more }
    }
  }

  /// Makes a row of a stage the one that its key finds; false if the key is taken. The rows of the
  /// stage before it stand behind those of the table, though they are not yet there.
  private mutating func takeKey(
    _ stage: RowStage, _ row: Int, at place: Int, _ rows: Range<Int>
  ) -> Bool {
    var hash: UInt64 = 0
    for column in keyColumns {
      hash = Bytes.mix(hash ^ stage.columns[column][row].keyHash, 0xE703_7ED1_A0B4_28DB)
    }
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot] != 0 {
      let other = Int(slots[slot]) - 1
      var isSame = true
      for column in keyColumns {
        let value =
          other < count
          ? columns[column][other] : stage.columns[column][rows.lowerBound + other - count]
        if !Value.same(value, stage.columns[column][row]) { isSame = false }
      }
      if isSame { return false }
      slot = (slot + 1) & mask
    }
    slots[slot] = UInt32(place + 1)
    keyed += 1
    return true
  }

  /// The row with this key.
  public func row(key: [Value]) -> Int? {
    guard keyed > 0, key.count == keyColumns.count else { return nil }
    let slot = slot(hash: keyHash { key[$0] }) { row in
      keyColumns.indices.allSatisfy { Value.same(columns[keyColumns[$0]][row], key[$0]) }
    }
    return slots[slot] == 0 ? nil : Int(slots[slot]) - 1
  }

  /// Whether the row's record was removed; O(1).
  public func isRemoved(_ row: Int) -> Bool {
    row >> 6 < removed.count && removed[row >> 6] >> UInt64(row & 63) & 1 != 0
  }

  /// The rows of the records that were not removed, ascending.
  public var liveRows: some Sequence<Int> {
    (0..<count).lazy.filter { removedCount == 0 || !isRemoved($0) }
  }

  /// Removes a record and gives its key free; false if it is gone already or never was. O(1), the
  /// rows behind it keep their numbers.
  @discardableResult
  public mutating func remove(_ row: Int) -> Bool {
    guard (0..<count).contains(row), !isRemoved(row) else { return false }
    takeKey(ofRow: row)
    while removed.count <= row >> 6 { removed.append(0) }
    removed[row >> 6] |= 1 << UInt64(row & 63)
    removedCount += 1
    return true
  }

  /// Where a row was read, if that was said.
  public func origin(of row: Int) -> RowOrigin? {
    guard row < origins.count, origins[row].file >= 0 else { return nil }
    return origins[row]
  }

  /// Forgets all rows and keeps the room.
  public mutating func removeAll() {
    for index in columns.indices { columns[index].removeAll(keepingCapacity: true) }
    origins.removeAll(keepingCapacity: true)
    for index in slots.indices { slots[index] = 0 }
    keyed = 0
    count = 0
    removed.removeAll(keepingCapacity: true)
    removedCount = 0
  }

  /// Takes a row out of the keys, and moves up what stood behind it in its run of slots.
  private mutating func takeKey(ofRow row: Int) {
    guard keyed > 0 else { return }
    let mask = slots.count - 1
    var hole = Int(truncatingIfNeeded: keyHash { columns[keyColumns[$0]][row] }) & mask
    while slots[hole] != 0, Int(slots[hole]) != row + 1 { hole = (hole + 1) & mask }
    guard slots[hole] != 0 else { return }
    keyed -= 1
    var next = (hole + 1) & mask
    while slots[next] != 0 {
      let home =
        Int(truncatingIfNeeded: keyHash { columns[keyColumns[$0]][Int(slots[next]) - 1] }) & mask
      // It may move up unless its home lies between the hole and it.
      if (next &- home) & mask >= (next &- hole) & mask {
        slots[hole] = slots[next]
        hole = next
      }
      next = (next + 1) & mask
    }
    slots[hole] = 0
  }

  /// Finds rows by the values that their keys have now; of two that have become equal the first. A
  /// row without its whole key is not found.
  mutating func findByKeyAgain() {
    guard keyed > 0 else { return }
    keyed = 0
    for index in slots.indices { slots[index] = 0 }
    for row in 0..<count where keyColumns.allSatisfy({ columns[$0][row].isKnown }) {
      let slot = slot(hash: keyHash { columns[keyColumns[$0]][row] }) { other in
        keyColumns.allSatisfy { Value.same(columns[$0][other], columns[$0][row]) }
      }
      guard slots[slot] == 0 else { continue }
      slots[slot] = UInt32(row + 1)
      keyed += 1
    }
  }

  private func keyHash(_ value: (Int) -> Value) -> UInt64 {
    var hash: UInt64 = 0
    for index in keyColumns.indices {
      hash = Bytes.mix(hash ^ value(index).keyHash, 0xE703_7ED1_A0B4_28DB)
    }
    return hash
  }

  private func slot(hash: UInt64, _ isEqual: (Int) -> Bool) -> Int {
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot] != 0, !isEqual(Int(slots[slot]) - 1) { slot = (slot + 1) & mask }
    return slot
  }

  private mutating func grow() {
    let old = slots
    slots = ContiguousArray(repeating: 0, count: max(16, old.count * 2))
    let mask = slots.count - 1
    for entry in old where entry != 0 {
      let hash = keyHash { columns[keyColumns[$0]][Int(entry) - 1] }
      var slot = Int(truncatingIfNeeded: hash) & mask
      while slots[slot] != 0 { slot = (slot + 1) & mask }
      slots[slot] = entry
    }
  }
}

extension Value {
  /// Equal for values that are `same`.
  var keyHash: UInt64 {
    let plain = isDecimal ? decimal.normalized : Decimal(mantissa: bits, scale: 0)
    let kind = UInt64(tag.rawValue) << 16 | UInt64(plain.scale) << 8
    // A time is the same whatever its offset.
    let owner = tag == .time || tag == .number ? 0 : UInt64(aux)
    return Bytes.mix(UInt64(bitPattern: plain.mantissa) ^ 0xA076_1D64_78BD_642F, kind << 16 | owner)
  }
}

/// Where the items of sets and lists stand; a `list` value is a stretch of it.
public struct ListArena: Sendable {
  public internal(set) var items: ContiguousArray<Value> = []

  public init() {}

  /// Keeps the values as a list; O(their number). The list value is valid for this store only.
  public mutating func add(_ values: some Collection<Value>) -> Value {
    let offset = items.count
    items.append(contentsOf: values)
    return Value(tag: .list, bits: Int64(offset) << 32 | Int64(values.count))
  }

  /// The values of a list that this store keeps; O(1).
  public func items(of list: Value) -> ContiguousArray<Value>.SubSequence {
    let range = Self.range(of: list)
    return items[range]
  }

  static func range(of list: Value) -> Range<Int> {
    let offset = Int(list.bits >> 32)
    return offset..<offset + Int(list.bits & 0xFFFF_FFFF)
  }

  mutating func rewind(to count: Int) { items.removeSubrange(count...) }
}
