import WritModel
import WritSyntax
import WritText

extension Checker {
  mutating func declare(_ declaration: SaleDeclaration, unit: UnitID) {}
  mutating func lower(_ declaration: SaleDeclaration, unit: UnitID) {}
}
