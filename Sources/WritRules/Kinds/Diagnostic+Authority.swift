import WritModel
import WritSyntax
import WritText

// What `authorize` can get wrong.
extension Diagnostic {
  static func saleWithoutPermit(at span: Span) -> Diagnostic {
    Diagnostic(
      .warning, code: "sale-without-permit",
      Phrase("nothing is permitted here, so every sale is refused", zh: "这里没有任何准许，所有销售都会被拒绝"),
      at: span, help: [Help(Phrase("add a rule with `permit`", zh: "加一条可售规则"))])
  }

  static func uselessPriority(_ title: TextLiteral) -> Diagnostic {
    Diagnostic(
      code: "useless-priority", Phrase("a priority says nothing in this block", zh: "优先级在这个块里不起作用"),
      at: title.span, help: [Help(Phrase("leave it out", zh: "删去即可"))])
  }

  static func ladderNotOrdered(_ name: Name) -> Diagnostic {
    Diagnostic(
      code: "ladder-not-ordered",
      Phrase(
        "a ladder is an enum whose members rise, and `\(name.text)` is not `ordered`",
        zh: "职级必须分高低，而 `\(name.text)` 没有写 `有高低`"), at: name.span,
      help: [
        Help(
          Phrase(
            "declare it `enum \(name.text) ordered { … }`", zh: "声明为 `选项 \(name.text) 有高低 { … }`"))
      ])
  }

  static func attributeNotRankable(_ name: Name) -> Diagnostic {
    Diagnostic(
      code: "attribute-not-rankable",
      Phrase("`\(name.text)` has no more or less", zh: "`\(name.text)` 没有大小之分"), at: name.span,
      help: [Help(Phrase("test a number, a percent or an amount", zh: "请授权数字、百分比或金额"))])
  }

  static func worseNotSaid(_ name: Name) -> Diagnostic {
    Diagnostic(
      code: "worse-not-said",
      Phrase(
        "it is not said whether more or less `\(name.text)` is worse",
        zh: "没有说明 `\(name.text)` 是越高越严还是越低越严"), at: name.span,
      help: [Help(Phrase("add `, more is worse` or `, less is worse`", zh: "加上 `，越高越严` 或 `，越低越严`"))]
    )
  }

  static func askerWithoutRung(at span: Span, record: String, ladder: String, count: Int)
    -> Diagnostic
  {
    Diagnostic(
      code: "asker-without-rung",
      Phrase(
        "`\(record)` has \(count) fields of `\(ladder)`, so the asker's rung is not plain",
        zh: "`\(record)` 有 \(count) 个 `\(ladder)` 字段，看不出申请人的职级"), at: span,
      help: [Help(Phrase("write the path to the rung itself", zh: "写出到职级字段为止的完整路径"))])
  }

  static func approvalIsBuiltIn(at span: Span) -> Diagnostic {
    Diagnostic(
      code: "approval-is-built-in",
      Phrase(
        "`Approval` is built in where somebody authorizes",
        zh: "有授权的地方，`Approval` 是内置的"), at: span,
      help: [
        Help(Phrase("give your own record another name", zh: "请给自己的对象换个名称"))
      ])
  }

  static func watchedNotField(at span: Span) -> Diagnostic {
    Diagnostic(
      code: "watched-not-field",
      Phrase("an approval remembers fields of its own record", zh: "审批只记住本条记录的字段"), at: span)
  }

  static func secondPlainLimit(_ rung: Name) -> Diagnostic {
    Diagnostic(
      .warning, code: "second-plain-limit",
      Phrase("`\(rung.text)` has two limits that always apply", zh: "`\(rung.text)` 有两个总是适用的额度"),
      at: rung.span,
      help: [Help(Phrase("the tighter one counts; leave the other out", zh: "以较严的为准，请删去另一个"))])
  }

  static func rungWithoutLimit(_ rung: Named, at span: Span) -> Diagnostic {
    Diagnostic(
      .warning, code: "rung-without-limit",
      Phrase(
        "`\(rung.name)` has no limit, and so no authority",
        zh: "`\(rung.label ?? rung.name)` 没有额度，也就没有权限"), at: span,
      help: [Help(Phrase("write `limit \(rung.name) any`, or a limit", zh: "写上它的额度，不限则写 `不限`"))])
  }

  static func limitsFall(_ rung: Named, at span: Span, before: Span) -> Diagnostic {
    Diagnostic(
      .warning, code: "limits-fall",
      Phrase(
        "`\(rung.name)` may allow less than a rung below it",
        zh: "`\(rung.label ?? rung.name)` 的额度比下级还小"), at: span,
      labels: [Label(Phrase("the rung below has this limit", zh: "下级的额度在这里"), at: before)])
  }
}
