import Foundation
import Testing

/// Rule sets that are written as patches of another, as `writ compare` finds them.
@Suite struct VariantTests {
  private let rules = """
    enum Answer { fine, ask }
    record Quote { id : text key, asked : percent, long : yes/no = no }
    param cap "上限" = 10% in 5%..20%
    decide verdict for Quote -> Answer, first {
      "long": when long : ask
      "small": when asked <= cap : fine
      otherwise ask
    }
    """

  private func desk() throws -> Scratch {
    let desk = Scratch()
    try desk.write("base/a.writ", rules)
    try desk.write(
      "plans/v.writ",
      """
      variant "wide" of "../base" {
        set cap = 15%
        remove "long" in decide verdict
      }
      variant "wider" of "wide" { set 上限 = 20% }
      """)
    try desk.write(
      "quotes.csv", "id,asked,long\na,4%,no\nb,12%,no\nc,18%,yes\nd,3%,yes\ne,13%,yes\n")
    return desk
  }

  private func compare(_ words: String, in desk: Scratch) throws -> Run {
    try shell(
      "writ compare \(words) --data Quote=quotes.csv --as-of 2026-01-01 --format json", in: desk)
  }

  @Test func `a variant is found by its title, and a file of variants stands for them all`() throws
  {
    let desk = try desk()
    let all = try compare("base plans/v.writ", in: desk)
    #expect(all.status == 0, "\(all.messages)")
    let report = try #require(
      try JSONSerialization.jsonObject(with: Data(all.out.utf8)) as? [String: Any])
    let sets = try #require(report["ruleSets"] as? [[String: Any]])
    #expect(sets.compactMap { $0["name"] as? String } == ["base", "wide", "wider"])
    let differences = try #require(report["differences"] as? [[String: Any]])
    let edits = differences.map { ($0["edits"] as? [[String: Any]] ?? []).count }
    #expect(edits == [2, 2])
    let decisions = differences.map { $0["decisions"] as? [[String: Any]] ?? [] }
    // b by the param; d by the rule; e only by both. The wider one turns c as well, by both.
    #expect(decisions.map { $0.first?["changed"] as? Int } == [3, 4])
    let kinds = decisions.map { ($0.first?["charges"] as? [[String: Any]] ?? []) }.map { charges in
      charges.map { "\($0["kind"] ?? "") \($0["count"] ?? "")" }
    }
    #expect(
      kinds == [["alone 1", "alone 1", "together 1"], ["alone 1", "alone 1", "together 2"]])
  }

  @Test func `what cannot be found is told`() throws {
    let desk = try desk()
    try desk.write("lone.writ", "variant \"x\" of \"../nowhere\" { set cap = 6% }\n")
    try desk.write(
      "circle.writ",
      "variant \"a\" of \"b\" { set cap = 6% }\nvariant \"b\" of \"a\" { set cap = 7% }\n"
    )
    try desk.write(
      "bad.writ", "variant \"bad\" of \"base\" { remove \"lung\" in decide verdict }\n")
    func check(_ words: String, _ parts: [String]) throws {
      let run = try compare(words, in: desk)
      #expect(run.status == 2, "\(words)")
      for part in parts { #expect(run.messages.contains(part), "\(words): \(run.messages)") }
    }
    try check("base \"wode\" plans/v.writ", ["unknown-rule-set", "`wide`"])
    try check("base lone.writ", ["missing-base", "../nowhere", "lone.writ:1:"])
    try check("base circle.writ", ["circular-variants", "`a` → `b` → `a`", "circle.writ:2:"])
    try check("base bad.writ", ["unknown-title", "did you mean `long`?", "the block of the base"])
    // Checking the file alone looks at the base as well.
    let alone = try writ("check", "bad.writ", "circle.writ", in: desk)
    #expect(alone.status == 2)
    for part in ["unknown-title", "bad.writ:1:", "circular-variants"] {
      #expect(alone.out.contains(part), "\(alone.out)")
    }
  }

  @Test func `what a base does not parse to is not told as missing`() throws {
    let desk = try desk()
    try desk.write(
      "base/a.writ", rules.replacingOccurrences(of: "\"long\": when", with: "\"long\": wen"))
    let run = try compare("base plans/v.writ", in: desk)
    #expect(run.status == 2)
    #expect(
      run.messages.contains("a.writ:5:") && !run.messages.contains("unknown-title"),
      "\(run.messages)")
    let alone = try writ("check", "base", "plans", in: desk)
    #expect(alone.status == 2)
    #expect(alone.out.contains("a.writ:5:") && !alone.out.contains("unknown-title"), "\(alone.out)")
  }

  @Test func `whole declarations are patched, compared and charged`() throws {
    let desk = Scratch()
    try desk.write(
      "base/a.writ",
      rules + """

        require "asked" for Quote, stops verdict: asked <= 30% because "far too much"
        change "round" for Quote { when asked > 13% and asked < 14% then set asked = 13% }
        """)
    try desk.write(
      "plans/v.writ",
      """
      variant "strict" of "../base" {
        replace require "asked" for Quote, stops verdict: asked <= 12% because "too much"
        remove change "round"
      }
      """)
    try desk.write(
      "quotes.csv", "id,asked,long\na,4%,no\nb,12%,no\nc,18%,yes\nd,35%,yes\ne,13.5%,no\n")
    let run = try compare("base plans/v.writ", in: desk)
    #expect(run.status == 0, "\(run.messages)")
    let report = try #require(
      try JSONSerialization.jsonObject(with: Data(run.out.utf8)) as? [String: Any])
    let difference = try #require((report["differences"] as? [[String: Any]])?.first)
    let decision = try #require((difference["decisions"] as? [[String: Any]])?.first)
    // c and e are stopped by the stricter requirement; d was before.
    #expect(decision["changed"] as? Int == 2)
    #expect((difference["edits"] as? [[String: Any]])?.count == 2)
    let charges = try #require(decision["charges"] as? [[String: Any]])
    #expect(charges.map { "\($0["kind"] ?? "") \($0["count"] ?? "")" } == ["alone 2"], "\(charges)")
  }
}
