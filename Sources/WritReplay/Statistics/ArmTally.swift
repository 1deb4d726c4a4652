import WritModel
import WritNetwork
import WritRules

/// A measure in one arm of an experiment: what its units add to the measure's parts.
struct ArmTally {
  /// Units in the arm.
  var units = 0
  /// The sum of each part, exactly, so that the order of units does not matter.
  private var exact: [BinarySum]
  private var sums: [Double] { exact.map(\.value) }
  var products: [BinarySum]
  /// Units that add something.
  var moved = 0
  var sample: ChangeSample
  /// Whether every part of every unit is 0 or 1, and the second counts wherever the first does.
  var isYesOrNo = true
  var isNested = true

  init(_ width: Int) {
    exact = Array(repeating: BinarySum(), count: width)
    products = BinarySum.products(width)
    sample = ChangeSample(width: width)
  }

  mutating func add(_ hash: UInt64, _ parts: [Double]) {
    units += 1
    if parts.allSatisfy({ $0 == 0 }) { return }
    moved += 1
    for (index, part) in parts.enumerated() { exact[index].add(part) }
    BinarySum.add(products: parts, to: &products)
    sample.add(hash, parts)
    if !parts.allSatisfy({ $0 == 0 || $0 == 1 }) { isYesOrNo = false }
    if parts.count == 2, parts[0] > parts[1] { isNested = false }
  }

  /// The share of units that answer yes: of all units for a count, of those that count below for one
  /// count over another; nil for what is no share.
  func proportion(_ shape: MeasureShape) -> TwoProportions.Group? {
    guard isYesOrNo else { return nil }
    if shape.isCount { return TwoProportions.Group(yes: Int(sums[0]), of: units) }
    guard shape.isRatioOfCounts, isNested else { return nil }
    return TwoProportions.Group(yes: Int(sums[0]), of: Int(sums[1]))
  }

  /// The measure in the arm: for sums and counts a unit's part of it, because arms differ in size.
  func value(_ shape: MeasureShape) -> Double? {
    let value = estimate(shape)
    return value.isFinite ? value : nil
  }

  private func estimate(_ shape: MeasureShape) -> Double {
    if let factors = shape.factors {
      return zip(factors, sums).reduce(0) { $0 + $1.0 * $1.1 } / Double(units)
    }
    return shape.value(at: sums)
  }

  /// What each unit says of how far the arm's value may be off: its slopes, and what every unit adds
  /// besides, whether it has parts or not.
  private func slopes(_ shape: MeasureShape) -> (slopes: [Double], level: Double) {
    guard let factors = shape.factors else { return (shape.slope(at: sums), 0) }
    let size = Double(units)
    return (factors.map { $0 / size }, -estimate(shape) / size)
  }

  /// The difference of the second arm's value and the first's, as one sample of both: units of the
  /// first count against it. nil where there are too few units with parts.
  ///
  /// Asked is how many the smaller arm has for its size, going by both arms together: that number
  /// says nothing of their difference, while a gate for each arm would let those pass that happen to
  /// have many.
  static func difference(
    _ shape: MeasureShape, _ first: ArmTally, _ second: ArmTally
  ) -> MeanInterval? {
    let smaller = Double(min(first.units, second.units)) / Double(first.units + second.units)
    let moved = first.moved + second.moved
    guard Double(moved) * smaller >= Double(MeanInterval.leastMoved),
      min(first.moved, second.moved) >= MeanInterval.leastMoved / 4
    else { return nil }
    let estimate = second.estimate(shape) - first.estimate(shape)
    guard estimate.isFinite else { return nil }
    var interval = MeanInterval(
      hashes: [], values: [], records: first.units + second.units,
      moved: moved, sum: 0, squares: 0, estimate: estimate, isGated: false,
      widened: 1.2)
    for (arm, sign) in [(first, -1.0), (second, 1.0)] {
      let (slopes, level) = arm.slopes(shape)
      let sample = arm.sample.trimmed
      for index in sample.hashes.indices {
        var value = level
        for (part, slope) in slopes.enumerated() {
          value += slope * sample.values[index * slopes.count + part]
        }
        interval.hashes.append(sample.hashes[index])
        interval.values.append(sign * value)
      }
      // Σ(slope · x + level)² over the units with parts; the others have the level alone.
      let linear = zip(slopes, arm.sums).reduce(0) { $0 + $1.0 * $1.1 }
      let rest = Double(arm.units - arm.moved)
      interval.restSum += sign * level * rest
      interval.restSquares += level * level * rest
      interval.squares +=
        BinarySum.square(slopes, arm.products) + 2 * level * linear
        + level * level * Double(arm.units)
    }
    return interval
  }
}

/// The tallies of a measure in all arms.
enum ArmTallies {
  case tallies([ArmTally])
  /// The measure is not known, because so many records have no value.
  case unknown(Int)

  /// `units` says which unit each row belongs to, `arms` and `hashes` stand for the units.
  init(
    _ measure: Measure, _ shape: MeasureShape, _ units: [Int?], _ memory: Memory, _ arms: [Int?],
    _ hashes: [UInt64], count: Int
  ) {
    let width = shape.parts.count
    var parts = [Double](repeating: 0, count: arms.count * width)
    let columns = MeasureColumns(measure, of: nil, rows: 0..<units.count, in: memory)
    var totals = MeasureTotals(measure)
    for (row, unit) in units.enumerated() {
      guard let unit, arms.indices.contains(unit), arms[unit] != nil else { continue }
      totals.add(columns, row: row)
      for (part, value) in columns.parts(of: row, shape).enumerated() {
        parts[unit * width + part] += value
      }
    }
    if totals.unknown > 0 {
      self = .unknown(totals.unknown)
      return
    }
    var tallies = (0..<count).map { _ in ArmTally(width) }
    for (unit, arm) in arms.enumerated() {
      guard let arm else { continue }
      tallies[arm].add(hashes[unit], Array(parts[unit * width..<(unit + 1) * width]))
    }
    self = .tallies(tallies)
  }
}
