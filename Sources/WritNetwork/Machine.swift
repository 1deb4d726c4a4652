import WritModel
import WritRules

// The loop that runs flat code.
extension Memory {
  /// Runs code for some lanes of a block. The register is good until the arena is released.
  func run(_ code: Code, _ block: Block, _ lanes: Lanes) -> Register {
    let registers = arena.take(code.registers.count * MemoryLayout<Register>.stride)
      .assumingMemoryBound(to: Register.self)
    guard lanes.count > 0 else { return Register(base: todayValue, mask: 0) }
    let selections = arena.take(code.selectionCount * MemoryLayout<Lanes>.stride)
      .assumingMemoryBound(to: Lanes.self)
    selections[0] = lanes
    for (index, kind) in code.registers.enumerated() {
      switch kind {
      case .vector: break
      case .slot(let slot):
        // A term may be asked about with fewer slots than it reads; what is not there is missing.
        registers[index] =
          Int(slot) < block.slotCount
          ? block.slots[Int(slot)] : missingRegister(Cause(.empty), width: block.width)
      case .constant(let term): registers[index] = Register(base: constants + Int(term), mask: 0)
      case .today: registers[index] = block.today
      }
    }
    code.instructions.withUnsafeBufferPointer { instructions in
      for instruction in instructions {
        let lanes = selections[Int(instruction.selection)]
        if lanes.count == 0 {
          if instruction.code.narrows { selections[Int(instruction.to)] = lanes }
          continue
        }
        step(instruction, code, registers, selections, lanes, block)
      }
    }
    return registers[Int(code.result)]
  }

  private func missingRegister(_ cause: Cause, width: Int) -> Register {
    let value = arena.values(1)
    value.pointee = .missing(cause)
    return Register(base: value, mask: 0)
  }

  @inline(__always)
  private func step(
    _ instruction: Instruction, _ code: Code, _ registers: UnsafeMutablePointer<Register>,
    _ selections: UnsafeMutablePointer<Lanes>, _ lanes: Lanes, _ block: Block
  ) {
    let to = Int(instruction.to)
    let a = Int(instruction.a)
    let b = Int(instruction.b)
    let c = Int(instruction.c)
    switch instruction.code {
    case .field:
      registers[to] = field(b, registers[a], lanes, block)
    case .attribute:
      let call = code.calls[a]
      let arguments = arena.take(max(call.arguments.count, 1) * MemoryLayout<Register>.stride)
        .assumingMemoryBound(to: Register.self)
      for (index, argument) in call.arguments.enumerated() {
        arguments[index] = registers[Int(argument)]
      }
      let today = call.asOf.map { registers[Int($0)] } ?? block.today
      registers[to] = self.call(
        call.attribute, arguments, call.arguments.count, today: today, block, lanes)
    case .compare:
      let out = arena.values(block.width)
      registers[to] = Register(base: out, mask: -1)
      compare(instruction.c, registers[a], registers[b], lanes, out)
    case .and, .or:
      let out = arena.values(block.width)
      registers[to] = Register(base: out, mask: -1)
      code.operands.withUnsafeBufferPointer { operands in
        join(
          decidingBits: instruction.code == .and ? 0 : 1, registers,
          UnsafeBufferPointer(rebasing: operands[a..<a + b]), lanes, out)
      }
    case .not:
      let out = arena.values(block.width)
      let source = registers[a]
      lanes.each { lane in
        let value = source[lane]
        out[lane] =
          value.tag == .boolean ? Value(tag: .boolean, bits: value.bits ^ 1) : value.asArgument
      }
      registers[to] = Register(base: out, mask: -1)
    case .whereTrue: selections[to] = narrow(lanes, registers[a]) { $0 == .yes }
    case .whereFalse: selections[to] = narrow(lanes, registers[a]) { $0 == .no }
    case .whereNotFalse: selections[to] = narrow(lanes, registers[a]) { $0 != .no }
    case .whereNotTrue: selections[to] = narrow(lanes, registers[a]) { $0 != .yes }
    case .whereUnknown:
      let list = arena.lanes(lanes.count)
      var count = 0
      let source = registers[a]
      lanes.each { lane in
        list[count] = UInt8(truncatingIfNeeded: lane)
        let value = source[lane]
        count += value.isKnown || value.isFault ? 0 : 1
      }
      selections[to] = Lanes(list: list, count: count, isDense: false)
    case .merge:
      let out = arena.values(block.width)
      let condition = registers[a]
      lanes.each { lane in
        let value = condition[lane]
        switch Truth(value) {
        case .yes: out[lane] = registers[b][lane]
        case .no: out[lane] = registers[c][lane]
        case .unknown, .fault: out[lane] = value.asArgument
        }
      }
      registers[to] = Register(base: out, mask: -1)
    case .isKnown, .surely, .possibly:
      let out = arena.values(block.width)
      let source = registers[a]
      let opcode = instruction.code
      lanes.each { lane in
        let value = source[lane]
        if value.isFault {
          out[lane] = value
        } else if opcode == .isKnown {
          out[lane] = .boolean(value.isKnown)
        } else {
          let truth = Truth(value)
          out[lane] = .boolean(opcode == .surely ? truth == .yes : truth != .no)
        }
      }
      registers[to] = Register(base: out, mask: -1)
    case .orElse:
      let out = arena.values(block.width)
      let source = registers[a]
      lanes.each { lane in
        let value = source[lane]
        out[lane] = value.isKnown || value.isFault ? value : registers[b][lane]
      }
      registers[to] = Register(base: out, mask: -1)
    case .operation:
      let out = arena.values(block.width)
      let asked = code.operations[c]
      let arguments = arena.values(max(b, 1))
      lanes.each { lane in
        for index in 0..<b {
          arguments[index] = registers[Int(code.operands[a + index])][lane]
        }
        out[lane] = apply(
          asked.operation, UnsafeBufferPointer(start: arguments, count: b), at: asked.site)
      }
      registers[to] = Register(base: out, mask: -1)
    case .winner:
      registers[to] = winner(ChooseID(a), block, lanes)
    case .payload:
      registers[to] = payload(ChooseID(a), column: b, registers[c], block, lanes)
    case .collect:
      registers[to] = collect(
        ChooseID(a), column: b, CollectFold(rawValue: UInt8(code.operands[c])) ?? .list,
        term: TermID(Int(code.operands[c + 1])), block, lanes)
    case .gather:
      registers[to] = gather(GatherID(a), block, lanes)
    case .follow:
      registers[to] = follow(FollowID(a), registers[b], block, lanes)
    case .counter:
      let out = arena.values(block.width)
      let source = registers[a]
      lanes.each { out[$0] = counter(CounterID(b), of: source[$0]) }
      registers[to] = Register(base: out, mask: -1)
    }
  }

  @inline(__always)
  private func narrow(_ lanes: Lanes, _ source: Register, _ stays: (Truth) -> Bool) -> Lanes {
    let list = arena.lanes(lanes.count)
    var count = 0
    lanes.each { lane in
      list[count] = UInt8(truncatingIfNeeded: lane)
      count += stays(Truth(source[lane])) ? 1 : 0
    }
    return Lanes(list: list, count: count, isDense: false)
  }

  /// A base field: for neighbouring rows the column itself, else fetched row by row.
  private func field(
    _ field: Int, _ source: Register, _ lanes: Lanes, _ block: Block
  ) -> Register {
    let column = columns[field]
    if source.firstRow >= 0, source.firstRow + block.width <= column.count, !column.mayDangle,
      source[0].tag == .record, source[0].aux == column.record
    {
      return Register(base: column.base + source.firstRow, mask: -1)
    }
    if source.mask == 0 {
      let out = arena.values(1)
      out.pointee = fieldValue(field, column, source[0])
      return Register(base: out, mask: 0)
    }
    let out = arena.values(block.width)
    lanes.each { out[$0] = fieldValue(field, column, source[$0]) }
    return Register(base: out, mask: -1)
  }

  @inline(__always)
  private func fieldValue(_ field: Int, _ column: Column, _ record: Value) -> Value {
    if record.tag == .record, record.aux == column.record,
      UInt64(bitPattern: record.bits) < UInt64(column.count)
    {
      let value = column.base[Int(record.bits)]
      return column.mayDangle ? live(value, field: field) : value
    }
    return record.isKnown ? .missing(Cause(.danglingReference, site: field)) : record.asArgument
  }

  /// `and` (deciding bits 0), `or` (1): an argument that decides wins, then the first fault, then
  /// the first that is not known.
  @inline(__always)
  private func join(
    decidingBits: Int64, _ registers: UnsafeMutablePointer<Register>,
    _ operands: UnsafeBufferPointer<Int32>, _ lanes: Lanes, _ out: UnsafeMutablePointer<Value>
  ) {
    lanes.each { lane in
      var result = Value.boolean(decidingBits == 0)
      for operand in operands {
        let value = registers[Int(operand)][lane]
        if value.tag == .boolean {
          if value.bits == decidingBits {
            result = value
            break
          }
        } else if value.isFault {
          if !result.isFault { result = value }
        } else if result.tag == .boolean {
          result = value.asArgument
        }
      }
      out[lane] = result
    }
  }

  private func compare(
    _ relation: Int32, _ left: Register, _ right: Register, _ lanes: Lanes,
    _ out: UnsafeMutablePointer<Value>
  ) {
    let relation = Relation(rawValue: relation) ?? .equal
    switch relation {
    case .equal: lanes.each { out[$0] = compared(left[$0], right[$0]) { $0 == 0 } }
    case .notEqual: lanes.each { out[$0] = compared(left[$0], right[$0]) { $0 != 0 } }
    case .less: lanes.each { out[$0] = ordered(left[$0], right[$0]) { $0 == -1 } }
    case .lessOrEqual:
      lanes.each { out[$0] = ordered(left[$0], right[$0]) { $0 == -1 || $0 == 0 } }
    case .greater: lanes.each { out[$0] = ordered(left[$0], right[$0]) { $0 == 1 } }
    case .greaterOrEqual:
      lanes.each { out[$0] = ordered(left[$0], right[$0]) { $0 == 1 || $0 == 0 } }
    }
  }

  /// As `compared`, where texts stand in the order of their bytes and not of their symbols.
  @inline(__always)
  private func ordered(_ left: Value, _ right: Value, _ holds: (Int) -> Bool) -> Value {
    if left.tag == .text, right.tag == .text {
      return .boolean(holds(keyOrder(left, right, depth: 0)))
    }
    return compared(left, right, holds)
  }

  @inline(__always)
  private func compared(_ left: Value, _ right: Value, _ holds: (Int) -> Bool) -> Value {
    if left.tag == right.tag, left.scale == right.scale, left.aux == right.aux,
      left.tag.isPlainlyOrdered
    {
      return .boolean(holds(left.bits < right.bits ? -1 : left.bits == right.bits ? 0 : 1))
    }
    guard left.isKnown, right.isKnown else { return Value.notKnown(left, right) }
    switch Comparison.of(left, right) {
    case .order(let order): return .boolean(holds(order))
    case .fault(let fault): return fault
    }
  }
}

extension Instruction.Opcode {
  /// Whether it makes a selection.
  @inline(__always)
  var narrows: Bool {
    rawValue >= Instruction.Opcode.whereTrue.rawValue
      && rawValue <= Instruction.Opcode.whereUnknown.rawValue
  }
}
