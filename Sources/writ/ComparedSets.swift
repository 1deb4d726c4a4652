import WritModel
import WritReplay
import WritRules
import WritSyntax
import WritText

/// Rule sets to compare, of one model, with symbols that mean the same in all.
struct ComparedSets {
  let source: RuleSetSource
  /// With the symbols of all.
  let programs: [Program]

  var sets: [RuleSet] { source.sets }
  var names: [String] { sets.map(\.name) }
  var sources: Sources { source.sources }
  /// For reading data as the base says.
  var base: Rules { Rules(sources, program: programs[0]) }

  /// nil after saying what is wrong with the rules.
  init?(_ operands: [String], _ arguments: Arguments, _ console: Console) throws(Failure) {
    guard !operands.isEmpty else { throw .nothingToCompare }
    // A number of threads that is none is told where it is asked for.
    let threads = (try? threadCount(arguments)) ?? 1
    source = try RuleSetSource(
      operands, dataFolders: arguments.all("data"), threads: threads)
    // What two sets have in common is wrong in both, and told once.
    var told: Set<Diagnostic> = []
    var errors: [Diagnostic] = []
    var warnings = 0
    for set in source.sets {
      for diagnostic in set.diagnostics where told.insert(diagnostic).inserted {
        if diagnostic.severity == .error { errors.append(diagnostic) }
        if diagnostic.severity == .warning { warnings += 1 }
      }
    }
    let texts = source.symbols
    programs = source.sets.map { set in
      var program = set.program
      program.texts = texts
      return program
    }
    try console.report(errors.sortedByPosition(), in: source.sources)
    guard errors.isEmpty else { return nil }
    guard programs.count >= 2 else { throw .nothingToCompare }
    guard programs.count <= 64 else { throw .tooManyRuleSets(programs.count) }
    if warnings > 0 {
      try console.note(
        Phrase(
          "\(counted(warnings, "warning")) in the rules; `writ check` shows them",
          zh: "规则中有 \(warnings) 个警告，用 `writ check` 查看"))
    }
    for index in programs.indices.dropFirst() { try checkModel(of: index) }
  }

  private func checkModel(of index: Int) throws(Failure) {
    let difference = ModelDifference(programs[0].schema, programs[index].schema)
    guard let difference else { return }
    let places = [0, index].map { place(of: difference.subject, in: sets[$0].trees) }
    throw .modelsDiffer(difference.subject, names[0], places[0], names[index], places[1])
  }

  /// What the data declarations of another set say otherwise than those of the base.
  func dataNotes(_ language: Language) -> [String] {
    func told(_ program: Program) -> [String] {
      program.data.map { source in
        let columns = source.columns.map {
          "\($0.field.index) \($0.header) \($0.keyHeaders) \($0.form as Any) \($0.missing)"
        }
        return "\(source.record.index) \(source.file) \(columns) \(source.missing) "
          + "\(source.delimiter as Any) \(source.encoding as Any) \(source.hasHeader)"
      }.sorted()
    }
    let base = told(programs[0])
    return programs.indices.dropFirst().filter { told(programs[$0]) != base }.map {
      Phrase(
        "data are read as `\(names[0])` says; `\(names[$0])` declares them otherwise",
        zh: "数据按 `\(names[0])` 的声明读取；`\(names[$0])` 的声明与之不同"
      ).text(in: language)
    }
  }

  // MARK: - Places

  /// `rules/price.writ:14`
  func place(of rule: RuleID, in set: Int) -> String { place(of: programs[set][rule].span) }

  func place(of span: Span) -> String {
    "\(sources[span.source].name):\(sources.position(of: span).line)"
  }

  /// Where a part of the model is declared, and how; nil where it is not.
  private func place(
    of subject: ModelDifference.Subject, in trees: [FileTree]
  ) -> (place: String, text: String)? {
    for declaration in trees.flatMap(\.declarations) {
      var found: Span?
      switch (subject, declaration.kind) {
      case (.currencies, .currency), (.zone, .zone): found = declaration.span
      case (.enumeration(let name), .enumeration(let made)) where made.name.name.text == name:
        found = declaration.span
      case (.tree(let name), .tree(let made)) where made.name.name.text == name:
        found = declaration.span
      case (.record(let name), .record(let made)) where made.name.name.text == name:
        found = declaration.span
      case (.field(let record, let name), .record(let made)) where made.name.name.text == record:
        found = made.fields.first { $0.name.name.text == name }?.span
      case (.queue(let name), .queue(let made)):
        if made.contains(where: { $0.name.text == name }) { found = declaration.span }
      default: continue
      }
      guard let found else { continue }
      let text = sources.text(of: found)
      let line = text.split(separator: "\n", maxSplits: 1).first.map(String.init) ?? ""
      return (place(of: found), line.count > 60 ? line.prefix(60) + "…" : line)
    }
    return nil
  }
}

extension Failure {
  static let nothingToCompare = Failure.missingOperand(
    Phrase("two rule sets to compare", zh: "要比较的两套规则"),
    example: "writ compare before/ after/ --data data/")

  static func tooManyRuleSets(_ count: Int) -> Failure {
    Failure(
      code: "too-many-rule-sets",
      message: Phrase(
        "\(count) rule sets are too many to compare at once", zh: "一次不能比较 \(count) 套规则"),
      help: [Phrase("compare at most 64", zh: "一次最多比较 64 套")])
  }

  static func modelsDiffer(
    _ subject: ModelDifference.Subject, _ a: String, _ placeA: (place: String, text: String)?,
    _ b: String, _ placeB: (place: String, text: String)?
  ) -> Failure {
    let what: Phrase
    switch subject {
    case .currencies: what = Phrase("currencies", zh: "货币")
    case .zone: what = Phrase("zone", zh: "时区")
    case .enumeration(let name): what = Phrase("enum `\(name)`", zh: "枚举 `\(name)`")
    case .tree(let name): what = Phrase("tree `\(name)`", zh: "层级 `\(name)`")
    case .record(let name): what = Phrase("record `\(name)`", zh: "对象 `\(name)`")
    case .field(let record, let name):
      what = Phrase("field `\(record).\(name)`", zh: "字段 `\(record).\(name)`")
    case .queue(let name): what = Phrase("queue `\(name)`", zh: "队列 `\(name)`")
    }
    func told(_ name: String, _ place: (place: String, text: String)?) -> Phrase {
      guard let place else {
        return Phrase("`\(name)` does not declare it", zh: "`\(name)` 没有声明")
      }
      return Phrase("\(place.place): `\(place.text)`", zh: "\(place.place)：`\(place.text)`")
    }
    let (first, second) = (told(a, placeA), told(b, placeB))
    return Failure(
      code: "models-differ",
      message: Phrase(
        "`\(a)` and `\(b)` have different models: \(what.english)",
        zh: "`\(a)` 与 `\(b)` 的模型不同：\(what.chinese)"),
      help: [
        Phrase("\(first.english) — \(second.english)", zh: "\(first.chinese)；\(second.chinese)"),
        Phrase(
          "make the models one, or keep them in one file that both rule sets have",
          zh: "统一两边的模型，或让两套规则共用同一份模型文件"),
      ])
  }
}
