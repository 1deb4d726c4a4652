/// An exact decimal number: `mantissa × 10^-scale`.
///
/// The mantissa has 64 bits and the scale runs from 0 to 18. What does not fit is reported, never
/// wrapped or rounded in silence: every operation that can overflow returns nil then. Two decimals
/// are equal when their values are, whatever their scales (`1.50 = 1.5`).
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
}
