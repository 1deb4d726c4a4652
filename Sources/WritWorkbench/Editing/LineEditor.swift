import WritText

/// What may be put in place of the last characters before the cursor.
public struct Completion: Hashable, Sendable {
  /// How many characters before the cursor the candidates replace.
  public var replacing: Int
  /// In the order in which they are shown.
  public var candidates: [String]

  public init(replacing: Int, candidates: [String]) {
    self.replacing = replacing
    self.candidates = candidates
  }
}

/// The editor of an entry: keys go in, the entry and what the screen shows come out.
///
/// It knows no terminal and no clock; whoever owns those feeds keys and paints `screen(width:)`.
/// Entries may have several lines: Enter ends an entry that is whole, and breaks the line of one
/// that is not.
public struct LineEditor: Sendable {
  /// What a key led to, for whoever runs the editor.
  public enum Outcome: Hashable, Sendable {
    case edited
    /// The entry is whole; the editor is empty again.
    case entered(String)
    /// Ctrl-C: the entry was given up.
    case cancelled
    /// Ctrl-D on an empty entry.
    case ended
    /// Ctrl-L.
    case clearScreen
    /// Tab: `complete` wants to be called with what fits.
    case wantsCompletion
    /// Ctrl-Z.
    case suspend
  }
  public private(set) var buffer = EntryBuffer()
  public var history: History
  public var prompt: String
  public var continuation: String
  /// Whether an entry needs no further line.
  private let isWhole: @Sendable (String) -> Bool

  /// The entry of the history that is shown; `entries.count` is what is being typed.
  private var place: Int
  private var draft = ""
  private var killed = ""
  /// Undo: what the buffer was before each edit of this entry.
  private var past: [EntryBuffer] = []
  private var search: Search?
  /// Candidates that are listed below the entry.
  public private(set) var menu: [String] = []
  private var wasCompleted = false

  /// A search through the history, backwards, as it is typed.
  struct Search: Hashable, Sendable {
    var text = ""
    var found: Int?
    var hasFailed = false
    /// What stood in the entry when the search began.
    var before: EntryBuffer
  }

  public init(
    history: History = History(), prompt: String = "writ> ", continuation: String = "...   ",
    isWhole: @escaping @Sendable (String) -> Bool
  ) {
    self.history = history
    self.prompt = prompt
    self.continuation = continuation
    self.isWhole = isWhole
    place = history.entries.count
  }

  /// Handles one key.
  public mutating func handle(_ key: Key) -> Outcome {
    if search != nil, let outcome = handleInSearch(key) { return outcome }
    if key != .tab {
      menu = []
      wasCompleted = false
    }
    switch key {
    case .text(let text): edit { $0.insert(text) }
    case .paste(let text): edit { $0.insert(Self.plain(text)) }
    case .newline: edit { $0.insert("\n") }
    case .enter: return enter()
    case .tab: return .wantsCompletion
    case .backspace, .control("h"): edit { $0.remove($0.cursor - 1..<max($0.cursor, 0)) }
    case .delete: edit { $0.remove($0.cursor..<$0.cursor + 1) }
    case .deleteWordLeft, .control("w"): kill { $0.wordBoundary(-1)..<$0.cursor }
    case .deleteWordRight: kill { $0.cursor..<$0.wordBoundary(1) }
    case .control("k"): kill { $0.cursor..<max($0.line.upperBound, $0.cursor) }
    case .control("u"): kill { $0.line.lowerBound..<$0.cursor }
    case .control("y"):
      let text = killed
      edit { $0.insert(text) }
    case .control("t"): edit { $0.swapCharacters() }
    case .control("_"): undo()
    case .left, .control("b"): buffer.move(by: -1)
    case .right, .control("f"): buffer.move(by: 1)
    case .wordLeft: buffer.move(to: buffer.wordBoundary(-1))
    case .wordRight: buffer.move(to: buffer.wordBoundary(1))
    case .home, .control("a"): buffer.move(to: buffer.line.lowerBound)
    case .end, .control("e"): buffer.move(to: buffer.line.upperBound)
    case .up, .control("p"): if !buffer.moveLine(-1) { recall(place - 1) }
    case .down, .control("n"): if !buffer.moveLine(1) { recall(place + 1) }
    case .control("r"): search = Search(before: buffer)
    case .control("l"): return .clearScreen
    case .control("z"): return .suspend
    case .control("c"):
      reset()
      return .cancelled
    case .control("d"):
      if buffer.isEmpty { return .ended }
      edit { $0.remove($0.cursor..<$0.cursor + 1) }
    case .escape, .backtab, .control: break
    }
    return .edited
  }

  /// Tabs of a paste become spaces; other control characters would move the cursor, and go.
  private static func plain(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x0A: result.unicodeScalars.append(scalar)
      case 0x09: result += "  "
      case 0..<0x20, 0x7F..<0xA0: continue
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  // MARK: Editing

  private mutating func edit(_ change: (inout EntryBuffer) -> Void) {
    let before = buffer
    change(&buffer)
    guard buffer.characters != before.characters else { return }
    past.append(before)
    if past.count > 500 { past.removeFirst() }
  }

  private mutating func kill(_ range: (EntryBuffer) -> Range<Int>) {
    let range = range(buffer)
    guard !range.isEmpty else { return }
    killed = String(buffer.characters[range])
    edit { $0.remove(range) }
  }

  private mutating func undo() {
    if let before = past.popLast() { buffer = before }
  }

  private mutating func enter() -> Outcome {
    let text = buffer.text
    guard isWhole(text) else {
      edit { $0.insert("\n") }
      return .edited
    }
    reset()
    return .entered(text)
  }

  /// Begins a new entry.
  private mutating func reset() {
    buffer = EntryBuffer()
    past = []
    menu = []
    search = nil
    draft = ""
    place = history.entries.count
  }

  /// Remembers an entry; whether it is new.
  public mutating func remember(_ entry: String) -> Bool {
    let isNew = history.add(entry)
    place = history.entries.count
    return isNew
  }

  private mutating func recall(_ index: Int) {
    guard index >= 0, index <= history.entries.count, index != place else { return }
    if place == history.entries.count { draft = buffer.text }
    place = index
    buffer = EntryBuffer(index == history.entries.count ? draft : history.entries[index])
    past = []
  }

  // MARK: Completing

  /// Puts in what all candidates begin with; lists them when that adds nothing and Tab comes twice.
  public mutating func complete(with completion: Completion) {
    let candidates = completion.candidates
    guard let first = candidates.first else {
      menu = []
      return
    }
    var common = Array(first)
    for candidate in candidates.dropFirst() {
      common = Array(zip(common, candidate).prefix { $0 == $1 }.map(\.0))
    }
    let typed = buffer.characters[max(0, buffer.cursor - completion.replacing)..<buffer.cursor]
    if common.count > typed.count || candidates.count == 1 {
      edit { $0.replace(last: completion.replacing, with: String(common)) }
      menu = []
      wasCompleted = false
    } else if wasCompleted {
      menu = candidates
    } else {
      wasCompleted = true
    }
  }

  // MARK: Searching

  /// nil: the search is over and the key is still to be handled.
  private mutating func handleInSearch(_ key: Key) -> Outcome? {
    guard var now = search else { return nil }
    switch key {
    case .text(let text), .paste(let text):
      now.text += text
      find(&now, from: now.found.map { $0 + 1 } ?? history.entries.count)
    case .backspace, .control("h"):
      if !now.text.isEmpty { now.text.removeLast() }
      find(&now, from: history.entries.count)
    case .control("r"): find(&now, from: now.found ?? history.entries.count)
    case .control("g"), .control("c"), .escape:
      buffer = now.before
      search = nil
      return .edited
    default:
      search = nil
      return nil
    }
    search = now
    return .edited
  }

  private mutating func find(_ search: inout Search, from index: Int) {
    guard !search.text.isEmpty else {
      search.hasFailed = false
      return
    }
    guard let found = history.search(search.text, before: index) else {
      search.hasFailed = true
      return
    }
    search.found = found
    search.hasFailed = false
    buffer = EntryBuffer(history.entries[found])
    place = found
    past = []
  }

  // MARK: What is seen

  /// The prompt in front of the first line.
  var shownPrompt: String {
    guard let search else { return prompt }
    return "(\(search.hasFailed ? "?" : "")\(search.text)) "
  }
}
