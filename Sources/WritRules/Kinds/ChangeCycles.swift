import WritModel
import WritSyntax
import WritText

// Changes that may set each other off without end: circles in the graph of who writes what whom
// reads.
//
// An arrow leads from a change to one that its acts may newly make hold. What can only make it
// fail is no arrow: a field set to a constant that the other's condition excludes, a record removed
// that the other wants, a record inserted of which the other wants none. So the plain case, a change
// that ends its own condition, goes round nowhere, and only what may really go on is told.
extension Checker {
  mutating func warnOfCircularChanges() {
    if diagnostics.hasErrors { return }
    let units = kinds.productions.sorted { $0.value.index < $1.value.index }
    let changes = units.compactMap { unit, id -> (id: ProductionID, title: TextLiteral)? in
      guard case .change(let declaration) = self.units[Int(unit.index)].declaration.kind else {
        return nil
      }
      return (id, declaration.title)
    }
    if changes.isEmpty { return }
    let readers = changes.map { ChangeReader(program[$0.id], of: program) }
    var arrows: [[Int]] = []
    for (from, change) in changes.enumerated() {
      let production = program[change.id]
      arrows.append(
        changes.indices.filter { to in
          production.acts.contains {
            readers[to].mayBeginToHold(by: $0, of: production, isOwn: from == to)
          }
        })
    }
    for group in circles(arrows) { report(.changesGoRound(group.map { changes[$0].title })) }
  }

  /// The groups of places from each of which all others of the group, and itself, are reached; in
  /// the order of their first places.
  private func circles(_ arrows: [[Int]]) -> [[Int]] {
    // By reach and reach back: there are tens of changes, not thousands; Tarjan would save nothing.
    func reached(from start: Int, _ arrows: [[Int]]) -> Set<Int> {
      var found: Set<Int> = []
      var pending = arrows[start]
      while let next = pending.popLast() {
        if found.insert(next).inserted { pending += arrows[next] }
      }
      return found
    }
    var back: [[Int]] = Array(repeating: [], count: arrows.count)
    for (from, targets) in arrows.enumerated() {
      for to in targets { back[to].append(from) }
    }
    var groups: [[Int]] = []
    var isPlaced = Array(repeating: false, count: arrows.count)
    for start in arrows.indices where !isPlaced[start] {
      let group = reached(from: start, arrows).intersection(reached(from: start, back))
      guard group.contains(start) else { continue }
      groups.append(group.sorted())
      for member in group { isPlaced[member] = true }
    }
    return groups
  }
}

/// What makes one change hold: which fields and records its condition looks at, and how.
private struct ChangeReader {
  private let program: Program
  private let production: Production
  /// The conjuncts of its guard.
  private let conditions: [TermID]
  /// The fields that are read plainly, `p.field` of a pattern `p`: the patterns, by field.
  private var plain: [FieldID: Set<Int32>] = [:]
  /// Fields read in any other way: through a reference, a value, a fold.
  private var deep: Set<FieldID> = []
  /// Record types that are folded over.
  private var folded: Set<RecordID> = []
  /// Those of which the condition only wants that there are none.
  private var wantedNone: Set<RecordID> = []

  init(_ production: Production, of program: Program) {
    self.program = program
    self.production = production
    conditions = production.guardTerm.map { Self.conjuncts(of: $0, program) } ?? []
    var seen: Set<TermID> = []
    for condition in conditions { look(at: condition, isConjunct: true, &seen) }
    for term in production.reads { look(at: term, isConjunct: false, &seen) }
    wantedNone.subtract(folded)
  }

  private static func conjuncts(of term: TermID, _ program: Program) -> [TermID] {
    if case .operation(.and, let parts) = program[term] {
      return parts.flatMap { conjuncts(of: $0, program) }
    }
    return [term]
  }

  // MARK: What is read

  private mutating func look(at term: TermID, isConjunct: Bool, _ seen: inout Set<TermID>) {
    if case .gather(let id) = program[term], isConjunct, program[id].fold == .no {
      wantedNone.insert(program[id].record)
      guard seen.insert(term).inserted else { return }
      for part in program.parts(of: term) { lookDeep(at: part) }
      return
    }
    guard seen.insert(term).inserted else { return }
    switch program[term] {
    case .field(let field, let record):
      if case .slot(let slot) = program[record] {
        plain[field, default: []].insert(slot)
      } else {
        deep.insert(field)
        look(at: record, isConjunct: false, &seen)
      }
    case .operation(_, let arguments):
      for argument in arguments { look(at: argument, isConjunct: false, &seen) }
    case .constant, .slot, .today: break
    default: lookDeep(at: term)
    }
  }

  /// Everything below a term, through values, tables and folds.
  private mutating func lookDeep(at term: TermID) {
    var seen: Set<TermID> = []
    var pending = [term]
    while let next = pending.popLast() {
      guard seen.insert(next).inserted else { continue }
      switch program[next] {
      case .field(let field, _): deep.insert(field)
      case .gather(let id): folded.insert(program[id].record)
      case .attribute(let id, _, _): pending.append(program[id].term)
      default: break
      }
      pending += program.parts(of: next)
    }
  }

  // MARK: Whether an act may make it hold

  /// Whether an act of a change may make this one hold for records for which it did not.
  func mayBeginToHold(by act: Production.Act, of other: Production, isOwn: Bool) -> Bool {
    switch act {
    case .set(let field, let record, let value):
      if deep.contains(field) { return true }
      guard let slots = plain[field] else { return false }
      // Where every pattern that reads the field excludes the new value, or this record for what it
      // otherwise is, nothing begins to hold.
      if slots.allSatisfy({ slot in
        excludes(field, slot, value) || excludes(slot, record, matchedBy: other)
      }) {
        return false
      }
      return !(isOwn && endsItself(field, record, value))
    case .insert(let record, let values):
      if folded.contains(record) { return true }
      let slots = production.patterns.indices.filter {
        production.patterns[$0].record == record
      }
      return slots.contains { slot in
        !program.schema[record].fields.enumerated().contains { index, field in
          excludes(field, Int32(slot), values[index])
        }
      }
    case .remove(let record):
      guard case .record(let type) = program.type(of: record) else { return false }
      return folded.contains(type) || wantedNone.contains(type)
    }
  }

  /// Whether this change cannot hold for a record whose field has the value.
  private func excludes(_ field: FieldID, _ slot: Int32, _ value: TermID) -> Bool {
    conditions.contains { condition in
      isFalse(condition, where: field, slot, is: value)
    }
  }

  /// Whether what another change asks of a record that it leaves as it is excludes the record here:
  /// `score < 5` there, `score > 5` here.
  private func excludes(_ slot: Int32, _ record: TermID, matchedBy other: Production) -> Bool {
    guard case .slot = program[record], let guardTerm = other.guardTerm else { return false }
    let written = other.acts.compactMap { act -> FieldID? in
      if case .set(let field, _, _) = act { field } else { nil }
    }
    return Self.conjuncts(of: guardTerm, program).contains { asked in
      guard let there = Bound(asked, on: record, program), !written.contains(there.field) else {
        return false
      }
      return conditions.contains { condition in
        guard case .operation(_, let sides) = program[condition],
          let target = sides.lazy.compactMap({ owner(of: $0, is: slot) }).first,
          let here = Bound(condition, on: target, program)
        else { return false }
        return here.field == there.field && here.contradicts(there)
      }
    }
  }

  /// The pattern whose field a term reads, if it is this one.
  private func owner(of term: TermID, is slot: Int32) -> TermID? {
    guard case .field(_, let record) = program[term], case .slot(slot) = program[record] else {
      return nil
    }
    return record
  }

  /// Whether a condition is surely not true where the field of a pattern has the value.
  private func isFalse(
    _ condition: TermID, where field: FieldID, _ slot: Int32, is value: TermID
  ) -> Bool {
    let new: Value? =
      if case .constant(let constant) = program[value], constant.items == nil {
        constant.value
      } else {
        nil
      }
    func isTarget(_ term: TermID) -> Bool {
      guard case .field(field, let record) = program[term],
        case .slot(slot) = program[record]
      else { return false }
      return true
    }
    func constant(_ term: TermID) -> Value? {
      guard case .constant(let constant) = program[term], constant.items == nil,
        constant.value.isKnown
      else { return nil }
      return constant.value
    }
    func holds(_ operation: Operation, _ order: Int, _ isSame: Bool) -> Bool {
      switch operation {
      case .equal: isSame
      case .notEqual: !isSame
      case .less: order < 0
      case .lessOrEqual: order <= 0
      case .greater: order > 0
      case .greaterOrEqual: order >= 0
      default: true
      }
    }
    if isTarget(condition) { return new.map { !$0.isKnown || $0.bits == 0 } ?? false }
    guard case .operation(let operation, let sides) = program[condition] else { return false }
    switch operation {
    case .or: return sides.allSatisfy { isFalse($0, where: field, slot, is: value) }
    case .and: return sides.contains { isFalse($0, where: field, slot, is: value) }
    case .isKnown: return isTarget(sides[0]) && new.map { !$0.isKnown } ?? false
    case .not:
      if isTarget(sides[0]) { return new.map { !$0.isKnown || $0.bits == 1 } ?? false }
      if case .operation(.isKnown, let asked) = program[sides[0]], isTarget(asked[0]) {
        return new.map { $0.isKnown } ?? isSurelyKnown(value)
      }
      return false
    case .isIn, .within, .inRange:
      guard isTarget(sides[0]), let new else { return false }
      if !new.isKnown { return true }
      guard operation == .isIn, case .constant(let set) = program[sides[1]], let items = set.items
      else { return false }
      return !items.contains { Value.same($0.value, new) }
    case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual:
      guard let new else { return false }
      if !new.isKnown { return sides.contains { isTarget($0) } }
      if isTarget(sides[0]), let fixed = constant(sides[1]), fixed.tag == new.tag {
        return !holds(operation, Value.order(new, fixed), Value.same(new, fixed))
      }
      if isTarget(sides[1]), let fixed = constant(sides[0]), fixed.tag == new.tag {
        return !holds(operation, Value.order(fixed, new), Value.same(new, fixed))
      }
      return false
    default: return false
    }
  }

  /// Whether a value is known by its form: the field of a record that may not be missing.
  private func isSurelyKnown(_ value: TermID) -> Bool {
    switch program[value] {
    case .field(let field, let record):
      if case .slot = program[record] { return !program.schema[field].isOptional }
      return false
    case .slot, .today: return true
    case .constant(let constant): return constant.value.isKnown
    default: return false
    }
  }

  // MARK: What ends itself

  /// Whether setting the field ends the change's own condition: it asks that the field differs from
  /// what it is set to, or counts towards a bound.
  private func endsItself(_ field: FieldID, _ record: TermID, _ value: TermID) -> Bool {
    func isTarget(_ term: TermID) -> Bool {
      if case .field(field, record) = program[term] { return true }
      return false
    }
    // The new value must be this record's own business, or others could change it back.
    var seen: Set<TermID> = []
    var pending = [value]
    var readsItself = false
    var readsOthers = false
    while let next = pending.popLast() {
      guard seen.insert(next).inserted else { continue }
      if isTarget(next) {
        readsItself = true
        continue
      }
      switch program[next] {
      case .slot: if next != record { readsOthers = true }
      case .field(field, _): readsOthers = true
      case .attribute(let id, _, _):
        pending.append(program[id].term)
        if reads(field, program[id].term) { readsOthers = true }
      case .gather, .follow: readsOthers = true
      default: break
      }
      pending += program.parts(of: next)
    }
    if readsOthers { return false }
    for condition in conditions {
      guard case .operation(let operation, let sides) = program[condition], sides.count == 2 else {
        continue
      }
      if !readsItself {
        switch operation {
        case .notEqual, .less, .greater:
          if isTarget(sides[0]) && sides[1] == value || isTarget(sides[1]) && sides[0] == value {
            return true
          }
        default: continue
        }
        continue
      }
      let (rises, falls) = step(of: value, from: isTarget)
      let isBound = { (term: TermID) in
        if case .constant = self.program[term] { true } else { false }
      }
      switch operation {
      case .less, .lessOrEqual:
        if rises, isTarget(sides[0]), isBound(sides[1]) { return true }
        if falls, isTarget(sides[1]), isBound(sides[0]) { return true }
      case .greater, .greaterOrEqual:
        if falls, isTarget(sides[0]), isBound(sides[1]) { return true }
        if rises, isTarget(sides[1]), isBound(sides[0]) { return true }
      default: continue
      }
    }
    return false
  }

  /// Whether a value is the field plus, or less, a positive constant.
  private func step(
    of value: TermID, from isTarget: (TermID) -> Bool
  ) -> (rises: Bool, falls: Bool) {
    guard case .operation(let operation, let sides) = program[value], sides.count == 2,
      case .constant(let constant) = program[sides[1]], constant.items == nil,
      constant.value.tag == .number || constant.value.tag == .money, isTarget(sides[0])
    else { return (false, false) }
    let isPositive = constant.value.bits > 0
    switch operation {
    case .add: return (isPositive, constant.value.bits < 0)
    case .subtract: return (constant.value.bits < 0, isPositive)
    default: return (false, false)
    }
  }

  private func reads(_ field: FieldID, _ term: TermID) -> Bool {
    var seen: Set<TermID> = []
    var pending = [term]
    while let next = pending.popLast() {
      guard seen.insert(next).inserted else { continue }
      if case .field(field, _) = program[next] { return true }
      if case .attribute(let id, _, _) = program[next] { pending.append(program[id].term) }
      pending += program.parts(of: next)
    }
    return false
  }
}

/// `record.field` compared with a constant.
private struct Bound {
  let field: FieldID
  private let operation: Operation
  private let value: Value

  /// nil for any other condition.
  init?(_ condition: TermID, on record: TermID, _ program: Program) {
    guard case .operation(let operation, let sides) = program[condition], sides.count == 2 else {
      return nil
    }
    func field(_ term: TermID) -> FieldID? {
      if case .field(let field, record) = program[term] { field } else { nil }
    }
    func constant(_ term: TermID) -> Value? {
      guard case .constant(let constant) = program[term], constant.items == nil,
        constant.value.isKnown
      else { return nil }
      return constant.value
    }
    let mirrored: [Operation: Operation] = [
      .equal: .equal, .notEqual: .notEqual, .less: .greater, .lessOrEqual: .greaterOrEqual,
      .greater: .less, .greaterOrEqual: .lessOrEqual,
    ]
    guard let mirror = mirrored[operation] else { return nil }
    if let found = field(sides[0]), let fixed = constant(sides[1]) {
      (self.field, self.operation, value) = (found, operation, fixed)
    } else if let found = field(sides[1]), let fixed = constant(sides[0]) {
      (self.field, self.operation, value) = (found, mirror, fixed)
    } else {
      return nil
    }
  }

  /// Whether no value fulfils both.
  func contradicts(_ other: Bound) -> Bool {
    guard value.tag == other.value.tag, value.tag != .money || value.aux == other.value.aux else {
      return false
    }
    if operation == .equal { return !other.admits(value) }
    if other.operation == .equal { return !admits(other.value) }
    let order = value.tag == .text ? 0 : Value.order(value, other.value)
    switch (isUpper, other.isUpper) {
    case (true?, false?): return order < 0 || order == 0 && !(isClosed && other.isClosed)
    case (false?, true?): return order > 0 || order == 0 && !(isClosed && other.isClosed)
    default: return false
    }
  }

  private func admits(_ candidate: Value) -> Bool {
    switch operation {
    case .equal: Value.same(candidate, value)
    case .notEqual: !Value.same(candidate, value)
    case .less: Value.order(candidate, value) < 0
    case .lessOrEqual: Value.order(candidate, value) <= 0
    case .greater: Value.order(candidate, value) > 0
    case .greaterOrEqual: Value.order(candidate, value) >= 0
    default: true
    }
  }

  private var isUpper: Bool? {
    switch operation {
    case .less, .lessOrEqual: true
    case .greater, .greaterOrEqual: false
    default: nil
    }
  }

  private var isClosed: Bool { operation == .lessOrEqual || operation == .greaterOrEqual }
}
