public import WritModel
public import WritRules

/// What is in view of a term: a value for each slot, and the business date.
public struct Frame {
  public var slots: [Value]
  /// Days since 1970-01-01.
  public var today: Int32

  public init(slots: [Value], today: Int32) {
    self.slots = slots
    self.today = today
  }
}

/// What a condition comes to. `unknown` is missing, none, tied and undetermined.
public enum Truth: UInt8, Sendable {
  case no, unknown, yes, fault

  /// What a boolean comes to that is, or is not, known.
  @inline(__always)
  public init(_ value: Value) {
    switch value.tag {
    case .boolean: self = value.bits != 0 ? .yes : .no
    case .fault: self = .fault
    case .missing, .none, .tied, .undetermined: self = .unknown
    case .number, .money, .date, .time, .duration, .text, .member, .node, .record, .queue, .rule,
      .list:
      self = .no
    }
  }
}

/// All state of one run: the facts, what is kept of derived values, the counters.
///
/// Values are computed when they are asked for, in blocks where many are, and kept a row as long as
/// nothing they read changes. A memory belongs to one thread.
public final class Memory {
  public let network: Network
  public internal(set) var facts: Facts
  /// The business date unless a question brings its own; days since 1970-01-01.
  public let today: Int32
  /// Counters as they stand; `assign` moves them on commit.
  public var state = State()

  /// A memory of the network that lends this one's network its indexes.
  var lender: Memory?

  let program: Program
  /// The present base of each field's column; renewed when facts change.
  let columns: UnsafeMutablePointer<Column>
  let columnCount: Int
  let constants: UnsafeMutablePointer<Value>
  let todayValue: UnsafeMutablePointer<Value>
  /// Where the rows of a single decision are noted.
  let singleRows = UnsafeMutablePointer<UInt32>.allocate(capacity: SingleChoice.mostTables + 2)
  /// How an attribute is decided for one row, once it was asked so.
  let singles: UnsafeMutablePointer<SingleChoice>
  var codes: [Code?]
  var arena = Arena()
  var memos: [Memo]
  /// What is kept of gathers: key tables, answers that are the same for all, shares.
  var gatherMemos: [GatherMemo]
  var keyTables: [KeyTable.Shape: KeyTable] = [:]
  var keyTableCount = 0
  /// Records found by the texts of their keys.
  var lookups: [LookupKey: Value] = [:]
  /// Whether any fact is a fault (a field that a test did not give); nil: nobody has asked yet.
  var hasFaultyFacts: Bool?
  var scratch = ChooseScratch()
  /// What tables of several variants told of blocks, while these are asked one after the other.
  var keyedMemos: [KeyedMemo] = []
  var sharesTables = false
  /// Columns as the index reads them, a field; those that have been read so.
  var narrow: [NarrowColumn?]
  /// The ways from narrow columns to rows, a dimension of the network's indexes.
  var lenses: [[Lens]]
  /// Counters of the run, by counter and row: `state` resolved to rows.
  var counterValues: [CounterColumn?]
  /// Lists in which references to removed records read as missing, by the list they were.
  var liveLists: [Int64: Value] = [:]
  /// The matches that fired and still held when nothing more was known of them.
  var fired: Set<MatchKey> = []
  /// The matches of changes and of alerts, kept once somebody asked for them.
  var changing: Matcher? {
    didSet { changingReference = changing.map { Unmanaged.passUnretained($0) } }
  }
  var alerts: Matcher? {
    didSet { alertsReference = alerts.map { Unmanaged.passUnretained($0) } }
  }
  /// The same two for those who ask with every change: counting references would be a tenth of it.
  private(set) var changingReference: Unmanaged<Matcher>?
  private(set) var alertsReference: Unmanaged<Matcher>?
  /// The most bytes that matches may take, and the most comparisons that one change may cost,
  /// before they are given up (`Settlement.explosion`).
  public var mostMatchBytes = 1 << 29
  public var mostComparisons = 300_000_000
  /// Whether folds are kept once what they read changes. Without it each is worked out from all of
  /// its records whenever it is asked for: what the cost of keeping them is measured against.
  public var keepsFolds = true
  /// What a change of facts touches, once there was one.
  var changePlan: ChangePlan?
  /// Records without a key by their values, for types of which some were inserted.
  var equalRows: [UInt16: EqualRows] = [:]
  /// Answers of the last `assign` of each decision, a row.
  var assigned: [AttributeID: [Int: Value]] = [:]

  struct Column {
    var base: UnsafeMutablePointer<Value>
    var count: Int
    var record: UInt16
    /// Its place among the columns of its table.
    var place: Int32
    /// Whether it refers to a record type of which some were removed.
    var mayDangle: Bool
    /// Whether anything that is derived depends on it, as far as is known.
    var isFollowed = true
  }

  public init(_ network: Network, facts: Facts, today: Int32) {
    self.network = network
    self.program = network.program
    self.facts = facts
    self.today = today
    columnCount = facts.schema.fields.count
    columns = .allocate(capacity: max(columnCount, 1))
    constants = .allocate(capacity: max(network.constants.count, 1))
    todayValue = .allocate(capacity: 1)
    todayValue.pointee = .date(days: today)
    codes = network.codes
    memos = Array(repeating: Memo(), count: network.attributes.count)
    singles = .allocate(capacity: max(network.attributes.count, 1))
    for place in network.attributes.indices { (singles + place).initialize(to: SingleChoice()) }
    gatherMemos = Array(repeating: GatherMemo(), count: network.gathers.count)
    counterValues = Array(repeating: nil, count: network.program.counters.count)
    narrow = Array(repeating: nil, count: columnCount)
    lenses = Array(repeating: [], count: network.dimensionCount)
    network.constants.withUnsafeBufferPointer { buffer in
      if let base = buffer.baseAddress { constants.update(from: base, count: buffer.count) }
    }
    layOutLists()
    renewColumns()
  }

  deinit {
    for memo in memos { memo.free() }
    columns.deallocate()
    constants.deallocate()
    todayValue.deallocate()
    singleRows.deallocate()
    for place in memos.indices { singles[place].free() }
    singles.deallocate()
  }

  // MARK: Asking

  /// The value of an attribute at its arguments, as of the run's date or another.
  public func value(
    of attribute: AttributeID, _ arguments: [Value], today: Int32? = nil
  ) -> Value {
    if arguments.count == 1, arguments[0].tag == .record, today == nil || today == self.today,
      let value = directValue(of: attribute, arguments[0])
    {
      return value
    }
    let mark = arena.mark
    defer { arena.release(mark) }
    let block = singleBlock(arguments, today: today)
    let registers = arena.take(max(arguments.count, 1) * MemoryLayout<Register>.stride)
      .assumingMemoryBound(to: Register.self)
    for index in arguments.indices { registers[index] = block.slots[index] }
    let result = call(
      attribute, registers, arguments.count, today: block.today, block, singleLane)
    return result[0]
  }

  /// The value of a one-record attribute for a row, as of the run's date.
  public func value(of attribute: AttributeID, row: Int) -> Value {
    if let value = singleValue(of: attribute, row: row) { return value }
    let plan = network.attributes[Int(attribute.index)]
    guard let record = plan.record else { return value(of: attribute, []) }
    let argument = Value.record(row, of: record)
    return value(of: attribute, [argument])
  }

  /// The value straight from the index, or as it was kept; nil: it has to be worked out.
  private func directValue(of attribute: AttributeID, _ argument: Value) -> Value? {
    let plan = network.attributes[Int(attribute.index)]
    guard let record = plan.record, argument.tag == .record, argument.aux == record.index else {
      return nil
    }
    return singleValue(of: attribute, row: Int(argument.bits))
  }

  /// The values of a one-record attribute for neighbouring rows.
  public func values(of attribute: AttributeID, rows: Range<Int>) -> [Value] {
    [Value](unsafeUninitializedCapacity: rows.count) { buffer, count in
      values(of: attribute, rows: rows, into: buffer)
      count = rows.count
    }
  }

  /// As `values(of:rows:)`, into memory that the caller has. Allocates nothing once it has run.
  public func values(
    of attribute: AttributeID, rows: Range<Int>, into buffer: UnsafeMutableBufferPointer<Value>
  ) {
    guard let base = buffer.baseAddress, buffer.count >= rows.count else { return }
    let plan = network.attributes[Int(attribute.index)]
    guard let record = plan.record else {
      let only = value(of: attribute, [])
      for index in 0..<rows.count { base[index] = only }
      return
    }
    let overrides = assigned[attribute]
    // What other terms read is kept; an answer that only the caller wants goes straight to him.
    let keeps = plan.canBeKept && (plan.isRead || memos[Int(attribute.index)].values != nil)
    let direct = keeps ? nil : directBatch(attribute)
    var first = rows.lowerBound
    while first < rows.upperBound {
      let mark = arena.mark
      let count = min(
        Block.capacity, rows.upperBound - first,
        NarrowColumn.pageRows - first % NarrowColumn.pageRows)
      let block = rowBlock(record, first: first, count: count)
      let lanes = Lanes(list: arena.lanes(0), count: count, isDense: true)
      if let direct {
        decide(direct, block, lanes, into: base + (first - rows.lowerBound))
        arena.release(mark)
        first += count
        continue
      }
      let result: Register
      if keeps {
        result = call(attribute, block.slots, 1, today: block.today, block, lanes)
      } else {
        result = run(code(of: plan.term), block, lanes)
      }
      let target = base + (first - rows.lowerBound)
      for lane in 0..<count { target[lane] = result[lane] }
      if let overrides {
        for lane in 0..<count { if let value = overrides[first + lane] { target[lane] = value } }
      }
      arena.release(mark)
      first += count
    }
  }

  /// How a batch of an attribute is decided straight from the index; nil: its winners are wanted by
  /// others too, so they are worth keeping, or were set by a commit.
  func directBatch(_ attribute: AttributeID) -> DirectChoice? {
    guard let direct = network.direct[Int(attribute.index)], assigned[attribute] == nil else {
      return nil
    }
    guard let winner = direct.winner else { return direct }
    return network.attributes[Int(winner.index)].readers == 1 && assigned[winner] == nil
      && memos[Int(winner.index)].values == nil ? direct : nil
  }

  /// The value of any term in a frame. Terms that are no attribute are compiled when first asked.
  public func value(of term: TermID, in frame: Frame) -> Value {
    let mark = arena.mark
    defer { arena.release(mark) }
    return evaluate(term, singleBlock(frame.slots, today: frame.today), singleLane)[0]
  }

  // MARK: Blocks

  var singleLane: Lanes { Lanes(list: arena.lanes(0), count: 1, isDense: true) }

  /// A block of one frame.
  func singleBlock(_ slots: [Value], today date: Int32?) -> Block {
    let values = arena.values(slots.count + 1)
    let registers = arena.take(max(slots.count, 1) * MemoryLayout<Register>.stride)
      .assumingMemoryBound(to: Register.self)
    for (index, value) in slots.enumerated() {
      values[index] = value
      registers[index] = Register(base: values + index, mask: -1)
    }
    values[slots.count] = .date(days: date ?? today)
    return Block(
      slots: registers, slotCount: slots.count,
      today: Register(base: values + slots.count, mask: 0),
      width: 1)
  }

  /// A block whose slot 0 is neighbouring rows, as of the run's date.
  func rowBlock(_ record: RecordID, first: Int, count: Int) -> Block {
    let registers = arena.take(MemoryLayout<Register>.stride)
      .assumingMemoryBound(to: Register.self)
    let values = arena.values(count)
    for lane in 0..<count { values[lane] = .record(first + lane, of: record) }
    registers[0] = Register(base: values, mask: -1, firstRow: first)
    return Block(
      slots: registers, slotCount: 1, today: Register(base: todayValue, mask: 0), width: count)
  }

  /// The compiled form of a term.
  func code(of term: TermID) -> Code {
    if let code = codes[Int(term.index)] { return code }
    let code = Code(compiling: term, of: network)
    codes[Int(term.index)] = code
    return code
  }

  /// The value of a term for some lanes of a block.
  func evaluate(_ term: TermID, _ block: Block, _ lanes: Lanes) -> Register {
    let source = network.sources[Int(term.index)]
    if source == Network.Source.constant {
      return Register(base: constants + Int(term.index), mask: 0)
    }
    if source >= 0, Int(source) < block.slotCount { return block.slots[Int(source)] }
    return run(code(of: term), block, lanes)
  }
}
