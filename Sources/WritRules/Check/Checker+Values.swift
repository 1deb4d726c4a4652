import WritModel
import WritSyntax
import WritText

extension Checker {
  mutating func declare(_ define: DefineDeclaration, unit: UnitID) {}
  mutating func lower(_ define: DefineDeclaration, unit: UnitID) {}
  mutating func declare(_ table: TableDeclaration, unit: UnitID) {}
  mutating func lower(_ table: TableDeclaration, unit: UnitID) {}
  mutating func declare(_ decide: DecideDeclaration, unit: UnitID) {}
  mutating func lower(_ decide: DecideDeclaration, unit: UnitID) {}
}
