import WritSyntax
import WritText

// What territories, assignments, matches, splits, requires and the rest can get wrong.
extension Diagnostic {
  static func missingOtherwise(at span: Span) -> Diagnostic {
    Diagnostic(
      code: "missing-otherwise",
      Phrase("it is not said what happens where no rule holds", zh: "没有说明没有规则符合时怎么办"), at: span,
      help: [Help(Phrase("add `otherwise` with an owner or a queue", zh: "加上 `兜底`，写明归属或队列"))])
  }

  static func policyNotSaid(_ record: Name) -> Diagnostic {
    Diagnostic(
      code: "policy-not-said",
      Phrase("it is not said which territory counts where several hold", zh: "没有说明多个辖区都符合时取哪个"),
      at: record.span,
      help: [
        Help(
          Phrase(
            "add `, exclusive`, `, first`, `, deepest`, `, by priority` or `, overlapping`",
            zh: "加上 `，互斥`、`，取首个`、`，取最细` 等之一"))
      ])
  }

  static func ruleWithoutOutcome(_ title: TextLiteral) -> Diagnostic {
    Diagnostic(
      code: "rule-without-outcome",
      Phrase(
        "`\(title.text)` has no outcome and no rules in it", zh: "`\(title.text)` 既没有结果也没有下级规则"),
      at: title.span)
  }

  static func secondOwner(at span: Span) -> Diagnostic {
    Diagnostic(
      code: "second-owner", Phrase("a rule gives one owner", zh: "一条规则只能给出一个归属"), at: span,
      help: [Help(Phrase("share with `split credit { … }`", zh: "多人分享请用 `分摊`"))])
  }

  static func sharesNot100(_ total: String, at span: Span) -> Diagnostic {
    Diagnostic(
      code: "shares-not-100",
      Phrase("the shares add up to \(total) %, not to 100 %", zh: "合计 \(total)%，不是 100%"), at: span,
      help: [Help(Phrase("a share outside the whole is written `extra`", zh: "不计入总额的份额写作 `另计`"))])
  }

  static func sharesNotProved(at span: Span) -> Diagnostic {
    Diagnostic(
      .warning, code: "shares-not-proved",
      Phrase(
        "it is not sure that the shares add up to 100 %", zh: "不能确定各部分合计为 100%"), at: span,
      help: [
        Help(
          Phrase(
            "write one of them as what the others leave, such as `100% - share`; until then a record whose shares do not add up is undetermined",
            zh: "把其中一份写成其余的剩余，如 `100% - 份额`；否则合计不是 100% 的记录为 `待定`"))
      ])
  }

  static func setsOtherType(_ name: Name, wanted: String) -> Diagnostic {
    Diagnostic(
      code: "sets-other-type",
      Phrase("`\(name.text)` does not name a `\(wanted)`", zh: "`\(name.text)` 指向的不是 `\(wanted)`"),
      at: name.span)
  }

  static func setsNeverMissing(_ name: Name) -> Diagnostic {
    Diagnostic(
      code: "sets-never-missing",
      Phrase(
        "`\(name.text)` is never missing, so nothing would be assigned",
        zh: "`\(name.text)` 从不空缺，所以不会有可分配的记录"), at: name.span,
      help: [Help(Phrase("declare it with `?`", zh: "声明时加上 `?`"))])
  }

  static func secondSetter(_ name: Name, first: Span) -> Diagnostic {
    Diagnostic(
      code: "second-setter", Phrase("two blocks set `\(name.text)`", zh: "两个块都写入 `\(name.text)`"),
      at: name.span, labels: [Label(Phrase("the other is here", zh: "另一个在这里"), at: first)],
      help: [Help(Phrase("put the rules into one block", zh: "把规则并到一个块里"))])
  }

  static func countsNoField(at span: Span) -> Diagnostic {
    Diagnostic(
      code: "counts-no-field",
      Phrase("only a number field of the candidate can be counted", zh: "只能计入候选人的数字字段"), at: span,
      help: [Help(Phrase("write it as `counts r.open`", zh: "写成 `计入 r.open` 这样的形式"))])
  }

  static func skipWithoutPool(at span: Span) -> Diagnostic {
    Diagnostic(
      .warning, code: "skip-without-pool",
      Phrase(
        "`skip` keeps nobody away here: it does not touch a plain `to`", zh: "这里没有可跳过的人：跳过对直接指定不起作用"
      ), at: span,
      help: [
        Help(Phrase("put the condition into the rule, or choose with `among`", zh: "把条件写进规则，或改用候选"))
      ])
  }

  static func rotationNotLast(at span: Span) -> Diagnostic {
    Diagnostic(
      code: "rotation-not-last",
      Phrase("nothing is left to decide after a rotation", zh: "轮流之后已经没有需要再比的了"), at: span,
      help: [Help(Phrase("make it the last key", zh: "放到最后"))])
  }

  static func catchupNotSaid(at span: Span) -> Diagnostic {
    Diagnostic(
      code: "catchup-not-said",
      Phrase("it is not said whether those who were away catch up", zh: "没有说明离开的人回来后是否补轮"),
      at: span, help: [Help(Phrase("add `catchup` or `no catchup`", zh: "加上 `补轮` 或 `不补轮`"))])
  }

  static func catchupWithoutWeight(at span: Span) -> Diagnostic {
    Diagnostic(
      .warning, code: "catchup-without-weight",
      Phrase("without weights nobody has turns to catch up on", zh: "没有权重时不存在补轮"), at: span,
      help: [Help(Phrase("leave it out", zh: "删去即可"))])
  }

  static func matchWithoutEquality(at span: Span) -> Diagnostic {
    Diagnostic(
      code: "match-without-equality",
      Phrase(
        "every record would be compared with every other: no equality parts them",
        zh: "没有相等条件，每条记录都要与其他所有记录比对"), at: span,
      help: [
        Help(
          Phrase(
            "add an equality such as `a.phone = l.phone`, or write `where yes` if that is meant",
            zh: "加一个相等条件，如 `a.phone = l.phone`；确要全量比对则写 `满足 是`"))
      ])
  }

  static func matchWithoutRules(at span: Span) -> Diagnostic {
    Diagnostic(
      code: "match-without-rules", Phrase("nothing says when two records match", zh: "没有说明何时算重复"),
      at: span)
  }

  static func splitWithoutQuantum(_ name: Name) -> Diagnostic {
    Diagnostic(
      code: "split-without-quantum",
      Phrase(
        "it is not said to what the parts of `\(name.text)` are rounded",
        zh: "没有说明 `\(name.text)` 的各份取整到多少"), at: name.span,
      help: [Help(Phrase("add `to 0.01`", zh: "加上 `精确到 0.01`"))])
  }

  static func notDivisible(at span: Span) -> Diagnostic {
    Diagnostic(
      code: "not-divisible", Phrase("only a number or an amount can be split", zh: "只有数字或金额可以分摊"),
      at: span)
  }

  static func partNotNamed(at span: Span) -> Diagnostic {
    Diagnostic(
      code: "part-not-named",
      Phrase("a part is a member of an enum, a field or a record", zh: "每一份要写选项成员、字段或记录"), at: span)
  }

  static func stopsNoDecision(_ name: Name) -> Diagnostic {
    Diagnostic(
      code: "stops-no-decision",
      Phrase(
        "`\(name.text)` is a value, not a decision that could be stopped",
        zh: "`\(name.text)` 是计算值，不是可以拦下的决定"), at: name.span,
      help: [Help(Phrase("make it a `decide`", zh: "改用 `判定`"))])
  }

  static func togetherWithoutWhole(at span: Span) -> Diagnostic {
    Diagnostic(
      code: "together-without-whole",
      Phrase(
        "records are judged together within a whole, and this one is no part",
        zh: "合并只在同一整单内进行，而这个对象不属于任何整单"), at: span,
      help: [
        Help(Phrase("mark the field that names its whole `part as …`", zh: "给指向整单的字段加上 `明细作 …`"))
      ])
  }

  static func keyIsShown(_ name: Name) -> Diagnostic {
    Diagnostic(
      code: "key-is-shown",
      Phrase("`\(name.text)` is the key, which everybody sees", zh: "`\(name.text)` 是主键，所有人都看得到"),
      at: name.span)
  }

  static func removesNoRecord(at span: Span) -> Diagnostic {
    Diagnostic(
      code: "removes-no-record", Phrase("only a record can be removed", zh: "只能去掉记录"), at: span)
  }

  static func setsNoField(at span: Span) -> Diagnostic {
    Diagnostic(
      code: "sets-no-field", Phrase("only a field of a record can be set", zh: "只能改写记录的字段"),
      at: span)
  }

  static func neverMissing(_ field: String, at span: Span) -> Diagnostic {
    Diagnostic(
      code: "never-missing", Phrase("`\(field)` is never missing", zh: "`\(field)` 不能空缺"), at: span,
      help: [Help(Phrase("declare it with `?`", zh: "声明时加上 `?`"))])
  }

  static func measureNotNumber(at span: Span) -> Diagnostic {
    Diagnostic(
      code: "measure-not-number", Phrase("a measure is a number or an amount", zh: "指标要是数字或金额"),
      at: span)
  }

  static func duplicateTitleOfKind(_ title: TextLiteral, first: Span) -> Diagnostic {
    Diagnostic(
      code: "duplicate-title",
      Phrase("the title `\(title.text)` is taken", zh: "标题 `\(title.text)` 已有人用"),
      at: title.span, labels: [Label(Phrase("first used here", zh: "最先用在这里"), at: first)],
      help: [
        Help(
          Phrase(
            "questions and reports point at titles, so each needs its own",
            zh: "提问和报告都靠标题来指认，请各用各的标题"))
      ])
  }

  static func limitOfOtherKind(_ wanted: Phrase, at span: Span) -> Diagnostic {
    Diagnostic(
      code: "limit-of-other-kind",
      Phrase(
        "the measure is \(wanted.english), and its limit is not",
        zh: "指标是\(wanted.chinese)，限度却不是"), at: span,
      help: [
        Help(
          Phrase(
            "write an amount of the same kind, or a percent of what the measure is under the base",
            zh: "写同一种量，或写百分比（以基准规则下的指标为 100%）"))
      ])
  }

  static func limitBelowZero(isFall: Bool, at span: Span) -> Diagnostic {
    Diagnostic(
      code: "limit-below-zero",
      Phrase("a limit is not below zero", zh: "限度不能小于零"), at: span,
      help: [
        Help(
          isFall
            ? Phrase("write how far it may fall: `0` for not at all", zh: "写容许下降多少：一点也不许就写 `0`")
            : Phrase("write how far it may rise: `0` for not at all", zh: "写容许上升多少：一点也不许就写 `0`"))
      ])
  }

  static func limitOnTheGoodSide(isFall: Bool, at span: Span) -> Diagnostic {
    Diagnostic(
      .warning, code: "limit-on-good-side",
      isFall
        ? Phrase("less is better, yet the limit is for a fall", zh: "越低越好，限度却管着下降")
        : Phrase("more is better, yet the limit is for a rise", zh: "越高越好，限度却管着上升"), at: span,
      help: [
        Help(
          isFall
            ? Phrase(
              "a change for the worse is a rise: `may rise by at most`", zh: "变差是上升：写 `容许上升`")
            : Phrase(
              "a change for the worse is a fall: `may fall by at most`", zh: "变差是下降：写 `容许下降`"))
      ])
  }

  static func experimentNeedsArms(_ title: TextLiteral) -> Diagnostic {
    Diagnostic(
      code: "experiment-needs-arms",
      Phrase(
        "the experiment `\(title.text)` has nothing to compare",
        zh: "分流试验 `\(title.text)` 没有可比的方案"), at: title.span,
      help: [
        Help(
          Phrase(
            "give at least two rule sets with their shares: `by id { \"base\" 50%, \"new\" 50% }`",
            zh: "至少写两套规则和各自的份额：`按 编号 { \"基准\" 50%, \"新\" 50% }`"))
      ])
  }

  static func armsNot100(_ total: String, at span: Span) -> Diagnostic {
    Diagnostic(
      code: "shares-not-100",
      Phrase("the shares add up to \(total) %, not to 100 %", zh: "合计 \(total)%，不是 100%"), at: span,
      help: [
        Help(
          Phrase(
            "every record gets one of the rule sets: let their shares add up to 100%",
            zh: "每条记录都要分到一套规则：各份额之和应为 100%"))
      ])
  }

  static func armWithoutVariant(_ arm: TextLiteral, near: String) -> Diagnostic {
    Diagnostic(
      .warning, code: "unknown-title",
      Phrase("no variant here is called `\(arm.text)`", zh: "这里没有名为 `\(arm.text)` 的方案"),
      at: arm.span,
      help: [
        Help(
          Phrase("did you mean `\(near)`?", zh: "是不是 `\(near)`？"),
          edit: Edit(replacing: arm.span, with: "\"\(near)\""))
      ])
  }

  static func looksNotRising(at span: Span) -> Diagnostic {
    Diagnostic(
      code: "looks-not-rising", Phrase("looks stand in the order of their dates", zh: "查看日期要按先后书写"),
      at: span)
  }
}
