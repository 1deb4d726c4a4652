import Testing
import WritRules

@testable import WritReplay

/// The functions of statistics against published values, and the figures of textbook cases.
struct StatisticsTests {
  private func close(_ a: Double, _ b: Double, _ relative: Double = 1e-10) -> Bool {
    (a - b).magnitude <= relative * max(b.magnitude, 1e-300)
  }

  @Test func `logarithm, power and gamma`() {
    #expect(close(Special.log(2), 0.693_147_180_559_945_3, 1e-15))
    #expect(close(Special.log(10), 2.302_585_092_994_046, 1e-15))
    #expect(close(Special.log(1e-300), -690.775_527_898_213_7, 1e-15))
    #expect(Special.log(1) == 0)
    #expect(close(Special.exp(1), 2.718_281_828_459_045, 1e-15))
    #expect(close(Special.exp(-40), 4.248_354_255_291_589e-18, 1e-14))
    #expect(Special.exp(0) == 1 && Special.exp(-1000) == 0 && Special.exp(1000) == .infinity)
    for step in 1...400 {
      let x = Double(step) / 7
      #expect(close(Special.log(Special.exp(x)), x, 1e-15), "\(x)")
    }
    // Γ(5) = 24, Γ(1/2) = √π, 100! = 9.33e157.
    #expect(close(Special.logGamma(5), Special.log(24), 1e-14))
    #expect(close(Special.logGamma(0.5), 0.572_364_942_924_700_1, 1e-13))
    #expect(close(Special.logGamma(101), 363.739_375_555_563_5, 1e-14))
  }

  @Test func `the normal distribution`() {
    #expect(close(Normal.below(1), 0.841_344_746_068_542_9, 1e-14))
    #expect(close(Normal.above(1.96), 0.024_997_895_148_220_4, 1e-12))
    #expect(close(Normal.above(6), 9.865_876_450_376_98e-10, 1e-12))
    #expect(close(Normal.above(3), 1.349_898_031_630_09e-3, 1e-12))
    #expect(close(Normal.quantile(0.975), 1.959_963_984_540_054, 1e-14))
    #expect(close(Normal.quantile(0.8), 0.841_621_233_572_914_3, 1e-13))
    #expect(close(Normal.quantile(1e-9), -5.997_807_015_007_687, 1e-12))
    #expect(Normal.quantile(0.5).magnitude < 1e-15)
  }

  @Test(arguments: [
    (0.975, 1.0, 12.706_204_736_432_1), (0.975, 2, 4.302_652_729_911_28),
    (0.975, 10, 2.228_138_851_964_94), (0.975, 30, 2.042_272_456_301_24),
    (0.995, 5, 4.032_142_983_557_54), (0.95, 120, 1.657_650_899_425_87),
    (0.025, 10, -2.228_138_851_964_94),
  ]) func `Student's distribution`(share: Double, freedom: Double, t: Double) {
    #expect(close(StudentT.quantile(share, freedom: freedom), t, 1e-9))
    #expect(close(StudentT.above(t, freedom: freedom), 1 - share, 1e-9))
  }

  @Test(arguments: [
    (0.95, 1.0, 3.841_458_820_694_12), (0.95, 10, 18.307_038_053_275_1),
    (0.99, 5, 15.086_272_469_389), (0.999, 1, 10.827_566_170_662_7),
    (0.05, 4, 0.710_723_021_397_324),
  ]) func `the χ² distribution`(share: Double, freedom: Double, x: Double) {
    #expect(close(ChiSquare.quantile(share, freedom: freedom), x, 1e-9))
    #expect(close(ChiSquare.above(x, freedom: freedom), 1 - share, 1e-9))
  }

  private func rounded(_ value: Double, _ places: Double) -> Double {
    (value * places).rounded() / places
  }

  /// 576 of 4,800 against 675 of 5,000.
  @Test func `two shares`() {
    let test = TwoProportions(.init(yes: 576, of: 4_800), .init(yes: 675, of: 5_000))
    #expect(rounded(test.first.share, 1e3) == 0.120 && rounded(test.second.share, 1e3) == 0.135)
    #expect(rounded(test.z, 1e3) == 2.224)
    #expect(rounded(test.oneSidedP, 1e4) == 0.0131 && rounded(test.p, 1e4) == 0.0261)
    let interval = test.interval(confidence: 0.95)
    #expect(rounded(interval.lowerBound, 1e4) == 0.0018)
    #expect(rounded(interval.upperBound, 1e4) == 0.0282)
    let ratio = SampleRatio.check(counts: [4_800, 5_000], shares: [0.5, 0.5])
    #expect(rounded(ratio.chiSquare, 1e2) == 4.08 && rounded(ratio.p, 1e3) == 0.043)
    #expect(ratio.p > SampleRatio.threshold)
  }

  @Test func `answers that changed`() {
    // 2 Σ C(22, 0…6) / 2²² less half of C(22, 6) / 2²² twice.
    let exact = (2.0 * 110_056 - 74_613) / 4_194_304
    #expect(close(McNemar.p(toYes: 6, toNo: 16), exact, 1e-10))
    #expect(McNemar.p(toYes: 16, toNo: 6) == McNemar.p(toYes: 6, toNo: 16))
    #expect(McNemar.p(toYes: 8, toNo: 8) == 1 && McNemar.p(toYes: 0, toNo: 0) == 1)
    // Where exact and χ² meet they nearly agree.
    let (below, above) = (McNemar.p(toYes: 460, toNo: 540), McNemar.p(toYes: 461, toNo: 540))
    #expect((below / above - 1).magnitude < 0.1)
    let interval = McNemar.interval(toYes: 30, toNo: 60, records: 1_000, confidence: 0.95)
    #expect(interval.contains(-0.03) && !interval.contains(0))
    let turned = McNemar.interval(toYes: 60, toNo: 30, records: 1_000, confidence: 0.95)
    #expect((turned.lowerBound + interval.upperBound).magnitude < 1e-9)
    #expect((turned.upperBound + interval.lowerBound).magnitude < 1e-9)
  }

  @Test func `several tests`() {
    let corrected = SeveralTests.holm([0.01, 0.04, 0.03, 0.005])
    for (found, wanted) in zip(corrected, [0.03, 0.06, 0.06, 0.02]) {
      #expect(close(found, wanted))
    }
    #expect(SeveralTests.holm([]) == [] && SeveralTests.holm([0.7, 0.8]) == [1, 1])
  }

  @Test func `sums of binary numbers in any order`() throws {
    var dice = Dice(seed: 5)
    let values = (0..<500).map { _ in dice.normal() * Special.exp(40 * dice.normal()) }
    func sum(_ values: [Double]) -> BinarySum {
      var sum = BinarySum()
      for value in values { sum.add(value) }
      return sum
    }
    let whole = sum(values)
    #expect(whole == sum(values.reversed()) && whole == sum(values.sorted()))
    var parts = sum(Array(values[300...]))
    parts.add(sum(Array(values[..<300])))
    #expect(parts == whole && parts.text == whole.text && parts.value == whole.value)
    #expect(try #require(BinarySum(whole.text)) == whole)
    var nothing = whole
    nothing.add(sum(values.map { -$0 }))
    #expect(nothing.value == 0 && nothing.text == "")
    #expect(sum([1e308, 1e-308, -1e308]).value == 1e-308)
    #expect(sum([0.1, 0.2, 0.3]).value == 0.6 && sum([-0.5, 0.25]).text == "-35:40000000")
    #expect(sum([.nan]).value.isNaN && BinarySum("+0:zz") == nil && BinarySum("*") == nil)
  }

  @Test func `weights are Poisson with mean one`() {
    let table = BootstrapWeights.table.map { Double($0) }
    #expect(table.count == 256)
    #expect(table.reduce(0, +) == 256 && table.reduce(0) { $0 + $1 * $1 } == 512)
    let third = table.reduce(0) { $0 + ($1 - 1) * ($1 - 1) * ($1 - 1) } / 256
    #expect((third - 1).magnitude < 0.01)
    for count in [1, 5, 31, 32, 1_000] {
      let totals = (0..<2_000).map { BootstrapWeights.total(of: count, replicate: $0) }
      let mean = totals.reduce(0, +) / 2_000
      let variance = totals.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 2_000
      #expect((mean / Double(count) - 1).magnitude < 0.1)
      #expect((variance / Double(count) - 1).magnitude < 0.15)
    }
  }
}

/// Draws for simulations.
struct Dice {
  private var state: UInt64
  init(seed: UInt64) { state = seed }

  mutating func even() -> Double {
    state &+= 0x9E37_79B9_7F4A_7C15
    return (Double(RecordHash.mixed(state) >> 11) + 0.5) / 9_007_199_254_740_992
  }

  mutating func normal() -> Double { Normal.quantile(even()) }
}

/// The split that others repeat: SHA-256 of title, line feed and key.
struct ExperimentSplitTests {
  private func split(_ shares: [String]) throws -> ExperimentSplit {
    let arms = shares.enumerated().map { "\"a\($0.offset)\" \($0.element)" }
    let program = try StatisticsMeasureTests.program(
      """
      record Lead { id : text key }
      experiment "spring-2026" for Lead { by id { \(arms.joined(separator: ", ")) } }
      """)
    return ExperimentSplit(try #require(program.experiments.first))
  }

  /// Worked out with Python: `int(sha256(b"spring-2026\nL1").hexdigest()[:13], 16)`.
  @Test(arguments: [
    ("L1", 0x682b_1396_a432_7), ("L2", 0x75d9_1d8f_1f75_9), ("客户-7", 0x933f_4729_3bad_b),
  ]) func `the published places`(key: String, place: Int64) throws {
    let halves = try split(["50%", "50%"])
    #expect(halves.place(of: key) == place)
    #expect(halves.arm(of: key) == (Double(place) / 0x1p52 < 0.5 ? 0 : 1))
  }

  @Test func `shares are met and arms stick`() throws {
    let thirds = try split(["10%", "33.3%", "56.7%"])
    var counts = [0, 0, 0]
    for number in 0..<6_000 { counts[thirds.arm(of: "L\(number)")] += 1 }
    #expect(SampleRatio.check(counts: counts, shares: [0.1, 0.333, 0.567]).p > 0.001)
    #expect(thirds.arm(of: "L17") == thirds.arm(of: "L17"))
  }

  @Test func `looks spend five percent together`() throws {
    let program = try StatisticsMeasureTests.program(
      """
      record Lead { id : text key }
      experiment "e" for Lead {
        by id { "a" 50%, "b" 50% }
        looks 2026-01-01, 2026-02-01, 2026-03-01, 2026-04-01
      }
      """)
    let experiment = try #require(program.experiments.first)
    let looks = try experiment.looks.map { try #require(ExperimentLook(on: $0, of: experiment)) }
    #expect((looks.reduce(0) { $0 + $1.alpha } - 0.05).magnitude < 1e-12)
    #expect(looks.map(\.number) == [1, 2, 3, 4] && looks[0].alpha < 0.0001)
    #expect(ExperimentLook(on: experiment.looks[0] + 1, of: experiment) == nil)
  }
}
