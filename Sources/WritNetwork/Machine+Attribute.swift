import WritModel
import WritRules

extension Memory {
  /// The values of an attribute at argument registers, for some lanes.
  func call(
    _ attribute: AttributeID, _ arguments: UnsafeMutablePointer<Register>, _ count: Int,
    today: Register, _ block: Block, _ lanes: Lanes
  ) -> Register {
    let plan = network.attributes[Int(attribute.index)]
    guard plan.canBeKept || assigned[attribute] != nil || today.mask != 0 else {
      if !today[0].isKnown {
        let out = arena.values(1)
        out.pointee = today[0].asArgument
        return Register(base: out, mask: 0)
      }
      let inner = Block(slots: arguments, slotCount: count, today: today, width: block.width)
      return evaluate(network.attributes[Int(attribute.index)].term, inner, lanes)
    }
    // A date that is not known makes the value so, whether the attribute reads it or not.
    if plan.canBeKept, assigned[attribute] == nil, today.mask == 0, today[0].isKnown,
      !plan.readsToday || today[0].bits == Int64(self.today),
      let whole = kept(attribute, plan, arguments, count, block, lanes)
    {
      return whole
    }

    // Lane by lane: what is known, what can be kept once it is known, and the rest.
    let out = arena.values(block.width)
    let rest = arena.lanes(max(lanes.count, 1))
    var restCount = 0
    let overrides = assigned[attribute]
    lanes.each { lane in
      let date = today[lane]
      if !date.isKnown {
        out[lane] = date.asArgument
        return
      }
      let row = self.row(plan, arguments, lane)
      if let row, let value = overrides?[row] {
        out[lane] = value
      } else if let row, plan.canBeKept, let value = known(attribute, plan, row, date) {
        out[lane] = value
      } else {
        rest[restCount] = UInt8(truncatingIfNeeded: lane)
        restCount += 1
      }
    }
    guard restCount > 0 else { return Register(base: out, mask: -1) }
    let open = Lanes(list: rest, count: restCount, isDense: false)
    let inner = Block(slots: arguments, slotCount: count, today: today, width: block.width)
    let values = evaluate(network.attributes[Int(attribute.index)].term, inner, open)
    open.each { lane in
      out[lane] = values[lane]
      if plan.canBeKept, let row = self.row(plan, arguments, lane) {
        keep(attribute, plan, row, today[lane], values[lane])
      }
    }
    return Register(base: out, mask: -1)
  }

  /// The row that an attribute's value is kept at; nil if its argument is no record of its type.
  @inline(__always)
  private func row(
    _ plan: AttributePlan, _ arguments: UnsafeMutablePointer<Register>, _ lane: Int
  ) -> Int? {
    guard let record = plan.record else { return 0 }
    let argument = arguments[0][lane]
    guard argument.tag == .record, argument.aux == record.index, argument.bits >= 0,
      argument.bits < facts.tables[Int(record.index)].count
    else { return nil }
    return Int(argument.bits)
  }

  private func rowCount(_ plan: AttributePlan) -> Int {
    plan.record.map { facts.tables[Int($0.index)].count } ?? 1
  }

  private func isOfRun(_ plan: AttributePlan, _ date: Value) -> Bool {
    !plan.readsToday || date.bits == Int64(today)
  }

  private func known(
    _ attribute: AttributeID, _ plan: AttributePlan, _ row: Int, _ date: Value
  ) -> Value? {
    if isOfRun(plan, date) {
      let memo = memos[Int(attribute.index)]
      guard row < memo.count, let flags = memo.isKnown, flags[row] == 1 else { return nil }
      return memo.values?[row]
    }
    return memos[Int(attribute.index)].dated[Memo.key(row, date)]
  }

  private func keep(
    _ attribute: AttributeID, _ plan: AttributePlan, _ row: Int, _ date: Value, _ value: Value
  ) {
    if isOfRun(plan, date) {
      memos[Int(attribute.index)].grow(to: rowCount(plan))
      let memo = memos[Int(attribute.index)]
      memo.values?[row] = value
      memo.isKnown?[row] = 1
    } else {
      memos[Int(attribute.index)].dated[Memo.key(row, date)] = value
    }
  }

  /// The way of most readings: every lane is a record that exists, on the run's date. Rows that
  /// are not known yet are computed side by side, each once. nil: some lane is something else.
  private func kept(
    _ attribute: AttributeID, _ plan: AttributePlan,
    _ arguments: UnsafeMutablePointer<Register>, _ count: Int, _ block: Block, _ lanes: Lanes
  ) -> Register? {
    let total = rowCount(plan)
    guard let record = plan.record else { return keptOnly(attribute, block, lanes) }
    guard count == 1, total > 0 else { return nil }
    memos[Int(attribute.index)].grow(to: total)
    let memo = memos[Int(attribute.index)]
    guard let values = memo.values, let flags = memo.isKnown else { return nil }

    if plan.level > Self.rungs * 2 { climb(plan, arguments, block, lanes) }
    let firstRow = arguments[0].firstRow
    if firstRow >= 0, lanes.isDense, firstRow + lanes.count <= total {
      // Neighbouring rows of which none is known yet: straight from the block that asks.
      let flags = flags + firstRow
      var isKnown: UInt8 = 0
      for lane in 0..<lanes.count { isKnown |= flags[lane] }
      if isKnown == 0 {
        let inner = Block(
          slots: arguments, slotCount: 1, today: Register(base: todayValue, mask: 0),
          width: block.width)
        let result = evaluate(network.attributes[Int(attribute.index)].term, inner, lanes)
        let target = values + firstRow
        for lane in 0..<lanes.count { target[lane] = result[lane] }
        flags.update(repeating: 1, count: lanes.count)
        return Register(base: target, mask: -1)
      }
    }

    let missing = arena.values(lanes.count)
    var missingCount = 0
    let argument = arguments[0]
    var isWhole = true
    lanes.each { lane in
      let value = argument[lane]
      guard value.tag == .record, value.aux == record.index,
        UInt64(bitPattern: value.bits) < UInt64(total)
      else {
        isWhole = false
        return
      }
      let row = Int(value.bits)
      if flags[row] == 0 {
        flags[row] = 2
        missing[missingCount] = .record(row, of: record)
        missingCount += 1
      }
    }
    if missingCount > 0 {
      compute(attribute, record, missing, missingCount, values, flags)
    }
    guard isWhole else { return nil }
    if argument.firstRow >= 0 { return Register(base: values + argument.firstRow, mask: -1) }
    let out = arena.values(block.width)
    lanes.each { out[$0] = values[Int(argument[$0].bits)] }
    return Register(base: out, mask: -1)
  }

  /// How many attributes deep a computation may go before what lies below is computed first.
  private static let rungs = 32

  /// Long chains of attributes (a price of a thousand steps) are computed from below, so that the
  /// stack stays short.
  private func climb(
    _ plan: AttributePlan, _ arguments: UnsafeMutablePointer<Register>, _ block: Block,
    _ lanes: Lanes
  ) {
    let lane = lanes.isDense ? 0 : Int(lanes.list[0])
    guard let row = row(plan, arguments, lane) else { return }
    var waiting: [AttributeID] = []
    var next = plan.below
    while let id = next {
      let below = network.attributes[Int(id.index)]
      let memo = memos[Int(id.index)]
      guard below.canBeKept, below.record == plan.record, below.level > Self.rungs,
        !(row < memo.count && memo.isKnown?[row] == 1)
      else { break }
      if below.level % Self.rungs == 0 { waiting.append(id) }
      next = below.below
    }
    for id in waiting.reversed() {
      let mark = arena.mark
      _ = call(id, arguments, 1, today: Register(base: todayValue, mask: 0), block, lanes)
      arena.release(mark)
    }
  }

  private func compute(
    _ attribute: AttributeID, _ record: RecordID, _ records: UnsafeMutablePointer<Value>,
    _ count: Int, _ values: UnsafeMutablePointer<Value>, _ flags: UnsafeMutablePointer<UInt8>
  ) {
    let mark = arena.mark
    let first = Int(records[0].bits)
    var isRun = true
    for index in 0..<count where Int(records[index].bits) != first + index { isRun = false }
    let slots = arena.take(MemoryLayout<Register>.stride).assumingMemoryBound(to: Register.self)
    slots[0] = Register(base: records, mask: -1, firstRow: isRun ? first : -1)
    let inner = Block(
      slots: slots, slotCount: 1, today: Register(base: todayValue, mask: 0), width: count)
    let lanes = Lanes(list: arena.lanes(1), count: count, isDense: true)
    let term = network.attributes[Int(attribute.index)].term
    let result = evaluate(term, inner, lanes)
    for index in 0..<count {
      let row = Int(records[index].bits)
      values[row] = result[index]
      flags[row] = 1
    }
    arena.release(mark)
  }

  /// An attribute of nothing has one value.
  private func keptOnly(_ attribute: AttributeID, _ block: Block, _ lanes: Lanes) -> Register? {
    let index = Int(attribute.index)
    memos[index].grow(to: 1)
    if memos[index].isKnown?[0] != 1 {
      let inner = Block(
        slots: block.slots, slotCount: 0, today: Register(base: todayValue, mask: 0), width: 1)
      let one = Lanes(list: arena.lanes(1), count: 1, isDense: true)
      let value = evaluate(network.attributes[index].term, inner, one)[0]
      memos[index].values?[0] = value
      memos[index].isKnown?[0] = 1
    }
    return memos[index].values.map { Register(base: $0, mask: 0) }
  }
}

extension Memo {
  static func key(_ row: Int, _ date: Value) -> UInt64 {
    UInt64(row) << 32 | UInt64(truncatingIfNeeded: date.bits) & 0xFFFF_FFFF
  }
}
