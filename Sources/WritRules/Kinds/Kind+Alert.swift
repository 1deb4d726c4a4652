import WritModel
import WritSyntax
import WritText

extension Checker {
  mutating func declare(_ declaration: AlertDeclaration, unit: UnitID) {}
  mutating func lower(_ declaration: AlertDeclaration, unit: UnitID) {}
}
