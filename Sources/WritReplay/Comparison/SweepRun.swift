import WritModel
import WritNetwork
import WritRules
import WritText

/// One sweep on its way: what is asked at each value, and the answers that turned.
struct SweepRun {
  /// A decision whose answers are told apart: what is asked of each program.
  struct Asked {
    var title: String
    var record: RecordID
    var types: [ValueType]
    /// A number, an amount or a date, which may move with the param instead of turning.
    var isAmount = false
  }
  private let facts: Facts
  private let today: Int32
  private let language: Language
  private(set) var curves: [Sweep.Curve] = []
  /// Measures by their places; else decisions whose amounts are added up.
  private var totals: [String] = []
  private var asked: [Asked] = []
  /// Of the decisions about amounts, by place: those whose answers turn at single values on the
  /// present line, and those that move all along.
  private var turning: Set<Int> = []
  private var moving: Set<Int> = []
  /// The records that are assigned under one set of rules; none: no decision depends on another.
  private var assigned = 0
  private var numbers: RecordNumbers

  init(facts: Facts, today: Int32, language: Language) {
    self.facts = facts
    self.today = today
    self.language = language
    numbers = RecordNumbers(facts)
  }

  // MARK: Forms

  /// The rule sets of some values; what is asked is found with the first.
  ///
  /// Values with which the rules do not check are left out where that is asked for.
  mutating func forms(
    _ values: [Decimal], _ line: SweepLine, leavingOut: Bool = false,
    _ program: ([Decimal]) -> Program?
  ) throws(Sweep.Problem) -> SweepForms {
    var programs: [Program] = []
    var checked: [Decimal] = []
    for value in values {
      let point = line.point(value)
      guard let made = program(point) else {
        if leavingOut { continue }
        throw .doesNotCheck(point)
      }
      programs.append(made)
      checked.append(value)
    }
    let values = checked
    if values.isEmpty { return SweepForms(at: [], forms: []) }
    if curves.isEmpty, asked.isEmpty, let first = programs.first { prepare(first) }
    var forms: [SweepForms.Form] = []
    if assigned > 0 {
      for program in programs {
        let memory = try memory(Network(compiling: program))
        memory.assignAnew()
        forms.append(
          SweepForms.Form(
            program: program, variant: nil, memory: memory,
            wording: Wording(program: program, language: language)))
      }
      return SweepForms(at: values, forms: forms)
    }
    guard let network = Network(compiling: programs) else { throw .differentModels }
    let memory = try memory(network)
    let wording = Wording(program: network.program, language: language)
    for variant in network.variants {
      forms.append(
        SweepForms.Form(
          program: variant.program, variant: variant, memory: memory, wording: wording))
    }
    return SweepForms(at: values, forms: forms)
  }

  private func memory(_ network: Network) throws(Sweep.Problem) -> Memory {
    var held = facts
    if network.program.texts.count > facts.texts.count {
      guard let moved = facts.migrated(to: network.program.schema, texts: network.program.texts)
      else { throw .differentModels }
      held = moved
    }
    return Memory(network, facts: held, today: today)
  }

  private mutating func prepare(_ program: Program) {
    curves = program.measures.map {
      Sweep.Curve(title: $0.title, type: $0.type, moreIsBetter: $0.moreIsBetter)
    }
    for decision in program.decisions {
      guard let record = decision.subject else { continue }
      if case .assign = decision.kind { assigned += facts[record].count }
      let type = program[decision.answer].type
      switch type {
      case .number, .integer, .percent, .money, .duration, .date, .time:
        if case .money = type, program.measures.isEmpty {
          totals.append(decision.title)
          curves.append(Sweep.Curve(title: decision.title, type: type, moreIsBetter: nil))
        }
        // Amounts of money that are worked out follow those that are decided.
        if case .define = decision.kind, case .money = type { continue }
        asked.append(
          Asked(title: decision.title, record: record, types: [type], isAmount: true))
      default:
        var types = [type]
        if case .discount(let plan) = decision.kind { types.append(program[plan.approvers].type) }
        asked.append(Asked(title: decision.title, record: record, types: types))
      }
    }
  }

  /// What a program is asked for a decision: its own names; none where it has no such decision.
  private func decision(_ asked: Asked, _ form: SweepForms.Form) -> DecisionID? {
    let decisions = form.program.decisions
    return decisions.firstIndex { $0.title == asked.title }.map { DecisionID($0) }
  }

  private func attributes(_ asked: Asked, _ form: SweepForms.Form) -> [AttributeID] {
    guard let id = decision(asked, form) else { return [] }
    let decision = form.program[id]
    if case .discount(let plan) = decision.kind {
      return [form.name(decision.answer), form.name(plan.approvers)]
    }
    return [form.name(decision.answer)]
  }

  // MARK: Curves

  private static let blockRows = 4096

  /// The measures at each value.
  func measured(_ forms: SweepForms) -> [[Value]] {
    if totals.isEmpty {
      return forms.forms.map { form in
        form.program.measures.map { measure in
          guard let record = measure.record, measure.formula != nil else {
            return whole(measure, form)
          }
          var tally = MeasureTally(measure, comparing: 0)
          let table = form.memory.facts[record]
          for first in stride(from: 0, to: table.count, by: Self.blockRows) {
            let rows = first..<min(first + Self.blockRows, table.count)
            let columns = MeasureColumns(measure, of: form.variant, rows: rows, in: form.memory)
            for row in rows where !table.isRemoved(row) {
              tally.add(base: columns, row: row - first)
            }
          }
          return tally.base.value(of: measure)
        }
      }
    }
    return forms.forms.map { form in
      totals.map { title in
        guard let decision = form.program.decisions.first(where: { $0.title == title }),
          let record = decision.subject
        else { return .missing(Cause(.empty)) }
        return total(form.name(decision.answer), of: record, form.memory)
      }
    }
  }

  /// A measure that is no formula over folds, on a memory of its own rules.
  private func whole(_ measure: Measure, _ form: SweepForms.Form) -> Value {
    let frame = Frame(slots: [], today: today)
    if form.variant == nil { return form.memory.value(of: measure.term, in: frame) }
    return Memory(Network(compiling: form.program), facts: facts, today: today)
      .value(of: measure.term, in: frame)
  }

  /// The sum of an amount over the records that have one; a fault where currencies mix.
  private func total(_ attribute: AttributeID, of record: RecordID, _ memory: Memory) -> Value {
    let table = memory.facts[record]
    var sum = ExactSum()
    var currency: UInt16?
    for first in stride(from: 0, to: table.count, by: Self.blockRows) {
      let rows = first..<min(first + Self.blockRows, table.count)
      let values = memory.values(of: attribute, rows: rows)
      for (row, value) in zip(rows, values) where value.tag == .money && !table.isRemoved(row) {
        if let currency, currency != value.aux { return .fault(Cause(.mixedCurrencies)) }
        currency = value.aux
        sum.add(value.decimal)
      }
    }
    guard let decimal = sum.normalized.decimal else { return .fault(Cause(.overflow)) }
    guard let currency else { return .missing(Cause(.empty)) }
    return .money(decimal, CurrencyID(Int(currency)))
  }

  // MARK: Amounts

  /// Finds out of decisions about amounts that differ at neighbouring values whether they turn at
  /// single values or move all along. Asked once a line, where something differs.
  mutating func sortAmounts(
    _ forms: SweepForms, _ values: [Decimal], _ line: SweepLine, _ program: ([Decimal]) -> Program?
  ) throws(Sweep.Problem) {
    let known = turning.union(moving)
    var differing: [(place: Int, rows: [Int])] = []
    for place in asked.indices where asked[place].isAmount && !known.contains(place) {
      let rows = self.differing(place, forms)
      if !rows.isEmpty { differing.append((place, rows)) }
    }
    guard !differing.isEmpty else { return }
    let samples = try self.forms(
      line.samples(values, most: assigned > 0 ? 16 : 64), line, leavingOut: true, program)
    // What turns does so at few of the values; what moves at most of them, rounding apart.
    let most = max(3, (samples.at.count - 1) / 4)
    for (place, rows) in differing {
      let attributes = samples.forms.map { self.attributes(asked[place], $0) }
      guard attributes.allSatisfy({ $0.count == 1 }) else { continue }
      let restless = rows.count { row in
        let answers = zip(samples.forms, attributes).map { form, names in
          form.memory.value(of: names[0], row: row)
        }
        return zip(answers, answers.dropFirst()).count { !Value.same($0, $1) } > most
      }
      if restless * 10 <= rows.count { turning.insert(place) } else { moving.insert(place) }
    }
  }

  /// How many records are looked at to tell what turns from what moves.
  private static let mostLookedAt = 4096

  /// Some of the records whose answers are not the same at all values, from all over the data.
  private func differing(_ place: Int, _ forms: SweepForms) -> [Int] {
    let question = asked[place]
    let table = facts[question.record]
    let attributes = forms.forms.map { self.attributes(question, $0) }
    guard attributes.allSatisfy({ $0.count == 1 }) else { return [] }
    var result: [Int] = []
    for first in stride(from: 0, to: table.count, by: Self.blockRows) {
      let rows = first..<min(first + Self.blockRows, table.count)
      let column = values(attributes.map { $0[0] }, rows, forms)
      result += rows.filter { row in
        !table.isRemoved(row)
          && zip(column, column.dropFirst()).contains { before, after in
            !Value.same(before[row - first], after[row - first])
          }
      }
    }
    let step = max(1, result.count / Self.mostLookedAt)
    return stride(from: 0, to: result.count, by: step).map { result[$0] }
  }

  /// Begins another line; gives the decisions whose amounts moved all along the one before.
  mutating func endLine() -> [String] {
    defer { (turning, moving) = ([], []) }
    return moving.sorted().map { asked[$0].title }
  }

  // MARK: Turns

  /// How many answers are others at each value than at the one before; at most so many are kept to
  /// be followed.
  func compare(_ forms: SweepForms, keeping most: Int) -> (turned: [Int], kept: [SweepTurn]) {
    let count = forms.forms.count
    var turned = Array(repeating: 0, count: max(0, count - 1))
    var kept: [SweepTurn] = []
    for (place, question) in asked.enumerated() {
      if question.isAmount, !turning.contains(place) { continue }
      let attributes = forms.forms.map { self.attributes(question, $0) }
      guard attributes.allSatisfy({ $0.count == question.types.count }) else { continue }
      let table = facts[question.record]
      for first in stride(from: 0, to: table.count, by: Self.blockRows) {
        let rows = first..<min(first + Self.blockRows, table.count)
        let columns = question.types.indices.map { part in
          values(attributes.map { $0[part] }, rows, forms)
        }
        for row in rows where !table.isRemoved(row) {
          for index in 0..<max(0, count - 1) {
            let isSame = columns.allSatisfy { column in
              Value.same(column[index][row - first], column[index + 1][row - first])
            }
            if isSame { continue }
            let texts = [index, index + 1].map { set in
              text(columns.map { $0[set][row - first] }, question, forms.forms[set])
            }
            if texts[0] == texts[1] { continue }
            turned[index] += 1
            guard kept.count < most else { continue }
            kept.append(
              SweepTurn(
                decision: place, row: row, low: forms.at[index], high: forms.at[index + 1],
                before: texts[0], after: texts[1]))
          }
        }
      }
    }
    return (turned, kept)
  }

  /// The values of an attribute a program, for neighbouring rows.
  private func values(
    _ attributes: [AttributeID], _ rows: Range<Int>, _ forms: SweepForms
  ) -> [[Value]] {
    guard let memory = forms.forms.first?.memory else { return [] }
    if forms.forms[0].variant == nil {
      return zip(forms.forms, attributes).map { form, attribute in
        form.memory.values(of: attribute, rows: rows)
      }
    }
    let buffers = attributes.map { _ in
      UnsafeMutableBufferPointer<Value>.allocate(capacity: rows.count)
    }
    defer { for buffer in buffers { buffer.deallocate() } }
    for buffer in buffers { buffer.initialize(repeating: .missing(Cause(.empty))) }
    memory.values(of: attributes, rows: rows, into: buffers)
    return buffers.map { Array($0) }
  }

  private func text(_ values: [Value], _ asked: Asked, _ form: SweepForms.Form) -> String {
    var text = form.wording.text(values[0], asked.types[0], in: form.memory.facts)
    // Who has to say yes is a part of what was decided.
    if values.count > 1, values[1].isKnown {
      let more = form.wording.text(values[1], asked.types[1], in: form.memory.facts)
      if !more.isEmpty { text += ": " + more }
    }
    return text
  }

  // MARK: Exact values

  /// The exact values at which the answers that turned do so.
  mutating func followed(
    _ turns: [SweepTurn], _ line: SweepLine, _ program: ([Decimal]) -> Program?
  ) throws(Sweep.Problem) -> [Sweep.Flip] {
    guard let first = turns.first else { return [] }
    var follower = SweepFollower(turns: turns, step: line.step)
    // Numbers of the records, tried at themselves and one step beside.
    let base = try forms([first.low], line, program).forms[0]
    if assigned == 0 {
      for index in turns.indices {
        let turn = turns[index]
        follower.propose(
          numbers.around(turn.row, of: asked[turn.decision].record, in: base), for: index)
      }
    } else {
      // Who is assigned may depend on any record, and on how many somebody has.
      follower.propose(numbers.all(from: turns.map(\.low).min(), to: turns.map(\.high).max()))
    }
    let most =
      assigned == 0
      ? Sweep.mostTried : max(64, min(Sweep.mostTried, Sweep.mostAssigned / assigned))
    var tried = 0
    while tried < most {
      let values = follower.next(atMost: assigned == 0 ? 64 : 16)
      if values.isEmpty { break }
      tried += values.count
      let forms = try forms(values, line, leavingOut: true, program)
      follower.leaveOut(Set(values).subtracting(forms.at))
      let attributes = asked.map { question in
        forms.forms.map { self.attributes(question, $0) }
      }
      for index in turns.indices {
        let turn = turns[index]
        let question = asked[turn.decision]
        for place in follower.wanted(index, among: forms.at) {
          let form = forms.forms[place]
          let names = attributes[turn.decision][place]
          guard names.count == question.types.count else { continue }
          let answer = names.map { form.memory.value(of: $0, row: turn.row) }
          follower.learn(index, forms.at[place], text(answer, question, form))
        }
      }
    }
    return follower.flips(line) { turn in
      let question = asked[turn.decision]
      let key = base.wording.key(of: .record(turn.row, of: question.record), in: facts)
      return (question.title, key)
    }
  }
}
