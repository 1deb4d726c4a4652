public import WritModel
public import WritRules

/// The meaning of the core, written to be read: a walk over the terms of a program that computes
/// everything again whenever it is asked and keeps nothing but what commits move.
///
/// The network is compared with it, so nothing here is clever: no index, no memo, no short cut that
/// the definition does not have. A reader who wants to know what a `Choose` with a blank in it gives
/// reads this file and its neighbours, beside `Program.swift` whose comments they spell out.
///
/// It is a class only because computing adds texts and lists to the arenas of its facts.
public final class Evaluator {
  public let program: Program
  public internal(set) var facts: Facts
  /// What commits have moved, by counter and row.
  var standing: [CounterID: [Int: Standing]] = [:]
  /// The number of the last turn of each pool.
  var lastTurn: [CounterID: Int64] = [:]
  /// The matches of changes that fired and held when last looked at.
  var fired: Set<Matched> = []

  /// Evaluates `program` over `facts`, whose texts begin with those of the program.
  public init(_ program: Program, _ facts: Facts) {
    self.program = program
    self.facts = facts
  }

  /// The value of an attribute at the given arguments on a business date (days since 1970-01-01).
  public func value(of attribute: AttributeID, _ arguments: [Value], today: Int32) -> Value {
    value(of: attribute, arguments, today: .date(days: today))
  }

  func value(of attribute: AttributeID, _ arguments: [Value], today: Value) -> Value {
    value(of: program[attribute].term, in: Frame(slots: arguments, today: today))
  }
}

extension Evaluator {
  /// What is in view: a value for each slot, and the business date.
  public struct Frame: Sendable {
    public var slots: [Value]
    public var today: Value

    public init(slots: [Value], today: Value) {
      self.slots = slots
      self.today = today
    }

    /// The same view with one more record in it.
    func with(_ value: Value, inSlot slot: Int32) -> Frame {
      var inner = self
      while inner.slots.count <= Int(slot) { inner.slots.append(.missing(Cause(.empty))) }
      inner.slots[Int(slot)] = value
      return inner
    }
  }

  /// The value of a term in a frame.
  ///
  /// A term that only hands a value on (a slot, an attribute, a payload, the arm of an `ifElse`)
  /// hands on `none`, `tied` and `undetermined` as they are; a term that computes with such a value
  /// finds it missing.
  public func value(of term: TermID, in frame: Frame) -> Value {
    switch program[term] {
    case .constant(let constant):
      return value(of: constant)
    case .slot(let index):
      return frame.slots[Int(index)]
    case .today:
      return frame.today
    case .field(let field, let of):
      return self.field(field, of: value(of: of, in: frame))
    case .attribute(let attribute, let arguments, let asOf):
      var today = frame.today
      if let asOf {
        today = value(of: asOf, in: frame)
        if !today.isKnown { return today.asMissing }
      }
      return value(of: attribute, arguments.map { value(of: $0, in: frame) }, today: today)
    case .operation(let operation, let arguments):
      return apply(operation, to: arguments, in: frame, at: Int(term.index))
    case .winner(let choose):
      return winner(of: choose, in: frame)
    case .payload(let choose, let column, let winner):
      return payload(
        of: choose, column: Int(column), winner: value(of: winner, in: frame), in: frame)
    case .collect(let choose, let column, let fold):
      return collect(
        choose, column: Int(column), fold, in: frame, type: program.type(of: term))
    case .gather(let gather):
      return self.gather(gather, in: frame, type: program.type(of: term))
    case .follow(let follow):
      return self.follow(program[follow], in: frame)
    case .counter(let counter, let of):
      let record = value(of: of, in: frame)
      return record.isKnown ? standing(of: counter, for: record) : record.asMissing
    }
  }

  func value(of constant: Constant) -> Value {
    guard let items = constant.items else { return constant.value }
    return facts.lists.add(items.map { value(of: $0) })
  }

  /// A base field of a record. What is no record of the field's type (a queue) has a blank there.
  func field(_ field: FieldID, of record: Value) -> Value {
    guard record.isKnown else { return record.asMissing }
    let declared = facts.schema[field]
    guard record.tag == .record, record.aux == declared.record.index else {
      return .missing(Cause(.blankField, site: Int(field.index)))
    }
    let row = Int(record.bits)
    guard row >= 0, row < facts[declared.record].count else {
      return .missing(Cause(.danglingReference, site: Int(field.index)))
    }
    return live(facts.value(field, row: row), in: field)
  }

  /// What a field holds, without references to records that were removed: they dangle.
  private func live(_ value: Value, in field: FieldID) -> Value {
    switch value.tag {
    case .record:
      return facts[RecordID(Int(value.aux))].isRemoved(Int(value.bits))
        ? .missing(Cause(.danglingReference, site: Int(field.index))) : value
    case .list:
      let items = items(of: value)
      let living = items.map { live($0, in: field) }
      return items.elementsEqual(living, by: { $0.isSame(as: $1) })
        ? value : facts.lists.add(living)
    default: return value
    }
  }

  /// All records of a type.
  func records(of type: RecordID) -> [Value] {
    (0..<facts[type].count).filter { !facts[type].isRemoved($0) }.map { .record($0, of: type) }
  }

  /// From `start` along `next` while the condition holds on the child.
  ///
  /// A blank `next` is the end, and the condition is not asked there: the head of a group has no
  /// parent and so no share to read.
  func follow(_ follow: Follow, in frame: Frame) -> Value {
    var current = value(of: follow.start, in: frame)
    guard current.isKnown else { return current.asMissing }
    var visited: [Value] = []
    while true {
      if visited.contains(where: { $0.isSame(as: current) }) { return .missing(Cause(.circle)) }
      visited.append(current)
      let inner = frame.with(current, inSlot: follow.slot)
      let next = value(of: follow.next, in: inner)
      if next.isFault { return next }
      if next.tag == .missing, next.cause.kind == .blankField { return current }
      switch truth(of: follow.condition, in: inner) {
      case .no: return current
      case .unknown(let cause): return .missing(cause)
      case .fault(let cause): return .fault(cause)
      case .yes: break
      }
      guard next.isKnown else { return next.asMissing }
      current = next
    }
  }
}

extension Value {
  /// What a term that computes makes of a value that is not known: a fault stays one, all else is
  /// missing for the same cause.
  var asMissing: Value { isFault ? self : .missing(cause) }

  /// Bit for bit the same (records, nodes, rules; not decimals).
  func isSame(as other: Value) -> Bool {
    tag == other.tag && bits == other.bits && scale == other.scale && aux == other.aux
  }
}

/// How a boolean term stands: yes, no, or why it is neither.
enum Truth {
  case yes, no
  case unknown(Cause)
  case fault(Cause)

  init(_ value: Value) {
    if value.isFault {
      self = .fault(value.cause)
    } else if !value.isKnown {
      self = .unknown(value.cause)
    } else {
      self = value.bits == 1 ? .yes : .no
    }
  }

  var value: Value {
    switch self {
    case .yes: .boolean(true)
    case .no: .boolean(false)
    case .unknown(let cause): .missing(cause)
    case .fault(let cause): .fault(cause)
    }
  }

  /// Kleene's `not`.
  var opposite: Truth {
    switch self {
    case .yes: .no
    case .no: .yes
    case .unknown, .fault: self
    }
  }
}

extension Evaluator {
  func truth(of term: TermID, in frame: Frame) -> Truth { Truth(value(of: term, in: frame)) }

  /// Kleene's `or` of parts in order: one yes decides, else the first fault, else the first unknown.
  func anyTrue(_ parts: [Truth]) -> Truth {
    if parts.contains(where: { if case .yes = $0 { true } else { false } }) { return .yes }
    for case .fault(let cause) in parts { return .fault(cause) }
    for case .unknown(let cause) in parts { return .unknown(cause) }
    return .no
  }

  /// Kleene's `and`: one no decides.
  func allTrue(_ parts: [Truth]) -> Truth { anyTrue(parts.map(\.opposite)).opposite }
}
