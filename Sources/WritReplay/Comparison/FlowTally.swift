/// From answer to answer, how often.
///
/// Answers of huge domains (a text or a date of its own for every record) would make a table as long
/// as the data. With more than `most` different changes it is one count: whether there are more does
/// not depend on how records were cut into parts or in which order these are added, so neither does
/// the sum.
struct FlowTally: Sendable, Equatable {
  /// The most different changes that are told apart.
  static let most = 1 << 16

  private(set) var counts: [Comparison.FlowKey: Int] = [:]
  /// Whether there were more than are told apart; then all are counted under `all`.
  private(set) var isFolded = false

  /// What all changes together are counted under: from nothing to nothing, which is no change.
  static let all = Comparison.FlowKey(before: "", after: "")

  mutating func add(_ key: Comparison.FlowKey, count: Int = 1, most: Int = Self.most) {
    counts[isFolded ? Self.all : key, default: 0] += count
    if !isFolded, counts.count > most || key == Self.all { fold() }
  }

  mutating func add(_ other: FlowTally, most: Int = Self.most) {
    if other.isFolded, !isFolded { fold() }
    for (key, count) in other.counts { add(key, count: count, most: most) }
  }

  private mutating func fold() {
    isFolded = true
    counts = [Self.all: counts.values.reduce(0, +)]
  }
}
