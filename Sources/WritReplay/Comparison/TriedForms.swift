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
    private let alternatives: [Span: Choose.Alternative]
    private let name: AttributeID
    private let network: Network
    /// The alternatives of the base, and what each edit puts in the place of one; nil where edits
    /// bring rules, take them away or move them.
    private let list: [Choose.Alternative]
    private let replaced: [Int: (place: Int, alternative: Choose.Alternative)]?
    /// Of each alternative where it first stands in the base, and in the other set, by place; empty
    /// where edits do more than replace alternatives.
    private let firstOfBase: [Choose.Alternative: Int]
    private let firstOfOther: [Choose.Alternative: Int]
    /// The edit that replaces the alternative of a place.
    private let editOfPlace: [Int: Int]
    private let made = Mutex<ChoiceForms??>(nil)

    /// `old` and `new`: where the rules of the two are written, in their order.
    fileprivate init(
      _ difference: RuleDifference, place: Int, _ alternatives: [Span: Choose.Alternative],
      _ old: [Span], _ new: [Span], _ name: AttributeID, _ network: Network
    ) {
      self.difference = difference
      self.place = place
      self.alternatives = alternatives
      self.name = name
      self.network = network
      list = old.compactMap { alternatives[$0] }
      let places = Dictionary(old.enumerated().map { ($1, $0) }) { first, _ in first }
      let fresh = Set(new)
      var replaced: [Int: (place: Int, alternative: Choose.Alternative)]? = [:]
      for (number, edit) in difference.edits.enumerated() where edit.isOfDecisions {
        let place = edit.before.flatMap { places[$0] }
        let isNew = edit.after.map { fresh.contains($0) } ?? false
        if place == nil, !isNew { continue }
        guard edit.kind == .changed, let place, let after = edit.after.flatMap({ alternatives[$0] })
        else {
          replaced = nil
          break
        }
        replaced?[number] = (place, after)
      }
      self.replaced = replaced
      var other = list
      var editOfPlace: [Int: Int] = [:]
      for (number, entry) in replaced ?? [:] {
        other[entry.place] = entry.alternative
        editOfPlace[entry.place] = number
      }
      // What two edits put in one place is nobody's alone.
      let isPlain = replaced.map { $0.count == editOfPlace.count } ?? false
      func firsts(_ list: [Choose.Alternative]) -> [Choose.Alternative: Int] {
        guard isPlain else { return [:] }
        return Dictionary(list.enumerated().map { ($1, $0) }) { first, _ in first }
      }
      firstOfBase = firsts(list)
      firstOfOther = firsts(other)
      self.editOfPlace = editOfPlace
    }

    /// The edit to which a change from one winner to another is due whatever the record; nil where
    /// the forms have to be asked.
    ///
    /// Where both sets are decided at one place, no alternative before it holds in either, and so in
    /// none of the forms between: each of these is decided there too, by the one alternative or the
    /// other.
    func edit(from before: Choose.Alternative, to after: Choose.Alternative) -> Int? {
      guard let place = firstOfBase[before], firstOfOther[after] == place else { return nil }
      return editOfPlace[place]
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
      let decides = difference.applying(chosen).decides
      guard decides.indices.contains(place) else { return nil }
      let rules = decides[place].rules
      let found = rules.compactMap { alternatives[$0.span] }
      return found.count == rules.count ? found : nil
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
    ) -> [(span: Span, alternative: Choose.Alternative)]? {
      let alternatives = union.program[choose].alternatives
      guard alternatives.count == own.alternatives.count else { return nil }
      return zip(own.alternatives, alternatives).map { (program[$0.rule].span, $1) }
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
        var alternatives: [Span: Choose.Alternative] = [:]
        for (span, alternative) in before + after {
          // A rule that reads alike and means something else depends on more than its own edit.
          guard alternatives[span] == nil || alternatives[span] == alternative else { return nil }
          alternatives[span] = alternative
        }
        let spans = before.map(\.span)
        guard let place = old.firstIndex(where: { $0.rules.map(\.span) == spans })
        else { return nil }
        let own = Column(
          difference, place: place, alternatives, spans, after.map(\.span), name, union)
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
    func titles(_ decides: [DecideDeclaration]) -> [Span: String] {
      let rules = decides.flatMap(\.rules)
      return Dictionary(rules.map { ($0.span, $0.title.text) }) { first, _ in first }
    }
    let (before, after) = (titles(old), titles(new))
    let taken = Set(before.values)
    var removed: Set<Span> = []
    for edit in edits where edit.isOfDecisions {
      guard edit.subject == .rule else { return false }
      var title: String?
      if let span = edit.before {
        guard let known = before[span] else { return false }
        title = known
      }
      if let span = edit.after {
        guard let made = after[span] else { return false }
        if made != title, taken.contains(made) { return false }
      } else if let span = edit.before {
        removed.insert(span)
      }
    }
    return old.allSatisfy { !$0.rules.allSatisfy { removed.contains($0.span) } }
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
