import WritText

/// Names that an author may have meant: those within a third of their length in edits, nearest
/// first, at most three. Case and blanks do not count.
func nearNames(to name: String, among names: [String]) -> [String] {
  let wanted = folded(name)
  guard !wanted.isEmpty, wanted.count <= 64 else { return [] }
  var ranked: [(distance: Int, index: Int)] = []
  for (index, other) in names.enumerated() {
    let candidate = folded(other)
    guard candidate.count <= 64 else { continue }
    let limit = max(1, max(wanted.count, candidate.count) / 3)
    guard abs(wanted.count - candidate.count) <= limit else { continue }
    let distance = editDistance(wanted, candidate)
    if distance <= limit, distance < max(wanted.count, candidate.count) {
      ranked.append((distance, index))
    }
  }
  ranked.sort { $0 < $1 }
  return ranked.prefix(3).map { names[$0.index] }
}

private func folded(_ name: String) -> [Unicode.Scalar] {
  name.lowercased().unicodeScalars.filter { !$0.properties.isWhitespace && $0 != "_" && $0 != "-" }
}
