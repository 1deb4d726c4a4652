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
/// There are two rows a cell. *Sure*: the entry's tests of this term are true there. *Candidates*:
/// they are not surely false. They differ for unknown values, and where many thresholds were bunched
/// in one cell. The AND runs over candidates; the first bit is the answer where sure rows have it
/// too, else the guard's own code decides, as it does for entries that left something out of their
/// box.
final class ChooseIndex: @unchecked Sendable {
  /// A dimension is worth at most so many cells: more are bunched, and verified.
  static let mostCells = 1022
  static let mostDimensions = 40
  /// Fewer are asked in order.
  static let fewestAlternatives = 4
  /// A table of several dimensions together has at most so many rows, and so many bytes that the
  /// nearest cache that can hold the single ones still holds it.
  private static let mostMergedRows = 4096
  private static func mostMergedBytes(words: Int) -> Int {
    words <= 8 ? 12_000 : words <= 32 ? 50_000 : words <= 256 ? 520_000 : words * 8 * 400
  }

  let dimensions: [Dimension]
  let tables: [BitTable]
  let entryCount: Int
  /// Words a row: two, or a multiple of four.
  let words: Int
  /// The same bits in an order in which a decision looks at few of them; nil: it looks at few anyway.
  let groups: GroupedRows?
  /// What the place of a row is multiplied by for words: places are row numbers where rows stand in
  /// two orders, else words already.
  let rowStep: Int
  let alternativeOfEntry: [Int32]
  /// Which of the variants hold the entry; one bit each.
  let membersOfEntry: [UInt64]
  /// Whether a hit of the entry has to be verified even on sure rows.
  let isOpen: [Bool]
  let hasOpen: Bool
  /// Whether a dimension's row of unknown values is vague, and whether one of known values is.
  let isUnknownVague: [Bool]
  let hasKnownVague: Bool
  /// What a cell of each dimension adds to the place of a row in its table.
  let strides: [UInt32]
  /// The rows of each table, side by side.
  let candidateBases: UnsafeMutablePointer<UnsafeMutablePointer<UInt64>>
  let sureBases: UnsafeMutablePointer<UnsafeMutablePointer<UInt64>>
  /// For single decisions; empty: not all it looks at are fields of one record, or the date.
  let probes: UnsafeMutableBufferPointer<DimensionProbe>
  private let symbolTables: [UnsafeMutablePointer<UInt16>]
  /// The number of its first dimension among all of the network; said by the network.
  var firstDimension = 0

  /// nil: an index is not worth it here.
  convenience init?(
    _ choose: Choose, members: [UInt64]?, _ program: Program, _ facts: TermFacts
  ) {
    self.init(
      choose.alternatives.enumerated().map { ($1.guardTerm, members?[$0] ?? 1) },
      asksSureOnly: choose.policy == .first && !choose.isStrict, program, facts)
  }

  /// An index of guards in written order, each with the variants that hold it. `asksSureOnly`: what
  /// is unknown does not hold, whoever else does.
  init?(
    _ alternatives: [(guardTerm: TermID, members: UInt64)], asksSureOnly: Bool,
    _ program: Program, _ facts: TermFacts
  ) {
    guard alternatives.count >= Self.fewestAlternatives else { return nil }
    let normalizer = Normalizer(program: program)
    var guards = alternatives.map { normalizer.boxes(of: $0.guardTerm) }

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
    var entries = Entries(dimensions: dimensions.count)
    for (alternative, boxes) in guards.enumerated() {
      for box in boxes { entries.add(box, of: Int32(alternative), &plan) }
    }
    entryCount = entries.count
    let words = entries.count <= 128 ? 2 : (entries.count + 255) / 256 * 4
    self.words = words
    alternativeOfEntry = entries.alternatives
    membersOfEntry = entries.alternatives.map { alternatives[Int($0)].members }
    isOpen = entries.isOpen
    hasOpen = entries.isOpen.contains(true)
    let single = dimensions.indices.map {
      BitTable(
        dimension: $0, cells: dimensions[$0].cellCount, entries, plan, words: words,
        asksSureOnly: asksSureOnly)
    }
    isUnknownVague = single.map(\.isUnknownVague)
    hasKnownVague = single.contains(where: \.isKnownVague)
    let tables = Self.merged(
      single, mostRows: Self.mostMergedRows, mostBytes: Self.mostMergedBytes(words: words))
    self.tables = tables
    let groups = GroupedRows(
      tables, dimensions, entries, plan, asksSureOnly: asksSureOnly)
    self.groups = groups
    rowStep = groups == nil ? 1 : words
    var strides = [UInt32](repeating: 0, count: dimensions.count)
    for table in tables {
      for (dimension, stride) in zip(table.dimensions, table.strides) {
        strides[dimension] = UInt32(groups == nil ? stride * words : stride)
      }
    }
    self.strides = strides
    var tableOfDimension = [Int](repeating: 0, count: dimensions.count)
    candidateBases = .allocate(capacity: tables.count)
    sureBases = .allocate(capacity: tables.count)
    for (place, table) in tables.enumerated() {
      for dimension in table.dimensions { tableOfDimension[dimension] = place }
      candidateBases[place] = table.candidates
      sureBases[place] = table.sure
    }
    var symbolTables: [UnsafeMutablePointer<UInt16>] = []
    let probes = dimensions.indices.compactMap { place in
      DimensionProbe(
        dimensions[place], table: tableOfDimension[place], stride: strides[place],
        isUnknownVague: single[place].isUnknownVague
      ) { cells in
        let table = UnsafeMutablePointer<UInt16>.allocate(capacity: cells.count)
        table.initialize(from: cells, count: cells.count)
        symbolTables.append(table)
        return table
      }
    }
    self.symbolTables = symbolTables
    self.probes = .copy(of: probes.count == dimensions.count ? probes : [])
  }

  deinit {
    candidateBases.deallocate()
    sureBases.deallocate()
    probes.deallocate()
    for table in symbolTables { table.deallocate() }
  }

  /// The boxes of all guards, bit by bit.
  struct Entries {
    private(set) var alternatives: [Int32] = []
    private(set) var isOpen: [Bool] = []
    /// By dimension: the entries that ask about it, and the number of the extent of each.
    private(set) var asking: [[(entry: Int32, extent: Int32)]]

    var count: Int { alternatives.count }

    init(dimensions: Int) { asking = Array(repeating: [], count: dimensions) }

    /// Adds a box, unless it holds nowhere.
    mutating func add(_ box: Box, of alternative: Int32, _ plan: inout DimensionPlan) {
      withUnsafeTemporaryAllocation(
        of: (dimension: Int, extent: Int32).self, capacity: box.literals.count
      ) { asked in
        var count = 0
        for literal in box.literals {
          let (dimension, extent) = plan.extent(of: literal)
          if let place = asked[..<count].firstIndex(where: { $0.dimension == dimension }) {
            asked[place].extent = plan.intersection(asked[place].extent, extent, on: dimension)
          } else {
            asked[count] = (dimension, extent)
            count += 1
          }
        }
        if asked[..<count].contains(where: { plan.extents[Int($0.extent)].isNowhere }) { return }
        for (dimension, extent) in asked[..<count] {
          asking[dimension].append((Int32(alternatives.count), extent))
        }
        alternatives.append(alternative)
        isOpen.append(box.isOpen)
      }
    }
  }

  /// Small tables are put together, the smallest with the largest that fits: one AND less for each.
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
        let both = BitTable(least, waiting.remove(at: partner))
        let place = waiting.firstIndex { $0.rowCount > both.rowCount } ?? waiting.count
        waiting.insert(both, at: place)
      } else {
        result.append(least)
      }
    }
    return result
  }
}

/// Rows of bits for the cells of one dimension, or of several together.
final class BitTable: @unchecked Sendable {
  /// The dimensions whose cells name a row, and how many rows a cell of each counts for.
  let dimensions: [Int]
  let strides: [Int]
  let rowCount: Int
  let words: Int
  let candidates: UnsafeMutablePointer<UInt64>
  /// Those of candidates where nobody asks who is sure.
  let sure: UnsafeMutablePointer<UInt64>
  private let hasSure: Bool
  /// Of a table of one dimension: whether the two rows of unknown values differ in more than what
  /// is verified anyway, and whether those of any known value do.
  let isUnknownVague: Bool
  let isKnownVague: Bool

  deinit {
    candidates.deallocate()
    if hasSure { sure.deallocate() }
  }

  /// The table of one dimension. `asksSureOnly`: where a value is unknown, only entries that surely
  /// hold are candidates. `bits`: where the bit of each entry stands, and nobody asks who is sure;
  /// nil: at its number.
  init(
    dimension: Int, cells: Int, _ entries: ChooseIndex.Entries, _ plan: DimensionPlan, words: Int,
    asksSureOnly: Bool, bits: [Int32]? = nil
  ) {
    dimensions = [dimension]
    strides = [1]
    rowCount = cells
    self.words = words
    let hasSure = bits == nil
    self.hasSure = hasSure
    let candidates = Self.rows(cells, words)
    let sure = hasSure ? Self.rows(cells, words) : candidates
    self.candidates = candidates
    self.sure = sure
    let unknown = cells - 1
    var differsUnknown = false
    var differsKnown = false
    // An entry that does not ask is in every row. Bits stand where a stretch of cells begins and
    // behind its end first: most stretches are long.
    for entry in 0..<entries.count {
      let bit = bits.map { Int($0[entry]) } ?? entry
      candidates[bit >> 6] |= 1 << UInt64(bit & 63)
      if hasSure { sure[bit >> 6] |= 1 << UInt64(bit & 63) }
    }
    for (entry, number) in entries.asking[dimension] {
      let bit = bits.map { $0[Int(entry)] } ?? entry
      let word = Int(bit) >> 6
      let mask: UInt64 = 1 << UInt64(bit & 63)
      let extent = plan.extents[Int(number)]
      candidates[word] ^= mask
      if hasSure { sure[word] ^= mask }
      func turn(_ rows: UnsafeMutablePointer<UInt64>, _ cells: Range<Int32>) {
        rows[Int(cells.lowerBound) * words + word] ^= mask
        if cells.upperBound <= unknown { rows[Int(cells.upperBound) * words + word] ^= mask }
      }
      if hasSure { for stretch in plan.stretches[extent.sure] { turn(sure, stretch) } }
      for stretch in plan.stretches[extent.possible] { turn(candidates, stretch) }
      let isOpen = entries.isOpen[Int(entry)]
      if extent.differsKnown, !isOpen { differsKnown = true }
      if extent.differsUnknown, !isOpen {
        // Beside an unknown value, what an open entry left out may be a fault, so it is verified.
        if asksSureOnly {
          candidates[unknown * words + word] ^= mask
        } else {
          differsUnknown = true
        }
      }
    }
    for word in words..<max(cells * words, words) {
      candidates[word] ^= candidates[word - words]
    }
    if hasSure {
      for word in words..<max(cells * words, words) { sure[word] ^= sure[word - words] }
    }
    isUnknownVague = differsUnknown
    isKnownVague = differsKnown
  }

  /// The table of the dimensions of two others together.
  init(_ left: BitTable, _ right: BitTable) {
    dimensions = left.dimensions + right.dimensions
    strides = left.strides.map { $0 * right.rowCount } + right.strides
    rowCount = left.rowCount * right.rowCount
    words = left.words
    let hasSure = left.hasSure
    self.hasSure = hasSure
    let candidates = Self.rows(rowCount, words)
    let sure = hasSure ? Self.rows(rowCount, words) : candidates
    self.candidates = candidates
    self.sure = sure
    isUnknownVague = left.isUnknownVague || right.isUnknownVague
    isKnownVague = left.isKnownVague || right.isKnownVague
    var row = 0
    for a in 0..<left.rowCount {
      let (mayLeft, isLeft) = (left.candidates + a * words, left.sure + a * words)
      for b in 0..<right.rowCount {
        let (mayRight, isRight) = (right.candidates + b * words, right.sure + b * words)
        for word in 0..<words { candidates[row + word] = mayLeft[word] & mayRight[word] }
        if hasSure {
          for word in 0..<words { sure[row + word] = isLeft[word] & isRight[word] }
        }
        row += words
      }
    }
  }

  /// Rows without any bit, each at the start of a line of the cache if it fills one.
  private static func rows(_ count: Int, _ words: Int) -> UnsafeMutablePointer<UInt64> {
    let rows = UnsafeMutableRawPointer.allocate(byteCount: count * words * 8, alignment: 64)
      .bindMemory(to: UInt64.self, capacity: count * words)
    rows.initialize(repeating: 0, count: count * words)
    return rows
  }
}

/// Finds the dimensions that the tests of a choose need.
struct DimensionPlan {
  private let program: Program
  private let facts: TermFacts
  /// The tests in order of first meeting, with the place of the subject of each and, in the end, its
  /// dimension; -1 where there is none.
  private var numbers = TermNumbers()
  private var tests: [Test?] = []
  private var subjectOfTest: [Int32] = []
  private var dimensionOfTest: [Int32] = []
  /// The tests that each term is asked, in order of first meeting.
  private var subjectNumbers = TermNumbers()
  private var subjects: [(term: TermID, tests: [Int], uses: Int)] = []
  private(set) var dimensions: [Dimension] = []
  /// By test and mode: the number of its extent, -1 until it is asked for.
  private var extentNumbers: [Int32] = []
  /// Where tests hold, as stretches of cells.
  private(set) var extents: [Stretched] = []
  private(set) var stretches: [Range<Int32>] = []

  /// Where a test, or several of one dimension, hold.
  struct Stretched {
    /// Places in `stretches`.
    var sure: Range<Int>
    var possible: Range<Int>
    /// Whether the two differ in a known cell, and in that of unknown values.
    var differsKnown: Bool
    var differsUnknown: Bool
    var isNowhere: Bool { possible.isEmpty }
  }

  init(_ program: Program, _ facts: TermFacts) {
    self.program = program
    self.facts = facts
  }

  mutating func note(_ literal: Literal) {
    if let number = numbers[literal.test] {
      if subjectOfTest[number] >= 0 { subjects[Int(subjectOfTest[number])].uses += 1 }
      return
    }
    let number = numbers.add(literal.test)
    let test = Test(literal.test, program)
    tests.append(test)
    subjectOfTest.append(-1)
    guard let test else { return }
    let place = subjectNumbers[test.subject] ?? subjectNumbers.add(test.subject)
    if place == subjects.count { subjects.append((test.subject, [], 0)) }
    subjects[place].tests.append(number)
    subjects[place].uses += 1
    subjectOfTest[number] = Int32(place)
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
    dimensionOfTest = Array(repeating: -1, count: tests.count)
    extentNumbers = Array(repeating: -1, count: tests.count * LiteralMode.count)
    for place in chosen.sorted() {
      guard let dimension = dimension(subjects[place].term, subjects[place].tests) else { continue }
      for test in subjects[place].tests { dimensionOfTest[test] = Int32(dimensions.count) }
      dimensions.append(dimension)
    }
  }

  /// Another attribute of one record: its values are kept, so asking costs little.
  private func isKept(_ term: TermID) -> Bool {
    guard case .attribute(let id, let arguments, nil) = program[term] else { return false }
    return arguments.count == 1 && !program[id].readsCounters
      && Test.isPath(arguments[0], program)
  }

  private func dimension(_ term: TermID, _ asked: [Int]) -> Dimension? {
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
        Dimension(term: term, form: .listed($0), cellCount: 2, program)
      }
    }
    if let scale = Scale(positions, type: type, mostCells: ChooseIndex.mostCells) {
      return Dimension(
        term: term, form: .ordered(scale), cellCount: scale.breakpoints.count + 2, program)
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
    return Dimension(
      term: term, form: .listed(listing), cellCount: listing.otherCell + 2, program)
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
    func hasDimension(_ literal: Literal) -> Bool {
      numbers[literal.test].map { dimensionOfTest[$0] >= 0 } ?? false
    }
    for index in boxes.indices {
      // Mostly all have one.
      if boxes[index].literals.allSatisfy(hasDimension) { continue }
      var kept: [Literal] = []
      for literal in boxes[index].literals {
        if hasDimension(literal) {
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

  /// The dimension of a test and the number of its extent.
  mutating func extent(of literal: Literal) -> (Int, Int32) {
    guard let number = numbers[literal.test], let test = tests[number], dimensionOfTest[number] >= 0
    else { preconditionFailure("tests without a dimension were taken out") }
    let place = Int(dimensionOfTest[number])
    let asked = number * LiteralMode.count + literal.mode.number
    if extentNumbers[asked] >= 0 { return (place, extentNumbers[asked]) }
    let dimension = dimensions[place]
    extentNumbers[asked] = add(
      extent(of: test, in: dimension).seen(literal.mode, count: dimension.cellCount),
      unknown: dimension.unknownCell)
    return (place, extentNumbers[asked])
  }

  /// The number of what two extents have in common.
  mutating func intersection(_ first: Int32, _ second: Int32, on dimension: Int) -> Int32 {
    let cells = dimensions[dimension].cellCount
    var common = extent(first, cells: cells)
    common.formIntersection(extent(second, cells: cells))
    return add(common, unknown: dimensions[dimension].unknownCell)
  }

  private mutating func add(_ extent: Extent, unknown: Int) -> Int32 {
    let start = stretches.count
    extent.sure.addStretches(to: &stretches)
    let middle = stretches.count
    extent.possible.addStretches(to: &stretches)
    var differs = extent.possible
    for word in differs.words.indices { differs.words[word] &= ~extent.sure.words[word] }
    let differsUnknown = differs.contains(unknown)
    differs.words[unknown >> 6] &= ~(1 << UInt64(unknown & 63))
    extents.append(
      Stretched(
        sure: start..<middle, possible: middle..<stretches.count,
        differsKnown: !differs.isEmpty, differsUnknown: differsUnknown))
    return Int32(extents.count - 1)
  }

  private func extent(_ number: Int32, cells: Int) -> Extent {
    let found = extents[Int(number)]
    var extent = Extent(sure: CellSet(count: cells), possible: CellSet(count: cells))
    for cells in stretches[found.sure] {
      extent.sure.insert(Int(cells.lowerBound)..<Int(cells.upperBound))
    }
    for cells in stretches[found.possible] {
      extent.possible.insert(Int(cells.lowerBound)..<Int(cells.upperBound))
    }
    return extent
  }

  private func extent(of test: Test, in dimension: Dimension) -> Extent {
    let count = dimension.cellCount
    var sure = CellSet(count: count)
    var possible = CellSet(count: count)
    func add(_ value: Value, through last: Value) {
      switch dimension.form {
      case .listed(let listing):
        if !listing.isBunched { sure.insert(listing.cell(value)) }
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
