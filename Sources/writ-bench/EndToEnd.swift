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

/// Runs over many records beside runs over one, which take what the rules alone take.
struct EndToEnd {
  struct Taken {
    /// By the clock, in nanoseconds.
    var figure: Figure
    /// Of the processor, in nanoseconds.
    var processor: Double
    /// Of memory at most, in MB.
    var peak: Double
  }
  var least: Taken
  var whole: Taken
  var records: Int

  /// Nanoseconds a record by the clock.
  var each: Double { (whole.figure.median - least.figure.median) / Double(records) }
  /// Nanoseconds of the processor a record.
  var processor: Double { (whole.processor - least.processor) / Double(records) }
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
  ///
  /// What two threads gain over one has anchors of its own, the bounds that the machine sets: what two
  /// processes of one thread gain that run at once, sharing nothing but the machine, and what two
  /// copies of the C reader gain.
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
      let isJSON = name == "jsonl"
      let read = ingestAnchor?.measure(data, isJSON: isJSON, passes: 3)?.parse
      let readTwice = ingestAnchor?.measure(data, isJSON: isJSON, passes: 3, copies: 2)?.parse
      let both = decided.flatMap { decided in read.map { $0 / Double(count) + decided } }
      var first: String?
      var one: Double?
      // The first lines of the table are a header and a record, or two records.
      let lines = bytes.split(separator: UInt8(ascii: "\n"), maxSplits: 2)
      guard lines.count == 3 else { return }
      let few = Array(lines[0] + [10] + lines[1] + [10])
      /// What so many processes at once take for a record of each, on so many threads.
      func measured(_ threads: Int, processes: Int = 1) -> EndToEnd? {
        guard write(few, to: data), let least = measureRun(writ, threads, processes, passes: 5),
          write(bytes, to: data), let whole = measureRun(writ, threads, processes, passes: 5)
        else { return nil }
        return EndToEnd(least: least, whole: whole, records: count)
      }
      for threads in [1, 2] {
        guard let taken = measured(threads) else {
          put("{\"error\":\"end-to-end-\(name) with \(threads) threads\"}")
          continue
        }
        let (least, whole, each) = (taken.least, taken.whole, taken.each)
        var line = "{\"name\":\"end-to-end-\(name)-10000\",\"threads\":\(threads)"
        line += ",\"M records/s\":\((1e3 / each).shown),\"ns\":\(each.shown)"
        line += ",\"spread\":\(whole.figure.spread.shown),\"processor ns\":\(taken.processor.shown)"
        line += ",\"MB/s\":\((Double(bytes.count) / Double(count) / each * 1e3).shown)"
        line += ",\"rules ms\":\((least.figure.median / 1e6).shown)"
        line +=
          ",\"rules MB\":\(least.peak.shown),\"records MB\":\((whole.peak - least.peak).shown)"
        if let one {
          line += ",\"gain\":\((one / each).shown)"
          if let two = measured(1, processes: 2) {
            line += ",\"gain of two processes\":\((2 * one / two.each).shown)"
          }
          if let read, let readTwice {
            line += ",\"gain of two C readers\":\((2 * read / readTwice).shown)"
          }
          line += ",\"target gain\":1.70"
        }
        if threads == 1 { one = each }
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

  /// What a run over the records took, or of several at once one; nil if one fails.
  private func measureRun(
    _ writ: String, _ threads: Int, _ processes: Int, passes: Int
  ) -> EndToEnd.Taken? {
    let command =
      "\(writ) run \(scratch)/wide.writ --data \(scratch) --format jsonl --threads \(threads)"
    let commands = (0..<processes).map { number in
      let other = number == 0 ? "" : "\(number)"
      return "\(command) > \(scratch)/out\(other) 2> \(scratch)/messages\(other)"
    }
    var ends: [Double?] = []
    // Looking at memory again and again takes time from what is measured where all processors are
    // at work: only the pass that does not count is looked at.
    var peak: Double? = 0
    let figure = Figure(passes: passes, each: 1, of: .wall) {
      let children = commands.map { started($0) }
      for child in children {
        if ends.count < processes {
          peak = child.flatMap { watched($0) }.map { max($0, peak ?? 0) }
        }
        ends.append(child.flatMap { ended($0) })
      }
    }
    let good = ends.compactMap(\.self)
    guard good.count == ends.count, let peak else { return nil }
    return EndToEnd.Taken(figure: figure, processor: good.sorted()[good.count / 2], peak: peak)
  }

  /// Runs a command in a shell that becomes its program.
  private func started(_ command: String) -> pid_t? {
    let words = ["/bin/sh", "-c", "exec " + command].map { (word: String) in strdup(word) }
    defer { for word in words { free(word) } }
    var child = pid_t()
    let code = posix_spawn(&child, "/bin/sh", nil, nil, words + [nil], nil)
    return code == 0 ? child : nil
  }

  /// Waits until a program has ended: the most memory it had, in MB. What the system says of memory
  /// at the end begins with what this process had.
  private func watched(_ child: pid_t) -> Double? {
    var peak = 0.0
    while true {
      var state = siginfo_t()
      guard waitid(P_PID, id_t(child), &state, WEXITED | WNOHANG | WNOWAIT) == 0 else {
        return nil
      }
      if state.si_signo != 0 { return peak }
      if let now = contents(of: "/proc/\(child)/status").flatMap(Self.peak) { peak = now }
      usleep(2000)
    }
  }

  /// Waits for a program: the nanoseconds it took of the processor; nil if it fails.
  private func ended(_ child: pid_t) -> Double? {
    var status: Int32 = 0
    var usage = rusage()
    while wait4(child, &status, 0, &usage) != child { if errno != EINTR { return nil } }
    guard status == 0 else { return nil }
    let seconds = Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
    let fraction = Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6
    return (seconds + fraction) * 1e9
  }

  /// The line `VmHWM: 61888 kB` of a process, in MB.
  private static func peak(_ status: String) -> Double? {
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    return line?.split(whereSeparator: \.isWhitespace).dropFirst().first
      .flatMap { Double($0) }.map { $0 / 1024 }
  }
}
