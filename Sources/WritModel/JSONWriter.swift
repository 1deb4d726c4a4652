// JSON to bytes: one way to write each value, nothing between the tokens.

extension [UInt8] {
  /// Adds a JSON string of UTF-8 bytes: quotes, backslashes and control characters are escaped,
  /// all else stands as it is.
  public mutating func appendJSON(_ text: Bytes) {
    append(UInt8(ascii: "\""))
    var plainFrom = 0
    for index in text.indices {
      let byte = text[index]
      guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else {
        continue
      }
      append(contentsOf: text.slice(plainFrom, index))
      plainFrom = index + 1
      append(UInt8(ascii: "\\"))
      switch byte {
      case 0x08: append(UInt8(ascii: "b"))
      case 0x09: append(UInt8(ascii: "t"))
      case 0x0A: append(UInt8(ascii: "n"))
      case 0x0C: append(UInt8(ascii: "f"))
      case 0x0D: append(UInt8(ascii: "r"))
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): append(byte)
      default:
        append(contentsOf: "u00".utf8)
        append(UInt8(ascii: byte < 0x10 ? "0" : "1"))
        append(contentsOf: String(byte & 15, radix: 16).utf8)
      }
    }
    append(contentsOf: text.slice(plainFrom, text.count))
    append(UInt8(ascii: "\""))
  }

  /// Adds a JSON string.
  public mutating func appendJSON(_ text: String) {
    var text = text
    text.withUTF8 { appendJSON($0) }
  }

  /// Adds a JSON value.
  public mutating func appendJSON(_ value: JSON) {
    switch value {
    case .null: append(contentsOf: "null".utf8)
    case .boolean(let value): append(contentsOf: (value ? "true" : "false").utf8)
    case .number(let digits): append(contentsOf: digits.utf8)
    case .text(let text): appendJSON(text)
    case .array(let items):
      append(UInt8(ascii: "["))
      for (index, item) in items.enumerated() {
        if index > 0 { append(UInt8(ascii: ",")) }
        appendJSON(item)
      }
      append(UInt8(ascii: "]"))
    case .object(let members):
      append(UInt8(ascii: "{"))
      for (index, member) in members.enumerated() {
        if index > 0 { append(UInt8(ascii: ",")) }
        appendJSON(member.name)
        append(UInt8(ascii: ":"))
        appendJSON(member.value)
      }
      append(UInt8(ascii: "}"))
    }
  }
}

extension JSON {
  /// The value in bytes.
  public var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.appendJSON(self)
    return bytes
  }
}
