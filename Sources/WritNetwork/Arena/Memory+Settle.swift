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
    guard program.productions.contains(where: { !$0.acts.isEmpty }) else {
      var settlement = Settlement()
      settlement.firingsOf = Array(repeating: 0, count: program.productions.count)
      return settlement
    }
    return settleLiterally(maxFirings: maxFirings, observe: observe)
  }

  /// The matches for which an alert is raised, by the keys of their records in pattern order.
  public func raised(_ alert: ProductionID) -> [Match] {
    guard program.productions.indices.contains(Int(alert.index)) else { return [] }
    let order = RecordOrder(self)
    return literalMatches(alert).map { Match(production: alert, rows: $0) }
      .sorted { order.comesFirst($0, $1, in: self) }
  }

  /// Takes a record away; false if it is gone already or never was. References to it dangle.
  @discardableResult
  public func remove(_ record: RecordID, row: Int) -> Bool {
    guard facts.tables.indices.contains(Int(record.index)), facts[record].remove(row) else {
      return false
    }
    changed(record)
    // What reads a reference to it reads the record's type only if it looks behind the reference.
    for type in Set(
      facts.schema.fields.filter { $0.type.referred == record }.map(\.record.index)
    ).sorted()
    where type != record.index {
      changed(RecordID(Int(type)))
    }
    return true
  }

  /// The value of a field as rules read it: missing where it refers to a record that was removed.
  public func read(_ field: FieldID, row: Int) -> Value {
    live(facts.value(field, row: row), field: Int(field.index))
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

/// The order of records of one type: by key, else by field values for those that were there when
/// it was made, and then as they were inserted.
struct RecordOrder {
  /// The rank of each row of a type without a key; nil: the type has a key.
  private var ranks: [[Int32]?]

  init(_ memory: Memory) {
    let schema = memory.facts.schema
    ranks = schema.records.indices.map { index in
      let type = schema.records[index]
      guard type.key.isEmpty else { return nil }
      let rows = Array(0..<memory.facts.tables[index].count)
      let columns = memory.facts.tables[index].columns
      let sorted = rows.sorted { a, b in
        for column in columns {
          let order = memory.order(column[a], column[b], isDescending: false)
          if order != 0 { return order < 0 }
        }
        return a < b
      }
      var ranks = [Int32](repeating: 0, count: rows.count)
      for (rank, row) in sorted.enumerated() { ranks[row] = Int32(rank) }
      return ranks
    }
  }

  func order(_ record: RecordID, _ a: Int, _ b: Int, in memory: Memory) -> Int {
    if a == b { return 0 }
    if let ranks = ranks[Int(record.index)] {
      if a < ranks.count, b < ranks.count { return ranks[a] < ranks[b] ? -1 : 1 }
      return a < b ? -1 : 1
    }
    let order = memory.keyOrder(.record(a, of: record), .record(b, of: record), depth: 0)
    return order != 0 ? order : a < b ? -1 : 1
  }

  func comesFirst(_ a: Match, _ b: Match, in memory: Memory) -> Bool {
    let patterns = memory.program[a.production].patterns
    for (index, pattern) in patterns.enumerated() {
      let order = order(pattern.record, a.rows[index], b.rows[index], in: memory)
      if order != 0 { return order < 0 }
    }
    return false
  }
}
