import WritText

/// What the lexer reports.
extension Diagnostic {
  static func unclosedText(at span: Span, quote: String) -> Diagnostic {
    Diagnostic(
      code: "unclosed-text",
      Phrase("this text is not closed on its line", zh: "这段文字在本行没有收尾的引号"), at: span,
      help: [
        Help(
          Phrase("close it with `\(quote)`", zh: "用 `\(quote)` 收尾"),
          edit: Edit(replacing: span.after, with: quote))
      ])
  }

  static func unclosedName(at span: Span) -> Diagnostic {
    Diagnostic(
      code: "unclosed-name",
      Phrase(
        "this name in back-ticks is not closed on its line", zh: "这个反引号里的名称在本行没有收尾"),
      at: span)
  }

  static func emptyName(at span: Span) -> Diagnostic {
    Diagnostic(
      code: "empty-name",
      Phrase("there is no name between these back-ticks", zh: "这对反引号里没有名称"), at: span)
  }

  static func unknownCharacter(_ text: String, at span: Span) -> Diagnostic {
    let isPrintable = text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
    let shown = isPrintable ? "`\(text)`" : "this character"
    let zh = isPrintable ? "`\(text)`" : "这个字符"
    var help: [Help] = []
    if text == ";" || text == "；" {
      help.append(
        Help(
          Phrase("leave it out: nothing needs to be ended", zh: "删掉它：语句不需要结束符"),
          edit: Edit(replacing: span, with: "")))
    }
    let codes = ["$": "USD ", "€": "EUR ", "£": "GBP "]
    if let code = codes[text] {
      help.append(
        Help(
          Phrase(
            "write the currency before the amount: `\(code)500`", zh: "把币种写在金额前面：`\(code)500`"),
          edit: Edit(replacing: span, with: code)))
    }
    return Diagnostic(
      code: "unknown-character", Phrase("\(shown) has no use here", zh: "\(zh) 在这里没有用处"),
      at: span, help: help)
  }

  static func singleQuotes(at span: Span, in bytes: [UInt8]) -> Diagnostic {
    let content = bytes[Int(span.start) + 1..<max(Int(span.start) + 1, Int(span.end) - 1)]
    return Diagnostic(
      code: "single-quotes",
      Phrase("a text stands in double quotes", zh: "文字写在双引号里"), at: span,
      help: [.replace(by: "\"" + String(decoding: content, as: UTF8.self) + "\"", at: span)])
  }

  static func percentApart(gap: Span) -> Diagnostic {
    Diagnostic(
      code: "percent-apart",
      Phrase("`%` stands right behind its number", zh: "`%` 要紧跟在数字后面"), at: gap,
      help: [
        Help(Phrase("leave out the space", zh: "删掉空格"), edit: Edit(replacing: gap, with: ""))
      ])
  }

  static func doubleEquals(at span: Span) -> Diagnostic {
    Diagnostic(
      code: "double-equals", Phrase("equality is one `=`", zh: "相等只写一个 `=`"), at: span,
      help: [
        Help(Phrase("write `=`", zh: "改写为 `=`"), edit: Edit(replacing: span, with: "="))
      ])
  }

  static func foreignOperator(_ text: String, write word: String, at span: Span) -> Diagnostic {
    let isSymbol = ["!=", "{", "}"].contains(word)
    return Diagnostic(
      code: "foreign-operator",
      Phrase("`\(text)` is not used here", zh: "这里不用 `\(text)`"), at: span,
      help: [
        Help(
          Phrase("write `\(word)`", zh: "改写为 `\(word)`"),
          edit: Edit(replacing: span, with: isSymbol ? word : " \(word) "))
      ])
  }

  static func moneySignAlone(at span: Span) -> Diagnostic {
    Diagnostic(
      code: "money-sign-alone",
      Phrase("an amount must follow `¥`", zh: "`¥` 后面要写金额"), at: span)
  }

  static func nameStartsWithDigit(_ text: String, at span: Span) -> Diagnostic {
    Diagnostic(
      code: "name-starts-with-digit",
      Phrase("a name does not begin with a digit: `\(text)`", zh: "名称不能以数字开头：`\(text)`"),
      at: span,
      help: [
        Help(
          Phrase("write it in back-ticks", zh: "写在反引号里"),
          edit: Edit(replacing: span, with: "`\(text)`"))
      ])
  }

  static func dateNeedsTwoDigits(_ text: String, write fix: String, at span: Span) -> Diagnostic {
    Diagnostic(
      code: "date-needs-two-digits",
      Phrase(
        "month and day of `\(text)` need two digits", zh: "`\(text)` 的月和日要写两位数字"),
      at: span,
      help: [
        Help(Phrase("write `\(fix)`", zh: "改写为 `\(fix)`"), edit: Edit(replacing: span, with: fix))
      ])
  }

  static func impossibleDate(_ text: String, at span: Span) -> Diagnostic {
    Diagnostic(
      code: "impossible-date",
      Phrase("there is no such day as `\(text)`", zh: "没有 `\(text)` 这一天"), at: span)
  }

  static func malformedTime(_ text: String, at span: Span) -> Diagnostic {
    Diagnostic(
      code: "malformed-time",
      Phrase(
        "a time is written with its offset, and `\(text)` is not", zh: "时刻要带时区，`\(text)` 写得不对"),
      at: span,
      help: [
        Help(Phrase("write `2026-11-11T09:30+08:00`", zh: "写成 `2026-11-11T09:30+08:00`"))
      ])
  }
}
