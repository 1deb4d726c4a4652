import Foundation
import Testing

/// A folder without rule files of its own is a shelf of rule sets.
@Suite struct ShelfTests {
  private static func book(_ answer: Int) -> String {
    """
    record A { id : text key }
    define A.x = 1
    test "one" { given A { id "1" }  expect A "1".x is \(answer) }
    """
  }

  private func shelf(_ answer: Int = 1) throws -> Scratch {
    let scratch = Scratch()
    try scratch.write("books/first/rules.writ", Self.book(1))
    try scratch.write("books/second/rules.writ", Self.book(answer))
    try scratch.write("books/second/more/names.writ", "define A.y = x + 1")
    return scratch
  }

  @Test func `each folder on a shelf is a rule set of its own`() throws {
    let scratch = try shelf()
    let check = try writ("check", "books", in: scratch)
    #expect(check.status == 0)
    #expect(check.out.contains("books/first\n1 file"))
    #expect(check.out.contains("books/second\n2 files"))
    let test = try writ("test", "books", in: scratch)
    #expect(test.status == 0)
    #expect(test.out == "2 passed, 0 failed, 0 not run\n")
  }

  @Test func `a failure in one set is told, and the others run`() throws {
    let test = try writ("test", "books", in: try shelf(2))
    #expect(test.status == 1)
    #expect(test.out.contains("books/second/rules.writ:3"))
    #expect(test.out.hasSuffix("1 passed, 1 failed, 0 not run\n"))
  }

  @Test func `a shelf is one SARIF log with one run`() throws {
    let scratch = try shelf()
    try scratch.write("books/first/worse.writ", "define A.z = w")
    try scratch.write("books/second/worse.writ", "define A.z = v")
    let check = try writ("check", "books", "--format", "sarif", in: scratch)
    #expect(check.status == 2)
    let log = try #require(
      try JSONSerialization.jsonObject(with: Data(check.out.utf8)) as? [String: Any])
    #expect(log["version"] as? String == "2.1.0")
    let runs = try #require(log["runs"] as? [[String: Any]])
    #expect(runs.count == 1)
    let results = try #require(runs.first?["results"] as? [[String: Any]])
    let text = "\(results)"
    #expect(results.count == 2, "\(text)")
    #expect(text.contains("books/first/worse.writ") && text.contains("books/second/worse.writ"))
  }

  @Test func `a folder with a rule file of its own is one set`() throws {
    let scratch = try shelf()
    try scratch.write("books/model.writ", "enum Colour { red }")
    let check = try writ("check", "books", in: scratch)
    #expect(check.status == 2)
    #expect(check.out.contains("duplicate-name"))
  }

  @Test func `what has expired is told for a day that is named`() throws {
    let scratch = Scratch()
    try scratch.write(
      "a.writ",
      """
      record A { id : text key }
      decide x for A -> number, first {
        "old": 1 effective 2026-01-01..<2026-07-01
        "new": 2
      }
      """)
    let now = try writ("check", "a.writ", "--as-of", "2026-06-30", in: scratch)
    #expect(!now.out.contains("rule-expired"))
    let later = try writ("check", "a.writ", "--as-of", "2026-07-01", in: scratch)
    #expect(later.out.contains("rule-expired"))
    #expect(later.out.contains("a.writ:3:"))
  }
}
