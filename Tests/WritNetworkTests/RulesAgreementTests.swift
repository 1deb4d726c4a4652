import Reference
import Support
import Testing
import WritModel
import WritNetwork
import WritRules
import WritSyntax
import WritText

/// The network is compared with the reference engine on rules as people write them, over random
/// facts: every value and decision of every record, and every assignment.
@Suite struct RulesAgreementTests {
  /// The rule sets: the corpus of runs, and the rule books.
  static let ruleSets: [(name: String, files: [String])] =
    ["price", "price-whole", "authority", "owners", "overlapping", "records", "shares"].map {
      ($0, ["Tests/Corpus/run/\($0).writ"])
    }
    + [
      "assignment", "credit", "discount", "dispatch", "monitoring", "ownership", "pairing",
      "pricing",
      "reapproval", "recycling", "sale", "scoring", "stages", "territory",
    ].map { book in (book, ["model", "rules"].map { "rules/\(book)/en/\($0).writ" }) }

  static let seeds = Seeds.run(Seeds.count(6), from: 501)

  @Test(arguments: ruleSets.indices, seeds)
  func `the network decides as the reference engine`(_ index: Int, seed: UInt64) {
    let (name, files) = Self.ruleSets[index]
    var sources = Sources()
    var trees: [FileTree] = []
    for file in files {
      guard let bytes = CorpusFile.bytes(of: file) else { continue }
      let source = Source(name: file, bytes: bytes)
      let id = sources.add(source)
      trees.append(Parser.parse(source, id: id).tree)
    }
    let checked = Program.checking(trees, sources: sources)
    #expect(!trees.isEmpty && !checked.diagnostics.hasErrors, "\(name)")
    guard !checked.diagnostics.hasErrors else { return }
    let program = checked.program
    var random = SeededGenerator(seed: seed)
    let facts = RandomFacts.of(program, &random)
    let today: Int32 = 20_500
    let memory = Memory(Network(compiling: program), facts: facts, today: today)
    let reference = Evaluator(program, facts)
    for (place, attribute) in program.attributes.enumerated() {
      let id = AttributeID(place)
      for arguments in Self.arguments(attribute.parameters, facts) {
        let found = Plain(memory.value(of: id, arguments, today: today), memory.facts)
        let wanted = Plain(reference.value(of: id, arguments, today: today), reference.facts)
        #expect(
          found == wanted,
          "WRIT_SEED=\(seed) \(name): \(attribute.name.name) of \(arguments.map(\.bits))")
        if found != wanted { return }
      }
    }
    if !program.productions.isEmpty {
      let expected = Course(program, reference, today: today)
      let difference = Course(program, memory).firstDifference(expected)
      #expect(difference == nil, "WRIT_SEED=\(seed) \(name)")
    }
    for place in program.decisions.indices {
      let id = DecisionID(place)
      guard case .assign = program.decisions[place].kind,
        let subject = program.decisions[place].subject
      else { continue }
      let found = memory.assign(id, rows: nil, commit: true).map {
        "\(Plain(.record($0.row, of: subject), memory.facts)): \(Plain($0.value, memory.facts))"
      }
      let wanted = reference.assign(id, today: today).map {
        "\(Plain($0.record, reference.facts)): \(Plain($0.answer, reference.facts))"
      }
      #expect(found == wanted, "WRIT_SEED=\(seed) \(name): \(program.decisions[place].title)")
    }
  }

  /// Every combination of records for the parameters of an attribute; none where one is no record.
  private static func arguments(_ parameters: [ValueType], _ facts: Facts) -> [[Value]] {
    var found: [[Value]] = [[]]
    for parameter in parameters {
      guard case .record(let record) = parameter else { return [] }
      found = found.flatMap { known in
        (0..<facts[record].count).map { known + [.record($0, of: record)] }
      }
    }
    return found
  }
}

/// Random facts for a schema: few values of each kind, so that boundaries and ties are common.
enum RandomFacts {
  static func of(_ program: Program, _ random: inout SeededGenerator) -> Facts {
    var facts = Facts(schema: program.schema, texts: program.texts)
    let counts = program.schema.records.map { _ in random.number(2...5) }
    for (index, record) in program.schema.records.enumerated() {
      for row in 0..<counts[index] {
        var values: [Value] = []
        for field in record.fields {
          let declared = program.schema[field]
          if record.key.contains(field) {
            values.append(key(declared.type, row, counts, &facts))
          } else if declared.isOptional, random.chance(25) {
            values.append(.missing(Cause(.blankField, site: Int(field.index))))
          } else {
            values.append(value(declared.type, program, counts, &facts, &random))
          }
        }
        let key = record.key.compactMap { field in
          record.fields.firstIndex(of: field).map { values[$0] }
        }
        _ = facts[RecordID(index)].append(values, key: key)
      }
    }
    return facts
  }

  /// Keys are written as rule files write them: `Rep "1"`.
  private static func key(
    _ type: ValueType, _ row: Int, _ counts: [Int], _ facts: inout Facts
  ) -> Value {
    switch type {
    case .number, .integer: .number(Decimal(Int64(row + 1)))
    case .record(let record):
      .record(row % max(1, counts[Int(record.index)]), of: record)
    default: .text(facts.texts.intern("\(row + 1)"))
    }
  }

  private static func value(
    _ type: ValueType, _ program: Program, _ counts: [Int], _ facts: inout Facts,
    _ random: inout SeededGenerator
  ) -> Value {
    switch type {
    case .text: return .text(facts.texts.intern(random.pick(["1", "2", "A", "Acme", "X"])))
    case .number: return .number(Decimal(mantissa: Int64(random.number(0...800)), scale: 1))
    case .integer: return .number(Decimal(Int64(random.number(0...40))))
    case .percent: return .number(Decimal(mantissa: Int64(random.number(-2...50)), scale: 2))
    case .boolean: return .boolean(random.chance(50))
    case .date: return .date(days: Int32(20_480 + random.number(0...90)))
    case .time:
      return Value(tag: .time, bits: Int64(20_500 * 86_400 + random.number(0...86_399)))
    case .duration: return Value(tag: .duration, bits: Int64(random.number(0...60)))
    case .money(let currency):
      return .money(
        Decimal(mantissa: Int64(random.number(0...900_000)), scale: 2), currency ?? CurrencyID(0))
    case .member(let id):
      return .member(random.number(0...program.schema[id].members.count - 1), of: id)
    case .node(let id):
      return .node(random.number(0...program.schema[id].nodes.count - 1), of: id)
    case .record(let record), .recordOrQueue(let record):
      return .record(random.number(0...counts[Int(record.index)] - 1), of: record)
    case .set(let item), .list(let item):
      var items: [Value] = []
      for _ in 0..<random.number(0...3) {
        items.append(value(item, program, counts, &facts, &random))
      }
      return facts.lists.add(items)
    case .queue: return Value(tag: .queue, bits: 0)
    case .rule, .unknown: return .missing(Cause(.empty))
    }
  }
}
