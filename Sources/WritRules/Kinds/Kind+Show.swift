import WritModel
import WritSyntax
import WritText

// `show Product.cost only to finance`, `changeable Quote.discount`.
extension Checker {
  mutating func lower(_ declaration: ShowDeclaration, unit: UnitID) {
    guard let record = record(declaration.record),
      let field = baseField(declaration.field, of: record)
    else { return }
    if program.schema[record].key.contains(field) { report(.keyIsShown(declaration.field)) }
    switch declaration.viewer {
    case .party(let parties):
      program.visibility.append(
        Visibility(
          field: field, parties: parties.compactMap { party($0) }, viewer: nil, condition: nil))
    case .record(let binder, let condition):
      guard let viewer = self.record(binder.type) else { return }
      var scope = scope(of: record)
      _ = bindRecord(viewer, as: binder.name, in: &scope)
      let term = checkCondition(condition, in: scope)
      program.visibility.append(
        Visibility(field: field, parties: [], viewer: viewer, condition: term))
    }
  }

  mutating func lower(changeable paths: [Expression], unit: UnitID) {
    for path in paths {
      guard case .member(let owner, let name) = path.kind, case .name(let type) = owner.kind,
        let record = record(type)
      else {
        if case .member = path.kind { continue }
        report(.notAFieldOfARecord(at: path.span))
        continue
      }
      if let field = baseField(name, of: record) { program.changeable.append(field) }
    }
  }
}
