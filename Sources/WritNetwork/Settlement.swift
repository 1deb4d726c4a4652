public import WritModel
public import WritRules

/// A match of a production: which one, and the row of each of its patterns.
public struct Match: Hashable, Sendable {
  public var production: ProductionID
  public var rows: [Int]

  public init(production: ProductionID, rows: [Int]) {
    self.production = production
    self.rows = rows
  }
}

/// What settling came to: how often which change fired, and what went wrong on the way.
public struct Settlement: Sendable {
  /// A firing that did nothing because one of its acts could not be done.
  public struct Fault: Sendable {
    public var match: Match
    /// Which act, by its place in the change.
    public var act: Int
    public var reason: Reason

    /// What was wrong with the act.
    public enum Reason: Sendable {
      /// The fault, or the value that is not known, that a term gave.
      case value(Value)
      /// The key of an inserted record is that of another one, in this row.
      case keyTaken(row: Int)
    }

    public init(match: Match, act: Int, reason: Reason) {
      self.match = match
      self.act = act
      self.reason = reason
    }
  }
  /// Two changes that set one field of one record to different values: the last pair for a field.
  public struct Clash: Sendable {
    public var field: FieldID
    public var row: Int
    public var first: ProductionID
    public var second: ProductionID

    public init(field: FieldID, row: Int, first: ProductionID, second: ProductionID) {
      self.field = field
      self.row = row
      self.first = first
      self.second = second
    }
  }
  /// A production whose records meet in too many ways to keep.
  public struct Explosion: Sendable {
    public var production: ProductionID
    /// How many were kept when it was given up, in how many bytes, and after how many comparisons
    /// for one change.
    public var tokens: Int
    public var bytes: Int
    public var comparisons: Int

    public init(production: ProductionID, tokens: Int, bytes: Int, comparisons: Int) {
      self.production = production
      self.tokens = tokens
      self.bytes = bytes
      self.comparisons = comparisons
    }
  }
  public var firings = 0
  /// By production; 0 for alerts.
  public var firingsOf: [Int] = []
  /// The first hundred, and how many there were.
  public var faults: [Fault] = []
  public var faultCount = 0
  public var clashes: [Clash] = []
  /// The changes that go round, in written order, when the bound on firings ended it; empty: settled.
  public var unsettled: [ProductionID] = []
  /// What ended it before its time: nothing fires once the matches are no longer known.
  public var explosion: Explosion?

  public init() {}
}
