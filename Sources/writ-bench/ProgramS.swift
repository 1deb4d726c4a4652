import WritModel
import WritRules
import WritText

/// Workload S as a checked program, built without any text: what the checker makes of the rules.
struct ProgramS {
  private(set) var program = Program()
  private(set) var facts: Facts
  let record = RecordID(0)
  /// The winning rule, and the outcome it gives.
  private(set) var winner = AttributeID(0)
  private(set) var outcome = AttributeID(1)

  private var known: [Term: TermID] = [:]
  private let span = Span(SourceID(0), 0, 0)
  private let family = EnumID(0)
  private let channel = EnumID(1)
  private let grade = EnumID(2)
  private let outcomes = EnumID(3)
  private let currency = CurrencyID(0)

  init(_ workload: WorkloadS) {
    facts = Facts(schema: Schema())
    makeSchema()
    makeRules(workload.rules)
    facts = Facts(schema: program.schema, texts: program.texts)
    for request in workload.requests {
      _ = facts[record].append(
        [
          .node(RegionTree.node(ofLeaf: request.region), of: TreeID(0)),
          .member(request.family, of: family), .member(request.channel, of: channel),
          .member(request.grade, of: grade),
          .money(Decimal(mantissa: Int64(request.cents), scale: 2), currency),
          .number(Decimal(mantissa: Int64(request.tenths), scale: 3)),
          .number(Decimal(Int64(request.quantity))),
        ], key: [])
    }
  }

  /// The rules with one in a hundred moved by up to ten places, left out, or with another outcome.
  func edited(seed: UInt64) -> Program {
    var dice = Dice(seed: seed &+ 0xED17)
    var program = program
    var alternatives = program.chooses[0].alternatives
    for _ in 0..<max(alternatives.count / 100, 1) {
      let place = dice.below(alternatives.count)
      switch dice.below(3) {
      case 0: alternatives.remove(at: place)
      case 1:
        let moved = alternatives.remove(at: place)
        let to = place - 10 + dice.below(21)
        alternatives.insert(moved, at: min(max(to, 0), alternatives.count))
      default: alternatives[place].payload = alternatives[dice.below(alternatives.count)].payload
      }
    }
    program.chooses[0].alternatives = alternatives
    return program
  }

  private mutating func makeSchema() {
    func members(_ letter: String, _ count: Int) -> [Named] {
      (0..<count).map { Named("\(letter)\($0)") }
    }
    var schema = Schema()
    schema.currencies = ["CNY"]
    schema.enums = [
      EnumType(name: Named("Family"), isOrdered: false, members: members("F", 20)),
      EnumType(name: Named("Channel"), isOrdered: false, members: members("C", 4)),
      EnumType(name: Named("Grade"), isOrdered: false, members: members("G", 4)),
      EnumType(
        name: Named("Outcome"), isOrdered: false, members: WorkloadS.outcomes.map { Named($0) }),
    ]
    schema.trees = [
      TreeType(
        name: Named("Region"),
        nodes: RegionTree.nodes.map {
          TreeType.Node(
            name: Named($0.name), parent: $0.parent, depth: $0.depth, lastDescendant: $0.last)
        })
    ]
    let fields: [(String, ValueType)] = [
      ("region", .node(TreeID(0))), ("family", .member(family)), ("channel", .member(channel)),
      ("grade", .member(grade)), ("amount", .money(currency)), ("discount", .percent),
      ("quantity", .integer),
    ]
    for (column, field) in fields.enumerated() {
      schema.fields.append(
        Field(
          name: Named(field.0), record: record, type: field.1, isOptional: false, column: column,
          initial: nil, partAs: nil))
    }
    schema.records = [
      RecordType(
        name: Named("Request"), fields: fields.indices.map { FieldID($0) }, key: [], called: nil)
    ]
    program.schema = schema
  }

  private mutating func makeRules(_ rules: [WorkloadS.Rule]) {
    let subject = term(.slot(0), .record(record))
    let fields = program.schema.fields.indices.map {
      term(.field(FieldID($0), of: subject), program.schema.fields[$0].type)
    }
    var alternatives: [Choose.Alternative] = []
    for (index, rule) in rules.enumerated() {
      var conditions: [TermID] = []
      func add(_ operation: Operation, _ arguments: [TermID], _ world: inout ProgramS) {
        conditions.append(world.term(.operation(operation, arguments), .boolean))
      }
      if rule.node >= 0 {
        add(
          .within, [fields[0], constant(.node(rule.node, of: TreeID(0)), .node(TreeID(0)))], &self)
      }
      if rule.family >= 0 {
        add(
          .equal, [fields[1], constant(.member(rule.family, of: family), .member(family))], &self)
      }
      if rule.channel >= 0 {
        add(
          .equal, [fields[2], constant(.member(rule.channel, of: channel), .member(channel))], &self
        )
      }
      if rule.grades != 15 {
        let items = (0..<4).filter { rule.grades >> UInt32($0) & 1 == 1 }
          .map { Constant(.member($0, of: grade)) }
        let set = term(
          .constant(Constant(Value(tag: .list, bits: 0), items: items)), .set(.member(grade)))
        add(.isIn, [fields[3], set], &self)
      }
      if rule.high < 2_000_000_000 {
        let low = constant(.money(Decimal(Int64(rule.low / 100)), currency), .money(currency))
        let high = constant(.money(Decimal(Int64(rule.high / 100)), currency), .money(currency))
        add(
          .inRange(includesLower: true, includesUpper: false, hasLower: true, hasUpper: true),
          [fields[4], low, high], &self)
      }
      if rule.mostDiscount < 1000 {
        let most = constant(
          .number(Decimal(mantissa: Int64(rule.mostDiscount), scale: 3)), .percent)
        add(.lessOrEqual, [fields[5], most], &self)
      }
      if rule.leastQuantity > 0 {
        add(
          .greaterOrEqual,
          [fields[6], constant(.number(Decimal(Int64(rule.leastQuantity))), .integer)], &self)
      }
      let guardTerm =
        conditions.isEmpty
        ? constant(.boolean(true), .boolean)
        : conditions.count == 1
          ? conditions[0] : term(.operation(.and, conditions), .boolean)
      program.rules.append(Rule(title: "r\(index)", conditions: [], because: nil, span: span))
      alternatives.append(
        Choose.Alternative(
          rule: RuleID(index), guardTerm: guardTerm,
          payload: [constant(.member(rule.outcome, of: outcomes), .member(outcomes))]))
    }
    program.rules.append(Rule(title: "otherwise", conditions: [], because: nil, span: span))
    program.chooses = [
      Choose(
        policy: .first, isStrict: true, alternatives: alternatives,
        otherwise: Choose.Otherwise(
          rule: RuleID(rules.count),
          payload: [constant(.member(6, of: outcomes), .member(outcomes))]))
    ]
    winner = attribute("rule", .rule, term(.winner(ChooseID(0)), .rule))
    let read = term(.attribute(winner, [subject], asOf: nil), .rule)
    outcome = attribute(
      "verdict", .member(outcomes),
      term(.payload(ChooseID(0), column: 0, winner: read), .member(outcomes)))
  }

  private mutating func term(_ term: Term, _ type: ValueType) -> TermID {
    if let id = known[term] { return id }
    let id = TermID(program.terms.count)
    program.terms.append(term)
    program.types.append(type)
    known[term] = id
    return id
  }

  private mutating func constant(_ value: Value, _ type: ValueType) -> TermID {
    term(.constant(Constant(value)), type)
  }

  private mutating func attribute(_ name: String, _ type: ValueType, _ term: TermID) -> AttributeID
  {
    program.attributes.append(
      Attribute(
        name: Named(name), parameters: [.record(record)], type: type, term: term,
        readsToday: false, readsCounters: false, span: span))
    return AttributeID(program.attributes.count - 1)
  }
}
