import WritModel
import WritSyntax
import WritText

// `match Lead l with Account a where … { "same code": certain when … }`.
extension Checker {
  mutating func declare(_ declaration: MatchDeclaration, unit: UnitID) {
    guard let record = record(declaration.left.type) else { return }
    let span = units[Int(unit.index)].declaration.span
    guard
      declareOnly(BlockKey(kind: .match, record: record, name: declaration.alias?.text), by: unit)
    else { return }
    if let alias = declaration.alias {
      let derived = declare(Named(alias.text), of: record, by: unit, at: alias.span)
      declarePart("matched", label: "重复对象", of: derived, at: span)
      kinds.matches[unit] = (derived, self[derived].parts["matched"] ?? derived)
    } else {
      let match = declareAnswer("match", label: "判重", of: record, by: unit, at: span)
      let matched = declareAnswer("matched", label: "重复对象", of: record, by: unit, at: span)
      kinds.matches[unit] = (match, matched)
    }
  }

  /// Certain pairs before suspected ones, then by key; the rule that says so is found again on the
  /// pair that was taken.
  mutating func lower(_ declaration: MatchDeclaration, unit: UnitID) {
    guard let left = record(quietly: declaration.left.type),
      let right = record(declaration.right.type), let names = kinds.matches[unit],
      let results = symbols.matchResult
    else { return }
    let span = units[Int(unit.index)].declaration.span
    let title = units[Int(unit.index)].title
    reportDoubleTitles(declaration.rules.map(\.title))
    guard let condition = declaration.condition else {
      report(.matchWithoutEquality(at: span))
      return
    }
    if !hasEquality(condition), condition.kind != .yes {
      report(.matchWithoutEquality(at: condition.span))
    }
    let this = slot(0, type: .record(left))
    var around = Scope(nextSlot: 1)
    if let name = declaration.left.name { bind(name, to: this, in: &around) }
    var pairs = around
    let index = bindRecord(right, as: declaration.right.name, in: &pairs)
    let other = slot(index, type: .record(right))
    var base = [checkCondition(condition, in: pairs)]
    // A record never matches itself.
    if left == right {
      base.append(operation(.notEqual, [other, this], type: .boolean))
    }

    /// The first by key of the pairs that a rule of the kind holds for.
    func first(_ checker: inout Checker, _ isCertain: Bool) -> TermID? {
      var ways: [TermID] = []
      for rule in declaration.rules where rule.isCertain == isCertain {
        ways.append(checker.checkGuards(rule.guards, in: pairs).guardTerm)
      }
      if ways.isEmpty { return nil }
      let pick = Gather(
        fold: .pick, record: right, slot: index,
        guardTerm: checker.all(base + [checker.any(ways)]),
        keys: checker.keyFields(of: right, at: other))
      return checker.attributeTerm(
        "\(title)/\(isCertain ? "certain" : "suspected")", of: left,
        checker.gather(pick, type: .record(right)), at: span)
    }
    let count = diagnostics.count
    let certain = first(&self, true)
    let suspected = first(&self, false)
    guard var found = certain ?? suspected else {
      report(.matchWithoutRules(at: span))
      return
    }
    if let certain, let suspected { found = ifElse(isKnown(certain), certain, suspected) }
    let matched = attribute(
      Named("\(title)/matched"), parameters: [.record(left)], term: found, at: span)
    bind(names.matched, to: matched)

    // The same rules, asked of the pair that was taken; their mistakes have been told.
    let told = diagnostics.count
    var taken = around
    if let name = declaration.right.name { bind(name, to: read(matched, at: this), in: &taken) }
    var alternatives: [Choose.Alternative] = []
    for isCertain in [true, false] {
      for written in declaration.rules where written.isCertain == isCertain {
        let guards = checkGuards(written.guards, in: taken)
        let id = rule(written.title.text, guards, at: written.span)
        let has = isCertain ? certain : suspected
        let isFound = has.map { isKnown($0) } ?? boolean(false)
        alternatives.append(
          Choose.Alternative(
            rule: id, guardTerm: all([isFound, guards.guardTerm]),
            payload: [member(isCertain ? 0 : 1, of: results)]))
      }
    }
    if told > count { diagnostics.removeSubrange(told...) }
    let none = impliedRule(word("none", zh: "无", at: span), at: span)
    let choose = choose(
      Choose(
        policy: .first, isStrict: false, alternatives: alternatives,
        otherwise: .init(rule: none, payload: [member(2, of: results)])))
    let answer = payload(0, of: choose, winner: winner(of: choose), type: .member(results))
    let made = attribute(
      Named(title), parameters: [.record(left)], term: stopped(answer, for: names.match), at: span)
    bind(names.match, to: made)
    var plan = MatchPlan(certain: choose, matched: matched)
    plan.pair = Rule.Condition(
      role: .when, term: base[0], text: written(condition), span: condition.span)
    decision(
      Decision(
        kind: .match(plan), title: title,
        name: self[names.match].name, parameters: [.record(left)], answer: made,
        details: [Decision.Detail(name: Named("matched", label: "重复对象"), attribute: matched)],
        rules: alternatives.map(\.rule) + [none], span: span),
      by: unit)
  }

  /// Whether a condition cannot hold without an equality, so that pairs can be found by it.
  private func hasEquality(_ condition: Expression) -> Bool {
    switch condition.kind {
    case .grouped(let inner): hasEquality(inner)
    case .binary(.equal, _, _), .binary(.isIn, _, _): true
    case .binary(.and, let left, let right): hasEquality(left) || hasEquality(right)
    case .binary(.or, let left, let right): hasEquality(left) && hasEquality(right)
    default: false
    }
  }
}
