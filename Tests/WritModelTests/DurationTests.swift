import Testing

@testable import WritModel

private func reading(_ text: String) -> DurationReading {
  Array(text.utf8).withUnsafeBufferPointer { DurationReading($0) }
}

struct DurationTests {
  @Test(
    arguments: [
      ("30 days", .days(30)), ("30", .days(30)), ("-1 day", .days(-1)), ("30天", .days(30)),
      ("2 weeks", .days(14)), ("2个月", .months(2)), ("1 year", .months(12)), ("3年", .months(36)),
      ("36 hours", .seconds(129_600)), ("90 分钟", .seconds(5400)), ("5 秒", .seconds(5)),
      ("P3D", .days(3)), ("P2W", .days(14)), ("P0D", .days(0)), ("P01D", .days(1)),
      ("P1Y2M", .months(14)), ("P0Y", .months(0)), ("P1Y0M0D", .months(12)),
      ("PT2H", .seconds(7200)), ("PT0S", .seconds(0)), ("P1DT12H", .seconds(129_600)),
      ("P4DT12H30M5S", .seconds(390_605)), ("PT24H", .seconds(86_400)),
      ("PT1.5H", .seconds(5400)), ("P0,5D", .seconds(43_200)), ("P0.5Y", .months(6)),
      ("P1.5W", .seconds(907_200)), ("PT0.250M", .seconds(15)), ("P1.0D", .days(1)),
      ("P1M2D", .unkept(.monthsAndDays)), ("P1YT1H", .unkept(.monthsAndDays)),
      ("PT0.5S", .unkept(.fraction)), ("P0.1M", .unkept(.fraction)),
      ("PT1.0000000001H", .unkept(.fraction)), ("P9999999999999999D", .tooLarge),
      ("P999999999999999W", .tooLarge), ("PT1.5H30M", .malformed), ("PT1.H", .malformed),
      ("p1d", .malformed), ("P", .malformed), ("PT", .malformed), ("P1DT", .malformed),
      ("P1D1D", .malformed), ("P1W1D", .malformed), ("", .malformed), ("days", .malformed),
      ("1 fortnight", .malformed), ("1234567890 days", .malformed),
    ] as [(String, DurationReading)])
  func `reads a duration`(_ row: (String, DurationReading)) {
    #expect(reading(row.0) == row.1, "\(row.0)")
  }

  /// What the suite calls valid is well written, if not always kept; what it calls invalid gives no
  /// value. Fractions stand between: they are kept where they come out whole.
  @Test func `the suite of duration strings`() throws {
    guard let bytes = SharedFiles.bytes("suites/json-schema-formats/duration.json") else { return }
    let tests = try #require(JSON.parse(bytes).items).flatMap { $0["tests"]?.items ?? [] }
    var count = 0
    for test in tests {
      guard let text = test["data"]?.text, let isValid = test["valid"]?.boolean else { continue }
      count += 1
      let result = reading(text)
      let isGood = result != .malformed && result != .unkept(.fraction)
      #expect(isGood == isValid, "\(text)")
      if !isValid { #expect(result.value == nil, "\(text)") }
    }
    #expect(count == 46)
  }

  @Test func `what is written is read`() {
    let facts = Facts(schema: Schema())
    for value in [Value.duration(30, .days), .duration(-7, .months), .duration(129_600, .seconds)] {
      let read = reading(facts.text(of: value, .duration)).value
      #expect(read.map { Value.same($0, value) } == true)
    }
  }

  @Test func `a day has 24 hours, a month no days`() {
    let (day, hours) = (Value.duration(1, .days), Value.duration(36 * 3600, .seconds))
    #expect(Value.less(day, hours).bits == 1)
    #expect(Value.less(hours, .duration(2, .days)).bits == 1)
    #expect(Value.equal(day, .duration(86_400, .seconds)).bits == 1)
    #expect(Value.notEqual(day, .duration(1, .seconds)).bits == 1)
    #expect(Value.larger(day, hours).bits == hours.bits)
    #expect(Value.less(.duration(5, .months), .duration(6, .months)).bits == 1)
    for fault in [Value.less, Value.lessOrEqual, Value.equal, Value.smaller] {
      let result = fault(day, .duration(1, .months), 3)
      #expect(result.isFault && result.cause == Cause(.outOfDomain, site: 3))
    }
    // Sorting has an order all the same, the same on every run.
    #expect(Value.order(hours, .duration(1, .months)) == -1)
  }

  @Test func `random texts never trap`() {
    var random = Random.seeded("durations")
    let pieces = [
      "P", "T", "1", "0", "999999999", ".", ",", "Y", "M", "D", "H", "S", "W", "-", " ",
    ]
    for _ in 0..<5000 {
      let text = (0..<Int.random(in: 0...12, using: &random)).map { _ in
        pieces[Int.random(in: 0..<pieces.count, using: &random)]
      }.joined()
      _ = reading("P" + text)
    }
    _ = reading("P" + String(repeating: "9", count: 10_000) + "D")
  }
}
