import WritModel
import WritSyntax
import WritText

extension Checker {
  mutating func declare(_ declaration: DiscountDeclaration, unit: UnitID) {}
  mutating func lower(_ declaration: DiscountDeclaration, unit: UnitID) {}
}
