import WritModel
import WritRules

// What terms look at, and the nodes that work them out.
extension MatchPlanner {
  /// The outermost values that a term reads.
  struct Looks {
    /// Fields of slots.
    var own: [(slot: Int, field: Int)] = []
    /// Fields of slots that are seen only through a function of plain values.
    var soft: [(slot: Int, field: Int)] = []
    /// Terms over one slot, over none, over several.
    var derived: [(slot: Int, term: TermID)] = []
    var closed: [TermID] = []
    var general: [TermID] = []
  }

  func looks(_ term: TermID, _ records: RowScope) -> Looks {
    var found = Looks()
    look(term, records, &found)
    return found
  }

  func look(_ term: TermID, _ records: RowScope, _ found: inout Looks) {
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

  func other(
    _ term: TermID, _ slots: UInt64, _ records: RowScope, _ found: inout Looks
  ) {
    switch slots.nonzeroBitCount {
    case 0: found.closed.append(term)
    case 1 where slots.trailingZeroBitCount < records.count:
      found.derived.append((slots.trailingZeroBitCount, term))
    default: found.general.append(term)
    }
  }

  mutating func node(
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

  mutating func global(_ term: TermID) -> Int {
    if let known = globalByTerm[term] { return known }
    plan.globals.append(MatchPlan.Global(term: term, reads: reads.of(term, program)))
    globalByTerm[term] = plan.globals.count - 1
    return plan.globals.count - 1
  }
}
