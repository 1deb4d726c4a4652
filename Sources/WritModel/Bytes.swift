/// Borrowed bytes: a stretch of a file, of a row, of a text.
public typealias Bytes = UnsafeBufferPointer<UInt8>

extension UnsafeBufferPointer<UInt8> {
  /// The bytes `start ..< end`. The caller keeps them within bounds.
  @inlinable
  func slice(_ start: Int, _ end: Int) -> Bytes {
    assert(0 <= start && start <= end && end <= count)
    guard let base = baseAddress, end > start else { return Bytes(start: nil, count: 0) }
    return Bytes(start: base + start, count: end - start)
  }

  @inlinable
  func equals(_ other: Bytes) -> Bool {
    guard count == other.count else { return false }
    guard let a = UnsafeRawPointer(baseAddress), let b = UnsafeRawPointer(other.baseAddress) else {
      return true
    }
    var index = 0
    while index + 8 <= count {
      let left = a.loadUnaligned(fromByteOffset: index, as: UInt64.self)
      if left != b.loadUnaligned(fromByteOffset: index, as: UInt64.self) { return false }
      index += 8
    }
    guard index < count else { return true }
    if count >= 8 {
      // The last eight bytes; some of them have been looked at already.
      return a.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self)
        == b.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self)
    }
    if count >= 4 {
      return a.loadUnaligned(as: UInt32.self) == b.loadUnaligned(as: UInt32.self)
        && a.loadUnaligned(fromByteOffset: count - 4, as: UInt32.self)
          == b.loadUnaligned(fromByteOffset: count - 4, as: UInt32.self)
    }
    while index < count {
      let left = a.load(fromByteOffset: index, as: UInt8.self)
      if left != b.load(fromByteOffset: index, as: UInt8.self) { return false }
      index += 1
    }
    return true
  }

  func equals(_ text: StaticString) -> Bool {
    text.withUTF8Buffer { equals($0) }
  }

  /// Without blanks at both ends: spaces, tabs, line ends, no-break and ideographic spaces.
  func trimmed() -> Bytes {
    var (start, end) = (0, count)
    while start < end {
      let width = blankWidth(at: start)
      guard width > 0 else { break }
      start += width
    }
    while end > start {
      if self[end - 1] <= 0x20 {
        end -= 1
      } else if end - start >= 2, self[end - 1] == 0xA0, self[end - 2] == 0xC2 {
        end -= 2
      } else if end - start >= 3, blankWidth(at: end - 3) == 3 {
        end -= 3
      } else {
        break
      }
    }
    return slice(start, end)
  }

  /// How many bytes the blank at an index has; 0 if there is none.
  private func blankWidth(at index: Int) -> Int {
    let byte = self[index]
    if byte == 0x20 || (byte >= 0x09 && byte <= 0x0D) { return 1 }
    if byte == 0xC2, index + 1 < count, self[index + 1] == 0xA0 { return 2 }
    if byte == 0xE3, index + 2 < count, self[index + 1] == 0x80, self[index + 2] == 0x80 {
      return 3
    }
    return 0
  }

  /// 64 well-mixed bits of these bytes; the same in every run.
  @inlinable
  func hash64(seed: UInt64 = 0) -> UInt64 {
    var state = seed ^ 0x9E37_79B9_7F4A_7C15
    guard let start = UnsafeRawPointer(baseAddress), count > 0 else {
      return Self.mix(state, 0xA076_1D64)
    }
    var tail: UInt64
    if count >= 8 {
      var index = 0
      while index &+ 8 < count {
        state = Self.mix(
          state ^ start.loadUnaligned(fromByteOffset: index, as: UInt64.self),
          0xE703_7ED1_A0B4_28DB)
        index &+= 8
      }
      // The last eight bytes; some of them may have been taken already.
      tail = start.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
    } else if count >= 4 {
      let low = start.loadUnaligned(as: UInt32.self)
      let high = start.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self)
      tail = UInt64(low) | UInt64(high) &<< 32
    } else {
      let first = UInt64(start.load(as: UInt8.self))
      let middle = UInt64(start.load(fromByteOffset: count &>> 1, as: UInt8.self))
      let last = UInt64(start.load(fromByteOffset: count &- 1, as: UInt8.self))
      tail = first | middle &<< 8 | last &<< 16
    }
    return Self.mix(state ^ tail, 0x8EBC_6AF0_9C88_C6E3 ^ UInt64(count))
  }

  @inlinable
  static func mix(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let product = a.multipliedFullWidth(by: b)
    return product.high ^ product.low ^ a
  }
}

/// Eight bytes looked at together, the first one lowest.
///
/// What takes a bare pointer may read 16 bytes further than it was asked to look.
public enum Words {
  /// How many bytes must stand readable behind bytes that are looked at by bare pointers.
  @inlinable
  public static var room: Int { 16 }

  /// The eight bytes that stand there.
  @inlinable
  @inline(__always)
  public static func load(_ start: UnsafePointer<UInt8>) -> UInt64 {
    UInt64(littleEndian: UnsafeRawPointer(start).loadUnaligned(as: UInt64.self))
  }

  /// Copies bytes, and up to 16 behind them, for which there has to be room on both sides.
  @inlinable
  @inline(__always)
  public static func copy(
    _ start: UnsafePointer<UInt8>, _ count: Int, to target: UnsafeMutablePointer<UInt8>
  ) {
    let (from, into) = (UnsafeRawPointer(start), UnsafeMutableRawPointer(target))
    var index = 0
    repeat {
      let low = from.loadUnaligned(fromByteOffset: index, as: UInt64.self)
      let high = from.loadUnaligned(fromByteOffset: index &+ 8, as: UInt64.self)
      into.storeBytes(of: low, toByteOffset: index, as: UInt64.self)
      into.storeBytes(of: high, toByteOffset: index &+ 8, as: UInt64.self)
      index += 16
    } while index < count
  }

  /// Ones in the first bytes, 1 to 8 of them.
  @inline(__always)
  static func mask(_ count: Int) -> UInt64 { ~0 &>> UInt64(truncatingIfNeeded: 64 &- count &* 8) }

  /// The number that eight digits write, the first one highest; nil if one is no digit.
  @inline(__always)
  static func number(_ word: UInt64) -> UInt64? {
    var value = word ^ splat(0x30)
    guard ((value &+ splat(0x76)) | value) & highs == 0 else { return nil }
    value = (value &* 2561) &>> 8
    value = ((value & 0x00FF_00FF_00FF_00FF) &* 6_553_601) &>> 16
    return ((value & 0x0000_FFFF_0000_FFFF) &* 42_949_672_960_001) &>> 32
  }

  /// Where the cell that begins here ends: at the delimiter or a control character. There is one,
  /// if only in the zeros behind the bytes.
  @inline(__always)
  static func endOfCell(_ base: UnsafePointer<UInt8>, _ start: Int, _ delimiter: UInt64) -> Int {
    var index = start
    while true {
      let word = load(base + index)
      let found = matches(word, delimiter) | controls(word)
      if found != 0 { return index &+ found.trailingZeroBitCount &>> 3 }
      index &+= 8
    }
  }

  /// The first quote or control character. There is one, if only in the zeros behind the bytes.
  @inline(__always)
  static func endOfQuoted(_ base: UnsafePointer<UInt8>, _ start: Int) -> Int {
    endOfCell(base, start, splat(UInt8(ascii: "\"")))
  }

  /// A one in the lowest bit of each byte.
  @inlinable
  public static var ones: UInt64 { 0x0101_0101_0101_0101 }
  /// A one in the highest bit of each byte.
  @inlinable
  public static var highs: UInt64 { 0x8080_8080_8080_8080 }

  /// The byte in every place.
  @inlinable
  @inline(__always)
  public static func splat(_ byte: UInt8) -> UInt64 { ones &* UInt64(byte) }

  /// A high bit at each byte of the word that is equal to the splatted one: the first is exact,
  /// those behind it may be false.
  @inlinable
  @inline(__always)
  public static func matches(_ word: UInt64, _ splatted: UInt64) -> UInt64 {
    let difference = word ^ splatted
    return (difference &- ones) & ~difference & highs
  }

  /// A high bit at each byte below 32; beside the first, others may be false.
  @inlinable
  @inline(__always)
  public static func controls(_ word: UInt64) -> UInt64 { (word &- splat(0x20)) & ~word & highs }

  /// The first quote, backslash or control character. There is one, if only in the zeros behind.
  @inline(__always)
  static func endOfText(_ base: UnsafePointer<UInt8>, _ start: Int) -> Int {
    var index = start
    while true {
      let word = load(base + index)
      let found = matches(word, splat(0x22)) | matches(word, splat(0x5C)) | controls(word)
      if found != 0 { return index &+ found.trailingZeroBitCount &>> 3 }
      index &+= 8
    }
  }

  /// The first comma, closing bracket, blank or control character. There is one, if only in the
  /// zeros behind.
  @inline(__always)
  static func endOfToken(_ base: UnsafePointer<UInt8>, _ start: Int) -> Int {
    var index = start
    while true {
      let word = load(base + index)
      let found =
        matches(word, splat(0x2C)) | matches(word, splat(0x7D)) | matches(word, splat(0x5D))
        | ((word &- splat(0x21)) & ~word & highs)
      if found != 0 { return index &+ found.trailingZeroBitCount &>> 3 }
      index &+= 8
    }
  }

  /// The index of the first quote, backslash or control character from `start` on, or the end.
  @inline(__always)
  static func endOfPlainText(_ bytes: Bytes, _ start: Int) -> Int {
    guard let base = bytes.baseAddress else { return start }
    let (quote, slash) = (splat(UInt8(ascii: "\"")), splat(UInt8(ascii: "\\")))
    var index = start
    while index + 8 <= bytes.count {
      let word = UInt64(
        littleEndian: UnsafeRawPointer(base + index).loadUnaligned(as: UInt64.self))
      let found = matches(word, quote) | matches(word, slash) | controls(word)
      if found != 0 { return index + found.trailingZeroBitCount / 8 }
      index += 8
    }
    while index < bytes.count, base[index] >= 0x20, base[index] != UInt8(ascii: "\""),
      base[index] != UInt8(ascii: "\\")
    {
      index += 1
    }
    return index
  }

  /// Whether a byte is among so many.
  static func contain(_ byte: UInt8, _ base: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    let wanted = splat(byte)
    var index = 0
    while index &+ 32 <= count {
      let some = matches(load(base + index), wanted) | matches(load(base + index + 8), wanted)
      let others =
        matches(load(base + index + 16), wanted) | matches(load(base + index + 24), wanted)
      if some | others != 0 { return true }
      index &+= 32
    }
    return first(byte, in: base, from: index, to: count) < count
  }

  /// The index of the first byte equal to `byte` from `start` on, or `end`.
  @inline(__always)
  static func first(
    _ byte: UInt8, in base: UnsafePointer<UInt8>, from start: Int, to end: Int
  ) -> Int {
    var index = start
    let wanted = splat(byte)
    while index + 8 <= end {
      let word = UnsafeRawPointer(base + index).loadUnaligned(as: UInt64.self)
      let found = matches(UInt64(littleEndian: word), wanted)
      if found != 0 { return index + found.trailingZeroBitCount / 8 }
      index += 8
    }
    while index < end, base[index] != byte { index += 1 }
    return index
  }
}
