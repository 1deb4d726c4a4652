import Testing
import WritModel
import WritNetwork
import WritRules
import WritSyntax
import WritText

@testable import WritReplay

/// Rules with one test, whose `given`s are the records that questions are asked about.
struct Desk {
  let network: Network
  let sources: Sources
  let today: Int32 = 20_454  // 2026-01-01

  init(_ text: String) throws {
    var sources = Sources()
    let id = sources.add(Source(name: "a.writ", text: text))
    let (tree, mistakes) = Parser.parse(sources[id], id: id)
    let (program, found) = Program.checking([tree], sources: sources)
    let errors = (mistakes + found).filter { $0.severity == .error }
    try #require(errors.isEmpty, "\(errors.map(\.message.english))")
    network = Network(compiling: program)
    self.sources = sources
  }

  /// The answer to a question as text: `Line:1 price`, `Line:1 price not 72`.
  func ask(
    _ question: String, in language: Language = .english, as viewer: String? = nil
  ) throws -> Explanation {
    let program = network.program
    let test = try #require(program.tests.first)
    let memory = TestRun.facts(
      of: test, on: network, sources: sources, language: language, today: today)
    let wording = Wording(program: program, language: .english)
    func record(_ word: String) throws -> Value {
      let parts = word.split(separator: ":").map(String.init)
      let type = try #require(wording.recordType(named: parts[0]))
      return try #require(wording.find(type, [parts[1]], in: memory.facts))
    }
    let words = question.split(separator: " ").map(String.init)
    let subjects = try words.prefix { $0.contains(":") }.map(record)
    let rest = words.dropFirst(subjects.count)
    let name = try #require(rest.first)
    let decision = try #require(
      program.decisions.indices.first { Report.names(name, program.decisions[$0], program) })
    let explainer = Explainer(
      memory: memory, language: language, viewer: try viewer.map { .record(try record($0)) })
    if rest.dropFirst().first == "not" {
      let wanted = rest.dropFirst(2).joined(separator: " ")
      return explainer.whyNot(DecisionID(decision), subjects, wanted)
    }
    return subjects.count == 1
      ? explainer.whyInRun(DecisionID(decision), subjects[0])
      : explainer.why(DecisionID(decision), subjects, today: today)
  }
}

/// Asks a question in a language and looks for pieces of the answer, in order, and for others that
/// must not stand there.
private func check(
  _ desk: Desk, _ question: String, _ language: Language, _ pieces: [String], not: [String] = [],
  at location: SourceLocation = #_sourceLocation
) throws {
  let text = try desk.ask(question, in: language).text(in: desk.sources, width: 100)
  var rest = text[...]
  for piece in pieces {
    guard let range = rest.firstRange(of: piece) else {
      Issue.record("\(piece) in\n\(text)", sourceLocation: location)
      return
    }
    rest = rest[range.upperBound...]
  }
  for piece in not {
    #expect(!text.contains(piece), "\(text)", sourceLocation: location)
  }
}

private let shop = #"""
  currency CNY
  record Line "报价行" {
    id "编号" : text key
    list "标价" : money
    quantity "数量" : integer
    partner "伙伴" : yes/no = no
    day "日期" : date = 2026-01-01
  }
  price Line, each step on the running price {
    start list
    mark regular "常规价"
    times quantity
    "by the dozen": tier by quantity { from 12 : 5% off  from 48 : 8% off }
    "best of": cheapest of {
      "partner price": when partner : 20% off
      "spring": when day >= 2026-03-01 : 10% off
      "everyone": 5% off
    }
    "coupon": 20 off for every 300 of running at most 1 times
    floor list * 60% * quantity raise
    round half up to 0.01
  }
  test "t" {
    given Line { id "1", list 100, quantity 2 }
    given Line { id "2", list 100, quantity 12, partner yes }
  }
  """#

struct WhyNotPriceTests {
  let desk: Desk

  init() throws { desk = try Desk(shop) }

  @Test(arguments: [
    // By title, by some words of it, by what it does: always what failed, and what it would give.
    ("partner price", ["not used: \"partner price\"", "partner no", "would be 160.00"]),
    ("the partner", ["not used: \"partner price\"", "partner no", "would be 160.00"]),
    ("20% off", ["not used: \"partner price\"", "partner no"]),
    ("8折", ["not used: \"partner price\"", "partner no"]),
    ("10% off", ["not used: \"spring\"", "day 2026-01-01 ≥ 2026-03-01", "would be 180.00"]),
    // A tier's step that is not reached.
    ("8% off", ["\"by the dozen\" gives 8% off from 48", "quantity 2, wanted from 48"]),
    // A price: the offer that would have given it, or the step that did before others went on.
    ("160", ["not used: \"partner price\"", "partner no"]),
    ("¥200.00", ["by the dozen is 200.00", "200.00 → 190.00"]),
    ("regular", ["step 2 regular is 100.00; then:", "3 times quantity 100.00 → 200.00"]),
    ("200", ["200.00 → 190.00"]),
    ("190", ["that is the price"]),
    ("17", ["no single offer gives 17.00; the nearest are:", "\"partner price\"", "160.00"]),
    ("33% off", ["no rule here gives \"33% off\"; they give:", "\"by the dozen\" 5% off, 8% off"]),
    ("best of", ["\"partner price\"", "\"spring\"", "\"everyone\" is used in step 5"]),
    ("nonsense", ["no rule and no answer is called \"nonsense\""]),
  ])
  func `says which offer would have given it and what in it failed`(
    wish: String, pieces: [String]
  ) throws {
    try check(desk, "Line:1 price not \(wish)", .english, pieces)
  }

  @Test(arguments: [
    ("partner price", ["未用：“partner price”", "伙伴 否", "用上后价格为 160.00"]),
    ("打8折", ["未用：“partner price”"]),
    ("减10%", ["未用：“spring”", "不满足 日期 2026-01-01 ≥ 2026-03-01"]),
    ("常规价", ["第 2 步 常规价 为 100.00；此后：", "3 乘 数量 100.00 → 200.00"]),
    ("17元", ["没有哪一项优惠单独给出 17.00；最接近的是："]),
    ("8% off", ["“by the dozen” 满 48 减 8%", "数量 2，须满 48"]),
  ])
  func `says so in Chinese`(wish: String, pieces: [String]) throws {
    try check(
      desk, "Line:1 price not \(wish)", .chinese, pieces, not: ["times", "price would", "not used"])
  }

  @Test func `says which offer of a group is better`() throws {
    try check(
      desk, "Line:2 price not everyone", .english,
      ["not used: \"everyone\"", "\"partner price\" is cheaper", "would be"])
  }

  @Test func `tells the floor that lifts the wished price`() throws {
    let desk = try Desk(
      #"""
      currency CNY
      record Line { id : text key  list : money  big : yes/no }
      price Line, each step on the running price {
        start list
        "half": when big : 50% off
        floor list * 90% raise
        round half up to 0.01
      }
      test "t" { given Line { id "1", list 100, big no } }
      """#)
    try check(
      desk, "Line:1 price not half", .english,
      ["big no", "would be 90.00", "the floor lifts 50.00 to 90.00"])
  }

  @Test func `works out nothing for a viewer who may not see what a price rests on`() throws {
    let desk = try Desk(
      #"""
      currency CNY
      enum Team { finance }
      record Rep { id : text key }
      record Line { id : text key  list : money  cost : money  big : yes/no }
      show Line.cost only to finance
      price Line, each step on the running price {
        start list
        "half": when big : 50% off
        floor cost raise
        round half up to 0.01
      }
      test "t" { given Rep { id "R" }  given Line { id "1", list 100, cost 77, big no } }
      """#)
    let told = try desk.ask("Line:1 price not half", as: "Rep:R").text(in: desk.sources, width: 90)
    #expect(told.contains("big no"))
    #expect(!told.contains("77"))
    #expect(try desk.ask("Line:1 price not half").words.contains("would be 77.00"))
    // A named price tells no more: nobody finds the cost by asking for one price after another.
    let asked = try desk.ask("Line:1 price not 80", as: "Rep:R").text(in: desk.sources, width: 90)
    #expect(!asked.contains("77"))
  }
}

private let ladder = #"""
  currency CNY
  enum Role "角色" ordered { rep "销售", manager "经理", director "总监" }
  enum Team "部门" { finance "财务" }
  record Quote "报价" {
    id "编号" : text key
    asker "申请人" : Role
    discount "折扣" : percent
    terms "账期" : integer
    key "重点" : yes/no = no
    margin "毛利率" : percent = 20%
  }
  authorize discount on Quote by Role, more is worse, asked by asker {
    limit rep 5%, manager 10%, director 20%
    "key accounts": when key : instead limit manager 15%
    "long terms": also finance when terms > 60
    "below cost": forbid when margin < 0%
    void on terms
  }
  test "t" {
    given Quote { id "1", asker rep, discount 12%, terms 30 }
    given Quote { id "2", asker rep, discount 8%, terms 90 }
    given Quote { id "3", asker rep, discount 8%, terms 30 }
    given Quote { id "4", asker rep, discount 8%, terms 30 }
    given Quote { id "5", asker rep, discount 3%, terms 30 }
    given Approval {
      of Quote "3", tests discount, value 9%, by manager, on 2025-12-01, until 2026-06-30, terms 30
    }
    given Approval {
      of Quote "4", tests discount, value 7%, by director, on 2025-11-01, until 2025-12-31, terms 20
    }
  }
  """#

struct WhyNotVerdictTests {
  let desk: Desk

  init() throws { desk = try Desk(ladder) }

  @Test(arguments: [
    ("1", "allowed", ["the limit is 5%, 12% is beyond it", "asks director", "at 5% no approval"]),
    ("1", "manager", ["manager's limit is 10%, 12% is beyond it"]),
    ("1", "15%", ["\"key accounts\" did not hold (limit 15%)", "manager: limit 10%", "key no"]),
    ("1", "forbidden", ["\"below cost\" did not hold", "not margin 20% < 0%"]),
    ("1", "finance", ["\"long terms\" did not hold", "not terms 30 > 60", "asks finance"]),
    ("2", "director", ["manager's limit of 10% covers 8%"]),
    ("2", "allowed", ["\"long terms\" holds", "terms 90 > 60", "asks manager, finance"]),
    ("3", "approval", ["approved before: 9% by manager on 2025-12-01 until 2026-06-30"]),
    (
      "4", "allowed",
      ["8% is worse than 7%", "it ended on 2025-12-31", "terms has changed 20 → 30"]
    ),
    ("5", "approval by manager", ["rep's limit of 5% covers 3%"]),
  ])
  func `says which limit or party stood in the way`(
    key: String, wish: String, pieces: [String]
  ) throws {
    try check(desk, "Quote:\(key) discount_verdict not \(wish)", .english, pieces)
  }

  @Test(arguments: [
    ("1", "允许", ["额度 5%，12% 超出", "需 总监 同意", "5% 时无需审批"]),
    ("1", "财务", ["“long terms” 不成立", "不满足 账期 30 > 60", "会签 财务"]),
    ("2", "需审批由总监", ["经理 的额度 10% 已够 8%"]),
    ("4", "允许", ["8% 比 7% 更差", "已于 2025-12-31 到期", "账期 已变 20 → 30"]),
  ])
  func `says so in Chinese`(key: String, wish: String, pieces: [String]) throws {
    try check(desk, "Quote:\(key) 折扣审批 not \(wish)", .chinese, pieces)
  }

  @Test func `tells that an earlier approval was reused`() throws {
    try check(
      desk, "Quote:3 discount_verdict", .english,
      ["→ allowed", "approved before: 9% by manager on 2025-12-01 until 2026-06-30; nothing worse"])
    try check(
      desk, "Quote:3 discount_verdict", .chinese,
      ["→ 允许", "沿用此前审批：经理 于 2025-12-01 同意 9%，有效至 2026-06-30；没有更差，不必再问"])
    let told = try desk.ask("Quote:3 discount_verdict").json(in: desk.sources).line
    #expect(told.contains(#""kind":"approval""#))
    #expect(told.contains(#""by":"manager","on":"2025-12-01","value":0.09"#), "\(told)")
    #expect(told.contains(#""counts":true"#))
  }

  @Test func `finds by asking again the value that needs nobody`() throws {
    try check(desk, "Quote:1 discount_verdict", .english, ["asks director", "at 5% no approval"])
    // Whoever else is asked for the terms is asked at any discount.
    try check(
      desk, "Quote:2 discount_verdict", .english, ["asks manager, finance, in parallel"],
      not: ["no approval is needed"])
  }
}

private let desks = #"""
  currency CNY
  enum Skill "技能" { welding "焊接", wiring "接线" }
  queue waiting "待派"
  record Tech "技师" {
    id "编号" : text key
    name "姓名" : text called
    skills "会做" : set of Skill
    load "负载" : integer
    capacity "上限" : integer = 5
  }
  record Job "工单" { id "编号" : text key  skill "所需" : Skill  phone "电话" : text  tech "技师" : Tech? }
  record Client "客户" { id : text key  name : text called  phone : text  tech : Tech }
  record Visit "拜访" { id : text key  job : Job  length_of : integer }
  define Job.took "用时" = sum of v.length_of over Visit v where v.job = this
  define Job.score "分" = points { always : 5  took >= 100 : 20  skill = welding : 10 }
  assign Job to Tech t, sets tech, counts t.load, in order of id {
    skip t where t.load >= t.capacity because "full: {t.load}"
    "known client": with Client c where c.phone = phone by c.id to c.tech
    "best": among t where skill in t.skills by least t.load then t.id
    otherwise queue waiting
  }
  authorize sale of Tech t to Client c by Job j {
    "same phone": permit when c.phone = j.phone
    "busy": forbid when t.load >= t.capacity
  }
  test "t" {
    given Tech { id "1", name "甲", skills {welding, wiring}, load 3 }
    given Tech { id "2", name "乙", skills {welding}, load 1 }
    given Tech { id "3", name "丙", skills {wiring}, load 0 }
    given Tech { id "4", name "丁", skills {welding}, load 5 }
    given Client { id "C", name "C", phone "1", tech Tech "1" }
    given Job { id "J", skill welding, phone "9", tech missing }
    given Visit { id "a", job Job "J", length_of 30 }
    given Visit { id "b", job Job "J", length_of 45 }
  }
  """#

struct WhyTests {
  let desk: Desk

  init() throws { desk = try Desk(desks) }

  @Test func `tells who was taken, who was passed over and why, and what moved`() throws {
    try check(
      desk, "Job:J assignee", .english,
      [
        "Job J → 乙", "by \"best\"", "among 2:", "乙 load 1, id 2", "甲 load 3, id 1",
        "丁 skipped: full: 5 (load 5, capacity 5)",
        "丙 is not in the pool (skill welding, skills wiring)",
        "before it: \"known client\" did not hold", "there is no Client c where c.phone = phone",
        "phone 9", "counted: load 1 → 2",
      ])
    try check(
      desk, "Job:J assignee", .chinese,
      [
        "工单 J → 乙", "依据 “best”", "候选 2 人：", "丁 跳过：full: 5（负载 5，上限 5）",
        "丙 不在候选里（所需 焊接，会做 接线）", "在它之前：“known client” 不成立", "计入：负载 1 → 2",
      ], not: ["skipped", "pool", "counted"])
  }

  @Test(arguments: [
    ("甲", ["甲 was a candidate of \"best\"", "乙 comes first: load 1, not load 3"]),
    ("丙", ["丙 is not in the pool of \"best\"", "skill welding", "skills wiring"]),
    ("丁", ["丁 skipped: full: 5"]),
    ("waiting", ["otherwise is for what no rule holds for", "by \"best\""]),
    ("known client", ["\"known client\" did not hold", "phone 9"]),
  ])
  func `tells why somebody else was not taken`(wish: String, pieces: [String]) throws {
    try check(desk, "Job:J assignee not \(wish)", .english, pieces)
  }

  @Test func `opens derived values to their parts`() throws {
    try check(
      desk, "Job:J took", .english, ["took → 75", "2 × Visit", "b 45", "a 30"])
    try check(desk, "Job:J took", .chinese, ["用时 → 75", "拜访 2 条", "b 45"])
    try check(
      desk, "Job:J score not 35", .english,
      ["20 more are wanting; what would add:", "20 took >= 100", "not took 75 ≥ 100"])
    try check(desk, "Job:J score not 20", .chinese, ["还差 5", "20 took >= 100"])
  }

  @Test func `tells why a sale is not permitted, or not refused`() throws {
    try check(
      desk, "Tech:4 Client:C Job:J sale not permitted", .english,
      ["by \"busy\"", "\"same phone\" did not hold"])
    try check(
      desk, "Tech:1 Client:C Job:J sale not 准许", .chinese, ["“same phone” 不成立"])
    try check(
      desk, "Tech:1 Client:C Job:J sale not refused", .english, ["\"busy\" did not hold"])
  }
}
