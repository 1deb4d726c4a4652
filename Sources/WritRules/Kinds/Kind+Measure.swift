import WritModel
import WritSyntax
import WritText

// `measure "net revenue" = sum of q.price over Quote q, more is better`.
extension Checker {
  mutating func declare(_ declaration: MeasureDeclaration, unit: UnitID) {}

  mutating func lower(_ declaration: MeasureDeclaration, unit: UnitID) {
    let term = check(declaration.value, in: Scope())
    kinds.measures[unit] = term
    switch type(of: term) {
    case .number, .integer, .percent, .money, .duration, .unknown: break
    default: report(.measureNotNumber(at: declaration.value.span))
    }
    guard let limit = declaration.limit else { return }
    let amount = check(limit.atMost, in: Scope())
    switch type(of: amount) {
    case .number, .integer, .percent, .money, .unknown: break
    default: report(.measureNotNumber(at: limit.atMost.span))
    }
  }
}
