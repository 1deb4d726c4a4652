import Testing
import WritModel
import WritRules
import WritText

@testable import WritNetwork

/// What a memory keeps, and when it forgets it.
@Suite struct MemoryTests {
  /// One record type `Item { size: number, next: Item? }` and attributes over it.
  private struct World {
    var program = Program()
    let item = RecordID(0)

    init() {
      program.schema.fields = [
        Field(
          name: Named("size"), record: item, type: .number, isOptional: false, column: 0,
          initial: nil, partAs: nil),
        Field(
          name: Named("next"), record: item, type: .record(item), isOptional: true, column: 1,
          initial: nil, partAs: nil),
      ]
      program.schema.records = [
        RecordType(
          name: Named("Item"), fields: [FieldID(0), FieldID(1)], key: [FieldID(0)], called: nil)
      ]
    }

    mutating func term(_ term: Term, _ type: ValueType = .number) -> TermID {
      program.terms.append(term)
      program.types.append(type)
      return TermID(program.terms.count - 1)
    }

    mutating func attribute(_ term: TermID) -> AttributeID {
      program.attributes.append(
        Attribute(
          name: Named("a"), parameters: [.record(item)], type: .number, term: term,
          readsToday: false, readsCounters: false, span: Span(SourceID(0), 0, 0)))
      return AttributeID(program.attributes.count - 1)
    }

    func memory(sizes: [Int64]) -> Memory {
      var facts = Facts(schema: program.schema, texts: program.texts)
      for (row, size) in sizes.enumerated() {
        let next: Value =
          row + 1 < sizes.count
          ? .record(row + 1, of: item) : .missing(Cause(.blankField, site: 1))
        _ = facts[item].append(
          [.number(Decimal(size)), next], key: [.number(Decimal(size))])
      }
      return Memory(Network(compiling: program), facts: facts, today: 20_000)
    }
  }

  private func number(_ value: Value) -> Int64? {
    value.tag == .number ? value.decimal.normalized.mantissa : nil
  }

  @Test func `a changed field changes what was derived from it`() {
    var world = World()
    let subject = world.term(.slot(0), .record(world.item))
    let next = world.term(.field(FieldID(1), of: subject), .record(world.item))
    let size = world.term(.field(FieldID(0), of: next))
    let ofNext = world.attribute(size)
    let read = world.term(.attribute(ofNext, [subject], asOf: nil))
    let double = world.attribute(world.term(.operation(.add, [read, read])))
    let gather = Gather(
      fold: .sum, record: world.item, slot: 1, guardTerm: nil,
      value: world.term(
        .field(FieldID(0), of: world.term(.slot(1), .record(world.item)))))
    world.program.gathers.append(gather)
    let total = world.attribute(world.term(.gather(GatherID(0))))
    let memory = world.memory(sizes: [1, 2, 3])
    #expect(memory.values(of: double, rows: 0..<2).map(number) == [4, 6])
    #expect(number(memory.value(of: total, [.record(0, of: world.item)])) == 6)
    memory.set(FieldID(0), row: 1, to: .number(Decimal(10)))
    #expect(memory.values(of: double, rows: 0..<2).map(number) == [20, 6])
    #expect(number(memory.value(of: total, [.record(0, of: world.item)])) == 14)
    #expect(!memory.value(of: double, [.record(2, of: world.item)]).isKnown)
  }

  @Test func `long chains of attributes are computed from below`() {
    var world = World()
    let subject = world.term(.slot(0), .record(world.item))
    let one = world.term(.constant(Constant(.number(Decimal(1)))))
    var last = world.attribute(world.term(.field(FieldID(0), of: subject)))
    for _ in 0..<5_000 {
      let below = world.term(.attribute(last, [subject], asOf: nil))
      last = world.attribute(world.term(.operation(.add, [below, one])))
    }
    let memory = world.memory(sizes: [1, 2])
    #expect(memory.values(of: last, rows: 0..<2).map(number) == [5_001, 5_002])
    #expect(number(world.memory(sizes: [7]).value(of: last, [.record(0, of: world.item)])) == 5_007)
  }
}
