import WritModel
public import WritRules
import WritText

// What rules and decisions are called where the words are the language's and not the author's.
extension Wording {
  /// Titles that rules without one go by, in both languages.
  private static let ownTitles: [(english: String, chinese: String)] = [
    ("otherwise", "兜底"), ("else", "其余"), ("limit", "额度"), ("floor", "底价"),
    ("always", "基础分"), ("none", "无"),
  ]

  /// A rule's title in the reader's language where it is a word of writ; the author's own as it is.
  public func title(_ rule: Rule) -> String { title(ofRule: rule.title) }

  /// The same of a rule's own title.
  func title(ofRule title: String) -> String {
    if let own = Self.ownTitle(title) { return language == .english ? own.english : own.chinese }
    let offer = (english: "offer ", chinese: "优惠 ")
    if let first = title.utf8.first, first == UInt8(ascii: "o") || first >= 0x80,
      title.hasPrefix(offer.english) || title.hasPrefix(offer.chinese),
      let number = title.split(separator: " ").last, Int(number) != nil
    {
      return (language == .english ? offer.english : offer.chinese) + number
    }
    return title
  }

  /// The own title that a title is; of most it is seen by length or by the first letter that they are
  /// none.
  private static func ownTitle(_ title: String) -> (english: String, chinese: String)? {
    guard title.utf8.count <= 12, let first = title.utf8.first else { return nil }
    return ownTitles.first { own in
      if first < 0x80 { return own.english.utf8.first == first && own.english == title }
      return own.chinese == title
    }
  }

  /// `"hot leads"`, as it is quoted; a word of writ stands without quotes.
  func quoted(_ rule: Rule) -> String {
    let title = self.title(rule)
    return Self.ownTitle(title) == nil ? quoted(title) : title
  }

  /// What a decision is called as a block: `price Line as dealer`, `定价 报价行 名为 dealer`.
  public func title(_ decision: Decision) -> String {
    guard language == .chinese else { return decision.title }
    let record = decision.subject.map { text(schema[$0].name) } ?? ""
    let alias = decision.title.split(separator: " ")
    let name =
      alias.count > 2 && alias[alias.count - 2] == "as" ? " 名为 \(alias[alias.count - 1])" : ""
    switch decision.kind {
    case .price: return "定价 \(record)\(name)"
    case .assign: return "分配 \(record)\(name)"
    case .territories: return "辖区划分 \(record)\(name)"
    case .match: return "判重 \(record)\(name)"
    case .sale: return "授权 销售\(name)"
    case .discount: return "\(text(decision.name)) \(record)"
    case .require: return "校验 \(quoted(text(decision.name)))"
    case .split: return "分摊 \(text(decision.name))"
    case .define, .decide:
      return record.isEmpty ? text(decision.name) : "\(record).\(text(decision.name))"
    case .table: return text(decision.name)
    }
  }
}
