import WritModel
import WritRules

/// The order of records of one type: by key, else by field values for those that were there when
/// it was made, and then as they were inserted.
final class RecordOrder {
  unowned(unsafe) private let memory: Memory
  private let columns: UnsafeMutablePointer<Memory.Column>
  private let types: UnsafeMutablePointer<Order>
  private let typeCount: Int
  private let keyFields: UnsafeMutablePointer<Int32>

  private struct Order {
    /// Its stretch of `keyFields`.
    var firstKey: Int
    var keyCount: Int
    /// The rank of each row of a type without a key; nil: it has one, or was not asked for.
    var ranks: UnsafeMutablePointer<Int32>?
    var rankCount = 0
  }

  /// `records`: the types that matter; nil: all.
  init(_ memory: Memory, records: Set<Int>? = nil) {
    self.memory = memory
    columns = memory.columns
    let schema = memory.facts.schema
    typeCount = schema.records.count
    types = .allocate(capacity: max(typeCount, 1))
    let fields = schema.records.flatMap { $0.key.map(\.index) }
    keyFields = .allocate(capacity: max(fields.count, 1))
    keyFields.initialize(from: fields, count: fields.count)
    var firstKey = 0
    for (index, type) in schema.records.enumerated() {
      var order = Order(firstKey: firstKey, keyCount: type.key.count)
      firstKey += type.key.count
      if type.key.isEmpty, records?.contains(index) ?? true {
        let rows = Self.sorted(memory, index)
        order.rankCount = rows.count
        let ranks = UnsafeMutablePointer<Int32>.allocate(capacity: max(rows.count, 1))
        for (rank, row) in rows.enumerated() { ranks[row] = Int32(rank) }
        order.ranks = ranks
      }
      (types + index).initialize(to: order)
    }
  }

  deinit {
    for type in 0..<typeCount { types[type].ranks?.deallocate() }
    types.deallocate()
    keyFields.deallocate()
  }

  /// The rows of a type without a key by all they say.
  private static func sorted(_ memory: Memory, _ type: Int) -> [Int] {
    let columns = memory.facts.tables[type].columns
    return Array(0..<memory.facts.tables[type].count).sorted { a, b in
      for column in columns {
        let order = memory.order(column[a], column[b], isDescending: false)
        if order != 0 { return order < 0 }
      }
      return a < b
    }
  }

  func order(_ record: RecordID, _ a: Int, _ b: Int) -> Int {
    if a == b { return 0 }
    let type = types + Int(record.index)
    if let ranks = type.pointee.ranks {
      let count = type.pointee.rankCount
      if a < count, b < count { return ranks[a] < ranks[b] ? -1 : 1 }
      return a < b ? -1 : 1
    }
    for key in 0..<type.pointee.keyCount {
      let column = columns[Int(keyFields[type.pointee.firstKey + key])]
      guard a < column.count, b < column.count else { break }
      let (x, y) = (column.base[a], column.base[b])
      // What compares by its bits needs no more; the rest is for those who know all values.
      guard x.tag == y.tag, x.scale == y.scale, x.aux == y.aux,
        x.tag == .number || x.tag == .date || x.tag == .member
      else { return orderAtLength(record, a, b) }
      if x.bits != y.bits { return x.bits < y.bits ? -1 : 1 }
    }
    return a < b ? -1 : 1
  }

  @inline(never)
  private func orderAtLength(_ record: RecordID, _ a: Int, _ b: Int) -> Int {
    let order = memory.keyOrder(.record(a, of: record), .record(b, of: record), depth: 0)
    return order != 0 ? order : a < b ? -1 : 1
  }

  func comesFirst(_ a: Match, _ b: Match) -> Bool {
    let patterns = memory.program[a.production].patterns
    for (index, pattern) in patterns.enumerated() {
      let order = order(pattern.record, a.rows[index], b.rows[index])
      if order != 0 { return order < 0 }
    }
    return false
  }
}
