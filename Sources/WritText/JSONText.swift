/// A JSON text being made. Members keep the order in which they are given, so output is stable.
public indirect enum JSONText: Sendable {
  case null
  case boolean(Bool)
  /// A number in its exact digits.
  case number(String)
  case text(String)
  case list([JSONText])
  case object([(String, JSONText)])
  /// A text on one line that was made before, as UTF-8.
  case written([UInt8])

  /// A whole number.
  public static func integer(_ value: Int) -> JSONText { .number(String(value)) }

  /// The text on one line.
  public var line: String {
    var bytes: [UInt8] = []
    write(into: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Appends the text on one line, its members in the order given.
  public func write(into out: inout String) { out += line }

  /// The same as UTF-8.
  public func write(into out: inout [UInt8]) {
    switch self {
    case .null: out += "null".utf8
    case .boolean(let value): out += value ? "true".utf8 : "false".utf8
    case .number(let digits): out += digits.utf8
    case .text(let text): Self.writeText(text, into: &out)
    case .list(let items):
      out.append(UInt8(ascii: "["))
      for (index, item) in items.enumerated() {
        if index > 0 { out.append(UInt8(ascii: ",")) }
        item.write(into: &out)
      }
      out.append(UInt8(ascii: "]"))
    case .object(let members):
      out.append(UInt8(ascii: "{"))
      for index in members.indices { members[index].1.write(as: members[index].0, into: &out) }
      out.append(UInt8(ascii: "}"))
    case .written(let bytes): out += bytes
    }
  }

  /// Appends the text as a member of an object whose brace is open, as UTF-8.
  public func write(as name: String, into out: inout [UInt8]) {
    if out.last != UInt8(ascii: "{") { out.append(UInt8(ascii: ",")) }
    Self.writeText(name, into: &out)
    out.append(UInt8(ascii: ":"))
    write(into: &out)
  }

  /// Writes a text in quotes. Only what JSON demands is escaped; other characters stand as they are.
  public static func writeText(_ text: String, into out: inout String) {
    // Most texts stand as they are.
    if text.utf8.allSatisfy({ !isEscaped($0) }) {
      out += "\""
      out += text
      out += "\""
      return
    }
    var bytes: [UInt8] = []
    writeText(text, into: &bytes)
    out += String(decoding: bytes, as: UTF8.self)
  }

  /// The same as UTF-8.
  public static func writeText(_ text: String, into out: inout [UInt8]) {
    let quote = UInt8(ascii: "\"")
    out.append(quote)
    let isWritten: Void? = text.utf8.withContiguousStorageIfAvailable { write($0, into: &out) }
    if isWritten == nil {
      var text = text
      text.withUTF8 { write($0, into: &out) }
    }
    out.append(quote)
  }

  /// Appends a text as a member of an object whose brace is open, as UTF-8. The name is plain.
  public static func writeText(_ text: String, as name: StaticString, into out: inout [UInt8]) {
    if out.last != UInt8(ascii: "{") { out.append(UInt8(ascii: ",")) }
    out.append(UInt8(ascii: "\""))
    out.append(
      contentsOf: UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
    out.append(UInt8(ascii: "\""))
    out.append(UInt8(ascii: ":"))
    writeText(text, into: &out)
  }

  private static func write(_ bytes: UnsafeBufferPointer<UInt8>, into out: inout [UInt8]) {
    var start = 0
    var place = 0
    while true {
      place = endOfPlain(bytes, from: place)
      guard place < bytes.count else { break }
      out.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[start..<place]))
      out += escaped(bytes[place]).utf8
      place += 1
      start = place
    }
    out.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[start...]))
  }

  /// The first byte from a place on that is escaped, or the end. All that is escaped is one byte; bytes
  /// of longer characters are none of these.
  private static func endOfPlain(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    var place = start
    guard let base = UnsafeRawPointer(bytes.baseAddress) else { return start }
    // Eight at a time: the upper bit of a byte of `found` is set where one is escaped, and perhaps of
    // bytes behind it.
    let ones: UInt64 = 0x0101_0101_0101_0101
    let upper: UInt64 = 0x8080_8080_8080_8080
    while place &+ 8 <= bytes.count {
      let word = base.loadUnaligned(fromByteOffset: place, as: UInt64.self)
      func zeros(_ word: UInt64) -> UInt64 { (word &- ones) & ~word }
      let found =
        (word &- ones &* 0x20) & ~word | zeros(word ^ ones &* 0x22) | zeros(word ^ ones &* 0x5C)
        | zeros(word ^ ones &* 0x7F)
      if found & upper != 0 { break }
      place &+= 8
    }
    while place < bytes.count, !isEscaped(bytes[place]) { place &+= 1 }
    return place
  }

  @inline(__always)
  private static func isEscaped(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte == 0x22 || byte == 0x5C || byte == 0x7F
  }

  private static func escaped(_ byte: UInt8) -> String {
    switch byte {
    case UInt8(ascii: "\""): return "\\\""
    case UInt8(ascii: "\\"): return "\\\\"
    case UInt8(ascii: "\n"): return "\\n"
    case UInt8(ascii: "\r"): return "\\r"
    case UInt8(ascii: "\t"): return "\\t"
    default:
      let digits = String(byte, radix: 16)
      return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }
  }
}
