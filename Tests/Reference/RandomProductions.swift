public import Support
public import WritModel
import WritRules

// Changes and alerts for random programs: joins, negation, folds and values in guards, priorities,
// records set, inserted and removed.
extension RandomProgram {
  /// A record type without a key, which nothing refers to.
  mutating func addKeylessRecord() {
    let record = program.schema.records.count
    var fields: [FieldID] = []
    for column in 0..<random.number(2...3) {
      fields.append(
        addField(
          "f\(column)", fieldType(records: record), isOptional: random.chance(50), record: record,
          column: column))
    }
    program.schema.records.append(
      RecordType(name: Named("K"), fields: fields, key: [], called: nil))
  }

  mutating func addProductions() {
    for _ in 0..<random.number(1...4) { addChange() }
    for _ in 0..<random.number(0...2) { addAlert() }
  }

  private mutating func addChange() {
    let patterns = randomPatterns()
    let scope = patterns.map { ValueType.record($0.record) }
    let guardTerm = random.chance(92) ? productionGuard(scope) : nil
    var priority: TermID?
    if random.chance(25) {
      priority = constant(.number)
    } else if random.chance(20) {
      let leaf = leaf(.number, scope)
      priority = leaf
    }
    var acts: [Production.Act] = []
    for _ in 0..<random.pick([1, 1, 1, 2, 2, 3]) {
      if let act = act(scope) { acts.append(act) }
    }
    add(.change(priority: priority, acts: acts), patterns, guardTerm, priority)
  }

  private mutating func addAlert() {
    let patterns = randomPatterns()
    let guardTerm = productionGuard(patterns.map { .record($0.record) })
    add(.alert(random.pick([nil, .high, .low])), patterns, guardTerm, nil)
  }

  private mutating func add(
    _ kind: Production.Kind, _ patterns: [Production.Pattern], _ guardTerm: TermID?,
    _ priority: TermID?
  ) {
    program.productions.append(
      Production(
        kind: kind, rule: addRule(), patterns: patterns, guardTerm: guardTerm,
        reads: outermost([guardTerm, priority].compactMap(\.self)), span: Self.span))
  }

  private mutating func randomPatterns() -> [Production.Pattern] {
    (0..<random.pick([0, 1, 1, 1, 1, 2, 2, 2, 2, 3])).map {
      Production.Pattern(
        RecordID(random.number(0...program.schema.records.count - 1)), name: "p\($0)")
    }
  }

  /// Conditions on each record, equalities and comparisons between them, and now and then anything.
  private mutating func productionGuard(_ scope: [ValueType]) -> TermID {
    var parts: [TermID] = []
    for slot in scope.indices.dropFirst() where random.chance(85) {
      if let join = join(slot, scope) { parts.append(join) }
    }
    for _ in 0..<random.number(parts.isEmpty ? 1...2 : 0...2) {
      let limit = scope.count > 2 ? 10.0 : scope.count > 1 ? 25 : 80
      var part = random.chance(65) ? atom(scope) : term(.boolean, 2, scope)
      if !isAffordable(part) || cost(part) > limit { part = atom(scope) }
      parts.append(part)
    }
    if parts.isEmpty { parts = [atom(scope)] }
    return parts.count == 1 ? parts[0] : make(.operation(.and, parts), .boolean)
  }

  /// A condition between a pattern and one before it.
  private mutating func join(_ slot: Int, _ scope: [ValueType]) -> TermID? {
    guard case .record(let record) = scope[slot] else { return nil }
    let own = make(.slot(Int32(slot)), scope[slot])
    let earlier = Array(scope[..<slot])
    for _ in 0..<4 {
      let field = random.pick(program.schema[record].fields)
      let type = program.schema[field].type
      if case .set = type { continue }
      let mine = make(.field(field, of: own), type)
      let theirs = paths(to: type, earlier)
      guard !theirs.isEmpty else { continue }
      let other = random.pick(theirs)
      let sides = random.chance(50) ? [mine, other] : [other, mine]
      switch type {
      case .text:
        return make(
          .operation(random.pick([.equal, .equal, .less, .notEqual, .greaterOrEqual]), sides),
          .boolean)
      case .number, .date, .member(EnumID(0)):
        return make(
          .operation(random.pick([.equal, .equal, .equal, .less, .greaterOrEqual]), sides),
          .boolean)
      case .node:
        return make(.operation(random.pick([.equal, .within]), sides), .boolean)
      default: return make(.operation(.equal, sides), .boolean)
      }
    }
    return nil
  }

  /// The outermost terms that are neither operation, constant nor slot.
  private func outermost(_ terms: [TermID]) -> [TermID] {
    var found: [TermID] = []
    for term in terms {
      switch program[term] {
      case .constant, .slot: continue
      case .operation(_, let arguments):
        for inner in outermost(arguments) where !found.contains(inner) { found.append(inner) }
      default: if !found.contains(term) { found.append(term) }
      }
    }
    return found
  }

  // MARK: - Acts

  private mutating func act(_ scope: [ValueType]) -> Production.Act? {
    let records = scope.indices.filter { if case .record = scope[$0] { true } else { false } }
    switch random.number(0...9) {
    case 0...5:
      guard !records.isEmpty else { return nil }
      let slot = random.pick(records)
      guard case .record(var record) = scope[slot] else { return nil }
      var target = make(.slot(Int32(slot)), scope[slot])
      // Now and then along a reference.
      if random.chance(15),
        let way = program.schema[record].fields.first(where: {
          if case .record = program.schema[$0].type { true } else { false }
        }), case .record(let next) = program.schema[way].type
      {
        target = make(.field(way, of: target), .record(next))
        record = next
      }
      let free = program.schema[record].fields.filter { !program.schema[record].key.contains($0) }
      guard !free.isEmpty else { return nil }
      let field = random.pick(free)
      return .set(field, of: target, to: value(for: field, scope))
    case 6, 7, 8:
      let record = RecordID(random.number(0...program.schema.records.count - 1))
      let fields = program.schema[record].fields
      let key = program.schema[record].key
      return .insert(
        record,
        fields.map { field -> TermID in
          key.contains(field) ? newKey(scope) : value(for: field, scope)
        })
    default:
      guard !records.isEmpty else { return nil }
      let slot = random.pick(records)
      return .remove(make(.slot(Int32(slot)), scope[slot]))
    }
  }

  /// What a field is set to: a value, another's, something worked out, a blank.
  private mutating func value(for field: FieldID, _ scope: [ValueType]) -> TermID {
    let declared = program.schema[field]
    if declared.isOptional, random.chance(15) {
      return make(
        .constant(Constant(.missing(Cause(.blankField, site: Int(field.index))))), declared.type)
    }
    var made = random.chance(30) ? term(declared.type, 2, scope) : leaf(declared.type, scope)
    if !isAffordable(made) || cost(made) > 50 { made = leaf(declared.type, scope) }
    return made
  }

  /// A key that may be taken, or new, or another record's with something behind it.
  private mutating func newKey(_ scope: [ValueType]) -> TermID {
    switch random.number(0...3) {
    case 0:
      let keys = ["k0a", "k1a", "n1", "n2"]
      return make(.constant(Constant(.text(program.texts.intern(random.pick(keys))))), .text)
    case 1: return leaf(.text, scope)
    default:
      let tail = make(.constant(Constant(.text(program.texts.intern("+")))), .text)
      return make(.operation(.text, [leaf(.text, scope), tail]), .text)
    }
  }
}

/// A change of facts from outside, before rows have values.
public struct RandomEdit: Sendable, CustomStringConvertible {
  enum Kind: Sendable {
    case set(FieldID, row: Int, Cell)
    case append(RecordID, [Cell])
    case remove(RecordID, row: Int)
  }
  let kind: Kind

  public var description: String { "\(kind)" }
}

extension RandomWorld {
  /// An edit of facts as they stand: rows that are there, keys that are not.
  public func edit(_ random: inout SeededGenerator, of facts: Facts) -> RandomEdit {
    var builder = builder
    builder.random = SeededGenerator(seed: random.next())
    let record = RecordID(random.number(0...program.schema.records.count - 1))
    let live = Array(facts[record].liveRows)
    let fields = program.schema[record].fields
    let counts = facts.tables.map(\.count)
    func cell(_ field: FieldID) -> Cell {
      let declared = program.schema[field]
      if declared.isOptional, builder.random.chance(25) { return .blank }
      return builder.cell(declared.type, counts: counts)
    }
    let free = fields.filter { !program.schema[record].key.contains($0) }
    if let row = live.randomElement(using: &random), random.chance(75) {
      if random.chance(20) || free.isEmpty { return RandomEdit(kind: .remove(record, row: row)) }
      let field = random.pick(free)
      return RandomEdit(kind: .set(field, row: row, cell(field)))
    }
    let keys = program.schema[record].key
    let key = "e\(facts[record].count)"
    return RandomEdit(
      kind: .append(record, fields.map { keys.contains($0) ? .text(key) : cell($0) }))
  }

  /// A cell as a value of these facts; a reference to a removed record dangles.
  private func value(_ cell: Cell, _ field: FieldID, in facts: inout Facts) -> Value {
    switch cell {
    case .reference(let type, let row):
      return facts[type].isRemoved(row)
        ? .missing(Cause(.danglingReference, site: Int(field.index))) : .record(row, of: type)
    default:
      return value(of: cell, field: field, places: [], in: &facts)
    }
  }

  /// Does an edit through the functions of an engine: `change` for values that need room in the
  /// facts, then one of the others.
  public func apply(
    _ edit: RandomEdit, making: ((inout Facts) -> Void) -> Void,
    set: (FieldID, Int, Value) -> Void, append: (RecordID, [Value]) -> Void,
    remove: (RecordID, Int) -> Void
  ) {
    switch edit.kind {
    case .set(let field, let row, let cell):
      var made = Value.missing(Cause(.empty))
      making { made = value(cell, field, in: &$0) }
      set(field, row, made)
    case .append(let record, let cells):
      var values: [Value] = []
      making { facts in
        values = zip(program.schema[record].fields, cells).map { value($1, $0, in: &facts) }
      }
      append(record, values)
    case .remove(let record, let row): remove(record, row)
    }
  }
}
