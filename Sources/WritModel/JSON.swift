/// A JSON value. Members keep their order and their doubles; numbers keep their digits.
public enum JSON: Hashable, Sendable {
  case null
  case boolean(Bool)
  /// As written.
  case number(String)
  case text(String)
  case array([JSON])
  case object([Member])

  /// `"name": value` of an object; names may repeat, and readers say so.
  public struct Member: Hashable, Sendable {
    public var name: String
    public var value: JSON

    public init(_ name: String, _ value: JSON) {
      self.name = name
      self.value = value
    }
  }
}

extension JSON {
  /// Why bytes are no JSON, and where.
  public struct Failure: Error, Hashable, Sendable {
    public let problem: DataProblem
    /// The offset of the byte at which reading stopped.
    public let offset: Int
  }

  /// Reads one JSON text, all of the bytes: UTF-8, strictly RFC 8259, at most 200 levels deep. A
  /// mark of byte order at the front is refused, as the standard has it.
  public static func parse(_ bytes: [UInt8]) throws(Failure) -> JSON {
    let result: Result<JSON, Failure> = bytes.withUnsafeBufferPointer { bytes in
      if let offset = bytes.firstInvalidUTF8() {
        return .failure(Failure(problem: .notUTF8(bytes, at: offset), offset: offset))
      }
      var scanner = JSONScanner(bytes)
      if let value = value(&scanner, depth: 0) {
        guard scanner.peek() != nil else { return .success(value) }
        scanner.fail(.trailing)
      }
      let flaw = scanner.flaw ?? .unexpected
      return .failure(
        Failure(problem: .badJSON(flaw, in: bytes, at: scanner.index), offset: scanner.index))
    }
    return try result.get()
  }

  private static func value(_ scanner: inout JSONScanner, depth: Int) -> JSON? {
    guard depth <= JSONScanner.deepest else {
      scanner.fail(.tooDeep)
      return nil
    }
    switch scanner.peek() {
    case UInt8(ascii: "{"): return object(&scanner, depth: depth)
    case UInt8(ascii: "["): return array(&scanner, depth: depth)
    case UInt8(ascii: "\""): return string(&scanner).map { .text($0) }
    case UInt8(ascii: "t"): return scanner.word("true") ? .boolean(true) : nil
    case UInt8(ascii: "f"): return scanner.word("false") ? .boolean(false) : nil
    case UInt8(ascii: "n"): return scanner.word("null") ? .null : nil
    case UInt8(ascii: "-"), (UInt8(ascii: "0")...UInt8(ascii: "9"))?:
      return scanner.number().map { .number(String(decoding: $0, as: UTF8.self)) }
    default:
      scanner.fail(.unexpected)
      return nil
    }
  }

  private static func string(_ scanner: inout JSONScanner) -> String? {
    guard let text = scanner.text() else { return nil }
    guard text.hasEscapes else {
      return String(decoding: scanner.bytes.slice(text.start, text.end), as: UTF8.self)
    }
    var out: [UInt8] = []
    return scanner.unescape(text, into: &out) ? String(decoding: out, as: UTF8.self) : nil
  }

  private static func array(_ scanner: inout JSONScanner, depth: Int) -> JSON? {
    scanner.index += 1
    if scanner.take("]") { return .array([]) }
    var items: [JSON] = []
    repeat {
      guard let item = value(&scanner, depth: depth + 1) else { return nil }
      items.append(item)
    } while scanner.take(",")
    guard scanner.take("]") else {
      scanner.fail(.unexpected)
      return nil
    }
    return .array(items)
  }

  private static func object(_ scanner: inout JSONScanner, depth: Int) -> JSON? {
    scanner.index += 1
    if scanner.take("}") { return .object([]) }
    var members: [Member] = []
    repeat {
      guard let name = string(&scanner) else { return nil }
      guard scanner.take(":") else {
        scanner.fail(.unexpected)
        return nil
      }
      guard let value = value(&scanner, depth: depth + 1) else { return nil }
      members.append(Member(name, value))
    } while scanner.take(",")
    guard scanner.take("}") else {
      scanner.fail(.unexpected)
      return nil
    }
    return .object(members)
  }
}

extension JSON {
  /// The last member of a name, as most readers take doubles; nil for what is no object.
  public subscript(name: String) -> JSON? {
    guard case .object(let members) = self else { return nil }
    return members.last { $0.name == name }?.value
  }

  public subscript(index: Int) -> JSON? {
    guard case .array(let items) = self, items.indices.contains(index) else { return nil }
    return items[index]
  }

  public var text: String? { if case .text(let text) = self { text } else { nil } }
  public var items: [JSON]? { if case .array(let items) = self { items } else { nil } }
  public var members: [Member]? { if case .object(let all) = self { all } else { nil } }
  public var boolean: Bool? { if case .boolean(let value) = self { value } else { nil } }
  public var isNull: Bool { self == .null }

  /// A number that is whole and fits.
  public var integer: Int? {
    guard case .number(let digits) = self, let value = Decimal(digits, allowsExponent: true),
      value.isInteger
    else { return nil }
    return Int(exactly: value.normalized.mantissa)
  }

  /// A number that fits exactly.
  public var decimal: Decimal? {
    if case .number(let digits) = self { Decimal(digits, allowsExponent: true) } else { nil }
  }
}
