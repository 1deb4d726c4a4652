/// The entries of this and earlier sessions, the oldest first.
///
/// An entry is kept whole, however many lines it has. In a file it is one line, so that a line that
/// was torn off harms only itself: `\n` stands for a line break, `\\` for a backslash.
public struct History: Sendable {
  public static let limit = 5_000
  public private(set) var entries: [String] = []

  public init() {}

  /// Reads a history file.
  public init(fileText: String) {
    for line in fileText.split(whereSeparator: \.isNewline) {
      add(Self.entry(ofLine: line))
    }
  }

  /// Adds an entry unless it is blank or says what the last one says; whether it was added.
  @discardableResult
  public mutating func add(_ entry: String) -> Bool {
    guard entry.contains(where: { !$0.isWhitespace }), entry != entries.last else { return false }
    entries.append(entry)
    if entries.count > Self.limit { entries.removeFirst(entries.count - Self.limit) }
    return true
  }

  /// The line of the history file that holds an entry, with its line end.
  public static func line(of entry: String) -> String {
    entry.replacing("\\", with: "\\\\").replacing("\r", with: "").replacing("\n", with: "\\n")
      + "\n"
  }

  private static func entry(ofLine line: Substring) -> String {
    var entry = ""
    var isEscaped = false
    for character in line {
      if isEscaped {
        entry.append(character == "n" ? "\n" : character)
        isEscaped = false
      } else if character == "\\" {
        isEscaped = true
      } else {
        entry.append(character)
      }
    }
    return entry
  }

  /// The newest entry before an index that contains a text.
  public func search(_ text: String, before index: Int) -> Int? {
    guard !text.isEmpty else { return nil }
    return entries[..<min(index, entries.count)].lastIndex { $0.contains(text) }
  }
}
