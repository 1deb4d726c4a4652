// Makes the recorded data of the east company. Run it from anywhere:
//
//     swift playground/east/generate.swift OUT
//
// It writes the same bytes every time: all chance comes from one seed, no clock is read, and no
// unordered collection is walked. Every company, person, telephone number and code is invented.

import Foundation

// MARK: - Chance

/// SplitMix64: small, seeded, and the same on every machine.
struct Chance {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// A whole number of `0 ..< bound`.
  mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

  mutating func pick<Item>(_ items: [Item]) -> Item { items[below(items.count)] }

  /// True in `percent` of a hundred cases.
  mutating func holds(_ percent: Int) -> Bool { below(100) < percent }

  /// Picks a number of `range` that small numbers win more often, as sizes of companies do.
  mutating func skewed(_ range: ClosedRange<Int>) -> Int {
    let span = range.upperBound - range.lowerBound
    let share = below(1000) * below(1000) / 1000
    return range.lowerBound + span * share / 1000
  }
}

var chance = Chance(state: 20_260_630)

// MARK: - Dates

/// A calendar date `days` after 2025-01-01.
func date(_ days: Int) -> String {
  var year = 2025
  var rest = days
  func lengths(_ year: Int) -> [Int] {
    [31, year % 4 == 0 ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
  }
  while rest >= lengths(year).reduce(0, +) {
    rest -= lengths(year).reduce(0, +)
    year += 1
  }
  var month = 0
  while rest >= lengths(year)[month] {
    rest -= lengths(year)[month]
    month += 1
  }
  func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
  return "\(year)-\(two(month + 1))-\(two(rest + 1))"
}

/// 2026-01-01 and 2026-06-30 as days after 2025-01-01.
let newYear = 365
let lastDay = newYear + 180

// MARK: - Tables

/// A CSV table under construction.
struct Sheet {
  var lines: [String]

  init(_ headers: String...) { lines = [headers.joined(separator: ",")] }

  mutating func add(_ cells: String...) {
    lines.append(
      cells.map { cell in
        cell.contains(",") || cell.contains("\"")
          ? "\"" + cell.replacingOccurrences(of: "\"", with: "\"\"") + "\"" : cell
      }.joined(separator: ","))
  }

  func write(_ name: String, in folder: String) throws {
    let text = lines.joined(separator: "\n") + "\n"
    try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
  }
}

func padded(_ number: Int, _ width: Int) -> String {
  let digits = "\(number)"
  return String(repeating: "0", count: max(0, width - digits.count)) + digits
}

// MARK: - Places and people

/// A city, the member of the region tree it is entered as, and how often it occurs.
let cities: [(city: String, region: String, weight: Int)] = [
  ("苏州", "苏州", 12), ("昆山", "苏州", 5), ("无锡", "江苏", 6), ("南京", "江苏", 5), ("常州", "江苏", 4),
  ("上海", "上海", 12), ("杭州", "浙江", 7), ("宁波", "浙江", 7), ("嘉兴", "浙江", 3), ("合肥", "安徽", 5),
  ("芜湖", "安徽", 3), ("北京", "北京", 6), ("天津", "天津", 3), ("石家庄", "河北", 2), ("深圳", "广东", 5),
  ("东莞", "广东", 3), ("武汉", "湖北", 2), ("大阪", "日本", 1), ("斯图加特", "德国", 1),
]
/// Which regions contain which, as the rules' tree has it.
let parents = [
  "苏州": "江苏", "江苏": "华东", "上海": "华东", "浙江": "华东", "安徽": "华东", "北京": "华北", "天津": "华北",
  "河北": "华北", "广东": "华南", "湖北": "华中", "华东": "中国", "华北": "中国", "华南": "中国", "华中": "中国",
  "日本": "海外", "德国": "海外",
]

/// Whether a region is another or lies in it.
func lies(_ region: String, in outer: String) -> Bool {
  region == outer || parents[region].map { lies($0, in: outer) } ?? false
}

let weightedCities = cities.flatMap { Array(repeating: $0, count: $0.weight) }

let roots = [
  "精工", "恒达", "华瑞", "海川", "鼎盛", "瑞科", "中拓", "金泰", "联创", "东川", "启明", "博远", "天工", "远景谷", "和力",
  "科锐", "正泽", "新禾", "星河", "盛邦", "宏图", "立新", "佳韵", "锐普", "永兴", "德润", "泰和", "凯旋", "嘉禾", "广源",
]

let industries: [(industry: String, suffixes: [String], weight: Int)] = [
  ("机械", ["机械", "重工", "精密机械", "模具"], 6), ("电子", ["电子", "半导体", "光电"], 5),
  ("汽车", ["汽车零部件", "车身技术", "新能源汽车"], 4), ("食品", ["食品", "乳业", "饮料"], 3),
  ("医疗", ["医疗器械", "生物制药"], 2), ("零售", ["商贸", "百货"], 2), ("政府", ["公共技术中心", "职业技术学院"], 1),
]
let weightedIndustries = industries.flatMap { Array(repeating: $0, count: $0.weight) }

let contacts = ["张工", "李经理", "王总", "赵主任", "钱采购", "孙厂长", "周工", "吴经理", "郑总", "冯主任", "陈采购", "蒋工"]

struct Rep {
  var id: String, name: String, region: String, role: String, skills: String, lines: String
  var open: Int, capacity: Int, onLeave: Bool, manager: String
}

let hardware = "机器视觉;伺服驱动;机器人;传感器"
let everything = "机器视觉;伺服驱动;机器人;传感器;软件;服务"
let light = "传感器;软件;服务"

/// The people are written down, not drawn: rules name some of them.
let reps: [Rep] = [
  Rep(
    id: "R01", name: "沈国强", region: "中国", role: "副总", skills: "机械;汽车;电子", lines: everything,
    open: 0,
    capacity: 0, onLeave: false, manager: ""),
  Rep(
    id: "R02", name: "顾美华", region: "华东", role: "总监", skills: "机械;汽车", lines: everything, open: 2,
    capacity: 6, onLeave: false, manager: "R01"),
  Rep(
    id: "R03", name: "郭建军", region: "华北", role: "总监", skills: "电子;政府", lines: everything, open: 1,
    capacity: 6, onLeave: false, manager: "R01"),
  Rep(
    id: "R04", name: "李雷", region: "江苏", role: "经理", skills: "机械;汽车", lines: everything, open: 6,
    capacity: 24, onLeave: false, manager: "R02"),
  Rep(
    id: "R05", name: "韩梅梅", region: "上海", role: "经理", skills: "电子;医疗", lines: everything, open: 8,
    capacity: 24, onLeave: false, manager: "R02"),
  Rep(
    id: "R06", name: "林涛", region: "浙江", role: "经理", skills: "机械;食品", lines: everything, open: 5,
    capacity: 20, onLeave: false, manager: "R02"),
  Rep(
    id: "R07", name: "王芳", region: "北京", role: "经理", skills: "政府;医疗", lines: everything, open: 7,
    capacity: 20, onLeave: false, manager: "R03"),
  Rep(
    id: "R08", name: "张伟", region: "苏州", role: "销售", skills: "机械", lines: hardware, open: 9,
    capacity: 30, onLeave: false, manager: "R04"),
  Rep(
    id: "R09", name: "刘洋", region: "苏州", role: "销售", skills: "电子", lines: hardware, open: 11,
    capacity: 30, onLeave: false, manager: "R04"),
  Rep(
    id: "R10", name: "陈静", region: "江苏", role: "销售", skills: "食品;零售", lines: everything, open: 4,
    capacity: 25, onLeave: true, manager: "R04"),
  Rep(
    id: "R11", name: "杨帆", region: "江苏", role: "销售", skills: "汽车", lines: hardware, open: 12,
    capacity: 25, onLeave: false, manager: "R04"),
  Rep(
    id: "R12", name: "赵敏", region: "上海", role: "销售", skills: "电子", lines: everything, open: 10,
    capacity: 28, onLeave: false, manager: "R05"),
  Rep(
    id: "R13", name: "黄磊", region: "上海", role: "销售", skills: "医疗;政府", lines: everything, open: 3,
    capacity: 28, onLeave: false, manager: "R05"),
  Rep(
    id: "R14", name: "周婷", region: "上海", role: "销售", skills: "机械", lines: light, open: 28,
    capacity: 28, onLeave: false, manager: "R05"),
  Rep(
    id: "R15", name: "吴昊", region: "浙江", role: "销售", skills: "机械;汽车", lines: hardware, open: 6,
    capacity: 25, onLeave: false, manager: "R06"),
  Rep(
    id: "R16", name: "徐丽", region: "浙江", role: "销售", skills: "食品", lines: everything, open: 9,
    capacity: 25, onLeave: false, manager: "R06"),
  Rep(
    id: "R17", name: "孙鹏", region: "安徽", role: "销售", skills: "汽车;机械", lines: everything, open: 5,
    capacity: 22, onLeave: false, manager: "R02"),
  Rep(
    id: "R18", name: "朱琳", region: "安徽", role: "销售", skills: "食品;零售", lines: light, open: 7,
    capacity: 22, onLeave: false, manager: "R02"),
  Rep(
    id: "R19", name: "胡军", region: "华北", role: "销售", skills: "政府", lines: everything, open: 8,
    capacity: 25, onLeave: false, manager: "R07"),
  Rep(
    id: "R20", name: "何勇", region: "天津", role: "销售", skills: "汽车", lines: hardware, open: 2,
    capacity: 20, onLeave: false, manager: "R07"),
  Rep(
    id: "R21", name: "高翔", region: "广东", role: "销售", skills: "电子", lines: everything, open: 14,
    capacity: 26, onLeave: false, manager: "R03"),
  Rep(
    id: "R22", name: "罗丹", region: "广东", role: "销售", skills: "电子;零售", lines: light, open: 9,
    capacity: 26, onLeave: false, manager: "R03"),
  Rep(
    id: "R23", name: "郑凯", region: "湖北", role: "销售", skills: "汽车;机械", lines: hardware, open: 3,
    capacity: 18, onLeave: false, manager: "R03"),
  Rep(
    id: "R24", name: "梁爽", region: "中国", role: "销售", skills: "汽车", lines: everything, open: 5,
    capacity: 15, onLeave: false, manager: "R02"),
  Rep(
    id: "R25", name: "宋佳", region: "海外", role: "经理", skills: "机械;电子", lines: everything, open: 2,
    capacity: 12, onLeave: false, manager: "R01"),
]

// MARK: - Products

struct Product {
  var id: String, name: String, family: String
  /// In yuan.
  var list: Int
  var cost: String
  var stock: Int, reserved: Int
  var isControlled: Bool
}

let ranges: [(family: String, models: [(name: String, list: Int)], costPercent: Int)] = [
  (
    "机器视觉",
    [
      ("工业相机 GX-130", 3_200), ("工业相机 GX-500", 6_800), ("工业相机 GX-1200", 12_800),
      ("线扫相机 LX-4K", 21_500), ("线扫相机 LX-8K", 36_000), ("智能相机 SX-2", 9_600),
      ("远心镜头 TL-05", 4_500), ("环形光源 RL-90", 880), ("条形光源 BL-200", 760),
      ("视觉控制器 VC-4", 18_600), ("视觉控制器 VC-8", 26_800), ("三维相机 DX-3", 58_000),
    ], 62
  ),
  (
    "伺服驱动",
    [
      ("伺服电机 400W", 1_450), ("伺服电机 750W", 1_980), ("伺服电机 2kW", 4_600),
      ("伺服驱动器 SD-04", 1_680), ("伺服驱动器 SD-07", 2_150), ("伺服驱动器 SD-20", 5_200),
      ("行星减速机 PX-60", 1_250), ("行星减速机 PX-90", 1_980), ("多轴控制器 MC-8", 11_800),
      ("多轴控制器 MC-16", 19_600), ("直线模组 LM-800", 6_400), ("直线电机 LD-300", 13_500),
    ], 70
  ),
  (
    "机器人",
    [
      ("六轴机器人 R6-05", 86_000), ("六轴机器人 R6-10", 128_000), ("六轴机器人 R6-20", 168_000),
      ("水平关节机器人 S4-06", 46_000), ("水平关节机器人 S4-10", 62_000), ("协作机器人 C7-05", 98_000),
      ("协作机器人 C7-12", 142_000), ("移动底盘 AM-300", 118_000), ("电动夹爪 EG-40", 8_600),
      ("力控末端 FT-2", 32_000), ("导轨 RT-3000", 24_000),
    ], 74
  ),
  (
    "传感器",
    [
      ("激光位移 LS-30", 3_800), ("激光位移 LS-100", 5_600), ("光电开关 PE-12", 68),
      ("接近开关 PR-08", 52), ("光纤放大器 FA-2", 320), ("安全光幕 SC-600", 2_400),
      ("编码器 EN-17", 860), ("压力变送器 PT-16", 540), ("称重模块 WM-500", 1_350),
      ("读码器 CR-50", 4_900), ("温度巡检仪 TM-32", 2_900),
    ], 55
  ),
  (
    "软件",
    [
      ("视觉软件 基础版", 12_000), ("视觉软件 专业版", 36_000), ("产线看板 标准版", 28_000),
      ("制造执行 50点", 120_000), ("制造执行 200点", 320_000), ("设备联网 网关授权", 4_800),
      ("仿真软件 单机版", 42_000), ("质量追溯 标准版", 68_000),
    ], 18
  ),
  (
    "服务",
    [
      ("现场安装 人天", 2_400), ("操作培训 场", 8_000), ("年度维保 标准", 15_000), ("年度维保 金牌", 36_000),
      ("产线评估 次", 12_000), ("备件保障 年", 22_000),
    ], 48
  ),
]

/// The three whose cost nobody has entered yet: their margins are unknown, and stay unknown.
let withoutCost: Set<String> = ["三维相机 DX-3", "力控末端 FT-2", "质量追溯 标准版"]
/// Under export control.
let controlled: Set<String> = ["六轴机器人 R6-20", "多轴控制器 MC-16", "直线电机 LD-300"]

var products: [Product] = []
for range in ranges {
  for model in range.models {
    let isIntangible = range.family == "软件" || range.family == "服务"
    let spread = range.costPercent - 4 + chance.below(9)
    let stock = isIntangible ? 9_999 : 4 + chance.skewed(0...400)
    products.append(
      Product(
        id: "P-\(padded(products.count + 1, 3))", name: model.name, family: range.family,
        list: model.list,
        cost: withoutCost.contains(model.name) ? "" : "\(model.list * spread / 100)",
        stock: stock, reserved: isIntangible ? 0 : chance.below(stock / 3 + 1),
        isControlled: controlled.contains(model.name)))
  }
}

// MARK: - Companies

struct Company {
  var name: String, region: String, industry: String
}

var usedNames: Set<String> = []

func drawCompany() -> Company {
  while true {
    let place = chance.pick(weightedCities)
    let trade = chance.pick(weightedIndustries)
    let name = place.city + chance.pick(roots) + chance.pick(trade.suffixes)
    if usedNames.insert(name).inserted {
      return Company(name: name, region: place.region, industry: trade.industry)
    }
  }
}

func drawPhone() -> String {
  "1\(chance.pick(["38", "39", "50", "86"]))\(padded(chance.below(100_000_000), 8))"
}

func drawCode() -> String {
  let letters = Array("0123456789ABCDEFGHJKLMNPQRTUWXY")
  return "9132" + padded(chance.below(10_000), 4) + "MA"
    + String((0..<8).map { _ in chance.pick(letters) })
}

struct Account {
  var id: String, company: Company, code: String, phone: String, tier: String, channel: String
  var annual: Int, parent: String, share: String, since: Int, isKey: Bool, owner: String
}

var accounts: [Account] = []
usedNames.insert("苏州精工机械")
for number in 1...120 {
  let company =
    number == 1 ? Company(name: "苏州精工机械", region: "苏州", industry: "机械") : drawCompany()
  let annual = number == 1 ? 3_600_000 : chance.skewed(8...420) * 10_000
  let tier = annual >= 1_500_000 ? "A" : annual >= 400_000 ? "B" : "C"
  // A group: every ninth account belongs to an earlier one.
  let hasParent = number > 10 && number % 9 == 0
  let country = company.region == "日本" || company.region == "德国"
  accounts.append(
    Account(
      id: "A-\(padded(number, 3))", company: company, code: drawCode(), phone: drawPhone(),
      tier: chance.holds(4) && number > 1 ? "" : tier,
      channel: country ? "经销商" : chance.pick(["直销", "直销", "直销", "经销商", "线上"]),
      annual: annual, parent: hasParent ? accounts[number % 10].id : "",
      share: hasParent ? chance.pick(["100%", "67%", "51%", "40%"]) : "",
      since: chance.below(newYear + 150), isKey: annual >= 2_600_000,
      owner: chance.holds(70) ? reps[3 + chance.below(22)].id : ""))
}

// MARK: - Leads

var leads = Sheet(
  "编号", "公司", "联系人", "电话", "信用代码", "区域", "行业", "人数", "来源", "官网访问", "演示次数", "最近演示", "私人邮箱", "创建日期",
  "负责人")
for number in 1...300 {
  // One lead in eight is a customer already, under his own number or his own code.
  let known = chance.holds(12) ? chance.pick(accounts) : nil
  // One in thirty bears the name of a customer, a little differently.
  let alike = known == nil && chance.holds(4) ? chance.pick(accounts) : nil
  let company = known?.company ?? alike?.company ?? drawCompany()
  let demos = chance.holds(35) ? 1 + chance.below(3) : 0
  let created = newYear + 90 + chance.below(91)
  leads.add(
    "L-\(1000 + number)",
    alike == nil ? company.name : company.name + chance.pick(["有限公司", "股份公司", "（二厂）"]),
    chance.pick(contacts),
    known != nil && chance.holds(70) ? known!.phone : drawPhone(),
    known != nil ? (chance.holds(60) ? known!.code : "") : chance.holds(25) ? drawCode() : "",
    chance.holds(5) ? "" : company.region,
    chance.holds(6) ? "" : company.industry,
    chance.holds(9) ? "" : "\(chance.skewed(12...2600))",
    chance.pick(["官网", "官网", "展会", "展会", "转介绍", "渠道", "来电"]),
    "\(chance.skewed(0...24))", "\(demos)",
    demos > 0 ? date(created + chance.below(lastDay - created + 1)) : "",
    chance.holds(18) ? "是" : "否", date(created),
    chance.holds(7) ? reps[7 + chance.below(17)].id : "")
}

// MARK: - Prices and quotes

var priceBook = Sheet("product", "channel", "price", "valid_from", "valid_to")
var contracts = Sheet("account", "product", "price", "valid_from", "valid_to")
for product in products {
  for (channel, percent) in [("直销", 100), ("经销商", 82), ("线上", 95)] {
    // Last year's price, then this year's, three percent up; the bounds do not overlap.
    let now = product.list * percent / 100
    priceBook.add(product.id, channel, "\(now * 97 / 100)", "2025-01-01", "2026-01-01")
    priceBook.add(product.id, channel, "\(now)", "2026-01-01", "2027-01-01")
  }
}
let buyers = accounts.filter { $0.tier == "A" }
for account in buyers {
  for _ in 0..<2 {
    let product = chance.pick(products.filter { $0.family != "服务" })
    let row = "\(account.id),\(product.id),"
    guard !contracts.lines.contains(where: { $0.hasPrefix(row) }) else { continue }
    contracts.add(
      account.id, product.id, "\(product.list * (78 + chance.below(10)) / 100)", "2026-01-01",
      chance.holds(75) ? "2027-01-01" : "2026-04-01")
  }
}

var quotes = Sheet("编号", "客户", "销售", "渠道", "日期", "账期")
var lines = Sheet("编号", "报价", "产品", "数量", "申请折扣")
var lineCount = 0
for number in 1...200 {
  let account = chance.holds(40) ? chance.pick(buyers) : chance.pick(accounts)
  let id = "Q-\(padded(number, 4))"
  // One quote in fourteen is written by somebody from elsewhere.
  let home = reps.dropFirst(3).filter { lies(account.company.region, in: $0.region) }
  let writer = home.isEmpty || chance.holds(7) ? reps[3 + chance.below(22)] : chance.pick(home)
  quotes.add(
    id, account.id, writer.id, account.channel,
    date(newYear + chance.below(180)), "\(chance.pick([0, 30, 30, 30, 60, 90, 120]))")
  var chosen: [Product] = []
  let wanted = 1 + chance.below(4)
  while chosen.count < wanted {
    // Mostly from the writer's own product lines.
    let product = chance.pick(products)
    if !writer.lines.contains(product.family), chance.holds(85) { continue }
    if !chosen.contains(where: { $0.id == product.id }) { chosen.append(product) }
  }
  for (position, product) in chosen.enumerated() {
    let quantity =
      product.list >= 40_000
      ? 1 + chance.below(3)
      : product.list >= 5_000 ? 1 + chance.below(12) : 1 + chance.skewed(0...160)
    let asked = chance.pick([0, 0, 0, 0, 2, 2, 3, 3, 5, 5, 5, 8, 8, 10, 12, 15, 20])
    lines.add("\(id)-\(position + 1)", id, product.id, "\(quantity)", "\(asked)%")
    lineCount += 1
  }
}

// MARK: - Writing

guard CommandLine.arguments.count == 2 else {
  print("usage: swift playground/east/generate.swift OUT")
  exit(2)
}
let folder = CommandLine.arguments[1]
try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)

var people = Sheet("编号", "姓名", "区域", "角色", "擅长", "产品线", "在跟", "上限", "休假", "上级")
for rep in reps {
  people.add(
    rep.id, rep.name, rep.region, rep.role, rep.skills, rep.lines, "\(rep.open)", "\(rep.capacity)",
    rep.onLeave ? "是" : "否", rep.manager)
}
try people.write("reps.csv", in: folder)

var companies = Sheet(
  "编号", "名称", "信用代码", "电话", "区域", "行业", "等级", "渠道", "年采购额", "母公司", "持股", "合作日期", "重点", "负责人")
for account in accounts {
  companies.add(
    account.id, account.company.name, account.code, account.phone,
    account.id == "A-077" ? "" : account.company.region, account.company.industry, account.tier,
    account.channel, "\(account.annual)", account.parent, account.share, date(account.since),
    account.isKey ? "是" : "否", account.owner)
}
try companies.write("accounts.csv", in: folder)

var goods = Sheet("编号", "名称", "产品线", "标价", "成本", "库存", "预留", "管制")
for product in products {
  goods.add(
    product.id, product.name, product.family, "\(product.list)", product.cost, "\(product.stock)",
    "\(product.reserved)", product.isControlled ? "是" : "否")
}
try goods.write("products.csv", in: folder)
try leads.write("leads.csv", in: folder)
try priceBook.write("pricebook.csv", in: folder)
try contracts.write("contracts.csv", in: folder)
try quotes.write("quotes.csv", in: folder)
try lines.write("lines.csv", in: folder)

print(
  "wrote \(folder): \(reps.count) reps, \(accounts.count) accounts, \(products.count) products, "
    + "\(leads.lines.count - 1) leads, \(quotes.lines.count - 1) quotes, \(lineCount) lines")
