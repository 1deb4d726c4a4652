public import WritModel
import WritNetwork
public import WritRules
public import WritText

/// What is compared: the values that rule sets have in common, record type by record type, what each
/// is cut by, and which rules are counted.
///
/// A plan belongs to its programs, whose symbols agree (each was checked with the texts of the one
/// before). It adds attributes to them for what nobody else asks: who won a choose, whether an offer
/// applied. They stand behind the others, so numbers of the programs as they were stay good.
public struct ComparisonPlan: Sendable {
  /// What is asked for, beside the rule sets.
  public struct Options: Sendable {
    public var only: [String]
    /// Paths to cut by: `account.region`.
    public var by: [String]
    /// A field that holds what was recorded: `Quote.price`, `assignee=owner`.
    public var against: String?
    public init(only: [String] = [], by: [String] = [], against: String? = nil) {
      self.only = only
      self.by = by
      self.against = against
    }
  }
  /// A value of a decision.
  struct Column: Sendable {
    var decision: String
    var value: String
    var name: Named
    var type: ValueType
    var isAnswer: Bool
    /// Told as an amount, in this unit.
    var unit: String?
    /// The currency of its amounts; those in another are no part of sums.
    var currency: UInt16
    /// Its attribute under each set, in the set's own numbers; nil where it has none.
    var attributes: [AttributeID?]
    /// The decision under each set.
    var decisions: [DecisionID?]
    var against: FieldID?
    /// Whether a record's answer depends on those before it.
    var isAssigned: Bool
  }
  /// The records of one type.
  public struct Section: Sendable {
    public var record: RecordID
    var columns: [Column]
    /// A path for each that was asked for; nil where this record type has no such path.
    var paths: [RecordPath?]
    var probes: [RuleProbe]
    /// Of `measures`.
    var measures: [Int] = []
    /// Whether each set needs records and counters of its own.
    public var isStateful: Bool
  }
  public var sections: [Section]
  /// As given, with attributes added.
  public let programs: [Program]
  public let options: Options
  /// Rules in the order of the report, with their place under each set.
  let rules: [CountedRule]
  /// The measures of the base, in written order.
  let measures: [Compared]
  /// Decisions that only some of the sets have, with the sets.
  let partial: [(title: String, sets: [Int])]

  /// A measure under the sets that have it.
  struct Compared: Sendable {
    /// nil where a set has no measure of that title made of the same kinds of folds.
    var measures: [Measure?]
    /// Whether it is made of what each record adds.
    var isOfRecords: Bool { measures[0]?.record != nil }
  }
  /// A rule under the sets that have it.
  struct CountedRule: Sendable {
    var block: String
    var title: String
    var isAmount: Bool
    /// In each set's own numbers.
    var rules: [RuleID?]
  }

  /// The first record type whose decisions have state, as it is declared.
  public var statefulRecord: String? {
    sections.first(where: \.isStateful).map { programs[0].schema[$0.record].name.name }
  }

  /// The first record type without a key, as it is declared.
  public var recordWithoutKey: String? {
    sections.map { programs[0].schema[$0.record] }.first { $0.key.isEmpty }?.name.name
  }

  /// Whether some record type has the path asked for.
  public func hasPath(_ index: Int) -> Bool { sections.contains { $0.paths[index] != nil } }

  /// Whether some decision has a field that holds what was recorded for it.
  public var hasRecorded: Bool {
    sections.contains { $0.columns.contains { $0.against != nil } }
  }

  /// What a path may begin with, for a near miss.
  public var pathWords: [String] {
    let schema = programs[0].schema
    return sections.flatMap { section in
      schema[section.record].fields.flatMap { field in
        [schema[field].name.name, schema[field].name.label].compactMap(\.self)
      }
    }
  }

  /// What the reader must know of what is compared, in sentences. `hasState`: turns and loads were
  /// given.
  public func notes(_ names: [String], _ language: Language, hasState: Bool) -> [String] {
    var notes: [Phrase] = partial.map { title, sets in
      let those = sets.map { "`\(names[$0])`" }
      return Phrase(
        "only \(those.joined(separator: ", ")) decide `\(title)`: it is not compared",
        zh: "只有 \(those.joined(separator: "、")) 有 `\(title)` 这项判定，没有比较")
    }
    for compared in measures {
      guard let own = compared.measures[0] else { continue }
      let without = compared.measures.indices.filter { compared.measures[$0] == nil }
      guard !without.isEmpty else { continue }
      let those = without.map { "`\(names[$0])`" }
      notes.append(
        Phrase(
          "\(those.joined(separator: ", ")) measures `\(own.title)` otherwise or not at all: it is "
            + "not compared there",
          zh: "\(those.joined(separator: "、")) 没有指标 `\(own.title)` 或算法不同，未作比较"))
    }
    for (index, path) in options.by.enumerated() {
      let without = sections.filter { $0.paths[index] == nil }.map(\.record)
      guard !without.isEmpty, without.count < sections.count else { continue }
      let schema = programs[0].schema
      let english = without.map { "`\(schema[$0].name.name)`" }.joined(separator: ", ")
      let chinese = without.map { "`\(schema[$0].name.label ?? schema[$0].name.name)`" }
      notes.append(
        Phrase(
          "\(english) has no `\(path)` and is not cut by it",
          zh: "\(chinese.joined(separator: "、")) 没有 `\(path)`，未按它细分"))
    }
    for (field, blocks) in setFields {
      let named = Phrase(field.name, zh: field.label ?? field.name).text(in: language)
      notes.append(
        Phrase(
          "\(blocks.joined(separator: ", ")): every record starts with `\(named)` empty, whatever "
            + "the data have there",
          zh: "\(blocks.joined(separator: "、"))：每条记录都从 `\(named)` 空缺开始，不看数据里原有的值"))
    }
    if isStateful {
      notes.append(
        Phrase(
          "each rule set assigns and changes records in its own order from the same start, "
            + (hasState
              ? "turns and loads as the state file has them"
              : "loads as the data have them and no turns taken")
            + "; a change is knock-on where its own rules, in the base's state, give the base's "
            + "answer",
          zh: "每套规则都从同一初始状态（" + (hasState ? "轮次和负载取自状态文件" : "负载取自数据，轮次从头算起")
            + "）按自己的次序分配和联动；若在原规则的状态下结果与原来相同，则该变化算作连带"))
    }
    return notes.map { $0.text(in: language) }
  }

  /// The fields that assignments which are compared set, with the titles of the blocks.
  private var setFields: [(field: Named, blocks: [String])] {
    var result: [(field: Named, blocks: [String])] = []
    for column in sections.flatMap(\.columns) where column.isAnswer {
      for (program, id) in zip(programs, column.decisions) {
        guard let id, case .assign(let plan) = program[id].kind, let sets = plan.sets else {
          continue
        }
        let field = program.schema[sets].name
        if let known = result.firstIndex(where: { $0.field == field }) {
          if !result[known].blocks.contains(column.decision) {
            result[known].blocks.append(column.decision)
          }
        } else {
          result.append((field, [column.decision]))
        }
      }
    }
    return result
  }

  /// The titles of measures that are no sums over records.
  public var wholeMeasures: [String] {
    measures.filter { !$0.isOfRecords }.compactMap { $0.measures[0]?.title }
  }

  public var isStateful: Bool { sections.contains(where: \.isStateful) }

  /// The base is the first program; the schemas have the same shape.
  public init(_ given: [Program], _ options: Options, _ wording: Wording) {
    self.options = options
    var programs = given
    var sections: [Section] = []
    var partial: [(title: String, sets: [Int])] = []
    var rules: [CountedRule] = []
    let changes = given.contains { $0.productions.contains { !$0.acts.isEmpty } }
    let base = given[0]
    for section in Report(program: base, only: options.only).sections {
      var made = Section(
        record: section.record, columns: [],
        paths: options.by.map { RecordPath($0, from: section.record, in: given) }, probes: [],
        isStateful: changes)
      for id in section.decisions {
        let twins = given.map { program in
          program.decisions.indices.map { DecisionID($0) }.first {
            program[$0].title == base[id].title && program[$0].parameters == base[id].parameters
          }
        }
        if twins.contains(where: { $0 == nil }) {
          partial.append(
            (wording.title(base[id]), twins.indices.filter { twins[$0] != nil }))
        }
        made.columns += Self.columns(of: twins, in: given, options, wording)
        let counted = RuleCounter.rules(of: twins, in: &programs, wording, from: rules.count)
        rules += counted.rules
        made.probes += counted.probes
      }
      if made.columns.contains(where: \.isAssigned) { made.isStateful = true }
      sections.append(made)
    }
    // What only others decide has no base to compare with.
    for (set, program) in given.enumerated().dropFirst() {
      for decision in program.decisions where decision.subject != nil {
        let isWanted =
          options.only.isEmpty
          || options.only.contains { Report.names($0, decision, program) }
        guard isWanted, !base.decisions.contains(where: { $0.title == decision.title }) else {
          continue
        }
        if let known = partial.firstIndex(where: { $0.title == wording.title(decision) }) {
          partial[known].sets.append(set)
        } else {
          partial.append((wording.title(decision), [set]))
        }
      }
    }
    let measures = base.measures.map { measure in
      Compared(
        measures: given.map { program in
          program.measures.first { $0.title == measure.title && $0.isMade(like: measure) }
        })
    }
    for (index, compared) in measures.enumerated() {
      guard let record = compared.measures[0]?.record else { continue }
      if let place = sections.firstIndex(where: { $0.record == record }) {
        sections[place].measures.append(index)
      } else {
        // Measures, and the limits of theirs, hold for all, whatever is told beside them.
        sections.append(
          Section(
            record: record, columns: [],
            paths: options.by.map { RecordPath($0, from: record, in: given) }, probes: [],
            measures: [index], isStateful: changes))
      }
    }
    self.measures = measures
    self.programs = programs
    self.sections = sections
    self.rules = rules
    self.partial = partial
  }

  private static func columns(
    of twins: [DecisionID?], in programs: [Program], _ options: Options, _ wording: Wording
  ) -> [Column] {
    guard let first = twins[0] else { return [] }
    let base = programs[0]
    let decision = base[first]
    var values: [(name: Named, attributes: [AttributeID?])] = [
      (decision.name, zip(programs, twins).map { program, id in id.map { program[$0].answer } })
    ]
    for detail in decision.details where detail.attribute != decision.answer {
      let attributes = zip(programs, twins).map { program, id in
        id.flatMap { id in
          program[id].details.first { $0.name.name == detail.name.name }?.attribute
        }
      }
      values.append((detail.name, attributes))
    }
    return values.enumerated().compactMap { index, value in
      guard let own = value.attributes[0] else { return nil }
      let type = base[own].type
      // An answer of another type is another question.
      let attributes = zip(programs, value.attributes).map { program, id in
        id.flatMap { program[$0].type == type ? $0 : nil }
      }
      let isAssigned = zip(programs, attributes).contains { program, id in
        id.map { program[$0].readsCounters || program.isAssigned($0) } ?? false
      }
      return Column(
        decision: wording.title(decision), value: wording.text(value.name), name: value.name,
        type: type,
        isAnswer: index == 0, unit: unit(of: type, base), currency: type.currency,
        attributes: attributes,
        decisions: twins,
        against: index == 0 ? options.recorded(for: decision, type, base) : nil,
        isAssigned: isAssigned)
    }
  }

  /// The unit of values that are told as amounts: of money its currency, of percents `%`.
  private static func unit(of type: ValueType, _ program: Program) -> String? {
    switch type {
    case .number, .integer: return ""
    case .percent: return "%"
    case .money(let currency):
      let index = Int(currency?.index ?? 0)
      let currencies = program.schema.currencies
      return currencies.indices.contains(index) ? currencies[index] : ""
    default: return nil
    }
  }
}

extension ComparisonPlan.Options {
  /// The field that holds what was recorded for a decision: `field`, `Record.field` or
  /// `decision=field`.
  func recorded(for decision: Decision, _ type: ValueType, _ program: Program) -> FieldID? {
    guard let against, let record = decision.subject else { return nil }
    var word = Substring(against)
    if let sign = against.firstIndex(of: "=") {
      guard Report.names(String(against[..<sign]), decision, program) else { return nil }
      word = against[against.index(after: sign)...]
    }
    let parts = word.split(separator: ".")
    let owner = program.schema[record].name
    if parts.count == 2, owner.name != parts[0], owner.label.map({ $0 != parts[0] }) ?? true {
      return nil
    }
    guard let name = parts.last else { return nil }
    // A verdict has no type that a field can be declared with; its words are recorded.
    let isVerdict =
      switch decision.kind {
      case .discount, .sale, .match, .require: true
      default: false
      }
    let mayBeWords = isVerdict || against.contains("=")
    return program.schema[record].fields.first { field in
      let declared = program.schema[field]
      return (declared.name.name == name || declared.name.label.map { $0 == name } ?? false)
        && (declared.type.answers(type) || mayBeWords && declared.type.names(type))
    }
  }
}

extension ValueType {
  fileprivate var currency: UInt16 {
    if case .money(let currency?) = self { currency.index } else { 0 }
  }

  /// Whether a field of this type can hold answers of the other.
  fileprivate func answers(_ other: ValueType) -> Bool {
    switch (self, other) {
    case (.number, .number), (.number, .integer), (.integer, .number), (.integer, .integer),
      (.percent, .number), (.number, .percent), (.percent, .percent):
      return true
    case (.money, .money): return true
    case (.record(let a), .recordOrQueue(let b)): return a == b
    default: return self == other
    }
  }
}

extension ValueType {
  /// Whether a field of this type can hold the words for answers of the other.
  fileprivate func names(_ other: ValueType) -> Bool {
    switch (self, other) {
    case (.text, .member), (.member, .member): true
    default: false
    }
  }
}

extension Measure {
  /// Whether its parts are of the same kinds as another's, so that the two compare.
  fileprivate func isMade(like other: Measure) -> Bool {
    record == other.record && type == other.type
      && folds.map { "\($0.kind) \($0.skipsUnknown) \($0.counted == nil)" }
        == other.folds.map { "\($0.kind) \($0.skipsUnknown) \($0.counted == nil)" }
  }
}

extension Program {
  /// Whether an attribute is what an `assign` answers.
  fileprivate func isAssigned(_ attribute: AttributeID) -> Bool {
    decisions.contains { decision in
      if case .assign = decision.kind { decision.answer == attribute } else { false }
    }
  }
}

/// A path from a record: fields and derived values, `account.region`.
struct RecordPath: Sendable {
  private enum Step: Sendable {
    case field(FieldID)
    /// Of the base, in its own numbers.
    case attribute(AttributeID)
  }
  let text: String
  private var steps: [Step] = []
  private(set) var type: ValueType

  /// nil: there is no such path from that record type.
  init?(_ text: String, from record: RecordID, in programs: [Program]) {
    self.text = text
    type = .record(record)
    let base = programs[0]
    let schema = base.schema
    var words = text.split(separator: ".")
    // `Quote.region` says where it begins.
    if words.count > 1, let first = words.first,
      schema[record].name.name == first || schema[record].name.label.map({ $0 == first }) ?? false
    {
      words.removeFirst()
    }
    guard !words.isEmpty else { return nil }
    for word in words {
      guard case .record(let owner) = type else { return nil }
      func isNamed(_ name: Named) -> Bool {
        name.name == word || name.label.map { $0 == word } ?? false
      }
      if let field = schema[owner].fields.first(where: { isNamed(schema[$0].name) }) {
        steps.append(.field(field))
        type = schema[field].type
        if case .recordOrQueue(let id) = type { type = .record(id) }
        continue
      }
      let decision = base.decisions.first {
        $0.subject == owner && isNamed($0.name) && !base[$0.answer].readsCounters
      }
      guard let decision else { return nil }
      steps.append(.attribute(decision.answer))
      type = base[decision.answer].type
    }
  }

  /// The value for a record; `own` gives the name of an attribute of the base in the memory.
  func value(of record: Value, in memory: Memory, _ own: (AttributeID) -> AttributeID) -> Value {
    var value = record
    for step in steps {
      guard value.tag == .record else { return value }
      switch step {
      case .field(let field): value = memory.read(field, row: Int(value.bits))
      case .attribute(let attribute):
        value = memory.value(of: own(attribute), row: Int(value.bits))
      }
    }
    return value
  }
}
