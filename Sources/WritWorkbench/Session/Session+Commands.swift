import WritModel
import WritNetwork
import WritReplay
import WritRules
import WritSyntax
import WritText

/// A command of the REPL: `:why`, `：为什么`.
struct SessionCommand: Sendable {
  let name: String
  let chinese: String
  /// What stands behind it.
  let usage: Phrase
  let summary: Phrase
  let run: @Sendable (inout Session, String) -> Reply

  static func named(_ word: String) -> SessionCommand? {
    if let exact = all.first(where: { $0.name == word || $0.chinese == word }) { return exact }
    // Any beginning that only one command has.
    let like = all.filter { $0.name.hasPrefix(word) && !word.isEmpty }
    return like.count == 1 ? like[0] : nil
  }

  /// All, in the order in which help lists them.
  static let all: [SessionCommand] = [
    SessionCommand(
      name: "why", chinese: "为什么", usage: Phrase("[QUESTION]", zh: "[问题]"),
      summary: Phrase("why the last answer, or this one", zh: "刚才（或这个）判定的理由"),
      run: { $0.why($1) }),
    SessionCommand(
      name: "whynot", chinese: "为什么不", usage: Phrase("ANSWER", zh: "结果"),
      summary: Phrase("why the last answer was not this", zh: "刚才的判定为什么不是这个结果"),
      run: { $0.whyNot($1) }),
    SessionCommand(
      name: "need", chinese: "怎样才能", usage: Phrase("ANSWER", zh: "结果"),
      summary: Phrase("what it would take to get this answer", zh: "改什么才能得到这个结果"),
      run: { $0.need($1) }),
    SessionCommand(
      name: "set", chinese: "令", usage: Phrase("Lead \"L1\".visits = 7", zh: "线索 \"L1\".来访 = 7"),
      summary: Phrase("change a field, see what else changes", zh: "改一个字段，看哪些判定随之改变"),
      run: { $0.enter($0.say("set ", zh: "令 ") + $1) }),
    SessionCommand(
      name: "undo", chinese: "撤销", usage: Phrase("", zh: ""),
      summary: Phrase("take the last change back", zh: "撤销上一次改动"),
      run: { session, _ in session.undo() }),
    SessionCommand(
      name: "diff", chinese: "对比", usage: Phrase("", zh: ""),
      summary: Phrase("what all changes since the start did", zh: "全部改动造成的判定变化"),
      run: { session, _ in session.difference() }),
    SessionCommand(
      name: "facts", chinese: "事实", usage: Phrase("[TYPE]", zh: "[对象]"),
      summary: Phrase("the records there are", zh: "现有的记录"), run: { $0.facts($1) }),
    SessionCommand(
      name: "show", chinese: "查看", usage: Phrase("Lead \"L1\"", zh: "线索 \"L1\""),
      summary: Phrase("a record and what is decided for it", zh: "一条记录及其全部判定"),
      run: { $0.show($1) }),
    SessionCommand(
      name: "rules", chinese: "规则", usage: Phrase("", zh: ""),
      summary: Phrase("what is decided, and by which rules", zh: "有哪些判定和规则"),
      run: { session, _ in session.rules() }),
    SessionCommand(
      name: "agenda", chinese: "待办", usage: Phrase("", zh: ""),
      summary: Phrase("changes that wait to fire", zh: "等待触发的变更"),
      run: { session, _ in session.agenda() }),
    SessionCommand(
      name: "fire", chinese: "触发", usage: Phrase("[N]", zh: "[次数]"),
      summary: Phrase("let changes fire, all or N", zh: "触发变更，全部或若干次"), run: { $0.fire($1) }),
    SessionCommand(
      name: "matches", chinese: "匹配", usage: Phrase("[TITLE]", zh: "[标题]"),
      summary: Phrase("what a change or alert matches", zh: "变更或预警匹配了哪些记录"), run: { $0.matches($1) }
    ),
    SessionCommand(
      name: "trace", chinese: "轨迹", usage: Phrase("[QUESTION]", zh: "[问题]"),
      summary: Phrase("what was looked at for the last answer, in order", zh: "上一个结果按什么次序看过哪些规则"),
      run: { $0.trace($1) }),
    SessionCommand(
      name: "as-of", chinese: "业务日", usage: Phrase("[DATE]", zh: "[日期]"),
      summary: Phrase("the business date", zh: "业务日"), run: { $0.asOf($1) }),
    SessionCommand(
      name: "load", chinese: "载入", usage: Phrase("FILE…", zh: "文件…"),
      summary: Phrase("read rule files", zh: "读入规则文件"),
      run: { _, rest in Reply("", request: .load(rest.arguments)) }),
    SessionCommand(
      name: "reload", chinese: "重载", usage: Phrase("", zh: ""),
      summary: Phrase("read the rule files again", zh: "重新读入规则文件"),
      run: { _, _ in Reply("", request: .load([])) }),
    SessionCommand(
      name: "data", chinese: "数据", usage: Phrase("DIR|Type=FILE", zh: "目录|类型=文件"),
      summary: Phrase("read recorded data", zh: "读入业务数据"),
      run: { _, rest in Reply("", request: .data(rest.arguments)) }),
    SessionCommand(
      name: "save", chinese: "保存", usage: Phrase("FILE [TITLE]", zh: "文件 [标题]"),
      summary: Phrase("write what was tried as a test", zh: "把试过的内容存成用例"), run: { $0.save($1) }),
    SessionCommand(
      name: "test", chinese: "用例", usage: Phrase("", zh: ""),
      summary: Phrase("run the tests of the rules", zh: "运行规则中的用例"),
      run: { session, _ in session.test() }),
    SessionCommand(
      name: "time", chinese: "计时", usage: Phrase("", zh: ""),
      summary: Phrase("tell how long entries take, or no longer", zh: "是否显示用时"),
      run: { session, _ in session.toggleTime() }),
    SessionCommand(
      name: "lang", chinese: "语言", usage: Phrase("en|zh", zh: "en|zh"),
      summary: Phrase("the language of answers", zh: "回答所用的语言"), run: { $0.speak($1) }),
    SessionCommand(
      name: "help", chinese: "帮助", usage: Phrase("", zh: ""),
      summary: Phrase("this list", zh: "这份说明"), run: { session, _ in session.help() }),
    SessionCommand(
      name: "quit", chinese: "退出", usage: Phrase("", zh: ""),
      summary: Phrase("leave (Ctrl-D too)", zh: "离开（或按 Ctrl-D）"),
      run: { _, _ in Reply("", request: .quit) }),
  ]
}

extension String {
  /// The words of a command; quotes keep spaces.
  var arguments: [String] {
    var words: [String] = []
    var word: String?
    var quote: Character?
    for character in self {
      if let open = quote {
        if character == (open == "“" ? "”" : open) { quote = nil } else { word?.append(character) }
      } else if character == "\"" || character == "“" {
        quote = character
        word = word ?? ""
      } else if character.isWhitespace {
        if let done = word { words.append(done) }
        word = nil
      } else {
        word = (word ?? "") + String(character)
      }
    }
    if let done = word { words.append(done) }
    return words
  }
}

extension Session {
  mutating func command(_ line: String) -> Reply {
    let word = line.prefix { !$0.isWhitespace }
    let rest = String(line.dropFirst(word.count)).trimmed
    guard let command = SessionCommand.named(String(word)) else {
      let names = SessionCommand.all.flatMap { [$0.name, $0.chinese] }
      let near = nearest(to: String(word), among: names).map {
        say("; did you mean `:\($0)`?", zh: "；是不是想用 `:\($0)`？")
      }
      return Reply(
        say("there is no command `:\(word)`", zh: "没有 `:\(word)` 这个命令")
          + (near ?? say("; `:help` lists them", zh: "；`:help` 列出全部命令")), isError: true)
    }
    return command.run(&self, rest)
  }

  func help() -> Reply {
    var rows: [(String, String)] = SessionCommand.all.map { command in
      let name = language == .chinese ? ":\(command.chinese)" : ":\(command.name)"
      let usage = command.usage.text(in: language)
      return (usage.isEmpty ? name : name + " " + usage, command.summary.text(in: language))
    }
    rows.insert(
      (
        say("Rep { id \"R1\", open 3 }", zh: "销售 { 编号 \"R1\"，在跟 3 }"),
        say("a fact", zh: "一条事实")
      ), at: 0)
    rows.insert(
      (
        say("assign Lead \"L1\"", zh: "分配 线索 \"L1\""),
        say("a question; a value; a rule to add", zh: "提问、求值，或加一条规则")
      ), at: 1)
    let column = rows.map { $0.0.displayWidth }.max() ?? 0
    return Reply(
      rows.map { left, right in
        "  " + left + String(repeating: " ", count: column - left.displayWidth + 2) + right
      }.joined(separator: "\n"))
  }

  // MARK: - Explaining

  mutating func why(_ question: String) -> Reply {
    if !question.isEmpty {
      let reply = enter(question)
      if reply.isError || last == nil { return reply }
    }
    guard let last else { return nothingAsked() }
    guard last.arguments.count == 1, last.today == today else {
      let explanation = explainer.why(last.decision, last.arguments, today: last.today)
      return Reply(explanation.text(in: sources, width: width))
    }
    var explanation = explainer.whyInRun(last.decision, last.arguments[0])
    if case .assign = program[last.decision].kind {
      // On the side: a run leaves its answers in the memory, and asking changes nothing.
      let aside = Memory(memory.network, facts: memory.facts, today: today)
      aside.state = memory.state
      let other = Explainer(memory: aside, language: language, viewer: viewer)
        .whyInRun(last.decision, last.arguments[0])
      if other.headline != explanation.headline {
        explanation.facts.append(
          Explanation.Fact(
            .note,
            say("in its turn of a run over all: ", zh: "若全部记录依次分配：") + other.headline))
      }
    }
    return Reply(explanation.text(in: sources, width: width))
  }

  mutating func trace(_ question: String) -> Reply {
    if !question.isEmpty {
      let reply = enter(question)
      if reply.isError || last == nil { return reply }
    }
    guard let last else { return nothingAsked() }
    return Reply(
      explainer.trace(last.decision, last.arguments, today: last.today, in: sources)
        .joined(separator: "\n"))
  }

  mutating func whyNot(_ wanted: String) -> Reply {
    guard let last, !last.arguments.isEmpty else { return nothingAsked() }
    guard let wish = wish(wanted) else {
      return Reply(say("why not what? `:whynot R2`", zh: "为什么不是什么？例如 `:为什么不 R2`"), isError: true)
    }
    let explanation = explainer.whyNot(last.decision, last.arguments, wish)
    return Reply(explanation.text(in: sources, width: width))
  }

  func need(_ wanted: String) -> Reply {
    guard let last, let subject = last.arguments.first else { return nothingAsked() }
    guard let wish = wish(wanted) else {
      return Reply(say("need what? `:need R2`", zh: "要得到什么？例如 `:怎样才能 R2`"), isError: true)
    }
    return Reply(explainer.need(last.decision, subject, wish).text(in: sources, width: width))
  }

  /// An answer as it is wished for: `Rep "R2"` and `R2` both name him, `queue pool` and `pool` it.
  private func wish(_ wanted: String) -> String? {
    var words = wanted.arguments
    if words.count > 1,
      wording.recordType(named: words[0]) != nil || ["queue", "队列"].contains(words[0])
    {
      words.removeFirst()
    }
    return words.isEmpty ? nil : words.joined(separator: " ")
  }

  private func nothingAsked() -> Reply {
    Reply(
      say("nothing was asked yet; ask a decision first", zh: "还没有问过判定；请先提问"), isError: true)
  }

  // MARK: - Going back

  mutating func undo() -> Reply {
    guard let step = past.popLast() else {
      return Reply(say("there is nothing to take back", zh: "没有可撤销的改动"), isError: true)
    }
    let before = decided()
    restore(step.facts, step.state)
    // What was asked since then was asked of facts that are gone.
    while let last = tried.popLast() { if case .question = last { continue } else { break } }
    let changes = told(decided(), since: before)
    return Reply(say("taken back: ", zh: "已撤销：") + step.did.printable + "\n" + changes)
  }

  mutating func difference() -> Reply {
    guard let first = past.first else {
      return Reply(say("nothing was changed", zh: "没有任何改动"))
    }
    let now = decided()
    let (facts, state) = (memory.facts, memory.state)
    restore(first.facts, first.state)
    let before = ValueSnapshot(of: memory)
    restore(facts, state)
    present = now
    let changes = now.changes(since: before, in: memory, wording)
    return Reply(
      changes.count == 0
        ? say("no decision changed", zh: "没有判定改变") : changes.text(in: wording, width: width))
  }

  // MARK: - Looking

  func factCounts() -> String {
    let counts = program.schema.records.indices.compactMap { index -> String? in
      let table = memory.facts[RecordID(index)]
      let count = table.count - table.removedCount
      return count == 0
        ? nil : "\(wording.text(program.schema.records[index].name)) \(grouped(count))"
    }
    return counts.isEmpty
      ? say("there are no records", zh: "还没有记录") : counts.joined(separator: say(", ", zh: "，"))
  }

  func facts(_ word: String) -> Reply {
    if word.isEmpty { return Reply(factCounts()) }
    guard let type = wording.recordType(named: word) else { return unknownType(word) }
    let declared = program.schema[type]
    let table = memory.facts[type]
    let rows = (0..<table.count).lazy.filter { !table.isRemoved($0) }.prefix(50)
    let cells = rows.map { row in
      declared.fields.map { field in
        explainer.redaction.hides(field, of: .record(row, of: type), today: today, in: memory)
          ? Redaction.mark
          : wording.text(
            memory.facts.value(field, row: row), program.schema[field].type, in: memory.facts)
      }
    }
    let screen = ScreenTable(
      header: declared.fields.map { wording.text(program.schema[$0].name) },
      isNumeric: declared.fields.map { field in
        switch program.schema[field].type {
        case .number, .integer, .percent, .money: true
        default: false
        }
      }, sample: Array(cells), screen: width)
    var lines = [screen.head] + cells.map { screen.line($0) }
    let more = table.count - table.removedCount - cells.count
    if more > 0 { lines.append(say("… and \(grouped(more)) more", zh: "… 另有 \(grouped(more)) 条")) }
    return Reply(lines.joined(separator: "\n"))
  }

  private func unknownType(_ word: String) -> Reply {
    let names = program.schema.records.flatMap { [$0.name.name, $0.name.label].compactMap(\.self) }
    let near = nearest(to: word, among: names).map {
      say("; did you mean `\($0)`?", zh: "；是不是想用 `\($0)`？")
    }
    return Reply(
      say("there is no record `\(word)`", zh: "没有 `\(word)` 这种对象") + (near ?? ""), isError: true)
  }

  func show(_ words: String) -> Reply {
    let parts = words.arguments
    guard parts.count > 1, let type = wording.recordType(named: parts[0]) else {
      return unknownType(parts.first ?? "")
    }
    let reference = RecordReference(
      record: type, keys: Array(parts.dropFirst()), span: Span(SourceID(0), 0, 0))
    guard let record = find(reference) else { return Reply(notThere(reference), isError: true) }
    var rows: [(String, String)] = program.schema[type].fields.map { field in
      let value = memory.facts.value(field, row: Int(record.bits))
      let isHidden = explainer.redaction.hides(field, of: record, today: today, in: memory)
      return (
        wording.text(program.schema[field].name),
        isHidden
          ? Redaction.mark : wording.text(value, program.schema[field].type, in: memory.facts)
      )
    }
    for (index, decision) in program.decisions.enumerated() where decision.subject == type {
      let row = Int(record.bits)
      let value = memory.answers(of: DecisionID(index), rows: row..<row + 1)[0]
      let isHidden = explainer.redaction.hides(
        decision.answer, [record], today: today, in: memory)
      rows.append(
        (
          wording.text(decision.name),
          isHidden
            ? Redaction.mark
            : "→ " + wording.text(value, program[decision.answer].type, in: memory.facts)
        ))
    }
    let column = rows.map { $0.0.displayWidth }.max() ?? 0
    return Reply(
      rows.map { name, value in
        "  " + name + String(repeating: " ", count: column - name.displayWidth + 2)
          + value.printable
      }.joined(separator: "\n"))
  }

  func rules() -> Reply {
    var lines: [String] = []
    for decision in program.decisions {
      lines.append(decision.title)
      let titled = decision.rules.filter { !program[$0].title.isEmpty }
      if case .table = decision.kind, titled.count > 12 {
        lines.append("  " + say("\(grouped(titled.count)) rows", zh: "\(grouped(titled.count)) 行"))
        continue
      }
      for rule in titled {
        let place = sources.position(of: program[rule].span)
        let name = sources[program[rule].span.source].name
        lines.append("  \(wording.quoted(program[rule].title))  \(name):\(place.line)")
      }
    }
    for production in program.productions {
      lines.append(wording.quoted(program[production.rule].title))
    }
    return Reply(
      lines.isEmpty
        ? say("there are no rules yet", zh: "还没有规则")
        : lines.map(\.printable).joined(separator: "\n"))
  }

  // MARK: - The session itself

  mutating func asOf(_ word: String) -> Reply {
    if word.isEmpty { return Reply(wording.date(Int64(today))) }
    guard let date = CivilDate(word) else {
      return Reply(
        say(
          "`\(word)` is no date; write it as 2026-11-11", zh: "`\(word)` 不是日期；写作 2026-11-11"),
        isError: true)
    }
    let before = decided()
    let state = memory.state
    memory = Memory(
      memory.network, facts: memory.facts, today: Int32(truncatingIfNeeded: date.days))
    memory.state = state
    present = nil
    return Reply(wording.date(Int64(today)) + "\n" + told(decided(), since: before))
  }

  mutating func toggleTime() -> Reply {
    showsTime.toggle()
    return Reply(
      showsTime
        ? say("times are shown", zh: "显示用时") : say("times are not shown", zh: "不再显示用时"))
  }

  mutating func speak(_ word: String) -> Reply {
    guard let chosen = Language(rawValue: word) else {
      return Reply(say("`:lang en` or `:lang zh`", zh: "`:lang en` 或 `:lang zh`"), isError: true)
    }
    language = chosen
    return Reply("")
  }

  func test() -> Reply {
    var lines: [String] = []
    var failures = 0
    let written = program.tests.filter { !$0.title.isEmpty }
    for test in written {
      let result = TestRun.run(
        test, on: memory.network, sources: sources, language: language, today: today)
      guard result.outcome != .passed else { continue }
      failures += 1
      lines.append(wording.quoted(test.title) + (result.outcome == .notRun ? " —" : ""))
      for failure in result.failures {
        lines.append("  \(failure.expectation)")
        lines.append(
          "    " + say("expected ", zh: "预期 ") + failure.expected + say(", got ", zh: "，实际 ")
            + failure.actual)
      }
    }
    lines.append(
      say(
        "\(written.count - failures) of \(written.count) tests passed",
        zh: "\(written.count) 个用例中 \(written.count - failures) 个通过"))
    return Reply(lines.joined(separator: "\n"), isError: failures > 0)
  }
}
