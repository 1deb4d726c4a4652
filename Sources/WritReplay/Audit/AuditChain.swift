public import WritModel
import WritText

/// Numbers the lines of an audit log and chains each to all before it, so that a line that was
/// changed, taken out or put in is noticed.
///
/// A line is `{"n":17,…,"chain":"…"}`. Its chain is the beginning of the SHA-256 of the chain of the
/// line before and of its own bytes up to `,"chain"`; before the first line stand zeros.
public struct AuditChain: Sendable {
  /// The number and the chain of the last line.
  public private(set) var number: Int
  public private(set) var digits: [UInt8]
  private var hash = SHA256()
  private var covered: [UInt8] = []

  /// How many hexadecimal digits a chain has: half of a SHA-256, which nobody can meet on purpose.
  public static let digitCount = 32
  private static let mark = Array(",\"chain\":\"".utf8)
  private static let ending = Array("\"}".utf8)
  private static let head = Array("{\"n\":".utf8)

  /// Before any line.
  public init() {
    number = 0
    digits = Array(repeating: UInt8(ascii: "0"), count: Self.digitCount)
  }

  /// Behind a line that stands in a log.
  public init(after line: AuditLine) {
    number = line.number
    digits = Array(line.bytes[line.chain])
  }

  public var text: String { String(decoding: digits, as: UTF8.self) }

  /// Makes members the next line and appends it with its line end.
  public mutating func append(_ body: Bytes, into out: inout [UInt8]) {
    number += 1
    covered.removeAll(keepingCapacity: true)
    covered.append(contentsOf: digits)
    covered.append(contentsOf: Self.head)
    covered.append(contentsOf: String(number).utf8)
    covered.append(UInt8(ascii: ","))
    covered.append(contentsOf: body)
    out.append(contentsOf: covered[Self.digitCount...])
    sum()
    out.append(contentsOf: Self.mark)
    out.append(contentsOf: digits)
    out.append(contentsOf: Self.ending)
    out.append(UInt8(ascii: "\n"))
  }

  /// Whether a line is what stands behind those before it; then it is the last.
  public mutating func take(_ line: AuditLine) -> Bool {
    var next = self
    next.covered.removeAll(keepingCapacity: true)
    next.covered.append(contentsOf: digits)
    next.covered.append(contentsOf: line.bytes[..<(line.chain.lowerBound - Self.mark.count)])
    next.sum()
    guard line.number == number + 1, next.digits.elementsEqual(line.bytes[line.chain]) else {
      return false
    }
    next.number = line.number
    self = next
    return true
  }

  private mutating func sum() {
    let covered = covered
    digits.withUnsafeMutableBufferPointer { digits in
      guard let base = digits.baseAddress else { return }
      covered.withUnsafeBufferPointer { hash.sum(of: $0, digits: Self.digitCount, into: base) }
    }
  }

  /// Whether a whole chain stands somewhere in bytes: what is written in quotes can hold none.
  public static func isWithin(_ bytes: [UInt8]) -> Bool {
    let tail = mark.count + digitCount + ending.count
    guard bytes.count >= tail else { return false }
    for start in 0...(bytes.count - tail) where bytes[start] == mark[0] {
      let digits = start + mark.count
      if bytes[start..<digits].elementsEqual(mark),
        bytes[(digits + digitCount)..<(start + tail)].elementsEqual(ending)
      {
        return true
      }
    }
    return false
  }

  /// The line that bytes are, without a line end; nil if they have not its form.
  static func parts(of bytes: [UInt8]) -> (number: Int, body: Range<Int>, chain: Range<Int>)? {
    let tail = mark.count + digitCount + ending.count
    guard bytes.count > head.count + tail + 1, bytes.starts(with: head) else { return nil }
    let end = bytes.count - tail
    guard bytes[end..<(end + mark.count)].elementsEqual(mark),
      bytes[(bytes.count - ending.count)...].elementsEqual(ending)
    else { return nil }
    let chain = (end + mark.count)..<(bytes.count - ending.count)
    let isHex = bytes[chain].allSatisfy {
      (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
        || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
    }
    guard isHex, let comma = bytes[..<end].firstIndex(of: UInt8(ascii: ",")),
      let number = Int(String(decoding: bytes[head.count..<comma], as: UTF8.self)), number > 0
    else { return nil }
    return (number, (comma + 1)..<end, chain)
  }
}

/// One line of an audit log as it was read.
public struct AuditLine: Sendable {
  /// What a line is about.
  public enum Kind: Sendable {
    /// The first line of a run, the last, and the first of a file that goes on from another.
    case run, end, part
    /// A decision, a change that fired, an alert.
    case told
  }
  public let bytes: [UInt8]
  public let number: Int
  let chain: Range<Int>
  /// Its members but for the number and the chain.
  public let body: Range<Int>

  /// nil for bytes that have not the form of a line.
  public init?(_ bytes: [UInt8]) {
    guard let parts = AuditChain.parts(of: bytes) else { return nil }
    self.bytes = bytes
    number = parts.number
    body = parts.body
    chain = parts.chain
  }

  public var kind: Kind {
    let body = bytes[body]
    if body.starts(with: "\"writ\":".utf8) {
      let isPart = body.starts(with: "\"writ\":\"\(Self.form)\",\"part\":".utf8)
      return isPart ? .part : .run
    }
    return body.starts(with: "\"end\":".utf8) ? .end : .told
  }

  /// What the first line of each run and file says it is.
  public static let form = "audit 1"

  /// Its members; nil if they are no JSON.
  public var members: [JSON.Member]? {
    let text = [UInt8(ascii: "{")] + bytes[body] + [UInt8(ascii: "}")]
    guard case .object(let members)? = try? JSON.parse(text) else { return nil }
    return members
  }
}
