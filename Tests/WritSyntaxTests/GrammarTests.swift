import Support
import Testing
import WritText

@testable import WritSyntax

/// `grammar/writ.ebnf` is what the parser's methods say above themselves, collected. Each paragraph of
/// a doc comment that begins with `name = ` is a production.
@Suite struct GrammarTests {
  struct Production {
    var name: String
    var lines: [String]
    var right: String { lines.joined(separator: " ") }
  }

  static let sections: [(title: String, file: String)] = [
    ("a file and the model", "Parser+Declaration"), ("values", "Parser+Value"),
    ("territories and assignment", "Parser+Assign"), ("price", "Parser+Price"),
    ("authorization", "Parser+Authorize"),
    ("match, split, require, change, alert", "Parser+Requirement"), ("tests", "Parser+Test"),
    ("variants and experiments", "Parser+Variant"), ("rules", "Parser+Rule"),
    ("several records, case and points", "Parser+Gathering"), ("expressions", "Parser+Expression"),
    ("literals", "Parser+Literal"), ("numbers and dates", "Lexer+Number"),
  ]

  /// What the lexer gives whole.
  static let terminals: Set<String> = ["name", "text", "digits"]

  static let head = """
    (* The grammar of writ, collected from the parser's own comments by its tests.
       "word" is a keyword, in either language (see `keywords`); a Chinese one is Chinese order.
       { } any number of times, [ ] at most once. A keyword is one only where it stands here.
       name    letters, digits and _ from a letter on, or anything in back-ticks; no reserved word
       text    "…" or “…” on one line
       digits  0…9, full-width ones too, with _ between them
       A line that begins with a sign never continues the line before it, unless that ended in an
       operator or a comma; one that begins with a word may. # begins a comment. *)
    """

  static func productions(of file: String) -> [Production] {
    let bytes = CorpusFile.bytes(of: "Sources/WritSyntax/\(file).swift") ?? []
    var productions: [Production] = []
    var isInside = false
    for line in String(decoding: bytes, as: UTF8.self).split(
      separator: "\n", omittingEmptySubsequences: false)
    {
      let text = line.drop { $0 == " " }
      guard text.hasPrefix("/// ") else {
        isInside = false
        continue
      }
      let content = String(text.dropFirst(4))
      let words = content.split(separator: " ")
      if words.count > 2, words[1] == "=", words[0].allSatisfy({ $0.isLetter && $0.isASCII }) {
        productions.append(Production(name: String(words[0]), lines: [content]))
        isInside = true
      } else if isInside, let last = productions.indices.last {
        productions[last].lines.append(content)
      }
    }
    return productions
  }

  static var all: [Production] { sections.flatMap { productions(of: $0.file) } }

  static var file: String {
    var lines = [head]
    for section in sections {
      lines += ["", "(* \(section.title) *)"]
      for production in productions(of: section.file) { lines += production.lines }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The words of a right side: `"…"` with the quotes, names without.
  static func words(of production: Production) -> [String] {
    var words: [String] = []
    var rest = Substring(production.right.split(separator: " = ", maxSplits: 1)[1])
    while let first = rest.first {
      if first == "\"" {
        let body = rest.dropFirst().prefix { $0 != "\"" }
        words.append("\"" + body + "\"")
        rest = rest.dropFirst(body.count + 2)
      } else if first.isLetter {
        let word = rest.prefix { $0.isLetter }
        words.append(String(word))
        rest = rest.dropFirst(word.count)
      } else {
        rest = rest.dropFirst()
      }
    }
    return words
  }

  @Test func `the file is what the methods say`() {
    if CorpusFile.isRecording { CorpusFile.record(Self.file, at: "grammar/writ.ebnf") }
    let bytes = CorpusFile.bytes(of: "grammar/writ.ebnf") ?? []
    #expect(String(decoding: bytes, as: UTF8.self) == Self.file)
  }

  @Test func `every name is defined once and used`() {
    let all = Self.all
    let defined = all.map(\.name)
    #expect(defined.count > 80)
    let counts = Dictionary(grouping: defined, by: { $0 })
    // A money literal is a glued number, or a name and a number: both say `money`.
    for (name, group) in counts { #expect(group.count == 1, "\(name) is defined twice") }
    let used = Set(all.flatMap(Self.words).filter { !$0.hasPrefix("\"") })
    #expect(used.subtracting(defined).subtracting(Self.terminals).sorted() == [])
    #expect(Set(defined).subtracting(used).sorted() == ["file"])
  }

  @Test func `every quoted word is a keyword, and every keyword is quoted`() {
    let quoted = Set(
      Self.all.flatMap(Self.words).filter { $0.hasPrefix("\"") }
        .map { String($0.dropFirst().dropLast()) })
    let spelled = Set(Keywords.entries.flatMap { [$0.english, $0.chinese] })
    let signs: Set<String> = ["T", "Z", "k", "万", "亿", "万亿", "折", "元", "%", "¥"]
    for word in quoted where word.contains(where: \.isLetter) && !signs.contains(word) {
      #expect(spelled.contains(word), "\(word) is no keyword")
    }
    // Functions are names, `running` is one too; the others are said by their English or, where it
    // has none, by their Chinese.
    let names = Set(Keywords.functions + [.running])
    let otherwise: Set<Keyword> = [.yesNo, .lastEnd, .noValue]
    for entry in Keywords.entries where !names.contains(entry.keyword) {
      let word = entry.english.isEmpty ? entry.chinese : entry.english
      let isSaid = quoted.contains(word) || otherwise.contains(entry.keyword)
      #expect(isSaid, "\(entry.keyword) is in no production")
    }
  }
}
