import WritModel
import WritNetwork
import WritReplay
import WritRules

/// Decides the same facts over and over with the clock in hand.
struct Measuring {
  private let program: Program
  private let network: Network
  private let start: Facts
  private let today: Int32
  private let state: State
  private var memory: Memory
  /// How many records a rule's condition is asked about alone.
  private let sample = 1_000

  init(_ network: Network, _ facts: Facts, today: Int32, state: State) {
    program = network.program
    self.network = network
    start = facts
    self.today = today
    self.state = state
    memory = Memory(network, facts: facts, today: today)
    memory.state = state
  }

  /// A memory in which nothing has been asked, and nothing has fired.
  func fresh() -> Memory {
    let memory = Memory(network, facts: start, today: today)
    memory.state = state
    return memory
  }

  /// Settles the facts, which all that follows then looks at; nil where no rule changes any.
  /// `known` is what settling them comes to.
  mutating func settle(_ known: Settlement) -> BenchFigures.ChangeCost? {
    guard program.productions.contains(where: { !$0.acts.isEmpty }) else { return nil }
    var settled = memory
    let time = medianTime {
      settled = fresh()
    } _: {
      settled.settle(maxFirings: known.firings + 1)
    }
    memory = settled
    var fired = known.firingsOf.enumerated().filter { $0.element > 0 }
      .map { (rule: program.productions[$0.offset].rule, count: $0.element) }
    // Equal counts stay as written.
    fired = fired.enumerated().sorted {
      ($1.element.count, $0.offset) < ($0.element.count, $1.offset)
    }.map(\.element)
    return BenchFigures.ChangeCost(
      firings: known.firings, nanoseconds: time, fired: fired)
  }

  /// One decision with all that it reads.
  func decision(_ id: DecisionID) -> BenchFigures.DecisionCost {
    let decision = program[id]
    let count = decision.subject.map { memory.facts[$0].count } ?? 0
    let time = medianTime {
      memory.forget()
    } _: {
      decide(id, into: memory)
    }
    return BenchFigures.DecisionCost(decision: id, records: count, nanoseconds: time)
  }

  /// Everything a run decides; what several decisions read is worked out once.
  func whole(_ report: Report) -> (records: Int, nanoseconds: Double)? {
    guard !report.sections.isEmpty else { return nil }
    let records = report.sections.reduce(0) { $0 + memory.facts[$1.record].count }
    let time = medianTime {
      memory.forget()
    } _: {
      for section in report.sections { for id in section.decisions { decide(id, into: memory) } }
    }
    return (records, time)
  }

  private func decide(_ id: DecisionID, into memory: Memory) {
    let decision = program[id]
    if case .assign = decision.kind { memory.assign(id, commit: false) }
    guard let record = decision.subject else { return }
    let rows = 0..<memory.facts[record].count
    for attribute in [decision.answer] + decision.details.map(\.attribute) {
      ask(attribute, rows, memory)
    }
  }

  /// In stretches, as a run does, so that memory stays small.
  private func ask(_ attribute: AttributeID, _ rows: Range<Int>, _ memory: Memory) {
    withUnsafeTemporaryAllocation(of: Value.self, capacity: 4096) { buffer in
      var first = rows.lowerBound
      while first < rows.upperBound {
        let stretch = first..<min(first + buffer.count, rows.upperBound)
        memory.values(of: attribute, rows: stretch, into: buffer)
        first = stretch.upperBound
      }
    }
  }

  /// The parts that decisions are made of, the dearest first: each value of one record by itself,
  /// after all that it reads.
  func blocks(_ report: Report) -> [BenchFigures.BlockCost] {
    let wanted = parts(of: report)
    var totals: [Double] = Array(repeating: 0, count: program.attributes.count)
    let passes = 5
    for _ in 0..<passes {
      memory.forget()
      for id in wanted {
        guard case .record(let record) = program[id].parameters[0] else { continue }
        let stopwatch = Stopwatch()
        ask(id, 0..<memory.facts[record].count, memory)
        totals[Int(id.index)] += stopwatch.lap()
      }
    }
    let costs = wanted.compactMap { id -> BenchFigures.BlockCost? in
      guard case .record(let record) = program[id].parameters[0] else { return nil }
      let count = memory.facts[record].count
      guard count > 0 else { return nil }
      return BenchFigures.BlockCost(
        attribute: id, records: count, nanoseconds: totals[Int(id.index)] / Double(passes))
    }
    return costs.sorted {
      ($1.nanoseconds, $0.attribute.index) < ($0.nanoseconds, $1.attribute.index)
    }
  }

  /// The attributes of one record that the answers read, those that are read before those that
  /// read them. What depends on turns and loads is part of its `assign` only.
  private func parts(of report: Report) -> [AttributeID] {
    var isWanted = Array(repeating: false, count: program.attributes.count)
    var waiting: [AttributeID] = []
    for section in report.sections {
      for id in section.decisions {
        waiting += [program[id].answer] + program[id].details.map(\.attribute)
      }
    }
    while let id = waiting.popLast() {
      if isWanted[Int(id.index)] { continue }
      isWanted[Int(id.index)] = true
      waiting += program.attributesRead(by: id)
    }
    return program.attributes.indices.filter { index in
      let attribute = program.attributes[index]
      guard isWanted[index], attribute.parameters.count == 1, !attribute.readsCounters,
        case .record = attribute.parameters[0]
      else { return false }
      return true
    }.map { AttributeID($0) }
  }

  /// What each rule's condition costs when it is asked alone, the dearest first. The index answers
  /// most conditions together, so these do not add up to a decision.
  func guards(_ report: Report) -> [BenchFigures.GuardCost] {
    var costs: [BenchFigures.GuardCost] = []
    for section in report.sections {
      let count = memory.facts[section.record].count
      let step = max(1, count / sample)
      let rows = Array(stride(from: 0, to: count, by: step))
      guard !rows.isEmpty else { continue }
      let frames = rows.map {
        Frame(slots: [.record($0, of: section.record)], today: today)
      }
      for id in section.decisions {
        for (rule, term) in program.guards(of: program[id]) {
          var holds = 0
          let time = medianTime {
            holds = 0
            for frame in frames {
              let value = memory.value(of: term, in: frame)
              if value.tag == .boolean, value.bits != 0 { holds += 1 }
            }
          }
          costs.append(
            BenchFigures.GuardCost(
              rule: rule, decision: id, nanoseconds: time / Double(rows.count), holds: holds,
              asked: rows.count))
        }
      }
    }
    return costs.enumerated().sorted {
      ($1.element.nanoseconds, $0.offset) < ($0.element.nanoseconds, $1.offset)
    }.map(\.element)
  }
}
