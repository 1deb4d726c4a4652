import WritModel
import WritSyntax
import WritText

// What has been approved before, in the built-in record `Approval`.
extension Checker {
  /// Whether an approval by one of `accepted` stands for a value no better than the present one.
  /// Never unknown: what cannot be told to stand does not.
  mutating func approved(_ block: DiscountBlock, by accepted: [Constant]) -> TermID {
    guard let record = symbols.approval, let approver = symbols.approver,
      let of = approvalField("of"), program.schema[of].type == .record(block.record),
      let tests = approvalField("tests"), let value = approvalField("value"),
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
      equal(field(tests, of: other), text(block.attribute)),
      any(signers),
      operation(
        block.moreIsWorse ? .lessOrEqual : .greaterOrEqual,
        [block.tested, field(value, of: other)], type: .boolean),
      operation(.lessOrEqual, [field(on, of: other), today], type: .boolean),
      any([not(isKnown(end)), operation(.lessOrEqual, [today, end], type: .boolean)]),
    ]
    for watched in block.watched {
      guard let copy = approvalField(program.schema[watched].name.name) else { continue }
      let (now, then) = (field(watched, of: this), field(copy, of: other))
      // A field that was blank and still is has not changed.
      conditions.append(any([equal(now, then), all([not(isKnown(now)), not(isKnown(then))])]))
    }
    return gather(
      Gather(fold: .some, record: record, slot: 1, guardTerm: surely(all(conditions))),
      type: .boolean)
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
