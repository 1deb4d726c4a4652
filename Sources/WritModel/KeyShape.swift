/// How the key of a record is put together: references to it are written field by field.
///
/// A key may hold references whose keys have several fields; then those fields are its parts.
indirect enum KeyShape: Sendable {
  /// One cell: the fields on the way from the reference to it.
  case part([FieldID])
  case fields([KeyShape])

  var parts: [[FieldID]] {
    switch self {
    case .part(let path): [path]
    case .fields(let all): all.flatMap(\.parts)
    }
  }

  /// The key whose parts are these values, taken from the front.
  func key(of values: inout ArraySlice<Value>, in facts: inout Facts) -> Value {
    switch self {
    case .part: return values.popFirst() ?? .missing(Cause(.blankField))
    case .fields(let all):
      let fields = all.map { $0.key(of: &values, in: &facts) }
      return fields.count == 1 ? fields[0] : facts.lists.add(fields)
    }
  }
}

extension Schema {
  /// A key of more parts is read from one object only.
  private static let mostParts = 16

  /// The shape of the keys that a field refers by; nil where one cell is enough, or too many would
  /// be needed.
  func keyShape(of field: FieldID) -> KeyShape? {
    guard case .record(let record) = self[field].type else { return nil }
    let shape = keyShape(of: record, behind: [], depth: 0)
    return (2...Self.mostParts).contains(shape.parts.count) ? shape : nil
  }

  private func keyShape(of record: RecordID, behind path: [FieldID], depth: Int) -> KeyShape {
    .fields(
      self[record].key.map { field in
        // Keys that refer to each other in a circle have no end.
        if case .record(let inner) = self[field].type, depth < 4 {
          let shape = keyShape(of: inner, behind: path + [field], depth: depth + 1)
          if shape.parts.count > 1 { return shape }
        }
        return .part(path + [field])
      })
  }

  /// How many columns a field is read from: one, or one a field of the key it refers by.
  public func columnCount(of field: FieldID) -> Int { keyShape(of: field)?.parts.count ?? 1 }

  /// The headers of those columns where none are named, the label's first: `item.sku`. Empty for a
  /// field of one column.
  func partHeaders(of field: FieldID) -> [[String]] {
    (keyShape(of: field)?.parts ?? []).map { path in
      let names = ([field] + path).map { self[$0].name }
      return [
        names.map { $0.label ?? $0.name }.joined(separator: "."),
        names.map(\.name).joined(separator: "."),
      ].uniqued()
    }
  }
}
