public import WritModel
public import WritRules

// What explanations ask: the parts of an answer, evaluated again in a record's frame.
extension Memory {
  /// How each alternative's guard stands, in written order.
  public func truths(of choose: ChooseID, in frame: Frame) -> [Truth] {
    program[choose].alternatives.map { Truth(value(of: $0.guardTerm, in: frame)) }
  }

  /// All records of a gather's type with how the guard stands and their keys, by row. Keys are
  /// found only for records that are not surely out.
  public func rows(
    of gather: GatherID, in frame: Frame
  ) -> [(row: Int, guardTruth: Truth, keys: [Value])] {
    let plan = program[gather]
    var slots = frame.slots
    while slots.count <= Int(plan.slot) { slots.append(.missing(Cause(.empty))) }
    return facts[plan.record].liveRows.map { row in
      slots[Int(plan.slot)] = .record(row, of: plan.record)
      let inner = Frame(slots: slots, today: frame.today)
      let truth = plan.guardTerm.map { Truth(value(of: $0, in: inner)) } ?? .yes
      let keys = truth == .no ? [] : plan.keys.map { value(of: $0.term, in: inner) }
      return (row, truth, keys)
    }
  }

  /// Whether a record comes before another of its type by their keys: nothing that is told in this
  /// order depends on that of the rows.
  public func precedes(_ a: Value, _ b: Value) -> Bool { keyOrder(a, b, depth: 0) < 0 }
}

extension Memory {
  /// The alternatives of a choose that are not surely false in a frame, rising; all others do not
  /// hold there. nil: no index tells, or a fault is in view.
  public func candidates(of id: ChooseID, in frame: Frame) -> [Int]? {
    let plan = network.chooses[Int(id.index)]
    if let keyed = plan.keyed { return candidates(keyed, in: frame) }
    // Where what is unknown does not hold, the index does not tell it from what is false.
    guard plan.policy != .first || plan.isStrict || borrowsTable(of: id) else { return nil }
    guard let index = plan.index else { return borrowedCandidates(of: id, in: frame) }
    let mark = arena.mark
    defer { arena.release(mark) }
    let located = locate(index, singleBlock(frame.slots, today: frame.today), singleLane)
    guard !located.hasFault else { return nil }
    var found: [Int] = []
    var entry = located.first(after: -1, 0)
    while entry >= 0 {
      let alternative = Int(index.alternativeOfEntry[entry])
      if found.last != alternative { found.append(alternative) }
      entry = located.first(after: entry, 0)
    }
    return found
  }
}
