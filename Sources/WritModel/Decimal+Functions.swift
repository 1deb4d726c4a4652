// exp, ln and halving in fixed point: no floating point and no mathematics library, so every
// machine gives the same digits.
//
// Work is done with 120 bits behind the point. The error of a result, counted in units of its
// ninth decimal, stays below 2^-50; a result is wrong in its last digit only where the true value
// lies that close to a tie, and outside of the exact cases, which are settled exactly, the true
// value is irrational.

extension Decimal {
  /// e to this power, half up at the 9th decimal; nil if it does not fit (from about 22.9 on).
  public func exponential() -> Decimal? {
    if mantissa == 0 { return Decimal(1) }
    guard let value = Fixed(self), value.bits.magnitude < Fixed.expLimit else {
      return mantissa < 0 ? Decimal(0) : nil
    }
    let (power, doublings) = Fixed.exponential(of: value)
    return Self.scaled(1, by: power, halvings: -doublings, scale: 0)?.trimmed(to: 0)
  }

  /// The natural logarithm, half up at the 9th decimal; nil for zero and below.
  public func logarithm() -> Decimal? {
    guard mantissa > 0 else { return nil }
    if self == Decimal(1) { return Decimal(0) }
    let value =
      Fixed.logarithm(of: UInt64(mantissa)).bits - Int128(scale) * Fixed.lnTen.bits
    // value × 10^9 rounded half up; |value| < 2^6, so the product needs at most 157 bits.
    let wide = UInt128(value.magnitude).multipliedFullWidth(by: 1_000_000_000)
    guard let digits = Self.shiftedHalfUp(wide, by: Fixed.places),
      let narrow = Int64(exactly: digits)
    else { return nil }
    return Decimal(mantissa: value < 0 ? -narrow : narrow, scale: 9).trimmed(to: 0)
  }

  /// `self × ½^(elapsed ÷ every)`, half up at the given decimal (at most the 9th). `every` is
  /// positive; a negative `elapsed` doubles. Nil if it does not fit.
  public func halved(over elapsed: Int64, every: Int64, decimals: Int = 9) -> Decimal? {
    guard every > 0 else { return nil }
    if mantissa == 0 || elapsed == 0 { return rounded(decimals: decimals) }
    var (whole, rest) = elapsed.quotientAndRemainder(dividingBy: every)
    if rest < 0 {
      whole -= 1
      rest += every
    }
    if rest == 0 { return halvedExactly(whole, decimals) }
    // ½^(rest/every) = e^(-ln 2 · rest/every), between ½ and 1: twice that is e^(ln 2 · (1-…)).
    let share = Fixed(every - rest, over: every)
    let (power, doublings) = Fixed.exponential(of: Fixed.lnTwo.times(share))
    guard whole > -128 else { return nil }
    guard whole < 256 else { return Decimal(0) }
    let digits = Self.scaled(
      mantissa.magnitude, by: power, halvings: Int(whole) + 1 - doublings, scale: Int(scale),
      decimals: decimals)
    return (mantissa < 0 ? digits?.negated : digits)?.trimmed(to: 0)
  }

  /// Halved so many times, which is rational, so that ties are real.
  private func halvedExactly(_ times: Int64, _ decimals: Int) -> Decimal? {
    if times < 0 {
      guard times > -64 else { return nil }
      return Decimal(fitting: Int128(mantissa) << Int128(-times), scale: Int(scale))?
        .rounded(decimals: decimals)
    }
    guard times <= 96 else { return Decimal(0) }
    // mantissa × 10^9 ÷ (10^scale × 2^times): below 2^93 over at most 2^126.
    guard times <= 66 || Int(scale) <= decimals else { return Decimal(0) }
    let up = Int128(Self.powerOfTen(max(decimals - Int(scale), 0)))
    let down = Int128(Self.powerOfTen(max(Int(scale) - decimals, 0)))
    let digits = RoundingMode.halfUp.quotient(Int128(mantissa) * up, down << Int128(times))
    return Decimal(fitting: digits, scale: decimals)?.trimmed(to: 0)
  }

  /// `count × 10^-scale × factor × ½^halvings`, half up.
  private static func scaled(
    _ count: UInt64, by factor: Fixed, halvings: Int, scale: Int, decimals: Int = 9
  ) -> Decimal? {
    let up = UInt128(powerOfTen(max(decimals - scale, 0)))
    let down = UInt128(powerOfTen(max(scale - decimals, 0)))
    // At most 63 + 30 + 121 bits.
    var wide = (UInt128(count) * up).multipliedFullWidth(by: UInt128(factor.bits))
    if down > 1 {
      let (high, rest) = wide.high.quotientAndRemainder(dividingBy: down)
      // What is cut off lies below the rounding bit and makes no difference.
      wide = (high, down.dividingFullWidth((rest, wide.low)).quotient)
    }
    let shift = Fixed.places + halvings
    guard shift >= 1 else { return nil }
    guard let digits = shiftedHalfUp(wide, by: shift), let whole = Int128(exactly: digits) else {
      return nil
    }
    return Decimal(fitting: whole, scale: decimals)
  }

  /// A 256-bit number ÷ 2^shift, half up; nil above 128 bits.
  private static func shiftedHalfUp(_ wide: (high: UInt128, low: UInt128), by shift: Int)
    -> UInt128?
  {
    if shift > 256 { return 0 }
    if shift > 128 {
      let cut = shift - 128
      let whole = cut >= 128 ? 0 : wide.high >> UInt128(cut)
      let half = cut > 128 ? 0 : (wide.high >> UInt128(cut - 1)) & 1
      return whole + half
    }
    if shift == 128 { return wide.high + wide.low >> 127 }
    guard wide.high >> UInt128(shift - 1) == 0 else { return nil }
    let whole = wide.high << UInt128(128 - shift) | wide.low >> UInt128(shift)
    return whole + (wide.low >> UInt128(shift - 1)) & 1
  }
}

/// A signed number with 120 bits behind the point, between -128 and 128.
private struct Fixed {
  var bits: Int128

  static let places = 120
  /// e^44 has no room at all, and e^-44 is 0 at nine decimals.
  static let expLimit: UInt128 = 44 << 120
  static let lnTwo = Fixed(bits: 0xB1_7217_F7D1_CF79_ABC9_E3B3_9803_F2F7)
  static let lnTen = Fixed(bits: 0x24D_7637_76AA_A2B0_5BA9_5B58_AE0B_4C29)

  init(bits: Int128) { self.bits = bits }

  /// nil outside of ±100.
  init?(_ value: Decimal) {
    let unit = Decimal.powerOfTen(Int(value.scale))
    let (whole, rest) = value.mantissa.magnitude.quotientAndRemainder(
      dividingBy: UInt64(unit))
    guard whole < 100 else { return nil }
    let share = Fixed(Int64(rest), over: unit)
    let magnitude = Int128(whole) << Int128(Self.places) + share.bits
    bits = value.mantissa < 0 ? -magnitude : magnitude
  }

  /// A share between 0 and 1 of two whole numbers.
  init(_ part: Int64, over whole: Int64) {
    let part = UInt128(part.magnitude)
    let wide = (part >> UInt128(128 - Self.places), part << UInt128(Self.places))
    bits = Int128(UInt128(whole.magnitude).dividingFullWidth((high: wide.0, low: wide.1)).quotient)
  }

  /// The product of two that are not negative.
  func times(_ other: Fixed) -> Fixed {
    let wide = UInt128(bits).multipliedFullWidth(by: UInt128(other.bits))
    let low = wide.low >> UInt128(Self.places)
    return Fixed(bits: Int128(wide.high << UInt128(128 - Self.places) | low))
  }

  /// e^value as a factor in 1..<2 and a number of doublings.
  static func exponential(of value: Fixed) -> (factor: Fixed, doublings: Int) {
    var doublings = value.bits / lnTwo.bits
    var rest = value.bits - doublings * lnTwo.bits
    if rest < 0 {
      doublings -= 1
      rest += lnTwo.bits
    }
    // 1 + r (1 + r/2 (1 + r/3 (…))) as a sum of terms, each made from the one before.
    let argument = Fixed(bits: rest)
    var term = Fixed(bits: 1 << 120)
    var sum = term.bits
    var divisor: Int128 = 1
    while term.bits != 0 {
      term = Fixed(bits: term.times(argument).bits / divisor)
      sum += term.bits
      divisor += 1
    }
    return (Fixed(bits: sum), Int(doublings))
  }

  /// The natural logarithm of a whole number above zero.
  static func logarithm(of number: UInt64) -> Fixed {
    // number = 2^exponent × f with f in √½ ..< √2, and ln f = 2 artanh((f - 1) / (f + 1)).
    var exponent = 63 - number.leadingZeroBitCount
    var mantissa = UInt128(number) << UInt128(places - exponent)
    let rootTwo: UInt128 = 0x16A_09E6_67F3_BCC9_08B2_FB13_66EA_957D
    if mantissa > rootTwo {
      mantissa >>= 1
      exponent += 1
    }
    let one: Int128 = 1 << 120
    let above = Int128(mantissa) - one
    let sum = Int128(mantissa) + one
    let magnitude = UInt128(above.magnitude)
    let wide = (high: magnitude >> UInt128(128 - places), low: magnitude << UInt128(places))
    let ratio = Fixed(bits: Int128(UInt128(sum).dividingFullWidth(wide).quotient))
    let square = ratio.times(ratio)
    var power = ratio
    var total: Int128 = 0
    var divisor: Int128 = 1
    while power.bits != 0 {
      total += power.bits / divisor
      power = power.times(square)
      divisor += 2
    }
    let part = above < 0 ? -2 * total : 2 * total
    return Fixed(bits: Int128(exponent) * lnTwo.bits + part)
  }
}
