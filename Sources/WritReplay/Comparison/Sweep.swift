public import WritModel
import WritNetwork
public import WritRules
public import WritText

/// What decisions and measures come to while a param, or several, take one value after the other.
///
/// Every value is a rule set of its own; up to 64 are put into one network and asked in one pass over
/// the records. Where an answer differs between two neighbouring values, the exact value at which it
/// does is found: first among the numbers of the record itself and of those it refers to, since that
/// is what rules compare a param with; what is found is tried one step below and above. What these
/// do not explain is halved down to one step.
public struct Sweep: Sendable {
  /// The measures, or the total of an amount that is decided, at one value of each param.
  public struct Point: Sendable {
    /// One for each param.
    public var at: [Decimal]
    /// In the order of `curves`; not known where there is nothing to measure.
    public var values: [Value]
    /// How many answers are others than at the point before; nil at the first.
    public var turned: Int?
  }
  /// What stands in `Point.values`.
  public struct Curve: Sendable {
    public var title: String
    public var type: ValueType
    public var moreIsBetter: Bool?
  }
  /// Answers that are others from one value of the param on.
  public struct Flip: Sendable, Equatable {
    /// How the value is known.
    public enum Kind: String, Sendable {
      /// At the value itself the answer is another already.
      case from
      /// At the value it is the old one still, just above it another.
      case above
      /// Somewhere up to the value, and above `low`: it was not looked for to the end.
      case between
    }
    public var decision: String
    public var kind: Kind
    public var value: Decimal
    public var low: Decimal
    public var before: String
    public var after: String
    public var count: Int
    /// The first few, as records are told.
    public var keys: [String]
  }
  public var curves: [Curve] = []
  public var points: [Point] = []
  /// By value, then decision.
  public var flips: [Flip] = []
  /// Answers that changed, whether or not the exact value was looked for.
  public var turned = 0

  /// Why a sweep cannot be made.
  public enum Problem: Error {
    /// The rules do not check with these values.
    case doesNotCheck([Decimal])
    /// The rule sets do not go together.
    case differentModels
  }
}

extension Sweep {
  /// How many values are tried for exact answers, at most.
  static let mostTried = 2_000
  /// How many changed answers are followed to their exact value, at most.
  static let mostFollowed = 20_000

  /// Sweeps over the points in their order. `program` gives the rules with the params at a point;
  /// their symbols go on from those of `facts`. With one param the points rise, and the exact values
  /// at which answers change are found, to the `step` in which the param can be written.
  public init(
    points: [[Decimal]], step: Decimal = Decimal(mantissa: 1, scale: 9), facts: Facts,
    today: Int32, language: Language,
    program: ([Decimal]) -> Program?
  ) throws(Problem) {
    var run = SweepRun(facts: facts, today: today, language: language)
    var first = 0
    while first < points.count {
      // Neighbours are in one network: the last of one is the first of the next.
      let chosen = Array(points[max(0, first - 1)..<min(points.count, first + 63)])
      let forms = try run.forms(chosen, program)
      if first == 0 { curves = run.curves }
      let skipped = first == 0 ? 0 : 1
      let values = run.measured(forms)
      let turned = run.compare(forms, follows: points.first?.count == 1)
      for index in skipped..<chosen.count {
        self.points.append(
          Point(
            at: chosen[index], values: values[index],
            turned: index == 0 ? nil : turned[index - 1]))
      }
      first += 63
    }
    turned = self.points.reduce(0) { $0 + ($1.turned ?? 0) }
    if points.first?.count == 1 { flips = try run.followed(step, program) }
  }
}

/// Rule sets of neighbouring values, in one network.
struct SweepForms {
  let at: [[Decimal]]
  let network: Network
  let memory: Memory
  let wording: Wording
}

/// An answer that is another at the second of two values.
struct SweepTurn {
  var decision: Int
  var row: Int
  var low: Decimal
  var high: Decimal
  var before: String
  var after: String
}
