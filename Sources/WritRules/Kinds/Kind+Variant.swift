import WritModel
import WritSyntax
import WritText

// `variant "tighter hardware" of "../base" { … }`: its patches must name what is there.
extension Checker {
  mutating func declare(_ declaration: VariantDeclaration, unit: UnitID) {}

  mutating func lower(_ declaration: VariantDeclaration, unit: UnitID) {
    for patch in declaration.patches {
      switch patch {
      case .replace(let title, let reference, _), .remove(let title, let reference):
        checkTitle(title, in: reference)
      case .add(let place, let reference, _):
        if let place { checkTitle(place.title, in: reference) } else { _ = block(reference) }
      case .move(let title, let place, let reference):
        checkTitle(title, in: reference)
        checkTitle(place.title, in: reference)
      case .set(let name, let value):
        guard case .param(let unit)? = symbols.globals[name.text]?.meaning else {
          report(.unknownName(name, near: near(name.text, in: paramNames())))
          continue
        }
        _ = (unit, check(value, in: Scope()))
      }
    }
  }

  private func paramNames() -> [String] {
    symbols.globals.filter { if case .param = $0.value.meaning { true } else { false } }
      .map(\.key).sorted()
  }

  private mutating func checkTitle(_ title: TextLiteral, in reference: BlockReference) {
    // A variant of another folder names blocks that are not here: those are found when it is run.
    guard let unit = block(reference) else { return }
    let titles = units[Int(unit.index)].declaration.titles
    if !titles.contains(title.text) {
      report(.unknownTitle(title, near: near(title.text, in: titles)))
    }
  }
}

extension VariantDeclaration.Place {
  var title: TextLiteral {
    switch self {
    case .before(let title), .after(let title): title
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
