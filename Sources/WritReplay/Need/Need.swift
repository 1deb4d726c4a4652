public import WritModel
import WritNetwork
import WritRules
import WritText

/// What it would take: the cheapest changes of a record's own fields that bring an answer about.
public struct Need: Sendable {
  /// One field with another value.
  public struct Change: Sendable {
    public var field: FieldID
    public var before: Value
    public var after: Value
  }
  /// Changes that together bring the answer about; evaluated, so it is known that they do.
  public struct Way: Sendable {
    public var changes: [Change]
    /// The answer that they lead to.
    public var answer: Value
    /// How far the values go, 0 … 1 a field; ways with fewer fields always come first.
    public var distance: Double
  }
  /// Why there is no way, or why none is told.
  public enum Outcome: Sendable, Equatable {
    case found
    /// The answer is the wished one already.
    case already
    /// None within these fields.
    case none
    /// The answer rests on what this viewer may not see.
    case withheld
    /// No such answer can be meant.
    case notAnAnswer
  }
  public var outcome: Outcome
  /// The cheapest first.
  public var ways: [Way] = []
  /// The fields that were tried.
  public var fields: [FieldID] = []
  /// Whether every combination within the fields and candidates was tried.
  public var isComplete = true
  public var evaluations = 0
}

/// Searches for ways. Candidate values are those at which some condition of the rules turns: the
/// constants that the answer's terms compare with and their neighbours, the members of enums, the
/// nodes of trees; for numbers that only go into formulas the turning point is found by halving.
///
/// Single fields first, then pairs, then three, each in the order of their distance, so the first
/// that works is the cheapest of its size. Every way is evaluated before it is told.
struct NeedSearch {
  /// How many evaluations one question may cost.
  static let budget = 20_000

  private let explainer: Explainer
  private let program: Program
  private let decision: DecisionID
  private let record: Value
  private let isWished: (Value) -> Bool
  /// A memory of its own: what is tried never shows elsewhere.
  private let memory: Memory
  private var need = Need(outcome: .none)
  /// Fields of which the records show that nothing below zero is meant.
  private var counts: Set<FieldID> = []
  /// So many records have to show it.
  private static let leastShown = 20

  init(
    _ explainer: Explainer, _ decision: DecisionID, _ record: Value,
    isWished: @escaping (Value) -> Bool
  ) {
    self.explainer = explainer
    program = explainer.program
    self.decision = decision
    self.record = record
    self.isWished = isWished
    memory = Memory(
      explainer.memory.network, facts: explainer.memory.facts, today: explainer.memory.today)
    memory.state = explainer.memory.state
  }

  private var answer: Value { memory.value(of: program[decision].answer, [record]) }

  mutating func run() -> Need {
    if isWished(answer) {
      need.outcome = .already
      return need
    }
    let reach = NeedReach(program, program[decision].answer)
    let type = RecordID(Int(record.aux))
    need.fields = fields(of: type, reach)
    counts = Set(need.fields.filter { isNeverNegative($0) })
    let candidates = need.fields.map { field in
      (field: field, values: values(for: field, reach))
    }
    if !single(candidates) {
      _ = several(candidates, 2) || several(candidates, 3)
    }
    if !need.ways.isEmpty { need.outcome = .found }
    return need
  }

  /// The fields that may be proposed: those declared, else all of the record that the answer reads
  /// but its key, its name and its references.
  private func fields(of type: RecordID, _ reach: NeedReach) -> [FieldID] {
    let declared = program.changeable.filter { program.schema[$0].record == type }
    if !declared.isEmpty { return declared.filter { reach.fields.contains($0) } }
    let record = program.schema[type]
    return record.fields.filter { field in
      guard reach.fields.contains(field), !record.key.contains(field), record.called != field
      else { return false }
      switch program.schema[field].type {
      case .text, .record, .recordOrQueue, .queue, .rule, .set, .list, .time, .duration, .unknown:
        return false
      case .number, .integer, .percent, .boolean, .date, .money, .member, .node: return true
      }
    }
  }

  /// Whether a number is below zero in none of many records: visits, prices, amounts.
  private func isNeverNegative(_ field: FieldID) -> Bool {
    let table = memory.facts[program.schema[field].record]
    var shown = 0
    for row in 0..<table.count where !table.isRemoved(row) {
      let value = memory.facts.value(field, row: row)
      guard value.tag == .number || value.tag == .money else { continue }
      if value.decimal.mantissa < 0 { return false }
      shown += 1
    }
    return shown >= Self.leastShown
  }

  private func isOutOfReach(_ field: FieldID, _ value: Value) -> Bool {
    (value.tag == .number || value.tag == .money) && value.decimal.mantissa < 0
      && counts.contains(field)
  }

  // MARK: - Candidates

  /// Another value and how far it is from the present one, 0 … 1; the nearest first.
  private struct Candidate {
    var value: Value
    var distance: Double
  }

  private func values(for field: FieldID, _ reach: NeedReach) -> [Candidate] {
    let declared = program.schema[field]
    let now = memory.facts.value(field, row: Int(record.bits))
    var values: [Value] = []
    switch declared.type {
    case .boolean: values = [.boolean(true), .boolean(false)]
    case .member(let id):
      values = program.schema[id].members.indices.map { .member($0, of: id) }
    case .node(let id): values = program.schema[id].nodes.indices.map { .node($0, of: id) }
    case .record(let id):
      values = (0..<min(memory.facts[id].count, 200)).filter { !memory.facts[id].isRemoved($0) }
        .map { .record($0, of: id) }
    case .text: values = reach.texts.map { .text($0) }
    case .date:
      for day in reach.dates {
        values += [day - 1, day, day + 1].map { .date(days: $0) }
      }
    case .number, .integer, .percent, .money:
      values = numbers(declared.type, now, reach)
      if counts.contains(field) { values.append(like(now, declared.type, Decimal(0))) }
    case .time, .duration, .queue, .recordOrQueue, .rule, .set, .list, .unknown: values = []
    }
    var seen: Set<Constant> = [Constant(now)]
    return values.filter { !isOutOfReach(field, $0) && seen.insert(Constant($0)).inserted }
      .map { Candidate(value: $0, distance: distance(now, $0)) }
      .enumerated().sorted {
        ($0.element.distance, $0.offset) < ($1.element.distance, $1.offset)
      }.map(\.element)
  }

  /// Every threshold, and the nearest value on either side of it.
  private func numbers(_ type: ValueType, _ now: Value, _ reach: NeedReach) -> [Value] {
    var values: [Value] = []
    for threshold in reach.numbers {
      let step = Self.step(type, now, threshold)
      for number in [threshold, threshold.subtracting(step), threshold.adding(step)] {
        guard let number else { continue }
        if case .integer = type, !number.normalized.isInteger { continue }
        values.append(like(now, type, number))
      }
    }
    return values
  }

  /// The least difference that people would write: a unit, a cent, a tenth of a percent, or finer
  /// where the rules or the present value are.
  private static func step(_ type: ValueType, _ now: Value, _ threshold: Decimal) -> Decimal {
    let scale: UInt8
    switch type {
    case .integer: scale = 0
    case .percent: scale = 3
    case .money: scale = 2
    default: scale = 0
    }
    let own = now.tag == .number || now.tag == .money ? now.decimal.normalized.scale : 0
    let finest = max(scale, own, threshold.normalized.scale)
    if case .integer = type { return Decimal(mantissa: 1, scale: 0) }
    return Decimal(mantissa: 1, scale: min(finest, 9))
  }

  private func like(_ now: Value, _ type: ValueType, _ number: Decimal) -> Value {
    guard case .money(let currency) = type else { return .number(number) }
    let own = now.tag == .money ? CurrencyID(Int(now.aux)) : CurrencyID(0)
    return .money(number, currency ?? own)
  }

  private func distance(_ a: Value, _ b: Value) -> Double {
    func plain(_ value: Value) -> Double {
      Double(value.decimal.mantissa) / Double(Decimal.powerOfTen(Int(value.scale)))
    }
    switch b.tag {
    case .number, .money:
      guard a.tag == b.tag else { return 0.75 }
      let (x, y) = (plain(a), plain(b))
      let sum = x.magnitude + y.magnitude
      return sum == 0 ? 0 : min(1, (x - y).magnitude / sum)
    case .date:
      guard a.tag == .date else { return 0.75 }
      let days = Double((a.bits - b.bits).magnitude)
      return days / (days + 365)
    case .member:
      guard a.tag == .member, program.schema.enums[Int(b.aux)].isOrdered else { return 0.5 }
      let count = max(1, program.schema.enums[Int(b.aux)].members.count - 1)
      return Double((a.bits - b.bits).magnitude) / Double(count)
    default: return 0.5
    }
  }

  // MARK: - Trying

  /// The answer with some fields changed; nil when the budget is spent.
  private mutating func tried(_ changes: [(FieldID, Value)]) -> Value? {
    guard need.evaluations < Self.budget else {
      need.isComplete = false
      return nil
    }
    need.evaluations += 1
    let row = Int(record.bits)
    let before = changes.map { memory.facts.value($0.0, row: row) }
    for (field, value) in changes { memory.set(field, row: row, to: value) }
    let result = answer
    for (change, value) in zip(changes, before).reversed() {
      memory.set(change.0, row: row, to: value)
    }
    return result
  }

  private mutating func keep(_ changes: [(FieldID, Value)], _ answer: Value, _ distance: Double) {
    let row = Int(record.bits)
    need.ways.append(
      Need.Way(
        changes: changes.map {
          Need.Change(field: $0.0, before: memory.facts.value($0.0, row: row), after: $0.1)
        }, answer: answer, distance: distance))
  }

  private typealias Candidates = [(field: FieldID, values: [Candidate])]

  /// The nearest value of each field that does it alone.
  private mutating func single(_ candidates: Candidates) -> Bool {
    for (field, values) in candidates {
      var best: Found?
      for candidate in values {
        guard let answer = tried([(field, candidate.value)]) else { break }
        guard isWished(answer) else { continue }
        best = (candidate.value, answer, candidate.distance)
        break
      }
      if let swept = sweep(field), swept.distance < best?.distance ?? 2 { best = swept }
      if let best { keep([(field, best.value)], best.answer, best.distance) }
    }
    sortWays()
    return !need.ways.isEmpty
  }

  private typealias Found = (value: Value, answer: Value, distance: Double)

  private mutating func sortWays() {
    need.ways = need.ways.enumerated().sorted {
      ($0.element.distance, $0.offset) < ($1.element.distance, $1.offset)
    }.map(\.element)
  }

  /// For a number that goes into formulas: steps away from its present value, ever larger ones, and
  /// halves the stretch in which the answer turned to the least step.
  private mutating func sweep(_ field: FieldID) -> Found? {
    let type = program.schema[field].type
    let now = memory.facts.value(field, row: Int(record.bits))
    guard now.tag == .number || now.tag == .money else { return nil }
    let step = Self.step(type, now, Decimal(0))
    var nearest: Found?
    for sign in [Int64(1), -1] {
      var last = Int64(0)
      var steps = Int64(1)
      while steps < 1 << 40 {
        guard let value = moved(now, type, by: sign * steps, of: step),
          !isOutOfReach(field, value)
        else { break }
        guard let answer = tried([(field, value)]) else { return nearest }
        if isWished(answer) {
          if let turn = halved(field, now, type, step, sign, low: last, high: steps) {
            let away = distance(now, turn.value)
            if away < nearest?.distance ?? 2 { nearest = (turn.value, turn.answer, away) }
          }
          break
        }
        last = steps
        steps *= 2
        // Beyond zero nothing new begins for what is an amount.
        if sign < 0, value.decimal.mantissa < 0 { break }
      }
    }
    return nearest
  }

  private func moved(
    _ now: Value, _ type: ValueType, by steps: Int64, of step: Decimal
  ) -> Value? {
    guard let offset = step.multiplied(by: Decimal(steps)),
      let number = now.decimal.adding(offset)
    else { return nil }
    return like(now, type, number)
  }

  private mutating func halved(
    _ field: FieldID, _ now: Value, _ type: ValueType, _ step: Decimal, _ sign: Int64,
    low: Int64, high: Int64
  ) -> (value: Value, answer: Value)? {
    var (low, high) = (low, high)
    var best: (value: Value, answer: Value)?
    while high - low > 1 {
      let middle = low + (high - low) / 2
      guard let value = moved(now, type, by: sign * middle, of: step),
        let answer = tried([(field, value)])
      else { return best }
      if isWished(answer) {
        high = middle
        best = (value, answer)
      } else {
        low = middle
      }
    }
    if let best { return best }
    guard let value = moved(now, type, by: sign * high, of: step),
      let answer = tried([(field, value)]), isWished(answer)
    else { return nil }
    return (value, answer)
  }

  /// Combinations of some fields, the nearest first.
  private mutating func several(_ candidates: Candidates, _ count: Int) -> Bool {
    var best: Double?
    var combinations: [(changes: [(FieldID, Value)], distance: Double)] = []
    func extend(_ start: Int, _ changes: [(FieldID, Value)], _ distance: Double) {
      if changes.count == count {
        combinations.append((changes, distance))
        return
      }
      guard combinations.count < Self.budget * 4 else { return }
      for index in start..<candidates.count {
        for candidate in candidates[index].values {
          extend(
            index + 1, changes + [(candidates[index].field, candidate.value)],
            distance + candidate.distance)
        }
      }
    }
    extend(0, [], 0)
    if combinations.count >= Self.budget * 4 { need.isComplete = false }
    let sorted = combinations.enumerated().sorted {
      ($0.element.distance, $0.offset) < ($1.element.distance, $1.offset)
    }.map(\.element)
    for (changes, distance) in sorted {
      if let best, distance > best { break }
      guard let answer = tried(changes) else { break }
      guard isWished(answer) else { continue }
      keep(changes, answer, distance)
      best = distance
      if need.ways.count >= 5 { break }
    }
    return !need.ways.isEmpty
  }
}
