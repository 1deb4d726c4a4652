/// Finds the names that an author most likely meant.
enum NearNames {
  /// At most three candidates within a third of the name's length in edits, nearest first.
  static func of(_ name: String, among candidates: some Sequence<String>) -> [String] {
    let letters = Array(name.lowercased().unicodeScalars)
    guard letters.count <= 64 else { return [] }
    let budget = max(1, letters.count / 3)
    var found: [(distance: Int, name: String)] = []
    for candidate in candidates {
      let other = Array(candidate.lowercased().unicodeScalars)
      guard abs(other.count - letters.count) <= budget else { continue }
      let distance = edits(letters, other, atMost: budget)
      if distance <= budget { found.append((distance, candidate)) }
    }
    found.sort { ($0.distance, $0.name) < ($1.distance, $1.name) }
    return found.prefix(3).map(\.name)
  }

  /// The number of insertions, removals, replacements and swaps of neighbours between two texts.
  private static func edits(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar], atMost budget: Int) -> Int
  {
    if a == b { return 0 }
    var before: [Int] = []
    var previous = Array(0...b.count)
    for i in 1...max(a.count, 1) where i <= a.count {
      var row = [i]
      row.reserveCapacity(b.count + 1)
      var best = i
      for j in 1...max(b.count, 1) where j <= b.count {
        var cost = min(previous[j] + 1, row[j - 1] + 1)
        cost = min(cost, previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
        if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
          cost = min(cost, before[j - 2] + 1)
        }
        row.append(cost)
        best = min(best, cost)
      }
      if best > budget { return best }
      before = previous
      previous = row
    }
    return previous[b.count]
  }
}
