/// Numbers and amounts as people and their programs write them in cells.
struct Amount {
  enum Reading {
    case value(Decimal)
    case malformed, badThousands, tooLarge
  }
  let reading: Reading
  /// The declared currencies that a mark may mean; empty for a mark of none, nil without a mark.
  let currency: [Int]?

  /// Reads a number; commas may part its whole digits into threes.
  static func read(_ cell: Bytes) -> Reading {
    switch Decimal.read(cell, allowsExponent: true) {
    case .value(let value): return .value(value)
    case .tooLarge: return .tooLarge
    case .malformed: return grouped(cell)
    }
  }

  private static func grouped(_ cell: Bytes) -> Reading {
    guard cell.contains(UInt8(ascii: ",")), cell.count <= 64 else { return .malformed }
    var digits: [UInt8] = []
    // How many digits stand behind the last comma; nil before the first.
    var group: Int?
    var isWhole = true
    var isRegular = true
    for byte in cell {
      switch byte {
      case UInt8(ascii: ","):
        let before = group ?? digits.count { $0 &- UInt8(ascii: "0") < 10 }
        if !isWhole || (group == nil ? !(1...3).contains(before) : before != 3) {
          isRegular = false
        }
        group = 0
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        digits.append(byte)
        if isWhole, let size = group { group = size + 1 }
      default:
        if isWhole, let size = group, size != 3 { isRegular = false }
        isWhole = false
        if digits.isEmpty { isWhole = true }
        digits.append(byte)
      }
    }
    if isWhole, let size = group, size != 3 { isRegular = false }
    switch digits.withUnsafeBufferPointer({ Decimal.read($0) }) {
    case .value(let value): return isRegular ? .value(value) : .badThousands
    case .tooLarge: return .tooLarge
    case .malformed: return .malformed
    }
  }

  /// Reads an amount with or without its currency: `$3,399.99`, `-¥12`, `CNY 5`, `5 USD`, `12元`.
  init(money cell: Bytes, currencies: [String]) {
    if case .value(let value) = Decimal.read(cell) {
      reading = .value(value)
      currency = nil
      return
    }
    var rest = cell
    var marks: [Int]?
    var isNegative = false
    if rest.first == UInt8(ascii: "-") {
      isNegative = true
      rest = rest.slice(1, rest.count).trimmed()
    }
    if let (found, width) = Self.mark(atStartOf: rest, currencies) {
      marks = found
      rest = rest.slice(width, rest.count).trimmed()
    } else if let (found, width) = Self.mark(atEndOf: rest, currencies) {
      marks = found
      rest = rest.slice(0, rest.count - width).trimmed()
    }
    currency = marks
    let hasSecondSign =
      isNegative && (rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+"))
    guard !hasSecondSign, case .value(let value) = Self.read(rest) else {
      reading = hasSecondSign ? .malformed : Self.read(rest)
      return
    }
    guard isNegative else {
      reading = .value(value)
      return
    }
    reading = value.negated.map { .value($0) } ?? .tooLarge
  }

  /// What a sign may mean, before or behind a number.
  private static let signs: [(sign: String, codes: [String])] = [
    ("US$", ["USD"]), ("HK$", ["HKD"]), ("$", ["USD", "CAD", "AUD", "SGD", "HKD", "NZD", "MXN"]),
    ("¥", ["CNY", "JPY"]), ("￥", ["CNY", "JPY"]), ("€", ["EUR"]), ("£", ["GBP"]), ("₹", ["INR"]),
    ("₩", ["KRW"]), ("元", ["CNY"]), ("圆", ["CNY"]), ("円", ["JPY"]),
  ]

  private static func mark(
    atStartOf cell: Bytes, _ currencies: [String]
  ) -> ([Int], width: Int)? {
    let letters = cell.prefix { $0 | 0x20 >= UInt8(ascii: "a") && $0 | 0x20 <= UInt8(ascii: "z") }
    if letters.count == 3 { return code(Array(letters), currencies) }
    for (sign, codes) in signs where cell.starts(with: sign.utf8) {
      return (meanings(codes, currencies), sign.utf8.count)
    }
    return nil
  }

  private static func mark(atEndOf cell: Bytes, _ currencies: [String]) -> ([Int], width: Int)? {
    let letters = cell.reversed().prefix {
      $0 | 0x20 >= UInt8(ascii: "a") && $0 | 0x20 <= UInt8(ascii: "z")
    }
    if letters.count == 3 { return code(letters.reversed(), currencies) }
    for (sign, codes) in signs where cell.suffix(sign.utf8.count).elementsEqual(sign.utf8) {
      return (meanings(codes, currencies), sign.utf8.count)
    }
    return nil
  }

  private static func code(_ letters: [UInt8], _ currencies: [String]) -> ([Int], width: Int) {
    let code = String(decoding: letters, as: UTF8.self).uppercased()
    return (currencies.indices.filter { currencies[$0] == code }, 3)
  }

  /// The first meaning of a sign that is declared: `$` is the US dollar where there is one.
  private static func meanings(_ codes: [String], _ currencies: [String]) -> [Int] {
    let declared = codes.compactMap { currencies.firstIndex(of: $0) }
    // ¥ with both declared means either: the field says which, or nothing does.
    return codes.count == 2 ? declared : Array(declared.prefix(1))
  }
}
