public import WritText

/// One thing that differs between two forms of a rule set, in the words of its author: a rule that
/// was added, a row that was taken away, a value that is another one.
public struct RuleEdit: Hashable, Sendable {
  /// What was done.
  public enum Kind: String, Sendable, Hashable {
    case added, removed, changed, moved
  }
  /// To what it was done.
  public enum Subject: String, Sendable, Hashable {
    /// A titled rule, a step of a price, a line of a scorecard or a `case`.
    case rule
    /// A row of a table.
    case row
    /// What stands around the rules of a block: its header, its `otherwise`.
    case block
    /// A whole declaration: a param, a formula, a block that came or went.
    case declaration
  }
  /// Which part of a rule is another one, where that is one part.
  public enum Aspect: String, Sendable, Hashable {
    /// When it holds: `when`, `unless`, `effective`, the cells of a row.
    case condition
    /// What comes of it.
    case value
    /// What it is called.
    case title
  }
  public var kind: Kind
  public var subject: Subject
  /// Only of what changed; nil where several parts did.
  public var aspect: Aspect?
  /// The block, as `Decision.title` says it: `price Line`, `Account.grade`.
  public var block: String
  /// The rule's title, the cells of a row, or what the step does; empty for a declaration and for
  /// what stands around rules.
  public var title: String
  /// Where it was; nil for what was added.
  public var before: Span?
  /// Where it is; nil for what was removed.
  public var after: Span?
  /// What was there, on one line; empty for what was added. For what moved: before whom it stood.
  public var textBefore: String
  /// What is there now; empty for what was removed.
  public var textAfter: String
  /// Whether decisions can depend on it; what is only read by people, tests and measures does not.
  public var isOfDecisions: Bool

  /// In the new form; in the old one for what was removed.
  public var span: Span { after ?? before ?? Span(SourceID(0), 0, 0) }
}
