import WritModel
import WritRules

/// Runs row nodes over the facts of a memory.
final class RowMachine {
  unowned(unsafe) let memory: Memory
  /// The memory's own: asking it for them again and again would count references.
  let columns: UnsafeMutablePointer<Memory.Column>
  private let constants: UnsafeMutablePointer<Value>
  private let nodes: UnsafeMutablePointer<RowNode>
  private let operands: UnsafeMutablePointer<Int32>
  private let scopes: [RowScope]
  private let operations: [Operation]
  /// What is kept of the call that goes on; its number, how many calls there were, and whether it has
  /// to be worked out as a whole.
  private let cells: UnsafeMutablePointer<Cell>
  private let calls: UnsafeMutablePointer<Int>
  /// The values of derived columns, by column and row; closed values.
  let derived: UnsafeMutablePointer<UnsafeMutablePointer<Value>>
  let globals: UnsafeMutablePointer<Value>
  /// The conditions of alphas: where they see a row, and which they are.
  let alphas: UnsafeMutablePointer<Alpha>
  private let alphaNodes: UnsafeMutablePointer<Int32>

  struct Alpha {
    var slot: Int
    var base: UnsafeMutablePointer<Int32>
    var count: Int
  }

  init(_ plan: MatchPlan, _ memory: Memory) {
    self.memory = memory
    columns = memory.columns
    constants = memory.constants
    let code = plan.code
    nodes = .allocate(capacity: max(code.nodes.count, 1))
    nodes.initialize(from: code.nodes, count: code.nodes.count)
    operands = .allocate(capacity: max(code.operands.count, 1))
    operands.initialize(from: code.operands, count: code.operands.count)
    scopes = code.scopes
    operations = code.operations
    cells = .allocate(capacity: max(code.cellCount, 1))
    cells.initialize(repeating: Cell(), count: max(code.cellCount, 1))
    calls = .allocate(capacity: 3)
    calls.initialize(repeating: 0, count: 3)
    derived = .allocate(capacity: max(plan.derived.count, 1))
    globals = .allocate(capacity: max(plan.globals.count, 1))
    globals.initialize(repeating: .missing(Cause(.empty)), count: max(plan.globals.count, 1))
    alphas = .allocate(capacity: max(plan.alphas.count, 1))
    let conditions = plan.alphas.flatMap(\.conditions)
    alphaNodes = .allocate(capacity: max(conditions.count, 1))
    alphaNodes.initialize(from: conditions, count: conditions.count)
    var next = 0
    for (number, alpha) in plan.alphas.enumerated() {
      (alphas + number).initialize(
        to: Alpha(slot: alpha.slot, base: alphaNodes + next, count: alpha.conditions.count))
      next += alpha.conditions.count
    }
  }

  deinit {
    nodes.deallocate()
    cells.deallocate()
    calls.deallocate()
    operands.deallocate()
    derived.deallocate()
    globals.deallocate()
    alphas.deallocate()
    alphaNodes.deallocate()
  }

  private struct Cell {
    var call = -1
    var value = Value.missing(Cause(.empty))
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
    case .constant: return constants[Int(node.term)]
    case .compare:
      return compare(node.relation, leaf(node.a, rows), leaf(node.b, rows))
    case .slot: return Value(tag: .record, bits: Int64(rows[Int(node.a)]), aux: node.record)
    case .derived: return derived[Int(node.b)][Int(rows[Int(node.a)])]
    case .global: return globals[Int(node.b)]
    case .isKnown:
      let value = leaf(node.a, rows)
      return value.isFault ? value : .boolean(value.isKnown)
    case .not:
      let value = leaf(node.a, rows)
      return value.tag == .boolean
        ? Value(tag: .boolean, bits: value.bits ^ 1) : Self.asTruth(value)
    case .and, .or: return join(node, rows)
    case .fieldOf, .add, .subtract, .multiply, .orElse, .ifElse, .operation, .choose, .call,
      .kept, .term:
      return other(node, rows)
    }
  }

  /// `value`, but what most conditions compare does not take a call.
  @inline(__always)
  private func leaf(_ index: Int32, _ rows: UnsafeMutablePointer<Int32>) -> Value {
    let node = nodes[Int(index)]
    switch node.op {
    case .field: return field(Int(node.b), Int(rows[Int(node.a)]))
    case .constant: return constants[Int(node.term)]
    default: return value(index, rows)
    }
  }

  @inline(never)
  private func other(_ node: RowNode, _ rows: UnsafeMutablePointer<Int32>) -> Value {
    switch node.op {
    case .kept:
      let cell = cells + Int(node.b)
      if cell.pointee.call == calls[0] { return cell.pointee.value }
      let value = value(node.a, rows)
      cell.pointee = Cell(call: calls[0], value: value)
      return value
    case .call:
      let (outer, isLost) = (calls[0], calls[2])
      calls[1] &+= 1
      calls[0] = calls[1]
      calls[2] = 0
      let value = value(node.a, rows)
      let isWhole = calls[2] != 0
      calls[0] = outer
      calls[2] = isLost
      return isWhole ? whole(node, rows) : value
    case .choose: return choose(node, rows)
    case .add:
      let (a, b) = (value(node.a, rows), value(node.b, rows))
      if Self.areWhole(a, b) {
        let (sum, overflows) = a.bits.addingReportingOverflow(b.bits)
        if !overflows { return Value(tag: .number, bits: sum) }
      }
      return Value.add(a, b, at: Int(node.term))
    case .subtract:
      let (a, b) = (value(node.a, rows), value(node.b, rows))
      if Self.areWhole(a, b) {
        let (difference, overflows) = a.bits.subtractingReportingOverflow(b.bits)
        if !overflows { return Value(tag: .number, bits: difference) }
      }
      return Value.subtract(a, b, at: Int(node.term))
    case .multiply:
      let (a, b) = (value(node.a, rows), value(node.b, rows))
      if Self.areWhole(a, b) {
        let (product, overflows) = a.bits.multipliedReportingOverflow(by: b.bits)
        if !overflows { return Value(tag: .number, bits: product) }
      }
      return Value.multiply(a, b, at: Int(node.term))
    case .fieldOf:
      let record = value(node.a, rows)
      let column = columns[Int(node.b)]
      if record.tag == .record, record.aux == column.record,
        UInt64(bitPattern: record.bits) < UInt64(column.count)
      {
        return field(Int(node.b), Int(record.bits))
      }
      return record.isKnown
        ? .missing(Cause(.danglingReference, site: Int(node.b))) : record.asArgument
    case .orElse:
      let first = value(node.a, rows)
      return first.isKnown || first.isFault ? first : value(node.b, rows)
    case .ifElse:
      let condition = value(operands[Int(node.a)], rows)
      switch Truth(condition) {
      case .yes: return value(operands[Int(node.a) + 1], rows)
      case .no: return value(operands[Int(node.a) + 2], rows)
      case .unknown, .fault: return condition.asArgument
      }
    case .operation: return operation(node, rows)
    case .term: return whole(node, rows)
    case .slot, .constant, .field, .derived, .global, .compare, .and, .or, .not, .isKnown:
      return .missing(Cause(.empty))
    }
  }

  @inline(__always)
  private static func areWhole(_ a: Value, _ b: Value) -> Bool {
    a.tag == .number && b.tag == .number && a.scale | b.scale == 0
  }

  private func choose(_ node: RowNode, _ rows: UnsafeMutablePointer<Int32>) -> Value {
    let parts = operands + Int(node.a)
    let count = Int(node.b)
    var place = 0
    while place < count {
      if place + 1 < count {
        let held = value(parts[place], rows)
        guard held.tag == .boolean else { break }
        if held.bits == 0 {
          place += 2
          continue
        }
        place += 1
      }
      let payload = value(parts[place], rows)
      if payload.isKnown { return payload }
      break
    }
    calls[2] = 1
    return .missing(Cause(.empty))
  }

  private func operation(_ node: RowNode, _ rows: UnsafeMutablePointer<Int32>) -> Value {
    let count = Int(node.b)
    return withUnsafeTemporaryAllocation(of: Value.self, capacity: count) { arguments in
      for index in 0..<count {
        arguments[index] = value(operands[Int(node.a) + index], rows)
      }
      return memory.apply(
        operations[Int(node.relation)], UnsafeBufferPointer(arguments), at: Int(node.term))
    }
  }

  /// A known value that is no boolean is left as it is.
  private static func asTruth(_ value: Value) -> Value { value.asArgument }

  @inline(__always)
  private func field(_ field: Int, _ row: Int) -> Value {
    let column = columns[field]
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
