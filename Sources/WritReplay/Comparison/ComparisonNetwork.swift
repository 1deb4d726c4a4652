import WritModel
public import WritNetwork
public import WritRules
import WritText

/// The rule sets of a comparison, compiled: one network over the union of their rules, in which all
/// are decided in one pass, and where records or counters change on the way a network each.
public struct ComparisonNetwork: Sendable {
  public let plan: ComparisonPlan
  /// nil where nothing is decided without state.
  public let union: Network?
  /// One a set, where something is decided with state.
  public let own: [Network]
  /// By set and a rule's number in the union: its place among the counted rules, or -1.
  private let unionPlaces: [[Int32]]
  private let ownPlaces: [[Int32]]

  /// nil: the schemas have not the same shape, or there are more sets than one network takes.
  public init?(_ plan: ComparisonPlan) {
    self.plan = plan
    let isAllStateful = plan.sections.allSatisfy(\.isStateful)
    var union: Network?
    if !isAllStateful {
      union = Network(compiling: plan.programs)
      if union == nil { return nil }
    }
    self.union = union
    own = plan.isStateful ? plan.programs.map { Network(compiling: $0) } : []
    let sets = plan.programs.indices
    let variants = union?.variants ?? []
    let ruleCount = union?.program.rules.count ?? 0
    unionPlaces = sets.map { set in
      variants.isEmpty
        ? [] : Self.places(plan, set, count: ruleCount) { variants[set][$0] }
    }
    ownPlaces = sets.map { set in
      Self.places(plan, set, count: plan.programs[set].rules.count) { $0 }
    }
  }

  private static func places(
    _ plan: ComparisonPlan, _ set: Int, count: Int, _ number: (RuleID) -> RuleID
  ) -> [Int32] {
    var places = [Int32](repeating: -1, count: count)
    for (place, rule) in plan.rules.enumerated() {
      if let own = rule.rules[set] { places[Int(number(own).index)] = Int32(place) }
    }
    return places
  }

  /// What an attribute of a set's program is called in the memory that answers for the set.
  func name(_ attribute: AttributeID, of set: Int, isStateful: Bool) -> AttributeID {
    guard !isStateful, let union else { return attribute }
    return union.variants[set][attribute]
  }

  func places(of set: Int, isStateful: Bool) -> [Int32] {
    isStateful ? ownPlaces[set] : unionPlaces[set]
  }

  /// An empty tally for what this compares. `place` tells where a rule of a set is written.
  public func tally(
    _ header: ComparisonTally.Header, _ wording: Wording,
    place: (_ set: Int, _ rule: RuleID) -> String
  ) -> ComparisonTally {
    let sets = plan.programs.indices
    let values = plan.sections.flatMap { section in
      section.columns.map { column in
        ValueTally(
          decision: column.decision, value: column.value,
          record: wording.text(wording.schema[section.record].name), unit: column.unit,
          isAnswer: column.isAnswer,
          segments: section.paths.compactMap { path in
            path.map { ValueTally.SegmentCounts(by: $0.text) }
          },
          recorded: column.against.map { _ in
            ValueTally.Recorded(field: plan.options.against ?? "")
          },
          changes: sets.map { $0 > 0 && column.attributes[$0] != nil ? ChangeTally() : nil })
      }
    }
    let rules = plan.rules.map { rule in
      let first = rule.rules.firstIndex { $0 != nil }
      return RuleTally(
        block: rule.block, rule: rule.title,
        place: first.flatMap { set in rule.rules[set].map { place(set, $0) } } ?? "",
        counts: rule.rules.map { $0 == nil ? nil : 0 },
        amounts: rule.rules.map { $0 == nil || !rule.isAmount ? nil : ExactSum() })
    }
    let measures = plan.measures.compactMap { compared -> ComparedMeasure? in
      guard let measure = compared.measures[0], compared.isOfRecords else { return nil }
      let section = plan.sections.first { $0.record == measure.record }
      return ComparedMeasure(
        tally: MeasureTally(measure, comparing: plan.programs.count - 1),
        record: measure.record.map { wording.text(wording.schema[$0].name) } ?? "",
        isKnown: compared.measures.map { $0 != nil },
        segments: (section?.paths ?? []).compactMap { path in
          path.map { ComparedMeasure.Segments(by: $0.text) }
        })
    }
    return ComparisonTally(header, values: values, rules: rules, measures: measures)
  }

  /// The fields that `assign`s of a section's records set, under any of the sets. A comparison
  /// assigns anew what was assigned once: they read as missing meanwhile.
  func assignedFields(of section: Int) -> [FieldID] {
    let record = plan.sections[section].record
    var fields: [FieldID] = []
    for program in plan.programs {
      for decision in program.decisions where decision.subject == record {
        guard case .assign(let plan) = decision.kind, let field = plan.sets else { continue }
        if !fields.contains(field) { fields.append(field) }
      }
    }
    return fields
  }

  /// Whether there are measures that are no sum over records, for which `measureWhole` needs all.
  public var hasWholeMeasures: Bool { plan.measures.contains { !$0.isOfRecords } }

  /// Takes the measures that are no sum over records from memories over each set's own program,
  /// where changes have settled. Assigns first, since a measure may ask who got what.
  public func measureWhole(_ memories: [Memory], into tally: inout ComparisonTally) {
    for memory in memories { memory.assignAnew() }
    for compared in plan.measures where !compared.isOfRecords {
      guard let measure = compared.measures[0] else { continue }
      let values = zip(compared.measures, memories).map { measure, memory in
        measure.map { memory.value(of: $0.term, in: Frame(slots: [], today: memory.today)) }
      }
      tally.whole.append(WholeMeasure(measure: measure, values: values))
    }
  }
}
