public import WritModel
import WritText

extension Wording {
  /// The record that a key, or what people call it, names; nil for none.
  ///
  /// Keys go first. Texts are compared as they are told in English, so `L-1042`, `12` and
  /// `2026-01-31` are found whatever type the key has.
  public func find(_ record: RecordID, _ keys: [String], in facts: Facts) -> Value? {
    let type = schema[record]
    if let row = rowOfTexts(type, keys, in: facts) { return .record(row, of: record) }
    let names = Wording(program: program, language: .english)
    if keys.count == type.key.count || type.key.count == 1 && keys.count == 1 {
      for row in facts[record].liveRows {
        let matches = zip(type.key, keys).allSatisfy { field, key in
          names.keyPart(field, row: row, in: facts) == key
        }
        if matches { return .record(row, of: record) }
      }
    }
    if keys.count == 1, type.key.isEmpty, let number = Int(keys[0].drop { $0 == "#" }) {
      if facts[record].count >= number, number > 0, !facts[record].isRemoved(number - 1) {
        return .record(number - 1, of: record)
      }
    }
    guard keys.count == 1 else { return nil }
    for row in facts[record].liveRows {
      let value = Value.record(row, of: record)
      // `A/B`: a key of several fields as it is told.
      if type.key.count > 1, names.key(of: value, in: facts) == keys[0] { return value }
      guard let called = type.called else { continue }
      let name = facts.value(called, row: row)
      if name.isKnown, text(name, schema[called].type, in: facts) == keys[0] { return value }
    }
    return nil
  }

  /// The row of a record whose key is texts; those are told as they are.
  private func rowOfTexts(_ type: RecordType, _ keys: [String], in facts: Facts) -> Int? {
    guard let first = type.key.first, keys.count == type.key.count else { return nil }
    var values: [Value] = []
    for (field, key) in zip(type.key, keys) {
      guard schema[field].type == .text, let symbol = facts.texts.symbol(of: key) else {
        return nil
      }
      values.append(.text(symbol))
    }
    return facts[schema[first].record].row(key: values)
  }

  private func keyPart(_ field: FieldID, row: Int, in facts: Facts) -> String {
    let value = facts.value(field, row: row)
    return value.tag == .record
      ? key(of: value, in: facts) : text(value, schema[field].type, in: facts)
  }

  /// The record type that a word names, by name or label.
  public func recordType(named word: String) -> RecordID? {
    schema.records.firstIndex { $0.name.name == word || $0.name.label == word }
      .map { RecordID($0) }
  }
}
