/// Which neighbour a number between two is taken to. Half up is away from zero at the tie, as the
/// desk means it: -2.5 becomes -3.
public enum RoundingMode: UInt8, Hashable, Sendable, CaseIterable {
  /// The nearer; at the tie away from zero, the even one, toward zero.
  case halfUp, halfEven, halfDown
  /// Away from zero, toward zero.
  case up, down
  /// Toward plus and minus infinity.
  case ceiling, floor
}

extension RoundingMode {
  /// A quotient taken to an integer. The divisor is positive.
  @inlinable
  public func quotient(_ dividend: Int128, _ divisor: Int128) -> Int128 {
    let (quotient, remainder) = dividend.quotientAndRemainder(dividingBy: divisor)
    if remainder == 0 { return quotient }
    let away: Int128 = dividend < 0 ? -1 : 1
    let rest = remainder < 0 ? -remainder : remainder
    // Compared without doubling, which could overflow.
    let other = divisor - rest
    let takesAway =
      switch self {
      case .halfUp: rest >= other
      case .halfDown: rest > other
      case .halfEven: rest > other || (rest == other && quotient & 1 != 0)
      case .up: true
      case .down: false
      case .ceiling: away > 0
      case .floor: away < 0
      }
    return takesAway ? quotient + away : quotient
  }
}

extension Decimal {
  /// The value with exactly so many decimals (0…18), or nil if it does not fit.
  public func quantized(to decimals: Int, _ mode: RoundingMode = .halfUp) -> Decimal? {
    let step = decimals - Int(scale)
    if step == 0 { return self }
    let digits =
      step > 0
      ? Int128(mantissa) * Int128(Self.powerOfTen(step))
      : mode.quotient(Int128(mantissa), Int128(Self.powerOfTen(-step)))
    guard let narrow = Int64(exactly: digits) else { return nil }
    return Decimal(mantissa: narrow, scale: UInt8(decimals))
  }

  /// The value with at most so many decimals (0…18): what has fewer stays as it is.
  public func rounded(decimals: Int, _ mode: RoundingMode = .halfUp) -> Decimal {
    // A tenth of a mantissa and one more always fits.
    if Int(scale) <= decimals { return self }
    return quantized(to: decimals, mode) ?? self
  }

  /// The multiple of `step` it is taken to (`rounded(to: 0.05)`), written with the decimals of the
  /// step; nil if the step is zero or the result does not fit.
  public func rounded(to step: Decimal, _ mode: RoundingMode = .halfUp) -> Decimal? {
    guard step.mantissa != 0 else { return nil }
    let (value, multiple, _) = Self.aligned(self, step)
    let size = multiple < 0 ? -multiple : multiple
    let count = mode.quotient(value, size)
    let (digits, overflow) = count.multipliedReportingOverflow(
      by: Int128(step.mantissa.magnitude))
    return overflow ? nil : Decimal(fitting: digits, scale: Int(step.scale))
  }
}
