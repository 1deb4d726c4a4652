import WritModel
import WritSyntax
import WritText

/// The records of a gather, checked: where they come from and which of them are meant.
struct CheckedGathering {
  var record: RecordID
  var slot: Int32
  /// Whether a record belongs to the source (`in lines`); nil: all records do.
  var membership: TermID?
  /// The `where`, part by part.
  var conditions: [(term: TermID, written: Expression)]
  /// The scope with the binder in view.
  var scope: Scope
}

// Folds, quantifiers, `pick` and `follow`: everything that looks at more than one record.
extension Checker {
  /// Checks the binder, source and `where` of a gathering; nil after reporting a type that is none.
  mutating func checkGathering(
    _ gathering: Gathering, in scope: Scope
  ) -> CheckedGathering? {
    var inner = scope
    let source = gathering.source.map {
      resolve($0, expecting: nil, in: scope)
    }
    guard let record = record(gathering.binder.type) else { return nil }
    let slot = bindRecord(record, as: gathering.binder.name, in: &inner)
    let binder = self.slot(slot, type: .record(record))
    var membership: TermID?
    if let source, let written = gathering.source {
      switch source {
      case .parts(let part, let via, let whole):
        if part == record {
          membership = operation(.equal, [field(via, of: binder), whole], type: .boolean)
        } else {
          reportSource(part, record, at: written.span)
          return nil
        }
      case .failed: return nil
      default:
        let list = value(of: source, in: scope, written)
        switch type(of: list) {
        case .set(.record(let item)), .list(.record(let item)):
          if item != record {
            reportSource(item, record, at: written.span)
            return nil
          }
          membership = operation(.isIn, [binder, list], type: .boolean)
        case .unknown: return nil
        case let type:
          report(.notASource(describe(type), at: written.span))
          return nil
        }
      }
    }
    var conditions: [(term: TermID, written: Expression)] = []
    if let condition = gathering.condition {
      for part in conjuncts(of: condition) {
        conditions.append((checkCondition(part, in: inner), part))
      }
    }
    return CheckedGathering(
      record: record, slot: slot, membership: membership, conditions: conditions, scope: inner)
  }

  private mutating func reportSource(_ found: RecordID, _ wanted: RecordID, at span: Span) {
    report(
      .wrongType(
        at: span, wanted: describe(.list(.record(wanted))), found: describe(.list(.record(found)))))
  }

  /// A part of a `where` that never mentions the binder was most likely meant to stand outside:
  /// `where` reaches as far as it can.
  mutating func requireBinder(in gathering: CheckedGathering, _ written: Gathering) {
    for (term, part) in gathering.conditions where !isUnknown(term) {
      if case .constant = program[term] { continue }
      if !mentions(gathering.slot, term) {
        report(.binderNotMentioned(written.binder, at: part.span))
      }
    }
  }

  /// Joins two kinds of records without an equality between them: it adds up far more than meant.
  private mutating func warnOfAllRecords(_ gathering: CheckedGathering, _ written: Gathering) {
    guard gathering.membership == nil, gathering.slot > 0, !gathering.conditions.isEmpty else {
      return
    }
    let parts = gathering.conditions.map(\.term)
    let joins = parts.filter { readsOuter(gathering.slot, $0) }
    let isTied = joins.contains { isTie($0) }
    if !joins.isEmpty, !isTied { report(.joinWithoutEquality(written.binder)) }
  }

  /// Whether a condition fixes its records by a value: an equality, or one of several.
  private func isTie(_ term: TermID) -> Bool {
    switch program[term] {
    case .operation(.equal, _), .operation(.isIn, _), .operation(.within, _): true
    case .operation(.or, let parts), .operation(.and, let parts):
      parts.contains { isTie($0) }
    default: false
    }
  }

  // MARK: Folds

  mutating func fold(_ fold: FoldTree, at span: Span, in scope: Scope) -> TermID {
    if let (element, inner) = territory(of: fold.over, in: scope) {
      return count(fold, element, in: inner)
    }
    guard let gathering = checkGathering(fold.over, in: scope) else { return unknown }
    requireBinder(in: gathering, fold.over)
    warnOfAllRecords(gathering, fold.over)
    var guards = (gathering.membership.map { [$0] } ?? []) + gathering.conditions.map(\.term)
    let binder = slot(gathering.slot, type: .record(gathering.record))
    let value = check(fold.value, in: gathering.scope)
    let type = self.type(of: value)
    if type == .unknown { return unknown }
    if value != binder, !mentions(gathering.slot, value) {
      report(.foldOfOtherValue(fold.over.binder, at: fold.value.span))
      return unknown
    }
    var folded: Gather.Fold
    var result = type
    var folds: TermID? = value
    switch fold.kind {
    case .count:
      folded = fold.isDistinct ? .countDistinct : .count
      result = .integer
      if !fold.isDistinct {
        folds = nil
        if value != binder {
          if fold.isKnown {
            guards.append(isKnown(value))
          } else if type == .boolean {
            guards.append(value)
          }
        }
      }
    case .sum:
      folded = .sum
      guard isSummable(type) else { return cannotFold(fold, type) }
    case .average:
      folded = .average
      guard isSummable(type) else { return cannotFold(fold, type) }
      if type == .integer { result = .number }
    case .median:
      folded = .median
      guard isSummable(type) else { return cannotFold(fold, type) }
      if type == .integer { result = .number }
    case .min, .max:
      folded = fold.kind == .min ? .min : .max
      switch type {
      case .number, .integer, .percent, .money, .date, .time, .duration: break
      case .member(let id) where program.schema[id].isOrdered: break
      default: return cannotFold(fold, type)
      }
    }
    if fold.isDistinct, fold.kind != .count { report(.distinctOfFold(at: span)) }
    return gather(
      Gather(
        fold: folded, record: gathering.record, slot: gathering.slot,
        guardTerm: guards.isEmpty ? nil : all(guards), value: folds, skipsUnknown: fold.isKnown),
      type: result)
  }

  private func isSummable(_ type: ValueType) -> Bool {
    switch type {
    case .number, .integer, .percent, .money: true
    default: false
    }
  }

  private mutating func cannotFold(_ fold: FoldTree, _ type: ValueType) -> TermID {
    report(.cannotFold(describe(type), at: fold.value.span))
    return unknown
  }

  // MARK: Quantifiers

  /// `some`, `no` and `every`: for `every`, what the `where` says must hold for all of the source.
  mutating func quantify(
    _ quantifier: Quantifier, _ written: Gathering, in scope: Scope
  ) -> TermID {
    if let (element, inner) = territory(of: written, in: scope) {
      return quantify(quantifier, element, written, in: inner)
    }
    guard let gathering = checkGathering(written, in: scope) else { return unknown }
    if quantifier != .some { requireBinder(in: gathering, written) }
    let conditions = gathering.conditions.map(\.term)
    let fold: Gather.Fold
    var guardTerm: TermID?
    var value: TermID?
    switch quantifier {
    case .some, .no:
      fold = quantifier == .some ? .some : .no
      let guards = (gathering.membership.map { [$0] } ?? []) + conditions
      guardTerm = guards.isEmpty ? nil : all(guards)
    case .every:
      fold = .every
      guardTerm = gathering.membership
      value = all(conditions)
    }
    return gather(
      Gather(
        fold: fold, record: gathering.record, slot: gathering.slot, guardTerm: guardTerm,
        value: value),
      type: .boolean)
  }

  // MARK: Pick

  /// The one record that a selection picks: a `pick` gather.
  mutating func checkSelection(_ selection: Selection, in scope: Scope) -> TermID {
    guard let gathering = checkGathering(selection.over, in: scope) else { return unknown }
    var keys: [Gather.Key] = []
    for key in selection.by {
      switch key.kind {
      case .value(let direction, let expression):
        if let key = checkKey(direction, expression, of: gathering) { keys.append(key) }
      case .rotation: report(.rotationOutsideAssign(at: key.span))
      }
    }
    requireTotal(keys, of: gathering.record, slot: gathering.slot, at: selection)
    return pick(gathering, by: keys)
  }

  mutating func pick(_ gathering: CheckedGathering, by keys: [Gather.Key]) -> TermID {
    let guards = (gathering.membership.map { [$0] } ?? []) + gathering.conditions.map(\.term)
    return gather(
      Gather(
        fold: .pick, record: gathering.record, slot: gathering.slot,
        guardTerm: guards.isEmpty ? nil : all(guards), keys: keys),
      type: .record(gathering.record))
  }

  /// One key of a `by`; nil after reporting a value that has no order.
  mutating func checkKey(
    _ direction: SelectionKey.Direction?, _ expression: Expression, of gathering: CheckedGathering
  ) -> Gather.Key? {
    let value = check(expression, in: gathering.scope)
    switch type(of: value) {
    case .unknown: return nil
    case .node, .set, .list, .queue, .rule, .recordOrQueue:
      report(.noOrder(describe(type(of: value)), at: expression.span))
      return nil
    case .member(let id) where !program.schema[id].isOrdered:
      report(.unorderedMembers(program.schema[id].name, at: expression.span))
      return nil
    default: break
    }
    let isDescending = direction == .most || direction == .latest
    return Gather.Key(value, isDescending: isDescending)
  }

  /// A selection that two records may tie in is one that the author did not finish.
  mutating func requireTotal(
    _ keys: [Gather.Key], of record: RecordID, slot: Int32, at selection: Selection
  ) {
    let declared = program.schema[record].key
    if declared.isEmpty { return }
    let binder = self.slot(slot, type: .record(record))
    let terms = keys.map(\.term)
    let isTotal =
      terms.contains(binder) || declared.allSatisfy { terms.contains(field($0, of: binder)) }
    if isTotal { return }
    let name = selection.over.binder.name?.text
    let missing = declared.map { (name.map { "\($0)." } ?? "") + program.schema[$0].name.name }
    report(
      .selectionNotTotal(
        at: selection.by.last?.span ?? selection.over.span, isEmpty: selection.by.isEmpty,
        key: missing.joined(separator: " then ")))
  }

  // MARK: Follow

  /// `follow parent while share >= 50%`: bare names in the condition are the child's.
  mutating func follow(
    _ name: Name, while condition: Expression, at span: Span, in scope: Scope
  ) -> TermID {
    guard let subject = scope.subject, let this = scope.this else {
      report(.noThis(at: span))
      return unknown
    }
    var inner = scope
    let index = inner.nextSlot
    inner.nextSlot += 1
    let child = slot(index, type: .record(subject))
    inner.this = child
    let next = check(Expression(.name(name), at: name.span), expecting: .record(subject), in: inner)
    let term = checkCondition(condition, in: inner)
    if type(of: next) == .unknown { return unknown }
    return follow(
      Follow(start: this, slot: index, next: next, condition: term), type: .record(subject))
  }

  // MARK: Slots

  /// Whether a term looks at a slot.
  func mentions(_ slot: Int32, _ term: TermID) -> Bool {
    builder.slots[Int(term.index)] & Builder.bit(slot) != 0
  }

  /// Whether a term looks at this slot and at one outside it as well.
  func readsOuter(_ slot: Int32, _ term: TermID) -> Bool {
    let slots = builder.slots[Int(term.index)]
    return slots & Builder.bit(slot) != 0 && slots & (Builder.bit(slot) - 1) != 0
  }
}
