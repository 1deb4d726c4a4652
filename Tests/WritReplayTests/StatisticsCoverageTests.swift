import Support
import Testing
import WritModel
import WritRules
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
/// The usual run is small and its bounds are wide. `WRIT_COVERAGE=2000` simulates so many samples for
/// each cell of every table, prints the tables, and wants 93 to 97 % in each cell (and its noise).
struct StatisticsCoverageTests {
  /// Differences of records: a name, their mean, and a draw.
  struct World: Sendable {
    let name: String
    let mean: Double
    let draw: @Sendable (inout Dice) -> Double

    /// The world in which a share of the records does not differ.
    func with(zeros: Double) -> World {
      if zeros == 0 { return self }
      return World(
        name: "\(Int((zeros * 100).rounded())) % zeros, else \(name)", mean: (1 - zeros) * mean
      ) { [draw] dice in dice.even() < zeros ? 0 : draw(&dice) }
    }
  }

  static let normal = World(name: "normal", mean: 0) { $0.normal() }
  static let movedNormal = World(name: "normal, mean 1", mean: 1) { 1 + $0.normal() }
  static let one = World(name: "1", mean: 1) { _ in 1 }
  static let signed = World(name: "± log-normal", mean: 0) { dice in
    (dice.even() < 0.5 ? 1 : -1) * Special.exp(dice.normal())
  }
  static func logNormal(_ sigma: Double) -> World {
    World(name: "log-normal, σ \(sigma)", mean: Special.exp(sigma * sigma / 2)) {
      Special.exp(sigma * $0.normal())
    }
  }

  static let shares = [0.5, 0.8, 0.9, 0.95, 0.98, 0.99]
  static let worlds: [World] =
    [normal, movedNormal, logNormal(0.5), logNormal(1), logNormal(1.5)]
    + [logNormal(1), signed, one, normal, logNormal(1.5)]
    .flatMap { world in shares.map { world.with(zeros: $0) } }
  static let sizes = [30, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000]

  /// How many samples of a cell print an interval, and how many of these miss the truth: those that
  /// lie too high, and those that lie too low.
  struct Cell {
    var samples = 0
    var printed = 0
    var high = 0
    var low = 0

    mutating func add(_ low: Double, _ high: Double, truth: Double) {
      printed += 1
      if truth < low { self.high += 1 }
      if truth > high { self.low += 1 }
    }

    var covered: Double { 100 * Double(printed - high - low) / Double(max(printed, 1)) }
    /// Three deviations of so many samples.
    private var noise: Double { 300 * (0.05 * 0.95 / Double(max(printed, 1))).squareRoot() }
    /// Whether the interval is told practically never, or covers as often as it says.
    var holds: Bool {
      printed * 200 <= samples || (covered > 93 - noise && covered < 97 + noise)
    }
    var text: String {
      if printed == 0 { return "·" }
      let share = 100 * Double(printed) / Double(samples)
      let some = share > 99.5 ? "" : " [\((share * 10).rounded() / 10) %]"
      return "\((covered * 10).rounded() / 10)" + some
    }
  }

  /// The samples of a cell in the long run; nil in the usual one.
  static let wanted = getenv("WRIT_COVERAGE").flatMap { Int(String(cString: $0)) }

  /// Prints the rows of a table, one after the other, and expects every cell to hold.
  static func table(
    _ title: String, rows: [String], sizes: [Int] = sizes, _ cell: (_ row: Int, Int, Int) -> Cell
  ) {
    let samples = wanted ?? 0
    for (row, name) in rows.enumerated() {
      let cells = sizes.map { cell(row, $0, samples) }
      print("| \(title) | \(name) | " + cells.map(\.text).joined(separator: " | ") + " |")
      for (size, cell) in zip(sizes, cells) {
        #expect(cell.holds, "\(title), \(name), \(size): \(cell)")
      }
    }
  }

  // MARK: Sums

  static func sums(_ world: World, records: Int, samples: Int, seed: UInt64) -> Cell {
    var dice = Dice(seed: seed)
    var cell = Cell(samples: samples)
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
      cell.add(result.low, result.high, truth: world.mean * Double(records))
    }
    return cell
  }

  /// 80 samples a line: four deviations are ten points.
  @Test(arguments: [(0, 90), (3, 100), (5, 250), (7, 1_000), (11, 250), (18, 800)])
  func `intervals cover the truth`(world: Int, records: Int) {
    let world = Self.worlds[world]
    let cell = Self.sums(world, records: records, samples: 80, seed: 11)
    #expect(cell.printed > 60 && cell.covered > 85, "\(world.name), \(records) records: \(cell)")
  }

  @Test func `few records get no number`() {
    for world in Self.worlds {
      #expect(Self.sums(world, records: 69, samples: 5, seed: 3).printed == 0)
    }
  }

  @Test(.enabled(if: wanted != nil), arguments: [0, 1])
  func `the table of sums`(half: Int) {
    let worlds = Self.worlds.enumerated().filter { $0.offset % 2 == half }.map(\.element)
    Self.table("sum", rows: worlds.map(\.name)) { row, size, samples in
      Self.sums(worlds[row], records: size, samples: samples, seed: UInt64(size))
    }
  }

  // MARK: Other kinds of measures

  /// A kind of measure over records with a price, a cost, and whether they were won.
  struct Kind: Sendable {
    let name: String
    let formula: String
    /// The difference in the long run for the mean difference of a price, of so many records.
    let truth: @Sendable (_ mean: Double, _ records: Int) -> Double
  }

  /// Prices are even between 100 and 200, costs between 40 and 80; half of the records are won.
  static let kinds = [
    Kind(name: "average", formula: "average of q.price over Quote q") { mean, _ in mean },
    Kind(
      name: "average of some", formula: "average of q.price over Quote q where q.won"
    ) { mean, _ in mean },
    Kind(
      name: "sum of some", formula: "sum of q.price over Quote q where q.won"
    ) { mean, records in mean * Double(records) / 2 },
    Kind(
      name: "ratio",
      formula: "(sum of (q.price - q.cost) over Quote q) / (sum of q.price over Quote q)"
    ) { mean, _ in 60 / 150.0 - 60 / (150 + mean) },
  ]

  static let someWorlds =
    [normal, logNormal(1), logNormal(1.5)]
    + [logNormal(1), normal].flatMap { world in [0.5, 0.9, 0.98].map { world.with(zeros: $0) } }

  private static func measure(_ formula: String) throws -> (Measure, Program) {
    let program = try StatisticsMeasureTests.program(
      """
      currency CNY
      record Quote { id : text key, price : money, cost : money, won : yes/no, left : yes/no }
      measure "m" = \(formula)
      """)
    return (try #require(program.measures.first), program)
  }

  private static func money(_ value: Double) -> Value {
    .money(Decimal(mantissa: Int64((value * 1e6).rounded()), scale: 6), CurrencyID(0))
  }

  /// Columns of a measure for records: for each fold whether they count and what they add.
  private static func columns(
    _ measure: Measure, _ kind: String, price: [Value], margin: [Value], won: [Value]
  ) -> MeasureColumns {
    let hasCondition = kind.hasSuffix("of some")
    return MeasureColumns(
      measure, counted: measure.folds.map { _ in hasCondition ? won : nil },
      values: kind == "ratio" ? [margin, price] : [price])
  }

  static func measured(
    _ kind: Kind, _ world: World, records: Int, samples: Int, seed: UInt64
  ) throws -> Cell {
    let (measure, program) = try measure(kind.formula)
    let wording = Wording(program: program, language: .english)
    var dice = Dice(seed: seed)
    var cell = Cell(samples: samples)
    for sample in 0..<samples {
      let base = (0..<records).map { _ in 100 + 100 * dice.even() }
      let cost = (0..<records).map { _ in 40 + 40 * dice.even() }
      let change = (0..<records).map { _ in world.draw(&dice) }
      let won = (0..<records).map { _ in Value.boolean(dice.even() < 0.5) }
      let after = zip(base, change).map { $0 + $1 }
      func columns(_ price: [Double]) -> MeasureColumns {
        Self.columns(
          measure, kind.name, price: price.map(money),
          margin: zip(price, cost).map { money($0 - $1) }, won: won)
      }
      let (before, others) = (columns(base), columns(after))
      var tally = MeasureTally(measure, comparing: 1)
      for row in 0..<records {
        let key = RecordHash.of(sample * 1_000_003 + row)
        tally.add(key: key, row: row, base: before, others: [others])
      }
      guard case .interval(let interval) = tally.measured(ruleSet: 0, wording: wording).estimate
      else { continue }
      cell.add(interval.low, interval.high, truth: kind.truth(world.mean, records))
    }
    return cell
  }

  @Test(arguments: [0, 1, 2, 3])
  func `intervals of all kinds cover the truth`(kind: Int) throws {
    let kind = Self.kinds[kind]
    let cell = try Self.measured(kind, Self.logNormal(1), records: 250, samples: 60, seed: 5)
    #expect(cell.printed == 60 && cell.covered > 84, "\(kind.name): \(cell)")
  }

  @Test(.enabled(if: wanted != nil), arguments: [0, 1, 2, 3])
  func `the table of a kind`(kind: Int) throws {
    let kind = Self.kinds[kind]
    var problem: (any Error)?
    Self.table(kind.name, rows: Self.someWorlds.map(\.name)) { row, size, samples in
      do {
        return try Self.measured(
          kind, Self.someWorlds[row], records: size, samples: samples, seed: UInt64(size + 1))
      } catch {
        problem = error
        return Cell()
      }
    }
    if let problem { throw problem }
  }

  // MARK: Yes and no

  /// The share of records that come to count, and that cease to.
  static let answers: [(name: String, toYes: Double, toNo: Double)] = [
    ("10 % to yes", 0.1, 0), ("30 % to yes, 10 % to no", 0.3, 0.1),
    ("5 % to yes, 5 % to no", 0.05, 0.05), ("2 % to yes, 1 % to no", 0.02, 0.01),
    ("1 % to no", 0, 0.01),
  ]

  static func answers(
    _ toYes: Double, _ toNo: Double, records: Int, samples: Int, seed: UInt64
  ) throws -> Cell {
    let (measure, program) = try measure("count of q over Quote q where q.won")
    let wording = Wording(program: program, language: .english)
    var dice = Dice(seed: seed)
    var cell = Cell(samples: samples)
    for _ in 0..<samples {
      var before: [Value] = []
      var after: [Value] = []
      for _ in 0..<records {
        let even = dice.even()
        let turns = even < toYes + toNo
        let was = turns ? even >= toYes : even < 0.7
        before.append(.boolean(was))
        after.append(.boolean(was != turns))
      }
      func columns(_ won: [Value]) -> MeasureColumns {
        MeasureColumns(measure, counted: [won], values: [nil])
      }
      let (old, new) = (columns(before), columns(after))
      var tally = MeasureTally(measure, comparing: 1)
      for row in 0..<records {
        tally.add(key: RecordHash.of(row), row: row, base: old, others: [new])
      }
      guard case .interval(let interval) = tally.measured(ruleSet: 0, wording: wording).estimate
      else { continue }
      cell.add(interval.low, interval.high, truth: (toYes - toNo) * Double(records))
    }
    return cell
  }

  @Test func `intervals of counts cover the truth`() throws {
    let cell = try Self.answers(0.1, 0.02, records: 1_000, samples: 200, seed: 9)
    #expect(cell.printed == 200 && cell.covered > 88, "\(cell)")
  }

  @Test(.enabled(if: wanted != nil))
  func `the table of counts`() throws {
    var problem: (any Error)?
    Self.table("count", rows: Self.answers.map(\.name)) { row, size, samples in
      let world = Self.answers[row]
      do {
        return try Self.answers(
          world.toYes, world.toNo, records: size, samples: samples, seed: UInt64(size + 2))
      } catch {
        problem = error
        return Cell()
      }
    }
    if let problem { throw problem }
  }

  // MARK: Experiments

  /// Two arms, the second with so much more of each value and with a share of the units.
  struct Arms: Sendable {
    let name: String
    let world: World
    let share: Double
    let more: Double
  }

  static let arms: [Arms] = [0.5, 0.1].flatMap { share in
    [
      normal, movedNormal, logNormal(1), logNormal(1.5), logNormal(1).with(zeros: 0.5),
      logNormal(1).with(zeros: 0.9), logNormal(1).with(zeros: 0.98), one.with(zeros: 0.5),
      one.with(zeros: 0.9), one.with(zeros: 0.98),
    ].map { Arms(name: "\($0.name); \(share)", world: $0, share: share, more: 1.2) }
  }

  static func arms(_ arms: Arms, records: Int, samples: Int, seed: UInt64) throws -> Cell {
    let isShare = arms.world.name.hasSuffix("1") && arms.world.name.contains("zeros")
    let (measure, _) = try measure(
      isShare ? "count of q over Quote q where q.won" : "sum of q.price over Quote q")
    let shape = try #require(MeasureShape(measure))
    var dice = Dice(seed: seed)
    var cell = Cell(samples: samples)
    for sample in 0..<samples {
      var tallies = [ArmTally(1), ArmTally(1)]
      for record in 0..<records {
        let arm = dice.even() < arms.share ? 1 : 0
        let value = arms.world.draw(&dice) * (arm == 1 && !isShare ? arms.more : 1)
        tallies[arm].add(RecordHash.of(sample * 1_000_003 + record), [value])
      }
      let truth = isShare ? 0 : arms.world.mean * (arms.more - 1)
      if let a = tallies[0].proportion(shape), let b = tallies[1].proportion(shape), isShare {
        let test = TwoProportions(a, b)
        guard test.isEnough else { continue }
        let interval = test.interval(confidence: 0.95)
        cell.add(interval.lowerBound, interval.upperBound, truth: truth)
      } else if let result = ArmTally.difference(shape, tallies[0], tallies[1])?
        .result(confidence: 0.95)
      {
        cell.add(result.low, result.high, truth: truth)
      }
    }
    return cell
  }

  @Test func `intervals of two arms cover the truth`() throws {
    for index in [2, 8, 12] {
      let cell = try Self.arms(Self.arms[index], records: 1_500, samples: 60, seed: 4)
      #expect(cell.printed > 50 && cell.covered > 84, "\(Self.arms[index].name): \(cell)")
    }
  }

  @Test(.enabled(if: wanted != nil))
  func `the table of experiments`() throws {
    var problem: (any Error)?
    Self.table("experiment", rows: Self.arms.map(\.name)) { row, size, samples in
      do {
        return try Self.arms(
          Self.arms[row], records: size, samples: samples, seed: UInt64(size + 3))
      } catch {
        problem = error
        return Cell()
      }
    }
    if let problem { throw problem }
  }
}
