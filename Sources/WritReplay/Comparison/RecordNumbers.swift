import WritModel
import WritNetwork
import WritRules

/// The numbers that stand in records, which are what rules compare params with. Days are numbers
/// too: they count from 1970.
struct RecordNumbers {
  private let facts: Facts
  /// With more records than these not all numbers are looked at.
  private static let mostRecords = 100_000

  init(_ facts: Facts) { self.facts = facts }

  /// The numbers of a record and of the records it refers to: their fields, and what is worked out
  /// from them.
  func around(_ row: Int, of record: RecordID, in form: SweepForms.Form) -> [Decimal] {
    var found = fields(row, of: record) + worked(row, of: record, in: form)
    for field in facts.schema[record].fields {
      let value = facts.value(field, row: row)
      guard value.tag == .record, case .record(let other) = facts.schema[field].type,
        facts[other].count > value.bits
      else { continue }
      found += fields(Int(value.bits), of: other) + worked(Int(value.bits), of: other, in: form)
    }
    return found
  }

  /// The most whole numbers that are looked at as such.
  private static let mostWhole: Int64 = 1_000

  /// The numbers in the fields of all records, and whole numbers, from one to another and rising.
  mutating func all(from low: Decimal?, to high: Decimal?) -> [Decimal] {
    guard let low, let high else { return [] }
    var found = Set(fields.filter { !($0 < low) && !(high < $0) })
    let first = low.rounded(decimals: 0).normalized
    for offset in 0...Self.mostWhole {
      guard let whole = first.adding(Decimal(offset)), !(high < whole) else { break }
      found.insert(whole.normalized)
    }
    return found.sorted()
  }

  /// The numbers in the fields of all records; none where there are very many records.
  private lazy var fields: Set<Decimal> = {
    var found: Set<Decimal> = []
    let types = facts.schema.records.indices.map { RecordID($0) }
    guard types.reduce(0, { $0 + facts[$1].count }) <= Self.mostRecords else { return [] }
    for type in types {
      for row in 0..<facts[type].count {
        found.formUnion(fields(row, of: type).map(\.normalized))
      }
    }
    return found
  }()

  private func fields(_ row: Int, of record: RecordID) -> [Decimal] {
    facts.schema[record].fields.compactMap { Self.number(facts.value($0, row: row)) }
  }

  private func worked(
    _ row: Int, of record: RecordID, in form: SweepForms.Form
  ) -> [Decimal] {
    let program = form.program
    return program.attributes.indices.compactMap { index in
      let id = AttributeID(index)
      guard program[id].parameters == [.record(record)] else { return nil }
      switch program[id].type {
      case .number, .integer, .percent, .money, .date, .duration: break
      default: return nil
      }
      return Self.number(form.memory.value(of: form.name(id), row: row))
    }
  }

  private static func number(_ value: Value) -> Decimal? {
    switch value.tag {
    case .number, .money: value.decimal
    case .date, .duration: Decimal(value.bits)
    default: nil
    }
  }
}
