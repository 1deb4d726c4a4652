import WritModel
import WritSyntax
import WritText

extension Checker {
  mutating func declare(_ declaration: ExperimentDeclaration, unit: UnitID) {}
  mutating func lower(_ declaration: ExperimentDeclaration, unit: UnitID) {}
}
