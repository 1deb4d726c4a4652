import WritModel
public import WritRules

/// A measure under a base and under other rule sets, gathered record by record; and how sure their
/// differences are.
///
/// Parts of the data may be gathered apart, in any order, and put together with `merge`: the result is
/// the same to the byte. Records that do not differ cost a few additions for all rule sets together,
/// and nothing is kept of them. For a segment, keep another tally.
public struct MeasureTally: Sendable {
  public let measure: Measure
  let shape: MeasureShape?
  /// Under the base.
  public internal(set) var base: MeasureTotals
  /// Products of the parts under the base, where the measure is no plain sum.
  var products: [BinarySum]
  /// One for each rule set but the base.
  var changes: [MeasureChanges]

  /// A tally of nothing yet, for so many rule sets besides the base.
  public init(_ measure: Measure, comparing ruleSets: Int) {
    self.measure = measure
    let shape = MeasureShape(measure)
    self.shape = shape
    base = MeasureTotals(measure)
    let parts = shape?.parts.count ?? 0
    products = shape?.factors == nil ? BinarySum.products(parts) : []
    changes = (0..<ruleSets).map { _ in MeasureChanges(measure, shape) }
  }

  /// Adds a record under all rule sets. `key` is `RecordHash.of` its key.
  public mutating func add(
    key: UInt64, row: Int, base columns: MeasureColumns, others: [MeasureColumns]
  ) {
    add(base: columns, row: row)
    for index in others.indices {
      add(ruleSet: index, key: key, row: row, before: columns, after: others[index])
    }
  }

  /// Adds a record under the base. Every record is added here once.
  public mutating func add(base columns: MeasureColumns, row: Int) {
    base.add(columns, row: row)
    if let shape, shape.factors == nil {
      BinarySum.add(products: columns.parts(of: row, shape), to: &products)
    }
  }

  /// Adds a record under one of the other rule sets (counted from 0); those that do not differ may be
  /// left out.
  public mutating func add(
    ruleSet: Int, key: UInt64, row: Int, before: MeasureColumns, after: MeasureColumns
  ) {
    if before.isSame(row, as: after) { return }
    changes[ruleSet].add(key: key, row: row, before, after, shape)
  }

  /// Adds what another part of the data came to: the same measure, the same rule sets.
  public mutating func merge(_ other: MeasureTally) {
    base.merge(other.base)
    for index in products.indices where other.products.indices.contains(index) {
      products[index].add(other.products[index])
    }
    for index in changes.indices where other.changes.indices.contains(index) {
      changes[index].merge(other.changes[index])
    }
  }

  /// The exact sums under a rule set.
  public func totals(ruleSet: Int) -> MeasureTotals {
    var result = base
    result.merge(changes[ruleSet].before, times: -1)
    result.merge(changes[ruleSet].after)
    // The same records are looked at.
    return result
  }
}

/// What differs between the base and one rule set.
struct MeasureChanges: Sendable {
  /// The records that differ, as they were and as they are.
  var before: MeasureTotals
  var after: MeasureTotals
  /// For counts: how many records began to count, and how many ceased to.
  var toYes = 0
  var toNo = 0
  /// Of what the records add (for plain sums, their difference; else all parts before and after),
  /// the products of any two.
  var products: [BinarySum]
  /// Some or all of the records themselves.
  var sample: ChangeSample
  /// How many records have a difference that is not zero.
  var moved = 0

  init(_ measure: Measure, _ shape: MeasureShape?) {
    before = MeasureTotals(measure)
    after = MeasureTotals(measure)
    let width = shape.map { $0.factors == nil ? 2 * $0.parts.count : 1 } ?? 0
    products = BinarySum.products(width)
    sample = ChangeSample(width: width)
  }

  mutating func add(
    key: UInt64, row: Int, _ columnsBefore: MeasureColumns, _ columnsAfter: MeasureColumns,
    _ shape: MeasureShape?
  ) {
    before.add(columnsBefore, row: row)
    after.add(columnsAfter, row: row)
    guard let shape else { return }
    let old = columnsBefore.parts(of: row, shape)
    let new = columnsAfter.parts(of: row, shape)
    if shape.isCount {
      if new[0] > old[0] { toYes += 1 } else if new[0] < old[0] { toNo += 1 }
    }
    if let factors = shape.factors {
      var difference = 0.0
      for index in factors.indices { difference += factors[index] * (new[index] - old[index]) }
      if difference == 0 { return }
      moved += 1
      products[0].add(difference * difference)
      sample.add(key, [difference])
    } else {
      moved += 1
      BinarySum.add(products: old + new, to: &products)
      sample.add(key, old + new)
    }
  }

  mutating func merge(_ other: MeasureChanges) {
    before.merge(other.before)
    after.merge(other.after)
    toYes += other.toYes
    toNo += other.toNo
    moved += other.moved
    for index in products.indices where other.products.indices.contains(index) {
      products[index].add(other.products[index])
    }
    sample.merge(other.sample)
  }
}

extension MeasureColumns {
  /// What a row adds to each part, as binary numbers; what is not known adds nothing (the measure is
  /// not known then, and no interval is given).
  func parts(of row: Int, _ shape: MeasureShape) -> [Double] {
    shape.parts.map { part in
      switch contribution(part.fold, row) {
      case .outside, .unknown: 0
      case .counted: part.isCount ? 1 : 0
      case .inside(let value): part.isCount ? 1 : ExactSum(value.decimal).approximate
      }
    }
  }
}

extension BinarySum {
  /// Sums of nothing for the products of any two of so many numbers.
  static func products(_ width: Int) -> [BinarySum] {
    Array(repeating: BinarySum(), count: width * (width + 1) / 2)
  }

  /// Adds the products of any two, row by row of the upper triangle.
  static func add(products values: [Double], to sums: inout [BinarySum]) {
    var place = 0
    for (index, value) in values.enumerated() {
      for other in values[index...] {
        sums[place].add(value * other)
        place += 1
      }
    }
  }

  /// Σ(factors · x)² from the products.
  static func square(_ factors: [Double], _ products: [BinarySum]) -> Double {
    var sum = 0.0
    var place = 0
    for (index, factor) in factors.enumerated() {
      for (other, second) in factors.enumerated().dropFirst(index) {
        sum += (other == index ? 1 : 2) * factor * second * products[place].value
        place += 1
      }
    }
    return sum
  }
}
