import WritText

/// Which parts of one list are which of another, and what stands out of order.
///
/// A part is found again by what its author calls it; without a name by its words, then by its
/// condition alone, then, between two that stayed, by what it does or by being the only one of its
/// sort. Time n log n.
struct Matching {
  /// For each new part the old one that it is.
  private(set) var origins: [Int?]
  /// For each old part whether it is found again.
  private(set) var isKept: [Bool]
  /// For each new part whether it stands in another place among those that are kept: it is not in
  /// the longest run whose order stayed.
  private(set) var isMoved: [Bool]

  init(_ old: [Part], _ new: [Part], words: AsWritten) {
    origins = Array(repeating: nil, count: new.count)
    isKept = Array(repeating: false, count: old.count)
    isMoved = Array(repeating: false, count: new.count)
    let begun = matchBeginning(old, new, words: words)
    if begun == new.count, begun == old.count, !origins.contains(nil) { return }
    matchNames(old, new, from: begun)
    match(old, new) { part in part.key.isEmpty ? words.raw(part) : nil }
    match(old, new) { part in part.key.isEmpty ? part.printed : nil }
    match(old, new) { part in
      guard part.key.isEmpty else { return nil }
      let condition = part.halves.condition
      return condition.isEmpty ? nil : condition
    }
    findMoves()
    if matchBetween(old, new) { findMoves() }
  }

  private mutating func pair(_ old: Int, _ new: Int) {
    origins[new] = old
    isKept[old] = true
  }

  /// Pairs what both lists begin with, and says how long that is. The first of a name or of a text
  /// goes with the first: as far as the two lists go alike, that is the one in the same place.
  private mutating func matchBeginning(
    _ old: [Part], _ new: [Part], words: AsWritten
  ) -> Int {
    let count = min(old.count, new.count)
    for index in 0..<count {
      let (a, b) = (old[index], new[index])
      let key = a.key
      guard key == b.key, (a.sort == .otherwise) == (b.sort == .otherwise) else { return index }
      if key.isEmpty, a.sort != b.sort || !words.areAlike(a, b) { return index }
      pair(index, index)
    }
    return count
  }

  /// Those that have a name, the first of a name with the first.
  private mutating func matchNames(_ old: [Part], _ new: [Part], from begun: Int) {
    struct Key: Hashable {
      var sort: Bool
      var name: String
    }
    /// A title may stand over an offer as over a group; `otherwise` is nobody's title.
    func key(_ part: Part) -> Key? {
      part.key.isEmpty ? nil : Key(sort: part.sort == .otherwise, name: part.key)
    }
    var places: [Key: [Int]] = [:]
    for index in (begun..<old.count).reversed() {
      if let key = key(old[index]) { places[key, default: []].append(index) }
    }
    for index in begun..<new.count {
      guard let key = key(new[index]), let place = places[key]?.popLast() else { continue }
      pair(place, index)
    }
  }

  /// Those that are left and of which some text is equal.
  private mutating func match(
    _ old: [Part], _ new: [Part], by text: (Part) -> String?
  ) {
    guard isKept.contains(false), origins.contains(nil) else { return }
    struct Key: Hashable {
      var sort: Part.Sort
      var text: String
    }
    var places: [Key: [Int]] = [:]
    for index in old.indices.reversed() where !isKept[index] {
      guard let text = text(old[index]) else { continue }
      places[Key(sort: old[index].sort, text: text), default: []].append(index)
    }
    guard !places.isEmpty else { return }
    for index in new.indices where origins[index] == nil {
      guard let text = text(new[index]),
        let place = places[Key(sort: new[index].sort, text: text)]?.popLast()
      else { continue }
      pair(place, index)
    }
  }

  /// Finds the longest run of kept parts whose order is the same; the others are moved.
  private mutating func findMoves() {
    let kept = origins.indices.filter { origins[$0] != nil }
    isMoved = Array(repeating: false, count: origins.count)
    if zip(kept, kept.dropFirst()).allSatisfy({ (origins[$0] ?? 0) < (origins[$1] ?? 0) }) {
      return
    }
    // The least last origin of a run of each length, and who stood before each.
    var ends: [Int] = []
    var before: [Int: Int] = [:]
    for index in kept {
      guard let origin = origins[index] else { continue }
      var low = 0
      var high = ends.count
      while low < high {
        let middle = (low + high) / 2
        if (origins[ends[middle]] ?? 0) < origin { low = middle + 1 } else { high = middle }
      }
      if low > 0 { before[index] = ends[low - 1] }
      if low == ends.count { ends.append(index) } else { ends[low] = index }
    }
    for index in kept { isMoved[index] = true }
    var next = ends.last
    while let index = next {
      isMoved[index] = false
      next = before[index]
    }
  }

  /// Pairs what is left between two parts that stayed: what only got another title, what does the
  /// same under another condition, and the only ones of their sort. Says whether there were such.
  private mutating func matchBetween(_ old: [Part], _ new: [Part]) -> Bool {
    guard isKept.contains(false), origins.contains(nil) else { return false }
    let count = isKept.count { $0 }
    var gapsOfOld = Array(repeating: 0, count: old.count)
    let stayed = Set(origins.indices.filter { !isMoved[$0] }.compactMap { origins[$0] })
    var gap = 0
    for index in old.indices {
      if stayed.contains(index) { gap += 1 } else { gapsOfOld[index] = gap }
    }
    var left: [Int: [Int]] = [:]
    for index in old.indices where !isKept[index] {
      left[gapsOfOld[index], default: []].append(index)
    }
    gap = 0
    var arrived: [Int: [Int]] = [:]
    for index in new.indices {
      if origins[index] != nil {
        if !isMoved[index] { gap += 1 }
      } else {
        arrived[gap, default: []].append(index)
      }
    }
    for gap in left.keys.sorted() {
      matchGap(old, new, left[gap] ?? [], arrived[gap] ?? [])
    }
    return isKept.count { $0 } > count
  }

  private mutating func matchGap(_ old: [Part], _ new: [Part], _ left: [Int], _ arrived: [Int]) {
    guard !left.isEmpty, !arrived.isEmpty else { return }
    struct Key: Hashable {
      var sort: Part.Sort
      var texts: [String]
    }
    /// Pairs those of which something is equal, the first of a kind with the first.
    func pairEqual(_ key: (Part) -> Key?) -> [(old: Int, new: Int)] {
      var places: [Key: [Int]] = [:]
      for place in left.reversed() where !isKept[place] {
        if let key = key(old[place]) { places[key, default: []].append(place) }
      }
      guard !places.isEmpty else { return [] }
      return arrived.compactMap { index in
        guard origins[index] == nil, let key = key(new[index]),
          let place = places[key]?.popLast()
        else { return nil }
        return (place, index)
      }
    }
    // What does the same under the same condition was only given another title.
    let renamed = pairEqual { part in
      if part.key.isEmpty || part.isDeclaration { return nil }
      let (condition, value) = part.hollow.halves
      return Key(sort: part.sort, texts: [condition, value] + part.inside.map(\.printed))
    }
    for (place, index) in renamed { pair(place, index) }
    let alike = pairEqual { part in
      part.key.isEmpty ? Key(sort: part.sort, texts: [part.halves.value]) : nil
    }
    for (place, index) in alike { pair(place, index) }
    let nameless = arrived.filter { origins[$0] == nil && new[$0].key.isEmpty }
    for sort in Set(nameless.map { new[$0].sort }) {
      let fresh = nameless.filter { origins[$0] == nil && new[$0].sort == sort }
      let gone = left.filter { !isKept[$0] && old[$0].key.isEmpty && old[$0].sort == sort }
      guard fresh.count == gone.count else { continue }
      // In order: pairs of a sort do not touch those of another.
      for (place, index) in zip(gone, fresh) { pair(place, index) }
    }
  }
}

extension Part {
  var isDeclaration: Bool { if case .declaration = self { true } else { false } }
}

/// Reads the words of parts as their authors wrote them.
struct AsWritten {
  let sources: Sources
  /// Whether declarations and other parts with parts inside may say something else than stands at
  /// their spans.
  let isPatched: Bool

  /// The text where it stands: equal texts say the same, but not the other way about.
  func raw(_ part: Part) -> String? { span(of: part).map { sources.text(of: $0) } }

  /// Whether the texts where two parts stand are equal.
  func areAlike(_ a: Part, _ b: Part) -> Bool {
    guard let a = span(of: a), let b = span(of: b) else { return false }
    if a == b { return true }
    guard a.end - a.start == b.end - b.start else { return false }
    let (mine, other) = (sources[a.source].bytes, sources[b.source].bytes)
    guard a.start >= 0, b.start >= 0, Int(a.end) <= mine.count, Int(b.end) <= other.count else {
      return false
    }
    return mine.withUnsafeBytes { mine in
      other.withUnsafeBytes { other in
        let count = Int(a.end - a.start)
        var place = 0
        // Eight at a time, as far as that goes.
        while count - place >= 8 {
          let word = mine.loadUnaligned(fromByteOffset: Int(a.start) + place, as: UInt64.self)
          let twin = other.loadUnaligned(fromByteOffset: Int(b.start) + place, as: UInt64.self)
          if word != twin { return false }
          place += 8
        }
        return (place..<count).allSatisfy { mine[Int(a.start) + $0] == other[Int(b.start) + $0] }
      }
    }
  }

  /// Whether it is plain that two parts say the same, with all that is inside of them. What says the
  /// same in other words may be missed.
  func areOne(_ a: Part, _ b: Part) -> Bool {
    // A patch takes a part without others inside as it is, or away.
    if !isPatched || !(a.isDeclaration || a.hasInside || b.isDeclaration || b.hasInside),
      areAlike(a, b)
    {
      return a.sort == b.sort
    }
    return a == b
  }

  private func span(of part: Part) -> Span? {
    // An arm has no span of its own.
    if case .arm = part { return nil }
    guard let span = part.span, span.end > span.start, Int(span.source.index) < sources.all.count
    else { return nil }
    return span
  }
}
