import Glibc
import WritModel
import WritNetwork
import WritRules

/// What is measured, in order.
struct Bench {
  let passes: Int
  let requests: Int
  let scratch: String
  let anchor: Anchor?
  let ingestAnchor: IngestAnchor?
  /// Only figures of this name, or whose name begins so.
  let only: String

  init(isQuick: Bool, only: String) {
    passes = isQuick ? 200 : 15
    self.only = only
    requests = isQuick ? 4_000 : 100_000
    var template = Array("/tmp/writ-bench-XXXXXX".utf8CString)
    scratch = mkdtemp(&template).map { String(cString: $0) } ?? "/tmp"
    anchor = Anchor(in: scratch)
    ingestAnchor = IngestAnchor(in: scratch)
  }

  func runAll() {
    decisions()
    if isWanted("compile-10000") { compile(WorkloadS(rules: 10_000, requests: 1, seed: 1)) }
    if isWanted("run-1000") { wholeRun(WorkloadS(rules: 1_000, requests: requests, seed: 1)) }
    if isWanted("ingest") || only.hasPrefix("ingest-") { ingest() }
    if isWanted("end-to-end") || only.hasPrefix("end-to-end-") { endToEnd() }
  }

  func isWanted(_ name: String) -> Bool { Workload.Options.isWanted(name, only: only) }

  private func compile(_ workload: WorkloadS) {
    let made = ProgramS(workload)
    var attributes = 0
    let figure = Figure(passes: passes, each: 1_000_000) {
      attributes += Network(compiling: made.program).program.attributes.count
    }
    report("compile-\(workload.rules.count)", figure, unit: "ms")
    if attributes == 0 { print("") }
  }

  /// A whole process: read rules and requests, decide, write JSON Lines. Per record.
  private func wholeRun(_ workload: WorkloadS) {
    guard let writ = siblingProgram,
      write(workload.ruleText, to: "\(scratch)/rules.writ"),
      write(workload.requestText, to: "\(scratch)/requests.csv")
    else { return }
    let command =
      "\(writ) run \(scratch)/rules.writ --data \(scratch) --output \(scratch)/out 2>/dev/null"
    guard run(command) != nil else {
      print("{\"error\":\"\(writ) run failed\"}")
      return
    }
    let figure = Figure(passes: 5, each: workload.requests.count, of: .wall) { _ = run(command) }
    report("run-\(workload.rules.count)", figure)
  }

  /// From bytes in memory to typed columns, kept (`load`) or forgotten block by block.
  func ingest() {
    let count = requests * 2
    for (suffix, isKeyed) in [("", false), ("-keyed", true)] {
      let table = Ingest(records: count, isKeyed: isKeyed)
      for (name, bytes, format, target) in [
        ("csv", table.csv, ReadPlan.Format.csv, 500.0),
        ("jsonl", table.jsonLines, .jsonLines, 800.0),
      ] {
        let path = "\(scratch)/ingest.\(name)"
        let measured =
          write(bytes, to: path)
          ? ingestAnchor?.measure(path, isJSON: format == .jsonLines, passes: min(passes, 15)) : nil
        for isStream in [true, false] {
          let name = "ingest-\(name)\(suffix)\(isStream ? "" : "-load")"
          guard isWanted(name) || only == "ingest" else { continue }
          var taken = 0
          let figure = Figure(passes: min(passes, 15), each: 1) {
            taken = table.read(bytes, as: format, isStream: isStream)
          }
          report(
            name, figure, bytes: bytes.count, records: count, anchor: measured, target: target)
          if taken != count || measured.map({ $0.records != count }) ?? false {
            put("{\"error\":\"\(name) read \(taken) of \(count) records\"}")
          }
        }
      }
    }
  }
}
