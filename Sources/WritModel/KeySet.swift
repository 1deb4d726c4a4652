/// The keys that a stream has seen: 8 bytes each, up to about 16 with the room between them.
///
/// A key is remembered by 64 bits of its content, so records can be forgotten while their keys are
/// watched. Two different keys meet in those bits once in about 10^5 streams of 10^7 records.
///
/// While each key is greater than all before it, as in most exports, none can be there twice: the
/// bits are only written down, run by run; of keys that count on one by one (`Q-099`, `Q-100`) the
/// first and their number is, so they take no room of their own. At the first that is not greater,
/// all of them are entered into a table, which is made of parts that grow one after the other, so
/// growing never needs the room twice.
public struct KeySet: Sendable {
  /// The bits of keys that all came in ascending order, and the last of them; nil: there is a table.
  private var ordered: Ordered? = Ordered()
  private var parts: [Part] = []
  /// How many keys are expected.
  private var expected = 0

  public init() {}

  public var count: Int { ordered?.count ?? parts.reduce(0) { $0 + $1.count } }

  /// The bytes that the keys take.
  public var byteCount: Int {
    ordered.map { $0.byteCount }
      ?? parts.reduce(0) { $0 + $1.slots.count * 8 }
  }

  /// Makes room for so many keys, so that they need not be entered anew.
  public mutating func reserve(_ expected: Int) { self.expected = expected }

  /// Remembers a key; false if it was there.
  public mutating func insert(_ key: some Collection<Value>, texts: Interner) -> Bool {
    var run = KeyRun()
    run.add(key, texts)
    return insert(run, texts: texts).isEmpty
  }

  /// Remembers keys, in their order; which of them were there.
  mutating func insert(_ run: KeyRun, texts: Interner) -> [Int] {
    if let first = run.first, let last = run.last, run.isAscending, ordered != nil {
      let follows = texts.withTexts { ordered?.isFollowed(by: first, $0) ?? false }
      if follows {
        ordered?.add(run, texts)
        ordered?.remember(last, texts)
        return []
      }
    }
    return insert(hashes: run.hashes)
  }

  /// The bits by which a key is remembered.
  static func hash(_ key: some Collection<Value>, _ texts: Interner.Texts) -> UInt64 {
    key.reduce(0) { hash, part in
      let isText = part.tag == .text
      return mixed(
        hash, isText ? texts[Symbol(Int(part.bits))].hash64(seed: 1) : part.keyHash)
    }
  }

  @inline(__always)
  static func mixed(_ hash: UInt64, _ bits: UInt64) -> UInt64 {
    Bytes.mix(hash ^ bits, 0xE703_7ED1_A0B4_28DB)
  }

  // MARK: - In order

  private struct Ordered: Sendable {
    var runs: [[UInt64]] = []
    var count = 0
    private var last: Value?
    /// Its bytes, if it is a text: by then others may bear its symbol.
    private var text: [UInt8] = []
    private static let runCount = 4096
    /// Keys that count on one by one, stretch by stretch.
    private var counted: [CountedKeys] = []
    /// Whether the last key is of the last of them.
    private var endsCounted = false

    var byteCount: Int {
      runs.reduce(0) { $0 + $1.capacity * 8 }
        + counted.reduce(0) { $0 + MemoryLayout<CountedKeys>.stride + $1.byteCount }
    }

    mutating func add(_ run: KeyRun, _ texts: Interner) {
      count += run.hashes.count
      guard let first = run.stretches.first else {
        endsCounted = false
        add(run.hashes)
        return
      }
      let goesOn =
        endsCounted && texts.withTexts { texts in isCountedOn(by: first.first, texts) }
      guard goesOn || run.stretches.count * KeyRun.fewestCounted <= run.hashes.count else {
        endsCounted = false
        add(run.hashes)
        return
      }
      for (number, stretch) in run.stretches.enumerated() {
        let isLast = number + 1 == run.stretches.count
        let end = isLast ? run.hashes.count : run.stretches[number + 1].place
        if number == 0, goesOn {
          counted[counted.count - 1].count += end - stretch.place
        } else {
          counted.append(CountedKeys(from: stretch.first, count: end - stretch.place, texts))
        }
      }
      endsCounted = true
    }

    private func isCountedOn(by key: Value, _ texts: Interner.Texts) -> Bool {
      guard let last else { return false }
      guard last.tag == .text, key.tag == .text else {
        return KeyRun.counts(from: last, to: key, texts)
      }
      return text.withUnsafeBufferPointer { $0.isCountedOn(by: texts[Symbol(Int(key.bits))]) }
    }

    /// Calls `body` with the bits of all keys, some thousand at once, and forgets them.
    mutating func empty(_ body: ([UInt64]) -> Void) {
      for index in runs.indices {
        body(runs[index])
        runs[index] = []
      }
      for keys in counted { keys.eachHashes(atMost: Self.runCount, body) }
      counted = []
    }

    private mutating func add(_ hashes: [UInt64]) {
      if hashes.count >= Self.runCount / 2 {
        runs.append(hashes)
        return
      }
      if let run = runs.indices.last, runs[run].count + hashes.count <= runs[run].capacity {
        runs[run].append(contentsOf: hashes)
        return
      }
      var run: [UInt64] = []
      run.reserveCapacity(runs.isEmpty ? hashes.count : Self.runCount)
      run.append(contentsOf: hashes)
      runs.append(run)
    }

    mutating func remember(_ key: Value, _ texts: Interner) {
      last = key
      guard key.tag == .text else { return }
      text.removeAll(keepingCapacity: true)
      texts.withBytes(of: Symbol(Int(key.bits))) { text.append(contentsOf: $0) }
    }

    func isFollowed(by key: Value, _ texts: Interner.Texts) -> Bool {
      guard let last else { return true }
      guard last.tag == .text, key.tag == .text else { return KeyRun.precedes(last, key, texts) }
      return text.withUnsafeBufferPointer { $0.precedes(texts[Symbol(Int(key.bits))]) }
    }
  }

  /// From now on keys are looked for in a table.
  private mutating func makeTable() {
    guard var known = ordered else { return }
    ordered = nil
    let size = max(min(max(expected, known.count), 100_000_000) / 64 * 10 / 7, 8)
    parts = (0..<64).map { _ in Part(slots: [UInt64](repeating: 0, count: size)) }
    known.empty { _ = insert(hashes: $0) }
  }

  // MARK: - In a table

  /// Remembers the bits of a key; false if they were there.
  mutating func insert(hash: UInt64) -> Bool { insert(hashes: [hash]).isEmpty }

  /// Remembers the bits of many keys, in their order; which of them were there.
  ///
  /// One by one, each would wait for the memory where it belongs; here that of some is asked for
  /// before the first is entered.
  mutating func insert(hashes: [UInt64]) -> [Int] {
    makeTable()
    let group = 32
    var taken: [Int] = []
    parts.withUnsafeMutableBufferPointer { parts in
      withUnsafeTemporaryAllocation(of: UInt64.self, capacity: group) { seen in
        var start = 0
        while start < hashes.count {
          let end = min(start + group, hashes.count)
          for index in start..<end {
            let hash = hashes[index]
            seen[index - start] = parts[Int(hash & 63)].first(hash)
          }
          for index in start..<end {
            let hash = hashes[index]
            // What was there before stays there; a zero is only a free place.
            let isThere = seen[index - start] == hash && hash != 0
            // Zero marks a free slot.
            if isThere || !parts[Int(hash & 63)].insert(hash == 0 ? 1 : hash) {
              taken.append(index)
            }
          }
          start = end
        }
      }
    }
    return taken
  }

  private struct Part: Sendable {
    var slots: [UInt64]
    var count = 0

    init(slots: [UInt64]) { self.slots = slots }

    mutating func insert(_ hash: UInt64) -> Bool {
      if (count + 1) * 4 > slots.count * 3 { grow() }
      let isNew = slots.withUnsafeMutableBufferPointer { slots in
        var slot = Self.home(hash, slots.count)
        while slots[slot] != 0 {
          if slots[slot] == hash { return false }
          slot = slot + 1 == slots.count ? 0 : slot + 1
        }
        slots[slot] = hash
        return true
      }
      if isNew { count += 1 }
      return isNew
    }

    /// What stands in the first place where a hash may stand.
    @inline(__always)
    func first(_ hash: UInt64) -> UInt64 { slots[Self.home(hash, slots.count)] }

    /// The high half of hash × size: a size need not be a power of two.
    @inline(__always)
    private static func home(_ hash: UInt64, _ size: Int) -> Int {
      Int(hash.multipliedFullWidth(by: UInt64(size)).high)
    }

    private mutating func grow() {
      let old = slots
      // Few keys are entered anew few times; many leave little room unused.
      let size = old.count < 128 ? old.count * 4 : old.count + old.count / 2
      slots = [UInt64](repeating: 0, count: size)
      for hash in old where hash != 0 {
        var slot = Self.home(hash, size)
        while slots[slot] != 0 { slot = slot + 1 == size ? 0 : slot + 1 }
        slots[slot] = hash
      }
    }
  }
}

/// Keys that count on one by one from the first.
private struct CountedKeys: Sendable {
  /// A number; of a text only that it is one.
  private let first: Value
  private let text: [UInt8]
  var count: Int

  var byteCount: Int { text.capacity }

  init(from first: Value, count: Int, _ texts: Interner) {
    self.first = first
    self.count = count
    text = first.tag == .text ? texts.withBytes(of: Symbol(Int(first.bits))) { Array($0) } : []
  }

  /// The bits of all of them, so many at once.
  func eachHashes(atMost most: Int, _ body: ([UInt64]) -> Void) {
    var hashes: [UInt64] = []
    var (text, value) = (text, first)
    for number in 0..<count {
      let hash =
        first.tag == .text
        ? text.withUnsafeBufferPointer { $0.hash64(seed: 1) } : value.keyHash
      hashes.append(KeySet.mixed(0, hash))
      if hashes.count == most || number + 1 == count {
        body(hashes)
        hashes.removeAll(keepingCapacity: true)
      }
      value.bits &+= 1
      var place = text.count - 1
      while place >= 0, text[place] == UInt8(ascii: "9") {
        text[place] = UInt8(ascii: "0")
        place -= 1
      }
      if place >= 0 { text[place] &+= 1 }
    }
  }
}
