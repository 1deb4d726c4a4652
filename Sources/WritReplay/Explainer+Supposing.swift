import WritModel
import WritNetwork
import WritRules
import WritText

// What would come out if one derived value of one record were another: the rules are compiled
// again with that one value put in, so what is told has been evaluated and not guessed.
extension Explainer {
  /// What is put in the place of a derived value.
  enum Supposed {
    case value(Value)
    /// What a term of the rules gives, such as an offer that was not used.
    case term(TermID)
  }

  /// Whether this viewer may be told what would come out. Whoever may not see all that an answer
  /// rests on may not: by asking often enough he would find the hidden value.
  func maySuppose(_ attribute: AttributeID) -> Bool {
    redaction.isOpen || !redaction.touchesGuarded(attribute)
  }

  /// The same run, but that an attribute has another value for one record.
  func supposing(_ attribute: AttributeID, of record: Value, is supposed: Supposed) -> Explainer {
    var program = memory.network.program
    func add(_ term: Term, _ type: ValueType) -> TermID {
      program.terms.append(term)
      program.types.append(type)
      return TermID(program.terms.count - 1)
    }
    let owner = ValueType.record(RecordID(Int(record.aux)))
    let type = program[attribute].type
    let this = add(.slot(0), owner)
    let one = add(.constant(Constant(record)), owner)
    let isIt = add(.operation(.equal, [this, one]), .boolean)
    let other: TermID
    switch supposed {
    case .value(let value): other = add(.constant(Constant(value)), type)
    case .term(let term): other = term
    }
    let usual = program[attribute].term
    program.attributes[Int(attribute.index)].term = add(
      .operation(.ifElse, [isIt, other, usual]), type)
    let memory = Memory(
      Network(compiling: program), facts: self.memory.facts, today: self.memory.today)
    memory.state = self.memory.state
    return Explainer(memory: memory, language: wording.language, viewer: redaction.viewer)
  }

  /// The same run, but that a field of a record has another value.
  func supposing(_ field: FieldID, of record: Value, is value: Value) -> Explainer {
    let memory = Memory(self.memory.network, facts: self.memory.facts, today: self.memory.today)
    memory.state = self.memory.state
    memory.set(field, row: Int(record.bits), to: value)
    return Explainer(memory: memory, language: wording.language, viewer: redaction.viewer)
  }

  /// The same run, but that what a term reads of the record in slot 0 has another value; nil for a
  /// term that is neither a field of it nor a derived value.
  func supposing(_ term: TermID, of record: Value, is value: Value) -> Explainer? {
    switch program[term] {
    case .field(let field, let of):
      guard case .slot(0) = program[of] else { return nil }
      return supposing(field, of: record, is: value)
    case .attribute(let attribute, let arguments, _):
      guard arguments.count == 1, case .slot(0) = program[arguments[0]] else { return nil }
      return supposing(attribute, of: record, is: .value(value))
    default: return nil
    }
  }
}

extension Redaction {
  /// Whether anything that an attribute rests on, through the answers of other decisions too, is
  /// a field that somebody may not see.
  func touchesGuarded(_ attribute: AttributeID) -> Bool {
    var waiting = [program[attribute].term]
    var seen: Set<TermID> = []
    while let term = waiting.popLast() {
      guard seen.insert(term).inserted else { continue }
      switch program[term] {
      case .constant, .slot, .today: continue
      case .field(let field, let of):
        if isGuarded(field) { return true }
        waiting.append(of)
      case .attribute(let id, let arguments, let asOf):
        waiting += arguments + (asOf.map { [$0] } ?? []) + [program[id].term]
      case .operation(_, let arguments): waiting += arguments
      case .winner(let choose), .collect(let choose, _, _): waiting += program[choose].reads
      case .payload(let choose, _, let winner): waiting += program[choose].reads + [winner]
      case .gather(let gather): waiting += program[gather].reads
      case .follow(let follow):
        let plan = program[follow]
        waiting += [plan.start, plan.next, plan.condition]
      case .counter(_, let of): waiting.append(of)
      }
    }
    return false
  }
}
