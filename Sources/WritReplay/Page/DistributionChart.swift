import WritModel
import WritText

/// How differences are spread: a column a range, less on the left of nothing, more on the right.
struct DistributionChart {
  let bins: [Comparison.Bin]
  let unit: String
  let figures: Figures

  /// Whether a range is of less, of more, or has nothing inside.
  func style(_ bin: Comparison.Bin) -> String {
    if Decimal.order(bin.high, Decimal(0)) <= 0 { return "f-fall" }
    return Decimal.order(bin.low, Decimal(0)) >= 0 ? "f-rise" : "f-flow"
  }

  func edge(_ value: Decimal) -> String {
    figures.number(ExactSum(value), unit == "%" ? "%" : "", isSigned: true)
  }

  func draw(width: Double, title: String, description: String, into page: inout Markup) {
    let isSlim = width < 500
    let most = bins.map(\.count).max() ?? 0
    guard most > 0 else { return }
    let top = 20.0
    let bottom = 44.0
    let height = isSlim ? 150.0 : 170.0
    let side = 12.0
    let slot = (width - 2 * side) / Double(bins.count)
    let ground = top + height
    page.chart(
      isSlim ? "slim" : "broad", width: width, height: ground + bottom, title: title,
      description: description
    ) { page in
      for (index, bin) in bins.enumerated() where bin.count > 0 {
        let tall = max(1.5, Double(bin.count) / Double(most) * height)
        let x = side + Double(index) * slot
        page.element(
          "rect",
          [
            "class": style(bin), "x": Markup.length(x + min(1.5, slot * 0.1)),
            "y": Markup.length(ground - tall),
            "width": Markup.length(max(1, slot - min(3, slot * 0.2))),
            "height": Markup.length(tall),
          ]
        ) {
          $0.element("title", "\(edge(bin.low)) … \(edge(bin.high)): \(figures.count(bin.count))")
        }
        // Numbers stand on the columns where there is room for them.
        let text = figures.count(bin.count)
        if Double(text.count) * 7.2 < slot {
          page.text(
            text, x: x + slot / 2, y: ground - tall - 5, anchor: "middle", style: "small soft")
        }
      }
      page.rule(x1: side, y1: ground, x2: width - side, y2: ground, style: "axis")
      drawEdges(width: width, side: side, slot: slot, ground: ground, into: &page)
      page.text(
        "◂ " + figures.say("less", "减少"), x: side, y: ground + 38, style: "small soft")
      page.text(
        figures.say("more", "增加") + " ▸", x: width - side, y: ground + 38, anchor: "end",
        style: "small soft")
      if !unit.isEmpty {
        page.text(
          figures.differenceUnit(unit).trimmingBlanks, x: width / 2, y: ground + 38,
          anchor: "middle", style: "small soft")
      }
    }
  }

  /// The edges of the ranges, as many as fit; nothing itself always.
  private func drawEdges(
    width: Double, side: Double, slot: Double, ground: Double, into page: inout Markup
  ) {
    var edges = bins.map(\.low)
    if let last = bins.last { edges.append(last.high) }
    // Nothing itself lies where less ends and more begins, also between ranges that leave it out.
    let zero = edges.firstIndex { $0 == Decimal(0) } ?? bins.firstIndex { Decimal(0) < $0.low }
    // Where each text would stand, and what is taken already.
    var taken: [ClosedRange<Double>] = []
    let isInside = zero.map { $0 > 0 && $0 < edges.count - 1 } ?? false
    let order = (isInside ? [zero ?? 0] : []) + [0, edges.count - 1] + Array(edges.indices)
    var shown: Set<Int> = []
    for index in order where !shown.contains(index) {
      let text =
        index == zero && (isInside || edges[index] == Decimal(0)) ? "0" : edge(edges[index])
      let room = Double(text.count) * 7.2
      var x = side + Double(index) * slot
      x = min(max(x, room / 2), width - room / 2)
      let range = (x - room / 2 - 5)...(x + room / 2 + 5)
      guard !taken.contains(where: { $0.overlaps(range) }) else { continue }
      taken.append(range)
      shown.insert(index)
      page.text(text, x: x, y: ground + 17, anchor: "middle", style: "small")
    }
    if let zero, zero > 0, zero < edges.count - 1 {
      let x = side + Double(zero) * slot
      page.rule(x1: x, y1: 6, x2: x, y2: ground + 5, style: "axis")
    }
  }
}

extension Markup {
  /// A line of a drawing.
  mutating func rule(x1: Double, y1: Double, x2: Double, y2: Double, style: String) {
    shape(
      "line",
      [
        "x1": Self.length(x1), "y1": Self.length(y1), "x2": Self.length(x2),
        "y2": Self.length(y2), "class": style,
      ])
  }
}

extension String {
  var trimmingBlanks: String {
    String(drop { $0 == " " })
  }
}
