public import WritModel
public import WritRules

/// What an `assign` made of one record.
public struct Assignment: Sendable {
  /// A counter that the win moved, for the record that won.
  public struct Move: Sendable {
    public var counter: CounterID
    public var before: Value
    public var after: Value
  }
  /// The row of the record that was decided.
  public var row: Int
  /// The decision's answer: a record, a queue, or why there is none.
  public var value: Value
  /// The winning rule; nil where none was found.
  public var rule: RuleID?
  /// The winner of the choose as it came out.
  public var winner: Value
  public var moves: [Move]
}

/// A counter's values by row.
struct CounterColumn {
  var numbers: [Int: Decimal] = [:]
  var lastTurn: Int64 = 0
}

extension Memory {
  /// Runs an `assign` decision: its records one by one in the written order, each seeing the loads
  /// and turns that those before it moved.
  ///
  /// Taken are the records whose `sets` field is not known, of `rows` or of all. Counters move
  /// inside the run always and are kept only on commit, which also writes the `sets` field. After
  /// the run the decision's answer attribute reads as it was assigned here; after a run over all,
  /// what was not taken reads as what it has. `before` is called with each row when it is its turn:
  /// what is asked then is answered in the state of that moment.
  @discardableResult
  public func assign(
    _ decision: DecisionID, rows: [Int]? = nil, commit: Bool, today: Int32? = nil,
    before: ((_ row: Int) -> Void)? = nil
  ) -> [Assignment] {
    let saved = counterValues
    let results = take(decision, rows: rows, today: today ?? self.today, before: before)
    if commit {
      keep([(decision, results)])
    } else {
      counterValues = saved
    }
    return results
  }

  /// Runs several `assign` decisions over all records, each from the state that is now: what one
  /// commits no other sees, so that a run that keeps its answers gives those of one that does not.
  @discardableResult
  public func assign(_ decisions: [DecisionID], commit: Bool) -> [[Assignment]] {
    let saved = counterValues
    var moved = saved
    let results = decisions.map { decision in
      counterValues = saved
      let results = take(decision, rows: nil, today: today, before: nil)
      for index in counterValues.indices where counterValues[index] != nil {
        guard let own = counterValues[index] else { continue }
        moved[index] = combined(CounterID(index), moved[index], own, from: saved)
      }
      return results
    }
    counterValues = commit ? moved : saved
    if commit { keep(Array(zip(decisions, results))) }
    return results
  }

  /// What two runs that began alike moved, as if one had come behind the other.
  private func combined(
    _ id: CounterID, _ first: CounterColumn?, _ second: CounterColumn,
    from saved: [CounterColumn?]
  ) -> CounterColumn {
    guard var result = first else { return second }
    let moved = counterValues
    counterValues = saved
    let start = column(id)
    counterValues = moved
    if case .turns(_, nil, _) = program.counters[Int(id.index)].kind {
      let shift = result.lastTurn - start.lastTurn
      for (row, number) in second.numbers where number > Decimal(start.lastTurn) {
        result.numbers[row] = number.adding(Decimal(shift)) ?? number
      }
      result.lastTurn = second.lastTurn + shift
      return result
    }
    for (row, number) in second.numbers {
      let before = start.numbers[row] ?? Decimal(0)
      let more = number.subtracting(before) ?? Decimal(0)
      result.numbers[row] = (result.numbers[row] ?? Decimal(0)).adding(more) ?? number
    }
    return result
  }

  /// Assigns, moving counters; the answers are there to be read.
  private func take(
    _ decision: DecisionID, rows: [Int]?, today: Int32, before: ((_ row: Int) -> Void)?
  ) -> [Assignment] {
    guard program.decisions.indices.contains(Int(decision.index)),
      case .assign(let plan) = program[decision].kind, let subject = program[decision].subject
    else { return [] }
    let answer = program[decision].answer
    assigned[answer] = nil
    var results: [Assignment] = []
    var answers: [Int: Value] = [:]
    for row in order(plan, subject, rows, today) {
      let record = Value.record(row, of: subject)
      before?(row)
      let result = assignOne(plan, answer, record, row, today)
      answers[row] = result.value
      results.append(result)
    }
    if rows == nil, let sets = plan.sets {
      for row in 0..<facts[subject].count where answers[row] == nil {
        let value = facts.value(sets, row: row)
        if value.isKnown, !facts[subject].isRemoved(row) { answers[row] = value }
      }
    }
    assigned[answer] = answers
    alerts?.isAssignedAnew = true
    return results
  }

  /// Keeps the counters as they were moved, and writes what was assigned into the `sets` fields.
  private func keep(_ made: [(decision: DecisionID, results: [Assignment])]) {
    state = currentState()
    // What was assigned stays to be read.
    let answers = assigned
    for (decision, results) in made {
      guard case .assign(let plan) = program[decision].kind,
        let subject = program[decision].subject,
        let sets = plan.sets
      else { continue }
      for result in results where result.value.tag == .record {
        let declared = facts.schema[sets]
        facts[declared.record].columns[declared.column][result.row] = result.value
      }
      changed(subject)
    }
    assigned = answers
  }

  /// What a record has already in the field that an `assign` sets, so that it is not taken again;
  /// nil: it is taken, or the decision is no `assign`.
  public func held(_ decision: DecisionID, row: Int) -> Value? {
    guard case .assign(let plan) = program[decision].kind, let sets = plan.sets else { return nil }
    let value = facts.value(sets, row: row)
    return value.isKnown ? value : nil
  }

  /// Runs `body` with the fields that `assign`s of a record type set reading as missing, so that
  /// every record is taken, as in a replay of what was assigned once. Afterwards the fields are as
  /// they were; what was assigned meanwhile stays to be read.
  public func assigningAnew(_ fields: [FieldID], _ body: () -> Void) {
    let kept = fields.map { field in
      let declared = facts.schema[field]
      return (
        field, declared.record, declared.column,
        facts[declared.record].columns[declared.column]
      )
    }
    let records = Set(kept.map(\.1)).sorted { $0.index < $1.index }
    // What other blocks assigned of these records stays to be read, too.
    let others = assigned
    edit(records) { facts in
      for (field, record, column, values) in kept {
        let blank = Value.missing(Cause(.blankField, site: Int(field.index)))
        facts[record].columns[column] = ContiguousArray(values.map { $0.isKnown ? blank : $0 })
      }
    }
    assigned = others
    body()
    let answers = assigned
    edit(records) { facts in
      for (_, record, column, values) in kept { facts[record].columns[column] = values }
    }
    assigned = answers
  }

  /// Runs every `assign` as in a replay, each anew and from the state that is now, so that what
  /// depends on it reads as it came out. Nothing is committed.
  public func assignAnew() {
    for (index, decision) in program.decisions.enumerated() {
      guard case .assign(let plan) = decision.kind else { continue }
      assigningAnew([plan.sets].compactMap(\.self)) {
        assign(DecisionID(index), commit: false)
      }
    }
  }

  /// What a decision comes to for neighbouring rows, records that an `assign` does not take again
  /// with what they have.
  public func answers(of decision: DecisionID, rows: Range<Int>) -> [Value] {
    var values = self.values(of: program[decision].answer, rows: rows)
    if case .assign = program[decision].kind {
      for row in rows {
        if let held = held(decision, row: row) { values[row - rows.lowerBound] = held }
      }
    }
    return values
  }

  /// What an `assign` answers for a row with the loads and turns that another memory has now. The
  /// facts of the two are the same; counters of this one are left as they are.
  public func answer(
    of decision: DecisionID, row: Int, withCountersOf other: Memory
  ) -> Value {
    guard let subject = program[decision].subject else { return .missing(Cause(.empty)) }
    let saved = counterValues
    let savedAnswers = assigned
    defer {
      counterValues = saved
      assigned = savedAnswers
    }
    assigned[program[decision].answer] = nil
    for (index, counter) in program.counters.enumerated() {
      let twin = other.program.counters.firstIndex { other.name(of: $0) == name(of: counter) }
      // Loads and turns that the other does not know stand as they were at the start.
      counterValues[index] = twin.map { other.column(CounterID($0)) }
    }
    return value(of: program[decision].answer, [.record(row, of: subject)])
  }

  /// The rows to decide, in order, which is fixed before the first commit.
  private func order(
    _ plan: AssignPlan, _ subject: RecordID, _ rows: [Int]?, _ today: Int32
  ) -> [Int] {
    let count = facts[subject].count
    var taken: [Int] = []
    if let rows {
      taken = Set(rows).filter { (0..<count).contains($0) }.sorted()
    } else {
      taken = Array(0..<count)
    }
    if facts[subject].removedCount > 0 { taken = taken.filter { !facts[subject].isRemoved($0) } }
    if let sets = plan.sets { taken = taken.filter { !facts.value(sets, row: $0).isKnown } }
    let keyed = taken.map { row in
      let frame = Frame(slots: [.record(row, of: subject)], today: today)
      return (row, plan.order.map { value(of: $0.term, in: frame) })
    }
    return keyed.sorted { a, b in
      comesFirst(
        .record(a.0, of: subject), a.1, .record(b.0, of: subject), b.1, plan.order)
    }.map(\.0)
  }

  private func assignOne(
    _ plan: AssignPlan, _ answer: AttributeID, _ record: Value, _ row: Int, _ today: Int32
  ) -> Assignment {
    let mark = arena.mark
    defer { arena.release(mark) }
    let block = singleBlock([record], today: today)
    let winner = winner(plan.choose, block, singleLane)[0]
    let value = evaluate(program[answer].term, block, singleLane)[0]
    var result = Assignment(
      row: row, value: value, rule: winner.tag == .rule ? RuleID(Int(winner.bits)) : nil,
      winner: winner, moves: [])
    guard let rule = result.rule, value.tag == .record, value.aux == plan.candidate.index else {
      return result
    }
    if let load = plan.load {
      result.moves.append(move(load, value) { add(1, to: load, value) })
    }
    for turn in plan.turns where turn.rule == rule {
      result.moves.append(move(turn.counter, value) { take(turn, of: plan, value, block) })
    }
    return result
  }

  private func move(_ counter: CounterID, _ record: Value, _ body: () -> Void) -> Assignment.Move {
    let before = self.counter(counter, of: record)
    body()
    return Assignment.Move(
      counter: counter, before: before, after: self.counter(counter, of: record))
  }

  private func take(
    _ turn: AssignPlan.Turn, of plan: AssignPlan, _ winner: Value, _ block: Block
  ) {
    guard
      case .turns(_, let weight, let catchesUp) = program.counters[Int(turn.counter.index)].kind
    else { return }
    let index = Int(turn.counter.index)
    if weight == nil {
      var column = column(turn.counter)
      column.lastTurn += 1
      column.numbers[Int(winner.bits)] = Decimal(column.lastTurn)
      counterValues[index] = column
      return
    }
    add(1, to: turn.counter, winner)
    if !catchesUp, let weight { bringUp(plan, turn, weight, block) }
  }

  /// Who belongs to the pool but was away enters at the least of those who were there, so that he
  /// does not get all the turns he missed.
  private func bringUp(
    _ plan: AssignPlan, _ turn: AssignPlan.Turn, _ weight: TermID, _ block: Block
  ) {
    guard let pool = plan.pools.first(where: { $0.rule == turn.rule }) else { return }
    let gather = network.gathers[Int(pool.gather.index)]
    var present: [Value] = []
    var away: [Value] = []
    scan(gather, block, 0) { inner, count, held in
      let rows = inner.slots[Int(gather.gather.slot)]
      let lanes = Lanes(list: arena.lanes(1), count: count, isDense: true)
      let belongs = pool.pool.map { evaluate($0, inner, lanes) }
      for lane in 0..<count {
        if Truth(held?[lane] ?? .boolean(true)) == .yes {
          present.append(counter(turn.counter, of: rows[lane]))
        } else if let belongs, Truth(belongs[lane]) == .yes {
          away.append(rows[lane])
        }
      }
      return true
    }
    guard let least = extreme(present.filter(\.isKnown), greatest: false), least.isKnown else {
      return
    }
    for record in away {
      let own = counter(turn.counter, of: record)
      guard own.isKnown, Value.order(own, least) < 0 else { continue }
      let turns = Value.multiply(least, self.weight(weight, of: record))
      guard turns.isKnown else { continue }
      var column = column(turn.counter)
      column.numbers[Int(record.bits)] = turns.decimal
      counterValues[Int(turn.counter.index)] = column
    }
  }

  // MARK: Counters

  /// The present value of a counter for a record.
  func counter(_ id: CounterID, of record: Value) -> Value {
    guard record.isKnown else { return record.asArgument }
    let counter = program.counters[Int(id.index)]
    guard record.tag == .record, record.aux == counter.record.index else {
      return .missing(Cause(.blankField))
    }
    if counterValues[Int(id.index)] == nil { counterValues[Int(id.index)] = column(id) }
    let number = counterValues[Int(id.index)]?.numbers[Int(record.bits)] ?? Decimal(0)
    switch counter.kind {
    case .load(let field):
      let column = columns[Int(field.index)]
      guard record.bits >= 0, record.bits < column.count else {
        return .missing(Cause(.danglingReference, site: Int(field.index)))
      }
      return Value.add(column.base[Int(record.bits)], .number(number))
    case .turns(_, let weight, _):
      guard let weight else { return .number(number) }
      return Value.divide(.number(number), self.weight(weight, of: record))
    }
  }

  private func weight(_ term: TermID, of record: Value) -> Value {
    let mark = arena.mark
    defer { arena.release(mark) }
    return evaluate(term, singleBlock([record], today: today), singleLane)[0]
  }

  private func add(_ count: Int64, to counter: CounterID, _ record: Value) {
    var column = column(counter)
    let number = column.numbers[Int(record.bits)] ?? Decimal(0)
    // A count that no longer fits stays where it is.
    column.numbers[Int(record.bits)] = number.adding(Decimal(count)) ?? number
    counterValues[Int(counter.index)] = column
  }

  /// The counter's values by row: as this run moved them, else as the state has them.
  private func column(_ id: CounterID) -> CounterColumn {
    if let column = counterValues[Int(id.index)] { return column }
    var column = CounterColumn()
    let counter = program.counters[Int(id.index)]
    guard let kept = state.counters.first(where: { $0.name == name(of: counter) }) else {
      return column
    }
    column.lastTurn = kept.lastTurn
    var numbers: [[String]: Decimal] = [:]
    for entry in kept.entries { numbers[entry.key] = entry.number }
    for row in 0..<facts[counter.record].count {
      column.numbers[row] = numbers[key(of: row, counter.record)]
    }
    return column
  }

  private func name(of counter: Counter) -> String {
    switch counter.kind {
    case .load(let field):
      let record = facts.schema[counter.record].name.name
      return "load \(record).\(facts.schema[field].name.name)"
    case .turns(let pool, _, _): return pool
    }
  }

  private func key(of row: Int, _ record: RecordID) -> [String] {
    facts.schema[record].key.map { written(facts.value($0, row: row)) }
  }

  /// The counters as they stand, what this run does not know of included.
  private func currentState() -> State {
    var state = state
    for (index, counter) in program.counters.enumerated() {
      guard let column = counterValues[index] else { continue }
      let name = name(of: counter)
      let entries = column.numbers.map {
        State.Entry(key: key(of: $0.key, counter.record), number: $0.value)
      }
      // Records that these facts do not have keep their place.
      let present = Set(entries.map(\.key))
      let place = state.counters.firstIndex { $0.name == name }
      let absent =
        place.map { state.counters[$0].entries.filter { !present.contains($0.key) } } ?? []
      let renewed = State.Counter(
        name: name, record: facts.schema[counter.record].name.name, lastTurn: column.lastTurn,
        entries: (entries + absent).sorted { $0.key.lexicographicallyPrecedes($1.key) })
      if let place {
        state.counters[place] = renewed
      } else {
        state.counters.append(renewed)
      }
    }
    state.counters.sort { $0.name < $1.name }
    return state
  }
}
