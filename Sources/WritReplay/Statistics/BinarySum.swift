/// A sum of binary numbers that is exact and does not depend on the order of its parts.
///
/// All bits a `Double` can have stand side by side, 32 to a limb; a limb has room for 2³⁰ parts
/// before its carry must move on. What `ExactSum` is for amounts, this is for their squares and
/// products, which have too many digits for it.
struct BinarySum: Hashable, Sendable {
  /// The least bit is 2^-1152; the greatest a part may have is 2^1023.
  private static let limbCount = 72
  private static let lowest = -1_152

  private var limbs = [Int64](repeating: 0, count: limbCount)
  private var parts = 0
  /// False once a part was no number: the sum is then unknown.
  private(set) var isExact = true

  /// Adds a number. Constant time.
  mutating func add(_ value: Double) {
    guard value.isFinite else {
      isExact = false
      return
    }
    if value == 0 { return }
    if parts >= 1 << 30 { carry() }
    parts += 1
    let exponent = Int(value.exponent)
    let mantissa =
      value.isNormal
      ? Int64(value.significandBitPattern | 1 << 52)
      : Int64(value.significandBitPattern)
    let bit = (value.isNormal ? exponent : -1_022) - 52 - Self.lowest
    let (limb, shift) = (bit >> 5, bit & 31)
    let wide = Int128(value.sign == .minus ? -mantissa : mantissa) << Int128(shift)
    limbs[limb] += Int64(truncatingIfNeeded: wide & 0xFFFF_FFFF)
    limbs[limb + 1] += Int64(truncatingIfNeeded: (wide >> 32) & 0xFFFF_FFFF)
    limbs[limb + 2] += Int64(truncatingIfNeeded: wide >> 64)
  }

  mutating func add(_ other: BinarySum) {
    isExact = isExact && other.isExact
    if parts + other.parts >= 1 << 30 { carry() }
    var other = other
    other.carry()
    for index in limbs.indices { limbs[index] += other.limbs[index] }
    parts += 1
  }

  /// Leaves every limb but the last between 0 and 2³².
  private mutating func carry() {
    var moved: Int64 = 0
    for index in limbs.indices.dropLast() {
      let sum = limbs[index] + moved
      limbs[index] = sum & 0xFFFF_FFFF
      moved = sum >> 32
    }
    limbs[limbs.count - 1] += moved
    parts = 1
  }

  /// Sign and size, the one way to write the sum.
  private var canonical: (isNegative: Bool, limbs: [Int64]) {
    var sum = self
    sum.carry()
    let isNegative = sum.limbs[sum.limbs.count - 1] < 0
    if isNegative {
      for index in sum.limbs.indices { sum.limbs[index] = -sum.limbs[index] }
      sum.carry()
    }
    return (isNegative, sum.limbs)
  }

  /// The nearest binary number or the one beside it, the same for equal sums; not a number if the
  /// sum is not exact.
  var value: Double {
    guard isExact else { return .nan }
    let (isNegative, limbs) = canonical
    guard let top = limbs.lastIndex(where: { $0 != 0 }) else { return 0 }
    var result = 0.0
    for index in stride(from: max(top - 3, 0), through: top, by: 1) {
      result += Double(
        sign: .plus, exponent: Self.lowest + 32 * index, significand: Double(limbs[index]))
    }
    return isNegative ? -result : result
  }

  static func == (a: BinarySum, b: BinarySum) -> Bool {
    a.isExact == b.isExact && a.canonical == b.canonical
  }

  func hash(into hasher: inout Hasher) { hasher.combine(canonical.limbs) }

  // MARK: As text

  /// `-31:ff,0,12`: the sign, the place of the lowest limb, and the limbs from there in hex; empty
  /// for zero.
  var text: String {
    guard isExact else { return "?" }
    let (isNegative, limbs) = canonical
    guard let first = limbs.firstIndex(where: { $0 != 0 }),
      let last = limbs.lastIndex(where: { $0 != 0 })
    else { return "" }
    let digits = limbs[first...last].map { String($0, radix: 16) }
    return (isNegative ? "-" : "+") + "\(first):" + digits.joined(separator: ",")
  }

  init() {}

  /// nil for what is no such text.
  init?(_ text: String) {
    if text == "?" { isExact = false }
    if text.isEmpty || text == "?" { return }
    let halves = text.dropFirst().split(separator: ":", omittingEmptySubsequences: false)
    guard let sign = text.first, sign == "+" || sign == "-", halves.count == 2,
      let first = Int(halves[0]), first >= 0
    else { return nil }
    let digits = halves[1].split(separator: ",", omittingEmptySubsequences: false)
    guard first + digits.count <= Self.limbCount else { return nil }
    for (index, digits) in digits.enumerated() {
      guard let limb = UInt32(digits, radix: 16) else { return nil }
      limbs[first + index] = sign == "-" ? -Int64(limb) : Int64(limb)
    }
    parts = 1
  }
}
