import WritModel

/// `normalized` and `similarity`, as the specification's section on text functions says. They are
/// defined on scalars and know no locale, so a replay gives the same bytes everywhere.
enum Normalized {
  /// The longest first, so that the first that fits is the one to take.
  private static let hanEndings = [
    "有限责任公司", "股份有限公司", "集团有限公司", "有限公司", "股份公司", "集团公司", "公司", "集团",
  ].map { Array($0.unicodeScalars.map(\.value)) }
  private static let latinEndings = [
    "incorporated", "corporation", "company", "limited", "gmbh", "corp", "inc", "llc", "ltd",
    "plc", "co", "ag", "bv", "sa",
  ].map { Array($0.unicodeScalars.map(\.value)) }

  /// The form in which two spellings of one name are equal.
  static func form(of text: String) -> String {
    String(String.UnicodeScalarView(scalars(of: text).compactMap { Unicode.Scalar($0) }))
  }

  private static func scalars(of text: String) -> [UInt32] {
    var scalars = text.unicodeScalars.map { fold($0.value) }
    while takeEnding(&scalars) {}
    return scalars.filter(isKept)
  }

  private static func fold(_ scalar: UInt32) -> UInt32 {
    var folded = scalar
    if (0xFF01...0xFF5E).contains(folded) { folded -= 0xFEE0 }
    if folded == 0x3000 { folded = 0x20 }
    if (0x41...0x5A).contains(folded) { folded += 0x20 }
    return folded
  }

  /// Takes an ending that only says *company* away; false when none fits or nothing would be left.
  private static func takeEnding(_ scalars: inout [UInt32]) -> Bool {
    var end = scalars.count
    while end > 0, !isKept(scalars[end - 1]) { end -= 1 }
    let text = scalars[..<end]
    func fits(_ ending: [UInt32]) -> Bool {
      text.count > ending.count && text.suffix(ending.count).elementsEqual(ending)
    }
    var length = hanEndings.first(where: fits)?.count
    if length == nil {
      length =
        latinEndings.first { ending in
          fits(ending) && !isLetterOrDigit(text[text.endIndex - ending.count - 1])
        }?.count
    }
    guard let length, text.dropLast(length).contains(where: isKept) else { return false }
    scalars.removeSubrange((end - length)...)
    return true
  }

  private static func isLetterOrDigit(_ scalar: UInt32) -> Bool {
    (0x30...0x39).contains(scalar) || (0x61...0x7A).contains(scalar)
      || (0x41...0x5A).contains(scalar)
  }

  private static func isKept(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0..<0x80: isLetterOrDigit(scalar)
    case 0x80...0xBF, 0x2000...0x206F, 0x3000...0x303F, 0xFE30...0xFE6F: false
    default: true
    }
  }

  /// (m − d) ÷ m of the first 256 scalars of both forms; 0 if either is empty.
  static func similarity(_ left: String, _ right: String) -> Decimal {
    let a = Array(scalars(of: left).prefix(256))
    let b = Array(scalars(of: right).prefix(256))
    guard !a.isEmpty, !b.isEmpty else { return Decimal(0) }
    let longest = Int64(max(a.count, b.count))
    let same = Decimal(longest - Int64(distance(a, b)))
    return same.divided(by: Decimal(longest), decimals: 9) ?? Decimal(0)
  }

  /// The Levenshtein distance.
  private static func distance(_ a: [UInt32], _ b: [UInt32]) -> Int {
    var row = Array(0...b.count)
    for (i, x) in a.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, y) in b.enumerated() {
        let above = row[j + 1]
        row[j + 1] = min(diagonal + (x == y ? 0 : 1), min(above, row[j]) + 1)
        diagonal = above
      }
    }
    return row[b.count]
  }
}
