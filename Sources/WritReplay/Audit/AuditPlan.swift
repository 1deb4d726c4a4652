import WritModel
import WritNetwork
import WritRules
import WritText

/// What of the audit lines of one decision is the same in every line, found once.
struct AuditPlan {
  /// How the rules that decided are found again.
  enum Deciders {
    case none
    case fixed(RuleID)
    /// The winner, as a column of its own (`winner`), as a term, or all alternatives that hold.
    case column
    case term(TermID)
    case holding(ChooseID)
    /// Rules that have a part in the answer where their term is true.
    case parts([(rule: RuleID, term: TermID)])
    case steps([Step])
    case assigned
  }
  /// A step of a price.
  struct Step {
    let prefix: [UInt8]
    let after: AttributeID
    let winner: TermID?
    let tries: [PricePlan.Try]
  }
  /// A value that a rule looks at.
  struct Shown {
    let prefix: [UInt8]
    let term: TermID
    let type: ValueType
  }
  struct Detail {
    let column: Int
    let prefix: [UInt8]
    let type: ValueType
  }
  struct Input {
    let path: [FieldID]
    let prefix: [UInt8]
    let type: ValueType
  }
  /// Values of neighbouring rows that lines need beside the report's own.
  struct Columns {
    var winners: [Value] = []
    var steps: [[Value]] = []
  }
  let id: DecisionID
  /// The answer's column, and its type.
  let column: Int
  let type: ValueType
  /// Between the key and the answer.
  let name: [UInt8]
  var details: [Detail] = []
  let deciders: Deciders
  private let winner: AttributeID?
  /// What a decision without rules looks at.
  let ownValues: [Shown]
  let inputs: [Input]

  /// A plan for each decision of a section, in its order.
  static func all(of section: Report.Section, _ explainer: Explainer) -> [AuditPlan] {
    var plans: [AuditPlan] = []
    for (index, column) in section.columns.enumerated() {
      guard case .answer(_, let isDecision) = column.kind else { continue }
      if isDecision {
        plans.append(AuditPlan(section.decisions[plans.count], column: index, explainer))
      } else if let last = plans.indices.last {
        plans[last].details.append(
          Detail(column: index, prefix: member(column.name.name), type: column.type))
      }
    }
    return plans
  }

  private init(_ id: DecisionID, column: Int, _ explainer: Explainer) {
    let program = explainer.program
    let decision = program[id]
    self.id = id
    self.column = column
    type = program[decision.answer].type
    var text = ",\"decision\":"
    JSONText.writeText(decision.title, into: &text)
    name = Array((text + ",\"answer\":").utf8)
    deciders = Self.deciders(of: decision, explainer)
    if case .column = deciders {
      winner = Self.winner(of: decision, explainer)
    } else {
      winner = nil
    }
    switch decision.kind {
    case .define, .split: ownValues = Self.values(of: [program[decision.answer].term], explainer)
    case .discount(let plan): ownValues = Self.values(of: [plan.tested], explainer)
    default: ownValues = []
    }
    inputs = InputPaths.read(by: decision, program).map { path in
      Input(
        path: path, prefix: Array((InputPaths.name(of: path, program) + "=").utf8),
        type: path.last.map { program.schema[$0].type } ?? .unknown)
    }
  }

  private static func deciders(of decision: Decision, _ explainer: Explainer) -> Deciders {
    switch decision.kind {
    case .define, .split: return .none
    case .decide(let choose), .table(let choose):
      return found(choose, decision, explainer)
    case .territories(let plan): return found(plan.choose, decision, explainer)
    case .sale(let plan): return found(plan.choose, decision, explainer)
    case .match(let plan): return found(plan.certain, decision, explainer)
    case .assign: return .assigned
    case .discount(let plan): return .parts(plan.reasons)
    case .require(let plan): return .fixed(plan.rule)
    case .price(let plan):
      // The whole's price is not this record's.
      return .steps(plan.steps.filter { !$0.isOfWhole }.map { step($0, explainer) })
    }
  }

  private static func step(_ step: PricePlan.Step, _ explainer: Explainer) -> Step {
    var winner: TermID?
    switch step.kind {
    case .start(let choose?), .group(let choose): winner = explainer.winnerTerm(of: choose)
    default: break
    }
    var text = "{\"step\":"
    JSONText.writeText(step.title, into: &text)
    return Step(
      prefix: Array((text + ",\"price\":").utf8), after: step.after, winner: winner,
      tries: step.tries)
  }

  private static func found(
    _ choose: ChooseID, _ decision: Decision, _ explainer: Explainer
  ) -> Deciders {
    if winner(of: decision, explainer) != nil { return .column }
    return explainer.winnerTerm(of: choose).map { .term($0) } ?? .holding(choose)
  }

  /// The attribute that keeps the winner for the decision's own records.
  private static func winner(of decision: Decision, _ explainer: Explainer) -> AttributeID? {
    let choose: ChooseID
    switch decision.kind {
    case .decide(let id), .table(let id): choose = id
    case .territories(let plan): choose = plan.choose
    case .sale(let plan): choose = plan.choose
    case .match(let plan): choose = plan.certain
    default: return nil
    }
    let program = explainer.program
    guard let term = explainer.winnerTerm(of: choose) else { return nil }
    return program.attributes.firstIndex {
      $0.term == term && $0.parameters == decision.parameters
    }.map { AttributeID($0) }
  }

  /// What lines of some rows need, read at once.
  func read(_ memory: Memory, _ rows: Range<Int>) -> Columns {
    var columns = Columns()
    if let winner { columns.winners = memory.values(of: winner, rows: rows) }
    if case .steps(let steps) = deciders {
      columns.steps = steps.map { memory.values(of: $0.after, rows: rows) }
    }
    return columns
  }

  /// `"name":`
  static func member(_ name: String) -> [UInt8] {
    var text = ""
    JSONText.writeText(name, into: &text)
    return Array((text + ":").utf8)
  }

  /// The fields and derived values of the record itself that terms look at, each once. Counters are
  /// left out: they have moved by the time a line is written, and moves say what they were.
  static func values(of terms: [TermID], _ explainer: Explainer) -> [Shown] {
    var values: [Shown] = []
    for term in terms {
      for operand in explainer.operands(of: term) {
        guard let name = explainer.pathName(operand), !name.isEmpty,
          readsRecordAlone(operand, explainer.program)
        else { continue }
        let prefix = member(name)
        if values.contains(where: { $0.prefix == prefix }) { continue }
        values.append(
          Shown(prefix: prefix, term: operand, type: explainer.program.type(of: operand)))
      }
    }
    return values
  }

  private static func readsRecordAlone(
    _ term: TermID, _ program: Program, depth: Int = 0
  ) -> Bool {
    guard depth < 30 else { return false }
    switch program[term] {
    case .constant, .today: return true
    case .slot(let slot): return slot == 0
    case .field(_, let of): return readsRecordAlone(of, program, depth: depth + 1)
    case .attribute(let id, let arguments, let asOf):
      return !program[id].readsCounters
        && (arguments + [asOf].compactMap(\.self)).allSatisfy {
          readsRecordAlone($0, program, depth: depth + 1)
        }
    case .operation(_, let arguments):
      return arguments.allSatisfy { readsRecordAlone($0, program, depth: depth + 1) }
    case .winner, .payload, .collect, .gather, .follow, .counter: return false
    }
  }
}
