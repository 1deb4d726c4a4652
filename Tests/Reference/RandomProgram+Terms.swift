import Support
import WritModel
import WritRules

extension RandomProgram {
  /// A term of the type that is more than a leaf, or nil where this draw has none.
  mutating func composed(_ type: ValueType, _ depth: Int, _ scope: [ValueType]) -> TermID? {
    if random.chance(45) { return general(type, depth, scope) }
    switch type {
    case .boolean: return boolean(depth, scope)
    case .number, .percent, .integer: return number(depth, scope)
    case .money(let currency): return money(type, currency, depth, scope)
    case .date:
      switch random.number(0...3) {
      case 0: return make(.today, .date)
      case 1:
        let parts = [term(.date, depth - 1, scope), term(.duration, depth - 1, scope)]
        return make(.operation(random.pick([.addDuration, .subtractDuration]), parts), type)
      case 2:
        return make(.operation(.dateOfTime, [leaf(.time, scope)]), type)
      default: return general(type, depth, scope)
      }
    case .duration:
      if random.chance(50) { return general(type, depth, scope) }
      let parts = [term(.date, depth - 1, scope), term(.date, depth - 1, scope)]
      return make(.operation(.subtractDates, parts), type)
    case .text:
      if random.chance(60) { return general(type, depth, scope) }
      if random.chance(50) {
        return make(.operation(.normalized, [term(.text, depth - 1, scope)]), type)
      }
      let parts = [term(.text, depth - 1, scope), term(.text, depth - 1, scope)]
      return make(.operation(.text, parts), type)
    case .member(EnumID(2)):
      return make(.operation(.currencyOf(EnumID(2)), [term(.money(nil), depth - 1, scope)]), type)
    case .record(let record):
      return random.chance(60) ? pick(record, depth, scope) : follow(record, depth, scope)
    case .list(let item), .set(let item):
      return list(item, type, depth, scope)
    default: return general(type, depth, scope)
    }
  }

  /// What there is for every type.
  private mutating func general(
    _ type: ValueType, _ depth: Int, _ scope: [ValueType]
  ) -> TermID? {
    switch random.number(0...9) {
    case 0:
      return make(
        .operation(.orElse, [term(type, depth - 1, scope), term(type, depth - 1, scope)]), type)
    case 1:
      return make(
        .operation(
          .ifElse,
          [
            term(.boolean, depth - 1, scope), term(type, depth - 1, scope),
            term(type, depth - 1, scope),
          ]), type)
    case 2, 3, 4: return attribute(type, depth, scope)
    case 5:
      // A `case` in place.
      let id = addChoose(scope, columns: [type], size: random.number(1...3), depth: depth - 1)
      guard program[id].policy != .all, program[id].policy != .outputOrder else { return nil }
      let winner = make(.winner(id), .rule)
      return make(.payload(id, column: 0, winner: winner), type)
    case 6: return random.chance(30) ? missing(type) : nil
    case 7:
      let part = term(type, depth - 1, scope)
      switch random.number(0...2) {
      case 0: return make(.operation(.noneIfMissing, [part]), type)
      case 1: return make(.operation(.undeterminedIfMissing, [part]), type)
      default:
        return make(
          .operation(.stoppedBy(addRule()), [term(.boolean, depth - 1, scope), part]), type)
      }
    case 8: return fold(type, depth, scope)
    default:
      switch type {
      case .number, .money, .date, .member(EnumID(0)):
        let parts = [term(type, depth - 1, scope), term(type, depth - 1, scope)]
        return make(.operation(random.pick([.smaller, .larger]), parts), type)
      default: return nil
      }
    }
  }

  private mutating func attribute(
    _ type: ValueType, _ depth: Int, _ scope: [ValueType]
  ) -> TermID? {
    let fitting = program.attributes.indices.filter { program.attributes[$0].type == type }
    guard !fitting.isEmpty else { return nil }
    let chosen = random.pick(fitting)
    let arguments = program.attributes[chosen].parameters.map { term($0, depth - 1, scope) }
    let asOf = random.chance(15) ? term(.date, depth - 1, scope) : nil
    return make(.attribute(AttributeID(chosen), arguments, asOf: asOf), type)
  }

  // MARK: - By type

  private mutating func boolean(_ depth: Int, _ scope: [ValueType]) -> TermID? {
    switch random.number(0...11) {
    case 0, 1:
      let parts = (0..<random.number(2...4)).map { _ in term(.boolean, depth - 1, scope) }
      return make(.operation(random.pick([.and, .or]), parts), .boolean)
    case 2:
      let operation = random.pick([Operation.not, .surely, .possibly])
      return make(.operation(operation, [term(.boolean, depth - 1, scope)]), .boolean)
    case 3:
      let type = random.pick(scalarTypes)
      return make(
        .operation(random.pick([.isKnown, .hasAnswer]), [term(type, depth - 1, scope)]), .boolean)
    case 4, 5:
      let type = random.pick(scalarTypes.filter { $0 != .boolean })
      return comparison(term(type, depth - 1, scope), type, scope, depth: depth - 1)
    case 6:
      let type = random.pick([ValueType.number, .text, .member(EnumID(1))])
      let set = leaf(.set(type), scope)
      return make(.operation(.isIn, [term(type, depth - 1, scope), set]), .boolean)
    case 7:
      let type = ValueType.node(TreeID(0))
      let outer = random.chance(50) ? term(type, depth - 1, scope) : leaf(.set(type), scope)
      return make(.operation(.within, [term(type, depth - 1, scope), outer]), .boolean)
    case 8:
      let parts = [term(.text, depth - 1, scope), term(.text, depth - 1, scope)]
      return make(.operation(.startsWith, parts), .boolean)
    case 9, 10:
      let fold = random.pick([Gather.Fold.some, .no, .every])
      return gather(
        fold, .boolean, depth, scope, value: random.chance(40) ? .boolean : nil)
    default:
      let list = list(.number, .list(.number), depth - 1, scope)
      return list.map { make(.operation(.isIn, [term(.number, depth - 1, scope), $0]), .boolean) }
    }
  }

  private mutating func number(_ depth: Int, _ scope: [ValueType]) -> TermID? {
    func operation(_ op: Operation, _ types: [ValueType]) -> TermID {
      let parts = types.map { term($0, depth - 1, scope) }
      return make(.operation(op, parts), .number)
    }
    switch random.number(0...19) {
    case 18, 19: return operation(.similarity, [.text, .text])
    case 0: return operation(.add, [.number, .number])
    case 1: return operation(.subtract, [.number, .number])
    case 2: return operation(.multiply, [.number, .number])
    case 3: return operation(.divide, [.number, .number])
    case 4: return operation(.divide, [.money(nil), .money(nil)])
    case 5: return operation(.negate, [.number])
    case 6:
      let quantum = make(.constant(Constant(.number(Decimal(mantissa: 5, scale: 2)))), .number)
      return make(
        .operation(
          .round(random.pick(RoundingMode.allCases)), [term(.number, depth - 1, scope), quantum]),
        .number)
    case 7: return operation(random.pick([.year, .month, .dayOfMonth]), [.date])
    case 8: return operation(.length, [random.pick([.text, .set(.text), .list(.number)])])
    case 9: return operation(random.pick([.exp, .ln]), [.number])
    case 10:
      let every = make(
        .constant(Constant(Value(tag: .duration, bits: Int64(random.number(1...60))))), .duration)
      let parts = [
        term(.number, depth - 1, scope), every, term(.date, depth - 1, scope), make(.today, .date),
      ]
      return make(.operation(.decay, parts), .number)
    case 11:
      let count = random.number(1...4)
      let parts =
        [term(.number, depth - 1, scope), quantum()]
        + (0..<count).map { _ in term(.number, depth - 1, scope) }
      return make(
        .operation(.apportion(index: Int32(random.number(0...count - 1))), parts), .number)
    case 12, 13: return fold(.number, depth, scope)
    case 14: return gather(.count, .number, depth, scope, value: nil)
    case 15:
      return gather(.countDistinct, .number, depth, scope, value: random.pick(scalarTypes))
    case 16: return share(.number, depth, scope)
    default:
      let id = addChoose(scope, columns: [.number], size: random.number(1...4), depth: depth - 1)
      let folds = [CollectFold.sum, .min, .max, .count]
      return make(.collect(id, column: 0, random.pick(folds)), .number)
    }
  }

  private mutating func quantum() -> TermID {
    let value = random.pick([
      Decimal(1), Decimal(mantissa: 1, scale: 2), Decimal(mantissa: 25, scale: 1), Decimal(0),
    ])
    return make(.constant(Constant(.number(value))), .number)
  }

  private mutating func money(
    _ type: ValueType, _ currency: CurrencyID?, _ depth: Int, _ scope: [ValueType]
  ) -> TermID? {
    func operation(_ op: Operation, _ types: [ValueType]) -> TermID {
      let parts = types.map { term($0, depth - 1, scope) }
      return make(.operation(op, parts), type)
    }
    switch random.number(0...9) {
    case 0: return operation(.add, [type, type])
    case 1: return operation(.subtract, [type, type])
    case 2: return operation(.multiply, [type, .number])
    case 3: return operation(.divide, [type, .number])
    case 4: return operation(.negate, [type])
    case 5:
      guard let currency else { return nil }
      return operation(.asMoney(currency), [.number])
    case 6:
      guard let currency else { return nil }
      let name = make(
        .constant(Constant(.member(Int(currency.index), of: EnumID(2)))), .member(EnumID(2)))
      let parts = [term(.money(nil), depth - 1, scope), name, term(.number, depth - 1, scope)]
      return make(.operation(.inCurrency(currency), parts), type)
    case 7: return share(type, depth, scope)
    default: return fold(type, depth, scope)
    }
  }

  private mutating func list(
    _ item: ValueType, _ type: ValueType, _ depth: Int, _ scope: [ValueType]
  ) -> TermID? {
    guard case .list = type else { return leaf(type, scope) }
    switch random.number(0...3) {
    case 0:
      if case .record(let record) = item {
        return selection(.list, record, type, depth, scope)
      }
      fallthrough
    case 1:
      let parts = (0..<random.number(1...4)).map { _ in term(item, depth - 1, scope) }
      return make(.operation(.listOfDistinct, parts), type)
    case 2:
      let id = addChoose(scope, columns: [item], size: random.number(1...4), depth: depth - 1)
      return make(.collect(id, column: 0, random.pick([.list, .distinct])), type)
    default: return attribute(type, depth, scope)
    }
  }

  // MARK: - Gathers

  /// A numeric fold, where the type has one.
  private mutating func fold(_ type: ValueType, _ depth: Int, _ scope: [ValueType]) -> TermID? {
    switch type {
    case .number, .money:
      return gather(
        random.pick([.sum, .sum, .average, .min, .max, .median]), type, depth, scope, value: type)
    case .date, .member(EnumID(0)):
      return gather(random.pick([.min, .max]), type, depth, scope, value: type)
    default: return nil
    }
  }

  /// The guard of a gather: often an equality that parts the records by a key.
  private mutating func gatherGuard(
    _ record: RecordID, _ depth: Int, _ scope: [ValueType]
  ) -> TermID? {
    if random.chance(15) { return nil }
    let inner = scope + [.record(record)]
    let slot = make(.slot(Int32(scope.count)), .record(record))
    var parts: [TermID] = []
    if random.chance(65) {
      // binder.field = something of the outer view, or the binder itself.
      let fields = program.schema[record].fields
      let field = random.pick(fields)
      let type = program.schema[field].type
      if case .set = type {
      } else if !scope.isEmpty {
        let mine = make(.field(field, of: slot), type)
        let outer = paths(to: type, scope)
        if !outer.isEmpty {
          let pair = random.chance(50) ? [mine, random.pick(outer)] : [random.pick(outer), mine]
          let isTree = type == .node(TreeID(0)) && random.chance(60)
          parts.append(make(.operation(isTree ? .within : .equal, pair), .boolean))
        }
      }
    }
    for _ in 0..<random.number(parts.isEmpty ? 1...2 : 0...2) {
      parts.append(random.chance(80) ? atom(inner) : term(.boolean, depth - 1, inner))
    }
    return parts.count == 1 ? parts[0] : make(.operation(.and, parts), .boolean)
  }

  private mutating func anyRecord() -> RecordID {
    RecordID(random.number(0...program.schema.records.count - 1))
  }

  private mutating func gather(
    _ fold: Gather.Fold, _ type: ValueType, _ depth: Int, _ scope: [ValueType], value: ValueType?
  ) -> TermID? {
    guard scope.count < 4 else { return nil }
    let record = anyRecord()
    let inner = scope + [.record(record)]
    let term = value.map { self.term($0, depth - 1, inner) }
    let gather = Gather(
      fold: fold, record: record, slot: Int32(scope.count),
      guardTerm: gatherGuard(record, depth, scope), value: term, skipsUnknown: random.chance(30))
    return add(gather, type)
  }

  private mutating func keys(_ record: RecordID, _ scope: [ValueType]) -> [Gather.Key] {
    let inner = scope + [.record(record)]
    var keys = (0..<random.number(0...2)).compactMap { _ -> Gather.Key? in
      guard let (path, _) = anyPath(inner) else { return nil }
      return Gather.Key(path, isDescending: random.chance(50))
    }
    if random.chance(70) {
      let slot = make(.slot(Int32(scope.count)), .record(record))
      let id = program.schema[record].fields[0]
      let key = random.chance(70) ? make(.field(id, of: slot), .text) : slot
      keys.append(Gather.Key(key, isDescending: random.chance(20)))
    }
    return keys
  }

  mutating func pick(_ record: RecordID, _ depth: Int, _ scope: [ValueType]) -> TermID? {
    selection(.pick, record, .record(record), depth, scope)
  }

  private mutating func selection(
    _ fold: Gather.Fold, _ record: RecordID, _ type: ValueType, _ depth: Int, _ scope: [ValueType]
  ) -> TermID? {
    guard scope.count < 4 else { return nil }
    let gather = Gather(
      fold: fold, record: record, slot: Int32(scope.count),
      guardTerm: gatherGuard(record, depth, scope), keys: keys(record, scope))
    return add(gather, type)
  }

  private mutating func share(
    _ type: ValueType, _ depth: Int, _ scope: [ValueType]
  ) -> TermID? {
    guard scope.count < 4,
      let slot = scope.indices.first(where: { if case .record = scope[$0] { true } else { false } }
      ),
      case .record(let record) = scope[slot], !program.schema[record].key.isEmpty
    else { return nil }
    let inner = scope + [.record(record)]
    let weight = random.chance(50) ? ValueType.number : .money(CurrencyID(0))
    let gather = Gather(
      fold: .apportion(
        amount: term(type, depth - 1, scope), quantum: quantum(),
        weight: term(weight, depth - 1, inner)),
      record: record, slot: Int32(scope.count), guardTerm: gatherGuard(record, depth, scope),
      value: make(.slot(Int32(slot)), scope[slot]), keys: keys(record, scope))
    return add(gather, type)
  }

  private mutating func add(_ gather: Gather, _ type: ValueType) -> TermID {
    program.gathers.append(gather)
    return make(.gather(GatherID(program.gathers.count - 1)), type)
  }

  private mutating func follow(
    _ record: RecordID, _ depth: Int, _ scope: [ValueType]
  ) -> TermID? {
    guard scope.count < 4 else { return nil }
    let inner = scope + [.record(record)]
    let slot = make(.slot(Int32(scope.count)), .record(record))
    let ways = program.schema[record].fields.filter { program.schema[$0].type == .record(record) }
    guard !ways.isEmpty else { return pick(record, depth, scope) }
    let follow = Follow(
      start: term(.record(record), depth - 1, scope), slot: Int32(scope.count),
      next: make(.field(random.pick(ways), of: slot), .record(record)),
      condition: random.chance(70) ? atom(inner) : term(.boolean, depth - 1, inner))
    program.follows.append(follow)
    return make(.follow(FollowID(program.follows.count - 1)), .record(record))
  }

  // MARK: - Assign

  /// An `assign`: rules that pick candidates by keys that read a load and turns.
  mutating func addAssign() {
    let subject = RecordID(0)
    let candidate = RecordID(1)
    let scope: [ValueType] = [.record(subject)]
    let slot = make(.slot(1), .record(candidate))
    mayReadCounters = true

    let loads = program.schema[candidate].fields.filter { program.schema[$0].type == .number }
    var load: CounterID?
    if let field = loads.first, random.chance(70) {
      program.counters.append(Counter(kind: .load(field), record: candidate))
      load = CounterID(program.counters.count - 1)
    }
    var turns: [AssignPlan.Turn] = []
    var pools: [(rule: RuleID, gather: GatherID, pool: TermID?)] = []
    var alternatives: [Choose.Alternative] = []
    for _ in 0..<random.number(1...4) {
      let rule = addRule()
      var keys: [Gather.Key] = []
      if let load, random.chance(60) {
        keys.append(
          Gather.Key(make(.counter(load, of: slot), .number), isDescending: random.chance(20)))
      }
      if random.chance(60) {
        var weight: TermID?
        if let field = loads.last, random.chance(50) {
          weight = make(.field(field, of: make(.slot(0), .record(candidate))), .number)
        }
        program.counters.append(
          Counter(
            kind: .turns(pool: "p\(turns.count)", weight: weight, catchesUp: random.chance(50)),
            record: candidate))
        let counter = CounterID(program.counters.count - 1)
        turns.append(AssignPlan.Turn(rule: rule, counter: counter))
        keys.append(Gather.Key(make(.counter(counter, of: slot), .number), isDescending: false))
      }
      if random.chance(80) {
        let id = make(.field(program.schema[candidate].fields[0], of: slot), .text)
        keys.append(Gather.Key(id, isDescending: random.chance(20)))
      }
      let pool = random.chance(70) ? atom([.record(subject), .record(candidate)]) : nil
      let away = random.chance(60) ? atom([.record(subject), .record(candidate)]) : nil
      // As it is lowered: who surely is away, or may be, is left out.
      let skip = away.map {
        make(.operation(.not, [make(.operation(.possibly, [$0]), .boolean)]), .boolean)
      }
      let parts = [pool, skip].compactMap { $0 }
      let guardTerm: TermID? =
        parts.isEmpty ? nil : parts.count == 1 ? parts[0] : make(.operation(.and, parts), .boolean)
      program.gathers.append(
        Gather(fold: .pick, record: candidate, slot: 1, guardTerm: guardTerm, keys: keys))
      let gather = GatherID(program.gathers.count - 1)
      let found = make(.gather(gather), .record(candidate))
      pools.append((rule, gather, pool))
      let condition = conjunction(scope, count: random.number(1...2), depth: 1)
      let known = make(.operation(.isKnown, [found]), .boolean)
      alternatives.append(
        Choose.Alternative(
          rule: rule, guardTerm: make(.operation(.and, [condition, known]), .boolean),
          payload: [found]))
    }
    let otherwise =
      random.chance(50)
      ? Choose.Otherwise(rule: addRule(), payload: [missing(.record(candidate))]) : nil
    program.chooses.append(
      Choose(policy: .first, isStrict: false, alternatives: alternatives, otherwise: otherwise))
    let choose = ChooseID(program.chooses.count - 1)
    let winner = make(.winner(choose), .rule)
    let answer = addAttribute(
      scope, .record(candidate),
      make(.payload(choose, column: 0, winner: winner), .record(candidate)))
    let sets = program.schema[subject].fields.first {
      program.schema[$0].type == .record(candidate)
    }
    let order = (0..<random.number(0...1)).compactMap { _ -> Gather.Key? in
      anyPath(scope).map { Gather.Key($0.0, isDescending: random.chance(50)) }
    }
    program.decisions.append(
      Decision(
        kind: .assign(
          AssignPlan(
            choose: choose, candidate: candidate, sets: sets, load: load, turns: turns,
            order: order, pools: pools, skips: [])),
        title: "assign R0", name: Named("assignee"), parameters: scope, answer: answer,
        details: [], rules: alternatives.map(\.rule), span: Self.span))
  }
}
