import WritModel
public import WritNetwork
public import WritRules
import WritText

/// Which records of an experiment get which rules: a published hash, so that a shop, a database or a
/// spreadsheet gives every record the same arm as writ does, today and next year.
///
/// The place of a record is a number from 0 to 1: SHA-256 over the title of the experiment, a line
/// feed and what is hashed, all in UTF-8; its first 13 hexadecimal digits as a fraction of 16¹³
/// (52 bits, which every program's numbers hold exactly). The arm is the first for which the place
/// is below the sum of the shares up to it.
public struct ExperimentSplit: Sendable {
  public let experiment: Experiment

  public init(_ experiment: Experiment) { self.experiment = experiment }

  /// The place of a key, in units of 16⁻¹³.
  public func place(of key: String) -> Int64 {
    var sum = SHA256()
    sum.update(Array("\(experiment.title)\n\(key)".utf8))
    return Int64(sum.finish().prefix(13), radix: 16) ?? 0
  }

  /// The arm of a key: an index into the experiment's arms.
  public func arm(of key: String) -> Int {
    let place = Int128(place(of: key))
    var share = Decimal(0)
    for (index, arm) in experiment.arms.enumerated() {
      share = share.adding(arm.share) ?? share
      // place / 2⁵² < mantissa / 10^scale
      let scale = Int128(Decimal.powerOfTen(Int(share.scale)))
      if place * scale < Int128(share.mantissa) << 52 { return index }
    }
    return experiment.arms.count - 1
  }

  /// What is hashed for a record: a text as it is, a record by its key, anything else as it is told in
  /// English; nil where it is not known.
  public func key(row: Int, in memory: Memory) -> String? {
    let value = memory.value(of: experiment.by, row: row)
    guard value.isKnown else { return nil }
    let program = memory.network.program
    let wording = Wording(program: program, language: .english)
    if value.tag == .record { return wording.key(of: value, in: memory.facts) }
    return wording.text(value, program[experiment.by].type, in: memory.facts)
  }

  /// The arm of every record; nil where what is hashed is not known, or the record is gone.
  public func arms(in memory: Memory) -> [Int?] {
    let table = memory.facts[experiment.record]
    return (0..<table.count).map { row in
      if table.removedCount > 0, table.isRemoved(row) { return nil }
      return key(row: row, in: memory).map { arm(of: $0) }
    }
  }
}

/// One of the readings of an experiment that were declared before it began.
///
/// Who looks several times and stops when he likes what he sees is wrong far more often than one time
/// in twenty. So the days are declared, and the chance of being wrong is spent over them: little at
/// first, most at the end, as O'Brien and Fleming would (in the form of Lan and DeMets, with equal
/// shares of information between looks). The parts are added up as if they could not overlap, which is
/// on the safe side.
public struct ExperimentLook: Sendable {
  /// From 1, and of how many; 1 of 1 where none were declared.
  public let number: Int
  public let count: Int
  public let isDeclared: Bool

  /// The look on a day; nil where looks are declared and this is none of them.
  public init?(on day: Int32, of experiment: Experiment) {
    count = max(experiment.looks.count, 1)
    isDeclared = !experiment.looks.isEmpty
    guard isDeclared else {
      number = 1
      return
    }
    guard let index = experiment.looks.firstIndex(of: day) else { return nil }
    number = index + 1
  }

  /// The chance of being wrong that this look may spend; those of all looks add up to 0.05.
  public var alpha: Double { spent(by: number) - spent(by: number - 1) }

  private func spent(by look: Int) -> Double {
    guard look > 0 else { return 0 }
    let information = Double(look) / Double(count)
    return Normal.beyond(Normal.quantile(0.975) / information.squareRoot())
  }
}
