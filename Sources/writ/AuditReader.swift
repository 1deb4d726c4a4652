import WritModel
import WritReplay
import WritText

/// Reads an audit log line by line through all its files, and says where it is not what was written.
final class AuditReader {
  /// A line in a file, from 1.
  struct Place {
    let file: String
    let line: Int

    var text: String { "\(file):\(line)" }
  }
  /// A line that stands where it should.
  struct Line {
    let line: AuditLine
    let place: Place
  }
  /// What is wrong with a log: its lines from there on say nothing sure.
  struct Damage {
    let place: Place
    let message: Phrase
  }
  /// Bytes that a run which was killed left behind.
  struct Torn {
    let place: Place
    let count: Int
    /// Whether a later run has taken note of them.
    let isNoted: Bool
  }

  private let files: [String]
  private var next = 0
  private var file: AuditFile?
  private(set) var chain = AuditChain()
  private(set) var damage: Damage?
  private(set) var torn: [Torn] = []
  private(set) var lineCount = 0
  private var isFirst = true
  private var pending: Line?

  var fileCount: Int { files.count }

  init(_ path: String) throws(Failure) {
    let parts = try auditParts(path).map { "\(path).\($0)" }
    // Killed between two files, a log has numbered ones only.
    files = parts + (parts.isEmpty || fileExists(path) ? [path] : [])
    guard !files.isEmpty else { throw .missingFile(path) }
    file = try AuditFile(files[0])
    next = 1
  }

  /// The next line of a run without taking it.
  func peek() throws(Failure) -> Line? {
    if pending == nil { pending = try read() }
    return pending
  }

  /// The next line of a run; nil at the end, and where there is damage.
  func take() throws(Failure) -> Line? {
    let line = try peek()
    pending = nil
    return line
  }

  private func read() throws(Failure) -> Line? {
    var broken: (bytes: [UInt8], place: Place)?
    while damage == nil {
      guard let (bytes, isEnded, place) = try raw() else {
        if let broken {
          if isFirst, !looksLikeALog(broken.bytes) { throw .noLogToVerify(broken.place.file) }
          torn.append(Torn(place: broken.place, count: broken.bytes.count, isNoted: false))
        }
        return nil
      }
      guard let line = AuditLine(bytes), line.kind == .told || line.members != nil else {
        if isFirst, broken == nil, !looksLikeALog(bytes) { throw .noLogToVerify(place.file) }
        let more = bytes + (isEnded ? [UInt8(ascii: "\n")] : [])
        // A line that was torn ends before its chain does.
        if AuditChain.isWithin(bytes) { return damaged(broken?.place ?? place, Self.noLine) }
        broken = ((broken?.bytes ?? []) + more, broken?.place ?? place)
        if let broken, broken.bytes.count > 1 << 26 { return damaged(broken.place, Self.noLine) }
        continue
      }
      if let broken, !isNoted(broken.bytes, by: line) { return damaged(broken.place, Self.noLine) }
      if let broken {
        torn.append(Torn(place: broken.place, count: broken.bytes.count, isNoted: true))
      }
      broken = nil
      guard try follows(line, at: place) else { return nil }
      isFirst = false
      lineCount += 1
      if line.kind != .part { return Line(line: line, place: place) }
    }
    return nil
  }

  private static let noLine = Phrase(
    "this is no line of an audit log, and no later run says that it was torn",
    zh: "这不是审计日志的行，后来的运行也没有说明它是被打断的")

  private func damaged(_ place: Place, _ message: Phrase) -> Line? {
    damage = Damage(place: place, message: message)
    return nil
  }

  /// Whether a line stands behind those before it. A log whose form is of another version is not
  /// read at all.
  private func follows(_ line: AuditLine, at place: Place) throws(Failure) -> Bool {
    if line.kind == .run || line.kind == .part {
      guard case .text(let form)? = line.members?.first(where: { $0.name == "writ" })?.value,
        form == AuditLine.form
      else {
        let form = line.members?.first { $0.name == "writ" }?.value
        if case .text(let form)? = form { throw .otherAuditForm(place.text, form) }
        throw .otherAuditForm(place.text, "?")
      }
    }
    let last = chain.number
    if chain.take(line) { return true }
    let message: Phrase
    if isFirst, line.number > 1 {
      message = Phrase(
        "the log begins with line number \(line.number): what was before is not there",
        zh: "日志从编号 \(line.number) 开始，此前的内容不在了")
    } else if line.number > last + 1 {
      let gap = line.number - last - 1
      message = Phrase(
        "\(counted(gap, "line")) before this one are gone: number \(last) is followed by "
          + "\(line.number)",
        zh: "此行之前缺了 \(grouped(gap)) 行：编号 \(last) 之后是 \(line.number)")
    } else if line.number <= last {
      message = Phrase(
        "number \(line.number) stands behind number \(last): lines were put in or moved",
        zh: "编号 \(line.number) 出现在 \(last) 之后，有行被插入或移动")
    } else {
      message = Phrase(
        "the chain is broken: this line is not as it was written, or stands in another's place",
        zh: "链条在此断开：这一行与写入时不同，或占了别的行的位置")
    }
    damage = Damage(place: place, message: message)
    return false
  }

  private func isNoted(_ bytes: [UInt8], by line: AuditLine) -> Bool {
    guard line.kind == .run,
      case .object(let torn)? = line.members?.first(where: { $0.name == "torn" })?.value,
      case .number(let count)? = torn.first(where: { $0.name == "bytes" })?.value,
      case .text(let sum)? = torn.first(where: { $0.name == "sum" })?.value
    else { return false }
    // The run that noted them ended their line, unless it had an end.
    for candidate in [bytes, Array(bytes.dropLast())]
    where count == "\(candidate.count)" && sum == sumOfTorn(candidate) { return true }
    return false
  }

  private func looksLikeALog(_ bytes: [UInt8]) -> Bool {
    let head = "{\"n\":1,\"writ\":\"audit".utf8
    return bytes.starts(with: head) || head.starts(with: bytes)
  }

  /// A line as it stands, without its end.
  private func raw() throws(Failure) -> (bytes: [UInt8], isEnded: Bool, place: Place)? {
    while let file {
      if let (bytes, isEnded) = try file.line() {
        return (bytes, isEnded, Place(file: file.path, line: file.number))
      }
      self.file = next < files.count ? try AuditFile(files[next]) : nil
      next += 1
    }
    return nil
  }
}

/// One file of a log, line by line.
private final class AuditFile {
  let path: String
  /// Of the last line given.
  private(set) var number = 0
  private let file: InputFile
  private var buffer: [UInt8] = []
  private var start = 0
  private var isAtEnd = false
  /// A line may have so many bytes: a state of a million people.
  private static let longest = 1 << 28

  init(_ path: String) throws(Failure) {
    self.path = path
    file = try InputFile(path)
  }

  func line() throws(Failure) -> (bytes: [UInt8], isEnded: Bool)? {
    var searched = start
    while true {
      if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
        defer { start = end + 1 }
        number += 1
        return (Array(buffer[start..<end]), true)
      }
      searched = buffer.count
      if isAtEnd {
        guard start < buffer.count else { return nil }
        defer { start = buffer.count }
        number += 1
        return (Array(buffer[start...]), false)
      }
      if buffer.count - start > Self.longest { throw .lineTooLong("\(path):\(number + 1)") }
      buffer.removeSubrange(..<start)
      searched -= start
      start = 0
      isAtEnd = try !file.read(into: &buffer, upTo: 1 << 20)
    }
  }
}

extension Failure {
  static func noLogToVerify(_ path: String) -> Failure {
    Failure(
      code: "not-a-log",
      message: Phrase("`\(path)` is no audit log", zh: "`\(path)` 不是审计日志"),
      help: [
        Phrase("a log is written by `writ run … --log FILE`", zh: "审计日志由 `writ run … --log 文件` 写出")
      ])
  }

  static func otherAuditForm(_ place: String, _ form: String) -> Failure {
    Failure(
      code: "other-audit-form",
      message: Phrase(
        "\(place): this log has the form `\(form)`, and this writ reads `\(AuditLine.form)`",
        zh: "\(place)：日志格式是 `\(form)`，本版 writ 读的是 `\(AuditLine.form)`"),
      help: [
        Phrase("verify it with the writ that wrote it", zh: "请用写出它的那一版 writ 核对")
      ])
  }

  static func lineTooLong(_ place: String) -> Failure {
    Failure(
      code: "not-a-log",
      message: Phrase(
        "\(place): this line is longer than any that writ writes", zh: "\(place)：这一行比 writ 写出的任何行都长"
      ))
  }
}
