public import WritModel
public import WritRules
public import WritText

/// How values and names are told: in which language, with labels or names.
///
/// One place for it, so a table, an explanation and a failing test say a value in the same words.
public struct Wording: Sendable {
  public let program: Program
  public let language: Language

  public init(program: Program, language: Language) {
    self.program = program
    self.language = language
  }

  var schema: Schema { program.schema }

  /// The label in Chinese where there is one, else the name.
  public func text(_ name: Named) -> String {
    language == .chinese ? name.label ?? name.name : name.name
  }

  /// A phrase in the language of this wording.
  public func say(_ phrase: Phrase) -> String { phrase.text(in: language) }

  /// A value as people read it; `facts` holds the records and texts that it speaks of.
  ///
  /// The type tells a percent from a number; a value that is not known is a word of its own.
  public func text(_ value: Value, _ type: ValueType, in facts: Facts) -> String {
    switch value.tag {
    case .missing: "—"
    case .none: say(Phrase("none", zh: "无"))
    case .tied: say(Phrase("tied", zh: "并列"))
    case .undetermined: say(Phrase("undetermined", zh: "待定"))
    case .fault: say(Phrase("fault", zh: "出错"))
    case .boolean: say(value.bits == 1 ? Phrase("yes", zh: "是") : Phrase("no", zh: "否"))
    case .number: type.isPercent ? percent(value.decimal) : value.decimal.shortest
    case .money: money(value, isNamed: Int(value.aux) != 0)
    case .date: date(value.bits)
    case .time: Moment(seconds: value.bits, offsetMinutes: value.offsetMinutes).description
    case .duration: duration(value)
    case .text: facts.texts.text(of: Symbol(Int(value.bits)))
    case .member: memberName(value).map(text) ?? "—"
    case .node: nodeName(value).map(text) ?? "—"
    case .record: record(value, in: facts)
    case .queue:
      schema.queues.indices.contains(Int(value.bits)) ? text(schema.queues[Int(value.bits)]) : "—"
    case .rule: ruleTitle(value)
    case .list: items(of: value, type, in: facts).joined(separator: say(Phrase(", ", zh: "、")))
    }
  }

  /// What people call a record: its `called` field, else its key.
  public func record(_ value: Value, in facts: Facts) -> String {
    let type = schema[RecordID(Int(value.aux))]
    let row = Int(value.bits)
    if let called = type.called {
      let name = facts.value(called, row: row)
      if name.isKnown { return text(name, schema[called].type, in: facts) }
    }
    return key(of: value, in: facts)
  }

  /// The key of a record as text, its parts joined by `/`; `#` and its row for one without a key.
  public func key(of value: Value, in facts: Facts) -> String {
    let type = schema[RecordID(Int(value.aux))]
    let row = Int(value.bits)
    if type.key.isEmpty { return "#\(row + 1)" }
    return type.key.map { field in
      let part = facts.value(field, row: row)
      if part.tag == .record { return key(of: part, in: facts) }
      if part.tag == .member { return memberName(part)?.name ?? "—" }
      if part.tag == .node { return nodeName(part)?.name ?? "—" }
      return text(part, schema[field].type, in: facts)
    }.joined(separator: "/")
  }

  func items(of list: Value, _ type: ValueType, in facts: Facts) -> [String] {
    facts.lists.items(of: list).map { text($0, type.element, in: facts) }
  }

  func memberName(_ value: Value) -> Named? {
    guard schema.enums.indices.contains(Int(value.aux)) else { return nil }
    let members = schema.enums[Int(value.aux)].members
    return members.indices.contains(Int(value.bits)) ? members[Int(value.bits)] : nil
  }

  func nodeName(_ value: Value) -> Named? {
    guard schema.trees.indices.contains(Int(value.aux)) else { return nil }
    let nodes = schema.trees[Int(value.aux)].nodes
    return nodes.indices.contains(Int(value.bits)) ? nodes[Int(value.bits)].name : nil
  }

  func ruleTitle(_ value: Value) -> String {
    program.rules.indices.contains(Int(value.bits)) ? program.rules[Int(value.bits)].title : "—"
  }

  /// A date, from days since 1970-01-01.
  public func date(_ days: Int64) -> String {
    CivilDate(days: Int(days)).map { "\($0)" } ?? say(Phrase("day \(days)", zh: "第 \(days) 天"))
  }

  func percent(_ value: Decimal) -> String { value.hundredfold.shortest + "%" }

  /// Two decimals at least (none for yen and won); the currency is named unless it is the first.
  func money(_ value: Value, isNamed: Bool) -> String {
    let index = Int(value.aux)
    let currency = schema.currencies.indices.contains(index) ? schema.currencies[index] : ""
    let digits = value.decimal.reduced.plain(atLeast: ["JPY", "KRW"].contains(currency) ? 0 : 2)
    return isNamed ? currency + " " + digits : digits
  }

  private func duration(_ value: Value) -> String {
    switch value.aux {
    case 0: say(Phrase("\(value.bits) days", zh: "\(value.bits) 天"))
    case 1: say(Phrase("\(value.bits) months", zh: "\(value.bits) 个月"))
    default: say(Phrase("\(value.bits) seconds", zh: "\(value.bits) 秒"))
    }
  }
}

extension Wording {
  /// A value for programs: numbers exact, names instead of labels, keys instead of what is called;
  /// a percent is its fraction; money of another than the first currency names it.
  public func json(_ value: Value, _ type: ValueType, in facts: Facts) -> JSONText {
    switch value.tag {
    case .missing: .null
    case .none, .tied, .undetermined, .fault:
      .object([("outcome", .text("\(value.tag)"))] + reason(of: value, in: facts))
    case .boolean: .boolean(value.bits == 1)
    case .number: .number(value.decimal.shortest)
    case .money:
      value.aux == 0
        ? .number(money(value, isNamed: false)) : .text(money(value, isNamed: true))
    case .member: memberName(value).map { .text($0.name) } ?? .null
    case .node: nodeName(value).map { .text($0.name) } ?? .null
    case .record: .text(key(of: value, in: facts))
    case .queue:
      schema.queues.indices.contains(Int(value.bits))
        ? .object([("queue", .text(schema.queues[Int(value.bits)].name))]) : .null
    case .list: .list(facts.lists.items(of: value).map { json($0, type.element, in: facts) })
    case .duration, .date, .time, .text, .rule:
      .text(Wording(program: program, language: .english).text(value, type, in: facts))
    }
  }

  private func reason(of value: Value, in facts: Facts) -> [(String, JSONText)] {
    let reason = why(value)
    return reason.isEmpty ? [] : [("why", .text(reason))]
  }

  /// The cause of a value that is not known, in a few words; empty where there is nothing to say.
  public func why(_ value: Value) -> String {
    guard !value.isKnown, let kind = value.cause.kind else { return "" }
    let site = value.cause.site
    switch kind {
    case .blankField:
      return say(Phrase("\(field(site)) is blank", zh: "\(field(site)) 为空"))
    case .danglingReference:
      return say(
        Phrase(
          "\(field(site)) names a record that is not there", zh: "\(field(site)) 所指的记录不存在"))
    case .divisionByZero: return say(Phrase("division by zero", zh: "除数为零"))
    case .empty: return say(Phrase("there is nothing to choose from", zh: "没有可取的记录"))
    case .stated: return site > 0 ? say(Phrase("the rules say so", zh: "规则如此规定")) : ""
    case .noAlternative: return say(Phrase("no rule applies", zh: "没有适用的规则"))
    case .undecided:
      return say(Phrase("a rule that comes first cannot be decided", zh: "排在前面的规则无法判定"))
    case .tie: return say(Phrase("several are equal to the end", zh: "多个结果完全并列"))
    case .circle: return say(Phrase("the records run in a circle", zh: "记录之间绕成了圈"))
    case .stopped:
      let title = program.rules.indices.contains(site) ? program.rules[site].title : ""
      return title.isEmpty ? say(Phrase("stopped", zh: "被拦下")) : "\(quoted(title))"
    case .overflow: return say(Phrase("the number is too large", zh: "数值超出范围"))
    case .mixedCurrencies: return say(Phrase("two currencies meet", zh: "两种货币混用"))
    case .notGiven:
      return say(Phrase("the test does not give \(field(site))", zh: "用例没有给出 \(field(site))"))
    case .conflict: return say(Phrase("two rows disagree", zh: "两行结果互相矛盾"))
    case .unsettled: return say(Phrase("the rules do not settle", zh: "规则无法稳定"))
    case .outOfDomain:
      return say(Phrase("the function has no answer there", zh: "函数在此处没有结果"))
    }
  }

  /// `Lead.region`, by its label in Chinese.
  func field(_ index: Int) -> String {
    guard schema.fields.indices.contains(index) else { return "—" }
    let field = schema.fields[index]
    return text(schema[field.record].name) + "." + text(field.name)
  }

  /// A title or key in the quotes of the language.
  public func quoted(_ text: String) -> String {
    language == .english ? "\"\(text)\"" : "“\(text)”"
  }
}

extension ValueType {
  var isPercent: Bool {
    switch self {
    case .percent: true
    case .set(let item), .list(let item): item.isPercent
    default: false
    }
  }

  /// The type of the items of a list; of anything else itself.
  var element: ValueType {
    switch self {
    case .set(let item), .list(let item): item
    default: self
    }
  }
}

extension Value {
  /// Minutes east of UTC, of a time.
  var offsetMinutes: Int { Int(Int16(bitPattern: aux)) }
}

extension Decimal {
  /// Without zeros at the end.
  var reduced: Decimal {
    var result = self
    while result.scale > 0, result.mantissa % 10 == 0 {
      result.mantissa /= 10
      result.scale -= 1
    }
    return result
  }

  /// Its digits without zeros at the end.
  var shortest: String { reduced.plain }

  /// A hundred times as much; for showing percents, where digits are moved and none is lost.
  var hundredfold: Decimal {
    if scale >= 2 { return Decimal(mantissa: mantissa, scale: scale - 2) }
    let factor: Int64 = scale == 1 ? 10 : 100
    let (product, overflows) = mantissa.multipliedReportingOverflow(by: factor)
    return overflows ? self : Decimal(mantissa: product, scale: 0)
  }
}
