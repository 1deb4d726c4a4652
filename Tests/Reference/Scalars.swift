import WritModel
import WritRules

/// Arithmetic on known scalar values: the one part of the meaning that the reference engine shares
/// with the network, because it has suites of its own.
enum Scalars {
  static func compute(
    _ operation: Operation, _ values: [Value], schema: Schema, texts: inout Interner
  ) -> Value {
    switch operation {
    case .add: sum(values, like: values[0])
    case .subtract: sum([values[0], negated(values[1])], like: values[0])
    case .negate: negated(values[0])
    case .multiply: product(values[0], values[1])
    case .divide: ratio(values[0], values[1])
    default: .fault(Cause(.outOfDomain))
    }
  }

  static func order(_ a: Value, _ b: Value) -> Int {
    let left: Int128
    let right: Int128
    switch a.tag {
    case .number, .money:
      let scale = max(a.scale, b.scale)
      left = Int128(a.bits) * power(scale - a.scale)
      right = Int128(b.bits) * power(scale - b.scale)
    default:
      left = Int128(a.bits)
      right = Int128(b.bits)
    }
    return left < right ? -1 : left > right ? 1 : 0
  }

  static func zero(of type: ValueType) -> Value {
    if case .money(let currency) = type {
      .money(Decimal(0), currency ?? CurrencyID(0))
    } else {
      .number(Decimal(0))
    }
  }

  static func sum(_ values: [Value], like first: Value) -> Value {
    if first.tag == .money, values.contains(where: { $0.aux != first.aux }) {
      return .fault(Cause(.mixedCurrencies))
    }
    let scale = values.map(\.scale).max() ?? 0
    let total = values.reduce(Int128(0)) { $0 + Int128($1.bits) * power(scale - $1.scale) }
    return fitting(total, Int(scale), like: first) ?? .fault(Cause(.overflow))
  }

  static func divide(_ value: Value, by count: Int64) -> Value {
    ratio(value, .number(Decimal(count)))
  }

  /// A value of the kind of `like`, or nil if it does not fit.
  static func fitting(_ mantissa: Int128, _ scale: Int, like: Value) -> Value? {
    var mantissa = mantissa
    var scale = scale
    while scale > 0, mantissa % 10 == 0, scale > 18 || Int64(exactly: mantissa) == nil {
      mantissa /= 10
      scale -= 1
    }
    guard scale <= 18, let bits = Int64(exactly: mantissa) else { return nil }
    return Value(tag: like.tag, bits: bits, scale: UInt8(scale), aux: like.aux)
  }

  static func text(of value: Value, facts: Facts) -> String {
    value.tag == .text ? facts.texts.text(of: Symbol(Int(value.bits))) : "—"
  }

  private static func negated(_ value: Value) -> Value {
    fitting(-Int128(value.bits), Int(value.scale), like: value) ?? .fault(Cause(.overflow))
  }

  static func product(_ a: Value, _ b: Value) -> Value {
    let like = a.tag == .money ? a : b
    let exact = Int128(a.bits) * Int128(b.bits)
    let scale = Int(a.scale) + Int(b.scale)
    let (mantissa, places) =
      like.tag == .money && scale > 6
      ? (halfUp(exact, power(UInt8(scale - 6))), 6) : (exact, scale)
    return fitting(mantissa, places, like: like) ?? .fault(Cause(.overflow))
  }

  static func ratio(_ a: Value, _ b: Value) -> Value {
    if b.bits == 0 { return .missing(Cause(.divisionByZero)) }
    let like = a.tag == .money && b.tag == .money ? Value.number(Decimal(0)) : a
    let places = like.tag == .money ? 6 : 9
    // a/10^s ÷ b/10^t × 10^places
    let up = places + Int(b.scale) - Int(a.scale)
    let dividend = Int128(a.bits) * power(UInt8(max(up, 0)))
    let divisor = Int128(b.bits) * power(UInt8(max(-up, 0)))
    let rounded =
      divisor < 0 ? halfUp(-dividend, -divisor) : halfUp(dividend, divisor)
    return fitting(rounded, places, like: like) ?? .fault(Cause(.overflow))
  }

  private static func halfUp(_ dividend: Int128, _ divisor: Int128) -> Int128 {
    let (quotient, remainder) = dividend.quotientAndRemainder(dividingBy: divisor)
    guard remainder.magnitude * 2 >= divisor.magnitude else { return quotient }
    return dividend < 0 ? quotient - 1 : quotient + 1
  }

  private static func power(_ exponent: UInt8) -> Int128 {
    (0..<exponent).reduce(Int128(1)) { result, _ in result * 10 }
  }
}
