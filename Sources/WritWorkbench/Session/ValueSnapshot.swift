import WritModel
import WritNetwork
import WritReplay
import WritRules
import WritText

/// What every record was decided to be at one moment of a session, as values: making one decides,
/// and writes no words.
///
/// Two are compared row by row, so they belong to one session in which rows keep their numbers; what
/// may come from other rules or other data is a `DecisionSnapshot`.
struct ValueSnapshot {
  private struct Column {
    let decision: DecisionID
    var values: [Value]

    /// Decides one record again.
    mutating func decide(_ row: Int, in memory: Memory) {
      guard values.indices.contains(row) else { return }
      values[row] = memory.answers(of: decision, rows: row..<row + 1)[0]
    }
  }
  private struct Section {
    let record: RecordID
    var count: Int
    var removed: Set<Int>
    var columns: [Column]
  }
  private var sections: [Section] = []

  /// Decides everything. Time linear in records × decisions.
  init(of memory: Memory) {
    let program = memory.network.program
    Self.assign(in: memory)
    for section in Report(program: program, only: []).sections {
      let table = memory.facts[section.record]
      let removed = table.removedCount > 0 ? (0..<table.count).filter { table.isRemoved($0) } : []
      sections.append(
        Section(
          record: section.record, count: table.count, removed: Set(removed),
          columns: section.decisions.map {
            Column(decision: $0, values: memory.answers(of: $0, rows: 0..<table.count))
          }))
    }
  }

  private static func assign(in memory: Memory) {
    let program = memory.network.program
    for id in program.decisions.indices {
      if case .assign = program.decisions[id].kind { memory.assign(DecisionID(id), commit: false) }
    }
  }

  /// The same after a field of one record was set: only what the field reaches is decided again.
  func renewed(after field: FieldID, row: Int, in memory: Memory) -> ValueSnapshot {
    let program = memory.network.program
    let owner = program.schema[field].record
    let reach = memory.reach(of: field)
    var other = self
    Self.assign(in: memory)
    for (place, section) in sections.enumerated() {
      for (index, column) in section.columns.enumerated() {
        let answer = program[column.decision].answer
        // Whoever looks at turns and loads looks at what was assigned, too.
        let isHeld = program[column.decision].kind.sets(field)
        if reach.whole.contains(answer) || program[answer].readsCounters || isHeld {
          other.sections[place].columns[index].values = memory.answers(
            of: column.decision, rows: 0..<section.count)
        } else if reach.ofRow.contains(answer), section.record == owner, row < section.count {
          other.sections[place].columns[index].decide(row, in: memory)
        } else if let reference = reach.referred[answer] {
          let target = memory.read(reference, row: row)
          if target.tag == .record, target.aux == section.record.index {
            other.sections[place].columns[index].decide(Int(target.bits), in: memory)
          } else {
            other.sections[place].columns[index].values = memory.answers(
              of: column.decision, rows: 0..<section.count)
          }
        }
      }
    }
    return other
  }

  /// What is another now than in an earlier snapshot. `memory` has the facts of now, whose texts and
  /// lists go on from those of then.
  func changes(since old: ValueSnapshot, in memory: Memory, _ wording: Wording) -> DecisionChanges {
    let program = memory.network.program
    var result = DecisionChanges()
    for (section, before) in zip(sections, old.sections) where section.record == before.record {
      let type = program.schema[section.record]
      let live = section.count - section.removed.count
      let gone = before.removed.union(
        section.count < before.count ? Set(section.count..<before.count) : [])
      let removed = (0..<before.count).count {
        ($0 >= section.count || section.removed.contains($0)) && !before.removed.contains($0)
      }
      for (column, earlier) in zip(section.columns, before.columns) {
        let decision = program[column.decision]
        let answer = program[decision.answer].type
        var group = DecisionChanges.Group(
          decision: decision.title, value: wording.text(decision.name),
          name: wording.text(type.name), count: live, changes: [], added: 0, removed: removed)
        for row in 0..<section.count where !section.removed.contains(row) {
          guard row < before.count, !gone.contains(row) else {
            group.added += 1
            continue
          }
          let (then, now) = (earlier.values[row], column.values[row])
          if Self.same(then, now, in: memory.facts) { continue }
          let texts = [then, now].map { wording.text($0, answer, in: memory.facts) }
          if texts[0] == texts[1] { continue }
          var difference: Decimal?
          if Self.isAmount(then), Self.isAmount(now) {
            difference = now.decimal.subtracting(then.decimal)
          }
          group.changes.append(
            DecisionChanges.Change(
              record: type.name.name,
              key: wording.key(of: .record(row, of: section.record), in: memory.facts), row: row,
              before: texts[0], after: texts[1], difference: difference))
        }
        if !group.changes.isEmpty || group.added + group.removed > 0 { result.groups.append(group) }
      }
    }
    return result
  }

  private static func isAmount(_ value: Value) -> Bool {
    value.tag == .money || value.tag == .number
  }

  /// Whether two values surely read alike; lists have a place of their own each time.
  private static func same(_ a: Value, _ b: Value, in facts: Facts) -> Bool {
    if a.tag != b.tag { return false }
    if !a.isKnown { return true }
    guard a.tag == .list else { return Value.same(a, b) }
    return facts.lists.items(of: a).elementsEqual(facts.lists.items(of: b)) {
      Value.same($0, $1)
    }
  }
}

extension Decision.Kind {
  /// Whether it is an `assign` that sets a field.
  fileprivate func sets(_ field: FieldID) -> Bool {
    guard case .assign(let plan) = self else { return false }
    return plan.sets == field
  }
}
