import WritModel
import WritRules

// Where conditions are asked while matches are found.
extension MatchPlanner {
  /// Pure conditions: those of one pattern at their site, the others where a walk has bound all
  /// they look at.
  mutating func place(
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
  mutating func keys(
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
  func isKey(_ type: ValueType) -> Bool {
    switch type {
    case .text, .number, .integer, .percent, .boolean, .date, .member, .node, .record, .queue,
      .recordOrQueue, .rule, .money:
      true
    case .time, .duration, .set, .list, .unknown: false
    }
  }
}
