import Foundation
import Testing

/// A small desk: leads, reps, and what is decided for them.
private let deskRules = #"""
  currency CNY
  enum Role ordered { rep, manager, director }
  enum Team { finance }
  enum Grade { A, B, C }
  queue pool "公海"
  record Rep "销售" {
    id : text key
    name : text called
    role : Role
    open "在跟" : integer = 0
    capacity : integer = 10
  }
  record Lead "线索" {
    id "编号" : text key
    company "公司" : text called
    employees "人数" : integer?
    budget : money?
    owner : Rep?
  }
  data Rep from "reps.csv"
  data Lead from "leads.csv"
  show Lead.budget only to finance
  define Lead.score "评分" = points {
    always : 10
    employees >= 500 : 40
  }
  define Lead.worth = budget
  decide route for Lead -> Role, first {
    "big ones": when score >= 50 : manager
    "others": when score < 50 : rep
  }
  assign Lead to Rep r, sets owner, counts r.open, in order of id {
    skip r where r.open >= r.capacity
    "by rank": when score >= 50
      among r where r.role >= manager
      by least r.open then r.id
    otherwise queue pool
  }
  test "scores" {
    given Lead { id "1", company "x", employees 900 }
    expect Lead "1".score is 50
    expect Lead "1".route is manager by "big ones"
  }

  """#

private let reps =
  "id,name,role,open,capacity\nR1,李雷,manager,3,10\nR2,韩梅,manager,5,10\nR3,王芳,director,9,9\n"
private let leads =
  "编号,公司,人数,budget\nL-1,星河机械,900,100\nL-2,Acme,,200\nL-3,坏,x,1\nL-4,\"Lost, Inc\",600,\n"

private func desk(leads text: String = leads, rules: String = deskRules) throws -> Scratch {
  let scratch = Scratch()
  try scratch.write("rules/desk.writ", rules)
  try scratch.write("data/reps.csv", reps)
  try scratch.write("data/leads.csv", text)
  return scratch
}

struct RunTests {
  @Test func `decides every good row in input order and sets the bad one aside`() throws {
    let desk = try desk()
    let run = try writ("run", "rules", "--data", "data", "--only", "route", in: desk)
    #expect(run.status == 3)
    #expect(
      run.out
        == """
        {"record":"Lead","编号":"L-1","公司":"星河机械","route":"manager"}
        {"record":"Lead","编号":"L-2","公司":"Acme","route":"rep"}
        {"record":"Lead","编号":"L-4","公司":"Lost, Inc","route":"manager"}

        """.replacing("编号", with: "id").replacing("公司", with: "company"))
    #expect(run.messages.contains("3 records, 3 decisions, 0 undetermined"))
    let rejects = try desk.read("writ-rejects.jsonl")
    #expect(rejects.split(separator: "\n").count == 1)
    #expect(rejects.contains("\"line\":4"))
    #expect(rejects.contains("L-3,坏,x,1"))
  }

  @Test func `leaves no rejects file where nothing was rejected`() throws {
    let desk = try desk(leads: "编号,公司\nL-1,a\n")
    let run = try writ("run", "rules", "--data", "data", in: desk)
    #expect(run.status == 0, "\(run.messages)")
    #expect(try desk.names() == ["data", "rules"])
  }

  @Test func `decides nothing in the strict way when a row is bad`() throws {
    let run = try writ("run", "rules", "--data", "data", "--strict", in: try desk())
    #expect(run.status == 3)
    #expect(run.out == "")
  }

  @Test func `streams and loads to the same bytes`() throws {
    let desk = try desk()
    let streamed = try writ("run", "rules", "--data", "data", "--only", "route", in: desk)
    // A fold over the type means that all of it is kept.
    try desk.write("rules/more.writ", "define all_leads() = count of l over Lead l\n")
    let loaded = try writ("run", "rules", "--data", "data", "--only", "route", in: desk)
    #expect(streamed.out == loaded.out)
    #expect(!streamed.out.isEmpty)
  }

  @Test func `reads a type from standard input`() throws {
    let run = try writ(
      "run", "rules", "--data", "data", "--data", "Lead=-", "--only", "Lead.route",
      input: "编号,公司,人数\nL-9,z,501\n", in: try desk())
    #expect(
      run.out == "{\"record\":\"Lead\",\"id\":\"L-9\",\"company\":\"z\",\"route\":\"manager\"}\n")
  }

  @Test func `writes CSV for Excel`() throws {
    let desk = try desk()
    let run = try writ(
      "run", "rules", "--data", "data", "--only", "route", "--format", "csv", "--bom", "--output",
      "out.csv", in: desk)
    #expect(run.out == "")
    #expect(
      try desk.read("out.csv")
        == "\u{FEFF}id,company,route\r\nL-1,星河机械,manager\r\nL-2,Acme,rep\r\nL-4,\"Lost, Inc\",manager\r\n"
    )
    #expect(try desk.names() == ["data", "out.csv", "rules", "writ-rejects.jsonl"])
  }

  @Test func `shows a table on a terminal`() throws {
    let run = try shell(
      "script -qec 'stty cols 60; writ run rules --data data --only route --lang zh' /dev/null",
      in: try desk())
    let lines = run.out.split(whereSeparator: \.isNewline).map(String.init)
    #expect(lines.contains { $0.contains("编号  公司       route") })
    #expect(lines.contains("L-1   星河机械   经理") || lines.contains("L-1   星河机械   manager"))
  }

  @Test func `keeps whose turn it is only on commit`() throws {
    let desk = try desk()
    func owners(_ extra: String...) throws -> [String] {
      let line =
        "writ run rules --data data --only assignee --state s.json " + extra.joined(separator: " ")
      return try shell(line, in: desk).out.split(separator: "\n")
        .map { String($0.drop { $0 != "," }.split(separator: ":").last ?? "") }
    }
    let first = try owners()
    #expect(try owners() == first)
    #expect(try !desk.names().contains("s.json"))
    _ = try owners("--commit")
    #expect(try desk.read("s.json").contains("load Rep.open"))
    let third = try owners("--commit")
    #expect(third != first)
  }

  @Test func `several assignments begin with one state, whether they are kept or not`() throws {
    let desk = Scratch()
    try desk.write(
      "rules.writ",
      """
      queue pool
      record Rep { id : text key, open : integer }
      record Lead { id : text key, owner : Rep? }
      record Deal { id : text key, lead : Lead, owner : Rep? }
      data Rep from "reps.csv"
      data Lead from "leads.csv"
      data Deal from "deals.csv"
      assign Lead to Rep r, sets owner, counts r.open, in order of id {
        "any": among r by least r.open then rotation "desk"
        otherwise queue pool
      }
      assign Deal to Rep r, sets owner, counts r.open, in order of id {
        "who has the lead": to lead.owner
        "any": among r by least r.open then rotation "desk"
        otherwise queue pool
      }
      """)
    try desk.write("reps.csv", "id,open\nR1,0\nR2,0\nR3,0\n")
    try desk.write("leads.csv", "id,owner\nL1,\nL2,\nL3,R3\n")
    try desk.write("deals.csv", "id,lead,owner\nD1,L1,\nD2,L2,\nD3,L1,\nD4,L3,\n")
    let line = "writ run rules.writ --data . --state s.json --facts facts"
    let looked = try shell(line, in: desk)
    // Leads that go to somebody now are nobody's yet for the deals; a lead that was somebody's is
    // still told with him.
    #expect(looked.out.contains(#""id":"L3","assignee":"R3""#), "\(looked.out)")
    #expect(looked.out.contains(#""id":"D3","assignee":"R3""#), "\(looked.out)")
    #expect(looked.out.contains(#""id":"D4","assignee":"R3""#), "\(looked.out)")
    let kept = try shell(line + " --commit", in: desk)
    #expect(kept.out == looked.out)
    #expect(try desk.read("facts/deals.csv").hasSuffix("D1,L1,R1\nD2,L2,R2\nD3,L1,R3\nD4,L3,R3\n"))
    let state = try desk.read("s.json")
    // Two leads and four deals are six loads and, but for the one who had the lead, five turns.
    #expect(state.contains(#"{"key":["R1"],"number":2},{"key":["R2"],"number":2}"#), "\(state)")
    #expect(state.contains(#""name":"desk","record":"Rep","lastTurn":5"#), "\(state)")
  }

  @Test func `hides what the viewer may not see and what is made of it`() throws {
    let desk = try desk()
    func worth(_ viewer: String) throws -> String {
      try writ("run", "rules", "--data", "data", "--only", "worth", "--as", viewer, in: desk).out
    }
    #expect(try worth("finance").contains("\"worth\":100.00"))
    #expect(try worth("Rep:R1").contains("\"worth\":\"•••\""))
    #expect(!(try worth("Rep:R1").contains("100")))
    let why = try writ(
      "why", "rules", "--data", "data", "Lead:L-1", "worth", "--as", "Rep:R1", in: desk)
    #expect(why.out.contains("•••"))
    #expect(!why.out.contains("100.00"))
  }

  @Test(arguments: [
    (["--only", "rout"], "unknown-decision", 2), (["--as", "nobody"], "unknown-viewer", 2),
    (["--as", "Rep:R9"], "unknown-record", 2), (["--as-of", "2026-02-30"], "bad-date", 2),
    (["--data", "Led=x.csv"], "unknown-record-type", 2), (["--format", "csv"], "", 3),
    (["--data", "nowhere"], "no-such-file", 2), (["--commit"], "missing-argument", 2),
    (["--state", "data/reps.csv"], "bad-state", 2),
  ])
  func `says what it cannot do`(words: [String], code: String, status: Int32) throws {
    let line = "writ run rules --data data " + words.joined(separator: " ")
    let run = try shell(line, in: try desk())
    #expect(run.status == status, "\(run.messages)")
    if !code.isEmpty { #expect(run.messages.contains("[\(code)]"), "\(run.messages)") }
  }

  @Test func `ends quietly in the middle of many rows`() throws {
    let many = (0..<30_000).map { "L-\($0),c,\($0)\n" }.joined()
    let desk = try desk(leads: "编号,公司,人数\n" + many)
    let run = try shell(
      "writ run rules --data data --only route | head -1; exit ${PIPESTATUS[0]}", in: desk)
    #expect(run.status == 0)
    #expect(run.out.contains("L-0"))
    #expect(!run.messages.contains("cannot"))
  }
}

struct WhyTests {
  @Test func `tells the rule, its values, the pool and what came before`() throws {
    let run = try writ(
      "why", "rules", "--data", "data", "Lead:L-1", "assignee", "--as-of", "2026-06-30",
      in: try desk())
    #expect(run.status == 3)
    for piece in [
      "Lead L-1 星河机械 → 李雷", "2026-06-30", "by \"by rank\"", "rules/desk.writ:34", "score 50 ≥ 50",
      "among 2", "李雷 open 3", "韩梅 open 5", "王芳 skipped", "open 3 → 4",
    ] {
      #expect(run.out.contains(piece), "\(piece) in\n\(run.out)")
    }
  }

  @Test func `tells the state that the records before left`() throws {
    let run = try writ("why", "rules", "--data", "data", "Lead:L-4", "assignee", in: try desk())
    #expect(run.out.contains("李雷 open 4"), "\(run.out)")
  }

  @Test func `says why not, for a rule and for a person`() throws {
    let desk = try desk()
    let rule = try writ(
      "why", "rules", "--data", "data", "Lead:L-2", "route", "not", "big ones", in: desk)
    #expect(rule.out.contains("\"big ones\" did not hold"), "\(rule.out)")
    #expect(rule.out.contains("score 10 ≥ 50"), "\(rule.out)")
    let person = try writ(
      "why", "rules", "--data", "data", "Lead:L-1", "assignee", "not", "Rep:R3", in: desk)
    #expect(person.out.contains("王芳 skipped"), "\(person.out)")
  }

  @Test func `gives the same facts as JSON, and in Chinese`() throws {
    let desk = try desk()
    let json = try writ(
      "why", "rules", "--data", "data", "Lead:L-1", "route", "--format", "json", in: desk)
    let object = try JSONSerialization.jsonObject(with: Data(json.out.utf8)) as? [String: Any]
    #expect(object?["answer"] as? String == "manager")
    #expect((object?["facts"] as? [[String: Any]])?.first?["rule"] as? String == "big ones")
    let chinese = try writ(
      "why", "rules", "--data", "data", "Lead:L-1", "route", "--lang", "zh", in: desk)
    #expect(chinese.out.contains("依据 “big ones”"))
    #expect(chinese.out.contains("评分 50 ≥ 50"))
  }
}

struct TestAndCheckTests {
  @Test func `counts tests and shows what failed`() throws {
    let good = try writ("test", "rules", in: try desk())
    #expect(good.status == 0)
    #expect(good.out == "1 passed, 0 failed, 0 not run\n")
    let wrong = deskRules.replacing("score is 50", with: "score is 51")
    let bad = try writ("test", "rules", in: try desk(rules: wrong))
    #expect(bad.status == 1)
    for piece in ["expected  51", "actual    50", "40 employees >= 500", "0 passed, 1 failed"] {
      #expect(bad.out.contains(piece), "\(piece) in\n\(bad.out)")
    }
  }

  @Test func `checks into every form`() throws {
    let desk = try desk(rules: deskRules.replacing("score >= 50", with: "scor >= 50"))
    for (form, piece) in [
      ("human", "│"), ("plain", "rules/desk.writ:"), ("json", "{\"code\":"), ("sarif", "\"2.1.0\""),
    ] {
      let run = try writ("check", "rules", "--format", form, in: desk)
      #expect(run.status == 2)
      #expect(run.out.contains(piece), "\(form): \(run.out)")
    }
    let fine = try writ("check", "rules", in: try self.fine())
    #expect(fine.status == 0)
    #expect(fine.out.contains("1 test"))
  }

  private func fine() throws -> Scratch { try desk() }

  @Test func `reads rule files in the order of their paths, each once`() throws {
    let scratch = Scratch()
    try scratch.write("r/b.writ", "enum B { x }\nenum B { y }\n")
    try scratch.write("r/a/z.writ", "enum A { x }\n")
    try scratch.write("r/.hidden/c.writ", "}\n")
    try scratch.write("r/notes.txt", "}\n")
    let run = try shell(
      "ln -s . r/loop; ln -s b.writ r/c.writ; writ check ./r// r/b.writ --format plain", in: scratch
    )
    #expect(run.out.contains("2 files"), "\(run.out)")
    #expect(run.out.contains("r/b.writ:2:6"), "\(run.out)")
  }

  @Test func `says that a rule file is not UTF-8`() throws {
    let scratch = Scratch()
    try scratch.write("a.writ", Data([0x23, 0xB9, 0xE6, 0xD4, 0xF2, 0x0A]))
    let run = try writ("check", "a.writ", in: scratch)
    #expect(run.status == 2)
    #expect(run.out.contains("[not-utf8]"))
    #expect(run.out.contains("GBK"))
  }
}

struct FormatTests {
  @Test func `lays out in place, and only names files with check`() throws {
    let scratch = Scratch()
    try scratch.write("a.writ", "enum  Role{rep,manager}\n")
    let check = try writ("fmt", "--check", "a.writ", in: scratch)
    #expect(check.status == 1)
    #expect(check.out == "a.writ\n")
    #expect(try scratch.read("a.writ") == "enum  Role{rep,manager}\n")
    #expect(try writ("fmt", "a.writ", in: scratch).status == 0)
    #expect(try scratch.read("a.writ") == "enum Role { rep, manager }\n")
    #expect(try writ("fmt", "--check", "a.writ", in: scratch).status == 0)
    #expect(try scratch.names() == ["a.writ"])
  }

  @Test func `translates standard input, and there and back is the same`() throws {
    let chinese = try writ("fmt", "--lang", "zh", "-", input: deskRules)
    #expect(chinese.out.contains("对象 Lead"))
    let english = try writ("fmt", "--lang", "en", "-", input: chinese.out)
    #expect(english.out == (try writ("fmt", "-", input: deskRules).out))
  }

  @Test func `leaves a file with mistakes as it is`() throws {
    let scratch = Scratch()
    try scratch.write("a.writ", "enum Role { rep\nrecord {\n")
    #expect(try writ("fmt", "a.writ", in: scratch).status == 2)
    #expect(try scratch.read("a.writ") == "enum Role { rep\nrecord {\n")
  }
}

struct NewTests {
  @Test func `drafts rules that check and read the same files`() throws {
    let scratch = Scratch()
    var rows = "编号,公司名称,No. of Employees,行业,日期,折扣率,销售员\n"
    for index in 0..<40 {
      let industry = ["制造", "零售", "Public Sector"][index % 3]
      rows +=
        "L\(index),公司\(index),\(index == 3 ? "" : "\(index)"),\(industry),2026/\(index % 12 + 1)/3,0.\(index),R\(index % 2)\n"
    }
    try scratch.write("leads.csv", rows)
    try scratch.write("reps.csv", "id,name\nR0,甲\nR1,乙\n")
    let new = try writ("new", "leads.csv", "reps.csv", "--output", "model.writ", in: scratch)
    #expect(new.status == 0, "\(new.messages)")
    let text = try scratch.read("model.writ")
    for piece in [
      "record Lead", "编号", "text key", "no_of_employees \"No. of Employees\" : integer?",
      "public_sector \"Public Sector\"", "as \"yyyy/M/d\"", "as fraction", ": Rep", "record Rep",
    ] {
      #expect(text.contains(piece), "\(piece) in\n\(text)")
    }
    try scratch.write("more.writ", "define Lead.big = no_of_employees > 20\n")
    let run = try writ("run", "model.writ", "more.writ", "--data", ".", in: scratch)
    #expect(run.status == 0, "\(run.messages)")
    #expect(run.out.split(separator: "\n").count == 40)
    #expect(try writ("new", "leads.csv", "--output", "model.writ", in: scratch).status == 2)
  }
}
