import WritModel
import WritSyntax
import WritText

extension Checker {
  mutating func declare(_ declaration: RequireDeclaration, unit: UnitID) {}
  mutating func lower(_ declaration: RequireDeclaration, unit: UnitID) {}
}
