import WritRules

/// Which changes brought forth which: the firings so far, and what goes round among them.
struct Rounds {
  /// The production of each firing.
  private(set) var fired: [Int32] = []
  /// Pairs from -> to of which one's firing made the other's match hold; of later firings only,
  /// since what happened at the beginning may have been settled.
  private var steps: Set<UInt64> = []
  private let late: Int
  private var isLate: [Bool]

  init(productions: Int, maxFirings: Int) {
    late = maxFirings / 2
    isLate = Array(repeating: false, count: productions)
  }

  /// Notes a firing whose match came to hold by an earlier one (0: was there).
  mutating func note(_ production: ProductionID, age: Int) {
    fired.append(production.index)
    guard fired.count > late else { return }
    isLate[Int(production.index)] = true
    if age > 0 {
      steps.insert(UInt64(UInt32(fired[age - 1])) << 32 | UInt64(UInt32(production.index)))
    }
  }

  /// The changes from which a way leads back to themselves, in written order; those that fired
  /// lately if there are none.
  var goingRound: [ProductionID] {
    var next: [[Int]] = Array(repeating: [], count: isLate.count)
    for step in steps.sorted() { next[Int(step >> 32)].append(Int(step & 0xFFFF_FFFF)) }
    let round = isLate.indices.filter { start in
      guard isLate[start] else { return false }
      var seen = Array(repeating: false, count: isLate.count)
      var open = next[start]
      while let one = open.popLast() {
        if one == start { return true }
        if seen[one] { continue }
        seen[one] = true
        open += next[one]
      }
      return false
    }
    return (round.isEmpty ? isLate.indices.filter { isLate[$0] } : round).map { ProductionID($0) }
  }
}
