extension Declaration {
  /// What people call the declaration: `price Line as dealer`, `Account.grade`, `test "…"`. For what
  /// is decided it is the title of the decision.
  public var title: String {
    func alias(_ name: Name?) -> String { name.map { " as \($0.text)" } ?? "" }
    switch kind {
    case .currency: return "currency"
    case .zone: return "zone"
    case .enumeration(let it): return it.name.name.text
    case .tree(let it): return it.name.name.text
    case .record(let it): return it.name.name.text
    case .queue: return "queue"
    case .data(let it): return "data \(it.record.text)"
    case .show(let it): return "show \(it.record.text).\(it.field.text)"
    case .define(let it): return (it.record.map { "\($0.text)." } ?? "") + it.name.name.text
    case .table(let it): return it.name.name.text
    case .decide(let it): return "\(it.record.text).\(it.name.name.text)"
    case .territories(let it): return "territories \(it.record.text)\(alias(it.alias))"
    case .assign(let it): return "assign \(it.record.text)\(alias(it.alias))"
    case .price(let it): return "price \(it.record.text)\(alias(it.alias))"
    case .authorizeSale(let it): return "authorize sale\(alias(it.alias))"
    case .authorizeDiscount(let it):
      return "authorize \(it.attribute.text) on \(it.record.text)\(alias(it.alias))"
    case .match(let it): return "match \(it.left.type.text)\(alias(it.alias))"
    case .split(let it): return "split \(it.name.name.text)"
    case .require(let it): return "require \"\(it.title.text)\""
    case .change(let it): return "change \"\(it.title.text)\""
    case .alert(let it): return "alert \"\(it.title.text)\""
    case .test(let it): return "test \"\(it.title.text)\""
    case .variant(let it): return "variant \"\(it.title.text)\""
    case .param(let it): return it.name.name.text
    case .measure(let it): return "measure \"\(it.title.text)\""
    case .experiment(let it): return "experiment \"\(it.title.text)\""
    case .changeable: return "changeable"
    }
  }
}
