public import WritModel

extension Memory {
  /// The values of a field for neighbouring rows, as `read` gives each.
  public func read(_ field: FieldID, rows: Range<Int>) -> [Value] {
    let declared = facts.schema[field]
    let column = facts[declared.record].columns[declared.column]
    return column.withUnsafeBufferPointer { column in
      rows.map { row in
        let value = column[row]
        let mayBeGone = value.tag == .record || value.tag == .list
        return mayBeGone ? live(value, field: Int(field.index)) : value
      }
    }
  }
}
