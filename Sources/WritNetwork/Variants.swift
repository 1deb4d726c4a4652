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
///
/// Variants are mostly one rule set with a few rules edited, so nearly everything of a later one
/// stands in the union already, at the place next to that of its neighbour: what the first program
/// has there is compared before anything is looked for or made.
struct Union {
  private(set) var program: Program
  private(set) var variants: [Variant] = []
  /// Chooses of different variants that answer the same question.
  private(set) var families: [ChooseFamily] = []

  private var terms = TermTable()
  private var chooses = TermTable()
  private var gathers: [Gather: GatherID] = [:]
  private var follows: [[TermID]: FollowID] = [:]
  private var attributes: [AttributeKey: AttributeID] = [:]
  private var counters: [Counter.Kind: CounterID] = [:]
  /// The ways that rules read, by number, and the rules that read so: of several of one variant the
  /// first is the first of the other, and so on.
  private var readings = TermTable()
  private var rulesOfReading: [[RuleID]] = []
  private var readingOfRule: [Int32] = []
  /// The parts of what is being put in, innermost last.
  private var parts: [TermID] = []
  private var first = Lineage()

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
      if variants.count == 1 { self.first = Lineage(visit, program) }
    }
    families = ChooseFamily.all(of: program, variants)
  }

  /// What of one program has been met, by its own numbers; -1 and nil where it has not.
  private struct Visit {
    let program: Program
    var terms: [Int32]
    var attributes: [AttributeID?]
    var chooses: [ChooseID?]
    var rules: [Int32]
    /// Symbols that are others in the union.
    var symbols: [Int64: Int64] = [:]
    /// By the number of a reading, how often a rule that reads so has been met.
    var met: [Int32] = []
    /// How far from the number of a term, and of a rule, that of the same in the first program is.
    var termDrift = 0
    var ruleDrift = 0

    init(_ program: Program) {
      self.program = program
      terms = Array(repeating: -1, count: program.terms.count)
      attributes = Array(repeating: nil, count: program.attributes.count)
      chooses = Array(repeating: nil, count: program.chooses.count)
      rules = Array(repeating: -1, count: program.rules.count)
    }
  }

  /// Where terms and rules of the first program stand in the union, and the way back.
  private struct Lineage {
    var terms: [Int32] = []
    var rules: [Int32] = []
    var chooses: [ChooseID?] = []
    var placeOfTerm: [Int32] = []
    var placeOfRule: [Int32] = []

    init() {}

    init(_ visit: Visit, _ program: Program) {
      terms = visit.terms
      rules = visit.rules
      chooses = visit.chooses
      placeOfTerm = Self.inverse(terms, count: program.terms.count)
      placeOfRule = Self.inverse(rules, count: program.rules.count)
    }

    private static func inverse(_ numbers: [Int32], count: Int) -> [Int32] {
      var places = [Int32](repeating: 0, count: count)
      for (place, number) in numbers.enumerated() where number >= 0 {
        places[Int(number)] = Int32(truncatingIfNeeded: place)
      }
      return places
    }
  }

  private struct AttributeKey: Hashable {
    var name: String
    var parameters: [ValueType]
    var term: TermID
  }

  // MARK: Parts

  private mutating func attribute(_ id: AttributeID, _ visit: inout Visit) -> AttributeID {
    if let known = visit.attributes[Int(id.index)] { return known }
    var attribute = visit.program[id]
    attribute.term = term(attribute.term, &visit)
    let key = AttributeKey(
      name: attribute.name.name, parameters: attribute.parameters, term: attribute.term)
    let found = attributes[key] ?? AttributeID(program.attributes.count)
    if Int(found.index) == program.attributes.count {
      attributes[key] = found
      program.attributes.append(attribute)
    }
    visit.attributes[Int(id.index)] = found
    return found
  }

  private mutating func term(_ id: TermID, _ visit: inout Visit) -> TermID {
    guard id.index >= 0 else { return id }
    let known = visit.terms[Int(id.index)]
    if known >= 0 { return TermID(Int(known)) }
    let mark = parts.count
    let made: Term
    switch visit.program[id] {
    case .constant(let constant): made = .constant(self.constant(constant, &visit))
    case .slot(let slot): made = .slot(slot)
    case .today: made = .today
    case .field(let field, let of): made = .field(field, of: term(of, &visit))
    case .attribute(let attribute, let arguments, let asOf):
      let attribute = self.attribute(attribute, &visit)
      for argument in arguments { parts.append(term(argument, &visit)) }
      made = .attribute(attribute, Array(parts[mark...]), asOf: asOf.map { term($0, &visit) })
    case .operation(let given, let arguments):
      var operation = given
      if case .stoppedBy(let by) = given { operation = .stoppedBy(rule(by, &visit)) }
      for argument in arguments { parts.append(term(argument, &visit)) }
      if let found = knownOperation(
        operation, since: mark, visit.program.type(of: id), id, visit.termDrift)
      {
        parts.removeLast(parts.count - mark)
        visit.terms[Int(id.index)] = found.index
        return found
      }
      made = .operation(operation, Array(parts[mark...]))
    case .winner(let id): made = .winner(choose(id, &visit))
    case .payload(let id, let column, let winner):
      made = .payload(choose(id, &visit), column: column, winner: term(winner, &visit))
    case .collect(let id, let column, let fold):
      made = .collect(choose(id, &visit), column: column, fold)
    case .gather(let id): made = .gather(gather(id, &visit))
    case .follow(let id): made = .follow(follow(id, &visit))
    case .counter(let id, let of): made = .counter(counter(id, &visit), of: term(of, &visit))
    }
    parts.removeLast(parts.count - mark)
    let found = interned(made, id, &visit)
    visit.terms[Int(id.index)] = found.index
    return found
  }

  /// What the first program has where a term stands.
  private func likely(_ id: TermID, drift: Int) -> Int? {
    let place = Int(id.index) + drift
    return first.terms.indices.contains(place) ? Int(first.terms[place]) : nil
  }

  /// The term of the union that likely is this operation, with the latest parts, if it is.
  private func knownOperation(
    _ operation: Operation, since mark: Int, _ type: ValueType, _ id: TermID, _ drift: Int
  ) -> TermID? {
    guard let likely = likely(id, drift: drift),
      case .operation(operation, let own) = program.terms[likely],
      own.count == parts.count - mark, program.types[likely] == type
    else { return nil }
    for (place, part) in own.enumerated() where part != parts[mark + place] { return nil }
    return TermID(likely)
  }

  private mutating func interned(_ made: Term, _ id: TermID, _ visit: inout Visit) -> TermID {
    let type = visit.program.type(of: id)
    if let likely = likely(id, drift: visit.termDrift), program.terms[likely] == made,
      program.types[likely] == type
    {
      return TermID(likely)
    }
    let hash = made.mixedHash
    if let found = terms.find(
      hash, where: { program.terms[$0] == made && program.types[$0] == type })
    {
      if found < first.placeOfTerm.count {
        visit.termDrift = Int(first.placeOfTerm[found]) - Int(id.index)
      }
      return TermID(found)
    }
    terms.add(hash)
    program.terms.append(made)
    program.types.append(type)
    return TermID(program.terms.count - 1)
  }

  private mutating func constant(_ constant: Constant, _ visit: inout Visit) -> Constant {
    var constant = constant
    constant.items = constant.items?.map { self.constant($0, &visit) }
    guard constant.value.tag == .text else { return constant }
    constant.value.bits = symbol(constant.value.bits, &visit)
    return constant
  }

  private mutating func symbol(_ bits: Int64, _ visit: inout Visit) -> Int64 {
    let symbol = Symbol(Int(bits))
    // Rule sets checked together have one table of texts.
    let isShared =
      bits < program.texts.count
      && visit.program.texts.withBytes(of: symbol) { own in
        program.texts.withBytes(of: symbol) { $0.elementsEqual(own) }
      }
    if isShared { return bits }
    if let known = visit.symbols[bits] { return known }
    let found = Int64(program.texts.intern(visit.program.texts.text(of: symbol)).index)
    visit.symbols[bits] = found
    return found
  }

  private mutating func choose(_ id: ChooseID, _ visit: inout Visit) -> ChooseID {
    if let known = visit.chooses[Int(id.index)] { return known }
    let given = visit.program[id]
    let likely = first.chooses.indices.contains(Int(id.index)) ? first.chooses[Int(id.index)] : nil
    let model = likely.map { program[$0] }
    var isLikely = model.map { $0.alternatives.count == given.alternatives.count } ?? false
    var made = Choose(
      policy: given.policy, isStrict: given.isStrict, alternatives: [], otherwise: nil)
    made.alternatives.reserveCapacity(given.alternatives.count)
    for (place, alternative) in given.alternatives.enumerated() {
      let rule = rule(alternative.rule, &visit)
      let guardTerm = term(alternative.guardTerm, &visit)
      let mark = parts.count
      for part in alternative.payload { parts.append(term(part, &visit)) }
      if let model, place < model.alternatives.count,
        has(model.alternatives[place], rule, guardTerm, alternative, since: mark)
      {
        made.alternatives.append(model.alternatives[place])
      } else {
        isLikely = false
        var own = alternative
        (own.rule, own.guardTerm, own.payload) = (rule, guardTerm, Array(parts[mark...]))
        made.alternatives.append(own)
      }
      parts.removeLast(parts.count - mark)
    }
    made.otherwise = given.otherwise.map { otherwise in
      Choose.Otherwise(
        rule: rule(otherwise.rule, &visit), payload: otherwise.payload.map { term($0, &visit) })
    }
    let found: ChooseID
    if isLikely, let likely, let model, model.policy == made.policy,
      model.isStrict == made.isStrict, model.otherwise == made.otherwise
    {
      found = likely
    } else {
      found = interned(made)
    }
    visit.chooses[Int(id.index)] = found
    return found
  }

  /// Whether an alternative of the union is that of a variant, whose payload are the latest parts.
  private func has(
    _ own: Choose.Alternative, _ rule: RuleID, _ guardTerm: TermID, _ given: Choose.Alternative,
    since mark: Int
  ) -> Bool {
    own.rule == rule && own.guardTerm == guardTerm && own.priority == given.priority
      && own.isForbidding == given.isForbidding && own.payload.elementsEqual(parts[mark...])
  }

  private mutating func interned(_ made: Choose) -> ChooseID {
    var hash = UInt64(made.alternatives.count)
    for alternative in made.alternatives {
      hash.mix(alternative.rule.index, alternative.guardTerm.index)
    }
    if let found = chooses.find(hash, where: { program.chooses[$0] == made }) {
      return ChooseID(found)
    }
    chooses.add(hash)
    program.chooses.append(made)
    return ChooseID(program.chooses.count - 1)
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

  // MARK: Rules

  /// A rule; rules of two variants that read the same are one. Of several of one variant that read
  /// the same the first is the first of the other, and so on.
  private mutating func rule(_ id: RuleID, _ visit: inout Visit) -> RuleID {
    let known = visit.rules[Int(id.index)]
    if known >= 0 { return RuleID(Int(known)) }
    let given = visit.program[id]
    let mark = parts.count
    for place in given.conditions.indices {
      parts.append(term(given.conditions[place].term, &visit))
    }
    let because = given.because.map { term($0, &visit) }
    let reading = reading(of: given, because, since: mark, id, &visit)
    while visit.met.count <= reading { visit.met.append(0) }
    let occurrence = Int(visit.met[reading])
    visit.met[reading] += 1
    let found: RuleID
    if occurrence < rulesOfReading[reading].count {
      found = rulesOfReading[reading][occurrence]
    } else {
      found = RuleID(program.rules.count)
      var made = given
      for place in made.conditions.indices { made.conditions[place].term = parts[mark + place] }
      made.because = because
      program.rules.append(made)
      rulesOfReading[reading].append(found)
      readingOfRule.append(Int32(truncatingIfNeeded: reading))
    }
    parts.removeLast(parts.count - mark)
    visit.rules[Int(id.index)] = found.index
    return found
  }

  /// The number of the way that a rule reads, whose conditions are the latest parts.
  private mutating func reading(
    of rule: Rule, _ because: TermID?, since mark: Int, _ id: RuleID, _ visit: inout Visit
  ) -> Int {
    let place = Int(id.index) + visit.ruleDrift
    if first.rules.indices.contains(place) {
      let likely = Int(first.rules[place])
      if reads(rule, because, since: mark, like: program.rules[likely]) {
        return Int(readingOfRule[likely])
      }
    }
    var hash = UInt64(rule.title.utf8.count)
    for byte in rule.title.utf8 { hash.mix(Int32(byte), 0) }
    for part in parts[mark...] { hash.mix(part.index, 1) }
    hash.mix(because?.index ?? -1, 2)
    let known = readings.find(hash) { reading in
      reads(rule, because, since: mark, like: program[rulesOfReading[reading][0]])
    }
    if let known {
      let likely = Int(rulesOfReading[known][0].index)
      if likely < first.placeOfRule.count {
        visit.ruleDrift = Int(first.placeOfRule[likely]) - Int(id.index)
      }
      return known
    }
    readings.add(hash)
    rulesOfReading.append([])
    return rulesOfReading.count - 1
  }

  /// Whether a rule of a variant, whose conditions are the latest parts, reads like one of the union.
  private func reads(
    _ rule: Rule, _ because: TermID?, since mark: Int, like other: Rule
  ) -> Bool {
    guard rule.conditions.count == other.conditions.count, because == other.because,
      rule.title == other.title
    else { return false }
    for place in rule.conditions.indices {
      guard parts[mark + place] == other.conditions[place].term,
        rule.conditions[place].role == other.conditions[place].role,
        rule.conditions[place].text == other.conditions[place].text
      else { return false }
    }
    return true
  }
}

extension UInt64 {
  /// Mixes two small numbers into a hash.
  fileprivate mutating func mix(_ first: Int32, _ second: Int32) {
    self ^= UInt64(UInt32(bitPattern: first)) << 32 | UInt64(UInt32(bitPattern: second))
    self &*= 0x9E37_79B9_7F4A_7C15
    self ^= self >> 29
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
