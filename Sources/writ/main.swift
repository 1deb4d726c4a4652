import WritText

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

// The one place where the program meets the world: arguments in, an exit status out.
signal(SIGPIPE, SIG_IGN)
Unfinished.listen()
exit(runProgram(Array(CommandLine.arguments.dropFirst())).rawValue)

/// Runs the command that the words name and flushes what it wrote.
func runProgram(_ words: [String]) -> ExitStatus {
  var console = Console(environment: Environment())
  // The language first, so that a mistake in the arguments is told in it.
  if let language = statedLanguage(in: words) { console.language = language }
  var status = ExitStatus.done
  do throws(Failure) {
    status = try dispatch(words, &console)
    try console.out.flush()
    try console.messages.flush()
  } catch {
    console.report(error)
    status.raise(to: .unusable)
  }
  return status
}

/// The value of `--lang`, wherever it stands.
private func statedLanguage(in words: [String]) -> Language? {
  for (index, word) in words.enumerated() {
    if word == "--" { return nil }
    if word.hasPrefix("--lang=") { return Language(rawValue: String(word.dropFirst(7))) }
    if word == "--lang", index + 1 < words.count { return Language(rawValue: words[index + 1]) }
  }
  return nil
}

private func dispatch(_ words: [String], _ console: inout Console) throws(Failure) -> ExitStatus {
  // Options may stand before the command: `writ --lang zh --help`.
  let index = commandIndex(in: words)
  let name = index.map { words[$0] }
  if let name, name != "help" {
    let command = try Command.named(name)
    var rest = words
    rest.remove(at: index ?? 0)
    let options = command.options + Option.common
    let arguments = try Arguments(rest, options: options, command: name)
    console.color(arguments.value("color"))
    if arguments.has("help") {
      try console.out.write(help(for: command, in: console.language))
      return .done
    }
    return try command.run(arguments, console)
  }
  var rest = words
  if let index { rest.remove(at: index) }
  let version = Option(name: "version", value: nil, help: Phrase("the version", zh: "版本"))
  let arguments = try Arguments(rest, options: Option.common + [version], command: nil)
  if arguments.has("version") {
    try console.out.write("writ \(writVersion)\n")
    return .done
  }
  if let word = arguments.operands.first {
    try console.out.write(help(for: try Command.named(word), in: console.language))
    return .done
  }
  try console.out.write(overview(in: console.language))
  return name == nil && !arguments.has("help") && !words.isEmpty ? .unusable : .done
}

/// Where the command stands: the first word that is no option and no value of a common one.
private func commandIndex(in words: [String]) -> Int? {
  var index = 0
  while index < words.count {
    let word = words[index]
    if word == "--lang" || word == "--color" {
      index += 2
    } else if word.hasPrefix("-") {
      index += 1
    } else {
      return index
    }
  }
  return nil
}
