import Support
import Testing
import WritText
import WritWorkbench

/// The editor, fed with the bytes that a terminal sends.
@Suite struct LineEditorTests {
  private static let up = "\u{1B}[A"
  private static let down = "\u{1B}[B"
  private static let left = "\u{1B}[D"
  private static let home = "\u{1B}[H"

  private func editor(_ history: [String] = []) -> LineEditor {
    var kept = History()
    for entry in history { kept.add(entry) }
    return LineEditor(history: kept, prompt: "> ", continuation: ". ") { text in
      text.count { $0 == "{" } <= text.count { $0 == "}" }
    }
  }

  private func press(_ bytes: String, _ editor: inout LineEditor) -> [LineEditor.Outcome] {
    var decoder = KeyDecoder()
    let keys = decoder.decode(bytes.utf8) + decoder.flush()
    return keys.map { editor.handle($0) }
  }

  /// What stands in the editor after the bytes, the cursor as `|`.
  private func check(
    _ bytes: String, _ expected: String, history: [String] = [],
    at location: SourceLocation = #_sourceLocation
  ) {
    var editor = editor(history)
    _ = press(bytes, &editor)
    var characters = editor.buffer.characters
    characters.insert("|", at: editor.buffer.cursor)
    #expect(String(characters) == expected, sourceLocation: location)
  }

  @Test func `edits a line as people are used to`() {
    check("abc\u{01}x", "x|abc")
    check("abc\u{01}\u{05}x", "abcx|")
    check("abc\(Self.left)\u{7F}", "a|c")
    check("abc\(Self.home)\u{04}", "|bc")
    check("one two\u{17}", "one |")
    check("one two\u{17}\u{19}\u{19}", "one twotwo|")
    check("one two\u{01}\u{0B}", "|")
    check("ab\u{14}", "ba|")
    check("one two\u{1B}b\u{1B}b\u{1B}f", "one| two")
    check("abc\u{7F}\u{7F}\u{1F}", "ab|")
  }

  @Test func `takes a wide character, an accent and an emoji for one each`() {
    check("客户\u{7F}", "客|")
    check("e\u{301}\u{7F}", "|")
    check("👨‍👩‍👧x\(Self.left)\(Self.left)y", "y|👨‍👩‍👧x")
    check("客户=张三\u{1B}[1;5D", "客户=|张三")
  }

  @Test func `takes a paste as text, whatever is in it`() {
    check("\u{1B}[200~a {\r\n\tb\u{03}\n}\u{1B}[201~", "a {\n  b\n}|")
    var editor = editor()
    let outcomes = press("\u{1B}[200~a\nb\n\u{1B}[201~\r", &editor)
    #expect(outcomes == [.edited, .entered("a\nb\n")])
  }

  @Test func `ends an entry that is whole and goes on with one that is not`() {
    var editor = editor()
    let outcomes = press("a {\rb\r}\r", &editor)
    #expect(outcomes.last == .entered("a {\nb\n}"))
    #expect(editor.buffer.isEmpty)
  }

  @Test func `moves between the lines of an entry before it moves through the history`() {
    let history = ["first", "second {\n  x\n}"]
    check(Self.up, "second {\n  x\n}|", history: history)
    check(Self.up + Self.up + "y", "second {\n y| x\n}", history: history)
    check(Self.up + Self.up + Self.up + Self.up, "first|", history: history)
    check("draft" + Self.up + Self.down, "draft|", history: history)
  }

  @Test func `searches the history backwards`() {
    let history = ["price Line 1", "assign Lead 2", "price Line 3"]
    check("\u{12}price", "price Line 3|", history: history)
    check("\u{12}price\u{12}", "price Line 1|", history: history)
    check("\u{12}price\u{12}\u{12}", "price Line 1|", history: history)
    check("abc\u{12}price\u{07}", "abc|", history: history)
    var editor = editor(history)
    #expect(press("\u{12}assign\r", &editor).last == .entered("assign Lead 2"))
  }

  @Test func `gives an entry up, and ends on an empty one`() {
    var editor = editor()
    #expect(press("abc\u{03}", &editor).last == .cancelled)
    #expect(editor.buffer.isEmpty)
    #expect(press("\u{04}", &editor) == [.ended])
  }

  @Test func `completes what all candidates share, then lists them`() {
    var editor = editor()
    _ = press("Lead.re", &editor)
    let some = Completion(replacing: 2, candidates: ["region", "regular"])
    editor.complete(with: some)
    #expect(editor.buffer.text == "Lead.reg")
    let more = Completion(replacing: 3, candidates: ["region", "regular"])
    editor.complete(with: more)
    editor.complete(with: more)
    #expect(editor.menu == ["region", "regular"])
    #expect(editor.screen(width: 40).rows.last == "region   regular")
    editor.complete(with: Completion(replacing: 3, candidates: ["region"]))
    #expect(editor.buffer.text == "Lead.region" && editor.menu.isEmpty)
  }

  @Test func `breaks rows before the edge and never through a wide character`() {
    var editor = editor()
    _ = press("客户区域x", &editor)
    #expect(
      editor.screen(width: 7)
        == EditorScreen(rows: ["> 客户", "区域x"], cursorRow: 1, cursorColumn: 5))
    _ = press(Self.home, &editor)
    #expect(editor.screen(width: 7).cursorRow == 0)
  }

  @Test func `keeps entries of several lines in a file of one line each`() {
    var history = History()
    for entry in ["a", "b {\n  \"\\n\"\n}", "客户"] { history.add(entry) }
    let text = history.entries.map(History.line).joined()
    #expect(text.split(separator: "\n").count == 3)
    #expect(History(fileText: text).entries == history.entries)
  }

  /// Bytes cut anywhere give the same keys, and no bytes trap.
  @Test(arguments: Seeds.run(50))
  func `decodes bytes however they are cut`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let pieces = [
      "a", "客", "👨‍👩‍👧", "\r", "\t", "\u{1B}[A", "\u{1B}[1;5C", "\u{1B}[200~x\ny\u{1B}[201~",
      "\u{1B}OH", "\u{7F}", "\u{03}", "\u{1B}[", "\u{1B}[999;999z", "é",
    ]
    var bytes: [UInt8] = []
    for _ in 0..<40 { bytes += Array(random.pick(pieces).utf8) }
    var whole = KeyDecoder()
    let expected = Self.joined(whole.decode(bytes) + whole.flush())
    var cut = KeyDecoder()
    var keys: [Key] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = random.number(1...4)
      keys += cut.decode(rest.prefix(count))
      rest = rest.dropFirst(count)
    }
    #expect(Self.joined(keys + cut.flush()) == expected, "WRIT_SEED=\(seed)")
    var noise = KeyDecoder()
    var editor = editor(["x"])
    for _ in 0..<300 {
      for key in noise.decode([UInt8(random.number(0...255))]) { _ = editor.handle(key) }
      _ = editor.screen(width: random.number(1...30))
    }
  }

  private static func joined(_ keys: [Key]) -> [Key] {
    var result: [Key] = []
    for key in keys {
      if case .text(let more) = key, case .text(let text) = result.last {
        result[result.count - 1] = .text(text + more)
      } else {
        result.append(key)
      }
    }
    return result
  }
}
