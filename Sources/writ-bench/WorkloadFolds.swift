import WritModel
import WritNetwork
import WritRules
import WritSyntax
import WritText

/// Sums, counts and greatest values over 100,000 orders in groups of a thousand, which alerts
/// compare: one order is changed at a time, and the alerts are up to date after each.
struct WorkloadFolds {
  static let rules = """
    record Account { id: integer key, limit: integer }
    record Order {
      id      : integer key
      account : Account
      amount  : integer
      day     : integer
    }
    define Account.total = sum of o.amount over Order o where o.account = this
    define Account.orders = count of o over Order o where o.account = this and o.amount >= 500
    define Account.greatest = max of o.amount over Order o where o.account = this

    alert "over the limit" {
      when Account a where a.total > a.limit
    }
    alert "many" {
      when Account a where a.orders > 510
    }
    alert "one is large" {
      when Account a where a.greatest > 998
    }

    """
  let accounts: Int
  let perAccount: Int
  /// Account and amount of each order.
  private(set) var orders: [(Int, Int)] = []
  /// Which order, and the new amount; the new account.
  private(set) var amounts: [(Int, Int)] = []
  private(set) var moves: [(Int, Int)] = []

  init(accounts: Int, perAccount: Int, changes: Int, seed: UInt64) {
    self.accounts = accounts
    self.perAccount = perAccount
    var state = seed
    func random(_ count: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(count))
    }
    for _ in 0..<accounts * perAccount { orders.append((random(accounts), random(1_000))) }
    for _ in 0..<changes {
      amounts.append((random(orders.count), random(1_000)))
      moves.append((random(orders.count), random(accounts)))
    }
  }

  /// What an account may order before somebody is told.
  var limit: Int { perAccount * 500 }

  static func program() -> Program? {
    var sources = Sources()
    _ = sources.add(Source(name: "folds.writ", text: rules))
    let parsed = Parser.parse(sources[SourceID(0)], id: SourceID(0))
    let checked = Program.checking([parsed.tree], sources: sources)
    if let error = (parsed.diagnostics + checked.diagnostics).first(where: {
      $0.severity == .error
    }) {
      reportError("workload folds: \(error.message.english)")
      return nil
    }
    return checked.program
  }

  func facts(_ program: Program) -> Facts {
    var facts = Facts(schema: program.schema, texts: program.texts)
    func number(_ value: Int) -> Value { .number(Decimal(Int64(value))) }
    for id in 0..<accounts {
      _ = facts[RecordID(0)].append([number(id), number(limit)], key: [number(id)])
    }
    for (id, order) in orders.enumerated() {
      _ = facts[RecordID(1)].append(
        [number(id), .record(order.0, of: RecordID(0)), number(order.1), number(0)],
        key: [number(id)])
    }
    return facts
  }

  /// As the anchor reads it.
  var lines: String {
    var text = "\(accounts) \(orders.count) \(amounts.count) \(limit)\n"
    for order in orders { text += "\(order.0) \(order.1)\n" }
    for (which, value) in amounts + moves { text += "\(which) \(value)\n" }
    return text
  }
}

extension Workload {
  static let folds = Workload(
    name: "folds", usage: "",
    summary: "change one of 100,000 facts that alerts count and sum by the thousand"
  ) { options in
    guard let program = WorkloadFolds.program() else { return false }
    let passes = options.isQuick ? 2 : 5
    let workload = WorkloadFolds(accounts: 100, perAccount: 1_000, changes: 10_000, seed: 3)
    let facts = workload.facts(program)
    let network = Network(compiling: program)
    let anchor = AnchorFolds.measure(workload)
    let alerts = program.productions.indices.map { ProductionID($0) }
    let fields = program.schema[RecordID(1)].fields
    let kinds: [(name: String, changes: [(Int, Int)], field: FieldID)] = [
      ("folds-amount", workload.amounts, fields[2]), ("folds-move", workload.moves, fields[1]),
    ]
    func value(_ number: Int, _ field: FieldID) -> Value {
      field == fields[1]
        ? .record(number, of: RecordID(0)) : .number(Decimal(Int64(number)))
    }
    func told(_ memory: Memory) -> Int { alerts.reduce(0) { $0 + memory.raisedCount($1) } }
    /// Nanoseconds a change of each kind, of the first so many; the alerts after each kind.
    func measure(keeping: Bool, _ count: Int) -> (times: [Double], told: [Int]) {
      let memory = Memory(network, facts: facts, today: 20_000)
      memory.keepsFolds = keeping
      _ = told(memory)
      // The first change makes what is kept.
      memory.set(fields[2], row: 0, to: value(workload.orders[0].1 + 1, fields[2]))
      _ = told(memory)
      memory.set(fields[2], row: 0, to: value(workload.orders[0].1, fields[2]))
      _ = told(memory)
      var times: [Double] = []
      var after: [Int] = []
      for kind in kinds {
        let start = Figure.Clock.processor.now
        for (row, number) in kind.changes.prefix(count) {
          memory.set(kind.field, row: row, to: value(number, kind.field))
          _ = memory.raisedCount(alerts[0])
        }
        times.append((Figure.Clock.processor.now - start) / Double(count))
        after.append(told(memory))
      }
      return (times, after)
    }
    var kept: [[Double]] = [[], []]
    var whole: [[Double]] = [[], []]
    for _ in 0..<passes {
      let all = measure(keeping: true, workload.amounts.count)
      if let anchor, anchor.told != all.told {
        reportError("workload folds: \(all.told) alerts, the anchor has \(anchor.told)")
        return false
      }
      // From all records it takes so long that some changes have to do.
      let some = measure(keeping: false, 200)
      guard some.told == measure(keeping: true, 200).told else {
        reportError("workload folds: kept folds are others than those that are not")
        return false
      }
      for kind in kinds.indices {
        kept[kind].append(all.times[kind])
        whole[kind].append(some.times[kind])
      }
    }
    for (index, kind) in kinds.enumerated() where options.wants(kind.name) {
      let unkept = Figure(whole[index])
      report(
        kind.name, Figure(kept[index]), anchor: anchor?.times[index],
        also: [
          ("not_kept", unkept.median.shown),
          ("gain", (unkept.median / Figure(kept[index]).median).shown),
        ])
    }
    return true
  }
}

/// What a C programmer would write: sums and counts put right after each change, the greatest looked
/// for again when it leaves.
enum AnchorFolds {
  /// Nanoseconds a change of each kind; the alerts there are after.
  static func measure(_ workload: WorkloadFolds) -> (times: [Double], told: [Int])? {
    guard let parts = words(ofC: source, on: workload.lines), parts.count == 4 else { return nil }
    return (
      [parts[0], parts[2]].compactMap { Double($0) }, [parts[1], parts[3]].compactMap { Int($0) }
    )
  }

  private static let source = """
    #include <stdio.h>
    #include <stdlib.h>
    #include <time.h>
    enum { VALUES = 1000 };
    static int accountCount, orderCount, changeCount, limit;
    static struct order { int account, amount; } *orders;
    /* How many orders of an account have each amount: the greatest is found from above. */
    static struct account { long total; int large; int of[VALUES]; } *accounts;

    static double now(void) {
      struct timespec t;
      clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
      return t.tv_sec * 1e9 + t.tv_nsec;
    }
    static int told(struct account *a) {
      int greatest = VALUES - 1;
      while (greatest >= 0 && !a->of[greatest]) greatest--;
      return (a->total > limit) + (a->large > 510) + (greatest > 998);
    }
    static void put(struct order *o, int by) {
      struct account *a = accounts + o->account;
      a->total += by * o->amount;
      a->large += by * (o->amount >= 500);
      a->of[o->amount] += by;
    }
    int main(int argc, char **argv) {
      FILE *f = fopen(argv[1], "r");
      if (!f || fscanf(f, "%d %d %d %d", &accountCount, &orderCount, &changeCount, &limit) != 4) return 1;
      orders = calloc(orderCount, sizeof *orders);
      accounts = calloc(accountCount, sizeof *accounts);
      for (int i = 0; i < orderCount; i++) {
        if (fscanf(f, "%d %d", &orders[i].account, &orders[i].amount) != 2) return 1;
        put(orders + i, 1);
      }
      long alerts = 0;
      for (int i = 0; i < accountCount; i++) alerts += told(accounts + i);
      int *which = malloc(4 * changeCount), *value = malloc(4 * changeCount);
      for (int kind = 0; kind < 2; kind++) {
        for (int i = 0; i < changeCount; i++)
          if (fscanf(f, "%d %d", which + i, value + i) != 2) return 1;
        double start = now();
        for (int i = 0; i < changeCount; i++) {
          struct order *o = orders + which[i];
          int from = o->account, to = kind ? value[i] : from;
          alerts -= told(accounts + from) + (to != from ? told(accounts + to) : 0);
          put(o, -1);
          if (kind) o->account = value[i]; else o->amount = value[i];
          put(o, 1);
          alerts += told(accounts + from) + (to != from ? told(accounts + to) : 0);
        }
        printf("%.2f %ld ", (now() - start) / changeCount, alerts);
      }
      return 0;
    }
    """
}
