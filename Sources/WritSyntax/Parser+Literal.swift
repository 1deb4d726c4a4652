import WritText

/// Literals: exact digits out of the bytes.
extension Parser {
  /// literal = number | money | date | time | duration
  mutating func parseLiteral() throws(Abandoned) -> Expression {
    let start = here
    let token = token
    let spelling = text(of: token)
    advance()
    let literal: Literal
    switch token.kind {
    case .number:
      let digits = try digits(of: token)
      if continuesLine, let unit = atUnit {
        let count = try wholeNumber(digits, at: start)
        _ = take(unit.keyword)
        let duration = Duration(count: count, unit: unit.unit)
        return Expression(.literal(.duration(duration)), at: span(from: start))
      }
      literal = .number(digits: digits, spelling: spelling)
    case .percent: literal = .percent(digits: try digits(of: token), spelling: spelling)
    case .zhe: literal = .zhe(digits: try zhe(of: token))
    case .money:
      literal = .money(currency: nil, digits: try digits(of: token), spelling: spelling)
    case .date: literal = .date(days: date(of: token), spelling: spelling)
    case .time: literal = time(of: token, spelling: spelling)
    default: throw fail(.expectedValue(found, at: start))
    }
    return Expression(.literal(literal), at: start)
  }

  /// money = name number
  ///
  /// Three capitals: `CNY 5000`.
  mutating func parseMoney(
    _ currency: Name, from start: Span
  ) throws(Abandoned) -> Expression {
    let token = token
    let spelling = text(of: token)
    let digits = try digits(of: token)
    advance()
    return Expression(
      .literal(.money(currency: currency, digits: digits, spelling: spelling)),
      at: span(from: start))
  }

  /// duration = digits ( "days" | "weeks" | "months" | "years" | "hours" | "minutes" )
  mutating func parseDuration() throws(Abandoned) -> Duration {
    let start = here
    guard token.kind == .number else { throw fail(.expectedDuration(found, at: here)) }
    let digits = try digits(of: token)
    advance()
    let count = try wholeNumber(digits, at: start)
    guard continuesLine, let unit = atUnit else {
      throw fail(.expectedDuration(found, at: here))
    }
    _ = take(unit.keyword)
    return Duration(count: count, unit: unit.unit)
  }

  private var atUnit: (keyword: Keyword, unit: Duration.Unit)? {
    guard token.word != 0 else { return nil }
    return Parser.units.first { at($0.keyword) }
  }

  static let units: [(keyword: Keyword, unit: Duration.Unit)] = [
    (.days, .days), (.weeks, .weeks), (.months, .months), (.years, .years), (.hours, .hours),
    (.minutes, .minutes),
    // `1 month`: in the singular they are also functions, and those never follow a number.
    (.month, .months), (.year, .years),
  ]

  private mutating func wholeNumber(_ digits: String, at span: Span) throws(Abandoned) -> Int {
    guard let number = Int(digits), number <= 1_000_000 else {
      report(.expectedWholeNumber(at: span))
      throw Abandoned()
    }
    return number
  }

  // MARK: - Digits

  /// The digits of a number token as plain ASCII, its multiplier applied.
  mutating func digits(of token: Token) throws(Abandoned) -> String {
    if isPlain(token) { return text(of: token) }
    var digits: [UInt8] = []
    var point: Int?
    var shift = 0
    var at = Int(token.start)
    let end = Int(token.end)
    while at < end {
      let byte = bytes[at]
      if isASCIIDigit(byte) {
        digits.append(byte)
        at += 1
      } else if byte == UInt8(ascii: ".") {
        point = digits.count
        at += 1
      } else if byte == UInt8(ascii: "k") {
        shift += 3
        at += 1
      } else if byte < 0x80 {
        at += 1
      } else if byte == 0xEF, at + 2 < end, bytes[at + 1] == 0xBC, bytes[at + 2] >= 0x90,
        bytes[at + 2] <= 0x99
      {
        digits.append(bytes[at + 2] - 0x90 + 0x30)
        at += 3
      } else if hasBytes("．", at: at) {
        point = digits.count
        at += 3
      } else {
        if hasBytes("万", at: at) { shift += 4 }
        if hasBytes("亿", at: at) { shift += 8 }
        at += 1
        while at < end, bytes[at] & 0xC0 == 0x80 { at += 1 }
      }
    }
    var decimals = point.map { digits.count - $0 } ?? 0
    while shift > 0 {
      if decimals > 0 { decimals -= 1 } else { digits.append(UInt8(ascii: "0")) }
      shift -= 1
    }
    while digits.count > decimals + 1, digits.first == UInt8(ascii: "0") { digits.removeFirst() }
    if digits.drop(while: { $0 == UInt8(ascii: "0") }).count > 18 || decimals > 18 {
      report(.numberTooLong(at: span(of: token)))
      return "0"
    }
    if decimals > 0 { digits.insert(UInt8(ascii: "."), at: digits.count - decimals) }
    return String(decoding: digits, as: UTF8.self)
  }

  /// Whether a number is written as its digits are kept: no more than 18 of them, no zeros before them.
  private func isPlain(_ token: Token) -> Bool {
    let (start, end) = (Int(token.start), Int(token.end))
    guard token.kind == .number, end - start <= 18, bytes[start] != UInt8(ascii: "0") else {
      return false
    }
    for at in start..<end where !isASCIIDigit(bytes[at]) { return false }
    return true
  }

  private func hasBytes(_ text: StaticString, at offset: Int) -> Bool {
    guard offset + text.utf8CodeUnitCount <= bytes.count else { return false }
    return text.withUTF8Buffer { bytes[offset..<offset + $0.count].elementsEqual($0) }
  }

  /// `n折` is a reduction for 0 < n < 10 only: `85折` is how people write 8.5折.
  private mutating func zhe(of token: Token) throws(Abandoned) -> String {
    let digits = try digits(of: token)
    let whole = digits.prefix { $0 != "." }
    let isZero = digits.allSatisfy { $0 == "0" || $0 == "." }
    guard whole.count > 1 || isZero else { return digits }
    let isTwoDigits = digits.count == 2
    let fix: String? = isTwoDigits ? "\(digits.first ?? "0").\(digits.last ?? "0")" : nil
    report(.zheOutOfRange(digits, write: fix, at: span(of: token)))
    return fix ?? "10"
  }

  // MARK: - Dates

  private func numbers(of token: Token) -> [Int] {
    var numbers: [Int] = []
    var isInside = false
    for at in Int(token.start)..<Int(token.end) {
      let byte = bytes[at]
      // The last byte of a full-width digit is 0x90...0x99.
      let digit: Int? =
        isASCIIDigit(byte)
        ? Int(byte) - 0x30 : (0x90...0x99).contains(byte) ? Int(byte) - 0x90 : nil
      if let digit {
        let last = isInside ? numbers.removeLast() : 0
        numbers.append(min(last * 10 + digit, 1_000_000))
        isInside = true
      } else if byte < 0x80 {
        isInside = false
      }
    }
    return numbers
  }

  /// Days since 1970-01-01; 0 for a date that the lexer has reported.
  private func date(of token: Token) -> Int32 {
    let parts = numbers(of: token)
    guard parts.count >= 3 else { return 0 }
    return Int32(CivilDate.days(parts[0], parts[1], parts[2]) ?? 0)
  }

  private func time(of token: Token, spelling: String) -> Literal {
    let parts = numbers(of: token)
    guard parts.count >= 5 else {
      return .time(seconds: 0, offsetMinutes: 0, spelling: spelling)
    }
    let isUTC = spelling.hasSuffix("Z")
    let hasSeconds = parts.count - (isUTC ? 0 : 2) == 6
    let seconds = hasSeconds ? parts[5] : 0
    var offset = 0
    if !isUTC, parts.count >= 7 {
      offset = parts[parts.count - 2] * 60 + parts[parts.count - 1]
      // The sign is the sixth byte from the end.
      if bytes[max(0, Int(token.end) - 6)] == UInt8(ascii: "-") { offset = -offset }
    }
    let clock = parts[3] * 3600 + parts[4] * 60 + seconds
    let days = Int64(date(of: token))
    return .time(
      seconds: days * 86400 + Int64(clock) - Int64(offset) * 60,
      offsetMinutes: Int16(clamping: offset), spelling: spelling)
  }
}
