// Durations from bytes: a count and a unit, and the form of ISO 8601.

/// What reading a duration gave.
///
/// A duration counts one thing: months, days or seconds. A month has no fixed number of days, so
/// months do not add up with what is smaller; and a part of a second is not kept.
enum DurationReading: Equatable {
  case months(Int64)
  case days(Int64)
  case seconds(Int64)
  /// Well written, but months and days together, or a fraction that does not come out whole.
  case unkept(Unkept)
  case tooLarge
  case malformed

  enum Unkept { case monthsAndDays, fraction }

  /// The value, if there is one.
  var value: Value? {
    switch self {
    case .months(let count): .duration(count, .months)
    case .days(let count): .duration(count, .days)
    case .seconds(let count): .duration(count, .seconds)
    case .unkept, .tooLarge, .malformed: nil
    }
  }
}

extension DurationReading {
  /// `30 days`, `2 months`, `36 hours`, `30天`, `2个月`, a bare number of days, or `P1Y2M`, `PT36H`.
  init(_ bytes: Bytes) {
    guard bytes.first != UInt8(ascii: "P") else {
      self.init(iso: bytes)
      return
    }
    var scan = DigitScan(bytes)
    let isNegative = scan.take("-")
    guard let count = scan.number(1, 9) else {
      self = .malformed
      return
    }
    let unit = bytes.slice(scan.index, bytes.count).trimmed()
    guard let word = Self.words.first(where: { unit.equals($0.word) }) else {
      self = .malformed
      return
    }
    let total = Int64(isNegative ? -count : count) * word.count
    switch word.unit {
    case .days: self = .days(total)
    case .months: self = .months(total)
    case .seconds: self = .seconds(total)
    }
  }

  /// Nine digits of any of these fit.
  private static let words: [(word: StaticString, count: Int64, unit: Value.DurationUnit)] = [
    ("", 1, .days), ("day", 1, .days), ("days", 1, .days), ("天", 1, .days), ("日", 1, .days),
    ("week", 7, .days), ("weeks", 7, .days), ("周", 7, .days),
    ("month", 1, .months), ("months", 1, .months), ("个月", 1, .months), ("月", 1, .months),
    ("year", 12, .months), ("years", 12, .months), ("年", 12, .months),
    ("hour", 3600, .seconds), ("hours", 3600, .seconds), ("小时", 3600, .seconds),
    ("minute", 60, .seconds), ("minutes", 60, .seconds), ("分钟", 60, .seconds),
    ("second", 1, .seconds), ("seconds", 1, .seconds), ("秒", 1, .seconds),
  ]

  /// A unit of the form of ISO 8601: its letter, and how many months or seconds it has.
  private typealias Unit = (letter: Unicode.Scalar, months: Int128, seconds: Int128)
  private static let dates: [Unit] = [("Y", 12, 0), ("M", 1, 0), ("D", 0, 86_400)]
  private static let weeks: [Unit] = [("W", 0, 7 * 86_400)]
  private static let clocks: [Unit] = [("H", 0, 3600), ("M", 0, 60), ("S", 0, 1)]

  /// As RFC 3339 writes it: the letters in order, none left out between two that are there, weeks
  /// alone. Beyond it the last number may have a fraction, where it comes out whole.
  private init(iso bytes: Bytes) {
    var scan = DigitScan(bytes)
    var sum = Sum()
    _ = scan.take("P")
    let isWeeks = bytes.last == UInt8(ascii: "W")
    if scan.next != UInt8(ascii: "T") { sum.add(isWeeks ? Self.weeks : Self.dates, &scan) }
    if !isWeeks, scan.take("T") {
      sum.hasClock = true
      sum.add(Self.clocks, &scan)
    }
    self = scan.isAtEnd && !sum.isMalformed ? sum.reading : .malformed
  }

  /// What the units add up to.
  private struct Sum {
    private var months: Int128 = 0
    private var seconds: Int128 = 0
    var hasClock = false
    private(set) var isMalformed = false
    private var hasDays = false
    private var hasFraction = false
    private var isTooLarge = false
    private var isInexact = false

    /// Takes the units that follow each other, at least one.
    mutating func add(_ units: [Unit], _ scan: inout DigitScan) {
      var expected: Int?
      repeat {
        let start = scan.index
        let hasDigits = scan.skipDigits() > 0
        let digits = scan.bytes.slice(start, scan.index)
        let point = scan.index
        let isBroken = scan.take(either: ".", ",") && scan.skipDigits() == 0
        let fraction = scan.bytes.slice(Swift.min(point + 1, scan.index), scan.index)
        guard hasDigits, !isBroken, !hasFraction,
          let place = units.indices.first(where: { scan.take(units[$0].letter) }),
          expected ?? place == place
        else {
          isMalformed = true
          return
        }
        expected = place + 1
        if units[place].seconds >= 86_400 { hasDays = true }
        add(digits, fraction, of: units[place])
      } while scan.next.map { $0 &- UInt8(ascii: "0") < 10 } ?? false
    }

    private mutating func add(_ digits: Bytes, _ fraction: Bytes, of unit: Unit) {
      hasFraction = !fraction.isEmpty
      // No second has a billionth part that a sum of whole seconds needs.
      guard fraction.count <= 9 else {
        isInexact = true
        return
      }
      guard let whole = Self.number(digits), let part = Self.number(fraction) else {
        isTooLarge = true
        return
      }
      var one: Int128 = 1
      for _ in fraction { one *= 10 }
      let count = whole * one + part
      let size = unit.months + unit.seconds
      if count * size % one != 0 { isInexact = true }
      months += count * unit.months / one
      seconds += count * unit.seconds / one
    }

    /// nil above fifteen digits that count.
    private static func number(_ digits: Bytes) -> Int128? {
      var value: Int128 = 0
      for digit in digits {
        value = value * 10 + Int128(digit - UInt8(ascii: "0"))
        if value >= 1_000_000_000_000_000 { return nil }
      }
      return value
    }

    var reading: DurationReading {
      if isTooLarge { return .tooLarge }
      if isInexact { return .unkept(.fraction) }
      if months != 0, seconds != 0 { return .unkept(.monthsAndDays) }
      guard let months = Int64(exactly: months), let seconds = Int64(exactly: seconds) else {
        return .tooLarge
      }
      if months != 0 || !(hasDays || hasClock) { return .months(months) }
      return !hasClock && seconds % 86_400 == 0 ? .days(seconds / 86_400) : .seconds(seconds)
    }
  }
}
