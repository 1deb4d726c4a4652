import WritModel
import WritRules

// Settling exactly as `Production` tells it: match everything, take the first, look again.
extension Memory {
  /// What makes a match the match it is: its records and the values it reads.
  struct MatchKey: Hashable {
    var match: Match
    var reads: [Int64]
  }

  /// A match that may fire next.
  private struct Candidate {
    var key: MatchKey
    var priority: Decimal
    var age: Int
  }

  func settleLiterally(maxFirings: Int, observe: ((Firing) -> Void)?) -> Settlement {
    var journal = Journal(productions: program.productions.count, maxFirings: maxFirings)
    let order = RecordOrder(self)
    var ages: [MatchKey: Int] = [:]
    while true {
      var held: [MatchKey: Int] = [:]
      var best: Candidate?
      for index in program.productions.indices {
        let id = ProductionID(index)
        guard case .change(let priority, _) = program[id].kind else { continue }
        for rows in literalMatches(id) {
          let key = MatchKey(match: Match(production: id, rows: rows), reads: readWords(id, rows))
          let age = ages[key] ?? journal.settlement.firings
          held[key] = age
          if fired.contains(key) { continue }
          let candidate = Candidate(
            key: key, priority: rank(priority, slots(id, rows)), age: age)
          if best.map({ goesFirst(candidate, $0, order) }) ?? true { best = candidate }
        }
      }
      ages = held
      fired.formIntersection(held.keys)
      guard let best else { break }
      guard journal.settlement.firings < maxFirings else {
        journal.endUnsettled()
        break
      }
      fired.insert(best.key)
      let match = best.key.match
      let frame = Frame(slots: slots(match.production, match.rows), today: today)
      fire(
        match.production, { match }, age: best.age, &journal, observe,
        value: { term, _, _ in value(of: term, in: frame) })
    }
    return journal.finish()
  }

  private func goesFirst(_ a: Candidate, _ b: Candidate, _ order: RecordOrder) -> Bool {
    let byPriority = Decimal.order(a.priority, b.priority)
    if byPriority != 0 { return byPriority > 0 }
    if a.age != b.age { return a.age > b.age }
    let (x, y) = (a.key.match, b.key.match)
    if x.production != y.production { return x.production.index < y.production.index }
    return order.comesFirst(x, y)
  }

  /// The rows of all matches of a production: each pattern's rows in turn, each condition asked as
  /// soon as its records are there.
  func literalMatches(_ id: ProductionID) -> [[Int]] {
    let production = program[id]
    var asked: [[TermID]] = Array(repeating: [], count: production.patterns.count + 1)
    let conjuncts = production.guardTerm.map { GatherPlan.conjuncts(of: $0, program) } ?? []
    for conjunct in conjuncts {
      let bits = network.facts[conjunct].slots
      asked[min(UInt64.bitWidth - bits.leadingZeroBitCount, production.patterns.count)]
        .append(conjunct)
    }
    var found: [[Int]] = []
    var rows: [Int] = []
    var frame = Frame(slots: [], today: today)
    func holds(_ depth: Int) -> Bool {
      asked[depth].allSatisfy { Truth(value(of: $0, in: frame)) == .yes }
    }
    func match(_ depth: Int) {
      guard holds(depth) else { return }
      guard depth < production.patterns.count else {
        found.append(rows)
        return
      }
      let record = production.patterns[depth].record
      for row in 0..<facts[record].count where !facts[record].isRemoved(row) {
        rows.append(row)
        frame.slots.append(.record(row, of: record))
        match(depth + 1)
        rows.removeLast()
        frame.slots.removeLast()
      }
    }
    match(0)
    return found
  }

  /// The first production whose kept matches are not those of the definition, and how.
  func matchDifference(_ matcher: Matcher) -> String? {
    for (number, matched) in matcher.plan.matched.enumerated() {
      let expected = literalMatches(matched.id)
      let found = matcher.matches(number).map(\.rows)
      if found.count == expected.count, Set(found) == Set(expected) { continue }
      func few(_ rows: Set<[Int]>) -> ArraySlice<[Int]> {
        rows.sorted { $0.lexicographicallyPrecedes($1) }.prefix(3)
      }
      let missing = few(Set(expected).subtracting(found))
      let extra = few(Set(found).subtracting(expected))
      return "production \(matched.id.index) lacks \(missing), has \(extra) too"
    }
    return nil
  }

  /// The values that a match reads, as words that are equal for equal values.
  func readWords(_ id: ProductionID, _ rows: [Int]) -> [Int64] {
    let frame = Frame(slots: slots(id, rows), today: today)
    var words: [Int64] = []
    for term in program[id].reads { addWords(of: value(of: term, in: frame), to: &words) }
    return words
  }

  private func addWords(of value: Value, to words: inout [Int64]) {
    if value.tag == .list {
      let items = facts.lists.items(of: value)
      words.append(Int64(items.count))
      for item in items { addWords(of: item, to: &words) }
      return
    }
    let plain = value.isDecimal ? value.decimal.normalized : Decimal(mantissa: value.bits, scale: 0)
    // A moment is the same in any zone.
    let aux = value.tag == .time || value.tag == .number ? 0 : Int64(value.aux)
    words.append(plain.mantissa)
    words.append(Int64(value.tag.rawValue) << 32 | Int64(plain.scale) << 16 | aux)
  }

  /// The records of a match as values.
  func slots(_ id: ProductionID, _ rows: [Int]) -> [Value] {
    zip(program[id].patterns, rows).map { .record($1, of: $0.record) }
  }

  /// The priority of a match; 0 where it is not said or not known.
  func rank(_ priority: TermID?, _ slots: [Value]) -> Decimal {
    guard let priority else { return Decimal(0) }
    let value = value(of: priority, in: Frame(slots: slots, today: today))
    return value.tag == .number ? value.decimal : Decimal(0)
  }
}
