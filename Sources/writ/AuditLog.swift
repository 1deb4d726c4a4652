import WritModel
import WritReplay
import WritText

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// An audit log that is being written: only ever appended to, by one run at a time.
///
/// Whole lines go out together, so a run that is killed loses lines but tears at most what the
/// system itself was writing. What was torn stays where it is: the next run begins a new line behind
/// it and says in its first line how much was torn and what its sum is.
final class AuditLog: AuditSink {
  private let path: String
  private let limit: Int?
  private let console: Console
  private var descriptor: Int32 = -1
  private var output: Output
  private var chain = AuditChain()
  /// What the file has, and what is to be written behind it.
  private var size = 0
  private var lines: [UInt8] = []
  /// The number of this file among those of the log, from 1.
  private var part = 1
  private var torn: (bytes: Int, sum: String)?
  /// Lines of this run without the first.
  private var told = 0

  init(_ path: String, limit: Int?, _ console: Console) throws(Failure) {
    self.path = path
    self.limit = limit
    self.console = console
    output = Output(descriptor: -1, path: path)
    try open()
    let parts = try auditParts(path)
    part = (parts.last ?? 0) + 1
    try goOn(from: parts.last)
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Opens the file for this run alone.
  private func open() throws(Failure) {
    // Another run may have given the file another name between opening and locking it.
    for _ in 0..<10 {
      let opened = openForAppending(path)
      guard opened >= 0 else { throw .cannotWrite(path, error: errno) }
      var own = stat()
      var named = stat()
      guard fstat(opened, &own) == 0, own.st_mode & S_IFMT == S_IFREG else {
        close(opened)
        throw .noLogThere(path)
      }
      guard flock(opened, LOCK_EX | LOCK_NB) == 0 else {
        close(opened)
        throw .logInUse(path)
      }
      guard stat(path, &named) == 0, own.st_ino == named.st_ino, own.st_dev == named.st_dev else {
        close(opened)
        continue
      }
      descriptor = opened
      size = Int(own.st_size)
      output = Output(descriptor: opened, path: path)
      return
    }
    throw .logInUse(path)
  }

  /// Finds the last whole line, and what was torn behind it.
  private func goOn(from previous: Int?) throws(Failure) {
    if size == 0 {
      guard let previous else { return }
      // Killed between two files: this one goes on from the last.
      let tail = try AuditTail(of: "\(path).\(previous)")
      guard let last = tail.last else { throw .notALog("\(path).\(previous)") }
      chain = AuditChain(after: last)
      beginPart()
      return
    }
    let tail = try AuditTail(of: path)
    guard let last = tail.last else {
      // A first line that was torn is all there is.
      let head = "{\"n\":1,\"writ\":\"audit".utf8
      guard previous == nil, tail.torn.starts(with: head) || head.starts(with: tail.torn) else {
        throw .notALog(path)
      }
      return try note(torn: tail.torn)
    }
    chain = AuditChain(after: last)
    if !tail.torn.isEmpty {
      try note(torn: tail.torn)
    } else {
      if !tail.endsLine { lines.append(UInt8(ascii: "\n")) }
      if last.kind != .end {
        try console.note(
          Phrase(
            "`\(path)`: the run before did not come to its end",
            zh: "`\(path)`：上一次运行没有结束"))
      }
    }
  }

  private func note(torn bytes: [UInt8]) throws(Failure) {
    torn = (bytes.count, sumOfTorn(bytes))
    if bytes.last != UInt8(ascii: "\n") { lines.append(UInt8(ascii: "\n")) }
    try console.note(
      Phrase(
        "`\(path)`: the run before was cut off within a line; its \(grouped(bytes.count)) bytes "
          + "stay, and this run begins a new line",
        zh: "`\(path)`：上一次运行在一行中间被打断，残留的 \(grouped(bytes.count)) 字节原样保留，本次另起一行"))
  }

  // MARK: - Writing

  func begin(_ members: [(String, JSONText)]) throws(Failure) {
    var members = members
    if let torn {
      members.append(
        ("torn", .object([("bytes", .integer(torn.bytes)), ("sum", .text(torn.sum))])))
    }
    try add(members)
    told = 0
    // What a run began with is there before it decides anything.
    try writeOut()
  }

  func append(_ bodies: Bytes) throws(Failure) {
    var start = 0
    while start < bodies.count {
      var end = start
      while end < bodies.count, bodies[end] != UInt8(ascii: "\n") { end += 1 }
      try add(Bytes(rebasing: bodies[start..<end]))
      start = end + 1
    }
  }

  func end(_ members: [(String, JSONText)]) throws(Failure) {
    try add([("end", .integer(told))] + members)
    try writeOut()
    guard fsync(descriptor) == 0 || errno == EINVAL || errno == EROFS else {
      throw .cannotWrite(path, error: errno)
    }
  }

  private func add(_ members: [(String, JSONText)]) throws(Failure) {
    let body = Array(JSONText.object(members).line.utf8.dropFirst().dropLast())
    try body.withUnsafeBufferPointer { (body) throws(Failure) in try add(body) }
  }

  private func add(_ body: Bytes) throws(Failure) {
    // A line is a little longer than its members.
    if let limit, size + lines.count > 0, size + lines.count + body.count + 80 > limit {
      try changeFiles()
    }
    chain.append(body, into: &lines)
    told += 1
    if lines.count >= 1 << 18 { try writeOut() }
  }

  private func writeOut() throws(Failure) {
    guard !lines.isEmpty else { return }
    try output.write(lines)
    try output.flush()
    size += lines.count
    lines.removeAll(keepingCapacity: true)
  }

  /// Gives the file its number and goes on in a new one. One rename, so that a run that is killed
  /// leaves the old file or the numbered one, and the next run goes on from it.
  private func changeFiles() throws(Failure) {
    try writeOut()
    guard size > 0 else { return }
    _ = fsync(descriptor)
    guard rename(path, "\(path).\(part)") == 0 else { throw .cannotWrite(path, error: errno) }
    close(descriptor)
    descriptor = -1
    part += 1
    try open()
    beginPart()
  }

  /// The first line of a file that is not the first.
  private func beginPart() {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let members: [(String, JSONText)] = [
      ("writ", .text(AuditLine.form)), ("part", .integer(part)),
      ("continues", .text("\(name).\(part - 1)")), ("previous", .text(chain.text)),
    ]
    let body = Array(JSONText.object(members).line.utf8.dropFirst().dropLast())
    body.withUnsafeBufferPointer { chain.append($0, into: &lines) }
  }
}

private func openForAppending(_ path: String) -> Int32 {
  open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0o666)
}

/// What names torn bytes in the line behind them.
func sumOfTorn(_ bytes: [UInt8]) -> String {
  var hash = SHA256()
  hash.update(bytes)
  return String(hash.finish().prefix(AuditChain.digitCount))
}

/// The end of a log: the last whole line, and the bytes behind it that are none.
private struct AuditTail {
  var last: AuditLine?
  var torn: [UInt8] = []
  /// Whether the last whole line has its line end.
  var endsLine = true

  init(of path: String) throws(Failure) {
    let file = try TailFile(path)
    // Of a long log only the end is looked at, unless the lines there are long.
    var stretch = 1 << 16
    while true {
      let start = max(0, file.size - stretch)
      let bytes = try file.bytes(from: start)
      if find(in: bytes, isWhole: start == 0) || start == 0 { return }
      stretch *= 4
    }
  }

  private mutating func find(in bytes: [UInt8], isWhole: Bool) -> Bool {
    var end = bytes.count
    torn = []
    while end > 0 {
      let lineEnd = bytes[end - 1] == UInt8(ascii: "\n") ? end - 1 : end
      let before = bytes[..<lineEnd].lastIndex(of: UInt8(ascii: "\n"))
      if before == nil, !isWhole { return false }
      let start = before.map { $0 + 1 } ?? 0
      if let line = AuditLine(Array(bytes[start..<lineEnd])) {
        last = line
        endsLine = lineEnd < end
        torn = Array(bytes[end...])
        return true
      }
      end = start
    }
    torn = bytes
    return false
  }
}

/// A file of which only the end is read.
private struct TailFile: ~Copyable {
  private let descriptor: Int32
  private let path: String
  let size: Int

  init(_ path: String) throws(Failure) {
    let opened = open(path, O_RDONLY | O_CLOEXEC)
    guard opened >= 0 else { throw .cannotRead(path, error: errno) }
    var status = stat()
    guard fstat(opened, &status) == 0 else {
      let error = errno
      close(opened)
      throw .cannotRead(path, error: error)
    }
    descriptor = opened
    self.path = path
    size = Int(status.st_size)
  }

  deinit { close(descriptor) }

  func bytes(from start: Int) throws(Failure) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: size - start)
    var got = 0
    while got < bytes.count {
      let read = bytes.withUnsafeMutableBytes { buffer in
        buffer.baseAddress.map {
          pread(descriptor, $0 + got, buffer.count - got, off_t(start + got))
        } ?? 0
      }
      if read < 0, errno == EINTR { continue }
      guard read >= 0 else { throw .cannotRead(path, error: errno) }
      if read == 0 { break }
      got += read
    }
    bytes.removeLast(bytes.count - got)
    return bytes
  }
}

/// The numbers of the files that stand before a log's last, ascending.
func auditParts(_ path: String) throws(Failure) -> [Int] {
  let place = folder(of: path)
  let name = (path.split(separator: "/").last.map(String.init) ?? path) + "."
  guard let folder = opendir(place.isEmpty ? "." : place) else { return [] }
  defer { closedir(folder) }
  var numbers: [Int] = []
  while let entry = readdir(folder) {
    let found = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    guard found.hasPrefix(name) else { continue }
    let digits = found.dropFirst(name.count)
    if let number = Int(digits), number > 0, String(number) == digits { numbers.append(number) }
  }
  return numbers.sorted()
}

/// `100MB`, `64KB`, `2GB`, or bytes.
func byteCount(_ text: String) throws(Failure) -> Int {
  let digits = text.prefix { $0.isASCII && $0.isNumber }
  let factors = [
    "": 1, "B": 1, "K": 1 << 10, "KB": 1 << 10, "M": 1 << 20, "MB": 1 << 20,
    "G": 1 << 30, "GB": 1 << 30,
  ]
  guard let number = Int(digits), let factor = factors[text.dropFirst(digits.count).uppercased()],
    case (let size, let overflow) = number.multipliedReportingOverflow(by: factor), !overflow,
    size >= 1 << 10
  else { throw .badSize(text) }
  return size
}

extension Failure {
  static func noLogThere(_ path: String) -> Failure {
    Failure(
      code: "no-log-there",
      message: Phrase(
        "`\(path)` is no plain file, and only such a one can be a log",
        zh: "`\(path)` 不是普通文件，不能用作日志"))
  }

  static func logInUse(_ path: String) -> Failure {
    Failure(
      code: "log-in-use",
      message: Phrase(
        "another run is writing to `\(path)`", zh: "另一次运行正在写 `\(path)`"),
      help: [
        Phrase("wait for it, or give this run a log of its own", zh: "等它结束，或为本次运行另设日志")
      ])
  }

  static func notALog(_ path: String) -> Failure {
    Failure(
      code: "not-a-log",
      message: Phrase(
        "`\(path)` is no audit log, and nothing is appended to it",
        zh: "`\(path)` 不是审计日志，不会向它追加内容"),
      help: [Phrase("give another file", zh: "请换一个文件")])
  }

  static func badSize(_ text: String) -> Failure {
    Failure(
      code: "bad-size",
      message: Phrase(
        "`--log-size \(text)` is no size of a file", zh: "`--log-size \(text)` 不是有效的文件大小"),
      help: [
        Phrase(
          "write `100MB`, `64KB` or `2GB`; at least `1KB`", zh: "写作 `100MB`、`64KB`、`2GB`，至少 `1KB`")
      ])
  }

  static let logForAViewer = Failure(
    code: "log-for-a-viewer",
    message: Phrase(
      "`--log` tells everything that was decided, and `--as` hides some of it",
      zh: "`--log` 记录全部判定，而 `--as` 会隐藏其中一部分"),
    help: [
      Phrase("keep the log in a run without `--as`", zh: "请在不带 `--as` 的运行中记录日志")
    ])
}
