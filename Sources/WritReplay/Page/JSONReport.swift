import WritModel
public import WritText

extension Comparison {
  /// The whole comparison for programs. Names do not change; amounts are exact numbers, shares and
  /// intervals binary ones; a percent is its fraction; what is not there is `null`.
  public func json(_ options: ReportOptions = ReportOptions(records: .max)) -> JSONText {
    .object([
      ("format", .text("writ comparison 1")), ("language", .text(language.rawValue)),
      ("date", .text(date)),
      (
        "ruleSets",
        .list(
          ruleSets.map {
            .object([
              ("name", .text($0.name)), ("hash", .text($0.hash)), ("rules", .integer($0.rules)),
            ])
          })
      ),
      (
        "inputs",
        .list(
          inputs.map {
            .object([
              ("file", .text($0.file)), ("record", .text($0.record)),
              ("records", .integer($0.records)),
            ])
          })
      ),
      (
        "exclusions",
        .list(
          exclusions.map {
            .object([
              ("reason", .text($0.reason)), ("count", .integer($0.count)),
              ("example", .text($0.example)),
            ])
          })
      ),
      ("differences", .list(differences.map { $0.json(options) })),
      ("coverage", .list(coverage.map(\.json))),
      ("experiments", .list(experiments.map(\.json))),
      ("notes", .list(notes.map { .text($0) })),
    ])
  }
}

extension Comparison.Difference {
  fileprivate func json(_ options: ReportOptions) -> JSONText {
    .object([
      ("ruleSet", .integer(ruleSet)),
      (
        "edits",
        .list(
          edits.map {
            .object([
              ("kind", .text($0.kind)), ("block", .text($0.block)), ("title", .text($0.title)),
              ("before", .text($0.before)), ("after", .text($0.after)), ("place", .text($0.place)),
            ])
          })
      ),
      (
        "decisions",
        .list(decisions.map { $0.json(options, ruleSet: ruleSet) })
      ),
      ("measures", .list(measures.map(\.json))),
    ])
  }
}

extension Comparison.Changed {
  fileprivate func json(_ options: ReportOptions, ruleSet: Int) -> JSONText {
    .object([
      ("decision", .text(decision)), ("value", .text(value)), ("record", .text(record)),
      ("compared", .integer(compared)), ("changed", .integer(changed)),
      ("knockOn", .integer(knockOn)),
      (
        "flows",
        .list(
          flows.map {
            .object([
              ("before", .text($0.before)), ("after", .text($0.after)),
              ("count", .integer($0.count)),
            ])
          })
      ),
      ("amounts", amounts?.json ?? .null),
      (
        "charges",
        .list(
          charges.map {
            .object([
              ("kind", .text($0.kind.rawValue)), ("edits", .list($0.edits.map { .integer($0) })),
              ("count", .integer($0.count)), ("amount", $0.amount.json),
            ])
          })
      ),
      (
        "segments",
        .list(
          segments.map {
            .object([
              ("by", .text($0.by)), ("value", .text($0.value)), ("compared", .integer($0.compared)),
              ("changed", .integer($0.changed)), ("gains", $0.gains.json),
              ("losses", $0.losses.json),
            ])
          })
      ),
      ("agreement", agreement?.json(options, ruleSet: ruleSet) ?? .null),
      (
        "largest",
        .list(largest.prefix(options.records).map { $0.json(options, ruleSet: ruleSet) })
      ),
    ])
  }
}

extension Comparison.Amounts {
  fileprivate var json: JSONText {
    .object([
      ("unit", .text(unit)), ("before", before.json), ("after", after.json), ("gains", gains.json),
      ("losses", losses.json), ("rising", .integer(rising)), ("falling", .integer(falling)),
      (
        "distribution",
        .list(
          distribution.map {
            .object([
              ("low", .number($0.low.plain)), ("high", .number($0.high.plain)),
              ("count", .integer($0.count)),
            ])
          })
      ),
    ])
  }
}

extension Comparison.Change {
  fileprivate func json(_ options: ReportOptions, ruleSet: Int) -> JSONText {
    let sources = { (place: Int) -> Sources? in
      options.sources.indices.contains(place) ? options.sources[place] : nil
    }
    return .object([
      ("key", .text(key)), ("before", .text(before)), ("after", .text(after)),
      ("difference", difference.map { .number($0.plain) } ?? .null),
      ("segments", .list(segments.map { .text($0) })),
      ("edits", .list(edits.map { .integer($0) })), ("knockOn", .boolean(isKnockOn)),
      ("whyBefore", whyBefore?.brief(in: sources(0)) ?? .null),
      ("whyAfter", whyAfter?.brief(in: sources(ruleSet)) ?? .null),
    ])
  }
}

extension Comparison.Agreement {
  fileprivate func json(_ options: ReportOptions, ruleSet: Int) -> JSONText {
    .object([
      ("field", .text(field)), ("recorded", .integer(recorded)),
      ("agreesBefore", .integer(agreesBefore)), ("agreesAfter", .integer(agreesAfter)),
      ("offBefore", offBefore?.json ?? .null), ("offAfter", offAfter?.json ?? .null),
      ("better", .list(better.map { $0.json(options, ruleSet: ruleSet) })),
      ("worse", .list(worse.map { $0.json(options, ruleSet: ruleSet) })),
    ])
  }
}

extension Comparison.Coverage {
  fileprivate var json: JSONText {
    .object([
      ("block", .text(block)), ("rule", .text(rule)), ("place", .text(place)),
      ("counts", .list(counts.map { $0.map { .integer($0) } ?? .null })),
      ("amounts", .list(amounts.map { $0?.json ?? .null })),
    ])
  }
}

extension Comparison.Measured {
  fileprivate var json: JSONText {
    .object([
      ("title", .text(title)), ("unit", .text(unit)),
      ("before", before.map { .number($0.plain) } ?? .null),
      ("after", after.map { .number($0.plain) } ?? .null),
      ("moreIsBetter", moreIsBetter.map { .boolean($0) } ?? .null),
      ("records", .integer(records)), ("differing", .integer(differing)),
      ("estimate", estimate.json),
      (
        "limit",
        limit.map {
          .object([
            ("text", .text($0.text)), ("verdict", .text($0.verdict.rawValue)),
            ("bound", $0.bound.map(JSONText.binary) ?? .null),
          ])
        } ?? .null
      ),
      (
        "segments",
        .list(
          segments.map {
            .object([
              ("by", .text($0.by)), ("value", .text($0.value)), ("measured", $0.measured.json),
            ])
          })
      ),
    ])
  }
}

extension Comparison.Estimate {
  fileprivate var json: JSONText {
    switch self {
    case .interval(let interval):
      .object(
        [
          ("kind", .text("interval")), ("low", .binary(interval.low)),
          ("high", .binary(interval.high)), ("confidence", .binary(interval.confidence)),
          ("method", .text(interval.method)), ("p", interval.p.map(JSONText.binary) ?? .null),
          ("detectable", interval.detectable.map(JSONText.binary) ?? .null),
        ] + (interval.z.map { [("z", .binary($0))] } ?? [])
          + (interval.oneSidedP.map { [("oneSidedP", .binary($0))] } ?? []))
    case .tooLittleData(let reason):
      .object([("kind", .text("tooLittleData")), ("reason", .text(reason))])
    case .same: .object([("kind", .text("same"))])
    }
  }
}

extension Comparison.Trial {
  /// The experiment as one JSON object.
  public var json: JSONText {
    .object([
      ("title", .text(title)),
      (
        "arms",
        .list(
          arms.map {
            .object([
              ("name", .text($0.name)), ("share", .binary($0.share)),
              ("records", .integer($0.records)),
            ])
          })
      ),
      ("chiSquare", .binary(chiSquare)), ("ratioP", .binary(ratioP)),
      (
        "outcomes",
        .list(
          outcomes.map {
            .object([
              ("title", .text($0.title)), ("unit", .text($0.unit)),
              ("values", .list($0.values.map { $0.map(JSONText.binary) ?? .null })),
              ("estimates", .list($0.estimates.map(\.json))),
            ])
          })
      ),
      ("notes", .list(notes.map { .text($0) })),
    ])
  }
}

extension Explanation {
  /// What is known without its sources leaves out the places.
  fileprivate func brief(in sources: Sources?) -> JSONText {
    json { span in
      guard let sources, sources.place(of: span) != nil else { return nil }
      return (sources[span.source].name, sources.position(of: span).line)
    }
  }
}

extension ExactSum {
  fileprivate var json: JSONText { digits.map { .number($0) } ?? .null }
}

extension JSONText {
  /// A binary number in its shortest digits; what is none has no number.
  fileprivate static func binary(_ value: Double) -> JSONText {
    value.isFinite ? .number("\(value)") : .null
  }
}
