import WritModel
public import WritNetwork
import WritRules
public import WritText

extension ComparisonTally {
  /// Whether anything changed in a section, so that there is something to explain.
  public func hasChanges(_ section: Int, of network: ComparisonNetwork) -> Bool {
    let range = Self.values(of: section, network)
    return values[range].contains { $0.changes.contains { ($0?.changed ?? 0) > 0 } }
  }

  private static func values(of section: Int, _ network: ComparisonNetwork) -> Range<Int> {
    let first = network.plan.sections[..<section].reduce(0) { $0 + $1.columns.count }
    return first..<first + network.plan.sections[section].columns.count
  }

  /// Explains the kept changes of a section under the base and under the set.
  ///
  /// `memories` is one a set, each over its own program, with the facts of the run; `sources` are the
  /// texts that the programs were checked from. Records that went by are put back into their table,
  /// which is empty now.
  public mutating func explain(
    _ section: Int, of network: ComparisonNetwork, _ memories: [Memory], _ sources: Sources
  ) {
    let plan = network.plan.sections[section]
    let wordings = memories.map {
      Explainer(memory: $0, language: header.language)
    }
    let assigned = network.assignedFields(of: section)
    for (index, column) in plan.columns.enumerated() {
      let place = Self.values(of: section, network).lowerBound + index
      guard let base = column.decisions[0] else { continue }
      for set in memories.indices.dropFirst() {
        guard let other = column.decisions[set], values[place].changes[set] != nil else { continue }
        func told(_ entries: inout LargestChanges) {
          var rows: [Int?] = []
          entries.update { rows.append(Self.row(of: $0, plan.record, memories)) }
          let before = Self.why(base, rows, plan.record, wordings[0], sources, assigned)
          let after = Self.why(other, rows, plan.record, wordings[set], sources, assigned)
          var next = 0
          entries.update { entry in
            if let row = rows[next] {
              entry.change.whyBefore = before[row]
              entry.change.whyAfter = after[row]
            }
            entry.record = nil
            next += 1
          }
        }
        if var changes = values[place].changes[set] {
          values[place].changes[set] = nil
          told(&changes.largest)
          told(&changes.better)
          told(&changes.worse)
          values[place].changes[set] = changes
        }
      }
    }
  }

  /// The row of a change, in all memories; a record that went by is put back.
  private static func row(
    of entry: LargestChanges.Entry, _ record: RecordID, _ memories: [Memory]
  ) -> Int? {
    guard let kept = entry.record else { return entry.row }
    var row: Int?
    for memory in memories {
      memory.edit([record]) { facts in
        let added = kept.append(to: record, of: &facts)
        // A record that another change put back already is found by its key.
        row = added ?? facts[record].row(key: kept.key(of: record, in: &facts))
      }
    }
    return row
  }

  /// The explanations of rows, which for an `assign` are told at the moment of each record, when all
  /// are assigned anew.
  private static func why(
    _ decision: DecisionID, _ rows: [Int?], _ record: RecordID, _ explainer: Explainer,
    _ sources: Sources, _ assigned: [FieldID]
  ) -> [Int: Explanation] {
    var result: [Int: Explanation] = [:]
    let wanted = Set(rows.compactMap(\.self))
    let memory = explainer.memory
    func explain(_ row: Int) {
      result[row] = explainer.why(
        decision, [.record(row, of: record)], today: memory.today
      ).placed(in: sources)
    }
    if case .assign = memory.network.program[decision].kind {
      memory.assigningAnew(assigned) {
        memory.assign(decision, commit: false) { if wanted.contains($0) { explain($0) } }
      }
    }
    for row in wanted.sorted() where result[row] == nil { explain(row) }
    return result
  }
}

extension KeptRecord {
  /// The values of its key.
  func key(of record: RecordID, in facts: inout Facts) -> [Value] {
    let type = facts.schema[record]
    return type.key.map { value(at: facts.schema[$0].column, &facts) }
  }
}

extension Explanation {
  /// With places written out, so that it needs no sources any more.
  func placed(in sources: Sources) -> Explanation {
    var result = self
    result.facts = facts.map { $0.placed(in: sources) }
    return result
  }
}

extension Explanation.Fact {
  fileprivate func placed(in sources: Sources) -> Explanation.Fact {
    var result = self
    if let span {
      let place = "\(sources[span.source].name):\(sources.position(of: span).line)"
      result.data.append(("place", .text(place)))
      result.span = nil
    }
    result.facts = facts.map { $0.placed(in: sources) }
    return result
  }
}

extension Explanation.Fact {
  /// Where it is written, of one whose sources are gone.
  var writtenPlace: String? {
    for case ("place", .text(let place)) in data { return place }
    return nil
  }
}
