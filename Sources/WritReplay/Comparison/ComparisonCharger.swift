public import WritModel
public import WritNetwork
import WritRules

/// Charges the changed answers of one rule set to the edits that brought them about, by asking the
/// rule sets in between.
///
/// Where nothing has state they are one network; else each is a network of its own.
public struct ComparisonCharger: Sendable {
  public let attribution: Attribution
  /// One over all programs of the attribution, for sections without state; one a program for others.
  let union: Network?
  let own: [Network]
  /// By section and column, of each program: its attribute, in the numbers of the union where the
  /// section has no state; nil where the program has none.
  private let names: [[[AttributeID?]]]
  /// By section and column, of each program: the decision, in its own numbers.
  let decisions: [[[DecisionID?]]]
  /// Whether facts settle before anything is decided.
  public let settles: Bool

  /// `texts` are the symbols of the facts, with which all programs were checked.
  public init?(_ attribution: Attribution, _ plan: ComparisonPlan, texts: Interner) {
    var programs = attribution.programs
    // A program with texts of its own would read other texts in the facts.
    guard programs.allSatisfy({ $0.texts.count == texts.count }) else { return nil }
    for index in programs.indices { programs[index].texts = texts }
    self.attribution = attribution
    settles = programs.contains { !$0.productions.isEmpty }
    own = plan.isStateful ? programs.map { Network(compiling: $0) } : []
    var union: Network?
    if !plan.sections.allSatisfy(\.isStateful) {
      union = Network(compiling: programs)
      if union == nil { return nil }
    }
    self.union = union
    var names: [[[AttributeID?]]] = []
    var decisions: [[[DecisionID?]]] = []
    for section in plan.sections {
      var ofSection: [[AttributeID?]] = []
      var decisionsOfSection: [[DecisionID?]] = []
      for column in section.columns {
        guard let first = column.decisions[0] else { continue }
        let base = plan.programs[0][first]
        let twins = programs.map { program in
          program.decisions.firstIndex {
            $0.title == base.title && $0.parameters == base.parameters
          }.map { DecisionID($0) }
        }
        let variants = section.isStateful ? nil : union?.variants
        ofSection.append(
          programs.indices.map { index in
            guard let twin = twins[index],
              let attribute = column.attribute(of: programs[index][twin])
            else { return nil }
            return variants.map { $0[index][attribute] } ?? attribute
          })
        decisionsOfSection.append(twins)
      }
      names.append(ofSection)
      decisions.append(decisionsOfSection)
    }
    self.names = names
    self.decisions = decisions
  }

  func attributes(_ section: Int, _ column: Int) -> [AttributeID?] { names[section][column] }

  /// A memory for each rule set in between, where they are no one network.
  public func memories(facts: Facts, state: State, today: Int32) -> [Memory] {
    own.map { network in
      let memory = Memory(network, facts: facts, today: today)
      memory.state = state
      return memory
    }
  }
}

extension ComparisonPlan.Column {
  /// The attribute of this value in another form of its decision.
  func attribute(of decision: Decision) -> AttributeID? {
    isAnswer
      ? decision.answer : decision.details.first { $0.name.name == name.name }?.attribute
  }
}

/// An answer for comparing with those of other rule sets: two are equal where they are told alike.
struct ToldAnswer: Equatable {
  private var tag: UInt8
  private var bits: Int64
  private var scale: UInt8
  private var aux: UInt16
  private var text: String?

  static let none = ToldAnswer()

  private init() { (tag, bits, scale, aux) = (.max, 0, 0, 0) }

  init(_ value: Value, in memory: Memory, _ wording: Wording) {
    tag = value.tag.rawValue
    (bits, scale, aux) = (0, 0, 0)
    guard value.isKnown else { return }
    aux = value.aux
    switch value.tag {
    case .number, .money:
      let reduced = value.decimal.reduced
      (bits, scale) = (reduced.mantissa, reduced.scale)
    case .rule: text = wording.ruleTitle(value)
    case .list, .text: text = wording.text(value, .unknown, in: memory.facts)
    case .time: (bits, aux) = (value.bits, 0)
    default: bits = value.bits
    }
  }
}

/// One thread's asking of the rule sets in between.
final class ChargeMemory {
  private let charger: ComparisonCharger
  private let memory: Memory
  private let wording: Wording
  /// What it holds between chunks, so that the records of a chunk are not held by two.
  private let rest: Facts
  private var isHolding = false

  /// nil where each set in between needs a memory of its own.
  init?(_ charger: ComparisonCharger, like other: Memory, resting rest: Facts, _ wording: Wording) {
    guard let union = charger.union else { return nil }
    self.charger = charger
    self.rest = rest
    memory = Memory(union, facts: rest, today: other.today)
    self.wording = Wording(program: union.program, language: wording.language)
  }

  /// What a changed answer of a row is charged to.
  func charge(
    _ section: Int, _ column: Int, record: RecordID, row: Int, facts: Facts, before: ToldAnswer,
    after: ToldAnswer
  ) -> Attribution.Verdict {
    if !isHolding {
      memory.edit([record]) { $0 = facts }
      isHolding = true
    }
    let names = charger.attributes(section, column)
    var known: [AttributeID: ToldAnswer] = [:]
    if let name = names[0] { known[name] = before }
    if let name = names[1] { known[name] = after }
    let answers = names.map { name -> ToldAnswer in
      guard let name else { return .none }
      if let answer = known[name] { return answer }
      let value = memory.value(of: name, row: row)
      let answer = ToldAnswer(value, in: memory, wording)
      known[name] = answer
      return answer
    }
    // The first two are the base's and the set's own.
    return charger.attribution.charge([before, after] + answers.dropFirst(2))
  }

  /// Lets go of the records of a chunk.
  func release(_ record: RecordID) {
    guard isHolding else { return }
    memory.edit([record]) { $0 = rest }
    isHolding = false
  }
}
