import WritText

/// One token: where it is, what it is, and which word of the keyword table it spells.
///
/// Small and flat, because a file has hundreds of thousands: texts and digits are read from the
/// source when the parser wants them.
struct Token {
  enum Kind: UInt8 {
    case end
    /// A bare word; a keyword where the grammar expects one, else a name.
    case word
    /// A name in back-ticks, never a keyword.
    case quotedName
    case text
    case number, percent, zhe
    /// `¥5000`, `5000元`
    case money
    case date, time
    case symbol
    /// Bytes that begin no token; already reported.
    case unknown
  }

  var start: Int32
  var end: Int32
  var kind: Kind
  var symbol: Symbol
  var word: WordID
  /// The first token of its line.
  var startsLine: Bool
  /// The first token of its line, in the first column.
  var startsColumn: Bool
}

/// The symbols, full-width forms folded.
enum Symbol: UInt8 {
  case none
  case openBrace, closeBrace, openParen, closeParen, pipe, comma, colon, dot, question
  case plus, minus, times, divide
  case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual
  case arrow
  /// `..`, `..<`, `<..`, `<..<`
  case range, rangeBelow, rangeAbove, rangeBetween

  /// As the printer writes it.
  var text: String {
    switch self {
    case .none: ""
    case .openBrace: "{"
    case .closeBrace: "}"
    case .openParen: "("
    case .closeParen: ")"
    case .pipe: "|"
    case .comma: ","
    case .colon: ":"
    case .dot: "."
    case .question: "?"
    case .plus: "+"
    case .minus: "-"
    case .times: "*"
    case .divide: "/"
    case .equal: "="
    case .notEqual: "!="
    case .less: "<"
    case .lessOrEqual: "<="
    case .greater: ">"
    case .greaterOrEqual: ">="
    case .arrow: "->"
    case .range: ".."
    case .rangeBelow: "..<"
    case .rangeAbove: "<.."
    case .rangeBetween: "<..<"
    }
  }
}
