import WritText

// Parts of one comparison often read the same small files: products, reps, accounts. What is decided
// about the records of such a file is the same in each part, and counts once.
extension ComparisonTally {
  /// Why what parts say of the records they share cannot be told once.
  public enum SharedRecords: Sendable, Equatable {
    /// The same records were decided otherwise: that depends on what was cut.
    case differ(record: String)
    /// Some files of the records are the same and others are not.
    case overlap(record: String)
  }

  /// Takes out what was decided of records that `earlier` parts read from the very same files, so
  /// that it is added up once; gives back what stands against that.
  public mutating func leaveOutShared(with earlier: [ComparisonTally]) -> SharedRecords? {
    for record in decidedRecords {
      let own = hashes(of: record)
      if own.isEmpty { continue }
      for other in earlier {
        let hashes = other.hashes(of: record)
        if hashes.isDisjoint(with: own) { continue }
        guard hashes == own else { return .overlap(record: record) }
        guard other.told(of: record) == told(of: record) else { return .differ(record: record) }
        leaveOut(record)
        break
      }
    }
    return nil
  }

  /// The records that something is decided or measured of, each once.
  private var decidedRecords: [String] {
    var result: [String] = []
    for record in values.map(\.record) + measures.map(\.record) where !result.contains(record) {
      result.append(record)
    }
    return result
  }

  /// The files that hold records of a type; a file without records has nothing to share.
  private func hashes(of record: String) -> Set<String> {
    Set(
      inputs.filter { $0.key.record == record && !$0.key.hash.isEmpty && $0.value > 0 }
        .map(\.key.hash))
  }

  /// All that is told of the records of a type, as text.
  private func told(of record: String) -> [String] {
    values.filter { $0.record == record }.map(\.json.line)
      + measures.filter { $0.record == record }.map(\.tally.json.line)
      + rules.filter { blocks(of: record).contains($0.block) }.map(\.json.line)
  }

  private mutating func leaveOut(_ record: String) {
    let empty = emptied
    let blocks = blocks(of: record)
    for index in values.indices where values[index].record == record {
      values[index] = empty.values[index]
    }
    for index in measures.indices where measures[index].record == record {
      measures[index] = empty.measures[index]
    }
    for index in rules.indices where blocks.contains(rules[index].block) {
      rules[index] = empty.rules[index]
    }
  }

  private func blocks(of record: String) -> Set<String> {
    Set(values.filter { $0.record == record }.map(\.decision))
  }
}
