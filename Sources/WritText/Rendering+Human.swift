// The human form: headline, place, source line with the exact words underlined, further labelled
// places, help. Underlines count cells, so wide and combining characters stay under their words.

extension Rendering {
  func human(_ diagnostic: Diagnostic, in sources: Sources) -> String {
    let spans = [diagnostic.span] + diagnostic.labels.map(\.span)
    let margin = spans.map { String(sources.position(of: $0).line).count }.max() ?? 1
    var lines = [headline(diagnostic.severity, code: diagnostic.code, diagnostic.message)]
    lines += snippet(
      diagnostic.span, mark: "^", color: diagnostic.severity.color, phrase: nil, margin: margin,
      namesPlace: true, in: sources)
    for label in diagnostic.labels {
      lines += snippet(
        label.span, mark: "-", color: .blue, phrase: label.phrase, margin: margin,
        namesPlace: label.span.source != diagnostic.span.source, in: sources)
    }
    let indent = String(repeating: " ", count: margin + 1)
    for help in diagnostic.help {
      lines.append(indent + helpLine(help.phrase))
      if let edit = help.edit { lines += suggestion(edit, margin: margin, in: sources) }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// One source line with a stretch of it underlined.
  private func snippet(
    _ span: Span, mark: Character, color: Color, phrase: Phrase?, margin: Int, namesPlace: Bool,
    in sources: Sources
  ) -> [String] {
    let source = sources[span.source]
    let position = source.position(of: Int(span.start))
    let bar = String(repeating: " ", count: margin) + paint(" │", .gray)
    var lines: [String] = []
    if namesPlace {
      let corner = String(repeating: " ", count: margin) + " "
      lines.append(corner + paint("→ ", .gray) + place(span, in: sources))
    }
    let number = String(position.line)
    let pad = String(repeating: " ", count: margin - number.count)
    let lineStart = Int(source.lineStarts[position.line - 1])
    let window = Window(
      line: source.line(position.line), from: Int(span.start) - lineStart,
      to: Int(span.end) - lineStart, width: max(20, width - margin - 3))
    lines.append(paint(pad + number + " │ ", .gray) + window.text)
    let marks = String(repeating: mark, count: max(1, window.length))
    var under = String(repeating: " ", count: window.indent) + paint(marks, color, isBold: true)
    if let phrase { under += " " + paint(phrase.text(in: language).printable, color) }
    lines.append(bar + " " + under)
    return lines
  }

  /// The line as it would read after the edit.
  private func suggestion(_ edit: Diagnostic.Edit, margin: Int, in sources: Sources) -> [String] {
    let source = sources[edit.span.source]
    let position = source.position(of: Int(edit.span.start))
    let start = Int(source.lineStarts[position.line - 1])
    let line = Array(source.line(position.line).utf8)
    let from = min(line.count, Int(edit.span.start) - start)
    let to = min(line.count, max(from, Int(edit.span.end) - start))
    guard !edit.replacement.utf8.contains(UInt8(ascii: "\n")) else { return [] }
    let fixed =
      String(decoding: line[..<from], as: UTF8.self) + edit.replacement
      + String(decoding: line[to...], as: UTF8.self)
    let number = String(position.line)
    let pad = String(repeating: " ", count: max(0, margin - number.count))
    let window = Window(
      line: fixed, from: from, to: from + edit.replacement.utf8.count,
      width: max(20, width - margin - 3))
    return [pad + number + paint(" + ", .green) + window.text]
  }
}

/// The part of a line that fits the screen, with where the marked stretch stands in it, in cells.
struct Window {
  var text = ""
  var indent = 0
  var length = 0

  /// `from` and `to` are byte offsets in the line; `to` may lie behind its end.
  init(line: String, from: Int, to: Int, width: Int) {
    var cells: [(text: String, width: Int, offset: Int, end: Int)] = []
    var offset = 0
    for character in line {
      let shown = String(character).printable
      let end = offset + character.utf8.count
      cells.append((shown, shown.displayWidth, offset, end))
      offset = end
    }
    let first = cells.firstIndex { $0.end > from } ?? cells.count
    var start = 0
    var used = cells.reduce(0) { $0 + $1.width }
    if used > width {
      // Keep the marked words in view, with some of what stands before them.
      let lead = cells[..<first].reduce(0) { $0 + $1.width }
      let markedWidth = cells[first...].prefix { $0.offset < to }.reduce(0) { $0 + $1.width }
      var skip = max(0, lead + min(markedWidth, width / 2) - width + 8)
      while skip > 0, start < first {
        skip -= cells[start].width
        start += 1
      }
    }
    if start > 0 {
      text = "…"
      indent = 1
    }
    used = indent
    for cell in cells[start...] {
      if used + cell.width > width - 1, cell.offset != cells.last?.offset {
        text += "…"
        break
      }
      if cell.end <= from { indent += cell.width }
      if cell.offset < to, cell.end > from { length += cell.width }
      text += cell.text
      used += cell.width
    }
  }
}
