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
  /// What stands before the cell of each column.
  private let prefixes: [[UInt8]]
  private let suffix: [UInt8]
  private let isPercent: [Bool]
  private var values: ValueForm

  public init(_ section: Report.Section, _ wording: Wording, as style: Style) {
    self.section = section
    self.style = style
    values = ValueForm(wording, as: style)
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
        values.write(
          value, section.columns[column].type, isPercent: isPercent[column], facts, into: &out)
      }
      out.append(suffix)
    }
  }
}
