public import WritModel

/// Counters as they outlive a run: by the keys of records and the names of pools, so that they fit
/// facts in any order and rules in any version.
public struct State: Sendable, Equatable {
  /// What commits moved for one record.
  public struct Entry: Sendable, Equatable {
    /// The texts of the record's key fields.
    public var key: [String]
    /// Wins since the field's own value, for loads; turns taken, for weighted pools; the number of
    /// the last turn otherwise.
    public var number: Decimal

    public init(key: [String], number: Decimal) {
      self.key = key
      self.number = number
    }

    public static func == (a: Entry, b: Entry) -> Bool { a.key == b.key && a.number == b.number }
  }
  /// One counter: its entries stand in the order of their keys.
  public struct Counter: Sendable, Equatable {
    /// `load Rep.open`, or the name of a pool.
    public var name: String
    public var record: String
    /// The number of the last turn given in the pool; 0 for loads.
    public var lastTurn: Int64
    public var entries: [Entry]

    public init(name: String, record: String, lastTurn: Int64, entries: [Entry]) {
      self.name = name
      self.record = record
      self.lastTurn = lastTurn
      self.entries = entries
    }
  }
  /// In the order of their names.
  public var counters: [Counter]

  public init(counters: [Counter] = []) { self.counters = counters }
}
