import WritText

/// Reads rule files as sources. What is not UTF-8 is reported and replaced, so that the rest of the
/// file can still be read.
func readSources(_ paths: [String]) throws(Failure) -> (Sources, [Diagnostic]) {
  var sources = Sources()
  var diagnostics: [Diagnostic] = []
  for path in try ruleFiles(in: paths) {
    let bytes = try readFile(path, atMostMegabytes: maximumRuleFileMegabytes)
    let text = RuleText(bytes)
    let id = sources.add(Source(name: path == "-" ? "<stdin>" : path, bytes: text.bytes))
    if let offset = text.firstBadOffset {
      diagnostics.append(
        .notUTF8(looksLike: text.looksLike, at: Span(id, offset, offset + 3)))
    }
  }
  return (sources, diagnostics)
}

/// The bytes of a rule file as UTF-8, without a byte order mark.
private struct RuleText {
  var bytes: [UInt8]
  /// Where the first replaced stretch stands in `bytes`.
  var firstBadOffset: Int?
  var looksLike: Phrase?

  init(_ given: [UInt8]) {
    let content = given.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(given.dropFirst(3)) : given
    guard let bad = firstInvalidUTF8(content) else {
      bytes = content
      return
    }
    bytes = Array(String(decoding: content, as: UTF8.self).utf8)
    firstBadOffset = bad
    if given.starts(with: [0xFF, 0xFE]) || given.starts(with: [0xFE, 0xFF]) {
      looksLike = Phrase("UTF-16", zh: "UTF-16")
    } else if looksLikeGBK(content[bad...]) {
      looksLike = Phrase("GBK", zh: "GBK")
    }
  }

  /// Two bytes a character, as GBK has them, all the way.
  private func looksLikeGBK(_ bytes: ArraySlice<UInt8>) -> Bool {
    var index = bytes.startIndex
    var pairs = 0
    while index < bytes.endIndex {
      if bytes[index] < 0x80 {
        index += 1
        continue
      }
      guard (0x81...0xFE).contains(bytes[index]), index + 1 < bytes.endIndex,
        (0x40...0xFE).contains(bytes[index + 1]), bytes[index + 1] != 0x7F
      else { return false }
      pairs += 1
      index += 2
    }
    return pairs > 0
  }
}

/// The offset of the first byte that is no part of valid UTF-8.
private func firstInvalidUTF8(_ bytes: [UInt8]) -> Int? {
  // Nearly always there is none, which a string finds out many bytes at a time.
  if String(validating: bytes, as: UTF8.self) != nil { return nil }
  var iterator = bytes.makeIterator()
  var decoder = UTF8()
  var offset = 0
  while true {
    switch decoder.decode(&iterator) {
    case .scalarValue(let scalar): offset += UTF8.width(scalar)
    case .emptyInput: return nil
    case .error: return offset
    }
  }
}

extension Diagnostic {
  static func notUTF8(looksLike encoding: Phrase?, at span: Span) -> Diagnostic {
    let like = encoding.map {
      Help(
        Phrase(
          "it looks like \($0.english); save it as UTF-8",
          zh: "看起来是 \($0.chinese) 编码，请另存为 UTF-8"))
    }
    return Diagnostic(
      code: "not-utf8",
      Phrase("this file is not UTF-8 from here on", zh: "从这里起，文件不是 UTF-8 编码"), at: span,
      help: [like ?? Help(Phrase("save it as UTF-8", zh: "请另存为 UTF-8"))])
  }
}
