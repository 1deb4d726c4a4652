import WritSyntax
import WritText

// What names can get wrong.
extension Diagnostic {
  /// What kind of thing a name should have meant.
  enum Wanted {
    case type, record, enumeration, tree

    var phrase: Phrase {
      switch self {
      case .type: Phrase("a type", zh: "类型")
      case .record: Phrase("a record", zh: "对象")
      case .enumeration: Phrase("an enum", zh: "选项")
      case .tree: Phrase("a tree", zh: "层级")
      }
    }
  }

  static func unknownName(_ name: Name, near: [String]) -> Diagnostic {
    Diagnostic(
      code: "unknown-name",
      Phrase("nothing here is called `\(name.text)`", zh: "这里没有叫 `\(name.text)` 的东西"),
      at: name.span, help: nearHelp(near, at: name.span))
  }

  /// Chinese is typed without spaces: the word falls into words that are known.
  static func missingSpaces(_ name: Name, parts: [String]) -> Diagnostic {
    let spaced = parts.joined(separator: " ")
    return Diagnostic(
      code: "unknown-name",
      Phrase("`\(name.text)` is several words", zh: "`\(name.text)` 是好几个词连在一起"), at: name.span,
      help: [
        Help(
          Phrase("write `\(spaced)`", zh: "写成 `\(spaced)`"),
          edit: Edit(replacing: name.span, with: spaced))
      ])
  }

  static func unusedName(_ name: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .warning, code: "unused-name",
      Phrase("nothing reads `\(name)`", zh: "没有任何地方用到 `\(name)`"), at: span)
  }

  /// Two texts that a field is compared with differ in a letter.
  static func textNearKnown(_ text: String, known: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .warning, code: "text-near-known",
      Phrase(
        "`\(text)` looks like `\(known)`, which other rules compare with",
        zh: "`\(text)` 与其他规则里的 `\(known)` 很像"),
      at: span,
      help: [
        Help(
          Phrase(
            "if the texts are known beforehand, an `enum` finds such slips",
            zh: "如果取值是固定的，用选项（enum）就不会写错"))
      ])
  }

  static func unknownType(_ name: Name, wanted: Wanted, near: [String]) -> Diagnostic {
    Diagnostic(
      code: "unknown-type",
      Phrase(
        "`\(name.text)` is not the name of \(wanted.phrase.english)",
        zh: "`\(name.text)` 不是\(wanted.phrase.chinese)的名称"),
      at: name.span, help: nearHelp(near, at: name.span))
  }

  static func duplicateName(_ name: String, at span: Span, first: Span?) -> Diagnostic {
    Diagnostic(
      code: "duplicate-name",
      Phrase("the name `\(name)` is taken already", zh: "名称 `\(name)` 已被使用"),
      at: span,
      labels: first.map { [Label(Phrase("first used here", zh: "最先用在这里"), at: $0)] } ?? [],
      help: [Help(Phrase("give one of the two another name", zh: "给其中一个换个名称"))])
  }

  static func duplicateBlock(at span: Span, first: Span) -> Diagnostic {
    Diagnostic(
      code: "duplicate-block",
      Phrase(
        "there is a second block of this kind for the same record",
        zh: "同一对象有第二个同类的块"),
      at: span, labels: [Label(Phrase("the first is here", zh: "第一个在这里"), at: first)],
      help: [Help(Phrase("name each block with `as`", zh: "用 `名为` 给每个块起名"))])
  }

  static func duplicateTitle(_ title: TextLiteral, first: Span) -> Diagnostic {
    Diagnostic(
      code: "duplicate-title",
      Phrase(
        "the title `\(title.text)` stands twice in this block",
        zh: "标题 `\(title.text)` 在这个块里出现了两次"),
      at: title.span, labels: [Label(Phrase("first used here", zh: "最先用在这里"), at: first)],
      help: [
        Help(
          Phrase(
            "explanations, tests and variants point at titles, so each needs its own",
            zh: "解释、测试和变体都靠标题来指认规则，请各用各的标题"))
      ])
  }

  static func unknownBlock(at span: Span) -> Diagnostic {
    Diagnostic(
      code: "unknown-block",
      Phrase("there is no such block", zh: "没有这样的块"), at: span,
      help: [
        Help(
          Phrase(
            "name its kind and record as its header does, and its `as` name if it has one",
            zh: "按块头的写法给出种类和对象；若有 `名为` 的名称也要写上"))
      ])
  }

  static func circle(_ path: [String], at span: Span) -> Diagnostic {
    let written = path.map { "`\($0)`" }.joined(separator: " → ")
    return Diagnostic(
      code: "circle",
      Phrase("this reads itself: \(written)", zh: "这里绕回了自身：\(written)"), at: span,
      help: [
        Help(
          Phrase(
            "take one of the steps out, or store its value in a field",
            zh: "去掉其中一环，或把它的值存进字段"))
      ])
  }

  static func chainTooDeep(at span: Span) -> Diagnostic {
    Diagnostic(
      code: "chain-too-deep",
      Phrase(
        "values that read values, or brackets in brackets, go too deep here",
        zh: "值读值的链或括号的嵌套在此太深"),
      at: span,
      help: [Help(Phrase("name a part of it with `define`", zh: "用 `计算` 给其中一部分起名"))])
  }

  /// `did you mean …`, with an edit for the nearest.
  static func nearHelp(_ near: [String], at span: Span) -> [Help] {
    near.map {
      Help(
        Phrase("did you mean `\($0)`", zh: "是否想写 `\($0)`"),
        edit: Edit(replacing: span, with: $0))
    }
  }
}
