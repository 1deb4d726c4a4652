import WritModel
import WritRules

/// One thing that a firing does to the facts, worked out before anything is done.
enum Edit {
  case set(FieldID, row: Int, to: Value)
  case insert(RecordID, [Value], key: [Value])
  case remove(RecordID, row: Int)
}

/// What the acts of a firing come to.
enum Acting {
  case edits([Edit])
  case fault(act: Int, Settlement.Fault.Reason)
}

extension Memory {
  /// The edits of a match, all read from the present state, in written order; or why it does
  /// nothing. Later acts see what earlier ones did to keys and equal records.
  ///
  /// `value` gives the terms of an act, by its place and theirs.
  func acting(_ acts: [Production.Act], value: (TermID, Int, Int) -> Value) -> Acting {
    var edits = EditList()
    edits.list.reserveCapacity(acts.count)
    for (index, act) in acts.enumerated() {
      switch act {
      case .set(let field, let of, let to):
        let target = value(of, index, 0)
        let record = RecordID(Int(columns[Int(field.index)].record))
        guard isThere(target, record) else { return .fault(act: index, .value(target)) }
        let found = value(to, index, 1)
        guard let fitting = fitting(found, field) else {
          return .fault(act: index, .value(found))
        }
        let row = Int(target.bits)
        guard !edits.isRemoved(record, row) else { continue }
        edits.list.append(.set(field, row: row, to: fitting))
      case .insert(let record, let terms):
        var values: [Value] = []
        values.reserveCapacity(terms.count)
        let fields = facts.schema.records[Int(record.index)].fields
        for (part, (field, term)) in zip(fields, terms).enumerated() {
          let found = value(term, index, part)
          guard let fitting = fitting(found, field) else {
            return .fault(act: index, .value(found))
          }
          values.append(fitting)
        }
        switch place(of: values, record, edits) {
        case .new(let key): edits.list.append(.insert(record, values, key: key))
        case .same: continue
        case .taken(let row): return .fault(act: index, .keyTaken(row: row))
        }
      case .remove(let term):
        let target = value(term, index, 0)
        guard target.tag == .record else { return .fault(act: index, .value(target)) }
        let record = RecordID(Int(target.aux))
        guard isThere(target, record), !edits.isRemoved(record, Int(target.bits)) else { continue }
        edits.list.append(.remove(record, row: Int(target.bits)))
      }
    }
    return .edits(edits.list)
  }

  private func isThere(_ value: Value, _ record: RecordID) -> Bool {
    value.tag == .record && value.aux == record.index
      && (0..<facts.tables[Int(record.index)].count).contains(Int(value.bits))
      && !facts.tables[Int(record.index)].isRemoved(Int(value.bits))
  }

  /// A value as a field holds it: what is not known is a blank of the field, whatever the reason;
  /// nil if the field cannot hold it.
  private func fitting(_ value: Value, _ field: FieldID) -> Value? {
    if value.isKnown { return value }
    guard !value.isFault, facts.schema[field].isOptional else { return nil }
    return .missing(Cause(.blankField, site: Int(field.index)))
  }

  private enum Place {
    /// An empty key: none finds it.
    case new(key: [Value])
    case same
    case taken(row: Int)
  }

  /// Where an inserted record stands among those that will be there.
  private func place(of values: [Value], _ record: RecordID, _ edits: EditList) -> Place {
    let type = facts.schema.records[Int(record.index)]
    let key = type.key.map { values[Int(columns[Int($0.index)].place)] }
    let isKeyed = !key.isEmpty && key.allSatisfy(\.isKnown)
    func agrees(_ row: Int, on fields: [FieldID]) -> Bool {
      fields.allSatisfy {
        isSame(edits.value($0, row, in: facts), values[Int(columns[Int($0.index)].place)])
      }
    }
    if isKeyed {
      if let row = facts.tables[Int(record.index)].row(key: key), !edits.isRemoved(record, row) {
        return agrees(row, on: type.fields) ? .same : .taken(row: row)
      }
    } else if let row = rowEqual(to: values, record, agrees: { agrees($0, on: type.fields) }),
      !edits.isRemoved(record, row)
    {
      return .same
    }
    var next = facts.tables[Int(record.index)].count
    for case .insert(record, let others, _) in edits.list {
      if isKeyed, type.key.allSatisfy({ same(others, values, $0) }) {
        return type.fields.allSatisfy { same(others, values, $0) } ? .same : .taken(row: next)
      }
      if !isKeyed, type.fields.allSatisfy({ same(others, values, $0) }) { return .same }
      next += 1
    }
    return .new(key: isKeyed ? key : [])
  }

  private func same(_ a: [Value], _ b: [Value], _ field: FieldID) -> Bool {
    let column = Int(columns[Int(field.index)].place)
    return isSame(a[column], b[column])
  }

  /// The row of a present record with these values.
  private func rowEqual(
    to values: [Value], _ record: RecordID, agrees: (Int) -> Bool
  ) -> Int? {
    if equalRows[record.index] == nil {
      let rows = EqualRows()
      for row in facts[record].liveRows { rows.insert(row, hash: hash(ofRow: row, record)) }
      equalRows[record.index] = rows
    }
    var hash: UInt64 = 0
    for value in values { hash = KeyTable.combined(hash, equalBits(value)) }
    return equalRows[record.index]?.rows(hash).first { agrees($0) }
  }

  /// A hash of a record's values that is equal for records that are.
  func hash(ofRow row: Int, _ record: RecordID) -> UInt64 {
    var hash: UInt64 = 0
    for column in facts.tables[Int(record.index)].columns {
      hash = KeyTable.combined(hash, equalBits(column[row]))
    }
    return hash
  }

  private func equalBits(_ value: Value) -> UInt64 {
    switch value.tag {
    case .missing, .none, .tied, .undetermined, .fault: return 0
    case .list:
      var hash: UInt64 = 1
      for item in facts.lists.items(of: value) {
        hash = KeyTable.combined(hash, equalBits(item))
      }
      return hash
    case .time: return UInt64(bitPattern: value.bits)
    default: return value.hashBits
    }
  }

  /// Equal for a record that is inserted: by value, a blank like a blank.
  func isSame(_ a: Value, _ b: Value) -> Bool {
    guard a.isKnown, b.isKnown else { return !a.isKnown && !b.isKnown }
    if a.tag == .list, b.tag == .list {
      return facts.lists.items(of: a).elementsEqual(facts.lists.items(of: b), by: isSame)
    }
    return Value.same(a, b)
  }

  /// Whether setting one to the other is no change: a blank is not a dangling reference.
  func isUnchanged(_ a: Value, _ b: Value) -> Bool {
    a.isKnown || b.isKnown ? isSame(a, b) : a.tag == b.tag && a.bits == b.bits
  }
}

/// The rows of a type by a hash of all their values.
final class EqualRows {
  private var byHash: [UInt64: [Int]] = [:]
  private var hashes: [Int: UInt64] = [:]

  func rows(_ hash: UInt64) -> [Int] { byHash[hash] ?? [] }

  func insert(_ row: Int, hash: UInt64) {
    byHash[hash, default: []].append(row)
    hashes[row] = hash
  }

  func remove(_ row: Int) {
    guard let hash = hashes.removeValue(forKey: row) else { return }
    byHash[hash]?.removeAll { $0 == row }
    if byHash[hash]?.isEmpty ?? false { byHash[hash] = nil }
  }
}

/// The edits of a firing so far, and how the facts would read after them.
private struct EditList {
  var list: [Edit] = []

  func isRemoved(_ record: RecordID, _ row: Int) -> Bool {
    list.contains {
      if case .remove(record, row) = $0 { true } else { false }
    }
  }

  func value(_ field: FieldID, _ row: Int, in facts: Facts) -> Value {
    for case .set(field, row, let value) in list.reversed() { return value }
    return facts.value(field, row: row)
  }
}
