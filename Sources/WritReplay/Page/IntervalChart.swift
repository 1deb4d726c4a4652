import WritModel
import WritText

/// The differences of measures with their intervals: a row a measure, nothing in the middle.
///
/// Measures have different units, so each row has a scale of its own; what rows share is the line
/// of no difference. That is said beside the drawing.
struct IntervalChart {
  let measures: [Comparison.Measured]
  let sentences: Sentences

  private var figures: Figures { sentences.figures }

  func draw(width: Double, title: String, description: String, into page: inout Markup) {
    let isSlim = width < 500
    let names = isSlim ? 0 : width * 0.27
    let values = isSlim ? 0 : width * 0.36
    let step = isSlim ? 92.0 : 46.0
    let top = 24.0
    let left = names + 10
    let right = width - values - 10
    let middle = (left + right) / 2
    let height = top + step * Double(measures.count) + 6
    page.chart(
      isSlim ? "slim" : "broad", width: width, height: height, title: title,
      description: description
    ) { page in
      page.text("◂ " + figures.say("falls", "下降"), x: left, y: 13, style: "small soft")
      page.text(
        figures.say("rises", "上升") + " ▸", x: right, y: 13, anchor: "end", style: "small soft")
      for (index, measure) in measures.enumerated() {
        let y = top + step * Double(index)
        let plot = isSlim ? y + 72 : y + step / 2 + 2
        if index > 0 { page.rule(x1: 0, y1: y, x2: width, y2: y, style: "grid") }
        page.rule(
          x1: middle, y1: isSlim ? plot - 12 : y + 4, x2: middle,
          y2: isSlim ? plot + 12 : y + step - 4,
          style: "axis")
        let nameRoom = Int((isSlim ? width - 80 : names) / 6.9)
        page.text(
          measure.title.printable.truncated(toWidth: nameRoom), x: 0,
          y: isSlim ? y + 19 : y + (measure.limit == nil ? 27 : 20), style: "strong")
        if let limit = measure.limit {
          let style = Self.style(limit.verdict)
          let word = Self.mark(limit.verdict) + " " + sentences.word(limit.verdict)
          page.text(
            word, x: isSlim ? width : 0, y: isSlim ? y + 19 : y + 36,
            anchor: isSlim ? "end" : "start", style: "small \(style)")
        }
        drawPlot(measure, middle: middle, half: (right - left) / 2 - 6, y: plot, into: &page)
        drawWords(
          measure, x: isSlim ? 0 : right + 18, y: isSlim ? y + 37 : y + 20, isSlim: isSlim,
          width: width, into: &page)
      }
    }
  }

  private func drawWords(
    _ measure: Comparison.Measured, x: Double, y: Double, isSlim: Bool, width: Double,
    into page: inout Markup
  ) {
    let difference = sentences.difference(measure).map {
      figures.value($0, measure.unit, isSigned: true)
    }
    let detail: String =
      switch measure.estimate {
      case .interval(let interval): sentences.range(interval, measure.unit)
      case .tooLittleData(let reason): reason.printable
      case .same: figures.say("nothing differs", "没有差别")
      }
    if isSlim {
      let text = [difference, detail].compactMap(\.self).joined(separator: " · ")
      page.text(text.truncated(toWidth: Int(width / 6.2)), x: x, y: y, style: "small soft")
    } else {
      page.text(difference ?? "—", x: x, y: y)
      page.text(detail.truncated(toWidth: 36), x: x, y: y + 16, style: "small soft")
    }
  }

  private func drawPlot(
    _ measure: Comparison.Measured, middle: Double, half: Double, y: Double,
    into page: inout Markup
  ) {
    let point = sentences.difference(measure).map { ExactSum($0).approximate }
    guard case .interval(let interval) = measure.estimate, interval.low.isFinite,
      interval.high.isFinite
    else {
      if case .same = measure.estimate { page.dot(x: middle, y: y, style: "f-ink") }
      return
    }
    let bound = measure.limit?.bound.flatMap { $0.isFinite ? $0 : nil }
    let widest =
      [interval.low, interval.high, point ?? 0, bound ?? 0].map { abs($0) }.max() ?? 0
    guard widest > 0 else { return }
    let scale = half / (widest * 1.08)
    if let bound {
      let x = middle + bound * scale
      page.rule(x1: x, y1: y - 13, x2: x, y2: y + 13, style: "s-bad")
      page.text(
        figures.say("limit", "限度"), x: bound > 0 ? x - 4 : bound < 0 ? x : x + 4,
        y: bound < 0 ? y - 16 : y - 9, anchor: bound > 0 ? "end" : "start", style: "small t-bad")
    }
    let (low, high) = (middle + interval.low * scale, middle + interval.high * scale)
    page.rule(x1: low, y1: y, x2: max(high, low + 0.5), y2: y, style: "s-ink")
    for x in [low, high] { page.rule(x1: x, y1: y - 5, x2: x, y2: y + 5, style: "s-ink") }
    if let point { page.dot(x: middle + point * scale, y: y, style: "f-ink") }
  }

  static func style(_ verdict: Comparison.Limit.Verdict) -> String {
    switch verdict {
    case .holds: "t-good"
    case .fails: "t-bad"
    case .unknown: "t-doubt"
    }
  }

  /// A sign that says without colour what the colour says.
  static func mark(_ verdict: Comparison.Limit.Verdict) -> String {
    switch verdict {
    case .holds: "✓"
    case .fails: "✗"
    case .unknown: "?"
    }
  }
}

extension Markup {
  mutating func dot(x: Double, y: Double, style: String) {
    shape("circle", ["cx": Self.length(x), "cy": Self.length(y), "r": "4.5", "class": style])
  }
}
