import WritModel
import WritRules

// Taking in what changed.
extension Matcher {
  /// Notes a change that was made. O(1).
  func note(_ record: RecordID, row: Int, column: Int32, old: Value) {
    pending.append(
      Change(record: Int32(record.index), row: Int32(row), column: column, old: old))
  }

  /// Whether anything here looks at a field.
  func reads(_ field: Int) -> Bool { readFields[field] }

  /// Takes in all changes since the last time; the matches are those of the facts then.
  func propagate() {
    if isAssignedAnew {
      isAssignedAnew = false
      takeInChanges()
      reconsiderAll()
    } else {
      takeInChanges()
    }
  }

  private func takeInChanges() {
    guard !pending.isEmpty, explosion == nil else { return }
    work = 0
    collect()
    if !touched.isEmpty {
      if !plan.derived.isEmpty { updateDerived() }
      noteGlobals()
      takeIn()
      answerProbes()
      if !otherReads.isEmpty { reconsiderGeneral() }
      settleClosed()
      refreshGlobals()
      answerProbes()
    }
    pending.removeAll(keepingCapacity: true)
    touched.removeAll(keepingCapacity: true)
    touchedColumns.removeAll(keepingCapacity: true)
    sweepIfWorthIt()
  }

  // MARK: What changed

  /// Makes one entry a row of what changed in the end.
  private func collect() {
    if pending.count > 1 {
      // By row and column; of several changes of one column the first knows the old value.
      for index in pending.indices { pending[index].old.extra = UInt32(index) }
      pending.sort { a, b in
        if a.record != b.record { return a.record < b.record }
        if a.row != b.row { return a.row < b.row }
        if a.column != b.column { return a.column < b.column }
        return a.old.extra < b.old.extra
      }
    }
    var index = 0
    while index < pending.count {
      let first = pending[index]
      var kind = Touched.Kind.changed
      var isInserted = false
      var isRemoved = false
      let start = touchedColumns.count
      var last: Int32 = -1
      while index < pending.count, pending[index].record == first.record,
        pending[index].row == first.row
      {
        let change = pending[index]
        index += 1
        if change.column == Change.inserted {
          isInserted = true
        } else if change.column == Change.removed {
          isRemoved = true
        } else if change.column != last {
          last = change.column
          if !isUnchanged(change) { touchedColumns.append(change.column) }
        }
      }
      if isInserted && isRemoved { continue }
      if isInserted { kind = .inserted } else if isRemoved { kind = .removed }
      if kind == .changed, touchedColumns.count == start { continue }
      if kind == .inserted {
        grow(Int(first.record), to: Int(first.row) + 1)
      }
      touched.append(
        Touched(
          record: Int(first.record), row: first.row, kind: kind,
          columns: start..<touchedColumns.count))
    }
  }

  private func isUnchanged(_ change: Change) -> Bool {
    let present = memory.read(FieldID(Int(change.column)), row: Int(change.row))
    return memory.isUnchanged(change.old, present)
  }

  /// Makes room for a row wherever rows are listed.
  private func grow(_ record: Int, to count: Int) {
    let users = plan.recordUsers[record]
    for site in users[.sites] {
      pools[plan.sites[site].production].grow(pattern: plan.sites[site].local, rows: count)
    }
    for (number, derived) in plan.derived.enumerated() where derived.record == record {
      growDerived(number)
    }
  }

  // MARK: Ending and finding

  private func takeIn() {
    for place in touched.indices { leave(touched[place]) }
    for place in touched.indices { enterQuantifiers(touched[place]) }
    hasWaiting = touched.count > 1
    if hasWaiting {
      for one in touched where one.kind != .removed {
        each(one, .sites) { waiting[$0].insert(one.row) }
      }
    }
    revisit()
    for place in touched.indices { enter(touched[place]) }
    hasWaiting = false
  }

  /// Calls `body` with every object of a kind that a touched row concerns, each once.
  @inline(__always)
  private func each(
    _ touched: Touched, _ kind: MatchPlan.Users.Kind, _ body: (Int) -> Void
  ) {
    if touched.kind != .changed {
      for object in plan.recordUsers[touched.record][kind] { body(object) }
    } else if touched.columns.count == 1 {
      let column = Int(touchedColumns[touched.columns.lowerBound])
      for object in plan.users[column][kind] { body(object) }
    } else {
      for object in several(touched, kind) { body(object) }
    }
  }

  /// The objects that several columns concern; sites of one production stand together.
  private func several(_ touched: Touched, _ kind: MatchPlan.Users.Kind) -> [Int] {
    marks.epoch &+= 1
    var objects: [Int] = []
    for place in touched.columns {
      for object in plan.users[Int(touchedColumns[place])][kind]
      where marks.lists[kind.rawValue][object] != marks.epoch {
        marks.lists[kind.rawValue][object] = marks.epoch
        objects.append(object)
      }
    }
    return objects.count > 1 ? objects.sorted() : objects
  }

  /// Ends what a row stood in.
  private func leave(_ touched: Touched) {
    each(touched, .sites) { site in
      let number = walks.sites[site].production
      let local = walks.sites[site].local
      let pool = pools[number]
      while true {
        let token = pool.first(local, touched.row)
        if token < 0 { break }
        end(number, token)
      }
    }
    if touched.kind == .changed {
      each(touched, .softSites) { site in
        let number = plan.sites[site].production
        let pool = pools[number]
        var token = pool.first(plan.sites[site].local, touched.row)
        while token >= 0 {
          if pool.list(token) {
            revisits.append(
              Revisit(production: number, token: token, generation: pool.generation(token)))
          }
          token = pool.next(token, plan.sites[site].local)
        }
      }
    }
    each(touched, .joins) { indexes[$0].remove(touched.row) }
    each(touched, .quantifiers) { number in
      note(indexes[number].remove(touched.row), number)
    }
    each(touched, .gateSites) { closeGate($0, touched.row) }
  }

  private func note(_ standing: RowIndex.Standing, _ index: Int) {
    guard !askers[index].isEmpty || !closedAskers[index].isEmpty else { return }
    switch standing {
    case .out: return
    case .open: probes.append(Probe(index: index, hash: nil))
    case .closed(let hash): probes.append(Probe(index: index, hash: hash))
    }
  }

  private func enterQuantifiers(_ touched: Touched) {
    guard touched.kind != .removed else { return }
    each(touched, .quantifiers) { number in
      let index = indexes[number]
      let standing = index.standing(touched.row, machine, rows)
      index.insert(touched.row, standing)
      note(standing, number)
    }
  }

  /// Tokens of which only something that is looked at inside something else changed.
  private func revisit() {
    for one in revisits {
      let pool = pools[one.production]
      guard pool.isLive(one.token), pool.generation(one.token) == one.generation else { continue }
      pool.unlist(one.token)
      reconsider(one.production, one.token)
    }
    revisits.removeAll(keepingCapacity: true)
  }

  /// Finds what a row stands in now.
  private func enter(_ touched: Touched) {
    guard touched.kind != .removed else { return }
    each(touched, .joins) { number in
      let index = indexes[number]
      index.insert(touched.row, index.standing(touched.row, machine, rows))
    }
    if hasWaiting { each(touched, .sites) { waiting[$0].remove(touched.row) } }
    // A match with the row at two of the sites is found from the first of them.
    var production = -1
    var mask: UInt64 = 0
    each(touched, .sites) { site in
      if walks.sites[site].production != production {
        production = walks.sites[site].production
        mask = 0
      }
      seed(site, touched.row, excluding: mask, skipsKnown: false)
      mask |= 1 << UInt64(walks.sites[site].slot)
    }
    if touched.kind == .changed {
      each(touched, .softSites) { site in
        seed(site, touched.row, excluding: 0, skipsKnown: true)
      }
    }
    each(touched, .gateSites) { openGate($0, touched.row) }
  }

  // MARK: Closed values

  private func noteGlobals() {
    for (number, global) in plan.globals.enumerated() where isTouched(global.reads) {
      staleGlobals.insert(number)
    }
    for (number, matched) in plan.matched.enumerated()
    where !matched.closedReads.isEmpty && isTouched(matched.closedReads) {
      staleClosed.insert(number)
    }
  }

  /// Whether anything changed that a term depends on.
  private func isTouched(_ reads: BitSet) -> Bool {
    touched.contains { one in
      guard one.record != plan.virtual else { return false }
      if one.kind != .changed {
        return reads.contains(plan.fieldCount + one.record)
          || plan.program.schema.records[one.record].fields.contains {
            reads.contains(Int($0.index))
          }
      }
      return one.columns.contains { place in
        let column = Int(touchedColumns[place])
        return column < plan.fieldCount && reads.contains(column)
      }
    }
  }

  /// Works out closed values anew that somebody needs now, and what follows from them.
  private func refreshGlobals() {
    guard !staleGlobals.isEmpty else { return }
    var changed: [Int32] = []
    for number in staleGlobals.sorted() where isNeeded(number) {
      staleGlobals.remove(number)
      let value = globalValue(number)
      if !memory.isUnchanged(machine.globals[number], value) {
        machine.globals[number] = value
        changed.append(Int32(plan.fieldCount + plan.derived.count + number))
      }
    }
    guard !changed.isEmpty else { return }
    touchedColumns += changed
    let row = Touched(
      record: plan.virtual, row: 0, kind: .changed,
      columns: touchedColumns.count - changed.count..<touchedColumns.count)
    leave(row)
    enterQuantifiers(row)
    enter(row)
  }

  private func isNeeded(_ global: Int) -> Bool {
    let column = plan.fieldCount + plan.derived.count + global
    return plan.users[column][.sites].contains { site in
      let number = plan.sites[site].production
      return !plan.matched[number].isGated || !gates[number].instances.isEmpty
    }
  }

  func globalValue(_ number: Int) -> Value {
    memory.value(of: plan.globals[number].term, in: Frame(slots: [], today: memory.today))
  }

  // MARK: Checks

  /// Looks again at the tokens whose quantifiers ask for what came, went or changed.
  private func answerProbes() {
    guard !probes.isEmpty else { return }
    var closed = Set<Int>()
    for probe in probes {
      for asker in askers[probe.index] {
        let pool = pools[asker.production]
        func list(_ token: Int32) {
          if pool.list(token) {
            revisits.append(
              Revisit(
                production: asker.production, token: token, generation: pool.generation(token)))
          }
        }
        if let hash = probe.hash {
          pool.forEach(asking: hash, asker.check, list)
        } else {
          for token in pool.live { list(token) }
        }
      }
      for number in closedAskers[probe.index] { closed.insert(number) }
    }
    probes.removeAll(keepingCapacity: true)
    revisit()
    staleClosed.formUnion(closed)
  }

  private func reconsiderGeneral() {
    for (number, matched) in plan.matched.enumerated()
    where !matched.generalReads.isEmpty && isTouched(matched.generalReads) {
      let pool = pools[number]
      for token in pool.live where pool.isLive(token) { reconsider(number, token) }
    }
  }

  /// What was assigned is no fact, but an alert may read it: everything that follows from more
  /// than own fields is looked at again.
  private func reconsiderAll() {
    touched.removeAll(keepingCapacity: true)
    touchedColumns.removeAll(keepingCapacity: true)
    for number in plan.derived.indices { recompute(number, all: true) }
    for number in plan.globals.indices { staleGlobals.insert(number) }
    for number in plan.matched.indices { staleClosed.insert(number) }
    mergeTouched()
    takeIn()
    settleClosed()
    refreshGlobals()
    answerProbes()
    for (number, matched) in plan.matched.enumerated()
    where !matched.generalReads.isEmpty || !matched.stamps.isEmpty {
      let pool = pools[number]
      for token in pool.live where pool.isLive(token) { reconsider(number, token) }
    }
    touched.removeAll(keepingCapacity: true)
    touchedColumns.removeAll(keepingCapacity: true)
  }

  private func sweepIfWorthIt() {
    var ended = 0
    for pool in pools { ended += pool.ended.count }
    guard ended > 4_096, ended > tokenCount else { return }
    sweep()
  }

  /// Drops from all heaps what no longer holds, and gives its room free.
  func sweep() {
    agenda.sweep { isLive($0) }
    for state in gates { state.isTopKnown = false }
    for number in pools.indices {
      let pool = pools[number]
      func isLive(_ item: ReadyHeap.Item) -> Bool {
        pool.isActive(item.token) && pool.generation(item.token) == item.generation
      }
      ready[number].sweep(isLive: isLive)
      for instance in gates[number].instances { instance.own?.sweep(isLive: isLive) }
      gates[number].forgetPast()
      pool.release()
    }
  }
}
