import WritModel
import WritSyntax
import WritText

extension Checker {
  mutating func declare(_ declaration: AssignDeclaration, unit: UnitID) {}
  mutating func lower(_ declaration: AssignDeclaration, unit: UnitID) {}
}
