import WritModel
public import WritText

/// What can be proved about rules without data: rules that never apply, that overlap where only one
/// may hold, that an earlier one covers; cases that no rule answers.
///
/// Guards become regions of a space (`Space`), so questions become geometry: a common point, a
/// region inside another, what is left when regions are taken away. In the exact fragment — fields
/// compared with constants — the answers are exact and come with an example. Where other conditions
/// take part, proofs stay proofs and the rest is said as "may".
public enum Analysis {
  /// How far to look for rules that never apply and cases that no rule answers, where that is a long
  /// search.
  public enum Effort: Sendable {
    /// As far as costs next to nothing: for who wants to decide, and has checked his rules before.
    case quick
    /// As far as makes sense while somebody waits for the answer.
    case thorough

    /// What the searches of one table may cost, in words of bits looked at.
    var words: Int { self == .quick ? 1_000_000 : 200_000_000 }
  }

  /// What the analysis has to say about all the rules of a checked program; the same whatever was
  /// searched before.
  public static func diagnostics(
    of program: Program, effort: Effort = .thorough, memo: Memo? = nil
  ) -> [Diagnostic] {
    diagnostics(of: program) { $0.diagnostics(effort, memo) }
  }

  /// The rules that hold on no day from a business date on (days since 1970-01-01).
  public static func expiredRules(of program: Program, today: Int32) -> [Diagnostic] {
    diagnostics(of: program) { $0.expired(today: today) }
  }

  private static func diagnostics(
    of program: Program, _ ask: (ChooseAnalysis) -> [Diagnostic]
  ) -> [Diagnostic] {
    var found: [Diagnostic] = []
    var seen: Set<Place> = []
    let subjects = Subject.all(in: program)
    for index in program.chooses.indices {
      let id = ChooseID(index)
      let analysis = ChooseAnalysis(program, id, subjects[id] ?? .other(nil))
      for diagnostic in ask(analysis) {
        // A rule may stand in several chooses (one a rung); it is told once.
        let place = Place(
          code: diagnostic.code, span: diagnostic.span, labels: diagnostic.labels.map(\.span))
        if seen.insert(place).inserted { found.append(diagnostic) }
      }
    }
    return found.sortedByPosition()
  }

  private struct Place: Hashable {
    var code: String
    var span: Span
    var labels: [Span]
  }

  /// What a choose is to people, as far as it decides what is asked of it.
  enum Subject {
    case table(Decision)
    case territories(Decision)
    case other(Decision?)

    /// By choose, for those that decide what is asked of a decision.
    static func all(in program: Program) -> [ChooseID: Subject] {
      var all: [ChooseID: Subject] = [:]
      for decision in program.decisions {
        switch decision.kind {
        case .table(let id): all[id] = all[id] ?? .table(decision)
        case .territories(let plan): all[plan.choose] = all[plan.choose] ?? .territories(decision)
        case .decide(let id): all[id] = all[id] ?? .other(decision)
        case .assign(let plan): all[plan.choose] = all[plan.choose] ?? .other(decision)
        case .sale(let plan): all[plan.choose] = all[plan.choose] ?? .other(decision)
        case .define, .price, .discount, .match, .split, .require: break
        }
      }
      return all
    }
  }
}

/// The rules of one choose with the regions where they hold.
struct ChooseAnalysis {
  let program: Program
  let id: ChooseID
  let choose: Choose
  let subject: Analysis.Subject
  let space: Space
  let regions: [Space.Region]
  /// All boxes: those of one alternative beside each other, those of alternatives that beat others
  /// before theirs.
  let boxes: [Box]
  /// The alternative of each box.
  let owners: [Int]
  /// By alternative: how many boxes belong to those that win over it wherever both hold.
  let beating: [Int]
  /// What counts between alternatives that both hold: priority, or forbidding over permitting.
  private let ranks: [Int32]

  /// At most so many pairs or groups are told one by one.
  static let told = 20
  /// At most so many rules that never apply are told one by one.
  static let shadowsTold = 200
  /// And so many more are counted.
  static let counted = 1_000

  init(_ program: Program, _ id: ChooseID, _ subject: Analysis.Subject) {
    self.program = program
    self.id = id
    self.subject = subject
    choose = program[id]
    let space = Space(program, guards: choose.alternatives.map(\.guardTerm))
    self.space = space
    regions = choose.alternatives.map { space.region(where: $0.guardTerm) }
    let policy = choose.policy
    let ranks = choose.alternatives.map {
      policy == .forbidOverPermit ? ($0.isForbidding ? 1 : 0) : $0.priority
    }
    self.ranks = ranks
    let isRanked = policy == .priority || policy == .forbidOverPermit
    var order = Array(regions.indices)
    if isRanked {
      order.sort { ranks[$0] != ranks[$1] ? ranks[$0] > ranks[$1] : $0 < $1 }
    }
    var boxes: [Box] = []
    var owners: [Int] = []
    var beating = Array(repeating: 0, count: regions.count)
    var rank: Int32?
    var better = 0
    for index in order {
      if policy == .first || (isRanked && ranks[index] != rank) { better = boxes.count }
      rank = ranks[index]
      beating[index] = better
      boxes += regions[index].boxes
      owners += repeatElement(index, count: regions[index].boxes.count)
    }
    self.boxes = boxes
    self.owners = owners
    self.beating = beating
  }

  func rule(_ alternative: Int) -> Rule { program[choose.alternatives[alternative].rule] }

  func diagnostics(_ effort: Analysis.Effort, _ memo: Analysis.Memo? = nil) -> [Diagnostic] {
    guard !choose.alternatives.isEmpty else { return [] }
    let layout = Analysis.Layout(
      words: effort.words, whole: space.dimensions.map(\.whole), owners: owners, beating: beating,
      isOverestimate: regions.map(\.isOverestimate), boxes: boxes)
    let searched = memo?.search(layout) ?? Analysis.Searched(layout)
    let overlaps = searched.overlaps
    var found = neverTrue()
    let (shadowed, shadows) = told(searched.shadows, effort)
    found += shadows
    switch choose.policy {
    case .unique, .any: found += conflicts(overlaps)
    case .priority: found += isExclusive ? conflicts(overlaps) : ties(overlaps)
    case .first where effort == .thorough: found += partialOverlaps(overlaps, besides: shadowed)
    case .first, .outputPriority, .all, .outputOrder, .forbidOverPermit: break
    }
    switch subject {
    case .table: found += gaps(overlaps, effort)
    case .territories: found += branches()
    case .other: break
    }
    return found
  }

  /// Territories of which it was said that only one can hold.
  private var isExclusive: Bool {
    guard case .territories(let decision) = subject, case .territories(let plan) = decision.kind
    else { return false }
    return plan.isExclusive
  }

  // MARK: - Single rules

  private func neverTrue() -> [Diagnostic] {
    regions.indices.filter { regions[$0].boxes.isEmpty && !rule($0).isImplied }
      .map { .ruleNeverTrue(rule($0)) }
  }

  /// Rules that hold on no day from today on.
  func expired(today: Int32) -> [Diagnostic] {
    guard
      let dimension = space.dimensions.firstIndex(where: { program[$0.term] == .today })
    else { return [] }
    /// The last day of a cell, nil if there is none.
    func lastDay(_ cell: Int) -> Int64? {
      let bounds = space.dimensions[dimension].bounds(of: cell)
      return bounds.point?.bits ?? bounds.above.map { $0.bits - 1 }
    }
    return regions.indices.compactMap { index -> Diagnostic? in
      let ends = regions[index].boxes.map { box in
        (box[dimension]?.last).flatMap(lastDay) ?? Int64.max
      }
      guard let last = ends.max(), last < Int64(today) else { return nil }
      return .ruleExpired(rule(index), on: Value.date(days: Int32(truncatingIfNeeded: last)))
    }
  }

  // MARK: - Shadows

  private func told(
    _ shadows: Shadows, _ effort: Analysis.Effort
  ) -> (rules: Set<Int>, found: [Diagnostic]) {
    var found = shadows.covers.prefix(Self.shadowsTold).map { index, others in
      Diagnostic.ruleShadowed(rule(index), by: others.map { rule($0) })
    }
    if effort == .thorough, let first = shadows.undecided.first {
      found.append(.shadowUndecided(rule(first), more: shadows.undecided.count - 1))
    }
    if shadows.covers.count > Self.shadowsTold {
      found.append(.moreShadowed(shadows.covers.count - Self.shadowsTold, at: rule(0).span))
    }
    return (Set(shadows.covers.map(\.alternative)), found)
  }

  // MARK: - Pairs

  /// Pairs of alternatives with a common point, in order, until the body returns false.
  private func forEachPair(
    _ overlaps: Overlaps, where isAsked: (Int, Int) -> Bool, _ body: (Int, Int, Box) -> Bool
  ) {
    var told: Set<Pair> = []
    var goesOn = true
    for place in boxes.indices where goesOn {
      overlaps.forEachMeeting(place) { other in
        let pair = Pair(
          earlier: min(owners[other], owners[place]), later: max(owners[other], owners[place]))
        guard pair.earlier != pair.later, isAsked(pair.earlier, pair.later),
          let common = boxes[other].intersection(boxes[place]),
          regions[pair.earlier].boxes.count == 1 && regions[pair.later].boxes.count == 1
            || told.insert(pair).inserted
        else { return true }
        goesOn = body(pair.earlier, pair.later, common)
        return goesOn
      }
    }
  }

  private struct Pair: Hashable {
    var earlier: Int
    var later: Int
  }

  private func hasSamePayload(_ a: Int, _ b: Int) -> Bool {
    choose.alternatives[a].payload == choose.alternatives[b].payload
  }

  /// The first pairs that are asked for, and how many more there are.
  private func pairs(
    _ overlaps: Overlaps, where isAsked: (Int, Int) -> Bool
  ) -> (told: [(earlier: Int, later: Int, common: Box)], more: Int) {
    var told: [(earlier: Int, later: Int, common: Box)] = []
    var more = 0
    forEachPair(overlaps, where: isAsked) { earlier, later, common in
      if told.count < Self.told { told.append((earlier, later, common)) } else { more += 1 }
      return more < Self.counted
    }
    return (told, more)
  }

  /// Rules of which only one may hold, but two can.
  private func conflicts(_ overlaps: Overlaps) -> [Diagnostic] {
    let isExclusive = choose.policy != .any
    let (told, more) = pairs(overlaps, where: { isExclusive || !hasSamePayload($0, $1) })
    return told.map { earlier, later, common in
      let (witness, isSure) = example(common, earlier, later)
      return .rulesOverlap(
        rule(earlier), rule(later), witness: witness, isSure: isSure, isExclusive: isExclusive)
    } + moreOverlaps(more)
  }

  /// Rules of one priority that can both hold with different outcomes.
  private func ties(_ overlaps: Overlaps) -> [Diagnostic] {
    let (told, more) = pairs(
      overlaps, where: { ranks[$0] == ranks[$1] && !hasSamePayload($0, $1) })
    return told.map { earlier, later, common in
      let (witness, isSure) = example(common, earlier, later)
      return .rulesTie(rule(earlier), rule(later), witness: witness, isSure: isSure)
    } + moreOverlaps(more)
  }

  private func moreOverlaps(_ more: Int) -> [Diagnostic] {
    more == 0
      ? [] : [.moreOverlaps(more, isCounted: more < Self.counted, at: rule(0).span)]
  }

  /// Rules that take a part of what a later one with another outcome says, grouped by the earlier.
  ///
  /// That a narrow rule stands before a wide one is the very idea of `first`, and not told.
  private func partialOverlaps(
    _ overlaps: Overlaps, besides shadowed: Set<Int>
  ) -> [Diagnostic] {
    guard boxes.count <= 2_000 else { return [] }
    var groups: [Int: [Int]] = [:]
    func isTold(_ a: Int, _ b: Int) -> Bool {
      !shadowed.contains(a) && !shadowed.contains(b) && !hasSamePayload(a, b)
    }
    forEachPair(overlaps, where: isTold) { earlier, later, common in
      guard isSure(common, earlier, later), !covers(later, earlier), !covers(earlier, later) else {
        return true
      }
      groups[earlier, default: []].append(later)
      return true
    }
    return groups.sorted { $0.key < $1.key }.prefix(Self.told).map { earlier, later in
      .rulePartlyCovers(rule(earlier), later.map { rule($0) })
    }
  }

  /// Whether each box of one alternative lies in a box of another.
  private func covers(_ outer: Int, _ inner: Int) -> Bool {
    regions[inner].boxes.allSatisfy { box in
      regions[outer].boxes.contains { $0.contains(box) }
    }
  }

  /// A point at which two rules both hold: exact where all conditions are of the exact fragment, else
  /// a record that was tried, else where such a record would have to be.
  private func example(_ common: Box, _ a: Int, _ b: Int) -> (witness: Phrase, isSure: Bool) {
    if isSure(common, a, b) { return (witness(common), true) }
    let guards = [a, b].map { choose.alternatives[$0].guardTerm }
    return tried(guards.flatMap { conjuncts($0) }.map { ($0, true) }, guards, from: common)
  }

  private func conjuncts(_ guardTerm: TermID) -> [TermID] {
    if case .operation(.and, let parts) = program[guardTerm] { parts } else { [guardTerm] }
  }

  /// Looks for a record for which conditions stand as wanted.
  private func tried(
    _ wanted: [(condition: TermID, holds: Bool)], _ conditions: [TermID], from box: Box
  ) -> (witness: Phrase, isSure: Bool) {
    let words = Witness(program, space, choose, subject)
    var trial = Trial(program, conditions)
    if trial.find(wanted, from: words.values(box)) { return (words.describe(trial), true) }
    return (words.describe(box), false)
  }

  /// Whether a common point is surely a record for which both hold.
  private func isSure(_ common: Box, _ a: Int, _ b: Int) -> Bool {
    !space.isDerived(common) && !regions[a].isOverestimate && !regions[b].isOverestimate
  }

  // MARK: - Gaps

  /// What no row of a table answers, if it has no `else`.
  ///
  /// Blanks are no gap: an unknown input makes the answer undetermined. A table over texts or over
  /// records by name is never complete, nor is one over dates of validity, and is not asked to be.
  private func gaps(_ overlaps: Overlaps, _ effort: Analysis.Effort) -> [Diagnostic] {
    guard choose.otherwise == nil, case .table(let decision) = subject, !isFolded(decision),
      !space.dimensions.contains(where: { $0.isOpenEnded || program[$0.term] == .today })
    else { return [] }
    // Where only what is near a box is known, all of the space is out of reach.
    var budget = overlaps.hasRows ? effort.words : 0
    let all = Overlaps.bits(before: boxes.count)
    switch Cover.search(space.allKnown, by: all, in: overlaps, budget: &budget) {
    case .covered: return []
    case .undecided: return effort == .quick ? [] : [.gapUndecided(at: decision.span)]
    case .left(let box):
      var (witness, isSure) = (
        witness(box), !space.isDerived(box) && !regions.contains(where: \.isOverestimate)
      )
      if !isSure, regions.count <= 500 {
        let guards = choose.alternatives.map(\.guardTerm)
        (witness, isSure) = tried(guards.map { ($0, false) }, guards, from: box)
      }
      return [
        .tableGap(
          at: decision.span, witness: witness, isSure: isSure,
          isError: isSure && choose.policy == .unique)
      ]
    }
  }

  /// Whether a table's results are folded, so that no row is an answer too: a sum of nothing is 0.
  private func isFolded(_ decision: Decision) -> Bool {
    ([decision.answer] + decision.details.map(\.attribute)).contains {
      if case .collect = program[program[$0].term] { true } else { false }
    }
  }

  /// Branches of a tree in which no territory lies.
  private func branches() -> [Diagnostic] {
    guard case .territories(let decision) = subject else { return [] }
    return space.dimensions.indices.compactMap { dimension -> Diagnostic? in
      guard case .node(let tree) = space.dimensions[dimension].kind else { return nil }
      let sides = boxes.map { $0[dimension] }
      if sides.contains(where: { $0 == nil }) { return nil }
      let covered = CellSet(union: sides.compactMap { $0 })
      let nodes = program.schema[tree].nodes
      var bare: [Named] = []
      var index = 0
      while index < nodes.count {
        if CellSet(index, nodes[index].lastDescendant).intersects(covered) {
          index += 1
        } else {
          bare.append(nodes[index].name)
          index = nodes[index].lastDescendant + 1
        }
      }
      return bare.isEmpty ? nil : .branchesWithoutTerritory(bare, at: decision.span)
    }
  }

  func witness(_ box: Box) -> Phrase {
    Witness(program, space, choose, subject).describe(box)
  }
}
