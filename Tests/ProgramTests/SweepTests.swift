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
    #expect(lines.first == "      cap      floor  price Quote")
    #expect(lines.count == 1 + 11 * 11)
    #expect(lines.contains("10% (now)  100 (now)       585.95"))
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

  @Test func `says what it cannot sweep`() throws {
    let scratch = try scratch(
      rules + "\nparam bare = 3\ndefine Quote.w = bare"
        + "\nparam since = 2026-01-01\ndefine Quote.old = since < 2026-02-01", rows)
    func check(_ words: String, _ code: String, in chinese: String) throws {
      let run = try sweep(scratch, words)
      #expect(run.status == 2 && run.messages.contains("[\(code)]"), "\(words): \(run.messages)")
      let other = try sweep(scratch, words + " --lang zh")
      #expect(other.messages.contains(chinese), "\(words): \(other.messages)")
    }
    try check("--param cup", "unknown-param", in: "没有可调值")
    try check("--param since", "param-of-other-kind", in: "不是数值")
    try check("--param bare", "no-range", in: "取哪些值")
    try check("--param cap --from 3 --to 4", "bad-sweep-value", in: "不能作为")
    try check("--param cap --from 9% --to 6%", "bad-sweep", in: "没有可走的步")
    try check("--param cap --from 1% --to 9%", "sweep-does-not-check", in: "规则有错误")
    try check("--param cap --param floor --step 2", "bad-sweep", in: "没有说明")
    try check("", "missing-argument", in: "可调值")
  }
}
