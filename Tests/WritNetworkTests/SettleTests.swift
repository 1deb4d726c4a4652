import Testing
import WritModel
import WritRules
import WritText

@testable import WritNetwork

/// A program put together by hand: terms by what they say.
struct Bench {
  var program = Program()
  private let span = Span(SourceID(0), 0, 0)

  mutating func record(
    _ name: String, key: Int = 0, _ fields: [(String, ValueType)]
  ) -> RecordID {
    let id = RecordID(program.schema.records.count)
    let first = program.schema.fields.count
    for (column, (name, type)) in fields.enumerated() {
      program.schema.fields.append(
        Field(
          name: Named(name), record: id, type: type, isOptional: column >= key, column: column,
          initial: nil, partAs: nil))
    }
    program.schema.records.append(
      RecordType(
        name: Named(name), fields: (first..<first + fields.count).map { FieldID($0) },
        key: (first..<first + key).map { FieldID($0) }, called: nil))
    return id
  }

  mutating func term(_ term: Term, _ type: ValueType) -> TermID {
    if let found = program.terms.firstIndex(of: term) { return TermID(found) }
    program.terms.append(term)
    program.types.append(type)
    return TermID(program.terms.count - 1)
  }

  mutating func slot(_ index: Int, _ record: RecordID) -> TermID {
    term(.slot(Int32(index)), .record(record))
  }

  mutating func field(_ record: RecordID, _ column: Int, of slot: Int) -> TermID {
    let id = program.schema[record].fields[column]
    return term(.field(id, of: self.slot(slot, record)), program.schema[id].type)
  }

  mutating func number(_ value: Int64) -> TermID {
    term(.constant(Constant(.number(Decimal(value)))), .number)
  }

  mutating func blank() -> TermID {
    term(.constant(Constant(.missing(Cause(.stated)))), .number)
  }

  mutating func operation(
    _ operation: Operation, _ parts: TermID..., type: ValueType = .boolean
  ) -> TermID {
    term(.operation(operation, parts), type)
  }

  @discardableResult
  mutating func change(
    _ patterns: [RecordID], when guardTerm: TermID?, reads: [TermID], priority: TermID? = nil,
    _ acts: [Production.Act]
  ) -> ProductionID {
    add(.change(priority: priority, acts: acts), patterns, guardTerm, reads)
  }

  @discardableResult
  mutating func alert(
    _ patterns: [RecordID], when guardTerm: TermID?, reads: [TermID]
  ) -> ProductionID {
    add(.alert(.high), patterns, guardTerm, reads)
  }

  private mutating func add(
    _ kind: Production.Kind, _ patterns: [RecordID], _ guardTerm: TermID?, _ reads: [TermID]
  ) -> ProductionID {
    let id = ProductionID(program.productions.count)
    program.rules.append(
      Rule(title: "rule \(id.index)", conditions: [], because: nil, span: span))
    program.productions.append(
      Production(
        kind: kind, rule: RuleID(program.rules.count - 1),
        patterns: patterns.map { Production.Pattern($0, name: nil) }, guardTerm: guardTerm,
        reads: reads, span: span))
    return id
  }

  /// A memory with rows of numbers (nil: blank) for each record type.
  func memory(_ rows: [[[Int64?]]]) -> Memory {
    var facts = Facts(schema: program.schema, texts: program.texts)
    for (index, rows) in rows.enumerated() {
      let type = program.schema[RecordID(index)]
      for row in rows {
        let values = zip(row, type.fields).map { value, field -> Value in
          switch (value, program.schema[field].type) {
          case (nil, _): .missing(Cause(.blankField, site: Int(field.index)))
          case (let number?, .record(let target)): .record(Int(number), of: target)
          case (let number?, _): .number(Decimal(number))
          }
        }
        _ = facts[RecordID(index)].append(
          values, key: type.key.map { values[program.schema[$0].column] })
      }
    }
    return Memory(Network(compiling: program), facts: facts, today: 20_000)
  }
}

extension Memory {
  /// The numbers of the records that are there, sorted.
  func numbers(_ record: RecordID) -> [[Int64?]] {
    let table = facts[record]
    let rows = table.liveRows.map { row in
      table.columns.map { $0[row].isKnown ? $0[row].decimal.normalized.mantissa : nil }
    }
    return rows.sorted { $0.map { $0 ?? -1 }.lexicographicallyPrecedes($1.map { $0 ?? -1 }) }
  }
}

/// Changes by hand: what fires, in which order, and what comes of it.
@Suite struct SettleTests {
  @Test func `a change fires until nothing holds`() {
    var bench = Bench()
    let item = bench.record("Item", key: 1, [("id", .number), ("size", .number)])
    let size = bench.field(item, 1, of: 0)
    let isSmall = bench.operation(.less, size, bench.number(3))
    let more = bench.operation(.add, size, bench.number(1), type: .number)
    bench.change(
      [item], when: isSmall, reads: [size], [.set(FieldID(1), of: bench.slot(0, item), to: more)])
    let memory = bench.memory([[[1, 0], [2, 5], [3, nil]]])
    var told: [Int] = []
    let settlement = memory.settle { told.append($0.age) }
    #expect(settlement.firings == 3)
    #expect(settlement.firingsOf == [3])
    #expect(settlement.unsettled.isEmpty)
    #expect(told == [0, 1, 2])
    #expect(memory.numbers(item) == [[1, 3], [2, 5], [3, nil]])
    #expect(memory.settle().firings == 0)
    memory.set(FieldID(1), row: 1, to: .number(Decimal(1)))
    #expect(memory.settle().firings == 2)
  }

  @Test func `what goes round is ended and named`() {
    var bench = Bench()
    let item = bench.record("Item", key: 1, [("id", .number), ("size", .number)])
    let size = bench.field(item, 1, of: 0)
    func flip(_ from: Int64, _ to: Int64) {
      bench.change(
        [item], when: bench.operation(.equal, size, bench.number(from)), reads: [size],
        [.set(FieldID(1), of: bench.slot(0, item), to: bench.number(to))])
    }
    flip(7, 0)
    flip(0, 1)
    flip(1, 0)
    let memory = bench.memory([[[1, 7]]])
    let settlement = memory.settle(maxFirings: 50)
    #expect(settlement.firings == 50)
    #expect(settlement.unsettled == [ProductionID(1), ProductionID(2)])
    #expect(settlement.clashes.count == 1)
  }

  @Test func `records are inserted once and removed for good`() {
    var bench = Bench()
    let item = bench.record("Item", key: 1, [("id", .number)])
    let pair = bench.record("Pair", [("left", .record(item)), ("right", .record(item))])
    let left = bench.field(item, 0, of: 0)
    let right = bench.field(item, 0, of: 1)
    bench.change(
      [item, item], when: bench.operation(.less, left, right), reads: [left, right],
      [.insert(pair, [bench.slot(0, item), bench.slot(1, item)])])
    let isLast = bench.operation(.equal, left, bench.number(9))
    bench.change([item], when: isLast, reads: [left], [.remove(bench.slot(0, item))])
    let dangling = bench.operation(
      .not, bench.operation(.isKnown, bench.field(pair, 1, of: 0)))
    let alert = bench.alert([pair], when: dangling, reads: [bench.field(pair, 1, of: 0)])
    let memory = bench.memory([[[1], [2], [9]], []])
    let settlement = memory.settle()
    #expect(settlement.firings == 4)
    #expect(memory.numbers(item) == [[1], [2]])
    #expect(memory.facts[pair].count == 3)
    #expect(
      memory.raised(alert).map(\.rows)
        == [[1], [2]], "both pairs of the one that is gone, in the order they came")
    #expect(memory.settle().firings == 0)
  }

  @Test func `a firing that cannot do all does nothing`() {
    var bench = Bench()
    let item = bench.record("Item", key: 1, [("id", .number), ("size", .number)])
    let size = bench.field(item, 1, of: 0)
    let slot = bench.slot(0, item)
    bench.change(
      [item], when: bench.operation(.greater, size, bench.number(0)), reads: [size],
      [
        .set(FieldID(1), of: slot, to: bench.number(0)),
        .insert(item, [bench.number(1), bench.number(8)]),
      ])
    let memory = bench.memory([[[1, 5]]])
    let settlement = memory.settle()
    #expect(settlement.faultCount == 1)
    #expect(settlement.firings == 1)
    #expect(memory.numbers(item) == [[1, 5]])
    // Once the record is taken away first, its key is free.
    bench.program.productions[0].kind = .change(
      priority: nil,
      acts: [.remove(slot), .insert(item, [bench.number(1), bench.blank()])])
    let second = bench.memory([[[1, 5]]])
    #expect(second.settle().faultCount == 0)
    #expect(second.numbers(item) == [[1, nil]])
  }

  @Test func `priority goes first, then what is newest, then the written order, then keys`() {
    var bench = Bench()
    let item = bench.record("Item", key: 1, [("id", .number), ("size", .number)])
    let done = bench.record("Done", key: 1, [("n", .number)])
    let size = bench.field(item, 1, of: 0)
    let id = bench.field(item, 0, of: 0)
    // Rank by size for one rule; the others wait.
    bench.change(
      [item], when: bench.operation(.greater, id, bench.number(0)), reads: [id, size],
      priority: size,
      [
        .insert(
          done, [bench.operation(.add, id, bench.number(100), type: .number)])
      ])
    let n = bench.field(done, 0, of: 0)
    bench.change(
      [done], when: bench.operation(.greater, n, bench.number(100)), reads: [n],
      [.insert(done, [bench.operation(.subtract, n, bench.number(200), type: .number)])])
    var told: [String] = []
    let memory = bench.memory([[[1, 0], [2, nil], [3, 4], [4, -1], [5, 4]], []])
    _ = memory.settle { told.append("\($0.match.production.index)\($0.match.rows)") }
    #expect(
      told == [
        "0[2]", "0[4]", "1[1]", "1[0]", "0[0]", "1[4]", "0[1]", "1[6]", "0[3]", "1[8]",
      ])
  }
}
