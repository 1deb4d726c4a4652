import WritModel
import WritRules

/// The rows of one record type that pass some conditions, by the values of some terms over them.
///
/// Rows hang in doubly linked chains, one a bucket, all over Int32 links: putting a row in or taking
/// it out is a few writes. A row whose condition or key is not known is *open*: it joins nothing,
/// and stands in a chain of its own for those that count (a quantifier is unknown where an open row
/// passes the rest).
///
/// It stands in unsafe memory and is not copied: whoever makes it frees it.
struct RowIndex {
  let record: RecordID
  /// The slot at which the nodes see the row.
  let slot: Int
  /// Whose rows it holds; -1: all rows.
  let alpha: Int
  let keepsOpen: Bool
  let keyCount: Int
  private let keys: UnsafeMutablePointer<Int32>

  private(set) var heads: UnsafeMutablePointer<Int32>
  private(set) var mask: Int
  private var links: UnsafeMutablePointer<Link>
  private var capacity = 0
  private(set) var openHead: Int32 = -1
  private(set) var count = 0
  private(set) var openCount = 0

  struct Link {
    var next: Int32 = -1
    var previous: Int32 = -1
    var hash: UInt32 = 0
    var state = State.out
  }
  enum State: UInt8 { case out, closed, open }

  /// What a row's terms came to.
  enum Standing: Equatable {
    case out, open
    case closed(UInt32)
  }

  init(_ plan: MatchPlan.IndexPlan, expecting rows: Int) {
    record = RecordID(plan.record)
    slot = plan.slot
    alpha = plan.alpha
    keepsOpen = plan.keepsOpen
    keyCount = plan.keys.count
    keys = .allocate(capacity: max(plan.keys.count, 1))
    keys.initialize(from: plan.keys, count: plan.keys.count)
    var size = 4
    if !plan.keys.isEmpty { while size < rows { size *= 2 } }
    mask = size - 1
    heads = .allocate(capacity: size)
    heads.initialize(repeating: -1, count: size)
    links = .allocate(capacity: 1)
    grow(to: rows)
  }

  func free() {
    keys.deallocate()
    heads.deallocate()
    links.deallocate()
  }

  var byteCount: Int { capacity * MemoryLayout<Link>.stride + (mask + 1) * 4 }

  @inline(__always)
  mutating func grow(to rows: Int) {
    if rows > capacity { enlarge(to: rows) }
  }

  @inline(never)
  private mutating func enlarge(to rows: Int) {
    let room = max(rows, capacity * 2, 16)
    let grown = UnsafeMutablePointer<Link>.allocate(capacity: room)
    grown.update(from: links, count: capacity)
    (grown + capacity).initialize(repeating: Link(), count: room - capacity)
    links.deallocate()
    links = grown
    capacity = room
  }

  // MARK: Keys

  /// How a row stands by its present values, whose conditions came to `alpha`.
  @inline(__always)
  func standing(
    _ row: Int32, _ alpha: AlphaState, _ machine: RowMachine, _ rows: UnsafeMutablePointer<Int32>
  ) -> Standing {
    if alpha == .out || alpha == .open && !keepsOpen { return .out }
    rows[slot] = row
    var isOpen = alpha == .open
    var hash: UInt64 = 0
    for index in 0..<keyCount {
      let value = machine.value(keys[index], rows)
      guard value.isKnown else {
        // Another condition may still say surely no, but that was asked before.
        if !keepsOpen { return .out }
        isOpen = true
        continue
      }
      hash = KeyTable.combined(hash, value.hashBits)
    }
    return isOpen ? .open : .closed(Self.folded(hash))
  }

  @inline(__always)
  static func folded(_ hash: UInt64) -> UInt32 {
    UInt32(truncatingIfNeeded: hash ^ hash >> 32)
  }

  // MARK: Chains

  /// Puts a row, which must be out, where it stands.
  mutating func insert(_ row: Int32, _ standing: Standing) {
    grow(to: Int(row) + 1)
    switch standing {
    case .out: return
    case .open:
      links[Int(row)] = Link(next: openHead, previous: -1, hash: 0, state: .open)
      if openHead >= 0 { links[Int(openHead)].previous = row }
      openHead = row
      openCount += 1
    case .closed(let hash):
      if count > mask, keyCount > 0 { rehash() }
      let bucket = Int(hash) & mask
      let head = heads[bucket]
      links[Int(row)] = Link(next: head, previous: -1, hash: hash, state: .closed)
      if head >= 0 { links[Int(head)].previous = row }
      heads[bucket] = row
      count += 1
    }
  }

  /// Takes a row out and says how it stood.
  @discardableResult
  mutating func remove(_ row: Int32) -> Standing {
    guard Int(row) < capacity else { return .out }
    let link = links[Int(row)]
    guard link.state != .out else { return .out }
    if link.next >= 0 { links[Int(link.next)].previous = link.previous }
    if link.previous >= 0 {
      links[Int(link.previous)].next = link.next
    } else if link.state == .open {
      openHead = link.next
    } else {
      heads[Int(link.hash) & mask] = link.next
    }
    links[Int(row)].state = .out
    if link.state == .open {
      openCount -= 1
      return .open
    }
    count -= 1
    return .closed(link.hash)
  }

  /// The first row of a chain that may hold rows with the hash.
  @inline(__always)
  func first(_ hash: UInt32) -> Int32 { heads[Int(hash) & mask] }

  @inline(__always)
  func next(_ row: Int32) -> Int32 { links[Int(row)].next }

  @inline(__always)
  func hash(_ row: Int32) -> UInt32 { links[Int(row)].hash }

  func isIn(_ row: Int32) -> Bool { Int(row) < capacity && links[Int(row)].state != .out }

  private mutating func rehash() {
    let old = heads
    let oldSize = mask + 1
    let size = oldSize * 4
    mask = size - 1
    heads = .allocate(capacity: size)
    heads.initialize(repeating: -1, count: size)
    for bucket in 0..<oldSize {
      var row = old[bucket]
      while row >= 0 {
        let following = links[Int(row)].next
        let target = Int(links[Int(row)].hash) & mask
        let head = heads[target]
        links[Int(row)].next = head
        links[Int(row)].previous = -1
        if head >= 0 { links[Int(head)].previous = row }
        heads[target] = row
        row = following
      }
    }
    old.deallocate()
  }
}
