import Testing
import WritModel

struct CalendarTests {
  @Test func `every day of ten thousand years goes to its number and back`() {
    // Stepping the calendar by hand is the oracle.
    var (year, month, day) = (1, 1, 1)
    var wrong = 0
    for number in CivilDate.range {
      guard let date = CivilDate(days: number), date.year == year, date.month == month,
        date.day == day, date.days == number
      else {
        wrong += 1
        continue
      }
      day += 1
      if day > CivilDate.days(in: month, of: year) {
        day = 1
        month += 1
      }
      if month > 12 {
        month = 1
        year += 1
      }
    }
    #expect(wrong == 0)
    #expect(year == 10_000)
    #expect(CivilDate(days: CivilDate.range.lowerBound - 1) == nil)
    #expect(CivilDate(days: CivilDate.range.upperBound + 1) == nil)
  }

  @Test(arguments: [
    ("1970-01-01", 0), ("2000-02-29", 11016), ("1969-12-31", -1), ("2026-11-11", 20768),
  ])
  func `counts days from 1970`(_ pair: (String, Int)) {
    #expect(CivilDate(pair.0)?.days == pair.1)
    #expect(CivilDate(days: pair.1)?.description == pair.0)
  }

  @Test(arguments: [
    ("2026-01-31", 1, "2026-02-28"), ("2024-01-31", 1, "2024-02-29"),
    ("2026-03-31", -1, "2026-02-28"), ("2026-11-30", 3, "2027-02-28"),
    ("2026-01-15", -13, "2024-12-15"), ("2026-12-01", 1, "2027-01-01"),
    ("9999-12-31", 1, "nil"), ("0001-01-01", -1, "nil"),
  ])
  func `adds months and clamps`(_ row: (String, Int, String)) {
    #expect((CivilDate(row.0)?.adding(months: row.1)?.description ?? "nil") == row.2)
  }

  @Test(arguments: [
    ("dd/MM/yyyy", "05/11/2026", "2026-11-05 0"), ("M/d/yyyy", "11/5/2026", "2026-11-05 0"),
    ("M/d/yyyy", "1/05/2026", "2026-01-05 0"), ("yyyy/MM/dd", "2026/11/05", "2026-11-05 0"),
    ("dd-MM-yyyy HH:mm", "05-11-2026 09:30", "2026-11-05 34200"),
    ("dd-MM-yyyy H:mm", "05-11-2026 9:30", "2026-11-05 34200"),
    ("yyyyMMdd", "20261105", "2026-11-05 0"), ("yyyy年M月d日", "2026年11月5日", "2026-11-05 0"),
    ("yyyy-MM-dd HH:mm:ss", "2026-11-05 23:59:59", "2026-11-05 86399"),
    ("dd/MM/yyyy", "5/11/2026", "nil"), ("M/d/yyyy", "13/1/2026", "nil"),
    ("dd/MM/yyyy", "31/02/2026", "nil"), ("yyyy/MM/dd", "2026-11-05", "nil"),
    ("dd/MM/yyyy", "05/11/2026 ", "nil"), ("dd-MM-yyyy HH:mm", "05-11-2026 24:00", "nil"),
  ])
  func `reads dates by a declared pattern`(_ row: (String, String, String)) throws {
    let pattern = try #require(DatePattern(row.0))
    let found = Array(row.1.utf8).withUnsafeBufferPointer { pattern.read($0) }
    #expect((found.map { "\($0.date) \($0.seconds)" } ?? "nil") == row.2)
  }

  @Test(arguments: [
    "", "yyyy", "dd/mm/yyyy", "yy/MM/dd", "dd/MM/yyyy HH", "Mdyyyy", "dd/dd/yyyy", "yyyy-MM-dd x",
    "yyyy-MM-ddTHH:mm", "0yyyy-MM-dd",
  ])
  func `refuses what is no pattern`(_ text: String) {
    #expect(DatePattern(text) == nil)
  }

  @Test func `prints moments by their own clock`() {
    for text in ["2026-11-11T09:30:00+08:00", "1969-12-31T23:59:59Z", "2026-01-01T00:15:00-09:30"] {
      #expect(Moment(text)?.description == text)
    }
    #expect(Moment("2026-11-11T00:30:00+08:00")?.seconds == Moment("2026-11-10T16:30:00Z")?.seconds)
    #expect(Moment.days(of: -1, at: 0) == -1)
    #expect(Moment.days(of: 57_600, at: 480) == 1)
  }
}

struct ValueArithmeticTests {
  private let cny = CurrencyID(0)
  private let usd = CurrencyID(1)

  private func number(_ text: String) throws -> Value { .number(try #require(Decimal(text))) }
  private func yuan(_ text: String) throws -> Value { .money(try #require(Decimal(text)), cny) }

  @Test func `money rounds half up at the sixth decimal`() throws {
    let product = try Value.multiply(yuan("0.0000015"), number("1"))
    #expect(product.decimal.plain == "0.000002")
    #expect(try Value.multiply(number("0.85"), yuan("19.99")).decimal.plain == "16.9915")
    #expect(try Value.divide(yuan("100"), number("3")).decimal.plain == "33.333333")
    #expect(try Value.divide(yuan("100"), yuan("3")).decimal.plain == "33.333333333")
    #expect(try Value.divide(yuan("100"), yuan("3")).tag == .number)
  }

  @Test func `currencies do not mix`() throws {
    let dollars = Value.money(Decimal(1), usd)
    for mixed in try [
      Value.add(yuan("1"), dollars), .subtract(yuan("1"), dollars), .divide(yuan("1"), dollars),
      .less(yuan("1"), dollars), .equal(yuan("1"), dollars), .larger(yuan("1"), dollars),
    ] {
      #expect(mixed.tag == .fault)
      #expect(mixed.cause.kind == .mixedCurrencies)
    }
  }

  @Test func `gaps and faults spread`() throws {
    let gap = Value.missing(Cause(.blankField, site: 7))
    let tied = Value(tag: .tied, bits: Cause(.tie, site: 3).rawValue)
    let fault = Value.fault(.overflow, at: 9)
    let one = try number("1")
    #expect(Value.add(gap, one).cause == gap.cause)
    #expect(Value.add(one, tied).tag == .missing)
    #expect(Value.add(tied, gap).cause == tied.cause)
    #expect(Value.add(gap, fault).tag == .fault)
    #expect(Value.divide(one, try number("0.00"), at: 5).cause == Cause(.divisionByZero, site: 5))
    #expect(Value.add(.number(Decimal(.max)), one, at: 4).cause == Cause(.overflow, site: 4))
  }

  @Test func `dates and durations`() throws {
    let day = Value.date(days: 0)
    #expect(Value.add(day, .duration(30, .days)).bits == 30)
    #expect(Value.subtract(day, .duration(1, .months)).bits == -31)
    #expect(Value.subtract(.date(days: 40), day).aux == 0)
    #expect(Value.add(day, .duration(.max, .days)).tag == .fault)
    #expect(Value.add(day, .duration(.max, .months)).tag == .fault)
    let moment = try #require(Moment("2026-01-31T23:30:00+08:00"))
    let later = Value.add(.time(moment), .duration(1, .months))
    #expect(later.moment.description == "2026-02-28T23:30:00+08:00")
    #expect(Value.part(.month, of: later).decimal == Decimal(2))
  }

  @Test func `decay halves`() throws {
    let since = Value.date(days: 0)
    let result = try Value.decay(
      yuan("100"), every: .duration(30, .days), since: since, today: .date(days: 60))
    #expect(result.decimal.plain == "25")
    #expect(result.tag == .money)
    let third = try Value.decay(
      yuan("10"), every: .duration(30, .days), since: since, today: .date(days: 1))
    #expect(third.decimal.plain == "9.7716")
    let months = try Value.decay(
      number("8"), every: .duration(1, .months), since: since, today: .date(days: 59))
    #expect(months.decimal.plain == "2")
  }
}
