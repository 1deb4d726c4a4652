public import WritModel

/// Bytes on their way out: grown by doubling, written to by whoever holds it, kept from chunk to
/// chunk so that a run allocates it once.
public struct Outgoing: ~Copyable {
  private var base: UnsafeMutablePointer<UInt8>
  private var room: Int
  public private(set) var count = 0

  public init(room: Int = 1 << 16) {
    self.room = max(room, 64)
    base = .allocate(capacity: self.room + Words.room)
  }

  deinit { base.deallocate() }

  /// Lends what has been written.
  public func withBytes<Result, Failure: Error>(
    _ body: (Bytes) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(Bytes(start: base, count: count))
  }

  /// Forgets what has been written and keeps the room.
  public mutating func clear() { count = 0 }

  @inline(__always)
  private mutating func make(_ more: Int) {
    if count + more > room { grow(more) }
  }

  @inline(never)
  private mutating func grow(_ more: Int) {
    let wider = max(room * 2, count + more)
    let new = UnsafeMutablePointer<UInt8>.allocate(capacity: wider + Words.room)
    new.update(from: base, count: count)
    base.deallocate()
    base = new
    room = wider
  }

  @inline(__always)
  mutating func append(_ byte: UInt8) {
    make(1)
    base[count] = byte
    count += 1
  }

  @inline(__always)
  mutating func append(_ bytes: Bytes) {
    guard let start = bytes.baseAddress else { return }
    make(bytes.count)
    (base + count).update(from: start, count: bytes.count)
    count += bytes.count
  }

  /// Appends bytes behind which `Words.room` more can be read.
  @inline(__always)
  mutating func put(_ start: UnsafePointer<UInt8>, _ more: Int) {
    make(more)
    Words.copy(start, more, to: base + count)
    count += more
  }

  /// Appends a text if none of its bytes is one that `isSpecial` finds in eight of them.
  @inline(__always)
  private mutating func appendPlain(_ text: Bytes, _ isSpecial: (UInt64) -> Bool) -> Bool {
    guard let start = text.baseAddress else { return true }
    let from = UnsafeRawPointer(start)
    make(text.count)
    let into = UnsafeMutableRawPointer(base + count)
    let last = text.count &- 8
    if last >= 0 {
      var index = 0
      while true {
        let word = from.loadUnaligned(fromByteOffset: index, as: UInt64.self)
        if isSpecial(word) { return false }
        into.storeBytes(of: word, toByteOffset: index, as: UInt64.self)
        if index == last { break }
        // The last eight bytes; some of them may be taken twice.
        index = min(index &+ 8, last)
      }
    } else if text.count >= 4 {
      let low = from.loadUnaligned(as: UInt32.self)
      let high = from.loadUnaligned(fromByteOffset: text.count &- 4, as: UInt32.self)
      if isSpecial(UInt64(low) | UInt64(high) &<< 32) { return false }
      into.storeBytes(of: low, as: UInt32.self)
      into.storeBytes(of: high, toByteOffset: text.count &- 4, as: UInt32.self)
    } else {
      var word = Words.splat(UInt8(ascii: "a"))
      for byte in text { word = word &<< 8 | UInt64(byte) }
      if isSpecial(word) { return false }
      (base + count).update(from: start, count: text.count)
    }
    count += text.count
    return true
  }

  @inline(__always)
  mutating func append(_ bytes: [UInt8]) { bytes.withUnsafeBufferPointer { append($0) } }

  mutating func append(_ text: StaticString) { text.withUTF8Buffer { append($0) } }

  /// Appends a text as it is.
  public mutating func append(_ text: String) {
    var text = text
    text.withUTF8 { append($0) }
  }

  /// Appends a decimal without zeros at its end, but with so many places at least.
  mutating func append(_ decimal: Decimal, atLeast places: Int = 0) {
    var rest = decimal.mantissa.magnitude
    var scale = Int(decimal.scale)
    while scale > 0 {
      let (quotient, remainder) = rest.quotientAndRemainder(dividingBy: 10)
      guard remainder == 0 else { break }
      rest = quotient
      scale -= 1
    }
    let zeros = max(0, places - scale)
    make(48 + zeros)
    if decimal.mantissa < 0 {
      base[count] = UInt8(ascii: "-")
      count += 1
    }
    var digits = 1
    var bound: UInt64 = 10
    while digits < 20, rest >= bound {
      digits += 1
      let (next, overflow) = bound.multipliedReportingOverflow(by: 10)
      if overflow { break }
      bound = next
    }
    digits = max(digits, scale + 1)
    var place = base + count + digits + (scale > 0 ? 1 : 0)
    count += digits + (scale > 0 ? 1 : 0)
    var written = 0
    while written < digits {
      if written == scale, scale > 0 {
        place -= 1
        place.pointee = UInt8(ascii: ".")
      }
      let quotient = rest / 10
      place -= 1
      place.pointee = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest - quotient * 10)
      rest = quotient
      written += 1
    }
    guard zeros > 0 else { return }
    if scale == 0 { append(UInt8(ascii: ".")) }
    for _ in 0..<zeros { append(UInt8(ascii: "0")) }
  }

  /// Appends `2026-11-11`; false for a day that no calendar of four digits has.
  mutating func append(day: Int64) -> Bool {
    guard let date = CivilDate(days: Int(day)) else { return false }
    make(10)
    let (year, month) = (date.year, date.month)
    digits(year / 100, at: 0)
    digits(year % 100, at: 2)
    base[count + 4] = UInt8(ascii: "-")
    digits(month, at: 5)
    base[count + 7] = UInt8(ascii: "-")
    digits(date.day, at: 8)
    count += 10
    return true
  }

  @inline(__always)
  private func digits(_ number: Int, at offset: Int) {
    base[count + offset] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number / 10)
    base[count + offset + 1] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number % 10)
  }

  /// Appends a JSON string as `JSONText.writeText` does.
  mutating func append(json text: Bytes) {
    append(UInt8(ascii: "\""))
    let isPlain = appendPlain(text) { word in
      Words.controls(word) | Words.matches(word, Words.splat(UInt8(ascii: "\"")))
        | Words.matches(word, Words.splat(UInt8(ascii: "\\")))
        | Words.matches(word, Words.splat(0x7F)) != 0
    }
    if !isPlain { appendEscaping(text) }
    append(UInt8(ascii: "\""))
  }

  @inline(never)
  private mutating func appendEscaping(_ text: Bytes) {
    var plainFrom = 0
    for index in text.indices {
      let byte = text[index]
      guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte == 0x7F
      else { continue }
      append(Bytes(rebasing: text[plainFrom..<index]))
      plainFrom = index + 1
      appendEscaped(byte)
    }
    append(Bytes(rebasing: text[plainFrom...]))
  }

  private mutating func appendEscaped(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""): append("\\\"" as StaticString)
    case UInt8(ascii: "\\"): append("\\\\" as StaticString)
    case UInt8(ascii: "\n"): append("\\n" as StaticString)
    case UInt8(ascii: "\r"): append("\\r" as StaticString)
    case UInt8(ascii: "\t"): append("\\t" as StaticString)
    default:
      let hexadecimal = Array("0123456789abcdef".utf8)
      append("\\u00" as StaticString)
      append(hexadecimal[Int(byte >> 4)])
      append(hexadecimal[Int(byte & 15)])
    }
  }

  /// Appends a cell of CSV as `CSVText.write` does: in quotes where it has to be.
  mutating func append(cell text: Bytes) {
    let space = UInt8(ascii: " ")
    if text.first != space, text.last != space,
      appendPlain(
        text,
        { word in
          Words.matches(word, Words.splat(UInt8(ascii: ",")))
            | Words.matches(word, Words.splat(UInt8(ascii: "\"")))
            | Words.matches(word, Words.splat(UInt8(ascii: "\n")))
            | Words.matches(word, Words.splat(UInt8(ascii: "\r"))) != 0
        })
    {
      return
    }
    var written = ""
    CSVText.write(String(decoding: text, as: UTF8.self), into: &written)
    append(written)
  }
}
