/// The two languages people read writ in. Keywords have the same two (see `grammar/keywords`).
public enum Language: String, Sendable, CaseIterable {
  case english = "en"
  case chinese = "zh"
}

/// One sentence in both languages. Lower case, no full stop, the author's words in back-ticks.
public struct Phrase: Hashable, Sendable {
  public let english: String
  public let chinese: String

  public init(_ english: String, zh chinese: String) {
    self.english = english
    self.chinese = chinese
  }

  /// The sentence in one of the languages.
  public func text(in language: Language) -> String {
    language == .english ? english : chinese
  }
}

/// How bad a diagnostic is: an error stops a rule set from running, a warning does not.
public enum Severity: Int, Sendable, Comparable, CaseIterable {
  case note
  case warning
  case error

  public static func < (a: Severity, b: Severity) -> Bool { a.rawValue < b.rawValue }
}

/// What an author or a data file got wrong: a value that is collected, never thrown.
///
/// Every diagnostic is made by a static function beside its siblings in the room that finds it
/// (`Diagnostic+Parser.swift`, …), has a stable code with an entry in `grammar/DIAGNOSTICS.md`, and
/// offers help where a way out is known.
public struct Diagnostic: Hashable, Sendable {
  public let code: String
  public let severity: Severity
  public let message: Phrase
  public let span: Span
  /// Further places that belong to the story, each with a word on why.
  public var labels: [Label]
  public var help: [Help]

  /// A further place, shown under the main one.
  public struct Label: Hashable, Sendable {
    public let span: Span
    public let phrase: Phrase

    public init(_ phrase: Phrase, at span: Span) {
      self.span = span
      self.phrase = phrase
    }
  }

  /// A way out: a sentence, and the edit that takes it where that is known.
  public struct Help: Hashable, Sendable {
    public let phrase: Phrase
    public let edit: Edit?

    public init(_ phrase: Phrase, edit: Edit? = nil) {
      self.phrase = phrase
      self.edit = edit
    }
  }

  /// A replacement of a stretch of source by a text.
  public struct Edit: Hashable, Sendable {
    public let span: Span
    public let replacement: String

    public init(replacing span: Span, with replacement: String) {
      self.span = span
      self.replacement = replacement
    }
  }

  public init(
    _ severity: Severity = .error,
    code: String,
    _ message: Phrase,
    at span: Span,
    labels: [Label] = [],
    help: [Help] = []
  ) {
    self.code = code
    self.severity = severity
    self.message = message
    self.span = span
    self.labels = labels
    self.help = help
  }
}

extension [Diagnostic] {
  /// The order in which people read them: by file, then position, then severity, then code.
  public func sortedByPosition() -> [Diagnostic] {
    sorted {
      if $0.span.source != $1.span.source { return $0.span.source < $1.span.source }
      if $0.span.start != $1.span.start { return $0.span.start < $1.span.start }
      if $0.severity != $1.severity { return $0.severity > $1.severity }
      return $0.code < $1.code
    }
  }

  public var hasErrors: Bool { contains { $0.severity == .error } }
}
