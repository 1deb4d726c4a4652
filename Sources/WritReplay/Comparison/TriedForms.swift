import Synchronization
import WritModel
import WritNetwork
import WritRules
import WritSyntax
import WritText

/// The rule sets between two that differ in rules of `decide` blocks only, without checking one of
/// them: a form of a `decide` is its rules as the edits leave them, and each of these is an
/// alternative that the network of the comparison has already, from the base or from the other set.
///
/// Good for the columns that say what such a `decide` answers. Where rules elsewhere were edited, or
/// other values change with the answer, the forms have to be checked (`ComparisonCharger`).
struct TriedForms: Sendable {
  /// A column's forms, made when somebody first asks about it.
  final class Column: Sendable {
    private let difference: RuleDifference
    /// Which of the `decide` blocks it is, in written order.
    private let place: Int
    private let rules: WrittenRules
    private let name: AttributeID
    private let network: Network
    /// The alternatives of the base, and what each edit puts in the place of one; nil where edits
    /// bring rules, take them away or move them.
    private let list: [Choose.Alternative]
    private let replaced: [Int: (place: Int, alternative: Choose.Alternative)]?
    /// The edits that replace an alternative where it first stands in the base by one that first
    /// stands there in the other set, by what they replace; empty where edits do more than that.
    private let edits: [Choose.Alternative: (number: Int, after: Choose.Alternative)]
    private let made = Mutex<ChoiceForms??>(nil)

    /// `old` and `new`: where the rules of the two are written, in their order.
    fileprivate init(
      _ difference: RuleDifference, place: Int, _ rules: WrittenRules, _ name: AttributeID,
      _ network: Network
    ) {
      self.difference = difference
      self.place = place
      self.rules = rules
      self.name = name
      self.network = network
      let list = rules.old.map(\.alternative)
      self.list = list
      // Only what edits speak of is looked up.
      var places: [Span: Int] = [:]
      var fresh: Set<Span> = []
      let concerned = difference.edits.filter(\.isOfDecisions)
      let before = Set(concerned.compactMap(\.before))
      let after = Set(concerned.compactMap(\.after))
      for (place, rule) in rules.old.enumerated() where before.contains(rule.span) {
        places[rule.span] = places[rule.span] ?? place
      }
      for rule in rules.new where after.contains(rule.span) { fresh.insert(rule.span) }
      var replaced: [Int: (place: Int, alternative: Choose.Alternative)]? = [:]
      for (number, edit) in difference.edits.enumerated() where edit.isOfDecisions {
        let place = edit.before.flatMap { places[$0] }
        let isNew = edit.after.map { fresh.contains($0) } ?? false
        if place == nil, !isNew { continue }
        guard edit.kind == .changed, let place, let after = edit.after.flatMap({ rules[$0] })
        else {
          replaced = nil
          break
        }
        replaced?[number] = (place, after)
      }
      self.replaced = replaced
      var other = list
      for entry in (replaced ?? [:]).values { other[entry.place] = entry.alternative }
      var edits: [Choose.Alternative: (number: Int, after: Choose.Alternative)] = [:]
      // What two edits put in one place is nobody's alone.
      if let replaced, Set(replaced.values.map(\.place)).count == replaced.count {
        let firstOfBase = Self.firsts(replaced.values.map { list[$0.place] }, in: list)
        let firstOfOther = Self.firsts(replaced.values.map(\.alternative), in: other)
        for (number, entry) in replaced where firstOfBase[list[entry.place]] == entry.place {
          guard firstOfOther[entry.alternative] == entry.place else { continue }
          edits[list[entry.place]] = (number, entry.alternative)
        }
      }
      self.edits = edits
    }

    /// Where some alternatives first stand in a list.
    private static func firsts(
      _ some: [Choose.Alternative], in list: [Choose.Alternative]
    ) -> [Choose.Alternative: Int] {
      let guards = Set(some.map(\.guardTerm))
      var places: [Choose.Alternative: Int] = [:]
      for (place, alternative) in list.enumerated() where guards.contains(alternative.guardTerm) {
        places[alternative] = places[alternative] ?? place
      }
      return places
    }

    /// The edit to which a change from one winner to another is due whatever the record; nil where
    /// the forms have to be asked.
    ///
    /// Where both sets are decided at one place, no alternative before it holds in either, and so in
    /// none of the forms between: each of these is decided there too, by the one alternative or the
    /// other.
    func edit(from before: Choose.Alternative, to after: Choose.Alternative) -> Int? {
      guard let edit = edits[before], edit.after == after else { return nil }
      return edit.number
    }

    /// Whether the forms with none and all of the edits are those that were checked.
    fileprivate func isBetween(_ a: [Choose.Alternative], _ b: [Choose.Alternative]) -> Bool {
      guard let replaced else {
        return form([]) == a && form(Array(difference.edits.indices)) == b
      }
      var all = list
      for (place, alternative) in replaced.values { all[place] = alternative }
      return list == a && all == b
    }

    /// The alternatives of a form; nil: a rule is neither of the base nor of the other set.
    fileprivate func form(_ chosen: [Int]) -> [Choose.Alternative]? {
      let written: [Span]
      if let known = difference.rules(ofDecide: place, applying: chosen) {
        written = known
      } else {
        let decides = difference.applying(chosen).decides
        guard decides.indices.contains(place) else { return nil }
        written = decides[place].rules.map(\.span)
      }
      let found = written.compactMap { rules[$0] }
      return found.count == written.count ? found : nil
    }

    /// The forms of the column, one for each of the attribution.
    func forms(_ attribution: Attribution) -> ChoiceForms? {
      made.withLock { (made: inout ChoiceForms??) -> ChoiceForms? in
        if let known = made { return known }
        if let replaced {
          let all = ChoiceForms(
            list,
            replacing: attribution.forms.map { chosen in
              let own = chosen.compactMap { replaced[$0] }
              return Dictionary(own.map { ($0.place, $0.alternative) }) { first, _ in first }
            }, of: name, in: network)
          made = .some(all)
          return all
        }
        let forms = attribution.forms.compactMap { form($0) }
        let all =
          forms.count == attribution.forms.count ? ChoiceForms(forms, of: name, in: network) : nil
        made = .some(all)
        return all
      }
    }
  }

  /// By section and column; nil where it is the same in both sets, or not in both.
  let columns: [[Column?]]

  /// nil: some value that may change is not decided by an edited `decide` alone.
  init?(_ difference: RuleDifference, of set: Int, _ network: ComparisonNetwork) {
    let plan = network.plan
    guard !plan.isStateful, let union = network.union,
      plan.programs.allSatisfy({ $0.productions.isEmpty })
    else { return nil }
    let old = difference.base.decides
    guard Self.areChecked(difference.edits, old, difference.other.decides) else { return nil }

    /// The rules of a choose in the union, by where they are written.
    func written(
      _ choose: ChooseID, _ own: Choose, _ program: Program
    ) -> [WrittenRules.Rule]? {
      let alternatives = union.program[choose].alternatives
      guard alternatives.count == own.alternatives.count else { return nil }
      return alternatives.indices.map { place in
        let rule = Int(own.alternatives[place].rule.index)
        return WrittenRules.Rule(
          span: program.rules[rule].span, alternative: alternatives[place])
      }
    }
    var columns: [[Column?]] = []
    for section in plan.sections {
      var made: [Column?] = []
      for column in section.columns {
        guard let first = column.attributes[0], let other = column.attributes[set] else {
          made.append(nil)
          continue
        }
        let name = network.name(first, of: 0, isStateful: false)
        let otherName = network.name(other, of: set, isStateful: false)
        if name == otherName {
          made.append(nil)
          continue
        }
        guard let base = column.decisions[0], let twin = column.decisions[set],
          case .decide(let ownChoose) = plan.programs[0][base].kind,
          case .decide(let twinChoose) = plan.programs[set][twin].kind,
          let choose = union.choose(behind: name), let changed = union.choose(behind: otherName)
        else { return nil }
        let (a, b) = (union.program[choose], union.program[changed])
        guard a.policy == .first, b.policy == .first, a.isStrict == b.isStrict,
          a.otherwise == b.otherwise,
          let before = written(choose, plan.programs[0][ownChoose], plan.programs[0]),
          let after = written(changed, plan.programs[set][twinChoose], plan.programs[set])
        else { return nil }
        // A rule that reads alike and means something else depends on more than its own edit.
        guard let rules = WrittenRules(before, after) else { return nil }
        guard
          let place = old.firstIndex(where: { decide in
            decide.rules.count == before.count
              && before.indices.allSatisfy { decide.rules[$0].span == before[$0].span }
          })
        else { return nil }
        let own = Column(difference, place: place, rules, name, union)
        guard own.isBetween(a.alternatives, b.alternatives) else { return nil }
        made.append(own)
      }
      columns.append(made)
    }
    self.columns = columns
  }

  /// Whether the edits are of rules of `decide` blocks, and every form between checks as the two do:
  /// no two rules of one title, and no block without rules.
  private static func areChecked(
    _ edits: [RuleEdit], _ old: [DecideDeclaration], _ new: [DecideDeclaration]
  ) -> Bool {
    let concerned = edits.filter(\.isOfDecisions)
    /// The titles of the rules of which edits speak.
    func titles(_ decides: [DecideDeclaration], _ spans: [Span]) -> [Span: String] {
      let asked = Set(spans)
      var found: [Span: String] = [:]
      for decide in decides {
        // By place: a rule is a wide value to take out of its list.
        for place in decide.rules.indices {
          let span = decide.rules[place].span
          if asked.contains(span) { found[span] = found[span] ?? decide.rules[place].title.text }
        }
      }
      return found
    }
    let before = titles(old, concerned.compactMap(\.before))
    let after = titles(new, concerned.compactMap(\.after))
    func isTaken(_ title: String) -> Bool {
      old.contains { $0.rules.contains { $0.title.text == title } }
    }
    var removed: Set<Span> = []
    for edit in concerned {
      guard edit.subject == .rule else { return false }
      var title: String?
      if let span = edit.before {
        guard let known = before[span] else { return false }
        title = known
      }
      if let span = edit.after {
        guard let made = after[span] else { return false }
        if made != title, isTaken(made) { return false }
      } else if let span = edit.before {
        removed.insert(span)
      }
    }
    return old.allSatisfy { !$0.rules.allSatisfy { removed.contains($0.span) } }
  }
}

/// The rules of a `decide` in two sets, with where they are written.
private final class WrittenRules: Sendable {
  struct Rule: Sendable {
    var span: Span
    var alternative: Choose.Alternative
  }
  let old: [Rule]
  let new: [Rule]
  /// By where they are written: places in `old`, and behind these in `new`.
  private let places: [Span: Int32]

  /// nil: one place stands for several alternatives.
  init?(_ old: [Rule], _ new: [Rule]) {
    var places: [Span: Int32] = [:]
    places.reserveCapacity(old.count + new.count)
    for (place, rule) in old.enumerated() {
      if let known = places.updateValue(Int32(place), forKey: rule.span),
        old[Int(known)].alternative != rule.alternative
      {
        return nil
      }
    }
    for (place, rule) in new.enumerated() {
      if let known = places.updateValue(Int32(old.count + place), forKey: rule.span) {
        let other = Int(known) < old.count ? old[Int(known)] : new[Int(known) - old.count]
        if other.alternative != rule.alternative { return nil }
      }
    }
    self.old = old
    self.new = new
    self.places = places
  }

  subscript(span: Span) -> Choose.Alternative? {
    guard let place = places[span].map({ Int($0) }) else { return nil }
    return place < old.count ? old[place].alternative : new[place - old.count].alternative
  }
}

extension [FileTree] {
  /// The `decide` blocks, file by file in written order.
  fileprivate var decides: [DecideDeclaration] {
    flatMap(\.declarations).compactMap {
      if case .decide(let decide) = $0.kind { decide } else { nil }
    }
  }
}
