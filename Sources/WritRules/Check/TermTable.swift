import WritModel

/// Finds a term that has been made before: an open table of the indices of terms, by their hashes.
///
/// Rules of any size make several terms each, nearly all of them out of small integers, so a
/// dictionary with its keys and its careful hashing would be most of the work.
package struct TermTable {
  /// The upper half of a hash above, the index of its term + 1 below; 0 where there is none. A power
  /// of two, at most half full.
  private var places = [UInt64](repeating: 0, count: 1 << 10)
  /// By term.
  private var hashes: [UInt64] = []

  package init() {}

  /// The index of the term with this hash that is meant.
  @inline(__always)
  package func find(_ hash: UInt64, where isMeant: (Int) -> Bool) -> Int? {
    let mask = places.count - 1
    var place = Int(truncatingIfNeeded: hash) & mask
    while places[place] != 0 {
      let found = places[place]
      if (found ^ hash) >> 32 == 0 {
        let index = Int(UInt32(truncatingIfNeeded: found)) - 1
        if isMeant(index) { return index }
      }
      place = (place + 1) & mask
    }
    return nil
  }

  /// Adds the next term.
  package mutating func add(_ hash: UInt64) {
    hashes.append(hash)
    if hashes.count * 2 > places.count {
      places = [UInt64](repeating: 0, count: places.count * (places.count < 1 << 20 ? 4 : 2))
      for index in hashes.indices { place(index) }
    } else {
      place(hashes.count - 1)
    }
  }

  private mutating func place(_ index: Int) {
    let mask = places.count - 1
    let hash = hashes[index]
    var place = Int(truncatingIfNeeded: hash) & mask
    while places[place] != 0 { place = (place + 1) & mask }
    places[place] = (hash & ~0xFFFF_FFFF) | UInt64(UInt32(index + 1))
  }
}

extension Term {
  /// A hash of what is cheap to read. The few terms that differ in the rest alone (`a < b` and
  /// `a > b`) share it.
  package var mixedHash: UInt64 {
    var hash = Mix()
    switch self {
    case .constant(let constant): hash.add(constant)
    case .slot(let index): hash.add(1, index)
    case .today: hash.add(2, 0)
    case .field(let field, let record):
      hash.add(3, field.index)
      hash.add(record)
    case .attribute(let id, let arguments, let asOf):
      hash.add(4, id.index)
      for argument in arguments { hash.add(argument) }
      if let asOf { hash.add(asOf) }
    case .operation(_, let arguments):
      hash.add(5, Int32(truncatingIfNeeded: arguments.count))
      for argument in arguments { hash.add(argument) }
    case .winner(let choose): hash.add(6, choose.index)
    case .payload(let choose, let column, let winner):
      hash.add(7 + column, choose.index)
      hash.add(winner)
    case .collect(let choose, let column, _): hash.add(-1 - column, choose.index)
    case .gather(let gather): hash.add(8, gather.index)
    case .follow(let follow): hash.add(9, follow.index)
    case .counter(let counter, let record):
      hash.add(10, counter.index)
      hash.add(record)
    }
    return hash.value
  }

  private struct Mix {
    var value: UInt64 = 0

    mutating func add(_ word: UInt64) {
      value = (value ^ word) &* 0x9E37_79B9_7F4A_7C15
      value ^= value >> 29
    }

    mutating func add(_ kind: Int32, _ index: Int32) {
      add(UInt64(UInt32(bitPattern: kind)) << 32 | UInt64(UInt32(bitPattern: index)))
    }

    mutating func add(_ term: TermID) { add(UInt64(UInt32(bitPattern: term.index))) }

    mutating func add(_ constant: Constant) {
      let value = constant.value
      add(UInt64(bitPattern: value.bits))
      add(UInt64(value.tag.rawValue) << 32 | UInt64(truncatingIfNeeded: value.aux))
      for item in constant.items ?? [] { add(item) }
    }
  }
}
