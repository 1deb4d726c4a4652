import WritModel
import WritNetwork
import WritRules
import WritText

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// What `writ bench` found out. Times are nanoseconds of processor time.
struct BenchFigures {
  /// One decision for all its records.
  struct DecisionCost {
    let decision: DecisionID
    let records: Int
    /// With everything it reads worked out anew; the median of passes.
    let nanoseconds: Double
  }
  /// One derived value for all its records, what it reads being known already.
  struct BlockCost {
    let attribute: AttributeID
    let records: Int
    let nanoseconds: Double
  }
  /// The condition of one rule, asked alone.
  struct GuardCost {
    let rule: RuleID
    let decision: DecisionID
    /// A record.
    let nanoseconds: Double
    /// Of the records asked, for how many it holds.
    let holds: Int
    let asked: Int
  }
  /// Settling of changes.
  struct ChangeCost {
    let firings: Int
    let nanoseconds: Double
    /// The titles of changes that fired, each with how often.
    let fired: [(rule: RuleID, count: Int)]
  }
  let files: Int
  let rules: Int
  let checking: Double
  let compiling: Double
  let reading: Double
  var bytes = 0
  var records = 0
  /// The most that was in memory when data had been read, and at the end; in bytes.
  var memoryBefore = 0
  var memoryAfter = 0
  var changes: ChangeCost?
  var decisions: [DecisionCost] = []
  /// All decisions of all records together, shared parts once; nil where nothing is decided.
  var whole: (records: Int, nanoseconds: Double)?
  var blocks: [BlockCost] = []
  var guards: [GuardCost] = []

  init(files: Int, rules: Int, checking: Double, compiling: Double, reading: Double) {
    self.files = files
    self.rules = rules
    self.checking = checking
    self.compiling = compiling
    self.reading = reading
  }
}

/// Processor time from its making on.
struct Stopwatch {
  private var start = now

  private static var now: Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
  }

  /// Nanoseconds since it was made.
  func lap() -> Double { Self.now - start }
}

/// The median time of `body`, run until the passes add up to something; a first pass that fills
/// what is kept between passes does not count unless it took long.
func medianTime(_ prepare: () -> Void = {}, _ body: () -> Void) -> Double {
  var times: [Double] = []
  var total = 0.0
  while times.count < 3 || (times.count < 25 && total < 2e8) {
    prepare()
    let stopwatch = Stopwatch()
    body()
    times.append(stopwatch.lap())
    total += times.last ?? 0
    if total > 5e9 { break }
  }
  if times.count > 2 { times.removeFirst() }
  return times.sorted()[times.count / 2]
}

/// The most memory that the process has had, in bytes.
func peakMemory() -> Int {
  var usage = rusage()
  // RUSAGE_SELF, which Glibc and Darwin give different types.
  getrusage(0, &usage)
  #if canImport(Darwin)
    return Int(usage.ru_maxrss)
  #else
    return Int(usage.ru_maxrss) * 1024
  #endif
}

/// nil for standard input and what is no file.
func fileSize(_ path: String) -> Int? {
  var status = stat()
  guard path != "-", stat(path, &status) == 0 else { return nil }
  return Int(status.st_size)
}

extension BenchFigures {
  /// One object, for keeping: the same names for ever, times in nanoseconds.
  func json(_ program: Program, today: Int32) -> JSONText {
    var members: [(String, JSONText)] = [
      ("rules", .text(String(program.hash.prefix(8)))),
      ("as_of", .text(CivilDate(days: Int(today)).map { "\($0)" } ?? "")),
      ("rule_files", .integer(files)), ("rule_count", .integer(rules)),
      ("check_ns", number(checking)), ("compile_ns", number(compiling)),
      ("records", .integer(records)), ("data_bytes", .integer(bytes)), ("read_ns", number(reading)),
      ("peak_bytes_read", .integer(memoryBefore)), ("peak_bytes", .integer(memoryAfter)),
    ]
    if let changes {
      let fired = changes.fired.map { entry in
        JSONText.object([
          ("title", .text(program[entry.rule].title)), ("firings", .integer(entry.count)),
        ])
      }
      members.append(
        (
          "changes",
          .object([
            ("firings", .integer(changes.firings)), ("ns", number(changes.nanoseconds)),
            ("by", .list(fired)),
          ])
        ))
    }
    if let whole {
      members.append(
        (
          "all",
          .object([
            ("records", .integer(whole.records)), ("ns", number(whole.nanoseconds)),
            ("records_per_second", number(rate(whole.records, whole.nanoseconds))),
          ])
        ))
    }
    members += [
      ("decisions", .list(decisions.map { json($0, program) })),
      ("blocks", .list(blocks.map { json($0, program) })),
      ("conditions", .list(guards.map { json($0, program) })),
    ]
    return .object(members)
  }

  private func json(_ cost: DecisionCost, _ program: Program) -> JSONText {
    .object([
      ("decision", .text(program[cost.decision].title)), ("records", .integer(cost.records)),
      ("ns_each", number(each(cost.nanoseconds, cost.records))),
      ("records_per_second", number(rate(cost.records, cost.nanoseconds))),
    ])
  }

  private func json(_ cost: BlockCost, _ program: Program) -> JSONText {
    .object([
      ("block", .text(program[cost.attribute].name.name)), ("records", .integer(cost.records)),
      ("ns_each", number(each(cost.nanoseconds, cost.records))),
    ])
  }

  private func json(_ cost: GuardCost, _ program: Program) -> JSONText {
    .object([
      ("rule", .text(program[cost.rule].title)),
      ("decision", .text(program[cost.decision].title)),
      ("ns_each", number(cost.nanoseconds)), ("asked", .integer(cost.asked)),
      ("holds", .integer(cost.holds)),
    ])
  }

  private func number(_ value: Double) -> JSONText { .number("\(Int(value.rounded()))") }
}

/// Nanoseconds a record.
func each(_ nanoseconds: Double, _ records: Int) -> Double {
  records == 0 ? 0 : nanoseconds / Double(records)
}

/// Records a second.
func rate(_ records: Int, _ nanoseconds: Double) -> Double {
  nanoseconds <= 0 ? 0 : Double(records) / (nanoseconds / 1e9)
}
