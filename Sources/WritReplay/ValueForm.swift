import WritModel
import WritText

/// How single values are written as JSON or cells of CSV: what most rows have goes out without a
/// detour, and words that do not depend on the facts are kept as bytes.
///
/// What a value is called is said by `Wording` alone.
struct ValueForm {
  let style: RowForm.Style
  let wording: Wording
  /// How many decimals an amount of the first currency has at least.
  private let places: Int
  /// Values that do not depend on the facts, as they are written; by what they are and their bits.
  private var words: [WordKey: [UInt8]] = [:]

  private struct WordKey: Hashable {
    var kind: UInt32
    var bits: Int64
  }

  init(_ wording: Wording, as style: RowForm.Style) {
    self.style = style
    self.wording = wording
    places = ["JPY", "KRW"].contains(wording.schema.currencies.first ?? "") ? 0 : 2
  }

  /// Appends a value. `isPercent` says it of the type, which is asked once a column; the type itself
  /// is looked at for unusual values only.
  @inline(__always)
  mutating func write(
    _ value: Value, _ type: @autoclosure () -> ValueType, isPercent: Bool, _ facts: Facts,
    into out: inout Outgoing
  ) {
    let isJSON = style == .jsonLines
    switch value.tag {
    case .missing:
      if isJSON { out.append("null" as StaticString) }
    case .number where isJSON || !isPercent: out.append(value.decimal)
    case .money where value.aux == 0: out.append(value.decimal, atLeast: places)
    case .text:
      facts.texts.withBytes(of: Symbol(Int(value.bits))) {
        if isJSON { out.append(json: $0) } else { out.append(cell: $0) }
      }
    case .date:
      if isJSON { out.append(UInt8(ascii: "\"")) }
      if !out.append(day: value.bits) { out.append(wording.date(value.bits)) }
      if isJSON { out.append(UInt8(ascii: "\"")) }
    case .member, .node, .boolean, .none, .tied, .undetermined, .fault, .queue, .rule:
      writeWord(value, type(), facts, into: &out)
    case .number, .money, .time, .duration, .record, .list:
      out.append(text(value, type(), facts))
    }
  }

  private mutating func writeWord(
    _ value: Value, _ type: ValueType, _ facts: Facts, into out: inout Outgoing
  ) {
    let key = WordKey(kind: UInt32(value.tag.rawValue) << 16 | UInt32(value.aux), bits: value.bits)
    if let known = words[key] {
      out.append(known)
      return
    }
    let text = Array(text(value, type, facts).utf8)
    // There are as many words as names in the rules and causes; more would be no words.
    if words.count < 100_000 { words[key] = text }
    out.append(text)
  }

  /// Any value, in the words of `Wording`.
  private func text(_ value: Value, _ type: ValueType, _ facts: Facts) -> String {
    var text = ""
    if style == .jsonLines {
      wording.json(value, type, in: facts).write(into: &text)
    } else {
      CSVText.write(wording.text(value, type, in: facts), into: &text)
    }
    return text
  }
}
