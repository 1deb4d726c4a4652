import WritSyntax
import WritText

// What the declarations of the model can get wrong.
extension Diagnostic {
  static func tooManyTypes(at span: Span) -> Diagnostic {
    Diagnostic(
      code: "too-many-types",
      Phrase(
        "a rule set has at most \(Checker.mostTypes) types of a kind",
        zh: "一套规则每种类型最多 \(Checker.mostTypes) 个"),
      at: span)
  }

  static func secondZone(at span: Span, first: Span) -> Diagnostic {
    Diagnostic(
      code: "second-zone",
      Phrase("a rule set has one zone", zh: "一套规则只有一个时区"), at: span,
      labels: [Label(Phrase("the first is here", zh: "第一个在这里"), at: first)])
  }

  static func missingFile(_ file: TextLiteral) -> Diagnostic {
    Diagnostic(
      code: "missing-file",
      Phrase("the file `\(file.text)` cannot be read", zh: "无法读取文件 `\(file.text)`"),
      at: file.span,
      help: [
        Help(
          Phrase(
            "the file is looked up beside the rule file that names it",
            zh: "文件按规则文件所在的位置查找"))
      ])
  }

  static func emptyType(_ name: Name) -> Diagnostic {
    Diagnostic(
      code: "empty-type",
      Phrase("`\(name.text)` has no members", zh: "`\(name.text)` 没有任何成员"), at: name.span)
  }

  static func optionalKey(_ name: Name) -> Diagnostic {
    Diagnostic(
      code: "optional-key",
      Phrase("the key `\(name.text)` may not be missing", zh: "主键 `\(name.text)` 不能空缺"),
      at: name.span, help: [Help(Phrase("take the `?` off its type", zh: "去掉类型后的 `?`"))])
  }

  static func secondCalled(_ name: Name, first: Span) -> Diagnostic {
    Diagnostic(
      code: "second-called",
      Phrase("a record has one `called` field", zh: "一个对象只有一个称呼字段"), at: name.span,
      labels: [Label(Phrase("the first is here", zh: "第一个在这里"), at: first)])
  }

  static func calledNotText(_ name: Name) -> Diagnostic {
    Diagnostic(
      code: "called-not-text",
      Phrase("what a record is called is a text", zh: "称呼字段必须是文本"), at: name.span)
  }

  static func partOfNoRecord(_ name: Name) -> Diagnostic {
    Diagnostic(
      code: "part-of-no-record",
      Phrase(
        "`\(name.text)` is part of something that is no record",
        zh: "`\(name.text)` 所属的不是对象"),
      at: name.span,
      help: [
        Help(Phrase("give the field a record's type", zh: "把该字段的类型写成某个对象"))
      ])
  }

  static func unknownCurrency(_ name: Name, near: [String]) -> Diagnostic {
    Diagnostic(
      code: "unknown-currency",
      Phrase("`\(name.text)` is not a declared currency", zh: "`\(name.text)` 不是已声明的币种"),
      at: name.span,
      help: nearHelp(near, at: name.span) + [
        Help(
          Phrase("declare it with `currency \(name.text)`", zh: "用 `币种 \(name.text)` 声明"))
      ])
  }

  static func badDelimiter(_ written: TextLiteral) -> Diagnostic {
    Diagnostic(
      code: "bad-delimiter",
      Phrase("a delimiter is one character", zh: "分隔符只能是一个字符"), at: written.span)
  }

  static func formOfOtherType(at span: Span) -> Diagnostic {
    Diagnostic(
      code: "form-of-other-type",
      Phrase("this form does not fit the field's type", zh: "该格式与字段类型不符"), at: span,
      help: [
        Help(
          Phrase(
            "a date pattern is for dates and times, `fraction` and `points` are for percents",
            zh: "日期格式用于日期和时间，`fraction` 和 `points` 用于百分比"))
      ])
  }

  /// `wanted`: how many columns the field is read from.
  static func headersOfKey(_ field: String, wanted: Int, at span: Span) -> Diagnostic {
    Diagnostic(
      code: "headers-of-key",
      wanted == 1
        ? Phrase("`\(field)` is read from one column", zh: "`\(field)` 只从一列读取")
        : Phrase(
          "`\(field)` is read from \(wanted) columns, one for each field of the key it refers by",
          zh: "`\(field)` 要从 \(wanted) 列读取，所引用主键的每个字段一列"),
      at: span,
      help: [
        Help(
          wanted == 1
            ? Phrase("name one header", zh: "请只写一个列名")
            : Phrase(
              "name \(wanted) headers, in the order of the key's fields",
              zh: "请按主键字段的次序写 \(wanted) 个列名"))
      ])
  }

  static func notConstant(at span: Span) -> Diagnostic {
    Diagnostic(
      code: "not-constant",
      Phrase("a constant value must stand here", zh: "这里必须写常量"), at: span)
  }
}
