import Support
import Testing
import WritModel
import WritNetwork
import WritReplay
import WritRules
import WritSyntax
import WritText

import class Foundation.FileManager

/// Which edit a changed answer is charged to, and what a variant makes of its base.
@Suite struct AttributionTests {
  /// Two forms of a rule set in one `Sources`.
  private struct Pair {
    var sources = Sources()
    var trees: [FileTree] = []

    init(_ texts: [String], names: [String] = ["rules/base/a.writ", "rules/other/a.writ"]) {
      for (text, name) in zip(texts, names) {
        let id = sources.add(Source(name: name, text: text))
        let (tree, broken) = Parser.parse(sources[id], id: id)
        #expect(!broken.hasErrors, "\(broken.map(\.message.english))")
        trees.append(tree)
      }
    }

    func checked(_ trees: [FileTree]) -> (program: Program, diagnostics: [Diagnostic]) {
      Program.checking(trees, sources: sources, effort: .quick, analyzing: false)
    }

    var attribution: Attribution? {
      Attribution(RuleDifference(from: [trees[0]], to: [trees[1]], sources: sources)) {
        checked($0)
      }
    }
  }

  private static let model = """
    currency CNY
    enum Grade { A, B, C }
    record Account { id : text key, spend : money, years : integer, key : yes/no = no }

    """

  /// Accounts A0, A1 …: spend 10 a number, years its last digit.
  private func facts(_ network: Network, count: Int) throws -> Facts {
    var facts = Facts(schema: network.program.schema, texts: network.program.texts)
    for number in 0..<count {
      let key = Value.text(facts.texts.intern("A\(number)"))
      let row = facts[RecordID(0)].append(
        [
          key, .money(Decimal(Int64(number * 10)), CurrencyID(0)),
          .number(Decimal(Int64(number % 10))), .boolean(number % 2 == 0),
        ], key: [key])
      #expect(row != nil)
    }
    return facts
  }

  /// The charges of a decision over a hundred accounts: `alone big: 12 (34.00)`, and whether they add
  /// up to the changes.
  private func charges(
    _ before: String, _ after: String, of decision: String,
    at location: SourceLocation = #_sourceLocation
  ) throws -> [String] {
    let pair = Pair([Self.model + before, Self.model + after])
    let attribution = try #require(pair.attribution, sourceLocation: location)
    let network = try #require(Network(compiling: attribution.programs))
    let memory = Memory(network, facts: try facts(network, count: 100), today: 20_000)
    var attributes: [AttributeID] = []
    for variant in network.variants {
      let found = try #require(
        variant.program.decisions.first { $0.title == decision }, sourceLocation: location)
      attributes.append(variant[found.answer])
    }
    var tally = Comparison.ChargeTally()
    var changed = 0
    var total = ExactSum()
    for row in 0..<100 {
      let values = attributes.map { memory.value(of: $0, row: row) }
      let answers = values.map { "\($0.tag) \($0.bits) \($0.scale)" }
      if answers[0] == answers[1] { continue }
      var amount: Decimal?
      if values[0].tag == .money, values[1].tag == .money {
        amount = values[1].decimal.subtracting(values[0].decimal)
      }
      if let amount { total.add(amount) }
      changed += 1
      tally.add(attribution.charge(answers), amount: amount)
    }
    let charges = tally.charges
    #expect(charges.reduce(0) { $0 + $1.count } == changed, sourceLocation: location)
    var sum = ExactSum()
    for charge in charges { sum.add(charge.amount) }
    #expect(sum.normalized == total.normalized, sourceLocation: location)
    return charges.map { charge in
      let names = charge.edits.map { place in
        let edit = attribution.difference.edits[place]
        return edit.title.isEmpty ? edit.block : edit.title
      }
      let amount = charge.amount.decimal.map { $0.mantissa == 0 ? "" : " \($0.plain)" } ?? " ?"
      return "\(charge.kind) \(names.joined(separator: " + ")): \(charge.count)\(amount)"
    }
  }

  private let grade = """
    decide grade for Account -> Grade, first {
      "big": when spend >= 500 : A
      "old": when years >= 8 : B
      otherwise C
    }
    """

  @Test func `an edit that suffices alone is charged alone`() throws {
    #expect(
      try charges(grade, grade.replacing("500", with: "600"), of: "Account.grade")
        == ["alone big: 10"])
    // 50…59 lose A, and of those and the others below 60 each sixth and seventh year become B.
    #expect(
      try charges(
        grade, grade.replacing("500", with: "600").replacing("years >= 8", with: "years >= 6"),
        of: "Account.grade")
        == ["alone big: 8", "alone old: 10", "together big + old: 2"])
  }

  @Test func `edits that are needed together are charged together`() throws {
    // Without the param nothing uses the value, without the rule nothing reads the new value.
    let before = """
      define Account.size = case { spend >= 500 : 2  else : 1 }
      decide grade for Account -> Grade, first {
        "old": when years >= 8 : B
        "big": when size >= 3 : A
        otherwise C
      }
      """
    let after = before.replacing("spend >= 500 : 2", with: "spend >= 500 : 3")
      .replacing("size >= 3 : A", with: "size >= 2 : A")
    // Either alone is enough for a rule that asks for two or three.
    #expect(
      try charges(before, after, of: "Account.grade")
        == ["interaction spend >= 500 + big: 40"])
    let strict = before.replacing("spend >= 500 : 2", with: "spend >= 500 : 4")
      .replacing("size >= 3 : A", with: "size >= 4 : A")
    #expect(try charges(before, strict, of: "Account.grade") == ["alone spend >= 500: 40"])
    let both = before.replacing("spend >= 500 : 2", with: "spend >= 500 : 2.5")
      .replacing("size >= 3 : A", with: "size >= 2.5 : A")
    #expect(
      try charges(before, both, of: "Account.grade") == ["together spend >= 500 + big: 40"])
  }

  @Test func `amounts add up to the digit`() throws {
    let before = """
      price Account, each step on the running price {
        start spend
        "loyal": when years >= 5 : 3.3% off
        "key": when key : 7% off
        round half up to 0.01
      }
      """
    let after = before.replacing("3.3%", with: "4.7%").replacing("7% off", with: "5% off")
    let found = try charges(before, after, of: "price Account")
    #expect(found.count == 3)
    #expect(found[0].hasPrefix("alone loyal: 30 -"))
    #expect(found[1].hasPrefix("alone key: 29 "))
    #expect(found[2].hasPrefix("together loyal + key: 20 "))
  }

  @Test func `what does not check alone goes with what it needs`() throws {
    let after =
      "param cap = 600 in 1..900\n"
      + grade.replacing("spend >= 500", with: "spend >= cap * 1")
      .replacing("years >= 8", with: "years >= 9")
    let pair = Pair([
      Self.model + grade, Self.model + after.replacing("cap * 1", with: "CNY 1 * cap"),
    ])
    let attribution = try #require(pair.attribution)
    let titles = attribution.units.map { unit in
      unit.map { attribution.difference.edits[$0] }.map { $0.title.isEmpty ? $0.block : $0.title }
    }
    #expect(titles == [["cap", "big"], ["old"]])
    #expect(attribution.note != nil)
    #expect(attribution.programs.count == 6)
  }

  @Test func `a set compared with itself has nothing to charge`() {
    let pair = Pair([Self.model + grade, "# again\n" + Self.model + grade])
    #expect(pair.attribution == nil)
    #expect(
      RuleDifference(from: [pair.trees[0]], to: [pair.trees[1]], sources: pair.sources).edits
        .isEmpty)
  }

  @Test func `too many edits are taken block by block`() throws {
    func rules(_ step: Int) -> String {
      let one = (0..<40).map { "  \"r\($0)\": when spend = \($0 * 10 + step) : A\n" }.joined()
      return "decide grade for Account -> Grade, first {\n\(one)  otherwise C\n}\n"
        + "define Account.score = spend * \(step + 1)\n"
    }
    let pair = Pair([Self.model + rules(0), Self.model + rules(1)])
    let attribution = try #require(pair.attribution)
    #expect(attribution.difference.edits.count == 41)
    #expect(attribution.units.map(\.count) == [40, 1])
    #expect(attribution.note != nil)
  }

  @Test func `only state made a difference where the rule itself answers the same`() throws {
    let pair = Pair([
      Self.model + grade,
      Self.model
        + grade.replacing("500", with: "600").replacing("years >= 8", with: "years >= 7"),
    ])
    let attribution = try #require(pair.attribution)
    #expect(attribution.units.count == 2)
    #expect(
      attribution.chargeWithState(["x", "x", "x", "y", "x", "x"])
        == Attribution.Verdict(.knockOn, []))
    #expect(
      attribution.chargeWithState(["x", "y", "x", "y", "x", "y"])
        == Attribution.Verdict(.alone, attribution.units[1]))
  }

  // MARK: Every form in between

  /// The rule books whose tests pass by themselves.
  private static let books: [String] = {
    let all = FileManager.default.enumerator(atPath: CorpusFile.root + "/rules")
    var paths: [String] = []
    while let name = all?.nextObject() as? String {
      if name.hasSuffix(".writ") { paths.append("rules/" + name) }
    }
    return paths.sorted()
  }()

  @Test(arguments: Seeds.run(Seeds.count(12), from: 61_001))
  func `all edits decide like the other form`(seed: UInt64) throws {
    var dice = SeededGenerator(seed: seed)
    let path = dice.pick(Self.books)
    let text = String(decoding: CorpusFile.bytes(of: path) ?? [], as: UTF8.self)
    var edited = ""
    var previous: Character = "\n"
    for character in text {
      let isDigit = character.isASCII && character.isNumber && previous == " "
      edited.append(
        isDigit && character != "0" && dice.chance(8)
          ? Character(String(dice.number(1...9))) : character)
      previous = character
    }
    let pair = Pair([text, edited], names: [path, "other/" + path])
    let (other, found) = pair.checked([pair.trees[1]])
    let difference = RuleDifference(
      from: [pair.trees[0]], to: [pair.trees[1]], sources: pair.sources)
    if found.hasErrors { return }
    let (all, alsoFound) = pair.checked(difference.applying(difference.edits.indices))
    let story = "WRIT_SEED=\(seed) \(path)"
    #expect(!alsoFound.hasErrors, "\(story): \(alsoFound.map(\.message.english))")
    func results(_ program: Program) -> [String] {
      let network = Network(compiling: program)
      return program.tests.map { test in
        let result = TestRun.run(
          test, on: network, sources: pair.sources, language: .english, today: 20_000)
        return "\(result.title) \(result.outcome) \(result.failures.map(\.actual))"
      }.sorted()
    }
    #expect(results(all) == results(other), "\(story)")
  }

  // MARK: Variants

  /// The base's declarations under a variant, printed, and the codes of what was wrong.
  private func variant(
    _ base: String, _ patches: String, at location: SourceLocation = #_sourceLocation
  ) -> (text: String, codes: [String], errors: [String]) {
    let pair = Pair(
      [Self.model + base, "variant \"v\" of \"../base\" {\n\(patches)\n}"],
      names: ["rules/base/a.writ", "rules/variants/v.writ"])
    guard case .variant(let variant)? = pair.trees[1].declarations.first?.kind else {
      Issue.record("no variant", sourceLocation: location)
      return ("", [], [])
    }
    #expect(variant.basePath(in: "rules/variants/v.writ") == "rules/base")
    let (trees, found) = variant.applied(to: [pair.trees[0]], in: pair.trees[1])
    let printed = trees.flatMap(\.declarations).map { Printer.print($0, in: .english) }
    let errors = pair.checked(trees).diagnostics.filter { $0.severity == .error }
    return (printed.joined(separator: "\n"), found.map(\.code), errors.map(\.message.english))
  }

  /// Whether the patches make of the base what the replacements of text make of it.
  private func expect(
    _ patches: String, on base: String, makes expected: [(String, String)],
    at location: SourceLocation = #_sourceLocation
  ) {
    var wanted = Self.model + base
    for (from, to) in expected {
      #expect(wanted.contains(from), sourceLocation: location)
      wanted = wanted.replacing(from, with: to)
    }
    let (tree, _) = Parser.parse(Source(name: "w", text: wanted), id: SourceID(0))
    let found = variant(base, patches, at: location)
    #expect(
      found.text
        == tree.declarations.map { Printer.print($0, in: .english) }.joined(separator: "\n"),
      sourceLocation: location)
    #expect(found.codes.isEmpty && found.errors.isEmpty, "\(found)", sourceLocation: location)
  }

  @Test func `patches make a rule set of their own`() {
    let price = """
      param cap = 12% in 5%..20%
      price Account, each step on the running price {
        start spend
        "loyal": when years >= 5 : 3% off
        "one offer": cheapest of {
          "gold": when key : 8% off
          "spring": 12% off
        }
        "cap": (cap) off
        round half up to 0.01
      }
      table share(years: integer) -> percent, first {
        years -> share
        5..   -> 10%
        else  -> 0%
      }
      """
    func check(
      _ patches: String, _ expected: [(String, String)],
      at location: SourceLocation = #_sourceLocation
    ) {
      expect(patches, on: price, makes: expected, at: location)
    }
    check("set cap = 9%", [("= 12% in", "= 9% in")])
    check("remove \"spring\" in price Account", [("    \"spring\": 12% off\n", "")])
    check(
      "replace \"gold\" in price Account { \"gold\": when key : 9% off }", [("8% off", "9% off")])
    check(
      "add before \"spring\" in price Account { \"new\": when years > 9 : 20% off }",
      [("    \"spring\"", "    \"new\": when years > 9 : 20% off\n    \"spring\"")])
    check(
      "add after \"loyal\" in price Account { \"new\": 1% off }",
      [("3% off\n", "3% off\n  \"new\": 1% off\n")])
    check(
      "move \"cap\" before \"loyal\" in price Account",
      [
        ("  \"cap\": (cap) off\n", ""),
        ("  \"loyal\"", "  \"cap\": (cap) off\n  \"loyal\""),
      ])
    check(
      "replace \"5..\" in table share { years -> share\n 3.. -> 12% }",
      [("5..   -> 10%", "3..   -> 12%")])
    check(
      "add in table share { years -> share\n 3.. -> 4% }",
      [("  else  ->", "  3.. -> 4%\n  else  ->")])
    check(
      "remove \"loyal\" in price Account set cap = 20% remove \"one offer\" in price Account",
      [
        ("  \"loyal\": when years >= 5 : 3% off\n", ""), ("= 12% in", "= 20% in"),
        (
          "  \"one offer\": cheapest of {\n    \"gold\": when key : 8% off\n    \"spring\": 12% off\n  }\n",
          ""
        ),
      ])
  }

  @Test func `whole declarations are patched as they are declared`() {
    let base = """

      define Account.weight "权重" = spend * 2
      decide size for Account -> Grade, first { "big": when weight > 90 : A  otherwise C }
      require "years" for Account: years >= 1
      require "spend" for Account: spend > 0 because "nothing spent"
      change "old" for Account { when years > 30 then set years = 30 }
      alert "rich" for Account, high { when spend > 900 }
      """
    func check(
      _ patches: String, _ expected: [(String, String)],
      at location: SourceLocation = #_sourceLocation
    ) {
      expect(patches, on: base, makes: expected, at: location)
    }
    check("remove alert \"rich\"", [("alert \"rich\" for Account, high { when spend > 900 }", "")])
    check(
      "去掉 联动 \"old\"",
      [
        ("change \"old\" for Account { when years > 30 then set years = 30 }", "")
      ])
    check(
      "replace require \"years\" for Account: years >= 2",
      [("years >= 1", "years >= 2")])
    check(
      """
      replace require "spend" for Account: spend > 5 because "little spent"
      replace change "old" for Account { when years > 20 then set years = 20 }
      remove require "years"
      """,
      [
        ("spend > 0 because \"nothing spent\"", "spend > 5 because \"little spent\""),
        ("years > 30 then set years = 30", "years > 20 then set years = 20"),
        ("require \"years\" for Account: years >= 1\n", ""),
      ])
    // A label stands for its name, in a patch too, and both stay.
    check(
      "replace define Account.权重 = spend * 3", [("= spend * 2", "= spend * 3")])
    check(
      "add define Account.half = spend / 2 replace decide size for Account -> Grade { otherwise B }",
      [
        (", first { \"big\": when weight > 90 : A  otherwise C }", " { otherwise B }"),
        (
          "alert \"rich\" for Account, high { when spend > 900 }",
          "alert \"rich\" for Account, high { when spend > 900 }\ndefine Account.half = spend / 2"
        ),
      ])
    #expect(variant(base, "remove alert \"reach\"").codes == ["unknown-block"])
    #expect(variant(base, "remove define Account.wait").codes == ["unknown-block"])
    #expect(variant(base, "replace price Account { start spend }").codes == ["unknown-block"])
    // What others need is missed where they need it.
    #expect(!variant(base, "remove define Account.weight").errors.isEmpty)
  }

  @Test func `a patch of what is not there is told`() {
    func check(_ patches: String, _ codes: [String]) {
      #expect(variant(grade, patches).codes == codes)
    }
    check("remove \"bog\" in decide grade", ["unknown-title"])
    check("remove \"big\" in price Account", ["unknown-block"])
    check("set cap = 3", ["unknown-name"])
    check("move \"big\" after \"older\" in decide grade", ["unknown-title"])
    check("remove \"big\" in decide grade remove \"big\" in decide grade", ["unknown-title"])
    check("replace \"big\" in decide grade { \"big\": when years > 1 : A }", [])
  }

  @Test func `an otherwise and a plain limit take the place of those of the base`() {
    let found = variant(grade, "add in decide grade { otherwise B }")
    #expect(found.text.contains("otherwise B") && !found.text.contains("otherwise C"))
    #expect(found.errors.isEmpty)
  }
}
