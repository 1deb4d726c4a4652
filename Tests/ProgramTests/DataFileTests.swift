import Foundation
import Testing

private let shelf = """
  currency CNY
  record Item "货品" { sku "货号" : text, colour "颜色" : text, price "价格" : money, key (sku, colour) }
  record Line { id : text key, item "货品项" : Item, quantity : integer, allowed : duration, tags : set of text, note : text? }
  data Item from "items.csv"
  data Line from "lines.csv" { item from "Article", "Colour" }
  define Line.amount = item.price * quantity
  define Line.slow = allowed > 36 hours

  """

private let chinese = """
  币种 CNY
  对象 货品 { 货号 : 文本, 颜色 : 文本, 价格 : 金额, 主键 (货号, 颜色) }
  对象 明细 { id : 文本 主键, item : 货品, 数量 "quantity" : 整数, 时限 "allowed" : 时长, tags : 多选 文本, note : 文本? }
  数据 货品 来自 "items.csv"
  数据 明细 来自 "lines.csv" { item 来自 "Article", "Colour" }
  计算 明细.amount = item.价格 * 数量
  计算 明细.slow = 时限 > 36 小时

  """

/// What data files may get wrong, seen from outside.
struct DataFileTests {
  private func desk(_ rules: String, _ lines: String) throws -> Scratch {
    let desk = Scratch()
    try desk.write("rules.writ", rules)
    try desk.write("items.csv", "货号,颜色,价格\nA,blue,5\nA,red,7\n")
    try desk.write("lines.csv", lines)
    return desk
  }

  @Test(arguments: [shelf, chinese])
  func `a key of two fields, durations and empty sets from CSV`(_ rules: String) throws {
    let desk = try desk(
      rules, "id,Article,Colour,quantity,allowed,tags\n1,A,blue,2,P2D,\n2,A,red,3,PT36H,x;y\n")
    let run = try writ(
      "run", "rules.writ", "--format", "csv", "--as-of", "2026-01-01", in: desk)
    #expect(run.status == 0, "\(run.messages)")
    #expect(
      run.out.split(whereSeparator: \.isNewline) == ["id,amount,slow", "1,10.00,yes", "2,21.00,no"])
    #expect(run.messages.contains("lines.csv: no column for `note`"), "\(run.messages)")
  }

  @Test func `a bad row names file, line and column, and so does its line in the rejects`() throws {
    let desk = try desk(
      shelf, "id,Article,Colour,quantity,allowed,tags,note\n1,A,blue,2,P1M2D,,\n2,A,,3,PT36H,,\n")
    let run = try writ("run", "rules.writ", "--as-of", "2026-01-01", in: desk)
    #expect(run.status == 3)
    #expect(
      run.messages.contains("lines.csv:2:5: `P1M2D` in `allowed` has months and days"),
      "\(run.messages)")
    #expect(run.messages.contains("lines.csv:3:3: `货品项.颜色` is blank"), "\(run.messages)")
    let rejects = try desk.read("writ-rejects.jsonl").split(separator: "\n").map(String.init)
    #expect(rejects.count == 2)
    #expect(rejects.first?.contains("\"line\":2,\"column\":5,") == true)
    #expect(rejects.first?.contains("\"code\":\"months-and-days\"") == true)
    #expect(rejects.first?.contains("\"header\":\"allowed\",\"value\":\"P1M2D\"") == true)
  }

  @Test func `columns that are named and not there stop the run, all of them`() throws {
    let desk = try desk(shelf, "id,Artikel,Color,quantity,allowed,tags,note\n")
    let run = try writ("run", "rules.writ", "--as-of", "2026-01-01", in: desk)
    #expect(run.status == 2)
    #expect(run.messages.contains("lines.csv:1: there is no column `Article`"), "\(run.messages)")
    #expect(run.messages.contains("did you mean `Artikel`"))
    #expect(run.messages.contains("there is no column `Colour`"))
    #expect(run.messages.contains("did you mean `Color`"))
  }

  @Test func `as many headers as the key has fields`() throws {
    for (from, code) in [("\"a\", \"b\", \"c\"", "headers-of-key"), ("\"a\", \"b\"", "")] {
      let desk = try desk(shelf.replacing("\"Article\", \"Colour\"", with: from), "")
      let run = try writ("check", "rules.writ", in: desk)
      #expect(run.out.contains("headers-of-key") == (code != ""), "\(run.messages)\(run.out)")
    }
  }
}
