import WritModel
import WritReplay
import WritText

/// `--partial FILE`: what a part of the data came to, to be added to others by `writ merge`.
struct ComparisonPart {
  private let path: String
  /// The hash of each input, in their order.
  private let hashes: [String]
  /// The hash of the hashes of the files of tables.
  private let tables: String

  /// nil where nobody asked for a part. What cannot be told in parts is refused.
  init?(
    _ arguments: Arguments, _ plan: ComparisonPlan, _ data: RecordedData, tables: [String]
  ) throws(Failure) {
    guard let path = arguments.value("partial") else { return nil }
    self.path = path
    if let name = plan.statefulRecord { throw .partHasState(name) }
    if let name = plan.recordWithoutKey { throw .partNeedsKeys(name) }
    var hashes: [String] = []
    for input in data.inputs { hashes.append(try Self.hash(input.path)) }
    self.hashes = hashes
    var all = SHA256()
    for path in tables { all.update(Array(try Self.hash(path).utf8)) }
    self.tables = all.finish()
  }

  func hash(ofInput index: Int) -> String { hashes[index] }

  /// Writes the part.
  func write(_ tally: ComparisonTally) throws(Failure) {
    var part = tally
    var hash = SHA256()
    for own in hashes { hash.update(Array(own.utf8)) }
    // Standard input cannot be read again: then what it came to tells it apart.
    if hashes.contains("") { hash.update(Array(tally.json.line.utf8)) }
    part.makePart(hash.finish(), tables: tables)
    try replaceFile(path, with: CheckSum.sealing(part.json.line))
  }

  private static func hash(_ path: String) throws(Failure) -> String {
    if path == "-" { return "" }
    let file = try InputFile(path)
    var hash = SHA256()
    var block: [UInt8] = []
    while try file.read(into: &block, upTo: 1 << 20) {
      hash.update(block)
      block.removeAll(keepingCapacity: true)
    }
    return hash.finish()
  }
}

/// A sum over all that stands before it in a file of one JSON object: what was changed on its way,
/// or cut off, is no part any more.
enum CheckSum {
  private static let label = Array(#","sum":""#.utf8)
  private static let end = Array("\"}\n".utf8)

  /// The text of an object, with the sum as its last member.
  static func sealing(_ object: String) -> [UInt8] {
    let bytes = Array(object.utf8.dropLast())
    return bytes + label + Array(sum(of: bytes).utf8) + end
  }

  static func isKept(in file: [UInt8]) -> Bool {
    let body = file.dropLast(label.count + 64 + end.count)
    guard !body.isEmpty else { return false }
    return Array(file[body.endIndex...]) == label + Array(sum(of: Array(body)).utf8) + end
  }

  private static func sum(of bytes: [UInt8]) -> String {
    var hash = SHA256()
    hash.update(bytes)
    return hash.finish()
  }
}

extension Failure {
  static func partHasState(_ record: String) -> Failure {
    Failure(
      code: "part-has-state",
      message: Phrase(
        "the records of `\(record)` cannot be compared in parts: turns, loads and changes go from "
          + "one to the next",
        zh: "`\(record)` 的记录不能分批比较：轮次、负荷和联动在记录之间传递"),
      help: [
        Phrase(
          "compare them in one run, or choose other decisions with `--only`",
          zh: "请一次比较，或用 `--only` 只选其他判定")
      ])
  }

  static func partNeedsKeys(_ record: String) -> Failure {
    Failure(
      code: "part-needs-keys",
      message: Phrase(
        "records of `\(record)` have no key to tell them apart in several parts",
        zh: "`\(record)` 没有编号，分批时无法区分记录"),
      help: [
        Phrase("give the record a `key` field", zh: "请给该对象声明 `编号` 字段（`key`）")
      ])
  }
}
