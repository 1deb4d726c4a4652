import WritModel
import WritRules

/// The sums that a measure is made of, and how the measure follows from them as a binary number.
///
/// A sum or an average has the sum of its values, an average or a count has its number of records;
/// each is a *part*. A record adds its parts to the sums.
struct MeasureShape: Sendable {
  /// One of the sums.
  struct Part: Sendable {
    var fold: Int
    var isCount: Bool
  }
  let parts: [Part]
  /// What a unit of each part adds to the measure, where that does not depend on the others:
  /// sums, differences and multiples of sums and counts; nil for averages and ratios.
  let factors: [Double]?
  /// Whether the measure is a plain count, so that a record answers yes or no.
  let isCount: Bool
  /// Whether the measure is one count over another.
  let isRatioOfCounts: Bool
  private let formula: Measure.Formula
  private let folds: [Measure.Fold]

  /// The most parts for which all their products are kept.
  static let mostParts = 6

  /// nil for a measure without folds, or with too many.
  init?(_ measure: Measure) {
    guard let formula = measure.formula, !measure.folds.isEmpty else { return nil }
    self.formula = formula
    folds = measure.folds
    var parts: [Part] = []
    for (index, fold) in measure.folds.enumerated() {
      if fold.kind != .count { parts.append(Part(fold: index, isCount: false)) }
      if fold.kind != .sum { parts.append(Part(fold: index, isCount: true)) }
    }
    guard parts.count <= Self.mostParts else { return nil }
    self.parts = parts
    var isLinear = folds.allSatisfy { $0.kind != .average }
    isLinear = isLinear && Self.isLinear(formula)
    factors = isLinear ? Self.slope(formula, folds, parts, at: parts.map { _ in 1 }) : nil
    if case .divide(.fold(0), .fold(1)) = formula {
      isRatioOfCounts = folds[0].kind == .count && folds[1].kind == .count
    } else {
      isRatioOfCounts = false
    }
    if case .fold = formula { isCount = folds[0].kind == .count } else { isCount = false }
  }

  /// Whether folds are added and multiplied by constants only.
  private static func isLinear(_ formula: Measure.Formula) -> Bool {
    switch formula {
    case .fold: true
    // A constant beside folds moves the measure, not its differences.
    case .constant: true
    case .add(let left, let right), .subtract(let left, let right):
      isLinear(left) && isLinear(right)
    case .multiply(let left, let right):
      isLinear(left) && isLinear(right) && (isConstant(left) || isConstant(right))
    case .divide(let left, let right): isLinear(left) && isConstant(right)
    case .negate(let inner): isLinear(inner)
    }
  }

  private static func isConstant(_ formula: Measure.Formula) -> Bool {
    switch formula {
    case .fold: false
    case .constant: true
    case .add(let left, let right), .subtract(let left, let right),
      .multiply(let left, let right), .divide(let left, let right):
      isConstant(left) && isConstant(right)
    case .negate(let inner): isConstant(inner)
    }
  }

  /// The measure for sums of the parts.
  func value(at sums: [Double]) -> Double {
    Self.value(formula, folds, parts, sums).value
  }

  /// How the measure moves with each part, at these sums.
  func slope(at sums: [Double]) -> [Double] { Self.slope(formula, folds, parts, at: sums) }

  private static func slope(
    _ formula: Measure.Formula, _ folds: [Measure.Fold], _ parts: [Part], at sums: [Double]
  ) -> [Double] {
    value(formula, folds, parts, sums).slope
  }

  /// A number and its slope, put together by the rules of the derivative.
  private static func value(
    _ formula: Measure.Formula, _ folds: [Measure.Fold], _ parts: [Part], _ sums: [Double]
  ) -> (value: Double, slope: [Double]) {
    func inner(_ formula: Measure.Formula) -> (value: Double, slope: [Double]) {
      value(formula, folds, parts, sums)
    }
    func both(
      _ a: Measure.Formula, _ b: Measure.Formula,
      _ rule: (Double, Double) -> (value: Double, a: Double, b: Double)
    ) -> (value: Double, slope: [Double]) {
      let (a, b) = (inner(a), inner(b))
      let result = rule(a.value, b.value)
      return (result.value, zip(a.slope, b.slope).map { result.a * $0 + result.b * $1 })
    }
    switch formula {
    case .constant(let constant):
      return (ExactSum(constant.decimal).approximate, parts.map { _ in 0 })
    case .fold(let fold):
      let sum = parts.firstIndex { $0.fold == fold && !$0.isCount }
      let count = parts.firstIndex { $0.fold == fold && $0.isCount }
      var slope = parts.map { _ in 0.0 }
      guard let sum else {
        if let count { slope[count] = 1 }
        return (count.map { sums[$0] } ?? 0, slope)
      }
      guard let count else {
        slope[sum] = 1
        return (sums[sum], slope)
      }
      slope[sum] = 1 / sums[count]
      slope[count] = -sums[sum] / (sums[count] * sums[count])
      return (sums[sum] / sums[count], slope)
    case .add(let a, let b): return both(a, b) { ($0 + $1, 1, 1) }
    case .subtract(let a, let b): return both(a, b) { ($0 - $1, 1, -1) }
    case .multiply(let a, let b): return both(a, b) { ($0 * $1, $1, $0) }
    case .divide(let a, let b): return both(a, b) { ($0 / $1, 1 / $1, -$0 / ($1 * $1)) }
    case .negate(let a):
      let a = inner(a)
      return (-a.value, a.slope.map { -$0 })
    }
  }
}
