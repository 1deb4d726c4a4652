import WritModel
import WritRules

/// Arithmetic on known scalar values: the one part of the meaning that the reference engine shares
/// with the network, because it has suites of its own.
enum Scalars {
  /// An operation on known values; `site` is the term that asks.
  static func compute(
    _ operation: Operation, _ values: [Value], schema: Schema, at site: Int
  ) -> Value {
    switch operation {
    case .add, .addDuration: .add(values[0], values[1], at: site)
    case .subtract, .subtractDuration, .subtractDates: .subtract(values[0], values[1], at: site)
    case .multiply: .multiply(values[0], values[1], at: site)
    case .divide: .divide(values[0], values[1], at: site)
    case .negate: .negate(values[0], at: site)
    case .round(let mode): .round(values[0], to: values[1], mode, at: site)
    case .exp: .exp(values[0], at: site)
    case .ln: .ln(values[0], at: site)
    case .year: .part(.year, of: values[0], at: site)
    case .month: .part(.month, of: values[0], at: site)
    case .dayOfMonth: .part(.day, of: values[0], at: site)
    case .inCurrency(let currency): .inCurrency(values[0], currency, rate: values[2], at: site)
    case .asMoney(let currency): .money(values[0].decimal, currency)
    case .decay:
      .decay(values[0], every: values[1], since: values[2], today: values[3], at: site)
    case .dateOfTime: values[0].dateOfTime(at: schema.zoneMinutes)
    default: .fault(Cause(.outOfDomain, site: site))
    }
  }

  static func order(_ a: Value, _ b: Value) -> Int { Value.order(a, b) }

  static func zero(of type: ValueType) -> Value {
    if case .money(let currency) = type { return .money(Decimal(0), currency ?? CurrencyID(0)) }
    return .number(Decimal(0))
  }

  /// The exact sum of numbers or money of one currency; a fault only if the result does not fit.
  static func sum(_ values: [Value], like first: Value) -> Value {
    let scale = values.map(\.scale).max() ?? 0
    var total = Int128(0)
    for value in values { total += Int128(value.bits) * power(scale - value.scale) }
    return fitting(total, Int(scale), like: first) ?? .fault(Cause(.overflow))
  }

  static func ratio(_ value: Value, _ other: Value) -> Value { .divide(value, other) }

  static func product(_ value: Value, _ other: Value) -> Value { .multiply(value, other) }

  /// A value of the kind of `like`, or nil if it does not fit even without zeros at its end.
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
    switch value.tag {
    case .text: facts.texts.text(of: Symbol(Int(value.bits)))
    case .number: value.decimal.description
    default: "—"
    }
  }

  private static func power(_ exponent: UInt8) -> Int128 {
    (0..<exponent).reduce(Int128(1)) { result, _ in result * 10 }
  }
}
