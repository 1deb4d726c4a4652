import WritModel
import WritSyntax
import WritText

// `decide`: a strict choose with titles, as a value of its record.
extension Checker {
  mutating func declare(_ decide: DecideDeclaration, unit: UnitID) {
    guard let record = record(decide.record) else { return }
    declare(decide.name, of: record, by: unit)
    declareBlock(
      BlockKey(kind: .decide, record: record, name: decide.name.name.text), by: unit,
      at: decide.name.name.span)
  }

  mutating func lower(_ decide: DecideDeclaration, unit: UnitID) {
    guard let id = derivedName(of: unit),
      case .record(let record)? = symbols.types[decide.record.text]?.meaning
    else { return }
    let type = type(decide.result)
    let scope = scope(of: record)
    checkTitles(decide.rules.map(\.title))
    let policy = choosePolicy(decide.policy ?? .first)
    var alternatives: [Choose.Alternative] = []
    var asked: Set<TermID> = []
    alternatives.reserveCapacity(decide.rules.count)
    var known: CheckedTexts? = CheckedTexts(decide.name.name.span.source, in: sources)
    var outcomes: CheckedTexts? = known
    for index in decide.rules.indices {
      let written = decide.rules[index]
      let guards = checkGuards(written.guards, in: scope, knowing: &known)
      if let when = written.guards.when {
        asked.formUnion(
          warnOfBlanks(in: guards.guardTerm, askedBefore: asked, at: when, in: scope))
      }
      asked.formUnion(presenceAsked(by: guards.guardTerm))
      let outcome =
        written.guards.with == nil
        ? checkOutcome(written.outcome, expecting: type, in: guards.scope, knowing: &outcomes)
        : check(written.outcome, expecting: type, in: guards.scope)
      let rule = rule(
        written.title.text, conditions: guards.conditions, because: guards.because,
        at: written.span)
      alternatives.append(
        Choose.Alternative(
          rule: rule, guardTerm: guards.guardTerm, payload: [outcome], priority: guards.priority))
    }
    var otherwise: Choose.Otherwise?
    if let written = decide.otherwise {
      let outcome = check(written, expecting: type, in: scope)
      otherwise = Choose.Otherwise(
        rule: rule(word(.otherwise, at: written.span), at: written.span), payload: [outcome])
    }
    let choose = choose(
      Choose(policy: policy, isStrict: true, alternatives: alternatives, otherwise: otherwise))
    let value = payload(0, of: choose, winner: winner(of: choose), type: type)
    let answer = stopped(answered(value), for: id)
    let span = units[Int(unit.index)].declaration.span
    let title = "\(program.schema[record].name.name).\(decide.name.name.text)"
    let attribute = attribute(
      Named(title, label: decide.name.label?.text), parameters: [.record(record)], term: answer,
      at: span)
    bind(id, to: attribute)
    decision(
      Decision(
        kind: .decide(choose), title: title, name: named(decide.name),
        parameters: [.record(record)], answer: attribute, details: [],
        rules: alternatives.map(\.rule) + (otherwise.map { [$0.rule] } ?? []), span: span),
      by: unit)
  }

  /// A decision's answer: what was not found because nothing applied or because that was stated is
  /// *none*; what is not known because an input is blank is *undetermined*.
  mutating func answered(_ value: TermID) -> TermID {
    let type = type(of: value)
    let has = operation(.hasAnswer, [value], type: .boolean)
    let none = operation(.noneIfMissing, [value], type: type)
    let either = operation(.ifElse, [has, value, none], type: type)
    return operation(.undeterminedIfMissing, [either], type: type)
  }

  /// The policy of a table that names one winner, or all of them.
  func choosePolicy(_ policy: TableDeclaration.Policy) -> Choose.Policy {
    switch policy {
    case .first: .first
    case .unique: .unique
    case .any: .any
    case .priority: .outputPriority
    case .mostSpecific: .priority
    case .collect, .ruleOrder, .collectSum, .collectMin, .collectMax, .collectCount: .all
    case .outputOrder: .outputOrder
    }
  }
}
