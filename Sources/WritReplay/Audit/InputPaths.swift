import WritModel
import WritRules

/// The fields that a decision can read of its record and of the records it refers to: paths of
/// fields from the record, found in the rules alone.
///
/// What is gathered over other records is no part of it: those are values of the data as a whole.
struct InputPaths {
  private let program: Program
  private var paths: [[FieldID]] = []
  private var known: Set<[FieldID]> = []
  private var visited: Set<Visit> = []
  /// Rules that read more than this are read in part, the same part each time.
  private static let mostPaths = 1_000
  private static let mostVisits = 50_000
  private static let deepest = 400

  /// A term with the paths that stand in its slots.
  private struct Visit: Hashable {
    let term: TermID
    let slots: [[FieldID]?]
  }

  private init(_ program: Program) { self.program = program }

  /// The paths that a decision reads, in the order of their names.
  static func read(by decision: Decision, _ program: Program) -> [[FieldID]] {
    var walk = InputPaths(program)
    walk.visit(program[decision.answer].term, [[]], 0)
    for detail in decision.details { walk.visit(program[detail.attribute].term, [[]], 0) }
    if case .assign(let plan) = decision.kind {
      for key in plan.order { walk.visit(key.term, [[]], 0) }
      // What it sets was blank when it was taken, and need not be so afterwards.
      if let sets = plan.sets { walk.paths.removeAll { $0 == [sets] } }
    }
    return walk.paths.sorted {
      name(of: $0, program).utf8.lexicographicallyPrecedes(name(of: $1, program).utf8)
    }
  }

  /// `account.segment`
  static func name(of path: [FieldID], _ program: Program) -> String {
    path.map { program.schema[$0].name.name }.joined(separator: ".")
  }

  private mutating func note(_ path: [FieldID]) {
    guard paths.count < Self.mostPaths, known.insert(path).inserted else { return }
    paths.append(path)
  }

  /// The path whose value a term is.
  private func path(of term: TermID, _ slots: [[FieldID]?], _ depth: Int = 0) -> [FieldID]? {
    guard depth < 20 else { return nil }
    switch program[term] {
    case .slot(let slot): return slots.indices.contains(Int(slot)) ? slots[Int(slot)] : nil
    case .field(let field, let of): return path(of: of, slots, depth + 1).map { $0 + [field] }
    default: return nil
    }
  }

  private mutating func visit(_ term: TermID, _ slots: [[FieldID]?], _ depth: Int) {
    guard depth < Self.deepest, visited.count < Self.mostVisits,
      visited.insert(Visit(term: term, slots: slots)).inserted
    else { return }
    let depth = depth + 1
    switch program[term] {
    case .constant, .slot, .today: break
    case .field(let field, let of):
      if let owner = path(of: of, slots) { note(owner + [field]) }
      visit(of, slots, depth)
    case .attribute(let id, let arguments, let asOf):
      for argument in arguments { visit(argument, slots, depth) }
      if let asOf { visit(asOf, slots, depth) }
      let inner = arguments.map { path(of: $0, slots) }
      if inner.contains(where: { $0 != nil }) { visit(program[id].term, inner, depth) }
    case .operation(_, let arguments):
      for argument in arguments { visit(argument, slots, depth) }
    case .winner(let choose), .collect(let choose, _, _): visit(program[choose], slots, depth)
    case .payload(let choose, _, let winner):
      visit(winner, slots, depth)
      visit(program[choose], slots, depth)
    case .gather(let id):
      let gather = program[id]
      let inner = with(gather.slot, slots)
      for part in [gather.guardTerm, gather.value].compactMap(\.self) + gather.keys.map(\.term) {
        visit(part, inner, depth)
      }
      if case .apportion(let amount, let quantum, let weight) = gather.fold {
        for part in [amount, quantum] { visit(part, slots, depth) }
        visit(weight, inner, depth)
      }
    case .follow(let id):
      let follow = program[id]
      visit(follow.start, slots, depth)
      let inner = with(follow.slot, slots)
      visit(follow.next, inner, depth)
      visit(follow.condition, inner, depth)
    case .counter(_, let of): visit(of, slots, depth)
    }
  }

  private mutating func visit(_ choose: Choose, _ slots: [[FieldID]?], _ depth: Int) {
    for alternative in choose.alternatives {
      visit(alternative.guardTerm, slots, depth)
      for term in alternative.payload { visit(term, slots, depth) }
    }
    for term in choose.otherwise?.payload ?? [] { visit(term, slots, depth) }
  }

  /// The slots with another in front of which nothing is known.
  private func with(_ slot: Int32, _ slots: [[FieldID]?]) -> [[FieldID]?] {
    var inner = slots
    while inner.count <= Int(slot) { inner.append(nil) }
    inner[Int(slot)] = nil
    return inner
  }
}
