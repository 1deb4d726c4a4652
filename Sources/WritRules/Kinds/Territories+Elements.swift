import WritModel
import WritSyntax
import WritText

/// A territory among several, under the name that a quantifier gave it: `t` in
/// `some t in account.territories where …`.
struct TerritoryElement {
  /// What stands for it while its condition is checked.
  var term: TermID
  /// The list it is one of, and the records whose list that is.
  var list: TermID
  var territories: DerivedID
  var arguments: [TermID]
  /// The territories that it may be.
  var rules: [RuleID]
}

/// The owner and the name of one of a record's territories: attributes of the record and the rule.
struct TerritoryColumns {
  var choose: ChooseID
  var record: RecordID
  var owner: ValueType
  var attributes: [AttributeID]?
}

// `some t in account.territories where t.owner = r`.
//
// A territory is a rule and no record, so there is nothing to gather. What is asked of it becomes a
// column of a choose with one alternative a territory: read for the list of those that hold, it is a
// list of answers, and `some` is whether yes is among them.
extension Checker {
  /// The territory that a gathering binds; nil if its source is no list of territories.
  mutating func territory(
    of written: Gathering, in scope: Scope
  ) -> (element: TerritoryElement, scope: Scope)? {
    guard let source = written.source, written.binder.name == nil,
      symbols.types[written.binder.type.text] == nil
    else { return nil }
    // Looking at anything but such a list would report twice what is wrong in it.
    let last: Name
    switch source.kind {
    case .name(let name), .member(_, let name): last = name
    default: return nil
    }
    let isList = kinds.territories.values.contains {
      self[$0].name.name == last.text || self[$0].name.label == last.text
    }
    guard isList, case .derived(let id, let arguments) = resolve(source, expecting: nil, in: scope)
    else { return nil }
    let list = read(id, arguments, in: scope, at: source.span)
    guard type(of: list) == .list(.rule), let columns = kinds.columns[id] else { return nil }
    var inner = scope
    let term = slot(inner.nextSlot, type: .rule)
    inner.nextSlot += 1
    bind(written.binder.type, to: term, in: &inner)
    let element = TerritoryElement(
      term: term, list: list, territories: id, arguments: arguments,
      rules: program[columns.choose].alternatives.map(\.rule))
    inner.elements.append(element)
    return (element, inner)
  }

  /// `t.owner`, `t.name`; nil for anything else.
  mutating func member(_ name: Name, ofElement term: TermID, in scope: Scope) -> TermID? {
    guard let element = scope.elements.last(where: { $0.term == term }) else { return nil }
    let parts = self[element.territories].parts
    guard let part = parts[name.text],
      let column = ["owner", "name"].firstIndex(where: { parts[$0] == part }),
      let attributes = columns(of: element.territories)
    else { return nil }
    let attribute = attributes[column]
    return self.term(
      .attribute(attribute, element.arguments + [term], asOf: scope.asOf),
      type: program[attribute].type)
  }

  private mutating func columns(of territories: DerivedID) -> [AttributeID]? {
    guard let columns = kinds.columns[territories] else { return nil }
    if let known = columns.attributes { return known }
    let parameters: [ValueType] = [.record(columns.record), .rule]
    let rule = slot(1, type: .rule)
    let title = units[Int(self[territories].unit.index)].title
    let span = self[territories].span
    let made = [("owner", columns.owner), ("name", .text)].enumerated().map { column, part in
      attribute(
        Named("\(title)/\(part.0) of one"), parameters: parameters,
        term: payload(column, of: columns.choose, winner: rule, type: part.1), at: span)
    }
    kinds.columns[territories]?.attributes = made
    return made
  }

  // MARK: Quantifiers and counts

  /// `some`, `no`, `every`: for `every`, what the `where` says must hold for all of them.
  mutating func quantify(
    _ quantifier: Quantifier, _ element: TerritoryElement, _ written: Gathering, in scope: Scope
  ) -> TermID {
    let condition = condition(of: written, element, in: scope, warns: quantifier != .some)
    if type(of: condition) == .unknown { return unknown }
    let answers = answers(condition, element, otherwise: boolean(quantifier == .every))
    let wanted = boolean(quantifier != .every)
    let found = operation(.isIn, [wanted, answers], type: .boolean)
    return quantifier == .some ? found : not(found)
  }

  /// `count of t over t in account.territories where …`.
  mutating func count(
    _ fold: FoldTree, _ element: TerritoryElement, in scope: Scope
  ) -> TermID {
    let value = check(fold.value, in: scope)
    if type(of: value) == .unknown { return unknown }
    guard fold.kind == .count, !fold.isDistinct, value == element.term else {
      report(.cannotFold(describe(type(of: value)), at: fold.value.span))
      return unknown
    }
    let condition = condition(of: fold.over, element, in: scope, warns: true)
    if type(of: condition) == .unknown { return unknown }
    let alternatives = element.rules.map { rule in
      let constant = ruleConstant(rule)
      let holds = operation(.isIn, [constant, element.list], type: .boolean)
      return Choose.Alternative(
        rule: rule, guardTerm: all([holds, substitute(element.term, by: constant, in: condition)]),
        payload: [constant])
    }
    let choose = choose(
      Choose(policy: .all, isStrict: true, alternatives: alternatives, otherwise: nil))
    return collect(0, of: choose, .count, type: .integer)
  }

  private mutating func condition(
    of written: Gathering, _ element: TerritoryElement, in scope: Scope, warns: Bool
  ) -> TermID {
    guard let condition = written.condition else { return boolean(true) }
    var parts: [TermID] = []
    for part in conjuncts(of: condition) {
      let term = checkCondition(part, in: scope)
      parts.append(term)
      guard case .slot(let slot) = program[element.term], !isUnknown(term), warns else { continue }
      if case .constant = program[term] { continue }
      if !mentions(slot, term) { report(.binderNotMentioned(written.binder, at: part.span)) }
    }
    return parts.contains { type(of: $0) == .unknown } ? unknown : all(parts)
  }

  /// What a condition says of each territory that holds, as a list. What stands for `otherwise` is no
  /// territory: its answer is given.
  private mutating func answers(
    _ condition: TermID, _ element: TerritoryElement, otherwise: TermID
  ) -> TermID {
    let alternatives = element.rules.map { rule in
      Choose.Alternative(
        rule: rule, guardTerm: boolean(true),
        payload: [substitute(element.term, by: ruleConstant(rule), in: condition)])
    }
    let last = kinds.columns[element.territories]
      .flatMap { program[$0.choose].otherwise }
      .map { Choose.Otherwise(rule: $0.rule, payload: [otherwise]) }
    let choose = choose(
      Choose(policy: .all, isStrict: true, alternatives: alternatives, otherwise: last))
    return payload(0, of: choose, winner: element.list, type: .list(.boolean))
  }

  /// A term with another in place of one that is a slot. What attributes read in frames of their own
  /// is left alone.
  private mutating func substitute(
    _ slot: TermID, by replacement: TermID, in term: TermID
  ) -> TermID {
    guard case .slot(let index) = program[slot] else { return term }
    var done = Rewriting()
    return rewrite(term, &done) { checker, id in
      if id == slot { return replacement }
      if !checker.mentions(index, id) { return id }
      guard case .attribute(let attribute, let arguments, let asOf) = checker.program[id] else {
        return nil
      }
      let put = arguments.map { checker.substitute(slot, by: replacement, in: $0) }
      let date = asOf.map { checker.substitute(slot, by: replacement, in: $0) }
      return checker.term(
        .attribute(attribute, put, asOf: date), type: checker.type(of: id))
    }
  }
}
