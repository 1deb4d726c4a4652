/// A day of the proleptic Gregorian calendar, years 1 to 9999.
public struct CivilDate: Hashable, Sendable, Comparable {
  public let year: Int
  public let month: Int
  public let day: Int

  /// nil if there is no such day.
  public init?(year: Int, month: Int, day: Int) {
    guard (1...9999).contains(year), (1...12).contains(month), day >= 1,
      day <= Self.days(in: month, of: year)
    else { return nil }
    self.year = year
    self.month = month
    self.day = day
  }

  /// The day so many days after 1970-01-01; nil outside of the years 1 to 9999.
  public init?(days: Int) {
    guard Self.range.contains(days) else { return nil }
    // Years begin in March here, so the leap day comes last; 400 years have 146,097 days.
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  /// Days since 1970-01-01.
  public var days: Int {
    let shiftedYear = month <= 2 ? year - 1 : year
    let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
    let yearOfEra = shiftedYear - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  /// Days of the years 1 to 9999, counted from 1970-01-01.
  public static let range = -719_162...2_932_896

  /// The same day so many months later; the last of the month where there is no such day. Nil
  /// outside of the years 1 to 9999.
  public func adding(months: Int) -> CivilDate? {
    guard abs(months) <= 120_000 else { return nil }
    let count = year * 12 + (month - 1) + months
    guard count >= 12 else { return nil }
    let (newYear, newMonth) = (count / 12, count % 12 + 1)
    return CivilDate(
      year: newYear, month: newMonth, day: min(day, Self.days(in: newMonth, of: newYear)))
  }

  /// Whether a year has 366 days in the Gregorian calendar, which is taken to have held always.
  public static func isLeap(_ year: Int) -> Bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
  }

  /// How many days a month (1…12) has.
  public static func days(in month: Int, of year: Int) -> Int {
    switch month {
    case 2: isLeap(year) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  public static func < (a: CivilDate, b: CivilDate) -> Bool {
    (a.year, a.month, a.day) < (b.year, b.month, b.day)
  }
}

extension CivilDate: CustomStringConvertible {
  /// `2026-11-11`
  public var description: String {
    var bytes: [UInt8] = []
    append(to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Adds `2026-11-11`.
  public func append(to bytes: inout [UInt8]) {
    bytes.append(number: year, digits: 4)
    bytes.append(UInt8(ascii: "-"))
    bytes.append(number: month, digits: 2)
    bytes.append(UInt8(ascii: "-"))
    bytes.append(number: day, digits: 2)
  }
}

/// A moment, and the offset of the clock it was read from. Fixed offsets only.
public struct Moment: Hashable, Sendable {
  /// Seconds since 1970-01-01T00:00Z.
  public var seconds: Int64
  /// Minutes east of UTC.
  public var offsetMinutes: Int

  public init(seconds: Int64, offsetMinutes: Int) {
    self.seconds = seconds
    self.offsetMinutes = offsetMinutes
  }

  /// What a clock at the offset shows on a day. The hour, minute and second are not checked.
  public init(
    date: CivilDate, hour: Int, minute: Int, second: Int, offsetMinutes: Int
  ) {
    self.seconds = Int64(
      date.days * 86_400 + hour * 3600 + minute * 60 + second - offsetMinutes * 60)
    self.offsetMinutes = offsetMinutes
  }

  /// Seconds since 1970-01-01T00:00 on its own clock.
  var localSeconds: Int64 { seconds &+ Int64(offsetMinutes) * 60 }

  /// The calendar date (days since 1970-01-01) that a clock so many minutes east shows.
  @inlinable
  public static func days(of seconds: Int64, at zoneMinutes: Int) -> Int64 {
    let local = seconds &+ Int64(zoneMinutes) * 60
    return local >= 0 ? local / 86_400 : (local - 86_399) / 86_400
  }
}

extension Moment: CustomStringConvertible {
  /// `2026-11-11T09:30:00+08:00`
  public var description: String {
    var bytes: [UInt8] = []
    append(to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Adds `2026-11-11T09:30:00+08:00`; outside of the years 1 to 9999 the count of seconds.
  public func append(to bytes: inout [UInt8]) {
    let day = Moment.days(of: seconds, at: offsetMinutes)
    guard let date = CivilDate(days: Int(day)) else {
      bytes.append(contentsOf: "\(seconds)s".utf8)
      return
    }
    let clock = Int(localSeconds - day * 86_400)
    date.append(to: &bytes)
    bytes.append(UInt8(ascii: "T"))
    bytes.append(number: clock / 3600, digits: 2)
    bytes.append(UInt8(ascii: ":"))
    bytes.append(number: clock / 60 % 60, digits: 2)
    bytes.append(UInt8(ascii: ":"))
    bytes.append(number: clock % 60, digits: 2)
    if offsetMinutes == 0 {
      bytes.append(UInt8(ascii: "Z"))
      return
    }
    bytes.append(UInt8(ascii: offsetMinutes < 0 ? "-" : "+"))
    bytes.append(number: abs(offsetMinutes) / 60, digits: 2)
    bytes.append(UInt8(ascii: ":"))
    bytes.append(number: abs(offsetMinutes) % 60, digits: 2)
  }
}

extension [UInt8] {
  /// Adds a number that is not negative with at least so many digits.
  mutating func append(number: Int, digits: Int) {
    let start = count
    var rest = number
    while rest > 0 || count - start < digits {
      append(UInt8(ascii: "0") + UInt8(rest % 10))
      rest /= 10
    }
    self[start...].reverse()
  }
}
