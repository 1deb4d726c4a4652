import WritModel

/// One term that guards compare with constants, its values cut into cells.
struct Dimension {
  enum Kind: Hashable {
    /// Values in order: a cell for each constant, and one for each stretch before, between and behind
    /// them in which there is a value.
    case ordered(isStepped: Bool)
    /// One cell a member, node, or truth value (no, yes).
    case member(EnumID)
    case node(TreeID)
    case boolean
    /// One cell a text that is mentioned, and one for all others behind them.
    case text
    /// The same for records that are named by a key (`Rep "R1"`). Each naming counts as a record of
    /// its own: which record it is only the data know.
    case reference
  }
  var term: TermID
  var kind: Kind
  /// The constants met, in order once the space is closed.
  var points: [Value] = []
  /// A term that is no path: what it is in a record is not free of what other dimensions are there.
  var isDerived: Bool
  var mayBeMissing: Bool
  /// The cells of `points`, for ordered values.
  private var places: [Int32] = []
  /// Known cells; the cell behind them is *missing*.
  private(set) var count = 0

  init(term: TermID, kind: Kind, isDerived: Bool, mayBeMissing: Bool) {
    self.term = term
    self.kind = kind
    self.isDerived = isDerived
    self.mayBeMissing = mayBeMissing
  }

  /// Whether there are values beyond those that rules can list.
  var isOpenEnded: Bool { kind == .text || kind == .reference }
  var missing: Int { count }
  /// All known values.
  var known: CellSet { CellSet(0, count - 1) }
  /// All cells that stand for something.
  var whole: CellSet { CellSet(0, mayBeMissing ? count : count - 1) }

  /// Cuts the values into cells, now that all constants are known.
  mutating func close(_ schema: Schema) {
    switch kind {
    case .ordered: points = Self.distinct(points)
    case .text, .reference:
      points = Array(Set(points.map(\.bits))).sorted().map { Value(tag: .text, bits: $0) }
    case .member, .node, .boolean: points = []
    }
    switch kind {
    case .ordered(let isStepped): placePoints(isStepped: isStepped)
    case .text, .reference: count = points.count + 1
    case .boolean: count = 2
    case .member(let id): count = schema[id].members.count
    case .node(let id): count = schema[id].nodes.count
    }
  }

  /// Numbers the cells. Between 30 and 31 March there is no day, and so no cell.
  private mutating func placePoints(isStepped: Bool) {
    var next = 0
    for index in points.indices {
      if index == 0 || !isStepped || !Self.isNext(points[index], after: points[index - 1]) {
        next += 1
      }
      places.append(Int32(next))
      next += 1
    }
    count = next + 1
  }

  /// The constant of a cell, or those before and behind it; nil where there is none.
  func bounds(of cell: Int) -> (point: Value?, below: Value?, above: Value?) {
    let index = places.firstIndex { $0 >= cell } ?? points.count
    if index < points.count, Int(places[index]) == cell { return (points[index], nil, nil) }
    return (
      nil, index > 0 ? points[index - 1] : nil, index < points.count ? points[index] : nil
    )
  }

  private static func distinct(_ values: [Value]) -> [Value] {
    var result: [Value] = []
    for value in values.sorted(by: { Value.order($0, $1) < 0 }) {
      if let last = result.last, Value.order(last, value) == 0 { continue }
      result.append(value)
    }
    return result
  }

  /// Whether a stepped value has none between it and a lower one.
  private static func isNext(_ value: Value, after lower: Value) -> Bool {
    if value.tag != .number { return value.bits == lower.bits + 1 }
    guard let difference = value.decimal.subtracting(lower.decimal) else { return false }
    // With halves among the bounds (`> 1.5`) the integers between decide.
    guard let floor = lower.decimal.quantized(to: 0, .floor),
      let next = floor.adding(Decimal(1))
    else { return false }
    return Decimal.order(difference, Decimal(1)) <= 0
      && Decimal.order(next, value.decimal) >= 0
  }

  // MARK: - Sets of values

  /// The values that stand in a relation to a constant.
  func cells(_ relation: Operation, _ value: Value) -> CellSet? {
    switch kind {
    case .ordered:
      guard let index = index(of: value) else { return nil }
      return ordered(relation, Int(places[index]))
    case .member(let id):
      guard value.tag == .member, value.aux == id.index else { return nil }
      return ordered(relation, Int(value.bits))
    case .node(let id):
      guard value.tag == .node, value.aux == id.index else { return nil }
      return equality(relation, Int(value.bits))
    case .boolean:
      guard value.tag == .boolean else { return nil }
      return equality(relation, Int(value.bits))
    case .text, .reference:
      guard value.tag == .text, let index = index(of: value) else { return nil }
      return equality(relation, index)
    }
  }

  private func ordered(_ relation: Operation, _ cell: Int) -> CellSet? {
    switch relation {
    case .less: CellSet(0, cell - 1)
    case .lessOrEqual: CellSet(0, cell)
    case .greater: CellSet(cell + 1, count - 1)
    case .greaterOrEqual: CellSet(cell, count - 1)
    default: equality(relation, cell)
    }
  }

  private func equality(_ relation: Operation, _ cell: Int) -> CellSet? {
    switch relation {
    case .equal: CellSet(cell)
    case .notEqual: known.subtracting(CellSet(cell))
    default: nil
    }
  }

  private func index(of value: Value) -> Int? {
    var low = 0
    var high = points.count
    while low < high {
      let middle = (low + high) / 2
      let order = Value.order(points[middle], value)
      if order == 0 { return middle }
      if order < 0 { low = middle + 1 } else { high = middle }
    }
    return nil
  }
}
