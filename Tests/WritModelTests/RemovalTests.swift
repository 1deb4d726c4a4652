import Support
import Testing
import WritText

@testable import WritModel

/// Tables from which records are taken, against a dictionary that does the same.
@Suite struct RemovalTests {
  @Test(arguments: Seeds.run(20))
  func `keys find the records that are there, whatever was removed before`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var schema = Schema()
    let id = RecordID(0)
    schema.fields = [
      Field(
        name: Named("id"), record: id, type: .number, isOptional: false, column: 0, initial: nil,
        partAs: nil)
    ]
    schema.records = [
      RecordType(name: Named("R"), fields: [FieldID(0)], key: [FieldID(0)], called: nil)
    ]
    var table = Facts(schema: schema)[id]
    var expected: [Int: Int] = [:]
    func value(_ key: Int) -> Value { .number(Decimal(mantissa: Int64(key), scale: 0)) }
    for _ in 0..<2_000 {
      let key = random.number(0...60)
      if let row = expected[key], random.chance(60) {
        let isGone = table.remove(row)
        let isGoneAgain = table.remove(row)
        #expect(isGone && !isGoneAgain && table.isRemoved(row))
        expected[key] = nil
      } else {
        let row = table.append([value(key)], key: [value(key)])
        #expect((row == nil) == (expected[key] != nil), "WRIT_SEED=\(seed)")
        if let row { expected[key] = row }
      }
      for key in 0...60 {
        #expect(table.row(key: [value(key)]) == expected[key], "WRIT_SEED=\(seed)")
      }
      #expect(table.count - table.removedCount == expected.count)
    }
  }
}
