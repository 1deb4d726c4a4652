public import WritModel
public import WritRules

/// One thing that was looked at while a value was worked out.
public enum TraceEvent {
  /// A derived value was asked for, of these arguments.
  case attribute(AttributeID, arguments: [Value], today: Int32)
  /// An alternative of a choose was looked at: how its guard stands, and whether it was taken.
  case alternative(Choose.Alternative, Truth, isTaken: Bool, Frame)
  /// A condition of a rule that was looked at, by its place in the rule.
  case condition(rule: RuleID, index: Int, Truth, Frame)
  /// Nothing held, and what is then given was taken.
  case otherwise(rule: RuleID)
}

extension Memory {
  /// Tells what is looked at to work out a term, in order: derived values and what they are made
  /// of, the alternatives of each choice up to the one that decides, their conditions.
  ///
  /// With each event is told how many derived values it lies within. The way is walked again, with the values that deciding gives: a run that is not traced pays
  /// nothing. What was told once for the same arguments is not told again, and a walk that goes on
  /// and on ends after `most` events.
  public func trace(
    _ term: TermID, in frame: Frame, most: Int = 200_000,
    _ observe: (TraceEvent, _ depth: Int) -> Void
  ) {
    withoutActuallyEscaping(observe) { observe in
      let tracer = Tracer(self, most: most, observe)
      tracer.walk(term, frame, depth: 0)
    }
  }

  /// The same for a derived value or decision.
  public func trace(
    _ attribute: AttributeID, _ arguments: [Value], today: Int32, most: Int = 200_000,
    _ observe: (TraceEvent, _ depth: Int) -> Void
  ) {
    withoutActuallyEscaping(observe) { observe in
      let tracer = Tracer(self, most: most, observe)
      tracer.visit(attribute, arguments, today, depth: 0)
    }
  }
}

/// Walks the terms of a program as evaluating them does, from one frame.
private final class Tracer {
  private let memory: Memory
  private let program: Program
  private let observe: (TraceEvent, Int) -> Void
  /// How many derived values are being worked out.
  private var nesting = 0
  private var left: Int
  private var visited: Set<Visit> = []
  private let winners: [ChooseID: TermID]

  private static let deepest = 300
  /// Records looked at in one gather.
  private static let mostRows = 1_000

  /// What was walked, with what stood in its slots.
  private struct Visit: Hashable {
    let kind: Int
    let index: Int32
    let slots: [Int64]
  }

  init(_ memory: Memory, most: Int, _ observe: @escaping (TraceEvent, Int) -> Void) {
    self.memory = memory
    self.observe = observe
    program = memory.network.program
    left = most
    var winners: [ChooseID: TermID] = [:]
    for (index, term) in program.terms.enumerated() {
      if case .winner(let choose) = term { winners[choose] = TermID(index) }
    }
    self.winners = winners
  }

  private func tell(_ event: TraceEvent) {
    left -= 1
    observe(event, nesting)
  }

  /// Whether this is new, and there is room for it.
  private func begins(_ kind: Int, _ index: Int32, _ frame: Frame) -> Bool {
    guard left > 0 else { return false }
    let slots = frame.slots.flatMap { value in
      [value.bits, Int64(value.tag.rawValue) << 32 | Int64(value.scale) << 16 | Int64(value.aux)]
    }
    return visited.insert(Visit(kind: kind, index: index, slots: slots + [Int64(frame.today)]))
      .inserted
  }

  func visit(_ attribute: AttributeID, _ arguments: [Value], _ today: Int32, depth: Int) {
    let frame = Frame(slots: arguments, today: today)
    guard depth < Self.deepest, begins(0, attribute.index, frame) else { return }
    tell(.attribute(attribute, arguments: arguments, today: today))
    nesting += 1
    walk(program[attribute].term, frame, depth: depth + 1)
    nesting -= 1
  }

  func walk(_ term: TermID, _ frame: Frame, depth: Int) {
    guard depth < Self.deepest, left > 0 else { return }
    let depth = depth + 1
    switch program[term] {
    case .constant, .slot, .today: break
    case .field(_, let of), .counter(_, let of): walk(of, frame, depth: depth)
    case .attribute(let id, let arguments, let asOf):
      for argument in arguments { walk(argument, frame, depth: depth) }
      var today = frame.today
      if let asOf {
        walk(asOf, frame, depth: depth)
        let date = memory.value(of: asOf, in: frame)
        guard date.tag == .date else { return }
        today = Int32(truncatingIfNeeded: date.bits)
      }
      visit(id, arguments.map { memory.value(of: $0, in: frame) }, today, depth: depth)
    case .operation(let operation, let arguments):
      walk(operation, arguments, frame, depth: depth)
    case .winner(let choose): walk(choose, frame, depth: depth)
    case .payload(let choose, let column, let winner):
      walk(winner, frame, depth: depth)
      let taken = rules(in: memory.value(of: winner, in: frame))
      for payload in payloads(of: choose, taken, column) { walk(payload, frame, depth: depth) }
    case .collect(let choose, let column, _):
      walk(choose, frame, depth: depth)
      for alternative in program[choose].alternatives
      where alternative.payload.indices.contains(Int(column))
        && truth(alternative.guardTerm, frame) == .yes
      { walk(alternative.payload[Int(column)], frame, depth: depth) }
    case .gather(let id): walk(program[id], id, frame, depth: depth)
    case .follow(let id): walk(program[id], id, frame, depth: depth)
    }
  }

  private func walk(
    _ operation: WritRules.Operation, _ arguments: [TermID], _ frame: Frame, depth: Int
  ) {
    switch operation {
    case .ifElse where arguments.count == 3:
      walk(arguments[0], frame, depth: depth)
      switch truth(arguments[0], frame) {
      case .yes: walk(arguments[1], frame, depth: depth)
      case .no: walk(arguments[2], frame, depth: depth)
      case .unknown, .fault: break
      }
    case .orElse where arguments.count == 2:
      walk(arguments[0], frame, depth: depth)
      let first = memory.value(of: arguments[0], in: frame)
      if !first.isKnown, !first.isFault { walk(arguments[1], frame, depth: depth) }
    default:
      for argument in arguments { walk(argument, frame, depth: depth) }
    }
  }

  // MARK: Choices

  /// The alternatives that are looked at, and which of them is taken.
  private func walk(_ id: ChooseID, _ frame: Frame, depth: Int) {
    guard begins(1, id.index, frame) else { return }
    let choose = program[id]
    let winner = winners[id].map { memory.value(of: $0, in: frame) }
    let taken = winner.map { rules(in: $0) }
    var hasTaken = false
    for alternative in choose.alternatives {
      guard left > 0 else { return }
      let stands = truth(alternative.guardTerm, frame)
      let isTaken = stands == .yes && taken?.contains(alternative.rule) ?? true
      hasTaken = hasTaken || isTaken
      tell(.alternative(alternative, stands, isTaken: isTaken, frame))
      tellConditions(of: alternative.rule, frame)
      walk(alternative.guardTerm, frame, depth: depth)
      // Nothing behind the one that decides is looked at.
      guard choose.policy == .first else { continue }
      if stands == .yes || stands == .fault || stands == .unknown && choose.isStrict { return }
    }
    if let otherwise = choose.otherwise, !hasTaken, taken?.contains(otherwise.rule) ?? true {
      tell(.otherwise(rule: otherwise.rule))
    }
  }

  private func tellConditions(of rule: RuleID, _ frame: Frame) {
    for (index, condition) in program[rule].conditions.enumerated() {
      tell(.condition(rule: rule, index: index, truth(condition.term, frame), frame))
    }
  }

  private func payloads(
    of choose: ChooseID, _ taken: [RuleID], _ column: Int32
  ) -> [TermID] {
    let choose = program[choose]
    for alternative in choose.alternatives
    where taken.contains(alternative.rule) && alternative.payload.indices.contains(Int(column)) {
      return [alternative.payload[Int(column)]]
    }
    if let otherwise = choose.otherwise, taken.contains(otherwise.rule),
      otherwise.payload.indices.contains(Int(column))
    {
      return [otherwise.payload[Int(column)]]
    }
    return []
  }

  private func rules(in winner: Value) -> [RuleID] {
    switch winner.tag {
    case .rule: [RuleID(Int(winner.bits))]
    case .list:
      memory.facts.lists.items(of: winner).filter { $0.tag == .rule }.map {
        RuleID(Int($0.bits))
      }
    default: []
    }
  }

  private func truth(_ term: TermID, _ frame: Frame) -> Truth {
    Truth(memory.value(of: term, in: frame))
  }

  // MARK: Other records

  private func walk(_ gather: Gather, _ id: GatherID, _ frame: Frame, depth: Int) {
    guard begins(2, id.index, frame) else { return }
    var slots = frame.slots
    while slots.count <= Int(gather.slot) { slots.append(.missing(Cause(.empty))) }
    for row in memory.facts[gather.record].liveRows.prefix(Self.mostRows) {
      guard left > 0 else { return }
      slots[Int(gather.slot)] = .record(row, of: gather.record)
      let inner = Frame(slots: slots, today: frame.today)
      if let guardTerm = gather.guardTerm {
        walk(guardTerm, inner, depth: depth)
        guard truth(guardTerm, inner) == .yes else { continue }
      }
      if let value = gather.value { walk(value, inner, depth: depth) }
      for key in gather.keys { walk(key.term, inner, depth: depth) }
      if case .apportion(_, _, let weight) = gather.fold { walk(weight, inner, depth: depth) }
    }
    if case .apportion(let amount, let quantum, _) = gather.fold {
      for term in [amount, quantum] { walk(term, frame, depth: depth) }
    }
  }

  private func walk(_ follow: Follow, _ id: FollowID, _ frame: Frame, depth: Int) {
    guard begins(3, id.index, frame) else { return }
    walk(follow.start, frame, depth: depth)
    var present = memory.value(of: follow.start, in: frame)
    var slots = frame.slots
    while slots.count <= Int(follow.slot) { slots.append(.missing(Cause(.empty))) }
    for _ in 0..<100 where present.tag == .record {
      slots[Int(follow.slot)] = present
      let inner = Frame(slots: slots, today: frame.today)
      walk(follow.condition, inner, depth: depth)
      guard truth(follow.condition, inner) == .yes else { return }
      walk(follow.next, inner, depth: depth)
      present = memory.value(of: follow.next, in: inner)
    }
  }
}
