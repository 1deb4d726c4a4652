public import WritModel
public import WritText

/// Names a measure: an index into `Program.measures`, valid for that program only.
@frozen public struct MeasureID: Hashable, Sendable {
  public let index: Int32
  @inlinable public init(_ index: Int) { self.index = Int32(index) }
}

/// `measure "margin" = average of q.margin over Quote q, more is better, may fall by at most 0.5%`:
/// one number that is told of all records together, and what a change of rules may do to it.
///
/// The number is `term`. Where it is arithmetic over folds (sums, averages and counts) of one record
/// type, `folds` say what each record adds and `formula` puts the folds together: so a comparison
/// reads the records one by one, keeps none of them, and knows how sure a difference is. Else
/// `folds` is empty, and the number is all there is.
public struct Measure: Sendable {
  /// One gather of the measure, as what each record adds to it.
  public struct Fold: Sendable {
    /// What becomes of the records' parts.
    public enum Kind: String, Sendable { case sum, average, count }
    public var kind: Kind
    /// A yes/no value of the record: whether it counts; nil: every record does. Where it is not
    /// known, neither is the measure.
    public var counted: AttributeID?
    /// What the record adds; nil for counts.
    public var value: AttributeID?
    /// `sum of known …`: a record whose value is not known adds nothing. (A fault is a fault.)
    public var skipsUnknown: Bool
    public var gather: GatherID
    /// The type of the fold's result.
    public var type: ValueType

    public init(
      kind: Kind, counted: AttributeID?, value: AttributeID?, skipsUnknown: Bool,
      gather: GatherID, type: ValueType
    ) {
      self.kind = kind
      self.counted = counted
      self.value = value
      self.skipsUnknown = skipsUnknown
      self.gather = gather
      self.type = type
    }
  }

  /// How the folds become the number. Means what the operations of the core mean.
  public indirect enum Formula: Sendable {
    case fold(Int)
    case constant(Value)
    case add(Formula, Formula)
    case subtract(Formula, Formula)
    case multiply(Formula, Formula)
    case divide(Formula, Formula)
    case negate(Formula)
  }

  /// `may fall by at most 0.5%`
  public struct Limit: Sendable {
    /// What the amount is measured in.
    public enum Scale: String, Sendable {
      /// In the measure's own unit: an amount, a number; for a measure that is a percent, points.
      case points
      /// A percent of what the measure is under the base, whatever its sign.
      case ofBase
    }
    /// `may fall by` true, `may rise by` false.
    public var isFall: Bool
    public var atMost: Value
    public var scale: Scale
    /// As it was written.
    public var text: String

    public init(isFall: Bool, atMost: Value, scale: Scale, text: String) {
      self.isFall = isFall
      self.atMost = atMost
      self.scale = scale
      self.text = text
    }
  }

  public var title: String
  /// Without slots.
  public var term: TermID
  public var type: ValueType
  /// nil: nothing was said.
  public var moreIsBetter: Bool?
  public var limit: Limit?
  /// The record type that all folds are over; nil where there are no folds.
  public var record: RecordID?
  public var folds: [Fold]
  public var formula: Formula?
  /// Whether it reads what an `assign` answers, so that what one record adds depends on others.
  public var readsCounters = false
  public var span: Span

  public init(
    title: String, term: TermID, type: ValueType, moreIsBetter: Bool? = nil, limit: Limit? = nil,
    record: RecordID? = nil, folds: [Fold] = [], formula: Formula? = nil, span: Span
  ) {
    self.title = title
    self.term = term
    self.type = type
    self.moreIsBetter = moreIsBetter
    self.limit = limit
    self.record = record
    self.folds = folds
    self.formula = formula
    self.span = span
  }
}

extension Measure {
  /// The values of a record that the folds read, each once.
  public var attributes: [AttributeID] {
    var found: [AttributeID] = []
    for id in folds.flatMap({ [$0.counted, $0.value] }).compactMap(\.self) where !found.contains(id)
    {
      found.append(id)
    }
    return found
  }
}

/// `experiment "spring-2026" for Account { by id { "base" 50%, … } looks … }`: which records get
/// which rules, by a hash that everybody can repeat.
public struct Experiment: Sendable {
  /// A rule set and the share of the records that it gets.
  public struct Arm: Sendable {
    public var name: String
    /// From 0 to 1; the shares of all arms add up to 1.
    public var share: Decimal

    public init(name: String, share: Decimal) {
      self.name = name
      self.share = share
    }
  }
  /// The salt of the hash as well.
  public var title: String
  public var record: RecordID
  /// What is hashed: a value of the record.
  public var by: AttributeID
  /// In written order.
  public var arms: [Arm]
  /// The days on which results may be read, rising; days since 1970-01-01.
  public var looks: [Int32]
  public var span: Span

  public init(
    title: String, record: RecordID, by: AttributeID, arms: [Arm], looks: [Int32], span: Span
  ) {
    self.title = title
    self.record = record
    self.by = by
    self.arms = arms
    self.looks = looks
    self.span = span
  }
}
