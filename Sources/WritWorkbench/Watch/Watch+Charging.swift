import WritModel
import WritNetwork
import WritReplay
import WritRules
import WritSyntax
import WritText

// Which edit of a save changed which decision.

extension Watch {
  /// Two forms of the rules in one `Sources`: files that stayed are the same trees.
  static func difference(
    from old: Rules, to new: Rules
  ) -> (difference: RuleDifference, sources: Sources) {
    var sources = old.sources
    let known = Dictionary(
      old.trees.map { (old.sources[$0.source].name, $0) }, uniquingKeysWith: { first, _ in first })
    let trees = new.trees.map { tree in
      let source = new.sources[tree.source]
      if let same = known[source.name], old.sources[same.source].bytes == source.bytes {
        return same
      }
      let id = sources.add(source)
      return Parser.parse(source, id: id).0
    }
    return (RuleDifference(from: old.trees, to: trees, sources: sources), sources)
  }

  /// How many changed decisions are looked at to find the edit behind them.
  private static let mostChanges = 500
  /// How many edits, and how many rules in all forms that would be tried: a save is answered at once.
  private static let mostUnits = 8
  private static let mostRules = 10_000

  /// Charges changed decisions to edits: to the only one there is; to the one that alone would have
  /// brought the change about, where there are few enough to try; else to the one that the rules name
  /// which decided before and after. What several did together stays uncharged.
  static func charge(
    _ event: inout WatchEvent, _ difference: RuleDifference, in sources: Sources,
    _ old: (rules: Rules, memory: Memory), _ new: (rules: Rules, memory: Memory)
  ) {
    let told = difference.edits.indices.filter { difference.edits[$0].isOfDecisions }
    event.charged = Array(repeating: 0, count: told.count + 1)
    let changes = event.changes.groups.flatMap { group in
      group.changes.map { (decision: group.decision, change: $0) }
    }
    if told.count == 1, event.files.count == 1 {
      event.charged[0] = changes.count
      return
    }
    guard !changes.isEmpty else { return }
    let looked = changes.prefix(mostChanges)
    event.charged[told.count] += changes.count - looked.count
    let guilty =
      tried(looked, difference, in: sources, old.rules, new)
      ?? named(looked, event.edits, old.memory, new.memory, language: event.language)
    for edits in guilty {
      // Places among all edits, or among those told.
      event.charged[edits.count == 1 ? edits[0] : told.count] += 1
    }
  }

  private typealias Changed = ArraySlice<(decision: String, change: DecisionChanges.Change)>

  /// The edits of each change, found by trying them; nil where there are too many to try.
  private static func tried(
    _ changes: Changed, _ difference: RuleDifference, in sources: Sources, _ old: Rules,
    _ new: (rules: Rules, memory: Memory)
  ) -> [[Int]]? {
    let told = difference.edits.indices.filter { difference.edits[$0].isOfDecisions }
    let facts = new.memory.facts
    let count = max(old.program.rules.count, new.rules.program.rules.count)
    guard told.count > 1, told.count <= mostUnits, count * (2 + 2 * told.count) <= mostRules,
      old.program.productions.allSatisfy({ $0.acts.isEmpty }),
      new.rules.program.productions.allSatisfy({ $0.acts.isEmpty })
    else { return nil }
    func table(_ file: String, _ beside: SourceID) -> TableFile? {
      let name = sources[beside].name
      for rules in [new.rules, old] {
        if let place = rules.sources.all.firstIndex(where: { $0.name == name }) {
          return rules.tables(file, SourceID(place))
        }
      }
      return nil
    }
    let attribution = Attribution(difference, mostUnits: mostUnits) { trees in
      Program.checking(
        trees, sources: sources, tables: table, texts: facts.texts, effort: .quick,
        analyzing: false)
    }
    guard let attribution, let network = Network(compiling: attribution.programs),
      let moved = facts.migrated(to: network.program.schema, texts: network.program.texts)
    else { return nil }
    let memory = Memory(network, facts: moved, today: new.memory.today)
    memory.settle()
    let wording = Wording(program: network.program, language: .english)
    // What each program calls the decision.
    var answers: [String: [AttributeID]?] = [:]
    var types: [String: ValueType] = [:]
    let places = Dictionary(uniqueKeysWithValues: told.enumerated().map { ($1, $0) })
    return changes.map { entry in
      let attributes: [AttributeID]?
      if let known = answers[entry.decision] {
        attributes = known
      } else {
        var found: [AttributeID] = []
        for variant in network.variants {
          guard
            let decision = variant.program.decisions.first(where: { $0.title == entry.decision }),
            decision.subject != nil
          else { continue }
          types[entry.decision] = variant.program[decision.answer].type
          found.append(variant[decision.answer])
        }
        // A decision that some of the forms do not have is charged to nobody.
        attributes = found.count == network.variants.count ? found : nil
        answers[entry.decision] = .some(attributes)
      }
      guard let attributes, let type = types[entry.decision] else { return [] }
      let told = attributes.map {
        wording.text(memory.value(of: $0, row: entry.change.row), type, in: memory.facts)
      }
      let verdict = attribution.chargeWithState(told)
      return verdict.edits.compactMap { places[$0] }
    }
  }

  /// The edits of each change whose titles stand among those of the rules that decided.
  private static func named(
    _ changes: Changed, _ edits: [RuleEdit], _ old: Memory, _ new: Memory, language: Language
  ) -> [[Int]] {
    let before = Explainer(memory: old, language: language)
    let after = Explainer(memory: new, language: language)
    return changes.map { entry in
      let named =
        titles(entry.decision, entry.change, before, old)
        + titles(entry.decision, entry.change, after, new)
      return edits.indices.filter { index in
        let edit = edits[index]
        return !edit.title.isEmpty && named.contains(edit.title)
          || edit.title.isEmpty && edit.block == entry.decision
      }
    }
  }

  /// The titles of the rules that had a part in an answer.
  private static func titles(
    _ decision: String, _ change: DecisionChanges.Change, _ explainer: Explainer, _ memory: Memory
  ) -> [String] {
    let program = memory.network.program
    guard let index = program.decisions.firstIndex(where: { $0.title == decision }),
      let type = explainer.wording.recordType(named: change.record),
      let record = explainer.wording.find(type, [change.key], in: memory.facts)
    else { return [] }
    let words = explainer.why(DecisionID(index), [record], today: memory.today).facts
      .filter { $0.kind != .before && $0.kind != .beaten && $0.kind != .offer }
      .map(\.text).joined(separator: "\n")
    return program.rules.map(\.title).filter {
      !$0.isEmpty && words.contains("\"\($0)\"") || !$0.isEmpty && words.contains("“\($0)”")
    }
  }
}
