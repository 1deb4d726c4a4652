public import WritModel
public import WritNetwork
public import WritRules
import WritText

/// What changes did to some records while facts settled: for an answer to *why* that begins with a
/// value which no file has.
public struct ChangeLog {
  /// A field of a record, and the changes that set it, first to last.
  private struct Entry {
    let record: Value
    let field: FieldID
    let before: Value
    var after: Value
    var rules: [RuleID]
  }
  private let records: [Value]
  private var entries: [Entry] = []
  private var removals: [(record: Value, rule: RuleID)] = []

  /// A log of what happens to these records; others are not looked at.
  public init(of records: [Value]) { self.records = records }

  /// Notes a firing before its acts are done.
  public mutating func note(_ firing: Firing, in memory: Memory) {
    guard firing.fault == nil else { return }
    let program = memory.network.program
    let production = program[firing.match.production]
    let slots = zip(production.patterns, firing.match.rows).map {
      Value.record($1, of: $0.record)
    }
    let frame = Frame(slots: slots, today: memory.today)
    for act in production.acts {
      switch act {
      case .set(let field, let of, let to):
        let record = memory.value(of: of, in: frame)
        guard isWatched(record) else { continue }
        set(
          field, of: record, from: memory.read(field, row: Int(record.bits)),
          to: memory.value(of: to, in: frame), by: production.rule)
      case .insert: continue
      case .remove(let term):
        let record = memory.value(of: term, in: frame)
        if isWatched(record) { removals.append((record, production.rule)) }
      }
    }
  }

  private func isWatched(_ record: Value) -> Bool {
    records.contains {
      $0.tag == record.tag && $0.bits == record.bits && $0.aux == record.aux
    }
  }

  private mutating func set(
    _ field: FieldID, of record: Value, from before: Value, to after: Value, by rule: RuleID
  ) {
    if let index = entries.firstIndex(where: {
      $0.field == field && $0.record.bits == record.bits
    }) {
      entries[index].after = after
      if entries[index].rules.last != rule { entries[index].rules.append(rule) }
    } else {
      entries.append(
        Entry(record: record, field: field, before: before, after: after, rules: [rule]))
    }
  }

  /// The change that took a record away, if one did.
  public func remover(of record: Value) -> RuleID? {
    removals.first { $0.record.bits == record.bits && $0.record.aux == record.aux }?.rule
  }
}

extension Explainer {
  /// What changes did to the records of a question, for the end of its explanation.
  public func facts(of log: ChangeLog) -> [Explanation.Fact] {
    log.lines(in: self).map { line in
      Explanation.Fact(
        .note, line.text, at: line.span, data: [("change", .text(line.title))])
    }
  }
}

extension ChangeLog {
  fileprivate func lines(
    in explainer: Explainer
  ) -> [(text: String, title: String, span: Span)] {
    let (program, wording, memory) = (explainer.program, explainer.wording, explainer.memory)
    return entries.compactMap { entry in
      guard let last = entry.rules.last else { return nil }
      let declared = program.schema[entry.field]
      let name = wording.text(declared.name)
      let isHidden = explainer.redaction.hides(
        entry.field, of: entry.record, today: memory.today, in: memory)
      func shown(_ value: Value) -> String {
        isHidden ? Redaction.mark : wording.text(value, declared.type, in: memory.facts)
      }
      let rule = program[last]
      let title = wording.quoted(rule.title)
      let (before, after) = (shown(entry.before), shown(entry.after))
      return (
        explainer.say(
          "\(title) set \(name): \(before) → \(after)",
          zh: "\(title) 改写了 \(name)：\(before) → \(after)"), rule.title, rule.span
      )
    }
  }
}
