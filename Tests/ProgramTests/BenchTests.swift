import Foundation
import Testing

/// `writ bench`: what rules cost on data.
struct BenchTests {
  private static let rules = """
    record Lead { id: text key, visits: integer, known: yes/no }
    data Lead from "leads.csv"
    define Lead.score = points { visits > 2 : 10   known : 5 }
    decide band for Lead -> text, first {
      "hot": when score >= 10 and visits > 2 : "hot"
      otherwise "cold"
    }
    """

  private func scratch() throws -> Scratch {
    let scratch = Scratch()
    try scratch.write("rules.writ", Self.rules)
    try scratch.write("leads.csv", "id,visits,known\nA,3,yes\nB,1,no\nC,9,no\n")
    return scratch
  }

  private func json(_ run: Run) throws -> [String: Any] {
    let value = try JSONSerialization.jsonObject(with: Data(run.out.utf8))
    return try #require(value as? [String: Any])
  }

  @Test func `says what each decision, part and condition takes`() throws {
    let run = try writ("bench", "rules.writ", in: scratch())
    #expect(run.status == 0, "\(run.messages)")
    let found = try json(run)
    #expect(found["records"] as? Int == 3)
    #expect(found["data_bytes"] as? Int == 38)
    for name in ["check_ns", "compile_ns", "read_ns", "peak_bytes"] {
      #expect((found[name] as? Int ?? 0) > 0, "\(name)")
    }
    let decisions = try #require(found["decisions"] as? [[String: Any]])
    #expect(
      Set(decisions.compactMap { $0["decision"] as? String }) == ["Lead.band", "Lead.score"])
    #expect(decisions.allSatisfy { ($0["ns_each"] as? Int ?? 0) > 0 && $0["records"] as? Int == 3 })
    let blocks = try #require(found["blocks"] as? [[String: Any]])
    #expect(blocks.contains { $0["block"] as? String == "Lead.score" })
    let conditions = try #require(found["conditions"] as? [[String: Any]])
    #expect(conditions.compactMap { $0["rule"] as? String } == ["hot"])
    #expect(conditions.first?["holds"] as? Int == 2)
    #expect(conditions.first?["asked"] as? Int == 3)
  }

  @Test func `looks at one decision when asked to`() throws {
    let run = try writ("bench", "rules.writ", "--only", "Lead.score", in: scratch())
    let decisions = try #require(try json(run)["decisions"] as? [[String: Any]])
    #expect(decisions.compactMap { $0["decision"] as? String } == ["Lead.score"])
    let slip = try writ("bench", "rules.writ", "--only", "Lead.scor", in: scratch())
    #expect(slip.status == 2)
    #expect(slip.messages.contains("Lead.score"))
  }

  @Test(arguments: ["en", "zh"])
  func `shows people a table`(language: String) throws {
    let run = try writ(
      "bench", "rules.writ", "--format", "table", "--lang", language, in: scratch())
    #expect(run.status == 0, "\(run.messages)")
    let words =
      language == "en" ? ["records/s", "conditions", "Lead.band"] : ["每秒条数", "单独询问", "判定"]
    for word in words { #expect(run.out.contains(word), "\(word) in \(run.out)") }
  }

  @Test func `counts rows that do not fit and firings of changes`() throws {
    let scratch = Scratch()
    try scratch.write(
      "rules.writ",
      """
      record Lead { id: text key, visits: integer }
      data Lead from "leads.csv"
      change "up" for Lead { when visits < 3 then set visits = visits + 1 }
      """)
    try scratch.write("leads.csv", "id,visits\nA,0\nB,2\nC,many\n")
    let run = try writ("bench", "rules.writ", in: scratch)
    #expect(run.status == 3, "\(run.messages)")
    let changes = try #require(try json(run)["changes"] as? [String: Any])
    #expect(changes["firings"] as? Int == 4)
    #expect((changes["by"] as? [[String: Any]])?.first?["title"] as? String == "up")
    let endless = try writ("bench", "rules.writ", "--max-firings", "3", in: scratch)
    #expect(endless.status == 1)
    #expect(endless.messages.contains("changes-do-not-settle"))
  }
}
