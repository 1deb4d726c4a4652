import WritModel
public import WritNetwork
public import WritRules
import WritText

/// What an experiment came to: the split first, then each measure in each arm, and how sure the
/// differences are.
///
/// A unit is a record of the experiment; a measure is over these records, or over records of which each
/// belongs to one of them by its only reference to the type (orders of an account): their parts are
/// added up a unit, because what was drawn by lot is the unit.
public struct ExperimentReading {
  private let experiment: Experiment
  private let memory: Memory
  private let wording: Wording
  private let look: ExperimentLook
  private let arms: [Int?]
  /// What the bootstrap knows each unit by, so that the order of rows does not matter.
  private let hashes: [UInt64]

  /// Reads the experiment from recorded data. Values of measures are those of the memory's rules.
  public static func trial(
    _ experiment: Experiment, look: ExperimentLook, memory: Memory, wording: Wording
  ) -> Comparison.Trial {
    ExperimentReading(experiment, look, memory, wording).trial
  }

  private init(
    _ experiment: Experiment, _ look: ExperimentLook, _ memory: Memory, _ wording: Wording
  ) {
    self.experiment = experiment
    self.look = look
    self.memory = memory
    self.wording = wording
    arms = ExperimentSplit(experiment).arms(in: memory)
    hashes = arms.indices.map {
      RecordHash.of(wording.key(of: .record($0, of: experiment.record), in: memory.facts))
    }
  }

  private func say(_ english: String, _ chinese: String) -> String {
    wording.say(Phrase(english, zh: chinese))
  }

  private var trial: Comparison.Trial {
    let counts = experiment.arms.indices.map { arm in arms.count { $0 == arm } }
    let shares = experiment.arms.map { ExactSum($0.share).approximate }
    let ratio = SampleRatio.check(counts: counts, shares: shares)
    var notes: [String] = []
    let unknown = arms.count { $0 == nil }
    if unknown > 0 {
      notes.append(
        say(
          "\(unknown) records are in no arm: what is hashed is not known",
          "有 \(unknown) 条记录不在任何方案里：用来分流的值不明"))
    }
    var outcomes: [Comparison.Trial.Outcome] = []
    if counts.contains(0) {
      notes.append(say("an arm has no records: there is nothing to compare", "有的方案没有记录：无从比较"))
    } else if ratio.p < SampleRatio.threshold {
      notes.append(
        say(
          "the split is not as declared (p below 0.001): something keeps records out of an arm, so no effect is told",
          "分流与声明不符（p 小于 0.001）：有什么把记录挡在某个方案之外，因此不报告效果"))
    } else {
      if ratio.p < 0.05 {
        notes.append(
          say(
            "the split passes at 0.001, but p is below 0.05: look at how records come in",
            "分流检查在 0.001 上通过，但 p 小于 0.05：请留意记录是怎样进来的"))
      }
      outcomes = self.outcomes(&notes)
    }
    notes += lookNotes
    return Comparison.Trial(
      title: experiment.title,
      arms: zip(experiment.arms, zip(shares, counts)).map {
        Comparison.Trial.Arm(name: $0.name, share: $1.0, records: $1.1)
      }, chiSquare: ratio.chiSquare, ratioP: ratio.p, outcomes: outcomes, notes: notes)
  }

  private var lookNotes: [String] {
    guard look.isDeclared else {
      return [
        say(
          "no looks are declared: this reading is the only one; a second would need `looks` declared before the start",
          "没有声明评估日：这次读数就是唯一一次；要读两次，须在开始之前写好 `评估日`")
      ]
    }
    if look.count == 1 { return [] }
    let alpha = wording.percent(Decimal(mantissa: Int64((look.alpha * 1e5).rounded()), scale: 5))
    return [
      say(
        "look \(look.number) of \(look.count): of the 5% that all looks may be wrong together this one may spend \(alpha) (O'Brien and Fleming's spending, added up)",
        "第 \(look.number) 次评估，共 \(look.count) 次：各次合计可错 5%，这一次可用 \(alpha)（按 O'Brien–Fleming 分配，逐次相加）"
      )
    ]
  }

  // MARK: Outcomes

  private func outcomes(_ notes: inout [String]) -> [Comparison.Trial.Outcome] {
    let program = memory.network.program
    var result: [Comparison.Trial.Outcome] = []
    for measure in program.measures {
      guard let shape = MeasureShape(measure), let record = measure.record,
        let units = units(of: record)
      else {
        notes.append(
          say(
            "the measure `\(measure.title)` says nothing of single records of the experiment",
            "指标 `\(measure.title)` 不是由试验的各条记录得来的"))
        continue
      }
      switch ArmTallies(
        measure, shape, units, memory, arms, hashes, count: experiment.arms.count)
      {
      case .unknown(let count):
        notes.append(
          say(
            "the measure `\(measure.title)` is not known for \(count) records",
            "指标 `\(measure.title)` 有 \(count) 条记录没有值"))
      case .tallies(let tallies):
        result.append(outcome(measure, shape, tallies))
      }
    }
    return corrected(result, &notes)
  }

  /// The unit of each row of a record type; nil where it has none.
  private func units(of record: RecordID) -> [Int?]? {
    let table = memory.facts[record]
    if record == experiment.record { return (0..<table.count).map { $0 } }
    let schema = memory.network.program.schema
    let ways = schema[record].fields.filter { schema[$0].type == .record(experiment.record) }
    guard ways.count == 1, let way = ways.first else { return nil }
    return (0..<table.count).map { row in
      let unit = memory.facts.value(way, row: row)
      return unit.tag == .record ? Int(unit.bits) : nil
    }
  }

  private func outcome(
    _ measure: Measure, _ shape: MeasureShape, _ arms: [ArmTally]
  ) -> Comparison.Trial.Outcome {
    let isShare = arms.allSatisfy { $0.proportion(shape) != nil }
    let isPercent = if case .percent = measure.type { true } else { isShare }
    var unit = isPercent ? "%" : ""
    if case .money(let currency?) = measure.type {
      unit = memory.network.program.schema.unit(of: currency)
    }
    return Comparison.Trial.Outcome(
      title: measure.title, unit: unit, values: arms.map { $0.value(shape) },
      estimates: arms.dropFirst().map { estimate(shape, arms[0], $0) })
  }

  private func estimate(
    _ shape: MeasureShape, _ first: ArmTally, _ second: ArmTally
  ) -> Comparison.Estimate {
    // What is spent is worked out with binary numbers: 0.05 comes out a little off.
    let confidence = ((1 - look.alpha) * 1e9).rounded() / 1e9
    if let a = first.proportion(shape), let b = second.proportion(shape) {
      let test = TwoProportions(a, b)
      guard test.isEnough else {
        return .tooLittleData(
          say(
            "too little data: at least \(TwoProportions.leastOfEither) of either answer have to fall to the smaller arm",
            "数据太少：较小的方案里“是”和“否”都至少要有 \(TwoProportions.leastOfEither) 条"))
      }
      let interval = test.interval(confidence: confidence)
      let oneSidedP = min(test.oneSidedP, 1 - test.oneSidedP)
      let (z, oneSided) = (fixed(test.z, 3), fixed(oneSidedP, 4))
      return .interval(
        Comparison.Interval(
          low: interval.lowerBound, high: interval.upperBound, confidence: confidence,
          method: say(
            "z-test of two shares, z \(z), one-sided p \(oneSided)",
            "两个比例的 z 检验，z \(z)，单侧 p \(oneSided)"),
          p: test.p,
          detectable: test.deviation * MeasureTally.detectableDeviations, z: test.z,
          oneSidedP: oneSidedP))
    }
    let interval = ArmTally.difference(shape, first, second)
    guard let interval, let result = interval.result(confidence: confidence) else {
      return .tooLittleData(
        say(
          "too little data: at least \(MeanInterval.leastMoved) records with something to add have to fall to the smaller arm",
          "数据太少：较小的方案里有值的记录至少要有 \(MeanInterval.leastMoved) 条"))
    }
    let words =
      result.method == .bootstrap
      ? Phrase(
        "bootstrap of both arms, studentised, \(BootstrapWeights.replicates) replicates",
        zh: "两组自助法（学生化），重抽 \(BootstrapWeights.replicates) 次")
      : Phrase("Welch's t, corrected for skew", zh: "Welch t 区间，已校正偏斜")
    return .interval(
      Comparison.Interval(
        low: result.low, high: result.high, confidence: confidence, method: wording.say(words),
        p: result.p, detectable: result.deviation * MeasureTally.detectableDeviations))
  }

  /// Corrects for several measures and arms (Holm); the first measure alone stays as it is, being the
  /// one that was named first.
  private func corrected(
    _ outcomes: [Comparison.Trial.Outcome], _ notes: inout [String]
  ) -> [Comparison.Trial.Outcome] {
    var result = outcomes
    var places: [(Int, Int)] = []
    var chances: [Double] = []
    for (row, outcome) in outcomes.enumerated() {
      for (arm, estimate) in outcome.estimates.enumerated() {
        guard case .interval(let interval) = estimate, let p = interval.p else { continue }
        places.append((row, arm))
        chances.append(p)
      }
    }
    guard chances.count > 1 else { return result }
    notes.append(
      say(
        "p is corrected for \(chances.count) comparisons (Holm); intervals are not",
        "p 已按 \(chances.count) 次比较校正（Holm），区间没有"))
    for ((row, arm), p) in zip(places, SeveralTests.holm(chances)) {
      if case .interval(var interval) = result[row].estimates[arm] {
        interval.p = p
        result[row].estimates[arm] = .interval(interval)
      }
    }
    return result
  }

  private func fixed(_ value: Double, _ places: Int) -> String {
    let scaled = value * Double(Decimal.powerOfTen(places))
    guard scaled.magnitude < 9e15 else { return "\(value)" }
    return Decimal(mantissa: Int64(scaled.rounded()), scale: UInt8(places)).plain(atLeast: places)
  }
}
