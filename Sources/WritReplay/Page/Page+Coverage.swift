import WritModel
import WritText

// How often each rule decided, what was read, how it was done, and what a replay cannot know.
extension Page {
  func coverage(into markup: inout Markup) {
    let rules = comparison.coverage
    guard !rules.isEmpty else { return }
    heading(2, say("Rules used", "规则使用情况"), id: "coverage", into: &markup)
    let silent = sentences.neverFired
    markup.element("p") { page in
      page.say(
        silent.isEmpty
          ? say("Every rule decided at least once.", "每条规则都至少生效过一次。")
          : say(
            "\(figures.counted(silent.count, "rule", zh: "")) of \(figures.count(rules.count)) never decided on these data: ",
            "\(figures.count(rules.count)) 条规则中有 \(figures.count(silent.count)) 条从未生效："))
      let names = silent.prefix(12).map(sentences.name)
      page.isolate(names.joined(separator: say(", ", "，")))
      if silent.count > 12 {
        page.say(say(" and \(figures.count(silent.count - 12)) more.", " 等。"))
      }
    }
    let hasMoney = rules.contains { $0.amounts.contains { $0 != nil } }
    let sets = comparison.ruleSets
    let unit = sentences.currency
    let most = Double(rules.flatMap { $0.counts.compactMap(\.self) }.max() ?? 0)
    markup.table(
      caption: hasMoney
        ? say("How often each rule decided, and the money through it", "每条规则的生效次数和经手金额")
        : say("How often each rule decided", "每条规则的生效次数"),
      columns: [Column(say("rule", "规则"), .wide)] + sets.map { Column($0.name, .number) }
        + [Column("", .bar)]
        + (hasMoney ? sets.map { Column(say("money, ", "金额，") + $0.name, .number) } : []),
      isSortable: true, isTall: true
    ) { page in
      for rule in rules {
        let counts = rule.counts.compactMap(\.self)
        page.element("tr", ["class": counts.allSatisfy { $0 == 0 } ? "none" : "some"]) { page in
          page.element("th", ["scope": "row"]) { page in
            page.element("span", ["class": "soft"]) { $0.isolate(rule.block) }
            page.void("br")
            page.isolate(rule.rule)
            page.void("br")
            page.element("span", ["class": "place"], rule.place)
          }
          for place in sets.indices {
            let count = rule.counts.indices.contains(place) ? rule.counts[place] : nil
            page.number(count.map(figures.count) ?? "—", sortedBy: "\(count ?? -1)")
          }
          page.bar(Double(counts.last ?? 0), of: most)
          if hasMoney {
            for place in sets.indices {
              let sum = rule.amounts.indices.contains(place) ? rule.amounts[place] : nil
              page.number(sum.map { figures.number($0, unit) } ?? "—", sortedBy: sum?.digits)
            }
          }
        }
        page.line()
      }
    }
    if sets.count > 1 {
      markup.element(
        "p", ["class": "small soft"],
        say(
          "— stands where a rule set has no such rule. A rule may decide several records, and several "
            + "rules may share one.",
          "“—”表示该套规则没有这条规则。一条规则可作用于多条记录，一条记录也可能涉及多条规则。"))
    }
  }

  func method(into markup: inout Markup) {
    heading(2, say("Method and limits", "方法与局限"), id: "method", into: &markup)
    for text in sentences.caveats { markup.element("p", text) }
    markup.element("ul") { page in
      for note in comparison.notes { page.element("li") { $0.isolate(note) } }
    }
    markup.line()
    if !comparison.exclusions.isEmpty {
      markup.table(
        caption: say("Records that were not compared", "没有参与比较的记录"),
        columns: [
          Column(say("reason", "原因"), .wide), Column(say("records", "记录"), .number),
          Column(say("for example", "例如")),
        ]
      ) { page in
        for exclusion in comparison.exclusions {
          page.element("tr") { page in
            page.element("th", ["scope": "row"]) { $0.isolate(exclusion.reason) }
            page.count(exclusion.count, figures)
            page.element("td") { $0.element("span", ["class": "place"], exclusion.example) }
          }
        }
      }
    }
    if !comparison.inputs.isEmpty {
      markup.table(
        caption: say("What was read", "读取的数据"),
        columns: [
          Column(say("file", "文件"), .wide), Column(say("record", "记录类型")),
          Column(say("records", "记录"), .number),
        ]
      ) { page in
        for input in comparison.inputs {
          page.element("tr") { page in
            page.element("th", ["scope": "row"]) { $0.isolate(input.file) }
            page.element("td") { $0.isolate(input.record) }
            page.count(input.records, figures)
          }
        }
      }
    }
    markup.table(
      caption: say("Rule sets", "规则"),
      columns: [
        Column(say("name", "名称"), .wide), Column(say("rules", "规则数"), .number),
        Column(say("hash", "指纹")),
      ]
    ) { page in
      for (index, set) in comparison.ruleSets.enumerated() {
        page.element("tr") { page in
          page.element("th", ["scope": "row"]) { page in
            page.isolate(set.name)
            if index == 0 { page.say(say(" (base)", "（基准）")) }
          }
          page.count(set.rules, figures)
          page.element("td") { $0.element("span", ["class": "place"], set.hash) }
        }
      }
    }
  }
}
