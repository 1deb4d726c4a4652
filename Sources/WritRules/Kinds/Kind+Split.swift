import WritModel
import WritSyntax
import WritText

extension Checker {
  mutating func declare(_ declaration: SplitDeclaration, unit: UnitID) {}
  mutating func lower(_ declaration: SplitDeclaration, unit: UnitID) {}
}
