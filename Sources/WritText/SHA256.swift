/// SHA-256 (FIPS 180-4): the name of a rule set in reports.
public struct SHA256: Sendable {
  private var state = SHA256.beginning
  /// What was taken and does not fill a block yet.
  private var rest: [UInt8] = []
  private var count: UInt64 = 0
  private var schedule = [UInt32](repeating: 0, count: 64)

  public init() { rest.reserveCapacity(128) }

  /// Takes more bytes. O(count).
  public mutating func update(_ bytes: [UInt8]) {
    count += UInt64(bytes.count)
    var index = 0
    if !rest.isEmpty {
      index = min(64 - rest.count, bytes.count)
      rest += bytes[..<index]
      if rest.count < 64 { return }
      let block = rest
      rest.removeAll(keepingCapacity: true)
      block.withUnsafeBufferPointer { compress($0, at: 0) }
    }
    bytes.withUnsafeBufferPointer { bytes in
      while bytes.count - index >= 64 {
        compress(bytes, at: index)
        index += 64
      }
    }
    rest += bytes[index...]
  }

  /// The sum of all bytes taken, in lower-case hex.
  public consuming func finish() -> String {
    let bits = count &* 8
    let padding = (rest.count < 56 ? 56 : 120) - rest.count
    update([0x80] + Array(repeating: 0, count: padding - 1))
    update((0..<8).map { UInt8(truncatingIfNeeded: bits >> UInt64(56 - 8 * $0)) })
    var text: [UInt8] = []
    let digits = Array("0123456789abcdef".utf8)
    for word in state {
      for shift in stride(from: 28, through: 0, by: -4) {
        text.append(digits[Int(word >> UInt32(shift) & 15)])
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// The sum of these bytes alone, its first `digits` in lower-case hex, written to `hex`. Whatever
  /// was taken before is forgotten; nothing is allocated, so one value sums many texts.
  public mutating func sum(
    of bytes: UnsafeBufferPointer<UInt8>, digits: Int, into hex: UnsafeMutablePointer<UInt8>
  ) {
    precondition((0...64).contains(digits))
    for (index, word) in SHA256.beginning.enumerated() { state[index] = word }
    rest.removeAll(keepingCapacity: true)
    count = 0
    var index = 0
    while bytes.count - index >= 64 {
      compress(bytes, at: index)
      index += 64
    }
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 128) { tail in
      tail.initialize(repeating: 0)
      let left = bytes.count - index
      for place in 0..<left { tail[place] = bytes[index + place] }
      tail[left] = 0x80
      let end = left < 56 ? 64 : 128
      let bits = UInt64(bytes.count) &* 8
      for place in 0..<8 {
        tail[end - 8 + place] = UInt8(truncatingIfNeeded: bits >> UInt64(56 - 8 * place))
      }
      compress(UnsafeBufferPointer(tail), at: 0)
      if end == 128 { compress(UnsafeBufferPointer(tail), at: 64) }
    }
    for place in 0..<digits {
      let nibble = UInt8(truncatingIfNeeded: state[place / 8] >> UInt32(28 - place % 8 * 4) & 15)
      hex[place] = nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10
    }
  }

  private mutating func compress(_ bytes: UnsafeBufferPointer<UInt8>, at start: Int) {
    var (a, b, c, d) = (state[0], state[1], state[2], state[3])
    var (e, f, g, h) = (state[4], state[5], state[6], state[7])
    // Through pointers, so that nothing is asked of the arrays at each of the many steps.
    schedule.withUnsafeMutableBufferPointer { schedule in
      SHA256.constants.withUnsafeBufferPointer { constants in
        for index in 0..<16 {
          let at = start + index * 4
          schedule[index] =
            UInt32(bytes[at]) << 24 | UInt32(bytes[at + 1]) << 16 | UInt32(bytes[at + 2]) << 8
            | UInt32(bytes[at + 3])
        }
        for index in 16..<64 {
          let a = schedule[index - 15]
          let b = schedule[index - 2]
          let small = Self.turn(a, 7) ^ Self.turn(a, 18) ^ (a >> 3)
          let large = Self.turn(b, 17) ^ Self.turn(b, 19) ^ (b >> 10)
          schedule[index] = schedule[index - 16] &+ small &+ schedule[index - 7] &+ large
        }
        for index in 0..<64 {
          let large = Self.turn(e, 6) ^ Self.turn(e, 11) ^ Self.turn(e, 25)
          let choice = (e & f) ^ (~e & g)
          let first = h &+ large &+ choice &+ constants[index] &+ schedule[index]
          let small = Self.turn(a, 2) ^ Self.turn(a, 13) ^ Self.turn(a, 22)
          let second = small &+ ((a & b) ^ (a & c) ^ (b & c))
          (h, g, f, e) = (g, f, e, d &+ first)
          (d, c, b, a) = (c, b, a, first &+ second)
        }
      }
    }
    state[0] &+= a
    state[1] &+= b
    state[2] &+= c
    state[3] &+= d
    state[4] &+= e
    state[5] &+= f
    state[6] &+= g
    state[7] &+= h
  }

  @inline(__always)
  private static func turn(_ word: UInt32, _ count: UInt32) -> UInt32 {
    word &>> count | word &<< (32 &- count)
  }

  /// The first 32 bits of the fractions of the square roots of the first 8 primes.
  private static let beginning: [UInt32] = [
    0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab,
    0x5be0_cd19,
  ]

  /// The first 32 bits of the fractions of the cube roots of the first 64 primes.
  private static let constants: [UInt32] = [
    0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4,
    0xab1c_5ed5, 0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe,
    0x9bdc_06a7, 0xc19b_f174, 0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f,
    0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da, 0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7,
    0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967, 0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc,
    0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85, 0xa2bf_e8a1, 0xa81a_664b,
    0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070, 0x19a4_c116,
    0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
    0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7,
    0xc671_78f2,
  ]
}
