/// The keys that a stream has seen: 8 bytes each, about 11 to 16 with the room between them.
///
/// A key is remembered by 64 bits of its content, so records can be forgotten while their keys are
/// watched. Two different keys meet in those bits once in about 10^5 streams of 10^7 records. The
/// table is made of parts that grow one after the other, so growing never needs the room twice.
public struct KeySet: Sendable {
  private var parts = [Part](repeating: Part(), count: 64)

  public init() {}

  public var count: Int { parts.reduce(0) { $0 + $1.count } }

  /// The bytes that the table takes.
  public var byteCount: Int { parts.reduce(0) { $0 + $1.slots.count * 8 } }

  /// Makes room for so many keys, if there are none yet, so that they need not be entered anew.
  public mutating func reserve(_ expected: Int) {
    guard count == 0, expected > 0 else { return }
    let size = max(min(expected, 100_000_000) / 64 * 10 / 7, 8)
    for index in parts.indices { parts[index].slots = [UInt64](repeating: 0, count: size) }
  }

  /// Remembers a key; false if it was there.
  public mutating func insert(_ key: some Collection<Value>, texts: Interner) -> Bool {
    insert(hash: Self.hash(key, texts))
  }

  /// The bits by which the key of a row on a stage is remembered.
  static func hash(_ stage: RowStage, row: Int, _ columns: [Int], _ texts: Interner) -> UInt64 {
    var hash: UInt64 = 0
    for column in columns { hash = mixed(hash, stage.columns[column][row], texts) }
    return hash
  }

  /// The bits by which a key is remembered.
  static func hash(_ key: some Collection<Value>, _ texts: Interner) -> UInt64 {
    var hash: UInt64 = 0
    for part in key { hash = mixed(hash, part, texts) }
    return hash
  }

  /// Remembers the bits of a key; false if they were there.
  mutating func insert(hash: UInt64) -> Bool {
    // Zero marks a free slot.
    parts[Int(hash & 63)].insert(hash == 0 ? 1 : hash)
  }

  /// Remembers the bits of many keys, in their order; which of them were there.
  ///
  /// One by one, each would wait for the memory where it belongs; here that of some is asked for
  /// before the first is entered.
  mutating func insert(hashes: [UInt64]) -> [Int] {
    let group = 32
    var taken: [Int] = []
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
          if isThere || !insert(hash: hash) { taken.append(index) }
        }
        start = end
      }
    }
    return taken
  }

  @inline(__always)
  private static func mixed(_ hash: UInt64, _ part: Value, _ texts: Interner) -> UInt64 {
    let bits =
      part.tag == .text
      ? texts.withBytes(of: Symbol(Int(part.bits))) { $0.hash64(seed: 1) } : part.keyHash
    return Bytes.mix(hash ^ bits, 0xE703_7ED1_A0B4_28DB)
  }

  private struct Part: Sendable {
    var slots: [UInt64] = [UInt64](repeating: 0, count: 8)
    var count = 0

    mutating func insert(_ hash: UInt64) -> Bool {
      if (count + 1) * 4 > slots.count * 3 { grow() }
      var slot = home(hash)
      while slots[slot] != 0 {
        if slots[slot] == hash { return false }
        slot = slot + 1 == slots.count ? 0 : slot + 1
      }
      slots[slot] = hash
      count += 1
      return true
    }

    /// What stands in the first place where a hash may stand.
    @inline(__always)
    func first(_ hash: UInt64) -> UInt64 { slots[home(hash)] }

    /// The high half of hash × size: a size need not be a power of two.
    private func home(_ hash: UInt64) -> Int {
      Int(hash.multipliedFullWidth(by: UInt64(slots.count)).high)
    }

    private mutating func grow() {
      let old = slots
      // Few keys are entered anew few times; many leave little room unused.
      let size = old.count < 128 ? old.count * 4 : old.count + old.count / 2
      slots = [UInt64](repeating: 0, count: size)
      for hash in old where hash != 0 {
        var slot = home(hash)
        while slots[slot] != 0 { slot = slot + 1 == slots.count ? 0 : slot + 1 }
        slots[slot] = hash
      }
    }
  }
}
