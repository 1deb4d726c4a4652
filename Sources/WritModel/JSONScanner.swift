/// Takes JSON from the front of some bytes, strictly as RFC 8259 has it.
///
/// The bytes are known to be UTF-8. What is wrong is kept in `flaw`, the first one only, and stops
/// the scanner; a text with half of a surrogate pair is refused, because no UTF-8 could say it.
struct JSONScanner {
  enum Flaw: Hashable, Sendable {
    /// No value, or no string, comma, colon, bracket, where one must stand.
    case unexpected
    case badNumber, badEscape, loneSurrogate, controlCharacter, unclosedText, tooDeep
    /// Something behind the value.
    case trailing
  }
  /// A string between its quotes.
  struct Text {
    var start: Int
    var end: Int
    var hasEscapes: Bool
  }
  /// How deep arrays and objects may stand in each other.
  static let deepest = 200

  let bytes: Bytes
  var index = 0
  private(set) var flaw: Flaw?

  init(_ bytes: Bytes) { self.bytes = bytes }

  var isAtEnd: Bool { index >= bytes.count }

  /// The next byte behind blanks; nil at the end.
  mutating func peek() -> UInt8? {
    while index < bytes.count {
      switch bytes[index] {
      case 0x20, 0x09, 0x0A, 0x0D: index += 1
      case let byte: return byte
      }
    }
    return nil
  }

  /// Takes the next byte behind blanks if it is this one.
  mutating func take(_ mark: Unicode.Scalar) -> Bool {
    guard peek() == UInt8(ascii: mark) else { return false }
    index += 1
    return true
  }

  /// Remembers what is wrong, and stops.
  @discardableResult
  mutating func fail(_ flaw: Flaw) -> Bool {
    if self.flaw == nil { self.flaw = flaw }
    return false
  }

  /// Takes a string with its quotes.
  mutating func text() -> Text? {
    guard peek() == UInt8(ascii: "\"") else {
      fail(.unexpected)
      return nil
    }
    let start = index + 1
    var at = start
    var hasEscapes = false
    while at < bytes.count {
      at = Words.endOfPlainText(bytes, at)
      guard at < bytes.count else { break }
      let byte = bytes[at]
      if byte == UInt8(ascii: "\"") {
        index = at + 1
        return Text(start: start, end: at, hasEscapes: hasEscapes)
      }
      if byte == UInt8(ascii: "\\") {
        hasEscapes = true
        at += 1
      } else if byte < 0x20 {
        index = at
        fail(.controlCharacter)
        return nil
      }
      at += 1
    }
    index = bytes.count
    fail(.unclosedText)
    return nil
  }

  /// Takes a number; its bytes.
  mutating func number() -> Bytes? {
    let start = index
    var at = index
    func digits() -> Int {
      let from = at
      while at < bytes.count, bytes[at] &- UInt8(ascii: "0") < 10 { at += 1 }
      return at - from
    }
    func next(_ first: Unicode.Scalar, _ second: Unicode.Scalar) -> Bool {
      guard at < bytes.count,
        bytes[at] == UInt8(ascii: first) || bytes[at] == UInt8(ascii: second)
      else { return false }
      at += 1
      return true
    }
    _ = next("-", "-")
    let startsWithZero = at < bytes.count && bytes[at] == UInt8(ascii: "0")
    let whole = digits()
    var isGood = whole > 0 && !(startsWithZero && whole > 1)
    if isGood, next(".", ".") { isGood = digits() > 0 }
    if isGood, next("e", "E") {
      _ = next("+", "-")
      isGood = digits() > 0
    }
    guard isGood else {
      index = at
      fail(.badNumber)
      return nil
    }
    index = at
    return bytes.slice(start, at)
  }

  /// Takes one of the words `true`, `false`, `null`.
  mutating func word(_ word: StaticString) -> Bool {
    let end = index + word.utf8CodeUnitCount
    guard end <= bytes.count, bytes.slice(index, end).equals(word) else { return fail(.unexpected) }
    index = end
    return true
  }

  /// Passes over a value of any kind, checking it as it goes. False if it is none.
  mutating func skipValue(depth: Int) -> Bool {
    guard depth <= Self.deepest else { return fail(.tooDeep) }
    switch peek() {
    case UInt8(ascii: "{"):
      index += 1
      if take("}") { return true }
      repeat {
        guard let key = text(), checkEscapes(key) else { return false }
        guard take(":") else { return fail(.unexpected) }
        guard skipValue(depth: depth + 1) else { return false }
      } while take(",")
      return take("}") || fail(.unexpected)
    case UInt8(ascii: "["):
      index += 1
      if take("]") { return true }
      repeat {
        guard skipValue(depth: depth + 1) else { return false }
      } while take(",")
      return take("]") || fail(.unexpected)
    case UInt8(ascii: "\""):
      guard let text = text() else { return false }
      return checkEscapes(text)
    case UInt8(ascii: "t"): return word("true")
    case UInt8(ascii: "f"): return word("false")
    case UInt8(ascii: "n"): return word("null")
    case UInt8(ascii: "-"), (UInt8(ascii: "0")...UInt8(ascii: "9"))?: return number() != nil
    default: return fail(.unexpected)
    }
  }

  private mutating func checkEscapes(_ text: Text) -> Bool {
    guard text.hasEscapes else { return true }
    var nothing: [UInt8] = []
    return unescape(text, into: &nothing)
  }

  /// Adds what a string says, its escapes resolved. False if one is bad.
  mutating func unescape(_ text: Text, into out: inout [UInt8]) -> Bool {
    var at = text.start
    while at < text.end {
      let byte = bytes[at]
      guard byte == UInt8(ascii: "\\"), at + 1 < text.end else {
        out.append(byte)
        at += 1
        continue
      }
      at += 2
      switch bytes[at - 1] {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): out.append(bytes[at - 1])
      case UInt8(ascii: "b"): out.append(0x08)
      case UInt8(ascii: "f"): out.append(0x0C)
      case UInt8(ascii: "n"): out.append(0x0A)
      case UInt8(ascii: "r"): out.append(0x0D)
      case UInt8(ascii: "t"): out.append(0x09)
      case UInt8(ascii: "u"):
        guard let scalar = escapedScalar(&at, text.end) else { return false }
        out.append(contentsOf: String(scalar).utf8)
      default:
        index = at - 2
        return fail(.badEscape)
      }
    }
    return true
  }

  /// The scalar of `\uXXXX`, or of two such that are a surrogate pair; `at` stands behind the `u`.
  private mutating func escapedScalar(_ at: inout Int, _ end: Int) -> Unicode.Scalar? {
    let start = at - 2
    guard let first = hexadecimal(&at, end) else { return refuse(.badEscape, at: start) }
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard first < 0xDC00, at + 1 < end, bytes[at] == UInt8(ascii: "\\"),
      bytes[at + 1] == UInt8(ascii: "u")
    else { return refuse(.loneSurrogate, at: start) }
    at += 2
    guard let second = hexadecimal(&at, end) else { return refuse(.badEscape, at: at) }
    guard (0xDC00...0xDFFF).contains(second) else { return refuse(.loneSurrogate, at: start) }
    return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
  }

  private mutating func refuse(_ flaw: Flaw, at offset: Int) -> Unicode.Scalar? {
    index = offset
    fail(flaw)
    return nil
  }

  private func hexadecimal(_ at: inout Int, _ end: Int) -> UInt32? {
    guard at + 4 <= end else { return nil }
    var value: UInt32 = 0
    for _ in 0..<4 {
      let byte = bytes[at]
      let digit: UInt8
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
      case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
      default: return nil
      }
      value = value << 4 | UInt32(digit)
      at += 1
    }
    return value
  }
}
