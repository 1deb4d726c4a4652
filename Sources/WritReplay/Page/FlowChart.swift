import WritText

/// From which answer to which: ribbons between two columns, as thick as there are records.
///
/// On a broad screen names stand beside the columns; on a slim one they stand on the ribbons.
struct FlowChart {
  /// One answer on one side.
  struct Node {
    var name: String
    var count: Int
    var top = 0.0
    var height = 0.0
  }
  private(set) var left: [Node]
  private(set) var right: [Node]
  private let flows: [(left: Int, right: Int, count: Int)]
  private let figures: Figures

  /// More than these on a side would be hairs.
  private static let mostNodes = 8

  init(_ flows: [Comparison.Flow], _ figures: Figures) {
    self.figures = figures
    let others = figures.say("others", "其他")
    let counted = flows.filter { $0.count > 0 }
    left = Self.nodes(counted.map { ($0.before, $0.count) }, others)
    right = Self.nodes(counted.map { ($0.after, $0.count) }, others)
    var sums: [Int: Int] = [:]
    for flow in counted {
      let from = Self.place(of: flow.before, in: left)
      let to = Self.place(of: flow.after, in: right)
      sums[from * 100 + to, default: 0] += flow.count
    }
    self.flows = sums.sorted { $0.key < $1.key }.map { ($0.key / 100, $0.key % 100, $0.value) }
  }

  /// The answers of a side, the most frequent first, the rest as one.
  private static func nodes(_ parts: [(String, Int)], _ others: String) -> [Node] {
    var order: [String] = []
    var sums: [String: Int] = [:]
    for (name, count) in parts {
      if sums[name] == nil { order.append(name) }
      sums[name, default: 0] += count
    }
    var nodes = order.map { Node(name: $0, count: sums[$0] ?? 0) }
    // A stable order: by count, then as they came.
    nodes = nodes.enumerated().sorted {
      ($1.element.count, $0.offset) < ($0.element.count, $1.offset)
    }
    .map(\.element)
    guard nodes.count > mostNodes else { return nodes }
    let rest = nodes[(mostNodes - 1)...].reduce(0) { $0 + $1.count }
    return nodes.prefix(mostNodes - 1) + [Node(name: others, count: rest)]
  }

  private static func place(of name: String, in nodes: [Node]) -> Int {
    nodes.firstIndex { $0.name == name } ?? nodes.count - 1
  }

  /// The drawing, so wide.
  mutating func draw(width: Double, title: String, description: String, into page: inout Markup) {
    let isSlim = width < 500
    let total = Double(left.reduce(0) { $0 + $1.count })
    guard total > 0 else { return }
    let slot = 22.0
    let gap = 7.0
    let scale = (isSlim ? 120 : 150) / total
    let height = max(
      Self.lay(&left, scale: scale, slot: slot, gap: gap),
      Self.lay(&right, scale: scale, slot: slot, gap: gap))
    let margin = isSlim ? 0.0 : width * 0.33
    let bar = 8.0
    let top = 24.0
    page.chart(
      isSlim ? "slim" : "broad", width: width, height: height + top, title: title,
      description: description
    ) { page in
      let heads = [
        (figures.say("before", "之前"), isSlim ? 0 : margin - 10, isSlim ? "start" : "end"),
        (
          figures.say("after", "之后"), isSlim ? width : width - margin + 10,
          isSlim ? "end" : "start"
        ),
      ]
      for (text, x, anchor) in heads {
        page.text(text, x: x, y: 13, anchor: anchor, style: "soft small")
      }
      draw(
        from: margin + bar, to: width - margin - bar, top: top, scale: scale, into: &page)
      let room = Int((isSlim ? width / 2 - 20 : margin - 12) / 6.9)
      for (nodes, isLeft) in [(left, true), (right, false)] {
        for node in nodes {
          let x = isLeft ? margin : width - margin - bar
          page.shape(
            "rect",
            [
              "x": Markup.length(x), "y": Markup.length(top + node.top),
              "width": Markup.length(bar), "height": Markup.length(max(1.5, node.height)),
              "class": "f-flow",
            ])
          let outer = isLeft ? x - 10 : x + bar + 10
          let inner = isLeft ? x + bar + 7 : x - 7
          page.label(
            node.name, figures.count(node.count), x: isSlim ? inner : outer,
            y: top + node.top + max(slot, node.height) / 2 + 4.5, room: room,
            anchor: isLeft == isSlim ? "start" : "end")
        }
      }
    }
  }

  /// Puts the nodes of a side below one another; gives the height they take.
  private static func lay(
    _ nodes: inout [Node], scale: Double, slot: Double, gap: Double
  ) -> Double {
    var y = 0.0
    for index in nodes.indices {
      nodes[index].height = Double(nodes[index].count) * scale
      nodes[index].top = y
      y += max(slot, nodes[index].height) + gap
    }
    return max(0, y - gap)
  }

  private func draw(
    from start: Double, to end: Double, top: Double, scale: Double, into page: inout Markup
  ) {
    // Ribbons leave and arrive in the order of the other side, so that few cross.
    var leaves = left.map { top + $0.top }
    var arrives = right.map { top + $0.top }
    var ends = [Double](repeating: 0, count: flows.count)
    for (index, flow) in flows.enumerated().sorted(by: {
      ($0.element.right, $0.element.left) < ($1.element.right, $1.element.left)
    }) {
      ends[index] = arrives[flow.right]
      arrives[flow.right] += Double(flow.count) * scale
    }
    let middle = Markup.length((start + end) / 2)
    for (index, flow) in flows.enumerated() {
      let thick = Double(flow.count) * scale
      let y0 = leaves[flow.left]
      let y1 = ends[index]
      leaves[flow.left] += thick
      let shown = max(thick, 1.2)
      let (x0, x1) = (Markup.length(start), Markup.length(end))
      let path =
        "M\(x0),\(Markup.length(y0))C\(middle),\(Markup.length(y0)) \(middle),\(Markup.length(y1)) "
        + "\(x1),\(Markup.length(y1))V\(Markup.length(y1 + shown))C\(middle),"
        + "\(Markup.length(y1 + shown)) \(middle),\(Markup.length(y0 + shown)) "
        + "\(x0),\(Markup.length(y0 + shown))Z"
      page.element("path", ["class": "ribbon", "d": path]) { page in
        page.element(
          "title",
          "\(left[flow.left].name) → \(right[flow.right].name): \(figures.count(flow.count))")
      }
    }
  }
}

// MARK: - Drawings

extension Markup {
  /// A drawing with its title and what it shows, for those who hear it.
  mutating func chart(
    _ size: String, width: Double, height: Double, title: String, description: String,
    _ body: (inout Markup) -> Void
  ) {
    let name = identifier()
    element(
      "svg",
      [
        "class": "chart \(size)", "role": "img", "aria-labelledby": "\(name)t \(name)d",
        "viewBox": "0 0 \(Self.length(width)) \(Self.length(height))",
      ]
    ) { page in
      page.element("title", ["id": "\(name)t"], title)
      page.element("desc", ["id": "\(name)d"], description)
      body(&page)
    }
    line()
  }

  /// Text in a drawing.
  mutating func text(
    _ text: String, x: Double, y: Double, anchor: String = "start", style: String = ""
  ) {
    element(
      "text",
      [
        "x": Self.length(x), "y": Self.length(y), "text-anchor": anchor,
        "class": style.isEmpty ? "plain" : style,
      ], text)
  }

  /// A name, cut to so many cells, and a number that is never cut.
  mutating func label(
    _ name: String, _ number: String, x: Double, y: Double, room: Int, anchor: String
  ) {
    element("text", ["x": Self.length(x), "y": Self.length(y), "text-anchor": anchor]) { page in
      page.say(name.printable.truncated(toWidth: max(4, room - number.displayWidth - 2)))
      page.element("tspan", ["class": "number", "font-weight": "650"], "\u{00A0} " + number)
    }
  }
}
