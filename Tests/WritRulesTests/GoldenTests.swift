import Support
import Testing
import WritRules
import WritSyntax
import WritText

/// What people read: every diagnostic of the corpus on a screen, in both languages.
///
/// `Tests/Corpus/golden` holds the screens, so that a change of wording is seen in review.
/// `WRIT_RECORD=1` writes them.
@Suite struct GoldenTests {
  static let files = ["lex", "parse", "check"].flatMap { CorpusFile.all(in: $0) }

  @Test(arguments: files.indices)
  func `messages read as they were reviewed`(_ index: Int) {
    let file = Self.files[index]
    var sources = Sources()
    let id = sources.add(file.source)
    let parsed = Parser.parse(file.source, id: id)
    var diagnostics = parsed.diagnostics
    if file.name.hasPrefix("check/") {
      diagnostics += Program.checking([parsed.tree], sources: sources).diagnostics
    }
    for language in Language.allCases {
      let rendering = Rendering(form: .human, language: language, width: 100)
      let text = rendering.text(of: diagnostics.sortedByPosition(), in: sources)
      let path = "Tests/Corpus/golden/\(file.name.dropLast(5)).\(language.rawValue).txt"
      if CorpusFile.isRecording { CorpusFile.record(text, at: path) }
      let golden = String(decoding: CorpusFile.bytes(of: path) ?? [], as: UTF8.self)
      #expect(text == golden, "\(path): \(Self.firstDifference(text, golden))")
    }
  }

  /// The first line that differs, which says more than two screens.
  private static func firstDifference(_ found: String, _ golden: String) -> String {
    let found = found.split(separator: "\n", omittingEmptySubsequences: false)
    let golden = golden.split(separator: "\n", omittingEmptySubsequences: false)
    let index = zip(found, golden).prefix { $0 == $1 }.count
    let now = index < found.count ? found[index] : "(end)"
    let then = index < golden.count ? golden[index] : "(end)"
    return "line \(index + 1) is “\(now)”, was “\(then)”"
  }

  @Test func `every golden file is of a corpus file`() {
    let wanted = Set(Self.files.map { String($0.name.dropLast(5)) })
    for folder in ["lex", "parse", "check"] {
      for name in CorpusFile.names(in: "golden/" + folder) {
        let stem = name.split(separator: ".")[0]
        #expect(wanted.contains("\(folder)/\(stem)"), "golden/\(folder)/\(name)")
      }
    }
  }
}
