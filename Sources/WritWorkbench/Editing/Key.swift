/// One key press, as a terminal tells of it.
public enum Key: Hashable, Sendable {
  /// What was typed: one character or more.
  case text(String)
  /// What was pasted as one piece (bracketed paste), line ends as `\n`.
  case paste(String)
  case enter, tab, backtab, backspace, delete, escape
  case left, right, up, down, home, end
  case wordLeft, wordRight, deleteWordLeft, deleteWordRight
  /// Alt and Enter: a line break wherever one stands.
  case newline
  /// Ctrl and a letter, in lower case.
  case control(Character)
}

/// Turns the bytes of a terminal into keys.
///
/// Bytes come in pieces that end anywhere: in a character, an escape sequence or a paste. What is not
/// whole waits for the next piece; `flush` says that no more comes soon, so that a lone Escape is one.
/// Sequences that mean nothing here are dropped, never typed.
public struct KeyDecoder: Sendable {
  private var waiting: [UInt8] = []
  private var pasted: [UInt8]?

  public init() {}

  /// Whether bytes wait for more.
  public var isWaiting: Bool { !waiting.isEmpty }

  /// The keys that the bytes complete. Time linear in the bytes.
  public mutating func decode(_ bytes: some Sequence<UInt8>) -> [Key] {
    waiting.append(contentsOf: bytes)
    return drain(isLast: false)
  }

  /// The keys that the waiting bytes come to if nothing follows them.
  public mutating func flush() -> [Key] { drain(isLast: true) }

  private mutating func drain(isLast: Bool) -> [Key] {
    var keys: [Key] = []
    var text: [UInt8] = []
    var position = 0
    func flushText() {
      if !text.isEmpty { keys.append(.text(String(decoding: text, as: UTF8.self))) }
      text = []
    }
    scanning: while position < waiting.count {
      if pasted != nil {
        guard takePaste(from: &position, isLast: isLast, into: &keys) else { break }
        continue
      }
      let byte = waiting[position]
      switch byte {
      case 0x1B:
        flushText()
        switch escape(at: position) {
        case .key(let key, let length):
          guard position + length <= waiting.count || isLast else { break scanning }
          position = min(position + length, waiting.count)
          if let key { keys.append(key) }
        case .paste(let length):
          position += length
          pasted = []
        case .incomplete:
          guard isLast else { break scanning }
          keys.append(.escape)
          position += 1
        }
      case 0x00..<0x20, 0x7F:
        flushText()
        if let key = Self.control(byte) { keys.append(key) }
        position += 1
      default:
        let length = Self.length(ofCharacterFrom: byte)
        guard position + length <= waiting.count || isLast else { break scanning }
        let end = min(position + length, waiting.count)
        text += waiting[position..<end]
        position = end
      }
    }
    flushText()
    waiting.removeSubrange(..<position)
    return keys
  }

  /// Takes bytes of a paste up to its end mark; false: the rest has not come yet.
  private mutating func takePaste(
    from position: inout Int, isLast: Bool, into keys: inout [Key]
  ) -> Bool {
    let mark: [UInt8] = [0x1B, 0x5B, 0x32, 0x30, 0x31, 0x7E]
    while position < waiting.count {
      let rest = waiting[position...].prefix(mark.count)
      if rest.elementsEqual(mark) {
        position += mark.count
        let text = String(decoding: pasted ?? [], as: UTF8.self)
          .replacing("\r\n", with: "\n").replacing("\r", with: "\n")
        pasted = nil
        keys.append(.paste(text))
        return true
      }
      // The mark may have been cut in two.
      if rest.count < mark.count, rest.elementsEqual(mark.prefix(rest.count)), !isLast {
        return false
      }
      pasted?.append(waiting[position])
      position += 1
    }
    return false
  }

  private enum Escape {
    case key(Key?, length: Int)
    case paste(length: Int)
    case incomplete
  }

  /// The escape sequence that begins at a position: ESC letter, ESC O letter, or
  /// ESC [ parameters letter (ECMA-48, 5.4).
  private func escape(at start: Int) -> Escape {
    guard start + 1 < waiting.count else { return .incomplete }
    switch waiting[start + 1] {
    case UInt8(ascii: "["):
      var end = start + 2
      while end < waiting.count, (0x20..<0x40).contains(waiting[end]) {
        end += 1
        // Nothing that a terminal sends is so long: it was no sequence.
        if end - start > 32 { return .key(nil, length: end - start) }
      }
      guard end < waiting.count else { return .incomplete }
      let parameters = String(decoding: waiting[start + 2..<end], as: UTF8.self)
      let length = end + 1 - start
      if waiting[end] == UInt8(ascii: "~"), parameters == "200" { return .paste(length: length) }
      return .key(Self.sequence(parameters, waiting[end]), length: length)
    case UInt8(ascii: "O"):
      guard start + 2 < waiting.count else { return .incomplete }
      return .key(Self.sequence("", waiting[start + 2]), length: 3)
    case 0x0D, 0x0A: return .key(.newline, length: 2)
    case 0x7F, 0x08: return .key(.deleteWordLeft, length: 2)
    case UInt8(ascii: "b"): return .key(.wordLeft, length: 2)
    case UInt8(ascii: "f"): return .key(.wordRight, length: 2)
    case UInt8(ascii: "d"): return .key(.deleteWordRight, length: 2)
    case 0x1B: return .key(.escape, length: 1)
    default: return .key(nil, length: 1 + Self.length(ofCharacterFrom: waiting[start + 1]))
    }
  }

  private static func sequence(_ parameters: String, _ last: UInt8) -> Key? {
    // `1;5` is Ctrl, `1;3` Alt: both go by words.
    let isByWord = parameters.hasSuffix(";5") || parameters.hasSuffix(";3") || parameters == "5"
    switch last {
    case UInt8(ascii: "A"): return .up
    case UInt8(ascii: "B"): return .down
    case UInt8(ascii: "C"): return isByWord ? .wordRight : .right
    case UInt8(ascii: "D"): return isByWord ? .wordLeft : .left
    case UInt8(ascii: "H"): return .home
    case UInt8(ascii: "F"): return .end
    case UInt8(ascii: "Z"): return .backtab
    case UInt8(ascii: "~"):
      switch parameters.split(separator: ";").first {
      case "1", "7": return .home
      case "4", "8": return .end
      case "3": return isByWord ? .deleteWordRight : .delete
      default: return nil
      }
    default: return nil
    }
  }

  private static func control(_ byte: UInt8) -> Key? {
    switch byte {
    case 0x09: .tab
    case 0x0A, 0x0D: .enter
    case 0x08, 0x7F: .backspace
    case 0x1F: .control("_")
    case 0x01...0x1A: .control(Character(Unicode.Scalar(byte + 0x60)))
    default: nil
    }
  }

  private static func length(ofCharacterFrom byte: UInt8) -> Int {
    switch byte {
    case 0xC2...0xDF: 2
    case 0xE0...0xEF: 3
    case 0xF0...0xF4: 4
    default: 1
    }
  }
}
