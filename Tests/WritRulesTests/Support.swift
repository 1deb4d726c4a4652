import Support
import Testing
import WritModel
import WritRules
import WritSyntax
import WritText

/// A rule text, parsed and checked.
struct Checked {
  var program: Program
  var diagnostics: [Diagnostic]
  var sources: Sources

  init(_ texts: [String], tables: [String: TableFile] = [:], folder: String? = nil) {
    var sources = Sources()
    var trees: [FileTree] = []
    var found: [Diagnostic] = []
    for (index, text) in texts.enumerated() {
      let source = Source(name: "test\(index).writ", text: text)
      let id = sources.add(source)
      let parsed = Parser.parse(source, id: id)
      trees.append(parsed.tree)
      found += parsed.diagnostics
    }
    let checked = Program.checking(trees, sources: sources) { file, _ in
      tables[file] ?? folder.flatMap { readFile("\($0)/\(file)") }.map { table($0) }
    }
    program = checked.program
    diagnostics = (found + checked.diagnostics).sortedByPosition()
    self.sources = sources
  }

  init(_ text: String, tables: [String: TableFile] = [:]) {
    self.init([text], tables: tables)
  }

  /// `3: error unknown-name`, one a diagnostic, in order of position.
  var report: [String] {
    diagnostics.map {
      "\(sources.position(of: $0.span).line): \($0.severity) \($0.code)"
    }
  }

  /// The report with messages, for a person.
  var story: String {
    diagnostics.map {
      let position = sources.position(of: $0.span)
      return "\(position.line):\(position.column) \($0.severity) \($0.code): \($0.message.english)"
    }.joined(separator: "\n")
  }

  /// The codes alone.
  var codes: [String] { diagnostics.map(\.code) }
}

/// A plain table of values without quotes.
func table(_ text: String) -> TableFile {
  let lines = text.split(whereSeparator: \.isNewline).map {
    $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
  }
  return TableFile(header: lines.first ?? [], rows: Array(lines.dropFirst()))
}
