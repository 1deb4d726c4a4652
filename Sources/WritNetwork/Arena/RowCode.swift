import WritModel
import WritRules

/// One step of a condition over the rows of a match: 16 bytes, its parts by their place.
///
/// What it does not know (folds, choices, functions …) it hands to the machine as a whole term.
struct RowNode {
  enum Op: UInt8 {
    /// The record in slot `a`.
    case slot
    /// The value of constant term `term`.
    case constant
    /// Field `b` of the record in slot `a`; of the record that node `a` gives.
    case field, fieldOf
    /// Derived column `b` at the row in slot `a`.
    case derived
    /// The closed value `b`.
    case global
    /// Node `a` (relation) node `b`.
    case compare
    /// Nodes `operands[a ..< a + b]`.
    case and, or
    case not, isKnown
    case add, subtract, multiply
    /// Anything else.
    case term
  }
  var op: Op
  var relation: UInt8 = 0
  /// The record type of a slot; the scope of a term.
  var record: UInt16 = 0
  var a: Int32 = 0
  var b: Int32 = 0
  var term: Int32
}

/// The record types of the slots in view of a term; nil for a slot that holds no record.
typealias RowScope = [RecordID?]

/// Turns terms into row nodes and keeps them.
struct RowCode {
  private(set) var nodes: [RowNode] = []
  private(set) var operands: [Int32] = []
  private(set) var scopes: [RowScope] = []
  private var known: [Key: Int32] = [:]
  private var apart: Set<Int> = []
  let program: Program
  let facts: TermFacts

  private struct Key: Hashable {
    var term: TermID
    var scope: Int32
  }

  init(_ program: Program, _ facts: TermFacts) {
    self.program = program
    self.facts = facts
  }

  mutating func scope(_ records: RowScope) -> Int32 {
    if let found = scopes.indices.first(where: { scopes[$0] == records && !apart.contains($0) }) {
      return Int32(found)
    }
    scopes.append(records)
    return Int32(scopes.count - 1)
  }

  /// A scope whose nodes are shared with no other: nothing is looked up that may be out of date.
  mutating func scopeApart(_ records: RowScope) -> Int32 {
    apart.insert(scopes.count)
    scopes.append(records)
    return Int32(scopes.count - 1)
  }

  /// The node of a term. `derived` names the columns that are kept of terms over one slot, and
  /// closed values, which are looked up instead of worked out.
  mutating func node(
    _ term: TermID, _ scope: Int32, derived: (TermID) -> RowNode? = { _ in nil }
  ) -> Int32 {
    let key = Key(term: term, scope: scope)
    if let found = known[key] { return found }
    let node = make(term, scope, derived)
    nodes.append(node)
    known[key] = Int32(nodes.count - 1)
    return Int32(nodes.count - 1)
  }

  /// A node as it is.
  mutating func append(_ node: RowNode) -> Int32 {
    nodes.append(node)
    return Int32(nodes.count - 1)
  }

  /// The opposite of a node.
  mutating func negated(_ node: Int32, _ term: TermID) -> Int32 {
    append(RowNode(op: .not, a: node, term: term.index))
  }

  /// What a node over one slot says, whichever slot it is.
  func signature(_ index: Int32) -> String {
    let node = nodes[Int(index)]
    switch node.op {
    case .slot: return "r\(node.record)"
    case .constant: return "c\(node.term)"
    case .field: return "f\(node.b)"
    case .derived: return "d\(node.b)"
    case .global: return "g\(node.b)"
    case .fieldOf: return "(\(signature(node.a)).\(node.b))"
    case .compare, .add, .subtract, .multiply:
      let name = "\(node.op)\(node.relation)"
      return "(\(signature(node.a))\(name)\(signature(node.b)))"
    case .and, .or:
      let parts = (0..<node.b).map { signature(operands[Int(node.a + $0)]) }
      return "(\(parts.joined(separator: "\(node.op)")))"
    case .not, .isKnown: return "\(node.op)(\(signature(node.a)))"
    case .term: return "t\(node.term)@\(node.record)"
    }
  }

  /// Adds the columns that a node looks at; gives the whole terms in it, which hide theirs.
  func columns(_ index: Int32, _ fieldCount: Int, _ found: inout Set<Int>) -> [Int32] {
    let node = nodes[Int(index)]
    switch node.op {
    case .slot, .constant: return []
    case .field:
      found.insert(Int(node.b))
      return []
    case .derived:
      found.insert(fieldCount + Int(node.b))
      return []
    case .global:
      found.insert(-1 - Int(node.b))
      return []
    case .fieldOf, .not, .isKnown: return columns(node.a, fieldCount, &found)
    case .compare, .add, .subtract, .multiply:
      return columns(node.a, fieldCount, &found) + columns(node.b, fieldCount, &found)
    case .and, .or:
      return (0..<node.b).flatMap { columns(operands[Int(node.a + $0)], fieldCount, &found) }
    case .term: return [index]
    }
  }

  private mutating func make(
    _ term: TermID, _ scope: Int32, _ derived: (TermID) -> RowNode?
  ) -> RowNode {
    if let node = derived(term) { return node }
    let whole = RowNode(op: .term, record: UInt16(scope), term: term.index)
    let records = scopes[Int(scope)]
    switch program[term] {
    case .constant(let constant):
      return constant.items == nil ? RowNode(op: .constant, term: term.index) : whole
    case .slot(let slot):
      guard records.indices.contains(Int(slot)), let record = records[Int(slot)] else {
        return whole
      }
      return RowNode(op: .slot, record: record.index, a: slot, term: term.index)
    case .field(let field, let of):
      if case .slot(let slot) = program[of], records.indices.contains(Int(slot)),
        records[Int(slot)] == program.schema[field].record
      {
        return RowNode(op: .field, a: slot, b: field.index, term: term.index)
      }
      return RowNode(
        op: .fieldOf, a: node(of, scope, derived: derived), b: field.index, term: term.index)
    case .operation(let operation, let parts):
      return make(operation, parts, term, scope, derived) ?? whole
    case .today, .attribute, .winner, .payload, .collect, .gather, .follow, .counter: return whole
    }
  }

  private mutating func make(
    _ operation: Operation, _ parts: [TermID], _ term: TermID, _ scope: Int32,
    _ derived: (TermID) -> RowNode?
  ) -> RowNode? {
    if let relation = Relation(operation), parts.count == 2 {
      return RowNode(
        op: .compare, relation: UInt8(relation.rawValue),
        a: node(parts[0], scope, derived: derived), b: node(parts[1], scope, derived: derived),
        term: term.index)
    }
    let op: RowNode.Op
    switch (operation, parts.count) {
    case (.and, _): op = .and
    case (.or, _): op = .or
    case (.not, 1):
      return RowNode(op: .not, a: node(parts[0], scope, derived: derived), term: term.index)
    case (.isKnown, 1):
      return RowNode(op: .isKnown, a: node(parts[0], scope, derived: derived), term: term.index)
    case (.add, 2): op = .add
    case (.subtract, 2): op = .subtract
    case (.multiply, 2): op = .multiply
    default: return nil
    }
    let children = parts.map { node($0, scope, derived: derived) }
    guard op == .and || op == .or else {
      return RowNode(op: op, a: children[0], b: children[1], term: term.index)
    }
    operands += children
    return RowNode(
      op: op, a: Int32(operands.count - children.count), b: Int32(children.count),
      term: term.index)
  }
}

/// Runs row nodes over the facts of a memory.
final class RowMachine {
  unowned(unsafe) let memory: Memory
  private let nodes: UnsafeMutablePointer<RowNode>
  private let operands: UnsafeMutablePointer<Int32>
  private let scopes: [RowScope]
  /// The values of derived columns, by column and row; closed values.
  let derived: UnsafeMutablePointer<UnsafeMutablePointer<Value>>
  let globals: UnsafeMutablePointer<Value>

  init(_ code: RowCode, _ memory: Memory, derivedCount: Int, globalCount: Int) {
    self.memory = memory
    nodes = .allocate(capacity: max(code.nodes.count, 1))
    nodes.initialize(from: code.nodes, count: code.nodes.count)
    operands = .allocate(capacity: max(code.operands.count, 1))
    operands.initialize(from: code.operands, count: code.operands.count)
    scopes = code.scopes
    derived = .allocate(capacity: max(derivedCount, 1))
    globals = .allocate(capacity: max(globalCount, 1))
    globals.initialize(repeating: .missing(Cause(.empty)), count: max(globalCount, 1))
  }

  deinit {
    nodes.deallocate()
    operands.deallocate()
    derived.deallocate()
    globals.deallocate()
  }

  /// Whether a condition is surely true of some rows.
  @inline(__always)
  func holds(_ node: Int32, _ rows: UnsafeMutablePointer<Int32>) -> Bool {
    let value = value(node, rows)
    return value.tag == .boolean && value.bits != 0
  }

  /// The value of a node at some rows, the machine's value of its term.
  func value(_ index: Int32, _ rows: UnsafeMutablePointer<Int32>) -> Value {
    let node = nodes[Int(index)]
    switch node.op {
    case .field: return field(Int(node.b), Int(rows[Int(node.a)]))
    case .constant: return memory.constants[Int(node.term)]
    case .compare:
      return compare(node.relation, value(node.a, rows), value(node.b, rows))
    case .slot: return Value(tag: .record, bits: Int64(rows[Int(node.a)]), aux: node.record)
    case .derived: return derived[Int(node.b)][Int(rows[Int(node.a)])]
    case .global: return globals[Int(node.b)]
    case .fieldOf:
      let record = value(node.a, rows)
      let column = memory.columns[Int(node.b)]
      if record.tag == .record, record.aux == column.record,
        UInt64(bitPattern: record.bits) < UInt64(column.count)
      {
        return field(Int(node.b), Int(record.bits))
      }
      return record.isKnown
        ? .missing(Cause(.danglingReference, site: Int(node.b))) : record.asArgument
    case .and, .or: return join(node, rows)
    case .not:
      let value = value(node.a, rows)
      return value.tag == .boolean
        ? Value(tag: .boolean, bits: value.bits ^ 1) : Self.asTruth(value)
    case .isKnown:
      let value = value(node.a, rows)
      return value.isFault ? value : .boolean(value.isKnown)
    case .add:
      return Value.add(value(node.a, rows), value(node.b, rows), at: Int(node.term))
    case .subtract:
      return Value.subtract(value(node.a, rows), value(node.b, rows), at: Int(node.term))
    case .multiply:
      return Value.multiply(value(node.a, rows), value(node.b, rows), at: Int(node.term))
    case .term: return whole(node, rows)
    }
  }

  /// A known value that is no boolean is left as it is.
  private static func asTruth(_ value: Value) -> Value { value.asArgument }

  @inline(__always)
  private func field(_ field: Int, _ row: Int) -> Value {
    let column = memory.columns[field]
    let value = column.base[row]
    return column.mayDangle ? memory.live(value, field: field) : value
  }

  @inline(__always)
  private func compare(_ relation: UInt8, _ left: Value, _ right: Value) -> Value {
    let order: Int
    if left.tag == .text, right.tag == .text, relation > UInt8(Relation.notEqual.rawValue) {
      order = memory.keyOrder(left, right, depth: 0)
    } else if left.tag == right.tag, left.scale == right.scale, left.aux == right.aux,
      left.tag.isPlainlyOrdered
    {
      order = left.bits < right.bits ? -1 : left.bits == right.bits ? 0 : 1
    } else {
      guard left.isKnown, right.isKnown else { return Value.notKnown(left, right) }
      switch Comparison.of(left, right) {
      case .order(let found): order = found
      case .fault(let fault): return fault
      }
    }
    switch Relation(rawValue: Int32(relation)) ?? .equal {
    case .equal: return .boolean(order == 0)
    case .notEqual: return .boolean(order != 0)
    case .less: return .boolean(order == -1)
    case .lessOrEqual: return .boolean(order == -1 || order == 0)
    case .greater: return .boolean(order == 1)
    case .greaterOrEqual: return .boolean(order == 1 || order == 0)
    }
  }

  private func join(_ node: RowNode, _ rows: UnsafeMutablePointer<Int32>) -> Value {
    let deciding: Int64 = node.op == .and ? 0 : 1
    var result = Value.boolean(deciding == 0)
    for index in 0..<Int(node.b) {
      let value = value(operands[Int(node.a) + index], rows)
      if value.tag == .boolean {
        if value.bits == deciding { return value }
      } else if value.isFault {
        if !result.isFault { result = value }
      } else if result.tag == .boolean {
        result = value.asArgument
      }
    }
    return result
  }

  private func whole(_ node: RowNode, _ rows: UnsafeMutablePointer<Int32>) -> Value {
    let slots = scopes[Int(node.record)].enumerated().map { slot, record -> Value in
      guard let record, rows[slot] >= 0 else { return .missing(Cause(.empty)) }
      return .record(Int(rows[slot]), of: record)
    }
    return memory.value(of: TermID(Int(node.term)), in: Frame(slots: slots, today: memory.today))
  }
}
