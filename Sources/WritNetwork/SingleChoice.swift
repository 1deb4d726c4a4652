import WritModel
import WritRules

/// What an attribute takes to be decided for one row: plain numbers and pointers into what the
/// network keeps, and the answer that goes with each entry, so that nothing is counted, copied or
/// called between the fields of a record and its answer.
struct SingleChoice {
  enum Standing: UInt8 {
    /// Nobody has asked yet.
    case unknown
    /// It takes more than this.
    case none
    case known
  }
  private(set) var standing = Standing.unknown
  /// Whether other terms read it too, so that its values are kept.
  private(set) var isKept = false
  /// Whether candidates may not hold even where all is known.
  private var isVague = false
  private var hasOpen = false
  private var tableCount = 0
  private var probes: UnsafeMutableBufferPointer<DimensionProbe>
  private var isOpen: UnsafeMutableBufferPointer<Bool>
  /// The answer of each entry, behind that of `otherwise`.
  private var answers: UnsafeMutableBufferPointer<Value>
  private var index: Unmanaged<ChooseIndex>?

  /// The most tables of an index that decides single rows.
  static let mostTables = 62

  /// One of which nothing is known.
  init() {
    probes = UnsafeMutableBufferPointer(start: nil, count: 0)
    isOpen = UnsafeMutableBufferPointer(start: nil, count: 0)
    answers = UnsafeMutableBufferPointer(start: nil, count: 0)
  }

  init(_ attribute: AttributePlan, _ direct: DirectChoice?, in memory: Memory) {
    self.init()
    standing = .none
    guard let direct, attribute.canBeKept, attribute.record != nil else { return }
    isKept = attribute.isRead
    let plan = memory.network.chooses[Int(direct.choose.index)]
    guard let index = plan.index, index.tables.count <= Self.mostTables,
      index.probes.contains(where: { $0.field >= 0 })
    else { return }
    let otherwise =
      direct.otherwise.map { memory.constants[Int($0.index)] }
      ?? memory.otherwise(plan, direct.choose)
    let given =
      direct.payloads(plan)?.map { memory.constants[Int($0.index)] }
      ?? plan.ruleOfEntry.map { Value(rule: $0) }
    let all = [otherwise] + given
    // Lists move with the facts.
    if all.contains(where: { $0.tag == .list }) { return }
    standing = .known
    isVague = index.hasKnownVague
    hasOpen = index.hasOpen
    tableCount = index.tables.count
    probes = index.probes
    isOpen = .copy(of: index.isOpen)
    answers = .copy(of: direct.isAnswer ? all.map(\.asAnswer) : all)
    self.index = Unmanaged.passUnretained(index)
  }

  /// Gives back what it took; the probes are the index's.
  func free() {
    isOpen.deallocate()
    answers.deallocate()
  }

  /// The answer for a row: a look at each field, an AND, and what goes with the first bit. nil: it
  /// takes more than that.
  @inline(__always)
  func decide(
    _ row: Int, _ columns: UnsafeMutablePointer<Memory.Column>,
    today: UnsafeMutablePointer<Value>, _ rows: UnsafeMutablePointer<UInt32>
  ) -> Value? {
    guard let index else { return nil }
    for table in 0..<tableCount { rows[table] = 0 }
    var isVague = isVague
    guard let first = probes.baseAddress else { return nil }
    // Looked at where they stand: a probe is larger than what is read of it.
    for number in 0..<probes.count {
      let probe = first + number
      var value = today
      if probe.pointee.field >= 0 {
        let column = columns + probe.pointee.field
        guard !column.pointee.mayDangle, UInt(bitPattern: row) < UInt(column.pointee.count) else {
          return nil
        }
        value = column.pointee.base + row
      }
      guard let place = probe.pointee.place(of: value.pointee) else { return nil }
      if place == probe.pointee.unknownPlace, probe.pointee.isUnknownVague { isVague = true }
      rows[probe.pointee.table] &+= place
    }
    let found = UnsafeMutableRawPointer(rows + tableCount).assumingMemoryBound(to: Int32.self)
    let list = UnsafeMutableRawPointer(found + 1).assumingMemoryBound(to: UInt8.self)
    index._withUnsafeGuaranteedRef {
      $0.firsts(rows, width: 1, Lanes(list: list, count: 1, isDense: true), found)
    }
    let entry = Int(found.pointee)
    if entry >= 0, hasOpen || isVague {
      if isOpen[entry] { return nil }
      if isVague, !index._withUnsafeGuaranteedRef({ $0.isSure(entry, rows, width: 1) }) {
        return nil
      }
    }
    return answers[entry &+ 1]
  }
}

extension Memory {
  /// The value of an attribute straight from the index; nil: it takes more than that.
  @inline(__always)
  func singleValue(of attribute: AttributeID, row: Int) -> Value? {
    let place = Int(attribute.index)
    let single = singles + place
    if single.pointee.standing == .unknown { makeSingle(place) }
    guard single.pointee.standing == .known, assigned.isEmpty || isUnassigned(attribute) else {
      return nil
    }
    if single.pointee.isKept { return keptValue(place, row) }
    return single.pointee.decide(row, columns, today: todayValue, singleRows)
  }

  /// Whether neither the attribute nor the winners it is read from were set by a commit.
  @inline(never)
  private func isUnassigned(_ attribute: AttributeID) -> Bool {
    guard let direct = network.direct[Int(attribute.index)] else { return false }
    return assigned[attribute] == nil && direct.winner.map { assigned[$0] == nil } ?? true
  }

  /// The value as it was kept, else as it is decided now, and kept.
  @inline(never)
  private func keptValue(_ place: Int, _ row: Int) -> Value? {
    guard let record = network.attributes[place].record else { return nil }
    let count = facts.tables[Int(record.index)].count
    guard UInt(bitPattern: row) < UInt(count) else { return nil }
    if row < memos[place].count, memos[place].isKnown?[row] == 1 {
      return memos[place].values?[row]
    }
    guard let value = singles[place].decide(row, columns, today: todayValue, singleRows) else {
      return nil
    }
    memos[place].grow(to: count)
    memos[place].values?[row] = value
    memos[place].isKnown?[row] = 1
    return value
  }

  @inline(never)
  private func makeSingle(_ place: Int) {
    singles[place].free()
    singles[place] = SingleChoice(network.attributes[place], network.direct[place], in: self)
  }
}
