import Foundation
import Testing

/// Comparisons in parts that share files, and what is told of measures beside chosen decisions.
@Suite struct ComparedPartsTests {
  /// Quotes with lines, accounts that all parts read, a quantifier, a fold, and a measure that is no
  /// sum.
  private static func rules(off: String, grade: String, more: String = "") -> String {
    """
    currency CNY
    enum Grade { large, small }
    record Account { id : text key, spend : money }
    record Quote { id : text key, account : Account }
    record Line { id : text key, quote : Quote part as lines, list : money, quantity : integer }
    data Account from "accounts.csv"
    data Quote from "quotes.csv"
    data Line from "lines.csv"
    decide grade for Account -> Grade, first { "large": when spend >= \(grade) : large  otherwise : small }
    price Line, each step on the running price {
      start list
      times quantity
      "gold": when quote.account.grade = large : \(off) off
      round half up to 0.01
    }
    define Quote.dear = some Line l in lines where l.price >= 500
    decide kind for Quote -> Grade, first { "dear": when dear : large  otherwise : small }
    measure "revenue" = sum of l.price over Line l, more is better, may fall by at most 50%
    measure "large" = count of a over Account a where a.grade = large
    measure "share" = (count of a over Account a where a.grade = large) / (count of a over Account a)
    \(more)
    """
  }

  private func desk(more: String = "") throws -> Scratch {
    let desk = Scratch()
    try desk.write("a/r.writ", Self.rules(off: "5%", grade: "500", more: more))
    try desk.write("b/r.writ", Self.rules(off: "12.5%", grade: "300", more: more))
    return desk
  }

  private func write(_ desk: Scratch, _ folder: String, quotes: [Int]) throws {
    let accounts = (0..<9).map { "A\($0),\($0 * 100)\n" }.joined()
    try desk.write("\(folder)/accounts.csv", "id,spend\n" + accounts)
    try desk.write(
      "\(folder)/quotes.csv", "id,account\n" + quotes.map { "Q\($0),A\($0 % 9)\n" }.joined())
    let lines = quotes.flatMap { quote in
      (0..<(quote % 3 + 1)).map {
        "L\(quote)-\($0),Q\(quote),\(quote * 7 + $0 * 31).35,\($0 + 1)\n"
      }
    }
    // The order of rows is another in every part.
    try desk.write(
      "\(folder)/lines.csv",
      "id,quote,list,quantity\n" + (quotes.count % 2 == 0 ? lines : lines.reversed()).joined())
  }

  private let options = "--as-of 2026-01-01 --format json"

  @Test func `records that all parts read are told once`() throws {
    let desk = try desk()
    let all = Array(0..<90)
    try write(desk, "all", quotes: all)
    let whole = try shell("writ compare a b --data all \(options)", in: desk)
    #expect(whole.status == 0, "\(whole.messages)")
    let parts = [
      all.filter { $0 % 4 == 0 }.reversed(), all.filter { $0 % 4 == 1 }, [],
      all.filter { $0 % 4 > 1 },
    ]
    for (index, part) in parts.enumerated() {
      try write(desk, "p\(index)", quotes: part)
      let run = try shell(
        "writ compare a b --data p\(index) \(options) --partial p\(index).json", in: desk)
      #expect(run.status == 0, "\(run.messages)")
    }
    for order in ["p0.json p1.json p2.json p3.json", "p3.json p2.json p0.json p1.json"] {
      let merged = try shell("writ merge \(order) --format json", in: desk)
      #expect(merged.out == whole.out, "\(order) \(merged.messages)")
    }
  }

  @Test func `records that all parts read, and that depend on what was cut, are refused`() throws {
    let more = """
      define Account.bought = sum of l.price over Line l where l.quote.account = this
      """
    let desk = try desk(more: more)
    for (index, part) in [[0, 1, 2], [3, 4, 5]].enumerated() {
      try write(desk, "p\(index)", quotes: part)
      _ = try shell(
        "writ compare a b --data p\(index) \(options) --partial p\(index).json", in: desk)
    }
    let run = try shell("writ merge p0.json p1.json", in: desk)
    #expect(run.status == 2)
    #expect(run.messages.contains("parts-overlap"), "\(run.messages)")
    #expect(run.messages.contains("`p1.json` decides the same records of `Account` otherwise"))
    for index in 0...1 {
      _ = try shell(
        "writ compare a b --data p\(index) --only grade --only 'price Line' \(options)"
          + " --partial p\(index).json", in: desk)
    }
    let chosen = try shell("writ merge p0.json p1.json", in: desk)
    #expect(chosen.status == 0, "\(chosen.messages)")
  }

  @Test func `a part that was changed on its way is none`() throws {
    let desk = try desk(more: "measure \"dearest\" = max of l.price over Line l")
    try write(desk, "p", quotes: [1, 2, 3])
    let run = try shell("writ compare a b --data p \(options) --partial p.json", in: desk)
    #expect(run.messages.contains("`dearest` cannot be added up from parts"), "\(run.messages)")
    let text = try desk.read("p.json")
    let told = try shell("writ merge p.json --format json", in: desk)
    #expect(told.status == 0)
    #expect(told.out.contains("`dearest` cannot be added up"), "\(told.out)")
    let digit = try #require(text.firstIndex { $0 == "7" })
    let changes = [
      text.replacingCharacters(in: digit...digit, with: "8"), String(text.dropLast(3)),
      String(text.dropFirst()), text + " ", "",
    ]
    for changed in changes {
      try desk.write("q.json", changed)
      let run = try shell("writ merge q.json", in: desk)
      #expect(run.status == 2)
      #expect(run.messages.contains("not-a-part"), "\(run.messages)")
    }
  }

  @Test func `parts of other tables are parts of other rules`() throws {
    let desk = Scratch()
    let rules = """
      record Deal { id : text key, n : number }
      data Deal from "deals.csv"
      table rate(n: number) -> number, first from "rate.csv"
      decide fee for Deal -> number, first { "fee": rate(n) * n }
      variant "double" of "" { replace "fee" in decide fee { "fee": rate(n) * n * 2 } }
      """
    try desk.write("rules.writ", rules)
    // What else lies in the folder of a file that is named alone is not of its rules.
    try desk.write("other.writ", rules)
    for (part, rate) in [1, 1, 3].enumerated() {
      try desk.write("rate.csv", "n,rate\n,\(rate)\n")
      try desk.write("p\(part)/deals.csv", "id,n\nD\(part),5\n")
      let run = try shell(
        "writ compare rules.writ double --data p\(part) \(options) --partial p\(part).json",
        in: desk)
      #expect(run.status == 0, "\(run.messages)")
    }
    let same = try shell("writ merge p0.json p1.json", in: desk)
    #expect(same.status == 0, "\(same.messages)")
    #expect(same.out.contains("2 of 2 Deal records change in fee (+10)"), "\(same.out)")
    let other = try shell("writ merge p0.json p2.json", in: desk)
    #expect(other.status == 2)
    #expect(other.messages.contains("the files of the rules' tables"), "\(other.messages)")
  }

  @Test func `a title of two variants names neither`() throws {
    let desk = try desk()
    try write(desk, "all", quotes: [1, 2, 3])
    for (set, off) in [("a", "1%"), ("b", "2%")] {
      try desk.write(
        "\(set)/v.writ",
        """
        variant "less" of "" {
          replace "gold" in price Line { "gold": when quote.account.grade = large : \(off) off }
        }
        variant "least" of "less" { remove "gold" in price Line }
        """)
    }
    let run = try shell("writ compare a b less --data all", in: desk)
    #expect(run.status == 2)
    #expect(run.messages.contains("ambiguous-rule-set"), "\(run.messages)")
    #expect(run.messages.contains("a/v.writ:1, b/v.writ:1"), "\(run.messages)")
    let one = try shell("writ compare a less least --data all", in: desk)
    #expect(one.status == 0, "\(one.messages)")
  }

  @Test func `measures and limits hold whatever decisions are told`() throws {
    let desk = try desk()
    try write(desk, "all", quotes: Array(0..<60))
    func measures(_ words: String) throws -> [String] {
      let run = try shell("writ compare a b --data all \(options) \(words)", in: desk)
      let json = try JSONSerialization.jsonObject(with: Data(run.out.utf8)) as? [String: Any]
      let differences = try #require(json?["differences"] as? [[String: Any]])
      let measures = try #require(differences.first?["measures"] as? [[String: Any]])
      return measures.map { measure in
        ["title", "before", "after"].map { "\(measure[$0] ?? "-")" }.joined(separator: " ")
      }
    }
    let all = try measures("")
    #expect(all.contains("large 4 6"), "\(all)")
    #expect(try measures("--only 'price Line'") == all)
    #expect(try measures("--only kind") == all)
  }

  @Test(arguments: [
    ("d.n", "-1000", 0, "nothing to measure"), ("d.n", "2", 1, "1 record has no value"),
    ("known d.n", "2", 0, "nothing differs"),
  ])
  func `a limit that cannot be judged is not kept`(
    value: String, least: String, status: Int, said: String
  ) throws {
    let desk = Scratch()
    let rules = """
      record Deal { id : text key, n : number?, m : number }
      data Deal from "deals.csv"
      decide big for Deal -> yes/no, first { "big": when m >= 5 : yes  otherwise : no }
      measure "mean" = average of \(value) over Deal d where d.m < \(least), may fall by at most 5%
      """
    try desk.write("a/r.writ", rules)
    try desk.write("deals.csv", "id,n,m\nD1,5,1\nD2,,0\n")
    let run = try shell("writ compare a a --data .", in: desk)
    #expect(run.status == status, "\(run.out)\(run.messages)")
    #expect(run.out.contains(said), "\(run.out)")
  }

  @Test func `verdicts are held against recorded words`() throws {
    let desk = Scratch()
    func rules(_ limit: String) -> String {
      """
      enum Role ordered { rep, manager }
      enum Said { allowed, asked "approval" }
      record Rep { id : text key, role : Role }
      record Quote { id : text key, by : Rep, off : percent, said : text?, noted : Said? }
      data Rep from "reps.csv"
      data Quote from "quotes.csv"
      authorize off on Quote by Role, more is worse, asked by by { limit rep \(limit), manager any }
      """
    }
    try desk.write("a/r.writ", rules("10%"))
    try desk.write("b/r.writ", rules("12%"))
    try desk.write("reps.csv", "id,role\nR,rep\n")
    try desk.write(
      "quotes.csv",
      """
      id,by,off,said,noted
      1,R,8%,allowed,allowed
      2,R,11%,approval,asked
      3,R,11.5%,允许,allowed
      4,R,12%,who knows,
      5,R,20%,,approval

      """)
    for (field, counts) in [
      ("said", #""recorded":4,"agreesBefore":2,"agreesAfter":2"#),
      ("noted", #""recorded":4,"agreesBefore":3,"agreesAfter":3"#),
    ] {
      let run = try shell(
        "writ compare a b --data . --against Quote.\(field) --format json", in: desk)
      #expect(run.status == 0, "\(run.messages)")
      #expect(run.out.contains(counts), "\(run.out)")
    }
  }

  @Test func `a changed price names the step that changed it`() throws {
    let desk = try desk()
    try write(desk, "all", quotes: Array(0..<60))
    let run = try shell("writ compare a b --data all --as-of 2026-01-01 --top 1", in: desk)
    // A step that says the same, though in a narrower column, did not.
    #expect(
      run.out.contains("    - gold 874.70 =\n    + gold 765.3625 -109.3375\n"), "\(run.out)")
  }

  @Test func `a share of the same records is tested by McNemar`() throws {
    let desk = Scratch()
    func rules(_ answer: String) -> String {
      """
      record Deal { id : text key, before : yes/no, after : yes/no, open : yes/no }
      data Deal from "deals.csv"
      decide won for Deal -> yes/no, first { "as seen": \(answer) }
      measure "won" = (count of d over Deal d where d.open and d.won) / (count of d over Deal d where d.open)
      measure "other" = (count of d over Deal d where d.won) / (count of d over Deal d where d.won or d.open)
      """
    }
    try desk.write("a/r.writ", rules("before"))
    try desk.write("b/r.writ", rules("after"))
    var rows = "id,before,after,open\n"
    for (count, words) in [(40, "no,yes"), (160, "yes,no"), (200, "yes,yes"), (100, "no,no")] {
      for _ in 0..<count { rows += "D\(rows.utf8.count),\(words),yes\n" }
    }
    for _ in 0..<30 { rows += "D\(rows.utf8.count),yes,no,no\n" }
    try desk.write("deals.csv", rows)
    let run = try shell("writ compare a b --data . \(options)", in: desk)
    let json = try JSONSerialization.jsonObject(with: Data(run.out.utf8)) as? [String: Any]
    let differences = try #require(json?["differences"] as? [[String: Any]])
    let measures = try #require(differences.first?["measures"] as? [[String: Any]])
    let estimate = try #require(measures[0]["estimate"] as? [String: Any])
    #expect((estimate["method"] as? String)?.hasPrefix("McNemar") == true, "\(estimate)")
    // Tango's interval for 40 and 160 of 500, worked out apart.
    #expect(abs((estimate["low"] as? Double ?? 0) - -0.291_138_360_043) < 1e-9, "\(estimate)")
    #expect(abs((estimate["high"] as? Double ?? 0) - -0.188_349_861_548) < 1e-9, "\(estimate)")
    // Who is asked differs here: no record answers yes or no under both.
    let other = try #require(measures[1]["estimate"] as? [String: Any])
    #expect((other["method"] as? String)?.contains("bootstrap") == true, "\(other)")
  }
}
