public import WritModel
public import WritRules

/// One question that several variants ask, answered by what each of them chooses: one pass over the
/// index tells the winner of every variant, and with it every value that goes with a winner.
///
/// A choice is a number. Those below the number of entries are entries of the index; those above
/// stand for a variant's `otherwise` and for what it could not decide. Choices with the same number
/// are the same in all their values, so whoever compares variants looks at numbers, and at rows of
/// which some variant differs from the first.
///
/// It belongs to the memory it was made for, as long as the constants of that stay where they are.
public final class JointChoice {
  /// What variants choose that differ from the first for a row.
  public struct Other: Sendable {
    /// Counted from the first row that was asked about.
    public var row: Int32
    public var choice: Int32
    /// The variants, one bit each.
    public var variants: UInt64
  }

  /// The choices there may be: `0 ..< count`.
  public let count: Int
  /// Of the rows last asked about: what the first variant chooses.
  public private(set) var firsts: UnsafeMutablePointer<Int32>
  private var capacity = 0
  /// Of the rows last asked about: what others choose, by row, in the order of choices.
  public private(set) var others: [Other] = []

  private let record: RecordID
  let plan: ChoosePlan
  /// Those of the plan; empty where they are forms of a choose.
  private let alternatives: [Choose.Alternative]
  /// nil: the plan has a table by one value, of which the entries are the alternatives.
  private let index: ChooseIndex?
  let wanted: UInt64
  /// The variants that hold each entry.
  let variantsOfEntry: UnsafeMutablePointer<UInt64>
  /// One a question and choice.
  private let values: UnsafeMutablePointer<Value>
  /// Variants whose `otherwise`, and whose undecided, are alike, each with the choice for it.
  private let otherwise: [(variants: UInt64, choice: Int32)]
  let undecided: [(variants: UInt64, choice: Int32)]

  /// How a question is answered: the rule that won, or a constant that goes with it.
  private struct Question {
    /// One an entry.
    var values: [Value]
    /// Where nothing holds, one a variant.
    var otherwise: [Value]
    var isAnswer: Bool
  }

  /// nil: they are not all answered straight from one index. `questions`: one attribute a variant
  /// each, of which there are at most 64.
  public convenience init?(_ questions: [[AttributeID]], in memory: Memory) {
    let network = memory.network
    guard let variantCount = questions.first?.count, (1...64).contains(variantCount),
      questions.allSatisfy({ $0.count == variantCount })
    else { return nil }
    var asked: [[DirectChoice]] = []
    var record: RecordID?
    for attributes in questions {
      var own: [DirectChoice] = []
      for (variant, attribute) in attributes.enumerated() {
        guard let direct = memory.directBatch(attribute),
          let type = network.attributes[Int(attribute.index)].record,
          record == nil || record == type,
          direct.column == (own.first ?? direct).column,
          direct.isAnswer == (own.first ?? direct).isAnswer,
          asked.isEmpty || asked[0][variant].choose == direct.choose
        else { return nil }
        record = type
        own.append(direct)
      }
      asked.append(own)
    }
    guard let record else { return nil }

    // The index of all: that of their one choose, or that of the family.
    let chooses = asked[0].map(\.choose)
    // The table of one that goes by that of a family has entries of others too.
    let isShared = network.chooses[Int(chooses[0].index)].keyed.map { !$0.isOwn } ?? false
    let isOne = !isShared && chooses.allSatisfy { $0 == chooses[0] }
    let plan: ChoosePlan
    let alternatives: [Choose.Alternative]
    var membersOfVariant = Array(repeating: UInt64(1), count: variantCount)
    if isOne {
      plan = network.chooses[Int(chooses[0].index)]
      alternatives = network.program[chooses[0]].alternatives
    } else {
      let family = network.families.first { family in
        chooses.allSatisfy { family.chooses.contains($0) }
      }
      guard let family else { return nil }
      plan = family.plan
      alternatives = family.alternatives
      for (variant, choose) in chooses.enumerated() {
        guard let member = family.chooses.firstIndex(of: choose) else { return nil }
        membersOfVariant[variant] = 1 << UInt64(member)
      }
    }
    guard let members = plan.membersOfEntry else { return nil }
    var made: [Question] = []
    for own in asked {
      guard let values = plan.values(of: own[0], isOwn: isOne, in: memory) else { return nil }
      made.append(
        Question(
          values: values,
          otherwise: own.map { direct in
            direct.otherwise.map { memory.constants[Int($0.index)] }
              ?? memory.otherwise(network.chooses[Int(direct.choose.index)], direct.choose)
          }, isAnswer: own[0].isAnswer))
    }
    self.init(
      made, record, plan, alternatives, sites: chooses,
      variantsOfEntry: members.map { members in
        var variants: UInt64 = 0
        for (variant, member) in membersOfVariant.enumerated()
        where isOne || members & member != 0 {
          variants |= 1 << UInt64(variant)
        }
        return variants
      })
  }

  /// What the forms of a choose choose, each a variant. nil: there is no index over them.
  public convenience init?(_ forms: ChoiceForms, in memory: Memory) {
    guard let members = forms.plan.membersOfEntry,
      let values = forms.plan.values(of: forms.direct, isOwn: false, in: memory)
    else { return nil }
    let direct = forms.direct
    let otherwise =
      direct.otherwise.map { memory.constants[Int($0.index)] }
      ?? memory.otherwise(memory.network.chooses[Int(forms.choose.index)], forms.choose)
    self.init(
      [
        Question(
          values: values, otherwise: Array(repeating: otherwise, count: forms.count),
          isAnswer: direct.isAnswer)
      ], forms.record, forms.plan, [],
      sites: Array(repeating: forms.choose, count: forms.count), variantsOfEntry: members)
  }

  private init?(
    _ questions: [Question], _ record: RecordID, _ plan: ChoosePlan,
    _ alternatives: [Choose.Alternative], sites: [ChooseID], variantsOfEntry entries: [UInt64]
  ) {
    let variantCount = sites.count
    let entryCount = entries.count
    let count = entryCount + 2 * variantCount
    var made: [Value] = []
    made.reserveCapacity(count * questions.count)
    for question in questions {
      let undecided = sites.map {
        Value(.undetermined, Cause(.undecided, site: Int($0.index)))
      }
      let all = question.values + question.otherwise + undecided
      made += question.isAnswer ? all.map(\.asAnswer) : all
    }
    // Lists move with the facts, and a fault is nobody's choice.
    guard !made.contains(where: { $0.tag == .list || $0.isFault }) else { return nil }

    func grouped(from start: Int) -> [(variants: UInt64, choice: Int32)] {
      var groups: [(variants: UInt64, choice: Int32)] = []
      for variant in 0..<variantCount {
        let place = groups.firstIndex { group in
          questions.indices.allSatisfy { question in
            made[question * count + Int(group.choice)].isLike(
              made[question * count + start + variant])
          }
        }
        if let place {
          groups[place].variants |= 1 << UInt64(variant)
        } else {
          groups.append((1 << UInt64(variant), Int32(start + variant)))
        }
      }
      return groups
    }
    self.record = record
    self.plan = plan
    index = plan.index
    self.alternatives = alternatives
    otherwise = grouped(from: entryCount)
    undecided = grouped(from: entryCount + variantCount)
    self.count = count
    wanted = variantCount == 64 ? ~0 : 1 << UInt64(variantCount) - 1
    values = .allocate(capacity: made.count)
    values.initialize(from: made, count: made.count)
    variantsOfEntry = .allocate(capacity: max(entryCount, 1))
    variantsOfEntry.initialize(from: entries, count: entryCount)
    capacity = 1024
    firsts = .allocate(capacity: capacity)
  }

  deinit {
    values.deallocate()
    variantsOfEntry.deallocate()
    firsts.deallocate()
  }

  /// What goes with a choice under a question, by its place among those asked.
  public func value(_ question: Int, _ choice: Int32) -> Value {
    values[question * count + Int(choice)]
  }

  /// The alternative that a choice is; nil where it is none.
  public func alternative(of choice: Int32) -> Choose.Alternative? {
    guard let index else {
      return alternatives.indices.contains(Int(choice)) ? alternatives[Int(choice)] : nil
    }
    guard index.alternativeOfEntry.indices.contains(Int(choice)) else { return nil }
    let place = Int(index.alternativeOfEntry[Int(choice)])
    return alternatives.indices.contains(place) ? alternatives[place] : nil
  }

  // MARK: Deciding

  /// Finds what is chosen for neighbouring rows. False: some row has a fault in view, or answers
  /// were set by a commit; then nothing is known.
  public func decide(_ rows: Range<Int>, in memory: Memory) -> Bool {
    begin(rows.count)
    guard memory.assigned.isEmpty else { return false }
    var first = rows.lowerBound
    while first < rows.upperBound {
      let mark = memory.arena.mark
      defer { memory.arena.release(mark) }
      let count = min(
        Block.capacity, rows.upperBound - first,
        NarrowColumn.pageRows - first % NarrowColumn.pageRows)
      let block = memory.rowBlock(record, first: first, count: count)
      guard decide(block, at: first - rows.lowerBound, in: memory) else { return false }
      first += count
    }
    return true
  }

  /// The same for any rows; `row` of what others choose is the place in the list.
  public func decide(_ rows: [Int], in memory: Memory) -> Bool {
    begin(rows.count)
    guard memory.assigned.isEmpty else { return false }
    var first = 0
    while first < rows.count {
      let mark = memory.arena.mark
      defer { memory.arena.release(mark) }
      let count = min(Block.capacity, rows.count - first)
      let block = memory.rowBlock(record, rows[first..<first + count])
      guard decide(block, at: first, in: memory) else { return false }
      first += count
    }
    return true
  }

  private func begin(_ count: Int) {
    others.removeAll(keepingCapacity: true)
    guard count > capacity else { return }
    firsts.deallocate()
    capacity = count
    firsts = .allocate(capacity: count)
  }

  private func decide(_ block: Block, at offset: Int, in memory: Memory) -> Bool {
    let count = block.width
    let lanes = Lanes(list: memory.arena.lanes(0), count: count, isDense: true)
    guard let index else { return decideByKey(block, lanes, at: offset, in: memory) }
    let located = memory.locate(index, block, lanes)
    if located.hasFault { return false }
    let found = firsts + offset
    index.firsts(located, lanes, found)
    if index.hasOpen || located.isVague {
      return verify(located, index, block, found, at: offset, in: memory)
    }
    let wanted = wanted
    let variantsOfEntry = variantsOfEntry
    for lane in 0..<count {
      let entry = Int(found[lane])
      // One entry settles all, mostly.
      if entry >= 0, wanted & ~variantsOfEntry[entry] == 0 { continue }
      var pending = wanted
      var next = entry
      while next >= 0 {
        let settled = variantsOfEntry[next] & pending
        if settled != 0 {
          give(Int32(truncatingIfNeeded: next), to: settled, found, lane, offset)
          pending &= ~settled
          if pending == 0 { break }
        }
        next = index.first(from: next + 1, located, lane)
      }
      giveOtherwise(pending, found, lane, offset)
    }
    return true
  }

  /// Notes what variants choose for a lane.
  func give(
    _ choice: Int32, to variants: UInt64, _ found: UnsafeMutablePointer<Int32>, _ lane: Int,
    _ offset: Int
  ) {
    if variants & 1 == 1 {
      // Who chooses as the first does is not told.
      found[lane] = choice
    } else {
      others.append(
        Other(row: Int32(truncatingIfNeeded: offset + lane), choice: choice, variants: variants))
    }
  }

  func giveOtherwise(
    _ pending: UInt64, _ found: UnsafeMutablePointer<Int32>, _ lane: Int, _ offset: Int
  ) {
    guard pending != 0 else { return }
    for group in otherwise where group.variants & pending != 0 {
      give(group.choice, to: group.variants & pending, found, lane, offset)
    }
  }

  /// The lanes of a block in which hits may have to be verified: in rounds, those of one alternative
  /// together. False: a guard came to a fault.
  private func verify(
    _ located: Located, _ index: ChooseIndex, _ block: Block,
    _ found: UnsafeMutablePointer<Int32>, at offset: Int, in memory: Memory
  ) -> Bool {
    let start = others.count
    let width = block.width
    let pending = memory.arena.take(width * 8).assumingMemoryBound(to: UInt64.self)
    let cursor = memory.arena.take(width * 4).assumingMemoryBound(to: Int32.self)
    let list = memory.arena.lanes(width)
    var waiting: [UInt64] = []
    /// From an entry on, up to one that has to be verified or to the end.
    func settle(_ lane: Int, from first: Int) {
      var entry = first
      while entry >= 0 {
        let variants = variantsOfEntry[entry] & pending[lane]
        if variants != 0 {
          if index.isOpen[entry] || (located.isVague && !located.isSure(entry, lane)) {
            cursor[lane] = Int32(truncatingIfNeeded: entry)
            waiting.append(UInt64(index.alternativeOfEntry[entry]) << 8 | UInt64(lane))
            return
          }
          give(Int32(truncatingIfNeeded: entry), to: variants, found, lane, offset)
          pending[lane] &= ~variants
          if pending[lane] == 0 { return }
        }
        entry = located.first(after: entry, lane)
      }
      giveOtherwise(pending[lane], found, lane, offset)
    }
    for lane in 0..<width {
      pending[lane] = wanted
      settle(lane, from: Int(found[lane]))
    }
    var hasFault = false
    while !waiting.isEmpty, !hasFault {
      let asked = waiting.sorted()
      waiting.removeAll(keepingCapacity: true)
      var first = 0
      while first < asked.count {
        let alternative = Int(asked[first] >> 8)
        var count = 0
        while first + count < asked.count, Int(asked[first + count] >> 8) == alternative {
          list[count] = UInt8(truncatingIfNeeded: asked[first + count])
          count += 1
        }
        first += count
        let mark = memory.arena.mark
        let same = Lanes(list: list, count: count, isDense: false)
        let held = memory.evaluate(plan.guards[alternative], block, same)
        same.each { lane in
          var entry = Int(cursor[lane])
          let variants = variantsOfEntry[entry] & pending[lane]
          switch Truth(held[lane]) {
          case .yes:
            give(Int32(truncatingIfNeeded: entry), to: variants, found, lane, offset)
            pending[lane] &= ~variants
          case .fault:
            hasFault = true
            return
          case .unknown where plan.isStrict:
            for group in undecided where group.variants & variants != 0 {
              give(group.choice, to: group.variants & variants, found, lane, offset)
            }
            pending[lane] &= ~variants
          case .no, .unknown: break
          }
          guard pending[lane] != 0 else { return }
          repeat {
            entry = located.first(after: entry, lane)
          } while entry >= 0 && Int(index.alternativeOfEntry[entry]) == alternative
          settle(lane, from: entry)
        }
        memory.arena.release(mark)
      }
    }
    guard !hasFault else { return false }
    sortOthers(from: start)
    return true
  }

  func sortOthers(from start: Int) {
    others[start...].sort { ($0.row, $0.choice) < ($1.row, $1.choice) }
  }
}

extension ChoosePlan {
  /// Of each entry the members that hold it; nil: there is neither an index nor a table.
  fileprivate var membersOfEntry: [UInt64]? {
    if let index { return index.membersOfEntry }
    return keyed.map { keyed in
      keyed.table.members.map(Array.init) ?? Array(repeating: 1, count: keyed.table.guards.count)
    }
  }

  /// What goes with each entry of the index; nil where it is no constant. `isOwn`: the choose is the
  /// one that the question was planned for.
  fileprivate func values(
    of direct: DirectChoice, isOwn: Bool, in memory: Memory
  ) -> [Value]? {
    guard let column = direct.column else {
      return (keyed?.table.rules ?? ruleOfEntry).map { Value(rule: $0) }
    }
    guard isConstant.indices.contains(column), isConstant[column] else { return nil }
    guard let index else {
      return rules[..<count].indices.map { place in
        let place = isOwn ? alternative(of: Int64(rules[place])) : place
        return memory.constants[Int(columns[column][place].index)]
      }
    }
    // Two alternatives of one choose with one rule have one payload: that of the first.
    if isOwn { return direct.payloads(self)?.map { memory.constants[Int($0.index)] } }
    return index.alternativeOfEntry.map {
      memory.constants[Int(columns[column][Int($0)].index)]
    }
  }
}

extension Value {
  /// Whether two values are told alike, whoever's they are: causes are compared without their place.
  fileprivate func isLike(_ other: Value) -> Bool {
    guard tag == other.tag else { return false }
    if !isKnown { return cause.kind == other.cause.kind }
    return bits == other.bits && scale == other.scale && aux == other.aux
  }
}
