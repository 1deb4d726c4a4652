import WritModel
public import WritRules

/// Compiled rules: immutable, shared by every run.
///
/// A network knows the four words of the core and nothing else: flat code for terms, the bit-vector
/// index of each choose that is worth one, and a plan for each gather. What changes while running
/// is in a `Memory`.
public final class Network: Sendable {
  public let program: Program
  let facts: TermFacts
  /// The code of each attribute's term; other terms are compiled when they are first asked for.
  let codes: [Code?]
  /// The value of each constant term; lists are laid out by each memory.
  let constants: ContiguousArray<Value>
  let listConstants: [TermID]
  let chooses: [ChoosePlan]
  let gathers: [GatherPlan]
  let attributes: [AttributePlan]

  public convenience init(compiling program: Program) {
    self.init(compiling: program, indexing: true)
  }

  /// `indexing` false leaves the index out, so tests can compare the two.
  package init(compiling program: Program, indexing: Bool) {
    self.program = program
    let facts = TermFacts(program)
    self.facts = facts
    var codes: [Code?] = Array(repeating: nil, count: program.terms.count)
    for attribute in program.attributes where codes[Int(attribute.term.index)] == nil {
      codes[Int(attribute.term.index)] = Code(compiling: attribute.term, of: program, facts: facts)
    }
    self.codes = codes
    var constants = ContiguousArray(
      repeating: Value.missing(Cause(.stated)), count: program.terms.count)
    var lists: [TermID] = []
    for (index, term) in program.terms.enumerated() {
      guard case .constant(let constant) = term else { continue }
      constants[index] = constant.value
      if constant.items != nil { lists.append(TermID(index)) }
    }
    self.constants = constants
    self.listConstants = lists
    self.chooses = program.chooses.indices.map {
      ChoosePlan(ChooseID($0), program, facts, indexing: indexing)
    }
    self.gathers = program.gathers.map { GatherPlan($0, program, facts) }
    self.attributes = AttributePlan.plans(program, facts)
  }
}

/// How an attribute's values are kept.
struct AttributePlan: Sendable {
  /// One record, or nothing, is asked about, and no counter: its values can be kept a row.
  var canBeKept: Bool
  /// The record type of its parameter; nil without parameters.
  var record: RecordID?
  var readsToday: Bool
  /// Whether another term reads it. Values that only reports read are not worth keeping in batches.
  var isRead: Bool
  /// The record types that its value depends on.
  var reads: RecordSet

  static func plans(_ program: Program, _ facts: TermFacts) -> [AttributePlan] {
    var isRead = Array(repeating: false, count: program.attributes.count)
    for case .attribute(let id, _, _) in program.terms { isRead[Int(id.index)] = true }
    return program.attributes.enumerated().map { index, attribute in
      var record: RecordID?
      if attribute.parameters.count == 1, case .record(let id) = attribute.parameters[0] {
        record = id
      }
      let found = facts[attribute.term]
      return AttributePlan(
        canBeKept: !(attribute.readsCounters || found.readsCounters)
          && (record != nil || attribute.parameters.isEmpty),
        record: record, readsToday: attribute.readsToday || found.readsToday,
        isRead: isRead[index], reads: facts.records(attribute.term))
    }
  }
}
