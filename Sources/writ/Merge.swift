import WritModel
import WritReplay
import WritText

extension Command {
  static let merge = Command(
    name: "merge", usage: "FILE… [--format FORM] [--html FILE]",
    summary: Phrase("add up parts of a comparison", zh: "合并分批比较的结果"),
    example: "writ merge part-*.json",
    examples: [
      (
        "writ compare before/ after/ --data p1/ --partial p1.json",
        Phrase("makes a part", zh: "生成一份部分结果")
      ),
      (
        "writ merge p1.json p2.json --html report.html",
        Phrase("the same report as of one run", zh: "与一次比较相同的报告")
      ),
    ],
    options: [.comparisonFormat, .comparisonPage],
    run: { (arguments, console) throws(Failure) in
      guard let first = arguments.operands.first else {
        throw .missingOperand(
          Phrase("parts to add up", zh: "要合并的部分结果"), example: "writ merge part-*.json")
      }
      var sum = try readPart(first)
      // What several parts read from the same files is told once.
      var parts = [sum]
      for path in arguments.operands.dropFirst() {
        var part = try readPart(path)
        if let mismatch = sum.mismatch(with: part) {
          throw .partsDiffer(mismatch, first, path)
        }
        let whole = part
        if let problem = part.leaveOutShared(with: parts) {
          throw .sharedRecords(problem, path)
        }
        sum.add(part)
        parts.append(whole)
      }
      return try ComparisonOutput(arguments, console).write(sum.comparison)
    })
}

extension Option {
  static let comparisonFormat = Option(
    name: "format", value: "table|json|md|html",
    help: Phrase("how results are told (default: table)", zh: "结果的形式（默认 table）"),
    allowed: ["table", "json", "md", "html"])
  static let comparisonPage = Option(
    name: "html", value: "FILE",
    help: Phrase("the report as one page, beside the results", zh: "另写一份网页报告"))
}

private func readPart(_ path: String) throws(Failure) -> ComparisonTally {
  let bytes = try readFile(path)
  guard CheckSum.isKept(in: bytes) else { throw .notAPart(path) }
  let json: JSON
  do throws(JSON.Failure) { json = try JSON.parse(bytes) } catch { throw .notAPart(path) }
  guard let tally = ComparisonTally(json) else { throw .notAPart(path) }
  return tally
}

extension Failure {
  static func notAPart(_ path: String) -> Failure {
    Failure(
      code: "not-a-part",
      message: Phrase(
        "`\(path)` is no part of a comparison, or was changed or cut off",
        zh: "`\(path)` 不是比较的部分结果，或已被改动、截断"),
      help: [
        Phrase(
          "parts are written by `writ compare … --partial FILE` of the same version",
          zh: "部分结果由同一版本的 `writ compare … --partial 文件` 写出")
      ])
  }

  static func partsDiffer(
    _ mismatch: ComparisonTally.Mismatch, _ first: String, _ path: String
  ) -> Failure {
    switch mismatch {
    case .partTwice:
      return Failure(
        code: "part-given-twice",
        message: Phrase(
          "`\(path)` was made from the same data as a part before it",
          zh: "`\(path)` 与前面某一部分来自同一批数据"),
        help: [Phrase("give each part once", zh: "每一部分只给一次")])
    case .tables:
      return differ(
        first, path, Phrase("the files of the rules' tables", zh: "规则中对照表的文件"), nil,
        help: Phrase(
          "make both with the same tables: they are a part of the rules",
          zh: "生成时使用相同的对照表文件：它们也是规则的一部分"))
    case .language:
      return differ(
        first, path, Phrase("the language they are told in", zh: "所用的语言"), nil,
        help: Phrase("make both with the same `--lang`", zh: "生成时使用相同的 `--lang`"))
    case .date(let a, let b):
      return differ(
        first, path, Phrase("the business date", zh: "业务日"), (a, b),
        help: Phrase("make both with the same `--as-of`", zh: "生成时使用相同的 `--as-of`"))
    case .options(let a, let b):
      return differ(
        first, path, Phrase("what was asked for", zh: "所用的选项"), (a, b),
        help: Phrase(
          "make both with the same `--by`, `--only`, `--against` and `--top`",
          zh: "生成时使用相同的 `--by`、`--only`、`--against` 和 `--top`"))
    case .ruleSets(let a, let b):
      return differ(
        first, path, Phrase("the rule sets", zh: "规则集"), (a, b),
        help: Phrase("compare the same rules in every part", zh: "每一部分都比较同样的规则"))
    }
  }

  static func sharedRecords(_ problem: ComparisonTally.SharedRecords, _ path: String) -> Failure {
    switch problem {
    case .differ(let record):
      return Failure(
        code: "parts-overlap",
        message: Phrase(
          "`\(path)` decides the same records of `\(record)` otherwise than a part before it",
          zh: "`\(path)` 对同一批 `\(record)` 的判定与前面某一部分不同"),
        help: [
          Phrase(
            "what is decided of them depends on records that were cut: keep what belongs together in "
              + "one part, or choose other decisions with `--only`",
            zh: "它们的判定取决于被分开的记录：请把相关的记录放在同一部分，或用 `--only` 只选其他判定")
        ])
    case .overlap(let record):
      return Failure(
        code: "parts-overlap",
        message: Phrase(
          "`\(path)` has some files of `\(record)` in common with a part before it, and others not",
          zh: "`\(path)` 与前面某一部分共用 `\(record)` 的部分文件"),
        help: [
          Phrase(
            "give each part records of its own, or the same files to all",
            zh: "每一部分要么各有自己的记录，要么都用同样的文件")
        ])
    }
  }

  private static func differ(
    _ first: String, _ second: String, _ what: Phrase, _ values: (String, String)?, help: Phrase
  ) -> Failure {
    let told = values.map { ": `\($0.0)` — `\($0.1)`" } ?? ""
    let chinese = values.map { "：`\($0.0)`；`\($0.1)`" } ?? ""
    return Failure(
      code: "parts-differ",
      message: Phrase(
        "`\(first)` and `\(second)` differ in \(what.english)\(told)",
        zh: "`\(first)` 与 `\(second)` 的\(what.chinese)不同\(chinese)"),
      help: [help])
  }
}
