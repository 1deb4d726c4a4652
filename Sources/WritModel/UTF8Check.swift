// UTF-8 as RFC 3629 has it: shortest forms only, no surrogates, nothing above U+10FFFF.

extension UnsafeBufferPointer<UInt8> {
  /// The offset of the first byte that is no UTF-8, from an offset on, or nil.
  func firstInvalidUTF8(from start: Int = 0) -> Int? {
    guard let base = baseAddress else { return nil }
    var index = start
    let end = count
    while index < end {
      if index + 32 <= end {
        let some = Words.load(base + index) | Words.load(base + index + 8)
        let others = Words.load(base + index + 16) | Words.load(base + index + 24)
        if (some | others) & Words.highs == 0 {
          index += 32
          continue
        }
      }
      if index + 8 <= end {
        let ascii = (Words.load(base + index) & Words.highs).trailingZeroBitCount
        if ascii == 64 {
          index += 8
          continue
        }
        index += ascii &>> 3
        // Most of what is not ASCII is Chinese: three bytes, neither too long nor a surrogate.
        while index + 4 <= end {
          let word = UInt32(
            littleEndian: UnsafeRawPointer(base + index).loadUnaligned(as: UInt32.self))
          let lead = word & 0x200F
          guard word & 0x00C0_C0F0 == 0x0080_80E0, lead != 0, lead != 0x200D else { break }
          index += 3
        }
        guard index < end else { break }
      }
      let width = scalarWidth(at: index)
      if width == 0 { return index }
      index += width
    }
    return nil
  }

  /// Behind the bytes that are UTF-8 from an offset on, at most an end.
  func endOfUTF8(from start: Int, to end: Int) -> Int {
    let stop = Swift.min(end, count)
    return slice(0, stop).firstInvalidUTF8(from: start) ?? stop
  }

  /// Whether all bytes are below 128.
  func isASCII() -> Bool {
    guard let base = baseAddress else { return true }
    var index = 0
    var seen: UInt64 = 0
    while index + 8 <= count {
      seen |= UnsafeRawPointer(base + index).loadUnaligned(as: UInt64.self)
      index += 8
    }
    while index < count {
      seen |= UInt64(base[index])
      index += 1
    }
    return seen & Words.highs == 0
  }

  /// How many bytes the scalar at an index has; 0 if there is none.
  private func scalarWidth(at index: Int) -> Int {
    let lead = self[index]
    if lead < 0x80 { return 1 }
    let second = index + 1 < count ? self[index + 1] : 0
    switch lead {
    case 0xC2...0xDF:
      return second & 0xC0 == 0x80 ? 2 : 0
    case 0xE0...0xEF:
      let lowest: UInt8 = lead == 0xE0 ? 0xA0 : 0x80
      let highest: UInt8 = lead == 0xED ? 0x9F : 0xBF
      guard second >= lowest, second <= highest, index + 2 < count,
        self[index + 2] & 0xC0 == 0x80
      else { return 0 }
      return 3
    case 0xF0...0xF4:
      let lowest: UInt8 = lead == 0xF0 ? 0x90 : 0x80
      let highest: UInt8 = lead == 0xF4 ? 0x8F : 0xBF
      guard second >= lowest, second <= highest, index + 3 < count,
        self[index + 2] & 0xC0 == 0x80, self[index + 3] & 0xC0 == 0x80
      else { return 0 }
      return 4
    default: return 0
    }
  }
}
