import WritModel
public import WritRules

/// One of several programs compiled together: where its parts stand in the network of all.
public struct Variant: Sendable {
  /// As it was given, with its own numbers.
  public let program: Program
  fileprivate(set) var attributes: [AttributeID] = []
  fileprivate(set) var rules: [RuleID] = []
  fileprivate(set) var chooses: [ChooseID?] = []

  /// What an attribute of this program is called in the network. Equal attributes of two variants
  /// have one name there, and are computed once.
  public subscript(attribute: AttributeID) -> AttributeID { attributes[Int(attribute.index)] }

  /// What a rule of this program is called in the network.
  public subscript(rule: RuleID) -> RuleID { rules[Int(rule.index)] }

  /// What a choose of this program is called in the network; nil: nothing there depends on it.
  subscript(choose: ChooseID) -> ChooseID? { chooses[Int(choose.index)] }
}

/// Programs over one schema, put together: equal terms, rules, chooses and attributes stand once.
///
/// The union knows what decisions are computed from, not the decisions themselves: what a run
/// commits (turns and loads) differs from variant to variant and takes a memory of its own. Sites of
/// causes are numbers of the union.
struct Union {
  private(set) var program: Program
  private(set) var variants: [Variant] = []
  /// Chooses of different variants that answer the same question.
  private(set) var families: [ChooseFamily] = []

  private var terms: [TermKey: TermID] = [:]
  private var chooses: [Choose: ChooseID] = [:]
  private var gathers: [Gather: GatherID] = [:]
  private var follows: [[TermID]: FollowID] = [:]
  private var attributes: [AttributeKey: AttributeID] = [:]
  private var rules: [RuleKey: RuleID] = [:]
  private var counters: [Counter.Kind: CounterID] = [:]

  /// The most variants: one bit each.
  static let most = 64

  /// nil: none, too many, or their records are not the same.
  init?(_ programs: [Program]) {
    guard let first = programs.first, programs.count <= Self.most,
      programs.allSatisfy({ $0.schema.hasSameShape(as: first.schema) })
    else { return nil }
    program = Program()
    program.schema = first.schema
    program.texts = first.texts
    program.hash = programs.map(\.hash).joined(separator: "+")
    for given in programs {
      var visit = Visit(given)
      // Attributes stand after those they read, so nothing here goes deeper than terms are nested.
      for index in given.attributes.indices { _ = attribute(AttributeID(index), &visit) }
      for index in given.terms.indices { _ = term(TermID(index), &visit) }
      variants.append(
        Variant(
          program: given, attributes: visit.attributes.map { $0 ?? AttributeID(0) },
          rules: given.rules.indices.map { rule(RuleID($0), &visit) }, chooses: visit.chooses))
    }
    families = ChooseFamily.all(of: program, variants)
  }

  /// What of one program has been met, by its own numbers.
  private struct Visit {
    let program: Program
    var terms: [TermID?]
    var attributes: [AttributeID?]
    var chooses: [ChooseID?]
    var rules: [RuleID?]
    var symbols: [Int64: Int64] = [:]
    /// How often a rule that reads the same has been met.
    var occurrences: [RuleKey: Int] = [:]

    init(_ program: Program) {
      self.program = program
      terms = Array(repeating: nil, count: program.terms.count)
      attributes = Array(repeating: nil, count: program.attributes.count)
      chooses = Array(repeating: nil, count: program.chooses.count)
      rules = Array(repeating: nil, count: program.rules.count)
    }
  }

  private struct TermKey: Hashable {
    var term: Term
    var type: ValueType
  }

  private struct AttributeKey: Hashable {
    var name: String
    var parameters: [ValueType]
    var term: TermID
  }

  private struct RuleKey: Hashable {
    struct Condition: Hashable {
      var role: Rule.Condition.Role
      var term: TermID
      var text: String
    }
    var title: String
    var conditions: [Condition]
    var because: TermID?
    var occurrence = 0
  }

  // MARK: Parts

  private mutating func attribute(_ id: AttributeID, _ visit: inout Visit) -> AttributeID {
    if let known = visit.attributes[Int(id.index)] { return known }
    var attribute = visit.program[id]
    attribute.term = term(attribute.term, &visit)
    let key = AttributeKey(
      name: attribute.name.name, parameters: attribute.parameters, term: attribute.term)
    let found = attributes[key] ?? AttributeID(program.attributes.count)
    if attributes[key] == nil {
      attributes[key] = found
      program.attributes.append(attribute)
    }
    visit.attributes[Int(id.index)] = found
    return found
  }

  private mutating func term(_ id: TermID, _ visit: inout Visit) -> TermID {
    guard id.index >= 0 else { return id }
    if let known = visit.terms[Int(id.index)] { return known }
    let made: Term
    switch visit.program[id] {
    case .constant(let constant): made = .constant(self.constant(constant, &visit))
    case .slot(let slot): made = .slot(slot)
    case .today: made = .today
    case .field(let field, let of): made = .field(field, of: term(of, &visit))
    case .attribute(let attribute, let arguments, let asOf):
      made = .attribute(
        self.attribute(attribute, &visit), arguments.map { term($0, &visit) },
        asOf: asOf.map { term($0, &visit) })
    case .operation(.stoppedBy(let by), let arguments):
      made = .operation(.stoppedBy(rule(by, &visit)), arguments.map { term($0, &visit) })
    case .operation(let operation, let arguments):
      made = .operation(operation, arguments.map { term($0, &visit) })
    case .winner(let id): made = .winner(choose(id, &visit))
    case .payload(let id, let column, let winner):
      made = .payload(choose(id, &visit), column: column, winner: term(winner, &visit))
    case .collect(let id, let column, let fold):
      made = .collect(choose(id, &visit), column: column, fold)
    case .gather(let id): made = .gather(gather(id, &visit))
    case .follow(let id): made = .follow(follow(id, &visit))
    case .counter(let id, let of): made = .counter(counter(id, &visit), of: term(of, &visit))
    }
    let key = TermKey(term: made, type: visit.program.type(of: id))
    let found = terms[key] ?? TermID(program.terms.count)
    if terms[key] == nil {
      terms[key] = found
      program.terms.append(made)
      program.types.append(key.type)
    }
    visit.terms[Int(id.index)] = found
    return found
  }

  private mutating func constant(_ constant: Constant, _ visit: inout Visit) -> Constant {
    var constant = constant
    constant.items = constant.items?.map { self.constant($0, &visit) }
    guard constant.value.tag == .text else { return constant }
    let bits = constant.value.bits
    let symbol =
      visit.symbols[bits]
      ?? Int64(program.texts.intern(visit.program.texts.text(of: Symbol(Int(bits)))).index)
    visit.symbols[bits] = symbol
    constant.value.bits = symbol
    return constant
  }

  private mutating func choose(_ id: ChooseID, _ visit: inout Visit) -> ChooseID {
    if let known = visit.chooses[Int(id.index)] { return known }
    var choose = visit.program[id]
    choose.alternatives = choose.alternatives.map { alternative in
      var alternative = alternative
      alternative.rule = rule(alternative.rule, &visit)
      alternative.guardTerm = term(alternative.guardTerm, &visit)
      alternative.payload = alternative.payload.map { term($0, &visit) }
      return alternative
    }
    choose.otherwise = choose.otherwise.map { otherwise in
      Choose.Otherwise(
        rule: rule(otherwise.rule, &visit), payload: otherwise.payload.map { term($0, &visit) })
    }
    let found = chooses[choose] ?? ChooseID(program.chooses.count)
    if chooses[choose] == nil {
      chooses[choose] = found
      program.chooses.append(choose)
    }
    visit.chooses[Int(id.index)] = found
    return found
  }

  private mutating func gather(_ id: GatherID, _ visit: inout Visit) -> GatherID {
    var gather = visit.program[id]
    if case .apportion(let amount, let quantum, let weight) = gather.fold {
      gather.fold = .apportion(
        amount: term(amount, &visit), quantum: term(quantum, &visit), weight: term(weight, &visit))
    }
    gather.guardTerm = gather.guardTerm.map { term($0, &visit) }
    gather.value = gather.value.map { term($0, &visit) }
    gather.keys = gather.keys.map {
      Gather.Key(term($0.term, &visit), isDescending: $0.isDescending)
    }
    if let known = gathers[gather] { return known }
    program.gathers.append(gather)
    gathers[gather] = GatherID(program.gathers.count - 1)
    return GatherID(program.gathers.count - 1)
  }

  private mutating func follow(_ id: FollowID, _ visit: inout Visit) -> FollowID {
    var follow = visit.program[id]
    follow.start = term(follow.start, &visit)
    follow.next = term(follow.next, &visit)
    follow.condition = term(follow.condition, &visit)
    let key = [follow.start, follow.next, follow.condition, TermID(Int(follow.slot))]
    if let known = follows[key] { return known }
    program.follows.append(follow)
    follows[key] = FollowID(program.follows.count - 1)
    return FollowID(program.follows.count - 1)
  }

  private mutating func counter(_ id: CounterID, _ visit: inout Visit) -> CounterID {
    var counter = visit.program.counters[Int(id.index)]
    if case .turns(let pool, let weight?, let catchesUp) = counter.kind {
      counter.kind = .turns(pool: pool, weight: term(weight, &visit), catchesUp: catchesUp)
    }
    if let known = counters[counter.kind] { return known }
    program.counters.append(counter)
    counters[counter.kind] = CounterID(program.counters.count - 1)
    return CounterID(program.counters.count - 1)
  }

  /// A rule; rules of two variants that read the same are one. Of several of one variant that read
  /// the same the first is the first of the other, and so on.
  private mutating func rule(_ id: RuleID, _ visit: inout Visit) -> RuleID {
    if let known = visit.rules[Int(id.index)] { return known }
    var rule = visit.program[id]
    rule.conditions = rule.conditions.map { condition in
      var condition = condition
      condition.term = term(condition.term, &visit)
      return condition
    }
    rule.because = rule.because.map { term($0, &visit) }
    var key = RuleKey(
      title: rule.title,
      conditions: rule.conditions.map {
        RuleKey.Condition(role: $0.role, term: $0.term, text: $0.text)
      }, because: rule.because)
    let occurrence = visit.occurrences[key, default: 0]
    visit.occurrences[key] = occurrence + 1
    key.occurrence = occurrence
    let found = rules[key] ?? RuleID(program.rules.count)
    if rules[key] == nil {
      rules[key] = found
      program.rules.append(rule)
    }
    visit.rules[Int(id.index)] = found
    return found
  }
}

extension Schema {
  /// Whether facts of one fit the other.
  func hasSameShape(as other: Schema) -> Bool {
    func same(_ a: Named, _ b: Named) -> Bool { a.name == b.name }
    return currencies == other.currencies && zoneMinutes == other.zoneMinutes
      && enums.elementsEqual(other.enums) { a, b in
        same(a.name, b.name) && a.isOrdered == b.isOrdered
          && a.members.elementsEqual(b.members, by: same)
      }
      && trees.elementsEqual(other.trees) { a, b in
        same(a.name, b.name)
          && a.nodes.elementsEqual(b.nodes) { same($0.name, $1.name) && $0.parent == $1.parent }
      }
      && records.elementsEqual(other.records) { a, b in
        same(a.name, b.name) && a.fields == b.fields && a.key == b.key && a.called == b.called
      }
      && fields.elementsEqual(other.fields) { a, b in
        same(a.name, b.name) && a.record == b.record && a.type == b.type && a.column == b.column
      }
      && queues.elementsEqual(other.queues, by: same)
  }
}
