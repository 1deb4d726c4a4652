import WritModel
import WritRules

extension Memory {
  /// A gather for some lanes of a block.
  func gather(_ id: GatherID, _ block: Block, _ lanes: Lanes) -> Register {
    let plan = network.gathers[Int(id.index)]
    if plan.isClosed, !plan.readsCounters, !plan.readsToday || block.today.mask == 0 {
      let out = arena.values(1)
      out.pointee = closed(plan, id, block, lanes)
      return Register(base: out, mask: 0)
    }
    let out = arena.values(block.width)
    if gatherMemos[Int(id.index)].isRestless {
      return keptOrScanned(plan, id, block, lanes, out)
    }
    var fold = GatherFold(plan.gather)
    lanes.each { lane in
      let mark = arena.mark
      if case .apportion(let amount, let quantum, let weight) = plan.gather.fold {
        out[lane] = share(plan, id, amount, quantum, weight, block, lane)
      } else {
        out[lane] = scanned(plan, id, &fold, block, lane)
      }
      arena.release(mark)
    }
    return Register(base: out, mask: -1)
  }

  /// A gather that sees nothing of the frame but the date is computed once.
  private func closed(
    _ plan: GatherPlan, _ id: GatherID, _ block: Block, _ lanes: Lanes
  ) -> Value {
    let date = plan.readsToday ? block.today[0].bits : Int64.min
    if let known = gatherMemos[Int(id.index)].closed[date] { return known }
    let lane = lanes.isDense ? 0 : Int(lanes.list[0])
    let value = keptOrScanned(plan, id, block, lane)
    gatherMemos[Int(id.index)].closed[date] = value
    return value
  }

  /// Where what is read changes now and then: from what is kept, if it is.
  private func keptOrScanned(
    _ plan: GatherPlan, _ id: GatherID, _ block: Block, _ lanes: Lanes,
    _ out: UnsafeMutablePointer<Value>
  ) -> Register {
    lanes.each { lane in
      let mark = arena.mark
      if case .apportion(let amount, let quantum, let weight) = plan.gather.fold {
        out[lane] = share(plan, id, amount, quantum, weight, block, lane)
      } else {
        out[lane] = keptOrScanned(plan, id, block, lane)
      }
      arena.release(mark)
    }
    return Register(base: out, mask: -1)
  }

  private func keptOrScanned(
    _ plan: GatherPlan, _ id: GatherID, _ block: Block, _ lane: Int
  ) -> Value {
    if gatherMemos[Int(id.index)].isRestless, let value = kept(plan, id, block, lane) {
      return value
    }
    var fold = GatherFold(plan.gather)
    return scanned(plan, id, &fold, block, lane)
  }

  /// A gather from all records that may be in.
  func scanned(
    _ plan: GatherPlan, _ id: GatherID, _ fold: inout GatherFold, _ block: Block, _ lane: Int
  ) -> Value {
    fold.clear()
    if isSurelyNobody(plan, block, lane) { return finish(plan, id, &fold) }
    scan(plan, block, lane) { inner, count, held in
      take(plan.gather, &fold, inner, count, held)
      return !fold.isDecided
    }
    return finish(plan, id, &fold)
  }

  /// Whether a `pick` or `list` finds nobody because a key it looks for is blank: the equality is
  /// unknown for every record then, so none is surely in. Only a fault could still show.
  private func isSurelyNobody(_ plan: GatherPlan, _ block: Block, _ lane: Int) -> Bool {
    isSureOnly(plan, block, lane)
      && plan.probes.contains { !valueOfLane($0.outer, block, lane).isKnown }
  }

  /// Whether only records that are surely in matter: for `pick` and `list`, as long as no fault can
  /// show. Then records whose key is blank need not be looked at, of which there may be many.
  private func isSureOnly(_ plan: GatherPlan, _ block: Block, _ lane: Int) -> Bool {
    switch plan.gather.fold {
    case .pick, .list: break
    case .some, .no, .every, .count, .sum, .average, .min, .max, .median, .countDistinct,
      .apportion:
      return false
    }
    guard plan.isSound, block.today[lane].isKnown,
      (0..<block.slotCount).allSatisfy({ !block.slots[$0][lane].isFault })
    else { return false }
    return !hasFaults()
  }

  private func hasFaults() -> Bool {
    if let known = hasFaultyFacts { return known }
    let found = facts.tables.contains { table in
      table.columns.contains { $0.contains(where: \.isFault) }
    }
    hasFaultyFacts = found
    return found
  }

  // MARK: Candidates

  /// Runs over the records that may be in, in blocks: gives each block, its number of lanes, and
  /// the guard's values (nil: all are in), until `body` says it has enough.
  func scan(
    _ plan: GatherPlan, _ block: Block, _ lane: Int, _ body: (Block, Int, Register?) -> Bool
  ) {
    let gather = plan.gather
    let slotCount = max(block.slotCount, Int(gather.slot) + 1)
    let slots = arena.take(slotCount * MemoryLayout<Register>.stride)
      .assumingMemoryBound(to: Register.self)
    for slot in 0..<slotCount {
      if slot < block.slotCount {
        let outer = block.slots[slot]
        slots[slot] = Register(base: outer.base + (lane & outer.mask), mask: 0)
      } else {
        slots[slot] = Register(base: missingSlot, mask: 0)
      }
    }
    let today = Register(base: block.today.base + (lane & block.today.mask), mask: 0)

    func run(_ rows: UnsafeMutablePointer<Value>, _ count: Int, firstRow: Int) -> Bool {
      let mark = arena.mark
      defer { arena.release(mark) }
      slots[Int(gather.slot)] = Register(base: rows, mask: -1, firstRow: firstRow)
      let inner = Block(slots: slots, slotCount: slotCount, today: today, width: count)
      let lanes = Lanes(list: arena.lanes(1), count: count, isDense: true)
      return body(inner, count, gather.guardTerm.map { evaluate($0, inner, lanes) })
    }

    if let probed = probe(plan, block, lane) {
      let rows = arena.values(Block.capacity)
      var count = 0
      var goesOn = true
      let surely = isSureOnly(plan, block, lane)
      probed.table.forEachCandidate(probed.hash, surely: surely) { row in
        guard goesOn else { return }
        rows[count] = .record(row, of: gather.record)
        count += 1
        if count == Block.capacity {
          goesOn = run(rows, count, firstRow: -1)
          count = 0
        }
      }
      if goesOn, count > 0 { _ = run(rows, count, firstRow: -1) }
      return
    }
    let total = facts.tables[Int(gather.record.index)].count
    let hasRemoved = facts.tables[Int(gather.record.index)].removedCount > 0
    let rows = arena.values(min(Block.capacity, max(total, 1)))
    var first = 0
    while first < total {
      var count = min(Block.capacity, total - first)
      let end = first + count
      if hasRemoved {
        count = liveRows(gather.record, first..<end, into: rows)
        if count > 0 {
          guard run(rows, count, firstRow: count == end - first ? first : -1) else { return }
        }
      } else {
        for index in 0..<count { rows[index] = .record(first + index, of: gather.record) }
        guard run(rows, count, firstRow: first) else { return }
      }
      first = end
    }
  }

  /// The records of some rows that were not removed; how many.
  private func liveRows(
    _ record: RecordID, _ range: Range<Int>, into rows: UnsafeMutablePointer<Value>
  ) -> Int {
    var count = 0
    for row in range where !facts.tables[Int(record.index)].isRemoved(row) {
      rows[count] = .record(row, of: record)
      count += 1
    }
    return count
  }

  /// The table and hash that find the candidates; nil if all records are.
  private func probe(
    _ plan: GatherPlan, _ block: Block, _ lane: Int
  ) -> (table: KeyTable, hash: UInt64)? {
    guard !plan.probes.isEmpty else { return nil }
    var hash: UInt64 = 0
    var used: [TermID] = []
    for probe in plan.probes {
      let value = valueOfLane(probe.outer, block, lane)
      // Not known: the equality is open for every record.
      guard value.isKnown else { return nil }
      hash = KeyTable.combined(hash, value.hashBits)
      used.append(probe.inner)
    }
    return (keyTable(plan.gather.record, plan.gather.slot, used), hash)
  }

  func keyTable(_ record: RecordID, _ slot: Int32, _ inner: [TermID]) -> KeyTable {
    let shape = KeyTable.Shape(record: record, slot: slot, inner: inner)
    if let table = keyTables[shape] { return table }
    let total = facts.tables[Int(record.index)].count
    var hashes: [UInt64?] = Array(repeating: 0, count: total)
    let slots = arena.take((Int(slot) + 1) * MemoryLayout<Register>.stride)
      .assumingMemoryBound(to: Register.self)
    for index in 0...Int(slot) { slots[index] = Register(base: missingSlot, mask: 0) }
    let rows = arena.values(Block.capacity)
    var first = 0
    while first < total {
      let mark = arena.mark
      let count = min(Block.capacity, total - first)
      for index in 0..<count { rows[index] = .record(first + index, of: record) }
      slots[Int(slot)] = Register(base: rows, mask: -1, firstRow: first)
      let block = Block(
        slots: slots, slotCount: Int(slot) + 1, today: Register(base: todayValue, mask: 0),
        width: count)
      let lanes = Lanes(list: arena.lanes(1), count: count, isDense: true)
      for term in inner {
        let values = evaluate(term, block, lanes)
        for index in 0..<count {
          let value = values[index]
          if let hash = hashes[first + index], value.isKnown {
            hashes[first + index] = KeyTable.combined(hash, value.hashBits)
          } else {
            hashes[first + index] = nil
          }
        }
      }
      arena.release(mark)
      first += count
    }
    var reads = RecordSet()
    reads.insert(record)
    for term in inner { reads.formUnion(network.facts.records(term)) }
    let whole = facts.tables[Int(record.index)]
    var columns: [FieldID]? = []
    for term in inner {
      if case .field(let field, let of) = program[term], program[of] == .slot(slot) {
        columns?.append(field)
      } else {
        columns = nil
      }
    }
    keyTableCount += 1
    let table = KeyTable(
      shape, number: keyTableCount, hashes: hashes,
      isRemoved: { whole.removedCount > 0 && whole.isRemoved($0) }, reads: reads,
      columns: columns)
    keyTables[shape] = table
    return table
  }

  // MARK: Folding

  /// Adds a block of candidates to a fold.
  private func take(
    _ gather: Gather, _ fold: inout GatherFold, _ block: Block, _ count: Int, _ held: Register?
  ) {
    let sure = arena.lanes(count)
    let wanted = arena.lanes(count)
    var sureCount = 0
    var wantedCount = 0
    for lane in 0..<count {
      let value = held?[lane] ?? .boolean(true)
      let truth = Truth(value)
      if truth == .yes {
        sure[sureCount] = UInt8(truncatingIfNeeded: lane)
        sureCount += 1
      } else if truth != .no, !gather.fold.isQuantifier {
        fold.note(gap: value)
      }
      if truth != .no {
        wanted[wantedCount] = UInt8(truncatingIfNeeded: lane)
        wantedCount += 1
      }
    }
    let inside = Lanes(list: sure, count: sureCount, isDense: sureCount == count)

    switch gather.fold {
    case .some, .no, .every:
      let open = Lanes(list: wanted, count: wantedCount, isDense: wantedCount == count)
      quantify(gather, &fold, block, open, count, held)
    case .count, .sum, .average, .min, .max, .median, .countDistinct:
      fold.count += sureCount
      guard sureCount > 0, let term = gather.value else { return }
      let values = evaluate(term, block, inside)
      inside.each { lane in
        let value = values[lane]
        if value.isKnown {
          fold.add(value)
        } else if value.isFault || !gather.skipsUnknown {
          fold.note(gap: value)
        }
      }
    case .pick, .list:
      guard sureCount > 0 else { return }
      let keys = arena.take(max(gather.keys.count, 1) * MemoryLayout<Register>.stride)
        .assumingMemoryBound(to: Register.self)
      for (index, key) in gather.keys.enumerated() {
        keys[index] = evaluate(key.term, block, inside)
      }
      let rows = block.slots[Int(gather.slot)]
      inside.each { lane in
        fold.add(rows[lane], keys: keys, lane, in: self)
      }
    case .apportion: break
    }
  }

  /// `some` (and `no`): guard and value hold; `every`: the guard holds and the value does not, a
  /// counter-example. Without a value `every` asks the guard itself of all records.
  private func quantify(
    _ gather: Gather, _ fold: inout GatherFold, _ block: Block, _ wanted: Lanes, _ count: Int,
    _ held: Register?
  ) {
    let isEvery = gather.fold == .every
    guard let term = gather.value else {
      for lane in 0..<count {
        let value = held?[lane] ?? .boolean(true)
        switch Truth(value) {
        case .yes: fold.isFound = fold.isFound || !isEvery
        case .no: fold.isFound = fold.isFound || isEvery
        case .unknown, .fault: fold.note(gap: value)
        }
      }
      return
    }
    guard wanted.count > 0 else { return }
    let values = evaluate(term, block, wanted)
    wanted.each { lane in
      let condition = held?[lane] ?? .boolean(true)
      let value = values[lane]
      let truth = Truth(value)
      if truth == (isEvery ? .yes : .no) { return }
      let holds = truth == (isEvery ? .no : .yes)
      if holds, Truth(condition) == .yes {
        fold.isFound = true
      } else if Truth(condition) == .fault {
        fold.note(gap: condition)
      } else if truth == .fault {
        fold.note(gap: value)
      } else if Truth(condition) != .yes {
        fold.note(gap: condition)
      } else {
        fold.note(gap: value)
      }
    }
  }

  private func finish(_ plan: GatherPlan, _ id: GatherID, _ fold: inout GatherFold) -> Value {
    let empty = Value.missing(Cause(.empty, site: Int(id.index)))
    switch plan.gather.fold {
    case .some, .no, .every:
      if fold.isFound { return .boolean(plan.gather.fold == .some) }
      return fold.leastGap ?? .boolean(plan.gather.fold != .some)
    case .pick, .list:
      if let fault = fold.leastFault { return fault }
      if let fault = fold.leastKeyFault { return fault }
      if fold.mixesCurrencies { return .fault(Cause(.mixedCurrencies)) }
      if plan.gather.fold == .list {
        return facts.lists.add(fold.sortedRows(in: self))
      }
      guard let best = fold.best else { return empty }
      return fold.isTied ? Value(.tied, Cause(.tie, site: Int(id.index))) : best
    case .count, .sum, .average, .min, .max, .median, .countDistinct:
      break
    case .apportion: return empty
    }
    if let gap = fold.leastGap { return gap }
    switch plan.gather.fold {
    case .count: return .number(Decimal(Int64(fold.count)))
    case .sum: return fold.total.value(type: plan.type)
    case .average: return fold.total.count == 0 ? empty : fold.total.average(type: plan.type)
    case .min: return extreme(fold.values, greatest: false) ?? empty
    case .max: return extreme(fold.values, greatest: true) ?? empty
    case .countDistinct: return .number(Decimal(Int64(distinct(fold.values).count)))
    case .median: return median(fold.values, plan.type) ?? empty
    case .some, .no, .every, .pick, .list, .apportion: return empty
    }
  }

  private func median(_ values: [Value], _ type: ValueType) -> Value? {
    guard let first = values.first else { return nil }
    if first.tag == .money, values.contains(where: { $0.aux != first.aux }) {
      return .fault(Cause(.mixedCurrencies))
    }
    let sorted = values.sorted { Value.order($0, $1) < 0 }
    let upper = sorted[sorted.count / 2]
    if sorted.count % 2 == 1 { return upper }
    var total = Total()
    total.add(sorted[sorted.count / 2 - 1])
    total.add(upper)
    return total.average(type: type)
  }

  /// A place for slots that a frame does not have.
  var missingSlot: UnsafeMutablePointer<Value> {
    let value = arena.values(1)
    value.pointee = .missing(Cause(.empty))
    return value
  }
}

extension KeyTable {
  static func combined(_ hash: UInt64, _ next: UInt64) -> UInt64 {
    (hash &* 0x9E37_79B9_7F4A_7C15 ^ next) &* 0xC2B2_AE3D_27D4_EB4F ^ (hash >> 31)
  }
}

extension Gather.Fold {
  var isQuantifier: Bool {
    switch self {
    case .some, .no, .every: true
    case .count, .sum, .average, .min, .max, .median, .countDistinct, .pick, .list, .apportion:
      false
    }
  }
}
