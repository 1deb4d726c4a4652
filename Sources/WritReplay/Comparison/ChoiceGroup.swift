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
    var before: Value
    var after: Value
    /// Of amounts.
    var difference: Decimal?
  }
  /// A row that a set answers differently, by its place among the rows asked about.
  struct Changed {
    var row: Int32
    var before: Int32
    var after: Int32
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
  private var pairOfChoices: [[UInt64: Int]]

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

  /// The rows whose value of a column each set answers differently.
  func changes(of column: Column, into changed: inout [[Changed]]) {
    for set in changed.indices { changed[set].removeAll(keepingCapacity: true) }
    let start = column.question * choice.count
    for other in choice.others {
      let base = choice.firsts[Int(other.row)]
      if likeness[start + Int(base)] == likeness[start + Int(other.choice)] { continue }
      other.variants.eachBit { set in
        changed[set].append(Changed(row: other.row, before: base, after: other.choice))
      }
    }
  }

  /// The pair of a change, which counts for the set. `make` tells the difference of a new one.
  func pair(
    _ column: Int, _ changed: Changed, _ set: Int, difference: (Value, Value) -> Decimal?
  ) -> Pair {
    let key = UInt64(UInt32(bitPattern: changed.before)) << 32 | UInt64(changed.after)
    if let known = pairOfChoices[column][key] {
      pairCounts[known * sets + set] += 1
      return pairs[known]
    }
    let question = columns[column].question
    let before = choice.value(question, changed.before)
    let after = choice.value(question, changed.after)
    let made = Pair(
      column: column, before: before, after: after, difference: difference(before, after))
    pairOfChoices[column][key] = pairs.count
    pairs.append(made)
    pairCounts += repeatElement(0, count: sets)
    pairCounts[pairCounts.count - sets + set] = 1
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

  /// Each pair with how often a set had it.
  func eachPair(_ body: (_ pair: Pair, _ set: Int, _ count: Int) -> Void) {
    for (place, pair) in pairs.enumerated() {
      for set in 0..<sets where pairCounts[place * sets + set] > 0 {
        body(pair, set, pairCounts[place * sets + set])
      }
    }
  }

  /// Forgets the counts, which somebody has added up.
  func clear() {
    wins.update(repeating: 0, count: choice.count)
    more.update(repeating: 0, count: choice.count * sets)
    pairs.removeAll(keepingCapacity: true)
    pairCounts.removeAll(keepingCapacity: true)
    for column in columns.indices { pairOfChoices[column].removeAll(keepingCapacity: true) }
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
