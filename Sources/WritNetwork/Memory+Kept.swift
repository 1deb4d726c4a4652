import WritModel
import WritRules

// Folds that are kept as facts change.
extension Memory {
  /// The answer of a fold from what is kept of its groups; nil: it is not kept, or not for who asks
  /// so (as of another day, by a key that is not known).
  func kept(_ plan: GatherPlan, _ id: GatherID, _ block: Block, _ lane: Int) -> Value? {
    let index = Int(id.index)
    guard keepsFolds, assigned.isEmpty, let fold = self.plan().folds[index] else { return nil }
    if fold.readsToday {
      let date = block.today[lane]
      guard date.isKnown, date.bits == Int64(today) else { return nil }
    }
    let keys = arena.values(fold.keys.count)
    for (place, key) in fold.keys.enumerated() {
      keys[place] = valueOfLane(key.outer, block, lane)
      // Then the equality is open for every record.
      guard keys[place].isKnown else { return nil }
    }
    var range = FoldRange()
    for bound in fold.window?.bounds ?? [] {
      let value = valueOfLane(bound.outer, block, lane)
      guard value.isKnown else { return nil }
      range.bounds.append(
        FoldRange.Bound(value: value, isLower: bound.isLower, includes: bound.includes))
    }
    let kept = gatherMemos[index].kept ?? KeptFold(fold)
    gatherMemos[index].kept = kept
    refresh(kept)
    // Of two keys one may be known and say that the record is not in.
    if fold.keys.count > 1, kept.isOpen { return nil }
    let group = kept.find(keys)
    let value =
      fold.window == nil
      ? kept.value(of: group, type: plan.type, site: index)
      : kept.value(of: group, in: range, type: plan.type, site: index)
    assert(
      !isSmall || isAsScanned(value, plan, id, block, lane),
      "a kept fold is what its records come to")
    return value
  }

  private func isAsScanned(
    _ value: Value, _ plan: GatherPlan, _ id: GatherID, _ block: Block, _ lane: Int
  ) -> Bool {
    var fold = GatherFold(plan.gather)
    let scanned = scanned(plan, id, &fold, block, lane)
    return value.tag == scanned.tag && value.bits == scanned.bits && value.scale == scanned.scale
      && value.aux == scanned.aux
  }

  /// Notes the records that refer to one in a field; false: they cannot be found.
  func noteReferring(to row: Int, in reference: FieldID, _ kept: KeptFold) -> Bool {
    guard let target = facts.schema[reference].type.referred, let term = plan().ownTerms[reference],
      case .field(_, let of) = program[term], case .slot(let slot) = program[of]
    else { return false }
    let mark = arena.mark
    defer { arena.release(mark) }
    let table = keyTable(facts.schema[reference].record, slot, [term])
    let hash = KeyTable.combined(0, Value.record(row, of: target).hashBits)
    // Those whose reference is not known read nothing of the record.
    table.forEachCandidate(hash, surely: true) { kept.note($0) }
    return true
  }

  /// Looks again at records that changed since anybody asked; at first at all of them.
  private func refresh(_ kept: KeptFold) {
    if !kept.isNew, kept.stale.isEmpty { return }
    let record = kept.plan.gather.record
    if kept.isNew {
      let table = facts.tables[Int(record.index)]
      kept.begin(rows: table.count)
      for row in table.liveRows { kept.note(row) }
    }
    kept.takeAwayStale()
    let rows = arena.values(Block.capacity)
    var next = 0
    while next < kept.stale.count {
      let mark = arena.mark
      var count = 0
      while next < kept.stale.count, count < Block.capacity {
        let row = Int(kept.stale[next])
        next += 1
        if facts.tables[Int(record.index)].isRemoved(row) { continue }
        rows[count] = .record(row, of: record)
        count += 1
      }
      if count > 0 { add(rows, count, to: kept) }
      arena.release(mark)
    }
    kept.forgetStale()
  }

  /// Works out what some records add, up to a block of them.
  private func add(_ records: UnsafeMutablePointer<Value>, _ count: Int, to kept: KeptFold) {
    let plan = kept.plan
    let gather = plan.gather
    let slotCount = Int(gather.slot) + 1
    let slots = arena.take(slotCount * MemoryLayout<Register>.stride)
      .assumingMemoryBound(to: Register.self)
    for slot in 0..<slotCount { slots[slot] = Register(base: missingSlot, mask: 0) }
    var isRun = true
    for lane in 0..<count { isRun = isRun && records[lane].bits == records[0].bits + Int64(lane) }
    slots[slotCount - 1] = Register(
      base: records, mask: -1, firstRow: isRun ? Int(records[0].bits) : -1)
    let block = Block(
      slots: slots, slotCount: slotCount, today: Register(base: todayValue, mask: 0),
      width: count)
    let lanes = Lanes(list: arena.lanes(1), count: count, isDense: true)

    let keys = registers(plan.keys.count)
    for (place, key) in plan.keys.enumerated() { keys[place] = evaluate(key.inner, block, lanes) }
    let places = plan.window.map { evaluate($0.inner, block, lanes) }
    let nowhere = Register(base: missingSlot, mask: 0)
    let parts = registers(plan.parts.count)
    for (place, part) in plan.parts.enumerated() {
      switch part {
      case .key(let key): parts[place] = keys[key]
      case .own(let term): parts[place] = evaluate(term, block, lanes)
      case .window: parts[place] = places ?? nowhere
      }
    }
    let held = arena.values(count)
    for lane in 0..<count { held[lane] = self.held(plan, parts, lane) }
    let wanted = arena.lanes(count)
    var wantedCount = 0
    let isQuantifier = gather.fold.isQuantifier
    for lane in 0..<count {
      let truth = Truth(held[lane])
      guard truth == .yes || isQuantifier && truth != .no else { continue }
      wanted[wantedCount] = UInt8(truncatingIfNeeded: lane)
      wantedCount += 1
    }
    var values: Register?
    if let term = gather.value, wantedCount > 0 {
      let inside = Lanes(list: wanted, count: wantedCount, isDense: wantedCount == count)
      values = evaluate(term, block, inside)
    }
    let key = arena.values(plan.keys.count)
    for lane in 0..<count {
      let (value, state) = part(of: gather, held[lane], values, lane)
      var isKnown = true
      for place in 0..<plan.keys.count {
        key[place] = keys[place][lane]
        isKnown = isKnown && key[place].isKnown
      }
      kept.put(
        Int(records[lane].bits), value, state, keys: isKnown ? UnsafePointer(key) : nil,
        at: places?[lane] ?? nowhere[0])
    }
  }

  private func registers(_ count: Int) -> UnsafeMutablePointer<Register> {
    arena.take(max(count, 1) * MemoryLayout<Register>.stride).assumingMemoryBound(
      to: Register.self)
  }

  /// How the guard stands for a record of the group that is asked for, as `and` says.
  private func held(
    _ plan: FoldPlan, _ parts: UnsafeMutablePointer<Register>, _ lane: Int
  ) -> Value {
    var held = Value.boolean(true)
    for (place, part) in plan.parts.enumerated() {
      var value = parts[place][lane]
      switch part {
      case .key, .window: if value.isKnown { value = .boolean(true) }
      case .own: break
      }
      if value.tag == .boolean {
        if value.bits == 0 { return value }
      } else if value.isFault {
        if !held.isFault { held = value }
      } else if held.tag == .boolean {
        held = value.asArgument
      }
    }
    return held
  }

  /// What a record adds to its group.
  private func part(
    of gather: Gather, _ held: Value, _ values: Register?, _ lane: Int
  ) -> (Value, KeptFold.State) {
    let truth = Truth(held)
    guard gather.fold.isQuantifier else {
      switch truth {
      case .no: return (held, [])
      case .unknown, .fault: return (held, .isGap)
      case .yes: break
      }
      guard gather.value != nil, let value = values?[lane] else { return (held, .isIn) }
      if value.isKnown { return (value, [.isIn, .hasValue]) }
      return (value, value.isFault || !gather.skipsUnknown ? [.isIn, .isGap] : .isIn)
    }
    // What decides: the guard and the value hold; of `every` the guard does and the value does not.
    let isEvery = gather.fold == .every
    guard gather.value != nil else {
      switch truth {
      case .yes: return (held, isEvery ? [] : .isFound)
      case .no: return (held, isEvery ? .isFound : [])
      case .unknown, .fault: return (held, .isGap)
      }
    }
    guard truth != .no, let value = values?[lane] else { return (held, []) }
    let said = Truth(value)
    if said == (isEvery ? .yes : .no) { return (held, []) }
    if said == (isEvery ? .no : .yes), truth == .yes { return (held, .isFound) }
    if truth == .fault { return (held, .isGap) }
    if said == .fault { return (value, .isGap) }
    return (truth == .yes ? value : held, .isGap)
  }
}
