import WritModel
public import WritNetwork
import WritRules
import WritText

/// One thread's pass over records: asks what each rule set answers, and adds up what differs.
///
/// Records of one type at a time, a stretch of rows at once. What comes out does not depend on the
/// stretches, so each thread has a pass and their tallies are added at the end.
public final class ComparisonPass {
  private let network: ComparisonNetwork
  private let section: ComparisonPlan.Section
  /// Where its values begin among those of the tally.
  private let firstValue: Int
  private let wording: Wording
  /// One a set, by its memory's program.
  private let wordings: [Wording]
  private var sum: ComparisonTally
  /// One a set; the same for all where nothing has state.
  let memories: [Memory]
  /// What a set's rules answer to the records and counters that the base has; only with state.
  private let inBaseState: StateReplay?

  /// Whether records are forgotten before they are explained.
  private let keepsRecords: Bool
  private let stretch = 1024
  /// Rows that are decided by choices at once; of these a number a row is kept, and no values.
  private let longStretch = 8192
  private let room: UnsafeMutablePointer<Value>
  private let roomCount: Int
  private let sectionIndex: Int
  private let hasKey: Bool
  /// Of a key that is one text.
  private let keyColumn: Int?
  /// How often each rule of the union won in a stretch; zero between stretches.
  private var wins: [Int]
  /// One a set: which edits a change is charged to; nil for the base and where that is not known.
  private var charges: [ChargeMemory?]
  private var answers: [WordKey: Int] = [:]
  private var flows: [FlowKey: Int] = [:]
  /// What is decided straight from an index, all sets at once.
  private let groups: [ChoiceGroup]
  /// The rows of a long stretch, with the pairs of their changes, that each set answers differently
  /// and that have to be asked what that is charged to.
  private var open: [[(row: Int, pair: Int)]]
  /// What the changes found by choice are charged to, by the numbers of the set's verdicts: one a
  /// column and set.
  private var chargeSums: [[ChangeTally.ChargeSum]]
  /// What keeps changes out of the largest: one a column and set.
  private var gates: [ChangeGate]
  /// The changes of the rows last added, as lines of CSV; nil where nobody wants them.
  private var listed: [ListedChange]?

  /// A value that does not depend on rows and texts.
  private struct WordKey: Hashable {
    var tag: UInt8
    var aux: UInt16
    var bits: Int64
    init(_ value: Value) {
      tag = value.tag.rawValue
      aux = value.aux
      bits = value.isKnown ? value.bits : 0
    }
  }
  private struct FlowKey: Hashable {
    var before: WordKey
    var after: WordKey
  }
  private struct ListedChange {
    var row: Int
    var column: Int
    var set: Int
    var cells: [String]
  }

  /// `memories` is one, of the union, or one a set for a section with state. `keepsRecords`: the
  /// records are forgotten before they are explained.
  public convenience init(
    _ network: ComparisonNetwork, section index: Int, _ memories: [Memory],
    _ tally: ComparisonTally,
    _ wording: Wording, inBaseState: StateReplay? = nil, keepsRecords: Bool = false,
    listsChanges: Bool = false, chargers: [ComparisonCharger?] = []
  ) {
    self.init(
      network, section: index, memories, tally, wording, inBaseState: inBaseState,
      keepsRecords: keepsRecords, listsChanges: listsChanges, chargers: chargers, byChoice: true)
  }

  /// `byChoice` false asks row by row, so that tests can compare the two.
  init(
    _ network: ComparisonNetwork, section index: Int, _ memories: [Memory],
    _ tally: ComparisonTally, _ wording: Wording, inBaseState: StateReplay? = nil,
    keepsRecords: Bool = false, listsChanges: Bool, chargers: [ComparisonCharger?], byChoice: Bool
  ) {
    self.network = network
    section = network.plan.sections[index]
    firstValue = network.plan.sections[..<index].reduce(0) { $0 + $1.columns.count }
    self.wording = wording
    sum = tally
    let count = network.plan.programs.count
    self.memories =
      memories.count == count ? memories : Array(repeating: memories[0], count: count)
    sectionIndex = index
    let keys = wording.schema[section.record].key.map { wording.schema[$0] }
    hasKey = !keys.isEmpty
    keyColumn = keys.count == 1 && keys[0].type == .text ? keys[0].column : nil
    wins = Array(repeating: 0, count: network.union?.program.rules.count ?? 0)
    let first = memories[0]
    charges = chargers.map { charger in
      charger.flatMap { ChargeMemory($0, like: first, resting: first.facts, wording) }
    }
    groups =
      section.isStateful || !byChoice
      ? []
      : ChoiceGroup.all(
        section, network, first,
        Wording(program: first.network.program, language: wording.language))
    open = Array(repeating: [], count: count)
    chargeSums = Array(repeating: [], count: section.columns.count * count)
    gates = Array(repeating: ChangeGate(), count: section.columns.count * count)
    wordings = self.memories.map {
      Wording(program: $0.network.program, language: wording.language)
    }
    self.inBaseState = inBaseState
    self.keepsRecords = keepsRecords
    listed = listsChanges ? [] : nil
    roomCount = stretch * (count + 1)
    room = .allocate(capacity: roomCount)
    room.initialize(repeating: Value(tag: .missing, bits: 0), count: roomCount)
  }

  deinit { room.deallocate() }

  private var sets: Range<Int> { 0..<memories.count }

  /// What all rows added so far come to.
  public var tally: ComparisonTally {
    for group in groups { addUp(group) }
    addUpCharges()
    return sum
  }

  /// Adds rows. `offset` is the number of records of the type that came before row 0.
  public func add(rows: Range<Int>, offset: Int) {
    var first = rows.lowerBound
    while first < rows.upperBound {
      let part = first..<min(rows.upperBound, first + longStretch)
      addLongStretch(part, offset: offset)
      first = part.upperBound
    }
    // What is kept in memory may be held by two.
    if keepsRecords { for charge in charges { charge?.release(section.record) } }
  }

  private func addLongStretch(_ rows: Range<Int>, offset: Int) {
    // What is found here by choice need not be asked row by row.
    var columns: Set<Int> = []
    var probes: Set<Int> = []
    if memories[0].facts[section.record].removedCount == 0 {
      for group in groups where group.choice.decide(rows, in: memories[0]) {
        add(group, rows, offset: offset)
        columns.formUnion(group.columns.map(\.index))
        probes.formUnion(group.probes.map(\.index))
      }
    }
    let isDone =
      columns.count == section.columns.count && probes.count == section.probes.count
      && section.measures.isEmpty
    if isDone { return }
    var first = rows.lowerBound
    while first < rows.upperBound {
      let part = first..<min(rows.upperBound, first + stretch)
      addStretch(part, offset: offset, except: columns, probes)
      first = part.upperBound
    }
  }

  private func addStretch(
    _ rows: Range<Int>, offset: Int, except columns: Set<Int>, _ probes: Set<Int>
  ) {
    let live = liveRows(rows)
    if section.isStateful { inBaseState?.prepare(rows) }
    for (index, column) in section.columns.enumerated() where !columns.contains(index) {
      let lanes = decide(column, rows)
      compare(index, column, lanes, rows, live, offset: offset)
    }
    count(rows, live, except: probes)
    measure(rows, live, offset: offset)
  }

  /// The rows that are compared, where not all are: those that are there under the base.
  private func liveRows(_ rows: Range<Int>) -> [Bool]? {
    let table = memories[0].facts[section.record]
    guard table.removedCount > 0 else { return nil }
    return rows.map { !table.isRemoved($0) }
  }

  /// The answers of all sets that have the column, each in a lane of its own; nil where a set has
  /// none. Equal attributes share a lane.
  private func decide(
    _ column: ComparisonPlan.Column, _ rows: Range<Int>
  ) -> [UnsafeMutablePointer<Value>?] {
    values(of: column.attributes, rows)
  }

  private func values(
    of attributes: [AttributeID?], _ rows: Range<Int>
  ) -> [UnsafeMutablePointer<Value>?] {
    var lanes: [UnsafeMutablePointer<Value>?] = Array(repeating: nil, count: attributes.count)
    if section.isStateful {
      for set in sets {
        guard let attribute = attributes[set] else { continue }
        let lane = room + set * stretch
        let present = min(rows.upperBound, memories[set].facts[section.record].count)
        memories[set].values(
          of: attribute, rows: rows.lowerBound..<max(present, rows.lowerBound),
          into: UnsafeMutableBufferPointer(start: lane, count: stretch))
        lanes[set] = lane
      }
      return lanes
    }
    var asked: [AttributeID] = []
    var buffers: [UnsafeMutableBufferPointer<Value>] = []
    for set in sets {
      guard let attribute = attributes[set] else { continue }
      let name = network.name(attribute, of: set, isStateful: false)
      if let known = asked.firstIndex(of: name) {
        lanes[set] = buffers[known].baseAddress
        continue
      }
      let buffer = UnsafeMutableBufferPointer(start: room + asked.count * stretch, count: stretch)
      asked.append(name)
      buffers.append(buffer)
      lanes[set] = buffer.baseAddress
    }
    memories[0].values(of: asked, rows: rows, into: buffers)
    return lanes
  }

  // MARK: - By choice

  /// Adds rows of which is known what each set chooses.
  private func add(_ group: ChoiceGroup, _ rows: Range<Int>, offset: Int) {
    group.count(rows.count)
    if group.pairs.count > Self.mostPairs { addUp(group) }
    for (number, column) in group.columns.enumerated() {
      compare(group, number, column, rows, offset: offset)
    }
  }

  /// Different changes that are counted before they are added up.
  private static let mostPairs = 1 << 14

  private func compare(
    _ group: ChoiceGroup, _ number: Int, _ own: ChoiceGroup.Column, _ rows: Range<Int>, offset: Int
  ) {
    let place = firstValue + own.index
    let column = section.columns[own.index]
    let segments = self.segments(rows, nil, place)
    var recorded: [Value]?
    if column.against != nil {
      var base = rows.indices.map { row in
        group.choice.value(own.question, group.choice.firsts[row - rows.lowerBound])
      }
      recorded = base.withUnsafeMutableBufferPointer { base in
        base.baseAddress.flatMap { self.recorded(column, $0, rows, nil, place) }
      }
    }
    // Most changes are counted and no more.
    let isCounted = segments.isEmpty && recorded == nil && listed == nil
    let keys = keyColumn.map { memories[0].facts[section.record].columns[$0] }
    let texts = memories[0].facts.texts
    let gate = own.index * memories.count
    func each(_ row: Int, _ pair: Int, _ members: UInt64) {
      let difference = group.pairs[pair].difference
      let key = keys.map { $0[rows.lowerBound + row] }.flatMap { key in
        key.tag == .text ? texts.withBytes(of: Symbol(Int(key.bits)), ChangeGate.Key.init) : nil
      }
      members.eachBit { set in
        let charge = group.charge(pair, set) { pair in
          guard charges.indices.contains(set) else { return nil }
          return charges[set]?.verdict(
            sectionIndex, own.index, from: group.choice.alternative(of: pair.choices.before),
            to: group.choice.alternative(of: pair.choices.after))
        }
        if charge == ChoiceGroup.Charge.open {
          open[set].append((row, pair))
          return
        }
        if isCounted, gates[gate + set].keepsOut(difference, key) { return }
        if isCounted, !mayBeLarge(difference, place, set, rows.lowerBound + row, offset: offset) {
          return
        }
        tell(
          Changing(
            place: place, column: column, index: own.index, set: set, row: rows.lowerBound + row,
            before: group.pairs[pair].before, after: group.pairs[pair].after, isGone: false),
          difference, charges[set]?.verdicts[Int(charge)], isKnockOn: false,
          segments: segments.map { $0[row] }, recorded: recorded?[row], offset: offset)
      }
    }
    group.eachChange(of: number, difference: { difference(column, $0, $1) }, each)
    for set in sets.dropFirst() where !open[set].isEmpty {
      let charge = charges.indices.contains(set) ? charges[set] : nil
      let verdicts = charge?.verdicts(
        sectionIndex, own.index, record: section.record,
        rows: open[set].map { rows.lowerBound + $0.row }, facts: memories[0].facts)
      for (index, (row, pair)) in open[set].enumerated() {
        let change = group.pairs[pair]
        let changing = Changing(
          place: place, column: column, index: own.index, set: set, row: rows.lowerBound + row,
          before: change.before, after: change.after, isGone: false)
        var verdict: Attribution.Verdict?
        if let verdicts, let charge {
          let number = verdicts[index]
          note(number, own.index, set, change.difference)
          verdict = charge.verdicts[number]
        } else if let found = self.charge(changing), let charge {
          let number = charge.number(of: found)
          note(number, own.index, set, change.difference)
          verdict = found
        }
        tell(
          changing, change.difference, verdict, isKnockOn: false,
          segments: segments.map { $0[row] }, recorded: recorded?[row], offset: offset)
      }
      open[set].removeAll(keepingCapacity: true)
    }
  }

  private func note(
    _ verdict: Int, _ column: Int, _ set: Int, _ difference: Decimal?, times: Int = 1
  ) {
    let place = column * memories.count + set
    while chargeSums[place].count <= verdict { chargeSums[place].append(ChangeTally.ChargeSum()) }
    chargeSums[place][verdict].count += times
    if let difference { chargeSums[place][verdict].amount.add(difference, times: Int64(times)) }
  }

  /// Whether a change may be among the largest of its set.
  private func mayBeLarge(
    _ difference: Decimal?, _ place: Int, _ set: Int, _ row: Int, offset: Int
  ) -> Bool {
    sum.values[place].changes[set]?.largest.mayTake(difference, top: sum.header.top) { last in
      !isCalled(row, offset: offset, after: last)
    } ?? false
  }

  /// Adds what was counted by choice.
  private func addUp(_ group: ChoiceGroup) {
    for column in group.columns {
      let place = firstValue + column.index
      let told = section.columns[column.index]
      let isAmount = told.unit != nil
      let isFew = told.type.hasFewAnswers || isAmount
      group.eachCount(of: 0) { choice, count in
        let value = group.choice.value(column.question, choice)
        sum.values[place].records += count
        if isAmount, value.isAmount(told.currency) {
          sum.values[place].total.add(value.decimal, times: Int64(count))
        }
        guard isFew else { return }
        let word = isAmount && value.isKnown ? amountWord : text(value, told, 0)
        sum.values[place].answers[word, default: 0] += count
      }
    }
    for probe in group.probes {
      for set in sets {
        let places = network.places(of: set, isStateful: false)
        group.eachCount(of: set) { choice, count in
          let winner = group.choice.value(probe.question, choice)
          guard winner.tag == .rule, places[Int(winner.bits)] >= 0 else { return }
          let place = Int(places[Int(winner.bits)])
          sum.rules[place].counts[set]? += count
          guard let question = probe.amounts else { return }
          let amount = group.choice.value(question, choice)
          if amount.isAmount(0) {
            sum.rules[place].amounts[set]?.add(amount.decimal, times: Int64(count))
          }
        }
      }
    }
    group.eachPair { pair, set, count, charge in
      let own = group.columns[pair.column].index
      if charge >= 0 { note(Int(charge), own, set, pair.difference, times: count) }
      let column = section.columns[own]
      let key = flowKey(
        column, pair.before, pair.after, pair.difference, set: set, isGone: false)
      let place = firstValue + own
      sum.values[place].changes[set]?.changed += count
      sum.values[place].changes[set]?.flows.add(key, count: count)
      if let difference = pair.difference, difference.mantissa != 0 {
        sum.values[place].changes[set]?.add(difference, times: count)
      }
    }
    group.clear()
  }

  private func addUpCharges() {
    for column in section.columns.indices {
      for set in sets {
        let place = column * memories.count + set
        for (number, part) in chargeSums[place].enumerated() where part.count > 0 {
          guard let verdict = charges[set]?.verdicts[number] else { continue }
          let key = ChangeTally.ChargeKey(kind: verdict.kind, edits: verdict.edits)
          sum.values[firstValue + column].changes[set]?
            .charges[key, default: ChangeTally.ChargeSum()].add(part)
        }
        chargeSums[place].removeAll(keepingCapacity: true)
      }
    }
  }

  // MARK: - Comparing

  private func compare(
    _ index: Int, _ column: ComparisonPlan.Column, _ lanes: [UnsafeMutablePointer<Value>?],
    _ rows: Range<Int>, _ live: [Bool]?, offset: Int
  ) {
    guard let base = lanes[0] else { return }
    let place = firstValue + index
    let taken = inBaseState?.taken(column, rows, live) ?? live
    let count = rows.count
    // The base alone.
    var total = ExactSum()
    var known = 0
    var last = WordKey(Value(tag: .missing, bits: 0))
    var lastCount = 0
    let isAmount = column.unit != nil
    let isFew = column.type.hasFewAnswers || isAmount
    answers.removeAll(keepingCapacity: true)
    for lane in 0..<count where taken?[lane] ?? true {
      let value = base[lane]
      known += 1
      if isAmount, value.isAmount(column.currency) { total.add(value.decimal) }
      guard isFew else { continue }
      let key = isAmount && value.isKnown ? WordKey(Value(tag: .number, bits: 0)) : WordKey(value)
      if key == last {
        lastCount += 1
      } else {
        if lastCount > 0 { answers[last, default: 0] += lastCount }
        last = key
        lastCount = 1
      }
    }
    if lastCount > 0 { answers[last, default: 0] += lastCount }
    sum.values[place].records += known
    sum.values[place].total.add(total)
    for (key, count) in answers {
      let value = Value(
        tag: Value.Tag(rawValue: key.tag) ?? .missing, bits: key.bits, aux: key.aux)
      let word = isAmount && value.isKnown ? amountWord : text(value, column, 0)
      sum.values[place].answers[word, default: 0] += count
    }
    let segments = self.segments(rows, taken, place)
    let recorded = self.recorded(column, base, rows, taken, place)
    for set in sets.dropFirst() {
      guard let lane = lanes[set] else { continue }
      if lane == base { continue }
      flows.removeAll(keepingCapacity: true)
      var changes: [Changing] = []
      for row in 0..<count {
        let (before, after) = (base[row], lane[row])
        if before.bits == after.bits, before.tag == after.tag, before.scale == after.scale,
          before.aux == after.aux, !section.isStateful
        {
          continue
        }
        guard taken?[row] ?? true else { continue }
        let isGone = isGone(rows.lowerBound + row, in: set)
        if !isGone, isSame(before, after, set) { continue }
        changes.append(
          Changing(
            place: place, column: column, index: index, set: set, row: rows.lowerBound + row,
            before: before, after: isGone ? Value(tag: .missing, bits: 0) : after, isGone: isGone))
      }
      let charge = section.isStateful || !charges.indices.contains(set) ? nil : charges[set]
      // What is charged is asked of all at once, where it can be.
      let numbers = charge?.verdictsOfValues(
        sectionIndex, index, record: section.record, rows: changes.map(\.row),
        facts: memories[0].facts)
      for (number, changing) in changes.enumerated() {
        let row = changing.row - rows.lowerBound
        let verdict = numbers.map { charge?.verdicts[$0[number]] } ?? self.charge(changing)
        change(
          changing, verdict, segments: segments.map { $0[row] }, recorded: recorded?[row],
          offset: offset)
      }
      for (key, count) in flows {
        let words = [key.before, key.after].map { key in
          text(
            Value(tag: Value.Tag(rawValue: key.tag) ?? .missing, bits: key.bits, aux: key.aux),
            column, 0)
        }
        sum.values[place].changes[set]?
          .flows.add(Comparison.FlowKey(before: words[0], after: words[1]), count: count)
      }
    }
  }

  /// How much more an answer is; nil where it is no amount.
  private func difference(
    _ column: ComparisonPlan.Column, _ before: Value, _ after: Value
  ) -> Decimal? {
    guard column.unit != nil, before.isAmount(column.currency) || after.isAmount(column.currency)
    else { return nil }
    return after.amount(column.currency).subtracting(before.amount(column.currency))?.reduced
  }

  private struct Changing {
    var place: Int
    var column: ComparisonPlan.Column
    var index: Int
    var set: Int
    var row: Int
    var before: Value
    var after: Value
    var isGone: Bool
  }

  private func change(
    _ changing: Changing, _ verdict: Attribution.Verdict?, segments: [Value], recorded: Value?,
    offset: Int
  ) {
    let column = changing.column
    let before = changing.before
    let difference = difference(column, before, changing.after)
    flow(changing, difference)
    let place = changing.place
    if let verdict {
      let key = ChangeTally.ChargeKey(kind: verdict.kind, edits: verdict.edits)
      sum.values[place].changes[changing.set]?
        .charges[key, default: ChangeTally.ChargeSum()].count += 1
      if let difference {
        sum.values[place].changes[changing.set]?.charges[key]?.amount.add(difference)
      }
    }
    let isKnockOn = inBaseState?.isKnockOn(column, changing.set, changing.row, before) ?? false
    sum.values[place].changes[changing.set]?.changed += 1
    if isKnockOn { sum.values[place].changes[changing.set]?.knockOn += 1 }
    if let difference, difference.mantissa != 0 {
      sum.values[place].changes[changing.set]?.add(difference, times: 1)
    }
    tell(
      changing, difference, verdict, isKnockOn: isKnockOn, segments: segments, recorded: recorded,
      offset: offset)
  }

  /// What is told of a change beside what it adds to counts and sums of all.
  private func tell(
    _ changing: Changing, _ difference: Decimal?, _ verdict: Attribution.Verdict?,
    isKnockOn: Bool, segments: [Value], recorded: Value?, offset: Int
  ) {
    let column = changing.column
    let (before, after) = (changing.before, changing.after)
    let top = sum.header.top
    let place = changing.place
    var words: (before: String, after: String, key: String, segments: [String])?
    func told() -> (before: String, after: String, key: String, segments: [String]) {
      if let words { return words }
      let made = (
        text(before, column, 0),
        changing.isGone ? goneWord : text(after, column, changing.set),
        key(of: changing.row, offset: offset),
        segments.enumerated().map { segmentText($1, $0) }
      )
      words = made
      return made
    }
    func entry() -> LargestChanges.Entry {
      let told = told()
      return LargestChanges.Entry(
        change: Comparison.Change(
          key: told.key, before: told.before, after: told.after, difference: difference,
          segments: told.segments, edits: verdict?.edits ?? [], isKnockOn: isKnockOn),
        row: changing.row,
        record: keepsRecords
          ? KeptRecord(section.record, row: changing.row, of: memories[0].facts) : nil)
    }
    let isRise = (difference?.mantissa ?? 0) > 0
    for (path, value) in segments.enumerated() {
      let key = ChangeTally.Segment(path: path, value: segmentText(value, path))
      sum.values[place].changes[changing.set]?.segments[key, default: ChangeTally.SegmentSum()]
        .changed += 1
      guard let difference, difference.mantissa != 0 else { continue }
      if isRise {
        sum.values[place].changes[changing.set]?.segments[key]?.gains.add(difference)
      } else {
        sum.values[place].changes[changing.set]?.segments[key]?.losses.add(difference)
      }
    }
    if mayBeLarge(difference, place, changing.set, changing.row, offset: offset) {
      sum.values[place].changes[changing.set]?.largest.add(entry(), top: top)
      if let largest = sum.values[place].changes[changing.set]?.largest {
        gates[changing.index * memories.count + changing.set] = ChangeGate(largest, top: top)
      }
    }
    if let recorded, recorded.isKnown {
      agree(changing, recorded, entry)
    }
    if listed != nil {
      let told = told()
      listed?.append(
        ListedChange(
          row: changing.row, column: changing.index, set: changing.set,
          cells: [
            sum.header.ruleSets[changing.set].name, column.decision, column.value,
            wording.text(wording.schema[section.record].name), told.key, told.before, told.after,
            difference?.plain ?? "",
            isKnockOn ? wording.say(Phrase("knock-on", zh: "连带")) : cause(verdict, changing.set),
          ] + told.segments))
    }
  }

  /// What the record of a row is called; most have a text for a key, which is asked for often.
  private func key(of row: Int, offset: Int) -> String {
    if let keyColumn {
      let value = memories[0].facts[section.record].columns[keyColumn][row]
      if value.tag == .text { return memories[0].facts.texts.text(of: Symbol(Int(value.bits))) }
    }
    return hasKey
      ? wording.key(of: .record(row, of: section.record), in: memories[0].facts)
      : "#\(offset + row + 1)"
  }

  /// Whether a record surely stands behind another of that key.
  private func isCalled(_ row: Int, offset: Int, after last: String) -> Bool {
    if let keyColumn {
      let value = memories[0].facts[section.record].columns[keyColumn][row]
      if value.tag == .text {
        let isBehind = memories[0].facts.texts.withBytes(of: Symbol(Int(value.bits))) {
          $0.follow(last)
        }
        if let isBehind { return isBehind }
      }
    }
    let key = key(of: row, offset: offset)
    return last.precedes(key) && last != key
  }

  /// What a change is charged to; nil where nobody can say.
  private func charge(_ changing: Changing) -> Attribution.Verdict? {
    if let verdict = inBaseState?.verdict(changing.column, changing.set, changing.row) {
      return verdict
    }
    guard charges.indices.contains(changing.set), let charge = charges[changing.set] else {
      return nil
    }
    let set = changing.set
    return charge.charge(
      sectionIndex, changing.index, record: section.record, row: changing.row,
      facts: memories[0].facts,
      before: ToldAnswer(changing.before, in: memories[0], wordings[0]),
      after: ToldAnswer(changing.after, in: memories[set], wordings[set]))
  }

  /// The edits of a verdict, for a line of CSV.
  private func cause(_ verdict: Attribution.Verdict?, _ set: Int) -> String {
    guard let verdict, sum.header.edits.indices.contains(set) else { return "" }
    return verdict.edits.map { index in
      let edit = sum.header.edits[set][index]
      return edit.title.isEmpty ? edit.block : "\(edit.block): \(edit.title)"
    }.joined(separator: " + ")
  }

  private func flow(_ changing: Changing, _ difference: Decimal?) {
    let column = changing.column
    if column.unit == nil, !changing.isGone, column.type.isFlat, !section.isStateful {
      flows[
        FlowKey(before: WordKey(changing.before), after: WordKey(changing.after)), default: 0] +=
        1
      return
    }
    let key = flowKey(
      column, changing.before, changing.after, difference, set: changing.set,
      isGone: changing.isGone)
    sum.values[changing.place].changes[changing.set]?.flows.add(key)
  }

  /// How a change is called in the table from answer to answer.
  private func flowKey(
    _ column: ComparisonPlan.Column, _ before: Value, _ after: Value, _ difference: Decimal?,
    set: Int, isGone: Bool
  ) -> Comparison.FlowKey {
    var key = Comparison.FlowKey(
      before: text(before, column, 0), after: isGone ? goneWord : text(after, column, set))
    guard column.unit != nil else { return key }
    if before.isKnown { key.before = amountWord }
    if after.isKnown, !isGone { key.after = amountWord }
    if before.isKnown, after.isKnown, let difference {
      key.after =
        difference.mantissa > 0
        ? wording.say(Phrase("more", zh: "升高"))
        : difference.mantissa < 0
          ? wording.say(Phrase("less", zh: "降低")) : wording.say(Phrase("equal", zh: "不变"))
    }
    return key
  }

  private func agree(
    _ changing: Changing, _ recorded: Value, _ entry: () -> LargestChanges.Entry
  ) {
    let top = sum.header.top
    let before = changing.before.agrees(with: recorded)
    let after = !changing.isGone && changing.after.agrees(with: recorded)
    var gain = 0
    if after != before { gain = after ? 1 : -1 }
    sum.values[changing.place].changes[changing.set]?.agreesMore += gain
    if recorded.isAmount(recorded.aux) {
      let more = changing.after.distance(to: recorded) - changing.before.distance(to: recorded)
      sum.values[changing.place].changes[changing.set]?.offMore.add(more)
      if gain == 0 { gain = more.mantissa < 0 ? 1 : more.mantissa > 0 ? -1 : 0 }
    }
    guard gain != 0 else { return }
    var made = entry()
    made.change.recorded = text(recorded, changing.column, 0)
    if gain > 0 {
      sum.values[changing.place].changes[changing.set]?.better.add(made, top: top)
    } else {
      sum.values[changing.place].changes[changing.set]?.worse.add(made, top: top)
    }
  }

  private func isGone(_ row: Int, in set: Int) -> Bool {
    guard section.isStateful else { return false }
    let table = memories[set].facts[section.record]
    return table.removedCount > 0 && table.isRemoved(row)
  }

  /// Whether two answers are told as the same.
  private func isSame(_ a: Value, _ b: Value, _ set: Int) -> Bool {
    guard a.isKnown, b.isKnown else { return a.tag == b.tag }
    guard a.tag == b.tag else { return false }
    switch a.tag {
    case .rule:
      return wordings[0].ruleTitle(a) == wordings[set].ruleTitle(b)
    case .list:
      if memories[0] === memories[set], memories[0].facts.lists.hasSameItems(a, b) { return true }
      return wordings[0].text(a, .unknown, in: memories[0].facts)
        == wordings[set].text(b, .unknown, in: memories[set].facts)
    case .text where section.isStateful, .record where section.isStateful:
      // What each has made anew has numbers of its own.
      return wordings[0].text(a, .unknown, in: memories[0].facts)
        == wordings[set].text(b, .unknown, in: memories[set].facts)
    default: return Value.same(a, b)
    }
  }

  // MARK: - What goes with a record

  /// The segment of each row, one list a path.
  private func segments(_ rows: Range<Int>, _ taken: [Bool]?, _ place: Int) -> [[Value]] {
    let paths = section.paths.compactMap(\.self)
    return paths.enumerated().map { index, path in
      var counts: [WordKey: (Value, Int)] = [:]
      let values = rows.enumerated().map { lane, row in
        guard taken?[lane] ?? true else { return Value(tag: .missing, bits: 0) }
        let value = path.value(of: .record(row, of: section.record), in: memories[0]) {
          network.name($0, of: 0, isStateful: section.isStateful)
        }
        counts[WordKey(value), default: (value, 0)].1 += 1
        return value
      }
      for (value, count) in counts.values {
        sum.values[place].segments[index].counts[segmentText(value, index), default: 0] += count
      }
      return values
    }
  }

  private func segmentText(_ value: Value, _ index: Int) -> String {
    let paths = section.paths.compactMap(\.self)
    return wordings[0].text(value, paths[index].type, in: memories[0].facts)
  }

  /// A recorded word as the answer that it names, in either language; another word agrees with none.
  private func answer(_ recorded: Value, _ type: ValueType) -> Value {
    guard case .member(let answers) = type else { return recorded }
    let schema = memories[0].network.program.schema
    let words: [String?]
    switch recorded.tag {
    case .text: words = [memories[0].facts.texts.text(of: Symbol(Int(recorded.bits)))]
    case .member where recorded.aux != UInt16(truncatingIfNeeded: answers.index):
      let named = schema.enums[Int(recorded.aux)].members[Int(recorded.bits)]
      words = [named.name, named.label]
    default: return recorded
    }
    let member = schema.enums[Int(answers.index)].members.firstIndex { member in
      words.contains(member.name) || member.label.map { words.contains($0) } ?? false
    }
    return member.map { .member($0, of: answers) } ?? recorded
  }

  /// What was recorded for each row; adds up how the base agrees with it.
  private func recorded(
    _ column: ComparisonPlan.Column, _ base: UnsafeMutablePointer<Value>, _ rows: Range<Int>,
    _ taken: [Bool]?, _ place: Int
  ) -> [Value]? {
    guard let field = column.against else { return nil }
    let values = memories[0].read(field, rows: rows).map { answer($0, column.type) }
    for (lane, value) in values.enumerated() where value.isKnown && taken?[lane] ?? true {
      sum.values[place].recorded?.count += 1
      if base[lane].agrees(with: value) { sum.values[place].recorded?.agrees += 1 }
      if value.isAmount(value.aux) {
        sum.values[place].recorded?.off.add(base[lane].distance(to: value))
      }
    }
    return values
  }

  // MARK: - Rules

  /// Counts which rules decided.
  private func count(_ rows: Range<Int>, _ live: [Bool]?, except known: Set<Int>) {
    for (index, probe) in section.probes.enumerated() where !known.contains(index) {
      let lanes = values(of: probe.attributes, rows)
      if case .winner = probe.kind, !section.isStateful, probe.amounts.allSatisfy({ $0 == nil }),
        let base = lanes[0], countTogether(lanes, base, rows.count)
      {
        continue
      }
      for set in sets {
        guard let lane = lanes[set] else { continue }
        // What is the same for two sets is counted once and taken over.
        let amounts = probe.amounts[set].map { self.amounts($0, set, rows) }
        let places = network.places(of: set, isStateful: section.isStateful)
        for row in 0..<rows.count where live?[row] ?? true {
          let value = lane[row]
          switch probe.kind {
          case .winner:
            if value.tag == .rule {
              count(places, value, set, amounts?[row])
            } else if value.tag == .list {
              for item in memories[set].facts.lists.items(of: value) where item.tag == .rule {
                count(places, item, set, amounts?[row])
              }
            }
          case .holds(let rule):
            if value.tag == .boolean, value.bits == 1 { count(rule, set, amounts?[row]) }
          case .fails(let rule):
            if value.tag == .boolean, value.bits == 0 { count(rule, set, amounts?[row]) }
          }
        }
      }
    }
  }

  /// Counts the rules by which records were assigned, all of them.
  public func countAssigned() {
    inBaseState?.eachAssigned { set, _, rule in
      let place = network.places(of: set, isStateful: true)[Int(rule.index)]
      if place >= 0 { count(Int(place), set, nil) }
    }
  }

  /// Counts the winners of the base, and of other sets what differs from them, so that a set costs
  /// what it changes. False, having counted nothing: there is more to a row than one winner.
  private func countTogether(
    _ lanes: [UnsafeMutablePointer<Value>?], _ base: UnsafeMutablePointer<Value>, _ count: Int
  ) -> Bool {
    for set in sets {
      guard let lane = lanes[set], set == 0 || lane != base else { continue }
      for row in 0..<count where lane[row].tag == .list { return false }
    }
    var touched: [Int] = []
    for row in 0..<count where base[row].tag == .rule {
      let rule = Int(base[row].bits)
      if wins[rule] == 0 { touched.append(rule) }
      wins[rule] += 1
    }
    for set in sets {
      guard let lane = lanes[set] else { continue }
      let places = network.places(of: set, isStateful: false)
      for rule in touched where places[rule] >= 0 {
        sum.rules[Int(places[rule])].counts[set]? += wins[rule]
      }
      if lane == base { continue }
      for row in 0..<count where lane[row].bits != base[row].bits || lane[row].tag != base[row].tag
      {
        for (value, change) in [(base[row], -1), (lane[row], 1)] where value.tag == .rule {
          let place = places[Int(value.bits)]
          if place >= 0 { sum.rules[Int(place)].counts[set]? += change }
        }
      }
    }
    for rule in touched { wins[rule] = 0 }
    return true
  }

  private func amounts(_ attribute: AttributeID, _ set: Int, _ rows: Range<Int>) -> [Value] {
    memories[set].values(
      of: network.name(attribute, of: set, isStateful: section.isStateful), rows: rows)
  }

  @inline(__always)
  private func count(_ places: [Int32], _ value: Value, _ set: Int, _ amount: Value?) {
    let place = places[Int(value.bits)]
    if place >= 0 { count(Int(place), set, amount) }
  }

  private func count(_ place: Int, _ set: Int, _ amount: Value?) {
    sum.rules[place].counts[set]? += 1
    if let amount, amount.isAmount(0) { sum.rules[place].amounts[set]?.add(amount.decimal) }
  }

  // MARK: - Measures

  private func measure(_ rows: Range<Int>, _ live: [Bool]?, offset: Int) {
    let plan = network.plan
    for index in section.measures {
      guard let base = plan.measures[index].measures[0] else { continue }
      let place = plan.measures[..<index].count(where: \.isOfRecords)
      let before = columns(base, 0, rows)
      for row in 0..<rows.count where live?[row] ?? true {
        sum.measures[place].tally.add(base: before, row: row)
      }
      let segments = segmentsOfMeasures(rows, live, place, measure: base, before)
      for set in sets.dropFirst() {
        guard let own = plan.measures[index].measures[set] else { continue }
        let after = columns(own, set, rows)
        if !section.isStateful, before.isSame(as: after) { continue }
        for row in 0..<rows.count where live?[row] ?? true {
          if before.isSame(row, as: after) { continue }
          let record = Value.record(rows.lowerBound + row, of: section.record)
          let key =
            wording.schema[section.record].key.isEmpty
            ? RecordHash.of(offset + rows.lowerBound + row)
            : RecordHash.of(wording.key(of: record, in: memories[0].facts))
          sum.measures[place].tally.add(
            ruleSet: set - 1, key: key, row: row, before: before, after: after)
          for (path, names) in segments.enumerated() {
            sum.measures[place].segments[path].tallies[names[row]]?.add(
              ruleSet: set - 1, key: key, row: row, before: before, after: after)
          }
        }
      }
    }
  }

  /// The segment of each row, a list a path; adds the base up, segment by segment.
  private func segmentsOfMeasures(
    _ rows: Range<Int>, _ live: [Bool]?, _ place: Int, measure: Measure, _ before: MeasureColumns
  ) -> [[String]] {
    let paths = section.paths.compactMap(\.self)
    return paths.enumerated().map { index, path in
      var words: [WordKey: String] = [:]
      return rows.enumerated().map { lane, row in
        let value = path.value(of: .record(row, of: section.record), in: memories[0]) {
          network.name($0, of: 0, isStateful: section.isStateful)
        }
        let key = WordKey(value)
        let word = words[key] ?? segmentText(value, index)
        words[key] = word
        guard live?[lane] ?? true else { return word }
        if sum.measures[place].segments[index].tallies[word] == nil {
          sum.measures[place].segments[index].tallies[word] = MeasureTally(
            measure, comparing: memories.count - 1)
        }
        sum.measures[place].segments[index].tallies[word]?.add(base: before, row: lane)
        return word
      }
    }
  }

  private func columns(_ measure: Measure, _ set: Int, _ rows: Range<Int>) -> MeasureColumns {
    let variant = section.isStateful ? nil : network.union?.variants[set]
    return MeasureColumns(measure, of: variant, rows: rows, in: memories[set])
  }

  // MARK: - Words

  private var amountWord: String { wording.say(Phrase("an amount", zh: "有金额")) }
  private var goneWord: String { wording.say(Phrase("removed", zh: "已删除")) }

  private func text(_ value: Value, _ column: ComparisonPlan.Column, _ set: Int) -> String {
    wordings[set].text(value, column.type, in: memories[set].facts)
  }

  /// The changes of the rows added since this was last asked, as lines of CSV, in the order of the
  /// records.
  public func takeListed() -> [UInt8] {
    guard let changes = listed, !changes.isEmpty else { return [] }
    listed = []
    var writer = CSVWriter(lineEnd: "\r\n")
    let sorted = changes.sorted { a, b in
      (a.row, a.column, a.set) < (b.row, b.column, b.set)
    }
    for change in sorted {
      for cell in change.cells { writer.add(cell) }
      writer.endRow()
    }
    return writer.take()
  }
}

extension ChangeTally {
  mutating func add(_ difference: Decimal, times: Int) {
    if difference.mantissa > 0 {
      rising += times
      gains.add(difference, times: Int64(times))
    } else {
      falling += times
      losses.add(difference, times: Int64(times))
    }
    bins[DifferenceBins.bin(of: difference), default: 0] += times
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// Whether a text of these bytes stands behind another; nil where it takes more than bytes to tell,
  /// because two ways of writing a letter are one.
  fileprivate func follow(_ other: String) -> Bool? {
    let isBehind = other.utf8.withContiguousStorageIfAvailable { other -> Bool? in
      let both = Swift.min(count, other.count)
      for place in 0..<both where self[place] != other[place] {
        if self[place] | other[place] >= 0x80 { return nil }
        return self[place] > other[place]
      }
      // What follows may belong to the letter before.
      if count > both, self[both] >= 0x80 { return nil }
      return count > other.count
    }
    return isBehind ?? nil
  }
}

extension Value {
  /// Whether it is a number, or money of the currency that sums are made in.
  func isAmount(_ currency: UInt16) -> Bool { tag == .number || tag == .money && aux == currency }

  /// The amount, zero for what is none.
  func amount(_ currency: UInt16) -> Decimal { isAmount(currency) ? decimal : Decimal(0) }

  /// Whether an answer is what was recorded.
  func agrees(with recorded: Value) -> Bool {
    if tag == .number, recorded.tag == .number { return decimal == recorded.decimal }
    return isKnown && Value.same(self, recorded)
  }

  /// How far an answer is from a recorded amount; all of it where it is none.
  func distance(to recorded: Value) -> Decimal {
    (amount(recorded.aux).subtracting(recorded.decimal) ?? Decimal(0)).magnitude
  }
}

extension Decimal {
  fileprivate static func - (a: Decimal, b: Decimal) -> Decimal { a.subtracting(b) ?? Decimal(0) }
}

extension ValueType {
  /// Whether values of the type are few, so that each may have a count.
  var hasFewAnswers: Bool {
    switch self {
    case .boolean, .member, .node, .queue, .rule: true
    default: false
    }
  }

  /// Whether a value of the type says all there is by its bits.
  var isFlat: Bool {
    switch self {
    case .boolean, .member, .node, .queue, .rule, .date, .duration, .record, .recordOrQueue: true
    default: false
    }
  }
}
