// Values to text, exactly and in one way: what is written here is read back as the same value.

extension Facts {
  /// Where a value is written.
  public enum Style: Sendable {
    /// The bytes of a cell, without quotes; nothing for what is missing, items joined by `;`.
    case cell
    /// A JSON value; `null` for what is missing.
    case json
  }

  /// Adds a value of a type. References are written by their key, members and nodes by name,
  /// percentages with `%`, an amount with its currency only where the type leaves it open.
  public func append(
    _ value: Value, of type: ValueType, to bytes: inout [UInt8], as style: Style
  ) {
    guard value.isKnown else {
      if style == .json { bytes.append(contentsOf: "null".utf8) }
      return
    }
    switch (value.tag, style) {
    case (.list, _): appendItems(of: value, type, to: &bytes, style)
    case (.boolean, .json): bytes.append(contentsOf: (value.bits != 0 ? "true" : "false").utf8)
    case (.number, .json) where type != .percent, (.money, .json) where type != .money(nil):
      value.decimal.append(to: &bytes)
    case (.text, .json):
      texts.withBytes(of: Symbol(Int(value.bits))) { bytes.appendJSON($0) }
    case (.text, .cell):
      texts.withBytes(of: Symbol(Int(value.bits))) { bytes.append(contentsOf: $0) }
    case (_, .json): bytes.appendJSON(text(of: value, type))
    case (_, .cell): bytes.append(contentsOf: text(of: value, type).utf8)
    }
  }

  /// A value as one line of text, for people and for cells.
  public func text(of value: Value, _ type: ValueType) -> String {
    switch value.tag {
    case .missing, .none, .tied, .undetermined, .fault: return ""
    case .boolean: return value.bits != 0 ? "yes" : "no"
    case .number: return type == .percent ? value.decimal.percent : value.decimal.plain
    case .money:
      guard type == .money(nil) else { return value.decimal.plain }
      return "\(schema.currencies[Int(value.aux)]) \(value.decimal.plain)"
    case .record:
      let record = RecordID(Int(value.aux))
      return schema[record].key.map {
        text(of: self.value($0, row: Int(value.bits)), schema[$0].type)
      }.joined(separator: ", ")
    case .queue: return schema.queues[Int(value.bits)].name
    case .list:
      return lists.items(of: value).map { text(of: $0, type.item) }.joined(separator: ";")
    case .duration:
      let unit = Value.DurationUnit(rawValue: value.aux) ?? .days
      return "\(value.bits) \(unit)"
    case .rule: return "\(value.bits)"
    case .date, .time, .text, .member, .node: return describe(value)
    }
  }

  private func appendItems(
    of list: Value, _ type: ValueType, to bytes: inout [UInt8], _ style: Style
  ) {
    if style == .json { bytes.append(UInt8(ascii: "[")) }
    for (index, item) in lists.items(of: list).enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: style == .json ? "," : ";")) }
      append(item, of: type.item, to: &bytes, as: style)
    }
    if style == .json { bytes.append(UInt8(ascii: "]")) }
  }
}

extension ValueType {
  /// The type of the items of a set or list; of anything else itself.
  var item: ValueType {
    switch self {
    case .set(let item), .list(let item): item
    default: self
    }
  }
}

extension Decimal {
  /// As a percentage: 0.15 is `15%`, 0.125 is `12.5%`.
  public var percent: String {
    if scale >= 2 { return Decimal(mantissa: mantissa, scale: scale - 2).plain + "%" }
    guard let hundredfold = multiplied(by: Decimal(100)) else { return plain + "00%" }
    return hundredfold.trimmed(to: 0).plain + "%"
  }
}
