import WritModel

/// What the records of one group add up to, in a form from which each can be taken away again.
struct FoldGroup {
  /// Known values of one currency and number of decimals.
  private struct Sum {
    var tag = Value.Tag.number
    var scale: UInt8 = 0
    var aux: UInt16 = 0
    var count: Int32 = 0
    var mantissa: Int128 = 0

    func takes(_ other: Sum) -> Bool {
      count == 0 || scale == other.scale && aux == other.aux && tag == other.tag
    }

    mutating func add(_ other: Sum) {
      if count == 0 { (tag, scale, aux) = (other.tag, other.scale, other.aux) }
      count += other.count
      // Of at most 2³¹ mantissas of 64 bits this never overflows.
      mantissa += other.mantissa
    }
  }
  /// What leaves the answer open: a fault or a cause, and how many records have it.
  struct Gap {
    var bits: Int64
    var isFault: Bool
    var count: Int32

    /// Of several, faults come first, and the least.
    func goesBefore(_ other: Gap) -> Bool {
      isFault == other.isFault ? bits < other.bits : isFault
    }

    var value: Value {
      isFault ? .fault(Cause(rawValue: bits)) : .missing(Cause(rawValue: bits))
    }
  }
  /// Which values come first.
  enum Order {
    case least, greatest

    /// Of equal ones, that with fewer decimals.
    func goesBefore(_ a: Value, _ b: Value) -> Bool {
      let order = Value.order(a, b)
      if order == 0 { return a.scale < b.scale }
      return self == .least ? order < 0 : order > 0
    }
  }
  private(set) var members: Int32 = 0
  /// Records that stand in a line, and are members only where a range says so.
  private var timed: Int32 = 0
  var timeline = FoldTimeline()
  var isEmpty: Bool { members == 0 && timed == 0 }
  /// Records whose guard holds; those that decide a quantifier.
  private(set) var sure: Int32 = 0
  private(set) var found: Int32 = 0
  private(set) var gaps: [Gap] = []
  private var sum = Sum()
  private var otherSums: [Sum] = []
  /// Values with their row in `extra`, the first on top once it was asked for; of records that are
  /// others now too.
  private var heap: [Value] = []
  private var isHeap = false

  init() {}

  var byteCount: Int {
    heap.capacity * MemoryLayout<Value>.stride + gaps.capacity * MemoryLayout<Gap>.stride
  }

  // MARK: Adding and taking away

  mutating func add(_ part: KeptFold.Part, row: Int, _ order: Order?) {
    members += 1
    if part.state.contains(.isIn) { sure += 1 }
    if part.state.contains(.isFound) { found += 1 }
    if part.state.contains(.isGap) { add(gap: part.value, 1) }
    guard part.state.contains(.hasValue) else { return }
    add(part.value, 1)
    guard let order else { return }
    var item = part.value
    item.extra = UInt32(truncatingIfNeeded: row)
    if isHeap {
      Heap.push(&heap, item, order.goesBefore)
    } else {
      heap.append(item)
    }
  }

  mutating func takeAway(_ part: KeptFold.Part) {
    members -= 1
    if part.state.contains(.isIn) { sure -= 1 }
    if part.state.contains(.isFound) { found -= 1 }
    if part.state.contains(.isGap) { add(gap: part.value, -1) }
    if part.state.contains(.hasValue) { add(part.value, -1) }
  }

  private mutating func add(gap: Value, _ count: Int32) {
    guard let place = gaps.firstIndex(where: { $0.bits == gap.bits && $0.isFault == gap.isFault })
    else {
      gaps.append(Gap(bits: gap.bits, isFault: gap.isFault, count: count))
      return
    }
    gaps[place].count += count
    if gaps[place].count == 0 { gaps.remove(at: place) }
  }

  private mutating func add(_ value: Value, _ count: Int32) {
    add(
      Sum(
        tag: value.tag, scale: value.scale, aux: value.aux, count: count,
        mantissa: Int128(value.bits) * Int128(count)))
  }

  private mutating func add(_ part: Sum) {
    if sum.takes(part) {
      sum.add(part)
    } else if let place = otherSums.firstIndex(where: { $0.takes(part) }) {
      otherSums[place].add(part)
      if otherSums[place].count == 0 { otherSums.remove(at: place) }
    } else {
      otherSums.append(part)
    }
    // The first is never empty while there are others: an empty one takes any value.
    if sum.count == 0, let last = otherSums.popLast() { sum = last }
  }

  /// Adds what another group comes to, its values without their order.
  mutating func add(_ other: FoldGroup) {
    members += other.members
    sure += other.sure
    found += other.found
    for gap in other.gaps { add(gap: gap.value, gap.count) }
    if other.sum.count > 0 { add(other.sum) }
    for sum in other.otherSums { add(sum) }
  }

  /// Adds a record to the timeline, or takes it away; it is a member all the same.
  mutating func add(
    at place: Value, row: Int, _ added: KeptFold.Part, part: (Int) -> KeptFold.Part
  ) {
    timed += 1
    timeline.add(place, row: row, added, part: part)
  }

  mutating func takeAway(at place: Value, row: Int, _ added: KeptFold.Part) {
    timed -= 1
    timeline.takeAway(place, row: row, added)
  }

  // MARK: Answers

  var valueCount: Int32 { otherSums.reduce(sum.count) { $0 + $1.count } }

  var mixesCurrencies: Bool {
    sum.tag == .money && otherSums.contains { $0.aux != sum.aux }
  }

  /// The known values added up.
  var total: Total {
    var total = Total()
    for sum in [sum] + otherSums where sum.count > 0 {
      total.add(
        sum.mantissa, count: Int(sum.count),
        like: Value(tag: sum.tag, bits: 0, scale: sum.scale, aux: sum.aux))
    }
    return total
  }

  /// What leaves the answer open first, if anything does.
  var leastGap: Gap? {
    var least: Gap?
    for gap in gaps where least.map({ gap.goesBefore($0) }) ?? true { least = gap }
    return least
  }

  /// The first of the values that `isThere` still, nil if there is none.
  mutating func extreme(_ order: Order, isThere: (Value) -> Bool) -> Value? {
    if heap.count > 2 * Int(valueCount) + 16 { sweep(isThere) }
    if !isHeap {
      Heap.make(&heap, order.goesBefore)
      isHeap = true
    }
    while let top = heap.first {
      if isThere(top) {
        var value = top
        value.extra = 0
        return value
      }
      Heap.pop(&heap, order.goesBefore)
    }
    return nil
  }

  /// Drops what is no longer so, and what stands there twice.
  private mutating func sweep(_ isThere: (Value) -> Bool) {
    heap.removeAll { !isThere($0) }
    heap.sort { $0.extra < $1.extra }
    var kept: [Value] = []
    kept.reserveCapacity(heap.count)
    for item in heap where kept.last?.extra != item.extra { kept.append(item) }
    heap = kept
    isHeap = false
  }

  func agrees(with other: FoldGroup) -> Bool {
    func sorted(_ gaps: [Gap]) -> [Gap] { gaps.sorted { $0.goesBefore($1) } }
    let (mine, theirs) = (sorted(gaps), sorted(other.gaps))
    return members == other.members && sure == other.sure && found == other.found
      && mine.elementsEqual(theirs) { $0.bits == $1.bits && $0.count == $1.count }
      && valueCount == other.valueCount && total.isSame(as: other.total)
  }
}
