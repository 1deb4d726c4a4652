import WritModel
import WritText

extension Comparison {
  /// The comparison in a few lines for the terminal: what changed, from what to what, the largest.
  public func lines(width: Int) -> String {
    var lines: [String] = []
    func say(_ english: String, zh chinese: String) -> String {
      Phrase(english, zh: chinese).text(in: language)
    }
    for difference in differences {
      let name = ruleSets[difference.ruleSet].name
      let changed = difference.decisions.filter { $0.changed > 0 }
      lines.append("\(ruleSets[0].name) → \(name)")
      if changed.isEmpty { lines.append("  " + say("nothing changes", zh: "没有变化")) }
      for decision in changed {
        var line =
          "  " + decision.decision + (decision.value.isEmpty ? "" : " · \(decision.value)")
          + say(": ", zh: "：")
        line += say(
          "\(grouped(decision.changed)) of \(grouped(decision.compared)) changed",
          zh: "\(grouped(decision.compared)) 项中有 \(grouped(decision.changed)) 项改变")
        if decision.knockOn > 0 {
          line += say(
            ", \(grouped(decision.knockOn)) of them knock-on",
            zh: "，其中连带 \(grouped(decision.knockOn)) 项")
        }
        lines.append(line)
        if let amounts = decision.amounts,
          let before = amounts.before.decimal, let after = amounts.after.decimal,
          let gains = amounts.gains.decimal, let losses = amounts.losses.decimal
        {
          lines.append(
            "    \(amounts.unit) \(before.plain(atLeast: 2)) → \(after.plain(atLeast: 2))"
              + "  (+\(gains.plain(atLeast: 2)) / \(losses.plain(atLeast: 2)))")
        }
        for flow in decision.flows.prefix(12) where flow.before != flow.after {
          lines.append("    \(flow.before) → \(flow.after)  \(grouped(flow.count))")
        }
        for change in decision.largest.prefix(8) {
          var text = "    \(decision.record) \(change.key): \(change.before) → \(change.after)"
          if let difference = change.difference {
            text += "  (\(difference.mantissa > 0 ? "+" : "")\(difference.plain(atLeast: 2)))"
          }
          lines.append(text)
        }
      }
    }
    for exclusion in exclusions {
      lines.append(
        say("not compared: ", zh: "未比较：") + "\(exclusion.reason) (\(grouped(exclusion.count)))")
    }
    return lines.map { $0.printable.truncated(toWidth: max(width, 20)) + "\n" }.joined()
  }
}
