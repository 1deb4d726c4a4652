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
    compute(number, rows) { row, value in machine.derived[number][Int(row)] = value }
  }

  /// The values of a column for some rows, in blocks.
  private func compute(_ number: Int, _ rows: [Int32], _ body: (Int32, Value) -> Void) {
    let derived = plan.derived[number]
    let record = RecordID(derived.record)
    var first = 0
    while first < rows.count {
      let count = min(Block.capacity, rows.count - first)
      memory.evaluate(
        derived.term, slot: derived.slot, record, Array(rows[first..<first + count])
      ) { lane, value in body(rows[first + lane], value) }
      first += count
    }
  }

  /// Finds the rows of columns that what was touched may have changed, and adds those that did
  /// change to what was touched.
  func updateDerived() {
    let base = touched.count
    var concerned = Set<Int>()
    for place in 0..<base {
      let list = self.concerned(touched[place], .derived)
      for place in 0..<list.count { concerned.insert(list[place].object) }
    }
    if concerned.isEmpty { return }
    for number in concerned.sorted() {
      let derived = plan.derived[number]
      guard let paths = derived.paths else {
        recompute(number)
        continue
      }
      var found: [Int32] = []
      let isWhole = !collect(paths, derived, base, &found)
      if isWhole {
        recompute(number)
      } else if !found.isEmpty {
        recompute(number, rows: Array(Set(found)).sorted())
      }
    }
    mergeTouched()
  }

  /// The rows that may have changed; false: any.
  private func collect(
    _ paths: [DerivedPath], _ derived: MatchPlan.Derived, _ end: Int, _ found: inout [Int32]
  ) -> Bool {
    for place in 0..<end {
      let one = touched[place]
      func touches(_ fields: Set<Int>) -> Bool {
        one.kind != .changed
          || (one.first..<one.first + one.count).contains {
            fields.contains(Int(touchedColumns[$0]))
          }
      }
      if one.record == derived.record, one.kind == .inserted { found.append(one.row) }
      for path in paths {
        switch path {
        case .own(let field):
          if one.record == derived.record, one.kind == .changed, touches([field]) {
            found.append(one.row)
          }
        case .through(let record, let fields, let number):
          guard one.record == record, touches(fields) else { continue }
          let value = Value.record(Int(one.row), of: RecordID(record))
          add(number, KeyTable.combined(0, value.hashBits), &found)
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
            add(number, hash, &found)
          }
        }
      }
    }
    return true
  }

  /// Adds the rows that an index has for a hash, and those it has for none.
  private func add(_ number: Int, _ hash: UInt64, _ found: inout [Int32]) {
    let index = indexes + number
    let folded = RowIndex.folded(hash)
    var group = index.pointee.first(folded)
    while group >= 0 {
      var row = index.pointee.head(group)
      while row >= 0 {
        found.append(row)
        row = index.pointee.next(row)
      }
      group = index.pointee.next(group, folded)
    }
    var row = index.pointee.openHead
    while row >= 0 {
      found.append(row)
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
    recompute(number, rows: memory.facts.tables[record].liveRows.map { Int32($0) })
  }

  private func recompute(_ number: Int, rows: [Int32]) {
    let record = plan.derived[number].record
    let live = rows.filter { !memory.facts.tables[record].isRemoved(Int($0)) }
    let column = Int32(plan.fieldCount + number)
    compute(number, live) { row, value in
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
    var byRow: [UInt64: Int] = [:]
    var merged: [Touched] = []
    var columns: [[Int32]] = []
    for one in touched.all {
      let key = UInt64(one.record) << 32 | UInt64(UInt32(bitPattern: one.row))
      let own = touchedColumns.all[one.first..<one.first + one.count]
      if let place = byRow[key] {
        columns[place] += own
        if one.kind != .changed { merged[place].kind = one.kind }
      } else {
        byRow[key] = merged.count
        merged.append(one)
        columns.append(Array(own))
      }
    }
    touchedColumns.removeAll()
    touched.removeAll()
    for (place, one) in merged.enumerated() {
      let start = touchedColumns.count
      for column in columns[place] { touchedColumns.append(column) }
      touched.append(
        Touched(
          record: one.record, row: one.row, kind: one.kind, first: start,
          count: columns[place].count))
    }
  }
}

extension Memory {
  /// The values of a term over one slot for up to a block of rows.
  func evaluate(
    _ term: TermID, slot: Int, _ record: RecordID, _ rows: [Int32], _ body: (Int, Value) -> Void
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
