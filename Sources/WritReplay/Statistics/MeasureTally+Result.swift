import WritModel
import WritRules
import WritText

extension MeasureTally {
  /// The measure under the base and under a rule set (counted from 0), for a report.
  ///
  /// `p` is of this measure alone: `Comparison.Measured.corrected` corrects for several.
  public func measured(ruleSet: Int, wording: Wording) -> Comparison.Measured {
    let totals = totals(ruleSet: ruleSet)
    let before = base.value(of: measure)
    let after = totals.value(of: measure)
    let change = changes[ruleSet]
    return Comparison.Measured(
      title: measure.title, unit: unit(before, after, wording),
      before: before.isKnown ? before.decimal : nil, after: after.isKnown ? after.decimal : nil,
      moreIsBetter: measure.moreIsBetter, records: max(base.counted, totals.counted),
      differing: change.before.records, estimate: estimate(ruleSet, totals, before, after, wording),
      limit: measure.limit.map { $0.judged(before: before, after: after) })
  }

  private func unit(_ before: Value, _ after: Value, _ wording: Wording) -> String {
    if case .percent = measure.type { return "%" }
    guard let money = [before, after].first(where: { $0.tag == .money }) else { return "" }
    return wording.program.schema.unit(of: CurrencyID(Int(money.aux)))
  }

  private func estimate(
    _ ruleSet: Int, _ totals: MeasureTotals, _ before: Value, _ after: Value, _ wording: Wording
  ) -> Comparison.Estimate {
    let change = changes[ruleSet]
    for value in [before, after] where !value.isKnown {
      return .tooLittleData(wording.say(whyUnknown(value, totals)))
    }
    guard let shape else {
      return .tooLittleData(
        wording.say(Phrase("no interval for this kind of measure", zh: "这类指标不给区间")))
    }
    if change.before.records == 0 { return .same }
    if shape.isCount, let factor = shape.factors?.first, factor == 1 {
      return answers(
        toYes: change.toYes, toNo: change.toNo, of: base.records, isShare: false, wording)
    }
    if let paired = pairedAnswers(shape, change) {
      return answers(
        toYes: paired.toYes, toNo: paired.toNo, of: paired.asked, isShare: true, wording)
    }
    let interval = interval(shape, change, totals)
    guard let result = interval.result(confidence: 0.95) else {
      return .tooLittleData(wording.say(interval.whyTooLittle))
    }
    return .interval(
      Comparison.Interval(
        low: result.low, high: result.high, confidence: 0.95,
        method: wording.say(result.method.words), p: result.method == .constant ? nil : result.p,
        detectable: result.deviation * Self.detectableDeviations))
  }

  /// z for 95 % on either side and for four times out of five: 1.960 + 0.842.
  static let detectableDeviations = 2.801_585_218_112_968

  private func whyUnknown(_ value: Value, _ totals: MeasureTotals) -> Phrase {
    let unknown = max(base.unknown, totals.unknown)
    if value.isFault {
      return Phrase("the measure cannot be worked out", zh: "指标算不出来")
    }
    if unknown > 0 {
      return Phrase(
        "\(counted(unknown, "record")) \(unknown == 1 ? "has" : "have") no value (`of known` leaves "
          + "them out)",
        zh: "有 \(unknown) 条记录没有值（写 `已知` 可以略去）")
    }
    return Phrase("there is nothing to measure", zh: "没有可量的记录")
  }

  // MARK: Sums, averages, ratios

  /// What each record adds to the difference: for plain sums that difference itself; else by the
  /// slopes of the measure at the sums before and after, which is what a record more would move it.
  private func interval(
    _ shape: MeasureShape, _ change: MeasureChanges, _ totals: MeasureTotals
  ) -> MeanInterval {
    let sample = change.sample.trimmed
    if shape.factors != nil {
      return MeanInterval(
        hashes: sample.hashes, values: sample.values, records: base.records, moved: change.moved,
        sum: difference(shape, change), squares: change.products[0].value)
    }
    let width = shape.parts.count
    let (old, new) = (base.sums(shape), totals.sums(shape))
    let slopes = shape.slope(at: old).map { -$0 } + shape.slope(at: new)
    let values = sample.hashes.indices.map { record in
      var sum = 0.0
      for place in 0..<2 * width {
        sum += slopes[place] * sample.values[record * 2 * width + place]
      }
      return sum
    }
    // A record that does not differ adds by both slopes at once.
    let together = (0..<width).map { slopes[$0] + slopes[$0 + width] }
    let changedBefore = change.before.sums(shape)
    var rest = 0.0
    var all = 0.0
    for place in 0..<width {
      rest += together[place] * (old[place] - changedBefore[place])
      all += slopes[place] * old[place] + slopes[place + width] * new[place]
    }
    let restSquares = max(
      BinarySum.square(together, products)
        - BinarySum.square(together, change.productsBefore(width)), 0)
    return MeanInterval(
      hashes: sample.hashes, values: values, records: base.records, moved: change.moved, sum: all,
      squares: BinarySum.square(slopes, change.products) + restSquares,
      estimate: center(shape, totals),
      restSum: rest, restSquares: restSquares)
  }

  private func difference(_ shape: MeasureShape, _ change: MeasureChanges) -> Double {
    let (old, new) = (change.before.sums(shape), change.after.sums(shape))
    var sum = 0.0
    for (place, factor) in (shape.factors ?? []).enumerated() {
      sum += factor * (new[place] - old[place])
    }
    return sum
  }

  private func center(_ shape: MeasureShape, _ totals: MeasureTotals) -> Double {
    shape.value(at: totals.sums(shape)) - shape.value(at: base.sums(shape))
  }

  // MARK: Yes and no

  /// A share of records that are the same under both, each of which answers yes or no: how many are
  /// asked, and how many answers changed. nil for any other ratio: of what no record is asked, and
  /// where it differs who is asked.
  private func pairedAnswers(
    _ shape: MeasureShape, _ change: MeasureChanges
  ) -> (toYes: Int, toNo: Int, asked: Int)? {
    guard shape.isRatioOfCounts, shape.parts.count == 2 else { return nil }
    // Counts are 0 or 1, so products of two are the number of records that have both. The base's are
    // in the order yes·yes, yes·asked, asked·asked; the changes' of yes and asked before and after.
    let all = products.map(\.value)
    let own = change.products.map(\.value)
    guard all.count == 3, own.count == 10, all[0] == all[1] else { return nil }
    let (yesBefore, bothYes, askedBefore) = (own[0], own[2], own[4])
    let (askedBoth, yesAfter, yesAskedAfter, askedAfter) = (own[6], own[7], own[8], own[9])
    guard askedBefore == askedBoth, askedAfter == askedBoth, yesAfter == yesAskedAfter else {
      return nil
    }
    return (Int(yesAfter - bothYes), Int(yesBefore - bothYes), Int(all[2]))
  }

  /// Records that answer yes or no under both, told as a number of records or as a share of them.
  private func answers(
    toYes: Int, toNo: Int, of asked: Int, isShare: Bool, _ wording: Wording
  ) -> Comparison.Estimate {
    let changed = toYes + toNo
    guard changed >= MeanInterval.leastMoved else {
      return .tooLittleData(wording.say(.tooFewDiffer(changed, least: MeanInterval.leastMoved)))
    }
    let records = Double(asked)
    let off = Double(toYes - toNo)
    let deviation = max(Double(changed) - off * off / records, 0).squareRoot()
    let share = Double(changed) / records
    let ends = GatedEnds.ends(
      moved: changed, of: asked, gate: MeanInterval.leastMoved,
      correlation: off * (1 - share) / (deviation * (Double(changed) * (1 - share)).squareRoot()),
      tail: 0.025)
    let interval = McNemar.interval(toYes: toYes, toNo: toNo, records: asked, scores: ends)
    let unit = isShare ? 1 : records
    return .interval(
      Comparison.Interval(
        low: interval.lowerBound * unit, high: interval.upperBound * unit,
        confidence: 0.95, method: wording.say(McNemar.words(changed: changed)),
        p: McNemar.p(toYes: toYes, toNo: toNo),
        detectable: deviation / records * unit * Self.detectableDeviations))
  }
}

extension MeasureTotals {
  /// The sum of each part, to the nearest binary number.
  func sums(_ shape: MeasureShape) -> [Double] {
    shape.parts.map {
      $0.isCount ? Double(folds[$0.fold].count) : folds[$0.fold].sum.normalized.approximate
    }
  }
}

extension MeasureChanges {
  /// Of the products of all parts before and after, those of the parts before.
  func productsBefore(_ width: Int) -> [BinarySum] {
    var result: [BinarySum] = []
    var place = 0
    for row in 0..<2 * width {
      for column in row..<2 * width {
        if row < width, column < width { result.append(products[place]) }
        place += 1
      }
    }
    return result
  }
}

extension McNemar {
  static func words(changed: Int) -> Phrase {
    changed > exactUpTo
      ? Phrase("McNemar's test (χ²), score interval", zh: "麦克尼马尔检验（χ²），得分区间")
      : Phrase("McNemar's test (exact, mid-p), score interval", zh: "麦克尼马尔检验（精确，mid-p），得分区间")
  }
}

extension MeanInterval.Method {
  var words: Phrase {
    switch self {
    case .bootstrap:
      Phrase(
        "paired bootstrap, studentised, \(BootstrapWeights.replicates) replicates",
        zh: "配对自助法（学生化），重抽 \(BootstrapWeights.replicates) 次")
    case .skewed: Phrase("paired t, corrected for skew", zh: "配对 t 区间，已校正偏斜")
    case .constant: Phrase("every record differs by the same", zh: "每条记录的差都一样")
    }
  }
}

extension MeanInterval {
  /// Why nothing is said.
  var whyTooLittle: Phrase { .tooFewDiffer(moved, least: Self.leastMoved) }
}

extension Phrase {
  static func tooFewDiffer(_ count: Int, least: Int) -> Phrase {
    Phrase(
      "too little data: \(counted(count, "record")) \(count == 1 ? "differs" : "differ"), "
        + "at least \(least) have to",
      zh: "数据太少：只有 \(count) 条记录不同，至少要 \(least) 条")
  }
}

extension Measure.Limit {
  /// Whether the measure stays within the limit, by its exact values on the data. (The interval
  /// speaks of other data like these; what is limited is what happened on these.)
  func judged(before: Value, after: Value) -> Comparison.Limit {
    guard before.isKnown, after.isKnown, let allowed = allowed(before),
      let rise = after.decimal.subtracting(before.decimal),
      let worse = isFall ? rise.negated : rise
    else {
      let isVoid = [before, after].allSatisfy {
        !$0.isKnown && !$0.isFault
          && ($0.cause.kind == .empty || $0.cause.kind == .divisionByZero)
      }
      return Comparison.Limit(text: text, verdict: .unknown, isVoid: isVoid)
    }
    let bound = ExactSum(allowed).approximate
    return Comparison.Limit(
      text: text, verdict: worse <= allowed ? .holds : .fails, bound: isFall ? -bound : bound)
  }

  /// How far the measure may move, in its own unit.
  private func allowed(_ before: Value) -> Decimal? {
    guard scale == .ofBase else { return atMost.decimal }
    let base = before.decimal
    return (base.mantissa < 0 ? base.negated : base)?.multiplied(by: atMost.decimal)
  }
}

extension Comparison.Measured {
  /// Corrects the p of measures that were asked about together (Holm). Measures without one do not
  /// count.
  public static func corrected(_ all: [Comparison.Measured]) -> [Comparison.Measured] {
    var result = all
    var places: [Int] = []
    var chances: [Double] = []
    for (index, measured) in all.enumerated() {
      if case .interval(let interval) = measured.estimate, let p = interval.p {
        places.append(index)
        chances.append(p)
      }
    }
    for (place, p) in zip(places, SeveralTests.holm(chances)) {
      if case .interval(var interval) = result[place].estimate {
        interval.p = p
        result[place].estimate = .interval(interval)
      }
    }
    return result
  }
}
