// Decimals from bytes and to text: digits, a point, never an exponent on the way out.

extension Decimal {
  /// What reading a number gave.
  public enum Reading: Hashable, Sendable {
    case value(Decimal)
    /// No number.
    case malformed
    /// A number with more digits than a decimal holds.
    case tooLarge
  }

  /// Reads `[+-] digits [. digits] [e [+-] digits]`, digits on both sides of the point, all of the
  /// bytes. Zeros at the end are kept, so `1.50` has two decimals; digits that do not fit are never
  /// rounded away.
  public static func read(
    _ bytes: UnsafeBufferPointer<UInt8>, allowsExponent: Bool = false
  ) -> Reading {
    var index = 0
    let end = bytes.count
    var isNegative = false
    if index < end, bytes[index] == UInt8(ascii: "-") || bytes[index] == UInt8(ascii: "+") {
      isNegative = bytes[index] == UInt8(ascii: "-")
      index += 1
    }
    var digits = DigitRun()
    let whole = digits.take(bytes, from: &index)
    guard whole > 0 else { return .malformed }
    var scale = 0
    if index < end, bytes[index] == UInt8(ascii: ".") {
      index += 1
      scale = digits.take(bytes, from: &index)
      guard scale > 0 else { return .malformed }
    }
    if allowsExponent, index < end, bytes[index] | 0x20 == UInt8(ascii: "e") {
      index += 1
      guard let exponent = readExponent(bytes, from: &index) else { return .malformed }
      scale -= exponent
    }
    guard index == end else { return .malformed }
    return digits.decimal(isNegative: isNegative, scale: scale)
  }

  /// Reads `[-] digits [. digits]` of at most 18 bytes, which always fit: the way nearly all numbers
  /// are written. nil for anything else, which `read` looks at with more care.
  @inline(__always)
  static func readShort(_ bytes: UnsafeBufferPointer<UInt8>) -> Decimal? {
    let count = bytes.count
    guard count > 0, count <= 18, let base = bytes.baseAddress else { return nil }
    let isNegative = base[0] == UInt8(ascii: "-")
    let first = isNegative ? 1 : 0
    var index = first
    var mantissa: Int64 = 0
    var point = -1
    while index < count {
      let digit = base[index] &- UInt8(ascii: "0")
      if digit < 10 {
        mantissa = mantissa &* 10 &+ Int64(digit)
      } else if base[index] == UInt8(ascii: "."), point < 0, index > first {
        point = index
      } else {
        return nil
      }
      index += 1
    }
    guard count > first, point != count - 1 else { return nil }
    return Decimal(
      mantissa: isNegative ? -mantissa : mantissa,
      scale: point < 0 ? 0 : UInt8(truncatingIfNeeded: count - 1 - point))
  }

  /// Reads a number written out (`-12.50`); nil for anything else, or if it does not fit.
  public init?(_ text: String, allowsExponent: Bool = false) {
    var text = text
    let reading = text.withUTF8 { Self.read($0, allowsExponent: allowsExponent) }
    guard case .value(let value) = reading else { return nil }
    self = value
  }

  /// An exponent, kept within ±100,000: far outside of what fits.
  private static func readExponent(
    _ bytes: UnsafeBufferPointer<UInt8>, from index: inout Int
  ) -> Int? {
    var isNegative = false
    if index < bytes.count,
      bytes[index] == UInt8(ascii: "-") || bytes[index] == UInt8(ascii: "+")
    {
      isNegative = bytes[index] == UInt8(ascii: "-")
      index += 1
    }
    let start = index
    var exponent = 0
    while index < bytes.count, bytes[index] &- UInt8(ascii: "0") < 10 {
      exponent = min(exponent * 10 + Int(bytes[index] &- UInt8(ascii: "0")), 100_000)
      index += 1
    }
    guard index > start else { return nil }
    return isNegative ? -exponent : exponent
  }
}

/// Digits taken one by one. Zeros at the end wait until another digit follows them, so that they
/// can be given up where a number fits only without them.
struct DigitRun {
  private var mantissa: UInt64 = 0
  private var zeros = 0
  private var isTooLarge = false

  /// Takes the digits from `index` on and moves it behind them; how many there were.
  mutating func take(_ bytes: UnsafeBufferPointer<UInt8>, from index: inout Int) -> Int {
    let start = index
    while index < bytes.count {
      let digit = bytes[index] &- UInt8(ascii: "0")
      guard digit < 10 else { break }
      take(digit)
      index += 1
    }
    return index - start
  }

  mutating func take(_ digit: UInt8) {
    if digit == 0 {
      if mantissa != 0 { zeros += 1 }
      return
    }
    while zeros > 0, !isTooLarge {
      push(0)
      zeros -= 1
    }
    push(digit)
  }

  private mutating func push(_ digit: UInt8) {
    let (shifted, overflow) = mantissa.multipliedReportingOverflow(by: 10)
    let (sum, carry) = shifted.addingReportingOverflow(UInt64(digit))
    if overflow || carry { isTooLarge = true } else { mantissa = sum }
  }

  /// The number of these digits with `scale` of them behind the point.
  func decimal(isNegative: Bool, scale: Int) -> Decimal.Reading {
    if isTooLarge { return .tooLarge }
    if mantissa == 0 { return .value(Decimal(mantissa: 0, scale: UInt8(min(max(scale, 0), 18)))) }
    var digits = Int128(mantissa)
    var places = scale - zeros
    // The zeros come back as far as they fit and are needed or were written behind the point.
    var waiting = max(zeros, -places)
    while waiting > 0, places < 0 || (places < min(scale, 18) && digits * 10 <= Int128(Int64.max)) {
      guard places >= 0 || digits <= Int128(Int64.max) else { return .tooLarge }
      digits *= 10
      places += 1
      waiting -= 1
    }
    guard places <= 18, let narrow = Int64(exactly: isNegative ? -digits : digits) else {
      return .tooLarge
    }
    return .value(Decimal(mantissa: narrow, scale: UInt8(places)))
  }
}

extension Decimal {
  /// Digits with the decimals it has: `-12.50`.
  public var plain: String {
    var bytes: [UInt8] = []
    append(to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Adds its digits with the decimals it has.
  public func append(to bytes: inout [UInt8]) {
    if mantissa < 0 { bytes.append(UInt8(ascii: "-")) }
    let start = bytes.count
    var rest = mantissa.magnitude
    var places = 0
    while rest > 0 || places <= Int(scale) {
      if places == Int(scale), places > 0 { bytes.append(UInt8(ascii: ".")) }
      bytes.append(UInt8(ascii: "0") + UInt8(rest % 10))
      rest /= 10
      places += 1
    }
    bytes[start...].reverse()
  }

  /// Digits with at least so many decimals (`12.5` with 2 is `12.50`), at most 18.
  public func plain(atLeast decimals: Int) -> String {
    var text = plain
    let wanted = min(decimals, Int(Self.maximumScale))
    if Int(scale) < wanted {
      if scale == 0 { text += "." }
      text += String(repeating: "0", count: wanted - Int(scale))
    }
    return text
  }
}

extension Decimal: CustomStringConvertible {
  public var description: String { plain }
}
