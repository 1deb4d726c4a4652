/// A sum of decimals that is exact and does not depend on the order of its parts.
///
/// Holds ±1.7·10²⁰ at 18 digits after the point, and more at fewer; what does not fit is said by
/// `isExact` and stays so.
public struct ExactSum: Hashable, Sendable {
  /// The sum × 10^scale.
  public private(set) var mantissa: Int128 = 0
  public private(set) var scale: UInt8 = 0
  /// False once a part did not fit: the sum is then unknown.
  public private(set) var isExact = true

  public init() {}

  public init(_ value: Decimal) {
    mantissa = Int128(value.mantissa)
    scale = value.scale
  }

  /// A sum as it was written down: its digits, how many of them stand behind the point (at most 18),
  /// and whether everything fitted.
  public init(mantissa: Int128, scale: UInt8, isExact: Bool = true) {
    self.mantissa = mantissa
    self.scale = min(scale, Decimal.maximumScale)
    self.isExact = isExact && scale <= Decimal.maximumScale
  }

  /// Adds a value, several times. Constant time.
  public mutating func add(_ value: Decimal, times: Int64 = 1) {
    add(Int128(value.mantissa), scale: value.scale, times: Int128(times))
  }

  /// Adds a sum, several times; what is not exact makes this one so. Constant time.
  public mutating func add(_ other: ExactSum, times: Int64 = 1) {
    add(other.mantissa, scale: other.scale, times: Int128(times))
    isExact = isExact && other.isExact
  }

  private mutating func add(_ part: Int128, scale partScale: UInt8, times: Int128) {
    let finer = max(scale, partScale)
    guard let own = Self.scaled(mantissa, by: finer - scale),
      let fine = Self.scaled(part, by: finer - partScale)
    else {
      isExact = false
      return
    }
    let (product, isTooMuch) = fine.multipliedReportingOverflow(by: times)
    let (sum, isTooLarge) = own.addingReportingOverflow(product)
    guard !isTooMuch, !isTooLarge else {
      isExact = false
      return
    }
    mantissa = sum
    scale = finer
  }

  private static func scaled(_ mantissa: Int128, by digits: UInt8) -> Int128? {
    let (result, isTooLarge) = mantissa.multipliedReportingOverflow(
      by: Int128(Decimal.powerOfTen(Int(digits))))
    return isTooLarge ? nil : result
  }

  /// The sum as a value of the language; nil if it is not exact or does not fit one.
  public var decimal: Decimal? {
    isExact ? Decimal(fitting: mantissa, scale: Int(scale)) : nil
  }

  /// The nearest binary number, for statistics; not a number if the sum is not exact.
  public var approximate: Double {
    guard isExact else { return .nan }
    return Double(mantissa) / Double(Decimal.powerOfTen(Int(scale)))
  }

  /// Without zeros at the end, so that equal sums are equal whatever they were made of.
  public var normalized: ExactSum {
    var result = self
    while result.scale > 0, result.mantissa % 10 == 0 {
      result.mantissa /= 10
      result.scale -= 1
    }
    return result
  }

  public static func - (a: ExactSum, b: ExactSum) -> ExactSum {
    var result = a
    result.add(b, times: -1)
    return result
  }
}
