import WritNetwork
import WritReplay
import WritRules
import WritSyntax
import WritText

extension Command {
  static let check = Command(
    name: "check", usage: "RULES… [--format FORM] [--show] [--index] [--as-of DATE]",
    summary: Phrase("read rules, say what is wrong", zh: "检查规则，指出错误"),
    example: "writ check rules/",
    examples: [
      ("writ check rules/ --format sarif", Phrase("for a code host", zh: "供代码平台使用")),
      ("writ check --format json -", Phrase("rules from standard input", zh: "从标准输入读规则")),
    ],
    options: [
      Option(
        name: "format", value: "human|plain|json|sarif",
        help: Phrase("how messages are written", zh: "消息的格式"),
        allowed: Rendering.Form.allCases.map(\.rawValue)),
      Option(
        name: "show", value: nil,
        help: Phrase(
          "work out prices and boundaries on the tests' records", zh: "用用例里的记录演算价格和边界")),
      Option(
        name: "index", value: nil,
        help: Phrase(
          "say of each rule what the index answers and what is asked apart",
          zh: "说明每条规则哪些条件走索引，哪些单独判断")),
      .asOf,
    ],
    run: { (arguments, console) throws(Failure) in try checkRules(arguments, console) })
}

private func checkRules(_ arguments: Arguments, _ console: Console) throws(Failure) -> ExitStatus {
  guard !arguments.operands.isEmpty else {
    throw .missingOperand(Phrase("rules to check", zh: "要检查的规则"), example: "writ check rules/")
  }
  let form = arguments.value("format").flatMap { Rendering.Form(rawValue: $0) } ?? .human
  let sets = try ruleSets(in: arguments.operands)
  var status = ExitStatus.done
  // One document, however many sets there are: a log of several is no log.
  var log: [(diagnostics: [Diagnostic], sources: Sources)] = []
  for (index, paths) in sets.enumerated() {
    if sets.count > 1, form == .human || form == .plain {
      try console.out.write((index == 0 ? "" : "\n") + console.painted(paths[0], .cyan) + "\n")
    }
    status = max(status, try check(paths, form, arguments, console, &log))
  }
  if form == .sarif { try console.out.write(console.rendering(form).sarif(of: log).line + "\n") }
  return status
}

/// Checks one rule set.
private func check(
  _ paths: [String], _ form: Rendering.Form, _ arguments: Arguments, _ console: Console,
  _ log: inout [(diagnostics: [Diagnostic], sources: Sources)]
) throws(Failure) -> ExitStatus {
  let rules = try Rules(paths, effort: .thorough)
  let variants = try variantsElsewhere(rules, at: paths)
  var diagnostics = rules.diagnostics
  // What has expired depends on the day, so it is told for a day that is named: a check of the same
  // rules says the same tomorrow.
  if arguments.value("as-of") != nil, !diagnostics.hasErrors {
    let today = try businessDate(arguments, rules.program)
    diagnostics += Analysis.expiredRules(of: rules.program, today: today)
    diagnostics = diagnostics.sortedByPosition()
  }
  if form == .sarif {
    log += [(diagnostics, rules.sources), variants]
    return (diagnostics + variants.diagnostics).hasErrors ? .unusable : .done
  }
  // The messages are the result here, so they go to standard output.
  var rendering = console.rendering(form)
  rendering.isColored = console.outIsColored
  let texts = [(diagnostics, rules.sources), variants].map { rendering.text(of: $0.0, in: $0.1) }
  try console.out.write(
    texts.filter { !$0.isEmpty }.joined(separator: form == .human ? "\n" : ""))
  diagnostics += variants.diagnostics
  if form == .human || form == .plain {
    if form == .human, !diagnostics.isEmpty { try console.out.write("\n") }
    try console.out.write(console.say(summary(of: rules, diagnostics)) + "\n")
  }
  if diagnostics.hasErrors { return .unusable }
  if arguments.has("show"), form == .human || form == .plain {
    let text = WorkedExamples.text(
      of: Network(compiling: rules.program), sources: rules.sources, language: console.language,
      today: try businessDate(arguments, rules.program), width: console.width)
    try console.out.write((text.isEmpty ? "" : "\n") + text)
  }
  if arguments.has("index"), form == .human || form == .plain {
    let text = indexText(of: Network(compiling: rules.program), language: console.language)
    try console.out.write((text.isEmpty ? "" : "\n") + text)
  }
  return .done
}

/// What is wrong with the variants whose base lies elsewhere than among these rules: each is checked
/// with its base. What was found without the base is left out.
private func variantsElsewhere(
  _ rules: Rules, at paths: [String]
) throws(Failure) -> (diagnostics: [Diagnostic], sources: Sources) {
  let names = rules.sources.all.map(\.name)
  let titles = rules.trees.flatMap { tree in
    tree.variants.filter { !$0.hasBase(among: names, in: rules.sources[tree.source].name) }
      .map(\.title.text)
  }
  guard !titles.isEmpty else { return ([], rules.sources) }
  // Files are numbered anew there, so messages are known by what they say of which file.
  func mark(_ diagnostic: Diagnostic, _ sources: Sources) -> String {
    let span = diagnostic.span
    return "\(sources[span.source].name) \(span.start) \(span.end) \(diagnostic.code)"
  }
  var seen = Set(rules.diagnostics.map { mark($0, rules.sources) })
  let all = try RuleSetSource(paths + titles)
  var found: [Diagnostic] = []
  for set in all.sets.suffix(titles.count) {
    for diagnostic in set.diagnostics where diagnostic.severity == .error {
      if seen.insert(mark(diagnostic, all.sources)).inserted { found.append(diagnostic) }
    }
  }
  return (found.sortedByPosition(), all.sources)
}

/// `3 files, 12 rules, 2 tables, 5 tests: no errors, 1 warning`
private func summary(of rules: Rules, _ diagnostics: [Diagnostic]) -> Phrase {
  let program = rules.program
  let tables = program.decisions.count { if case .table = $0.kind { true } else { false } }
  let decisions = program.decisions.count
  let errors = diagnostics.count { $0.severity == .error }
  let warnings = diagnostics.count { $0.severity == .warning }
  let files = rules.sources.all.count
  let written = program.writtenRules
  let english = [
    counted(files, "file"), counted(decisions - tables, "decision"), counted(tables, "table"),
    counted(written, "rule"), counted(program.tests.count, "test"),
  ].joined(separator: ", ")
  let chinese =
    "\(files) 个文件，\(decisions - tables) 项判定，\(tables) 张对照表，\(written) 条规则，"
    + "\(program.tests.count) 个用例"
  return Phrase(
    "\(english): \(counted(errors, "error")), \(counted(warnings, "warning"))",
    zh: "\(chinese)：\(errors) 个错误，\(warnings) 个警告")
}
