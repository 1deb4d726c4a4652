/// An exact decimal number: `mantissa × 10^-scale`.
///
/// The mantissa has 64 bits and the scale runs from 0 to 18. What does not fit is reported, never
/// wrapped or rounded in silence: every operation that can overflow returns nil then. Two decimals
/// are equal when their values are, whatever their scales (`1.50 = 1.5`).
@frozen
public struct Decimal: Sendable {
  public var mantissa: Int64
  public var scale: UInt8

  /// The largest number of digits behind the point.
  public static let maximumScale: UInt8 = 18

  @inlinable
  public init(mantissa: Int64, scale: UInt8 = 0) {
    self.mantissa = mantissa
    self.scale = scale
  }

  @inlinable
  public init(_ integer: Int64) {
    self.init(mantissa: integer, scale: 0)
  }

  /// The decimal of a mantissa of any size and scale, or nil if it does not fit exactly. Zeros at
  /// the end of the digits are given up only where that makes it fit.
  @inlinable
  public init?(fitting mantissa: Int128, scale: Int) {
    if scale <= 18, let narrow = Int64(exactly: mantissa) {
      self.init(mantissa: narrow, scale: UInt8(truncatingIfNeeded: scale))
      return
    }
    guard let fitted = Self.stripped(mantissa, scale: scale) else { return nil }
    self = fitted
  }

  @usableFromInline
  static func stripped(_ mantissa: Int128, scale: Int) -> Decimal? {
    var mantissa = mantissa
    var scale = scale
    while true {
      if scale <= 18, let narrow = Int64(exactly: mantissa) {
        return Decimal(mantissa: narrow, scale: UInt8(scale))
      }
      let (quotient, remainder) = mantissa.quotientAndRemainder(dividingBy: 10)
      guard scale > 0, remainder == 0 else { return nil }
      mantissa = quotient
      scale -= 1
    }
  }

  /// 10 to a power from 0 to 18.
  @inlinable
  public static func powerOfTen(_ exponent: Int) -> Int64 {
    // A switch of constants becomes a table without a once-check or a bounds check.
    switch exponent {
    case 0: 1
    case 1: 10
    case 2: 100
    case 3: 1000
    case 4: 10_000
    case 5: 100_000
    case 6: 1_000_000
    case 7: 10_000_000
    case 8: 100_000_000
    case 9: 1_000_000_000
    case 10: 10_000_000_000
    case 11: 100_000_000_000
    case 12: 1_000_000_000_000
    case 13: 10_000_000_000_000
    case 14: 100_000_000_000_000
    case 15: 1_000_000_000_000_000
    case 16: 10_000_000_000_000_000
    case 17: 100_000_000_000_000_000
    case 18: 1_000_000_000_000_000_000
    default: preconditionFailure("a power of ten outside 0...18")
    }
  }
}

// MARK: - Order

extension Decimal: Comparable, Hashable {
  /// -1, 0 or 1 as `a` is less than, equal to or greater than `b`, by value.
  @inlinable
  public static func order(_ a: Decimal, _ b: Decimal) -> Int {
    if a.scale == b.scale {
      return a.mantissa < b.mantissa ? -1 : (a.mantissa == b.mantissa ? 0 : 1)
    }
    let (left, right, _) = aligned(a, b)
    return left < right ? -1 : (left == right ? 0 : 1)
  }

  @inlinable
  public static func == (a: Decimal, b: Decimal) -> Bool { order(a, b) == 0 }

  @inlinable
  public static func < (a: Decimal, b: Decimal) -> Bool { order(a, b) < 0 }

  public func hash(into hasher: inout Hasher) {
    let plain = normalized
    hasher.combine(plain.mantissa)
    hasher.combine(plain.scale)
  }

  /// The same value without zeros at the end behind the point: the one way to write it.
  public var normalized: Decimal {
    var result = self
    while result.scale > 0, result.mantissa % 10 == 0 {
      result.mantissa /= 10
      result.scale -= 1
    }
    return result
  }

  /// Whether it has no fraction (`3.00` has none).
  public var isInteger: Bool {
    scale == 0 || mantissa % Self.powerOfTen(Int(scale)) == 0
  }

  /// Both mantissas at the greater of the two scales.
  @inlinable
  static func aligned(_ a: Decimal, _ b: Decimal) -> (Int128, Int128, scale: Int) {
    let scale = max(Int(a.scale), Int(b.scale))
    return (
      Int128(a.mantissa) * Int128(powerOfTen(scale - Int(a.scale))),
      Int128(b.mantissa) * Int128(powerOfTen(scale - Int(b.scale))), scale
    )
  }
}
