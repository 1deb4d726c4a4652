import WritModel
import WritRules

/// What is kept of a settling while it goes on: its account, who set what, and who brought forth
/// whom.
struct Journal {
  private(set) var settlement = Settlement()
  private var rounds: Rounds
  /// By field and row, what the last change set it to.
  private var setters: [Place: (production: ProductionID, value: Value)] = [:]
  private var clashes: [FieldID: Settlement.Clash] = [:]

  private struct Place: Hashable {
    var field: FieldID
    var row: Int
  }
  private static let mostFaults = 100

  init(productions: Int, maxFirings: Int) {
    settlement.firingsOf = Array(repeating: 0, count: productions)
    rounds = Rounds(productions: productions, maxFirings: maxFirings)
  }

  mutating func note(_ match: Match, age: Int, _ fault: Settlement.Fault?) {
    settlement.firings += 1
    settlement.firingsOf[Int(match.production.index)] += 1
    rounds.note(match.production, age: age)
    guard let fault else { return }
    settlement.faultCount += 1
    if settlement.faults.count < Self.mostFaults { settlement.faults.append(fault) }
  }

  /// Notes that a change sets a field, and whether another set it to something else before.
  mutating func note(
    _ field: FieldID, row: Int, to value: Value, by production: ProductionID,
    isSame: (Value, Value) -> Bool
  ) {
    let place = Place(field: field, row: row)
    if let before = setters[place], before.production != production, !isSame(before.value, value) {
      clashes[field] = Settlement.Clash(
        field: field, row: row, first: before.production, second: production)
    }
    setters[place] = (production, value)
  }

  mutating func note(_ explosion: Settlement.Explosion?) { settlement.explosion = explosion }

  mutating func endUnsettled() { settlement.unsettled = rounds.goingRound }

  /// The account, complete.
  mutating func finish() -> Settlement {
    settlement.clashes = clashes.values.sorted { $0.field.index < $1.field.index }
    return settlement
  }
}
