import Support
public import WritModel
public import WritRules
import WritText

/// A random well-typed program with facts for it: what two engines are compared on.
///
/// Small values, few of each kind, so that boundaries, equal keys, blanks, dangling references and
/// ties are common rather than rare.
public struct RandomWorld {
  public let program: Program
  public let today: Int32
  /// Everything there is to ask.
  public let questions: [Question]
  private let rows: [[[Cell]]]
  /// What values for edits are drawn from.
  let builder: RandomProgram

  /// An attribute with its arguments and the date.
  public struct Question: Sendable, CustomStringConvertible {
    public let attribute: AttributeID
    public let today: Int32
    let arguments: [Cell]

    public var description: String { "a\(attribute.index)(\(arguments)) on \(today)" }
  }

  /// `changing`: with changes and alerts, and a record type without a key.
  public init(seed: UInt64, changing: Bool = false) {
    var builder = RandomProgram(seed: seed)
    builder.addSchema()
    if changing { builder.addKeylessRecord() }
    builder.addAttributes()
    if changing { builder.addProductions() }
    if builder.random.chance(60) { builder.addAssign() }
    self.rows = builder.makeRows()
    self.questions = builder.makeQuestions(rows: rows.map(\.count))
    self.program = builder.program
    self.today = builder.today
    self.builder = builder
  }

  /// The facts, their rows in written order or shuffled.
  public func facts(shuffledWith seed: UInt64? = nil) -> Facts {
    var facts = Facts(schema: program.schema, texts: program.texts)
    var orders = rows.map { Array($0.indices) }
    if let seed {
      var random = SeededGenerator(seed: seed)
      for index in orders.indices { orders[index].shuffle(using: &random) }
    }
    let places = orders.map { order in
      Dictionary(uniqueKeysWithValues: order.enumerated().map { ($0.element, $0.offset) })
    }
    for (table, order) in orders.enumerated() {
      let type = RecordID(table)
      let fields = program.schema[type].fields
      for index in order {
        let values = zip(rows[table][index], fields).map { cell, field in
          value(of: cell, field: field, places: places, in: &facts)
        }
        // Keys are unique by construction: column 0 is `id`.
        let isKeyed = !program.schema[type].key.isEmpty
        _ = facts[type].append(values, key: isKeyed ? [values[0]] : [])
      }
    }
    return facts
  }

  /// The facts in written order with some values, never keys, exchanged within their column.
  public func edited(with seed: UInt64) -> Facts {
    var random = SeededGenerator(seed: seed)
    var facts = facts()
    for table in facts.tables.indices {
      for column in facts.tables[table].columns.indices.dropFirst() where random.chance(40) {
        facts.tables[table].columns[column].shuffle(using: &random)
      }
    }
    return facts
  }

  /// A question's arguments as values of these facts.
  public func arguments(_ question: Question, in facts: Facts) -> [Value] {
    var texts = facts.texts
    return question.arguments.map { cell in
      switch cell {
      case .text(let text): return .text(texts.intern(text))
      case .value(let value): return value
      case .reference(let type, let index):
        let key = texts.intern(RandomProgram.key(Int(type.index), index))
        return facts[type].row(key: [.text(key)]).map { .record($0, of: type) }
          ?? .missing(Cause(.blankField))
      case .blank, .dangling, .set: return .missing(Cause(.blankField))
      }
    }
  }

  func value(
    of cell: Cell, field: FieldID, places: [[Int: Int]], in facts: inout Facts
  ) -> Value {
    switch cell {
    case .blank: return .missing(Cause(.blankField, site: Int(field.index)))
    case .dangling: return .missing(Cause(.danglingReference, site: Int(field.index)))
    case .value(let value): return value
    case .text(let text): return .text(facts.texts.intern(text))
    case .reference(let type, let index):
      return .record(places[Int(type.index)][index] ?? 0, of: type)
    case .set(let items):
      let values = items.map { value(of: $0, field: field, places: places, in: &facts) }
      return facts.lists.add(values)
    }
  }
}

/// A field's value before rows have places and texts have symbols.
enum Cell: Sendable {
  case blank, dangling
  case value(Value)
  case text(String)
  case reference(RecordID, Int)
  indirect case set([Cell])
}

extension RandomProgram {
  /// Rows for every record type.
  mutating func makeRows() -> [[[Cell]]] {
    // The reference engine matches everything after each firing.
    let sizes = program.productions.isEmpty ? [0, 1, 2, 3, 3, 4, 5, 6, 7] : [0, 1, 2, 2, 3, 4]
    let counts = program.schema.records.map { _ in random.pick(sizes) }
    return program.schema.records.indices.map { table in
      (0..<counts[table]).map { index in
        program.schema.records[table].fields.map { id in
          let field = program.schema[id]
          if field.column == 0, !program.schema.records[table].key.isEmpty {
            return .text(Self.key(table, index))
          }
          if field.isOptional, random.chance(30) { return .blank }
          return cell(field.type, counts: counts)
        }
      }
    }
  }

  /// The key of a row, the same wherever it stands.
  static func key(_ table: Int, _ index: Int) -> String {
    "k\(table)\("abcdefgh".dropFirst(index).prefix(1))"
  }

  /// One-record attributes are asked of every record and of none, the others of a few arguments.
  mutating func makeQuestions(rows: [Int]) -> [RandomWorld.Question] {
    program.attributes.indices.flatMap { index -> [RandomWorld.Question] in
      let parameters = program.attributes[index].parameters
      let day = today + (random.chance(20) ? 1 : 0)
      var arguments: [[Cell]] = [parameters.map { _ in .blank }]
      if parameters.count == 1, case .record(let type) = parameters[0] {
        arguments += (0..<rows[Int(type.index)]).map { [.reference(type, $0)] }
      } else {
        for _ in 0..<4 { arguments.append(parameters.map { cell($0, counts: rows) }) }
      }
      return arguments.map {
        RandomWorld.Question(attribute: AttributeID(index), today: day, arguments: $0)
      }
    }
  }

  mutating func cell(_ type: ValueType, counts: [Int]) -> Cell {
    switch type {
    case .text: return .text(random.pick(texts))
    case .record(let record):
      let count = counts[Int(record.index)]
      if count == 0 || random.chance(8) { return .dangling }
      return .reference(record, random.number(0...count - 1))
    case .set(let item):
      return .set((0..<random.number(0...3)).map { _ in cell(item, counts: counts) })
    default:
      return .value(scalar(type))
    }
  }
}
