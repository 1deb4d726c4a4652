import WritText

/// What is wrong with the patches of a variant.
extension Diagnostic {
  static func patchWithoutRule(
    _ title: TextLiteral, near: String?, base: Span
  ) -> Diagnostic {
    Diagnostic(
      code: "unknown-title",
      Phrase(
        "the base has no rule `\(title.text)` for this patch", zh: "基础规则中没有此处要改的规则 `\(title.text)`"),
      at: title.span,
      labels: [Label(Phrase("the block of the base", zh: "基础规则中的块"), at: base.beginning)],
      help: near.map {
        [
          Help(
            Phrase("did you mean `\($0)`?", zh: "是不是 `\($0)`？"),
            edit: Edit(replacing: title.span, with: "\"\($0)\""))
        ]
      } ?? [])
  }

  static func patchWithoutBlock(at span: Span, others: [Span], isDoubtful: Bool) -> Diagnostic {
    Diagnostic(
      code: "unknown-block",
      isDoubtful
        ? Phrase("the base has several such blocks", zh: "基础规则中有多个这样的块")
        : Phrase("the base has no such block for this patch", zh: "基础规则中没有此处要改的块"),
      at: span,
      labels: others.prefix(3).map {
        Label(Phrase("one of this kind", zh: "同类的块"), at: $0.beginning)
      },
      help: isDoubtful
        ? [Help(Phrase("write its name behind the record", zh: "在对象后写明块的名称"))] : [])
  }

  static func patchWithoutDeclaration(
    _ kind: Keyword?, _ name: String, near: String?, at span: Span
  ) -> Diagnostic {
    let word = kind.map { ($0.english + " ", $0.chinese + " ") } ?? ("", "")
    return Diagnostic(
      code: "unknown-block",
      Phrase(
        "the base has no \(word.0)`\(name)` for this patch", zh: "基础规则中没有此处要改的\(word.1)`\(name)`"),
      at: span,
      help: near.map {
        [Help(Phrase("did you mean `\($0)`?", zh: "是不是 `\($0)`？"))]
      } ?? [])
  }

  static func patchWithoutParam(_ name: Name, near: String?) -> Diagnostic {
    Diagnostic(
      code: "unknown-name",
      Phrase("the base has no param `\(name.text)`", zh: "基础规则中没有可调值 `\(name.text)`"),
      at: name.span,
      help: near.map {
        [
          Help(
            Phrase("did you mean `\($0)`?", zh: "是不是 `\($0)`？"),
            edit: Edit(replacing: name.span, with: $0))
        ]
      } ?? [])
  }

  static func patchDoesNotFit(_ title: TextLiteral, at span: Span) -> Diagnostic {
    Diagnostic(
      code: "patch-does-not-fit",
      Phrase(
        "these rules cannot stand where `\(title.text)` does", zh: "这些规则不能放在 `\(title.text)` 所在的位置"),
      at: span,
      help: [
        Help(
          Phrase(
            "an offer of a group is replaced by offers, a source of `start` by sources",
            zh: "组内的优惠只能换成优惠，`起价` 的来源只能换成来源"))
      ])
  }
}

extension Span {
  /// The first byte of a long stretch: where it begins is what matters.
  var beginning: Span {
    Span(source, Int(start), min(Int(end), Int(start) + 1))
  }
}
