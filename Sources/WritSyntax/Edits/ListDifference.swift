import WritText

/// How one list of parts differs from another, edit by edit, down to the parts inside.
struct ListDifference: Sendable {
  /// A part that is in both lists.
  private struct Pair: Sendable {
    var moved: Int?
    /// Its own words are others.
    var changed: Int?
    /// The whole of it is another: its inside is of another sort.
    var isReplaced = false
    /// What differs inside; nil: nothing.
    var inside: [ListDifference] = []
  }
  private let old: [Part]
  private let new: [Part]
  /// For each new part the old one that it is.
  private var origins: [Int?] = []
  /// For each new part that is in both.
  private var pairs: [Pair] = []
  /// The edit by which a new part came, an old one went.
  private var added: [Int?] = []
  private var removed: [Int?] = []
  /// Whether the order counts.
  let isOrdered: Bool
  private(set) var isEmpty = true

  init(
    _ old: [Part], _ new: [Part], block: String?, isOrdered: Bool, recorder: inout EditRecorder
  ) {
    self.old = old
    self.new = new
    self.isOrdered = isOrdered
    if old.count == new.count, zip(old, new).allSatisfy({ recorder.words.areOne($0, $1) }) {
      origins = Array(new.indices)
      pairs = Array(repeating: Pair(), count: new.count)
      added = Array(repeating: nil, count: new.count)
      removed = Array(repeating: nil, count: old.count)
      return
    }
    let count = recorder.edits.count
    let matching = Matching(old, new, words: recorder.words)
    origins = matching.origins
    pairs = Array(repeating: Pair(), count: new.count)
    added = Array(repeating: nil, count: new.count)
    removed = Array(repeating: nil, count: old.count)
    for index in new.indices {
      guard let origin = origins[index] else {
        added[index] = recorder.add(.added, nil, new[index], block: block)
        continue
      }
      if isOrdered, matching.isMoved[index] {
        let texts = (
          Self.neighbour(of: origin, in: old, recorder),
          Self.neighbour(of: index, in: new, recorder)
        )
        pairs[index].moved = recorder.add(
          .moved, old[origin], new[index], block: block, places: texts)
      }
      compare(old[origin], new[index], at: index, block: block, recorder: &recorder)
    }
    for index in old.indices where !matching.isKept[index] {
      removed[index] = recorder.add(.removed, old[index], nil, block: block)
    }
    isEmpty = recorder.edits.count == count
  }

  private mutating func compare(
    _ a: Part, _ b: Part, at index: Int, block: String?, recorder: inout EditRecorder
  ) {
    if recorder.words.areOne(a, b) { return }
    if a.sort != b.sort {
      pairs[index].changed = recorder.add(.changed, a, b, block: block)
      pairs[index].isReplaced = true
      return
    }
    if let own = recorder.ownTexts(a, b) {
      pairs[index].changed = recorder.add(.changed, a, b, block: block, own: own)
    }
    var block = block
    if case .declaration(let declaration) = b { block = declaration.title }
    guard a.hasInside || b.hasInside else { return }
    let inside = ListDifference(
      a.inside, b.inside, block: block, isOrdered: true, recorder: &recorder)
    if !inside.isEmpty { pairs[index].inside = [inside] }
  }

  /// Whom a part stands before.
  private static func neighbour(
    of index: Int, in parts: [Part], _ recorder: EditRecorder
  ) -> String {
    guard index + 1 < parts.count else { return "" }
    return parts[index + 1].shown(in: recorder.language(of: parts[index + 1]))
  }

  /// The parts with some of the edits done, each with its place in the old list if it was there.
  func applied(_ chosen: Set<Int>) -> [(place: Int?, part: Part)] {
    order(chosen).map { place, index in
      switch (place, index) {
      case (let place, let index?): (place, part(index, chosen))
      case (let place?, nil): (place, old[place])
      case (nil, nil): preconditionFailure("a part is of one list at least")
      }
    }
  }

  /// Where the rules of a `decide` are written, by its number among those of the old list, with some
  /// of the edits done; nil where declarations come, go or are others.
  func rules(ofDecide number: Int, _ chosen: Set<Int>) -> [Span]? {
    guard added.allSatisfy({ $0 == nil }), removed.allSatisfy({ $0 == nil }) else { return nil }
    let decides = old.indices.filter { old[$0].isDecide }
    guard decides.indices.contains(number),
      let index = origins.firstIndex(of: decides[number]), pairs[index].changed == nil
    else { return nil }
    guard let inside = pairs[index].inside.first else {
      return old[decides[number]].inside.compactMap(\.spanOfDecideRule)
    }
    return inside.order(chosen).compactMap { place, index in
      guard let index else { return place.flatMap { inside.old[$0].spanOfDecideRule } }
      let isNew = inside.pairs[index].changed.map(chosen.contains) ?? false
      let origin = inside.origins[index]
      return (isNew ? nil : origin).map { inside.old[$0].spanOfDecideRule }
        ?? inside.new[index].spanOfDecideRule
    }
  }

  /// The order that some of the edits leave: the place of each part in the old list if it was there,
  /// and in the new one if it is there.
  private func order(_ chosen: Set<Int>) -> [(place: Int?, index: Int?)] {
    func isChosen(_ edit: Int?) -> Bool { edit.map(chosen.contains) ?? false }
    var result: [(place: Int?, index: Int?)] = []
    result.reserveCapacity(old.count + 8)
    // New parts that came or moved, behind the part that each stands behind: a place in `new`, −1
    // for the beginning.
    var behind: [Int: [Int]] = [:]
    var anchor = -1
    var places: [Int?] = Array(repeating: nil, count: old.count)
    for index in new.indices {
      if let origin = origins[index] {
        if pairs[index].moved == nil {
          anchor = index
        } else if isChosen(pairs[index].moved) {
          behind[anchor, default: []].append(index)
        }
        places[origin] = index
      } else if isChosen(added[index]) {
        behind[anchor, default: []].append(index)
      }
    }
    func arrive(behind anchor: Int) {
      for index in behind[anchor] ?? [] {
        result.append((origins[index], index))
      }
    }
    // Where the order does not count, what stands behind nothing goes to the end.
    if isOrdered { arrive(behind: -1) }
    for place in old.indices {
      guard let index = places[place] else {
        if !isChosen(removed[place]) { result.append((place, nil)) }
        continue
      }
      if isChosen(pairs[index].moved) { continue }
      result.append((place, index))
      if pairs[index].moved == nil { arrive(behind: index) }
    }
    if !isOrdered { arrive(behind: -1) }
    return result
  }

  /// A part of the new list, as the chosen edits leave it.
  private func part(_ index: Int, _ chosen: Set<Int>) -> Part {
    guard let origin = origins[index] else { return new[index] }
    let pair = pairs[index]
    let isChanged = pair.changed.map(chosen.contains) ?? false
    if pair.isReplaced { return isChanged ? new[index] : old[origin] }
    guard let inside = pair.inside.first else {
      guard isChanged else { return old[origin] }
      return new[index].filled(with: old[origin].inside)
    }
    let own = isChanged ? new[index] : old[origin]
    return own.filled(with: inside.applied(chosen).map(\.part))
  }
}

extension Part {
  fileprivate var isDecide: Bool {
    guard case .declaration(let declaration) = self, case .decide = declaration.kind else {
      return false
    }
    return true
  }

  fileprivate var spanOfDecideRule: Span? {
    if case .decideRule(let rule) = self { rule.span } else { nil }
  }
}
