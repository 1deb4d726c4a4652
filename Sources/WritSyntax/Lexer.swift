import WritText

/// Cuts the bytes of a source into tokens. Never fails: what begins no token is reported and left out.
///
/// Works on bytes. Full-width digits, letters of symbols and Chinese punctuation are folded here, so
/// the parser sees one set of symbols; inside a text nothing is folded.
struct Lexer {
  private(set) var tokens: [Token] = []
  private(set) var comments: [Comment] = []
  /// Offsets of lines that hold nothing.
  private(set) var blankLines: [Int32] = []
  private(set) var diagnostics: [Diagnostic] = []

  let bytes: [UInt8]
  let end: Int
  private let id: SourceID
  private let words = Words.shared
  private var position: Int
  private var startsLine = true
  private var lineStart: Int
  /// Too many unreadable characters are one story.
  private var unknownCount = 0

  /// Reads `bytes[start..<end]`; a part of a source keeps the offsets of the whole.
  init(bytes: [UInt8], id: SourceID, from start: Int = 0, to end: Int? = nil) {
    self.bytes = bytes
    self.end = min(end ?? bytes.count, bytes.count)
    self.id = id
    self.position = start
    self.lineStart = start
    tokens.reserveCapacity((self.end - start) / 4 + 8)
    if start == 0, bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
      position = 3
      lineStart = 3
    }
    while position < self.end { lexToken() }
    tokens.append(
      Token(
        start: Int32(self.end), end: Int32(self.end), kind: .end, symbol: .none, word: 0,
        startsLine: true, startsColumn: false))
  }

  // MARK: - One token

  private mutating func lexToken() {
    let start = position
    let byte = bytes[position]
    switch byte {
    case 0x20, 0x09, 0x0D: position += 1
    case 0x0A:
      if startsLine { blankLines.append(Int32(lineStart)) }
      position += 1
      startsLine = true
      lineStart = position
    case UInt8(ascii: "#"): lexComment()
    case UInt8(ascii: "\""): lexText(closing: [0x22])
    case UInt8(ascii: "'"):
      lexText(closing: [0x27])
      if let text = tokens.last, text.kind == .text {
        report(.singleQuotes(at: Span(id, Int(text.start), Int(text.end)), in: bytes))
      }
    case UInt8(ascii: "%"): lexPercentApart()
    case UInt8(ascii: "`"): lexQuotedName()
    case UInt8(ascii: "0")...UInt8(ascii: "9"): lexNumber()
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "_"):
      lexWord()
    case 0x80...: lexWide()
    default: lexSymbol(from: start)
    }
  }

  mutating func add(_ kind: Token.Kind, from start: Int, symbol: Symbol = .none, word: WordID = 0) {
    tokens.append(
      Token(
        start: Int32(start), end: Int32(position), kind: kind, symbol: symbol, word: word,
        startsLine: startsLine, startsColumn: startsLine && start == lineStart))
    startsLine = false
  }

  private mutating func lexComment() {
    let start = position
    while position < end, bytes[position] != 0x0A { position += 1 }
    var last = position
    while last > start, bytes[last - 1] == 0x0D || bytes[last - 1] == 0x20 { last -= 1 }
    comments.append(
      Comment(
        text: String(decoding: bytes[start..<last], as: UTF8.self), span: Span(id, start, last),
        isTrailing: !startsLine))
    // A line with a comment is not blank.
    if startsLine, position < end {
      position += 1
      lineStart = position
    }
  }

  /// A text is closed by its own kind of quote, on its own line.
  private mutating func lexText(closing: [UInt8]) {
    let start = position
    position += closing.count
    while position < end, bytes[position] != 0x0A {
      if bytes[position] == closing[0], position + closing.count <= end,
        bytes[position..<position + closing.count].elementsEqual(closing)
      {
        position += closing.count
        return add(.text, from: start)
      }
      position += 1
    }
    report(.unclosedText(at: Span(id, start, position), quote: closing.count == 1 ? "\"" : "”"))
    add(.unknown, from: start)
  }

  /// `50 %`: the sign belongs right behind its number.
  private mutating func lexPercentApart() {
    guard let last = tokens.last, last.kind == .number, !startsLine else {
      return lexUnknown(from: position)
    }
    position += 1
    report(.percentApart(gap: Span(id, Int(last.end), position - 1)))
    tokens[tokens.count - 1].kind = .percent
    tokens[tokens.count - 1].end = Int32(position)
  }

  private mutating func lexQuotedName() {
    let start = position
    position += 1
    while position < end, bytes[position] != 0x0A, bytes[position] != UInt8(ascii: "`") {
      position += 1
    }
    guard position < end, bytes[position] == UInt8(ascii: "`") else {
      report(.unclosedName(at: Span(id, start, position)))
      return add(.unknown, from: start)
    }
    position += 1
    if position - start == 2 {
      report(.emptyName(at: Span(id, start, position)))
      return add(.unknown, from: start)
    }
    add(.quotedName, from: start)
  }

  // MARK: - Words

  /// A letter and then letters and digits. A Chinese keyword that touches a number is cut from it:
  /// `满5000减200` is `满 5000 减 200`.
  private mutating func lexWord() {
    let start = position
    var firstDigit = -1
    while position < end {
      let byte = bytes[position]
      if isASCIILetter(byte) {
        position += 1
      } else if isASCIIDigit(byte) {
        if firstDigit < 0 { firstDigit = position }
        position += 1
      } else if byte >= 0x80 {
        let scalar = self.scalar(at: position)
        if isLetter(scalar.value) {
          position += scalar.length
        } else if isWideDigit(scalar.value) {
          if firstDigit < 0 { firstDigit = position }
          position += scalar.length
        } else {
          break
        }
      } else {
        break
      }
    }
    if firstDigit > 0 {
      let prefix = words.find(bytes[start..<firstDigit])
      if prefix != 0, words.isChinese[Int(prefix)] {
        position = firstDigit
        return add(.word, from: start, word: prefix)
      }
    }
    add(.word, from: start, word: words.find(bytes[start..<position]))
  }

  /// Behind a number: the longest Chinese keyword with which the run begins is cut from it.
  mutating func lexWordAfterNumber() {
    guard position < end, bytes[position] >= 0x80 else { return }
    let start = position
    var best = -1
    var bestWord: WordID = 0
    var at = position
    while at < end, bytes[at] >= 0x80, at - start <= words.longest {
      let scalar = self.scalar(at: at)
      guard isLetter(scalar.value) else { break }
      at += scalar.length
      let word = words.find(bytes[start..<at])
      if word != 0, words.isChinese[Int(word)] {
        best = at
        bestWord = word
      }
    }
    if best > 0 {
      position = best
      add(.word, from: start, word: bestWord)
    }
  }

  // MARK: - Characters beyond ASCII

  private mutating func lexWide() {
    let start = position
    let (value, length) = scalar(at: position)
    switch value {
    case 0x3000, 0xA0, 0xFEFF, 0x2000...0x200B: position += length
    case 0x201C: lexText(closing: [0xE2, 0x80, 0x9D])
    case 0xFF10...0xFF19: lexNumber()
    case 0xA5, 0xFFE5: lexMoneySign(length)
    default:
      if isLetter(value) { return lexWord() }
      lexSymbol(from: start)
    }
  }

  /// The scalar at an offset and how many bytes it has; 0 for what is no UTF-8.
  @inline(__always)
  func scalar(at offset: Int) -> (value: UInt32, length: Int) {
    let first = bytes[offset]
    if first < 0x80 { return (UInt32(first), 1) }
    return wideScalar(at: offset)
  }

  private func wideScalar(at offset: Int) -> (value: UInt32, length: Int) {
    let first = bytes[offset]
    let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1
    guard length > 1, offset + length <= end else { return (0, 1) }
    var value = UInt32(first) & (0x7F >> UInt32(length))
    for index in 1..<length {
      let next = bytes[offset + index]
      guard next & 0xC0 == 0x80 else { return (0, 1) }
      value = value << 6 | UInt32(next & 0x3F)
    }
    return (value, length)
  }

  // MARK: - Symbols

  /// The ASCII byte that a full-width or Chinese mark stands for; 0 if none.
  private func folded(at offset: Int) -> (byte: UInt8, length: Int) {
    guard offset < end else { return (0, 0) }
    let (value, length) = scalar(at: offset)
    switch value {
    case 0..<0x80: return (UInt8(value), length)
    case 0xFF01...0xFF5D: return (UInt8(value - 0xFEE0), length)
    case 0x3001: return (UInt8(ascii: ","), length)
    case 0x2212: return (UInt8(ascii: "-"), length)
    case 0xD7: return (UInt8(ascii: "*"), length)
    case 0xF7: return (UInt8(ascii: "/"), length)
    default: return (0, length)
    }
  }

  private mutating func take(_ ascii: Character) -> Bool {
    let next = folded(at: position)
    guard next.byte != 0, next.byte == ascii.asciiValue else { return false }
    position += next.length
    return true
  }

  private mutating func lexSymbol(from start: Int) {
    let (value, length) = scalar(at: position)
    switch value {
    case 0x2260: return symbol(.notEqual, length)
    case 0x2264: return symbol(.lessOrEqual, length)
    case 0x2265: return symbol(.greaterOrEqual, length)
    case 0xFF5E, 0x301C: return symbol(.range, length)
    case 0x2192: return symbol(.arrow, length)
    default: break
    }
    let (byte, width) = folded(at: position)
    position += width
    switch byte {
    case UInt8(ascii: "["):
      report(.foreignOperator("[", write: "{", at: Span(id, start, position)))
      add(.symbol, from: start, symbol: .openBrace)
    case UInt8(ascii: "]"):
      report(.foreignOperator("]", write: "}", at: Span(id, start, position)))
      add(.symbol, from: start, symbol: .closeBrace)
    case UInt8(ascii: "{"): add(.symbol, from: start, symbol: .openBrace)
    case UInt8(ascii: "}"): add(.symbol, from: start, symbol: .closeBrace)
    case UInt8(ascii: "("): add(.symbol, from: start, symbol: .openParen)
    case UInt8(ascii: ")"): add(.symbol, from: start, symbol: .closeParen)
    case UInt8(ascii: ","): add(.symbol, from: start, symbol: .comma)
    case UInt8(ascii: ":"): add(.symbol, from: start, symbol: .colon)
    case UInt8(ascii: "?"): add(.symbol, from: start, symbol: .question)
    case UInt8(ascii: "+"): add(.symbol, from: start, symbol: .plus)
    case UInt8(ascii: "*"): add(.symbol, from: start, symbol: .times)
    case UInt8(ascii: "/"): add(.symbol, from: start, symbol: .divide)
    case UInt8(ascii: "-"): add(.symbol, from: start, symbol: take(">") ? .arrow : .minus)
    case UInt8(ascii: "="):
      if take("=") {
        report(.doubleEquals(at: Span(id, start, position)))
      }
      add(.symbol, from: start, symbol: .equal)
    case UInt8(ascii: "!"):
      if take("=") { return add(.symbol, from: start, symbol: .notEqual) }
      report(.foreignOperator("!", write: "not", at: Span(id, start, position)))
      add(.word, from: start, word: words.english[.not])
    case UInt8(ascii: "|"):
      if take("|") {
        report(.foreignOperator("||", write: "or", at: Span(id, start, position)))
        return add(.word, from: start, word: words.english[.or])
      }
      add(.symbol, from: start, symbol: .pipe)
    case UInt8(ascii: "&"):
      _ = take("&")
      report(.foreignOperator("&&", write: "and", at: Span(id, start, position)))
      add(.word, from: start, word: words.english[.and])
    case UInt8(ascii: ">"):
      add(.symbol, from: start, symbol: take("=") ? .greaterOrEqual : .greater)
    case UInt8(ascii: "<"): lexLess(from: start)
    case UInt8(ascii: "."): lexDot(from: start)
    default: lexUnknown(from: start)
    }
  }

  private mutating func symbol(_ symbol: Symbol, _ length: Int) {
    let start = position
    position += length
    add(.symbol, from: start, symbol: symbol)
  }

  private mutating func lexLess(from start: Int) {
    if take("=") { return add(.symbol, from: start, symbol: .lessOrEqual) }
    if take(">") {
      report(.foreignOperator("<>", write: "!=", at: Span(id, start, position)))
      return add(.symbol, from: start, symbol: .notEqual)
    }
    let (one, width) = folded(at: position)
    let (two, second) = folded(at: position + width)
    guard one == UInt8(ascii: "."), two == one else {
      return add(.symbol, from: start, symbol: .less)
    }
    position += width + second
    add(.symbol, from: start, symbol: take("<") ? .rangeBetween : .rangeAbove)
  }

  private mutating func lexDot(from start: Int) {
    guard take(".") else { return add(.symbol, from: start, symbol: .dot) }
    add(.symbol, from: start, symbol: take("<") ? .rangeBelow : .range)
  }

  private mutating func lexUnknown(from start: Int) {
    if position == start { position += 1 }
    while position < end, bytes[position] & 0xC0 == 0x80 { position += 1 }
    unknownCount += 1
    if unknownCount <= 20 {
      let text = String(decoding: bytes[start..<position], as: UTF8.self)
      report(.unknownCharacter(text, at: Span(id, start, position)))
    }
    // Left out of the tokens: what stands around it usually still makes sense.
  }

  // MARK: - For Lexer+Number

  mutating func report(_ diagnostic: Diagnostic) { diagnostics.append(diagnostic) }
  mutating func move(to offset: Int) { position = offset }
  var offset: Int { position }
  func span(_ start: Int, _ end: Int) -> Span { Span(id, start, end) }
}

func isASCIILetter(_ byte: UInt8) -> Bool {
  (byte | 0x20) >= UInt8(ascii: "a") && (byte | 0x20) <= UInt8(ascii: "z") || byte == 0x5F
}

func isASCIIDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

func isWideDigit(_ value: UInt32) -> Bool { value >= 0xFF10 && value <= 0xFF19 }

/// Whether a scalar beyond ASCII may stand in a name: whatever is no space, mark or control.
func isLetter(_ value: UInt32) -> Bool {
  switch value {
  case 0..<0xAA: value < 0x80 && isASCIILetter(UInt8(value))
  case 0xAA...0xBF: value == 0xAA || value == 0xB5 || value == 0xBA
  case 0xD7, 0xF7: false
  case 0x2000...0x2BFF: false
  case 0x3000...0x3004, 0x3008...0x3020, 0x3030, 0x303D...0x303F: false
  case 0xD800...0xF8FF: false
  case 0xFE00...0xFE6F, 0xFEFF: false
  case 0xFF00...0xFF20, 0xFF3B...0xFF3E, 0xFF40, 0xFF5B...0xFF65, 0xFFE0...0xFFFF: false
  case 0x1F000...0x1FAFF, 0xE0000...: false
  default: true
  }
}
