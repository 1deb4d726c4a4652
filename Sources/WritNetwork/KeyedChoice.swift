import WritModel
import WritRules

/// The alternatives of a large table by the one value that nearly each of them asks of the same
/// term: a price book of a million products.
///
/// More values than an index has cells would be bunched, and the rows of bits of a million
/// alternatives are long. Here the value leads to the few alternatives that name it, in written
/// order, and the rest of their guards is asked one by one. An alternative that names another value
/// is surely false, whatever else it asks.
final class KeyedChoice: Sendable {
  /// Fewer alternatives are left to the index.
  static let fewest = 8_000
  /// At most so many alternatives may not ask for one value; they are looked at every time.
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

  /// What nearly all alternatives ask about.
  let term: TermID
  let guards: [TermID]
  /// The values that are asked for, and an open table of their numbers, -1 where there is none.
  private let keys: [Key]
  private let places: [Int32]
  /// The alternatives of each value, side by side, and where those of each begin.
  private let alternatives: [Int32]
  private let starts: [Int32]
  /// The alternatives that ask for no value, or not for one.
  let wide: [Int32]
  /// The alternatives to look at where the value is not known: those of `wide`, and the first of all
  /// that differ in nothing but their value. None of these can be true then, and what one of them
  /// leaves open the others leave open too.
  let unkeyed: [Int32]

  /// How many values are told apart.
  var valueCount: Int { keys.count }

  /// nil: these are not such alternatives, or too few.
  init?(_ choose: Choose, _ program: Program) {
    let guards = choose.alternatives.map(\.guardTerm)
    guard guards.count >= Self.fewest, let term = Self.term(of: guards, program) else { return nil }
    self.term = term
    self.guards = guards
    var keys: [Key] = []
    var places = [Int32](repeating: -1, count: 1 << 16)
    func number(of key: Key) -> Int32 {
      if keys.count * 2 > places.count {
        places = [Int32](repeating: -1, count: places.count * 4)
        for (number, key) in keys.enumerated() {
          places[Self.place(of: key, keys, places)] = Int32(number)
        }
      }
      let place = Self.place(of: key, keys, places)
      if places[place] < 0 {
        places[place] = Int32(keys.count)
        keys.append(key)
      }
      return places[place]
    }
    var wide: [Int32] = []
    var numbers: [Int32] = []
    numbers.reserveCapacity(guards.count)
    for (alternative, guardTerm) in guards.enumerated() {
      if let key = Self.key(of: guardTerm, on: term, program) {
        numbers.append(number(of: key))
      } else {
        numbers.append(-1)
        wide.append(Int32(alternative))
        if wide.count > Self.mostWide { return nil }
      }
    }
    // What the index tells apart exactly it decides faster.
    guard keys.count > ChooseIndex.mostCells else { return nil }
    var starts = [Int32](repeating: 0, count: keys.count + 1)
    for number in numbers where number >= 0 { starts[Int(number) + 1] += 1 }
    let together = starts.reduce(0) { $0 + Int($1) * Int($1) }
    guard together <= guards.count * Self.mostTogether else { return nil }
    for number in keys.indices { starts[number + 1] += starts[number] }
    var next = starts
    var alternatives = [Int32](repeating: 0, count: guards.count - wide.count)
    for (alternative, number) in numbers.enumerated() where number >= 0 {
      alternatives[Int(next[Int(number)])] = Int32(alternative)
      next[Int(number)] += 1
    }
    self.keys = keys
    self.places = places
    self.alternatives = alternatives
    self.starts = starts
    self.wide = wide
    let first = Self.firstOfEach(choose, numbers, on: term, program)
    unkeyed = (first + wide).sorted()
  }

  /// The first of all alternatives with a value that ask, give and weigh the same but for it.
  private static func firstOfEach(
    _ choose: Choose, _ numbers: [Int32], on term: TermID, _ program: Program
  ) -> [Int32] {
    /// The rest of a guard, with a mark where the value is asked for.
    func rest(_ alternative: Int) -> [TermID] {
      var parts = parts(of: choose.alternatives[alternative].guardTerm, program)
      let asked = parts.firstIndex { part in
        guard let (tested, value) = test(part, program) else { return false }
        return tested == term && Key(value) != nil
      }
      if let asked { parts[asked] = TermID(-1) }
      return parts
    }
    /// What else the policy looks at when it settles what is open.
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
    var byHash: [UInt64: [Int32]] = [:]
    for (alternative, number) in numbers.enumerated() where number >= 0 {
      let (parts, weights) = (rest(alternative), weight(alternative))
      var hash: UInt64 = 0
      for part in parts.map(\.index) + weights {
        hash = (hash ^ UInt64(UInt32(bitPattern: part))) &* 0x9E37_79B9_7F4A_7C15
        hash ^= hash >> 29
      }
      let isKnown = byHash[hash]?.contains {
        rest(Int($0)) == parts && weight(Int($0)) == weights
      }
      if isKnown == true { continue }
      byHash[hash, default: []].append(Int32(alternative))
      found.append(Int32(alternative))
    }
    return found
  }

  /// The place of a key in the table, or where it would be put.
  private static func place(of key: Key, _ keys: [Key], _ places: [Int32]) -> Int {
    let mask = places.count - 1
    var place = key.hash & mask
    while places[place] >= 0, keys[Int(places[place])] != key { place = (place + 1) & mask }
    return place
  }

  /// The alternatives that ask for a value, in written order.
  func alternatives(for key: Key) -> ArraySlice<Int32> {
    let number = places[Self.place(of: key, keys, places)]
    return number < 0 ? [] : alternatives[Int(starts[Int(number)])..<Int(starts[Int(number) + 1])]
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

  private static func key(of guardTerm: TermID, on term: TermID, _ program: Program) -> Key? {
    for part in parts(of: guardTerm, program) {
      if let (tested, value) = test(part, program), tested == term, let key = Key(value) {
        return key
      }
    }
    return nil
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
}
