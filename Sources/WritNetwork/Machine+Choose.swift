import WritModel
import WritRules

/// What chooses use while they run: kept so that nothing is allocated twice.
struct ChooseScratch {
  var lane = Standing()
}

/// The alternatives of a choose that hold for one lane, and those that are open.
struct Standing {
  var sure: [Int] = []
  /// Unknown or a fault, with the guard's value.
  var open: [(alternative: Int, value: Value)] = []

  mutating func clear() {
    sure.removeAll(keepingCapacity: true)
    open.removeAll(keepingCapacity: true)
  }

  mutating func note(_ alternative: Int, _ value: Value) {
    switch Truth(value) {
    case .no: break
    case .yes: sure.append(alternative)
    case .unknown, .fault: open.append((alternative, value))
    }
  }
}

extension Memory {
  /// The winner of a choose for some lanes.
  func winner(_ id: ChooseID, _ block: Block, _ lanes: Lanes) -> Register {
    let plan = network.chooses[Int(id.index)]
    let out = arena.values(block.width)
    let mark = arena.mark
    if let index = plan.index {
      winner(by: index, plan, id, block, lanes, out)
    } else if let keyed = plan.keyed {
      winner(by: keyed, plan, id, block, lanes, out)
    } else if plan.policy == .first {
      first(plan, id, block, lanes, out)
    } else {
      settleEach(plan, id, block, lanes, out)
    }
    arena.release(mark)
    return Register(base: out, mask: -1)
  }

  /// In written order; each guard runs only for the lanes that none before it settled.
  func first(
    _ plan: ChoosePlan, _ id: ChooseID, _ block: Block, _ lanes: Lanes,
    _ out: UnsafeMutablePointer<Value>
  ) {
    if borrowedFirst(plan, id, block, lanes, out) { return }
    let list = arena.lanes(lanes.count)
    var undecided = Lanes(list: list, count: lanes.count, isDense: false)
    var place = 0
    lanes.each {
      list[place] = UInt8(truncatingIfNeeded: $0)
      place += 1
    }
    if lanes.isDense { undecided.isDense = true }
    for (alternative, guardTerm) in plan.guards.enumerated() {
      if undecided.count == 0 { return }
      let mark = arena.mark
      let held = evaluate(guardTerm, block, undecided)
      let rule = Value(rule: plan.rules[alternative])
      var left = 0
      for index in 0..<undecided.count {
        let lane = Int(list[index])
        let value = held[lane]
        switch Truth(value) {
        case .no:
          list[left] = UInt8(truncatingIfNeeded: lane)
          left += 1
        case .yes: out[lane] = rule
        case .fault: out[lane] = value
        case .unknown:
          if plan.isStrict {
            out[lane] = Value(.undetermined, Cause(.undecided, site: Int(id.index)))
          } else {
            list[left] = UInt8(truncatingIfNeeded: lane)
            left += 1
          }
        }
      }
      if left != undecided.count {
        undecided.count = left
        undecided.isDense = false
      }
      arena.release(mark)
    }
    let otherwise = otherwise(plan, id)
    for index in 0..<undecided.count { out[Int(list[index])] = otherwise }
  }

  /// What stands when nothing held.
  func otherwise(_ plan: ChoosePlan, _ id: ChooseID) -> Value {
    guard plan.hasOtherwise else { return .missing(Cause(.noAlternative, site: Int(id.index))) }
    let rule = Value(rule: plan.rules[plan.count])
    return plan.policy == .all || plan.policy == .outputOrder ? facts.lists.add([rule]) : rule
  }

  /// All guards for all lanes, then lane by lane what the policy says.
  func settleEach(
    _ plan: ChoosePlan, _ id: ChooseID, _ block: Block, _ lanes: Lanes,
    _ out: UnsafeMutablePointer<Value>
  ) {
    if let candidates = borrowedCandidates(of: id, block) {
      var standing = Standing()
      for alternative in candidates {
        let mark = arena.mark
        standing.note(alternative, evaluate(plan.guards[alternative], block, lanes)[0])
        arena.release(mark)
      }
      out[0] = settle(plan, id, standing, block, 0)
      return
    }
    let values = arena.values(plan.count * block.width)
    for (alternative, guardTerm) in plan.guards.enumerated() {
      let mark = arena.mark
      let held = evaluate(guardTerm, block, lanes)
      lanes.each { values[alternative * block.width + $0] = held[$0] }
      arena.release(mark)
    }
    var standing = scratch.lane
    lanes.each { lane in
      standing.clear()
      for alternative in 0..<plan.count {
        standing.note(alternative, values[alternative * block.width + lane])
      }
      out[lane] = settle(plan, id, standing, block, lane)
    }
    scratch.lane = standing
  }

  /// The result of a choose for one lane, of the alternatives that are surely true or open.
  ///
  /// First comes the answer of the sure ones; then each open one that would win or change the
  /// answer if it held: a fault among these is the result, else if strict they make it undetermined.
  func settle(
    _ plan: ChoosePlan, _ id: ChooseID, _ standing: Standing, _ block: Block, _ lane: Int
  ) -> Value {
    let choose = program.chooses[Int(id.index)]
    let site = Int(id.index)
    let sure = standing.sure

    func finish(_ answer: Value?, _ matters: (Int) -> Bool) -> Value {
      for (alternative, value) in standing.open where value.isFault && matters(alternative) {
        return value
      }
      for (alternative, value) in standing.open
      where !value.isFault && plan.isStrict(about: choose.alternatives[alternative])
        && matters(alternative)
      {
        return Value(.undetermined, Cause(.undecided, site: site))
      }
      return answer ?? otherwise(plan, id)
    }
    func rule(_ alternative: Int) -> Value { Value(rule: plan.rules[alternative]) }
    func list(_ alternatives: [Int]) -> Value? {
      alternatives.isEmpty ? nil : facts.lists.add(alternatives.map(rule))
    }

    switch plan.policy {
    case .first:
      // Whoever looks in written order comes here only for what he could not settle himself.
      let earliest = sure.first ?? Int.max
      for (alternative, value) in standing.open where alternative < earliest {
        if value.isFault { return value }
        if plan.isStrict { return Value(.undetermined, Cause(.undecided, site: site)) }
      }
      return sure.first.map(rule) ?? otherwise(plan, id)
    case .unique:
      if sure.count > 1 { return .fault(Cause(.conflict, site: site)) }
      return finish(sure.first.map(rule)) { _ in true }
    case .any:
      guard let first = sure.first else { return finish(nil) { _ in true } }
      let payload = payloads(of: first, plan, block, lane)
      for other in sure.dropFirst()
      where !isSame(payload, payloads(of: other, plan, block, lane)) {
        return .fault(Cause(.conflict, site: site))
      }
      return finish(rule(first)) { !isSame(payload, payloads(of: $0, plan, block, lane)) }
    case .priority:
      guard let top = sure.map({ choose.alternatives[$0].priority }).max() else {
        return finish(nil) { _ in true }
      }
      let leading = sure.filter { choose.alternatives[$0].priority == top }
      let isTied = leading.count > 1
      return finish(isTied ? Value(.tied, Cause(.tie, site: site)) : rule(leading[0])) {
        let priority = choose.alternatives[$0].priority
        return priority > top || (priority == top && !isTied)
      }
    case .outputPriority:
      guard let best = ranked(sure, plan, block, lane).first else {
        return finish(nil) { _ in true }
      }
      let payload = payloads(of: best, plan, block, lane)
      return finish(rule(best)) { ranks(payloads(of: $0, plan, block, lane), above: payload) }
    case .all:
      return finish(list(sure)) { _ in true }
    case .outputOrder:
      return finish(list(ranked(sure, plan, block, lane))) { _ in true }
    case .forbidOverPermit:
      if let forbidding = sure.first(where: { choose.alternatives[$0].isForbidding }) {
        return rule(forbidding)
      }
      let permitting = sure.first ?? Int.max
      return finish(sure.first.map(rule)) {
        choose.alternatives[$0].isForbidding || $0 < permitting
      }
    }
  }

  // MARK: Payloads that decide

  private func payloads(
    of alternative: Int, _ plan: ChoosePlan, _ block: Block, _ lane: Int
  ) -> [Value] {
    plan.columns.map { valueOfLane($0[alternative], block, lane) }
  }

  /// A term for one lane of a block.
  func valueOfLane(_ term: TermID, _ block: Block, _ lane: Int) -> Value {
    guard term.index >= 0 else { return .missing(Cause(.empty)) }
    let mark = arena.mark
    defer { arena.release(mark) }
    let list = arena.lanes(1)
    list[0] = UInt8(truncatingIfNeeded: lane)
    return evaluate(term, block, Lanes(list: list, count: 1, isDense: false))[lane]
  }

  /// Equal in every column; two that are not known are equal if they end the same way.
  private func isSame(_ left: [Value], _ right: [Value]) -> Bool {
    zip(left, right).allSatisfy {
      $0.isKnown && $1.isKnown ? Comparison.areEqual($0, $1) : $0.tag == $1.tag
    }
  }

  /// From the left, the greater first; not known below known; what has no order ranks equal, and
  /// money by its currency before its amount.
  private func ranks(_ left: [Value], above right: [Value]) -> Bool {
    for (a, b) in zip(left, right) {
      if a.isKnown != b.isKnown { return a.isKnown }
      // Of two currencies the one declared first: ranks must not go in circles.
      if a.tag == .money, b.tag == .money, a.aux != b.aux { return a.aux < b.aux }
      if a.tag == .money, b.tag == .money, a.aux != b.aux { return a.aux < b.aux }
      guard a.isKnown, a.isRanked, case .order(let order) = Comparison.of(a, b) else { continue }
      if order == 1 { return true }
      if order == -1 { return false }
    }
    return false
  }

  private func ranked(
    _ alternatives: [Int], _ plan: ChoosePlan, _ block: Block, _ lane: Int
  ) -> [Int] {
    let keyed = alternatives.map { ($0, payloads(of: $0, plan, block, lane)) }
    return keyed.sorted { a, b in
      if ranks(a.1, above: b.1) { return true }
      if ranks(b.1, above: a.1) { return false }
      return a.0 < b.0
    }.map(\.0)
  }

  // MARK: Payloads of winners

  /// A payload column of the winners.
  func payload(
    _ id: ChooseID, column: Int, _ winners: Register, _ block: Block, _ lanes: Lanes
  ) -> Register {
    let plan = network.chooses[Int(id.index)]
    let out = arena.values(block.width)
    let mark = arena.mark
    defer { arena.release(mark) }
    let noAlternative = Value.missing(Cause(.noAlternative, site: Int(id.index)))
    guard plan.columns.indices.contains(column) else {
      lanes.each { out[$0] = winners[$0].isKnown ? noAlternative : winners[$0] }
      return Register(base: out, mask: -1)
    }
    let terms = plan.columns[column]
    if plan.isConstant[column] {
      let constants = constants
      lanes.each { lane in
        let winner = winners[lane]
        if winner.tag == .rule {
          let alternative = plan.alternative(of: winner.bits)
          out[lane] =
            alternative >= 0 ? constants[Int(terms[alternative].index)] : noAlternative
        } else {
          out[lane] =
            winner.tag == .list ? payloads(ofList: winner, terms, plan, id, block, lane) : winner
        }
      }
      return Register(base: out, mask: -1)
    }

    // Lanes with one winner run its payload together.
    let keys = arena.take(max(lanes.count, 1) * 8).assumingMemoryBound(to: UInt64.self)
    var count = 0
    lanes.each { lane in
      let winner = winners[lane]
      if winner.tag == .rule {
        let alternative = plan.alternative(of: winner.bits)
        if alternative >= 0 {
          keys[count] = UInt64(alternative) << 8 | UInt64(lane)
          count += 1
        } else {
          out[lane] = noAlternative
        }
      } else {
        out[lane] =
          winner.tag == .list ? payloads(ofList: winner, terms, plan, id, block, lane) : winner
      }
    }
    var sorted = UnsafeMutableBufferPointer(start: keys, count: count)
    sorted.sort()
    let list = arena.lanes(max(count, 1))
    var start = 0
    while start < count {
      let alternative = keys[start] >> 8
      var end = start
      while end < count, keys[end] >> 8 == alternative {
        list[end - start] = UInt8(truncatingIfNeeded: keys[end])
        end += 1
      }
      let same = Lanes(list: list, count: end - start, isDense: false)
      let inner = arena.mark
      let term = terms[Int(alternative)]
      let values =
        term.index >= 0 ? evaluate(term, block, same) : Register(base: todayValue, mask: 0)
      same.each { out[$0] = values[$0] }
      arena.release(inner)
      start = end
    }
    return Register(base: out, mask: -1)
  }

  private func payloads(
    ofList winners: Value, _ terms: [TermID], _ plan: ChoosePlan, _ id: ChooseID, _ block: Block,
    _ lane: Int
  ) -> Value {
    let values = items(of: winners).map { winner -> Value in
      guard winner.isKnown else { return winner }
      let alternative = plan.alternative(of: winner.bits)
      guard alternative >= 0 else {
        return .missing(Cause(.noAlternative, site: Int(id.index)))
      }
      return valueOfLane(terms[alternative], block, lane)
    }
    return values.first(where: \.isFault) ?? facts.lists.add(values)
  }

  func items(of list: Value) -> ContiguousArray<Value> {
    list.tag == .list ? ContiguousArray(facts.lists.items(of: list)) : [list]
  }

  // MARK: Collect

  /// A fold of a payload column over all alternatives that hold; if none does, over `otherwise`.
  func collect(
    _ id: ChooseID, column: Int, _ fold: CollectFold, term: TermID, _ block: Block, _ lanes: Lanes
  ) -> Register {
    let plan = network.chooses[Int(id.index)]
    let out = arena.values(block.width)
    let mark = arena.mark
    defer { arena.release(mark) }
    var folds = Array(repeating: Collected(), count: block.width)
    let terms = plan.columns.indices.contains(column) ? plan.columns[column] : []
    let list = arena.lanes(max(lanes.count, 1))
    var current = -1
    var count = 0
    /// Adds the payload of the present alternative for the lanes for which it holds.
    func addPayloads() {
      defer { count = 0 }
      guard count > 0, terms.indices.contains(current), terms[current].index >= 0 else { return }
      let mark = arena.mark
      let sure = Lanes(list: list, count: count, isDense: false)
      let values = evaluate(terms[current], block, sure)
      sure.each { folds[$0].add(values[$0]) }
      arena.release(mark)
    }
    func note(_ alternative: Int, _ lane: Int, _ value: Value) {
      if alternative != current {
        addPayloads()
        current = alternative
      }
      switch Truth(value) {
      case .no: break
      case .yes:
        list[count] = UInt8(truncatingIfNeeded: lane)
        count += 1
      case .unknown: folds[lane].isOpen = true
      case .fault: folds[lane].noteFault(value)
      }
    }
    if let index = plan.index {
      eachCandidate(locate(index, block, lanes), plan, block, lanes, note)
    } else if let keyed = plan.keyed {
      eachCandidate(keyed, block, lanes, note)
    } else {
      let candidates = borrowedCandidates(of: id, block)
      for place in 0..<(candidates?.count ?? plan.count) {
        let alternative = candidates?[place] ?? place
        let mark = arena.mark
        let held = evaluate(plan.guards[alternative], block, lanes)
        lanes.each { note(alternative, $0, held[$0]) }
        arena.release(mark)
      }
    }
    addPayloads()
    let type = program.type(of: term)
    lanes.each { lane in
      if folds[lane].holdsNothing, !(plan.isStrict && folds[lane].isOpen), plan.hasOtherwise,
        terms.count > plan.count
      {
        folds[lane].add(valueOfLane(terms[plan.count], block, lane))
      }
      out[lane] = finish(folds[lane], fold, type, isStrict: plan.isStrict, site: Int(id.index))
    }
    return Register(base: out, mask: -1)
  }

  private func finish(
    _ collected: Collected, _ fold: CollectFold, _ type: ValueType, isStrict: Bool, site: Int
  ) -> Value {
    if let fault = collected.fault { return fault }
    if isStrict, collected.isOpen || collected.hasGap {
      return Value(.undetermined, Cause(.undecided, site: site))
    }
    switch fold {
    case .count: return .number(Decimal(Int64(collected.values.count)))
    case .list: return facts.lists.add(collected.values)
    case .distinct: return facts.lists.add(distinct(collected.values))
    case .sum:
      var total = Total()
      for value in collected.values { total.add(value) }
      return total.value(type: type)
    case .min, .max:
      return extreme(collected.values, greatest: fold == .max) ?? .missing(Cause(.empty))
    }
  }

  /// The known values in order, each once.
  func distinct(_ values: [Value]) -> [Value] {
    var kept: [Value] = []
    var places: [UInt64: [Int]] = [:]
    for value in values where value.isKnown {
      let hash = value.hashBits
      if places[hash]?.contains(where: { Comparison.areEqual(kept[$0], value) }) == true {
        continue
      }
      places[hash, default: []].append(kept.count)
      kept.append(value)
    }
    return kept
  }

  /// The least or greatest of known values; of equal ones that with fewer decimals, so that the order
  /// of records does not show. nil: there are none.
  func extreme(_ values: [Value], greatest: Bool) -> Value? {
    guard var best = values.first else { return nil }
    for value in values.dropFirst() {
      switch Comparison.of(value, best) {
      case .order(let order):
        if order == (greatest ? 1 : -1) || order == 0 && value.scale < best.scale { best = value }
      case .fault(let fault): return fault
      }
    }
    return best
  }
}

/// What the alternatives of a collect gave one lane.
private struct Collected {
  var values: [Value] = []
  var isOpen = false
  var hasGap = false
  var fault: Value?

  var holdsNothing: Bool { values.isEmpty && !hasGap && fault == nil }

  mutating func noteFault(_ value: Value) { if fault == nil { fault = value } }

  mutating func add(_ value: Value) {
    if value.isKnown {
      values.append(value)
    } else if value.isFault {
      noteFault(value)
    } else {
      hasGap = true
    }
  }
}
