import Glibc

extension Workload {
  /// Reading by itself.
  static let ingest = Workload(
    name: "ingest", usage: "",
    summary: "read CSV and JSON Lines into columns, against a reader in C", isPartOfAll: false
  ) { options in
    let bench = Bench(
      isQuick: options.isQuick, only: options.only.isEmpty ? "ingest" : options.only)
    bench.ingest()
    return bench.end()
  }

  /// Reading, deciding and writing together.
  static let endToEnd = Workload(
    name: "end-to-end", usage: "",
    summary: "read, decide by 10,000 rules and write, on one thread and two", isPartOfAll: false
  ) { options in
    let bench = Bench(
      isQuick: options.isQuick, only: options.only.isEmpty ? "end-to-end" : options.only)
    bench.endToEnd()
    return bench.end()
  }
}

extension Bench {
  /// Takes its files away.
  func end() -> Bool { run("rm -r \(scratch)") != nil }

  /// A whole process over a million records of ten columns: read, decide by 10,000 rules, write JSON
  /// Lines. By the clock, with the processor time beside it, because several threads are measured;
  /// the anchor is what the two C programs take to read the same bytes and to decide as many
  /// requests, one after the other and without writing anything.
  func endToEnd() {
    let count = requests * 10
    let rules = WorkloadS(rules: 10_000, requests: requests, seed: 1)
    let table = Ingest(records: count, isKeyed: true)
    guard let writ = siblingProgram else { return }
    let decided = anchor?.measure(rules, passes: 5)?.nanoseconds
    for (name, bytes) in [("csv", table.csv), ("jsonl", table.jsonLines)]
    where isWanted("end-to-end-\(name)") || only == "end-to-end" {
      let data = "\(scratch)/records.\(name)"
      guard write(rules.wideRuleText(data: "records.\(name)"), to: "\(scratch)/wide.writ"),
        write(bytes, to: data)
      else { return }
      let read = ingestAnchor?.measure(data, isJSON: name == "jsonl", passes: 3)?.parse
      let both = decided.flatMap { decided in read.map { $0 / Double(count) + decided } }
      var first: String?
      for threads in [1, 2] {
        let command =
          "\(writ) run \(scratch)/wide.writ --data \(scratch) --format jsonl --threads \(threads)"
          + " > \(scratch)/out 2> \(scratch)/messages"
        let before = childSeconds()
        let passes = 5
        var isGood = true
        let figure = Figure(passes: passes, each: count, of: .wall) {
          isGood = run(command) != nil && isGood
        }
        // One pass more, which does not count by the clock.
        let processor = (childSeconds() - before) / Double(passes + 1) / Double(count) * 1e9
        var line = "{\"name\":\"end-to-end-\(name)-10000\",\"threads\":\(threads)"
        line += ",\"M records/s\":\((1e3 / figure.median).shown),\"ns\":\(figure.median.shown)"
        line += ",\"spread\":\(figure.spread.shown),\"processor ns\":\(processor.shown)"
        line += ",\"MB/s\":\((Double(bytes.count) / Double(count) / figure.median * 1e3).shown)"
        if let both {
          line += ",\"anchor\":\(both.shown),\"ratio\":\((figure.median / both).shown)"
        }
        put(line + ",\"target M records/s\":\(threads == 1 ? "2.50" : "4.25")}")
        let sum = run("cksum < \(scratch)/out")
        if !isGood || sum == nil || first.map({ $0 != sum }) ?? false {
          put("{\"error\":\"end-to-end-\(name) with \(threads) threads\"}")
        }
        first = sum
      }
    }
  }

  /// Processor time of all programs that were run and have ended.
  private func childSeconds() -> Double {
    var usage = rusage()
    // RUSAGE_CHILDREN
    getrusage(-1, &usage)
    let seconds = Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
    return seconds + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6
  }
}
