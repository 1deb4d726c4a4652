/// Chinese is typed without spaces: `区域属于华东` is one unknown word to the lexer. Words are never
/// cut in silence; the message about the unknown word offers the cut.
public enum Segmentation {
  /// Cuts a word into keywords, numbers and known names, or nil if it cannot be cut whole.
  ///
  /// Of several ways the one with the fewest parts is taken, then the one whose parts are longest
  /// from the left. A frequent wrong word (`隶属`) counts as the keyword meant, and the parts come
  /// back with the right one. At least one part is a known name or a number: a word made of keywords
  /// alone is more likely a name of its own.
  /// O(length² · lookups).
  public static func split(_ name: String, knownNames: Set<String>) -> [String]? {
    let letters = Array(name.unicodeScalars)
    guard (2...60).contains(letters.count), letters.contains(where: { $0.value >= 0x80 }) else {
      return nil
    }
    /// The best cut of `letters[index...]`.
    var best: [(parts: [String], names: Int)?] = Array(repeating: nil, count: letters.count + 1)
    best[letters.count] = ([], 0)
    for start in letters.indices.reversed() {
      // Longest first, so that an equal count keeps the longer left part.
      for end in stride(from: letters.count, to: start, by: -1) {
        guard let rest = best[end], !(start == 0 && end == letters.count) else { continue }
        let word = text(letters[start..<end])
        guard let part = meaning(of: word, knownNames) else { continue }
        let parts = [part.text] + rest.parts
        let names = rest.names + (part.isName ? 1 : 0)
        if let known = best[start], known.parts.count <= parts.count { continue }
        best[start] = (parts, names)
      }
    }
    let hasDigit = name.utf8.contains(where: isASCIIDigit)
    guard let cut = best[0], cut.parts.count > 1, cut.names > 0 || hasDigit else { return nil }
    return cut.parts
  }

  private static func text(_ letters: ArraySlice<Unicode.Scalar>) -> String {
    var text = ""
    text.unicodeScalars.append(contentsOf: letters)
    return text
  }

  private static func meaning(
    of word: String, _ knownNames: Set<String>
  ) -> (text: String, isName: Bool)? {
    if knownNames.contains(word) { return (word, true) }
    let id = Words.shared.find(Array(word.utf8))
    if id != 0, Words.shared.isChinese[Int(id)] { return (word, false) }
    if word.utf8.allSatisfy({ isASCIIDigit($0) }) { return (word, false) }
    if let right = Keywords.nearMiss(word), word.utf8.first ?? 0 >= 0x80 { return (right, false) }
    return nil
  }
}

extension Keywords {
  /// The word of the language for a word that people write in its place, if there is one.
  ///
  /// One way to say a thing: a second spelling is never accepted, but the right one is offered.
  public static func nearMiss(_ word: String) -> String? {
    guard let (_, keyword) = mistaken.first(where: { $0.0 == word }) else { return nil }
    let isHan = word.utf8.first ?? 0 >= 0x80
    let text = isHan ? keyword.chinese : keyword.english
    return text.isEmpty ? nil : text
  }

  private static let mistaken: [(String, Keyword)] = [
    ("隶属", .within), ("隶属于", .within), ("位于", .within), ("属於", .within),
    ("如果", .when), ("若", .when), ("当且仅当", .when), ("时", .when), ("并且", .and),
    ("而且", .and), ("和", .and), ("及", .and), ("或者", .or), ("否则", .else), ("其他", .else),
    ("其它", .else), ("不是", .notEqualWord), ("不为空", .known), ("为空", .missing),
    ("空", .missing), ("缺失", .missing), ("条件", .where), ("除外", .unless), ("那么", .then),
    ("定义", .define), ("大于", .greaterWord), ("小于", .lessWord), ("以上", .greaterOrEqualWord),
    ("以下", .lessOrEqualWord), ("至少", .greaterOrEqualWord), ("至多", .lessOrEqualWord),
    ("最多", .atMost), ("不小于", .greaterOrEqualWord), ("不大于", .lessOrEqualWord),
    ("高于", .greaterWord), ("低于", .lessWord), ("求和", .sum), ("总和", .sum), ("数量", .count),
    ("最大值", .max), ("最小值", .min), ("平均值", .average), ("轮询", .rotation),
    ("分给", .to), ("月", .months), ("日", .days), ("星期", .weeks), ("小時", .hours),
    ("if", .when), ("equals", .is), ("between", .isIn), ("null", .missing),
    ("nil", .missing), ("blank", .missing), ("empty", .missing), ("true", .yes),
    ("false", .noValue), ("rule", .change), ("exists", .some), ("all", .every), ("contains", .isIn),
    ("under", .within), ("inside", .within), ("except", .unless),
    ("allow", .permit), ("deny", .forbid), ("minus", .off), ("plus", .extra),
    ("discount", .off), ("可以", .permit), ("不可售", .forbid), ("field", .record), ("let", .define),
    ("total", .sum),
    ("枚举", .enum), ("实体", .record), ("记录", .record), ("公式", .define), ("变量", .define),
    ("常量", .define), ("参数", .param), ("决策", .decide), ("首条", .first), ("第一条", .first),
    ("理由", .because), ("原因", .because), ("因为", .because), ("默认", .otherwise),
    ("必须", .require), ("要求", .require), ("约束", .require), ("叫停", .stops), ("阻止", .stops),
    ("告警", .alert), ("警报", .alert), ("提醒", .alert), ("测试", .test), ("实验", .experiment),
    ("删除", .remove), ("移除", .remove), ("添加", .add), ("增加", .add), ("价格", .price),
    ("指派", .assign), ("分派", .assign), ("领地", .territories), ("按照", .by),
    ("entity", .record), ("object", .record), ("class", .record), ("function", .define),
    ("const", .define), ("var", .define), ("parameter", .param), ("hierarchy", .tree),
    ("default", .otherwise), ("reason", .because), ("must", .require), ("validate", .require),
    ("warn", .alert), ("delete", .remove), ("territory", .territories),
  ]
}
