import WritModel

/// The way from the codes of a page to rows of a bit table, for one dimension and one likeness.
///
/// Small codes index a table of places. For others the top bits of the number, as a floating number
/// has them, give a place to start from, and the thresholds there are few: with enough bits at most
/// one, so no branch is taken or mispredicted. Thresholds are brought to the scale of the codes, so
/// no value is multiplied or divided.
final class Lens {
  let likeness: Likeness
  let width: NarrowPage.Width
  /// What a cell adds to the place of a row, in words.
  private let stride: UInt32
  private let unknownPlace: UInt32
  private let dimension: Dimension
  /// For small codes: the place of each code.
  private var table: UnsafeMutableBufferPointer<UInt32>
  /// For others: thresholds in units of the codes with one beyond all at the end, and the number of
  /// thresholds before each bucket.
  private let points: UnsafeMutableBufferPointer<Int64>
  private let starts: UnsafeMutableBufferPointer<UInt16>
  private var shift: UInt64 = 46
  private var base: Int64 = 0
  /// The most thresholds that a bucket has.
  private var steps = 0

  /// nil: values of this likeness have no cells in the dimension.
  init?(_ dimension: Dimension, stride: UInt32, likeness: Likeness, width: NarrowPage.Width) {
    self.likeness = likeness
    self.width = width
    self.stride = stride
    self.dimension = dimension
    unknownPlace = UInt32(dimension.unknownCell) &* stride
    switch dimension.form {
    case .ordered(let scale):
      guard scale.tag == likeness.tag, scale.tag != .money || scale.currency == likeness.currency
      else { return nil }
      let thresholds = scale.breakpoints.map { scale.threshold($0, at: likeness.scale) }
      points = .copy(of: thresholds + [.max])
      if width == .two {
        starts = .copy(of: [])
      } else {
        let buckets = Buckets(thresholds)
        (shift, base, steps) = (buckets.shift, buckets.base, buckets.steps)
        starts = .copy(of: buckets.starts)
      }
    case .listed:
      guard likeness.scale == 0, width == .two || likeness.tag == .text else { return nil }
      points = .copy(of: [])
      starts = .copy(of: [])
    }
    table = .copy(of: [])
  }

  deinit {
    table.deallocate()
    points.deallocate()
    starts.deallocate()
  }

  /// The places of codes that are small, up to the greatest of them.
  private func table(through greatest: Int64) -> UnsafeMutablePointer<UInt32>? {
    if table.count <= Int(greatest) + 1 { extend(through: Int(greatest)) }
    return table.baseAddress
  }

  @inline(never)
  private func extend(through greatest: Int) {
    // Doubling, so that pages with ever greater values do not each build it anew.
    let count = max(greatest + 2, min(table.count * 2, 65_536))
    var places = [UInt32](repeating: unknownPlace, count: count)
    switch dimension.form {
    case .ordered:
      var cell = 0
      for bits in 0..<count - 1 {
        while points[cell] <= Int64(bits) { cell += 1 }
        places[bits + 1] = UInt32(cell) &* stride
      }
    case .listed(let listing):
      for bits in 0..<count - 1 {
        let cell = listing.cell(Value(tag: likeness.tag, bits: Int64(bits)))
        places[bits + 1] = UInt32(cell) &* stride
      }
    }
    table.deallocate()
    table = .copy(of: places)
  }

  /// Notes, or adds to what is noted, where the rows of a page's values begin.
  func locate(
    _ page: NarrowPage, _ offset: Int, count: Int, adding: Bool,
    into rows: UnsafeMutablePointer<UInt32>
  ) {
    switch page.width {
    case .none: break
    case .two:
      guard let table = table(through: page.greatest) else { return }
      let codes = page.codes.assumingMemoryBound(to: UInt16.self) + offset
      if adding {
        for lane in 0..<count { rows[lane] &+= table[Int(codes[lane])] }
      } else {
        for lane in 0..<count { rows[lane] = table[Int(codes[lane])] }
      }
    case .four:
      let codes = page.codes.assumingMemoryBound(to: Int32.self) + offset
      each(count, adding: adding, rows) {
        Int64(codes[$0])
      } isUnknown: {
        codes[$0] == .min
      }
    case .eight:
      let codes = page.codes.assumingMemoryBound(to: Int64.self) + offset
      each(count, adding: adding, rows) {
        codes[$0]
      } isUnknown: {
        codes[$0] == .min
      }
    }
  }

  /// As `locate`, of two dimensions whose codes are small, in one go; false: they are not.
  static func locate(
    _ left: (lens: Lens, page: NarrowPage), _ right: (lens: Lens, page: NarrowPage),
    _ offset: Int, count: Int, into rows: UnsafeMutablePointer<UInt32>
  ) -> Bool {
    guard left.page.width == .two, right.page.width == .two,
      let first = left.lens.table(through: left.page.greatest),
      let second = right.lens.table(through: right.page.greatest)
    else { return false }
    let a = left.page.codes.assumingMemoryBound(to: UInt16.self) + offset
    let b = right.page.codes.assumingMemoryBound(to: UInt16.self) + offset
    for lane in 0..<count { rows[lane] = first[Int(a[lane])] &+ second[Int(b[lane])] }
    return true
  }

  @inline(__always)
  private func each(
    _ count: Int, adding: Bool, _ rows: UnsafeMutablePointer<UInt32>, _ code: (Int) -> Int64,
    isUnknown: (Int) -> Bool
  ) {
    let stride = stride
    @inline(__always)
    func note(_ lane: Int, _ place: UInt32) {
      rows[lane] = adding ? rows[lane] &+ place : place
    }
    if case .listed(let listing) = dimension.form {
      for lane in 0..<count {
        let cell = isUnknown(lane) ? 0 : listing.cell(ofSymbol: code(lane))
        note(lane, isUnknown(lane) ? unknownPlace : UInt32(cell) &* stride)
      }
      return
    }
    guard let points = points.baseAddress, let starts = starts.baseAddress else { return }
    let last = Int64(self.starts.count) - 1
    let (shift, base, steps) = (shift, base, steps)
    @inline(__always)
    func walk(_ cell: (Int, Int64) -> Int) {
      for lane in 0..<count {
        let bits = code(lane)
        if bits < 0 {
          note(lane, isUnknown(lane) ? unknownPlace : UInt32(below(bits)) &* stride)
          continue
        }
        let place = min(max(Scale.bucket(bits, shift) &- base, 0), last)
        let start = Int(starts[Int(truncatingIfNeeded: place)])
        note(lane, UInt32(truncatingIfNeeded: cell(start, bits)) &* stride)
      }
    }
    switch steps {
    case 0: walk { start, _ in start }
    case 1: walk { start, bits in start &+ (points[start] <= bits ? 1 : 0) }
    default:
      walk { start, bits in
        var cell = start
        while points[cell] <= bits { cell &+= 1 }
        return cell
      }
    }
  }

  @inline(never)
  private func below(_ bits: Int64) -> Int {
    var low = 0
    var high = points.count - 1
    while low < high {
      let middle = (low + high) / 2
      if points[middle] <= bits { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

/// A table on the top bits of numbers: how many thresholds lie in the buckets before each.
struct Buckets {
  var shift: UInt64 = 46
  var base: Int64 = 0
  var starts: [UInt16] = [0]
  /// The most thresholds in one bucket.
  var steps = 0

  /// The most buckets: half of the nearest cache.
  private static let most = 8_192

  init(_ points: [Int64]) {
    let positive = points.filter { $0 > 0 && $0 < .max }
    let before = points.prefix { $0 <= 0 }.count
    guard let least = positive.first, let greatest = positive.last else {
      starts = [UInt16(before)]
      return
    }
    for mantissaBits in 5...12 as ClosedRange<UInt64> {
      let shift = 52 - mantissaBits
      let base = Scale.bucket(least, shift)
      let count = Int(Scale.bucket(greatest, shift) - base) + 1
      if count > Self.most, mantissaBits > 5 { break }
      var crowd = 0
      var steps = 0
      var last: Int64?
      for point in positive {
        let bucket = Scale.bucket(point, shift)
        crowd = bucket == last ? crowd + 1 : 1
        last = bucket
        steps = max(steps, crowd)
      }
      (self.shift, self.base, self.steps) = (shift, base, steps)
      starts = Array(repeating: 0, count: count)
      if steps <= 1 { break }
    }
    var place = before
    for index in starts.indices {
      // Thresholds of earlier buckets lie below every number of this one.
      while place - before < positive.count,
        Scale.bucket(positive[place - before], shift) < base + Int64(index)
      {
        place += 1
      }
      starts[index] = UInt16(place)
    }
  }
}
