public import WritModel
public import WritRules

extension Memory {
  /// The values of a one-record attribute for any rows, in their order: many at once cost far less
  /// than one by one.
  public func values(of attribute: AttributeID, rows: [Int]) -> [Value] {
    let plan = network.attributes[Int(attribute.index)]
    guard let record = plan.record else {
      return Array(repeating: value(of: attribute, []), count: rows.count)
    }
    var values: [Value] = []
    values.reserveCapacity(rows.count)
    var first = 0
    while first < rows.count {
      let mark = arena.mark
      let end = min(first + Block.capacity, rows.count)
      let block = rowBlock(record, rows[first..<end])
      let lanes = Lanes(list: arena.lanes(0), count: end - first, isDense: true)
      let result = call(attribute, block.slots, 1, today: block.today, block, lanes)
      for lane in 0..<end - first { values.append(result[lane]) }
      arena.release(mark)
      first = end
    }
    return values
  }

  /// A block whose slot 0 is some rows, as of the run's date.
  func rowBlock(_ record: RecordID, _ rows: ArraySlice<Int>) -> Block {
    let values = arena.values(rows.count)
    for (lane, row) in rows.enumerated() { values[lane] = .record(row, of: record) }
    let slots = arena.take(MemoryLayout<Register>.stride).assumingMemoryBound(to: Register.self)
    slots[0] = Register(base: values, mask: -1)
    return Block(
      slots: slots, slotCount: 1, today: Register(base: todayValue, mask: 0), width: rows.count)
  }

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
