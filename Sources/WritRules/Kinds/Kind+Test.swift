import WritModel
import WritSyntax
import WritText

extension Checker {
  mutating func declare(_ declaration: TestDeclaration, unit: UnitID) {}
  mutating func lower(_ declaration: TestDeclaration, unit: UnitID) {}
}
