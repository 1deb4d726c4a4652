import WritModel
import WritSyntax
import WritText

// What the use of names, records and calls can get wrong.
extension Diagnostic {
  static func noThis(at span: Span) -> Diagnostic {
    Diagnostic(
      code: "no-this",
      Phrase("several records are in view here, so none is `this`", zh: "这里涉及多条记录，没有“本条”"),
      at: span, help: [Help(Phrase("write the record's name", zh: "请写出记录的代称"))])
  }

  static func ambiguousName(_ name: Name, places: [Phrase]) -> Diagnostic {
    Diagnostic(
      code: "ambiguous-name",
      Phrase(
        "`\(name.text)` means two things: " + places.map(\.english).joined(separator: " and "),
        zh: "`\(name.text)` 有两种意思：" + places.map(\.chinese).joined(separator: "和")),
      at: name.span,
      help: [
        Help(
          Phrase(
            "write `this.\(name.text)`, or give the other another name",
            zh: "写 `this.\(name.text)`，或给另一个换名"))
      ])
  }

  static func binderIsField(_ name: Name, of record: Named, first: Span?) -> Diagnostic {
    Diagnostic(
      code: "ambiguous-name",
      Phrase(
        "`\(name.text)` is a name of `\(record.name)` already",
        zh: "`\(name.text)` 已是 `\(record.label ?? record.name)` 的名称"),
      at: name.span,
      labels: first.map { [Label(Phrase("declared here", zh: "声明在这里"), at: $0)] } ?? [],
      help: [Help(Phrase("give the record here another name", zh: "给这里的记录换个代称"))])
  }

  static func memberOrValue(_ name: Name, typeName: Phrase) -> Diagnostic {
    let bare = typeName.english.filter { $0 != "`" }
    return Diagnostic(
      code: "member-or-value",
      Phrase(
        "`\(name.text)` is a member of \(typeName.english) and a value here",
        zh: "`\(name.text)` 既是\(typeName.chinese)的成员，又是这里的值"),
      at: name.span,
      help: [
        Help(
          Phrase(
            "write `\(bare).\(name.text)` or `this.\(name.text)`",
            zh: "写 `\(bare).\(name.text)` 或 `this.\(name.text)`"))
      ])
  }

  static func memberOfSeveral(_ name: Name, types: [Named]) -> Diagnostic {
    let written = types.map { "`\($0.name).\(name.text)`" }
    return Diagnostic(
      code: "member-of-several",
      Phrase(
        "`\(name.text)` is a member of several types, and nothing here tells which",
        zh: "`\(name.text)` 是多个类型的成员，这里看不出是哪个"),
      at: name.span,
      help: [
        Help(
          Phrase(
            "write " + written.joined(separator: " or "),
            zh: "写 " + written.joined(separator: " 或 ")
          ))
      ])
  }

  static func unknownMember(_ name: Name, of type: Named, near: [String]) -> Diagnostic {
    Diagnostic(
      code: "unknown-member",
      Phrase(
        "`\(type.name)` has no `\(name.text)`", zh: "`\(type.label ?? type.name)` 没有 `\(name.text)`"
      ),
      at: name.span, help: nearHelp(near, at: name.span))
  }

  static func noMembers(_ name: Name, type: Phrase) -> Diagnostic {
    Diagnostic(
      code: "no-members",
      Phrase(
        "`\(name.text)` is asked of \(type.english), which has no fields",
        zh: "向\(type.chinese)取 `\(name.text)`，但它没有字段"),
      at: name.span)
  }

  static func memberOfMany(_ name: Name, record: Named) -> Diagnostic {
    Diagnostic(
      code: "member-of-many",
      Phrase(
        "`\(name.text)` is asked of many `\(record.name)` records at once",
        zh: "一次向多条 `\(record.label ?? record.name)` 取 `\(name.text)`"),
      at: name.span,
      help: [
        Help(
          Phrase(
            "say how they are combined: `sum of x.\(name.text) over \(record.name) x in …`",
            zh: "写明怎样汇总：`sum of x.\(name.text) over \(record.label ?? record.name) x in …`"))
      ])
  }

  static func typeForValue(_ written: String, at span: Span) -> Diagnostic {
    Diagnostic(
      code: "type-for-value",
      Phrase("`\(written)` is a type, a value must stand here", zh: "`\(written)` 是类型，这里要写值"),
      at: span)
  }

  static func bareFieldOfSeveral(_ name: Name, binder: String) -> Diagnostic {
    Diagnostic(
      code: "bare-field",
      Phrase(
        "several records are in view, so `\(name.text)` needs the name of one",
        zh: "这里涉及多条记录，`\(name.text)` 前要写明是哪条"),
      at: name.span,
      help: [
        Help(
          Phrase("write `\(binder).\(name.text)`", zh: "写 `\(binder).\(name.text)`"),
          edit: Edit(replacing: name.span, with: "\(binder).\(name.text)"))
      ])
  }

  static func decidedLater(_ name: Name) -> Diagnostic {
    Diagnostic(
      code: "decided-later",
      Phrase(
        "`\(name.text)` is an assignment, which is decided after this",
        zh: "`\(name.text)` 是分配结果，在这之后才决定"),
      at: name.span,
      help: [
        Help(
          Phrase(
            "read the field that the assignment sets; it has the value of the last commit",
            zh: "改读分配写入的字段，它保存上次执行的结果"))
      ])
  }

  static func unknownFunction(_ name: Name, near: [String]) -> Diagnostic {
    Diagnostic(
      code: "unknown-function",
      Phrase("there is no table or function `\(name.text)`", zh: "没有名为 `\(name.text)` 的对照表或函数"),
      at: name.span, help: nearHelp(near, at: name.span))
  }

  static func argumentCount(_ name: Name, wanted: Int, found: Int, names: [String]) -> Diagnostic {
    Diagnostic(
      code: "argument-count",
      Phrase(
        "`\(name.text)` takes \(wanted) values, \(found) are given",
        zh: "`\(name.text)` 要 \(wanted) 个值，给了 \(found) 个"),
      at: name.span,
      help: names.isEmpty
        ? []
        : [
          Help(
            Phrase(
              "its parameters are `\(names.joined(separator: "`, `"))`",
              zh: "参数依次是 `\(names.joined(separator: "`、`"))`"))
        ])
  }

  static func parametersOnValue(_ name: Name) -> Diagnostic {
    Diagnostic(
      code: "parameters-on-value",
      Phrase("a value of a record takes no parameters", zh: "对象的计算值不带参数"), at: name.span,
      help: [
        Help(
          Phrase(
            "write `define \(name.text)(x: Record, …)`", zh: "写成 `计算 \(name.text)(x: 对象, …)`"))
      ])
  }

  static func blankUncaught(_ path: String, at span: Span, instead: String) -> Diagnostic {
    let fix = "(\(path) or else \(instead))"
    return Diagnostic(
      .warning, code: "blank-uncaught",
      Phrase(
        "`\(path)` may be missing, and then there is no answer",
        zh: "`\(path)` 可能空缺，那时就得不出结果"),
      at: span,
      help: [
        Help(
          Phrase(
            "write `\(fix)`, or say first what follows from `\(path) is missing`",
            zh: "写 `\(fix)`，或先写明 `\(path) 为 空缺` 时怎样"))
      ])
  }

  // MARK: Gatherings

  static func binderNotMentioned(_ binder: Binder, at span: Span) -> Diagnostic {
    let name = binder.name?.text ?? binder.type.text
    return Diagnostic(
      code: "binder-not-mentioned",
      Phrase(
        "this condition stands inside the `where` of `\(name)` but does not mention it",
        zh: "这个条件在 `\(name)` 的 `满足` 之内，却没有用到它"),
      at: span,
      help: [
        Help(
          Phrase(
            "`where` reaches to the end: put the part before in brackets, or move this before it",
            zh: "`满足` 一直管到末尾：给前面部分加括号，或把这个条件移到前面"))
      ])
  }

  static func joinWithoutEquality(_ binder: Binder) -> Diagnostic {
    Diagnostic(
      .warning, code: "join-without-equality",
      Phrase(
        "no equality ties `\(binder.type.text)` to the record outside, so all of them are looked at",
        zh: "没有等式把 `\(binder.type.text)` 与外层记录联系起来，会遍历所有记录"),
      at: binder.span)
  }

  static func foldOfOtherValue(_ binder: Binder, at span: Span) -> Diagnostic {
    let name = binder.name?.text ?? binder.type.text
    return Diagnostic(
      code: "fold-of-other-value",
      Phrase("this is the same for every `\(name)`", zh: "它对每条 `\(name)` 都一样"), at: span,
      help: [Help(Phrase("write `\(name).` before a field of it", zh: "在它的字段前写 `\(name).`"))])
  }

  static func cannotFold(_ type: Phrase, at span: Span) -> Diagnostic {
    Diagnostic(
      code: "cannot-fold",
      Phrase("\(type.english) cannot be put together so", zh: "\(type.chinese)不能这样汇总"), at: span)
  }

  static func distinctOfFold(at span: Span) -> Diagnostic {
    Diagnostic(
      code: "distinct-of-fold",
      Phrase("`distinct` goes with `count` only", zh: "`distinct` 只能与 `count` 连用"), at: span)
  }

  static func notASource(_ type: Phrase, at span: Span) -> Diagnostic {
    Diagnostic(
      code: "not-a-source",
      Phrase(
        "records come from a list of records, this is \(type.english)",
        zh: "`在` 后面要一组记录，这里是\(type.chinese)"),
      at: span)
  }

  static func selectionNotTotal(at span: Span, isEmpty: Bool, key: String) -> Diagnostic {
    let fix = isEmpty ? "by \(key)" : "then \(key)"
    return Diagnostic(
      code: "selection-not-total",
      Phrase("two records may be equal in this order", zh: "按这个顺序可能有两条记录并列"), at: span,
      help: [
        Help(
          Phrase("end it with the key: `\(fix)`", zh: "用主键收尾：`\(fix)`"),
          edit: Edit(replacing: span.after, with: " \(fix)"))
      ])
  }

  static func rotationOutsideAssign(at span: Span) -> Diagnostic {
    Diagnostic(
      code: "rotation-outside-assign",
      Phrase("turns are taken in an `assign` only", zh: "轮流只能用在分配里"), at: span)
  }

  // MARK: Tables

  static func missingPolicy(_ name: Name) -> Diagnostic {
    Diagnostic(
      code: "missing-policy",
      Phrase("the table does not say which row counts when several fit", zh: "对照表没有说明多行符合时取哪行"),
      at: name.span,
      help: [
        Help(
          Phrase(
            "add `, first`, `, unique`, `, any`, `, priority`, `, most specific` or `, collect`",
            zh: "加上 `, first`、`, unique`、`, any`、`, priority`、`, most specific` 或 `, collect`"))
      ])
  }

  static func gridPolicy(_ name: Name) -> Diagnostic {
    Diagnostic(
      code: "grid-policy",
      Phrase("a grid is always `unique`", zh: "网格表总是唯一命中，不写命中方式"), at: name.span,
      help: [Help(Phrase("leave the policy out", zh: "删去命中方式"))])
  }

  static func gridShape(_ name: Name) -> Diagnostic {
    Diagnostic(
      code: "grid-shape",
      Phrase("a grid has two parameters and one result", zh: "网格表要有两个参数和一个结果"), at: name.span,
      help: [
        Help(Phrase("write it with one row a line, headed by its columns", zh: "改用普通写法：先写表头，每行一条"))
      ])
  }

  static func cellCount(at span: Span, wanted: Int, found: Int) -> Diagnostic {
    Diagnostic(
      code: "cell-count",
      Phrase(
        "\(wanted) \(wanted == 1 ? "cell is" : "cells are") wanted here, \(found) \(found == 1 ? "is" : "are") given",
        zh: "这里要 \(wanted) 格，写了 \(found) 格"),
      at: span,
      help: [Help(Phrase("write `any` for a cell that does not matter", zh: "不限的格写 `any`"))])
  }

  static func headerIncomplete(at span: Span, missing: [String]) -> Diagnostic {
    let names = missing.map { "`\($0)`" }
    return Diagnostic(
      code: "header-incomplete",
      Phrase(
        "the header leaves out " + names.joined(separator: ", "),
        zh: "表头缺少 " + names.joined(separator: "、")),
      at: span)
  }

  static func secondElse(at span: Span, first: Span) -> Diagnostic {
    Diagnostic(
      code: "second-else",
      Phrase("a table has one `else`", zh: "对照表只有一个其余行"), at: span,
      labels: [Label(Phrase("the first is here", zh: "第一个在这里"), at: first)])
  }

  static func missingColumn(_ name: Name, file: TextLiteral, header: [String]) -> Diagnostic {
    let has = header.prefix(12).map { "`\($0)`" }
    return Diagnostic(
      code: "missing-column",
      Phrase(
        "`\(file.text)` has no column `\(name.text)`", zh: "`\(file.text)` 里没有 `\(name.text)` 列"),
      at: name.span,
      help: [
        Help(
          Phrase(
            "its columns are " + has.joined(separator: ", "),
            zh: "它的列有 " + has.joined(separator: "、")
          ))
      ])
  }

  static func badCell(
    _ text: String, column: String, line: Int, at span: Span, _ type: Phrase
  ) -> Diagnostic {
    Diagnostic(
      code: "bad-cell",
      Phrase(
        "line \(line), column `\(column)`: `\(text)` is not \(type.english)",
        zh: "第 \(line) 行 `\(column)` 列：`\(text)` 不是\(type.chinese)"),
      at: span)
  }

  static func paramOutOfRange(_ name: Name, at span: Span) -> Diagnostic {
    Diagnostic(
      code: "param-out-of-range",
      Phrase("the value of `\(name.text)` lies outside its range", zh: "`\(name.text)` 的值超出了自己的范围"),
      at: span)
  }
}
