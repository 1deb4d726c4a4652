import WritModel
import WritRules

/// The chooses of several variants that answer one question, decided in one pass.
///
/// They stand behind attributes of one name, or are large tables that differ in few rows. Their
/// alternatives stand in one list, in an order that fits each of them: what two have in common stands
/// once, a rule that was moved stands twice. Each entry says by bits which members hold it there. The
/// first entry that holds settles every member that has it; the search goes on for the others only.
struct ChooseFamily: Sendable {
  struct Entry: Sendable {
    var alternative: Choose.Alternative
    var members: UInt64
  }
  /// Different from each other; the bit of a member is its place here.
  let chooses: [ChooseID]
  let entries: [Entry]
  let policy: Choose.Policy
  let isStrict: Bool

  /// The families of variants.
  static func all(of program: Program, _ variants: [Variant]) -> [ChooseFamily] {
    let named = named(of: program, variants)
    return named + tables(of: program, variants, except: Set(named.flatMap(\.chooses)))
  }

  /// Chooses behind attributes of one name.
  private static func named(of program: Program, _ variants: [Variant]) -> [ChooseFamily] {
    var names: [String] = []
    var chooses: [String: [ChooseID]] = [:]
    for variant in variants {
      for (index, given) in variant.program.attributes.enumerated() {
        let attribute = program[variant[AttributeID(index)]]
        let id: ChooseID
        switch program[program.answered(by: attribute.term) ?? attribute.term] {
        case .winner(let found): id = found
        case .payload(let found, _, let winner):
          guard case .winner = program[winner] else { continue }
          id = found
        default: continue
        }
        guard program[id].policy == .first else { continue }
        if chooses[given.name.name] == nil { names.append(given.name.name) }
        if chooses[given.name.name]?.contains(id) != true {
          chooses[given.name.name, default: []].append(id)
        }
      }
    }
    var taken: Set<ChooseID> = []
    return names.compactMap { name in
      let members = chooses[name] ?? []
      guard members.count > 1, members.allSatisfy({ !taken.contains($0) }) else { return nil }
      let isStrict = program[members[0]].isStrict
      guard members.allSatisfy({ program[$0].isStrict == isStrict }) else { return nil }
      taken.formUnion(members)
      return ChooseFamily(members, program)
    }
  }

  /// Large tables that have most of their rows in common, wherever they are asked.
  private static func tables(
    of program: Program, _ variants: [Variant], except taken: Set<ChooseID>
  ) -> [ChooseFamily] {
    struct Group {
      var chooses: [ChooseID]
      /// The last variant that has one of them.
      var variant: Int
      var rows: Set<Choose.Alternative>
    }
    var groups: [Group] = []
    for (number, variant) in variants.enumerated() {
      for place in variant.program.chooses.indices {
        guard let id = variant[ChooseID(place)], !taken.contains(id),
          program[id].alternatives.count >= KeyedChoice.fewest
        else { continue }
        if let known = groups.firstIndex(where: { $0.chooses.contains(id) }) {
          groups[known].variant = number
          continue
        }
        let choose = program[id]
        let step = max(choose.alternatives.count / 64, 1)
        let sample = Array(stride(from: 0, to: choose.alternatives.count, by: step))
        let like = groups.firstIndex { group in
          let other = program[group.chooses[0]]
          return group.variant != number && other.policy == choose.policy
            && other.isStrict == choose.isStrict
            && sample.count { group.rows.contains(choose.alternatives[$0]) } * 2 > sample.count
        }
        if let like {
          groups[like].chooses.append(id)
          groups[like].variant = number
        } else {
          groups.append(
            Group(chooses: [id], variant: number, rows: Set(choose.alternatives)))
        }
      }
    }
    return groups.filter { $0.chooses.count > 1 }.map { ChooseFamily($0.chooses, program) }
  }

  private init(_ chooses: [ChooseID], _ program: Program) {
    self.chooses = chooses
    policy = program[chooses[0]].policy
    isStrict = program[chooses[0]].isStrict
    entries = Self.merged(chooses.map { program[$0].alternatives })
  }

  /// The alternatives of some lists in one that fits the order of each.
  static func merged(_ lists: [[Choose.Alternative]]) -> [Entry] {
    var numbers = AlternativeNumbers()
    var merged: [Merged] = []
    for (member, alternatives) in lists.enumerated() {
      merge(
        alternatives.map { numbers.number(of: $0) }, 1 << UInt64(member), into: &merged,
        of: numbers.all.count)
    }
    return merged.map {
      Entry(alternative: numbers.all[Int($0.number)], members: $0.members)
    }
  }

  /// An entry by the number of its alternative.
  private struct Merged {
    var number: Int32
    var members: UInt64
  }

  /// Adds a member's alternatives: those that stand in the list in the same order join what is
  /// there, the longest such run of them; the others get places of their own.
  private static func merge(
    _ alternatives: [Int32], _ member: UInt64, into entries: inout [Merged], of count: Int
  ) {
    // The places of each alternative in the list, the last first.
    var lastPlace = [Int32](repeating: -1, count: count)
    var placeBefore = [Int32](repeating: -1, count: entries.count)
    for (place, entry) in entries.enumerated() {
      placeBefore[place] = lastPlace[Int(entry.number)]
      lastPlace[Int(entry.number)] = Int32(place)
    }

    // The longest ascending run of places (Hunt and Szymanski): `tails[n]` is the step that ends the
    // run of n + 1 places whose last is least.
    struct Step {
      var place: Int32
      var alternative: Int32
      var before: Int32
    }
    var steps: [Step] = []
    steps.reserveCapacity(alternatives.count)
    var tails: [Int32] = []
    tails.reserveCapacity(alternatives.count)
    for (index, number) in alternatives.enumerated() {
      var place = lastPlace[Int(number)]
      while place >= 0 {
        var low = 0
        var high = tails.count
        // Mostly it goes on.
        if let last = tails.last, steps[Int(last)].place < place { low = high }
        while low < high {
          let middle = (low + high) / 2
          if steps[Int(tails[middle])].place < place { low = middle + 1 } else { high = middle }
        }
        steps.append(
          Step(place: place, alternative: Int32(index), before: low > 0 ? tails[low - 1] : -1))
        if low == tails.count {
          tails.append(Int32(steps.count - 1))
        } else {
          tails[low] = Int32(steps.count - 1)
        }
        place = placeBefore[Int(place)]
      }
    }
    var placeOfAlternative = [Int32](repeating: -1, count: alternatives.count)
    var step = tails.last ?? -1
    while step >= 0 {
      placeOfAlternative[Int(steps[Int(step)].alternative)] = steps[Int(step)].place
      step = steps[Int(step)].before
    }

    var merged: [Merged] = []
    merged.reserveCapacity(entries.count + 8)
    var next = 0
    for (index, number) in alternatives.enumerated() {
      let place = Int(placeOfAlternative[index])
      if place >= 0 {
        merged += entries[next..<place]
        merged.append(Merged(number: number, members: entries[place].members | member))
        next = place + 1
      } else {
        merged.append(Merged(number: number, members: member))
      }
    }
    merged += entries[next...]
    entries = merged
  }
}

/// Numbers for alternatives, equal ones the same.
private struct AlternativeNumbers {
  private(set) var all: [Choose.Alternative] = []
  private var table = TermTable()
  /// What will follow if the list goes on as the one before it did.
  private var expected = 0

  mutating func number(of alternative: Choose.Alternative) -> Int32 {
    if expected < all.count, all[expected] == alternative {
      expected += 1
      return Int32(expected - 1)
    }
    let hash = Self.hash(alternative)
    let number = table.find(hash) { all[$0] == alternative } ?? all.count
    if number == all.count {
      table.add(hash)
      all.append(alternative)
    }
    expected = number + 1
    return Int32(number)
  }

  private static func hash(_ alternative: Choose.Alternative) -> UInt64 {
    let parts =
      UInt64(UInt32(bitPattern: alternative.rule.index)) << 32
      | UInt64(UInt32(bitPattern: alternative.guardTerm.index))
    let mixed = parts &* 0x9E37_79B9_7F4A_7C15
    return mixed ^ mixed >> 29
  }
}

/// A family, made ready.
final class FamilyPlan: Sendable {
  let chooses: [ChooseID]
  /// All entries as the alternatives of one choose, and their index.
  let alternatives: [Choose.Alternative]
  /// The members that hold each of them.
  let members: [UInt64]
  let plan: ChoosePlan
  var index: ChooseIndex? { plan.index }
  /// In place of the index.
  var table: KeyedChoice? { plan.keyed?.table }

  /// nil: neither an index nor a table is worth it here.
  init?(_ family: ChooseFamily, _ program: Program, _ facts: TermFacts) {
    let choose = Choose(
      policy: family.policy, isStrict: family.isStrict,
      alternatives: family.entries.map(\.alternative), otherwise: nil)
    members = family.entries.map(\.members)
    let table = KeyedChoice(choose, members: members, program)
    // Members of other policies have nothing that an index could tell.
    if table == nil, family.policy != .first { return nil }
    plan = ChoosePlan(
      choose, members: members, keyed: table.map { KeyedView($0) }, program, facts,
      indexing: true)
    if plan.index == nil, plan.keyed == nil { return nil }
    alternatives = choose.alternatives
    chooses = family.chooses
  }

  /// How the members of families go by tables that they share.
  static func views(_ families: [FamilyPlan], _ program: Program) -> [ChooseID: KeyedView] {
    var views: [ChooseID: KeyedView] = [:]
    for family in families {
      guard let table = family.table else { continue }
      for (member, choose) in family.chooses.enumerated() {
        views[choose] = KeyedView(
          table, member: member, numbering: program[choose].policy != .first)
      }
    }
    return views
  }
}
