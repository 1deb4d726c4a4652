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
  }
  private let facts: Facts
  private let today: Int32
  private let language: Language
  private(set) var curves: [Sweep.Curve] = []
  /// Measures by their places; else decisions whose amounts are added up.
  private var totals: [String] = []
  private var asked: [Asked] = []
  private var turns: [SweepTurn] = []

  init(facts: Facts, today: Int32, language: Language) {
    self.facts = facts
    self.today = today
    self.language = language
  }

  // MARK: Forms

  /// The rule sets of some values; what is asked is found with the first.
  mutating func forms(
    _ points: [[Decimal]], _ program: ([Decimal]) -> Program?
  ) throws(Sweep.Problem) -> SweepForms {
    var programs: [Program] = []
    for point in points {
      guard let made = program(point) else { throw .doesNotCheck(point) }
      programs.append(made)
    }
    guard let network = Network(compiling: programs) else { throw .differentModels }
    var held = facts
    if network.program.texts.count > facts.texts.count {
      guard let moved = facts.migrated(to: network.program.schema, texts: network.program.texts)
      else { throw .differentModels }
      held = moved
    }
    if curves.isEmpty, let first = programs.first { prepare(first) }
    return SweepForms(
      at: points, network: network, memory: Memory(network, facts: held, today: today),
      wording: Wording(program: network.program, language: language))
  }

  private mutating func prepare(_ program: Program) {
    curves = program.measures.map {
      Sweep.Curve(title: $0.title, type: $0.type, moreIsBetter: $0.moreIsBetter)
    }
    for decision in program.decisions {
      guard let record = decision.subject else { continue }
      if case .assign = decision.kind { continue }
      let type = program[decision.answer].type
      switch type {
      case .number, .integer, .percent, .money, .duration, .date, .time:
        if case .money = type, program.measures.isEmpty {
          totals.append(decision.title)
          curves.append(Sweep.Curve(title: decision.title, type: type, moreIsBetter: nil))
        }
      default:
        var types = [type]
        if case .discount(let plan) = decision.kind { types.append(program[plan.approvers].type) }
        asked.append(Asked(title: decision.title, record: record, types: types))
      }
    }
  }

  /// What each program of a network is asked for a decision.
  private func attributes(_ asked: Asked, _ forms: SweepForms) -> [[AttributeID]] {
    forms.network.variants.map { variant in
      guard let decision = variant.program.decisions.first(where: { $0.title == asked.title })
      else { return [] }
      if case .discount(let plan) = decision.kind {
        return [variant[decision.answer], variant[plan.approvers]]
      }
      return [variant[decision.answer]]
    }
  }

  // MARK: Curves

  private static let blockRows = 4096

  /// The measures at each value.
  func measured(_ forms: SweepForms) -> [[Value]] {
    let variants = forms.network.variants
    if totals.isEmpty {
      return variants.map { variant in
        variant.program.measures.map { measure in
          guard let record = measure.record, measure.formula != nil else {
            return whole(measure, variant.program)
          }
          var tally = MeasureTally(measure, comparing: 0)
          let table = forms.memory.facts[record]
          for first in stride(from: 0, to: table.count, by: Self.blockRows) {
            let rows = first..<min(first + Self.blockRows, table.count)
            let columns = MeasureColumns(measure, of: variant, rows: rows, in: forms.memory)
            for row in rows where !table.isRemoved(row) {
              tally.add(base: columns, row: row - first)
            }
          }
          return tally.base.value(of: measure)
        }
      }
    }
    return variants.map { variant in
      totals.map { title in
        guard let decision = variant.program.decisions.first(where: { $0.title == title }),
          let record = decision.subject
        else { return .missing(Cause(.empty)) }
        return total(variant[decision.answer], of: record, forms.memory)
      }
    }
  }

  /// A measure that is no formula over folds, on a memory of its own.
  private func whole(_ measure: Measure, _ program: Program) -> Value {
    let memory = Memory(Network(compiling: program), facts: facts, today: today)
    return memory.value(of: measure.term, in: Frame(slots: [], today: today))
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

  // MARK: Turns

  /// How many answers are others at each value than at the one before; they are kept to be followed.
  mutating func compare(_ forms: SweepForms, follows: Bool) -> [Int] {
    let count = forms.network.variants.count
    var turned = Array(repeating: 0, count: max(0, count - 1))
    for (place, question) in asked.enumerated() {
      let attributes = attributes(question, forms)
      guard attributes.allSatisfy({ $0.count == question.types.count }) else { continue }
      let table = forms.memory.facts[question.record]
      for first in stride(from: 0, to: table.count, by: Self.blockRows) {
        let rows = first..<min(first + Self.blockRows, table.count)
        let columns = question.types.indices.map { part in
          values(attributes.map { $0[part] }, rows: rows, forms.memory)
        }
        for row in rows where !table.isRemoved(row) {
          for index in 0..<max(0, count - 1) {
            let isSame = columns.allSatisfy { column in
              Value.same(column[index][row - first], column[index + 1][row - first])
            }
            if isSame { continue }
            let texts = [index, index + 1].map { variant in
              text(columns.map { $0[variant][row - first] }, question, forms)
            }
            if texts[0] == texts[1] { continue }
            turned[index] += 1
            guard follows, turns.count < Sweep.mostFollowed, let low = forms.at[index].first,
              let high = forms.at[index + 1].first
            else { continue }
            turns.append(
              SweepTurn(
                decision: place, row: row, low: low, high: high, before: texts[0],
                after: texts[1]))
          }
        }
      }
    }
    return turned
  }

  /// The values of an attribute a program, for neighbouring rows.
  private func values(
    _ attributes: [AttributeID], rows: Range<Int>, _ memory: Memory
  ) -> [[Value]] {
    let buffers = attributes.map { _ in
      UnsafeMutableBufferPointer<Value>.allocate(capacity: rows.count)
    }
    defer { for buffer in buffers { buffer.deallocate() } }
    for buffer in buffers { buffer.initialize(repeating: .missing(Cause(.empty))) }
    memory.values(of: attributes, rows: rows, into: buffers)
    return buffers.map { Array($0) }
  }

  private func text(_ values: [Value], _ asked: Asked, _ forms: SweepForms) -> String {
    var text = forms.wording.text(values[0], asked.types[0], in: forms.memory.facts)
    // Who has to say yes is a part of what was decided.
    if values.count > 1, values[1].isKnown {
      let more = forms.wording.text(values[1], asked.types[1], in: forms.memory.facts)
      if !more.isEmpty { text += ": " + more }
    }
    return text
  }

  // MARK: Exact values

  /// The exact values at which the answers that turned do so.
  func followed(
    _ step: Decimal, _ program: ([Decimal]) -> Program?
  ) throws(Sweep.Problem) -> [Sweep.Flip] {
    guard !turns.isEmpty else { return [] }
    var follower = SweepFollower(turns: turns, step: step)
    var run = self
    // Numbers of the records, tried at themselves and one step beside.
    let numbers = RecordNumbers(facts)
    var base: SweepForms?
    if let first = turns.first { base = try run.forms([[first.low]], program) }
    for index in turns.indices {
      follower.propose(
        numbers.around(turns[index].row, of: asked[turns[index].decision].record, in: base),
        for: index)
    }
    var tried = 0
    while tried < Sweep.mostTried {
      let values = follower.next(atMost: 64)
      if values.isEmpty { break }
      tried += values.count
      let forms = try run.forms(values.map { [$0] }, program)
      var attributesOf: [[[AttributeID]]] = asked.map { attributes($0, forms) }
      for (place, question) in asked.enumerated() {
        if attributesOf[place].contains(where: { $0.count != question.types.count }) {
          attributesOf[place] = []
        }
      }
      for index in turns.indices {
        let turn = turns[index]
        let attributes = attributesOf[turn.decision]
        for variant in follower.wanted(index, among: values)
        where attributes.indices.contains(variant) {
          let answer = attributes[variant].map { forms.memory.value(of: $0, row: turn.row) }
          follower.learn(
            index, values[variant], text(answer, asked[turn.decision], forms))
        }
      }
    }
    let wording = base.map(\.wording)
    return follower.flips { turn in
      let question = asked[turn.decision]
      let key = wording?.key(of: .record(turn.row, of: question.record), in: facts) ?? ""
      return (question.title, key)
    }
  }
}

/// The numbers that stand in records, which are what rules compare params with.
private struct RecordNumbers {
  private let facts: Facts

  init(_ facts: Facts) { self.facts = facts }

  /// The numbers of a record and of the records it refers to: their fields, and what is worked out
  /// from them.
  func around(_ row: Int, of record: RecordID, in forms: SweepForms?) -> [Decimal] {
    var found: [Decimal] = []
    for field in facts.schema[record].fields {
      let value = facts.value(field, row: row)
      switch value.tag {
      case .number, .money: found.append(value.decimal)
      case .record:
        if case .record(let other) = facts.schema[field].type {
          found += own(Int(value.bits), of: other, in: forms)
        }
      default: break
      }
    }
    return found + worked(row, of: record, in: forms)
  }

  private func own(_ row: Int, of record: RecordID, in forms: SweepForms?) -> [Decimal] {
    guard row >= 0, row < facts[record].count else { return [] }
    let fields = facts.schema[record].fields.map { facts.value($0, row: row) }
    return fields.filter { $0.tag == .number || $0.tag == .money }.map(\.decimal)
      + worked(row, of: record, in: forms)
  }

  private func worked(_ row: Int, of record: RecordID, in forms: SweepForms?) -> [Decimal] {
    guard let forms, let program = forms.network.variants.first?.program else { return [] }
    var found: [Decimal] = []
    for attribute in program.attributes.indices {
      let id = AttributeID(attribute)
      guard program[id].parameters == [.record(record)] else { continue }
      switch program[id].type {
      case .number, .integer, .percent, .money: break
      default: continue
      }
      guard let variant = forms.network.variants.first else { continue }
      let value = forms.memory.value(of: variant[id], row: row)
      if value.tag == .number || value.tag == .money { found.append(value.decimal) }
    }
    return found
  }
}
