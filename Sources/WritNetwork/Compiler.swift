import WritModel
import WritRules

extension Code {
  /// Compiles one term. O(distinct subterms).
  convenience init(compiling term: TermID, of program: Program, facts: TermFacts) {
    self.init(
      term, Compiler(terms: program.terms, follows: program.follows, facts: facts.entries))
  }

  /// Compiles one term of a network.
  convenience init(compiling term: TermID, of network: Network) {
    self.init(
      term,
      Compiler(
        terms: network.program.terms, follows: network.program.follows,
        facts: network.facts.entries))
  }

  private convenience init(_ term: TermID, _ empty: Compiler) {
    var compiler = empty
    let result = compiler.register(of: term, in: 0)
    self.init(
      instructions: compiler.instructions, registers: compiler.registers,
      selectionCount: compiler.parents.count, operands: compiler.operands,
      operations: compiler.operations, calls: compiler.calls, result: result)
  }
}

/// Turns a term into instructions, bottom up.
///
/// Whoever asks about a few records has many small terms compiled, so of the program only what is
/// looked at is held, and of what stands where a dictionary is made only when it is much.
private struct Compiler {
  let terms: [Term]
  let follows: [Follow]
  let facts: [TermFacts.Entry]
  var instructions: [Instruction] = []
  var registers: [Code.RegisterKind] = []
  var operands: [Int32] = []
  var operations: [Asked] = []
  var calls: [Call] = []
  /// The selection that each selection narrows; the first is all lanes asked for.
  var parents: [Int32] = [-1]
  /// Where each term stands, and for which selection: the first of them, then all others.
  private var first: [(term: TermID, place: Place)] = []
  private var others: [TermID: [Place]] = [:]
  private struct Place {
    var selection: Int32
    var register: Int32
  }
  private static let mostFirst = 24

  init(terms: [Term], follows: [Follow], facts: [TermFacts.Entry]) {
    self.terms = terms
    self.follows = follows
    self.facts = facts
  }

  /// The register that holds the term's value for the lanes of the selection.
  mutating func register(of term: TermID, in selection: Int32) -> Int32 {
    for known in first where known.term == term && encloses(known.place.selection, selection) {
      return known.place.register
    }
    if !others.isEmpty, let places = others[term] {
      for place in places where encloses(place.selection, selection) { return place.register }
    }
    let register = compute(term, in: selection)
    let place = Place(selection: selection, register: register)
    if first.count < Self.mostFirst {
      first.append((term, place))
    } else {
      others[term, default: []].append(place)
    }
    return register
  }

  private func encloses(_ outer: Int32, _ inner: Int32) -> Bool {
    var selection = inner
    while selection >= 0 {
      if selection == outer { return true }
      selection = parents[Int(selection)]
    }
    return false
  }

  private mutating func compute(_ term: TermID, in selection: Int32) -> Int32 {
    switch terms[Int(term.index)] {
    case .constant: return add(.constant(term.index))
    case .slot(let slot): return add(.slot(slot))
    case .today: return add(.today)
    case .field(let field, let of):
      return emit(.field, selection, register(of: of, in: selection), field.index)
    case .attribute(let id, let arguments, let asOf):
      let call = Call(
        attribute: id, arguments: arguments.map { register(of: $0, in: selection) },
        asOf: asOf.map { register(of: $0, in: selection) })
      calls.append(call)
      return emit(.attribute, selection, Int32(calls.count - 1))
    case .operation(let operation, let arguments):
      return compute(operation, arguments, of: term, in: selection)
    case .winner(let id): return emit(.winner, selection, id.index)
    case .payload(let id, let column, let winner):
      return emit(.payload, selection, id.index, column, register(of: winner, in: selection))
    case .collect(let id, let column, let fold):
      operands += [Int32(fold.rawValue), term.index]
      return emit(.collect, selection, id.index, column, Int32(operands.count - 2))
    case .gather(let id): return emit(.gather, selection, id.index)
    case .follow(let id):
      return emit(
        .follow, selection, id.index, register(of: follows[Int(id.index)].start, in: selection))
    case .counter(let id, let of):
      return emit(.counter, selection, register(of: of, in: selection), id.index)
    }
  }

  private mutating func compute(
    _ operation: Operation, _ arguments: [TermID], of term: TermID, in selection: Int32
  ) -> Int32 {
    if let relation = Relation(operation), arguments.count == 2 {
      let left = register(of: arguments[0], in: selection)
      let right = register(of: arguments[1], in: selection)
      return emit(.compare, selection, left, right, relation.rawValue)
    }
    switch (operation, arguments.count) {
    case (.and, _): return join(.and, arguments, in: selection, goingOnWhere: .whereNotFalse)
    case (.or, _): return join(.or, arguments, in: selection, goingOnWhere: .whereNotTrue)
    case (.not, 1): return emit(.not, selection, register(of: arguments[0], in: selection))
    case (.isKnown, 1): return emit(.isKnown, selection, register(of: arguments[0], in: selection))
    case (.surely, 1): return emit(.surely, selection, register(of: arguments[0], in: selection))
    case (.possibly, 1):
      return emit(.possibly, selection, register(of: arguments[0], in: selection))
    case (.orElse, 2):
      let first = register(of: arguments[0], in: selection)
      let second = branch(arguments[1], .whereUnknown, first, in: selection)
      return emit(.orElse, selection, first, second)
    case (.ifElse, 3):
      let condition = register(of: arguments[0], in: selection)
      let yes = branch(arguments[1], .whereTrue, condition, in: selection)
      let no = branch(arguments[2], .whereFalse, condition, in: selection)
      return emit(.merge, selection, condition, yes, no)
    default:
      let registers = arguments.map { register(of: $0, in: selection) }
      operations.append(Asked(operation: operation, site: Int(term.index)))
      let start = Int32(operands.count)
      operands += registers
      return emit(
        .operation, selection, start, Int32(registers.count), Int32(operations.count - 1))
    }
  }

  /// `and`, `or`: once an argument is costly, it runs only where the ones before it left the answer
  /// open. The instruction that joins them looks at each lane in the same order, so it never reads
  /// what was skipped.
  private mutating func join(
    _ code: Instruction.Opcode, _ arguments: [TermID], in selection: Int32,
    goingOnWhere narrowing: Instruction.Opcode
  ) -> Int32 {
    var registers: [Int32] = []
    var current = selection
    for argument in arguments {
      if facts[Int(argument.index)].isHeavy, let last = registers.last {
        current = narrow(current, narrowing, last)
      }
      registers.append(register(of: argument, in: current))
    }
    let start = Int32(operands.count)
    operands += registers
    return emit(code, selection, start, Int32(registers.count))
  }

  /// A term that only some lanes need: narrowed if it is worth it.
  private mutating func branch(
    _ term: TermID, _ narrowing: Instruction.Opcode, _ condition: Int32, in selection: Int32
  ) -> Int32 {
    switch terms[Int(term.index)] {
    case .constant, .slot, .today: return register(of: term, in: selection)
    case .field, .attribute, .operation, .winner, .payload, .collect, .gather, .follow, .counter:
      if !facts[Int(term.index)].isHeavy, case .field = terms[Int(term.index)] {
        return register(of: term, in: selection)
      }
      return register(of: term, in: narrow(selection, narrowing, condition))
    }
  }

  private mutating func narrow(
    _ selection: Int32, _ narrowing: Instruction.Opcode, _ condition: Int32
  ) -> Int32 {
    let narrowed = Int32(parents.count)
    parents.append(selection)
    instructions.append(
      Instruction(code: narrowing, selection: selection, to: narrowed, a: condition))
    return narrowed
  }

  private mutating func add(_ kind: Code.RegisterKind) -> Int32 {
    registers.append(kind)
    return Int32(registers.count - 1)
  }

  private mutating func emit(
    _ code: Instruction.Opcode, _ selection: Int32, _ a: Int32, _ b: Int32 = 0, _ c: Int32 = 0
  ) -> Int32 {
    let to = add(.vector)
    instructions.append(
      Instruction(code: code, selection: selection, to: to, a: a, b: b, c: c))
    return to
  }
}
