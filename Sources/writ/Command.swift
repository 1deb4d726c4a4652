import WritText

/// What `writ --version` says.
let writVersion = "0.1.0"

/// A command of the program: what people read about it, what it takes, what it does.
struct Command: Sendable {
  let name: String
  /// What stands behind its name: `RULES… [--data DIR]`.
  let usage: String
  let summary: Phrase
  /// In the overview; short.
  let example: String
  /// Further examples, each with what it does.
  var examples: [(String, Phrase)] = []
  let options: [Option]
  let run: @Sendable (Arguments, Console) throws(Failure) -> ExitStatus

  /// All commands, in the order in which help lists them.
  static let all: [Command] = [
    check, run, verify, why, compare, merge, experiment, test, repl, watch, sweep, fmt, explain,
    new,
    bench,
  ]

  static func named(_ name: String) throws(Failure) -> Command {
    if let command = all.first(where: { $0.name == name }) { return command }
    let near = nearest(to: name, among: all.map(\.name) + ["--help", "--version"])
    throw .unknownCommand(name, near: near)
  }
}

extension Option {
  /// Options that every command has.
  static let common: [Option] = [
    Option(
      name: "lang", value: "zh|en",
      help: Phrase("the language of messages", zh: "消息所用的语言"), allowed: ["zh", "en"]),
    Option(
      name: "color", value: "auto|always|never",
      help: Phrase("colours (also: NO_COLOR)", zh: "是否使用颜色（也认 NO_COLOR）"),
      allowed: ["auto", "always", "never"]),
    Option(name: "help", value: nil, help: Phrase("show this help", zh: "显示这份说明")),
  ]
}
