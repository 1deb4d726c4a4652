/// Markdown that somebody else puts together.
public enum MarkdownText {
  /// Text that stays text: nothing in it is markup, a cell's end, a mention or a link.
  public static func escaped(_ text: String) -> String { MarkdownReport.escaped(text) }
}
