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
  ///
  /// Reading and compiling the rules has a workload of its own (`load`): what a run over one record
  /// takes, in time and memory, is taken off, and given beside.
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
        // The first lines of the table are a header and a record, or two records.
        let lines = bytes.split(separator: UInt8(ascii: "\n"), maxSplits: 2)
        guard lines.count == 3, write(Array(lines[0] + [10] + lines[1] + [10]), to: data),
          let least = measureRun(writ, threads, passes: 5), write(bytes, to: data),
          let whole = measureRun(writ, threads, passes: 5)
        else {
          put("{\"error\":\"end-to-end-\(name) with \(threads) threads\"}")
          continue
        }
        let each = (whole.figure.median - least.figure.median) / Double(count)
        let processor = (whole.processor - least.processor) / Double(count)
        var line = "{\"name\":\"end-to-end-\(name)-10000\",\"threads\":\(threads)"
        line += ",\"M records/s\":\((1e3 / each).shown),\"ns\":\(each.shown)"
        line += ",\"spread\":\(whole.figure.spread.shown),\"processor ns\":\(processor.shown)"
        line += ",\"MB/s\":\((Double(bytes.count) / Double(count) / each * 1e3).shown)"
        line += ",\"rules ms\":\((least.figure.median / 1e6).shown)"
        line +=
          ",\"rules MB\":\(least.peak.shown),\"records MB\":\((whole.peak - least.peak).shown)"
        if let both { line += ",\"anchor\":\(both.shown),\"ratio\":\((each / both).shown)" }
        put(line + ",\"target M records/s\":\(threads == 1 ? "2.50" : "4.25")}")
        let sum = run("cksum < \(scratch)/out")
        if sum == nil || first.map({ $0 != sum }) ?? false {
          put("{\"error\":\"end-to-end-\(name) with \(threads) threads writes other bytes\"}")
        }
        first = sum
      }
    }
  }

  /// What a run over the records took: by the clock, of the processor (both nanoseconds), and of
  /// memory at most (MB); nil if it fails.
  private func measureRun(
    _ writ: String, _ threads: Int, passes: Int
  ) -> (figure: Figure, processor: Double, peak: Double)? {
    let command =
      "\(writ) run \(scratch)/wide.writ --data \(scratch) --format jsonl --threads \(threads)"
      + " > \(scratch)/out 2> \(scratch)/messages"
    var ends: [(processor: Double, peak: Double)?] = []
    let figure = Figure(passes: passes, each: 1, of: .wall) { ends.append(runAlone(command)) }
    let good = ends.compactMap(\.self)
    guard good.count == ends.count, let peak = good.map(\.peak).max() else { return nil }
    return (figure, good.map(\.processor).sorted()[good.count / 2], peak)
  }

  /// Runs a command in a shell that becomes its program: the nanoseconds it took of the processor and
  /// the most memory it had, in MB; nil if it fails.
  private func runAlone(_ command: String) -> (processor: Double, peak: Double)? {
    let words = ["/bin/sh", "-c", "exec " + command].map { (word: String) in strdup(word) }
    defer { for word in words { free(word) } }
    var child = pid_t()
    guard posix_spawn(&child, "/bin/sh", nil, nil, words + [nil], nil) == 0 else { return nil }
    var status: Int32 = 0
    var usage = rusage()
    // What the system says of memory at the end begins with what this process had.
    var peak = 0.0
    while true {
      let ended = wait4(child, &status, WNOHANG, &usage)
      if ended == child { break }
      if ended < 0, errno != EINTR { return nil }
      if let now = contents(of: "/proc/\(child)/status").flatMap(Self.peak) { peak = now }
      usleep(2000)
    }
    guard status == 0 else { return nil }
    let seconds = Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
    let fraction = Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6
    return ((seconds + fraction) * 1e9, peak)
  }

  /// The line `VmHWM: 61888 kB` of a process, in MB.
  private static func peak(_ status: String) -> Double? {
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    return line?.split(whereSeparator: \.isWhitespace).dropFirst().first
      .flatMap { Double($0) }.map { $0 / 1024 }
  }
}
