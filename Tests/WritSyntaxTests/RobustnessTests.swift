import Support
import Testing
import WritSyntax
import WritText

/// Numbers from a seed (splitmix64): a failing run can be repeated.
private struct Dice {
  var state: UInt64

  mutating func next(_ bound: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return Int((z ^ (z >> 31)) % UInt64(max(1, bound)))
  }
}

@Suite struct RobustnessTests {
  /// Reads and prints; the only question is whether it comes back, with spans inside the source.
  private func survive(_ bytes: [UInt8]) {
    let source = Source(name: "<random>", bytes: bytes)
    let (tree, diagnostics) = Parser.parse(source, id: SourceID(0))
    for diagnostic in diagnostics {
      #expect(diagnostic.span.start >= 0)
      #expect(diagnostic.span.start <= diagnostic.span.end)
      #expect(Int(diagnostic.span.end) <= bytes.count)
    }
    #expect(diagnostics == diagnostics.sortedByPosition())
    for language in Language.allCases { _ = Printer.print(tree, in: language) }
  }

  @Test(arguments: [1, 2, 3])
  func `random bytes neither trap nor hang`(seed: UInt64) {
    var dice = Dice(state: seed)
    for _ in 0..<100 {
      survive((0..<dice.next(400)).map { _ in UInt8(dice.next(256)) })
    }
  }

  @Test(arguments: [11, 12, 13])
  func `random words neither trap nor hang`(seed: UInt64) {
    var dice = Dice(state: seed)
    let words =
      Keywords.entries.flatMap { [$0.english, $0.chinese] }.filter { !$0.isEmpty }
      + [
        "{", "}", "(", ")", ":", ",", "|", "->", "..", "=", "+", ".", "\"t\":", "\"x\"", "5", "8折",
      ]
      + ["a", "b", "Rep", "\n", "\n", "2026-01-01", "15%", "#c\n", "`q`"]
    for _ in 0..<100 {
      let text = (0..<dice.next(120)).map { _ in words[dice.next(words.count)] }
      survive(Array(text.joined(separator: " ").utf8))
    }
  }

  @Test(arguments: [21, 22, 23])
  func `mutated files neither trap nor hang`(seed: UInt64) {
    var dice = Dice(state: seed)
    let files = CorpusFile.all(in: "parse")
    for _ in 0..<15 {
      guard !files.isEmpty else { break }
      var bytes = files[dice.next(files.count)].source.bytes
      for _ in 0..<1 + dice.next(6) where !bytes.isEmpty {
        let at = dice.next(bytes.count)
        switch dice.next(4) {
        case 0: bytes.remove(at: at)
        case 1: bytes.insert(UInt8(dice.next(256)), at: at)
        case 2: bytes.removeSubrange(at..<min(bytes.count, at + dice.next(40)))
        default:
          let from = dice.next(bytes.count)
          let piece = Array(bytes[from..<min(bytes.count, from + dice.next(60))])
          bytes.insert(contentsOf: piece, at: at)
        }
      }
      survive(bytes)
    }
  }

  @Test func `deep nesting is a message`() {
    let shapes: [(String, String)] = [
      ("define A.x = case { a : ", ""), ("tree T { a {", ""), ("define x = {", ""),
      ("record R { f : set of ", "set of "), ("define A.x = points { a : ", ""),
      ("define A.x = f(", "f("), ("define A.x = some B b where ", "some B b where "),
      ("territories for A to B { \"a\": {", "\"a\": {"),
      ("price A { whole q {", "whole q {"),
      ("test \"x\" { expect check {", "test \"x\" { expect check {"),
    ]
    for (start, again) in shapes {
      let piece = again.isEmpty ? String(start.suffix(6)) : again
      let text = start + String(repeating: piece, count: 5000)
      survive(Array(text.utf8))
    }
    let braces = String(repeating: "tree T { a { b { c { d {", count: 2000)
    survive(Array(braces.utf8))
  }

  @Test func `what is as deep as allowed is read and printed`() {
    let chain = "define A.x = a" + String(repeating: " and a", count: 199) + "\n"
    let brackets =
      "define A.y = " + String(repeating: "(", count: 60) + "a" + String(repeating: ")", count: 60)
    let (tree, diagnostics) = Parser.parse(
      Source(name: "<deep>", text: chain + brackets), id: SourceID(0))
    #expect(diagnostics.isEmpty)
    let text = Printer.print(tree, in: .chinese)
    let again = Parser.parse(Source(name: "<deep>", text: text), id: SourceID(0))
    #expect(again.diagnostics.isEmpty)
    #expect(Printer.print(again.tree, in: .chinese) == text)
  }

  @Test func `time grows with the length and not faster`() {
    func rules(_ count: Int) -> [UInt8] {
      var text = "territories for Account to Rep, first {\n"
      for index in 0..<count {
        text +=
          "  \"rule \(index)\": when region within east and size >= \(index) and kind = gold\n"
        text += "    owner Rep \"R\(index % 97)\"\n"
      }
      return Array((text + "  otherwise queue q\n}\n").utf8)
    }
    let clock = ContinuousClock()
    func time(_ count: Int) -> Swift.Duration {
      let source = Source(name: "<rules>", bytes: rules(count))
      var best = Swift.Duration.seconds(1000)
      for _ in 0..<2 {
        best = min(best, clock.measure { _ = Parser.parse(source, id: SourceID(0)) })
      }
      return best
    }
    let small = time(500)
    let large = time(4000)
    #expect(large < small * 24, "500 rules took \(small), 4000 took \(large)")
  }

  @Test func `many broken lines stay linear`() {
    var text = "authorize sale of A a to B b by C c {\n"
    for index in 0..<5000 { text += "  \"r\(index)\": permit when a.x =\n" }
    let (tree, diagnostics) = Parser.parse(
      Source(name: "<broken>", text: text + "  \"last\": permit\n}\n"), id: SourceID(0))
    #expect(diagnostics.count == 5000)
    guard case .authorizeSale(let sale) = tree.declarations.first?.kind else {
      Issue.record("the block is lost")
      return
    }
    #expect(sale.rules.map(\.title.text) == ["last"])
  }
}
