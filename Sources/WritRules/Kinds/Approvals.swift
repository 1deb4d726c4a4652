import WritModel
import WritSyntax
import WritText

// What has been approved before, in the built-in record `Approval`.
extension Checker {
  /// Whether an approval by one of `accepted` stands for a value no better than the present one.
  /// Never unknown: what cannot be told to stand does not.
  mutating func approved(_ block: DiscountBlock, by accepted: [Constant]) -> TermID {
    let key = KindNotes.Tested(record: block.record, attribute: block.attribute)
    guard let record = symbols.approval, let approver = symbols.approver,
      let of = kinds.approvalOf[block.record], let value = kinds.approvalValue[key],
      let tested = kinds.tested, let name = kinds.testedNames[key],
      let test = symbols.enumMembers[Int(tested.index)][name], let tests = approvalField("tests"),
      let by = approvalField("by"), let on = approvalField("on"), let until = approvalField("until")
    else { return boolean(false) }
    let this = slot(0, type: .record(block.record))
    let other = slot(1, type: .record(record))
    let today = term(.today, type: .date)
    let end = field(until, of: other)
    let signers = accepted.compactMap { ordinal(of: $0, in: approver) }.map {
      equal(field(by, of: other), member($0, of: approver))
    }
    var conditions = [
      equal(field(of, of: other), this),
      equal(field(tests, of: other), member(test, of: tested)),
      any(signers),
      operation(
        block.moreIsWorse ? .lessOrEqual : .greaterOrEqual,
        [block.tested, field(value, of: other)], type: .boolean),
      operation(.lessOrEqual, [field(on, of: other), today], type: .boolean),
      any([not(isKnown(end)), operation(.lessOrEqual, [today, end], type: .boolean)]),
    ]
    for watched in block.watched {
      guard let copy = kinds.approvalCopies[watched] else { continue }
      let (now, then) = (field(watched, of: this), field(copy, of: other))
      // A field that was blank and still is has not changed.
      conditions.append(any([equal(now, then), all([not(isKnown(now)), not(isKnown(then))])]))
    }
    return gather(
      Gather(fold: .some, record: record, slot: 1, guardTerm: surely(all(conditions))),
      type: .boolean)
  }

  /// The fields of `Approval` that concern a block, for its explanations.
  func earlier(_ block: DiscountBlock) -> DiscountPlan.Earlier? {
    let key = KindNotes.Tested(record: block.record, attribute: block.attribute)
    guard let of = kinds.approvalOf[block.record], let value = kinds.approvalValue[key],
      let tested = kinds.tested, let name = kinds.testedNames[key],
      let test = symbols.enumMembers[Int(tested.index)][name], let tests = approvalField("tests"),
      let by = approvalField("by"), let on = approvalField("on"), let until = approvalField("until")
    else { return nil }
    return DiscountPlan.Earlier(
      of: of, tests: tests, test: Constant(.member(test, of: tested)), value: value, by: by, on: on,
      until: until,
      watched: block.watched.compactMap { now in
        kinds.approvalCopies[now].map { (now: now, then: $0) }
      })
  }

  private func approvalField(_ name: String) -> FieldID? {
    guard let record = symbols.approval,
      case .field(let field)? = symbols.members[Int(record.index)][name]?.meaning
    else { return nil }
    return field
  }

  /// The member of `Approver` that stands for a rung or a party.
  private func ordinal(of constant: Constant, in approver: EnumID) -> Int? {
    guard constant.value.tag == .member else { return nil }
    let name = program.schema[EnumID(Int(constant.value.aux))].members[Int(constant.value.bits)]
    return symbols.enumMembers[Int(approver.index)][name.name]
  }

  mutating func equal(_ a: TermID, _ b: TermID) -> TermID {
    operation(.equal, [a, b], type: .boolean)
  }
}

// MARK: - Given approvals

extension Checker {
  /// The field of `Approval` that a name means in this `given`: `of` and `value` have one a record
  /// and type, and which is meant follows from what the others say.
  func approvalField(_ field: FieldID, in values: [FieldValue]) -> FieldID {
    guard let approval = symbols.approval, program.schema[field].record == approval,
      let subject = approvedRecord(in: values)
    else { return field }
    if kinds.approvalOf.values.contains(field) { return kinds.approvalOf[subject] ?? field }
    if kinds.approvalValue.values.contains(field) {
      let tests = values.first { meaning(of: $0.field, in: approval) == approvalField("tests") }
      guard let tests, case .name(let name) = tests.value.kind, let tested = kinds.tested,
        let ordinal = symbols.enumMembers[Int(tested.index)][name.text]
      else { return field }
      let wanted = program.schema[tested].members[ordinal].name
      let key = kinds.testedNames.first { $0.key.record == subject && $0.value == wanted }?.key
      return key.flatMap { kinds.approvalValue[$0] } ?? field
    }
    for (watched, copy) in kinds.approvalCopies
    where program.schema[watched].record == subject
      && program.schema[watched].name.name == program.schema[field].name.name
    {
      return copy
    }
    return field
  }

  /// The fields of `Approval` that this one does not use: those of other records and types, and an
  /// end that was not written.
  func unusedApprovalFields(_ given: [FieldID], of record: RecordID) -> [FieldID] {
    guard record == symbols.approval else { return [] }
    let own = Set(kinds.approvalOf.values).union(kinds.approvalValue.values)
      .union([approvalField("until")].compactMap { $0 })
    let subject = kinds.approvalOf.first { given.contains($0.value) }?.key
    let foreign = kinds.approvalCopies.filter { program.schema[$0.key].record != subject }
    let unused = own.union(foreign.values)
    return program.schema[record].fields.filter { unused.contains($0) && !given.contains($0) }
  }

  private func approvedRecord(in values: [FieldValue]) -> RecordID? {
    guard let approval = symbols.approval else { return nil }
    let of = Set(kinds.approvalOf.values)
    for value in values {
      guard let field = meaning(of: value.field, in: approval), of.contains(field) else { continue }
      guard case .reference(let type, _) = value.value.kind else { return nil }
      return record(quietly: type)
    }
    return nil
  }

  private func meaning(of name: Name, in record: RecordID) -> FieldID? {
    guard case .field(let field)? = symbols.members[Int(record.index)][name.text]?.meaning else {
      return nil
    }
    return field
  }
}

extension PriceStep {
  /// Who the floors of the step ask.
  var asked: [Expression] {
    switch kind {
    case .floor(_, .ask(let who)): [who]
    case .whole(_, let steps): steps.flatMap(\.asked)
    default: []
    }
  }
}
