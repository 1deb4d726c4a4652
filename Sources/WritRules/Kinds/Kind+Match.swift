import WritModel
import WritSyntax
import WritText

extension Checker {
  mutating func declare(_ declaration: MatchDeclaration, unit: UnitID) {}
  mutating func lower(_ declaration: MatchDeclaration, unit: UnitID) {}
}
