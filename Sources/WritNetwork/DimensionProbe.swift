import WritModel

/// A dimension as a single decision looks at it: plain numbers and pointers into what the index
/// keeps, so that nothing is counted, copied or called on the way from a value to its row.
struct DimensionProbe {
  /// A field of the record in slot 0; -1: the date.
  let field: Int
  /// Which of the index's tables, what a cell adds to the place of its row, and where unknown values
  /// lie.
  let table: Int
  let stride: UInt32
  let unknownPlace: UInt32
  let isUnknownVague: Bool
  private let tag: Value.Tag
  private let currency: UInt16
  /// How many texts have a cell; -1: the values are ordered.
  private let symbolCount: Int
  private let cells: UnsafeMutablePointer<UInt16>
  private let scale: UInt8
  private let directCount: Int
  private let points: UnsafeMutablePointer<Int64>
  private let pointCount: Int
  private let starts: UnsafeMutablePointer<UInt16>
  private let lastStart: Int64
  private let shift: UInt64
  private let base: Int64
  /// Positions a unit of the last decimal takes, by how many decimals a value has less.
  private let factors: UnsafeMutablePointer<Int64>

  /// Ten to the power of 0 ... 18, and twice that.
  private nonisolated(unsafe) static let powers = UnsafeMutableBufferPointer.copy(
    of: (0...18).map { Decimal.powerOfTen($0) } + (0...18).map { Decimal.powerOfTen($0) &* 2 })

  /// nil: it is reached otherwise, or its values are neither ordered nor texts. `symbols` makes room
  /// for a table that the index frees.
  init?(
    _ dimension: Dimension, table: Int, stride: UInt32, isUnknownVague: Bool,
    symbols: ([UInt16]) -> UnsafeMutablePointer<UInt16>
  ) {
    switch dimension.path {
    case .field(let field, slot: 0): self.field = field
    case .today: field = -1
    case .field, nil: return nil
    }
    self.table = table
    self.stride = stride
    self.isUnknownVague = isUnknownVague
    unknownPlace = UInt32(dimension.unknownCell) &* stride
    guard let powers = Self.powers.baseAddress else { return nil }
    let none = UnsafeMutablePointer<Int64>(powers)
    switch dimension.form {
    case .ordered(let scale):
      guard let starts = scale.starts.baseAddress else { return nil }
      tag = scale.tag
      currency = scale.currency
      symbolCount = -1
      cells = scale.direct.baseAddress ?? starts
      self.scale = scale.scale
      factors = scale.step == 2 ? powers + 19 : powers
      directCount = scale.direct.count
      points = scale.breakpoints.baseAddress ?? none
      pointCount = scale.breakpoints.count
      self.starts = starts
      lastStart = Int64(scale.starts.count) - 1
      shift = scale.shift
      base = scale.base
    case .listed(let listing):
      guard listing.others.isEmpty else { return nil }
      tag = .text
      currency = 0
      symbolCount = listing.cellOfSymbol.count
      // What is no text of the list lies in the cell behind the table.
      cells = symbols(listing.cellOfSymbol + [UInt16(listing.otherCell)])
      (scale, factors, directCount, points, pointCount) = (0, powers, 0, none, 0)
      (starts, lastStart, shift, base) = (cells, 0, 0, 0)
    }
  }

  /// The place of a value's row; nil: it has to be looked at with more care.
  @inline(__always)
  func place(of value: Value) -> UInt32? {
    guard value.tag == tag, tag != .money || value.aux == currency else {
      return value.isKnown || value.isFault ? nil : unknownPlace
    }
    if symbolCount >= 0 {
      let symbol = Int(value.bits)
      return UInt32(cells[symbol < symbolCount ? symbol : symbolCount]) &* stride
    }
    guard value.scale <= scale else { return nil }
    let (position, overflow) = value.bits.multipliedReportingOverflow(
      by: factors[Int(scale &- value.scale)])
    guard !overflow, position >= 0, position < Scale.limit else { return nil }
    if directCount > 0 {
      let last = directCount &- 1
      return UInt32(cells[Int(position) < last ? Int(position) : last]) &* stride
    }
    let top = Scale.bucket(position, shift) &- base
    let bucket = top < 0 ? 0 : top < lastStart ? top : lastStart
    var cell = Int(starts[Int(truncatingIfNeeded: bucket)])
    // Mostly there is one threshold at most: counted, not branched on.
    if cell < pointCount { cell &+= points[cell] <= position ? 1 : 0 }
    while cell < pointCount, points[cell] <= position { cell &+= 1 }
    return UInt32(truncatingIfNeeded: cell) &* stride
  }
}
