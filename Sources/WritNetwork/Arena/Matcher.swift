import WritModel
import WritRules

/// The matches of some productions, kept as facts change.
///
/// Changes are noted one by one and taken in together when somebody asks: first everything that a
/// changed record stood in is ended, then what it stands in now is found. So a change and its
/// opposite between two looks leave no trace, and what held before and after never stopped.
final class Matcher {
  unowned(unsafe) let memory: Memory
  let plan: MatchPlan
  let machine: RowMachine
  var indexes: [RowIndex] = []
  var pools: [TokenPool] = []
  var gates: [GateState] = []
  var agenda = Agenda()
  /// By production: tokens that wait behind gates.
  var ready: [ReadyHeap] = []
  var order: RecordOrder
  /// Firings so far; when settling began.
  var now: Int32 = 0
  var base: Int32 = 0

  /// A row for each slot, while walking.
  let rows: UnsafeMutablePointer<Int32>
  let walks: Walks
  /// Comparisons since the facts last changed.
  var work = 0
  private(set) var explosion: Settlement.Explosion?

  // What changed and was not looked at yet.
  var pending: [Change] = []
  var touched: [Touched] = []
  var touchedColumns: [Int32] = []
  var probes: [Probe] = []
  var revisits: [Revisit] = []
  var staleGlobals: Set<Int> = []
  var staleClosed: Set<Int> = []
  /// By field: whether anything here looks at it.
  let readFields: [Bool]
  /// Facts that something here depends on beside the columns of patterns and indexes.
  let otherReads: BitSet
  /// Whether answers were assigned since anybody looked.
  var isAssignedAnew = false
  /// Whether anything came to hold since settling last began.
  var isRestless = true
  /// By index: who asks it.
  var askers: [[(production: Int, check: Int)]] = []
  var closedAskers: [[Int]] = []
  var marks: Marks
  var derivedCapacity: [Int] = []
  /// By site: rows that are touched and not taken in yet. A match with two of them is found from
  /// the one that is taken in last.
  var waiting: [Set<Int32>] = []
  var hasWaiting = false

  struct Change {
    /// What it is that is changed beside a column.
    static let inserted: Int32 = -1
    static let removed: Int32 = -2
    var record: Int32
    var row: Int32
    var column: Int32
    var old: Value
  }
  struct Touched {
    enum Kind { case changed, inserted, removed }
    var record: Int
    var row: Int32
    var kind: Kind
    var columns: Range<Int>
  }
  struct Probe {
    var index: Int
    /// nil: a row that may be what anybody asks for.
    var hash: UInt32?
  }
  struct Revisit {
    var production: Int
    var token: Int32
    var generation: Int32
  }
  /// Which objects a touched row has reached, each once.
  struct Marks {
    var epoch: Int32 = 0
    /// By kind of object and its number.
    var lists: [[Int32]]
  }

  init(_ memory: Memory, productions: [ProductionID]) {
    self.memory = memory
    let program = memory.program
    let tables = memory.facts.tables
    let planner = MatchPlanner(
      productions, program, memory.network.facts, memory.network.reads(),
      counts: tables.map { $0.count - $0.removedCount })
    plan = planner.plan
    machine = RowMachine(
      plan.code, memory, derivedCount: plan.derived.count, globalCount: plan.globals.count)
    order = RecordOrder(memory, records: [])
    var others = BitSet()
    for derived in plan.derived { others.formUnion(derived.reads) }
    for global in plan.globals { others.formUnion(global.reads) }
    for matched in plan.matched {
      others.formUnion(matched.generalReads)
      others.formUnion(matched.closedReads)
    }
    otherReads = others
    readFields = (0..<planner.plan.fieldCount).map {
      !planner.plan.users[$0].isEmpty || others.contains($0)
    }
    var slotCount = 4
    for scope in plan.code.scopes { slotCount = max(slotCount, scope.count + 4) }
    rows = .allocate(capacity: slotCount)
    rows.initialize(repeating: -1, count: slotCount)
    let indexMarks: [Int32] = Array(repeating: 0, count: plan.indexes.count)
    let siteMarks: [Int32] = Array(repeating: 0, count: plan.sites.count)
    marks = Marks(
      lists: [
        indexMarks, indexMarks, siteMarks, siteMarks,
        Array(repeating: 0, count: plan.gateSites.count),
      ])
    let virtual = plan.virtual
    let built = plan.indexes.map { index in
      RowIndex(
        RecordID(index.record), slot: index.slot, conditions: index.conditions, keys: index.keys,
        keepsOpen: index.keepsOpen,
        expecting: index.record == virtual ? 1 : tables[index.record].count)
    }
    indexes = built
    waiting = Array(repeating: [], count: plan.sites.count)
    walks = Walks(plan, built)
    for matched in plan.matched {
      let pool = TokenPool(
        patterns: matched.slots.count,
        checks: matched.checks.reduce(0) { if case .quantifier = $1 { $0 + 1 } else { $0 } },
        isFreeAtOnce: matched.isAlert)
      pools.append(pool)
      gates.append(GateState(slots: matched.gateSlots.count))
      ready.append(ReadyHeap())
    }
    askers = Array(repeating: [], count: plan.indexes.count)
    closedAskers = Array(repeating: [], count: plan.indexes.count)
    for (number, matched) in plan.matched.enumerated() {
      var check = 0
      for case .quantifier(let quantifier) in matched.checks {
        askers[quantifier.index].append((number, check))
        check += 1
      }
      for case .quantifier(let quantifier) in matched.closed {
        closedAskers[quantifier.index].append(number)
      }
    }
    build()
  }

  deinit {
    for column in plan.derived.indices { machine.derived[column].deallocate() }
    rows.deallocate()
  }

  // MARK: The beginning

  private func build() {
    for number in plan.derived.indices {
      machine.derived[number] = .allocate(capacity: 1)
      derivedCapacity.append(0)
      growDerived(number)
      computeAll(number)
    }
    for (number, index) in indexes.enumerated() {
      for row in liveRows(plan.indexes[number].record) {
        index.insert(row, index.standing(row, machine, rows))
      }
    }
    for number in plan.globals.indices { machine.globals[number] = globalValue(number) }
    for site in plan.sites {
      pools[site.production].grow(pattern: site.local, rows: rowCount(site.record))
    }
    for number in plan.matched.indices { _ = updateClosed(number) }
    for (number, site) in plan.gateSites.enumerated() {
      for row in liveRows(site.record) { openGate(number, row) }
    }
    for (number, matched) in plan.matched.enumerated() {
      work = 0
      let starts = matched.sites.map { ($0, rowCount(plan.sites[$0].record)) }
      guard let start = starts.min(by: { ($0.1, $0.0) < ($1.1, $1.0) })?.0 else { continue }
      for row in liveRows(plan.sites[start].record) {
        seed(start, row, excluding: 0, skipsKnown: false)
        if explosion != nil { return }
      }
      _ = number
    }
    work = 0
  }

  func rowCount(_ record: Int) -> Int {
    record == plan.virtual ? 1 : memory.facts.tables[record].count
  }

  private func liveRows(_ record: Int) -> [Int32] {
    record == plan.virtual ? [0] : memory.facts.tables[record].liveRows.map { Int32($0) }
  }

  // MARK: Tokens

  /// Finds the matches that have a row at a site.
  func seed(_ number: Int, _ row: Int32, excluding mask: UInt64, skipsKnown: Bool) {
    rows[walks.sites[number].slot] = row
    guard walks.hold(walks.sites[number].conditions, machine, rows) else { return }
    walk(number, row, walks.sites[number].steps.lowerBound, mask, skipsKnown)
  }

  private func walk(
    _ site: Int, _ start: Int32, _ place: Int, _ mask: UInt64, _ skipsKnown: Bool
  ) {
    if place == walks.sites[site].steps.upperBound {
      found(site, start, skipsKnown)
      return
    }
    let step = walks.steps[place]
    guard let hash = walks.probe(step.probe, machine, rows) else { return }
    step.index._withUnsafeGuaranteedRef { index in
      var row = index.first(hash)
      while row >= 0 {
        let next = index.next(row)
        if step.isKeyed == false || index.hash(row) == hash {
          work += 1
          let isExcluded =
            mask >> UInt64(step.slot) & 1 != 0 && row == start
            || hasWaiting && waiting[Int(step.site)].contains(row)
          rows[Int(step.slot)] = row
          if !isExcluded, walks.hold(step.tests, machine, rows) {
            walk(site, start, place + 1, mask, skipsKnown)
          }
        }
        row = next
      }
    }
    if work > memory.mostComparisons { explode(plan.sites[site].production) }
  }

  private func found(_ site: Int, _ start: Int32, _ skipsKnown: Bool) {
    let number = walks.sites[site].production
    if work > memory.mostComparisons { explode(number) }
    if explosion != nil { return }
    let pool = pools[number]
    let matched = walks.matched[number]
    if skipsKnown {
      var token = pool.first(walks.sites[site].local, start)
      while token >= 0 {
        let isSame = (0..<pool.patternCount).allSatisfy {
          pool.row(token, $0) == rows[matched.slots[$0]]
        }
        if isSame { return }
        token = pool.next(token, walks.sites[site].local)
      }
    }
    let token = pool.make(rows, slots: matched.slots)
    if pool.count & 0x3FF == 0, byteCount > memory.mostMatchBytes {
      explode(number)
      return
    }
    if matched.hasChecks {
      let (holds, stamp) = judge(number, token, isNew: true)
      if holds { activate(number, token, stamp) }
    } else {
      activate(number, token, 0)
    }
  }

  /// Whether a token, whose rows are in view, passes its checks; and a hash of what else it reads.
  private func judge(_ number: Int, _ token: Int32, isNew: Bool) -> (Bool, UInt64) {
    let matched = plan.matched[number]
    let pool = pools[number]
    var holds = true
    var check = 0
    for one in matched.checks {
      switch one {
      case .quantifier(let quantifier):
        let hash = RowIndex.probe(quantifier.probe, machine, rows)
        if isNew { pool.putIn(token, check, hash) } else { pool.move(token, check, to: hash) }
        check += 1
        if holds { holds = self.holds(quantifier, hash) }
      case .general(let node):
        if holds { holds = machine.holds(node, rows) }
      }
    }
    guard holds else { return (false, 0) }
    return (true, stamp(matched.stamps))
  }

  func stamp(_ nodes: [Int32]) -> UInt64 {
    var stamp: UInt64 = 0
    for node in nodes { stamp = hash(machine.value(node, rows), after: stamp) }
    return stamp
  }

  private func hash(_ value: Value, after hash: UInt64) -> UInt64 {
    switch value.tag {
    case .list:
      var all = KeyTable.combined(hash, UInt64(value.bits & 0xFFFF_FFFF))
      for item in memory.facts.lists.items(of: value) { all = self.hash(item, after: all) }
      return all
    case .time: return KeyTable.combined(hash, UInt64(bitPattern: value.bits))
    default: return KeyTable.combined(hash, value.hashBits)
    }
  }

  /// Whether a quantifier is surely true of the rows in view.
  func holds(_ quantifier: MatchPlan.Quantifier, _ hash: UInt32?) -> Bool {
    let index = indexes[quantifier.index]
    var worst = Truth.no
    if let hash {
      let isKeyed = !index.keys.isEmpty
      var row = index.first(hash)
      while row >= 0, worst != .yes {
        if !isKeyed || index.hash(row) == hash { worst = worse(worst, truth(quantifier, row)) }
        row = index.next(row)
      }
    } else {
      for bucket in 0...index.mask {
        var row = index.heads[bucket]
        while row >= 0, worst != .yes {
          worst = worse(worst, truth(quantifier, row))
          row = index.next(row)
        }
      }
    }
    var row = index.openHead
    while row >= 0, worst != .yes {
      worst = worse(worst, truth(quantifier, row))
      row = index.next(row)
    }
    return quantifier.wantsNone ? worst == .no : worst == .yes
  }

  /// Whether a row passes what a quantifier asks: a fault is no more than unknown here.
  private func truth(_ quantifier: MatchPlan.Quantifier, _ row: Int32) -> Truth {
    rows[quantifier.binder] = row
    work += 1
    var truth = Truth.yes
    for test in quantifier.tests {
      let value = machine.value(test, rows)
      if value.tag == .boolean {
        if value.bits == 0 { return .no }
      } else {
        truth = .unknown
      }
    }
    return truth
  }

  private func worse(_ a: Truth, _ b: Truth) -> Truth { a.rawValue > b.rawValue ? a : b }

  /// Looks again at a token that is there.
  func reconsider(_ number: Int, _ token: Int32) {
    let pool = pools[number]
    let matched = walks.matched[number]
    for local in 0..<pool.patternCount { rows[matched.slots[local]] = pool.row(token, local) }
    for test in plan.matched[number].softTests where !machine.holds(test, rows) {
      end(number, token)
      return
    }
    if work > memory.mostComparisons { explode(number) }
    if explosion != nil { return }
    let (holds, stamp) = judge(number, token, isNew: false)
    if pool.isActive(token) {
      if holds, pool.stamp(token) == stamp { return }
      deactivate(number, token)
    }
    if holds { activate(number, token, stamp) }
  }

  private func activate(_ number: Int, _ token: Int32, _ stamp: UInt64) {
    let pool = pools[number]
    pool.activate(token, birth: now, stamp: stamp)
    let matched = walks.matched[number]
    if matched.isAlert { return }
    isRestless = true
    let priority = priority(number)
    let generation = pool.generation(token)
    guard matched.isGated else {
      agenda.push(
        Activation(
          production: Int32(number), gate: -1, token: token, generation: generation),
        priority: priority, age: now)
      return
    }
    let item = ReadyHeap.Item(token: token, generation: generation, priority: priority)
    ready[number].add(item)
    gates[number].isTopKnown = false
    for gate in gates[number].instances {
      if gate.birth == now {
        gate.own?.add(item)
      } else {
        agenda.push(
          Activation(
            production: Int32(number), gate: gate.id, token: token, generation: generation),
          priority: priority, age: now)
      }
    }
    if ready[number].count > 2 * pool.activeCount + 256 {
      ready[number].sweep { pool.isActive($0.token) && pool.generation($0.token) == $0.generation }
    }
  }

  private func priority(_ number: Int) -> Int64 {
    guard let node = plan.matched[number].priority else {
      return plan.matched[number].fixedPriority
    }
    return Self.rank(machine.value(node, rows))
  }

  /// A priority as a number that compares: millionths.
  static func rank(_ value: Value) -> Int64 {
    guard value.tag == .number else { return 0 }
    let plain = value.decimal.normalized
    let scale = Int(plain.scale)
    guard scale <= 6 else { return plain.mantissa / Decimal.powerOfTen(scale - 6) }
    let (product, overflows) = plain.mantissa.multipliedReportingOverflow(
      by: Decimal.powerOfTen(6 - scale))
    return overflows ? (plain.mantissa < 0 ? .min : .max) : product
  }

  func deactivate(_ number: Int, _ token: Int32) {
    gates[number].isTopKnown = false
    pools[number].deactivate(token)
  }

  func end(_ number: Int, _ token: Int32) {
    gates[number].isTopKnown = false
    pools[number].end(token)
  }

  func explode(_ number: Int) {
    guard explosion == nil else { return }
    explosion = Settlement.Explosion(
      production: plan.matched[number].id, tokens: pools[number].count, bytes: byteCount,
      comparisons: work)
    work = 0
  }

  // MARK: Size

  var tokenCount: Int { pools.reduce(0) { $0 + $1.count } }

  var tokenBytes: Int { pools.reduce(0) { $0 + $1.byteCount } }

  /// The bytes of tokens, indexes and what waits.
  var byteCount: Int {
    var bytes = agenda.count * MemoryLayout<Activation>.stride
    for pool in pools { bytes += pool.byteCount }
    for index in indexes { bytes += index.byteCount }
    for heap in ready { bytes += heap.count * MemoryLayout<ReadyHeap.Item>.stride }
    for capacity in derivedCapacity { bytes += capacity * MemoryLayout<Value>.stride }
    return bytes
  }
}

/// The walks of all sites, flat.
final class Walks {
  struct Site {
    var production: Int
    var slot: Int
    var local: Int
    var conditions: Range<Int>
    var steps: Range<Int>
  }
  struct Step {
    var slot: Int32
    var site: Int32
    var isKeyed: Bool
    var index: Unmanaged<RowIndex>
    var probe: Range<Int>
    var tests: Range<Int>
  }
  struct Production {
    var slots: [Int]
    var isAlert: Bool
    var isGated: Bool
    var hasChecks: Bool
  }
  let sites: UnsafeMutablePointer<Site>
  let steps: UnsafeMutablePointer<Step>
  let matched: [Production]
  private let nodes: UnsafeMutablePointer<Int32>

  init(_ plan: MatchPlan, _ indexes: [RowIndex]) {
    var all: [Int32] = []
    func put(_ list: [Int32]) -> Range<Int> {
      all += list
      return all.count - list.count..<all.count
    }
    var steps: [Step] = []
    let sites = plan.sites.map { site -> Site in
      let first = steps.count
      for step in site.steps {
        steps.append(
          Step(
            slot: Int32(step.slot), site: Int32(step.site),
            isKeyed: !indexes[step.index].keys.isEmpty,
            index: Unmanaged.passUnretained(indexes[step.index]), probe: put(step.probe),
            tests: put(step.tests)))
      }
      return Site(
        production: site.production, slot: site.slot, local: site.local,
        conditions: put(site.conditions), steps: first..<steps.count)
    }
    matched = plan.matched.map {
      Production(
        slots: $0.slots, isAlert: $0.isAlert, isGated: $0.isGated,
        hasChecks: !$0.checks.isEmpty || !$0.stamps.isEmpty)
    }
    self.sites = .allocate(capacity: max(sites.count, 1))
    self.sites.initialize(from: sites, count: sites.count)
    self.steps = .allocate(capacity: max(steps.count, 1))
    self.steps.initialize(from: steps, count: steps.count)
    nodes = .allocate(capacity: max(all.count, 1))
    nodes.initialize(from: all, count: all.count)
  }

  deinit {
    sites.deallocate()
    steps.deallocate()
    nodes.deallocate()
  }

  @inline(__always)
  func hold(
    _ range: Range<Int>, _ machine: RowMachine, _ rows: UnsafeMutablePointer<Int32>
  ) -> Bool {
    var place = range.lowerBound
    while place < range.upperBound {
      if !machine.holds(nodes[place], rows) { return false }
      place += 1
    }
    return true
  }

  @inline(__always)
  func probe(
    _ range: Range<Int>, _ machine: RowMachine, _ rows: UnsafeMutablePointer<Int32>
  ) -> UInt32? {
    var hash: UInt64 = 0
    var place = range.lowerBound
    while place < range.upperBound {
      let value = machine.value(nodes[place], rows)
      guard value.isKnown else { return nil }
      hash = KeyTable.combined(hash, value.hashBits)
      place += 1
    }
    return RowIndex.folded(hash)
  }
}

/// Tokens behind gates: those of a production that hold, the first to fire on top, whichever gate
/// opens. What was met under one gate is put aside and comes back for the next.
final class ReadyHeap {
  struct Item {
    var token: Int32
    var generation: Int32
    var priority: Int64
  }
  private var heap: [Item] = []
  /// How many of them are in heap order.
  private var ordered = 0
  private var passed: [Item] = []

  var count: Int { heap.count + passed.count }

  func add(_ item: Item) { heap.append(item) }

  func add(_ items: [Item]) { heap += items }

  /// The first that `isLive`.
  func first(isLive: (Item) -> Bool, goesBefore: (Item, Item) -> Bool) -> Item? {
    if ordered < heap.count {
      if heap.count - ordered > ordered / 8 + 2 {
        heap.removeAll { !isLive($0) }
        Heap.make(&heap, goesBefore)
      } else {
        // `rise` sees what stands above it only.
        for index in ordered..<heap.count { Heap.rise(&heap, index, goesBefore) }
      }
      ordered = heap.count
    }
    while let top = heap.first {
      if isLive(top) { return top }
      Heap.pop(&heap, goesBefore)
      ordered = heap.count
    }
    return nil
  }

  /// Puts the first aside.
  func pass(goesBefore: (Item, Item) -> Bool) {
    guard let top = heap.first else { return }
    passed.append(top)
    Heap.pop(&heap, goesBefore)
    ordered = heap.count
  }

  /// Puts aside what fired already.
  func putAside(where hasFired: (Item) -> Bool) {
    passed += heap.filter(hasFired)
    heap.removeAll(where: hasFired)
    ordered = 0
  }

  /// Takes back what was put aside.
  func restore() {
    heap += passed
    passed.removeAll(keepingCapacity: true)
  }

  func sweep(isLive: (Item) -> Bool) {
    heap.removeAll { !isLive($0) }
    passed.removeAll { !isLive($0) }
    ordered = 0
  }

  var items: [Item] { heap + passed }
  var waiting: [Item] { heap }
}

/// The gates of one production: rows of the patterns that are no part of its tokens, and what holds
/// of no record; an instance is a row for each.
final class GateState {
  final class Instance {
    let id: Int32
    let rows: [Int32]
    let birth: Int32
    /// Its own heap where another instance has the shared one.
    var own: ReadyHeap?

    init(id: Int32, rows: [Int32], birth: Int32, own: ReadyHeap?) {
      self.id = id
      self.rows = rows
      self.birth = birth
      self.own = own
    }
  }
  var rows: [[Int32]]
  var instances: [Instance] = []
  var isClosedTrue = true
  /// What would fire next through these gates, while that is known.
  var top: Matcher.Next?
  var isTopKnown = false
  var closedStamp: UInt64 = 0
  private var nextID: Int32 = 0
  /// Of instances that were, for what still stands in a heap.
  private var past: [Int32: [Int32]] = [:]

  /// The rows of an instance, also of one that is no more.
  func rows(of id: Int32) -> [Int32] {
    instances.first { $0.id == id }?.rows ?? past[id] ?? []
  }

  func close(_ instance: Instance) {
    instances.removeAll { $0 === instance }
    past[instance.id] = instance.rows
  }

  func forgetPast() { past.removeAll(keepingCapacity: true) }

  init(slots: Int) { rows = Array(repeating: [], count: slots) }

  func makeID() -> Int32 {
    nextID &+= 1
    return nextID
  }
}
