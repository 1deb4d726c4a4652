import Synchronization
import WritModel
public import WritRules

/// Compiled rules: immutable, shared by every run.
///
/// A network knows the four words of the core and nothing else: flat code for terms, the bit-vector
/// index of each choose that is worth one, and a plan for each gather. What changes while running
/// is in a `Memory`.
public final class Network: Sendable {
  public let program: Program
  /// The programs that were put together, in their order; empty for a network of one.
  public let variants: [Variant]
  let facts: TermFacts
  /// The code of each attribute's term; other terms are compiled when they are first asked for.
  let codes: [Code?]
  /// The value of each constant term; lists are laid out by each memory.
  let constants: ContiguousArray<Value>
  let listConstants: [TermID]
  let chooses: [ChoosePlan]
  /// Chooses of several variants that are decided together.
  let families: [FamilyPlan]
  /// What each choose may go by instead of an index of its own; empty for most networks.
  let loans: [Loan?]
  let gathers: [GatherPlan]
  let attributes: [AttributePlan]
  /// How an attribute is decided straight from the index, if it can be.
  let direct: [DirectChoice?]
  /// How many dimensions the indexes have together.
  let dimensionCount: Int
  /// Whether running makes lists of its own, which go when a stream forgets a chunk.
  let makesLists: Bool
  /// How each term is come by: `Source`.
  let sources: [Int32]

  /// What changes touch, once somebody changed something.
  private let changes = Mutex<ChangePlan?>(nil)

  func changePlan() -> ChangePlan {
    changes.withLock { known in
      if let known { return known }
      let plan = ChangePlan(program, facts, gathers)
      known = plan
      return plan
    }
  }

  func reads() -> Reads { changePlan().reads }

  /// What `sources` holds beside slots, which stand for themselves.
  enum Source {
    static let code: Int32 = -1
    static let constant: Int32 = -2
  }

  public convenience init(compiling program: Program) {
    self.init(compiling: program, indexing: true)
  }

  /// Several versions of a rule set in one network: what they have in common is compiled and computed
  /// once, and where they choose differently all are decided in one pass (`Memory.values`). nil: there
  /// are none or more than 64, or their records differ, so that no facts fit all.
  public convenience init?(compiling programs: [Program]) {
    guard let union = Union(programs) else { return nil }
    self.init(union.program, union.variants, union.families, indexing: true)
  }

  /// `indexing` false leaves the index out, so tests can compare the two.
  package convenience init(compiling program: Program, indexing: Bool) {
    self.init(program, [], [], indexing: indexing)
  }

  /// A network whose chooses go by the indexes of another where these are lent.
  convenience init(_ program: Program, loans: [Loan?]) {
    self.init(program, [], [], indexing: true, loans: loans)
  }

  private init(
    _ program: Program, _ variants: [Variant], _ families: [ChooseFamily], indexing: Bool,
    loans: [Loan?] = []
  ) {
    self.program = program
    self.loans = loans
    self.variants = variants
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
    self.makesLists = zip(program.terms, program.types).contains { term, type in
      guard case .list = type else { return false }
      switch term {
      case .constant, .slot, .field: return false
      case .today, .attribute, .operation, .winner, .payload, .collect, .gather, .follow, .counter:
        return true
      }
    }
    self.sources = program.terms.map { term in
      switch term {
      case .constant: Source.constant
      case .slot(let slot): max(slot, 0)
      case .today, .field, .attribute, .operation, .winner, .payload, .collect, .gather, .follow,
        .counter:
        Source.code
      }
    }
    self.listConstants = lists
    self.families = families.compactMap { FamilyPlan($0, program, facts) }
    let members = Set(self.families.flatMap(\.chooses))
    let views = FamilyPlan.views(self.families, program)
    self.chooses = program.chooses.indices.map {
      ChoosePlan(
        program.chooses[$0], keyed: views[ChooseID($0)], program, facts,
        indexing: indexing && (loans.isEmpty || loans[$0] == nil),
        isLate: members.contains(ChooseID($0)))
    }
    var dimensionCount = 0
    for index in chooses.compactMap(\.presentIndex) + self.families.compactMap(\.index) {
      index.firstDimension = dimensionCount
      dimensionCount += index.dimensions.count
    }
    for late in chooses.compactMap(\.late) {
      late.firstDimension = dimensionCount
      dimensionCount += ChooseIndex.mostDimensions
    }
    self.dimensionCount = dimensionCount
    self.gathers = program.gathers.map { GatherPlan($0, program, facts) }
    self.attributes = AttributePlan.plans(program, facts)
    let chooses = chooses
    self.direct = program.attributes.map { DirectChoice($0, program, chooses) }
  }
}

/// How an attribute's values are kept.
final class AttributePlan: Sendable {
  let term: TermID
  /// One record, or nothing, is asked about, and no counter: its values can be kept a row.
  let canBeKept: Bool
  /// The record type of its parameter; nil without parameters.
  let record: RecordID?
  let readsToday: Bool
  /// Whether another term reads it. Values that only reports read are not worth keeping in batches.
  /// By how many terms.
  let readers: Int
  var isRead: Bool { readers > 0 }
  /// The record types that its value depends on.
  let reads: RecordSet
  /// How many attributes deep it reads, and the deepest that it reads of its own subject.
  let level: Int
  let below: AttributeID?

  init(
    term: TermID, canBeKept: Bool, record: RecordID?, readsToday: Bool, readers: Int,
    reads: RecordSet, level: Int, below: AttributeID?
  ) {
    self.term = term
    self.canBeKept = canBeKept
    self.record = record
    self.readsToday = readsToday
    self.readers = readers
    self.reads = reads
    self.level = level
    self.below = below
  }

  static func plans(_ program: Program, _ facts: TermFacts) -> [AttributePlan] {
    var readers = Array(repeating: 0, count: program.attributes.count)
    for case .attribute(let id, _, _) in program.terms { readers[Int(id.index)] += 1 }
    return program.attributes.enumerated().map { index, attribute in
      var record: RecordID?
      if attribute.parameters.count == 1, case .record(let id) = attribute.parameters[0] {
        record = id
      }
      let found = facts[attribute.term]
      return AttributePlan(
        term: attribute.term,
        canBeKept: !(attribute.readsCounters || found.readsCounters)
          && (record != nil || attribute.parameters.isEmpty),
        record: record, readsToday: attribute.readsToday || found.readsToday,
        readers: readers[index], reads: facts.records(attribute.term), level: Int(found.level),
        below: found.deepest >= 0 ? AttributeID(Int(found.deepest)) : nil)
    }
  }
}
