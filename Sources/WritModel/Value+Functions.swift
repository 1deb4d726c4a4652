// The closed list of functions over single values. Gaps and faults as in `Value+Arithmetic`.

extension Value {
  /// A number or money taken to a multiple of a step (a number, or money of the same currency).
  public static func round(
    _ a: Value, to step: Value, _ mode: RoundingMode, at site: Int = 0
  ) -> Value {
    if let gap = gap(a, step) { return gap }
    if mixesCurrencies(a, step) { return .fault(.mixedCurrencies, at: site) }
    guard a.isDecimal, step.isDecimal, step.bits != 0 else {
      return .fault(.outOfDomain, at: site)
    }
    guard let rounded = a.decimal.rounded(to: step.decimal, mode) else {
      return .fault(.overflow, at: site)
    }
    return Value(tag: a.tag, bits: rounded.mantissa, scale: rounded.scale, aux: a.aux)
  }

  /// e to the power of a number.
  public static func exp(_ a: Value, at site: Int = 0) -> Value {
    if let gap = gap(a) { return gap }
    guard a.tag == .number else { return .fault(.outOfDomain, at: site) }
    return number(a.decimal.exponential(), at: site)
  }

  /// The natural logarithm; of zero and below a fault `outOfDomain`.
  public static func ln(_ a: Value, at site: Int = 0) -> Value {
    if let gap = gap(a) { return gap }
    guard a.tag == .number, let result = a.decimal.logarithm() else {
      return .fault(.outOfDomain, at: site)
    }
    return .number(result)
  }

  /// `value × ½^((today − since) ÷ every)`, half up at the 9th decimal, money at the 6th.
  ///
  /// `every` is a duration above zero; by months, what has passed is counted in whole months and
  /// the days of the month begun as thirtieths.
  public static func decay(
    _ value: Value, every: Value, since: Value, today: Value, at site: Int = 0
  ) -> Value {
    if let gap = gap(value, every) ?? gap(since, today) {
      // A fault behind a gap still wins.
      return [value, every, since, today].first(where: \.isFault) ?? gap
    }
    guard value.isDecimal, every.tag == .duration, every.bits > 0, since.tag == today.tag,
      let passed = elapsed(from: since, to: today, in: every.aux),
      let whole = every.aux == 1 ? every.bits.product(30) : every.bits
    else { return .fault(.outOfDomain, at: site) }
    let decimals = value.tag == .money ? moneyDecimals : quotientDecimals
    guard let result = value.decimal.halved(over: passed, every: whole, decimals: decimals) else {
      return .fault(.overflow, at: site)
    }
    return value.tag == .money ? money(result, like: value, at: site) : .number(result)
  }

  /// What has passed, in days, thirtieths of months or seconds, as the unit says.
  private static func elapsed(from start: Value, to end: Value, in unit: UInt16) -> Int64? {
    switch (start.tag, unit) {
    case (.date, 0): return end.bits &- start.bits
    case (.date, 2): return (end.bits &- start.bits) &* 86_400
    case (.time, 2): return end.bits &- start.bits
    case (.time, 0), (.time, 1):
      return elapsed(
        from: start.dateOfTime(at: start.offsetMinutes),
        to: end.dateOfTime(at: end.offsetMinutes), in: unit)
    case (.date, 1):
      guard let from = CivilDate(days: Int(start.bits)), let to = CivilDate(days: Int(end.bits))
      else { return nil }
      let months = (to.year - from.year) * 12 + to.month - from.month
      return Int64(months * 30 + min(to.day, 30) - min(from.day, 30))
    default: return nil
    }
  }

  /// `year(d)`, `month(d)` and `day(d)` of a date, or of a time by its own clock.
  public static func part(_ part: DatePart, of a: Value, at site: Int = 0) -> Value {
    if let gap = gap(a) { return gap }
    let day = a.tag == .time ? a.dateOfTime(at: a.offsetMinutes) : a
    guard day.tag == .date, let date = CivilDate(days: Int(day.bits)) else {
      return .fault(.outOfDomain, at: site)
    }
    let number =
      switch part {
      case .year: date.year
      case .month: date.month
      case .day: date.day
      }
    return .number(Decimal(Int64(number)))
  }

  /// What a date falls into.
  public enum DatePart: Sendable {
    case year, month, day
  }

  /// The date of a time on a clock so many minutes east. Of a known time only.
  @inlinable
  public func dateOfTime(at zoneMinutes: Int) -> Value {
    Value(tag: .date, bits: Moment.days(of: bits, at: zoneMinutes))
  }

  /// An amount in another currency: `amount × rate`, half up at the 6th decimal.
  public static func inCurrency(
    _ amount: Value, _ currency: CurrencyID, rate: Value, at site: Int = 0
  ) -> Value {
    if let gap = gap(amount, rate) { return gap }
    guard amount.tag == .money, rate.tag == .number else { return .fault(.outOfDomain, at: site) }
    if amount.aux == currency.index { return amount }
    guard let result = amount.decimal.multiplied(by: rate.decimal, decimals: moneyDecimals) else {
      return .fault(.overflow, at: site)
    }
    return .money(result, currency)
  }
}

extension Value {
  /// Whether it is a number or money.
  @inlinable
  public var isDecimal: Bool { tag == .number || tag == .money }

  /// The minutes east of UTC of a time.
  @inlinable
  public var offsetMinutes: Int { Int(Int16(bitPattern: aux)) }

  /// A moment as a value.
  @inlinable
  public static func time(_ moment: Moment) -> Value {
    Value(
      tag: .time, bits: moment.seconds,
      aux: UInt16(bitPattern: Int16(truncatingIfNeeded: moment.offsetMinutes)))
  }

  /// So many days, months or seconds; months go by the calendar.
  @inlinable
  public static func duration(_ count: Int64, _ unit: DurationUnit) -> Value {
    Value(tag: .duration, bits: count, aux: unit.rawValue)
  }

  /// What a duration counts: the `aux` of its value.
  public enum DurationUnit: UInt16, Sendable {
    case days, months, seconds
  }

  /// The moment of a time value.
  public var moment: Moment { Moment(seconds: bits, offsetMinutes: offsetMinutes) }
}

extension Int64 {
  /// The product, or nil if it does not fit.
  fileprivate func product(_ other: Int64) -> Int64? {
    let (result, overflow) = multipliedReportingOverflow(by: other)
    return overflow ? nil : result
  }
}
