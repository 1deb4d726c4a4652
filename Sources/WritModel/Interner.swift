/// Texts by number: equal texts have equal symbols, so comparing them is comparing integers.
///
/// Equal means the same bytes: `é` written as one scalar or as two are two texts, as they are in
/// the file. A stream marks the interner before a chunk and rewinds to the mark after it, so the
/// texts of records that nothing keeps cost nothing.
public struct Interner: Sendable {
  /// All texts one behind the other; the text of symbol n is `starts[n] ..< starts[n + 1]`. Behind
  /// the last one stand at least `Words.room` bytes more.
  @usableFromInline var bytes = [UInt8](repeating: 0, count: 64 + Words.room)
  @usableFromInline var starts: [Int] = [0]
  private var hashes: [UInt32] = []
  /// Open addressing with linear steps: the hash above the symbol + 1, or 0. Entries leave last in
  /// first out, so no gap is ever left in the middle of a run.
  private var slots: [UInt64] = [UInt64](repeating: 0, count: 64)

  public init() {}

  public var count: Int { hashes.count }

  /// The symbol of a text, new or known. Amortised O(length).
  public mutating func intern(_ text: String) -> Symbol {
    var text = text
    return text.withUTF8 { intern($0) }
  }

  /// The symbol of a text given as UTF-8, new or known. Amortised O(length).
  public mutating func intern(_ text: Bytes) -> Symbol {
    let hash = UInt32(truncatingIfNeeded: text.hash64())
    let slot = slot(of: text, hash)
    if slots[slot] != 0 { return Self.symbol(slots[slot]) }
    let end = starts[hashes.count] + text.count
    makeRoom(to: end)
    if let start = text.baseAddress {
      bytes.withUnsafeMutableBufferPointer { bytes in
        guard let base = bytes.baseAddress else { return }
        (base + end - text.count).update(from: start, count: text.count)
      }
    }
    starts.append(end)
    hashes.append(hash)
    slots[slot] = UInt64(hash) << 32 | UInt64(hashes.count)
    if hashes.count * 2 > slots.count { grow() }
    return Symbol(hashes.count - 1)
  }

  /// The symbol of a text that is known.
  public func symbol(of text: Bytes) -> Symbol? {
    let slot = slots[slot(of: text, UInt32(truncatingIfNeeded: text.hash64()))]
    return slot == 0 ? nil : Self.symbol(slot)
  }

  /// The symbol of a text that is known.
  public func symbol(of text: String) -> Symbol? {
    var text = text
    return text.withUTF8 { symbol(of: $0) }
  }

  /// The text that a symbol of this table stands for: a copy, O(its length).
  public func text(of symbol: Symbol) -> String {
    withBytes(of: symbol) { String(decoding: $0, as: UTF8.self) }
  }

  /// Lends the bytes of a text.
  @inlinable
  public func withBytes<Result>(of symbol: Symbol, _ body: (Bytes) -> Result) -> Result {
    let index = Int(symbol.index)
    let (start, end) = (starts[index], starts[index + 1])
    return bytes.withUnsafeBufferPointer { body(Bytes(rebasing: $0[start..<end])) }
  }

  /// All texts, lent at once to whoever looks at many.
  @frozen
  public struct Texts {
    @usableFromInline let bytes: Bytes
    @usableFromInline let starts: UnsafeBufferPointer<Int>

    @usableFromInline
    init(bytes: Bytes, starts: UnsafeBufferPointer<Int>) {
      self.bytes = bytes
      self.starts = starts
    }

    /// The bytes of a text.
    @inlinable
    @inline(__always)
    public subscript(symbol: Symbol) -> Bytes {
      let index = Int(symbol.index)
      return bytes.slice(starts[index], starts[index &+ 1])
    }
  }

  /// Lends all texts.
  @inlinable
  public func withTexts<Result>(_ body: (Texts) -> Result) -> Result {
    bytes.withUnsafeBufferPointer { bytes in
      starts.withUnsafeBufferPointer { starts in body(Texts(bytes: bytes, starts: starts)) }
    }
  }

  /// A point to come back to.
  public struct Mark: Sendable {
    fileprivate let count: Int
  }

  public var mark: Mark { Mark(count: count) }

  /// Forgets every text that came after the mark; their symbols are no longer valid.
  public mutating func rewind(to mark: Mark) {
    guard mark.count < count else { return }
    let leaving = count - mark.count
    if leaving > mark.count * 2 + slots.count / 16 {
      hashes.removeSubrange(mark.count...)
      findAgain()
    } else {
      for index in (mark.count..<count).reversed() {
        var slot = Int(hashes[index]) & (slots.count - 1)
        while UInt32(truncatingIfNeeded: slots[slot]) != UInt32(index + 1) {
          slot = (slot + 1) & (slots.count - 1)
        }
        slots[slot] = 0
      }
      hashes.removeSubrange(mark.count...)
    }
    starts.removeSubrange((mark.count + 1)...)
  }

  /// Where a text stands in the table, or the free slot where it would.
  private func slot(of text: Bytes, _ hash: UInt32) -> Int {
    let mask = slots.count - 1
    var slot = Int(hash) & mask
    while slots[slot] != 0 {
      let entry = slots[slot]
      if UInt32(entry >> 32) == hash, matches(Int(Self.symbol(entry).index), text) { return slot }
      slot = (slot + 1) & mask
    }
    return slot
  }

  private static func symbol(_ entry: UInt64) -> Symbol {
    Symbol(Int(UInt32(truncatingIfNeeded: entry)) - 1)
  }

  private func matches(_ index: Int, _ text: Bytes) -> Bool {
    let (start, end) = (starts[index], starts[index + 1])
    guard end - start == text.count else { return false }
    return bytes.withUnsafeBufferPointer { $0.slice(start, end).equals(text) }
  }

  private mutating func grow() {
    slots = [UInt64](repeating: 0, count: slots.count * 2)
    enter()
  }

  /// Empties the table and enters what there is.
  private mutating func findAgain() {
    slots.withUnsafeMutableBufferPointer { $0.update(repeating: 0) }
    enter()
  }

  private mutating func enter() {
    let mask = slots.count - 1
    for (index, hash) in hashes.enumerated() {
      var slot = Int(hash) & mask
      while slots[slot] != 0 { slot = (slot + 1) & mask }
      slots[slot] = UInt64(hash) << 32 | UInt64(index + 1)
    }
  }

  private mutating func makeRoom(to end: Int) {
    guard end + Words.room > bytes.count else { return }
    let wider = max(bytes.count * 2, end + Words.room)
    bytes.append(contentsOf: repeatElement(0, count: wider - bytes.count))
  }
}

// MARK: - Many texts together

extension Value {
  /// A text that is not yet interned: where its bytes stand, and, in `extra`, how many they are.
  @inline(__always)
  static func waiting(_ start: UnsafePointer<UInt8>, _ count: Int) -> Value {
    var value = Value(tag: .text, bits: Int64(Int(bitPattern: start)))
    value.extra = UInt32(truncatingIfNeeded: count)
    return value
  }

  /// The bytes of a text that is not yet interned.
  @inline(__always)
  fileprivate var awaited: Bytes? {
    guard extra != 0, let start = UnsafePointer<UInt8>(bitPattern: Int(bits)) else { return nil }
    return Bytes(start: start, count: Int(extra))
  }
}

extension Interner {
  /// How many texts are looked for at a time.
  private static let group = 64

  /// Interns the texts of a column that wait for it. Behind each `Words.room` bytes can be read.
  ///
  /// Looked for one by one, each text would wait for the memory in which the table stands; of a
  /// group, all places are asked for before the first answer is needed.
  mutating func settle(_ values: UnsafeMutablePointer<Value>, count: Int) {
    withUnsafeTemporaryAllocation(of: Awaited.self, capacity: Self.group) { group in
      guard let group = group.baseAddress else { return }
      var next = 0
      while next < count {
        var size = 0
        var total = 0
        while next < count, size < Self.group {
          if let text = values[next].awaited {
            let hash = UInt32(truncatingIfNeeded: text.hash64())
            (group + size).initialize(to: Awaited(value: values + next, hash: hash))
            size += 1
            total += text.count
          }
          next += 1
        }
        if size > 0 { settle(group, size, total) }
      }
    }
  }

  private struct Awaited {
    var value: UnsafeMutablePointer<Value>
    var hash: UInt32
    var entry: UInt64 = 0
    var start = 0
  }

  private mutating func settle(_ group: UnsafeMutablePointer<Awaited>, _ size: Int, _ total: Int) {
    let known = hashes.count
    while (known + size) * 2 > slots.count { grow() }
    makeRoom(to: starts[known] + total)
    starts.append(contentsOf: repeatElement(0, count: size))
    hashes.append(contentsOf: repeatElement(0, count: size))
    var count = known
    let mask = slots.count - 1
    bytes.withUnsafeMutableBufferPointer { bytes in
      starts.withUnsafeMutableBufferPointer { starts in
        hashes.withUnsafeMutableBufferPointer { hashes in
          slots.withUnsafeMutableBufferPointer { slots in
            guard let bytes = bytes.baseAddress, let starts = starts.baseAddress,
              let slots = slots.baseAddress
            else { return }
            for index in 0..<size { group[index].entry = slots[Int(group[index].hash) & mask] }
            for index in 0..<size where group[index].entry != 0 {
              group[index].start = starts[Self.place(group[index].entry)]
            }
            for index in 0..<size {
              let hash = group[index].hash
              guard let text = group[index].value.pointee.awaited, let from = text.baseAddress
              else { continue }
              var slot = Int(hash) & mask
              var entry = slots[slot]
              // Mostly the start is known by now.
              var start = entry == group[index].entry ? group[index].start : -1
              while entry != 0 {
                if UInt32(entry >> 32) == hash {
                  let place = Self.place(entry)
                  if start < 0 { start = starts[place] }
                  let other = Bytes(start: bytes + start, count: starts[place + 1] - start)
                  if other.equals(text) { break }
                }
                slot = (slot + 1) & mask
                entry = slots[slot]
                start = -1
              }
              if entry == 0 {
                let end = starts[count]
                Words.copy(from, text.count, to: bytes + end)
                hashes[count] = hash
                count += 1
                starts[count] = end + text.count
                entry = UInt64(hash) << 32 | UInt64(count)
                slots[slot] = entry
              }
              group[index].value.pointee = .text(Self.symbol(entry))
            }
          }
        }
      }
    }
    starts.removeLast(known + size - count)
    hashes.removeLast(known + size - count)
  }

  @inline(__always)
  private static func place(_ entry: UInt64) -> Int {
    Int(UInt32(truncatingIfNeeded: entry)) - 1
  }
}
