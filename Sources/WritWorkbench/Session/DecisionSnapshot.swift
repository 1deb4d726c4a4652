public import WritModel
public import WritNetwork
public import WritReplay
import WritRules
public import WritText

/// What every record was decided to be, as people read it, at one moment.
///
/// Two snapshots are compared by the names of things (record type, key, decision), so they may come
/// from different rules and different data.
public struct DecisionSnapshot: Sendable {
  /// The answers of one decision, a row a record.
  struct Column: Sendable {
    var title: String
    /// What the value is called beside its record.
    var name: String
    var answers: [String]
    /// The answers that are amounts, for sums: nil where one is none.
    var amounts: [Decimal?]
  }
  /// The records of one type.
  struct Section: Sendable {
    var record: String
    /// The type as it is told.
    var name: String
    var keys: [String]
    /// The row of each.
    var rows: [Int]
    var columns: [Column]
  }
  var sections: [Section] = []

  /// Decides everything. Time linear in records × decisions.
  public init(of memory: Memory, language: Language) {
    let program = memory.network.program
    let wording = Wording(program: program, language: language)
    for id in program.decisions.indices {
      if case .assign = program.decisions[id].kind { memory.assign(DecisionID(id), commit: false) }
    }
    for section in Report(program: program, only: []).sections {
      let table = memory.facts[section.record]
      let rows = (0..<table.count).filter { !table.isRemoved($0) }
      var columns: [Column] = []
      for id in section.decisions {
        let decision = program[id]
        let type = program[decision.answer].type
        let values = memory.answers(of: id, rows: 0..<table.count)
        columns.append(
          Column(
            title: decision.title, name: wording.text(decision.name),
            answers: rows.map { wording.text(values[$0], type, in: memory.facts) },
            amounts: rows.map {
              values[$0].tag == .money || values[$0].tag == .number ? values[$0].decimal : nil
            }))
      }
      let type = program.schema[section.record]
      sections.append(
        Section(
          record: type.name.name, name: wording.text(type.name),
          keys: rows.map { wording.key(of: .record($0, of: section.record), in: memory.facts) },
          rows: rows, columns: columns))
    }
  }
}

/// Which decisions differ between two snapshots.
public struct DecisionChanges: Sendable {
  /// One answer that is another now.
  public struct Change: Sendable {
    /// The record type by its name, and the key.
    public var record: String
    public var key: String
    /// The row it has now.
    public var row: Int
    public var before: String
    public var after: String
    /// By how much an amount changed.
    public var difference: Decimal?
  }
  /// The changes of one decision.
  public struct Group: Sendable {
    public var decision: String
    /// What the value is called beside its record.
    public var value: String
    /// The record type as it is told.
    public var name: String
    /// How many records it is decided for now.
    public var count: Int
    public var changes: [Change]
    public var added: Int
    public var removed: Int

    /// The sum of the differences of amounts; nil where there are none or they do not fit.
    public var total: Decimal? {
      var sum: Decimal?
      for change in changes {
        guard let difference = change.difference else { continue }
        guard let known = sum else {
          sum = difference
          continue
        }
        guard let next = known.adding(difference) else { return nil }
        sum = next
      }
      return sum
    }

    /// The changes, the largest amounts first; others in the order of the data.
    public var biggest: [Change] {
      changes.enumerated().sorted { a, b in
        let (x, y) = (a.element.difference.map(magnitude), b.element.difference.map(magnitude))
        switch (x, y) {
        case (let x?, let y?) where x != y: return y < x
        case (_?, nil): return true
        case (nil, _?): return false
        default: return a.offset < b.offset
        }
      }.map(\.element)
    }
  }
  public var groups: [Group] = []

  public var count: Int { groups.reduce(0) { $0 + $1.changes.count } }
}

extension DecisionSnapshot {
  /// What is another now than in an earlier snapshot. Time linear in both.
  public func changes(since old: DecisionSnapshot) -> DecisionChanges {
    var result = DecisionChanges()
    for section in sections {
      let before = old.sections.first { $0.record == section.record }
      let places = before.map(\.places) ?? [:]
      // Most often the records are the same ones in the same order.
      let isSame = before?.keys == section.keys
      for column in section.columns {
        let earlier = before?.columns.first { $0.title == column.title }
        var group = DecisionChanges.Group(
          decision: column.title, value: column.name, name: section.name, count: section.keys.count,
          changes: [],
          added: 0, removed: 0)
        for (row, key) in section.keys.enumerated() {
          guard let earlier, let place = isSame ? row : places[key] else {
            group.added += 1
            continue
          }
          guard earlier.answers[place] != column.answers[row] else { continue }
          var difference: Decimal?
          if let a = earlier.amounts[place], let b = column.amounts[row] {
            difference = b.subtracting(a)
          }
          group.changes.append(
            DecisionChanges.Change(
              record: section.record, key: key, row: section.rows[row],
              before: earlier.answers[place],
              after: column.answers[row], difference: difference))
        }
        if let before, !isSame {
          let now = Set(section.keys)
          group.removed = before.keys.count { !now.contains($0) }
        }
        if !group.changes.isEmpty || group.added + group.removed > 0 { result.groups.append(group) }
      }
    }
    return result
  }
}

extension DecisionSnapshot.Section {
  fileprivate var places: [String: Int] {
    Dictionary(
      keys.enumerated().map { ($0.element, $0.offset) }, uniquingKeysWith: { first, _ in first })
  }
}

extension DecisionChanges {
  /// The changes for people: each where there are few, else the count and the biggest.
  public func text(in wording: Wording, width: Int, atMost limit: Int = 8) -> String {
    var lines: [String] = []
    for group in groups where !group.changes.isEmpty {
      let count = group.changes.count
      if count > limit {
        var line = wording.say(
          Phrase(
            "\(group.decision): \(grouped(count)) of \(grouped(group.count)) changed",
            zh: "\(group.decision)：\(grouped(group.count)) 项中有 \(grouped(count)) 项改变"))
        if let total = group.total { line += " (\(signed(total)))" }
        lines.append(line)
      }
      for change in group.biggest.prefix(limit) {
        let colon = wording.say(Phrase(": ", zh: "："))
        var line = "  \(group.name) \(change.key) · \(group.value)\(colon)".printable
        line += "\(change.before) → \(change.after)".printable
        if let difference = change.difference { line += "  (\(signed(difference)))" }
        lines.append(line.truncated(toWidth: max(width, 20)))
      }
    }
    return lines.map { $0 + "\n" }.joined()
  }
}

/// An amount with its sign.
func signed(_ amount: Decimal) -> String {
  (amount.mantissa < 0 ? "" : "+") + amount.plain(atLeast: 2)
}

private func magnitude(_ amount: Decimal) -> Decimal {
  amount.mantissa < 0 && amount.mantissa > .min
    ? Decimal(mantissa: -amount.mantissa, scale: amount.scale) : amount
}
