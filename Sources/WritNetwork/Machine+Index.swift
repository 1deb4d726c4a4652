import WritModel
import WritRules

// Choosing by the index.
extension Memory {
  /// The winners of a choose by its index.
  func winner(
    by index: ChooseIndex, _ plan: ChoosePlan, _ id: ChooseID, _ block: Block, _ lanes: Lanes,
    _ out: UnsafeMutablePointer<Value>
  ) {
    let located = locate(index, block, lanes)
    if plan.policy == .first {
      let found = arena.take(block.width * 4).assumingMemoryBound(to: Int32.self)
      firsts(located, plan, id, block, lanes, found, out)
      write(found, plan, otherwise(plan, id), lanes, into: out)
    } else {
      var standings = Array(repeating: Standing(), count: block.width)
      eachCandidate(located, plan, block, lanes) { alternative, lane, value in
        standings[lane].note(alternative, value)
      }
      lanes.each { out[$0] = settle(plan, id, standings[$0], block, $0) }
    }
  }

  /// What stands for a lane in place of an entry.
  enum Found {
    static let nothing = -1
    /// The answer is no entry, and is in the lane's place already.
    static let settled = -2
  }

  // MARK: First

  /// The first entry of each lane that holds. Where that is not a question of entries (a fault, or
  /// a guard that is open in a strict choose), `out` has the answer.
  func firsts(
    _ located: Located, _ plan: ChoosePlan, _ id: ChooseID, _ block: Block, _ lanes: Lanes,
    _ found: UnsafeMutablePointer<Int32>, _ out: UnsafeMutablePointer<Value>
  ) {
    let index = located.index
    index.firsts(located, lanes, found)
    if located.hasFault { decidePlainly(located, plan, id, block, lanes, found, out) }
    guard index.hasOpen || located.isVague else { return }

    // Hits that may not hold are verified in rounds, those of one alternative together.
    var waiting: [UInt64] = []
    func wait(_ lane: Int) {
      let entry = Int(found[lane])
      guard entry >= 0, index.isOpen[entry] || (located.isVague && !located.isSure(entry, lane))
      else { return }
      waiting.append(UInt64(index.alternativeOfEntry[entry]) << 8 | UInt64(lane))
    }
    lanes.each(wait)
    let list = arena.lanes(block.width)
    while !waiting.isEmpty {
      let asked = waiting.sorted()
      waiting.removeAll(keepingCapacity: true)
      var start = 0
      while start < asked.count {
        let alternative = Int(asked[start] >> 8)
        var end = start
        while end < asked.count, Int(asked[end] >> 8) == alternative {
          list[end - start] = UInt8(truncatingIfNeeded: asked[end])
          end += 1
        }
        let mark = arena.mark
        let same = Lanes(list: list, count: end - start, isDense: false)
        let held = evaluate(plan.guards[alternative], block, same)
        same.each { lane in
          let value = held[lane]
          switch Truth(value) {
          case .yes: return
          case .fault:
            out[lane] = value
            found[lane] = Int32(Found.settled)
            return
          case .unknown where plan.isStrict:
            out[lane] = Value(.undetermined, Cause(.undecided, site: Int(id.index)))
            found[lane] = Int32(Found.settled)
            return
          case .no, .unknown: break
          }
          var entry = Int(found[lane])
          repeat {
            entry = located.first(after: entry, lane)
          } while entry >= 0 && Int(index.alternativeOfEntry[entry]) == alternative
          found[lane] = Int32(truncatingIfNeeded: entry)
          wait(lane)
        }
        arena.release(mark)
        start = end
      }
    }
  }

  /// Lanes with a fault in view do without the index.
  private func decidePlainly(
    _ located: Located, _ plan: ChoosePlan, _ id: ChooseID, _ block: Block, _ lanes: Lanes,
    _ found: UnsafeMutablePointer<Int32>, _ out: UnsafeMutablePointer<Value>
  ) {
    let list = arena.lanes(block.width)
    var count = 0
    lanes.each { lane in
      guard located.care[lane] & Care.fault != 0 else { return }
      list[count] = UInt8(truncatingIfNeeded: lane)
      count += 1
      found[lane] = Int32(Found.settled)
    }
    first(plan, id, block, Lanes(list: list, count: count, isDense: false), out)
  }

  // MARK: All

  /// Calls `body` with each alternative that is true, unknown or a fault for a lane: in written
  /// order of alternatives, lanes side by side.
  func eachCandidate(
    _ located: Located, _ plan: ChoosePlan, _ block: Block, _ lanes: Lanes,
    _ body: (_ alternative: Int, _ lane: Int, _ value: Value) -> Void
  ) {
    let index = located.index
    // Alternative, lane, and whether it has to be verified.
    var asked: [UInt64] = []
    lanes.each { lane in
      if located.hasFault, located.care[lane] & Care.fault != 0 {
        for alternative in plan.guards.indices {
          asked.append(UInt64(alternative) << 9 | UInt64(lane) << 1 | 1)
        }
        return
      }
      var entry = located.first(after: -1, lane)
      while entry >= 0 {
        let isSure = !index.isOpen[entry] && (!located.isVague || located.isSure(entry, lane))
        asked.append(
          UInt64(index.alternativeOfEntry[entry]) << 9 | UInt64(lane) << 1 | (isSure ? 0 : 1))
        entry = located.first(after: entry, lane)
      }
    }
    asked.sort()
    let list = arena.lanes(block.width)
    var start = 0
    while start < asked.count {
      let alternative = Int(asked[start] >> 9)
      var count = 0
      var last = -1
      var end = start
      while end < asked.count, Int(asked[end] >> 9) == alternative {
        let lane = Int(asked[end] >> 1 & 0xFF)
        // Of several boxes of one guard, a sure one comes first.
        if lane != last {
          if asked[end] & 1 == 1 {
            list[count] = UInt8(truncatingIfNeeded: lane)
            count += 1
          } else {
            body(alternative, lane, .boolean(true))
          }
        }
        last = lane
        end += 1
      }
      if count > 0 {
        let mark = arena.mark
        let open = Lanes(list: list, count: count, isDense: false)
        let held = evaluate(plan.guards[alternative], block, open)
        open.each { lane in
          let value = held[lane]
          if Truth(value) != .no { body(alternative, lane, value) }
        }
        arena.release(mark)
      }
      start = end
    }
  }
}

/// Where the rows of a block's lanes begin in each table of an index.
struct Located {
  let index: ChooseIndex
  /// Places of rows, `width` a table; `rowStep` words of each.
  let rows: UnsafeMutablePointer<UInt32>
  let width: Int
  /// `Care` of each lane.
  let care: UnsafeMutablePointer<UInt8>
  /// Whether candidates of any lane may not hold.
  var isVague: Bool
  var hasFault: Bool

  /// Whether the tests of a candidate are true of a lane.
  @inline(__always)
  func isSure(_ entry: Int, _ lane: Int) -> Bool { index.isSure(entry, rows + lane, width: width) }

  /// The next candidate of a lane after an entry; -1 if there is none.
  func first(after entry: Int, _ lane: Int) -> Int {
    index.first(from: entry + 1, self, lane)
  }
}

/// What has to be minded of a lane.
enum Care {
  /// An unknown value whose candidates may not hold.
  static let vague: UInt8 = 1
  /// A fault is in view.
  static let fault: UInt8 = 2
}
