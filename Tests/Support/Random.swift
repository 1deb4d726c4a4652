#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A small seeded generator (SplitMix64), the same on every machine.
///
/// A test that fails prints its seed; `WRIT_SEED=<seed>` runs that one alone.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
  /// What it was made from.
  public let seed: UInt64
  private var state: UInt64

  public init(seed: UInt64) {
    self.seed = seed
    state = seed
  }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// True so many times in a hundred.
  public mutating func chance(_ percent: Int) -> Bool {
    Int.random(in: 0..<100, using: &self) < percent
  }

  public mutating func number(_ range: ClosedRange<Int>) -> Int {
    Int.random(in: range, using: &self)
  }

  public mutating func pick<T>(_ items: [T]) -> T { items[number(0...items.count - 1)] }
}

/// The seeds a test runs over.
public enum Seeds {
  /// The seed given in the environment.
  public static var only: UInt64? {
    guard let text = getenv("WRIT_SEED") else { return nil }
    return UInt64(String(cString: text))
  }

  /// How many seeds to visit: `WRIT_WORLDS` if it is set.
  public static func count(_ usual: Int) -> Int {
    guard let text = getenv("WRIT_WORLDS") else { return usual }
    return Int(String(cString: text)) ?? usual
  }

  /// So many seeds, or the one that was asked for.
  public static func run(_ count: Int, from first: UInt64 = 1) -> [UInt64] {
    only.map { [$0] } ?? (0..<UInt64(count)).map { first + $0 }
  }
}
