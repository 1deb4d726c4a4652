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
    let isOrdered = section.decisions.contains {
      if case .assign = program[$0].kind { true } else { false }
    }
    return !isOrdered && passesBy(section.record, program, data) ? section.record : nil
  }

  /// Whether the records of a type may be forgotten as soon as each is decided.
  static func passesBy(_ record: RecordID, _ program: Program, _ data: RecordedData) -> Bool {
    guard data.inputs.count(where: { $0.plan.record == record }) == 1 else { return false }
    let isViewer = program.visibility.contains { $0.viewer == record }
    return !isViewer && !isCollected(record, program) && !isReferred(record, program)
  }

  private static func isCollected(_ record: RecordID, _ program: Program) -> Bool {
    program.gathers.indices.contains { index in
      // A measure takes what the records add to it as they pass.
      program.gathers[index].record == record
        && !program.measureGathers.contains(GatherID(index))
    }
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
  /// Reads the one file of a record type chunk by chunk; each chunk's records are decided, written
  /// and forgotten.
  mutating func stream(
    _ section: Report.Section, _ memory: Memory, _ writer: RowWriter, measures: RunMeasures,
    threads: Int
  ) throws(Failure) -> Tally {
    guard let index = inputs.firstIndex(where: { $0.plan.record == section.record }) else {
      return Tally()
    }
    let work = StreamedRows(section, writer, measures: measures.passing)
    let stream = try StreamRun(
      work, of: section.record, inputs[index], file: index, memory.network.program, self,
      progress: Phrase("deciding", zh: "判定中"), resultsToScreen: writer.isForScreen)
    // The rows of a table on the screen look to each other.
    let outcome = try stream.run(memory, threads: writer.isByRow ? threads : 1)
    self = outcome.data
    try say(outcome.notes, of: inputs[index])
    try reportDangling(outcome.dangling)
    measures.take(work.totals)
    return work.tally
  }
}
