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

  /// Looks again at records that changed since anybody asked; at first at all of them.
  private func refresh(_ kept: KeptFold) {
    if !kept.isNew, kept.stale.isEmpty { return }
    let record = kept.plan.gather.record
    let table = facts.tables[Int(record.index)]
    var rows: [Int32]
    if kept.isNew {
      kept.begin(rows: table.count)
      rows = table.liveRows.map { Int32($0) }
    } else {
      rows = kept.takeStale()
      if table.removedCount > 0 { rows.removeAll { table.isRemoved(Int($0)) } }
    }
    var first = 0
    while first < rows.count {
      let count = min(Block.capacity, rows.count - first)
      let mark = arena.mark
      add(rows[first..<first + count], to: kept)
      arena.release(mark)
      first += count
    }
  }

  /// Works out what some records add, up to a block of them.
  private func add(_ rows: ArraySlice<Int32>, to kept: KeptFold) {
    let plan = kept.plan
    let gather = plan.gather
    let slotCount = Int(gather.slot) + 1
    let slots = arena.take(slotCount * MemoryLayout<Register>.stride)
      .assumingMemoryBound(to: Register.self)
    for slot in 0..<slotCount { slots[slot] = Register(base: missingSlot, mask: 0) }
    let records = arena.values(rows.count)
    var isRun = true
    for (lane, row) in rows.enumerated() {
      records[lane] = .record(Int(row), of: gather.record)
      isRun = isRun && Int(row) == Int(rows[rows.startIndex]) + lane
    }
    slots[slotCount - 1] = Register(
      base: records, mask: -1, firstRow: isRun ? Int(rows[rows.startIndex]) : -1)
    let block = Block(
      slots: slots, slotCount: slotCount, today: Register(base: todayValue, mask: 0),
      width: rows.count)
    let lanes = Lanes(list: arena.lanes(1), count: rows.count, isDense: true)

    let keys = plan.keys.map { evaluate($0.inner, block, lanes) }
    let places = plan.window.map { evaluate($0.inner, block, lanes) }
    let nowhere = Register(base: missingSlot, mask: 0)
    let parts = plan.parts.map { part -> Register in
      switch part {
      case .key(let key): keys[key]
      case .own(let term): evaluate(term, block, lanes)
      case .window: places ?? nowhere
      }
    }
    let held = arena.values(rows.count)
    for lane in 0..<rows.count { held[lane] = self.held(plan, parts, lane) }
    let wanted = arena.lanes(rows.count)
    var wantedCount = 0
    let isQuantifier = gather.fold.isQuantifier
    for lane in 0..<rows.count {
      let truth = Truth(held[lane])
      guard truth == .yes || isQuantifier && truth != .no else { continue }
      wanted[wantedCount] = UInt8(truncatingIfNeeded: lane)
      wantedCount += 1
    }
    var values: Register?
    if let term = gather.value, wantedCount > 0 {
      let inside = Lanes(list: wanted, count: wantedCount, isDense: wantedCount == rows.count)
      values = evaluate(term, block, inside)
    }
    let key = arena.values(plan.keys.count)
    for (lane, row) in rows.enumerated() {
      let (value, state) = part(of: gather, held[lane], values, lane)
      var isKnown = true
      for place in keys.indices {
        key[place] = keys[place][lane]
        isKnown = isKnown && key[place].isKnown
      }
      kept.put(
        Int(row), value, state, keys: isKnown ? UnsafePointer(key) : nil,
        at: places?[lane] ?? nowhere[0])
    }
  }

  /// How the guard stands for a record of the group that is asked for, as `and` says.
  private func held(_ plan: FoldPlan, _ parts: [Register], _ lane: Int) -> Value {
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
