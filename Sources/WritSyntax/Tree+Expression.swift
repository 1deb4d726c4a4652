public import WritText

/// An expression as written.
public struct Expression: Hashable, Sendable {
  /// What an expression is; the cases that have parts say so by example.
  public indirect enum Kind: Hashable, Sendable {
    /// A bare name: a field, a binder, a member, a param, a constant … the checker finds out.
    case name(Name)
    case this
    case today
    /// `a.b`
    case member(Expression, Name)
    /// `limit_for(role, family)`
    case call(Name, [Expression])
    /// `Rep "李雷"`, `queue public_pool` is `queue`; several texts for a key of several fields.
    case reference(type: Name, keys: [TextLiteral])
    case queue(Name)
    case literal(Literal)
    case yes
    case no
    /// `missing`, `missing because "…"`
    case missing(because: Template?)
    /// `{ohio, arizona}`; ranges may be items.
    case set([Expression])
    /// `100..<500`; either end may be open (nil).
    case range(RangeTree)
    case negate(Expression)
    case not(Expression)
    case binary(BinaryOperator, Expression, Expression)
    /// `x is missing` (`isKnown` false, not negated), `x is not known`, …
    case presence(Expression, isKnown: Bool, isNegated: Bool)
    /// `date in last 12 months`
    case inLast(Expression, Duration)
    /// A pair of brackets, kept so that the printer gives back what was written.
    case grouped(Expression)
    case caseOf([CaseArm], otherwise: Expression?)
    case points([PointRow])
    case fold(FoldTree)
    case quantifier(Quantifier, Gathering)
    /// `pick Touch t where … by earliest t.date then t.id`
    case pick(Gathering, by: [SelectionKey])
    /// `follow parent while share >= 50%`
    case follow(Name, while: Expression)
    /// What could not be parsed; a diagnostic has been reported.
    case broken
  }
  public var kind: Kind
  public var span: Span

  public init(_ kind: Kind, at span: Span) {
    self.kind = kind
    self.span = span
  }
}

/// A literal as written, with its exact digits.
public enum Literal: Hashable, Sendable {
  /// `1200`, `35k`, `500万`: `digits` is plain ASCII decimal without separators, the multiplier
  /// already applied (`35k` has digits `35000`); `spelling` keeps what was written for the printer.
  case number(digits: String, spelling: String)
  /// `15%`: digits of the points, `15`.
  case percent(digits: String, spelling: String)
  /// `8.5折`: digits of the 折, `8.5`.
  case zhe(digits: String)
  /// `CNY 5000`, `¥5000`, `5000元`: currency nil for `¥`/`元`.
  case money(currency: Name?, digits: String, spelling: String)
  /// Days since 1970-01-01, proleptic Gregorian.
  case date(days: Int32, spelling: String)
  /// An instant with its offset: seconds since 1970-01-01T00:00Z and minutes east.
  case time(seconds: Int64, offsetMinutes: Int16, spelling: String)
  case duration(Duration)
  case text(String)
}

/// `30 days`, `12 months`: months and days are different durations.
public struct Duration: Hashable, Sendable {
  /// What a duration counts. Days, weeks, hours and minutes are fixed lengths; months and years go
  /// by the calendar.
  public enum Unit: Hashable, Sendable, CaseIterable {
    case days, weeks, months, years, hours, minutes
  }
  public var count: Int
  public var unit: Unit

  public init(count: Int, unit: Unit) {
    self.count = count
    self.unit = unit
  }
}

/// The operators between two operands, in the order of `sum`, `comparison` and `membership`; what
/// may stand on either side is the checker's business.
public enum BinaryOperator: Hashable, Sendable, CaseIterable {
  case add, subtract, multiply, divide
  case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual
  /// `in` a range, a set literal, a set field, a list.
  case isIn
  case isNotIn
  /// Tree membership.
  case within
  case notWithin
  case and, or
  /// `x or else 0`
  case orElse
}

/// `a..b`, `a..<b`, `a<..b`, `a<..<b`; an open end is nil.
public struct RangeTree: Hashable, Sendable {
  public var lower: Expression?
  public var includesLower: Bool
  public var upper: Expression?
  public var includesUpper: Bool

  public init(lower: Expression?, includesLower: Bool, upper: Expression?, includesUpper: Bool) {
    self.lower = lower
    self.includesLower = includesLower
    self.upper = upper
    self.includesUpper = includesUpper
  }
}

/// `spend >= 100万 : A`
public struct CaseArm: Hashable, Sendable {
  public var condition: Expression
  public var value: Expression

  public init(condition: Expression, value: Expression) {
    self.condition = condition
    self.value = value
  }
}

/// A row of a scorecard: `visits : 2 each at most 30 halving every 30 days since last_view`.
public struct PointRow: Hashable, Sendable {
  /// What may follow the points of a line: `2 each`, `at most 10`, `halving every 30 days since
  /// last_visit`.
  public enum Modifier: Hashable, Sendable {
    case each
    case atMost(Expression)
    case halving(every: Duration, since: Expression)
  }
  /// nil is `always`.
  public var condition: Expression?
  public var points: Expression
  /// Left to right as written: times, cap, decay.
  public var modifiers: [Modifier]
  public var span: Span

  public init(condition: Expression?, points: Expression, modifiers: [Modifier], span: Span) {
    self.condition = condition
    self.points = points
    self.modifiers = modifiers
    self.span = span
  }
}

/// `Order o`: a record type and the name its records go by. The name may be left out in `some`.
public struct Binder: Hashable, Sendable {
  public var type: Name
  public var name: Name?
  public var span: Span

  public init(type: Name, name: Name?, span: Span) {
    self.type = type
    self.name = name
    self.span = span
  }
}

/// `Line l in lines where l.quantity > 3`.
public struct Gathering: Hashable, Sendable {
  public var binder: Binder
  /// `in lines`, `in quote.lines`, `in account.territories`.
  public var source: Expression?
  public var condition: Expression?
  public var span: Span

  public init(binder: Binder, source: Expression?, condition: Expression?, span: Span) {
    self.binder = binder
    self.source = source
    self.condition = condition
    self.span = span
  }
}

/// The folds that make one value of many: `sum of o.amount over Order o`, `count of s over Sale s`.
public enum FoldKind: Hashable, Sendable, CaseIterable {
  case sum, average, min, max, median, count
}

/// `sum of known o.amount over Order o where …`; `count of s over Sale s where …`.
public struct FoldTree: Hashable, Sendable {
  public var kind: FoldKind
  /// `of known`: leaves out missing values.
  public var isKnown: Bool
  public var isDistinct: Bool
  public var value: Expression
  public var over: Gathering

  public init(kind: FoldKind, isKnown: Bool, isDistinct: Bool, value: Expression, over: Gathering) {
    self.kind = kind
    self.isKnown = isKnown
    self.isDistinct = isDistinct
    self.value = value
    self.over = over
  }
}

/// The word before a pattern: `some Order o where …`, `no Deal d where …`, `every Line l in lines
/// has …`.
public enum Quantifier: Hashable, Sendable, CaseIterable {
  case some, no, every
}

/// One key of a `by`: `least r.open`, `earliest t.date`, a plain last key `r.id`, `rotation "desk"`.
public struct SelectionKey: Hashable, Sendable {
  /// Which end of the order comes first.
  public enum Direction: Hashable, Sendable {
    /// Also the direction of a key written without a word.
    case least, most, earliest, latest
  }
  /// A key is a value to order by, or the turns of a pool: `least r.open`, `rotation "desk"`.
  public enum Kind: Hashable, Sendable {
    /// direction nil: written without a word; least first.
    case value(Direction?, Expression)
    case rotation(Rotation)
  }
  public var kind: Kind
  public var span: Span

  public init(_ kind: Kind, at span: Span) {
    self.kind = kind
    self.span = span
  }
}

/// `rotation "east desk" weighted by r.capacity no catchup`.
public struct Rotation: Hashable, Sendable {
  public var pool: TextLiteral?
  public var weight: Expression?
  /// `catchup` true, `no catchup` false, unsaid nil.
  public var catchesUp: Bool?

  public init(pool: TextLiteral?, weight: Expression?, catchesUp: Bool?) {
    self.pool = pool
    self.weight = weight
    self.catchesUp = catchesUp
  }
}
