import WritText

extension Command {
  static let explain = Command(
    name: "explain", usage: "CODE",
    summary: Phrase("what a message means", zh: "解释一条消息"),
    example: "writ explain shares-not-100",
    options: [],
    run: { (arguments, console) throws(Failure) in try explainCode(arguments, console) })
}

/// The page of a code in the text of `grammar/DIAGNOSTICS.md`: what stands between the heading that
/// is the code and the next heading of the same or a higher level.
struct DiagnosticPages {
  private var pages: [(code: String, text: String)] = []

  init(_ markdown: String) {
    var lines: [Substring] = []
    var code: String?
    var level = 0
    var isInFence = false
    func page() -> (String, String)? { code.map { ($0, lines.joined(separator: "\n").trimmed) } }
    for line in markdown.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("```") { isInFence.toggle() }
      let marks = isInFence ? 0 : line.prefix { $0 == "#" }.count
      guard marks > 0, code == nil || marks <= level else {
        lines.append(line)
        continue
      }
      if let done = page() { pages.append(done) }
      let heading = line.dropFirst(marks).filter { $0 != "`" && $0 != " " }
      code = heading.isCode ? String(heading) : nil
      level = marks
      lines = []
    }
    if let done = page() { pages.append(done) }
  }

  var codes: [String] { pages.map(\.code) }

  subscript(code: String) -> String? { pages.first { $0.code == code }?.text }
}

extension String {
  /// The paragraphs of a page in one language. Pages say everything twice; examples, which are
  /// indented, belong to both.
  fileprivate func paragraphs(in language: Language) -> String {
    let all = split(separator: "\n\n").map(String.init)
    let chosen = all.filter { paragraph in
      if paragraph.hasPrefix("    ") { return true }
      let isChinese = paragraph.unicodeScalars.contains { (0x4E00...0x9FFF).contains($0.value) }
      return isChinese == (language == .chinese)
    }
    let isComplete = chosen.contains { !$0.hasPrefix("    ") }
    return (isComplete ? chosen : all).joined(separator: "\n\n")
  }
}

extension StringProtocol {
  /// Whether it is spelled as codes are: `shares-not-100`.
  fileprivate var isCode: Bool {
    !isEmpty
      && utf8.allSatisfy { byte in
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
          || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
      }
  }

  /// Without blank space at either end.
  var trimmed: String {
    guard let first = firstIndex(where: { !$0.isWhitespace }),
      let last = lastIndex(where: { !$0.isWhitespace })
    else { return "" }
    return String(self[first...last])
  }
}

private func explainCode(_ arguments: Arguments, _ console: Console) throws(Failure) -> ExitStatus {
  guard let asked = arguments.operands.first else {
    throw .missingOperand(
      Phrase("message code", zh: "消息编号"), example: "writ explain shares-not-100")
  }
  if arguments.operands.count > 1 { throw .extraOperand(arguments.operands[1]) }
  // People copy `error[code]` as it stands.
  let code = asked.split(separator: "[").last?.prefix { $0 != "]" }.lowercased() ?? asked
  let pages = DiagnosticPages(diagnosticsMarkdown)
  guard let page = pages[code] else {
    throw .unknownCode(code, near: nearest(to: code, among: pages.codes))
  }
  try console.out.write("\(code)\n\n\(page.paragraphs(in: console.language))\n")
  return .done
}

extension Failure {
  static func unknownCode(_ code: String, near: String?) -> Failure {
    Failure(
      code: "unknown-code",
      message: Phrase("there is no message `\(code)`", zh: "没有 `\(code)` 这条消息"),
      help: near.map { [Phrase("did you mean `\($0)`?", zh: "是不是想查 `\($0)`？")] } ?? [])
  }
}
