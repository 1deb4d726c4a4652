import WritModel
import WritNetwork
import WritReplay
import WritRules
import WritText

/// When a record type need not be kept: nothing aggregates over it, refers to it or orders it, so
/// its file is read, decided and written block by block, and only its keys are remembered.
enum Streaming {
  /// The record type that a run may stream; nil where everything has to be in memory.
  static func subject(
    of report: Report, _ program: Program, _ data: RecordedData
  ) -> RecordID? {
    // Changes and alerts look at all records together.
    guard program.productions.isEmpty, report.sections.count == 1,
      let section = report.sections.first
    else { return nil }
    let record = section.record
    guard data.inputs.count(where: { $0.plan.record == record }) == 1 else { return nil }
    let isOrdered = section.decisions.contains {
      if case .assign = program[$0].kind { true } else { false }
    }
    let isViewer = program.visibility.contains { $0.viewer == record }
    if isOrdered || isViewer || isCollected(record, program) || isReferred(record, program) {
      return nil
    }
    return record
  }

  private static func isCollected(_ record: RecordID, _ program: Program) -> Bool {
    program.gathers.contains { $0.record == record }
      || program.counters.contains { $0.record == record }
      || program.terms.contains { term in
        if case .operation(.lookup(let found), _) = term { found == record } else { false }
      }
  }

  private static func isReferred(_ record: RecordID, _ program: Program) -> Bool {
    program.schema.fields.contains { names($0.type, record) }
  }

  private static func names(_ type: ValueType, _ record: RecordID) -> Bool {
    switch type {
    case .record(let id), .recordOrQueue(let id): id == record
    case .set(let item), .list(let item): names(item, record)
    default: false
    }
  }
}

extension RecordedData {
  /// Reads the one file of a record type block by block. Each block's rows stand in the memory while
  /// `decide` looks at them and are forgotten then; false ends the reading.
  mutating func stream(
    _ record: RecordID, _ memory: Memory, _ decide: (Range<Int>) throws(Failure) -> Bool
  ) throws(Failure) {
    guard let index = inputs.firstIndex(where: { $0.plan.record == record }) else { return }
    let input = inputs[index]
    let program = memory.network.program
    var reader = RecordReader(
      input.plan, schema: program.schema, file: index, watchesKeys: true)
    // Texts that other records' values were made of would be forgotten with the block.
    let makesTexts = program.attributes.contains {
      $0.type == .text && $0.parameters != [.record(record)]
    }
    let mark = memory.facts.mark
    var dangling: [Facts.Dangling] = []
    let file = try InputFile(input.path)
    var block: [UInt8] = []
    var isLast = false
    while !isLast {
      isLast = try !file.read(into: &block, upTo: 1 << 20)
      memory.edit([record]) { facts in
        facts.forget(record, backTo: mark)
        reader.read(block, isLast: isLast, into: &facts)
        dangling += facts.link(record, rows: 0..<facts[record].count)
      }
      block.removeAll(keepingCapacity: true)
      try stop(at: reader.problems, in: input)
      setAside(reader.takeRejected())
      if makesTexts { memory.forget() }
      let count = memory.facts[record].count
      if count > 0, try !decide(0..<count) { break }
    }
    try say(reader.notes, of: input)
    try reportDangling(dangling)
  }
}
