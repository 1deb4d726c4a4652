public import WritModel
public import WritRules
public import WritSyntax
public import WritText

/// Which edit brought a changed answer about, found by trying: each edit alone on the base, and all
/// but each.
///
/// Make one a pair of rule sets. Put `programs` into one network (`Network(compiling:)`; there are at
/// most 64), ask it about records whose answer changed, and hand the answers to `charge`, in the
/// order of `programs`. Edits that do not check alone go as one *unit* with those that they need;
/// more than `mostUnits` edits are taken block by block. Rules that change facts first (`change`)
/// need a memory a program, settled, in place of one network.
///
/// **Decisions with state.** What an `assign` gives depends on turns and loads that earlier records
/// took, and these differ from rule set to rule set. Ask every program for the record *at the start
/// state* (nothing committed) and use `chargeWithState`: where the answers of base and other are
/// equal there, only the state differed, and the change is a knock-on of earlier ones.
public struct Attribution: Sendable {
  /// What a change is charged to.
  public struct Verdict: Hashable, Sendable {
    public var kind: Comparison.Charge.Kind
    /// Places in `difference.edits`, rising; none for a knock-on.
    public var edits: [Int]

    public init(_ kind: Comparison.Charge.Kind, _ edits: [Int]) {
      self.kind = kind
      self.edits = edits
    }
  }
  /// The most units that fit into one network beside base and other.
  public static let mostUnits = 31

  public let difference: RuleDifference
  /// Edits that are taken as one: places in `difference.edits`. Edits on which no decision depends
  /// are in none.
  public let units: [[Int]]
  /// The base, the base with all edits done, the base with each unit alone, the base with all but
  /// each; without tests, measures and the like. For a single unit the first two say it all.
  public let programs: [Program]
  /// What people should know of how edits were taken together; nil: each stands alone.
  public let note: Phrase?

  /// nil where there is nothing to charge to: no decision depends on the edits, or one of the two
  /// forms does not check. `checking` is asked for at most some hundred forms; it needs no analysis.
  public init?(
    _ difference: RuleDifference, mostUnits: Int = Attribution.mostUnits,
    checking: ([FileTree]) -> (program: Program, diagnostics: [Diagnostic])
  ) {
    let edits = difference.edits
    let concerned = edits.indices.filter { edits[$0].isOfDecisions }
    guard !concerned.isEmpty else { return nil }
    var known: [Set<Int>: Program?] = [:]
    func program(_ chosen: [Int]) -> Program? {
      let key = Set(chosen)
      if let found = known[key] { return found }
      // Tests and measures of one form may speak of what another does not have; nobody asks them.
      var trees = difference.applying(chosen)
      for index in trees.indices { trees[index].declarations.removeAll(where: Self.isLeftOut) }
      let (program, diagnostics) = checking(trees)
      let result = diagnostics.hasErrors ? nil : program
      known[key] = result
      return result
    }
    guard let base = program([]), let other = program(Array(edits.indices))
    else { return nil }
    var groups = Self.grouped(concerned, edits, most: max(1, min(mostUnits, Self.mostUnits)))
    let isGrouped = groups.count < concerned.count
    var isJoined = false
    while groups.count > 1 {
      let failing = groups.indices.filter { index in
        let rest = groups.indices.filter { $0 != index }.flatMap { groups[$0] }
        return program(groups[index]) == nil || program(rest) == nil
      }
      guard let first = failing.first else { break }
      isJoined = true
      groups = Self.joined(groups, failing: first, among: failing, difference)
    }
    self.difference = difference
    units = groups
    if groups.count == 1 {
      programs = [base, other]
    } else {
      let alone = groups.compactMap { program($0) }
      let without = groups.indices.compactMap { index in
        program(groups.indices.filter { $0 != index }.flatMap { groups[$0] })
      }
      guard alone.count == groups.count, without.count == groups.count else { return nil }
      programs = [base, other] + alone + without
    }
    note = Self.note(isGrouped: isGrouped, isJoined: isJoined, edits: concerned.count, groups.count)
  }

  /// The same where every form is known to check; there are no `programs`, and who asks tells himself
  /// what the `forms` answer.
  init?(ofRulesThatCheck difference: RuleDifference) {
    let concerned = difference.edits.indices.filter { difference.edits[$0].isOfDecisions }
    guard !concerned.isEmpty else { return nil }
    self.difference = difference
    units = Self.grouped(concerned, difference.edits, most: Self.mostUnits)
    programs = []
    note = Self.note(
      isGrouped: units.count < concerned.count, isJoined: false, edits: concerned.count,
      units.count)
  }

  /// The edits that are done in each form that is asked, in the order of `programs`.
  var forms: [[Int]] {
    let both = [[], Array(difference.edits.indices)]
    guard units.count > 1 else { return both }
    return both + units
      + units.indices.map { left in
        units.indices.filter { $0 != left }.flatMap { units[$0] }
      }
  }

  /// What no decision depends on.
  private static func isLeftOut(_ declaration: Declaration) -> Bool {
    if case .data = declaration.kind { return false }
    return !declaration.isOfDecisions
  }

  /// Edits one by one, or, where these are too many, block by block, then what is left as one.
  private static func grouped(_ concerned: [Int], _ edits: [RuleEdit], most: Int) -> [[Int]] {
    if concerned.count <= most { return concerned.map { [$0] } }
    var places: [String: Int] = [:]
    var groups: [[Int]] = []
    for index in concerned {
      if let place = places[edits[index].block] {
        groups[place].append(index)
      } else {
        places[edits[index].block] = groups.count
        groups.append([index])
      }
    }
    guard groups.count > most else { return groups }
    return Array(groups[..<(most - 1)]) + [groups[(most - 1)...].flatMap { $0 }.sorted()]
  }

  /// Joins a group that does not check alone with those it speaks of or that speak of it, else with
  /// the others of its block, else with all that do not check, else with the next.
  private static func joined(
    _ groups: [[Int]], failing: Int, among failures: [Int], _ difference: RuleDifference
  ) -> [[Int]] {
    func areLinked(_ a: [Int], _ b: [Int]) -> Bool {
      a.contains { one in
        b.contains { difference.needs(one, $0) || difference.needs($0, one) }
      }
    }
    func blocks(_ group: [Int]) -> Set<String> { Set(group.map { difference.edits[$0].block }) }
    let others = groups.indices.filter { $0 != failing }
    var partners = others.filter { areLinked(groups[failing], groups[$0]) }
    if partners.isEmpty {
      partners = others.filter {
        !blocks(groups[$0]).isDisjoint(with: blocks(groups[failing]))
      }
    }
    if partners.isEmpty { partners = failures.filter { $0 != failing } }
    if partners.isEmpty { partners = others.last.map { [$0] } ?? [] }
    let joined = (groups[failing] + partners.flatMap { groups[$0] }).sorted()
    let rest = others.filter { !partners.contains($0) }.map { groups[$0] }
    return (rest + [joined]).sorted { ($0.first ?? 0) < ($1.first ?? 0) }
  }

  private static func note(
    isGrouped: Bool, isJoined: Bool, edits: Int, _ units: Int
  ) -> Phrase? {
    if isGrouped {
      return Phrase(
        "\(edits) edits are too many to try one by one: they were taken as \(units), block by block",
        zh: "共 \(edits) 处修改，逐处试算过多，按规则块合并为 \(units) 组")
    }
    if isJoined {
      return Phrase(
        "edits that do not check alone were taken together with those that they need",
        zh: "单独无法通过检查的修改与其所依赖的修改合并计算")
    }
    return nil
  }
}

extension Attribution {
  /// What a changed answer is charged to. `answers` are those of `programs`, in their order; the
  /// first two differ.
  ///
  /// One unit that alone gives the new answer is the cause *alone*. Else the units without each of
  /// which the answer would be another are the cause *together*. Else they interact: several would
  /// each do, or they work against each other; all that can be seen at work are named.
  public func charge<Answer: Equatable>(_ answers: [Answer]) -> Verdict {
    guard units.count > 1 else { return Verdict(.alone, units.first ?? []) }
    precondition(answers.count == 2 + 2 * units.count)
    let (before, after) = (answers[0], answers[1])
    let alone = answers[2..<(2 + units.count)]
    let without = answers[(2 + units.count)...]
    func edits(_ chosen: [Int]) -> [Int] { chosen.flatMap { units[$0] }.sorted() }
    let sufficient = units.indices.filter { alone[alone.startIndex + $0] == after }
    if sufficient.count == 1 { return Verdict(.alone, edits(sufficient)) }
    let necessary = units.indices.filter { without[without.startIndex + $0] != after }
    if sufficient.isEmpty, necessary.count > 1 { return Verdict(.together, edits(necessary)) }
    let atWork = units.indices.filter {
      sufficient.contains($0) || necessary.contains($0)
        || alone[alone.startIndex + $0] != before
    }
    return Verdict(.interaction, edits(atWork.isEmpty ? Array(units.indices) : atWork))
  }

  /// The same for a decision with state: `answers` are those at the start state, of which the first
  /// two are equal where only the state of earlier records made the difference.
  public func chargeWithState<Answer: Equatable>(_ answers: [Answer]) -> Verdict {
    answers.count > 1 && answers[0] == answers[1] ? Verdict(.knockOn, []) : charge(answers)
  }
}

extension Comparison {
  /// Adds charges up: their counts are the changes, their amounts the difference, exactly.
  public struct ChargeTally: Sendable {
    private var counts: [Attribution.Verdict: (count: Int, amount: ExactSum)] = [:]

    public init() {}

    /// Charges one change; its amount is after − before, where both are amounts.
    public mutating func add(_ verdict: Attribution.Verdict, amount: Decimal? = nil) {
      var entry = counts[verdict] ?? (0, ExactSum())
      entry.count += 1
      if let amount { entry.amount.add(amount) }
      counts[verdict] = entry
    }

    /// Adds the charges of another part of the data.
    public mutating func add(_ other: ChargeTally) {
      for (verdict, entry) in other.counts {
        var own = counts[verdict] ?? (0, ExactSum())
        own.count += entry.count
        own.amount.add(entry.amount)
        counts[verdict] = own
      }
    }

    /// All charges: those of one edit by their edits, then the others.
    public var charges: [Charge] {
      let order = Charge.Kind.allCases
      return counts.map { verdict, entry in
        Charge(
          kind: verdict.kind, edits: verdict.edits, count: entry.count, amount: entry.amount)
      }.sorted { a, b in
        if a.kind != b.kind {
          return (order.firstIndex(of: a.kind) ?? 0) < (order.firstIndex(of: b.kind) ?? 0)
        }
        return a.edits.lexicographicallyPrecedes(b.edits)
      }
    }
  }
}

extension Comparison.Edit {
  /// An edit as a report tells it.
  public init(_ edit: RuleEdit, in sources: Sources) {
    let span = edit.span
    self.init(
      kind: edit.subject == .row ? "row" : edit.kind.rawValue, block: edit.block,
      title: edit.title, before: edit.textBefore, after: edit.textAfter,
      place: "\(sources[span.source].name):\(sources.position(of: span).line)")
  }
}
