import WritModel
import WritNetwork
import WritReplay
import WritRules

/// Decides the records of a stream and writes them as rows: what `writ run` does with a chunk.
final class StreamedRows: ChunkWork, @unchecked Sendable {
  private let section: Report.Section
  private let writer: RowWriter
  // In the turn of writing.
  private(set) var tally = Tally()
  private var screen = RowWriter.Carried()
  // Alone, at the end of each thread.
  private let measures: [Measure]
  private(set) var totals: [MeasureTotals]

  /// What a thread keeps.
  final class Hand {
    var form: RowForm?
    var out = Outgoing()
    var part = Tally()
    /// Makes lines of the audit log, if there is one.
    let audit: AuditForm?
    var lines = Outgoing()
    /// What the chunks so far add to each measure.
    var totals: [MeasureTotals]

    init(_ form: RowForm?, _ audit: AuditForm?, _ measures: [Measure]) {
      self.form = form
      self.audit = audit
      totals = measures.map { MeasureTotals($0) }
    }
  }

  /// `measures` are over the records that pass.
  init(_ section: Report.Section, _ writer: RowWriter, measures: [Measure]) {
    self.section = section
    self.writer = writer
    self.measures = measures
    totals = measures.map { MeasureTotals($0) }
  }

  func hand(_ memory: Memory) -> Hand {
    let form = writer.form(section)
    // What is written in its turn only makes its lines there.
    return Hand(form, form == nil ? nil : writer.auditForm(section, memory), measures)
  }

  func decide(_ memory: Memory, count: Int, offset: Int, _ hand: Hand) {
    hand.out.clear()
    hand.lines.clear()
    for (index, measure) in measures.enumerated() {
      let columns = MeasureColumns(measure, of: nil, rows: 0..<count, in: memory)
      for row in 0..<count { hand.totals[index].add(columns, row: row) }
    }
    guard hand.form != nil else { return }
    hand.part = writer.decide(
      section, rows: 0..<count, offset: offset, memory, &hand.form, into: &hand.out, hand.audit,
      &hand.lines)
  }

  func write(_ memory: Memory, count: Int, offset: Int, _ hand: Hand) throws(Failure) -> Bool {
    if hand.form == nil {
      hand.part = try writer.write(section, rows: 0..<count, offset: offset, memory, &screen)
    } else {
      try hand.lines.withBytes { (bytes) throws(Failure) in try writer.appendLog(bytes) }
      try hand.out.withBytes { (bytes) throws(Failure) in try writer.write(bytes) }
    }
    tally += hand.part
    return !writer.isClosed
  }

  func end(_ hand: Hand) {
    for index in totals.indices { totals[index].merge(hand.totals[index]) }
  }
}
