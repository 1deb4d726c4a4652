public import WritModel

/// The first thing in which two models differ, so that records of one do not fit the other.
public struct ModelDifference: Sendable {
  /// What differs, by the names it was declared with; the first of the two has it, or the second.
  public enum Subject: Sendable, Equatable {
    case currencies, zone
    case enumeration(String)
    case tree(String)
    case record(String)
    case field(record: String, name: String)
    case queue(String)
  }
  public let subject: Subject

  /// nil: facts of one fit the other.
  public init?(_ a: Schema, _ b: Schema) {
    guard let subject = Self.first(a, b) else { return nil }
    self.subject = subject
  }

  private static func first(_ a: Schema, _ b: Schema) -> Subject? {
    if a.currencies != b.currencies { return .currencies }
    if a.zoneMinutes != b.zoneMinutes { return .zone }
    if let name = differing(
      a.enums, b.enums, by: { $0.name.name },
      { $0.isOrdered == $1.isOrdered && $0.members.map(\.name) == $1.members.map(\.name) })
    {
      return .enumeration(name)
    }
    if let name = differing(
      a.trees, b.trees, by: { $0.name.name },
      { x, y in
        x.nodes.map(\.name.name) == y.nodes.map(\.name.name)
          && x.nodes.map(\.parent) == y.nodes.map(\.parent)
      })
    {
      return .tree(name)
    }
    if let name = differing(a.records, b.records, by: { $0.name.name }, { _, _ in true }) {
      return .record(name)
    }
    for (x, y) in zip(a.records, b.records) {
      let fields = (x.fields.map { a[$0] }, y.fields.map { b[$0] })
      if let name = differing(
        fields.0, fields.1, by: { $0.name.name },
        { p, q in
          p.type == q.type && p.isOptional == q.isOptional
            && "\(p.initial as Any)" == "\(q.initial as Any)"
        })
      {
        return .field(record: x.name.name, name: name)
      }
      if x.key.map({ a[$0].name.name }) != y.key.map({ b[$0].name.name })
        || x.called.map({ a[$0].name.name }) != y.called.map({ b[$0].name.name })
      {
        return .record(x.name.name)
      }
    }
    if let name = differing(a.queues, b.queues, by: { $0.name }, { _, _ in true }) {
      return .queue(name)
    }
    return nil
  }

  /// The name of the first item that one list has and the other has not, in another place, or
  /// otherwise.
  private static func differing<Item>(
    _ a: [Item], _ b: [Item], by name: (Item) -> String, _ isSame: (Item, Item) -> Bool
  ) -> String? {
    // What only one of them has says more than what was moved by it.
    let names = (Set(a.map(name)), Set(b.map(name)))
    if let only = a.first(where: { !names.1.contains(name($0)) }) { return name(only) }
    if let only = b.first(where: { !names.0.contains(name($0)) }) { return name(only) }
    for (x, y) in zip(a, b) where name(x) != name(y) || !isSame(x, y) { return name(x) }
    return nil
  }
}
