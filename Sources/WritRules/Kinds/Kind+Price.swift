import WritModel
import WritSyntax
import WritText

extension Checker {
  mutating func declare(_ declaration: PriceDeclaration, unit: UnitID) {}
  mutating func lower(_ declaration: PriceDeclaration, unit: UnitID) {}
}
