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
  private let words: RowWords

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
    words = RowWords(prefixes: prefixes, suffix: suffix)
  }

  /// Appends all rows.
  public mutating func write(_ rows: ReportRows, into out: inout Outgoing) {
    let facts = rows.facts
    let open = prefixes.indices.compactMap { rows.openCells($0) }
    if open.count == prefixes.count {
      writeOpen(rows.count, open, facts, into: &out)
      return
    }
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

  private mutating func write(
    _ value: Value, _ column: Int, _ facts: Facts, into out: inout Outgoing
  ) {
    values.write(
      value, section.columns[column].type, isPercent: isPercent[column], facts, into: &out)
  }

  /// Appends rows of which nothing is hidden. What is the same in each row, and words that came
  /// before, are copied.
  private mutating func writeOpen(
    _ count: Int, _ cells: [UnsafeMutableBufferPointer<Value>], _ facts: Facts,
    into out: inout Outgoing
  ) {
    let words = words
    let isJSON = style == .jsonLines
    cells.withUnsafeBufferPointer { cells in
      facts.texts.withTexts { texts in
        for row in 0..<count {
          for column in cells.indices {
            let known = words.columns + column
            out.put(known.pointee.prefix.start, known.pointee.prefix.count)
            let value = cells[column][row]
            if value.tag == .text {
              let text = texts[Symbol(Int(value.bits))]
              if isJSON { out.append(json: text) } else { out.append(cell: text) }
              continue
            }
            if let word = known.pointee.word(of: value) {
              out.put(word.start, word.count)
              continue
            }
            let before = out.count
            write(value, column, facts, into: &out)
            if RowWords.isWord(value) {
              out.withBytes { known.pointee.remember(value, $0[before...]) }
            }
          }
          out.put(words.end.start, words.end.count)
        }
      }
    }
  }
}

/// What a form of rows has ready as bytes: what stands before the cells of each column, and the words
/// that it wrote before. Behind all of them `Words.room` bytes more can be read.
private final class RowWords {
  let columns: UnsafeMutablePointer<Column>
  private let count: Int
  /// What stands behind the last cell of a row.
  let end: Word

  struct Word {
    var start: UnsafeMutablePointer<UInt8>
    var count: Int

    init(_ bytes: some Collection<UInt8>) {
      count = bytes.count
      start = .allocate(capacity: count + Words.room)
      start.initialize(repeating: 0, count: count + Words.room)
      for (index, byte) in bytes.enumerated() { start[index] = byte }
    }
  }

  struct Column {
    let prefix: Word
    /// What most of the values are (`kind(of:)`), and their words by their bits.
    private var kind: UInt32 = 0
    private var words: UnsafeMutablePointer<Word?>
    private var room = 0
    /// The word of another value that came last.
    private var lastKind: UInt32 = 0
    private var lastBits: Int64 = 0
    private var last: Word?
    private static let most = 1 << 16

    init(prefix bytes: [UInt8]) {
      prefix = Word(bytes)
      words = .allocate(capacity: 1)
    }

    func free() {
      prefix.start.deallocate()
      for index in 0..<room { words[index]?.start.deallocate() }
      words.deallocate()
      last?.start.deallocate()
    }

    @inline(__always)
    func word(of value: Value) -> Word? {
      let kind = RowWords.kind(of: value)
      if kind == self.kind, UInt64(bitPattern: value.bits) < UInt64(room) {
        return words[Int(truncatingIfNeeded: value.bits)]
      }
      return kind == lastKind && value.bits == lastBits ? last : nil
    }

    mutating func remember(_ value: Value, _ bytes: Bytes.SubSequence) {
      let kind = RowWords.kind(of: value)
      let isSmall = (0..<Int64(Self.most)).contains(value.bits)
      if self.kind == 0, isSmall { self.kind = kind }
      guard kind == self.kind, isSmall else {
        last?.start.deallocate()
        (lastKind, lastBits, last) = (kind, value.bits, Word(bytes))
        return
      }
      if value.bits >= room { widen(Int(value.bits) + 1) }
      words[Int(value.bits)] = Word(bytes)
    }

    private mutating func widen(_ count: Int) {
      let wider = max(count, room * 2, 64)
      let new = UnsafeMutablePointer<Word?>.allocate(capacity: wider)
      new.initialize(repeating: nil, count: wider)
      new.update(from: words, count: room)
      words.deallocate()
      (words, room) = (new, wider)
    }
  }

  init(prefixes: [[UInt8]], suffix: [UInt8]) {
    count = prefixes.count
    end = Word(suffix)
    columns = .allocate(capacity: max(count, 1))
    for (index, prefix) in prefixes.enumerated() {
      (columns + index).initialize(to: Column(prefix: prefix))
    }
  }

  deinit {
    for index in 0..<count { columns[index].free() }
    columns.deallocate()
    end.start.deallocate()
  }

  /// What a value is beside its bits; never 0.
  @inline(__always)
  static func kind(of value: Value) -> UInt32 {
    UInt32(value.tag.rawValue) << 16 | UInt32(value.aux) | 1 << 31
  }

  /// Whether what a value is called depends on nothing else, and is worth keeping.
  @inline(__always)
  static func isWord(_ value: Value) -> Bool {
    switch value.tag {
    case .member, .node, .boolean, .none, .tied, .undetermined, .fault, .queue, .rule: true
    case .missing, .number, .money, .date, .time, .duration, .text, .record, .list: false
    }
  }
}
