import WritModel
import WritNetwork
import WritReplay
import WritRules
import WritSyntax
import WritText

extension Command {
  static let sweep = Command(
    name: "sweep", usage: "RULES… --data DIR|Type=FILE --param NAME [--from V --to V --step V]",
    summary: Phrase("vary a param, see what turns where", zh: "变动可调值，看结果如何改变"),
    example: "writ sweep rules/ --data data/ --param cap",
    examples: [
      (
        "writ sweep rules/ --data data/ --param cap --from 5% --to 20% --step 1%",
        Phrase("other values than the declared range", zh: "指定范围和步长")
      ),
      (
        "writ sweep rules/ --data data/ --param cap=5%..20% --param floor=90..110",
        Phrase("every combination of two", zh: "两个可调值的各种组合")
      ),
    ],
    options: [
      Option(
        name: "param", value: "NAME[=FROM..TO]",
        help: Phrase("what to vary (default: its declared range)", zh: "要变动的可调值（默认用声明的范围）"),
        isRepeatable: true),
      Option(name: "from", value: "V", help: Phrase("the first value", zh: "从哪个值开始")),
      Option(name: "to", value: "V", help: Phrase("the last value", zh: "到哪个值为止")),
      Option(
        name: "step", value: "V",
        help: Phrase("from value to value (default: some 15 steps)", zh: "步长（默认约 15 步）")),
      Option(
        name: "format", value: "table|md|json|jsonl|csv",
        help: Phrase("default: table on a terminal, else jsonl", zh: "终端默认 table，管道默认 jsonl"),
        allowed: ["table", "md", "json", "jsonl", "csv"]),
      .asOf,
      Option(
        name: "data", value: "DIR|Type=FILE|-",
        help: Phrase("where recorded data are", zh: "业务数据在哪里"), isRepeatable: true),
      Option(
        name: "rejects", value: "FILE",
        help: Phrase(
          "rows that do not fit (default writ-rejects.jsonl)", zh: "未能读入的行（默认 writ-rejects.jsonl）")),
      .maxFirings,
    ],
    run: { (arguments, console) throws(Failure) in try SweepCommand(arguments, console).run() })
}

/// One `writ sweep`: reads, sweeps, tells.
private struct SweepCommand {
  let arguments: Arguments
  let console: Console
  /// The most values of a sweep, over all params together.
  private static let mostPoints = 4096

  init(_ arguments: Arguments, _ console: Console) {
    self.arguments = arguments
    self.console = console
  }

  func run() throws(Failure) -> ExitStatus {
    let example = "writ sweep rules/ --data data/ --param cap"
    guard !arguments.operands.isEmpty else {
      throw .missingOperand(Phrase("rules to sweep", zh: "要变动的规则"), example: example)
    }
    guard arguments.has("param") else {
      throw .missingOperand(
        Phrase("param to vary (`--param NAME`)", zh: "要变动的可调值（`--param 名称`）"), example: example)
    }
    let rules = try Rules(arguments.operands, dataFolders: arguments.all("data"))
    guard let program = try rules.reported(on: console) else { return .unusable }
    var params = try sweptParams(rules)
    for index in params.indices where takesWholeNumbers(params[index], rules) {
      params[index].isWhole = true
    }
    let axes = try axes(params)
    let today = try businessDate(arguments, program)
    let changes = try ChangeRun(arguments, console, program)
    var data = try RecordedData(arguments, rules, console)
    try data.load()
    let memory = Memory(Network(compiling: program), facts: data.facts, today: today)
    guard try changes.settle(memory) != nil else {
      return try data.finish() > 0 ? .badRows : .no
    }
    try noteState(program)
    let facts = memory.facts
    func program(at values: [Decimal]) -> Program? {
      let (made, found) = Program.checking(
        substituting(values, for: params, in: rules.trees), sources: rules.sources,
        tables: rules.tables, texts: facts.texts, effort: .quick, analyzing: false)
      return found.hasErrors ? nil : made
    }
    let sweep: Sweep
    do throws(Sweep.Problem) {
      sweep = try Sweep(
        axes: axes, steps: params.map(\.finest), facts: facts, today: today,
        language: console.language, program: program(at:))
    } catch {
      throw failure(of: error, params, rules, facts.texts)
    }
    let report = SweepReport(
      sweep: sweep, params: params,
      wording: Wording(program: program, language: console.language), facts: facts)
    switch arguments.value("format") ?? (console.outIsTerminal ? "table" : "jsonl") {
    case "csv": try console.out.write(report.csv())
    case "json": try console.out.write(report.json())
    case "md": try console.out.write(report.markdown())
    case "jsonl": try console.out.write(report.lines())
    default: try console.out.write(report.table())
    }
    return try data.finish() > 0 ? .badRows : .done
  }

  /// What does not vary with the param though it might is said.
  private func noteState(_ program: Program) throws(Failure) {
    if program.productions.contains(where: { !$0.acts.isEmpty }) {
      try console.note(
        Phrase(
          "changes settled under the present values; the sweep begins from these facts",
          zh: "联动按当前的可调值执行，之后在所得的数据上变动"))
    }
  }

  // MARK: Params

  private func sweptParams(_ rules: Rules) throws(Failure) -> [SweptParam] {
    var params: [SweptParam] = []
    let words = arguments.all("param")
    let ends = ["from", "to", "step"].filter { arguments.has($0) }
    if words.count > 1, let first = ends.first { throw .endsOfOneParam("--" + first) }
    for word in words {
      let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
      let name = parts[0]
      guard var param = SweptParam(name, in: rules.trees) else {
        throw .unknownParam(name, known: SweptParam.names(in: rules.trees))
      }
      guard !params.contains(where: { $0.name == param.name }) else {
        throw .optionGivenTwice("--param \(name)")
      }
      guard param.form != nil else { throw .paramOfOtherKind(param.name) }
      if parts.count > 1 {
        let ends = parts[1].split(separator: "..", omittingEmptySubsequences: false)
        guard ends.count == 2 else { throw .badSweepValue(parts[1], of: name) }
        param.from = try value(String(ends[0]), of: param)
        param.to = try value(String(ends[1]), of: param)
      }
      if let from = arguments.value("from") { param.from = try value(from, of: param) }
      if let to = arguments.value("to") { param.to = try value(to, of: param) }
      if let step = arguments.value("step") {
        guard let value = param.readStep(step) else { throw .badSweepValue(step, of: name) }
        param.step = value
      }
      params.append(param)
    }
    return params
  }

  private func value(_ text: String, of param: SweptParam) throws(Failure) -> Decimal {
    guard let value = param.read(text) else { throw .badSweepValue(text, of: param.name) }
    return value
  }

  /// The values of each param.
  private func axes(_ params: [SweptParam]) throws(Failure) -> [[Decimal]] {
    var axes: [[Decimal]] = []
    var count = 1
    for param in params {
      guard let from = param.from, let to = param.to else { throw .noRange(param.name) }
      guard from < to else {
        throw .emptySweep(param.name, from: param.text(from), to: param.text(to))
      }
      guard let values = param.values(from, to, most: Self.mostPoints) else {
        throw .badSweep(param.name)
      }
      count *= values.count
      guard count <= Self.mostPoints else { throw .sweepTooLarge(most: Self.mostPoints) }
      axes.append(values)
    }
    return axes
  }

  /// Whether the rules take no other numbers for a param whose range has whole ends.
  private func takesWholeNumbers(_ param: SweptParam, _ rules: Rules) -> Bool {
    guard param.form == .number, let from = param.from, from.isInteger, param.to?.isInteger == true,
      param.step?.isInteger != false, let between = from.adding(Decimal(mantissa: 5, scale: 1))
    else { return false }
    return Program.checking(
      substituting([between], for: [param], in: rules.trees), sources: rules.sources,
      tables: rules.tables, effort: .quick, analyzing: false
    ).diagnostics.hasErrors
  }

  private func failure(
    of problem: Sweep.Problem, _ params: [SweptParam], _ rules: Rules, _ texts: Interner
  ) -> Failure {
    switch problem {
    case .doesNotCheck(let values):
      let found = Program.checking(
        substituting(values, for: params, in: rules.trees), sources: rules.sources,
        tables: rules.tables, texts: texts, effort: .quick, analyzing: false
      ).diagnostics
      // What is wrong, and where.
      let mistakes = found.filter { $0.severity == .error }.prefix(1).map { mistake in
        let line = rules.sources.position(of: mistake.span).line
        let place = "\(rules.sources[mistake.span.source].name):\(line): "
        return Phrase(place + mistake.message.english, zh: place + mistake.message.chinese)
      }
      let text = zip(params, values).map { "\($0.name) = \($0.text($1))" }
        .joined(separator: ", ")
      return Failure(
        code: "sweep-does-not-check",
        message: Phrase("the rules do not check with \(text)", zh: "取 \(text) 时规则有错误"),
        help: mistakes + [
          Phrase(
            "`in FROM..TO` behind a param says which values it may have",
            zh: "可调值后的 `属于 起..止` 写明可取的值")
        ])
    case .differentModels:
      return Failure(
        code: "sweep-does-not-check",
        message: Phrase("the values give rules over different records", zh: "各取值下的数据模型不一致"))
    }
  }

  private func substituting(
    _ values: [Decimal], for params: [SweptParam], in trees: [FileTree]
  ) -> [FileTree] {
    var trees = trees
    for (param, value) in zip(params, values) {
      let declarations = trees[param.tree].declarations
      guard case .param(var declaration) = declarations[param.declaration].kind else { continue }
      declaration.value = param.expression(value, at: declaration.value.span)
      trees[param.tree].declarations[param.declaration].kind = .param(declaration)
    }
    return trees
  }
}

extension Failure {
  static func unknownParam(_ name: String, known: [String]) -> Failure {
    Failure(
      code: "unknown-param",
      message: Phrase("there is no param `\(name)`", zh: "没有可调值 `\(name)`"),
      help: [
        nearest(to: name, among: known).map {
          Phrase("did you mean `\($0)`?", zh: "是不是 `\($0)`？")
        }
          ?? (known.isEmpty
            ? Phrase(
              "declare one: `param cap = 12% in 5%..20%`", zh: "先声明：`可调 cap = 12% 属于 5%..20%`")
            : Phrase(
              "there are " + known.map { "`\($0)`" }.joined(separator: ", "),
              zh: "现有 " + known.map { "`\($0)`" }.joined(separator: "、")))
      ])
  }

  static func paramOfOtherKind(_ name: String) -> Failure {
    Failure(
      code: "param-of-other-kind",
      message: Phrase(
        "`\(name)` is no number, percent, amount of money, date or duration",
        zh: "`\(name)` 不是数值、百分比、金额、日期或时长"),
      help: [
        Phrase("compare two variants instead: `writ compare`", zh: "请改用 `writ compare` 比较两个方案")
      ])
  }

  static func noRange(_ name: String) -> Failure {
    Failure(
      code: "no-range",
      message: Phrase(
        "nothing says which values `\(name)` is to take", zh: "没有写明 `\(name)` 取哪些值"),
      help: [
        Phrase(
          "write `--from` and `--to`, or a range behind the param: `in 5%..20%`",
          zh: "请写 `--from` 和 `--to`，或在可调值后写范围：`属于 5%..20%`")
      ])
  }

  static func badSweepValue(_ text: String, of name: String) -> Failure {
    Failure(
      code: "bad-sweep-value",
      message: Phrase(
        "`\(text)` is no value of `\(name)`", zh: "`\(text)` 不能作为 `\(name)` 的值"),
      help: [
        Phrase(
          "write it as in the rules: `12%`, `300`, `2026-01-31`, `30 days`",
          zh: "按规则中的写法：`12%`、`300`、`2026-01-31`、`30天`")
      ])
  }

  static func emptySweep(_ name: String, from: String, to: String) -> Failure {
    Failure(
      code: "bad-sweep",
      message: Phrase(
        "`\(name)` cannot go from \(from) to \(to)", zh: "`\(name)` 从 \(from) 到 \(to) 没有可走的步"),
      help: [Phrase("the first value lies below the last", zh: "起点应小于终点")])
  }

  static func badSweep(_ name: String) -> Failure {
    Failure(
      code: "bad-sweep",
      message: Phrase(
        "from the first value of `\(name)` to the last there are no steps, or too many",
        zh: "`\(name)` 从起点到终点没有可走的步，或步数过多"),
      help: [
        Phrase("`--step` lies above zero, and is wide enough", zh: "`--step` 应大于零，且不宜过小")
      ])
  }

  static func sweepTooLarge(most: Int) -> Failure {
    Failure(
      code: "bad-sweep",
      message: Phrase(
        "a sweep has at most \(grouped(most)) combinations of values",
        zh: "一次变动最多 \(grouped(most)) 种取值组合"),
      help: [Phrase("take fewer params or wider steps", zh: "减少可调值，或加大步长")])
  }

  static func endsOfOneParam(_ option: String) -> Failure {
    Failure(
      code: "bad-sweep",
      message: Phrase(
        "`\(option)` does not say of which param", zh: "`\(option)` 没有说明是哪个可调值的"),
      help: [
        Phrase("write `--param NAME=FROM..TO` for each", zh: "请逐个写作 `--param 名称=起..止`")
      ])
  }
}
