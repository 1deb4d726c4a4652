public import WritModel
public import WritText

/// What a comparison of rule sets on recorded data came to: the one thing every form of the report
/// (terminal, HTML, Markdown, JSON) is a view of.
///
/// It holds names, keys and answers as people read them, in one language, and amounts exactly; it
/// needs neither the rules nor the data any more. The first rule set is the base; every other is
/// compared with it.
public struct Comparison: Sendable {
  /// One of the rule sets.
  public struct RuleSet: Sendable {
    /// What it is called: its folder, or the title of a `variant`.
    public var name: String
    /// The hash that explanations and logs call it by.
    public var hash: String
    public var rules: Int
    public init(name: String, hash: String, rules: Int) {
      self.name = name
      self.hash = hash
      self.rules = rules
    }
  }
  /// One file of data, read once.
  public struct Input: Sendable {
    public var file: String
    /// The record type as it is told.
    public var record: String
    public var records: Int
    public init(file: String, record: String, records: Int) {
      self.file = file
      self.record = record
      self.records = records
    }
  }
  /// Records that were not compared, with the reason; counted, never dropped in silence.
  public struct Exclusion: Sendable {
    public var reason: String
    public var count: Int
    /// Where the first one is: `leads.csv:17`.
    public var example: String
    public init(reason: String, count: Int, example: String) {
      self.reason = reason
      self.count = count
      self.example = example
    }
  }
  public var language: Language
  /// The business date everything was decided for.
  public var date: String
  /// The base first.
  public var ruleSets: [RuleSet]
  public var inputs: [Input]
  public var exclusions: [Exclusion]
  /// One for each rule set but the base, in their order.
  public var differences: [Difference]
  /// How often each rule decided, under each rule set.
  public var coverage: [Coverage]
  public var experiments: [Trial]
  /// What the reader must know of how it was done, in sentences.
  public var notes: [String]

  public init(
    language: Language, date: String, ruleSets: [RuleSet], inputs: [Input] = [],
    exclusions: [Exclusion] = [], differences: [Difference] = [], coverage: [Coverage] = [],
    experiments: [Trial] = [], notes: [String] = []
  ) {
    self.language = language
    self.date = date
    self.ruleSets = ruleSets
    self.inputs = inputs
    self.exclusions = exclusions
    self.differences = differences
    self.coverage = coverage
    self.experiments = experiments
    self.notes = notes
  }
}

// MARK: - What differs

extension Comparison {
  /// One rule set against the base.
  public struct Difference: Sendable {
    /// Which of `ruleSets`.
    public var ruleSet: Int
    public var edits: [Edit]
    public var decisions: [Changed]
    public var measures: [Measured]
    public init(ruleSet: Int, edits: [Edit], decisions: [Changed], measures: [Measured]) {
      self.ruleSet = ruleSet
      self.edits = edits
      self.decisions = decisions
      self.measures = measures
    }
  }

  /// One edit that leads from the base to the rule set.
  public struct Edit: Sendable {
    /// `added`, `removed`, `changed`, `moved`, `row`; stands in JSON and does not change.
    public var kind: String
    /// `price Line`
    public var block: String
    /// The rule's title; empty for what stands around rules.
    public var title: String
    /// What was there and what is there now, as written, a line or a few.
    public var before: String
    public var after: String
    /// `rules/price.writ:14`
    public var place: String
    public init(
      kind: String, block: String, title: String, before: String, after: String, place: String
    ) {
      self.kind = kind
      self.block = block
      self.title = title
      self.before = before
      self.after = after
      self.place = place
    }
  }

  /// What became of one decision.
  public struct Changed: Sendable {
    /// `authorize discount on Quote`: what questions call it.
    public var decision: String
    /// What the value is called beside its record, and the record type as it is told.
    public var value: String
    public var record: String
    /// How many records it was decided for under both, and how many got another answer.
    public var compared: Int
    public var changed: Int
    /// Of the changed ones, those whose own rules did not change but whose state did: a turn or a
    /// load that an earlier record took. Zero for decisions without state.
    public var knockOn: Int
    /// From → to with how often; answers that are amounts are told as less, more and equal instead.
    /// Largest first, the rest as one flow "other".
    public var flows: [Flow]
    /// For amounts and numbers; else nil.
    public var amounts: Amounts?
    /// The largest changes first: by amount, else in the order of the data. Capped.
    public var largest: [Change]
    /// By the segments asked for with `--by`.
    public var segments: [Segment]
    public var charges: [Charge]
    /// Against what was recorded, with `--against`.
    public var agreement: Agreement?
    public init(
      decision: String, value: String, record: String, compared: Int, changed: Int,
      knockOn: Int = 0, flows: [Flow] = [], amounts: Amounts? = nil, largest: [Change] = [],
      segments: [Segment] = [], charges: [Charge] = [], agreement: Agreement? = nil
    ) {
      self.decision = decision
      self.value = value
      self.record = record
      self.compared = compared
      self.changed = changed
      self.knockOn = knockOn
      self.flows = flows
      self.amounts = amounts
      self.largest = largest
      self.segments = segments
      self.charges = charges
      self.agreement = agreement
    }
  }

  /// So many records went from one answer to another.
  public struct Flow: Hashable, Sendable {
    public var before: String
    public var after: String
    public var count: Int
    public init(before: String, after: String, count: Int) {
      self.before = before
      self.after = after
      self.count = count
    }
  }

  /// Amounts of a decision, exactly.
  public struct Amounts: Sendable {
    /// `CNY`; empty for plain numbers.
    public var unit: String
    public var before: ExactSum
    public var after: ExactSum
    /// The sum of what rose and the sum of what fell (negative).
    public var gains: ExactSum
    public var losses: ExactSum
    public var rising: Int
    public var falling: Int
    /// How the differences that are not zero are spread: from the least to the greatest.
    public var distribution: [Bin]
    public init(
      unit: String, before: ExactSum, after: ExactSum, gains: ExactSum, losses: ExactSum,
      rising: Int, falling: Int, distribution: [Bin]
    ) {
      self.unit = unit
      self.before = before
      self.after = after
      self.gains = gains
      self.losses = losses
      self.rising = rising
      self.falling = falling
      self.distribution = distribution
    }
  }

  /// Differences from `low` (inclusive) to `high` (exclusive).
  public struct Bin: Hashable, Sendable {
    public var low: Decimal
    public var high: Decimal
    public var count: Int
    public init(low: Decimal, high: Decimal, count: Int) {
      self.low = low
      self.high = high
      self.count = count
    }
  }

  /// One record whose answer is another.
  public struct Change: Sendable {
    public var key: String
    public var before: String
    public var after: String
    public var difference: Decimal?
    /// The segments it is in, in the order asked for.
    public var segments: [String]
    /// Why under the base, why under the rule set; nil where nobody asked.
    public var whyBefore: Explanation?
    public var whyAfter: Explanation?
    /// The edits it is charged to: places in `edits`.
    public var edits: [Int]
    /// Whether only turns or loads of earlier records made it another answer.
    public var isKnockOn: Bool
    /// What was recorded, of changes told against it.
    public var recorded: String?
    public init(
      key: String, before: String, after: String, difference: Decimal? = nil,
      segments: [String] = [], whyBefore: Explanation? = nil, whyAfter: Explanation? = nil,
      edits: [Int] = [], isKnockOn: Bool = false, recorded: String? = nil
    ) {
      self.key = key
      self.before = before
      self.after = after
      self.difference = difference
      self.segments = segments
      self.whyBefore = whyBefore
      self.whyAfter = whyAfter
      self.edits = edits
      self.isKnockOn = isKnockOn
      self.recorded = recorded
    }
  }

  /// Records that share a value of a field: a region, an owner.
  public struct Segment: Sendable {
    /// The path asked for, as written: `account.region`.
    public var by: String
    public var value: String
    public var compared: Int
    public var changed: Int
    /// For amounts; zero else.
    public var gains: ExactSum
    public var losses: ExactSum
    public init(
      by: String, value: String, compared: Int, changed: Int, gains: ExactSum, losses: ExactSum
    ) {
      self.by = by
      self.value = value
      self.compared = compared
      self.changed = changed
      self.gains = gains
      self.losses = losses
    }
  }

  /// What an edit, or several together, brought about. The counts of a decision add up to `changed`,
  /// the amounts to the difference of its totals.
  public struct Charge: Sendable {
    /// How it is known.
    public enum Kind: String, Sendable, CaseIterable {
      /// The edit alone brings the change about.
      case alone
      /// None alone does; these are needed together.
      case together
      /// Several would each alone, or they work against each other.
      case interaction
      /// A turn or a load of an earlier record.
      case knockOn
    }
    public var kind: Kind
    /// Places in `edits`.
    public var edits: [Int]
    public var count: Int
    public var amount: ExactSum
    public init(kind: Kind, edits: [Int], count: Int, amount: ExactSum) {
      self.kind = kind
      self.edits = edits
      self.count = count
      self.amount = amount
    }
  }

  /// Answers against what was recorded.
  public struct Agreement: Sendable {
    /// The field, as written.
    public var field: String
    /// Records with something recorded.
    public var recorded: Int
    public var agreesBefore: Int
    public var agreesAfter: Int
    /// For amounts: the sum of |answer − recorded| before and after, what is at stake.
    public var offBefore: ExactSum?
    public var offAfter: ExactSum?
    /// Of records whose agreement changed: better and worse, with keys. Capped.
    public var better: [Change]
    public var worse: [Change]
    public init(
      field: String, recorded: Int, agreesBefore: Int, agreesAfter: Int,
      offBefore: ExactSum? = nil, offAfter: ExactSum? = nil, better: [Change] = [],
      worse: [Change] = []
    ) {
      self.field = field
      self.recorded = recorded
      self.agreesBefore = agreesBefore
      self.agreesAfter = agreesAfter
      self.offBefore = offBefore
      self.offAfter = offAfter
      self.better = better
      self.worse = worse
    }
  }

  /// How often a rule decided on the data.
  public struct Coverage: Sendable {
    public var block: String
    /// The title, or the row of a table: `row 3`.
    public var rule: String
    /// `rules/price.writ:14`
    public var place: String
    /// One for each rule set; nil where it has no such rule.
    public var counts: [Int?]
    /// Money through the rule, where the decision is an amount.
    public var amounts: [ExactSum?]
    public init(
      block: String, rule: String, place: String, counts: [Int?], amounts: [ExactSum?] = []
    ) {
      self.block = block
      self.rule = rule
      self.place = place
      self.counts = counts
      self.amounts = amounts
    }
  }
}

// MARK: - Measures

extension Comparison {
  /// A measure under the base and under a rule set.
  public struct Measured: Sendable {
    public var title: String
    /// `CNY`, `%` or empty. All figures of a percent are fractions: 0.155 is told as 15.5 %.
    public var unit: String
    /// Exact where they are sums and counts; nil where there is nothing to measure.
    public var before: Decimal?
    public var after: Decimal?
    public var moreIsBetter: Bool?
    /// How many records it is made of, and how many of them differ.
    public var records: Int
    public var differing: Int
    public var estimate: Estimate
    public var limit: Limit?
    /// The segments asked for, the same measure of each.
    public var segments: [(by: String, value: String, measured: Measured)]
    public init(
      title: String, unit: String, before: Decimal?, after: Decimal?, moreIsBetter: Bool?,
      records: Int, differing: Int, estimate: Estimate, limit: Limit? = nil,
      segments: [(by: String, value: String, measured: Measured)] = []
    ) {
      self.title = title
      self.unit = unit
      self.before = before
      self.after = after
      self.moreIsBetter = moreIsBetter
      self.records = records
      self.differing = differing
      self.estimate = estimate
      self.limit = limit
      self.segments = segments
    }
  }

  /// How sure a difference is.
  public enum Estimate: Sendable {
    /// The difference lies in here at the confidence, by the method named.
    case interval(Interval)
    /// Why no number is given: too few records, or too skewed.
    case tooLittleData(String)
    /// Nothing differs.
    case same
  }

  /// An interval for a difference.
  public struct Interval: Sendable {
    public var low: Double
    public var high: Double
    /// 0.95, before any correction for several measures.
    public var confidence: Double
    /// In plain words: `paired bootstrap, 2,000 replicates`.
    public var method: String
    /// Two-sided, after the correction; nil where the method gives none.
    public var p: Double?
    /// The least difference that data of this kind would show four times out of five.
    public var detectable: Double?
    /// How many of its deviations a difference of two shares lies from none, before any correction;
    /// nil where another method was taken.
    public var z: Double?
    /// The chance of such a z or one further out on its side; nil without a z.
    public var oneSidedP: Double?
    public init(
      low: Double, high: Double, confidence: Double, method: String, p: Double? = nil,
      detectable: Double? = nil, z: Double? = nil, oneSidedP: Double? = nil
    ) {
      self.low = low
      self.high = high
      self.confidence = confidence
      self.method = method
      self.p = p
      self.detectable = detectable
      self.z = z
      self.oneSidedP = oneSidedP
    }
  }

  /// A limit that a rule file sets to a measure.
  public struct Limit: Sendable {
    /// Whether the difference stays within the limit; unknown where there is nothing to measure.
    public enum Verdict: String, Sendable { case holds, fails, unknown }
    /// As written: `may fall by at most 0.5%`.
    public var text: String
    public var verdict: Verdict
    /// The difference that is just allowed, in the unit of the measure, for drawing: −600.00 where
    /// 120,000.00 may fall by at most 0.5%; nil where nobody worked it out.
    public var bound: Double?
    /// Whether there is nothing to measure under either set, so that nothing got worse; what else
    /// cannot be judged may have.
    public var isVoid: Bool
    public init(text: String, verdict: Verdict, bound: Double? = nil, isVoid: Bool = false) {
      self.text = text
      self.verdict = verdict
      self.bound = bound
      self.isVoid = isVoid
    }

    /// Whether a pipeline may go on: what is not known never reads as kept.
    public var isKept: Bool { verdict == .holds || (verdict == .unknown && isVoid) }
  }

  /// A live experiment read from recorded outcomes.
  public struct Trial: Sendable {
    /// One of the rule sets that records were given to.
    public struct Arm: Sendable {
      public var name: String
      /// The share it was to get, from 0 to 1.
      public var share: Double
      public var records: Int
      public init(name: String, share: Double, records: Int) {
        self.name = name
        self.share = share
        self.records = records
      }
    }
    /// A measure of what was recorded, in each arm.
    public struct Outcome: Sendable {
      public var title: String
      public var unit: String
      /// The value in each arm.
      public var values: [Double?]
      /// Against the first arm, one for each other.
      public var estimates: [Estimate]
      public init(title: String, unit: String, values: [Double?], estimates: [Estimate]) {
        self.title = title
        self.unit = unit
        self.values = values
        self.estimates = estimates
      }
    }
    public var title: String
    public var arms: [Arm]
    /// The sample-ratio check: χ² and its p; it passes at 0.001.
    public var chiSquare: Double
    public var ratioP: Double
    public var outcomes: [Outcome]
    /// What was said about looks, and what else the reader must know.
    public var notes: [String]
    public init(
      title: String, arms: [Arm], chiSquare: Double, ratioP: Double, outcomes: [Outcome],
      notes: [String] = []
    ) {
      self.title = title
      self.arms = arms
      self.chiSquare = chiSquare
      self.ratioP = ratioP
      self.outcomes = outcomes
      self.notes = notes
    }
  }
}
