import Support
import Testing
import WritText

/// Rules that would take too long to look through: the analysis says that it does not know.
///
/// Random rules of three yes/no fields out of sixty. Whether they cover everything is a hard question
/// where there are about as many as that takes.
@Suite struct UndecidedTests {
  private static let names = (0..<60).map { "p\($0)" }

  /// The fields of each rule, and what they must be.
  private var rules: [[(field: Int, value: Bool)]] {
    var random = SeededGenerator(seed: 3)
    return (0..<260).map { _ in
      var fields: [Int] = []
      while fields.count < 3 {
        let field = random.number(0...Self.names.count - 1)
        if !fields.contains(field) { fields.append(field) }
      }
      return fields.map { ($0, random.chance(50)) }
    }
  }

  @Test func `says that it could not look for gaps`() {
    let rows = rules.map { rule in
      var cells = Array(repeating: "any", count: Self.names.count)
      for part in rule { cells[part.field] = part.value ? "yes" : "no" }
      return cells.joined(separator: " | ") + " -> 1"
    }
    let source = """
      table t(\(Self.names.map { "\($0): yes/no" }.joined(separator: ", "))) -> number, any {
      \(Self.names.joined(separator: " | ")) -> n
      \(rows.joined(separator: "\n"))
      }
      """
    #expect(Checked(source).codes == ["gap-undecided"])
  }

  @Test func `says that it could not look for what covers a rule`() {
    let written = rules.enumerated().map { index, rule in
      let condition = rule.map { ($0.value ? "" : "not ") + Self.names[$0.field] }
      return
        "\"r\(index)\": when \(condition.joined(separator: " and ")) priority 2 owner Rep \"1\""
    }
    let source = """
      record Rep { id : text key }
      record Account { id : text key, \(Self.names.map { "\($0) : yes/no" }.joined(separator: ", ")) }
      queue pool
      territories for Account to Rep, by priority {
      \(written.joined(separator: "\n"))
      "last": when p0 or not p0 priority 1 owner Rep "2"
      otherwise queue pool
      }
      """
    #expect(Checked(source).codes.contains("shadow-undecided"))
  }
}
