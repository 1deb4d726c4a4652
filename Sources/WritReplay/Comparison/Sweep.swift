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
    /// How many answers are others than at the value of the last param before, the others being as
    /// they are; nil at its first.
    public var turned: Int?
  }
  /// What stands in `Point.values`.
  public struct Curve: Sendable {
    public var title: String
    public var type: ValueType
    public var moreIsBetter: Bool?
  }
  /// Answers that are others from one value of the param on.
  public struct Flip: Sendable, Hashable {
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
    /// The param that has the value, by its place.
    public var axis: Int
    /// The point at which all other params stand; nil: it is so wherever they stand.
    public var others: [Decimal]?
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
  /// By param, where the others stand, value, then decision.
  public var flips: [Flip] = []
  /// Answers that changed and whose exact value was not looked for, being too many.
  public var unfollowed = 0
  /// Decisions whose amounts move with a param all along, so that no value is one at which they turn.
  public var moving: [String] = []

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
  /// How many records are assigned for exact answers, at most, all values together.
  static let mostAssigned = 20_000_000

  /// Sweeps over every combination of the values of the axes, the last the fastest. `program` gives
  /// the rules with the params at a point; their symbols go on from those of `facts`. The values of
  /// an axis rise. For each param, and each combination of the others, the exact values at which
  /// answers change are found, to the step in which the param can be written.
  public init(
    axes: [[Decimal]], steps: [Decimal], facts: Facts, today: Int32, language: Language,
    program: ([Decimal]) -> Program?
  ) throws(Problem) {
    var run = SweepRun(facts: facts, today: today, language: language)
    for axis in axes.indices.reversed() {
      let isLast = axis == axes.count - 1
      var found: [[Flip]] = []
      for others in Self.combinations(of: axes, without: axis) {
        let line = SweepLine(axis: axis, others: others, step: steps[axis])
        found.append(try sweep(line, over: axes[axis], isLast, &run, program))
      }
      flips.insert(contentsOf: Self.together(found), at: 0)
    }
    curves = run.curves
  }

  /// One param from value to value while the others stand still: the points of the last one are told.
  private mutating func sweep(
    _ line: SweepLine, over values: [Decimal], _ isTold: Bool, _ run: inout SweepRun,
    _ program: ([Decimal]) -> Program?
  ) throws(Problem) -> [Flip] {
    var turns: [SweepTurn] = []
    var first = 0
    while first < values.count {
      // Neighbours are in one network: the last of one is the first of the next.
      let chosen = Array(values[max(0, first - 1)..<min(values.count, first + 63)])
      let forms = try run.forms(chosen, line, program)
      try run.sortAmounts(forms, values, line, program)
      let compared = run.compare(forms, keeping: Self.mostFollowed - turns.count)
      turns += compared.kept
      unfollowed += compared.turned.reduce(0, +) - compared.kept.count
      if isTold {
        let measured = run.measured(forms)
        for index in (first == 0 ? 0 : 1)..<chosen.count {
          points.append(
            Point(
              at: line.point(chosen[index]), values: measured[index],
              turned: index == 0 ? nil : compared.turned[index - 1]))
        }
      }
      first += 63
    }
    for title in run.endLine() where !moving.contains(title) { moving.append(title) }
    return try run.followed(turns, line, program)
  }

  /// Where the other params stand, a zero in the place of the one.
  private static func combinations(of axes: [[Decimal]], without axis: Int) -> [[Decimal]] {
    var all: [[Decimal]] = [[]]
    for (index, values) in axes.enumerated() {
      let own = index == axis ? [Decimal(0)] : values
      all = all.flatMap { point in own.map { point + [$0] } }
    }
    return all
  }

  /// The turns of all lines of a param: one that is on each of them is told once.
  private static func together(_ lines: [[Flip]]) -> [Flip] {
    if lines.count == 1 {
      return lines[0].map { flip in
        var flip = flip
        flip.others = nil
        return flip
      }
    }
    func bare(_ flip: Flip) -> Flip {
      var flip = flip
      flip.others = nil
      return flip
    }
    let sets = lines.map { Set($0.map(bare)) }
    let first = lines.first ?? []
    let everywhere = first.map(bare).filter { flip in sets.allSatisfy { $0.contains(flip) } }
    let told = Set(everywhere)
    return everywhere + lines.flatMap { line in line.filter { !told.contains(bare($0)) } }
  }
}

/// A param that varies while the others stand.
struct SweepLine {
  let axis: Int
  /// The point, whatever it says of the param itself.
  let others: [Decimal]
  /// The finest step in which the param is tried.
  let step: Decimal

  func point(_ value: Decimal) -> [Decimal] {
    var point = others
    point[axis] = value
    return point
  }

  /// Some of the values, at most so many, and where there is room two between any two of them.
  func samples(_ values: [Decimal], most: Int) -> [Decimal] {
    let count = min(values.count, most)
    let chosen = (0..<count).map { values[$0 * (values.count - 1) / max(count - 1, 1)] }
    guard count * 3 - 2 <= most else { return chosen }
    var result: Set<Decimal> = Set(chosen)
    for (low, high) in zip(chosen, chosen.dropFirst()) {
      for part in [Decimal(1), Decimal(2)] {
        guard let width = high.subtracting(low)?.multiplied(by: part),
          let third = width.divided(by: Decimal(3), decimals: Int(step.scale)),
          let between = low.adding(third), low < between, between < high
        else { continue }
        result.insert(between)
      }
    }
    return result.sorted()
  }
}

/// The rule sets of neighbouring values: in one network and memory, or where records are assigned,
/// whose turns and loads differ from set to set, each in its own.
struct SweepForms {
  struct Form {
    let program: Program
    /// Its names in the network; nil: they are its own.
    let variant: Variant?
    let memory: Memory
    let wording: Wording

    func name(_ attribute: AttributeID) -> AttributeID { variant?[attribute] ?? attribute }
  }
  let at: [Decimal]
  let forms: [Form]
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
