import WritModel
import WritSyntax
import WritText

// `split credit of Deal.amount to 0.01 { rep 50%, … }` and `split target of 1000万 over Area a by …`.
extension Checker {
  mutating func declare(_ declaration: SplitDeclaration, unit: UnitID) {
    switch declaration.body {
    case .parts(let parts):
      guard let written = declaration.record, let record = record(written) else { return }
      let derived = declare(declaration.name, of: record, by: unit)
      for part in parts {
        guard let name = partName(part) else { continue }
        declare(part: Named(name), of: derived, at: part.span)
      }
      kinds.splits[unit] = derived
    case .over(let binder, _):
      guard let record = record(binder.type) else { return }
      kinds.splits[unit] = declare(declaration.name, of: record, by: unit)
    }
  }

  mutating func lower(_ declaration: SplitDeclaration, unit: UnitID) {
    guard let derived = kinds.splits[unit] else { return }
    guard let written = declaration.quantum else {
      report(.splitWithoutQuantum(declaration.name.name))
      return
    }
    switch declaration.body {
    case .parts(let parts): lower(declaration, parts, to: written, derived, unit)
    case .over(let binder, let weight):
      lower(declaration, over: binder, by: weight, to: written, derived, unit)
    }
  }

  private func partName(_ part: SplitPart) -> String? {
    switch part.target.kind {
    case .name(let name): name.text
    case .member(_, let name): name.text
    case .reference(_, let keys): keys.map(\.text).joined(separator: ", ")
    case .literal(.text(let text)): text
    default: nil
    }
  }

  private mutating func lower(
    _ declaration: SplitDeclaration, _ parts: [SplitPart], to quantum: Expression,
    _ derived: DerivedID, _ unit: UnitID
  ) {
    guard case .record(let record)? = self[derived].parameters.first else { return }
    let span = units[Int(unit.index)].declaration.span
    let title = "\(program.schema[record].name.name).\(declaration.name.name.text)"
    let scope = scope(of: record)
    let amount = check(declaration.amount, in: scope)
    guard isDivisible(amount) else {
      report(.notDivisible(at: declaration.amount.span))
      return
    }
    let type = type(of: amount)
    guard let step = checkQuantum(quantum, of: type, in: scope) else { return }
    let shares = parts.map { check($0.share, expecting: .percent, in: scope) }
    let weights = zip(parts, shares).filter { !$0.0.isExtra }.map(\.1)
    let condition = checkShares(weights, of: parts)
    let divided = self.amount(amount, where: condition, at: span)
    let whole = attribute(
      Named(title), parameters: [.record(record)], term: stopped(divided, for: derived), at: span)
    bind(derived, to: whole)
    var made: [SplitShare] = []
    var details: [Decision.Detail] = []
    var position: Int32 = 0
    for (part, share) in zip(parts, shares) {
      guard let name = partName(part) else {
        report(.partNotNamed(at: part.target.span))
        continue
      }
      let term: TermID
      if part.isExtra {
        // Outside the whole, so rounded by itself.
        let exact = operation(.multiply, [amount, share], type: type)
        term = operation(.round(.halfUp), [exact, step], type: type)
      } else {
        term = operation(
          .apportion(index: position), [divided, step] + weights, type: type)
        position += 1
      }
      let attribute = attribute(
        Named("\(title)/\(name)"), parameters: [.record(record)], term: term, at: part.span)
      if let id = self[derived].parts[name] { bind(id, to: attribute) }
      made.append(
        SplitShare(
          target: target(of: part, in: record), name: name, amount: attribute,
          isExtra: part.isExtra))
      details.append(Decision.Detail(name: Named(name), attribute: attribute))
    }
    decision(
      Decision(
        kind: .split(parts: made), title: title, name: self[derived].name,
        parameters: [.record(record)], answer: whole, details: details, rules: [], span: span),
      by: unit)
  }

  /// The member that a part means; nil for a reference, and for a field of the record.
  private mutating func target(of part: SplitPart, in record: RecordID) -> Constant? {
    switch part.target.kind {
    case .name(let name):
      if case .field? = symbols.members[Int(record.index)][name.text]?.meaning { return nil }
      return member(name)
    case .member: return checkConstant(part.target)
    default: return nil
    }
  }

  private func isDivisible(_ amount: TermID) -> Bool {
    switch type(of: amount) {
    case .money, .number, .integer, .unknown: true
    default: false
    }
  }

  /// Each record's share by weight, ties by key.
  private mutating func lower(
    _ declaration: SplitDeclaration, over binder: Binder, by weight: Expression,
    to quantum: Expression, _ derived: DerivedID, _ unit: UnitID
  ) {
    guard case .record(let record)? = self[derived].parameters.first else { return }
    let span = units[Int(unit.index)].declaration.span
    let title = "\(program.schema[record].name.name).\(declaration.name.name.text)"
    // A bare amount is money where it is rounded to money, and a number otherwise.
    let outside = Scope(nextSlot: 1)
    let amount = check(
      declaration.amount, expecting: isBareNumber(declaration.amount) ? defaultMoney : nil,
      in: outside)
    guard isDivisible(amount) else {
      report(.notDivisible(at: declaration.amount.span))
      return
    }
    let type = type(of: amount)
    guard let step = checkQuantum(quantum, of: type, in: outside) else { return }
    var scope = outside
    let index = bindRecord(record, as: binder.name, in: &scope)
    let other = slot(index, type: .record(record))
    let share = check(weight, in: scope)
    let this = slot(0, type: .record(record))
    let mine = gather(
      Gather(
        fold: .apportion(amount: amount, quantum: step, weight: share), record: record,
        slot: index, guardTerm: nil, value: this, keys: keyFields(of: record, at: other)),
      type: type)
    let made = attribute(
      Named(title), parameters: [.record(record)], term: stopped(mine, for: derived), at: span)
    bind(derived, to: made)
    decision(
      Decision(
        kind: .split(parts: []), title: title, name: self[derived].name,
        parameters: [.record(record)], answer: made, details: [], rules: [], span: span),
      by: unit)
  }
}
