import WritModel
import WritRules

/// An attribute that is no more than the winner of an indexed choose, or a constant that goes with
/// it, be it as the answer of a decision: it is decided without a step between the index and whoever asks.
struct DirectChoice: Sendable {
  let choose: ChooseID
  /// The attribute that keeps the winners for others; nil: it is this one, or there is none.
  let winner: AttributeID?
  /// The payload column that is asked for.
  let column: Int?
  /// The constant that goes with each entry of an index that is there already.
  private let ownPayloads: [TermID]?
  /// What goes with `otherwise`.
  let otherwise: TermID?
  /// Whether it is the answer of a decision, where missing means *none* or *undetermined*.
  let isAnswer: Bool

  /// nil: the term is something else.
  init?(_ attribute: Attribute, _ program: Program, _ chooses: [ChoosePlan]) {
    guard attribute.parameters.count == 1, case .record = attribute.parameters[0],
      !attribute.readsCounters
    else { return nil }
    let answered = program.answered(by: attribute.term)
    isAnswer = answered != nil
    switch program[answered ?? attribute.term] {
    case .winner(let id):
      (choose, winner, column, ownPayloads, otherwise) = (id, nil, nil, nil, nil)
    case .payload(let id, let column, let of):
      let plan = chooses[Int(id.index)]
      guard plan.isConstant.indices.contains(Int(column)), plan.isConstant[Int(column)],
        plan.mayHaveIndex || plan.keyed != nil
      else { return nil }
      switch program[of] {
      case .winner(id): winner = nil
      case .attribute(let read, let arguments, nil):
        guard arguments.count == 1, case .slot(0) = program[arguments[0]],
          program[read].term.index >= 0, case .winner(id) = program[program[read].term],
          program[read].parameters == attribute.parameters
        else { return nil }
        winner = read
      default: return nil
      }
      choose = id
      self.column = Int(column)
      let terms = plan.columns[Int(column)]
      ownPayloads =
        plan.late == nil && plan.keyed == nil ? plan.payloads(column: Int(column)) : nil
      otherwise =
        plan.hasOtherwise
        ? terms[plan.alternative(of: Int64(plan.rules[plan.count]))] : nil
    default: return nil
    }
    let plan = chooses[Int(choose.index)]
    guard plan.policy == .first, plan.mayHaveIndex || plan.keyed != nil else { return nil }
  }

  /// The constant that goes with each entry of the index; nil: the winning rule itself is asked for,
  /// or there is a table by one value in place of the index.
  func payloads(_ plan: ChoosePlan) -> [TermID]? {
    if let ownPayloads { return ownPayloads }
    return plan.keyed == nil ? column.map(plan.payloads(column:)) : nil
  }
}

extension Memory {
  /// Decides neighbouring rows of a block straight into memory of the caller.
  func decide(
    _ direct: DirectChoice, _ block: Block, _ lanes: Lanes, into out: UnsafeMutablePointer<Value>
  ) {
    let plan = network.chooses[Int(direct.choose.index)]
    guard let index = plan.index else {
      if let keyed = plan.keyed {
        winner(by: keyed, plan, direct.choose, block, lanes, out)
      } else {
        // The index that was to be made late is not worth making.
        first(plan, direct.choose, block, lanes, out)
      }
      lanes.each { lane in
        let value = payload(of: out[lane], direct)
        out[lane] = direct.isAnswer ? value.asAnswer : value
      }
      return
    }
    let located = locate(index, block, lanes)
    let found = arena.take(block.width * 4).assumingMemoryBound(to: Int32.self)
    firsts(located, plan, direct.choose, block, lanes, found, out)
    let otherwise =
      direct.otherwise.map { constants[Int($0.index)] } ?? self.otherwise(plan, direct.choose)
    if let payloads = direct.payloads(plan) {
      let constants = constants
      payloads.withUnsafeBufferPointer { payloads in
        lanes.each { lane in
          let entry = Int(found[lane])
          if entry >= 0 {
            out[lane] = constants[Int(payloads[entry].index)]
          } else if entry == Found.nothing {
            out[lane] = otherwise
          } else {
            // A fault in view: what was found plainly is a rule.
            out[lane] = payload(of: out[lane], direct)
          }
        }
      }
    } else {
      write(found, plan, otherwise, lanes, into: out)
    }
    if direct.isAnswer { lanes.each { out[$0] = out[$0].asAnswer } }
  }

  /// The constant that goes with a winner; what is no rule is passed on.
  func payload(of winner: Value, _ direct: DirectChoice) -> Value {
    guard let column = direct.column, winner.tag == .rule else { return winner }
    let plan = network.chooses[Int(direct.choose.index)]
    let alternative = plan.alternative(of: winner.bits)
    guard alternative >= 0 else { return winner }
    return constants[Int(plan.columns[column][alternative].index)]
  }

  /// The rules of entries.
  func write(
    _ found: UnsafeMutablePointer<Int32>, _ plan: ChoosePlan, _ otherwise: Value, _ lanes: Lanes,
    into out: UnsafeMutablePointer<Value>
  ) {
    plan.ruleOfEntry.withUnsafeBufferPointer { rules in
      lanes.each { lane in
        let entry = Int(found[lane])
        if entry >= 0 {
          out[lane] = Value(tag: .rule, bits: Int64(rules[entry]))
        } else if entry == Found.nothing {
          out[lane] = otherwise
        }
      }
    }
  }
}

extension Program {
  /// The value of which a term is the answer of a decision: missing is *none* where nothing applied
  /// or that was stated, else *undetermined*. nil: the term is something else.
  func answered(by term: TermID) -> TermID? {
    guard term.index >= 0, case .operation(.undeterminedIfMissing, let outer) = self[term],
      outer.count == 1, case .operation(.ifElse, let parts) = self[outer[0]], parts.count == 3,
      case .operation(.hasAnswer, [parts[1]]) = self[parts[0]],
      case .operation(.noneIfMissing, [parts[1]]) = self[parts[2]]
    else { return nil }
    return parts[1]
  }
}

extension Value {
  /// The value as the answer of a decision; see `Program.answered(by:)`.
  @inline(__always)
  var asAnswer: Value {
    guard tag == .missing else { return self }
    switch cause.kind {
    case .noAlternative, .stated, .empty: return Value(.none, cause)
    default: return Value(.undetermined, cause)
    }
  }
}
