public import WritText

/// What a data file got wrong, in a cell, in a row or as a whole: a value with a stable code, never
/// thrown, never a crash. The people who mend it see the column, the value and a way out.
public struct DataProblem: Hashable, Sendable {
  public let code: String
  public let message: Phrase
  public let help: [Phrase]
  /// Where it stands in the file, from 1; nil where it concerns the file as a whole.
  public var line: Int?
  /// Where it stands in the row, from 1: the number of the cell in a file of rows, of the byte in
  /// its line in JSON.
  public var column: Int?
  /// The header of the column, or the name of the member, where it concerns one.
  public var header: String?
  /// What stands there, as written.
  public var value: String?

  init(
    _ code: String, _ message: Phrase, help: [Phrase] = [], line: Int? = nil, column: Int? = nil,
    header: String? = nil, value: String? = nil
  ) {
    self.code = code
    self.message = message
    self.help = help
    self.line = line
    self.column = column
    self.header = header
    self.value = value
  }
}

/// A row that was not taken: nothing of it is in the facts, and all of it is here.
public struct RejectedRow: Hashable, Sendable {
  public internal(set) var origin: RowOrigin
  /// Everything that is wrong with it, in the order of its cells; never empty.
  public internal(set) var problems: [DataProblem]
  /// The row as it stands in the file, without its line end.
  public let raw: [UInt8]

  /// The row as text; bytes that are no UTF-8 are replaced.
  public var text: String { String(decoding: raw, as: UTF8.self) }
}

extension Bytes {
  /// For messages: at most 60 characters, control characters as spaces.
  var shown: String {
    let text = String(decoding: slice(0, Swift.min(count, 240)), as: UTF8.self)
    let clean = String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : $0 }))
    let short = clean.prefix(60)
    return count > 240 || short.endIndex < clean.endIndex ? short + "…" : String(short)
  }
}
