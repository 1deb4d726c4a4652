import Support
import Testing
import WritText

@testable import WritReplay

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Intervals hold what they promise: on simulated data whose truth is known, 95 % of them cover it,
/// wherever a number is printed.
///
/// The usual run is small and its bounds are wide. `WRIT_COVERAGE=2000` simulates so many for each
/// line of the table, prints it, and wants 93 to 97 %.
struct StatisticsCoverageTests {
  /// Differences of records: a name, their mean, and a draw.
  struct World: Sendable {
    let name: String
    let mean: Double
    /// The share of records that differ, so that lines near the gate can be told from others.
    var share = 1.0
    let draw: @Sendable (inout Dice) -> Double
  }

  static let logNormalMean = Special.exp(0.5)

  static func zeroHeavy(_ zeros: Double) -> World {
    World(
      name: "\(Int((zeros * 100).rounded())) % zeros, else log-normal",
      mean: (1 - zeros) * logNormalMean, share: 1 - zeros
    ) { $0.even() < zeros ? 0 : Special.exp($0.normal()) }
  }

  static let worlds: [World] = [
    World(name: "normal", mean: 0) { $0.normal() },
    World(name: "log-normal", mean: logNormalMean) { Special.exp($0.normal()) },
    zeroHeavy(0.5), zeroHeavy(0.9), zeroHeavy(0.95), zeroHeavy(0.98), zeroHeavy(0.99),
    World(name: "90 % zeros, else ± log-normal", mean: 0, share: 0.1) { dice in
      dice.even() < 0.9 ? 0 : (dice.even() < 0.5 ? 1 : -1) * Special.exp(dice.normal())
    },
    World(name: "90 % zeros, else 1", mean: 0.1, share: 0.1) { $0.even() < 0.9 ? 0 : 1 },
  ]

  /// How many of so many samples print an interval, and how many of those cover the truth.
  static func simulate(
    _ world: World, records: Int, samples: Int, seed: UInt64
  ) -> (printed: Int, covered: Int) {
    var dice = Dice(seed: seed)
    var (printed, covered) = (0, 0)
    for sample in 0..<samples {
      var kept = ChangeSample(width: 1)
      var (sum, squares, moved) = (0.0, 0.0, 0)
      for record in 0..<records {
        let value = world.draw(&dice)
        if value == 0 { continue }
        kept.add(RecordHash.of(sample * 1_000_003 + record), [value])
        sum += value
        squares += value * value
        moved += 1
      }
      kept.trim()
      let interval = MeanInterval(
        hashes: kept.hashes, values: kept.values, records: records, moved: moved, sum: sum,
        squares: squares)
      guard let result = interval.result(confidence: 0.95) else { continue }
      printed += 1
      let truth = world.mean * Double(records)
      if result.low <= truth, truth <= result.high { covered += 1 }
    }
    return (printed, covered)
  }

  /// 80 samples a line: four deviations are ten points.
  @Test(arguments: [(0, 60), (1, 60), (2, 120), (3, 800), (7, 800)])
  func `intervals cover the truth`(world: Int, records: Int) {
    let world = Self.worlds[world]
    let (printed, covered) = Self.simulate(world, records: records, samples: 80, seed: 11)
    let share = Double(covered) / Double(printed)
    #expect(printed > 70, "\(world.name), \(records) records")
    #expect(share > 0.85, "\(world.name), \(records) records: \(share)")
  }

  // MARK: Ratios and averages of some

  /// What another quarter would bring on the average: over every list price and cost that `Pair` draws.
  static func truth(of title: String) -> Double {
    func mean(_ price: (Double) -> Double) -> Double {
      (100_00...900_00).reduce(0) { $0 + price(Double($1) / 100) } / 80_001
    }
    let before = mean { $0 > 600 ? $0 * 0.95 : $0 }
    let after = mean { $0 > 550 ? $0 * 0.925 : $0 }
    let cost = 175.0
    return title == "margin" ? cost / before - cost / after : after - before
  }

  static func simulate(
    measure title: String, records: Int, samples: Int
  ) throws -> (printed: Int, covered: Int) {
    let truth = truth(of: title)
    var (printed, covered) = (0, 0)
    for sample in 0..<samples {
      let pair = try StatisticsMeasureTests.Pair(rows: records, seed: UInt64(7 + sample * 65_537))
      let wording = Wording(program: pair.programs[0], language: .english)
      let measured = try pair.tally(try pair.measure(title), [Array(0..<records)])
        .measured(ruleSet: 0, wording: wording)
      guard case .interval(let interval) = measured.estimate else { continue }
      printed += 1
      if interval.low <= truth, truth <= interval.high { covered += 1 }
    }
    return (printed, covered)
  }

  /// The keys of all samples are the same, so their weights are too: what differs is what is drawn.
  @Test(arguments: ["margin", "average"])
  func `intervals of ratios cover the truth`(title: String) throws {
    let wanted = getenv("WRIT_COVERAGE").flatMap { Int(String(cString: $0)) }
    for records in wanted == nil ? [250] : [250, 500, 1_000, 3_000] {
      let samples = wanted ?? 40
      let (printed, covered) = try Self.simulate(measure: title, records: records, samples: samples)
      let share = 100 * Double(covered) / Double(max(printed, 1))
      if wanted != nil {
        print(
          "\(title) | \(records) | printed \(printed) | covered \((share * 10).rounded() / 10) %")
      }
      let noise = 300 * (0.05 * 0.95 / Double(max(printed, 1))).squareRoot()
      #expect(printed > samples * 9 / 10 && share > 93 - noise && share < 97 + noise)
    }
  }

  @Test func `few records get no number`() {
    for world in Self.worlds {
      #expect(Self.simulate(world, records: 39, samples: 5, seed: 3).printed == 0)
    }
  }

  @Test(.enabled(if: getenv("WRIT_COVERAGE") != nil))
  func `the whole table`() {
    let samples = getenv("WRIT_COVERAGE").flatMap { Int(String(cString: $0)) } ?? 2_000
    for world in Self.worlds {
      for records in [30, 50, 100, 200, 300, 500, 1_000, 2_000, 5_000, 10_000] {
        let (printed, covered) = Self.simulate(
          world, records: records, samples: samples, seed: UInt64(records))
        let share = 100 * Double(covered) / Double(max(printed, 1))
        print(
          "\(world.name) | \(records) | printed \(100 * printed / samples) % | covered "
            + (printed > 0 ? "\((share * 10).rounded() / 10) %" : "—"))
        if printed == 0 { continue }
        // Next to the gate intervals are wider than they need be (see `shareLeftByGate`).
        let isNearGate =
          world.share < 1
          && (0.6...1.5).contains(world.share * Double(records) / Double(MeanInterval.leastMoved))
        let noise = 300 * (0.05 * 0.95 / Double(printed)).squareRoot()
        #expect(share > 93 - noise && share < (isNearGate ? 100.1 : 97 + noise))
      }
    }
  }
}
