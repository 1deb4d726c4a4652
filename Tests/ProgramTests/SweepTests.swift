import Foundation
import Testing

/// `writ sweep` from outside: curves, exact values at which answers change, and what it refuses.
@Suite struct SweepTests {
  private let rules = """
    currency CNY
    enum Answer { fine, ask }
    record Quote { id : text key, asked : percent, amount : money }
    param cap "上限" = 10% in 5%..20%
    param floor = 100 in 50..150
    decide verdict for Quote -> Answer, first {
      "small": when asked <= cap : fine
      otherwise ask
    }
    price Quote, each step on the running price {
      start amount
      "cap": (cap) off
      round half up to 0.01
    }
    """

  private func scratch(_ rules: String, _ rows: [String]) throws -> Scratch {
    let scratch = Scratch()
    try scratch.write("rules/a.writ", rules)
    try scratch.write("data/quotes.csv", "id,asked,amount\n" + rows.map { $0 + "\n" }.joined())
    return scratch
  }

  private let rows = ["q1,7.25%,100", "q2,12.5%,200", "q3,12.50%,300.05", "q4,33%,50", "q5,5%,1"]

  private func sweep(_ scratch: Scratch, _ words: String) throws -> Run {
    try shell(
      "writ sweep rules --data Quote=data/quotes.csv --as-of 2026-01-01 " + words, in: scratch)
  }

  /// The flips of a run: `from 12.5% q2 q3`.
  private func flips(_ run: Run) -> [String] {
    run.out.split(separator: "\n").compactMap { line in
      guard
        let object = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any],
        object["kind"] as? String == "flip", let at = object["at"], let value = object["value"],
        let records = object["records"] as? [String]
      else { return nil }
      return "\(at) \(value) \(records.joined(separator: " "))"
    }
  }

  @Test func `draws curves over the declared range and finds where answers change`() throws {
    let scratch = try scratch(rules, rows)
    let run = try sweep(scratch, "--param cap --format table")
    #expect(run.status == 0, "\(run.messages)")
    #expect(
      run.out == """
              cap  price Quote  answers changed
               5%       618.50
               6%       611.99                0
               7%       605.48                0
               8%       598.97                1
               9%       592.46                0
        10% (now)       585.95                0
              11%       579.43                0
              12%       572.92                0
              13%       566.41                2
              14%       559.90                0
              15%       553.39                0
              16%       546.88                0
              17%       540.37                0
              18%       533.86                0
              19%       527.35                0
              20%       520.84                0

        Where answers change
          from 7.25%  Quote.verdict  ask → fine  × 1  q1
          from 12.5%  Quote.verdict  ask → fine  × 2  q2, q3

        """)
  }

  @Test func `values close together are told together for people, one by one for programs`() throws
  {
    let scratch = try scratch(
      rules, (1...9).map { "n\($0),7.0\($0)%,1" } + ["q1,8.5%,1", "q2,12.5%,1"])
    let run = try sweep(scratch, "--param cap --format table")
    let turns = run.out.components(separatedBy: "Where answers change\n").last ?? ""
    #expect(
      turns == """
          9 values from 7.01% to 7.09%  Quote.verdict  ask → fine  × 9  n1, n2, n3 …
          from 8.5%                     Quote.verdict  ask → fine  × 1  q1
          from 12.5%                    Quote.verdict  ask → fine  × 1  q2
        `--format csv` lists each of the values.

        """)
    #expect(flips(try sweep(scratch, "--param cap")).count == 11)
  }

  @Test func `tells whether the value itself turns the answer`() throws {
    func check(_ condition: String, _ expected: [String]) throws {
      let scratch = try scratch(rules.replacing("asked <= cap", with: condition), rows)
      #expect(flips(try sweep(scratch, "--param cap")) == expected, "\(condition)")
    }
    try check("asked < cap", ["above 5% q5", "above 7.25% q1", "above 12.5% q2 q3"])
    try check("asked <= cap * 2", ["from 6.25% q2 q3", "from 16.5% q4"])
    try check("asked * 3 <= cap * 4", ["from 5.4375% q1", "from 9.375% q2 q3"])
    // A third has no end: the first value of nine digits from which it is so.
    try check("asked * 2 <= cap * 3", ["from 8.3333334% q2 q3"])
    // Two numbers of one record in one interval.
    try check(
      "asked <= cap and asked > cap - 6%",
      [
        "from 5% q5", "from 7.25% q1", "from 11% q5", "from 12.5% q2 q3", "from 13.25% q1",
        "from 18.5% q2 q3",
      ].filter { $0 != "from 5% q5" })
  }

  @Test func `what it finds is what a run finds`() throws {
    let scratch = try scratch(rules, rows)
    func verdicts(_ cap: String) throws -> String {
      try scratch.write("rules/a.writ", rules.replacing("= 10% in", with: "= \(cap) in"))
      let run = try shell(
        "writ run rules --data Quote=data/quotes.csv --as-of 2026-01-01 --only verdict", in: scratch
      )
      #expect(run.status == 0, "\(run.messages)")
      return run.out
    }
    for flip in flips(try sweep(scratch, "--param cap")) {
      let value = try #require(Double(flip.split(separator: " ")[1].dropLast()))
      #expect(try verdicts("\(value)%") != verdicts("\(value - 0.0001)%"), "\(flip)")
      #expect(try verdicts("\(value)%") == verdicts("\(value + 0.0001)%"), "\(flip)")
    }
  }

  @Test func `measures take the place of totals, and the steps can be said`() throws {
    let more = """

      measure "net" = sum of q.price over Quote q, more is better
      measure "share" = average of q.asked over Quote q
      """
    let scratch = try scratch(rules + more, rows)
    let run = try sweep(scratch, "--param 上限 --from 10% --to 12% --step 0.5% --format csv")
    #expect(
      run.out.split(separator: "\n").prefix(4) == [
        "kind,cap,name,value,changed,at,low,before,after,records",
        "point,10%,net,585.95,,,,,,", "point,10%,share,0.1405,,,,,,",
        "point,10.5%,net,582.69,0,,,,,",
      ], "\(run.out)\(run.messages)")
    #expect(run.out.split(separator: "\n").count == 11)
  }

  @Test func `several params give every combination`() throws {
    let scratch = try scratch(
      rules.replacing("start amount", with: "start amount * floor / 100"), rows)
    let run = try sweep(
      scratch, "--param cap=10%..20% --param floor=50..150 --format table")
    #expect(run.status == 0, "\(run.messages)")
    let lines = run.out.split(separator: "\n")
    #expect(lines.first == "      cap      floor  price Quote  answers changed (floor)")
    #expect(lines.contains("10% (now)  100 (now)       585.95                        0"))
    // What turns with one param wherever the other stands is told once.
    #expect(
      lines.suffix(2) == [
        "Where answers change",
        "  cap from 12.5%  wherever others stand  Quote.verdict  ask → fine  × 2  q2, q3",
      ], "\(lines.suffix(3))")
    #expect(lines.count == 1 + 11 * 11 + 2)
  }

  @Test func `with several params it tells where the others stand`() throws {
    let scratch = try scratch(
      rules.replacing("asked <= cap", with: "asked * 100 <= cap * floor"), rows)
    let run = try sweep(scratch, "--param cap=5%..20% --param floor=50..150 --format csv")
    let flips = run.out.split(separator: "\n").filter { $0.hasPrefix("flip") }
    // 7.25 % is 14.5 % of a half; above 145 it is below 5 %.
    #expect(flips.contains("flip,14.5%,50,Quote.verdict,,1,from,,ask,fine,q1"), "\(run.out)")
    #expect(flips.contains("flip,10%,72.5,Quote.verdict,,1,from,,ask,fine,q1"))
    #expect(!flips.contains { $0.contains(",150,") && $0.contains("q1") })
    let json = try sweep(scratch, "--param cap=5%..20% --param floor=50..150 --format json")
    let object = try #require(
      JSONSerialization.jsonObject(with: Data(json.out.utf8)) as? [String: Any])
    let told = try #require(object["flips"] as? [[String: Any]])
    #expect(told.count == flips.count && (object["points"] as? [Any])?.count == 16 * 11)
    #expect((told.first?["others"] as? [String: String])?["floor"] == "50")
    let markdown = try sweep(
      scratch, "--param cap=5%..6% --param floor=90..110 --format md --lang zh")
    #expect(markdown.out.hasPrefix("| cap | floor | price Quote | 改变的结果 (floor) |\n| ---: |"))
  }

  // MARK: Assignments, days, lengths

  private let desk = """
    queue pool
    record Rep { id : text key, open : integer, skill : percent }
    record Lead { id : text key, score : number, came : date, owner : Rep? }
    param good = 60 in 0..100
    param most = 3 in 0..8
    param least = 20% in 0%..80%
    param since = 2026-02-01 in 2026-01-01..2026-03-01
    param grace = 30 days in 10 days..60 days
    define Lead.late : yes/no = came + grace < 2026-02-20
    define Lead.old : yes/no = came < since
    assign Lead to Rep r, sets owner, counts r.open, in order of came then id {
      skip r where r.open >= most or r.skill < least
      "good": when score >= good among r by least r.open then r.id
      otherwise queue pool
    }
    define Lead.waits : yes/no = assignee = queue pool
    measure "waiting" = count of l over Lead l where l.assignee = queue pool
    """

  private func deskScratch() throws -> Scratch {
    let scratch = Scratch()
    try scratch.write("rules/a.writ", desk)
    try scratch.write("data/reps.csv", "id,open,skill\nR1,0,10%\nR2,1,45.5%\nR3,2,60%\n")
    // Scores 1.5, 8.5, … and days that go on by five, in no order.
    let leads = (0..<24).map { index in
      let day = index * 5 % 56
      let month = day < 31 ? 1 : 2
      let date = "2026-0\(month)-" + String(format: "%02d", day < 31 ? day + 1 : day - 30)
      let owner = index == 7 ? "R3" : ""
      return "L\(index),\(Double(index * 37 % 100) + 0.5),\(date),\(owner)\n"
    }
    let head = "id,score,came,owner\n"
    try scratch.write("data/leads.csv", head + leads.joined())
    // Nobody has an owner yet: so a sweep finds them, whatever was recorded.
    try scratch.write("data/fresh.csv", head + leads.joined().replacing("R3", with: ""))
    return scratch
  }

  private func deskData(_ leads: String = "leads") -> String {
    "--data Rep=data/reps.csv --data Lead=data/\(leads).csv --as-of 2026-03-01 "
  }

  /// What a run with other rules answers, and its measures.
  private func deskRun(_ scratch: Scratch, _ param: String, _ value: String) throws -> [String] {
    let start = try #require(desk.range(of: "param \(param) = "))
    let end = try #require(desk.range(of: " in ", range: start.upperBound..<desk.endIndex))
    var text = desk
    text.replaceSubrange(start.upperBound..<end.lowerBound, with: value)
    try scratch.write("rules/a.writ", text)
    let run = try shell("writ run rules \(deskData("fresh")) --format jsonl", in: scratch)
    #expect(run.status == 0, "\(run.messages)")
    return run.out.split(separator: "\n").map(String.init)
  }

  @Test(arguments: ["good", "most", "least"])
  func `assignments are made anew for each value`(param: String) throws {
    let scratch = try deskScratch()
    let run = try shell("writ sweep rules \(deskData()) --param \(param)", in: scratch)
    #expect(run.status == 0, "\(run.messages)")
    let objects = try run.out.split(separator: "\n").map {
      try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
    for point in objects.filter({ $0["kind"] as? String == "point" }).prefix(2) {
      let value = try #require((point["params"] as? [String: String])?[param])
      let waiting = try #require((point["measures"] as? [String: Int])?["waiting"])
      let told = try deskRun(scratch, param, value)
      #expect(told.count { $0.contains("\"assignee\":{\"queue\"") } == waiting, "\(value)")
    }
    let flips = objects.filter { $0["kind"] as? String == "flip" }
    #expect(flips.contains { $0["decision"] as? String == "assign Lead" })
    #expect(flips.allSatisfy { $0["at"] as? String != "between" })
    // Below and above each value the whole run is another, and at it it is as the flip says.
    for flip in flips.prefix(2) {
      let (text, at) = (try #require(flip["value"] as? String), flip["at"] as? String)
      let percent = text.hasSuffix("%") ? "%" : ""
      let value = try #require(Double(text.filter { $0 != "%" }))
      let (below, above) = ("\(value - 0.0001)" + percent, "\(value + 0.0001)" + percent)
      let (before, here, after) = (
        try deskRun(scratch, param, below), try deskRun(scratch, param, text),
        try deskRun(scratch, param, above)
      )
      #expect(before != after, "\(flip)")
      #expect(here == (at == "from" ? after : before), "\(flip)")
    }
  }

  @Test func `days and lengths`() throws {
    let scratch = try deskScratch()
    func lines(_ words: String) throws -> [String] {
      let run = try shell("writ sweep rules \(deskData()) \(words)", in: scratch)
      #expect(run.status == 0, "\(run.messages)")
      return run.out.split(separator: "\n").map(String.init)
    }
    let since = try lines(
      "--param since --from 2026-01-03 --to 2026-01-20 --step 7 --format csv")
    #expect(
      since.filter { $0.hasPrefix("point") }.map { $0.split(separator: ",")[1] } == [
        "2026-01-03", "2026-01-10", "2026-01-17", "2026-01-20",
      ])
    #expect(since.contains { $0.hasPrefix("flip,2026-01-07,Lead.old") }, "\(since)")
    let grace = try lines(
      "--param grace --from 14 --to 40 --step 13 --format table --lang zh")
    #expect(grace[1].contains("14天") && grace[3].contains("40天"), "\(grace)")
    let lengths = try lines("--param grace --from 14 --to 40 --step 13 --format csv")
    #expect(lengths.contains("flip,25 days,Lead.late,,1,from,,yes,no,L5"), "\(lengths)")
    // An end that is no part of the range is left out.
    try scratch.write("rules/a.writ", desk.replacing("60 in 0..100", with: "60 in 0..<100"))
    #expect(
      try lines("--param good --format csv").last { $0.hasPrefix("point") }?
        .hasPrefix("point,90,") == true)
  }

  @Test func `whole numbers stay whole where the rules take no others`() throws {
    let text = """
      currency CNY
      record Quote { id : text key, asked : percent, amount : money, days : integer = 1 }
      param limit = 3 in 1..9
      define Quote.late : integer = limit
      decide verdict for Quote -> yes/no, first { "late": when amount > CNY 1 * limit * 10 : yes  otherwise no }
      """
    let scratch = try scratch(text, ["a,1%,31", "b,1%,45.5"])
    let run = try sweep(scratch, "--param limit")
    #expect(flips(run) == ["from 4 a", "from 5 b"], "\(run.out)\(run.messages)")
  }

  @Test func `finds where percents and prices turn, and leaves to the curve what moves`() throws {
    let text = """
      currency CNY
      record Quote { id : text key, asked : percent, amount : money }
      param big = CNY 1000 in CNY 0..CNY 5000
      param rate = 5% in 0%..10%
      decide off for Quote -> percent, first {
        "big": when amount >= big : 10%
        "half": when amount >= big / 2 : 5%
        otherwise : 0%
      }
      price Quote, each step on the running price {
        start amount
        "volume": tier by running { from big : 200 off   from 3000 : 500 off }
        "rate": (rate) off
        round half up to 0.01
      }
      """
    let scratch = try scratch(text, ["a,1%,999.99", "b,1%,400", "c,1%,8000"])
    let run = try sweep(scratch, "--param 'big=CNY 0..CNY 2000'")
    #expect(
      flips(run) == [
        "above CNY 400 b", "above CNY 400 b", "above CNY 800 b", "above CNY 999.99 a",
        "above CNY 999.99 a", "above CNY 1999.98 a",
      ], "\(run.out)\(run.messages)")
    for change in [
      #""before":"10%","after":"5%""#, #""before":"5%","after":"0%""#,
      #""before":"190.00","after":"380.00""#, #""before":"759.99","after":"949.99""#,
    ] {
      #expect(run.out.contains(change), "\(change) \(run.out)")
    }
    let curve = try sweep(scratch, "--param rate --format table")
    #expect(
      curve.out.hasSuffix(
        """
        No answer turns at a single value.
        Amounts that move all along are told by the curves: `price Quote`.

        """), "\(curve.out)")
    // A value that the rules do not allow is no end of the search.
    let beside = try sweep(scratch, "--param 'big=CNY 2500..CNY 4500'")
    #expect(beside.status == 0, "\(beside.messages)")
    let at = try sweep(scratch, "--param 'big=CNY 2500..CNY 4500' --step 500")
    #expect(at.status == 2)
    #expect(at.messages.contains("do not check with big = CNY 3000"), "\(at.messages)")
    #expect(at.messages.contains("rules/a.writ:12: "), "\(at.messages)")
  }

  @Test func `says what it cannot sweep`() throws {
    let scratch = try scratch(
      rules + "\nparam bare = 3\ndefine Quote.w = bare"
        + "\nparam word = \"x\"\ndefine Quote.said = word", rows)
    func check(_ words: String, _ code: String, in chinese: String) throws {
      let run = try sweep(scratch, words)
      #expect(run.status == 2 && run.messages.contains("[\(code)]"), "\(words): \(run.messages)")
      let other = try sweep(scratch, words + " --lang zh")
      #expect(other.messages.contains(chinese), "\(words): \(other.messages)")
    }
    try check("--param cup", "unknown-param", in: "没有可调值")
    try check("--param word", "param-of-other-kind", in: "不是数值")
    try check("--param bare", "no-range", in: "取哪些值")
    try check("--param cap --from 3 --to 4", "bad-sweep-value", in: "不能作为")
    try check("--param cap --from 9% --to 6%", "bad-sweep", in: "没有可走的步")
    try check("--param cap --from 1% --to 9%", "sweep-does-not-check", in: "规则有错误")
    try check("--param cap --param floor --step 2", "bad-sweep", in: "没有说明")
    try check("", "missing-argument", in: "可调值")
  }
}
