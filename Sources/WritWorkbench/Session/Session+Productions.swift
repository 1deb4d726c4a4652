import WritModel
import WritNetwork
import WritReplay
import WritRules
import WritText

// Changes and alerts: what waits, what fires, what matches.
extension Session {
  /// Who a match is made of: `Lead L1, Rep R2`.
  private func records(of match: Match) -> String {
    zip(program[match.production].patterns, match.rows).map { pattern, row in
      let record = Value.record(row, of: pattern.record)
      return wording.text(program.schema[pattern.record].name) + " "
        + wording.key(of: record, in: memory.facts)
    }.joined(separator: say(", ", zh: "、"))
  }

  private func title(of id: ProductionID) -> String {
    wording.quoted(program[program[id].rule].title)
  }

  /// The firings that settling would do from here, without doing them.
  func agenda() -> Reply {
    let trial = Memory(memory.network, facts: memory.facts, today: today)
    trial.state = memory.state
    var lines: [String] = []
    var count = 0
    let settlement = trial.settle(maxFirings: 10_000) { firing in
      count += 1
      if count <= 20 {
        lines.append(
          "  \(count)  \(title(of: firing.match.production))  \(records(of: firing.match))")
      }
    }
    if count == 0 { return Reply(say("nothing waits", zh: "没有等待触发的变更")) }
    if count > 20 { lines.append("  … \(grouped(count))") }
    if !settlement.unsettled.isEmpty { lines.append(goesRound(settlement)) }
    return Reply(lines.map(\.printable).joined(separator: "\n"))
  }

  private func goesRound(_ settlement: Settlement) -> String {
    let titles = settlement.unsettled.map { title(of: $0) }
    return say("these go round without end: ", zh: "这些变更循环不止：")
      + titles.joined(separator: say(", ", zh: "、"))
  }

  mutating func fire(_ words: String) -> Reply {
    var limit = 100_000
    if !words.isEmpty {
      guard let number = Int(words), number > 0 else {
        return Reply(say("`:fire 3` fires three times", zh: "`:触发 3` 触发三次"), isError: true)
      }
      limit = number
    }
    var fired: [Match] = []
    var settlement = Settlement()
    let reply = changing(":fire \(words)".trimmed, .firing) { session in
      settlement = session.memory.settle(maxFirings: limit) { fired.append($0.match) }
      return nil
    }
    if fired.isEmpty {
      past.removeLast()
      tried.removeLast()
      return Reply(say("nothing waits", zh: "没有等待触发的变更"))
    }
    var lines = fired.prefix(20).map { "  \(title(of: $0.production))  \(records(of: $0))" }
    if fired.count > 20 { lines.append("  … \(grouped(fired.count))") }
    if words.isEmpty, !settlement.unsettled.isEmpty { lines.append(goesRound(settlement)) }
    return Reply(lines.map(\.printable).joined(separator: "\n") + "\n" + reply.text)
  }

  /// Per pattern how many records there are, how many the conditions of it alone leave, and how
  /// many whole matches come of them: where a rule stops is seen at a glance.
  func matches(_ word: String) -> Reply {
    let chosen = program.productions.indices.map { ProductionID($0) }.filter {
      word.isEmpty || program[program[$0].rule].title == word.arguments.joined(separator: " ")
    }
    if chosen.isEmpty {
      let titles = program.productions.map { program[$0.rule].title }
      let near = nearest(to: word, among: titles).map {
        say("; did you mean \"\($0)\"?", zh: "；是不是想用“\($0)”？")
      }
      return Reply(
        say("no change or alert is called so", zh: "没有这个标题的变更或预警") + (near ?? ""), isError: true)
    }
    var lines: [String] = []
    for id in chosen {
      lines.append(title(of: id))
      for pattern in program[id].patterns {
        let table = memory.facts[pattern.record]
        lines.append(
          "  \(wording.text(program.schema[pattern.record].name)) \(pattern.name ?? "")  "
            + grouped(table.count - table.removedCount))
      }
      if memory.raisedCount(id) > 0, let explosion = memory.explosion {
        return Reply(wording.say(wording.explosion(explosion)), isError: true)
      }
      let found = memory.raised(id)
      lines.append(
        "  " + say("together: ", zh: "合起来：") + grouped(found.count)
          + (found.isEmpty ? "" : "  " + found.prefix(3).map(records).joined(separator: " · ")))
    }
    return Reply(lines.map(\.printable).joined(separator: "\n"))
  }
}
