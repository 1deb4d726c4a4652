import WritModel
import WritSyntax
import WritText

extension Checker {
  mutating func lower(_ declaration: ShowDeclaration, unit: UnitID) {}
  mutating func lower(changeable paths: [Expression], unit: UnitID) {}
}
