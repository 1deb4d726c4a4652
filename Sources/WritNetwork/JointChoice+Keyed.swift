import WritModel

/// What variants choose by the value that leads to few alternatives of a large table.
extension JointChoice {
  /// One look at the table a row: each alternative found there settles all variants that hold it and
  /// have no answer yet. False: a guard came to a fault.
  func decideByKey(
    _ block: Block, _ lanes: Lanes, at offset: Int, in memory: Memory
  ) -> Bool {
    guard let table = plan.keyed?.table else { return false }
    let start = others.count
    let found = firsts + offset
    let isStrict = plan.isStrict
    var hasFault = false
    let holders = UnsafeMutableBufferPointer(start: variantsOfEntry, count: table.guards.count)
    let pending = memory.search(table, holders, for: wanted, block, lanes) {
      alternative, lane, variants, held in
      switch Truth(held) {
      case .no: return 0
      case .yes: give(Int32(truncatingIfNeeded: alternative), to: variants, found, lane, offset)
      case .fault:
        hasFault = true
        return wanted
      case .unknown:
        guard isStrict else { return 0 }
        for group in undecided where group.variants & variants != 0 {
          give(group.choice, to: group.variants & variants, found, lane, offset)
        }
      }
      return variants
    }
    if hasFault { return false }
    for lane in 0..<block.width { giveOtherwise(pending[lane], found, lane, offset) }
    sortOthers(from: start)
    return true
  }
}
