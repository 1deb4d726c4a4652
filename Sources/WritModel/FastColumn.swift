/// One column on the usual way: cells as nearly all files write them become values without a
/// detour. What a cell of another form means is asked of its `CellReader`, and what a row with a
/// mistake means of `RowTyper`, so there is one place for each meaning and this is only its echo.
///
/// Cells are read eight bytes at a time, so at least 16 bytes may be read behind the last one.
struct FastColumn {
  enum Way: UInt8 {
    /// No field is filled from it.
    case skip
    case number, integer, money
    /// Percent: a bare number is refused, a share, or hundredths.
    case markedPercent, fraction, points
    case date, text
    /// A text without blanks at its ends.
    case code
    /// Anything else whose value its bytes alone decide.
    case other
    /// Always the long way: lists, which are made anew for each cell, and what cannot be read.
    case long
  }
  var way: Way
  /// The reader of its field, and the field's place in the record.
  var reader: Int
  var place: Int
  var currency: CurrencyID
  /// Where the values of its field go, by row.
  let target: UnsafeMutablePointer<Value>
  /// What is there where a cell is absent, if that is a value; found anew for each block, because it
  /// may be a text.
  var blank = Value.missing(Cause(.blankField))
  var hasBlank = false
  /// What is there where a cell is empty, likewise: the same but for sets and lists.
  private var empty = Value.missing(Cause(.blankField))
  private var hasEmpty = false
  /// Cells that were read before in this block, by their first bits.
  var memory: UnsafeMutablePointer<Remembered>
  /// Raised for each block: what was remembered before is no longer true (texts may be forgotten).
  var epoch: UInt32 = 1
  private var tries: Int32 = 0
  private var hits: Int32 = 0
  /// For how many blocks it is not tried again.
  private var rest: Int32 = 0

  struct Remembered {
    var low: UInt64 = 0
    var high: UInt64 = 0
    var value = Value.missing(Cause(.blankField))
    var count: UInt32 = 0
    var epoch: UInt32 = 0
  }
  /// Bits of a place in the memory. Months meet each other less where there is more of it, and only
  /// those that are there take room near the processor.
  private static let memoryBits = 8
  private static let monthBits = 10
  private var memorySize: Int { 1 << (way == .date ? Self.monthBits : Self.memoryBits) }

  init(_ reader: CellReader?, index: Int, place: Int, target: UnsafeMutablePointer<Value>) {
    self.target = target
    self.reader = index
    self.place = place
    way = reader?.way ?? .skip
    currency = reader?.currency ?? CurrencyID(0)
    let bits = way == .date ? Self.monthBits : Self.memoryBits
    memory = .allocate(capacity: 1 << bits)
    memory.initialize(repeating: Remembered(), count: 1 << bits)
  }

  func free() { memory.deallocate() }

  /// Makes ready for a block: an empty cell is what its field says, and nothing is remembered.
  mutating func begin(_ readers: UnsafeMutablePointer<CellReader>, _ facts: inout Facts) {
    epoch += 1
    // The greatest stands for what is true in every block.
    if epoch == .max {
      epoch = 1
      memory.update(repeating: Remembered(), count: memorySize)
    }
    if rest == 0, tries >= 512, hits <= tries >> 2 { rest = 16 }
    if rest > 0 { rest -= 1 }
    if rest == 0 { (tries, hits) = (0, 0) }
    (hasBlank, hasEmpty) = (false, false)
    guard way != .skip else { return }
    if case .value(let value) = readers[reader].absent(&facts) { (blank, hasBlank) = (value, true) }
    if case .value(let value) = readers[reader].empty(&facts) { (empty, hasEmpty) = (value, true) }
  }

  /// Reads a cell; false if its row has to go the long way. The column stays where it is: copying
  /// it would cost more than most cells.
  @inline(__always)
  static func read(
    _ start: UnsafePointer<UInt8>, _ count: Int, _ column: UnsafeMutablePointer<FastColumn>,
    row: Int, _ readers: UnsafeMutablePointer<CellReader>, _ facts: inout Facts
  ) -> Bool {
    let out = column.pointee.target + row
    guard count > 0 else {
      if column.pointee.way == .skip { return true }
      out.pointee = column.pointee.empty
      return column.pointee.hasEmpty
    }
    let way = column.pointee.way
    switch way {
    case .skip: return true
    case .number:
      if let value = Self.number(start, count) {
        out.pointee = .number(value)
        return true
      }
    case .integer:
      if let value = Self.number(start, count), value.scale == 0 {
        out.pointee = .number(value)
        return true
      }
    case .money:
      if let value = Self.number(start, count), value.scale <= 6 {
        out.pointee = .money(value, column.pointee.currency)
        return true
      }
    case .markedPercent, .fraction, .points:
      let isMarked = start[count - 1] == UInt8(ascii: "%")
      if isMarked || way != .markedPercent,
        let value = Self.number(start, isMarked ? count - 1 : count), value.scale <= 16
      {
        let shift: UInt8 = isMarked || way == .points ? 2 : 0
        out.pointee = .number(Decimal(mantissa: value.mantissa, scale: value.scale + shift))
        return true
      }
    case .date:
      if count == 10, date(start, column.pointee.memory, to: out) { return true }
    case .text:
      text(start, count, column, to: out, &facts)
      return true
    case .code:
      if start[0] &- 0x21 < 0x5F, start[count &- 1] &- 0x21 < 0x5F {
        text(start, count, column, to: out, &facts)
        return true
      }
    case .other:
      if count <= 16 { return remembered(start, count, column, to: out, readers, &facts) }
    case .long: break
    }
    return long(start, count, column.pointee.reader, to: out, readers, &facts)
  }

  /// Takes a number of JSON where its column is one of numbers.
  @inline(__always)
  static func take(
    _ value: Decimal, _ column: UnsafeMutablePointer<FastColumn>, row: Int
  ) -> Bool {
    let out = column.pointee.target + row
    switch column.pointee.way {
    case .number, .fraction: out.pointee = .number(value)
    case .integer where value.scale == 0: out.pointee = .number(value)
    case .money where value.scale <= 6: out.pointee = .money(value, column.pointee.currency)
    default: return false
    }
    return true
  }

  @inline(never)
  private static func long(
    _ start: UnsafePointer<UInt8>, _ count: Int, _ reader: Int,
    to out: UnsafeMutablePointer<Value>, _ readers: UnsafeMutablePointer<CellReader>,
    _ facts: inout Facts
  ) -> Bool {
    let cell = Bytes(start: start, count: count)
    guard case .value(let value) = readers[reader].read(cell, into: &facts) else { return false }
    out.pointee = value
    return true
  }

  // MARK: - What was read before

  @inline(__always)
  private static func words(
    _ start: UnsafePointer<UInt8>, _ count: Int
  ) -> (low: UInt64, high: UInt64) {
    let low = Words.load(start)
    if count <= 8 { return (low & Words.mask(count), 0) }
    return (low, Words.load(start + 8) & Words.mask(count - 8))
  }

  @inline(__always)
  private static func slot(
    _ low: UInt64, _ high: UInt64, _ memory: UnsafeMutablePointer<Remembered>,
    bits: Int = memoryBits
  ) -> UnsafeMutablePointer<Remembered> {
    let mixed = (low ^ (high &* 0x9E37_79B9_7F4A_7C15)) &* 0xE703_7ED1_A0B4_28DB
    return memory + Int(truncatingIfNeeded: mixed &>> UInt64(64 &- bits))
  }

  /// Whether a cell is the one that was read there before, in this block.
  @inline(__always)
  private static func isKnown(
    _ entry: UnsafeMutablePointer<Remembered>, _ low: UInt64, _ high: UInt64, _ count: Int,
    _ epoch: UInt32
  ) -> Bool {
    // All of it is looked at before anything is decided.
    let size = UInt64(entry.pointee.count) << 32 | UInt64(entry.pointee.epoch)
    let wanted = UInt64(truncatingIfNeeded: count) << 32 | UInt64(epoch)
    return (entry.pointee.low ^ low) | (entry.pointee.high ^ high) | (size ^ wanted) == 0
  }

  @inline(__always)
  private static func remembered(
    _ start: UnsafePointer<UInt8>, _ count: Int, _ column: UnsafeMutablePointer<FastColumn>,
    to out: UnsafeMutablePointer<Value>, _ readers: UnsafeMutablePointer<CellReader>,
    _ facts: inout Facts
  ) -> Bool {
    let (low, high) = words(start, count)
    let entry = slot(low, high, column.pointee.memory)
    let epoch = column.pointee.epoch
    if isKnown(entry, low, high, count, epoch) {
      out.pointee = entry.pointee.value
      return true
    }
    guard long(start, count, column.pointee.reader, to: out, readers, &facts) else {
      return false
    }
    entry.pointee = Remembered(
      low: low, high: high, value: out.pointee, count: UInt32(truncatingIfNeeded: count),
      epoch: epoch)
    return true
  }

  @inline(__always)
  private static func text(
    _ start: UnsafePointer<UInt8>, _ count: Int, _ column: UnsafeMutablePointer<FastColumn>,
    to out: UnsafeMutablePointer<Value>, _ facts: inout Facts
  ) {
    // Where texts hardly ever come again soon, looking is only a cost.
    let (tries, hits) = (column.pointee.tries, column.pointee.hits)
    guard count <= 16, tries < 512 || hits > tries >> 2 else {
      out.pointee = .waiting(start, count)
      return
    }
    let (low, high) = words(start, count)
    let entry = slot(low, high, column.pointee.memory)
    let epoch = column.pointee.epoch
    column.pointee.tries = tries &+ 1
    if isKnown(entry, low, high, count, epoch) {
      column.pointee.hits = hits &+ 1
      out.pointee = entry.pointee.value
      return
    }
    out.pointee = .text(facts.texts.intern(Bytes(start: start, count: count)))
    entry.pointee = Remembered(
      low: low, high: high, value: out.pointee, count: UInt32(truncatingIfNeeded: count),
      epoch: epoch)
  }

  // MARK: - Numbers and days

  /// `[-] digits [. digits]` of at most 18 bytes.
  @inline(__always)
  static func number(_ start: UnsafePointer<UInt8>, _ count: Int) -> Decimal? {
    guard count <= 8 else { return longNumber(start, count) }
    var word = Words.load(start)
    var digits = count
    let isNegative = word & 0xFF == 0x2D
    if isNegative {
      word >>= 8
      digits -= 1
    }
    guard digits > 0 else { return nil }
    // The last byte goes to the top, so that places count from there.
    word <<= UInt64(64 - 8 * digits)
    var scale = 0
    let points = Words.matches(word, Words.splat(0x2E))
    if points != 0 {
      let place = points.trailingZeroBitCount - 7
      scale = 7 - place / 8
      // Digits on both sides; then those before the point move over it.
      guard scale > 0, scale < digits - 1 else { return nil }
      let below = (UInt64(1) << UInt64(place)) - 1
      word = (word & below) << 8 | word & ~(below << 8 | 0xFF)
      digits -= 1
    }
    guard let value = Words.number(word | 0x3030_3030_3030_3030 >> UInt64(8 * digits)) else {
      return nil
    }
    return Decimal(
      mantissa: isNegative ? -Int64(value) : Int64(value), scale: UInt8(truncatingIfNeeded: scale))
  }

  /// The same of more than 8 bytes: the last eight by themselves, if the point stands among them.
  @inline(never)
  private static func longNumber(_ start: UnsafePointer<UInt8>, _ count: Int) -> Decimal? {
    guard count <= 16 else { return Decimal.readShort(Bytes(start: start, count: count)) }
    let before = count - 8
    let shift = UInt64(64 - 8 * before)
    let fill: UInt64 = before < 8 ? 0x3030_3030_3030_3030 >> UInt64(8 * before) : 0
    var head = Words.load(start)
    let isNegative = head & 0xFF == 0x2D
    // The sign becomes a zero in front.
    if isNegative { head = head & ~0xFF | 0x30 }
    head = head << shift | fill
    var tail = Words.load(start + before)
    var scale = 0
    let points = Words.matches(tail, Words.splat(0x2E))
    var unit: UInt64 = 100_000_000
    if points != 0 {
      let place = points.trailingZeroBitCount - 7
      scale = 7 - place / 8
      guard scale > 0, before + place / 8 > (isNegative ? 1 : 0) else { return nil }
      let below = (UInt64(1) << UInt64(place)) - 1
      tail = (tail & below) << 8 | tail & ~(below << 8 | 0xFF) | 0x30
      unit = 10_000_000
    }
    guard let high = Words.number(head), let low = Words.number(tail) else {
      // The point may stand further in front.
      return Decimal.readShort(Bytes(start: start, count: count))
    }
    let value = Int64(high * unit + low)
    return Decimal(
      mantissa: isNegative ? -value : value, scale: UInt8(truncatingIfNeeded: scale))
  }

  /// `2026-11-11`. Months are remembered, with their first day and their length; they are the same
  /// in every block.
  @inline(__always)
  private static func date(
    _ start: UnsafePointer<UInt8>, _ memory: UnsafeMutablePointer<Remembered>,
    to out: UnsafeMutablePointer<Value>
  ) -> Bool {
    let month = Words.load(start)
    let (tens, ones) = (start[8] &- 0x30, start[9] &- 0x30)
    guard tens < 10, ones < 10 else { return false }
    let day = Int64(tens) &* 10 &+ Int64(ones)
    let entry = slot(month, 0, memory, bits: monthBits)
    if entry.pointee.low != month || entry.pointee.epoch != .max {
      guard let (first, length) = Self.month(month) else { return false }
      entry.pointee = Remembered(
        low: month, high: UInt64(length), value: .date(days: Int32(first)), count: 8, epoch: .max)
    }
    guard day > 0, day <= Int64(entry.pointee.high) else { return false }
    out.pointee = Value(tag: .date, bits: entry.pointee.value.bits + day - 1)
    return true
  }

  /// The first day and the length of `2026-11-`.
  @inline(never)
  private static func month(_ word: UInt64) -> (first: Int, length: Int)? {
    guard word & 0xFF00_00FF_0000_0000 == 0x2D00_002D_0000_0000,
      let digits = Words.number(word & ~0xFF00_00FF_0000_0000 | 0x3000_0030_0000_0000)
    else { return nil }
    let (year, month) = (Int(digits / 10_000), Int(digits % 10_000 / 10))
    guard let first = CivilDate(year: year, month: month, day: 1),
      let length = (28...31).last(where: { CivilDate(year: year, month: month, day: $0) != nil })
    else { return nil }
    return (first.days, length)
  }
}
