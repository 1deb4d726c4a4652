public import WritModel
public import WritNetwork
public import WritRules

/// What neighbouring records add to a measure under one set of rules, a column a fold.
public struct MeasureColumns: Sendable {
  /// What one record adds to one fold.
  enum Contribution {
    case outside
    case inside(Value)
    /// The record counts, and adds nothing but that.
    case counted
    /// Whether or what it adds is not known, or is a fault.
    case unknown(Value)
  }
  private let kinds: [(kind: Measure.Fold.Kind, skipsUnknown: Bool)]
  /// Empty where there is no such column.
  private var counted: [[Value]] = []
  private var values: [[Value]] = []
  /// The attributes that the columns are values of, to know columns that are the same.
  private var sources: [AttributeID?] = []

  /// The columns for some rows in memory. `variant` names the measure's attributes in a network of
  /// several programs; nil: the memory's network is of the one program that the measure is of.
  public init(_ measure: Measure, of variant: Variant?, rows: Range<Int>, in memory: Memory) {
    kinds = measure.folds.map { ($0.kind, $0.skipsUnknown) }
    for fold in measure.folds {
      let guardID = fold.counted.map { variant?[$0] ?? $0 }
      let valueID = fold.value.map { variant?[$0] ?? $0 }
      counted.append(guardID.map { memory.values(of: $0, rows: rows) } ?? [])
      values.append(valueID.map { memory.values(of: $0, rows: rows) } ?? [])
      sources += [guardID, valueID]
    }
  }

  /// Columns that were worked out elsewhere: for each fold whether a record counts, as yes/no values
  /// (nil: all do), and what it adds (nil for counts).
  public init(_ measure: Measure, counted: [[Value]?], values: [[Value]?]) {
    kinds = measure.folds.map { ($0.kind, $0.skipsUnknown) }
    self.counted = counted.map { $0 ?? [] }
    self.values = values.map { $0 ?? [] }
  }

  /// Whether the columns of both come from the same attributes, so that no record differs.
  public func isSame(as other: MeasureColumns) -> Bool {
    !sources.isEmpty && sources == other.sources
  }

  var foldCount: Int { kinds.count }

  func contribution(_ fold: Int, _ row: Int) -> Contribution {
    if row < counted[fold].count {
      let guardValue = counted[fold][row]
      guard guardValue.tag == .boolean else { return .unknown(guardValue) }
      if guardValue.bits == 0 { return .outside }
    }
    guard row < values[fold].count else { return .counted }
    let value = values[fold][row]
    if value.isKnown { return .inside(value) }
    return kinds[fold].skipsUnknown && !value.isFault ? .outside : .unknown(value)
  }

  /// Whether a row adds the same under both, to the digit.
  func isSame(_ row: Int, as other: MeasureColumns) -> Bool {
    for fold in kinds.indices {
      switch (contribution(fold, row), other.contribution(fold, row)) {
      case (.outside, .outside), (.counted, .counted): continue
      case (.inside(let a), .inside(let b)) where Value.same(a, b): continue
      case (.unknown(let a), .unknown(let b)) where a.isFault == b.isFault: continue
      default: return false
      }
    }
    return true
  }
}

/// The sums of a measure's parts over records, exactly, whatever their order.
public struct MeasureTotals: Sendable {
  /// One fold's sums.
  struct Fold: Sendable {
    var sum = ExactSum()
    /// Records that count.
    var count = 0
    /// Of those, whose value or whose counting is not known, and that are faults.
    var unknown = 0
    var faults = 0
    /// Records by the currency of what they add; empty for numbers.
    var currencies: [UInt16: Int] {
      var all = others
      if mainCount != 0 { all[main, default: 0] += mainCount }
      return all.filter { $0.value != 0 }
    }
    /// Most often all are of one currency, which is counted without a look into a table.
    private var main: UInt16 = 0
    private var mainCount = 0
    private var others: [UInt16: Int] = [:]

    init(sum: ExactSum = ExactSum(), count: Int = 0, unknown: Int = 0, faults: Int = 0) {
      self.sum = sum
      self.count = count
      self.unknown = unknown
      self.faults = faults
    }

    mutating func add(currency: UInt16, times: Int) {
      if mainCount == 0, others.isEmpty { main = currency }
      if currency == main { mainCount += times } else { others[currency, default: 0] += times }
    }
  }
  private(set) var folds: [Fold]
  /// The records that were looked at, and those that count for some fold.
  public private(set) var records = 0
  public private(set) var counted = 0

  public init(_ measure: Measure) {
    folds = measure.folds.map { _ in Fold() }
  }

  init(folds: [Fold], records: Int, counted: Int) {
    self.folds = folds
    self.records = records
    self.counted = counted
  }

  /// Adds a row, or takes it out again with `times` −1.
  public mutating func add(_ columns: MeasureColumns, row: Int, times: Int = 1) {
    records += times
    var counts = false
    for fold in folds.indices {
      switch columns.contribution(fold, row) {
      case .outside: continue
      case .counted: folds[fold].count += times
      case .inside(let value):
        folds[fold].count += times
        folds[fold].sum.add(value.decimal, times: Int64(times))
        if value.tag == .money { folds[fold].add(currency: value.aux, times: times) }
      case .unknown(let value):
        if value.isFault { folds[fold].faults += times } else { folds[fold].unknown += times }
      }
      counts = true
    }
    if counts { counted += times }
  }

  /// Adds what others came to, in any order, or takes it out again with `times` −1.
  public mutating func merge(_ other: MeasureTotals, times: Int = 1) {
    records += times * other.records
    counted += times * other.counted
    for (index, fold) in other.folds.enumerated() where folds.indices.contains(index) {
      folds[index].sum.add(fold.sum, times: Int64(times))
      folds[index].count += times * fold.count
      folds[index].unknown += times * fold.unknown
      folds[index].faults += times * fold.faults
      for (currency, count) in fold.currencies {
        folds[index].add(currency: currency, times: times * count)
      }
    }
  }

  /// Records of which some part is not known or a fault.
  var unknown: Int { folds.map { $0.unknown + $0.faults }.max() ?? 0 }

  /// The measure: what the gathers of the core would give for the same records.
  public func value(of measure: Measure) -> Value {
    guard let formula = measure.formula else { return .missing(Cause(.empty)) }
    return value(formula, measure)
  }

  private func value(_ formula: Measure.Formula, _ measure: Measure) -> Value {
    switch formula {
    case .constant(let constant): constant
    case .fold(let index): folds[index].value(of: measure.folds[index])
    case .add(let a, let b): .add(value(a, measure), value(b, measure))
    case .subtract(let a, let b): .subtract(value(a, measure), value(b, measure))
    case .multiply(let a, let b): .multiply(value(a, measure), value(b, measure))
    case .divide(let a, let b): .divide(value(a, measure), value(b, measure))
    case .negate(let a): .negate(value(a, measure))
    }
  }
}

extension MeasureTotals.Fold {
  /// What the gather would give.
  func value(of fold: Measure.Fold) -> Value {
    if faults > 0 { return .fault(Cause(.overflow)) }
    if unknown > 0 { return .missing(Cause(.blankField)) }
    if fold.kind == .count { return .number(Decimal(Int64(count))) }
    let used = currencies.keys
    if used.count > 1 { return .fault(Cause(.mixedCurrencies)) }
    guard let sum = sum.normalized.decimal else { return .fault(Cause(.overflow)) }
    let total: Value
    if case .money(let declared) = fold.type {
      let currency = used.first.map { CurrencyID(Int($0)) } ?? declared ?? CurrencyID(0)
      total = .money(sum, currency)
    } else {
      total = .number(sum)
    }
    if fold.kind == .sum { return total }
    if count == 0 { return .missing(Cause(.empty)) }
    return .divide(total, .number(Decimal(Int64(count))))
  }
}
