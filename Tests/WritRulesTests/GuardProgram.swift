import WritModel
import WritRules
import WritText

/// A program of one choose, built term by term: what the analysis is tested on without syntax.
struct GuardProgram {
  var program = Program()
  private var known: [Key: TermID] = [:]

  private struct Key: Hashable {
    var term: Term
    var type: ValueType
  }

  static func span(_ start: Int) -> Span { Span(SourceID(0), start, start + 1) }

  mutating func term(_ term: Term, _ type: ValueType) -> TermID {
    if let id = known[Key(term: term, type: type)] { return id }
    let id = TermID(program.terms.count)
    program.terms.append(term)
    program.types.append(type)
    known[Key(term: term, type: type)] = id
    return id
  }

  mutating func slot(_ index: Int, _ type: ValueType) -> TermID { term(.slot(Int32(index)), type) }

  mutating func constant(_ value: Value, _ type: ValueType) -> TermID {
    term(.constant(Constant(value)), type)
  }

  mutating func text(_ text: String) -> TermID {
    constant(.text(program.texts.intern(text)), .text)
  }

  mutating func number(_ text: String) -> TermID {
    constant(.number(Decimal(text) ?? Decimal(0)), .number)
  }

  mutating func operation(_ operation: Operation, _ parts: TermID...) -> TermID {
    term(.operation(operation, parts), .boolean)
  }

  mutating func all(_ parts: [TermID]) -> TermID {
    switch parts.count {
    case 0: constant(.boolean(true), .boolean)
    case 1: parts[0]
    default: term(.operation(.and, parts), .boolean)
    }
  }

  mutating func any(_ parts: [TermID]) -> TermID {
    switch parts.count {
    case 0: constant(.boolean(false), .boolean)
    case 1: parts[0]
    default: term(.operation(.or, parts), .boolean)
    }
  }

  /// An enum with these members.
  mutating func addEnum(_ members: [String]) -> EnumID {
    program.schema.enums.append(
      EnumType(
        name: Named("E\(program.schema.enums.count)"), isOrdered: false,
        members: members.map { Named($0) }))
    return EnumID(program.schema.enums.count - 1)
  }

  /// A decision over the guards: `r0`, `r1`, … with these results (all different if nil).
  mutating func addTable(
    _ guards: [TermID], parameters: [ValueType], names: [String] = [], policy: Choose.Policy,
    results: [Int]? = nil, hasElse: Bool = false,
    kind: (ChooseID, AttributeID) -> Decision.Kind = { choose, _ in .table(choose) }
  ) {
    var alternatives: [Choose.Alternative] = []
    for (index, guardTerm) in guards.enumerated() {
      let payload = number("\(results?[index] ?? index)")
      program.rules.append(
        Rule(title: "r\(index)", conditions: [], because: nil, span: Self.span(index + 1)))
      alternatives.append(
        Choose.Alternative(rule: RuleID(index), guardTerm: guardTerm, payload: [payload]))
    }
    var otherwise: Choose.Otherwise?
    if hasElse {
      program.rules.append(Rule(title: "else", conditions: [], because: nil, span: Self.span(0)))
      otherwise = Choose.Otherwise(rule: RuleID(guards.count), payload: [number("-1")])
    }
    program.chooses.append(
      Choose(policy: policy, isStrict: true, alternatives: alternatives, otherwise: otherwise))
    let winner = term(.winner(ChooseID(0)), .rule)
    var attribute = Attribute(
      name: Named("t"), parameters: parameters, type: .rule, term: winner, readsToday: false,
      readsCounters: false, span: Self.span(0))
    attribute.parameterNames = names.map { Named($0) }
    program.attributes.append(attribute)
    program.decisions.append(
      Decision(
        kind: kind(ChooseID(0), AttributeID(0)), title: "t", name: Named("t"),
        parameters: parameters, answer: AttributeID(0), details: [],
        rules: alternatives.map(\.rule), span: Self.span(0)))
  }
}
