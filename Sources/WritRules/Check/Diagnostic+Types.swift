import WritModel
import WritSyntax
import WritText

// What types can get wrong.
extension Diagnostic {
  static func wrongType(at span: Span, wanted: Phrase, found: Phrase) -> Diagnostic {
    Diagnostic(
      code: "wrong-type",
      Phrase(
        "\(wanted.english) is wanted here, this is \(found.english)",
        zh: "这里要\(wanted.chinese)，写的是\(found.chinese)"),
      at: span)
  }

  static func numberForPercent(at span: Span, digits: String?) -> Diagnostic {
    Diagnostic(
      code: "number-for-percent",
      Phrase("a percent does not meet a bare number", zh: "百分比不能与不带 % 的数字相比"),
      at: span,
      help: [
        Help(
          digits.map { Phrase("write `\($0)%`", zh: "写成 `\($0)%`") }
            ?? Phrase("write a percent such as `15%`", zh: "写成百分比，如 `15%`"),
          edit: digits.map { Edit(replacing: span, with: "\($0)%") })
      ])
  }

  static func percentForNumber(at span: Span) -> Diagnostic {
    Diagnostic(
      code: "percent-for-number",
      Phrase("a number is wanted here, this is a percent", zh: "这里要数字，写的是百分比"),
      at: span,
      help: [
        Help(
          Phrase(
            "multiply it by what it is a share of, or divide it by `1%`",
            zh: "乘以它所占的那个量，或除以 `1%`"))
      ])
  }

  static func percentOfWhat(at span: Span) -> Diagnostic {
    Diagnostic(
      code: "percent-of-what",
      Phrase(
        "a number and a percent cannot be added: a percent of what",
        zh: "数字与百分比不能相加减：是谁的百分之几"),
      at: span,
      help: [
        Help(
          Phrase(
            "write `x * (100% + 15%)`, or `100%` for 1", zh: "写 `x * (100% + 15%)`，或用 `100%` 代替 1"))
      ])
  }

  static func zheInFormula(at span: Span, digits: String) -> Diagnostic {
    let percent = Decimal(digits).flatMap {
      Decimal(fitting: Int128($0.mantissa) * 10, scale: Int($0.scale))?.normalized.plain
    }
    return Diagnostic(
      code: "zhe-in-formula",
      Phrase(
        "`\(digits)折` changes a price or sets a limit; in a formula it says two things",
        zh: "`\(digits)折` 只能用来改价或作额度，放在算式里有两种读法"),
      at: span,
      help: percent.map { paid in
        [
          Help(
            Phrase("write `\(paid)%` for what is paid", zh: "要表示付多少，写 `\(paid)%`"),
            edit: Edit(replacing: span, with: "\(paid)%"))
        ]
      } ?? [])
  }

  static func mixedCurrencies(_ a: String, _ b: String, at span: Span) -> Diagnostic {
    Diagnostic(
      code: "mixed-currencies",
      Phrase("`\(a)` and `\(b)` do not mix", zh: "`\(a)` 与 `\(b)` 不能混用"), at: span,
      help: [
        Help(
          Phrase(
            "change one with `in_currency(amount, \(a), rate)`",
            zh: "用 `in_currency(金额, \(a), 汇率)` 折算其中一个"))
      ])
  }

  static func numberForDuration(at span: Span, digits: String?) -> Diagnostic {
    Diagnostic(
      code: "number-for-duration",
      Phrase("a duration has a unit", zh: "时长要带单位"), at: span,
      help: [
        Help(
          digits.map { Phrase("write `\($0) days`", zh: "写成 `\($0) 天`") }
            ?? Phrase("write a duration such as `30 days`", zh: "写成时长，如 `30 天`"),
          edit: digits.map { Edit(replacing: span, with: "\($0) days") })
      ])
  }

  static func cannotCombine(_ a: Phrase, _ b: Phrase, at span: Span) -> Diagnostic {
    Diagnostic(
      code: "cannot-combine",
      Phrase(
        "\(a.english) and \(b.english) cannot be combined so",
        zh: "\(a.chinese)与\(b.chinese)不能这样运算"),
      at: span)
  }

  static func noArithmetic(_ type: Phrase, at span: Span) -> Diagnostic {
    Diagnostic(
      code: "no-arithmetic",
      Phrase("\(type.english) has no opposite", zh: "\(type.chinese)不能取负"), at: span)
  }

  static func noOrder(_ type: Phrase, at span: Span) -> Diagnostic {
    Diagnostic(
      code: "no-order",
      Phrase("\(type.english) has no greater or less", zh: "\(type.chinese)没有大小之分"),
      at: span)
  }

  static func unorderedMembers(_ name: Named, at span: Span) -> Diagnostic {
    Diagnostic(
      code: "unordered-members",
      Phrase(
        "the members of `\(name.name)` have no order",
        zh: "`\(name.label ?? name.name)` 的成员没有高低"),
      at: span,
      help: [
        Help(
          Phrase(
            "declare it `ordered`, the lowest member first", zh: "声明时加 `有高低`，从低到高排列"))
      ])
  }

  static func setEquality(at span: Span) -> Diagnostic {
    Diagnostic(
      code: "set-equality",
      Phrase("sets are not compared as a whole", zh: "集合不能整体比较"), at: span,
      help: [Help(Phrase("ask for members with `in`", zh: "用 `在` 判断成员"))])
  }

  static func notASet(_ type: Phrase, at span: Span) -> Diagnostic {
    Diagnostic(
      code: "not-a-set",
      Phrase(
        "`in` wants a range, a set or a list, this is \(type.english)",
        zh: "`在` 后面要区间、集合或列表，写的是\(type.chinese)"),
      at: span,
      help: [Help(Phrase("for equality write `=`", zh: "判断相等请写 `=`"))])
  }

  static func withinOfNoTree(_ type: Phrase, at span: Span) -> Diagnostic {
    Diagnostic(
      code: "within-of-no-tree",
      Phrase(
        "`within` asks where a node lies in its tree, this is \(type.english)",
        zh: "`within` 用于层级节点，这里是\(type.chinese)"),
      at: span,
      help: [Help(Phrase("for ranges and sets write `in`", zh: "区间和集合请写 `在`"))])
  }

  static func textForMember(at span: Span, near: [String]) -> Diagnostic {
    Diagnostic(
      code: "text-for-member",
      Phrase("a member is written without quotes", zh: "成员不带引号"), at: span,
      help: nearHelp(near, at: span))
  }

  static func equalsMissing(at span: Span, written: String, isEqual: Bool) -> Diagnostic {
    let fix = isEqual ? "\(written) is missing" : "\(written) is known"
    return Diagnostic(
      code: "equals-missing",
      Phrase("nothing equals `missing`", zh: "任何值都不等于 `missing`"), at: span,
      help: [
        Help(
          Phrase("write `\(fix)`", zh: "写成 `\(fix)`"), edit: Edit(replacing: span, with: fix))
      ])
  }

  static func comparedWithItself(at span: Span) -> Diagnostic {
    Diagnostic(
      code: "compared-with-itself",
      Phrase("both sides are the same thing", zh: "两边是同一个东西"), at: span,
      help: [
        Help(
          Phrase(
            "inside a `where` bare names belong to the outer record; write the binder before one",
            zh: "在 `满足` 里，不带前缀的名称属于外层记录；请给其中一边加上代称"))
      ])
  }

  static func emptyRange(at span: Span) -> Diagnostic {
    Diagnostic(
      .warning, code: "empty-range",
      Phrase("nothing lies in this range", zh: "这个区间是空的"), at: span)
  }

  static func rangeAlone(at span: Span) -> Diagnostic {
    Diagnostic(
      code: "range-alone",
      Phrase("a range is no value", zh: "区间本身不是值"), at: span,
      help: [Help(Phrase("ask `x in 1..9`", zh: "写成 `x 在 1..9`"))])
  }

  static func numberTooLong(at span: Span) -> Diagnostic {
    Diagnostic(
      code: "number-too-long",
      Phrase("this number has more than 18 digits", zh: "数字超过 18 位"), at: span)
  }

  static func noYuan(at span: Span) -> Diagnostic {
    Diagnostic(
      code: "no-yuan",
      Phrase("neither CNY nor JPY is declared", zh: "既没有声明 CNY 也没有声明 JPY"), at: span,
      help: [Help(Phrase("declare `currency CNY`", zh: "声明 `币种 CNY`"))])
  }

  static func yuanOrYen(at span: Span) -> Diagnostic {
    Diagnostic(
      code: "yuan-or-yen",
      Phrase("CNY and JPY are both declared: which is meant", zh: "CNY 与 JPY 都已声明：指的是哪一个"),
      at: span,
      help: [Help(Phrase("write `CNY 5` or `JPY 5`", zh: "写 `CNY 5` 或 `JPY 5`"))])
  }

  static func keyCount(at span: Span, wanted: Int) -> Diagnostic {
    Diagnostic(
      code: "key-count",
      Phrase("the key of this record has \(wanted) fields", zh: "该对象的主键有 \(wanted) 个字段"),
      at: span,
      help: [
        Help(
          Phrase(
            "write the text of each, one behind the other, as in `Item \"A\" \"blue\"`",
            zh: "依次写出每个字段的值，例如 `Item \"A\" \"blue\"`"))
      ])
  }

  static func needsType(_ name: Name) -> Diagnostic {
    Diagnostic(
      code: "needs-type",
      Phrase(
        "the type of `\(name.text)` cannot be seen from its value", zh: "从值看不出 `\(name.text)` 的类型"),
      at: name.span,
      help: [
        Help(
          Phrase("write it: `\(name.text) : number = …`", zh: "写明类型：`\(name.text) : number = …`"))
      ])
  }

  static func currencyExpected(at span: Span) -> Diagnostic {
    Diagnostic(
      code: "currency-expected",
      Phrase("a declared currency must stand here", zh: "这里要写已声明的币种"), at: span,
      help: [Help(Phrase("write its name without quotes, as in `CNY`", zh: "写币种名，不加引号，例如 `CNY`"))])
  }

  static func eachOfNothing(at span: Span) -> Diagnostic {
    Diagnostic(
      code: "each-of-nothing",
      Phrase("`each` multiplies by the value before the `:`", zh: "`每个` 要乘以 `:` 前面的数值"),
      at: span, help: [Help(Phrase("write `visits : 2 each`", zh: "写成 `visits : 每个2分`"))])
  }
}
