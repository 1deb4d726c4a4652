import WritModel
import WritNetwork
import WritRules
import WritSyntax
import WritText

/// Workload I: 100,000 accounts joined with 500 reps of their region and industry; one fact is
/// changed at a time, and the matches are up to date after each.
struct WorkloadI {
  static let rules = """
    record Account {
      id        : integer key
      region    : integer
      industry  : integer
      employees : integer
      note      : integer
    }
    record Rep { id: integer key, region: integer, skill: integer }

    alert "could sell" {
      when Account a, Rep r
           where a.employees >= 500 and r.region = a.region and r.skill = a.industry
    }

    """
  /// id, region, industry, employees, note; id, region, skill.
  private(set) var accounts: [[Int]] = []
  private(set) var reps: [[Int]] = []
  /// Which account, and the new value.
  private(set) var notes: [(Int, Int)] = []
  private(set) var sizes: [(Int, Int)] = []
  private(set) var moves: [(Int, Int)] = []
  /// Which rep, and the new region.
  private(set) var repMoves: [(Int, Int)] = []

  static let regions = 32
  static let industries = 20

  init(accounts: Int, reps: Int, changes: Int, seed: UInt64) {
    var state = seed
    func random(_ count: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(count))
    }
    /// From 1 to 100,000, every power of ten as often.
    func size() -> Int {
      var power = 1
      for _ in 0..<random(5) { power *= 10 }
      return power + random(9 * power)
    }
    for id in 0..<accounts {
      self.accounts.append([id, random(Self.regions), random(Self.industries), size(), 0])
    }
    for id in 0..<reps { self.reps.append([id, random(Self.regions), random(Self.industries)]) }
    for index in 0..<changes {
      notes.append((random(accounts), index))
      sizes.append((random(accounts), size()))
      moves.append((random(accounts), random(Self.regions)))
      if index % 10 == 0 { repMoves.append((random(reps), random(Self.regions))) }
    }
  }

  /// All of it, as the anchor reads it.
  var lines: String {
    var text = "\(accounts.count) \(reps.count) \(notes.count) \(repMoves.count)\n"
    for row in accounts { text += "\(row[1]) \(row[2]) \(row[3])\n" }
    for row in reps { text += "\(row[1]) \(row[2])\n" }
    for changes in [notes, sizes, moves, repMoves] {
      for (which, value) in changes { text += "\(which) \(value)\n" }
    }
    return text
  }

  /// The rules, checked.
  static func program() -> Program? {
    var sources = Sources()
    _ = sources.add(Source(name: "join.writ", text: rules))
    let parsed = Parser.parse(sources[SourceID(0)], id: SourceID(0))
    let checked = Program.checking([parsed.tree], sources: sources)
    if let error = (parsed.diagnostics + checked.diagnostics).first(where: {
      $0.severity == .error
    }) {
      reportError("workload I: \(error.message.english)")
      return nil
    }
    return checked.program
  }

  func facts(_ program: Program) -> Facts {
    var facts = Facts(schema: program.schema, texts: program.texts)
    for (index, rows) in [accounts, reps].enumerated() {
      for row in rows {
        let values = row.map { Value.number(Decimal(Int64($0))) }
        _ = facts[RecordID(index)].append(values, key: [values[0]])
      }
    }
    return facts
  }
}

extension Workload {
  static let change = Workload(
    name: "change", usage: "", summary: "change one of 100,000 facts that are joined with 500"
  ) { options in
    let names = ["change-load", "change-unread", "change-size", "change-region", "change-125"]
    guard names.contains(where: options.wants) else { return true }
    guard let program = WorkloadI.program() else { return false }
    let passes = options.isQuick ? 2 : 7
    let workload = WorkloadI(
      accounts: 100_000, reps: 500, changes: 10_000, seed: 1)
    let facts = workload.facts(program)
    let network = Network(compiling: program)
    let anchor = AnchorI.measure(workload)
    if anchor == nil { put("{\"note\":\"no C compiler: no anchor\"}") }
    let alert = ProductionID(0)

    var loads: [Double] = []
    var cost = MatchCost()
    for _ in 0..<passes {
      let memory = Memory(network, facts: facts, today: 20_000)
      let start = Figure.Clock.processor.now
      let count = memory.raisedCount(alert)
      loads.append((Figure.Clock.processor.now - start) / 1e6)
      cost = memory.matchCost
      guard anchor.map({ $0.matches[0] == count }) ?? true else {
        reportError("workload I: \(count) matches, the anchor has \(anchor?.matches[0] ?? 0)")
        return false
      }
    }
    if options.wants(names[0]) {
      report(
        "change-load", Figure(loads), unit: "ms", anchor: anchor.map { $0.times[0] / 1e6 },
        target: 30,
        also: [
          ("tokens", "\(cost.tokens)"),
          ("bytes_per_token", (Double(cost.tokenBytes) / Double(max(cost.tokens, 1))).shown),
          ("megabytes", (Double(cost.bytes) / 1e6).shown),
        ])
    }

    let account = program.schema[RecordID(0)].fields
    let rep = program.schema[RecordID(1)].fields
    let kinds: [(name: String, field: FieldID, changes: [(Int, Int)], target: Double)] = [
      (names[1], account[4], workload.notes, 50),
      (names[2], account[3], workload.sizes, 200),
      (names[3], account[1], workload.moves, 200),
      (names[4], rep[1], workload.repMoves, 10_000),
    ]
    var times: [[Double]] = Array(repeating: [], count: kinds.count)
    for _ in 0..<passes {
      let memory = Memory(network, facts: facts, today: 20_000)
      _ = memory.raisedCount(alert)
      for (index, kind) in kinds.enumerated() {
        var count = 0
        let start = Figure.Clock.processor.now
        for (row, value) in kind.changes {
          memory.set(kind.field, row: row, to: .number(Decimal(Int64(value))))
          count = memory.raisedCount(alert)
        }
        times[index].append(
          (Figure.Clock.processor.now - start) / Double(kind.changes.count))
        guard anchor.map({ $0.matches[index + 1] == count }) ?? true else {
          reportError("\(kind.name): \(count) matches, not \(anchor?.matches[index + 1] ?? 0)")
          return false
        }
      }
    }
    for (index, kind) in kinds.enumerated() where options.wants(kind.name) {
      report(
        kind.name, Figure(times[index]), anchor: anchor?.times[index + 1], target: kind.target)
    }
    return true
  }
}

/// What a C programmer would write for workload I alone: reps and accounts by region and industry,
/// and a count of candidates that is put right after each change.
enum AnchorI {
  /// Nanoseconds: all matches, then a change of each kind; the matches there are after each.
  static func measure(_ workload: WorkloadI) -> (times: [Double], matches: [Int])? {
    guard let parts = words(ofC: source, on: workload.lines), parts.count == 10 else { return nil }
    return (
      stride(from: 0, to: 10, by: 2).compactMap { Double(parts[$0]) },
      stride(from: 1, to: 10, by: 2).compactMap { Int(parts[$0]) }
    )
  }

  private static let source = """
    #include <stdio.h>
    #include <stdlib.h>
    #include <time.h>
    enum { REGIONS = \(WorkloadI.regions), INDUSTRIES = \(WorkloadI.industries) };
    static int accountCount, repCount, changeCount, repChangeCount;
    static struct account { int region, industry, size, note, at; } *accounts;
    static struct rep { int region, skill; } *reps;
    /* How many reps, and how many accounts of 500 and more, stand in a cell. */
    static int repsIn[REGIONS][INDUSTRIES], bigIn[REGIONS][INDUSTRIES];
    static long matches;

    static double now(void) {
      struct timespec t;
      clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
      return t.tv_sec * 1e9 + t.tv_nsec;
    }
    static void account(struct account *a, int by) {
      if (a->size < 500) return;
      bigIn[a->region][a->industry] += by;
      matches += by * repsIn[a->region][a->industry];
    }
    static void rep(struct rep *r, int by) {
      repsIn[r->region][r->skill] += by;
      matches += by * bigIn[r->region][r->skill];
    }
    int main(int argc, char **argv) {
      FILE *f = fopen(argv[1], "r");
      if (!f || fscanf(f, "%d %d %d %d", &accountCount, &repCount, &changeCount, &repChangeCount) != 4) return 1;
      accounts = calloc(accountCount, sizeof *accounts);
      reps = calloc(repCount, sizeof *reps);
      for (int i = 0; i < accountCount; i++)
        if (fscanf(f, "%d %d %d", &accounts[i].region, &accounts[i].industry, &accounts[i].size) != 3) return 1;
      for (int i = 0; i < repCount; i++)
        if (fscanf(f, "%d %d", &reps[i].region, &reps[i].skill) != 2) return 1;
      double start = now();
      for (int i = 0; i < repCount; i++) rep(reps + i, 1);
      for (int i = 0; i < accountCount; i++) account(accounts + i, 1);
      printf("%.2f %ld ", now() - start, matches);
      int *which = malloc(4 * changeCount + 4), *value = malloc(4 * changeCount + 4);
      for (int kind = 0; kind < 4; kind++) {
        int n = kind == 3 ? repChangeCount : changeCount;
        for (int i = 0; i < n; i++) if (fscanf(f, "%d %d", which + i, value + i) != 2) return 1;
        start = now();
        for (int i = 0; i < n; i++) {
          struct account *a = accounts + which[i];
          if (kind == 0) a->note = value[i];
          if (kind == 1) { account(a, -1); a->size = value[i]; account(a, 1); }
          if (kind == 2) { account(a, -1); a->region = value[i]; account(a, 1); }
          if (kind == 3) { struct rep *r = reps + which[i]; rep(r, -1); r->region = value[i]; rep(r, 1); }
        }
        printf("%.2f %ld ", (now() - start) / n, matches);
      }
      return 0;
    }
    """
}
