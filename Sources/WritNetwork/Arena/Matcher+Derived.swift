import WritModel
import WritRules

// Columns of terms over one record, kept a row.
extension Matcher {
  func growDerived(_ number: Int) {
    let wanted = max(rowCount(plan.derived[number].record), 1)
    guard wanted > derivedCapacity[number] else { return }
    let room = max(wanted, derivedCapacity[number] * 2)
    let grown = UnsafeMutablePointer<Value>.allocate(capacity: room)
    grown.update(from: machine.derived[number], count: derivedCapacity[number])
    (grown + derivedCapacity[number]).initialize(
      repeating: .missing(Cause(.empty)), count: room - derivedCapacity[number])
    machine.derived[number].deallocate()
    machine.derived[number] = grown
    derivedCapacity[number] = room
  }

  func computeAll(_ number: Int) {
    let record = plan.derived[number].record
    let rows = memory.facts.tables[record].liveRows.map { Int32($0) }
    rows.withUnsafeBufferPointer { rows in
      compute(number, rows) { row, value in machine.derived[number][Int(row)] = value }
    }
  }

  /// The values of a column for some rows, in blocks.
  private func compute(
    _ number: Int, _ rows: UnsafeBufferPointer<Int32>, _ body: (Int32, Value) -> Void
  ) {
    let (term, slot) = (plan.derived[number].term, plan.derived[number].slot)
    let record = RecordID(plan.derived[number].record)
    var first = 0
    while first < rows.count {
      let count = min(Block.capacity, rows.count - first)
      memory.evaluate(
        term, slot: slot, record, UnsafeBufferPointer(rebasing: rows[first..<first + count])
      ) { lane, value in body(rows[first + lane], value) }
      first += count
    }
  }

  /// Finds the rows of columns that what was touched may have changed, and adds those that did
  /// change to what was touched.
  func updateDerived() {
    let base = touched.count
    concernedColumns.removeAll()
    for place in 0..<base {
      let list = self.concerned(touched[place], .derived)
      for place in 0..<list.count where !isConcerned[list[place].object] {
        isConcerned[list[place].object] = true
        concernedColumns.append(Int32(list[place].object))
      }
    }
    if concernedColumns.isEmpty { return }
    if concernedColumns.count > 1 {
      var columns = concernedColumns.all
      columns.sort()
    }
    for number in concernedColumns.all {
      let column = Int(number)
      isConcerned[column] = false
      foundRows.removeAll()
      if let paths = plan.derived[column].paths,
        collect(paths, plan.derived[column].record, base)
      {
        recompute(column, foundRows)
      } else {
        recompute(column)
      }
    }
    mergeTouched()
  }

  /// The rows that may have changed; false: any.
  private func collect(_ paths: [DerivedPath], _ own: Int, _ end: Int) -> Bool {
    for place in 0..<end {
      let one = touched[place]
      func touches(_ fields: Set<Int>) -> Bool {
        one.kind != .changed
          || (one.first..<one.first + one.count).contains {
            fields.contains(Int(touchedColumns[$0]))
          }
      }
      if one.record == own, one.kind == .inserted { foundRows.append(one.row) }
      for path in paths {
        switch path {
        case .own(let field):
          guard one.record == own, one.kind == .changed else { continue }
          for column in 0..<one.count where Int(touchedColumns[one.first + column]) == field {
            foundRows.append(one.row)
          }
        case .through(let record, let fields, let number):
          guard one.record == record, touches(fields) else { continue }
          let value = Value.record(Int(one.row), of: RecordID(record))
          find(number, KeyTable.combined(0, value.hashBits))
        case .keyed(let record, let fields, let inner, let number):
          guard one.record == record, touches(fields) else { continue }
          for isOld in [true, false] {
            if isOld && one.kind == .inserted || !isOld && one.kind == .removed { continue }
            var hash: UInt64 = 0
            for field in inner {
              let value = isOld ? old(field, one) : memory.read(FieldID(field), row: Int(one.row))
              guard value.isKnown else { return false }
              hash = KeyTable.combined(hash, value.hashBits)
            }
            find(number, hash)
          }
        }
      }
    }
    return true
  }

  /// Adds the rows that an index has for a hash, and those it has for none.
  private func find(_ number: Int, _ hash: UInt64) {
    let index = indexes + number
    let folded = RowIndex.folded(hash)
    var group = index.pointee.first(folded)
    while group >= 0 {
      var row = index.pointee.head(group)
      while row >= 0 {
        foundRows.append(row)
        row = index.pointee.next(row)
      }
      group = index.pointee.next(group, folded)
    }
    var row = index.pointee.openHead
    while row >= 0 {
      foundRows.append(row)
      row = index.pointee.next(row)
    }
  }

  /// The value that a field had before.
  private func old(_ field: Int, _ one: Touched) -> Value {
    for change in pending.all
    where Int(change.record) == one.record && change.row == one.row && Int(change.column) == field {
      return change.old
    }
    // As it is read: what refers to a record that was gone before is not known.
    return memory.read(FieldID(field), row: Int(one.row))
  }

  func recompute(_ number: Int) {
    let record = plan.derived[number].record
    foundRows.removeAll()
    for row in memory.facts.tables[record].liveRows { foundRows.append(Int32(row)) }
    recompute(number, foundRows)
  }

  /// Works out a column again for rows that may stand there more than once, or be gone.
  private func recompute(_ number: Int, _ rows: Stretch<Int32>) {
    if rows.isEmpty { return }
    let record = plan.derived[number].record
    let column = Int32(plan.fieldCount + number)
    if rows.count > 1 {
      var all = rows.all
      all.sort()
    }
    var count = 0
    for index in 0..<rows.count
    where (count == 0 || rows[index] != rows[count - 1])
      && !memory.facts.tables[record].isRemoved(Int(rows[index]))
    {
      rows[count] = rows[index]
      count += 1
    }
    compute(number, UnsafeBufferPointer(start: rows.base, count: count)) { row, value in
      let place = Int(row)
      if memory.isUnchanged(machine.derived[number][place], value) { return }
      machine.derived[number][place] = value
      touchedColumns.append(column)
      touched.append(
        Touched(
          record: record, row: row, kind: .changed, first: touchedColumns.count - 1, count: 1))
    }
  }

  /// One entry a row again, after columns added theirs.
  func mergeTouched() {
    guard touched.count > 1 else { return }
    merged.removeAll()
    for index in 0..<touched.count {
      let one = touched[index]
      let place = place(of: one)
      if place.pointee < 0 {
        place.pointee = Int32(merged.count)
        merged.append(one)
      } else {
        let known = merged.base + Int(place.pointee)
        known.pointee.count += one.count
        if one.kind != .changed { known.pointee.kind = one.kind }
      }
    }
    if merged.count < touched.count {
      var next = 0
      for index in 0..<merged.count {
        let count = merged[index].count
        merged.base[index].first = next
        merged.base[index].count = 0
        next += count
      }
      mergedColumns.removeAll()
      for _ in 0..<next { mergedColumns.append(0) }
      for index in 0..<touched.count {
        let one = touched[index]
        let known = merged.base + Int(place(of: one).pointee)
        for column in 0..<one.count {
          mergedColumns[known.pointee.first + known.pointee.count] =
            touchedColumns[one.first + column]
          known.pointee.count += 1
        }
      }
      swap(&touchedColumns, &mergedColumns)
    }
    for index in 0..<touched.count { place(of: touched[index]).pointee = -1 }
    if merged.count < touched.count { swap(&touched, &merged) }
  }
}

extension Memory {
  /// The values of a term over one slot for up to a block of rows.
  func evaluate(
    _ term: TermID, slot: Int, _ record: RecordID, _ rows: UnsafeBufferPointer<Int32>,
    _ body: (Int, Value) -> Void
  ) {
    let mark = arena.mark
    defer { arena.release(mark) }
    let slots = arena.take((slot + 1) * MemoryLayout<Register>.stride)
      .assumingMemoryBound(to: Register.self)
    for index in 0...slot { slots[index] = Register(base: missingSlot, mask: 0) }
    let records = arena.values(rows.count)
    var isRun = true
    for (lane, row) in rows.enumerated() {
      records[lane] = .record(Int(row), of: record)
      isRun = isRun && Int(row) == Int(rows[0]) + lane
    }
    slots[slot] = Register(base: records, mask: -1, firstRow: isRun ? Int(rows[0]) : -1)
    let block = Block(
      slots: slots, slotCount: slot + 1, today: Register(base: todayValue, mask: 0),
      width: rows.count)
    let lanes = Lanes(list: arena.lanes(1), count: rows.count, isDense: true)
    let values = evaluate(term, block, lanes)
    for lane in rows.indices { body(lane, values[lane]) }
  }
}
