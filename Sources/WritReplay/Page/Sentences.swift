import WritModel
import WritText

/// What a comparison says in sentences: the same ones at the head of every form of the report.
struct Sentences {
  let comparison: Comparison
  let figures: Figures

  init(_ comparison: Comparison, minus: String) {
    self.comparison = comparison
    figures = Figures(language: comparison.language, minus: minus)
  }

  func say(_ english: String, _ chinese: String) -> String { figures.say(english, chinese) }

  func quoted(_ text: String) -> String {
    comparison.language == .english ? "\"\(text)\"" : "“\(text)”"
  }

  func name(_ difference: Comparison.Difference) -> String {
    comparison.ruleSets.indices.contains(difference.ruleSet)
      ? comparison.ruleSets[difference.ruleSet].name : "—"
  }

  var baseName: String { comparison.ruleSets.first?.name ?? "—" }

  // MARK: The head

  /// What changes, in one sentence: `Under after, 12 of 8,400 Line records change in price …`.
  func headline(_ difference: Comparison.Difference) -> String {
    let changed = ordered(difference).map { difference.decisions[$0] }.filter { $0.changed > 0 }
    let name = quoted(name(difference))
    guard !changed.isEmpty else {
      return difference.decisions.isEmpty
        ? say("\(name) was compared on no decision", "\(name)没有可比较的判定")
        : say(
          "\(name) changes no decision on these data", "在这批数据上，\(name)不改变任何判定")
    }
    var parts = changed.prefix(3).map(changeClause)
    if changed.count > 3 {
      let rest = changed.count - 3
      parts.append(
        say(
          "\(rest) other decision\(rest == 1 ? "" : "s") also change\(rest == 1 ? "s" : "")",
          "另有 \(rest) 项判定改变"))
    }
    let list = parts.joined(separator: say("; ", "；"))
    return say("Under \(name), \(list)", "改用\(name)后，\(list)")
  }

  /// `12 of 8,400 Line records change in price (+1,204.00 CNY)`
  func changeClause(_ decision: Comparison.Changed) -> String {
    let some = figures.count(decision.changed)
    let all = figures.records(decision.compared, decision.record)
    var text = say(
      "\(some) of \(all) \(decision.changed == 1 ? "changes" : "change") in \(decision.value)",
      "\(all)中有 \(some) 条的\(decision.value)改变")
    if let amounts = decision.amounts {
      let amount = change(amounts, of: decision.compared)
      text += say(" (\(amount))", "（\(amount)）")
    }
    return text
  }

  /// By how much a decision changes in all; percents do not add up and are told as their average.
  func change(_ amounts: Comparison.Amounts, of count: Int) -> String {
    let difference = amounts.after - amounts.before
    guard amounts.unit == "%" else {
      return figures.amount(difference, amounts.unit, isSigned: true)
    }
    let average = figures.average(difference, of: count, isSigned: true)
    return say("\(average) points on average", "平均 \(average) 个百分点")
  }

  /// The decisions as people ask for them: what blocks of the language decide, then what is worked
  /// out from it. Places in `decisions`.
  func ordered(_ difference: Comparison.Difference) -> [Int] {
    let isWorkedOut = difference.decisions.map(self.isWorkedOut)
    return difference.decisions.indices.filter { !isWorkedOut[$0] }
      + difference.decisions.indices.filter { isWorkedOut[$0] }
  }

  /// Whether a value follows from others: it has no rules of its own, which are what decides.
  func isWorkedOut(_ decision: Comparison.Changed) -> Bool {
    !decision.decision.contains(" ")
      && !comparison.coverage.contains { $0.block == decision.decision }
  }

  /// The flows that lead from one answer to another. That an amount became less or more is told with
  /// the amounts.
  func moves(_ decision: Comparison.Changed) -> [Comparison.Flow] {
    let amount = say("an amount", "有金额")
    let directions = [say("more", "升高"), say("less", "降低"), say("equal", "不变")]
    return decision.flows.filter { flow in
      flow.before != flow.after && flow.count > 0
        && !(decision.amounts != nil && flow.before == amount && directions.contains(flow.after))
    }
  }

  /// An answer as it stands in a table: plain numbers in groups, nothing as a dash.
  func answer(_ text: String) -> String {
    if text.isEmpty { return "—" }
    let digits = text.drop { $0 == "-" }
    guard Decimal(text) != nil, text.utf8.allSatisfy({ $0 != 0x2C && $0 != 0x2B }) else {
      return text
    }
    let whole = digits.prefix { $0 != "." }
    var grouped = ""
    for (place, digit) in whole.enumerated() {
      if place > 0, (whole.count - place) % 3 == 0 { grouped += "," }
      grouped.append(digit)
    }
    return (text.hasPrefix("-") ? figures.minus : "") + grouped + digits.dropFirst(whole.count)
  }

  /// The unit of sums of a decision; nil where nothing can be added up: percents, and what is no
  /// amount.
  func unit(ofSums decision: Comparison.Changed) -> String? {
    decision.amounts.flatMap { $0.unit == "%" ? nil : $0.unit }
  }

  // MARK: Limits

  /// The measures with a limit, each with it.
  func limits(_ difference: Comparison.Difference) -> [(Comparison.Measured, Comparison.Limit)] {
    difference.measures.compactMap { measure in measure.limit.map { (measure, $0) } }
  }

  /// Whether all limits hold: the worst verdict; nil where no limit is set.
  func verdict(_ difference: Comparison.Difference) -> Comparison.Limit.Verdict? {
    let verdicts = limits(difference).map(\.1.verdict)
    if verdicts.isEmpty { return nil }
    if verdicts.contains(.fails) { return .fails }
    return verdicts.contains(.unknown) ? .unknown : .holds
  }

  /// `1 of 3 limits fails`
  func limitSentence(_ difference: Comparison.Difference) -> String {
    let limits = limits(difference)
    let total = limits.count
    let failing = limits.count { $0.1.verdict == .fails }
    let unknown = limits.count { $0.1.verdict == .unknown }
    guard total > 0 else {
      return say("no limit is set: the figures are yours to judge", "没有设限，请自行判断下列数字")
    }
    if failing > 0 {
      return total == 1
        ? say("the limit fails", "未守住限度")
        : say(
          "\(failing) of \(total) limits \(failing == 1 ? "fails" : "fail")",
          "\(total) 条限度中有 \(failing) 条未守住")
    }
    if unknown > 0 {
      return total == 1
        ? say("the limit cannot be judged", "限度无法判断")
        : say(
          "\(unknown) of \(total) limits cannot be judged",
          "\(total) 条限度中有 \(unknown) 条无法判断")
    }
    return total == 1
      ? say("the limit holds", "限度已守住")
      : say("all \(total) limits hold", "\(total) 条限度全部守住")
  }

  func word(_ verdict: Comparison.Limit.Verdict) -> String {
    switch verdict {
    case .holds: say("holds", "守住")
    case .fails: say("fails", "未守住")
    case .unknown: say("cannot be judged", "无法判断")
    }
  }

  /// `margin may fall by at most 0.5%: holds`
  func sentence(_ measure: Comparison.Measured, _ limit: Comparison.Limit) -> String {
    "\(measure.title) \(limit.text)" + say(": ", "：") + word(limit.verdict)
  }

  // MARK: Measures

  func difference(_ measure: Comparison.Measured) -> Decimal? {
    guard let before = measure.before, let after = measure.after else { return nil }
    return after.subtracting(before)
  }

  /// What is known of a difference: the interval, or why there is none.
  func sentence(_ estimate: Comparison.Estimate, _ unit: String) -> String {
    switch estimate {
    case .interval(let interval):
      var text =
        say(
          "\(figures.confidence(interval.confidence)) interval ",
          "\(figures.confidence(interval.confidence)) 区间 ") + range(interval, unit)
      if let p = interval.p { text += say(", ", "，") + figures.p(p) }
      return text
    case .tooLittleData(let reason): return reason
    case .same: return say("nothing differs", "没有差别")
    }
  }

  /// `-30.00 to +2,400.00 CNY`
  func range(_ interval: Comparison.Interval, _ unit: String) -> String {
    let size = max(abs(interval.low), abs(interval.high))
    return figures.estimate(interval.low, unit, isSigned: true, size: size) + say(" to ", " 至 ")
      + figures.estimate(interval.high, unit, isSigned: true, size: size)
      + figures.differenceUnit(unit)
  }

  // MARK: Edits and charges

  func kind(_ edit: Comparison.Edit) -> String {
    switch edit.kind {
    case "added": say("added", "新增")
    case "removed": say("removed", "删除")
    case "changed": say("changed", "修改")
    case "moved": say("moved", "移动")
    case "row": say("table row", "表行")
    default: edit.kind
    }
  }

  /// An edit as it is shown: of a move, whom the rule stood and stands before.
  func shown(_ edit: Comparison.Edit) -> Comparison.Edit {
    guard edit.kind == "moved" else { return edit }
    func place(_ next: String) -> String {
      next.isEmpty
        ? say("at the end", "末尾") : say("before \(quoted(next))", "在 \(quoted(next)) 之前")
    }
    var result = edit
    result.before = place(edit.before)
    result.after = place(edit.after)
    return result
  }

  /// `price Line "by the dozen"`
  func title(_ edit: Comparison.Edit) -> String {
    edit.title.isEmpty ? edit.block : "\(edit.block) \(quoted(edit.title))"
  }

  func sentence(_ kind: Comparison.Charge.Kind) -> String {
    switch kind {
    case .alone: say("alone", "单独造成")
    case .together: say("only together", "共同作用才造成")
    case .interaction: say("acting on one another", "相互影响")
    case .knockOn: say("knock-on of an earlier record", "前面记录的连带影响")
    }
  }

  /// What a changed record is charged to, in a word or two; empty where nobody can say.
  func cause(_ change: Comparison.Change) -> String {
    if change.isKnockOn { return say("knock-on", "连带") }
    return numbers(change.edits)
  }

  /// What was told otherwise before and after: the first two facts of one kind that differ, else the
  /// first on each side; nil where nothing was.
  func reasons(_ change: Comparison.Change) -> (before: String?, after: String?) {
    let before = change.whyBefore?.facts ?? []
    let after = change.whyAfter?.facts ?? []
    let gone = before.filter { fact in !after.contains { $0.allWords == fact.allWords } }
    let come = after.filter { fact in !before.contains { $0.allWords == fact.allWords } }
    for fact in gone {
      if let other = come.first(where: { $0.kind == fact.kind }) {
        return (fact.inOneLine, other.inOneLine)
      }
    }
    return (gone.first?.inOneLine, come.first?.inOneLine)
  }

  /// The edits of a charge by their numbers: `1 + 3`.
  func numbers(_ edits: [Int]) -> String { edits.map { "\($0 + 1)" }.joined(separator: " + ") }

  // MARK: The rest

  /// What was read, and for which date: `3,000 Deal from deals.csv; business date 2026-06-30`.
  var basis: String {
    let shown = comparison.inputs.prefix(8).map { input in
      say(
        "\(figures.count(input.records)) \(input.record) from \(input.file)",
        "\(input.file) 的 \(figures.count(input.records)) 条\(input.record)")
    }
    let more = comparison.inputs.count - shown.count
    let rest = more > 0 ? [say("\(more) more files", "另外 \(more) 个文件")] : []
    let date = say("business date \(comparison.date)", "业务日期 \(comparison.date)")
    let read = (shown + rest).joined(separator: say(", ", "、"))
    return [read, comparison.date.isEmpty ? "" : date].filter { !$0.isEmpty }
      .joined(separator: say("; ", "；"))
  }

  /// A rule by its block and title; a block that is named after its only rule says it once.
  func name(_ rule: Comparison.Coverage) -> String {
    rule.block.contains(quoted(rule.rule)) ? rule.block : "\(rule.block) \(quoted(rule.rule))"
  }

  /// Rules that decided nothing under any rule set that has them.
  var neverFired: [Comparison.Coverage] {
    comparison.coverage.filter { rule in
      let counts = rule.counts.compactMap(\.self)
      return !counts.isEmpty && counts.allSatisfy { $0 == 0 }
    }
  }

  /// What amounts of money are counted in, as the first decision about money says it.
  var currency: String {
    comparison.differences.lazy.flatMap(\.decisions).compactMap(\.amounts?.unit)
      .first { !$0.isEmpty } ?? ""
  }

  /// What a replay cannot know; it stands in every report.
  var caveats: [String] {
    [
      say(
        "This is a replay: the recorded data were decided again under each rule set. "
          + "It says what the rules would have answered, exactly.",
        "这是一次回放：用每套规则把已记录的数据重新判定一遍，规则当时会给出什么答案，这里是准确的。"),
      say(
        "It cannot say what people would have done. With other prices or approvals customers would "
          + "have bought more or less, and sales people would have asked for something else.",
        "它不能告诉你人会怎么做：换一套价格或审批，客户会多买或少买，销售也会提出别的申请。"),
      say(
        "Intervals say how far a difference may move when other records of the same kind come; "
          + "they say nothing of a market that changes.",
        "区间说明换一批同类记录时差额可能在什么范围内波动，不包括市场本身的变化。"),
    ]
  }
}

extension Explanation.Fact {
  /// Without the blanks that put the numbers of a waterfall under each other, and without the places
  /// of its steps, which move where one is removed.
  fileprivate var allWords: [String] {
    let own = kind == .step ? title ?? text : text
    return [String(own.drop { $0 == " " })] + facts.flatMap(\.allWords)
  }

  /// A fact with what stands beside it: `by the dozen 508326.00 -50274.00`.
  fileprivate var inOneLine: String {
    var words = [text]
    switch kind {
    case .step:
      words = [title ?? text]
      words += facts.filter { $0.kind == .value || $0.kind == .decided }.map(\.text)
    default: words += facts.filter { $0.kind == .candidate }.prefix(1).map(\.text)
    }
    return words.flatMap { $0.split(separator: " ") }.joined(separator: " ")
  }

  private var title: String? {
    for (name, value) in data where name == "title" {
      if case .text(let title) = value { return title }
    }
    return nil
  }
}
