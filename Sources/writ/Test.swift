import WritModel
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
      (
        "writ test rules/ --coverage-min 80%",
        Phrase("what no test exercises", zh: "哪些规则没有用例覆盖")
      ),
      ("writ test rules/ --junit report.xml", Phrase("for a build server", zh: "供构建服务器读取")),
      ("writ test rules/ --watch", Phrase("again on every save", zh: "每次保存后重跑")),
    ],
    options: [
      Option(
        name: "only", value: "TITLE",
        help: Phrase("tests with this in their title", zh: "标题含有这几个字的用例"), isRepeatable: true),
      Option(
        name: "format", value: "human|json|junit",
        help: Phrase("how results are written", zh: "结果的格式"), allowed: ["human", "json", "junit"]),
      Option(
        name: "junit", value: "FILE",
        help: Phrase("write JUnit XML to a file as well", zh: "另外写一份 JUnit XML 文件")),
      Option(
        name: "coverage", value: nil,
        help: Phrase(
          "rules, conditions and rows of tables that no test exercises", zh: "列出用例没有覆盖的规则、条件和表格行")),
      Option(
        name: "coverage-min", value: "PERCENT",
        help: Phrase("fail below this coverage", zh: "覆盖率低于此值时判为不通过")),
      Option(
        name: "watch", value: nil,
        help: Phrase("test again on every save", zh: "每次保存后重新运行")),
      .asOf,
    ],
    run: { (arguments, console) throws(Failure) in
      guard !arguments.operands.isEmpty else {
        throw .missingOperand(
          Phrase("rules to test", zh: "要测试的规则"), example: "writ test rules/")
      }
      let least = try arguments.value("coverage-min").map { (text) throws(Failure) in
        try wholePercent(text)
      }
      let run = TestCommand(arguments: arguments, console: console, least: least)
      return try arguments.has("watch") ? run.watch() : run.once()
    })
}

/// `80%` or `80`.
private func wholePercent(_ text: String) throws(Failure) -> Decimal {
  let digits = text.hasSuffix("%") ? String(text.dropLast()) : text
  guard let number = Decimal(digits), number >= Decimal(0), number <= Decimal(100) else {
    throw .badPercent(text)
  }
  return number
}

/// One `writ test`: the tests of all rule sets that are named, told one way or another.
private struct TestCommand {
  let arguments: Arguments
  let console: Console
  /// The coverage that is asked for, in percent.
  let least: Decimal?

  private var form: String { arguments.value("format") ?? "human" }
  private var measures: Bool { arguments.has("coverage") || least != nil }

  /// What the tests of all rule sets came to.
  private struct Tally {
    var counts: [TestResult.Outcome: Int] = [:]
    var isAfterFailure = false
    var coverage: [(summary: Coverage.Summary, sources: Sources)] = []
    var junit = JUnit()
  }

  func once() throws(Failure) -> ExitStatus {
    var tally = Tally()
    for paths in try ruleSets(in: arguments.operands) {
      let rules = try Rules(paths)
      guard let program = try rules.reported(on: console) else { return .unusable }
      try runTests(of: program, rules, named: paths.joined(separator: " "), &tally)
    }
    let isEnough = try tell(tally)
    return (tally.counts[.failed] ?? 0) > 0 || !isEnough ? .no : .done
  }

  /// Tests again on every save, until somebody ends it. Rules that do not check are told, and the
  /// next save tries again.
  func watch() throws(Failure) -> ExitStatus {
    var status = ExitStatus.done
    var isFirst = true
    try lookAfterEverySave(arguments.operands, console) { () throws(Failure) in
      defer { isFirst = false }
      if !isFirst, form == "human" { try console.out.write("\n") }
      do throws(Failure) {
        status = try once()
      } catch {
        // What is wrong from the start ends it; a file that is away for a moment does not.
        if isFirst { throw error }
        console.report(error)
        status = .unusable
      }
      try console.out.flush()
      try console.messages.flush()
      return true
    }
    return status
  }

  /// Runs the tests of one rule set and tells those that did not pass.
  private func runTests(
    of program: Program, _ rules: Rules, named name: String, _ tally: inout Tally
  ) throws(Failure) {
    let today = try businessDate(arguments, program)
    let network = Network(compiling: program)
    let words = arguments.all("only")
    let coverage = measures ? Coverage(program) : nil
    var results: [TestResult] = []
    for test in program.tests {
      if !words.isEmpty, !words.contains(where: { test.title.contains($0) }) { continue }
      let result = TestRun.run(
        test, on: network, sources: rules.sources, language: console.language, today: today,
        coverage: coverage)
      results.append(result)
      tally.counts[result.outcome, default: 0] += 1
      if form == "json" {
        try console.out.write(json(result, rules.sources).line + "\n")
      } else if form == "human", result.outcome != .passed {
        if tally.isAfterFailure { try console.out.write("\n") }
        try console.out.write(text(result, rules.sources, console))
        tally.isAfterFailure = true
      }
    }
    tally.junit.add(name, results, rules.sources)
    if let coverage { tally.coverage.append((coverage.summary(in: rules.sources), rules.sources)) }
  }

  /// Tells the sums; false where too little is covered.
  private func tell(_ tally: Tally) throws(Failure) -> Bool {
    let counts = tally.counts
    let passed = counts[.passed] ?? 0
    let failed = counts[.failed] ?? 0
    let notRun = counts[.notRun] ?? 0
    let line = Phrase(
      "\(passed) passed, \(failed) failed, \(notRun) not run",
      zh: "通过 \(passed)，失败 \(failed)，未运行 \(notRun)")
    if let path = arguments.value("junit") {
      try replaceFile(path, with: Array(tally.junit.text(in: console.language).utf8))
    }
    let report = measures ? CoverageReport(tally.coverage, least: least) : nil
    switch form {
    case "json":
      if let report { try console.out.write(report.json.line + "\n") }
      try console.note(line)
    case "junit":
      try console.out.write(tally.junit.text(in: console.language))
      if let report { try console.messages.write(report.text(console) + "\n") }
      try console.note(line)
    default:
      if tally.isAfterFailure { try console.out.write("\n") }
      if let report { try console.out.write(report.text(console) + "\n") }
      let color: Color = failed > 0 ? .red : passed > 0 ? .green : .yellow
      try console.out.write(console.painted(console.say(line), color) + "\n")
    }
    guard let report, !report.isEnough else { return true }
    try console.note(report.tooLittle)
    return false
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

/// What tests exercise, told by place.
private struct CoverageReport {
  private let sets: [(summary: Coverage.Summary, sources: Sources)]
  private let least: Decimal?
  private var rules = Coverage.Count()
  private var rows = Coverage.Count()
  private var conditions = Coverage.Count()
  private var fileRows = Coverage.Count()

  private var all: Coverage.Count {
    var all = rules
    all += rows
    all += conditions
    return all
  }

  init(_ sets: [(summary: Coverage.Summary, sources: Sources)], least: Decimal?) {
    self.sets = sets
    self.least = least
    for set in sets {
      rules += set.summary.rules
      rows += set.summary.rows
      conditions += set.summary.conditions
      fileRows += set.summary.fileRows
    }
  }

  /// covered ÷ total ≥ least %, without rounding.
  var isEnough: Bool {
    guard let least, all.total > 0 else { return true }
    let wanted = least.multiplied(by: Decimal(Int64(all.total)))
    return wanted.map { Decimal(Int64(all.covered * 100)) >= $0 } ?? true
  }

  /// Tenths of a percent, cut: what is not whole is not shown as whole.
  private func percent(_ count: Coverage.Count) -> String {
    guard count.total > 0 else { return "100%" }
    let tenths = count.covered * 1_000 / count.total
    return tenths % 10 == 0 ? "\(tenths / 10)%" : "\(tenths / 10).\(tenths % 10)%"
  }

  private func words(_ count: Coverage.Count) -> String {
    "\(grouped(count.covered))/\(grouped(count.total)) (\(percent(count)))"
  }

  var tooLittle: Phrase {
    let wanted = least.map { "\($0)" } ?? ""
    return Phrase(
      "coverage is \(percent(all)), and \(wanted)% is asked for",
      zh: "覆盖率为 \(percent(all))，要求 \(wanted)%")
  }

  func text(_ console: Console) -> String {
    var lines: [String] = []
    for set in sets {
      for gap in set.summary.gaps {
        let place =
          "\(set.sources[gap.span.source].name):\(set.sources.position(of: gap.span).line)"
        lines.append(
          "  \(place)  " + console.painted(console.say(Self.words(of: gap.kind)), .yellow) + "  "
            + gap.text.printable)
      }
    }
    let parts: [(Coverage.Count, String, String)] = [
      (rules, "rules", "规则"), (conditions, "conditions both ways", "条件成立与不成立都见过"),
      (rows, "rows of tables", "表格行"),
    ]
    let counted = parts.filter { $0.0.total > 0 }
    var english = counted.map { "\($0.1) \(words($0.0))" }.joined(separator: ", ")
    var chinese = counted.map { "\($0.2) \(words($0.0))" }.joined(separator: "，")
    if fileRows.total > 0 {
      english += "; rows that tables take from files, not counted: \(words(fileRows))"
      chinese += "；取自数据文件的表格行不计入：\(words(fileRows))"
    }
    lines.append(
      console.say(
        Phrase("coverage \(percent(all)): \(english)", zh: "覆盖率 \(percent(all))：\(chinese)")))
    return lines.joined(separator: "\n")
  }

  private static func words(of kind: Coverage.Gap.Kind) -> Phrase {
    switch kind {
    case .rule: Phrase("rule never decided", zh: "规则从未生效")
    case .row: Phrase("row never won", zh: "表格行从未命中")
    case .held: Phrase("condition never held", zh: "条件从未成立")
    case .failed: Phrase("condition never failed", zh: "条件从未不成立")
    case .unseen: Phrase("condition never looked at", zh: "条件从未被检查")
    }
  }

  var json: JSONText {
    func count(_ count: Coverage.Count) -> JSONText {
      .object([("covered", .integer(count.covered)), ("total", .integer(count.total))])
    }
    let gaps = sets.flatMap { set in
      set.summary.gaps.map { gap in
        JSONText.object([
          ("kind", .text(gap.kind.rawValue)),
          ("file", .text(set.sources[gap.span.source].name)),
          ("line", .integer(set.sources.position(of: gap.span).line)), ("text", .text(gap.text)),
        ])
      }
    }
    return .object([
      (
        "coverage",
        .object([
          ("all", count(all)), ("rules", count(rules)), ("conditions", count(conditions)),
          ("rows", count(rows)), ("fileRows", count(fileRows)), ("gaps", .list(gaps)),
        ])
      )
    ])
  }
}

extension Failure {
  static func badPercent(_ text: String) -> Failure {
    Failure(
      code: "bad-percent",
      message: Phrase(
        "`--coverage-min \(text)` is no percent", zh: "`--coverage-min \(text)` 不是百分比"),
      help: [Phrase("write it as `80%`", zh: "写作 `80%`")])
  }
}
