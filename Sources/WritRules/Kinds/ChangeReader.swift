import WritModel

/// What makes one change hold: which fields and records its condition looks at, and how; and whether
/// an act of another may make it hold.
///
/// An act makes nothing hold where every pattern that reads the field excludes the record as it is
/// afterwards: for one of the values that the firing sets (`status = open`, after it was set to
/// pooled), or for what the firing change itself asked of it (`score < 5`, where that asked for
/// more). A removed record can make hold only what folds over its type, an inserted one not what
/// wants none.
struct ChangeReader {
  private let program: Program
  private let production: Production
  /// The conjuncts of its guard.
  private let conditions: [TermID]
  /// The fields that are read plainly, `p.field` of a pattern `p`: the patterns, by field.
  private var plain: [FieldID: Set<Int32>] = [:]
  /// Fields read in any other way: through a reference, of a record that is folded over.
  private var deep: Set<FieldID> = []
  /// Record types that are folded over.
  private var folded: Set<RecordID> = []
  /// Those of which the condition wants that there are none.
  private var wantedNone: Set<RecordID> = []

  init(_ production: Production, of program: Program) {
    self.program = program
    self.production = production
    conditions = production.guardTerm.map { Self.conjuncts(of: $0, program) } ?? []
    let slots = Dictionary(
      uniqueKeysWithValues: production.patterns.indices.map { (Int32($0), Int32($0)) })
    for condition in conditions { look(at: condition, slots, .wanted, depth: 0) }
    if case .change(let priority?, _) = production.kind {
      look(at: priority, slots, .either, depth: 0)
    }
  }

  /// The record types that it inserts and wants none of.
  var consumes: [RecordID] {
    production.acts.compactMap { act in
      if case .insert(let record, _) = act, wantedNone.contains(record) { record } else { nil }
    }
  }

  private static func conjuncts(of term: TermID, _ program: Program) -> [TermID] {
    if case .operation(.and, let parts) = program[term] {
      return parts.flatMap { conjuncts(of: $0, program) }
    }
    return [term]
  }

  // MARK: What is read

  /// Whether a part of the condition helps by being true, by being false, or either way.
  private enum Wish {
    case wanted, unwanted, either

    var opposite: Wish {
      switch self {
      case .wanted: .unwanted
      case .unwanted: .wanted
      case .either: .either
      }
    }
  }

  /// Notes what a term reads. `slots` are the patterns that its own slots stand for; others are
  /// records of a fold.
  private mutating func look(
    at term: TermID, _ slots: [Int32: Int32], _ wish: Wish, depth: Int
  ) {
    // Deeper than anybody writes: taken as read in every way.
    guard depth < 60 else { return lookDeep(at: term) }
    switch program[term] {
    case .constant, .slot, .today: return
    case .field(let field, let record):
      if case .slot(let slot) = program[record], let pattern = slots[slot] {
        plain[field, default: []].insert(pattern)
      } else {
        deep.insert(field)
        look(at: record, slots, .either, depth: depth + 1)
      }
    case .operation(let operation, let arguments):
      let inner: Wish =
        switch operation {
        case .and, .or, .surely, .possibly: wish
        case .not: wish.opposite
        default: .either
        }
      for argument in arguments { look(at: argument, slots, inner, depth: depth + 1) }
    case .attribute(let id, let arguments, _):
      var inside: [Int32: Int32] = [:]
      for (index, argument) in arguments.enumerated() {
        if case .slot(let slot) = program[argument], let pattern = slots[slot] {
          inside[Int32(index)] = pattern
        } else {
          look(at: argument, slots, .either, depth: depth + 1)
        }
      }
      look(at: program[id].term, inside, wish, depth: depth + 1)
    case .gather(let id):
      let gather = program[id]
      switch (gather.fold, wish) {
      case (.no, .wanted), (.some, .unwanted): wantedNone.insert(gather.record)
      default: folded.insert(gather.record)
      }
      var inside = slots
      inside[gather.slot] = nil
      for part in program.parts(of: term) { look(at: part, inside, .either, depth: depth + 1) }
    case .follow(let id):
      var inside = slots
      inside[program[id].slot] = nil
      for part in program.parts(of: term) { look(at: part, inside, .either, depth: depth + 1) }
    case .winner, .payload, .collect, .counter:
      for part in program.parts(of: term) { look(at: part, slots, .either, depth: depth + 1) }
    }
  }

  private mutating func lookDeep(at term: TermID) {
    let reads = Self.reads(of: term, in: program)
    deep.formUnion(reads.fields)
    folded.formUnion(reads.records)
  }

  /// Every field and every folded record type below a term, but for plain fields of its own slots.
  private static func reads(
    of term: TermID, in program: Program
  ) -> (fields: Set<FieldID>, records: Set<RecordID>) {
    var fields: Set<FieldID> = []
    var records: Set<RecordID> = []
    var seen: Set<TermID> = []
    // With whether a slot still is a pattern, and no parameter or record of a fold.
    var pending = [(term: term, isTop: true)]
    while let (next, isTop) = pending.popLast() {
      if !isTop, !seen.insert(next).inserted { continue }
      var isPlain = isTop
      switch program[next] {
      case .field(let field, let record):
        if isTop, case .slot = program[record] { continue }
        fields.insert(field)
      case .gather(let id):
        records.insert(program[id].record)
        isPlain = false
      case .follow: isPlain = false
      case .attribute(let id, _, _): pending.append((program[id].term, false))
      default: break
      }
      for part in program.parts(of: next) { pending.append((part, isPlain)) }
    }
    return (fields, records)
  }

  // MARK: Whether an act may make it hold

  /// A record as an act leaves it, seen as one of the patterns here.
  private struct Left {
    /// The pattern.
    var slot: Int32
    /// What the firing change calls the record; nil: it is new.
    var record: TermID?
    /// What the firing sets in it.
    var values: [FieldID: TermID]
    /// The binders of the firing change's folds, by those here.
    var binders: [Int32: Int32] = [:]
  }

  /// Whether an act of a change may make this one hold for records for which it did not.
  func mayBeginToHold(by act: Production.Act, of other: Production) -> Bool {
    switch act {
    case .set(let field, let record, let value):
      if deep.contains(field) { return true }
      var values: [FieldID: TermID] = [:]
      for case .set(let field, record, let value) in other.acts { values[field] = value }
      return (plain[field] ?? []).contains { slot in
        !excludes(Left(slot: slot, record: record, values: values), of: other)
          && !endsItself(field, slot, record, value, of: other)
      }
    case .insert(let record, let terms):
      if folded.contains(record) { return true }
      let fields = program.schema[record].fields
      let values = Dictionary(uniqueKeysWithValues: zip(fields, terms))
      return production.patterns.indices.contains { slot in
        production.patterns[slot].record == record
          && !excludes(Left(slot: Int32(slot), record: nil, values: values), of: other)
      }
    case .remove(let record):
      guard case .record(let type) = program.type(of: record) else { return false }
      return folded.contains(type) || wantedNone.contains(type)
    }
  }

  /// Whether this change cannot hold for a record as a firing leaves it.
  private func excludes(_ left: Left, of other: Production) -> Bool {
    for (field, value) in left.values.sorted(by: { $0.key.index < $1.key.index }) {
      if conditions.contains(where: { isFalse($0, where: field, left.slot, is: value) }) {
        return true
      }
    }
    let asked = other.guardTerm.map { Self.conjuncts(of: $0, program) } ?? []
    return asked.contains { there in
      guard !isUndone(there, by: other) else { return false }
      return conditions.contains { isOpposite($0, there, left) || contradicts($0, there, left) }
    }
  }

  /// Whether the acts of a change write what one of its conditions reads, but for what it reads of
  /// its own records: that is as it was when the acts were worked out.
  private func isUndone(_ condition: TermID, by change: Production) -> Bool {
    let reads = Self.reads(of: condition, in: program)
    return change.acts.contains { act in
      switch act {
      case .set(let field, _, _): reads.fields.contains(field)
      case .insert(let record, _): reads.records.contains(record)
      case .remove(let term):
        if case .record(let type) = program.type(of: term) {
          reads.records.contains(type)
        } else {
          true
        }
      }
    }
  }

  // MARK: What excludes what

  /// Whether a term here, of a record as it was left, is the same as one of the firing change.
  private func isSame(_ here: TermID, _ there: TermID, _ left: Left, depth: Int = 0) -> Bool {
    guard depth < 60 else { return false }
    func same(_ a: TermID, _ b: TermID) -> Bool { isSame(a, b, left, depth: depth + 1) }
    if case .field(let field, let record) = program[here], case .slot(left.slot) = program[record],
      let value = left.values[field]
    {
      return value == there
    }
    switch (program[here], program[there]) {
    case (.slot(let a), .slot(let b)):
      return a == left.slot ? left.record == there : left.binders[a] == b
    case (.constant(let a), .constant(let b)): return a == b
    case (.today, .today): return true
    case (.field(let a, let owner), .field(let b, let other)): return a == b && same(owner, other)
    case (.operation(let a, let mine), .operation(let b, let others)):
      return a == b && mine.count == others.count && zip(mine, others).allSatisfy(same)
    case (.attribute(let a, let mine, nil), .attribute(let b, let others, nil)):
      return a == b && zip(mine, others).allSatisfy(same)
    case (.gather(let a), .gather(let b)):
      return program[a].fold == program[b].fold && isSame(program[a], program[b], left, depth)
    default: return false
    }
  }

  /// Whether two gathers, whatever their folds, look at the same records.
  private func isSame(_ here: Gather, _ there: Gather, _ left: Left, _ depth: Int) -> Bool {
    var inner = left
    inner.binders[here.slot] = there.slot
    guard here.record == there.record, here.keys.isEmpty, there.keys.isEmpty else { return false }
    return [(here.guardTerm, there.guardTerm), (here.value, there.value)].allSatisfy { a, b in
      guard let a, let b else { return a == nil && b == nil }
      return isSame(a, b, inner, depth: depth + 1)
    }
  }

  /// Whether a condition here, of a record as it was left, fails wherever one there held.
  private func isOpposite(_ here: TermID, _ there: TermID, _ left: Left) -> Bool {
    if case .operation(.not, let inner) = program[here] { return isSame(inner[0], there, left) }
    if case .operation(.not, let inner) = program[there] { return isSame(here, inner[0], left) }
    switch (program[here], program[there]) {
    case (.gather(let a), .gather(let b)):
      let folds = (program[a].fold, program[b].fold)
      return (folds == (.some, .no) || folds == (.no, .some))
        && isSame(program[a], program[b], left, 0)
    case (.operation(let a, let mine), .operation(let b, let others)):
      return Self.opposites[a] == b && zip(mine, others).allSatisfy { isSame($0, $1, left) }
    default: return false
    }
  }

  private static let opposites: [Operation: Operation] = [
    .equal: .notEqual, .notEqual: .equal, .less: .greaterOrEqual, .greaterOrEqual: .less,
    .greater: .lessOrEqual, .lessOrEqual: .greater,
  ]

  /// `score < 5` here, `score > 5` there, of the same record, where the firing leaves the field.
  private func contradicts(_ here: TermID, _ there: TermID, _ left: Left) -> Bool {
    guard let record = left.record,
      case .operation(_, let sides) = program[here],
      let own = sides.lazy.compactMap({ owner(of: $0, is: left.slot) }).first,
      let mine = FieldBound(here, on: own, program),
      let theirs = FieldBound(there, on: record, program)
    else { return false }
    return mine.field == theirs.field && left.values[mine.field] == nil && mine.contradicts(theirs)
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
    let new = constant(value, isKnown: false)
    func isTarget(_ term: TermID) -> Bool {
      guard case .field(field, let record) = program[term],
        case .slot(slot) = program[record]
      else { return false }
      return true
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
    case .isIn:
      guard isTarget(sides[0]), let new else { return false }
      guard new.isKnown, case .constant(let set) = program[sides[1]], let items = set.items else {
        return !new.isKnown
      }
      return !items.contains { Value.same($0.value, new) }
    case .within, .inRange: return isTarget(sides[0]) && new.map { !$0.isKnown } ?? false
    case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual:
      guard let new, sides.contains(where: isTarget) else { return false }
      if !new.isKnown { return true }
      let record = sides.lazy.compactMap { owner(of: $0, is: slot) }.first
      guard let record, let bound = FieldBound(condition, on: record, program) else {
        return false
      }
      return bound.field == field && !bound.admits(new)
    default: return false
    }
  }

  private func constant(_ term: TermID, isKnown: Bool) -> Value? {
    guard case .constant(let constant) = program[term], constant.items == nil,
      constant.value.isKnown || !isKnown
    else { return nil }
    return constant.value
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

  /// Whether a change, by setting a field, ends its own condition: it asks that the field differs
  /// from what it is set to, or counts towards a bound.
  private func endsItself(
    _ field: FieldID, _ slot: Int32, _ record: TermID, _ value: TermID, of other: Production
  ) -> Bool {
    guard other.rule == production.rule, case .slot(slot) = program[record] else { return false }
    func isTarget(_ term: TermID) -> Bool {
      if case .field(field, record) = program[term] { return true }
      return false
    }
    for condition in conditions {
      guard case .operation(let operation, let sides) = program[condition], sides.count == 2 else {
        continue
      }
      let isPair =
        isTarget(sides[0]) && sides[1] == value || isTarget(sides[1]) && sides[0] == value
      if isPair, isOwn(value, field, slot) {
        switch operation {
        case .notEqual, .less, .greater: return true
        default: continue
        }
      }
      let (rises, falls) = step(of: value, from: isTarget)
      let isAbove = isTarget(sides[0]) && constant(sides[1], isKnown: true) != nil
      let isBelow = isTarget(sides[1]) && constant(sides[0], isKnown: true) != nil
      switch operation {
      case .less, .lessOrEqual: if rises && isAbove || falls && isBelow { return true }
      case .greater, .greaterOrEqual: if falls && isAbove || rises && isBelow { return true }
      default: continue
      }
    }
    return false
  }

  /// Whether a value is made of this record's other fields alone, so that nobody else's business
  /// changes it back.
  private func isOwn(_ value: TermID, _ field: FieldID, _ slot: Int32) -> Bool {
    var reader = self
    (reader.plain, reader.deep, reader.folded) = ([:], [], [])
    reader.look(at: value, [slot: slot], .either, depth: 0)
    return reader.deep.isEmpty && reader.folded.isEmpty && reader.plain[field] == nil
      && !reader.mentionsOther(slot, in: value)
  }

  private func mentionsOther(_ slot: Int32, in term: TermID) -> Bool {
    switch program[term] {
    case .slot(let found): return found != slot
    case .field(_, let record): return mentionsOther(slot, in: record)
    case .operation(_, let parts), .attribute(_, let parts, _):
      return parts.contains { mentionsOther(slot, in: $0) }
    default: return false
    }
  }

  /// Whether a value is the field plus, or less, a positive constant.
  private func step(
    of value: TermID, from isTarget: (TermID) -> Bool
  ) -> (rises: Bool, falls: Bool) {
    guard case .operation(let operation, let sides) = program[value], sides.count == 2,
      let size = constant(sides[1], isKnown: true), size.tag == .number || size.tag == .money,
      isTarget(sides[0])
    else { return (false, false) }
    switch operation {
    case .add: return (size.bits > 0, size.bits < 0)
    case .subtract: return (size.bits < 0, size.bits > 0)
    default: return (false, false)
    }
  }
}

/// `record.field` compared with a constant.
private struct FieldBound {
  let field: FieldID
  private let operation: Operation
  private let value: Value

  private static let mirrored: [Operation: Operation] = [
    .equal: .equal, .notEqual: .notEqual, .less: .greater, .lessOrEqual: .greaterOrEqual,
    .greater: .less, .greaterOrEqual: .lessOrEqual,
  ]

  /// nil for any other condition.
  init?(_ condition: TermID, on record: TermID, _ program: Program) {
    guard case .operation(let operation, let sides) = program[condition], sides.count == 2,
      let mirror = Self.mirrored[operation]
    else { return nil }
    func field(_ term: TermID) -> FieldID? {
      if case .field(let field, record) = program[term] { field } else { nil }
    }
    func constant(_ term: TermID) -> Value? {
      guard case .constant(let constant) = program[term], constant.items == nil,
        constant.value.isKnown
      else { return nil }
      return constant.value
    }
    if let found = field(sides[0]), let fixed = constant(sides[1]) {
      (self.field, self.operation, value) = (found, operation, fixed)
    } else if let found = field(sides[1]), let fixed = constant(sides[0]) {
      (self.field, self.operation, value) = (found, mirror, fixed)
    } else {
      return nil
    }
  }

  /// Whether no value fulfils both.
  func contradicts(_ other: FieldBound) -> Bool {
    guard value.tag == other.value.tag else { return false }
    if operation == .equal { return !other.admits(value) }
    if other.operation == .equal { return !admits(other.value) }
    let order = Value.order(value, other.value)
    switch (isUpper, other.isUpper) {
    case (true?, false?): return order < 0 || order == 0 && !(isClosed && other.isClosed)
    case (false?, true?): return order > 0 || order == 0 && !(isClosed && other.isClosed)
    default: return false
    }
  }

  /// Whether a known value fulfils it; a value that does not compare with its constant may.
  func admits(_ candidate: Value) -> Bool {
    guard candidate.tag == value.tag, candidate.tag != .money || candidate.aux == value.aux else {
      return true
    }
    let order = Value.order(candidate, value)
    switch operation {
    case .equal: return Value.same(candidate, value)
    case .notEqual: return !Value.same(candidate, value)
    case .less: return order < 0
    case .lessOrEqual: return order <= 0
    case .greater: return order > 0
    case .greaterOrEqual: return order >= 0
    default: return true
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
