import WritRules

// What decisions are made of, for measuring the parts apart.
extension Program {
  /// The attributes that an attribute's term reads, each once, in the order of first meeting.
  func attributesRead(by id: AttributeID) -> [AttributeID] {
    var found: [AttributeID] = []
    var isFound: Set<AttributeID> = []
    var isSeen: Set<TermID> = []
    var waiting = [self[id].term]
    while let term = waiting.popLast() {
      guard isSeen.insert(term).inserted else { continue }
      if case .attribute(let read, _, _) = self[term], isFound.insert(read).inserted {
        found.append(read)
      }
      waiting += parts(of: term)
    }
    return found
  }

  private func parts(of term: TermID) -> [TermID] {
    switch self[term] {
    case .constant, .slot, .today: []
    case .field(_, let of), .counter(_, let of): [of]
    case .attribute(_, let arguments, let asOf): arguments + [asOf].compactMap(\.self)
    case .operation(_, let arguments): arguments
    case .winner(let choose), .collect(let choose, _, _): parts(of: choose)
    case .payload(let choose, _, let winner): parts(of: choose) + [winner]
    case .gather(let id): parts(of: self[id])
    case .follow(let id): [self[id].start, self[id].next, self[id].condition]
    }
  }

  private func parts(of id: ChooseID) -> [TermID] {
    let choose = self[id]
    return choose.alternatives.flatMap { [$0.guardTerm] + $0.payload }
      + (choose.otherwise?.payload ?? [])
  }

  private func parts(of gather: Gather) -> [TermID] {
    var terms = [gather.guardTerm, gather.value].compactMap(\.self) + gather.keys.map(\.term)
    if case .apportion(let amount, let quantum, let weight) = gather.fold {
      terms += [amount, quantum, weight]
    }
    return terms
  }

  /// The rules of a decision for one record, each with the condition under which it holds. What is
  /// asked of a whole, of several records or of counters is left out.
  func guards(of decision: Decision) -> [(rule: RuleID, term: TermID)] {
    guard decision.subject != nil else { return [] }
    func guards(_ ids: [ChooseID]) -> [(RuleID, TermID)] {
      ids.flatMap { self[$0].alternatives.map { ($0.rule, $0.guardTerm) } }
    }
    let all: [(RuleID, TermID)]
    switch decision.kind {
    case .decide(let choose), .table(let choose): all = guards([choose])
    case .territories(let plan): all = guards([plan.choose])
    case .assign(let plan): all = guards([plan.choose])
    case .match(let plan): all = guards([plan.certain])
    case .discount(let plan): all = guards(plan.rungs.map(\.choose))
    case .price(let plan):
      all = plan.steps.filter { !$0.isOfWhole }
        .flatMap { step in step.tries.map { ($0.rule, $0.guardTerm) } }
    case .define, .sale, .split, .require: all = []
    }
    // A rule may stand in several rungs or steps with one condition.
    var isSeen: Set<TermID> = []
    return all.filter { _, term in
      if case .constant = self[term] { return false }
      return isSeen.insert(term).inserted
    }
  }
}
