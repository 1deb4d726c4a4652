import Support
import Testing
import WritModel
import WritRules
import WritSyntax
import WritText

@testable import WritNetwork

/// Conditions and changes that call functions: what rows work out with the function put in is what
/// the machine works out of the term as a whole, blanks, faults and all.
@Suite struct FunctionRowTests {
  static let seeds = Seeds.run(Seeds.count(12), from: 93_001)

  static let rules = """
    enum Nearness { near, far, apart }

    record Point {
      id    : integer key
      x     : integer?
      y     : integer?
      found : Nearness?
      count : integer = 0
    }

    define half(v: integer) = rounded_down(v / 2, 1)
    define gap(a: integer, b: integer) = larger(half(a) - half(b), half(b) - half(a))
    define ratio(a: integer, b: integer) = gap(a, b) / (gap(a, b) - gap(b, 3))
    define nearness(a: integer, b: integer) : Nearness = case {
      gap(a, b) < 2          : near
      gap(a, b) * 2 < 2 * 5  : far
      else                   : apart
    }

    alert "close" {
      when Point p, Point q where p.id < q.id and nearness(p.x, q.x) = near
    }

    alert "like" {
      when Point p, Point q
           where p.y = q.y and p.id != q.id and not (nearness(p.x, q.y) in {far, apart})
    }

    alert "steep" {
      when Point p, Point q where p.id != q.id and ratio(p.x, q.y) > 1
    }

    alert "small" {
      when Point p where p.x < 4
    }

    change "find" {
      when Point p, Point q where p.y = q.id and p.count < 3
      then set p.found = nearness(p.x, q.x), set p.count = p.count + 1
    }

    """

  private func program() throws -> Program {
    var sources = Sources()
    _ = sources.add(Source(name: "points.writ", text: Self.rules))
    let parsed = Parser.parse(sources[SourceID(0)], id: SourceID(0))
    let checked = Program.checking([parsed.tree], sources: sources)
    let errors = (parsed.diagnostics + checked.diagnostics).filter { $0.severity == .error }
    #expect(errors.map(\.message.english) == [])
    return checked.program
  }

  /// A whole number up to 9, now and then a blank or one that calculations overflow with.
  private func number(_ random: inout SeededGenerator) -> Value {
    switch Int.random(in: 0..<12, using: &random) {
    case 0: .missing(Cause(.blankField))
    case 1: .number(Decimal(Int64.max - 1))
    default: .number(Decimal(Int64.random(in: 0..<10, using: &random)))
    }
  }

  @Test(arguments: FunctionRowTests.seeds)
  func `functions put in are the functions`(seed: UInt64) throws {
    let program = try program()
    var random = SeededGenerator(seed: seed)
    var facts = Facts(schema: program.schema, texts: program.texts)
    for id in 0..<9 {
      let key = Value.number(Decimal(Int64(id)))
      let values = [
        key, number(&random), number(&random), .missing(Cause(.blankField)),
        .number(Decimal(0)),
      ]
      _ = facts[RecordID(0)].append(values, key: [key])
    }
    let memory = Memory(Network(compiling: program), facts: facts, today: 20_000)
    for step in 0..<40 {
      for matcher in [memory.changes(), memory.watching()].compactMap({ $0 }) {
        matcher.propagate()
        #expect(
          memory.matchDifference(matcher) == nil, "WRIT_SEED=\(seed) step \(step)")
      }
      let field = program.schema[RecordID(0)].fields[Int.random(in: 1...2, using: &random)]
      memory.set(field, row: Int.random(in: 0..<9, using: &random), to: number(&random))
    }
    let copy = memory.copy()
    var fired: [Match] = []
    var expected: [Match] = []
    memory.settle(maxFirings: 60) { fired.append($0.match) }
    _ = copy.settleLiterally(maxFirings: 60) { expected.append($0.match) }
    #expect(fired == expected, "WRIT_SEED=\(seed)")
    for field in program.schema[RecordID(0)].fields {
      for row in 0..<9 {
        let (found, wanted) = (memory.read(field, row: row), copy.read(field, row: row))
        #expect(memory.isSame(found, wanted), "WRIT_SEED=\(seed) row \(row)")
      }
    }
  }
}
