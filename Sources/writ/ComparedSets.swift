import WritModel
import WritReplay
import WritRules
import WritSyntax
import WritText

/// Rule sets to compare, checked one after the other with the texts of those before, so that a
/// symbol means the same in all.
struct ComparedSets {
  struct Item {
    var name: String
    var rules: Rules
  }
  private(set) var items: [Item] = []

  var programs: [Program] { items.map(\.rules.program) }

  /// nil after saying what is wrong with the rules.
  init?(_ operands: [String], _ arguments: Arguments, _ console: Console) throws(Failure) {
    guard operands.count >= 2 else {
      throw .missingOperand(
        Phrase("two rule sets to compare", zh: "要比较的两套规则"),
        example: "writ compare before/ after/ --data data/")
    }
    guard operands.count <= 64 else { throw .tooManyRuleSets(operands.count) }
    var texts = Interner()
    var areSound = true
    for operand in operands {
      let rules = try Rules([operand], dataFolders: arguments.all("data"), texts: texts)
      texts = rules.program.texts
      if try rules.reported(on: console) == nil { areSound = false }
      items.append(Item(name: Self.name(operand), rules: rules))
    }
    guard areSound else { return nil }
    for index in items.indices {
      var program = items[index].rules.program
      program.texts = texts
      items[index].rules = Rules(items[index].rules, program: program)
    }
    for item in items.dropFirst() { try Self.checkModels(items[0], item) }
  }

  private static func name(_ operand: String) -> String {
    var name = Substring(operand)
    while name.count > 1, name.last == "/" { name.removeLast() }
    return String(name)
  }

  private static func checkModels(_ a: Item, _ b: Item) throws(Failure) {
    let difference = ModelDifference(a.rules.program.schema, b.rules.program.schema)
    guard let difference else { return }
    throw .modelsDiffer(
      difference.subject, a.name, a.rules.place(of: difference.subject), b.name,
      b.rules.place(of: difference.subject))
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
    let base = told(items[0].rules.program)
    return items.dropFirst().filter { told($0.rules.program) != base }.map {
      Phrase(
        "data are read as `\(items[0].name)` says; `\($0.name)` declares them otherwise",
        zh: "数据按 `\(items[0].name)` 的声明读取；`\($0.name)` 的声明与之不同"
      ).text(in: language)
    }
  }
}

extension Rules {
  /// Rules with the same texts and trees, of which the program was completed.
  init(_ other: Rules, program: Program) {
    sources = other.sources
    trees = other.trees
    self.program = program
    diagnostics = other.diagnostics
    tables = other.tables
    tableFiles = other.tableFiles
  }

  /// `rules/price.writ:14`
  func place(of rule: RuleID) -> String { place(of: program[rule].span) }

  func place(of span: Span) -> String {
    "\(sources[span.source].name):\(sources.position(of: span).line)"
  }

  /// Where a part of the model is declared, and how; nil where it is not.
  func place(of subject: ModelDifference.Subject) -> (place: String, text: String)? {
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
