/// Numbers for some of a program's terms, in the order in which they are met.
///
/// An open table of term and number. Terms that are made together are met together: eight in a row
/// share a line of the cache, and which line it is is mixed, so that runs of terms do not pile up.
public struct TermNumbers: Sendable {
  /// Term + 1 above, number below; 0 where there is none. A power of two, at most half full.
  private var places: [UInt64]
  public private(set) var count = 0

  /// Makes room for so many terms; there may be more.
  public init(capacity: Int = 0) {
    var size = 16
    while size < capacity * 2 { size *= 2 }
    places = [UInt64](repeating: 0, count: size)
  }

  /// The number of a term; nil if it has none.
  public subscript(term: TermID) -> Int? {
    let mask = places.count - 1
    var place = Self.place(of: term) & mask
    let wanted = UInt64(UInt32(bitPattern: term.index &+ 1))
    while places[place] != 0 {
      if places[place] >> 32 == wanted { return Int(UInt32(truncatingIfNeeded: places[place])) }
      place = (place + 1) & mask
    }
    return nil
  }

  /// Gives a term the next number. It must not have one.
  @discardableResult
  public mutating func add(_ term: TermID) -> Int {
    let number = count
    count += 1
    if count * 2 > places.count {
      let old = places
      places = [UInt64](repeating: 0, count: old.count * (old.count < 1 << 20 ? 4 : 2))
      for entry in old where entry != 0 { put(entry) }
    }
    put(UInt64(UInt32(bitPattern: term.index &+ 1)) << 32 | UInt64(number))
    return number
  }

  private mutating func put(_ entry: UInt64) {
    let mask = places.count - 1
    let term = TermID(Int(Int32(truncatingIfNeeded: entry >> 32) &- 1))
    var place = Self.place(of: term) & mask
    while places[place] != 0 { place = (place + 1) & mask }
    places[place] = entry
  }

  private static func place(of term: TermID) -> Int {
    let line = UInt64(UInt32(bitPattern: term.index >> 3)) &* 0x9E37_79B9_7F4A_7C15 >> 32
    return Int(truncatingIfNeeded: line << 3) | Int(term.index & 7)
  }
}
