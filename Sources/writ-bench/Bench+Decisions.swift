import WritModel
import WritNetwork
import WritRules

// Workload S: decisions in batches, one at a time, and by several variants of the rules at once.
extension Bench {
  func decisions() {
    for (count, target) in [(100, 12.0), (1_000, 26.0), (10_000, 50.0), (100_000, 150.0)]
    where isWanted("decide-batch-\(count)") {
      decide(WorkloadS(rules: count, requests: requests, seed: 1), target: target)
    }
    for count in [100, 1_000, 10_000] where isWanted("decide-random-order-\(count)") {
      var workload = WorkloadS(rules: count, requests: requests, seed: 1)
      workload.shuffleRules(seed: 1)
      decide(workload, target: nil, name: "decide-random-order-\(count)")
    }
    for count in [100, 1_000, 10_000] where isWanted("decide-fresh-\(count)") {
      fresh(WorkloadS(rules: count, requests: requests, seed: 1))
    }
    for count in [1_000, 10_000] {
      for (variants, target) in [(2, 1.2), (16, 1.6)]
      where isWanted("decide-variants-\(variants)-\(count)") {
        decideVariants(
          WorkloadS(rules: count, requests: requests, seed: 1), count: variants, target: target)
      }
    }
    for count in [100, 1_000, 10_000] where isWanted("decide-one-\(count)") {
      one(WorkloadS(rules: count, requests: 1_000, seed: 1), target: count == 10_000 ? 100 : nil)
    }
  }

  func decide(in directory: String) {
    guard let workload = WorkloadS(directory: directory) else {
      print("{\"error\":\"no workload in \(directory)\"}")
      return
    }
    decide(workload, target: nil)
  }

  /// The anchor runs between ours, so that both see the same neighbours.
  private func interleaved(_ workload: WorkloadS, _ pass: () -> Void) -> (
    ours: Figure, anchor: (nanoseconds: Double, sum: Int)?
  ) {
    var ours: [Figure] = []
    var theirs: [(nanoseconds: Double, sum: Int)] = []
    for _ in 0..<3 {
      ours.append(Figure(passes: max(passes / 3, 5), each: workload.requests.count, pass))
      if let measured = anchor?.measure(workload, passes: max(passes / 3, 5)) {
        theirs.append(measured)
      }
    }
    theirs.sort { $0.nanoseconds < $1.nanoseconds }
    return (Figure(ours), theirs.isEmpty ? nil : theirs[theirs.count / 2])
  }

  /// A batch through the public interface: every request's outcome, into memory that is there. The
  /// facts stand in memory, in columns that the network has read before, as the anchor's do.
  private func decide(_ workload: WorkloadS, target: Double?, name: String? = nil) {
    let made = ProgramS(workload)
    let memory = Memory(Network(compiling: made.program), facts: made.facts, today: 20_000)
    let count = workload.requests.count
    let results = UnsafeMutableBufferPointer<Value>.allocate(capacity: count)
    defer { results.deallocate() }
    let table = made.facts[made.record]
    let measured = interleaved(workload) {
      memory.replace(made.record, by: table)
      memory.values(of: made.outcome, rows: 0..<count, into: results)
    }
    let name = name ?? "decide-batch-\(workload.rules.count)"
    report(name, measured.ours, anchor: measured.anchor?.nanoseconds, target: target)
    if let anchor = measured.anchor {
      let winners = memory.values(of: made.winner, rows: 0..<count)
      let sum = winners.reduce(0) { $0 + Int($1.bits) }
      if sum != anchor.sum {
        print("{\"error\":\"\(name) and its anchor disagree: \(sum), \(anchor.sum)\"}")
      }
    }
  }

  /// As a batch, of facts that nobody has looked at: values of 16 bytes are brought to narrow columns
  /// first. The anchor's are narrow from the beginning.
  private func fresh(_ workload: WorkloadS) {
    let made = ProgramS(workload)
    let memory = Memory(Network(compiling: made.program), facts: made.facts, today: 20_000)
    let count = workload.requests.count
    let results = UnsafeMutableBufferPointer<Value>.allocate(capacity: count)
    defer { results.deallocate() }
    var tables = [made.facts[made.record], made.facts[made.record]]
    for column in tables[1].columns.indices {
      tables[1].columns[column] = ContiguousArray(tables[1].columns[column].map { $0 })
    }
    var turn = 0
    let measured = interleaved(workload) {
      turn += 1
      memory.replace(made.record, by: tables[turn % 2])
      memory.values(of: made.outcome, rows: 0..<count, into: results)
    }
    report(
      "decide-fresh-\(workload.rules.count)", measured.ours,
      anchor: measured.anchor?.nanoseconds)
  }

  /// Several variants of the rules in one pass, against one variant alone in the same network's
  /// place: the ratio is that of the two. In each variant one rule in a hundred is moved by up to ten
  /// places, left out or gives another outcome.
  ///
  /// Asked as `compare` asks, for what each variant chooses (`JointChoice`); `-columns` is the same
  /// as a column of values for each variant, most of which is the writing of equal columns.
  private func decideVariants(_ workload: WorkloadS, count variants: Int, target: Double) {
    let made = ProgramS(workload)
    let programs = (0..<variants).map { $0 == 0 ? made.program : made.edited(seed: UInt64($0)) }
    guard let network = Network(compiling: programs) else { return }
    let together = Memory(network, facts: made.facts, today: 20_000)
    let alone = Memory(Network(compiling: made.program), facts: made.facts, today: 20_000)
    let rows = 0..<workload.requests.count
    let outcomes = network.variants.map { $0[made.outcome] }
    let name = "decide-variants-\(variants)-\(workload.rules.count)"
    let buffers = programs.map { _ in
      UnsafeMutableBufferPointer<Value>.allocate(capacity: rows.count)
    }
    defer { for buffer in buffers { buffer.deallocate() } }
    guard let joint = JointChoice([outcomes], in: together),
      let single = JointChoice([[made.outcome]], in: alone)
    else {
      reportError("\(name): no joint choice")
      return
    }
    func both(_ name: String, target: Double?, _ ours: () -> Void, _ one: () -> Void) {
      var figures: (ours: [Figure], one: [Figure]) = ([], [])
      for _ in 0..<3 {
        figures.ours.append(Figure(passes: max(passes / 3, 5), each: rows.count, ours))
        figures.one.append(Figure(passes: max(passes / 3, 5), each: rows.count, one))
      }
      report(name, Figure(figures.ours), anchor: Figure(figures.one).median, target: target)
    }
    both(name, target: target) {
      _ = joint.decide(rows, in: together)
    } _: {
      _ = single.decide(rows, in: alone)
    }
    both("\(name)-columns", target: nil) {
      together.values(of: outcomes, rows: rows, into: buffers)
    } _: {
      alone.values(of: made.outcome, rows: rows, into: buffers[0])
    }

    // Both ways answer as each variant alone.
    guard joint.decide(rows, in: together) else {
      reportError("\(name): not decided")
      return
    }
    together.values(of: outcomes, rows: rows, into: buffers)
    for (variant, program) in programs.enumerated() {
      let expected = Memory(Network(compiling: program), facts: made.facts, today: 20_000)
        .values(of: made.outcome, rows: rows)
      var choices = rows.map { joint.firsts[$0] }
      for other in joint.others where other.variants >> UInt64(variant) & 1 == 1 {
        choices[Int(other.row)] = other.choice
      }
      let differs = rows.contains {
        expected[$0].bits != buffers[variant][$0].bits
          || expected[$0].bits != joint.value(0, choices[$0]).bits
      }
      if differs { reportError("\(name): variant \(variant) alone decides otherwise") }
    }
  }

  /// One decision at a time.
  private func one(_ workload: WorkloadS, target: Double?) {
    let made = ProgramS(workload)
    let memory = Memory(Network(compiling: made.program), facts: made.facts, today: 20_000)
    let table = made.facts[made.record]
    var sum: Int64 = 0
    let count = workload.requests.count
    let figure = Figure(passes: passes, each: count) {
      memory.replace(made.record, by: table)
      for row in 0..<count { sum &+= memory.value(of: made.outcome, row: row).bits }
    }
    report("decide-one-\(workload.rules.count)", figure, target: target)
    if sum == 0 { print("") }
  }
}
