import WritModel
import WritRules

/// The tokens of one production: the records that pass all joins, with how they stand.
///
/// A token is a stretch of Int32 words in one pool, free ones linked: when it came to hold, a
/// generation that tells it from who had its place before, its state; what it read beside its
/// records' fields, where there is such a thing; for each pattern its row and the links of the list
/// of all tokens with that row; for each check its hash and the links of the list of all tokens that
/// ask for the same key. No token has more words than its patterns need.
///
/// It stands in unsafe memory and is not copied: whoever makes it frees it.
struct TokenPool {
  private enum Word {
    static let birth = 0
    static let generation = 1
    static let state = 2
    /// A hash of the values it reads that do not follow from its records' fields: two words.
    static let stamp = 3
  }
  enum State {
    static let free: Int32 = 0
    /// It passes the joins and not all checks.
    static let waiting: Int32 = 1
    static let active: Int32 = 2
    /// A bit beside: it is on the list of those to look at again.
    static let isListed: Int32 = 4
  }
  let patternCount: Int
  let checkCount: Int
  let stride: Int
  private let firstRow: Int
  private let isFreeAtOnce: Bool
  private let slots: UnsafeMutablePointer<Int32>
  private(set) var words: UnsafeMutablePointer<Int32>
  private(set) var capacity = 0
  private var used = 0
  private var freeHead: Int32 = -1
  private(set) var count = 0
  private(set) var activeCount = 0
  /// Ended tokens whose places are not free yet, linked through their birth.
  private var endedHead: Int32 = -1
  private(set) var endedCount = 0
  /// By pattern, then by row: the first token with that row.
  private let heads: UnsafeMutablePointer<UnsafeMutablePointer<Int32>>
  private let headCounts: UnsafeMutablePointer<Int>
  /// By check: buckets of tokens by the hash of what they ask for; the last holds those whose key
  /// is not known.
  private let buckets: UnsafeMutablePointer<UnsafeMutablePointer<Int32>>
  private let bucketMasks: UnsafeMutablePointer<Int>

  /// `slots`: where the rows of its patterns stand in a walk.
  init(slots: [Int], checks: Int, hasStamp: Bool, isFreeAtOnce: Bool) {
    self.isFreeAtOnce = isFreeAtOnce
    patternCount = slots.count
    checkCount = checks
    firstRow = hasStamp ? Word.stamp + 2 : Word.stamp
    stride = firstRow + 3 * (slots.count + checks)
    self.slots = .allocate(capacity: max(slots.count, 1))
    self.slots.initialize(from: slots.map { Int32($0) }, count: slots.count)
    words = .allocate(capacity: 1)
    heads = .allocate(capacity: max(slots.count, 1))
    headCounts = .allocate(capacity: max(slots.count, 1))
    for pattern in slots.indices {
      (heads + pattern).initialize(to: .allocate(capacity: 1))
      (headCounts + pattern).initialize(to: 0)
    }
    buckets = .allocate(capacity: max(checks, 1))
    bucketMasks = .allocate(capacity: max(checks, 1))
    for check in 0..<checks {
      let size = 64
      let chain = UnsafeMutablePointer<Int32>.allocate(capacity: size + 1)
      chain.initialize(repeating: -1, count: size + 1)
      (buckets + check).initialize(to: chain)
      (bucketMasks + check).initialize(to: size - 1)
    }
  }

  func free() {
    words.deallocate()
    slots.deallocate()
    for pattern in 0..<patternCount { heads[pattern].deallocate() }
    for check in 0..<checkCount { buckets[check].deallocate() }
    heads.deallocate()
    headCounts.deallocate()
    buckets.deallocate()
    bucketMasks.deallocate()
  }

  var byteCount: Int {
    var bytes = capacity * stride * 4
    for pattern in 0..<patternCount { bytes += headCounts[pattern] * 4 }
    for check in 0..<checkCount { bytes += bucketMasks[check] * 4 }
    return bytes
  }

  /// Makes room for lists of rows up to a count.
  mutating func grow(pattern: Int, rows: Int) {
    guard rows > headCounts[pattern] else { return }
    let room = max(rows, headCounts[pattern] * 2, 16)
    let grown = UnsafeMutablePointer<Int32>.allocate(capacity: room)
    grown.update(from: heads[pattern], count: headCounts[pattern])
    (grown + headCounts[pattern]).initialize(repeating: -1, count: room - headCounts[pattern])
    heads[pattern].deallocate()
    heads[pattern] = grown
    headCounts[pattern] = room
  }

  // MARK: Reading

  @inline(__always)
  func base(_ token: Int32) -> UnsafeMutablePointer<Int32> { words + Int(token) * stride }

  func birth(_ token: Int32) -> Int32 { base(token)[Word.birth] }
  func generation(_ token: Int32) -> Int32 { base(token)[Word.generation] }
  func isActive(_ token: Int32) -> Bool { base(token)[Word.state] & 3 == State.active }
  func isLive(_ token: Int32) -> Bool { base(token)[Word.state] & 3 != State.free }
  @inline(__always)
  func row(_ token: Int32, _ pattern: Int) -> Int32 { base(token)[firstRow + 3 * pattern] }

  func stamp(_ token: Int32) -> UInt64 {
    guard firstRow > Word.stamp else { return 0 }
    let base = base(token)
    return UInt64(UInt32(bitPattern: base[Word.stamp])) << 32
      | UInt64(UInt32(bitPattern: base[Word.stamp + 1]))
  }

  @inline(__always)
  func first(_ pattern: Int, _ row: Int32) -> Int32 {
    Int(row) < headCounts[pattern] ? heads[pattern][Int(row)] : -1
  }

  @inline(__always)
  func next(_ token: Int32, _ pattern: Int) -> Int32 { base(token)[firstRow + 3 * pattern + 1] }

  /// All tokens there are, in no order that may show.
  var live: [Int32] { (0..<Int32(used)).filter { isLive($0) } }

  /// Whether its rows are those in view.
  @inline(__always)
  func stands(_ token: Int32, for rows: UnsafeMutablePointer<Int32>) -> Bool {
    let base = base(token) + firstRow
    for pattern in 0..<patternCount
    where base[3 * pattern] != rows[Int(slots[pattern])] { return false }
    return true
  }

  /// Puts its rows in view.
  @inline(__always)
  func show(_ token: Int32, in rows: UnsafeMutablePointer<Int32>) {
    let base = base(token) + firstRow
    for pattern in 0..<patternCount { rows[Int(slots[pattern])] = base[3 * pattern] }
  }

  // MARK: Making and ending

  /// A new token of the rows in view, waiting, in the lists of its rows. Its checks are not in any
  /// list yet.
  mutating func make(_ rows: UnsafeMutablePointer<Int32>) -> Int32 {
    let token: Int32
    if freeHead >= 0 {
      token = freeHead
      freeHead = base(token)[Word.birth]
    } else {
      if used == capacity { growPool() }
      token = Int32(used)
      used += 1
      base(token)[Word.generation] = 0
    }
    let base = base(token)
    base[Word.state] = State.waiting
    for word in Word.stamp..<firstRow { base[word] = 0 }
    var at = firstRow
    for pattern in 0..<patternCount {
      let row = rows[Int(slots[pattern])]
      let head = heads[pattern][Int(row)]
      base[at] = row
      base[at + 1] = head
      base[at + 2] = -1
      if head >= 0 { words[Int(head) * stride + at + 2] = token }
      heads[pattern][Int(row)] = token
      at += 3
    }
    count += 1
    return token
  }

  /// A quarter more at a time: a pool that is twice as large as it need be is what a token costs.
  private mutating func growPool() {
    let room = max(64, capacity + capacity / 4)
    let grown = UnsafeMutablePointer<Int32>.allocate(capacity: room * stride)
    grown.update(from: words, count: capacity * stride)
    (grown + capacity * stride).initialize(repeating: 0, count: (room - capacity) * stride)
    words.deallocate()
    words = grown
    capacity = room
  }

  mutating func end(_ token: Int32) {
    deactivate(token)
    let base = base(token)
    var at = firstRow
    for pattern in 0..<patternCount {
      let (row, next, previous) = (base[at], base[at + 1], base[at + 2])
      if next >= 0 { words[Int(next) * stride + at + 2] = previous }
      if previous >= 0 {
        words[Int(previous) * stride + at + 1] = next
      } else {
        heads[pattern][Int(row)] = next
      }
      at += 3
    }
    for check in 0..<checkCount { takeOut(token, check) }
    base[Word.state] = State.free
    base[Word.generation] &+= 1
    count -= 1
    if isFreeAtOnce {
      base[Word.birth] = freeHead
      freeHead = token
    } else {
      base[Word.birth] = endedHead
      endedHead = token
      endedCount += 1
    }
  }

  /// Gives ended tokens' places free. Until then their rows stay readable: they may still stand in
  /// a heap, whose order would not survive it if they became another's.
  mutating func release() {
    while endedHead >= 0 {
      let token = endedHead
      endedHead = base(token)[Word.birth]
      base(token)[Word.birth] = freeHead
      freeHead = token
    }
    endedCount = 0
  }

  mutating func activate(_ token: Int32, birth: Int32, stamp: UInt64) {
    let base = base(token)
    base[Word.birth] = birth
    base[Word.state] = base[Word.state] & State.isListed | State.active
    if firstRow > Word.stamp {
      base[Word.stamp] = Int32(truncatingIfNeeded: stamp >> 32)
      base[Word.stamp + 1] = Int32(truncatingIfNeeded: stamp)
    }
    activeCount += 1
  }

  mutating func deactivate(_ token: Int32) {
    let base = base(token)
    guard base[Word.state] & 3 == State.active else { return }
    base[Word.state] = base[Word.state] & State.isListed | State.waiting
    base[Word.generation] &+= 1
    activeCount -= 1
  }

  /// Notes that a token is to be looked at again; false if that is noted already.
  func list(_ token: Int32) -> Bool {
    let base = base(token)
    if base[Word.state] & State.isListed != 0 { return false }
    base[Word.state] |= State.isListed
    return true
  }

  func unlist(_ token: Int32) { base(token)[Word.state] &= ~State.isListed }

  // MARK: Checks

  @inline(__always)
  private func at(_ check: Int) -> Int { firstRow + 3 * (patternCount + check) }

  /// Puts a token into the list of those that ask for a key; nil: the key is not known.
  func putIn(_ token: Int32, _ check: Int, _ hash: UInt32?) {
    if count > bucketMasks[check] * 2 { rehash(check) }
    link(token, check, hash.map { Int($0) & bucketMasks[check] } ?? bucketMasks[check] + 1, hash)
  }

  private func link(_ token: Int32, _ check: Int, _ bucket: Int, _ hash: UInt32?) {
    let at = at(check)
    let head = buckets[check][bucket]
    let base = base(token)
    base[at] = Int32(bitPattern: hash ?? 0)
    base[at + 1] = head
    // Behind the head of a bucket stands the bucket: a token knows its list when it leaves.
    base[at + 2] = -2 - Int32(bucket)
    if head >= 0 { self.base(head)[at + 2] = token }
    buckets[check][bucket] = token
  }

  private func takeOut(_ token: Int32, _ check: Int) {
    let at = at(check)
    let base = base(token)
    let (next, previous) = (base[at + 1], base[at + 2])
    if next >= 0 { self.base(next)[at + 2] = previous }
    if previous >= 0 {
      self.base(previous)[at + 1] = next
    } else if previous <= -2 {
      buckets[check][Int(-2 - previous)] = next
    }
  }

  func move(_ token: Int32, _ check: Int, to hash: UInt32?) {
    // What is not known stands as zero.
    if let hash, hash != 0, hash == self.hash(token, check) { return }
    takeOut(token, check)
    putIn(token, check, hash)
  }

  func hash(_ token: Int32, _ check: Int) -> UInt32 { UInt32(bitPattern: base(token)[at(check)]) }

  /// Calls `body` with all tokens that ask for the hash in a check, and those that ask for what is
  /// not known.
  func forEach(asking hash: UInt32, _ check: Int, _ body: (Int32) -> Void) {
    let at = at(check)
    var token = buckets[check][Int(hash) & bucketMasks[check]]
    while token >= 0 {
      if UInt32(bitPattern: base(token)[at]) == hash { body(token) }
      token = base(token)[at + 1]
    }
    token = buckets[check][bucketMasks[check] + 1]
    while token >= 0 {
      body(token)
      token = base(token)[at + 1]
    }
  }

  private func rehash(_ check: Int) {
    let oldMask = bucketMasks[check]
    let old = buckets[check]
    let size = (oldMask + 1) * 4
    let grown = UnsafeMutablePointer<Int32>.allocate(capacity: size + 1)
    grown.initialize(repeating: -1, count: size + 1)
    buckets[check] = grown
    bucketMasks[check] = size - 1
    let at = at(check)
    for bucket in 0...oldMask + 1 {
      var token = old[bucket]
      while token >= 0 {
        let following = base(token)[at + 1]
        let hash = self.hash(token, check)
        if bucket == oldMask + 1 {
          link(token, check, size, nil)
        } else {
          link(token, check, Int(hash) & (size - 1), hash)
        }
        token = following
      }
    }
    old.deallocate()
  }
}
