import WritModel
import WritRules

/// What is kept of a settling while it goes on: its account, who set what, and who brought forth
/// whom.
struct Journal {
  private(set) var settlement = Settlement()
  private var rounds: Rounds
  /// By field, then by row, which change set it last and to what.
  private var setters: [[Setter]] = []
  private var clashes: [FieldID: Settlement.Clash] = [:]

  private struct Setter {
    /// -1: none.
    var production: Int32 = -1
    var value = Value.boolean(false)
  }
  private static let mostFaults = 100

  init(productions: Int, maxFirings: Int) {
    settlement.firingsOf = Array(repeating: 0, count: productions)
    rounds = Rounds(productions: productions, maxFirings: maxFirings)
  }

  mutating func note(_ production: ProductionID, age: Int, _ fault: Settlement.Fault?) {
    settlement.firings += 1
    settlement.firingsOf[Int(production.index)] += 1
    rounds.note(production, age: age)
    guard let fault else { return }
    settlement.faultCount += 1
    if settlement.faults.count < Self.mostFaults { settlement.faults.append(fault) }
  }

  /// Notes that a change sets a field, and whether another set it to something else before.
  mutating func note(
    _ field: FieldID, row: Int, to value: Value, by production: ProductionID,
    isSame: (Value, Value) -> Bool
  ) {
    let index = Int(field.index)
    while setters.count <= index { setters.append([]) }
    let count = setters[index].count
    if row >= count {
      setters[index] += repeatElement(Setter(), count: max(row + 1, count * 2) - count)
    }
    let before = setters[index][row]
    if before.production >= 0, before.production != production.index,
      !isSame(before.value, value)
    {
      clashes[field] = Settlement.Clash(
        field: field, row: row, first: ProductionID(Int(before.production)), second: production)
    }
    setters[index][row] = Setter(production: production.index, value: value)
  }

  mutating func note(_ explosion: Settlement.Explosion?) { settlement.explosion = explosion }

  mutating func endUnsettled() { settlement.unsettled = rounds.goingRound }

  /// The account, complete.
  mutating func finish() -> Settlement {
    settlement.clashes = clashes.values.sorted { $0.field.index < $1.field.index }
    return settlement
  }
}
