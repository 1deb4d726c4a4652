public import WritText

extension Parser {
  /// Whether an entry needs no further line: every bracket is closed, and nothing at its end, an
  /// operator, a comma or a colon, asks for more.
  public static func isWhole(_ source: Source) -> Bool {
    let tokens = Lexer(bytes: source.bytes, id: SourceID(0)).tokens
    var depth = 0
    var last: Symbol = .none
    for token in tokens where token.kind != .end {
      switch token.symbol {
      case .openBrace, .openParen: depth += 1
      case .closeBrace, .closeParen: depth -= 1
      default: break
      }
      last = token.symbol
    }
    if depth > 0 { return false }
    switch last {
    case .comma, .colon, .plus, .minus, .times, .divide, .equal, .pipe, .arrow: return false
    default: return true
    }
  }
}
