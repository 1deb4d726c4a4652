import WritModel
import WritRules

/// The rows of one record type that pass some conditions, by the values of some terms over them.
///
/// Rows of one key are a group, a doubly linked chain over Int32 links: putting a row in or taking it
/// out is a few writes, and whether a group has the key that is looked for is asked once, of its
/// first row; a row that comes is compared with the key that its group keeps. Groups hang in buckets by their hash. A row whose condition or key is not known is *open*: it joins nothing,
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

  /// By bucket its first group.
  private var buckets: UnsafeMutablePointer<Int32>
  private(set) var mask: Int
  private var groups: UnsafeMutablePointer<Group>
  /// The key of each group, and that of the row whose standing was asked for last.
  private var groupKeys: UnsafeMutablePointer<Value>
  private let lastKey: UnsafeMutablePointer<Value>
  private var groupCapacity = 0
  private var groupsUsed = 0
  private var groupCount = 0
  private var freeGroup: Int32 = -1
  private var links: UnsafeMutablePointer<Link>
  private var capacity = 0
  private(set) var openHead: Int32 = -1
  private(set) var count = 0
  private(set) var openCount = 0

  struct Link {
    var next: Int32 = -1
    var previous: Int32 = -1
    var group: Int32 = -1
    var state = State.out
  }
  struct Group {
    var hash: UInt32
    /// Its first row.
    var head: Int32
    /// In its bucket.
    var next: Int32
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
    buckets = .allocate(capacity: size)
    buckets.initialize(repeating: -1, count: size)
    groups = .allocate(capacity: 1)
    groupKeys = .allocate(capacity: 1)
    lastKey = .allocate(capacity: max(plan.keys.count, 1))
    links = .allocate(capacity: 1)
    grow(to: rows)
  }

  func free() {
    keys.deallocate()
    buckets.deallocate()
    groups.deallocate()
    groupKeys.deallocate()
    lastKey.deallocate()
    links.deallocate()
  }

  var byteCount: Int {
    capacity * MemoryLayout<Link>.stride + (mask + 1) * 4
      + groupCapacity
      * (MemoryLayout<Group>.stride + keyCount * MemoryLayout<Value>.stride)
  }

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
      lastKey[index] = value
      hash = KeyTable.combined(hash, value.hashBits)
    }
    return isOpen ? .open : .closed(Self.folded(hash))
  }

  @inline(__always)
  static func folded(_ hash: UInt64) -> UInt32 {
    UInt32(truncatingIfNeeded: hash ^ hash >> 32)
  }

  // MARK: Chains

  /// Puts a row, which must be out, where it stands; its standing must have been asked for last.
  mutating func insert(_ row: Int32, _ standing: Standing) {
    switch standing {
    case .out: return
    case .open:
      grow(to: Int(row) + 1)
      links[Int(row)] = Link(next: openHead, previous: -1, group: -1, state: .open)
      if openHead >= 0 { links[Int(openHead)].previous = row }
      openHead = row
      openCount += 1
    case .closed(let hash):
      grow(to: Int(row) + 1)
      var group = first(hash)
      while group >= 0, !hasLastKey(group) { group = next(group, hash) }
      if group < 0 { group = makeGroup(hash) }
      let head = groups[Int(group)].head
      links[Int(row)] = Link(next: head, previous: -1, group: group, state: .closed)
      if head >= 0 { links[Int(head)].previous = row }
      groups[Int(group)].head = row
      count += 1
    }
  }

  /// Whether the key of a group is the one that was asked for last.
  @inline(__always)
  private func hasLastKey(_ group: Int32) -> Bool {
    let known = groupKeys + Int(group) * keyCount
    for index in 0..<keyCount {
      let (x, y) = (lastKey[index], known[index])
      if x.tag == y.tag, x.scale == y.scale, x.aux == y.aux, x.bits == y.bits { continue }
      if !Comparison.areEqual(x, y) { return false }
    }
    return true
  }

  private mutating func makeGroup(_ hash: UInt32) -> Int32 {
    if groupCount > mask, keyCount > 0 { rehash() }
    let group: Int32
    if freeGroup >= 0 {
      group = freeGroup
      freeGroup = groups[Int(group)].next
    } else {
      if groupsUsed == groupCapacity {
        let room = max(4, groupCapacity + groupCapacity / 2)
        let grown = UnsafeMutablePointer<Group>.allocate(capacity: room)
        grown.update(from: groups, count: groupCapacity)
        groups.deallocate()
        groups = grown
        let keys = UnsafeMutablePointer<Value>.allocate(capacity: max(room * keyCount, 1))
        keys.update(from: groupKeys, count: groupCapacity * keyCount)
        groupKeys.deallocate()
        groupKeys = keys
        groupCapacity = room
      }
      group = Int32(groupsUsed)
      groupsUsed += 1
    }
    let bucket = Int(hash) & mask
    groups[Int(group)] = Group(hash: hash, head: -1, next: buckets[bucket])
    (groupKeys + Int(group) * keyCount).update(from: lastKey, count: keyCount)
    buckets[bucket] = group
    groupCount += 1
    return group
  }

  private mutating func drop(_ group: Int32) {
    let bucket = Int(groups[Int(group)].hash) & mask
    var before = buckets[bucket]
    if before == group {
      buckets[bucket] = groups[Int(group)].next
    } else {
      while groups[Int(before)].next != group { before = groups[Int(before)].next }
      groups[Int(before)].next = groups[Int(group)].next
    }
    groups[Int(group)].next = freeGroup
    freeGroup = group
    groupCount -= 1
  }

  /// Takes a row out and says how it stood.
  @discardableResult
  mutating func remove(_ row: Int32) -> Standing {
    guard Int(row) < capacity else { return .out }
    let link = links[Int(row)]
    guard link.state != .out else { return .out }
    links[Int(row)].state = .out
    if link.next >= 0 { links[Int(link.next)].previous = link.previous }
    if link.state == .open {
      if link.previous >= 0 {
        links[Int(link.previous)].next = link.next
      } else {
        openHead = link.next
      }
      openCount -= 1
      return .open
    }
    let hash = groups[Int(link.group)].hash
    if link.previous >= 0 {
      links[Int(link.previous)].next = link.next
    } else if link.next >= 0 {
      groups[Int(link.group)].head = link.next
    } else {
      drop(link.group)
    }
    count -= 1
    return .closed(hash)
  }

  /// The first group with a hash; -1: there is none.
  @inline(__always)
  func first(_ hash: UInt32) -> Int32 { sought(buckets[Int(hash) & mask], hash) }

  /// The group behind one with the same hash.
  @inline(__always)
  func next(_ group: Int32, _ hash: UInt32) -> Int32 { sought(groups[Int(group)].next, hash) }

  @inline(__always)
  private func sought(_ first: Int32, _ hash: UInt32) -> Int32 {
    var group = first
    while group >= 0, groups[Int(group)].hash != hash { group = groups[Int(group)].next }
    return group
  }

  /// The first group of a bucket, and the one behind another, whatever their hash.
  func bucket(_ bucket: Int) -> Int32 { buckets[bucket] }
  func following(_ group: Int32) -> Int32 { groups[Int(group)].next }

  @inline(__always)
  func head(_ group: Int32) -> Int32 { groups[Int(group)].head }

  @inline(__always)
  func next(_ row: Int32) -> Int32 { links[Int(row)].next }

  private mutating func rehash() {
    let old = buckets
    let oldSize = mask + 1
    let size = oldSize * 4
    mask = size - 1
    buckets = .allocate(capacity: size)
    buckets.initialize(repeating: -1, count: size)
    for bucket in 0..<oldSize {
      var group = old[bucket]
      while group >= 0 {
        let following = groups[Int(group)].next
        let target = Int(groups[Int(group)].hash) & mask
        groups[Int(group)].next = buckets[target]
        buckets[target] = group
        group = following
      }
    }
    old.deallocate()
  }
}
