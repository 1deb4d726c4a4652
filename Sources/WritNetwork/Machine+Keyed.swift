import WritModel
import WritRules

// Choosing by the value that leads to few alternatives.
extension Memory {
  /// The winners of a choose by the values of its key.
  func winner(
    by keyed: KeyedChoice, _ plan: ChoosePlan, _ id: ChooseID, _ block: Block, _ lanes: Lanes,
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
    let values = evaluate(keyed.term, block, lanes)
    let otherwise = otherwise(plan, id)
    lanes.each { lane in
      out[lane] = otherwise
      forEachAlternative(keyed, values[lane]) { alternative in
        let held = held(keyed, alternative, values[lane], block, lane)
        switch Truth(held) {
        case .no: return true
        case .yes: out[lane] = Value(rule: plan.rules[alternative])
        case .fault: out[lane] = held
        case .unknown:
          guard plan.isStrict else { return true }
          out[lane] = Value(.undetermined, Cause(.undecided, site: Int(id.index)))
        }
        return false
      }
    }
  }

  /// Calls `body` with each alternative that is true, unknown or a fault for a lane: in written
  /// order of alternatives, lanes side by side.
  func eachCandidate(
    _ keyed: KeyedChoice, _ block: Block, _ lanes: Lanes,
    _ body: (_ alternative: Int, _ lane: Int, _ value: Value) -> Void
  ) {
    let values = evaluate(keyed.term, block, lanes)
    var asked: [UInt64] = []
    lanes.each { lane in
      forEachAlternative(keyed, values[lane]) { alternative in
        asked.append(UInt64(alternative) << 8 | UInt64(lane))
        return true
      }
    }
    asked.sort()
    for next in asked {
      let (alternative, lane) = (Int(next >> 8), Int(next & 0xFF))
      let held = held(keyed, alternative, values[lane], block, lane)
      if Truth(held) != .no { body(alternative, lane, held) }
    }
  }

  /// The alternatives that may hold, or decide, where the key has a value, in written order, until
  /// the body returns false.
  private func forEachAlternative(
    _ keyed: KeyedChoice, _ value: Value, _ body: (Int) -> Bool
  ) {
    guard let key = KeyedChoice.Key(value) else {
      for alternative in keyed.unkeyed where !body(Int(alternative)) { return }
      return
    }
    let own = keyed.alternatives(for: key)
    let wide = keyed.wide
    var i = own.startIndex
    var j = 0
    while i < own.endIndex || j < wide.count {
      let next: Int32
      if j == wide.count || (i < own.endIndex && own[i] < wide[j]) {
        next = own[i]
        i += 1
      } else {
        next = wide[j]
        j += 1
      }
      if !body(Int(next)) { return }
    }
  }

  /// The guard of an alternative for one lane: the Kleene `and` of its parts. What is asked of the
  /// key needs no code.
  private func held(
    _ keyed: KeyedChoice, _ alternative: Int, _ value: Value, _ block: Block, _ lane: Int
  ) -> Value {
    var unknown: Value?
    var fault: Value?
    for part in KeyedChoice.parts(of: keyed.guards[alternative], program) {
      let held: Value
      if let (term, wanted) = KeyedChoice.test(part, program), term == keyed.term {
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
}
