import Support
import Testing
import WritText

/// Rule files with mistakes, each told on the line it stands on: `# error: unknown-name`.
@Suite struct CheckCorpusTests {
  static let files = WritRulesTests.files(below: "Tests/Corpus/check", ending: ".writ")

  @Test func `there is a corpus`() {
    #expect(Self.files.count > 3)
  }

  @Test(arguments: files)
  func `says what is wrong, where it is wrong, and nothing else`(_ path: String) {
    let text = readFile(path) ?? ""
    var expected: [String] = []
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      guard let comment = line.split(separator: "#").last, line.contains("#") else { continue }
      for part in comment.split(separator: ",") {
        let words = part.split(whereSeparator: { $0 == " " || $0 == ":" })
        guard words.count == 2, ["error", "warning", "note"].contains(words[0]) else { continue }
        expected.append("\(index + 1): \(words[0]) \(words[1])")
      }
    }
    let checked = Checked(text)
    let found = checked.report
    let missed = expected.filter { !found.contains($0) }
    let surplus = found.filter { !expected.contains($0) }
    #expect(
      found.count == expected.count && missed.isEmpty && surplus.isEmpty,
      "\(path)\nnot said: \(missed)\nsaid as well: \(surplus)\n\(checked.story)")
  }
}
