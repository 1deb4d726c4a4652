import WritModel
import WritRules

/// A condition as the index sees it: a disjunction of boxes.
///
/// `and`, `or`, `not`, `surely` and `possibly` are pushed down to single comparisons. That is exact
/// in Kleene's logic without faults: "surely true" and "not surely false" both pass through `and`
/// and `or` unchanged and change places at a `not`. Lanes with a fault in view never ask the index.
struct Box {
  var literals: [Literal] = []
  /// Whether something was left out, so that a hit has to be verified.
  var isOpen = false
}

/// A test of one term, seen through what stands around it.
struct Literal: Hashable {
  var test: TermID
  var mode: LiteralMode
}

struct LiteralMode: Hashable {
  enum Kind {
    /// As it is; only where it is surely true; wherever it is not surely false.
    case kleene, sure, possible
  }
  var kind = Kind.kleene
  var isNegated = false

  var negated: LiteralMode {
    switch kind {
    case .kleene: LiteralMode(kind: .kleene, isNegated: !isNegated)
    // Surely not = not possibly; possibly not = not surely.
    case .sure: LiteralMode(kind: .possible, isNegated: !isNegated)
    case .possible: LiteralMode(kind: .sure, isNegated: !isNegated)
    }
  }

  func narrowed(to kind: Kind) -> LiteralMode { LiteralMode(kind: kind, isNegated: isNegated) }

  /// A number for each mode, and how many there are.
  static let count = 6
  var number: Int {
    let first =
      switch kind {
      case .kleene: 0
      case .sure: 2
      case .possible: 4
      }
    return first + (isNegated ? 1 : 0)
  }
}

/// Turns guards into boxes.
struct Normalizer {
  /// The most boxes a guard may become; what would be more is verified instead.
  static let mostBoxes = 16
  private static let deepest = 64

  let program: Program

  /// The boxes of a guard: a record in none of them is surely out.
  func boxes(of term: TermID) -> [Box] {
    boxes(term, LiteralMode(), depth: 0) ?? [Box(literals: [], isOpen: true)]
  }

  /// nil: something here cannot be told apart from a fault by looking at parts, so whoever asked
  /// through `surely` or `possibly` has to take the whole as one test.
  private func boxes(_ term: TermID, _ mode: LiteralMode, depth: Int) -> [Box]? {
    if depth > Self.deepest { return mode.kind == .kleene ? [Box(isOpen: true)] : nil }
    switch program[term] {
    case .constant(let constant) where constant.value.tag == .boolean:
      return (constant.value.bits == 1) != mode.isNegated ? [Box()] : []
    case .operation(.and, let parts):
      return mode.isNegated
        ? union(parts, mode, depth: depth) : product(parts, mode, depth: depth)
    case .operation(.or, let parts):
      return mode.isNegated
        ? product(parts, mode, depth: depth) : union(parts, mode, depth: depth)
    case .operation(.not, let parts) where parts.count == 1:
      return boxes(parts[0], mode.negated, depth: depth + 1)
    case .operation(.surely, let parts) where parts.count == 1:
      return boxes(parts[0], mode.narrowed(to: .sure), depth: depth + 1)
        ?? (mode.kind == .kleene ? whole(term, mode) : nil)
    case .operation(.possibly, let parts) where parts.count == 1:
      return boxes(parts[0], mode.narrowed(to: .possible), depth: depth + 1)
        ?? (mode.kind == .kleene ? whole(term, mode) : nil)
    case .constant, .slot, .today, .field, .attribute, .operation, .winner, .payload, .collect,
      .gather, .follow, .counter:
      if mode.kind != .kleene, !isPlainTest(term) { return nil }
      return whole(term, mode)
    }
  }

  /// Whether a term is a comparison, of which there is nothing to be taken apart.
  private func isSingleTest(_ term: TermID) -> Bool {
    guard case .operation(let operation, _) = program[term] else { return false }
    switch operation {
    case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .inRange, .isIn,
      .within:
      return true
    default: return false
    }
  }

  private func whole(_ term: TermID, _ mode: LiteralMode) -> [Box]? {
    if case .constant = program[term] { return [Box(isOpen: true)] }
    return [Box(literals: [Literal(test: term, mode: mode)])]
  }

  /// Whether a test is surely going to be a dimension of its own, fault and all.
  private func isPlainTest(_ term: TermID) -> Bool {
    Test(term, program)?.isDirect(program) ?? false
  }

  private func union(_ parts: [TermID], _ mode: LiteralMode, depth: Int) -> [Box]? {
    var all: [Box] = []
    for part in parts {
      guard let boxes = boxes(part, mode, depth: depth + 1) else { return nil }
      all += boxes
    }
    if all.count <= Self.mostBoxes { return all }
    return mode.kind == .kleene ? [Box(isOpen: true)] : nil
  }

  private func product(_ parts: [TermID], _ mode: LiteralMode, depth: Int) -> [Box]? {
    var all = [Box()]
    for part in parts {
      if mode.kind == .kleene, isSingleTest(part) {
        for index in all.indices { all[index].literals.append(Literal(test: part, mode: mode)) }
        continue
      }
      guard let boxes = boxes(part, mode, depth: depth + 1) else { return nil }
      if boxes.isEmpty { return [] }
      if all.count * boxes.count > Self.mostBoxes {
        guard mode.kind == .kleene else { return nil }
        for index in all.indices { all[index].isOpen = true }
        continue
      }
      if boxes.count == 1 {
        for index in all.indices {
          all[index].literals += boxes[0].literals
          all[index].isOpen = all[index].isOpen || boxes[0].isOpen
        }
        continue
      }
      all = all.flatMap { box in
        boxes.map {
          Box(literals: box.literals + $0.literals, isOpen: box.isOpen || $0.isOpen)
        }
      }
    }
    return all
  }
}

/// A boolean term as a question about another term.
struct Test {
  enum Question {
    /// Between two ends, each with whether it is included; nil: open.
    case range(lower: (Value, Bool)?, upper: (Value, Bool)?)
    case oneOf([Value], hasUnknown: Bool)
    case notEqual(Value)
    case within([Value])
    case isKnown
    /// The term itself, a boolean.
    case isTrue
  }
  var subject: TermID
  var question: Question

  /// nil for a constant.
  init?(_ term: TermID, _ program: Program) {
    if case .constant = program[term] { return nil }
    if case .operation(let operation, let arguments) = program[term],
      let found = Self.question(operation, arguments, program)
    {
      (subject, question) = found
      return
    }
    subject = term
    question = .isTrue
  }

  /// Whether the subject is a field reached through references, or the date.
  func isDirect(_ program: Program) -> Bool { Self.isPath(subject, program) }

  static func isPath(_ term: TermID, _ program: Program) -> Bool {
    switch program[term] {
    case .slot, .today: true
    case .field(_, let of): isPath(of, program)
    case .constant, .attribute, .operation, .winner, .payload, .collect, .gather, .follow, .counter:
      false
    }
  }

  private static func question(
    _ operation: Operation, _ arguments: [TermID], _ program: Program
  ) -> (TermID, Question)? {
    func constant(_ index: Int) -> Constant? {
      arguments.indices.contains(index) ? Constant(folding: arguments[index], program) : nil
    }
    func scalar(_ index: Int) -> Value? {
      guard let found = constant(index), found.items == nil, found.value.isKnown else { return nil }
      return found.value
    }
    guard let first = arguments.first else { return nil }
    if operation == .isKnown, constant(0) == nil { return (first, .isKnown) }
    if let relation = Relation(operation), arguments.count == 2 {
      if constant(0) == nil, let value = scalar(1) {
        return (first, comparison(relation, value))
      }
      if constant(1) == nil, let value = scalar(0) {
        return (arguments[1], comparison(relation.turned, value))
      }
      return nil
    }
    guard constant(0) == nil else { return nil }
    switch operation {
    case .inRange(let includesLower, let includesUpper, let hasLower, let hasUpper):
      let lower = hasLower ? scalar(1) : nil
      let upper = hasUpper ? scalar(2) : nil
      if (hasLower && lower == nil) || (hasUpper && upper == nil) { return nil }
      return (
        first,
        .range(lower: lower.map { ($0, includesLower) }, upper: upper.map { ($0, includesUpper) })
      )
    case .isIn, .within:
      guard let set = constant(1) else { return nil }
      let items = set.items.map { $0.map(\.value) } ?? [set.value]
      if items.contains(where: { $0.isFault || $0.tag == .list }) { return nil }
      let known = items.filter(\.isKnown)
      if operation == .within {
        return known.count == items.count ? (first, .within(known)) : nil
      }
      return set.items == nil && known.isEmpty
        ? nil : (first, .oneOf(known, hasUnknown: known.count < items.count))
    default: return nil
    }
  }

  private static func comparison(_ relation: Relation, _ value: Value) -> Question {
    switch relation {
    case .equal: .oneOf([value], hasUnknown: false)
    case .notEqual: .notEqual(value)
    case .less: .range(lower: nil, upper: (value, false))
    case .lessOrEqual: .range(lower: nil, upper: (value, true))
    case .greater: .range(lower: (value, false), upper: nil)
    case .greaterOrEqual: .range(lower: (value, true), upper: nil)
    }
  }

  /// The values the question names.
  var values: [Value] {
    switch question {
    case .range(let lower, let upper): [lower?.0, upper?.0].compactMap { $0 }
    case .oneOf(let values, _), .within(let values): values
    case .notEqual(let value): [value]
    case .isKnown, .isTrue: []
    }
  }
}

extension Constant {
  /// What a term comes to whatever the facts are: a constant, a `define` of nothing that is one, or
  /// arithmetic on such. nil: it depends on something, or is not known.
  init?(folding term: TermID, _ program: Program, depth: Int = 0) {
    guard depth < 32, term.index >= 0 else { return nil }
    switch program[term] {
    case .constant(let constant): self = constant
    case .attribute(let id, let arguments, nil) where arguments.isEmpty:
      self.init(folding: program[id].term, program, depth: depth + 1)
    case .operation(let operation, let arguments):
      let parts = arguments.compactMap { part -> Value? in
        guard let found = Constant(folding: part, program, depth: depth + 1), found.items == nil,
          found.value.isKnown
        else { return nil }
        return found.value
      }
      guard parts.count == arguments.count, let value = Self.value(of: operation, parts),
        value.isKnown
      else { return nil }
      self.init(value)
    case .slot, .today, .field, .attribute, .winner, .payload, .collect, .gather, .follow, .counter:
      return nil
    }
  }

  private static func value(of operation: Operation, _ parts: [Value]) -> Value? {
    switch (operation, parts.count) {
    case (.add, 2), (.addDuration, 2): Value.add(parts[0], parts[1])
    case (.subtract, 2), (.subtractDuration, 2), (.subtractDates, 2):
      Value.subtract(parts[0], parts[1])
    case (.multiply, 2): Value.multiply(parts[0], parts[1])
    case (.divide, 2): Value.divide(parts[0], parts[1])
    case (.negate, 1): Value.negate(parts[0])
    case (.smaller, 2): Value.smaller(parts[0], parts[1])
    case (.larger, 2): Value.larger(parts[0], parts[1])
    case (.round(let mode), 2): Value.round(parts[0], to: parts[1], mode)
    case (.asMoney(let currency), 1): .money(parts[0].decimal, currency)
    default: nil
    }
  }
}

extension Relation {
  /// The relation with its sides exchanged.
  var turned: Relation {
    switch self {
    case .equal: .equal
    case .notEqual: .notEqual
    case .less: .greater
    case .lessOrEqual: .greaterOrEqual
    case .greater: .less
    case .greaterOrEqual: .lessOrEqual
    }
  }
}
