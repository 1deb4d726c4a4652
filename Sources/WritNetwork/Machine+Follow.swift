import WritModel
import WritRules

extension Memory {
  /// From `start` along `next` while the condition holds on the child; no more steps than records.
  ///
  /// A blank `next` is the end, and the condition is not asked there: the head of a group has no
  /// parent and so no share to read.
  func follow(_ id: FollowID, _ start: Register, _ block: Block, _ lanes: Lanes) -> Register {
    let plan = program.follows[Int(id.index)]
    let out = arena.values(block.width)
    let slotCount = max(block.slotCount, Int(plan.slot) + 1)
    let slots = arena.take(slotCount * MemoryLayout<Register>.stride)
      .assumingMemoryBound(to: Register.self)
    let current = arena.values(1)
    lanes.each { lane in
      let mark = arena.mark
      for slot in 0..<slotCount {
        if slot < block.slotCount {
          let outer = block.slots[slot]
          slots[slot] = Register(base: outer.base + (lane & outer.mask), mask: 0)
        } else {
          slots[slot] = Register(base: missingSlot, mask: 0)
        }
      }
      slots[Int(plan.slot)] = Register(base: current, mask: 0)
      let today = Register(base: block.today.base + (lane & block.today.mask), mask: 0)
      let inner = Block(slots: slots, slotCount: slotCount, today: today, width: 1)
      current.pointee = start[lane]
      out[lane] = last(plan, inner, current)
      arena.release(mark)
    }
    return Register(base: out, mask: -1)
  }

  private func last(
    _ plan: Follow, _ block: Block, _ current: UnsafeMutablePointer<Value>
  ) -> Value {
    guard current.pointee.isKnown else { return current.pointee.asArgument }
    let lanes = Lanes(list: arena.lanes(1), count: 1, isDense: true)
    // Once there were more steps than records, one of them was met twice.
    var steps = 0
    for table in facts.tables { steps += table.count }
    while steps >= 0 {
      let mark = arena.mark
      defer { arena.release(mark) }
      let next = evaluate(plan.next, block, lanes)[0]
      if next.isFault { return next }
      if next.tag == .missing, next.cause.kind == .blankField { return current.pointee }
      let condition = evaluate(plan.condition, block, lanes)[0]
      switch Truth(condition) {
      case .no: return current.pointee
      case .unknown, .fault: return condition.asArgument
      case .yes: break
      }
      guard next.isKnown else { return next.asArgument }
      current.pointee = next
      steps -= 1
    }
    return .missing(Cause(.circle))
  }
}
