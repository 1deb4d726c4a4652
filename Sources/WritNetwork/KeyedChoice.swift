import WritModel
import WritRules

/// The alternatives of a large table by the one value that nearly each of them asks of the same
/// term: a price book of a million products.
///
/// More values than an index has cells would be bunched, and the rows of bits of a million
/// alternatives are long. Here the value leads to the few alternatives that name it, in written
/// order, and the rest of their guards is asked of all records together that come to the same rest.
/// An alternative that names another value is surely false, whatever else it asks.
///
/// The table may be that of several variants: it holds the alternatives of all, and the bits of those
/// that hold each (`ChooseFamily`).
final class KeyedChoice: @unchecked Sendable {
  /// Fewer alternatives are left to the index.
  static let fewest = 8_000
  /// No more are kept.
  private static let most = 1 << 24
  /// At most so many alternatives of a choose may not ask for one value; they are looked at every
  /// time. All variants together have at most four times as many.
  private static let mostWide = 64
  /// At most so many alternatives may stand with a value, on average over all of them.
  private static let mostTogether = 128

  /// A value that is equal to another exactly if they have the same key.
  struct Key: Equatable {
    var bits: Int64
    /// The tag, and the scale of a number without zeros behind it.
    var kind: UInt16

    /// nil: the value is not known, or is compared in another way.
    init?(_ value: Value) {
      switch value.tag {
      case .text, .date: (bits, kind) = (value.bits, UInt16(value.tag.rawValue) << 8)
      case .number:
        let plain = value.decimal.normalized
        (bits, kind) = (plain.mantissa, UInt16(value.tag.rawValue) << 8 | UInt16(plain.scale))
      default: return nil
      }
    }

    var hash: Int {
      let mixed = (UInt64(bitPattern: bits) ^ UInt64(kind) << 48) &* 0x9E37_79B9_7F4A_7C15
      return Int(truncatingIfNeeded: mixed >> 20)
    }
  }

  /// A value that is asked for, and where its alternatives stand.
  private struct Entry {
    var key: Key
    var start: Int32
    var end: Int32
  }

  /// What nearly all alternatives ask about.
  let term: TermID
  let guards: [TermID]
  /// The rule of each alternative.
  let rules: [RuleIndex]
  /// Of each alternative the variants that hold it; nil: it is the table of one choose.
  let members: UnsafeMutableBufferPointer<UInt64>?
  /// All who hold an alternative.
  let everyone: UInt64
  /// What alternatives ask beside the value, part by part. The first asks nothing.
  let rests: [[TermID]]
  /// Which of these each alternative asks.
  let restOf: UnsafeMutableBufferPointer<Int32>
  /// The values that are asked for, and an open table of their numbers, -1 where there is none.
  private let entries: UnsafeMutableBufferPointer<Entry>
  private let places: UnsafeMutableBufferPointer<Int32>
  /// The alternatives of each value, side by side.
  let alternatives: UnsafeMutableBufferPointer<Int32>
  /// The alternatives that ask for no value, or not for one.
  let wide: [Int32]
  /// The alternatives to look at where the value is not known: those of `wide`, and the first of all
  /// that differ in nothing but their value. None of these can be true then, and what one of them
  /// leaves open the others leave open too.
  let unkeyed: [Int32]

  /// How many values are told apart.
  var valueCount: Int { entries.count }

  /// nil: these are not such alternatives, or too few. `members`: the variants that hold each.
  init?(_ choose: Choose, members: [UInt64]? = nil, _ program: Program) {
    let guards = choose.alternatives.map(\.guardTerm)
    guard (Self.fewest..<Self.most).contains(guards.count),
      let term = Self.term(of: guards, program)
    else { return nil }
    var numbers = Numbers()
    var rests = Rests()
    var wide: [Int32] = []
    var wideOfMember = [Int](repeating: 0, count: members == nil ? 1 : 64)
    var numberOf: [Int32] = []
    var restOf: [Int32] = []
    numberOf.reserveCapacity(guards.count)
    restOf.reserveCapacity(guards.count)
    for (alternative, guardTerm) in guards.enumerated() {
      var parts = Self.parts(of: guardTerm, program)
      var key: Key?
      for (place, part) in parts.enumerated() {
        guard let (tested, value) = Self.test(part, program), tested == term,
          let found = Key(value)
        else { continue }
        key = found
        parts.remove(at: place)
        break
      }
      restOf.append(rests.number(of: parts))
      if let key {
        numberOf.append(numbers.number(of: key))
        continue
      }
      numberOf.append(-1)
      wide.append(Int32(alternative))
      if wide.count > 4 * Self.mostWide { return nil }
      for member in wideOfMember.indices
      where (members?[alternative] ?? 1) >> UInt64(member) & 1 == 1 {
        wideOfMember[member] += 1
        if wideOfMember[member] > Self.mostWide { return nil }
      }
    }
    // What the index tells apart exactly it decides faster.
    guard numbers.keys.count > ChooseIndex.mostCells else { return nil }
    var starts = [Int32](repeating: 0, count: numbers.keys.count + 1)
    for number in numberOf where number >= 0 { starts[Int(number) + 1] += 1 }
    let together = starts.reduce(0) { $0 + Int($1) * Int($1) }
    guard together <= guards.count * Self.mostTogether else { return nil }
    for number in numbers.keys.indices { starts[number + 1] += starts[number] }
    var next = starts
    var alternatives = [Int32](repeating: 0, count: guards.count - wide.count)
    for (alternative, number) in numberOf.enumerated() where number >= 0 {
      alternatives[Int(next[Int(number)])] = Int32(alternative)
      next[Int(number)] += 1
    }
    self.term = term
    self.guards = guards
    rules = choose.alternatives.map(\.rule.index)
    self.members = members.map { .copy(of: $0) }
    everyone = members?.reduce(0, |) ?? 1
    self.rests = rests.all
    self.restOf = .copy(of: restOf)
    entries = .copy(
      of: numbers.keys.enumerated().map {
        Entry(key: $1, start: starts[$0], end: starts[$0 + 1])
      })
    places = .copy(of: numbers.places)
    self.alternatives = .copy(of: alternatives)
    self.wide = wide
    let first = Self.firstOfEach(choose, members, numberOf, restOf)
    unkeyed = (first + wide).sorted()
  }

  deinit {
    members?.deallocate()
    restOf.deallocate()
    entries.deallocate()
    places.deallocate()
    alternatives.deallocate()
  }

  /// The first of all alternatives with a value that ask, give and weigh the same but for it; of
  /// each variant.
  private static func firstOfEach(
    _ choose: Choose, _ members: [UInt64]?, _ numberOf: [Int32], _ restOf: [Int32]
  ) -> [Int32] {
    struct Sort: Hashable {
      var rest: Int32
      /// What else the policy looks at when it settles what is open.
      var weight: [Int32]
    }
    func weight(_ alternative: Int) -> [Int32] {
      let alternative = choose.alternatives[alternative]
      switch choose.policy {
      case .any, .outputPriority: return alternative.payload.map(\.index)
      case .priority: return [alternative.priority]
      case .forbidOverPermit: return [alternative.isForbidding ? 1 : 0]
      case .first, .unique, .all, .outputOrder: return []
      }
    }
    var found: [Int32] = []
    var known: [Sort: UInt64] = [:]
    for (alternative, number) in numberOf.enumerated() where number >= 0 {
      let sort = Sort(rest: restOf[alternative], weight: weight(alternative))
      let holders = members?[alternative] ?? 1
      let before = known[sort, default: 0]
      if holders & ~before == 0 { continue }
      known[sort] = before | holders
      found.append(Int32(alternative))
    }
    return found
  }

  /// The alternatives that ask for a value, in written order, as places among `alternatives`.
  @inline(__always)
  func range(for key: Key) -> (start: Int32, end: Int32) {
    let mask = places.count - 1
    var place = key.hash & mask
    while places[place] >= 0 {
      let entry = entries[Int(places[place])]
      if entry.key == key { return (entry.start, entry.end) }
      place = (place + 1) & mask
    }
    return (0, 0)
  }

  // MARK: - Guards

  /// The terms of which the first alternatives ask a value; that of the most different values.
  private static func term(of guards: [TermID], _ program: Program) -> TermID? {
    var numbers = TermNumbers()
    var found: [(term: TermID, values: Set<Int64>)] = []
    for guardTerm in guards.prefix(1_024) {
      for part in parts(of: guardTerm, program) {
        guard let (term, value) = test(part, program), let key = Key(value) else { continue }
        let number = numbers[term] ?? numbers.add(term)
        if number == found.count { found.append((term, [])) }
        found[number].values.insert(key.bits)
      }
    }
    var best: (term: TermID, values: Set<Int64>)?
    for candidate in found where candidate.values.count > best?.values.count ?? 0 {
      best = candidate
    }
    return best?.term
  }

  /// What all has to hold for a guard to hold.
  static func parts(of guardTerm: TermID, _ program: Program) -> [TermID] {
    if case .operation(.and, let parts) = program[guardTerm] { parts } else { [guardTerm] }
  }

  /// A term that is held against one known value.
  static func test(_ term: TermID, _ program: Program) -> (term: TermID, value: Value)? {
    guard case .operation(.equal, let sides) = program[term], sides.count == 2,
      case .constant(let constant) = program[sides[1]], constant.items == nil,
      constant.value.isKnown
    else { return nil }
    return (sides[0], constant.value)
  }

  /// Numbers for values, in an open table.
  private struct Numbers {
    private(set) var keys: [Key] = []
    private(set) var places = [Int32](repeating: -1, count: 1 << 14)

    mutating func number(of key: Key) -> Int32 {
      if keys.count * 2 >= places.count {
        places = [Int32](repeating: -1, count: places.count * 2)
        for (number, key) in keys.enumerated() { places[place(of: key)] = Int32(number) }
      }
      let place = place(of: key)
      if places[place] < 0 {
        places[place] = Int32(keys.count)
        keys.append(key)
      }
      return places[place]
    }

    /// The place of a key in the table, or where it would be put.
    private func place(of key: Key) -> Int {
      let mask = places.count - 1
      var place = key.hash & mask
      while places[place] >= 0, keys[Int(places[place])] != key { place = (place + 1) & mask }
      return place
    }
  }

  /// Numbers for what alternatives ask beside the value.
  private struct Rests {
    private(set) var all: [[TermID]] = [[]]
    private var numbers: [[TermID]: Int32] = [[]: 0]

    mutating func number(of parts: [TermID]) -> Int32 {
      if parts.isEmpty { return 0 }
      if let known = numbers[parts] { return known }
      numbers[parts] = Int32(all.count)
      all.append(parts)
      return Int32(all.count - 1)
    }
  }
}

/// How one choose goes by a table of alternatives: its own, or one of several variants.
struct KeyedView: Sendable {
  let table: KeyedChoice
  /// The bit of the choose among those that share the table.
  let member: UInt64
  /// Whether the table is the choose's own.
  var isOwn: Bool { table.members == nil }
  /// The choose's own number of each alternative of a shared table; empty where it is seldom asked for.
  private let own: [Int32]

  init(_ table: KeyedChoice) {
    self.table = table
    member = 1
    own = []
  }

  /// The view of one of several variants. `numbering`: more is asked for than the rule that won, so
  /// its own numbers are worth keeping.
  init(_ table: KeyedChoice, member place: Int, numbering: Bool) {
    let member: UInt64 = 1 << UInt64(place)
    self.table = table
    self.member = member
    guard numbering, let members = table.members else {
      own = []
      return
    }
    var number: Int32 = 0
    own = members.map { held in
      guard held & member != 0 else { return -1 }
      number += 1
      return number - 1
    }
  }

  /// The choose's own number of an alternative of the table that it holds.
  func own(_ alternative: Int) -> Int {
    guard let members = table.members else { return alternative }
    if !own.isEmpty { return Int(own[alternative]) }
    return members[..<alternative].count { $0 & member != 0 }
  }
}
