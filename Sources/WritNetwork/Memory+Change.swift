public import WritModel
import WritRules

// Changing facts. What depends on a record type is forgotten when any fact of that type changes.
extension Memory {
  /// Adds a record; nil, and nothing added, if its key is taken.
  @discardableResult
  public func append(_ record: RecordID, _ values: [Value], key: [Value]) -> Int? {
    let row = facts[record].append(values, key: key)
    changed(record)
    return row
  }

  /// Sets a field of a record and forgets what was worked out; a row that is not there is ignored.
  public func set(_ field: FieldID, row: Int, to value: Value) {
    let declared = facts.schema[field]
    guard facts[declared.record].columns[declared.column].indices.contains(row) else { return }
    facts[declared.record].columns[declared.column][row] = value
    changed(declared.record)
  }

  /// Puts another table in a record's place: the next chunk of a stream, say.
  public func replace(_ record: RecordID, by table: Table) {
    facts[record] = table
    changed(record)
  }

  /// Any change to the facts of some record types, texts or lists.
  public func edit(_ records: [RecordID], _ body: (inout Facts) -> Void) {
    body(&facts)
    layOutLists()
    // Lists that were kept may have been made behind a mark that the facts went back to.
    if network.makesLists {
      let answers = assigned
      forget()
      assigned = answers
    }
    for record in records { changed(record) }
    hasFaultyFacts = nil
    if records.isEmpty { renewColumns() }
  }

  /// Forgets all derived values, so that they are computed anew.
  public func forget() {
    for index in memos.indices { memos[index].clear() }
    gatherMemos = Array(repeating: GatherMemo(), count: gatherMemos.count)
    keyTables = [:]
    lookups = [:]
    liveLists = [:]
    assigned = [:]
  }

  /// Forgets what depends on a record type.
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

  /// The columns move when facts change. Their storage is kept alive by `facts`, and nothing writes
  /// to it between two renewals, so the pointers stay good.
  func renewColumns() {
    for (index, field) in facts.schema.fields.enumerated() {
      let base = facts.tables[Int(field.record.index)].columns[field.column]
        .withUnsafeBufferPointer { ($0.baseAddress, $0.count) }
      columns[index] = Column(
        base: base.0.map { UnsafeMutablePointer(mutating: $0) } ?? todayValue, count: base.1,
        record: field.record.index,
        mayDangle: field.type.referred.map { facts.tables[Int($0.index)].removedCount > 0 } ?? false
      )
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
  }
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

  mutating func clear() {
    isKnown?.update(repeating: 0, count: count)
    if !dated.isEmpty { dated = [:] }
  }

  func free() {
    values?.deallocate()
    isKnown?.deallocate()
  }
}
