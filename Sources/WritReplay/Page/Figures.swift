import WritModel
import WritText

/// How the figures and words of a comparison are told in one language: with groups of three, a unit
/// and, for a difference, a sign.
///
/// Every form of the report says a number through here, so that they agree to the digit.
struct Figures {
  let language: Language
  /// `−` where text is set, `-` where it may be copied into a terminal or a spreadsheet.
  var minus = "-"

  func say(_ english: String, _ chinese: String) -> String {
    language == .english ? english : chinese
  }

  /// `8,400`
  func count(_ number: Int) -> String {
    number < 0 ? minus + grouped(number).dropFirst() : grouped(number)
  }

  /// `521 Line records`, `521 条报价行`
  func records(_ number: Int, _ record: String) -> String {
    say("\(count(number)) \(record) record\(number == 1 ? "" : "s")", "\(count(number)) 条\(record)")
  }

  /// `3 changes`, `3 处`
  func counted(_ number: Int, _ word: String, zh measureWord: String) -> String {
    say("\(count(number)) \(word)\(number == 1 ? "" : "s")", "\(count(number)) \(measureWord)")
  }

  /// The share of a whole: `2.3 %`, `< 0.1 %`; nothing of nothing is `—`.
  func share(_ part: Int, of whole: Int) -> String {
    guard whole > 0 else { return "—" }
    let tenths = RoundingMode.halfUp.quotient(Int128(part) * 1000, Int128(whole))
    if part > 0, tenths == 0 { return "< 0.1%" }
    if part < whole, tenths == 1000 { return "> 99.9%" }
    return plain(tenths, scale: 1, atLeast: tenths % 10 == 0 ? 0 : 1) + "%"
  }

  // MARK: Amounts

  /// What a unit is called beside a number.
  func unitName(_ unit: String) -> String {
    guard language == .chinese else { return unit }
    let names = [
      "CNY": "元", "USD": "美元", "EUR": "欧元", "HKD": "港元", "JPY": "日元", "GBP": "英镑",
    ]
    return names[unit] ?? unit
  }

  /// `1,204.00 CNY`; signed, for a difference, `+1,204.00 CNY`.
  func amount(_ sum: ExactSum, _ unit: String, isSigned: Bool = false) -> String {
    guard sum.isExact else { return say("too large to add up", "数值过大，无法合计") }
    return number(sum, unit, isSigned: isSigned) + named(unit)
  }

  /// The number alone, for columns whose head names the unit.
  func number(_ sum: ExactSum, _ unit: String, isSigned: Bool = false) -> String {
    guard sum.isExact else { return "—" }
    let short = sum.normalized
    var scale = Int(short.scale)
    var mantissa = short.mantissa
    // A percent is kept as its fraction.
    if unit == "%" {
      let moved = min(scale, 2)
      scale -= moved
      if moved < 2 {
        mantissa = mantissa.multipliedReportingOverflow(by: moved == 1 ? 10 : 100).partialValue
      }
    }
    // Beyond four decimals nobody reads on; money is told to its last digit.
    if unit.count != 3, scale > 4, let power = Self.power(scale - 4) {
      mantissa = RoundingMode.halfUp.quotient(mantissa, power)
      scale = 4
    }
    let text = plain(mantissa, scale: scale, atLeast: Self.decimals(of: unit))
    return (isSigned && mantissa > 0 ? "+" : "") + text
  }

  /// The average of fractions as points: `+0.03`.
  func average(_ sum: ExactSum, of count: Int, isSigned: Bool = false) -> String {
    guard sum.isExact, count > 0 else { return "—" }
    return estimate(sum.approximate / Double(count), "%", isSigned: isSigned)
  }

  /// A measure's value: at most four decimals, for averages have no end.
  func value(_ value: Decimal?, _ unit: String, isSigned: Bool = false) -> String {
    guard let value else { return "—" }
    let short = value.rounded(decimals: unit == "%" ? 5 : 4)
    return number(ExactSum(short), unit, isSigned: isSigned)
      + (isSigned ? differenceUnit(unit) : named(unit))
  }

  /// A binary number of statistics, with as many digits as are worth reading.
  ///
  /// The ends of a range are told alike: as the larger of them, `size`, would be.
  func estimate(
    _ value: Double, _ unit: String, isSigned: Bool = false, size: Double = 0
  ) -> String {
    let scaled = unit == "%" ? value * 100 : value
    guard scaled.isFinite, abs(scaled) < 1e15 else { return "—" }
    let decimals =
      unit == "%" || unit.count == 3 ? 2 : Self.worthwhileDecimals(max(abs(scaled), abs(size)))
    let text = fixed(scaled, decimals: decimals)
    let isPositive = text.contains { ("1"..."9").contains($0) } && scaled > 0
    return isSigned && isPositive ? "+" + text : text
  }

  /// So many decimals, whatever they are worth.
  func fixed(_ value: Double, decimals: Int) -> String {
    let scaled = value * Double(Decimal.powerOfTen(decimals))
    guard scaled.isFinite, abs(scaled) < 1e18 else { return "—" }
    return plain(Int128(scaled.rounded()), scale: decimals, atLeast: decimals)
  }

  /// `p = 0.026`, never zero.
  func p(_ value: Double) -> String {
    guard value.isFinite else { return "—" }
    return value < 0.001 ? "p < 0.001" : "p = " + fixed(value, decimals: 3)
  }

  /// `95%`
  func confidence(_ value: Double) -> String {
    let tenths = Int128((value * 1000).rounded())
    return plain(tenths, scale: 1, atLeast: tenths % 10 == 0 ? 0 : 1) + "%"
  }

  /// What stands behind a difference of such a unit.
  func differenceUnit(_ unit: String) -> String {
    unit == "%" ? say(" points", " 个百分点") : named(unit)
  }

  private func named(_ unit: String) -> String {
    unit.isEmpty ? "" : unit == "%" ? "%" : " " + unitName(unit)
  }

  /// How many decimals a unit has at least.
  private static func decimals(of unit: String) -> Int {
    unit.count == 3 && !["JPY", "KRW"].contains(unit) ? 2 : 0
  }

  private static func power(_ exponent: Int) -> Int128? {
    exponent <= 18 ? Int128(Decimal.powerOfTen(exponent)) : nil
  }

  private static func worthwhileDecimals(_ size: Double) -> Int {
    size >= 1000 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 4
  }

  /// Digits in groups of three with decimals, its zeros at the end cut to `atLeast`.
  private func plain(_ mantissa: Int128, scale: Int, atLeast: Int) -> String {
    var digits = String(mantissa.magnitude)
    if digits.utf8.count <= scale {
      digits = String(repeating: "0", count: scale + 1 - digits.utf8.count) + digits
    }
    var whole = digits.dropLast(scale)
    var fraction = digits.suffix(scale)
    while fraction.utf8.count > atLeast, fraction.last == "0" { fraction.removeLast() }
    var text = ""
    while whole.utf8.count > 3 {
      text = "," + whole.suffix(3) + text
      whole = whole.dropLast(3)
    }
    text = whole + text
    if atLeast > fraction.utf8.count {
      fraction += String(repeating: "0", count: atLeast - fraction.utf8.count)
    }
    if !fraction.isEmpty { text += "." + fraction }
    return (mantissa < 0 ? minus : "") + text
  }
}

extension ExactSum {
  var isZero: Bool { isExact && mantissa == 0 }

  /// Its digits without groups, for programs and for sorting; nil if it is not exact.
  var digits: String? {
    guard isExact else { return nil }
    let short = normalized
    let magnitude = String(short.mantissa.magnitude)
    let scale = Int(short.scale)
    let padded =
      magnitude.utf8.count <= scale
      ? String(repeating: "0", count: scale + 1 - magnitude.utf8.count) + magnitude : magnitude
    return (short.mantissa < 0 ? "-" : "") + padded.dropLast(scale)
      + (scale > 0 ? "." + padded.suffix(scale) : "")
  }
}

extension ExactSum {
  static func + (a: ExactSum, b: ExactSum) -> ExactSum {
    var result = a
    result.add(b)
    return result
  }
}
