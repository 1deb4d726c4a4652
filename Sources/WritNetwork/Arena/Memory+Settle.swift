public import WritModel
public import WritRules

/// One firing of a change, told before its acts are done: the memory still is as it matched.
public struct Firing: Sendable {
  /// Counted from 1.
  public var number: Int
  public var match: Match
  /// The number of the firing by which the match came to hold; 0: it held when settling began.
  public var age: Int
  /// Why it does nothing; nil: its acts are done.
  public var fault: Settlement.Fault?
}

/// What keeping matches costs.
public struct MatchCost: Sendable {
  public var tokens = 0
  /// Of tokens alone; with indexes and what waits to fire.
  public var tokenBytes = 0
  public var bytes = 0

  public init() {}
}

// Facts that change by themselves.
extension Memory {
  /// Fires changes until none is left that holds and has not fired; or until there were as many
  /// firings as allowed, which `Settlement.unsettled` tells.
  ///
  /// A match that fired and still holds does not fire again when this is called again. `observe`
  /// may ask the memory anything and must not change it.
  @discardableResult
  public func settle(
    maxFirings: Int = 1_000_000, observe: ((Firing) -> Void)? = nil
  ) -> Settlement {
    var journal = Journal(productions: program.productions.count, maxFirings: maxFirings)
    guard let matcher = changes() else { return journal.finish() }
    matcher.propagate()
    matcher.beginSettling()
    while matcher.explosion == nil, let next = matcher.next() {
      guard journal.settlement.firings < maxFirings else {
        journal.endUnsettled()
        break
      }
      matcher.take(next)
      matcher.now += 1
      let production = matcher.bind(next.activation)
      fire(
        production.id, { matcher.match(next.activation) }, age: Int(next.age - matcher.base),
        &journal, observe,
        value: { _, act, part in matcher.machine.value(production.acts[act][part], matcher.rows) })
      matcher.propagate()
      checkMatches(matcher)
    }
    journal.note(matcher.explosion)
    return journal.finish()
  }

  /// The matches for which an alert is raised, by the keys of their records in pattern order.
  ///
  /// Of a change, the matches that hold, fired or not.
  public func raised(_ alert: ProductionID) -> [Match] {
    guard let (matcher, number) = watched(alert) else { return [] }
    var records: Set<Int> = []
    for pattern in program[alert].patterns { records.insert(Int(pattern.record.index)) }
    let order = RecordOrder(self, records: records)
    return matcher.matches(number).sorted { order.comesFirst($0, $1) }
  }

  /// How many matches an alert is raised for. Costs nothing but taking in what changed.
  public func raisedCount(_ alert: ProductionID) -> Int {
    if let known = alertsReference?._withUnsafeGuaranteedRef({ alerts -> Int? in
      guard let number = alerts.number(of: alert) else { return nil }
      alerts.propagate()
      checkMatches(alerts)
      return alerts.matchCount(number)
    }) {
      return known
    }
    guard let (matcher, number) = watched(alert) else { return 0 }
    return matcher.matchCount(number)
  }

  /// What was too much to keep of matches, if anything was: `raised` is not complete then.
  public var explosion: Settlement.Explosion? { alerts?.explosion ?? changing?.explosion }

  /// What matches cost now.
  public var matchCost: MatchCost {
    var cost = MatchCost()
    for matcher in [changing, alerts].compactMap({ $0 }) {
      cost.tokens += matcher.tokenCount
      cost.tokenBytes += matcher.tokenBytes
      cost.bytes += matcher.byteCount
    }
    return cost
  }

  /// The matcher of changes, made when it is first needed; nil: there are none.
  func changes() -> Matcher? {
    if let changing { return changing }
    let ids = program.productions.indices.map { ProductionID($0) }
      .filter { if case .change = program[$0].kind { true } else { false } }
    guard !ids.isEmpty else { return nil }
    let matcher = Matcher(self, productions: ids)
    changing = matcher
    if !fired.isEmpty { matcher.pass(fired) }
    fired = []
    return matcher
  }

  /// The matcher of alerts, made when it is first needed; nil: there are none.
  func watching() -> Matcher? {
    if let alerts { return alerts }
    let ids = program.productions.indices.map { ProductionID($0) }
      .filter { if case .alert = program[$0].kind { true } else { false } }
    guard !ids.isEmpty else { return nil }
    let matcher = Matcher(self, productions: ids)
    alerts = matcher
    return matcher
  }

  /// A production's matches as they are now: who keeps them, and its number there.
  private func watched(_ alert: ProductionID) -> (Matcher, Int)? {
    if let alerts, let number = alerts.number(of: alert) {
      alerts.propagate()
      checkMatches(alerts)
      return (alerts, number)
    }
    guard program.productions.indices.contains(Int(alert.index)) else { return nil }
    let isAlert = if case .alert = program[alert].kind { true } else { false }
    guard let matcher = isAlert ? watching() : changes() else { return nil }
    matcher.propagate()
    checkMatches(matcher)
    return matcher.number(of: alert).map { (matcher, $0) }
  }

  /// The matches that fired and still hold.
  func firedMatches() -> Set<MatchKey> {
    guard let changing else { return fired }
    changing.propagate()
    return changing.firedMatches()
  }

  /// In small worlds, in builds that check: the matches are those that the definition gives.
  private func checkMatches(_ matcher: Matcher) {
    assert(
      matcher.explosion != nil || !isSmall || matchDifference(matcher) == nil,
      "the matches kept are those there are: \(matchDifference(matcher) ?? "")")
  }

  /// The value of a field as rules read it: missing where it refers to a record that was removed.
  public func read(_ field: FieldID, row: Int) -> Value {
    let column = columns[Int(field.index)]
    guard row >= 0, row < column.count else { return .missing(Cause(.empty)) }
    let value = column.base[row]
    return column.mayDangle ? live(value, field: Int(field.index)) : value
  }

  /// What a field that holds a reference reads as: missing where the record was removed.
  func live(_ value: Value, field: Int) -> Value {
    switch value.tag {
    case .record:
      return facts.tables[Int(value.aux)].isRemoved(Int(value.bits))
        ? .missing(Cause(.danglingReference, site: field)) : value
    case .list: return liveList(value, field: field)
    default: return value
    }
  }

  /// A list without references to removed records: they are missing items.
  private func liveList(_ list: Value, field: Int) -> Value {
    let items = facts.lists.items(of: list)
    guard items.contains(where: { live($0, field: field).tag != $0.tag }) else { return list }
    if let known = liveLists[list.bits] { return known }
    let made = facts.lists.add(items.map { live($0, field: field) })
    liveLists[list.bits] = made
    return made
  }
}
