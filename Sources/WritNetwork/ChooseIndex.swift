import WritModel
import WritRules

/// The bit-vector index of a choose.
///
/// Guards become boxes over terms that they compare with constants (`Guard.swift`); each box is an
/// entry, a bit position, in written order. Every term is a dimension whose values fall into cells,
/// and each cell has a row of bits: which entries may hold there, and which surely do not exclude
/// it. A decision is the AND of one row a dimension; the first bit is the first entry. This is the
/// bit-vector scheme of packet classification (Lakshman and Stiliadis, 1998).
///
/// There are two rows a cell. *Sure*: the entry's tests of this term are true there. *Possible*:
/// they are not surely false. They differ for unknown values, and where many thresholds were
/// bunched in one cell. Where they do not, an AND over sure rows is the answer, save for entries
/// that left something out of their box, which are verified by the guard's own code; where they do,
/// possible rows give the candidates and the guard's code decides.
final class ChooseIndex: @unchecked Sendable {
  /// A dimension is worth at most so many cells: more are bunched, and verified.
  static let mostCells = 1022
  private static let mostDimensions = 40
  /// A table of two dimensions together has at most so many rows, and so many bytes that the nearest
  /// cache that can hold the single ones still holds it.
  private static let mostMergedRows = 1024
  private static func mostMergedBytes(words: Int) -> Int {
    words <= 8 ? 12_000 : words <= 32 ? 50_000 : 520_000
  }

  let dimensions: [Dimension]
  let tables: [BitTable]
  let entryCount: Int
  /// Words a row; a multiple of four.
  let words: Int
  let alternativeOfEntry: [Int32]
  /// Whether a hit of the entry has to be verified even on sure rows.
  let isOpen: [Bool]
  /// Whether a dimension's row of unknown values is vague.
  let isUnknownVague: [Bool]
  /// What a cell of each dimension adds to the place of a row in its table, in words.
  let strides: [UInt32]
  let hasOpen: Bool

  /// nil: an index is not worth it here.
  init?(_ choose: Choose, _ program: Program, _ facts: TermFacts) {
    guard choose.alternatives.count >= 4 else { return nil }
    let normalizer = Normalizer(program: program)
    var guards = choose.alternatives.map { normalizer.boxes(of: $0.guardTerm) }

    // Which terms become dimensions.
    var plan = DimensionPlan(program, facts)
    for boxes in guards { for box in boxes { for literal in box.literals { plan.note(literal) } } }
    plan.finish(most: Self.mostDimensions)
    for index in guards.indices { plan.open(&guards[index]) }
    let helped = guards.count { boxes in boxes.allSatisfy { !$0.literals.isEmpty } }
    guard helped * 2 >= guards.count, !plan.dimensions.isEmpty else { return nil }
    let dimensions = plan.dimensions
    self.dimensions = dimensions

    // Entries, in written order.
    var entries: [Entry] = []
    for (alternative, boxes) in guards.enumerated() {
      for box in boxes {
        var extents: [(dimension: Int, extent: Extent)] = []
        for literal in box.literals {
          let (dimension, extent) = plan.extent(of: literal)
          if let place = extents.firstIndex(where: { $0.dimension == dimension }) {
            extents[place].extent.formIntersection(extent)
          } else {
            extents.append((dimension, extent))
          }
        }
        // What holds nowhere has no entry.
        if extents.contains(where: { $0.extent.possible.isEmpty }) { continue }
        entries.append(
          Entry(alternative: Int32(alternative), isOpen: box.isOpen, extents: extents))
      }
    }
    entryCount = entries.count
    let words = max((entries.count + 255) / 256 * 4, 4)
    self.words = words
    alternativeOfEntry = entries.map(\.alternative)
    isOpen = entries.map(\.isOpen)
    hasOpen = entries.contains(where: \.isOpen)
    let isLenientFirst = choose.policy == .first && !choose.isStrict
    let single = dimensions.indices.map {
      BitTable(
        dimension: $0, cells: dimensions[$0].cellCount, entries, words: words,
        toleratesUnknown: isLenientFirst)
    }
    isUnknownVague = single.map(\.isUnknownVague)
    let tables = Self.merged(
      single, mostRows: Self.mostMergedRows, mostBytes: Self.mostMergedBytes(words: words))
    self.tables = tables
    var strides = [UInt32](repeating: UInt32(words), count: dimensions.count)
    for table in tables where table.second != nil {
      strides[table.first] = UInt32(words * table.secondCells)
    }
    self.strides = strides
  }

  struct Entry {
    var alternative: Int32
    var isOpen: Bool
    var extents: [(dimension: Int, extent: Extent)]
  }

  /// Small tables are put together two by two, the smallest with the largest that fits: one AND and
  /// one look-up less for each pair.
  private static func merged(
    _ single: [BitTable], mostRows: Int, mostBytes: Int
  ) -> [BitTable] {
    var waiting = single.sorted { $0.rowCount < $1.rowCount }
    var result: [BitTable] = []
    while let least = waiting.first {
      waiting.removeFirst()
      let partner = waiting.lastIndex {
        $0.rowCount * least.rowCount <= mostRows
          && $0.rowCount * least.rowCount * least.words * 8 <= mostBytes
      }
      if let partner {
        result.append(BitTable(least, waiting.remove(at: partner)))
      } else {
        result.append(least)
      }
    }
    return result
  }
}

/// Rows of bits for the cells of one dimension, or of two together.
final class BitTable: @unchecked Sendable {
  /// The dimensions whose cells name a row; with two it is `first × cells of second + second`.
  let first: Int
  let second: Int?
  let secondCells: Int
  let rowCount: Int
  let words: Int
  let sure: UnsafeMutablePointer<UInt64>
  let possible: UnsafeMutablePointer<UInt64>
  /// 0 where the sure row is the whole truth, else 1.
  let isVague: UnsafeMutablePointer<UInt8>
  /// Whether any row of known values is vague; unknown ones are told apart when they are located.
  let hasVague: Bool

  deinit {
    sure.deallocate()
    possible.deallocate()
    isVague.deallocate()
  }

  /// Whether the row of unknown values is vague; of a table of one dimension.
  var isUnknownVague: Bool { isVague[rowCount - 1] == 1 }

  private init(
    first: Int, second: Int?, secondCells: Int, rowCount: Int, words: Int, hasVague: Bool?,
    finish: (
      _ sure: UnsafeMutablePointer<UInt64>, _ possible: UnsafeMutablePointer<UInt64>,
      _ isVague: UnsafeMutablePointer<UInt8>
    ) -> Void
  ) {
    self.first = first
    self.second = second
    self.secondCells = secondCells
    self.rowCount = rowCount
    self.words = words
    sure = .allocate(capacity: rowCount * words)
    possible = .allocate(capacity: rowCount * words)
    isVague = .allocate(capacity: rowCount)
    sure.initialize(repeating: 0, count: rowCount * words)
    possible.initialize(repeating: 0, count: rowCount * words)
    isVague.initialize(repeating: 0, count: rowCount)
    finish(sure, possible, isVague)
    self.hasVague =
      hasVague ?? UnsafeBufferPointer(start: isVague, count: rowCount - 1).contains(1)
  }

  /// The table of one dimension. `toleratesUnknown`: where a value is unknown, only entries that
  /// surely hold are asked for, so the row of unknown values says all.
  convenience init(
    dimension: Int, cells: Int, _ entries: [ChooseIndex.Entry], words: Int, toleratesUnknown: Bool
  ) {
    self.init(
      first: dimension, second: nil, secondCells: 1, rowCount: cells, words: words, hasVague: nil
    ) {
      sure, possible, isVague in
      // An entry that does not ask is in every row.
      var indifferent = [UInt64](repeating: 0, count: words)
      for (bit, entry) in entries.enumerated() {
        guard let asked = entry.extents.first(where: { $0.dimension == dimension }) else {
          indifferent[bit >> 6] |= 1 << UInt64(bit & 63)
          continue
        }
        let mask: UInt64 = 1 << UInt64(bit & 63)
        // An open entry is verified wherever it is possible: beside an unknown value, what it left
        // out may be a fault.
        let certain = entry.isOpen ? asked.extent.possible : asked.extent.sure
        certain.each { sure[$0 * words + bit >> 6] |= mask }
        asked.extent.possible.each { possible[$0 * words + bit >> 6] |= mask }
      }
      for cell in 0..<cells {
        var differs = false
        for word in 0..<words {
          sure[cell * words + word] |= indifferent[word]
          possible[cell * words + word] |= indifferent[word]
          if sure[cell * words + word] != possible[cell * words + word] { differs = true }
        }
        if differs, !(toleratesUnknown && cell == cells - 1) { isVague[cell] = 1 }
      }
    }
  }

  /// The table of two dimensions together.
  convenience init(_ left: BitTable, _ right: BitTable) {
    let words = left.words
    self.init(
      first: left.first, second: right.first, secondCells: right.rowCount,
      rowCount: left.rowCount * right.rowCount, words: words,
      hasVague: left.hasVague || right.hasVague
    ) { sure, possible, isVague in
      for a in 0..<left.rowCount {
        for b in 0..<right.rowCount {
          let row = a * right.rowCount + b
          for word in 0..<words {
            sure[row * words + word] =
              left.sure[a * words + word] & right.sure[b * words + word]
            possible[row * words + word] =
              left.possible[a * words + word] & right.possible[b * words + word]
          }
          isVague[row] = left.isVague[a] | right.isVague[b]
        }
      }
    }
  }
}

/// Finds the dimensions that the tests of a choose need.
private struct DimensionPlan {
  private let program: Program
  private let facts: TermFacts
  private var tests: [TermID: Test] = [:]
  /// The tests that each term is asked, in order of first meeting.
  private var subjects: [(term: TermID, tests: [TermID], uses: Int)] = []
  private var placeOfSubject: [TermID: Int] = [:]
  private var dimensionOfSubject: [TermID: Int] = [:]
  private var extents: [Literal: Extent] = [:]
  private(set) var dimensions: [Dimension] = []

  init(_ program: Program, _ facts: TermFacts) {
    self.program = program
    self.facts = facts
  }

  mutating func note(_ literal: Literal) {
    if let test = tests[literal.test] {
      if let place = placeOfSubject[test.subject] { subjects[place].uses += 1 }
      return
    }
    guard let test = Test(literal.test, program) else { return }
    tests[literal.test] = test
    if let place = placeOfSubject[test.subject] {
      subjects[place].tests.append(literal.test)
      subjects[place].uses += 1
    } else {
      placeOfSubject[test.subject] = subjects.count
      subjects.append((test.subject, [literal.test], 1))
    }
  }

  /// Makes a dimension of each term that is worth one: fields always, what is costly or a mere
  /// comparison of two fields only if asked about more than once.
  mutating func finish(most: Int) {
    let worthy = subjects.indices.filter { place in
      let subject = subjects[place]
      return subject.uses > 1 || Test.isPath(subject.term, program) || isKept(subject.term)
    }
    let chosen = worthy.sorted {
      subjects[$0].uses != subjects[$1].uses ? subjects[$0].uses > subjects[$1].uses : $0 < $1
    }.prefix(most)
    for place in chosen.sorted() {
      guard let dimension = dimension(subjects[place].term, subjects[place].tests) else { continue }
      dimensionOfSubject[subjects[place].term] = dimensions.count
      dimensions.append(dimension)
    }
  }

  /// Another attribute of one record: its values are kept, so asking costs little.
  private func isKept(_ term: TermID) -> Bool {
    guard case .attribute(let id, let arguments, nil) = program[term] else { return false }
    return arguments.count == 1 && !program[id].readsCounters
      && Test.isPath(arguments[0], program)
  }

  private func dimension(_ term: TermID, _ asked: [TermID]) -> Dimension? {
    let type = program.type(of: term)
    var positions: [(Value, needsAfter: Bool, needsAt: Bool)] = []
    var values: [Value] = []
    for test in asked.compactMap({ tests[$0] }) {
      values += test.values
      switch test.question {
      case .range(let lower, let upper):
        if let lower { positions.append((lower.0, needsAfter: !lower.1, needsAt: lower.1)) }
        if let upper { positions.append((upper.0, needsAfter: upper.1, needsAt: !upper.1)) }
      case .oneOf(let values, _):
        for value in values { positions.append((value, needsAfter: true, needsAt: true)) }
      case .notEqual(let value): positions.append((value, needsAfter: true, needsAt: true))
      case .within(let nodes):
        for node in nodes {
          positions.append((node, needsAfter: false, needsAt: true))
          guard let last = lastBelow(node) else { return nil }
          positions.append((last, needsAfter: true, needsAt: false))
        }
      case .isTrue:
        positions.append((.boolean(true), needsAfter: true, needsAt: true))
      case .isKnown: break
      }
    }
    if values.isEmpty, positions.isEmpty || type != .boolean {
      return Listing([], mostCells: 1).map {
        Dimension(term: term, form: .listed($0), cellCount: 2)
      }
    }
    if let scale = Scale(positions, type: type, mostCells: ChooseIndex.mostCells) {
      return Dimension(
        term: term, form: .ordered(scale), cellCount: scale.breakpoints.count + 2)
    }
    let isListed = asked.allSatisfy {
      switch tests[$0]?.question {
      case .oneOf, .notEqual, .isKnown: true
      case .range, .within, .isTrue, nil: false
      }
    }
    guard isListed, let listing = Listing(values, mostCells: ChooseIndex.mostCells) else {
      return nil
    }
    return Dimension(term: term, form: .listed(listing), cellCount: listing.otherCell + 2)
  }

  private func lastBelow(_ node: Value) -> Value? {
    guard node.tag == .node, program.schema.trees.indices.contains(Int(node.aux)) else {
      return nil
    }
    let nodes = program.schema.trees[Int(node.aux)].nodes
    guard nodes.indices.contains(Int(node.bits)) else { return nil }
    return Value(tag: .node, bits: Int64(nodes[Int(node.bits)].lastDescendant), aux: node.aux)
  }

  /// Takes tests that have no dimension out of boxes, which have to be verified then.
  func open(_ boxes: inout [Box]) {
    for index in boxes.indices {
      var kept: [Literal] = []
      for literal in boxes[index].literals {
        if let test = tests[literal.test], dimensionOfSubject[test.subject] != nil {
          kept.append(literal)
        } else if literal.mode.kind == .kleene {
          boxes[index].isOpen = true
        } else {
          // Under `surely` a fault that nobody looks at could be taken for a no.
          boxes = [Box(isOpen: true)]
          return
        }
      }
      boxes[index].literals = kept
    }
  }

  /// The dimension of a test and where it holds.
  mutating func extent(of literal: Literal) -> (Int, Extent) {
    guard let test = tests[literal.test], let place = dimensionOfSubject[test.subject] else {
      preconditionFailure("tests without a dimension were taken out")
    }
    if let extent = extents[literal] { return (place, extent) }
    let dimension = dimensions[place]
    let extent = self.extent(of: test, in: dimension)
      .seen(literal.mode, count: dimension.cellCount)
    extents[literal] = extent
    return (place, extent)
  }

  private func extent(of test: Test, in dimension: Dimension) -> Extent {
    let count = dimension.cellCount
    var sure = CellSet(count: count)
    var possible = CellSet(count: count)
    func add(_ value: Value, through last: Value) {
      switch dimension.form {
      case .listed(let listing):
        sure.insert(listing.cell(value))
        possible.insert(listing.cell(value))
      case .ordered(let scale):
        let cells = scale.cells(from: scale.position(value), below: scale.position(last) + 1)
        sure.insert(cells.sure)
        possible.insert(cells.possible)
      }
    }
    switch test.question {
    case .isKnown:
      sure.insert(0..<dimension.unknownCell)
      return Extent(sure: sure, possible: sure)
    case .isTrue: add(.boolean(true), through: .boolean(true))
    case .oneOf(let values, let hasUnknown):
      for value in values { add(value, through: value) }
      if hasUnknown { possible.insert(0..<dimension.unknownCell) }
    case .within(let nodes):
      for node in nodes { add(node, through: lastBelow(node) ?? node) }
    case .notEqual(let value):
      add(value, through: value)
      let turned = Extent(sure: sure, possible: possible)
        .seen(LiteralMode(isNegated: true), count: count)
      (sure, possible) = (turned.sure, turned.possible)
      sure.words[dimension.unknownCell >> 6] &= ~(1 << UInt64(dimension.unknownCell & 63))
    case .range(let lower, let upper):
      guard case .ordered(let scale) = dimension.form else {
        possible.insert(0..<dimension.unknownCell)
        break
      }
      let cells = scale.cells(
        from: lower.map { scale.position($0.0) + ($0.1 ? 0 : 1) },
        below: upper.map { scale.position($0.0) + ($0.1 ? 1 : 0) })
      sure.insert(cells.sure)
      possible.insert(cells.possible)
    }
    possible.insert(dimension.unknownCell)
    return Extent(sure: sure, possible: possible)
  }
}

extension Scale {
  /// The cells that lie inside positions `from ..< below`, and those that meet them.
  fileprivate func cells(
    from lower: Int64?, below upper: Int64?
  ) -> (sure: Range<Int>, possible: Range<Int>) {
    if let lower, let upper, lower >= upper { return (0..<0, 0..<0) }
    let count = breakpoints.count
    let sureStart = lower.map { first(atLeast: $0) + 1 } ?? 0
    let sureEnd = upper.map { first(atLeast: $0 + 1) } ?? count + 1
    let possibleStart = lower.map { first(atLeast: $0 + 1) } ?? 0
    let possibleEnd = upper.map { first(atLeast: $0) + 1 } ?? count + 1
    return (
      sureStart..<max(sureStart, sureEnd),
      possibleStart..<max(possibleStart, possibleEnd)
    )
  }

  /// The first breakpoint that is not below a position, or their count.
  private func first(atLeast position: Int64) -> Int {
    var low = 0
    var high = breakpoints.count
    while low < high {
      let middle = (low + high) / 2
      if breakpoints[middle] < position { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
