import WritModel
import WritNetwork
import WritReplay
import WritRules
import WritText

/// What is done with the records of a stream, chunk by chunk. Each thread has a *hand*: what it
/// keeps for itself from chunk to chunk.
protocol ChunkWork: AnyObject, Sendable {
  associatedtype Hand
  /// Called once a thread, before its first chunk.
  func hand(_ memory: Memory) -> Hand
  /// Does what can be done alone. The records are the rows of their table in the memory; `offset`
  /// came before them.
  func decide(_ memory: Memory, count: Int, offset: Int, _ hand: Hand)
  /// Does what has to be done in the order of the chunks; false: nobody wants more.
  func write(_ memory: Memory, count: Int, offset: Int, _ hand: Hand) throws(Failure) -> Bool
  /// Called once a thread, after its last chunk, while no other thread is here.
  func end(_ hand: Hand)
}

/// The stream of one record type, carried by several threads: each takes a chunk of the file, types
/// its records, decides them over the shared network with a memory of its own, and writes them when
/// the chunks before have been written.
///
/// Chunks are cut alike for any number of threads, what depends on the records before is settled in
/// their order, and what is written is written in it, so the bytes that come out are the same.
final class StreamRun<Work: ChunkWork>: @unchecked Sendable {
  private let record: RecordID
  private let work: Work
  private let order = InOrder()
  private let progress: Progress
  /// Texts that other records' values were made of would be forgotten with the chunk.
  private let makesTexts: Bool
  // While taking.
  private var lead: RecordReader
  private let file: InputFile
  private let input: RecordedData.Input
  private let index: Int
  private var block: [UInt8] = []
  private var isAtEnd = false
  private var sum: SHA256?
  // In the turn of settling.
  private var keys = KeySet()
  private var lines: Int?
  private var records = 0
  // In the turn of writing.
  private var data: RecordedData
  private var dangling: [Facts.Dangling] = []
  private var bytesRead = 0
  private var recordsDone = 0
  // Alone, at the end of each thread.
  private var whole: RecordReader?

  /// What a stream came to.
  struct Outcome {
    /// How many records were decided.
    var records: Int
    /// With the rows set aside that do not fit.
    var data: RecordedData
    var notes: [DataProblem]
    var dangling: [Facts.Dangling]
  }

  /// Bytes of a block; the typed records of a few fit where the processor is quick.
  private static var blockSize: Int { 1 << 18 }

  init(
    _ work: Work, of record: RecordID, _ input: RecordedData.Input, file index: Int,
    _ program: Program, _ data: RecordedData, progress verb: Phrase, resultsToScreen: Bool
  ) throws(Failure) {
    self.record = record
    self.work = work
    self.input = input
    self.index = index
    self.data = data
    lead = RecordReader(input.plan, schema: program.schema, file: index)
    file = try InputFile(input.path)
    if data.keepsSums { sum = SHA256() }
    progress = Progress(
      data.console, verb, total: file.sizeHint, resultsToScreen: resultsToScreen)
    makesTexts = program.attributes.contains {
      $0.type == .text && $0.parameters != [.record(record)]
    }
  }

  /// Runs the stream on so many threads. `memory` has the other records; each further thread has a
  /// memory like it.
  func run(_ memory: Memory, threads: Int) throws(Failure) -> Outcome {
    // A file of a few blocks is done before another thread has begun.
    let isSmall = file.sizeHint > 0 && file.sizeHint < 4 * Self.blockSize
    // What changes settled stands in the first memory only.
    let isSettled = !memory.network.program.productions.isEmpty
    let count = isSmall || isSettled ? 1 : threads
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
    // A stream that was not read to its end has no sum.
    if isAtEnd, let sum { data.sums[index] = sum.finish() }
    return Outcome(records: records, data: data, notes: whole?.notes ?? [], dangling: dangling)
  }

  private func work(_ memory: Memory?) {
    guard let memory else { return }
    var reader: RecordReader?
    let hand = work.hand(memory)
    decideChunks(memory, &reader, hand)
    order.alone {
      work.end(hand)
      guard let reader else { return }
      if whole == nil { whole = reader } else { whole?.join(reader) }
    }
  }

  private func decideChunks(_ memory: Memory, _ reader: inout RecordReader?, _ hand: Work.Hand) {
    let mark = memory.facts.mark
    var last: RecordChunk?
    while let (number, chunk) = order.take({ () throws(Failure) in try next(&reader, &last) }) {
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
      work.decide(memory, count: count, offset: offset, hand)
      let setAside = reader?.takeRejected() ?? []
      let goesOn = order.inTurn(.writing, number) { () throws(Failure) in
        let goesOn = try work.write(memory, count: count, offset: offset, hand)
        data.setAside(setAside)
        dangling += found
        bytesRead += chunk.byteCount
        recordsDone += count
        progress.show(done: bytesRead, records: recordsDone)
        return goesOn
      }
      guard goesOn else { return }
      last = chunk
    }
  }

  /// The next chunk, and a reader where there is none yet; nil at the end. The `last` chunk of a
  /// thread gives its room.
  private func next(
    _ reader: inout RecordReader?, _ last: inout RecordChunk?
  ) throws(Failure) -> RecordChunk? {
    lead.takeBack(&last)
    while !isAtEnd {
      isAtEnd = try !file.read(into: &block, upTo: Self.blockSize)
      sum?.update(block)
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
    if records == 0, chunk.byteCount > 0, !facts.schema[record].key.isEmpty {
      // If all of the file is as its first chunk. More than that comes by growing.
      let share = Double(file.sizeHint) / Double(chunk.byteCount)
      keys.reserve(Int(min(share * Double(facts[record].count), 4_000_000)))
    }
    reader?.settle(chunk, keys: &keys, lines: &before, in: &facts)
    lines = before
  }
}

/// One memory a thread.
private final class MemoryPool: @unchecked Sendable {
  private var memories: [Memory]
  private let order = InOrder()
  init(_ memories: [Memory]) { self.memories = memories }
  func take() -> Memory? { order.take { () throws(Failure) in memories.popLast() }?.piece }
}
