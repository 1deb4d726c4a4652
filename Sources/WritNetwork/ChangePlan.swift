public import WritModel
public import WritRules

/// What a change of facts touches of what a memory keeps, found once for a program.
///
/// A derived value that looks at nothing but its record's own fields is forgotten for that record;
/// others for all records of their type.
final class ChangePlan: Sendable {
  /// What depends on one field, or on there being records of a type. A class, so that asking for one
  /// does not count references of all its lists.
  final class Touch: Sendable {
    /// Attributes to forget for the row; for all rows.
    let ofRow: [Int]
    let whole: [Int]
    /// Attributes to forget for the records that a field of the row refers to.
    let referred: [Referred]
    /// Gathers whose answers are forgotten, and whose parts may be others if they are kept.
    let gathers: [(gather: Int, concern: FoldPlan.Concern)]
    let isEmpty: Bool

    fileprivate init(_ parts: Parts) {
      ofRow = parts.ofRow
      whole = parts.whole
      referred = parts.referred
      gathers = parts.gathers
      isEmpty = ofRow.isEmpty && whole.isEmpty && referred.isEmpty && gathers.isEmpty
    }
  }
  fileprivate struct Parts {
    var ofRow: [Int] = []
    var whole: [Int] = []
    var referred: [Referred] = []
    var gathers: [(gather: Int, concern: FoldPlan.Concern)] = []
  }
  struct Referred: Sendable {
    var attribute: Int
    var reference: FieldID
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
  /// By gather how it is kept, if it can be.
  let folds: [FoldPlan?]
  /// By field a term that reads it of a slot, where there is one: by these rows are found.
  let ownTerms: [FieldID: TermID]
  let reads: Reads

  init(_ program: Program, _ facts: TermFacts, _ gathers: [GatherPlan]) {
    var reads = Reads(program)
    let fieldCount = program.schema.fields.count
    let recordCount = program.schema.records.count
    var touches = Array(repeating: Parts(), count: fieldCount + recordCount)
    for (index, attribute) in program.attributes.enumerated() {
      let ways = Ways(attribute, program, facts)
      for fact in reads.attributes[index].members {
        if let ways, ways.own.contains(fact) {
          touches[fact].ofRow.append(index)
        } else if let reference = ways?.referred[fact] {
          touches[fact].referred.append(Referred(attribute: index, reference: reference))
        } else {
          touches[fact].whole.append(index)
        }
      }
      // A record that comes is new to what is kept of its type; one that goes too.
      if let record = attribute.parameters.first?.record, attribute.parameters.count == 1 {
        touches[fieldCount + Int(record.index)].ofRow.append(index)
      }
    }
    let folds = gathers.map { FoldPlan($0, program, facts) }
    var ownTerms: [FieldID: TermID] = [:]
    for (index, term) in program.terms.enumerated() {
      if case .field(let field, let of) = term, case .slot = program[of] {
        ownTerms[field] = ownTerms[field] ?? TermID(index)
      }
      guard case .gather(let id) = term else { continue }
      let gather = Int(id.index)
      for fact in reads.of(TermID(index), program).members {
        var concern = FoldPlan.Concern.all
        if let fold = folds[gather] {
          concern =
            fact < fieldCount
            ? fold.concern(of: fact) : fold.concern(ofRecords: RecordID(fact - fieldCount))
        }
        touches[fact].gathers.append((gather, concern))
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
    fields = touches[..<fieldCount].map { Touch($0) }
    isRead = fields.map { !$0.isEmpty }
    records = touches[fieldCount...].map { Touch($0) }
    self.counters = counters
    self.assignments = assignments
    self.references = references
    self.folds = folds
    self.ownTerms = ownTerms
    self.reads = reads
  }

  /// How an attribute follows from facts, where it does so in simple ways.
  private struct Ways {
    /// The fields that it reads of its own record and of no other.
    var own: Set<Int> = []
    /// Facts of records that refer to its own, by the field in which they do.
    var referred: [Int: FieldID] = [:]

    /// nil: it follows in ways that are not so simple.
    init?(_ attribute: Attribute, _ program: Program, _ facts: TermFacts) {
      guard attribute.parameters.count == 1, let record = attribute.parameters[0].record else {
        return nil
      }
      var tracer = PathTracer(program: program, facts: facts, record: record)
      guard tracer.trace(attribute.term, subject: 0, depth: 0) else { return nil }
      var others = Set<Int>()
      /// By record type the field; nil: there are several ways.
      var ways: [Int: FieldID?] = [:]
      var fieldsOf: [Int: Set<Int>] = [:]
      for path in tracer.paths {
        switch path {
        case .own(let field): own.insert(field)
        case .through(let other, let fields, _):
          others.formUnion(fields)
          ways[other] = .some(nil)
        case .keyed(let other, let fields, let inner, let outer):
          var way: FieldID?
          for (field, key) in zip(inner, outer) where way == nil {
            if case .row = key { way = FieldID(field) }
          }
          if let known = ways[other], known != way { way = nil }
          ways[other] = .some(way)
          fieldsOf[other, default: []].formUnion(fields)
          others.formUnion(fields)
        }
      }
      own.subtract(others)
      for (other, way) in ways {
        guard let way, other != Int(record.index) else { continue }
        for field in fieldsOf[other] ?? [] where !own.contains(field) { referred[field] = way }
        referred[program.schema.fields.count + other] = way
      }
    }
  }
}

extension Memory {
  /// The derived values that depend on a field.
  public func reach(of field: FieldID) -> Reach {
    let touch = plan().fields[Int(field.index)]
    var reach = Reach(
      ofRow: Set(touch.ofRow.map { AttributeID($0) }),
      whole: Set(touch.whole.map { AttributeID($0) }))
    for one in touch.referred where one.reference == field {
      reach.whole.insert(AttributeID(one.attribute))
    }
    for one in touch.referred where one.reference != field {
      reach.referred[AttributeID(one.attribute)] = one.reference
    }
    return reach
  }
}

/// Which derived values may be others once a field of one record is.
public struct Reach {
  /// Those of that record.
  public var ofRow: Set<AttributeID>
  /// Those of any record.
  public var whole: Set<AttributeID>
  /// Those of the record that a field of that one refers to.
  public var referred: [AttributeID: FieldID] = [:]
}

extension ValueType {
  fileprivate var record: RecordID? {
    if case .record(let id) = self { id } else { nil }
  }
}
