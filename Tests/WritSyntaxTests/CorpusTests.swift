import Support
import Testing
import WritSyntax
import WritText

@Suite struct CorpusTests {
  @Test(arguments: ["lex", "parse"])
  func `files give what their lines say`(folder: String) {
    let files = CorpusFile.all(in: folder)
    #expect(!files.isEmpty)
    for file in files {
      let (_, diagnostics) = Parser.parse(file.source, id: SourceID(0))
      let found = diagnostics.map { CorpusFile.Finding($0, in: file.source) }
      for difference in file.differences(from: found) { Issue.record("\(difference)") }
    }
  }

  /// Files that have nothing wrong are printed in both languages and read back.
  @Test func `what is printed reads back as the same tree`() throws {
    var count = 0
    for file in CorpusFile.all(in: "parse") + CorpusFile.all(in: "lex") {
      let (tree, diagnostics) = Parser.parse(file.source, id: SourceID(0))
      guard diagnostics.isEmpty else { continue }
      count += 1
      try roundTrip(tree, name: file.name)
    }
    #expect(count >= 4)
  }

  private func roundTrip(_ tree: FileTree, name: String) throws {
    let wanted = shape(tree.declarations)
    for language in Language.allCases {
      let text = Printer.print(tree, in: language)
      let source = Source(name: name, text: text)
      let (again, diagnostics) = Parser.parse(source, id: SourceID(0))
      for diagnostic in diagnostics {
        let line = source.position(of: Int(diagnostic.span.start)).line
        Issue.record("\(name) in \(language): \(diagnostic.code) at \(source.line(line))")
      }
      for (before, after) in zip(tree.declarations, again.declarations) {
        let want = shape(before)
        let got = shape(after)
        if want != got {
          let at = zip(want, got).prefix { $0 == $1 }.count
          Issue.record(
            "\(name) in \(language) differs: …\(want.dropFirst(max(0, at - 60)).prefix(120)) became …\(got.dropFirst(max(0, at - 60)).prefix(120))"
          )
        }
      }
      #expect(shape(again.declarations) == wanted, "\(name) in \(language)")
      #expect(again.comments.map(\.text) == tree.comments.map(\.text), "\(name) in \(language)")
      #expect(Printer.print(again, in: language) == text, "\(name) is printed differently again")
      for other in Language.allCases {
        #expect(
          Printer.print(again, in: other) == Printer.print(tree, in: other),
          "\(name) from \(language) to \(other)")
      }
    }
  }
}
