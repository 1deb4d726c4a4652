import WritModel
import WritRules

/// Choosing by the value that leads to few alternatives.
extension Memory {
  /// The winners of a choose by the values of its key.
  func winner(
    by keyed: KeyedView, _ plan: ChoosePlan, _ id: ChooseID, _ block: Block, _ lanes: Lanes,
    _ out: UnsafeMutablePointer<Value>
  ) {
    guard plan.policy == .first else {
      var standings = Array(repeating: Standing(), count: block.width)
      eachCandidate(keyed, block, lanes) { alternative, lane, value in
        standings[lane].note(alternative, value)
      }
      lanes.each { out[$0] = settle(plan, id, standings[$0], block, $0) }
      return
    }
    /// Whether an alternative decides for a lane, which has its answer then.
    func decides(_ alternative: Int, _ lane: Int, _ held: Value) -> Bool {
      switch Truth(held) {
      case .no: return false
      case .yes: out[lane] = Value(rule: keyed.table.rules[alternative])
      case .fault: out[lane] = held
      case .unknown:
        guard plan.isStrict else { return false }
        out[lane] = Value(.undetermined, Cause(.undecided, site: Int(id.index)))
      }
      return true
    }
    let otherwise = otherwise(plan, id)
    if sharesTables, let members = keyed.table.members {
      let isStrict = plan.isStrict
      let found = shared(
        keyed.table, block, lanes,
        settles: { $0 == .yes || $0 == .fault || ($0 == .unknown && isStrict) })
      lanes.each { out[$0] = otherwise }
      // The first that the variant has is the last written.
      for next in found.reversed() where members[Int(next.alternative)] & keyed.member != 0 {
        _ = decides(Int(next.alternative), Int(next.lane), next.held)
      }
      return
    }
    let open = search(keyed.table, keyed.table.members, for: keyed.member, block, lanes) {
      alternative, lane, _, held in
      decides(alternative, lane, held) ? keyed.member : 0
    }
    lanes.each { if open[$0] != 0 { out[$0] = otherwise } }
  }

  /// Calls `body` with each alternative that is true, unknown or a fault for a lane: in written
  /// order of alternatives, lanes side by side.
  func eachCandidate(
    _ keyed: KeyedView, _ block: Block, _ lanes: Lanes,
    _ body: (_ alternative: Int, _ lane: Int, _ value: Value) -> Void
  ) {
    var found: [(place: UInt64, held: Value)] = []
    if sharesTables, let members = keyed.table.members {
      for next in shared(keyed.table, block, lanes, settles: nil)
      where members[Int(next.alternative)] & keyed.member != 0 {
        let own = keyed.own(Int(next.alternative))
        found.append((UInt64(own) << 8 | UInt64(next.lane), next.held))
      }
    } else {
      _ = search(keyed.table, keyed.table.members, for: keyed.member, block, lanes) {
        alternative, lane, _, held in
        found.append((UInt64(keyed.own(alternative)) << 8 | UInt64(lane), held))
        return 0
      }
    }
    found.sort { $0.place < $1.place }
    for (place, held) in found { body(Int(place >> 8), Int(place & 0xFF), held) }
  }

  // MARK: - Searching

  /// Looks for each lane at the alternatives that may hold, or decide, for the value of its key: in
  /// written order, until all who want an answer have one.
  ///
  /// `holders` says by bits who has an alternative; nil: all of `wanted` do. `note` is called with
  /// each that is true, unknown or a fault, for those who have it and still want an answer, and tells
  /// whose answer that is. Returned is by lane who is left without, good until the arena is released.
  func search(
    _ table: KeyedChoice, _ holders: UnsafeMutableBufferPointer<UInt64>?, for wanted: UInt64,
    _ block: Block, _ lanes: Lanes,
    _ note: (_ alternative: Int, _ lane: Int, _ members: UInt64, _ held: Value) -> UInt64
  ) -> UnsafeMutablePointer<UInt64> {
    let width = block.width
    let pending = arena.take(width * 8).assumingMemoryBound(to: UInt64.self)
    let cursors = arena.take(width * MemoryLayout<KeyedCursor>.stride)
      .assumingMemoryBound(to: KeyedCursor.self)
    let list = arena.lanes(width)
    let held = arena.values(width)
    let values = evaluate(table.term, block, lanes)
    /// Lanes with an alternative whose rest has to be asked: the rest, the lane, the alternative.
    var waiting: [UInt64] = []
    waiting.reserveCapacity(lanes.count)
    let holdersBase = holders?.baseAddress

    /// To the next alternative of a lane that somebody wants.
    func advance(_ lane: Int) {
      while let alternative = cursors[lane].next(table) {
        var members = pending[lane]
        if let holdersBase { members &= holdersBase[alternative] }
        if members == 0 { continue }
        let rest = table.restOf[alternative]
        if rest != 0 {
          waiting.append(UInt64(rest) << 40 | UInt64(lane) << 32 | UInt64(alternative))
          return
        }
        pending[lane] &= ~note(alternative, lane, members, .boolean(true))
        if pending[lane] == 0 { return }
      }
    }

    lanes.each { lane in
      pending[lane] = wanted
      guard let key = KeyedChoice.Key(values[lane]) else {
        searchUnkeyed(table, holdersBase, values[lane], block, lane, pending, note)
        return
      }
      let (start, end) = table.range(for: key)
      cursors[lane] = KeyedCursor(next: start, end: end)
      advance(lane)
    }
    var asked: [UInt64] = []
    while !waiting.isEmpty {
      swap(&asked, &waiting)
      waiting.removeAll(keepingCapacity: true)
      asked.sort()
      var start = 0
      while start < asked.count {
        let rest = asked[start] >> 40
        var end = start
        while end < asked.count, asked[end] >> 40 == rest {
          list[end - start] = UInt8(truncatingIfNeeded: asked[end] >> 32)
          end += 1
        }
        let mark = arena.mark
        let same = Lanes(list: list, count: end - start, isDense: end - start == width)
        ask(table.rests[Int(rest)], block, same, held)
        arena.release(mark)
        for next in asked[start..<end] {
          let lane = Int(next >> 32 & 0xFF)
          let alternative = Int(next & 0xFFFF_FFFF)
          if Truth(held[lane]) != .no {
            var members = pending[lane]
            if let holdersBase { members &= holdersBase[alternative] }
            pending[lane] &= ~note(alternative, lane, members, held[lane])
            if pending[lane] == 0 { continue }
          }
          advance(lane)
        }
        start = end
      }
    }
    return pending
  }

  /// The Kleene `and` of some terms.
  private func ask(
    _ parts: [TermID], _ block: Block, _ lanes: Lanes, _ out: UnsafeMutablePointer<Value>
  ) {
    if parts.count == 1 {
      let values = evaluate(parts[0], block, lanes)
      lanes.each { out[$0] = values[$0] }
      return
    }
    lanes.each { out[$0] = .boolean(true) }
    for part in parts {
      let values = evaluate(part, block, lanes)
      lanes.each { lane in
        switch (Truth(out[lane]), Truth(values[lane])) {
        case (.no, _), (_, .yes), (.fault, .unknown), (.fault, .fault), (.unknown, .unknown): break
        case (_, .no), (.yes, _), (.unknown, .fault): out[lane] = values[lane]
        }
      }
    }
  }

  /// A lane of which the key is not known.
  private func searchUnkeyed(
    _ table: KeyedChoice, _ holders: UnsafeMutablePointer<UInt64>?, _ value: Value,
    _ block: Block, _ lane: Int, _ pending: UnsafeMutablePointer<UInt64>,
    _ note: (_ alternative: Int, _ lane: Int, _ members: UInt64, _ held: Value) -> UInt64
  ) {
    for place in table.unkeyed {
      let alternative = Int(place)
      var members = pending[lane]
      if let holders { members &= holders[alternative] }
      if members == 0 { continue }
      let held = held(table, alternative, value, block, lane)
      if Truth(held) == .no { continue }
      pending[lane] &= ~note(alternative, lane, members, held)
      if pending[lane] == 0 { return }
    }
  }

  /// The guard of an alternative for one lane: the Kleene `and` of its parts. What is asked of the
  /// key needs no code.
  private func held(
    _ table: KeyedChoice, _ alternative: Int, _ value: Value, _ block: Block, _ lane: Int
  ) -> Value {
    var unknown: Value?
    var fault: Value?
    for part in KeyedChoice.parts(of: table.guards[alternative], program) {
      let held: Value
      if let (term, wanted) = KeyedChoice.test(part, program), term == table.term {
        held = Value.equal(value, wanted)
      } else {
        held = valueOfLane(part, block, lane)
      }
      switch Truth(held) {
      case .no: return held
      case .yes: break
      case .unknown: unknown = unknown ?? held
      case .fault: fault = fault ?? held
      }
    }
    return fault ?? unknown ?? .boolean(true)
  }

  // MARK: - One frame

  /// The alternatives of a choose that may hold in a frame, rising; all others are surely false. nil:
  /// the value is not known, and each of all may be open.
  func candidates(_ keyed: KeyedView, in frame: Frame) -> [Int]? {
    candidates(keyed.table, in: frame)?.compactMap { alternative in
      if let members = keyed.table.members, members[alternative] & keyed.member == 0 { return nil }
      return keyed.own(alternative)
    }
  }

  /// The same of all who share a table, by its own numbers.
  func candidates(_ table: KeyedChoice, in frame: Frame) -> [Int]? {
    let mark = arena.mark
    defer { arena.release(mark) }
    let block = singleBlock(frame.slots, today: frame.today)
    guard let key = KeyedChoice.Key(evaluate(table.term, block, singleLane)[0]) else {
      return nil
    }
    let (start, end) = table.range(for: key)
    var cursor = KeyedCursor(next: start, end: end)
    var found: [Int] = []
    while let alternative = cursor.next(table) { found.append(alternative) }
    return found
  }
}

/// Where a lane stands among the alternatives that name its value and those that name none.
struct KeyedCursor {
  var next: Int32
  var end: Int32
  private var wide: Int32 = 0

  init(next: Int32, end: Int32) { (self.next, self.end) = (next, end) }

  /// The next of both in written order.
  @inline(__always)
  mutating func next(_ table: KeyedChoice) -> Int? {
    let hasWide = Int(wide) < table.wide.count
    if next < end {
      let own = table.alternatives[Int(next)]
      if !hasWide || own < table.wide[Int(wide)] {
        next += 1
        return Int(own)
      }
    } else if !hasWide {
      return nil
    }
    wide += 1
    return Int(table.wide[Int(wide) - 1])
  }
}
