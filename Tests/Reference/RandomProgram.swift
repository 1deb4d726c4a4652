import Support
import WritModel
import WritRules
import WritText

/// Builds a random program, term by term.
///
/// Terms are hash-consed as the checker's are. The cost of walking each is kept, so that the
/// reference engine, which computes everything again, stays affordable.
struct RandomProgram {
  var random: SeededGenerator
  var program = Program()
  let today: Int32
  let texts = [
    "", "a", "b", "ab", "Ab", "华东", "é", "ＡＣＭＥ Co., Ltd.", "acme", "（苏州）精工 有限公司", "精工公司", "公司",
    "Inc",
    "Zinc",
  ]

  private var index: [Key: TermID] = [:]
  /// A slot is one term for each type it may have.
  private struct Key: Hashable {
    var term: Term
    var type: ValueType
  }
  /// What walking a term costs, by term.
  var costs: [Double] = []
  /// What a term depends on, by term.
  var readsToday: [Bool] = []
  var readsCounters: [Bool] = []
  /// Counters may be read only by what an `assign` alone asks.
  var mayReadCounters = false

  static let span = Span(SourceID(0), 0, 0)
  private let budget = 3000.0

  init(seed: UInt64) {
    random = SeededGenerator(seed: seed)
    today = Int32(random.number(20_600...20_605))
  }

  // MARK: - Schema

  mutating func addSchema() {
    program.schema.currencies = ["CNY", "USD"]
    program.schema.zoneMinutes = random.pick([0, 480, -300])
    program.schema.enums = [
      EnumType(name: Named("Grade"), isOrdered: true, members: ["c", "b", "a"].map { Named($0) }),
      EnumType(
        name: Named("Kind"), isOrdered: false, members: ["x", "y", "z", "w"].map { Named($0) }),
      EnumType(
        name: Named("Currency"), isOrdered: false, members: ["CNY", "USD"].map { Named($0) }),
    ]
    program.schema.trees = [randomTree()]
    let count = random.number(2...3)
    for record in 0..<count {
      var fields = [addField("id", .text, isOptional: false, record: record, column: 0)]
      for column in 1...random.number(4...9) {
        let type = fieldType(records: count)
        fields.append(
          addField(
            "f\(column)", type, isOptional: random.chance(50), record: record, column: column))
      }
      program.schema.records.append(
        RecordType(name: Named("R\(record)"), fields: fields, key: [fields[0]], called: nil))
    }
    for text in texts { _ = program.texts.intern(text) }
  }

  private mutating func randomTree() -> TreeType {
    // Parents in preorder: each node hangs on the last node or one of its ancestors.
    var parents = [-1]
    for node in 1..<random.number(3...9) {
      var parent = node - 1
      while parent > 0, random.chance(50) { parent = parents[parent] }
      parents.append(max(parent, 0))
    }
    let nodes = parents.indices.map { node in
      var depth = 0
      var up = parents[node]
      while up >= 0 {
        depth += 1
        up = parents[up]
      }
      let last = parents.indices.last { descendant in
        var up = descendant
        while up > node { up = parents[up] }
        return up == node
      }
      return TreeType.Node(
        name: Named("n\(node)"), parent: parents[node], depth: depth, lastDescendant: last ?? node)
    }
    return TreeType(name: Named("Tree"), nodes: nodes)
  }

  mutating func addField(
    _ name: String, _ type: ValueType, isOptional: Bool, record: Int, column: Int
  ) -> FieldID {
    program.schema.fields.append(
      Field(
        name: Named(name), record: RecordID(record), type: type, isOptional: isOptional,
        column: column, initial: nil, partAs: nil))
    return FieldID(program.schema.fields.count - 1)
  }

  mutating func fieldType(records: Int) -> ValueType {
    switch random.number(0...15) {
    case 0, 1, 2: .number
    case 3: .money(CurrencyID(0))
    case 4: .money(nil)
    case 5, 6: .date
    case 7: .boolean
    case 8: .text
    case 9: .member(EnumID(random.number(0...1)))
    case 10: .node(TreeID(0))
    case 11, 12: .record(RecordID(random.number(0...records - 1)))
    case 13: .set(random.pick([.text, .number, .member(EnumID(1)), .node(TreeID(0))]))
    case 14: .duration
    default: .time
    }
  }

  /// All scalar types that terms are made of.
  var scalarTypes: [ValueType] {
    [
      .number, .number, .money(CurrencyID(0)), .money(nil), .date, .boolean, .boolean, .text,
      .member(EnumID(0)), .member(EnumID(1)), .node(TreeID(0)), .record(RecordID(0)),
      .record(RecordID(1)), .duration,
    ]
  }

  // MARK: - Values

  /// A known value of a type that has values without records and texts.
  mutating func scalar(_ type: ValueType) -> Value {
    switch type {
    case .money(let currency):
      return .money(decimal(), currency ?? CurrencyID(random.number(0...1)))
    case .boolean: return .boolean(random.chance(50))
    case .date: return .date(days: today + Int32(random.pick([-400, -31, -2, -1, 0, 0, 1, 2, 30])))
    case .time:
      return Value(
        tag: .time, bits: Int64(today) * 86_400 + Int64(random.pick([-1, 0, 1, 3600, 57_600])),
        aux: UInt16(bitPattern: Int16(random.pick([0, 480]))))
    case .duration:
      return Value(
        tag: .duration, bits: Int64(random.number(0...40)), aux: UInt16(random.pick([0, 0, 0, 1])))
    case .member(let id):
      return .member(random.number(0...program.schema[id].members.count - 1), of: id)
    case .node(let id):
      return .node(random.number(0...program.schema[id].nodes.count - 1), of: id)
    default: return .number(decimal())
    }
  }

  private mutating func decimal() -> Decimal {
    switch random.number(0...30) {
    case 0: Decimal(Int64.max)
    case 1: Decimal(mantissa: Int64.min + 1, scale: 0)
    case 2: Decimal(mantissa: 1, scale: 18)
    case 3...5: Decimal(mantissa: Int64(random.number(-9_999...9_999)), scale: 3)
    case 6...9: Decimal(mantissa: Int64(random.pick([-10, 10, 20, 150])), scale: 1)
    default: Decimal(Int64(random.pick([-1, 0, 0, 1, 1, 2, 3, 10, 100])))
    }
  }

  mutating func constant(_ type: ValueType) -> TermID {
    switch type {
    case .text:
      let symbol = program.texts.intern(random.pick(texts))
      return make(.constant(Constant(.text(symbol))), type)
    case .record, .recordOrQueue, .queue, .rule, .unknown:
      return missing(type)
    case .set(let item), .list(let item):
      let items = (0..<random.number(1...3)).map { _ in constantValue(item) }
      return make(.constant(Constant(Value(tag: .list, bits: 0), items: items)), type)
    default:
      return make(.constant(Constant(scalar(type))), type)
    }
  }

  private mutating func constantValue(_ type: ValueType) -> Constant {
    if type == .text { return Constant(.text(program.texts.intern(random.pick(texts)))) }
    return Constant(scalar(type))
  }

  /// `missing because "…"`; its site tells the types apart, since terms are shared.
  func missingSite(_ type: ValueType) -> Int {
    switch type {
    case .number: 1
    case .money(nil): 2
    case .money: 3
    case .boolean: 4
    case .text: 5
    case .date: 6
    case .member(let id): 10 + Int(id.index)
    case .node: 7
    case .duration: 8
    case .time: 9
    case .record(let id): 20 + Int(id.index)
    default: 0
    }
  }

  mutating func missing(_ type: ValueType) -> TermID {
    make(.constant(Constant(.missing(Cause(.stated, site: missingSite(type))))), type)
  }

  // MARK: - Terms

  mutating func make(_ term: Term, _ type: ValueType) -> TermID {
    if let known = index[Key(term: term, type: type)] { return known }
    let id = TermID(program.terms.count)
    program.terms.append(term)
    program.types.append(type)
    index[Key(term: term, type: type)] = id
    var facts = TermFacts()
    gatherFacts(of: term, into: &facts)
    costs.append(facts.cost)
    readsToday.append(facts.readsToday)
    readsCounters.append(facts.readsCounters)
    return id
  }

  func cost(_ term: TermID) -> Double { costs[Int(term.index)] }

  func isAffordable(_ term: TermID) -> Bool {
    cost(term) <= budget && (mayReadCounters || !readsCounters[Int(term.index)])
  }

  private struct TermFacts {
    var cost = 1.0
    var readsToday = false
    var readsCounters = false
  }

  private func gatherFacts(of term: Term, into facts: inout TermFacts) {
    func add(_ part: TermID, times: Double = 1) {
      facts.cost += costs[Int(part.index)] * times
      facts.readsToday = facts.readsToday || readsToday[Int(part.index)]
      facts.readsCounters = facts.readsCounters || readsCounters[Int(part.index)]
    }
    func add(_ choose: Choose) {
      for alternative in choose.alternatives {
        add(alternative.guardTerm)
        // Ranking looks at payloads again and again.
        for payload in alternative.payload { add(payload, times: 3) }
      }
      for payload in choose.otherwise?.payload ?? [] { add(payload) }
    }
    switch term {
    case .constant, .slot: break
    case .today: facts.readsToday = true
    case .field(_, let of): add(of)
    case .attribute(let id, let arguments, let asOf):
      for argument in arguments { add(argument) }
      if let asOf { add(asOf) }
      let attribute = program[id]
      facts.cost += costs[Int(attribute.term.index)]
      facts.readsToday = facts.readsToday || (asOf == nil && attribute.readsToday)
      facts.readsCounters = facts.readsCounters || attribute.readsCounters
    case .operation(_, let arguments): for argument in arguments { add(argument) }
    case .winner(let id), .collect(let id, _, _): add(program[id])
    case .payload(let id, _, let winner):
      add(program[id])
      add(winner)
    case .gather(let id):
      let gather = program[id]
      let parts =
        [gather.guardTerm, gather.value].compactMap { $0 } + gather.keys.map(\.term)
      for part in parts { add(part, times: 6) }
      if case .apportion(let amount, let quantum, let weight) = gather.fold {
        for part in [amount, quantum, weight] { add(part, times: 6) }
      }
    case .follow(let id):
      let follow = program[id]
      add(follow.start)
      add(follow.next, times: 6)
      add(follow.condition, times: 6)
    case .counter(_, let of):
      add(of)
      facts.readsCounters = true
    }
  }

  /// A term of the type over the slots in scope.
  mutating func term(_ type: ValueType, _ depth: Int, _ scope: [ValueType]) -> TermID {
    if depth > 0 {
      for _ in 0..<3 {
        if let made = composed(type, depth, scope), isAffordable(made) { return made }
      }
    }
    return leaf(type, scope)
  }

  /// A slot, a path, or a constant.
  mutating func leaf(_ type: ValueType, _ scope: [ValueType]) -> TermID {
    let known = paths(to: type, scope)
    if !known.isEmpty, random.chance(75) { return random.pick(known) }
    return constant(type)
  }

  /// Slots and fields, one or two steps long, of this type.
  mutating func paths(to type: ValueType, _ scope: [ValueType]) -> [TermID] {
    var result: [TermID] = []
    for (slot, of) in scope.enumerated() {
      if of == type { result.append(make(.slot(Int32(slot)), of)) }
      guard case .record(let record) = of else { continue }
      let base = make(.slot(Int32(slot)), of)
      for field in program.schema[record].fields {
        let fieldType = program.schema[field].type
        if fieldType == type { result.append(make(.field(field, of: base), type)) }
        guard case .record(let next) = fieldType else { continue }
        let step = make(.field(field, of: base), fieldType)
        for far in program.schema[next].fields where program.schema[far].type == type {
          result.append(make(.field(far, of: step), type))
        }
      }
    }
    return result
  }

  /// A random slot or path of any scalar type with that type.
  mutating func anyPath(_ scope: [ValueType]) -> (TermID, ValueType)? {
    for _ in 0..<6 {
      let type = random.pick(scalarTypes + [.time])
      let known = paths(to: type, scope)
      if !known.isEmpty { return (random.pick(known), type) }
    }
    return nil
  }

  // MARK: - Attributes

  mutating func addAttribute(
    _ parameters: [ValueType], _ type: ValueType, _ term: TermID
  ) -> AttributeID {
    program.attributes.append(
      Attribute(
        name: Named("a\(program.attributes.count)"), parameters: parameters, type: type, term: term,
        readsToday: readsToday[Int(term.index)], readsCounters: readsCounters[Int(term.index)],
        span: Self.span))
    return AttributeID(program.attributes.count - 1)
  }

  mutating func addAttributes() {
    for _ in 0..<random.number(4...9) {
      let parameters = randomParameters()
      switch random.number(0...5) {
      case 0, 1: addChooseAttributes(parameters)
      case 2:
        let id = addChoose(parameters, columns: [.number], size: 4, depth: 2)
        let fold = random.pick([CollectFold.sum, .min, .max, .count, .list, .distinct])
        let type: ValueType = fold == .list || fold == .distinct ? .list(.number) : .number
        _ = addAttribute(parameters, type, make(.collect(id, column: 0, fold), type))
      default:
        let type = random.pick(scalarTypes)
        _ = addAttribute(parameters, type, term(type, random.number(1...4), parameters))
      }
    }
  }

  private mutating func randomParameters() -> [ValueType] {
    if random.chance(75) {
      return [.record(RecordID(random.number(0...program.schema.records.count - 1)))]
    }
    return (0..<random.number(0...3)).map { _ in random.pick(scalarTypes) }
  }

  /// A winner, and columns of it read through the winner's attribute, as tables are lowered.
  private mutating func addChooseAttributes(_ parameters: [ValueType]) {
    let columns = (0..<random.number(1...2)).map { _ in random.pick(scalarTypes) }
    let size = random.chance(20) ? random.number(20...70) : random.number(1...7)
    let id = addChoose(parameters, columns: columns, size: size, depth: 2)
    let isList = program[id].policy == .all || program[id].policy == .outputOrder
    let type: ValueType = isList ? .list(.rule) : .rule
    let winner = addAttribute(parameters, type, make(.winner(id), type))
    let slots = parameters.enumerated().map { make(.slot(Int32($0.offset)), $0.element) }
    let read = make(.attribute(winner, slots, asOf: nil), type)
    for (column, columnType) in columns.enumerated() {
      let result: ValueType = isList ? .list(columnType) : columnType
      let payload = make(.payload(id, column: Int32(column), winner: read), result)
      _ = addAttribute(parameters, result, payload)
    }
  }

  // MARK: - Chooses

  mutating func addRule() -> RuleID {
    program.rules.append(
      Rule(title: "r\(program.rules.count)", conditions: [], because: nil, span: Self.span))
    return RuleID(program.rules.count - 1)
  }

  mutating func addChoose(
    _ scope: [ValueType], columns: [ValueType], size: Int, depth: Int
  ) -> ChooseID {
    let policies: [Choose.Policy] = [
      .first, .first, .unique, .any, .priority, .outputPriority, .all, .outputOrder,
      .forbidOverPermit,
    ]
    let policy = random.pick(policies)
    let conjuncts = size > 10 ? 2...4 : 1...3
    let alternatives = (0..<size).map { _ in
      var guardTerm = conjunction(scope, count: random.number(conjuncts), depth: depth)
      if !isAffordable(guardTerm) || cost(guardTerm) > 60 { guardTerm = atom(scope) }
      return Choose.Alternative(
        rule: addRule(), guardTerm: guardTerm,
        payload: columns.map { payload($0, size > 10 ? 0 : depth - 1, scope) },
        priority: Int32(random.number(0...2)), isForbidding: random.chance(40))
    }
    var otherwise: Choose.Otherwise?
    if random.chance(60) {
      otherwise = Choose.Otherwise(
        rule: addRule(), payload: columns.map { payload($0, 0, scope) })
    }
    program.chooses.append(
      Choose(
        policy: policy, isStrict: random.chance(50), alternatives: alternatives,
        otherwise: otherwise))
    return ChooseID(program.chooses.count - 1)
  }

  private mutating func payload(_ type: ValueType, _ depth: Int, _ scope: [ValueType]) -> TermID {
    random.chance(70) ? constant(type) : term(type, max(depth, 0), scope)
  }

  mutating func conjunction(_ scope: [ValueType], count: Int, depth: Int) -> TermID {
    let parts = (0..<count).map { _ in
      random.chance(85) ? atom(scope) : term(.boolean, depth, scope)
    }
    return parts.count == 1 ? parts[0] : make(.operation(.and, parts), .boolean)
  }

  /// path ⊙ constant: what indexes are made of, and variations that only look like it.
  mutating func atom(_ scope: [ValueType]) -> TermID {
    if random.chance(6) {
      let bound = constant(.date)
      return make(.operation(.lessOrEqual, [make(.today, .date), bound]), .boolean)
    }
    guard let (path, type) = anyPath(scope) else {
      return make(.constant(Constant(.boolean(random.chance(60)))), .boolean)
    }
    var made: TermID
    switch random.number(0...9) {
    case 0: made = make(.operation(.isKnown, [path]), .boolean)
    case 1, 2:
      if case .record = type { return make(.operation(.isKnown, [path]), .boolean) }
      if case .node = type {
        made = make(
          .operation(.within, [path, constant(random.chance(60) ? type : .set(type))]), .boolean)
      } else {
        made = make(.operation(.isIn, [path, constant(.set(type))]), .boolean)
      }
    default: made = comparison(path, type, scope, depth: 0)
    }
    switch random.number(0...11) {
    case 0, 1: made = make(.operation(.not, [made]), .boolean)
    case 2: made = make(.operation(.surely, [made]), .boolean)
    case 3: made = make(.operation(.possibly, [made]), .boolean)
    case 4: made = make(.operation(.or, [made, atom(scope)]), .boolean)
    default: break
    }
    return made
  }

  /// A comparison of a term with another of its type.
  mutating func comparison(
    _ left: TermID, _ type: ValueType, _ scope: [ValueType], depth: Int
  ) -> TermID {
    let isOrdered =
      switch type {
      case .number, .money, .date, .time, .member(EnumID(0)): true
      default: false
      }
    if case .record = type {
      return make(.operation(.equal, [left, term(type, depth, scope)]), .boolean)
    }
    if type == .boolean { return left }
    if isOrdered, random.chance(30) {
      let lower = depth == 0 ? constant(type) : term(type, depth, scope)
      let upper = depth == 0 ? constant(type) : term(type, depth, scope)
      let hasLower = random.chance(80)
      let hasUpper = !hasLower || random.chance(70)
      return make(
        .operation(
          .inRange(
            includesLower: random.chance(70), includesUpper: random.chance(50),
            hasLower: hasLower, hasUpper: hasUpper),
          [left, hasLower ? lower : missing(type), hasUpper ? upper : missing(type)]), .boolean)
    }
    let right = depth == 0 ? constant(type) : term(type, depth, scope)
    let operation: Operation =
      isOrdered
      ? random.pick([.equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual])
      : random.pick([.equal, .equal, .notEqual])
    return make(.operation(operation, [left, right]), .boolean)
  }
}
