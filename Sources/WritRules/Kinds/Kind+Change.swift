import WritModel
import WritSyntax
import WritText

extension Checker {
  mutating func declare(_ declaration: ChangeDeclaration, unit: UnitID) {}
  mutating func lower(_ declaration: ChangeDeclaration, unit: UnitID) {}
}
