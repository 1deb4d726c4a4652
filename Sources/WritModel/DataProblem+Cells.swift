import WritText

// What can be wrong with one cell.

extension DataProblem {
  static func blankCell(_ field: String) -> DataProblem {
    DataProblem(
      "blank-cell",
      Phrase("`\(field)` is blank", zh: "`\(field)` 是空的"),
      help: [
        Phrase(
          "fill it in, or let the field be missing with `?` or give it a default",
          zh: "请填上它，或在字段类型后写 `?` 允许缺失，或给它一个默认值")
      ])
  }

  static func notNumber(_ cell: Bytes, _ field: String) -> DataProblem {
    let text = cell.shown
    return DataProblem(
      "not-a-number",
      Phrase(
        "`\(text)` is no number, as `\(field)` must be", zh: "`\(text)` 不是数字，而 `\(field)` 应为数字"),
      help: [
        Phrase(
          "digits with a point, as in `1234.5` or `1,234.5`",
          zh: "应为数字加小数点，如 `1234.5` 或 `1,234.5`")
      ])
  }

  static func tooLarge(_ cell: Bytes, _ field: String) -> DataProblem {
    let text = cell.shown
    return DataProblem(
      "number-too-large",
      Phrase(
        "`\(text)` has more digits than `\(field)` can hold exactly",
        zh: "`\(text)` 的位数超出 `\(field)` 能精确保存的范围"),
      help: [
        Phrase(
          "18 digits are held; an identifier belongs in a `text` field",
          zh: "最多 18 位数字；编号应放在 `text` 字段里")
      ])
  }

  static func tooManyDecimals(_ cell: Bytes, _ field: String) -> DataProblem {
    let text = cell.shown
    return DataProblem(
      "too-many-decimals",
      Phrase(
        "`\(text)` has more than the six decimals that money keeps",
        zh: "`\(text)` 的小数超过金额保留的六位"),
      help: [
        Phrase(
          "round it at the source, or make `\(field)` a `number`",
          zh: "请在来源处取整，或把 `\(field)` 定为 `number`")
      ])
  }

  static func notInteger(_ cell: Bytes, _ field: String) -> DataProblem {
    let text = cell.shown
    return DataProblem(
      "not-an-integer",
      Phrase(
        "`\(text)` is no whole number, as `\(field)` must be",
        zh: "`\(text)` 不是整数，而 `\(field)` 应为整数"),
      help: [
        Phrase("round it at the source, or make it a `number`", zh: "请在来源处取整，或把字段定为 `数字`")
      ])
  }

  static func badThousands(_ cell: Bytes, _ field: String) -> DataProblem {
    let text = cell.shown
    return DataProblem(
      "bad-thousands",
      Phrase(
        "the commas in `\(text)` do not part groups of three digits",
        zh: "`\(text)` 中的逗号没有按三位一组分隔"),
      help: [Phrase("write `1,234,567.89`", zh: "应写成 `1,234,567.89`")])
  }

  static func barePercent(_ cell: Bytes, _ field: String) -> DataProblem {
    let text = cell.shown
    return DataProblem(
      "bare-percent",
      Phrase(
        "`\(text)` in the percent field `\(field)` may mean a fraction or points",
        zh: "百分比字段 `\(field)` 里的 `\(text)` 可能是小数，也可能是百分点"),
      help: [
        Phrase(
          "write `\(text)%`, or say `\(field) as fraction` (0.15 is 15 %) or `\(field) as points` (15 is 15 %)",
          zh: "请写成 `\(text)%`，或声明 `\(field) 格式 小数`（0.15 即 15%）或 `\(field) 格式 百分点`（15 即 15%）")
      ])
  }

  static func notMoney(_ cell: Bytes, _ field: String) -> DataProblem {
    let text = cell.shown
    return DataProblem(
      "not-an-amount",
      Phrase(
        "`\(text)` is no amount, as `\(field)` must be", zh: "`\(text)` 不是金额，而 `\(field)` 应为金额"),
      help: [
        Phrase("as in `1,234.50`, `$12.5` or `CNY 5`", zh: "如 `1,234.50`、`¥12.5` 或 `CNY 5`")
      ])
  }

  static func wrongCurrency(_ cell: Bytes, _ field: String, expected: String) -> DataProblem {
    let text = cell.shown
    return DataProblem(
      "wrong-currency",
      Phrase(
        "`\(text)` is not in \(expected), as `\(field)` must be",
        zh: "`\(text)` 的币种不是 `\(field)` 要求的 \(expected)"),
      help: [
        Phrase(
          "convert it, or declare the field as `money` of that currency or `money any`",
          zh: "请先换算，或把字段声明为该币种的 `money` 或 `money any`")
      ])
  }

  static func noCurrency(_ cell: Bytes, _ field: String) -> DataProblem {
    let text = cell.shown
    return DataProblem(
      "no-currency",
      Phrase(
        "`\(text)` says no declared currency, as `\(field)` of any currency must",
        zh: "`\(text)` 没有写明已声明的币种，而 `\(field)` 可为任意币种"),
      help: [Phrase("write it with the amount, as in `CNY 5`", zh: "请把币种和金额写在一起，如 `CNY 5`")])
  }

  static func notDate(_ cell: Bytes, _ field: String, pattern: String?) -> DataProblem {
    let text = cell.shown
    let wanted = pattern ?? "yyyy-MM-dd"
    return DataProblem(
      "not-a-date",
      Phrase(
        "`\(text)` is no date of the form `\(wanted)`, as `\(field)` must be",
        zh: "`\(text)` 不是 `\(wanted)` 形式的日期，而 `\(field)` 应为日期"),
      help: pattern == nil
        ? [
          Phrase(
            "say how the file writes it, as in `\(field) as \"dd/MM/yyyy\"`",
            zh: "请声明文件里的写法，如 `\(field) 格式 \"dd/MM/yyyy\"`")
        ] : [])
  }

  static func notTime(_ cell: Bytes, _ field: String, pattern: String?) -> DataProblem {
    let text = cell.shown
    let wanted = pattern ?? "yyyy-MM-ddTHH:mm:ss+08:00"
    return DataProblem(
      "not-a-time",
      Phrase(
        "`\(text)` is no time of the form `\(wanted)`, as `\(field)` must be",
        zh: "`\(text)` 不是 `\(wanted)` 形式的时间，而 `\(field)` 应为时间"),
      help: pattern == nil
        ? [
          Phrase(
            "say how the file writes it, as in `\(field) as \"dd-MM-yyyy HH:mm\"`",
            zh: "请声明文件里的写法，如 `\(field) 格式 \"dd-MM-yyyy HH:mm\"`")
        ] : [])
  }

  static func notDuration(_ cell: Bytes, _ field: String) -> DataProblem {
    let text = cell.shown
    return DataProblem(
      "not-a-duration",
      Phrase(
        "`\(text)` is no duration, as `\(field)` must be", zh: "`\(text)` 不是时长，而 `\(field)` 应为时长"),
      help: [
        Phrase(
          "as in `30 days`, `2 months`, `P30D` or `PT1H30M`",
          zh: "如 `30 天`、`2 个月`、`P30D` 或 `PT1H30M`")
      ])
  }

  static func unkeptDuration(
    _ cell: Bytes, _ field: String, _ why: DurationReading.Unkept
  ) -> DataProblem {
    let text = cell.shown
    return switch why {
    case .monthsAndDays:
      DataProblem(
        "months-and-days",
        Phrase(
          "`\(text)` in `\(field)` has months and days, and a month has no fixed number of days",
          zh: "`\(field)` 里的 `\(text)` 既有月又有天，而一个月没有固定的天数"),
        help: [
          Phrase(
            "give it in months alone or in days alone, or in two columns",
            zh: "请只用月或只用天，或分成两列")
        ])
    case .fraction:
      DataProblem(
        "part-of-a-second",
        Phrase(
          "`\(text)` in `\(field)` is no whole number of seconds or months",
          zh: "`\(field)` 里的 `\(text)` 不是整数秒或整数月"),
        help: [Phrase("round it at the source", zh: "请在来源处取整")])
    }
  }

  static func notYesNo(_ cell: Bytes, _ field: String) -> DataProblem {
    let text = cell.shown
    return DataProblem(
      "not-yes-or-no",
      Phrase(
        "`\(text)` is neither yes nor no, as `\(field)` must be",
        zh: "`\(text)` 既不是“是”也不是“否”，而 `\(field)` 应为是否"),
      help: [
        Phrase("yes, no, true, false, 1, 0, 是 or 否", zh: "可写 yes、no、true、false、1、0、是、否")
      ])
  }

  /// `all`: the names there are, where they are few.
  static func notMember(
    _ cell: Bytes, _ field: String, of type: String, near: [String], all: [String]
  ) -> DataProblem {
    let text = cell.shown
    let names = all.map { "`\($0)`" }
    let few = Phrase(
      "one of " + names.joined(separator: ", "), zh: "可写 " + names.joined(separator: "、"))
    return DataProblem(
      "not-a-member",
      Phrase(
        "`\(text)` is none of `\(type)`, as `\(field)` must be",
        zh: "`\(type)` 中没有 `\(text)`，而 `\(field)` 应为其中之一"),
      help: (near.isEmpty && !all.isEmpty ? [few] : didYouMean(near)) + [
        Phrase(
          "add it to `\(type)`, or say `\(field) missing when \"\(text)\"` if it stands for nothing",
          zh: "请把它加进 `\(type)`；若表示没有，请写 `\(field) 视为空缺 \"\(text)\"`")
      ])
  }

  static func ambiguousName(_ cell: Bytes, _ field: String, of type: String) -> DataProblem {
    let text = cell.shown
    return DataProblem(
      "ambiguous-name",
      Phrase("`\(text)` stands for two things in `\(type)`", zh: "`\(type)` 中有两处叫 `\(text)`"),
      help: [Phrase("write the name instead of the label", zh: "请写名称而不是标签")])
  }

  /// A reference some of whose key is blank; `blank` is the first part that is.
  static func partOfKey(_ field: String, blank: String) -> DataProblem {
    DataProblem(
      "part-of-key",
      Phrase(
        "`\(blank)` is blank, so `\(field)` has a part of its key only",
        zh: "`\(blank)` 是空的，`\(field)` 的主键不完整"),
      help: [
        Phrase("fill it in, or leave the whole reference blank", zh: "请填上它，或把整个引用都留空")
      ])
  }

  static func wrongKind(
    _ field: String, wants: Phrase, found: Phrase, help: Phrase? = nil
  ) -> DataProblem {
    DataProblem(
      "wrong-kind",
      Phrase(
        "`\(field)` must be \(wants.english), not \(found.english)",
        zh: "`\(field)` 应为\(wants.chinese)，而不是\(found.chinese)"),
      help: help.map { [$0] } ?? [])
  }

  static func unreadableType(_ field: String) -> DataProblem {
    DataProblem(
      "unreadable-type",
      Phrase(
        "`\(field)` has a type that no data file can give",
        zh: "`\(field)` 的类型无法从数据文件读取"))
  }

  static func didYouMean(_ near: [String]) -> [Phrase] {
    guard !near.isEmpty else { return [] }
    let english = near.map { "`\($0)`" }.joined(separator: " or ")
    let chinese = near.map { "`\($0)`" }.joined(separator: "或")
    return [Phrase("did you mean \(english)", zh: "是不是想写 \(chinese)")]
  }
}
