import WritModel
import WritSyntax
import WritText

// `variant "tighter hardware" of "../base" { … }`: its patches must name what is there.
extension Checker {
  mutating func declare(_ declaration: VariantDeclaration, unit: UnitID) {}

  /// What it patches must be there, where the base is: a base of another folder is looked at when
  /// the variant is run.
  mutating func lower(_ declaration: VariantDeclaration, unit: UnitID) {
    guard let (base, file) = base(of: declaration) else { return }
    diagnostics += declaration.applied(to: base, in: file).diagnostics
    for case .set(let name, let value) in declaration.patches {
      guard case .param(let unit)? = symbols.globals[name.text]?.meaning else { continue }
      _ = (unit, check(value, in: Scope()))
    }
  }
}

extension Declaration {
  /// The titles of the rules in a block.
  var titles: [String] {
    switch kind {
    case .territories(let it): it.rules.flatMap(\.titles).map(\.text)
    case .assign(let it): it.rules.map(\.title.text)
    case .price(let it): it.steps.flatMap(\.titles).map(\.text)
    case .authorizeSale(let it): it.rules.map(\.title.text)
    case .authorizeDiscount(let it): it.rules.compactMap(\.title?.text)
    case .match(let it): it.rules.map(\.title.text)
    case .decide(let it): it.rules.map(\.title.text)
    default: []
    }
  }
}
