import Foundation
import Support
import Testing
import WritModel
import WritRules
import WritSyntax
import WritText
import WritWorkbench

/// Conversations with the REPL, replayed: what follows `writ> ` and `...   ` is typed, all else is
/// what the session said. `WRIT_RECORD=1` writes the answers anew.
@Suite struct TranscriptTests {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Corpus/repl")

  static let files =
    (try? FileManager.default.contentsOfDirectory(atPath: folder.path))?
    .filter { $0.hasSuffix(".txt") }.sorted() ?? []

  @Test func `there are transcripts in both languages`() {
    #expect(Self.files.contains { $0.hasPrefix("zh-") })
    #expect(Self.files.contains { !$0.hasPrefix("zh-") })
  }

  @Test(arguments: files)
  func `a transcript says what it said`(file: String) throws {
    let url = Self.folder.appendingPathComponent(file)
    let written = try String(contentsOf: url, encoding: .utf8)
    var session = Self.session(file.hasPrefix("zh-") ? .chinese : .english)
    var said = ""
    for entry in Self.entries(of: written) {
      for (index, line) in entry.split(separator: "\n", omittingEmptySubsequences: false)
        .enumerated()
      {
        said += (index == 0 ? "writ> " : "...   ") + line + "\n"
      }
      #expect(Session.isWhole(entry), "\(entry)")
      let reply = session.enter(entry)
      said += reply.text
      if case .save(_, let text) = reply.request { said += text }
    }
    if ProcessInfo.processInfo.environment["WRIT_RECORD"] != nil {
      try said.write(to: url, atomically: true, encoding: .utf8)
    }
    #expect(said == written)
  }

  private static func entries(of text: String) -> [String] {
    var entries: [String] = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("writ> ") {
        entries.append(String(line.dropFirst(6)))
      } else if line.hasPrefix("...   "), let last = entries.popLast() {
        entries.append(last + "\n" + line.dropFirst(6))
      }
    }
    return entries
  }

  /// A session with no rules, on a day that stays the same.
  static func session(_ language: Language) -> Session {
    let (program, _) = Program.checking([], sources: Sources())
    return Session(
      sources: Sources(), trees: [], program: program,
      facts: Facts(schema: program.schema, texts: program.texts), today: 20_634,
      language: language)
  }

  @Test func `an entry is whole when its brackets are closed and nothing is awaited`() {
    for whole in ["1 + 2", "record A { id : text key }", ":set x", "", "\"{\""] {
      #expect(Session.isWhole(whole), "\(whole)")
    }
    for open in ["record A {", "1 +", "decide x for A -> text, first {\n \"a\": when (", "f(1,"] {
      #expect(!Session.isWhole(open), "\(open)")
    }
  }

  @Test func `completes commands, names, members behind a point, keys and titles`() {
    var session = Self.session(.english)
    for entry in [
      "enum Grade \"等级\" { A, B }",
      "record Account \"客户\" { id : text key, spend \"消费\" : number = 0 }",
      "define Account.grade : Grade = case { spend >= 100 : A else : B }",
      "Account { id \"A-1\" }", "Account { id \"A-2\" }",
    ] {
      #expect(!session.enter(entry).isError, "\(entry)")
    }
    func check(_ text: String, _ expected: [String], at location: SourceLocation = #_sourceLocation)
    {
      #expect(session.completion(of: text).candidates == expected, sourceLocation: location)
    }
    check(":un", ["undo"])
    check(":撤", ["撤销"])
    check("Acc", ["Account"])
    check("Account \"A", ["A-1", "A-2"])
    check("Account \"A-1", ["A-1\""])
    check("Account \"A-1\".g", ["grade"])
    check("Account \"A-1\".消", ["消费"])
    check("客户 “A-2", ["A-2”"])
    check("unl", ["unless"])
  }

  /// Whatever is typed, the session answers and lives.
  @Test(arguments: Seeds.run(30))
  func `survives noise`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let words = [
      "record", "R", "{", "}", "id", ":", "text", "key", "\"a\"", "define", "R.x", "=", "1", "+",
      "当", "R \"a\"", ".", "x", ":why", ":undo", ":set", "(", ")", "assign", "set", "\n", "—", "🙂",
      ":save f", "given", "commit", ":fire", ":matches", ":facts R", ":show R a", "as of", "case",
    ]
    var session = Self.session(random.chance(50) ? .english : .chinese)
    _ = session.enter("record R { id : text key, n : number = 1 }")
    for _ in 0..<40 {
      let entry = (0..<random.number(1...6)).map { _ in random.pick(words) }.joined(separator: " ")
      let reply = session.enter(entry)
      #expect(reply.text.isEmpty || reply.text.hasSuffix("\n"), "WRIT_SEED=\(seed) \(entry)")
      _ = session.completion(of: entry)
    }
  }
}
