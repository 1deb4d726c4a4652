/// A value at run time: 16 bytes, trivial to copy, its text interned.
///
/// The checker knows the static type of every term, so a value carries only what running needs. The
/// five outcomes of a decision are values too: a proper value is *decided*; `none`, `tied`,
/// `undetermined` and `fault` have tags of their own. Read by another term the first three are
/// missing, with their cause kept; a fault spreads and `or else` does not catch it.
@frozen
public struct Value: Sendable {
  /// What the bits mean.
  @frozen
  public enum Tag: UInt8, Sendable {
    /// No value. `bits` is a `Cause`.
    case missing
    /// A decision ended with no answer. `bits` is a `Cause` (the reason's site).
    case none
    /// A decision has several answers that nothing parts. `bits` is a `Cause`.
    case tied
    /// A decision could not be made. `bits` is a `Cause` that names what is missing.
    case undetermined
    /// Overflow, mixed currencies, unsettled rules, a field that a test did not give. A `Cause`.
    case fault
    /// `bits` is 0 or 1.
    case boolean
    /// number, integer, percent (15 % is 0.15) and ratios: mantissa and scale.
    case number
    /// As number; `aux` is the currency's index.
    case money
    /// `bits`: days since 1970-01-01.
    case date
    /// `bits`: seconds since 1970-01-01T00:00Z; `aux`: minutes east, as Int16.
    case time
    /// `bits`: a count; `aux`: 0 days, 1 months, 2 seconds.
    case duration
    /// `bits`: a symbol of the run's `Interner`.
    case text
    /// `bits`: the member's ordinal; `aux`: the enum.
    case member
    /// `bits`: the node's preorder index; `aux`: the tree.
    case node
    /// `bits`: the row in its table; `aux`: the record type.
    case record
    /// `bits`: the queue.
    case queue
    /// The rule that decided; `bits`: its index in the program's rules.
    case rule
    /// A set or list: `bits` is offset << 32 | count in the memory's list arena.
    case list
  }

  public var bits: Int64
  public var tag: Tag
  public var scale: UInt8
  public var aux: UInt16
  public var extra: UInt32 = 0

  @inlinable
  public init(tag: Tag, bits: Int64, scale: UInt8 = 0, aux: UInt16 = 0) {
    self.tag = tag
    self.bits = bits
    self.scale = scale
    self.aux = aux
  }
}

extension Value {
  /// Whether there is a proper value: none of missing, none, tied, undetermined, fault.
  @inlinable
  public var isKnown: Bool { tag.rawValue > Tag.fault.rawValue }

  @inlinable
  public var isFault: Bool { tag == .fault }

  /// Yes or no.
  @inlinable
  public static func boolean(_ value: Bool) -> Value { Value(tag: .boolean, bits: value ? 1 : 0) }

  /// A number or a percent; `100%` is the number 1.
  @inlinable
  public static func number(_ value: Decimal) -> Value {
    Value(tag: .number, bits: value.mantissa, scale: value.scale)
  }

  /// An amount of a declared currency, as written: no rounding to its cents.
  @inlinable
  public static func money(_ value: Decimal, _ currency: CurrencyID) -> Value {
    Value(tag: .money, bits: value.mantissa, scale: value.scale, aux: currency.index)
  }

  /// A day, counted from 1970-01-01.
  @inlinable
  public static func date(days: Int32) -> Value { Value(tag: .date, bits: Int64(days)) }

  /// A text, by its symbol in the interner of the facts or program it belongs to.
  @inlinable
  public static func text(_ symbol: Symbol) -> Value {
    Value(tag: .text, bits: Int64(symbol.index))
  }

  /// A member of an enum, counted from 0 in written order.
  @inlinable
  public static func member(_ ordinal: Int, of type: EnumID) -> Value {
    Value(tag: .member, bits: Int64(ordinal), aux: type.index)
  }

  /// A node of a tree, by its preorder number.
  @inlinable
  public static func node(_ preorder: Int, of tree: TreeID) -> Value {
    Value(tag: .node, bits: Int64(preorder), aux: tree.index)
  }

  /// A reference to a record, by its row.
  @inlinable
  public static func record(_ row: Int, of type: RecordID) -> Value {
    Value(tag: .record, bits: Int64(row), aux: type.index)
  }

  /// The value is not known, and why.
  @inlinable
  public static func missing(_ cause: Cause) -> Value {
    Value(tag: .missing, bits: cause.rawValue)
  }

  /// Working it out went wrong, and how; a fault is never caught by `or else`.
  @inlinable
  public static func fault(_ cause: Cause) -> Value { Value(tag: .fault, bits: cause.rawValue) }

  /// The decimal of a number or money value.
  @inlinable
  public var decimal: Decimal { Decimal(mantissa: bits, scale: scale) }

  /// The cause of a value that is not known.
  @inlinable
  public var cause: Cause { Cause(rawValue: bits) }
}

/// Why there is no value: what kind of gap, and the field, term or rule where it opened.
///
/// A cause is static (it names a place in the program, not a row), so it costs nothing to carry;
/// the story of one record is told by evaluating it again with its parts in view.
@frozen
public struct Cause: Hashable, Sendable {
  /// What kind of gap it is; those from `overflow` on are faults, which nothing catches.
  @frozen
  public enum Kind: UInt8, Sendable {
    /// The field `site` is blank.
    case blankField
    /// The reference in field `site` names a record that is not there.
    case danglingReference
    case divisionByZero
    /// `min`, `max`, `average`, `pick` … over nothing.
    case empty
    /// `missing because "…"` at term `site`.
    case stated
    /// No row, rule or arm applied in choose `site`.
    case noAlternative
    /// An alternative that might have come first could not be decided in choose `site`.
    case undecided
    /// Two answers in choose `site`.
    case tie
    /// A `follow` ran in a circle.
    case circle
    /// A `require` (rule `site`) stopped the decision, or a `forbid`, or a price floor.
    case stopped
    // Faults.
    case overflow
    case mixedCurrencies
    /// A test's `given` did not give field `site`.
    case notGiven
    /// Two rows of a `unique` or `any` table disagree in choose `site`.
    case conflict
    case unsettled
    /// A function was given what it has no answer for (`ln` of zero).
    case outOfDomain
  }
  public let rawValue: Int64

  @inlinable
  public init(rawValue: Int64) { self.rawValue = rawValue }

  @inlinable
  public init(_ kind: Kind, site: Int = 0) {
    rawValue = Int64(kind.rawValue) << 32 | Int64(site)
  }

  /// nil for bits that are no cause.
  @inlinable
  public var kind: Kind? { Kind(rawValue: UInt8(truncatingIfNeeded: rawValue >> 32)) }

  /// The index of the field, term, choose or rule, as the kind says.
  @inlinable
  public var site: Int { Int(Int32(truncatingIfNeeded: rawValue)) }
}
