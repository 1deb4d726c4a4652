import WritModel
import WritRules
public import WritText

/// What records say of a comparison, added up: counts and exact sums, and the few largest changes.
///
/// Adding two tallies of the same comparison is commutative and associative and loses nothing, so
/// the records may be cut into parts anyhow, read by any number of threads or machines in any
/// order, and the sum is the same to the last byte.
///
/// What all rule sets share is kept once: how the base answered. Of each other set only what it
/// answers differently is kept, so the cost of a set is the cost of its changes.
public struct ComparisonTally: Sendable {
  /// What tallies must agree in before they can be added.
  public struct Header: Sendable {
    public var language: Language
    public var date: String
    public var ruleSets: [Comparison.RuleSet]
    /// The edits of each set, none for the base.
    public var edits: [[Comparison.Edit]]
    /// The options that say what is added up, as written: `by account.region`.
    public var options: [String]
    /// How many of the largest changes are kept, a decision.
    public var top: Int
    public var notes: [String]
    /// What currencies are called.
    public var currencies: [String]
    /// Of a part the sum of the files that tables are read from, which belong to the rules.
    public var tables = ""

    public init(
      language: Language, date: String, ruleSets: [Comparison.RuleSet],
      edits: [[Comparison.Edit]], options: [String], top: Int, notes: [String] = [],
      currencies: [String] = []
    ) {
      self.language = language
      self.date = date
      self.ruleSets = ruleSets
      self.edits = edits
      self.options = options
      self.top = top
      self.notes = notes
      self.currencies = currencies
    }
  }
  /// What one file held, by the hash of its bytes where parts are made.
  struct Input: Hashable, Sendable {
    var file: String
    var record: String
    var hash: String
  }
  struct Excluded: Equatable, Sendable {
    var count = 0
    /// The least of all examples, so that it does not depend on which was met first.
    var example: String?
  }

  public internal(set) var header: Header
  /// The parts that were added, by the hashes of what they read; empty for a whole run.
  public internal(set) var parts: Set<String> = []
  var inputs: [Input: Int] = [:]
  var exclusions: [String: Excluded] = [:]
  var values: [ValueTally]
  var rules: [RuleTally]
  var measures: [ComparedMeasure]
  /// Measures that are no sum over records, as each set has them; of a whole run only.
  var whole: [WholeMeasure] = []

  init(
    _ header: Header, values: [ValueTally], rules: [RuleTally], measures: [ComparedMeasure]
  ) {
    self.header = header
    self.values = values
    self.rules = rules
    self.measures = measures
  }

  /// Says that records of a file were read. `hash` tells files apart whose names are the same.
  public mutating func add(file: String, record: String, hash: String, records: Int) {
    inputs[Input(file: file, record: record, hash: hash)] = records
  }

  /// Says something more that the reader must know.
  public mutating func note(_ sentences: [String]) { header.notes += sentences }

  /// Says that records were not compared.
  public mutating func exclude(_ reason: String, count: Int, example: String?) {
    guard count > 0 else { return }
    var known = exclusions[reason] ?? Excluded()
    known.count += count
    known.example = [known.example, example].compactMap(\.self)
      .min { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    exclusions[reason] = known
  }

  /// The same with nothing added up.
  public var emptied: ComparisonTally {
    var result = self
    result.parts = []
    result.inputs = [:]
    result.exclusions = [:]
    for index in values.indices { result.values[index] = values[index].emptied }
    for index in measures.indices {
      let measure = measures[index].tally.measure
      result.measures[index].tally = MeasureTally(
        measure, comparing: header.ruleSets.count - 1)
      result.measures[index].segments = result.measures[index].segments.map {
        ComparedMeasure.Segments(by: $0.by)
      }
    }
    result.whole = []
    for index in rules.indices {
      result.rules[index].counts = rules[index].counts.map { $0 == nil ? nil : 0 }
      result.rules[index].amounts = rules[index].amounts.map { $0 == nil ? nil : ExactSum() }
    }
    return result
  }

  /// Adds another tally of the same comparison.
  public mutating func add(_ other: ComparisonTally) {
    assert(values.count == other.values.count)
    assert(rules.count == other.rules.count)
    parts.formUnion(other.parts)
    inputs.merge(other.inputs) { a, _ in a }
    for (reason, excluded) in other.exclusions {
      exclude(reason, count: excluded.count, example: excluded.example)
    }
    for index in values.indices { values[index].add(other.values[index], top: header.top) }
    for index in measures.indices { measures[index].add(other.measures[index]) }
    if whole.isEmpty { whole = other.whole }
    for index in rules.indices { rules[index].add(other.rules[index]) }
  }
}

/// One value of a decision, under the base and where others differ.
struct ValueTally: Sendable {
  var decision: String
  var value: String
  var record: String
  /// Whether its changes are told as amounts, and in which unit.
  var unit: String?
  /// Whether it is what the decision answers; what is beside it is told only where it changes.
  var isAnswer: Bool
  /// How many records the base decided it for, and their sum.
  var records = 0
  var total = ExactSum()
  /// How often the base gave each answer; only where there are few different ones.
  var answers: [String: Int] = [:]
  /// How many records are in each segment, by the path asked for.
  var segments: [SegmentCounts]
  /// What was recorded for it.
  var recorded: Recorded?
  /// One for each rule set; nil for the base and for sets that do not decide it.
  var changes: [ChangeTally?]

  struct SegmentCounts: Sendable {
    var by: String
    var counts: [String: Int] = [:]
  }
  /// Against what was recorded, under the base.
  struct Recorded: Sendable {
    var field: String
    var count = 0
    var agrees = 0
    var off = ExactSum()
  }

  var emptied: ValueTally {
    var result = self
    result.records = 0
    result.total = ExactSum()
    result.answers = [:]
    result.segments = segments.map { SegmentCounts(by: $0.by) }
    result.recorded = recorded.map { Recorded(field: $0.field) }
    result.changes = changes.map { $0 == nil ? nil : ChangeTally() }
    return result
  }

  mutating func add(_ other: ValueTally, top: Int) {
    records += other.records
    total.add(other.total)
    answers.merge(other.answers, uniquingKeysWith: +)
    for index in segments.indices {
      segments[index].counts.merge(other.segments[index].counts, uniquingKeysWith: +)
    }
    if let more = other.recorded, recorded != nil {
      recorded?.count += more.count
      recorded?.agrees += more.agrees
      recorded?.off.add(more.off)
    }
    for index in changes.indices {
      guard let more = other.changes[index] else { continue }
      changes[index]?.add(more, top: top)
    }
  }
}

/// What one rule set answers differently for one value.
struct ChangeTally: Sendable {
  struct Segment: Hashable, Sendable {
    /// Which of the paths asked for.
    var path: Int
    var value: String
  }
  struct SegmentSum: Sendable {
    var changed = 0
    var gains = ExactSum()
    var losses = ExactSum()
  }
  struct ChargeKey: Hashable, Sendable {
    var kind: Comparison.Charge.Kind
    var edits: [Int]
  }
  struct ChargeSum: Sendable {
    var count = 0
    var amount = ExactSum()

    mutating func add(_ other: ChargeSum) {
      count += other.count
      amount.add(other.amount)
    }
  }

  var changed = 0
  var knockOn = 0
  var flows = FlowTally()
  var gains = ExactSum()
  var losses = ExactSum()
  var rising = 0
  var falling = 0
  var bins: [Int: Int] = [:]
  var largest = LargestChanges()
  var segments: [Segment: SegmentSum] = [:]
  var charges: [ChargeKey: ChargeSum] = [:]
  /// Against what was recorded: how many agree more (less, where negative), and how much less it is
  /// off.
  var agreesMore = 0
  var offMore = ExactSum()
  var better = LargestChanges()
  var worse = LargestChanges()

  mutating func add(_ other: ChangeTally, top: Int) {
    changed += other.changed
    knockOn += other.knockOn
    flows.add(other.flows)
    gains.add(other.gains)
    losses.add(other.losses)
    rising += other.rising
    falling += other.falling
    bins.merge(other.bins, uniquingKeysWith: +)
    largest.add(other.largest, top: top)
    for (key, sum) in other.segments {
      segments[key, default: SegmentSum()].changed += sum.changed
      segments[key]?.gains.add(sum.gains)
      segments[key]?.losses.add(sum.losses)
    }
    for (key, sum) in other.charges {
      charges[key, default: ChargeSum()].add(sum)
    }
    agreesMore += other.agreesMore
    offMore.add(other.offMore)
    better.add(other.better, top: top)
    worse.add(other.worse, top: top)
  }
}

/// A measure gathered record by record.
struct ComparedMeasure: Sendable {
  var tally: MeasureTally
  /// The records it is measured of, as the report calls them.
  var record: String
  /// Whether each set has it.
  var isKnown: [Bool]
  /// The same measure of each segment, by the paths asked for.
  var segments: [Segments] = []

  struct Segments: Sendable {
    var by: String
    var tallies: [String: MeasureTally] = [:]
  }

  mutating func add(_ other: ComparedMeasure) {
    tally.merge(other.tally)
    for index in segments.indices {
      for (value, more) in other.segments[index].tallies {
        if segments[index].tallies[value] == nil {
          segments[index].tallies[value] = more
        } else {
          segments[index].tallies[value]?.merge(more)
        }
      }
    }
  }
}

/// A measure that is no sum over records: the number that each set has, nil where it has none.
struct WholeMeasure: Sendable {
  var measure: Measure
  var values: [Value?]
}

/// How often a rule decided, under each rule set.
struct RuleTally: Sendable {
  var block: String
  var rule: String
  var place: String
  /// nil where a set has no such rule.
  var counts: [Int?]
  var amounts: [ExactSum?]

  mutating func add(_ other: RuleTally) {
    for index in counts.indices {
      if let more = other.counts[index] { counts[index]? += more }
      if let more = other.amounts[index] { amounts[index]?.add(more) }
    }
  }
}

extension Comparison {
  /// From one answer to another.
  struct FlowKey: Hashable, Sendable {
    var before: String
    var after: String
  }
}
