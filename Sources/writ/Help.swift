import WritText

/// The overview: one screen of 80 by 24.
func overview(in language: Language) -> String {
  let title = Phrase(
    "rules for who may sell what, to whom, where and at which price",
    zh: "允销管理规则：谁能把什么卖给谁、在哪里卖、卖什么价")
  var lines = ["writ \(writVersion) — " + title.text(in: language), ""]
  let width = Command.all.map { $0.summary.text(in: language).displayWidth }.max() ?? 0
  let nameWidth = 1 + (Command.all.map(\.name.displayWidth).max() ?? 0)
  for command in Command.all {
    let summary = command.summary.text(in: language)
    lines.append(
      "  " + padded(command.name, to: nameWidth) + padded(summary, to: width + 2) + command.example)
  }
  let ends = Phrase(
    """

    Rules are .writ files or folders; data are CSV, TSV or JSON Lines, `-` is standard input.
      writ COMMAND --help    options and examples of a command
      --data DIR|Type=FILE|-    where recorded data are
      --lang zh|en    --color auto|always|never    --version
    Results go to standard output: a table on a terminal, JSON Lines in a pipe.
    Exit status: 0 done · 1 something failed · 2 bad usage or rules · 3 rows set aside
    """,
    zh: """

      规则是 .writ 文件或文件夹；数据是 CSV、TSV 或 JSON Lines，`-` 表示标准输入。
        writ 命令 --help    某个命令的选项和例子
        --data 目录|类型=文件|-    业务数据在哪里
        --lang zh|en    --color auto|always|never    --version
      结果写到标准输出：在终端里是表格，在管道里是 JSON Lines。
      退出码：0 完成 · 1 用例或判定未通过 · 2 用法、规则或文件有误 · 3 有数据行未能读入
      """)
  lines.append(ends.text(in: language))
  return lines.joined(separator: "\n") + "\n"
}

/// The help of one command.
func help(for command: Command, in language: Language) -> String {
  let examples = Phrase("Examples:", zh: "例子：").text(in: language)
  let options = Phrase("Options:", zh: "选项：").text(in: language)
  var lines = [
    "writ \(command.name) — " + command.summary.text(in: language), "",
    "  writ \(command.name) \(command.usage)", "", options,
  ]
  let spellings = command.options.map { option in
    option.spelling + (option.value.map { " " + $0 } ?? "")
  }
  let width = spellings.map(\.displayWidth).max() ?? 0
  for (option, spelling) in zip(command.options, spellings) {
    lines.append("  " + padded(spelling, to: width + 2) + option.help.text(in: language))
  }
  lines += ["", examples, "  " + command.example]
  let exampleWidth = command.examples.map(\.0.displayWidth).max() ?? 0
  for (example, phrase) in command.examples {
    lines.append("  " + padded(example, to: exampleWidth + 2) + "# " + phrase.text(in: language))
  }
  return lines.joined(separator: "\n") + "\n"
}

/// The text with spaces up to so many cells.
func padded(_ text: String, to width: Int) -> String {
  text + String(repeating: " ", count: max(0, width - text.displayWidth))
}
