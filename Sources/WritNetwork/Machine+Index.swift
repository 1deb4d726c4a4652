import WritModel
import WritRules

// Choosing by the index.
extension Memory {
  /// The winners of a choose by its index.
  func winner(
    by index: ChooseIndex, _ plan: ChoosePlan, _ id: ChooseID, _ block: Block, _ lanes: Lanes,
    _ out: UnsafeMutablePointer<Value>
  ) {
    let width = block.width
    // 0: the sure rows say all; 1: candidates have to be looked at; 2: a fault is in view.
    let care = arena.take(width).assumingMemoryBound(to: UInt8.self)
    care.update(repeating: 0, count: width)
    // Where each lane's row begins in the table of each dimension, then of each table.
    let cells = arena.take(index.dimensions.count * width * 4).assumingMemoryBound(to: UInt32.self)
    for (place, dimension) in index.dimensions.enumerated() {
      let mark = arena.mark
      let values = evaluate(dimension.term, block, lanes)
      locate(
        Location(
          cells: cells + place * width, care: care, stride: index.strides[place],
          vague: index.isUnknownVague[place] ? 1 : 0),
        dimension, values, lanes)
      arena.release(mark)
    }
    let rows = arena.take(index.tables.count * width * 4).assumingMemoryBound(to: UInt32.self)
    for (place, table) in index.tables.enumerated() {
      let rows = rows + place * width
      let first = cells + table.first * width
      if let second = table.second {
        let second = cells + second * width
        lanes.each { rows[$0] = first[$0] &+ second[$0] }
      } else {
        rows.update(from: first, count: width)
      }
      if table.hasVague {
        let isVague = table.isVague
        let words = UInt32(table.words)
        lanes.each { care[$0] |= isVague[Int(rows[$0] / words)] }
      }
    }

    let plain = arena.lanes(max(lanes.count, 1))
    var plainCount = 0
    let bases = arena.take(index.tables.count * 8)
      .assumingMemoryBound(to: UnsafeMutablePointer<UInt64>.self)
    for (place, table) in index.tables.enumerated() { bases[place] = table.sure }
    let otherwise = otherwise(plan, id)
    if plan.policy == .first {
      let rules = plan.rules.withUnsafeBufferPointer { $0.baseAddress }
      index.alternativeOfEntry.withUnsafeBufferPointer { alternatives in
        guard let rules else { return }
        lanes.each { lane in
          if care[lane] != 0 {
            if care[lane] == 1 {
              out[lane] = inspect(index, plan, id, rows + lane, width, block, lane)
            } else {
              plain[plainCount] = UInt8(truncatingIfNeeded: lane)
              plainCount += 1
            }
            return
          }
          var entry = index.first(from: 0, bases, rows + lane, width)
          if index.hasOpen {
            // Entries that left something out are verified in their order.
            while entry >= 0, index.isOpen[entry] {
              let alternative = Int(alternatives[entry])
              let value = valueOfLane(plan.guards[alternative], block, lane)
              let truth = Truth(value)
              if truth == .yes { break }
              if truth == .fault {
                out[lane] = value
                return
              }
              if truth == .unknown, plan.isStrict {
                out[lane] = Value(.undetermined, Cause(.undecided, site: Int(id.index)))
                return
              }
              entry = index.first(from: entry + 1, bases, rows + lane, width)
            }
          }
          out[lane] =
            entry >= 0
            ? Value(tag: .rule, bits: Int64(rules[Int(alternatives[entry])])) : otherwise
        }
      }
    } else {
      lanes.each { lane in
        if care[lane] < 2 {
          out[lane] = inspect(index, plan, id, rows + lane, width, block, lane)
        } else {
          plain[plainCount] = UInt8(truncatingIfNeeded: lane)
          plainCount += 1
        }
      }
    }
    if plainCount > 0 {
      let rest = Lanes(list: plain, count: plainCount, isDense: false)
      if plan.policy == .first {
        first(plan, id, block, rest, out)
      } else {
        settleEach(plan, id, block, rest, out)
      }
    }
  }

  /// A lane whose candidates have to be looked at one by one: the possible rows give them, the sure
  /// rows or else the guard's own code says how each stands.
  private func inspect(
    _ index: ChooseIndex, _ plan: ChoosePlan, _ id: ChooseID, _ rows: UnsafeMutablePointer<UInt32>,
    _ stride: Int, _ block: Block, _ lane: Int
  ) -> Value {
    var standing = scratch.lane
    scratch.lane = Standing()
    standing.clear()
    defer { scratch.lane = standing }
    var last = -1
    var word = 0
    while word < index.words {
      var candidates = ~UInt64(0)
      var sure = ~UInt64(0)
      for (place, table) in index.tables.enumerated() {
        let row = Int(rows[place * stride]) + word
        candidates &= table.possible[row]
        sure &= table.sure[row]
      }
      while candidates != 0 {
        let bit = candidates.trailingZeroBitCount
        candidates &= candidates - 1
        let entry = word << 6 + bit
        let alternative = Int(index.alternativeOfEntry[entry])
        if alternative == last { continue }
        if sure >> UInt64(bit) & 1 == 1, !index.isOpen[entry] {
          standing.note(alternative, .boolean(true))
        } else {
          standing.note(alternative, valueOfLane(plan.guards[alternative], block, lane))
        }
        last = alternative
        if plan.policy == .first {
          if standing.sure.isEmpty, let open = standing.open.last,
            open.value.isFault || plan.isStrict
          {
            return settle(plan, id, standing, block, lane)
          }
          if !standing.sure.isEmpty { return Value(rule: plan.rules[alternative]) }
          standing.clear()
        }
      }
      word += 1
    }
    return settle(plan, id, standing, block, lane)
  }

  /// Where the cells of a block's lanes are noted.
  private struct Location {
    var cells: UnsafeMutablePointer<UInt32>
    var care: UnsafeMutablePointer<UInt8>
    /// What a cell counts for.
    var stride: UInt32
    /// The care that an unknown value takes.
    var vague: UInt8

    @inline(__always)
    func note(_ cell: Int, _ lane: Int) {
      cells[lane] = UInt32(truncatingIfNeeded: cell) &* stride
    }
  }

  /// The cell of each lane's value.
  private func locate(
    _ location: Location, _ dimension: Dimension, _ values: Register, _ lanes: Lanes
  ) {
    guard lanes.count > 0 else { return }
    let unknown = dimension.unknownCell
    switch dimension.form {
    case .ordered(let scale): locate(location, scale, unknown, values, lanes)
    case .listed(let listing):
      listing.cellOfSymbol.withUnsafeBufferPointer { symbols in
        lanes.each { lane in
          let value = values[lane]
          if value.tag == .text {
            let symbol = Int(value.bits)
            location.note(
              symbol < symbols.count ? Int(symbols[symbol]) : listing.otherCell, lane)
          } else if value.isKnown {
            location.note(listing.cell(value), lane)
          } else {
            location.note(unknown, lane)
            location.care[lane] |= value.isFault ? 2 : location.vague
          }
        }
      }
    }
  }

  private func locate(
    _ location: Location, _ scale: Scale, _ unknown: Int, _ values: Register, _ lanes: Lanes
  ) {
    /// A value that does not look like the others.
    @inline(never)
    func locateRest(_ value: Value, _ lane: Int) {
      if scale.fits(value) {
        location.note(scale.cell(scale.position(value)), lane)
      } else {
        location.note(unknown, lane)
        // Money in another currency makes its comparisons faults too.
        location.care[lane] |= value.isFault || value.isKnown ? 2 : location.vague
      }
    }
    // A column keeps one scale mostly: what looks like its first value takes the short way.
    let example = values[lanes.isDense ? 0 : Int(lanes.list[0])]
    guard values.mask != 0, scale.fits(example), example.scale <= scale.scale,
      let points = scale.breakpoints.baseAddress, let startOf = scale.starts.baseAddress
    else {
      lanes.each { locateRest(values[$0], $0) }
      return
    }
    let factor = Decimal.powerOfTen(Int(scale.scale - example.scale)) &* scale.step
    let bound = UInt64(Scale.limit / factor)
    // Tag, scale and `aux` are compared in one go: they are the second half of a value.
    let base = UnsafeRawPointer(values.base)
    let size = MemoryLayout<Value>.stride
    let offset = MemoryLayout<Value>.offset(of: \Value.tag) ?? 8
    let first = lanes.isDense ? 0 : Int(lanes.list[0])
    let likeness = (base + first * size).load(fromByteOffset: offset, as: UInt32.self)

    @inline(__always)
    func each(_ cell: (Int64) -> Int) {
      lanes.each { lane in
        let place = base + lane * size
        let bits = place.load(as: Int64.self)
        if place.load(fromByteOffset: offset, as: UInt32.self) == likeness,
          UInt64(bitPattern: bits) < bound
        {
          location.note(cell(bits &* factor), lane)
        } else {
          locateRest(values[lane], lane)
        }
      }
    }
    if let cellOf = scale.direct.baseAddress, scale.direct.count > 0 {
      let last = Int64(scale.direct.count - 1)
      each { Int(cellOf[Int(truncatingIfNeeded: min($0, last))]) }
      return
    }
    let shift = scale.shift
    let origin = scale.base
    let last = Int64(scale.starts.count) - 1
    let count = scale.breakpoints.count
    each { position in
      let place = min(max(Scale.bucket(position, shift) &- origin, 0), last)
      var cell = Int(startOf[Int(truncatingIfNeeded: place)])
      while cell < count, points[cell] <= position { cell &+= 1 }
      return cell
    }
  }
}

extension ChooseIndex {
  /// The first entry from a bit on whose bits are set in all rows; -1 if there is none.
  @inline(__always)
  func first(
    from start: Int, _ bases: UnsafeMutablePointer<UnsafeMutablePointer<UInt64>>,
    _ rows: UnsafeMutablePointer<UInt32>, _ stride: Int
  ) -> Int {
    @inline(__always)
    func row(_ place: Int) -> UnsafeMutablePointer<UInt64> {
      bases[place] + Int(rows[place * stride])
    }
    switch tables.count {
    case 1:
      let a = row(0)
      return scan(from: start) { a[$0] }
    case 2:
      let a = row(0)
      let b = row(1)
      return scan(from: start) { a[$0] & b[$0] }
    case 3:
      let a = row(0)
      let b = row(1)
      let c = row(2)
      return scan(from: start) { a[$0] & b[$0] & c[$0] }
    case 4:
      let a = row(0)
      let b = row(1)
      let c = row(2)
      let d = row(3)
      return scan(from: start) { a[$0] & b[$0] & c[$0] & d[$0] }
    case 5:
      let a = row(0)
      let b = row(1)
      let c = row(2)
      let d = row(3)
      let e = row(4)
      return scan(from: start) { a[$0] & b[$0] & c[$0] & d[$0] & e[$0] }
    default:
      let a = row(0)
      let b = row(1)
      let c = row(2)
      let d = row(3)
      let e = row(4)
      let count = tables.count
      return scan(from: start) { word in
        var bits = a[word] & b[word] & c[word] & d[word] & e[word]
        var place = 5
        while bits != 0, place < count {
          bits &= row(place)[word]
          place &+= 1
        }
        return bits
      }
    }
  }

  /// Four words at a time; rows are padded to a multiple of four.
  @inline(__always)
  private func scan(from start: Int, _ bits: (Int) -> UInt64) -> Int {
    let words = words
    var word = start >> 6
    guard word < words else { return -1 }
    if start != 0 {
      // The rest of the word that the search starts in, then up to a multiple of four.
      var rest = bits(word) & (~0 << UInt64(start & 63))
      while true {
        if rest != 0 { return word &<< 6 &+ rest.trailingZeroBitCount }
        word &+= 1
        if word & 3 == 0 { break }
        rest = bits(word)
      }
    }
    while word < words {
      let a = bits(word)
      let b = bits(word &+ 1)
      let c = bits(word &+ 2)
      let d = bits(word &+ 3)
      if a | b | c | d != 0 {
        // Which of the four it is cannot be foreseen: selected, not branched on.
        var found = d
        var place = word &+ 3
        if c != 0 { (found, place) = (c, word &+ 2) }
        if b != 0 { (found, place) = (b, word &+ 1) }
        if a != 0 { (found, place) = (a, word) }
        return place &<< 6 &+ found.trailingZeroBitCount
      }
      word &+= 4
    }
    return -1
  }
}
