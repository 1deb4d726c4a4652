import Testing
import WritModel
import WritRules
import WritText

/// What constructs become, where it can be seen from outside.
@Suite struct LoweringTests {
  /// The choose that decides an attribute, through terms that only hand it on.
  func choose(_ name: String, in program: Program) -> Choose? {
    guard let attribute = program.attributes.first(where: { $0.name.name == name }) else {
      return nil
    }
    switch program[attribute.term] {
    case .payload(let id, _, _), .collect(let id, _, _), .winner(let id): return program[id]
    default: return nil
    }
  }

  @Test func `most specific ranks a value before a set, and a deep node before a shallow one`() {
    let checked = Checked(
      """
      tree Region { china { east { shanghai } } }
      enum Grade { A, B }
      table t(g: Grade, r: Region) -> number, most specific {
        g      | r        -> n
        any    | shanghai -> 1
        {A, B} | china    -> 2
        A      | any      -> 3
        A      | east     -> 4
        A      | shanghai -> 5
      }
      """)
    #expect(!checked.diagnostics.hasErrors, "\(checked.story)")
    let priorities = choose("t", in: checked.program)?.alternatives.map(\.priority) ?? []
    #expect(priorities == priorities.sorted() && Set(priorities).count == 5)
  }

  @Test func `a case is strict, points are lenient`() {
    let checked = Checked(
      """
      enum Grade { A, B }
      record Deal { id : text key, n : number }
      define Deal.grade = case { n > 5 : A   else : B }
      define Deal.score = points { n > 5 : 3   n : 2 each at most 10 }
      """)
    #expect(choose("Deal.grade", in: checked.program)?.isStrict == true)
    #expect(choose("Deal.score", in: checked.program)?.isStrict == false)
  }

  @Test func `a change is patterns, a guard, what it reads and acts with every field`() {
    let checked = Checked(
      """
      record Rep { id : text key, n : number, boss : Rep? }
      record Pair { left : Rep, right : Rep, weight : number = 2, note : text?, tag : text = "x" }
      define Rep.double = n * 2
      change "b" for Rep, priority 10 { when n > 5 and boss.n < double then set n = 1, remove this }
      change "a" { when Rep a, Rep b where a.n = b.n and a.id < b.id then insert Pair { left a, right b } }
      alert "c", high { when Rep a where a.n > 7 because "{a.n}" }
      """)
    #expect(!checked.diagnostics.hasErrors, "\(checked.story)")
    let program = checked.program
    #expect(program.productions.map { program[$0.rule].title } == ["b", "a", "c"])
    #expect(program.productions.map { $0.patterns.map(\.name) } == [[nil], ["a", "b"], ["a"]])
    // `n`, `boss.n` and `double`; the key is read as well where it parts two records.
    #expect(program.productions.map(\.reads.count) == [3, 4, 1])
    #expect(program.productions.map(\.acts.count) == [2, 1, 0])
    guard case .change(let priority?, _) = program.productions[0].kind,
      case .constant(let ten) = program[priority],
      case .insert(_, let values) = program.productions[1].acts[0],
      case .alert(.high) = program.productions[2].kind
    else {
      Issue.record("lowered to something else")
      return
    }
    #expect(ten.value.bits == 10)
    #expect(values.count == 5)
    #expect(program[program.productions[2].rule].because != nil)
  }

  @Test func `equal formulas are one term`() {
    let checked = Checked(
      """
      record Deal { id : text key, n : number, m : number }
      define Deal.a = (n + m) * 2
      define Deal.b = (n + m) * 2
      """)
    let terms = checked.program.attributes.map(\.term)
    #expect(terms.count == 2 && terms[0] == terms[1])
  }

  @Test(arguments: [
    ("n", ValueType.number), ("count", .integer), ("price / 2", .money(CurrencyID(0))),
    ("price / price", .number), ("share * price", .money(CurrencyID(0))), ("share + 5%", .percent),
    ("on - on2", .duration), ("on + 3 days", .date),
    ("(on - on2) / 7 days", .number), ("n > 3", .boolean),
    ("count of d over Deal d where d.n > 1", .integer),
    ("average of d.count over Deal d where d.n > 1", .number),
    ("rounded(n, 1)", .integer), ("larger(price, 100)", .money(CurrencyID(0))),
    ("price or else 5", .money(CurrencyID(0))), ("case { n > 1 : 3   else : 2.5 }", .number),
  ])
  func `finds the type of a formula`(_ formula: String, _ type: ValueType) {
    let checked = Checked(
      """
      currency CNY
      record Deal {
        id : text key, n : number, count : integer, price : money, share : percent, on : date,
        on2 : date
      }
      define Deal.x = \(formula)
      """)
    #expect(!checked.diagnostics.hasErrors, "\(checked.story)")
    #expect(checked.program.attributes.last?.type == type)
  }

  @Test func `a long chain of values is no deep recursion`() {
    let chain = (1..<2000).map { "define D.v\($0) = v\($0 + 1) + 1" }.joined(separator: "\n")
    let checked = Checked("record D { id : text key, v2000 : number }\n\(chain)")
    #expect(checked.codes == [])
    #expect(checked.program.attributes.count == 1999)
  }

  /// Formulas that go deep or far: so many times what opens, the field, so many times what closes.
  struct Growth: Sendable {
    var opening = ""
    var closing = ""
    var most: Int
    var code: String
  }

  /// The largest formulas that the parser lets through reach the checker and get through it; one more
  /// is the parser's own message.
  @Test(arguments: [
    Growth(closing: " + a", most: 200, code: "expression-too-long"),
    Growth(closing: " - (a * 2)", most: 200, code: "expression-too-long"),
    Growth(opening: "larger(1, ", closing: ")", most: 63, code: "nesting-too-deep"),
    Growth(opening: "(", closing: ")", most: 63, code: "nesting-too-deep"),
    Growth(
      opening: "case { a > 1 : ", closing: "   else : 1 }", most: 31, code: "nesting-too-deep"),
  ])
  func `the longest formulas are checked, longer ones are told`(_ growth: Growth) {
    func checked(_ size: Int) -> Checked {
      let opening = String(repeating: growth.opening, count: size)
      let closing = String(repeating: growth.closing, count: size)
      return Checked(
        "record D { id : text key, a : number }\ndefine D.x = \(opening)a\(closing)")
    }
    #expect(checked(growth.most).codes == [])
    #expect(checked(growth.most).program.attributes.count == 1)
    #expect(checked(growth.most + 1).codes == [growth.code])
  }

  @Test func `a circle of many values is told`() {
    let chain = (1..<500).map { "define D.v\($0) = v\($0 + 1) + 1" }.joined(separator: "\n")
    let checked = Checked("record D { id : text key }\n\(chain)\ndefine D.v500 = v1")
    #expect(checked.codes.contains { $0 == "circle" || $0 == "chain-too-deep" })
  }
}
