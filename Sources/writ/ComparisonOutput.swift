import WritReplay
import WritText

/// How a comparison is told: on standard output in the form asked for, and as a page in a file.
struct ComparisonOutput {
  let arguments: Arguments
  let console: Console

  init(_ arguments: Arguments, _ console: Console) {
    self.arguments = arguments
    self.console = console
  }

  /// Writes it, and gives what the command ends with: no, where a limit fails or cannot be judged.
  func write(_ comparison: Comparison) throws(Failure) -> ExitStatus {
    keepToTheEnd(comparison)
    let csv = arguments.value("changes")
    // A screen has room for a few; whoever asks for more gets them.
    let shown = arguments.value("top").flatMap { Int($0) } ?? 5
    if let path = arguments.value("html") {
      let page = comparison.html(ReportOptions(csv: csv.map { relative($0, to: path) }))
      try replaceFile(path, with: Array(page.utf8))
    }
    switch arguments.value("format") {
    case "json":
      var bytes: [UInt8] = []
      comparison.json().write(into: &bytes)
      bytes.append(UInt8(ascii: "\n"))
      try console.out.write(bytes)
    case "md": try console.out.write(comparison.markdown())
    case "html": try console.out.write(comparison.html(ReportOptions(csv: csv)))
    default:
      try console.out.write(
        comparison.text(
          width: console.width, isColored: console.outIsColored,
          ReportOptions(csv: csv, records: shown)))
    }
    if let path = arguments.value("html") {
      try console.note(Phrase("report: \(path)", zh: "报告：\(path)"))
    }
    let fails = comparison.differences.contains { difference in
      difference.measures.contains { $0.limit?.isKept == false }
    }
    return fails ? .no : .done
  }

  /// A file as seen from the page.
  private func relative(_ file: String, to page: String) -> String {
    let home = folder(of: page)
    if file.hasPrefix("/") || home.isEmpty { return file }
    if file.hasPrefix(home + "/") { return String(file.dropFirst(home.count + 1)) }
    if home.hasPrefix("/") { return file }
    return String(repeating: "../", count: home.split(separator: "/").count) + file
  }
}
