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
    var result = ""
    write(into: &result)
    return result
  }

  /// Appends the text on one line, its members in the order given.
  public func write(into out: inout String) {
    switch self {
    case .null: out += "null"
    case .boolean(let value): out += value ? "true" : "false"
    case .number(let digits): out += digits
    case .text(let text): Self.writeText(text, into: &out)
    case .list(let items):
      out += "["
      for (index, item) in items.enumerated() {
        if index > 0 { out += "," }
        item.write(into: &out)
      }
      out += "]"
    case .object(let members):
      out += "{"
      for (index, member) in members.enumerated() {
        if index > 0 { out += "," }
        Self.writeText(member.0, into: &out)
        out += ":"
        member.1.write(into: &out)
      }
      out += "}"
    }
  }

  /// Writes a text in quotes. Only what JSON demands is escaped; other characters stand as they are.
  public static func writeText(_ text: String, into out: inout String) {
    out += "\""
    // Most texts stand as they are.
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x22 && $0 != 0x5C && $0 != 0x7F }) {
      out += text
      out += "\""
      return
    }
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\r": out += "\\r"
      case "\t": out += "\\t"
      case "\u{00}"..."\u{1F}", "\u{7F}":
        let digits = String(scalar.value, radix: 16)
        out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: out.unicodeScalars.append(scalar)
      }
    }
    out += "\""
  }
}
