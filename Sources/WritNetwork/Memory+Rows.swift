public import WritModel

extension Memory {
  /// The values of a field for neighbouring rows, as `read` gives each.
  public func read(_ field: FieldID, rows: Range<Int>) -> [Value] {
    [Value](unsafeUninitializedCapacity: rows.count) { buffer, count in
      read(field, rows: rows, into: buffer)
      count = rows.count
    }
  }

  /// As `read(_:rows:)`, into memory that the caller has.
  public func read(
    _ field: FieldID, rows: Range<Int>, into buffer: UnsafeMutableBufferPointer<Value>
  ) {
    guard let base = buffer.baseAddress, buffer.count >= rows.count else { return }
    let declared = facts.schema[field]
    let column = facts[declared.record].columns[declared.column]
    column.withUnsafeBufferPointer { column in
      for (index, row) in rows.enumerated() {
        let value = column[row]
        let mayBeGone = value.tag == .record || value.tag == .list
        base[index] = mayBeGone ? live(value, field: Int(field.index)) : value
      }
    }
  }
}
