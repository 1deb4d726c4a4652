import WritModel

/// Follows answers that turn between two values down to the value at which they do.
///
/// Of each answer it knows what it is at some values. Between two of them at which it differs lies
/// the value looked for: next are tried the numbers that were proposed, each with one step below and
/// above, then the middle. Values are shared: what one answer wants to know is asked of all for
/// which it lies between.
struct SweepFollower {
  private let turns: [SweepTurn]
  /// The finest step in which the param is tried.
  private let step: Decimal
  /// What is known of each: values, rising, and the answers there.
  private var known: [[(value: Decimal, answer: String)]]
  /// Numbers proposed for each that are still to be tried.
  private var proposed: [[Decimal]]
  /// Numbers proposed for all of them, rising.
  private var shared: [Decimal] = []
  /// All numbers that were proposed.
  private var numbers: Set<Decimal> = []
  /// Values that the rules do not allow.
  private var leftOut: Set<Decimal> = []

  init(turns: [SweepTurn], step: Decimal) {
    self.turns = turns
    self.step = step
    known = turns.map { [($0.low, $0.before), ($0.high, $0.after)] }
    proposed = Array(repeating: [], count: turns.count)
  }

  mutating func propose(_ found: [Decimal], for index: Int) {
    let (low, high) = (turns[index].low, turns[index].high)
    let inside = Set(found.map(\.normalized)).filter { !($0 < low) && !(high < $0) }
    numbers.formUnion(inside)
    proposed[index] = inside.sorted()
  }

  /// Numbers at which any of the answers may turn, rising: of those in a gap the middle one is tried.
  mutating func propose(_ found: [Decimal]) {
    shared = found
    numbers.formUnion(found)
  }

  /// Values with which the rules do not check are not asked for again.
  mutating func leaveOut(_ values: Set<Decimal>) { leftOut.formUnion(values) }

  /// The pairs of neighbouring values at which an answer differs and that are not one step apart.
  private func gaps(_ index: Int) -> [(low: Decimal, high: Decimal)] {
    let list = known[index]
    return zip(list, list.dropFirst()).compactMap { a, b in
      guard a.answer != b.answer, let width = b.value.subtracting(a.value), step < width
      else { return nil }
      return (a.value, b.value)
    }
  }

  private static func isInside(_ value: Decimal, _ gap: (low: Decimal, high: Decimal)) -> Bool {
    gap.low < value && value < gap.high
  }

  /// The values to try next, rising; none: all is known.
  mutating func next(atMost most: Int) -> [Decimal] {
    var chosen: Set<Decimal> = []
    var hasTried = false
    for index in turns.indices where chosen.count + 3 <= most {
      let gaps = gaps(index)
      guard !gaps.isEmpty else { continue }
      // A number at the end of a gap counts as well: the answer may turn just beside it.
      while let number = proposed[index].first, chosen.count + 3 <= most {
        proposed[index].removeFirst()
        hasTried = true
        // A param of whole numbers meets others between two of its values.
        let nearest = number.rounded(decimals: Int(step.scale))
        let around = [nearest.subtracting(step), nearest, nearest.adding(step)].compactMap(\.self)
        chosen.formUnion(around.filter { value in gaps.contains { Self.isInside(value, $0) } })
      }
      if !proposed[index].isEmpty { continue }
      if chosen.contains(where: { value in gaps.contains { Self.isInside(value, $0) } }) {
        continue
      }
      for gap in gaps where chosen.count + 3 <= most {
        if let number = sharedNumber(in: gap) {
          let around = [number.subtracting(step), number, number.adding(step)].compactMap(\.self)
          chosen.formUnion(around.filter { Self.isInside($0, gap) })
        } else if let middle = self.middle(gap) {
          chosen.insert(middle)
        }
      }
    }
    chosen.subtract(leftOut)
    // What was proposed may all be left out; each time fewer are left.
    if chosen.isEmpty { return hasTried ? next(atMost: most) : [] }
    // Where there is room, wide gaps are cut into more pieces.
    var room = most - chosen.count
    for index in turns.indices where room > 0 {
      for gap in gaps(index) where room > 0 {
        guard let middle = self.middle(gap), chosen.contains(middle) else { continue }
        for part in [(gap.low, middle), (middle, gap.high)] where room > 0 {
          guard let width = part.1.subtracting(part.0), step < width,
            let more = self.middle((low: part.0, high: part.1)), chosen.insert(more).inserted
          else { continue }
          room -= 1
        }
      }
    }
    return chosen.sorted()
  }

  /// The middle one of the numbers proposed for all that lie in a gap or at its ends.
  private func sharedNumber(in gap: (low: Decimal, high: Decimal)) -> Decimal? {
    let first = shared.partitioningIndex { !($0 < gap.low) }
    let end = shared.partitioningIndex { gap.high < $0 }
    guard first < end else { return nil }
    let number = shared[(first + end) / 2].rounded(decimals: Int(step.scale))
    return number < gap.low || gap.high < number ? nil : number
  }

  /// The value in the middle, on whole steps; nil where there is none between.
  private func middle(_ gap: (low: Decimal, high: Decimal)) -> Decimal? {
    guard let sum = gap.low.adding(gap.high),
      let half = sum.divided(by: Decimal(2), decimals: Int(step.scale))
    else { return nil }
    guard gap.low < half, half < gap.high else { return nil }
    if !leftOut.contains(half) { return half }
    // Beside a value that the rules do not allow.
    return [half.subtracting(step), half.adding(step)].compactMap(\.self).first {
      gap.low < $0 && $0 < gap.high && !leftOut.contains($0)
    }
  }

  /// Which of the values an answer should be known at.
  func wanted(_ index: Int, among values: [Decimal]) -> [Int] {
    let gaps = gaps(index)
    if gaps.isEmpty { return [] }
    return values.indices.filter { place in
      gaps.contains { Self.isInside(values[place], $0) }
    }
  }

  mutating func learn(_ index: Int, _ value: Decimal, _ answer: String) {
    let place = known[index].firstIndex { value < $0.value } ?? known[index].count
    known[index].insert((value, answer), at: place)
  }

  /// Which of two neighbouring values is the one that a rule speaks of: a number that was proposed,
  /// else the one with fewer digits.
  private func isRounder(_ value: Decimal, than other: Decimal) -> Bool {
    if numbers.contains(other) { return false }
    return numbers.contains(value) || value.normalized.scale < other.normalized.scale
  }

  /// The turns by the values at which they are, those that are alike together.
  func flips(_ line: SweepLine, _ tell: (SweepTurn) -> (decision: String, key: String)) -> [Sweep
    .Flip]
  {
    struct Key: Hashable {
      var decision: String
      var value: Decimal
      var low: Decimal
      var kind: Sweep.Flip.Kind
      var before: String
      var after: String
    }
    var places: [Key: Int] = [:]
    var flips: [Sweep.Flip] = []
    for index in turns.indices {
      let told = tell(turns[index])
      for (a, b) in zip(known[index], known[index].dropFirst()) where a.answer != b.answer {
        let isExact = b.value.subtracting(a.value).map { !(step < $0) } ?? false
        let kind: Sweep.Flip.Kind
        let value: Decimal
        if !isExact {
          (kind, value) = (.between, b.value)
        } else if !step.isInteger, isRounder(a.value, than: b.value) {
          (kind, value) = (.above, a.value)
        } else {
          (kind, value) = (.from, b.value)
        }
        let key = Key(
          decision: told.decision, value: value, low: a.value, kind: kind, before: a.answer,
          after: b.answer)
        if let place = places[key] {
          flips[place].count += 1
          if flips[place].keys.count < 3 { flips[place].keys.append(told.key) }
        } else {
          places[key] = flips.count
          flips.append(
            Sweep.Flip(
              decision: told.decision, axis: line.axis, others: line.others, kind: kind,
              value: value.normalized, low: a.value.normalized, before: a.answer, after: b.answer,
              count: 1, keys: [told.key]))
        }
      }
    }
    return flips.enumerated().sorted { a, b in
      if a.element.value != b.element.value { return a.element.value < b.element.value }
      if a.element.decision != b.element.decision {
        return a.element.decision < b.element.decision
      }
      return a.offset < b.offset
    }.map(\.element)
  }
}

extension [Decimal] {
  /// The first place from which on something holds, which it does to the end.
  fileprivate func partitioningIndex(_ holds: (Decimal) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if holds(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
