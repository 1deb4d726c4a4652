import WritModel
import WritText

@testable import WritReplay

/// Comparisons made by hand, with everything a report has to show: many kinds of decisions, several
/// rule sets, amounts, charges of each kind, measures that are sure and that are not, an experiment,
/// and texts that want to be more than text.
enum PageSample {
  static func decimal(_ text: String) -> Decimal { Decimal(text) ?? Decimal(-1) }
  static func sum(_ text: String) -> ExactSum { ExactSum(decimal(text)) }

  /// As a person would meet it: two decisions, four edits, two limits.
  static func usual(_ language: Language) -> Comparison {
    let isEnglish = language == .english
    let say = { (english: String, chinese: String) in isEnglish ? english : chinese }
    var comparison = Comparison(
      language: language, date: "2026-06-30",
      ruleSets: [
        .init(name: say("east", "东区现行"), hash: "9b3148ae6f0c22d1", rules: 61),
        .init(name: say("after", "下半年方案"), hash: "51d0c7aa90be4411", rules: 63),
      ])
    comparison.inputs = [
      .init(file: "playground/east/quotes.csv", record: say("Quote", "报价"), records: 200),
      .init(file: "playground/east/lines.csv", record: say("Line", "报价行"), records: 521),
    ]
    comparison.exclusions = [
      .init(
        reason: say("the cost is blank, so the price is undetermined", "成本为空，价格待定"), count: 14,
        example: "lines.csv:17")
    ]
    comparison.notes = [
      say(
        "The data were read once; both rule sets decided the same records.", "数据只读一遍，两套规则判定的是同一批记录。"
      )
    ]
    comparison.coverage = coverage(say)
    comparison.differences = [
      .init(
        ruleSet: 1, edits: edits(say), decisions: [price(say), discount(say), sale(say)],
        measures: measures(say))
    ]
    return comparison
  }

  private static func edits(_ say: (String, String) -> String) -> [Comparison.Edit] {
    [
      .init(
        kind: "changed", block: say("price Line", "定价 报价行"),
        title: say("by the dozen", "按打计价"),
        before: "tier by quantity { from 12 : 3% off   from 48 : 6% off   from 96 : 9% off }",
        after: "tier by quantity { from 12 : 2% off   from 48 : 6% off   from 96 : 9% off }",
        place: "after/price.writ:18"),
      .init(
        kind: "changed", block: say("authorize discount on Quote", "授权 报价 的 折扣"),
        title: say("hardware is thin", "硬件毛利薄"),
        before:
          "when some Line l in lines where l.product.family in {drive, robot}\n  : limit rep 5%, manager 10%",
        after:
          "when some Line l in lines where l.product.family in {drive, robot}\n  : limit rep 5%, manager 8%",
        place: "after/authority.writ:29"),
      .init(
        kind: "added", block: say("price Line", "定价 报价行"), title: say("autumn fair", "秋季展会"),
        before: "", after: "\"autumn fair\": when product.family = vision : 3% off",
        place: "after/price.writ:24"),
      .init(
        kind: "removed", block: say("authorize sale of Product", "授权 销售"),
        title: say("dealers do not resell service", "经销商不得转售服务"),
        before:
          "\"dealers do not resell service\": forbid when p.family = service and a.channel = dealer",
        after: "", place: "east/authority.writ:9"),
    ]
  }

  private static func why(
    _ headline: String, _ rules: String, _ parts: [(String, [String])]
  ) -> Explanation {
    Explanation(
      headline: headline, decision: "price Line", date: "2026-06-24", rules: rules,
      answer: .number("1"),
      facts: parts.map { part in
        .init(.step, part.0, facts: part.1.map { .init(.note, $0) })
      })
  }

  private static func price(_ say: (String, String) -> String) -> Comparison.Changed {
    let regions = [
      ("华东 上海", 188, 31, "2210.40", "-1302.00"), ("华东 江苏", 140, 22, "1890.15", "-3120.75"),
      ("华北", 96, 11, "640.00", "-88.10"), ("华南", 61, 0, "0", "0"),
      ("海外", 36, 8, "77.45", "-412.90"),
    ]
    return .init(
      decision: "price Line", value: say("price", "价格"), record: say("Line", "报价行"),
      compared: 507, changed: 72,
      flows: [
        .init(
          before: say("an amount", "有金额"), after: say("equal", "不变"), count: 435),
        .init(before: say("an amount", "有金额"), after: say("more", "升高"), count: 44),
        .init(before: say("an amount", "有金额"), after: say("less", "降低"), count: 28),
        .init(before: say("an amount", "有金额"), after: say("undetermined", "待定"), count: 1),
      ],
      amounts: .init(
        unit: "CNY", before: sum("48120334.17"), after: sum("48120228.42"), gains: sum("4818.00"),
        losses: sum("-4923.75"), rising: 44, falling: 28,
        distribution: [
          ("-1600", "-1200", 2), ("-1200", "-800", 1), ("-800", "-400", 4), ("-400", "0", 21),
          ("0", "400", 37), ("400", "800", 5), ("800", "1200", 1), ("1200", "1600", 1),
        ].map { .init(low: decimal($0.0), high: decimal($0.1), count: $0.2) }),
      largest: (0..<24).map { index in
        let isUp = index % 3 != 0
        let amount = decimal("\(isUp ? "" : "-")\(1512 - index * 61).\(index % 10)0")
        let key = "Q-0\(100 + index)-\(index % 4 + 1)"
        return .init(
          key: key, before: "\(79476 - index * 311).04", after: "\(78843 - index * 317).12",
          difference: amount, segments: [regions[index % 4].0],
          whyBefore: why(
            "\(say("Line", "报价行")) \(key) → 79476.04", "9b3148ae",
            [
              ("1 start 17630.00", [say("\"price book\"", "“价目表”")]),
              ("2 times quantity 88150.00", [say("+70520.00 of 5", "数量 5")]),
              ("3 \(say("by the dozen", "按打计价")) 85505.50", ["-2644.50"]),
            ]),
          whyAfter: why(
            "\(say("Line", "报价行")) \(key) → 78843.12", "51d0c7aa",
            [
              ("1 start 17630.00", [say("\"price book\"", "“价目表”")]),
              ("2 times quantity 88150.00", []),
              ("3 \(say("by the dozen", "按打计价")) 86387.00", ["-1763.00"]),
            ]),
          edits: index % 5 == 0 ? [0, 2] : [isUp ? 0 : 2])
      },
      segments: regions.map {
        .init(
          by: say("quote.account.region", "报价.客户.区域"), value: $0.0, compared: $0.1,
          changed: $0.2, gains: sum($0.3), losses: sum($0.4))
      },
      charges: [
        .init(kind: .alone, edits: [0], count: 43, amount: sum("4818.00")),
        .init(kind: .alone, edits: [2], count: 21, amount: sum("-4012.35")),
        .init(kind: .together, edits: [0, 2], count: 3, amount: sum("-211.40")),
        .init(kind: .interaction, edits: [0, 2], count: 5, amount: sum("-700.00")),
      ])
  }

  private static func discount(_ say: (String, String) -> String) -> Comparison.Changed {
    let rep = say("within the rep's authority", "销售员权限内")
    let manager = say("approval by manager", "需经理审批")
    let director = say("approval by director", "需总监审批")
    return .init(
      decision: "authorize discount on Quote", value: say("discount approval", "折扣审批"),
      record: say("Quote", "报价"), compared: 200, changed: 14, knockOn: 2,
      flows: [
        .init(before: manager, after: manager, count: 111),
        .init(before: manager, after: director, count: 9),
        .init(before: rep, after: manager, count: 3),
        .init(before: director, after: manager, count: 1),
        .init(before: rep, after: say("forbidden", "禁止"), count: 1),
      ],
      largest: (0..<14).map {
        .init(
          key: "Q-0\(20 + $0 * 7)", before: $0 < 9 ? manager : rep,
          after: $0 < 9 ? director : manager,
          segments: [], edits: [1])
      },
      charges: [
        .init(kind: .alone, edits: [1], count: 12, amount: ExactSum()),
        .init(kind: .knockOn, edits: [], count: 2, amount: ExactSum()),
      ],
      agreement: .init(
        field: say("approved_by", "实际审批人"), recorded: 180, agreesBefore: 151, agreesAfter: 158,
        better: [.init(key: "Q-0020", before: manager, after: director)],
        worse: [.init(key: "Q-0111", before: rep, after: manager)]))
  }

  private static func sale(_ say: (String, String) -> String) -> Comparison.Changed {
    .init(
      decision: "may be sold", value: say("may be sold", "可售"), record: say("Line", "报价行"),
      compared: 521, changed: 0)
  }

  private static func measures(_ say: (String, String) -> String) -> [Comparison.Measured] {
    [
      .init(
        title: say("net revenue", "净收入"), unit: "CNY", before: decimal("48120334.17"),
        after: decimal("48120228.42"), moreIsBetter: true, records: 507, differing: 72,
        estimate: .interval(
          .init(
            low: -1312.4, high: 1071.9, confidence: 0.95,
            method: say("paired bootstrap, 2,000 replicates", "配对自助法，重复 2,000 次"), p: 0.861,
            detectable: 1702)),
        limit: .init(
          text: say("may fall by at most 0.5%", "至多下降 0.5%"), verdict: .holds, bound: -2406)),
      .init(
        title: say("margin", "毛利率"), unit: "%", before: decimal("0.2314"),
        after: decimal("0.2249"), moreIsBetter: true, records: 200, differing: 66,
        estimate: .interval(
          .init(
            low: -0.0091, high: -0.0038, confidence: 0.95,
            method: say("paired bootstrap, 2,000 replicates", "配对自助法，重复 2,000 次"), p: 0.0004)),
        limit: .init(
          text: say("may fall by at most 0.5 points", "至多下降 0.5 个百分点"), verdict: .fails,
          bound: -0.005)),
      .init(
        title: say("quotes that need a director", "需总监审批的报价"), unit: "", before: decimal("21"),
        after: decimal("30"), moreIsBetter: false, records: 200, differing: 10,
        estimate: .interval(
          .init(low: 3, high: 15, confidence: 0.95, method: "McNemar", p: 0.021))),
      .init(
        title: say("deals above a million", "百万以上订单"), unit: "CNY", before: decimal("3000000"),
        after: decimal("3010000"), moreIsBetter: true, records: 3, differing: 1,
        estimate: .tooLittleData(
          say(
            "too little data: 1 record differs, at least 30 have to", "数据太少：只有 1 条记录不同，至少要 30 条"))),
      .init(
        title: say("lines sold", "可售行数"), unit: "", before: decimal("498"), after: decimal("498"),
        moreIsBetter: nil, records: 521, differing: 0, estimate: .same),
    ]
  }

  private static func coverage(_ say: (String, String) -> String) -> [Comparison.Coverage] {
    [
      (say("contract", "协议价"), 64, 64, "9120331.00"),
      (say("price book", "价目表"), 443, 443, "38112077.10"),
      (say("list", "标价"), 0, 0, "0"), (say("by the dozen", "按打计价"), 131, 131, "-412004.50"),
      (say("A customer", "A 类客户"), 88, 88, "-231990.00"),
      (say("spring fair", "春季展会"), 0, 0, "0"),
    ].enumerated().map { index, rule in
      .init(
        block: say("price Line", "定价 报价行"), rule: rule.0,
        place: "east/price.writ:\(12 + index * 3)",
        counts: [rule.1, rule.2], amounts: [sum(rule.3), sum(rule.3)])
    } + [
      .init(
        block: say("price Line", "定价 报价行"), rule: say("autumn fair", "秋季展会"),
        place: "after/price.writ:24", counts: [nil, 21], amounts: [nil, sum("-4012.35")]),
      .init(
        block: say("authorize sale of Product", "授权 销售"),
        rule: say("dealers do not resell service", "经销商不得转售服务"), place: "east/authority.writ:9",
        counts: [0, nil], amounts: [nil, nil]),
    ]
  }

  /// Three rule sets, and an experiment.
  static func several(_ language: Language) -> Comparison {
    var comparison = usual(language)
    comparison.ruleSets.append(.init(name: "softer", hash: "aa00", rules: 61))
    var second = comparison.differences[0]
    second.ruleSet = 2
    second.decisions = second.decisions.map { decision in
      var decision = decision
      decision.agreement = nil
      return decision
    }
    second.measures.removeAll { $0.limit?.verdict == .fails }
    comparison.differences.append(second)
    comparison.coverage = comparison.coverage.map { rule in
      var rule = rule
      rule.counts.append(rule.counts[0])
      rule.amounts.append(rule.amounts[0])
      return rule
    }
    comparison.experiments = [
      .init(
        title: "spring-2026",
        arms: [
          .init(name: "base", share: 0.5, records: 4800),
          .init(name: "after", share: 0.5, records: 5000),
        ], chiSquare: 4.0816, ratioP: 0.0434,
        outcomes: [
          .init(
            title: language == .english ? "won" : "成交", unit: "%", values: [0.12, 0.135],
            estimates: [
              .interval(
                .init(low: 0.0018, high: 0.0282, confidence: 0.95, method: "Newcombe", p: 0.0261))
            ])
        ], notes: ["second look of two declared"])
    ]
    return comparison
  }

  /// Texts that are markup, turn around, are very long, or are more than a page.
  static func hostile() -> Comparison {
    let script = "<script>alert(\"x\")</script>"
    let long = String(repeating: "Donaudampfschifffahrtsgesellschaft", count: 8)
    var comparison = usual(.english)
    comparison.ruleSets[1].name = script
    comparison.notes = [script, "a\u{202E}b\u{0000}c", long, "'\"&</style>--><!--"]
    comparison.differences[0].edits[0].title = script
    comparison.differences[0].edits[0].after = "</pre></ins>\(script)\n\u{1B}[31mred"
    comparison.differences[0].edits[1].place = "\"><img src=x onerror=alert(1)>"
    var price = comparison.differences[0].decisions[0]
    price.value = script
    price.compared = 1_000_000
    price.changed = 10_000
    price.largest = (0..<10_000).map { index in
      .init(
        key: index % 2 == 0 ? "مرحبا \(index)" : "👨‍👩‍👧 \(index) \(script)", before: long,
        after: "&amp;",
        difference: Decimal(Int64(10_000 - index)), segments: [script],
        whyBefore: why(script, "", [(long, [script])]), edits: [0, 1, 2, 99])
    }
    comparison.differences[0].decisions[0] = price
    comparison.differences[0].decisions[1].flows = (0..<40).map {
      .init(before: "\(script) \($0)", after: "\(long) \($0 % 13)", count: 40 - $0)
    }
    comparison.differences[0].measures[0].title = script
    return comparison
  }

  /// A set compared with itself, and nothing at all.
  static var unchanged: Comparison {
    var comparison = usual(.english)
    comparison.differences = [
      .init(
        ruleSet: 1, edits: [],
        decisions: [
          .init(decision: "price Line", value: "price", record: "Line", compared: 521, changed: 0)
        ], measures: [])
    ]
    return comparison
  }

  static var empty: Comparison { Comparison(language: .english, date: "", ruleSets: []) }
}
