import WritModel

/// What somebody expected instead: a title, a name, a price, a percent.
///
/// People write `10% off`, `减10%`, `9折`, `the partner price`, `¥72.00`; each is read once here.
struct Wish {
  /// A change of the price, or which way a number is meant.
  enum Direction {
    case off, extra
  }
  let text: String
  /// A percent as its fraction: `10% off` and `9折` are 0.1.
  private(set) var percent: Decimal?
  /// A number or an amount of money.
  private(set) var amount: Decimal?
  private(set) var direction: Direction?
  private let key: String

  init(_ text: String) {
    self.text = Self.trimmed(text)
    key = Self.key(of: text)
    var rest = self.text.lowercased()
    for (word, direction) in [
      (" off", Direction.off), ("off", .off), (" extra", .extra), ("extra", .extra),
    ] where rest.hasSuffix(word) {
      self.direction = direction
      rest = String(rest.dropLast(word.count))
    }
    for (word, direction) in [("减", Direction.off), ("打", .off), ("加", .extra)]
    where rest.hasPrefix(word) {
      self.direction = direction
      rest = String(rest.dropFirst(word.count))
    }
    rest = Self.trimmed(rest)
    if rest.hasSuffix("折") {
      direction = .off
      percent = Decimal(Self.trimmed(String(rest.dropLast()))).flatMap { zhe in
        Decimal(Int64(10)).minus(zhe).map { Decimal(mantissa: $0.mantissa, scale: $0.scale + 1) }
      }
    } else if rest.hasSuffix("%") || rest.hasSuffix("％") {
      percent = Decimal(Self.trimmed(String(rest.dropLast())))
        .map { Decimal(mantissa: $0.mantissa, scale: $0.scale + 2).reduced }
    } else {
      amount = Self.amount(rest)
    }
    if percent == nil, amount == nil { direction = nil }
  }

  /// Digits with a currency before or behind them.
  private static func amount(_ text: String) -> Decimal? {
    var rest = text.filter { $0 != "," && $0 != "，" && $0 != "_" }
    for sign in ["¥", "￥", "$", "€", "£", "cny", "usd", "eur", "gbp"] where rest.hasPrefix(sign) {
      rest = trimmed(String(rest.dropFirst(sign.count)))
    }
    for sign in ["元", "块"] where rest.hasSuffix(sign) { rest = String(rest.dropLast()) }
    return Decimal(rest)
  }

  /// Whether a title, a label or a name is the one that was meant, to the letter.
  func isExactly(_ name: String) -> Bool { !name.isEmpty && name == text }

  /// Whether a title is meant by some of its words: `the partner price` is `gold partner`.
  func resembles(_ title: String) -> Bool {
    let other = Self.key(of: title)
    if key.isEmpty || other.isEmpty { return false }
    return other == key || other.contains(key)
  }

  /// Whether a number is the one that was meant.
  func isNumber(_ value: Value, isPercent: Bool) -> Bool {
    guard value.tag == .number || value.tag == .money,
      let wanted = isPercent ? percent ?? amount : amount ?? percent
    else { return false }
    return value.decimal.minus(wanted)?.mantissa == 0
  }

  private static func trimmed(_ text: String) -> String {
    let marks: Set<Character> = [" ", "\t", "\"", "“", "”", "`"]
    let tail = text.drop { marks.contains($0) }
    guard let last = tail.lastIndex(where: { !marks.contains($0) }) else { return "" }
    return String(tail[...last])
  }

  /// In small letters, without the words that people put around a title.
  private static func key(of text: String) -> String {
    var words = trimmed(text).lowercased().split(separator: " ").map(String.init)
    if words.count > 1, words.first == "the" { words.removeFirst() }
    if words.count > 1, let last = words.last,
      ["price", "offer", "rule", "discount", "step", "价格", "优惠", "规则"].contains(last)
    {
      words.removeLast()
    }
    return words.joined(separator: " ")
  }
}
