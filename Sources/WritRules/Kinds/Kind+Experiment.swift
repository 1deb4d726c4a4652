import WritModel
import WritSyntax
import WritText

// `experiment "spring-2026" for Account { by id { "base" 50%, … } looks … }`: checked only.
extension Checker {
  mutating func declare(_ declaration: ExperimentDeclaration, unit: UnitID) {}

  mutating func lower(_ declaration: ExperimentDeclaration, unit: UnitID) {
    guard let record = record(declaration.record) else { return }
    let scope = scope(of: record)
    _ = check(declaration.by, in: scope)
    var total = Decimal(0)
    var isExact = true
    for arm in declaration.arms {
      let share = check(arm.share, expecting: .percent, in: Scope())
      if let value = constantDecimal(share), let sum = total.adding(value) {
        total = sum
      } else {
        isExact = false
      }
    }
    if isExact, total != Decimal(1), let first = declaration.arms.first,
      let last = declaration.arms.last
    {
      let points = total.multiplied(by: Decimal(100)) ?? total
      report(
        .sharesNot100(
          points.trimmed(to: 0).plain(atLeast: 0), at: first.variant.span.through(last.share.span)))
    }
    var before: Int64?
    for look in declaration.looks {
      let date = check(look, expecting: .date, in: Scope())
      guard let value = constantValue(date), value.tag == .date else { continue }
      if let before, value.bits <= before { report(.looksNotRising(at: look.span)) }
      before = value.bits
    }
  }
}
