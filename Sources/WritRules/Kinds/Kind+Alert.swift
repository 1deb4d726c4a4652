import WritModel
import WritSyntax
import WritText

// `alert "channel conflict", high { when Lead a, Lead b where … because "…" }`: a production that is
// raised for as long as it holds.
extension Checker {
  mutating func declare(_ declaration: AlertDeclaration, unit: UnitID) {
    noteTitle(declaration.title, in: \.alerts)
  }

  mutating func lower(_ declaration: AlertDeclaration, unit: UnitID) {
    guard
      var made = production(
        declaration.title, of: declaration.record, declaration.patterns, declaration.condition,
        because: declaration.because, seesAssignments: true, unit: unit)
    else { return }
    made.production.kind = .alert(declaration.level?.core)
    keep(made.production, of: unit)
  }
}

extension AlertDeclaration.Level {
  /// The same in the core.
  fileprivate var core: Production.AlertLevel {
    switch self {
    case .high: .high
    case .medium: .medium
    case .low: .low
    }
  }
}
