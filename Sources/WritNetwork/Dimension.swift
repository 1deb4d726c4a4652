import WritModel
import WritRules

/// One term that guards ask about: its values fall into cells, and each cell has a row of bits.
///
/// The last cell is the unknown one. A fault has no cell: such lanes are decided plainly.
struct Dimension: Sendable {
  /// How a value finds its cell.
  enum Form: Sendable {
    /// Numbers, money, dates, times, ordinals, preorder numbers: cells are stretches.
    case ordered(Scale)
    /// Texts by symbol, others by their bits: a cell a value, and one for all others.
    case listed(Listing)
  }
  /// Where a term's value stands, if it need not be worked out.
  enum Path: Sendable {
    case field(Int, slot: Int)
    case today
  }
  let term: TermID
  let path: Path?
  let form: Form
  /// How many cells there are, the unknown one included.
  let cellCount: Int

  var unknownCell: Int { cellCount - 1 }

  init(term: TermID, form: Form, cellCount: Int, _ program: Program) {
    self.term = term
    self.form = form
    self.cellCount = cellCount
    switch program[term] {
    case .today: path = .today
    case .field(let field, let of):
      if case .slot(let slot) = program[of], slot >= 0 {
        path = .field(Int(field.index), slot: Int(slot))
      } else {
        path = nil
      }
    case .constant, .slot, .attribute, .operation, .winner, .payload, .collect, .gather, .follow,
      .counter:
      path = nil
    }
  }

  /// The cell of a value; nil for a fault and for what has no cell.
  @inline(__always)
  func cell(of value: Value) -> Int? {
    guard value.isKnown else { return value.isFault ? nil : unknownCell }
    switch form {
    case .ordered(let scale): return scale.fits(value) ? scale.cell(scale.position(value)) : nil
    case .listed(let listing): return listing.cell(value)
    }
  }
}

/// Cells of an ordered dimension: stretches between breakpoints.
///
/// A value becomes a *position*: a number is twice its mantissa at the scale of the dimension, plus
/// one if something finer is left over, so that "below 5", "up to 5" and "above 5" have breakpoints
/// of their own; a date or an ordinal is its own position. Small positions index a table. Otherwise
/// the top bits of the position as a floating number give a place in one, from which at most a few
/// steps lead to the cell: no search, no mispredicted branches.
final class Scale: @unchecked Sendable {
  let tag: Value.Tag
  /// Of money.
  let currency: UInt16
  let scale: UInt8
  /// How many positions a unit of the last decimal takes: two, one where nothing is finer.
  let step: Int64
  let breakpoints: UnsafeMutableBufferPointer<Int64>
  let shift: UInt64
  let base: Int64
  let starts: UnsafeMutableBufferPointer<UInt16>
  /// The cell of each position from 0 on, where the breakpoints are small; else empty.
  let direct: UnsafeMutableBufferPointer<UInt16>
  /// Whether thresholds were left out to keep the cells few.
  let isCoarse: Bool

  /// Positions stay below this; larger values all lie beyond the last breakpoint.
  static let limit: Int64 = 1 << 61

  /// nil: the values do not share a type, or are too large to be told apart.
  init?(_ positions: [(Value, needsAfter: Bool, needsAt: Bool)], type: ValueType, mostCells: Int) {
    let tag: Value.Tag
    switch type {
    case .number, .integer, .percent: tag = .number
    case .money: tag = .money
    case .date: tag = .date
    case .time: tag = .time
    case .member: tag = .member
    case .node: tag = .node
    case .boolean: tag = .boolean
    case .text, .duration, .record, .queue, .recordOrQueue, .rule, .set, .list, .unknown:
      return nil
    }
    self.tag = tag
    currency = tag == .money ? positions.first?.0.aux ?? 0 : 0
    var scale: UInt8 = 0
    for (value, _, _) in positions {
      guard value.tag == tag, tag != .money || value.aux == currency else { return nil }
      scale = max(scale, value.scale)
    }
    if tag == .number || tag == .money {
      // Room for finer data than the rules speak of, so that most values need no division.
      let greatest =
        positions.map { $0.0.decimal }.map { decimal in
          Double(decimal.mantissa.magnitude) / Double(Decimal.powerOfTen(Int(decimal.scale)))
        }.max() ?? 0
      var finer = type == .integer ? scale : max(scale, 4)
      while finer > scale, greatest * Double(Decimal.powerOfTen(Int(finer))) > 1e15 { finer -= 1 }
      scale = finer
    }
    self.scale = scale
    let step: Int64 = tag == .number || tag == .money ? 2 : 1
    self.step = step

    var points: [Int64] = []
    for (value, needsAfter, needsAt) in positions {
      guard let mantissa = Self.mantissa(value, at: scale) else { return nil }
      if needsAt { points.append(mantissa * step) }
      if needsAfter { points.append(mantissa * step + 1) }
    }
    points.sort()
    var distinct: [Int64] = []
    for point in points where distinct.last != point { distinct.append(point) }
    isCoarse = distinct.count > mostCells
    if distinct.count > mostCells {
      let step = Double(distinct.count) / Double(mostCells)
      distinct = (0..<mostCells).map { distinct[Int(Double($0) * step)] }
    }
    breakpoints = .copy(of: distinct)
    let table = Self.table(distinct)
    (shift, base, starts) = (table.0, table.1, .copy(of: table.2))
    direct = .copy(of: Self.direct(distinct))
  }

  deinit {
    breakpoints.deallocate()
    starts.deallocate()
    direct.deallocate()
  }

  private static let mostDirect = 24_000

  private static func direct(_ points: [Int64]) -> [UInt16] {
    guard let greatest = points.last, let least = points.first, least >= 0, greatest < mostDirect
    else { return [] }
    var cells: [UInt16] = []
    cells.reserveCapacity(Int(greatest) + 1)
    var cell = 0
    for position in 0...greatest {
      while cell < points.count, points[cell] <= position { cell += 1 }
      cells.append(UInt16(cell))
    }
    return cells
  }

  private static func mantissa(_ value: Value, at scale: UInt8) -> Int64? {
    guard value.scale <= scale else { return nil }
    let (product, overflow) = value.bits.multipliedReportingOverflow(
      by: Decimal.powerOfTen(Int(scale - value.scale)))
    return overflow || product.magnitude >= UInt64(limit / 4) ? nil : product
  }

  @inline(__always)
  static func bucket(_ position: Int64, _ shift: UInt64) -> Int64 {
    Int64(bitPattern: Double(position).bitPattern >> shift)
  }

  /// The table on the top bits: with enough mantissa bits that few breakpoints share a place.
  private static func table(_ points: [Int64]) -> (UInt64, Int64, [UInt16]) {
    let positive = points.filter { $0 >= 0 }
    guard let least = positive.first, let greatest = positive.last else {
      return (46, 0, [UInt16(points.count)])
    }
    var best: (shift: UInt64, base: Int64, count: Int)?
    for mantissaBits in [6, 8, 10, 12] as [UInt64] {
      let shift = 52 - mantissaBits
      let base = bucket(least, shift)
      let count = Int(bucket(greatest, shift) - base) + 1
      if best != nil, count > 4096 { break }
      best = (shift, base, count)
      var crowded = 0
      for (a, b) in zip(positive, positive.dropFirst())
      where bucket(a, shift) == bucket(b, shift) { crowded += 1 }
      if crowded * 4 <= positive.count { break }
    }
    guard let best else { return (46, 0, [0]) }
    var starts = [UInt16](repeating: 0, count: best.count)
    var place = points.count - positive.count
    for index in starts.indices {
      // Breakpoints of earlier places lie below every position of this one.
      while place < points.count, bucket(points[place], best.shift) < best.base + Int64(index) {
        place += 1
      }
      starts[index] = UInt16(place)
    }
    return (best.shift, best.base, starts)
  }

  /// The position of a known value of the right type.
  func position(_ value: Value) -> Int64 {
    let beyond = step * (Self.limit - 1)
    let difference = Int(scale) - Int(value.scale)
    if difference >= 0 {
      let (product, overflow) = value.bits.multipliedReportingOverflow(
        by: Decimal.powerOfTen(difference))
      if overflow || product.magnitude >= UInt64(Self.limit) {
        return value.bits < 0 ? -beyond : beyond
      }
      return product * step
    }
    let (quotient, remainder) = value.bits.quotientAndRemainder(
      dividingBy: Decimal.powerOfTen(-difference))
    let floor = remainder < 0 ? quotient - 1 : quotient
    if floor.magnitude >= UInt64(Self.limit) { return value.bits < 0 ? -beyond : beyond }
    return floor * step + (remainder == 0 ? 0 : 1)
  }

  /// The least of the numbers at a scale whose position is not below a breakpoint: as many of them
  /// are at or below a number as its position has breakpoints at or below it.
  func threshold(_ breakpoint: Int64, at other: UInt8) -> Int64 {
    guard step == 2 else { return breakpoint }
    let mantissa = breakpoint >> 1
    let after = breakpoint & 1
    if other >= scale {
      let (product, overflow) = mantissa.multipliedReportingOverflow(
        by: Decimal.powerOfTen(Int(other - scale)))
      return overflow ? (mantissa < 0 ? .min + 1 : .max) : product + after
    }
    let factor = Decimal.powerOfTen(Int(scale - other))
    let (quotient, remainder) = (mantissa + after).quotientAndRemainder(dividingBy: factor)
    return remainder > 0 ? quotient + 1 : quotient
  }

  /// The cell of a position: how many breakpoints are at or below it.
  @inline(__always)
  func cell(_ position: Int64) -> Int {
    if position < 0 { return below(position) }
    if !direct.isEmpty { return Int(direct[min(Int(position), direct.count - 1)]) }
    let place = min(max(Self.bucket(position, shift) - base, 0), Int64(starts.count) - 1)
    var cell = Int(starts[Int(place)])
    while cell < breakpoints.count, breakpoints[cell] <= position { cell += 1 }
    return cell
  }

  @inline(never)
  private func below(_ position: Int64) -> Int {
    var low = 0
    var high = breakpoints.count
    while low < high {
      let middle = (low + high) / 2
      if breakpoints[middle] <= position { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Whether a value is one that this dimension tells apart.
  @inline(__always)
  func fits(_ value: Value) -> Bool {
    value.tag == tag && (tag != .money || value.aux == currency)
  }
}

/// Cells of a dimension of values without order.
final class Listing: Sendable {
  /// The cell of each text by symbol; what is not here is in the cell of all others.
  let cellOfSymbol: [UInt16]
  /// Other values by tag and bits, sorted, with their cells.
  let others: [(tag: UInt8, bits: Int64, cell: Int)]
  let otherCell: Int
  /// Whether several texts have one cell, because there are more than cells: hits are verified.
  let isBunched: Bool

  init?(_ values: [Value], mostCells: Int) {
    var symbols: [UInt16] = []
    var others: [(tag: UInt8, bits: Int64, cell: Int)] = []
    var count = 0
    let greatest = values.filter { $0.tag == .text }.map(\.bits).max() ?? -1
    guard greatest < 1 << 22 else { return nil }
    let isBunched = Set(values.lazy.filter { $0.tag == .text }.map(\.bits)).count > mostCells
    self.isBunched = isBunched
    var distinct = 0
    symbols = Array(repeating: UInt16.max, count: Int(greatest) + 1)
    for value in values {
      switch value.tag {
      case .text:
        if symbols[Int(value.bits)] == UInt16.max {
          symbols[Int(value.bits)] = UInt16(truncatingIfNeeded: distinct % mostCells)
          distinct += 1
          if distinct <= mostCells { count += 1 }
        }
      case .queue, .boolean, .rule:
        if isBunched { return nil }
        if !others.contains(where: { $0.tag == value.tag.rawValue && $0.bits == value.bits }) {
          others.append((value.tag.rawValue, value.bits, count))
          count += 1
        }
      default: return nil
      }
      // Those that are no texts are looked for one by one.
      if count > mostCells || others.count > 64 { return nil }
    }
    for index in symbols.indices where symbols[index] == UInt16.max {
      symbols[index] = UInt16(count)
    }
    cellOfSymbol = symbols
    self.others = others
    otherCell = count
  }

  @inline(__always)
  func cell(ofSymbol symbol: Int64) -> Int {
    symbol < cellOfSymbol.count ? Int(cellOfSymbol[Int(symbol)]) : otherCell
  }

  @inline(__always)
  func cell(_ value: Value) -> Int {
    if value.tag == .text { return cell(ofSymbol: value.bits) }
    for other in others where other.tag == value.tag.rawValue && other.bits == value.bits {
      return other.cell
    }
    return otherCell
  }
}

/// A set of cells of one dimension.
struct CellSet: Equatable {
  var words: [UInt64]

  init(count: Int, filled: Bool = false) {
    words = Array(repeating: filled ? ~0 : 0, count: (count + 63) / 64)
    if filled, count % 64 != 0 { words[words.count - 1] = (1 << UInt64(count % 64)) - 1 }
  }

  mutating func insert(_ cell: Int) { words[cell >> 6] |= 1 << UInt64(cell & 63) }

  mutating func insert(_ cells: Range<Int>) {
    guard let last = cells.last else { return }
    for word in cells.lowerBound >> 6...last >> 6 {
      let from = word == cells.lowerBound >> 6 ? UInt64(cells.lowerBound & 63) : 0
      let to = word == last >> 6 ? UInt64(63 - (last & 63)) : 0
      words[word] |= (UInt64.max << from) & (UInt64.max >> to)
    }
  }

  func contains(_ cell: Int) -> Bool { words[cell >> 6] >> UInt64(cell & 63) & 1 == 1 }

  var isEmpty: Bool { words.allSatisfy { $0 == 0 } }

  mutating func formIntersection(_ other: CellSet) {
    for index in words.indices { words[index] &= other.words[index] }
  }

  func complement(count: Int) -> CellSet {
    var result = CellSet(count: count, filled: true)
    for index in words.indices { result.words[index] &= ~words[index] }
    return result
  }

  /// Adds the stretches of neighbouring cells, in order.
  func addStretches(to stretches: inout [Range<Int32>]) {
    let cells = Int32(words.count) * 64
    var cell = next(from: 0, isIn: true)
    while cell < cells {
      let end = next(from: cell, isIn: false)
      stretches.append(cell..<end)
      cell = next(from: end, isIn: true)
    }
  }

  /// The first cell from one on that is in the set, or that is not.
  private func next(from cell: Int32, isIn: Bool) -> Int32 {
    var word = Int(cell) >> 6
    var kept = ~UInt64(0) << UInt64(cell & 63)
    while word < words.count {
      let rest = (isIn ? words[word] : ~words[word]) & kept
      if rest != 0 { return Int32(word << 6 + rest.trailingZeroBitCount) }
      kept = ~0
      word += 1
    }
    return Int32(words.count << 6)
  }
}

/// Where a test is surely true, and where it is not surely false.
struct Extent {
  var sure: CellSet
  var possible: CellSet

  mutating func formIntersection(_ other: Extent) {
    sure.formIntersection(other.sure)
    possible.formIntersection(other.possible)
  }

  func seen(_ mode: LiteralMode, count: Int) -> Extent {
    func turned(_ set: CellSet) -> CellSet { mode.isNegated ? set.complement(count: count) : set }
    switch mode.kind {
    case .kleene:
      return mode.isNegated
        ? Extent(sure: turned(possible), possible: turned(sure)) : self
    case .sure: return Extent(sure: turned(sure), possible: turned(sure))
    case .possible: return Extent(sure: turned(possible), possible: turned(possible))
    }
  }
}

extension UnsafeMutableBufferPointer {
  static func copy(of items: [Element]) -> UnsafeMutableBufferPointer {
    let buffer = allocate(capacity: items.count)
    _ = buffer.initialize(from: items)
    return buffer
  }
}
