public import WritModel
public import WritRules

/// What commits have moved for one record.
struct Standing {
  /// Wins, for loads; turns taken, for weighted pools; the number of the last turn otherwise.
  var number = Decimal(0)
}

/// One record with what an `assign` made of it.
public struct Assignment: Sendable {
  public var record: Value
  /// The winning rule, or why there is none.
  public var rule: Value
  /// The decision's answer: a record, a queue, or an outcome.
  public var answer: Value
}

extension Evaluator {
  /// Runs an `assign` decision: its records one by one in the written order, each seeing the loads
  /// and turns that those before it moved.
  ///
  /// The records are those whose `sets` field is not known, or the given rows.
  public func assign(
    _ decision: DecisionID, rows: [Int]? = nil, today: Int32
  ) -> [Assignment] {
    guard case .assign(let plan) = program[decision].kind,
      let subject = program[decision].subject
    else { return [] }
    let today = Value.date(days: today)
    var taken = records(of: subject)
    if let rows { taken = taken.filter { rows.contains(Int($0.bits)) } }
    if let sets = plan.sets { taken = taken.filter { !field(sets, of: $0).isKnown } }

    // The order is fixed before the first commit.
    let keyed = taken.map { record in
      let frame = Frame(slots: [record], today: today)
      return (record, plan.order.map { value(of: $0.term, in: frame) })
    }
    let ordered = keyed.sorted { a, b in
      let order = self.order(a.1, b.1, by: plan.order)
      return order != 0 ? order < 0 : comesFirst(a.0, b.0)
    }

    return ordered.map(\.0).map { record in
      let frame = Frame(slots: [record], today: today)
      let rule = winner(of: plan.choose, in: frame)
      let answer = value(of: program[decision].answer, [record], today: today)
      if rule.isKnown, answer.tag == .record, answer.aux == plan.candidate.index {
        commit(plan, rule: RuleID(Int(rule.bits)), winner: answer, in: frame)
      }
      return Assignment(record: record, rule: rule, answer: answer)
    }
  }

  // MARK: - Counters

  /// The present value of a counter for a record.
  func standing(of counter: CounterID, for record: Value) -> Value {
    let number = standing[counter]?[Int(record.bits)]?.number ?? Decimal(0)
    switch program.counters[Int(counter.index)].kind {
    case .load(let field):
      let start = self.field(field, of: record)
      return start.isKnown ? Scalars.sum([start, .number(number)], like: start) : start.asMissing
    case .turns(_, let weight, _):
      guard let weight else { return .number(number) }
      let size = value(of: weight, in: Frame(slots: [record], today: .missing(Cause(.empty))))
      return firstGap([size]) ?? Scalars.ratio(.number(number), size)
    }
  }

  /// A win: the load rises by one, and the turn counter of the rule moves.
  private func commit(_ plan: AssignPlan, rule: RuleID, winner: Value, in frame: Frame) {
    let row = Int(winner.bits)
    if let load = plan.load { standing[load, default: [:]][row, default: Standing()].number.add(1) }
    for turn in plan.turns where turn.rule == rule {
      guard
        case .turns(_, let weight, let catchesUp) = program.counters[Int(turn.counter.index)].kind
      else { continue }
      if weight == nil {
        lastTurn[turn.counter, default: 0] += 1
        standing[turn.counter, default: [:]][row, default: Standing()].number =
          Decimal(lastTurn[turn.counter] ?? 0)
      } else {
        standing[turn.counter, default: [:]][row, default: Standing()].number.add(1)
        if !catchesUp { bringUp(plan, turn, in: frame) }
      }
    }
  }

  /// Who belongs to the pool but was away enters at the least of those who were there, so that he
  /// does not get all the turns he missed.
  private func bringUp(_ plan: AssignPlan, _ turn: AssignPlan.Turn, in frame: Frame) {
    guard let pool = plan.pools.first(where: { $0.rule == turn.rule }),
      case .turns(_, .some(let weight), _) = program.counters[Int(turn.counter.index)].kind
    else { return }
    let all = candidates(program[pool.gather], in: frame)
    let present = all.filter(\.isSure).map { standing(of: turn.counter, for: $0.record) }
    guard let least = extreme(of: present.filter(\.isKnown), "<") else { return }
    for candidate in all where !candidate.isSure {
      let belongs = pool.pool.map { truth(of: $0, in: candidate.frame) } ?? .no
      guard case .yes = belongs else { continue }
      let own = standing(of: turn.counter, for: candidate.record)
      guard own.isKnown, Scalars.order(own, least) < 0 else { continue }
      let size = value(
        of: weight, in: Frame(slots: [candidate.record], today: .missing(Cause(.empty))))
      let turns = Scalars.product(least, size)
      guard turns.isKnown else { continue }
      standing[turn.counter, default: [:]][Int(candidate.record.bits), default: Standing()]
        .number = turns.decimal
    }
  }
}

extension Decimal {
  /// One more turn; a count that no longer fits stays where it is.
  fileprivate mutating func add(_ count: Int64) {
    let sum = Scalars.sum([.number(self), .number(Decimal(count))], like: .number(self))
    if sum.isKnown { self = sum.decimal }
  }
}
