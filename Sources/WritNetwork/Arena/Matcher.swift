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
  let walks: Walks
  let concerns: Concerns
  let alphas: AlphaStates
  let indexes: UnsafeMutablePointer<RowIndex>
  let pools: UnsafeMutablePointer<TokenPool>
  var gates: [GateState] = []
  /// By production: whether what would fire next through its gates is known; how many are open.
  let isTopKnown: UnsafeMutablePointer<Bool>
  let openGates: UnsafeMutablePointer<Int32>
  /// By production what would fire next through its gates, where that is known.
  let tops: UnsafeMutablePointer<Next>
  var agenda = Agenda()
  /// By production: tokens that wait behind gates.
  var ready: [ReadyHeap] = []
  var order: RecordOrder
  /// Firings so far; when settling began.
  var now: Int32 = 0
  var base: Int32 = 0

  /// A row for each slot, while walking.
  let rows: UnsafeMutablePointer<Int32>
  /// Comparisons since the facts last changed.
  var work = 0
  var explosion: Settlement.Explosion?

  // What changed and was not looked at yet.
  var pending = Stretch<Change>()
  var touched = Stretch<Touched>()
  var touchedColumns = Stretch<Int32>()
  var probes = Stretch<Probe>()
  var revisits = Stretch<Revisit>()
  /// While columns are worked out: which, by number and as a list; their rows; what was touched, an
  /// entry a row.
  let isConcerned: UnsafeMutablePointer<Bool>
  var concernedColumns = Stretch<Int32>()
  var foundRows = Stretch<Int32>()
  var merged = Stretch<Touched>()
  var mergedColumns = Stretch<Int32>()
  var staleGlobals: Set<Int> = []
  var staleClosed: Set<Int> = []
  /// By global: the productions that look at it.
  let globalUsers: [[Int]]
  /// By production of the program its number here; -1: another matcher has it.
  private let numbers: [Int32]
  /// By field: whether anything here looks at it.
  let readFields: [Bool]
  let hasGeneral: Bool
  /// Whether there are closed conditions or values; whether anything here fires.
  let hasClosed: Bool
  let hasChanges: Bool
  /// A bit for each kind of object that there is.
  let kinds: UInt16
  /// Whether answers were assigned since anybody looked.
  var isAssignedAnew = false
  /// Whether anything came to hold since settling last began.
  var isRestless = true
  /// By index: who asks it.
  var askers: [[(production: Int, check: Int)]] = []
  var closedAskers: [[Int]] = []
  let isAsked: UnsafeMutablePointer<Bool>
  var derivedCapacity: [Int] = []
  /// While several rows are taken in: by record type and row its place among what is touched, -1
  /// for the others; and the place that is taken in. A match with two touched rows is found from the
  /// one that is taken in last.
  let places: UnsafeMutablePointer<UnsafeMutablePointer<Int32>>
  let placeCounts: UnsafeMutablePointer<Int>
  var present = -1
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
    /// Its stretch of `touchedColumns`.
    var first: Int
    var count: Int
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

  init(_ memory: Memory, productions: [ProductionID]) {
    self.memory = memory
    let program = memory.program
    let tables = memory.facts.tables
    let planner = MatchPlanner(
      productions, program, memory.network.facts, memory.network.reads(),
      counts: tables.map { $0.count - $0.removedCount })
    plan = planner.plan
    machine = RowMachine(plan, memory)
    order = RecordOrder(memory, records: [])
    walks = Walks(plan)
    concerns = Concerns(plan)
    alphas = AlphaStates(plan.alphas.count)
    var others = BitSet()
    for derived in plan.derived { others.formUnion(derived.reads) }
    for global in plan.globals { others.formUnion(global.reads) }
    for matched in plan.matched {
      others.formUnion(matched.generalReads)
      others.formUnion(matched.closedReads)
    }
    readFields = (0..<planner.plan.fieldCount).map {
      !planner.plan.users[$0].isEmpty || others.contains($0)
    }
    var numbers: [Int32] = Array(repeating: -1, count: memory.program.productions.count)
    for (number, matched) in plan.matched.enumerated() {
      numbers[Int(matched.id.index)] = Int32(number)
    }
    self.numbers = numbers
    hasGeneral = plan.matched.contains { !$0.generalReads.isEmpty }
    hasClosed =
      !plan.globals.isEmpty
      || plan.matched.contains { !$0.closed.isEmpty || !$0.closedStamps.isEmpty }
    hasChanges = plan.matched.contains { !$0.isAlert }
    var kinds: UInt16 = 0
    for users in planner.plan.users + planner.plan.recordUsers {
      for kind in MatchPlan.Users.Kind.allCases where !users[kind].isEmpty {
        kinds |= 1 << UInt16(kind.rawValue)
      }
    }
    self.kinds = kinds
    globalUsers = (0..<planner.plan.globals.count).map { global in
      let column = planner.plan.fieldCount + planner.plan.derived.count + global
      return planner.plan.users[column][.sites].map {
        planner.plan.sites[Int($0 >> 1)].production
      }
    }
    var slotCount = 4
    for scope in plan.code.scopes { slotCount = max(slotCount, scope.count + 4) }
    isConcerned = .allocate(capacity: max(plan.derived.count, 1))
    isConcerned.initialize(repeating: false, count: max(plan.derived.count, 1))
    rows = .allocate(capacity: slotCount)
    rows.initialize(repeating: -1, count: slotCount)
    places = .allocate(capacity: plan.virtual + 1)
    placeCounts = .allocate(capacity: plan.virtual + 1)
    placeCounts.initialize(repeating: 0, count: plan.virtual + 1)
    for record in 0...plan.virtual { (places + record).initialize(to: .allocate(capacity: 1)) }
    let virtual = plan.virtual
    indexes = .allocate(capacity: max(plan.indexes.count, 1))
    isAsked = .allocate(capacity: max(plan.indexes.count, 1))
    isAsked.initialize(repeating: false, count: max(plan.indexes.count, 1))
    for (number, index) in plan.indexes.enumerated() {
      (indexes + number).initialize(
        to: RowIndex(index, expecting: index.record == virtual ? 1 : tables[index.record].count))
    }
    pools = .allocate(capacity: max(plan.matched.count, 1))
    isTopKnown = .allocate(capacity: max(plan.matched.count, 1))
    isTopKnown.initialize(repeating: false, count: max(plan.matched.count, 1))
    tops = .allocate(capacity: max(plan.matched.count, 1))
    tops.initialize(repeating: Next.none, count: max(plan.matched.count, 1))
    openGates = .allocate(capacity: max(plan.matched.count, 1))
    openGates.initialize(repeating: 0, count: max(plan.matched.count, 1))
    askers = Array(repeating: [], count: plan.indexes.count)
    closedAskers = Array(repeating: [], count: plan.indexes.count)
    for (number, matched) in plan.matched.enumerated() {
      var check = 0
      for case .quantifier(let quantifier) in matched.checks {
        askers[quantifier.index].append((number, check))
        isAsked[quantifier.index] = true
        check += 1
      }
      for case .quantifier(let quantifier) in matched.closed {
        closedAskers[quantifier.index].append(number)
        isAsked[quantifier.index] = true
      }
      (pools + number).initialize(
        to: TokenPool(
          slots: matched.slots, checks: check, hasStamp: !matched.stamps.isEmpty,
          isFreeAtOnce: matched.isAlert))
      gates.append(GateState(slots: matched.gateSlots.count))
      ready.append(ReadyHeap())
    }
    build()
  }

  deinit {
    for column in plan.derived.indices { machine.derived[column].deallocate() }
    for index in plan.indexes.indices { indexes[index].free() }
    for pool in plan.matched.indices { pools[pool].free() }
    for record in 0...plan.virtual { places[record].deallocate() }
    indexes.deallocate()
    pools.deallocate()
    places.deallocate()
    placeCounts.deallocate()
    isTopKnown.deallocate()
    openGates.deallocate()
    tops.deallocate()
    isAsked.deallocate()
    rows.deallocate()
    pending.free()
    touched.free()
    touchedColumns.free()
    probes.free()
    revisits.free()
    isConcerned.deallocate()
    concernedColumns.free()
    foundRows.free()
    merged.free()
    mergedColumns.free()
  }

  // MARK: The beginning

  private func build() {
    for number in plan.derived.indices {
      machine.derived[number] = .allocate(capacity: 1)
      derivedCapacity.append(0)
      growDerived(number)
      computeAll(number)
    }
    for (number, alpha) in plan.alphas.enumerated() {
      alphas.grow(number, rows: rowCount(alpha.record))
      for row in liveRows(alpha.record) {
        alphas.change(number, row, to: assess(number, row))
        alphas.settle(number, row)
      }
    }
    for number in plan.indexes.indices {
      let index = indexes + number
      for row in liveRows(plan.indexes[number].record) {
        index.pointee.insert(row, standing(index, row))
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
    for matched in plan.matched {
      work = 0
      let starts = matched.sites.map { ($0, rowCount(plan.sites[$0].record)) }
      guard let start = starts.min(by: { ($0.1, $0.0) < ($1.1, $1.0) })?.0 else { continue }
      for row in liveRows(plan.sites[start].record)
      where alphas.now(plan.sites[start].alpha, row) == .closed {
        seed(start, row, excluding: 0, skipsKnown: false)
        if explosion != nil { return }
      }
    }
    work = 0
  }

  /// How a row stands to conditions by its present values.
  func assess(_ alpha: Int, _ row: Int32) -> AlphaState {
    let nodes = machine.alphas[alpha]
    rows[nodes.slot] = row
    var state = AlphaState.closed
    for place in 0..<nodes.count {
      let value = machine.value(nodes.base[place], rows)
      if value.tag == .boolean {
        if value.bits == 0 { return .out }
      } else {
        state = .open
      }
    }
    return state
  }

  /// How a row stands in an index now.
  @inline(__always)
  func standing(_ index: UnsafeMutablePointer<RowIndex>, _ row: Int32) -> RowIndex.Standing {
    index.pointee.standing(row, alphas.now(index.pointee.alpha, row), machine, rows)
  }

  /// The number of a production here; nil: another matcher has it, or none.
  @inline(__always)
  func number(of production: ProductionID) -> Int? {
    let index = Int(production.index)
    guard numbers.indices.contains(index), numbers[index] >= 0 else { return nil }
    return Int(numbers[index])
  }

  func rowCount(_ record: Int) -> Int {
    record == plan.virtual ? 1 : memory.facts.tables[record].count
  }

  private func liveRows(_ record: Int) -> [Int32] {
    record == plan.virtual ? [0] : memory.facts.tables[record].liveRows.map { Int32($0) }
  }

  // MARK: Size

  var tokenCount: Int { plan.matched.indices.reduce(0) { $0 + pools[$1].count } }

  var tokenBytes: Int { plan.matched.indices.reduce(0) { $0 + pools[$1].byteCount } }

  /// The bytes of tokens, indexes and what waits.
  var byteCount: Int {
    var bytes = agenda.count * MemoryLayout<Activation>.stride + tokenBytes + alphas.byteCount
    for index in plan.indexes.indices { bytes += indexes[index].byteCount }
    for heap in ready { bytes += heap.count * MemoryLayout<ReadyHeap.Item>.stride }
    for capacity in derivedCapacity { bytes += capacity * MemoryLayout<Value>.stride }
    return bytes
  }
}
