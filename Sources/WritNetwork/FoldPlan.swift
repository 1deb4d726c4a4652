import WritModel
import WritRules

/// How a fold over related records can be kept as they change: what a record adds to which group
/// depends on that record alone, and who asks says which group.
struct FoldPlan: Sendable {
  /// Parts of the guard, in its order.
  enum Part: Sendable {
    /// Whether a key is that of who asks: so it is for all of a group.
    case key(Int)
    /// A condition over the record alone.
    case own(TermID)
  }
  let gather: Gather
  /// The equalities that say which group a record is in, and which is asked for.
  let keys: [GatherPlan.Probe]
  let parts: [Part]
  let readsToday: Bool
  /// Fields whose change in a record changes what that record adds, and nothing else.
  private let own: Set<Int>
  /// Whether records of its type say nothing of each other.
  private let isApart: Bool

  /// nil: what a record adds depends on who asks, or this kind of fold is not kept.
  init?(_ plan: GatherPlan, _ program: Program, _ facts: TermFacts) {
    let gather = plan.gather
    guard !plan.readsCounters, Self.isKept(gather, program) else { return nil }
    let bit = TermFacts.bit(gather.slot)
    func isOwn(_ term: TermID) -> Bool { facts[term].slots & ~bit == 0 }
    var keys: [GatherPlan.Probe] = []
    var parts: [Part] = []
    var left = plan.probes
    for term in gather.guardTerm.map({ GatherPlan.conjuncts(of: $0, program) }) ?? [] {
      if isOwn(term) {
        // An equality with a constant is no key: what is asked for is always the same.
        left.removeAll { Self.sides($0) == Self.sides(of: term, program) }
        parts.append(.own(term))
      } else if let place = left.firstIndex(where: {
        Self.sides($0) == Self.sides(of: term, program)
      }) {
        parts.append(.key(keys.count))
        keys.append(left.remove(at: place))
      } else {
        return nil
      }
    }
    if let value = gather.value, !isOwn(value) { return nil }
    self.gather = gather
    self.keys = keys
    self.parts = parts
    readsToday = plan.readsToday

    var tracer = PathTracer(program: program, facts: facts, record: gather.record)
    var terms = keys.map(\.inner) + [gather.value].compactMap { $0 }
    for case .own(let term) in parts { terms.append(term) }
    let isSimple = terms.allSatisfy { tracer.trace($0, subject: gather.slot, depth: 0) }
    var own: Set<Int> = []
    var others: Set<Int> = []
    var records: Set<Int> = []
    for path in tracer.paths {
      switch path {
      case .own(let field): own.insert(field)
      case .through(let record, let fields, _), .keyed(let record, let fields, _, _):
        others.formUnion(fields)
        records.insert(record)
      }
    }
    self.own = isSimple ? own.subtracting(others) : []
    isApart = isSimple && !records.contains(Int(gather.record.index))
  }

  /// Whether the change of a field of a record, or its coming and going, concerns that record only.
  func isOwn(field: Int) -> Bool { own.contains(field) }
  func isOwn(recordsOf record: RecordID) -> Bool { isApart && record == gather.record }

  private static func isKept(_ gather: Gather, _ program: Program) -> Bool {
    switch gather.fold {
    case .some, .no, .every, .count: return true
    case .sum, .average, .min, .max:
      guard let value = gather.value else { return false }
      switch program.type(of: value) {
      case .number, .integer, .percent, .money: return true
      case .date, .member, .boolean: return gather.fold == .min || gather.fold == .max
      case .text, .time, .duration, .node, .record, .queue, .recordOrQueue, .rule, .set, .list,
        .unknown:
        return false
      }
    case .median, .countDistinct, .pick, .list, .apportion: return false
    }
  }

  private static func sides(_ probe: GatherPlan.Probe) -> Set<TermID> {
    [probe.inner, probe.outer]
  }

  private static func sides(of term: TermID, _ program: Program) -> Set<TermID> {
    if case .operation(.equal, let sides) = program[term] { Set(sides) } else { [] }
  }
}
