import WritModel
import WritSyntax
import WritText

extension Checker {
  mutating func declare(_ declaration: MeasureDeclaration, unit: UnitID) {}
  mutating func lower(_ declaration: MeasureDeclaration, unit: UnitID) {}
}
