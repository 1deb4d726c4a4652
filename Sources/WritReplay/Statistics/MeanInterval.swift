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

  /// All records are kept that add something.
  private var isComplete: Bool { values.count == moved }

  /// The deviation of the total.
  var deviation: Double {
    max(squares - sum * sum / Double(records), 0).squareRoot()
      * (Double(records) / Double(max(records - 1, 1))).squareRoot()
  }

  /// nil where there is too little to say anything (see `isEnough`).
  func result(confidence: Double) -> Result? {
    guard records > 1, squares.isFinite, sum.isFinite else { return nil }
    let deviation = deviation
    // Every record adds the same: there is nothing to vary.
    if deviation <= 1e-9 * sum.magnitude {
      return moved == records && records >= Self.leastMoved
        ? Result(low: sum, high: sum, p: 0, deviation: 0, method: .constant) : nil
    }
    guard isEnough else { return nil }
    return isComplete ? bootstrap(confidence, deviation) : skewed(confidence, deviation)
  }

  // MARK: Enough

  static let leastMoved = 30

  /// Whether there is enough for the interval to keep its promise.
  var isEnough: Bool { moved >= Self.leastMoved }

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
    let score = sum / deviation
    let above = scores.count { $0 >= score }
    let below = scores.count { $0 <= score }
    let p = 2 * Double(min(above, below) + 1) / Double(count + 1)
    return Result(
      low: sum - scores[count - 1 - cut] * deviation, high: sum - scores[cut] * deviation,
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
    func ends(_ confidence: Double) -> (low: Double, high: Double) {
      let t = StudentT.quantile(1 - (1 - confidence) / 2, freedom: Double(moved - 1))
      let shift = skew * (2 * t * t + 1)
      return (sum - (t - shift) * deviation, sum + (t + shift) * deviation)
    }
    let (low, high) = ends(confidence)
    return Result(
      low: low, high: high, p: Self.p(sum, deviation, freedom: Double(moved - 1), skew),
      deviation: deviation, method: .skewed)
  }

  /// Johnson's modified t: what the skew adds to the score of no difference.
  private static func p(
    _ sum: Double, _ deviation: Double, freedom: Double, _ skew: Double
  ) -> Double {
    let t = sum / deviation
    return StudentT.beyond(t + skew * (2 * t * t + 1), freedom: freedom)
  }
}
