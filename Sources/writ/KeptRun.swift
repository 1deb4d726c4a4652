import WritModel
import WritNetwork
import WritReplay
import WritText

/// The records of a type that are kept in memory, compared by several threads: each takes a stretch
/// of rows, asks a memory of its own over the shared network, and writes its lines when the stretches
/// before have been written.
///
/// Stretches are cut alike for any number of threads, and what they come to is a sum, so the bytes
/// that come out are the same.
final class KeptRun: @unchecked Sendable {
  private let work: ComparedRows
  private let count: Int
  private let order = InOrder()
  private let handing = InOrder()
  private let progress: Progress
  // While taking.
  private var next = 0
  private var memories: [Memory]
  // In the turn of writing.
  private var done = 0

  /// Rows of a stretch.
  private static var stretch: Int { 1 << 14 }

  init(_ work: ComparedRows, _ count: Int, _ memories: [Memory], _ console: Console) {
    self.work = work
    self.count = count
    self.memories = memories
    progress = Progress(
      console, Phrase("comparing", zh: "比较中"), total: count, resultsToScreen: false)
  }

  /// How many threads so many rows are worth: a few stretches are done before another has begun.
  static func threads(_ count: Int, most: Int) -> Int {
    max(1, min(most, count / (2 * stretch)))
  }

  /// Compares all rows, on as many threads as there are memories.
  func run() throws(Failure) {
    onThreads(memories.count) { self.compare() }
    progress.end()
    try order.finish()
  }

  private func compare() {
    let taken = handing.take { () throws(Failure) in memories.popLast() }
    guard let memory = taken?.piece else { return }
    let hand = work.hand(memory)
    while let (number, rows) = order.take({ () throws(Failure) in takeRows() }) {
      hand.add(rows: rows, offset: 0)
      let goesOn = order.inTurn(.writing, number) { () throws(Failure) in
        let goesOn = try work.write(memory, count: rows.count, offset: rows.lowerBound, hand)
        done += rows.count
        progress.show(done: done, records: done)
        return goesOn
      }
      guard goesOn else { break }
    }
    order.alone { work.end(hand) }
  }

  private func takeRows() -> Range<Int>? {
    guard next < count else { return nil }
    let rows = next..<min(next + Self.stretch, count)
    next = rows.upperBound
    return rows
  }
}
