import WritModel
import WritSyntax
import WritText

extension Checker {
  mutating func declare(_ declaration: VariantDeclaration, unit: UnitID) {}
  mutating func lower(_ declaration: VariantDeclaration, unit: UnitID) {}
}
