import Testing
import WritModel
import WritReplay
import WritRules
import WritSyntax
import WritText
import WritWorkbench

/// A watch without files: forms of a rule set are handed to it one after the other.
@Suite struct WatchTests {
  private static let model = """
    record Account { id : text key, spend : number }
    enum Grade { A, B, C }

    """
  private static func rules(_ a: Int, extra: String = "") -> String {
    model + """
      decide grade for Account -> Grade, first {
        "big": when spend >= \(a) : A
        "middle": when spend >= 20 : B
        otherwise C
      }
      test "big ones" { given Account { id "x", spend 150 }  expect Account "x".grade is A }
      \(extra)
      """
  }

  private static func checked(_ text: String, _ watch: Watch) -> Watch.Rules {
    var sources = Sources()
    let id = sources.add(Source(name: "rules.writ", text: text))
    let (tree, broken) = Parser.parse(sources[id], id: id)
    let (program, found) = Program.checking([tree], sources: sources, texts: watch.texts)
    return Watch.Rules(
      sources: sources, trees: [tree], program: program, diagnostics: broken + found)
  }

  /// Accounts whose spend is their number.
  private static func facts(_ program: Program, _ numbers: Range<Int>) -> Facts {
    var facts = Facts(schema: program.schema, texts: program.texts)
    for number in numbers where !program.schema.records.isEmpty {
      let key = Value.text(facts.texts.intern("A\(number)"))
      let row = facts[RecordID(0)].append([key, .number(Decimal(Int64(number)))], key: [key])
      #expect(row != nil)
    }
    return facts
  }

  private func see(_ text: String, _ watch: inout Watch) -> WatchEvent {
    watch.see(Self.checked(text, watch), dataFiles: []) { .success(Self.facts($0, 0..<200)) }
  }

  @Test func `says which decisions changed, by which edit, and which tests broke`() {
    var watch = Watch(language: .english, today: 20_634, pins: [(type: "Account", key: "A120")])
    let first = see(Self.rules(100), &watch)
    #expect(first.kind == .started && first.records == 200 && first.failing.isEmpty)
    #expect(first.pins.map(\.answer) == ["A"])

    let second = see(Self.rules(160), &watch)
    #expect(second.kind == .decided)
    #expect(second.changes.groups.map(\.changes.count) == [60])
    #expect(second.edits.map(\.title) == ["big"] && second.edits.map(\.kind) == [.changed])
    #expect(second.charged == [60, 0])
    #expect(second.newlyFailing.map(\.title) == ["big ones"])
    #expect(second.pins.map(\.before) == ["A"])

    let third = see(Self.rules(100), &watch)
    #expect(third.newlyPassing == ["big ones"] && third.changes.count == 60)
  }

  @Test func `keeps the last good rules while the new ones do not check`() {
    var watch = Watch(language: .english, today: 20_634)
    _ = see(Self.rules(100), &watch)
    let broken = see(Self.rules(100, extra: "decide {"), &watch)
    #expect(broken.kind == .broken && broken.diagnostics.count == 1)
    let other = see(Self.rules(100, extra: "define two = x"), &watch)
    #expect(other.kind == .broken)
    let mended = see(Self.rules(150), &watch)
    #expect(mended.kind == .decided && mended.changes.count == 50)
  }

  @Test func `layout and comments are no edits, and equal bytes are no event`() {
    var watch = Watch(language: .english, today: 20_634)
    _ = see(Self.rules(100), &watch)
    let same = see(Self.rules(100), &watch)
    #expect(same.kind == .same)
    let spaced = see(
      Self.rules(100).replacing("spend >= 100", with: "spend   >=  100")
        .replacing(" : A\n", with: " : A  # as agreed\n"), &watch)
    #expect(spaced.kind == .decided && spaced.edits.isEmpty && spaced.changes.count == 0)
  }

  @Test func `tells added, removed and moved rules apart`() {
    func edits(_ before: String, _ after: String) -> [String] {
      var watch = Watch(language: .english, today: 20_634)
      func text(_ rules: String) -> String {
        Self.model + "decide grade for Account -> Grade, first {\n\(rules)\notherwise C\n}"
      }
      _ = see(text(before), &watch)
      return see(text(after), &watch).edits.map { "\($0.kind) \($0.title)" }
    }
    let (a, b, c) = (
      "\"a\": when spend > 1 : A\n", "\"b\": when spend > 2 : B\n", "\"c\": when spend > 3 : C\n"
    )
    #expect(edits(a + b, a + b + c) == ["added c"])
    #expect(edits(a + b + c, a + c) == ["removed b"])
    #expect(edits(a + b + c, c + a + b) == ["moved c"])
    #expect(edits(a + b + c, b + c + a) == ["moved a"])
  }

  @Test func `charges each change to the edit of the rule that decided it`() {
    var watch = Watch(language: .english, today: 20_634)
    _ = see(Self.rules(100), &watch)
    let event = see(
      Self.rules(100).replacing("spend >= 100", with: "spend >= 110")
        .replacing("spend >= 20", with: "spend >= 25"), &watch)
    #expect(event.edits.map(\.title) == ["big", "middle"])
    #expect(event.changes.count == 15)
    #expect(event.charged == [10, 5, 0])
  }

  @Test func `facts that changed are decided anew`() {
    var watch = Watch(language: .english, today: 20_634)
    _ = see(Self.rules(100), &watch)
    let more = watch.see(Self.checked(Self.rules(100), watch), dataFiles: ["accounts.csv"]) {
      .success(Self.facts($0, 0..<205))
    }
    #expect(more.changes.groups.map(\.added) == [5])
    let gone = watch.see(Self.checked(Self.rules(100), watch), dataFiles: ["accounts.csv"]) { _ in
      .failure(WatchProblem("no such file"))
    }
    #expect(gone.kind == .unreadable)
  }

  @Test func `data are read again when their declarations went and came`() {
    var watch = Watch(language: .english, today: 20_634)
    _ = see(Self.rules(100), &watch)
    // An editor that died: what is left of the file checks, and declares nothing.
    let empty = see("", &watch)
    let whole = see(Self.rules(100), &watch)
    #expect(empty.records == 0 && whole.records == 200)
  }

  @Test func `waits until files are quiet, but not for ever`() {
    var debounce = Debounce()
    func check(_ time: Int64, _ expected: Bool, at location: SourceLocation = #_sourceLocation) {
      let isTime = debounce.take(at: time)
      #expect(isTime == expected, sourceLocation: location)
    }
    check(0, false)
    debounce.changed(at: 0)
    check(Debounce.quietNanoseconds - 1, false)
    debounce.changed(at: 20_000_000)
    check(Debounce.quietNanoseconds, false)
    check(20_000_000 + Debounce.quietNanoseconds, true)
    check(.max, false)
    for time in stride(from: Int64(0), to: 1_000_000_000, by: 10_000_000) {
      debounce.changed(at: time)
      if debounce.take(at: time) {
        #expect(time == Debounce.longestNanoseconds)
        return
      }
    }
    Issue.record("it never looked")
  }
}
