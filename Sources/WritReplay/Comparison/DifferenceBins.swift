import WritModel

/// Differences counted in bins whose bounds are 1, 2 and 5 times powers of ten, the same for all
/// data, so that counts of parts add up.
///
/// A bin has a number: 0 holds no difference, 1 the least rise (from 10⁻¹⁸), -1 the least fall.
enum DifferenceBins {
  private static let leastExponent = -18

  /// The bin of a difference that is not zero.
  static func bin(of difference: Decimal) -> Int {
    guard difference.mantissa != 0 else { return 0 }
    let magnitude = difference.mantissa.magnitude
    var digits = 0
    var power: UInt64 = 1
    while digits < 19, magnitude / power >= 10 {
      power *= 10
      digits += 1
    }
    // magnitude is lead × power + rest, lead from 1 to 9.
    let lead = magnitude / power
    let rest = magnitude % power
    let step = lead >= 5 ? 2 : lead >= 2 ? 1 : 0
    var number = (digits - Int(difference.scale) - leastExponent) * 3 + step + 1
    if difference.mantissa < 0 {
      // Falls are closed at the low end as rises are, which is where they are greatest.
      if rest == 0, lead == 1 || lead == 2 || lead == 5 { number -= 1 }
      return -max(number, 1)
    }
    return max(number, 1)
  }

  /// The bound below which bins up to a number lie; nil where it does not fit.
  private static func bound(_ number: Int) -> Decimal? {
    let exponent = number / 3 + leastExponent
    let lead: Int64 = [1, 2, 5][number % 3]
    if exponent <= 0 {
      guard -exponent <= 18 else { return nil }
      return Decimal(mantissa: lead, scale: UInt8(-exponent))
    }
    guard exponent <= 18 else { return nil }
    let (mantissa, overflows) = lead.multipliedReportingOverflow(by: Decimal.powerOfTen(exponent))
    return overflows ? nil : Decimal(mantissa: mantissa, scale: 0)
  }

  /// The bins from the least to the greatest, with empty ones between those of one sign: by 1, 2
  /// and 5 while there are few, else by powers of ten, and what is least of all in one.
  static func bins(_ counts: [Int: Int]) -> [Comparison.Bin] {
    let numbers = counts.keys.filter { $0 != 0 }.map(abs)
    guard let least = numbers.min(), let greatest = numbers.max() else { return [] }
    let isFine = greatest - least < 12
    let width = isFine ? 1 : 3
    // Not more than ten powers of ten; what is less goes with the least.
    var low = isFine ? least - 1 : (least - 1) / 3 * 3
    let high = isFine ? greatest : (greatest - 1) / 3 * 3 + 3
    if high - low > 30 { low = high - 30 }
    var result: [Comparison.Bin] = []
    for sign in [-1, 1] {
      let own = counts.filter { $0.key.signum() == sign }
      guard !own.isEmpty else { continue }
      var sorted: [Comparison.Bin] = []
      var start = low
      while start < high {
        let isFirst = start == low
        let range = (isFirst ? 1 : start + 1)...(start + width)
        let count = own.reduce(0) { range.contains(abs($1.key)) ? $0 + $1.value : $0 }
        let near =
          isFirst && counts.keys.contains { $0 != 0 && abs($0) <= low }
          ? Decimal(0) : bound(start) ?? Decimal(0)
        let far = bound(start + width) ?? Decimal(mantissa: .max, scale: 0)
        sorted.append(
          sign > 0
            ? Comparison.Bin(low: near, high: far, count: count)
            : Comparison.Bin(low: far.negated ?? far, high: near.negated ?? near, count: count))
        start += width
      }
      // Those that are empty at the ends say nothing.
      while sorted.last?.count == 0 { sorted.removeLast() }
      while sorted.first?.count == 0 { sorted.removeFirst() }
      result += sign < 0 ? sorted.reversed() : sorted
    }
    return result
  }
}
