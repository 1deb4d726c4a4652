import Support
import Testing
import WritText

/// Rules that would take too long to look through: the analysis says that it does not know.
///
/// Random rules of three yes/no fields out of many. Whether they cover everything is a hard question
/// where there are about as many as that takes: of sixty fields it is answered, of three hundred not.
@Suite struct UndecidedTests {
  /// The fields of each rule, and what they must be.
  private func rules(
    _ count: Int, of fields: Int
  ) -> [[(field: Int, value: Bool)]] {
    var random = SeededGenerator(seed: 3)
    return (0..<count).map { _ in
      var chosen: [Int] = []
      while chosen.count < 3 {
        let field = random.number(0...fields - 1)
        if !chosen.contains(field) { chosen.append(field) }
      }
      return chosen.map { ($0, random.chance(50)) }
    }
  }

  private func table(_ count: Int, of fields: Int) -> String {
    let names = (0..<fields).map { "p\($0)" }
    let rows = rules(count, of: fields).map { rule in
      var cells = Array(repeating: "any", count: fields)
      for part in rule { cells[part.field] = part.value ? "yes" : "no" }
      return cells.joined(separator: " | ") + " -> 1"
    }
    return """
      table t(\(names.map { "\($0): yes/no" }.joined(separator: ", "))) -> number, any {
      \(names.joined(separator: " | ")) -> n
      \(rows.joined(separator: "\n"))
      }
      """
  }

  private func territories(_ count: Int, of fields: Int) -> String {
    let names = (0..<fields).map { "p\($0)" }
    let written = rules(count, of: fields).enumerated().map { index, rule in
      let condition = rule.map { ($0.value ? "" : "not ") + names[$0.field] }
      return
        "\"r\(index)\": when \(condition.joined(separator: " and ")) priority 2 owner Rep \"1\""
    }
    return """
      record Rep { id : text key }
      record Account { id : text key, \(names.map { "\($0) : yes/no" }.joined(separator: ", ")) }
      queue pool
      territories for Account to Rep, by priority {
      \(written.joined(separator: "\n"))
      "last": when p0 or not p0 priority 1 owner Rep "2"
      otherwise queue pool
      }
      """
  }

  @Test(arguments: [(200, ["table-gap"]), (320, [])])
  func `finds gaps where many rows cut one another`(_ count: Int, _ codes: [String]) {
    #expect(Checked(table(count, of: 60)).codes == codes)
  }

  @Test func `says that it could not look for gaps`() {
    #expect(Checked(table(1_280, of: 300)).codes == ["gap-undecided"])
  }

  @Test(arguments: [(200, false), (320, true)])
  func `finds whether many rules cover one together`(_ count: Int, _ isCovered: Bool) {
    let codes = Checked(territories(count, of: 60)).codes
    #expect(codes.contains("rule-shadowed") == isCovered)
    #expect(!codes.contains("shadow-undecided"))
  }

  @Test func `says that it could not look for what covers a rule`() {
    #expect(Checked(territories(1_280, of: 300)).codes.contains("shadow-undecided"))
  }
}
