import WritModel
import WritRules

/// Finds out how a term over one record follows from other records, where that is simple: own
/// fields, one reference, records gathered by equal keys.
struct PathTracer {
  /// Part of a key by which records are gathered: the record itself, or a field of it.
  enum Outer {
    case row
    case field(Int)
  }
  enum Path {
    case own(Int)
    case through(record: Int, fields: Set<Int>, reference: Int)
    case keyed(record: Int, fields: Set<Int>, inner: [Int], outer: [Outer])
  }
  let program: Program
  let facts: TermFacts
  let record: RecordID
  private(set) var paths: [Path] = []
  private var seen: Set<TermID> = []

  init(program: Program, facts: TermFacts, record: RecordID) {
    self.program = program
    self.facts = facts
    self.record = record
  }

  private static let deepest = 24

  /// False: it follows in some other way, and whatever it reads may change it anywhere.
  mutating func trace(_ term: TermID, subject: Int32, depth: Int) -> Bool {
    if depth > Self.deepest { return false }
    switch program[term] {
    case .constant, .today: return true
    case .slot(let slot): return slot == subject
    case .field(let field, let of):
      switch program[of] {
      case .slot(subject):
        paths.append(.own(Int(field.index)))
        return true
      case .field(let reference, let inner) where program[inner] == .slot(subject):
        paths.append(.own(Int(reference.index)))
        paths.append(
          .through(
            record: Int(program.schema[field].record.index), fields: [Int(field.index)],
            reference: Int(reference.index)))
        return true
      default: return false
      }
    case .attribute(let id, let arguments, let asOf):
      guard asOf == nil, arguments.count == 1, program[arguments[0]] == .slot(subject),
        program[id].parameters.count == 1
      else { return false }
      if subject == 0, !seen.insert(program[id].term).inserted { return true }
      return trace(program[id].term, subject: 0, depth: depth + 1)
    case .operation(let operation, let parts):
      if case .lookup = operation { return false }
      return parts.allSatisfy { trace($0, subject: subject, depth: depth + 1) }
    case .winner(let id), .collect(let id, _, _): return trace(program[id], subject, depth)
    case .payload(let id, _, let winner):
      return trace(program[id], subject, depth)
        && trace(winner, subject: subject, depth: depth + 1)
    case .gather(let id): return trace(program[id], subject)
    case .follow, .counter: return false
    }
  }

  private mutating func trace(_ choose: Choose, _ subject: Int32, _ depth: Int) -> Bool {
    for alternative in choose.alternatives {
      for term in [alternative.guardTerm] + alternative.payload
      where !trace(term, subject: subject, depth: depth + 1) { return false }
    }
    return (choose.otherwise?.payload ?? []).allSatisfy {
      trace($0, subject: subject, depth: depth + 1)
    }
  }

  private mutating func trace(_ gather: Gather, _ subject: Int32) -> Bool {
    switch gather.fold {
    case .pick, .list, .apportion: return false
    case .some, .no, .every, .count, .sum, .average, .min, .max, .median, .countDistinct: break
    }
    // Without a value `every` is decided by records with another key.
    if gather.fold == .every, gather.value == nil { return false }
    var fields = Set<Int>()
    var own = Set<Int>()
    for part in [gather.guardTerm, gather.value].compactMap({ $0 }) {
      guard plain(part, subject, gather.slot, &own, &fields) else { return false }
    }
    var inner: [Int] = []
    var outer: [Outer] = []
    for conjunct in gather.guardTerm.map({ GatherPlan.conjuncts(of: $0, program) }) ?? [] {
      guard case .operation(.equal, let sides) = program[conjunct], sides.count == 2 else {
        continue
      }
      for (a, b) in [(sides[0], sides[1]), (sides[1], sides[0])] {
        guard case .field(let field, let of) = program[a], program[of] == .slot(gather.slot),
          GatherPlan.isKey(program.type(of: a)), GatherPlan.isKey(program.type(of: b))
        else { continue }
        if program[b] == .slot(subject) {
          outer.append(.row)
        } else if case .field(let theirs, let of) = program[b], program[of] == .slot(subject) {
          outer.append(.field(Int(theirs.index)))
        } else {
          continue
        }
        inner.append(Int(field.index))
        break
      }
    }
    guard !inner.isEmpty else { return false }
    for field in own { paths.append(.own(field)) }
    paths.append(
      .keyed(
        record: Int(gather.record.index), fields: fields, inner: inner, outer: outer))
    return true
  }

  /// Whether a term looks at nothing but own fields of two slots.
  private func plain(
    _ term: TermID, _ subject: Int32, _ binder: Int32, _ own: inout Set<Int>,
    _ inner: inout Set<Int>
  ) -> Bool {
    switch program[term] {
    case .constant, .today: return true
    case .slot(let slot): return slot == subject || slot == binder
    case .field(let field, let of):
      if program[of] == .slot(subject) {
        own.insert(Int(field.index))
        return true
      }
      guard program[of] == .slot(binder) else { return false }
      inner.insert(Int(field.index))
      return true
    case .operation(let operation, let parts):
      if case .lookup = operation { return false }
      return parts.allSatisfy { plain($0, subject, binder, &own, &inner) }
    case .attribute, .winner, .payload, .collect, .gather, .follow, .counter: return false
    }
  }
}
