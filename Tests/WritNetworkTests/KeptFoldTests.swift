import Reference
import Support
import Testing
import WritModel
import WritRules
import WritSyntax
import WritText

@testable import WritNetwork

/// Folds that are kept as facts change: after each of many random steps they are what the reference
/// engine says, and what a memory says that knows nothing of what was before.
@Suite struct KeptFoldTests {
  static let seeds = Seeds.run(Seeds.count(4), from: 91_001)
  static let steps = 120

  /// Folds of every kind over records that may be blank in any field, asked from the other end and
  /// from their own, in defines, alerts and changes.
  private static let rules = """
    currency CNY, USD
    enum Stage ordered { lead, offer, won }

    record Rep {
      id    : integer key
      quota : number?
      boss  : Rep?
      calls : integer
      from  : date?
    }
    record Deal {
      id     : integer key
      rep    : Rep?
      owner  : Rep part as own
      second : Rep?
      stage  : Stage?
      amount : number?
      price  : money any?
      on     : date?
      hot    : yes/no?
      mark   : integer
    }

    define Rep.deals = count of d over Deal d where d.rep = this
    define Rep.won = count of d over Deal d where d.rep = this and d.stage = won
    define Rep.amount = sum of d.amount over Deal d where d.rep = this and d.stage != lead
    define Rep.known_amount = sum of known d.amount over Deal d where d.rep = this
    define Rep.mean = average of d.amount over Deal d where d.rep = this
    define Rep.least = min of d.amount over Deal d where d.rep = this and d.hot
    define Rep.most = max of known d.amount over Deal d where d.rep = this
    define Rep.price = sum of d.price over Deal d where d.rep = this
    define Rep.best_price = max of d.price over Deal d where d.rep = this
    define Rep.latest = max of d.on over Deal d where d.rep = this
    define Rep.recent = sum of d.amount over Deal d where d.rep = this and d.on in last 2 months
    define Rep.since = count of d over Deal d where d.rep = this and d.on >= from
    define Rep.both = count of d over Deal d where d.rep = this and d.second = boss
    define Rep.any_hot = some Deal d where d.rep = this and d.hot
    define Rep.none_big = no Deal d where d.rep = this and d.amount > 40
    define Rep.all_won = every Deal d in own where d.stage = won
    define Rep.some_won = some Deal d in own where d.stage = won and d.hot
    define Rep.below = sum of known d.amount over Deal d where d.rep = this and d.second.calls > 0
    define Rep.paid = count of d over Deal d where d.owner = this and d.amount > d.rep.quota
    define Rep.bosses = count of d over Deal d where d.rep.boss = this
    define Rep.over = amount > quota
    define Deal.mates = count of e over Deal e where e.rep = rep
    define Deal.week = sum of e.amount over Deal e where e.rep = rep and e.on in on..<on + 7 days
    define Deal.before = max of e.amount over Deal e where e.rep = rep and e.on < on
    define Deal.earlier = count of e over Deal e where e.on < on
    define Deal.span = average of known e.amount over Deal e
      where e.on in on - 20 days..on + 20 days and amount >= e.amount
    define Deal.late_best = min of known e.price over Deal e where e.rep = rep and on < e.on
    define Deal.stage_mates = count of e over Deal e where e.stage = stage and e.second = rep
    define Rep.everything = sum of d.amount over Deal d where d.rep is known

    alert "too much" {
      when Rep r where r.amount > 60 or r.deals > 4
    }
    alert "best of mates" {
      when Deal d where d.amount >= (max of e.amount over Deal e where e.rep = d.rep)
    }
    alert "two reps of one sum" {
      when Rep r, Rep s where r.id < s.id and r.deals = s.deals
    }
    alert "many in all" {
      when Rep r where (count of d over Deal d where d.hot) > 2 and r.calls > 0
    }
    change "call" {
      when Rep r where r.won > r.calls and r.calls < 3
      then set r.calls = r.calls + 1
    }
    change "cut" {
      when Deal d where d.amount > 90 and d.mates > 2
      then set d.amount = 10, set d.mark = d.mark + 1
    }

    """

  private func program() throws -> Program {
    var sources = Sources()
    _ = sources.add(Source(name: "folds.writ", text: Self.rules))
    let parsed = Parser.parse(sources[SourceID(0)], id: SourceID(0))
    let checked = Program.checking([parsed.tree], sources: sources)
    let errors = (parsed.diagnostics + checked.diagnostics).filter { $0.severity == .error }
    try #require(errors.map(\.message.english) == [])
    return checked.program
  }

  private static let today: Int32 = 20_000

  /// A value for a field, drawn from few, blank now and then.
  private func value(
    _ field: Field, at place: Int, _ facts: Facts, _ random: inout SeededGenerator
  ) -> Value {
    if field.isOptional, random.chance(12) { return .missing(Cause(.blankField, site: place)) }
    switch field.type {
    case .record(let record):
      let rows = Array(facts[record].liveRows)
      guard let row = rows.randomElement(using: &random) else {
        return .missing(Cause(.blankField, site: place))
      }
      return .record(row, of: record)
    case .member(let type): return .member(random.number(0...2), of: type)
    case .boolean: return .boolean(random.chance(50))
    case .date: return .date(days: Self.today - Int32(random.number(0...90)))
    case .money:
      return .money(amount(&random), CurrencyID(random.chance(93) ? 0 : 1))
    case .integer: return .number(Decimal(Int64(random.number(0...3))))
    default: return .number(amount(&random))
    }
  }

  private func amount(_ random: inout SeededGenerator) -> Decimal {
    switch random.number(0...20) {
    case 0: Decimal(mantissa: Int64.max - 5, scale: 0)
    case 1...6: Decimal(mantissa: Int64(random.number(0...999)), scale: 1)
    case 7: Decimal(mantissa: 2500, scale: 2)
    default: Decimal(Int64(random.number(0...99)))
    }
  }

  private enum Edit {
    case set(FieldID, row: Int, Value)
    case append(RecordID, [Value])
    case remove(RecordID, row: Int)
  }

  private func edit(_ facts: Facts, _ random: inout SeededGenerator, most: Int) -> Edit {
    let schema = facts.schema
    let record = RecordID(random.chance(75) ? 1 : 0)
    let live = Array(facts[record].liveRows)
    let few = record == RecordID(0) ? 2 : 5
    if let row = live.randomElement(using: &random), random.chance(80) || live.count >= most {
      if random.chance(18), live.count > few { return .remove(record, row: row) }
      let field = random.pick(Array(schema[record].fields.dropFirst()))
      return .set(field, row: row, value(schema[field], at: Int(field.index), facts, &random))
    }
    let values = schema[record].fields.enumerated().map { place, field -> Value in
      place == 0
        ? .number(Decimal(Int64(facts[record].count)))
        : value(schema[field], at: Int(field.index), facts, &random)
    }
    return .append(record, values)
  }

  private func start(
    _ program: Program, reps: Int, deals: Int, _ random: inout SeededGenerator
  ) -> Facts {
    var facts = Facts(schema: program.schema, texts: program.texts)
    for (index, count) in [reps, deals].enumerated() {
      let record = RecordID(index)
      for id in 0..<count {
        let values = program.schema[record].fields.enumerated().map { place, field -> Value in
          place == 0
            ? .number(Decimal(Int64(id)))
            : value(program.schema[field], at: Int(field.index), facts, &random)
        }
        _ = facts[record].append(values, key: [values[0]])
      }
    }
    return facts
  }

  @Test(arguments: KeptFoldTests.seeds)
  func `kept folds are those of the reference engine, after each of many changes`(
    seed: UInt64
  ) throws {
    let program = try program()
    var random = SeededGenerator(seed: seed)
    let facts = start(program, reps: 3, deals: 7, &random)
    let memory = Memory(Network(compiling: program), facts: facts, today: Self.today)
    let reference = Evaluator(program, facts)
    for step in 0..<Self.steps {
      let edit = edit(memory.facts, &random, most: 11)
      switch edit {
      case .set(let field, let row, let value):
        memory.set(field, row: row, to: value)
        reference.set(field, row: row, to: value)
      case .append(let record, let values):
        memory.append(record, values, key: [values[0]])
        reference.append(record, values)
      case .remove(let record, let row):
        memory.remove(record, row: row)
        reference.remove(record, row: row)
      }
      // Now and then several changes go together.
      if random.chance(25) { continue }
      let difference = Course(program, memory).firstDifference(
        Course(program, reference, today: Self.today))
      if let difference {
        Issue.record("WRIT_SEED=\(seed) step \(step) after \(edit): \(difference)")
        return
      }
      for (place, attribute) in program.attributes.enumerated() {
        guard case .record(let record)? = attribute.parameters.first else { continue }
        for row in memory.facts[record].liveRows {
          let argument = [Value.record(row, of: record)]
          let id = AttributeID(place)
          let found = Plain(memory.value(of: id, argument), memory.facts)
          let wanted = Plain(
            reference.value(of: id, argument, today: Self.today), reference.facts)
          guard found != wanted else { continue }
          Issue.record(
            "WRIT_SEED=\(seed) step \(step) after \(edit): \(attribute.name.name) of \(row) is \(found), not \(wanted)"
          )
          return
        }
      }
      // The tables have no end, but small ones are looked at twice.
      if memory.facts.tables.contains(where: { $0.count > 40 }) { return }
    }
  }

  /// In larger worlds against a memory that begins with the facts as they are.
  @Test(arguments: KeptFoldTests.seeds)
  func `kept folds are those of a memory that knows no past`(seed: UInt64) throws {
    let program = try program()
    var random = SeededGenerator(seed: seed)
    let network = Network(compiling: program)
    let facts = start(program, reps: 12, deals: 300, &random)
    let memory = Memory(network, facts: facts, today: Self.today)
    let alerts = program.productions.indices.map { ProductionID($0) }.filter {
      if case .alert = program[$0].kind { true } else { false }
    }
    for step in 0..<12 {
      for _ in 0..<random.number(1...12) {
        switch edit(memory.facts, &random, most: 300) {
        case .set(let field, let row, let value): memory.set(field, row: row, to: value)
        case .append(let record, let values): memory.append(record, values, key: [values[0]])
        case .remove(let record, let row): memory.remove(record, row: row)
        }
      }
      let fresh = Memory(network, facts: memory.facts, today: Self.today)
      for (place, attribute) in program.attributes.enumerated() {
        guard case .record(let record)? = attribute.parameters.first else { continue }
        for row in memory.facts[record].liveRows {
          let argument = [Value.record(row, of: record)]
          let found = memory.value(of: AttributeID(place), argument)
          let wanted = fresh.value(of: AttributeID(place), argument)
          guard
            found.tag != wanted.tag || found.bits != wanted.bits || found.scale != wanted.scale
              || found.aux != wanted.aux
          else { continue }
          Issue.record(
            "WRIT_SEED=\(seed) step \(step): \(attribute.name.name) of \(row) is \(found), not \(wanted)"
          )
          return
        }
      }
      for alert in alerts {
        #expect(
          memory.raised(alert) == fresh.raised(alert),
          "WRIT_SEED=\(seed) step \(step): \(program[program[alert].rule].title)")
      }
      if step % 4 == 3 { memory.settle(maxFirings: 50) }
    }
    let kept = memory.gatherMemos.compactMap(\.kept)
    #expect(kept.count > 10, "most folds of these rules are kept")
    #expect(kept.allSatisfy { $0.difference == nil })
  }
}
