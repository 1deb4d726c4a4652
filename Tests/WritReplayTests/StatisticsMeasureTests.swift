import Support
import Testing
import WritModel
import WritNetwork
import WritRules
import WritSyntax
import WritText

@testable import WritReplay

/// Measures gathered record by record: exact, in any order and any parts.
struct StatisticsMeasureTests {
  static func rules(_ rate: String, when bound: Int) -> String {
    """
    currency CNY
    record Quote { id : text key, list : money, cost : money, won : yes/no, off : percent? }
    define Quote.rate : percent = case { list > \(bound) : \(rate)   else : 0% }
    define Quote.price = list * (100% - rate)
    measure "revenue" = sum of q.price over Quote q, more is better, may fall by at most 3%
    measure "average" = average of q.price over Quote q where q.won
    measure "dear" = count of q over Quote q where q.price > 540, may rise by at most 3
    measure "margin" = (sum of (q.price - q.cost) over Quote q) / (sum of q.price over Quote q)
    measure "discount" = average of known q.off over Quote q
    measure "half" = (sum of q.price over Quote q where q.won) / 2 + 10
    measure "blank" = sum of q.off over Quote q
    measure "greatest" = max of q.price over Quote q
    """
  }

  static func program(_ text: String, texts: Interner = Interner()) throws -> Program {
    var sources = Sources()
    let id = sources.add(Source(name: "rules.writ", text: text))
    let (tree, mistakes) = Parser.parse(sources[id], id: id)
    let (program, found) = Program.checking([tree], sources: sources, texts: texts)
    let errors = (mistakes + found).filter { $0.severity == .error }
    try #require(errors.isEmpty, "\(errors.map(\.message.english))")
    return program
  }

  /// Two rule sets over so many quotes.
  struct Pair {
    let network: Network
    let memory: Memory
    let programs: [Program]
    let rows: Int

    init(rows: Int, seed: UInt64) throws {
      programs = [
        try StatisticsMeasureTests.program(StatisticsMeasureTests.rules("5%", when: 600)),
        try StatisticsMeasureTests.program(StatisticsMeasureTests.rules("7.5%", when: 550)),
      ]
      network = try #require(Network(compiling: programs))
      let schema = programs[0].schema
      memory = Memory(network, facts: Facts(schema: schema, texts: network.program.texts), today: 0)
      var dice = SeededGenerator(seed: seed)
      let memory = memory
      for row in 0..<rows {
        var key = Value.boolean(false)
        memory.edit([]) { key = .text($0.texts.intern("Q\(row)")) }
        let list = Decimal(mantissa: Int64(dice.number(100_00...900_00)), scale: 2)
        let cost = Decimal(mantissa: Int64(dice.number(50_00...300_00)), scale: 2)
        let off: Value =
          dice.chance(20)
          ? .missing(Cause(.blankField))
          : .number(Decimal(mantissa: Int64(dice.number(0...20)), scale: 2))
        _ = memory.append(
          RecordID(0),
          [
            key, .money(list, CurrencyID(0)), .money(cost, CurrencyID(0)),
            .boolean(dice.chance(50)), off,
          ], key: [key])
      }
      self.rows = rows
    }

    func measure(_ title: String) throws -> Measure {
      try #require(programs[0].measures.first { $0.title == title })
    }

    /// The tally of the rows in this order, in one piece or several.
    func tally(_ measure: Measure, _ pieces: [[Int]]) throws -> MeasureTally {
      let columns = try network.variants.indices.map { variant in
        let own = try #require(programs[variant].measures.first { $0.title == measure.title })
        return MeasureColumns(own, of: network.variants[variant], rows: 0..<rows, in: memory)
      }
      var whole = MeasureTally(measure, comparing: 1)
      for piece in pieces {
        var part = MeasureTally(measure, comparing: 1)
        for row in piece {
          part.add(
            key: RecordHash.of("Q\(row)"), row: row, base: columns[0], others: [columns[1]])
        }
        whole.merge(part)
      }
      return whole
    }
  }

  @Test func `measures are what their gathers are`() throws {
    for rows in [0, 1, 7, 300] {
      let pair = try Pair(rows: rows, seed: 4)
      for (index, measure) in pair.programs[0].measures.enumerated() where !measure.folds.isEmpty {
        let tally = try pair.tally(measure, [Array(0..<rows)])
        for variant in [0, 1] {
          let alone = Memory(
            Network(compiling: pair.programs[variant]), facts: pair.memory.facts, today: 0)
          let term = pair.programs[variant].measures[index].term
          let wanted = alone.value(of: term, in: Frame(slots: [], today: 0))
          let found =
            variant == 0
            ? tally.base.value(of: measure) : tally.totals(ruleSet: 0).value(of: measure)
          #expect(found.tag == wanted.tag, "\(measure.title) of \(rows)")
          if wanted.isKnown {
            #expect(found.decimal == wanted.decimal, "\(measure.title) of \(rows)")
          }
        }
      }
    }
  }

  @Test func `only the greatest has no parts`() throws {
    let program = try Self.program(Self.rules("5%", when: 600))
    #expect(program.measures.filter(\.folds.isEmpty).map(\.title) == ["greatest"])
    // `max` is not a fold that records are added to one by one, so it keeps its records.
    #expect(program.measureGathers.count == program.gathers.count - 1)
  }

  @Test(arguments: ["revenue", "average", "dear", "margin", "half"])
  func `any split and order gives the same bytes`(title: String) throws {
    let rows = 5_000
    let pair = try Pair(rows: rows, seed: 9)
    let measure = try pair.measure(title)
    let whole = try pair.tally(measure, [Array(0..<rows)])
    let wording = Wording(program: pair.programs[0], language: .english)
    var dice = SeededGenerator(seed: 21)
    for count in [2, 5] {
      var pieces = [[Int]](repeating: [], count: count)
      for row in (0..<rows).shuffled(using: &dice) {
        pieces[dice.number(0...count - 1)].append(row)
      }
      let parts = try pair.tally(measure, pieces)
      #expect(parts.json.line == whole.json.line)
      let read = try #require(
        MeasureTally(measure, json: try JSON.parse(Array(parts.json.line.utf8))))
      #expect(read.json.line == whole.json.line)
      let (a, b) = (whole, read)
      #expect(
        "\(a.measured(ruleSet: 0, wording: wording))"
          == "\(b.measured(ruleSet: 0, wording: wording))"
      )
    }
  }

  @Test func `a difference has an interval around it`() throws {
    let pair = try Pair(rows: 3_000, seed: 2)
    let wording = Wording(program: pair.programs[0], language: .english)
    for title in ["revenue", "average", "dear", "margin", "half"] {
      let measure = try pair.measure(title)
      let measured = try pair.tally(measure, [Array(0..<pair.rows)])
        .measured(ruleSet: 0, wording: wording)
      guard case .interval(let interval) = measured.estimate, let before = measured.before,
        let after = measured.after
      else {
        Issue.record("\(title): \(measured.estimate)")
        continue
      }
      let difference = ExactSum(after).approximate - ExactSum(before).approximate
      #expect(interval.low < difference && difference < interval.high, "\(title)")
      #expect(interval.high < 0 && (interval.p ?? 1) < 0.01, "\(title): prices fall: \(interval)")
      let half = (interval.high - interval.low) / 2
      #expect(half < difference.magnitude / 2, "\(title): \(interval)")
    }
  }

  @Test func `limits, blanks and what has no parts`() throws {
    let pair = try Pair(rows: 400, seed: 3)
    let wording = Wording(program: pair.programs[0], language: .english)
    func measured(_ title: String) throws -> Comparison.Measured {
      try pair.tally(try pair.measure(title), [Array(0..<pair.rows)])
        .measured(ruleSet: 0, wording: wording)
    }
    let revenue = try measured("revenue")
    #expect(revenue.limit?.verdict == .holds && revenue.limit?.text == "may fall by at most 3%")
    #expect(revenue.unit == "CNY" && revenue.records == 400 && revenue.moreIsBetter == true)
    let dear = try measured("dear")
    #expect(dear.limit?.verdict == .holds, "fewer is no rise")
    let discount = try measured("discount")
    if case .same = discount.estimate {} else { Issue.record("\(discount.estimate)") }
    #expect(discount.records < 400 && discount.differing == 0)
    let blank = try measured("blank")
    guard case .tooLittleData(let why) = blank.estimate else {
      Issue.record("\(blank.estimate)")
      return
    }
    #expect(blank.before == nil && why.contains("have no value"))
  }

  /// (the rule, the limit's scale, before, after, the verdict)
  @Test func `what limits mean`() throws {
    func limit(_ text: String, of value: String) throws -> Measure.Limit {
      let program = try Self.program(
        """
        record Q { id : text key, a : money, b : percent, c : number }
        measure "m" = \(value), \(text)
        """)
      return try #require(program.measures.first?.limit)
    }
    func check(_ limit: Measure.Limit, _ before: Int64, _ after: Int64, _ holds: Bool) {
      let judged = limit.judged(
        before: .number(Decimal(mantissa: before, scale: 2)),
        after: .number(Decimal(mantissa: after, scale: 2)))
      #expect(judged.verdict == (holds ? .holds : .fails), "\(limit.text): \(before) → \(after)")
    }
    let relative = try limit("may fall by at most 5%", of: "sum of q.a over Q q")
    #expect(relative.scale == .ofBase)
    check(relative, 100_00, 95_00, true)
    check(relative, 100_00, 94_99, false)
    check(relative, 100_00, 200_00, true)
    check(relative, -100_00, -105_00, true)
    check(relative, -100_00, -105_01, false)
    check(relative, 0, -1, false)
    let points = try limit("may fall by at most 5%", of: "average of q.b over Q q")
    #expect(points.scale == .points)
    check(points, 20, 15, true)
    check(points, 20, 14, false)
    let amount = try limit("may rise by at most 10", of: "sum of q.a over Q q")
    #expect(amount.scale == .points)
    check(amount, 100_00, 110_00, true)
    check(amount, 100_00, 110_01, false)
    let bound = relative.judged(
      before: .number(Decimal(200)), after: .number(Decimal(199))
    ).bound
    #expect(bound == -10)
  }
}
