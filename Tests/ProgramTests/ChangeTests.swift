import Foundation
import Testing

/// Changes and alerts on recorded data: what a run says, and the files it writes back.
struct ChangeTests {
  private static let rules = #"""
    enum Status "状态" { assigned "跟进中", pooled "公海" }
    record Rep "销售" { id "编号" : text key, name "姓名" : text called, region "区域" : text }
    record Lead "线索" {
      id "编号" : text key, status "状态" : Status, owner "负责人" : Rep?, touched "跟进日" : date
      phone "电话" : text, share : percent = 10%
    }
    record Pair { left : Rep, right : Rep }
    record Old { id : text key, gone : yes/no, n : number }
    data Rep from "reps.csv"
    data Lead from "leads.csv" { touched as "dd/MM/yyyy" }
    data Old from "old.jsonl"
    change "recycle" for Lead {
      when status = assigned and touched <= today - 30 days
      then set owner = missing, set status = pooled, set share = 12.5%
    }
    change "pairs" {
      when Rep a, Rep b where a.region = b.region and a.id < b.id  then insert Pair { left a, right b }
    }
    change "purge" for Old { when gone then remove this }
    change "down" for Old {
      when n > 5 and not gone  then insert Old { id "new", gone no, n 1 }, set n = n - 1
    }
    alert "two at work", high {
      when Lead a, Lead b where a.phone = b.phone and a.id < b.id
      because "{a.owner} and {b.owner}"
    }
    decide next for Lead -> Status, first { "free": when owner is missing : pooled  otherwise : assigned }

    """#
  private static let reps = "\u{FEFF}编号,姓名,备注,区域\r\n1,李雷,\"a \"\"q\"\", b\",east\r\n2,韩梅,,east\r\n"
  private static let leads = """
    编号;状态;负责人;跟进日;电话
    1;跟进中;1;01/01/2026;138
    2;跟进中;2;29/06/2026;138
    bad;什么;2;29/06/2026;138
    3;公海;;01/05/2026;139

    """
  private static let old = """
    {"id":"a","gone":true,"n":1}
    {"id":"b", "gone":false,"n":7,"x":{"y":1}}
    {"id":"c",  "gone":false,"n":1}

    """

  private func desk(_ more: String = "") throws -> Scratch {
    let scratch = Scratch()
    try scratch.write("r.writ", Self.rules + more)
    try scratch.write("data/reps.csv", Self.reps)
    try scratch.write("data/leads.csv", Self.leads)
    try scratch.write("data/old.jsonl", Self.old)
    return scratch
  }
  private static let line = "writ run r.writ --data data --as-of 2026-06-30"

  @Test func `a run settles, decides and raises alerts`() throws {
    let run = try shell(Self.line, in: try desk())
    #expect(
      run.out == """
        {"record":"Lead","id":"1","next":"pooled"}
        {"record":"Lead","id":"2","next":"assigned"}
        {"record":"Lead","id":"3","next":"pooled"}
        {"alert":"two at work","level":"high","records":[{"record":"Lead","key":"1"},\
        {"record":"Lead","key":"2"}],"because":"— and 韩梅"}

        """)
    #expect(run.status == 3)
    #expect(run.messages.contains("5 firings, 1 alert;"))
  }

  @Test func `alerts are shown on the screen and alone as CSV`() throws {
    let desk = try desk()
    let table = try shell(Self.line + " --format table", in: desk)
    #expect(table.out.contains("alerts (1)\nlevel  alert        records         because\nhigh "))
    let csv = try shell(Self.line + " --only 'two at work' --format csv", in: desk)
    #expect(
      csv.out == "level,alert,records,because\r\nhigh,two at work,\"Lead 1, Lead 2\",— and 韩梅\r\n")
    let chinese = try shell("LANG=zh_CN " + Self.line + " --format table", in: desk)
    #expect(chinese.out.contains("高    two at work"))
    #expect(chinese.messages.contains("联动 5 次，预警 1 条"))
  }

  @Test func `files are written back in the form they came in`() throws {
    let desk = try desk()
    let run = try shell(Self.line + " --facts out/settled", in: desk)
    #expect(run.status == 3)
    #expect(try desk.read("out/settled/reps.csv") == Self.reps)
    #expect(
      try desk.read("out/settled/leads.csv") == """
        编号;状态;负责人;跟进日;电话;share
        1;公海;;01/01/2026;138;12.5%
        2;跟进中;2;29/06/2026;138;10%
        bad;什么;2;29/06/2026;138;
        3;公海;;01/05/2026;139;10%

        """)
    #expect(
      try desk.read("out/settled/old.jsonl") == """
        {"id":"b","gone":false,"n":5,"x":{"y":1}}
        {"id":"c",  "gone":false,"n":1}
        {"id":"new","gone":false,"n":1}

        """)
    #expect(try desk.read("out/settled/Pair.csv") == "left,right\n1,2\n")
    // What was settled settles again at once, and stays as it is.
    let again = try shell(
      "writ run r.writ --data out/settled --as-of 2026-06-30 --facts again", in: desk)
    #expect(again.messages.contains("1 firing,"), "\(again.messages)")
    for name in ["leads.csv", "old.jsonl", "reps.csv"] {
      #expect(try desk.read("again/" + name) == desk.read("out/settled/" + name))
    }
  }

  @Test func `assignments are written back with a commit`() throws {
    let scratch = Scratch()
    try scratch.write(
      "r.writ",
      """
      queue pool
      record Rep { id : text key, open : number }
      record Lead { id : text key, score : number, owner : Rep? }
      assign Lead to Rep r, sets owner, counts r.open {
        "all": when score > 5 among r by least r.open then r.id
        otherwise queue pool
      }
      change "free" for Lead { when score < 0 and owner is known then set owner = missing }
      """)
    try scratch.write("data/rep.csv", "id,open\nR1,1\nR2,0\n")
    try scratch.write("data/lead.csv", "id,score,owner\n1,9,\n2,1,\n3,-1,R1\n")
    let line = "writ run r.writ --data Rep=data/rep.csv --data Lead=data/lead.csv --facts out"
    #expect(try shell(line, in: scratch).status == 0)
    #expect(try scratch.read("out/lead.csv") == "id,score,owner\n1,9,\n2,1,\n3,-1,\n")
    #expect(try shell(line + " --commit", in: scratch).status == 0)
    #expect(try scratch.read("out/lead.csv") == "id,score,owner\n1,9,R2\n2,1,\n3,-1,\n")
    let piped = try shell(
      "cat data/lead.csv | writ run r.writ --data Rep=data/rep.csv --data Lead=- --facts piped",
      in: scratch)
    #expect(piped.messages.contains("standard input is read to its end"))
    #expect(try scratch.read("piped/Lead") == "id,score,owner\n1,9,\n2,1,\n3,-1,\n")
  }

  @Test func `an alert that meets everything with everything is refused with a way out`() throws {
    let scratch = Scratch()
    try scratch.write(
      "r.writ",
      """
      record Lead { id: text key, phone: text }
      data Lead from "leads.csv"
      alert "twice" { when Lead a, Lead b where a.phone = b.phone and a.id < b.id }
      """)
    try scratch.write("leads.csv", Self.leads(240))
    let run = try writ("run", "r.writ", "--data", ".", "--match-memory", "1", in: scratch)
    #expect(run.status == 1 && run.out.isEmpty)
    #expect(run.messages.contains("[too-many-matches]") && run.messages.contains("\"twice\""))
    try scratch.write("leads.csv", Self.leads(30))
    let few = try writ("run", "r.writ", "--data", ".", "--match-memory", "1", in: scratch)
    #expect(few.status == 0)
    #expect(few.out.split(separator: "\n").count == 30 * 29 / 2)
  }

  /// Leads of one phone.
  private static func leads(_ count: Int) -> String {
    "id,phone\n" + (0..<count).map { "\($0),555\n" }.joined()
  }

  @Test func `what does not settle ends with the names of what goes round`() throws {
    let desk = try desk(
      "change \"up\" for Old { when n >= 0 then set n = n + 1 }\n")
    let run = try shell(Self.line + " --max-firings 60 --facts out", in: desk)
    #expect(run.status == 3 && run.out.isEmpty)
    #expect(run.messages.contains("[changes-do-not-settle]"))
    #expect(run.messages.contains("`up`"))
    #expect(!FileManager.default.fileExists(atPath: desk.path + "/out"))
    let why = try shell(
      "writ why r.writ Lead:1 --data data --as-of 2026-06-30", in: try self.desk())
    #expect(why.out.contains("\"recycle\" set owner: 李雷 → —"), "\(why.out)")
    let gone = try shell(
      "writ why r.writ Old:a --data data --as-of 2026-06-30", in: try self.desk())
    #expect(gone.messages.contains("[record-removed]"), "\(gone.messages)")
  }

  @Test func `what could not be done and what clashes is told`() throws {
    let desk = try desk(
      """
      change "taken" for Old { when n = 1 then insert Old { id "b", gone yes, n 9 } }
      change "first" for Lead { when id = "3" then set phone = "1" }
      change "second" for Lead { when id = "3" and phone is known then set phone = "2" }
      """)
    let run = try shell(Self.line, in: desk)
    #expect(run.messages.contains("[change-did-nothing]"), "\(run.messages)")
    #expect(run.messages.contains("[changes-clash]"), "\(run.messages)")
    try desk.write(
      "r.writ", Self.rules + "change \"up\" for Old { when n >= 0 then set n = n + 1 }\n")
    let why = try shell("writ why r.writ Lead:1 --data data --max-firings 9", in: desk)
    #expect(why.messages.contains("[facts-not-settled]"), "\(why.messages)")
  }

  @Test func `files that cannot be written together are refused`() throws {
    let desk = try desk()
    try desk.write("more/reps.csv", "编号;状态;负责人;跟进日;电话\n")
    let two = try shell(
      "writ run r.writ --data data --data Lead=more/reps.csv --facts out", in: desk)
    #expect(two.messages.contains("[two-files-of-one-name]"), "\(two.messages)")
    try desk.write(
      "gbk.writ",
      """
      record A { id : text key, note : text }
      data A from "a.csv" { encoding "GBK" }
      change "new" for A { when note = "旧" then set note = "新" }
      change "odd" for A { when note = "x" then set note = "😀" }
      """)
    // 旧 in GBK is BE C9, 新 is D0 C2.
    try desk.write("g/a.csv", Data(Array("id,note\n1,".utf8) + [0xBE, 0xC9, 0x0A]))
    #expect(try shell("writ run gbk.writ --data g --facts out", in: desk).status == 0)
    let bytes = try Data(contentsOf: URL(fileURLWithPath: desk.path + "/out/a.csv"))
    #expect(Array(bytes) == Array("id,note\n1,".utf8) + [0xD0, 0xC2, 0x0A])
    try desk.write("g/a.csv", "id,note\n1,x\n")
    let odd = try shell("writ run gbk.writ --data g --facts out", in: desk)
    #expect(odd.messages.contains("[not-in-encoding]"), "\(odd.messages)")
  }
}
