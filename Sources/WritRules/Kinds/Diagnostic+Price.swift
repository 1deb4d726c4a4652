import WritSyntax
import WritText

// What the steps of a price can get wrong.
extension Diagnostic {
  static func priceWithoutStart(at span: Span) -> Diagnostic {
    Diagnostic(
      code: "price-without-start", Phrase("a price begins with `start`", zh: "定价要从起价开始"), at: span,
      help: [
        Help(
          Phrase("write `start` and a price as the first step", zh: "第一步写上起价，如 `起价 product.list`"))
      ])
  }

  static func secondStart(at span: Span) -> Diagnostic {
    Diagnostic(
      code: "second-start",
      Phrase("a price starts once, with its first step", zh: "起价只能有一个，而且是第一步"), at: span,
      help: [
        Help(Phrase("list several sources in `start first of { … }`", zh: "有几个来源时写 `起价 取首个 { … }`"))
      ])
  }

  static func notAPrice(at span: Span) -> Diagnostic {
    Diagnostic(
      code: "not-a-price", Phrase("a price is an amount of money", zh: "价格必须是金额"), at: span,
      help: [Help(Phrase("make the field or the result `money`", zh: "把该字段或结果的类型改为金额"))])
  }

  static func notInWhole(at span: Span) -> Diagnostic {
    Diagnostic(
      code: "not-in-whole",
      Phrase("this step does not stand inside `whole`", zh: "这一步不能放在 `整单` 之内"),
      at: span, help: [Help(Phrase("move it before or after the block", zh: "移到 `整单` 这一块的前面或后面"))])
  }

  static func wholeOfNoRecord(_ name: Name) -> Diagnostic {
    Diagnostic(
      code: "whole-of-no-record",
      Phrase("`\(name.text)` is no field that names a whole", zh: "`\(name.text)` 不是指向整单的字段"),
      at: name.span,
      help: [
        Help(Phrase("write the field by which a line names its quote", zh: "写出报价行里指向报价单的那个字段"))
      ])
  }

  static func wholeAboveTimes(at span: Span) -> Diagnostic {
    Diagnostic(
      code: "whole-above-times",
      Phrase("the lines have no price yet: `times` stands below", zh: "此处还没有行价：`乘以` 写在下面"),
      at: span,
      help: [Help(Phrase("move `times` above it", zh: "把 `乘以` 移到它上面"))])
  }

  static func secondTimes(at span: Span) -> Diagnostic {
    Diagnostic(
      code: "second-times", Phrase("the price is that of the line already", zh: "价格已经是整行的价格了"),
      at: span, help: [Help(Phrase("leave one `times` out", zh: "删去一个 `乘以`"))])
  }

  static func slabAboveTimes(at span: Span) -> Diagnostic {
    Diagnostic(
      code: "slab-above-times",
      Phrase(
        "a slab parts the pieces of a line, so it stands below `times`",
        zh: "`分段` 是把一行的数量分开算，要放在 `乘以` 下面"
      ), at: span,
      help: [Help(Phrase("move it below `times`, or write `tier`", zh: "移到 `乘以` 下面，或改用 `阶梯`"))])
  }

  static func thresholdAboveTimes(at span: Span) -> Diagnostic {
    Diagnostic(
      code: "threshold-above-times",
      Phrase("above `times` this is the price of one piece", zh: "在 `乘以` 上面，这里只是单件的价格"), at: span,
      help: [Help(Phrase("move it below `times`", zh: "移到 `乘以` 下面"))])
  }

  static func slabWithFrom(at span: Span) -> Diagnostic {
    Diagnostic(
      code: "slab-with-from",
      Phrase(
        "a measure that is not an integer has no pieces to count `from`",
        zh: "非整数的分段没有“第几件”可数，不能写 `满`"
      ), at: span, help: [Help(Phrase("write `over` and the edge", zh: "改写为 `超出` 某个界限"))])
  }

  static func boundNotNumber(at span: Span) -> Diagnostic {
    Diagnostic(
      code: "bound-not-number",
      Phrase("a step begins at a number or an amount", zh: "阶梯的起点要是数字或金额"), at: span,
      help: [
        Help(Phrase("measure by a number or an amount", zh: "改按数字或金额分阶梯，例如 `阶梯 按 数量`"))
      ])
  }

  static func sameBound(at span: Span, first: Span) -> Diagnostic {
    Diagnostic(
      code: "same-bound", Phrase("two steps begin at the same bound", zh: "两级阶梯的起点相同"), at: span,
      labels: [Label(Phrase("the first is here", zh: "第一个在这里"), at: first)],
      help: [Help(Phrase("give one of them another bound", zh: "给其中一级换一个起点"))])
  }

  static func roundInSlab(at span: Span) -> Diagnostic {
    Diagnostic(
      code: "round-in-slab", Phrase("a part of a line is not rounded by itself", zh: "一行中的一段不单独取整"),
      at: span, help: [Help(Phrase("round after the slab", zh: "在 `分段` 之后再取整"))])
  }

  static func amountInMoneySlab(at span: Span) -> Diagnostic {
    Diagnostic(
      code: "amount-in-money-slab",
      Phrase("an amount a piece means nothing where money is measured", zh: "按金额分段时，没有“每件减多少”"),
      at: span, help: [Help(Phrase("write a percent, or a tier", zh: "改用百分比，或改用 `阶梯`"))])
  }

  static func ambiguousBase(at span: Span) -> Diagnostic {
    Diagnostic(
      code: "ambiguous-base",
      Phrase("a percent of what: the running price, or the start price?", zh: "按哪个价的百分比：当前价，还是起价？"),
      at: span,
      help: [
        Help(
          Phrase(
            "write `each step on the running price` in the header, or `of` and a price here",
            zh: "在块头写 `逐步折`，或在这里用 `按` 写明基数"))
      ])
  }

  static func notAnAdjustment(at span: Span) -> Diagnostic {
    Diagnostic(
      code: "not-an-adjustment",
      Phrase("a price changes by a percent or an amount", zh: "价格只能按百分比或金额变动"), at: span)
  }

  static func everyNothing(at span: Span) -> Diagnostic {
    Diagnostic(
      code: "every-nothing", Phrase("`for every` needs an amount above zero", zh: "每满的数额必须大于零"),
      at: span)
  }

  static func roundToNothing(at span: Span) -> Diagnostic {
    Diagnostic(
      code: "round-to-nothing", Phrase("rounding needs a step above zero", zh: "取整的单位必须大于零"),
      at: span, help: [Help(Phrase("write `0.01` for cents", zh: "取到分写 `0.01`"))])
  }

  static func priorityOfAnOffer(at span: Span) -> Diagnostic {
    Diagnostic(
      code: "priority-of-an-offer",
      Phrase(
        "the steps of a price stand in their order, so a priority says nothing",
        zh: "定价的步骤按书写顺序执行，优先级没有意义"), at: span, help: [Help(Phrase("move the step", zh: "调整步骤的位置"))])
  }

  static func askWithoutAuthority(at span: Span) -> Diagnostic {
    Diagnostic(
      code: "ask-without-authority",
      Phrase(
        "nobody authorizes discounts here, so there is no approval to add to", zh: "这里没有折扣授权，无处报批"),
      at: span,
      help: [
        Help(
          Phrase(
            "add an `authorize … on …` block, or write `raise` or `forbid`",
            zh: "加一个折扣授权块，或改用 `顶到`、`禁止`"
          ))
      ])
  }

  static func neverRounded(at span: Span) -> Diagnostic {
    Diagnostic(
      .warning, code: "never-rounded", Phrase("this price is never rounded", zh: "这个价格从不取整"),
      at: span, help: [Help(Phrase("end it with `round half up to 0.01`", zh: "末尾加上 `四舍五入到 0.01`"))]
    )
  }

  static func floorNotLast(at span: Span, later: Span) -> Diagnostic {
    Diagnostic(
      .warning, code: "floor-not-last",
      Phrase("a later step may go below this floor again", zh: "后面的步骤可能又低于这个底价"), at: span,
      labels: [Label(Phrase("this step comes later", zh: "这一步在后面"), at: later)],
      help: [Help(Phrase("move the floor behind it", zh: "把 `底价` 移到它后面"))])
  }
}
