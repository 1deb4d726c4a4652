import WritModel

extension Memory {
  /// A memory of its own with the same facts, counters and fired matches, for this business date or
  /// another: what is done there is not done here.
  public func copy(today: Int32? = nil) -> Memory {
    let other = Memory(network, facts: facts, today: today ?? self.today)
    other.state = state
    other.counterValues = counterValues
    other.assigned = assigned
    other.fired = firedMatches()
    return other
  }
}
