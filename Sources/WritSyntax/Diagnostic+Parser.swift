import WritText

/// What the parser reports.
extension Diagnostic {
  static func fileTooLarge(at span: Span) -> Diagnostic {
    Diagnostic(
      code: "file-too-large",
      Phrase("a rule file has at most 64 MB", zh: "一个规则文件最多 64 MB"), at: span)
  }

  static func nestingTooDeep(at span: Span) -> Diagnostic {
    Diagnostic(
      code: "nesting-too-deep",
      Phrase(
        "more than \(Parser.depthLimit) levels are nested here",
        zh: "这里嵌套超过 \(Parser.depthLimit) 层"), at: span,
      help: [
        Help(Phrase("give a part a name with `define`", zh: "用 `计算` 给其中一部分起个名字"))
      ])
  }

  static func expressionTooLong(at span: Span) -> Diagnostic {
    Diagnostic(
      code: "expression-too-long",
      Phrase(
        "more than \(Parser.chainLimit) operators stand in one row",
        zh: "一串里超过 \(Parser.chainLimit) 个运算"), at: span,
      help: [
        Help(
          Phrase(
            "write a set, `x in {a, b}`, or a table", zh: "改用集合 `x 在 {a, b}`，或者对照表"))
      ])
  }

  static func numberTooLong(at span: Span) -> Diagnostic {
    Diagnostic(
      code: "number-too-long",
      Phrase("a number has at most 18 digits", zh: "一个数最多 18 位"), at: span)
  }

  // MARK: - Something else was expected

  static func expectedEnd(_ found: Phrase, at span: Span) -> Diagnostic {
    Diagnostic(
      code: "expected-end",
      Phrase(
        "nothing more was expected, but \(found.english) stands here",
        zh: "这里应当结束，却是\(found.chinese)"), at: span)
  }

  static func unexpected(_ found: Phrase, at span: Span) -> Diagnostic {
    Diagnostic(
      code: "unexpected",
      Phrase("\(found.english) cannot stand here", zh: "这里不能是\(found.chinese)"), at: span)
  }

  static func expectedSymbol(_ symbol: Symbol, found: Phrase, at span: Span) -> Diagnostic {
    let edit =
      symbol == .colon || symbol == .equal || symbol == .closeParen
      ? Edit(replacing: Span(span.source, Int(span.start), Int(span.start)), with: symbol.text)
      : nil
    return Diagnostic(
      code: "expected-symbol",
      Phrase(
        "expected `\(symbol.text)`, found \(found.english)",
        zh: "这里应当是 `\(symbol.text)`，却是\(found.chinese)"), at: span,
      help: edit.map {
        [Help(Phrase("add `\(symbol.text)`", zh: "补上 `\(symbol.text)`"), edit: $0)]
      } ?? [])
  }

  static func missingSymbol(_ symbol: Symbol, after text: String, at span: Span) -> Diagnostic {
    Diagnostic(
      code: "expected-symbol",
      Phrase("`\(symbol.text)` is missing behind `\(text)`", zh: "`\(text)` 后面缺少 `\(symbol.text)`"),
      at: span,
      help: [
        Help(
          Phrase("add `\(symbol.text)`", zh: "补上 `\(symbol.text)`"),
          edit: Edit(replacing: span.after, with: (symbol == .openBrace ? " " : "") + symbol.text))
      ])
  }

  static func missingKeyword(
    _ keyword: Keyword, after text: String, at span: Span
  ) -> Diagnostic {
    Diagnostic(
      code: "expected-keyword",
      Phrase(
        "`\(keyword.spelling(in: .english))` is missing behind `\(text)`",
        zh: "`\(text)` 后面缺少 `\(keyword.spelling(in: .chinese))`"), at: span)
  }

  static func policyWithoutComma(
    _ found: Phrase, behind place: Span, at span: Span
  ) -> Diagnostic {
    Diagnostic(
      code: "expected-symbol",
      Phrase("expected `{`, found \(found.english)", zh: "这里应当是 `{`，却是\(found.chinese)"),
      at: span,
      help: [
        Help(
          Phrase("if it belongs to the header, part it with a comma", zh: "如果它属于开头这一行，用逗号隔开"),
          edit: Edit(replacing: place, with: ","))
      ])
  }

  static func offOrExtra(_ text: String, at span: Span) -> Diagnostic {
    Diagnostic(
      code: "off-or-extra",
      Phrase("`\(text)` does not say whether it is off or extra", zh: "`\(text)` 没有写是减还是加"),
      at: span,
      help: [
        Help(
          Phrase("write `\(text) off`", zh: "写成 `减 \(text)`"),
          edit: Edit(replacing: span.after, with: " off"))
      ])
  }

  static func expectedName(_ what: Phrase, found: Phrase, at span: Span) -> Diagnostic {
    Diagnostic(
      code: "expected-name",
      Phrase(
        "expected \(what.english), found \(found.english)",
        zh: "这里应当是\(what.chinese)，却是\(found.chinese)"), at: span)
  }

  /// `enum Role { rep < manager }`
  static func membersBySigns(at span: Span) -> Diagnostic {
    Diagnostic(
      code: "expected-symbol",
      Phrase("members are separated by commas, not by `<`", zh: "选项值之间用逗号，不用 `<`"), at: span,
      help: [
        Help(
          Phrase(
            "write `enum Role ordered { rep, manager }`; `ordered` says that they rise",
            zh: "写作 `选项 Role 有高低 { rep, manager }`；`有高低` 表示依次升高"))
      ])
  }

  static func expectedText(_ what: Phrase, found: Phrase, at span: Span) -> Diagnostic {
    Diagnostic(
      code: "expected-text",
      Phrase(
        "expected \(what.english) in quotes, found \(found.english)",
        zh: "这里应当是引号里的\(what.chinese)，却是\(found.chinese)"), at: span)
  }

  /// `meant`: a word before `by`, which may be a slip for `tier` or `slab`.
  static func expectedAdjustment(
    _ found: Phrase, at span: Span, meant: Name? = nil
  ) -> Diagnostic {
    let words = [Keyword.tier, .slab].flatMap { [$0.english, $0.chinese] }
    let near = meant.flatMap { WritText.nearest(to: $0.text, among: words) }
    var (found, span, help) = (found, span, [Help]())
    if let meant, let near {
      (found, span) = (Phrase("`\(meant.text)`", zh: "`\(meant.text)`"), meant.span)
      help = [
        Help(
          Phrase("did you mean `\(near)`?", zh: "是不是想写 `\(near)`？"),
          edit: Edit(replacing: span, with: near))
      ]
    }
    return Diagnostic(
      code: "expected-adjustment",
      Phrase(
        "expected a change of the price such as `15% off`, found \(found.english)",
        zh: "这里应当是价格的变动，例如 `减 15%`，却是\(found.chinese)"), at: span, help: help)
  }

  static func expectedRecordPath(at span: Span) -> Diagnostic {
    Diagnostic(
      code: "expected-record-path",
      Phrase(
        "say whose amount it is, as in `Deal.amount`", zh: "要写明是谁的金额，例如 `Deal.amount`"),
      at: span)
  }

  static func expectedTitle(_ found: Phrase, at span: Span) -> Diagnostic {
    Diagnostic(
      code: "expected-title",
      Phrase(
        "expected a rule, `\"title\": …`, found \(found.english)",
        zh: "这里应当是一条规则 `\"标题\": …`，却是\(found.chinese)"), at: span)
  }

  static func expectedDeclaration(
    found: Phrase, isWord word: String?, at span: Span
  ) -> Diagnostic {
    var help: [Help] = []
    if let word, let near = nearest(to: word, in: Parser.topLevel) {
      help.append(
        Help(
          Phrase("did you mean `\(near)`?", zh: "是不是想写 `\(near)`？"),
          edit: Edit(replacing: span, with: near)))
    }
    return Diagnostic(
      code: "expected-declaration",
      Phrase(
        "expected a declaration such as `record` or `define`, found \(found.english)",
        zh: "这里应当是 `对象`、`计算` 这样的声明，却是\(found.chinese)"), at: span, help: help)
  }

  static func unclosedPlace(at span: Span) -> Diagnostic {
    Diagnostic(
      code: "unclosed-place",
      Phrase("this `{` in the text is not closed", zh: "文字里的 `{` 没有配对"), at: span,
      help: [
        Help(Phrase("write `{{` for the sign itself", zh: "要写这个符号本身，用 `{{`"))
      ])
  }

  static func expectedValue(_ found: Phrase, at span: Span) -> Diagnostic {
    Diagnostic(
      code: "expected-value",
      Phrase(
        "expected a value, found \(found.english)", zh: "这里应当是一个值，却是\(found.chinese)"),
      at: span)
  }

  static func missingOperand(after text: String, at span: Span) -> Diagnostic {
    Diagnostic(
      code: "missing-operand",
      Phrase("a value is missing behind `\(text)`", zh: "`\(text)` 后面缺少一个值"), at: span)
  }

  static func expectedType(found: Phrase, at span: Span) -> Diagnostic {
    Diagnostic(
      code: "expected-type",
      Phrase("expected a type, found \(found.english)", zh: "这里应当是类型，却是\(found.chinese)"),
      at: span,
      help: [
        Help(
          Phrase(
            "a type is text, number, integer, percent, money, date, time, yes/no, or a name",
            zh: "类型有 文本、数字、整数、百分比、金额、日期、时间、是否，或者一个名称"))
      ])
  }

  static func reservedName(_ text: String, as what: Phrase, at span: Span) -> Diagnostic {
    Diagnostic(
      code: "reserved-name",
      Phrase(
        "expected \(what.english), and `\(text)` is a word of the language",
        zh: "这里应当是\(what.chinese)，而 `\(text)` 是语言的保留词"), at: span,
      help: [
        Help(
          Phrase("if it is a name, write it in back-ticks", zh: "如果它是名称，请写在反引号里"),
          edit: Edit(replacing: span, with: "`\(text)`"))
      ])
  }

  static func expectedKeyword(
    _ keywords: [Keyword], found: Phrase, isWord word: String?, in language: Language,
    at span: Span
  ) -> Diagnostic {
    let shown = keywords.prefix(6)
    func list(_ language: Language) -> String {
      let spellings = shown.map { "`\($0.spelling(in: language))`" }
      guard let last = spellings.last, spellings.count > 1 else { return spellings.first ?? "" }
      let rest = spellings.dropLast()
      return language == .english
        ? rest.joined(separator: ", ") + " or " + last
        : rest.joined(separator: "、") + " 或 " + last
    }
    var help: [Help] = []
    if let word, let near = nearest(to: word, in: keywords) {
      help.append(
        Help(
          Phrase("did you mean `\(near)`?", zh: "是不是想写 `\(near)`？"),
          edit: Edit(replacing: span, with: near)))
    }
    return Diagnostic(
      code: "expected-keyword",
      Phrase(
        "expected \(list(.english)), found \(found.english)",
        zh: "这里应当是 \(list(.chinese))，却是\(found.chinese)"), at: span, help: help)
  }

  /// The spelling that the author most likely meant: at most two letters off, and fewer than half.
  private static func nearest(to word: String, in keywords: [Keyword]) -> String? {
    let letters = Array(word.unicodeScalars.prefix(40))
    var best: (distance: Int, text: String)?
    for keyword in keywords {
      for text in [keyword.english, keyword.chinese] where !text.isEmpty {
        let distance = editDistance(letters, Array(text.unicodeScalars))
        guard distance <= 2, distance * 2 < max(letters.count, text.unicodeScalars.count) else {
          continue
        }
        if distance < best?.distance ?? .max { best = (distance, text) }
      }
    }
    return best?.text
  }

  static func missingBrace(opened: Span, at span: Span) -> Diagnostic {
    Diagnostic(
      code: "missing-brace",
      Phrase("a `}` is missing before this", zh: "在这之前缺少一个 `}`"), at: span,
      labels: [
        Label(Phrase("this `{` is not closed", zh: "这个 `{` 没有配对"), at: opened)
      ],
      help: [
        Help(
          Phrase("close it", zh: "补上 `}`"),
          edit: Edit(replacing: Span(span.source, Int(span.start), Int(span.start)), with: "}\n"))
      ])
  }

  // MARK: - Something is not written so

  static func chainedComparison(at span: Span) -> Diagnostic {
    Diagnostic(
      code: "chained-comparison",
      Phrase("a comparison cannot follow another", zh: "比较不能连着写"), at: span,
      help: [
        Help(Phrase("join the two with `and`", zh: "用 `且` 把两个比较连起来"))
      ])
  }

  static func mixedAndOr(at span: Span) -> Diagnostic {
    Diagnostic(
      code: "mixed-and-or",
      Phrase("`and` and `or` side by side need brackets", zh: "`且` 和 `或` 混用要加括号"), at: span,
      help: [
        Help(
          Phrase("put brackets around what belongs together", zh: "给应当在一起的部分加上括号"))
      ])
  }

  /// `isTight`: the next word follows at once.
  static func commaBetweenConditions(at span: Span, isTight: Bool) -> Diagnostic {
    Diagnostic(
      code: "comma-between-conditions",
      Phrase("a comma does not join conditions", zh: "逗号不能连接条件"), at: span,
      help: [
        Help(
          Phrase("write `and`", zh: "改写为 `且`"),
          edit: Edit(replacing: span, with: isTight ? " and " : " and"))
      ])
  }

  static func zheOutOfRange(_ digits: String, write fix: String?, at span: Span) -> Diagnostic {
    Diagnostic(
      code: "zhe-out-of-range",
      Phrase(
        "`\(digits)折` is no price reduction: 折 counts tenths", zh: "`\(digits)折` 不是折扣：折按十分之几算"),
      at: span,
      help: fix.map {
        [
          Help(
            Phrase("write `\($0)折`", zh: "改写为 `\($0)折`"),
            edit: Edit(replacing: span, with: "\($0)折"))
        ]
      } ?? [])
  }

  static func equalsMissing(isNegated: Bool, at span: Span) -> Diagnostic {
    let fix = isNegated ? "is not missing" : "is missing"
    let zh = isNegated ? "不为 空缺" : "为 空缺"
    return Diagnostic(
      code: "equals-missing",
      Phrase("nothing is equal to `missing`", zh: "没有什么等于 `空缺`"), at: span,
      help: [
        Help(
          Phrase("write `\(fix)`", zh: "改写为 `\(zh)`"), edit: Edit(replacing: span, with: fix))
      ])
  }

  static func presenceInFront(isKnown: Bool, of operand: String, at span: Span) -> Diagnostic {
    let word = isKnown ? "known" : "missing"
    let zh = isKnown ? "已填" : "空缺"
    let fix = "\(operand) is \(word)"
    return Diagnostic(
      code: "presence-in-front",
      Phrase("`\(word)` stands behind what it asks for", zh: "`\(zh)` 写在所问的值后面"), at: span,
      help: [
        Help(
          Phrase("write `\(fix)`", zh: "改写为 `\(operand) 为 \(zh)`"),
          edit: Edit(replacing: span, with: fix))
      ])
  }

  static func isWithValue(at span: Span) -> Diagnostic {
    Diagnostic(
      code: "is-with-value",
      Phrase(
        "`is` asks only for `missing` and `known`", zh: "`为` 只用来问 `空缺` 和 `已填`"), at: span,
      help: [
        Help(Phrase("write `=`", zh: "改写为 `=`"), edit: Edit(replacing: span, with: "="))
      ])
  }

  static func repeated(_ what: Phrase, at span: Span) -> Diagnostic {
    Diagnostic(
      code: "said-twice",
      Phrase("\(what.english) is said twice", zh: "\(what.chinese)写了两次"), at: span,
      help: [
        Help(Phrase("join conditions with `and`, or leave one out", zh: "用 `且` 合并，或者去掉一个"))
      ])
  }

  static func missingOutcome(_ title: String, at span: Span) -> Diagnostic {
    Diagnostic(
      code: "missing-outcome",
      Phrase("rule `\(title)` does not say what follows", zh: "规则 `\(title)` 没有写结果"), at: span)
  }

  static func severalOutcomes(_ title: String, at span: Span) -> Diagnostic {
    Diagnostic(
      code: "several-outcomes",
      Phrase("rule `\(title)` has a second outcome", zh: "规则 `\(title)` 有第二个结果"), at: span,
      help: [
        Help(Phrase("give it a title of its own", zh: "给它单独起一个标题"))
      ])
  }

  static func expectedDuration(_ found: Phrase, at span: Span) -> Diagnostic {
    Diagnostic(
      code: "expected-duration",
      Phrase(
        "expected a length of time such as `30 days`, found \(found.english)",
        zh: "这里应当是时长，例如 `30天`，却是\(found.chinese)"), at: span)
  }

  static func expectedWholeNumber(at span: Span) -> Diagnostic {
    Diagnostic(
      code: "expected-whole-number",
      Phrase(
        "a length of time is a whole number up to a million", zh: "时长是不超过一百万的整数"),
      at: span,
      help: [
        Help(
          Phrase(
            "count in a smaller unit, such as hours, or in a larger one",
            zh: "换一个更小（如小时）或更大的单位"))
      ])
  }

  static func expectedRange(at span: Span) -> Diagnostic {
    Diagnostic(
      code: "expected-range",
      Phrase("expected a range such as `1..9`", zh: "这里应当是范围，例如 `1..9`"), at: span)
  }

  static func wrongCellCount(_ count: Int, wanted: Int, at span: Span) -> Diagnostic {
    Diagnostic(
      code: "wrong-cell-count",
      Phrase(
        "this row has \(count) \(count == 1 ? "cell" : "cells") where the header has \(wanted)",
        zh: "这一行有 \(count) 格，表头是 \(wanted) 格"), at: span)
  }

  static func malformedZone(at span: Span) -> Diagnostic {
    Diagnostic(
      code: "malformed-zone",
      Phrase("a zone is a fixed offset such as `+08:00`", zh: "时区写成固定偏移，例如 `+08:00`"),
      at: span)
  }

  static func unknownFormat(at span: Span) -> Diagnostic {
    Diagnostic(
      code: "unknown-format",
      Phrase(
        "a column is read as a pattern in quotes, as `fraction` or as `points`",
        zh: "列的格式是引号里的样式、`小数` 或 `百分点`"), at: span)
  }
}

extension Diagnostic.Help {
  static func replace(by text: String, at span: Span) -> Diagnostic.Help {
    Diagnostic.Help(
      Phrase("write `\(text)`", zh: "改写为 `\(text)`"),
      edit: Diagnostic.Edit(replacing: span, with: text))
  }
}
