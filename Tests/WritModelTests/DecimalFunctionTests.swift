import Testing
import WritModel

struct DecimalFunctionTests {
  @Test(arguments: [
    ("1", "2.718281828"),
    ("0.5", "1.648721271"),
    ("-1", "0.367879441"),
    ("2", "7.389056099"),
    ("10", "22026.465794807"),
    ("-10", "0.0000454"),
    ("22.9", "8817462789.571777786"),
    ("20.7", "977002725.82690798"),
    ("-20.5", "0.000000001"),
    ("-30", "0"),
    ("0.000000001", "1.000000001"),
    ("0.693147180559945309", "2"),
    ("3.141592653589793238", "23.140692633"),
    ("-0.000000000000000001", "1"),
    ("15.25", "4197501.393847968"),
  ])
  func `exp is right to the 9th decimal`(_ row: (String, String)) {
    #expect(Decimal(row.0)?.exponential()?.plain == row.1)
  }

  @Test func `exp that does not fit is nil`() {
    #expect(Decimal(23).exponential()?.plain == "9744803446.2489026")
    #expect(Decimal(24).exponential() == nil)
    #expect(Decimal(.max).exponential() == nil)
    #expect(Decimal(.min).exponential() == Decimal(0))
  }

  @Test(arguments: [
    ("2", "0.693147181"),
    ("10", "2.302585093"),
    ("0.5", "-0.693147181"),
    ("1.000000001", "0.000000001"),
    ("0.000000000000000001", "-41.446531674"),
    ("9223372036854775807", "43.668272375"),
    ("100", "4.605170186"),
    ("0.1", "-2.302585093"),
    ("3.14", "1.1442228"),
    ("1.0000", "0"),
    ("0.999999999999999999", "0"),
    ("1.414213562373095048", "0.34657359"),
    ("123456.789", "11.723646487"),
  ])
  func `ln is right to the 9th decimal`(_ row: (String, String)) {
    #expect(Decimal(row.0)?.logarithm()?.plain == row.1)
  }

  @Test func `ln of zero and below is nil`() {
    #expect(Decimal(0).logarithm() == nil)
    #expect(Decimal(-1).logarithm() == nil)
  }

  @Test(arguments: [
    ("100", 30, 30, "50"),
    ("100", 15, 30, "70.710678119"),
    ("5", 7, 30, "4.253335805"),
    ("5", 1, 30, "4.885799842"),
    ("1", 365, 90, "0.06013899"),
    ("0.000000001", 1, 1, "0.000000001"),
    ("-5", 7, 30, "-4.253335805"),
    ("-0.000000001", 1, 1, "-0.000000001"),
    ("123.456789012", 1000, 77, "0.015206684"),
    ("9223372036854775807", 1, 30, "nil"),
    ("100", -30, 30, "200"),
    ("100", -15, 30, "141.421356237"),
    ("7", 200000, 1, "0"),
    ("40", 45, 30, "14.142135624"),
    ("40", 90, 30, "5"),
    ("0.123456789012345678", 10, 3, "0.012248465"),
    ("3", 5, 2, "0.530330086"),
    ("1", 127, 2, "0"),
    ("9000000000000000000", 7300, 60, "0"),
  ])
  func `halving is right to the 9th decimal`(_ row: (String, Int64, Int64, String)) {
    let result = Decimal(row.0)?.halved(over: row.1, every: row.2)
    #expect((result?.plain ?? "nil") == row.3)
  }

  @Test func `exp and ln undo each other`() throws {
    var random = Random.seeded("exp and ln")
    for _ in 0..<300 {
      let x = Decimal(
        mantissa: Int64.random(in: 0...9_000_000_000, using: &random), scale: 9)
      let back = try #require(x.exponential()?.logarithm())
      let difference = try #require(back.subtracting(x))
      #expect(abs(difference.quantized(to: 9)?.mantissa ?? .max) <= 1, "\(x)")
    }
  }

  @Test func `nothing traps at the ends`() {
    let ends: [Int64] = [.min, .min + 1, -1, 0, 1, .max]
    for mantissa in ends {
      for scale in [UInt8(0), 1, 9, 17, 18] {
        let x = Decimal(mantissa: mantissa, scale: scale)
        _ = (x.exponential(), x.logarithm(), x.negated, x.normalized, x.plain)
        for other in ends {
          for places in [UInt8(0), 9, 18] {
            let y = Decimal(mantissa: other, scale: places)
            _ = (x.adding(y), x.subtracting(y), x.multiplied(by: y), x < y)
            _ = (x.divided(by: y, decimals: 0), x.divided(by: y, decimals: 18))
            _ = x.multiplied(by: y, decimals: 6)
            for mode in RoundingMode.allCases { _ = x.rounded(to: y, mode) }
          }
          for every in ends { _ = x.halved(over: other, every: every) }
        }
      }
    }
  }
}
