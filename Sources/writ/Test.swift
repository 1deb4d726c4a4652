import WritNetwork
import WritReplay
import WritRules
import WritText

extension Command {
  static let test = Command(
    name: "test", usage: "RULES… [--only TITLE]",
    summary: Phrase("run the tests in rule files", zh: "运行规则文件里的用例"),
    example: "writ test rules/",
    examples: [
      ("writ test rules/ --only discount", Phrase("whose title says so", zh: "标题里有这几个字的")),
      ("writ test rules/ --format json", Phrase("a line a test", zh: "每个用例一行")),
    ],
    options: [
      Option(
        name: "only", value: "TITLE",
        help: Phrase("tests with this in their title", zh: "标题含有这几个字的用例"), isRepeatable: true),
      Option(
        name: "format", value: "human|json", help: Phrase("how results are written", zh: "结果的格式"),
        allowed: ["human", "json"]),
      .asOf,
    ],
    run: { (arguments, console) throws(Failure) in try runTests(arguments, console) })
}

private func runTests(_ arguments: Arguments, _ console: Console) throws(Failure) -> ExitStatus {
  guard !arguments.operands.isEmpty else {
    throw .missingOperand(Phrase("rules to test", zh: "要测试的规则"), example: "writ test rules/")
  }
  var tally = Tally()
  for paths in try ruleSets(in: arguments.operands) {
    let rules = try Rules(paths)
    guard let program = try rules.reported(on: console) else { return .unusable }
    try runTests(of: program, rules, arguments, console, &tally)
  }
  let counts = tally.counts
  let passed = counts[.passed] ?? 0
  let failed = counts[.failed] ?? 0
  let notRun = counts[.notRun] ?? 0
  let line = Phrase(
    "\(passed) passed, \(failed) failed, \(notRun) not run",
    zh: "通过 \(passed)，失败 \(failed)，未运行 \(notRun)")
  if arguments.value("format") == "json" {
    try console.note(line)
  } else {
    if tally.isAfterFailure { try console.out.write("\n") }
    let color: Color = failed > 0 ? .red : passed > 0 ? .green : .yellow
    try console.out.write(console.painted(console.say(line), color) + "\n")
  }
  return failed > 0 ? .no : .done
}

/// What the tests of all rule sets came to.
private struct Tally {
  var counts: [TestResult.Outcome: Int] = [:]
  var isAfterFailure = false
}

/// Runs the tests of one rule set and tells those that did not pass.
private func runTests(
  of program: Program, _ rules: Rules, _ arguments: Arguments,
  _ console: Console, _ tally: inout Tally
) throws(Failure) {
  let today = try businessDate(arguments, program)
  let network = Network(compiling: program)
  let words = arguments.all("only")
  for test in program.tests {
    if !words.isEmpty, !words.contains(where: { test.title.contains($0) }) { continue }
    let result = TestRun.run(
      test, on: network, sources: rules.sources, language: console.language, today: today)
    tally.counts[result.outcome, default: 0] += 1
    if arguments.value("format") == "json" {
      try console.out.write(json(result, rules.sources).line + "\n")
    } else if result.outcome != .passed {
      if tally.isAfterFailure { try console.out.write("\n") }
      try console.out.write(text(result, rules.sources, console))
      tally.isAfterFailure = true
    }
  }
}

/// A test that failed or was not run, for people.
private func text(_ result: TestResult, _ sources: Sources, _ console: Console) -> String {
  let place = "\(sources[result.span.source].name):\(sources.position(of: result.span).line)"
  if result.outcome == .notRun {
    let what = result.notRun.joined(separator: ", ")
    let word = Phrase("not run", zh: "未运行")
    let why = Phrase("this version does not run \(what)", zh: "这个版本还不运行 \(what)")
    return console.painted(console.say(word), .yellow)
      + "  \"\(result.title.printable)\"  \(place)\n  \(console.say(why))\n"
  }
  var lines = [
    console.painted(console.say(Phrase("failed", zh: "失败")), .red)
      + "  \"\(result.title.printable)\"  \(place)"
  ]
  for failure in result.failures {
    let line = sources.position(of: failure.span).line
    lines.append("  \(sources[failure.span.source].name):\(line)  \(failure.expectation.printable)")
    lines.append(
      "    " + console.say(Phrase("expected  ", zh: "应当是  ")) + failure.expected.printable)
    lines.append("    " + console.say(Phrase("actual    ", zh: "实际是  ")) + failure.actual.printable)
    lines += failure.explanation.map { "      " + $0.printable }
  }
  return lines.joined(separator: "\n") + "\n"
}

private func json(_ result: TestResult, _ sources: Sources) -> JSONText {
  .object([
    ("test", .text(result.title)), ("outcome", .text(result.outcome.rawValue)),
    ("file", .text(sources[result.span.source].name)),
    ("line", .integer(sources.position(of: result.span).line)),
    ("expectations", .integer(result.expectations)),
    (
      "failures",
      .list(
        result.failures.map { failure in
          .object([
            ("line", .integer(sources.position(of: failure.span).line)),
            ("expectation", .text(failure.expectation)), ("expected", .text(failure.expected)),
            ("actual", .text(failure.actual)),
            ("why", .list(failure.explanation.map { .text($0) })),
          ])
        })
    ),
    ("notRun", .list(result.notRun.map { .text($0) })),
  ])
}
