public import WritModel
import WritRules

// Changing facts. What is kept of derived values goes field by field: what does not depend on a
// field that changed stays.
extension Memory {
  /// Adds a record; nil, and nothing added, if its key is taken.
  @discardableResult
  public func append(_ record: RecordID, _ values: [Value], key: [Value]) -> Int? {
    releaseNarrow(record)
    guard let row = facts[record].append(values, key: key) else { return nil }
    for field in facts.schema.records[Int(record.index)].fields { renewColumn(field) }
    touch(record, row)
    if !keyTables.isEmpty {
      for table in keyTables.values where table.record == record { place(row, in: table) }
    }
    equalRows[record.index]?.insert(row, hash: hash(ofRow: row, record))
    changing?.note(record, row: row, column: Matcher.Change.inserted, old: .boolean(false))
    alerts?.note(record, row: row, column: Matcher.Change.inserted, old: .boolean(false))
    checkInvariants()
    return row
  }

  /// Sets a field of a record; a row that is not there is ignored. What does not read the field
  /// does not notice.
  public func set(_ field: FieldID, row: Int, to value: Value) {
    let place = Int(field.index)
    let column = columns + place
    let table = Int(column.pointee.record)
    guard row >= 0, row < column.pointee.count else { return }
    let old = column.pointee.mayDangle ? read(field, row: row) : column.pointee.base[row]
    if narrow[place] != nil { narrow[place] = nil }
    facts.tables[table].columns[Int(column.pointee.place)].withUnsafeMutableBufferPointer {
      $0[row] = value
      // The column moves if somebody has a copy of the facts.
      if let base = $0.baseAddress { column.pointee.base = base }
    }
    if column.pointee.isFollowed || !keyTables.isEmpty { touch(field, row, from: old) }
    touchAny(table)
    if !equalRows.isEmpty, let rows = equalRows[UInt16(table)] {
      rows.remove(row)
      rows.insert(row, hash: hash(ofRow: row, RecordID(table)))
    }
    guard !facts.tables[table].isRemoved(row) else { return }
    changingReference?._withUnsafeGuaranteedRef {
      $0.note(set: place, RecordID(table), row: row, old: old)
    }
    alertsReference?._withUnsafeGuaranteedRef {
      $0.note(set: place, RecordID(table), row: row, old: old)
    }
    checkInvariants()
  }

  /// Takes a record away; false if it is gone already or never was. References to it dangle.
  @discardableResult
  public func remove(_ record: RecordID, row: Int) -> Bool {
    guard facts.tables.indices.contains(Int(record.index)), facts[record].remove(row) else {
      return false
    }
    touch(record, row)
    for table in keyTables.values where table.record == record { table.remove(row) }
    equalRows[record.index]?.remove(row)
    dangle(record, row)
    changing?.note(record, row: row, column: Matcher.Change.removed, old: .boolean(false))
    alerts?.note(record, row: row, column: Matcher.Change.removed, old: .boolean(false))
    checkInvariants()
    return true
  }

  /// Fields that refer to a record that was removed read as missing: a change of theirs.
  private func dangle(_ record: RecordID, _ row: Int) {
    let gone = Value.record(row, of: record)
    if !liveLists.isEmpty { liveLists = [:] }
    for field in plan().references[Int(record.index)] {
      columns[Int(field.index)].mayDangle = true
      narrow[Int(field.index)] = nil
      let isMatched =
        changing?.reads(Int(field.index)) ?? false || alerts?.reads(Int(field.index)) ?? false
      let touched = plan().fields[Int(field.index)]
      guard isMatched || !touched.isEmpty || !keyTables.isEmpty else { continue }
      let declared = facts.schema[field]
      let table = facts.tables[Int(declared.record.index)]
      for other in table.liveRows {
        let value = table.columns[declared.column][other]
        let refers =
          value.tag == .list
          ? facts.lists.items(of: value).contains { Value.same($0, gone) }
          : Value.same(value, gone)
        guard refers else { continue }
        touch(field, other, from: gone)
        touchAny(Int(declared.record.index))
        changing?.note(declared.record, row: other, column: field.index, old: value)
        alerts?.note(declared.record, row: other, column: field.index, old: value)
      }
    }
  }

  /// Puts another table in a record's place: the next chunk of a stream, say.
  public func replace(_ record: RecordID, by table: Table) {
    keepFired()
    facts[record] = table
    changed(record)
  }

  /// Any change to the facts of some record types, texts or lists.
  public func edit(_ records: [RecordID], _ body: (inout Facts) -> Void) {
    if !records.isEmpty { keepFired() }
    for record in records { releaseNarrow(record) }
    body(&facts)
    layOutLists()
    // Lists that were kept may have been made behind a mark that the facts went back to.
    if network.makesLists {
      let answers = assigned
      forgetValues()
      assigned = answers
    }
    for record in records { changed(record) }
    hasFaultyFacts = nil
    if records.isEmpty { renewColumns() }
  }

  /// Forgets all derived values, so that they are computed anew.
  public func forget() {
    keepFired()
    forgetValues()
  }

  private func forgetValues() {
    for index in memos.indices { memos[index].clear() }
    gatherMemos = Array(repeating: GatherMemo(), count: gatherMemos.count)
    keyTables = [:]
    lookups = [:]
    liveLists = [:]
    assigned = [:]
  }

  /// Gives up the matches that are kept, all but which of them fired.
  private func keepFired() {
    if changing != nil { fired = firedMatches() }
    changing = nil
    alerts = nil
    equalRows = [:]
  }

  /// Forgets what depends on a record type, whatever changed of it.
  func changed(_ record: RecordID) {
    renewColumns()
    hasFaultyFacts = nil
    for (index, plan) in network.attributes.enumerated()
    where plan.record == record || plan.reads.contains(record) {
      memos[index].clear()
    }
    for (index, plan) in network.gathers.enumerated() where plan.reads.contains(record) {
      gatherMemos[index] = GatherMemo()
    }
    if !lookups.isEmpty { lookups = [:] }
    if !liveLists.isEmpty { liveLists = [:] }
    keyTables = keyTables.filter { !$0.value.reads.contains(record) }
    for (index, counter) in program.counters.enumerated() where counter.record == record {
      counterValues[index] = nil
    }
    for decision in program.decisions where decision.subject == record {
      assigned[decision.answer] = nil
    }
    checkInvariants()
  }

  // MARK: What depends on what

  /// What changes touch; found once for a network.
  func plan() -> ChangePlan {
    if let changePlan { return changePlan }
    let plan = network.changePlan()
    changePlan = plan
    for field in 0..<columnCount { columns[field].isFollowed = plan.isRead[field] }
    return plan
  }

  /// Forgets what depends on a field of a row, which read as `old` before.
  private func touch(_ field: FieldID, _ row: Int, from old: Value) {
    let plan = plan()
    let record = RecordID(Int(columns[Int(field.index)].record))
    if plan.isRead[Int(field.index)] {
      let touch = plan.fields[Int(field.index)]
      forget(touch, row)
      // Who was referred to before has one less.
      for one in touch.referred where one.reference == field { forget(one, of: old) }
    }
    if !keyTables.isEmpty { renewKeys(field, record, row) }
  }

  /// Forgets what depends on whether a record is there.
  private func touch(_ record: RecordID, _ row: Int) {
    let plan = plan()
    forget(plan.records[Int(record.index)], row)
    for field in facts.schema.records[Int(record.index)].fields
    where plan.isRead[Int(field.index)] {
      forget(plan.fields[Int(field.index)], row)
    }
    if !keyTables.isEmpty {
      let gone = keyTables.values.filter { $0.columns == nil && $0.reads.contains(record) }
      for table in gone { keyTables[table.shape] = nil }
    }
    for counter in plan.counters[Int(record.index)] { counterValues[counter] = nil }
    touchAny(Int(record.index))
  }

  /// Forgets what depends on any change of a record type.
  @inline(__always)
  private func touchAny(_ record: Int) {
    if hasFaultyFacts != nil { hasFaultyFacts = nil }
    if !lookups.isEmpty { lookups = [:] }
    if !assigned.isEmpty {
      for answer in plan().assignments[record] { assigned[answer] = nil }
    }
  }

  private func forget(_ touch: ChangePlan.Touch, _ row: Int) {
    if touch.isEmpty { return }
    for attribute in touch.ofRow { memos[attribute].clear(row) }
    for attribute in touch.whole { memos[attribute].clear() }
    if !touch.referred.isEmpty { forgetReferred(touch, row) }
    if !touch.gathers.isEmpty { forgetGathers(touch, row) }
  }

  private func forgetReferred(_ touch: ChangePlan.Touch, _ row: Int) {
    for one in touch.referred { forget(one, of: read(one.reference, row: row)) }
  }

  private func forgetGathers(_ touch: ChangePlan.Touch, _ row: Int) {
    for (gather, concern) in touch.gathers {
      gatherMemos[gather].forgetAnswers()
      guard let kept = gatherMemos[gather].kept else { continue }
      switch concern {
      case .row: kept.note(row)
      case .nobody: break
      case .all: gatherMemos[gather].kept = nil
      case .referring(let reference):
        if !noteReferring(to: row, in: reference, kept) { gatherMemos[gather].kept = nil }
      }
    }
  }

  /// Forgets an attribute of the record that is referred to; of all, where that is not known.
  private func forget(_ one: ChangePlan.Referred, of target: Value) {
    if target.tag == .record {
      memos[one.attribute].clear(Int(target.bits))
    } else {
      memos[one.attribute].clear()
    }
  }

  /// Puts a row where it belongs in the key tables that a field is part of.
  private func renewKeys(_ field: FieldID, _ record: RecordID, _ row: Int) {
    for table in keyTables.values.sorted(by: { $0.number < $1.number })
    where table.reads.contains(record) {
      guard let columns = table.columns else {
        keyTables[table.shape] = nil
        continue
      }
      guard table.record == record, columns.contains(field) else { continue }
      place(row, in: table)
    }
  }

  private func place(_ row: Int, in table: KeyTable) {
    guard let columns = table.columns else { return }
    table.remove(row)
    guard !facts.tables[Int(table.record.index)].isRemoved(row) else { return }
    var hash: UInt64? = 0
    for field in columns {
      let value = read(field, row: row)
      if let before = hash, value.isKnown {
        hash = KeyTable.combined(before, value.hashBits)
      } else {
        hash = nil
      }
    }
    table.insert(row, hash: hash)
  }

  /// Writes constant sets into the list arena of this memory.
  func layOutLists() {
    for term in network.listConstants {
      guard case .constant(let constant) = program[term] else { continue }
      constants[Int(term.index)] = listValue(constant)
    }
  }

  func listValue(_ constant: Constant) -> Value {
    guard let items = constant.items else { return constant.value }
    return facts.lists.add(items.map { listValue($0) })
  }

  /// One column may have moved.
  func renewColumn(_ field: FieldID) {
    let column = columns[Int(field.index)]
    let base = facts.tables[Int(column.record)].columns[Int(column.place)]
      .withUnsafeBufferPointer { ($0.baseAddress, $0.count) }
    columns[Int(field.index)].base =
      base.0.map { UnsafeMutablePointer(mutating: $0) } ?? todayValue
    columns[Int(field.index)].count = base.1
    checkNarrow(Int(field.index))
  }

  /// The columns move when facts change. Their storage is kept alive by `facts`, and nothing writes
  /// to it between two renewals, so the pointers stay good.
  func renewColumns() {
    for (index, field) in facts.schema.fields.enumerated() {
      let base = facts.tables[Int(field.record.index)].columns[field.column]
        .withUnsafeBufferPointer { ($0.baseAddress, $0.count) }
      columns[index] = Column(
        base: base.0.map { UnsafeMutablePointer(mutating: $0) } ?? todayValue, count: base.1,
        record: field.record.index, place: Int32(field.column),
        mayDangle: field.type.referred.map { facts.tables[Int($0.index)].removedCount > 0 }
          ?? false,
        isFollowed: changePlan?.isRead[index] ?? true)
      checkNarrow(index)
    }
  }

  /// Gives up the narrow form of a column that is another now.
  private func checkNarrow(_ field: Int) {
    if let known = narrow[field], !known.mirrors(columns[field].base, count: columns[field].count) {
      narrow[field] = nil
    }
  }

  /// Lets go of narrow columns of a record that is about to be written, which would be copied else.
  func releaseNarrow(_ record: RecordID) {
    for field in facts.schema.records[Int(record.index)].fields
    where narrow[Int(field.index)] != nil {
      narrow[Int(field.index)] = nil
    }
  }

  /// What must hold between two calls. Compiled out of release builds.
  func checkInvariants() {
    assert(
      (0..<columnCount).allSatisfy { index in
        let field = facts.schema.fields[index]
        return columns[index].count
          == facts.tables[Int(field.record.index)].columns[field.column].count
      }, "columns have been renewed")
    assert(
      zip(memos, network.attributes).allSatisfy { $1.canBeKept || $0.values == nil },
      "what reads counters is never kept")
    assert(
      !isSmall || gatherMemos.allSatisfy { $0.kept?.difference == nil },
      "kept folds are what their records add")
  }

  /// Whether the facts are so few that everything may be worked out twice to compare.
  var isSmall: Bool { facts.tables.allSatisfy { $0.count <= 12 } }
}

/// The values of one attribute that are known, a row.
struct Memo {
  var values: UnsafeMutablePointer<Value>?
  /// 1 where the value is known.
  var isKnown: UnsafeMutablePointer<UInt8>?
  var count = 0
  /// Under other dates than the run's: row << 32 | date.
  var dated: [UInt64: Value] = [:]

  /// Makes room for rows `0 ..< count`.
  mutating func grow(to wanted: Int) {
    guard wanted > count || values == nil else { return }
    let room = max(wanted, 1)
    let grown = UnsafeMutablePointer<Value>.allocate(capacity: room)
    let flags = UnsafeMutablePointer<UInt8>.allocate(capacity: room)
    flags.initialize(repeating: 0, count: room)
    if let values, let isKnown {
      grown.update(from: values, count: count)
      flags.update(from: isKnown, count: count)
    }
    free()
    values = grown
    isKnown = flags
    count = room
  }

  /// Forgets one row.
  mutating func clear(_ row: Int) {
    if row < count { isKnown?[row] = 0 }
    if !dated.isEmpty { dated = [:] }
  }

  mutating func clear() {
    isKnown?.update(repeating: 0, count: count)
    if !dated.isEmpty { dated = [:] }
  }

  func free() {
    values?.deallocate()
    isKnown?.deallocate()
  }
}
