public import WritModel

/// A value without its arenas, so that values of two engines can be compared: numbers by value,
/// lists by their items, texts as texts.
public enum Plain: Hashable, Sendable, CustomStringConvertible {
  case scalar(Value.Tag, Int64, UInt8, UInt16)
  case text(String)
  case list([Plain])
  /// A record by its key, since rows depend on the order of facts.
  case record(UInt16, [Plain])
  /// missing, none, tied, undetermined or fault, with its cause.
  case gap(Value.Tag, Cause)

  public init(_ value: Value, _ facts: Facts) {
    switch value.tag {
    case .missing, .none, .tied, .undetermined, .fault:
      self = .gap(value.tag, value.cause)
    case .text:
      self = .text(facts.texts.text(of: Symbol(Int(value.bits))))
    case .list:
      self = .list(facts.lists.items(of: value).map { Plain($0, facts) })
    case .record:
      let type = RecordID(Int(value.aux))
      let key = facts.schema[type].key
      let row = Int(value.bits)
      self = .record(
        value.aux,
        row < 0 || row >= facts[type].count
          ? [] : key.map { Plain(facts.value($0, row: row), facts) })
    case .number, .money:
      var bits = value.bits
      var scale = value.scale
      while scale > 0, bits % 10 == 0 {
        bits /= 10
        scale -= 1
      }
      self = .scalar(value.tag, bits, scale, value.aux)
    default:
      self = .scalar(value.tag, value.bits, 0, value.aux)
    }
  }

  public var description: String {
    switch self {
    case .scalar(.number, let bits, let scale, _): "\(bits)e-\(scale)"
    case .scalar(let tag, let bits, let scale, let aux): "\(tag) \(bits)e-\(scale) of \(aux)"
    case .text(let text): "\"\(text)\""
    case .list(let items): "\(items)"
    case .record(let type, let key): "record \(type) \(key)"
    case .gap(let tag, let cause):
      "\(tag) (\(cause.kind.map { "\($0)" } ?? "?") \(cause.site))"
    }
  }
}
