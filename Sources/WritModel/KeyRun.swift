/// The keys of neighbouring records, in their order, as they wait to be compared with those before.
struct KeyRun: Sendable {
  /// The bits by which each key is remembered.
  private(set) var hashes: [UInt64] = []
  /// Whether each key is greater than the one before it, so that none is there twice.
  private(set) var isAscending = true
  private(set) var first: Value?
  private(set) var last: Value?

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
    texts.withTexts { texts in
      hashes.withUnsafeMutableBufferPointer { hashes in
        guard let hashes = hashes.baseAddress.map({ $0 + start }) else { return }
        var previous = last ?? values[0]
        if let last { ascends = ascends && Self.precedes(last, values[0], texts) }
        var previousText =
          previous.tag == .text ? texts[Symbol(Int(previous.bits))] : Bytes(start: nil, count: 0)
        for row in 0..<rows.count {
          let value = values[row]
          if value.tag == .text {
            let text = texts[Symbol(Int(value.bits))]
            hashes[row] = KeySet.mixed(0, text.hash64(seed: 1))
            if ascends, row > 0 { ascends = previous.tag == .text && previousText.precedes(text) }
            previousText = text
          } else {
            hashes[row] = KeySet.mixed(0, value.keyHash)
            if ascends, row > 0 { ascends = Self.precedes(previous, value, texts) }
          }
          previous = value
        }
      }
    }
    isAscending = ascends
    first = first ?? values[0]
    last = values[rows.count - 1]
  }

  /// Adds one key.
  mutating func add(_ key: some Collection<Value>, _ texts: Interner) {
    guard let value = key.first else { return }
    texts.withTexts { texts in
      hashes.append(KeySet.hash(key, texts))
      if let last { isAscending = isAscending && Self.precedes(last, value, texts) }
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

extension UnsafeBufferPointer<UInt8> {
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
