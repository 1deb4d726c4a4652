import WritModel
import WritRules

/// A fold that is kept: what each record adds to its group, and what each group comes to.
///
/// When a record changes it is noted as stale; when somebody asks, what stale records added is
/// taken away and what they add now is put in its place. A change of one of many members so costs
/// the same however many there are, and the least and greatest a logarithm of it.
final class KeptFold {
  /// What a record adds.
  struct Part {
    /// The value, or the gap, if it has either.
    var value = Value.boolean(false)
    var state = State()
    /// -1: none.
    fileprivate(set) var group: Int32 = -1
    fileprivate(set) var isStale = false

    init() {}
  }
  struct State: OptionSet {
    let rawValue: UInt8
    /// Its guard holds; it has a known value; it leaves the answer open; it decides a quantifier.
    static let isIn = State(rawValue: 1)
    static let hasValue = State(rawValue: 2)
    static let isGap = State(rawValue: 4)
    static let isFound = State(rawValue: 8)
  }
  let plan: FoldPlan
  private var parts: ContiguousArray<Part> = []
  private(set) var stale: [Int32] = []
  /// Whether no record was looked at yet.
  private(set) var isNew = true
  /// What groups come to. That of records whose key is not known, which may be in any, comes first.
  /// They stand in unsafe memory, in which they are changed and asked without being copied.
  private var groups: UnsafeMutablePointer<FoldGroup>
  private var links: UnsafeMutablePointer<Link>
  private var groupKeys: UnsafeMutablePointer<Value>
  private var capacity = 16
  /// Places that are or were a group's, and groups there are.
  private var used = 1
  private var groupCount = 0
  private var freeGroup: Int32 = -1
  private var buckets: [Int32] = Array(repeating: -1, count: 16)

  private struct Link {
    var hash: UInt64 = 0
    /// The next of its bucket, or of those that are free.
    var next: Int32 = -1
  }
  private let order: FoldGroup.Order?
  /// Where records stand in the timeline of their group, by row; only for windows.
  private var places: ContiguousArray<Value> = []

  static let openGroup: Int32 = 0

  init(_ plan: FoldPlan) {
    self.plan = plan
    switch plan.gather.fold {
    case .min: order = .least
    case .max: order = .greatest
    default: order = nil
    }
    groups = .allocate(capacity: capacity)
    groups.initialize(to: FoldGroup())
    links = .allocate(capacity: capacity)
    links.initialize(to: Link())
    groupKeys = .allocate(capacity: max(capacity * plan.keys.count, 1))
  }

  deinit {
    groups.deinitialize(count: used)
    groups.deallocate()
    links.deallocate()
    groupKeys.deallocate()
  }

  var byteCount: Int {
    var bytes = parts.count * MemoryLayout<Part>.stride + places.count * MemoryLayout<Value>.stride
    bytes += capacity * (MemoryLayout<FoldGroup>.stride + MemoryLayout<Link>.stride)
    for group in 0..<used { bytes += groups[group].byteCount }
    return bytes
  }

  // MARK: What changed

  /// Notes that a record came, went or is another. O(1).
  func note(_ row: Int) {
    if isNew { return }
    grow(to: row + 1)
    if parts[row].isStale { return }
    parts[row].isStale = true
    stale.append(Int32(row))
  }

  func grow(to count: Int) {
    if count > parts.count {
      parts.append(contentsOf: repeatElement(Part(), count: count - parts.count))
      if plan.window != nil {
        let nowhere = repeatElement(Value.missing(Cause(.empty)), count: count - places.count)
        places.append(contentsOf: nowhere)
      }
    }
  }

  /// Takes away what stale records added.
  func takeAwayStale() {
    for row in stale {
      parts[Int(row)].isStale = false
      takeAway(Int(row))
    }
  }

  /// No record is stale any more.
  func forgetStale() { stale.removeAll(keepingCapacity: true) }

  func begin(rows: Int) {
    isNew = false
    grow(to: rows)
  }

  private func takeAway(_ row: Int) {
    let part = parts[row]
    guard part.group >= 0 else { return }
    parts[row].group = -1
    parts[row].state = []
    if plan.window != nil, places[row].isKnown {
      groups[Int(part.group)].takeAway(at: places[row], row: row, part)
    } else {
      groups[Int(part.group)].takeAway(part)
    }
    if groups[Int(part.group)].isEmpty, part.group != Self.openGroup { drop(part.group) }
  }

  /// Puts what a record adds, which must add nothing yet, into the group of its key; nil: the key
  /// is not known. `place`: where it stands in the line that windows look at; not known where there
  /// is none.
  func put(
    _ row: Int, _ value: Value, _ state: State, keys: UnsafePointer<Value>?, at place: Value
  ) {
    guard !state.isEmpty else { return }
    var part = Part()
    part.value = value
    part.state = state
    part.group = keys.map { group(of: $0) } ?? Self.openGroup
    part.isStale = parts[row].isStale
    parts[row] = part
    if plan.window != nil {
      places[row] = place
      if place.isKnown {
        groups[Int(part.group)].add(at: place, row: row, part, part: { self.parts[$0] })
        return
      }
    }
    groups[Int(part.group)].add(part, row: row, order)
  }

  // MARK: Groups

  private func hash(_ keys: UnsafePointer<Value>) -> UInt64 {
    var hash: UInt64 = 0
    for index in plan.keys.indices { hash = KeyTable.combined(hash, keys[index].hashBits) }
    return hash
  }

  /// The group of a key; -1: nobody is in it.
  func find(_ keys: UnsafePointer<Value>) -> Int32 { find(keys, hash(keys)) }

  private func find(_ keys: UnsafePointer<Value>, _ hash: UInt64) -> Int32 {
    var group = buckets[bucket(hash)]
    while group >= 0 {
      if links[Int(group)].hash == hash, has(group, keys) { return group }
      group = links[Int(group)].next
    }
    return -1
  }

  private func has(_ group: Int32, _ keys: UnsafePointer<Value>) -> Bool {
    let count = plan.keys.count
    for index in 0..<count
    where !Comparison.areEqual(keys[index], groupKeys[Int(group) * count + index]) {
      return false
    }
    return true
  }

  private func bucket(_ hash: UInt64) -> Int {
    Int(truncatingIfNeeded: hash >> 7) & (buckets.count - 1)
  }

  private func group(of keys: UnsafePointer<Value>) -> Int32 {
    let hash = hash(keys)
    let found = find(keys, hash)
    if found >= 0 { return found }
    if groupCount > buckets.count { rehash() }
    groupCount += 1
    let place: Int32
    if freeGroup >= 0 {
      place = freeGroup
      freeGroup = links[Int(place)].next
    } else {
      if used == capacity { enlarge() }
      place = Int32(used)
      (groups + used).initialize(to: FoldGroup())
      used += 1
    }
    let count = plan.keys.count
    (groupKeys + Int(place) * count).update(from: keys, count: count)
    links[Int(place)] = Link(hash: hash, next: buckets[bucket(hash)])
    buckets[bucket(hash)] = place
    return place
  }

  private func enlarge() {
    let room = capacity * 2
    let grown = UnsafeMutablePointer<FoldGroup>.allocate(capacity: room)
    grown.moveInitialize(from: groups, count: used)
    groups.deallocate()
    groups = grown
    let grownLinks = UnsafeMutablePointer<Link>.allocate(capacity: room)
    grownLinks.update(from: links, count: used)
    links.deallocate()
    links = grownLinks
    let count = plan.keys.count
    let grownKeys = UnsafeMutablePointer<Value>.allocate(capacity: max(room * count, 1))
    grownKeys.update(from: groupKeys, count: used * count)
    groupKeys.deallocate()
    groupKeys = grownKeys
    capacity = room
  }

  private func drop(_ group: Int32) {
    let bucket = bucket(links[Int(group)].hash)
    let following = links[Int(group)].next
    if buckets[bucket] == group {
      buckets[bucket] = following
    } else {
      var before = Int(buckets[bucket])
      while links[before].next != group { before = Int(links[before].next) }
      links[before].next = following
    }
    groups[Int(group)] = FoldGroup()
    links[Int(group)].next = freeGroup
    freeGroup = group
    groupCount -= 1
  }

  private func rehash() {
    let old = buckets
    buckets = Array(repeating: -1, count: old.count * 4)
    for first in old {
      var group = first
      while group >= 0 {
        let following = links[Int(group)].next
        let bucket = bucket(links[Int(group)].hash)
        links[Int(group)].next = buckets[bucket]
        buckets[bucket] = group
        group = following
      }
    }
  }

  // MARK: Answers

  /// Whether records whose key is not known have a say.
  var isOpen: Bool { !groups[Int(Self.openGroup)].isEmpty }

  /// What a group (-1: an empty one) and the records that may be in it come to.
  func value(of group: Int32, type: ValueType, site: Int) -> Value {
    let open = groups[Int(Self.openGroup)].leastGap
    guard group >= 0 else {
      var nobody = FoldGroup()
      return answer(&nobody, gap: open, type, site) { nil }
    }
    var gap = groups[Int(group)].leastGap
    if let open, gap.map({ open.goesBefore($0) }) ?? true { gap = open }
    return answer(groups + Int(group), gap: gap, type, site) { extreme(group) }
  }

  /// What those of a group come to that stand in a range, or may.
  func value(of group: Int32, in range: FoldRange, type: ValueType, site: Int) -> Value {
    var sum = FoldGroup()
    var best: Value?
    for place in group >= 0 ? [Self.openGroup, group] : [Self.openGroup] {
      sum.add(groups[Int(place)])
      // Values of records that may be in are no values: they leave the answer open.
      groups[Int(place)].timeline.add(in: range, to: &sum, order, best: &best) {
        self.parts[$0]
      }
    }
    let gap = sum.leastGap
    return answer(&sum, gap: gap, type, site) { best }
  }

  private func answer(
    _ sum: UnsafeMutablePointer<FoldGroup>, gap: FoldGroup.Gap?, _ type: ValueType, _ site: Int,
    extreme: () -> Value?
  ) -> Value {
    let fold = plan.gather.fold
    switch fold {
    case .some, .no, .every:
      if sum.pointee.found > 0 { return .boolean(fold == .some) }
      return gap?.value ?? .boolean(fold != .some)
    case .count, .sum, .average, .min, .max, .median, .countDistinct, .pick, .list, .apportion:
      break
    }
    if let gap { return gap.value }
    let empty = Value.missing(Cause(.empty, site: site))
    switch fold {
    case .count: return .number(Decimal(Int64(sum.pointee.sure)))
    case .sum: return sum.pointee.total.value(type: type)
    case .average:
      let total = sum.pointee.total
      return total.count == 0 ? empty : total.average(type: type)
    default:
      if sum.pointee.mixesCurrencies { return .fault(Cause(.mixedCurrencies)) }
      return extreme() ?? empty
    }
  }

  private func extreme(_ group: Int32) -> Value? {
    let place = Int(group)
    guard let order, groups[place].valueCount > 0 else { return nil }
    return groups[place].extreme(order) { item in
      let part = parts[Int(item.extra)]
      return part.group == group && part.state.contains(.hasValue) && part.value.bits == item.bits
        && part.value.scale == item.scale && part.value.aux == item.aux
    }
  }

  // MARK: Invariants

  /// How what is kept of groups differs from what their records add; nil: it does not.
  var difference: String? {
    var sums: [Int32: FoldGroup] = [:]
    for (row, part) in parts.enumerated() where part.group >= 0 {
      if plan.window != nil, places[row].isKnown { continue }
      sums[part.group, default: FoldGroup()].add(part, row: row, nil)
    }
    for place in 0..<used {
      let expected = sums[Int32(place)] ?? FoldGroup()
      let group = groups[place]
      if !group.agrees(with: expected) { return "group \(place) is not what its records add" }
      if !group.timeline.isSound(part: { self.parts[$0] }) { return "timeline of \(place)" }
    }
    return nil
  }
}
