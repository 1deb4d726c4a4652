import WritModel
import WritSyntax
import WritText

// `authorize sale of Product p to Account a by Rep r { … }`: default deny; forbid beats permit.
extension Checker {
  mutating func declare(_ declaration: SaleDeclaration, unit: UnitID) {
    guard let records = saleRecords(declaration) else { return }
    let key = BlockKey(kind: .authorizeSale, record: nil, name: declaration.alias?.text)
    guard declareOnly(key, by: unit) else { return }
    let name = declaration.alias ?? Name("sale", at: units[Int(unit.index)].declaration.span)
    declareGlobal(
      Named(name.text), parameters: records.map { .record($0) },
      parameterNames: ["product", "account", "seller"], by: unit, at: name.span)
  }

  /// The answer is `permitted` or `refused`; a forbid that cannot be decided makes it undetermined,
  /// a permit that cannot be decided does not hold.
  mutating func lower(_ declaration: SaleDeclaration, unit: UnitID) {
    guard let records = saleRecords(declaration, reports: false),
      let permission = symbols.permission,
      case .derived(let derived)? = symbols.globals[declaration.alias?.text ?? "sale"]?.meaning,
      self[derived].unit == unit
    else { return }
    let span = units[Int(unit.index)].declaration.span
    let title = "authorize sale" + (declaration.alias.map { " as \($0.text)" } ?? "")
    let binders = [declaration.product, declaration.account, declaration.seller]
    var scope = Scope(nextSlot: Int32(binders.count))
    for (index, (binder, record)) in zip(binders, records).enumerated() {
      let term = slot(Int32(index), type: .record(record))
      if let name = binder.name { bind(name, to: term, in: &scope) }
    }
    reportDoubleTitles(declaration.rules.map(\.title))
    if !declaration.rules.contains(where: \.isPermit) { report(.saleWithoutPermit(at: span)) }

    var alternatives: [Choose.Alternative] = []
    var permits: [SalePlan.Permit] = []
    for written in declaration.rules {
      if written.guards.priority != nil { report(.uselessPriority(written.title)) }
      let guards = checkGuards(written.guards, in: scope)
      let id = rule(written.title.text, guards, at: written.span)
      let answer = member(written.isPermit ? 0 : 1, of: permission)
      alternatives.append(
        Choose.Alternative(
          rule: id, guardTerm: guards.guardTerm, payload: [answer],
          isForbidding: !written.isPermit))
      if written.isPermit {
        // The seller is the last of the three: slot 2.
        let onSeller = guards.conditions.indices.filter {
          slots(of: guards.conditions[$0].term) == [2]
        }
        permits.append(SalePlan.Permit(rule: id, onSeller: onSeller))
      }
    }
    let refused = impliedRule(word("no authorization", zh: "无授权", at: span), at: span)
    let choose = choose(
      Choose(
        policy: .forbidOverPermit, isStrict: false, alternatives: alternatives,
        otherwise: .init(rule: refused, payload: [member(1, of: permission)])))
    let answer = payload(
      0, of: choose, winner: winner(of: choose), type: .member(permission))
    let made = attribute(
      Named(title), parameters: records.map { .record($0) }, term: stopped(answer, for: derived),
      at: span)
    bind(derived, to: made)
    decision(
      Decision(
        kind: .sale(SalePlan(choose: choose, permits: permits)), title: title,
        name: self[derived].name, parameters: records.map { .record($0) }, answer: made,
        details: [], rules: alternatives.map(\.rule) + [refused], span: span),
      by: unit)
  }

  private mutating func saleRecords(
    _ declaration: SaleDeclaration, reports: Bool = true
  ) -> [RecordID]? {
    var records: [RecordID] = []
    for binder in [declaration.product, declaration.account, declaration.seller] {
      if reports {
        if let record = record(binder.type) { records.append(record) }
      } else if case .record(let record)? = symbols.types[binder.type.text]?.meaning {
        records.append(record)
      }
    }
    return records.count == 3 ? records : nil
  }
}
