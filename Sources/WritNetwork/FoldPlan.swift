import WritModel
import WritRules

/// How a fold over related records can be kept as they change: what a record adds to which group
/// depends on that record alone, and who asks says which group.
final class FoldPlan: Sendable {
  /// Parts of the guard, in its order.
  enum Part: Sendable {
    /// Whether a key is that of who asks: so it is for all of a group.
    case key(Int)
    /// A condition over the record alone.
    case own(TermID)
    /// Whether it stands in the window of who asks: so it is for all that are looked at.
    case window
  }
  /// Comparisons of a date or number of the record with those of who asks.
  struct Window: Sendable {
    struct Bound: Sendable {
      var outer: TermID
      var isLower: Bool
      var includes: Bool
    }
    var inner: TermID
    var bounds: [Bound]
  }
  let gather: Gather
  /// The equalities that say which group a record is in, and which is asked for.
  let keys: [GatherPlan.Probe]
  let parts: [Part]
  /// nil: all of a group are looked at.
  let window: Window?
  let readsToday: Bool
  /// Whose part may be another once a fact is.
  enum Concern: Sendable, Equatable {
    /// That of the record itself; of those that refer to it in a field.
    case row
    case referring(FieldID)
    case nobody, all
  }
  /// By field, where it is not `all`.
  private let concerns: [Int: Concern]
  /// Record types whose records are folded, or looked at in ways that are not simple.
  private let gathered: Set<Int>
  private let isSimple: Bool

  /// nil: what a record adds depends on who asks, or this kind of fold is not kept.
  init?(_ plan: GatherPlan, _ program: Program, _ facts: TermFacts) {
    let gather = plan.gather
    guard !plan.readsCounters, Self.isKept(gather, program) else { return nil }
    let bit = TermFacts.bit(gather.slot)
    func isOwn(_ term: TermID) -> Bool { facts[term].slots & ~bit == 0 }
    var keys: [GatherPlan.Probe] = []
    var parts: [Part] = []
    var left = plan.probes
    var window: Window?
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
      } else if let found = Self.window(term, bit, program, facts),
        window == nil || window?.inner == found.inner
      {
        window = Window(inner: found.inner, bounds: (window?.bounds ?? []) + found.bounds)
        parts.append(.window)
      } else {
        return nil
      }
    }
    if let value = gather.value, !isOwn(value) { return nil }
    self.gather = gather
    self.keys = keys
    self.parts = parts
    self.window = window
    readsToday = plan.readsToday

    var tracer = PathTracer(program: program, facts: facts, record: gather.record)
    var terms = keys.map(\.inner) + [gather.value, window?.inner].compactMap { $0 }
    for case .own(let term) in parts { terms.append(term) }
    isSimple = terms.allSatisfy { tracer.trace($0, subject: gather.slot, depth: 0) }
    var concerns: [Int: Concern] = [:]
    var gathered: Set<Int> = []
    func note(_ field: Int, _ concern: Concern) {
      concerns[field] = concerns[field].map { $0 == concern ? concern : .all } ?? concern
    }
    for path in tracer.paths {
      switch path {
      case .own(let field): note(field, .row)
      case .through(_, let fields, let reference):
        for field in fields { note(field, .referring(FieldID(reference))) }
      case .keyed(let record, let fields, _, _):
        for field in fields { note(field, .all) }
        gathered.insert(record)
      }
    }
    self.concerns = concerns
    self.gathered = gathered
  }

  /// Whose part a change of a field concerns.
  func concern(of field: Int) -> Concern { isSimple ? concerns[field] ?? .all : .all }

  /// Whose part it concerns that a record of a type comes or goes. Who refers to one that goes has
  /// a field that reads differently, which is a change of its own.
  func concern(ofRecords record: RecordID) -> Concern {
    if !isSimple || gathered.contains(Int(record.index)) { return .all }
    return record == gather.record ? .row : .nobody
  }

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

  /// A comparison, or a range, between a number or date of the record and others.
  private static func window(
    _ term: TermID, _ own: UInt64, _ program: Program, _ facts: TermFacts
  ) -> Window? {
    func isInner(_ term: TermID) -> Bool {
      facts[term].slots == own && !facts[term].readsToday && isLine(program.type(of: term))
    }
    func isOuter(_ term: TermID) -> Bool {
      facts[term].slots & own == 0 && !facts[term].readsCounters
        && isLine(program.type(of: term))
    }
    guard case .operation(let operation, let parts) = program[term] else { return nil }
    if case .inRange(let includesLower, let includesUpper, let hasLower, let hasUpper) = operation {
      guard parts.count == 3, isInner(parts[0]) else { return nil }
      var bounds: [Window.Bound] = []
      if hasLower {
        bounds.append(Window.Bound(outer: parts[1], isLower: true, includes: includesLower))
      }
      if hasUpper {
        bounds.append(Window.Bound(outer: parts[2], isLower: false, includes: includesUpper))
      }
      return bounds.allSatisfy { isOuter($0.outer) }
        ? Window(inner: parts[0], bounds: bounds) : nil
    }
    guard parts.count == 2 else { return nil }
    let isMirrored = !isInner(parts[0])
    let (inner, outer) = isMirrored ? (parts[1], parts[0]) : (parts[0], parts[1])
    guard isInner(inner), isOuter(outer) else { return nil }
    switch operation {
    case .greater, .greaterOrEqual, .less, .lessOrEqual:
      let isGreater = operation == .greater || operation == .greaterOrEqual
      let includes = operation == .greaterOrEqual || operation == .lessOrEqual
      return Window(
        inner: inner,
        bounds: [Window.Bound(outer: outer, isLower: isGreater != isMirrored, includes: includes)])
    default: return nil
    }
  }

  /// Types whose known values all stand in one line.
  private static func isLine(_ type: ValueType) -> Bool {
    switch type {
    case .number, .integer, .percent, .date: true
    case .text, .boolean, .money, .time, .duration, .member, .node, .record, .queue,
      .recordOrQueue, .rule, .set, .list, .unknown:
      false
    }
  }

  private static func sides(_ probe: GatherPlan.Probe) -> Set<TermID> {
    [probe.inner, probe.outer]
  }

  private static func sides(of term: TermID, _ program: Program) -> Set<TermID> {
    if case .operation(.equal, let sides) = program[term] { Set(sides) } else { [] }
  }
}
