import WritModel
import WritSyntax
import WritText

// `authorize discount on Quote by Role, more is worse, asked by rep { … }`.
extension Checker {
  mutating func declare(_ declaration: DiscountDeclaration, unit: UnitID) {
    guard let record = record(declaration.record) else { return }
    let span = units[Int(unit.index)].declaration.span
    let key = BlockKey(
      kind: .authorizeDiscount, record: record,
      name: declaration.alias?.text ?? declaration.attribute.text)
    guard declareOnly(key, by: unit) else { return }
    let name = declaration.alias?.text ?? "\(declaration.attribute.text)_verdict"
    let label =
      declaration.alias == nil
      ? memberLabel(declaration.attribute, of: record) + "审批" : nil
    let derived = declareAnswer(name, label: label, of: record, by: unit, at: span)
    declarePart("approvers", label: "审批人", of: derived, at: span)
    kinds.verdicts[unit] = derived
  }

  /// What the attribute is called in Chinese: the label of the field or of the `define`, which may
  /// stand behind this block; without one its name.
  private func memberLabel(_ name: Name, of record: RecordID) -> String {
    if case .field(let field)? = symbols.members[Int(record.index)][name.text]?.meaning {
      return program.schema[field].name.label ?? name.text
    }
    for unit in units {
      guard case .define(let define) = unit.declaration.kind, let owner = define.record,
        self.record(quietly: owner) == record,
        define.name.name.text == name.text || define.name.label?.text == name.text
      else { continue }
      return define.name.label?.text ?? name.text
    }
    return name.text
  }

  mutating func lower(_ declaration: DiscountDeclaration, unit: UnitID) {
    guard let record = record(quietly: declaration.record), let derived = kinds.verdicts[unit],
      let ladder = enumeration(declaration.ladder)
    else { return }
    let span = units[Int(unit.index)].declaration.span
    guard program.schema[ladder].isOrdered else {
      report(.ladderNotOrdered(declaration.ladder))
      return
    }
    let scope = scope(of: record)
    let tested = check(
      Expression(.name(declaration.attribute), at: declaration.attribute.span), in: scope)
    guard isRankable(tested) else {
      report(.attributeNotRankable(declaration.attribute))
      return
    }
    guard let moreIsWorse = declaration.moreIsWorse else {
      report(.worseNotSaid(declaration.attribute))
      return
    }
    lowerAsks(of: record, at: span)
    var block = DiscountBlock(
      unit: unit, record: record, ladder: ladder, title: units[Int(unit.index)].title,
      scope: scope, tested: tested, moreIsWorse: moreIsWorse, attribute: declaration.attribute.text,
      span: span)
    block.asker = asker(declaration, ladder, in: scope)
    reportDoubleTitles(declaration.rules.compactMap(\.title))
    for rule in declaration.rules { collect(rule, in: &block) }
    for ask in kinds.asks[record] ?? [] { block.also.append((ask.rule, ask.term, ask.who)) }
    block.watched = watched(declaration, record)
    finish(block, derived: derived)
  }

  /// Price floors that ask add to the approval, so they are lowered first.
  private mutating func lowerAsks(of record: RecordID, at span: Span) {
    for index in units.indices {
      guard case .price(let price) = units[index].declaration.kind,
        price.steps.contains(where: { !$0.asked.isEmpty }),
        let line = self.record(quietly: price.record)
      else { continue }
      let isPart = program.schema[line].fields.contains {
        program.schema[$0].type == .record(record)
      }
      guard line == record || isPart else { continue }
      if units[index].state == .running { reportCircle(to: UnitID(index), at: span) }
      lower(UnitID(index))
    }
  }

  private func isRankable(_ term: TermID) -> Bool {
    switch type(of: term) {
    case .number, .integer, .percent, .money, .date, .duration, .unknown: true
    default: false
    }
  }

  /// The asker's rung: what `asked by` names, or the one field of its record that is a rung.
  private mutating func asker(
    _ declaration: DiscountDeclaration, _ ladder: EnumID, in scope: Scope
  ) -> TermID? {
    // Where it is not said, whoever asks stands on the lowest rung.
    guard let path = declaration.askedBy else { return member(0, of: ladder) }
    let term = check(path, in: scope)
    switch type(of: term) {
    case .member(ladder), .unknown: return term
    case .record(let person):
      let rungs = program.schema[person].fields.filter {
        program.schema[$0].type == .member(ladder)
      }
      if rungs.count == 1 { return field(rungs[0], of: term) }
      report(
        .askerWithoutRung(
          at: path.span, record: program.schema[person].name.name,
          ladder: program.schema[ladder].name.name, count: rungs.count))
    default:
      report(
        .askerWithoutRung(
          at: path.span, record: written(path), ladder: program.schema[ladder].name.name, count: 0))
    }
    return nil
  }

  private mutating func watched(
    _ declaration: DiscountDeclaration, _ record: RecordID
  ) -> [FieldID] {
    declaration.voidOn.compactMap { expression in
      guard case .name(let name) = expression.kind else {
        report(.watchedNotField(at: expression.span))
        return nil
      }
      return baseField(name, of: record)
    }
  }

  // MARK: Rules

  /// Puts a rule where it belongs. Whatever tightens counts while it may hold; what loosens only
  /// where it surely does.
  private mutating func collect(
    _ written: DiscountDeclaration.Rule, in block: inout DiscountBlock
  ) {
    if written.guards.priority != nil, let title = written.title {
      report(.uselessPriority(title))
    }
    let guards = checkGuards(written.guards, in: block.scope)
    let title = written.title?.text ?? word("limit", zh: "额度", at: written.span)
    let rule = rule(title, guards, at: written.span)
    block.rules.append(rule)
    switch written.effect {
    case .limit(let limits):
      for limit in limits {
        guard let (rung, value) = check(limit, in: block, guards.scope) else { continue }
        let counts = conceivable(guards.guardTerm)
        if written.title == nil, block.limits[rung, default: []].contains(where: \.isPlain),
          written.guards == Guards()
        {
          report(.secondPlainLimit(limit.rung))
        }
        block.limits[rung, default: []].append(
          .init(
            rule: rule, guardTerm: counts, value: value,
            isPlain: written.title == nil && written.guards == Guards(), span: limit.span))
      }
    case .insteadLimit(let limits):
      for limit in limits {
        guard let (rung, value) = check(limit, in: block, guards.scope) else { continue }
        block.insteads[rung, default: []].append(
          .init(
            rule: rule, guardTerm: guards.guardTerm, value: value, isPlain: false,
            span: limit.span))
      }
    case .atLeast(let expression):
      let rung = check(expression, expecting: .member(block.ladder), in: guards.scope)
      block.atLeast.append((rule, conceivable(guards.guardTerm), rung))
    case .also(let parties):
      for expression in parties {
        guard let party = party(expression, of: block.ladder) else { continue }
        block.also.append((rule, conceivable(guards.guardTerm), party))
      }
    case .forbid:
      block.forbids.append((rule, guards.guardTerm))
    }
  }

  /// A rung and its limit; nil is `any`.
  private mutating func check(
    _ limit: DiscountDeclaration.Limit, in block: DiscountBlock, _ scope: Scope
  ) -> (rung: Int, value: TermID?)? {
    guard let rung = symbols.enumMembers[Int(block.ladder.index)][limit.rung.text] else {
      let names = program.schema[block.ladder].members.map(\.name)
      report(.unknownName(limit.rung, near: near(limit.rung.text, in: names)))
      return nil
    }
    guard let value = limit.value else { return (rung, nil) }
    if case .literal(.zhe(let digits)) = value.kind, let off = takenOff(byZhe: digits) {
      return (rung, percent(off))
    }
    return (rung, check(value, expecting: type(of: block.tested), in: scope))
  }
}

/// A discount block on its way from rules to a verdict.
struct DiscountBlock {
  struct Limit {
    var rule: RuleID
    var guardTerm: TermID
    /// nil: `any`.
    var value: TermID?
    /// A line without a title and guards.
    var isPlain: Bool
    var span: Span
  }
  let unit: UnitID
  let record: RecordID
  let ladder: EnumID
  let title: String
  let scope: Scope
  let tested: TermID
  let moreIsWorse: Bool
  let attribute: String
  let span: Span
  var asker: TermID?
  /// The fields whose change voids an earlier approval.
  var watched: [FieldID] = []
  /// By rung.
  var limits: [Int: [Limit]] = [:]
  var insteads: [Int: [Limit]] = [:]
  var atLeast: [(rule: RuleID, guardTerm: TermID, rung: TermID)] = []
  var also: [(rule: RuleID, guardTerm: TermID, who: Constant)] = []
  var forbids: [(rule: RuleID, guardTerm: TermID)] = []
  var rules: [RuleID] = []

  init(
    unit: UnitID, record: RecordID, ladder: EnumID, title: String, scope: Scope, tested: TermID,
    moreIsWorse: Bool, attribute: String, span: Span
  ) {
    self.unit = unit
    self.record = record
    self.ladder = ladder
    self.title = title
    self.scope = scope
    self.tested = tested
    self.moreIsWorse = moreIsWorse
    self.attribute = attribute
    self.span = span
  }
}
