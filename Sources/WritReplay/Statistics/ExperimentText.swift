public import WritText

extension Comparison.Trial {
  /// The experiment for a terminal: the split first, then each outcome in every arm.
  public func text(in language: Language) -> String {
    func say(_ english: String, _ chinese: String) -> String {
      language == .english ? english : chinese
    }
    let figures = Figures(language: language)
    var lines = [say("experiment \"\(title)\"", "分流试验“\(title)”"), ""]
    let names = self.names(language)
    let width = (names + outcomes.map(\.title)).map(\.displayWidth).max() ?? 0
    func padded(_ text: String) -> String {
      text + String(repeating: " ", count: max(0, width - text.displayWidth))
    }
    let total = arms.reduce(0) { $0 + $1.records }
    for (arm, name) in zip(arms, names) {
      let declared = figures.confidence(arm.share)
      lines.append(
        "  \(padded(name))  "
          + say(
            "\(figures.count(arm.records)) records, \(figures.share(arm.records, of: total)) (declared \(declared))",
            "\(figures.count(arm.records)) 条，\(figures.share(arm.records, of: total))（声明 \(declared)）"
          ))
    }
    let passes = ratioP >= SampleRatio.threshold
    lines.append(
      "  " + say("split: ", "分流：")
        + "χ² \(figures.fixed(chiSquare, decimals: 2)), p "
        + (ratioP < 0.0005 ? "< 0.001" : figures.fixed(ratioP, decimals: 3)) + ": "
        + (passes
          ? say("passes at 0.001", "在 0.001 上通过") : say("does not pass at 0.001", "在 0.001 上不通过")))
    for outcome in outcomes { lines += self.lines(of: outcome, figures, language) }
    if !notes.isEmpty { lines.append("") }
    lines += notes.map { "  " + $0 }
    return lines.joined(separator: "\n") + "\n"
  }

  /// What arms are called; the rules that the experiment stands in have no title of their own.
  private func names(_ language: Language) -> [String] {
    arms.map { arm in
      arm.name.isEmpty ? (language == .english ? "these rules" : "现行规则") : arm.name
    }
  }

  private func lines(
    of outcome: Outcome, _ figures: Figures, _ language: Language
  ) -> [String] {
    func say(_ english: String, _ chinese: String) -> String {
      language == .english ? english : chinese
    }
    let names = self.names(language)
    let isPercent = outcome.unit == "%"
    func told(_ value: Double?, isSigned: Bool = false) -> String {
      guard let value else { return "—" }
      let sign = isSigned && value > 0 ? "+" : ""
      let digits = figures.fixed(isPercent ? value * 100 : value, decimals: 2)
      return sign + digits + (isPercent && !isSigned ? "%" : "")
    }
    let unit = isPercent || outcome.unit.isEmpty ? "" : " " + figures.unitName(outcome.unit)
    let points = isPercent ? say(" points", " 个百分点") : unit
    var lines = [
      "",
      "  \(outcome.title)  "
        + zip(names, outcome.values).map { "\($0) \(told($1))\(unit)" }
        .joined(separator: say(", ", "，")),
    ]
    for (index, estimate) in outcome.estimates.enumerated() {
      let name = arms.count > 2 && index + 1 < arms.count ? names[index + 1] + ": " : ""
      switch estimate {
      case .same: lines.append("    " + name + say("no difference", "没有差别"))
      case .tooLittleData(let why): lines.append("    " + name + why)
      case .interval(let interval):
        let difference = zip([outcome.values[0]], [outcome.values[index + 1]]).compactMap {
          (first, second) in first.flatMap { first in second.map { $0 - first } }
        }.first
        let confidence = figures.confidence(interval.confidence)
        lines.append(
          "    " + name
            + say(
              "difference \(told(difference, isSigned: true))\(points), \(confidence) interval \(told(interval.low, isSigned: true)) to \(told(interval.high, isSigned: true))\(points)",
              "差 \(told(difference, isSigned: true))\(points)，\(confidence) 区间 \(told(interval.low, isSigned: true)) 到 \(told(interval.high, isSigned: true))\(points)"
            ))
        var second: [String] = []
        if let p = interval.p {
          second.append(
            p < 0.00005 ? "p < 0.0001" : "p \(figures.fixed(p, decimals: 4))")
        }
        second.append(interval.method)
        if let detectable = interval.detectable {
          second.append(
            say(
              "shows \(told(detectable, isSigned: false).replacingPercent)\(points) four times out of five",
              "差 \(told(detectable).replacingPercent)\(points)时五次里能看出四次"))
        }
        lines.append("    " + second.joined(separator: say("; ", "；")))
      }
    }
    return lines
  }
}

extension String {
  /// Points are told without the sign of a percent.
  fileprivate var replacingPercent: String { hasSuffix("%") ? String(dropLast()) : self }
}
