public import WritText

/// Writes a tree in the one canonical layout, in either language of keywords.
///
/// Parsing what was printed gives the tree back. Names, titles and texts are the author's and stay
/// as they are; only keywords and the word order around them change with the language. Comments and
/// single blank lines of a file are put back by their positions: every printed line remembers the
/// offset of what begins it.
public struct Printer {
  /// A printed line.
  struct Line {
    var indent: Int
    var text: String
    /// The offset of what begins the line in the source; nil for a line that goes on.
    var anchor: Int32?
    /// A line that closes a body: comments before it belong to the body.
    var closes = false
  }

  /// Where a line should break if it can.
  static let width = 100

  let language: Language
  /// Everything on one line, for messages.
  let isInline: Bool
  var lines: [Line] = []
  var indent = 0
  /// Inside a price, where `running` and `start` are words of the block.
  var isPriceBody = false

  init(language: Language, isInline: Bool) {
    self.language = language
    self.isInline = isInline
    if isInline { lines = [Line(indent: 0, text: "")] }
  }

  /// The whole file, with its comments; in its own language unless another is asked for.
  public static func print(_ tree: FileTree, in language: Language? = nil) -> String {
    var printer = Printer(language: language ?? tree.language, isInline: false)
    for declaration in tree.declarations { printer.declaration(declaration) }
    printer.wrapLines()
    return printer.withComments(of: tree)
  }

  /// An expression on one line, as a message or an explanation quotes it.
  public static func print(_ expression: Expression, in language: Language) -> String {
    var printer = Printer(language: language, isInline: true)
    printer.expression(expression)
    return printer.inlineText
  }

  /// A cell of a table on one line.
  public static func print(_ cell: TableDeclaration.Cell, in language: Language) -> String {
    var printer = Printer(language: language, isInline: true)
    printer.cell(cell)
    return printer.inlineText
  }

  /// A type, as a declaration writes it.
  public static func print(_ type: TypeTree, in language: Language) -> String {
    var printer = Printer(language: language, isInline: true)
    printer.type(type)
    return printer.inlineText
  }

  /// A range, as `effective` writes it.
  public static func print(_ range: RangeTree, in language: Language) -> String {
    var printer = Printer(language: language, isInline: true)
    printer.range(range)
    return printer.inlineText
  }

  /// A selection, as `among` and `with` write it.
  public static func print(_ selection: Selection, in language: Language) -> String {
    var printer = Printer(language: language, isInline: true)
    printer.selection(selection)
    return printer.inlineText
  }

  /// A change of a price on one line: `5% off of regular`.
  public static func print(_ adjustment: Adjustment, in language: Language) -> String {
    var printer = Printer(language: language, isInline: true)
    printer.isPriceBody = true
    printer.adjustment(adjustment)
    return printer.inlineText
  }

  /// A step of a price on one line: `round half up to 0.01`.
  public static func print(_ step: PriceStep, in language: Language) -> String {
    var printer = Printer(language: language, isInline: true)
    printer.isPriceBody = true
    printer.step(step)
    return printer.lines.map(\.text).filter { !$0.isEmpty }.joined(separator: " ")
  }

  /// A question and its answer, as an `expect` writes them.
  public static func print(_ expectation: Expectation, in language: Language) -> String {
    var printer = Printer(language: language, isInline: true)
    printer.expectation(expectation)
    return printer.inlineText
  }

  /// A declaration in its layout, without comments.
  public static func print(_ declaration: Declaration, in language: Language) -> String {
    var printer = Printer(language: language, isInline: false)
    printer.declaration(declaration)
    printer.wrapLines()
    return printer.lines.map { String(repeating: " ", count: $0.indent) + $0.text }
      .joined(separator: "\n")
  }

  private var inlineText: String { lines.map(\.text).joined(separator: " ") }

  // MARK: - Writing

  mutating func write(_ text: String) {
    guard !lines.isEmpty else { return newLine(text) }
    lines[lines.count - 1].text += text
  }

  mutating func newLine(_ text: String, at span: Span? = nil, closes: Bool = false) {
    lines.append(Line(indent: indent, text: text, anchor: span?.start, closes: closes))
  }

  /// The keyword in the language being written.
  func word(_ keyword: Keyword) -> String { keyword.spelling(in: language) }

  mutating func write(_ keyword: Keyword) { write(word(keyword)) }

  /// The text that a part of the tree gives on one line.
  func inline(_ body: (inout Printer) -> Void) -> String {
    var printer = Printer(language: language, isInline: true)
    printer.isPriceBody = isPriceBody
    body(&printer)
    return printer.inlineText
  }

  func text(_ expression: Expression) -> String { inline { $0.expression(expression) } }

  /// ` {`, the items on lines of their own, `}`.
  mutating func body(closing span: Span, _ items: (inout Printer) -> Void) {
    write(" {")
    let open = lines.count
    indent += 2
    items(&self)
    indent -= 2
    if lines.count == open {
      write("}")
    } else {
      newLine("}", at: Span(span.source, Int(span.end) - 1, Int(span.end)), closes: true)
    }
  }

  /// Items with commas, as many on a line as fit.
  mutating func filled(_ items: [(text: String, span: Span)]) {
    for (index, item) in items.enumerated() {
      let text = item.text + (index + 1 < items.count ? "," : "")
      if index > 0, let last = lines.last,
        indent + displayWidth(last.text) + 1 + displayWidth(text) <= Printer.width
      {
        write(" " + text)
      } else {
        newLine(text, at: item.span)
      }
    }
  }

  // MARK: - Wrapping

  /// Breaks lines that are too wide before a word that may begin a line.
  private mutating func wrapLines() {
    guard lines.contains(where: { $0.indent + displayWidth($0.text) > Printer.width }) else {
      return
    }
    lines = lines.flatMap { wrapped($0) }
  }

  private func wrapped(_ line: Line) -> [Line] {
    guard line.indent + displayWidth(line.text) > Printer.width else { return [line] }
    // What stands in brackets stays together unless it is too wide by itself.
    var pieces = breakable(line.text).flatMap { piece in
      line.indent + 4 + displayWidth(piece) > Printer.width
        ? breakable(piece, isDeep: true) : [piece]
    }
    guard pieces.count > 1 else { return [line] }
    var result = [Line(indent: line.indent, text: pieces.removeFirst(), anchor: line.anchor)]
    result[0].closes = line.closes
    for piece in pieces {
      let last = result[result.count - 1]
      if last.indent + displayWidth(last.text) + 1 + displayWidth(piece) <= Printer.width {
        result[result.count - 1].text += " " + piece
      } else {
        // A line that goes on already needs no deeper step.
        let step = line.anchor == nil ? 2 : 4
        result.append(Line(indent: line.indent + step, text: piece, anchor: nil))
      }
    }
    return result
  }

  /// The text cut before each infix word that stands in no quotes. Any line may begin with one, so
  /// the cuts mean nothing to the parser.
  func breakable(_ text: String, isDeep: Bool = false) -> [String] {
    let words = Set(
      [.and, .or, .where, .when, .unless, .foldOver, .because, .to, .over].map { word($0) })
    var pieces: [String] = []
    var piece = ""
    var quote: Character?
    var depth = 0
    for part in text.split(separator: " ", omittingEmptySubsequences: false) {
      if quote == nil, depth == 0 || isDeep, words.contains(String(part)), !piece.isEmpty {
        pieces.append(piece)
        piece = String(part)
      } else {
        piece += (piece.isEmpty ? "" : " ") + part
      }
      for character in part {
        if let open = quote {
          if character == open { quote = nil }
        } else if character == "\"" || character == "`" {
          quote = character
        } else if character == "“" {
          quote = "”"
        } else if character == "(" {
          depth += 1
        } else if character == ")" {
          depth -= 1
        }
      }
    }
    return pieces + [piece]
  }

  // MARK: - Comments

  /// Puts comments and blank lines back among the printed lines.
  private func withComments(of tree: FileTree) -> String {
    var before: [[Comment]] = Array(repeating: [], count: lines.count + 1)
    var trailing: [[Comment]] = Array(repeating: [], count: lines.count)
    let anchors = lines.enumerated()
      .compactMap { line in line.element.anchor.map { (offset: $0, line: line.offset) } }
      .sorted { ($0.offset, $0.line) < ($1.offset, $1.line) }
    var next = 0
    for comment in tree.comments {
      while next < anchors.count, anchors[next].offset <= comment.span.start { next += 1 }
      if comment.isTrailing, next > 0 {
        trailing[anchors[next - 1].line].append(comment)
      } else {
        before[next < anchors.count ? anchors[next].line : lines.count].append(comment)
      }
    }
    return layOut(tree, before: before, trailing: trailing)
  }

  private func layOut(
    _ tree: FileTree, before: [[Comment]], trailing: [[Comment]]
  ) -> String {
    var output = ""
    var blanks = tree.blankLines[...]
    var last: Int32 = 0
    /// A blank line of the author between two places is kept, once.
    func takeBlank(before offset: Int32) -> Bool {
      var found = false
      while let blank = blanks.first, blank < offset {
        if blank >= last { found = true }
        blanks.removeFirst()
      }
      last = max(last, offset)
      return found
    }
    var isFirst = true
    var wasOpening = false
    let columns = commentColumns(trailing)
    for index in 0...lines.count {
      let line = index < lines.count ? lines[index] : nil
      let indent = (line?.indent ?? 0) + (line?.closes == true ? 2 : 0)
      // A second comment on one line goes above it.
      let extra = index < lines.count ? Array(trailing[index].dropLast()) : []
      for comment in before[index] + extra {
        let isBlank = takeBlank(before: comment.span.start)
        let isSeparate = before[index].first == comment && needsBlank(before: index)
        if !isFirst, !wasOpening, isBlank || isSeparate { output += "\n" }
        output += String(repeating: " ", count: indent) + comment.text + "\n"
        isFirst = false
        wasOpening = false
      }
      guard let line else { break }
      let isBlank = line.anchor.map { takeBlank(before: $0) } ?? false
      let isSeparate = before[index].isEmpty && needsBlank(before: index)
      if !isFirst, !wasOpening, !line.closes, isBlank || isSeparate { output += "\n" }
      output += String(repeating: " ", count: line.indent) + line.text
      if let comment = trailing[index].last {
        let gap = columns[index] - line.indent - displayWidth(line.text)
        output += String(repeating: " ", count: max(2, gap)) + comment.text
      }
      output += "\n"
      isFirst = false
      wasOpening = line.text.hasSuffix("{")
    }
    return output
  }

  /// Where comments behind lines begin: under each other within a body, two cells behind the longest
  /// line that has one.
  private func commentColumns(_ trailing: [[Comment]]) -> [Int] {
    var columns = Array(repeating: 0, count: lines.count)
    var start = 0
    while start < lines.count {
      var end = start
      while end < lines.count, lines[end].indent == lines[start].indent, !lines[end].closes {
        end += 1
        if lines[end - 1].text.hasSuffix("{") { break }
      }
      end = max(end, start + 1)
      let widest =
        (start..<end).filter { !trailing[$0].isEmpty }
        .map { lines[$0].indent + displayWidth(lines[$0].text) }.max() ?? 0
      for index in start..<end { columns[index] = widest + 2 }
      start = end
    }
    return columns
  }

  /// Declarations of several lines stand apart.
  private func needsBlank(before index: Int) -> Bool {
    guard index > 0, index < lines.count, lines[index].indent == 0, !lines[index].closes,
      lines[index].anchor != nil
    else { return false }
    if lines[index - 1].closes || lines[index - 1].indent > 0 { return true }
    return index + 1 < lines.count && lines[index + 1].indent > 0
  }
}

/// The columns that a text takes on a screen: Chinese characters take two.
func displayWidth(_ text: String) -> Int {
  var width = 0
  for scalar in text.unicodeScalars { width += isWide(scalar.value) ? 2 : 1 }
  return width
}

private func isWide(_ value: UInt32) -> Bool {
  switch value {
  case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE4F,
    0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
    true
  default: false
  }
}

func padded(_ text: String, to width: Int) -> String {
  text + String(repeating: " ", count: max(0, width - displayWidth(text)))
}
