import WritModel
import WritRules

extension Memory {
  /// A value as a `because` says it: labels for what has them, a dash for what is not known.
  func written(_ value: Value) -> String {
    let schema = facts.schema
    switch value.tag {
    case .missing, .none, .tied, .undetermined, .fault: return "—"
    case .boolean: return value.bits == 1 ? "yes" : "no"
    case .number: return value.decimal.plain
    case .money:
      let currency =
        schema.currencies.indices.contains(Int(value.aux)) ? schema.currencies[Int(value.aux)] : ""
      return schema.currencies.count > 1
        ? "\(currency) \(value.decimal.plain(atLeast: 2))" : value.decimal.plain(atLeast: 2)
    case .date: return CivilDate(days: Int(value.bits))?.description ?? "—"
    case .time: return value.moment.description
    case .duration:
      let unit =
        switch value.aux {
        case 1: "months"
        case 2: "seconds"
        default: "days"
        }
      return "\(value.bits) \(unit)"
    case .text: return text(value)
    case .member:
      let members = schema.enums[Int(value.aux)].members
      guard members.indices.contains(Int(value.bits)) else { return "—" }
      return members[Int(value.bits)].label ?? members[Int(value.bits)].name
    case .node:
      let nodes = schema.trees[Int(value.aux)].nodes
      guard nodes.indices.contains(Int(value.bits)) else { return "—" }
      return nodes[Int(value.bits)].name.label ?? nodes[Int(value.bits)].name.name
    case .record:
      let type = schema.records[Int(value.aux)]
      guard value.bits >= 0, value.bits < facts.tables[Int(value.aux)].count else { return "—" }
      let fields = type.called.map { [$0] } ?? type.key
      return fields.map { written(facts.value($0, row: Int(value.bits))) }.joined(separator: " ")
    case .queue:
      guard schema.queues.indices.contains(Int(value.bits)) else { return "—" }
      return schema.queues[Int(value.bits)].label ?? schema.queues[Int(value.bits)].name
    case .rule:
      guard program.rules.indices.contains(Int(value.bits)) else { return "—" }
      return program.rules[Int(value.bits)].title
    case .list: return items(of: value).map { written($0) }.joined(separator: ", ")
    }
  }
}
