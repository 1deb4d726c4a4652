import WritModel
import WritReplay
import WritSyntax
public import WritText

extension WatchEvent {
  /// The event for people: what was saved, what broke, which decisions changed and because of what.
  public func text(language: Language, rendering: Rendering, width: Int) -> String {
    func say(_ english: String, _ chinese: String) -> String {
      language == .english ? english : chinese
    }
    var lines: [String] = []
    let saved = files.prefix(3).joined(separator: say(", ", "、")) + (files.count > 3 ? " …" : "")
    switch kind {
    case .same: return say("saved; nothing in it changed\n", "已保存，内容没有变化\n")
    case .broken:
      lines.append(
        say(
          "\(saved): does not check" + (isFirst ? "" : "; the last good rules stay in force"),
          "\(saved)：规则有错误" + (isFirst ? "" : "，仍按上一版有效规则判定")))
      return lines[0].printable + "\n" + rendering.text(of: diagnostics, in: sources)
    case .unreadable:
      lines.append(
        say(
          "\(saved): the data cannot be read" + (isFirst ? "" : "; the last good ones stay"),
          "\(saved)：数据无法读入" + (isFirst ? "" : "，仍用上一版数据")))
      return lines[0].printable + "\n" + problem
    case .started:
      lines.append(
        say(
          "watching: \(grouped(records)) records, \(grouped(decisions)) decisions",
          "开始监看：\(grouped(records)) 条记录，\(grouped(decisions)) 项判定"))
    case .decided:
      let count = changes.count
      let what =
        count == 0
        ? say("no decision changed", "没有判定改变")
        : say(
          "\(grouped(count)) of \(counted(decisions, "decision")) changed",
          "\(grouped(decisions)) 项判定中有 \(grouped(count)) 项改变")
      lines.append(say("\(saved) saved: \(what)", "\(saved) 已保存：\(what)"))
    }
    lines += groupLines(say: say, width: width)
    lines += editLines(say: say)
    lines += testLines(say: say)
    for pin in pins {
      let change = pin.before.map { say("  (was \($0))", "（原为 \($0)）") } ?? ""
      lines.append("  ★ \(pin.record) · \(pin.decision) → \(pin.answer)\(change)")
    }
    return lines.map { $0.printable.truncated(toWidth: max(width, 20)) + "\n" }.joined()
  }

  private func groupLines(say: (String, String) -> String, width: Int) -> [String] {
    var lines: [String] = []
    for group in changes.groups {
      if group.added + group.removed > 0 {
        lines.append(
          "  " + group.decision + say(": ", "：")
            + say(
              "\(group.added) new, \(group.removed) gone", "新增 \(group.added)，减少 \(group.removed)"))
      }
      guard !group.changes.isEmpty else { continue }
      var line =
        "  \(group.decision)" + say(": ", "：")
        + say(
          "\(grouped(group.changes.count)) of \(grouped(group.count))",
          "\(grouped(group.count)) 项中的 \(grouped(group.changes.count)) 项")
      if let total = group.total { line += " (\(signed(total)))" }
      lines.append(line)
      for turn in group.turns.prefix(3) where group.changes.count > 3 {
        lines.append("    \(turn.before) → \(turn.after)  × \(grouped(turn.count))")
      }
      for change in group.biggest.prefix(3) {
        var line = "    \(group.name) \(change.key)  \(change.before) → \(change.after)"
        if let difference = change.difference { line += "  (\(signed(difference)))" }
        lines.append(line)
      }
    }
    return lines
  }

  private func editLines(say: (String, String) -> String) -> [String] {
    guard kind == .decided, !edits.isEmpty else { return [] }
    var lines: [String] = []
    for (index, edit) in edits.enumerated().prefix(6) {
      let word =
        switch edit.kind {
        case .added: say("added", "新增")
        case .removed: say("removed", "删除")
        case .changed: say("changed", "修改")
        case .moved: say("moved", "移动")
        }
      let place =
        edit.kind == .removed
        ? "" : "  \(editSources[edit.span.source].name):\(editSources.position(of: edit.span).line)"
      let name =
        edit.title.isEmpty
        ? edit.block
        : "\"\(edit.title)\"" + (edit.block.isEmpty ? "" : say(" in ", " · ") + edit.block)
      let count = charged.indices.contains(index) ? charged[index] : 0
      lines.append(
        "  " + say("by ", "因为 ") + "\(word) \(name)\(place)"
          + (count > 0 ? "  × \(grouped(count))" : ""))
    }
    if edits.count > 6 { lines.append("  … \(edits.count - 6)") }
    if edits.count > 1, let rest = charged.last, rest > 0 {
      lines.append(
        "  "
          + say("by several of these together × \(grouped(rest))", "由其中几处共同造成 × \(grouped(rest))"))
    }
    return lines
  }

  private func testLines(say: (String, String) -> String) -> [String] {
    var lines: [String] = []
    for result in newlyFailing {
      lines.append("  ✗ \(result.title)")
      if let failure = result.failures.first {
        lines.append("    \(failure.expectation)")
        lines.append(
          "    " + say("expected ", "预期 ") + failure.expected + say(", got ", "，实际 ")
            + failure.actual)
      }
    }
    for title in newlyPassing { lines.append("  ✓ \(title)" + say(" passes again", " 重新通过")) }
    guard tests > 0 else { return lines }
    lines.append(
      "  "
        + say(
          "tests: \(tests - failing.count) of \(tests) pass",
          "用例：\(tests) 个中 \(tests - failing.count) 个通过"))
    return lines
  }

  /// The event for programs, one object.
  public func json() -> JSONText {
    var members: [(String, JSONText)] = [
      ("event", .text(kind.rawValue)), ("files", .list(files.map { .text($0) })),
    ]
    if !diagnostics.isEmpty {
      members.append(
        (
          "errors",
          .list(
            diagnostics.map { diagnostic in
              let position = sources.position(of: diagnostic.span)
              return .object([
                ("code", .text(diagnostic.code)),
                ("message", .text(diagnostic.message.text(in: .english))),
                ("file", .text(sources[diagnostic.span.source].name)),
                ("line", .integer(position.line)), ("column", .integer(position.column)),
              ])
            })
        ))
    }
    if !problem.isEmpty { members.append(("problem", .text(problem))) }
    guard kind == .decided || kind == .started else { return .object(members) }
    members += [
      ("records", .integer(records)), ("decisions", .integer(decisions)),
      ("changed", .integer(changes.count)), ("groups", .list(changes.groups.map(json))),
      ("edits", .list(edits.enumerated().map { json($0.element, charged: charged[$0.offset]) })),
      ("tests", .integer(tests)), ("failing", .list(failing.map { .text($0) })),
      ("newlyFailing", .list(newlyFailing.map { .text($0.title) })),
      ("newlyPassing", .list(newlyPassing.map { .text($0) })),
      (
        "pins",
        .list(
          pins.map { pin in
            .object([
              ("record", .text(pin.record)), ("decision", .text(pin.decision)),
              ("answer", .text(pin.answer)), ("before", pin.before.map { .text($0) } ?? .null),
            ])
          })
      ),
    ]
    return .object(members)
  }

  private func json(_ group: DecisionChanges.Group) -> JSONText {
    .object([
      ("decision", .text(group.decision)), ("records", .integer(group.count)),
      ("changed", .integer(group.changes.count)), ("added", .integer(group.added)),
      ("removed", .integer(group.removed)),
      ("total", group.total.map { .number($0.plain) } ?? .null),
      (
        "biggest",
        .list(
          group.biggest.prefix(10).map { change in
            .object([
              ("record", .text(change.record)), ("key", .text(change.key)),
              ("before", .text(change.before)), ("after", .text(change.after)),
            ])
          })
      ),
    ])
  }

  private func json(_ edit: RuleEdit, charged: Int) -> JSONText {
    .object([
      ("edit", .text(edit.kind.rawValue)), ("block", .text(edit.block)),
      ("title", .text(edit.title)), ("before", .text(edit.textBefore)),
      ("after", .text(edit.textAfter)), ("charged", .integer(charged)),
    ])
  }
}

extension DecisionChanges.Group {
  /// From which answer to which, the most frequent first.
  public var turns: [(before: String, after: String, count: Int)] {
    guard changes.contains(where: { $0.difference == nil }) else { return [] }
    var order: [[String]] = []
    var counts: [[String]: Int] = [:]
    for change in changes {
      let turn = [change.before, change.after]
      if counts[turn] == nil { order.append(turn) }
      counts[turn, default: 0] += 1
    }
    return order.enumerated()
      .map { (offset: $0.offset, turn: $0.element, count: counts[$0.element] ?? 0) }
      .sorted { ($1.count, $0.offset) < ($0.count, $1.offset) }
      .map { (before: $0.turn[0], after: $0.turn[1], count: $0.count) }
  }
}
