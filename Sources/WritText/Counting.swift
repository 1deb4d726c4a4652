// How numbers of things are said to people.

/// `1 file`, `2 files`, `no errors`
public func counted(_ count: Int, _ word: String) -> String {
  count == 0 ? "no \(word)s" : count == 1 ? "1 \(word)" : "\(grouped(count)) \(word)s"
}

/// Digits in groups of three: `9,994`.
public func grouped(_ count: Int) -> String {
  var result = ""
  let digits = String(abs(count))
  for (index, digit) in digits.enumerated() {
    if index > 0, (digits.count - index) % 3 == 0 { result += "," }
    result.append(digit)
  }
  return (count < 0 ? "-" : "") + result
}
