/// The keys of neighbouring records, in their order, as they wait to be compared with those before.
struct KeyRun: Sendable {
  /// The bits by which each key is remembered.
  private(set) var hashes: [UInt64] = []
  /// Whether each key is greater than the one before it, so that none is there twice.
  private(set) var isAscending = true
  private(set) var first: Value?
  private(set) var last: Value?
  /// Where keys begin that count on one by one, `Q-099`, `Q-100`, with the first of them; empty where
  /// many do not.
  var stretches: [Stretch] { counting.stretches }
  private var counting = Counting()

  struct Stretch: Sendable {
    var place: Int
    var first: Value
  }
  private struct Counting: Sendable {
    var stretches: [Stretch] = []
    var isGivenUp = false

    mutating func begin(_ key: Value, at place: Int) {
      stretches.append(Stretch(place: place, first: key))
      guard stretches.count > 16, stretches.count * KeyRun.fewestCounted > place else { return }
      isGivenUp = true
      stretches = []
    }
  }
  /// With fewer keys a stretch, on average, each key takes less room than its share of a stretch.
  static let fewestCounted = 12

  /// Adds the keys of rows on a stage.
  mutating func add(
    _ stage: RowStage, _ rows: Range<Int>, _ columns: [Int], _ texts: Interner
  ) {
    guard columns.count == 1, !rows.isEmpty else {
      addSeveral(stage, rows, columns, texts)
      return
    }
    let values = stage.columns[columns[0]] + rows.lowerBound
    let start = hashes.count
    hashes.append(contentsOf: repeatElement(0, count: rows.count))
    var ascends = isAscending
    var counting = self.counting
    texts.withTexts { texts in
      hashes.withUnsafeMutableBufferPointer { hashes in
        guard let hashes = hashes.baseAddress.map({ $0 + start }) else { return }
        var previous = last ?? .missing(Cause(.empty))
        if let last { ascends = ascends && Self.precedes(last, values[0], texts) }
        var previousText =
          previous.tag == .text ? texts[Symbol(Int(previous.bits))] : Bytes(start: nil, count: 0)
        for row in 0..<rows.count {
          let value = values[row]
          if value.tag == .text {
            let text = texts[Symbol(Int(value.bits))]
            hashes[row] = KeySet.mixed(0, text.hash64(seed: 1))
            if ascends, row > 0 { ascends = previous.tag == .text && previousText.precedes(text) }
            if !counting.isGivenUp, previous.tag != .text || !previousText.isCountedOn(by: text) {
              counting.begin(value, at: start + row)
            }
            previousText = text
          } else {
            hashes[row] = KeySet.mixed(0, value.keyHash)
            if ascends, row > 0 { ascends = Self.precedes(previous, value, texts) }
            if !counting.isGivenUp, !previous.isCountedOn(by: value) {
              counting.begin(value, at: start + row)
            }
          }
          previous = value
        }
      }
    }
    isAscending = ascends
    self.counting = counting
    first = first ?? values[0]
    last = values[rows.count - 1]
  }

  /// Adds one key.
  mutating func add(_ key: some Collection<Value>, _ texts: Interner) {
    guard let value = key.first else { return }
    texts.withTexts { texts in
      hashes.append(KeySet.hash(key, texts))
      if let last { isAscending = isAscending && Self.precedes(last, value, texts) }
      if !counting.isGivenUp, !(last.map { Self.counts(from: $0, to: value, texts) } ?? false) {
        counting.begin(value, at: hashes.count - 1)
      }
    }
    if key.count > 1 { isAscending = false }
    first = first ?? value
    last = value
  }

  private mutating func addSeveral(
    _ stage: RowStage, _ rows: Range<Int>, _ columns: [Int], _ texts: Interner
  ) {
    guard let column = columns.first, !rows.isEmpty else { return }
    isAscending = false
    texts.withTexts { texts in
      for row in rows {
        hashes.append(KeySet.hash(columns.lazy.map { stage.columns[$0][row] }, texts))
      }
    }
    first = first ?? stage.columns[column][rows.lowerBound]
    last = stage.columns[column][rows.upperBound - 1]
  }

  /// Whether a key is another counted on by one.
  static func counts(from a: Value, to b: Value, _ texts: Interner.Texts) -> Bool {
    guard a.tag == .text, b.tag == .text else { return a.isCountedOn(by: b) }
    return texts[Symbol(Int(a.bits))].isCountedOn(by: texts[Symbol(Int(b.bits))])
  }

  mutating func reserve(_ count: Int) { hashes.reserveCapacity(count) }

  /// Whether a key stands before another in an order that equal keys are not in; false for kinds
  /// of values between which there is none.
  static func precedes(_ a: Value, _ b: Value, _ texts: Interner.Texts) -> Bool {
    guard a.tag == b.tag else { return false }
    switch a.tag {
    case .text: return texts[Symbol(Int(a.bits))].precedes(texts[Symbol(Int(b.bits))])
    case .number, .money, .date, .time, .duration, .member, .node, .boolean:
      return a.scale == b.scale && a.aux == b.aux && a.bits < b.bits
    case .missing, .none, .tied, .undetermined, .fault, .record, .queue, .rule, .list: return false
    }
  }
}

extension Value {
  /// Whether another is the same whole number and one.
  fileprivate func isCountedOn(by next: Value) -> Bool {
    tag == .number && next.tag == .number && scale == 0 && next.scale == 0 && aux == next.aux
      && bits < .max && bits + 1 == next.bits
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// Whether other bytes are as many and the same, but for the number at the end, which is one more.
  func isCountedOn(by next: Bytes) -> Bool {
    guard count == next.count, var place = indices.last else { return false }
    while place > 0, self[place] == UInt8(ascii: "9"), next[place] == UInt8(ascii: "0") {
      place -= 1
    }
    guard (UInt8(ascii: "0")..<UInt8(ascii: "9")).contains(self[place]),
      next[place] == self[place] + 1
    else { return false }
    guard let a = UnsafeRawPointer(baseAddress), let b = UnsafeRawPointer(next.baseAddress) else {
      return false
    }
    var index = 0
    while index &+ 8 <= place {
      if a.loadUnaligned(fromByteOffset: index, as: UInt64.self)
        != b.loadUnaligned(fromByteOffset: index, as: UInt64.self)
      {
        return false
      }
      index &+= 8
    }
    while index < place {
      if self[index] != next[index] { return false }
      index &+= 1
    }
    return true
  }

  /// Whether these bytes come before others, byte by byte.
  func precedes(_ other: Bytes) -> Bool {
    guard let a = UnsafeRawPointer(baseAddress), let b = UnsafeRawPointer(other.baseAddress) else {
      return count < other.count
    }
    let common = Swift.min(count, other.count)
    var index = 0
    while index &+ 8 <= common {
      let left = UInt64(bigEndian: a.loadUnaligned(fromByteOffset: index, as: UInt64.self))
      let right = UInt64(bigEndian: b.loadUnaligned(fromByteOffset: index, as: UInt64.self))
      if left != right { return left < right }
      index &+= 8
    }
    while index < common {
      let left = a.load(fromByteOffset: index, as: UInt8.self)
      let right = b.load(fromByteOffset: index, as: UInt8.self)
      if left != right { return left < right }
      index &+= 1
    }
    return count < other.count
  }
}
