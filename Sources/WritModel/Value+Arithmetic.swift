// What the operations of the core do with values: the one place, shared by every engine.
//
// An argument that is not known makes the result missing with the first such argument's cause
// (none, tied and undetermined become missing); a fault makes it that fault, and wins over missing.
// Arithmetic that does not fit is a fault `overflow`. A fault or gap that opens here is named by
// `site`, the term that asks.

extension Value {
  /// How many decimals a quotient, `exp`, `ln` and halving keep.
  @inlinable
  public static var quotientDecimals: Int { 9 }

  /// How many decimals money keeps when it is multiplied or divided.
  @inlinable
  public static var moneyDecimals: Int { 6 }

  /// What an unknown argument makes of a result; nil if both are known.
  @inlinable
  public static func gap(_ a: Value, _ b: Value) -> Value? {
    if a.isKnown, b.isKnown { return nil }
    if a.isFault { return a }
    if b.isFault { return b }
    return .missing(a.isKnown ? b.cause : a.cause)
  }

  /// What an unknown argument makes of a result; nil if it is known.
  @inlinable
  public static func gap(_ a: Value) -> Value? {
    if a.isKnown { return nil }
    return a.isFault ? a : .missing(a.cause)
  }

  /// A fault that began at this site of the program.
  @inlinable
  public static func fault(_ kind: Cause.Kind, at site: Int) -> Value {
    .fault(Cause(kind, site: site))
  }

  @inlinable
  static func number(_ value: Decimal?, at site: Int) -> Value {
    guard let value else { return .fault(.overflow, at: site) }
    return .number(value)
  }

  /// Money in the currency of another amount.
  @inlinable
  static func money(_ value: Decimal?, like other: Value, at site: Int) -> Value {
    guard let value else { return .fault(.overflow, at: site) }
    return Value(tag: .money, bits: value.mantissa, scale: value.scale, aux: other.aux)
  }
}

// MARK: - Arithmetic

extension Value {
  /// number + number, money + money, duration + duration of one unit, date or time + duration.
  @inlinable
  public static func add(_ a: Value, _ b: Value, at site: Int = 0) -> Value {
    if let gap = gap(a, b) { return gap }
    switch (a.tag, b.tag) {
    case (.number, .number): return number(a.decimal.adding(b.decimal), at: site)
    case (.money, .money):
      guard a.aux == b.aux else { return .fault(.mixedCurrencies, at: site) }
      return money(a.decimal.adding(b.decimal), like: a, at: site)
    case (.duration, .duration) where a.aux == b.aux:
      let (sum, overflow) = a.bits.addingReportingOverflow(b.bits)
      return overflow
        ? .fault(.overflow, at: site) : Value(tag: .duration, bits: sum, aux: a.aux)
    case (.date, .duration), (.time, .duration): return moved(a, by: b, at: site)
    default: return .fault(.outOfDomain, at: site)
    }
  }

  /// The difference of what `add` adds, and of two dates (days) or two times (seconds).
  @inlinable
  public static func subtract(_ a: Value, _ b: Value, at site: Int = 0) -> Value {
    if let gap = gap(a, b) { return gap }
    switch (a.tag, b.tag) {
    case (.number, .number): return number(a.decimal.subtracting(b.decimal), at: site)
    case (.money, .money):
      guard a.aux == b.aux else { return .fault(.mixedCurrencies, at: site) }
      return money(a.decimal.subtracting(b.decimal), like: a, at: site)
    case (.date, .date): return Value(tag: .duration, bits: a.bits &- b.bits, aux: 0)
    case (.time, .time): return Value(tag: .duration, bits: a.bits &- b.bits, aux: 2)
    case (.duration, .duration) where a.aux == b.aux:
      let (difference, overflow) = a.bits.subtractingReportingOverflow(b.bits)
      return overflow
        ? .fault(.overflow, at: site) : Value(tag: .duration, bits: difference, aux: a.aux)
    case (.date, .duration), (.time, .duration):
      let (opposite, overflow) = Int64(0).subtractingReportingOverflow(b.bits)
      guard !overflow else { return .fault(.overflow, at: site) }
      return moved(a, by: Value(tag: .duration, bits: opposite, aux: b.aux), at: site)
    default: return .fault(.outOfDomain, at: site)
    }
  }

  /// number × number is exact; money × number is rounded half up at the 6th decimal.
  @inlinable
  public static func multiply(_ a: Value, _ b: Value, at site: Int = 0) -> Value {
    if let gap = gap(a, b) { return gap }
    switch (a.tag, b.tag) {
    case (.number, .number): return number(a.decimal.multiplied(by: b.decimal), at: site)
    case (.money, .number):
      return money(
        a.decimal.multiplied(by: b.decimal, decimals: moneyDecimals), like: a, at: site)
    case (.number, .money):
      return money(
        a.decimal.multiplied(by: b.decimal, decimals: moneyDecimals), like: b, at: site)
    case (.duration, .number), (.number, .duration):
      return multiplied(a.tag == .duration ? a : b, a.tag == .duration ? b : a, at: site)
    default: return .fault(.outOfDomain, at: site)
    }
  }

  /// number ÷ number, money ÷ money and duration ÷ duration give a number, rounded half up at the
  /// 9th decimal; money ÷ number gives money, at the 6th. By zero: missing `divisionByZero`.
  @inlinable
  public static func divide(_ a: Value, _ b: Value, at site: Int = 0) -> Value {
    if let gap = gap(a, b) { return gap }
    switch (a.tag, b.tag) {
    case (.number, .number), (.duration, .duration), (.money, .money):
      if a.tag != .number, a.aux != b.aux {
        return .fault(a.tag == .money ? .mixedCurrencies : .outOfDomain, at: site)
      }
      if b.bits == 0 { return .missing(Cause(.divisionByZero, site: site)) }
      return number(a.decimal.divided(by: b.decimal, decimals: quotientDecimals), at: site)
    case (.money, .number):
      if b.bits == 0 { return .missing(Cause(.divisionByZero, site: site)) }
      return money(
        a.decimal.divided(by: b.decimal, decimals: moneyDecimals), like: a, at: site)
    default: return .fault(.outOfDomain, at: site)
    }
  }

  /// The opposite of a number, amount, percent or duration; a fault `overflow` where there is none.
  @inlinable
  public static func negate(_ a: Value, at site: Int = 0) -> Value {
    if let gap = gap(a) { return gap }
    switch a.tag {
    case .number: return number(a.decimal.negated, at: site)
    case .money: return money(a.decimal.negated, like: a, at: site)
    case .duration:
      let (opposite, overflow) = Int64(0).subtractingReportingOverflow(a.bits)
      return overflow
        ? .fault(.overflow, at: site) : Value(tag: .duration, bits: opposite, aux: a.aux)
    default: return .fault(.outOfDomain, at: site)
    }
  }

  /// A duration so many times, which must come out whole.
  @usableFromInline
  static func multiplied(_ duration: Value, _ count: Value, at site: Int) -> Value {
    guard let product = Decimal(duration.bits).multiplied(by: count.decimal)?.normalized else {
      return .fault(.overflow, at: site)
    }
    guard product.scale == 0 else { return .fault(.outOfDomain, at: site) }
    return Value(tag: .duration, bits: product.mantissa, aux: duration.aux)
  }

  /// A date or time so much later. Months clamp to the last day; a time keeps its clock and offset
  /// when it moves by days and months.
  @usableFromInline
  static func moved(_ start: Value, by duration: Value, at site: Int) -> Value {
    let moved: Value? =
      start.tag == .date ? movedDate(start, by: duration) : movedTime(start, by: duration)
    return moved
      ?? .fault(duration.aux == 2 && start.tag == .date ? .outOfDomain : .overflow, at: site)
  }

  private static func movedDate(_ start: Value, by duration: Value) -> Value? {
    switch duration.aux {
    case 0:
      let (days, overflow) = start.bits.addingReportingOverflow(duration.bits)
      guard !overflow, CivilDate.range.contains(Int(days)) else { return nil }
      return Value(tag: .date, bits: days)
    case 1:
      guard duration.bits.magnitude < 1_000_000, let date = CivilDate(days: Int(start.bits)),
        let later = date.adding(months: Int(duration.bits))
      else { return nil }
      return Value(tag: .date, bits: Int64(later.days))
    default: return nil
    }
  }

  private static func movedTime(_ start: Value, by duration: Value) -> Value? {
    if duration.aux == 2 {
      let (seconds, overflow) = start.bits.addingReportingOverflow(duration.bits)
      return overflow ? nil : Value(tag: .time, bits: seconds, aux: start.aux)
    }
    let before = start.dateOfTime(at: start.offsetMinutes)
    guard let after = movedDate(before, by: duration) else { return nil }
    return Value(
      tag: .time, bits: start.bits &+ (after.bits &- before.bits) &* 86_400, aux: start.aux)
  }
}

// MARK: - Order

extension Value {
  /// The equality of two known values of one type: numbers by value, all else by identity. Money
  /// of two currencies is not equal here; `equal` makes it a fault. Lists are compared by place:
  /// their items are an arena's business.
  @inlinable
  public static func same(_ a: Value, _ b: Value) -> Bool {
    guard a.tag == b.tag else { return false }
    switch a.tag {
    case .number: return a.decimal == b.decimal
    case .money: return a.aux == b.aux && a.decimal == b.decimal
    case .time: return a.bits == b.bits
    default: return a.bits == b.bits && a.aux == b.aux
    }
  }

  /// -1, 0 or 1 for two known values of one type that has an order: numbers and money by value,
  /// dates and times by time, members by ordinal, durations by length. Anything else by its bits:
  /// stable, meaningless.
  @inlinable
  public static func order(_ a: Value, _ b: Value) -> Int {
    if a.tag == .number || a.tag == .money { return Decimal.order(a.decimal, b.decimal) }
    if a.tag == .duration, a.aux != b.aux { return orderOfLengths(a, b) }
    return a.bits < b.bits ? -1 : (a.bits == b.bits ? 0 : 1)
  }

  /// Days by days and seconds by seconds are a matter of the bits; here a day is 86,400 seconds. A
  /// month has no length in them: months come last, for sorting alone (see `clash`).
  @usableFromInline
  static func orderOfLengths(_ a: Value, _ b: Value) -> Int {
    let isMonths = (a.aux == 1, b.aux == 1)
    if isMonths.0 != isMonths.1 { return isMonths.1 ? -1 : 1 }
    let (first, second) = (a.seconds, b.seconds)
    return first < second ? -1 : first == second ? 0 : 1
  }

  /// The seconds of a duration in days or seconds.
  private var seconds: Int128 { Int128(bits) * (aux == 0 ? 86_400 : 1) }

  /// Why two known values of one type do not compare: amounts of two currencies, or months and
  /// days, of which neither is always the longer.
  @inlinable
  public static func clash(_ a: Value, _ b: Value) -> Cause.Kind? {
    guard a.aux != b.aux, a.tag == b.tag else { return nil }
    if a.tag == .money { return .mixedCurrencies }
    return a.tag == .duration && (a.aux == 1 || b.aux == 1) ? .outOfDomain : nil
  }

  /// Whether two currencies meet, which no comparison answers.
  @inlinable
  static func mixesCurrencies(_ a: Value, _ b: Value) -> Bool {
    a.tag == .money && b.tag == .money && a.aux != b.aux
  }

  /// Whether two values of one type are equal, by value and not by digits; a gap on either side
  /// stays one, and amounts of two currencies are a fault.
  @inlinable
  public static func equal(_ a: Value, _ b: Value, at site: Int = 0) -> Value {
    if let gap = gap(a, b) { return gap }
    if let clash = clash(a, b) { return .fault(clash, at: site) }
    return .boolean(a.tag == .duration ? order(a, b) == 0 : same(a, b))
  }

  /// The opposite of `equal`, with the same gaps and faults.
  @inlinable
  public static func notEqual(_ a: Value, _ b: Value, at site: Int = 0) -> Value {
    if let gap = gap(a, b) { return gap }
    if let clash = clash(a, b) { return .fault(clash, at: site) }
    return .boolean(a.tag == .duration ? order(a, b) != 0 : !same(a, b))
  }

  /// Whether `a` comes before `b` by `order`, with the gaps and faults of `equal`.
  @inlinable
  public static func less(_ a: Value, _ b: Value, at site: Int = 0) -> Value {
    if let gap = gap(a, b) { return gap }
    if let clash = clash(a, b) { return .fault(clash, at: site) }
    return .boolean(order(a, b) < 0)
  }

  /// Whether `a` comes before `b` or is equal to it, by `order`.
  @inlinable
  public static func lessOrEqual(_ a: Value, _ b: Value, at site: Int = 0) -> Value {
    if let gap = gap(a, b) { return gap }
    if let clash = clash(a, b) { return .fault(clash, at: site) }
    return .boolean(order(a, b) <= 0)
  }

  /// The lesser; of equal ones the first.
  @inlinable
  public static func smaller(_ a: Value, _ b: Value, at site: Int = 0) -> Value {
    if let gap = gap(a, b) { return gap }
    if let clash = clash(a, b) { return .fault(clash, at: site) }
    return order(b, a) < 0 ? b : a
  }

  /// The greater; of equal ones the first.
  @inlinable
  public static func larger(_ a: Value, _ b: Value, at site: Int = 0) -> Value {
    if let gap = gap(a, b) { return gap }
    if let clash = clash(a, b) { return .fault(clash, at: site) }
    return order(b, a) > 0 ? b : a
  }
}
