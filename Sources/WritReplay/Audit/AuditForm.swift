import WritModel
public import WritNetwork
public import WritRules
public import WritText

/// Makes what the audit log says of each decision of a section: the answer, the rules it came from,
/// the values these looked at, a sum of the record's values that could be read, counters that moved.
///
/// A line is made without its number and its chain, which only the log itself can give; so threads
/// make lines beside each other. Nothing in it depends on the language, on the viewer or on where
/// files lie, so that the same decision is the same bytes wherever it is made again.
///
/// A class because it keeps what it works with from stretch to stretch; it belongs to one thread.
public final class AuditForm {
  private let section: Report.Section
  private let memory: Memory
  private let program: Program
  private let wording: Wording
  private let explainer: Explainer
  private let sources: Sources
  private let assignments: [DecisionID: [Int: Assignment]]
  private let prefix: [UInt8]
  private let plans: [AuditPlan]
  private var values: ValueForm
  /// What a rule looks at, and how it is called, once it decided.
  private var shown: [RuleID: [AuditPlan.Shown]] = [:]
  private var called: [RuleID: [UInt8]] = [:]
  private var hash = SHA256()
  private var scratch = Outgoing(room: 1 << 12)

  /// How many hexadecimal digits the sum of a record's values has.
  public static let sumDigits = 32

  /// `stamp` are the members that every line of a run begins with. `assignments` are those that the
  /// run made, before any row of it is written.
  public init(
    _ section: Report.Section, _ memory: Memory, sources: Sources, stamp: String,
    assignments: [DecisionID: [Int: Assignment]]
  ) {
    self.section = section
    self.memory = memory
    self.sources = sources
    self.assignments = assignments
    program = memory.network.program
    wording = Wording(program: program, language: .english)
    explainer = Explainer(memory: memory, language: .english)
    values = ValueForm(wording, as: .jsonLines)
    var text = stamp + ",\"record\":"
    JSONText.writeText(program.schema[section.record].name.name, into: &text)
    prefix = Array((text + ",\"key\":").utf8)
    plans = AuditPlan.all(of: section, explainer)
  }

  /// Appends a line for each decision of each row, the decisions of a row together. `offset` is the
  /// number of records before these in the input.
  public func write(_ rows: ReportRows, offset: Int, into out: inout Outgoing) {
    let range = rows.range
    let columns = plans.map { $0.read(memory, range) }
    for row in 0..<rows.count {
      let place = rows.place(row)
      let record = Value.record(place, of: section.record)
      var key = ""
      JSONText.writeText(
        program.schema[section.record].key.isEmpty
          ? "#\(offset + place + 1)" : wording.key(of: record, in: memory.facts),
        into: &key)
      for (plan, read) in zip(plans, columns) {
        out.append(prefix)
        out.append(key)
        out.append(plan.name)
        write(rows.decided(plan.column, row), plan.type, into: &out)
        writeReasons(plan, read, at: place - range.lowerBound, rows, row, into: &out)
        out.append(UInt8(ascii: "\n"))
      }
    }
  }

  private func write(_ value: Value, _ type: ValueType, into out: inout Outgoing) {
    values.write(value, type, isPercent: type.isPercent, memory.facts, into: &out)
  }

  private func writeReasons(
    _ plan: AuditPlan, _ read: AuditPlan.Columns, at index: Int, _ rows: ReportRows, _ row: Int,
    into out: inout Outgoing
  ) {
    let place = rows.place(row)
    let frame = Frame(slots: [.record(place, of: section.record)], today: memory.today)
    let assignment = assignments[plan.id]?[place]
    var deciders = deciders(
      plan, read, index, answer: rows.decided(plan.column, row), assignment, in: frame)
    writeList(",\"by\":[", deciders, into: &out) { out, rule in
      out.append(UInt8(ascii: "{"))
      out.append(words(of: rule))
      out.append(UInt8(ascii: "}"))
    }
    deciders += writeSteps(plan, read, index, in: frame, into: &out)
    writeMembers(",\"details\":{", plan.details, into: &out) { detail in
      (detail.prefix, rows.decided(detail.column, row), detail.type)
    }
    var looked = plan.ownValues
    for rule in deciders {
      for value in values(of: rule) where !looked.contains(where: { $0.prefix == value.prefix }) {
        looked.append(value)
      }
    }
    writeMembers(",\"values\":{", looked, into: &out) { value in
      (value.prefix, memory.value(of: value.term, in: frame), value.type)
    }
    if let moves = assignment?.moves, !moves.isEmpty { write(moves, assignment, into: &out) }
    out.append(",\"input\":\"" as StaticString)
    writeInput(plan, place, into: &out)
    out.append(UInt8(ascii: "\""))
  }

  private func writeMembers<Item>(
    _ head: StaticString, _ items: [Item], into out: inout Outgoing,
    _ member: (Item) -> (prefix: [UInt8], value: Value, type: ValueType)
  ) {
    writeList(head, items, into: &out) { out, item in
      let (prefix, value, type) = member(item)
      out.append(prefix)
      write(value, type, into: &out)
    }
  }

  /// A list or an object, if there is anything in it; what ends it is what its head begins.
  private func writeList<Item>(
    _ head: StaticString, _ items: [Item], into out: inout Outgoing,
    _ body: (inout Outgoing, Item) -> Void
  ) {
    guard !items.isEmpty else { return }
    out.append(head)
    for (index, item) in items.enumerated() {
      if index > 0 { out.append(UInt8(ascii: ",")) }
      body(&out, item)
    }
    let isList = "\(head)".hasSuffix("[")
    out.append(UInt8(ascii: isList ? "]" : "}"))
  }

  // MARK: Who decided

  private func deciders(
    _ plan: AuditPlan, _ read: AuditPlan.Columns, _ index: Int, answer: Value,
    _ assignment: Assignment?, in frame: Frame
  ) -> [RuleID] {
    if answer.tag == .none || answer.tag == .undetermined, answer.cause.kind == .stopped,
      program.rules.indices.contains(answer.cause.site)
    {
      return [RuleID(answer.cause.site)]
    }
    switch plan.deciders {
    case .none, .steps: return []
    case .fixed(let rule): return [rule]
    case .column: return rules(in: read.winners[index])
    case .term(let term): return rules(in: memory.value(of: term, in: frame))
    case .assigned: return assignment?.rule.map { [$0] } ?? []
    case .holding(let choose):
      let held = program[choose].alternatives.filter {
        explainer.truth($0.guardTerm, in: frame) == .yes
      }
      return held.isEmpty
        ? program[choose].otherwise.map { [$0.rule] } ?? [] : distinct(held.map(\.rule))
    case .parts(let parts):
      return distinct(parts.filter { explainer.truth($0.term, in: frame) == .yes }.map(\.rule))
    }
  }

  private func rules(in winner: Value) -> [RuleID] {
    switch winner.tag {
    case .rule: [RuleID(Int(winner.bits))]
    case .list:
      distinct(
        memory.facts.lists.items(of: winner).filter { $0.tag == .rule }.map {
          RuleID(Int($0.bits))
        })
    default: []
    }
  }

  /// Several alternatives may stand for one rule.
  private func distinct(_ rules: [RuleID]) -> [RuleID] {
    var seen: Set<RuleID> = []
    return rules.filter { seen.insert($0).inserted }
  }

  /// `"rule":"hot leads","at":"leads.writ:14"`
  private func words(of rule: RuleID) -> [UInt8] {
    if let known = called[rule] { return known }
    let written = Array(Self.words(of: rule, program, sources).utf8)
    called[rule] = written
    return written
  }

  static func words(of id: RuleID, _ program: Program, _ sources: Sources) -> String {
    let rule = program[id]
    let name = sources[rule.span.source].name.split(separator: "/").last.map(String.init) ?? ""
    var text = "\"rule\":"
    JSONText.writeText(rule.title, into: &text)
    text += ",\"at\":"
    JSONText.writeText("\(name):\(sources.position(of: rule.span).line)", into: &text)
    return text
  }

  private func values(of rule: RuleID) -> [AuditPlan.Shown] {
    if let known = shown[rule] { return known }
    let values = AuditPlan.values(of: program[rule].conditions.map(\.term), explainer)
    shown[rule] = values
    return values
  }

  /// The steps that made another price of what came before, each with the offer or row that did,
  /// which is given back.
  private func writeSteps(
    _ plan: AuditPlan, _ read: AuditPlan.Columns, _ index: Int, in frame: Frame,
    into out: inout Outgoing
  ) -> [RuleID] {
    guard case .steps(let steps) = plan.deciders else { return [] }
    var deciders: [RuleID] = []
    var moved: [(step: AuditPlan.Step, price: Value)] = []
    var before: Value?
    for (step, prices) in zip(steps, read.steps) {
      let price = prices[index]
      if before.map({ Value.same($0, price) }) ?? false { continue }
      moved.append((step, price))
      before = price
    }
    writeList(",\"steps\":[", moved, into: &out) { out, entry in
      out.append(entry.step.prefix)
      write(entry.price, plan.type, into: &out)
      if let rule = decider(of: entry.step, in: frame) {
        out.append(UInt8(ascii: ","))
        out.append(words(of: rule))
        deciders.append(rule)
      }
      out.append(UInt8(ascii: "}"))
    }
    return deciders
  }

  private func decider(of step: AuditPlan.Step, in frame: Frame) -> RuleID? {
    if let winner = step.winner {
      return rules(in: memory.value(of: winner, in: frame)).first
    }
    return step.tries.first { explainer.truth($0.guardTerm, in: frame) == .yes }?.rule
  }

  // MARK: What it rested on

  private func write(
    _ moves: [Assignment.Move], _ assignment: Assignment?, into out: inout Outgoing
  ) {
    writeList(",\"moves\":[", moves, into: &out) { out, move in
      let counter = program.counters[Int(move.counter.index)]
      var text = "{\"counter\":"
      switch counter.kind {
      case .load(let field):
        let owner = program.schema[counter.record].name.name
        JSONText.writeText("\(owner).\(program.schema[field].name.name)", into: &text)
      case .turns(let pool, _, _): JSONText.writeText(pool, into: &text)
      }
      text += ",\"of\":"
      out.append(text)
      write(assignment?.value ?? .boolean(false), .record(counter.record), into: &out)
      out.append(",\"before\":" as StaticString)
      write(move.before, .number, into: &out)
      out.append(",\"after\":" as StaticString)
      write(move.after, .number, into: &out)
      out.append(UInt8(ascii: "}"))
    }
  }

  /// The sum of the values that the decision can read of its record.
  private func writeInput(_ plan: AuditPlan, _ place: Int, into out: inout Outgoing) {
    scratch.clear()
    for input in plan.inputs {
      scratch.append(input.prefix)
      write(value(of: input.path, row: place), input.type, into: &scratch)
      scratch.append(UInt8(ascii: "\n"))
    }
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.sumDigits) { digits in
      digits.initialize(repeating: 0)
      guard let base = digits.baseAddress else { return }
      scratch.withBytes { hash.sum(of: $0, digits: Self.sumDigits, into: base) }
      out.append(Bytes(digits))
    }
  }

  private func value(of path: [FieldID], row: Int) -> Value {
    var row = row
    for field in path.dropLast() {
      let next = memory.read(field, row: row)
      guard next.tag == .record else { return next.isKnown ? .boolean(false) : next }
      row = Int(next.bits)
    }
    guard let last = path.last else { return .boolean(false) }
    return memory.read(last, row: row)
  }
}
