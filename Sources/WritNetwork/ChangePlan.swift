public import WritModel
public import WritRules

/// What a change of facts touches of what a memory keeps, found once for a program.
///
/// A derived value that looks at nothing but its record's own fields is forgotten for that record;
/// others for all records of their type.
final class ChangePlan: Sendable {
  /// What depends on one field, or on there being records of a type.
  struct Touch: Sendable {
    /// Attributes to forget for the row; for all rows.
    var ofRow: [Int] = []
    var whole: [Int] = []
    var gathers: [Int] = []

    var isEmpty: Bool { ofRow.isEmpty && whole.isEmpty && gathers.isEmpty }
  }
  /// By field; by record type, for records that come and go.
  let fields: [Touch]
  /// By field: whether anything depends on it.
  let isRead: [Bool]
  let records: [Touch]
  /// Counters and assignments that are forgotten with any change of a record type.
  let counters: [[Int]]
  let assignments: [[AttributeID]]
  /// Fields that refer to a record type.
  let references: [[FieldID]]
  let reads: Reads

  init(_ program: Program, _ facts: TermFacts) {
    var reads = Reads(program)
    let fieldCount = program.schema.fields.count
    let recordCount = program.schema.records.count
    var touches = Array(repeating: Touch(), count: fieldCount + recordCount)
    for (index, attribute) in program.attributes.enumerated() {
      let own = Self.ownFields(attribute, program, facts)
      for fact in reads.attributes[index].members {
        if let own, own.contains(fact) {
          touches[fact].ofRow.append(index)
        } else {
          touches[fact].whole.append(index)
        }
      }
      // A record that comes is new to what is kept of its type; one that goes too.
      if let record = attribute.parameters.first?.record, attribute.parameters.count == 1 {
        touches[fieldCount + Int(record.index)].ofRow.append(index)
      }
    }
    for (index, term) in program.terms.enumerated() {
      guard case .gather(let id) = term else { continue }
      for fact in reads.of(TermID(index), program).members {
        touches[fact].gathers.append(Int(id.index))
      }
    }
    var counters: [[Int]] = Array(repeating: [], count: recordCount)
    for (index, counter) in program.counters.enumerated() {
      counters[Int(counter.record.index)].append(index)
    }
    var assignments: [[AttributeID]] = Array(repeating: [], count: recordCount)
    for decision in program.decisions {
      guard case .assign = decision.kind, let subject = decision.subject else { continue }
      assignments[Int(subject.index)].append(decision.answer)
    }
    var references: [[FieldID]] = Array(repeating: [], count: recordCount)
    for (index, field) in program.schema.fields.enumerated() {
      if let target = field.type.referred { references[Int(target.index)].append(FieldID(index)) }
    }
    fields = Array(touches[..<fieldCount])
    isRead = fields.map { !$0.isEmpty }
    records = Array(touches[fieldCount...])
    self.counters = counters
    self.assignments = assignments
    self.references = references
    self.reads = reads
  }

  /// The fields that an attribute reads of its own record and of no other; nil: it follows in ways
  /// that are not so simple.
  private static func ownFields(
    _ attribute: Attribute, _ program: Program, _ facts: TermFacts
  ) -> Set<Int>? {
    guard attribute.parameters.count == 1, let record = attribute.parameters[0].record else {
      return nil
    }
    var tracer = PathTracer(program: program, facts: facts, record: record)
    guard tracer.trace(attribute.term, subject: 0, depth: 0) else { return nil }
    var own = Set<Int>()
    var others = Set<Int>()
    for path in tracer.paths {
      switch path {
      case .own(let field): own.insert(field)
      case .through(_, let fields, _), .keyed(_, let fields, _, _): others.formUnion(fields)
      }
    }
    return own.subtracting(others)
  }
}

extension Memory {
  /// The derived values that depend on a field: those that do so through the record itself alone,
  /// and those that may be others for any record.
  public func reach(of field: FieldID) -> (ofRow: Set<AttributeID>, whole: Set<AttributeID>) {
    let touch = plan().fields[Int(field.index)]
    return (Set(touch.ofRow.map { AttributeID($0) }), Set(touch.whole.map { AttributeID($0) }))
  }
}

extension ValueType {
  fileprivate var record: RecordID? {
    if case .record(let id) = self { id } else { nil }
  }
}
