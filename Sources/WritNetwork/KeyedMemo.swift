import WritModel
import WritRules

/// What the table of several variants told of a block, for the next of them who asks about it.
///
/// Variants are asked one after the other about the same records, mostly for answers that look at
/// the table somewhere inside: a price by a price book. The first who asks finds what all of them
/// have there; the others take theirs.
struct KeyedMemo {
  /// An alternative that is true, unknown or a fault for a lane.
  struct Found {
    var alternative: Int32
    var lane: UInt8
    var held: Value
  }
  private let table: KeyedChoice
  private let isOfFirsts: Bool
  private let hash: UInt64
  /// The lanes, the values in view of each, and the business date.
  private let lanes: [UInt8]
  private let values: [Value]
  /// Lane by lane in written order, and no further than somebody wants to look.
  let found: [Found]

  /// The most blocks that are remembered.
  static let most = 64

  /// What is asked about, without being copied.
  struct Question {
    let table: KeyedChoice
    /// Whether nobody looks further than to the first that decides.
    let isOfFirsts: Bool
    let block: Block
    let lanes: Lanes
    private(set) var hash: UInt64 = 0

    init(_ table: KeyedChoice, isOfFirsts: Bool, _ block: Block, _ lanes: Lanes) {
      (self.table, self.isOfFirsts, self.block, self.lanes) = (table, isOfFirsts, block, lanes)
      var hash = UInt64(lanes.count)
      each { value in
        hash = (hash ^ UInt64(bitPattern: value.bits)) &* 0x9E37_79B9_7F4A_7C15
        hash ^= hash >> 29
        return true
      }
      self.hash = hash
    }

    /// Calls `body` with each value in view until it returns false.
    @inline(__always)
    func each(_ body: (Value) -> Bool) {
      for slot in 0...block.slotCount {
        let register = slot < block.slotCount ? block.slots[slot] : block.today
        if register.mask == 0 {
          if !body(register[0]) { return }
          continue
        }
        var goesOn = true
        lanes.each { if goesOn { goesOn = body(register[$0]) } }
        if !goesOn { return }
      }
    }
  }

  init(_ question: Question, _ found: [Found]) {
    table = question.table
    isOfFirsts = question.isOfFirsts
    hash = question.hash
    self.found = found
    var lanes: [UInt8] = []
    question.lanes.each { lanes.append(UInt8(truncatingIfNeeded: $0)) }
    self.lanes = lanes
    var values: [Value] = []
    question.each {
      values.append($0)
      return true
    }
    self.values = values
  }

  /// Whether it is about that.
  func answers(_ question: Question) -> Bool {
    guard table === question.table, isOfFirsts == question.isOfFirsts, hash == question.hash,
      lanes.count == question.lanes.count
    else { return false }
    var place = 0
    var isSame = true
    question.lanes.each { lane in
      isSame = isSame && Int(lanes[place]) == lane
      place += 1
    }
    guard isSame else { return false }
    place = 0
    values.withUnsafeBufferPointer { values in
      question.each { value in
        isSame = place < values.count && value.isIdentical(to: values[place])
        place += 1
        return isSame
      }
    }
    return isSame && place == values.count
  }
}

extension Value {
  @inline(__always)
  fileprivate func isIdentical(to other: Value) -> Bool {
    bits == other.bits && tag == other.tag && scale == other.scale && aux == other.aux
  }
}

extension Memory {
  /// Remembers what tables told while several variants are asked about the same rows; nothing that
  /// answers read changes meanwhile.
  func sharingTables(_ ask: () -> Void) {
    guard !sharesTables, network.families.contains(where: { $0.table != nil }) else {
      ask()
      return
    }
    sharesTables = true
    ask()
    sharesTables = false
    keyedMemos.removeAll(keepingCapacity: true)
  }

  /// All that variants may choose from in a table for the lanes of a block. `settles`: whether those
  /// who have an alternative look no further; nil: they look at all.
  func shared(
    _ table: KeyedChoice, _ block: Block, _ lanes: Lanes, settles: ((Truth) -> Bool)?
  ) -> [KeyedMemo.Found] {
    let question = KeyedMemo.Question(table, isOfFirsts: settles != nil, block, lanes)
    if let known = keyedMemos.first(where: { $0.answers(question) }) { return known.found }
    var found: [KeyedMemo.Found] = []
    found.reserveCapacity(lanes.count)
    let mark = arena.mark
    _ = search(table, table.members, for: table.everyone, block, lanes) {
      alternative, lane, members, held in
      found.append(
        KeyedMemo.Found(
          alternative: Int32(truncatingIfNeeded: alternative),
          lane: UInt8(truncatingIfNeeded: lane), held: held))
      return settles?(Truth(held)) == true ? members : 0
    }
    arena.release(mark)
    if keyedMemos.count == KeyedMemo.most { keyedMemos.removeFirst() }
    keyedMemos.append(KeyedMemo(question, found))
    return found
  }
}
