import WritModel
public import WritNetwork
public import WritRules
public import WritText

/// Makes the audit lines of changes as they fire and of alerts that are raised.
///
/// As `AuditForm` does for decisions: no number, no chain, one language, no paths.
public struct AuditActs {
  private let program: Program
  private let sources: Sources
  private let wording: Wording
  private let stamp: String

  public init(_ program: Program, sources: Sources, stamp: String) {
    self.program = program
    self.sources = sources
    self.stamp = stamp
    wording = Wording(program: program, language: .english)
  }

  /// Appends a line for a change that fires, before its acts are done: what it finds and what it
  /// makes of it.
  public func write(_ firing: Firing, in memory: Memory, into out: inout Outgoing) {
    let production = program[firing.match.production]
    var text = head("change", firing.match)
    text += records(of: firing.match, in: memory)
    let slots = zip(production.patterns, firing.match.rows).map {
      Value.record($1, of: $0.record)
    }
    let frame = Frame(slots: slots, today: memory.today)
    if firing.fault != nil {
      text += ",\"fault\":true"
    } else {
      let acts = production.acts.compactMap { act($0, in: frame, memory) }
      text += ",\"acts\":" + JSONText.list(acts).line
    }
    out.append(text + "\n")
  }

  private func act(_ act: Production.Act, in frame: Frame, _ memory: Memory) -> JSONText? {
    switch act {
    case .set(let field, let of, let to):
      let record = memory.value(of: of, in: frame)
      guard record.tag == .record else { return nil }
      let declared = program.schema[field]
      let before = memory.read(field, row: Int(record.bits))
      return .object([
        ("set", .text(program.schema[declared.record].name.name + "." + declared.name.name)),
        ("key", .text(wording.key(of: record, in: memory.facts))),
        ("before", wording.json(before, declared.type, in: memory.facts)),
        ("after", wording.json(memory.value(of: to, in: frame), declared.type, in: memory.facts)),
      ])
    case .insert(let type, let terms):
      let fields = program.schema[type].fields
      return .object([
        ("insert", .text(program.schema[type].name.name)),
        (
          "values",
          .object(
            zip(fields, terms).map { field, term in
              (
                program.schema[field].name.name,
                wording.json(
                  memory.value(of: term, in: frame), program.schema[field].type, in: memory.facts)
              )
            })
        ),
      ])
    case .remove(let term):
      let record = memory.value(of: term, in: frame)
      guard record.tag == .record else { return nil }
      return .object([
        ("remove", .text(program.schema[RecordID(Int(record.aux))].name.name)),
        ("key", .text(wording.key(of: record, in: memory.facts))),
      ])
    }
  }

  /// Appends a line for each alert that is raised, in written order, by the keys of its records.
  public func writeAlerts(in memory: Memory, into out: inout Outgoing) {
    let explainer = Explainer(memory: memory, language: .english)
    for index in program.productions.indices {
      let id = ProductionID(index)
      guard case .alert(let level) = program[id].kind else { continue }
      for match in memory.raised(id) {
        var text = head("alert", match)
        if let level { text += ",\"level\":\"\(level.rawValue)\"" }
        text += records(of: match, in: memory)
        let slots = zip(program[id].patterns, match.rows).map {
          Value.record($1, of: $0.record)
        }
        if let because = explainer.words(of: id, slots) {
          text += ",\"because\":"
          JSONText.writeText(because, into: &text)
        }
        out.append(text + "\n")
      }
    }
  }

  private func head(_ kind: String, _ match: Match) -> String {
    let rule = program[match.production].rule
    var text = stamp + ",\"\(kind)\":"
    JSONText.writeText(program[rule].title, into: &text)
    return text + ",\"by\":[{" + AuditForm.words(of: rule, program, sources) + "}]"
  }

  private func records(of match: Match, in memory: Memory) -> String {
    let records = zip(program[match.production].patterns, match.rows).map { pattern, row in
      JSONText.object([
        ("record", .text(program.schema[pattern.record].name.name)),
        ("key", .text(wording.key(of: .record(row, of: pattern.record), in: memory.facts))),
      ])
    }
    return ",\"records\":" + JSONText.list(records).line
  }
}
