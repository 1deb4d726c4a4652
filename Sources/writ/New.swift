import WritModel
import WritReplay
import WritSyntax
import WritText

extension Command {
  static let new = Command(
    name: "new", usage: "[Type=]FILE… [--output FILE]",
    summary: Phrase("start rules from spreadsheets", zh: "从表格文件起草规则"),
    example: "writ new leads.csv reps.csv",
    examples: [
      ("writ new Lead=客户.csv --lang zh", Phrase("in Chinese", zh: "用中文写")),
      ("writ new data/*.csv --output model.writ", Phrase("into a file", zh: "写到文件")),
    ],
    options: [
      Option(name: "output", value: "FILE", help: Phrase("write to a new file", zh: "写到一个新文件"))
    ],
    run: { (arguments, console) throws(Failure) in try sketchRules(arguments, console) })
}

private func sketchRules(_ arguments: Arguments, _ console: Console) throws(Failure) -> ExitStatus {
  guard !arguments.operands.isEmpty else {
    throw .missingOperand(Phrase("spreadsheets", zh: "表格文件"), example: "writ new leads.csv")
  }
  var files: [Sketch.File] = []
  for word in arguments.operands {
    var record: String?
    var path = word
    if let sign = word.firstIndex(of: "="), !fileExists(word) {
      record = String(word[..<sign])
      path = String(word[word.index(after: sign)...])
    }
    let sheet = Sheet(try readFile(path))
    if let problem = sheet.problems.first {
      throw Failure(
        code: problem.code,
        message: Phrase(
          "`\(path)`: \(problem.message.english)", zh: "`\(path)`：\(problem.message.chinese)"),
        help: problem.help)
    }
    let name = path.split(separator: "/").last.map(String.init) ?? path
    files.append(Sketch.File(record: record ?? recordName(name), path: name, sheet: sheet))
  }
  // Laid out as `fmt` would, in the language that was asked for.
  let draft = Sketch.text(of: files, language: console.language)
  let (tree, _) = Parser.parse(Source(name: "<new>", text: draft), id: SourceID(0))
  let language = arguments.value("lang").flatMap { Language(rawValue: $0) }
  let text = Printer.print(tree, in: language ?? .english)
  guard let path = arguments.value("output") else {
    try console.out.write(text)
    return .done
  }
  if fileExists(path) { throw .fileIsThere(path) }
  try replaceFile(path, with: Array(text.utf8))
  return .done
}

/// `leads.csv` → `Lead`, `order_items.csv` → `OrderItem`; Chinese stays as it is.
private func recordName(_ file: String) -> String {
  let stem = file.split(separator: ".").first.map(String.init) ?? file
  let words = stem.split { !($0.isLetter || $0.isNumber) }
  var name = words.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
  if name.first.map(\.isNumber) ?? true { name = "Record" + name }
  if name.hasSuffix("ies"), name.count > 4 { return name.dropLast(3) + "y" }
  if name.hasSuffix("sses") { return String(name.dropLast(2)) }
  if name.hasSuffix("s"), !name.hasSuffix("ss"), name.count > 3 { name.removeLast() }
  return name
}

extension Failure {
  static func fileIsThere(_ path: String) -> Failure {
    Failure(
      code: "file-is-there",
      message: Phrase("`\(path)` is there already", zh: "`\(path)` 已经存在"),
      help: [Phrase("give another name, or remove it first", zh: "换个名字，或先删掉它")])
  }
}
