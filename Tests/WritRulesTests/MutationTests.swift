import Support
import Testing
import WritModel
import WritRules
import WritSyntax
import WritText

/// Whatever a rule file says, checking it ends with messages: programs of the specification and the
/// rule books with words left out, doubled, swapped and exchanged for others.
@Suite struct MutationTests {
  static let texts: [String] =
    SpecificationTests.programs.map(\.text)
    + RuleBookTests.folders.map { $0.paths.map { readFile($0) ?? "" }.joined(separator: "\n") }

  /// A text as words, spaces and symbols, one after the other.
  static func pieces(of text: String) -> [String] {
    var pieces: [String] = []
    var word = ""
    for character in text {
      if character.isLetter || character.isNumber || character == "_" {
        word.append(character)
        continue
      }
      if !word.isEmpty { pieces.append(word) }
      word = ""
      pieces.append(String(character))
    }
    return pieces + (word.isEmpty ? [] : [word])
  }

  @Test(arguments: Seeds.run(60))
  func `survives what was mistyped`(_ seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var pieces = Self.pieces(of: random.pick(Self.texts))
    let other = Self.pieces(of: random.pick(Self.texts))
    for _ in 0..<random.number(1...12) where !pieces.isEmpty {
      let place = random.number(0...pieces.count - 1)
      switch random.number(0...4) {
      case 0: pieces.remove(at: place)
      case 1: pieces.insert(pieces[place], at: place)
      case 2: pieces.swapAt(place, random.number(0...pieces.count - 1))
      case 3: pieces[place] = random.pick(pieces)
      default: pieces[place] = random.pick(other)
      }
    }
    let checked = Checked(pieces.joined())
    let sorted = checked.diagnostics.sortedByPosition()
    #expect(checked.diagnostics == sorted, "seed \(seed)")
    for diagnostic in checked.diagnostics {
      #expect(!diagnostic.message.english.isEmpty && !diagnostic.message.chinese.isEmpty)
      let source = checked.sources[diagnostic.span.source]
      #expect(diagnostic.span.start >= 0 && Int(diagnostic.span.end) <= source.bytes.count)
    }
  }
}
