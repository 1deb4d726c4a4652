/// A JSON text being made. Members keep the order in which they are given, so output is stable.
public indirect enum JSONText: Sendable {
  case null
  case boolean(Bool)
  /// A number in its exact digits.
  case number(String)
  case text(String)
  case list([JSONText])
  case object([(String, JSONText)])

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

  private func write(into out: inout [UInt8]) {
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
      for (index, member) in members.enumerated() {
        if index > 0 { out.append(UInt8(ascii: ",")) }
        Self.writeText(member.0, into: &out)
        out.append(UInt8(ascii: ":"))
        member.1.write(into: &out)
      }
      out.append(UInt8(ascii: "}"))
    }
  }

  /// Writes a text in quotes. Only what JSON demands is escaped; other characters stand as they are.
  public static func writeText(_ text: String, into out: inout String) {
    // Most texts stand as they are.
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x22 && $0 != 0x5C && $0 != 0x7F }) {
      out += "\""
      out += text
      out += "\""
      return
    }
    var bytes: [UInt8] = []
    writeText(text, into: &bytes)
    out += String(decoding: bytes, as: UTF8.self)
  }

  private static func writeText(_ text: String, into out: inout [UInt8]) {
    let quote = UInt8(ascii: "\"")
    out.append(quote)
    var text = text
    text.withUTF8 { bytes in
      var start = 0
      for (place, byte) in bytes.enumerated() {
        // All that is escaped is one byte; bytes of longer characters are none of these.
        guard byte < 0x20 || byte == quote || byte == 0x5C || byte == 0x7F else { continue }
        out += bytes[start..<place]
        out += escaped(byte).utf8
        start = place + 1
      }
      out += bytes[start...]
    }
    out.append(quote)
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
