/// How sure the total of a sample is: the records were drawn from many like them, and another draw
/// would have come to another total.
///
/// Given are what each record adds to the total (`moved`; those that add nothing are only counted),
/// or a part of them where there are too many to keep. The interval is for the total that as many
/// records would come to on average.
struct MeanInterval {
  /// What the records that are kept add, in an order that does not depend on how they came, and the
  /// hashes of the records.
  var hashes: [UInt64]
  var values: [Double]
  /// All records, and those that add something.
  var records: Int
  var moved: Int
  /// Of all records together.
  var sum: Double
  var squares: Double
  /// What the interval is around, where that is not the sum itself: what records add to a ratio adds
  /// up to nothing, and says only how far the ratio may be off.
  var estimate: Double?
  /// Of the records that are only counted; zero for totals, not quite for ratios.
  var restSum = 0.0
  var restSquares = 0.0

  /// What came of it.
  struct Result {
    var low: Double
    var high: Double
    var p: Double
    var deviation: Double
    var method: Method
  }
  enum Method: Sendable { case bootstrap, skewed, constant }

  private var middle: Double { estimate ?? sum }

  /// All records are kept that add something.
  private var isComplete: Bool { values.count == moved }

  /// The deviation of the total.
  var deviation: Double {
    max(squares - sum * sum / Double(records), 0).squareRoot()
      * (Double(records) / Double(max(records - 1, 1))).squareRoot()
  }

  /// nil where there is too little to say anything.
  func result(confidence: Double) -> Result? {
    guard records > 1, squares.isFinite, sum.isFinite, moved >= Self.leastMoved else { return nil }
    let deviation = deviation
    // Every record adds the same: there is nothing to vary.
    if deviation <= 1e-9 * middle.magnitude {
      return Result(low: middle, high: middle, p: 0, deviation: 0, method: .constant)
    }
    var result =
      isComplete ? bootstrap(confidence, deviation) : skewed(confidence, deviation)
    if moved < records, restSquares == 0 {
      let share = Self.shareLeftByGate(moved, confidence: confidence)
      if result.low > 0 { result.low *= share }
      if result.high < 0 { result.high *= share }
    }
    return result
  }

  // MARK: Enough

  /// With fewer records that add something nothing is said. The number is all that is asked: a gate
  /// that asked whether the records look well behaved would let those samples pass that happen to
  /// lack their large values, which are the ones whose intervals miss.
  static let leastMoved = 40

  /// The gate itself selects: where about as many records move as it asks for, those samples pass
  /// that happen to have more. So the end near zero is that of a count which is known to have passed:
  /// by what factor the lower end of the interval for its mean is less than without a gate. Next to
  /// the gate nothing is left; from twice as many on, all.
  static func shareLeftByGate(_ moved: Int, confidence: Double) -> Double {
    if moved >= 2 * leastMoved { return 1 }
    let tail = (1 - confidence) / 2
    /// The chance of so many or more of a Poisson count.
    func atLeast(_ count: Int, _ mean: Double) -> Double {
      1 - Special.upperGamma(Double(count), mean)
    }
    /// The mean under which what was seen, or more, is as seldom as the tail.
    func mean(_ chance: (Double) -> Double) -> Double {
      var (low, high) = (0.01, Double(moved))
      for _ in 0..<50 {
        let middle = (low + high) / 2
        if chance(middle) > tail { high = middle } else { low = middle }
      }
      return low
    }
    let plain = mean { atLeast(moved, $0) }
    let passed = mean { middle in
      let passes = atLeast(leastMoved, middle)
      return passes > 1e-12 ? atLeast(moved, middle) / passes : 1
    }
    return min(passed / plain, 1)
  }

  /// By what factor intervals are widened: the deviation is itself an estimate, and the more of it
  /// few records make up the less it is known. Three fifths of their share (Σx⁴ over (Σx²)²) is
  /// what simulation asks for; with thousands of records nothing is left of it.
  private func widening(_ deviation: Double) -> Double {
    let mean = sum / Double(records)
    let share = Double(moved) / Double(max(values.count, 1))
    var fourth = 0.0
    for value in values {
      let square = (value - mean) * (value - mean)
      fourth += square * square
    }
    let square = deviation * deviation
    return 1 + 0.6 * fourth * share / (square * square)
  }

  // MARK: Bootstrap

  /// The studentised bootstrap: in each replicate every record counts as often as a Poisson weight
  /// says, and the total is told in units of the replicate's own deviation. How far that is from the
  /// total itself tells how far the total may be from the truth.
  private func bootstrap(_ confidence: Double, _ deviation: Double) -> Result {
    let count = BootstrapWeights.replicates
    var scores = [Double](repeating: 0, count: count)
    var weights = [Double](repeating: 0, count: count)
    var sums = [Double](repeating: 0, count: count)
    var squares = [Double](repeating: 0, count: count)
    weigh(&weights, &sums, &squares)
    let rest = records - values.count
    let restVariance = max(restSquares - restSum * restSum / Double(max(rest, 1)), 0)
    for replicate in 0..<count {
      let restWeight = BootstrapWeights.total(of: rest, replicate: replicate)
      let share = rest > 0 ? restWeight / Double(rest) : 0
      var sum = sums[replicate]
      if restSquares > 0 {
        sum += share * restSum
        sum += restVariance.squareRoot() * BootstrapWeights.normal(replicate, 0x5EED)
      }
      let square = squares[replicate] + share * restSquares
      let weight = weights[replicate] + restWeight
      let scale = Double(records) / weight
      let variance = max(square - sum * sum / weight, 0)
      let off = scale * sum - self.sum
      let own = scale * variance.squareRoot()
      scores[replicate] =
        weight > 0 && own > 0 ? off / own : off < 0 ? -.infinity : off > 0 ? .infinity : 0
    }
    scores.sort()
    let tail = (1 - confidence) / 2
    let cut = max(Int((tail * Double(count)).rounded(.down)) - 1, 0)
    let unit = deviation * widening(deviation)
    let score = middle / unit
    let above = scores.count { $0 >= score }
    let below = scores.count { $0 <= score }
    let p = 2 * Double(min(above, below) + 1) / Double(count + 1)
    return Result(
      low: middle - scores[count - 1 - cut] * unit, high: middle - scores[cut] * unit,
      p: min(p, 1), deviation: deviation, method: .bootstrap)
  }

  /// Adds up what every replicate draws of the records that are kept.
  private func weigh(
    _ weights: inout [Double], _ sums: inout [Double], _ squares: inout [Double]
  ) {
    weights.withUnsafeMutableBufferPointer { weights in
      sums.withUnsafeMutableBufferPointer { sums in
        squares.withUnsafeMutableBufferPointer { squares in
          BootstrapWeights.table.withUnsafeBufferPointer { table in
            for (hash, value) in zip(hashes, values) {
              let square = value * value
              for block in 0..<weights.count / 8 {
                var bits = BootstrapWeights.bits(hash, block: block)
                for replicate in block * 8..<block * 8 + 8 {
                  let weight = Double(table[Int(truncatingIfNeeded: bits & 255)])
                  bits >>= 8
                  weights[replicate] += weight
                  sums[replicate] += weight * value
                  squares[replicate] += weight * square
                }
              }
            }
          }
        }
      }
    }
  }

  // MARK: Many records

  /// With very many records the mean is as good as normal; what is left of the skew moves both ends
  /// (Cornish and Fisher). The skew is that of the records that are kept.
  private func skewed(_ confidence: Double, _ deviation: Double) -> Result {
    let share = Double(moved) / Double(values.count)
    let mean = sum / Double(records)
    var cubes = 0.0
    for value in values { cubes += (value - mean) * (value - mean) * (value - mean) }
    cubes = cubes * share - mean * mean * mean * Double(records - moved)
    let skew = min(max(cubes / (deviation * deviation * deviation), -0.5), 0.5) / 6
    let unit = deviation * widening(deviation)
    func ends(_ confidence: Double) -> (low: Double, high: Double) {
      let t = StudentT.quantile(1 - (1 - confidence) / 2, freedom: Double(moved - 1))
      let shift = skew * (2 * t * t + 1)
      return (middle - (t - shift) * unit, middle + (t + shift) * unit)
    }
    let (low, high) = ends(confidence)
    // Johnson's modified t: what the skew adds to the score of no difference.
    let t = middle / unit
    let p = StudentT.beyond(t + skew * (2 * t * t + 1), freedom: Double(moved - 1))
    return Result(low: low, high: high, p: p, deviation: deviation, method: .skewed)
  }
}
