/// Texts by number: equal texts have equal symbols, so comparing them is comparing integers.
///
/// Equal means the same bytes: `é` written as one scalar or as two are two texts, as they are in
/// the file. A stream marks the interner before a chunk and rewinds to the mark after it, so the
/// texts of records that nothing keeps cost nothing.
public struct Interner: Sendable {
  /// All texts one behind the other; the text of symbol n is `starts[n] ..< starts[n + 1]`.
  private var bytes: [UInt8] = []
  private var starts: [Int] = [0]
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
    bytes.append(contentsOf: text)
    starts.append(bytes.count)
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
  public func withBytes<Result>(of symbol: Symbol, _ body: (Bytes) -> Result) -> Result {
    let index = Int(symbol.index)
    return bytes.withUnsafeBufferPointer { body($0.slice(starts[index], starts[index + 1])) }
  }

  /// A point to come back to.
  public struct Mark: Sendable {
    fileprivate let count: Int
  }

  public var mark: Mark { Mark(count: count) }

  /// Forgets every text that came after the mark; their symbols are no longer valid.
  public mutating func rewind(to mark: Mark) {
    guard mark.count < count else { return }
    for index in (mark.count..<count).reversed() {
      var slot = Int(hashes[index]) & (slots.count - 1)
      while UInt32(truncatingIfNeeded: slots[slot]) != UInt32(index + 1) {
        slot = (slot + 1) & (slots.count - 1)
      }
      slots[slot] = 0
    }
    hashes.removeSubrange(mark.count...)
    starts.removeSubrange((mark.count + 1)...)
    bytes.removeSubrange(starts[mark.count]...)
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
    let mask = slots.count - 1
    for (index, hash) in hashes.enumerated() {
      var slot = Int(hash) & mask
      while slots[slot] != 0 { slot = (slot + 1) & mask }
      slots[slot] = UInt64(hash) << 32 | UInt64(index + 1)
    }
  }
}
