import Foundation
import Support
import Testing
import WritText

@testable import WritSyntax

/// What differs between two forms of a rule set, and the forms in between.
@Suite struct EditsTests {
  /// Both forms, each one file, and what lies between them.
  private func difference(_ before: String, _ after: String) -> (RuleDifference, Sources) {
    var sources = Sources()
    let trees = [before, after].map { text in
      let id = sources.add(Source(name: "rules.writ", text: text))
      let (tree, diagnostics) = Parser.parse(sources[id], id: id)
      #expect(!diagnostics.hasErrors, "\(diagnostics.map(\.code)) in \(text)")
      return tree
    }
    return (RuleDifference(from: [trees[0]], to: [trees[1]], sources: sources), sources)
  }

  /// The edits, one a line: what was done to what, and which part of it.
  private func edits(_ before: String, _ after: String) -> [String] {
    let (difference, sources) = difference(before, after)
    expectWhole(difference, "\(after)")
    return difference.edits.map { edit in
      #expect((edit.before == nil) == (edit.kind == .added))
      #expect((edit.after == nil) == (edit.kind == .removed))
      #expect(sources.text(of: edit.span) != "")
      let aspect = edit.aspect.map { " " + $0.rawValue } ?? ""
      let name = edit.title.isEmpty ? "" : " «\(edit.title)»"
      return "\(edit.kind) \(edit.subject)\(aspect) \(edit.block)\(name)"
    }
  }

  /// With all edits done the base says what the other form says, in any order of declarations.
  private func expectWhole(_ difference: RuleDifference, _ story: String) {
    func text(_ trees: [FileTree], of kind: (Declaration) -> Bool) -> [String] {
      trees.flatMap(\.declarations).filter(kind).map { Printer.print($0, in: .english) }
    }
    // A variant is a rule set of its own.
    func isOfSet(_ declaration: Declaration) -> Bool {
      if case .variant = declaration.kind { false } else { true }
    }
    let all = difference.applying(difference.edits.indices)
    #expect(
      text(all, of: isOfSet).sorted() == text(difference.other, of: isOfSet).sorted(),
      "\(story)")
    // The order of changes counts.
    func isChange(_ declaration: Declaration) -> Bool {
      if case .change = declaration.kind { true } else { false }
    }
    #expect(text(all, of: isChange) == text(difference.other, of: isChange), "\(story)")
    let none = difference.applying([])
    #expect(
      text(none, of: isOfSet) == text(difference.base, of: isOfSet), "\(story)")
  }

  private let decide = """
    decide grade for Account -> Grade, first {
      "a": when spend > 100 : A
      "b": when spend > 50 : B
      "c": when spend > 20 : B
      otherwise C
    }
    """

  @Test func `an edit is told in the words of its author`() {
    let rules = """
      判定 等级 针对 客户 -> 档, 取首个 {
        "大": 当 消费 > 100 : 甲
        兜底 乙
      }
      校验 "账期" 针对 客户: 账期 <= 90 提示 "太长"
      """
    let other = rules.replacing("兜底 乙", with: "兜底 丙").replacing("<= 90", with: "<= 60")
      .replacing("> 100", with: "> 80")
    let told = difference(rules, other).0.edits.map {
      [$0.title, $0.textBefore, $0.textAfter]
    }
    #expect(
      told == [
        ["大", "\"大\": 当 消费 > 100 : 甲", "\"大\": 当 消费 > 80 : 甲"],
        ["兜底", "兜底 乙", "兜底 丙"],
        [
          "", "校验 \"账期\" 针对 客户: 账期 <= 90 提示 \"太长\"",
          "校验 \"账期\" 针对 客户: 账期 <= 60 提示 \"太长\"",
        ],
      ])
  }

  @Test func `layout, comments, spelling of keywords and the order of declarations are no edits`() {
    #expect(edits(decide, decide) == [])
    #expect(
      edits(decide, decide.replacing("spend > 100", with: "spend   >   100   # as agreed\n   "))
        == [])
    #expect(
      edits("param a = 1\nparam b = 2 in 1..5", "# moved\nparam b = 2 in 1..5\n\nparam a = 1")
        == [])
    let (tree, _) = Parser.parse(Source(name: "en", text: decide), id: SourceID(0))
    let chinese = Printer.print(tree, in: .chinese)
    #expect(chinese != decide)
    #expect(edits(decide, chinese) == [])
  }

  @Test(arguments: [
    ("spend > 100", "spend > 120", "changed rule condition Account.grade «a»"),
    (": B\n  \"c\"", ": A\n  \"c\"", "changed rule value Account.grade «b»"),
    ("spend > 50 : B", "spend > 60 : A", "changed rule Account.grade «b»"),
    ("\"b\":", "\"big\":", "changed rule title Account.grade «big»"),
    ("otherwise C", "otherwise B", "changed block value Account.grade «otherwise»"),
    ("  otherwise C\n", "", "removed block Account.grade «otherwise»"),
    (", first", ", unique", "changed block Account.grade"),
    ("-> Grade", "-> Rank", "changed block Account.grade"),
    ("  \"b\": when spend > 50 : B\n", "", "removed rule Account.grade «b»"),
    (
      "  otherwise", "  \"d\": when spend > 10 : B\n  otherwise",
      "added rule Account.grade «d»"
    ),
    ("decide grade for", "decide class for", "added declaration Account.class"),
  ])
  func `each edit of a decision is told`(from: String, to: String, expected: String) {
    let found = edits(decide, decide.replacing(from, with: to))
    #expect(found.first == expected)
    #expect(found.count == (expected.hasPrefix("added declaration") ? 2 : 1))
  }

  @Test func `one rule moved is one edit`() {
    let moved = decide.replacing("  \"a\": when spend > 100 : A\n", with: "")
      .replacing("  otherwise", with: "  \"a\": when spend > 100 : A\n  otherwise")
    #expect(edits(decide, moved) == ["moved rule Account.grade «a»"])
    let both = moved.replacing("spend > 100", with: "spend > 90")
    #expect(
      edits(decide, both) == [
        "moved rule Account.grade «a»", "changed rule condition Account.grade «a»",
      ])
  }

  @Test func `edits in every kind of block`() {
    func check(
      _ block: String, _ changes: [(String, String)], _ expected: [String],
      at location: SourceLocation = #_sourceLocation
    ) {
      var after = block
      for (from, to) in changes {
        #expect(after.contains(from), sourceLocation: location)
        after = after.replacing(from, with: to)
      }
      #expect(edits(block, after) == expected, sourceLocation: location)
    }
    check(
      """
      territories for Account to Rep, first {
        "East": when region within east {
          "Jiangsu": when region within jiangsu owner Rep "1"
          "Shanghai": when region within shanghai owner Rep "2"
        }
        "West": when region within west owner Rep "3"
        otherwise queue unassigned
      }
      """,
      [
        ("Rep \"2\"", "Rep \"9\""), ("within east", "within north"),
        ("queue unassigned", "queue q"),
      ],
      [
        "changed rule condition territories Account «East»",
        "changed rule value territories Account «Shanghai»",
        "changed block value territories Account «otherwise»",
      ])
    check(
      """
      assign Lead to Rep r, sets owner, counts r.open, in order of created then id {
        skip r where r.on_leave
        "hot": when score >= 80 among r where r.role >= manager by least r.open then r.id
        "rest": among r where r.region = region by rotation "desk"
        otherwise queue pool
      }
      """,
      [
        ("r.on_leave", "r.away"), ("least r.open", "most r.capacity"),
        ("counts r.open, ", ""), ("queue pool", "queue later"),
      ],
      [
        "changed block assign Lead", "changed rule condition assign Lead «r.away»",
        "changed rule value assign Lead «hot»", "changed block value assign Lead «otherwise»",
      ])
    check(
      """
      price Line as dealer, each step on the running price {
        start first of {
          "contract": contract_price(account, product) final
          "list": product.list_price
        }
        mark regular
        times quantity
        "volume": tier by quantity { from 10 : 9折  from 20 : 8折 }
        "one offer": cheapest of {
          "gold": when tier = gold : 8% off
          "spring": 12% off
        }
        whole quote {
          "满减": tier by running { from 5000 : 200 off }
        }
        floor cost * 105% raise
        round half up to 0.01
      }
      """,
      [
        ("8% off", "9% off"), ("from 10 :", "from 12 :"), ("    \"spring\": 12% off\n", ""),
        ("200 off", "300 off"), ("105%", "110%"), ("product.list_price", "product.price"),
        ("cheapest of", "first of"),
      ],
      [
        "changed rule value price Line as dealer «list»",
        "changed rule value price Line as dealer «volume»",
        "changed rule value price Line as dealer «one offer»",
        "changed rule value price Line as dealer «gold»",
        "removed rule price Line as dealer «spring»",
        "changed rule value price Line as dealer «满减»",
        "changed rule value price Line as dealer «floor cost * 110% raise»",
      ])
    check(
      """
      authorize discount on Quote by Role, more is worse, asked by rep {
        limit rep 10%, manager 20%, vp any
        "thin": when thin : limit rep 5%
        "key": when account.key : instead limit manager 45%
        void on account
      }
      """,
      [("rep 10%", "rep 12%"), ("when thin", "when thin and not old"), ("void on account", "")],
      [
        "changed block authorize discount on Quote",
        "changed rule value authorize discount on Quote «limit rep 12%, manager 20%, vp any»",
        "changed rule condition authorize discount on Quote «thin»",
      ])
    check(
      """
      authorize sale of Product p to Account a by Rep r {
        "own": permit when a.owner = r
        "export": forbid when p.controlled
      }
      """,
      [("forbid when p", "forbid unless p"), ("a.owner", "a.keeper")],
      [
        "changed rule condition authorize sale «own»",
        "changed rule condition authorize sale «export»",
      ]
    )
    check(
      """
      match Lead l with Account a where a.phone = l.phone {
        "code": certain when a.code = l.code
        "name": suspected when similarity(l.company, a.name) >= 90%
      }
      """,
      [("90%", "85%"), ("certain", "suspected"), ("a.phone = l.phone", "a.mail = l.mail")],
      [
        "changed block match Lead", "changed rule value match Lead «code»",
        "changed rule condition match Lead «name»",
      ])
    check(
      """
      change "recycle" for Lead, priority 10 { when status = open then set owner = missing }
      alert "conflict", high { when Lead a, Lead b where a.id < b.id because "both" }
      require "stock" for Line: quantity <= stock because "only {stock}"
      split credit of Deal.amount to 0.01 { rep 50%, helper 50% }
      param cap = 12% in 5%..20%
      define Account.spend = sum of o.amount over Order o where o.account = this
      """,
      [
        ("priority 10", "priority 12"), ("high", "low"), ("<= stock", "< stock"),
        ("rep 50%, helper 50%", "rep 60%, helper 40%"), ("= 12%", "= 13%"), ("sum of", "max of"),
      ],
      [
        "changed declaration alert \"conflict\"", "changed declaration require \"stock\"",
        "changed declaration split credit", "changed declaration cap",
        "changed declaration Account.spend", "changed declaration change \"recycle\"",
      ])
  }

  @Test func `rows and arms are found again by what they say`() {
    let table = """
      table limit_for(role: Role, family: Family) -> percent, first {
        role    | family   -> limit
        rep     | any      -> 10%
        manager | hardware -> 15%
        manager | any      -> 20%
        else               -> 0%
      }
      define Account.grade : Grade = case { spend >= 100 : A   spend >= 20 : B   else : C }
      define Lead.score = points { always : 10   size >= 500 : 40   visits : 2 each at most 30 }
      """
    func check(_ from: String, _ to: String, _ expected: [String]) {
      #expect(edits(table, table.replacing(from, with: to)) == expected)
    }
    check("-> 15%", "-> 16%", ["changed row value limit_for «manager | hardware»"])
    check("rep     | any      ->", "rep | oem ->", ["changed row condition limit_for «rep | oem»"])
    check("  manager | hardware -> 15%\n", "", ["removed row limit_for «manager | hardware»"])
    check(
      "  else   ", "  vp | any -> 50%\n  else   ", ["added row limit_for «vp | any»"])
    check(
      "spend >= 20 : B", "spend >= 30 : B", ["changed rule condition Account.grade «spend >= 30»"])
    check("else : C", "else : B", ["changed block value Account.grade «otherwise»"])
    check("500 : 40", "500 : 45", ["changed rule value Lead.score «size >= 500»"])
    check("   size >= 500 : 40", "", ["removed rule Lead.score «size >= 500»"])
    // Another number of columns makes every row another: one edit.
    check(
      "(role: Role, family: Family)", "(role: Role, family: Family)",
      [])
    let wide = table.replacing("family: Family)", with: "family: Family, size: number)")
      .replacing("family   ->", with: "family | size ->")
      .replacing("any      ->", with: "any | any ->").replacing(
        "hardware ->", with: "hardware | any ->")
    #expect(edits(table, wide) == ["changed declaration limit_for"])
  }

  @Test func `some of the edits give a form in between`() {
    let after = decide.replacing("spend > 100", with: "spend > 120")
      .replacing("  \"b\": when spend > 50 : B\n", with: "")
      .replacing("  otherwise C", with: "  \"d\": when spend > 5 : B\n  otherwise B")
    let (difference, _) = difference(decide, after)
    func text(_ chosen: [Int]) -> String {
      difference.applying(chosen).flatMap(\.declarations)
        .map { Printer.print($0, in: .english) }.joined(separator: "\n")
    }
    #expect(
      difference.edits.map { "\($0.kind) \($0.title)" }
        == ["changed a", "added d", "changed otherwise", "removed b"])
    #expect(text([]) == decide)
    #expect(text([0]) == decide.replacing("spend > 100", with: "spend > 120"))
    #expect(
      text([1])
        == decide.replacing("  otherwise", with: "  \"d\": when spend > 5 : B\n  otherwise"))
    #expect(text([3]) == decide.replacing("  \"b\": when spend > 50 : B\n", with: ""))
    #expect(text([0, 1, 2, 3]) == after)
  }

  @Test func `the rules of a form in between are told without its trees`() {
    let lines = ["a", "b", "c", "d", "e"].enumerated().map {
      "  \"\($1)\": when spend > \(100 - $0) : A\n"
    }
    func form(_ lines: [String]) -> String {
      let head = "for Account -> Grade, first {\n"
      return "decide x \(head)\(lines.joined())}\n\ndecide y \(head)\(lines[0])}\n"
    }
    let moved = lines[3].replacing("spend", with: "sales")
    let after = [lines[2], lines[0], "  \"f\": when spend > 1 : B\n", moved, lines[1]]
    let (difference, _) = difference(form(lines), form(after))
    #expect(difference.edits.count > 4)
    for subset in 0..<1 << difference.edits.count {
      let chosen = difference.edits.indices.filter { subset >> $0 & 1 == 1 }
      let decides = difference.applying(chosen).flatMap(\.declarations).compactMap {
        if case .decide(let decide) = $0.kind { decide.rules.map(\.span) } else { nil }
      }
      #expect(decides.count == 2)
      for (number, spans) in decides.enumerated() {
        #expect(difference.rules(ofDecide: number, applying: chosen) == spans, "\(chosen)")
      }
    }
    #expect(difference.rules(ofDecide: 2, applying: []) == nil)
  }

  @Test func `an edit says which names it needs`() {
    let before = decide
    let after =
      "param cap = 70\n"
      + decide.replacing("spend > 50", with: "spend > cap")
      .replacing("spend > 20", with: "spend > 25")
    let (difference, _) = difference(before, after)
    let places = Dictionary(
      uniqueKeysWithValues: difference.edits.enumerated().map { ($1.block + $1.title, $0) })
    let (param, rule) = (places["cap"] ?? -1, places["Account.gradeb"] ?? -1)
    #expect(difference.needs(rule, param))
    #expect(!difference.needs(param, rule))
    #expect(!difference.needs(places["Account.gradec"] ?? -1, param))
  }

  // MARK: Random edits

  /// The rule books, one form each.
  static let books: [String] = {
    var paths: [String] = []
    for folder in ["rules", "playground", "Tests/Corpus/parse"] {
      let all = FileManager.default.enumerator(atPath: CorpusFile.root + "/" + folder)
      while let name = all?.nextObject() as? String {
        if name.hasSuffix(".writ") { paths.append(folder + "/" + name) }
      }
    }
    return paths.sorted()
  }()

  @Test(arguments: Seeds.run(Seeds.count(25), from: 50_001))
  func `all edits give the other form, and any of them one that prints and parses`(seed: UInt64) {
    var dice = SeededGenerator(seed: seed)
    for _ in 0..<6 {
      let path = Self.books[dice.below(Self.books.count)]
      guard let bytes = CorpusFile.bytes(of: path) else { continue }
      var sources = Sources()
      let first = sources.add(Source(name: "a.writ", bytes: bytes))
      let (tree, broken) = Parser.parse(sources[first], id: first)
      if broken.hasErrors { continue }
      var edited = tree
      edited.comments = []
      edited.declarations = disturbed(
        tree.declarations.map { Part.declaration($0) }, &dice, isTop: true
      ).compactMap { if case .declaration(let it) = $0 { it } else { nil } }
      let text = numbersDisturbed(Printer.print(edited), &dice)
      let second = sources.add(Source(name: "b.writ", text: text))
      let (other, alsoBroken) = Parser.parse(sources[second], id: second)
      if alsoBroken.hasErrors { continue }
      let story = "WRIT_SEED=\(seed) \(path)"
      let difference = RuleDifference(from: [tree], to: [other], sources: sources)
      expectWhole(difference, story)
      #expect(
        RuleDifference(from: [tree], to: [tree], sources: sources).edits.isEmpty, "\(story)")
      // Where spans say less, the same is found by looking at all that stands there.
      var unsure = tree
      unsure.isPatched = true
      #expect(
        RuleDifference(from: [unsure], to: [other], sources: sources).edits == difference.edits,
        "\(story)")
      // The way back takes as many steps where nothing moved.
      let back = RuleDifference(from: [other], to: [tree], sources: sources)
      expectWhole(back, story)
      for _ in 0..<3 {
        let chosen = difference.edits.indices.filter { _ in dice.below(2) == 0 }
        let between = difference.applying(chosen)
        var count = 0
        for tree in between {
          let printed = Printer.print(
            FileTree(
              source: tree.source, declarations: tree.declarations, comments: [],
              language: .english))
          count += tree.declarations.count
          let (again, found) = Parser.parse(
            Source(name: "c", text: printed), id: SourceID(0))
          #expect(again.declarations.count == tree.declarations.count, "\(story)\n\(printed)")
          _ = found
        }
        let rest = RuleDifference(from: between, to: [other], sources: sources)
        #expect(rest.edits.count <= difference.edits.count, "\(story)")
        expectWhole(rest, story)
        #expect(count > 0 || chosen.count > 0 || tree.declarations.isEmpty)
      }
    }
  }

  /// Parts with some taken away, moved, called otherwise, or changed inside.
  private func disturbed(
    _ parts: [Part], _ dice: inout SeededGenerator, isTop: Bool
  ) -> [Part] {
    var result: [Part] = []
    for part in parts {
      let kind = dice.below(isTop ? 12 : 14)
      if kind == 0 { continue }
      var part = part
      if !part.inside.isEmpty, kind > 2 {
        part = part.filled(with: disturbed(part.inside, &dice, isTop: false))
      }
      result.append(part)
    }
    if result.count > 1, dice.below(4) == 0 {
      let taken = result.remove(at: dice.below(result.count))
      result.insert(taken, at: dice.below(result.count + 1))
    }
    return result
  }

  /// A text with some digits of plain numbers made others.
  private func numbersDisturbed(_ text: String, _ dice: inout SeededGenerator) -> String {
    var result = ""
    var previous: Character = " "
    for character in text {
      if character.isASCII, character.isNumber, character != "0", previous == " ",
        dice.below(6) == 0
      {
        result.append(Character(String(1 + dice.below(9))))
      } else {
        result.append(character)
      }
      previous = character
    }
    return result
  }
}

extension SeededGenerator {
  fileprivate mutating func below(_ count: Int) -> Int { number(0...max(0, count - 1)) }
}
