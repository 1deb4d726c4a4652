import WritText

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The person or program at the other end: streams, language, colours, the width of the screen.
struct Console {
  private(set) var out = Output(descriptor: 1)
  private(set) var messages = Output(descriptor: 2)
  var language: Language
  /// Whether results go to a terminal, and whether messages do.
  let outIsTerminal: Bool
  let messagesAreTerminal: Bool
  var outIsColored: Bool
  var messagesAreColored: Bool
  let width: Int

  init(environment: Environment) {
    language = environment.language
    outIsTerminal = isatty(1) == 1
    messagesAreTerminal = isatty(2) == 1
    outIsColored = outIsTerminal && environment.allowsColor
    messagesAreColored = messagesAreTerminal && environment.allowsColor
    width = terminalWidth() ?? environment.columns ?? 100
  }

  /// The same where nobody hears what is written, for work that is done again.
  func silenced() -> Console {
    var other = self
    other.out = Output(descriptor: nowhere)
    other.messages = Output(descriptor: nowhere)
    return other
  }

  /// `--color auto | always | never`
  mutating func color(_ choice: String?) {
    guard let choice, choice != "auto" else { return }
    outIsColored = choice == "always"
    messagesAreColored = choice == "always"
  }

  func say(_ phrase: Phrase) -> String { phrase.text(in: language) }

  /// How messages are shown: for people on a terminal and in a pipe alike.
  func rendering(_ form: Rendering.Form = .human) -> Rendering {
    Rendering(
      form: form, language: language, isColored: messagesAreColored, width: width,
      version: writVersion)
  }

  /// A word of the results in colour, where they are coloured.
  func painted(_ text: String, _ color: Color) -> String {
    outIsColored ? "\u{1B}[\(color.rawValue)m\(text)\u{1B}[0m" : text
  }

  /// One line for people, behind the results that were written before it.
  func note(_ phrase: Phrase) throws(Failure) {
    try out.flush()
    try messages.write(say(phrase) + "\n")
    try messages.flush()
  }

  func report(_ failure: Failure, form: Rendering.Form = .human) {
    let text = rendering(form).text(
      of: .error, code: failure.code, failure.message, help: failure.help)
    // Nobody is left to be told when standard error itself cannot be written.
    try? messages.write(text)
    try? messages.flush()
  }

  func report(
    _ diagnostics: [Diagnostic], in sources: Sources, form: Rendering.Form = .human
  ) throws(Failure) {
    guard !diagnostics.isEmpty else { return }
    try messages.write(rendering(form).text(of: diagnostics, in: sources))
    try messages.flush()
  }
}

/// Takes what nobody is to read; opened once.
private let nowhere: Int32 = open("/dev/null", O_WRONLY | O_CLOEXEC)

/// What the environment variables say.
struct Environment {
  let language: Language
  let allowsColor: Bool
  let columns: Int?

  init() {
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].lazy.compactMap(Self.value).first ?? ""
    language = locale.lowercased().hasPrefix("zh") ? .chinese : .english
    allowsColor = Self.value("NO_COLOR") == nil && Self.value("TERM") != "dumb"
    columns = Self.value("COLUMNS").flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
  }

  /// The value of a variable, nil where it is not set or empty.
  private static func value(_ name: String) -> String? {
    guard let text = getenv(name) else { return nil }
    let value = String(cString: text)
    return value.isEmpty ? nil : value
  }
}

/// The columns of the terminal that is written to, if it is one.
func terminalWidth() -> Int? {
  var size = winsize()
  for descriptor: Int32 in [1, 2] where ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 {
    if size.ws_col > 0 { return Int(size.ws_col) }
  }
  return nil
}
