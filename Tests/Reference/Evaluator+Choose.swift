import WritModel
import WritRules

extension Evaluator {
  /// The alternatives of a choose with how their guards stand in this frame.
  private func standings(
    _ choose: Choose, in frame: Frame
  ) -> [(alternative: Choose.Alternative, holds: Truth)] {
    choose.alternatives.map { ($0, truth(of: $0.guardTerm, in: frame)) }
  }

  /// The winner of a choose.
  ///
  /// Every policy is told the same way. The *sure* alternatives have a true guard, the *open* ones
  /// one that is unknown or a fault. First comes the answer that the sure ones give; then each open
  /// one that would win or change the answer if it held: a fault among these is the result, else in
  /// a strict choose they make it undetermined, and in a lenient one they are passed over.
  func winner(of id: ChooseID, in frame: Frame) -> Value {
    let choose = program[id]
    let all = standings(choose, in: frame)
    let sure = all.filter { if case .yes = $0.holds { true } else { false } }.map(\.alternative)
    let site = Int(id.index)

    /// The result, given the answer of the sure ones and which open ones matter.
    func settle(_ answer: Value?, _ matters: (Choose.Alternative) -> Bool) -> Value {
      for case (let alternative, .fault(let cause)) in all where matters(alternative) {
        return .fault(cause)
      }
      for case (let alternative, .unknown) in all
      where choose.isStrict(about: alternative) && matters(alternative) {
        return Value(.undetermined, Cause(.undecided, site: site))
      }
      if let answer { return answer }
      guard let otherwise = choose.otherwise else {
        return .missing(Cause(.noAlternative, site: site))
      }
      let rule = Value(rule: otherwise.rule)
      return choose.policy.isList ? facts.lists.add([rule]) : rule
    }

    switch choose.policy {
    case .first:
      // In written order, so an unknown that stands before a fault is met first.
      for (alternative, holds) in all {
        switch holds {
        case .no: continue
        case .yes: return Value(rule: alternative.rule)
        case .fault(let cause): return .fault(cause)
        case .unknown where choose.isStrict:
          return Value(.undetermined, Cause(.undecided, site: site))
        case .unknown: continue
        }
      }
      return settle(nil) { _ in false }

    case .unique:
      if sure.count > 1 { return .fault(Cause(.conflict, site: site)) }
      return settle(sure.first.map { Value(rule: $0.rule) }) { _ in true }

    case .any:
      let payloads = sure.map { payload(of: $0, in: frame) }
      for other in payloads.dropFirst() where !isSamePayload(payloads[0], other) {
        return .fault(Cause(.conflict, site: site))
      }
      return settle(sure.first.map { Value(rule: $0.rule) }) {
        payloads.isEmpty || !isSamePayload(payloads[0], payload(of: $0, in: frame))
      }

    case .priority:
      guard let top = sure.map(\.priority).max() else { return settle(nil) { _ in true } }
      let leading = sure.filter { $0.priority == top }
      let isTied = leading.count > 1
      let answer =
        isTied ? Value(.tied, Cause(.tie, site: site)) : Value(rule: leading[0].rule)
      return settle(answer) { $0.priority > top || ($0.priority == top && !isTied) }

    case .outputPriority:
      guard let best = ranked(sure, in: frame).first else { return settle(nil) { _ in true } }
      return settle(Value(rule: best.rule)) { ranks($0, above: best, in: frame) }

    case .all:
      return settle(list(of: sure)) { _ in true }

    case .outputOrder:
      return settle(list(of: ranked(sure, in: frame))) { _ in true }

    case .forbidOverPermit:
      if let forbidding = sure.first(where: \.isForbidding) {
        return Value(rule: forbidding.rule)
      }
      // Of the permits only those before the one that holds could have won.
      let permitting = sure.first
      let earlier = choose.alternatives.prefix { $0 != permitting }
      return settle(permitting.map { Value(rule: $0.rule) }) { alternative in
        alternative.isForbidding || earlier.contains(alternative)
      }
    }
  }

  private func list(of alternatives: [Choose.Alternative]) -> Value? {
    alternatives.isEmpty ? nil : facts.lists.add(alternatives.map { Value(rule: $0.rule) })
  }

  // MARK: - Payloads

  private func payload(of alternative: Choose.Alternative, in frame: Frame) -> [Value] {
    alternative.payload.map { value(of: $0, in: frame) }
  }

  /// Equal in every column; two that are not known are equal if they end the same way.
  private func isSamePayload(_ a: [Value], _ b: [Value]) -> Bool {
    zip(a, b).allSatisfy { x, y in
      x.isKnown && y.isKnown ? isEqual(x, y) : x.tag == y.tag
    }
  }

  /// By payload from the left, highest first, and written order among equals.
  private func ranked(
    _ alternatives: [Choose.Alternative], in frame: Frame
  ) -> [Choose.Alternative] {
    var result: [Choose.Alternative] = []
    for alternative in alternatives {
      let place = result.firstIndex { ranks(alternative, above: $0, in: frame) }
      result.insert(alternative, at: place ?? result.count)
    }
    return result
  }

  /// Whether one payload ranks above another. What is not known ranks below all that is; values
  /// without an order (texts, references) rank equal; of two currencies the one declared first ranks
  /// above, so that the order of ranks has no circles.
  private func ranks(
    _ a: Choose.Alternative, above b: Choose.Alternative, in frame: Frame
  ) -> Bool {
    for (x, y) in zip(payload(of: a, in: frame), payload(of: b, in: frame)) {
      if x.isKnown != y.isKnown { return x.isKnown }
      guard x.isKnown, x.isOrdered else { continue }
      if x.tag == .money, x.aux != y.aux { return x.aux < y.aux }
      if case .yes = compare(x, ">", y) { return true }
      if case .yes = compare(x, "<", y) { return false }
    }
    return false
  }

  /// A payload column of a winner: one value, or a list of them for a list of winners.
  func payload(of id: ChooseID, column: Int, winner: Value, in frame: Frame) -> Value {
    guard winner.isKnown else { return winner }
    if winner.tag == .list {
      let values = items(of: winner).map {
        payload(of: id, column: column, winner: $0, in: frame)
      }
      return values.first(where: \.isFault) ?? facts.lists.add(values)
    }
    let choose = program[id]
    let rule = RuleID(Int(winner.bits))
    if let alternative = choose.alternatives.first(where: { $0.rule == rule }) {
      return value(of: alternative.payload[column], in: frame)
    }
    if let otherwise = choose.otherwise, otherwise.rule == rule {
      return value(of: otherwise.payload[column], in: frame)
    }
    return .missing(Cause(.noAlternative, site: Int(id.index)))
  }

  // MARK: - Collect

  /// A fold of a payload column over all alternatives that hold; if none does, over `otherwise`.
  func collect(
    _ id: ChooseID, column: Int, _ fold: CollectFold, in frame: Frame, type: ValueType
  ) -> Value {
    let choose = program[id]
    var values: [Value] = []
    var isUndecided = false
    for (alternative, holds) in standings(choose, in: frame) {
      switch holds {
      case .no: continue
      case .unknown: isUndecided = isUndecided || choose.isStrict
      case .fault(let cause): return .fault(cause)
      case .yes:
        let payload = value(of: alternative.payload[column], in: frame)
        if payload.isFault { return payload }
        values.append(payload)
      }
    }
    if values.isEmpty, !isUndecided, let otherwise = choose.otherwise {
      values.append(value(of: otherwise.payload[column], in: frame))
    }
    if let fault = values.first(where: \.isFault) { return fault }
    if choose.isStrict, isUndecided || values.contains(where: { !$0.isKnown }) {
      return Value(.undetermined, Cause(.undecided, site: Int(id.index)))
    }
    let known = values.filter(\.isKnown)
    switch fold {
    case .sum: return sum(of: known, type: type)
    case .min: return extreme(of: known, "<") ?? .missing(Cause(.empty))
    case .max: return extreme(of: known, ">") ?? .missing(Cause(.empty))
    case .count: return .number(Decimal(Int64(known.count)))
    case .list: return facts.lists.add(known)
    case .distinct: return distinctList(of: known)
    }
  }
}

extension Value {
  init(rule: RuleID) { self.init(tag: .rule, bits: Int64(rule.index)) }

  /// Whether values of this kind have an order that payloads may be ranked by.
  var isOrdered: Bool {
    switch tag {
    case .boolean, .number, .money, .date, .time, .duration, .member, .node: true
    default: false
    }
  }
}

extension Choose {
  /// Whether an unknown guard of the alternative may not be passed over in silence.
  func isStrict(about alternative: Alternative) -> Bool {
    policy == .forbidOverPermit ? alternative.isForbidding : isStrict
  }
}

extension Choose.Policy {
  var isList: Bool { self == .all || self == .outputOrder }
}
