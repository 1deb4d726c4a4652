import WritModel
import WritRules

/// Makes the plan of some productions for the facts at hand: which pattern is a gate depends on
/// what there is and what may come; the matches do not.
struct MatchPlanner {
  var plan: MatchPlan
  private let program: Program
  private let facts: TermFacts
  private var reads: Reads
  private let counts: [Int]
  private var derivedByTerm: [DerivedKey: Int] = [:]
  private var globalByTerm: [TermID: Int] = [:]
  private var indexBySignature: [String: Int] = [:]
  private var alphaBySignature: [String: Int] = [:]
  private var inserted = RecordSet()

  private struct DerivedKey: Hashable {
    var term: TermID
    var slot: Int
    var record: Int
  }

  init(
    _ productions: [ProductionID], _ program: Program, _ facts: TermFacts, _ reads: Reads,
    counts: [Int]
  ) {
    self.program = program
    self.facts = facts
    self.reads = reads
    self.counts = counts
    plan = MatchPlan(
      code: RowCode(program, facts), program: program, fieldCount: program.schema.fields.count,
      virtual: program.schema.records.count)
    for production in program.productions {
      for case .insert(let record, _) in production.acts { inserted.insert(record) }
    }
    for id in productions { add(id) }
    findUsers()
  }

  // MARK: One production

  /// A conjunct of a guard, and what it looks at.
  private struct Conjunct {
    var term: TermID
    var slots: UInt64
    var looks = Looks()
    var quantifier: (gather: Gather, isNegated: Bool)?
  }

  /// The outermost values that a term reads.
  private struct Looks {
    /// Fields of slots.
    var own: [(slot: Int, field: Int)] = []
    /// Fields of slots that are seen only through a function of plain values.
    var soft: [(slot: Int, field: Int)] = []
    /// Terms over one slot, over none, over several.
    var derived: [(slot: Int, term: TermID)] = []
    var closed: [TermID] = []
    var general: [TermID] = []
  }

  private mutating func add(_ id: ProductionID) {
    let production = program[id]
    let number = plan.matched.count
    let matched = MatchPlan.Matched(
      id: id, isAlert: false, records: production.patterns.map(\.record))
    if case .alert = production.kind { matched.isAlert = true }
    let scopeRecords: RowScope = production.patterns.map { $0.record }
    let scope = plan.code.scope(scopeRecords)
    let count = production.patterns.count

    var conjuncts: [Conjunct] = []
    for term in production.guardTerm.map({ GatherPlan.conjuncts(of: $0, program) }) ?? [] {
      if isYes(term) { continue }
      var conjunct = Conjunct(term: term, slots: facts[term].slots)
      conjunct.quantifier = quantifier(term, scopeRecords)
      if conjunct.quantifier == nil { conjunct.looks = looks(term, scopeRecords) }
      conjuncts.append(conjunct)
    }
    var priorityTerm: TermID?
    var priorityLooks = Looks()
    if case .change(let term?, _) = production.kind {
      if case .constant(let constant) = program[term] {
        matched.fixedPriority = Matcher.rank(constant.value)
      } else {
        priorityTerm = term
        priorityLooks = looks(term, scopeRecords)
      }
    }

    // Patterns that have a condition in common stand together.
    var group = Array(0..<max(count, 1))
    func join(_ slots: UInt64) {
      let members = (0..<count).filter { slots >> UInt64($0) & 1 != 0 }
      guard let first = members.first else { return }
      for member in members.dropFirst() {
        let (old, new) = (group[member], group[first])
        for slot in 0..<count where group[slot] == old { group[slot] = new }
      }
    }
    for conjunct in conjuncts { join(conjunct.slots) }
    if let priorityTerm { join(facts[priorityTerm].slots) }
    func weight(_ slot: Int) -> Int {
      let record = production.patterns[slot].record
      return inserted.contains(record) ? 1 << 40 : counts[Int(record.index)]
    }
    var sizes: [Int: (patterns: Int, weight: Int)] = [:]
    for slot in 0..<count {
      let old = sizes[group[slot]] ?? (0, 0)
      sizes[group[slot]] = (old.patterns + 1, old.weight + weight(slot))
    }
    // What the priority looks at, what a closed value is compared with, and what belongs together
    // cannot be a gate; of the rest the greatest is what tokens are made of.
    var inside = Set<Int>()
    for conjunct in conjuncts where !conjunct.looks.closed.isEmpty && conjunct.slots != 0 {
      for slot in 0..<count where conjunct.slots >> UInt64(slot) & 1 != 0 {
        inside.insert(group[slot])
      }
    }
    if let priorityTerm {
      for slot in 0..<count where facts[priorityTerm].slots >> UInt64(slot) & 1 != 0 {
        inside.insert(group[slot])
      }
    }
    for (member, size) in sizes where size.patterns > 1 { inside.insert(member) }
    if inside.isEmpty,
      let greatest = (0..<count).max(by: { (weight($0), -$0) < (weight($1), -$1) })
    {
      inside.insert(group[greatest])
    }
    for slot in 0..<count {
      if inside.contains(group[slot]) {
        matched.places.append((false, matched.slots.count))
        matched.slots.append(slot)
      } else {
        matched.places.append((true, matched.gateSlots.count))
        matched.gateSlots.append(slot)
      }
    }

    matched.usesGlobals =
      matched.slots.isEmpty
      || conjuncts.contains { !$0.looks.closed.isEmpty && $0.slots != 0 }
      || (priorityTerm != nil && !priorityLooks.closed.isEmpty)
    let virtualSlot = count + 1
    if matched.usesGlobals { matched.slots.append(virtualSlot) }

    // Sites.
    for (local, slot) in matched.slots.enumerated() {
      let record =
        slot == virtualSlot ? plan.virtual : Int(production.patterns[slot].record.index)
      matched.sites.append(plan.sites.count)
      plan.sites.append(
        MatchPlan.Site(production: number, slot: slot, local: local, record: record))
    }
    for (local, slot) in matched.gateSlots.enumerated() {
      matched.gateSites.append(plan.gateSites.count)
      plan.gateSites.append(
        MatchPlan.GateSite(
          production: number, slot: slot, local: local,
          record: Int(production.patterns[slot].record.index)))
    }

    // Conditions where they belong.
    var pure: [(node: Int32, slots: UInt64, term: TermID)] = []
    for conjunct in conjuncts {
      let isInGate = matched.gateSlots.contains { conjunct.slots >> UInt64($0) & 1 != 0 }
      if let quantifier = conjunct.quantifier, !isInGate {
        let check = make(quantifier.gather, quantifier.isNegated, scopeRecords, matched)
        if conjunct.slots == 0 {
          matched.closed.append(.quantifier(check))
        } else {
          matched.checks.append(.quantifier(check))
        }
        continue
      }
      var looks = conjunct.looks
      if conjunct.quantifier != nil { looks = self.looks(conjunct.term, scopeRecords) }
      let node = self.node(conjunct.term, scope, scopeRecords)
      if conjunct.slots == 0 {
        matched.closed.append(.general(node))
        matched.closedReads.formUnion(reads.of(conjunct.term, program))
        for term in looks.closed {
          matched.closedStamps.append(self.node(term, scope, scopeRecords, asGlobal: false))
        }
        continue
      }
      let isOwn =
        matched.isAlert && conjunct.slots.nonzeroBitCount == 1 && looks.general.isEmpty
        && looks.closed.isEmpty
      note(looks, matched, scope, scopeRecords, isOwn: isOwn)
      if looks.general.isEmpty {
        var slots = conjunct.slots
        if !looks.closed.isEmpty { slots |= 1 << UInt64(virtualSlot) }
        pure.append((node, slots, conjunct.term))
        if !looks.soft.isEmpty { matched.softTests.append(node) }
      } else {
        matched.checks.append(.general(node))
        matched.generalReads.formUnion(reads.of(conjunct.term, program))
      }
    }
    if let priorityTerm {
      note(priorityLooks, matched, scope, scopeRecords)
      matched.priority = node(priorityTerm, scope, scopeRecords)
      if !priorityLooks.general.isEmpty {
        matched.generalReads.formUnion(reads.of(priorityTerm, program))
      }
    }
    place(pure, matched, scope, scopeRecords)
    addActs(production.acts, scopeRecords, matched)
    plan.matched.append(matched)
  }

  private mutating func addActs(
    _ acts: [Production.Act], _ records: RowScope, _ matched: MatchPlan.Matched
  ) {
    guard !acts.isEmpty else { return }
    let scope = plan.code.scopeApart(records)
    matched.acts = acts.map { act in
      switch act {
      case .set(_, let of, let to): [plan.code.node(of, scope), plan.code.node(to, scope)]
      case .insert(_, let terms): terms.map { plan.code.node($0, scope) }
      case .remove(let term): [plan.code.node(term, scope)]
      }
    }
  }

  private func isYes(_ term: TermID) -> Bool {
    if case .constant(let constant) = program[term] {
      return constant.value.tag == .boolean && constant.value.bits == 1
    }
    return false
  }

  /// Notes what the columns of sites are for.
  private mutating func note(
    _ looks: Looks, _ matched: MatchPlan.Matched, _ scope: Int32, _ records: RowScope,
    isOwn: Bool = false
  ) {
    func add(_ slot: Int, _ column: Int, isSoft: Bool, _ matched: MatchPlan.Matched) {
      if matched.places[slot].isGate {
        plan.gateSites[matched.gateSites[matched.places[slot].local]].identity.insert(column)
      } else if isSoft {
        plan.sites[matched.sites[matched.places[slot].local]].soft.insert(column)
      } else {
        let site = matched.sites[matched.places[slot].local]
        plan.sites[site].identity.insert(column)
        if !isOwn { plan.sites[site].joinColumns.insert(column) }
      }
    }
    for (slot, field) in looks.own { add(slot, field, isSoft: false, matched) }
    for (slot, field) in looks.soft { add(slot, field, isSoft: true, matched) }
    for (slot, term) in looks.derived {
      let column = derived(term, slot, records)
      add(slot, plan.fieldCount + column, isSoft: false, matched)
    }
    for term in looks.closed { _ = global(term) }
    for term in looks.general {
      matched.stamps.append(node(term, scope, records))
      matched.generalReads.formUnion(reads.of(term, program))
    }
    if !looks.closed.isEmpty, let last = matched.sites.last, matched.usesGlobals {
      // Where the closed values stand among the columns is known when all are.
      for term in looks.closed { plan.sites[last].soft.insert(-1 - global(term)) }
    }
  }

  /// Pure conditions: those of one pattern at their site, the others where a walk has bound all
  /// they look at.
  private mutating func place(
    _ pure: [(node: Int32, slots: UInt64, term: TermID)], _ matched: MatchPlan.Matched,
    _ scope: Int32, _ records: RowScope
  ) {
    func bit(_ slot: Int) -> UInt64 { 1 << UInt64(slot) }
    var alone: [Int: [Int32]] = [:]
    var joined: [(node: Int32, slots: UInt64, term: TermID)] = []
    for one in pure {
      if one.slots.nonzeroBitCount == 1 {
        alone[one.slots.trailingZeroBitCount, default: []].append(one.node)
      } else {
        joined.append(one)
      }
    }
    for site in matched.sites {
      let slot = plan.sites[site].slot
      plan.sites[site].alpha = alpha(plan.sites[site].record, slot, alone[slot] ?? [])
    }
    for site in matched.gateSites {
      let slot = plan.gateSites[site].slot
      plan.gateSites[site].alpha = alpha(plan.gateSites[site].record, slot, alone[slot] ?? [])
    }
    // A walk from each site.
    for start in matched.sites {
      var bound = bit(plan.sites[start].slot)
      var steps: [MatchPlan.Step] = []
      var left = matched.sites.filter { $0 != start }
      while !left.isEmpty {
        var best: (site: Int, keys: [(inner: Int32, outer: Int32, term: TermID)])?
        for site in left {
          let keys = self.keys(joined, of: plan.sites[site].slot, bound, scope, records)
          if best == nil || keys.count > best!.keys.count { best = (site, keys) }
        }
        guard let best else { break }
        let slot = plan.sites[best.site].slot
        left.removeAll { $0 == best.site }
        let before = bound
        bound |= bit(slot)
        let tests = joined.filter { $0.slots & ~bound == 0 && $0.slots & ~before != 0 }
        let keyed = Set(best.keys.map(\.term))
        let keys = sorted(best.keys.map { ($0.inner, $0.outer) })
        let index = self.index(
          MatchPlan.IndexPlan(
            record: plan.sites[best.site].record, slot: slot,
            alpha: plan.sites[best.site].alpha, keys: keys.map(\.0), keepsOpen: false,
            columns: []))
        steps.append(
          MatchPlan.Step(
            slot: slot, site: best.site, index: index, probe: keys.map(\.1),
            keyTests: tests.filter { keyed.contains($0.term) }.map(\.node),
            tests: tests.filter { !keyed.contains($0.term) }.map(\.node)))
      }
      plan.sites[start].steps = steps
    }
  }

  /// The equalities that find rows of a slot by what is bound.
  private mutating func keys(
    _ joined: [(node: Int32, slots: UInt64, term: TermID)], of slot: Int, _ bound: UInt64,
    _ scope: Int32, _ records: RowScope
  ) -> [(inner: Int32, outer: Int32, term: TermID)] {
    let own: UInt64 = 1 << UInt64(slot)
    var found: [(inner: Int32, outer: Int32, term: TermID)] = []
    for one in joined where one.slots & own != 0 && one.slots & ~(bound | own) == 0 {
      guard case .operation(.equal, let sides) = program[one.term], sides.count == 2 else {
        continue
      }
      for (inner, outer) in [(sides[0], sides[1]), (sides[1], sides[0])] {
        let isInner =
          facts[inner].slots == own
          || (facts[inner].slots == 0 && own == 1 << UInt64(records.count + 1))
        guard isInner, isKey(program.type(of: inner)), isKey(program.type(of: outer)),
          facts[outer].slots & own == 0, facts[outer].slots & ~bound == 0
        else { continue }
        found.append((node(inner, scope, records), node(outer, scope, records), one.term))
        break
      }
    }
    return found
  }

  /// Types whose equal values hash alike.
  private func isKey(_ type: ValueType) -> Bool {
    switch type {
    case .text, .number, .integer, .percent, .boolean, .date, .member, .node, .record, .queue,
      .recordOrQueue, .rule, .money:
      true
    case .time, .duration, .set, .list, .unknown: false
    }
  }

  // MARK: Quantifiers

  /// A quantifier, or the opposite of one, whose conditions look at own fields only.
  private func quantifier(
    _ term: TermID, _ records: RowScope
  ) -> (gather: Gather, isNegated: Bool)? {
    switch program[term] {
    case .gather(let id):
      let gather = program[id]
      guard gather.fold.isQuantifier, Int(gather.slot) == records.count else { return nil }
      let scope = records + [gather.record]
      for part in [gather.guardTerm, gather.value].compactMap({ $0 }) {
        let found = looks(part, scope)
        guard found.derived.isEmpty, found.closed.isEmpty, found.general.isEmpty,
          found.soft.isEmpty
        else { return nil }
      }
      return (gather, false)
    case .operation(.not, let parts) where parts.count == 1:
      guard let (gather, isNegated) = quantifier(parts[0], records), !isNegated else { return nil }
      return (gather, true)
    default: return nil
    }
  }

  private mutating func make(
    _ gather: Gather, _ isNegated: Bool, _ records: RowScope, _ matched: MatchPlan.Matched
  ) -> MatchPlan.Quantifier {
    let binder = Int(gather.slot)
    let scopeRecords = records + [gather.record]
    let scope = plan.code.scope(scopeRecords)
    let own: UInt64 = 1 << UInt64(binder)
    var terms = gather.guardTerm.map { GatherPlan.conjuncts(of: $0, program) } ?? []
    var tests: [Int32] = []
    if gather.fold == .every {
      // A counter-example: the guard holds and the value does not.
      let denied = gather.value ?? gather.guardTerm
      if gather.value == nil { terms = [] }
      if let denied {
        let inner = node(denied, scope, scopeRecords)
        tests.append(plan.code.negated(inner, denied))
      }
    } else if let value = gather.value {
      terms += GatherPlan.conjuncts(of: value, program)
    }
    var conditions: [Int32] = []
    var inner: [Int32] = []
    var outer: [Int32] = []
    for term in terms where !isYes(term) {
      let node = node(term, scope, scopeRecords)
      tests.append(node)
      if facts[term].slots & ~own == 0 {
        conditions.append(node)
        continue
      }
      guard case .operation(.equal, let sides) = program[term], sides.count == 2 else { continue }
      for (a, b) in [(sides[0], sides[1]), (sides[1], sides[0])]
      where facts[a].slots == own && facts[b].slots & own == 0 && isKey(program.type(of: a))
        && isKey(program.type(of: b))
      {
        inner.append(self.node(a, scope, scopeRecords))
        outer.append(self.node(b, scope, scopeRecords))
        break
      }
    }
    var columns = Set<Int>()
    for part in [gather.guardTerm, gather.value].compactMap({ $0 }) {
      for (slot, field) in looks(part, scopeRecords).own {
        if slot == binder {
          columns.insert(field)
        } else {
          let place = matched.places[slot]
          if !place.isGate { plan.sites[matched.sites[place.local]].soft.insert(field) }
        }
      }
    }
    let keys = sorted(Array(zip(inner, outer)))
    let index = quantifierIndex(
      MatchPlan.IndexPlan(
        record: Int(gather.record.index), slot: binder,
        alpha: alpha(Int(gather.record.index), binder, conditions), keys: keys.map(\.0),
        keepsOpen: true, columns: columns))
    // `some` holds where one is found; `no` and `every` where none is and none may be.
    let wantsNone = (gather.fold == .some) == isNegated
    return MatchPlan.Quantifier(
      index: index, binder: binder, probe: keys.map(\.1), tests: tests, wantsNone: wantsNone)
  }

  /// Keys in an order of what they say, so that those who say the same share an index.
  private func sorted(_ keys: [(Int32, Int32)]) -> [(Int32, Int32)] {
    keys.map { (plan.code.signature($0.0), $0) }.sorted { $0.0 < $1.0 }.map(\.1)
  }

  /// An index of quantifiers, shared: who asks it looks again where a row changes that any of them
  /// looks at.
  private mutating func quantifierIndex(_ index: MatchPlan.IndexPlan) -> Int {
    let signature = "open|" + self.signature(of: index)
    if let known = indexBySignature[signature] {
      plan.indexes[known].columns.formUnion(index.columns)
      return known
    }
    plan.indexes.append(index)
    indexBySignature[signature] = plan.indexes.count - 1
    return plan.indexes.count - 1
  }

  private func signature(of index: MatchPlan.IndexPlan) -> String {
    let keys = index.keys.map { plan.code.signature($0) }
    return "\(index.record)|\(index.alpha)|\(keys.joined(separator: ","))"
  }

  // MARK: What terms look at

  private func looks(_ term: TermID, _ records: RowScope) -> Looks {
    var found = Looks()
    look(term, records, &found)
    return found
  }

  private func look(_ term: TermID, _ records: RowScope, _ found: inout Looks) {
    let slots = facts[term].slots
    switch program[term] {
    case .constant, .slot, .today: return
    case .operation(let operation, let parts):
      if case .lookup = operation {
        found.closed.append(term)
        return
      }
      for part in parts { look(part, records, &found) }
    case .field(let field, let of):
      if case .slot(let slot) = program[of] {
        found.own.append((Int(slot), Int(field.index)))
      } else {
        other(term, slots, records, &found)
      }
    case .attribute(let id, let arguments, let asOf):
      // A function of plain values depends on no fact but through its arguments.
      if slots.nonzeroBitCount > 1, asOf == nil, reads.attributes[Int(id.index)].isEmpty {
        var inner = Looks()
        for argument in arguments { look(argument, records, &inner) }
        if inner.derived.isEmpty, inner.closed.isEmpty, inner.general.isEmpty {
          found.soft += inner.own + inner.soft
          return
        }
      }
      other(term, slots, records, &found)
    case .winner, .payload, .collect, .gather, .follow, .counter:
      other(term, slots, records, &found)
    }
  }

  private func other(
    _ term: TermID, _ slots: UInt64, _ records: RowScope, _ found: inout Looks
  ) {
    switch slots.nonzeroBitCount {
    case 0: found.closed.append(term)
    case 1 where slots.trailingZeroBitCount < records.count:
      found.derived.append((slots.trailingZeroBitCount, term))
    default: found.general.append(term)
    }
  }

  private mutating func node(
    _ term: TermID, _ scope: Int32, _ records: RowScope, asGlobal: Bool = true
  ) -> Int32 {
    // Columns first, so that the node finds them by number.
    let found = looks(term, records)
    var places: [TermID: RowNode] = [:]
    for (slot, term) in found.derived {
      places[term] = RowNode(
        op: .derived, a: Int32(slot), b: Int32(derived(term, slot, records)), term: term.index)
    }
    if asGlobal, facts[term].slots != 0 {
      for term in found.closed {
        places[term] = RowNode(op: .global, b: Int32(global(term)), term: term.index)
      }
    }
    return plan.code.node(term, scope, derived: { places[$0] })
  }

  private mutating func global(_ term: TermID) -> Int {
    if let known = globalByTerm[term] { return known }
    plan.globals.append(MatchPlan.Global(term: term, reads: reads.of(term, program)))
    globalByTerm[term] = plan.globals.count - 1
    return plan.globals.count - 1
  }

  // MARK: Indexes and columns

  private mutating func index(_ index: MatchPlan.IndexPlan) -> Int {
    let signature = signature(of: index)
    if let known = indexBySignature[signature] { return known }
    var index = index
    index.columns = columns(of: index.keys)
    plan.indexes.append(index)
    indexBySignature[signature] = plan.indexes.count - 1
    return plan.indexes.count - 1
  }

  /// Conditions of one record, shared by what they say; -1: there are none.
  private mutating func alpha(_ record: Int, _ slot: Int, _ conditions: [Int32]) -> Int {
    if conditions.isEmpty { return -1 }
    let parts = Set(conditions.map { plan.code.signature($0) }).sorted()
    let signature = "\(record)|\(parts.joined(separator: "&"))"
    if let known = alphaBySignature[signature] { return known }
    plan.alphas.append(
      MatchPlan.Alpha(
        record: record, slot: slot, conditions: conditions, columns: columns(of: conditions)))
    alphaBySignature[signature] = plan.alphas.count - 1
    return plan.alphas.count - 1
  }

  /// What nodes look at, through whole terms too.
  private mutating func columns(of nodes: [Int32]) -> Set<Int> {
    let code = plan.code
    var columns = Set<Int>()
    for node in nodes {
      for whole in code.columns(node, plan.fieldCount, &columns) {
        let records = code.scopes[Int(code.nodes[Int(whole)].record)]
        let found = looks(TermID(Int(code.nodes[Int(whole)].term)), records)
        for (_, field) in found.own + found.soft { columns.insert(field) }
        for (slot, term) in found.derived {
          columns.insert(plan.fieldCount + derived(term, slot, records))
        }
      }
    }
    return columns
  }

  private mutating func derived(_ term: TermID, _ slot: Int, _ records: RowScope) -> Int {
    guard let record = records[slot] else { return 0 }
    let key = DerivedKey(term: term, slot: slot, record: Int(record.index))
    if let known = derivedByTerm[key] { return known }
    let number = plan.derived.count
    derivedByTerm[key] = number
    plan.derived.append(
      MatchPlan.Derived(
        record: Int(record.index), slot: slot, term: term, reads: reads.of(term, program),
        paths: nil))
    var tracer = PathTracer(program: program, facts: facts, record: record)
    if tracer.trace(term, subject: Int32(slot), depth: 0) {
      plan.derived[number].paths = tracer.paths.map { path in
        switch path {
        case .own(let field): return .own(field)
        case .through(let target, let fields, let reference):
          return .through(
            record: target, fields: fields, index: ownIndex([.field(reference)], record))
        case .keyed(let target, let fields, let inner, let outer):
          return .keyed(
            record: target, fields: fields, inner: inner, index: ownIndex(outer, record))
        }
      }
    }
    return number
  }

  /// An index over all rows of a type by own fields or the row itself, open rows kept.
  private mutating func ownIndex(_ keys: [PathTracer.Outer], _ record: RecordID) -> Int {
    var columns = Set<Int>()
    let nodes = keys.map { key -> Int32 in
      switch key {
      case .row: return plan.code.append(RowNode(op: .slot, record: record.index, a: 0, term: -1))
      case .field(let field):
        columns.insert(field)
        return plan.code.append(RowNode(op: .field, a: 0, b: Int32(field), term: -1))
      }
    }
    plan.indexes.append(
      MatchPlan.IndexPlan(
        record: Int(record.index), slot: 0, alpha: -1, keys: nodes, keepsOpen: true,
        columns: columns))
    return plan.indexes.count - 1
  }

  // MARK: Who uses what

  private mutating func findUsers() {
    let columnCount = plan.columnCount
    plan.users = Array(repeating: MatchPlan.Users(), count: columnCount)
    plan.recordUsers = Array(repeating: MatchPlan.Users(), count: plan.virtual + 1)
    let globalColumn = plan.fieldCount + plan.derived.count
    func column(_ found: Int) -> Int { found < 0 ? globalColumn + (-1 - found) : found }
    for (number, alpha) in plan.alphas.enumerated() {
      for column in Set(alpha.columns.map(column)) { plan.users[column].add(number, .alphas) }
      plan.recordUsers[alpha.record].add(number, .alphas)
    }
    for number in plan.sites.indices {
      // Closed values got their columns' numbers only now.
      let waiting = plan.sites[number].soft.filter { $0 < 0 }
      plan.sites[number].soft.subtract(waiting)
      for global in waiting { plan.sites[number].identity.insert(column(global)) }
      let joined = plan.sites[number].joinColumns.union(plan.sites[number].soft)
      plan.sites[number].soft.subtract(plan.sites[number].identity)
      let site = plan.sites[number]
      let isAlert = plan.matched[site.production].isAlert
      for column in site.identity {
        let isAlways = !isAlert || site.alpha < 0 || joined.contains(column)
        plan.users[column].add(number, .sites, isAlways: isAlways)
      }
      for column in site.soft { plan.users[column].add(number, .softSites) }
      plan.recordUsers[site.record].add(number, .sites)
    }
    for (number, site) in plan.gateSites.enumerated() {
      for column in site.identity { plan.users[column].add(number, .gateSites) }
      plan.recordUsers[site.record].add(number, .gateSites)
    }
    for (number, index) in plan.indexes.enumerated() {
      let kind: MatchPlan.Users.Kind = index.keepsOpen ? .quantifiers : .joins
      let keys = Set(index.columns.map(column))
      for column in keys { plan.users[column].add(number, kind) }
      if index.alpha >= 0 {
        let own = Set(plan.alphas[index.alpha].columns.map(column)).subtracting(keys)
        for column in own { plan.users[column].add(number, kind, isAlways: false) }
      }
      plan.recordUsers[index.record].add(number, kind)
    }
    for (number, derived) in plan.derived.enumerated() {
      for column in facts(in: derived.reads) { plan.users[column].add(number, .derived) }
      for record in records(in: derived.reads).union([derived.record]) {
        plan.recordUsers[record].add(number, .derived)
      }
    }
    for (number, global) in plan.globals.enumerated() { add(number, .globals, global.reads) }
    for (number, matched) in plan.matched.enumerated() {
      add(number, .closed, matched.closedReads)
      add(number, .general, matched.generalReads)
    }
  }

  private mutating func add(_ number: Int, _ kind: MatchPlan.Users.Kind, _ reads: BitSet) {
    for column in facts(in: reads) { plan.users[column].add(number, kind) }
    for record in records(in: reads) { plan.recordUsers[record].add(number, kind) }
  }

  /// The fields among facts; the record types whose records come and go with them.
  private func facts(in reads: BitSet) -> [Int] {
    reads.members.filter { $0 < plan.fieldCount }
  }

  private func records(in reads: BitSet) -> Set<Int> {
    Set(
      reads.members.map {
        $0 < plan.fieldCount
          ? Int(program.schema.fields[$0].record.index) : $0 - plan.fieldCount
      })
  }
}
