import Testing
import WritModel

private func decimal(_ text: String) throws -> Decimal { try #require(Decimal(text), "\(text)") }

struct DecimalTests {
  @Test(arguments: [
    ("0", "0"), ("-0", "0"), ("1.50", "1.50"), ("+3", "3"), ("007", "7"), ("-12.5", "-12.5"),
    ("9223372036854775807", "9223372036854775807"),
    ("-9223372036854775808", "-9223372036854775808"),
    ("0.000000000000000001", "0.000000000000000001"),
    ("1.00000000000000000000000", "1.000000000000000000"), ("0.10", "0.10"), ("100", "100"),
  ])
  func `reads and prints`(_ pair: (String, String)) {
    #expect(Decimal(pair.0)?.plain == pair.1)
  }

  @Test(arguments: [
    "", "-", ".5", "5.", "1e5", "1 ", " 1", "1.2.3", "--1", "0x10", "１", "9223372036854775808",
    "0.0000000000000000001", "1_000", "NaN", "1.23456789012345678901",
  ])
  func `refuses`(_ text: String) {
    #expect(Decimal(text) == nil)
  }

  @Test func `tells what is no number from what does not fit`() {
    let long = Array("123456789012345678901234567890".utf8)
    long.withUnsafeBufferPointer { #expect(Decimal.read($0) == .tooLarge) }
    let none = Array("12a".utf8)
    none.withUnsafeBufferPointer { #expect(Decimal.read($0) == .malformed) }
    #expect(Decimal("1e3", allowsExponent: true) == Decimal(1000))
    #expect(Decimal("1.5e-3", allowsExponent: true)?.plain == "0.0015")
    #expect(Decimal("1e999999999999", allowsExponent: true) == nil)
  }

  @Test(arguments: [
    ("1", "3", 9, "0.333333333"), ("2", "3", 9, "0.666666667"), ("-2", "3", 9, "-0.666666667"),
    ("10.00", "4", 9, "2.50"), ("6", "2", 9, "3"), ("1", "0.000000001", 9, "1000000000"),
    ("9223372036854775807", "1", 9, "9223372036854775807"), ("1", "3", 6, "0.333333"),
    ("9.000000000000000000", "9.000000000000000000", 9, "1"),
  ])
  func `divides`(_ row: (String, String, Int, String)) throws {
    let (a, b, decimals, expected) = row
    #expect(try decimal(a).divided(by: decimal(b), decimals: decimals)?.plain == expected)
  }

  @Test func `a quotient that does not fit is nil`() throws {
    #expect(Decimal(100_000_000_000).divided(by: Decimal(3), decimals: 9) == nil)
    #expect(Decimal(1).divided(by: Decimal(0), decimals: 9) == nil)
    #expect(try Decimal(.max).divided(by: decimal("0.000000000000000001"), decimals: 18) == nil)
  }

  @Test(arguments: [
    ("2.5", "1", "3 2 2 3 2 3 2"), ("-2.5", "1", "-3 -2 -2 -3 -2 -2 -3"),
    ("3.5", "1", "4 4 3 4 3 4 3"), ("2.51", "1", "3 3 3 3 2 3 2"),
    ("12.34", "0.05", "12.35 12.35 12.35 12.35 12.30 12.35 12.30"),
    ("12345", "100", "12300 12300 12300 12400 12300 12400 12300"),
  ])
  func `rounds to a multiple in every mode`(_ row: (String, String, String)) throws {
    let (value, step, expected) = row
    let results = try RoundingMode.allCases.map {
      try decimal(value).rounded(to: decimal(step), $0)?.plain ?? "nil"
    }
    #expect(results.joined(separator: " ") == expected)
  }

  @Test func `equal values are equal and hash alike`() throws {
    let forms = try ["1.5", "1.50", "1.500000"].map(decimal)
    #expect(Set(forms).count == 1)
    #expect(try decimal("-0.000001") < decimal("0"))
    #expect(try decimal("0.1") > decimal("0.09999"))
  }

  @Test func `arithmetic over random decimals agrees with wide integers`() {
    var random = Random.seeded("decimal arithmetic")
    for _ in 0..<5000 {
      let a = Decimal.random(using: &random)
      let b = Decimal.random(using: &random)
      if let sum = a.adding(b) {
        #expect(sum.subtracting(b) == a || sum.subtracting(b) == nil, "\(a) + \(b)")
        #expect(b.adding(a) == sum)
      }
      if let product = a.multiplied(by: b), b.mantissa != 0 {
        let back = product.divided(by: b, decimals: Int(a.scale))
        #expect(back == nil || back == a, "\(a) × \(b)")
      }
      if let quotient = a.divided(by: b, decimals: 9), let again = quotient.multiplied(by: b),
        let difference = again.subtracting(a),
        let size = (difference.mantissa < 0 ? difference.negated : difference),
        let limit = Decimal(mantissa: Int64(clamping: b.mantissa.magnitude), scale: b.scale)
          .multiplied(by: Decimal(mantissa: 5, scale: 10))
      {
        #expect(size <= limit, "\(a) ÷ \(b)")
      }
      #expect(Decimal(a.plain) == a)
      #expect(Decimal.order(a, b) == -Decimal.order(b, a))
    }
  }
}

extension Decimal {
  /// Of any length and scale.
  fileprivate static func random(using random: inout Random) -> Decimal {
    let shift = Int64.random(in: 0..<60, using: &random)
    return Decimal(
      mantissa: Int64.random(in: .min ... .max, using: &random) >> shift,
      scale: UInt8.random(in: 0...18, using: &random))
  }
}
