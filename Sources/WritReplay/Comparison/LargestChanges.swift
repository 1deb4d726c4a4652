import WritModel

/// The largest changes met, so many at most: by amount, then by key, so that they are the same in
/// whatever order changes are met.
struct LargestChanges: Sendable {
  struct Entry: Sendable {
    var change: Comparison.Change
    /// For explaining it when everything has been read: the row, where its table is kept, and the
    /// record as it was, where it is not.
    var row: Int
    var record: KeptRecord?
  }
  private(set) var entries: [Entry] = []

  /// Whether a change of that size can still be among them. Where the size does not tell, `standsBefore`
  /// is asked whether its key may stand before the last one's, or is the same.
  func mayTake(_ difference: Decimal?, top: Int, standsBefore: (String) -> Bool) -> Bool {
    guard entries.count >= top else { return true }
    guard top > 0 else { return false }
    let last = entries.count - 1
    switch (difference?.magnitude, entries[last].change.difference?.magnitude) {
    case (let x?, let y?):
      let order = Decimal.order(x, y)
      if order != 0 { return order > 0 }
    case (_?, nil): return true
    case (nil, _?): return false
    case (nil, nil): break
    }
    return standsBefore(entries[last].change.key)
  }

  mutating func add(_ entry: Entry, top: Int) {
    var low = 0
    var high = entries.count
    while low < high {
      let middle = (low + high) / 2
      if Self.precedes(entries[middle].change, entry.change) {
        low = middle + 1
      } else {
        high = middle
      }
    }
    guard low < top else { return }
    entries.insert(entry, at: low)
    if entries.count > top { entries.removeLast() }
  }

  mutating func add(_ other: LargestChanges, top: Int) {
    for entry in other.entries { add(entry, top: top) }
  }

  mutating func update(_ body: (inout Entry) -> Void) {
    for index in entries.indices { body(&entries[index]) }
  }

  private static func precedes(_ a: Comparison.Change, _ b: Comparison.Change) -> Bool {
    switch (a.difference?.magnitude, b.difference?.magnitude) {
    case (let x?, let y?) where x != y: return y < x
    case (_?, nil): return true
    case (nil, _?): return false
    default:
      if a.key != b.key || a.key.utf8.count != b.key.utf8.count {
        return a.key.utf8.lexicographicallyPrecedes(b.key.utf8)
      }
      // Records without a key may be called alike.
      return (a.before + "\u{0}" + a.after).utf8
        .lexicographicallyPrecedes((b.before + "\u{0}" + b.after).utf8)
    }
  }
}

/// What it takes to be among the largest changes, so little of it that nearly all changes are turned
/// away without a look at what is kept.
struct ChangeGate {
  /// The first bytes of a key, the first of them in the highest place.
  struct Key {
    private var words: (UInt64, UInt64) = (0, 0)

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
      for place in 0..<min(bytes.count, 16) {
        let shift = UInt64(7 - place & 7) * 8
        if place < 8 {
          words.0 |= UInt64(bytes[place]) << shift
        } else {
          words.1 |= UInt64(bytes[place]) << shift
        }
      }
    }

    /// Whether the key surely stands behind another; of keys that begin alike nobody knows.
    func isBehind(_ other: Key) -> Bool { words > other.words }
  }
  private var isFull = false
  private var magnitude: Decimal?
  private var key: Key?

  init() {}

  /// The gate of those that are kept now.
  init(_ largest: LargestChanges, top: Int) {
    guard largest.entries.count >= top, let last = largest.entries.last?.change else { return }
    isFull = true
    magnitude = last.difference?.magnitude
    key = last.key.utf8.withContiguousStorageIfAvailable { Key($0) }
  }

  /// Whether a change surely is not among them.
  @inline(__always)
  func keepsOut(_ difference: Decimal?, _ own: Key?) -> Bool {
    guard isFull else { return false }
    switch (difference?.magnitude, magnitude) {
    case (let x?, let y?):
      let order = Decimal.order(x, y)
      if order != 0 { return order < 0 }
    case (_?, nil): return false
    case (nil, _?): return true
    case (nil, nil): break
    }
    guard let key, let own else { return false }
    return own.isBehind(key)
  }
}

extension Decimal {
  /// Without its sign; what has no opposite stays as it is.
  var magnitude: Decimal {
    mantissa < 0 && mantissa > .min ? Decimal(mantissa: -mantissa, scale: scale) : self
  }
}

/// A record taken out of its table, with texts and lists that go with it: what a stream keeps of the
/// few records that it will be asked about.
struct KeptRecord: Sendable {
  private indirect enum Cell: Sendable {
    case plain(Value)
    case text(String)
    case list([Cell])
  }
  private let cells: [Cell]

  init(_ record: RecordID, row: Int, of facts: Facts) {
    cells = facts[record].columns.map { Self.cell($0[row], facts, depth: 0) }
  }

  private static func cell(_ value: Value, _ facts: Facts, depth: Int) -> Cell {
    switch value.tag {
    case .text: .text(facts.texts.text(of: Symbol(Int(value.bits))))
    case .list where depth < 8:
      .list(facts.lists.items(of: value).map { cell($0, facts, depth: depth + 1) })
    default: .plain(value)
    }
  }

  /// Puts the record back; its row, or nil where its key is there already.
  func append(to record: RecordID, of facts: inout Facts) -> Int? {
    let values = cells.map { Self.value($0, &facts) }
    let type = facts.schema[record]
    let key = type.key.map { values[facts.schema[$0].column] }
    return facts[record].append(values, key: key)
  }

  func value(at column: Int, _ facts: inout Facts) -> Value { Self.value(cells[column], &facts) }

  private static func value(_ cell: Cell, _ facts: inout Facts) -> Value {
    switch cell {
    case .plain(let value): return value
    case .text(let text): return .text(facts.texts.intern(text))
    case .list(let cells):
      let items = cells.map { value($0, &facts) }
      return facts.lists.add(items)
    }
  }
}
