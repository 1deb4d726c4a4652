import WritModel
import WritRules

/// The chooses of several variants that answer one question, decided in one pass.
///
/// Their alternatives stand in one list, in an order that fits each of them: what two have in common
/// stands once, a rule that was moved stands twice. Each entry says by bits which members hold it
/// there. The first entry that holds settles every member that has it; the search goes on for the
/// others only.
struct ChooseFamily: Sendable {
  struct Entry: Sendable {
    var alternative: Choose.Alternative
    var members: UInt64
  }
  /// Different from each other; the bit of a member is its place here.
  let chooses: [ChooseID]
  let entries: [Entry]
  let isStrict: Bool

  /// The families of variants: chooses behind attributes of one name.
  static func all(of program: Program, _ variants: [Variant]) -> [ChooseFamily] {
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
      return ChooseFamily(members, program, isStrict: isStrict)
    }
  }

  private init(_ chooses: [ChooseID], _ program: Program, isStrict: Bool) {
    self.chooses = chooses
    self.isStrict = isStrict
    entries = Self.merged(chooses.map { program[$0].alternatives })
  }

  /// The alternatives of some lists in one that fits the order of each.
  static func merged(_ lists: [[Choose.Alternative]]) -> [Entry] {
    var entries: [Entry] = []
    for (member, alternatives) in lists.enumerated() {
      merge(alternatives, 1 << UInt64(member), into: &entries)
    }
    return entries
  }

  /// Adds a member's alternatives: those that stand in the list in the same order join what is
  /// there, the longest such run of them; the others get places of their own.
  private static func merge(
    _ alternatives: [Choose.Alternative], _ member: UInt64, into entries: inout [Entry]
  ) {
    var places: [Choose.Alternative: [Int]] = [:]
    for (place, entry) in entries.enumerated() {
      places[entry.alternative, default: []].append(place)
    }

    // The longest ascending run of places (Hunt and Szymanski): `tails[n]` is the step that ends the
    // run of n + 1 places whose last is least.
    struct Step {
      var place: Int
      var alternative: Int
      var before: Int
    }
    var steps: [Step] = []
    var tails: [Int] = []
    for (index, alternative) in alternatives.enumerated() {
      for place in (places[alternative] ?? []).reversed() {
        var low = 0
        var high = tails.count
        while low < high {
          let middle = (low + high) / 2
          if steps[tails[middle]].place < place { low = middle + 1 } else { high = middle }
        }
        steps.append(Step(place: place, alternative: index, before: low > 0 ? tails[low - 1] : -1))
        if low == tails.count {
          tails.append(steps.count - 1)
        } else {
          tails[low] = steps.count - 1
        }
      }
    }
    var placeOfAlternative: [Int: Int] = [:]
    var step = tails.last ?? -1
    while step >= 0 {
      placeOfAlternative[steps[step].alternative] = steps[step].place
      step = steps[step].before
    }

    var merged: [Entry] = []
    merged.reserveCapacity(entries.count + 8)
    var next = 0
    for (index, alternative) in alternatives.enumerated() {
      if let place = placeOfAlternative[index] {
        merged += entries[next..<place]
        merged.append(Entry(alternative: alternative, members: entries[place].members | member))
        next = place + 1
      } else {
        merged.append(Entry(alternative: alternative, members: member))
      }
    }
    merged += entries[next...]
    entries = merged
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
  let index: ChooseIndex

  /// nil: an index is not worth it here.
  init?(_ family: ChooseFamily, _ program: Program, _ facts: TermFacts) {
    let choose = Choose(
      policy: .first, isStrict: family.isStrict, alternatives: family.entries.map(\.alternative),
      otherwise: nil)
    members = family.entries.map(\.members)
    plan = ChoosePlan(choose, members: members, program, facts, indexing: true)
    guard let index = plan.index else { return nil }
    self.index = index
    alternatives = choose.alternatives
    chooses = family.chooses
  }
}
