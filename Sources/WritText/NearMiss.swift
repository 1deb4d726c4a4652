/// The word that was probably meant: the nearest of the candidates, when it is near enough.
///
/// Distance is the number of letters typed wrong, left out, doubled or swapped with a neighbour;
/// case does not count. At most a third of the letters may be wrong (at least one). Of equally near
/// candidates the first is offered.
public func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
  let letters = Array(word.lowercased())
  guard !letters.isEmpty, letters.count <= 64 else { return nil }
  var best: (distance: Int, word: String)?
  for candidate in candidates where candidate != word {
    let other = Array(candidate.lowercased())
    let limit = max(1, max(letters.count, other.count) / 3)
    guard abs(other.count - letters.count) <= limit else { continue }
    let distance = editDistance(letters, other)
    // One letter against another one-letter word says nothing.
    guard distance <= limit, distance < max(letters.count, other.count) else { continue }
    if distance < best?.distance ?? Int.max { best = (distance, candidate) }
  }
  return best?.word
}

/// How many letters must be changed, added, left out or swapped with their neighbour to make one of
/// the other (optimal string alignment). O(a × b).
public func editDistance<Letter: Equatable>(_ a: [Letter], _ b: [Letter]) -> Int {
  var beforeLast: [Int] = []
  var last = Array(0...b.count)
  for i in a.indices {
    var row = [i + 1]
    for j in b.indices {
      var cost = min(last[j + 1], row[j]) + 1
      cost = min(cost, last[j] + (a[i] == b[j] ? 0 : 1))
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
        cost = min(cost, beforeLast[j - 1] + 1)
      }
      row.append(cost)
    }
    beforeLast = last
    last = row
  }
  return last[b.count]
}
