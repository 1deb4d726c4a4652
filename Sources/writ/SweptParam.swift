import WritModel
import WritSyntax
import WritText

/// A param that a sweep varies: where it is declared, and how its values are written.
struct SweptParam {
  /// How a value is written.
  enum Form: Equatable {
    case percent, number, date
    case money(Name?)
    case duration(Duration.Unit)
  }
  let name: String
  /// Its place in the trees.
  let tree: Int
  let declaration: Int
  /// nil: it cannot be counted.
  let form: Form?
  /// What it is now, as it counts: 12% is 0.12, a day counts from 1970.
  let now: Decimal?
  var from: Decimal?
  var to: Decimal?
  var step: Decimal?
  /// Ends of the declared range that are no part of it.
  private var excluded: [Decimal] = []
  /// Whether the rules take whole numbers only.
  var isWhole = false

  /// The step in which exact values are looked for.
  var finest: Decimal {
    switch form {
    case .percent: Decimal(mantissa: 1, scale: 9)
    case .date, .duration: Decimal(1)
    case .number, .money, nil: isWhole ? Decimal(1) : Decimal(mantissa: 1, scale: 6)
    }
  }

  /// The param of a name or label; its declared range is what it is swept over.
  init?(_ word: String, in trees: [FileTree]) {
    for (tree, file) in trees.enumerated() {
      for (index, declaration) in file.declarations.enumerated() {
        guard case .param(let param) = declaration.kind,
          param.name.name.text == word || param.name.label?.text == word
        else { continue }
        name = param.name.name.text
        self.tree = tree
        self.declaration = index
        let found = Self.value(of: param.value)
        form = found?.form
        now = found?.value
        from = param.range?.lower.flatMap { value(of: $0) }
        to = param.range?.upper.flatMap { value(of: $0) }
        if let range = param.range {
          excluded =
            [range.includesLower ? nil : from, range.includesUpper ? nil : to].compactMap(\.self)
        }
        isWhole = finest.isInteger
        return
      }
    }
    return nil
  }

  static func names(in trees: [FileTree]) -> [String] {
    trees.flatMap(\.declarations).compactMap {
      if case .param(let param) = $0.kind { param.name.name.text } else { nil }
    }
  }

  // MARK: Values as they are written

  private static func value(of expression: Expression) -> (value: Decimal, form: Form)? {
    switch expression.kind {
    case .grouped(let inner): return value(of: inner)
    case .negate(let inner):
      guard let (value, form) = value(of: inner), let negated = value.negated else { return nil }
      return (negated, form)
    case .literal(.number(let digits, _)): return Decimal(digits).map { ($0, .number) }
    case .literal(.percent(let digits, _)):
      guard let points = Decimal(digits) else { return nil }
      return points.multiplied(by: Decimal(mantissa: 1, scale: 2)).map { ($0, .percent) }
    case .literal(.money(let currency, let digits, _)):
      return Decimal(digits).map { ($0, .money(currency)) }
    case .literal(.date(let days, _)): return (Decimal(Int64(days)), .date)
    case .literal(.duration(let duration)):
      return (Decimal(Int64(duration.count)), .duration(duration.unit))
    default: return nil
    }
  }

  /// A value in the form of the param; nil for one of another form.
  private func value(of expression: Expression) -> Decimal? {
    guard let (value, form) = Self.value(of: expression) else { return nil }
    switch (self.form, form) {
    case (.percent, .percent), (.number, .number), (.date, .date): return value
    // A bare number is an amount of the param's money, or a length in its unit.
    case (.money, .number): return value
    case (.duration, .number): return value.isInteger ? value : nil
    case (.money(let own), .money(let other)): return own?.text == other?.text ? value : nil
    case (.duration(let own), .duration(let other)):
      if own == other { return value }
      guard let ownLength = Self.length(own), let length = Self.length(other),
        ownLength.isMonths == length.isMonths,
        let count = value.multiplied(by: Decimal(length.count))?
          .divided(by: Decimal(ownLength.count), decimals: 9), count.isInteger
      else { return nil }
      return count
    default: return nil
    }
  }

  /// How long a unit is, in minutes or in months.
  private static func length(_ unit: Duration.Unit) -> (count: Int64, isMonths: Bool)? {
    switch unit {
    case .minutes: (1, false)
    case .hours: (60, false)
    case .days: (1_440, false)
    case .weeks: (10_080, false)
    case .months: (1, true)
    case .years: (12, true)
    }
  }

  /// A value as somebody writes it; a bare number is an amount of the param's money, or a length in
  /// its unit.
  func read(_ text: String) -> Decimal? { Self.written(text).flatMap { value(of: $0) } }

  /// The distance of two values as somebody writes it: of days a length.
  func readStep(_ text: String) -> Decimal? {
    guard form == .date else { return read(text) }
    guard let expression = Self.written(text), let (value, form) = Self.value(of: expression) else {
      return nil
    }
    switch form {
    case .number: return value.isInteger ? value : nil
    case .duration(.days): return value
    case .duration(.weeks): return value.multiplied(by: Decimal(7))
    default: return nil
    }
  }

  private static func written(_ text: String) -> Expression? {
    let (tree, found) = Parser.parse(
      Source(name: "<value>", text: "param x = " + text), id: SourceID(0))
    guard !found.hasErrors, case .param(let param)? = tree.declarations.first?.kind,
      tree.declarations.count == 1, param.range == nil
    else { return nil }
    return param.value
  }

  func expression(_ value: Decimal, at span: Span) -> Expression {
    let size = value.mantissa < 0 ? value.negated ?? value : value
    let literal: Literal
    switch form {
    case .percent:
      let digits = points(size).plain
      literal = .percent(digits: digits, spelling: digits)
    case .money(let currency):
      literal = .money(currency: currency, digits: size.plain, spelling: size.plain)
    case .date:
      let days = Int32(clamping: value.normalized.mantissa)
      return Expression(.literal(.date(days: days, spelling: self.text(value))), at: span)
    case .duration(let unit):
      literal = .duration(Duration(count: Int(size.normalized.mantissa), unit: unit))
    case .number, nil: literal = .number(digits: size.plain, spelling: size.plain)
    }
    let made = Expression(.literal(literal), at: span)
    return value.mantissa < 0 ? Expression(.negate(made), at: span) : made
  }

  private func points(_ value: Decimal) -> Decimal {
    (value.multiplied(by: Decimal(100)) ?? value).normalized
  }

  /// As it is written: `12%`, `USD 300`, `2026-01-31`, `30 days`, `0.5`.
  func text(_ value: Decimal, in language: Language = .english) -> String {
    switch form {
    case .date: CivilDate(days: Int(value.normalized.mantissa)).map { "\($0)" } ?? value.plain
    case .duration(let unit):
      value.normalized.plain + Self.name(unit, isOne: value == Decimal(1), in: language)
    case .percent: points(value).plain + "%"
    case .money(let currency?): "\(currency.text) \(value.normalized.plain)"
    case .money(nil), .number, nil: value.normalized.plain
    }
  }

  private static func name(
    _ unit: Duration.Unit, isOne: Bool, in language: Language
  ) -> String {
    if language == .english { return " " + (isOne ? String("\(unit)".dropLast()) : "\(unit)") }
    switch unit {
    case .minutes: return "分钟"
    case .hours: return "小时"
    case .days: return "天"
    case .weeks: return "周"
    case .months: return "个月"
    case .years: return "年"
    }
  }

  // MARK: Steps

  /// The values from one to another; nil where there are none or too many.
  func values(_ from: Decimal, _ to: Decimal, most: Int) -> [Decimal]? {
    guard from < to, let step = step ?? roundStep(from, to), Decimal(0) < step else {
      return nil
    }
    var values: [Decimal] = [from]
    var next = from.adding(step)
    while let value = next, value < to {
      guard values.count < most else { return nil }
      values.append(value)
      next = value.adding(step)
    }
    return (values + [to]).filter { !excluded.contains($0) }
  }

  /// A round step that makes some fifteen steps: one, two or five of a power of ten.
  private func roundStep(_ from: Decimal, _ to: Decimal) -> Decimal? {
    guard let width = to.subtracting(from),
      let wanted = width.divided(by: Decimal(16), decimals: 9)
    else { return nil }
    // What is whole now and at both ends is most likely counted in whole steps.
    let isWhole =
      isWhole || (form != .percent && [from, to].allSatisfy(\.isInteger) && now?.isInteger == true)
    for scale in (0...(isWhole ? 0 : 9)).reversed() {
      for digit in [1, 2, 5] as [Int64] {
        let step = Decimal(mantissa: digit, scale: UInt8(scale))
        if !(step < wanted) { return step }
      }
    }
    for power in 1...17 {
      for digit in [1, 2, 5] as [Int64] {
        let step = Decimal(digit * Decimal.powerOfTen(power))
        if !(step < wanted) { return step }
      }
    }
    return nil
  }
}
