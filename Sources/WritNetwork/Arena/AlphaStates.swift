/// How a row stands to conditions over it alone. A condition that is not known, or a fault, is open.
enum AlphaState: UInt8 {
  case out, open, closed
}

/// For each alpha and row how the row stood before the changes that are being taken in, and how it
/// stands now: two bits each, equal while nothing is taken in.
final class AlphaStates {
  private let states: UnsafeMutablePointer<UnsafeMutablePointer<UInt8>>
  private let capacities: UnsafeMutablePointer<Int>
  private let count: Int

  init(_ count: Int) {
    self.count = count
    states = .allocate(capacity: max(count, 1))
    capacities = .allocate(capacity: max(count, 1))
    for alpha in 0..<count {
      (states + alpha).initialize(to: .allocate(capacity: 1))
      (capacities + alpha).initialize(to: 0)
    }
  }

  deinit {
    for alpha in 0..<count { states[alpha].deallocate() }
    states.deallocate()
    capacities.deallocate()
  }

  var byteCount: Int { (0..<count).reduce(0) { $0 + capacities[$1] } }

  /// Makes room for rows up to a count; new ones are out.
  func grow(_ alpha: Int, rows: Int) {
    guard rows > capacities[alpha] else { return }
    let room = max(rows, capacities[alpha] * 2, 64)
    let grown = UnsafeMutablePointer<UInt8>.allocate(capacity: room)
    grown.update(from: states[alpha], count: capacities[alpha])
    (grown + capacities[alpha]).initialize(repeating: 0, count: room - capacities[alpha])
    states[alpha].deallocate()
    states[alpha] = grown
    capacities[alpha] = room
  }

  /// How a row stood; -1: there are no conditions.
  @inline(__always)
  func before(_ alpha: Int, _ row: Int32) -> AlphaState {
    alpha < 0 ? .closed : AlphaState(rawValue: states[alpha][Int(row)] & 3) ?? .out
  }

  /// How it stands.
  @inline(__always)
  func now(_ alpha: Int, _ row: Int32) -> AlphaState {
    alpha < 0 ? .closed : AlphaState(rawValue: states[alpha][Int(row)] >> 2) ?? .out
  }

  /// Whether it stands as it stood.
  @inline(__always)
  func isSettled(_ alpha: Int, _ row: Int32) -> Bool {
    if alpha < 0 { return true }
    let state = states[alpha][Int(row)]
    return state & 3 == state >> 2
  }

  @inline(__always)
  func change(_ alpha: Int, _ row: Int32, to state: AlphaState) {
    let place = states[alpha] + Int(row)
    place.pointee = place.pointee & 3 | state.rawValue << 2
  }

  /// What is now is what was from here on.
  @inline(__always)
  func settle(_ alpha: Int, _ row: Int32) {
    let place = states[alpha] + Int(row)
    place.pointee = place.pointee & ~3 | place.pointee >> 2
  }
}
