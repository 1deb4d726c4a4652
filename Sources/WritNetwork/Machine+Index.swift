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
    let cells = arena.take(index.dimensions.count * width * 4).assumingMemoryBound(to: UInt32.self)
    for (place, dimension) in index.dimensions.enumerated() {
      let mark = arena.mark
      let values = evaluate(dimension.term, block, lanes)
      locate(dimension, values, lanes, cells + place * width, care)
      arena.release(mark)
    }
    let rows = arena.take(index.tables.count * width * 4).assumingMemoryBound(to: UInt32.self)
    for (place, table) in index.tables.enumerated() {
      let rows = rows + place * width
      let first = cells + table.first * width
      let words = UInt32(table.words)
      if let second = table.second {
        let second = cells + second * width
        let count = UInt32(table.secondCells)
        lanes.each { rows[$0] = (first[$0] &* count &+ second[$0]) &* words }
      } else {
        lanes.each { rows[$0] = first[$0] &* words }
      }
      if table.hasVague {
        lanes.each { care[$0] |= table.isVague[Int(rows[$0] / words)] }
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

  /// The cell of each lane's value.
  private func locate(
    _ dimension: Dimension, _ values: Register, _ lanes: Lanes,
    _ cells: UnsafeMutablePointer<UInt32>, _ care: UnsafeMutablePointer<UInt8>
  ) {
    let unknown = UInt32(dimension.unknownCell)
    switch dimension.form {
    case .ordered(let scale): locate(scale, unknown, values, lanes, cells, care)
    case .listed(let listing):
      listing.cellOfSymbol.withUnsafeBufferPointer { symbols in
        lanes.each { lane in
          let value = values[lane]
          if value.tag == .text {
            let symbol = Int(value.bits)
            cells[lane] =
              symbol < symbols.count ? UInt32(symbols[symbol]) : UInt32(listing.otherCell)
          } else if value.isKnown {
            cells[lane] = UInt32(listing.cell(value))
          } else {
            cells[lane] = unknown
            if value.isFault { care[lane] |= 2 }
          }
        }
      }
    }
  }

  private func locate(
    _ scale: Scale, _ unknown: UInt32, _ values: Register, _ lanes: Lanes,
    _ cells: UnsafeMutablePointer<UInt32>, _ care: UnsafeMutablePointer<UInt8>
  ) {
    // A column keeps one scale mostly: what looks like its first value takes the short way.
    guard lanes.count > 0 else { return }
    let example = values[lanes.isDense ? 0 : Int(lanes.list[0])]
    let isTypical = scale.fits(example) && example.scale <= scale.scale
    let factor =
      isTypical ? Decimal.powerOfTen(Int(scale.scale - example.scale)) &* 2 : 2
    let bound = UInt64(Scale.limit / factor)
    let shift = scale.shift
    let base = scale.base
    let last = Int64(scale.starts.count) - 1
    let count = scale.breakpoints.count
    scale.breakpoints.withUnsafeBufferPointer { breakpoints in
      scale.starts.withUnsafeBufferPointer { starts in
        lanes.each { lane in
          let value = values[lane]
          if isTypical, value.tag == example.tag, value.scale == example.scale,
            value.aux == example.aux, UInt64(bitPattern: value.bits) < bound
          {
            let position = value.bits &* factor
            let place = min(max(Scale.bucket(position, shift) &- base, 0), last)
            var cell = Int(starts[Int(place)])
            while cell < count, breakpoints[cell] <= position { cell &+= 1 }
            cells[lane] = UInt32(truncatingIfNeeded: cell)
          } else if scale.fits(value) {
            cells[lane] = UInt32(scale.cell(scale.position(value)))
          } else {
            cells[lane] = unknown
            // Money in another currency makes its comparisons faults too.
            if value.isFault || value.isKnown { care[lane] |= 2 }
          }
        }
      }
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
        if bits == 0 { return 0 }
        for place in 5..<count { bits &= row(place)[word] }
        return bits
      }
    }
  }

  /// Four words at a time; rows are padded to a multiple of four.
  @inline(__always)
  private func scan(from start: Int, _ bits: (Int) -> UInt64) -> Int {
    var word = start >> 6
    guard word < words else { return -1 }
    if start != 0 {
      // The rest of the word that the search starts in, then up to a multiple of four.
      var rest = bits(word) & (~0 << UInt64(start & 63))
      while true {
        if rest != 0 { return word << 6 + rest.trailingZeroBitCount }
        word += 1
        if word & 3 == 0 { break }
        rest = bits(word)
      }
    }
    while word < words {
      let a = bits(word)
      let b = bits(word + 1)
      let c = bits(word + 2)
      let d = bits(word + 3)
      if a | b | c | d != 0 {
        if a != 0 { return word << 6 + a.trailingZeroBitCount }
        if b != 0 { return (word + 1) << 6 + b.trailingZeroBitCount }
        if c != 0 { return (word + 2) << 6 + c.trailingZeroBitCount }
        return (word + 3) << 6 + d.trailingZeroBitCount
      }
      word += 4
    }
    return -1
  }
}
