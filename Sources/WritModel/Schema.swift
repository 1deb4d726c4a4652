// Typed indices into a `Schema`. Small on purpose: they ride in the `aux` of a `Value`.

/// Names a currency: an index into `Schema.currencies`, valid for that schema only.
@frozen public struct CurrencyID: Hashable, Sendable {
  public let index: UInt16
  @inlinable public init(_ index: Int) { self.index = UInt16(index) }
}

/// Names an enum: an index into `Schema.enums`, valid for that schema only.
@frozen public struct EnumID: Hashable, Sendable {
  public let index: UInt16
  @inlinable public init(_ index: Int) { self.index = UInt16(index) }
}

/// Names a tree: an index into `Schema.trees`, valid for that schema only.
@frozen public struct TreeID: Hashable, Sendable {
  public let index: UInt16
  @inlinable public init(_ index: Int) { self.index = UInt16(index) }
}

/// Names a record type: an index into `Schema.records`, valid for that schema only.
@frozen public struct RecordID: Hashable, Sendable {
  public let index: UInt16
  @inlinable public init(_ index: Int) { self.index = UInt16(index) }
}

/// Names a queue: an index into `Schema.queues`, valid for that schema only.
@frozen public struct QueueID: Hashable, Sendable {
  public let index: UInt16
  @inlinable public init(_ index: Int) { self.index = UInt16(index) }
}

/// Names a field of the whole schema: an index into `Schema.fields`.
@frozen public struct FieldID: Hashable, Sendable {
  public let index: Int32
  @inlinable public init(_ index: Int) { self.index = Int32(index) }
}

/// An interned text: an index into an `Interner`, valid for that interner only.
@frozen public struct Symbol: Hashable, Sendable {
  public let index: UInt32
  @inlinable public init(_ index: Int) { self.index = UInt32(index) }
}

/// The type of a value, as declared or found by the checker.
public indirect enum ValueType: Hashable, Sendable {
  case text, number, integer, percent, boolean, date, time, duration
  /// nil: `money any`, its currency in the data.
  case money(CurrencyID?)
  case member(EnumID)
  case node(TreeID)
  case record(RecordID)
  case queue
  /// What `assignee` and `territory` may be: a record of the type, or a queue.
  case recordOrQueue(RecordID)
  /// The title of a rule (`account.territory`).
  case rule
  case set(ValueType)
  case list(ValueType)
  /// The type of something that did not check; fits everything, reported once.
  case unknown
}

/// A name and the label people may use in its stead.
public struct Named: Hashable, Sendable {
  public var name: String
  public var label: String?

  public init(_ name: String, label: String? = nil) {
    self.name = name
    self.label = label
  }
}

/// An `enum`: members in written order, the lowest first where it is `ordered`.
public struct EnumType: Sendable {
  public var name: Named
  public var isOrdered: Bool
  public var members: [Named]

  public init(name: Named, isOrdered: Bool, members: [Named]) {
    self.name = name
    self.isOrdered = isOrdered
    self.members = members
  }
}

/// A tree, its nodes in preorder: the subtree of node `n` is `n...lastDescendant`.
public struct TreeType: Sendable {
  /// One place in a tree; nodes stand in preorder, so what lies below a node are its neighbours up
  /// to `lastDescendant`.
  public struct Node: Sendable {
    public var name: Named
    /// The preorder index of the parent; -1 at the top.
    public var parent: Int
    public var depth: Int
    public var lastDescendant: Int

    public init(name: Named, parent: Int, depth: Int, lastDescendant: Int) {
      self.name = name
      self.parent = parent
      self.depth = depth
      self.lastDescendant = lastDescendant
    }
  }
  public var name: Named
  public var nodes: [Node]

  public init(name: Named, nodes: [Node]) {
    self.name = name
    self.nodes = nodes
  }

  /// Whether node `inner` is `outer` or lies below it. O(1).
  @inlinable
  public func contains(_ inner: Int, within outer: Int) -> Bool {
    inner >= outer && inner <= nodes[outer].lastDescendant
  }
}

/// A field of a record, as declared.
public struct Field: Sendable {
  public var name: Named
  public var record: RecordID
  public var type: ValueType
  /// Whether it may be missing (`?`).
  public var isOptional: Bool
  /// Its position in its record.
  public var column: Int
  /// The value of a field that the data do not have; text is spelled out because symbols belong
  /// to an interner.
  public var initial: Initial?
  /// The name under which the whole sees its parts (`part as lines`).
  public var partAs: Named?

  /// What a field starts as where the data do not give it: a value, or a text not yet interned.
  public enum Initial: Sendable {
    case value(Value)
    case text(String)
  }

  public init(
    name: Named, record: RecordID, type: ValueType, isOptional: Bool, column: Int,
    initial: Initial?, partAs: Named?
  ) {
    self.name = name
    self.record = record
    self.type = type
    self.isOptional = isOptional
    self.column = column
    self.initial = initial
    self.partAs = partAs
  }
}

/// A `record`: the names and positions of what is known of each of its facts.
public struct RecordType: Sendable {
  public var name: Named
  /// Its fields, in written order; they are neighbours in `Schema.fields`.
  public var fields: [FieldID]
  /// The fields that make the key; empty for a record without one.
  public var key: [FieldID]
  /// The field that people see and may write.
  public var called: FieldID?

  public init(name: Named, fields: [FieldID], key: [FieldID], called: FieldID?) {
    self.name = name
    self.fields = fields
    self.key = key
    self.called = called
  }
}

/// The domain model: what kinds of things there are. Immutable once checked.
public struct Schema: Sendable {
  public var currencies: [String] = []
  /// What stands there where no currency is declared: "no currency involved" (ISO 4217).
  public static let noCurrency = "XXX"

  /// How amounts of a currency are marked beside a number: `CNY`; empty where none was declared.
  public func unit(of currency: CurrencyID) -> String {
    guard currencies.indices.contains(Int(currency.index)) else { return "" }
    let name = currencies[Int(currency.index)]
    return name == Self.noCurrency ? "" : name
  }
  /// Minutes east of UTC, where a date meets a time.
  public var zoneMinutes = 0
  public var enums: [EnumType] = []
  public var trees: [TreeType] = []
  public var records: [RecordType] = []
  public var fields: [Field] = []
  public var queues: [Named] = []

  public init() {}

  public subscript(id: EnumID) -> EnumType { enums[Int(id.index)] }
  public subscript(id: TreeID) -> TreeType { trees[Int(id.index)] }
  public subscript(id: RecordID) -> RecordType { records[Int(id.index)] }
  public subscript(id: FieldID) -> Field { fields[Int(id.index)] }
  public subscript(id: QueueID) -> Named { queues[Int(id.index)] }
}
