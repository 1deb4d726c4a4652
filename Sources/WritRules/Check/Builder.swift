import WritModel
import WritText

/// What the checker remembers about terms while it makes them.
struct Builder {
  var terms = TermTable()
  var gathers: [Gather: GatherID] = [:]
  var follows: [Follow: FollowID] = [:]
  var counters: [Counter.Kind: CounterID] = [:]
  /// Whether the term may be missing where the data keep their promises. One a term.
  var optional: [Bool] = []
  var readsToday: [Bool] = []
  var readsCounters: [Bool] = []
  /// The slots a term looks at, bound ones left out; those from 62 on share a bit.
  var slots: [UInt64] = []

  static func bit(_ slot: Int32) -> UInt64 { 1 << UInt64(min(slot, 62)) }
}

// Terms are made here and nowhere else, so equal ones are one.
extension Checker {
  /// The term, new or known.
  mutating func term(_ term: Term, type: ValueType) -> TermID {
    let hash = term.mixedHash
    if let known = known(term, type: type, hash) { return known }
    let id = TermID(program.terms.count)
    program.terms.append(term)
    program.types.append(type)
    builder.terms.add(hash)
    noteProperties(of: term)
    return id
  }

  /// The term, if it has been made.
  func known(_ term: Term, type: ValueType) -> TermID? { known(term, type: type, term.mixedHash) }

  private func known(_ term: Term, type: ValueType, _ hash: UInt64) -> TermID? {
    builder.terms.find(hash) {
      program.types[$0] == type && program.terms[$0] == term
    }.map { TermID($0) }
  }

  func type(of term: TermID) -> ValueType { program.types[Int(term.index)] }

  /// Whether the term may be missing although the data keep their promises.
  func isOptional(_ term: TermID) -> Bool { builder.optional[Int(term.index)] }

  /// The term of something that did not check. It fits everywhere and breeds no further message.
  /// It is term 1, and its cause points at itself, so no written `missing` is mistaken for it.
  var unknown: TermID { TermID(1) }

  func isUnknown(_ term: TermID) -> Bool { term.index == 1 }

  /// The terms that causes point at: 0 is the empty text (no reason was given), 1 `unknown`.
  mutating func makeFirstTerms() {
    _ = text("")
    _ = constant(.missing(Cause(.stated, site: 1)), type: .unknown)
  }

  // MARK: Constants

  mutating func constant(_ value: Value, type: ValueType) -> TermID {
    term(.constant(Constant(value)), type: type)
  }

  mutating func number(_ value: Decimal) -> TermID { constant(.number(value), type: .number) }

  mutating func percent(_ value: Decimal) -> TermID { constant(.number(value), type: .percent) }

  mutating func money(_ value: Decimal, _ currency: CurrencyID) -> TermID {
    constant(.money(value, currency), type: .money(currency))
  }

  mutating func boolean(_ value: Bool) -> TermID { constant(.boolean(value), type: .boolean) }

  mutating func text(_ text: String) -> TermID {
    constant(.text(program.texts.intern(text)), type: .text)
  }

  mutating func member(_ ordinal: Int, of type: EnumID) -> TermID {
    constant(.member(ordinal, of: type), type: .member(type))
  }

  mutating func queue(_ id: QueueID) -> TermID {
    constant(Value(tag: .queue, bits: Int64(id.index)), type: .queue)
  }

  /// A constant that is missing, of a type, without a reason.
  mutating func missing(type: ValueType) -> TermID {
    constant(.missing(Cause(.stated)), type: type)
  }

  mutating func slot(_ index: Int32, type: ValueType) -> TermID {
    term(.slot(index), type: type)
  }

  // MARK: Operations

  mutating func operation(
    _ operation: Operation, _ arguments: [TermID], type: ValueType
  ) -> TermID {
    term(.operation(operation, arguments), type: type)
  }

  /// `a and b and …`, flattened, without the constants that change nothing.
  mutating func all(_ conditions: [TermID]) -> TermID {
    var parts: [TermID] = []
    for condition in conditions {
      switch program[condition] {
      case .operation(.and, let inner): parts += inner
      case .constant(let constant) where constant == Constant(.boolean(true)): continue
      default: parts.append(condition)
      }
    }
    if parts.isEmpty { return boolean(true) }
    if parts.count == 1 { return parts[0] }
    return operation(.and, parts, type: .boolean)
  }

  /// `a or b or …`, flattened.
  mutating func any(_ conditions: [TermID]) -> TermID {
    var parts: [TermID] = []
    for condition in conditions {
      switch program[condition] {
      case .operation(.or, let inner): parts += inner
      case .constant(let constant) where constant == Constant(.boolean(false)): continue
      default: parts.append(condition)
      }
    }
    if parts.isEmpty { return boolean(false) }
    if parts.count == 1 { return parts[0] }
    return operation(.or, parts, type: .boolean)
  }

  mutating func not(_ condition: TermID) -> TermID {
    if case .operation(.not, let inner) = program[condition] { return inner[0] }
    if case .constant(let constant) = program[condition], constant.value.tag == .boolean {
      return boolean(constant.value.bits == 0)
    }
    return operation(.not, [condition], type: .boolean)
  }

  mutating func isKnown(_ value: TermID) -> TermID {
    operation(.isKnown, [value], type: .boolean)
  }

  mutating func surely(_ condition: TermID) -> TermID {
    operation(.surely, [condition], type: .boolean)
  }

  mutating func possibly(_ condition: TermID) -> TermID {
    operation(.possibly, [condition], type: .boolean)
  }

  mutating func field(_ field: FieldID, of record: TermID) -> TermID {
    term(.field(field, of: record), type: program.schema[field].type)
  }

  // MARK: Chooses, gathers, attributes, rules

  mutating func choose(_ choose: Choose) -> ChooseID {
    program.chooses.append(choose)
    return ChooseID(program.chooses.count - 1)
  }

  mutating func winner(of choose: ChooseID) -> TermID {
    switch program[choose].policy {
    case .all, .outputOrder: term(.winner(choose), type: .list(.rule))
    default: term(.winner(choose), type: .rule)
    }
  }

  mutating func payload(
    _ column: Int, of choose: ChooseID, winner: TermID, type: ValueType
  ) -> TermID {
    term(.payload(choose, column: Int32(column), winner: winner), type: type)
  }

  mutating func collect(
    _ column: Int, of choose: ChooseID, _ fold: CollectFold, type: ValueType
  ) -> TermID {
    term(.collect(choose, column: Int32(column), fold), type: type)
  }

  mutating func gather(_ gather: Gather, type: ValueType) -> TermID {
    term(.gather(gatherID(gather)), type: type)
  }

  mutating func gatherID(_ gather: Gather) -> GatherID {
    if let known = builder.gathers[gather] { return known }
    program.gathers.append(gather)
    let id = GatherID(program.gathers.count - 1)
    builder.gathers[gather] = id
    return id
  }

  mutating func follow(_ follow: Follow, type: ValueType) -> TermID {
    if let known = builder.follows[follow] { return term(.follow(known), type: type) }
    program.follows.append(follow)
    let id = FollowID(program.follows.count - 1)
    builder.follows[follow] = id
    return term(.follow(id), type: type)
  }

  /// A new attribute; everything it reads must have been made before.
  mutating func attribute(
    _ name: Named, parameters: [ValueType], term: TermID, at span: Span
  ) -> AttributeID {
    program.attributes.append(
      Attribute(
        name: name, parameters: parameters, type: type(of: term), term: term,
        readsToday: builder.readsToday[Int(term.index)],
        readsCounters: builder.readsCounters[Int(term.index)], span: span))
    return AttributeID(program.attributes.count - 1)
  }

  mutating func counter(_ kind: Counter.Kind, record: RecordID) -> CounterID {
    if let known = builder.counters[kind] { return known }
    program.counters.append(Counter(kind: kind, record: record))
    let id = CounterID(program.counters.count - 1)
    builder.counters[kind] = id
    return id
  }

  mutating func rule(
    _ title: String, conditions: [Rule.Condition] = [], because: TermID? = nil, at span: Span
  ) -> RuleID {
    program.rules.append(Rule(title: title, conditions: conditions, because: because, span: span))
    return RuleID(program.rules.count - 1)
  }

  /// A rule that nobody wrote, of the block at `span`.
  mutating func impliedRule(_ title: String, at span: Span) -> RuleID {
    let id = rule(title, at: span)
    program.rules[Int(id.index)].isImplied = true
    return id
  }

  /// Adds the decision of a unit. Decisions are put in written order when all of them stand.
  @discardableResult
  mutating func decision(_ decision: Decision, by unit: UnitID) -> DecisionID {
    program.decisions.append(decision)
    let id = DecisionID(program.decisions.count - 1)
    if decisions[unit] == nil { decisions[unit] = id }
    return id
  }

  // MARK: Properties

  /// Finds out of a new term's parts what is true of it as a whole.
  private mutating func noteProperties(of term: Term) {
    var optional = false
    var today = false
    var counters = false
    var slots: UInt64 = 0
    func take(_ id: TermID) {
      slots |= builder.slots[Int(id.index)]
      optional = optional || builder.optional[Int(id.index)]
      today = today || builder.readsToday[Int(id.index)]
      counters = counters || builder.readsCounters[Int(id.index)]
    }
    func takeChoose(_ id: ChooseID) {
      let choose = program[id]
      for alternative in choose.alternatives {
        take(alternative.guardTerm)
        for payload in alternative.payload { take(payload) }
      }
      for payload in choose.otherwise?.payload ?? [] { take(payload) }
    }
    // Whether a choose may have no answer: a strict one when a guard may be unknown, any one when
    // nothing catches what is left over.
    func mayBeOpen(_ id: ChooseID) -> Bool {
      let choose = program[id]
      if choose.otherwise == nil, choose.policy != .all, choose.policy != .outputOrder {
        return true
      }
      return choose.isStrict
        && choose.alternatives.contains { builder.optional[Int($0.guardTerm.index)] }
    }
    func mayBeMissing(_ id: ChooseID, _ column: Int32) -> Bool {
      let choose = program[id]
      let payloads =
        choose.alternatives.map(\.payload) + (choose.otherwise.map { [$0.payload] } ?? [])
      return payloads.contains {
        $0.indices.contains(Int(column)) && builder.optional[Int($0[Int(column)].index)]
      }
    }
    switch term {
    case .constant(let constant): optional = !constant.value.isKnown
    case .slot(let index): slots = Builder.bit(index)
    case .today: today = true
    case .field(let field, let record):
      take(record)
      optional = optional || program.schema[field].isOptional
    case .attribute(let id, let arguments, let asOf):
      for argument in arguments { take(argument) }
      let read = program[id]
      optional = optional || builder.optional[Int(read.term.index)]
      if let asOf { take(asOf) } else { today = today || read.readsToday }
      counters = counters || read.readsCounters
    case .operation(let operation, let arguments):
      for argument in arguments { take(argument) }
      switch operation {
      case .isKnown, .surely, .possibly: optional = false
      case .orElse: optional = arguments.last.map { builder.optional[Int($0.index)] } ?? false
      case .divide, .ln, .stoppedBy: optional = true
      case .lookup: optional = false
      default: break
      }
    case .winner(let id):
      takeChoose(id)
      optional = mayBeOpen(id)
    case .collect(let id, let column, let fold):
      takeChoose(id)
      let choose = program[id]
      optional =
        (choose.isStrict && (mayBeOpen(id) || mayBeMissing(id, column)))
        || fold == .min || fold == .max
    case .payload(let id, let column, let winner):
      take(winner)
      takeChoose(id)
      optional = mayBeOpen(id) || mayBeMissing(id, column)
    case .gather(let id):
      let gather = program[id]
      if let guardTerm = gather.guardTerm { take(guardTerm) }
      if let value = gather.value { take(value) }
      for key in gather.keys { take(key.term) }
      if case .apportion(let amount, let quantum, let weight) = gather.fold {
        for part in [amount, quantum, weight] { take(part) }
      }
      slots &= ~Builder.bit(gather.slot)
      switch gather.fold {
      case .average, .min, .max, .median, .pick: optional = true
      case .list: optional = false
      default: break
      }
    case .follow(let id):
      let follow = program[id]
      for part in [follow.start, follow.next, follow.condition] { take(part) }
      slots &= ~Builder.bit(follow.slot) | builder.slots[Int(follow.start.index)]
      optional = true
    case .counter(_, let record):
      take(record)
      counters = true
    }
    builder.slots.append(slots)
    builder.optional.append(optional)
    builder.readsToday.append(today)
    builder.readsCounters.append(counters)
  }
}
