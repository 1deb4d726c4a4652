import WritModel
import WritSyntax
import WritText

extension Checker {
  mutating func declareCurrencies() {}
  mutating func declareTypes() {}
  mutating func declareFields() {}
  mutating func declareBuiltIns() {}
  mutating func resolveDefaults() {}
  mutating func finish() {}
  mutating func lower(_ data: DataDeclaration, unit: UnitID) {}
  mutating func declare(_ param: ParamDeclaration, unit: UnitID) {}
  mutating func lower(_ param: ParamDeclaration, unit: UnitID) {}
}
