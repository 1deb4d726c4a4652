import Support
import Testing
import WritModel
import WritRules
import WritSyntax
import WritText

/// What is true of every checked program, shown on those of the specification and the rule books.
@Suite struct ProgramPropertyTests {
  static let programs: [(name: String, program: Program)] = {
    var all = SpecificationTests.programs.map { ("SPEC.md:\($0.line)", Checked($0.text).program) }
    for (folder, paths) in RuleBookTests.folders {
      all.append((folder, Checked(paths.map { readFile($0) ?? "" }, folder: folder).program))
    }
    return all
  }()

  /// The terms a term is made of, and the attributes it reads.
  func parts(of term: Term, in program: Program) -> (terms: [TermID], attributes: [AttributeID]) {
    func parts(of choose: ChooseID) -> [TermID] {
      let choose = program[choose]
      return choose.alternatives.flatMap { [$0.guardTerm] + $0.payload }
        + (choose.otherwise?.payload ?? [])
    }
    switch term {
    case .constant, .slot, .today: return ([], [])
    case .field(_, let record): return ([record], [])
    case .attribute(let id, let arguments, let asOf):
      return (arguments + (asOf.map { [$0] } ?? []), [id])
    case .operation(_, let arguments): return (arguments, [])
    case .winner(let choose), .collect(let choose, _, _): return (parts(of: choose), [])
    case .payload(let choose, _, let winner): return (parts(of: choose) + [winner], [])
    case .gather(let id):
      let gather = program[id]
      var terms = [gather.guardTerm, gather.value].compactMap { $0 } + gather.keys.map(\.term)
      if case .apportion(let amount, let quantum, let weight) = gather.fold {
        terms += [amount, quantum, weight]
      }
      return (terms, [])
    case .follow(let id):
      let follow = program[id]
      return ([follow.start, follow.next, follow.condition], [])
    case .counter(_, let record): return ([record], [])
    }
  }

  @Test func `makes every term of earlier ones`() {
    for (name, program) in Self.programs {
      for (index, term) in program.terms.enumerated() {
        let parts = parts(of: term, in: program)
        #expect(parts.terms.allSatisfy { Int($0.index) < index }, "\(name): term \(index)")
      }
    }
  }

  @Test func `puts every attribute behind those it reads, and knows when it reads today`() {
    for (name, program) in Self.programs {
      for (index, attribute) in program.attributes.enumerated() {
        var open = [attribute.term]
        var seen: Set<TermID> = []
        var today = false
        while let next = open.popLast() {
          guard seen.insert(next).inserted else { continue }
          let term = program[next]
          let parts = parts(of: term, in: program)
          #expect(
            parts.attributes.allSatisfy { Int($0.index) < index }, "\(name): \(attribute.name)")
          if case .today = term { today = true }
          if case .attribute(let id, _, nil) = term { today = today || program[id].readsToday }
          open += parts.terms
        }
        #expect(attribute.readsToday == today, "\(name): \(attribute.name)")
      }
    }
  }

  @Test func `has each term once`() {
    struct Key: Hashable {
      var term: Term
      var type: ValueType
    }
    for (name, program) in Self.programs {
      let keys = Set(zip(program.terms, program.types).map { Key(term: $0, type: $1) })
      #expect(keys.count == program.terms.count, "\(name)")
    }
  }

  @Test func `is the same whatever the order in which files are given`() {
    let texts = [
      "record A { id : text key, n : number }\ndefine A.x = y + 1",
      "define A.y = n * k",
      "define k = 3\ntable t(n: number) -> number, first { n -> r\n any -> k }",
    ]
    let sources = texts.enumerated().reduce(into: Sources()) { sources, next in
      _ = sources.add(Source(name: "\(next.offset).writ", text: next.element))
    }
    let trees = texts.indices.map { Parser.parse(sources[SourceID($0)], id: SourceID($0)).tree }
    let first = Program.checking(trees, sources: sources)
    let second = Program.checking(trees.reversed(), sources: sources)
    #expect(first.program.hash == second.program.hash)
    #expect(first.diagnostics == second.diagnostics)
    #expect(first.program.decisions.map(\.title) == second.program.decisions.map(\.title))
    #expect(first.program.attributes.map(\.name.name) == second.program.attributes.map(\.name.name))
  }

  @Test func `names a rule set by its text`() {
    let one = Checked("define k = 3").program.hash
    #expect(one.utf8.count == 64)
    #expect(one != Checked("define k = 4").program.hash)
    #expect(one == Checked("define k = 3").program.hash)
  }
}
