/// Writes the values of one column as its cells are read.
struct CellWriter {
  private let column: ReadPlan.Column

  init(_ column: ReadPlan.Column) { self.column = column }

  /// The cell of a row; empty for what is not known. `labels`: members and nodes go by their labels.
  func text(ofRow row: Int, in facts: Facts, labels: Bool) -> String {
    let value = facts.value(column.field, row: row)
    return value.isKnown
      ? text(value, facts.schema[column.field].type, facts, labels, depth: 0) : ""
  }

  /// The member of a row; null for what is not known.
  func json(ofRow row: Int, in facts: Facts, labels: Bool) -> JSON {
    json(
      facts.value(column.field, row: row), facts.schema[column.field].type, facts, labels, depth: 0)
  }

  private func text(
    _ value: Value, _ type: ValueType, _ facts: Facts, _ labels: Bool, depth: Int
  ) -> String {
    guard value.isKnown, depth < 16 else { return "" }
    switch value.tag {
    case .boolean:
      return value.bits == 1 ? (labels ? "是" : "yes") : (labels ? "否" : "no")
    case .number: return type == .percent ? percent(value.decimal) : value.decimal.normalized.plain
    case .money:
      let amount = value.decimal.normalized.plain
      guard case .money(nil) = type else { return amount }
      return facts.schema.currencies[Int(value.aux)] + " " + amount
    case .date:
      guard let date = CivilDate(days: Int(value.bits)) else { return "" }
      return pattern.map { $0.text(of: date, seconds: 0) } ?? date.description
    case .time:
      guard let pattern else { return value.moment.description }
      let local = value.bits + Int64(facts.schema.zoneMinutes) * 60
      let days = Moment.days(of: value.bits, at: facts.schema.zoneMinutes)
      guard let date = CivilDate(days: Int(days)) else { return "" }
      return pattern.text(of: date, seconds: Int(local - days * 86_400))
    case .duration:
      switch value.aux {
      case 0: return "\(value.bits) days"
      case 1: return "\(value.bits) months"
      default: return "PT\(value.bits)S"
      }
    case .text: return facts.texts.text(of: Symbol(Int(value.bits)))
    case .member:
      return name(facts.schema.enums[Int(value.aux)].members[Int(value.bits)], labels)
    case .node:
      return name(facts.schema.trees[Int(value.aux)].nodes[Int(value.bits)].name, labels)
    case .record:
      let key = facts.schema[RecordID(Int(value.aux))].key
      return key.map {
        text(
          facts.value($0, row: Int(value.bits)), facts.schema[$0].type, facts, labels,
          depth: depth + 1)
      }.joined(separator: "/")
    case .list:
      return facts.lists.items(of: value)
        .map { text($0, type.item, facts, labels, depth: depth + 1) }
        .joined(separator: labels ? "、" : ";")
    case .missing, .none, .tied, .undetermined, .fault, .queue, .rule: return ""
    }
  }

  private func json(
    _ value: Value, _ type: ValueType, _ facts: Facts, _ labels: Bool, depth: Int
  ) -> JSON {
    guard value.isKnown, depth < 16 else { return .null }
    switch value.tag {
    case .boolean: return .boolean(value.bits == 1)
    case .number where type != .percent || column.form == .fraction:
      return .number(value.decimal.normalized.plain)
    case .money:
      if case .money(nil) = type { break }
      return .number(value.decimal.normalized.plain)
    case .list:
      return .array(
        facts.lists.items(of: value).map { json($0, type.item, facts, labels, depth: depth + 1) })
    case .record:
      let key = facts.schema[RecordID(Int(value.aux))].key
      let parts = key.map { field in
        JSON.Member(
          facts.schema[field].name.name,
          json(
            facts.value(field, row: Int(value.bits)), facts.schema[field].type, facts, labels,
            depth: depth + 1))
      }
      return parts.count == 1 ? parts[0].value : .object(parts)
    default: break
    }
    return .text(text(value, type, facts, labels, depth: depth))
  }

  private var pattern: DatePattern? {
    if case .pattern(let pattern) = column.form { pattern } else { nil }
  }

  private func percent(_ share: Decimal) -> String {
    if column.form == .fraction { return share.normalized.plain }
    let points =
      share.multiplied(by: Decimal(100))?.normalized.plain ?? share.normalized.plain
    return column.form == .points ? points : points + "%"
  }

  private func name(_ named: Named, _ labels: Bool) -> String {
    labels ? named.label ?? named.name : named.name
  }
}

extension DatePattern {
  /// A day, and the seconds into it, written by the pattern.
  func text(of date: CivilDate, seconds: Int) -> String {
    var text = ""
    func add(_ number: Int, _ digits: Int) {
      let written = "\(number)"
      text += String(repeating: "0", count: max(0, digits - written.count)) + written
    }
    for part in parts {
      switch part {
      case .year: add(date.year, 4)
      case .month(let digits): add(date.month, digits)
      case .day(let digits): add(date.day, digits)
      case .hour(let digits): add(seconds / 3600, digits)
      case .minute: add(seconds / 60 % 60, 2)
      case .second: add(seconds % 60, 2)
      case .mark(let mark): text.unicodeScalars.append(Unicode.Scalar(mark))
      }
    }
    return text
  }
}

/// Turns UTF-8 into GBK: what `GBKDecoder` reads, two bytes a character.
struct GBKEncoder {
  static let shared = GBKEncoder()
  private var codes: [UInt32: (UInt8, UInt8)] = [:]

  private init() {
    for lead in UInt8(0x81)...0xFE {
      for trail in UInt8(0x40)...0xFE {
        guard let scalar = GB18030.codes.scalar(lead, trail), codes[scalar] == nil else { continue }
        codes[scalar] = (lead, trail)
      }
    }
  }

  /// nil where a character has no code of two bytes.
  func encode(_ bytes: [UInt8]) -> [UInt8]? {
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count)
    for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
      if scalar.value < 0x80 {
        out.append(UInt8(scalar.value))
      } else if let (lead, trail) = codes[scalar.value] {
        out.append(lead)
        out.append(trail)
      } else {
        return nil
      }
    }
    return out
  }
}
