import Testing
import WritModel

/// One case of the decimal suite, as far as it fits a decimal of 64 bits.
private struct Case {
  let id: String
  let operation: String
  let rounding: String
  let operands: [String]
  let expected: String
  let fits: Bool
  let isExact: Bool
  let plain: [String]
}

private func cases(_ name: String) -> [Case] {
  guard let text = SharedFiles.text("suites/decimal/\(name).tsv") else { return [] }
  return text.split(separator: "\n").dropFirst().map { line in
    let cells = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    return Case(
      id: cells[0], operation: cells[1], rounding: cells[3], operands: [cells[4], cells[5]],
      expected: cells[6], fits: cells[8] == "1", isExact: cells[9] == "1",
      plain: [cells[10], cells[11], cells[12]])
  }
}

private let modes: [String: RoundingMode] = [
  "half_up": .halfUp, "half_even": .halfEven, "half_down": .halfDown, "up": .up, "down": .down,
  "ceiling": .ceiling, "floor": .floor,
]

private func compute(_ operation: String, _ a: Decimal, _ b: Decimal) -> Decimal? {
  switch operation {
  case "add": a.adding(b)
  case "subtract": a.subtracting(b)
  case "multiply": a.multiplied(by: b)
  case "divide": a.divided(by: b, decimals: 18) ?? a.divided(by: b, decimals: 9)
  case "compare": Decimal(Int64(Decimal.order(a, b)))
  default: nil
  }
}

struct DecimalSuiteTests {
  @Test(arguments: ["add", "subtract", "multiply", "divide", "compare", "rounding"])
  func `exact cases give the value of the suite`(_ name: String) throws {
    var run = 0
    for each in cases(name) where each.fits && each.isExact && each.operation != "apply" {
      let a = try #require(Decimal(each.plain[0]), "\(each.id)")
      let b = try #require(Decimal(each.plain[1]), "\(each.id)")
      let expected = try #require(Decimal(each.plain[2]), "\(each.id)")
      #expect(compute(each.operation, a, b) == expected, "\(each.id): \(a) \(name) \(b)")
      run += 1
    }
    print("decimal suite, \(name): \(run) exact cases")
  }

  @Test func `quantize rounds as the mode says and keeps the scale`() throws {
    var run = 0
    for each in cases("quantize") where each.fits {
      guard let mode = modes[each.rounding], let a = Decimal(each.plain[0]),
        let pattern = Decimal(each.plain[1], allowsExponent: true)
      else { continue }
      // A pattern such as 1E+2 rounds to hundreds: a multiple.
      if each.operands[1].contains("+") {
        let step = Decimal(each.operands[1], allowsExponent: true)
        guard let step, step.mantissa > 0 else { continue }
        #expect(a.rounded(to: Decimal(step.mantissa), mode) == Decimal(each.plain[2]), "\(each.id)")
      } else {
        let result = try #require(a.quantized(to: Int(pattern.scale), mode), "\(each.id)")
        #expect(result == Decimal(each.plain[2]), "\(each.id)")
        #expect(result.scale == pattern.scale, "\(each.id)")
      }
      run += 1
    }
    print("decimal suite, quantize: \(run) cases")
  }

  /// The suite rounds to significant digits; a decimal is told how many decimals it keeps. The
  /// number of decimals of the expected value says what the mode must give.
  @Test(arguments: ["rounding", "add", "subtract", "multiply"])
  func `rounded cases round as the mode says`(_ name: String) throws {
    var run = 0
    for each in cases(name) where each.fits && !each.isExact {
      guard let mode = modes[each.rounding], let a = Decimal(each.plain[0]),
        let expected = Decimal(each.plain[2]), !each.expected.contains("E"),
        let b = Decimal(each.plain[1]), let exact = compute(each.operation, a, b)
      else { continue }
      #expect(exact.quantized(to: Int(expected.scale), mode) == expected, "\(each.id)")
      run += 1
    }
    print("decimal suite, \(name): \(run) rounded cases")
  }

  @Test(arguments: ["add", "subtract", "multiply", "divide", "compare"])
  func `what does not fit is reported, never wrapped`(_ name: String) throws {
    var reported = 0
    for each in cases(name) where !each.fits {
      guard let a = Decimal(each.operands[0], allowsExponent: true),
        let b = Decimal(each.operands[1], allowsExponent: true)
      else {
        reported += 1
        continue
      }
      // Operands fit: the result is exact or nil; division rounds, so only its size is checked.
      guard let result = compute(each.operation, a, b) else {
        reported += 1
        continue
      }
      guard each.isExact, let expected = Decimal(each.expected, allowsExponent: true) else {
        continue
      }
      #expect(result == expected, "\(each.id)")
    }
    print("decimal suite, \(name): \(reported) reported as too large")
  }

  @Test(arguments: ["add", "subtract", "multiply", "divide"])
  func `errors of the suite are errors`(_ name: String) {
    for each in cases("\(name).errors") {
      guard let a = Decimal(each.operands[0], allowsExponent: true),
        let b = Decimal(each.operands[1], allowsExponent: true)
      else { continue }
      #expect(compute(each.operation, a, b) == nil, "\(each.id): \(a) \(b)")
    }
  }
}
