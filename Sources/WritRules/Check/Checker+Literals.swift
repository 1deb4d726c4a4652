import WritModel
import WritSyntax
import WritText

// Literals, sets and ranges.
extension Checker {
  mutating func literal(
    _ literal: Literal, expecting: ValueType?, at span: Span
  ) -> TermID {
    switch literal {
    case .number(let digits, _):
      guard let value = decimal(digits, at: span) else { return unknown }
      if case .money(let currency)? = expecting { return money(value, currency ?? CurrencyID(0)) }
      return constant(.number(value), type: value.scale == 0 ? .integer : .number)
    case .percent(let digits, _):
      guard let value = decimal(digits, at: span, shift: 2) else { return unknown }
      return percent(value)
    case .zhe(let digits):
      report(.zheInFormula(at: span, digits: digits))
      return unknown
    case .money(let name, let digits, _):
      guard let value = decimal(digits, at: span) else { return unknown }
      guard let currency = currency(name, at: span) else { return unknown }
      return money(value, currency)
    case .date(let days, _): return constant(.date(days: days), type: .date)
    case .time(let seconds, let minutes, _):
      return constant(
        Value(tag: .time, bits: seconds, aux: UInt16(bitPattern: minutes)), type: .time)
    case .duration(let duration): return constant(value(of: duration), type: .duration)
    case .text(let written): return text(written)
    }
  }

  /// `8.5折` as the part that is paid, 85 %; nil for what is no 折.
  mutating func paidPart(_ expression: Expression) -> TermID? {
    switch expression.kind {
    case .grouped(let inner): return paidPart(inner)
    case .literal(.zhe(let digits)):
      guard let value = decimal(digits, at: expression.span, shift: 1) else { return unknown }
      return percent(value)
    default: return nil
    }
  }

  /// A limit or an `off`: `15%`, or `8.5折`, which takes 15 % off.
  mutating func checkPercentOff(_ expression: Expression, in scope: Scope) -> TermID {
    guard let paid = paidPart(expression), case .constant(let constant) = program[paid] else {
      return check(expression, expecting: .percent, in: scope)
    }
    guard constant.value.isKnown, let off = Decimal(1).subtracting(constant.value.decimal) else {
      return unknown
    }
    return percent(off.normalized)
  }

  /// The digits as an exact decimal, its point moved `shift` places to the left.
  mutating func decimal(_ digits: String, at span: Span, shift: Int = 0) -> Decimal? {
    if let written = Decimal(digits),
      let value = Decimal(fitting: Int128(written.mantissa), scale: Int(written.scale) + shift)
    {
      return value.normalized
    }
    report(.numberTooLong(at: span))
    return nil
  }

  /// The currency of a money literal; nil name is `¥` or `元`, the declared one of CNY and JPY.
  mutating func currency(_ name: Name?, at span: Span) -> CurrencyID? {
    if let name {
      if let known = symbols.currencies[name.text] { return known }
      report(.unknownCurrency(name, near: near(name.text, in: symbols.currencies.keys)))
      return nil
    }
    switch (symbols.currencies["CNY"], symbols.currencies["JPY"]) {
    case (let cny?, nil): return cny
    case (nil, let jpy?): return jpy
    case (nil, nil): report(.noYuan(at: span))
    case (_?, _?): report(.yuanOrYen(at: span))
    }
    return nil
  }

  func value(of duration: Duration) -> Value {
    let (unit, aux): (Int64, UInt16) =
      switch duration.unit {
      case .days: (1, 0)
      case .weeks: (7, 0)
      case .months: (1, 1)
      case .years: (12, 1)
      case .hours: (3600, 2)
      case .minutes: (60, 2)
      }
    let (bits, overflow) = Int64(duration.count).multipliedReportingOverflow(by: unit)
    return Value(tag: .duration, bits: overflow ? .max : bits, aux: aux)
  }

  // MARK: Sets

  /// `{ohio, arizona}` as a value: constants only. Where something is tested to be in it, ranges
  /// and other values may stand in it as well (see `isIn`).
  mutating func set(
    _ items: [Expression], expecting: ValueType?, at span: Span, in scope: Scope
  ) -> TermID {
    var wanted: ValueType?
    switch expecting {
    case .set(let item), .list(let item): wanted = item
    default: wanted = commonOwner(of: items, in: scope)
    }
    var constants: [Constant] = []
    var common: ValueType?
    for item in items {
      let term = check(item, expecting: wanted ?? common, in: scope)
      if type(of: term) == .unknown { return unknown }
      guard case .constant(let constant) = program[term], constant.value.isKnown else {
        report(.notConstant(at: item.span))
        return unknown
      }
      if common == nil || common == .integer { common = type(of: term) }
      constants.append(constant)
    }
    return setConstant(constants, of: wanted ?? common ?? .unknown)
  }

  mutating func setConstant(_ items: [Constant], of type: ValueType) -> TermID {
    term(
      .constant(Constant(Value(tag: .list, bits: Int64(items.count)), items: items)),
      type: .set(type))
  }

  // MARK: Ranges

  /// Whether a value lies in a range, as a boolean term; the ends take the value's type.
  ///
  /// A date range meets a time by its calendar date in the zone, because `..2026-06-30` includes
  /// all of that day.
  mutating func checkRange(_ range: RangeTree, of value: TermID, in scope: Scope) -> TermID {
    var value = value
    var wanted = type(of: value)
    switch wanted {
    case .unknown: return unknown
    case .integer: wanted = .number
    case .time where [range.lower, range.upper].contains(where: { isDate($0) }):
      value = operation(.dateOfTime, [value], type: .date)
      wanted = .date
    case .text, .boolean, .node, .record, .queue, .recordOrQueue, .rule, .set, .list:
      if let end = range.lower ?? range.upper {
        report(.noOrder(describe(wanted), at: end.span))
      }
      return unknown
    case .member(let id) where !program.schema[id].isOrdered:
      if let end = range.lower ?? range.upper {
        report(.unorderedMembers(program.schema[id].name, at: end.span))
      }
      return unknown
    default: break
    }
    let absent = constant(.missing(Cause(.stated)), type: wanted)
    let lower = range.lower.map { checkEnd($0, of: value, wanted, in: scope) }
    let upper = range.upper.map { checkEnd($0, of: value, wanted, in: scope) }
    if let lower, let upper, let span = range.lower?.span, isEmptyRange(lower, upper, range) {
      report(.emptyRange(at: range.upper.map { span.through($0.span) } ?? span))
    }
    return operation(
      .inRange(
        includesLower: range.includesLower, includesUpper: range.includesUpper,
        hasLower: lower != nil, hasUpper: upper != nil),
      [value, lower ?? absent, upper ?? absent], type: .boolean)
  }

  private mutating func checkEnd(
    _ end: Expression, of value: TermID, _ wanted: ValueType, in scope: Scope
  ) -> TermID {
    // A ratio may be held against percents as well as against numbers.
    if wanted == .number, isRatio(value) {
      let found = infer(end, expecting: .number, in: scope)
      if type(of: found) == .percent { return found }
      return fit(found, to: .number, written: end)
    }
    return check(end, expecting: wanted, in: scope)
  }

  private func isDate(_ end: Expression?) -> Bool {
    guard let end else { return false }
    switch end.kind {
    case .literal(.date), .today: return true
    case .grouped(let inner): return isDate(inner)
    case .binary(.add, let left, _), .binary(.subtract, let left, _): return isDate(left)
    default: return false
    }
  }

  /// Whether no value can lie between two constant ends.
  private func isEmptyRange(_ lower: TermID, _ upper: TermID, _ range: RangeTree) -> Bool {
    guard case .constant(let a) = program[lower], case .constant(let b) = program[upper],
      a.value.isKnown, b.value.isKnown, a.value.tag == b.value.tag
    else { return false }
    switch ConstantOrder.compare(a.value, b.value) {
    case .less, nil: return false
    case .greater: return true
    case .equal: return !(range.includesLower && range.includesUpper)
    }
  }
}

/// The order of two constants of one tag, for checks on what was written.
enum ConstantOrder {
  case less, equal, greater

  /// nil where the tag has no order or the two do not meet on one scale.
  static func compare(_ a: Value, _ b: Value) -> ConstantOrder? {
    switch a.tag {
    case .number, .money:
      let order = Decimal.order(a.decimal, b.decimal)
      return order < 0 ? .less : order == 0 ? .equal : .greater
    case .date, .time, .member, .boolean: return order(a.bits, b.bits)
    case .duration: return a.aux == b.aux ? order(a.bits, b.bits) : nil
    default: return nil
    }
  }

  private static func order(_ a: Int64, _ b: Int64) -> ConstantOrder {
    a < b ? .less : a == b ? .equal : .greater
  }
}
