import WritModel
import WritRules

extension Memory {
  /// Fires a match: works out what its acts come to, tells, does it.
  func fire(
    _ production: ProductionID, _ match: () -> Match, age: Int, _ journal: inout Journal,
    _ observe: ((Firing) -> Void)?, value: (TermID, Int, Int) -> Value
  ) {
    let acting = acting(program.productions[Int(production.index)].acts, value: value)
    var fault: Settlement.Fault?
    if case .fault(let act, let reason) = acting {
      fault = Settlement.Fault(match: match(), act: act, reason: reason)
    }
    journal.note(production, age: age, fault)
    if let observe {
      observe(
        Firing(number: journal.settlement.firings, match: match(), age: age, fault: fault))
    }
    guard case .edits(let edits) = acting else { return }
    for edit in edits {
      switch edit {
      case .set(let field, let row, let value):
        journal.note(field, row: row, to: value, by: production, isSame: isSame)
        if !isUnchanged(columns[Int(field.index)].base[row], value) {
          set(field, row: row, to: value)
        }
      case .insert(let record, let values, let key):
        append(record, values, key: key)
      case .remove(let record, let row): remove(record, row: row)
      }
    }
  }
}
