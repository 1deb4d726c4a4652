public import WritModel
public import WritNetwork
public import WritRules

/// Who looks: a party such as `finance`, or a record such as `Rep R1`.
public enum Viewer: Sendable {
  case party(Constant)
  case record(Value)
}

/// What a viewer may not see.
///
/// A hidden field hides what is computed from it: taint passes through defines, folds and steps.
/// It stops at the answers of decisions, which are told to everyone: a rep may know a price though
/// a floor read the cost. Where a record is not in view (inside a fold), a field that some may not
/// see is hidden.
public struct Redaction {
  /// What stands in the place of a hidden value.
  public static let mark = "•••"

  let program: Program
  public let viewer: Viewer?
  /// Fields that somebody may not see.
  private let guarded: Set<FieldID>
  /// Attributes whose terms reach such a field.
  private let tainted: [Bool]
  /// Answers that are told to everyone.
  private let published: Set<AttributeID>

  /// nil sees everything: the admin at his own desk.
  public init(program: Program, viewer: Viewer?) {
    self.program = program
    self.viewer = viewer
    guarded = viewer == nil ? [] : Set(program.visibility.map(\.field))
    published = Self.published(program)
    var tainted = Array(repeating: false, count: program.attributes.count)
    if !guarded.isEmpty {
      var known: [TermID: Bool] = [:]
      // Attributes stand behind those they read, so one pass is enough.
      for index in program.attributes.indices {
        let id = AttributeID(index)
        tainted[index] =
          !published.contains(id)
          && Self.reaches(
            program.attributes[index].term, guarded, tainted, program, &known, depth: 0)
      }
    }
    self.tainted = tainted
  }

  private static func published(_ program: Program) -> Set<AttributeID> {
    var result: Set<AttributeID> = []
    for decision in program.decisions {
      if case .define = decision.kind { continue }
      result.insert(decision.answer)
      for detail in decision.details { result.insert(detail.attribute) }
      if case .price(let plan) = decision.kind {
        if let whole = plan.wholePrice { result.insert(whole) }
        for mark in plan.marks { result.insert(mark.attribute) }
      }
    }
    return result
  }

  private static func reaches(
    _ term: TermID, _ guarded: Set<FieldID>, _ tainted: [Bool], _ program: Program,
    _ known: inout [TermID: Bool], depth: Int
  ) -> Bool {
    if let answer = known[term] { return answer }
    guard depth < 400 else { return true }
    func any(_ terms: [TermID]) -> Bool {
      terms.contains { reaches($0, guarded, tainted, program, &known, depth: depth + 1) }
    }
    let answer: Bool
    switch program[term] {
    case .constant, .slot, .today: answer = false
    case .field(let field, let of): answer = guarded.contains(field) || any([of])
    case .attribute(let id, let arguments, let asOf):
      answer = tainted[Int(id.index)] || any(arguments) || asOf.map { any([$0]) } ?? false
    case .operation(_, let arguments): answer = any(arguments)
    case .winner(let choose), .collect(let choose, _, _):
      answer = any(program[choose].reads)
    case .payload(let choose, _, let winner): answer = any(program[choose].reads + [winner])
    case .gather(let gather): answer = any(program[gather].reads)
    case .follow(let follow):
      let plan = program[follow]
      answer = any([plan.start, plan.next, plan.condition])
    case .counter(_, let of): answer = any([of])
    }
    known[term] = answer
    return answer
  }

  // MARK: - Asking

  /// Whether a field is one that somebody may not see.
  func isGuarded(_ field: FieldID) -> Bool { guarded.contains(field) }

  /// Whether nothing is ever hidden from this viewer.
  public var isOpen: Bool { guarded.isEmpty }

  /// Whether the viewer may not see an attribute of these arguments.
  public func hides(
    _ attribute: AttributeID, _ arguments: [Value], today: Int32, in memory: Memory
  ) -> Bool {
    guard tainted[Int(attribute.index)] else { return false }
    let frame = Frame(slots: arguments, today: today)
    return hides(program[attribute].term, in: frame, memory, depth: 0)
  }

  /// Whether the viewer may not see a field of a record.
  public func hides(_ field: FieldID, of record: Value, today: Int32, in memory: Memory) -> Bool {
    guard guarded.contains(field) else { return false }
    return !program.visibility.contains { rule in
      rule.field == field && allows(rule, record, today: today, in: memory)
    }
  }

  /// Whether the viewer may not see what a term gives in a frame.
  public func hides(_ term: TermID, in frame: Frame, _ memory: Memory) -> Bool {
    isOpen ? false : hides(term, in: frame, memory, depth: 0)
  }

  private func hides(_ term: TermID, in frame: Frame, _ memory: Memory, depth: Int) -> Bool {
    guard depth < 100 else { return true }
    func any(_ terms: [TermID]) -> Bool {
      terms.contains { hides($0, in: frame, memory, depth: depth + 1) }
    }
    switch program[term] {
    case .constant, .slot, .today: return false
    case .field(let field, let of):
      if any([of]) { return true }
      guard guarded.contains(field) else { return false }
      // A binder that is not in view: nobody knows which record, so it is hidden.
      guard isInView(of, frame) else { return true }
      let record = memory.value(of: of, in: frame)
      guard record.tag == .record else { return false }
      return hides(field, of: record, today: frame.today, in: memory)
    case .attribute(let id, let arguments, let asOf):
      if any(arguments + (asOf.map { [$0] } ?? [])) { return true }
      guard tainted[Int(id.index)] else { return false }
      guard arguments.allSatisfy({ isInView($0, frame) }) else { return true }
      let values = arguments.map { memory.value(of: $0, in: frame) }
      let inner = Frame(slots: values, today: frame.today)
      return hides(program[id].term, in: inner, memory, depth: depth + 1)
    case .operation(_, let arguments): return any(arguments)
    case .winner(let choose), .collect(let choose, _, _): return any(program[choose].reads)
    case .payload(let choose, _, let winner): return any(program[choose].reads + [winner])
    case .gather(let gather): return any(program[gather].reads)
    case .follow(let follow):
      let plan = program[follow]
      return any([plan.start, plan.next, plan.condition])
    case .counter(_, let of): return any([of])
    }
  }

  /// Whether all slots that a term reads are in the frame.
  private func isInView(_ term: TermID, _ frame: Frame, depth: Int = 0) -> Bool {
    guard depth < 100 else { return false }
    switch program[term] {
    case .slot(let slot): return Int(slot) < frame.slots.count
    case .constant, .today: return true
    case .field(_, let of), .counter(_, let of): return isInView(of, frame, depth: depth + 1)
    case .attribute(_, let arguments, _), .operation(_, let arguments):
      return arguments.allSatisfy { isInView($0, frame, depth: depth + 1) }
    case .winner, .payload, .collect, .gather, .follow: return true
    }
  }

  private func allows(
    _ rule: Visibility, _ record: Value, today: Int32, in memory: Memory
  ) -> Bool {
    switch viewer {
    case nil: return true
    case .party(let party): return rule.parties.contains(party)
    case .record(let who):
      guard let type = rule.viewer, let condition = rule.condition,
        who.tag == .record, who.aux == type.index
      else { return false }
      let answer = memory.value(of: condition, in: Frame(slots: [record, who], today: today))
      return answer.tag == .boolean && answer.bits == 1
    }
  }
}

extension Choose {
  /// All terms it looks at.
  var reads: [TermID] {
    alternatives.flatMap { [$0.guardTerm] + $0.payload } + (otherwise?.payload ?? [])
  }
}

extension Gather {
  /// All terms it looks at.
  var reads: [TermID] {
    var terms = [guardTerm, value].compactMap(\.self) + keys.map(\.term)
    if case .apportion(let amount, let quantum, let weight) = fold {
      terms += [amount, quantum, weight]
    }
    return terms
  }
}
