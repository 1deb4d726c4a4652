import WritModel
import WritNetwork
import WritRules

/// The values of a decision that go with its winner, and the winner itself, counted by choice.
///
/// A record costs one count, whatever its answer and however many sets there are; a record of which
/// some set chooses otherwise costs one more a set. What the counts come to in answers, sums and
/// coverage is worked out when they are added to a tally.
final class ChoiceGroup {
  struct Column {
    /// Its place in the section.
    var index: Int
    var question: Int
  }
  struct Probe {
    /// Its place in the section.
    var index: Int
    var question: Int
    /// The question for the amounts that go through its rules.
    var amounts: Int?
  }
  /// A change from one choice to another, of one column.
  struct Pair {
    var column: Int
    var choices: (before: Int32, after: Int32)
    var before: Value
    var after: Value
    /// Of amounts.
    var difference: Decimal?
  }
  /// What the changes of a pair are charged to, where that does not depend on the record.
  enum Charge {
    static let unasked: Int32 = -2
    /// It depends on the record, or nobody can say.
    static let open: Int32 = -1
  }

  let choice: JointChoice
  let columns: [Column]
  let probes: [Probe]
  private let sets: Int
  /// Values that are told alike have one number, a question and choice.
  private let likeness: [Int32]
  /// How often the base made each choice.
  private let wins: UnsafeMutablePointer<Int>
  /// How much oftener each set made it, set by set.
  private let more: UnsafeMutablePointer<Int>
  private(set) var pairs: [Pair] = []
  /// How often each pair was met, set by set.
  private(set) var pairCounts: [Int] = []
  /// The number of the verdict on each pair, set by set, or a `Charge`.
  private var pairCharges: [Int32] = []
  private var pairOfChoices: [[UInt64: Int]]
  /// The pairs met last, by column and some bits of a hash of their choices: most are met again and
  /// again.
  private var recent: [(choices: UInt64, pair: Int)]
  private static let recentCount = 1 << 10
  private static let noChoices = UInt64.max

  private init?(
    _ questions: [[AttributeID]], _ columns: [Column], _ probes: [Probe], _ memory: Memory,
    _ wording: Wording
  ) {
    guard let choice = JointChoice(questions, in: memory) else { return nil }
    self.choice = choice
    self.columns = columns
    self.probes = probes
    sets = questions[0].count
    likeness = questions.indices.flatMap { choice.likeness(of: $0, in: memory, wording) }
    wins = .allocate(capacity: choice.count)
    wins.initialize(repeating: 0, count: choice.count)
    more = .allocate(capacity: choice.count * sets)
    more.initialize(repeating: 0, count: choice.count * sets)
    pairOfChoices = Array(repeating: [:], count: columns.count)
    recent = Array(repeating: (Self.noChoices, 0), count: columns.count * Self.recentCount)
  }

  deinit {
    wins.deallocate()
    more.deallocate()
  }

  /// The groups of a section without state: what all sets decide straight from one index.
  static func all(
    _ section: ComparisonPlan.Section, _ network: ComparisonNetwork, _ memory: Memory,
    _ wording: Wording
  ) -> [ChoiceGroup] {
    struct Plan {
      var questions: [[AttributeID]] = []
      var columns: [Column] = []
      var probes: [Probe] = []
      mutating func question(_ attributes: [AttributeID]) -> Int {
        if let known = questions.firstIndex(of: attributes) { return known }
        questions.append(attributes)
        return questions.count - 1
      }
    }
    func names(_ attributes: [AttributeID?]) -> [AttributeID]? {
      var names: [AttributeID] = []
      for (set, attribute) in attributes.enumerated() {
        guard let attribute else { return nil }
        names.append(network.name(attribute, of: set, isStateful: false))
      }
      return names
    }
    var chooses: [ChooseID] = []
    var plans: [ChooseID: Plan] = [:]
    func add(_ attributes: [AttributeID], _ body: (inout Plan) -> Void) {
      guard let base = attributes.first, let choose = memory.network.choose(behind: base)
      else { return }
      if plans[choose] == nil { chooses.append(choose) }
      body(&plans[choose, default: Plan()])
    }
    for (index, column) in section.columns.enumerated() {
      guard let answers = names(column.attributes) else { continue }
      add(answers) { plan in
        plan.columns.append(Column(index: index, question: plan.question(answers)))
      }
    }
    for (index, probe) in section.probes.enumerated() {
      guard case .winner = probe.kind, let winners = names(probe.attributes) else { continue }
      let hasAmounts = probe.amounts.contains { $0 != nil }
      let amounts = hasAmounts ? names(probe.amounts) : nil
      if hasAmounts {
        // Amounts that do not follow from the winner are asked row by row.
        guard let amount = amounts?.first, let winner = winners.first,
          memory.network.choose(behind: amount) == memory.network.choose(behind: winner)
        else { continue }
      }
      add(winners) { plan in
        let question = plan.question(winners)
        plan.probes.append(
          Probe(index: index, question: question, amounts: amounts.map { plan.question($0) }))
      }
    }
    return chooses.compactMap { choose in
      guard let plan = plans[choose] else { return nil }
      return ChoiceGroup(plan.questions, plan.columns, plan.probes, memory, wording)
    }
  }

  // MARK: Counting

  /// Counts what the base and the others chose for rows that were decided.
  func count(_ rows: Int) {
    let firsts = choice.firsts
    let wins = wins
    for row in 0..<rows { wins[Int(firsts[row])] += 1 }
    for other in choice.others {
      let base = Int(firsts[Int(other.row)])
      other.variants.eachBit { set in
        more[set * choice.count + Int(other.choice)] += 1
        more[set * choice.count + base] -= 1
      }
    }
  }

  /// Calls `body` with each row whose value of a column some sets answer differently, by its place
  /// among the rows asked about, and with the pair of it. `difference` is that of a new pair.
  func eachChange(
    of number: Int, difference: (Value, Value) -> Decimal?,
    _ body: (_ row: Int, _ pair: Int, _ sets: UInt64) -> Void
  ) {
    let start = columns[number].question * choice.count
    var last = (before: Int32(-1), after: Int32(-1), pair: 0)
    for other in choice.others {
      let base = choice.firsts[Int(other.row)]
      if likeness[start + Int(base)] == likeness[start + Int(other.choice)] { continue }
      if last.before != base || last.after != other.choice {
        last = (base, other.choice, pair(number, base, other.choice, difference))
      }
      let place = last.pair * sets
      other.variants.eachBit { pairCounts[place + $0] += 1 }
      body(Int(other.row), last.pair, other.variants)
    }
  }

  private func pair(
    _ column: Int, _ before: Int32, _ after: Int32, _ difference: (Value, Value) -> Decimal?
  ) -> Int {
    let key = UInt64(UInt32(bitPattern: before)) << 32 | UInt64(UInt32(bitPattern: after))
    let place =
      column &* Self.recentCount
      &+ Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> 54)
    if recent[place].choices == key { return recent[place].pair }
    let found = pair(key, column, before, after, difference)
    recent[place] = (key, found)
    return found
  }

  private func pair(
    _ key: UInt64, _ column: Int, _ before: Int32, _ after: Int32,
    _ difference: (Value, Value) -> Decimal?
  ) -> Int {
    if let known = pairOfChoices[column][key] { return known }
    let question = columns[column].question
    let old = choice.value(question, before)
    let new = choice.value(question, after)
    pairOfChoices[column][key] = pairs.count
    pairs.append(
      Pair(
        column: column, choices: (before, after), before: old, after: new,
        difference: difference(old, new)))
    pairCounts += repeatElement(0, count: sets)
    pairCharges += repeatElement(Charge.unasked, count: sets)
    return pairs.count - 1
  }

  /// The number of the verdict on all changes of a pair, or `Charge.open`. `make` finds it out.
  func charge(_ pair: Int, _ set: Int, _ make: (Pair) -> Int?) -> Int32 {
    let known = pairCharges[pair * sets + set]
    if known != Charge.unasked { return known }
    let made = make(pairs[pair]).map { Int32(truncatingIfNeeded: $0) } ?? Charge.open
    pairCharges[pair * sets + set] = made
    return made
  }

  // MARK: Telling

  /// Each choice with how often the set made it, where it did.
  func eachCount(of set: Int, _ body: (_ choice: Int32, _ count: Int) -> Void) {
    for place in 0..<choice.count {
      let count = wins[place] + more[set * choice.count + place]
      if count != 0 { body(Int32(truncatingIfNeeded: place), count) }
    }
  }

  /// Each pair with how often a set had it, and the verdict on all of these, or a `Charge`.
  func eachPair(_ body: (_ pair: Pair, _ set: Int, _ count: Int, _ charge: Int32) -> Void) {
    for (number, pair) in pairs.enumerated() {
      for place in number * sets..<(number + 1) * sets where pairCounts[place] > 0 {
        body(pair, place - number * sets, pairCounts[place], pairCharges[place])
      }
    }
  }

  /// Forgets the counts, which somebody has added up.
  func clear() {
    wins.update(repeating: 0, count: choice.count)
    more.update(repeating: 0, count: choice.count * sets)
    pairs.removeAll(keepingCapacity: true)
    pairCounts.removeAll(keepingCapacity: true)
    pairCharges.removeAll(keepingCapacity: true)
    for column in columns.indices { pairOfChoices[column].removeAll(keepingCapacity: true) }
    for place in recent.indices { recent[place].choices = Self.noChoices }
  }
}

extension UInt64 {
  /// The places of its bits, rising.
  @inline(__always)
  func eachBit(_ body: (Int) -> Void) {
    var rest = self
    while rest != 0 {
      body(rest.trailingZeroBitCount)
      rest &= rest &- 1
    }
  }
}
