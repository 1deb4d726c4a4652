import WritModel
import WritNetwork
import WritReplay
import WritText

/// Compares what rule sets answer for the records of a stream, chunk by chunk.
final class ComparedRows: ChunkWork, @unchecked Sendable {
  private let network: ComparisonNetwork
  private let section: Int
  private let empty: ComparisonTally
  private let wording: Wording
  private let changes: Output?
  private let chargers: [ComparisonCharger?]
  private let keepsRecords: Bool
  /// Of all threads that have ended.
  var tally: ComparisonTally

  init(
    _ network: ComparisonNetwork, _ section: Int, _ tally: ComparisonTally, _ wording: Wording,
    _ changes: Output?, _ chargers: [ComparisonCharger?], keepsRecords: Bool
  ) {
    self.network = network
    self.section = section
    self.tally = tally
    empty = tally.emptied
    self.wording = wording
    self.changes = changes
    self.chargers = chargers
    self.keepsRecords = keepsRecords
  }

  func hand(_ memory: Memory) -> ComparisonPass {
    ComparisonPass(
      network, section: section, [memory], empty, wording, keepsRecords: keepsRecords,
      listsChanges: changes != nil, chargers: chargers)
  }

  func decide(_ memory: Memory, count: Int, offset: Int, _ hand: ComparisonPass) {
    hand.add(rows: 0..<count, offset: offset)
  }

  func write(
    _ memory: Memory, count: Int, offset: Int, _ hand: ComparisonPass
  ) throws(Failure) -> Bool {
    if let changes { try changes.write(hand.takeListed()) }
    return true
  }

  func end(_ hand: ComparisonPass) { tally.add(hand.tally) }
}
