import WritModel
import WritSyntax
import WritText

// `experiment "spring-2026" for Account { by id { "base" 50%, … } looks … }`.
extension Checker {
  mutating func declare(_ declaration: ExperimentDeclaration, unit: UnitID) {
    let title = declaration.title
    if let first = kinds.experimentTitles[title.text] {
      report(.duplicateTitleOfKind(title, first: first))
    } else {
      kinds.experimentTitles[title.text] = title.span
    }
  }

  mutating func lower(_ declaration: ExperimentDeclaration, unit: UnitID) {
    guard let record = record(declaration.record) else { return }
    let scope = scope(of: record)
    let by = check(declaration.by, in: scope)
    checkTitles(declaration.arms.map(\.variant))
    checkArmNames(declaration)
    var arms: [Experiment.Arm] = []
    var total = Decimal(0)
    var isExact = true
    for arm in declaration.arms {
      let share = check(arm.share, expecting: .percent, in: Scope())
      if let value = constantDecimal(share), let sum = total.adding(value) {
        total = sum
        arms.append(Experiment.Arm(name: arm.variant.text, share: value))
      } else {
        isExact = false
      }
    }
    if isExact, total != Decimal(1), let first = declaration.arms.first,
      let last = declaration.arms.last
    {
      let points = total.multiplied(by: Decimal(100)) ?? total
      report(
        .armsNot100(
          points.trimmed(to: 0).plain(atLeast: 0), at: first.variant.span.through(last.share.span)))
    }
    if isExact, arms.count < 2 || arms.contains(where: { $0.share.mantissa <= 0 }) {
      report(.experimentNeedsArms(declaration.title))
    }
    var looks: [Int32] = []
    var before: Int64?
    for look in declaration.looks {
      let date = check(look, expecting: .date, in: Scope())
      guard let value = constantValue(date), value.tag == .date else { continue }
      if let before, value.bits <= before { report(.looksNotRising(at: look.span)) }
      before = value.bits
      looks.append(Int32(truncatingIfNeeded: value.bits))
    }
    if isUnknown(by) { return }
    let span = units[Int(unit.index)].declaration.span
    let name = program.schema[record].name.name
    program.experiments.append(
      Experiment(
        title: declaration.title.text, record: record,
        by: attribute(
          Named("\(name).experiment \"\(declaration.title.text)\""),
          parameters: [.record(record)], term: by, at: span),
        arms: arms, looks: looks, span: span))
  }

  /// An arm may be a folder, which is not looked at here; a slip in the title of a variant is told.
  private mutating func checkArmNames(_ declaration: ExperimentDeclaration) {
    let titles = units.compactMap { unit in
      if case .variant(let variant) = unit.declaration.kind { variant.title.text } else { nil }
    }
    for arm in declaration.arms where !titles.contains(arm.variant.text) {
      guard !arm.variant.text.isEmpty, let near = nearest(to: arm.variant.text, among: titles)
      else {
        continue
      }
      report(.armWithoutVariant(arm.variant, near: near))
    }
  }
}
