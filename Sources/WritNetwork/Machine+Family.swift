public import WritModel
public import WritRules

// Several variants in one pass.
extension Memory {
  /// The values of some one-record attributes for neighbouring rows, each into memory that the caller
  /// has: `buffers` is one an attribute. Answers of chooses that different variants of the network
  /// give to one question are found in one pass over the rows.
  public func values(
    of attributes: [AttributeID], rows: Range<Int>,
    into buffers: [UnsafeMutableBufferPointer<Value>]
  ) {
    guard attributes.count == buffers.count else { return }
    if let pass = FamilyPass(attributes, buffers, rows, self) {
      decide(pass, rows)
      return
    }
    sharingTables {
      for (index, attribute) in attributes.enumerated() {
        if let same = attributes[..<index].firstIndex(of: attribute),
          let from = buffers[same].baseAddress, buffers[same].count >= rows.count
        {
          buffers[index].baseAddress?.update(
            from: from, count: min(rows.count, buffers[index].count))
        } else {
          values(of: attribute, rows: rows, into: buffers[index])
        }
      }
    }
  }

  private func decide(_ pass: FamilyPass, _ rows: Range<Int>) {
    var first = rows.lowerBound
    while first < rows.upperBound {
      let mark = arena.mark
      let count = min(
        Block.capacity, rows.upperBound - first,
        NarrowColumn.pageRows - first % NarrowColumn.pageRows)
      let block = rowBlock(pass.record, first: first, count: count)
      let lanes = Lanes(list: arena.lanes(0), count: count, isDense: true)
      decide(pass, block, lanes, at: first - rows.lowerBound)
      arena.release(mark)
      first += count
    }
  }

  private func decide(_ pass: FamilyPass, _ block: Block, _ lanes: Lanes, at offset: Int) {
    let index = pass.index
    let located = locate(index, block, lanes)
    let found = arena.take(block.width * 4).assumingMemoryBound(to: Int32.self)
    index.firsts(located, lanes, found)
    let constants = constants
    let isPlain = !index.hasOpen && !located.isVague && !located.hasFault
    let targetCount = pass.targets.count
    pass.values.withUnsafeBufferPointer { terms in
      index.membersOfEntry.withUnsafeBufferPointer { members in
        pass.targets.withUnsafeBufferPointer { targets in
          lanes.each { lane in
            let entry = Int(found[lane])
            guard isPlain else {
              settle(pass, located, entry, block, lane, at: offset)
              return
            }
            @inline(__always)
            func value(_ entry: Int) -> Value {
              pass.givesRules ? Value(rule: terms[entry]) : constants[Int(terms[entry])]
            }
            // One entry settles all, mostly; what it does not settle is written again.
            var pending = pass.wanted
            if entry >= 0 {
              let value = value(entry)
              for target in 0..<targetCount { targets[target].base[offset + lane] = value }
              pending &= ~members[entry]
            }
            var next = entry
            while pending != 0, next >= 0 {
              next = index.first(from: next + 1, located, lane)
              guard next >= 0 else { break }
              let settled = members[next] & pending
              if settled == 0 { continue }
              let value = value(next)
              for target in 0..<targetCount
              where settled >> UInt64(targets[target].member) & 1 == 1 {
                targets[target].base[offset + lane] = value
              }
              pending &= ~settled
            }
            if pending != 0 {
              for target in 0..<targetCount
              where pending >> UInt64(targets[target].member) & 1 == 1 {
                targets[target].base[offset + lane] = targets[target].otherwise
              }
            }
          }
        }
      }
    }
    guard pass.givesAnswers else { return }
    for target in pass.targets where target.direct.isAnswer {
      lanes.each { lane in
        target.base[offset + lane] = target.base[offset + lane].asAnswer
      }
    }
  }

  /// A lane of which some hits have to be verified.
  private func settle(
    _ pass: FamilyPass, _ located: Located, _ first: Int, _ block: Block, _ lane: Int,
    at offset: Int
  ) {
    let index = located.index
    let plan = pass.family.plan
    var pending = pass.wanted
    func give(_ value: Value, to members: UInt64) {
      for target in pass.targets where members >> UInt64(target.member) & 1 == 1 {
        target.base[offset + lane] = value
      }
    }
    if located.hasFault, located.care[lane] & Care.fault != 0 {
      let mark = arena.mark
      let out = arena.values(block.width)
      let list = arena.lanes(1)
      list[0] = UInt8(truncatingIfNeeded: lane)
      for (member, id) in pass.family.chooses.enumerated()
      where pending >> UInt64(member) & 1 == 1 {
        self.first(
          network.chooses[Int(id.index)], id, block,
          Lanes(list: list, count: 1, isDense: false), out)
        for target in pass.targets where target.member == member {
          target.base[offset + lane] = payload(of: out[lane], target.direct)
        }
      }
      arena.release(mark)
      return
    }
    var entry = first
    while entry >= 0 {
      let members = index.membersOfEntry[entry] & pending
      if members != 0 {
        var holds = true
        if index.isOpen[entry] || (located.isVague && !located.isSure(entry, lane)) {
          let alternative = Int(index.alternativeOfEntry[entry])
          let value = valueOfLane(plan.guards[alternative], block, lane)
          switch Truth(value) {
          case .yes: break
          case .no: holds = false
          case .fault:
            give(value, to: members)
            pending &= ~members
            holds = false
          case .unknown:
            holds = false
            if plan.isStrict {
              // The site is the member's own choose.
              for target in pass.targets where members >> UInt64(target.member) & 1 == 1 {
                let site = Int(pass.family.chooses[target.member].index)
                target.base[offset + lane] = Value(.undetermined, Cause(.undecided, site: site))
              }
              pending &= ~members
            }
          }
        }
        if holds {
          let term = pass.values[entry]
          give(pass.givesRules ? Value(rule: term) : constants[Int(term)], to: members)
          pending &= ~members
        }
        if pending == 0 { return }
      }
      entry = located.first(after: entry, lane)
    }
    for target in pass.targets where pending >> UInt64(target.member) & 1 == 1 {
      target.base[offset + lane] = target.otherwise
    }
  }
}

/// Attributes of one family that are asked for together.
private struct FamilyPass {
  struct Target {
    var member: Int
    var base: UnsafeMutablePointer<Value>
    var otherwise: Value
    var direct: DirectChoice
  }
  let family: FamilyPlan
  let index: ChooseIndex
  let record: RecordID
  let targets: [Target]
  /// The members that are asked for.
  let wanted: UInt64
  /// What goes with each entry: its rule, or the term of a constant.
  let values: [Int32]
  let givesRules: Bool
  let givesAnswers: Bool

  /// nil: they are not of one family, or not straight answers.
  init?(
    _ attributes: [AttributeID], _ buffers: [UnsafeMutableBufferPointer<Value>], _ rows: Range<Int>,
    _ memory: Memory
  ) {
    let network = memory.network
    guard let leading = attributes.first, let first = memory.directBatch(leading),
      let record = network.attributes[Int(leading.index)].record,
      let family = network.families.first(where: { $0.chooses.contains(first.choose) }),
      let index = family.index
    else { return nil }
    var targets: [Target] = []
    var wanted: UInt64 = 0
    for (attribute, buffer) in zip(attributes, buffers) {
      guard let direct = memory.directBatch(attribute), direct.column == first.column,
        network.attributes[Int(attribute.index)].record == record,
        let member = family.chooses.firstIndex(of: direct.choose),
        let base = buffer.baseAddress, buffer.count >= rows.count
      else { return nil }
      let otherwise =
        direct.otherwise.map { memory.constants[Int($0.index)] }
        ?? memory.otherwise(network.chooses[Int(direct.choose.index)], direct.choose)
      targets.append(Target(member: member, base: base, otherwise: otherwise, direct: direct))
      wanted |= 1 << UInt64(member)
    }
    if let column = first.column {
      guard family.plan.isConstant.indices.contains(column), family.plan.isConstant[column] else {
        return nil
      }
      values = index.alternativeOfEntry.map { family.plan.columns[column][Int($0)].index }
      givesRules = false
    } else {
      values = family.plan.ruleOfEntry
      givesRules = true
    }
    givesAnswers = targets.contains(where: \.direct.isAnswer)
    self.family = family
    self.index = index
    self.record = record
    self.targets = targets
    self.wanted = wanted
  }
}
