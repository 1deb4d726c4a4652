import WritModel
import WritNetwork
import WritReplay
import WritRules
import WritText

/// The stream of one record type, carried by several threads: each takes a chunk of the file, types
/// its records, decides them over the shared network with a memory of its own, and writes them when
/// the chunks before have been written.
///
/// Chunks are cut alike for any number of threads, what depends on the records before is settled in
/// their order, and rows are written in it, so the bytes that come out are the same.
final class StreamRun: @unchecked Sendable {
  private let section: Report.Section
  private let writer: RowWriter
  private let order = InOrder()
  private let progress: Progress
  /// Texts that other records' values were made of would be forgotten with the chunk.
  private let makesTexts: Bool
  // While taking.
  private var lead: RecordReader
  private let file: InputFile
  private let input: RecordedData.Input
  private var block: [UInt8] = []
  private var isAtEnd = false
  // In the turn of settling.
  private var keys = KeySet()
  private var lines: Int?
  private var records = 0
  // In the turn of writing.
  private var tally = Tally()
  private var screen = RowWriter.Progress()
  private var data: RecordedData
  private var dangling: [Facts.Dangling] = []
  private var bytesRead = 0
  // Alone, at the end of each thread.
  private var whole: RecordReader?

  /// What a stream came to.
  struct Outcome {
    var tally: Tally
    /// With the rows set aside that do not fit.
    var data: RecordedData
    var notes: [DataProblem]
    var dangling: [Facts.Dangling]
  }

  /// Bytes of a block; the typed records of a few fit where the processor is quick.
  private static let blockSize = 1 << 18

  init(
    _ section: Report.Section, _ input: RecordedData.Input, file index: Int, _ program: Program,
    _ data: RecordedData, _ writer: RowWriter
  ) throws(Failure) {
    self.section = section
    self.writer = writer
    self.input = input
    self.data = data
    lead = RecordReader(input.plan, schema: program.schema, file: index)
    file = try InputFile(input.path)
    progress = Progress(
      data.console, Phrase("deciding", zh: "判定中"), total: file.sizeHint,
      resultsToScreen: writer.isForScreen)
    makesTexts = program.attributes.contains {
      $0.type == .text && $0.parameters != [.record(section.record)]
    }
  }

  /// Runs the stream on so many threads. `memory` has the other records; each further thread has a
  /// memory like it.
  func run(_ memory: Memory, threads: Int) throws(Failure) -> Outcome {
    // A file of a few blocks is done before another thread has begun.
    let isSmall = file.sizeHint > 0 && file.sizeHint < 4 * Self.blockSize
    // What changes settled stands in the first memory only.
    let isSettled = !memory.network.program.productions.isEmpty
    let count = isSmall || isSettled || !writer.isByRow ? 1 : threads
    // Memories are made here, because making one reads what the first one holds.
    let memories = MemoryPool(
      [memory]
        + (1..<max(count, 1)).map { _ in
          let other = Memory(memory.network, facts: memory.facts, today: memory.today)
          other.state = memory.state
          return other
        })
    onThreads(count) { self.work(memories.take()) }
    progress.end()
    try order.finish()
    return Outcome(tally: tally, data: data, notes: whole?.notes ?? [], dangling: dangling)
  }

  /// One memory a thread.
  private final class MemoryPool: @unchecked Sendable {
    private var memories: [Memory]
    private let order = InOrder()
    init(_ memories: [Memory]) { self.memories = memories }
    func take() -> Memory? { order.take { () throws(Failure) in memories.popLast() }?.piece }
  }

  private func work(_ memory: Memory?) {
    guard let memory else { return }
    var reader: RecordReader?
    decideChunks(memory, &reader)
    order.alone {
      guard let reader else { return }
      if whole == nil { whole = reader } else { whole?.join(reader) }
    }
  }

  private func decideChunks(_ memory: Memory, _ reader: inout RecordReader?) {
    let record = section.record
    let mark = memory.facts.mark
    var form = writer.form(section)
    var out = Outgoing()
    while let (number, chunk) = order.take({ () throws(Failure) in try next(&reader) }) {
      var found: [Facts.Dangling] = []
      var offset = 0
      var isSettled = false
      memory.edit([record]) { facts in
        facts.forget(record, backTo: mark)
        reader?.read(chunk, into: &facts)
        isSettled = order.inTurn(.settling, number) { () throws(Failure) in
          settle(&reader, chunk, &facts)
          offset = records
          records += facts[record].count
          return true
        }
        if isSettled { found = facts.link(record, rows: 0..<facts[record].count) }
      }
      guard isSettled else { return }
      if makesTexts { memory.forget() }
      let count = memory.facts[record].count
      var part = Tally()
      out.clear()
      if form != nil {
        part = writer.decide(section, rows: 0..<count, offset: offset, memory, &form, into: &out)
      }
      let setAside = reader?.takeRejected() ?? []
      let goesOn = order.inTurn(.writing, number) { () throws(Failure) in
        if form == nil {
          part = try writer.write(section, rows: 0..<count, offset: offset, memory, &screen)
        } else {
          try out.withBytes { (bytes) throws(Failure) in try writer.write(bytes) }
        }
        tally += part
        data.setAside(setAside)
        dangling += found
        bytesRead += chunk.byteCount
        progress.show(bytes: bytesRead, records: tally.records)
        return !writer.isClosed
      }
      guard goesOn else { return }
    }
  }

  /// The next chunk, and a reader where there is none yet; nil at the end.
  private func next(_ reader: inout RecordReader?) throws(Failure) -> RecordChunk? {
    while !isAtEnd {
      isAtEnd = try !file.read(into: &block, upTo: Self.blockSize)
      let chunk = lead.cut(block, isLast: isAtEnd)
      block.removeAll(keepingCapacity: true)
      try data.stop(at: lead.problems, in: input)
      guard let chunk else { continue }
      if reader == nil { reader = lead.chunkReader() }
      if lines == nil { lines = lead.lines }
      return chunk
    }
    return nil
  }

  private func settle(
    _ reader: inout RecordReader?, _ chunk: RecordChunk, _ facts: inout Facts
  ) {
    var before = lines ?? 0
    reader?.settle(chunk, keys: &keys, lines: &before, in: &facts)
    lines = before
  }
}
