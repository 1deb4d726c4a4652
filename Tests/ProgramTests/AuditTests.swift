import Foundation
import Testing

/// The audit log: what a run writes, what is noticed of what happened to it since, and that deciding
/// again gives the same bytes.
struct AuditTests {
  private static let rules = #"""
    currency CNY
    enum Status { open, pooled }
    queue pool
    record Rep { id : text key, name : text called, region : text, load : integer }
    record Lead {
      id : text key, region : text, size : number?, touched : date, status : Status, owner : Rep?
    }
    data Rep from "reps.csv"
    data Lead from "leads.csv"

    decide band for Lead -> text, first {
      "blank": when size is missing : "cold"
      "large": when size >= 500 : "hot"
      "known": when size >= 100 : "warm"
      otherwise : "cold"
    }
    assign Lead to Rep r, sets owner, counts r.load, in order of id {
      "at home": among r where r.region = region by least r.load then least r.id
      otherwise queue pool
    }
    change "recycle" for Lead { when touched <= today - 90 days  then set status = pooled }
    alert "forgotten", high { when Lead a where a.status = pooled  because "{a.id} waits" }
    """#

  /// A desk with rules and some leads; `count` records, some of which need care in JSON.
  private func desk(_ count: Int = 40, filler: Int = 0) throws -> Scratch {
    let desk = Scratch()
    try desk.write("rules/r.writ", Self.streamed)
    try desk.write("data/deals.csv", Self.deals(count, filler: filler))
    return desk
  }

  /// Rules whose records are streamed.
  private static let streamed = #"""
    currency CNY
    enum Family { F0, F1, F2 }
    record Deal { id : text key, family : Family, amount : money, discount : percent?, note : text? }
    data Deal from "deals.csv"
    decide limit for Deal -> text, first {
      "large": when amount >= 5000 : "director"
      "f1": when family = F1 and discount > 10% : "manager"
      otherwise : "self"
    }
    define Deal.given = amount * discount
    """#

  private static func deals(_ count: Int, filler: Int) -> String {
    let filler = String(repeating: "x", count: filler)
    var text = "id,family,amount,discount,note,memo\n"
    for index in 0..<count {
      let note = ["", "plain", "\"with, comma\"", "华东", "\"a \"\"q\"\" \\ b\""][index % 5]
      text += "D\(index),F\(index % 3),\(index * 7919 % 10_000).\(index % 10),"
      text += index % 4 == 0 ? ",\(note)," : "\(index % 30)%,\(note),"
      text += filler + "\n"
    }
    return text
  }

  private static let line = "writ run rules --data data --as-of 2026-06-30 --log log.jsonl"
  private static let again = "writ verify log.jsonl --rules rules --data data"

  private func lines(_ desk: Scratch, _ name: String = "log.jsonl") throws -> [String] {
    try desk.read(name).split(separator: "\n").map(String.init)
  }

  // MARK: - What a log says

  @Test func `a line says what was decided, by which rule, on what`() throws {
    let desk = try desk()
    let run = try shell(Self.line, in: desk)
    #expect(run.status == 0, "\(run.messages)")
    let lines = try lines(desk)
    #expect(lines.count == 2 + 2 * 40)
    #expect(lines[0].hasPrefix(#"{"n":1,"writ":"audit 1","version":"#))
    for part in [
      #""date":"2026-06-30""#, #""commit":false"#,
      #""ruleFiles":[{"file":"rules/r.writ","sha256":"#,
      #""dataFiles":[{"record":"Deal","file":"data/deals.csv"}]"#,
    ] { #expect(lines[0].contains(part)) }
    let decided = try #require(lines.first { $0.contains(#""key":"D1","decision":"Deal.limit"#) })
    for part in [
      #""record":"Deal""#, #""answer":"director""#, #""by":[{"rule":"large","at":"r.writ:6"}]"#,
      #""values":{"amount":7919.10}"#, #""input":""#, #""chain":""#,
    ] { #expect(decided.contains(part), "\(part) in \(decided)") }
    #expect(lines[81].contains(#""end":80,"dataSums":[""#))
    for line in lines {
      let parsed = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      #expect(parsed?["chain"] is String)
    }
  }

  @Test func `without a log a run writes the same results, and no log`() throws {
    let desk = try desk()
    let plain = try shell("writ run rules --data data --as-of 2026-06-30", in: desk)
    #expect(!(try desk.names().contains("log.jsonl")))
    let logged = try shell(Self.line, in: desk)
    #expect(plain.out == logged.out)
  }

  @Test func `any number of threads and any language write the same bytes`() throws {
    let desk = try desk(4_000, filler: 300)
    var first: String?
    for words in ["--threads 1", "--threads 2", "--threads 5", "--lang zh", "--format csv"] {
      let run = try shell(
        "rm -f log.jsonl; \(Self.line) --only limit \(words) > /dev/null", in: desk)
      #expect(run.status == 0, "\(run.messages)")
      let log = try desk.read("log.jsonl")
      if let first { #expect(log == first, "\(words)") }
      first = log
    }
    #expect(try lines(desk).count == 4_002)
  }

  @Test func `runs are appended and verified one by one`() throws {
    let desk = try desk()
    _ = try shell(Self.line, in: desk)
    _ = try shell(
      Self.line.replacingOccurrences(of: "-30", with: "-15") + " --only limit", in: desk)
    let all = try shell(Self.again, in: desk)
    #expect(all.status == 0, "\(all.out)\(all.messages)")
    #expect(all.out.contains("run 1  log.jsonl:1  2026-06-30"))
    #expect(all.out.contains("80 lines agree byte for byte"))
    #expect(all.out.contains("run 2  log.jsonl:83  2026-06-15"))
    #expect(all.out.contains("40 lines agree byte for byte"))
    let last = try shell(Self.again + " --run last --lang zh", in: desk)
    #expect(last.out.contains("40 行逐字节一致"))
    #expect(!last.out.contains("80 行逐字节一致"))
    let json = try shell(Self.again + " --format json", in: desk)
    #expect(json.out.contains(#""agreed":80"#))
    let none = try shell(Self.again + " --run 3", in: desk)
    #expect(none.status == 2)
    #expect(none.messages.contains("[no-such-run]"))
  }

  // MARK: - What happened since

  @Test(arguments: [
    // What is done to the log, the place that is named, and a word of what is said.
    (
      "sed -i '7s/\"answer\":/&1/' log.jsonl", ":7:",
      "chain is broken"
    ),
    ("sed -i 9d log.jsonl", ":9:", "1 line before this one are gone"),
    ("sed -i 1d log.jsonl", ":1:", "begins with line number 2"),
    ("sed -n 5p log.jsonl > x; sed -i '20r x' log.jsonl", ":21:", "put in or moved"),
    ("sed -i '12s/.*/garbage/' log.jsonl", ":12:", "no line of an audit log"),
    ("printf '\\xff\\xfe\\x00garbage\\n' >> log.jsonl; \(line) >/dev/null; true", ":83:", "torn"),
    ("head -c 300 /dev/urandom > x; sed -i '30r x' log.jsonl", ":31:", "no line of an audit log"),
    ("sed -i '3s/\"key\"/\"Key\"/' log.jsonl", ":3:", "chain is broken"),
  ])
  func `what was done to a log is noticed`(deed: String, place: String, said: String) throws {
    let desk = try desk()
    _ = try shell(Self.line, in: desk)
    _ = try shell(deed, in: desk)
    let run = try shell("writ verify log.jsonl", in: desk)
    #expect(run.out.contains(place) && run.out.contains(said), "\(run.out)\(run.messages)")
    #expect(run.status == (said == "torn" ? 0 : 1))
  }

  @Test(arguments: [
    ("true > log.jsonl; writ verify log.jsonl", 0, "no runs"),
    ("echo hello > log.jsonl; writ verify log.jsonl", 2, "[not-a-log]"),
    ("head -c 2000 /dev/urandom > log.jsonl; writ verify log.jsonl", 2, "[not-a-log]"),
    ("writ verify nothing.jsonl", 2, "[no-such-file]"),
    ("writ verify", 2, "[missing-argument]"),
    ("writ verify log.jsonl --data data", 2, "[missing-argument]"),
    ("writ verify log.jsonl --rules rules --data data --run none", 2, "[bad-run-number]"),
    ("sed -i 's/audit 1/audit 2/' log.jsonl; writ verify log.jsonl", 2, "[other-audit-form]"),
    ("writ run rules --data data --log data/deals.csv", 2, "[not-a-log]"),
    ("writ run rules --data data --log /dev/null", 2, "[no-log-there]"),
    ("writ run rules --data data --log log.jsonl --log-size lots", 2, "[bad-size]"),
    ("writ run rules --data data --log-size 1MB", 2, "[missing-argument]"),
    ("writ run rules --data data --log log.jsonl --as Rep:1", 2, "[log-for-a-viewer]"),
    ("flock log.jsonl \(line)", 2, "[log-in-use]"),
    ("tr '\\n' ' ' < log.jsonl > x; mv x log.jsonl; writ verify log.jsonl", 1, "no line"),
    ("head -c 3000 log.jsonl > x; mv x log.jsonl; writ verify log.jsonl", 0, "torn"),
  ])
  func `hostile logs get clear answers`(words: String, status: Int32, said: String) throws {
    let desk = try desk()
    _ = try shell(Self.line, in: desk)
    for language in ["en_US", "zh_CN"] {
      let run = try shell("export LANG=\(language); \(words)", in: desk)
      #expect(run.status == status, "\(run.out)\(run.messages)")
      if said.hasPrefix("[") || language == "en_US" {
        #expect((run.out + run.messages).contains(said), "\(run.out)\(run.messages)")
      }
    }
  }

  @Test(arguments: [
    ("sed -i 's/D7,F1,[0-9]*/D7,F1,1/' data/deals.csv", "`answer`", "own values"),
    ("sed -i 's/>= 5000/>= 6000/' rules/r.writ", "differ", "rules are others"),
    ("sed -i 's/D7,/D7b,/' data/deals.csv", "another decision", "`data/deals.csv` is another file"),
    ("sed -i '$d' data/deals.csv", "nothing more is decided", "`data/deals.csv` is another file"),
    ("echo 'DX,F0,1,,,' >> data/deals.csv", "more is decided now", "`data/deals.csv` is another"),
  ])
  func `the first difference is named with its cause`(
    deed: String, said: String, cause: String
  ) throws {
    let desk = try desk()
    _ = try shell(Self.line, in: desk)
    _ = try shell(deed, in: desk)
    let run = try shell(Self.again, in: desk)
    #expect(run.status == 1)
    #expect(run.out.contains(said), "\(run.out)\(run.messages)")
    #expect(run.out.contains(cause), "\(run.out)\(run.messages)")
    #expect(run.out.contains("log.jsonl:"))
  }

  @Test func `a rule set that only looks other says so and still differs`() throws {
    let desk = try desk()
    _ = try shell(Self.line, in: desk)
    _ = try shell("echo '# nothing' >> rules/r.writ", in: desk)
    let run = try shell(Self.again, in: desk)
    #expect(run.status == 1)
    #expect(run.out.contains("80 lines agree byte for byte"), "\(run.out)\(run.messages)")
    #expect(run.out.contains("the rules are others"))
  }

  // MARK: - Torn and rotated

  @Test func `a torn line stays, is told, and what is around it agrees`() throws {
    let desk = try desk()
    _ = try shell(Self.line, in: desk)
    _ = try shell("head -c 9000 log.jsonl > x; mv x log.jsonl", in: desk)
    let torn = try #require(try desk.read("log.jsonl").split(separator: "\n").last)
    let first = try shell("writ verify log.jsonl", in: desk)
    #expect(first.status == 0)
    #expect(first.out.contains("cut off") && first.out.contains("torn"))
    let next = try shell(Self.line, in: desk)
    #expect(next.messages.contains("cut off within a line"), "\(next.messages)")
    #expect(try lines(desk).contains(String(torn)))
    let run = try shell(Self.again, in: desk)
    #expect(run.status == 0, "\(run.out)\(run.messages)")
    #expect(run.out.contains("the next run took note"))
    #expect(run.out.contains("80 lines agree byte for byte"))
    // Changing what was torn is noticed too.
    let log = try desk.read("log.jsonl")
    try desk.write("log.jsonl", log.replacingOccurrences(of: torn + "\n", with: torn + "x\n"))
    #expect(try shell(Self.again, in: desk).status == 1)
  }

  @Test(arguments: [0.1, 0.6, 1.5])
  func `a run that is killed leaves a log that the next goes on with`(after: Double) throws {
    let desk = try desk(15_000)
    let kill =
      "\(Self.line) --only limit > /dev/null 2>&1 & sleep \(after); kill -9 $!; wait $!; true"
    _ = try shell(kill, in: desk)
    let next = try shell(Self.line + " --only limit > /dev/null", in: desk)
    #expect(next.status == 0, "\(next.messages)")
    let run = try shell(Self.again, in: desk)
    #expect(run.status == 0, "\(run.out)\(run.messages)")
    #expect(run.out.contains("15,000 lines agree byte for byte"), "\(run.out)")
  }

  @Test func `a log goes on in further files`() throws {
    let desk = try desk(300)
    for _ in 0..<2 {
      let run = try shell(Self.line + " --log-size 20KB", in: desk)
      #expect(run.status == 0, "\(run.messages)")
    }
    let parts = try desk.names().filter { $0.hasPrefix("log.jsonl") }
    #expect(parts.count > 5)
    for part in parts {
      #expect(try desk.read(part).utf8.count <= 20 << 10)
      #expect(try desk.read(part).hasSuffix("\n"))
    }
    let run = try shell(Self.again, in: desk)
    #expect(run.status == 0, "\(run.out)\(run.messages)")
    #expect(run.out.contains("in \(parts.count) files"))
    #expect(run.out.components(separatedBy: "600 lines agree").count == 3)
    _ = try shell("mv log.jsonl.2 elsewhere", in: desk)
    let gone = try shell("writ verify log.jsonl", in: desk)
    #expect(gone.status == 1)
    #expect(gone.out.contains("log.jsonl.3:1:") && gone.out.contains("are gone"), "\(gone.out)")
    // Killed between two files: the numbered ones are there, the last is not.
    _ = try shell("mv elsewhere log.jsonl.2; mv log.jsonl log.jsonl.\(parts.count)", in: desk)
    #expect(try shell(Self.line + " --log-size 20KB", in: desk).status == 0)
    #expect(try shell(Self.again, in: desk).status == 0)
  }

  // MARK: - Everything replays

  @Test func `assignments, changes and alerts replay with the state of their time`() throws {
    let desk = Scratch()
    try desk.write("rules/r.writ", Self.rules)
    try desk.write(
      "data/reps.csv", "id,name,region,load\nR1,李雷,east,1\nR2,韩梅,east,0\nR3,Lee,west,0\n")
    var leads = "id,region,size,touched,status,owner\n"
    for index in 0..<30 {
      leads += "L\(index),\(index % 3 == 0 ? "west" : "east"),\(index * 37 % 700),"
      leads += "2026-0\(index % 6 + 1)-01,open,\(index % 7 == 0 ? "R1" : "")\n"
    }
    try desk.write("data/leads.csv", leads)
    let line = Self.line + " --state state.json --commit"
    for _ in 0..<3 { #expect(try shell(line, in: desk).status == 0) }
    let log = try desk.read("log.jsonl")
    #expect(log.contains(#""moves":[{"counter":"Rep.load","of":"R2","before":0,"after":1}"#))
    #expect(log.contains(#""change":"recycle""#))
    #expect(
      log.contains(#""acts":[{"set":"Lead.status","key":"L0","before":"open","after":"pooled"}]"#))
    #expect(log.contains(#""alert":"forgotten""#) && log.contains("waits"))
    let run = try shell(Self.again, in: desk)
    #expect(run.status == 0, "\(run.out)\(run.messages)")
    #expect(run.out.components(separatedBy: "agree byte for byte").count == 4)
    // The same with another person's load at the beginning.
    _ = try shell("sed -i 's/R2,韩梅,east,0/R2,韩梅,east,9/' data/reps.csv", in: desk)
    let other = try shell(Self.again, in: desk)
    #expect(other.status == 1)
    #expect(other.out.contains("`data/reps.csv` is another file"), "\(other.out)")
  }

  @Test(arguments: [
    ("playground/east", "--as-of 2026-06-30 --state state.json --commit", 4000),
    ("playground/classics/manners", "", 10),
  ])
  func `every world replays`(world: String, words: String, atLeast count: Int) throws {
    let desk = Scratch()
    let folder = packageRoot + "/" + world
    let line = "writ run \(folder) --data \(folder) \(words) --log log.jsonl > /dev/null"
    for _ in 0..<2 {
      let run = try shell(line, in: desk)
      #expect(run.status <= 1, "\(run.messages)")
    }
    let lines = try lines(desk).count
    #expect(lines >= 2 * count, "\(lines) lines")
    let run = try shell("writ verify log.jsonl --rules \(folder) --data \(folder)", in: desk)
    #expect(run.status == 0, "\(run.out)\(run.messages)")
    #expect(run.out.components(separatedBy: "agree byte for byte").count == 3, "\(run.out)")
  }
}
