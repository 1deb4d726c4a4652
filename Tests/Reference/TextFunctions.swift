import WritModel

/// `normalized` and `similarity`, step by step as the specification's section on text functions has
/// them, on texts cut into their scalars.
enum TextFunctions {
  private typealias Scalars = [Unicode.Scalar]

  private static let hanEndings =
    "有限责任公司 股份有限公司 集团有限公司 有限公司 股份公司 集团公司 公司 集团".split(separator: " ")
    .map { Scalars($0.unicodeScalars) }
  private static let latinEndings =
    "corporation incorporated company limited gmbh corp inc llc ltd plc co ag bv sa"
    .split(separator: " ").map { Scalars($0.unicodeScalars) }

  static func normalized(_ text: String) -> String {
    var scalars = text.unicodeScalars.map(folded)
    while true {
      let trimmed = Scalars(scalars.reversed().drop { !isKept($0) }.reversed())
      guard let ending = companyEnding(of: trimmed) else { break }
      let rest = trimmed.dropLast(ending)
      // An ending that is all there is to the name stays.
      guard rest.contains(where: isKept) else { break }
      scalars = Scalars(rest)
    }
    var result = String.UnicodeScalarView()
    result.append(contentsOf: scalars.filter(isKept))
    return String(result)
  }

  static func similarity(_ a: String, _ b: String) -> Decimal {
    let x = Scalars(normalized(a).unicodeScalars.prefix(256))
    let y = Scalars(normalized(b).unicodeScalars.prefix(256))
    if x.isEmpty || y.isEmpty { return Decimal(0) }
    let longest = Decimal(Int64(max(x.count, y.count)))
    let same = Decimal(Int64(max(x.count, y.count) - distance(x, y)))
    return same.divided(by: longest, decimals: 9) ?? Decimal(0)
  }

  /// Full-width forms become narrow, `A`…`Z` small.
  private static func folded(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    var value = scalar.value
    if value >= 0xFF01, value <= 0xFF5E { value = value - 0xFF01 + 0x21 }
    if value == 0x3000 { value = 0x20 }
    if value >= 0x41, value <= 0x5A { value = value - 0x41 + 0x61 }
    return Unicode.Scalar(value) ?? scalar
  }

  /// How many scalars at the end only say *company*.
  private static func companyEnding(of text: Scalars) -> Int? {
    for ending in hanEndings.sorted(by: { $0.count > $1.count })
    where text.count > ending.count && Scalars(text.suffix(ending.count)) == ending {
      return ending.count
    }
    for ending in latinEndings
    where text.count > ending.count && Scalars(text.suffix(ending.count)) == ending {
      let before = text[text.count - ending.count - 1]
      if !(before.properties.isAlphabetic && before.isASCII), !("0"..."9").contains(before) {
        return ending.count
      }
    }
    return nil
  }

  private static func isKept(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    case 0...0x7F, 0x80...0xBF, 0x2000...0x206F, 0x3000...0x303F, 0xFE30...0xFE6F: false
    default: true
    }
  }

  /// The whole matrix of the textbook: `table[i][j]` turns the first `i` into the first `j`.
  private static func distance(_ x: Scalars, _ y: Scalars) -> Int {
    var table = [[Int]](repeating: [Int](repeating: 0, count: y.count + 1), count: x.count + 1)
    for i in 0...x.count {
      for j in 0...y.count {
        if i == 0 || j == 0 {
          table[i][j] = i + j
        } else {
          table[i][j] = min(
            table[i - 1][j] + 1, table[i][j - 1] + 1,
            table[i - 1][j - 1] + (x[i - 1] == y[j - 1] ? 0 : 1))
        }
      }
    }
    return table[x.count][y.count]
  }
}
