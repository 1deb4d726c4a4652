import WritModel
import WritRules

// Splitting an amount over records, and over arguments.
extension Memory {
  /// The share of one record when an amount is split over all that are in. Records that agree on
  /// all that the shares depend on are told by one computation.
  func share(
    _ plan: GatherPlan, _ id: GatherID, _ amount: TermID, _ quantum: TermID, _ weight: TermID,
    _ block: Block, _ lane: Int
  ) -> Value {
    let subject = plan.gather.value.map { valueOfLane($0, block, lane) } ?? .missing(Cause(.empty))
    let amount = valueOfLane(amount, block, lane)
    let quantum = valueOfLane(quantum, block, lane)
    let gap = [subject, amount, quantum].withUnsafeBufferPointer { Value.notKnown($0) }
    if let gap { return gap }

    let shares: GatherMemo.Shares
    if plan.canShare {
      var parts = [amount, quantum]
      if plan.readsToday { parts.append(block.today[lane]) }
      for probe in plan.probes { parts.append(valueOfLane(probe.outer, block, lane)) }
      let key = GatherMemo.ShareKey(
        parts: parts.flatMap {
          [$0.bits, Int64($0.tag.rawValue) << 32 | Int64($0.scale) << 16 | Int64($0.aux)]
        })
      if let known = gatherMemos[Int(id.index)].shares[key] {
        shares = known
      } else {
        shares = split(plan, amount, quantum, weight, block, lane)
        gatherMemos[Int(id.index)].shares[key] = shares
      }
    } else {
      shares = split(plan, amount, quantum, weight, block, lane)
    }
    if let gap = shares.gap { return gap }
    guard subject.tag == .record, subject.aux == plan.gather.record.index,
      let share = shares.byRow[subject.bits]
    else { return .zero(of: plan.type) }
    return share
  }

  private func split(
    _ plan: GatherPlan, _ amount: Value, _ quantum: Value, _ weight: TermID, _ block: Block,
    _ lane: Int
  ) -> GatherMemo.Shares {
    let gather = plan.gather
    var gaps = GatherFold(gather)
    var parts: [(row: Value, weight: Value, keys: [Value])] = []
    scan(plan, block, lane) { inner, count, held in
      let sure = arena.lanes(count)
      var sureCount = 0
      for lane in 0..<count {
        let value = held?[lane] ?? .boolean(true)
        switch Truth(value) {
        case .no: break
        case .yes:
          sure[sureCount] = UInt8(truncatingIfNeeded: lane)
          sureCount += 1
        case .unknown, .fault: gaps.note(gap: value)
        }
      }
      guard sureCount > 0 else { return true }
      let inside = Lanes(list: sure, count: sureCount, isDense: sureCount == count)
      let weights = evaluate(weight, inner, inside)
      let keys = gather.keys.map { evaluate($0.term, inner, inside) }
      inside.each { lane in
        if !weights[lane].isKnown { gaps.note(gap: weights[lane]) }
        let rowKeys = keys.map { $0[lane] }
        for key in rowKeys where key.isFault { gaps.note(gap: key) }
        parts.append((inner.slots[Int(gather.slot)][lane], weights[lane], rowKeys))
      }
      return true
    }
    if let gap = gaps.leastGap { return GatherMemo.Shares(gap: gap) }
    parts.sort { comesFirst($0.row, $0.keys, $1.row, $1.keys, gather.keys) }
    var shares = GatherMemo.Shares()
    switch Apportionment.split(amount, quantum: quantum, weights: parts.map(\.weight)) {
    case .parts(let values):
      for (part, value) in zip(parts, values) { shares.byRow[part.row.bits] = value }
    case .gap(let gap):
      for part in parts { shares.byRow[part.row.bits] = gap }
    }
    return shares
  }
}

/// An amount in parts that add up to it.
enum Apportionment {
  case parts([Value])
  case gap(Value)

  /// By weights into multiples of a quantum: largest remainder, ties in order. What is finer than
  /// the quantum goes to the first part; a negative amount is split as its opposite.
  static func split(_ amount: Value, quantum: Value, weights: [Value]) -> Apportionment {
    let scale = max(amount.scale, quantum.scale)
    let weightScale = weights.map(\.scale).max() ?? 0
    func size(_ value: Value, at scale: UInt8) -> Int128 {
      Int128(value.bits) * Int128(Decimal.powerOfTen(Int(scale - value.scale)))
    }
    let sizes = weights.map { size($0, at: weightScale) }
    let step = size(quantum, at: scale)
    let signed = size(amount, at: scale)
    let whole = signed < 0 ? -signed : signed
    guard step > 0, sizes.allSatisfy({ $0 >= 0 }) else {
      return .gap(.fault(Cause(.outOfDomain)))
    }
    let overflow = Apportionment.gap(.fault(Cause(.overflow)))
    var total: Int128 = 0
    for size in sizes {
      let (sum, overflows) = total.addingReportingOverflow(size)
      if overflows { return overflow }
      total = sum
    }
    guard total > 0 else { return .gap(.missing(Cause(.divisionByZero))) }

    let units = whole / step
    var shares: [Int128] = []
    var remainders: [Int128] = []
    for size in sizes {
      let (product, overflows) = units.multipliedReportingOverflow(by: size)
      if overflows { return overflow }
      shares.append(product / total)
      remainders.append(product % total)
    }
    let left = Int(units - shares.reduce(0, +))
    let byRemainder = sizes.indices.sorted {
      remainders[$0] != remainders[$1] ? remainders[$0] > remainders[$1] : $0 < $1
    }
    for index in byRemainder.prefix(left) { shares[index] += 1 }

    var parts: [Value] = []
    for (index, share) in shares.enumerated() {
      let size = share * step + (index == 0 ? whole % step : 0)
      guard let part = Decimal(fitting: signed < 0 ? -size : size, scale: Int(scale)) else {
        return overflow
      }
      parts.append(
        Value(tag: amount.tag, bits: part.mantissa, scale: part.scale, aux: amount.aux))
    }
    return .parts(parts)
  }
}
