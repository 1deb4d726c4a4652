// Dates and times from bytes: the ISO forms of RFC 3339, and declared patterns.

extension CivilDate {
  /// `2026-11-11`, exactly.
  public init?(_ bytes: UnsafeBufferPointer<UInt8>) {
    var scan = DigitScan(bytes)
    guard let date = scan.date(), scan.isAtEnd else { return nil }
    self = date
  }

  public init?(_ text: String) {
    var text = text
    guard let date = text.withUTF8({ CivilDate($0) }) else { return nil }
    self = date
  }
}

extension Moment {
  /// `2026-11-11T09:30:00+08:00` as RFC 3339 has it. A fraction of a second is dropped: a moment
  /// counts whole seconds.
  public init?(_ bytes: UnsafeBufferPointer<UInt8>) {
    var scan = DigitScan(bytes)
    guard let date = scan.date(), scan.take(either: "T", "t"), let clock = scan.clock(),
      scan.isAtEnd
    else { return nil }
    self.init(
      date: date, hour: clock.hour, minute: clock.minute, second: clock.second,
      offsetMinutes: clock.offset)
  }

  public init?(_ text: String) {
    var text = text
    guard let moment = text.withUTF8({ Moment($0) }) else { return nil }
    self = moment
  }

  /// A date and a clock without an offset, which is that of the zone: `2026-11-11 09:30`, with or
  /// without seconds and a fraction, a `T` between them or a space.
  public init?(local bytes: UnsafeBufferPointer<UInt8>, zoneMinutes: Int) {
    var scan = DigitScan(bytes)
    guard let date = scan.date(), scan.take(either: "T", " "), let hour = scan.number(2, 2),
      hour < 24, scan.take(":"), let minute = scan.number(2, 2), minute < 60
    else { return nil }
    var second = 0
    if scan.take(":") {
      guard let value = scan.number(2, 2), value < 60 else { return nil }
      second = value
      if scan.take("."), scan.skipDigits() == 0 { return nil }
    }
    guard scan.isAtEnd else { return nil }
    self.init(date: date, hour: hour, minute: minute, second: second, offsetMinutes: zoneMinutes)
  }

  /// Whether these bytes are a time of day with an offset, as RFC 3339 has it (`09:30:00+08:00`).
  public static func isClock(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    var scan = DigitScan(bytes)
    return scan.clock() != nil && scan.isAtEnd
  }
}

/// Takes digits and marks from the front of some bytes.
struct DigitScan {
  let bytes: UnsafeBufferPointer<UInt8>
  var index = 0

  init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  var isAtEnd: Bool { index == bytes.count }

  var next: UInt8? { index < bytes.count ? bytes[index] : nil }

  mutating func take(_ mark: Unicode.Scalar) -> Bool { take(either: mark, mark) }

  mutating func take(either first: Unicode.Scalar, _ second: Unicode.Scalar) -> Bool {
    guard index < bytes.count,
      bytes[index] == UInt8(ascii: first) || bytes[index] == UInt8(ascii: second)
    else { return false }
    index += 1
    return true
  }

  /// Between `fewest` and `most` digits as a number.
  mutating func number(_ fewest: Int, _ most: Int) -> Int? {
    let start = index
    var value = 0
    while index < bytes.count, index - start < most {
      let digit = bytes[index] &- UInt8(ascii: "0")
      guard digit < 10 else { break }
      value = value * 10 + Int(digit)
      index += 1
    }
    return index - start >= fewest ? value : nil
  }

  /// Passes over digits; how many there were.
  mutating func skipDigits() -> Int {
    let start = index
    while index < bytes.count, bytes[index] &- UInt8(ascii: "0") < 10 { index += 1 }
    return index - start
  }

  /// `yyyy-MM-dd`
  mutating func date() -> CivilDate? {
    guard let year = number(4, 4), take("-"), let month = number(2, 2), take("-"),
      let day = number(2, 2)
    else { return nil }
    return CivilDate(year: year, month: month, day: day)
  }

  /// `HH:mm:ss[.f]` and `Z` or an offset.
  mutating func clock() -> (hour: Int, minute: Int, second: Int, offset: Int)? {
    guard let hour = number(2, 2), hour < 24, take(":"), let minute = number(2, 2), minute < 60,
      take(":"), let second = number(2, 2), second <= 60
    else { return nil }
    if take("."), skipDigits() == 0 { return nil }
    guard let offset = offset() else { return nil }
    // A leap second is the last of a day by the clock of Greenwich.
    if second == 60 {
      let minutes = hour * 60 + minute - offset
      guard (minutes % 1440 + 1440) % 1440 == 1439 else { return nil }
    }
    return (hour, minute, second, offset)
  }

  /// `Z` or `+08:00`, in minutes east.
  mutating func offset() -> Int? {
    if take(either: "Z", "z") { return 0 }
    let isWest = next == UInt8(ascii: "-")
    guard take(either: "+", "-"), let hours = number(2, 2), hours < 24, take(":"),
      let minutes = number(2, 2), minutes < 60
    else { return nil }
    return isWest ? -(hours * 60 + minutes) : hours * 60 + minutes
  }
}

/// How dates and times are written in a file: `dd/MM/yyyy`, `M/d/yyyy H:mm`.
///
/// `yyyy` four digits, `MM dd HH` two, `M d H` one or two, `mm ss` two; anything that is no ASCII
/// letter stands for itself.
public struct DatePattern: Hashable, Sendable {
  enum Part: Hashable, Sendable {
    case year
    /// Two digits, or one or two.
    case month(Int)
    case day(Int)
    case hour(Int)
    case minute, second
    case mark(UInt8)
  }
  let parts: [Part]
  /// As written.
  public let text: String
  /// Whether it has an hour and a minute.
  public let hasClock: Bool

  /// nil if it is no pattern: an unknown letter, a part twice, or no year, month and day; minutes
  /// without hours, seconds without minutes.
  public init?(_ text: String) {
    var parts: [Part] = []
    var seen: [UInt8: Int] = [:]
    let bytes = Array(text.utf8)
    var index = 0
    while index < bytes.count {
      let letter = bytes[index]
      guard letter | 0x20 >= UInt8(ascii: "a"), letter | 0x20 <= UInt8(ascii: "z") else {
        guard letter &- UInt8(ascii: "0") >= 10 else { return nil }
        parts.append(.mark(letter))
        index += 1
        continue
      }
      let run = bytes[index...].prefix { $0 == letter }.count
      guard seen.updateValue(run, forKey: letter) == nil,
        let part = Self.part(letter, run)
      else { return nil }
      // One or two digits run into the digits of a neighbour.
      if let last = parts.last, !last.isMark, !(last.isFixed && part.isFixed) { return nil }
      parts.append(part)
      index += run
    }
    let has = { (letter: Unicode.Scalar) in seen[UInt8(ascii: letter)] != nil }
    guard has("y"), has("M"), has("d"), has("H") == has("m"), has("m") || !has("s") else {
      return nil
    }
    self.parts = parts
    self.text = text
    hasClock = has("H")
  }

  private static func part(_ letter: UInt8, _ run: Int) -> Part? {
    switch (letter, run) {
    case (UInt8(ascii: "y"), 4): .year
    case (UInt8(ascii: "M"), 1...2): .month(run)
    case (UInt8(ascii: "d"), 1...2): .day(run)
    case (UInt8(ascii: "H"), 1...2): .hour(run)
    case (UInt8(ascii: "m"), 2): .minute
    case (UInt8(ascii: "s"), 2): .second
    default: nil
    }
  }

  /// The day and the seconds into it that are written in these bytes; nil if they do not follow
  /// the pattern or there is no such day or time.
  public func read(_ bytes: UnsafeBufferPointer<UInt8>) -> (date: CivilDate, seconds: Int)? {
    var scan = DigitScan(bytes)
    var (year, month, day, hour, minute, second) = (0, 0, 0, 0, 0, 0)
    for part in parts {
      switch part {
      case .year:
        guard let value = scan.number(4, 4) else { return nil }
        year = value
      case .month(let digits):
        guard let value = scan.number(digits, 2) else { return nil }
        month = value
      case .day(let digits):
        guard let value = scan.number(digits, 2) else { return nil }
        day = value
      case .hour(let digits):
        guard let value = scan.number(digits, 2) else { return nil }
        hour = value
      case .minute:
        guard let value = scan.number(2, 2) else { return nil }
        minute = value
      case .second:
        guard let value = scan.number(2, 2) else { return nil }
        second = value
      case .mark(let mark):
        guard scan.next == mark else { return nil }
        scan.index += 1
      }
    }
    guard scan.isAtEnd, hour < 24, minute < 60, second < 60,
      let date = CivilDate(year: year, month: month, day: day)
    else { return nil }
    return (date, hour * 3600 + minute * 60 + second)
  }
}

extension DatePattern.Part {
  fileprivate var isMark: Bool { if case .mark = self { true } else { false } }

  /// Whether it always has the same number of digits.
  fileprivate var isFixed: Bool {
    switch self {
    case .month(let digits), .day(let digits), .hour(let digits): digits == 2
    default: true
    }
  }
}
