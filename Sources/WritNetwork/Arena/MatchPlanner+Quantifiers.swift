import WritModel
import WritRules

// Quantifiers that are asked of an index.
extension MatchPlanner {
  /// A quantifier, or the opposite of one, whose conditions look at own fields only.
  func quantifier(
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

  mutating func make(
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
  func sorted(_ keys: [(Int32, Int32)]) -> [(Int32, Int32)] {
    keys.map { (plan.code.signature($0.0), $0) }.sorted { $0.0 < $1.0 }.map(\.1)
  }

  /// An index of quantifiers, shared: who asks it looks again where a row changes that any of them
  /// looks at.
  mutating func quantifierIndex(_ index: MatchPlan.IndexPlan) -> Int {
    let signature = "open|" + self.signature(of: index)
    if let known = indexBySignature[signature] {
      plan.indexes[known].columns.formUnion(index.columns)
      return known
    }
    plan.indexes.append(index)
    indexBySignature[signature] = plan.indexes.count - 1
    return plan.indexes.count - 1
  }

  func signature(of index: MatchPlan.IndexPlan) -> String {
    let keys = index.keys.map { plan.code.signature($0) }
    return "\(index.record)|\(index.alpha)|\(keys.joined(separator: ","))"
  }
}
