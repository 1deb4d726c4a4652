/// How diagnostics are shown: in which form, language and colours.
public struct Rendering: Sendable {
  /// For whom the messages are.
  public enum Form: String, Sendable, CaseIterable {
    /// With the source line and an underline.
    case human
    /// One line a fact, no drawing: for screen readers and `grep`.
    case plain
    /// JSON Lines, one diagnostic a line.
    case json
    /// One SARIF 2.1.0 log, for code hosts and CI.
    case sarif
  }
  public var form: Form
  public var language: Language
  public var isColored: Bool
  /// The cells of a line on the screen; longer source lines are shown in part.
  public var width: Int
  /// The program's version, named in SARIF.
  public var version: String

  public init(
    form: Form = .human, language: Language = .english, isColored: Bool = false, width: Int = 100,
    version: String = ""
  ) {
    self.form = form
    self.language = language
    self.isColored = isColored
    self.width = width
    self.version = version
  }

  /// The diagnostics in the order given, ending in a line end unless there are none.
  public func text(of diagnostics: [Diagnostic], in sources: Sources) -> String {
    switch form {
    case .human: humans(diagnostics, in: sources)
    case .plain: diagnostics.map { plain($0, in: sources) }.joined()
    case .json: diagnostics.map { json(of: $0, in: sources).line + "\n" }.joined()
    case .sarif: sarif(of: [(diagnostics, sources)]).line + "\n"
    }
  }

  /// At most so many messages are read by anybody; scripts get them all.
  private static let shown = 100

  /// The messages one below the other; of a great many the first ones, errors before others.
  private func humans(_ diagnostics: [Diagnostic], in sources: Sources) -> String {
    guard diagnostics.count > Self.shown else {
      return diagnostics.map { human($0, in: sources) }.joined(separator: "\n")
    }
    let errors = diagnostics.indices.filter { diagnostics[$0].severity == .error }
    let others = diagnostics.indices.filter { diagnostics[$0].severity != .error }
    let first = (errors + others).prefix(Self.shown).sorted()
    let more = grouped(diagnostics.count - first.count)
    let rest = Phrase(
      "… and \(more) more; `writ check --format plain` lists them all",
      zh: "……另有 \(more) 条；用 `writ check --format plain` 可全部列出")
    return first.map { human(diagnostics[$0], in: sources) }.joined(separator: "\n") + "\n"
      + rest.text(in: language) + "\n"
  }

  /// The line for something that stands in no source, such as a file that is not there.
  public func text(
    of severity: Severity, code: String, _ message: Phrase, help: [Phrase] = []
  ) -> String {
    switch form {
    case .human, .sarif:
      var text = headline(severity, code: code, message) + "\n"
      for phrase in help { text += "  " + helpLine(phrase) + "\n" }
      return text
    case .plain:
      let say = phrase(of: severity).text(in: language)
      var text = "writ: \(say): \(message.text(in: language).printable) [\(code)]\n"
      for phrase in help { text += "  " + helpLine(phrase) + "\n" }
      return text
    case .json:
      let members: [(String, JSONText)] = [
        ("code", .text(code)), ("severity", .text("\(severity)")),
        ("message", .text(message.text(in: language))),
        ("help", .list(help.map { .object([("text", .text($0.text(in: language)))]) })),
      ]
      return JSONText.object(members).line + "\n"
    }
  }

  // MARK: - Plain

  private func plain(_ diagnostic: Diagnostic, in sources: Sources) -> String {
    let severity = phrase(of: diagnostic.severity).text(in: language)
    let message = diagnostic.message.text(in: language).printable
    var text = "\(place(diagnostic.span, in: sources)): \(severity): \(message)"
    text += " [\(diagnostic.code)]\n"
    for label in diagnostic.labels {
      let phrase = label.phrase.text(in: language).printable
      text += "  \(place(label.span, in: sources)): \(phrase)\n"
    }
    for help in diagnostic.help { text += "  " + helpLine(help.phrase) + "\n" }
    return text
  }

  // MARK: - Shared words

  func place(_ span: Span, in sources: Sources) -> String {
    let position = sources.position(of: span)
    return "\(sources[span.source].name.printable):\(position.line):\(position.column)"
  }

  func phrase(of severity: Severity) -> Phrase {
    switch severity {
    case .error: Phrase("error", zh: "错误")
    case .warning: Phrase("warning", zh: "警告")
    case .note: Phrase("note", zh: "提示")
    }
  }

  func headline(_ severity: Severity, code: String, _ message: Phrase) -> String {
    let word = phrase(of: severity).text(in: language)
    let head = paint("\(word)[\(code)]", severity.color, isBold: true)
    return head + paint(": " + message.text(in: language).printable, .plain, isBold: true)
  }

  func helpLine(_ phrase: Phrase) -> String {
    let word = Phrase("help: ", zh: "解决办法: ").text(in: language)
    return paint(word, .cyan, isBold: true) + phrase.text(in: language).printable
  }

  func paint(_ text: String, _ color: Color, isBold: Bool = false) -> String {
    guard isColored, isBold || color != .plain else { return text }
    let codes = [isBold ? "1" : nil, color == .plain ? nil : color.rawValue].compactMap(\.self)
    return "\u{1B}[\(codes.joined(separator: ";"))m\(text)\u{1B}[0m"
  }
}

/// The colours of a terminal that messages and tables use.
public enum Color: String, Sendable {
  case plain = ""
  case red = "31"
  case green = "32"
  case yellow = "33"
  case blue = "34"
  case cyan = "36"
  case gray = "90"
}

extension Severity {
  var color: Color {
    switch self {
    case .error: .red
    case .warning: .yellow
    case .note: .blue
    }
  }
}
