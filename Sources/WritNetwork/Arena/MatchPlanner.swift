import WritModel
import WritRules

/// Makes the plan of some productions for the facts at hand: which pattern is a gate depends on
/// what there is and what may come; the matches do not.
struct MatchPlanner {
  var plan: MatchPlan
  let program: Program
  let facts: TermFacts
  var reads: Reads
  private let counts: [Int]
  var derivedByTerm: [DerivedKey: Int] = [:]
  var globalByTerm: [TermID: Int] = [:]
  var indexBySignature: [String: Int] = [:]
  var alphaBySignature: [String: Int] = [:]
  private var inserted = RecordSet()

  struct DerivedKey: Hashable {
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

  func isYes(_ term: TermID) -> Bool {
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
}
