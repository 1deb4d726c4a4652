import Glibc

extension Workload {
  /// Several rule sets over one reading of the data.
  static let compare = Workload(
    name: "compare", usage: "",
    summary: "compare 2 and 16 rule sets of 1,000 rules on a million records", isPartOfAll: false
  ) { options in
    let bench = Bench(
      isQuick: options.isQuick, only: options.only.isEmpty ? "compare" : options.only)
    bench.compare()
    return bench.end()
  }
}

extension Bench {
  /// Whole processes over a million records: a rule set against itself, which is one set read,
  /// decided and counted, then 2 and 16 sets, each with one rule in a hundred edited. `ns` and `ratio`
  /// are what one more record costs: the difference between the million and a fifth of it. What does
  /// not grow with the records (reading rules, charging edits, explaining the largest changes) is
  /// `fixed s`, and `whole ratio` compares all of it: sixteen sets of rules are also read, checked
  /// and compared with each other. Sixteen stand in files of their own, and as one file with
  /// fifteen patches of it.
  func compare() {
    let count = requests * 10
    let rules = WorkloadS(rules: 1_000, requests: requests, seed: 1)
    let table = Ingest(records: count, isKeyed: true)
    let fifth = Ingest(records: count / 5, isKeyed: true)
    guard let writ = siblingProgram, write(table.csv, to: "\(scratch)/records.csv"),
      write(fifth.csv, to: "\(scratch)/fifth.csv")
    else { return }
    var patches = ""
    for set in 0..<16 {
      var edited = rules
      if set > 0 {
        for index in stride(from: set, to: edited.rules.count, by: 100) {
          let next = edited.rules[index].outcome + 1
          edited.rules[index].outcome = next % WorkloadS.outcomes.count
        }
      }
      guard write(edited.wideRuleText(data: "records.csv"), to: "\(scratch)/set\(set).writ") else {
        return
      }
      if set > 0 { patches += edited.variantText("v\(set)", of: rules, in: "set0.writ") }
    }
    guard write(patches, to: "\(scratch)/variants.writ") else { return }
    for threads in [1, 2] {
      var one: (each: Double, whole: Double)?
      for (sets, kind) in [(1, "sets"), (2, "sets"), (16, "sets"), (16, "variants")] {
        let names =
          kind == "variants"
          ? ["set0", "variants"] : (sets == 1 ? [0, 0] : Array(0..<sets)).map { "set\($0)" }
        let words = names.map { "\(scratch)/\($0).writ" }.joined(separator: " ")
        func figure(_ data: String, _ passes: Int) -> Figure {
          Figure(passes: passes, each: 1, of: .wall) {
            _ = run(
              "\(writ) compare \(words) --data Request=\(scratch)/\(data) --threads \(threads)"
                + " --format json > \(scratch)/out 2> \(scratch)/messages")
          }
        }
        let whole = figure("records.csv", sets == 16 ? 3 : 5)
        let few = figure("fifth.csv", 3)
        let each = (whole.median - few.median) / Double(count - count / 5)
        let fixed = max(0, whole.median - each * Double(count))
        var line = "{\"name\":\"compare-\(sets)-\(kind)-1000\",\"threads\":\(threads)"
        line += ",\"ns\":\(each.shown),\"spread\":\(whole.spread.shown)"
        line += ",\"s\":\((whole.median / 1e9).shown),\"fixed s\":\((fixed / 1e9).shown)"
        if let one {
          line += ",\"ratio\":\((each / one.each).shown)"
          line += ",\"whole ratio\":\((whole.median / one.whole).shown)"
        }
        if sets == 1 { one = (each, whole.median) }
        if sets == 2, threads == 1 { line += ",\"target ratio\":1.20" }
        if sets == 2, threads == 2 { line += ",\"target s\":2.00" }
        if sets == 16 { line += ",\"target ratio\":1.60" }
        put(line + "}")
      }
    }
  }
}
