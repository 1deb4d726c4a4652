import WritModel
import WritNetwork
import WritReplay
import WritRules
import WritSyntax
import WritText

extension Command {
  static let compare = Command(
    name: "compare", usage: "A B [C …] --data DIR [--by PATH] [--html FILE]",
    summary: Phrase("what other rules would have decided", zh: "比较几套规则在同一批数据上的判定"),
    example: "writ compare before/ after/ --data data/",
    examples: [
      (
        "writ compare before/ after/ --data data/ --by account.region",
        Phrase("by region of the account", zh: "按客户区域细分")
      ),
      (
        "writ compare before/ after/ --data data/ --against Quote.decided",
        Phrase("against what was recorded", zh: "与实际记录对照")
      ),
      (
        "writ compare before/ after/ --data data/ --html report.html --changes changed.csv",
        Phrase("a page, and every changed record", zh: "网页报告和全部变化")
      ),
    ],
    options: Option.ofComparison,
    run: { (arguments, console) throws(Failure) in
      try CompareRun(arguments, console).run()
    })
}

extension Option {
  static let ofComparison: [Option] = [
    Option(
      name: "data", value: "DIR|Type=FILE|-",
      help: Phrase("where recorded data are", zh: "业务数据在哪里"), isRepeatable: true),
    .asOf,
    Option(
      name: "only", value: "NAME",
      help: Phrase("a decision: price, \"price Line\"", zh: "某项判定：price、\"price Line\""),
      isRepeatable: true),
    Option(
      name: "by", value: "PATH,…",
      help: Phrase("cut the changes by a field: account.region", zh: "按字段细分：account.region"),
      isRepeatable: true),
    Option(
      name: "against", value: "FIELD",
      help: Phrase(
        "a field with what was recorded: Quote.decided", zh: "实际结果所在的字段：Quote.decided")),
    Option(
      name: "top", value: "N",
      help: Phrase("how many changes to explain (20)", zh: "说明多少条变化（20）")),
    .comparisonFormat, .comparisonPage,
    Option(
      name: "partial", value: "FILE",
      help: Phrase("write a part, for `writ merge`, and no report", zh: "只写部分结果，供 `writ merge` 合并")),
    Option(
      name: "changes", value: "FILE",
      help: Phrase("every changed record, as CSV", zh: "把每条变化写成 CSV 文件")),
    Option(name: "state", value: "FILE", help: Phrase("turns and loads so far", zh: "此前的轮次和负荷")),
    Option(
      name: "rejects", value: "FILE",
      help: Phrase(
        "rows that do not fit (default writ-rejects.jsonl)", zh: "未能读入的行（默认 writ-rejects.jsonl）")),
    Option(
      name: "threads", value: "N",
      help: Phrase("threads to work with (default: all cores)", zh: "使用的线程数（默认：全部核心）")),
    .maxFirings,
  ]
}

/// One `writ compare`: read once, ask every rule set, add up, tell.
private struct CompareRun {
  let arguments: Arguments
  let console: Console
  let top: Int

  init(_ arguments: Arguments, _ console: Console) throws(Failure) {
    self.arguments = arguments
    self.console = console
    guard let word = arguments.value("top") else {
      top = 20
      return
    }
    guard let number = Int(word), (0...10_000).contains(number) else {
      throw .badTop(word)
    }
    top = number
  }

  func run() throws(Failure) -> ExitStatus {
    guard let sets = try ComparedSets(arguments.operands, arguments, console) else {
      return .unusable
    }
    let base = sets.base
    let today = try businessDate(arguments, base.program)
    let threads = try threadCount(arguments)
    let wording = Wording(program: base.program, language: console.language)
    let plan = ComparisonPlan(sets.programs, options, wording)
    try check(plan, sets)
    guard let network = ComparisonNetwork(plan) else {
      // The schemas have one shape and there are at most 64.
      throw .tooManyRuleSets(sets.programs.count)
    }
    let chargers = chargers(sets, network, threads: threads)
    var data = try RecordedData(arguments, base, console)
    let streamed = streamed(plan, sets, data)
    let part = try ComparisonPart(arguments, plan, data, tables: sets.source.tableFiles)
    if part != nil { try noteWhatBelongsTogether(plan, sets, data) }
    try data.load(except: streamed)
    var tally = network.tally(
      header(sets, plan, chargers, today), wording, place: { sets.place(of: $1, in: $0) })
    for index in data.inputs.indices where data.inputs[index].plan.record != streamed {
      let record = data.inputs[index].plan.record
      tally.add(
        file: data.name(ofInput: index, isPart: part != nil),
        record: wording.text(base.program.schema[record].name),
        hash: part?.hash(ofInput: index) ?? "", records: data.facts[record].count)
    }
    var changes: ReplacementFile?
    if let path = arguments.value("changes") {
      changes = try ReplacementFile(path)
      try changes?.output.write(changesHeader)
    }
    let state = try arguments.value("state").map { (path) throws(Failure) in try readState(path) }
    // One memory a thread for all sections, so that what they share is worked out once.
    var memories = network.union.map { [Memory($0, facts: data.facts, today: today)] } ?? []
    for section in plan.sections.indices {
      if plan.sections[section].isStateful {
        guard
          try compareWithState(
            section, network, sets, chargers, data, state ?? State(), today, &tally, changes?.output
          )
        else { return try data.finish() > 0 ? .badRows : .no }
      } else if !memories.isEmpty {
        try compare(
          section, network, sets, chargers, &data, &memories, part, threads: threads,
          isStreamed: streamed != nil,
          &tally, changes?.output)
      }
    }
    if part == nil, network.hasWholeMeasures {
      let networks =
        network.own.isEmpty ? sets.programs.map { Network(compiling: $0) } : network.own
      guard let memories = try settled(networks, data, state ?? State(), today) else {
        return try data.finish() > 0 ? .badRows : .no
      }
      network.measureWhole(memories, into: &tally)
    }
    for (code, count) in data.rejectedByCode {
      tally.exclude(
        console.say(Phrase("rows that do not fit: \(code)", zh: "未能读入的行：\(code)")),
        count: count, example: nil)
    }
    // Of a part they would name its own files.
    if part == nil { tally.note(data.notes.map { console.say($0) }) }
    if part != nil { try noteWholeMeasures(plan, &tally) }
    try changes?.finish()
    var status = ExitStatus.done
    if let part {
      try part.write(tally)
    } else {
      status = try ComparisonOutput(arguments, console).write(tally.comparison)
    }
    if try data.finish() > 0 { status.raise(to: .badRows) }
    keepToTheEnd((sets, network, chargers, data, tally, memories))
    return status
  }

  private var options: ComparisonPlan.Options {
    ComparisonPlan.Options(
      only: arguments.all("only"),
      by: arguments.all("by").flatMap { $0.split(separator: ",").map { String($0).trimmed } },
      against: arguments.value("against"))
  }

  /// What was asked for has to be there.
  private func check(_ plan: ComparisonPlan, _ sets: ComparedSets) throws(Failure) {
    let programs = sets.programs
    for word in plan.options.only {
      guard !programs.contains(where: { Report.unknownWords([word], in: $0).isEmpty }) else {
        continue
      }
      throw .unknownDecision(word, near: nearest(to: word, among: Report.words(in: programs[0])))
    }
    if plan.sections.isEmpty { throw .nothingToDecide }
    for (index, path) in plan.options.by.enumerated() where !plan.hasPath(index) {
      throw .unknownSegment(path, near: nearest(to: path, among: plan.pathWords))
    }
    if let field = plan.options.against, !plan.hasRecorded {
      throw .unknownRecorded(field)
    }
  }

  private func header(
    _ sets: ComparedSets, _ plan: ComparisonPlan, _ chargers: Chargers, _ today: Int32
  ) -> ComparisonTally.Header {
    let ruleSets = zip(sets.names, sets.programs).map { name, program in
      Comparison.RuleSet(name: name, hash: program.hash, rules: program.writtenRules)
    }
    var options = plan.options.only.map { "only \($0)" } + plan.options.by.map { "by \($0)" }
    if let against = plan.options.against { options.append("against \(against)") }
    return ComparisonTally.Header(
      language: console.language, date: CivilDate(days: Int(today)).map { "\($0)" } ?? "",
      ruleSets: ruleSets, edits: chargers.edits, options: options, top: top,
      notes: plan.notes(
        ruleSets.map(\.name), console.language, hasState: arguments.has("state"))
        + sets.dataNotes(console.language) + chargers.notes.map { console.say($0) },
      currencies: sets.programs[0].schema.currencies)
  }

  private func streamed(
    _ plan: ComparisonPlan, _ sets: ComparedSets, _ data: RecordedData
  ) -> RecordID? {
    guard !plan.isStateful, plan.sections.count == 1 else { return nil }
    let record = plan.sections[0].record
    let passesBy = sets.programs.allSatisfy { Streaming.passesBy(record, $0, data) }
    return passesBy ? record : nil
  }

  /// What rules sum up or refer to cannot be cut anyhow.
  private func noteWhatBelongsTogether(
    _ plan: ComparisonPlan, _ sets: ComparedSets, _ data: RecordedData
  ) throws(Failure) {
    let schema = sets.programs[0].schema
    let bound = plan.sections.map(\.record).filter { record in
      !sets.programs.allSatisfy { Streaming.passesBy(record, $0, data) }
    }
    guard !bound.isEmpty else { return }
    let english = bound.map { "`\(schema[$0].name.name)`" }.joined(separator: ", ")
    let chinese = bound.map { "`\(schema[$0].name.label ?? schema[$0].name.name)`" }
    try console.note(
      Phrase(
        "rules sum up or refer to records of \(english): those that belong together have to be in "
          + "one part",
        zh: "规则会汇总或引用 \(chinese.joined(separator: "、")) 的记录：相关的记录必须在同一部分里"))
  }

  /// What needs all records at once is not told in parts.
  private func noteWholeMeasures(
    _ plan: ComparisonPlan, _ tally: inout ComparisonTally
  ) throws(Failure) {
    let titles = plan.wholeMeasures.map { "`\($0)`" }
    guard !titles.isEmpty else { return }
    let phrase = Phrase(
      "\(titles.joined(separator: ", ")) cannot be added up from parts: measures that are no sums, "
        + "averages or counts are left out",
      zh: "\(titles.joined(separator: "、")) 不能由各部分相加得出：不是合计、平均或个数的指标已略去")
    tally.note([console.say(phrase)])
    try console.note(phrase)
  }

  // MARK: - Sections

  /// A section whose decisions look at one record and what does not change.
  private func compare(
    _ section: Int, _ network: ComparisonNetwork, _ sets: ComparedSets, _ chargers: Chargers,
    _ data: inout RecordedData,
    _ memories: inout [Memory], _ part: ComparisonPart?, threads: Int, isStreamed: Bool,
    _ tally: inout ComparisonTally,
    _ changes: Output?
  ) throws(Failure) {
    let memory = memories[0]
    let union = memory.network
    let wording = Wording(program: sets.programs[0], language: console.language)
    let record = network.plan.sections[section].record
    let work = ComparedRows(
      network, section, tally, wording, changes, chargers.items, keepsRecords: isStreamed)
    if isStreamed, let index = data.inputs.firstIndex(where: { $0.plan.record == record }) {
      let stream = try StreamRun(
        work, of: record, data.inputs[index], file: index, union.program, data,
        progress: Phrase("comparing", zh: "比较中"), resultsToScreen: false)
      let outcome = try stream.run(memory, threads: threads)
      data = outcome.data
      try data.say(outcome.notes, of: data.inputs[index])
      try data.reportDangling(outcome.dangling)
      work.tally.add(
        file: data.name(ofInput: index, isPart: part != nil),
        record: wording.text(union.program.schema[record].name),
        hash: part?.hash(ofInput: index) ?? "", records: outcome.records)
    } else {
      let count = memory.facts[record].count
      let wanted = KeptRun.threads(count, most: threads)
      while memories.count < wanted {
        memories.append(Memory(union, facts: memory.facts, today: memory.today))
      }
      try KeptRun(work, count, Array(memories.prefix(wanted)), console).run()
    }
    tally = work.tally
    guard tally.hasChanges(section, of: network) else { return }
    var facts = data.facts
    facts.texts = memory.facts.texts
    tally.explain(section, of: network, facts, today: memory.today, sets.sources) {
      eachOnThreads($0, threads: threads, $1)
    }
  }

  /// A section where each set has records and counters of its own; false after saying that changes
  /// do not settle.
  private func compareWithState(
    _ section: Int, _ network: ComparisonNetwork, _ sets: ComparedSets, _ chargers: Chargers,
    _ data: RecordedData, _ state: State, _ today: Int32, _ tally: inout ComparisonTally,
    _ changes: Output?
  ) throws(Failure) -> Bool {
    let wording = Wording(program: sets.programs[0], language: console.language)
    let record = network.plan.sections[section].record
    let count = data.facts[record].count
    guard let memories = try settled(network.own, data, state, today) else { return false }
    let between = try chargers.items.map {
      (charger) throws(Failure) -> (charger: ComparisonCharger, memories: [Memory])? in
      guard let charger else { return nil }
      let made = charger.memories(facts: data.facts, state: state, today: today)
      for memory in made where charger.settles {
        memory.settle(maxFirings: try ChangeRun(arguments, console, memory.network.program).limit)
      }
      return (charger, made)
    }
    let replay = StateReplay(network, section: section, memories, between: between)
    let pass = ComparisonPass(
      network, section: section, memories, tally, wording, inBaseState: replay,
      listsChanges: changes != nil)
    pass.add(rows: 0..<count, offset: 0)
    pass.countAssigned()
    try changes?.write(pass.takeListed())
    tally = pass.tally
    for (set, memory) in memories.enumerated() {
      let table = memory.facts[record]
      let made = (count..<max(count, table.count)).count { !table.isRemoved($0) }
      tally.exclude(
        console.say(
          Phrase(
            "records that the rules of `\(sets.names[set])` make",
            zh: "`\(sets.names[set])` 的规则新建的记录")), count: made, example: nil)
    }
    if tally.hasChanges(section, of: network) {
      tally.explain(section, of: network, memories, sets.sources)
    }
    return true
  }

  /// A memory a rule set, its changes settled; nil: those of one do not end, which was told.
  private func settled(
    _ networks: [Network], _ data: RecordedData, _ state: State, _ today: Int32
  ) throws(Failure) -> [Memory]? {
    var memories: [Memory] = []
    for network in networks {
      let memory = Memory(network, facts: data.facts, today: today)
      memory.state = state
      let changeRun = try ChangeRun(arguments, console, network.program)
      guard try changeRun.settle(memory) != nil else { return nil }
      memories.append(memory)
    }
    return memories
  }

  /// Who charges the changes of each set to its edits.
  private struct Chargers {
    var items: [ComparisonCharger?]
    /// The edits of each set, in words.
    var edits: [[Comparison.Edit]]
    var notes: [Phrase]
  }

  private func chargers(
    _ sets: ComparedSets, _ network: ComparisonNetwork, threads: Int
  ) -> Chargers {
    // Each set is asked about its own edits, whatever those of others are.
    let found = eachOnThreads(sets.sets.count, threads: threads) { set in
      set == 0 ? nil : Self.charger(of: set, sets, network)
    }
    var result = Chargers(items: [], edits: [], notes: [])
    for one in found {
      result.items.append(one?.charger)
      result.edits.append(one?.edits ?? [])
      if let note = one?.note { result.notes.append(note) }
    }
    return result
  }

  /// Who charges the changes of one set, with its edits in words.
  private struct ChargerOfSet: Sendable {
    var charger: ComparisonCharger?
    var edits: [Comparison.Edit]
    var note: Phrase?
  }

  private static func charger(
    of set: Int, _ sets: ComparedSets, _ network: ComparisonNetwork
  ) -> ChargerOfSet {
    let difference = RuleDifference(
      from: sets.sets[0].trees.map(\.withoutVariants),
      to: sets.sets[set].trees.map(\.withoutVariants), sources: sets.sources)
    let edits = difference.edits.map { Comparison.Edit($0, in: sets.sources) }
    // Where rules of a `decide` were edited, nothing has to be checked again.
    if let charger = ComparisonCharger(difference, of: set, network) {
      return ChargerOfSet(charger: charger, edits: edits, note: charger.attribution.note)
    }
    // Where facts settle first, each set in between has to settle them for itself.
    let settles = sets.programs.contains { !$0.productions.isEmpty }
    let attribution = Attribution(
      difference, mostUnits: settles ? 8 : Attribution.mostUnits
    ) { sets.source.checked($0, texts: sets.source.symbols) }
    let charger = attribution.flatMap {
      ComparisonCharger($0, network.plan, texts: sets.source.symbols)
    }
    return ChargerOfSet(charger: charger, edits: edits, note: attribution?.note)
  }

  private var changesHeader: String {
    var header = [
      Phrase("rule set", zh: "规则集"), Phrase("decision", zh: "判定"), Phrase("value", zh: "值"),
      Phrase("record", zh: "对象"), Phrase("key", zh: "编号"), Phrase("before", zh: "原结果"),
      Phrase("after", zh: "新结果"), Phrase("difference", zh: "差额"), Phrase("cause", zh: "原因"),
    ].map { console.say($0) }
    header += options.by
    var writer = CSVWriter(lineEnd: "\r\n")
    for cell in header { writer.add(cell) }
    writer.endRow()
    return String(decoding: writer.take(), as: UTF8.self)
  }
}

extension FileTree {
  /// What is proposed beside rules is no part of them: that a variant stands there is no edit.
  fileprivate var withoutVariants: FileTree {
    if variants.isEmpty { return self }
    var tree = self
    tree.declarations.removeAll { if case .variant = $0.kind { true } else { false } }
    return tree
  }
}

extension String {
  /// Without blanks at its ends.
  fileprivate var trimmed: String {
    var text = Substring(self)
    while text.first == " " { text.removeFirst() }
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}

extension Failure {
  static func badTop(_ word: String) -> Failure {
    Failure(
      code: "unknown-choice",
      message: Phrase("`--top` cannot be `\(word)`", zh: "`--top` 不能是 `\(word)`"),
      help: [Phrase("give a number from 0 to 10000", zh: "请给出 0 到 10000 之间的数")])
  }

  static func unknownSegment(_ path: String, near: String?) -> Failure {
    Failure(
      code: "unknown-segment",
      message: Phrase(
        "none of the compared records has `\(path)`", zh: "参与比较的对象都没有 `\(path)`"),
      help: [
        near.map { Phrase("did you mean `\($0)`?", zh: "是不是想用 `\($0)`？") }
          ?? Phrase(
            "write a field, or a path over references: `account.region`",
            zh: "写一个字段，或沿引用写一条路径：`account.region`")
      ])
  }

  static func unknownRecorded(_ field: String) -> Failure {
    Failure(
      code: "unknown-recorded-field",
      message: Phrase(
        "no compared record has a field `\(field)` that could hold one of its answers",
        zh: "参与比较的对象都没有能存放判定结果的字段 `\(field)`"),
      help: [
        Phrase(
          "name a field of the record with the type of the answer: `Quote.decided`, or "
            + "`price=charged` for one decision; a text or an enum may hold the words of a verdict",
          zh: "请写该对象上类型与结果相同的字段：`Quote.decided`；只对一项判定时写 `price=charged`；"
            + "审批等结论也可以用文本或选项字段记录")
      ])
  }
}
