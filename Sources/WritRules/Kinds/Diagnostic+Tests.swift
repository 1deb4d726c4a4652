import WritSyntax
import WritText

// What tests, questions and answers can get wrong.
extension Diagnostic {
  static func givenTwice(_ name: Name) -> Diagnostic {
    Diagnostic(
      code: "given-twice", Phrase("`\(name.text)` is given twice", zh: "`\(name.text)` 给了两次"),
      at: name.span, help: [Help(Phrase("leave one of the two out", zh: "删去其中一个"))])
  }

  static func notABaseField(_ name: Name) -> Diagnostic {
    Diagnostic(
      code: "not-a-base-field",
      Phrase(
        "`\(name.text)` is worked out, so it cannot be given or set",
        zh: "`\(name.text)` 是算出来的，不能直接给出或改写"), at: name.span,
      help: [Help(Phrase("give the fields it is worked out from", zh: "请给出用来计算它的字段"))])
  }

  static func notAReference(at span: Span) -> Diagnostic {
    Diagnostic(
      code: "not-a-reference",
      Phrase("a record stands here, by its type and key", zh: "这里要写一条记录：类型加主键"), at: span,
      help: [Help(Phrase("write it as `Rep \"R1\"`", zh: "写成 `Rep \"R1\"` 这样的形式"))])
  }

  static func referenceOfOtherType(_ type: Name, wanted: String) -> Diagnostic {
    Diagnostic(
      code: "reference-of-other-type",
      Phrase(
        "this asks for a `\(wanted)`, not a `\(type.text)`",
        zh: "这里要的是 `\(wanted)`，不是 `\(type.text)`"), at: type.span)
  }

  static func notAFieldOfARecord(at span: Span) -> Diagnostic {
    Diagnostic(
      code: "not-a-field-of-a-record", Phrase("a field of a record stands here", zh: "这里要写某个对象的字段"),
      at: span,
      help: [
        Help(
          Phrase(
            "write it as `Rep \"R1\".capacity`, or `Quote.discount` for all records",
            zh: "写成 `Rep \"R1\".capacity`；若指全部记录，写 `Quote.discount`"))
      ])
  }

  static func nothingToCommit(at span: Span) -> Diagnostic {
    Diagnostic(
      code: "nothing-to-commit",
      Phrase("this block decides nothing that could be kept", zh: "这个块没有可以记录下来的结果"), at: span,
      help: [Help(Phrase("commit an `assign`", zh: "可以执行的是分配"))])
  }

  static func reasonWithoutResult(_ name: Name) -> Diagnostic {
    Diagnostic(
      code: "reason-without-result",
      Phrase("a column of reasons follows the result it is the reason of", zh: "原因一列要跟在它所说明的结果后面"),
      at: name.span,
      help: [Help(Phrase("put a result before `\(name.text)`", zh: "在 `\(name.text)` 前面放一列结果"))])
  }

  static func questionOfOtherWidth(_ title: String, wanted: Int, at span: Span) -> Diagnostic {
    Diagnostic(
      code: "question-of-other-width",
      Phrase("`\(title)` is asked of \(wanted) records", zh: "`\(title)` 要针对 \(wanted) 条记录来问"),
      at: span)
  }

  static func answerOfOtherKind(_ word: String, at span: Span) -> Diagnostic {
    Diagnostic(
      code: "answer-of-other-kind",
      Phrase("`\(word)` is no answer to this question", zh: "`\(word)` 不是这个问题的答案"), at: span)
  }

  static func notATitle(at span: Span) -> Diagnostic {
    Diagnostic(
      code: "not-a-title", Phrase("the answer is a rule, given by its title", zh: "答案是一条规则，要写它的标题"),
      at: span,
      help: [Help(Phrase("write the title in quotes, or `queue` and a name", zh: "用引号写出标题，或写队列名"))])
  }

  static func notAPart(_ name: String, near: [String], at span: Span) -> Diagnostic {
    Diagnostic(
      code: "not-a-part",
      Phrase("the answer has no part called `\(name)`", zh: "答案里没有叫 `\(name)` 的部分"), at: span,
      help: nearHelp(near, at: span))
  }

  static func unknownTitle(_ title: TextLiteral, near: [String]) -> Diagnostic {
    Diagnostic(
      code: "unknown-title",
      Phrase("nothing here has the title `\(title.text)`", zh: "这里没有标题为 `\(title.text)` 的规则"),
      at: title.span, help: nearHelp(near.map { "\"\($0)\"" }, at: title.span))
  }
}
