public import WritModel
public import WritText

/// Checked rules: names resolved, types known, everything lowered to four words — compute, choose,
/// gather, change.
///
/// A program is a value that stands on its own: the network compiles it, the reference engine
/// walks it literally, explanations read its terms beside its decisions. Nothing in it is syntax,
/// and nothing in the core (terms, chooses, gathers, attributes) knows what a territory or a price
/// is; that is told by `decisions`, which name the attributes that make each of them.
public struct Program: Sendable {
  public var schema = Schema()
  /// The texts of constants and titles. A run's interner starts as a copy, so symbols agree.
  public var texts = Interner()
  /// Hash-consed: equal terms have equal IDs.
  public var terms: [Term] = []
  /// The static type of each term.
  public var types: [ValueType] = []
  public var chooses: [Choose] = []
  public var gathers: [Gather] = []
  public var follows: [Follow] = []
  /// In an order in which each attribute stands after those it reads.
  public var attributes: [Attribute] = []
  /// Turns and loads that `assign` moves.
  public var counters: [Counter] = []
  public var rules: [Rule] = []
  /// What is asked for and reported, in written order.
  public var decisions: [Decision] = []
  /// What changes facts and raises alerts, in written order; between files the order of their paths.
  public var productions: [Production] = []
  public var data: [DataSource] = []
  public var tests: [TestCase] = []
  public var visibility: [Visibility] = []
  /// In written order.
  public var measures: [Measure] = []
  public var experiments: [Experiment] = []
  /// Gathers that measures alone read. Who takes the records' parts one by one (see `Measure`) need
  /// not keep the records for them.
  public var measureGathers: Set<GatherID> = []
  /// The fields that advice may propose to change, in written order; empty: nothing was said.
  public var changeable: [FieldID] = []
  /// SHA-256 of the sources in the order of their paths, in hex; the rule set's name in reports.
  public var hash = ""

  public init() {}

  /// How many rules somebody wrote. Linear in the number of rules.
  public var writtenRules: Int { rules.count { !$0.isImplied } }

  public subscript(id: TermID) -> Term { @inline(__always) get { terms[Int(id.index)] } }
  public subscript(id: ChooseID) -> Choose { @inline(__always) get { chooses[Int(id.index)] } }
  public subscript(id: GatherID) -> Gather { @inline(__always) get { gathers[Int(id.index)] } }
  public subscript(id: FollowID) -> Follow { @inline(__always) get { follows[Int(id.index)] } }
  public subscript(id: AttributeID) -> Attribute {
    @inline(__always) get { attributes[Int(id.index)] }
  }
  public subscript(id: RuleID) -> Rule { @inline(__always) get { rules[Int(id.index)] } }
  public subscript(id: DecisionID) -> Decision {
    @inline(__always) get { decisions[Int(id.index)] }
  }
  public subscript(id: ProductionID) -> Production {
    @inline(__always) get { productions[Int(id.index)] }
  }
  public subscript(id: MeasureID) -> Measure { @inline(__always) get { measures[Int(id.index)] } }

  /// The type of a term's value; O(1).
  public func type(of term: TermID) -> ValueType { types[Int(term.index)] }
}

/// Names a term: an index into `Program.terms`, valid for that program only.
@frozen public struct TermID: Hashable, Sendable {
  public let index: Int32
  @inlinable public init(_ index: Int) { self.index = Int32(index) }
}

/// Names a choose: an index into `Program.chooses`, valid for that program only.
@frozen public struct ChooseID: Hashable, Sendable {
  public let index: Int32
  @inlinable public init(_ index: Int) { self.index = Int32(index) }
}

/// Names a gather: an index into `Program.gathers`, valid for that program only.
@frozen public struct GatherID: Hashable, Sendable {
  public let index: Int32
  @inlinable public init(_ index: Int) { self.index = Int32(index) }
}

/// Names a follow: an index into `Program.follows`, valid for that program only.
@frozen public struct FollowID: Hashable, Sendable {
  public let index: Int32
  @inlinable public init(_ index: Int) { self.index = Int32(index) }
}

/// Names an attribute: an index into `Program.attributes`, valid for that program only.
@frozen public struct AttributeID: Hashable, Sendable {
  public let index: Int32
  @inlinable public init(_ index: Int) { self.index = Int32(index) }
}

/// Names a counter: an index into `Program.counters`, valid for that program only.
@frozen public struct CounterID: Hashable, Sendable {
  public let index: Int32
  @inlinable public init(_ index: Int) { self.index = Int32(index) }
}

/// Names a rule: an index into `Program.rules`, valid for that program only.
@frozen public struct RuleID: Hashable, Sendable {
  public let index: Int32
  @inlinable public init(_ index: Int) { self.index = Int32(index) }
}

/// Names a decision: an index into `Program.decisions`, valid for that program only.
@frozen public struct DecisionID: Hashable, Sendable {
  public let index: Int32
  @inlinable public init(_ index: Int) { self.index = Int32(index) }
}

/// Names a production: an index into `Program.productions`, valid for that program only.
@frozen public struct ProductionID: Hashable, Sendable {
  public let index: Int32
  @inlinable public init(_ index: Int) { self.index = Int32(index) }
}

// MARK: - Compute

/// A pure, total computation over one *frame*.
///
/// A frame is what is in view: a value for each slot, and the business date. Slots
/// `0 ..< attribute.parameters.count` hold the attribute's parameters (slot 0 is the subject); a
/// gather or a follow adds one slot behind them for its binder, the next one inside it the next.
///
/// A term that only hands a value on (slot, attribute, payload, the arm of an `ifElse`, the side an
/// `orElse` takes) hands on `none`, `tied` and `undetermined` as they are, so an attribute's
/// arguments may be not known either; a term that computes reads them as missing.
public enum Term: Hashable, Sendable {
  case constant(Constant)
  case slot(Int32)
  /// The frame's business date.
  case today
  /// A base field of a record-valued term. Missing when the term is (the cause is kept), or when
  /// the reference dangles (the value of a reference field is then missing already); of a queue
  /// `blankField`.
  case field(FieldID, of: TermID)
  /// Another attribute at the given arguments; `asOf` nil keeps the frame's date; one that is not
  /// known makes the value missing (or a fault) whatever the attribute is.
  case attribute(AttributeID, [TermID], asOf: TermID?)
  case operation(Operation, [TermID])
  /// The winner of a choose: a `rule` value; a list of them for policies that collect rules;
  /// missing, undetermined, tied or fault as the policy says.
  case winner(ChooseID)
  /// A payload column of the winner given by the term (which is a `winner` or an attribute that
  /// is one). A list of winners gives a list, in which payloads that are not known stand as they
  /// are, and which is the first fault among them. Not known → passed on as it is. Two alternatives
  /// with one rule have one payload.
  case payload(ChooseID, column: Int32, winner: TermID)
  /// A fold of a choose's payload column over all alternatives that hold, without naming them,
  /// whatever its policy. `otherwise` is folded alone when none holds (strict: when all are surely
  /// false).
  case collect(ChooseID, column: Int32, CollectFold)
  case gather(GatherID)
  case follow(FollowID)
  /// The present value of a counter for a record: 0 before anything was committed.
  case counter(CounterID, of: TermID)
}

/// A constant: a value that needs no run. Symbols are the program's own.
public struct Constant: Hashable, Sendable {
  public var value: Value
  /// The items of a set or list; nil for a scalar.
  public var items: [Constant]?

  public init(_ value: Value, items: [Constant]? = nil) {
    self.value = value
    self.items = items
  }

  public static func == (a: Constant, b: Constant) -> Bool {
    a.value.bits == b.value.bits && a.value.tag == b.value.tag && a.value.scale == b.value.scale
      && a.value.aux == b.value.aux && a.items == b.items
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(value.bits)
    hasher.combine(value.tag)
    hasher.combine(items)
  }
}

/// What an operation term does with its arguments.
///
/// Unless said otherwise an argument that is not known makes the result missing with the first such
/// argument's cause (none, tied and undetermined become missing); a fault makes it that fault, and
/// wins over missing. Arithmetic that does not fit is a fault `overflow`.
public enum Operation: Hashable, Sendable {
  // Arithmetic. number ± number, money ± money, money × number, money ÷ money (a number), …
  case add, subtract, multiply
  /// Rounds half up at the 9th decimal, money at the 6th; by zero: missing `divisionByZero`.
  case divide
  case negate
  /// `date ± duration` (months clamp to the last day), `date − date` (a duration in days).
  case addDuration, subtractDuration, subtractDates
  /// Rounds the first to a multiple of the second.
  case round(RoundingMode)
  /// Of numbers, money, dates, and of ordered members by ordinal.
  case smaller, larger
  case exp, ln
  case year, month, dayOfMonth
  /// Of a text in characters (as `String.count`), of a set or list in items, known or not.
  case length

  // Comparison of two values of one type: numbers by value, ordered members by ordinal, texts by
  // their bytes in UTF-8 (in order only inside productions, and never with a constant). Money of
  // two currencies is a fault.
  case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual
  /// `[value, lower, upper]`; an absent end is a missing constant that is not looked at.
  case inRange(includesLower: Bool, includesUpper: Bool, hasLower: Bool, hasUpper: Bool)
  /// `[value, set]`: a constant set, a set field, a list. Unknown items of the set make a
  /// non-match unknown: it is the Kleene `or` of `equal` over the items.
  case isIn
  /// `[node, node or set of nodes]`; a set as in `isIn`.
  case within

  // Kleene logic: not known reads as unknown; a fault decides only when no argument decides first
  // (`false and fault` is false, in any order). An unknown result has the first unknown's cause.
  case and, or, not
  /// True when the argument is known. A fault stays a fault.
  case isKnown
  /// The first argument if known, else the second. A fault stays a fault.
  case orElse
  /// Whether the argument answers: true when it is known; false when it is missing or none because
  /// nothing applied (cause `noAlternative`), because that was stated (`stated`), or over nothing
  /// (`empty`); otherwise unknown with the argument's cause (an input is blank, it is undetermined
  /// or tied …). A fault stays a fault.
  case hasAnswer
  /// True iff the boolean argument is surely true. Never unknown; a fault stays a fault.
  case surely
  /// True unless the boolean argument is surely false. A fault stays a fault.
  case possibly
  /// `[condition, then, else]`; strict in the condition, lazy in the others.
  case ifElse

  // Text.
  case startsWith, normalized, similarity

  // Money.
  /// `[amount, currency constant, rate]`
  case inCurrency(CurrencyID)
  /// Gives the amount's currency as a member of the built-in enum.
  case currencyOf(EnumID)
  /// A number becomes money of the currency.
  case asMoney(CurrencyID)

  /// `[value, every, since, today]`: value × ½^((today − since) ÷ every), half up at the 9th decimal.
  case decay
  /// The calendar date of a time in the rule set's zone.
  case dateOfTime

  /// `[amount, quantum, w0, w1, …]`: the share of part `index` when the amount is split by the
  /// weights into multiples of the quantum, largest remainder, ties in argument order; the parts
  /// add up to the amount exactly (what is finer than the quantum goes to the first part). A
  /// negative amount is split as its opposite. A negative weight and a quantum that is not positive
  /// are a fault `outOfDomain`, weights that add up to zero are missing `divisionByZero`.
  case apportion(index: Int32)
  /// A list of the known arguments, in order, without doubles. A list among them gives its known
  /// items; a fault among the arguments is the result.
  case listOfDistinct
  /// `Rep "李雷"`, or a text where a reference is expected: the record whose key the texts are
  /// (`[text, …]`, one a key field, read as the key field's type), or, for a single text, whose
  /// `called` field is that text. The key is tried first. No such record: missing
  /// `danglingReference` with the record type's first key field (or its `called`) as site. Several
  /// called so: the first of them by key. The arguments are text constants.
  case lookup(RecordID)
  /// A decision's outcome: `[condition, value]` gives `none` with the rule as its reason where the
  /// condition is true, `undetermined` with its cause where it is unknown, else the value.
  case stoppedBy(RuleID)
  /// Turns `missing` into `none` (an answer that is no answer), keeping the cause.
  case noneIfMissing
  /// Turns `missing` into `undetermined`, keeping the cause.
  case undeterminedIfMissing
  /// `[text or list …]`: pieces of a `because` put together; what is not known, a fault too, prints
  /// as `—`.
  case text
}

// MARK: - Choose

/// Alternatives with guards, and the policy that says which of those that hold is taken.
///
/// An alternative whose guard is unknown or a fault *matters* if it would win, or change the answer,
/// if it held. `first` looks in written order and stops at the first guard that is true, a fault, or
/// (strict) unknown. The others first see what the true guards give; a `conflict` among these is the
/// result; then the first fault that matters is; then, if strict, one that is unknown and matters
/// makes the choice `undetermined` with cause `undecided`; else the answer stands. Sites are the
/// choose.
public struct Choose: Hashable, Sendable {
  /// Which of the alternatives that hold are chosen.
  public enum Policy: Hashable, Sendable {
    /// The first in written order.
    case first
    /// The only one; two that hold are a fault `conflict`.
    case unique
    /// The first that holds; two that hold with different payloads are a fault `conflict` (payloads
    /// that are not known agree when they end the same way, whatever the cause). One that agrees
    /// with those that hold does not matter.
    case any
    /// The one of greatest priority (see `Alternative.priority`); two of equal priority are tied.
    /// An open one of equal priority matters, unless two are tied there already.
    case priority
    /// The one whose payload ranks highest; equal ones are the same answer (DMN P and O), of which
    /// the first wins. Payloads rank from the left, the greater first; not known below known; values
    /// without order (texts, references) rank equal; money of two currencies ranks by currency, the
    /// first declared first. Only one that ranks higher matters.
    case outputPriority
    /// All that hold, in written order: the winner is a list of rules. `otherwise` is a list of one.
    case all
    /// All that hold, ranked by payload as in `outputPriority`, equal ones in written order.
    case outputOrder
    /// The first forbidding alternative that holds, else the first permitting one.
    /// `Alternative.isForbidding`. Lenient for permits, strict for forbids, whatever `isStrict` is:
    /// all forbids matter unless one holds, and the permits before the one that holds.
    case forbidOverPermit
  }
  /// One rule that may be chosen: a guard, what it gives, and what ranks it.
  public struct Alternative: Hashable, Sendable {
    public var rule: RuleID
    /// A boolean term.
    public var guardTerm: TermID
    public var payload: [TermID]
    /// For `priority` (higher first) and `deepest` (the depth).
    public var priority: Int32
    public var isForbidding: Bool

    public init(
      rule: RuleID, guardTerm: TermID, payload: [TermID], priority: Int32 = 0,
      isForbidding: Bool = false
    ) {
      self.rule = rule
      self.guardTerm = guardTerm
      self.payload = payload
      self.priority = priority
      self.isForbidding = isForbidding
    }
  }
  public var policy: Policy
  /// Strict: an alternative whose guard is unknown, and that would win or change the answer if it
  /// held, makes the choice `undetermined`. Lenient: it does not hold.
  public var isStrict: Bool
  public var alternatives: [Alternative]
  /// The rule that stands for `else`/`otherwise` when all alternatives were surely false (strict)
  /// or none held (lenient), and its payload; nil: missing `noAlternative`.
  public var otherwise: Otherwise?

  /// What is given where no alternative holds.
  public struct Otherwise: Hashable, Sendable {
    public var rule: RuleID
    public var payload: [TermID]

    public init(rule: RuleID, payload: [TermID]) {
      self.rule = rule
      self.payload = payload
    }
  }

  public init(
    policy: Policy, isStrict: Bool, alternatives: [Alternative], otherwise: Otherwise?
  ) {
    self.policy = policy
    self.isStrict = isStrict
    self.alternatives = alternatives
    self.otherwise = otherwise
  }
}

/// How `collect` folds the payloads of the alternatives that hold.
///
/// Lenient chooses leave out payloads that are not known (a scorecard's blanks); strict ones are
/// undetermined then (cause `undecided`, site the choose), as for guards. The first fault of a guard
/// or payload of one that holds is the result. Nothing held: sum (the zero of the term's type; of
/// `money any` in the default currency) and count 0, the lists empty, others missing `empty`.
public enum CollectFold: UInt8, Hashable, Sendable {
  case sum, min, max, count
  /// The payloads in written order.
  case list
  /// As `list`, each value once.
  case distinct
}

// MARK: - Gather

/// A fold over the records of a type that satisfy a condition.
///
/// The order of rows never shows: where several records give a fault, or a cause for not knowing,
/// it is the one whose cause has the least raw value. A fault comes before what is unknown. `empty`
/// and `tie` have the gather as their site.
public struct Gather: Hashable, Sendable {
  /// How the records that pass the guard become one value.
  public enum Fold: Hashable, Sendable {
    /// Kleene. Booleans. `some`: a record for which the guard and the value, if there is one, hold;
    /// `no`: its opposite; `every`: the value holds wherever the guard does (without a value: the
    /// guard holds for all). One record that decides wins over faults.
    case some, no, every
    /// Counts records for which the guard is true; unknown when any is unknown.
    case count
    /// Over `value`. A value that is not known, or an unknown guard, makes it missing — unless
    /// `skipsUnknown`, which leaves out values that are not known (`sum of known`) but neither
    /// faults nor unknown guards. Empty: sum and countDistinct 0 (as in `CollectFold`), the others
    /// missing `empty`. Sums are exact and only the result has to fit; the median of an even number
    /// is the average of the middle two; averages round as `divide`.
    case sum, average, min, max, median
    case countDistinct
    /// The record that comes first by `keys` among those whose guard is *surely* true; missing
    /// `empty` when there is none. Equal to the end: the choice is `tied`. A key that is not known
    /// comes last whether the order rises or falls; texts by their bytes in UTF-8, no before yes,
    /// records by their key fields; one that is a fault, or money in two currencies, is a fault.
    case pick
    /// All records whose guard is surely true, by `keys`, then by their own key: a list.
    case list
    /// The share of the record in `value` (a slot term) when `amount` is split over all
    /// records by `weight` to multiples of `quantum`: largest remainder, ties by `keys`, then by the
    /// record's own key; what is finer than the quantum goes to the first in that order. A record
    /// that is not among them has zero. An unknown guard or weight makes it missing. As the
    /// operation `apportion` otherwise; `amount`, `quantum` and `value` do not see the binder.
    case apportion(amount: TermID, quantum: TermID, weight: TermID)
  }
  /// One key of an order; records equal in it are parted by the next.
  public struct Key: Hashable, Sendable {
    public var term: TermID
    public var isDescending: Bool

    public init(_ term: TermID, isDescending: Bool) {
      self.term = term
      self.isDescending = isDescending
    }
  }
  public var fold: Fold
  public var record: RecordID
  /// The slot that holds the record of this gather inside `guardTerm`, `value` and `keys`.
  public var slot: Int32
  /// nil: all records.
  public var guardTerm: TermID?
  public var value: TermID?
  public var skipsUnknown: Bool
  public var keys: [Key]

  public init(
    fold: Fold, record: RecordID, slot: Int32, guardTerm: TermID?, value: TermID? = nil,
    skipsUnknown: Bool = false, keys: [Key] = []
  ) {
    self.fold = fold
    self.record = record
    self.slot = slot
    self.guardTerm = guardTerm
    self.value = value
    self.skipsUnknown = skipsUnknown
    self.keys = keys
  }
}

/// `follow parent while share >= 50%`: from `start` along `next` while the condition holds on the
/// child; the last record reached. An unknown condition gives missing, a circle missing `circle`.
///
/// A blank `next` (missing `blankField`) is the end, and the condition is not asked there: the head
/// of a group has no share to read. A `next` that is not known for another reason (it dangles) gives
/// that when the condition holds.
public struct Follow: Hashable, Sendable {
  public var start: TermID
  /// Holds the present record inside `next` and `condition`.
  public var slot: Int32
  public var next: TermID
  public var condition: TermID

  public init(start: TermID, slot: Int32, next: TermID, condition: TermID) {
    self.start = start
    self.slot = slot
    self.next = next
    self.condition = condition
  }
}

// MARK: - Attributes

/// A derived value: of a record, of several, or of plain arguments.
public struct Attribute: Sendable {
  /// `Account.spend`, `limit_for`, `price Line/step 3`.
  public var name: Named
  public var parameters: [ValueType]
  /// What its parameters are called, where people named them; for messages.
  public var parameterNames: [Named] = []
  public var type: ValueType
  public var term: TermID
  /// Whether it, or anything it reads, depends on the business date.
  public var readsToday: Bool
  /// Whether it reads a counter, so that it is never kept.
  public var readsCounters: Bool
  public var span: Span

  public init(
    name: Named, parameters: [ValueType], type: ValueType, term: TermID, readsToday: Bool,
    readsCounters: Bool, span: Span
  ) {
    self.name = name
    self.parameters = parameters
    self.type = type
    self.term = term
    self.readsToday = readsToday
    self.readsCounters = readsCounters
    self.span = span
  }
}

// MARK: - Change

/// A number a record that only commits move.
public struct Counter: Sendable {
  /// What a counter counts.
  public enum Kind: Hashable, Sendable {
    /// `counts r.open`: starts as the field, plus one a win.
    case load(FieldID)
    /// Without weight the number of the record's last turn in the pool: 1 for the first turn given
    /// there, 0 before it had one. With a weight (a term over slot 0, the candidate) the turns it had
    /// divided by the weight. Least is next.
    ///
    /// Unless it `catchesUp`, who belongs to a weighted pool (`AssignPlan.pools`) but is no candidate
    /// when a turn is given is raised, after the turn is counted, to the least quotient of the
    /// candidates: it does not get the turns it missed.
    case turns(pool: String, weight: TermID?, catchesUp: Bool)
  }
  public var kind: Kind
  public var record: RecordID

  public init(kind: Kind, record: RecordID) {
    self.kind = kind
    self.record = record
  }
}

/// `change` or `alert`: what holds of some records together, and what comes of it.
///
/// A *match* is a record for each pattern for which the guard is surely true (an unknown or faulty
/// guard does not hold), together with the values of `reads`. A change fires once for a match, for
/// as long as it holds; if a value of `reads` is another, it is another match. Setting a field to
/// the value it has is no change.
///
/// Settling goes: take the first match that has not fired, do its acts, look again; until none is
/// left. First is the one of greatest priority; then of greatest *age*, which is 0 for what held
/// when settling began and n for what came to hold by the nth firing of it; then in the order of
/// `Program.productions`; then by the keys of its records, in pattern order (texts by their bytes
/// in UTF-8, as `Gather` keys). Records of a type without a key stand in the order of their field
/// values at the start, then in the order in which they were inserted.
///
/// All acts of a firing read the state in which it matched, then are done in written order.
public struct Production: Sendable {
  /// What a match does.
  public enum Kind: Sendable {
    /// Its acts, when it is its turn. The priority is an integer term over the patterns' slots,
    /// a part of `reads` unless it is constant; not known counts as 0.
    case change(priority: TermID?, acts: [Act])
    /// Is raised for as long as it holds.
    case alert(AlertLevel?)
  }
  /// How urgent an alert is.
  public enum AlertLevel: String, Hashable, Sendable, CaseIterable {
    case high, medium, low
  }
  /// One outcome of a change. A term of it that is a fault, a record that is not known, a value that
  /// is not known for a field that may not be missing, or an insert whose key is taken by a record
  /// that differs: the firing does nothing at all, and is reported as a fault of its rule.
  public enum Act: Hashable, Sendable {
    /// Sets a field of a record; never a field of its key. A value that is not known makes it a
    /// blank of that field, whatever the cause. Nothing where an earlier act removed the record.
    case set(FieldID, of: TermID, to: TermID)
    /// Adds a record; a value for every field of its type, in their order (defaults are written
    /// out, a blank is a constant `missing`). A record without a key that equals a present one
    /// changes nothing, nor does one with a key that equals the record that has it.
    case insert(RecordID, [TermID])
    /// Takes a record away. References to it dangle. A record that is gone already: nothing.
    case remove(TermID)
  }
  /// A record that a match is made of: pattern i is slot i. `for Lead` is the first, unnamed.
  public struct Pattern: Sendable {
    public var record: RecordID
    public var name: String?

    public init(_ record: RecordID, name: String?) {
      self.record = record
      self.name = name
    }
  }
  public var kind: Kind
  /// Its title, its conditions one by one, and `because`.
  public var rule: RuleID
  public var patterns: [Pattern]
  /// A boolean term over the patterns' slots; nil: always. It reads no counter and no assignment,
  /// except that of an alert may read what was assigned.
  public var guardTerm: TermID?
  /// The values that make a match what it is: the outermost terms inside the guard and the priority
  /// that are neither operation, constant nor slot (fields, attributes, gathers …).
  public var reads: [TermID]
  public var span: Span

  public init(
    kind: Kind, rule: RuleID, patterns: [Pattern], guardTerm: TermID?, reads: [TermID], span: Span
  ) {
    self.kind = kind
    self.rule = rule
    self.patterns = patterns
    self.guardTerm = guardTerm
    self.reads = reads
    self.span = span
  }

  /// The acts of a change; none for an alert.
  public var acts: [Act] {
    if case .change(_, let acts) = kind { acts } else { [] }
  }
}

// MARK: - Rules and decisions

/// What people know a rule by, and its conditions one by one for explanations.
public struct Rule: Sendable {
  /// A conjunct of the rule's guard.
  public struct Condition: Sendable {
    /// Where the condition was written.
    public enum Role: Hashable, Sendable {
      case when, unless, effective, cell, inherited, pool, with
    }
    public var role: Role
    public var term: TermID
    /// As `fmt` writes it, in the file's language.
    public var text: String
    public var span: Span

    public init(role: Role, term: TermID, text: String, span: Span) {
      self.role = role
      self.term = term
      self.text = text
      self.span = span
    }
  }
  /// The title; for rows of tables and cards what stands before the `:`.
  public var title: String
  public var conditions: [Condition]
  /// A text term.
  public var because: TermID?
  public var span: Span
  /// Nobody wrote it: it follows from a block as a whole, like the refusal where no rule permits.
  public var isImplied = false

  public init(title: String, conditions: [Condition], because: TermID?, span: Span) {
    self.title = title
    self.conditions = conditions
    self.because = because
    self.span = span
  }
}

/// Something that is asked for, reported and explained: which attributes make it, and how they are
/// to be told. The one place where the kinds of the language live on after checking.
public struct Decision: Sendable {
  /// What kind of block it was, with what its explanations need.
  public enum Kind: Sendable {
    case define
    case decide(ChooseID)
    case table(ChooseID)
    case territories(TerritoriesPlan)
    case assign(AssignPlan)
    case price(PricePlan)
    case sale(SalePlan)
    case discount(DiscountPlan)
    case match(MatchPlan)
    case split(parts: [SplitShare])
    case require(RequirePlan)
  }
  /// A further value to show beside the answer.
  public struct Detail: Sendable {
    public var name: Named
    public var attribute: AttributeID

    public init(name: Named, attribute: AttributeID) {
      self.name = name
      self.attribute = attribute
    }
  }
  public var kind: Kind
  /// `assign Lead`, `price Line as dealer`, `Account.grade`: what questions call it.
  public var title: String
  /// The name under which records read it: `assignee`, `territory`, `price`, …
  public var name: Named
  public var parameters: [ValueType]
  public var answer: AttributeID
  public var details: [Detail]
  public var rules: [RuleID]
  public var span: Span

  public init(
    kind: Kind, title: String, name: Named, parameters: [ValueType], answer: AttributeID,
    details: [Detail], rules: [RuleID], span: Span
  ) {
    self.kind = kind
    self.title = title
    self.name = name
    self.parameters = parameters
    self.answer = answer
    self.details = details
    self.rules = rules
    self.span = span
  }

  /// The record it is decided for; nil for functions and predicates of several.
  public var subject: RecordID? {
    if parameters.count == 1, case .record(let id) = parameters[0] { id } else { nil }
  }
}

/// What `territories` is made of, for explanations: the choice, and what the winner gives.
public struct TerritoriesPlan: Sendable {
  public var choose: ChooseID
  /// The winner.
  public var territory: AttributeID
  public var owner: AttributeID?
  public var splits: [SplitShare]
  public var access: [(rule: RuleID, party: TermID, right: String)]
  /// What each rule says about credit, in written order.
  public var credits: [Credit]
  /// Whether the answer is a list (`overlapping`).
  public var isList: Bool
  /// Whether it was said that only one rule can hold (`exclusive`), which the analysis proves.
  public var isExclusive = false

  /// A line of `split credit` under a rule.
  public struct Credit: Sendable {
    public var rule: RuleID
    public var target: TermID
    public var share: TermID
    public var isExtra: Bool

    public init(rule: RuleID, target: TermID, share: TermID, isExtra: Bool) {
      self.rule = rule
      self.target = target
      self.share = share
      self.isExtra = isExtra
    }
  }

  public init(
    choose: ChooseID, territory: AttributeID, owner: AttributeID?, splits: [SplitShare],
    access: [(rule: RuleID, party: TermID, right: String)], credits: [Credit] = [],
    isList: Bool = false
  ) {
    self.choose = choose
    self.territory = territory
    self.owner = owner
    self.splits = splits
    self.access = access
    self.credits = credits
    self.isList = isList
  }
}

/// How `assign` runs: the records whose field is missing, in order; each decided by `choose`.
///
/// The choose is `first`, lenient; payload column 0 of each alternative is the record or queue, and
/// its guard includes that a candidate was found. It reads counters, so records go one by one.
public struct AssignPlan: Sendable {
  /// What a win of a rule moves.
  public struct Turn: Sendable {
    public var rule: RuleID
    public var counter: CounterID

    public init(rule: RuleID, counter: CounterID) {
      self.rule = rule
      self.counter = counter
    }
  }
  public var choose: ChooseID
  public var candidate: RecordID
  /// Only records for which this field is not known are taken; nil: all.
  public var sets: FieldID?
  public var load: CounterID?
  public var turns: [Turn]
  /// Terms over slot 0, as the keys of a `pick`; then the record's own key. Fixed before the first
  /// record is decided.
  public var order: [Gather.Key]
  /// For explanations: the pool of each `among` rule (slot 1 the candidate), and the skips.
  public var pools: [(rule: RuleID, gather: GatherID, pool: TermID?)]
  public var skips: [(term: TermID, text: String, because: TermID?, span: Span)]

  public init(
    choose: ChooseID, candidate: RecordID, sets: FieldID?, load: CounterID?, turns: [Turn],
    order: [Gather.Key], pools: [(rule: RuleID, gather: GatherID, pool: TermID?)],
    skips: [(term: TermID, text: String, because: TermID?, span: Span)]
  ) {
    self.choose = choose
    self.candidate = candidate
    self.sets = sets
    self.load = load
    self.turns = turns
    self.order = order
    self.pools = pools
    self.skips = skips
  }
}

/// The waterfall: one attribute a step.
public struct PricePlan: Sendable {
  /// What the step was written as.
  public enum StepKind: Sendable {
    case start(ChooseID?)
    case mark, times, whole, floor, round
    case offer
    /// The offers of a group, each with the price it would have given.
    case group(ChooseID)
  }
  /// One offer of a step as it was tried, for `not used because`.
  public struct Try: Sendable {
    public var rule: RuleID
    /// Whether it holds, and what it would make of the price at the group's entry.
    public var guardTerm: TermID
    public var result: TermID
    public var thresholds: [(measure: TermID, bound: TermID, isOver: Bool)]
    /// What it does to the price, one by one; for `why not 10% off`.
    public var changes: [Change] = []

    public init(
      rule: RuleID, guardTerm: TermID, result: TermID,
      thresholds: [(measure: TermID, bound: TermID, isOver: Bool)]
    ) {
      self.rule = rule
      self.guardTerm = guardTerm
      self.result = result
      self.thresholds = thresholds
    }
  }
  /// One adjustment of an offer, or of a step of its tier.
  public struct Change: Sendable {
    /// Whether it takes away, adds, or sets the price.
    public enum Kind: Sendable {
      case off, extra, fixed
    }
    public var kind: Kind
    /// The percent or the amount; `8.5折` is its 15 % off.
    public var value: TermID
    /// As `fmt` writes it in each language.
    public var words: Phrase
    /// The step of the tier it belongs to: an index into the offer's thresholds.
    public var threshold: Int?

    public init(kind: Kind, value: TermID, words: Phrase, threshold: Int? = nil) {
      self.kind = kind
      self.value = value
      self.words = words
      self.threshold = threshold
    }
  }
  /// One line of the waterfall: the price before and after, its base, and who tried.
  public struct Step: Sendable {
    public var kind: StepKind
    public var title: String
    /// The title in each language where it is not the author's; nil where it is.
    public var words: Phrase?
    public var before: TermID?
    public var after: AttributeID
    public var base: TermID?
    public var tries: [Try]
    public var span: Span
    /// Of what `before` and `after` are prices: this record, or the whole inside `whole`.
    public var isOfWhole = false
    /// What the step would have given had it not stopped at zero, where that can differ.
    public var unclamped: TermID?
    /// A floor's bound.
    public var bound: TermID?

    public init(
      kind: StepKind, title: String, before: TermID?, after: AttributeID, base: TermID?,
      tries: [Try], span: Span
    ) {
      self.kind = kind
      self.title = title
      self.before = before
      self.after = after
      self.base = base
      self.tries = tries
      self.span = span
    }
  }
  public var steps: [Step]
  public var marks: [Decision.Detail]
  /// The sum over the parts of the whole, where the record is a part.
  public var wholePrice: AttributeID?
  /// The date of which it is the price (`as of quote.date`), for showing: the steps' own terms
  /// have it inside. nil: the frame's date.
  public var asOf: TermID?
  /// Floors that ask: a boolean term over the record, and who is asked.
  public var asks: [(rule: RuleID, term: TermID, who: Constant)] = []

  public init(steps: [Step], marks: [Decision.Detail], wholePrice: AttributeID?) {
    self.steps = steps
    self.marks = marks
    self.wholePrice = wholePrice
  }
}

/// What `authorize sale` is made of: permits, forbids, and the values they answer with.
public struct SalePlan: Sendable {
  /// Which of a permit's conditions (indices into `Rule.conditions`) are about the seller alone.
  public struct Permit: Sendable {
    public var rule: RuleID
    public var onSeller: [Int]

    public init(rule: RuleID, onSeller: [Int]) {
      self.rule = rule
      self.onSeller = onSeller
    }
  }
  public var choose: ChooseID
  public var permits: [Permit]

  public init(choose: ChooseID, permits: [Permit] = []) {
    self.choose = choose
    self.permits = permits
  }
}

/// An authority ladder: what each rung may allow and who has to say yes.
public struct DiscountPlan: Sendable {
  /// One rung of the ladder, the lowest first.
  public struct Rung: Sendable {
    public var ordinal: Int
    /// The tightest limit that applies to this rung: missing for a rung without authority.
    public var limit: AttributeID
    public var isUnlimited: TermID?
    public var choose: ChooseID

    public init(ordinal: Int, limit: AttributeID, isUnlimited: TermID?, choose: ChooseID) {
      self.ordinal = ordinal
      self.limit = limit
      self.isUnlimited = isUnlimited
      self.choose = choose
    }
  }
  public var ladder: EnumID
  public var tested: TermID
  public var asker: TermID?
  public var moreIsWorse: Bool
  public var rungs: [Rung]
  /// Members of the ladder and parties, in parallel.
  public var approvers: AttributeID
  public var voidOn: [FieldID]
  /// The lowest rung that may say yes, raised by `at least`: missing when no rung covers the value.
  public var needed: AttributeID?
  /// For each rule that can have a part in the answer, whether it has: a forbid that holds, an
  /// `also` or `at least` that counts, the limit that is the tightest of a rung too low.
  public var reasons: [(rule: RuleID, term: TermID)] = []
  /// The record type of earlier approvals; nil: the block has none.
  public var approval: RecordID?
  /// Where an earlier approval says what; nil: the block has none.
  public var earlier: Earlier?
  /// Rules that forbid, that raise the rung, and that ask a party, each with its guard.
  public var forbids: [(rule: RuleID, guardTerm: TermID)] = []
  public var atLeast: [(rule: RuleID, guardTerm: TermID, rung: TermID)] = []
  public var also: [(rule: RuleID, guardTerm: TermID, who: Constant)] = []

  /// The fields of `Approval` that concern a block.
  public struct Earlier: Sendable {
    public var of: FieldID
    public var tests: FieldID
    /// The member that stands for what this block tests.
    public var test: Constant
    public var value: FieldID
    public var by: FieldID
    public var on: FieldID
    public var until: FieldID
    /// Each field of `void on`, and where its value at the time is kept.
    public var watched: [(now: FieldID, then: FieldID)]

    public init(
      of: FieldID, tests: FieldID, test: Constant, value: FieldID, by: FieldID, on: FieldID,
      until: FieldID, watched: [(now: FieldID, then: FieldID)]
    ) {
      self.of = of
      self.tests = tests
      self.test = test
      self.value = value
      self.by = by
      self.on = on
      self.until = until
      self.watched = watched
    }
  }

  public init(
    ladder: EnumID, tested: TermID, asker: TermID?, moreIsWorse: Bool, rungs: [Rung],
    approvers: AttributeID, voidOn: [FieldID]
  ) {
    self.ladder = ladder
    self.tested = tested
    self.asker = asker
    self.moreIsWorse = moreIsWorse
    self.rungs = rungs
    self.approvers = approvers
    self.voidOn = voidOn
  }
}

/// What `match` is made of: whether it is certain, and with whom.
public struct MatchPlan: Sendable {
  public var certain: ChooseID
  public var matched: AttributeID
  /// What any pair must meet: slot 0 the record, slot 1 the other.
  public var pair: Rule.Condition?

  public init(certain: ChooseID, matched: AttributeID) {
    self.certain = certain
    self.matched = matched
  }
}

/// One part of a `split`, and the attribute that holds its amount.
public struct SplitShare: Sendable {
  public var target: Constant?
  public var name: String
  public var amount: AttributeID
  public var isExtra: Bool

  public init(target: Constant?, name: String, amount: AttributeID, isExtra: Bool) {
    self.target = target
    self.name = name
    self.amount = amount
    self.isExtra = isExtra
  }
}

/// What `require` is made of: its rule, the fields that must be known, and the decision it stops.
public struct RequirePlan: Sendable {
  public var rule: RuleID
  /// Fields that `known` asks for, with the term of each.
  public var known: [(name: Named, term: TermID)]
  public var stops: DecisionID?

  public init(rule: RuleID, known: [(name: Named, term: TermID)], stops: DecisionID?) {
    self.rule = rule
    self.known = known
    self.stops = stops
  }
}

// MARK: - Data, visibility, tests

/// `data Lead from "leads.csv" { … }`, resolved.
public struct DataSource: Sendable {
  /// How cells of a column are written where it is not plain.
  public enum Form: Sendable {
    case pattern(String)
    case fraction, points
  }
  /// Where a field's cells stand in the file.
  public struct Column: Sendable {
    public var field: FieldID
    /// As written; empty: the field's label or its name, whichever the file has.
    public var header: String
    /// The headers of a reference's columns, one a field of the key, where several are named.
    public var keyHeaders: [String] = []
    public var form: Form?
    public var missing: [String]

    public init(field: FieldID, header: String, form: Form?, missing: [String]) {
      self.field = field
      self.header = header
      self.form = form
      self.missing = missing
    }
  }
  public var record: RecordID
  public var file: String
  public var columns: [Column]
  public var missing: [String]
  public var delimiter: UInt8?
  public var encoding: String?
  public var hasHeader: Bool
  public var span: Span

  public init(
    record: RecordID, file: String, columns: [Column], missing: [String], delimiter: UInt8?,
    encoding: String?, hasHeader: Bool, span: Span
  ) {
    self.record = record
    self.file = file
    self.columns = columns
    self.missing = missing
    self.delimiter = delimiter
    self.encoding = encoding
    self.hasHeader = hasHeader
    self.span = span
  }
}

/// `show Product.cost only to finance`.
public struct Visibility: Sendable {
  public var field: FieldID
  /// Members of enums that stand for parties.
  public var parties: [Constant]
  /// For `to Rep r where …`: slot 0 the record, slot 1 the viewer.
  public var viewer: RecordID?
  public var condition: TermID?

  public init(field: FieldID, parties: [Constant], viewer: RecordID?, condition: TermID?) {
    self.field = field
    self.parties = parties
    self.viewer = viewer
    self.condition = condition
  }
}
