public import WritModel
public import WritRules

/// A match: its records, and the values that it reads.
struct Matched: Hashable {
  var production: Int
  var rows: [Int]
  var reads: [Plain]
}

/// What settling came to, in lines that do not show where rows stand.
public struct Settling {
  /// A line a firing: which change, the age of its match, its records, and the act that could not
  /// be done.
  public var firings: [String] = []
  /// Fields that two changes set to different values: the field and the last two changes.
  public var clashes: [String] = []
  public var isSettled = true

  public init() {}

  /// The line of a firing.
  public static func line(
    _ production: Int, age: Int, rows: [Int], fault: Int?, _ program: Program, _ facts: Facts
  ) -> String {
    let records = zip(program.productions[production].patterns, rows).map {
      name(of: $1, $0.record, facts)
    }
    return "p\(production) of age \(age): \(records)" + (fault.map { " but for act \($0)" } ?? "")
  }

  /// A record as it is known wherever its row stands: by its key, else by all that it says.
  public static func name(of row: Int, _ record: RecordID, _ facts: Facts) -> String {
    let type = facts.schema[record]
    let shown = type.key.isEmpty ? type.fields : type.key
    return shown.map { field in
      let value = facts.value(field, row: row)
      return value.isKnown ? "\(Plain(value, facts))" : "—"
    }.joined(separator: " ")
  }

  /// All that the records of all types say, whatever their order.
  public static func contents(_ facts: Facts) -> [String] {
    facts.schema.records.indices.flatMap { index -> [String] in
      let record = RecordID(index)
      return (0..<facts[record].count).filter { !facts[record].isRemoved($0) }.map { row in
        let values = facts.schema[record].fields.map { field -> String in
          let value = facts.value(field, row: row)
          // A reference to a removed record says no more than that it dangles.
          let isGone =
            value.tag == .record
            && facts[RecordID(Int(value.aux))]
              .isRemoved(Int(value.bits))
          return isGone ? "gone" : "\(Plain(value, facts))"
        }
        return "\(index): \(values)"
      }.sorted()
    }
  }
}

// Facts that change: match everything, fire the first, match everything again.
extension Evaluator {
  /// Fires changes until none is left that holds and has not fired.
  public func settle(maxFirings: Int, today: Int32) -> Settling {
    let today = Value.date(days: today)
    let order = keylessOrder()
    var settling = Settling()
    var setters: [String: (change: Int, value: Value)] = [:]
    var clashes: [FieldID: String] = [:]
    var ages: [Matched: Int] = [:]
    while true {
      let holding = changes.flatMap { matches($0, today: today) }
      ages = Dictionary(
        uniqueKeysWithValues: holding.map { ($0, ages[$0] ?? settling.firings.count) })
      fired.formIntersection(holding)
      let waiting = holding.filter { !fired.contains($0) }
      let ranked = waiting.map { match in
        (match, priority: priority(of: match, today: today), age: ages[match] ?? 0)
      }
      let first = ranked.min { a, b in
        if Scalars.order(a.priority, b.priority) != 0 {
          return Scalars.order(a.priority, b.priority) > 0
        }
        if a.age != b.age { return a.age > b.age }
        if a.0.production != b.0.production { return a.0.production < b.0.production }
        return comesFirst(a.0, b.0, order)
      }
      guard let (match, _, age) = first else { break }
      guard settling.firings.count < maxFirings else {
        settling.isSettled = false
        break
      }
      fired.insert(match)
      var after = facts
      let fault = act(match, today: today, on: &after) { field, row, value in
        let place = "\(field.index) \(row)"
        if let before = setters[place], before.change != match.production,
          !isAlike(before.value, value)
        {
          clashes[field] =
            "field \(field.index): p\(before.change), then p\(match.production)"
        }
        setters[place] = (match.production, value)
      }
      settling.firings.append(
        Settling.line(
          match.production, age: age, rows: match.rows, fault: fault, program, facts))
      if fault == nil { facts = after }
    }
    settling.clashes = clashes.sorted { $0.key.index < $1.key.index }.map(\.value)
    return settling
  }

  /// The records for which an alert is raised, in their order.
  public func raised(_ alert: ProductionID, today: Int32) -> [String] {
    let order = keylessOrder()
    return matches(Int(alert.index), today: .date(days: today))
      .sorted { comesFirst($0, $1, order) }
      .map {
        Settling.line($0.production, age: 0, rows: $0.rows, fault: nil, program, facts)
      }
  }

  private var changes: [Int] {
    program.productions.indices.filter {
      if case .change = program.productions[$0].kind { true } else { false }
    }
  }

  // MARK: - Matching

  /// All matches of a production: nested loops over the records of its patterns.
  private func matches(_ production: Int, today: Value) -> [Matched] {
    let plan = program.productions[production]
    var tuples: [[Value]] = [[]]
    for pattern in plan.patterns {
      tuples = tuples.flatMap { tuple in records(of: pattern.record).map { tuple + [$0] } }
    }
    return tuples.compactMap { slots in
      let frame = Frame(slots: slots, today: today)
      if let guardTerm = plan.guardTerm {
        guard case .yes = truth(of: guardTerm, in: frame) else { return nil }
      }
      return Matched(
        production: production, rows: slots.map { Int($0.bits) },
        reads: plan.reads.map { identity(of: value(of: $0, in: frame)) })
    }
  }

  /// A value as it makes a match what it is: a record is itself, not what it says; a moment is the
  /// same in any zone.
  private func identity(of value: Value) -> Plain {
    switch value.tag {
    case .record: .scalar(.record, value.bits, 0, value.aux)
    case .time: .scalar(.time, value.bits, 0, 0)
    case .list: .list(items(of: value).map { identity(of: $0) })
    default: Plain(value, facts)
    }
  }

  private func frame(of match: Matched, today: Value) -> Frame {
    let patterns = program.productions[match.production].patterns
    return Frame(
      slots: zip(patterns, match.rows).map { .record($1, of: $0.record) }, today: today)
  }

  private func priority(of match: Matched, today: Value) -> Value {
    guard case .change(let term?, _) = program.productions[match.production].kind else {
      return .number(Decimal(0))
    }
    let value = value(of: term, in: frame(of: match, today: today))
    return value.isKnown ? value : .number(Decimal(0))
  }

  // MARK: - Acting

  /// Does the acts of a match on a copy of the facts; the number of the first that cannot be done.
  private func act(
    _ match: Matched, today: Value, on after: inout Facts,
    noting set: (FieldID, Int, Value) -> Void
  ) -> Int? {
    let frame = frame(of: match, today: today)
    var sets: [(FieldID, Int, Value)] = []
    for (index, act) in program.productions[match.production].acts.enumerated() {
      switch act {
      case .set(let field, let of, let to):
        let target = value(of: of, in: frame)
        guard isThere(target) else { return index }
        guard let value = fitting(value(of: to, in: frame), field) else { return index }
        let record = facts.schema[field].record
        let row = Int(target.bits)
        if after[record].isRemoved(row) { continue }
        after[record].columns[facts.schema[field].column][row] =
          isUnchanged(after.value(field, row: row), value) ? after.value(field, row: row) : value
        sets.append((field, row, value))
      case .insert(let record, let terms):
        let fields = facts.schema[record].fields
        var values: [Value] = []
        for (field, term) in zip(fields, terms) {
          guard let value = fitting(value(of: term, in: frame), field) else { return index }
          values.append(value)
        }
        let key = facts.schema[record].key.map { values[facts.schema[$0].column] }
        let isKeyed = !key.isEmpty && key.allSatisfy(\.isKnown)
        let same = (0..<after[record].count).first { row in
          !after[record].isRemoved(row)
            && zip(fields, values).allSatisfy { isAlike(after.value($0, row: row), $1) }
        }
        if same != nil { continue }
        if after[record].append(values, key: isKeyed ? key : []) == nil { return index }
      case .remove(let term):
        let target = value(of: term, in: frame)
        guard target.tag == .record else { return index }
        after[RecordID(Int(target.aux))].remove(Int(target.bits))
      }
    }
    // Lists and texts that were made on the way belong to both.
    after.texts = facts.texts
    after.lists = facts.lists
    for (field, row, value) in sets { set(field, row, value) }
    return nil
  }

  private func isThere(_ value: Value) -> Bool {
    value.tag == .record && !facts[RecordID(Int(value.aux))].isRemoved(Int(value.bits))
  }

  /// A value as a field can hold it: what is not known is a blank of the field; nil where it cannot.
  private func fitting(_ value: Value, _ field: FieldID) -> Value? {
    if value.isKnown { return value }
    if value.isFault || !facts.schema[field].isOptional { return nil }
    return .missing(Cause(.blankField, site: Int(field.index)))
  }

  /// Equal for a record that is inserted: by value, a blank like a blank.
  private func isAlike(_ a: Value, _ b: Value) -> Bool {
    guard a.isKnown, b.isKnown else { return a.isKnown == b.isKnown }
    if a.tag == .list, b.tag == .list {
      return items(of: a).elementsEqual(items(of: b), by: isAlike)
    }
    return Value.same(a, b)
  }

  /// Whether setting one to the other is no change; a blank is not a dangling reference.
  private func isUnchanged(_ a: Value, _ b: Value) -> Bool {
    a.isKnown || b.isKnown ? isAlike(a, b) : a.isSame(as: b)
  }

  // MARK: - Order

  /// The places of the records of types without a key, by what they say now.
  private func keylessOrder() -> [RecordID: [Int: Int]] {
    var order: [RecordID: [Int: Int]] = [:]
    for index in facts.schema.records.indices where facts.schema.records[index].key.isEmpty {
      let record = RecordID(index)
      let fields = facts.schema[record].fields
      let keys = fields.map { _ in Gather.Key(TermID(0), isDescending: false) }
      let sorted = (0..<facts[record].count).sorted { a, b in
        let order = self.order(
          fields.map { facts.value($0, row: a) }, fields.map { facts.value($0, row: b) }, by: keys)
        return order != 0 ? order < 0 : a < b
      }
      order[record] = Dictionary(
        uniqueKeysWithValues: sorted.enumerated().map { ($0.element, $0.offset) })
    }
    return order
  }

  private func comesFirst(
    _ a: Matched, _ b: Matched, _ keyless: [RecordID: [Int: Int]]
  ) -> Bool {
    for (index, pattern) in program.productions[a.production].patterns.enumerated() {
      let (x, y) = (a.rows[index], b.rows[index])
      if x == y { continue }
      if let places = keyless[pattern.record] {
        // Those inserted since stand behind, in the order in which they came.
        return (places[x] ?? x + places.count) < (places[y] ?? y + places.count)
      }
      let order = keyOrder(.record(x, of: pattern.record), .record(y, of: pattern.record))
      return order != 0 ? order < 0 : x < y
    }
    return false
  }

  // MARK: - Edits

  /// Any change to the facts from outside.
  public func edit(_ body: (inout Facts) -> Void) { body(&facts) }

  /// Sets a field of a record.
  public func set(_ field: FieldID, row: Int, to value: Value) {
    facts[facts.schema[field].record].columns[facts.schema[field].column][row] = value
  }

  /// Adds a record; nothing where its key is taken.
  public func append(_ record: RecordID, _ values: [Value]) {
    let key = facts.schema[record].key.map { values[facts.schema[$0].column] }
    _ = facts[record].append(values, key: key)
  }

  /// Takes a record away.
  public func remove(_ record: RecordID, row: Int) { facts[record].remove(row) }
}
