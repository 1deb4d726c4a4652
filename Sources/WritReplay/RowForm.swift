import WritModel
import WritNetwork
import WritRules
import WritText

/// How the rows of a section are written as JSON Lines or CSV: what is the same in every row is
/// made once, and values that most rows have go out without a detour.
///
/// What a value is called is said by `Wording` alone; here its words are kept, as bytes.
public struct RowForm {
  /// What the rows are written as.
  public enum Style: Sendable {
    case jsonLines, csv
  }
  private let section: Report.Section
  private let style: Style
  private let wording: Wording
  /// What stands before the cell of each column.
  private let prefixes: [[UInt8]]
  private let suffix: [UInt8]
  private let isPercent: [Bool]
  /// How many decimals an amount of the first currency has at least.
  private let places: Int
  /// Values that do not depend on the facts, as they are written; by what they are and their bits.
  private var words: [WordKey: [UInt8]] = [:]

  private struct WordKey: Hashable {
    var kind: UInt32
    var bits: Int64
  }

  public init(_ section: Report.Section, _ wording: Wording, as style: Style) {
    self.section = section
    self.style = style
    self.wording = wording
    var prefixes: [[UInt8]] = []
    for (index, column) in section.columns.enumerated() {
      var text = ""
      if style == .csv {
        text = index > 0 ? "," : ""
      } else {
        if index == 0 {
          text = "{\"record\":"
          JSONText.writeText(wording.schema[section.record].name.name, into: &text)
        }
        text += ","
        JSONText.writeText(column.name.name, into: &text)
        text += ":"
      }
      prefixes.append(Array(text.utf8))
    }
    self.prefixes = prefixes
    suffix = Array((style == .csv ? "\r\n" : "}\n").utf8)
    isPercent = section.columns.map(\.type.isPercent)
    places = ["JPY", "KRW"].contains(wording.schema.currencies.first ?? "") ? 0 : 2
  }

  /// Appends all rows.
  public mutating func write(_ rows: ReportRows, into out: inout Outgoing) {
    let facts = rows.facts
    for row in 0..<rows.count {
      for column in prefixes.indices {
        out.append(prefixes[column])
        guard let value = rows.cell(column, row) else {
          if style == .csv {
            out.append(Redaction.mark)
          } else {
            var text = ""
            JSONText.writeText(Redaction.mark, into: &text)
            out.append(text)
          }
          continue
        }
        write(value, column, facts, into: &out)
      }
      out.append(suffix)
    }
  }

  @inline(__always)
  private mutating func write(
    _ value: Value, _ column: Int, _ facts: Facts, into out: inout Outgoing
  ) {
    let isJSON = style == .jsonLines
    switch value.tag {
    case .missing:
      if isJSON { out.append("null" as StaticString) }
    case .number where isJSON || !isPercent[column]: out.append(value.decimal)
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
      writeWord(value, column, facts, into: &out)
    case .number, .money, .time, .duration, .record, .list:
      out.append(text(value, column, facts))
    }
  }

  private mutating func writeWord(
    _ value: Value, _ column: Int, _ facts: Facts, into out: inout Outgoing
  ) {
    let key = WordKey(kind: UInt32(value.tag.rawValue) << 16 | UInt32(value.aux), bits: value.bits)
    if let known = words[key] {
      out.append(known)
      return
    }
    let text = Array(text(value, column, facts).utf8)
    // There are as many words as names in the rules and causes; more would be no words.
    if words.count < 100_000 { words[key] = text }
    out.append(text)
  }

  /// Any value, in the words of `Wording`.
  private func text(_ value: Value, _ column: Int, _ facts: Facts) -> String {
    let type = section.columns[column].type
    var text = ""
    if style == .jsonLines {
      wording.json(value, type, in: facts).write(into: &text)
    } else {
      CSVText.write(wording.text(value, type, in: facts), into: &text)
    }
    return text
  }
}
