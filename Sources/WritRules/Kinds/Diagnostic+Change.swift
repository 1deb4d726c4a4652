import WritSyntax
import WritText

// What changes and alerts can get wrong.
extension Diagnostic {
  static func matchesNothingSaid(_ title: TextLiteral) -> Diagnostic {
    Diagnostic(
      code: "matches-nothing-said",
      Phrase(
        "it is not said for which records `\(title.text)` is", zh: "没有说明 `\(title.text)` 针对哪些记录"),
      at: title.span,
      help: [
        Help(
          Phrase(
            "write `for Lead` behind the title, or `when Lead a, Lead b where …`",
            zh: "在标题后写 `针对 线索`，或写 `当 线索 a, 线索 b 满足 …` 列出记录"))
      ])
  }

  static func patternsNotJoined(_ names: [String], at span: Span) -> Diagnostic {
    let list = names.map { "`\($0)`" }
    return Diagnostic(
      .warning, code: "patterns-not-joined",
      Phrase(
        "every \(list.joined(separator: " meets every ")): no equality ties them together",
        zh: "\(list.joined(separator: " 与 ")) 之间没有相等条件，会逐条两两组合"), at: span,
      help: [
        Help(
          Phrase(
            "add an equality such as `a.phone = b.phone`",
            zh: "加一个相等条件，如 `a.电话 = b.电话`"))
      ])
  }

  static func setsDerived(_ path: String, at span: Span) -> Diagnostic {
    Diagnostic(
      code: "sets-derived",
      Phrase(
        "`\(path)` is worked out from other values and cannot be set",
        zh: "`\(path)` 是计算出来的，不能改写"), at: span,
      help: [
        Help(Phrase("set a field that it is worked out from", zh: "改写它所依据的字段"))
      ])
  }

  static func setsKey(_ field: String, at span: Span) -> Diagnostic {
    Diagnostic(
      code: "sets-key",
      Phrase(
        "`\(field)` is a key, by which other records know this one",
        zh: "`\(field)` 是主键，别的记录靠它找到这条记录"),
      at: span,
      help: [
        Help(
          Phrase(
            "remove the record and insert another one, if that is meant",
            zh: "确要如此，请去掉这条记录并新增一条"))
      ])
  }

  static func setMayBeMissing(_ field: String, _ path: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .warning, code: "set-may-be-missing",
      Phrase(
        "`\(path)` may be missing and `\(field)` may not: then nothing is done and a fault is counted",
        zh: "`\(path)` 可能空缺而 `\(field)` 不能：那时什么也不做，并记一次出错"), at: span,
      help: [
        Help(
          Phrase(
            "ask for `\(path) is known` in the condition, or write `or else`",
            zh: "在条件里加上 `\(path) 为 已填`，或写 `缺则 …`"))
      ])
  }

  static func insertLacks(_ fields: [String], _ record: Name) -> Diagnostic {
    let list = fields.map { "`\($0)`" }
    return Diagnostic(
      code: "insert-lacks",
      Phrase(
        "a `\(record.text)` needs \(list.joined(separator: ", "))",
        zh: "新增 `\(record.text)` 时还要写明 \(list.joined(separator: "、"))"), at: record.span,
      help: [
        Help(
          Phrase(
            "give it a value here, or give the field a default where it is declared",
            zh: "在这里写出值，或在声明处给字段一个默认值"))
      ])
  }

  static func removesUnmatched(_ path: String, at span: Span) -> Diagnostic {
    Diagnostic(
      code: "removes-unmatched",
      Phrase(
        "`\(path)` is not one of the records that were matched",
        zh: "`\(path)` 不是条件里匹配到的记录"), at: span,
      help: [
        Help(
          Phrase(
            "match it as well: `when …, Account a where a = \(path)`, then `remove a`",
            zh: "把它也写进条件：`当 …, 客户 a 满足 a = \(path)`，再 `去掉 a`"))
      ])
  }

  static func changesNothing(_ title: TextLiteral) -> Diagnostic {
    Diagnostic(
      code: "changes-nothing",
      Phrase(
        "`\(title.text)` sets what is so already wherever it holds",
        zh: "`\(title.text)` 成立时，要改写的值本来就是那样"), at: title.span)
  }

  static func changesGoRound(_ titles: [TextLiteral]) -> Diagnostic {
    let list = titles.map { "`\($0.text)`" }
    let others = titles.dropFirst().map {
      Label(Phrase("goes round with this", zh: "与这一条互相触发"), at: $0.span)
    }
    return Diagnostic(
      .warning, code: "changes-go-round",
      titles.count == 1
        ? Phrase(
          "\(list[0]) may set itself off again and again", zh: "\(list[0]) 可能一再触发自己")
        : Phrase(
          "these changes may set each other off without end: \(list.joined(separator: ", "))",
          zh: "这些联动可能无休止地互相触发：\(list.joined(separator: "、"))"),
      at: titles.first?.span ?? Span(SourceID(0), 0, 0), labels: Array(others),
      help: [
        Help(
          Phrase(
            "let one of them require what its own outcome ends, or be sure that it comes to an end",
            zh: "让其中一条的条件在执行后不再成立；若确信会停下来，可以不管"))
      ])
  }
}
