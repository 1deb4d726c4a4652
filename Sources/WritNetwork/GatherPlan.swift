import WritModel
import WritRules

/// A gather, made ready: which equalities of its guard find records by key, and what it depends on.
final class GatherPlan: Sendable {
  /// `field of the record = something that does not see the record`.
  struct Probe: Sendable {
    var inner: TermID
    var outer: TermID
  }
  let gather: Gather
  let probes: [Probe]
  /// Whether it sees nothing of the frame but the date.
  let isClosed: Bool
  let readsToday: Bool
  let readsCounters: Bool
  /// Of the answer.
  let type: ValueType
  let reads: RecordSet
  /// Whether its guard is never a fault as long as no fact is one.
  let isSound: Bool
  /// For `apportion`: the shares depend on the outer frame only by the probes, the amount and the
  /// quantum, so records that agree on these share one computation.
  let canShare: Bool

  init(_ gather: Gather, _ program: Program, _ facts: TermFacts) {
    self.gather = gather
    let own = TermFacts.bit(gather.slot)
    var parts = gather.keys.map(\.term)
    if let term = gather.guardTerm { parts.append(term) }
    if let term = gather.value { parts.append(term) }
    var outerParts: [TermID] = []
    if case .apportion(let amount, let quantum, let weight) = gather.fold {
      parts.append(weight)
      outerParts = [amount, quantum]
    }
    var slots: UInt64 = 0
    var today = false
    var counters = false
    var reads = RecordSet()
    for part in parts + outerParts {
      slots |= facts[part].slots & ~own
      today = today || facts[part].readsToday
      counters = counters || facts[part].readsCounters
      reads.formUnion(facts.records(part))
    }
    for part in outerParts { slots |= facts[part].slots }
    reads.insert(gather.record)
    isClosed = slots == 0
    readsToday = today
    readsCounters = counters
    self.reads = reads

    var probes: [Probe] = []
    let conjuncts = gather.guardTerm.map { Self.conjuncts(of: $0, program) } ?? []
    var unprobed: UInt64 = 0
    for conjunct in conjuncts {
      if let probe = Self.probe(conjunct, own, program, facts) {
        probes.append(probe)
      } else {
        unprobed |= facts[conjunct].slots & ~own
      }
    }
    // `every` without a value asks the guard of all records: one that does not match decides.
    self.probes = gather.fold == .every && gather.value == nil ? [] : probes

    switch gather.fold {
    case .some, .no, .every: type = .boolean
    case .count, .countDistinct: type = .number
    case .pick: type = .record(gather.record)
    case .list: type = .list(.record(gather.record))
    case .sum, .average, .min, .max, .median:
      type = gather.value.map { program.type(of: $0) } ?? .number
    case .apportion(let amount, _, let weight):
      type = program.type(of: amount)
      unprobed |= facts[weight].slots & ~own
      for key in gather.keys { unprobed |= facts[key.term].slots & ~own }
    }
    canShare = unprobed == 0 && !counters
    isSound = gather.guardTerm.map { Self.isSound($0, program, depth: 0) } ?? true
  }

  /// Whether a term is never a fault as long as no fact and no slot is one.
  private static func isSound(_ term: TermID, _ program: Program, depth: Int) -> Bool {
    if depth > 16 { return false }
    switch program[term] {
    case .constant(let constant): return constant.items == nil && !constant.value.isFault
    case .slot, .today: return true
    case .field(_, let of): return isSound(of, program, depth: depth + 1)
    case .operation(let operation, let parts):
      switch operation {
      case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .inRange, .within:
        // Amounts may be of two currencies.
        for part in parts {
          if case .money = program.type(of: part) { return false }
        }
      case .and, .or, .not, .isKnown, .surely, .possibly, .startsWith, .normalized, .similarity:
        break
      default: return false
      }
      return parts.allSatisfy { isSound($0, program, depth: depth + 1) }
    case .attribute, .winner, .payload, .collect, .gather, .follow, .counter: return false
    }
  }

  /// The parts of a conjunction, in order.
  static func conjuncts(of term: TermID, _ program: Program) -> [TermID] {
    if case .operation(.and, let parts) = program[term] {
      return parts.flatMap { conjuncts(of: $0, program) }
    }
    return [term]
  }

  private static func probe(
    _ conjunct: TermID, _ own: UInt64, _ program: Program, _ facts: TermFacts
  ) -> Probe? {
    guard case .operation(.equal, let sides) = program[conjunct], sides.count == 2 else {
      return nil
    }
    for (inner, outer) in [(sides[0], sides[1]), (sides[1], sides[0])] {
      if facts[inner].slots == own, facts[outer].slots & own == 0, isKey(program.type(of: inner)),
        !facts[inner].readsToday, !facts[inner].readsCounters, !facts[outer].readsCounters
      {
        return Probe(inner: inner, outer: outer)
      }
    }
    return nil
  }

  /// Types whose equality never faults and that hash as they compare.
  static func isKey(_ type: ValueType) -> Bool {
    switch type {
    case .text, .number, .integer, .percent, .boolean, .date, .member, .node, .record, .queue,
      .recordOrQueue, .rule:
      true
    case .time, .duration, .money, .set, .list, .unknown: false
    }
  }
}

/// The rows of a table by the values of some terms over them.
///
/// A row whose key is not known matches nobody for sure and everybody perhaps: such rows stand
/// apart and are candidates for every probe.
final class KeyTable {
  struct Shape: Hashable {
    var record: RecordID
    var slot: Int32
    var inner: [TermID]
  }
  let shape: Shape
  /// Counts tables as they are made.
  let number: Int
  let reads: RecordSet
  /// The fields that the terms are, if they are nothing else: then rows can be moved one by one.
  let columns: [FieldID]?
  private var heads: [Int32]
  private var mask: Int
  private var links: [Link] = []
  /// The first row with an unknown or faulty key.
  private var openHead: Int32 = -1
  private var count = 0

  private struct Link {
    var next: Int32 = -1
    var previous: Int32 = -1
    /// -1: not in the table; -2: among the open.
    var bucket: Int32 = -1
    var hash: UInt64 = 0
  }

  var record: RecordID { shape.record }

  /// `hashes` is one a row, nil where the key is not known.
  init(
    _ shape: Shape, number: Int, hashes: [UInt64?], isRemoved: (Int) -> Bool, reads: RecordSet,
    columns: [FieldID]?
  ) {
    self.shape = shape
    self.number = number
    self.reads = reads
    self.columns = columns
    var size = 16
    while size < hashes.count * 2 { size *= 2 }
    mask = size - 1
    heads = Array(repeating: -1, count: size)
    links = Array(repeating: Link(), count: hashes.count)
    for (row, hash) in hashes.enumerated().reversed() where !isRemoved(row) {
      insert(row, hash: hash)
    }
  }

  /// Adds a row that is not there; nil: its key is not known.
  func insert(_ row: Int, hash: UInt64?) {
    while links.count <= row { links.append(Link()) }
    guard let hash else {
      links[row] = Link(next: openHead, previous: -1, bucket: -2)
      if openHead >= 0 { links[Int(openHead)].previous = Int32(row) }
      openHead = Int32(row)
      return
    }
    if count > heads.count { rehash() }
    count += 1
    let bucket = Int(truncatingIfNeeded: hash >> 7) & mask
    let head = heads[bucket]
    links[row] = Link(next: head, previous: -1, bucket: Int32(bucket), hash: hash)
    if head >= 0 { links[Int(head)].previous = Int32(row) }
    heads[bucket] = Int32(row)
  }

  /// Takes a row out, if it is in.
  func remove(_ row: Int) {
    guard row < links.count, links[row].bucket != -1 else { return }
    let link = links[row]
    if link.next >= 0 { links[Int(link.next)].previous = link.previous }
    if link.previous >= 0 {
      links[Int(link.previous)].next = link.next
    } else if link.bucket == -2 {
      openHead = link.next
    } else {
      heads[Int(link.bucket)] = link.next
    }
    if link.bucket >= 0 { count -= 1 }
    links[row].bucket = -1
  }

  private func rehash() {
    mask = heads.count * 4 - 1
    heads = Array(repeating: -1, count: mask + 1)
    for row in links.indices where links[row].bucket >= 0 {
      let bucket = Int(truncatingIfNeeded: links[row].hash >> 7) & mask
      let head = heads[bucket]
      links[row].next = head
      links[row].previous = -1
      links[row].bucket = Int32(bucket)
      if head >= 0 { links[Int(head)].previous = Int32(row) }
      heads[bucket] = Int32(row)
    }
  }

  /// Calls `body` with every row that may match, in an order that must not show; `surely`: but for
  /// those whose key is not known.
  func forEachCandidate(_ hash: UInt64, surely: Bool, _ body: (Int) -> Void) {
    var row = heads[Int(truncatingIfNeeded: hash >> 7) & mask]
    while row >= 0 {
      body(Int(row))
      row = links[Int(row)].next
    }
    row = surely ? -1 : openHead
    while row >= 0 {
      body(Int(row))
      row = links[Int(row)].next
    }
  }
}

/// What a memory keeps of one gather.
struct GatherMemo {
  /// The answer that is the same for all frames, by date.
  var closed: [Int64: Value] = [:]
  /// The shares of `apportion`, by what they depend on.
  var shares: [ShareKey: Shares] = [:]
  /// Whether what it depends on changed since anybody asked at all: then it is worth keeping.
  var isRestless = false
  /// What its groups come to, once it is kept.
  var kept: KeptFold?

  /// Forgets the answers; what is kept of its groups has to be told itself.
  mutating func forgetAnswers() {
    isRestless = true
    if !closed.isEmpty { closed = [:] }
    if !shares.isEmpty { shares = [:] }
  }

  struct ShareKey: Hashable {
    var parts: [Int64]
  }
  struct Shares {
    /// A gap or fault that is everybody's share.
    var gap: Value?
    var byRow: [Int64: Value] = [:]
  }
}
