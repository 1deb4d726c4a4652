import WritText

/// What is being typed: characters as people see them, and where the cursor stands among them.
///
/// A character is a grapheme cluster, so the cursor never stands inside an accent or an emoji.
public struct EntryBuffer: Hashable, Sendable {
  public private(set) var characters: [Character]
  /// 0 … `characters.count`.
  public private(set) var cursor: Int

  public init(_ text: String = "") {
    characters = Array(text)
    cursor = characters.count
  }

  public var text: String { String(characters) }
  public var isEmpty: Bool { characters.isEmpty }

  /// What stands before the cursor.
  public var textBeforeCursor: String { String(characters[..<cursor]) }

  // MARK: Typing

  /// Puts text in at the cursor and goes behind it. A mark that joins the character before it
  /// becomes one with it.
  public mutating func insert(_ text: String) {
    let before = String(characters[..<cursor]) + text
    let after = String(characters[cursor...])
    let head = Array(before)
    characters = Array(before + after)
    cursor = min(head.count, characters.count)
  }

  /// Replaces so many characters before the cursor.
  public mutating func replace(last count: Int, with text: String) {
    let start = max(0, cursor - count)
    characters.removeSubrange(start..<cursor)
    cursor = start
    insert(text)
  }

  /// Removes characters of a range and gives them back as text; the cursor stands where they were.
  @discardableResult
  public mutating func remove(_ range: Range<Int>) -> String {
    let range = range.clamped(to: 0..<characters.count)
    let removed = String(characters[range])
    characters.removeSubrange(range)
    if cursor > range.lowerBound { cursor = max(range.lowerBound, cursor - range.count) }
    return removed
  }

  /// Changes the two characters around the cursor with each other.
  public mutating func swapCharacters() {
    guard characters.count > 1, cursor > 0 else { return }
    let right = min(cursor, characters.count - 1)
    characters.swapAt(right - 1, right)
    cursor = right + 1
  }

  // MARK: Moving

  /// Puts the cursor before a character, as near as there is one.
  public mutating func move(to position: Int) { cursor = min(max(0, position), characters.count) }
  /// Moves the cursor by so many characters.
  public mutating func move(by offset: Int) { move(to: cursor + offset) }

  /// Where the line of the cursor begins and ends (before its line break).
  public var line: Range<Int> {
    let start = characters[..<cursor].lastIndex(of: "\n").map { $0 + 1 } ?? 0
    let end = characters[cursor...].firstIndex(of: "\n") ?? characters.count
    return start..<end
  }

  /// Goes to the line above or below, to the same column of the screen; false at the first or last.
  public mutating func moveLine(_ step: Int) -> Bool {
    let line = self.line
    let column = characters[line.lowerBound..<cursor].reduce(0) { $0 + $1.displayWidth }
    if step < 0 {
      guard line.lowerBound > 0 else { return false }
      cursor = line.lowerBound - 1
    } else {
      guard line.upperBound < characters.count else { return false }
      cursor = line.upperBound + 1
    }
    let target = self.line
    var width = 0
    cursor = target.lowerBound
    while cursor < target.upperBound, width + characters[cursor].displayWidth <= column {
      width += characters[cursor].displayWidth
      cursor += 1
    }
    return true
  }

  /// Where the word before or behind the cursor ends.
  public func wordBoundary(_ step: Int) -> Int {
    var position = cursor
    func kind(_ index: Int) -> WordKind { WordKind(characters[index]) }
    if step < 0 {
      while position > 0, kind(position - 1) == .space { position -= 1 }
      guard position > 0 else { return 0 }
      let word = kind(position - 1)
      while position > 0, kind(position - 1) == word { position -= 1 }
    } else {
      while position < characters.count, kind(position) == .space { position += 1 }
      guard position < characters.count else { return position }
      let word = kind(position)
      while position < characters.count, kind(position) == word { position += 1 }
    }
    return position
  }

  private enum WordKind {
    case space, han, word, sign

    init(_ character: Character) {
      if character.isWhitespace {
        self = .space
      } else if character.isLetter || character.isNumber || character == "_" {
        self = character.displayWidth > 1 ? .han : .word
      } else {
        self = .sign
      }
    }
  }
}
