/// What a gate on a count does to an interval, and how to undo it.
///
/// An interval is told only where enough records moved. Where about as many move as the gate asks
/// for, the samples that pass are those that happen to have more: their totals lie too high, and
/// vary less. So the ends are those that have their chance among samples which passed. Total and
/// count are taken as jointly normal, with the correlation that the sample shows; the count that
/// belongs to an end is the one most likely with it.
enum GatedEnds {
  /// How many deviations below and above the total the ends lie: 1.96 and −1.96 far from the gate
  /// (what the lower end allows for is a total that came out too high).
  ///
  /// Next to the gate the lower end lies far down, since the count may have passed by luck, and the
  /// upper end near the total.
  static func ends(
    moved: Int, of records: Int, gate: Int, correlation: Double, tail: Double
  ) -> (low: Double, high: Double) {
    let plain = Normal.quantile(1 - tail)
    let still = 1 - Double(moved) / Double(max(records, 1))
    // Square roots of counts have the deviation ½ whatever their mean; less where most records move.
    let above = 2 * (Double(moved).squareRoot() - (Double(gate) - 0.5).squareRoot())
    guard still > 0, correlation.isFinite, above < farthest * still.squareRoot() else {
      return (plain, -plain)
    }
    let distance = above / still.squareRoot()
    let correlation = min(max(correlation, -0.99), 0.99)
    func shareAbove(_ score: Double) -> Double {
      let gate = correlation * score - distance
      return both(score, gate, correlation) / Normal.above(gate)
    }
    return (
      root { shareAbove($0) > tail }, root { shareAbove($0) > 1 - tail }
    )
  }

  /// So many deviations above the gate a count knows nothing of it.
  private static let farthest = 5.0
  /// No end lies further off.
  private static let furthestEnd = 4.0

  /// The last score at which something still holds.
  private static func root(_ holds: (Double) -> Bool) -> Double {
    var (low, high) = (-furthestEnd, furthestEnd)
    for _ in 0..<36 {
      let middle = (low + high) / 2
      if holds(middle) { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }

  /// The chance that two normal scores with a correlation both lie above something (Simpson's rule
  /// over the first).
  private static func both(_ first: Double, _ second: Double, _ correlation: Double) -> Double {
    let most = 8.5
    let (pieces, width) = (96, (most - first) / 96)
    let rest = (1 - correlation * correlation).squareRoot()
    var sum = 0.0
    for piece in 0...pieces {
      let score = first + Double(piece) * width
      let weight = piece == 0 || piece == pieces ? 1.0 : piece.isMultiple(of: 2) ? 2 : 4
      sum += weight * Normal.density(score) * Normal.above((second - correlation * score) / rest)
    }
    return sum * width / 3
  }
}
