import WritModel
import WritSyntax
import WritText

extension Checker {
  mutating func declare(_ declaration: TerritoriesDeclaration, unit: UnitID) {}
  mutating func lower(_ declaration: TerritoriesDeclaration, unit: UnitID) {}
}
