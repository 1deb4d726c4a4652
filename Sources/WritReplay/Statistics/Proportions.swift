/// Two shares of independent groups, held against each other.
public struct TwoProportions: Sendable {
  /// How many of how many.
  public struct Group: Hashable, Sendable {
    public var yes: Int
    /// How many were asked.
    public var of: Int

    public init(yes: Int, of: Int) {
      self.yes = yes
      self.of = of
    }

    public var share: Double { of == 0 ? .nan : Double(yes) / Double(of) }
  }

  public let first: Group
  public let second: Group

  public init(_ first: Group, _ second: Group) {
    self.first = first
    self.second = second
  }

  public var difference: Double { second.share - first.share }

  /// The score of the test that both have one share, which is estimated from both together.
  public var z: Double {
    let pooled = Double(first.yes + second.yes) / Double(first.of + second.of)
    let variance = pooled * (1 - pooled) * (1 / Double(first.of) + 1 / Double(second.of))
    return variance > 0 ? difference / variance.squareRoot() : 0
  }

  /// The chance of a difference at least as far on this side, and on either.
  public var oneSidedP: Double { Normal.above(z) }
  public var p: Double { Normal.beyond(z) }

  /// The deviation of the difference, each share estimated from its own group.
  public var deviation: Double {
    func variance(_ group: Group) -> Double {
      group.share * (1 - group.share) / Double(group.of)
    }
    return (variance(first) + variance(second)).squareRoot()
  }

  /// The interval of the difference.
  public func interval(confidence: Double) -> ClosedRange<Double> {
    let half = Normal.quantile(1 - (1 - confidence) / 2) * deviation
    return difference - half...difference + half
  }

  /// Whether there are enough of either answer for the normal distribution to serve: what the smaller
  /// group has for its size, going by both together, because a gate for each group lets those pass
  /// that happen to have more, which are not like others.
  public var isEnough: Bool {
    let smaller = Double(min(first.of, second.of)) / Double(first.of + second.of)
    let (yes, no) = (first.yes + second.yes, first.of + second.of - first.yes - second.yes)
    return Double(min(yes, no)) * smaller >= Double(Self.leastOfEither)
      && [first, second].allSatisfy { min($0.yes, $0.of - $0.yes) >= Self.leastOfEither / 4 }
  }

  static let leastOfEither = 20
}

/// Whether records were given out in the shares that were declared (χ², goodness of fit).
public enum SampleRatio {
  /// Below this p something is wrong with how records were given out, and no effect is told.
  public static let threshold = 0.001

  /// χ² of the counts against the shares, and the chance of one at least as great.
  public static func check(
    counts: [Int], shares: [Double]
  ) -> (chiSquare: Double, p: Double) {
    let total = Double(counts.reduce(0, +))
    var sum = 0.0
    for (count, share) in zip(counts, shares) {
      let expected = total * share
      let off = Double(count) - expected
      if expected > 0 { sum += off * off / expected }
    }
    return (sum, ChiSquare.above(sum, freedom: Double(max(counts.count - 1, 1))))
  }
}

/// McNemar's test: of records that answer yes or no twice, only those that changed say anything.
public enum McNemar {
  /// Up to so many changed answers their distribution is added up exactly.
  static let exactUpTo = 1_000

  /// The two-sided p for so many answers that became yes and so many that became no. Up to a
  /// thousand exactly, by mid-p (half the chance of what was seen is counted, without which the test
  /// says too seldom that something changed); above by χ².
  public static func p(toYes: Int, toNo: Int) -> Double {
    let changed = toYes + toNo
    if changed == 0 { return 1 }
    if changed > exactUpTo {
      let off = Double(toYes - toNo)
      return ChiSquare.above(off * off / Double(changed), freedom: 1)
    }
    let fewer = min(toYes, toNo)
    if toYes == toNo { return 1 }
    return min(1, 2 * FairCoin.atMost(fewer, of: changed) - FairCoin.exactly(fewer, of: changed))
  }

  /// The interval of the difference of the two shares (Tango's score interval): where the score of
  /// the test that the difference is δ reaches the limit. Holds for few changed answers as well.
  public static func interval(
    toYes: Int, toNo: Int, records: Int, confidence: Double
  ) -> ClosedRange<Double> {
    let z = Normal.quantile(1 - (1 - confidence) / 2)
    return interval(toYes: toYes, toNo: toNo, records: records, scores: (z, -z))
  }

  /// The same with the scores that the lower and the upper end have.
  static func interval(
    toYes: Int, toNo: Int, records: Int, scores: (low: Double, high: Double)
  ) -> ClosedRange<Double> {
    let (b, c, n) = (Double(toYes), Double(toNo), Double(records))
    func score(_ delta: Double) -> Double {
      // The share that became no, most likely if the difference is δ.
      let half = -(b + c) + (2 * n - b + c) * delta
      let root = (half * half + 8 * n * c * delta * (1 - delta)).squareRoot()
      let share = max((root - half) / (4 * n), 0)
      let variance = n * (2 * share + delta * (1 - delta))
      let off = b - c - n * delta
      return variance > 0
        ? off / variance.squareRoot() : off > 0 ? .infinity : off < 0 ? -.infinity : 0
    }
    let estimate = (b - c) / n
    // The score falls as δ rises.
    func end(_ outer: Double, isInside: (Double) -> Bool) -> Double {
      var (inner, outer) = (estimate, outer)
      for _ in 0..<64 {
        let middle = (inner + outer) / 2
        if isInside(middle) { inner = middle } else { outer = middle }
      }
      return (inner + outer) / 2
    }
    return end(-1) { score($0) < scores.low }...end(1) { score($0) > scores.high }
  }
}

/// Corrections for asking several questions of the same data.
public enum SeveralTests {
  /// Holm's correction: the least p times the number of tests, the next times one less, and so on,
  /// never below the one before. Keeps the chance of any false alarm.
  public static func holm(_ all: [Double]) -> [Double] {
    var result = all
    var least = 0.0
    for (rank, index) in all.indices.sorted(by: { (all[$0], $0) < (all[$1], $1) }).enumerated() {
      least = max(least, min(1, all[index] * Double(all.count - rank)))
      result[index] = least
    }
    return result
  }
}
