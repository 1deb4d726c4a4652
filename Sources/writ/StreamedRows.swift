import WritModel
import WritNetwork
import WritReplay

/// Decides the records of a stream and writes them as rows: what `writ run` does with a chunk.
final class StreamedRows: ChunkWork, @unchecked Sendable {
  private let section: Report.Section
  private let writer: RowWriter
  // In the turn of writing.
  private(set) var tally = Tally()
  private var screen = RowWriter.Progress()

  /// What a thread keeps.
  final class Hand {
    var form: RowForm?
    var out = Outgoing()
    var part = Tally()
    init(_ form: RowForm?) { self.form = form }
  }

  init(_ section: Report.Section, _ writer: RowWriter) {
    self.section = section
    self.writer = writer
  }

  func hand(_ memory: Memory) -> Hand { Hand(writer.form(section)) }

  func decide(_ memory: Memory, count: Int, offset: Int, _ hand: Hand) {
    hand.out.clear()
    guard hand.form != nil else { return }
    hand.part = writer.decide(
      section, rows: 0..<count, offset: offset, memory, &hand.form, into: &hand.out)
  }

  func write(_ memory: Memory, count: Int, offset: Int, _ hand: Hand) throws(Failure) -> Bool {
    if hand.form == nil {
      hand.part = try writer.write(section, rows: 0..<count, offset: offset, memory, &screen)
    } else {
      try hand.out.withBytes { (bytes) throws(Failure) in try writer.write(bytes) }
    }
    tally += hand.part
    return !writer.isClosed
  }

  func end(_ hand: Hand) {}
}
