import Testing
import WritText

@testable import WritModel

/// Types of fields that few files have, and rows that no person wrote.
struct OddTypeTests {
  /// The code of the problem of one cell, or the value as text.
  private func check(
    _ cell: String, as type: ValueType, _ expected: String,
    at location: SourceLocation = #_sourceLocation
  ) {
    var schema = Schema()
    let id = RecordID(0)
    schema.fields = [
      Field(
        name: Named("x"), record: id, type: type, isOptional: false, column: 0, initial: nil,
        partAs: nil)
    ]
    schema.records = [RecordType(name: Named("R"), fields: [FieldID(0)], key: [], called: nil)]
    let plan = ReadPlan(reading: id, of: schema, format: .csv, columns: [])
    var reader = RecordReader(plan, schema: schema)
    var facts = Facts(schema: schema)
    reader.read(Array("x\n\(cell)\n".utf8), isLast: true, into: &facts)
    let code = reader.takeRejected().first?.problems.first?.code
    let found = code ?? facts.text(of: facts.value(FieldID(0), row: 0), type)
    #expect(found == expected, sourceLocation: location)
  }

  @Test func `reads lengths of time`() {
    check("30 days", as: .duration, "30 days")
    check("soon", as: .duration, "not-a-duration")
    check("-", as: .duration, "not-a-duration")
    check("PT0.5S", as: .duration, "part-of-a-second")
  }

  /// Nothing can be written in a cell that would name a record without a key.
  @Test func `says that a type cannot be read`() {
    check("1", as: .record(RecordID(0)), "unreadable-type")
    check("1", as: .queue, "unreadable-type")
  }

  @Test func `gives up on a row that never ends`() {
    let long = "id\n\"" + String(repeating: "x", count: 1 << 24)
    #expect(read(long).codes == ["2 row-too-long"])
  }
}
