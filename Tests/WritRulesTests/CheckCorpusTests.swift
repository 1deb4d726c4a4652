import Support
import Testing
import WritRules
import WritSyntax
import WritText

/// Rule files with mistakes, each told on the line it stands on: `#! error unknown-name`.
@Suite struct CheckCorpusTests {
  static let files = CorpusFile.all(in: "check")

  @Test func `there is a corpus`() {
    #expect(Self.files.count > 10)
  }

  @Test(arguments: files.indices)
  func `says what is wrong, where it is wrong, and nothing else`(_ index: Int) {
    let file = Self.files[index]
    var sources = Sources()
    let id = sources.add(file.source)
    let parsed = Parser.parse(file.source, id: id)
    let checked = Program.checking([parsed.tree], sources: sources)
    let found = (parsed.diagnostics + checked.diagnostics).map {
      CorpusFile.Finding($0, in: file.source)
    }
    #expect(file.differences(from: found) == [])
  }
}
