import WritModel
import WritRules

// What is shared by what it says: indexes, conditions of one record, columns.
extension MatchPlanner {
  mutating func index(_ index: MatchPlan.IndexPlan) -> Int {
    let signature = signature(of: index)
    if let known = indexBySignature[signature] { return known }
    var index = index
    index.columns = columns(of: index.keys)
    plan.indexes.append(index)
    indexBySignature[signature] = plan.indexes.count - 1
    return plan.indexes.count - 1
  }

  /// Conditions of one record, shared by what they say; -1: there are none.
  mutating func alpha(_ record: Int, _ slot: Int, _ conditions: [Int32]) -> Int {
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
  mutating func columns(of nodes: [Int32]) -> Set<Int> {
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

  mutating func derived(_ term: TermID, _ slot: Int, _ records: RowScope) -> Int {
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
  mutating func ownIndex(_ keys: [PathTracer.Outer], _ record: RecordID) -> Int {
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
}
