import WritModel
import WritText

/// What has been rewritten already, so that equal parts stay one.
struct Rewriting {
  var terms: [TermID: TermID] = [:]
  var attributes: [AttributeID: AttributeID] = [:]
  var chooses: [ChooseID: ChooseID] = [:]
}

extension Checker {
  /// A term with some of its parts replaced, wherever they stand: also in the attributes, chooses
  /// and gathers that it reads, of which copies are made where something changed.
  mutating func rewrite(
    _ id: TermID, _ done: inout Rewriting, _ replace: (inout Checker, TermID) -> TermID?
  ) -> TermID {
    if let known = done.terms[id] { return known }
    if let replaced = replace(&self, id) {
      done.terms[id] = replaced
      return replaced
    }
    let type = type(of: id)
    var result = id
    switch program[id] {
    case .constant, .slot, .today: break
    case .field(let field, let record):
      result = term(.field(field, of: rewrite(record, &done, replace)), type: type)
    case .counter(let counter, let record):
      result = term(.counter(counter, of: rewrite(record, &done, replace)), type: type)
    case .attribute(let attribute, let arguments, let asOf):
      let read = rewrite(attribute, &done, replace)
      let date = asOf.map { rewrite($0, &done, replace) }
      result = term(
        .attribute(read, arguments.map { rewrite($0, &done, replace) }, asOf: date), type: type)
    case .operation(let operation, let arguments):
      result = term(
        .operation(operation, arguments.map { rewrite($0, &done, replace) }), type: type)
    case .winner(let choose):
      result = term(.winner(rewrite(choose, &done, replace)), type: type)
    case .payload(let choose, let column, let winner):
      let won = rewrite(winner, &done, replace)
      result = term(
        .payload(rewrite(choose, &done, replace), column: column, winner: won), type: type)
    case .collect(let choose, let column, let fold):
      result = term(.collect(rewrite(choose, &done, replace), column: column, fold), type: type)
    case .gather(let gather):
      result = term(.gather(rewrite(gather, &done, replace)), type: type)
    case .follow(let id):
      var follow = program[id]
      follow.start = rewrite(follow.start, &done, replace)
      follow.next = rewrite(follow.next, &done, replace)
      follow.condition = rewrite(follow.condition, &done, replace)
      result = self.follow(follow, type: type)
    }
    done.terms[id] = result
    return result
  }

  private mutating func rewrite(
    _ id: AttributeID, _ done: inout Rewriting, _ replace: (inout Checker, TermID) -> TermID?
  ) -> AttributeID {
    if let known = done.attributes[id] { return known }
    let old = program[id]
    let term = rewrite(old.term, &done, replace)
    let made =
      term == old.term
      ? id : attribute(old.name, parameters: old.parameters, term: term, at: old.span)
    done.attributes[id] = made
    return made
  }

  private mutating func rewrite(
    _ id: ChooseID, _ done: inout Rewriting, _ replace: (inout Checker, TermID) -> TermID?
  ) -> ChooseID {
    if let known = done.chooses[id] { return known }
    let old = program[id]
    var new = old
    for index in new.alternatives.indices {
      new.alternatives[index].guardTerm = rewrite(
        old.alternatives[index].guardTerm, &done, replace)
      new.alternatives[index].payload = old.alternatives[index].payload.map {
        rewrite($0, &done, replace)
      }
    }
    if let otherwise = old.otherwise {
      new.otherwise = .init(
        rule: otherwise.rule, payload: otherwise.payload.map { rewrite($0, &done, replace) })
    }
    let made = new == old ? id : choose(new)
    done.chooses[id] = made
    return made
  }

  private mutating func rewrite(
    _ id: GatherID, _ done: inout Rewriting, _ replace: (inout Checker, TermID) -> TermID?
  ) -> GatherID {
    var gather = program[id]
    gather.guardTerm = gather.guardTerm.map { rewrite($0, &done, replace) }
    gather.value = gather.value.map { rewrite($0, &done, replace) }
    for index in gather.keys.indices {
      gather.keys[index].term = rewrite(gather.keys[index].term, &done, replace)
    }
    if case .apportion(let amount, let quantum, let weight) = gather.fold {
      gather.fold = .apportion(
        amount: rewrite(amount, &done, replace), quantum: rewrite(quantum, &done, replace),
        weight: rewrite(weight, &done, replace))
    }
    return gatherID(gather)
  }
}
