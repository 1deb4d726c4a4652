import WritModel
import WritRules

// From values to rows of bits.
extension Memory {
  /// The fewest lanes for which a column is read in its narrow form.
  private static let fewestNarrow = 16

  /// Where the rows of a block's lanes begin. Good until the arena is released.
  func locate(_ index: ChooseIndex, _ block: Block, _ lanes: Lanes) -> Located {
    let width = block.width
    let count = index.tables.count
    let rows = arena.take(count * width * 4).assumingMemoryBound(to: UInt32.self)
    let care = arena.take(width).assumingMemoryBound(to: UInt8.self)
    care.update(repeating: 0, count: width)
    let reads = narrowReads(index, block, lanes)
    var seen: UInt8 = index.hasKnownVague ? Care.vague : 0
    for (place, table) in index.tables.enumerated() {
      let rows = rows + place * width
      // Columns first: two with small codes are looked up in one go.
      var isAdding = false
      var waiting: NarrowRead?
      for dimension in table.dimensions {
        guard let read = reads[dimension] else { continue }
        if read.page.hasUnknown, index.isUnknownVague[dimension] { seen |= Care.vague }
        if let other = waiting {
          read.locate(with: other, count: width, into: rows)
          (waiting, isAdding) = (nil, true)
        } else if isAdding {
          read.locate(count: width, adding: true, into: rows)
        } else {
          waiting = read
        }
      }
      if let waiting {
        waiting.locate(count: width, adding: false, into: rows)
        isAdding = true
      }
      for dimension in table.dimensions where reads[dimension] == nil {
        let mark = arena.mark
        let values = evaluate(index.dimensions[dimension].term, block, lanes)
        let location = Location(
          rows: rows, care: care, stride: index.strides[dimension], isAdding: isAdding,
          vague: index.isUnknownVague[dimension] ? Care.vague : 0)
        seen |= locate(location, index.dimensions[dimension], values, lanes)
        arena.release(mark)
        isAdding = true
      }
    }
    return Located(
      index: index, rows: rows, width: width, care: care, isVague: seen & Care.vague != 0,
      hasFault: seen & Care.fault != 0)
  }

  /// The dimensions that are fields of neighbouring rows, as narrow columns; nil for the others.
  private func narrowReads(_ index: ChooseIndex, _ block: Block, _ lanes: Lanes) -> [NarrowRead?] {
    let count = index.dimensions.count
    guard lanes.count >= Self.fewestNarrow, lanes.count * 2 >= block.width else {
      return Array(repeating: nil, count: count)
    }
    return (0..<count).map { place in
      guard case .field(let field, let slot)? = index.dimensions[place].path,
        slot < block.slotCount
      else { return nil }
      let source = block.slots[slot]
      let column = columns[field]
      guard source.firstRow >= 0, source.firstRow + block.width <= column.count,
        !column.mayDangle,
        source[0].tag == .record, source[0].aux == column.record,
        source.firstRow / NarrowColumn.pageRows
          == (source.firstRow + block.width - 1) / NarrowColumn.pageRows
      else { return nil }
      let page = narrowColumn(field).page(of: source.firstRow)
      guard page.width != .none, let lens = lens(index, place, page) else { return nil }
      return NarrowRead(
        lens: lens, page: page, offset: source.firstRow % NarrowColumn.pageRows)
    }
  }

  private func narrowColumn(_ field: Int) -> NarrowColumn {
    if let known = narrow[field] { return known }
    let declared = facts.schema.fields[field]
    let made = NarrowColumn(facts.tables[Int(declared.record.index)].columns[declared.column])
    narrow[field] = made
    return made
  }

  /// The lens of a dimension for a page; nil if its values have no cells there.
  private func lens(_ index: ChooseIndex, _ place: Int, _ page: NarrowPage) -> Lens? {
    let number = index.firstDimension + place
    for known in lenses[number]
    where known.width == page.width && known.likeness == page.likeness {
      return known
    }
    guard
      let made = Lens(
        index.dimensions[place], stride: index.strides[place], likeness: page.likeness,
        width: page.width)
    else { return nil }
    lenses[number].append(made)
    return made
  }

  /// Where the places of a block's lanes are noted.
  private struct Location {
    var rows: UnsafeMutablePointer<UInt32>
    var care: UnsafeMutablePointer<UInt8>
    /// What a cell counts for.
    var stride: UInt32
    /// Whether something is noted already, to which this adds.
    var isAdding: Bool
    /// The care that an unknown value takes.
    var vague: UInt8

    @inline(__always)
    func note(_ cell: Int, _ lane: Int) {
      let place = UInt32(truncatingIfNeeded: cell) &* stride
      rows[lane] = isAdding ? rows[lane] &+ place : place
    }
  }

  /// Notes the cell of each lane's value, and gives all care that was taken.
  private func locate(
    _ location: Location, _ dimension: Dimension, _ values: Register, _ lanes: Lanes
  ) -> UInt8 {
    guard lanes.count > 0 else { return 0 }
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
            location.care[lane] |= value.isFault ? Care.fault : location.vague
          }
        }
      }
    }
    var seen: UInt8 = 0
    lanes.each { seen |= location.care[$0] }
    return seen
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
        location.care[lane] |= value.isFault || value.isKnown ? Care.fault : location.vague
      }
    }
    // A column keeps one scale mostly: what looks like its first value takes the short way.
    let example = values[lanes.isDense ? 0 : Int(lanes.list[0])]
    if values.mask == 0 {
      // One value for all.
      let cell = scale.fits(example) ? scale.cell(scale.position(example)) : unknown
      let care =
        scale.fits(example)
        ? 0 : example.isFault || example.isKnown ? Care.fault : location.vague
      lanes.each { lane in
        location.note(cell, lane)
        location.care[lane] |= care
      }
      return
    }
    guard scale.fits(example), example.scale <= scale.scale,
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

/// A page of a column, and the way from its codes to rows.
struct NarrowRead {
  let lens: Lens
  let page: NarrowPage
  /// Of the first lane in the page.
  let offset: Int

  func locate(count: Int, adding: Bool, into rows: UnsafeMutablePointer<UInt32>) {
    lens.locate(page, offset, count: count, adding: adding, into: rows)
  }

  func locate(with other: NarrowRead, count: Int, into rows: UnsafeMutablePointer<UInt32>) {
    if Lens.locate((lens, page), (other.lens, other.page), offset, count: count, into: rows) {
      return
    }
    other.locate(count: count, adding: false, into: rows)
    locate(count: count, adding: true, into: rows)
  }
}
