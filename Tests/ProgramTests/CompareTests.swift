import Foundation
import Support
import Testing

/// A desk of deals with a rule set as it was and one that was edited, side by side.
enum ComparisonDesk {
  static let model = """
    currency CNY
    enum Family { F0, F1, F2 }
    record Rep {
      id : text key
      name : text called
      region : text
    }
    record Deal {
      id : text key
      family : Family
      amount : money
      quantity : integer
      discount : percent?
      rep : Rep?
      decided : text?
      charged : money?
    }
    data Deal from "deals.csv"
    data Rep from "reps.csv"
    measure "net" = sum of d.net over Deal d, more is better, may fall by at most 10%
    measure "share" = average of d.net over Deal d where d.family != F1

    """

  static func rules(limit: Int, off: String, first: Bool = true) -> String {
    let large = "  \"large\": when amount >= \(limit) : \"director\"\n"
    let family = "  \"f1\": when family = F1 and discount > 10% : \"manager\"\n"
    return """
      decide limit for Deal -> text, first {
      \(first ? large + family : family + large)  otherwise "self"
      }
      define Deal.net : money = case {
        family = F0 : amount * (100% - \(off))
        else        : amount
      }

      """
  }

  /// `before` and `after` beside the data.
  static func desk(rows: Int, deals: String? = nil) throws -> Scratch {
    let desk = Scratch()
    try desk.write("before/model.writ", model)
    try desk.write("before/rules.writ", rules(limit: 5000, off: "3%"))
    try desk.write("after/model.writ", model)
    try desk.write("after/rules.writ", rules(limit: 6000, off: "3.5%"))
    try desk.write("reps.csv", "id,name,region\nR1,One,north\nR2,Two,south\n")
    try desk.write("deals.csv", deals ?? Self.deals(0..<rows))
    return desk
  }

  static let header = "id,family,amount,quantity,discount,rep,decided,charged,memo\n"

  /// Rows that are the same whoever asks for them.
  static func deals(_ rows: some Sequence<Int>) -> String {
    let filler = String(repeating: "·", count: 30)
    return rows.reduce(into: header) { text, index in
      let amount = index * 7919 % 12_000
      let rep = ["", "R1", "R2"][index / 7 % 3]
      let decided = ["", "self", "director", "manager"][index % 4]
      text +=
        "D\(index),F\(index % 3),\(amount).\(index % 10),\(1 + index % 9),\(index % 60)%,\(rep),"
        + "\(decided),\(amount),\(filler)\n"
    }
  }
}

struct CompareTests {
  @Test func `says how many changed, from what to what, by how much, and the largest`() throws {
    let desk = try ComparisonDesk.desk(
      rows: 0,
      deals: ComparisonDesk.header + """
        D1,F0,5500,1,5%,R1,,,
        D2,F1,5500,1,20%,R1,,,
        D3,F2,9000,1,5%,R2,,,
        D4,F0,100,1,5%,R2,,,

        """)
    let run = try writ(
      "compare", "before", "after", "--data", ".", "--format", "json", in: desk)
    #expect(run.status == 0, "\(run.messages)")
    // D1 and D2 lie between the limits; D2 is an F1 with a discount.
    #expect(run.out.contains("\"compared\":4,\"changed\":2"), "\(run.out)")
    for to in ["self", "manager"] {
      #expect(run.out.contains("{\"before\":\"director\",\"after\":\"\(to)\",\"count\":1}"))
    }
    // 0.5 % of 5,500 and of 100, in all of 20,100.
    #expect(run.out.contains("\"difference\":-27.5,"), "\(run.out)")
    #expect(run.out.contains("\"difference\":-0.5,"))
    #expect(run.out.contains("\"gains\":0,\"losses\":-28,\"rising\":0,\"falling\":2"))
    // The limit is one edit, the discount another; each record tells why.
    #expect(run.out.contains("{\"kind\":\"alone\",\"edits\":[0],\"count\":2,\"amount\":0}"))
    #expect(run.out.contains("{\"kind\":\"alone\",\"edits\":[1],\"count\":2,\"amount\":-28}"))
    #expect(run.out.contains("before/rules.writ:2") && run.out.contains("after/rules.writ:2"))
  }

  @Test func `a rule set and itself differ in nothing`() throws {
    let desk = try ComparisonDesk.desk(rows: 500)
    let run = try writ("compare", "before", "before", "--data", ".", in: desk)
    #expect(run.status == 0, "\(run.messages)")
    #expect(run.out.contains("changes no decision"), "\(run.out)")
  }

  @Test func `any number of threads gives the same bytes`() throws {
    let desk = try ComparisonDesk.desk(rows: 13_000)
    var first: (out: String, changes: String)?
    for threads in ["1", "2", "4"] {
      let run = try writ(
        "compare", "before", "after", "--data", ".", "--as-of", "2026-01-01", "--by", "rep.region",
        "--against", "decided", "--threads", threads, "--changes", "changed.csv", in: desk)
      #expect(run.status == 0, "\(run.messages)")
      let changes = try desk.read("changed.csv")
      guard let known = first else {
        first = (run.out, changes)
        #expect(changes.split(separator: "\r\n").count > 5_000)
        continue
      }
      #expect(run.out == known.out)
      #expect(changes == known.changes)
    }
  }

  @Test func `models that differ are told with both places`() throws {
    let desk = try ComparisonDesk.desk(rows: 3)
    try desk.write(
      "after/model.writ",
      ComparisonDesk.model.replacing("quantity : integer", with: "quantity : number"))
    let run = try writ("compare", "before", "after", "--data", ".", in: desk)
    #expect(run.status == 2)
    #expect(run.messages.contains("models-differ"), "\(run.messages)")
    #expect(run.messages.contains("before/model.writ:12"), "\(run.messages)")
    #expect(run.messages.contains("after/model.writ:12"), "\(run.messages)")
  }

  @Test func `rows that do not fit are set aside, counted and told`() throws {
    let desk = try ComparisonDesk.desk(rows: 0, deals: ComparisonDesk.deals(0..<20) + "D1,F9,x\n")
    let run = try writ(
      "compare", "before", "after", "--data", ".", "--format", "json", in: desk)
    #expect(run.status == 3)
    #expect(
      run.out.contains("\"reason\":\"rows that do not fit: too-few-cells\",\"count\":1"),
      "\(run.out)")
    #expect(try desk.read("writ-rejects.jsonl").contains("D1"))
  }

  @Test func `what changed because of an earlier record is told apart`() throws {
    let desk = Scratch()
    let model = """
      record Rep {
        id : text key
        open : integer
      }
      record Lead {
        id : text key
        hot : yes/no
        owner : Rep?
      }
      queue pool
      data Rep from "reps.csv"
      data Lead from "leads.csv"

      """
    func rules(_ pool: String) -> String {
      """
      assign Lead to Rep r, sets owner, counts r.open, in order of id {
        "hot ones": when hot \(pool)
          among r by least r.open then r.id
        otherwise queue pool
      }
      """
    }
    let measure = """

      measure "with somebody" = count of l over Lead l where l.assignee != queue pool

      """
    try desk.write("a/rules.writ", model + rules("") + measure)
    // The first lead goes to the pool now; the others find one load less.
    try desk.write("b/rules.writ", model + rules("and id != \"L1\"") + measure)
    try desk.write("reps.csv", "id,open\nR1,0\nR2,0\n")
    try desk.write("leads.csv", "id,hot,owner\nL1,yes,\nL2,yes,\nL3,yes,R2\nL4,no,\nL5,no,R1\n")
    let run = try writ(
      "compare", "a", "b", "--data", ".", "--against", "owner", "--format", "json", in: desk)
    #expect(run.status == 0, "\(run.messages)")
    // L1 by its own rule; L2 and L3 because L1 took no turn; L4 and L5 as before. L3 and L5 had an
    // owner once, and are assigned anew.
    #expect(run.out.contains("\"compared\":5,\"changed\":3,\"knockOn\":2"), "\(run.out)")
    #expect(run.out.contains("{\"kind\":\"alone\",\"edits\":[0],\"count\":1"))
    #expect(run.out.contains("{\"kind\":\"knockOn\",\"edits\":[],\"count\":2"))
    // L3 was given to R2: as the second after L1 and L2 it goes to R1, after L2 alone to R2.
    #expect(
      run.out.contains("\"recorded\":2,\"agreesBefore\":0,\"agreesAfter\":1"), "\(run.out)")
    let told = try writ("compare", "a", "b", "--data", ".", "--against", "owner", in: desk)
    #expect(told.out.contains("knock-on"))
    #expect(told.out.contains("every record starts with `owner` empty"), "\(told.out)")
    let line = told.out.split(separator: "\n").first { $0.contains("with somebody") } ?? ""
    #expect(line.split(separator: " ").suffix(3) == ["3", "2", "-1"], "\(told.out)")
    #expect(told.out.contains("no interval: who gets one record depends on those before it"))
  }

  @Test func `several assignments of one record are all there to be measured`() throws {
    let desk = Scratch()
    func rules(_ helped: Int) -> String {
      """
      queue pool
      record Rep { id : text key, open : integer, help : integer }
      record Lead { id : text key, owner : Rep?, helper : Rep? }
      data Rep from "reps.csv"
      data Lead from "leads.csv"
      assign Lead to Rep r, sets owner, counts r.open, in order of id {
        "any": among r where r.open < 1 by least r.open then r.id
        otherwise queue pool
      }
      assign Lead to Rep r as aide, sets helper, counts r.help, in order of id {
        "any": among r where r.help < \(helped) by least r.help then r.id
        otherwise queue pool
      }
      measure "owned" = count of l over Lead l where l.assignee != queue pool
      measure "helped" = count of l over Lead l where l.aide != queue pool
      """
    }
    try desk.write("a.writ", rules(1))
    try desk.write("b.writ", rules(2))
    try desk.write("reps.csv", "id,open,help\nR1,0,0\nR2,0,0\n")
    try desk.write("leads.csv", "id,owner,helper\nL1,,\nL2,,\nL3,,R2\nL4,R1,\n")
    let run = try writ("compare", "a.writ", "b.writ", "--data", ".", in: desk)
    func figures(_ title: String) -> [Substring] {
      let line = run.out.split(separator: "\n").first { $0.hasPrefix("  \(title) ") } ?? ""
      return Array(line.split(separator: " ").suffix(3))
    }
    // Two can be owned and two helped, one each; then two more are helped.
    #expect(figures("owned") == ["2", "2", "0"], "\(run.out)\(run.messages)")
    #expect(figures("helped") == ["2", "4", "+2"], "\(run.out)")
  }

  @Test(arguments: [
    (["--by", "rep.regoin"], "unknown-segment"),
    (["--against", "nothing"], "unknown-recorded-field"),
    (["--only", "limt"], "unknown-decision"), (["--top", "many"], "--top"),
  ])
  func `what is not there`(words: [String], expected: String) throws {
    let desk = try ComparisonDesk.desk(rows: 3)
    let run = try shell(
      "writ compare before after --data . \(words.joined(separator: " "))", in: desk)
    #expect(run.status == 2)
    #expect(run.messages.contains(expected), "\(run.messages)")
  }

  @Test func `one rule set is none to compare`() throws {
    let desk = try ComparisonDesk.desk(rows: 3)
    let run = try writ("compare", "before", "--data", ".", in: desk)
    #expect(run.status == 2)
    #expect(run.messages.contains("two rule sets"), "\(run.messages)")
    let many = Array(repeating: "before", count: 65)
    let crowd = try shell("writ compare \(many.joined(separator: " ")) --data .", in: desk)
    #expect(crowd.status == 2)
    #expect(crowd.messages.contains("too-many-rule-sets"), "\(crowd.messages)")
  }

  // MARK: - Parts

  @Test(arguments: [11, 12, 13] as [UInt64])
  func `parts cut anyhow and added in any order are one run, byte for byte`(
    seed: UInt64
  ) throws {
    var random = SeededGenerator(seed: seed)
    let rows = 300
    let desk = try ComparisonDesk.desk(rows: rows)
    let options =
      "--as-of 2026-01-01 --by rep.region,family --against decided --top 7 --format json"
    let whole = try shell("writ compare before after --data . \(options)", in: desk)
    #expect(whole.status == 0, "\(whole.messages)")
    #expect(whole.out.contains("\"title\":\"net\""))
    let count = random.number(1...5)
    var parts: [[Int]] = Array(repeating: [], count: count)
    for row in 0..<rows { parts[random.number(0...count - 1)].append(row) }
    for (index, part) in parts.enumerated() {
      try desk.write("p\(index).csv", ComparisonDesk.deals(part))
      let run = try shell(
        "writ compare before after --data . --data Deal=p\(index).csv \(options)"
          + " --partial p\(index).json", in: desk)
      #expect(run.status == 0, "\(run.messages)")
      #expect(run.out.isEmpty)
    }
    let order = (0..<count).shuffled(using: &random).map { "p\($0).json" }
    let merged = try shell(
      "writ merge --format json \(order.joined(separator: " "))", in: desk)
    #expect(merged.status == 0, "\(merged.messages)")
    #expect(merged.out == whole.out, "seed \(seed), order \(order)")
  }

  @Test func `what cannot be added is said`() throws {
    let desk = try ComparisonDesk.desk(rows: 30)
    func part(_ name: String, _ more: String) throws {
      let run = try shell(
        "writ compare before after --data . --partial \(name) \(more)", in: desk)
      #expect(run.status == 0, "\(run.messages)")
    }
    try part("a.json", "--as-of 2026-01-01")
    try part("again.json", "--as-of 2026-01-01")
    try part("late.json", "--as-of 2026-01-02")
    try part("cut.json", "--as-of 2026-01-01 --by family")
    try part("zh.json", "--as-of 2026-01-01 --lang zh")
    let rules = ComparisonDesk.rules(limit: 7000, off: "1%")
    try desk.write("after/rules.writ", rules)
    try part("other.json", "--as-of 2026-01-01")
    try desk.write("no.json", "{\"writ\":\"part 0\"}")
    let cases = [
      ("a.json again.json", "part-given-twice"), ("a.json late.json", "2026-01-02"),
      ("a.json late.json", "parts-differ"),
      ("a.json cut.json", "by family"), ("a.json zh.json", "--lang"),
      ("a.json other.json", "rule sets"), ("a.json no.json", "not-a-part"),
      ("a.json before/rules.writ", "not-a-part"), ("a.json gone.json", "gone.json"),
    ]
    for (words, expected) in cases {
      let run = try shell("writ merge \(words)", in: desk)
      #expect(run.status == 2, "\(words)")
      #expect(run.messages.contains(expected), "\(words): \(run.messages)")
    }
  }

  @Test func `what has no key is not compared in parts`() throws {
    let desk = Scratch()
    try desk.write(
      "a.writ", "record Call { n : integer }\ndata Call from \"calls.csv\"\ndefine Call.m = n + 1\n"
    )
    try desk.write("calls.csv", "n\n1\n")
    let run = try writ("compare", "a.writ", "a.writ", "--data", ".", "--partial", "p", in: desk)
    #expect(run.status == 2)
    #expect(run.messages.contains("part-needs-keys"), "\(run.messages)")
  }

  @Test func `what has state is not compared in parts`() throws {
    let desk = Scratch()
    let rules = """
      record Rep {
        id : text key
      }
      record Lead {
        id : text key
        owner : Rep?
      }
      queue pool
      data Rep from "reps.csv"
      data Lead from "leads.csv"
      assign Lead to Rep r, sets owner, in order of id {
        "all":
          among r by rotation
        otherwise queue pool
      }
      """
    try desk.write("a/rules.writ", rules)
    try desk.write("b/rules.writ", rules)
    try desk.write("reps.csv", "id\nR1\n")
    try desk.write("leads.csv", "id,owner\nL1,\n")
    let run = try writ("compare", "a", "b", "--data", ".", "--partial", "p.json", in: desk)
    #expect(run.status == 2)
    #expect(run.messages.contains("part-has-state"), "\(run.messages)")
  }

  @Test func `a measure beyond its limit ends with no`() throws {
    let desk = try ComparisonDesk.desk(rows: 40)
    for set in ["before", "after"] {
      try desk.write(
        "\(set)/model.writ",
        ComparisonDesk.model.replacing("at most 10%", with: "at most 0.01%"))
    }
    let run = try writ("compare", "before", "after", "--data", ".", in: desk)
    #expect(run.status == 1, "\(run.out)\(run.messages)")
    #expect(run.out.contains("fails"))
  }

  @Test func `a variant is a rule set`() throws {
    let desk = try ComparisonDesk.desk(rows: 40)
    try desk.write(
      "before/variants.writ",
      """
      variant "higher" of "before" {
        replace "large" in decide limit {
          "large": when amount >= 6000 : "director"
        }
      }
      """)
    let run = try writ(
      "compare", "before", "higher", "after", "--data", ".", "--format", "json", in: desk)
    #expect(run.status == 0, "\(run.messages)")
    #expect(run.out.contains("\"name\":\"higher\""))
    #expect(run.out.contains("\"ruleSet\":2"))
  }

  @Test func `a wider authority leaves fewer approvals`() throws {
    let desk = Scratch()
    for (name, limit) in [("as-is", "10%"), ("wider", "12%")] {
      try desk.write(
        "\(name).writ",
        """
        enum Role ordered { rep, manager }
        record Quote {
          id : text key
          discount : percent
        }
        data Quote from "quotes.csv"
        authorize discount on Quote by Role, more is worse, asked by rep {
          limit rep \(limit), manager any
        }
        measure "approvals" = count of q over Quote q where q.discount_verdict = approval
        """)
    }
    try desk.write(
      "quotes.csv", "id,discount\na,8%\nb,10.5%\nc,11%\nd,12%\ne,12.5%\nf,20%\n")
    let run = try writ("compare", "as-is.writ", "wider.writ", "--data", ".", in: desk)
    #expect(run.status == 0, "\(run.messages)")
    #expect(run.messages.isEmpty, "\(run.messages)")
    #expect(run.out.contains("approvals       5      2          -3"), "\(run.out)")
    for quote in ["b", "c", "d"] {
      #expect(run.out.contains("\(quote)              approval  allowed  edit 1"), "\(run.out)")
    }
    #expect(run.out.contains("approval  allowed        3"), "\(run.out)")
  }

  // MARK: - What else is told

  @Test func `against the record it says who agrees more, and how far amounts are off`() throws {
    let desk = try ComparisonDesk.desk(
      rows: 0,
      deals: ComparisonDesk.header + """
        D1,F0,5500,1,5%,R1,self,5300,
        D2,F1,5500,1,20%,R1,director,5500,
        D3,F2,9000,1,5%,R2,director,,
        D4,F0,100,1,5%,R2,,96.5,

        """)
    let told = try writ(
      "compare", "before", "after", "--data", ".", "--against", "decided", "--format", "json",
      in: desk)
    // Before: D2 and D3 agree; after: D1 and D3.
    #expect(
      told.out.contains("\"recorded\":3,\"agreesBefore\":2,\"agreesAfter\":2"), "\(told.out)")
    let paid = try writ(
      "compare", "before", "after", "--data", ".", "--against", "charged", "--format", "json",
      in: desk)
    // 5,335 − 5,300 and 97 − 96.5; then 5,307.5 − 5,300 and nothing.
    #expect(
      paid.out.contains(
        "\"recorded\":3,\"agreesBefore\":1,\"agreesAfter\":2,\"offBefore\":35.5,\"offAfter\":7.5"),
      "\(paid.out)")
  }

  @Test func `rules that change facts settle for each set, and what follows is knock-on`() throws {
    let desk = Scratch()
    func rules(_ limit: Int) -> String {
      """
      record Deal {
        id : text key
        size : integer
        level : integer
      }
      data Deal from "deals.csv"
      change "large ones rise" for Deal {
        when size > \(limit) and level = 1
        then set level = 2
      }
      define Deal.twice = level * 2
      """
    }
    try desk.write("a/rules.writ", rules(10))
    try desk.write("b/rules.writ", rules(20))
    try desk.write("deals.csv", "id,size,level\nD1,15,1\nD2,25,1\nD3,5,1\n")
    let run = try writ("compare", "a", "b", "--data", ".", "--format", "json", in: desk)
    #expect(run.status == 0, "\(run.messages)")
    // The definition is the same in both: only what it reads was changed by a rule.
    #expect(run.out.contains("\"compared\":3,\"changed\":1,\"knockOn\":1"), "\(run.out)")
    #expect(run.out.contains("\"key\":\"D1\",\"before\":\"4\",\"after\":\"2\""))
  }

  @Test func `a column that one of two files lacks is told with its file`() throws {
    let desk = try ComparisonDesk.desk(rows: 5)
    try desk.write("old.csv", "id,family,amount,quantity,rep,decided,charged\nX1,F0,9000,1,R1,,\n")
    let run = try writ(
      "compare", "before", "after", "--data", ".", "--data", "Deal=deals.csv", "--data",
      "Deal=old.csv", "--format", "json", in: desk)
    #expect(run.status == 0, "\(run.messages)")
    #expect(run.messages.contains("old.csv") && run.messages.contains("discount"))
    #expect(run.out.contains("old.csv: "), "\(run.out)")
  }

  @Test func `the world in the east and itself differ in nothing`() throws {
    let east = packageRoot + "/playground/east"
    guard FileManager.default.fileExists(atPath: east) else {
      print("no \(east): not compared")
      return
    }
    let run = try shell(
      "writ compare \(east) \(east) --data \(east) --as-of 2026-06-30 --format json")
    #expect(run.status == 0, "\(run.messages)")
    #expect(run.out.contains("\"compared\":521,\"changed\":0"), "\(run.out.prefix(2000))")
    #expect(!run.out.contains("\"largest\":[{"))
  }
}
