/// Records that differ, with what they add: all of them, or where there are very many those with the
/// least hashes, which is as good as drawing them by lot and does not depend on who met them first.
struct ChangeSample: Sendable {
  /// So many are kept in the end.
  static let most = 2_000

  /// How many numbers a record has.
  let width: Int
  private(set) var hashes: [UInt64] = []
  private(set) var values: [Double] = []
  /// Hashes above this one will not be kept.
  private var bound = UInt64.max

  init(width: Int) { self.width = width }

  mutating func add(_ hash: UInt64, _ numbers: [Double]) {
    if hash > bound { return }
    hashes.append(hash)
    values += numbers
    if hashes.count >= 2 * Self.most { trim() }
  }

  mutating func merge(_ other: ChangeSample) {
    bound = min(bound, other.bound)
    for index in other.hashes.indices {
      add(other.hashes[index], Array(other.values[index * width..<(index + 1) * width]))
    }
  }

  /// Leaves the records with the least hashes, in their order; equal hashes stand by their numbers.
  mutating func trim() {
    func comesFirst(_ a: Int, _ b: Int) -> Bool {
      if hashes[a] != hashes[b] { return hashes[a] < hashes[b] }
      for place in 0..<width {
        let (x, y) = (values[a * width + place], values[b * width + place])
        if x != y { return x < y }
      }
      return false
    }
    let order = hashes.indices.sorted(by: comesFirst).prefix(Self.most)
    let kept = order.flatMap { values[$0 * width..<($0 + 1) * width] }
    hashes = order.map { hashes[$0] }
    values = kept
    if hashes.count == Self.most, let last = hashes.last { bound = min(bound, last) }
  }

  /// The one way in which the records can stand.
  var trimmed: ChangeSample {
    var result = self
    result.trim()
    return result
  }
}
