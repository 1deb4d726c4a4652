import WritModel
import WritRules

// What opens and shuts a production as a whole.
extension Matcher {
  private static let mostInstances = 100_000

  /// A row comes into a gate's pattern, if it passes its conditions.
  func openGate(_ number: Int, _ row: Int32) {
    guard alphas.now(walks.gateAlphas[number], row) == .closed else { return }
    let site = plan.gateSites[number]
    let state = gates[site.production]
    state.rows[site.local].append(row)
    guard state.isClosedTrue else { return }
    var kept = state.rows
    kept[site.local] = [row]
    openInstances(site.production, kept)
  }

  func closeGate(_ number: Int, _ row: Int32) {
    guard alphas.before(walks.gateAlphas[number], row) == .closed else { return }
    let site = plan.gateSites[number]
    let state = gates[site.production]
    guard state.rows[site.local].contains(row) else { return }
    state.rows[site.local].removeAll { $0 == row }
    for instance in state.instances where instance.rows[site.local] == row {
      close(site.production, instance)
    }
  }

  private func openInstances(_ number: Int, _ choices: [[Int32]]) {
    var combinations: [[Int32]] = [[]]
    for choice in choices {
      guard combinations.count * choice.count <= Self.mostInstances else {
        explode(number)
        return
      }
      combinations = combinations.flatMap { start in choice.map { start + [$0] } }
    }
    for rows in combinations { open(number, rows) }
  }

  private func open(_ number: Int, _ rows: [Int32]) {
    let state = gates[number]
    var own: ReadyHeap?
    if state.instances.contains(where: { $0.own == nil }) {
      let heap = ReadyHeap()
      heap.add(ready[number].items)
      own = heap
      if state.instances.count * ready[number].count > memory.mostMatchBytes / 16 {
        explode(number)
        return
      }
    }
    isRestless = true
    isTopKnown[number] = false
    openGates[number] += 1
    state.instances.append(
      GateState.Instance(id: state.makeID(), rows: rows, birth: now, own: own))
  }

  private func close(_ number: Int, _ instance: GateState.Instance) {
    isTopKnown[number] = false
    openGates[number] -= 1
    if instance.own == nil { ready[number].restore() }
    gates[number].close(instance)
  }

  /// Looks at what holds of no record; whether that changed.
  @discardableResult
  func updateClosed(_ number: Int) -> Bool {
    let matched = plan.matched[number]
    guard !matched.closed.isEmpty || !matched.closedStamps.isEmpty || matched.gateSlots.isEmpty
    else { return false }
    guard matched.isGated else { return false }
    var holds = true
    for place in walks.productions[number].closed where holds {
      let check = walks.checks + place
      holds =
        check.pointee.isQuantifier
        ? self.holds(check, walks.probe(check.pointee.probe, machine, rows))
        : machine.holds(check.pointee.node, rows)
    }
    let stamp = holds ? self.stamp(walks.productions[number].closedStamps) : 0
    let state = gates[number]
    let isNew = state.isClosedTrue != holds || state.closedStamp != stamp
    if !isNew, !(holds && matched.gateSlots.isEmpty && state.instances.isEmpty) { return false }
    for instance in state.instances { close(number, instance) }
    state.isClosedTrue = holds
    state.closedStamp = stamp
    if holds { openInstances(number, state.rows) }
    return true
  }

  /// Looks again at closed conditions that may have changed, and at closed values that are needed
  /// now that a gate is open.
  func settleClosed() {
    guard !staleClosed.isEmpty else { return }
    for number in staleClosed.sorted() { updateClosed(number) }
    staleClosed.removeAll(keepingCapacity: true)
  }

  // MARK: What fires next

  func isLive(_ activation: Activation) -> Bool {
    let pool = pools + Int(activation.production)
    guard pool.pointee.generation(activation.token) == activation.generation,
      pool.pointee.isActive(activation.token)
    else { return false }
    return activation.gate < 0
      || gates[Int(activation.production)].instances.contains { $0.id == activation.gate }
  }

  /// The order within one priority and age: as written, then by keys in pattern order.
  func goesBefore(_ a: Activation, _ b: Activation) -> Bool {
    if a.production != b.production { return a.production < b.production }
    let number = Int(a.production)
    let pool = pools + number
    for index in walks.productions[number].places {
      let place = walks.places + index
      let local = place.pointee.local
      let x: Int32
      let y: Int32
      if place.pointee.isGate {
        if a.gate == b.gate { continue }
        let (mine, theirs) = (gates[number].rows(of: a.gate), gates[number].rows(of: b.gate))
        guard local < mine.count, local < theirs.count else { continue }
        (x, y) = (mine[local], theirs[local])
      } else {
        x = pool.pointee.row(a.token, local)
        y = pool.pointee.row(b.token, local)
      }
      if x == y { continue }
      let found = order.order(place.pointee.record, Int(x), Int(y))
      if found != 0 { return found < 0 }
    }
    return a.token < b.token
  }

  /// What would fire next.
  struct Next {
    var activation: Activation
    var priority: Int64
    var age: Int32
    /// Whether it tops the heap of its gate; else it stands in the agenda.
    var isOfGate: Bool

    static let none = Next(
      activation: Activation(production: -1, gate: -1, token: -1, generation: 0), priority: 0,
      age: 0, isOfGate: false)
    var isNone: Bool { activation.production < 0 }
  }

  /// The first match that has not fired.
  func next() -> Next? {
    var best = Next.none
    let found = agenda.first(
      isLive: { self.isLive($0) }, goesBefore: { self.goesBefore($0, $1) })
    if let (activation, priority, age) = found {
      best = Next(activation: activation, priority: priority, age: age, isOfGate: false)
    }
    for number in 0..<gates.count where openGates[number] > 0 {
      if !isTopKnown[number] {
        tops[number] = top(number)
        isTopKnown[number] = true
      }
      let next = tops[number]
      if !next.isNone, best.isNone || goesFirst(next, best) { best = next }
    }
    return best.isNone ? nil : best
  }

  /// The first match that the gates of a production let through.
  private func top(_ number: Int) -> Next {
    var best = Next.none
    for instance in gates[number].instances {
      guard let item = top(number, instance) else { continue }
      let next = Next(
        activation: Activation(
          production: Int32(number), gate: instance.id, token: item.token,
          generation: item.generation),
        priority: item.priority, age: max(instance.birth, base), isOfGate: true)
      if best.isNone || goesFirst(next, best) { best = next }
    }
    return best
  }

  private func goesFirst(_ a: Next, _ b: Next) -> Bool {
    if a.priority != b.priority { return a.priority > b.priority }
    if a.age != b.age { return a.age > b.age }
    return goesBefore(a.activation, b.activation)
  }

  /// The order of what waits behind the gates of a production.
  private func goesBefore(_ number: Int, _ a: ReadyHeap.Item, _ b: ReadyHeap.Item) -> Bool {
    if a.priority != b.priority { return a.priority > b.priority }
    return goesBefore(
      Activation(production: Int32(number), gate: -1, token: a.token, generation: a.generation),
      Activation(production: Int32(number), gate: -1, token: b.token, generation: b.generation))
  }

  /// The first token that a gate lets through: one that was there when it opened.
  private func top(_ number: Int, _ instance: GateState.Instance) -> ReadyHeap.Item? {
    let pool = pools + number
    let heap = instance.own ?? ready[number]
    while let item = heap.first(
      isLive: {
        pool.pointee.isActive($0.token) && pool.pointee.generation($0.token) == $0.generation
      }, goesBefore: { goesBefore(number, $0, $1) })
    {
      // Later ones stand in the agenda with an age of their own.
      if pool.pointee.birth(item.token) <= instance.birth { return item }
      heap.pass(goesBefore: { goesBefore(number, $0, $1) })
    }
    return nil
  }

  /// Takes a match that is about to fire.
  func take(_ next: Next) {
    let number = Int(next.activation.production)
    isTopKnown[number] = false
    if next.isOfGate {
      let gate = gates[number].instances.first { $0.id == next.activation.gate }
      (gate?.own ?? ready[number]).pass(goesBefore: { goesBefore(number, $0, $1) })
    } else {
      agenda.popFirst { self.goesBefore($0, $1) }
    }
  }

  /// Puts the rows of a match in view, and gives its production.
  func bind(_ activation: Activation) -> MatchPlan.Matched {
    let number = Int(activation.production)
    let matched = plan.matched[number]
    pools[number].show(activation.token, in: rows)
    if activation.gate >= 0 {
      let gateRows = gates[number].rows(of: activation.gate)
      for (local, slot) in matched.gateSlots.enumerated() { rows[slot] = gateRows[local] }
    }
    return matched
  }

  func match(_ activation: Activation) -> Match {
    let number = Int(activation.production)
    let matched = plan.matched[number]
    let gateRows = activation.gate < 0 ? [] : gates[number].rows(of: activation.gate)
    return Match(
      production: matched.id,
      rows: matched.places.map { place in
        place.isGate
          ? Int(gateRows[place.local]) : Int(pools[number].row(activation.token, place.local))
      })
  }

  /// All matches of a production that hold, in no order that may show.
  func matches(_ number: Int) -> [Match] {
    let matched = plan.matched[number]
    let pool = pools + number
    var found: [Match] = []
    let gateIDs = matched.isGated ? gates[number].instances.map(\.id) : [-1]
    for gate in gateIDs {
      for token in pool.pointee.live where pool.pointee.isActive(token) {
        found.append(
          match(
            Activation(
              production: Int32(number), gate: gate, token: token,
              generation: pool.pointee.generation(token))))
      }
    }
    return found
  }

  func matchCount(_ number: Int) -> Int {
    let active = pools[number].activeCount
    return plan.matched[number].isGated ? active * gates[number].instances.count : active
  }

  /// What waits to fire.
  private func notFired() -> [Activation] {
    var all = agenda.all.filter { isLive($0) }
    for (number, state) in gates.enumerated() {
      let pool = pools + number
      for instance in state.instances {
        for item in (instance.own ?? ready[number]).waiting
        where pool.pointee.isActive(item.token)
          && pool.pointee.generation(item.token) == item.generation
          && pool.pointee.birth(item.token) <= instance.birth
        {
          all.append(
            Activation(
              production: Int32(number), gate: instance.id, token: item.token,
              generation: item.generation))
        }
      }
    }
    return all
  }

  private func key(_ match: Match) -> Memory.MatchKey {
    Memory.MatchKey(match: match, reads: memory.readWords(match.production, match.rows))
  }

  /// The matches that hold and do not wait to fire.
  func firedMatches() -> Set<Memory.MatchKey> {
    let open = Set(notFired().map { match($0) })
    var found: Set<Memory.MatchKey> = []
    for number in plan.matched.indices {
      for match in matches(number) where !open.contains(match) { found.insert(key(match)) }
    }
    return found
  }

  /// Takes from what waits those that fired elsewhere and hold here too.
  func pass(_ fired: Set<Memory.MatchKey>) {
    for number in gates.indices { isTopKnown[number] = false }
    agenda.sweep { isLive($0) && !fired.contains(key(match($0))) }
    for (number, state) in gates.enumerated() {
      let pool = pools + number
      for instance in state.instances {
        (instance.own ?? ready[number]).putAside { item in
          guard pool.pointee.isActive(item.token),
            pool.pointee.generation(item.token) == item.generation
          else {
            return true
          }
          let activation = Activation(
            production: Int32(number), gate: instance.id, token: item.token,
            generation: item.generation)
          return fired.contains(key(match(activation)))
        }
      }
    }
  }

  /// Begins a settling: all that holds and has not fired is of age 0.
  func beginSettling() {
    guard isRestless else { return }
    isRestless = false
    base = now
    for number in gates.indices { isTopKnown[number] = false }
    agenda.level(to: now) { isLive($0) }
    var records: Set<Int> = []
    for matched in plan.matched {
      for record in matched.records { records.insert(Int(record.index)) }
    }
    order = RecordOrder(memory, records: records)
  }
}
