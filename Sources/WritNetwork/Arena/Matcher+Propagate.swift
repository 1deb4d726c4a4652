import WritModel
import WritRules

// Taking in what changed.
extension Matcher {
  /// Notes a change that was made. O(1).
  @inline(__always)
  func note(_ record: RecordID, row: Int, column: Int32, old: Value) {
    pending.append(
      Change(record: Int32(record.index), row: Int32(row), column: column, old: old))
  }

  /// Notes that a field was set, if anything here looks at it. O(1).
  @inline(__always)
  func note(set field: Int, _ record: RecordID, row: Int, old: Value) {
    if readFields[field] { note(record, row: row, column: Int32(field), old: old) }
  }

  /// Whether anything here looks at a field.
  func reads(_ field: Int) -> Bool { readFields[field] }

  /// Takes in all changes since the last time; the matches are those of the facts then.
  @inline(__always)
  func propagate() {
    if pending.isEmpty, !isAssignedAnew { return }
    takeInAll()
  }

  private func takeInAll() {
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
      if has(.derived) { updateDerived() }
      if hasClosed { noteStale() }
      takeIn()
      if !probes.isEmpty { answerProbes() }
      if hasGeneral { reconsiderGeneral() }
      if !staleClosed.isEmpty { settleClosed() }
      if !staleGlobals.isEmpty { refreshGlobals() }
      if !probes.isEmpty { answerProbes() }
    }
    pending.removeAll()
    touched.removeAll()
    touchedColumns.removeAll()
    if hasChanges { sweepIfWorthIt() }
  }

  /// Whether there is anything of a kind that a change may concern.
  @inline(__always)
  func has(_ kind: MatchPlan.Users.Kind) -> Bool { kinds >> UInt16(kind.rawValue) & 1 != 0 }

  // MARK: What changed

  /// Makes one entry a row of what changed in the end.
  private func collect() {
    if pending.count == 1, pending[0].column >= 0 {
      let change = pending.base
      if isUnchanged(change) { return }
      touchedColumns.append(change.pointee.column)
      touched.append(
        Touched(
          record: Int(change.pointee.record), row: change.pointee.row, kind: .changed, first: 0,
          count: 1))
      return
    }
    if pending.count > 1 { sortPending() }
    var index = 0
    while index < pending.count {
      let record = pending[index].record
      let row = pending[index].row
      var kind = Touched.Kind.changed
      var isInserted = false
      var isRemoved = false
      let start = touchedColumns.count
      var last: Int32 = -1
      while index < pending.count, pending[index].record == record, pending[index].row == row {
        let column = pending[index].column
        if column == Change.inserted {
          isInserted = true
        } else if column == Change.removed {
          isRemoved = true
        } else if column != last {
          last = column
          if !isUnchanged(pending.base + index) { touchedColumns.append(column) }
        }
        index += 1
      }
      if isInserted && isRemoved { continue }
      if isInserted { kind = .inserted } else if isRemoved { kind = .removed }
      if kind == .changed, touchedColumns.count == start { continue }
      if kind == .inserted { grow(Int(record), to: Int(row) + 1) }
      touched.append(
        Touched(
          record: Int(record), row: row, kind: kind, first: start,
          count: touchedColumns.count - start))
    }
  }

  /// Whether a field reads as it did before a change.
  @inline(__always)
  private func isUnchanged(_ change: UnsafeMutablePointer<Change>) -> Bool {
    let column = machine.columns[Int(change.pointee.column)]
    if !column.mayDangle, Int(change.pointee.row) < column.count {
      let (old, new) = (change.pointee.old, column.base[Int(change.pointee.row)])
      if old.tag == new.tag, old.scale == new.scale, old.aux == new.aux {
        if old.bits == new.bits { return true }
        // Of one scale, other digits are another number.
        if old.tag == .number || old.tag == .member || old.tag == .boolean { return false }
      }
    }
    return isUnchangedAtLength(change.pointee)
  }

  @inline(never)
  private func isUnchangedAtLength(_ change: Change) -> Bool {
    let present = memory.read(FieldID(Int(change.column)), row: Int(change.row))
    return memory.isUnchanged(change.old, present)
  }

  /// By row and column; of several changes of one column the first knows the old value.
  private func sortPending() {
    func goesBefore(_ a: Change, _ b: Change) -> Bool {
      if a.record != b.record { return a.record < b.record }
      if a.row != b.row { return a.row < b.row }
      return a.column < b.column
    }
    guard pending.count > 32 else {
      for index in 1..<pending.count {
        let change = pending[index]
        var place = index
        while place > 0, goesBefore(change, pending[place - 1]) {
          pending[place] = pending[place - 1]
          place -= 1
        }
        pending[place] = change
      }
      return
    }
    for index in 0..<pending.count { pending.base[index].old.extra = UInt32(index) }
    var all = pending.all
    all.sort { a, b in
      if goesBefore(a, b) { return true }
      return !goesBefore(b, a) && a.old.extra < b.old.extra
    }
  }

  /// Makes room for a row wherever rows are listed.
  private func grow(_ record: Int, to count: Int) {
    let sites = concerns.ofRecord(record, .sites)
    for place in 0..<sites.count {
      let site = walks.sites + sites[place].object
      pools[site.pointee.production].grow(pattern: site.pointee.local, rows: count)
    }
    let alphas = concerns.ofRecord(record, .alphas)
    for place in 0..<alphas.count { self.alphas.grow(alphas[place].object, rows: count) }
    for (number, derived) in plan.derived.enumerated() where derived.record == record {
      growDerived(number)
    }
  }

  /// The objects of a kind that a touched row concerns, each once. Good until the kind is asked for
  /// again.
  @inline(__always)
  func concerned(_ touched: Touched, _ kind: MatchPlan.Users.Kind) -> Concerns.List {
    if touched.kind != .changed { return concerns.ofRecord(touched.record, kind) }
    let columns = touchedColumns.base + touched.first
    if touched.count == 1 { return concerns.ofColumn(columns[0], kind) }
    return concerns.ofColumns(columns, touched.count, kind)
  }

  // MARK: Ending and finding

  private func takeIn() {
    for place in 0..<touched.count { leave(touched[place]) }
    if has(.quantifiers) {
      for place in 0..<touched.count { enterQuantifiers(touched[place]) }
    }
    hasWaiting = touched.count > 1
    if hasWaiting { markPlaces() }
    if !revisits.isEmpty { revisit() }
    for place in 0..<touched.count {
      present = place
      enter(touched[place])
    }
    if hasWaiting { unmarkPlaces() }
    present = -1
    hasWaiting = false
  }

  private func markPlaces() {
    for place in 0..<touched.count { self.place(of: touched[place]).pointee = Int32(place) }
  }

  /// Where a touched row's place is noted, -1 between two takings in.
  @inline(__always)
  func place(of one: Touched) -> UnsafeMutablePointer<Int32> {
    let (record, row) = (one.record, Int(one.row))
    if row >= placeCounts[record] { growPlaces(record, to: row + 1) }
    return places[record] + row
  }

  @inline(never)
  private func growPlaces(_ record: Int, to count: Int) {
    let room = max(rowCount(record), count, placeCounts[record] * 2)
    let grown = UnsafeMutablePointer<Int32>.allocate(capacity: room)
    grown.initialize(repeating: -1, count: room)
    grown.update(from: places[record], count: placeCounts[record])
    places[record].deallocate()
    places[record] = grown
    placeCounts[record] = room
  }

  private func unmarkPlaces() {
    for place in 0..<touched.count { places[touched[place].record][Int(touched[place].row)] = -1 }
  }

  /// Whether a row is touched and not taken in yet, so that its matches at a site are found from it.
  @inline(__always)
  func isWaiting(_ row: Int32, at site: Int) -> Bool {
    let record = walks.sites[site].record
    guard Int(row) < placeCounts[record] else { return false }
    let place = Int(places[record][Int(row)])
    return place > present && isSeeded(place, site)
  }

  /// Whether a touched row is a start of walks at a site, whatever it was before.
  private func isSeeded(_ place: Int, _ site: Int) -> Bool {
    if touched[place].kind != .changed { return true }
    for column in 0..<touched[place].count {
      let list = concerns.ofColumn(touchedColumns[touched[place].first + column], .sites)
      var low = 0
      var high = list.count
      while low < high {
        let middle = (low + high) / 2
        if list[middle].object < site { low = middle + 1 } else { high = middle }
      }
      if low < list.count, list[low].object == site, list[low].isAlways { return true }
    }
    return false
  }

  /// Ends what a row stood in.
  private func leave(_ touched: Touched) {
    let row = touched.row
    let states = concerned(touched, .alphas)
    for place in 0..<states.count {
      let alpha = states[place].object
      alphas.change(alpha, row, to: touched.kind == .removed ? .out : assess(alpha, row))
    }
    let sites = concerned(touched, .sites)
    for place in 0..<sites.count {
      let (number, isAlways) = sites[place]
      let site = walks.sites + number
      let alpha = site.pointee.alpha
      guard alphas.before(alpha, row) == .closed, isAlways || !alphas.isSettled(alpha, row) else {
        continue
      }
      let pool = pools + site.pointee.production
      var token = pool.pointee.first(site.pointee.local, row)
      if token < 0 { continue }
      isTopKnown[site.pointee.production] = false
      repeat {
        pool.pointee.end(token)
        token = pool.pointee.first(site.pointee.local, row)
      } while token >= 0
    }
    if touched.kind == .changed, has(.softSites) { noteSoft(touched) }
    let joins = concerned(touched, .joins)
    for place in 0..<joins.count {
      let (number, isAlways) = joins[place]
      if isAlways || !alphas.isSettled(indexes[number].alpha, row) { indexes[number].remove(row) }
    }
    if has(.quantifiers) {
      let quantifiers = concerned(touched, .quantifiers)
      for place in 0..<quantifiers.count {
        let number = quantifiers[place].object
        note(indexes[number].remove(row), number)
      }
    }
    guard has(.gateSites) else { return }
    let gates = concerned(touched, .gateSites)
    for place in 0..<gates.count { closeGate(gates[place].object, row) }
  }

  private func noteSoft(_ touched: Touched) {
    let sites = concerned(touched, .softSites)
    for place in 0..<sites.count {
      let site = walks.sites + sites[place].object
      let number = site.pointee.production
      let pool = pools + number
      var token = pool.pointee.first(site.pointee.local, touched.row)
      while token >= 0 {
        listForRevisit(number, token)
        token = pool.pointee.next(token, site.pointee.local)
      }
    }
  }

  @inline(__always)
  private func listForRevisit(_ number: Int, _ token: Int32) {
    guard pools[number].list(token) else { return }
    revisits.append(
      Revisit(production: number, token: token, generation: pools[number].generation(token)))
  }

  private func note(_ standing: RowIndex.Standing, _ index: Int) {
    guard isAsked[index] else { return }
    switch standing {
    case .out: return
    case .open: probes.append(Probe(index: index, hash: nil))
    case .closed(let hash): probes.append(Probe(index: index, hash: hash))
    }
  }

  private func enterQuantifiers(_ touched: Touched) {
    guard touched.kind != .removed else { return }
    let quantifiers = concerned(touched, .quantifiers)
    for place in 0..<quantifiers.count {
      let number = quantifiers[place].object
      let standing = standing(indexes + number, touched.row)
      indexes[number].insert(touched.row, standing)
      note(standing, number)
    }
  }

  /// Tokens of which only something that is looked at inside something else changed.
  private func revisit() {
    var index = 0
    while index < revisits.count {
      let one = revisits[index]
      index += 1
      let pool = pools + one.production
      guard pool.pointee.isLive(one.token), pool.pointee.generation(one.token) == one.generation
      else { continue }
      pool.pointee.unlist(one.token)
      reconsider(one.production, one.token)
    }
    revisits.removeAll()
  }

  /// Finds what a row stands in now.
  private func enter(_ touched: Touched) {
    let row = touched.row
    if touched.kind != .removed { find(touched) }
    let states = concerned(touched, .alphas)
    for place in 0..<states.count { alphas.settle(states[place].object, row) }
  }

  private func find(_ touched: Touched) {
    let row = touched.row
    let joins = concerned(touched, .joins)
    for place in 0..<joins.count {
      let (number, isAlways) = joins[place]
      let index = indexes + number
      guard isAlways || !alphas.isSettled(index.pointee.alpha, row) else { continue }
      index.pointee.insert(row, standing(index, row))
    }
    // A match with the row at two of the sites is found from the first of them.
    var production = -1
    var mask: UInt64 = 0
    let sites = concerned(touched, .sites)
    for place in 0..<sites.count {
      let (number, isAlways) = sites[place]
      let site = walks.sites + number
      let alpha = site.pointee.alpha
      guard alphas.now(alpha, row) == .closed, isAlways || !alphas.isSettled(alpha, row) else {
        continue
      }
      if site.pointee.production != production {
        production = site.pointee.production
        mask = 0
      }
      seed(number, row, excluding: mask, skipsKnown: false)
      mask |= 1 << UInt64(site.pointee.slot)
    }
    if touched.kind == .changed, has(.softSites) {
      let soft = concerned(touched, .softSites)
      for place in 0..<soft.count {
        let number = soft[place].object
        guard alphas.now(walks.sites[number].alpha, row) == .closed else { continue }
        seed(number, row, excluding: 0, skipsKnown: true)
      }
    }
    guard has(.gateSites) else { return }
    let gates = concerned(touched, .gateSites)
    for place in 0..<gates.count { openGate(gates[place].object, row) }
  }

  // MARK: Closed values

  private func noteStale() {
    for place in 0..<touched.count where touched[place].record != plan.virtual {
      let globals = concerned(touched[place], .globals)
      for place in 0..<globals.count { staleGlobals.insert(globals[place].object) }
      let closed = concerned(touched[place], .closed)
      for place in 0..<closed.count { staleClosed.insert(closed[place].object) }
    }
  }

  /// Works out closed values anew that somebody needs now, and what follows from them.
  private func refreshGlobals() {
    guard !staleGlobals.isEmpty, staleGlobals.contains(where: { isNeeded($0) }) else { return }
    let first = touchedColumns.count
    for number in staleGlobals.sorted() where isNeeded(number) {
      staleGlobals.remove(number)
      let value = globalValue(number)
      if !memory.isUnchanged(machine.globals[number], value) {
        machine.globals[number] = value
        touchedColumns.append(Int32(plan.fieldCount + plan.derived.count + number))
      }
    }
    guard touchedColumns.count > first else { return }
    let row = Touched(
      record: plan.virtual, row: 0, kind: .changed, first: first,
      count: touchedColumns.count - first)
    leave(row)
    enterQuantifiers(row)
    enter(row)
  }

  private func isNeeded(_ global: Int) -> Bool {
    globalUsers[global].contains { !walks.productions[$0].isGated || openGates[$0] > 0 }
  }

  func globalValue(_ number: Int) -> Value {
    memory.value(of: plan.globals[number].term, in: Frame(slots: [], today: memory.today))
  }

  // MARK: Checks

  /// Looks again at the tokens whose quantifiers ask for what came, went or changed.
  private func answerProbes() {
    guard !probes.isEmpty else { return }
    for place in 0..<probes.count {
      let probe = probes[place]
      for asker in askers[probe.index] {
        let pool = pools + asker.production
        if let hash = probe.hash {
          pool.pointee.forEach(asking: hash, asker.check) {
            listForRevisit(asker.production, $0)
          }
        } else {
          for token in pool.pointee.live { listForRevisit(asker.production, token) }
        }
      }
      for number in closedAskers[probe.index] { staleClosed.insert(number) }
    }
    probes.removeAll()
    revisit()
  }

  private func reconsiderGeneral() {
    var numbers = Set<Int>()
    for place in 0..<touched.count where touched[place].record != plan.virtual {
      let found = concerned(touched[place], .general)
      for place in 0..<found.count { numbers.insert(found[place].object) }
    }
    for number in numbers.sorted() { reconsiderAll(of: number) }
  }

  private func reconsiderAll(of number: Int) {
    for token in pools[number].live where pools[number].isLive(token) {
      reconsider(number, token)
    }
  }

  /// What was assigned is no fact, but an alert may read it: everything that follows from more
  /// than own fields is looked at again.
  private func reconsiderAll() {
    touched.removeAll()
    touchedColumns.removeAll()
    for number in plan.derived.indices { recompute(number) }
    for number in plan.globals.indices { staleGlobals.insert(number) }
    for number in plan.matched.indices { staleClosed.insert(number) }
    mergeTouched()
    takeIn()
    settleClosed()
    refreshGlobals()
    answerProbes()
    for (number, matched) in plan.matched.enumerated()
    where !matched.generalReads.isEmpty || !matched.stamps.isEmpty {
      reconsiderAll(of: number)
    }
    touched.removeAll()
    touchedColumns.removeAll()
  }

  private func sweepIfWorthIt() {
    var ended = 0
    for number in 0..<gates.count { ended += pools[number].endedCount }
    guard ended > 4_096, ended > tokenCount else { return }
    sweep()
  }

  /// Drops from all heaps what no longer holds, and gives its room free.
  func sweep() {
    agenda.sweep { isLive($0) }
    for number in gates.indices {
      isTopKnown[number] = false
      let pool = pools + number
      func isLive(_ item: ReadyHeap.Item) -> Bool {
        pool.pointee.isActive(item.token)
          && pool.pointee.generation(item.token) == item.generation
      }
      ready[number].sweep(isLive: isLive)
      for instance in gates[number].instances { instance.own?.sweep(isLive: isLive) }
      gates[number].forgetPast()
      pool.pointee.release()
    }
  }
}
