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
  /// Whether it is told only where so many records moved that the count says something of the total.
  var isGated = true
  /// How much of the fourth moment intervals are widened by (see `widening`).
  var widened = 0.9

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
    guard records > 1, squares.isFinite, sum.isFinite else { return nil }
    if isGated, moved < Self.leastMoved { return nil }
    let deviation = deviation
    // Every record adds the same: there is nothing to vary.
    if deviation <= 1e-9 * middle.magnitude {
      return Result(low: middle, high: middle, p: 0, deviation: 0, method: .constant)
    }
    return isComplete ? bootstrap(confidence, deviation) : skewed(confidence, deviation)
  }

  // MARK: Enough

  /// With fewer records that add something nothing is said. The number is all that is asked: a gate
  /// that asked whether the records look well behaved would let those samples pass that happen to
  /// lack their large values, which are the ones whose intervals miss. What this gate selects is
  /// undone by `GatedEnds`.
  static let leastMoved = 70

  /// How many deviations below and above the total the ends lie.
  private func ends(_ confidence: Double, _ deviation: Double) -> (low: Double, high: Double) {
    let tail = (1 - confidence) / 2
    guard isGated else { return (Normal.quantile(1 - tail), -Normal.quantile(1 - tail)) }
    let share = Double(moved) / Double(records)
    // How total and count go together.
    let common = sum - restSum - sum * share
    let correlation = common / (deviation * (Double(moved) * (1 - share)).squareRoot())
    return GatedEnds.ends(
      moved: moved, of: records, gate: Self.leastMoved, correlation: correlation, tail: tail)
  }

  /// The third and fourth moments of what records add, in units of the deviation: how lopsided they
  /// are, and how much of the deviation few of them make up.
  private func moments(_ deviation: Double) -> (third: Double, fourth: Double) {
    let mean = sum / Double(records)
    let share = Double(moved) / Double(max(values.count, 1))
    var (third, fourth) = (0.0, 0.0)
    for value in values {
      let off = value - mean
      third += off * off * off
      fourth += off * off * off * off
    }
    third = third * share - mean * mean * mean * Double(records - moved)
    let square = deviation * deviation
    return (min(max(third / (square * deviation), -0.5), 0.5), fourth * share / (square * square))
  }

  /// By what factor intervals are widened: the deviation is itself an estimate, and the more of it
  /// few records make up the less it is known. Nine tenths of their share (Σx⁴ over (Σx²)²) is what
  /// simulation asks for, and more for the two arms of an experiment, whose long tails do not show
  /// in the scores; with thousands of records nothing is left of it.
  private func widening(_ fourth: Double) -> Double { 1 + widened * fourth }

  /// By how many deviations both ends move towards the long tail: a sample shows less of it than
  /// there is. A quarter of the third moment is what simulation asks for.
  private static func shift(_ third: Double) -> Double { third / 4 }

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
    let moments = moments(deviation)
    let unit = deviation * widening(moments.fourth)
    let center = middle + deviation * Self.shift(moments.third)
    let score = center / unit
    let above = scores.count { $0 >= score }
    let below = scores.count { $0 <= score }
    let p = 2 * Double(min(above, below) + 1) / Double(count + 1)
    let ends = ends(confidence, deviation)
    return Result(
      low: center - Self.quantile(ends.low, of: scores) * unit,
      high: center - Self.quantile(ends.high, of: scores) * unit,
      p: min(p, 1), deviation: deviation, method: .bootstrap)
  }

  /// The score of replicates that stands where a normal one has the given value; beyond the last
  /// replicate in proportion.
  private static func quantile(_ normal: Double, of sorted: [Double]) -> Double {
    let count = sorted.count
    let rank = Normal.above(normal.magnitude) * Double(count)
    func place(_ rank: Int) -> Double { normal < 0 ? sorted[rank - 1] : sorted[count - rank] }
    if rank < 1 {
      return place(1) * normal.magnitude / Normal.quantile(1 - 1 / Double(count))
    }
    let whole = min(Int(rank), count - 1)
    return place(whole) + (rank - Double(whole)) * (place(whole + 1) - place(whole))
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
    let moments = moments(deviation)
    let skew = moments.third / 6
    let unit = deviation * widening(moments.fourth)
    let center = middle + deviation * Self.shift(moments.third)
    func ends(_ confidence: Double) -> (low: Double, high: Double) {
      let t = StudentT.quantile(1 - (1 - confidence) / 2, freedom: Double(moved - 1))
      let shift = skew * (2 * t * t + 1)
      return (center - (t - shift) * unit, center + (t + shift) * unit)
    }
    let (low, high) = ends(confidence)
    // Johnson's modified t: what the skew adds to the score of no difference.
    let t = center / unit
    let p = StudentT.beyond(t + skew * (2 * t * t + 1), freedom: Double(moved - 1))
    return Result(low: low, high: high, p: p, deviation: deviation, method: .skewed)
  }
}
