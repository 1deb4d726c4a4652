import Support
import Testing
import WritRules
import WritText

/// What is known of one rule set, asked about others that are much alike.
@Suite struct AnalysisMemoTests {
  /// Rules of one decision as they are written, which edits change one by one.
  private struct Form {
    struct Rule {
      var low: Int
      var high: Int
      var kind: String
      var isLong: Bool
      var outcome: Int
    }
    var rules: [Rule] = []
    var policy: String

    init(_ random: inout SeededGenerator) {
      policy = ["first", "unique", "priority", "rule order"][random.number(0...3)]
      for _ in 0..<random.number(3...40) { rules.append(Self.rule(&random)) }
    }

    static func rule(_ random: inout SeededGenerator) -> Rule {
      let low = random.number(0...12)
      return Rule(
        low: low, high: random.number(low...14),
        kind: ["a", "b", "c", "any"][random.number(0...3)],
        isLong: random.chance(20), outcome: random.number(0...3))
    }

    mutating func edit(_ random: inout SeededGenerator) {
      let place = random.number(0...(rules.count - 1))
      switch random.number(0...5) {
      case 0, 1: rules[place].outcome += 1
      case 2: rules[place].high += 1
      case 3: rules[place] = Self.rule(&random)
      case 4: if rules.count > 1 { rules.remove(at: place) }
      default: rules.swapAt(place, random.number(0...(rules.count - 1)))
      }
    }

    var text: String {
      let rows = rules.map { rule in
        let amount = rule.isLong ? "\(rule.low).." : "\(rule.low)..\(rule.high)"
        return "  \(amount) | \(rule.kind) -> \(rule.outcome)"
      }
      return """
        enum Kind { a, b, c }
        table t(amount: integer, kind: Kind) -> integer, \(policy) {
          amount | kind -> t
        \(rows.joined(separator: "\n"))
        }
        """
    }
  }

  @Test(arguments: Seeds.run(Seeds.count(60), from: 61_001))
  func `tells of every form what is told of it alone`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let memo = Analysis.Memo()
    var form = Form(&random)
    for _ in 0..<12 {
      let checked = Checked(form.text)
      for effort in [Analysis.Effort.quick, .thorough] {
        let alone = Analysis.diagnostics(of: checked.program, effort: effort)
        // The second time, all of it is known.
        for _ in 0..<2 {
          let told = Analysis.diagnostics(of: checked.program, effort: effort, memo: memo)
          #expect(told == alone, "WRIT_SEED=\(seed)\n\(form.text)")
        }
      }
      form.edit(&random)
    }
  }

  @Test func `finds in the forms what there is to find`() {
    // Else the test above would compare nothing.
    var codes: Set<String> = []
    for seed: UInt64 in 1...20 {
      var random = SeededGenerator(seed: seed)
      let checked = Checked(Form(&random).text)
      #expect(!checked.diagnostics.contains { $0.code.hasPrefix("expected") })
      codes.formUnion(Analysis.diagnostics(of: checked.program).map(\.code))
    }
    #expect(codes.isSuperset(of: ["rule-shadowed", "rules-overlap", "table-gap"]), "\(codes)")
  }
}
