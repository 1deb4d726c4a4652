import WritSyntax
import WritText

extension Command {
  static let fmt = Command(
    name: "fmt", usage: "RULES… [--check] [--lang zh|en]",
    summary: Phrase("lay out rule files, or translate", zh: "整理规则文件，或换一种语言"),
    example: "writ fmt rules/",
    examples: [
      ("writ fmt --check rules/", Phrase("change nothing, name the files", zh: "不改动，只列出文件")),
      ("writ fmt --lang zh - < price.writ", Phrase("with Chinese keywords", zh: "改用中文关键词")),
    ],
    options: [
      Option(
        name: "check", value: nil,
        help: Phrase("change nothing; status 1 if a file would change", zh: "不改动；需要改动时退出码为 1"))
    ],
    run: { (arguments, console) throws(Failure) in try formatRules(arguments, console) })
}

private func formatRules(_ arguments: Arguments, _ console: Console) throws(Failure) -> ExitStatus {
  guard !arguments.operands.isEmpty else {
    throw .missingOperand(Phrase("rules to lay out", zh: "要整理的规则"), example: "writ fmt rules/")
  }
  let language = arguments.value("lang").flatMap { Language(rawValue: $0) }
  let (sources, unreadable) = try readSources(arguments.operands)
  var status = ExitStatus.done
  var changed = 0
  for index in sources.all.indices {
    let id = SourceID(index)
    let source = sources[id]
    let (tree, found) = Parser.parse(source, id: id)
    let diagnostics = unreadable.filter { $0.span.source == id } + found
    if diagnostics.hasErrors {
      // A file that cannot be read whole is left as it is: printing it could lose something.
      try console.report(diagnostics.sortedByPosition(), in: sources)
      status.raise(to: .unusable)
      continue
    }
    let text = Printer.print(tree, in: language)
    let isStdin = source.name == "<stdin>"
    if isStdin, !arguments.has("check") {
      try console.out.write(text)
      continue
    }
    if Array(text.utf8) == source.bytes { continue }
    changed += 1
    try console.out.write(source.name + "\n")
    if arguments.has("check") {
      status.raise(to: .no)
    } else {
      try replaceFile(source.name, with: Array(text.utf8))
    }
  }
  return status
}
