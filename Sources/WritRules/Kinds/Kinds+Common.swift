import WritModel
import WritSyntax
import WritText

// What several kinds of rule need.
extension Checker {
  /// Reports titles that stand twice in a block.
  mutating func reportDoubleTitles(_ titles: [TextLiteral]) {
    var seen: [String: Span] = [:]
    for title in titles {
      if let first = seen[title.text] {
        report(.duplicateTitle(title, first: first))
      } else {
        seen[title.text] = title.span
      }
    }
  }

  /// A rule of the program for a checked title; `before` are the conditions it inherits.
  mutating func rule(
    _ title: String, _ guards: CheckedGuards, before: [Rule.Condition] = [], at span: Span
  ) -> RuleID {
    let inherited = before.map { condition in
      var condition = condition
      condition.role = .inherited
      return condition
    }
    return rule(
      title, conditions: inherited + guards.conditions, because: guards.because, at: span)
  }

  /// `if condition then yes else no`, without the constants that decide it.
  mutating func ifElse(_ condition: TermID, _ yes: TermID, _ no: TermID) -> TermID {
    if case .constant(let constant) = program[condition], constant.value.tag == .boolean {
      return constant.value.bits == 1 ? yes : no
    }
    if yes == no, !isOptional(condition) { return yes }
    return operation(.ifElse, [condition, yes, no], type: type(of: yes))
  }

  /// An attribute, read at slot 0 of its own kind of frame.
  mutating func attributeTerm(
    _ name: String, of record: RecordID, _ body: TermID, at span: Span
  ) -> TermID {
    let made = attribute(Named(name), parameters: [.record(record)], term: body, at: span)
    return read(made, at: slot(0, type: .record(record)))
  }

  /// An attribute of one record, read for the record that a term gives.
  mutating func read(_ attribute: AttributeID, at record: TermID) -> TermID {
    term(.attribute(attribute, [record], asOf: nil), type: program[attribute].type)
  }

  /// The attribute that a term reads; nil for any other term.
  func attribute(of term: TermID) -> AttributeID? {
    if case .attribute(let id, _, _) = program[term] { id } else { nil }
  }

  /// `surely`, left out where the condition cannot be unknown.
  mutating func certain(_ condition: TermID) -> TermID {
    isOptional(condition) ? surely(condition) : condition
  }

  /// `possibly`, left out where the condition cannot be unknown.
  mutating func conceivable(_ condition: TermID) -> TermID {
    isOptional(condition) ? possibly(condition) : condition
  }

  /// The answer of a decision that could not be made although something was to be decided: with
  /// nothing that applies it is *none*, with a blank on the way *undetermined*.
  mutating func answer(_ value: TermID) -> TermID {
    guard isOptional(value) else { return value }
    let type = type(of: value)
    let nothing = certain(not(operation(.hasAnswer, [value], type: .boolean)))
    return ifElse(
      nothing, operation(.noneIfMissing, [value], type: type),
      operation(.undeterminedIfMissing, [value], type: type))
  }

  /// The rule that won, as a constant to compare a winner with.
  mutating func ruleConstant(_ rule: RuleID) -> TermID {
    constant(Value(tag: .rule, bits: Int64(rule.index)), type: .rule)
  }

  /// Whether a term is a constant, and which.
  func constantValue(_ term: TermID) -> Value? {
    if case .constant(let constant) = program[term], constant.items == nil {
      constant.value
    } else {
      nil
    }
  }

  /// The exact number of a constant number, percent or amount.
  func constantDecimal(_ term: TermID) -> Decimal? {
    guard let value = constantValue(term), value.tag == .number || value.tag == .money else {
      return nil
    }
    return value.decimal
  }

  /// `8.5折` as the part that is taken off: 15 %.
  func takenOff(byZhe digits: String) -> Decimal? {
    guard let zhe = Decimal(digits), let paid = zhe.multiplied(by: Decimal(mantissa: 1, scale: 1))
    else { return nil }
    return Decimal(1).subtracting(paid)
  }

  /// A number written alone, which takes the type of its place.
  func isBareNumber(_ expression: Expression) -> Bool {
    switch expression.kind {
    case .literal(.number): true
    case .grouped(let inner), .negate(let inner): isBareNumber(inner)
    default: false
    }
  }

  /// The currency of a bare amount: the first one declared.
  var defaultMoney: ValueType { .money(CurrencyID(0)) }

  /// The member that a name means in some enum: the wanted one, else the only one that has it.
  mutating func member(_ name: Name, of wanted: EnumID? = nil) -> Constant? {
    if let wanted, let ordinal = symbols.enumMembers[Int(wanted.index)][name.text] {
      return Constant(.member(ordinal, of: wanted))
    }
    var found: [EnumID] = []
    for owner in symbols.owners[name.text] ?? [] {
      if case .enumeration(let id) = owner, !found.contains(id) { found.append(id) }
    }
    if found.count == 1, let ordinal = symbols.enumMembers[Int(found[0].index)][name.text] {
      return Constant(.member(ordinal, of: found[0]))
    }
    if found.isEmpty {
      report(.unknownName(name, near: near(name.text, in: symbols.owners.keys.sorted())))
    } else {
      report(.memberOfSeveral(name, types: found.map { program.schema[$0].name }))
    }
    return nil
  }

  /// A party or a rung: a member's name, alone or as `Role.director`.
  mutating func party(_ expression: Expression, of ladder: EnumID? = nil) -> Constant? {
    switch expression.kind {
    case .name(let name): return member(name, of: ladder)
    case .grouped(let inner): return party(inner, of: ladder)
    default: return checkConstant(expression)
    }
  }

  mutating func constant(_ constant: Constant) -> TermID {
    let type: ValueType
    switch constant.value.tag {
    case .member: type = .member(EnumID(Int(constant.value.aux)))
    case .record: type = .record(RecordID(Int(constant.value.aux)))
    default: type = .unknown
    }
    return term(.constant(constant), type: type)
  }

  /// The keys that part any two records of a type: its key fields.
  mutating func keyFields(of record: RecordID, at term: TermID) -> [Gather.Key] {
    program.schema[record].key.map { Gather.Key(field($0, of: term), isDescending: false) }
  }

  /// The base field that a term reads of another; nil for any other term.
  func field(of term: TermID) -> (field: FieldID, record: TermID)? {
    if case .field(let field, let record) = program[term] { (field, record) } else { nil }
  }

  /// Every slot that a term looks at.
  func slots(of term: TermID) -> Set<Int32> {
    var found: Set<Int32> = []
    var seen: Set<TermID> = []
    var pending = [term]
    while let next = pending.popLast() {
      guard seen.insert(next).inserted else { continue }
      if case .slot(let slot) = program[next] { found.insert(slot) }
      pending += parts(of: next)
    }
    return found
  }
}

extension Program {
  /// The terms that a term is made of, in the same frame or in that of its own gather.
  func parts(of term: TermID) -> [TermID] {
    switch self[term] {
    case .constant, .slot, .today: return []
    case .field(_, let record), .counter(_, let record): return [record]
    case .attribute(_, let arguments, let asOf): return arguments + (asOf.map { [$0] } ?? [])
    case .operation(_, let arguments): return arguments
    case .winner(let id), .collect(let id, _, _): return parts(of: id)
    case .payload(let id, _, let winner): return parts(of: id) + [winner]
    case .gather(let id):
      let gather = self[id]
      var parts = gather.keys.map(\.term)
      if let guardTerm = gather.guardTerm { parts.append(guardTerm) }
      if let value = gather.value { parts.append(value) }
      if case .apportion(let amount, let quantum, let weight) = gather.fold {
        parts += [amount, quantum, weight]
      }
      return parts
    case .follow(let id):
      let follow = self[id]
      return [follow.start, follow.next, follow.condition]
    }
  }

  private func parts(of choose: ChooseID) -> [TermID] {
    self[choose].alternatives.flatMap { [$0.guardTerm] + $0.payload }
      + (self[choose].otherwise?.payload ?? [])
  }
}

extension Checker {
  func parts(of term: TermID) -> [TermID] { program.parts(of: term) }

  /// The record that a name means, without a word where it means none: that was said when the
  /// block was declared.
  func record(quietly name: Name) -> RecordID? {
    if case .record(let id)? = symbols.types[name.text]?.meaning { id } else { nil }
  }

  /// What a rule without a title goes by, in the language of its file.
  func word(_ english: String, zh chinese: String, at span: Span) -> String {
    languages[span.source] == .chinese ? chinese : english
  }

  /// Declares the name under which a decision is read. Its label serves unless something else of
  /// the record is called so.
  mutating func declareAnswer(
    _ name: String, label: String?, of record: RecordID, by unit: UnitID, at span: Span
  ) -> DerivedID {
    let id = declare(Named(name), of: record, by: unit, at: span)
    if let label { kinds.labels.append((record, label, id)) }
    return id
  }

  /// Registers a block by what questions call it; false if there is one already, and that has been
  /// reported, so that nothing else of the second needs to be.
  mutating func declareOnly(_ key: BlockKey, by unit: UnitID) -> Bool {
    let isFirst = blocks[key] == nil
    declareBlock(key, by: unit, at: units[Int(unit.index)].declaration.span)
    return isFirst
  }

  /// Declares a part of a decision's answer (`territory.owner`).
  @discardableResult
  mutating func declarePart(
    _ name: String, label: String, of whole: DerivedID, at span: Span
  ) -> DerivedID {
    declare(part: Named(name, label: label), of: whole, at: span)
  }

  /// Once every name stands: labels of decisions that nothing else has taken, and the requires that
  /// stop decisions.
  mutating func settleNames() {
    for (record, label, id) in kinds.labels
    where symbols.members[Int(record.index)][label] == nil {
      symbols.members[Int(record.index)][label] = .init(
        meaning: .derived(id), span: self[id].span)
      derived[Int(id.index)].name.label = label
    }
    for index in units.indices {
      switch units[index].declaration.kind {
      case .require(let declaration): settleStop(of: declaration, unit: UnitID(index))
      case .authorizeDiscount(let declaration):
        // A named block answers to its attribute as well, where no other does.
        let key = BlockKey(
          kind: .authorizeDiscount, record: record(quietly: declaration.record),
          name: declaration.attribute.text)
        if blocks[key] == nil { blocks[key] = UnitID(index) }
      default: break
      }
    }
  }
}
