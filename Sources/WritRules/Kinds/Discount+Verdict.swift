import WritModel
import WritSyntax
import WritText

// From limits, `also`, `at least`, forbids and earlier approvals to a verdict.
extension Checker {
  /// What one rung may allow.
  private struct Rung {
    var ordinal: Int
    var limit: AttributeID
    var choose: ChooseID
    /// Whether an `any` holds and nothing tightens it; nil: never.
    var isUnlimited: TermID?
    /// Whether the rung's limit covers the value.
    var covers: TermID
    var alternatives: [DiscountBlock.Limit]
  }

  mutating func finish(_ block: DiscountBlock, derived: DerivedID) {
    guard let verdict = symbols.verdict else { return }
    let members = program.schema[block.ladder].members
    var rungs: [Rung] = []
    for ordinal in members.indices { rungs.append(lower(rung: ordinal, of: block)) }
    reportOddities(of: block)

    let none = missing(type: .member(block.ladder))
    var lowest = none
    for rung in rungs.reversed() {
      lowest = ifElse(rung.covers, member(rung.ordinal, of: block.ladder), lowest)
    }
    lowest = attributeTerm("\(block.title)/lowest", of: block.record, lowest, at: block.span)
    var needed = lowest
    for rule in block.atLeast {
      let raised = operation(.larger, [needed, rule.rung], type: .member(block.ladder))
      needed = ifElse(rule.guardTerm, raised, needed)
    }
    needed = attributeTerm("\(block.title)/needed", of: block.record, needed, at: block.span)

    let mayAllow = self.mayAllow(needed, block)
    let isPending = block.also.map { pending($0, block) }
    func answer(_ checker: inout Checker, _ ordinal: Int) -> TermID {
      checker.member(ordinal, of: verdict)
    }
    let (allowed, approval, forbidden) = (
      answer(&self, 0), answer(&self, 1), answer(&self, 2)
    )
    var term = ifElse(any(isPending), approval, allowed)
    term = ifElse(mayAllow, term, approval)
    term = ifElse(any(rungs.map(\.covers)), term, forbidden)
    term = ifElse(any(block.forbids.map(\.guardTerm)), forbidden, term)
    if isOptional(term) {
      term = operation(.undeterminedIfMissing, [term], type: .member(verdict))
    }
    let made = attribute(
      Named(block.title), parameters: [.record(block.record)], term: stopped(term, for: derived),
      at: block.span)
    bind(derived, to: made)
    let approvers = self.approvers(
      needed, mayAllow, isPending, verdict: made, approval, block)
    if let part = self[derived].parts["approvers"] { bind(part, to: approvers) }

    var plan = DiscountPlan(
      ladder: block.ladder, tested: block.tested, asker: block.asker,
      moreIsWorse: block.moreIsWorse,
      rungs: rungs.map {
        DiscountPlan.Rung(
          ordinal: $0.ordinal, limit: $0.limit, isUnlimited: $0.isUnlimited, choose: $0.choose)
      },
      approvers: approvers, voidOn: block.watched)
    plan.needed = attribute(of: needed)
    plan.approval = symbols.approval
    plan.earlier = earlier(block)
    plan.forbids = block.forbids
    plan.atLeast = block.atLeast
    plan.also = block.also
    plan.reasons = reasons(rungs, lowest: lowest, needed, mayAllow, isPending, block)
    let name = Named("approvers", label: "审批人")
    decision(
      Decision(
        kind: .discount(plan), title: block.title, name: self[derived].name,
        parameters: [.record(block.record)], answer: made,
        details: [Decision.Detail(name: name, attribute: approvers)], rules: block.rules,
        span: block.span),
      by: block.unit)
  }

  // MARK: Rungs

  /// A rung's limit is the tightest that applies. `instead` takes the place of the plain line where
  /// it surely holds; where it only may, both count.
  private mutating func lower(rung ordinal: Int, of block: DiscountBlock) -> Rung {
    let insteads = block.insteads[ordinal, default: []]
    var replaced = insteads.map { certain($0.guardTerm) }
    replaced = replaced.isEmpty ? [] : [not(any(replaced))]
    var all: [DiscountBlock.Limit] = []
    for limit in block.limits[ordinal, default: []] {
      var limit = limit
      if limit.isPlain { limit.guardTerm = self.all(replaced + [limit.guardTerm]) }
      all.append(limit)
    }
    for instead in insteads {
      var limit = instead
      limit.guardTerm = conceivable(instead.guardTerm)
      all.append(limit)
    }
    let numeric = all.filter { $0.value != nil }
    let boundless = all.filter { $0.value == nil }
    let type = type(of: block.tested)
    let choose = choose(
      Choose(
        policy: .all, isStrict: true,
        alternatives: numeric.compactMap { limit in
          limit.value.map {
            Choose.Alternative(rule: limit.rule, guardTerm: limit.guardTerm, payload: [$0])
          }
        }, otherwise: nil))
    let name = "\(block.title)/limit \(program.schema[block.ladder].members[Int(ordinal)].name)"
    let tightest =
      numeric.isEmpty
      ? missing(type: type)
      : collect(0, of: choose, block.moreIsWorse ? .min : .max, type: type)
    let limit = attribute(
      Named(name), parameters: [.record(block.record)], term: tightest, at: block.span)
    let reads = read(limit, at: slot(0, type: .record(block.record)))
    let isWithin = operation(
      block.moreIsWorse ? .lessOrEqual : .greaterOrEqual, [block.tested, reads], type: .boolean)
    let isAny = any(boundless.map(\.guardTerm))
    let covers =
      numeric.isEmpty ? isAny : ifElse(any(numeric.map(\.guardTerm)), isWithin, isAny)
    let isUnlimited =
      boundless.isEmpty ? nil : self.all([isAny, not(any(numeric.map(\.guardTerm)))])
    return Rung(
      ordinal: ordinal, limit: limit, choose: choose, isUnlimited: isUnlimited, covers: covers,
      alternatives: numeric)
  }

  // MARK: Who has to say yes

  /// Whether the asker, or somebody who did before, may allow what the rung may.
  private mutating func mayAllow(_ needed: TermID, _ block: DiscountBlock) -> TermID {
    var ways: [TermID] = []
    if let asker = block.asker {
      ways.append(operation(.greaterOrEqual, [asker, needed], type: .boolean))
    }
    let count = program.schema[block.ladder].members.count
    for ordinal in 0..<count {
      let higher = (ordinal..<count).map { Constant(.member($0, of: block.ladder)) }
      let did = approved(block, by: higher)
      ways.append(all([equal(needed, member(ordinal, of: block.ladder)), did]))
    }
    return any(ways)
  }

  /// Whether an `also` still waits for its party; never unknown.
  private mutating func pending(
    _ also: (rule: RuleID, guardTerm: TermID, who: Constant), _ block: DiscountBlock
  ) -> TermID {
    var conditions = [also.guardTerm]
    let rung =
      also.who.value.aux == block.ladder.index ? Int(also.who.value.bits) : nil
    if let rung, let asker = block.asker {
      let isAbove = operation(
        .greaterOrEqual, [asker, member(rung, of: block.ladder)], type: .boolean)
      conditions.append(not(certain(isAbove)))
    }
    let count = program.schema[block.ladder].members.count
    let accepted = rung.map { ($0..<count).map { Constant(.member($0, of: block.ladder)) } }
    conditions.append(not(approved(block, by: accepted ?? [also.who])))
    return all(conditions)
  }

  /// The rung that is needed, then every `also`, each once.
  private mutating func approvers(
    _ needed: TermID, _ mayAllow: TermID, _ isPending: [TermID], verdict: AttributeID,
    _ approval: TermID, _ block: DiscountBlock
  ) -> AttributeID {
    let waits = not(certain(mayAllow))
    var alternatives: [Choose.Alternative] = []
    for (ordinal, member) in program.schema[block.ladder].members.enumerated() {
      let constant = self.member(ordinal, of: block.ladder)
      let isIt = surely(operation(.equal, [needed, constant], type: .boolean))
      let rule = impliedRule(member.name, at: block.span)
      alternatives.append(
        Choose.Alternative(rule: rule, guardTerm: all([isIt, waits]), payload: [constant]))
    }
    for (also, guardTerm) in zip(block.also, isPending) {
      alternatives.append(
        Choose.Alternative(
          rule: also.rule, guardTerm: guardTerm, payload: [constant(also.who)]))
    }
    let choose = choose(
      Choose(policy: .all, isStrict: false, alternatives: alternatives, otherwise: nil))
    let type = ValueType.list(.unknown)
    let list = collect(0, of: choose, .distinct, type: type)
    let nobody = term(
      .constant(Constant(Value(tag: .list, bits: 0), items: [])), type: type)
    let asks = surely(
      operation(
        .equal, [read(verdict, at: slot(0, type: .record(block.record))), approval],
        type: .boolean))
    return attribute(
      Named("\(block.title)/approvers"), parameters: [.record(block.record)],
      term: ifElse(asks, list, nobody), at: block.span)
  }

  // MARK: Reasons

  private mutating func reasons(
    _ rungs: [Rung], lowest: TermID, _ needed: TermID, _ mayAllow: TermID, _ isPending: [TermID],
    _ block: DiscountBlock
  ) -> [(rule: RuleID, term: TermID)] {
    var reasons = block.forbids.map { (rule: $0.rule, term: certain($0.guardTerm)) }
    for (also, term) in zip(block.also, isPending) { reasons.append((also.rule, term)) }
    for rule in block.atLeast {
      let isIt = surely(operation(.equal, [rule.rung, needed], type: .boolean))
      let raises = surely(operation(.greater, [rule.rung, lowest], type: .boolean))
      reasons.append((rule.rule, all([rule.guardTerm, isIt, raises])))
    }
    // The limits of the rungs from the asker's up to the one that covers the value.
    for rung in rungs {
      let constant = member(rung.ordinal, of: block.ladder)
      var near = [not(surely(operation(.less, [lowest, constant], type: .boolean)))]
      if let asker = block.asker {
        near.append(surely(operation(.lessOrEqual, [asker, constant], type: .boolean)))
      }
      let limit = read(rung.limit, at: slot(0, type: .record(block.record)))
      for alternative in rung.alternatives {
        guard let value = alternative.value else { continue }
        let isTightest = surely(operation(.equal, [value, limit], type: .boolean))
        reasons.append((alternative.rule, all(near + [alternative.guardTerm, isTightest])))
      }
    }
    return reasons
  }

  /// Rungs that may allow nothing, and plain limits that fall as the ladder rises.
  private mutating func reportOddities(of block: DiscountBlock) {
    var last: (value: Decimal, span: Span)?
    for (ordinal, rung) in program.schema[block.ladder].members.enumerated() {
      let limits = block.limits[ordinal, default: []] + block.insteads[ordinal, default: []]
      if limits.isEmpty { report(.rungWithoutLimit(rung, at: block.span)) }
      guard let plain = limits.first(where: \.isPlain), let term = plain.value,
        let value = constantDecimal(term)
      else { continue }
      if let last, block.moreIsWorse ? value < last.value : last.value < value {
        report(.limitsFall(rung, at: plain.span, before: last.span))
      }
      last = (value, plain.span)
    }
  }
}
