// Addition, subtraction and multiplication are exact or nil; division says how many decimals it
// keeps.

extension Decimal {
  /// The exact sum, or nil if it does not fit.
  @inlinable
  public func adding(_ other: Decimal) -> Decimal? {
    if scale == other.scale {
      let (sum, overflow) = mantissa.addingReportingOverflow(other.mantissa)
      if !overflow { return Decimal(mantissa: sum, scale: scale) }
    }
    let (left, right, common) = Self.aligned(self, other)
    return Decimal(fitting: left + right, scale: common)
  }

  /// The exact difference, or nil if it does not fit.
  @inlinable
  public func subtracting(_ other: Decimal) -> Decimal? {
    if scale == other.scale {
      let (difference, overflow) = mantissa.subtractingReportingOverflow(other.mantissa)
      if !overflow { return Decimal(mantissa: difference, scale: scale) }
    }
    let (left, right, common) = Self.aligned(self, other)
    return Decimal(fitting: left - right, scale: common)
  }

  /// The exact product, or nil if it does not fit.
  @inlinable
  public func multiplied(by other: Decimal) -> Decimal? {
    Decimal(
      fitting: Int128(mantissa) * Int128(other.mantissa), scale: Int(scale) + Int(other.scale))
  }

  /// The product rounded half up to at most so many decimals, or nil if it does not fit.
  @inlinable
  public func multiplied(by other: Decimal, decimals: Int) -> Decimal? {
    let product = Int128(mantissa) * Int128(other.mantissa)
    let places = Int(scale) + Int(other.scale)
    if places <= decimals { return Decimal(fitting: product, scale: places) }
    return Self.rounded(product, scale: places, to: decimals)
  }

  /// A mantissa of a greater scale rounded half up to so many decimals.
  @usableFromInline
  static func rounded(_ mantissa: Int128, scale: Int, to decimals: Int) -> Decimal? {
    // At most 36 places come in, so what is cut off is at most 10^36, two steps of the table.
    let cut = scale - decimals
    let divisor =
      Int128(powerOfTen(min(cut, 18))) * Int128(powerOfTen(max(cut - 18, 0)))
    return Decimal(
      fitting: RoundingMode.halfUp.quotient(mantissa, divisor), scale: decimals)
  }

  /// The quotient rounded half up at the given decimal (0…18); nil if the divisor is zero or the
  /// quotient does not fit. Zeros behind the point that come of dividing are not kept:
  /// 10.00 ÷ 4 is 2.50, 1 ÷ 4 is 0.25.
  public func divided(by other: Decimal, decimals: Int) -> Decimal? {
    guard other.mantissa != 0 else { return nil }
    let isNegative = (mantissa < 0) != (other.mantissa < 0)
    let exponent = decimals + Int(other.scale) - Int(scale)
    var dividend = UInt128(mantissa.magnitude)
    var divisor = UInt128(other.mantissa.magnitude)
    let quotient: UInt128
    let remainder: UInt128
    if exponent <= 18 {
      if exponent >= 0 {
        dividend *= UInt128(Self.powerOfTen(exponent))
      } else {
        divisor *= UInt128(Self.powerOfTen(-exponent))
      }
      (quotient, remainder) = dividend.quotientAndRemainder(dividingBy: divisor)
    } else {
      // Up to 55 digits: 256 bits.
      let factor = UInt128(Self.powerOfTen(18)) * UInt128(Self.powerOfTen(exponent - 18))
      let wide = dividend.multipliedFullWidth(by: factor)
      guard wide.high < divisor else { return nil }
      (quotient, remainder) = divisor.dividingFullWidth(wide)
    }
    guard quotient < UInt128(Int128.max) else { return nil }
    let magnitude = Int128(quotient) + (remainder >= divisor - remainder ? 1 : 0)
    let result = Decimal(fitting: isNegative ? -magnitude : magnitude, scale: decimals)
    return result?.trimmed(to: max(Int(scale) - Int(other.scale), 0))
  }

  /// The same value without zeros at the end, but with at least so many decimals if it had them.
  public func trimmed(to decimals: Int) -> Decimal {
    var result = self
    while Int(result.scale) > decimals, result.mantissa % 10 == 0 {
      result.mantissa /= 10
      result.scale -= 1
    }
    return result
  }

  /// The opposite, or nil if it does not fit.
  @inlinable
  public var negated: Decimal? {
    mantissa == .min
      ? Decimal(fitting: -Int128(mantissa), scale: Int(scale))
      : Decimal(mantissa: -mantissa, scale: scale)
  }
}
