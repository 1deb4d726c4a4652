public import WritModel
public import WritNetwork
import WritRules
public import WritSyntax

/// Charges the changed answers of one rule set to the edits that brought them about, by asking the
/// rule sets in between.
///
/// Where nothing has state they are one network; else each is a network of its own.
public struct ComparisonCharger: Sendable {
  public let attribution: Attribution
  /// One over all programs of the attribution, for sections without state; one a program for others.
  let union: Network?
  let own: [Network]
  /// Where no form had to be checked; then there is nothing of the above.
  let tried: TriedForms?
  /// By section and column, of each program: its attribute, in the numbers of the union where the
  /// section has no state; nil where the program has none.
  private let names: [[[AttributeID?]]]
  /// By section and column, of each program: the decision, in its own numbers.
  let decisions: [[[DecisionID?]]]
  /// Whether facts settle before anything is decided.
  public let settles: Bool

  /// A charger for a set whose edits are of rules of `decide` blocks, and show in the answers of these
  /// only; nil for others.
  public init?(_ difference: RuleDifference, of set: Int, _ network: ComparisonNetwork) {
    guard let attribution = Attribution(ofRulesThatCheck: difference),
      let tried = TriedForms(difference, of: set, network)
    else { return nil }
    self.attribution = attribution
    self.tried = tried
    (union, own, names, decisions) = (nil, [], [], [])
    settles = false
  }

  /// `texts` are the symbols of the facts, with which all programs were checked.
  public init?(_ attribution: Attribution, _ plan: ComparisonPlan, texts: Interner) {
    var programs = attribution.programs
    // A program with texts of its own would read other texts in the facts.
    guard programs.allSatisfy({ $0.texts.count == texts.count }) else { return nil }
    for index in programs.indices { programs[index].texts = texts }
    self.attribution = attribution
    tried = nil
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
struct ToldAnswer: Hashable {
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

extension ListArena {
  /// Whether two lists hold the same, value by value.
  func hasSameItems(_ a: Value, _ b: Value) -> Bool {
    items(of: a).elementsEqual(items(of: b)) { a, b in
      a.tag == b.tag && a.bits == b.bits && a.scale == b.scale && a.aux == b.aux && a.tag != .list
    }
  }
}

extension Memory {
  /// Whether two answers of this memory are told alike.
  fileprivate func tellsAlike(_ a: Value, _ b: Value, _ wording: Wording) -> Bool {
    guard a.tag == b.tag else { return false }
    if !a.isKnown || a.bits == b.bits && a.scale == b.scale && a.aux == b.aux { return true }
    if a.tag == .list, facts.lists.hasSameItems(a, b) { return true }
    return ToldAnswer(a, in: self, wording) == ToldAnswer(b, in: self, wording)
  }
}

/// One thread's asking of the rule sets in between.
final class ChargeMemory {
  private let charger: ComparisonCharger
  private let memory: Memory
  /// Whether the memory is that of the comparison itself.
  private let isShared: Bool
  private let wording: Wording
  /// What it holds between chunks, so that the records of a chunk are not held by two.
  private let rest: Facts
  private var isHolding = false

  /// nil where each set in between needs a memory of its own.
  init?(_ charger: ComparisonCharger, like other: Memory, resting rest: Facts, _ wording: Wording) {
    self.charger = charger
    self.rest = rest
    if charger.tried != nil {
      memory = other
      isShared = true
    } else {
      guard let union = charger.union else { return nil }
      memory = Memory(union, facts: rest, today: other.today)
      isShared = false
    }
    self.wording = Wording(program: memory.network.program, language: wording.language)
  }

  /// What changes of a section's column were charged to so far, by number.
  private(set) var verdicts: [Attribution.Verdict] = []
  private var numbers: [Attribution.Verdict: Int] = [:]
  /// By section and column; nil inside: its answers do not come straight from one index.
  private var joints: [Place: Joint?] = [:]
  private struct Place: Hashable {
    var section: Int
    var column: Int
  }

  func number(of verdict: Attribution.Verdict) -> Int {
    if let known = numbers[verdict] { return known }
    numbers[verdict] = verdicts.count
    verdicts.append(verdict)
    return verdicts.count - 1
  }

  /// The number of the verdict on all changes from one winner to another; nil where it depends on
  /// the record.
  func verdict(
    _ section: Int, _ column: Int, from before: Choose.Alternative?,
    to after: Choose.Alternative?
  ) -> Int? {
    let units = charger.attribution.units
    // Else there is nothing to tell apart.
    guard units.count > 1 else {
      return number(of: Attribution.Verdict(.alone, units.first ?? []))
    }
    guard let before, let after,
      let edit = charger.tried?.columns[section][column]?.edit(from: before, to: after),
      let unit = units.first(where: { $0.contains(edit) })
    else { return nil }
    return number(of: Attribution.Verdict(.alone, unit.sorted()))
  }

  /// The numbers of the verdicts on changed answers of rows; nil where they have to be asked one by
  /// one.
  func verdicts(
    _ section: Int, _ column: Int, record: RecordID, rows: [Int], facts: Facts
  ) -> [Int]? {
    hold(record, facts)
    guard let joint = joint(section, column), joint.choice.decide(rows, in: memory) else {
      return nil
    }
    var next = 0
    let others = joint.choice.others
    return rows.indices.map { row in
      let start = next
      while next < others.count, Int(others[next].row) == row { next += 1 }
      return joint.number(joint.choice.firsts[row], others[start..<next]) { answers in
        number(of: charger.attribution.charge(answers))
      }
    }
  }

  /// The same of answers that come from no index: each form is asked about all rows at once. nil
  /// where they have to be asked one by one.
  func verdictsOfValues(
    _ section: Int, _ column: Int, record: RecordID, rows: [Int], facts: Facts
  ) -> [Int]? {
    if charger.attribution.units.count <= 1 {
      // There is nothing to tell apart.
      let only = number(of: Attribution.Verdict(.alone, charger.attribution.units.first ?? []))
      return Array(repeating: only, count: rows.count)
    }
    guard charger.tried == nil, !rows.isEmpty else { return nil }
    let names = charger.attributes(section, column)
    guard names.count > 2, let first = names[0], let second = names[1], first != second else {
      return nil
    }
    hold(record, facts)
    var known: [AttributeID: [Value]] = [:]
    for case let name? in names where known[name] == nil {
      known[name] = memory.values(of: name, rows: rows)
    }
    let answers = names.map { name in name.flatMap { known[$0] } }
    guard let before = answers[0], let after = answers[1] else { return nil }
    var numberOfPattern: [[UInt8]: Int] = [:]
    var pattern = [UInt8](repeating: Likeness.other, count: names.count)
    return rows.indices.map { row in
      // Whether a form answers like the base or like the set is all that counts.
      for (form, values) in answers.enumerated() {
        guard let value = values?[row] else { continue }
        pattern[form] =
          memory.tellsAlike(value, after[row], wording)
          ? Likeness.after
          : memory.tellsAlike(value, before[row], wording) ? Likeness.before : Likeness.other
      }
      (pattern[0], pattern[1]) = (Likeness.before, Likeness.after)
      if let number = numberOfPattern[pattern] { return number }
      let number = self.number(of: charger.attribution.charge(pattern))
      numberOfPattern[pattern] = number
      return number
    }
  }

  private enum Likeness {
    static let before: UInt8 = 0
    static let after: UInt8 = 1
    static let other: UInt8 = 2
  }

  private func joint(_ section: Int, _ column: Int) -> Joint? {
    let place = Place(section: section, column: column)
    if let known = joints[place] { return known }
    var choice: JointChoice?
    if let tried = charger.tried {
      choice = tried.columns[section][column]?.forms(charger.attribution).flatMap {
        JointChoice($0, in: memory)
      }
    } else {
      let names = charger.attributes(section, column).compactMap(\.self)
      if names.count == charger.attributes(section, column).count {
        choice = JointChoice([names], in: memory)
      }
    }
    let made = choice.map {
      Joint($0, answers: charger.attribution.forms.count, memory, wording)
    }
    joints[place] = .some(made)
    return made
  }

  private func hold(_ record: RecordID, _ facts: Facts) {
    if !isShared, !isHolding {
      memory.edit([record]) { $0 = facts }
      isHolding = true
    }
  }

  /// What a changed answer of a row is charged to; nil where it cannot be found out.
  func charge(
    _ section: Int, _ column: Int, record: RecordID, row: Int, facts: Facts, before: ToldAnswer,
    after: ToldAnswer
  ) -> Attribution.Verdict? {
    if let tried = charger.tried {
      let forms = tried.columns[section][column]?.forms(charger.attribution)
      let answers = forms?.values(row: row, in: memory).dropFirst(2).map {
        ToldAnswer($0, in: memory, wording)
      }
      return answers.map { charger.attribution.charge([before, after] + $0) }
    }
    hold(record, facts)
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

extension JointChoice {
  /// A number for each choice: those whose answers to a question are told alike have the same.
  func likeness(of question: Int, in memory: Memory, _ wording: Wording) -> [Int32] {
    var numbers: [ToldAnswer: Int32] = [:]
    return (0..<count).map { place in
      let told = ToldAnswer(
        value(question, Int32(truncatingIfNeeded: place)), in: memory, wording)
      let number = numbers[told] ?? Int32(truncatingIfNeeded: numbers.count)
      numbers[told] = number
      return number
    }
  }
}

/// The answers of all rule sets in between, decided together; what a way of choosing is charged to
/// is worked out once.
private final class Joint {
  let choice: JointChoice
  /// Answers that are told alike have one number, a choice.
  private let likeness: [Int32]
  private let programs: Int
  /// By what the first chooses and what the one other choice there is, and whose.
  private var known: [Way: Int] = [:]
  private var knownOfMany: [[UInt64]: Int] = [:]
  private struct Way: Hashable {
    var choices: UInt64
    var variants: UInt64
  }

  init(_ choice: JointChoice, answers: Int, _ memory: Memory, _ wording: Wording) {
    self.choice = choice
    programs = answers
    likeness = choice.likeness(of: 0, in: memory, wording)
  }

  /// The number of the verdict on a row.
  func number(
    _ first: Int32, _ others: ArraySlice<JointChoice.Other>, _ make: ([Int32]) -> Int
  ) -> Int {
    func made() -> Int {
      var answers = Array(repeating: likeness[Int(first)], count: programs)
      for other in others {
        other.variants.eachBit { answers[$0] = likeness[Int(other.choice)] }
      }
      return make(answers)
    }
    if others.count <= 1 {
      let other = others.first?.choice ?? first
      let key = Way(
        choices: UInt64(UInt32(bitPattern: first)) << 32 | UInt64(UInt32(bitPattern: other)),
        variants: others.first?.variants ?? 0)
      if let number = known[key] { return number }
      let number = made()
      known[key] = number
      return number
    }
    var key = [UInt64(first)]
    for other in others { key += [UInt64(other.choice), other.variants] }
    if let number = knownOfMany[key] { return number }
    // Ways without end are not kept.
    if knownOfMany.count > 1 << 14 { knownOfMany = [:] }
    let number = made()
    knownOfMany[key] = number
    return number
  }
}
