import WritModel

/// The part of a line that a fold looks at: all bounds hold.
struct FoldRange {
  struct Bound {
    var value: Value
    var isLower: Bool
    var includes: Bool

    /// Whether a value is on the right side.
    func holds(_ other: Value) -> Bool {
      let order = Value.order(other, value)
      return order == 0 ? includes : isLower == (order > 0)
    }
  }
  var bounds: [Bound] = []

  func isBelow(_ value: Value) -> Bool { bounds.contains { $0.isLower && !$0.holds(value) } }
  func isAbove(_ value: Value) -> Bool { bounds.contains { !$0.isLower && !$0.holds(value) } }
}

/// What the records of a group add, in the order of a date or number of theirs: chunks of neighbours,
/// each with what it comes to, so that a window is a few whole chunks and the ends of two.
struct FoldTimeline {
  struct Chunk {
    /// Where records stand, their row in `extra`, ascending.
    var places: [Value] = []
    var sum = FoldGroup()
    /// The first of their values, once it was asked for and as long as it is known.
    var best: Value?
    var isBestKnown = false
  }
  private(set) var chunks: [Chunk] = []
  /// The most records of a chunk.
  static let most = 64

  private static func goesBefore(_ a: Value, _ b: Value) -> Bool {
    let order = Value.order(a, b)
    return order == 0 ? a.extra < b.extra : order < 0
  }

  /// The first chunk whose last place does not go before; the last one if all do.
  private func chunk(for place: Value) -> Int {
    var low = 0
    var high = chunks.count - 1
    while low < high {
      let middle = (low + high) / 2
      if let last = chunks[middle].places.last, Self.goesBefore(last, place) {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return low
  }

  private static func index(of place: Value, in places: [Value]) -> Int {
    var low = 0
    var high = places.count
    while low < high {
      let middle = (low + high) / 2
      if goesBefore(places[middle], place) { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Adds a record; `part` gives what another one adds, for a chunk that is cut in two.
  mutating func add(
    _ place: Value, row: Int, _ added: KeptFold.Part, part: (Int) -> KeptFold.Part
  ) {
    var place = place
    place.extra = UInt32(truncatingIfNeeded: row)
    if chunks.isEmpty { chunks.append(Chunk()) }
    let number = chunk(for: place)
    let index = Self.index(of: place, in: chunks[number].places)
    chunks[number].places.insert(place, at: index)
    chunks[number].sum.add(added, row: row, nil)
    chunks[number].isBestKnown = false
    guard chunks[number].places.count > Self.most else { return }
    let half = Self.most / 2
    var behind = Chunk()
    behind.places = Array(chunks[number].places[half...])
    chunks[number].places.removeSubrange(half...)
    chunks[number].sum = FoldGroup()
    func sum(_ places: [Value]) -> FoldGroup {
      var sum = FoldGroup()
      for one in places {
        let row = Int(one.extra)
        sum.add(row == Int(place.extra) ? added : part(row), row: row, nil)
      }
      return sum
    }
    chunks[number].sum = sum(chunks[number].places)
    behind.sum = sum(behind.places)
    chunks.insert(behind, at: number + 1)
  }

  /// Takes a record away that stands there.
  mutating func takeAway(_ place: Value, row: Int, _ added: KeptFold.Part) {
    var place = place
    place.extra = UInt32(truncatingIfNeeded: row)
    guard !chunks.isEmpty else { return }
    let number = chunk(for: place)
    let index = Self.index(of: place, in: chunks[number].places)
    chunks[number].places.remove(at: index)
    if chunks[number].places.isEmpty {
      chunks.remove(at: number)
    } else {
      chunks[number].sum.takeAway(added)
      chunks[number].isBestKnown = false
    }
  }

  /// Adds up what stands in a range; `part` gives what a record adds, and `order` which value is
  /// wanted of them, if any.
  mutating func add(
    in range: FoldRange, to sum: inout FoldGroup, _ order: FoldGroup.Order?, best: inout Value?,
    part: (Int) -> KeptFold.Part
  ) {
    var low = 0
    var high = chunks.count
    while low < high {
      let middle = (low + high) / 2
      if let last = chunks[middle].places.last, range.isBelow(last) {
        low = middle + 1
      } else {
        high = middle
      }
    }
    func note(_ value: Value, _ best: inout Value?, _ order: FoldGroup.Order) {
      if best.map({ order.goesBefore(value, $0) }) ?? true { best = value }
    }
    for number in low..<chunks.count {
      guard let first = chunks[number].places.first, let last = chunks[number].places.last,
        !range.isAbove(first)
      else { return }
      if !range.isBelow(first), !range.isAbove(last) {
        sum.add(chunks[number].sum)
        guard let order else { continue }
        if !chunks[number].isBestKnown {
          chunks[number].best = nil
          chunks[number].isBestKnown = true
          for place in chunks[number].places {
            let one = part(Int(place.extra))
            if one.state.contains(.hasValue) { note(one.value, &chunks[number].best, order) }
          }
        }
        if let value = chunks[number].best { note(value, &best, order) }
        continue
      }
      for place in chunks[number].places where !range.isBelow(place) && !range.isAbove(place) {
        let one = part(Int(place.extra))
        sum.add(one, row: Int(place.extra), nil)
        if let order, one.state.contains(.hasValue) { note(one.value, &best, order) }
      }
    }
  }

  /// Whether places ascend and chunks come to what their records add.
  func isSound(part: (Int) -> KeptFold.Part) -> Bool {
    let places = chunks.flatMap(\.places)
    guard zip(places, places.dropFirst()).allSatisfy({ Self.goesBefore($0, $1) }) else {
      return false
    }
    return chunks.allSatisfy { chunk in
      var sum = FoldGroup()
      for place in chunk.places { sum.add(part(Int(place.extra)), row: 0, nil) }
      return !chunk.places.isEmpty && chunk.sum.agrees(with: sum)
    }
  }
}
