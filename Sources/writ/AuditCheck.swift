import WritModel
import WritNetwork
import WritReplay
import WritText

/// The first line of a run, read.
struct RunHeader {
  let place: AuditReader.Place
  let version: String
  let rules: String
  let date: String
  let commits: Bool
  let only: [String]
  let maxFirings: String?
  let state: State?
  /// The sums of rule files and of files of tables, without the places where they lay.
  let tableSums: [String]

  init?(_ line: AuditReader.Line) {
    guard let members = line.line.members else { return nil }
    func text(_ name: String) -> String? {
      guard case .text(let text)? = members.first(where: { $0.name == name })?.value else {
        return nil
      }
      return text
    }
    guard let rules = text("rules"), let date = text("date") else { return nil }
    place = line.place
    self.rules = rules
    self.date = date
    version = text("version") ?? ""
    maxFirings = text("maxFirings")
    commits = members.contains { $0.name == "commit" && $0.value == .boolean(true) }
    only = members.first { $0.name == "only" }?.value.texts ?? []
    state = members.first { $0.name == "state" }.flatMap { State($0.value) }
    tableSums = members.first { $0.name == "tableFiles" }?.value.sums ?? []
  }
}

extension JSON {
  /// The texts of a list.
  fileprivate var texts: [String] {
    guard case .array(let items) = self else { return [] }
    return items.compactMap { if case .text(let text) = $0 { text } else { nil } }
  }

  /// The sums of a list of files.
  fileprivate var sums: [String] {
    guard case .array(let items) = self else { return [] }
    return items.compactMap { item in
      guard case .object(let members) = item,
        case .text(let sum)? = members.first(where: { $0.name == "sha256" })?.value
      else { return nil }
      return sum
    }
  }
}

/// Where a run that is decided again and the log part ways.
struct AuditDifference {
  let place: AuditReader.Place
  let message: Phrase
  let logged: String?
  let now: String?
  /// Why it may be so, the likeliest first.
  let reasons: [Phrase]
}

/// What verifying one run came to.
struct RunReport {
  var number: Int
  var header: RunHeader?
  var lines = 0
  var agreed = 0
  /// Whether the run came to its end, and whether it was decided again.
  var isWhole = false
  var isReplayed = false
  /// Why the run itself ended before everything was decided.
  var stopped: String?
  /// What it rested on that is another now; decisions may agree all the same.
  var changed: [Phrase] = []
  var difference: AuditDifference?

  var differs: Bool { difference != nil || !changed.isEmpty }

  init(_ header: RunHeader, _ number: Int) {
    self.header = header
    self.number = number
  }

  /// A line that belongs to no run.
  init(strayAt place: AuditReader.Place) {
    number = 0
    difference = AuditDifference(
      place: place, message: Phrase("this line belongs to no run", zh: "这一行不属于任何一次运行"),
      logged: nil, now: nil, reasons: [])
  }

  func text(_ console: Console, isDamaged: Bool) -> String {
    var text = ""
    if let header {
      let head = Phrase(
        "run \(number)  \(header.place.text)  \(header.date), rules \(header.rules.prefix(8)): ",
        zh: "第 \(number) 次运行  \(header.place.text)  \(header.date)，规则 \(header.rules.prefix(8))：")
      text += console.say(head) + console.say(outcome) + "\n"
      if !isWhole, difference == nil, !isDamaged {
        text +=
          "  "
          + console.say(
            Phrase(
              "it was cut off: there is no last line", zh: "运行被打断：没有结束行")) + "\n"
      }
    }
    for phrase in changed { text += "  " + console.painted(console.say(phrase), .yellow) + "\n" }
    guard let difference else { return text }
    text += console.painted("\(difference.place.text): ", .red) + console.say(difference.message)
    text += "\n"
    if let logged = difference.logged {
      text += "  " + console.say(Phrase("logged  ", zh: "日志  ")) + logged.printable + "\n"
    }
    if let now = difference.now {
      text += "  " + console.say(Phrase("now     ", zh: "现在  ")) + now.printable + "\n"
    }
    for reason in difference.reasons { text += "  " + console.say(reason) + "\n" }
    return text
  }

  private var outcome: Phrase {
    if !isReplayed {
      return Phrase(counted(lines, "line"), zh: "\(grouped(lines)) 行")
    }
    if difference != nil {
      return Phrase(
        "\(counted(agreed, "line")) agree, then not", zh: "前 \(grouped(agreed)) 行一致，随后不同")
    }
    return Phrase("\(counted(agreed, "line")) agree byte for byte", zh: "\(grouped(agreed)) 行逐字节一致")
  }

  func json(_ console: Console) -> JSONText {
    var members: [(String, JSONText)] = [("run", .integer(number))]
    if let header {
      members += [
        ("file", .text(header.place.file)), ("line", .integer(header.place.line)),
        ("date", .text(header.date)), ("rules", .text(header.rules)),
      ]
    }
    members += [
      ("lines", .integer(lines)), ("agreed", isReplayed ? .integer(agreed) : .null),
      ("whole", .boolean(isWhole)),
      ("changed", .list(changed.map { .text(console.say($0)) })),
    ]
    if let difference {
      members.append(
        (
          "difference",
          .object([
            ("file", .text(difference.place.file)), ("line", .integer(difference.place.line)),
            ("message", .text(console.say(difference.message))),
            ("logged", difference.logged.map { .text($0) } ?? .null),
            ("now", difference.now.map { .text($0) } ?? .null),
            ("reasons", .list(difference.reasons.map { .text(console.say($0)) })),
          ])
        ))
    }
    return .object(members)
  }
}

/// Compares a run that is decided again with the lines of a log.
final class AuditCheck: AuditSink {
  private(set) var report: RunReport
  private let header: RunHeader
  private let reader: AuditReader
  private let console: Console
  private var rulesDiffer = false
  private var dataFiles: [String] = []
  private var lastPlace: AuditReader.Place

  /// What stops a run that parted from its log; it has no code, because nobody is told it.
  static let stop = Failure(code: "", message: Phrase("the log differs", zh: "与日志不同"))

  init(_ header: RunHeader, _ number: Int, _ reader: AuditReader, _ console: Console) {
    self.header = header
    self.reader = reader
    self.console = console
    report = RunReport(header, number)
    report.isReplayed = true
    lastPlace = header.place
  }

  func begin(_ members: [(String, JSONText)]) throws(Failure) {
    func member(_ name: String) -> JSONText? { members.first { $0.0 == name }?.1 }
    if case .text(let hash)? = member("rules"), hash != header.rules {
      rulesDiffer = true
      report.changed.append(
        Phrase(
          "the rules are others: \(header.rules.prefix(8)) then, \(hash.prefix(8)) now",
          zh: "规则已不同：当时 \(header.rules.prefix(8))，现在 \(hash.prefix(8))"))
    }
    if case .list(let files)? = member("tableFiles"), files.map(\.sum) != header.tableSums {
      rulesDiffer = true
      report.changed.append(
        Phrase("tables in files are others than then", zh: "文件里的表与当时不同"))
    }
    if case .list(let files)? = member("dataFiles") {
      dataFiles = files.compactMap { file in
        guard case .object(let members) = file,
          case .text(let path)? = members.first(where: { $0.0 == "file" })?.1
        else { return nil }
        return path
      }
    }
  }

  func append(_ bodies: Bytes) throws(Failure) {
    var start = 0
    while start < bodies.count {
      var end = start
      while end < bodies.count, bodies[end] != UInt8(ascii: "\n") { end += 1 }
      try compare(Bytes(rebasing: bodies[start..<end]))
      start = end + 1
    }
  }

  private func compare(_ body: Bytes) throws(Failure) {
    guard let next = try reader.peek(), next.line.kind == .told else {
      // Where a run was killed its log is shorter; where it was not, a line is missing.
      if let end = try reader.peek(), end.line.kind == .end, !ended(end.line) {
        try differ(
          end.place,
          Phrase(
            "the run ends here, and more is decided now", zh: "日志在此结束，而现在还有更多判定"),
          logged: nil, now: String(decoding: body, as: UTF8.self))
      }
      if try reader.peek().map({ $0.line.kind == .end }) ?? false {
        report.isWhole = true
        _ = try reader.take()
      }
      throw Self.stop
    }
    _ = try reader.take()
    lastPlace = next.place
    report.lines += 1
    if next.line.bytes[next.line.body].elementsEqual(body) {
      report.agreed += 1
      return
    }
    try differ(
      next.place, message(next.line, body),
      logged: String(decoding: next.line.bytes[next.line.body], as: UTF8.self),
      now: String(decoding: body, as: UTF8.self))
  }

  /// Whether the last line of a run says that it stopped before everything was told.
  private func ended(_ line: AuditLine) -> Bool {
    line.members?.contains { $0.name == "stopped" } ?? false
  }

  func end(_ members: [(String, JSONText)]) throws(Failure) {
    guard let next = try reader.peek() else { return }
    if next.line.kind == .told {
      try differ(
        next.place,
        Phrase("the log goes on, and nothing more is decided now", zh: "日志还有内容，而现在已没有更多判定"),
        logged: String(decoding: next.line.bytes[next.line.body], as: UTF8.self), now: nil)
    }
    guard next.line.kind == .end else { return }
    _ = try reader.take()
    report.isWhole = true
    let then = next.line.members?.first { $0.name == "dataSums" }?.value
    guard case .array(let sums)? = then, case .list(let now)? = members.first?.1 else { return }
    for (index, path) in dataFiles.enumerated() where sums.indices.contains(index) {
      guard case .text(let sum) = sums[index], now.indices.contains(index),
        case .text(let own) = now[index], own != sum
      else { continue }
      report.changed.append(
        Phrase(
          "`\(path)` is another file than then, though every decision agrees",
          zh: "`\(path)` 与当时的文件不同，但每项判定都一致"))
    }
  }

  // MARK: - Differences

  private func differ(
    _ place: AuditReader.Place, _ message: Phrase, logged: String?, now: String?
  ) throws(Failure) {
    report.difference = AuditDifference(
      place: place, message: message, logged: logged, now: now,
      reasons: try reasons(logged, now))
    throw Self.stop
  }

  private func message(_ line: AuditLine, _ body: Bytes) -> Phrase {
    let then = line.members ?? []
    let now = Self.members(Array(body))
    func same(_ name: String) -> Bool { Self.value(name, then) == Self.value(name, now) }
    if !same("record") || !same("key") || !same("decision") || !same("change") || !same("alert") {
      return Phrase("another decision stands here", zh: "这里是另一项判定")
    }
    let names = (then + now).map(\.name).reduce(into: [String]()) { names, name in
      if !names.contains(name) { names.append(name) }
    }
    let other = names.filter { !same($0) }
    let list = other.map { "`\($0)`" }
    return Phrase(
      "\(list.joined(separator: ", ")) differ\(list.count == 1 ? "s" : "")",
      zh: "\(list.joined(separator: "、")) 不同")
  }

  private func reasons(_ logged: String?, _ now: String?) throws(Failure) -> [Phrase] {
    let then = Self.members(Array((logged ?? "").utf8))
    let current = Self.members(Array((now ?? "").utf8))
    func differs(_ name: String) -> Bool {
      Self.value(name, then) != Self.value(name, current)
    }
    var reasons: [Phrase] = []
    let isOne = logged != nil && now != nil && !differs("record") && !differs("key")
    if isOne, differs("input") {
      reasons.append(
        Phrase(
          "the record's own values, or those of a record it refers to, are others (`input`)",
          zh: "这条记录或它所引用的记录，其字段值已不同（`input`）"))
    }
    if isOne, differs("moves"), !differs("answer") {
      reasons.append(
        Phrase(
          "turns or loads stood elsewhere: the state was another",
          zh: "轮次或负荷的起点不同：状态不一样"))
    }
    if rulesDiffer {
      reasons.append(Phrase("the rules are others than then", zh: "规则与当时不同"))
    }
    reasons += try otherData()
    if reasons.isEmpty, header.version != writVersion {
      reasons.append(
        Phrase(
          "it was logged by writ \(header.version), and this is \(writVersion)",
          zh: "日志由 writ \(header.version) 写出，现在是 \(writVersion)"))
    }
    if reasons.isEmpty {
      reasons.append(
        Phrase(
          "rules, values and state are the same: the log was rewritten, chain and all",
          zh: "规则、字段值和状态都相同：日志连同链条被改写过"))
    }
    return reasons
  }

  /// Files of data that are others than those of the run, as far as its last line tells.
  private func otherData() throws(Failure) -> [Phrase] {
    var then: [JSON] = []
    while let line = try reader.peek(), line.line.kind != .run {
      _ = try reader.take()
      guard line.line.kind == .end else { continue }
      if case .array(let sums)? = line.line.members?.first(where: { $0.name == "dataSums" })?.value
      {
        then = sums
      }
      break
    }
    var reasons: [Phrase] = []
    for (index, path) in dataFiles.enumerated() where then.indices.contains(index) && path != "-" {
      guard case .text(let sum) = then[index] else { continue }
      var hash = SHA256()
      hash.update(try readFile(path))
      if hash.finish() != sum {
        reasons.append(
          Phrase("`\(path)` is another file than then", zh: "`\(path)` 与当时的文件不同"))
      }
    }
    return reasons
  }

  private static func members(_ body: [UInt8]) -> [JSON.Member] {
    let text = [UInt8(ascii: "{")] + body + [UInt8(ascii: "}")]
    guard case .object(let members)? = try? JSON.parse(text) else { return [] }
    return members
  }

  private static func value(_ name: String, _ members: [JSON.Member]) -> JSON? {
    members.first { $0.name == name }?.value
  }
}

extension JSONText {
  /// The sum of a file.
  fileprivate var sum: String? {
    guard case .object(let members) = self,
      case .text(let sum)? = members.first(where: { $0.0 == "sha256" })?.1
    else { return nil }
    return sum
  }
}
