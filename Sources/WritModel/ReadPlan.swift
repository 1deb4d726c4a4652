/// How one file gives the records of one type: which column fills which field, and how its cells
/// are written.
public struct ReadPlan: Sendable {
  /// How the file is laid out.
  public enum Format: Hashable, Sendable {
    /// Rows of cells; a tab or another delimiter makes it TSV and its like.
    case csv
    /// One object a line. A file that begins with `[` is read as one array all the same.
    case jsonLines
    /// One array of objects, or objects one after the other, over any number of lines.
    case json
  }
  /// How the cells of a column are written.
  public enum Form: Hashable, Sendable {
    case pattern(DatePattern)
    /// 0.15 is 15 %.
    case fraction
    /// 15 is 15 %.
    case points
  }
  /// From where a field's cells come, and how they are written.
  public struct Column: Sendable {
    public var field: FieldID
    /// A reference by a key of several fields is read from as many columns: the headers of each. Empty
    /// for a field of one column.
    public var parts: [[String]] = []
    /// Any of these is its header; the first is the one that messages name. Without a header line
    /// a number is a position from 1.
    public var headers: [String]
    public var form: Form?
    /// Cells that mean *missing* in this column.
    public var missing: [String]
    /// Whether the rules say what the column is called, so that the file must have it.
    public var isNamed: Bool

    public init(
      field: FieldID, headers: [String], form: Form? = nil, missing: [String] = [],
      isNamed: Bool = false
    ) {
      self.field = field
      self.headers = headers
      self.form = form
      self.missing = missing
      self.isNamed = isNamed
    }
  }
  public var record: RecordID
  public var format: Format
  /// One a field that is read.
  public var columns: [Column]
  /// Cells that mean *missing* in any column.
  public var missing: [String]
  /// nil: found in the header line among comma, semicolon, tab and bar.
  public var delimiter: UInt8?
  /// nil: UTF-8.
  public var encoding: String?
  public var hasHeader: Bool

  public init(
    record: RecordID, format: Format, columns: [Column], missing: [String] = [],
    delimiter: UInt8? = nil, encoding: String? = nil, hasHeader: Bool = true
  ) {
    self.record = record
    self.format = format
    self.columns = columns
    self.missing = missing
    self.delimiter = delimiter
    self.encoding = encoding
    self.hasHeader = hasHeader
  }

  /// A plan for every field of a record: the columns given, and for all other fields the column
  /// that is called by their label or their name.
  public init(
    reading record: RecordID, of schema: Schema, format: Format, columns: [Column] = [],
    missing: [String] = [], delimiter: UInt8? = nil, encoding: String? = nil,
    hasHeader: Bool = true
  ) {
    let given = Set(columns.map(\.field))
    let others = schema[record].fields.filter { !given.contains($0) }.map {
      let name = schema[$0].name
      return Column(field: $0, headers: [name.label, name.name].compactMap(\.self))
    }
    let all = (columns + others).map { column in
      var column = column
      if column.parts.isEmpty, !column.isNamed {
        column.parts = schema.partHeaders(of: column.field)
      }
      return column
    }
    self.init(
      record: record, format: format, columns: all, missing: missing,
      delimiter: delimiter, encoding: encoding, hasHeader: hasHeader)
  }

  /// The format that a file's name tells: `.json`, `.jsonl` and `.ndjson`, else CSV; and the tab of
  /// a `.tsv` or `.tab`.
  public static func format(ofFile name: String) -> (Format, delimiter: UInt8?) {
    let lower = name.lowercased()
    if lower.hasSuffix(".jsonl") || lower.hasSuffix(".ndjson") { return (.jsonLines, nil) }
    if lower.hasSuffix(".json") { return (.json, nil) }
    if lower.hasSuffix(".tsv") || lower.hasSuffix(".tab") { return (.csv, UInt8(ascii: "\t")) }
    return (.csv, nil)
  }
}
