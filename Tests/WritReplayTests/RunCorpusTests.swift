import Support
import Testing
import WritNetwork
import WritReplay
import WritRules
import WritSyntax
import WritText

/// Rule files whose own tests must pass: what the kinds of rule decide, down to cents and blanks.
@Suite struct RunCorpusTests {
  static let files = CorpusFile.all(in: "run")

  @Test func `there is a corpus`() {
    #expect(Self.files.count >= 4)
  }

  @Test(arguments: files)
  func `decides what its tests expect`(_ file: CorpusFile) {
    var sources = Sources()
    let id = sources.add(file.source)
    let parsed = Parser.parse(file.source, id: id)
    let checked = Program.checking([parsed.tree], sources: sources)
    let errors = (parsed.diagnostics + checked.diagnostics).filter { $0.severity == .error }
    #expect(errors.isEmpty, "\(errors.map { "\(sources.position(of: $0.span)) \($0.code)" })")
    guard errors.isEmpty else { return }
    let network = Network(compiling: checked.program)
    #expect(!checked.program.tests.isEmpty)
    for test in checked.program.tests {
      let result = TestRun.run(
        test, on: network, sources: sources, language: .english, today: 20_500)
      let story = result.failures.map {
        "\(sources.position(of: $0.span).line): \($0.expectation): \($0.expected), not \($0.actual)"
      }
      #expect(result.outcome == .passed, "\(file.name) \(test.title)\n\(story)")
    }
  }
}
