import WritModel

extension Value {
  init(_ tag: Tag, _ cause: Cause) { self.init(tag: tag, bits: cause.rawValue) }

  init(rule: RuleIndex) { self.init(tag: .rule, bits: Int64(rule)) }

  /// What a term that computes makes of a value that is not known: a fault stays one, all else is
  /// missing for the same cause.
  @inline(__always)
  var asArgument: Value {
    isKnown || isFault ? self : Value(tag: .missing, bits: bits)
  }

  /// The first fault of two values of which one is not known, else missing with the first cause.
  @inline(__always)
  static func notKnown(_ left: Value, _ right: Value) -> Value {
    if left.isFault { return left }
    if right.isFault { return right }
    return left.isKnown ? right.asArgument : left.asArgument
  }

  static func notKnown(_ values: UnsafeBufferPointer<Value>) -> Value? {
    var gap: Value?
    for value in values where !value.isKnown {
      if value.isFault { return value }
      if gap == nil { gap = value.asArgument }
    }
    return gap
  }

  /// Whether values of this kind rank payloads.
  var isRanked: Bool {
    switch tag {
    case .boolean, .number, .money, .date, .time, .duration, .member, .node: true
    case .missing, .none, .tied, .undetermined, .fault, .text, .record, .queue, .rule, .list: false
    }
  }

  /// Bits that are equal for equal values: a number without the zeros at its end.
  @inline(__always)
  var hashBits: UInt64 {
    var mantissa = bits
    var places = scale
    while places > 0, mantissa % 10 == 0 {
      mantissa /= 10
      places -= 1
    }
    let kind = UInt64(tag.rawValue) << 40 | UInt64(places) << 32 | UInt64(aux)
    var hash = UInt64(bitPattern: mantissa) &* 0x9E37_79B9_7F4A_7C15 ^ kind &* 0xC2B2_AE3D_27D4_EB4F
    hash ^= hash >> 29
    return hash &* 0x1656_67B1_9E37_79F9
  }
}

extension Value.Tag {
  /// Whether two values of this tag, scale and `aux` compare as their bits do.
  @inline(__always)
  var isPlainlyOrdered: Bool { rawValue > Value.Tag.fault.rawValue && self != .list }
}

/// The index of a rule in a program, as a `rule` value holds it.
typealias RuleIndex = Int32

/// How two known values of one type compare.
enum Comparison {
  case order(Int)
  case fault(Value)

  /// Values of two types (a record and a queue) are neither equal nor ordered: 2.
  static func of(_ left: Value, _ right: Value) -> Comparison {
    if let clash = Value.clash(left, right) { return .fault(.fault(Cause(clash))) }
    guard left.tag == right.tag else { return .order(2) }
    if left.isRanked { return .order(Value.order(left, right)) }
    return .order(Value.same(left, right) ? 0 : 1)
  }

  static func areEqual(_ left: Value, _ right: Value) -> Bool {
    if case .order(0) = of(left, right) { true } else { false }
  }
}

/// An exact sum: only the result has to fit, so the order of the parts does not matter.
struct Total {
  private var mantissa: Int128 = 0
  private var scale: UInt8 = 0
  private var like = Value(tag: .number, bits: 0)
  private(set) var count = 0
  private var overflows = false
  private(set) var mixesCurrencies = false

  mutating func add(_ value: Value) {
    if count == 0 {
      like = value
    } else if value.tag == .money, value.aux != like.aux {
      mixesCurrencies = true
    }
    count += 1
    if value.scale > scale {
      let (raised, overflow) = mantissa.multipliedReportingOverflow(
        by: Int128(Decimal.powerOfTen(Int(value.scale - scale))))
      mantissa = raised
      overflows = overflows || overflow
      scale = value.scale
    }
    let part = Int128(value.bits) * Int128(Decimal.powerOfTen(Int(scale - value.scale)))
    let (sum, overflow) = mantissa.addingReportingOverflow(part)
    mantissa = sum
    overflows = overflows || overflow
  }

  /// Adds several values of one kind, which come to so much of the last decimal of one like them.
  mutating func add(_ sum: Int128, count: Int, like: Value) {
    add(Value(tag: like.tag, bits: 0, scale: like.scale, aux: like.aux))
    self.count += count - 1
    let (part, isTooMuch) = sum.multipliedReportingOverflow(
      by: Int128(Decimal.powerOfTen(Int(scale - like.scale))))
    let (whole, isTooLarge) = mantissa.addingReportingOverflow(part)
    mantissa = whole
    overflows = overflows || isTooMuch || isTooLarge
  }

  func isSame(as other: Total) -> Bool {
    mantissa == other.mantissa && scale == other.scale && count == other.count
      && mixesCurrencies == other.mixesCurrencies
  }

  /// The sum, the zero of the type if nothing was added, or a fault.
  func value(type: ValueType) -> Value {
    if count == 0 { return Value.zero(of: type) }
    if mixesCurrencies { return .fault(Cause(.mixedCurrencies)) }
    guard !overflows, let sum = Decimal(fitting: mantissa, scale: Int(scale)) else {
      return .fault(Cause(.overflow))
    }
    return Value(tag: like.tag, bits: sum.mantissa, scale: sum.scale, aux: like.aux)
  }

  func average(type: ValueType) -> Value {
    let sum = value(type: type)
    return sum.isKnown ? Value.divide(sum, .number(Decimal(Int64(count)))) : sum
  }
}

extension Value {
  static func zero(of type: ValueType) -> Value {
    if case .money(let currency) = type { return .money(Decimal(0), currency ?? CurrencyID(0)) }
    return .number(Decimal(0))
  }
}
