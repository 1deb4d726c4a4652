import Support
import WritModel
import WritRules
import WritText

extension SeededGenerator {
  /// 0 ..< count
  fileprivate mutating func below(_ count: Int) -> Int { number(0...count - 1) }
}

/// A random program over a small model whose conditions are mostly comparisons with constants, as
/// people write them, so that the index takes hold; blanks and faults too. A second opinion beside
/// `RandomWorld`, made by another hand. The same seed gives the same world.
struct GuardWorld {
  var program = Program()
  var facts: Facts
  var subject = RecordID(0)
  let today: Int32 = 20_000

  private var dice: SeededGenerator
  private var known: [Term: [ValueType: TermID]] = [:]
  private let grade = EnumID(0)
  private let tree = TreeID(0)
  private let account = RecordID(0)
  private let order = RecordID(1)
  /// Fields by the type they have, one list a record type.
  private var fields: [[(field: FieldID, type: ValueType)]] = [[], []]
  private var words: [Value] = []
  /// Attributes made so far, by their parameter and type.
  private var made: [(id: AttributeID, record: RecordID?, type: ValueType)] = []
  private let span = Span(SourceID(0), 0, 0)
  /// How often guards compare a term with a constant, so that an index takes hold.
  private let plainness: Int
  private let faultPercent: Int

  init(
    seed: UInt64, rows: Int = 12, plainness: Int = 30, attributes: Int = 8, faultPercent: Int = 1
  ) {
    self.faultPercent = faultPercent
    dice = SeededGenerator(seed: seed)
    self.plainness = plainness
    facts = Facts(schema: Schema())
    makeSchema()
    words = ["east", "west", "north", "x", ""].map { .text(program.texts.intern($0)) }
    for _ in 0..<attributes { makeAttribute() }
    facts = Facts(schema: program.schema, texts: program.texts)
    makeFacts(rows: rows)
  }

  // MARK: Model and facts

  private mutating func makeSchema() {
    var schema = Schema()
    schema.currencies = ["CNY", "EUR"]
    schema.enums = [
      EnumType(
        name: Named("Grade"), isOrdered: true, members: ["a", "b", "c", "d"].map { Named($0) })
    ]
    let parents = [-1, 0, 1, 1, 0, 4]
    let last = [5, 3, 2, 3, 5, 5]
    schema.trees = [
      TreeType(
        name: Named("Region"),
        nodes: parents.indices.map {
          TreeType.Node(
            name: Named("n\($0)"), parent: parents[$0], depth: 0, lastDescendant: last[$0])
        })
    ]
    schema.queues = [Named("q0"), Named("q1")]
    let types: [[ValueType]] = [
      [
        .integer, .text, .number, .number, .money(CurrencyID(0)), .money(nil), .boolean, .date,
        .member(grade), .node(tree), .record(account), .set(.text), .set(.node(tree)), .boolean,
      ],
      [
        .integer, .record(account), .number, .money(CurrencyID(0)), .member(grade), .date, .text,
        .boolean, .node(tree), .record(order),
      ],
    ]
    for (record, types) in types.enumerated() {
      var ids: [FieldID] = []
      for (column, type) in types.enumerated() {
        let id = FieldID(schema.fields.count)
        schema.fields.append(
          Field(
            name: Named("f\(record)_\(column)"), record: RecordID(record), type: type,
            isOptional: column > 0, column: column, initial: nil, partAs: nil))
        ids.append(id)
        fields[record].append((id, type))
      }
      schema.records.append(
        RecordType(
          name: Named(record == 0 ? "Account" : "Order"), fields: ids, key: [ids[0]],
          called: record == 0 ? ids[1] : nil))
    }
    program.schema = schema
  }

  private mutating func makeFacts(rows: Int) {
    for record in [account, order] {
      let count = record == account ? rows : rows * 2
      for row in 0..<count {
        var values: [Value] = []
        for (column, entry) in fields[Int(record.index)].enumerated() {
          if column == 0 {
            values.append(.number(Decimal(Int64((row * 7 + 3) % 1000))))
          } else if dice.chance(14) {
            values.append(.missing(Cause(.blankField, site: Int(entry.field.index))))
          } else if dice.chance(faultPercent) {
            values.append(.fault(Cause(.notGiven, site: Int(entry.field.index))))
          } else {
            values.append(fact(entry.type, field: entry.field, rows: rows))
          }
        }
        _ = facts[record].append(values, key: [values[0]])
      }
    }
  }

  private mutating func fact(_ type: ValueType, field: FieldID, rows: Int) -> Value {
    switch type {
    case .record(let record):
      if dice.chance(4) { return .missing(Cause(.danglingReference, site: Int(field.index))) }
      return .record(dice.below(record == account ? rows : rows * 2), of: record)
    case .set(let inner):
      return facts.lists.add(
        (0..<dice.below(4)).map { _ in
          dice.chance(10) ? .missing(Cause(.blankField)) : scalar(inner)
        })
    default: return scalar(type)
    }
  }

  /// A value without references, of a small range so that equalities are met.
  private mutating func scalar(_ type: ValueType) -> Value {
    switch type {
    case .number, .integer, .percent:
      let scale = dice.below(3)
      return .number(
        Decimal(mantissa: Int64(dice.below(12) - 3) * [1, 5, 25][scale], scale: UInt8(scale)))
    case .money(let currency):
      let coin = currency ?? CurrencyID(dice.chance(10) ? 1 : 0)
      return .money(Decimal(mantissa: Int64(dice.below(9) * 50), scale: 2), coin)
    case .boolean: return .boolean(dice.chance(50))
    case .date: return .date(days: 19_996 + Int32(dice.below(9)))
    case .member: return .member(dice.below(4), of: grade)
    case .node: return .node(dice.below(6), of: tree)
    case .text: return dice.pick(words)
    case .queue: return Value(tag: .queue, bits: Int64(dice.below(2)))
    default: return .missing(Cause(.stated))
    }
  }

  // MARK: Terms

  private mutating func term(_ term: Term, _ type: ValueType) -> TermID {
    if let id = known[term]?[type] { return id }
    let id = TermID(program.terms.count)
    program.terms.append(term)
    program.types.append(type)
    known[term, default: [:]][type] = id
    return id
  }

  private mutating func operation(
    _ operation: Operation, _ arguments: [TermID], _ type: ValueType
  ) -> TermID {
    term(.operation(operation, arguments), type)
  }

  private mutating func constant(_ type: ValueType) -> TermID {
    if case .set(let inner) = type {
      let items = (0..<1 + dice.below(3)).map { _ in Constant(scalar(inner)) }
      return term(.constant(Constant(Value(tag: .list, bits: 0), items: items)), type)
    }
    if dice.chance(3) { return term(.constant(Constant(.missing(Cause(.stated)))), type) }
    return term(.constant(Constant(scalar(type))), type)
  }

  /// What is in view where a term is made: the record type of each slot.
  private typealias View = [RecordID]

  private mutating func record(_ wanted: RecordID, _ view: View, _ depth: Int) -> TermID {
    let slots = view.indices.filter { view[$0] == wanted }
    if let slot = slots.isEmpty ? nil : dice.pick(slots), depth <= 0 || dice.chance(60) {
      return term(.slot(Int32(slot)), .record(wanted))
    }
    let ways =
      fields[0].filter { $0.type == .record(wanted) }
      + fields[1].filter { $0.type == .record(wanted) }
    if depth > 0, dice.chance(25) { return gather(.record(wanted), view, depth - 1) }
    if depth > 0, dice.chance(15), wanted == account {
      return follow(view, depth - 1)
    }
    if depth > 0, dice.chance(6), wanted == account {
      return operation(.lookup(account), [constant(.text)], .record(account))
    }
    let way = dice.pick(ways)
    let owner = program.schema[way.field].record
    if view.contains(owner) || depth > 0 {
      return field(way.field, of: record(owner, view, depth - 1))
    }
    return term(.constant(Constant(.missing(Cause(.stated)))), .record(wanted))
  }

  private mutating func field(_ field: FieldID, of record: TermID) -> TermID {
    term(.field(field, of: record), program.schema[field].type)
  }

  private mutating func path(_ type: ValueType, _ view: View, _ depth: Int) -> TermID? {
    var ways: [(FieldID, RecordID)] = []
    for (record, entries) in fields.enumerated() {
      for entry in entries where entry.type == type { ways.append((entry.field, RecordID(record))) }
    }
    let near = ways.filter { view.contains($0.1) }
    if !near.isEmpty, dice.chance(85) { ways = near }
    guard !ways.isEmpty else { return nil }
    let way = dice.pick(ways)
    guard view.contains(way.1) || depth > 0 else { return nil }
    return field(way.0, of: record(way.1, view, depth - 1))
  }

  /// A term of a type.
  private mutating func value(_ type: ValueType, _ view: View, _ depth: Int) -> TermID {
    if case .record(let wanted) = type { return record(wanted, view, depth) }
    if depth <= 0 || dice.chance(30) {
      if dice.chance(75), let path = path(type, view, min(depth, 1)) { return path }
      return constant(type)
    }
    switch dice.below(10) {
    case 0:
      return operation(
        .ifElse,
        [boolean(view, depth - 1), value(type, view, depth - 1), value(type, view, depth - 1)],
        type)
    case 1: return operation(.orElse, [value(type, view, depth - 1), value(type, view, 0)], type)
    case 2, 3:
      let fitting = made.filter { $0.type == type }
      if !fitting.isEmpty {
        let callee = dice.pick(fitting)
        let arguments = callee.record.map { [record($0, view, depth - 1)] } ?? []
        let asOf = dice.chance(20) ? value(.date, view, 0) : nil
        return term(.attribute(callee.id, arguments, asOf: asOf), type)
      }
    case 4:
      let choose = choose([type], view, depth - 1)
      let policy = program[choose].policy
      if policy != .all, policy != .outputOrder {
        let winner = term(.winner(choose), .rule)
        return term(.payload(choose, column: 0, winner: winner), type)
      }
      if type == .number {
        let folds: [CollectFold] = [.sum, .min, .max, .count]
        return term(.collect(choose, column: 0, dice.pick(folds)), type)
      }
    case 5:
      switch type {
      case .number, .money, .date: return gather(type, view, depth - 1)
      default: break
      }
    case 6:
      return operation(
        dice.pick([.noneIfMissing, .undeterminedIfMissing]), [value(type, view, depth - 1)], type)
    default: break
    }
    switch type {
    case .number, .integer:
      switch dice.below(8) {
      case 0: return operation(.length, [value(.text, view, depth - 1)], type)
      case 1: return operation(.negate, [value(type, view, depth - 1)], type)
      case 2:
        let weights = (0..<3).map { _ in value(.number, view, depth - 1) }
        return operation(
          .apportion(index: Int32(dice.below(3))),
          [value(.number, view, depth - 1), constant(.number)] + weights, type)
      default:
        return operation(
          dice.pick([.add, .subtract, .multiply, .divide, .smaller, .larger]),
          [value(type, view, depth - 1), value(type, view, depth - 1)], type)
      }
    case .money:
      return operation(
        dice.pick([.add, .subtract, .smaller, .larger]),
        [value(type, view, depth - 1), value(type, view, depth - 1)], type)
    case .boolean: return boolean(view, depth)
    case .date: return dice.chance(50) ? term(.today, .date) : constant(.date)
    case .list(let inner):
      return operation(
        .listOfDistinct, (0..<3).map { _ in value(inner, view, depth - 1) }, type)
    default: return constant(type)
    }
  }

  private mutating func boolean(_ view: View, _ depth: Int) -> TermID {
    if depth <= 0 || dice.chance(plainness) { return atom(view, depth) }
    switch dice.below(12) {
    case 0, 1, 2:
      return operation(
        .and, (0..<2 + dice.below(2)).map { _ in boolean(view, depth - 1) }, .boolean)
    case 3, 4:
      return operation(.or, (0..<2 + dice.below(2)).map { _ in boolean(view, depth - 1) }, .boolean)
    case 5: return operation(.not, [boolean(view, depth - 1)], .boolean)
    case 6:
      return operation(dice.pick([.surely, .possibly]), [boolean(view, depth - 1)], .boolean)
    case 7:
      let type = dice.pick(comparable)
      return operation(
        dice.pick(relations), [value(type, view, depth - 1), value(type, view, depth - 1)], .boolean
      )
    case 8: return gather(.boolean, view, depth - 1)
    case 9:
      return operation(
        dice.pick([.isKnown, .hasAnswer]), [value(dice.pick(comparable), view, depth - 1)], .boolean
      )
    default: return atom(view, depth)
    }
  }

  private let comparable: [ValueType] = [
    .number, .integer, .money(CurrencyID(0)), .money(nil), .date, .member(EnumID(0)),
  ]
  private let relations: [Operation] = [
    .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual,
  ]

  /// A comparison with a constant, as most conditions are.
  private mutating func atom(_ view: View, _ depth: Int) -> TermID {
    func side(_ type: ValueType, _ world: inout GuardWorld) -> TermID {
      world.path(type, view, 1) ?? world.value(type, view, depth - 1)
    }
    switch dice.below(10) {
    case 0, 1, 2:
      let type = dice.pick(comparable)
      return operation(dice.pick(relations), [side(type, &self), constant(type)], .boolean)
    case 3:
      let type = dice.pick(comparable)
      let hasLower = dice.chance(70)
      return operation(
        .inRange(
          includesLower: dice.chance(50), includesUpper: dice.chance(50), hasLower: hasLower,
          hasUpper: !hasLower || dice.chance(60)),
        [side(type, &self), constant(type), constant(type)], .boolean)
    case 4:
      return operation(
        dice.pick([.equal, .notEqual]), [side(.text, &self), constant(.text)], .boolean)
    case 5:
      if dice.chance(50) {
        return operation(.isIn, [side(.text, &self), constant(.set(.text))], .boolean)
      }
      return operation(.isIn, [side(.number, &self), constant(.set(.number))], .boolean)
    case 6:
      return operation(
        .within,
        [
          side(.node(tree), &self),
          dice.chance(50) ? constant(.node(tree)) : constant(.set(.node(tree))),
        ], .boolean)
    case 7: return side(.boolean, &self)
    case 8:
      let type = dice.pick(comparable + [.text, .node(tree)])
      return operation(.isKnown, [side(type, &self)], .boolean)
    default:
      return operation(dice.pick(relations), [term(.today, .date), constant(.date)], .boolean)
    }
  }

  private mutating func gather(_ type: ValueType, _ view: View, _ depth: Int) -> TermID {
    let over: RecordID
    if case .record(let wanted) = type {
      over = wanted
    } else {
      over = dice.pick([account, order])
    }
    let inner = view + [over]
    let slot = Int32(view.count)
    var guardTerm: TermID?
    if dice.chance(85) {
      guardTerm = boolean(inner, min(depth, 1))
      if dice.chance(50) {
        // An equality that a table by key can answer.
        let kind = dice.pick([.text, .member(grade), .node(tree), .number] as [ValueType])
        let own = fields[Int(over.index)].filter { $0.type == kind }
        if let field = own.first, let other = path(kind, view, 1) {
          let mine = self.field(field.field, of: term(.slot(slot), .record(over)))
          let equality = operation(.equal, [mine, other], .boolean)
          guardTerm = operation(.and, [equality, guardTerm ?? equality], .boolean)
        }
      }
    }
    var gather = Gather(fold: .count, record: over, slot: slot, guardTerm: guardTerm)
    func keys(_ world: inout GuardWorld) -> [Gather.Key] {
      let types: [ValueType] = [.number, .member(world.grade), .integer, .text]
      return (0..<world.dice.below(3)).map { _ in
        let type = world.dice.pick(types)
        return Gather.Key(
          world.value(type, inner, depth - 1), isDescending: world.dice.chance(50))
      }
    }
    switch type {
    case .boolean:
      gather.fold = dice.pick([.some, .no, .every])
      if dice.chance(40) { gather.value = boolean(inner, depth - 1) }
    case .record:
      gather.fold = .pick
      gather.keys = keys(&self)
    case .number where dice.chance(20):
      gather.fold = dice.pick([.count, .countDistinct])
      gather.value = value(.number, inner, depth - 1)
    case .number where dice.chance(20) && view.contains(over):
      gather.fold = .apportion(
        amount: value(.number, view, depth - 1),
        quantum: term(.constant(Constant(.number(Decimal(mantissa: 1, scale: 1)))), .number),
        weight: value(.number, inner, depth - 1))
      gather.value = term(.slot(Int32(view.firstIndex(of: over) ?? 0)), .record(over))
      gather.keys = keys(&self)
    case .date:
      gather.fold = dice.pick([.min, .max])
      gather.value = value(type, inner, depth - 1)
    default:
      gather.fold = dice.pick([.sum, .average, .min, .max, .median])
      gather.value = value(type, inner, depth - 1)
      gather.skipsUnknown = dice.chance(40)
    }
    program.gathers.append(gather)
    return term(.gather(GatherID(program.gathers.count - 1)), type)
  }

  private mutating func follow(_ view: View, _ depth: Int) -> TermID {
    let slot = Int32(view.count)
    let inner = view + [account]
    let parent = fields[0].first { $0.type == .record(account) }?.field ?? FieldID(0)
    program.follows.append(
      Follow(
        start: record(account, view, depth), slot: slot,
        next: field(parent, of: term(.slot(slot), .record(account))),
        condition: boolean(inner, min(depth, 1))))
    return term(.follow(FollowID(program.follows.count - 1)), .record(account))
  }

  private mutating func choose(_ columns: [ValueType], _ view: View, _ depth: Int) -> ChooseID {
    let policies: [Choose.Policy] = [
      .first, .first, .first, .first, .unique, .any, .priority, .outputPriority, .all, .outputOrder,
      .forbidOverPermit,
    ]
    func rule(_ world: inout GuardWorld) -> RuleID {
      world.program.rules.append(
        Rule(title: "r", conditions: [], because: nil, span: world.span))
      return RuleID(world.program.rules.count - 1)
    }
    var alternatives: [Choose.Alternative] = []
    for _ in 0..<(dice.chance(60) ? 4 + dice.below(12) : 1 + dice.below(4)) {
      let payload = columns.map { type in
        dice.chance(70) ? constant(type) : value(type, view, min(depth, 1))
      }
      alternatives.append(
        Choose.Alternative(
          rule: rule(&self), guardTerm: boolean(view, min(depth, 2)), payload: payload,
          priority: Int32(dice.below(3)), isForbidding: dice.chance(30)))
    }
    var otherwise: Choose.Otherwise?
    if dice.chance(50) {
      otherwise = Choose.Otherwise(
        rule: rule(&self), payload: columns.map { value($0, view, min(depth, 1)) })
    }
    program.chooses.append(
      Choose(
        policy: dice.pick(policies), isStrict: dice.chance(50), alternatives: alternatives,
        otherwise: otherwise))
    return ChooseID(program.chooses.count - 1)
  }

  private mutating func makeAttribute() {
    let record: RecordID? = dice.chance(10) ? nil : dice.pick([account, account, order])
    let view = record.map { [$0] } ?? []
    let types: [ValueType] = [
      .number, .number, .boolean, .boolean, .money(CurrencyID(0)), .member(grade), .date, .text,
      .rule, .record(account),
    ]
    var type = dice.pick(types)
    let body: TermID
    if type == .rule {
      let id = choose([.number], view, 3)
      let policy = program[id].policy
      if policy == .all || policy == .outputOrder { type = .list(.rule) }
      body = term(.winner(id), type)
    } else {
      body = value(type, view, 3)
    }
    program.attributes.append(
      Attribute(
        name: Named("a\(program.attributes.count)"), parameters: record.map { [.record($0)] } ?? [],
        type: type, term: body, readsToday: true, readsCounters: false, span: span))
    made.append((AttributeID(program.attributes.count - 1), record, type))
  }
}
