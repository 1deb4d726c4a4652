import WritModel
import WritSyntax
import WritText

// `alert "channel conflict", high { when Lead a, Lead b where … because "…" }`: checked only.
extension Checker {
  mutating func declare(_ declaration: AlertDeclaration, unit: UnitID) {}

  mutating func lower(_ declaration: AlertDeclaration, unit: UnitID) {
    guard let scope = patterns(declaration.patterns, of: declaration.record) else { return }
    if let condition = declaration.condition { _ = checkCondition(condition, in: scope) }
    if let because = declaration.because { _ = checkTemplate(because, in: scope) }
    report(.notRunYet("alert", declaration.title))
  }
}
