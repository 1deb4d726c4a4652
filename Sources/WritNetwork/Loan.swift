import WritModel
public import WritRules

/// An index of a union that a network of one of its variants goes by, instead of one of its own: for
/// whoever asks a variant about a few records, making an index takes longer than the asking.
struct Loan: Sendable {
  private enum Source {
    case index(ChooseIndex)
    case keyed(KeyedChoice)
  }
  private let source: Source
  /// Whether it is a table by one value.
  var isTable: Bool { if case .keyed = source { true } else { false } }
  /// The variant's own alternative that an alternative of the source is; -1 where it has none.
  private let own: [Int32]

  /// The loans of a variant's chooses, one each; nil where none is to be had.
  static func all(_ program: Program, from union: Network, to variant: Int) -> [Loan?] {
    guard union.variants.indices.contains(variant),
      union.variants[variant].program.chooses.count == program.chooses.count
    else { return program.chooses.map { _ in nil } }
    return program.chooses.indices.map { place in
      let choose = program.chooses[place]
      guard let id = union.variants[variant][ChooseID(place)],
        let loan = Loan(of: id, from: union, count: choose.alternatives.count)
      else { return nil }
      // An index that asks for the first only is no help to others.
      return choose.policy == .first || loan.isTable ? loan : nil
    }
  }

  private init?(of choose: ChooseID, from union: Network, count: Int) {
    let plan = union.chooses[Int(choose.index)]
    let ownTable = plan.keyed.flatMap { $0.isOwn ? $0.table : nil }
    if let source = plan.presentIndex.map(Source.index) ?? ownTable.map(Source.keyed),
      plan.count == count
    {
      self.source = source
      own = (0..<count).map { Int32(truncatingIfNeeded: $0) }
      return
    }
    for family in union.families {
      guard let member = family.chooses.firstIndex(of: choose) else { continue }
      // Those of a member stand in its own order.
      var number: Int32 = 0
      own = family.members.map { members in
        guard members >> UInt64(member) & 1 == 1 else { return -1 }
        number += 1
        return number - 1
      }
      guard Int(number) == count,
        let source = family.index.map(Source.index) ?? family.table.map(Source.keyed)
      else { return nil }
      self.source = source
      return
    }
    return nil
  }

  /// The alternatives that may hold for a frame, rising; nil where a fault is in view, or all may be
  /// open. `settling`: of those that are open in the same way the first will do.
  func candidates(in frame: Frame, _ lender: Memory, settling: Bool) -> [Int]? {
    let mark = lender.arena.mark
    defer { lender.arena.release(mark) }
    let index: ChooseIndex
    switch source {
    case .index(let lent): index = lent
    case .keyed(let table):
      let found =
        lender.candidates(table, in: frame) ?? (settling ? table.unkeyed.map(Int.init) : nil)
      return found?.compactMap { own[$0] < 0 ? nil : Int(own[$0]) }
    }
    let located = lender.locate(
      index, lender.singleBlock(frame.slots, today: frame.today), lender.singleLane)
    guard !located.hasFault else { return nil }
    var found: [Int] = []
    var entry = located.first(after: -1, 0)
    while entry >= 0 {
      let alternative = Int(own[Int(index.alternativeOfEntry[entry])])
      if alternative >= 0, found.last != alternative { found.append(alternative) }
      entry = located.first(after: entry, 0)
    }
    return found
  }
}

extension Network {
  /// A variant of a union as a network of its own, which goes by the union's indexes where it can.
  /// Its memories borrow from one of the union (`Memory.borrow`).
  public convenience init(variant: Int, of union: Network, compiling program: Program) {
    self.init(program, loans: Loan.all(program, from: union, to: variant))
  }
}

extension Memory {
  /// Lets a memory of the union, which has the same facts, find what may hold.
  public func borrow(from lender: Memory) { self.lender = lender }

  /// The alternatives of a choose that may hold for a frame, found by another's index.
  func borrowedCandidates(
    of id: ChooseID, in frame: Frame, settling: Bool = false
  ) -> [Int]? {
    guard let lender, network.loans.indices.contains(Int(id.index)) else { return nil }
    return network.loans[Int(id.index)]?.candidates(in: frame, lender, settling: settling)
  }

  /// Whether a choose goes by another's table, in which all that is not surely false is found.
  func borrowsTable(of id: ChooseID) -> Bool {
    guard lender != nil, network.loans.indices.contains(Int(id.index)) else { return false }
    return network.loans[Int(id.index)]?.isTable ?? false
  }

  /// The alternatives that settle a choose for the only lane of a block, found by another's index or
  /// table; nil where none is lent.
  func borrowedCandidates(of id: ChooseID, _ block: Block) -> [Int]? {
    guard lender != nil, block.width == 1 else { return nil }
    let frame = Frame(
      slots: (0..<block.slotCount).map { block.slots[$0][0] },
      today: Int32(truncatingIfNeeded: block.today[0].bits))
    return borrowedCandidates(of: id, in: frame, settling: true)
  }

  /// The first alternative that holds for the only lane of a block, by another's index; false where
  /// none is lent.
  func borrowedFirst(
    _ plan: ChoosePlan, _ id: ChooseID, _ block: Block, _ lanes: Lanes,
    _ out: UnsafeMutablePointer<Value>
  ) -> Bool {
    guard let candidates = borrowedCandidates(of: id, block) else { return false }
    for alternative in candidates {
      let mark = arena.mark
      let held = evaluate(plan.guards[alternative], block, lanes)[0]
      arena.release(mark)
      switch Truth(held) {
      case .no: continue
      case .unknown where !plan.isStrict: continue
      case .yes: out[0] = Value(rule: plan.rules[alternative])
      case .fault: out[0] = held
      case .unknown: out[0] = Value(.undetermined, Cause(.undecided, site: Int(id.index)))
      }
      return true
    }
    out[0] = otherwise(plan, id)
    return true
  }
}
