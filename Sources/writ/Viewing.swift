import WritModel
import WritReplay
import WritRules
import WritText

extension Option {
  /// Options of commands that read data.
  static let ofData: [Option] = [
    Option(
      name: "data", value: "DIR|Type=FILE|-",
      help: Phrase("where recorded data are", zh: "业务数据在哪里"), isRepeatable: true),
    .asOf,
    Option(
      name: "as", value: "PARTY|Type:KEY",
      help: Phrase("who looks: finance, Rep:R1", zh: "谁在看：finance、Rep:R1")),
    Option(name: "state", value: "FILE", help: Phrase("turns and loads so far", zh: "此前的轮次和负荷")),
    Option(
      name: "rejects", value: "FILE",
      help: Phrase(
        "rows that do not fit (default writ-rejects.jsonl)", zh: "未能读入的行（默认 writ-rejects.jsonl）")),
  ]
}

/// Who looks: `finance` is a member of an enum that stands for parties, `Rep:R1` a record.
func viewer(
  _ arguments: Arguments, _ program: Program, _ facts: Facts
) throws(Failure) -> Viewer? {
  guard let word = arguments.value("as") else { return nil }
  if let colon = word.firstIndex(of: ":") {
    let record = try namedRecord(word, at: colon, program, facts)
    return .record(record)
  }
  // The parties that rules speak of come first, where two enums have a member of that name.
  let spoken = program.visibility.flatMap(\.parties).map(\.value)
  for value in spoken where value.tag == .member {
    let member = program.schema.enums[Int(value.aux)].members[Int(value.bits)]
    if member.name == word || member.label == word { return .party(Constant(value)) }
  }
  for (index, type) in program.schema.enums.enumerated() {
    if let ordinal = type.members.firstIndex(where: { $0.name == word || $0.label == word }) {
      return .party(Constant(.member(ordinal, of: EnumID(index))))
    }
  }
  let names = program.schema.enums.flatMap { $0.members.map(\.name) }
  throw .unknownParty(word, near: nearest(to: word, among: names))
}

/// The record of `Lead:L-1042`.
func namedRecord(
  _ word: String, at colon: String.Index, _ program: Program, _ facts: Facts
) throws(Failure) -> Value {
  let wording = Wording(program: program, language: .english)
  let typeName = String(word[..<colon])
  let key = String(word[word.index(after: colon)...])
  guard let type = wording.recordType(named: typeName) else {
    let names = program.schema.records.flatMap { [$0.name.name, $0.name.label].compactMap(\.self) }
    throw .unknownRecordType(typeName, near: nearest(to: typeName, among: names))
  }
  guard let record = wording.find(type, [key], in: facts) else {
    throw .unknownRecord(typeName, key, count: facts[type].count)
  }
  return record
}

extension Failure {
  static func unknownParty(_ word: String, near: String?) -> Failure {
    Failure(
      code: "unknown-viewer",
      message: Phrase("nobody is called `\(word)`", zh: "没有 `\(word)` 这个身份"),
      help: [
        near.map { Phrase("did you mean `\($0)`?", zh: "是不是想用 `\($0)`？") }
          ?? Phrase("a person is written `Rep:R1`", zh: "某个人写作 `Rep:R1`")
      ])
  }

  static func unknownRecordType(_ word: String, near: String?) -> Failure {
    Failure(
      code: "unknown-record-type",
      message: Phrase("the rules have no record `\(word)`", zh: "规则里没有 `\(word)` 这种对象"),
      help: near.map { [Phrase("did you mean `\($0)`?", zh: "是不是想用 `\($0)`？")] } ?? [])
  }

  static func unknownRecord(_ type: String, _ key: String, count: Int) -> Failure {
    Failure(
      code: "unknown-record",
      message: Phrase(
        "none of the \(grouped(count)) records of `\(type)` is `\(key)`",
        zh: "`\(type)` 的 \(grouped(count)) 条记录中没有 `\(key)`"))
  }
}
