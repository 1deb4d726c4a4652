import WritText

/// Numbers and what is glued to them: multipliers, `%`, `折`, `元`, dates and times.
extension Lexer {
  /// The value of the digit at an offset, full-width ones too, and its length.
  @inline(__always)
  func digit(at offset: Int) -> (value: Int, length: Int)? {
    guard offset < end else { return nil }
    let byte = bytes[offset]
    if isASCIIDigit(byte) { return (Int(byte) - 0x30, 1) }
    guard byte == 0xEF else { return nil }
    let (value, length) = scalar(at: offset)
    return isWideDigit(value) ? (Int(value) - 0xFF10, length) : nil
  }

  private mutating func skipDigits() -> Int {
    var count = 0
    while true {
      if let digit = digit(at: offset) {
        count += 1
        move(to: offset + digit.length)
      } else if offset + 1 < end, bytes[offset] == UInt8(ascii: "_"), count > 0,
        digit(at: offset + 1) != nil
      {
        move(to: offset + 1)
      } else {
        return count
      }
    }
  }

  /// `¥5000`
  mutating func lexMoneySign(_ length: Int) {
    let start = offset
    move(to: offset + length)
    while offset < end, bytes[offset] == 0x20 { move(to: offset + 1) }
    guard digit(at: offset) != nil else {
      report(.moneySignAlone(at: span(start, start + length)))
      return add(.unknown, from: start)
    }
    skipDecimal()
    skipMultiplier()
    add(.money, from: start)
    lexWordAfterNumber()
  }

  private mutating func skipDecimal() {
    _ = skipDigits()
    // `1..9` is a range, and `1.` is no number.
    if offset + 1 < end, bytes[offset] == UInt8(ascii: "."), digit(at: offset + 1) != nil {
      move(to: offset + 1)
      _ = skipDigits()
    } else if starts(with: "．"), digit(at: offset + 3) != nil {
      move(to: offset + 3)
      _ = skipDigits()
    }
  }

  private mutating func skipMultiplier() {
    if offset < end, bytes[offset] == UInt8(ascii: "k"), !continuesWord(at: offset + 1) {
      move(to: offset + 1)
    } else if starts(with: "万亿") {
      move(to: offset + 6)
    } else if starts(with: "万") || starts(with: "亿") {
      move(to: offset + 3)
    }
  }

  private func continuesWord(at offset: Int) -> Bool {
    offset < end && (isASCIILetter(bytes[offset]) || isASCIIDigit(bytes[offset]))
  }

  func starts(with text: StaticString, at other: Int? = nil) -> Bool {
    let from = other ?? offset
    guard from + text.utf8CodeUnitCount <= end else { return false }
    return text.withUTF8Buffer { bytes[from..<from + $0.count].elementsEqual($0) }
  }

  /// number = [ "¥" ] digits [ "." digits ] [ "k" | "万" | "亿" | "万亿" ] [ "%" | "折" | "元" ]
  mutating func lexNumber() {
    let start = offset
    if lexDate() { return }
    skipDecimal()
    skipMultiplier()
    if starts(with: "%") {
      move(to: offset + 1)
      add(.percent, from: start)
    } else if starts(with: "％") {
      move(to: offset + 3)
      add(.percent, from: start)
    } else if starts(with: "折") {
      move(to: offset + 3)
      add(.zhe, from: start)
    } else if starts(with: "元") {
      move(to: offset + 3)
      add(.money, from: start)
    } else if continuesWord(at: offset) {
      while continuesWord(at: offset) { move(to: offset + 1) }
      report(.nameStartsWithDigit(text(start), at: span(start, offset)))
      return add(.quotedName, from: start)
    } else {
      add(.number, from: start)
    }
    lexWordAfterNumber()
  }

  private func text(_ start: Int) -> String {
    String(decoding: bytes[start..<offset], as: UTF8.self)
  }

  /// Digits at an offset: their value and how many there are, at most six of them.
  private func digits(at from: Int) -> (value: Int, count: Int, end: Int) {
    var at = from
    var value = 0
    var count = 0
    while count < 6, let digit = digit(at: at) {
      value = value * 10 + digit.value
      count += 1
      at += digit.length
    }
    return (value, count, at)
  }

  private func isHyphen(at offset: Int) -> Bool { offset < end && bytes[offset] == 0x2D }

  /// date = digits "-" digits "-" digits
  ///
  /// By longest match: subtraction there needs spaces.
  private mutating func lexDate() -> Bool {
    let start = offset
    let year = digits(at: start)
    guard year.count == 4, isHyphen(at: year.end) else { return false }
    let month = digits(at: year.end + 1)
    guard (1...2).contains(month.count), isHyphen(at: month.end) else { return false }
    let day = digits(at: month.end + 1)
    guard (1...2).contains(day.count) else { return false }
    move(to: day.end)
    guard month.count == 2, day.count == 2 else {
      let fix = CivilDate.text(year.value, month.value, day.value)
      report(.dateNeedsTwoDigits(text(start), write: fix, at: span(start, offset)))
      add(.date, from: start)
      return true
    }
    if CivilDate.days(year.value, month.value, day.value) == nil {
      report(.impossibleDate(text(start), at: span(start, offset)))
      add(.date, from: start)
      return true
    }
    guard offset < end, bytes[offset] == UInt8(ascii: "T") else {
      add(.date, from: start)
      lexWordAfterNumber()
      return true
    }
    lexClock(from: start)
    return true
  }

  /// time = date "T" digits ":" digits [ ":" digits ] ( "Z" | ( "+" | "-" ) digits ":" digits )
  private mutating func lexClock(from start: Int) {
    move(to: offset + 1)
    func isSound(_ part: (value: Int, count: Int, end: Int), below limit: Int) -> Bool {
      part.count == 2 && part.value < limit
    }
    let hour = digits(at: offset)
    var isRight = isSound(hour, below: 24) && starts(with: ":", at: hour.end)
    if isRight {
      let minute = digits(at: hour.end + 1)
      isRight = isSound(minute, below: 60)
      move(to: minute.end)
      if isRight, starts(with: ":") {
        let second = digits(at: offset + 1)
        isRight = isSound(second, below: 60)
        move(to: second.end)
      }
    }
    if isRight {
      if starts(with: "Z") {
        move(to: offset + 1)
      } else if starts(with: "+") || starts(with: "-") {
        let hour = digits(at: offset + 1)
        isRight = isSound(hour, below: 19) && starts(with: ":", at: hour.end)
        if isRight {
          let minute = digits(at: hour.end + 1)
          isRight = isSound(minute, below: 60)
          move(to: minute.end)
        }
      } else {
        isRight = false
      }
    }
    if !isRight {
      while offset < end, isASCIIDigit(bytes[offset]) || bytes[offset] == UInt8(ascii: ":") {
        move(to: offset + 1)
      }
      report(.malformedTime(text(start), at: span(start, offset)))
    }
    add(.time, from: start)
  }
}
