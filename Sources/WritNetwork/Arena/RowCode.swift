import WritModel
import WritRules

/// One step of a condition over the rows of a match: 16 bytes, its parts by their place.
///
/// Functions are put in where they are called. What it does not know (folds, choices …) it hands to
/// the machine as a whole term.
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
    /// Node `a` where it is known, else node `b`.
    case orElse
    /// Of nodes `operands[a ..< a + 3]` the second where the first holds, the third where it does not.
    case ifElse
    /// Operation `relation` of nodes `operands[a ..< a + b]`.
    case operation
    /// Of pairs of nodes among `operands[a ..< a + b]` the second of the first pair whose first holds;
    /// a single one at the end is what stands where none does. Anything that is not known makes the
    /// call be worked out as a whole term.
    case choose
    /// Node `a`, the body of a function with its arguments put in.
    case call
    /// Node `a`, worked out once a call and kept in cell `b`.
    case kept
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
  private(set) var operations: [Operation] = []
  private(set) var cellCount = 0
  private var known: [Key: Int32] = [:]
  private var apart: Set<Int> = []
  /// The nodes that stand for the parameters of a function that is put in.
  private var environments: [[Int32]] = []
  private var environmentByNodes: [[Int32]: Int32] = [:]
  /// Functions that cannot be put in.
  private var opaque: Set<AttributeID> = []
  let program: Program
  let facts: TermFacts

  private struct Key: Hashable {
    var term: TermID
    var scope: Int32
    /// -1: the slots are those of the scope.
    var environment: Int32 = -1
  }
  /// How many nodes a function may come to, and how deep it may call others.
  private static let mostNodes = 2_000
  private static let deepest = 32

  init(_ program: Program, _ facts: TermFacts) {
    self.program = program
    self.facts = facts
    // Answers that are assigned are kept, and may be others than their terms give.
    for decision in program.decisions {
      if case .assign = decision.kind { opaque.insert(decision.answer) }
    }
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
    case .orElse: return "(\(signature(node.a))else\(signature(node.b)))"
    case .ifElse, .operation:
      let parts = (0..<node.b).map { signature(operands[Int(node.a + $0)]) }
      return "\(node.op)\(node.relation)(\(parts.joined(separator: ",")))"
    case .choose, .call, .kept, .term: return "t\(node.term)@\(node.record)"
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
    case .compare, .add, .subtract, .multiply, .orElse:
      return columns(node.a, fieldCount, &found) + columns(node.b, fieldCount, &found)
    case .and, .or, .ifElse, .operation:
      return (0..<node.b).flatMap { columns(operands[Int(node.a + $0)], fieldCount, &found) }
    case .choose, .call, .kept, .term: return [index]
    }
  }

  private mutating func make(
    _ term: TermID, _ scope: Int32, _ derived: (TermID) -> RowNode?
  ) -> RowNode {
    if let node = derived(term) { return node }
    let whole = RowNode(op: .term, record: UInt16(scope), term: term.index)
    let records = scopes[Int(scope)]
    switch program[term] {
    case .constant: return RowNode(op: .constant, term: term.index)
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
      let children = { (self: inout RowCode) in
        parts.map { self.node($0, scope, derived: derived) }
      }
      return make(operation, parts.count, term, scope, children) ?? whole
    case .attribute(let id, let arguments, let asOf):
      guard asOf == nil, !opaque.contains(id) else { return whole }
      let values = arguments.map { node($0, scope, derived: derived) }
      guard let body = body(of: id, values, scope) else {
        opaque.insert(id)
        return whole
      }
      return RowNode(op: .call, record: UInt16(scope), a: body, term: term.index)
    case .today, .winner, .payload, .collect, .gather, .follow, .counter: return whole
    }
  }

  /// The node of an operation; nil: the machine knows it, rows do not.
  private mutating func make(
    _ operation: Operation, _ count: Int, _ term: TermID, _ scope: Int32,
    _ parts: (inout RowCode) -> [Int32]
  ) -> RowNode? {
    guard let op = Self.op(operation, count) else { return nil }
    var node = RowNode(op: op, record: UInt16(scope), term: term.index)
    if let relation = Relation(operation) { node.relation = UInt8(relation.rawValue) }
    if op == .operation {
      guard let number = number(of: operation) else { return nil }
      node.relation = number
    }
    let children = parts(&self)
    switch op {
    case .and, .or, .ifElse, .operation:
      operands += children
      node.a = Int32(operands.count - children.count)
      node.b = Int32(children.count)
    default:
      node.a = children[0]
      if children.count > 1 { node.b = children[1] }
    }
    return node
  }

  private static func op(_ operation: Operation, _ count: Int) -> RowNode.Op? {
    switch (operation, count) {
    case (.equal, 2), (.notEqual, 2), (.less, 2), (.lessOrEqual, 2), (.greater, 2),
      (.greaterOrEqual, 2):
      .compare
    case (.and, _): .and
    case (.or, _): .or
    case (.not, 1): .not
    case (.isKnown, 1): .isKnown
    case (.add, 2): .add
    case (.subtract, 2): .subtract
    case (.multiply, 2): .multiply
    case (.orElse, 2): .orElse
    case (.ifElse, 3): .ifElse
    case (.divide, 2), (.negate, 1), (.round, 2), (.smaller, 2), (.larger, 2), (.isIn, 2),
      (.within, 2), (.inRange, 3), (.year, 1), (.month, 1), (.dayOfMonth, 1), (.addDuration, 2),
      (.subtractDuration, 2), (.subtractDates, 2), (.hasAnswer, 1), (.noneIfMissing, 1),
      (.undeterminedIfMissing, 1):
      .operation
    default: nil
    }
  }

  private mutating func number(of operation: Operation) -> UInt8? {
    if let found = operations.firstIndex(of: operation) { return UInt8(found) }
    guard operations.count < 256 else { return nil }
    operations.append(operation)
    return UInt8(operations.count - 1)
  }

  // MARK: Functions

  /// What is wrong with putting a function in.
  private struct Opaque: Error {}

  /// The body of a function at arguments; nil if it is more than operations over plain fields, or
  /// too large.
  private mutating func body(of id: AttributeID, _ arguments: [Int32], _ scope: Int32) -> Int32? {
    guard program[id].parameters.count == arguments.count else { return nil }
    let values = arguments.map { isPlain($0) ? $0 : cell($0) }
    let limit = nodes.count + Self.mostNodes
    return try? put(program[id].term, environment(values), scope, limit, depth: 0)
  }

  private mutating func put(
    _ term: TermID, _ environment: Int32, _ scope: Int32, _ limit: Int, depth: Int
  ) throws(Opaque) -> Int32 {
    guard nodes.count < limit, depth < Self.deepest else { throw Opaque() }
    let key = Key(term: term, scope: scope, environment: environment)
    if let found = known[key] {
      keep(found)
      return found
    }
    var node = RowNode(op: .constant, record: UInt16(scope), term: term.index)
    switch program[term] {
    case .constant: break
    case .slot(let slot):
      let values = environments[Int(environment)]
      guard values.indices.contains(Int(slot)) else { throw Opaque() }
      return values[Int(slot)]
    case .field(let field, let of):
      node.op = .fieldOf
      node.a = try put(of, environment, scope, limit, depth: depth + 1)
      node.b = field.index
    case .operation(let operation, let parts):
      var children: [Int32] = []
      for part in parts {
        children.append(try put(part, environment, scope, limit, depth: depth + 1))
      }
      guard let made = make(operation, parts.count, term, scope, { _ in children }) else {
        throw Opaque()
      }
      node = made
    case .attribute(let id, let arguments, let asOf):
      guard asOf == nil, !opaque.contains(id), program[id].parameters.count == arguments.count
      else { throw Opaque() }
      var values: [Int32] = []
      for argument in arguments {
        values.append(try put(argument, environment, scope, limit, depth: depth + 1))
      }
      let inner = self.environment(values)
      return try put(program[id].term, inner, scope, limit, depth: depth + 1)
    case .payload(let id, let column, let winner):
      let choose = program[id]
      guard choose.policy == .first, program[winner] == .winner(id) else { throw Opaque() }
      var parts = choose.alternatives.flatMap {
        [$0.guardTerm] + $0.payload.dropFirst(Int(column)).prefix(1)
      }
      parts += (choose.otherwise?.payload ?? []).dropFirst(Int(column)).prefix(1)
      var children: [Int32] = []
      for part in parts {
        children.append(try put(part, environment, scope, limit, depth: depth + 1))
      }
      guard children.count >= 2 * choose.alternatives.count else { throw Opaque() }
      operands += children
      node.op = .choose
      node.a = Int32(operands.count - children.count)
      node.b = Int32(children.count)
    case .today, .winner, .collect, .gather, .follow, .counter: throw Opaque()
    }
    nodes.append(node)
    known[key] = Int32(nodes.count - 1)
    return Int32(nodes.count - 1)
  }

  private mutating func environment(_ values: [Int32]) -> Int32 {
    if let found = environmentByNodes[values] { return found }
    environments.append(values)
    environmentByNodes[values] = Int32(environments.count - 1)
    return Int32(environments.count - 1)
  }

  /// Whether a value is as near as a kept one.
  private func isPlain(_ node: Int32) -> Bool {
    switch nodes[Int(node)].op {
    case .slot, .constant, .field, .derived, .global, .kept: true
    default: false
    }
  }

  /// A node of its own that keeps the value of another.
  private mutating func cell(_ node: Int32) -> Int32 {
    let kept = RowNode(
      op: .kept, record: nodes[Int(node)].record, a: node, b: Int32(cellCount),
      term: nodes[Int(node)].term)
    cellCount += 1
    return append(kept)
  }

  /// Makes a node that is asked more than once keep its value.
  private mutating func keep(_ node: Int32) {
    guard !isPlain(node) else { return }
    let moved = append(nodes[Int(node)])
    nodes[Int(node)] = RowNode(
      op: .kept, record: nodes[Int(node)].record, a: moved, b: Int32(cellCount),
      term: nodes[Int(node)].term)
    cellCount += 1
  }
}
