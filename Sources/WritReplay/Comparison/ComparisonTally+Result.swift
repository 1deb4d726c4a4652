import WritModel
import WritRules
import WritText

extension ComparisonTally {
  /// Flows told one by one; the rest is one flow.
  private static let mostFlows = 60
  private static let mostSegments = 200

  /// What it all came to. Sorted throughout, so that equal tallies give equal results.
  public var comparison: Comparison {
    var comparison = Comparison(
      language: header.language, date: header.date, ruleSets: header.ruleSets)
    comparison.inputs = inputTotals
    comparison.exclusions = exclusions.map { reason, excluded in
      Comparison.Exclusion(
        reason: reason, count: excluded.count, example: excluded.example ?? "")
    }.sorted { $0.reason.precedes($1.reason) }
    comparison.differences = header.ruleSets.indices.dropFirst().map { set in
      Comparison.Difference(
        ruleSet: set, edits: header.edits.indices.contains(set) ? header.edits[set] : [],
        decisions: values.compactMap { changed($0, set) }, measures: measured(set))
    }
    comparison.coverage = rules.map {
      Comparison.Coverage(
        block: $0.block, rule: $0.rule, place: $0.place, counts: $0.counts,
        amounts: $0.amounts.contains { $0 != nil } ? $0.amounts.map { $0?.normalized } : [])
    }
    comparison.notes = header.notes + foldedNotes
    return comparison
  }

  /// Files of one name in several parts are one; what every part read whole counts once.
  private var inputTotals: [Comparison.Input] {
    var totals: [String: Comparison.Input] = [:]
    for (input, count) in inputs {
      let name = "\(input.record)\u{0}\(input.file)"
      totals[
        name, default: Comparison.Input(file: input.file, record: input.record, records: 0)
      ].records += count
    }
    return totals.sorted { $0.key.precedes($1.key) }.map(\.value)
  }

  /// Which changes were too many to be told one by one.
  private var foldedNotes: [String] {
    values.filter { $0.changes.contains { $0?.flows.isFolded ?? false } }.map {
      let name = "\($0.decision)\($0.isAnswer ? "" : " · \($0.value)")"
      return Phrase(
        "`\(name)` has more than \(FlowTally.most) different changes: they are counted together",
        zh: "`\(name)` 的变化超过 \(FlowTally.most) 种，合并计数"
      ).text(in: header.language)
    }
  }

  /// The measures under a set, corrected for their number.
  private func measured(_ set: Int) -> [Comparison.Measured] {
    var program = Program()
    program.schema.currencies = header.currencies
    let wording = Wording(program: program, language: header.language)
    var all = measures.filter { $0.isKnown[set] }.map { measure in
      var measured = measure.tally.measured(ruleSet: set - 1, wording: wording)
      for segments in measure.segments {
        let told = segments.tallies.sorted { $0.key.precedes($1.key) }.map { value, tally in
          var part = tally.measured(ruleSet: set - 1, wording: wording)
          // What is limited is the whole.
          part.limit = nil
          return (by: segments.by, value: value, measured: part)
        }
        measured.segments += told.sorted { $0.measured.differing > $1.measured.differing }
          .prefix(Self.mostSegments)
      }
      return measured
    }
    all += whole.compactMap { $0.measured(set, wording) }
    return Comparison.Measured.corrected(all)
  }

  /// What became of a value under a set; nil where it does not decide it, or where what stands
  /// beside an answer did not change.
  private func changed(_ value: ValueTally, _ set: Int) -> Comparison.Changed? {
    guard let tally = value.changes[set], value.isAnswer || tally.changed > 0 else { return nil }
    var changed = Comparison.Changed(
      decision: value.decision, value: value.value, record: value.record,
      compared: value.records, changed: tally.changed, knockOn: tally.knockOn)
    changed.flows = flows(value, tally)
    if let unit = value.unit {
      var after = value.total
      after.add(tally.gains)
      after.add(tally.losses)
      changed.amounts = Comparison.Amounts(
        unit: unit, before: value.total.normalized, after: after.normalized,
        gains: tally.gains.normalized, losses: tally.losses.normalized, rising: tally.rising,
        falling: tally.falling, distribution: DifferenceBins.bins(tally.bins))
    }
    changed.largest = tally.largest.entries.map(\.change)
    changed.segments = segments(value, tally)
    changed.charges = tally.charges.map { key, sum in
      Comparison.Charge(
        kind: key.kind, edits: key.edits, count: sum.count, amount: sum.amount.normalized)
    }.sorted { a, b in
      let order = Comparison.Charge.Kind.allCases
      if a.kind != b.kind {
        return (order.firstIndex(of: a.kind) ?? 0) < (order.firstIndex(of: b.kind) ?? 0)
      }
      return a.edits.lexicographicallyPrecedes(b.edits)
    }
    if let recorded = value.recorded {
      var off = recorded.off
      off.add(tally.offMore)
      let isAmount = value.unit != nil
      changed.agreement = Comparison.Agreement(
        field: recorded.field, recorded: recorded.count, agreesBefore: recorded.agrees,
        agreesAfter: recorded.agrees + tally.agreesMore,
        offBefore: isAmount ? recorded.off.normalized : nil,
        offAfter: isAmount ? off.normalized : nil, better: tally.better.entries.map(\.change),
        worse: tally.worse.entries.map(\.change))
    }
    return changed
  }

  private func flows(_ value: ValueTally, _ tally: ChangeTally) -> [Comparison.Flow] {
    let other = Phrase("other", zh: "其他").text(in: header.language)
    var flows = tally.flows.counts.map { key, count in
      key == FlowTally.all
        ? Comparison.Flow(before: other, after: other, count: count)
        : Comparison.Flow(before: key.before, after: key.after, count: count)
    }
    if value.answers.isEmpty {
      // There are too many answers to tell which stayed what.
      let same = value.records - tally.changed
      let word = Phrase("as before", zh: "不变").text(in: header.language)
      if same > 0 { flows.append(Comparison.Flow(before: word, after: word, count: same)) }
    } else {
      var left = value.answers
      for (key, count) in tally.flows.counts { left[key.before, default: 0] -= count }
      let equal =
        value.unit == nil ? nil : Phrase("equal", zh: "不变").text(in: header.language)
      for (answer, count) in left where count > 0 {
        let isAmount = answer == Phrase("an amount", zh: "有金额").text(in: header.language)
        flows.append(
          Comparison.Flow(
            before: answer, after: isAmount ? equal ?? answer : answer, count: count))
      }
    }
    var sums: [Comparison.FlowKey: Int] = [:]
    for flow in flows {
      sums[Comparison.FlowKey(before: flow.before, after: flow.after), default: 0] += flow.count
    }
    let sorted = sums.map {
      Comparison.Flow(before: $0.key.before, after: $0.key.after, count: $0.value)
    }.sorted { a, b in
      if a.count != b.count { return a.count > b.count }
      return a.before == b.before ? a.after.precedes(b.after) : a.before.precedes(b.before)
    }
    guard sorted.count > Self.mostFlows else { return sorted }
    let rest = sorted[Self.mostFlows...].reduce(0) { $0 + $1.count }
    return sorted[..<Self.mostFlows]
      + [Comparison.Flow(before: other, after: other, count: rest)]
  }

  private func segments(_ value: ValueTally, _ tally: ChangeTally) -> [Comparison.Segment] {
    value.segments.enumerated().flatMap { path, segment in
      segment.counts.map { name, count in
        let sum = tally.segments[ChangeTally.Segment(path: path, value: name)]
        return Comparison.Segment(
          by: segment.by, value: name, compared: count, changed: sum?.changed ?? 0,
          gains: sum?.gains.normalized ?? ExactSum(), losses: sum?.losses.normalized ?? ExactSum())
      }.sorted { a, b in
        if a.changed != b.changed { return a.changed > b.changed }
        if a.compared != b.compared { return a.compared > b.compared }
        return a.value.precedes(b.value)
      }.prefix(Self.mostSegments)
    }
  }
}

extension WholeMeasure {
  func measured(_ set: Int, _ wording: Wording) -> Comparison.Measured? {
    guard let before = values[0], let after = values[set] else { return nil }
    let unit: String
    switch measure.type {
    case .percent: unit = "%"
    case .money(let currency):
      let index = Int(currency?.index ?? 0)
      let currencies = wording.program.schema.currencies
      unit = currencies.indices.contains(index) ? currencies[index] : ""
    default: unit = ""
    }
    let isSame = before.isKnown && after.isKnown && Value.same(before, after)
    let why =
      measure.readsCounters
      ? Phrase(
        "no interval: who gets one record depends on those before it",
        zh: "各条记录分给谁取决于前面的记录，不给区间")
      : Phrase(
        "no interval for a measure that is no sum over records", zh: "不是按记录累加的指标，不给区间")
    return Comparison.Measured(
      title: measure.title, unit: unit, before: before.isKnown ? before.decimal : nil,
      after: after.isKnown ? after.decimal : nil, moreIsBetter: measure.moreIsBetter, records: 0,
      differing: 0, estimate: isSame ? .same : .tooLittleData(wording.say(why)),
      limit: measure.limit?.judged(before: before, after: after))
  }
}

extension String {
  /// By bytes: the same on every machine.
  func precedes(_ other: String) -> Bool { utf8.lexicographicallyPrecedes(other.utf8) }
}
